"""Numbers of docs/proofs/theory.md."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docs.quoted import Value, Values, quoted
from docs.quoted.medians import medians
from paper_checks.parameters import EXPONENTIAL, TAU
from paper_checks.parameters import PARETO as PARETO_LAW
from paper_checks.theory import asymptotics, thresholds
from paper_checks.theory.statements.rounds import rounds_fluid
from srtheory.model import Model
from srtheory.theory import coverage, latency, rows
from srtheory.theory.by_scheme import bcc_unrecovered, latency_law
from srtheory.theory.designs import least_uncovered
from tests import recorded
from tests.theory import at_paper
from tests.theory.at_paper import EXPON, PAPER, PARETO

CLAIMS = Path(__file__).parents[2] / "data" / "deep" / "claims"
RATIO = 10 / math.log(1000)


def middle(interval: tuple[float, float]) -> float:
    """Give the middle of an interval that is narrower than the digits quoted."""
    return float(sum(interval)) / 2


def both(function: Callable[[Any], float], digits: int) -> Value:
    """For exponential start-up and for Pareto."""
    return tuple(f"{function(law):.{digits}f}" for law in (EXPON, PARETO))


@quoted
def covered_at_a_time() -> Value:
    """In 1.4."""
    chance = middle(coverage.coverage_by_time(PAPER[EXPON], 0.7046))
    mean = float(coverage.expected_uncovered(PAPER[EXPON], 0.7046))
    return tuple(f"{value:.4f}" for value in (chance, mean, math.exp(-mean)))


def uncovered(law: Any) -> float:
    """Give the expected number that a thousand rows leave."""
    return float(coverage.expected_uncovered_by_rows(PAPER[law], 1000))


def _covered_by(k: int) -> Callable[[Any], float]:
    return lambda law: middle(coverage.coverage_by_rows(PAPER[law], k))


@quoted
def covering_rows() -> Values:
    """In 2.1 and 2.2."""
    return {
        "mean": both(lambda law: middle(at_paper.expected_collection(law)), 2),
        "800": both(_covered_by(800), 5),
        "1000": both(_covered_by(1000), 5),
        "left": both(uncovered, 5),
        "poisson": both(lambda law: math.exp(-uncovered(law)), 5),
        **{f"collector-{d}": f"{coverage.collector_mean(1000, d)[0]:.1f}" for d in (10, 1)},
        "sharp": (f"{thresholds.sharp_mean(PAPER[EXPON]):.4f}", f"{uncovered(EXPON):.4f}"),
    }


@quoted
def critical_ratio() -> Values:
    """In 3.2 and 3.3."""
    return {
        "load": (f"{thresholds.critical_ratio(0.01):.3f}", f"{RATIO:.3f}"),
        "limit": (f"{RATIO:.3f}", f"{thresholds.covering_rows_limit(RATIO, 0.001):.3f}"),
        "fluid": f"{thresholds.covering_rows_fluid(math.log(1000), 10, 0.005, 0.2):.3f}",
    }


@quoted
def least_degrees() -> Values:
    """In 3.4: exact, and by 3.1."""
    return {
        str(m): tuple(
            str(degree)
            for law in (EXPON, PARETO)
            for degree in (at_paper.least_degree(m, law), thresholds.least_degree_sharp(Model(m, None, TAU, law)))
        )
        for m in (30, 100, 300, 1000)
    }


@quoted
def fluid_limit() -> Values:
    """In section 4."""
    exponential, pareto = (rows.fluid_limit(PAPER[law]) for law in (EXPON, PARETO))
    continuous = latency.continuous_fluid_limit(0.005, 10, 0.2)
    return {
        "both": (f"{exponential:.4f}", f"{pareto:.4f}"),
        "exponential": f"{exponential:.4f}",
        "bound": f"{latency.paper_bound(0.005, 10, 0.2):.1f}",
        "late": f"{-math.expm1(-0.2 * 0.005 * 9):.4f}",
        "continuous": (f"{continuous:.4f}", f"{exponential - 0.005:.4f}"),
        "golden": f"{latency.LOG_GOLDEN_RATIO:.4f}",
        "median": (f"{latency.median_bound(PAPER[PARETO]):.3f}", f"{pareto:.3f}"),
        "ratio": f"{float(asymptotics.ratio_supremum()):.4f}",
        "maximiser": f"{float(asymptotics.ratio_maximiser()):.4f}",
        "blocks": f"{float(asymptotics.ratio_supremum_blocks().subs(asymptotics.d, 10)):.2f}",
        "genie": f"{rows.fluid_limit(Model(1000, 1, TAU, EXPON)):.4f}",
    }


@quoted
def unsampled() -> Value:
    """In 5.1, in per cent."""
    return f"{100 * float(bcc_unrecovered(1000, 10)):.2f}"


@quoted
def stream_medians() -> Values:
    """In 5.3 and 5.5: those of data/pages/medians.csv."""
    at = medians()
    names = ("genie", "terms-cyclic", "parts-cyclic", "parts-stream", "terms-random", "sr")
    table = {name: tuple(f"{at[name, TAU, law]:.4f}" for law in (EXPONENTIAL, PARETO_LAW)) for name in names}

    def by_load(name: str, *loads: int) -> tuple[str, ...]:
        return tuple(f"{at[name, load / 2, EXPONENTIAL]:.2f}" for load in loads)

    return table | {
        "rounds": (f"{rounds_fluid(PAPER[EXPON]):.3f}", f"{at['parts-cyclic', TAU, EXPONENTIAL]:.3f}"),
        "load-7": by_load("sr", 7) + by_load("parts-cyclic", 7),
        "load-8": by_load("sr", 8) + by_load("parts-cyclic", 8),
        "own": by_load("own-then-parts", 7, 8, 10) + by_load("sr", 7, 8, 10),
    }


@quoted
def beaten() -> Values:
    """In 5.3: how often the code is earlier than terms in cyclic order, as the deep ledger has it."""
    evidence = json.loads((CLAIMS / "fig2a.json").read_text(encoding="utf-8"))["evidence"]
    share = evidence["uncoded streams, which the paper leaves out"]["terms-cyclic"]["SR faster"][0]
    by_load = evidence[r"share of paired runs in which SR is faster, by $\mu\tau$"]
    shares = {load: row["terms-cyclic"][0] for load, row in by_load.items()}
    most = max(shares, key=lambda load: shares[load])
    return {"paper": f"{100 * share:.1f}", "most": (f"{100 * shares[most]:.1f}", most)}


@quoted
def by_degree() -> Values:
    """In 5.5: mean latency and rows of 400 paired runs, SR and parts in cyclic order."""
    runs, rows = recorded.recorded("streams"), {}
    for degree in recorded.DEGREES:
        cells: list[str] = []
        for name in ("sr", "parts-cyclic"):
            time, messages = map(recorded.summary, runs[f"{name} {degree}"].values())
            cells += [f"{time.mean:.3f}", f"{1.96 * time.standard_error:.3f}", f"{messages.mean:.0f}"]
        rows[str(degree)] = tuple(cells)
    return rows


@quoted
def late_terms() -> Values:
    """In 5.6."""
    product = least_uncovered(PAPER[EXPON], 0.7)[0] / 1000
    mantissa, exponent = f"{product:.0e}".split("e")
    late = 1 - middle(latency_law("terms-cyclic", Model(1000, None, TAU, EXPON)).cdf(0.7))
    return {"product": (mantissa, str(int(exponent))), "cyclic": f"{late:.4f}"}


@quoted
def raptor() -> Values:
    """In 5.9: of the settings whose runs are on record, mean latency and rows."""
    found: dict[str, Value] = {}
    for name, of in recorded.recorded("raptor").items():
        found[name.replace(" ", "-")] = f"{recorded.summary(of['latency']).mean:.3f}"
        found[f"{name.replace(' ', '-')}-rows"] = f"{recorded.summary(of['stopping_time']).mean:.0f}"
    return found


@quoted
def stopping_rows() -> Values:
    """In section 6."""
    times = {EXPON: 0.7, PARETO: 1.34}
    return {
        "mean": both(lambda law: middle(at_paper.expected_stopping(law)), 2),
        "by-time": both(lambda law: middle(latency.latency_bounds_given_hitting(PAPER[law], times[law])), 4),
    }
