"""Laws against simulations in plain NumPy, written for these tests: m from 50 to 300, many runs at once.

A run is over at the least t at which every term is in a row that has come: max_i min_j (X_j + cost_ji), cost_ji being
the time from worker j's start to the end of its row with the term i.  So a scheme is here a matrix of costs, drawn anew
for each run if it draws at random.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from scipy.stats import binom

from srtheory.delays import Empirical, parse_law
from srtheory.model import Model
from srtheory.theory import ENTRIES as LAWS
from srtheory.theory.laws import collection, coverage, rows_received, stopping
from srtheory.theory.laws.by_scheme import latency_law
from tests.attack.report import Tally
from tests.oracle import laws as oracle

LEVEL = 1e-6
"""Chance that a comparison with a right law fails."""
SHARES = (0.02, 0.3, 0.7, 0.98)
"""Quantiles of a first simulation, at whose times a second one is compared with the law."""
ENTRIES = 4_000_000
"""Costs that are held at a time."""
GRID = 0.25
"""Discrete delays are multiples of this many tau, and the times that are asked about are none."""


# ------------------------------------------------------------------------------------------------------------- delays


@dataclass(frozen=True)
class Delays:
    """A law as the package takes it, and draws from it."""

    law: object
    draw: Callable[[np.random.Generator, tuple[int, int]], np.ndarray]
    smooth: bool = True


def draw_delays(kind: str, tau: float, rng) -> Delays:
    scale = float(rng.choice([1.0, 5.0]))
    if kind == "exponential":
        return Delays(parse_law(f"expon(scale={scale})"), lambda g, n: -scale * np.log1p(-g.random(n)))
    if kind == "Pareto":
        b = float(rng.choice([1.0, 2.5]))
        return Delays(parse_law(f"pareto(b={b}, scale={scale})"), lambda g, n: scale * (1 - g.random(n)) ** (-1 / b))
    if kind == "Weibull":
        c = float(rng.choice([0.5, 1.7]))
        return Delays(
            parse_law(f"weibull_min(c={c}, scale={scale})"), lambda g, n: scale * (-np.log1p(-g.random(n))) ** (1 / c)
        )
    if kind == "lognormal":
        s = float(rng.choice([0.5, 1.2]))
        return Delays(
            parse_law(f"lognorm(s={s}, scale={scale})"), lambda g, n: scale * np.exp(s * g.standard_normal(n))
        )
    places = [int(rng.integers(0, 200))] if kind == "constant" else sorted(rng.choice(400, 5, replace=False).tolist())
    values = GRID * tau * np.array(places, dtype=float)
    return Delays(Empirical(values), lambda g, n: values[g.integers(len(values), size=n)], False)


DELAYS = ("exponential", "Pareto", "Weibull", "lognormal", "discrete", "constant")


# -------------------------------------------------------------------------------------------------------------- costs


@dataclass(frozen=True)
class Case:
    """What is simulated; ``option`` is d or s, where the scheme has one."""

    name: str
    m: int
    option: int
    access: int
    tau: float
    kappa: float
    silent: float
    delays: Delays = field(repr=False)

    def spent(self, terms, messages):
        return self.tau * terms + self.kappa * messages


def parts(m: int, d: int) -> list[range]:
    return [range(a, min(a + d, m)) for a in range(0, m, d)]


def _ordered(case: Case, rng, n: int) -> np.ndarray:
    """The same rows in every run, shape (1, workers, m)."""
    of = "stragglers" if case.name.startswith("gradient") else "degree"
    plans = oracle.orders(case.name, case.m, **{of: case.option})
    costs = np.full((1, len(plans), case.m), np.inf)
    for j, (rows,) in enumerate(plans):
        done = 0
        for i, row in enumerate(rows):
            done += len(row)
            costs[0, j, list(row)] = case.spent(done, i + 1)
    return costs


def _random_parts(case: Case, rng, n: int) -> np.ndarray:
    """Every worker sends all parts in an order of its own."""
    d = 1 if case.name == "terms-random" else case.option
    cells = parts(case.m, d)
    sizes = np.array([len(cell) for cell in cells])
    order = rng.random((n, case.m, len(cells))).argsort(axis=-1)
    ends = case.spent(np.cumsum(sizes[order], axis=-1), np.arange(1, len(cells) + 1))
    costs = np.empty_like(ends)
    np.put_along_axis(costs, order, ends, axis=-1)
    return costs  # (n, m, parts): a part's terms come together


def _sampled_parts(case: Case, rng, n: int) -> np.ndarray:
    sizes = np.array([len(cell) for cell in parts(case.m, case.option)])
    chosen = rng.integers(len(sizes), size=(n, case.m, 1))
    return np.where(chosen == np.arange(len(sizes)), case.spent(sizes, 1), np.inf)


def _sum_recovery(case: Case, rng, n: int) -> np.ndarray:
    """The place of each other term in each worker's order, and from there the block."""
    m, d, others = case.m, case.option, case.access - 1
    place = 1 + rng.permuted(np.broadcast_to(np.arange(m - 1), (n, m, m - 1)), axis=-1)
    block = -(-place // d)
    costs = np.full((n, m, m), case.spent(1, 1))
    apart = ~np.eye(m, dtype=bool)
    theirs = np.where(place <= others, case.spent(1 + np.minimum(d * block, others), 1 + block), np.inf)
    costs[:, apart] = theirs.reshape(n, -1)
    return costs


DRAWN = {"bcc": _sampled_parts, "parts-stream": _random_parts, "terms-random": _random_parts, "sr": _sum_recovery}
COSTS: dict[str, Callable] = {name: DRAWN.get(name, _ordered) for name in LAWS if name != "genie"}


def runs(case: Case, trials: int, rng) -> Iterator[tuple[np.ndarray, np.ndarray | None]]:
    """Start-up delays, shape (n, workers), and the time of coverage of each of n runs, some at a time."""
    workers = 1 if case.name == "one" else case.m
    step = max(1, ENTRIES // case.m**2)
    for first in range(0, trials, step):
        n = min(step, trials - first)
        delays = case.delays.draw(rng, (n, workers))
        if case.silent:
            delays = np.where(rng.random((n, workers)) < case.silent, np.inf, delays)
        covered = None
        if case.name in COSTS:
            costs = COSTS[case.name](case, rng, n)
            covered = np.array([(x[:, None] + costs[i % len(costs)]).min(axis=0).max() for i, x in enumerate(delays)])
        yield delays, covered


# ----------------------------------------------------------------------------------------------------------- measures


def _row_times(case: Case, delays: np.ndarray) -> np.ndarray:
    """When each row comes, of all workers together, shape (n, rows)."""
    d = 1 if case.name == "genie" else case.option
    ends = np.append(np.arange(0, case.access - 1, d), case.access - 1)
    return (delays[:, :, None] + case.spent(1 + ends, np.arange(1, len(ends) + 1))).reshape(len(delays), -1)


def _arrival(times: np.ndarray, k: int) -> np.ndarray:
    """Of the k-th row, k >= 1."""
    return np.partition(times, k - 1, axis=-1)[:, k - 1]


def _finished(case: Case, delays, covered) -> np.ndarray:
    if case.name == "gradient-cyclic":
        return _arrival(delays + case.spent(case.option + 1, 1), case.m - case.option)
    if case.name == "genie":
        return _arrival(_row_times(case, delays), case.m)
    return covered


def _hit(case: Case, delays, covered) -> np.ndarray:
    """m rows and coverage, or all rows of one worker that sees everything."""
    times = _row_times(case, delays)
    enough = _arrival(times, case.m) if times.shape[1] >= case.m else np.full(len(times), np.inf)
    last = 1 + -(-(case.access - 1) // case.option)
    complete = delays.min(axis=1) + case.spent(case.m, last) if case.access == case.m else np.inf
    return np.minimum(np.maximum(enough, covered), complete)


def _collected(case: Case, delays, covered) -> np.ndarray:
    return (_row_times(case, delays) <= covered[:, None]).sum(axis=1)


def _scheme_law(case: Case, t: float):
    option = "stragglers" if case.name.startswith("gradient") else "degree"
    given = {option: case.option} if case.name in WITH_OPTION else {}
    model = Model(case.m, given.get("degree"), case.tau, case.delays.law, message_cost=case.kappa, silent=case.silent)
    return latency_law(case.name, model, stragglers=given.get("stragglers")).cdf(t)


def _sr(law: Callable, case: Case, t: float, *rows: int, **more):
    return law(Model(case.m, case.option, case.tau, case.delays.law, case.access, silent=case.silent, **more), t, *rows)


WITH_OPTION = (
    *("repetition", "bcc", "gradient-fractional", "gradient-cyclic"),
    *("parts-stream", "parts-cyclic", "parts-even", "parts-pairs", "arcs"),
)


@dataclass(frozen=True)
class Measure:
    """A number that each run has, and the law of it."""

    of: Callable[[Case, np.ndarray, np.ndarray | None], np.ndarray]
    law: Callable[[Case, float], tuple[float, float]]
    scheme: str = "sr"
    whole: bool = False
    """It is a number of rows, and its law asks for a density."""
    free: bool = False
    """Messages cost no time."""


def _rows_measure(k: int, case: Case) -> int:
    return max(1, min(k * case.m // 2, case.m * (1 + -(-(case.access - 1) // case.option))))


MEASURES: dict[str, Measure] = {
    **{
        f"latency of {name}": Measure(_finished, _scheme_law, name, free=name in ("genie", "arcs"))
        for name in LAWS
        if name != "sr"
    },
    "coverage": Measure(
        lambda case, delays, covered: covered,
        lambda case, t: _sr(coverage.coverage_by_time, case, t, message_cost=case.kappa),
    ),
    "coverage and rows": Measure(
        lambda case, delays, covered: np.maximum(covered, _arrival(_row_times(case, delays), _rows_measure(2, case))),
        lambda case, t: _sr(coverage.coverage_and_rows, case, t, _rows_measure(2, case), message_cost=case.kappa),
    ),
    "rows": Measure(
        lambda case, delays, covered: _arrival(_row_times(case, delays), _rows_measure(3, case)),
        lambda case, t: _sr(rows_received.rows_by_time, case, t, _rows_measure(3, case)),
        free=True,
    ),
    "hitting": Measure(
        _hit, lambda case, t: _sr(stopping.latency_bounds_given_hitting, case, t, message_cost=case.kappa)
    ),
    "rows to cover": Measure(
        _collected, lambda case, k: _sr(collection.coverage_by_rows, case, int(k)), whole=True, free=True
    ),
    "rows to stop": Measure(
        lambda case, delays, covered: np.maximum(_collected(case, delays, covered), case.m),
        lambda case, k: _sr(stopping.stopping_bounds_given_hitting, case, int(k)),
        whole=True,
        free=True,
    ),
}


# ---------------------------------------------------------------------------------------------------------- comparing


def draw_case(measure: Measure, kind: str, sizes: tuple[int, int], rng) -> Case:
    """d is 1, small, m - 1, or beyond where a scheme takes it; where a law goes row by row, there are few of them."""
    m = int(rng.integers(*sizes))
    tau = float(rng.choice([0.01, 0.05, 0.5]))
    delays = draw_delays(kind, tau, rng)
    most = m - 1 if measure.scheme.startswith("gradient") else m + 3 if measure.scheme in BEYOND else m
    few = [7, 10, m - 1, most, int(rng.integers(7, m))]
    option = int(rng.choice(few if measure.whole else [1, 2, 3, *few]))
    access = int(rng.integers(2, m)) if measure.scheme == "sr" and rng.random() < 0.4 else m
    kappa = 0.0 if measure.free or rng.random() < 0.6 else 3 * tau
    silent = 0.0 if measure.whole or measure.scheme == "genie" or rng.random() < 0.7 else 0.01
    return Case(measure.scheme, m, option, access, tau, kappa, silent, delays)


BEYOND = ("sr", "repetition", "bcc")


def measured(measure: Measure, case: Case, trials: int, rng) -> np.ndarray:
    return np.concatenate([measure.of(case, *run) for run in runs(case, trials, rng)])


def moments(first: np.ndarray, measure: Measure, case: Case) -> list[float]:
    """Where to compare: between the places where a discrete law jumps."""
    finite = np.sort(first[np.isfinite(first)])
    if not len(finite):
        return [1e6]
    chosen = finite[[int(q * (len(finite) - 1)) for q in SHARES]]
    off = 0.0 if measure.whole or case.delays.smooth else 0.11 * GRID * case.tau
    return [float(x) + off for x in np.unique(chosen)]


def compare(measure: Measure, kind: str, trials: int, sizes: tuple[int, int], rng) -> list[str | None]:
    """What is wrong, or nothing, for each of some times."""
    case = draw_case(measure, kind, sizes, rng)
    at = moments(measured(measure, case, 200, rng), measure, case)
    second = measured(measure, case, trials, rng)
    return [judged(int((second <= t).sum()), trials, measure.law(case, t), f"{case}, at {t!r}") for t in at]


def judged(hits: int, trials: int, interval, what: str) -> str | None:
    """Whether so many hits are likely enough for some probability in the interval."""
    low, high = (float(x) for x in interval)
    if low <= hits / trials <= high:
        return None
    chance = binom.sf(hits - 1, trials, high) if hits / trials > high else binom.cdf(hits, trials, low)
    if chance >= LEVEL / 2:
        return None
    return f"{hits} of {trials} and not [{low:.6f}, {high:.6f}]: {what}"


def attack(
    each: int, trials: int, sizes: tuple[int, int], seed: int, tally: Tally, every: int = 1, names: Iterable[str] = ()
) -> None:
    """So many cases of each measure and law of delays, or one in so many of these pairs."""
    pairs = [(name, kind) for name in MEASURES for kind in DELAYS if not (MEASURES[name].whole and kind in DELAYS[4:])]
    for number, (name, kind) in enumerate(pairs):
        if number % every == seed % every and (not names or name in names):
            for i in range(each):
                rng = np.random.default_rng((seed, number, i))
                for wrong in compare(MEASURES[name], kind, trials, sizes, rng):
                    tally.count(f"simulation, {name}", wrong and f"case {seed}, {number}, {i}: {wrong}")
