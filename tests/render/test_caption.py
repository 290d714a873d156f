"""Captions: which curves coincide is found from the picture, and LaTeX takes what is printed for it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from paper_checks.figures.tails import recorded
from srtheory.render.caption import caption, coinciding, latex_caption
from srtheory.render.style import Drawing, canvas, house_style, laid_out
from tests.render.latex import complaints, needs_latex

RECORDS = Path(__file__).parents[2] / "data" / "figures"
Line = Callable[[np.ndarray], np.ndarray]


def picture(*lines: Line, log: bool = False) -> Drawing:
    with house_style():
        made = canvas("5 runs, seed 1")
        axes = made.add_subplot()
        x = np.linspace(0.1, 10, 200)
        for i, line in enumerate(lines):
            axes.plot(x, line(x), label=f"c{i}")
        axes.set(xlabel="time t", title="Curves\nm = 3, X ~ expon(scale=5)")
        if log:
            axes.set_yscale("log")
    return Drawing("x", made, (), [])


def same(*lines: Line, log: bool = False) -> list[str]:
    return list(coinciding(picture(*lines, log=log).canvas))


def test_curves_that_coincide_are_named() -> None:
    [found] = same(np.sin, np.cos, lambda x: np.sin(x) + 1e-4)
    assert ("“c0” and “c2” coincide" in found, "from" in found) == (True, False)
    assert "“c0”, “c1” and “c2” coincide" in same(np.sin, np.sin, np.sin)[0]


@pytest.mark.quality
def test_curves_that_differ_or_cross_are_not() -> None:
    assert same(np.sin, np.cos) == []
    assert same(np.sin, lambda x: np.sin(x) + 0.05) == []
    assert same(lambda x: x, lambda x: 10 - x) == []
    ones = [lambda x: np.minimum(1, np.exp(3 - x)), lambda x: np.minimum(1, np.exp(6 - 3 * x))]
    assert same(*ones, log=True) == []  # where all probabilities are 1


def test_a_part_that_coincides_has_its_ends() -> None:
    [found] = same(lambda x: x, lambda x: np.maximum(x, 10 - x))
    ends = [float(x) for x in re.findall(r"from ([\d.]+) to ([\d.]+)", found)[0]]
    assert ends == pytest.approx([5, 10], abs=0.05)


@given(st.sets(st.integers(1, 20), min_size=4, max_size=16), st.booleans())
@settings(max_examples=25)
def test_curves_over_a_grid_meet_at_its_points(meet: set[int], halves: bool) -> None:
    with house_style():
        made, k = canvas(), np.arange(1, 21) / (2 if halves else 1)
        axes = made.add_subplot(xlabel="k")
        for label, apart in (("one", 0), ("other", [i not in meet for i in range(1, 21)])):
            axes.plot(k, 3 * k + apart, label=label, marker="o" if halves else None)
        [said] = coinciding(made)
    runs = [run.split(" to ") for run in re.split(", | or ", said.split("where k is ")[1])]
    assert [x for run in runs for x in k if float(run[0]) <= x <= float(run[-1])] == [k[i - 1] for i in sorted(meet)]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("2b_pareto", "“SR-100”, “SR-400”, “SR-700” and “SR-1000” coincide"), ("2c", "“CC (coverage of SR)” and “SR”")],
)
def test_figures_on_record(name: str, expected: str) -> None:
    assert expected in caption(recorded(RECORDS / f"figure_{name}.csv"))


def test_a_caption_has_title_note_seed_and_version_once() -> None:
    text = caption(picture(np.sin, np.cos), {"seed": 1, "effort": "quick"}, "9.8")
    assert text == "Curves: m = 3, X ~ Exp(1/5). 5 runs, seed 1. Made with srtheory 9.8."
    bare = Drawing("y", picture(np.sin).canvas, (), [])
    assert "seed 1" in caption(bare, {"seed": 7})
    with house_style():
        empty = Drawing("z", canvas(), (), [])
    assert caption(empty, {"seed": 7, "effort": "quick"}, "9.8") == "Effort quick, seed 7, made with srtheory 9.8."


@needs_latex
def test_a_caption_for_latex_compiles(tmp_path: Path) -> None:
    with laid_out(style="ieee"):
        made = picture(np.sin, lambda x: np.sin(x))
        text = latex_caption(made, {"seed": 1}, "9.8")
        hostile = Drawing("h", picture(np.sin).canvas, (), [])
        hostile.canvas.axes[0].set_title("100% of $x & y_z # {\U0001f600}")
        other = latex_caption(hostile)
    assert text.startswith(r"\caption{Curves: $m = 3$, $X \sim$ Exp(1/5). 5 runs")
    assert text.endswith(r"\label{fig:x}")
    floats = [rf"\begin{{figure}}{words}\end{{figure}}" for words in (text, other)]
    assert complaints(floats, tmp_path) == []


@pytest.mark.quality
@needs_latex
def test_a_caption_that_is_not_escaped_is_seen(tmp_path: Path) -> None:
    assert complaints([r"\begin{figure}\caption{x_1 & 2}\label{fig:x}\end{figure}"], tmp_path)


def test_axes_of_words_and_pictures_without_axes_have_captions() -> None:
    with house_style():
        made = canvas()
        axes = made.add_subplot()
        axes.plot(["a", "b", "c"], [1, 2, 3], label="one")
        axes.plot(["a", "b", "c"], [1, 2, 3.001], label="other")
        [found] = coinciding(made)
    assert "“one” and “other” coincide" in found
    with house_style():
        assert list(coinciding(canvas())) == []
