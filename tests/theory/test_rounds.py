"""Parts in cyclic order as m grows: limits against the exact law, zeros of a polynomial, and an SR code's coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from paper_checks.theory.statements.rounds import coverage_fluid, rounds_fluid, rounds_limit
from paper_checks.theory.thresholds import critical_ratio
from srtheory.model import Model
from srtheory.theory.latency import exponential_fluid_limit
from srtheory.theory.laws.coverage import coverage_by_time
from srtheory.theory.laws.streaming import parts_cyclic_bounds

EXPON, PARETO, UNIFORM = stats.expon(scale=5), stats.pareto(b=1), stats.uniform(0, 9)
LAWS = pytest.mark.parametrize("law", [EXPON, PARETO, UNIFORM], ids=["expon", "pareto", "uniform"])
positive = st.floats(1e-3, 1e3)


@given(st.integers(1, 30), st.floats(0.01, 50))
def test_closed_form_is_the_least_time(degree, load):
    """With P parts in place of the limit, 1/c = ln P/d."""
    parts = 40
    limit = rounds_limit(degree / math.log(parts), load)
    assert rounds_fluid(Model(parts * degree, degree, load / degree, stats.expon())) == pytest.approx(limit, rel=1e-9)


@given(positive, positive)
def test_no_number_of_rounds_gives_less(ratio, load):
    n = np.arange(1, 3000)
    assert rounds_limit(ratio, load) == pytest.approx((1 / (ratio * n) + (n + 1) * load / 2).min(), rel=1e-12)


def test_one_part_is_expected_missing():
    t, tau = rounds_fluid(Model(1000, 10, 0.005, EXPON)), 0.05
    missing = 100 * np.prod(EXPON.sf(t - tau * np.arange(1, 101))) ** 10
    assert missing == pytest.approx(1, rel=1e-9)


@LAWS
def test_the_law_contracts_to_the_limit(law):
    """P(T <= t) at 15 % before and after, from m = 100 to 30000 with d = 1.5 ln m at a fixed time per part."""
    low, high = [], []
    for m in (100, 1000, 30000):
        d = round(1.5 * math.log(m))
        model = Model(m, d, 0.4 / d, law)
        t, start = rounds_fluid(model), law.support()[0] + 0.4
        low.append(parts_cyclic_bounds(model, start + 0.85 * (t - start))[1])
        high.append(parts_cyclic_bounds(model, start + 1.15 * (t - start))[0])
    assert low == sorted(low, reverse=True)
    assert high == sorted(high)
    assert low[-1] < 0.2
    assert high[-1] > 0.8


def zeros(m, d, tau, law, t):
    """Zeros of 1 - sum_n (u_{n-1} - u_n) z^n."""
    rounds = int((t - law.support()[0]) / (tau * d))
    unreached = np.append(1, np.cumprod(law.sf(t - tau * d * np.arange(1, rounds + 1)) ** d))
    return np.roots([*np.diff(unreached)[::-1], 1.0])


@LAWS
@pytest.mark.parametrize(("m", "d", "t"), [(1000, 10, 1.5), (100, 5, 2.0), (60, 2, 3.1)])
def test_the_law_is_a_sum_over_zeros(m, d, t, law):
    found = (zeros(m, d, 0.02, law, t) ** (-m / d)).sum()
    low, high = parts_cyclic_bounds(Model(m, d, 0.02, law), t)
    assert found.real == pytest.approx((low + high) / 2, rel=1e-9, abs=1e-12)
    assert abs(found.imag) < 1e-12


def test_the_least_zero_alone_is_the_law_for_many_parts():
    least = min(zeros(1000, 10, 0.005, EXPON, 0.5), key=abs)
    assert least.real**-100 == pytest.approx(parts_cyclic_bounds(Model(1000, 10, 0.005, EXPON), 0.5)[0], rel=1e-9)
    poisson = math.exp(-100 * np.prod(EXPON.sf(0.5 - 0.05 * np.arange(1, 10))) ** 10)
    assert abs(poisson - least.real**-100) > 0.1  # what is missed comes in clumps


@given(st.integers(2, 2000), st.sampled_from([EXPON, PARETO, UNIFORM]), st.data())
def test_no_code_covers_before_the_parts_are_done(m, law, data):
    d = data.draw(st.integers(1, m - 1))
    model = Model(m, d, data.draw(st.floats(1e-4, 1.0)), law)
    assert rounds_fluid(model) <= coverage_fluid(model) * (1 + 1e-12)


@pytest.mark.parametrize("load", [0.01, 0.3, 1.0, 3.0, 10.0])
def test_at_the_critical_ratio_an_sr_code_is_later(load):
    """There coverage and m rows come at the same time, x(y), after the parts."""
    x, ratio = exponential_fluid_limit(load, 1, 1.0) - load, critical_ratio(load)
    rounds = np.arange(1, int(x / load) + 1)
    assert ratio * -np.expm1(-(x - load * rounds)).sum() == pytest.approx(1, rel=1e-9)
    assert rounds_limit(ratio, load) < x


def test_an_sr_code_has_not_covered_before_its_limit():
    """At m = 2000 and 10 % before coverage_fluid, by the exact law; the parts are done."""
    model = Model(2000, 12, 0.05 / 12, EXPON)
    t = 0.9 * coverage_fluid(model)
    assert coverage_by_time(model, t)[1] < 0.3
    assert parts_cyclic_bounds(model, t)[0] > 0.6


@pytest.mark.quality
def test_without_the_logarithm_the_limit_would_be_another():
    """Were a part missed with probability exp(-d F) instead of (1 - F)^d, the two limits would be one, but for ln P."""
    model = Model(30_000, 15, 0.05 / 15, EXPON)
    assert parts_cyclic_bounds(model, coverage_fluid(model))[0] > 0.95
