"""Gradient codes at the roots of unity: all sets of workers of small codes, over GF(p) and over Q(w); larger ones."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
import sympy as sp
from flint import nmod_mat
from sympy.polys.matrices import DomainMatrix

from paper_checks.theory.statements.roots_of_unity import (
    is_real,
    product_of_roots,
    root_of_unity,
    unity_residues,
    unity_weights,
)
from srtheory.rows import from_dense
from srtheory.schemes.gradient import CyclicRepetition
from srtheory.span.certificates import span_certificate, to_json
from srtheory.span.oracles import checker

SMALL = [(m, s, b) for m in range(1, 9) for s in range(m) for b in range(1, m - s + 1)]


def circulant(g, m):
    """Row j has g at the places j, j + 1, ... modulo m."""
    rows = [[0] * m for _ in range(m)]
    for j in range(m):
        for i, weight in enumerate(g):
            rows[j][(j + i) % m] = weight
    return rows


def primes(m):
    """The least prime that is 1 modulo m, and one of 40 bits."""
    for least in (2, 2**40):
        yield next(
            p for p in range(least - (least - 1) % m + m * (least > 2), 2**41, 1) if p % m == 1 % m and sp.isprime(p)
        )


def gives_the_sum(rows, prime):
    m = len(rows[0])
    ranks = [
        nmod_mat(len(some), m, [x for row in some for x in row], prime).rank() for some in (rows, [*rows, [1] * m])
    ]
    return ranks[0] == ranks[1]


def sizes(rows, gives):
    """How many of all sets of k rows give the sum, for each k = 1 .. m, and how many sets there are.

    Where each row is the one before, turned by a place, a set gives it if and only if the set turned does.
    """
    m, found = len(rows), []
    turns = range(m) if all(rows[j] == [rows[0][i - j] for i in range(m)] for j in range(m)) else range(1)
    for k in range(1, m + 1):
        alike = (frozenset(tuple(sorted((j + i) % m for j in chosen)) for i in turns) for chosen in all_sets(m, k))
        some = [(len(sets), gives([rows[j] for j in min(sets)])) for sets in set(alike)]
        found.append((sum(n for n, given in some if given), sum(n for n, _ in some)))
    return found


def all_sets(m, k):
    return combinations(range(m), k)


def always(found):
    """Least k such that all sets of k or more rows give the sum."""
    return next((k for k in range(1, len(found) + 1) if all(a == b for a, b in found[k - 1 :])), None)


def ever(found):
    return next((k for k, (a, _) in enumerate(found, start=1) if a), None)


# ------------------------------------------------------------------------------------------------------ the guarantee


@pytest.mark.parametrize(("m", "s", "b"), SMALL)
def test_any_m_minus_s_workers_suffice_over_prime_fields(m, s, b):
    """And fewer never do where the roots end at 1 on one side."""
    for p in primes(m):
        found = sizes(circulant(unity_residues(m, s, p, first=b), m), lambda rows, p=p: gives_the_sum(rows, p))
        assert always(found) == m - s
        assert b not in (1, m - s) or ever(found) == m - s


def over_cyclotomic_field(m, roots):
    """Weights in Q(w), exactly, and whether rows over it give the sum."""
    field = sp.QQ.alg_field_from_poly(sp.cyclotomic_poly(m, sp.Symbol("x")), root_index=-1) if m > 2 else sp.QQ
    w = field.unit if m > 2 else field(1 if m == 1 else -1)
    g = [field.one]
    for i in roots:
        r = w**i
        g = [low - r * high for low, high in zip([field.zero, *g], [*g, field.zero], strict=True)]

    def gives(rows):
        columns = [[*map(field.convert, column), field.one] for column in zip(*rows, strict=True)]
        pivots = DomainMatrix(columns, (m, len(rows) + 1), field).rref()[1]
        return len(rows) not in pivots  # nor does the sum raise the rank

    return g, gives


@pytest.mark.parametrize(("m", "s", "b"), [case for case in SMALL if case[0] <= 6])
def test_any_m_minus_s_workers_suffice_over_the_cyclotomic_field(m, s, b):
    g, gives = over_cyclotomic_field(m, range(b, b + s))
    found = sizes(circulant(g, m), gives)
    assert always(found) == m - s
    assert b not in (1, m - s) or ever(found) == m - s


@pytest.mark.slow
@pytest.mark.parametrize(("m", "s", "b"), [case for case in SMALL if case[0] > 6])
def test_any_m_minus_s_workers_suffice_over_larger_cyclotomic_fields(m, s, b):
    test_any_m_minus_s_workers_suffice_over_the_cyclotomic_field(m, s, b)


def test_the_middle_roots_may_do_with_fewer():
    """g = x + 1 at m = 4: every second pair of neighbours."""
    assert unity_residues(4, 1, 5, first=2) == [1, 1]
    found = sizes(circulant([1, 1], 4), lambda rows: gives_the_sum(rows, 5))
    assert (ever(found), always(found)) == (2, 3)


@pytest.mark.parametrize(("m", "s"), [(60, 1), (60, 7), (60, 30), (60, 58), (100, 10)])
def test_larger_codes_by_certificate(m, s):
    """Random sets of m - s workers over GF(p), neighbours, and one worker fewer."""
    p = next(primes(m))
    rows, rng = from_dense(circulant(unity_residues(m, s, p), m)), np.random.default_rng(m + s)
    assert (np.diff(rows.indptr) == s + 1).all()  # words of least weight: no coefficient is 0
    for chosen in [*(rng.permutation(m)[: m - s] for _ in range(4)), np.arange(m - s)]:
        for count, kind in ((m - s, "spans"), (m - s - 1, "does-not-span")):
            some = rows.take(chosen[:count])
            certificate = checker.read(to_json(span_certificate(some, field=f"GF({p})")))
            assert certificate.kind == kind
            assert checker.fault(certificate, m, some.mappings()) is None


# --------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.quality
@pytest.mark.parametrize(("m", "s"), [(m, s) for m in range(2, 8) for s in range(1, m)])
def test_with_the_root_1_the_sum_is_in_no_code(m, s):
    p = next(primes(m))
    w = root_of_unity(m, p)
    g = product_of_roots([pow(w, i, p) for i in range(s)], p)
    assert ever(sizes(circulant(g, m), lambda rows: gives_the_sum(rows, p))) is None


@pytest.mark.quality
def test_roots_with_a_gap_fail_first_at_four_workers_and_two_stragglers():
    """Roots w and w^3 at m = 4, g = x^2 + 1: rows 0 and 2 are equal.  Below there is no such set of roots."""
    failing = []
    for m in range(1, 5):
        for s in range(m):
            for roots in combinations(range(1, m), s):
                g, gives = over_cyclotomic_field(m, roots)
                if always(sizes(circulant(g, m), gives)) != m - s:
                    failing.append((m, s, roots))
    assert failing == [(4, 2, (1, 3))]


@pytest.mark.quality
def test_a_wrong_weight_is_noticed():
    g = unity_residues(7, 3, 29)
    rows = circulant(g, 7)
    rows[2][3] += 1
    assert always(sizes(rows, lambda some: gives_the_sum(some, 29))) != 4


# ------------------------------------------------------------------------------------------------ real and in floats


def test_weights_are_real_where_the_roots_are_their_own_conjugates():
    for m in range(1, 13):
        for s in range(m):
            real = [b for b in range(1, m - s + 1) if np.abs(unity_weights(m, s, first=b).imag).max() < 1e-9]
            assert real == [b for b in range(1, m - s + 1) if is_real(m, s, b)]
            assert s == 0 or len(real) == (m - s) % 2


def errors(rows, s, sets=8):
    """Relative errors of the sum, decoded in floats from random sets of m - s workers: median and largest."""
    m, rng, found = len(rows), np.random.default_rng(1), []
    for _ in range(sets):
        some, terms = rows[np.sort(rng.choice(m, m - s, replace=False))], rng.normal(size=m)
        combination = np.linalg.lstsq(some.T, np.ones(m), rcond=None)[0]
        found.append(abs(combination @ (some @ terms) - terms.sum()) / np.abs(terms).sum())
    return np.median(found), max(found)


def at_roots(m, s, b):
    g = unity_weights(m, s, first=b)
    return np.array(circulant(g.real if is_real(m, s, b) else g, m))


def integers(m, s):
    """Those of the package's cyclic code, each row over its largest weight."""
    rows = CyclicRepetition(m, s).emit(0, np.full(m, m)).rows.dense().astype(float)
    return rows / np.abs(rows).max(axis=1, keepdims=True)


def drawn(m, s):
    """Tandon's: rows orthogonal to s random ones of sum 0."""
    dual, rows = np.random.default_rng(5).normal(size=(s, m)), np.zeros((m, m))
    dual[:, -1] = -dual[:, :-1].sum(axis=1)
    for j in range(m):
        own = (j + np.arange(s + 1)) % m
        rows[j, own] = [1, *-np.linalg.solve(dual[:, own[1:]], dual[:, own[0]])]
    return rows


def test_decoding_in_floats_is_far_better_than_with_the_integer_code_and_worse_than_with_drawn_weights():
    """Orders of magnitude of docs/theory.md, 5.10."""
    (unity, worst), (whole, _), (random, _) = (
        errors(f, 10) for f in (at_roots(100, 10, 1), integers(100, 10), drawn(100, 10))
    )
    assert 1e-9 < unity < worst < 1e-4
    assert whole > 1e-4
    assert random < 1e-11
    assert errors(at_roots(100, 9, 46), 9)[0] < 1e-12
    assert max(errors(at_roots(20, 3, 9), 3)[1], errors(at_roots(20, 3, 1), 3)[1]) < 1e-12
