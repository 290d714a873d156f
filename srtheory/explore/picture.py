"""A view as a figure of the page, which Plotly draws, and as the figure that ``srtheory figure`` would write."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from srtheory.explore.views import Panel, Trace, View, text
from srtheory.render.style import COLOURS, Drawing, canvas, dash, dot, house_style, legend_below, pen, timed, write

GREY, EDGE = "#808080", "#999999"
"""Colours that are seen on light and on dark ground: of bounds, and of the frontier."""
GAP = 0.14
"""Height between two panels, as a fraction of that of the picture."""
DENSE = 3
"""Decades of an axis above which only powers of ten are labelled: on a phone there is room for no more."""
CSV_COLUMNS = ("panel", "curve", "x", "y", "low", "high")
_SHAPES, _STYLES = {"step": "hv", "back": "vh"}, {"step": "steps-post", "back": "steps-pre"}
_DASHES = ("solid", "dash", "dashdot", "dot")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "x", "star")
_MARKERS = "osD^vPX*"


def _colour(trace: Trace) -> str:
    if trace.colour < 0:
        return EDGE if trace.colour == -2 else GREY
    colours = [*COLOURS[:6], GREY]
    return colours[trace.colour % len(colours)]


def _bound(trace: Trace, floor: Any, other: Any) -> Any:
    """Return the dashes of a bound, None for a scheme."""
    return None if trace.colour >= 0 else floor if trace.colour == -1 else other


# ------------------------------------------------------------------------------------------------------- on the page


def figure(view: View) -> dict[str, Any]:
    """Return the picture as Plotly has it: traces and layout, all numbers plain."""
    data: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 13},
        "margin": {"l": 58, "r": 12, "t": 8, "b": 8},
        "legend": {"orientation": "h", "yanchor": "bottom", "yref": "container", "y": 0, "x": 0},
        "hovermode": "closest",
        "shapes": [],
        "barmode": "overlay",
        "uirevision": view.title,
        "showlegend": True,
    }
    count = len(view.panels)
    for i, panel in enumerate(view.panels):
        name = "" if i == 0 else str(i + 1)
        high = (1 - GAP * (count - 1)) / count
        bottom = 1 - (i + 1) * high - i * GAP
        across, up = (_decades([at for trace in panel.traces for at in getattr(trace, axis)]) for axis in "xy")
        horizontal = _axis(panel.across, panel.log_x, panel.x_range, across, f"y{name}")
        vertical = _axis(panel.up, panel.log_y, panel.y_range, up, f"x{name}")
        if panel.log_x and across > DENSE:
            horizontal["dtick"] = 1
        vertical["domain"] = [max(bottom, 0.0), bottom + high]
        if panel.names:
            vertical["tickvals"], vertical["ticktext"] = map(list, zip(*panel.names, strict=True))
        layout |= {f"xaxis{name}": horizontal, f"yaxis{name}": vertical}
        if panel.mark is not None and math.isfinite(panel.mark):
            line = {"color": GREY, "width": 1, "dash": "dot"}
            where = {
                "xref": f"x{name}",
                "yref": f"y{name} domain",
                "x0": panel.mark,
                "x1": panel.mark,
                "y0": 0,
                "y1": 1,
            }
            layout["shapes"].append({"type": "line", "line": line, **where})
        data += [part for trace in panel.traces for part in _traces(trace, name, panel)]
    return {"data": data, "layout": layout}


def _decades(values: Sequence[float]) -> float:
    there = [x for x in values if x > 0]
    return math.log10(max(there) / min(there)) if there else 0.0


def _axis(title: str, log: bool, limits: tuple[float, float] | None, decades: float, anchor: str) -> dict[str, Any]:
    its: dict[str, Any] = {
        "title": {"text": title, "standoff": 6},
        "zeroline": False,
        "automargin": True,
        # If no label were left, as in a page that is only now being laid out, the title would stand at -Infinity.
        "ticklabeloverflow": "allow",
        "type": "log" if log else "linear",
        "anchor": anchor,
    }
    if limits is not None:
        its["range"] = [math.log10(x) if log else x for x in limits]
    if log:
        # Within a decade there may be no power of ten beside which a digit alone is understood.
        dtick = 1 if limits else "D2" if decades >= 1 else None
        its |= {"exponentformat": "power", "minor": {"ticks": ""}, "dtick": dtick}
    return its


def _traces(trace: Trace, axis: str, panel: Panel) -> Iterator[dict[str, Any]]:
    """Yield a band, if the trace has one, and then the trace."""
    colour = _colour(trace)
    on: dict[str, Any] = {"xaxis": f"x{axis}", "yaxis": f"y{axis}", "name": trace.name}
    on["legendgroup"] = f"{axis}{trace.name}"
    if trace.look == "bars":
        lengths = [x - low for x, low in zip(trace.x, trace.low or (), strict=True)]
        on |= {"type": "bar", "orientation": "h", "y": trace.y, "base": trace.low, "x": lengths, "width": 0.7}
        on |= {"hovertext": trace.labels, "hoverinfo": "text"}
        yield {**on, "marker": {"color": colour, "line": {"color": "#f4f4f4", "width": 1}}}
        return
    shape = {"shape": _SHAPES[trace.look]} if trace.look in _SHAPES else {}
    if (band := _band(trace, panel)) is not None:
        x, low, high = band
        limits = on | {"type": "scatter", "x": x, "mode": "lines", "line": {"width": 0, "color": colour}}
        limits |= {"showlegend": False, "hoverinfo": "skip"}
        yield limits | {"y": list(map(_or_none, low))}
        yield limits | {"y": list(map(_or_none, high)), "fill": "tonexty", "fillcolor": _faint(colour)}
    place = abs(trace.colour)
    line = {"color": colour, "width": 2, "dash": _bound(trace, "dot", "longdash") or _DASHES[place % 4], **shape}
    marker = {"color": colour, "size": 8, "symbol": _SYMBOLS[place % len(_SYMBOLS)]}
    mode = {"points": "markers", "both": "lines+markers"}.get(trace.look, "lines")
    says = "%{text}<br>" if trace.labels else ""
    y = [_or_none(y) if y > 0 or not panel.log_y else None for y in trace.y]
    on |= {"type": "scatter", "x": trace.x, "y": y, "mode": mode, "line": line, "marker": marker, "text": trace.labels}
    errors = {"error_y": _bars(trace, colour)} if trace.errors and trace.low else {}
    yield {**on, "hovertemplate": f"{says}%{{x:.5g}}, %{{y:.4g}}", **errors}


def _bars(trace: Trace, colour: str) -> dict[str, Any]:
    above = [_or_none(high - y) for high, y in zip(trace.high or (), trace.y, strict=True)]
    below = [_or_none(y - low) for low, y in zip(trace.low or (), trace.y, strict=True)]
    return {"type": "data", "symmetric": False, "array": above, "arrayminus": below, "color": colour, "thickness": 1}


def _or_none(y: float) -> float | None:
    """Return the number, or None, which breaks a curve, where there is none."""
    return None if math.isnan(y) else y


def _band(trace: Trace, panel: Panel) -> tuple[list[float], list[float], list[float]] | None:
    """Return abscissas and limits of the band, corner by corner, None for a trace that has none.

    Limits that hold at the points only are steps: of a probability that rises, the lower one at a point holds up to the
    next one, and the upper one since the one before.
    """
    if trace.low is None or trace.high is None or trace.errors or not trace.x or trace.look == "points":
        return None
    low, high = ([max(y, 1e-9) if panel.log_y else y for y in limits] for limits in (trace.low, trace.high))
    if trace.rises is None:
        return trace.x, low, high
    x, low, high = ([value for value in some for _ in (0, 1)] for some in (trace.x, low, high))
    return (x[1:-1], low[:-2], high[2:]) if trace.rises else (x[1:-1], low[2:], high[:-2])


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.18)"


# ------------------------------------------------------------------------------------------------------- as a file


def drawing(view: View, name: str) -> Drawing:
    """Draw the view in the house style; the CSV has the points of its curves."""
    if view.run is not None:
        from srtheory.render.one_run import drawn

        return drawn(name, view.run, view.until)
    note = " ".join(view.notes)
    with house_style():
        many = max(len(view.panels), 1)
        made = canvas(note, height=3.2 * many + 1.4)
        handles: dict[str, Any] = {}
        for axes, panel in zip(made.subplots(many, 1, squeeze=False)[:, 0], view.panels, strict=False):
            for trace in panel.traces:
                handles.setdefault(trace.name, _draw(axes, trace, panel))
            axes.set(xlabel=timed(panel.across) if panel.across == "t" else panel.across, ylabel=panel.up)
            axes.set(xscale="log" if panel.log_x else "linear", yscale="log" if panel.log_y else "linear")
            if panel.x_range:
                axes.set_xlim(*panel.x_range)
            if panel.y_range:
                axes.set_ylim(*panel.y_range)
            if panel.mark is not None:
                axes.axvline(panel.mark, color=GREY, linewidth=pen(0.8), linestyle=":")
        legend_below(made, list(handles.values()), 2)
        made.suptitle(view.title)
    return Drawing(name, made, CSV_COLUMNS, list(_points(view)))


def _draw(axes: Any, trace: Trace, panel: Panel) -> Any:
    colour, place = _colour(trace), abs(trace.colour)
    style = {"color": colour, "linewidth": pen(1.6), "markersize": dot(4)}
    step = {"drawstyle": _STYLES[trace.look]} if trace.look in _STYLES else {}
    if trace.low and trace.high and trace.errors:
        axes.vlines(trace.x, trace.low, trace.high, color=colour, linewidth=pen(0.8))
    elif (band := _band(trace, panel)) is not None:
        axes.fill_between(*band, color=colour, alpha=0.15, linewidth=0)
    marker = _MARKERS[place % len(_MARKERS)] if trace.look in ("points", "both") else ""
    line = "" if trace.look == "points" else _bound(trace, ":", (0, (8, 2))) or dash(place)
    y = [v if v > 0 or not panel.log_y else math.nan for v in trace.y]
    return axes.plot(trace.x, y, linestyle=line, marker=marker, label=trace.name, **style, **step)[0]


def _points(view: View) -> Iterator[Sequence[Any]]:
    for i, panel in enumerate(view.panels, 1):
        for trace in panel.traces:
            for k, (x, y) in enumerate(zip(trace.x, trace.y, strict=True)):
                if math.isnan(y):
                    continue
                limits = ["" if its is None else its[k] for its in (trace.low, trace.high)]
                yield i, trace.name, x, y, *limits


def file(view: View, name: str, form: str, provenance: str) -> bytes:
    """Return the file of the figure in a form: ``svg``, ``pdf``, ``png`` or ``csv``."""
    with TemporaryDirectory() as folder:
        [path] = write(drawing(view, name), Path(folder), provenance, [f".{form}"])
        return path.read_bytes()


def table_text(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Return the cells of a table as the page shows them, with six digits."""
    return [[text(cell) for cell in row] for row in rows]
