"""docs/theory.md says what the code says: its functions and tests exist (its numbers: tests/docs/test_numbers.py)."""

import importlib
import math
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from scipy import stats

from docs.quoted.medians import medians
from srtheory.delays import Empirical
from srtheory.schemes import NAMES
from srtheory.theory import asymptotics, latency
from srtheory.theory.laws import collection, coverage, genie, rows_received
from tests import recorded
from tests.theory.at_paper import EXPON
from tests.theory.coverage_oracles import covered_by_rows_exponential

ROOT = Path(__file__).parents[2]
TEXT = " ".join((ROOT / "docs" / "theory.md").read_text(encoding="utf-8").split())


@pytest.mark.parametrize("degree", recorded.DEGREES)
def test_runs_by_degree_come_out_again(degree):
    """The runs are in data/pages/streams.csv, which ``python -m tests.recorded`` makes anew."""
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
    fluid = latency.fluid_limit(1000, 1, 0.005, EXPON)
    assert sum(genie.genie_cdf(fluid, 1000, 0.005, EXPON)) / 2 == pytest.approx(0.5, abs=0.05)
    (code_at_7, code_at_8), (parts_at_7, parts_at_8) = (
        [medians()[name, load / 2, "expon(scale=5)"] for load in (7, 8)] for name in ("sr", "parts-cyclic")
    )
    assert code_at_7 > parts_at_7
    assert code_at_8 < parts_at_8


def test_a_plateau_at_m_rows_leaves_half_of_the_runs_short():
    law = Empirical(np.array([0.0, 3.0]))
    limit = latency.fluid_limit(1000, 2, 1.0, law)
    assert limit == pytest.approx(3)  # tau (d + 1), and nobody sends from then until 4
    low, high = rows_received.rows_by_time(3.9, 1000, 1000, 2, 1.0, law)
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


MODULES = [
    "laws.approximate",
    "thresholds",
    "asymptotics",
    "laws.baselines",
    "laws.collection",
    "collector",
    "laws.rows_received",
    "laws.coverage",
    "laws.genie",
    "given_counts",
    "laws.stopping",
    "independent_rows",
    "latency",
    "laws.by_scheme",
    "orders",
    "regimes",
    "roots_of_unity",
    "rounds",
    "laws.silent",
    "spanning",
    "spanning_rows",
    "laws.streaming",
    "ternary",
]


def test_every_function_and_test_that_is_named_exists():
    text = re.sub(r"\{coq\}`[^`]*`", "", TEXT)  # theorems of proofs/: tests/proofs/test_tags.py
    names = set(re.findall(r"`(?:srtheory\.theory\.)?(?:\w+\.)?(\w+)`", text)) - {
        module.rpartition(".")[2] for module in MODULES
    }
    functions = {name for module in MODULES for name in vars(importlib.import_module(f"srtheory.theory.{module}"))}
    tests = set(
        re.findall(r"def (test_\w+)", "".join(p.read_text() for p in Path(__file__).parents[1].rglob("test_*.py")))
    )
    assert len(names) > 40
    assert names - functions - tests - set(NAMES) == set()


def test_agreement_with_the_enumeration_of_rounds():
    exact = covered_by_rows_exponential(3, 2, 0.7, 45)
    low, high = collection.coverage_by_rows(np.arange(len(exact)), 3, 2, 0.3, stats.expon(scale=0.6 / 0.7))
    assert (low <= exact + 3 * math.exp(-0.7 * 45) + 1e-14).all()  # what the enumeration leaves out
    assert (exact <= high).all()
    assert (high - low).max() < 2e-12
