"""Laws of the two shortcuts against enumeration over discrete delays, and against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from paper_checks.theory.plain_addition import log10_all_systematic
from srtheory.model import Model
from srtheory.theory.laws.baselines import uncoded_cdf

EXPON = stats.expon(scale=5)


def test_the_logarithm_reaches_below_floats():
    large, small = Model(1000, None, 0.005, EXPON), Model(4, None, 0.5, EXPON)
    assert uncoded_cdf(large, 0.7) == 0.0
    assert log10_all_systematic(large, 0.7) == pytest.approx(1000 * np.log10(-np.expm1(-0.139)))
    assert log10_all_systematic(small, 3.0) == pytest.approx(np.log10(uncoded_cdf(small, 3.0)))
    assert log10_all_systematic(small, 0.1) == -np.inf
