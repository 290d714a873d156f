"""Section I on the systems that it cites: Lagrange codes, approximate gradient codes, BCC."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache
from itertools import combinations
from math import prod
from typing import Any

from paper_checks import study
from paper_checks.claims.runs import percent
from paper_checks.claims.stopping import MORE, in_words, stopped_early, trials_of
from paper_checks.parameters import DEGREE, EXPONENTIAL, PAPER, PARETO, SYMBOLS, TAU
from paper_checks.theory.lagrange import encoding, recovery_threshold, same_results, sum_weights
from srtheory.delays import parse_law
from srtheory.experiments.lab import Lab
from srtheory.study.findings import COMPUTATION, SIMULATION, Finding, Verdict
from srtheory.theory.by_scheme import LatencyLaw, bcc_unrecovered, latency_law

Vector = Sequence[Fraction | int]
Estimate = Callable[[Sequence[Vector], Vector], Fraction]

# m, D, p; the nodes are 0 .. m - 1, the workers all other elements of the field
POLYNOMIAL = [(2, 1, 7), (2, 2, 7), (2, 4, 11), (3, 1, 11), (3, 2, 11), (3, 3, 13), (4, 2, 13)]
STEP_WORKERS = 1000


@study.claim(
    "intro-polynomial-only",
    "I",
    "[15] (Lagrange coded computing) only considers polynomial functions.",
    (COMPUTATION,),
)
def intro_polynomial_only(
    lab: Lab,
    *,
    threshold: Callable[[int, int], int] = recovery_threshold,
    weights: Callable[[Sequence[int], Sequence[int], int, int], list[int] | None] = sum_weights,
) -> Finding:
    """Check the recovery threshold over all sets of results, and a function that is not a polynomial."""
    cases = {f"$m = {m}$, $D = {d}$, $p = {p}$": _polynomial(m, d, p, threshold, weights) for m, d, p in POLYNOMIAL}
    sums = _step(STEP_WORKERS)
    evidence = {
        "how": r"all sets of results over $\mathrm{GF}(p)$, from workers at all points but the nodes; weights are"
        " tried on every monomial, sets one below the threshold on two data sets with the same results, through"
        " the encoding, for the product of $D$ coordinates",
        "by case": cases,
        f"a step (1 above 0): sums of data sets on which {STEP_WORKERS} workers agree": sums,
        "results needed at the paper's $m$, by $D$": {d: threshold(SYMBOLS, d) for d in (1, 2, 3)},
    }
    wrong = [case for case, found in cases.items() if not (found["sufficient"] and found["hidden below"])]
    if wrong or len(set(sums)) < 2:
        return Finding(
            Verdict.NOT_REPRODUCED, f"The threshold does not hold: {', '.join(wrong) or 'a step'}.", evidence
        )
    sets = sum(found["sets"] for found in cases.values())
    text = (
        "Lagrange codes compute polynomials only, and one polynomial $f$ for all terms. At $m$ points and total degree"
        f" $D$, any $(m - 1)D + 1$ results give the sum, and one fewer need not, whatever the decoder ({sets} sets of"
        " results over prime fields, exhaustive). For a step function, such as a split of a tree, no number of workers"
        " is enough. With as many workers as terms and one result per worker, no failure is tolerated: at"
        f" $m = {SYMBOLS}$, $D = 2$ the sum takes {threshold(SYMBOLS, 2)} results."
    )
    return Finding(Verdict.VERIFIED, text, evidence)


def _polynomial(
    m: int,
    degree: int,
    prime: int,
    threshold: Callable[[int, int], int],
    weights: Callable[[Sequence[int], Sequence[int], int, int], list[int] | None],
) -> dict[str, Any]:
    """Return whether the threshold suffices for all sets of results, and in how many smaller sets the sum is hidden."""
    nodes, workers = range(m), range(m, prime)
    size = threshold(m, degree)
    enough = list(combinations(workers, size))
    sufficient = all(
        _exact(weights(received, nodes, degree, prime), received, nodes, degree, prime) for received in enough
    )
    below = list(combinations(workers, size - 1))
    hidden = sum(_hidden(received, nodes, degree, prime) for received in below)
    return {
        "threshold": size,
        "sets": len(enough),
        "sufficient": sufficient,
        "below": len(below),
        "hidden below": hidden,
    }


def _exact(found: Sequence[int] | None, received: Sequence[int], nodes: Sequence[int], degree: int, prime: int) -> bool:
    """Return whether these weights give the sum of all monomials of degree <= (m - 1) D, hence of every polynomial."""
    if found is None:
        return False
    return all(
        (sum(v * a**e for v, a in zip(found, received, strict=True)) - sum(b**e for b in nodes)) % prime == 0
        for e in range((len(nodes) - 1) * degree + 1)
    )


def _hidden(received: Sequence[int], nodes: Sequence[int], degree: int, prime: int) -> bool:
    """Return whether some data have the results of zero data, all 0, and another sum."""
    if len(received) > (len(nodes) - 1) * degree:
        return False
    data = same_results(received, nodes, degree, prime)
    rows = encoding(nodes, received, prime)
    results = [prod(sum(w * x[k] for w, x in zip(row, data, strict=True)) for k in range(degree)) for row in rows]
    return not any(r % prime for r in results) and sum(map(prod, data)) % prime != 0


def _step(workers: int) -> list[int]:
    """Return sums f(x_1) + f(x_2), f a step, of two data sets whose encodings at 2, 3, ... have the same values of f.

    With nodes 0 and 1, u(z) = x_1 + (x_2 - x_1) z; both lines are positive from 2 on. The same holds for any finite set
    of points without the node 0: z + c and z - c have the same signs there if c > 0 is small enough, and other signs at
    0.
    """
    sums: dict[tuple[bool, ...], list[int]] = {}
    for x, y in ((1, 2), (-1, 1)):
        results = tuple(x + (y - x) * z > 0 for z in range(2, 2 + workers))
        sums.setdefault(results, []).append((x > 0) + (y > 0))
    return max(sums.values(), key=len)


# Rows of 0 and 1: repetition of three parts of two terms ([17], [20]); seven workers with three terms each, no two with
# two in common, a sparse graph that expands ([18], [19]).
CODES = {
    "fractional repetition, $m = 6$, $d = 2$": [[int(k // 2 == i // 2) for k in range(6)] for i in range(6)],
    "sparse graph, $m = 7$, $d = 3$": [[int((k - i) % 7 in (0, 1, 3)) for k in range(7)] for i in range(7)],
}
SCALES = (10, 1000)


def least_squares(rows: Sequence[Vector], results: Vector) -> Fraction:
    """Return the estimate v^T G f of the sum with v^T G nearest to 1, which is projected exactly onto the row space."""
    return _dot(results, _nearest(tuple(map(tuple, rows))))


@lru_cache(maxsize=1024)
def _nearest(rows: tuple[tuple[Fraction | int, ...], ...]) -> list[Fraction]:
    """Return this v, from orthogonal combinations of the rows, each with its coefficients."""
    basis: list[tuple[list[Fraction], list[Fraction]]] = []
    weights = [Fraction(0)] * len(rows)
    for i, row in enumerate(rows):
        vector, made = [Fraction(x) for x in row], [Fraction(int(i == j)) for j in range(len(rows))]
        for q, of_q in basis:
            c = _dot(vector, q) / _dot(q, q)
            vector = [x - c * y for x, y in zip(vector, q, strict=True)]
            made = [x - c * y for x, y in zip(made, of_q, strict=True)]
        if any(vector):
            basis.append((vector, made))
            share = sum(vector) / _dot(vector, vector)
            weights = [x + share * y for x, y in zip(weights, made, strict=True)]
    return weights


@study.claim(
    "intro-approximate-error",
    "I",
    "Gradient codes for approximate recovery have an error that increases with the magnitude of $F$.",
    ("theory 5.6", COMPUTATION, SIMULATION),
)
def intro_approximate_error(
    lab: Lab, *, estimate: Estimate = least_squares, stopped: Callable[[Lab], tuple[Any, list[str]]] = stopped_early
) -> Finding:
    """Compute the error over all incomplete receptions of two codes, for scaled terms and for terms that cancel.

    Also compute its mean when codes and uncoded streams are stopped early.
    """
    early, faults = stopped(lab)
    trials = trials_of(lab)
    cases = {name: [_errors(rows, m, estimate) for rows, m in _incomplete(code)] for name, code in CODES.items()}
    evidence = {
        "how": r"exact rationals, every set of workers whose rows do not span $\mathbf 1$, least-squares decoding",
        "by code": {
            name: {
                "receptions": len(found),
                "error scales with the terms": sum(one["scales"] for one in found),
                "$F = 0$, error not 0": sum(one["cancelling"] for one in found),
                "$F$ not 0, error 0": sum(one["blind"] for one in found),
                r"least $\lVert\mathbf 1 - v^T G\rVert^2$": str(min(one["distance"] for one in found)),
            }
            for name, found in cases.items()
        },
        f"mean error when stopped early, in floating point, {trials} runs ({MORE * trials} of partitions)": early,
    }
    each = [one for found in cases.values() for one in found]
    if not all(one["scales"] for one in each):
        return Finding(Verdict.NOT_REPRODUCED, "The error does not grow with the terms.", evidence, trials)
    if faults:
        text = f"Simulation and the formulas of the error contradict each other: {', '.join(faults)}."
        return Finding(Verdict.NOT_REPRODUCED, text, evidence, trials)
    if not all(one["cancelling"] and one["blind"] for one in each):
        return Finding(Verdict.VERIFIED, "The error grows in proportion to the terms.", evidence, trials)
    text = (
        "If all terms are scaled, the error is scaled by the same factor, so that the relative error stays the same."
        r" But the error depends on the terms, not on $F$: it is at most $\lVert\mathbf 1 - v^T G\rVert\,\lVert"
        rf" f\rVert$, and this bound is attained. In each of the {len(each)} incomplete receptions of two codes some"
        f" terms have $F = 0$ and an error, and others have an arbitrarily large $F$ and no error. {in_words(early)}"
    )
    correction = (
        r"The error depends on the terms $f$, not on $F$: it is at most $\lVert\mathbf 1 - v^T G\rVert\,\lVert"
        r" f\rVert$, which is attained. If all terms are scaled, the error is scaled too, so that the relative error"
        " stays the same."
    )
    return Finding(Verdict.REFINED, text, evidence, trials, correction=correction)


def _incomplete(code: Sequence[Vector]) -> Iterator[tuple[tuple[Vector, ...], int]]:
    """Return non-empty sets of rows that do not span 1, each with m."""
    m = len(code[0])
    for size in range(1, len(code) + 1):
        for rows in combinations(code, size):
            if least_squares(rows, [sum(row) for row in rows]) != m:  # the sum of 1, ..., 1 is not recovered
                yield tuple(map(tuple, rows)), m


@cache
def _errors(rows: tuple[Vector, ...], m: int, estimate: Estimate) -> dict[str, Any]:
    """Return the error when the terms are scaled, when they cancel, and when they lie in the row space."""
    projection = [least_squares(rows, [row[i] for row in rows]) for i in range(m)]
    missed = [1 - x for x in projection]
    distance = _dot(missed, missed)
    terms = [Fraction(k * k - 3 * k + 1) for k in range(m)]
    first = _error(rows, terms, estimate)
    return {
        "scales": all(_error(rows, [c * f for f in terms], estimate) == c * first for c in SCALES)
        and _error(rows, missed, estimate) ** 2 == distance * distance,
        "cancelling": _error(rows, [m * x - sum(missed) for x in missed], estimate) != 0,
        "blind": sum(projection) != 0 and _error(rows, projection, estimate) == 0,
        "distance": distance,
    }


def _error(rows: Sequence[Vector], terms: Vector, estimate: Estimate) -> Fraction:
    return estimate(rows, [_dot(row, terms) for row in rows]) - sum(terms)


def _dot(a: Vector, b: Vector) -> Fraction:
    return sum((x * y for x, y in zip(a, b, strict=True) if x and y), Fraction(0))


@study.claim(
    "intro-bcc-slow-part",
    "I",
    "[22] (BCC): $F$ can be delayed if one or more $f_i$ are only sampled by slow nodes.",
    ("theory 5.1", COMPUTATION),
)
def intro_bcc_slow_part(lab: Lab, *, law: Callable[..., LatencyLaw] = latency_law) -> Finding:
    """Compare BCC with the same parts assigned evenly, and with workers that continue, by exact distributions."""
    cases = {startup: _slow_part(startup, law) for startup in (EXPONENTIAL, PARETO)}
    evidence = {
        "how": (
            rf"exact distributions at $m = {SYMBOLS}$, $d = {DEGREE}$, $\tau = {TAU}$, at BCC's median latency;"
            " rigorous intervals"
        ),
        "P(some part is sampled by no worker)": float(bcc_unrecovered(SYMBOLS, DEGREE)),
        "workers of a part, on average": DEGREE,
        "by start-up distribution": cases,
    }
    bcc, even, on = "P(BCC is done)", "P(repetition is done)", "P(parts in random order are done)"
    if any(not case[bcc][1] < case[even][0] <= case[even][1] < case[on][0] for case in cases.values()):
        return Finding(Verdict.NOT_REPRODUCED, "BCC is not the slowest of the three.", evidence)
    paper = cases[EXPONENTIAL]
    workers = paper["workers of a missing part, on average"]
    text = (
        f"At the paper's parameters BCC has recovered the sum by $t = {paper['t']:.2f}$ with probability 1/2. At that"
        f" time a missing part is assigned to {workers:.1f} workers on average instead of {DEGREE}, and none of them"
        f" has finished. Meanwhile {percent(paper['fraction of workers that have finished'])} of all workers have"
        " finished and are idle. If every part is assigned to the same number of workers (repetition), the sum can be"
        f" recovered at that time with probability {paper[even][0]:.2f}. If workers continue with other parts, it can"
        f" be recovered except with probability {1 - paper[on][0]:.0e}. With probability"
        f" {percent(float(bcc_unrecovered(SYMBOLS, DEGREE)), 2)} some part is sampled by no worker, and BCC never ends."
    )
    return Finding(Verdict.VERIFIED, text, evidence)


def _slow_part(startup: str, law: Callable[..., LatencyLaw]) -> dict[str, Any]:
    start = parse_law(startup)
    names = {"BCC is": "bcc", "repetition is": "repetition", "parts in random order are": "parts-stream"}
    laws = {said: law(name, replace(PAPER, startup=start)) for said, name in names.items()}
    t = _median(laws["BCC is"])
    done = float(start.cdf(t - TAU * DEGREE))
    return {
        "t": t,
        **{f"P({said} done)": list(one.cdf(t)) for said, one in laws.items()},
        "fraction of workers that have finished": done,
        # Given that the part is missing, each worker has sampled it, and is unfinished, with (1 - F)/N in 1 - F/N.
        "workers of a missing part, on average": SYMBOLS * (1 - done) / (SYMBOLS / DEGREE - done),
    }


def _median(law: LatencyLaw) -> float:
    low, high = 0.0, 1.0
    while law.cdf(high)[0] < 0.5:
        high *= 2
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if law.cdf(middle)[0] >= 0.5 else (middle, high)
    return high
