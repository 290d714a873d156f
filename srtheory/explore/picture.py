"""A view as a figure of the page, which Plotly draws."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from srtheory.explore.views import Panel, Trace, View, text
from srtheory.render.style import COLOURS

GREY, EDGE = "#808080", "#999999"
"""Colours that are seen on light and on dark ground: of bounds, and of the frontier."""
GAP, NO_AXIS = 0.14, 0.04
"""Heights between two panels, the second where they share an axis, as fractions of that of the picture."""
TICKS = 5
"""Labels that an axis has at least, if it is logarithmic."""
_SHAPES = {"step": "hv", "back": "vh"}
_DASHES = ("solid", "dash", "dashdot", "dot")
_SYMBOLS = ("circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "x", "star")


def _colour(trace: Trace) -> str:
    if trace.colour < 0:
        return EDGE if trace.colour == -2 else GREY
    colours = [*COLOURS[:6], GREY]
    return colours[trace.colour % len(colours)]


def figure(view: View) -> dict[str, Any]:
    """Return the picture as Plotly has it: traces and layout, all numbers plain."""
    data: list[dict[str, Any]] = []
    layout: dict[str, Any] = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"size": 13},
        "margin": {"l": 58, "r": 12, "t": 8, "b": 8},
        "legend": {"orientation": "h", "yanchor": "bottom", "yref": "container", "y": 0, "x": 0},
        # One line shows the values of all curves at their nearest points, in all panels over the same axis.
        "hovermode": "x unified",
        "hoverdistance": -1,
        "hoversubplots": "axis",
        "hoverlabel": {"font": {"size": 11}},
        "shapes": [],
        "barmode": "overlay",
        "uirevision": view.title,
        "showlegend": True,
    }
    count = len(view.panels)
    gap = GAP if len({panel.across for panel in view.panels}) == count else NO_AXIS
    for i, panel in enumerate(view.panels):
        shared = next(j for j, its in enumerate(view.panels) if its.across == panel.across)
        axis, name = ("" if j == 0 else str(j + 1) for j in (shared, i))
        high = (1 - gap * (count - 1)) / count
        bottom = 1 - (i + 1) * high - i * gap
        across, up = ([x for trace in panel.traces for x in getattr(trace, its)] for its in "xy")
        horizontal = _axis(panel.across, panel.log_x, panel.x_range, across, f"y{name}")
        vertical = _axis(panel.up, panel.log_y, panel.y_range, up, f"x{axis}")
        vertical["domain"] = [max(bottom, 0.0), bottom + high]
        if panel.names:
            at, texts = map(list, zip(*panel.names, strict=True))
            vertical |= {"tickvals": at, "ticktext": texts, "tickfont": {"size": 10}}
        layout |= {f"xaxis{axis}": horizontal, f"yaxis{name}": vertical}
        if panel.mark is not None and math.isfinite(panel.mark):
            line = {"color": GREY, "width": 1, "dash": "dot"}
            where = {"xref": f"x{axis}", "yref": f"y{name} domain", **dict.fromkeys(("x0", "x1"), panel.mark)}
            layout["shapes"].append({"type": "line", "line": line, **where, "y0": 0, "y1": 1})
        data += [part for trace in panel.traces for part in _traces(trace, axis, name, panel)]
    return {"data": data, "layout": layout}


def _axis(
    title: str, log: bool, limits: tuple[float, float] | None, values: Sequence[float], anchor: str
) -> dict[str, Any]:
    its: dict[str, Any] = {
        "title": {"text": title, "standoff": 6},
        "zeroline": False,
        "automargin": True,
        # If no label were left, as in a page that is only now being laid out, the title would stand at -Infinity.
        "ticklabeloverflow": "allow",
        "ticklabelstandoff": 4,
        "type": "log" if log else "linear",
        "anchor": anchor,
        "unifiedhovertitle": {"text": f"{title} = %{{x:.5~g}}"},
        "showspikes": True,
        "spikemode": "across",
        "spikesnap": "cursor",
        "spikethickness": 1,
        "spikedash": "dot",
    }
    if limits is not None:
        its["range"] = [math.log10(x) if log else x for x in limits]
    if log and (there := [x for x in limits or values if x > 0]):
        at = ticks(min(there), max(there))
        texts = [f"{x:g}" if 1e-3 <= x <= 1e4 else f"10<sup>{math.log10(x):.0f}</sup>" for x in at]
        its |= {"tickvals": at, "ticktext": texts}
    return its


def ticks(low: float, high: float) -> list[float]:
    """Return labels of a logarithmic axis: powers of ten, and what is needed between them."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    found: list[float] = []
    for digits in ((1,), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7), *([x / n for x in range(n, 10 * n)] for n in (2, 4, 10))):
        found = [float(f"{d * 10.0**k:.4g}") for k in range(first, last + 1) for d in digits]
        if len([x for x in found if low <= x <= high]) >= TICKS:
            break
    return found


def _traces(trace: Trace, across: str, axis: str, panel: Panel) -> Iterator[dict[str, Any]]:
    """Yield a band, if the trace has one, and then the trace."""
    colour = _colour(trace)
    on: dict[str, Any] = {"xaxis": f"x{across}", "yaxis": f"y{axis}", "name": trace.name}
    on["legendgroup"] = f"{axis}{trace.name}"
    if trace.look == "bars":
        lengths = [x - low for x, low in zip(trace.x, trace.low or (), strict=True)]
        on |= {"type": "bar", "orientation": "h", "y": trace.y, "base": trace.low, "x": lengths, "width": 0.7}
        yield {**on, "hoverinfo": "skip", "marker": {"color": colour, "line": {"color": "#f4f4f4", "width": 1}}}
        return
    on |= {"opacity": 0.45} if trace.faint else {}
    shape = {"shape": _SHAPES[trace.look]} if trace.look in _SHAPES else {}
    if (band := _band(trace, panel)) is not None:
        x, low, high = band
        limits = on | {"type": "scatter", "x": x, "mode": "lines", "line": {"width": 0, "color": colour}}
        limits |= {"showlegend": False, "hoverinfo": "skip"}
        yield limits | {"y": list(map(_or_none, low))}
        yield limits | {"y": list(map(_or_none, high)), "fill": "tonexty", "fillcolor": _faint(colour)}
    place = abs(trace.colour)
    dash = {-1: "dot"}.get(trace.colour, "longdash" if trace.colour < 0 else _DASHES[place % 4])
    line = {"color": colour, "width": 2, "dash": dash, **shape}
    marker = {"color": colour, "size": 8, "symbol": _SYMBOLS[place % len(_SYMBOLS)]}
    mode = {"points": "markers", "both": "lines+markers"}.get(trace.look, "lines")
    elsewhere = trace.x != max((its.x for its in panel.traces), key=len)
    says = "%{y:.4~g}", " at %{x:.4~g}" * elsewhere, "%{text}" * bool(trace.labels)
    if trace.low and trace.high:
        on["customdata"] = list(zip(map(_or_none, trace.low), map(_or_none, trace.high), strict=True))
    y = [_or_none(y) if y > 0 or not panel.log_y else None for y in trace.y]
    on |= {"type": "scatter", "x": trace.x, "y": y, "mode": mode, "line": line, "marker": marker, "text": trace.labels}
    errors = {"error_y": _bars(trace, colour)} if trace.errors and trace.low else {}
    yield {**on, "hovertemplate": "".join(says), **errors}


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


def table_text(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Return the cells of a table as the page shows them, with six digits."""
    return [[text(cell) for cell in row] for row in rows]
