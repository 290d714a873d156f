"""Whether rows span 1, given the counts: every order of every worker, ranks over Q by SymPy."""

import csv
from fractions import Fraction

import pytest

from srtheory.on_record import on_record
from srtheory.theory.given_counts import spanning_given_counts


def test_the_lower_bound_is_sharp_where_the_rows_are_many():
    low, high = spanning_given_counts(60, 6, [5] * 30 + [0] * 30)
    assert 0 < high - low < 1e-12


def probabilities():
    """The lines of data/small_cases: m, d, the counts, and P(span 1 over Q) by enumeration."""
    with (on_record("small_cases") / "probabilities.csv").open(encoding="utf-8", newline="") as stream:
        for line in csv.DictReader(stream):
            counts = tuple(map(int, line["counts"].split()))
            yield int(line["symbols"]), int(line["degree"]), counts, Fraction(line["spans_q"])


@pytest.mark.slow
@pytest.mark.quality
def test_all_probabilities_on_record_up_to_eight_symbols_and_a_factor_of_1_02_would_be_seen():
    lines = [(truth, *spanning_given_counts(*line)) for *line, truth in probabilities()]
    assert len(lines) > 5000
    assert [line for line in lines if not line[1] <= line[0] <= line[2]] == []
    off = Fraction(51, 50)
    assert sum(not off * low <= truth <= off * high for truth, low, high in lines) > 1000
