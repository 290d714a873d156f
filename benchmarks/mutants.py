"""Mutation testing: small faults put into the library, one at a time, and whether its tests see them.

Cosmic Ray makes the faults.  What it cannot do is done here: a sample with so many of each module, and for each fault
only the quick tests of its module, in a process that has NumPy and its like imported already.  ``make mutants``
installs it; the working copy is changed while it runs::

    python -m benchmarks.mutants out/mutants.json --seed 20223 --each 3

data/mutants.json keeps a sample, with what became of those that survived: ``equivalent`` and why, or the test that sees
them now.
"""

from __future__ import annotations

import argparse
import ast
import json
import multiprocessing
import os
import random
import resource
import signal
import time
from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import version
from math import inf
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = ("theory", "span", "decoders", "schemes", "experiments", "conjectures", "workers", "study", "cli")
COSTLY = (
    *("approximants", "binary", "bytewise", "core", "elimination", "growing", "growing_bytes", "growing_form"),
    *("krylov", "modular", "transform", "vectors", "vnni", "wide"),
)
"""Modules whose kernels are slow when they are interpreted: only those of them that are asked for by name."""
QUICK, LOOPS = 1.0, 20.0
"""Seconds of processor time of a quick test, and those after which it loops under a fault."""
STUCK = 150
"""Seconds of processor time after which a run is stuck; by the clock it has ten times as many."""
QUIET = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "OPENBLAS_NUM_THREADS": "1"}
PRELOADED = ("numpy", "scipy.stats", "scipy.optimize", "sympy", "flint", "galois", "hypothesis", "pyarrow.parquet")


@dataclass(frozen=True)
class Mutant:
    """A fault: where it is, and the line before and after."""

    module: str
    line: int
    operator: str
    occurrence: int
    before: str
    after: str


class Quick:
    """Plugin of pytest: kernels are interpreted, and a test that takes too long is stopped.

    Numba's cache knows nothing of a fault in another module, so that compiled kernels would hide it.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.passed: dict[str, float] = {}

    def pytest_configure(self) -> None:
        from srtheory.compiled import Kernel

        Kernel.machine = property(_as_written)  # type: ignore[assignment, method-assign]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self) -> Generator[None, bool, bool]:
        signal.signal(signal.SIGPROF, lambda *_: pytest.fail("too long"))
        signal.setitimer(signal.ITIMER_PROF, self.seconds)
        try:
            return (yield)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.passed[report.nodeid] = report.duration


def _as_written(kernel: Any) -> Any:
    import numpy as np

    from srtheory.compiled import _plain

    def call(*given: Any) -> Any:
        with np.errstate(all="ignore"):
            return _plain(kernel.function(*given))

    return call


def modules(costly: bool = False) -> list[Path]:
    """The modules that are mutated; those that are costly too, if so."""
    found = [path for folder in FOLDERS for path in sorted((ROOT / "srtheory" / folder).rglob("*.py"))]
    return [path for path in found if path.stem != "__init__" and (costly or path.stem not in COSTLY)]


def mirror(module: Path) -> list[str]:
    """The files of its mirror folder that import it and have its name; if there are none, all that import it.

    Tests of a command give its name, and import nothing of it.
    """
    name = ".".join(module.relative_to(ROOT).with_suffix("").parts)
    package, _, stem = name.rpartition(".")
    there = sorted((ROOT / "tests" / name.split(".")[1]).glob("test_*.py"))
    there = [path for path in there if not path.stem.endswith("_docs")]
    files = [path for path in there if imports(path.read_text(encoding="utf-8"), package, stem)]
    named = [path for path in (there if package == "srtheory.cli" else files) if stem.rstrip("s") in path.stem]
    return [str(path.relative_to(ROOT)) for path in named or files]


def imports(text: str, package: str, stem: str) -> bool:
    """Whether a test imports a module, in one of the two ways that there are."""
    names = [line for line in text.splitlines() if line.startswith(f"from {package} import")]
    return f"from {package}.{stem} import" in text or any(stem in line for line in names)


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
    """The fault as lines, or None if Python sees no program or no other one."""
    code = faulty(source, spec.operator_name, spec.occurrence)
    if meaning(code) in (None, meaning(source)):
        return None
    pairs = list(zip(source.splitlines(), code.splitlines(), strict=False))
    line = next(number for number, (one, other) in enumerate(pairs) if one != other)
    name = str(module.relative_to(ROOT))
    operator = spec.operator_name.removeprefix("core/")
    return Mutant(name, line + 1, operator, spec.occurrence, *(text.strip() for text in pairs[line]))


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


def run(tests: Sequence[str], seconds: float, *options: str) -> tuple[int | None, dict[str, float]]:
    """Exit code of pytest in a process of its own, None if it was stuck, and the tests that passed."""
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)

    def child() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (STUCK, STUCK))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        plugin = Quick(seconds)
        code = pytest.main([*options, "-q", "-m", "not slow", "-p", "no:cacheprovider", *tests], plugins=[plugin])
        there.send((int(code), plugin.passed))

    process = fork.Process(target=child)
    process.start()
    there.close()
    try:
        found: tuple[int | None, dict[str, float]] = here.recv() if here.poll(10 * STUCK) else (None, {})
    except EOFError:  # it has died
        process.join()
        found = (None if process.exitcode in (-signal.SIGXCPU, -signal.SIGKILL) else -1), {}
    process.kill()
    process.join()
    return found


def outcome(mutant: Mutant, tests: Sequence[str]) -> str:
    """Whether the tests see it; the file is restored with its time, by which Python knows what it has compiled."""
    path = ROOT / mutant.module
    source, status = path.read_text(), path.stat()
    path.write_text(faulty(source, f"core/{mutant.operator}", mutant.occurrence))
    try:
        code, _ = run(tests, LOOPS, "-x")
    finally:
        path.write_text(source)
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    return {0: "survived", None: "stuck"}.get(code, "killed")


def quick(tests: Sequence[str]) -> list[str]:
    """The tests that pass and are quick, quickest first."""
    passed = run(tests, QUICK)[1]
    return sorted(passed, key=passed.__getitem__)


def examine(seed: int, each: int, only: Sequence[str], minutes: float) -> Iterator[dict[str, Any]]:
    """The sample and what became of it, module by module in the order of the seed, until the time is over."""
    end = time.monotonic() + 60 * minutes
    for module in random.Random(f"{seed}").sample(found := modules(costly=bool(only)), len(found)):
        name = str(module.relative_to(ROOT))
        if time.monotonic() > end:
            break
        if only and not any(text in name for text in only):
            continue
        if files := mirror(module):
            tests = quick(files)
            for mutant in mutants(module, random.Random(f"{seed} {name}"), each):
                yield {**asdict(mutant), "outcome": outcome(mutant, tests)}


def main() -> None:
    """Write the sample with its outcomes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--seed", type=int, default=20223)
    parser.add_argument("--each", type=int, default=3, help="faults in a module")
    parser.add_argument("--only", nargs="*", default=[], help="parts of the names of modules, costly ones too")
    parser.add_argument("--minutes", type=float, default=inf, help="no module is begun after so many")
    given = parser.parse_args()
    os.environ.update(QUIET)
    for name in PRELOADED:
        import_module(name)
    found: list[dict[str, Any]] = []
    head = {"tool": f"cosmic-ray {version('cosmic-ray')}", "seed": given.seed, "each": given.each}
    for record in examine(given.seed, given.each, given.only, given.minutes):
        print(*record.values(), flush=True)
        found.append(record)
        given.file.write_text(json.dumps({**head, "mutants": found}, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
