"""Test kit for user-defined schemes (every promise, on small cases, with the least violation) and for studies.

In a pytest file, or anywhere::

    from srtheory.testing import check_scheme

    def test_my_scheme():
        check_scheme(MyScheme)
"""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from enum import Enum
from types import NoneType
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, assume, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky, Unsatisfiable

from srtheory.conjectures.strategies import private_storage
from srtheory.decoders import UNDECODED, decoder
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError, require_int, require_kind
from srtheory.experiments.lab import Lab
from srtheory.experiments.trial import Task
from srtheory.own_code import UNBLAMED, blamed, told_with_line
from srtheory.reception import receive
from srtheory.schemes import named
from srtheory.schemes.base import UNLIMITED, BudgetArray, EncodedSymbols, Scheme
from srtheory.schemes.choices import Option, options_of
from srtheory.schemes.own import fault_of, lacking, symbols_fault
from srtheory.span.engine import spans
from srtheory.study.study import Study
from srtheory.types import Floats


@dataclass(frozen=True)
class Case:
    """A case on which a promise is checked."""

    scheme: Scheme
    key: int
    """Of the run."""
    budget: tuple[int, ...]
    larger: tuple[int, ...]
    """Terms that each worker may evaluate, and at least as many in ``larger``."""

    @property
    def size(self) -> tuple[int, ...]:
        """Order of cases by size: symbols, workers, then terms, then the run."""
        return self.scheme.symbols, len(self.budget), sum(self.larger), sum(self.budget), self.key

    def __str__(self) -> str:
        return f"{self.scheme!r}, run {self.key}, budget ({_short(self.budget)}), larger ({_short(self.larger)})"


class BrokenPromiseError(AssertionError):
    """Error for a scheme that breaks a promise.

    ``promise``: A key of :data:`PROMISES`. ``case``: The least found that shows it, or None where the class itself
    does, or that no scheme can be built. ``size``: Key by which the least is chosen.
    """

    def __init__(self, promise: str, found: str, case: Case | None = None, symbols: int = 0) -> None:
        super().__init__(f"{PROMISES[promise]}: {found}" + ("" if case is None else f"\n  {case}"))
        self.promise = promise
        self.case = case
        self.size = (symbols,) if case is None else case.size


PROMISES = {
    "interface": "a scheme has what docs/own_code.md lists",
    "runs": "its code raises no error",
    "sound": "rows name columns in range, once each, in the order of workers, within the budget",
    "counts": "the terms of a row count every term that its worker has sent so far",
    "extends": "a larger budget only extends what each worker sends",
    "ends": "a worker that has ended sends no more, and ends if the scheme is not rateless",
    "deterministic": "the same run and budget give the same, whatever was asked before",
    "decoder": "its decoder has the sum only where the rows have it",
    "arranges": "arrange changes neither sizes nor what came before",
    "travels": "it can be sent to other processes, and named by an id",
}
"""Promises of a scheme, in the order in which they are checked."""


def check_scheme(
    scheme: Scheme | type | str,
    options: Mapping[str, Any] | None = None,
    *,
    largest: int = 8,
    examples: int = 200,
    seed: int = 0,
) -> None:
    """Check every promise of a scheme on random cases; a run without a violation does not prove the promises.

    - ``scheme`` (Scheme, class or str): A scheme; or its class, or the class's name (``"mine.py::MyScheme"``), of which
      schemes are made.
    - ``options``: Fields of the class by name. Others than these and ``symbols`` are drawn where they are integers
      (from 1 to m), switches or choices, and have their defaults where they are not.
    - ``largest``: Schemes of a class have 1 to ``largest`` symbols.
    - ``examples``: Number of cases that are drawn.
    - ``seed``: Seed of the drawing, at least 0: the same cases for the same seed.

    Raises BrokenPromiseError if a promise is broken: an AssertionError, with the least case that was found. Raises
    ArgumentError if an argument is out of its range, or no scheme can be built.
    """
    require_int("largest", largest)
    require_int("examples", examples)
    require_int("seed", seed, 0)
    kind = named(scheme).kind if isinstance(scheme, str) else scheme if isinstance(scheme, type) else type(scheme)
    if lacks := lacking(kind):
        raise BrokenPromiseError("interface", f"{kind.__name__} {lacks}")
    drawn = _Drawn()
    fixed = None if isinstance(scheme, type | str) else scheme
    given = dict(options or {})
    if fixed is not None and given:
        raise ArgumentError("options", given, "left out where a scheme is given, which has its own")
    schemes = st.just(fixed) if fixed is not None else _schemes(kind, given, largest, drawn)
    with private_storage():
        _draw_cases(schemes, examples, seed, drawn)
        while drawn.broken and drawn.broken[-1].case is None and drawn.broken[-1].size > (1,):  # none of that size
            known = len(drawn.broken)
            _draw_cases(_schemes(kind, given, drawn.broken[-1].size[0] - 1, drawn), examples, seed, drawn)
            if len(drawn.broken) == known:
                break
    if drawn.broken:
        free = () if fixed is not None else ("symbols", *(name for name in options_of(kind) if name not in given))
        raise _shrunk(min(drawn.broken, key=lambda broken: broken.size), free) from None
    if not drawn.looked_at:
        refused = drawn.refused or ArgumentError("scheme", kind.__name__, "one of which a case can be drawn")
        raise refused


@dataclass
class _Drawn:
    """Result of the cases that were drawn."""

    looked_at: int = 0
    broken: list[BrokenPromiseError] = field(default_factory=list)
    refused: ArgumentError | None = None


def _draw_cases(schemes: st.SearchStrategy[Scheme], examples: int, number: int, drawn: _Drawn) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def look(data: st.DataObject) -> None:
        try:
            case = data.draw(_cases(data.draw(schemes)))
            drawn.looked_at += 1
            examine(case)
        except BrokenPromiseError as broken:
            drawn.broken.append(broken)
            raise

    with suppress(BrokenPromiseError, Flaky, Unsatisfiable):  # the violation is recorded, even if it occurred only once
        look()


def _shrunk(broken: BrokenPromiseError, free: Sequence[str]) -> BrokenPromiseError:
    """Return the least violation reached by steps to smaller cases; ``free`` are the fields that may change."""
    while broken.case is not None:
        for case in _smaller(broken.case, free):
            try:
                examine(case)
            except BrokenPromiseError as found:
                if found.promise == broken.promise:
                    broken = found
                    break
        else:
            return broken
    return broken


def _smaller(case: Case, free: Sequence[str]) -> Iterator[Case]:
    """Yield smaller cases: schemes of fewer symbols, smaller options, smaller budgets, an earlier run."""
    scheme = case.scheme
    for name in free:
        value = getattr(scheme, name)
        for less in range(1, value) if type(value) is int else ():
            with suppress(Exception):  # it may not be a scheme
                made: Scheme = replace(scheme, **{name: less})  # type: ignore[type-var]
                n, more = made.workers, (0,) * made.workers
                yield Case(made, case.key, (*case.budget, *more)[:n], (*case.larger, *more)[:n])
                yield Case(made, case.key, (*more, *case.budget)[-n:], (*more, *case.larger)[-n:])
    for j, (low, high) in enumerate(zip(case.budget, case.larger, strict=True)):
        ends = {(0, 0), (low, low), (0, high), (low // 2, high), (low - 1, high - 1), (low, high - 1), (low - 1, high)}
        for less, most in sorted(ends | {(min(low, cut), min(high, cut)) for cut in (1, 2, 3 * scheme.symbols)}):
            if 0 <= less <= most and (less, most) < (low, high) and less + most < low + high:
                yield replace(case, budget=_at(case.budget, j, less), larger=_at(case.larger, j, most))
    yield from (replace(case, key=key) for key in (0, 1, case.key // 2) if key < case.key)


def _at(budget: tuple[int, ...], j: int, value: int) -> tuple[int, ...]:
    return (*budget[:j], value, *budget[j + 1 :])


def _schemes(kind: type, given: dict[str, Any], largest: int, drawn: _Drawn) -> st.SearchStrategy[Scheme]:
    """Return schemes of a class, without sizes that it rejects."""
    known = options_of(kind)
    for name in given:
        if name not in {field.name for field in fields(kind)}:
            raise ArgumentError("options", name, f"fields of {kind.__name__}: " + ", ".join(known))

    @st.composite
    def build(draw: st.DrawFn) -> Scheme:
        m = draw(st.integers(1, largest))
        others = {name: draw(_values(option, m)) for name, option in known.items() if name not in given}
        chosen = {name: value for name, value in others.items() if value is not _DEFAULT} | given

        def refusal(error: BaseException) -> BrokenPromiseError:
            words = ", ".join(f"{name}={value!r}" for name, value in {"symbols": m, **chosen}.items())
            found = f"{kind.__name__}({words}): {told_with_line(error)}; what it cannot take is an ArgumentError"
            return BrokenPromiseError("runs", found, symbols=m)

        try:
            with blamed(refusal, ArgumentError):
                scheme: Scheme = kind(symbols=m, **chosen)
                fault = fault_of(scheme, m)
        except ArgumentError as error:
            drawn.refused = error
            assume(False)
            raise
        if fault:
            raise BrokenPromiseError("interface", f"of {scheme!r}, {fault}", symbols=m)
        return scheme

    return build()


_DEFAULT = object()


def _values(option: Option, m: int) -> st.SearchStrategy[Any]:
    """Return the values of a field that is not given; its default if none can be drawn."""
    found: list[st.SearchStrategy[Any]] = []
    for kind in option.kinds:
        if kind is int:
            found.append(st.integers(1, m))
        elif kind is bool:
            found.append(st.booleans())
        elif kind is NoneType:
            found.append(st.none())
        elif isinstance(kind, type) and issubclass(kind, Enum):
            found.append(st.sampled_from(kind))
        elif not isinstance(kind, type):
            found.append(st.just(kind))
        elif option.needed and len(option.kinds) == 1:
            raise ArgumentError("options", None, f"given for {option.name} ({option.expected})")
        else:
            found.append(st.just(_DEFAULT))
    return st.one_of(found)


@st.composite
def _cases(draw: st.DrawFn, scheme: Scheme) -> Case:
    """Return a run and two budgets, the second at least the first everywhere."""
    few = st.integers(0, 3 * scheme.symbols + 3)
    some = few if scheme.rateless else few | st.just(int(UNLIMITED))
    budget = draw(st.lists(some, min_size=scheme.workers, max_size=scheme.workers))
    more = draw(st.lists(some, min_size=scheme.workers, max_size=scheme.workers))
    larger = [min(a + b, _most(scheme)[0]) for a, b in zip(budget, more, strict=True)]
    return Case(scheme, draw(st.integers(0, 2**64 - 1)), tuple(budget), tuple(larger))


# ---------------------------------------------------------------------------------------------------------- promises


def examine(case: Case) -> None:
    """Check every promise on one case.

    Raises BrokenPromiseError for the first that is broken.
    """
    with blamed(lambda error: BrokenPromiseError("runs", told_with_line(error), case), BrokenPromiseError):
        for promise, found in _faults(case):
            if found:
                raise BrokenPromiseError(promise, found, case)


def _faults(case: Case) -> Iterator[tuple[str, str | None]]:
    """Yield each promise with its violation, in an order in which later promises may rely on earlier ones."""
    scheme = case.scheme
    budgets = (case.budget, case.larger, _most(scheme))
    small, large, whole = (_emitted(case, budget) for budget in budgets)
    for budget, symbols in zip(budgets, (small, large, whole), strict=True):
        fault = symbols_fault(scheme, _budget(budget), symbols)
        yield "sound", fault and f"{fault} (budget {_short(budget)})"
    yield "deterministic", _changes(case, small)
    yield "counts", _miscounted(whole)
    yield "extends", _taken_back(case.budget, small, large)
    yield "extends", _taken_back(case.larger, large, whole)
    yield "ends", _goes_on(case, small, large)
    yield "ends", _never_ends(scheme, whole)
    yield "arranges", _rearranged(scheme, large)
    yield "decoder", _wrongly_decoded(case)
    yield "travels", _stays_behind(case)


def _most(scheme: Scheme) -> tuple[int, ...]:
    """Return all terms that workers ever evaluate, or the largest number drawn if they never finish."""
    return (3 * scheme.symbols + 3 if scheme.rateless else int(UNLIMITED),) * scheme.workers


def _budget(budget: Sequence[int]) -> BudgetArray:
    return np.array(budget, dtype=np.int64)


def _emitted(case: Case, budget: Sequence[int]) -> EncodedSymbols:
    given = _budget(budget)
    symbols = case.scheme.emit(case.key, given)
    if given.tolist() != list(budget):
        raise BrokenPromiseError("deterministic", "emit writes into the budget", case)
    return symbols


def _lines(symbols: EncodedSymbols) -> list[tuple[int, int, dict[int, int]]]:
    """Return worker, terms and row of each symbol."""
    return list(zip(symbols.worker.tolist(), symbols.terms.tolist(), symbols.rows.mappings(), strict=True))


def _same(one: EncodedSymbols, other: EncodedSymbols) -> bool:
    return _lines(one) == _lines(other) and one.ended.tolist() == other.ended.tolist()


def _changes(case: Case, first: EncodedSymbols) -> str | None:
    scheme = case.scheme
    scheme.emit(case.key ^ 1, _budget(case.larger))
    if not _same(scheme.emit(case.key, _budget(case.budget)), first):
        return "asked again, it sends something else"
    if not _same(replace(scheme).emit(case.key, _budget(case.budget)), first):  # type: ignore[type-var]
        return "another scheme of the same fields sends something else"
    return None


def _miscounted(symbols: EncodedSymbols) -> str | None:
    sent: dict[int, set[int]] = {}
    for j, terms, row in _lines(symbols):
        its = sent.setdefault(j, set())
        its.update(row)
        if terms < len(its):
            return f"worker {j} has sent {len(its)} distinct symbols after {terms} terms"
    return None


def _taken_back(budget: Sequence[int], small: EncodedSymbols, large: EncodedSymbols) -> str | None:
    within = [line for line in _lines(large) if line[1] <= budget[line[0]]]
    if _lines(small) == within:
        return None
    for j in range(len(budget)):
        less, more = ([line[1:] for line in some if line[0] == j] for some in (_lines(small), within))
        if less != more:
            return (
                f"worker {j} sends {_rows(less)} within {budget[j]} terms, but {_rows(more)} of them where it may"
                " evaluate more"
            )
    return "the order of rows depends on the budget"


def _rows(lines: Sequence[tuple[int, dict[int, int]]]) -> str:
    shown = ", ".join(f"{sorted(row) if set(row.values()) == {1} else row} after {terms}" for terms, row in lines[:4])
    return f"[{shown}{', ...' if len(lines) > 4 else ''}]"


def _goes_on(case: Case, small: EncodedSymbols, large: EncodedSymbols) -> str | None:
    scheme = case.scheme
    sent, later = (np.bincount(symbols.worker, minlength=scheme.workers) for symbols in (small, large))
    for j in np.flatnonzero(small.ended):
        if later[j] > sent[j] or not large.ended[j]:
            return f"worker {j} has ended within {case.budget[j]} terms, and continues within {case.larger[j]}"
    return None


def _never_ends(scheme: Scheme, whole: EncodedSymbols) -> str | None:
    if not scheme.rateless and not whole.ended.all():
        return f"worker {np.argmin(whole.ended)} never ends, though the scheme is not rateless"
    if scheme.rateless and whole.ended.all():
        return f"every worker has ended within {_most(scheme)[0]} terms, though the scheme is rateless"
    return None


def _wrongly_decoded(case: Case) -> str | None:
    scheme = case.scheme
    reception = receive(scheme, _startups(case), 1.0, case.key, 3.0 * scheme.symbols + 3)
    try:
        stop = decoder(scheme.decoder)(reception).stopping_time
    except ArgumentError as error:
        return f"'{scheme.decoder}' rejects its rows: {error}"
    if stop is None or scheme.decoder in UNDECODED or spans(**reception.rows.prefix(stop).arrays):
        return None
    rows = _rows([(0, row) for row in reception.rows.prefix(stop).mappings()])
    return f"'{scheme.decoder}' has the sum after {stop} rows, whose span does not: {rows}"


def _startups(case: Case) -> Floats:
    """Return start-up delays such that any worker may be the first."""
    return np.random.default_rng(case.key).exponential(1.0 * case.scheme.symbols, case.scheme.workers)


def _rearranged(scheme: Scheme, symbols: EncodedSymbols) -> str | None:
    arrange = getattr(scheme, "arrange", None)
    if arrange is None:
        return None
    rows = arrange(symbols.rows)
    if rows.indptr.tolist() != symbols.rows.indptr.tolist():
        return "rows have other sizes"
    half = len(rows) // 2
    if arrange(symbols.rows.prefix(half)).mappings() != rows.prefix(half).mappings():
        return f"the first {half} rows depend on those after them"
    return None


def _stays_behind(case: Case) -> str | None:
    scheme = case.scheme
    try:
        again: Scheme = pickle.loads(pickle.dumps(scheme))
        if not _same(again.emit(case.key, _budget(case.budget)), _emitted(case, case.budget)):
            return "sent to a process, it sends something else"
    except UNBLAMED:
        raise
    except BaseException as error:
        return told_with_line(error)
    try:
        Task(scheme, DelayModel(parse_law("expon()"), 1.0), 0).canonical()
    except ArgumentError as error:
        return f"no task has an id: {error}"
    return None


def _short(budget: Sequence[int]) -> str:
    words = ["unlimited" if each == UNLIMITED else str(each) for each in budget]
    return f"{', '.join(words[:12])}{', ...' if len(words) > 12 else ''}"


# --------------------------------------------------------------------------------------------------------- studies


class UnseenMistakeError(AssertionError):
    """Error for a check that does not see its planted mistake, with the id of its ``claim``."""

    def __init__(self, claim: str, says: str) -> None:
        super().__init__(f"claim '{claim}': {says}")
        self.claim = claim


def check_study(study: Study, ids: Sequence[str] = (), lab: Lab | None = None) -> None:
    """Run each check twice, as it is and with its planted mistake, and compare the verdicts.

    ``ids``: Only the claims with these ids; default: all. ``lab``: Laboratory that provides the runs; default: one at
    the study's setting, of quick effort.

    Raises UnseenMistakeError, an AssertionError that lists claims without a planted mistake, and those whose verdict
    is the same with it. Raises ArgumentError for a study without claims, an id that it does not have, or a check that
    returns no Finding.
    """
    require_kind("study", study, Study, "a Study")
    here, unseen = lab or study.lab(), []
    for claim in study.chosen(ids):
        if not claim.planted:
            unseen.append((claim.id, "it has no planted mistake (@study.claim(..., planted={...}))"))
            continue
        right, wrong = claim.found(here).verdict, claim.found(here, **claim.planted).verdict
        if right == wrong:
            planted = ", ".join(f"{name}={value!r}" for name, value in claim.planted.items())
            unseen.append((claim.id, f"the verdict is '{right}' with and without the mistake {planted}"))
    if unseen:
        id, why = unseen[0]
        more = [f"{name}: {other}" for name, other in unseen[1:]]
        raise UnseenMistakeError(id, "; ".join([why, *more]))


def each_claim(study: Study) -> Any:
    """Return the decorator that makes a test of ``claim`` one test for each claim of a study, by pytest.

    The test calls ``check_study(study, [claim])``.
    """
    import pytest

    return pytest.mark.parametrize("claim", [*study.claims])
