"""What docs/theory.md says without a number, and runs behind its numbers."""

import math
from itertools import product

import numpy as np
import pytest
import sympy as sp

from docs.quoted.medians import medians
from paper_checks.theory import asymptotics
from srtheory.delays import Empirical
from srtheory.model import Model
from srtheory.theory import latency
from srtheory.theory.laws import coverage, genie, rows_received
from tests import recorded
from tests.theory.at_paper import EXPON


@pytest.mark.parametrize("degree", recorded.DEGREES)
def test_runs_by_degree_come_out_again(degree):
    """The runs are in data/pages/streams.csv, which ``python -m tests.record trials`` makes anew."""
    runs = recorded.recorded("streams")
    assert all(recorded.comes_out_again("streams", name, runs[name]) for name in runs if name.endswith(f" {degree}"))


@pytest.mark.quality
@pytest.mark.parametrize("trial", [0, 200, 399])
def test_an_altered_run_would_be_seen(trial):
    runs = recorded.recorded("streams")
    for measure in ("latency", "stopping_time"):
        altered = recorded.altered(runs["sr 10"], measure, trial)
        assert not recorded.comes_out_again("streams", "sr 10", altered)


def test_what_a_page_says_without_a_number():
    """Where the continuous form's bound fails, what half of the genie's runs take, where the code overtakes parts."""
    assert latency.exponential_fluid_limit(1.2, 3, 1.0) > latency.sharp_bound(1.2, 3, 1.0)
    fluid = latency.fluid_limit(Model(1000, 1, 0.005, EXPON))
    assert sum(genie.genie_bounds(Model(1000, None, 0.005, EXPON), fluid)) / 2 == pytest.approx(0.5, abs=0.05)
    (code_at_7, code_at_8), (parts_at_7, parts_at_8) = (
        [medians()[name, load / 2, "expon(scale=5)"] for load in (7, 8)] for name in ("sr", "parts-cyclic")
    )
    assert code_at_7 > parts_at_7
    assert code_at_8 < parts_at_8


def test_a_plateau_at_m_rows_leaves_half_of_the_runs_short():
    law = Empirical(np.array([0.0, 3.0]))
    limit = latency.fluid_limit(Model(1000, 2, 1.0, law))
    assert limit == pytest.approx(3)  # tau (d + 1), and nobody sends from then until 4
    low, high = rows_received.rows_by_time(Model(1000, 2, 1.0, law), 3.9, 1000)
    half = (1 + math.comb(1000, 500) / 2**1000) / 2
    assert low == pytest.approx(half, abs=1e-9) == high


def test_coverage_is_bracketed_by_the_mean_number_uncovered():
    for m, d in product(range(2, 5), range(1, 4)):
        for sent in product(range(-(-(m - 1) // d) + 2), repeat=m):
            chance, mean = coverage.coverage_given_counts(m, d, sent), coverage.poisson_given_counts(m, d, sent)[0]
            assert 1 - mean <= chance <= 1 / (1 + mean)


def test_expansions_are_those_of_sympy():
    w, theta, y = asymptotics.w, asymptotics.theta, asymptotics.y
    assert sp.expand(asymptotics.small_expansion(4) - (w + w**2 / 6 + w**3 / 36 + w**4 / 270)) == 0
    blocks = w - w**2 / 12 + (17 - 36 * theta + 36 * theta**2) * w**3 / 288
    assert sp.expand(asymptotics.small_expansion_blocks(3) - blocks) == 0
    assert sp.expand(asymptotics.large_expansion(2) - (1 + y - sp.exp(-1 - y) - sp.exp(-2 - 2 * y))) == 0
    assert sp.expand(asymptotics.large_expansion_blocks(2) - (y + sp.exp(-y) - sp.exp(-2 * y) / 2)) == 0
