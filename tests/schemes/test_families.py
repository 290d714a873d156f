"""What the literature and docs/ say of each family of schemes; what all schemes promise is in tests/contracts."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import chain, combinations, product
from math import ceil, comb

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given
from hypothesis import strategies as st
from mpmath import log, mpf, nint, sqrt, workdps
from scipy.stats import chisquare

from srtheory.decoders import decoder
from srtheory.decoders.intervals import arcs
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.running import run
from srtheory.experiments.trial import Task, run_trial
from srtheory.reception import receive
from srtheory.schemes import PHASES, gradient, make
from srtheory.schemes.base import UNLIMITED, Grouped, UncodedStream
from srtheory.schemes.fountain import (
    LubyTransform,
    Raptor,
    RepairableFountain,
    SystematicLubyTransform,
    raptor_degrees,
    robust_soliton,
)
from srtheory.schemes.gradient import (
    BernoulliGradient,
    CyclicRepetition,
    FractionalRepetition,
    RegularGradient,
    cyclic_weights,
    fits,
)
from srtheory.schemes.parts import (
    Arcs,
    BatchCouponCollector,
    CyclicTerms,
    Genie,
    OwnThenParts,
    PartsCyclic,
    PartsEven,
    PartsPairs,
    PartsStream,
    Repetition,
    TermsStaircase,
)
from srtheory.schemes.sum_recovery import SizedSumRecovery, SumRecovery
from srtheory.schemes.windows import CoupledCells, WindowedSumRecovery
from srtheory.sizes import NAMED, Stage, read_sizes, write_sizes
from srtheory.span import checker
from srtheory.span.certificates import span_certificate, to_json
from tests import reference
from tests.reference import supports

INF, LUBY = float("inf"), LubyTransform(50).average_degree
SIZES = [(m, d) for m in range(1, 10) for d in range(1, m + 1)]


def everything(scheme):
    """A budget that no worker uses up."""
    return np.full(scheme.workers, UNLIMITED)


def by_worker(scheme, key=0, budget=None):
    """The rows of each worker, in its order."""
    symbols = scheme.emit(key, everything(scheme) if budget is None else budget)
    sets = supports(symbols.rows)
    return [[s for s, j in zip(sets, symbols.worker, strict=True) if j == worker] for worker in range(scheme.workers)]


# ----------------------------------------------------------------------------------------------------------- all

PACE = {
    (1, 1): [CyclicTerms(12), TermsStaircase(5), UncodedStream(SumRecovery(6, 2)), SizedSumRecovery(2, "3")],
    (1, 2): [
        CoupledCells(9, 3, cells=3, window=2, seeds=0.5),
        *(SumRecovery(7, 3, access=3, replacement=again) for again in (False, True)),
        *(SizedSumRecovery(3, sizes) for sizes in ("3", "1/2:0.5,3:0.5")),
    ],
    (1, 2.5): [SizedSumRecovery(9, "5/4/2:0.5,3:0.5")],
    (1, 3): [SumRecovery(7, 3), SizedSumRecovery(9, "3"), WindowedSumRecovery(9, 3)],
    (1, 4): [OwnThenParts(13, 4), Arcs(9, 4)],
    (1, 6): [SumRecovery(7, 10)],
    (1, INF): [
        *(SumRecovery(7, 3, access=1), SizedSumRecovery(1, "3"), make("uncoded", 7)),
        SystematicLubyTransform(50, cap=2),
    ],
    (7 / 3, 7 / 3): [PartsEven(7, 3)],
    (7 / 3, INF): [Repetition(7, 3), BatchCouponCollector(7, 3)],
    (3, 6): [Grouped(SumRecovery(5, 2), 15)],
    (3, INF): [RegularGradient(5, 3), BernoulliGradient(5, 3)],
    (11 / 3, INF): [FractionalRepetition(11, 2)],
    (4, 4): [PartsCyclic(12, 4), PartsStream(12, 4), PartsPairs(8, 5)],
    (4, INF): [CyclicRepetition(11, 3)],
    (7, INF): [make("one", 7)],
    (1, LUBY): [SystematicLubyTransform(50)],
    (LUBY, INF): [LubyTransform(50, cap=cap) for cap in (2, 4)],
    (LUBY, LUBY): [LubyTransform(50, cap=cap) for cap in (None, 4.02, 100)],
}


@pytest.mark.parametrize(("terms", "schemes"), PACE.items())
def test_expected_terms_are_those_of_a_first_and_of_a_later_symbol(terms, schemes):
    for scheme in schemes:
        assert scheme.expected_terms() == pytest.approx(terms)
    for m, d in [(1, 3), (3, 2), (4, 3), (5, 5)]:
        later = sum(len(set(draw)) for draw in product(range(m), repeat=d)) / m**d
        assert RepairableFountain(m, d).expected_terms() == pytest.approx((1, later))


def test_typical_and_longest_workers():
    """About as many rows as a coupon collector draws: of n parts n (1 + 1/2 + ... + 1/n); all terms, or the quota."""
    streams = [(UncodedStream(SumRecovery(m, 2)), m) for m in (1, 6, 40)]
    for scheme, parts in [*streams, (CyclicTerms(40), 40), (PartsStream(41, 3), 14)]:
        assert abs(scheme.typical / parts - sum(1 / i for i in range(1, parts + 1))) < 0.45
    assert Genie(7).typical == 7.0
    for cap, most in [(2, 2), (1.4, 2), (0.2, 1)]:
        assert LubyTransform(10, cap=cap).longest == most * LubyTransform(10).average_degree
    for scheme, longest in [(SumRecovery(6, 2), 6), (Repetition(6, 2), 2), (LubyTransform(6, cap=5), None)]:
        assert UncodedStream(scheme).longest == (longest or scheme.longest)


@pytest.mark.parametrize("m", range(1, 9))
def test_cases_of_one_scheme_that_are_another(m):
    """The SR code of one size; parts, arcs and pairs of one term; fractional codes of full groups."""
    budget, key = np.arange(m) % (m + 2), 5
    for d in (1, 2, 5, 60):
        assert by_worker(SizedSumRecovery(m, str(d)), key, budget) == by_worker(SumRecovery(m, d), key, budget)
    terms = by_worker(CyclicTerms(m), key, budget)
    same = [PartsCyclic(m, 1), PartsPairs(m, 1, m), *(Arcs(m, 1, phase) for phase in PHASES)]
    assert [by_worker(scheme, key, budget) for scheme in same] == [terms] * len(same)
    for d in (d for d in range(1, m + 1) if m % d == 0):
        assert by_worker(PartsEven(m, d)) == by_worker(PartsCyclic(m, d))
        assert by_worker(FractionalRepetition(m, d - 1)) == by_worker(Repetition(m, d))
        for k in range(1, m + 1):  # a permutation cut short
            for rows, whole in zip(
                by_worker(SumRecovery(m, d, access=k), 41), by_worker(SumRecovery(m, d), 41), strict=True
            ):
                assert [*chain.from_iterable(rows)] == [*chain.from_iterable(whole)][:k]
    most = SumRecovery.largest_size(m)
    assert by_worker(SumRecovery(m, most)) == by_worker(SumRecovery(m, most + 1))


# --------------------------------------------------------------------------------------------- parts, arcs and pairs


def test_the_staircase_of_its_authors():
    """Amiri and Gunduz's example of four workers, which count from 1: 1 2 3, 2 1 4, 3 4 1, 4 3 2."""
    rows = supports(TermsStaircase(4).emit(0, np.full(4, 3)).rows)
    assert [row[0] + 1 for row in rows] == [1, 2, 3, 2, 1, 4, 3, 4, 1, 4, 3, 2]


def recovered(scheme, startups, tau, key, name=None):
    """When the sum is there, by the decoder of that name."""
    reception = receive(scheme, startups, tau, key, np.inf)
    return reception.time[decoder(name or scheme.decoder)(reception).stopping_time - 1]


@given(st.sampled_from(SIZES), st.sampled_from([0.1, 0.3, 1.0]), st.integers(0, 2**64 - 1), st.data())
def test_arcs_are_partitions_and_never_later_than_the_parts_that_they_cut(size, tau, key, data):
    """With a common phase coverage is recovery, by additions alone."""
    m, d = size
    startups = np.array(data.draw(st.lists(st.sampled_from([0.0, 1.0]) | st.floats(0, 5), min_size=m, max_size=m)))
    for phase in PHASES:
        sent = by_worker(Arcs(m, d, phase), key)
        arcs(Arcs(m, d, phase).emit(key, everything(Arcs(m, d))).rows)  # no row is refused
        for j, rows in enumerate(sent):
            assert rows[0] == [j]
            assert sorted(chain.from_iterable(rows)) == list(range(m))
            assert max(map(len, rows)) <= d
    times = [recovered(scheme(m, d), startups, tau, key) for scheme in (Arcs, OwnThenParts, PartsCyclic)]
    assert times == sorted(times)
    for scheme in (Arcs(m, d), OwnThenParts(m, d)):
        assert recovered(scheme, startups, tau, key, "coverage") == recovered(scheme, startups, tau, key, "span")
    assert recovered(Arcs(m, d), startups, tau, key, "coverage") == times[0]


def test_other_phases_of_arcs_are_later_at_times():
    """And the genie is done at the mth evaluation."""
    model, late, uncovered = DelayModel(parse_law("expon(scale=5)"), 0.05), 0, 0
    for i in range(20):
        random, own, parts = (
            run_trial(Task(scheme, model, 1), i)
            for scheme in (Arcs(60, 6, "random"), Arcs(60, 6, "own"), PartsCyclic(60, 6))
        )
        late += random.latency > parts.latency
        uncovered += own.stopping_time > own.coverage_time
        m, startups = 1 + i % 6, np.random.default_rng(i).exponential(1, 1 + i % 6)
        evaluations = sorted(x + 0.3 * n for x in startups.tolist() for n in range(1, m + 1))
        assert recovered(Genie(m), startups, 0.3, 0, "partition") == evaluations[m - 1]
    assert late > 10
    assert uncovered
    with pytest.raises(ArgumentError, match="decoder"):
        Task(Arcs(3, 1), model, 1, "partition")


def test_cells_of_pairs_and_even_parts():
    """By default as many cells as the square root says, each covered from both ends; parts differ by a term at most."""
    found = {(m, d): PartsPairs(m, d).number_of_cells for m, d in [(1, 1), (8, 1), (36, 1), (1000, 1), (1000, 200)]}
    assert found == {(1, 1): 1, (8, 1): 1, (36, 1): 2, (1000, 1): 10, (1000, 200): 5}
    startups = np.full(6, 50.0)
    startups[[0, 5]] = 0.0
    reception = receive(PartsPairs(6, 1, 1), startups, 1.0, 0, 100.0)
    assert sorted(c for row in supports(reception.rows)[:6] for c in row) == list(range(6))
    assert reception.time[5] == 3.0
    for m, d in SIZES:
        first = [its[0] for its in by_worker(PartsEven(m, d))]
        assert {len(row) for row in first} <= {m // -(-m // d), -(-m // -(-m // d))}
        assert all(first.count(row) == len(row) for row in first)


# ------------------------------------------------------------------------------------------------- block sizes


stages = st.sets(st.integers(1, 10**9), min_size=1, max_size=5).map(
    lambda sizes: Stage(tuple(sorted(sizes)), (1 / len(sizes),) * len(sizes)) if len(sizes) > 1 else Stage(tuple(sizes))
)


@given(st.lists(stages, min_size=1, max_size=20))
def test_sizes_come_back_from_their_text_which_is_the_shortest(some):
    back = read_sizes(write_sizes(tuple(some)))
    assert [*back, *[back[-1]] * (len(some) - len(back))] == some
    shortest = {"3": "3 3/3/3 3:1.0", "38/9x2/3": "38/9/9/3x5", "2:0.5,3:0.5": "3:0.5,2:5e-1"}
    shortest["2:0.75,3:0.25"] = "7:0,3:0.25,2:.75"
    for text, others in shortest.items():
        for other in others.split():
            assert write_sizes(read_sizes(other)) == text
            assert SizedSumRecovery(9, other) == SizedSumRecovery(9, text)
    assert [SizedSumRecovery.largest_size(m) for m in (1, 2, 3, 4, 100)] == [1, 1, 2, 3, 3]
    assert all(read_sizes(name) == read_sizes(text) for name, text in NAMED.items())


def test_other_texts_of_sizes_are_refused():
    for text in [
        "", "0", "-1", "1.5", "a", "3/", "/3", "3x0", "3x", "x3", "3:0.5", "3:0.5,3:0.5", "2:0.5,3:0.6", "2:-1,3:2",
        "2:nan,3:0.5", "2:0.5;3:0.5", "3 ", "3x10001", "3x5000/2x5001", "9999999999", "1000000001", "٣", "2:1e999",
        "3\n", "2:" + "0" * 10**6, None, 3,
    ]:  # fmt: skip
        with pytest.raises(ArgumentError) as refusal:
            read_sizes(text)
        assert refusal.value.name == "sizes"
        assert len(str(refusal.value)) < 400


# ------------------------------------------------------------------------------------------------ degrees of fountains


def luby(m, c, delta):
    """rho + tau, normalised, with 30 digits; the spike at the whole number nearest to m/R, kept inside [1, m]."""
    with workdps(30):
        ripple = mpf(c) * log(mpf(m) / mpf(delta)) * sqrt(m)
        spike = int(min(max(nint(m / ripple), 1), m))
        rho = [mpf(1) / m] + [mpf(1) / (i * (i - 1)) for i in range(2, m + 1)]
        tau = [ripple / (i * m) for i in range(1, spike)] + [max(mpf(0), ripple * log(ripple / mpf(delta)) / m)]
        mass = [r + t for r, t in zip(rho, tau + [mpf(0)] * (m - spike), strict=True)]
        beta = sum(mass)
        return [float(p / beta) for p in mass]


@pytest.mark.parametrize("m", [1, 2, 3, 10, 57, 1000])
def test_robust_soliton_is_lubys(m):
    for c, delta in product([0.01, 0.03, 0.2, 5.0], [0.01, 0.5, 0.99]):
        expected = luby(m, c, delta)
        np.testing.assert_allclose(robust_soliton(m, c, delta), expected, rtol=1e-12, atol=0)
        average = sum(i * p for i, p in enumerate(expected, 1))
        assert LubyTransform(m, c=c, delta=delta).average_degree == pytest.approx(average, rel=1e-12)


@given(st.integers(1, 200), st.integers(1, 1000))
def test_quotas_share_all_symbols_evenly(m, total):
    """m_e/m is rarely a float: m_e = 27 of m = 49 symbols must not become 26; a huge cap is as good as none."""
    quota = LubyTransform(m, cap=total / m).quota()
    assert quota.tolist() == np.diff([total * j // m for j in range(m + 1)]).tolist()
    assert (LubyTransform(m, cap=1e300).quota() >= UNLIMITED).all()


def shokrollahi(n, epsilon):
    """Exact fractions: the generating function of [31] with its tail gathered at n."""
    last, nu = ceil(4 * (1 + epsilon) / epsilon), epsilon / 2 + (epsilon / 2) ** 2
    mass = {1: nu, **{i: Fraction(1, i * (i - 1)) for i in range(2, last + 1)}, last + 1: Fraction(1, last)}
    law = [Fraction(0)] * min(n, last + 1)
    for i, p in mass.items():
        law[min(i, n) - 1] += p / (1 + nu)
    return [float(p) for p in law]


@pytest.mark.parametrize("n", [1, 2, 3, 9, 10, 44, 45, 46, 1048])
def test_degrees_of_raptor_codes_are_shokrollahis(n):
    for epsilon in (Fraction(1, 20), Fraction(1, 10), Fraction(2, 5), Fraction(1)):
        np.testing.assert_allclose(raptor_degrees(n, float(epsilon)), shokrollahi(n, epsilon), rtol=1e-12)
    assert (raptor_degrees(9, 5e-324)[0], Raptor(9, 5e-324).parities) == (5e-324 / 2, 1)


@pytest.mark.quality
def test_other_laws_of_degrees_are_noticed():
    for found, expected in [
        (raptor_degrees(1000, 0.1001), shokrollahi(1000, Fraction(1, 10))),
        (robust_soliton(1000, c=0.0306), luby(1000, 0.03, 0.5)),
        (robust_soliton(1000, delta=0.51), luby(1000, 0.03, 0.5)),
    ]:
        with pytest.raises(AssertionError):
            np.testing.assert_allclose(found, expected, rtol=1e-12)


# ------------------------------------------------------------------------------------------------------ gradient codes

CODES = [(m, s) for m in range(1, 12) for s in range(m)]
FAMILIES = [FractionalRepetition, CyclicRepetition]


def gives_the_sum(rows):
    """By two exact ranks."""
    return bool(rows) and fmpz_mat(rows).rank() == fmpz_mat([*rows, [1] * len(rows[0])]).rank()


def matrix(scheme):
    """The rows of all workers, one each."""
    return scheme.emit(0, everything(scheme)).rows.dense().tolist()


def failing(rows, stragglers):
    """Sets of so many stragglers without which the sum is lost."""
    left = lambda gone: [row for j, row in enumerate(rows) if j not in gone]  # noqa: E731
    return [gone for gone in combinations(range(len(rows)), stragglers) if not gives_the_sum(left(gone))]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("m", [*range(1, 12), *(pytest.param(m, marks=pytest.mark.slow) for m in (12, 13, 14))])
def test_any_m_minus_s_workers_suffice(family, m):
    assert [failing(matrix(family(m, s)), s) for s in range(m)] == [[]] * m
    with pytest.raises(ArgumentError, match="'stragglers'"):
        family(m, m)


@pytest.mark.parametrize("m", range(2, 12))
def test_one_straggler_more_is_too_many_for_some_set(m):
    """s + 1 neighbours hold all of a term; in a fractional code, a smallest group; weights rarely coincide."""
    for s in range(m - 1):
        lost = failing(matrix(CyclicRepetition(m, s)), s + 1)
        assert tuple(range(s + 1)) in lost
        few = comb(m, s + 1) - len(lost)
        assert few == 0 or m not in (2, 3, 5, 7, 11)
        assert s != 1 or few == (0 if m % 2 else m // 2 - 1)
        assert few <= comb(m, s + 1) / 6
        fractional = FractionalRepetition(m, s)
        assert bool(failing(matrix(fractional), s + 1)) == (np.diff(fractional.ends()).min() == s + 1)


@pytest.mark.quality
@pytest.mark.parametrize("m", range(3, 12))
def test_a_weight_that_is_off_by_one_is_noticed(m):
    for s in range(1, m - 1):
        rows = matrix(CyclicRepetition(m, s))
        rows[m // 2][m // 2] += 1
        assert failing(rows, s)
    assert failing(matrix(Repetition(5, 2)), 1) == [(4,)]  # its last part has too few workers


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


@given(st.integers(1, 40), st.data())
def test_weights_are_the_values_of_a_polynomial_as_far_as_they_have_64_bits(m, data):
    s, worker = data.draw(st.integers(0, m - 1)), data.draw(st.integers(0, m - 1))
    values = list(reference.gradient_cyclic(m, s, worker=worker).values())
    weights = cyclic_weights(m, s, worker)
    assert all(a * weights[0] == b * values[0] for a, b in zip(values, weights, strict=True))
    assert 0 < max(map(abs, weights)) <= comb(m - 1, s)
    assert [fits(68, s) for s in range(68)] == [comb(67, s) < 2**63 for s in range(68)]
    assert [s for s in range(1000) if fits(1000, s)] == [*range(8), *range(992, 1000)]
    assert CyclicRepetition(67, 33).stragglers == 33
    with pytest.raises(ArgumentError, match=r"the largest weight of a row, is below 2\^63"):
        CyclicRepetition(68, 33)


def test_rests_and_promises_at_the_papers_size():
    assert FractionalRepetition(11, 2).ends().tolist() == [0, 3, 7, 11]
    assert FractionalRepetition(5, 3).ends().tolist() == [0, 5]
    task = Task(CyclicRepetition(1000, 2), DelayModel(parse_law("expon(scale=5)"), 0.005), 1)
    assert {record.stopping_time for record in run(task, 8)} == {998}


@pytest.mark.quality
def test_regular_graphs_are_alike_and_too_few_switches_would_be_seen(monkeypatch):
    """How often each 2-regular graph of four workers is drawn, of 5000."""
    for switches, low, high in ((gradient.SWITCHES, 1e-3, 1), (1, -1, 1e-12)):
        monkeypatch.setattr(gradient, "SWITCHES", switches)
        drawn = Counter(tuple(map(frozenset, supports(RegularGradient(4, 2).graph(key)))) for key in range(5000))
        assert switches == 1 or len(drawn) == 90
        assert low < chisquare(list(drawn.values())).pvalue < high
        sets = supports(RegularGradient(9, 4).graph(3))
        assert {len(row) for row in sets} == set(Counter(chain.from_iterable(sets)).values()) == {4}


# ---------------------------------------------------------------------------------------------- fewer workers: groups


@given(st.integers(1, 30), st.data())
def test_groups_share_the_terms_evenly(terms, data):
    p = data.draw(st.integers(1, terms))
    sizes = Grouped(make("uncoded", p), terms).sizes()
    assert (len(sizes), sizes.sum()) == (p, terms)
    assert set(sizes.tolist()) <= {terms // p, -(-terms // p)}
    with pytest.raises(ArgumentError, match="terms"):
        Grouped(make("uncoded", p + 1), p)
