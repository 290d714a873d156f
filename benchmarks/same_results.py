"""Compare what the commands print and store with another revision: ``python -m benchmarks.same_results REVISION``.

Each command below runs on the work tree and on REVISION, checked out in a temporary folder.  Printed JSON, tables and
every CSV file must be equal to the byte, Parquet records and their ids to the bit.  A difference is printed with its
command, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow.parquet as pq
from tqdm import tqdm

ROOT = Path(__file__).parent.parent

SWEEP = """
trials = 40
seed = 5

[[tasks]]
scheme = ["sr", "sr-with-replacement", "repetition", "bcc", "parts-stream", "parts-cyclic", "arcs"]
symbols = 24
degree = [2, 4, 23]
tau = [0.02, 1.0]
startup = ["expon(scale=5)", "pareto(b=1)"]

[[tasks]]
scheme = ["one", "uncoded", "terms-random", "terms-cyclic", "genie", "lt-systematic"]
symbols = 24
tau = 0.02
startup = ["expon(scale=5)", "weibull_min(c=0.5)"]

[[tasks]]
scheme = ["gradient-fractional", "gradient-cyclic"]
symbols = 24
stragglers = [0, 5]
tau = 0.02
startup = "expon(scale=5)"
message_cost = [0, 0.1]

[[tasks]]
scheme = "sr"
symbols = 24
degree = 4
access = 9
tau = 0.02
startup = "expon(scale=5)"
message_cost = 0.01
master_time = 0.01
silent = 0.1

[[tasks]]
scheme = ["sr", "parts-cyclic"]
symbols = 24
workers = 8
degree = 3
tau = 0.02
startup = "lognorm(s=1)"

[[tasks]]
scheme = "sr-sizes"
symbols = 40
sizes = ["3", "2:0.45,3:0.55"]
tau = 0.02
startup = "expon(scale=5)"

[[tasks]]
scheme = "lt"
symbols = 24
cap = 2.0
tau = 0.02
startup = "expon(scale=5)"

[[tasks]]
scheme = "raptor"
symbols = 40
tau = 0.02
startup = "expon(scale=5)"

[[tasks]]
scheme = "repairable"
symbols = 24
degree = 3
tau = 0.02
startup = "expon(scale=5)"

[[tasks]]
scheme = "sr"
symbols = 24
degree = 5
tau = 0.02
startup = "expon(scale=5)"
decoder = ["span", "peeling", "coverage", "hitting"]
"""

MODEL = '--symbols 30 --tau 0.05 --startup "expon(scale=5)"'
PARETO = '--symbols 30 --tau 0.05 --startup "pareto(b=1)"'
SMALL = '--symbols 24 --degree 3 --tau 0.05 --startup "expon(scale=5)" --trials 20'
WITH_DEGREE = ("sr", "repetition", "bcc", "parts-stream", "parts-cyclic")
WITHOUT = ("one", "uncoded", "terms-random", "terms-cyclic", "genie")
COSTS = "--message-cost 0.01 --silent 0.1"


def commands() -> Iterator[str]:
    """Yield the arguments of srtheory, one command a line, without ``srtheory``."""
    yield "sweep sweep.toml --store records --json"
    for law in (MODEL, PARETO):
        for scheme in WITH_DEGREE:
            yield f"latency {scheme} --degree 4 {law} --at 0.4 --at 2 --json"
        for scheme in WITHOUT:
            yield f"latency {scheme} {law} --at 0.4 --at 2 --json"
        for scheme in ("gradient-fractional", "gradient-cyclic"):
            yield f"latency {scheme} --stragglers 5 {law} --at 0.4 --at 2 --json"
        yield f"latency sr --degree 4 --access 9 {law} --at 2 --json"
        for question in ("--by-time 2", "--by-rows 35", "--by-rows 35 --mean", "--by-time 2 --by-rows 35"):
            yield f"coverage --degree 4 {law} {question} --json"
        for question in ("--by-time 2", "--by-rows 35", "--confidence 0.9"):
            yield f"guarantee --degree 4 {law} {question} --json"
        yield f"design {law} --by 3 --json"
        yield f"compare {law} --trials 20 --json"
    for scheme in ("sr", "parts-cyclic"):
        yield f"latency {scheme} --degree 4 {MODEL} {COSTS} --at 2 --json"
    yield f"latency one {MODEL} --message-cost 0.01 --master-time 0.1 --at 5 --json"
    yield f"coverage --degree 4 {MODEL} {COSTS} --by-time 2 --json"
    yield f"guarantee --degree 4 {MODEL} {COSTS} --by-time 2 --json"
    yield f"compare {MODEL} {COSTS} --master-time 0.01 --trials 20 --json"
    yield "coverage --symbols 4 --degree 2 --counts 1,2,0,1 --json"
    for figure in ("2a", "2b", "2c", "streams", "2a-all", "errors", "work"):
        yield f"figure {figure} {SMALL} --out figures"
    yield f"figure frontier {MODEL} --trials 20 --out figures"
    for figure in ("bounds", "thresholds", "regimes", "run", "guarantee", "decoding-cost", "theorems", "workers-model"):
        yield f"figure {figure} --out figures"
    for table in ("schemes", "gradient-codes"):
        yield f"table {table} {SMALL} --format csv"
    yield "table best-schemes --symbols 24 --trials 20 --format csv"
    yield "table real-sums --format csv"
    for table in (
        "cited-schemes",
        "counterexamples",
        "small-cases",
        "hitting-time",
        "guarantees",
        "decoding",
        "workers",
    ):
        yield f"table {table} --format csv"
    yield "table thresholds --format csv"
    yield "verify --json --out report"


def main() -> int:
    """Compare all commands and say where they differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("revision", help="a commit of this repository")
    parser.add_argument("--only", default="", help="only commands that contain this text")
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        before = Path(folder, "before")
        archive = subprocess.run(["git", "archive", given.revision], cwd=ROOT, check=True, capture_output=True).stdout
        with tarfile.open(fileobj=BytesIO(archive)) as tar:
            tar.extractall(before, filter="data")
        lines = [line for line in commands() if given.only in line]
        different = 0
        with ThreadPoolExecutor(2) as pool:
            work = enumerate(lines)
            for line, found in tqdm(
                pool.map(lambda one: (one[1], differences(before, one[1], Path(folder, str(one[0])))), work),
                total=len(lines),
            ):
                different += bool(found)
                for what in found:
                    tqdm.write(f"{line}: {what}")
    print(f"{len(lines)} commands, {different} with a difference")
    return int(different > 0)


def differences(before: Path, line: str, folder: Path) -> list[str]:
    """Return what differs between both trees for one command, in words."""
    old, new = (results(tree, line, folder / name) for tree, name in ((before, "old"), (ROOT, "new")))
    names = sorted(old.keys() | new.keys())
    failed = [f"it is refused, which compares nothing: {shown(new['stderr'])}"] if new["exit code"] == 2 else []
    return failed + [
        f"{name}: {apart(old.get(name), new.get(name))}" for name in names if old.get(name) != new.get(name)
    ]


def apart(old: object, new: object) -> str:
    """Return both contents from a little before the place at which they part."""
    one, other = repr(old), repr(new)
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"{shown(one[max(0, at - 100) :])} before, {shown(other[max(0, at - 100) :])} now"


def shown(content: object) -> str:
    """Return a content shortened for a line."""
    return repr(content)[:300]


def results(tree: Path, line: str, folder: Path) -> dict[str, object]:
    """Run one command with the code of a tree; return its exit code, output, and the files it wrote, by name."""
    folder.mkdir(parents=True)
    (folder / "sweep.toml").write_text(SWEEP)
    command = [sys.executable, "-c", "from srtheory.cli import main; main()", *shlex.split(line)]
    environment = os.environ | {
        "PYTHONPATH": str(tree),
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True)
    found: dict[str, object] = {"exit code": done.returncode, "stdout": done.stdout.decode()}
    if done.returncode:
        found["stderr"] = done.stderr.decode()
    for path in sorted(folder.rglob("*.*")):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".parquet":
            found[name] = pq.read_table(path).to_pydict()
        elif path.suffix in (".csv", ".json"):
            found[name] = path.read_text(encoding="utf-8")
    return found


if __name__ == "__main__":
    sys.exit(main())
