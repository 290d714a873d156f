"""Wrong codes, laws, decoders and records in the place of those that the claims of the paper are about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, partial
from typing import Any

import numpy as np

from paper_checks.campaign.plan import SYMBOLS
from paper_checks.campaign.tables import Tables
from paper_checks.claims.advantages import groups
from paper_checks.claims.cited import least_squares
from paper_checks.claims.discussion import campaign_on_record
from paper_checks.claims.stopping import stopped_early
from paper_checks.real_sums import ELIMINATION, Construction
from paper_checks.records import approximate, guarantees
from paper_checks.records.guarantees import Guarantees
from paper_checks.records.kept_sums import KeptSum, read_sums
from paper_checks.records.workers import Line, read_arrivals
from paper_checks.theory.approximate import cyclic_error
from paper_checks.theory.lagrange import sum_weights
from srtheory.decoders.sums import Sum, by_elimination
from srtheory.delays import describe_law
from srtheory.experiments import networks
from srtheory.experiments.trial import Task
from srtheory.model import Model
from srtheory.rows import Rows, boundaries
from srtheory.schemes import make
from srtheory.schemes.base import BudgetArray, EncodedSymbols, Scheme
from srtheory.schemes.dense import SystematicLT, systematic_lt
from srtheory.schemes.gradient import CyclicRepetition
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.schemes.uncoded_stream import UncodedStream
from srtheory.span.dense.lifting import spanning_vector
from srtheory.theory.laws.by_scheme import LatencyLaw, latency_law

Vector = tuple[list[int], int]

# ------------------------------------------------------------------------------------------------------------ codes


@dataclass(frozen=True)
class Shifted(SumRecovery):
    """Every symbol names its columns one too high, so that a block may hold the worker's own."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget)
        rows = sent.rows
        return replace(sent, rows=Rows(rows.columns, rows.indptr, ((rows.indices + 1) % rows.columns).astype(np.int32)))


@dataclass(frozen=True)
class DropsRemainder(SumRecovery):
    """The remainder block is left out, an off-by-one that only shows where d does not divide m - 1."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        return super().emit(key, np.minimum(budget, 1 + (self.others // self.degree) * self.degree))


@dataclass(frozen=True)
class Priced(SumRecovery):
    """Symbol n is said to be complete after ``first`` + d (n - 1) terms."""

    first: int = 0

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget)
        return replace(sent, terms=self.first + self.degree * np.arange(len(sent.terms)))


@dataclass(frozen=True)
class OneOff(CyclicRepetition):
    """A weight of worker 1 is off by one."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget)
        if sent.rows.values is None or self.symbols < 5:
            return sent
        values = sent.rows.values.copy()
        values[self.stragglers + 1] += 1
        return replace(sent, rows=Rows(self.symbols, sent.rows.indptr, sent.rows.indices, values))


def one_off(name: str, symbols: int, stragglers: int) -> Scheme:
    return OneOff(symbols, stragglers) if name == "gradient-cyclic" else make(name, symbols, stragglers=stragglers)


def short_last_part(name: str, symbols: int, stragglers: int) -> Scheme:
    if name == "gradient-fractional":
        return make("repetition", symbols, degree=stragglers + 1)
    return make(name, symbols, stragglers=stragglers)


def made_for_one_more(name: str, symbols: int, stragglers: int) -> Scheme:
    return make(name, symbols, stragglers=min(stragglers + 1, symbols - 1))


@dataclass(frozen=True)
class Reordered(UncodedStream):
    """Each worker evaluates the terms of all that it would send within the budget last one first."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget)
        order = np.lexsort((-sent.terms, sent.worker))
        return replace(
            sent, rows=Rows(self.symbols, boundaries(np.ones(len(order), np.int64)), sent.rows.indices[order])
        )


@dataclass(frozen=True)
class Late(UncodedStream):
    """Each term is sent with the next one."""

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        sent = super().emit(key, budget - 1)
        return replace(sent, terms=sent.terms + 1)


def streamed(stream: Callable[[Scheme], Scheme]) -> Callable[[Scheme], Scheme]:
    return lambda scheme: scheme if hasattr(scheme, "arrange") else stream(scheme)


dense = cache(systematic_lt)


def sparse(m: int, key: int) -> SystematicLT:
    """Parities that are as sparse as their relations."""
    code = dense(m, key)
    return replace(code, parities=code.relations)


def lossy(m: int, p: int) -> list[list[int]]:
    """Groups of floor(m/p) terms, the remainder forgotten."""
    return np.arange(m // p * p).reshape(p, -1).tolist()


def shuffled(m: int, p: int) -> list[list[int]]:
    """The right partition in the wrong order, so that the costs do not fit where the sizes differ."""
    return groups(m, p)[::-1]


# --------------------------------------------------------------------------------------------------------- decoders


def altered(rows: Rows) -> Vector | None:
    found = spanning_vector(rows)
    return None if found is None else ([found[0][0] + 1, *found[0][1:]], found[1])


def nearly(rows: Rows) -> Vector | None:
    """The right combination, one weight off by a part in 2^70."""
    found = spanning_vector(rows)
    return found and ([found[0][0] * 2**70 + 1, *(v * 2**70 for v in found[0][1:])], found[1] * 2**70)


def by(solve: Callable[[Rows], Vector | None]) -> list[Construction]:
    return [replace(ELIMINATION, decode=partial(by_elimination, solve=solve))]


def the_first_value(rows: Rows, values: Sequence[Any]) -> Sum:
    return Sum(values[0], 0)


def wrong_point(received: Sequence[int], nodes: Sequence[int], degree: int, prime: int) -> list[int] | None:
    """Weights for the first worker at another point, a free one where there is any."""
    free = next((a for a in range(len(nodes), prime) if a not in received), received[0])
    return sum_weights([free, *received[1:]], nodes, degree, prime)


ESTIMATES = (
    lambda rows, results: least_squares(rows, results) + 1,
    lambda rows, results: min(least_squares(rows, results), Fraction(5)),
    lambda rows, results: Fraction(0),
)


def alike(seed: int, trained: Callable[[int], networks.Networks] = networks.ensemble) -> networks.Networks:
    """Networks that are all the first."""
    return networks.Networks(*(np.repeat(part[:1], len(part), axis=0) for part in vars(trained(seed)).values()))


def sure(seed: int) -> Callable[..., Any]:
    """Networks that are the surer of themselves the less they have seen."""
    return lambda x: (
        np.repeat(x[None, :] ** 3, 2, axis=0) + np.array([[1.0], [-1.0]]),
        np.exp(-np.abs(x)) * np.ones((2, 1)),
    )


# ------------------------------------------------------------------------------------------------------------- laws


def always(*arguments: object) -> tuple[float, float]:
    return 1.0, 1.0


def never(*arguments: object) -> tuple[float, float]:
    return 0.0, 0.0


def swapped(names: dict[str, str], name: str, *given: Any, law: Any = latency_law, **options: Any) -> LatencyLaw:
    """The law of one scheme for that of another."""
    return law(names[name], *given) if name in names else law(name, *given, **options)


_RUNS: dict[tuple[Any, ...], Any] = {}


def once(task: Task, trials: int, *grid: Any) -> Any:
    """:func:`paper_checks.records.approximate.runs`, whose runs several cases look at."""
    key = (task.scheme, describe_law(task.delays.startup), trials)
    if key not in _RUNS:
        _RUNS[key] = approximate.runs(task, trials, *grid)
    return _RUNS[key]


early_of = partial(stopped_early, errors=once)


def doubled(model: Model, t: float) -> Any:
    return 2 * cyclic_error(model, t)


def of_ten(model: Model, t: float) -> tuple[float, float]:
    """Parts of ten in the place of the limit, which is passed by."""
    return (model.symbols * float(cyclic_error(replace(model, degree=10), t)) * 1.01,) * 2


def halved(*given: Any) -> Any:
    return tuple(errors / 2 for errors in once(*given))


# ---------------------------------------------------------------------------------------------------------- records


def arrivals_but(planted: Callable[[Line], Line]) -> Callable[[], list[Line]]:
    """The arrivals at real workers, each changed but those that never came."""
    return lambda: [planted(line) if line.index >= 0 else line for line in read_arrivals()]


def late(line: Line, by: float) -> Line:
    return replace(line, arrived=line.arrived + by)


def means_times(factor: float) -> Callable[[], Guarantees]:
    found = guarantees.read()
    return lambda: replace(found, means=[replace(x, low=factor * x.low, high=factor * x.high) for x in found.means])


def bounds_by(wrong: Callable[[float], float]) -> Callable[[], Guarantees]:
    found = guarantees.read()
    return lambda: replace(
        found, rows=[replace(line, low=wrong(line.low), high=wrong(line.high)) for line in found.rows]
    )


def sums_off() -> tuple[Any, list[KeptSum]]:
    """Of each workload's run by LT one number is off by three times its bound, or by 1 where it is exact."""
    terms, kept = read_sums()

    def spoilt(run: KeptSum) -> KeptSum:
        off = Fraction(run.value[-1]) + 3 * Fraction(run.bound[-1]) + (run.workload == "taylor")
        return replace(run, value=[*run.value[:-1], str(off)])

    return terms, [spoilt(run) if run.scheme == "lt" else run for run in kept]


def backwards() -> Tables:
    """The campaign on record with its sizes in reverse, so that the law gets worse as m grows."""
    found = campaign_on_record()
    other = dict(zip(SYMBOLS, reversed(SYMBOLS), strict=True))
    degree = lambda cell: round(cell.degree * np.log(other[cell.symbols]) / np.log(cell.symbols))  # noqa: E731
    return replace(found, cells=tuple(replace(c, symbols=other[c.symbols], degree=degree(c)) for c in found.cells))


def mixture(trials: tuple[int, int, int, int], held: tuple[float, float, float, float]) -> Tables:
    """A good and a bad cell at m = 100, then at m = 200."""
    template = next(c for c in campaign_on_record().cells if (c.symbols, c.degree) == (100, 5))
    cells = []
    for i, (n, share) in enumerate(zip(trials, held, strict=True)):
        hits = round(share * n)
        shape = {"symbols": (100, 200)[i // 2], "load": (0.01, 10.0)[i % 2]}
        cells.append(replace(template, cell=i, trials=n, held=hits, late=n - hits, early=0, complete=0, **shape))
    return Tables(tuple(cells), ())
