"""Figures in a reader's width and style: letters that can be read, what a style file changes, and what it cannot."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import pytest
from matplotlib.text import Text

from paper_checks import study
from paper_checks.figures.tails import recorded
from paper_checks.figures.theorems import BROAD
from paper_checks.parameters import PAPER
from srtheory.errors import ArgumentError
from srtheory.render import style
from srtheory.render.style import Drawing, house_style, laid_out, read_style, svg, write
from tests.contracts.test_figures import FewTrials
from tests.ours import drawing
from tests.paper_checks.figures.test_figures import outside, smallest_letters, texts

RECORDS = Path(__file__).parents[2] / "data" / "figures"
COLUMN = 252 / 72.27
"""Of IEEE's journals, in inches: 252 of TeX's points."""


def drawn(name: str) -> Drawing:
    record = RECORDS / f"figure_{name}.csv"
    return recorded(record) if record.exists() else drawing(name, FewTrials(at=PAPER))


@pytest.mark.parametrize(
    ("name", "width"), [*((name, COLUMN) for name in ("2a", "2c", "2a-all", "errors", "run", "work")), ("run", 7.0)]
)
def test_a_figure_is_as_wide_as_asked_and_can_be_read(name: str, width: float) -> None:
    with laid_out(width), house_style():
        made = drawn(name).canvas
        assert made.get_figwidth() == width
        every = texts(made)
        assert smallest_letters(made, width, every) >= 6  # as it is, not scaled
        assert outside(made, every) == []


@pytest.mark.quality
def test_letters_that_shrink_too_far_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style.Layout, "scale", 0.6)
    with laid_out(3.5), house_style():
        assert smallest_letters(drawn("bounds").canvas, 3.5) < 6
    monkeypatch.setattr(style.Layout, "scale", 1.0)
    with laid_out(3.5), house_style():
        assert outside(drawn("bounds").canvas) != []


def bare(name: str) -> Drawing:
    """A figure whose layout does not matter."""
    made = drawing(name, study.lab())
    made.canvas.set_layout_engine(None)
    return made


@pytest.mark.usefixtures("cheap_files")
def test_the_pdf_is_as_wide_as_asked(tmp_path: Path) -> None:
    with laid_out(3.5):
        pdf = write(bare("bounds"), tmp_path)[1].read_bytes()
    assert b"/MediaBox [ 0 0 252 " in pdf  # points of 1/72 inch


def test_within_the_house_nothing_changes() -> None:
    with laid_out():
        ours, picture = bare("bounds"), svg(bare("bounds"))
    with laid_out(3.5):
        narrow, small = bare("bounds"), svg(bare("bounds"))
    assert svg(ours) == picture != small
    assert list(ours.points) == list(narrow.points)


@pytest.mark.parametrize("width", [0.0, 3.3, 20.1, float("nan"), float("inf")])
def test_widths_out_of_range_are_refused(width: float) -> None:
    with pytest.raises(ArgumentError, match="inches"), laid_out(width):
        pass


def test_a_page_is_not_squeezed_into_a_column() -> None:
    with laid_out(3.5), pytest.raises(ArgumentError, match=rf"at least {BROAD} inches"):
        drawing("theorems", study.lab())


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
    with house_style():
        assert mpl.rcParams["font.family"] == ["sans-serif"]


@pytest.mark.parametrize("line", ["", "figure.constrained_layout.use: True", "figure.autolayout: True"])
def test_files_are_laid_out_as_the_figure_is_whatever_a_style_does_with_others(line: str, tmp_path: Path) -> None:
    with laid_out(None, written(tmp_path, line)):
        made = drawing("bounds", study.lab())
        with house_style():
            made.canvas.draw_without_rendering()
        places = [axes.get_position().bounds for axes in made.canvas.axes]
        write(made, tmp_path)
    assert [axes.get_position().bounds for axes in made.canvas.axes] == places
    assert made.canvas.get_layout_engine() is not None


@pytest.mark.parametrize(
    "line",
    [
        "axes.prop_cycle: cycler('color', [__import__('os').getcwd()])",
        "axes.prop_cycle : cycler('color', ['r'])",
        "savefig.bbox: tight",
        "figure.autolayout: True",
        "figure.constrained_layout.use: True",
        "text.usetex: True",
        "text.latex.preamble: \\input{x}",
        "svg.hashsalt: other",
        "animation.ffmpeg_path: /bin/false",
    ],
)
def test_what_is_none_of_a_style_is_not_read(line: str, tmp_path: Path) -> None:
    assert read_style(written(tmp_path, line)) == {}


@pytest.mark.quality
def test_a_line_that_would_be_evaluated_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(style, "evaluated", lambda line: False)
    with pytest.raises(ArgumentError, match="prop_cycle"):
        read_style(written(tmp_path, "axes.prop_cycle: cycler('color', [__import__('os').getcwd()])"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("font.sizes: 3", "Bad key font.sizes"),
        ("font.size: three", "Bad value in line 1"),
        ("font.size 3", "Missing colon in line 1"),
        ("font.size: 8\nfont.size: 9", "Duplicate key in line 2"),
        (b"\xff\xfe\x00", "a matplotlib style file of at most"),
    ],
)
def test_a_file_that_is_no_style_is_one_line(text: str | bytes, said: str, tmp_path: Path) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ArgumentError) as caught:
        read_style(path)
    assert said in str(caught.value)
    assert str(caught.value).count("\n") == 0
    assert caught.value.value == str(path)


def test_files_that_are_none(tmp_path: Path) -> None:
    large = written(tmp_path, b"#" * (style.LARGEST_STYLE + 1))
    for path in (tmp_path, tmp_path / "none", Path("/dev/null"), large):
        with pytest.raises(ArgumentError, match="style"):
            read_style(path)
