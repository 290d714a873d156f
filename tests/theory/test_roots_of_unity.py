"""Gradient codes at the roots of unity over GF(p) and Q(w), and Lagrange codes: all sets of workers of small codes."""

from __future__ import annotations

from itertools import combinations, product
from math import prod

import galois
import numpy as np
import pytest
import sympy as sp
from flint import nmod_mat
from sympy.polys.matrices import DomainMatrix

from paper_checks.theory.lagrange import encoding, recovery_threshold, same_results, sum_weights
from paper_checks.theory.statements.roots_of_unity import (
    is_real,
    product_of_roots,
    root_of_unity,
    unity_residues,
    unity_weights,
)
from srtheory.matrix import from_dense
from srtheory.schemes.gradient import CyclicRepetition
from srtheory.span import checker
from srtheory.span.certificates import span_certificate, to_json

# ------------------------------------------------------------------------------------------------------- roots of unity


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


def reach(rows, gives, turned=True):
    """The least k for which some k rows give the sum, and from which on all k rows do.

    Where each row is the one before, turned by a place, sets with the first row stand for all.
    """
    m = len(rows)
    found = [
        {gives([rows[j] for j in chosen]) for chosen in combinations(range(m), k) if not (turned and chosen[0])}
        for k in range(1, m + 1)
    ]
    some = next((k for k, given in enumerate(found, 1) if True in given), None)
    return some, next((k for k in range(1, m + 1) if all(given == {True} for given in found[k - 1 :])), None)


@pytest.mark.parametrize(("m", "s", "b"), SMALL)
def test_any_m_minus_s_workers_suffice_over_prime_fields(m, s, b):
    """And fewer never do where the roots end at 1 on one side."""
    for p in primes(m):
        rows = circulant(unity_residues(m, s, p, first=b), m)
        some, every = reach(rows, lambda some, p=p: gives_the_sum(some, p))
        assert every == m - s
        assert b not in (1, m - s) or some == m - s


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


@pytest.mark.parametrize(
    ("m", "s", "b"),
    [pytest.param(*case, marks=pytest.mark.slow if case[0] > 5 else ()) for case in SMALL if case[0] < 8],
)
def test_any_m_minus_s_workers_suffice_over_larger_cyclotomic_fields(m, s, b):
    g, gives = over_cyclotomic_field(m, range(b, b + s))
    some, every = reach(circulant(g, m), gives)
    assert every == m - s
    assert b not in (1, m - s) or some == m - s


@pytest.mark.parametrize(("m", "s"), [(60, 1), (60, 30), (60, 58), (100, 10)])
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


@pytest.mark.quality
@pytest.mark.parametrize("m", range(2, 8))
def test_with_the_root_1_the_sum_is_in_no_code(m):
    """And a wrong weight is noticed."""
    p = next(primes(m))
    w = root_of_unity(m, p)
    for s in range(1, m):
        g = product_of_roots([pow(w, i, p) for i in range(s)], p)
        assert reach(circulant(g, m), lambda some: gives_the_sum(some, p)) == (None, None)
    rows = circulant(unity_residues(m, m // 2, p), m)
    rows[m // 2][m // 2] += 1
    assert reach(rows, lambda some: gives_the_sum(some, p), turned=False)[1] != m - m // 2


@pytest.mark.quality
def test_roots_with_a_gap_fail_first_at_four_workers_and_two_stragglers():
    """Roots w and w^3 at m = 4, g = x^2 + 1: rows 0 and 2 are equal.  Below there is no such set of roots."""
    failing = []
    for m in range(1, 5):
        for s in range(m):
            for roots in combinations(range(1, m), s):
                g, gives = over_cyclotomic_field(m, roots)
                if reach(circulant(g, m), gives)[1] != m - s:
                    failing.append((m, s, roots))
    assert failing == [(4, 2, (1, 3))]


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


def drawn(m, s):
    """Tandon's: rows orthogonal to s random ones of sum 0."""
    dual, rows = np.random.default_rng(5).normal(size=(s, m)), np.zeros((m, m))
    dual[:, -1] = -dual[:, :-1].sum(axis=1)
    for j in range(m):
        own = (j + np.arange(s + 1)) % m
        rows[j, own] = [1, *-np.linalg.solve(dual[:, own[1:]], dual[:, own[0]])]
    return rows


def test_decoding_in_floats_is_far_better_than_with_the_integer_code_and_worse_than_with_drawn_weights():
    """Orders of magnitude of docs/proofs/theory.md, 5.10."""
    rows = CyclicRepetition(100, 10).emit(0, np.full(100, 100)).rows.dense().astype(float)
    integers = rows / np.abs(rows).max(axis=1, keepdims=True)
    (unity, worst), (whole, _), (random, _) = (errors(f, 10) for f in (at_roots(100, 10, 1), integers, drawn(100, 10)))
    assert 1e-9 < unity < worst < 1e-4
    assert whole > 1e-4
    assert random < 1e-11
    assert errors(at_roots(100, 9, 46), 9)[0] < 1e-12
    assert max(errors(at_roots(20, 3, 9), 3)[1], errors(at_roots(20, 3, 1), 3)[1]) < 1e-12


# ------------------------------------------------------------------------------------------------------- Lagrange codes


# m, D, p, the nodes: every element of the field is a worker's point, the nodes among them
FIELDS = [(2, 2, 5, (0, 1)), (2, 3, 7, (0, 1)), (3, 1, 7, (0, 1, 2)), (3, 2, 7, (0, 1, 3)), (1, 2, 5, (4,))]


def every_data(m, degree, nodes, prime):
    """Results at all points and the sum, for all data of m vectors of D coordinates over GF(p), by galois."""
    field = galois.GF(prime, compile="python-calculate")  # numba would take longer
    data = np.array(list(product(range(prime), repeat=m))).reshape(-1, m)
    encoded = field(data) @ field(np.array(encoding(nodes, range(prime), prime))).T  # one coordinate of all data
    values, sums = encoded, field(data)
    for _ in range(degree - 1):
        values = (values[:, None, :] * encoded[None, :, :]).reshape(-1, prime)
        sums = (sums[:, None, :] * field(data)[None, :, :]).reshape(-1, m)
    return np.array(values), np.array(sums.sum(axis=1))


def determined(values, sums, received, prime):
    """Whether the results at these points are a function's argument whose value is the sum: any decoder."""
    key = values[:, list(received)] @ prime ** np.arange(len(received))
    seen = np.zeros((prime ** len(received), prime), dtype=bool)
    seen[key, sums % prime] = True
    return bool(seen.sum(axis=1).max() <= 1)


@pytest.mark.parametrize(("m", "degree", "prime", "nodes"), FIELDS)
def test_weights_exist_exactly_where_some_decoder_does(m, degree, prime, nodes):
    """And what else has the same results as zero is found where none does."""
    values, sums = every_data(m, degree, nodes, prime)
    threshold, short = recovery_threshold(m, degree), 0
    assert threshold == (m - 1) * degree + 1
    for size in range(prime + 1):
        for received in combinations(range(prime), size):
            there = sum_weights(received, nodes, degree, prime)
            assert (there is not None) == determined(values, sums, received, prime)
            short += there is None and size == threshold - 1
            if there is not None:
                assert (values[:, list(received)] @ np.array(there, dtype=np.int64) % prime == sums).all()
            if size < threshold:
                hidden = [same_results(received, nodes, degree, prime, e) for e in range(threshold - size)]
                for data in hidden:
                    coordinates = list(zip(*data, strict=True))
                    assert len(coordinates) == degree
                    for row in encoding(nodes, received, prime):
                        assert prod(sum(map(int.__mul__, row, x)) for x in coordinates) % prime == 0
                assert any(sum(map(prod, data)) % prime for data in hidden) == (there is None)
            else:
                assert there is not None
    assert short > 0


def test_nodes_powers_and_results_beyond_the_threshold():
    nodes = (3, 1, 4)
    assert encoding(nodes, nodes, 11) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert sum_weights(nodes, nodes, 5, 11) == [1, 1, 1]  # uncoded: m results, below the threshold of 11
    assert (sum_weights((2, 3, 4, 5), (0, 1), 2, 7) or [])[3:] == [0]
    for e in range(3):
        data = same_results((2,), (1, 3, 4), 2, 7, e)
        assert sum(map(prod, data)) % 7 == sum(b**e * (b - 2) for b in (1, 3, 4)) % 7
