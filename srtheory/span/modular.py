"""The kernel of a prefix of rows modulo a prime."""

from __future__ import annotations

import flint
import numpy as np
import numpy.typing as npt

from srtheory.rows import Rows


def kernel(rows: Rows, prime: int) -> npt.NDArray[np.object_]:
    """Basis of {x in GF(p)^m : Gx = 0} as the columns of an array of shape (m, m - rank), residues as Python ints."""
    matrix = flint.nmod_mat(len(rows), rows.columns, [int(x) % prime for x in rows.dense().ravel()], prime)
    basis, nullity = matrix.nullspace()
    residues = np.array([int(x) for x in basis.entries()], dtype=object)
    return residues.reshape(rows.columns, -1)[:, :nullity]
