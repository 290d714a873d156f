"""Lagrange coded computing (Yu et al., the paper's [15]): a sum of values of one polynomial, from coded evaluations.

The m terms are values f(x_1), ..., f(x_m) of ONE polynomial f of total degree D, at data x_i over GF(p) (vectors
coordinate by coordinate). With distinct nodes b_i, u is the polynomial of degree below m with u(b_i) = x_i, and the
worker at the point a evaluates f once, at u(a). As g(z) = f(u(z)) has degree at most (m - 1) D, any (m - 1) D + 1
results determine it, hence all g(b_i) = f(x_i). Encoding takes m multiplications per worker and coordinate.

Fewer results do not determine the sum in general, and :func:`sum_weights` says when they do.  Results at k points S
determine the sum linearly exactly if

    sum_i b_i^e prod_{a in S} (b_i - a) = 0   for e = 0, ..., (m - 1) D - k,

since the functional g -> sum_i g(b_i) is a combination of the values on S if and only if it vanishes on all g of that
degree that vanish on S. No other decoder does better for f(x) = x^(1) ... x^(D), the product of D coordinates. A g =
z^e prod (z - a) that vanishes on S splits into D factors of degree below m, which are the coordinates of some data with
the same results as zero data, all 0, and with another sum (:func:`same_results`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from srtheory.errors import ArgumentError, require_int


def recovery_threshold(points: int, degree: int) -> int:
    """Return (m - 1) D + 1, the least number of results such that any so many of them determine all f(x_i).

    Yu et al. prove that no linear encoding of fewer results serves for all f of that degree if there are at least
    m D - 1 workers, and that with fewer workers uncoded repetition is the best.

    m = ``points`` are the terms of the sum, D = ``degree`` the total degree of the polynomial f.
    """
    return (require_int("points", points) - 1) * require_int("degree", degree) + 1


def encoding(nodes: Sequence[int], workers: Sequence[int], prime: int) -> list[list[int]]:
    """Return the weights of u(a) in x_1, ..., x_m, a row of m residues for each worker's point a.

    O(m^2) operations a worker.

    The b_i are ``nodes``, the points a are ``workers``, distinct residues modulo p = ``prime``.
    """
    _require_points(nodes, workers, prime)
    return [_basis(nodes, a, prime) for a in workers]


def sum_weights(received: Sequence[int], nodes: Sequence[int], degree: int, prime: int) -> list[int] | None:
    """Return the v with sum_j v_j g(a_j) = sum_i g(b_i) for all g of degree at most (m - 1) D, or None if no v exists.

    O((m + K) K^2) operations with K the threshold.  With K results there always is a v; with fewer only for special
    points, such as the nodes themselves.

    Parameters
    ----------
    received, nodes : sequence of int
        The a_j whose results are available, and the b_i; as for :func:`encoding`.
    degree : int
        D >= 1.
    prime : int
        p.

    Returns
    -------
    list of int or None
        A residue for each of ``received``. Results beyond the threshold have weight 0.
    """
    _require_points(nodes, received, prime)
    threshold = recovery_threshold(len(nodes), degree)
    used = received[:threshold]
    for e in range(threshold - len(used)):
        if sum(pow(b, e, prime) * prod(b - a for a in used) for b in nodes) % prime:
            return None
    columns = [_basis(used, b, prime) for b in nodes] if used else []
    return [sum(column) % prime for column in zip(*columns, strict=True)] + [0] * (len(received) - len(used))


def same_results(
    received: Sequence[int], nodes: Sequence[int], degree: int, prime: int, power: int = 0
) -> list[list[int]]:
    """Return data with the same (zero) results at the received points as zero data, f the product of D coordinates.

    The sum is sum_i b_i^e prod_j (b_i - a_j). If it is not 0 mod p, no decoder can distinguish it from the sum of zero
    data.

    Parameters
    ----------
    received : sequence of int
        Points a_j.
    nodes, degree, prime
        As for :func:`sum_weights`.
    power : int
        e >= 0; with the points at most (m - 1) D.

    Returns
    -------
    list of list of int
        x_1, ..., x_m, D coordinates each.
    """
    _require_points(nodes, received, prime)
    roots = [*received, *[0] * require_int("power", power, 0)]
    most, each = recovery_threshold(len(nodes), degree) - 1, max(1, len(nodes) - 1)
    if len(roots) > most:
        raise ArgumentError("received", list(received), f"with the power at most {most} points")
    factors = [roots[each * k : each * (k + 1)] for k in range(degree)]
    return [[prod(b - a for a in factor) % prime for factor in factors] for b in nodes]


def _basis(nodes: Sequence[int], at: int, prime: int) -> list[int]:
    """Return the values at a point of the Lagrange polynomials of these nodes."""
    values = []
    for b in nodes:
        others = [c for c in nodes if c != b]
        values.append(prod(at - c for c in others) * pow(prod(b - c for c in others), -1, prime) % prime)
    return values


def _require_points(nodes: Sequence[int], workers: Sequence[int], prime: int) -> None:
    from sympy import isprime

    if not isprime(require_int("prime", prime, 2)):
        raise ArgumentError("prime", prime, "a prime number")
    for name, given in (("nodes", nodes), ("workers", workers)):
        if len({require_int(name, point, 0, prime - 1) for point in given}) < len(given):
            raise ArgumentError(name, list(given), "distinct points")
    if not nodes:
        raise ArgumentError("nodes", list(nodes), "at least one point")
