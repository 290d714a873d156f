"""Claims of the introduction about gradient codes [17]-[21]."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from paper_checks import study
from paper_checks.parameters import SYMBOLS, TAU
from paper_checks.theory.silent import cyclic_mean, fractional_lost, fractional_mean
from srtheory.experiments.lab import Lab
from srtheory.matrix import Rows
from srtheory.schemes import make
from srtheory.schemes.base import UNLIMITED, Scheme
from srtheory.span import oracles
from srtheory.study.findings import COMPUTATION, Finding, Verdict

CODES = ("gradient-fractional", "gradient-cyclic")
MOST, RATE = 9, 0.2
Make = Callable[[str, int, int], Scheme]


def _make(name: str, symbols: int, stragglers: int) -> Scheme:
    return make(name, symbols, stragglers=stragglers)


@study.claim(
    "intro-gradient-codes-need-s",
    "I, III-B",
    "Gradient codes need knowledge of the worst case number of stragglers for exact recovery.",
    ("theory 5.8", "theory 5.10", COMPUTATION),
)
def gradient_codes_need_s(lab: Lab, *, code: Make = _make) -> Finding:
    """Check all sets of stragglers of small codes over Q, and the paper's size with s too low, right and too high."""
    small = {name: _small(name, code) for name in CODES}
    paper = {f"{a} silent, $s = {s}$": _paper(s, a) for a, s in ((9, 4), (9, 9), (9, 99), (49, 9))}
    evidence = {
        "how": rf"all $m \le {MOST}$ and all $s < m - 1$, every set of $s$ and of $s + 1$ silent workers, exact ranks"
        rf" over $\mathbb Q$; $m = {SYMBOLS}$, $\tau = {TAU}$, $\mu = {RATE}$: exact distributions, silent workers"
        " chosen at random",
        "sets of $s$ silent workers, how many lose the sum": {name: found[:2] for name, found in small.items()},
        "sets of $s + 1$ silent workers, how many lose the sum": {name: found[2:] for name, found in small.items()},
        "at the paper's parameters": paper,
    }
    more, beyond = small["gradient-cyclic"][2:], small["gradient-fractional"][2:]
    if broken := sum(found[1] for found in small.values()):
        text = f"The codes do not keep their guarantee: {broken} sets of $s$ stragglers lose the sum."
        return Finding(Verdict.NOT_REPRODUCED, text, evidence)
    if more[1] == 0:
        return Finding(Verdict.REFUTED, "The codes made for $s$ stragglers all tolerate $s + 1$.", evidence)
    _, right, high, rare = paper.values()
    text = (
        "The number $s$ is needed for the guarantee, which ends at $s$: with $s$ silent workers the sum can always be"
        f" recovered. With one more, cyclic repetition fails for {more[1]} of {more[0]} sets, and fractional repetition"
        f" for {beyond[1]} of {beyond[0]}. Random sets of silent workers are a different case: at $m = {SYMBOLS}$,"
        f" fractional repetition made for $s = 9$ fails for 49 of them with probability"
        f" {rare['fractional, lost']:.0e}. Cyclic repetition waits for $m - s$ workers even if no worker is silent. If"
        f" 9 are silent, its mean latency is {right['cyclic, mean']:.1f} for $s = 9$ and {high['cyclic, mean']:.1f} for"
        " $s = 99$, and infinite for $s = 4$."
    )
    correction = (
        "The number $s$ is needed for a guarantee: any $s$ silent workers are tolerated, but not every set of $s + 1$."
        f" Fractional repetition with $s = 9$, $m = {SYMBOLS}$ fails for 49 silent workers chosen at random with"
        f" probability {rare['fractional, lost']:.0e}."
    )
    return Finding(Verdict.REFINED, text, evidence, correction=correction)


def _small(name: str, code: Make) -> list[int]:
    """Count the sets of s silent workers and those that lose the sum, and the same for s + 1."""
    found = [0, 0, 0, 0]
    for m in range(1, MOST + 1):
        for s in range(m - 1):
            rows = code(name, m, s).emit(0, np.full(m, UNLIMITED)).rows
            for at, silent in ((0, s), (2, s + 1)):
                lost = [_lost(rows, gone) for gone in combinations(range(m), silent)]
                found[at] += len(lost)
                found[at + 1] += sum(lost)
    return found


def _lost(rows: Rows, gone: tuple[int, ...]) -> bool:
    left = rows.take(np.setdiff1d(np.arange(len(rows)), gone))
    return not oracles.spans(left)


@cache
def _paper(stragglers: int, silent: int) -> dict[str, Any]:
    given = SYMBOLS, stragglers, silent, TAU, RATE
    cyclic = cyclic_mean(*given)
    return {
        "fractional, lost": float(fractional_lost(*given[:3])),
        "fractional, mean where not lost": fractional_mean(*given),
        "cyclic, mean": None if math.isinf(cyclic) else cyclic,
    }
