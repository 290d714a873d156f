"""The delay model (4) of section IV: Y_j = X_j + tau B_j, a random start-up and then tau per term.

A cost per message is not part of the paper's model. With kappa > 0 a worker is busy for kappa with every symbol that it
sends, so that its i-th symbol, complete after B terms, arrives at X_j + tau B + kappa i. The paper's model also has no
time at the master. With sigma > 0 the master handles messages one at a time, in order of arrival, and takes sigma for
each. Nor has it permanent failures: with epsilon > 0 each worker, independently, never answers with probability
epsilon, which is an infinite start-up delay.

Start-up distributions are frozen ``scipy.stats`` distributions: exponential ``expon(scale=1/mu)``, Pareto
``pareto(b=1)``, Weibull ``weibull_min(c=0.5)``, lognormal ``lognorm(s=1)``, or any other on [0, inf); or an
:class:`Empirical` sample. All times, tau included, are in one unit.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from srtheory.errors import (
    ArgumentError,
    plain_float,
    require_int,
    require_not_negative,
    require_positive,
    require_silent,
)
from srtheory.types import Floats, Int64, Startup

LAW = "a scipy.stats distribution on [0, inf) written like expon(scale=5) or pareto(b=1)"
SMALLEST_PARAMETER, LARGEST_PARAMETER = (1e-100, 1e100)
"""Range of the parameters that are read, except 0 and a small loc; beyond it some routines of scipy abort."""
LINKS = ("worker", "queue", "parallel", "cumulative")
"""Who carries a message: the worker, which waits; a sender of its own, one message at a time; nobody, so that messages
may overtake one another; the same, each message with all values that its worker has sent before."""
LARGEST_FACTOR = 1e6
"""Largest factor by which an evaluation of a slow phase takes longer."""
TOO_SLOW = {"ncf", "ncx2", "studentized_range"}
"""Distributions of scipy that take seconds for a single value, or do not return for a large parameter; not read."""
DRAWN = {"link": "worker", "pace": None, "death": None, "shock": None, "phases": None}
BEYOND_THE_PAPER = {"message_cost": 0.0, "master_time": 0.0, "silent": 0.0, **DRAWN}
"""Fields of a delay model that the paper's model does not have, and the values with which it is the paper's."""
_CALL = re.compile(r"\s*([a-z]\w*)\s*\(([^()]*)\)\s*", re.ASCII)
_GROUP = re.compile(r"\s*([1-9]\d{0,6})\s*\*\s*([^(),*]*(?:\([^()]*\))?)\s*(?:,|\Z)", re.ASCII)
_ARGUMENT = re.compile(r"\s*(?:([a-z]\w*)\s*=\s*)?(-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*", re.ASCII)


class DrawnStartup(Startup, Protocol):
    """Start-up distribution with random draws: a frozen scipy.stats distribution, or :class:`Empirical`."""

    def rvs(self, size: int, random_state: np.random.Generator) -> Floats: ...
    def mean(self) -> float: ...
    def support(self) -> tuple[float, float]: ...


@dataclass(frozen=True, eq=False)
class Empirical:
    """Distribution that puts equal mass on each of the observed delays.

    ``sample`` (array_like, shape (n,)): Finite delays of at least 0, n >= 1, in any order.
    """

    sample: Floats

    def __init__(self, sample: npt.ArrayLike) -> None:
        values = np.sort(np.asarray(sample, dtype=np.float64).ravel())
        if len(values) == 0 or not np.isfinite(values).all() or values[0] < 0:
            raise ArgumentError("sample", values[:5].tolist(), "a non-empty list of finite delays of at least 0")
        values.flags.writeable = False
        object.__setattr__(self, "sample", values)

    def rvs(self, size: int, random_state: np.random.Generator) -> Floats:
        """Return independent draws with replacement, shape (size,)."""
        return random_state.choice(self.sample, size=size)

    def cdf(self, x: npt.ArrayLike) -> Floats:
        """Return the fraction of the sample at or below x."""
        return np.searchsorted(self.sample, x, side="right") / len(self.sample)

    def sf(self, x: npt.ArrayLike) -> Floats:
        """Return the fraction of the sample above x."""
        return 1.0 - self.cdf(x)

    def ppf(self, q: npt.ArrayLike) -> Floats:
        """Return the least sample value whose fraction (:meth:`cdf`) is at least q, for q in [0, 1]."""
        n = len(self.sample)
        return self.sample[np.searchsorted(np.arange(1, n) / n, q)]

    def mean(self) -> float:
        """Return the mean delay."""
        return float(self.sample.mean())

    def support(self) -> tuple[float, float]:
        """Return the least and greatest delay."""
        return float(self.sample[0]), float(self.sample[-1])


@dataclass(frozen=True, eq=False, repr=False)
class Trace:
    """Measured times in their order: each worker runs through them, round and round, from a random one on.

    So slow times come together as they were measured. Alone among distributions its draws are not independent.
    ``times`` (array_like, shape (n,)): Finite times of at least 0, n >= 1.
    """

    times: Floats

    def __init__(self, times: npt.ArrayLike) -> None:
        Empirical(times)  # which refuses what is no time
        object.__setattr__(self, "times", np.array(times, dtype=np.float64).ravel())

    def ppf(self, q: npt.ArrayLike) -> Floats:
        """Return quantiles of all times, to look ahead."""
        return Empirical(self.times).ppf(q)

    def replayed(self, words: Floats, counts: Int64) -> Floats:
        """Return so many times of each worker, one worker's after another's, given where it begins, from 0 to 1."""
        first = np.cumsum(counts) - counts
        place = (words * len(self.times)).astype(np.int64) - first
        return self.times[(np.repeat(place, counts) + np.arange(counts.sum())) % len(self.times)]

    def __repr__(self) -> str:
        return f"trace(n={len(self.times)}, sha256={hashlib.sha256(self.times.astype('<f8').tobytes()).hexdigest()})"


@dataclass(frozen=True, repr=False)
class Groups:
    """Distributions of groups of workers unlike each other, in the order of the workers.

    ``parts`` (tuple of (int, distribution)): Number of workers of each group, at least 1, and their distribution.
    """

    parts: tuple[tuple[int, Any], ...]

    @property
    def workers(self) -> int:
        """Number of workers of all groups."""
        return sum(count for count, _ in self.parts)

    def rvs(self, size: int, random_state: np.random.Generator) -> Floats:
        """Return a draw of each worker, one group's after another's; ``size`` is the number of all."""
        if size != self.workers:
            raise ArgumentError("startup", self, f"groups of {size} workers in all")
        return np.concatenate([law.rvs(size=count, random_state=random_state) for count, law in self.parts])

    def ppf(self, q: npt.ArrayLike) -> Floats:
        """Return the largest of all quantiles, which is of use only to look ahead."""
        return np.max([law.ppf(q) for _, law in self.parts], axis=0)

    def ppf_of(self, q: Floats, worker: Int64) -> Floats:
        """Return quantiles of the distributions of these workers, all of the shape of ``q``."""
        found, first = np.empty(len(q)), 0
        for count, law in self.parts:
            mine = (worker >= first) & (worker < first + count)
            found[mine] = law.ppf(q[mine])
            first += count
        return found

    def __repr__(self) -> str:
        return ", ".join(f"{count}*{_constant(law) or describe_law(law)}" for count, law in self.parts)


def _constant(law: Any) -> str | None:
    """Return the number that all delays are, as a text, or None if they differ."""
    return repr(float(law.sample[0])) if isinstance(law, Empirical) and len(law.sample) == 1 else None


@dataclass(frozen=True)
class DelayModel:
    """When workers start, how long their evaluations and messages take, and what may happen to them.

    Evaluation l of worker j ends at X_j + Z V_j (Y_j1 + ... + Y_jl); in the paper V = Z = 1 and all Y are tau.  All
    times are in one unit, and draws are independent.  A distribution is one of delays on [0, inf), or its text, as
    :func:`parse_law` reads it.
    """

    startup: DrawnStartup
    """Distribution of X_j."""
    tau: Any
    """Time per term evaluation, above 0, or the distribution of the times Y_jl."""
    message_cost: Any = 0.0
    """kappa, the time of a message, at least 0, or its distribution; 0 in the paper."""
    master_time: float = 0.0
    """sigma, the time that the master takes to handle a message, at least 0; 0 in the paper."""
    silent: float = 0.0
    """epsilon, the probability that a worker never answers, from 0 to below 1; 0 in the paper."""
    link: str = "worker"
    """Who carries a message, one of :data:`LINKS`: the worker, which waits, as in the paper."""
    pace: DrawnStartup | None = None
    """Distribution of the factor V_j of a worker's times of evaluations; None means 1."""
    death: DrawnStartup | None = None
    """Distribution of the time after which a worker neither evaluates nor sends; None means never."""
    shock: DrawnStartup | None = None
    """Distribution of the factor Z that all workers of a run share; None means 1."""
    phases: str | None = None
    """Slow and fast phases of a worker, as :func:`read_phases` reads them; None: evaluations are alike."""

    def __post_init__(self) -> None:
        # Floats from here on: compiled code would multiply integers as integers, which overflow.
        for name, require in (("tau", require_positive), ("message_cost", require_not_negative)):
            value = getattr(self, name)
            drawn = isinstance(value, str) or hasattr(value, "ppf")
            object.__setattr__(self, name, _checked(name, value) if drawn else require(name, value))
        object.__setattr__(self, "master_time", require_not_negative("master_time", self.master_time))
        object.__setattr__(self, "silent", require_silent(self.silent))
        object.__setattr__(self, "startup", _checked("startup", self.startup))
        for name in ("pace", "death", "shock"):
            if (law := getattr(self, name)) is not None:
                object.__setattr__(self, name, _checked(name, law))
        for name in ("startup", "pace", "death", "shock"):
            if isinstance(law := getattr(self, name), Trace):
                raise ArgumentError(name, law, "a distribution: only tau and message_cost take a trace")
        for name in ("tau", "pace", "shock"):
            law = getattr(self, name)
            each = [its for _, its in law.parts] if isinstance(law, Groups) else [law]
            if any(hasattr(its, "ppf") and not float(its.ppf(1 - 1e-6)) > 0 for its in each):
                raise ArgumentError(name, written(law), "a distribution of which not all values are 0")
        if isinstance(self.shock, Groups):
            raise ArgumentError("shock", self.shock, "one distribution, as all workers share it")
        if self.phases is not None:
            object.__setattr__(self, "phases", ", ".join(map(repr, read_phases(self.phases))))
        if self.link not in LINKS:
            raise ArgumentError("link", self.link, f"one of {', '.join(LINKS)}")

    @property
    def chain(self) -> tuple[float, float, float] | None:
        """The numbers of the phases."""
        return None if self.phases is None else read_phases(self.phases)

    @property
    def drawn(self) -> bool:
        """Whether times other than the start-up delays are drawn, or messages are carried by others than workers."""
        numbers = isinstance(self.tau, float) and isinstance(self.message_cost, float)
        return not numbers or any(getattr(self, name) != usual for name, usual in DRAWN.items())

    def sample(self, workers: int, rng: np.random.Generator) -> Floats:
        """Return start-up delays of ``workers`` workers, shape (workers,), inf for a worker that never answers.

        These workers are drawn after all delays, so that the delays of the others are the same for every epsilon.
        """
        require_int("workers", workers, 0)
        delays = np.asarray(self.startup.rvs(size=workers, random_state=rng), dtype=np.float64)
        if not np.isfinite(delays).all():
            raise ArgumentError("startup", _scipy_text(self.startup) or self.startup, "a distribution of finite delays")
        if self.silent:
            delays = np.where(rng.random(workers) < self.silent, np.inf, delays)
        return delays


def without_mean(delays: object) -> list[str]:
    """Return the names of the random times of a model whose distributions have an infinite mean."""
    given = {name: getattr(delays, name, None) for name in ("startup", "tau", "message_cost", "pace", "shock")}
    return [name for name, law in given.items() if hasattr(law, "ppf") and not _has_mean(law)]


def _has_mean(law: Any) -> bool:
    if isinstance(law, WrittenLaw):
        return law.name != "pareto" or law.parameters["b"] > 1
    if isinstance(law, Groups):
        return all(_has_mean(part) for _, part in law.parts)
    with quietly(), suppress(Exception):  # of distributions of users, and of scipy's integrals
        return bool(law.mean() < np.inf)
    return True


def read_phases(text: str) -> tuple[float, float, float]:
    """Return the numbers of a Markov chain of two states: FACTOR, P, Q.

    Slow evaluations take FACTOR times as long.  A slow one follows a fast one with probability P, and a fast one a slow
    one with probability Q.  The first is slow with probability P/(P + Q).
    """
    numbers = [plain_float(part.strip()) for part in text.split(",")] if isinstance(text, str) else []
    factor, *chances = [-1.0 if number is None else number for number in numbers] or [0.0]
    known = len(chances) == 2 and 0 <= min(chances) <= max(chances) <= 1 and sum(chances) > 0
    if not (known and 0 < factor <= LARGEST_FACTOR):
        expected = f"F, P, Q: a number above 0, at most {LARGEST_FACTOR:g}, and two from 0 to 1, not both 0"
        raise ArgumentError("phases", text, expected)
    return factor, chances[0], chances[1]


@contextmanager
def quietly() -> Iterator[None]:
    """Suppress warnings of NumPy and scipy about overflow and the like, which the values show."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _checked(name: str, given: Any) -> Any:
    """Return the distribution of an argument of this name."""
    try:
        law = _in_floats(read_startup(given))
        check_law(law)
    except ArgumentError as error:
        raise ArgumentError(name, error.value, error.expected) from None
    return law


def check_law(law: DrawnStartup, written: object = None) -> None:
    """Raise :class:`ArgumentError` unless the distribution is proper and supported on [0, inf)."""
    if isinstance(law, WrittenLaw | Groups | Trace):
        return  # all are proper
    if not hasattr(law, "support") or not hasattr(law, "rvs"):
        raise ArgumentError("startup", written or law, LAW)
    with quietly():
        try:
            proper = _is_proper(law)
        except Exception as error:  # scipy's routines raise any exception
            expected = f"{LAW} with valid parameters (scipy: {str(error)[:80]})"
            raise ArgumentError("startup", written or law, expected) from None
    if not proper:
        raise ArgumentError("startup", written or _scipy_text(law) or law, LAW + " with valid parameters")


def _in_floats(law: DrawnStartup) -> DrawnStartup:
    """Return the distribution with float parameters, since scipy would compute with NumPy's small types.

    Its text does not distinguish 2 from 2.0, so its draws must not either.
    """
    if isinstance(law, WrittenLaw) or not hasattr(law, "dist"):
        return law
    frozen: Any = law
    given = (*frozen.args, *frozen.kwds.values())
    if all(type(x) is float for x in given) or not all(isinstance(x, int | float | np.number) for x in given):
        return law
    if parameters(law) is None:
        return law
    with quietly():
        floats = frozen.dist(*map(float, frozen.args), **{name: float(x) for name, x in frozen.kwds.items()})
    return cast(DrawnStartup, floats)


def _is_proper(law: DrawnStartup) -> bool:
    """Return whether the median exists, the mass below 0 is 0, and cdf increases from 0 to 1, with sf = 1 - cdf."""
    low, _ = law.support()
    if not (low >= 0 and np.isfinite(middle := float(law.ppf(0.5)))):
        return False
    at = np.sort([0.0, 1e-300, *(middle * np.array([0.5, 1.0, 2.0])), np.inf])
    cdf, sf = np.asarray(law.cdf(at)), np.asarray(law.sf(at))
    return bool((np.diff(cdf) >= -1e-9).all() and cdf[0] >= 0 and cdf[-1] == 1 and (abs(cdf + sf - 1) < 1e-6).all())


def parse_law(text: str) -> DrawnStartup:
    """Read a start-up distribution as scipy writes it, e.g. ``expon(scale=5)``, ``pareto(1)``. Nothing is evaluated.

    ``text``: One call of a continuous ``scipy.stats`` distribution on [0, inf), its arguments plain numbers; at most
    200 characters. The numbers are in the time unit that is also that of tau. Or, for simulations, groups of workers in
    order, each with its distribution or a number: ``10*expon(scale=1), 5*expon(scale=3)``.

    The distribution F of the start-up delays, with ``cdf``, ``sf``, ``ppf`` and ``rvs``, for :class:`Model`. For delays
    that were observed see :class:`Empirical`.

    Raises ArgumentError if the text is not one call of a continuous scipy.stats distribution with plain numbers as
    arguments, or the parameters are invalid, or delays below 0 have positive probability.

    The last 64 distributions are kept.  The first use of another than ``expon``, ``pareto``, ... imports scipy.stats.

    >>> from srtheory import parse_law
    >>> float(parse_law("expon(scale=5)").mean())
    5.0
    """
    if not isinstance(text, str):
        raise ArgumentError("startup", text, f"a text, {LAW}")
    return _law(text)


def read_startup(startup: Any) -> Any:
    """Return a start-up distribution that may be given by its text, see :func:`parse_law`."""
    return parse_law(startup) if isinstance(startup, str) else startup


@lru_cache(maxsize=64)
def _law(text: str) -> DrawnStartup:
    """Return the distribution of a text; see :func:`parse_law`."""
    if "*" in text:
        return cast(DrawnStartup, _groups(text))
    name, args, kwds = _parse_call(text)
    if (known := written_law(name, args, kwds)) is not None:
        return cast(DrawnStartup, known)
    from scipy import stats

    family = getattr(stats, name, None)
    if not isinstance(family, stats.rv_continuous):
        raise ArgumentError("startup", text, LAW)
    if name in TOO_SLOW:
        raise ArgumentError("startup", text, f"{LAW}, none of {', '.join(sorted(TOO_SLOW))}, which are too slow")
    try:
        with quietly():
            law = family(*args, **kwds)
    except Exception as error:  # scipy's routines raise any exception
        raise ArgumentError("startup", text, f"{LAW} ({str(error)[:80]})") from None
    _, values = parameters(law) or (name, {})
    if any(abs(x) > LARGEST_PARAMETER or (0 < abs(x) < SMALLEST_PARAMETER and of != "loc") for of, x in values.items()):
        raise ArgumentError("startup", text, f"{LAW}, its parameters 0 or of sizes from 1e-100 to 1e100")
    check_law(law, text)
    return law


def _groups(text: str) -> Groups:
    """Return the distributions of groups that are written like 10*expon(scale=1), 5*0.5."""
    parts, end = list[tuple[int, Any]](), 0
    for found in _GROUP.finditer(text):
        if found.start() != end:
            break
        end, number = found.end(), _ARGUMENT.fullmatch(found[2])
        parts.append((int(found[1]), Empirical([float(found[2])]) if number else _law(found[2])))
    if end < len(text) or text.endswith(","):
        raise ArgumentError("startup", text, "groups of workers written like 10*expon(scale=1), 5*expon(scale=3)")
    return Groups(tuple(parts))


def _parse_call(text: str) -> tuple[str, list[float], dict[str, float]]:
    if len(text) > 200:
        raise ArgumentError("startup", f"{text[:40]}…", f"{LAW}, of at most 200 characters")
    call = _CALL.fullmatch(text)
    if call is None:
        raise ArgumentError("startup", text, LAW)
    args: list[float] = []
    kwds: dict[str, float] = {}
    for part in call[2].split(",") if call[2].strip() else []:
        argument = _ARGUMENT.fullmatch(part)
        number = float(argument[2]) if argument else float("inf")
        if argument is None or not np.isfinite(number) or argument[1] in kwds or (kwds and argument[1] is None):
            raise ArgumentError("startup", text, f"{LAW}, its parameters finite plain numbers")
        if argument[1] is None:
            args.append(number)
        else:
            kwds[argument[1]] = number
    return call[1], args, kwds


def describe_law(law: Any) -> str:
    """Return the canonical text of a distribution, all parameters by name, so that equal ones have equal texts.

    It exists for a named scipy.stats distribution, an :class:`Empirical` sample (by digest), and a distribution with
    its own ``repr``.
    """
    if isinstance(law, Empirical):
        digest = hashlib.sha256(law.sample.astype("<f8").tobytes()).hexdigest()
        return f"empirical(n={len(law.sample)}, sha256={digest})"
    text = _scipy_text(law) or repr(law)
    if text == object.__repr__(law):
        raise ArgumentError("startup", law, "a frozen scipy.stats law that has a name, or a law with a repr of its own")
    return text


def written(law: Any) -> str:
    """Return the shortest text that :func:`parse_law` reads as this distribution, with its arguments as given.

    For a distribution that is not of scipy.stats, return :func:`describe_law`.
    """
    known = parameters(law)
    if known is None:
        return describe_law(law)
    numbers = [*map(_plain, law.args), *(f"{name}={_plain(value)}" for name, value in law.kwds.items())]
    return f"{known[0]}({', '.join(numbers)})"


def _plain(number: float) -> str:
    return repr(float(number)).removesuffix(".0")


def _scipy_text(law: Any) -> str | None:
    """Return a named scipy.stats distribution as :func:`parse_law` reads it, or None for others, such as histograms."""
    known = parameters(law)
    return known and f"{known[0]}({', '.join(f'{name}={value!r}' for name, value in known[1].items())})"


def parameters(law: Any) -> tuple[str, dict[str, float]] | None:
    """Return name and parameters of a named scipy.stats distribution: shapes, loc and scale, or None for others."""
    if isinstance(law, WrittenLaw):
        return law.name, dict(law.parameters)
    from scipy import stats

    dist = getattr(law, "dist", law)
    named = hasattr(law, "dist") and type(getattr(stats, dist.name, None)) is type(dist)
    if not named:
        return None
    names = [s.strip() for s in dist.shapes.split(",")] if dist.shapes else []
    given = dict(zip([*names, "loc", "scale"], law.args, strict=False)) | law.kwds
    values = {"loc": 0.0, "scale": 1.0} | given
    return dist.name, {name: float(values[name]) for name in [*names, "loc", "scale"]}


SHAPES: dict[str, tuple[str, ...]] = {"expon": (), "pareto": ("b",)}
"""Names of the shape parameters of the distributions that are known here."""
_WITHIN = {"b": (1 / 64, 1e6), "loc": (0.0, 1e50), "scale": (1e-50, 1e50)}
"""Ranges in which the distributions are proper and quantiles are floats; beyond them scipy decides."""


@dataclass(frozen=True)
class WrittenLaw:
    """The paper's start-up distributions without scipy.stats, whose import takes longer than a run of the code.

    Delays agree bit by bit with those of scipy, and so does the exponential distribution function, for which scipy
    takes ten times as long at a single time. Everything else imports scipy.
    """

    name: str
    """The name in scipy.stats, a key of :data:`SHAPES`."""
    args: tuple[float, ...]
    """The arguments as they were given: shapes, loc, scale, and those by name in ``kwds``."""
    kwds: dict[str, float] = field(hash=False)

    @cached_property
    def parameters(self) -> dict[str, float]:
        """All parameters by name, defaults included: the shapes, then loc and scale."""
        names = (*SHAPES[self.name], "loc", "scale")
        values = {"loc": 0.0, "scale": 1.0} | dict(zip(names, self.args, strict=False)) | self.kwds
        return {name: values[name] for name in names}

    @cached_property
    def scipy_law(self) -> Any:
        """Frozen distribution of scipy.stats."""
        from scipy import stats

        return getattr(stats, self.name)(*self.args, **self.kwds)

    def rvs(self, size: int, random_state: np.random.Generator) -> Floats:
        """Return independent draws, shape (size,), equal to those of the frozen scipy.stats distribution."""
        of = self.parameters
        if self.name == "expon":
            standard = random_state.standard_exponential(size)
        else:
            standard = (1 - random_state.uniform(size=size)) ** (-1.0 / np.float64(of["b"]))
        return standard * of["scale"] + of["loc"]

    def cdf(self, x: npt.ArrayLike) -> Any:
        """Return P(X <= x), float64 in the shape of ``x``, or NaN at NaN."""
        if self.name != "expon":  # powers in other shapes than scipy's are rounded differently
            return self.scipy_law.cdf(x)
        from scipy.special import expm1  # NumPy's differs in last digits

        return (0 - expm1(-self._beyond_loc(x)))[()]  # never -0

    def sf(self, x: npt.ArrayLike) -> Any:
        """Return P(X > x), as :meth:`cdf`."""
        return np.exp(-self._beyond_loc(x))[()] if self.name == "expon" else self.scipy_law.sf(x)

    def ppf(self, q: npt.ArrayLike) -> Any:
        """Return the quantile, the same as scipy's."""
        from scipy.special import log1p

        share = np.asarray(q, dtype=np.float64)
        of = self.parameters
        with np.errstate(all="ignore"):
            standard = -log1p(-share) if self.name == "expon" else np.power(1 - share, -1.0 / of["b"])
            inside = (share >= 0) & (share <= 1)
            return np.where(inside, standard * of["scale"] + of["loc"], np.nan)[()]

    def _beyond_loc(self, x: npt.ArrayLike) -> Floats:
        return np.maximum((np.asarray(x, dtype=np.float64) - self.parameters["loc"]) / self.parameters["scale"], 0)

    def __getattr__(self, name: str) -> Any:
        """Return other attributes from scipy: pdf, mean, support, dist and so on."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.scipy_law, name)


def written_law(name: str, args: list[float], kwds: dict[str, float]) -> WrittenLaw | None:
    """Return the distribution of that name with these arguments, or None if it is unknown here or may not be proper."""
    if name not in SHAPES or len(args) > len(SHAPES[name]) + 2:
        return None
    names = (*SHAPES[name], "loc", "scale")
    if not set(kwds) <= set(names[len(args) :]) or not {*names[: len(args)], *kwds} >= set(SHAPES[name]):
        return None
    law = WrittenLaw(name, tuple(args), dict(kwds))
    proper = all(_WITHIN[of][0] <= value <= _WITHIN[of][1] for of, value in law.parameters.items())
    return law if proper else None


TESTED: dict[str, tuple[float, float] | None] = {
    "expon": None,
    "halfnorm": None,
    "lognorm": (1e-6, 16.0),
    "pareto": (1 / 64, 1e6),
    "rayleigh": None,
    "uniform": None,
    "weibull_min": (1 / 8, 1e6),
}
"""Distributions whose F is known to be accurate to :data:`~srtheory.theory.startup.CDF_ERROR`, as rigor requires.

They have been compared with mpmath in many digits, over their supports, at both ends of the ranges of their parameters
and between: of the shape parameter, if there is one, with loc at least 0 and scale within :data:`SCALES`. ``gamma`` is
not among them: scipy's is off by up to 5 * 2^-50.
"""

SCALES = (1e-50, 1e50)

UNTESTED = (
    "values of F are accurate to within 2^-50, which has not been tested for this distribution with these parameters"
)


def condition(*laws: Startup) -> str | None:
    """Return the untested condition that a rigorous interval rests on, or None if there is none."""
    return next((untested for law in laws if (untested := _condition(law)) is not None), None)


def _condition(startup: Startup) -> str | None:
    if isinstance(startup, Empirical):
        return None  # its fractions are ratios, correctly rounded
    name, values = parameters(startup) or ("", {})
    if name not in TESTED:
        return UNTESTED
    loc, scale, shapes = values.pop("loc"), values.pop("scale"), TESTED[name]
    inside = loc >= 0 and SCALES[0] <= scale <= SCALES[1]
    return None if inside and (shapes is None or shapes[0] <= min(values.values()) <= shapes[1]) else UNTESTED
