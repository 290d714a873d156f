"""The verbs ``figure`` and ``table``: lists, files, the reader's parameters, what is not taken, and no script runs.

What a figure and a table promise is asked in tests/contracts/test_figures.py and test_tables.py.
"""

from __future__ import annotations

import csv
import html
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from paper_checks import study
from srtheory.environment import __version__
from srtheory.study.making import subjects
from tests.cli.conftest import Run, asked, refused

SMALL = "--symbols 20 --degree 3 --tau 0.04 --startup pareto(b=2) --trials 5"
GIVEN = dict(zip(("symbols", "degree", "tau", "startup", "trials"), SMALL.split()[1::2], strict=True))
pytestmark = pytest.mark.usefixtures("svg_alone")


@pytest.mark.parametrize("verb", ["figure", "table"])
def test_list(run: Run, verb: str) -> None:
    shows, done = subjects(study, verb), run(verb, "--list")
    assert (done.status, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == [*shows]
    assert {each["name"]: each["shows"] for each in asked(run, verb, "--list")} == shows
    assert f"NAME' must be given: one of {', '.join(shows)[:30]}" in refused(run, verb)


def drawn(run: Run, out: Path, *words: str) -> tuple[list[str], str, str, list[dict[str, str]]]:
    """What is said of files and in words, and a figure's SVG and CSV."""
    done = run("figure", *words, "--out", str(out))
    assert (done.status, done.stderr) == (0, "")
    files, _, said = done.stdout.partition("\n\n")
    with (out / f"figure_{words[0]}.csv").open(encoding="utf-8") as stream:
        points = list(csv.DictReader(stream))
    return files.split(), said, (out / f"figure_{words[0]}.svg").read_text(), points


def test_a_readers_parameters_are_in_the_figure_its_csv_and_its_metadata(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    style = tmp_path / "own.mplstyle"
    style.write_text("font.family: serif\n")
    _, _, svg, points = drawn(run, tmp_path, "2b", *SMALL.split(), "--width", "8.9cm", "--style", str(style))
    command = f"srtheory figure 2b {SMALL} --seed 2022 --width 3.50394in --style {style}"
    assert command in svg.replace("&apos;", "'").replace("'pareto(b=2)'", "pareto(b=2)")
    assert "m = 20, d = 3, τ = 0.04, X ~ pareto(b=2)" in svg
    assert {name: points[0][name] for name in (*GIVEN, "seed")} == {**GIVEN, "seed": "2022"}
    _, said, svg, _ = drawn(run, tmp_path, "bounds", "--degree", "3", "--style", "ieee")
    assert said.startswith(r"\caption{Theorem 1's bound over the fluid limit")
    assert said.endswith("\\label{fig:bounds}\n")
    assert "--style ieee" in svg
    told = asked(run, "figure", "bounds", "--degree", "3", "--seed", "7", "--out", str(tmp_path))
    assert (told["effort"], told["seed"]) == (None, None)  # of what has no draws
    assert "seed" not in (tmp_path / "figure_bounds.csv").read_text()


def test_animate_adds_a_gif_at_the_readers_parameters(run: Run, tmp_path: Path) -> None:
    files, said, svg, _ = drawn(run, tmp_path, "run", "--animate", "--symbols", "2", "--degree", "1", "--seed", "5")
    assert said.endswith(f"srtheory {__version__}.\n")
    assert [Path(line).suffix for line in files] == [".svg", ".pdf", ".png", ".csv", ".gif"]
    assert (tmp_path / "figure_run.gif").read_bytes().startswith(b"GIF89a")
    assert "m = 2, d = 1" in svg


# --------------------------------------------------------------------------------------------------------------- tables


def test_forms(run: Run, tmp_path: Path) -> None:
    """Markdown by default; in a file, in a folder that is there, for a column of a page."""
    assert "| 5 | 2 | 0 0 0 2 2 | 1/3 | 1/6 | 1/6 | 1/6 |" in run("table", "small-cases").stdout
    for form, suffix in (("markdown", "md"), ("latex", "tex"), ("csv", "csv")):
        shown = run("table", "small-cases", "--format", form).stdout
        for out, file in ((tmp_path, f"table_small-cases.{suffix}"), (tmp_path / f"own.{suffix}", f"own.{suffix}")):
            done = run("table", "small-cases", "--format", form, "--out", str(out))
            assert (done.status, done.stdout) == (0, "")
            assert (tmp_path / file).read_text() == shown
    assert {len(line) for line in csv.reader(shown.splitlines())} == {len(shown.splitlines()[0].split(","))}
    for columns, environment in (("1", r"\begin{table}"), ("2", r"\begin{table*}")):
        lines = run("table", "small-cases", "--format", "latex", "--columns", columns).stdout.splitlines()
        assert lines[0].startswith(f"% srtheory table small-cases --format latex --columns {columns} (version")
        assert environment in lines
    assert refused(run, "table", "small-cases", "--out", str(tmp_path / "no" / "folder.md"))


# ---------------------------------------------------------------- words of a user's scheme, of its file and its options

ATTACK = "<script>alert('run')</script> & --><script>alert(2)</script><!-- ]]><b onload=\"alert(3)\">"
TITLE, MATHS = "<script>alert(4)</script>", r"$\frac{x_$ & $"
MINE = f"""
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Named(ByWorker):
    {ATTACK!r}
    word: str = {ATTACK!r}

    def sends(self, worker, key):
        yield [worker]


globals()[{TITLE!r}] = globals()[{MATHS!r}] = Named
"""


def faults(svg: str) -> list[str]:
    """What a browser might run: script elements, attributes of events, and what is no XML."""
    try:
        elements: list[Any] = list(ElementTree.fromstring(svg).iter())
    except ElementTree.ParseError as error:
        return [str(error)]
    names = [str(element.tag).rpartition("}")[2] for element in elements]
    attributes = [name for element in elements for name in element.attrib if re.match("on", name)]
    return [name for name in names if name.lower() in ("script", "b", "foreignobject")] + attributes


@pytest.mark.parametrize("title", [TITLE, MATHS])
def test_a_schemes_words_are_no_markup(run: Run, tmp_path: Path, title: str) -> None:
    file = tmp_path / "<script>alert(5)<&.py"
    file.write_text(MINE)
    given = ["--schemes", f"uncoded,{file}::{title}", "--option", f"word={ATTACK}"]
    given += ["--symbols", "4", "--tau", "0.1", "--startup", "expon()", "--trials", "2"]
    svg = drawn(run, tmp_path / "out", "2a", *given)[2]
    assert faults(svg) == []
    texts = [element.text or "" for element in ElementTree.fromstring(svg).iter()]
    assert any(title in text for text in texts), "the name is there, as it is"
    assert any(ATTACK in text for text in texts), "and so is the command"
    assert faults(html.unescape(svg)), "which would be markup if it were not escaped"
