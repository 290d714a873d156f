"""The curves behind Figures 2a to 2c, and those on record in data/figures."""

from __future__ import annotations

import csv
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from paper_checks import study
from paper_checks.figures import curves
from paper_checks.figures.curves import FIGURES, Curve, Figure, figure_2c, frame
from paper_checks.figures.tails import CSV_COLUMNS, draw, drawn_from, recorded
from paper_checks.floors import LABEL as FLOOR
from paper_checks.parameters import PAPER, PAPER_PARETO
from srtheory.experiments.lab import Effort, Lab
from srtheory.render.style import write
from tests.contracts.test_figures import FewTrials

DATA = Path(__file__).parents[3] / "data" / "figures"
SMALL = replace(PAPER, symbols=100)


@pytest.fixture
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the exact laws, each of which takes as long as many runs."""
    monkeypatch.setattr(curves, "LAW_POINTS", 1)


def curve(figure: Figure, *words: str) -> np.ndarray:
    [found] = [c.sample for c in figure.curves if all(word in c.label for word in words)]
    return found


@pytest.mark.usefixtures("few_points")
def test_elimination_never_needs_more_rows_than_peeling() -> None:
    figure = figure_2c(Lab(at=SMALL))  # as many runs as there are on the paper's figure
    for cap in ("m_e = 2m", "no cap"):
        elimination, peeling = curve(figure, cap, "elimination"), curve(figure, cap, "peeling")
        assert (elimination <= peeling).all()
        assert (elimination < peeling).any()


@pytest.mark.parametrize(("low", "high"), [(1.05, 1.8), (0.2, 9.0), (1.0, 100.0), (3.0, 3.5)])
def test_a_logarithmic_axis_has_numbers_on_it(low: float, high: float) -> None:
    sample = np.geomspace(low, high, 50)
    picture = draw(Figure("x", "x", "x", "x", [Curve("x", sample)], log_x=True)).canvas
    picture.draw_without_rendering()
    axis = picture.axes[0].xaxis
    left, right = picture.axes[0].get_xlim()
    ticks = [*zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)]
    ticks += zip(axis.get_minorticklocs(), axis.get_minorticklabels(), strict=True)
    assert sum(left <= x <= right and bool(label.get_text()) for x, label in ticks) >= 3


@pytest.mark.parametrize("name", FIGURES)
def test_axes_name_the_event_whose_probability_is_drawn(name: str) -> None:
    axes = recorded(DATA / f"figure_{name}.csv").canvas.axes[0]
    event, of = ("M' > k", "received symbols k") if name == "2c" else ("T > t", "latency t (time units)")
    assert (axes.get_ylabel(), axes.get_xlabel()) == (f"P({event})", of)


@pytest.mark.parametrize("name", ["2a", "2c", "2a-all"])
def test_symbols_in_the_legend_are_set(name: str) -> None:
    [legend] = recorded(DATA / f"figure_{name}.csv").canvas.legends
    said = " ".join(text.get_text() for text in legend.get_texts())
    assert "LT, $m_e = 2m$" in said
    assert "m_e" not in re.sub(r"\$.*?\$", "", said)


@pytest.mark.usefixtures("few_points", "cheap_files")
@pytest.mark.parametrize("name", ["2a", "2c"])
def test_a_picture_is_drawn_again_from_its_numbers(name: str, tmp_path: Path) -> None:
    lab = FewTrials(at=SMALL)
    made = draw(FIGURES[name](lab))
    made.canvas.set_layout_engine(None)  # what is drawn is the same in any layout
    first = write(made, tmp_path / "a")
    with first[-1].open(encoding="utf-8", newline="") as stream:
        header, *lines = csv.reader(stream)
    assert tuple(header) == CSV_COLUMNS
    other = drawn_from(lines, frame(name, lab))
    other.canvas.set_layout_engine(None)
    again = write(other, tmp_path / "b")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in again]


@pytest.fixture
def no_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    """For what asks for names alone; a law at one point of a figure takes seconds."""
    monkeypatch.setattr(curves, "tail_law", lambda scheme, at, t: 0.5)
    monkeypatch.setattr(curves, "coverage_law", lambda rows, at: np.full(len(rows), 0.5))


@pytest.mark.usefixtures("no_laws")
@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("suffix", ["", "_pareto"])
def test_the_numbers_on_record_are_of_these_curves_at_deep_effort(name: str, suffix: str) -> None:
    at = PAPER_PARETO if suffix else PAPER
    figure = FIGURES[name](FewTrials(at=at))
    labels = {c.label for c in figure.curves}
    with (DATA / f"figure_{name}{suffix}.csv").open(encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    trials = {line["curve"]: int(line["trials"]) for line in lines if line["curve"] != FLOOR}
    bounds = [(float(line["t"]), float(line["exact_tail"])) for line in lines if line["curve"] == FLOOR]
    assert (figure.floor is not None) == bool(bounds) == (name == "streams")
    if figure.floor is not None:
        t, tail = np.array(bounds[::8]).T
        assert np.allclose(figure.floor(t), tail, rtol=1e-6, atol=1e-12)
    assert set(trials) == labels
    fewer = {label for label in labels if "elimination" in label}
    assert all(trials[label] == Effort.DEEP.trials for label in labels - fewer)
    assert all(trials[label] == study.lab(effort=Effort.DEEP).elimination_trials for label in fewer)


def in_the_shade(lines: list[dict[str, str]], factor: float = 1.0) -> set[str]:
    """Curves whose band is somewhere below the floor times a factor."""
    t, tail = np.array([(float(line["t"]), float(line["exact_tail"])) for line in lines if line["curve"] == FLOOR]).T
    return {
        line["curve"]
        for line in lines
        if line["high"] and float(line["high"]) < factor * tail[min(np.searchsorted(t, float(line["t"])), len(t) - 1)]
    }


@pytest.mark.parametrize("suffix", ["", "_pareto"])
def test_only_the_genie_is_in_the_shade(suffix: str) -> None:
    with (DATA / f"figure_streams{suffix}.csv").open(encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    assert in_the_shade(lines) == {"genie"}
    assert "terms, cyclic order" in in_the_shade(lines, 3.0)


@pytest.mark.usefixtures("few_points", "cheap_files")
def test_streams_are_drawn_again_with_their_floor() -> None:
    made = draw(FIGURES["streams"](FewTrials(at=SMALL)))
    again = drawn_from([list(map(str, line)) for line in made.points], frame("streams", FewTrials(at=SMALL)))
    for drawing in (made, again):
        assert drawing.canvas.axes[0].get_legend_handles_labels()[1].count(FLOOR) == 1
    assert list(again.points) == list(made.points)
