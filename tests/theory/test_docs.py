"""What theory.md and decoding.md of docs/proofs say without a number, and the runs and tables behind their numbers."""

from __future__ import annotations

import math
import re
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from docs.quoted import on_record
from docs.quoted.medians import medians
from paper_checks import study
from paper_checks.theory import asymptotics
from paper_checks.theory.statements.stopping_sets import StoppingSets
from srtheory.delays import Empirical
from srtheory.model import Model
from srtheory.sizes import NAMED
from srtheory.theory import by_scheme, coverage, latency, rows
from tests import recorded
from tests.ours import build
from tests.theory.at_paper import EXPON

TEXT = (Path(__file__).parents[2] / "docs" / "proofs" / "decoding.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("table", ["streams", "sizes", "peeling"])
def test_runs_on_record_come_out_again_and_an_altered_one_would_be_seen(table):
    """The runs are in data/pages, which ``python -m tests.record trials`` makes anew."""
    runs = recorded.recorded(table)
    assert [name for name in runs if not recorded.comes_out_again(table, name, runs[name])] == []
    name = max(runs)
    for measure, values in runs[name].items():
        for trial in (0, len(values) - 1):
            assert not recorded.comes_out_again(table, name, recorded.altered(runs[name], measure, trial))


def test_what_a_page_says_without_a_number():
    """Where the continuous form's bound fails, what half of the genie's runs take, where the code overtakes parts."""
    assert latency.exponential_fluid_limit(1.2, 3, 1.0) > latency.sharp_bound(1.2, 3, 1.0)
    fluid = rows.fluid_limit(Model(1000, 1, 0.005, EXPON))
    assert sum(by_scheme.genie_bounds(Model(1000, None, 0.005, EXPON), fluid)) / 2 == pytest.approx(0.5, abs=0.05)
    (code_at_7, code_at_8), (parts_at_7, parts_at_8) = (
        [medians()[name, load / 2, "expon(scale=5)"] for load in (7, 8)] for name in ("sr", "parts-cyclic")
    )
    assert code_at_7 > parts_at_7
    assert code_at_8 < parts_at_8


def test_a_plateau_at_m_rows_leaves_half_of_the_runs_short():
    law = Empirical(np.array([0.0, 3.0]))
    limit = rows.fluid_limit(Model(1000, 2, 1.0, law))
    assert limit == pytest.approx(3)  # tau (d + 1), and nobody sends from then until 4
    low, high = rows.rows_by_time(Model(1000, 2, 1.0, law), 3.9, 1000)
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


def test_sizes_with_a_name_are_those_of_the_code():
    found = {}
    for line in re.findall(r"^\| `\d.*` \| `paper-.*$", TEXT, re.MULTILINE):
        sizes, names = (re.findall(r"`([^`]+)`", cell) for cell in line.strip("| ").split("|")[:2])
        found |= dict(zip(names, sizes, strict=True))
    assert found == NAMED


def real_sums(lab):
    """Of each construction, over the five sums: ranges of rows and additions a term, largest error and bound."""
    made = build("real-sums", lab)
    names = [column.name for column in made.columns]
    rows = [dict(zip(names, row, strict=True)) for row in made.rows]
    found = {}
    for name in dict.fromkeys(row["construction"] for row in rows):
        mine = [row for row in rows if row["construction"] == name]
        shares = [sorted(row[part] / row["symbols"] for row in mine) for part in ("rows", "additions")]
        largest = [max(row[part] for row in mine) for part in ("error", "bound")]
        found[name] = ([f"{share[0]:.2f} to {share[-1]:.2f}" for share in shares], largest)
    return found


def test_real_sums():
    """Counts to the last digit; errors to a factor of two, as processors differ in the last bits of exp and tanh.

    LSMR ends where its residual is small, which depends on how BLAS adds: of four kernels of OpenBLAS one finds three
    times the bound of another.
    """
    said = {name: rest for name, *rest in on_record("real-sums")[1:]}
    found = real_sums(study.lab())
    assert list(said) == list(found)
    for name, (shares, largest) in found.items():
        assert said[name][:2] == shares
        factor = 4 if "LSMR" in name else 2
        pairs = zip(said[name][2:], largest, strict=True)
        assert all(1 / factor < float(number) / value < factor for number, value in pairs)


@pytest.mark.quality
@pytest.mark.attack
def test_real_sums_of_another_seed_are_noticed():
    found = real_sums(study.lab(seed=1))
    assert all(" | ".join([name, *shares]) not in TEXT for name, (shares, _) in found.items())


STOPPING = on_record("stopping-sets")[1:]


@pytest.mark.slow
@pytest.mark.parametrize("sizes", ["2", "3", "paper-exponential", "paper-exponential-few"])
def test_expected_stopping_sets(sizes):
    startups = np.random.default_rng(2022).exponential(5, (200, 1000))
    sets = StoppingSets(1000, sizes)
    for _, time, median, mean in (row for row in STOPPING if row[0] == f"`{sizes}`"):
        t = float(time.split(",")[0])
        met = sets.expected(np.clip(np.floor((t - startups) / 0.005), 0, 1000).astype(int))[1]
        assert said(np.median(met), median)
        assert said(np.minimum(met, 1).mean(), mean.split(" ")[0])


def said(value, text):
    """Whether the number is the text's in as many digits as that has, or of its order if that is all it says."""
    order = re.fullmatch(r"\$10\^\{(\d+)\}\$", text)
    if order:
        return math.floor(math.log10(value)) == int(order[1])
    digits = len(text.replace(".", "").lstrip("0")) or 1
    return float(f"{value:.{digits}g}") == float(text)


def test_another_last_digit_is_noticed():
    for value, text, same in ((0.00504, "0.0050", 1), (1.5e14, "$10^{14}$", 1), (0.00504, "0.0051", 0)):
        assert said(value, text) == same
