"""How long a first command takes: ``python -m benchmarks.bench_start``.

Each command runs in a process of its own, cold, numba's cache being an empty folder, and then warm, with what the
first call has left there.  Processor time is that of the process and its children, the median of three; the file that
is asked about at m = 1000 has the first 1050 rows of one run at the paper's parameters.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.commands import spent
from benchmarks.machine import described, facts
from benchmarks.records import TABLE_HEADER, Record, write

SMALL = {"columns": 3, "rows": [[0, 1], [2]]}
SIMULATE = "simulate sr --symbols 1000 --degree 10 --tau 0.005 --startup expon(scale=5) --trials 1 --seed 1"
TIMES = 3


def commands(folder: Path) -> dict[str, list[str]]:
    """By name, the words of each command; its files are written to the folder."""
    from benchmarks.bench_span import reception

    rows = reception(1000, 10, 0)
    large = {"columns": rows.columns, "rows": [rows.row(i).tolist() for i in range(1050)]}
    for name, matrix in (("small", SMALL), ("large", large)):
        (folder / f"{name}.json").write_text(json.dumps(matrix))
    return {
        "span, 2 rows": ["span", str(folder / "small.json")],
        "span, m = 1000": ["span", str(folder / "large.json")],
        "simulate, one SR trial": SIMULATE.split(),
    }


def figures() -> Iterator[Record]:
    with tempfile.TemporaryDirectory() as folder:
        for name, words in commands(Path(folder)).items():
            cold, warm = [], []
            for _ in range(TIMES):
                with tempfile.TemporaryDirectory() as cache:
                    cold.append(spent(words, cache))
                    warm.append(spent(words, cache))
            for state, times in (("cold", cold), ("warm", warm)):
                for clock in ("processor", "wall"):
                    value = median(getattr(one, clock) for one in times)
                    yield Record(f"{name}, {state}, {clock}", "s", value, f"median of {TIMES}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, metavar="PATH", help="keep the figures and the machine's facts")
    given = parser.parse_args()
    machine, records = facts(), []
    print(*described(machine), "", *TABLE_HEADER, sep="\n", flush=True)
    for record in figures():
        records.append(record)
        print(record.line(), flush=True)
    if given.json:
        write(given.json, records, machine)


if __name__ == "__main__":
    main()
