"""Numbers of docs/proofs/hitting_time.md, from the campaign on record and the predictions on record."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from unittest.mock import patch

from docs.quoted import Block, Value, Values, on_record, quoted
from paper_checks.campaign.tables import Tables, Tally, read_tables
from paper_checks.records import campaign
from srtheory.experiments.summary import proportion
from tests.paper_checks.records import predictions


@cache
def tables() -> Tables:
    """Return the campaign on record."""
    return read_tables(Path(__file__).parents[2] / "data" / "hitting_time")


def known() -> AbstractContextManager[object]:
    """Take what is predicted from the record for a while."""
    return patch.object(campaign, "predicted", lambda cell: predictions.PREDICTIONS.recorded[predictions.key(cell)])


@cache
def section(name: str) -> list[str]:
    """Return the lines of a table of the page."""
    with known():
        return list(getattr(campaign, name)(tables()))


def cells(name: str) -> list[list[str]]:
    """Return the cells of such a table without its head."""
    return [line.strip("| ").split(" | ") for line in section(name)[2:]]


def _block(name: str) -> Callable[[], Value]:
    def lines() -> Value:
        return Block("\n".join(section(name)))

    lines.__name__ = name
    return lines


for _section in campaign.SECTIONS:
    quoted(_block(_section.__name__))


@cache
def off() -> dict[tuple[str, str, float, float], float]:
    """How far each slope is from its prediction, in standard errors: kind, law, ratio, load -> number."""
    with known():
        series = list(campaign.fitted(tables()))
    return {
        (s.side, campaign.STARTUP_NAMES[s.startup], s.ratio, s.load): abs(s.slope - s.predicted) / s.error
        for s in series
    }


def at_load_3() -> list[Tally]:
    """Return the cells of the critical family whose late runs are counted."""
    return [c for c in tables().cells if (c.family, c.load) == ("critical", 3.0) and c.symbols >= 200]


@quoted
def law_fails() -> Values:
    """Percentage of the runs in which the hitting-time law fails, mean of the cells, by m; docs/findings.md."""
    means = {line[0]: float(line[6]) for line in cells("law_by_symbols")}
    return {m: (f"{100 * (1 - means[m]):.1f}",) for m in ("100", "2000")}


@quoted
def slopes() -> Values:
    """In 3.3: how many are as predicted, and how far off the others are."""
    beyond = {series: distance for series, distance in off().items() if distance > 2}
    return {
        "within": (str(len(off())), str(len(off()) - len(beyond))),
        "beyond": tuple(f"{pick(beyond.values()):.1f}" for pick in (min, max)),
        "load-10": f"{min(distance for series, distance in beyond.items() if series[3] == 10):.1f}",
    }


@quoted
def late_runs() -> Values:
    """In 4.2: those at load 3."""
    late, judged = sum(c.late for c in at_load_3()), sum(c.trials - c.complete for c in at_load_3())
    expected = sum(int(row[3]) * float(row[8]) for row in cells("critical") if row[0] == "3" and int(row[1]) >= 200)
    shares = [c.late / (c.trials - c.complete) for c in at_load_3()]
    return {
        "seen": (str(late), str(judged), *(f"{100 * end:.1f}" for end in proportion(late, judged))),
        "predicted": f"{100 * expected / judged:.1f}",
        "by-size": tuple(f"{100 * pick(shares):.0f}" for pick in (min, max)),
    }


@quoted
def lost_rank() -> Values:
    """In 4.1: how many runs of a rank below m give the sum at m rows all the same, by m."""
    return {m: (spanning, lost) for m, spanning, lost in on_record("lost-rank")[1:]}


@quoted
def campaign_size() -> Value:
    """In 1: cells, and exceptions."""
    return str(len(tables().cells)), f"{len(tables().exceptions):,}".replace(",", " ")
