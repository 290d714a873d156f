"""Numbers by which readers choose a code, those of ``design`` and of the figure ``frontier``, against plain simulation.

Everything is drawn here by NumPy's own generators and decoded from the definitions; of the package there is only what
is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise, product

import numpy as np
from scipy.optimize import linprog

from paper_checks import study
from srtheory.delays import parse_law
from srtheory.model import Model
from srtheory.theory.block_design import design
from tests.attack.report import Tally
from tests.ours import drawing
from tests.reference import peeled

APART = 6.0
"""Standard errors that two means may differ by."""
FLOOR = "no oblivious scheme"
"""The points of the figure that are no scheme's: a lower bound on the mean latency of every oblivious scheme."""

# ------------------------------------------------------------ the frontier

Law = tuple[str, Callable[[np.random.Generator, int], np.ndarray]]
LAWS: list[Law] = [
    ("expon(scale=1)", lambda rng, n: rng.exponential(1.0, n)),
    ("uniform(loc=0.5, scale=2)", lambda rng, n: rng.uniform(0.5, 2.5, n)),
    ("pareto(b=6)", lambda rng, n: rng.random(n) ** (-1 / 6)),
    ("weibull_min(c=2)", lambda rng, n: np.sqrt(rng.exponential(1.0, n))),
]


def soliton(m: int) -> np.ndarray:
    """Luby's robust soliton law with c = 0.03, delta = 0.5."""
    ripple = 0.03 * np.log(m / 0.5) * np.sqrt(m)
    spike = min(max(round(m / ripple), 1), m)
    mass = [1 / m if i == 1 else 1 / (i * (i - 1)) for i in range(1, m + 1)]
    for i in range(1, spike):
        mass[i - 1] += ripple / (i * m)
    mass[spike - 1] += max(0.0, ripple * np.log(ripple / 0.5)) / m
    return np.array(mass) / sum(mass)


def sent(scheme: str, m: int, d: int, j: int, rng: np.random.Generator) -> Iterator[list[int]]:
    """The rows of worker j."""
    parts = [list(range(a, min(a + d, m))) for a in range(0, m, d)]
    if scheme == "sr":
        order = rng.permutation([c for c in range(m) if c != j]).tolist()
        yield from ([j], *(order[a : a + d] for a in range(0, m - 1, d)))
    elif scheme == "parts-cyclic":
        yield from (parts[(j // d + i) % len(parts)] for i in range(len(parts)))
    elif scheme == "repetition":
        yield parts[j // d]
    elif scheme == "bcc":
        yield parts[rng.integers(len(parts))]
    elif scheme == "terms-cyclic":
        yield from ([(j + i) % m] for i in range(m))
    else:
        law = soliton(m)
        while True:
            yield rng.choice(m, rng.choice(m, p=law) + 1, replace=False).tolist()


def is_there(scheme: str, m: int, rows: list[list[int]]) -> bool:
    if len(set().union(*rows)) < m:
        return False
    if scheme == "lt":
        return len(peeled(rows)) == m
    if scheme != "sr":
        return True
    dense = np.array([[float(c in row) for c in range(m)] for row in rows])
    return bool(np.linalg.matrix_rank(dense) == np.linalg.matrix_rank(np.vstack([dense, np.ones(m)])))


def one_run(scheme: str, m: int, d: int, tau: float, cost: float, x: np.ndarray, rng) -> tuple[float, int]:
    """T, and rows received by then; infinite if the sum never comes."""
    if scheme == "genie":
        return float(np.sort([start + tau * n for start in x for n in range(1, m + 1)])[m - 1]), m
    streams = [sent(scheme, m, d, j, rng) for j in range(m)]
    waiting, busy = [], x.copy()

    def begin(j: int) -> None:
        if (row := next(streams[j], None)) is not None:
            busy[j] += tau * len(row) + cost
            waiting.append((busy[j], j, row))

    for j in range(m):
        begin(j)
    rows: list[list[int]] = []
    while waiting:
        first = min(waiting, key=lambda one: one[:2])
        waiting.remove(first)
        rows.append(first[2])
        if is_there(scheme, m, rows):
            return float(first[0]), len(rows)
        begin(first[1])
    return float("inf"), len(rows)


def frontier(m: int, tau: float, law: Law, runs: int, rng: np.random.Generator, found: Tally, every: int = 1) -> None:
    """Each ``every``-th scheme's point of the figure, its means those of runs of our own, none below the floor."""
    drawn = drawing(
        "frontier", study.lab(seed=int(rng.integers(2**32))), symbols=m, tau=tau, startup=law[0], trials=runs
    )
    floors = {line[0]: float(line[4]) for line in drawn.points if line[1] == FLOOR}
    for line in [line for line in drawn.points if line[1] != FLOOR][::every]:
        cost, scheme, d, messages, latency, error = line[:6]
        own = np.array([one_run(scheme, m, int(d or 1), tau, cost * tau, law[1](rng, m), rng) for _ in range(runs)])
        if not np.isfinite(own).all() or not np.isfinite(float(latency)):
            continue  # some runs of either are lost: no mean
        spread = own.std(axis=0, ddof=1) / np.sqrt(runs)
        where = f"m={m} tau={tau} {law[0]} {line[:6]}, not {own.mean(axis=0)}"
        late = abs(own[:, 0].mean() - float(latency)) > APART * np.hypot(spread[0], float(error)) + 1e-9
        more = abs(own[:, 1].mean() - float(messages)) > APART * np.sqrt(2) * spread[1] + 1e-9
        found.count("frontier, mean latency", where if late else None)
        found.count("frontier, mean messages", where if more else None)
        if scheme != "genie":  # whose workers know who will be fast
            early = own[:, 0].mean() < floors[cost] - APART * spread[0] - 1e-9
            found.count("frontier, the floor", f"{where}, the floor is {floors[cost]}" if early else None)


# ------------------------------------------------------------ the design


def cut(path: list[int], m: int) -> list[int]:
    """Blocks of these sizes, the last of them for ever, from a permutation of m - 1."""
    sizes: list[int] = []
    while sum(sizes) < m - 1:
        size = path[min(len(sizes), len(path) - 1)]
        sizes.append(min(size, m - 1 - sum(sizes)))
    return sizes


def designed(m: int, tau: float, law: Law, by: float, runs: int, rng: np.random.Generator, found: Tally) -> None:
    """Rows, terms and uncovered symbols by that time, counted."""
    answer = design(Model(m, None, tau, parse_law(law[0])), by, largest=min(m - 1, 30))
    if answer is None or answer.missed:
        return
    sizes = cut([int(size) for size in answer.sizes.split("/")], m)
    costs = tau * np.cumsum([1, *sizes])
    counts = np.zeros((runs, 3))
    for run in range(runs):
        done = [int(np.count_nonzero(costs <= by - start)) for start in law[1](rng, m)]
        known: set[int] = set()
        for j, blocks in enumerate(done):
            terms = sum(sizes[: blocks - 1]) if blocks else 0
            counts[run, :2] += blocks, terms + bool(blocks)
            others = rng.choice(m - 1, terms, replace=False) if terms else []
            known |= {c + (c >= j) for c in others} | ({j} if blocks else set())
        counts[run, 2] = m - len(known)
    mean, error = counts.mean(axis=0) / (m, m, 1), counts.std(axis=0, ddof=1) / np.sqrt(runs) / (m, m, 1)
    where = f"m={m} tau={tau} {law[0]} by {by}: {answer}, not {mean}"
    found.count("design, rows", where if abs(mean[0] - answer.rows) > APART * error[0] + 1e-9 else None)
    found.count("design, terms", where if abs(mean[1] - answer.terms) > APART * error[1] + 1e-9 else None)
    found.count("design, uncovered", where if mean[2] > 0.5 + APART * error[2] else None)
    found.count("design, the least", where if answer.least_rows > answer.rows + 1e-6 else None)


def least_rows(m: int, tau: float, startup: str, by: float, margin: float, uncovered: float, largest: int) -> float:
    """Rows of the best mixture of all cuttings, each a variable of its own; infinite if none will do.

    The conditions are those that the package states, at the points x that it takes.
    """
    cdf = parse_law(startup).cdf
    ready = [float(cdf(by - tau * (1 + n))) for n in range(m)]
    least, most = max(2.5 * margin**2, 1.0) / m, 1 - ready[0]
    grid = np.unique([*np.geomspace(least, most, 60), *np.linspace(least, most, 30)]) if least < most else np.zeros(0)
    need = [float(np.log(most / (x - margin * np.sqrt(x / m)))) for x in grid.clip(least, most)]
    need.append(float(np.log(most * m / uncovered)) if most > 0 else 0.0)
    rows, gains = [], []
    for chosen in product(*[(False, True)] * (m - 2)):
        ends = [0, *(i + 1 for i, end in enumerate(chosen) if end), m - 1]
        blocks = [(high - low, ready[high]) for low, high in pairwise(ends)]
        if max(size for size, _ in blocks) <= largest:
            rows.append(sum(share for _, share in blocks))
            gains.append([sum(k * r * (1 - x) ** (k - 1) for k, r in blocks) for x in [*grid, 0.0]])
    solved = linprog(rows, A_ub=-np.array(gains).T, b_ub=-np.maximum(need, 0), A_eq=[[1] * len(rows)], b_eq=[1])
    return ready[0] + solved.fun if solved.success else float("inf")


def mixtures(m: int, tau: float, startup: str, by: float, found: Tally) -> None:
    """The program over flows has the optimum of the program over all cuttings."""
    for margin, uncovered in ((0.0, 0.5), (0.3, 1.0)):
        asked = {"margin": margin, "uncovered": uncovered, "largest": m - 1}
        answer = design(Model(m, None, tau, parse_law(startup)), by, **asked)
        truth = least_rows(m, tau, startup, by, **asked)
        said = float("inf") if answer is None else answer.least_rows
        right = said == truth or abs(said - truth) < 1e-6
        where = f"m={m} tau={tau} {startup} by {by} {asked}: {said}, not {truth}"
        found.count("design, the least of all mixtures", None if right else where)


def attack(runs: int, size: int, laws: int, rng: np.random.Generator, found: Tally, every: int) -> None:
    """All of it, under the first so many laws."""
    for law in LAWS[:laws]:
        frontier(size, 0.1, law, runs, rng, found, every)
        for by in (2.0, 2.6, 3.4):
            designed(5 * size, 0.05, law, by, runs, rng, found)
            mixtures(8, 0.15, law[0], by, found)
