"""The floor under every oblivious scheme (docs/proofs/floor.md) at a study's setting, each computed once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from matplotlib.axes import Axes

from srtheory.model import Model
from srtheory.theory.floor import STEPS, floor, late
from srtheory.types import Floats

LABEL = "no oblivious scheme"
"""What figures call the region below the floor."""
GREY = "#cccccc"
FEWER = 100
"""Steps of a coarse grid of times if messages cost time; the bound on the mean is lower by some 0.1 %."""


@cache
def _floor_mean(at: Model, steps: int) -> float:
    return floor(at, steps=steps).mean


def least_mean(at: Model, message_cost: float | None = None, *, coarse: bool = False) -> float:
    """Return a lower bound on E[T] of every oblivious scheme; ``message_cost`` may replace that of the setting.

    If it is ``coarse``, the grid of times has only :data:`FEWER` steps if messages cost time.
    """
    cost = at.message_cost if message_cost is None else message_cost
    steps = FEWER if coarse and cost else STEPS[1]
    return _floor_mean(replace(at, degree=None, access=None, message_cost=cost), steps)


def least_tail(at: Model, grid: Floats) -> Floats:
    """Return lower bounds on P(T > t) of every oblivious scheme at these times."""
    return np.asarray(late(replace(at, degree=None, access=None), grid))


def shade(axes: Axes, times: Floats, tails: Floats, label: str = LABEL) -> None:
    """Shade the region below lower bounds on P(T > t); before the first time the bound is 1."""
    left, right = axes.get_xlim()
    bottom, _ = axes.get_ylim()
    axes.fill_between([left, *times], bottom / 10, [1.0, *tails], color=GREY, linewidth=0, zorder=0, label=label)
    axes.set_xlim(left, right)
