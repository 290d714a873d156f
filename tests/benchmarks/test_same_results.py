"""The comparison of two revisions: what differs is told, what does not is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import same_results

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
def test_differences_are_named(now: dict, named: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = {tmp_path: RIGHT, same_results.ROOT: {name: value for name, value in now.items() if value is not None}}
    monkeypatch.setattr(same_results, "results", lambda tree, line, folder: found[tree])
    told = same_results.differences(tmp_path, "latency sr", tmp_path)
    assert [line.partition(": ")[0] for line in told] == named


def test_every_command_is_one_of_srtheory() -> None:
    lines = list(same_results.commands())
    assert len(lines) > 70
    assert len(set(lines)) == len(lines)
