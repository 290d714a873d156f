"""The hitting-time campaign: what docs/proofs/hitting_time.md says of its tables, and the fits are fits."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from docs.quoted import on_record
from docs.quoted.hitting_time import cells as cells_of
from docs.quoted.hitting_time import off as misses
from docs.quoted.hitting_time import section as lines_of
from docs.quoted.hitting_time import tables
from paper_checks.campaign.plan import task
from paper_checks.campaign.tables import Tables, rows_of
from paper_checks.records import campaign
from paper_checks.records.campaign import power_law
from srtheory.experiments.exceptions import reception_of
from srtheory.span.certificates import stopping_time_certificate
from srtheory.span.engine import spans
from tests.paper_checks.records import predictions

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "proofs" / "hitting_time.md").read_text(encoding="utf-8")
SIZES = np.array([100.0, 200.0, 500.0, 1000.0, 2000.0])


@pytest.mark.slow
@pytest.mark.quality
def test_predictions_come_out_again_and_another_one_would_be_seen():
    record = predictions.PREDICTIONS.recorded
    assert record.keys() == predictions.cells().keys()
    assert predictions.PREDICTIONS.comes_out_again(record)
    name = min(record)
    early, late = record[name]
    assert not predictions.PREDICTIONS.comes_out_again(record | {name: (early, late * (1 + 1e-6))})


@pytest.mark.quality
@pytest.mark.parametrize("section", [campaign.law_by_symbols, campaign.obstructions, campaign.second_order])
def test_tables_of_other_data_differ(section):
    fewer = Tables(tables().cells[:-200], tables().exceptions[: len(tables().exceptions) // 2])
    assert lines_of(section.__name__) != section(fewer)


@pytest.mark.slow
def test_a_lost_rank_does_not_always_lose_the_sum():
    [cell] = [c for c in tables().cells if (c.family, c.load, c.symbols) == ("critical", 3.0, 200)]
    at_m = (reception_of(task(cell), trial, 200).rows.prefix(200) for trial in range(cell.trials))
    found = [spans(rows.indptr, rows.indices, 200) for rows in at_m if len(np.unique(rows.indices)) == 200]
    lost = [one for one in found if one.rank < 200]
    assert on_record("lost-rank")[1] == ["200", str(sum(one.spans for one in lost)), str(len(lost))]


def test_certificates_are_made_again_as_the_page_says():
    exception = tables().exceptions[0]
    cell = next(c for c in tables().cells if c.cell == exception.cell)
    rows = rows_of(cell, exception).prefix(exception.stopping_time)
    certificate = stopping_time_certificate(rows, exception.stopping_time)
    assert certificate["certificate_sha256"].startswith(exception.certificate)
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    assert "rows_of(cell, exception).prefix(exception.stopping_time)" in code


@pytest.mark.quality
def test_power_laws_are_found_with_their_error_and_a_fit_that_forgets_the_numbers_of_trials_is_caught():
    trials = np.array([1e4, 1e4, 1e4, 1e3, 1e2])
    counts = trials * 0.3 * SIZES**-0.7
    assert power_law(SIZES, counts, trials)[0] == pytest.approx(-0.7)
    assert power_law(SIZES, counts, np.ones(5))[0] < -1
    rng, trials = np.random.default_rng(4), np.full(5, 2000.0)
    fits = np.array([power_law(SIZES, rng.poisson(trials * 2 * SIZES**-0.8).astype(float), trials) for _ in range(200)])
    assert fits[:, 0].mean() == pytest.approx(-0.8, abs=4 * fits[:, 0].std() / math.sqrt(200))
    assert fits[:, 1].mean() == pytest.approx(fits[:, 0].std(), rel=0.2)


def test_exceptions_come_as_often_and_vanish_as_fast_as_predicted():
    """By the numbers of the page."""
    rows = cells_of("rates")
    loads, predicted, levels = (np.array([float(row[k]) for row in rows]) for k in (3, 6, 7))
    slopes, errors = np.array([row[5].split(" ± ") for row in rows], dtype=float).T
    off, small = np.abs(slopes - predicted), loads < 10
    assert ((levels > 0.5) & (levels < 3.5))[small].all()
    assert (off < 0.3 + 3 * errors)[small].all()
    assert (len(rows), np.count_nonzero(off > 2 * errors)) == (27, 7)
    assert np.median(levels) == pytest.approx(1.4, abs=0.5)
    beyond = [series for series, distance in misses().items() if distance > 2]
    assert [series for series in beyond if series[0] == "early"] == [("early", "exponential", 4, 1)]
    assert (len(beyond), sum(series[3] == 10 for series in beyond)) == (7, 3)
