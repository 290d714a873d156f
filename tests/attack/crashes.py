"""Runs that end in the middle: killed, in each other's way, with a store that was damaged meanwhile.

A run is killed at the n-th thing it does to its store, or at a byte of a file.  What is there must be whole, and the
same command must end as if nothing had happened.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import shutil
import signal
import sys
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
OTHERS = {
    "longer": LONGER,
    "span": ["span", "good.json", "--certificate", "report/c.json", "--json"],
    "table": ["table", "small-cases", "--out", "report/t.csv", "--format", "csv"],
    "one run": [*TASK, "--trials", "60", "--matrix", "report/m.json", "--certificate", "report/c.json", "--json"],
    "hunt": ["hunt", "covered-implies-spans", "--out", "report", "--store", "store"],
    "figure": ["figure", "tanner", "--out", "report"],
    "film": ["figure", "run", "--animate", "--out", "report"],
}
COMMANDS = VERBS | OTHERS
MATRIX = {"columns": 60, "rows": [[i % 60, (i + 1) % 60, (i + 2) % 60] for i in range(60)]}
MANY = {
    "simulate": [x if x != "130" else "3000" for x in VERBS["simulate"]],
    "sweep": [*VERBS["sweep"], "--trials", "1000"],
}
KILLED = 20
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
        commands.live(arguments, folder, folder / f".{name}.out", folder / f".{name}.err", COMPILING)
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
    (folder / "report").mkdir(parents=True)
    (folder / "good.json").write_text(json.dumps(MATRIX))
    (folder / "spec.toml").write_text(SPEC)
    (folder / "tiny.py").write_text(STUDY)
    return folder


@dataclass(frozen=True)
class Undisturbed:
    """What a command prints and leaves, and how often it touches its store."""

    done: Done
    left: dict[str, bytes]
    touches: int

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
        sys.addaudithook(self.hear)

    def more(self) -> None:
        self._count[:] = (self.count + 1).to_bytes(8, "little")

    def hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if event in self.EVENTS and (event == "fcntl.flock" or "store" in str(arguments[0])):
            if self.count == self.last and not self.blocks:
                os.kill(os.getpid(), signal.SIGKILL)
            if self.blocks:
                self.blocks -= event == "os.rename" and str(arguments[1]).endswith(".parquet")
                return
            self.more()


@cache
def undisturbed(verb: str) -> Undisturbed:
    with TemporaryDirectory() as name:
        folder, touches = prepare(Path(name) / "x"), Touches()
        done = run(COMMANDS[verb], folder, touches.watch)
        assert done.status in (0, 1), done
        return Undisturbed(done, contents(folder), touches.count)


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


KILLS = {"at a touch of its store": at_a_touch, "in the middle of a write": in_a_write}


def killed(verb: str, how: str, folder: Path, rng) -> str | None:
    """Once or, perhaps, twice, and then resumed; begun anew, a few times, where it was done before it was killed."""
    for _ in range(5):
        if KILLS[how](verb, folder, rng).status < 0:
            break
        shutil.rmtree(folder)
        prepare(folder)
    else:
        at_a_touch(verb, folder, rng)
    wrong = half_done(verb, folder)
    if rng.random() < 0.3 and not wrong:
        KILLS[how](verb, folder, rng)  # what is left to do may be done before
        wrong = half_done(verb, folder)
    return wrong or resumed(verb, folder)


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
    return unlike(contents(folder), right.left, but)


def unlike(found: dict[str, bytes], right: dict[str, bytes], but: tuple[str, ...] = ()) -> str | None:
    """Files that are not as they should be, the day's environment in a report left out."""
    differ = {name for name in found | right if found.get(name) != right.get(name)} - set(but)
    differ = {name for name in differ if not name.startswith("report/report")}
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
    if kills < least:
        return f"only {kills} kills"
    alone = prepare(folder.with_name(f"{folder.name}-alone"))  # as deep as that: the report has links
    right, done = run(arguments, alone), run(arguments, folder)
    if (done.status, done.stdout) != (right.status, right.stdout):
        return f"then {done.status}: {done.stderr[-200:]!r}"
    return unlike(contents(folder), contents(alone))


def two_at_once(verb: str, folder: Path, rng) -> str | None:
    """At one store: the same command again, for more trials, or one of other tasks; the first may be killed."""
    others = ["sweep" if verb == "simulate" else "simulate", verb, *(["longer"] if verb == "simulate" else [])]
    other = str(rng.choice(others))
    kill = Touches(int(rng.integers(undisturbed(verb).touches))) if rng.random() < 0.5 else None
    children = [start(VERBS[verb], folder, "one", kill.watch if kill else bool), start(COMMANDS[other], folder, "two")]
    one, two = (finish(child, folder, name) for child, name in zip(children, ("one", "two"), strict=True))
    one = run(VERBS[verb], folder) if one.status and kill else one
    for name, done in ((verb, one), (other, two)):
        if (done.status, done.stdout) != (undisturbed(name).done.status, undisturbed(name).done.stdout):
            return f"{name} ends with {done.status}: {done.stderr[-200:]!r}"
    return unlike(contents(folder), undisturbed(verb).left | undisturbed(other).left)


# ------------------------------------------------------------------------------------------------------------- damages


def flipped(data: bytes, rng) -> bytes:
    """One bit, or one in each of up to five bytes."""
    changed = bytearray(data)
    for _ in range(int(rng.choice([1, 1, 5]))):
        changed[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def unwritten(data: bytes, rng) -> bytes:
    begin = int(rng.integers(len(data)))
    return data[:begin] + bytes(min(512, len(data) - begin)) + data[begin + 512 :]


DAMAGES = {
    "cut": lambda data, rng: data[: int(rng.integers(len(data)))],
    "bits flipped": flipped,
    "a page of zeros": unwritten,
    "bytes added": lambda data, rng: data + bytes(int(rng.integers(1, 600))),
}


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
    elsewhere = undisturbed("simulate" if verb != "simulate" else "sweep").left
    alike = [data for name, data in sorted(elsewhere.items()) if name.endswith(victim.suffix) and "store/" in name]
    if rng.random() < 0.7:
        others = sorted(path for path in victim.parents[1].rglob(f"*{victim.suffix}") if path != victim)
        alike = [path.read_bytes() for path in others] or alike
    victim.write_bytes(alike[int(rng.integers(len(alike)))])


# ----------------------------------------------------------------------------------------------------------- the attack

Try = Callable[[str, Path, np.random.Generator], str | None]


def tries() -> dict[str, Try]:
    kills = {f"killed {how}": lambda verb, folder, rng, how=how: killed(verb, how, folder, rng) for how in KILLS}
    stores = {
        f"a store damaged: {how}": lambda verb, folder, rng, how=how: damaged(verb, how, folder, rng)
        for how in [*DAMAGES, "foreign"]
    }
    return kills | stores | {"killed again and again": killed_again_and_again, "two at once": two_at_once}


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
