"""Search for counterexamples: every case from the smallest size, then Hypothesis beyond enumeration."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from inspect import iscoroutine
from itertools import islice
from math import inf
from pathlib import Path
from random import Random
from typing import Any, Generic, TypeVar

import numpy as np

from srtheory.conjectures.enumerate import Instance, Level, Reach, Size
from srtheory.conjectures.registry import UNKNOWN, Conjecture, Origin, UndecidedError, load, load_again
from srtheory.errors import ArgumentError, require_function, require_int, require_path, require_positive
from srtheory.experiments.store import ForeignFileError, content, labelled, locked, set_aside
from srtheory.files import write_whole
from srtheory.own_code import UNBLAMED, blamed, source_digest, told
from srtheory.progress import shown_if
from srtheory.shown import Array, Part, Shown, Values
from srtheory.timer import Alarm, OutOfTime

C = TypeVar("C", bound=Instance)
Watch = Callable[[str, int], None]
EXAMPLES = 2000
"""Number of Hypothesis examples beyond the reach of enumeration."""

ENUMERATION = 0.75
"""Largest fraction of the budget for enumeration."""

_MOST_PROCESSES = 1024
_GRACE = 0.25
"""Seconds beyond the budget after which a call is interrupted; by then, code that checks the clock has stopped."""
_HANDING_IN = 2.0
"""Further seconds in which other processes may return their results before they are ended."""
FOREVER = 1e9
"""A budget that no search spends: it ends by itself, and its result does not depend on a clock."""


@dataclass
class Searched:
    """Cases that a search has examined so far."""

    levels: list[Size] = field(default_factory=list)
    """Sizes that were enumerated completely, in order."""
    gaps: list[Size] = field(default_factory=list)
    """Sizes that were too large to be enumerated, or on which some case was undecided."""
    whole: list[int] = field(default_factory=list)
    """Numbers of symbols of which all sizes are complete."""
    cases: int = 0
    classes: int = 0
    """Cases enumerated, and classes that they fall into (one case of each was tested)."""
    vacuous: int = 0
    """Classes and examples that do not meet the statement's hypothesis."""
    undecided: int = 0
    """Classes and examples that the predicate could not decide."""
    examples: int = 0
    """Cases that Hypothesis drew."""
    vacuous_examples: int = 0
    largest_example: int = 0
    """Number of these that do not satisfy the hypothesis, and the largest number of symbols of one."""
    unanswered: Instance | None = None
    """The case that the predicate was being asked when the budget was over."""
    or_later: bool = False
    """Whether it may also have been a later one: the process that was asked had to be ended."""
    stopped_by: str = "end"
    """``"found"``, ``"end"``, ``"budget"`` or ``"interrupt"``; with a counterexample, the latter two mean that it was
    still being reduced.
    """

    def close(self, symbols: int) -> None:
        """Record that all sizes of that many symbols have been visited."""
        if symbols and all(size["symbols"] != symbols for size in self.gaps):
            self.whole.append(symbols)

    def partial(self) -> list[Size]:
        """Return the complete sizes of incomplete numbers of symbols; among sizes with rows, the largest."""
        largest: dict[tuple[tuple[str, int], ...], Size] = {}
        for size in self.levels:
            if size["symbols"] not in self.whole:
                largest[tuple((name, value) for name, value in size.items() if name != "rows")] = size
        return list(largest.values())


@dataclass(frozen=True)
class Hunt(Shown, Generic[C]):
    """Result of a search."""

    conjecture: Conjecture[C]
    """Conjecture that was tested."""
    counterexample: C | None
    """The smallest found."""
    smallest: bool
    """Whether enumeration proves that there is no smaller one."""
    searched: Searched
    """Cases that were examined."""

    def parts(self) -> list[Part]:
        """Return the verdict, the counterexample as a matrix with its kernel vectors, and what was searched."""
        lines = [line.split(None, 1) for line in as_text(self).splitlines() if line[:1].strip()]
        about = Values([(line[0], line[1], "") for line in lines if line[0] not in ("found", "over") and len(line) > 1])
        if self.counterexample is None:
            return ["No counterexample.", about]
        case = _explained(self.conjecture, self.counterexample)
        shown: list[Part] = [f"A counterexample{', the smallest' * self.smallest}, with m = {case['symbols']}."]
        shown += [] if case["rows"] is None else [Array(weighed(case), "G =")]
        for over in case.get("spans", []):
            shown.append(f"Over {over['field']} the rows {'span' if over['spans'] else 'do not span'} 1.")
            if vector := over["kernel_vector"]:
                entries = dict(zip(vector["support"], vector["weights"], strict=True))
                shown += ["Gx = 0 for", Array([[entries.get(j, 0) for j in range(case["symbols"])]], "x =")]
        return [*shown, about]

    def __str__(self) -> str:
        return as_text(self)


def hunt(
    conjecture: Conjecture[C] | str,
    *,
    max_symbols: int | None = None,
    degree: int | None = None,
    seed: int = 2022,
    budget: float = 60.0,
    watch: Watch = lambda what, done: None,
    store: Path | None = None,
    processes: int = 1,
    progress: bool = False,
) -> Hunt[C]:
    """Search for the smallest counterexample.

    The result shows itself, its verdict first.

    - ``conjecture``: Conjecture to test, or the name of one (:func:`~srtheory.conjectures.registry.load`).
    - ``max_symbols``: Largest number of symbols, at least 1; by default the domain's.
    - ``degree``: The only degree, at least 1, for domains that have degrees.
    - ``seed``: Seed of the Hypothesis search, at least 0; enumeration has no randomness.
    - ``budget``: Seconds, above 0. In the main thread they bound each call of the predicate, too, unless it is in
      compiled code and asked in this process, as all are beyond enumeration.
    - ``watch``: Told the size at work and how many more cases are done.
    - ``store``: Folder in which the predicate's answers are kept as they arrive, and where later hunts find them.
    - ``processes``: Processes on this machine that ask the predicate in enumeration, from 1 to 1024. These, and a
      store, need a conjecture that :func:`~srtheory.conjectures.registry.load` has given.

    - ``progress``: Whether a bar shows the cases, as tqdm.auto does; how many there will be is not known before.

    The same for the same arguments, unless the budget or an interrupt (Ctrl-C) cut it short. A predicate that raises,
    or answers anything but True, False and None, is an ArgumentError.

    Raises OSError if the store cannot be read or written, or a process is killed; what was stored stays.
    """
    conjecture = load(conjecture) if isinstance(conjecture, str) else conjecture
    require_settings(conjecture, max_symbols, degree, seed, budget, processes)
    require_function("watch", watch)
    if progress:
        with shown_if(progress, desc="hunt", unit=" cases") as bar:

            def moved(what: str, done: int) -> None:
                bar.update(done)
                watch(what, done)

            return hunt(
                *(conjecture,), max_symbols=max_symbols, degree=degree, seed=seed, budget=budget, watch=moved,
                store=store, processes=processes,
            )  # fmt: skip
    most = conjecture.domain.symbols if max_symbols is None else int(max_symbols)
    only = None if degree is None else int(degree)
    start, seconds = time.monotonic(), float(budget)
    asker = asker_of(conjecture, None if store is None else require_path("store", store), int(processes))
    chase = _Chase(asker, watch)
    asker.within(seconds + _GRACE)
    patience = seconds + _GRACE + (_HANDING_IN if processes > 1 else 0)
    alarm = Alarm(patience, lambda: asker.asked is not None)

    def heed() -> None:
        alarm.heed()
        watch(chase.at, 0)

    asker.heed = heed
    try:
        with alarm:
            chase.enumerate(Reach(most, only, _ticking(start + ENUMERATION * seconds)))
            if chase.best is None and asker.asked is None and not alarm.rung:
                chase.draw(Reach(most, only, _ticking(start + seconds)), seed)
    except OutOfTime:  # just before its end
        chase.searched.stopped_by = "budget"
    except KeyboardInterrupt:
        chase.searched.stopped_by = "interrupt"
    except BadPredicate as bad:
        raise bad.reason from None
    finally:
        asker.close(at_once=alarm.rung or chase.searched.stopped_by == "interrupt")
    if chase.searched.stopped_by == "budget":
        chase.searched.unanswered = asker.asked
        chase.searched.or_later = asker.or_later
    return Hunt(conjecture, chase.best, chase.proved, chase.searched)


def require_settings(
    conjecture: Conjecture[Any], max_symbols: int | None, degree: int | None, seed: int, budget: float, processes: int
) -> None:
    """Raise an ArgumentError if one of these arguments of :func:`hunt` is outside its range."""
    if not isinstance(conjecture, Conjecture):
        raise ArgumentError("conjecture", conjecture, "a Conjecture, such as conjectures.registry.load(name) gives")
    if degree is not None and not conjecture.domain.has_degree:
        raise ArgumentError("degree", degree, f"left out: the cases of '{conjecture.name}' have no degree")
    for name, value in {"max_symbols": max_symbols, "degree": degree}.items():
        if value is not None:
            require_int(name, value)
    require_positive("budget", budget)
    require_int("seed", seed, 0)
    require_int("processes", processes, 1, _MOST_PROCESSES)


def asker_of(conjecture: Conjecture[C], store: Path | None, processes: int) -> Asker[C]:
    """Return who asks the predicate: here or in other processes, with kept answers if there is a store."""
    for name, given in {"store": store, "processes": None if processes == 1 else processes}.items():
        if given is not None and conjecture.origin is None:
            raise ArgumentError(name, given, "left out for a conjecture that was not loaded by its name")
    return Asker(conjecture, None if store is None else KeptAnswers(store, conjecture), processes)


def _ticking(deadline: float) -> Callable[[], None]:
    def tick() -> None:
        if time.monotonic() > deadline:
            raise OutOfTime

    return tick


class _Chase(Generic[C]):
    """State of a search, with what remains true if it is cut short."""

    def __init__(self, asker: Asker[C], watch: Watch) -> None:
        self.asker, self.conjecture, self.watch = asker, asker.conjecture, watch
        self.searched = Searched()
        self.best: C | None = None
        self.proved = False
        self.at = ""

    def enumerate(self, reach: Reach) -> None:
        """Search level by level, up to the first counterexample."""
        symbols = 0
        try:
            for level in self.conjecture.domain.levels(reach):
                if level.size["symbols"] > symbols:
                    self.searched.close(symbols)
                    symbols = level.size["symbols"]
                self._level(level, reach)
                if self.best is not None:
                    self.proved = not self.searched.gaps and not self.searched.undecided
                    self.searched.stopped_by = "found"
                    return
            self.searched.close(symbols)
        except OutOfTime:
            self.searched.stopped_by = "budget"

    def _level(self, level: Level[C], reach: Reach) -> None:
        if level.cases is None:
            self.searched.gaps.append(level.size)
            return
        undecided = self.searched.undecided
        self.at = ", ".join(f"{name} {value}" for name, value in level.size.items())
        self.watch(self.at, 0)
        for case, orbit, answer in self.asker.ahead(level.cases, reach.tick):
            fails = self._fails(case, answer)
            self.watch(self.at, 1)
            self.searched.classes += 1
            self.searched.cases += orbit
            if fails:
                self.best = case
                return
        complete = self.searched.undecided == undecided
        (self.searched.levels if complete else self.searched.gaps).append(level.size)

    def draw(self, reach: Reach, seed: int) -> None:
        """Search with Hypothesis and its shrinking; after a find, again with fewer symbols, to enumerated sizes."""
        from hypothesis import Phase, Verbosity, find, settings
        from hypothesis.errors import Flaky, NoSuchExample

        def interesting(case: C) -> bool:
            reach.tick()
            return self._interesting(case)

        quiet = settings(
            database=None,
            max_examples=EXAMPLES,
            deadline=None,
            verbosity=Verbosity.quiet,
            phases=(Phase.generate, Phase.shrink),  # to explain, Hypothesis would trace every line
        )
        floor = max(self.searched.whole, default=0)
        self.at = "drawn by Hypothesis"
        try:
            while reach.symbols > floor:
                strategy = self.conjecture.domain.strategy(reach)
                smaller = find(strategy, interesting, settings=quiet, random=Random(seed)).symbols - 1
                reach = replace(reach, symbols=smaller)
        except NoSuchExample:
            pass
        except Flaky:
            expected = "a predicate that answers alike whenever it is asked the same"
            raise ArgumentError("conjecture", self.conjecture.name, expected) from None
        except OutOfTime:
            self.searched.stopped_by = "budget"
            return
        if self.best is not None:
            self.searched.stopped_by = "found"

    def _interesting(self, case: C) -> bool:
        vacuous = self.searched.vacuous
        fails = self._fails(case)
        self.watch(self.at, 1)
        self.searched.examples += 1
        self.searched.largest_example = max(self.searched.largest_example, case.symbols)
        self.searched.vacuous_examples += self.searched.vacuous - vacuous
        if not fails:
            return False
        key = self.conjecture.domain.key
        if self.best is None or key(case) < key(self.best):
            self.best = case
        return True

    def _fails(self, case: C, answer: Answer | BadPredicate | None = None) -> bool:
        """Return whether a case is a counterexample; an unknown answer is computed."""
        if answer is None:
            answer = self.asker.ask(case)
        if isinstance(answer, BadPredicate):
            raise answer
        if answer == Answer.HOLDS:
            return False
        self.searched.undecided += answer == Answer.UNDECIDED
        self.searched.vacuous += answer == Answer.VACUOUS
        return answer == Answer.FAILS


def summary(found: Hunt[Any]) -> dict[str, Any]:
    """Return the result for programs."""
    case, searched = found.counterexample, found.searched
    return {
        "conjecture": found.conjecture.name,
        "statement": found.conjecture.statement,
        "source": found.conjecture.source,
        "known": _known(found),
        "found": case is not None,
        "counterexample": None if case is None else _explained(found.conjecture, case),
        "smallest": None if case is None else found.smallest,
        "order": found.conjecture.domain.order,
        "searched": {
            "domain": found.conjecture.domain.says,
            "complete_symbols": searched.whole,
            "complete": searched.partial(),
            "not_complete": searched.gaps,
            "cases": searched.cases,
            "classes": searched.classes,
            "vacuous": searched.vacuous,
            "undecided": searched.undecided,
            "examples": searched.examples,
            "stopped_by": searched.stopped_by,
            **({} if searched.unanswered is None else {"unanswered": searched.unanswered.as_json()}),
        },
    }


def _known(found: Hunt[Any]) -> str:
    """Return the known facts, including the counterexample."""
    known = found.conjecture.known
    if found.counterexample is None or known.lower().startswith("false"):
        return known
    return "False, by this counterexample." + ("" if known == UNKNOWN else f" Stated before: {known}")


def _explained(conjecture: Conjecture[Any], case: Instance) -> dict[str, Any]:
    """Return the case with the conjecture's evidence."""
    expected = "one whose explain gives a mapping for JSON"
    with blamed(lambda error: ArgumentError("conjecture", conjecture.name, f"{expected} ({told(error)})")):
        evidence = {**case.as_json(), **conjecture.explain(case)}
        json.dumps(evidence, allow_nan=False)
    return evidence


# ---------------------------------------------------------- the result as text: symbols and workers are numbered from 1

_SHOWN = {
    *("symbols", "degree", "rows", "workers", "weights", "elements", "parameters"),
    *("orders", "covered", "spans", "relation"),
}
_CUT = {"budget": "the budget was spent", "interrupt": "the interrupt came"}
_ENDS = {"budget": ", until the budget was spent", "interrupt": ", until the interrupt"}


def as_text(found: Hunt[Any]) -> str:
    """Return a few lines for a reader; :func:`~srtheory.conjectures.hunt.summary` is for programs."""
    result = summary(found)
    lines = [f"conjecture  {result['conjecture']} ({result['source']})", f"claim       {result['statement']}"]
    case = result["counterexample"]
    lines += ["found       no counterexample"] if case is None else _counterexample(case)
    if case is not None:
        lines.append(f"smallest    {_smallest(result)}")
    lines.append(f"searched    {_searched(found.conjecture.domain.says, found.searched)}")
    if "unanswered" in result["searched"]:
        late = result["searched"]["unanswered"]
        said = "the predicate did not return within the budget on this case"
        if found.searched.or_later:  # it may not even have been evaluated
            said = "no process answered within the budget on this case, or on a later one"
        lines.append(f"unanswered  {said}: {late}")
    lines.append(f"known       {result['known']}")
    return "\n".join(lines)


def _counterexample(case: dict[str, Any]) -> Iterator[str]:
    degree = "" if case["degree"] is None else f", degree d = {case['degree']}"
    rows = "" if case["rows"] is None else f", {len(case['rows'])} rows"
    more = "".join(f", {name} {value}" for name, value in case.get("parameters", {}).items())
    of = f", weights elements of {case['elements']}" if "elements" in case else ""
    yield f"found       a counterexample with m = {case['symbols']} symbols{degree}{rows}{more}{of}"
    if case["rows"] is not None:
        yield from _rows(case)
    for j, order in enumerate(case.get("orders", []), 1):
        yield f"  worker {j:<3}{' '.join(str(term + 1) for term in order)}"
    for over in case.get("spans", []):
        yield from _span(case["symbols"], over)
    if "relation" in case:
        yield f"relation    u = {_vector(case['relation'])} has u G = 0: add it to any solution of (3)"
    for name in case:
        if name not in _SHOWN:
            yield f"            {name.replace('_', ' ')}: {_plain(case[name])}"


def _rows(case: dict[str, Any]) -> Iterator[str]:
    rows, workers = case["rows"], case["workers"]
    width = max((len(_set(row)) for row in rows), default=0)
    vectors = [[str(weight) for weight in row] for row in weighed(case)]
    wide = max((len(weight) for row in vectors for weight in row), default=1)
    for i, (row, vector) in enumerate(zip(rows, vectors, strict=True)):
        sender = "            " if workers is None else f"  worker {workers[i] + 1:<3}"
        matrix = " ".join(f"{weight:>{wide}}" for weight in vector)
        yield f"{sender}{_set(row):<{width}}   {matrix}"


def matrix(case: Mapping[str, Any]) -> dict[str, Any]:
    """Return the rows of a counterexample as in a matrix file, see :func:`srtheory.files.read_rows`."""
    weights = {"values": case["weights"]} if "weights" in case else {}
    return {"columns": case["symbols"], "rows": case["rows"], **weights}


def weighed(case: Mapping[str, Any]) -> list[list[int]]:
    """Return the rows of a counterexample as lists of m weights."""
    weights = case.get("weights") or [[1] * len(row) for row in case["rows"]]
    entries = [dict(zip(row, of, strict=True)) for row, of in zip(case["rows"], weights, strict=True)]
    return [[row.get(j, 0) for j in range(case["symbols"])] for row in entries]


def _span(symbols: int, over: dict[str, Any]) -> Iterator[str]:
    yield f"over {over['field']:<7}the rows {'span' if over['spans'] else 'do not span'} 1; rank {over['rank']}"
    vector = over["kernel_vector"]
    if vector is not None:
        entries = [0] * symbols
        for place, weight in zip(vector["support"], vector["weights"], strict=True):
            entries[place] = weight
        total = "sums to 0" if vector["balanced"] else f"sums to {sum(entries)}"
        yield f"            x = {_vector(entries)} has G x = 0 and {total} ({vector['name']})"


def _smallest(result: dict[str, Any]) -> str:
    order = result["order"]
    if result["smallest"]:
        return f"yes: every smaller case was examined (by {order})"
    if result["searched"]["stopped_by"] in _CUT:
        return f"not proved: {_CUT[result['searched']['stopped_by']]} during the search for a smaller one (by {order})"
    return f"not proved: smaller cases were omitted (by {order}); the line searched states what is complete"


def _searched(domain: str, searched: Searched) -> str:
    whole, parts = searched.whole, [_size(size) for size in searched.partial()]
    text = f"all {domain} with m <= {max(whole)}" if whole else domain
    if parts:
        text += f"{'; and' if whole else ':'} those with {'; '.join(parts)}"
    text += f" ({'; '.join(_looked_at(searched)) or 'no case'})"
    if searched.undecided:
        text += f"; {searched.undecided} could not be decided"
    return text + _ENDS.get(searched.stopped_by, "")


def _looked_at(searched: Searched) -> Iterator[str]:
    drawn, vacuous = searched.examples, searched.vacuous_examples
    if searched.classes:
        others = searched.vacuous - vacuous
        yield f"{searched.cases} cases in {searched.classes} classes, {others} of them vacuous"
    if drawn:
        yield f"{drawn} cases with m <= {searched.largest_example} drawn by Hypothesis, {vacuous} of them vacuous"


def _size(size: dict[str, int]) -> str:
    names = {"symbols": "m = ", "degree": "d = ", "rows": "up to "}
    text = ", ".join(f"{names.get(name, name + ' ')}{value}" for name, value in sorted(size.items(), key=_place))
    return text + (" rows" if "rows" in size else "")


def _place(item: tuple[str, int]) -> int:
    return {"symbols": 0, "degree": 1, "rows": 3}.get(item[0], 2)


def _set(row: list[int]) -> str:
    return "{" + ", ".join(str(j + 1) for j in row) + "}"


def _vector(entries: list[int]) -> str:
    return "(" + ", ".join(map(str, entries)) + ")"


def _plain(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    return ", ".join(map(str, value)) if len(value) <= 12 else f"{len(value)} entries, printed with --json"


# --------------------------------------------------------------- answers of the predicate, here or in several processes

Tick = Callable[[], None]

_WINDOW = 256
"""Number of cases per process submitted ahead of the current one; an answer that ends the search discards them."""
_PARTS = 4
"""Number of pieces per process in which these cases are submitted."""
SECONDS = 2.0
"""Seconds after which a process returns its answers, so that they can be stored and the budget be checked."""


class Answer(StrEnum):
    """Answer of a predicate on a case."""

    HOLDS = "holds"
    FAILS = "fails"
    VACUOUS = "vacuous"
    UNDECIDED = "undecided"


class BadPredicate(BaseException):
    """Error for an invalid predicate, with the reason. It is not an Exception, so that Hypothesis passes it on."""

    def __init__(self, reason: ArgumentError) -> None:
        super().__init__(reason)
        self.reason = reason


Answered = Answer | BadPredicate


def ask(conjecture: Conjecture[Any], case: Instance) -> Answer:
    """Return the answer of the predicate on a case.

    Raises BadPredicate if it raises, or answers anything but True, False and None.
    """
    try:
        verdict = conjecture(case)
        if verdict is None or verdict is True:  # a million times
            return Answer.VACUOUS if verdict is None else Answer.HOLDS
        wrong = "" if type(verdict) in (bool, np.bool_) else type(verdict).__name__
        if iscoroutine(verdict):
            verdict.close()  # or Python would warn that it was never awaited
    except UndecidedError:
        return Answer.UNDECIDED
    except AssertionError:
        return Answer.FAILS
    except UNBLAMED:
        raise
    except BaseException as error:
        raise _bad(conjecture, case, "does not raise", told(error)) from None
    if wrong:
        raise _bad(conjecture, case, "answers True, False or None", f"a value of type {wrong}")
    return Answer.HOLDS if verdict else Answer.FAILS


def _bad(conjecture: Conjecture[Any], case: Instance, should: str, found: str) -> BadPredicate:
    expected = f"a predicate that {should} ({found}, at {case.as_json()})"
    return BadPredicate(ArgumentError("conjecture", conjecture.name, expected))


@dataclass
class Asker(Generic[C]):
    """Evaluator of a conjecture's predicate, with a memory of its answers."""

    conjecture: Conjecture[C]
    """Conjecture to evaluate; its origin is required if processes > 1."""
    kept: KeptAnswers | None = None
    """Stored answers; they are reused, and new answers are added."""
    processes: int = 1
    """At least 1."""
    deadline: float = inf
    """Moment of ``time.monotonic`` at which other processes break off what they are asking."""
    heed: Tick = lambda: None
    """Called after each answer computed here; if it raises, the answer is discarded."""
    asked: C | None = None
    """The first of those that are being asked, or None if none is."""
    or_later: bool = False
    """Whether others are asked at the same time."""

    def within(self, seconds: float) -> None:
        """Set the deadline."""
        self.deadline = time.monotonic() + seconds

    def ask(self, case: C) -> Answer:
        """Return the predicate's answer, computed or stored. See :func:`ask`."""
        known = self._known(case)
        if known is None:
            self.asked = case
            try:
                known = ask(self.conjecture, case)
            except BadPredicate:
                self.heed()  # user code may have turned the interruption into its own error
                raise
            self.heed()
            self.asked = None
            self._keep(case, known)
        return known

    def ahead(self, cases: Iterable[tuple[C, int]], tick: Tick) -> Iterator[tuple[C, int, Answered | None]]:
        """Yield the cases with their numbers, in order, and the answers if they are already known."""
        if self.processes == 1:
            for case, number in cases:
                tick()
                yield case, number, None
            return
        waiting = iter(cases)
        while window := list(islice(waiting, _WINDOW * self.processes)):
            answers, late = self._answers([case for case, _ in window], tick)
            yield from ((*one, answers[i]) for i, one in enumerate(window) if i in answers)
            if late is not None:
                raise late

    def _answers(self, cases: Sequence[C], tick: Tick) -> tuple[dict[int, Answered], OutOfTime | None]:
        """Return the answers by number, without gaps, up to one that ends the search or the deadline, if it came."""
        found: dict[int, Answered] = {
            i: known for i, case in enumerate(cases) if (known := self._known(case)) is not None
        }
        late = None
        while missing := [i for i in range(_end(found, len(cases))) if i not in found]:
            try:
                tick()
                self._round(cases, missing, found)
            except OutOfTime as error:
                late = error
                break
        through = next((i for i in range(len(cases)) if i not in found), len(cases))
        return {i: answer for i, answer in found.items() if i < through}, late

    def _round(self, cases: Sequence[C], missing: list[int], found: dict[int, Answered]) -> None:
        """Collect some answers of each process in ``found``.

        Raises OutOfTime if a case was being asked when time was out. The first of them is :attr:`asked`.
        """
        from srtheory.experiments.running import on_processes

        assert self.conjecture.origin is not None
        pieces = [
            (self.conjecture.origin, part, [cases[i] for i in part], self.deadline)
            for part in np.array_split(missing, min(len(missing), _PARTS * self.processes))
        ]
        self.asked, self.or_later = cases[missing[0]], True
        broken_off = []
        for part, answers, late in on_processes(ask_some, pieces, self.processes):
            for i, answer in zip(part.tolist(), answers, strict=False):
                found[i] = BadPredicate(answer) if isinstance(answer, ArgumentError) else answer
                if isinstance(answer, Answer):
                    self._keep(cases[i], answer)
            broken_off += part.tolist()[len(answers) :][:late]
        self.asked, self.or_later = cases[min(broken_off)] if broken_off else None, False
        if broken_off:
            raise OutOfTime

    def _known(self, case: C) -> Answer | None:
        return None if self.kept is None else self.kept.get(case)

    def _keep(self, case: C, answer: Answer) -> None:
        if self.kept is not None:
            self.kept.put(case, answer)

    def close(self, *, at_once: bool) -> None:
        """Write everything to disk; ``at_once`` ends processes that are still working."""
        if at_once and self.processes > 1:
            from srtheory.experiments.running import end_processes

            end_processes()
        if self.kept is not None:
            self.kept.write()


def _end(found: dict[int, Answered], most: int) -> int:
    """Return the number of the first case whose answer ends the search."""
    return min((i for i, answer in found.items() if _ends(answer)), default=most)


def _ends(answer: object) -> bool:
    return answer == Answer.FAILS or isinstance(answer, ArgumentError | BadPredicate)


def ask_some(piece: tuple[Origin, Any, list[Any], float]) -> tuple[Any, list[Answer | ArgumentError], bool]:
    """Return the answers to the first cases of a piece, up to one that ends the search or the deadline.

    Also return whether the next case was being evaluated at the deadline.
    """
    origin, part, cases, deadline = piece
    conjecture = load_again(origin)
    answers: list[Answer | ArgumentError] = []
    stop = time.monotonic() + SECONDS
    try:
        with Alarm(deadline - time.monotonic(), lambda: True) as alarm:
            for case in cases:
                try:
                    answer: Answer | ArgumentError = ask(conjecture, case)
                except BadPredicate as bad:
                    answer = bad.reason
                alarm.heed()
                answers.append(answer)
                if _ends(answer) or time.monotonic() > stop:
                    break
    except OutOfTime:
        return part, answers, True
    return part, answers, False


# ------------------------------------------------------------------------------------------------------ answers on disk

MOST = 5000
"""Largest number of answers in a file."""
EVERY = 1.0
"""Seconds between two writes."""
_KEY = 32
"""Number of digits of a case's digest."""


class KeptAnswers:
    """Answers on a conjecture that was loaded by its name, in memory and in its folder of a store.

    About 250 bytes of memory an answer.  Each is on disk a second after it was given, or with the next one. An OSError
    says that the folder cannot be made, read or locked; an ArgumentError, that a valid file of another kind is there.
    """

    def __init__(self, store: Path, conjecture: Conjecture[Any]) -> None:
        about = _about(conjecture)
        self._id = hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()
        self._folder = labelled(Path(store) / self._id, "hunt", self._id, about)
        with locked(self._folder):
            files = [self._read(path) for path in sorted(self._folder.glob("[0-9]*.json"))]
        self._known = {key: answer for file in files for key, answer in file.items()}
        self._new: dict[str, Answer] = {}
        self._written = time.monotonic()

    def get(self, case: Instance) -> Answer | None:
        """Return the answer on that case, if it is known."""
        return self._known.get(case_digest(case))

    def put(self, case: Instance, answer: Answer) -> None:
        """Store an answer."""
        key = case_digest(case)
        self._known[key] = self._new[key] = answer
        if time.monotonic() > self._written + EVERY or len(self._new) >= MOST:
            self.write()

    def write(self) -> None:
        """Write the new answers to disk.

        Raises OSError if a file cannot be written; everything written before stays.
        """
        if self._new:
            with locked(self._folder):
                self._add()
            self._new = {}
        self._written = time.monotonic()

    def _add(self) -> None:
        """Add answers to the last file, which others may have extended, or to a new file if it would be too long."""
        number = max((int(path.stem) for path in self._folder.glob("[0-9]*.json")), default=0)
        there = self._read(self._path(number))
        if there and len(there) + len(self._new) > MOST:
            number, there = number + 1, {}
        write_whole(self._path(number), _encode(self._id, there | self._new))

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:010}.json"

    def _read(self, path: Path) -> dict[str, Answer]:
        try:
            found = json.loads(content(path))
        except FileNotFoundError:
            return {}
        except ForeignFileError:
            raise
        except (ValueError, RecursionError) as error:
            set_aside(path, str(error))
            return {}
        foreign = ForeignFileError(path, f"answers of hunt {self._id}, or not there")
        if not isinstance(found, dict) or set(found) != {"hunt", "answers", "digest"}:
            raise foreign
        if found["digest"] != answers_sum(found["hunt"], found["answers"]):
            set_aside(path, "it holds something other than what was written")
            return {}
        if found["hunt"] != self._id:
            raise foreign
        return {key: Answer(answer) for key, answer in found["answers"].items()}


def _about(conjecture: Conjecture[Any]) -> dict[str, Any]:
    if conjecture.origin is None:
        raise ArgumentError("conjecture", conjecture.name, "one that srtheory.conjectures.registry.load has given")
    source = conjecture.origin.digest or None
    return {
        "conjecture": conjecture.name,
        "source": source,
        "srtheory": source_digest(sys.modules[__package__.partition(".")[0]]),
    }


def case_digest(case: Instance) -> str:
    """Return the key under which the answer to a case is kept: all that makes the case what it is."""
    try:
        text = json.dumps(case.as_json(), sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise ArgumentError("store", type(case).__name__, f"left out for cases that are no JSON ({error})") from None
    return hashlib.sha256(text.encode()).hexdigest()[:_KEY]


def _encode(id: str, answers: Mapping[str, Answer]) -> bytes:
    document = {"hunt": id, "answers": answers, "digest": answers_sum(id, answers)}
    return (json.dumps(document, indent=0) + "\n").encode()


def answers_sum(id: object, answers: object) -> str:
    """Return the checksum of a file of answers."""
    return hashlib.sha256(json.dumps([id, answers], sort_keys=True).encode()).hexdigest()
