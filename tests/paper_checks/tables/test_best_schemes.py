"""The frontier figure and the table of the best schemes: what they say is what the trials say."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from matplotlib.text import Text

from paper_checks import study
from paper_checks.figures import frontier
from paper_checks.floors import LABEL as FLOOR
from paper_checks.floors import least_mean
from paper_checks.parameters import PAPER, TAU
from paper_checks.tables import best_schemes
from srtheory.delays import parse_law
from srtheory.experiments.compare import explore
from srtheory.model import Model
from srtheory.render.style import canvas, house_style
from srtheory.render.table import PlusMinus
from srtheory.theory.floor import floor
from tests.contracts.test_figures import FewTrials
from tests.ours import build, drawing


def test_points_are_those_of_the_laboratory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontier, "SCHEMES", ("sr", "parts-cyclic", "genie"))
    monkeypatch.setattr(FewTrials, "trials", 4)  # half of them for each point
    lab = FewTrials(at=replace(PAPER, symbols=100))
    rows = {row[:3]: row[3:] for row in drawing("frontier", lab).points}
    for cost, kappa in ((0, 0.0), (10, 10 * TAU)):
        made = lab.summary("latency", "sr", degree=20, trials=2, message_cost=kappa)
        assert rows[cost, "sr", 20][1] == f"{made.mean:.10g}"
    assert rows[0, "genie", ""] == rows[100, "genie", ""]
    assert {row[3] for row in rows.values()} == {"yes", "no"}
    for cost in frontier.COSTS:
        assert rows[cost, FLOOR, ""][1] == f"{least_mean(lab.at, cost * TAU, coarse=True):.10g}"
    bounds = [float(rows[cost, FLOOR, ""][1]) for cost in frontier.COSTS]
    assert bounds == sorted(set(bounds))


def test_labels_stay_within_the_axes_and_leave_markers_and_each_other_free() -> None:
    with house_style():
        made = canvas(height=3)
        axes = made.add_subplot(xlim=(0, 100), ylim=(0, 100))
        made.draw_without_rendering()
        usual = axes.transData.inverted().transform(
            axes.transData.transform((60, 40)) + np.array(frontier.OFFSETS[0]) * made.dpi / 72
        )
        axes.plot([99, 97, 60], [40, 40, 40], "o")
        axes.plot(*usual, "P")
        points = (99, 40), (97, 40), (60, 40)
        frontier.label(axes, [(f"d = {i}0", point, "black") for i, point in enumerate(points, 1)])
        made.draw_without_rendering()
        boxes = [Text.get_window_extent(text) for text in axes.texts]
    assert all(axes.bbox.contains(*corner) for box in boxes for corner in box.corners())
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    assert not any(box.contains(*axes.transData.transform(at)) for box in boxes for at in (*points, usual))


def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(best_schemes, "M_VALUES", (12,))
    monkeypatch.setattr(best_schemes, "TERM_LOADS", (0.1,))
    monkeypatch.setattr(best_schemes, "COSTS", (0, 10))


def test_the_fastest_scheme_has_the_least_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)
    lab = study.lab()
    table = build("best-schemes", lab)
    assert [row[:3] for row in table.rows] == [(12, 0.1, 0), (12, 0.1, 10)]
    m, load, cost, name, degree, latency, of_floor, sr_degree, sr_latency = table.rows[1]
    points = explore(lab, 12, load, best_schemes.STARTUP, cost * load, best_schemes.SCHEMES, 20)
    fastest = min(points, key=lambda p: (p.latency.mean, p.messages.mean))
    sr = min((p for p in points if p.scheme == "sr"), key=lambda p: (p.latency.mean, p.messages.mean))
    assert (m, name.code, degree, sr_degree) == (12, fastest.scheme, fastest.degree, sr.degree)
    assert name.text == fastest.scheme + (f", {fastest.cells} cells" if fastest.cells else "")
    assert latency == PlusMinus(fastest.latency.mean, fastest.latency.standard_error)
    assert sr_latency == PlusMinus(sr.latency.mean, sr.latency.standard_error)
    least = floor(Model(12, None, load, parse_law(best_schemes.STARTUP), message_cost=cost * load)).mean
    assert of_floor == pytest.approx(least / fastest.latency.mean, rel=0.01)


@pytest.mark.quality
def test_another_order_of_costs_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)
    right = build("best-schemes", study.lab()).rows
    slowest = best_schemes.best
    monkeypatch.setattr(
        best_schemes,
        "best",
        lambda points: slowest([replace(p, latency=replace(p.latency, mean=-p.latency.mean)) for p in points]),
    )
    assert build("best-schemes", study.lab()).rows != right
