"""Evaluation of predicates on cases, here or in several processes; stored answers are not computed again.

They are kept in a folder per conjecture, in files of a few thousand answers, written atomically.
``DIR/<id>/_hunt.json`` identifies them: the name of the conjecture, the digests of its file and of this package. An
answer is stored under the digest of its case. It thus serves every later search for the conjecture, with any arguments,
however earlier searches ended. A changed file counts as a different conjecture.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from inspect import iscoroutine
from itertools import islice
from math import inf
from pathlib import Path
from typing import Any, Generic, TypeVar

import numpy as np

from srtheory.conjectures.levels import Instance
from srtheory.conjectures.registry import Conjecture, Origin, UndecidedError, load_again
from srtheory.errors import ArgumentError
from srtheory.experiments.store import ForeignFileError, content, labelled, locked, set_aside
from srtheory.files import write_whole
from srtheory.own_code import UNBLAMED, source_digest, told
from srtheory.timer import Alarm, OutOfTime

C = TypeVar("C", bound=Instance)
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

    Raises
    ------
    BadPredicate
        If it raises, or answers anything but True, False and None.
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

        Raises
        ------
        OutOfTime
            If a case was being asked when time was out. The first of them is :attr:`asked`.
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

        Raises
        ------
        OSError
            If a file cannot be written; everything written before stays.
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
