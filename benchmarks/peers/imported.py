"""Peers that are Python packages: FLINT, galois and SymPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import flint
import numpy as np

from benchmarks.limits import seconds
from benchmarks.peers.asked import Clock, Peer
from srtheory.matrix import Rows
from srtheory.span.dense import PRIME
from srtheory.span.engine import FAST_PRIME

Job = Callable[[], Any]


def clock(make: Callable[[Rows], Job]) -> Clock:
    """Times the job that a function makes of rows, not its making."""
    return lambda rows: seconds(make(rows))


def flint_modular(pairs: int | None = None) -> Peer:
    """FLINT's rank modulo a prime, of one word or of one byte."""
    primes = (FAST_PRIME, PRIME)
    return Peer("FLINT nmod_mat.rank", {f"modulo {p}": clock(flint_modulo(p)) for p in primes}, pairs)


def flint_modulo(prime: int) -> Callable[[Rows], Job]:
    return lambda rows: flint.nmod_mat(len(rows), rows.columns, rows.dense().ravel().tolist(), prime).rank


def flint_rank(rows: Rows) -> Job:
    return flint.fmpz_mat(rows.dense().tolist()).rank


def flint_solve(rows: Rows) -> Job:
    """Dixon's algorithm on the transposed square system."""
    matrix, right = flint.fmpz_mat(rows.dense().T.tolist()), flint.fmpz_mat([[1]] * rows.columns)
    return lambda: matrix.solve(right)


def flint_kernel(rows: Rows) -> Job:
    return flint.fmpz_mat(rows.dense().tolist()).nullspace


def galois_rank(order: int) -> Callable[[Rows], Job]:
    import galois

    field = galois.GF(order)
    return lambda rows: lambda: np.linalg.matrix_rank(field(rows.dense()))


def sympy_rank(rows: Rows) -> Job:
    from sympy import ZZ
    from sympy.polys.matrices import DomainMatrix

    dense = rows.dense().tolist()
    return DomainMatrix(dense, (len(dense), rows.columns), ZZ).to_field().to_sparse().rank
