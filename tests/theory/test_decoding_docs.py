"""Tables of docs/decoding.md: what is on record of them is computed again."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest

from docs.quoted import on_record
from docs.quoted.decoding import DESIGNED
from paper_checks import study
from paper_checks.theory.statements.stopping_sets import StoppingSets
from srtheory.sizes import NAMED
from tests import recorded
from tests.ours import build

TEXT = (Path(__file__).parents[2] / "docs" / "decoding.md").read_text(encoding="utf-8")


def cells(line):
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def test_sizes_with_a_name_are_those_of_the_code():
    found = {}
    for line in re.findall(r"^\| `\d.*` \| `paper-.*$", TEXT, re.MULTILINE):
        sizes, names = (re.findall(r"`([^`]+)`", cell) for cell in cells(line)[:2])
        found |= dict(zip(names, sizes, strict=True))
    assert found == NAMED


@pytest.mark.parametrize("names", DESIGNED.values())
def test_runs_of_designed_sizes_come_out_again(names):
    """The runs are in data/pages/sizes.csv, which ``python -m tests.record trials`` makes anew."""
    runs = recorded.recorded("sizes")
    for name in (f"{names[0]} exponential", f"{names[1]} Pareto"):
        assert recorded.comes_out_again("sizes", name, runs[name])


@pytest.mark.quality
def test_another_run_of_designed_sizes_would_be_seen():
    name, runs = "paper-pareto-few Pareto", recorded.recorded("sizes")
    for trial, measure in ((0, "latency"), (500, "stopping_time"), (999, "latency")):
        assert not recorded.comes_out_again("sizes", name, recorded.altered(runs[name], measure, trial))


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


@pytest.mark.quality
def test_another_last_digit_is_noticed():
    assert said(0.00504, "0.0050")
    assert said(1.5e14, "$10^{14}$")
    assert not said(0.00504, "0.0051")
    assert not said(1.5e15, "$10^{14}$")
