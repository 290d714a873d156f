"""The study of this paper: what it claims, and how each claim is checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from srtheory import Finding, Lab, Model, Number, Study, Verdict, from_sets, latency, parse_law, spans
from srtheory.render.style import COLOURS, DASHES, Drawing, canvas, house_style
from srtheory.render.table import Column, Kind, Table

study = Study(
    title="Windowed partial sums",
    authors=("A. Author",),
    cite="Draft of this year.",
    sections={"II": "Windows", "III": "Latency"},
    at=Model(24, 4, 0.05, parse_law("expon(scale=1)")),
    prefix="Win",
)

Windows = Callable[[int, int], Sequence[Sequence[int]]]


def windows(symbols: int, width: int) -> list[list[int]]:
    """Return the windows of ``width`` consecutive symbols that begin at multiples of it, around the circle."""
    return [[(start + i) % symbols for i in range(width)] for start in range(0, symbols, width)]


def windows_that_drift(symbols: int, width: int) -> list[list[int]]:
    """Return windows with a planted mistake: each begins a symbol too late."""
    return [[(start + i) % symbols for i in range(width)] for start in range(0, symbols, width + 1)]


def shorter_windows(symbols: int, width: int) -> list[list[int]]:
    """Return windows with a planted mistake: each lacks its last symbol."""
    return [window[:-1] for window in windows(symbols, width)]


@study.claim(
    "windows-cover",
    where="II, Lemma 1",
    says=r"The $\lceil m/w \rceil$ windows of $w$ symbols that begin at multiples of $w$ cover all $m$ symbols.",
    checked_by=("exact computation",),
    planted={"rows": shorter_windows},
)
def windows_cover(lab: Lab, *, rows: Windows = windows, largest: int = 16) -> Finding:
    """Look at every m and w up to a largest m."""
    evidence = {"how": rf"every $w \le m \le {largest}$"}
    for m in range(1, largest + 1):
        for w in range(1, m + 1):
            missing = set(range(m)) - {symbol for row in rows(m, w) for symbol in row}
            if missing:
                text = rf"False: at $m = {m}$, $w = {w}$ symbol {min(missing)} is in no window."
                return Finding(Verdict.REFUTED, text, evidence)
    return Finding(Verdict.VERIFIED, rf"They do for all $w \le m \le {largest}$.", evidence)


@study.claim(
    "windows-span",
    where="II, Lemma 2",
    says=r"The windows of $w$ symbols that begin at multiples of $w$ span $\mathbf 1$.",
    checked_by=("exact computation",),
    planted={"rows": windows_that_drift},
)
def windows_span(lab: Lab, *, rows: Windows = windows, largest: int = 12) -> Finding:
    """Compare the span, over the rationals, with divisibility."""
    evidence = {"how": rf"exact rank over $\mathbb Q$ for every $w \le m \le {largest}$"}
    fails = [(m, w) for m in range(1, largest + 1) for w in range(1, m + 1) if not spans(from_sets(m, rows(m, w)))]
    if any(m % w == 0 for m, w in fails):
        m, w = next((m, w) for m, w in fails if m % w == 0)
        return Finding(Verdict.REFUTED, rf"False, even where $w$ divides $m$: $m = {m}$, $w = {w}$.", evidence)
    if not fails:
        return Finding(Verdict.VERIFIED, rf"They do for all $w \le m \le {largest}$.", evidence)
    m, w = fails[0]
    text = rf"They do if $w$ divides $m$; the smallest exception is $m = {m}$, $w = {w}$."
    correction = rf"Let $w$ divide $m$. Otherwise it is false: $m = {m}$, $w = {w}$."
    return Finding(Verdict.REFINED, text, evidence, correction=correction)


@study.number("mean-latency", digits=3, says="mean latency of windows of four symbols in cyclic order")
def mean_latency(lab: Lab) -> Number:
    """Simulate the windows in cyclic order."""
    return Number.mean(lab.sample("latency", "parts-cyclic", degree=4), lab)


@study.number("median-chance", digits=4, says="probability that they have recovered the sum by time 0.5")
def median_chance(lab: Lab) -> Number:
    """Enclose the probability by its exact distribution."""
    return Number.bounds(*latency("parts-cyclic", lab.at, 0.5), how="exact distribution, all errors bounded")


@study.number("smallest-exception", says="least m for which windows of some width do not span")
def smallest_exception(lab: Lab) -> Number:
    """Search for the least m."""
    m = next(m for m in range(1, 20) for w in range(1, m + 1) if not spans(from_sets(m, windows(m, w))))
    return Number.exact(m, how="exact rank, every width")


@study.figure("tails", says="how often windows of two and four symbols need longer than t")
def tails(lab: Lab) -> Drawing:
    """Draw the shares of runs that take longer than t."""
    points = []
    with house_style():
        picture = canvas(f"m = {lab.at.symbols}, {lab.trials} runs, seed {lab.seed}", height=3.2)
        axes = picture.add_subplot()
        for i, d in enumerate((2, 4)):
            times = np.sort(lab.sample("latency", "parts-cyclic", degree=d))
            shares = 1 - np.arange(1, len(times) + 1) / len(times)
            axes.step(times, shares, color=COLOURS[i], linestyle=DASHES[i], label=f"w = {d}", where="post")
            points += [(d, f"{t:.6g}", f"{p:.6g}") for t, p in zip(times, shares, strict=True)]
        axes.set(xlabel="t", ylabel="P(T > t)")
        axes.legend()
    return Drawing("tails", picture, ("w", "t", "share"), points)


@study.table("exceptions", says="least m at which windows of a width do not span, by the width")
def exceptions(lab: Lab) -> Table:
    """Search for the least m of each width."""
    columns = (Column("width", "$w$", Kind.INTEGER), Column("symbols", "least $m$", Kind.INTEGER))
    rows = tuple((w, next(m for m in range(w, 40) if not spans(from_sets(m, windows(m, w))))) for w in range(2, 7))
    return Table("exceptions", "Least $m$ at which windows of $w$ symbols do not span $\\mathbf 1$.", columns, rows)
