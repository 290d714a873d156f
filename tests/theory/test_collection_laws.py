"""Law of the number of rows that cover, against exact sums over rounds and orders, and against simulation."""

import math
from fractions import Fraction
from functools import cache

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import parse_law
from srtheory.model import Model
from srtheory.theory.laws import collection
from srtheory.theory.laws.collection import (
    SmoothModel,
    _early,
    coverage_by_rows,
    expected_collection,
    expected_uncovered_by_rows,
)
from srtheory.theory.laws.coverage import coverage_by_time
from tests import once
from tests.record import cells, keep
from tests.theory import at_paper, terms
from tests.theory.at_paper import EXPON, PARETO
from tests.theory.coverage_oracles import simulate_collection

MODEL = Model(5, 2, 0.1, EXPON)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("halfgennorm(beta=1)", "expon()"),
        ("irwinhall(n=1)", "uniform()"),
        ("invweibull(c=2)", "invgamma(a=1)"),
        ("dpareto_lognorm(u=0, s=1, a=2, b=3)", "lognorm(s=1)"),
    ],
)
def test_laws_whose_supports_scipy_names_in_whole_numbers(text, same):
    low, high = coverage_by_rows(Model(4, 2, 0.1, parse_law(text)), [4, 6, 9])
    like, _ = coverage_by_rows(Model(4, 2, 0.1, parse_law(same)), [4, 6, 9])
    assert (low <= high).all()
    assert (high - low < 1e-5).all()
    if text.startswith(("half", "irwin")):
        assert np.abs(low - like).max() < 1e-5


def test_ends_of_supports_are_floats_and_taus_of_any_type_count():
    for name in ("invweibull", "halfgennorm", "weibull_min"):
        assert [type(end) for end in SmoothModel(4, 2, 0.1, parse_law(f"{name}(2)")).support] == [float, float]
    expected = coverage_by_rows(Model(4, 2, 2.0, EXPON), [4, 6])
    for kind in (int, Fraction, np.int8, np.float32):
        found = coverage_by_rows(Model(np.int8(4), np.uint8(2), kind(2), EXPON), [4, 6])
        assert np.array_equal(found, expected), kind


CASES = [  # the last: as many trials as place the mean within 2 %/7
    pytest.param(20, 3, 0.1, None, PARETO, 6000, marks=pytest.mark.slow),
    (20, 4, 0.02, 9, EXPON, 11_000),
    (12, 5, 0.4, None, stats.weibull_min(c=0.5), 4000),
    pytest.param(12, 1, 0.2, None, stats.lognorm(s=1), 10_000, marks=pytest.mark.slow),
]


@pytest.mark.quality
@pytest.mark.parametrize(("m", "d", "tau", "access", "law", "trials"), CASES)
def test_simulation_agrees_and_two_percent_would_be_seen(m, d, tau, access, law, trials):
    _, rows = simulate_collection(m, d, tau, law, trials, np.random.default_rng(12), access)
    k = np.unique(np.quantile(rows, [0.05, 0.2, 0.4, 0.6, 0.8, 0.95]).astype(int))
    model = Model(m, d, tau, law, access)
    p = sum(coverage_by_rows(model, k)) / 2
    share = np.array([(rows <= n).mean() for n in k])
    assert (np.abs(share - p) < 4 * np.sqrt(p * (1 - p) / len(rows))).all()
    mean, spread = expected_collection(model), rows.std() / math.sqrt(len(rows))
    assert mean[0] - 4 * spread < rows.mean() < mean[1] + 4 * spread
    assert abs(rows.mean() - 1.02 * mean[0]) > 4 * spread


TRIALS = {"expon": (EXPON, 3000), "pareto": (PARETO, 2000)}  # twice as many trials as see 2 %
BLOCK = 50


@cache
def block_of_trials(name, block):
    """Times and rows at which all symbols are covered; every block has random numbers of its own."""
    return simulate_collection(1000, 10, 0.005, TRIALS[name][0], BLOCK, np.random.default_rng([13, block]))


def write():
    """The record of all trials, data/pages/collection.csv: a line is one law's times, or rows."""
    lines = []
    for name, (_, trials) in TRIALS.items():
        found = zip(*(block_of_trials(name, i) for i in range(trials // BLOCK)), strict=True)
        for what, values in zip(("time", "rows"), map(np.concatenate, found), strict=True):
            lines.append([name, what, *map(repr, values.tolist())])
    keep("collection", lines)


def come_out_again(name, times, rows):
    """Whether a tenth of the blocks gives what is there: times but for the last bits of a processor's functions."""
    blocks = range(TRIALS[name][1] // BLOCK)
    return len(times) == len(rows) == len(blocks) * BLOCK and all(
        np.allclose(block_of_trials(name, i)[0], times[i * BLOCK :][:BLOCK], rtol=1e-13, atol=0)
        and np.array_equal(block_of_trials(name, i)[1], rows[i * BLOCK :][:BLOCK])
        for i in blocks[::10]
    )


def farthest(times, law, scale):
    """The greatest distance of P(covered by t), at times drawn out to the scale, from the share of runs."""
    points = np.quantile(times, [0.05, 0.2, 0.4, 0.6, 0.8, 0.95])
    p = np.array([sum(coverage_by_time(at_paper.PAPER[law], t * scale)) / 2 for t in points])
    share = np.array([(times <= t).mean() for t in points])
    return (np.abs(share - p) / np.sqrt(p * (1 - p) / len(times))).max()


@pytest.mark.slow
@pytest.mark.quality
@pytest.mark.parametrize(("name", "published"), [("expon", 811), ("pareto", None)])
def test_simulation_agrees_at_the_parameters_of_the_paper(name, published):
    """The law of the time of coverage, too: of the same runs, on record in data/pages/collection.csv."""
    law = TRIALS[name][0]
    times, rows = (np.array(values, dtype=float) for of, _, *values in cells("collection") if of == name)
    assert come_out_again(name, times, rows)
    for trial in (0, 1007):
        one = np.arange(len(rows)) == trial
        assert not come_out_again(name, times, rows + one)
        assert not come_out_again(name, times * (1 + 1e-12 * one), rows)
    assert farthest(times, law, 1.0) < 4
    assert farthest(times, law, 1.02) > 5
    mean, error = at_paper.expected_collection(law), rows.std() / math.sqrt(len(rows))
    assert mean[0] - 4 * error < rows.mean() < mean[1] + 4 * error
    assert abs(rows.mean() - 1.02 * mean[0]) > 4 * error
    for k in (800, 1000):
        low, high = terms.from_record(coverage_by_rows, at_paper.PAPER[law], k)
        assert abs((rows <= k).mean() - float(low + high) / 2) < 4 * math.sqrt(float(low * (1 - high)) / len(rows))
    # The authors' 100 runs, 0-based: within two standard errors.
    assert published is None or abs(published + 1 - mean[0]) < 2 * rows.std() / 10


@pytest.mark.quality
def test_terms_on_record_come_out_again_and_others_would_be_seen():
    record = terms.TERMS.recorded
    assert terms.TERMS.comes_out_again(record)
    for key in sorted(record)[3:54:50]:
        low, high, last = record[key]
        assert not terms.TERMS.comes_out_again(record | {key: (low, high * (1 + 1e-7), last)})


def test_means_at_the_parameters_of_the_paper():
    """And those on record in tests/once.py, which other tests rely upon."""
    low, high = exponential = terms.from_record(expected_collection, at_paper.PAPER[EXPON])
    assert 823.34 < low < high < 823.37
    assert once.same(exponential, at_paper.expected_collection(EXPON))
    low, high = pareto = terms.from_record(expected_collection, at_paper.PAPER[PARETO])
    assert 945.27 < low < high < 945.29
    assert once.same(pareto, at_paper.expected_collection(PARETO))


def test_a_mean_that_no_window_holds_is_not_given():
    assert math.isnan(expected_uncovered_by_rows(Model(2, 1, 1.0, stats.pareto(b=0.05)), 1))
    assert expected_uncovered_by_rows(Model(2, 1, 1.0, stats.pareto(b=1)), 1) == pytest.approx(1.0, abs=1e-9)


def test_hopeless_numbers_of_rows_are_bounded():
    for k in (30, 200, 400):
        low, high = coverage_by_rows(at_paper.PAPER[EXPON], k)
        assert low == 0.0
        assert high < 1e-3


def test_a_tail_that_outlasts_every_window_lowers_no_upper_bound():
    # Two rows cover two symbols, whoever sends them; but by the end of the window they need not be there.
    low, high = coverage_by_rows(Model(2, 1, 1.0, stats.pareto(0.02)), [2, 3])
    assert (high == 1).all()
    assert (low < 0.999).all()


@pytest.mark.parametrize("scale", [1e-9, 1e-40, 1e-60])
def test_delays_may_be_a_tiny_part_of_a_term(scale):
    # All systematic rows come first, within less than the bits of an ordinary panel can tell apart.
    low, high = coverage_by_rows(Model(3, 1, 1.0, stats.uniform(0, scale)), [1, 2, 3])
    assert (high[:2] < 1e-12).all()
    assert low[2] > 1 - 1e-12


def certain(monkeypatch, log_factor):
    """S_0 at 10^5 symbols, which is 1: panels next to a beginning density have to be narrower than a deviation."""
    monkeypatch.setattr(collection, "RAISE", log_factor)
    model, span = SmoothModel(10**5, 100, 0.002, EXPON), np.array([105_000])
    rule = model.rule(collection.window(model, 105_000, 105_000))
    [low], [high] = rule.moments(np.array([0]), 10**5, np.ones((1, rule.nodes.p.shape[1])), span, 662.0)
    return low[0], high[0]


def test_panels_are_narrow_where_a_density_begins_at_many_workers(monkeypatch):
    low, high = certain(monkeypatch, collection.RAISE)
    assert 1 - 1e-7 < low <= 1 <= high < 1 + 1e-7


@pytest.mark.quality
def test_panels_that_ignore_where_a_density_begins_would_be_seen(monkeypatch):
    low, high = certain(monkeypatch, 1e9)
    assert low == 0 < 1 < high


def test_an_infinite_bound_of_a_moment_leaves_an_interval():
    law = stats.pareto(0.013739203051479713, scale=3.9088747100299777e-07)
    low, high = coverage_by_rows(Model(27, 14, 4.980853942121786e-09, law), 14)
    assert 0 <= low <= high <= 1


@pytest.mark.quality
def test_a_density_that_does_not_fit_its_law_widens_the_interval():
    class Wrong:
        cdf, sf, ppf, support = EXPON.cdf, EXPON.sf, EXPON.ppf, EXPON.support

        def pdf(self, x):
            return 1.02 * EXPON.pdf(x)

    (low, high), exact = (coverage_by_rows(Model(30, 3, 0.1, law), 40) for law in (Wrong(), EXPON))
    assert high - low > 0.02
    assert low <= exact[0]
    assert exact[1] <= high


def test_panels_are_measured_down_to_the_scale_of_a_known_law():
    assert _early(1.0, 1 + 64.0**3, 1.0) == [1 + 64.0**2, 65.0, 2.0]
    assert _early(1.0, 1 + 64.0**3, math.inf) == [1 + 64.0**2]


def test_intervals_are_no_wider_than_rounding_makes_them():
    low, high = coverage_by_rows(Model(10, 3, 0.1, EXPON), [5, 8, 10, 20])
    assert (high - low < 1e-11).all()
