"""The comparison of two revisions: what differs is told, what does not is not."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from benchmarks import same_results
from srtheory.cli import VERBS
from srtheory.schemes import SCHEME_NAMES
from srtheory.theory.by_scheme import SCHEMES_WITH_LAW

RIGHT = {"exit code": 0, "stdout": "0.5\n", "figures/figure_2a.csv": "t,tail\n1,0.25\n"}


@pytest.mark.parametrize(
    ("now", "named"),
    [
        (RIGHT, []),
        pytest.param(RIGHT | {"stdout": "0.6\n"}, ["stdout"], marks=pytest.mark.quality),
        pytest.param(RIGHT | {"exit code": 1}, ["exit code"], marks=pytest.mark.quality),
        pytest.param({**RIGHT, "figures/figure_2a.csv": None}, ["figures/figure_2a.csv"], marks=pytest.mark.quality),
        pytest.param(RIGHT | {"new.csv": "t\n"}, ["new.csv"], marks=pytest.mark.quality),
    ],
)
def test_differences_are_named(now: dict, named: list[str]) -> None:
    told = same_results.differences(RIGHT, {name: value for name, value in now.items() if value is not None})
    assert [line.partition(": ")[0] for line in told] == named


def test_what_differs_by_nature_is_masked_and_nothing_else(tmp_path: Path) -> None:
    found = []
    for name, commit, digit in (("old", "a" * 40, 5), ("new", "b" * 40, 5), ("changed", "b" * 40, 6)):
        (its := tmp_path / name).mkdir()
        (its / "stdout").write_text(f"{its}/rows.json at {commit}: 0.{digit}\n")
        found.append(same_results.results(its, tmp_path, ["0"]))
    old, new, changed = found
    assert old == new != changed


@pytest.mark.attack  # all commands say what they offer, in processes of their own
def test_every_verb_scheme_and_law_is_asked() -> None:
    with TemporaryDirectory() as folder:
        lines = list(same_results.commands(same_results.ROOT, Path(folder)))
    assert {line.split()[0] for line in lines if line} >= {*VERBS, "python"}
    assert all(any(f"simulate {scheme} " in line for line in lines) for scheme in SCHEME_NAMES)
    assert all(any(f"latency {scheme} " in line for line in lines) for scheme in SCHEMES_WITH_LAW)
