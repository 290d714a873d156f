"""Laws where workers may never answer: against simulation and closed forms."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from scipy import stats

from srtheory.model import Defective, Model
from srtheory.theory.startup import cdf_bounds

EXPON, PARETO, ATOMS = stats.expon(scale=5), stats.pareto(b=1), stats.randint(0, 3)
TAU = 0.11


# --------------------------------------------------------------------------------------------------- the law itself


@pytest.mark.parametrize("startup", [EXPON, PARETO])
def test_a_defective_law(startup):
    law = Defective(startup, 0.25)
    x = np.array([0.0, 0.5, 2.0, 1e3, math.inf])
    assert law.cdf(x) == pytest.approx(0.75 * startup.cdf(x), rel=1e-15)
    assert law.sf(x) + law.cdf(x) == pytest.approx(1, rel=1e-15)
    assert law.cdf(math.inf) == 0.75
    assert law.cdf(law.ppf(0.5)) == pytest.approx(0.5, rel=1e-12)
    assert law.ppf(0.75) == math.inf  # no finite time
    assert law.ppf(0.8) == math.inf
    assert Model(3, None, TAU, startup).defective_startup is startup


def test_bounds_allow_for_the_rounding_of_the_product():
    """A law that is right to 2^-50 and no better, times 1 - 0.1 and 1 - 0.3, which are no floats."""

    class Worst:
        def cdf(self, x):
            return np.full(np.shape(x), 0.7 + 2.0**-50)

        def sf(self, x):
            return 1 - self.cdf(x)

        def ppf(self, q):
            return np.zeros(np.shape(q))

    for silent in (0.1, 0.3, 1e-9, 1e-17):
        low, high = cdf_bounds(Defective(Worst(), silent), 1.0, [0.0])
        assert Fraction(float(low[0])) <= (1 - Fraction(silent)) * Fraction(0.7) <= Fraction(float(high[0]))
