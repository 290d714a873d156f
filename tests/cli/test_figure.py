"""The verb ``figure``: a figure that moves, and one that does not."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from paper_checks import study
from srtheory.version import __version__
from tests.cli.conftest import Run, refused

SMALL = ("--symbols", "20", "--degree", "3", "--tau", "0.04", "--startup", "pareto(b=2)", "--trials", "5")


def test_list(run: Run) -> None:
    shows = {name: entry.says for name, entry in study.figures.items()}
    result = run("figure", "--list")
    assert (result.status, result.stderr) == (0, "")
    assert [line.split(maxsplit=1) for line in result.stdout.splitlines()] == [list(item) for item in shows.items()]
    told = json.loads(run("figure", "--list", "--json").stdout)
    assert {each["name"]: each["shows"] for each in told} == shows


def test_without_a_name_the_line_has_all(run: Run) -> None:
    assert "'NAME' must be given: one of " in refused(run, "figure")


@pytest.mark.usefixtures("svg_alone")
def test_animate_adds_a_gif_at_the_readers_parameters(run: Run, tmp_path: Path) -> None:
    result = run("figure", "run", "--animate", "--symbols", "3", "--degree", "2", "--seed", "5", "--out", str(tmp_path))
    assert result.status == 0
    files, words = result.stdout.split("\n\n")
    assert words.endswith(f"srtheory {__version__}.\n")
    names = [Path(line).name for line in files.splitlines()]
    assert names == [f"figure_run.{suffix}" for suffix in ("svg", "pdf", "png", "csv", "gif")]
    assert (tmp_path / "figure_run.gif").read_bytes().startswith(b"GIF89a")
    assert "m = 3, d = 2" in (tmp_path / "figure_run.svg").read_text()  # the reader's parameters
    still = tmp_path / "still"
    assert run("figure", "run", "--symbols", "4", "--degree", "2", "--out", str(still)).status == 0
    assert not list(still.glob("*.gif"))


@pytest.mark.usefixtures("svg_alone")
def test_a_readers_parameters_are_in_the_figure_its_csv_and_its_metadata(run: Run, tmp_path: Path) -> None:
    style = tmp_path / "own.mplstyle"
    style.write_text("font.family: serif\n")
    asked = (*SMALL, "--width", "8.9cm", "--style", str(style))
    result = run("figure", "2b", *asked, "--out", str(tmp_path))
    assert (result.status, result.stderr) == (0, "")
    svg = (tmp_path / "figure_2b.svg").read_text()
    command = "srtheory figure 2b --symbols 20 --degree 3 --tau 0.04 --startup 'pareto(b=2)' --trials 5 --seed 2022"
    assert f"{command} --width 3.50394in --style {style}" in svg.replace("&apos;", "'")
    assert "m = 20, d = 3, τ = 0.04, X ~ pareto(b=2)" in svg
    with (tmp_path / "figure_2b.csv").open(encoding="utf-8") as stream:
        line = next(csv.DictReader(stream))
    assert {name: line[name] for name in ("symbols", "degree", "tau", "startup", "trials", "seed")} == {
        **dict(zip(("symbols", "degree", "tau", "startup", "trials"), SMALL[1::2], strict=True)),
        "seed": "2022",
    }


@pytest.mark.usefixtures("svg_alone")
def test_a_named_style_has_a_caption_that_can_be_pasted(run: Run, tmp_path: Path) -> None:
    result = run("figure", "bounds", "--degree", "3", "--style", "ieee", "--out", str(tmp_path))
    assert (result.status, result.stderr) == (0, "")
    words = result.stdout.split("\n\n")[1]
    assert words.startswith(r"\caption{Theorem 1's bound over the fluid limit")
    assert words.endswith("\\label{fig:bounds}\n")
    assert "--style ieee" in (tmp_path / "figure_bounds.svg").read_text()


@pytest.mark.usefixtures("svg_alone")
def test_a_figure_without_draws_says_no_seed(run: Run, tmp_path: Path) -> None:
    result = run("figure", "bounds", "--degree", "3", "--seed", "7", "--out", str(tmp_path), "--json")
    told = json.loads(result.stdout)
    assert (told["effort"], told["seed"]) == (None, None)
    assert told["caption"].startswith("Theorem 1's bound over the fluid limit. ")
    assert "srtheory figure bounds --degree 3 (version" in (tmp_path / "figure_bounds.svg").read_text()
    assert "seed" not in (tmp_path / "figure_bounds.csv").read_text()


@pytest.mark.parametrize(
    "line",
    [
        "tanner --symbols 20",
        "run --trials 3",
        "2a --symbols 2000001",
        "2a --degree 21 --symbols 20",
        "2a --tau 1e201",
        "2a --startup sample:delays.txt",
        "bounds --width 1in",
        "bounds --style no/such.mplstyle",
        "bounds --animate",
        "theorems --width 3.5in",
    ],
)
def test_what_a_figure_does_not_take_is_refused_and_nothing_drawn(run: Run, tmp_path: Path, line: str) -> None:
    said = refused(run, "figure", *line.split(), "--out", str(tmp_path))
    assert line.split()[1].removeprefix("--") in said
    assert not list(tmp_path.iterdir())
