"""The figures of benchmarks/README.md, from the figures on record: ``python -m docs.numbers performance``.

``make performance`` measures the figures anew.  No number of the section is written by hand; a test
computes it again and compares.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.records import Record, read

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "data" / "benchmarks"
WORK = {
    "M' over Q, m = 1000": "M' over Q, m = 1000, d = 10",
    "M' over Q, m = 2000": "M' over Q, m = 2000, d = 12",
    "M' over Q, m = 10000": "M' over Q, m = 10 000, d = 14",
    "M' over Q, m = 40000": "M' over Q, m = 40 000, d = 16",
    "M' over Q, m = 100000": "M' over Q, m = 100 000, d = 16",
    "M' over GF(2), m = 1000, M' >= m": "M' over GF(2), m = 1000, M' ≥ m",
    "M' over GF(2), m = 1000, M' < m": "M' over GF(2), m = 1000, M' < m",
    "M' over GF(2), m = 2000, M' >= m": "M' over GF(2), m = 2000, M' ≥ m",
    "M' over GF(2), m = 2000, M' < m": "M' over GF(2), m = 2000, M' < m",
    "M' over GF(31), m = 1000": "M' over GF(31), m = 1000",
    "M' over Q, m = 500": "M' over Q, m = 500",
    "rank over Q, m = 1000": "exact rank over Q, m = 1000",
    "v with v·G = D·1, m = 1000": 'certificate "spans", m = 1000',
    "x with Gx = 0, Σx ≠ 0, m = 1000": 'certificate "does not", m = 1000',
    "v with v·G = D·1, m = 5000": 'certificate "spans", m = 5000',
}
"""Lines of the table by the names of their records, those of them that were measured."""

SIZES = (1000, 2000, 10_000)
SINGLE, PARTS_IN_STREAMS, TERMS = (
    ["uncoded", "repetition", "bcc"],
    ["parts-stream", "parts-cyclic"],
    ["terms-random", "terms-cyclic"],
)
PARTS = {
    "all": ["all"],
    "peeling": ["peeling and inactivation"],
    "entries": ["sparse elimination: the core's entries"],
    "core": ["the core's elimination"],
    "kernel": ["the core's kernel"],
    "proof": ["coverage", "proof"],
}
"""Phases of M', by what the text calls them."""
ABOUT = """
All times are medians of CPU time on one thread, from one run of `make performance`. The ratio is the median of the
ratios of paired runs, and so differs from the quotient of the medians. Each peer is measured on the same
rows right after srtheory. A peer computes less than srtheory does, one rank of the first min(m, M') rows, and has the
fastest of its settings (see Peers below). "SpaSM, tuned" skips its greedy search for pivots and has the dense part in
one block. All verdicts over Q are exact. The processor is {processor} ({vectors}). The dense core is eliminated
{core}; from m = 40 000 on it is not formed ([Why the verdicts are exact](../docs/proofs/exactness.md), section 8).
BLAS: {blas}. Peers: {peers}.
"""
LIMITS = """
The column "of the limit" compares with the arithmetic of the dense core at the highest rate of products that the
processor reaches. Over GF(2) the limit is the additions of words of the sparse part and of the core. {phases} Without
products of bytes (`--float32`) M' takes {times} at m = {sizes}. These are {limits} times the limit of products in
float32; a value below 1 means that the core is not formed. Fed row by row, the decoder takes {row_by_row} times as
long as the batch engine, in blocks of 16 rows {by_blocks} times, and no row takes longer than {worst} (median over
runs).
"""
PHASES = """
Of {all} at m = {m}, peeling and inactivation take {peeling}, the core's entries {entries}, its elimination {core},
its kernel {kernel}, and coverage and the proof of exactness {proof}.
"""
TRIALS = """
One SR trial at the paper's parameters takes {sr}. Of this, start-up delays take {startups}, the rows {rows}, the
exact stopping time and the cost of decoding {decoder}, and the rest of the record {rest}. LT takes {lt}. The schemes
of one message per worker (`uncoded`, `repetition`, `bcc`) take {single}, parts in streams {parts}, and single terms
{terms}; a plain simulation of the latency alone in NumPy takes {one_ratio} and {many_ratio} times as long. The
paper's method, a floating-point rank after every row, takes about {paper} times as long as an SR trial ({looks}), and
FLINT's exact rank with bisection {flint} times. Without the span test, by the hitting-time law, m = 10⁶ takes
{million} and {memory} GiB.
"""
FIRST = """
A first command does not wait for a compiler. We give times with numba's cache empty and full (`python -m
benchmarks.bench_start`). `srtheory span` takes {small} of processor time for a small file, and {large} for the rows
of one run at m = 1000. `srtheory simulate` takes {simulate} for one SR trial at the paper's parameters.
"""


WAITS = """
CPU time of whole commands in a process of their own, one run each with numba's cache full, on {processor}. The first
row has an empty cache, and the rows from it to the one on two processes are medians of three. A trial is the difference
of two numbers of trials.
"""


class Figures:
    """Records by name, and by name and peer."""

    def __init__(self, folder: Path, name: str) -> None:
        self.machine, self.records = read(folder / f"{name}.json")

    def ours(self, name: str) -> Record:
        return next(record for record in self.records if record.name == name and record.peer is None)

    def peers(self, name: str) -> list[Record]:
        return [record for record in self.records if record.name == name and record.peer is not None]

    def has(self, name: str) -> bool:
        return any(record.name == name for record in self.records)


def section(folder: Path = FIGURES) -> str:
    """The generated part of the section."""
    span, plain, start, trials = (Figures(folder, name) for name in ("span", "span-float32", "start", "trials"))
    parts = (about(span.machine), "\n".join(table(span)), limits(span, plain), whole(trials), first(start))
    return "\n\n".join(parts)


def about(machine: dict[str, Any]) -> str:
    return folded(
        ABOUT.format(
            processor=machine["processor"],
            vectors=", ".join(name.upper() for name in machine["features"][-3:]),
            core="on bytes" if machine["products of bytes"] else "in float32",
            blas="; ".join(machine["BLAS"]),
            peers="; ".join(set_apart(machine["peers"])),
        )
    )


def set_apart(peers: list[str]) -> list[str]:
    return [peer.replace(", ", " with ", 1) if "BLAS" in peer else peer for peer in peers]


def table(span: Figures) -> Iterator[str]:
    yield "| work | srtheory | of the limit | peer | its time | ratio |"
    yield "|---|---|---|---|---|---|"
    for name, work in WORK.items():
        if not span.has(name):
            continue
        own, peers = span.ours(name), span.peers(name)
        memory = f"memory of {name}"
        kept = f", {two(span.ours(memory).value)} GiB" if span.has(memory) else ""
        limit = "" if own.limit is None else two(own.value / own.limit)
        yield from lines(f"| {work} | {time(own.value)}{kept} | {limit} |", peers)


def lines(first: str, peers: list[Record]) -> Iterator[str]:
    """A line for each peer, what is ours in the first."""
    if not peers:
        yield f"{first} – | | |"
    for i, peer in enumerate(peers):
        setting = peer.conditions.rpartition("; ")[0]
        words = "" if setting in ("", "as it comes") else f", {setting}"
        yield f"{first if i == 0 else '| | | |'} {peer.peer}{words} | {time(peer.value)} | {two(peer.ratio)} |"


def limits(span: Figures, plain: Figures) -> str:
    """How far from what the arithmetic allows, and where the time goes."""
    own = [plain.ours(f"M' over Q, m = {m}") for m in SIZES]
    return folded(
        LIMITS.format(
            phases=" ".join(PHASES.format(m=spaced(m), **phases(span, m)) for m in (SIZES[0], SIZES[-1])),
            sizes=listed([spaced(m) for m in SIZES]),
            times=listed([time(record.value) for record in own]),
            limits=listed([two(record.value / record.limit) for record in own]),
            row_by_row=two(1 / span.peers("M' row by row, m = 1000")[0].ratio),
            by_blocks=two(1 / span.peers("M' by blocks of 16 rows, m = 1000")[0].ratio),
            worst=time(span.ours("a single row at worst, m = 1000").value),
        )
    )


def phases(span: Figures, m: int) -> dict[str, str]:
    spent = {key: sum(span.ours(f"M' over Q, m = {m}: {name}").value for name in names) for key, names in PARTS.items()}
    return {key: time(value) for key, value in spent.items()}


def whole(trials: Figures) -> str:
    """Whole trials."""

    def value(name: str) -> float:
        return trials.ours(f"trial, {name}").value

    def span(names: list[str], say: Callable[[float], str] = time) -> str:
        """The least and the greatest."""
        low, high = (say(pick(map(value, names))) for pick in (min, max))
        return low if low == high else f"{low} to {high}"

    numpy = "{}: plain NumPy over ours".format
    paper = next(r.name.removeprefix("trial, ") for r in trials.records if "paper's method" in r.name)
    return folded(
        TRIALS.format(
            sr=time(value("sr")),
            **{part: time(value(f"sr: {part}")) for part in ("startups", "rows", "decoder", "rest")},
            lt=span(["lt", "lt, cap 2"]),
            single=span(SINGLE),
            parts=span(PARTS_IN_STREAMS),
            terms=span(TERMS),
            one_ratio=span(list(map(numpy, SINGLE)), two),
            many_ratio=span(list(map(numpy, PARTS_IN_STREAMS + TERMS)), two),
            paper=rounded(value(paper)),
            looks=paper.rpartition(", ")[2],
            flint=rounded(value("sr: FLINT by bisection over ours")),
            million=time(value("sr, a million workers")),
            memory=two(value("sr, a million workers: memory")),
        )
    )


def first(start: Figures) -> str:
    """A first command."""

    def both(name: str) -> str:
        cold, warm = (time(start.ours(f"{name}, {state}, processor").value) for state in ("cold", "warm"))
        return cold if cold == warm else f"{cold} cold and {warm} warm"

    names = {"small": "span, 2 rows", "large": "span, m = 1000", "simulate": "simulate, one SR trial"}
    return folded(FIRST.format(**{key: both(name) for key, name in names.items()}))


def waits(folder: Path = FIGURES) -> str:
    """What users wait for, beside the goals."""
    first, whole = Figures(folder, "first_run"), Figures(folder, "waits")
    found = [(r.name.removesuffix(", processor"), r, "") for r in first.records if r.name.endswith(", processor")]
    for record in whole.records:
        if record.unit == "s":
            found.append((record.name, record, f"{whole.ours(f'{record.name}: memory').value:.0f} MiB"))
    rows = [f"| {name} | {time(record.value)} | {peak} | {record.conditions} |" for name, record, peak in found]
    about = folded(WAITS.format(processor=whole.machine["processor"]))
    return "\n".join([about, "", "| command | CPU | peak memory | goal |", "|---|--:|--:|---|", *rows])


# ------------------------------------------------------------------------------------------------------------ numbers


def two(value: float) -> str:
    """Two significant digits, thousands set apart from 10 000 on."""
    if value < 99.5:
        return f"{value:#.2g}".rstrip(".")
    return spaced(int(float(f"{value:.2g}" if value >= 995 else f"{value:.3g}")))


def spaced(number: int) -> str:
    return f"{number:,}".replace(",", " ") if number >= 10_000 else str(number)


def time(value: float) -> str:
    return f"{two(value)} s" if value >= 0.9995 else f"{two(1e3 * value)} ms"


def rounded(value: float) -> str:
    """Two significant digits."""
    return spaced(int(float(f"{value:.2g}")))


def listed(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def folded(text: str, width: int = 120) -> str:
    """Lines that are not broken inside code, or between a number and its unit."""
    lines, line = [], ""
    for word in re.findall(r"(?:`[^`]*`|\d[\d.]*(?: \d{3}\b)*(?: (?:ms|s|GiB)\b)?|[^\s`])+", text):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return "\n".join([*lines, line])
