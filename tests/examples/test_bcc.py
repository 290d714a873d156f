"""The study of a second paper: its checks see their planted mistakes, and it needs nothing of the first."""

from __future__ import annotations

import ast
import sys
from fractions import Fraction
from math import comb
from pathlib import Path

import pytest

from srtheory.study.findings import Verdict
from srtheory.study.loading import load
from srtheory.study.making import drawing, table
from srtheory.study.study import Study
from srtheory.testing import check_study

FOLDER = Path(__file__).parents[2] / "examples" / "bcc"


@pytest.fixture(scope="module")
def study() -> Study:
    return load(str(FOLDER))


def test_each_check_sees_its_planted_mistake(study: Study) -> None:
    assert len(study.claims) == 6
    check_study(study)


def test_the_verdicts_are_those_of_its_page(study: Study) -> None:
    """The page has them in the order of the claims, each with its first word."""
    lines = [line for line in (FOLDER / "README.md").read_text().splitlines() if line.startswith("| ")][1:]
    lab = study.lab()
    found = [claim.check(lab).verdict for claim in study.claims.values()]
    assert [line.split("|")[2].split(":")[0].split()[0] for line in lines] == [str(verdict) for verdict in found]
    assert set(found) == {Verdict.VERIFIED, Verdict.REFINED, Verdict.SUPPORTED, Verdict.OPEN}


def test_it_imports_srtheory_only() -> None:
    modules = set()
    for node in ast.walk(ast.parse((FOLDER / "claims.py").read_text())):
        modules |= {node.module} if isinstance(node, ast.ImportFrom) else set()
        modules |= {name.name for name in node.names} if isinstance(node, ast.Import) else set()
    ours = {name.split(".")[0] for name in modules if name} - sys.stdlib_module_names
    assert ours == {"srtheory"}


def test_its_laws_against_slower_ones(study: Study) -> None:
    """Collections with replacement by Stirling's numbers, without by all subsets."""
    own = sys.modules[study.claims["bcc-threshold"].check.__module__]
    law, enough = own.draws(3, 6)
    onto = [sum((-1) ** (3 - j) * comb(3, j) * j**k for j in range(4)) for k in range(7)]
    assert enough == Fraction(onto[6], 3**6)
    assert law == [Fraction(onto[k], 3**k) - (Fraction(onto[k - 1], 3 ** (k - 1)) if k > 1 else 0) for k in range(1, 7)]
    assert own.even_copies(4, 2, 4) == own.least_threshold(4, 2, 4) == Fraction(7, 3)
    assert own.formula(100, 10) == 10 * sum(Fraction(1, k) for k in range(1, 11))
    assert own.run_time(5, 5, Fraction(1)) == 5 * (1 + Fraction(1, 5))


def test_its_figure_table_and_numbers(study: Study) -> None:
    lab = study.lab()
    assert len(list(drawing(study, "thresholds", lab).points)) == 400
    rows = table(study, "loads", lab).rows
    assert all(low <= even <= bcc <= random for _, low, even, bcc, random, _ in rows)
    texts = {entry.name: entry.compute(lab).written(entry.digits) for entry in study.numbers.values()}
    assert texts == {
        "threshold": "29.3",
        "even-threshold": "25.1",
        "least-load": "4",
        "failure": "0.00027",
        "simulated": "11.1(5)",
    }
