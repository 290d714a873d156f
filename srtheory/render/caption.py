"""Captions of figures: title, note, which curves coincide, and what made the picture, as text or for LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, groupby
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cbook import STEP_LOOKUP_MAP
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from networkx.utils import UnionFind
from scipy.spatial import cKDTree

from srtheory.render.formulas import as_unicode, latex_prose, name_laws, typeset
from srtheory.render.style import Drawing, finish, house_style
from srtheory.types import Floats

NEAR = 0.003
"""Largest distance of curves that coincide, as a fraction of the diagonal of their axes."""
FLAT = 0.1
"""Slope on paper below which a piece of a curve is left out, as where all probabilities are nearly 1."""
WHOLE, PART = 0.98, 0.2
"""Least fractions of a curve's length that coincide, if the curves do, and if a range of them is named."""
STEP = 0.001
"""Distance at which curves are compared, as a fraction of the diagonal."""


def caption(drawing: Drawing, made_at: Mapping[str, Any] | None = None, version: str = "", says: str = "") -> str:
    """Return a caption as plain text: what is drawn, how, and which curves coincide; seed, effort and version.

    ``made_at`` is the ``seed`` and the ``effort`` that the figure rests on; what its own note says is not said again.
    ``says`` is what it shows, if it has no title.
    """
    return as_unicode(name_laws(_text(drawing, made_at or {}, version, says)))


def latex_caption(drawing: Drawing, made_at: Mapping[str, Any] | None = None, version: str = "", says: str = "") -> str:
    r"""Return the same as ``\caption`` and ``\label`` for LaTeX, with symbols in math mode."""
    text = typeset(_text(drawing, made_at or {}, version, says))
    if text.count("$") % 2:
        text = text.replace("$", r"\$")
    try:
        prose = latex_prose(text)
    except ValueError:  # a character of a reader's own words that LaTeX has no command for
        prose = latex_prose(text.encode("ascii", "replace").decode())
    return rf"\caption{{{prose}}}\label{{fig:{drawing.name}}}"


def _text(drawing: Drawing, at: Mapping[str, Any], version: str, says: str) -> str:
    """Return the caption with formulas between dollar signs."""
    with house_style():
        words = finish(drawing.canvas)
        same = list(coinciding(drawing.canvas))
    said = " ".join((words.title, words.panel, words.note))
    made = [f"effort {at['effort']}"] if "effort" in at and not re.search(r"\d+ runs", said) else []
    made += [f"seed {at['seed']}"] if "seed" in at and "seed" not in said else []
    made += [f"made with srtheory {version}"] if version else []
    parts = [_joined(words.title) or says, _joined(words.panel), words.note, *same, ", ".join(made)]
    return " ".join(map(_sentence, filter(None, parts)))


def _joined(text: str) -> str:
    """Return lines as one: what follows the first line is about it, unless a comma or a full stop says more."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return re.sub(r"(?<=[,.:;]): ", " ", ": ".join(lines))


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    word = re.match(r"[a-z]{2,}\b(?!\()", text)
    return (text[:1].upper() + text[1:] if word else text) + "." * (text[-1:] not in ".?!")


def coinciding(canvas: Canvas) -> Iterator[str]:
    """Yield sentences on which curves of a picture coincide, panel by panel, from the curves as they are drawn.

    Curves without a name in a legend are left out, and so are pieces that are flat or out of view.
    """
    canvas.draw_without_rendering()
    panels = [axes for axes in canvas.axes if axes.get_visible()]
    shared = next((axes.get_xlabel() for axes in reversed(panels) if axes.get_xlabel()), "the abscissa")
    for place, axes in enumerate(panels, 1):
        named = f" ({_joined(axes.get_title())})" if axes.get_title() else ""
        where = f"in panel {place}{named} " if len(panels) > 1 else ""
        yield from (where + sentence for sentence in _coinciding(axes, axes.get_xlabel() or shared))


def _coinciding(axes: Axes, across: str) -> Iterator[str]:
    curves = [curve for line in axes.get_lines() if (curve := _Curve(axes, line)).is_compared]
    same, parts = UnionFind(range(len(curves))), {}
    for i, j in combinations(range(len(curves)), 2):
        one, other = curves[i], curves[j]
        near, back = one.near(other), other.near(one)
        if near.mean() >= WHOLE and back.mean() >= WHOLE:
            same.union(i, j)
        elif one.points and other.points:
            parts[i, j] = one.met(other)
        elif (length := _longest(near)) and length[1] - length[0] >= PART * len(near):
            low, high = sorted(float(x) for x in one.x[[length[0], length[1] - 1]])
            parts[i, j] = f"for {{}} from {low:.4g} to {high:.4g}"
    groups = sorted(sorted(group) for group in same.to_sets())
    for group in groups:
        if len(group) > 1:
            yield f"the curves {_listed([curves[i].label for i in group])} coincide to the width of a line"
    heads = {min(group) for group in groups}
    for (i, j), where in parts.items():
        if where and i in heads and j in heads:
            both, of = _listed([curves[i].label, curves[j].label]), across.removesuffix(" (time units)")
            yield f"the curves {both} coincide to the width of a line {where.format(of)}"


def _listed(labels: Sequence[str]) -> str:
    *quoted, last = (f"“{label}”" for label in labels)
    return ", ".join(quoted) + " and " + last


def _longest(near: np.ndarray) -> tuple[int, int] | None:
    """Return the first and the last but one place of the longest run of curves that are near."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], near.astype(np.int8), [0]])))
    runs = [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]
    return max(runs, key=lambda run: run[1] - run[0], default=None)


class _Curve:
    """A curve on paper, at points of equal distance: ``x`` in the units of its axis, ``at`` in those of the paper.

    ``points``: Those that it joins, if they are marked or over integers, as between them it says nothing: by abscissa,
    whether it is steep there, and the point.
    """

    def __init__(self, axes: Axes, line: Line2D) -> None:
        self.label = " ".join(str(line.get_label()).split())
        self.x = np.empty(0)
        self.at = self.all = np.empty((0, 2))
        self.points: dict[float, tuple[bool, Floats]] = {}
        x, y = (np.asarray(values, dtype=float) for values in line.get_data(orig=False))
        if self.label.startswith("_") or line.get_linestyle() in ("None", "") or len(x) < 2 or not line.get_visible():
            return
        grid = line.get_marker() not in ("None", None, "", " ") or bool((x == np.round(x)).all())
        x, y = STEP_LOOKUP_MAP[line.get_drawstyle()](x, y)
        with np.errstate(all="ignore"):
            paper = axes.transData.transform(np.column_stack([x, y]))
        box = axes.bbox
        unit = float(np.hypot(box.width, box.height))
        pieces = [self._piece(paper[i], paper[i + 1], STEP * unit) for i in range(len(x) - 1)]
        across, up = np.abs(np.diff(paper, axis=0)).T
        level = up < FLAT * across
        flat = np.repeat(level, [len(piece) for piece in pieces])
        every = np.concatenate(pieces)
        seen = ((box.min <= every) & (every <= box.max)).all(axis=1)
        if grid and line.get_drawstyle() == "default":
            steep = ~(np.append(level, True) & np.append(True, level))
            shown = np.flatnonzero(((box.min <= paper) & (paper <= box.max)).all(axis=1))
            self.points = {float(x[i]): (bool(steep[i]), paper[i] / unit) for i in shown}
        self.all = every[seen] / unit
        self.at = every[seen & ~flat] / unit
        self.x = axes.transData.inverted().transform(every[seen & ~flat])[:, 0]

    @staticmethod
    def _piece(start: Floats, end: Floats, step: float) -> Floats:
        if not np.isfinite([start, end]).all() or np.abs([start, end]).max() > 1e5:
            return np.empty((0, 2))
        count = int(np.ceil(np.hypot(*(end - start)) / step))
        return start + np.linspace(0, 1, max(count, 1), endpoint=False)[:, None] * (end - start)

    @property
    def is_compared(self) -> bool:
        """Whether enough of the curve is seen."""
        return len(self.at) * STEP >= 0.02

    def near(self, other: _Curve) -> np.ndarray:
        """Return where this curve is near another."""
        return cKDTree(other.all).query(self.at, distance_upper_bound=NEAR)[0] <= NEAR

    def met(self, other: _Curve) -> str:
        """Return in words at which of the points that both have this curve is near another; empty if at few."""
        both = {x: (self.points[x], other.points[x]) for x in sorted(self.points.keys() & other.points.keys())}
        common = [x for x, (one, its) in both.items() if one[0] or its[0]]
        near = [bool(np.hypot(*(both[x][0][1] - both[x][1][1])) <= NEAR) for x in common]
        if sum(near) < max(1, PART * len(common)):
            return ""
        runs = [[x for x, _ in run] for met, run in groupby(zip(common, near, strict=True), lambda one: one[1]) if met]
        *before, last = (f"{run[0]:.6g} to {run[-1]:.6g}" if len(run) > 1 else f"{run[0]:.6g}" for run in runs)
        return "where {} is " + (", ".join(before) + " or " if before else "") + last
