"""Lagrange codes over a prime field: any (m - 1) D + 1 results give the sum, fewer do not, checked by exhaustion."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from math import prod
from typing import Any

import galois
import numpy as np
import pytest

from paper_checks.theory import lagrange
from paper_checks.theory.lagrange import encoding, recovery_threshold, same_results, sum_weights

# m, D, p, the nodes: every element of the field is a worker's point, the nodes among them
CASES = [(2, 2, 5, (0, 1)), (2, 3, 7, (0, 1)), (3, 1, 7, (0, 1, 2)), (3, 2, 7, (0, 1, 3)), (1, 2, 5, (4,))]


def results(data: Sequence[Sequence[int]], nodes: Sequence[int], workers: Sequence[int], prime: int) -> list[int]:
    """f(u(a)) for f the product of all coordinates, through the encoding."""
    coordinates = list(zip(*data, strict=True))
    return [
        prod(sum(w * x for w, x in zip(row, coordinate, strict=True)) for coordinate in coordinates) % prime
        for row in encoding(nodes, workers, prime)
    ]


def total(data: Sequence[Sequence[int]], prime: int) -> int:
    return sum(prod(x) for x in data) % prime


def subsets(points: Sequence[int], size: int) -> Iterator[tuple[int, ...]]:
    return combinations(points, size)


def every_data(m: int, degree: int, nodes: Sequence[int], prime: int) -> tuple[np.ndarray, np.ndarray]:
    """Results at all points and the sum, for all data of m vectors of D coordinates over GF(p), by galois."""
    field = galois.GF(prime, compile="python-calculate")  # numba would take longer
    data = np.array(list(product(range(prime), repeat=m))).reshape(-1, m)
    encoded = field(data) @ field(np.array(encoding(nodes, range(prime), prime))).T  # one coordinate of all data
    values, sums = encoded, field(data)
    for _ in range(degree - 1):
        values = (values[:, None, :] * encoded[None, :, :]).reshape(-1, prime)
        sums = (sums[:, None, :] * field(data)[None, :, :]).reshape(-1, m)
    return np.array(values), np.array(sums.sum(axis=1))


def determined(values: np.ndarray, sums: np.ndarray, received: Sequence[int], prime: int) -> bool:
    """Whether the results at these points are a function's argument whose value is the sum: any decoder."""
    key = values[:, list(received)] @ prime ** np.arange(len(received))
    seen = np.zeros((prime ** len(received), prime), dtype=bool)
    seen[key, sums % prime] = True
    return bool(seen.sum(axis=1).max() <= 1)


@pytest.mark.parametrize(("m", "degree", "prime", "nodes"), CASES)
def test_weights_exist_exactly_where_some_decoder_does(m: int, degree: int, prime: int, nodes: Any) -> None:
    values, sums = every_data(m, degree, nodes, prime)
    threshold, short = recovery_threshold(m, degree), 0
    for size in range(prime + 1):
        for received in subsets(range(prime), size):
            there = sum_weights(received, nodes, degree, prime)
            assert (there is not None) == determined(values, sums, received, prime)
            assert there is not None or size < threshold
            short += there is None and size == threshold - 1
            if there is not None:
                assert (values[:, list(received)] @ np.array(there, dtype=np.int64) % prime == sums).all()
    assert short > 0


@pytest.mark.quality
def test_one_result_less_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lagrange, "recovery_threshold", lambda m, degree: (m - 1) * degree)
    with pytest.raises(AssertionError):
        test_weights_exist_exactly_where_some_decoder_does(3, 2, 7, (0, 1, 3))


@pytest.mark.quality
def test_a_wrong_interpolation_point_is_seen() -> None:
    values, sums = every_data(2, 2, (0, 1), 7)
    right, wrong = (np.array(sum_weights(points, (0, 1), 2, 7)) for points in ((2, 3, 4), (2, 3, 5)))
    assert (values[:, [2, 3, 4]] @ right % 7 == sums).all()
    assert not (values[:, [2, 3, 4]] @ wrong % 7 == sums).all()


@pytest.mark.quality
def test_a_polynomial_of_higher_degree_is_seen() -> None:
    values, sums = every_data(2, 3, (0, 1), 7)
    weights = np.array(sum_weights((2, 3, 4), (0, 1), 2, 7))
    assert not (values[:, [2, 3, 4]] @ weights % 7 == sums).all()


@pytest.mark.parametrize(("m", "degree", "prime", "nodes"), CASES)
def test_data_that_no_decoder_tells_from_zero(m: int, degree: int, prime: int, nodes: Any) -> None:
    threshold = recovery_threshold(m, degree)
    for size in range(threshold):
        for received in subsets(range(prime), size):
            data = [same_results(received, nodes, degree, prime, e) for e in range(threshold - size)]
            assert all(results(one, nodes, received, prime) == [0] * size for one in data)
            assert all(len(x) == degree for one in data for x in one)
            hidden = any(total(one, prime) for one in data)
            assert hidden == (sum_weights(received, nodes, degree, prime) is None)


def test_a_power_is_that_of_the_nodes() -> None:
    for e in range(3):
        data = same_results((2,), (1, 3, 4), 2, 7, e)
        assert total(data, 7) == sum(b**e * (b - 2) for b in (1, 3, 4)) % 7


def test_the_nodes_give_the_terms_themselves() -> None:
    nodes = (3, 1, 4)
    assert encoding(nodes, nodes, 11) == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert sum_weights(nodes, nodes, 5, 11) == [1, 1, 1]  # uncoded: m results, below the threshold of 11


def test_results_beyond_the_threshold_have_no_weight() -> None:
    assert (sum_weights((2, 3, 4, 5), (0, 1), 2, 7) or [])[3:] == [0]
