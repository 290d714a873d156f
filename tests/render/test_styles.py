"""Figures in a reader's width and style: letters that can be read, what a style changes, and what it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from paper_checks import study
from paper_checks.figures.theorems import BROAD
from srtheory.errors import ArgumentError
from srtheory.render import style
from srtheory.render.formulas import typeset
from srtheory.render.style import DASHES, LOOKS, Drawing, canvas, finish, house_style, laid_out, read_style, svg, write
from tests.contracts.test_figures import look, made_anew, outside, texts
from tests.ours import drawing

COLUMN = 252 / 72.27
"""Of IEEE's journals, in inches: 252 of TeX's points."""


def finished(name: str, laid: bool = True) -> Figure:
    """The picture of a figure in the style of the block."""
    made = made_anew(name).canvas
    finish(made)
    if laid:
        made.draw_without_rendering()
    return made


def smallest(made: Figure, width: float) -> float:
    """Points of the least letters, when the figure is scaled to this width."""
    return min(text.get_fontsize() for text in texts(made)) * width / made.get_figwidth()


@pytest.mark.parametrize(("name", "width"), [*((name, COLUMN) for name in ("2a-all", "errors", "run")), ("run", 7.0)])
def test_a_figure_is_as_wide_as_asked_and_can_be_read(name: str, width: float) -> None:
    with laid_out(width), house_style():
        made = finished(name)
        assert made.get_figwidth() == width
        assert smallest(made, width) >= 6  # as it is, not scaled
        assert outside(made) == []


@pytest.mark.quality
def test_letters_that_shrink_too_far_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style.Layout, "scale", 0.6)
    with laid_out(3.5), house_style():
        assert smallest(finished("bounds"), 3.5) < 6
    monkeypatch.setattr(style.Layout, "scale", 1.0)
    with laid_out(3.5), house_style():
        assert outside(finished("bounds")) != []


JOURNAL = ("2a", "errors", "run", "guarantee", "workers-model")


@pytest.mark.parametrize("name", JOURNAL)
def test_a_figure_for_a_journal(name: str) -> None:
    """Those of the manuscript among them."""
    with laid_out(style="ieee"), house_style():
        made = finished(name)
        every = texts(made)
        words = [text.get_text() for text in every]
        assert (made.get_figwidth(), outside(made)) == (3.5, [])
        assert {text.get_fontfamily()[0] for text in every} <= {"serif"}
        assert min(float(text.get_fontsize()) for text in every if "10^" not in text.get_text()) >= 8
        assert not any(".ppf" in text or "scale=" in text or "b=1" in text for text in words)
        assert not made.get_suptitle()
        assert style.words_of(made).note not in ("", *words)


@pytest.mark.quality
def test_titles_and_notes_inside_are_seen() -> None:
    for named, inside in ((None, True), ("ieee", False)):
        with laid_out(style=named), house_style():
            made = finished("2a")
            assert any("bands" in text.get_text() for text in texts(made)) == inside
            assert bool(made.axes[0].get_title()) == inside
            assert inside or style.words_of(made).title.startswith("Latency of all schemes")


def test_a_page_keeps_its_width_and_is_not_squeezed_into_a_column() -> None:
    with laid_out(style="ieee"), house_style():
        assert finished("theorems", laid=False).get_figwidth() == pytest.approx(BROAD)
    with laid_out(7.0, "ieee"), house_style():
        assert (canvas().get_figwidth(), mpl.rcParams["font.size"]) == (7.0, 8)
    with laid_out(3.5), pytest.raises(ArgumentError, match=rf"at least {BROAD} inches"):
        drawing("theorems", study.lab())


def dashes(made: Figure) -> list[str]:
    """Of the curves with a name in the legend."""
    lines = [line for axes in made.axes[:1] for line in axes.get_lines() if np.size(line.get_xdata())]
    return [look(line)["dashes"] for line in lines if not str(line.get_label()).startswith("_")]


@pytest.mark.parametrize("name", ["2a", "2a-all", "bounds"])
@pytest.mark.parametrize("named", LOOKS)
def test_curves_differ_without_their_colours(name: str, named: str) -> None:
    with laid_out(style=named), house_style():
        found = dashes(finished(name, laid=False))
    assert len(found) == len(set(found)) >= 5


@pytest.mark.quality
def test_dashes_of_the_house_that_repeat_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOOKS, "ieee", style.Look(3.5, titled=False, dashes=DASHES))
    with laid_out(style="ieee"), house_style():
        found = dashes(finished("2a", laid=False))
    assert len(found) > len(set(found))


@pytest.mark.parametrize("name", ["2a-all", "run"])
def test_slides_are_wide_and_large(name: str) -> None:
    with laid_out(style="slides"), house_style():
        made = finished(name)
        wide, high = made.get_size_inches()
        assert high / wide == pytest.approx(9 / 16)
        assert min(float(text.get_fontsize()) for text in texts(made) if "10^" not in text.get_text()) >= 1.5 * wide
        assert style.pen(1.6) >= 3


def bare(name: str) -> Drawing:
    """A figure whose layout does not matter."""
    made = drawing(name, study.lab())
    made.canvas.set_layout_engine(None)
    return made


@pytest.mark.usefixtures("cheap_files")
def test_widths_change_the_page_and_within_the_house_nothing_changes(tmp_path: Path) -> None:
    with laid_out():
        ours, picture = bare("bounds"), svg(bare("bounds"))
    with laid_out(3.5):
        narrow, small = bare("bounds"), svg(bare("bounds"))
        pdf = write(bare("bounds"), tmp_path)[1].read_bytes()
    assert b"/MediaBox [ 0 0 252 " in pdf  # points of 1/72 inch
    assert svg(ours) == picture != small
    assert list(ours.points) == list(narrow.points)
    with laid_out(style="ieee"):
        finished("bounds", laid=False)
    with house_style():
        assert mpl.rcParams["font.family"] == ["sans-serif"]
        assert (style.pen(1.8), style.dot(4), style.dash(6)) == (1.8, 4, DASHES[6])
        assert style.timed("latency t") == "latency t (time units)"  # in every style
    for width in (0.0, 3.3, 20.1, float("nan"), float("inf")):
        with pytest.raises(ArgumentError, match="inches"), laid_out(width):
            pass
    with pytest.raises(ArgumentError, match="style"), laid_out(style="nature"):
        pass


# -------------------------------------------------------------------------------------------------- a reader's own file


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "own.mplstyle"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_a_style_takes_the_place_of_what_it_names_alone(tmp_path: Path) -> None:
    own = written(tmp_path, "# serif\nfont.family: serif\naxes.grid: False  # none\n")
    with laid_out(None, own):
        made = drawing("bounds", study.lab()).canvas
        with house_style():
            assert (mpl.rcParams["font.family"], mpl.rcParams["axes.grid"]) == (["serif"], False)
            assert mpl.rcParams["legend.frameon"] is False  # the house's
    assert {text.get_fontfamily()[0] for text in made.findobj(Text) if text.get_text()} == {"serif"}


@pytest.mark.usefixtures("cheap_files")
@pytest.mark.parametrize("line", ["figure.constrained_layout.use: True", "figure.autolayout: True"])
def test_files_are_laid_out_as_the_figure_is_whatever_a_style_does_with_others(line: str, tmp_path: Path) -> None:
    def places(made: Drawing) -> Iterator[tuple[float, ...]]:
        return (axes.get_position().bounds for axes in made.canvas.axes)

    with laid_out(None, written(tmp_path, line)):
        made = drawing("bounds", study.lab())
        with house_style():
            made.canvas.draw_without_rendering()
        before = list(places(made))
        write(made, tmp_path)
    assert list(places(made)) == before


FOREIGN = (
    "axes.prop_cycle: cycler('color', [__import__('os').getcwd()])",
    "axes.prop_cycle : cycler('color', ['r'])",
    "savefig.bbox: tight",
    "figure.autolayout: True",
    "figure.constrained_layout.use: True",
    "text.usetex: True",
    "text.latex.preamble: \\input{x}",
    "svg.hashsalt: other",
    "animation.ffmpeg_path: /bin/false",
)


@pytest.mark.quality
def test_what_is_none_of_a_style_is_not_read_and_what_would_be_evaluated_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [line for line in FOREIGN if read_style(written(tmp_path, line)) != {}] == []
    monkeypatch.setattr(style, "evaluated", lambda line: False)
    with pytest.raises(ArgumentError, match="prop_cycle"):
        read_style(written(tmp_path, FOREIGN[0]))


def test_a_file_that_is_no_style_is_one_line(tmp_path: Path) -> None:
    texts = ("font.sizes: 3", "font.size: three", "font.size 3", "font.size: 8\nfont.size: 9", b"\xff\xfe\x00")
    for text in (*texts, b"#" * (style.LARGEST_STYLE + 1)):
        path = written(tmp_path, text)
        with pytest.raises(ArgumentError, match="style") as caught:
            read_style(path)
        assert (str(caught.value).count("\n"), caught.value.value) == (0, str(path))
    for other in (tmp_path, tmp_path / "none", Path("/dev/null")):
        with pytest.raises(ArgumentError, match="style"):
            read_style(other)


@pytest.mark.parametrize(
    ("text", "set_as"),
    [
        ("P(M' > k)", "$P(M' > k)$"),
        ("LT, m_e = 2m", "LT, $m_e = 2m$"),
        ("m = 1000, X ~ expon(scale=5)", r"$m = 1000$, $X \sim$ Exp(1/5)"),
        ("load μτd", r"load $\mu \tau d$"),
        ("pareto(b=1)", "Pareto(1)"),
        ("pareto(b=2, scale=3)", "Pareto(2, 3)"),
        ("expon(loc=1, scale=5)", "1 + Exp(1/5)"),
        ("weibull_min(c=0.5)", "Weibull(0.5, 1)"),
        ("uniform(loc=1, scale=2)", "U(1, 3)"),
        ("beta(a=1, b=2)", "beta(a=1, b=2)"),
        ("$m_e$ and τ", r"$m_e$ and $\tau$"),
        ("a man, term by term", "a man, term by term"),
        (r"$\frac{x_$ & $ τ", r"$\frac{x_$ & $ τ"),
    ],
)
def test_symbols_are_set(text: str, set_as: str) -> None:
    assert typeset(text) == set_as
    assert typeset(set_as) == set_as
