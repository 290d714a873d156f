"""Runs that end in the middle: killed, out of disk, in each other's way, with a store that was damaged meanwhile.

Nothing is judged by the clock.  A run is killed at the n-th thing it does to its store, in the middle of a write, after
a share of the processor time that it takes undisturbed, or once its store has so many bytes; whichever moment that
turns out to be, what is there must be whole, and the same command must end as if nothing had happened.
"""

from __future__ import annotations

import mmap
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from srtheory.experiments import store
from tests.attack import commands
from tests.attack.commands import Done
from tests.attack.report import Tally

SPEC = """
trials = 70
seed = 3
[[tasks]]
scheme = "sr"
symbols = 9
degree = [2, 3]
tau = 0.1
startup = "expon(scale=5)"
decoder = "hitting"
[[tasks]]
scheme = "bcc"
symbols = 12
degree = 4
tau = 0.1
startup = "pareto(b=1)"
"""
TASK = ["simulate", "sr", "--symbols", "9", "--degree", "2", "--tau", "0.1", "--startup", "expon(scale=5)"]
VERBS = {
    "simulate": [*TASK, "--trials", "130", "--seed", "1", "--decoder", "hitting", "--out", "store", "--json"],
    "sweep": ["sweep", "spec.toml", "--store", "store", "--json"],
    "verify": ["verify", "tiny.py", "--store", "store", "--out", "report", "--json"],
}
LONGER = [x if x != "130" else "190" for x in VERBS["simulate"]]
MANY = {
    "simulate": [x if x != "130" else "3000" for x in VERBS["simulate"]],
    "sweep": [*VERBS["sweep"], "--trials", "1000"],
}
KILLED = 20
FULL = ("No space left", "File too large")
TICKS = os.sysconf("SC_CLK_TCK")
COMPILING = 600
"""Seconds of the processor: a child may find that its kernels have never been compiled here."""


STUDY = """
from srtheory import Finding, Model, Study, Verdict, parse_law

study = Study(title="Tiny", at=Model(9, 3, 0.1, parse_law("expon(scale=5)")))


@study.claim("tiny", "IV", "Runs go on.")
def tiny(lab):
    means = [lab.sample("latency", scheme, degree=3, trials=70).mean() for scheme in ("repetition", "parts-cyclic")]
    return Finding(Verdict.SUPPORTED, f"Mean latencies {means}.", {"how": "runs"}, lab.trials)
"""
"""A claim that takes two experiments of little work each."""


@contextmanager
def small_world():
    """Blocks of 50 trials."""
    largest, store.LARGEST_BLOCK = store.LARGEST_BLOCK, 50
    try:
        yield
    finally:
        store.LARGEST_BLOCK = largest


# ------------------------------------------------------------------------------------------------------------ running


def start(arguments: list[str], folder: Path, name: str, first: Callable[[], object] = bool) -> int:
    """The command in a child of this process, which does ``first`` before anything else; its process id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # as in tests.attack.commands.run
        child = os.fork()
    if child == 0:
        first()
        commands._live(arguments, folder, folder / f".{name}.out", folder / f".{name}.err", COMPILING)
    return child


def finish(child: int, folder: Path, name: str) -> Done:
    _, status = os.waitpid(child, 0)
    texts = [(folder / f".{name}.{end}").read_text(errors="replace") for end in ("out", "err")]
    return Done(os.waitstatus_to_exitcode(status), *texts)


def run(arguments: list[str], folder: Path, first: Callable[[], object] = bool) -> Done:
    return finish(start(arguments, folder, "only", first), folder, "only")


def contents(folder: Path) -> dict[str, bytes]:
    """Bytes of all files of the store and of the report, by name."""
    roots = [folder / "store", folder / "report"]
    files = [path for root in roots for path in sorted(root.rglob("*")) if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def prepare(folder: Path) -> Path:
    folder.mkdir()
    (folder / "spec.toml").write_text(SPEC)
    (folder / "tiny.py").write_text(STUDY)
    return folder


@dataclass(frozen=True)
class Undisturbed:
    """What a command prints and leaves, how often it touches its store, and how long it works."""

    done: Done
    left: dict[str, bytes]
    touches: int
    seconds: float

    @property
    def most(self) -> int:
        return max(map(len, self.left.values()))


class Touches:
    """Counts what a child does to files, and kills it at one of these: an audit hook, which no run takes off."""

    EVENTS = frozenset({"open", "os.rename", "os.remove", "os.mkdir", "os.listdir", "os.scandir", "fcntl.flock"})

    def __init__(self, last: int | None = None, blocks: int = 0) -> None:
        """It is killed at touch ``last`` of those after it has stored so many blocks."""
        self.last, self.blocks, self._count = last, blocks, mmap.mmap(-1, 8)

    @property
    def count(self) -> int:
        return int.from_bytes(self._count[:], "little")

    def watch(self) -> None:
        sys.addaudithook(self._hook)

    def _hook(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in self.EVENTS and (event == "fcntl.flock" or "store" in str(arguments[0])):
            if self.count == self.last and not self.blocks:
                os.kill(os.getpid(), signal.SIGKILL)
            if self.blocks:
                self.blocks -= event == "os.rename" and str(arguments[1]).endswith(".parquet")
                return
            self._count[:] = (self.count + 1).to_bytes(8, "little")


@cache
def undisturbed(verb: str) -> Undisturbed:
    with TemporaryDirectory() as name:
        folder, touches, before = prepare(Path(name) / "x"), Touches(), os.times()
        done = run(VERBS[verb], folder, touches.watch)
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        assert done.status == 0, done
        return Undisturbed(done, contents(folder), touches.count, spent)


# -------------------------------------------------------------------------------------------------------------- kills


def at_a_touch(verb: str, folder: Path, rng) -> Done:
    return run(VERBS[verb], folder, Touches(int(rng.integers(undisturbed(verb).touches))).watch)


def in_a_write(verb: str, folder: Path, rng) -> Done:
    """The system ends it at this byte of a file."""
    size = int(rng.integers(1, undisturbed(verb).most))

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return run(VERBS[verb], folder, limit)


def _killed_when(child: int, true: Callable[[], bool], folder: Path) -> Done:
    while os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        if true():
            os.kill(child, signal.SIGKILL)
            break
        time.sleep(0.001)
    return finish(child, folder, "only")


def after_a_share(verb: str, folder: Path, rng) -> Done:
    """Of the processor time that it takes undisturbed."""
    share = float(rng.random()) * undisturbed(verb).seconds
    child = start(VERBS[verb], folder, "only")
    begin = _ticks(child)
    return _killed_when(child, lambda: (_ticks(child) - begin) / TICKS >= share, folder)


def _ticks(child: int) -> int:
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def at_some_bytes(verb: str, folder: Path, rng) -> Done:
    """Once its store has so many."""
    size = int(rng.integers(1, sum(map(len, undisturbed(verb).left.values()))))
    return _killed_when(start(VERBS[verb], folder, "only"), lambda: _bytes(folder / "store") >= size, folder)


def _bytes(folder: Path) -> int:
    found = 0
    for path in folder.rglob("*"):
        try:
            found += path.stat().st_size
        except FileNotFoundError:  # renamed meanwhile
            continue
    return found


KILLS = {
    "at a touch of its store": at_a_touch,
    "in the middle of a write": in_a_write,
    "after a share of its time": after_a_share,
    "at some bytes": at_some_bytes,
}


def killed(verb: str, how: str, folder: Path, rng) -> str | None:
    """Once or, perhaps, twice, and then resumed."""
    if not _in_time(verb, how, folder, rng):
        at_a_touch(verb, folder, rng)
    again = rng.random() < 0.3
    wrong = half_done(verb, folder)
    if again and not wrong:
        KILLS[how](verb, folder, rng)  # what is left to do may be done before
        wrong = half_done(verb, folder)
    return wrong or resumed(verb, folder)


def _in_time(verb: str, how: str, folder: Path, rng) -> bool:
    """Whether it was killed before it was done; if not, all is begun anew, a few times."""
    for _ in range(5):
        if KILLS[how](verb, folder, rng).status < 0:
            return True
        shutil.rmtree(folder)
        prepare(folder)
    return False


def half_done(verb: str, folder: Path) -> str | None:
    """What must not be there: a file of records that is not the undisturbed run's."""
    whole = undisturbed(verb).left
    for name, data in contents(folder).items():
        if name.startswith("store/") and not name.endswith(".tmp") and whole.get(name) != data:
            return f"{name} has {len(data)} bytes, not those of a whole run"
    return None


def resumed(verb: str, folder: Path, but: tuple[str, ...] = ()) -> str | None:
    """``but`` are names of files that may be there besides."""
    done, right = run(VERBS[verb], folder), undisturbed(verb)
    if (done.status, done.stdout) != (right.done.status, right.done.stdout):
        return f"then {done.status}: {done.stdout[:80]!r} {done.stderr[-300:]!r}"
    found = contents(folder)
    differ = {name for name in found | right.left if found.get(name) != right.left.get(name)} - set(but)
    differ -= {name for name in differ if name.startswith("report/report")}  # which has the day's environment
    return f"in the end {sorted(differ)} differ" if differ else None


def killed_again_and_again(verb: str, folder: Path, rng) -> str | None:
    """The same run twenty times, each time soon after it stored one more block; what was stored stays."""
    kills, before = 0, dict[str, bytes]()
    arguments, least = (MANY[verb], KILLED) if verb in MANY else (VERBS[verb], 1)
    while kills < KILLED:
        watch = Touches(int(rng.integers(1, 12)), blocks=1)
        done = run(arguments, folder, watch.watch)
        if done.status >= 0:
            break
        kills += 1
        found = contents(folder)
        drafts = [name for name in found if name.endswith(".tmp")]
        lost = [name for name, data in before.items() if found.get(name) != data]
        if lost or len(drafts) > 1:
            return f"after {kills} kills {lost} are gone, {drafts} stay"
        before = {name: data for name, data in found.items() if name not in drafts}
    alone = prepare(folder.with_name(f"{folder.name}-alone"))  # as deep as that: the report has links
    right, done = run(arguments, alone), run(arguments, folder)
    if (done.status, done.stdout) != (right.status, right.stdout) or kills < least:
        return f"after {kills} kills {done.status}: {done.stderr[-200:]!r}"
    return None if contents(folder) == contents(alone) else "the store is not that of an undisturbed run"


# ------------------------------------------------------------------------------------------ two writers, and full disks


def two_writers(verb: str, folder: Path, rng) -> str | None:
    """At the same store at once, perhaps for more trials; one of them may be killed."""
    more = LONGER if verb == "simulate" and rng.random() < 0.5 else VERBS[verb]
    kill = Touches(int(rng.integers(undisturbed(verb).touches))) if rng.random() < 0.5 else None
    both = [start(VERBS[verb], folder, "one", kill.watch if kill else bool), start(more, folder, "two")]
    one, two = (finish(child, folder, name) for child, name in zip(both, ("one", "two"), strict=True))
    if two.status or (one.status and not kill):
        return f"they ended with {one.status} and {two.status}: {one.stderr[-200:]!r} {two.stderr[-200:]!r}"
    right = undisturbed(verb)
    if (not one.status and one.stdout != right.done.stdout) or (more != LONGER and two.stdout != right.done.stdout):
        return "they print something else than one alone"
    if more == LONGER:
        return _as_alone(folder)
    return resumed(verb, folder)


def two_tasks(verb: str, folder: Path, rng) -> str | None:
    """Two commands at one store at once, which share no task; one may be killed, and is given again."""
    other = "sweep" if verb == "simulate" else "simulate"
    kill = Touches(int(rng.integers(undisturbed(verb).touches))) if rng.random() < 0.5 else None
    both = [start(VERBS[verb], folder, "one", kill.watch if kill else bool), start(VERBS[other], folder, "two")]
    one, two = (finish(child, folder, name) for child, name in zip(both, ("one", "two"), strict=True))
    if kill:
        one = run(VERBS[verb], folder)
    for name, done in ((verb, one), (other, two)):
        if (done.status, done.stdout) != (undisturbed(name).done.status, undisturbed(name).done.stdout):
            return f"{name} ends with {done.status}: {done.stderr[-200:]!r}"
    right, found = undisturbed(verb).left | undisturbed(other).left, contents(folder)
    differ = {name for name in found | right if found.get(name) != right.get(name)}
    differ -= {name for name in differ if name.startswith("report/report")}
    return f"in the end {sorted(differ)} differ" if differ else None


def _as_alone(folder: Path) -> str | None:
    """The longer of two runs has the last word."""
    alone = prepare(folder.with_name(f"{folder.name}-alone"))  # as deep as that: the report has links
    done = run(LONGER, alone)
    if (again := run(LONGER, folder)).stdout != done.stdout:
        return f"then {again.status}: {again.stderr[-200:]!r}"
    return None if contents(folder) == contents(alone) else "the store is not that of the longer run"


def full_disk(verb: str, folder: Path, rng) -> str | None:
    """No file may become longer than so many bytes."""
    size = int(rng.integers(1, undisturbed(verb).most))
    limit = (resource.RLIMIT_FSIZE, (size, size))
    done = run(VERBS[verb], folder, lambda: resource.setrlimit(*limit))
    wrong = half_done(verb, folder) or (_not_told(done) if done.status else None)
    return wrong or resumed(verb, folder)


def full_file_system(verb: str, folder: Path, rng) -> str | None:
    """A file system of a few pages that fills up; then one with room."""
    place, pages = folder / "store", int(rng.integers(1, 8))
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={pages * 4}k", "none", place], check=True)
    try:
        done = run(VERBS[verb], folder)
        wrong = half_done(verb, folder) or (_not_told(done) if done.status else None)
        subprocess.run(["mount", "-o", "remount,size=4m", place], check=True)
        return wrong or resumed(verb, folder)
    finally:
        subprocess.run(["umount", place], check=True)


@cache
def may_mount() -> bool:
    """Whether this user may; else there are limits on files alone."""
    with TemporaryDirectory() as name:
        try:
            mounted = subprocess.run(["mount", "-t", "tmpfs", "none", name], check=False, capture_output=True)
        except OSError:
            return False
        return mounted.returncode == 0 and not subprocess.run(["umount", name], check=True).returncode


def _not_told(done: Done) -> str | None:
    lines = done.stderr.splitlines()
    if done.status != 2 or len(lines) != 1 or not any(text in done.stderr for text in FULL):
        return f"a full disk is told with {done.status}: {done.stderr[-300:]!r}"
    return None


# ------------------------------------------------------------------------------------------------------------- damages


def _cut(data: bytes, rng) -> bytes:
    return data[: int(rng.integers(len(data)))]


def _flip(data: bytes, rng) -> bytes:
    """One bit, or one in each of up to five bytes."""
    flipped = bytearray(data)
    for _ in range(int(rng.choice([1, 1, 5]))):
        flipped[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    return bytes(flipped)


def _holes(data: bytes, rng) -> bytes:
    """A page that was never written."""
    begin = int(rng.integers(len(data)))
    return data[:begin] + bytes(min(512, len(data) - begin)) + data[begin + 512 :]


def _longer(data: bytes, rng) -> bytes:
    return data + bytes(int(rng.integers(1, 600)))


DAMAGES = {"cut": _cut, "bits flipped": _flip, "a page of zeros": _holes, "bytes added": _longer}


def damaged(verb: str, how: str, folder: Path, rng) -> str | None:
    """A file of a finished store is changed: it is set aside and computed anew, or refused by name and left alone."""
    right = undisturbed(verb)
    for name, data in right.left.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    victim = folder / str(rng.choice([name for name in right.left if name.startswith("store/")]))
    if how == "foreign":
        _foreign(verb, victim, rng)
    else:
        victim.write_bytes(DAMAGES[how](victim.read_bytes(), rng))
    before, now = contents(folder), victim.read_bytes()
    done = run(VERBS[verb], folder)
    if done.status == 2:
        one_line = len(done.stderr.splitlines()) == 1 and victim.name in done.stderr
        return None if one_line and contents(folder) == before else f"refused as {done.stderr[-200:]!r}"
    if (done.status, done.stdout) != (0, right.done.stdout):
        return f"{victim.name}: {done.status}, {done.stdout[:80]!r} {done.stderr[-200:]!r}"
    aside = {name for name in contents(folder) if ".damaged" in name}
    if aside:
        kept = [contents(folder)[name] for name in aside]
        if kept != [now] or "is damaged" not in done.stderr:
            return f"set aside as {sorted(aside)}, and said {done.stderr[-200:]!r}"
        return resumed(verb, folder, tuple(aside))
    if victim.read_bytes() != now:
        return f"{victim.name} was replaced without a word"
    return resumed(verb, folder, (victim.relative_to(folder).as_posix(),))  # the damage did no harm


def _foreign(verb: str, victim: Path, rng) -> None:
    """A sound file of something else in its place: another block, or one of another task."""
    others = sorted(path for path in (victim.parents[1]).rglob(f"*{victim.suffix}") if path != victim)
    if others and rng.random() < 0.7:
        victim.write_bytes(others[int(rng.integers(len(others)))].read_bytes())
    else:
        elsewhere = undisturbed("simulate" if verb != "simulate" else "sweep").left
        alike = [data for name, data in sorted(elsewhere.items()) if name.endswith(victim.suffix) and "store/" in name]
        victim.write_bytes(alike[int(rng.integers(len(alike)))])


# ----------------------------------------------------------------------------------------------------------- the attack

Try = Callable[[str, Path, np.random.Generator], str | None]


def tries() -> dict[str, Try]:
    kills = {f"killed {how}": lambda verb, folder, rng, how=how: killed(verb, how, folder, rng) for how in KILLS}
    stores = {
        f"a store damaged: {how}": lambda verb, folder, rng, how=how: damaged(verb, how, folder, rng)
        for how in [*DAMAGES, "foreign"]
    }
    disks: dict[str, Try] = {"two writers": two_writers, "a file that may not grow": full_disk}
    more: dict[str, Try] = {"killed again and again": killed_again_and_again, "two tasks": two_tasks}
    return kills | disks | ({"a full file system": full_file_system} if may_mount() else {}) | stores | more


def attack(each: dict[str, int], seed: int, tally: Tally, verbs: tuple[str, ...] = tuple(VERBS)) -> None:
    """So many tries of each kind, by the beginning of its name, the verbs taking turns."""
    with TemporaryDirectory() as name, small_world():
        commands.warm_up(Path(name))
        for number, (kind, attempt) in enumerate(tries().items()):
            times = next((n for begin, n in each.items() if kind.startswith(begin)), 0)
            for i in range(times):
                verb, folder = verbs[(number + i) % len(verbs)], prepare(Path(name) / f"{number}-{i}")
                wrong = attempt(verb, folder, np.random.default_rng((seed, number, i)))
                tally.count(f"{kind}, {verb}", wrong and f"case {seed}, {number}, {i}: {wrong}")
                shutil.rmtree(folder)
