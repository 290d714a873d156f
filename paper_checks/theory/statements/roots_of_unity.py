"""Gradient codes at roots of unity (Raviv et al., the paper's [19]): circulant rows, of which any m - s give the sum.

Let w have order m.  Worker j sends sum_i g_i f_{j+i mod m}, i = 0 .. s, where

    g(x) = (x - w^b) (x - w^(b+1)) ... (x - w^(b+s-1)),   1 <= b <= m - s,

so that no root is w^0 = 1. Any m - s workers suffice, and for b = 1 and b = m - s fewer never do
(docs/proofs/theory.md, 5.10). That holds over every field with such a w: over C, where the weights are complex and real
only for 2b + s - 1 = m; and over GF(p) for m dividing p - 1, where terms are residues. Over Q a w exists only for m <=
2; :mod:`srtheory.schemes.gradient` uses integers instead.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import sympy as sp

from srtheory.errors import ArgumentError, require_int


def unity_weights(symbols: int, stragglers: int, *, first: int = 1) -> npt.NDArray[np.complex128]:
    """Return the weights g_0, ..., g_s over C in floating point, for w = exp(2 pi i/m)."""
    _check(symbols, stragglers, first)
    roots = np.exp(2j * np.pi * np.arange(first, first + stragglers) / symbols)
    return np.atleast_1d(np.poly(roots))[::-1].astype(np.complex128)


def unity_residues(symbols: int, stragglers: int, prime: int, *, first: int = 1) -> list[int]:
    """Return the same weights over GF(p), for the w found by :func:`root_of_unity`.

    Parameters
    ----------
    symbols, stragglers, first : int
        See :func:`unity_weights`.
    prime : int
        A prime p for which m divides p - 1.
    """
    _check(symbols, stragglers, first)
    w = root_of_unity(symbols, prime)
    return product_of_roots([pow(w, first + i, prime) for i in range(stragglers)], prime)


def product_of_roots(roots: Sequence[int], prime: int) -> list[int]:
    """Return the coefficients of prod (x - r) modulo a prime, the constant term first."""
    g = [1]
    for r in roots:
        g = [(low - r * high) % prime for low, high in zip([0, *g], [*g, 0], strict=True)]
    return g


def root_of_unity(order: int, prime: int) -> int:
    """Return the power a^((p - 1)/m) of order m with the least a >= 1."""
    m = require_int("symbols", order)
    if not sp.isprime(require_int("prime", prime, 2)) or (prime - 1) % m:
        raise ArgumentError("prime", prime, f"a prime that is 1 modulo m = {m}")
    powers = (pow(a, (prime - 1) // m, prime) for a in range(1, prime))
    factors = sp.primefactors(m)
    return next(w for w in powers if all(pow(w, m // q, prime) != 1 for q in factors))


def is_real(symbols: int, stragglers: int, first: int) -> bool:
    """Return whether the weights over C are real: the roots are closed under conjugation, w^i to w^(m - i)."""
    _check(symbols, stragglers, first)
    return stragglers == 0 or 2 * first + stragglers - 1 == symbols


def _check(symbols: int, stragglers: int, first: int) -> None:
    require_int("symbols", symbols)
    require_int("stragglers", stragglers, 0, symbols - 1)
    require_int("first", first, 1, symbols - stragglers)
