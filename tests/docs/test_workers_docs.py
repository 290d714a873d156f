"""docs/workers.md: its example and its commands run."""

from __future__ import annotations

import math
import re
import shlex
from pathlib import Path
from runpy import run_path

import pytest

from docs.quoted.workers import fits
from paper_checks.records.workers import fitted, read_arrivals, read_runs
from srtheory.workers import compute_sum
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.workers.conftest import client, inside  # noqa: F401  (fixtures)
from tests.workers.functions import cube

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "workers.md").read_text(encoding="utf-8")
ALONE, TOGETHER = (block.splitlines() for block in re.findall(r"```sh\n(srtheory run.*?|dask.*?)```", TEXT, re.DOTALL))
EXAMPLE, FITTING = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.usefixtures("inside")
def test_the_example(tmp_path, capsys):
    assert EXAMPLE.count("\n") <= 11
    (tmp_path / "mine.py").write_text(EXAMPLE)
    run_path(str(tmp_path / "mine.py"), run_name="__main__")
    value, bound = re.match(r"(\S+) up to (\S+) after", capsys.readouterr().out).groups()
    assert float(value) == pytest.approx(sum((0.5 - i) ** 2 / 3 for i in range(24)))
    assert 0 < float(bound) < 1e-11


@pytest.mark.slow
@pytest.mark.parametrize("line", [pytest.param(its, marks=[pytest.mark.attack] * ("--kill" in its)) for its in ALONE])
def test_commands(line, run: Run, tmp_path, monkeypatch, request):  # noqa: F811
    """Within this process where none is killed; in processes of their own where some are."""
    pytest.importorskip("sklearn")
    if "--kill" not in line:
        request.getfixturevalue("inside")
    monkeypatch.chdir(tmp_path)
    done = run(*shlex.split(line)[1:])
    assert done.status == 0, done.stderr
    assert "direct sum    equal" in done.stdout
    assert done.stdout.count("its process is lost") <= 3


def test_the_fit(client, capsys):  # noqa: F811
    delays = [{"startup": "expon(scale=0.01)", "tau": 0.001, "trial": trial} for trial in range(3)]
    runs = [compute_sum(cube, 2, symbols=12, degree=3, cluster=client, **given) for given in delays]
    exec(FITTING, {"runs": runs})
    tau, law, *_ = capsys.readouterr().out.split()
    assert float(tau) > 0.0005
    assert "(" in law


def test_a_fit_without_a_bootstrap_is_the_same_but_for_its_p_value():
    quick, whole = fitted("paced", read_runs(), read_arrivals(), repeats=0), fits()["paced"]
    assert vars(quick) | {"p_value": None} == vars(whole) | {"p_value": None}
    assert math.isnan(quick.p_value)
    assert 0 < whole.p_value < 1
