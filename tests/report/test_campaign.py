"""docs/hitting_time.md says what the committed tables say, and the fits are fits."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from srtheory.experiments.campaign.judging import rows_of
from srtheory.experiments.campaign.plan import task
from srtheory.experiments.campaign.tables import Tables, read_tables
from srtheory.experiments.exceptions import reception_of
from srtheory.experiments.summary import proportion
from srtheory.report import campaign
from srtheory.report.campaign import limiting_exponent, power_law
from srtheory.span.certificates import stopping_time_certificate
from srtheory.span.engine import spans
from tests.record import Table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "hitting_time.md").read_text(encoding="utf-8")
SIZES = np.array([100.0, 200.0, 500.0, 1000.0, 2000.0])


@pytest.fixture(scope="module")
def tables():
    return read_tables(ROOT / "data" / "hitting_time")


def key(cell):
    return cell.startup, str(cell.symbols), str(cell.degree), repr(cell.load), str(int(cell.replacement))


@cache
def cells():
    """All that are predicted."""
    found = read_tables(ROOT / "data" / "hitting_time").cells
    return {key(cell): cell for cell in found if cell.family in ("grid", "critical") and cell.trials > cell.complete}


predict = campaign.predicted
PREDICTIONS = Table("predictions", (str,) * 5, lambda key: predict(cells()[key]), rel=1e-9, abs=1e-15)
"""Probabilities of an early and of a late exception, by what they depend on."""


def write():
    PREDICTIONS.write(lambda value: list(map(value, cells())))


def on_page(section):
    name = section.__name__
    return re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end of {name} -->", PAGE, re.DOTALL)[1]


@pytest.mark.parametrize("section", campaign.SECTIONS, ids=lambda section: section.__name__)
def test_the_page_has_the_tables_of_the_committed_data(tables, section, monkeypatch):
    """And of the predictions on record."""
    monkeypatch.setattr(campaign, "predicted", lambda cell: PREDICTIONS.recorded[key(cell)])
    assert on_page(section) == "\n".join(section(tables))


@pytest.mark.slow
@pytest.mark.quality
def test_predictions_come_out_again_and_another_one_would_be_seen():
    record = PREDICTIONS.recorded
    assert record.keys() == cells().keys()
    assert PREDICTIONS.comes_out_again(record)
    name = min(record)
    early, late = record[name]
    assert not PREDICTIONS.comes_out_again(record | {name: (early, late * (1 + 1e-6))})


@pytest.mark.quality
@pytest.mark.parametrize("section", [campaign.law_by_symbols, campaign.obstructions, campaign.second_order])
def test_a_page_of_other_data_is_caught(tables, section):
    assert on_page(section) != "\n".join(
        section(Tables(tables.cells[:-200], tables.exceptions[: len(tables.exceptions) // 2]))
    )


def test_the_page_counts_the_slopes_that_the_prediction_misses():
    rows = [line.strip("| ").split(" | ") for line in on_page(campaign.rates).splitlines()[2:]]
    off = {}
    for kind, law, ratio, load, _, slope, predicted, *_ in rows:
        value, error = map(float, slope.split(" ± "))
        off[kind, law, ratio, load] = abs(value - float(predicted)) / error
    beyond = {series for series, distance in off.items() if distance > 2}
    text = " ".join(PAGE.split())
    assert f"Of the {len(off)} slopes {len(off) - len(beyond)} are within two standard errors" in text
    assert [series for series in beyond if series[0] == "early"] == [("early", "exponential", "4", "1")]
    assert len(beyond) == 7
    assert sum(series[3] == "10" for series in beyond) == 3
    assert min(off[series] for series in beyond if series[3] == "10") > 7


def test_the_page_counts_late_runs_at_load_3(tables):
    cells = [c for c in tables.cells if (c.family, c.load) == ("critical", 3.0) and c.symbols >= 200]
    late, judged = sum(c.late for c in cells), sum(c.trials - c.complete for c in cells)
    low, high = proportion(late, judged)
    text = " ".join(PAGE.split())
    assert f"{late} of {judged} ({100 * low:.1f} to {100 * high:.1f} %)" in text
    table = [line.strip("| ").split(" | ") for line in on_page(campaign.critical).splitlines()[2:]]
    expected = sum(int(row[3]) * float(row[8]) for row in table if row[0] == "3" and int(row[1]) >= 200)
    assert f"where {100 * expected / judged:.1f} % are predicted" in text
    shares = [c.late / (c.trials - c.complete) for c in cells]
    assert f"by $m$ it is {100 * min(shares):.0f} to {100 * max(shares):.0f} %" in text


@pytest.mark.slow
def test_a_lost_rank_does_not_always_lose_the_sum(tables):
    [cell] = [c for c in tables.cells if (c.family, c.load, c.symbols) == ("critical", 3.0, 200)]
    at_m = (reception_of(task(cell), trial, 200).rows.prefix(200) for trial in range(cell.trials))
    found = [spans(rows.indptr, rows.indices, 200) for rows in at_m if len(np.unique(rows.indices)) == 200]
    lost = [one for one in found if one.rank < 200]
    assert f"in {sum(one.spans for one in lost)} of {len(lost)} at $m = 200$" in " ".join(PAGE.split())


def test_certificates_are_made_again_as_the_page_says(tables):
    exception = tables.exceptions[0]
    cell = next(c for c in tables.cells if c.cell == exception.cell)
    rows = rows_of(cell, exception).prefix(exception.stopping_time)
    certificate = stopping_time_certificate(rows, exception.stopping_time)
    assert certificate["certificate_sha256"].startswith(exception.certificate)
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    assert "rows_of(cell, exception).prefix(exception.stopping_time)" in code


def test_power_law_finds_an_exact_one():
    trials = np.array([1e4, 2e4, 3e4, 1e4, 5e4])
    slope, _ = power_law(SIZES, trials * 0.3 * SIZES**-0.7, trials)
    assert slope == pytest.approx(-0.7)


def test_power_law_and_its_error_on_random_counts():
    rng, trials = np.random.default_rng(4), np.full(5, 2000.0)
    fits = np.array([power_law(SIZES, rng.poisson(trials * 2 * SIZES**-0.8).astype(float), trials) for _ in range(200)])
    assert fits[:, 0].mean() == pytest.approx(-0.8, abs=4 * fits[:, 0].std() / math.sqrt(200))
    assert fits[:, 1].mean() == pytest.approx(fits[:, 0].std(), rel=0.2)


@pytest.mark.quality
def test_a_fit_that_forgets_the_numbers_of_trials_is_caught():
    trials = np.array([1e4, 1e4, 1e4, 1e3, 1e2])
    counts = trials * 0.3 * SIZES**-0.7
    assert power_law(SIZES, counts, trials)[0] == pytest.approx(-0.7)
    assert power_law(SIZES, counts, np.ones(5))[0] < -1


def test_limiting_exponents():
    silent = 1 / (1 + math.e)  # load 1
    assert limiting_exponent("late", 4.0, "expon(scale=1)", 1.0) == pytest.approx(
        1 + 4 * math.log(1 - silent), abs=0.01
    )
    assert limiting_exponent("early", 4.0, "expon(scale=1)", 1.0) == pytest.approx(1 - 8 * silent, abs=0.01)
    assert limiting_exponent("late", 2.0, "expon(scale=1)", 1.0) == -2
    assert limiting_exponent("early", 2.0, "expon(scale=1)", 1.0) == -math.inf


def test_exceptions_come_as_often_and_vanish_as_fast_as_predicted():
    """By the numbers of the page, which are held to the data above."""
    cells = [line.strip("| ").split(" | ") for line in on_page(campaign.rates).splitlines()[2:]]
    loads, predicted, levels = (np.array([float(row[k]) for row in cells]) for k in (3, 6, 7))
    slopes, errors = np.array([row[5].split(" ± ") for row in cells], dtype=float).T
    off, small = np.abs(slopes - predicted), loads < 10
    assert ((levels > 0.5) & (levels < 3.5))[small].all()
    assert (off < 0.3 + 3 * errors)[small].all()
    assert (len(cells), np.count_nonzero(off > 2 * errors)) == (27, 7)
    assert np.median(levels) == pytest.approx(1.4, abs=0.5)
