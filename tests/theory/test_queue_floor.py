"""The floor with a processing time at the master, held to exact small cases and to simulated designs."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from scipy import stats

from srtheory.delays import Empirical
from srtheory.model import Model
from srtheory.theory.numerics.nested import schedule_slopes
from srtheory.theory.queue_floor import Search, any_scheme, boxes, mean_floor, queue_floor, rough, search


def drawn(rng, m, workers):
    """Orders of evaluation, and numbers of terms after which workers send."""
    sent = [tuple(sorted(rng.choice(m, rng.integers(1, m + 1), replace=False) + 1)) for _ in range(workers)]
    return list(zip((list(rng.permutation(m)) for _ in range(workers)), sent, strict=True))


def shares_of(design, m, table, last):
    """The C_i of Lemma 9 for a table of pi at one A."""
    found = np.zeros(m)
    for order, sent in design:
        used = sorted({int(np.searchsorted(last, c)) for c in sent})
        for before, g, after in zip((0, *used), used, (*used[1:], 0), strict=False):
            for r in range(last[before] + 1, min(last[g], sent[-1]) + 1):
                found[order[r - 1]] += table[g, after]
    return found


def reported(design, phi):
    """All sets of reported terms with their probabilities, if phi is that of each number of terms."""
    each = []
    for order, sent in design:
        arrived = [1.0, *(-math.expm1(-phi[c - 1]) for c in sent), 0.0]
        sets = [frozenset(), *(frozenset(order[:c]) for c in sent)]
        each.append([(s, arrived[n] - arrived[n + 1]) for n, s in enumerate(sets)])
    for outcome in itertools.product(*each):
        yield frozenset().union(*(s for s, _ in outcome)), math.prod(p for _, p in outcome)


def worst_cases(seed, count, wrong_pi=1.0, damping=True):
    """Return the greatest ratios of probabilities to the bounds of Lemma 9, and of the bounds (b) of Lemma 10."""
    rng = np.random.default_rng(seed)
    lemma, below = 0.0, 0.0
    for _ in range(count):
        m, workers = int(rng.integers(2, 6)), int(rng.integers(1, 4))
        design = drawn(rng, m, workers)
        phi = np.sort(rng.exponential(size=m) * rng.choice([0.2, 1.0, 3.0]))[::-1]
        last = np.unique([0, m, *rng.integers(1, m + 1, 3)])
        for level in (0.05, 0.3, 1.0):
            table = schedule_slopes(phi, last, np.array([level]))[0] * wrong_pi
            shares = shares_of(design, m, table, last)
            sets = [s for n in (1, 2, m) for s in itertools.combinations(range(m), n)]
            for some in (design, design[1:]):
                outcomes = list(reported(some, phi))
                for terms in sets:
                    chance = sum(p for seen, p in outcomes if seen.issuperset(terms))
                    lemma = max(lemma, chance / math.exp(min(700, -sum(level - shares[i] for i in terms))))
            y = float((level - shares).sum())
            if y <= 0:
                continue
            p = -math.expm1(-y)
            for before in (0, *design[0][1][:-1]):
                rest = set(range(m)) - set(design[0][0][:before])
                missing = sum(chance for seen, chance in outcomes if not seen.issuperset(rest))
                bound = (max(1 - level / y * before, 0.0) if damping else 1.0) * p
                below = max(below, bound - missing)
    return lemma, below


def test_coverage_by_schedules_in_exact_small_cases_and_wrong_factors_would_be_seen():
    lemma, below = worst_cases(1, 120)
    assert 0.95 < lemma <= 1 + 1e-9
    assert below <= 1e-12
    assert worst_cases(1, 120, wrong_pi=0.85)[0] > 1.01
    assert worst_cases(1, 60, damping=False)[1] > 0.01


def simulated(m, tau, sigma, mean, sizes, runs, seed):
    """Return latencies of parts in cyclic order, as many workers starting at each part as it has terms."""
    rng = np.random.default_rng(seed)
    ends = np.cumsum(sizes)
    starts = np.searchsorted(ends, np.arange(m), side="right")
    parts = (starts[:, None] + np.arange(len(sizes))) % len(sizes)
    elapsed = np.cumsum(np.asarray(sizes)[parts], axis=1) * tau
    found = []
    for _ in range(runs):
        arrivals = (rng.exponential(mean, m)[:, None] + elapsed).ravel()
        order = np.argsort(arrivals)
        k = np.arange(len(order))
        done = sigma * (k + 1) + np.maximum.accumulate(arrivals[order] - sigma * k)
        first = np.full(len(sizes), len(order))
        np.minimum.at(first, parts.ravel()[order], k)
        found.append(done[first.max()])
    return np.array(found)


def even(m, parts):
    return [m // parts + (i < m % parts) for i in range(parts)]


def right_side(m, tau, sigma, mean, sizes, u, levels):
    """Return the right side of Theorem 11 for these parts and alpha = 1 from u on, integrated over a grid of times."""
    startup, edges = stats.expon(scale=mean), np.linspace(0, 40, 801)[1:]
    y = -np.log1p(-levels)
    lost = -np.expm1(-y * sizes[0] / m)
    heights = y / m - np.log(lost) * lost / (sizes[0] * (1 - lost))
    eta = np.maximum.accumulate((heights / y)[::-1])[::-1]
    sent = np.cumsum(sizes)
    times = np.zeros(len(levels))
    for v in edges:
        phi = -startup.logsf(v - tau * np.arange(1, m + 1))
        table = schedule_slopes(phi, np.arange(m + 1), heights)
        after = [*sent[1:], 0]
        total = sum(size * table[:, c, nxt] for size, c, nxt in zip(sizes, sent, after, strict=True))
        times[m * total < m * heights - y] = v
        if (m * total >= m * heights - y).all():
            break
    times = np.maximum.accumulate(times[::-1])[::-1]
    queue = np.zeros(len(levels))
    for before, c in zip((0, *sent), sent, strict=False):
        weight = np.maximum(1 - eta * before, 0)
        queue += weight * np.maximum(startup.cdf(times - tau * c) - startup.cdf(u - tau * c), 0) * (times > u)
    return float(np.diff(levels, prepend=0.0) @ (np.minimum(u, times) + sigma * m * queue))


def test_the_theorem_on_simulated_designs():
    levels = np.linspace(0.05, 0.99, 20)
    greatest = 0.0
    for parts, sigma in [(1, 0.3), (2, 0.3), (3, 0.1), (6, 0.05)]:
        sizes = even(6, parts)
        latencies = simulated(6, 0.25, sigma, 1.0, sizes, 4000, 5)
        mean, error = latencies.mean(), latencies.std() / 4000**0.5
        floor = max(right_side(6, 0.25, sigma, 1.0, sizes, u, levels) for u in (0.1, 0.4, 0.7, 1.0))
        assert floor < mean + 3 * error
        greatest = max(greatest, floor / mean)
    assert greatest > 0.75  # a factor 4/3 too much would be seen


@pytest.mark.parametrize("ratio", [0.2, 4])
def test_no_parts_in_cyclic_order_are_below_the_floor(ratio):
    m, tau, mean = 20, 0.25, 5.0
    sigma = ratio * tau
    floor = queue_floor(Model(m, None, tau, stats.expon(scale=mean), master_time=sigma), effort=20)
    assert floor.mean == max(floor.queue, floor.any_scheme)
    best = math.inf
    for parts in (1, 2, 3, 4, 6, 10, 20):
        latencies = simulated(m, tau, sigma, mean, even(m, parts), 1500, parts)
        assert floor.mean < latencies.mean() + 3 * latencies.std() / 1500**0.5
        best = min(best, latencies.mean())
    assert floor.mean > 0.5 * best


def test_no_scheme_is_below_the_bound_for_known_delays():
    m, tau, sigma, mean = 50, 0.1, 0.05, 5.0
    x = np.sort(np.random.default_rng(2).exponential(mean, (3000, m)), axis=1)
    k = np.arange(1, m + 1)
    least = ((m * tau + np.cumsum(x + sigma * k, axis=1)) / k).min(axis=1)
    bound = any_scheme(Model(m, None, tau, stats.expon(scale=mean), master_time=sigma), m)
    assert 0.8 * least.mean() < bound < least.mean()


@pytest.mark.parametrize(
    ("workers", "kappa", "sigma", "exact"), [(1, 0.0, 0.0, 3.0), (3, 0.25, 0.0, 1.25), (2, 0.0, 0.5, 1.75)]
)
def test_workers_that_start_at_once_share_the_terms_and_stop_while_the_queue_is_handled(workers, kappa, sigma, exact):
    """T = m tau/nu + kappa; or (T - sigma) + (T - 2 sigma) = m tau in place of that, to a grid of times."""
    terms = 6 if sigma == 0 else 4
    bound = any_scheme(Model(terms, None, 0.5, Empirical([0.0]), message_cost=kappa, master_time=sigma), workers)
    assert bound <= exact
    assert bound == pytest.approx(exact, rel=0.06 if sigma else 1e-6)


def test_costs_workers_and_the_best_floor():
    model = Model(30, None, 0.1, stats.expon(scale=2), master_time=0.1)
    plain = queue_floor(model, effort=10)
    later = queue_floor(Model(30, None, 0.1, stats.expon(scale=2), message_cost=0.3, master_time=0.1), effort=10)
    assert later.queue == pytest.approx(plain.queue + 0.3)
    assert queue_floor(model, effort=10, workers=90).queue < plain.queue
    assert queue_floor(model, effort=20).queue >= plain.queue
    assert mean_floor(model, 1e9, effort=5) == 1e9
    assert mean_floor(Model(30, None, 0.1, stats.expon(scale=2)), 0.5) == 0.5
    assert mean_floor(model, 0.0, effort=10) == plain.mean
    atoms = queue_floor(Model(10, None, 0.5, stats.randint(0, 4), master_time=0.5), effort=5)
    assert atoms.queue == 0 < atoms.any_scheme


def least_expected(x, mean, q):
    """Return chi of Theorem 13: the mean of (x - B)^+ for values 0 and 1 with means q and one remainder."""
    chances = np.ones(1)
    for p in [q] * int(mean / q) + [mean - q * int(mean / q)]:
        chances = np.convolve(chances, [1 - p, p])
    return float(np.maximum(x - np.arange(len(chances)), 0) @ chances)


def test_messages_in_a_window_vary_at_least_as_much_as_few_likely_ones():
    """Messages that are spread over twice as many workers vary more."""
    rng, spare = np.random.default_rng(8), [[], []]
    for _ in range(400):
        q, chances = float(rng.uniform(0.05, 0.9)), np.ones(1)
        for _ in range(int(rng.integers(1, 5))):
            counts = rng.dirichlet(rng.choice([0.1, 1.0]) * np.ones(int(rng.integers(2, 5)))) * q
            counts[0] += 1 - q  # no message with a probability of at least 1 - q
            chances = np.convolve(chances, counts)
        number = np.arange(len(chances))
        for x, (its, likely) in itertools.product((0.5, 1.0, 1.7, 3.2), zip(spare, (q, q / 2), strict=True)):
            its.append(float(np.maximum(x - number, 0) @ chances) - least_expected(x, float(chances @ number), likely))
    assert -1e-12 < min(spare[0]) < 1e-6
    assert min(spare[1]) < -0.01


# ------------------------------------------------------------ the search, every part of a small one by its formula


MODEL = Model(6, None, 0.5, stats.expon(scale=2), master_time=0.25)
WORKERS, LEVELS = 4, np.array([0.3, 0.8])
EDGES, LAST = np.array([0.0, 1.0, 2.0, 3.5]), np.array([0, 1, 3, 5])
KNOTS, AROUND = np.array([0.4, 1.5]), 2.0


def its():
    return Search(MODEL, WORKERS, LEVELS, EDGES, LAST, KNOTS, AROUND)


def test_heights_and_dampings_are_those_of_the_text():
    """A_k = y/m - ln(1 - e^(-y c/m)) (e^(y c/m) - 1)/c for c terms in a message, eta the greatest A/y from k on."""
    m, found = MODEL.symbols, its()
    y = [-math.log(1 - p) for p in LEVELS]
    lost = [1 - math.exp(-a * AROUND / m) for a in y]
    heights = [a / m - math.log(q) * q / (AROUND * (1 - q)) for a, q in zip(y, lost, strict=True)]
    eta = [max(h / a for h, a in zip(heights[k:], y[k:], strict=True)) for k in range(2)]
    assert found.heights == pytest.approx(heights, rel=1e-9)
    assert found.eta == pytest.approx(eta, rel=1e-9)
    assert found.weights == pytest.approx([0.3, 0.5])
    damped = [[max(1 - e * c, 0) for c in LAST] for e in eta]
    needed = [(m * h - a) / WORKERS for h, a in zip(heights, y, strict=True)]
    for bound, exact in [(found.damped, damped), (found.needed, needed), (-found.eta, -np.array(eta))]:
        assert bound == pytest.approx(np.array(exact), rel=1e-9)
        assert (bound <= np.array(exact)).all()


def test_messages_in_a_window_are_counted_from_below_and_closely():
    """sigma nu (F(a - e) - F(u - e)), sigma nu = 1, at its least for e up to the next group's: by a step at most."""
    found = its().counted
    for i, a in enumerate(EDGES):
        for j, u in enumerate(KNOTS):
            for g in range(1, len(LAST)):
                ends = 0.5 * np.linspace(LAST[g - 1] + 1, LAST[g] + 1, 400)
                least = max((MODEL.startup.cdf(a - ends) - MODEL.startup.cdf(u - ends)).min(), 0.0)
                step = 0.5 * (LAST[g] - LAST[g - 1]) / 8
                assert least - 0.5 * step <= found[i, j, g] <= least  # the density is at most a half
            assert found[i, j, 0] == 0.0


def written_out(found, low, high, weights, beta):
    """The bound of a box: the least over all schedules, of all groups."""
    cells, size = len(found.tables), len(found.last)
    beta = [b if h < cells else 0.0 for b, h in zip(beta, high, strict=True)]
    base = sum(
        w * p * found.waited[i, c] for i, w in enumerate(weights) for p, c in zip(found.weights, low, strict=True)
    )
    base += sum(b * n for b, n in zip(beta, found.needed, strict=True))
    if not any(beta):
        return base
    values = [0.0]
    for n in range(1, size):
        for chosen in itertools.combinations(range(1, size), n):
            value = 0.0
            for a, b, c in zip((0, *chosen), chosen, (*chosen[1:], 0), strict=False):
                for k in range(len(beta)):
                    paid = sum(w * found.counted[low[k], i, b] for i, w in enumerate(weights[:-1]))
                    value += found.damped[k, a] * found.weights[k] * paid
                    if beta[k]:
                        value -= beta[k] * (found.last[b] - found.last[a]) * found.tables[high[k], k, b, c]
            values.append(value)
    return base + min(values)


@pytest.mark.parametrize(("low", "high"), [((0, 0), (2, 2)), ((1, 2), (2, 2)), ((0, 2), (1, 3)), ((1, 1), (3, 3))])
@pytest.mark.parametrize("beta", [(0.5, 2.0), (3.0, 0.0), (0.0, 0.0)])
def test_the_value_of_a_box_is_the_least_over_all_schedules(low, high, beta):
    found, weights = its(), np.array([0.2, 0.5, 0.3])
    value, exact = (
        of(np.array(low), np.array(high), weights, np.array(beta)) for of in (found.value, partial(written_out, found))
    )
    assert value <= exact
    assert value == pytest.approx(exact, abs=1e-7)


def test_a_bound_rises_with_the_boxes():
    """From the first cells alone, of which T is at least the start, to one near that of parts."""
    model = replace(MODEL, master_time=1.0)
    grid = search(model, WORKERS, (0.3, 0.8), 8, 4)
    none = boxes(grid, 0, list)
    assert none == pytest.approx(float(grid.weights @ grid.edges[grid.first()]), rel=1e-8)
    some, more = (boxes(search(model, WORKERS, (0.3, 0.8), 8, 4), count, list) for count in (3, 14))
    assert none <= some <= more < rough(model, WORKERS).latency
    assert more > 1.02 * none
