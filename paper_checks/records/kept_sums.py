"""Sums computed by real workers, stored in data/workers with the terms, so that they can be verified.

``python -m benchmarks.bench_sums data/workers`` computes them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import lru_cache
from math import lcm
from pathlib import Path
from typing import Any

from srtheory.environment import on_record
from srtheory.errors import ArgumentError
from srtheory.files import write_whole

SUMS = "sums.json"
Number = float | str
"""A float, or a fraction as text."""
KeptTerms = Mapping[str, Sequence[Sequence[Number]]]
"""Terms of each workload; each term is a list of as many numbers."""


@dataclass(frozen=True)
class KeptSum:
    """One run."""

    workload: str
    scheme: str
    symbols: int
    """Terms, and workers."""
    processes: int
    killed: int
    """Number of processes of the workers, and how many of these killed themselves before they had sent anything."""
    startup: str
    """Law of the injected delays, in seconds."""
    tau: float
    """Least time of a term in seconds."""
    seed: int
    trial: int
    latency: float
    available: float
    """T, and when the value was there, in seconds from the start."""
    received: int
    """Symbols until then."""
    value: list[Number]
    bound: list[float]
    """Value that the master decoded, and bound on the rounding error of each number."""

    def off(self, terms: KeptTerms) -> list[Fraction]:
        """Return the exact distance of each number from the sum of the terms."""
        mine = terms.get(self.workload, [])
        if len(mine) != self.symbols or any(len(term) != len(self.value) for term in mine):
            raise ArgumentError("terms", self.workload, f"{self.symbols} terms of {len(self.value)} numbers")
        sums = _sums(tuple(map(tuple, mine))) if mine else (Fraction(0),) * len(self.value)
        return [abs(Fraction(x) - exact) for x, exact in zip(self.value, sums, strict=True)]

    def is_right(self, terms: KeptTerms) -> bool:
        """Return whether every number is the sum of the terms up to its bound."""
        return all(off <= bound for off, bound in zip(self.off(terms), map(Fraction, self.bound), strict=True))


@lru_cache(maxsize=16)
def _sums(terms: tuple[tuple[Number, ...], ...]) -> tuple[Fraction, ...]:
    """Return the exact sum of each number over the terms, by one common denominator; many runs share their terms."""
    found = []
    for column in zip(*terms, strict=True):
        exact = [Fraction(x) for x in column]
        common = lcm(*(x.denominator for x in exact))
        found.append(Fraction(sum(x.numerator * (common // x.denominator) for x in exact), common))
    return tuple(found)


def write_sums(path: Path, terms: KeptTerms, runs: Sequence[KeptSum]) -> None:
    """Replace the files, with a line for each term and a line for each run."""
    of = ",\n".join(
        f"  {json.dumps(name)}: [\n" + ",\n".join(f"   {json.dumps(t)}" for t in mine) + "\n  ]"
        for name, mine in terms.items()
    )
    lines = ",\n".join(f"  {json.dumps(asdict(run))}" for run in runs)
    write_whole(path, f'{{\n "terms": {{\n{of}\n }},\n "runs": [\n{lines}\n ]\n}}\n'.encode())


def read_sums(folder: Path | None = None) -> tuple[KeptTerms, list[KeptSum]]:
    """Return the stored terms and runs."""
    path = (on_record("workers") if folder is None else folder) / SUMS
    try:
        found: Any = json.loads(path.read_bytes())
        return found["terms"], [KeptSum(**run) for run in found["runs"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArgumentError("sums", str(path), f"written by benchmarks.bench_sums ({error})") from None
