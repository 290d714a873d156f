"""The figure of a view as Plotly has it, trace by trace, and the points of its file."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from srtheory.explore.picture import CSV_COLUMNS, drawing, figure
from srtheory.explore.views import Panel, Trace, View
from srtheory.render.style import COLOURS


def view(*panels: Panel) -> View:
    return View("title", "", panels, (), (), ())


def drawn(*traces: Trace, **panel: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found = figure(view(Panel("t", "P", traces, **panel)))
    return found["data"], found["layout"]


def test_panels_are_one_below_the_other_with_a_gap_between() -> None:
    one = Panel("t", "P", [Trace("a", [1.0], [2.0])])
    three = figure(view(one, one, one))["layout"]
    domains = [three[f"yaxis{name}"]["domain"] for name in ("", "2", "3")]
    assert domains[0] == pytest.approx([0.76, 1.0])
    assert domains[1] == pytest.approx([0.38, 0.62])
    assert domains[2] == pytest.approx([0.0, 0.24])
    assert domains[2][0] >= 0
    assert [three[f"xaxis{name}"]["anchor"] for name in ("", "2", "3")] == ["y", "y2", "y3"]
    assert figure(view(one))["layout"]["yaxis"]["domain"] == [0.0, 1.0]
    assert [trace["yaxis"] for trace in figure(view(one, one))["data"]] == ["y", "y2"]


@pytest.mark.parametrize(
    ("x", "given", "expected"),
    [
        ([1.0, 900.0], {}, {"type": "linear"}),
        ([1.0, 1000.0], {"log_x": True}, {"type": "log", "dtick": "D2"}),
        ([0.0, 1.0, 1001.0], {"log_x": True}, {"type": "log", "dtick": 1}),
        ([0.0], {"log_x": True}, {"type": "log"}),
        ([1.0, 2.0], {"log_x": True, "x_range": (0.1, 100.0)}, {"type": "log", "dtick": 1, "range": [-1.0, 2.0]}),
        ([1.0, 2.0], {"x_range": (0.5, 3.0)}, {"type": "linear", "range": [0.5, 3.0]}),
    ],
)
def test_an_axis_has_its_scale_its_range_and_its_ticks(
    x: list[float], given: dict[str, Any], expected: dict[str, Any]
) -> None:
    _, layout = drawn(Trace("a", x, x), **given)
    axis = layout["xaxis"]
    assert {name: axis.get(name) for name in ("type", "dtick", "range")} == {
        "dtick": None,
        "range": None,
    } | expected
    assert (axis["title"]["text"], layout["yaxis"]["title"]["text"], axis["zeroline"]) == ("t", "P", False)


def test_a_mark_is_a_line_from_the_foot_to_the_head_of_its_panel() -> None:
    _, layout = drawn(Trace("a", [1.0], [1.0]), mark=0.5, names=[(1.0, "one"), (2.0, "two")])
    [line] = layout["shapes"]
    assert [line[name] for name in ("x0", "x1", "y0", "y1")] == [0.5, 0.5, 0, 1]
    assert (line["xref"], line["yref"]) == ("x", "y domain")
    assert (layout["yaxis"]["tickvals"], layout["yaxis"]["ticktext"]) == ([1.0, 2.0], ["one", "two"])
    for mark in (None, inf):
        _, other = drawn(Trace("a", [1.0], [1.0]), mark=mark)
        assert other["shapes"] == []
        assert "tickvals" not in other["yaxis"]


@pytest.mark.parametrize(
    ("place", "colour", "dash", "symbol"),
    [
        *((0, COLOURS[0], "solid", "circle"), (1, COLOURS[1], "dash", "square"), (5, COLOURS[5], "dash", "cross")),
        *((6, "#808080", "dashdot", "x"), (7, COLOURS[0], "dot", "star"), (8, COLOURS[1], "solid", "circle")),
        *((-1, "#808080", "dot", "square"), (-2, "#999999", "longdash", "diamond"), (-3, "#808080", "longdash", None)),
    ],
)
def test_schemes_have_colours_in_turn_and_bounds_are_grey(
    place: int, colour: str, dash: str, symbol: str | None
) -> None:
    [trace], _ = drawn(Trace("a", [1.0], [2.0], colour=place))
    assert (trace["line"]["color"], trace["line"]["dash"], trace["marker"]["color"]) == (colour, dash, colour)
    assert symbol in (None, trace["marker"]["symbol"])


@pytest.mark.parametrize(
    ("look", "mode", "shape"),
    [
        ("line", "lines", None),
        ("step", "lines", "hv"),
        ("back", "lines", "vh"),
        ("points", "markers", None),
        ("both", "lines+markers", None),
    ],
)
def test_looks(look: str, mode: str, shape: str | None) -> None:
    [trace], _ = drawn(Trace("a", [1.0, 2.0], [0.0, 3.0], look=look))
    assert (trace["mode"], trace["line"].get("shape"), trace["y"]) == (mode, shape, [0.0, 3.0])
    assert trace["hovertemplate"] == "%{x:.5g}, %{y:.4g}"
    [labelled], _ = drawn(Trace("a", [1.0, 2.0], [0.0, 3.0], look=look, labels=["p", "q"]), log_y=True)
    assert (labelled["text"], labelled["hovertemplate"]) == (["p", "q"], "%{text}<br>%{x:.5g}, %{y:.4g}")
    assert labelled["y"] == [None, 3.0]  # a logarithmic axis has no 0


def test_a_band_is_below_its_curve_and_limits_of_points_are_bars() -> None:
    limits = {"low": [0.0, 1.0], "high": [2.0, 4.0]}
    low, high, curve = drawn(Trace("a", [1.0, 2.0], [1.0, 3.0], **limits, look="step"), log_y=True)[0]
    assert (low["y"], high["y"], curve["y"]) == ([1e-9, 1.0], [2.0, 4.0], [1.0, 3.0])
    assert ("fill" in low, high["fill"]) == (False, "tonexty")
    for rises, corners in ((True, ([0.0, 0.0], [4.0, 4.0])), (False, ([1.0, 1.0], [2.0, 2.0]))):
        low, high, _ = drawn(Trace("a", [1.0, 2.0], [1.0, 3.0], **limits, rises=rises))[0]
        assert ((low["y"], high["y"]), low["x"]) == (corners, [1.0, 2.0])  # each limit where it is proved
    low, high, curve = drawn(Trace("a", [1.0, 2.0], [1.0, 3.0], **limits, look="step"), log_y=True)[0]
    assert (low["showlegend"], low["line"]["width"], curve["line"]["width"]) == (False, 0, 2)
    red, green, blue = (int(COLOURS[0][i : i + 2], 16) for i in (1, 3, 5))
    assert high["fillcolor"] == f"rgba({red},{green},{blue},0.18)"
    assert drawn(Trace("a", [1.0, 2.0], [1.0, 3.0], **limits))[0][0]["y"] == [0.0, 1.0]
    [bars] = drawn(Trace("a", [1.0, 2.0], [0.5, 3.0], **limits, errors=True))[0]
    assert (bars["error_y"]["array"], bars["error_y"]["arrayminus"]) == ([1.5, 1.0], [0.5, 2.0])
    assert bars["error_y"]["symmetric"] is False
    assert len(drawn(Trace("a", [], [], low=[], high=[]))[0]) == 1
    assert len(drawn(Trace("a", [1.0], [1.0], low=[0.0]))[0]) == 1


def test_bars_lie_from_their_beginning_to_their_end() -> None:
    [bar], _ = drawn(Trace("a", [3.0, 5.0], [1.0, 2.0], low=[1.0, 4.5], look="bars", labels=["p", "q"]))
    assert (bar["type"], bar["orientation"], bar["base"], bar["x"], bar["y"]) == (
        *("bar", "h", [1.0, 4.5], [2.0, 0.5], [1.0, 2.0]),
    )
    assert (bar["hovertext"], bar["width"], bar["marker"]["color"]) == (["p", "q"], 0.7, COLOURS[0])


def test_the_file_has_a_line_for_each_point_with_its_limits() -> None:
    first = Panel("t", "P", [Trace("a", [1.0, 2.0], [3.0, 4.0], low=[2.5, 3.5], high=[3.5, 4.5])])
    second = Panel("t", "P", [Trace("b", [5.0], [6.0], high=[7.0]), Trace("c", [], [])])
    made = drawing(view(first, second), "name")
    assert (made.name, tuple(made.header)) == ("name", CSV_COLUMNS)
    assert [tuple(row) for row in made.points] == [
        *((1, "a", 1.0, 3.0, 2.5, 3.5), (1, "a", 2.0, 4.0, 3.5, 4.5), (2, "b", 5.0, 6.0, "", 7.0)),
    ]
    assert CSV_COLUMNS == ("panel", "curve", "x", "y", "low", "high")
    assert len(made.canvas.axes) == 2
