"""Named styles: what a journal's figure has and lacks, curves without colours, slides, and symbols set as formulas."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text

from paper_checks.figures.tails import recorded
from paper_checks.figures.theorems import BROAD
from paper_checks.parameters import PAPER
from srtheory.errors import ArgumentError
from srtheory.render import style
from srtheory.render.style import DASHES, LOOKS, Drawing, canvas, finish, house_style, laid_out, legend_below
from srtheory.render.typeset import typeset
from tests.contracts.test_figures import COARSE, FewTrials
from tests.ours import drawing
from tests.paper_checks.figures.test_figures import outside, texts

RECORDS = Path(__file__).parents[2] / "data" / "figures"


@pytest.fixture(autouse=True)
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """No style depends on what curves are at how many points."""
    for constant, few in COARSE.items():
        monkeypatch.setattr(*constant, few)


def drawn(name: str) -> Drawing:
    record = RECORDS / f"figure_{name}.csv"
    return recorded(record) if record.exists() else drawing(name, FewTrials(at=PAPER))


def finished(name: str) -> Figure:
    """The picture of a figure in the style of the block."""
    made = drawn(name)
    finish(made.canvas)
    return made.canvas


def words(every: list[Text]) -> list[str]:
    return [text.get_text() for text in every]


JOURNAL = (
    "2a",
    "2b_pareto",
    "2c",
    "2a-all",
    "errors",
    "run",
    "bounds",
    "hitting",
    "guarantee",
    "workers-model",
    "tanner",
)


@pytest.mark.parametrize("name", JOURNAL)
def test_a_figure_for_a_journal(name: str) -> None:
    with laid_out(style="ieee"), house_style():
        made = finished(name)
        assert made.get_figwidth() == 3.5
        every = texts(made)
        assert {text.get_fontfamily()[0] for text in every} <= {"serif"}
        assert min(float(text.get_fontsize()) for text in every) >= 8
        assert outside(made, every) == []
        assert not any(".ppf" in text or "scale=" in text or "b=1" in text for text in words(every))
        assert not made.get_suptitle()
        assert style.words_of(made).note not in ("", *words(every))


@pytest.mark.quality
def test_titles_and_notes_inside_are_seen() -> None:
    with house_style():
        made = finished("2a")
        said = words(texts(made))
        assert any("bands" in text for text in said)
        assert any("expon(scale=5)" in text for text in said)
        assert made.axes[0].get_title()
    with laid_out(style="ieee"), house_style():
        made = finished("2a")
        assert not made.axes[0].get_title()
        assert style.words_of(made).title.startswith("Latency of all schemes")


def test_a_page_keeps_its_width_in_a_journal() -> None:
    with laid_out(style="ieee"), house_style():
        assert finished("theorems").get_figwidth() == pytest.approx(BROAD)
    with laid_out(7.0, "ieee"), house_style():
        assert canvas().get_figwidth() == 7.0
        assert mpl.rcParams["font.size"] == 8


def curves(made: Figure) -> Iterator[Line2D]:
    """Curves with a name in the legend."""
    for axes in made.axes[:1]:
        yield from (
            line for line in axes.get_lines() if not str(line.get_label()).startswith("_") and np.size(line.get_xdata())
        )


def patterns(made: Figure) -> list[str]:
    return [str(line._unscaled_dash_pattern) for line in curves(made)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["2a", "2c", "2a-all", "errors", "streams", "bounds"])
@pytest.mark.parametrize("named", LOOKS)
def test_curves_differ_without_their_colours(name: str, named: str) -> None:
    with laid_out(style=named), house_style():
        found = patterns(finished(name))
    assert len(found) == len(set(found)) >= 5


@pytest.mark.quality
def test_dashes_of_the_house_that_repeat_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LOOKS, "ieee", style.Look(3.5, titled=False, dashes=DASHES))
    with laid_out(style="ieee"), house_style():
        found = patterns(finished("2a"))
    assert len(found) > len(set(found))


def test_samples_in_the_legend_are_as_long_as_their_dashes() -> None:
    """Each pattern is seen once and a half at least, in the points of this width."""
    with laid_out(style="ieee"), house_style():
        wide = mpl.rcParams["legend.handlelength"] * mpl.rcParams["legend.fontsize"]
        for dashes in LOOKS["ieee"].dashes:
            if dashes != "-":
                assert 1.5 * sum(dashes[1]) * style.pen(1.8) <= wide


@pytest.mark.parametrize("name", ["2a", "frontier-like", "2a-all", "run"])
def test_slides_are_wide_and_large(name: str) -> None:
    with laid_out(style="slides"), house_style():
        made = finished(name) if name != "frontier-like" else canvas("note", height=9)
        wide, high = made.get_size_inches()
        assert high / wide == pytest.approx(9 / 16)
        assert min((float(text.get_fontsize()) for text in texts(made)), default=15) >= 1.5 * wide
        assert style.pen(1.6) >= 3


def test_a_legend_has_as_many_columns_as_there_is_room_for() -> None:
    with laid_out(style="ieee"), house_style():
        for letters, columns in ((4, 3), (30, 1)):
            made = canvas()
            axes = made.add_subplot()
            handles = [axes.plot([0, 1], label="m" * letters)[0] for _ in range(6)]
            legend_below(made, handles, 3)
            assert made.legends[0]._ncols == columns  # type: ignore[attr-defined]
            assert made.legends[0].get_window_extent().width <= made.bbox.width or columns == 1


def test_the_house_is_as_it_was_after_a_named_style() -> None:
    with laid_out(style="ieee"):
        finished("bounds")
    with house_style():
        assert mpl.rcParams["font.family"] == ["sans-serif"]
        assert (style.pen(1.8), style.dot(4), style.dash(6)) == (1.8, 4, DASHES[6])
        assert style.timed("latency t") == "latency t (time units)"  # in every style


def test_a_name_that_is_no_style_is_a_file() -> None:
    with pytest.raises(ArgumentError, match="style"), laid_out(style="nature"):
        pass


@pytest.mark.parametrize(
    ("text", "set_as"),
    [
        ("P(M' > k)", "$P(M' > k)$"),
        ("LT, m_e = 2m", "LT, $m_e = 2m$"),
        ("m = 1000, X ~ expon(scale=5)", r"$m = 1000$, $X \sim$ Exp(1/5)"),
        ("load μτd", r"load $\mu \tau d$"),
        ("pareto(b=1)", "Pareto(1)"),
        ("pareto(b=2, scale=3)", "Pareto(2, 3)"),
        ("expon(scale=0.25)", "Exp(4)"),
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
