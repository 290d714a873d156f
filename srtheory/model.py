"""Setting of a sum-recovery code: the arguments of its distributions and simulations."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from functools import wraps
from inspect import signature
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt

from srtheory.delays import DelayModel, DrawnStartup, Groups, Trace, WrittenLaw, parse_law, read_startup, written
from srtheory.errors import ArgumentError, require_int, require_not_negative, require_positive, require_silent
from srtheory.shown import Part, Shown, Values
from srtheory.types import Floats, Startup

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Model(Shown):
    """A code of m symbols on m workers whose delays follow model (4) of the paper, section IV.

    A worker with start-up delay X has evaluated n terms, and sent i symbols, by time X + tau n + kappa i. All times are
    in one unit.  Each time of an evaluation or of a message may be random instead, as may a worker's pace and death:
    laws of what has come by a fixed time hold all the same (docs/proofs/theory.md, 5.11).

    - ``symbols``: Number m of source symbols and of workers, at least 1. Distributions that are limited to a largest m
      state it.
    - ``degree``: Degree d: terms in a parity symbol, or in a part; at least 1. None for a scheme that has no degree.
    - ``tau`` (float or Startup): Time per term, above 0, or the distribution of the times of evaluations.
    - ``startup``: Distribution F of the start-up delay, on [0, inf): any frozen ``scipy.stats`` distribution, or its
      text, as :func:`~srtheory.delays.parse_law` reads it. Rigorous intervals hold if its ``cdf`` is accurate to
      :data:`~srtheory.theory.startup.CDF_ERROR`.
    - ``access``: Symbols k that a worker can access, its own included, from 1 to m; None means m.
    - ``message_cost`` (float or Startup): Time kappa that a worker spends on sending a symbol, at least 0, or its
      distribution; 0 in the paper.
    - ``master_time``: Time sigma that the master spends on a message, one after the other, at least 0; 0 in the paper.
    - ``silent``: Probability epsilon that a worker never responds, each independently, from 0 to below 1; 0 in the
      paper.
    - ``pace``: Distribution of a factor of all times of a worker's evaluations; None means 1.
    - ``death``: Distribution of the time after which a worker neither evaluates nor sends; None means never.

    Raises ArgumentError for a value outside its range.
    """

    symbols: int = 0
    degree: int | None = None
    tau: Any = None
    startup: Startup = None  # type: ignore[assignment]  # it is refused by its name
    access: int | None = None
    message_cost: Any = 0.0
    master_time: float = 0.0
    silent: float = 0.0
    pace: Startup | None = None
    death: Startup | None = None

    def __post_init__(self) -> None:
        m = require_int("symbols", self.symbols)
        checked = {
            "symbols": m,
            "degree": None if self.degree is None else require_int("degree", self.degree),
            "tau": _time("tau", self.tau, require_positive),
            "startup": require_startup(read_startup(self.startup)),
            "access": None if self.access is None else require_int("access", self.access, 1, m),
            "message_cost": _time("message_cost", self.message_cost, require_not_negative),
            "master_time": require_not_negative("master_time", self.master_time),
            "silent": require_silent(self.silent),
            "pace": self.pace if self.pace is None else _time("pace", self.pace),
            "death": self.death if self.death is None else _time("death", self.death),
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def parts(self) -> list[Part]:
        """Return the parameters that differ from their defaults."""
        given = [its.name for its in fields(self) if getattr(self, its.name) != its.default]
        lines = [(name, self.startup_text if name == "startup" else self.told(name), "") for name in given]
        return [Values(lines)]

    @property
    def d(self) -> int:
        """The degree, or :class:`~srtheory.errors.ArgumentError` if the model has none."""
        return require_int("degree", self.degree)

    def require_parts(self) -> None:
        """Raise :class:`~srtheory.errors.ArgumentError` unless d <= m, as required for parts of d terms."""
        require_int("degree", self.degree, 1, self.symbols)

    @property
    def delays(self) -> DelayModel:
        """Delays of the workers, for random draws; ArgumentError for a start-up distribution without ``rvs``."""
        more: dict[str, Any] = {"pace": self.pace, "death": self.death}
        costs = (self.message_cost, self.master_time, self.silent)
        return DelayModel(cast(DrawnStartup, self.startup), self.tau, *costs, **more)

    @property
    def drawn(self) -> dict[str, Startup]:
        """Distributions of times other than the start-up delay, by the names of their fields."""
        given = {name: getattr(self, name) for name in ("tau", "message_cost", "pace", "death")}
        return {name: law for name, law in given.items() if law is not None and not isinstance(law, float)}

    def require_numbers(self, *names: str, why: str) -> None:
        """Raise :class:`~srtheory.errors.ArgumentError` if one of these times is random."""
        for name in names:
            if name in self.drawn:
                expected = "left out" if name in ("pace", "death") else "a number"
                raise ArgumentError(name, self.told(name), f"{expected}: {why}")

    def told(self, name: str) -> Any:
        """Return a time for an error: a number, or a distribution as it is written."""
        return written(getattr(self, name)) if name in self.drawn else getattr(self, name)

    @property
    def startup_text(self) -> str:
        """Start-up distribution as text, such as ``expon(scale=5)``."""
        return written(self.startup)

    @property
    def defective_startup(self) -> Startup:
        """Distribution of the start-up delay of a worker that may never respond: F itself if epsilon is 0."""
        return Defective(self.startup, self.silent) if self.silent else self.startup


COUNTS = "counts"
"""Among what a law depends on: how many terms each worker has reported by one time, however random its times are."""
_DEFAULTS = {name: getattr(Model, name) for name in ("access", "message_cost", "master_time", "silent")}
_DEFAULTS["degree"] = None


def depends_on(*names: str) -> Callable[[Callable[Concatenate[Model, P], R]], Callable[Concatenate[Model, P], R]]:
    """Declare on which fields of a model a distribution depends, besides ``symbols``, ``tau`` and ``startup``.

    The decorated function raises :class:`~srtheory.errors.ArgumentError` for a model without a degree if it depends on
    one, for a model whose access or costs differ from the paper's if it does not depend on them, for one whose terms
    take no finite time (:func:`require_finite`), and for an argument ``t``, a single time, that is none.  Another
    scheme's degree does no harm.  :data:`COUNTS` among the names: it depends on times through the workers' counts by
    one time alone, and so holds for random ones.  The names are the function's attribute ``depends_on``.
    """

    def declare(law: Callable[Concatenate[Model, P], R]) -> Callable[Concatenate[Model, P], R]:
        parameters = [*signature(law).parameters.values()][1:]
        times = [place for place, its in enumerate(parameters) if (its.name, its.annotation) == ("t", "float")]

        @wraps(law)
        def checked(model: Model, *args: P.args, **kwargs: P.kwargs) -> R:
            if model.degree is None and "degree" in names:
                raise ArgumentError("degree", None, f"given: {law.__name__} depends on it")
            for name, default in _DEFAULTS.items():
                if name not in names and name != "degree" and getattr(model, name) != default:
                    raise ArgumentError(name, model.told(name), f"{default}: {law.__name__} does not depend on it")
            if COUNTS not in names:
                model.require_numbers(*model.drawn, why=f"{law.__name__} is not known for random times")
            require_finite(model)
            given: list[Any] = [*args]
            for place in times:
                if place < len(given):
                    given[place] = require_time(given[place])
                elif "t" in kwargs:
                    kwargs["t"] = require_time(kwargs["t"])
            return law(model, *given, **kwargs)

        checked.depends_on = names  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[Model, P], R], checked)

    return declare


@dataclass(frozen=True)
class Defective:
    """The distribution (1 - epsilon) F of the delay of a worker that never responds with probability epsilon.

    :meth:`cdf` at inf is the limit 1 - epsilon, so that the distribution function of T at t = inf is P(T < inf).

    ``law``: F, the distribution of the finite delays. ``silent``: epsilon, from 0 to below 1.
    """

    law: Startup
    silent: float

    def __post_init__(self) -> None:
        require_silent(self.silent)

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """Return P(X <= x, X finite)."""
        return np.asarray((1 - self.silent) * self.law.cdf(x))

    def sf(self, x: npt.ArrayLike) -> Floats:
        """Return P(X > x or X infinite)."""
        return np.asarray(self.silent + (1 - self.silent) * self.law.sf(x))

    def ppf(self, q: npt.ArrayLike) -> Floats:
        """Return the least x with P(X <= x) >= q, or inf if there is none."""
        share = np.asarray(q) / (1 - self.silent)
        return np.where(share > 1, np.inf, self.law.ppf(np.minimum(share, 1)))


def require_finite(model: Model) -> None:
    """Raise :class:`~srtheory.errors.ArgumentError` unless m terms, and m messages, take a finite time."""
    for name, what in (("tau", "terms"), ("message_cost", "messages")):
        each = getattr(model, name)
        if isinstance(each, float) and each and model.symbols > sys.float_info.max / each:
            raise ArgumentError(name, each, f"so small that {model.symbols} {what} take a finite time")


def require_times(t: npt.ArrayLike) -> Floats:
    """Return times as a float64 array; any real number or infinity is a time, but NaN is not."""
    try:
        if np.asarray(t).dtype.kind in "SU":
            raise TypeError("a text is no time, even one of digits")
        times = np.asarray(t, dtype=np.float64)
    except (TypeError, ValueError):
        raise ArgumentError("t", t, "a time or an array of times") from None
    if np.isnan(times).any():
        raise ArgumentError("t", t, "a time or an array of times, none of them NaN")
    return times


def require_time(t: object, name: str = "t") -> float:
    """Return a single time as a float: any real number or infinity, but not NaN, and no array of times."""
    with suppress(ArgumentError):
        times = require_times(t)  # type: ignore[arg-type]
        if times.ndim == 0:
            return float(times)
    raise ArgumentError(name, t, "a single time, a number that is not NaN")


def _time(name: str, value: Any, number: Callable[[str, Any], float] | None = None) -> Any:
    """Return a time of this name as a number of this range, or as a distribution, not all of whose values are 0."""
    if number is not None and not (isinstance(value, str) or hasattr(value, "ppf")):
        return number(name, value)
    try:
        law = require_startup(read_startup(value))
    except ArgumentError as error:
        raise ArgumentError(name, error.value, error.expected) from None
    if name in ("tau", "pace") and not float(law.ppf(1 - 1e-6)) > 0:
        raise ArgumentError(name, written(law), "a distribution of which not all values are 0")
    return law


def require_startup(startup: Startup) -> Startup:
    """Return ``startup`` if it is a distribution of delays of at least 0, or raise :class:`ArgumentError`."""
    if isinstance(startup, WrittenLaw):
        return startup  # all are proper; evaluating one would import scipy.stats
    expected = "a distribution with cdf, sf and ppf that puts no mass below 0"
    if isinstance(startup, Groups | Trace):
        expected = "a distribution: groups are for simulations and schedule, traces for simulations"
        raise ArgumentError("startup", startup, expected)
    if not all(hasattr(startup, name) for name in ("cdf", "sf", "ppf")):
        raise ArgumentError("startup", startup, expected)
    if not float(startup.cdf(-5e-324)) == 0.0:
        raise ArgumentError("startup", startup, expected)
    return startup


PAPER = Model(1000, 10, 0.005, parse_law("expon(scale=5)"))
"""Setting of the paper's simulations (section IV)."""
PAPER_PARETO = replace(PAPER, startup=parse_law("pareto(b=1)"))
"""The same with the Pareto start-up of the authors' published notebooks."""
