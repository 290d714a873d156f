"""Dense codes that the paper compares with: the cost of a symbol under MDS [5] and systematic LT [31].

Neither streams 0/1 sums of the f_i, so neither is one of the schemes with receptions and decoders.

**MDS** [5]: any m of the symbols determine all m source symbols.  A parity with a zero at source symbol i would be a
combination of the other m - 1, so these and the parity, m symbols, would not determine f_i. So every entry is non-zero
and a parity costs exactly m terms.  Over Q the entries cannot be 0 and 1 alone, since two such parities are equal.

**Systematic LT and Raptor codes** [31]: m independent LT rows over GF(2) make an m × m matrix A. The encoder computes
intermediate symbols C = A^{-1} f and sends LT sums of C, of which A C = f are the systematic ones. A parity with LT row
r is r·C = (r A^{-1})·f. A worker that can only evaluate the f_i must evaluate the whole support of r A^{-1}, which is
dense although r is sparse. The construction is in characteristic 2, where data are bit strings. Over Q the same r
and A give r A^{-1} rational entries, and its GF(2) support taken as a sum of real f_i would no longer satisfy the
sparse relations that the decoder uses. The Raptor code that is not systematic does stream sums, see
:class:`srtheory.schemes.fountain.Raptor`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from flint import nmod_mat

from srtheory.errors import require_int
from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.fountain import LubyTransform

Bits = npt.NDArray[np.uint8]


def mds_parity_terms(symbols: int) -> int:
    """Return the number of terms in a parity of any MDS code with m = ``symbols`` source symbols: m, see above."""
    return require_int("symbols", symbols)


@dataclass(frozen=True, eq=False)
class SystematicLT:
    """A systematic LT code over GF(2)."""

    basis: Bits
    """Shape (m, m). A: the LT rows of the systematic symbols."""
    relations: Bits
    """Shape (q, m): LT rows r of the parities, in terms of the intermediate symbols."""
    parities: Bits
    """Shape (q, m). r A^{-1}: the parities in terms of the source symbols."""

    @property
    def parity_terms(self) -> npt.NDArray[np.int64]:
        """Number of source symbols in each parity, shape (q,)."""
        return self.parities.sum(axis=1, dtype=np.int64)


def systematic_lt(symbols: int, key: int, *, c: float = 0.03, delta: float = 0.5) -> SystematicLT:
    """Draw a systematic LT code: A from the first m independent rows of an LT stream, its other rows as parities.

    ``symbols``: m >= 1. ``key``: seed, 64 bits. ``c``, ``delta``: parameters of the robust soliton distribution, see
    :func:`srtheory.schemes.fountain.robust_soliton`.

    O(m^3) operations modulo 2, by FLINT: about 2 s at m = 1000.

    Reference: A. Shokrollahi, "Raptor codes", IEEE Trans. Inf. Theory 52 (2006), on systematic Raptor codes.
    """
    m, cap = require_int("symbols", symbols), 2.0
    while len(chosen := _independent(stream := _stream(m, key, cap, c, delta))) < m:
        cap *= 2  # longer streams of the same workers
    basis, relations = stream[chosen], np.delete(stream, chosen, axis=0)
    return SystematicLT(basis, relations, _bits(_matrix(relations) * _matrix(basis).inv()))


def _stream(m: int, key: int, cap: float, c: float, delta: float) -> Bits:
    """Return about ``cap`` LT rows of each of m workers as bits, worker after worker."""
    code = LubyTransform(m, cap=cap, c=c, delta=delta)
    return code.emit(key, np.full(m, UNLIMITED)).rows.dense().astype(np.uint8)


def _independent(bits: Bits) -> npt.NDArray[np.intp]:
    """Return the numbers of the rows that are not sums of earlier rows over GF(2)."""
    reduced, rank = _matrix(bits.T).rref()
    return np.argmax(_bits(reduced)[:rank], axis=1)


def _matrix(bits: Bits) -> nmod_mat:
    return nmod_mat(*bits.shape, bits.ravel().tolist(), 2)


def _bits(matrix: nmod_mat) -> Bits:
    entries = np.array([int(x) for x in matrix.entries()], dtype=np.uint8)
    return entries.reshape(matrix.nrows(), matrix.ncols())
