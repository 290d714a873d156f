"""Gradient codes with the right number of stragglers, too few and too many."""

from __future__ import annotations

import math
from itertools import product
from typing import TYPE_CHECKING

from paper_checks.records.approximate import latencies
from paper_checks.theory.silent import cyclic_mean, fractional_lost, fractional_mean
from srtheory.delays import parameters
from srtheory.errors import ArgumentError
from srtheory.experiments.summary import summarise
from srtheory.model import Model
from srtheory.render.table import Cell, Column, Kind, Math, PlusMinus, Table
from srtheory.schemes import make

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

SILENT = (0, 9, 49)
STRAGGLERS = (0, 4, 9, 19, 49, 99)


def gradient_codes(lab: Lab) -> Table:
    """Return mean latencies with workers that never answer, of gradient codes by s and of schemes without s."""
    at = lab.at
    rate = _rate(at)
    columns = (
        Column("silent", Math("a", "a"), Kind.INTEGER),
        Column("stragglers", Math("s", "s"), Kind.INTEGER),
        Column("guess", "guess"),
        Column("fractional", "fractional", Kind.NUMBER, 2),
        Column("log10_lost", Math("log₁₀ P(lost)", r"\log_{10} P(\text{lost})"), Kind.NUMBER, 1),
        Column("cyclic", "cyclic", Kind.NUMBER, 2),
        Column("sr", "SR", Kind.ERROR, 2),
        Column("parts", "parts", Kind.ERROR, 2),
    )
    trials = lab.elimination_trials
    caption = (
        f"Mean latency of gradient codes for $s$ stragglers when $a$ of $m = {at.symbols}$ workers, chosen at random,"
        rf" never respond ($\tau = {at.tau}$, start-up delay {at.startup_text}), from exact distributions. Fractional"
        " repetition: given that the sum is not lost, with the probability that it is. Cyclic repetition, and the code"
        " at the roots of unity [19]: at the $(m - s)$-th symbol, never if $s < a$. For comparison, the SR code and"
        f" parts in cyclic order with $d = {at.d}$, which need no $s$: {trials} runs, ± standard error."
    )
    silent, stragglers = ([few for few in some if few < at.symbols] for some in (SILENT, STRAGGLERS))
    streams = {a: [_mean(lab, name, a, trials) for name in ("sr", "parts-cyclic")] for a in silent}
    rows = tuple((*_codes(a, s, at, rate), *streams[a]) for a, s in product(silent, stragglers))
    return Table("gradient-codes", caption, columns, rows)


def _rate(at: Model) -> float:
    name, its = parameters(at.startup) or ("", {})
    if name != "expon" or its["loc"]:
        raise ArgumentError("startup", at.startup_text, "exponential from 0, expon(scale=5), as the means need")
    return 1 / its["scale"]


def _codes(silent: int, stragglers: int, at: Model, rate: float) -> tuple[Cell, ...]:
    lost = fractional_lost(at.symbols, stragglers, silent)
    given = at.symbols, stragglers, silent, at.tau, rate
    cyclic = cyclic_mean(*given)
    return (
        silent,
        stragglers,
        "right" if stragglers == silent else "too low" if stragglers < silent else "too high",
        None if lost == 1 else fractional_mean(*given),
        math.log10(lost) if lost else None,
        None if math.isinf(cyclic) else cyclic,
    )


def _mean(lab: Lab, name: str, silent: int, trials: int) -> PlusMinus:
    scheme = make(name, lab.at.symbols, degree=lab.at.d)
    found = latencies(
        scheme, lab.at.delays, lab.seed, trials, silent, lambda done: lab.progress("silent workers", done)
    )
    mean = summarise(found)
    return PlusMinus(mean.mean, mean.standard_error)
