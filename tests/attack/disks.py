"""Disks that fill up at each write of each verb.

A child's n-th opening of a file to be written fails, its n-th wait for the disk, or every file beyond so many bytes;
then there is room again.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from tests.attack import commands
from tests.attack.commands import Done
from tests.attack.crashes import COMMANDS, Touches, Undisturbed, contents, prepare, run, small_world, undisturbed
from tests.attack.report import Tally

FULL = ("No space left", "File too large")
ENOSPC = OSError(28, "No space left on device")
WRITES = ("span", "table", "one run", "hunt", "sweep", "verify", "figure", "film")
MESSAGE = 400
"""Bytes of the longest file that is left alone: stderr is a file, too."""
OLD = b"what was there before"


class Writes(Touches):
    """Counts what a child opens to write, or waits for; the n-th of these fails."""

    def __init__(self, kind: str, last: int | None = None) -> None:
        super().__init__(last)
        self.kind = kind

    def watch(self) -> None:
        if self.kind == "opening":
            sys.addaudithook(self.hear)
        else:
            fsync = os.fsync

            def waits(handle: int) -> None:
                self.next()
                fsync(handle)

            os.fsync = waits

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            place = Path(os.path.abspath(os.fsdecode(arguments[0]))) if not isinstance(arguments[0], int) else Path()
            if place.is_relative_to(Path.cwd() / "store") or place.is_relative_to(Path.cwd() / "report"):
                self.next()

    def next(self) -> None:
        self.more()
        if self.count == (self.last or 0) + 1 and self.last is not None:
            raise ENOSPC


@cache
def writes(verb: str, kind: str) -> int:
    """How many an undisturbed command makes."""
    with TemporaryDirectory() as name:
        count = Writes(kind)
        run(COMMANDS[verb], prepare(Path(name) / "x"), count.watch)
        return count.count


def places(verb: str, kind: str, most: int, rng: np.random.Generator) -> list[int]:
    """Places at which disks fill up: all, or so many of them."""
    left = undisturbed(verb).left.values()
    lengths = sorted({len(data) - 1 for data in left if len(data) > MESSAGE})
    every = lengths if kind == "length" else range(writes(verb, kind))
    return rng.permutation([*every])[: most if verb != "film" else min(most, 2)].tolist()  # it takes long


def full(verb: str, kind: str, place: int, folder: Path, old: bool) -> str | None:
    """The command with a full disk, perhaps where files of that name were; then with room."""
    for name in undisturbed(verb).left:
        if old and name.startswith("report/"):
            (folder / name).write_bytes(OLD)
    limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (place, place))  # noqa: E731
    done = run(COMMANDS[verb], folder, limit if kind == "length" else Writes(kind, place).watch)
    return _halfway(verb, done, folder, old) or resumed(verb, folder)


def _halfway(verb: str, done: Done, folder: Path, old: bool) -> str | None:
    """Told in one line that names a file, and every file is the old one, the new one or not there."""
    right = undisturbed(verb)
    for name, data in contents(folder).items():
        if name.endswith(".tmp"):
            return f"{name} stays"
        if not _may_be(name, data, right) and not (old and data == OLD):
            return f"{name} has {len(data)} bytes, not those of a whole run"
    if (done.status, done.stdout) == (right.done.status, right.done.stdout):
        return None
    lines = [line for line in done.stderr.splitlines() if " takes about " not in line and " takes at most " not in line]
    told = len(lines) == 1 and any(text in lines[0] for text in FULL) and ("store" in lines[0] or "report" in lines[0])
    return None if done.status == 2 and told else f"told with {done.status}: {done.stderr[-300:]!r}"


def _may_be(name: str, data: bytes, right: Undisturbed) -> bool:
    if name.startswith("report/report."):  # which has the day's environment
        return data.rstrip().endswith(b"</html>")
    if "_hunt" in name or (name.startswith("store/") and name.endswith(".json") and "_task" not in name):
        return json.loads(data) is not None  # as many answers as there were at that second
    return right.left.get(name) == data


def resumed(verb: str, folder: Path) -> str | None:
    done, right = run(COMMANDS[verb], folder), undisturbed(verb)
    if (done.status, done.stdout) != (right.done.status, right.done.stdout):
        return f"then {done.status}: {done.stdout[:80]!r} {done.stderr[-300:]!r}"
    found = contents(folder)
    differ = sorted(name for name in found | right.left if name not in found or not _may_be(name, found[name], right))
    return f"in the end {differ} differ" if differ else None


SAID = {"opening": "no new file", "waiting": "told late", "length": "no longer file"}


def attack(kinds: dict[str, int], seed: int, tally: Tally, verbs: tuple[str, ...]) -> None:
    """Each verb with so many full disks of each kind."""
    with TemporaryDirectory() as name, small_world():
        commands.warm_up(Path(name))
        for number, verb in enumerate(verbs):
            for other, (kind, most) in enumerate(kinds.items()):
                rng = np.random.default_rng((seed, number, other))
                for place in places(verb, kind, most, rng):
                    folder = prepare(Path(name) / f"{verb}-{kind}-{place}")
                    wrong = full(verb, kind, place, folder, old=bool(rng.random() < 0.5))
                    tally.count(f"a full disk, {SAID[kind]}, {verb}", wrong and f"place {place}: {wrong}")
                    shutil.rmtree(folder)
