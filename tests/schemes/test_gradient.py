"""Gradient codes: the rows by definition, and their guarantee over Q for every set of stragglers of small codes."""

from __future__ import annotations

from itertools import combinations
from math import comb

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given
from hypothesis import strategies as st

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task
from srtheory.schemes.baselines import Repetition
from srtheory.schemes.gradient import CyclicRepetition, FractionalRepetition, cyclic_weights, fits
from srtheory.span.certificates import span_certificate, to_json
from srtheory.span.oracles import checker
from tests import reference
from tests.schemes.checks import check_emission, everything

SMALL = [(m, s) for m in range(1, 12) for s in range(m)]
SLOW = [(m, s) for m in (12, 13, 14) for s in range(m)]
FAMILIES = [FractionalRepetition, CyclicRepetition]


def matrix(scheme):
    """The rows of all workers, one each."""
    symbols = scheme.emit(0, everything(scheme))
    assert symbols.worker.tolist() == list(range(scheme.workers))
    return symbols.rows.dense().tolist()


def gives_the_sum(rows):
    """By two exact ranks."""
    return bool(rows) and fmpz_mat(rows).rank() == fmpz_mat([*rows, [1] * len(rows[0])]).rank()


def failing(rows, stragglers):
    """Sets of so many stragglers without which the sum is lost."""
    return [
        gone
        for gone in combinations(range(len(rows)), stragglers)
        if not gives_the_sum([row for j, row in enumerate(rows) if j not in gone])
    ]


# ------------------------------------------------------------------------------------------------------- the guarantee


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("m", "s"), SMALL)
def test_any_m_minus_s_workers_suffice(family, m, s):
    assert failing(matrix(family(m, s)), s) == []


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(("m", "s"), SLOW)
def test_any_m_minus_s_workers_suffice_of_fourteen(family, m, s):
    assert failing(matrix(family(m, s)), s) == []


@pytest.mark.parametrize(("m", "s"), [(m, s) for m, s in SMALL if s < m - 1])
def test_one_straggler_more_is_too_many_for_some_set(m, s):
    """s + 1 neighbours hold all of a term; in a fractional code, a smallest group."""
    assert tuple(range(s + 1)) in failing(matrix(CyclicRepetition(m, s)), s + 1)
    fractional = FractionalRepetition(m, s)
    assert bool(failing(matrix(fractional), s + 1)) == (np.diff(fractional.ends()).min() == s + 1)


@pytest.mark.parametrize(("m", "s"), [*((m, s) for m in (5, 7, 11) for s in range(m - 1))])
def test_one_straggler_more_is_always_too_many_where_no_weights_coincide(m, s):
    assert len(failing(matrix(CyclicRepetition(m, s)), s + 1)) == comb(m, s + 1)


def test_weights_may_coincide():
    """Of four workers with s = 1, two opposite ones: (2, 2) on terms 1 and 2, (1, 1) on 3 and 0."""
    assert failing(matrix(CyclicRepetition(4, 1)), 2) == [(0, 1), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert gives_the_sum([matrix(CyclicRepetition(4, 1))[j] for j in (1, 3)])


@pytest.mark.parametrize("m", range(4, 11))
def test_how_many_weights_coincide(m):
    """Sets of m - s - 1 workers that give the sum: m/2 - 1 for s = 1 and even m, of all sets at most one in six."""
    few = [comb(m, s + 1) - len(failing(matrix(CyclicRepetition(m, s)), s + 1)) for s in range(m - 1)]
    assert few[1] == (0 if m % 2 else m // 2 - 1)
    shares = [count / comb(m, s + 1) for s, count in enumerate(few)]
    assert max(shares) == 1 / 6 if m == 4 else max(shares) < 1 / 6


def test_few_groups_of_a_fractional_code_suffice():
    rows = matrix(FractionalRepetition(6, 2))
    assert gives_the_sum([rows[0], rows[3]])


@pytest.mark.quality
@pytest.mark.parametrize(("m", "s"), [(m, s) for m, s in SMALL if 0 < s < m - 1])
def test_a_weight_that_is_off_by_one_is_noticed(m, s):
    rows = matrix(CyclicRepetition(m, s))
    rows[m // 2][m // 2] += 1
    assert failing(rows, s)


@pytest.mark.quality
def test_plain_sums_around_the_circle_are_no_gradient_code():
    assert failing([[int((i - j) % 5 < 3) for i in range(5)] for j in range(5)], 2)


@pytest.mark.quality
def test_a_short_last_part_would_break_the_guarantee():
    """Repetition of degree s + 1, where that is no divisor of m: its last part has too few workers."""
    assert failing(matrix(Repetition(5, 2)), 1) == [(4,)]
    assert failing(matrix(FractionalRepetition(5, 1)), 1) == []


@pytest.mark.parametrize(("m", "s"), [(67, 33), (200, 9), (1000, 7)])
def test_larger_codes_by_certificate(m, s):
    """Some sets of stragglers: random ones and, below a thousand symbols, neighbours."""
    rows, rng = CyclicRepetition(m, s).emit(0, np.full(m, m)).rows, np.random.default_rng(m)
    sets = [rng.choice(m, s, replace=False), np.arange(s) + m // 2, (np.arange(s) - s // 2) % m]
    for gone in sets if m < 1000 else sets[:1]:
        left = rows.take(np.setdiff1d(np.arange(m), gone))
        for rows_left, kind in [(left, "spans"), (left.prefix(len(left) - 1), "does-not-span")]:
            certificate = checker.read(to_json(span_certificate(rows_left)))
            assert certificate.kind == kind
            assert checker.fault(certificate, m, rows_left.mappings()) is None


# ------------------------------------------------------------------------------------------------------------ the rows


@given(st.integers(1, 40), st.data())
def test_weights_are_the_values_of_a_polynomial(m, data):
    s, worker = data.draw(st.integers(0, m - 1)), data.draw(st.integers(0, m - 1))
    values = list(reference.gradient_cyclic(m, s, worker=worker).values())
    weights = cyclic_weights(m, s, worker)
    assert len(weights) == s + 1
    assert all(a * weights[0] == b * values[0] for a, b in zip(values, weights, strict=True))
    assert 0 < max(map(abs, weights)) <= comb(m - 1, s)


@pytest.mark.parametrize(("m", "s"), SMALL)
def test_emission_whatever_the_budget(m, s):
    budget = [(s + j) % (s + 3) for j in range(m)]
    check_emission(FractionalRepetition(m, s), 0, budget, lambda j: reference.gradient_fractional(m, s, worker=j))
    scheme = CyclicRepetition(m, s)
    symbols = scheme.emit(0, np.array(budget))
    sent = [j for j in range(m) if budget[j] > s]
    assert symbols.worker.tolist() == sent
    assert symbols.terms.tolist() == [s + 1] * len(sent)
    assert symbols.ended.tolist() == [b > s for b in budget]
    assert reference.supports(symbols.rows) == [[(j + i) % m for i in range(s + 1)] for j in sent]
    weights = [] if symbols.rows.values is None else symbols.rows.values.tolist()
    assert weights in ([], [w for j in sent for w in cyclic_weights(m, s, j)])
    assert (symbols.rows.values is None) == (s in (0, m - 1))


@pytest.mark.parametrize(("m", "s"), [(6, 1), (6, 2), (12, 3), (5, 4), (5, 0)])
def test_a_fractional_code_of_full_groups_is_repetition(m, s):
    assert matrix(FractionalRepetition(m, s)) == matrix(Repetition(m, s + 1))


def test_a_rest_is_shared_among_the_groups():
    assert FractionalRepetition(11, 2).ends().tolist() == [0, 3, 7, 11]
    assert FractionalRepetition(5, 3).ends().tolist() == [0, 5]


def test_pace_is_the_mean_size_of_a_symbol():
    """Of a fractional code the mean over its groups, of which 11 terms with s = 2 have three."""
    assert FractionalRepetition(11, 2).expected_terms() == (11 / 3, float("inf"))
    assert CyclicRepetition(11, 3).expected_terms() == (4, float("inf"))


@pytest.mark.parametrize("family", FAMILIES)
def test_workers_end_after_one_symbol(family):
    scheme = family(12, 2)
    assert not scheme.rateless
    assert scheme.expected_terms() == (3, float("inf"))
    assert (scheme.workers, scheme.decoder) == (12, "partition" if family is FractionalRepetition else "span")


def test_which_weights_have_64_bits():
    assert all(fits(67, s) for s in range(67))
    assert [fits(68, s) for s in range(68)] == [comb(67, s) < 2**63 for s in range(68)]
    assert 2**63 < comb(67, 33) < 2**64
    assert [s for s in range(1000) if fits(1000, s)] == [*range(8), *range(992, 1000)]
    assert max(cyclic_weights(1000, 7, 0)) == comb(999, 7)
    assert comb(999, 8) > 2**63 - 1


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize(
    ("name", "m", "s"), [("symbols", 0, 0), ("stragglers", 4, 4), ("stragglers", 4, -1), ("stragglers", 4, 1.5)]
)
def test_refusals_name_the_argument(family, name, m, s):
    with pytest.raises(ArgumentError) as refusal:
        family(m, s)
    assert refusal.value.name == name


def test_weights_of_more_bits_are_refused_with_the_largest_of_them():
    assert CyclicRepetition(67, 33).stragglers == 33
    with pytest.raises(
        ArgumentError, match=r"such that binomial\(67, s\), the largest weight of a row, is below 2\^63"
    ):
        CyclicRepetition(68, 33)


def test_runs_at_the_papers_size_end_with_the_symbol_that_is_promised():
    task = Task(CyclicRepetition(1000, 2), DelayModel(parse_law("expon(scale=5)"), 0.005), 1)
    assert {record.stopping_time for record in run(task, 8)} == {998}
