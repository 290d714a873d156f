"""A sum-recovery code on workers whose delays follow model (4): the values that its laws and its simulations share."""

from __future__ import annotations

from dataclasses import dataclass

from srtheory.errors import require_int, require_positive
from srtheory.types import Startup


@dataclass(frozen=True)
class Model:
    """A code and the delays of its workers.

    Parameters
    ----------
    symbols, degree : int
        m and d, at least 1; what a scheme makes of d > m is its own.
    tau : float
        Time per term, above 0, in the unit of the start-up delays.
    startup : Startup
        Law of the start-up delay; what is asked of it is for those who use it to say.
    access : int, optional
        Symbols k that a worker sees, its own included, from 1 to m; None means m.

    Raises
    ------
    ArgumentError
        For a value outside its range.
    """

    symbols: int
    degree: int
    tau: float
    startup: Startup
    access: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "symbols", require_int("symbols", self.symbols))
        object.__setattr__(self, "degree", require_int("degree", self.degree))
        object.__setattr__(self, "tau", require_positive("tau", self.tau))
        if self.access is not None:
            object.__setattr__(self, "access", require_int("access", self.access, 1, self.symbols))
