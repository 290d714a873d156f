"""Rows of one worker of the sum-recovery code: its own symbol, then blocks of d others (paper, section III-A)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from srtheory.errors import require_int
from srtheory.model import Model

MOST_SYMBOLS = 100_000
"""Largest m, and d, that the distributions accept. The slow ones then take days, and all stay below 1 GiB of memory."""


def require_symbols(symbols: object) -> int:
    """Return the number m of symbols as an int, or raise :class:`~srtheory.errors.ArgumentError`."""
    return require_int("symbols", symbols, 1, MOST_SYMBOLS)


def require_degree(degree: object) -> int:
    """Return the degree d as an int, or raise :class:`~srtheory.errors.ArgumentError`."""
    return require_int("degree", degree, 1, MOST_SYMBOLS)


def block_ends(symbols: int, degree: int, access: int | None = None) -> npt.NDArray[np.int64]:
    """Return the numbers ell_b of other symbols that a worker has covered after b blocks, ell_b = min(d b, k - 1).

    A worker's row b (b = 0 is the systematic one) is complete after 1 + ell_b term evaluations.  Where d does not
    divide k - 1 the last block holds the remainder.

    Parameters
    ----------
    symbols : int
        m, from 1 to :data:`MOST_SYMBOLS`.
    degree : int
        d, from 1 to :data:`MOST_SYMBOLS`; d >= k - 1 gives a single block.
    access : int, optional
        Symbols k that a worker sees, its own included, from 1 to m; None means m.

    Returns
    -------
    int64 array, shape (1 + ceil((k - 1)/d),)
        Strictly increasing.
    """
    m, d = require_symbols(symbols), require_degree(degree)
    others = (m if access is None else require_int("access", access, 1, m)) - 1
    return np.append(np.arange(0, others, d), others).astype(np.int64)


def ends_of(model: Model) -> npt.NDArray[np.int64]:
    """Return :func:`block_ends` of a model that has a degree."""
    return block_ends(model.symbols, require_degree(model.degree), model.access)
