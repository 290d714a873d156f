"""The floor with a processing time at the master, held to exact small cases and to simulated designs."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from srtheory.model import Model
from srtheory.theory.numerics.schedules import slopes
from srtheory.theory.queue_floor import any_scheme, groups, mean_floor, queue_floor


def one_by_one(m):
    return np.arange(m + 1)


@dataclass
class Design:
    """Orders of evaluation and numbers of terms after which workers send, at m terms."""

    m: int
    orders: list[list[int]]
    sent: list[tuple[int, ...]]

    @classmethod
    def random(cls, rng, m, workers):
        sent = [tuple(sorted(rng.choice(m, rng.integers(1, m + 1), replace=False) + 1)) for _ in range(workers)]
        return cls(m, [list(rng.permutation(m)) for _ in range(workers)], sent)

    def shares(self, phi, table, last):
        """Return the C_i of Lemma 9 for a table of pi at one A."""
        found = np.zeros(self.m)
        for order, sent in zip(self.orders, self.sent, strict=True):
            used = sorted({int(np.searchsorted(last, c)) for c in sent})
            for before, g, after in zip((0, *used), used, (*used[1:], 0), strict=False):
                for r in range(last[before] + 1, last[g] + 1):
                    if r <= sent[-1]:
                        found[order[r - 1]] += table[g, after]
        return found

    def reported(self, phi, leave=None):
        """Return all sets of reported terms with their probabilities, if phi is that of each number of terms."""
        each = []
        for j, (order, sent) in enumerate(zip(self.orders, self.sent, strict=True)):
            arrived = [1.0, *(-math.expm1(-phi[c - 1]) for c in sent), 0.0]
            sets = [frozenset(), *(frozenset(order[:c]) for c in sent)]
            if j != leave:
                each.append([(s, arrived[n] - arrived[n + 1]) for n, s in enumerate(sets)])
        for outcome in itertools.product(*each):
            yield frozenset().union(*(s for s, _ in outcome)), math.prod(p for _, p in outcome)


def worst_cases(seed, count, wrong_pi=1.0, damping=True):
    """Return the greatest ratios of probabilities to the bounds of Lemma 9, and of the bounds (b) of Lemma 10."""
    rng = np.random.default_rng(seed)
    lemma, below = 0.0, 0.0
    for _ in range(count):
        m, workers = int(rng.integers(2, 6)), int(rng.integers(1, 4))
        design = Design.random(rng, m, workers)
        phi = np.sort(rng.exponential(size=m) * rng.choice([0.2, 1.0, 3.0]))[::-1]
        last = np.unique([0, m, *rng.integers(1, m + 1, 3)])
        for level in (0.05, 0.3, 1.0):
            table = slopes(phi, last, np.array([level]))[0] * wrong_pi
            shares = design.shares(phi, table, last)
            sets = [s for n in (1, 2, m) for s in itertools.combinations(range(m), n)]
            for leave in (None, 0):
                outcomes = list(design.reported(phi, leave))
                for terms in sets:
                    chance = sum(p for seen, p in outcomes if seen.issuperset(terms))
                    lemma = max(lemma, chance / math.exp(min(700, -sum(level - shares[i] for i in terms))))
            y = float((level - shares).sum())
            if y <= 0:
                continue
            p = -math.expm1(-y)
            for before in (0, *design.sent[0][:-1]):
                rest = set(range(m)) - set(design.orders[0][:before])
                missing = sum(chance for seen, chance in outcomes if not seen.issuperset(rest))
                bound = (max(1 - level / y * before, 0.0) if damping else 1.0) * p
                below = max(below, bound - missing)
    return lemma, below


def test_coverage_by_schedules_in_exact_small_cases():
    lemma, below = worst_cases(1, 120)
    assert 0.95 < lemma <= 1 + 1e-9
    assert below <= 1e-12


def test_wrong_factors_are_seen_in_exact_small_cases():
    assert worst_cases(1, 120, wrong_pi=0.85)[0] > 1.01
    assert worst_cases(1, 120, damping=False)[1] > 0.01


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


def right_side(m, tau, sigma, mean, sizes, u, levels, damping=True):
    """Return the right side of Theorem 11 for these parts and alpha = 1 from u on, integrated over a grid of times."""
    startup, edges = stats.expon(scale=mean), np.linspace(0, 40, 1601)[1:]
    y = -np.log1p(-levels)
    lost = -np.expm1(-y * sizes[0] / m)
    heights = y / m - np.log(lost) * lost / (sizes[0] * (1 - lost))
    eta = np.maximum.accumulate((heights / y)[::-1])[::-1]
    sent = np.cumsum(sizes)
    times = np.zeros(len(levels))
    for v in edges:
        phi = -startup.logsf(v - tau * np.arange(1, m + 1))
        table = slopes(phi, one_by_one(m), heights)
        after = [*sent[1:], 0]
        total = sum(size * table[:, c, nxt] for size, c, nxt in zip(sizes, sent, after, strict=True))
        times[m * total < m * heights - y] = v
        if (m * total >= m * heights - y).all():
            break
    times = np.maximum.accumulate(times[::-1])[::-1]
    queue = np.zeros(len(levels))
    for before, c in zip((0, *sent), sent, strict=False):
        weight = np.maximum(1 - eta * before, 0) if damping else 1.0
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


@pytest.mark.parametrize("ratio", [0.2, 1, 4])
def test_no_parts_in_cyclic_order_are_below_the_floor(ratio):
    m, tau, mean = 20, 0.25, 5.0
    sigma = ratio * tau
    floor = queue_floor(Model(m, None, tau, stats.expon(scale=mean), master_time=sigma), effort=40)
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


def test_costs_workers_and_the_best_floor():
    model = Model(30, None, 0.1, stats.expon(scale=2), master_time=0.1)
    plain = queue_floor(model, effort=10)
    later = queue_floor(Model(30, None, 0.1, stats.expon(scale=2), message_cost=0.3, master_time=0.1), effort=10)
    assert later.queue == pytest.approx(plain.queue + 0.3)
    assert queue_floor(model, effort=10, workers=90).queue < plain.queue
    assert queue_floor(model, effort=40).queue >= plain.queue
    assert mean_floor(model, 1e9, effort=5) == 1e9
    assert mean_floor(Model(30, None, 0.1, stats.expon(scale=2)), 0.5) == 0.5
    assert mean_floor(model, 0.0, effort=10) == plain.mean


def test_a_distribution_with_atoms_has_no_queue_floor():
    model = Model(10, None, 0.5, stats.randint(0, 4), master_time=0.5)
    assert queue_floor(model, effort=5).queue == 0
    assert queue_floor(model, effort=5).any_scheme > 0


def test_groups_cover_all_numbers():
    for terms, useful, top in [(1, 1, 1), (5, 30, 40), (60, 200, 200), (500, 90, 95)]:
        last = groups(terms, useful, top, 30)
        assert last[0] == 0
        assert last[-1] == top
        assert useful in last
        assert (np.diff(last) > 0).all()
        assert len(last) <= 33


def least_expected(x, mean, q):
    """Return chi of Theorem 13: the mean of (x - B)^+ for values 0 and 1 with means q and one remainder."""
    chances = np.ones(1)
    for p in [q] * int(mean / q) + [mean - q * int(mean / q)]:
        chances = np.convolve(chances, [1 - p, p])
    return float(np.maximum(x - np.arange(len(chances)), 0) @ chances)


def test_messages_in_a_window_vary_at_least_as_much_as_few_likely_ones():
    rng = np.random.default_rng(8)
    closest, wrong = math.inf, math.inf
    for _ in range(400):
        q, chances, mean = float(rng.uniform(0.05, 0.9)), np.ones(1), 0.0
        for _ in range(int(rng.integers(1, 5))):
            counts = rng.dirichlet(rng.choice([0.1, 1.0]) * np.ones(int(rng.integers(2, 5)))) * q
            counts[0] += 1 - q  # no message with a probability of at least 1 - q
            chances = np.convolve(chances, counts)
            mean += float(counts @ np.arange(len(counts)))
        for x in (0.5, 1.0, 1.7, 3.2):
            true = float(np.maximum(x - np.arange(len(chances)), 0) @ chances)
            closest = min(closest, true - least_expected(x, mean, q))
            wrong = min(wrong, true - least_expected(x, mean, q / 2))
    assert -1e-12 < closest < 1e-6
    assert wrong < -0.01  # messages that are spread over twice as many workers vary more
