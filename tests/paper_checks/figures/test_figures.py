"""Every figure by name: four files each, deterministic bytes; what is in them is asked in tests/contracts."""

from __future__ import annotations

import csv
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy import stats

from paper_checks import study
from paper_checks.figures import curves
from paper_checks.parameters import PAPER
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.render.style import SUFFIXES, write
from srtheory.theory.latency import block_bound
from srtheory.theory.laws.genie import genie_bounds
from srtheory.theory.regimes import Ending, typical_times
from tests.contracts.test_figures import FewTrials, drawn
from tests.ours import drawing


def points(path: Path) -> list[dict[str, str]]:
    with path.with_suffix(".csv").open() as stream:
        return list(csv.DictReader(stream))


@pytest.mark.usefixtures("cheap_files")
@pytest.mark.parametrize("name", study.figures)
def test_every_figure_is_four_files(name: str, tmp_path: Path) -> None:
    paths = write(drawn(name), tmp_path)
    assert [path.name for path in paths] == [f"figure_{name}{suffix}" for suffix in SUFFIXES]
    assert paths[1].read_bytes().startswith(b"%PDF")
    assert paths[2].read_bytes().startswith(b"\x89PNG")
    ElementTree.parse(paths[0])
    rows = points(paths[0])
    assert rows == [dict(zip(drawn(name).header, map(str, row), strict=True)) for row in drawn(name).points]
    if name == "regimes":
        _check_regimes(rows)


@pytest.mark.quality
def test_small_letters_and_texts_that_leave_the_picture_are_seen() -> None:
    made = drawing("bounds", study.lab()).canvas
    made.text(0.99, 0.5, "too far right")
    made.axes[0].set_title("small", fontsize=7)
    assert smallest_letters(made) < 6
    assert outside(made) == ["too far right"]
    made.savefig(BytesIO())
    assert outside(made, shown(made)) == ["too far right"]


def texts(made: Figure) -> list[Text]:
    """What a reader sees, laid out; the exponents of powers of ten are smaller, as in any formula."""
    made.draw_without_rendering()
    return shown(made)


def shown(made: Figure) -> list[Text]:
    """The same of what has been drawn."""
    return [text for text in made.findobj(Text) if text.get_visible() and text.get_text()]


def smallest_letters(made: Figure, column: float = 3.5, every: list[Text] | None = None) -> float:
    """Points of the least text when the figure is scaled to a column's width, in inches; ``every``: its texts."""
    return min(text.get_fontsize() for text in every or texts(made)) * column / made.get_figwidth()


def outside(made: Figure, every: list[Text] | None = None) -> list[str]:
    """Texts that are cut off at the left or right edge; those of ticks are left out, many of which are never drawn."""
    page, every = made.bbox.padded(2), every or texts(made)
    axis = [axis for axes in made.axes for axis in (axes.xaxis, axes.yaxis)]
    ticks = {text for one in axis for text in (*one.get_majorticklabels(), *one.get_minorticklabels())}
    boxes = [(text.get_text(), text.get_window_extent()) for text in every if text not in ticks]
    return [text for text, box in boxes if not (page.x0 <= box.x0 <= box.x1 <= page.x1)]


def _check_regimes(rows: list[dict[str, str]]) -> None:
    assert {row["ending"] for row in rows} == set(Ending)
    for row in rows[::47]:
        if not row["share_of_runs"]:
            times = typical_times(Model(int(row["m"]), int(row["d"]), float(row["tau"]), stats.expon()))
            assert times.ending == row["ending"]


@pytest.fixture(scope="module")
def bounds(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The files of a figure that takes no runs."""
    return write(drawing("bounds", study.lab()), tmp_path_factory.mktemp("bounds"))


def test_a_pdf_has_the_fonts_themselves_in_it(bounds: list[Path]) -> None:
    """Printers refuse letters that are drawn (Type 3)."""
    assert b"/CIDFontType2" in bounds[1].read_bytes()
    assert b"/Type3" not in bounds[1].read_bytes()


def test_bounds_are_those_of_the_theory(bounds: list[Path]) -> None:
    rows = points(bounds[0])
    name = next(key for key in rows[0] if key.startswith("sharp"))
    for row in rows[::20]:
        assert float(row[name]) == pytest.approx(block_bound(float(row["load"]) / 10, 10, 1.0))
        assert float(row["fluid limit t* (d = 10)"]) <= float(row[name]) * (1 + 1e-9)


def test_the_same_figure_gives_the_same_bytes_whatever_a_readers_own_settings_are(
    bounds: list[Path], tmp_path: Path
) -> None:
    import matplotlib as mpl

    with mpl.rc_context({"lines.linewidth": 9.0, "figure.dpi": 31}):
        again = write(drawing("bounds", study.lab()), tmp_path)
    assert [a.read_bytes() for a in bounds] == [b.read_bytes() for b in again]


def test_laws_at_points_stand_in_the_csv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "LAW_POINTS", 3)
    rows = points(write(drawing("streams", FewTrials(at=PAPER), symbols=100), tmp_path)[0])
    exact = [row for row in rows if row["exact_tail"] and row["curve"] == "genie"]
    values = [
        1 - sum(genie_bounds(Model(100, None, 0.005, stats.expon(scale=5)), float(row["t"]))) / 2 for row in exact
    ]
    assert np.allclose(values, [float(row["exact_tail"]) for row in exact], atol=1e-6)
    assert len(exact) == 3


def test_unknown_names_are_refused() -> None:
    with pytest.raises(ArgumentError, match="figure"):
        drawing("3a", study.lab())
