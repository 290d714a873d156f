"""The numbers of every view are those that the commands under it print; test_page.py sees more of them in a browser."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from srtheory.explore.items import compute, keep, trials_of
from srtheory.explore.picture import drawing, figure, file, table_text
from srtheory.explore.state import World, query_of, read
from srtheory.explore.views import High, Low, Panel, Plan, Trace, View, plan, text, times
from tests.cli.conftest import Run, run, svg_alone  # noqa: F401  (fixtures)
from tests.explore.printed import SETTINGS, agree, shown_by_commands, shown_by_table

WORLD = World()
OWN = """
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Windows(ByWorker):
    window: int = 3

    def sends(self, worker, key):
        yield [worker]
        others = [(worker + i) % self.symbols for i in range(1, self.symbols)]
        for first in range(0, len(others), self.window):
            yield others[first : first + self.window]


@dataclass(frozen=True)
class Sure(Windows):
    latency_kind = "a planted law"

    def latency_cdf(self, t, tau, startup):
        return 0.25, 0.75


@dataclass(frozen=True)
class Wrong(Windows):
    def latency_cdf(self, t, tau, startup):
        return 0.75, 0.25
"""


def whole(query: str, world: World = WORLD) -> tuple[Plan, View, dict]:
    """A view of which all values are there."""
    state, problems = read(query_of(query), world)
    assert problems == {}
    made, values = plan(state, world), {}
    for item in made.items:
        some = range(int(item.at))
        keep(values, item, trials_of(item, world, some) if item.kind == "simulate" else compute(item, world))
    return made, made.show(values), values


@pytest.mark.quality
def test_another_number_would_be_seen(run: Run, tmp_path: Path) -> None:  # noqa: F811
    _, view, _ = whole(f"view=coverage&{SETTINGS['coverage'][0]}")
    table = shown_by_table(table_text(view.rows), view.header)
    wrong = [line.replace("--degree 5", "--degree 6") for line in view.commands]
    assert agree(table, list(shown_by_commands(run, view.commands, view.header, tmp_path)))
    assert not agree(table, list(shown_by_commands(run, wrong, view.header, tmp_path)))


def test_every_point_of_a_tail_is_what_the_command_prints(run: Run) -> None:  # noqa: F811
    _, view, _ = whole("symbols=6&degree=2&tau=0.1&schemes=parts-cyclic&until=1")
    for line, trace in zip(view.commands, view.panels[0].traces, strict=True):
        result = json.loads(run(*shlex.split(line)[1:], "--json").stdout)
        if line.startswith("srtheory floor"):
            assert trace.y == [p["late"] for p in result["at"]]
        else:
            ends = [[1 - end for end in p["probability"]] for p in result["cdf"]]
            assert trace.y == [sum(reversed(pair)) / 2 for pair in ends]


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    return path


def test_a_scheme_of_a_user_is_simulated_or_has_its_law(run: Run, tmp_path: Path, own: Path) -> None:  # noqa: F811
    names = [f"{own}::{name}" for name in ("Windows", "Sure")]
    query = f"symbols=12&tau=0.1&schemes={','.join(names)}&trials=20&options=window=4"
    _, view, _ = whole(query, World(schemes=tuple(names)))
    assert [row[-1] for row in view.rows] == ["law", "exact law", "20 simulated runs", "lower bound"]
    assert view.rows[0][1:3] == [0.25, 0.75]
    assert any("a planted law" in note for note in view.notes)
    assert any("--option window=4" in line for line in view.commands)
    table = shown_by_table(table_text(view.rows), view.header)
    assert agree(table, list(shown_by_commands(run, view.commands, view.header, tmp_path)))


def test_a_bad_law_of_a_user_is_told_and_the_others_are_shown(own: Path) -> None:
    name = f"{own}::Wrong"
    world = World(schemes=(name, "parts-cyclic"))
    _, view, _ = whole(f"symbols=12&degree=3&tau=0.1&schemes={name},parts-cyclic", world)
    assert any("within [0, 1]" in note for note in view.notes)
    assert [trace.name for trace in view.panels[0].traces if trace.x] == [
        "parts, cyclic order",
        "genie (bound)",
        "floor (proved)",
    ]


def test_what_cannot_be_is_left_out_with_its_reason() -> None:
    _, view, _ = whole("symbols=10&degree=11&tau=0.1&schemes=parts-cyclic,uncoded")
    assert any(note.startswith("parts-cyclic is left out") for note in view.notes)
    assert view.rows[0][0] == "Uncoded"


def test_a_degree_above_m_leaves_nothing_out_of_a_view_over_degrees() -> None:
    _, view, _ = whole("view=degree&symbols=10&degree=11&tau=0.1&schemes=parts-cyclic")
    assert [row[1] for row in view.rows] == [1, 2, 5, 10]
    assert view.notes == []


def test_the_marked_time_is_one_at_which_schemes_differ() -> None:
    query = "symbols=500&tau=0.01&startup=pareto(b=1)&message_cost=0.1&schemes=parts-cyclic,parts-stream,terms-pairs"
    state, _ = read(query_of(query), WORLD)
    made = plan(state, WORLD)
    some = {item.scheme: item for item in reversed(made.items) if item.scheme in state.schemes}
    view = made.show({item: compute(item, WORLD) for item in some.values()})
    assert 1e-3 < view.rows[0][3] < view.rows[1][3] < view.rows[2][3]
    assert "parts, cyclic order lacks the sum with the least probability" in view.says


def test_schemes_that_are_equal_are_all_named() -> None:
    _, view, _ = whole("symbols=4&degree=2&tau=0.1&schemes=parts-cyclic,parts-stream&at=100")
    assert view.says.startswith("By time 100, 2 schemes lack the sum with probability 0: ")
    assert "parts, cyclic order; parts, random order" in view.says


def test_a_run_is_stepped_through() -> None:
    query = f"view=run&{SETTINGS['run'][0]}"
    _, last, _ = whole(query)
    _, third, _ = whole(f"{query}&step=3")
    assert list(third.rows) == list(last.rows)[:3]
    assert len(list(drawing(third, "x").points)) == 3
    _, none, _ = whole(f"{query}&step=0")
    assert list(none.rows) == []


def test_bounds_are_rounded_outwards() -> None:
    assert [text(kind(1.4908999)) for kind in (Low, float, High)] == ["1.49089", "1.4909", "1.4909"]
    assert [text(kind(0.12345651)) for kind in (Low, High)] == ["0.123456", "0.123457"]
    assert (text(None), text(3), text(High(float("inf")))) == ("–", "3", "inf")


def test_times_have_few_digits_and_reach_as_far_as_asked() -> None:
    state, _ = read(query_of("symbols=50&degree=5&tau=0.013"), WORLD)
    found = times(state, WORLD)
    assert 15 < len(found) < 200
    assert all(len(f"{t!r}") < 8 for t in found)
    state, _ = read(query_of("symbols=50&degree=5&tau=0.013&until=2"), WORLD)
    assert 1.9 < max(times(state, WORLD)) <= 2


def test_files_are_those_of_a_figure() -> None:
    _, view, _ = whole(f"view=coverage&{SETTINGS['coverage'][0]}")
    assert b"srtheory explore" in file(view, "explore_coverage", "svg", "srtheory explore")
    lines = file(view, "explore_coverage", "csv", "srtheory explore").decode().splitlines()
    assert lines[0] == "panel,curve,x,y,low,high"
    assert len(lines) == 1 + sum(len(trace.x) for panel in view.panels for trace in panel.traces)
    assert sum(len(t["x"]) for t in figure(view)["data"] if t.get("hoverinfo") != "skip") == len(lines) - 1


def test_labels_of_many_decades_leave_room() -> None:
    def labelled(most: float) -> object:
        panel = Panel("x", "y", [Trace("a", [1.0, most], [1.0, 2.0])], log_x=True)
        return figure(View("", "", [panel], [], [], []))["layout"]["xaxis"]["dtick"]

    assert (labelled(500.0), labelled(1e5)) == ("D2", 1)
