"""Answers of a predicate on disk: a folder per conjecture, with files of a few thousand answers, written atomically.

``DIR/<id>/_hunt.json`` identifies them: the name of the conjecture, the digests of its file and of this package. An
answer is stored under the digest of its case. It thus serves every later search for the conjecture, with any arguments,
however earlier searches ended. A changed file counts as a different conjecture.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from srtheory.conjectures.asking import Answer
from srtheory.conjectures.levels import Instance
from srtheory.conjectures.registry import Conjecture
from srtheory.errors import ArgumentError
from srtheory.experiments.store import ForeignFileError, content, labelled, locked, set_aside
from srtheory.files import write_whole
from srtheory.own_code import source_digest

MOST = 5000
"""Largest number of answers in a file."""
EVERY = 1.0
"""Seconds between two writes."""
_KEY = 32
"""Number of digits of a case's digest."""


class KeptAnswers:
    """Answers on a conjecture, in memory and on disk.

    Parameters
    ----------
    store : Path
        Folder of records.
    conjecture : Conjecture
        One that was loaded by its name.

    Raises
    ------
    ArgumentError
        If the conjecture has no origin, or a valid file of another kind is in the place of its answers.
    OSError
        If the folder cannot be made, read or locked.

    Notes
    -----
    About 250 bytes of memory an answer.  Each is on disk a second after it was given, or with the next one.
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
            return self._damaged(path, str(error))
        if not isinstance(found, dict) or set(found) != {"hunt", "answers", "digest"}:
            raise self._foreign(path)
        if found["digest"] != answers_sum(found["hunt"], found["answers"]):
            return self._damaged(path, "it holds something other than what was written")
        if found["hunt"] != self._id:
            raise self._foreign(path)
        return {key: Answer(answer) for key, answer in found["answers"].items()}

    def _damaged(self, path: Path, why: str) -> dict[str, Answer]:
        set_aside(path, why)
        return {}

    def _foreign(self, path: Path) -> ForeignFileError:
        return ForeignFileError(path, f"answers of hunt {self._id}, or not there")


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
