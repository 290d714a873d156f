"""Search for counterexamples: every case from the smallest size, then Hypothesis beyond enumeration."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any, Generic, TypeVar

from srtheory.conjectures.asking import Answer, Asker, BadPredicate, KeptAnswers
from srtheory.conjectures.levels import Instance, Level, Reach, Size
from srtheory.conjectures.registry import UNKNOWN, Conjecture
from srtheory.errors import ArgumentError, require_function, require_int, require_path, require_positive
from srtheory.own_code import blamed, told
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
class Hunt(Generic[C]):
    """Result of a search."""

    conjecture: Conjecture[C]
    """Conjecture that was tested."""
    counterexample: C | None
    """The smallest found."""
    smallest: bool
    """Whether enumeration proves that there is no smaller one."""
    searched: Searched
    """Cases that were examined."""


def hunt(
    conjecture: Conjecture[C],
    *,
    max_symbols: int | None = None,
    degree: int | None = None,
    seed: int = 2022,
    budget: float = 60.0,
    watch: Watch = lambda what, done: None,
    store: Path | None = None,
    processes: int = 1,
) -> Hunt[C]:
    """Search for the smallest counterexample.

    Parameters
    ----------
    conjecture : Conjecture
        Conjecture to test.
    max_symbols : int, optional
        Largest number of symbols, at least 1; by default the domain's.
    degree : int, optional
        The only degree, at least 1, for domains that have degrees.
    seed : int
        Seed of the Hypothesis search, at least 0; enumeration has no randomness.
    budget : float
        Seconds, above 0.  In the main thread they bound each call of the predicate, too, unless it is in compiled code
        and asked in this process, as all are beyond enumeration.
    watch : callable
        Told the size at work and how many more cases are done.
    store : Path, optional
        Folder in which the predicate's answers are kept as they arrive, and where later hunts find them.
    processes : int
        Processes on this machine that ask the predicate in enumeration, from 1 to 1024.  These, and a store, need a
        conjecture that :func:`~srtheory.conjectures.registry.load` has given.

    Returns
    -------
    Hunt
        The same for the same arguments, unless the budget or an interrupt (Ctrl-C) cut it short. A predicate that
        raises, or answers anything but True, False and None, is an ArgumentError.

    Raises
    ------
    OSError
        If the store cannot be read or written, or a process is killed; what was stored stays.
    """
    require_settings(conjecture, max_symbols, degree, seed, budget, processes)
    require_function("watch", watch)
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
