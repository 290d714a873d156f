"""Mutation testing: small faults put into the library, one at a time, and whether its tests see them.

Cosmic Ray makes the faults.  What it cannot do is done here: a sample with so many of each module, and for each fault
only the quick tests of its module, in a process that has NumPy and its like imported already.  ``make mutants``
installs it; the working copy is changed while it runs::

    python -m benchmarks.mutants out/mutants.json --seed 20223 --each 3

data/mutants.json keeps a sample, with what became of those that survived: ``equivalent`` and why, or the test that sees
them now.  ``now`` says what became of a fault when it was tried again: ``seen``, ``gone`` or ``equivalent``.  The
faults on record are tried once more, found by their lines, by::

    python -m benchmarks.mutants out/again.json --again data/mutants.json --only srtheory/span
"""

from __future__ import annotations

import argparse
import ast
import json
import multiprocessing
import os
import random
import re
import resource
import signal
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("theory", "span", "decoders", "schemes", "experiments", "conjectures", "workers", "study", "cli")
STUDIED = ("paper_checks/theory",)
"""Folders of theory that serves the study of the paper alone."""
COSTLY = ("binary", "bytewise", "dense", "growing", "modular", "sparse", "wiedemann")
"""Modules whose kernels are slow when they are interpreted: only those of them that are asked for by name."""
MACHINE = ("bytewise", "growing")
"""Those of them whose kernels are compiled, as they call instructions of the processor."""
GENERAL = ("test_architecture.py", "test_interface.py", "theory/test_refusals.py")
"""Test files that look at all modules, or at all commands, and import few of them by name; so do all contracts."""
STUCK, CLOCK = 180, 600
"""Seconds of processor time, and by the clock, after which a run is stuck."""
FAILURES = 4
"""Tests that fail, after which none begins."""
LONGER = 10
"""How many times as long tests have in the second look at a fault that survived."""
PATIENCE = 900
"""Seconds by the clock that tests in full may take, after which nobody knows whether they see a fault."""
QUIET = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OPENBLAS_NUM_THREADS": "1"}
BROKEN = ", whose process is "
"""What is said of a test, before ``stuck`` or ``dead``, that sees a fault by that."""
PRELOADED = ("numpy", "scipy.stats", "scipy.optimize", "sympy", "flint", "galois", "hypothesis", "pyarrow.parquet")


@dataclass(frozen=True)
class Limits:
    """Seconds of processor time after which a test is stopped, and does not count, and after which none begins."""

    quick: float
    enough: float


IN_FULL = Limits(60.0, 120.0)
"""Limits of the test that saw a fault."""


def limits(module: Path) -> Limits:
    """The limits of a module's tests: time to interpret its kernels, or to compile them for each fault."""
    if module.stem in MACHINE:
        return Limits(30.0, 60.0)
    return Limits(2.0, 20.0) if module.stem in COSTLY else Limits(0.5, 8.0)


@dataclass(frozen=True)
class Mutant:
    """A fault: where it is, and the line before and after."""

    module: str
    line: int
    operator: str
    occurrence: int
    before: str
    after: str

    def planted_in(self, source: str) -> str | None:
        """The source with the fault, or None where its line, wherever it stands now, is gone."""
        lines = source.splitlines(keepends=True)
        places = [number for number, line in enumerate(lines) if line.strip() == self.before]
        if not places:
            return None
        place = min(places, key=lambda number: abs(number + 1 - self.line))
        lines[place] = lines[place].replace(self.before, self.after)
        return "".join(lines)


class Quick:
    """Plugin of pytest: kernels are interpreted where they can be, and tests that take too long are stopped.

    Numba's cache knows nothing of a fault in another module, so that compiled kernels would hide it.  The files take
    turns, test by test, so that each has its part of the time.
    """

    def __init__(self, limits: Limits, left_out: Collection[str]) -> None:
        self.limits, self.left_out = limits, left_out
        self.failed: list[str] = []
        self.passed: list[str] = []
        self.stopped: list[str] = []

    def pytest_configure(self) -> None:
        from srtheory.compiled import Kernel

        machine = Kernel.machine.fget  # type: ignore[attr-defined]
        as_written = property(lambda kernel: machine(kernel) if instructed(kernel) else _as_written(kernel))
        called = property(lambda kernel: machine(kernel)._numba_type_)  # by kernels that are compiled
        Kernel.machine, Kernel._numba_type_ = as_written, called  # type: ignore[assignment, method-assign]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        begun, turns = Counter[Path](), dict[str, int]()
        for item in items:
            turns[item.nodeid] = begun[item.path]
            begun[item.path] += 1
        items[:] = sorted((item for item in items if item.nodeid not in self.left_out), key=lambda i: turns[i.nodeid])
        self.end = spent() + self.limits.enough

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, bool, bool]:
        def stop(*_: object) -> None:
            self.stopped.append(item.nodeid)
            pytest.skip("too long")

        signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, self.limits.quick)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            if spent() > self.end:
                item.session.shouldstop = "enough"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)
        elif report.passed and report.when == "call":
            self.passed.append(report.nodeid)


def spent() -> float:
    """Seconds of processor time until now, those of processes that have ended included."""
    return sum(os.times()[:4])


def instructed(kernel: Any) -> bool:
    """Whether a kernel, or one that it calls, uses instructions that no interpreter has."""
    codes = [part.function for part in kernel.parts]
    used = [code.__globals__.get(name) for code in codes for name in code.__code__.co_names]
    return any(type(each).__name__ == "_Intrinsic" for each in used)


def _as_written(kernel: Any) -> Any:
    import numpy as np

    from srtheory.compiled import _plain

    def call(*given: Any) -> Any:
        with np.errstate(all="ignore"):
            return _plain(kernel.function(*given))

    return call


def modules(costly: bool = False) -> list[Path]:
    """The modules that are mutated; those that are costly too, if so."""
    folders = [*(f"srtheory/{folder}" for folder in FOLDERS), *STUDIED]
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if path.stem != "__init__" and (costly or path.stem not in COSTLY)]


def mirror(module: Path) -> list[str]:
    """The test files of a module; if it has none, those of the modules that import it, of their users, and so on.

    A module that is only found by its name is under the contract of its kind.
    """
    name, seen = dotted(module), set[str]()
    level = {name}
    while level:
        if files := {file for each in level for file in own(each)}:
            return sorted(files)
        seen |= level
        level = {user for user, names in library().items() if names & level} - seen
    contract = f"tests/contracts/test_{module.parent.name}.py"
    return [contract] if (ROOT / contract).exists() else []


def others(module: Path, first: Collection[str]) -> list[str]:
    """All other test files that import a module, of its folder and of others, and those that look at all modules."""
    name, general = dotted(module), [f"tests/{file}" for file in GENERAL]
    asked = [path for path in tests() if str(path) in general or path.parent.name == "contracts"]
    known = [str(path) for path in tests() if path in asked or name in imports(str(path))]
    return [path for path in known if path not in first]


def own(name: str) -> list[str]:
    """The files of a module's mirror folder that import it and have its name, else those that import it.

    If none imports it: those that have its name, or its package's, or that run it as a command.  Tests of a command
    give its name, and import nothing of it.
    """
    if (ROOT / name.replace(".", "/")).is_dir():  # a package
        return []
    package, _, stem = name.rpartition(".")
    folders = name.split(".")[1:-1]
    there = {path: text for path, text in tests().items() if list(path.parent.parts[1:]) == folders[:1]}
    if folders and folders[0] not in FOLDERS:
        return []
    files = [path for path in there if name in imports(str(path))]
    named = [path for path in (there if package == "srtheory.cli" else files) if stem.rstrip("s") in path.stem]
    called = [path for path in there if path.stem in (f"test_{stem}", f"test_{folders[-1]}" if folders[1:] else "")]
    run = [path for path, text in there.items() if package == "srtheory.cli" and f'run("{stem}"' in text]
    return [str(path) for path in named or files or called or run]


def dotted(path: Path) -> str:
    """The name by which a module is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@cache
def tests() -> dict[Path, str]:
    """The test files with their texts; those of pages and of attacks are left out."""
    found = [path.relative_to(ROOT) for path in sorted((ROOT / "tests").rglob("test_*.py"))]
    chosen = [path for path in found if not path.stem.endswith("_docs") and path.parent.name != "attack"]
    return {path: (ROOT / path).read_text(encoding="utf-8") for path in chosen}


@cache
def library() -> dict[str, frozenset[str]]:
    """The modules of the package and of its study, and what each imports."""
    found = sorted(path for home in ("srtheory", "paper_checks") for path in (ROOT / home).rglob("*.py"))
    return {dotted(path): imports(str(path.relative_to(ROOT))) for path in found}


@cache
def imports(file: str) -> frozenset[str]:
    """The names that a file imports, wherever it does."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return frozenset(found)


def mutants(module: Path, rng: random.Random, count: int) -> list[Mutant]:
    """So many faults at different places, drawn at random; annotations and docstrings have none."""
    from cosmic_ray.commands.init import _all_work_items

    source = module.read_text()
    places: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for item in _all_work_items([module], {}):
        (spec,) = item.mutations
        places[spec.start_pos].append(spec)
    chosen: list[Mutant] = []
    for place in rng.sample(sorted(places), len(places)):
        found = as_mutant(module, source, rng.choice(places[place]))
        if found is not None:
            chosen.append(found)
        if len(chosen) == count:
            break
    return chosen


def as_mutant(module: Path, source: str, spec: Any) -> Mutant | None:
    """The fault as lines, or None if Python sees no program or no other one, or Cosmic Ray has no fault here."""
    try:
        code = faulty(source, spec.operator_name, spec.occurrence)
    except AttributeError:  # the name of an exception with a dot in it
        return None
    if meaning(code) in (None, meaning(source)):
        return None
    pairs = list(zip(source.splitlines(), code.splitlines(), strict=False))
    line = next(number for number, (one, other) in enumerate(pairs) if one != other)
    name = str(module.relative_to(ROOT))
    operator = spec.operator_name.removeprefix("core/")
    found = Mutant(name, line + 1, operator, spec.occurrence, *(text.strip() for text in pairs[line]))
    return found if meaning(found.planted_in(source) or source) == meaning(code) else None  # it takes one line


def faulty(source: str, operator: str, occurrence: int) -> str:
    """The source with one fault."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    return mutate_code(source, get_operator(operator)(), occurrence)


def meaning(code: str) -> str | None:
    """The syntax tree without annotations, which nobody evaluates; None if it is no program."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if hasattr(node, name):
                setattr(node, name, None)
    return ast.dump(tree)


@dataclass(frozen=True)
class Run:
    """Tests, or whole files, that failed, the first few; those that passed, and those that were stopped."""

    failed: Sequence[str] = ()
    passed: Sequence[str] = ()
    stopped: Sequence[str] = ()
    broken: str = ""
    """``stuck`` or ``dead`` if the process was."""


def run(tests: Sequence[str], limits: Limits, left_out: Collection[str] = (), cache: str = "") -> Run:
    """The tests in a process of its own, which keeps compiled kernels in a folder ``cache`` if there is one."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)

    def child() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (STUCK, STUCK))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        if cache:
            from numba.core import config  # which has been imported, and reads no variable again

            config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"] = cache
        plugin = Quick(limits, left_out)
        code = pytest.main(
            [f"--maxfail={FAILURES}", "-q", "-m", "not slow", "-p", "no:cacheprovider", *tests], plugins=[plugin]
        )
        broken = code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.USAGE_ERROR)
        there.send(Run(plugin.failed, plugin.passed, plugin.stopped, "dead" if broken else ""))

    process = fork.Process(target=child)
    process.start()
    there.close()
    try:
        found = here.recv() if here.poll(CLOCK) else Run(broken="stuck")
    except EOFError:  # it has died
        process.join()
        found = Run(broken="stuck" if process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL) else "dead")
    process.kill()
    process.join()
    return found


@contextmanager
def planted(mutant: Mutant) -> Iterator[str]:
    """A folder for compiled kernels while the fault is there.

    The file is restored with its time, by which Python knows what it has compiled. Numba would not see that a module
    has changed whose kernels others call.
    """
    path = ROOT / mutant.module
    source, status = path.read_text(), path.stat()
    path.write_text(mutant.planted_in(source) or source)
    try:
        with TemporaryDirectory() as folder:
            yield folder
    finally:
        path.write_text(source)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def with_fault(mutant: Mutant, tests: Sequence[str], limits: Limits) -> Run:
    """The tests under a fault."""
    with planted(mutant) as folder:
        return run(tests, limits, WRONG, folder if (ROOT / mutant.module).stem in COSTLY else "")


def in_full(mutant: Mutant, tests: Sequence[str]) -> str | None:
    """A test that fails under a fault and not without it, where none is stopped, as ``make test`` would run them."""
    with planted(mutant) as folder:
        kernels = "@compiled" in (ROOT / mutant.module).read_text()
        found = _first_failure(tests, {"NUMBA_CACHE_DIR": folder} if kernels else {})
    return found if found and _first_failure([found]) is None else None


def _first_failure(tests: Sequence[str], more: Mapping[str, str] | None = None) -> str | None:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--tb=no", "-rfE", "-p", "no:cacheprovider", *tests]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")} | dict(
        more or {}
    )
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    found = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    return found[1] if found else None


WRONG: set[str] = set()
"""Tests that fail without a fault, where kernels are interpreted."""


def outcome(mutant: Mutant, tests: Sequence[str]) -> dict[str, Any]:
    """What became of a fault: a test that fails under it and not without it, or how many passed.

    If the tests of the module do not see it, those that were stopped and all others that import it have ten times as
    long.  A test that is stopped then too, and that ends without the fault in the usual time, has seen it.  What is
    left is tried by all of these tests in full.
    """
    time = limits(ROOT / mutant.module)
    first = _seen(mutant, tests, time)
    if isinstance(first, str):
        return {"outcome": "killed", "by": first}
    again = [*first.stopped, *others(ROOT / mutant.module, tests)]
    found = _seen(mutant, again, Limits(LONGER * time.quick, LONGER * time.enough)) if again else first
    if isinstance(found, str):
        return {"outcome": "killed", "by": found}
    both = [test for test in first.stopped if test in found.stopped]
    if ended := run(both, time).passed if both else ():
        return {"outcome": "killed", "by": f"{ended[0]}{BROKEN}stuck"}
    if by := in_full(mutant, [*tests, *others(ROOT / mutant.module, tests)]):
        return {"outcome": "killed", "by": by}
    return {"outcome": "survived", "passed": len(first.passed), "stopped": len(first.stopped)}


def _seen(mutant: Mutant, tests: Sequence[str], limits: Limits) -> Run | str:
    """A test that fails under a fault and not without it, or the first whose process is broken; otherwise the run."""
    while (found := with_fault(mutant, tests, limits)).failed and not found.broken:
        if by := [test for test in found.failed if usual(test, limits)]:
            return by[0]
        WRONG.update(found.failed)
    return f"{tests[0]}{BROKEN}{found.broken}" if found.broken else found


@cache
def usual(test: str, limits: Limits) -> bool:
    """Whether there is such a test, and it passes without a fault."""
    found = run([test], limits)
    return bool(found.passed) and test not in found.failed


def examine(
    seeds: Sequence[int], each: int, only: Sequence[str], known: Collection[tuple[str, int]] = ()
) -> Iterator[dict[str, Any]]:
    """The samples and what became of them, module by module in the order of the first seed, but for those known."""
    for module in random.Random(f"{seeds[0]}").sample(found := modules(costly=bool(only)), len(found)):
        name = str(module.relative_to(ROOT))
        if only and not any(text in name for text in only):
            continue
        tests = mirror(module)
        for seed in (seed for seed in seeds if (name, seed) not in known):
            for mutant in mutants(module, random.Random(f"{seed} {name}"), each):
                yield {**asdict(mutant), "seed": seed, **outcome(mutant, tests)}


def again(record: Path, only: Sequence[str], known: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """The faults on record that a test has seen, and what becomes of them now: ``gone`` where there is no such line.

    The test that saw a fault, or the file that is to see it, is tried first.
    """
    ours = [field.name for field in fields(Mutant)]
    tried = [{name: each[name] for name in ours} for each in known]
    for each in json.loads(record.read_text())["mutants"]:
        mutant = {name: each[name] for name in ours}
        asked = not only or any(text in each["module"] for text in only)
        if not asked or mutant in tried or each.get("now", each["outcome"]) in ("equivalent", "gone", "removed"):
            continue
        tried.append(mutant)
        module, fault = ROOT / each["module"], Mutant(**mutant)
        source = module.read_text() if module.exists() else ""
        if (code := fault.planted_in(source)) is None or meaning(code) in (None, meaning(source)):
            yield {**mutant, "outcome": "gone"}
        else:
            by = (each.get("by") or each.get("seen by", "")).partition(BROKEN)[0]
            seen = _seen(fault, [by], IN_FULL) if by and usual(by, IN_FULL) else None
            found = {"outcome": "killed", "by": seen} if isinstance(seen, str) else outcome(fault, mirror(module))
            yield {**mutant, **found}


def begun(file: Path, head: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What a file already has of this sample, at this commit."""
    if not file.exists():
        return []
    found = json.loads(file.read_text())
    records = found.pop("mutants")
    return records if found == head else []


def main() -> None:
    """Write the sample with its outcomes, or go on with a file that has a part of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, nargs="+", default=[20223])
    parser.add_argument("--each", type=int, default=3, help="faults in a module")
    parser.add_argument("--again", type=Path, help="a record, whose faults are tried in place of a sample")
    parser.add_argument("--only", nargs="*", default=[], help="parts of the names of modules, costly ones too")
    given = parser.parse_args()
    os.environ.update(QUIET)
    for name in PRELOADED:
        import_module(name)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    tool = f"cosmic-ray {version('cosmic-ray')}"
    head = {"tool": tool, "commit": commit.stdout.strip(), "seed": given.seed, "each": given.each}
    found = begun(given.file, head)
    if given.again:
        faults = again(given.again, given.only, found)
    else:
        of = Counter((record["module"], record["seed"]) for record in found)
        faults = examine(given.seed, given.each, given.only, [key for key, n in of.items() if n == given.each])
    for record in faults:
        print(*record.values(), flush=True)
        found.append(record)
        given.file.write_text(json.dumps({**head, "mutants": found}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
