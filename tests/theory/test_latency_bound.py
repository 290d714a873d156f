"""The bound on E[T] from E[M']: on every path in rationals, and the means of ordered delays that it needs."""

from fractions import Fraction
from itertools import accumulate

import mpmath
import numpy as np
import pytest
from scipy import stats

from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.paper import PAPER, PAPER_PARETO
from srtheory.theory.latency import latency_bound
from srtheory.theory.named import order_means
from tests.theory.coverage_oracles import worker_ends
from tests.theory.spanning_oracles import latency

KINDS = {
    "ties": lambda rng, m: [Fraction(int(x)) for x in rng.integers(0, 3, m)],
    "steps": lambda rng, m: [Fraction(int(x), 4) for x in rng.integers(0, 30, m)],
    "huge": lambda rng, m: [Fraction(10) ** int(x) for x in rng.integers(0, 12, m)],
    "one": lambda rng, m: [Fraction(0)] * m,
}


def violations(kind, trials, own):
    """How often T <= own tau + (tau d (M' - 1) + X_(1) + ... + X_(n))/n fails for some n."""
    rng, tau, found = np.random.default_rng(len(kind)), Fraction(1), 0
    for _ in range(trials):
        m, d = int(rng.integers(1, 7)), int(rng.integers(1, 7))
        start = KINDS[kind](rng, m)
        orders = [rng.permutation(np.delete(np.arange(m), j)) for j in range(m)]
        t, rows = latency(m, worker_ends(m, d), tau, start, orders)
        sums = accumulate(sorted(start))
        found += any(t > own * tau + (tau * d * (rows - 1) + total) / n for n, total in enumerate(sums, 1))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_bound_holds_on_every_path(kind):
    assert violations(kind, 300, 1) == 0


@pytest.mark.quality
def test_without_the_systematic_term_it_would_not():
    assert violations("ties", 100, 0) > 0


def test_the_bound_at_the_parameters_of_the_paper():
    expon = stats.expon(scale=5)
    assert latency_bound(PAPER, 1009.10) == pytest.approx(0.7347, abs=5e-5)
    assert latency_bound(PAPER, 1010) == pytest.approx(0.7350, abs=5e-5)
    assert latency_bound(PAPER, 1011.02) <= 0.7354  # with E[M'] proved to be less
    assert latency_bound(PAPER_PARETO, 1034.88) <= 1.3626
    assert latency_bound(PAPER_PARETO, 1033.09) == pytest.approx(1.3622, abs=5e-5)
    assert latency_bound(Model(3, 1, 0.1, stats.pareto(b=0.3)), 3) == np.inf
    assert latency_bound(Model(1, 1, 0.1, expon), 1) == pytest.approx(5.1)
    with pytest.raises(ArgumentError, match="'rows'"):
        latency_bound(Model(3, 1, 0.1, expon), 0.5)


@pytest.mark.parametrize("m", [1, 2, 7])
@pytest.mark.parametrize(
    ("law", "quantile"),
    [
        (stats.expon(loc=1, scale=3), lambda v: 1 - 3 * mpmath.log(v)),
        (stats.uniform(loc=2, scale=4), lambda v: 6 - 4 * v),
        (stats.pareto(b=1.5), lambda v: v ** (-1 / mpmath.mpf(1.5))),
        (stats.pareto(b=30, scale=2), lambda v: 2 * v ** (-1 / mpmath.mpf(30))),
    ],
)
def test_means_of_ordered_delays_are_integrals(m, law, quantile):
    for i, mean in enumerate(order_means(law, m), 1):
        true = mpmath.quad(lambda v: quantile(v) * (1 - v) ** (i - 1) * v ** (m - i), [0, 0.5, 1])  # noqa: B023
        assert mean == pytest.approx(float(true / mpmath.beta(i, m + 1 - i)), rel=1e-5 if i == m else 1e-10)


def test_means_of_many_ordered_delays_add_up():
    m = 100_000
    assert order_means(stats.pareto(b=3), m).mean() == pytest.approx(1.5, rel=1e-11)
    assert order_means(stats.expon(), m).mean() == pytest.approx(1.0, rel=1e-11)
