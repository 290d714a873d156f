"""The classical coupon collector, against enumeration and textbook formulas."""

from fractions import Fraction
from itertools import combinations, product
from math import comb

import pytest

from srtheory.theory import collector
from srtheory.theory.collector import collector_by_rows, collector_mean
from tests.theory import at_paper


@pytest.mark.parametrize(("m", "d", "n"), [(1, 1, 1), (3, 1, 5), (4, 2, 4), (5, 3, 3), (5, 5, 1), (3, 2, 1)])
def test_enumeration_of_all_rows(m, d, n):
    subsets = list(combinations(range(m), d))
    good = sum(len(set().union(*rows)) == m for rows in product(subsets, repeat=n))
    exact = Fraction(good, len(subsets) ** n)
    low, high = collector_by_rows(n, m, d)
    assert low <= exact <= high
    assert high - low < 1e-14


def whole_sum(n, m, d):
    """The sum to its last term."""
    return sum((-1) ** k * comb(m, k) * Fraction(comb(m - k, d), comb(m, d)) ** n for k in range(m + 1))


@pytest.mark.parametrize("n", [0, 20, 40, 80, 160, 640])
@pytest.mark.parametrize(("m", "d"), [(40, 1), (60, 4), (61, 60)])
def test_sums_that_end_early_hold_the_whole_one(m, d, n):
    low, high = collector_by_rows(n, m, d)
    assert low <= whole_sum(n, m, d) <= high
    assert high - low < 1e-14


@pytest.mark.quality
def test_another_end_would_be_missed(monkeypatch):
    """Terms of a millionth are not small: a sum that ended there would be known to a millionth only."""
    monkeypatch.setattr(collector, "small_term", lambda: 1e-6)
    with pytest.raises(ArithmeticError, match="no tight enclosure"):
        collector_by_rows(80, 60, 4)


@pytest.mark.parametrize("m", [1, 2, 10, 1000])
def test_single_symbols_take_m_times_the_harmonic_number(m):
    low, high = collector_mean(m, 1)
    exact = m * sum(Fraction(1, k) for k in range(1, m + 1))
    assert low <= exact <= high
    assert high - low < 1e-12 * high


@pytest.mark.parametrize(("m", "d"), [(6, 2), (9, 4)])
def test_mean_is_the_sum_of_the_tails(m, d):
    tails = sum(1 - collector_by_rows(n, m, d)[0] for n in range(400))
    assert collector_mean(m, d)[0] == pytest.approx(tails, rel=1e-12)


@pytest.mark.quality
def test_replacement_is_not_forgotten():
    # Without replacement two rows of two would cover four symbols for sure.
    assert collector_by_rows(2, 4, 2)[1] == pytest.approx(1 / 6)


def test_comparison_with_the_code_at_the_parameters_of_the_paper():
    classical = collector_mean(1000, 10)[0]
    assert round(classical, 1) == 745.6
    # Systematic rows cover one symbol each and are about an eighth of the rows: the code needs a tenth more rows.
    assert 1.10 < at_paper.expected_collection(at_paper.EXPON)[0] / classical < 1.11
