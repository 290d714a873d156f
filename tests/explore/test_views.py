"""Views by themselves: links, values, pictures and files; tests/contracts/test_page.py asks the page."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.delays import Empirical
from srtheory.explore import items
from srtheory.explore.items import Item, Refused, Runs, compute, is_done, keep, missing, seconds, trials_of
from srtheory.explore.picture import TICKS, figure, table_text, ticks
from srtheory.explore.state import State, World, query_of, read
from srtheory.explore.views import High, Low, Plan, View, plan, text, times
from tests.cli.conftest import Run, run  # noqa: F401  (a fixture)
from tests.explore.printed import SETTINGS, agree, shown_by_commands, shown_by_table

WORLD = World({"sample:delays.txt": Empirical(np.array([1.0, 2.0]))})
OWN = """
from dataclasses import dataclass
from srtheory.schemes.own import ByWorker


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


def whole(query: str, world: World = WORLD) -> View:
    """A view of which all values are there."""
    state, problems = read(query_of(query), world)
    assert problems == {}
    made: Plan = plan(state, world)
    values: dict[Item, Any] = {}
    for item in made.items:
        some = range(int(item.at))
        keep(values, item, trials_of(item, world, some) if item.kind == "simulate" else compute(item, world))
    return made.show(values)


# -------------------------------------------------------------------------------------------------------------- links

OTHERS = State(
    "degree",
    50,
    7,
    0.25,
    "weibull_min(c=0.5)",
    0.1,
    0.01,
    0.05,
    ("lt", "bcc"),
    ("cap=2",),
    ("link=queue",),
    1.5,
    3.0,
    40,
    0.9,
    77,
    5,
    3,
    State(tau=0.5).query(),
)


@pytest.mark.parametrize("state", [State(), OTHERS, replace(State(), startup="sample:delays.txt", tau=1e-7)])
def test_a_link_holds_all(state: State) -> None:
    assert read(query_of(f"?{state.query()}"), WORLD) == (state, {})


def test_what_is_absent_is_chosen_and_of_a_long_query_the_first_hundred_fields_are_read() -> None:
    assert read({}, WORLD) == read({"at": " ", "unknown": "x"}, WORLD) == (State(), {})
    fields = [f"a{i}=1" for i in range(99)]
    assert query_of("?" + "&".join([*fields, "tau=0.25", *fields]))["tau"] == "0.25"
    assert "tau" not in query_of("&".join([*fields, "b=1", "tau=0.25"]))
    assert query_of("a=1&a=&b=2") == {"a": "", "b": "2"}
    longest = "a=" + "1" * 19998
    assert query_of(longest) == query_of(longest + "1") == {"a": "1" * 19998}


def test_no_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text("raise SystemExit")
    (tmp_path / "delays.txt").write_text("1\n")
    monkeypatch.chdir(tmp_path)
    _, problems = read({"schemes": "mine.py::X", "startup": f"sample:{tmp_path / 'delays.txt'}"}, WORLD)
    assert set(problems) == {"schemes", "startup"}


ENDS = {
    **dict.fromkeys(("symbols", "degree"), "1 100000"),
    **dict.fromkeys(("tau", "at", "until"), "5e-324 1e100"),
    **dict.fromkeys(("message_cost", "master_time"), "0 1e100"),
    "silent": "0 0.9999999999999999",
    "rows": "0 1000000000",
    "quantile": "5e-324 0.9999999999999999",
    "trials": "1 2000",
    "seed": f"0 {2**128 - 1}",
    "step": "0 1000000",
}


def test_ends_of_each_field_are_taken() -> None:
    """What is beyond them tests/contracts/test_page.py asks."""
    for name, ends in ENDS.items():
        for end in ends.split():
            state = replace(State(), **{name: type(getattr(OTHERS, name))(end)})
            assert read({name: f" {end} "}, WORLD) == (state, {})


# ------------------------------------------------------------------------------------------------------------- values


def test_what_takes_too_long_is_not_waited_for_and_what_is_less_work_takes_less() -> None:
    def estimate(kind: str, scheme: str = "", **of: Any) -> float:
        return seconds(Item(kind, State(**of), scheme))

    for kind, scheme in (("simulate", "sr"), ("floor-mean", ""), ("latency", "a.py::A"), ("quantile", "a.py::A")):
        assert estimate(kind, scheme) == inf
    assert estimate("floor", message_cost=0.1) == inf
    assert (
        0 < estimate("latency", "bcc") < estimate("latency", "sr", symbols=100) == estimate("latency", "sr", symbols=7)
    )
    assert estimate("latency", "sr", symbols=100) < estimate("latency", "sr", symbols=3000) < estimate("quantile", "sr")
    assert estimate("run", symbols=30) < estimate("run", symbols=60) < inf


def test_trials_follow_those_that_are_there_and_the_last_ends_them() -> None:
    def runs(*latencies: float) -> Runs:
        return Runs(np.array(latencies), np.array(latencies) + 1, np.array(latencies) + 2)

    three, other, values = Item("simulate", State(), "sr", at=3), Item("floor", State()), {}
    done = []
    for value in (runs(1.0), runs(2.0, 3.0)):
        keep(values, three, value)
        done.append(is_done(three, values[three]))
        assert missing([three, other], {**values, other: 0.0}) == ([] if done[-1] else [three])
    assert [done, is_done(three, None), is_done(three, Refused("x"))] == [[False, True], False, True]
    grown = values[three]
    assert [column.tolist() for column in vars(grown).values()] == [[1, 2, 3], [2, 3, 4], [3, 4, 5]]
    assert [len(grown), len(grown.first(2)), grown.first(2).work.tolist()] == [3, 2, [3, 4]]
    keep(values, three, Refused("no more"))
    assert values[three] == Refused("no more")


def test_a_run_that_never_ends_is_infinite_and_errors_are_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    setting = State(symbols=6, tau=0.1, seed=1)
    found, some = (trials_of(Item("simulate", setting, "bcc", 2, 40), WORLD, its) for its in (range(40), range(5, 9)))
    assert isinstance(found, Runs)
    assert isinstance(some, Runs)
    assert np.isinf(found.latency).any()
    assert (np.isinf(found.latency) == np.isinf(found.stopping_time)).all()
    assert some.latency.tolist() == found.latency[5:9].tolist()
    refused = trials_of(Item("simulate", setting, "bcc", 7), WORLD, range(1))
    assert refused == Refused("degree: an integer from 1 to 6", "degree")
    refused = compute(Item("latency", State(symbols=5), "uncoded", options=("cap=2",)), WORLD)
    assert isinstance(refused, Refused)
    assert refused.name == "option"
    monkeypatch.setitem(items.KINDS, "floor", lambda _, __: 1 / 0)
    assert compute(Item("floor", State()), WORLD) == Refused(f"{items.INTERNAL} (ZeroDivisionError: division by zero)")


# -------------------------------------------------------------------------------------------------------------- views


@pytest.mark.quality
def test_another_number_would_be_seen(run: Run, tmp_path: Path) -> None:  # noqa: F811
    view = whole(f"view=coverage&{SETTINGS['coverage'][0]}")
    table = shown_by_table(table_text(view.rows), view.header)
    wrong = [line.replace("--degree 3", "--degree 4") for line in view.commands]
    assert agree(table, list(shown_by_commands(run, view.commands, view.header, tmp_path)))
    assert not agree(table, list(shown_by_commands(run, wrong, view.header, tmp_path)))


def test_a_scheme_of_a_user_is_simulated_or_has_its_law_or_is_told_that_it_is_bad(run: Run, tmp_path: Path) -> None:  # noqa: F811
    (tmp_path / "mine.py").write_text(OWN)
    names = [f"{tmp_path / 'mine.py'}::{name}" for name in ("Windows", "Sure")]
    query = f"symbols=12&tau=0.1&schemes={','.join(names)}&trials=20&options=window=4"
    view = whole(query, World(schemes=tuple(names)))
    assert [row[-1] for row in view.rows] == ["law", "exact law", "20 simulated runs", "lower bound"]
    assert view.rows[0][1:3] == [0.25, 0.75]
    assert any("a planted law" in note for note in view.notes)
    assert any("--option window=4" in line for line in view.commands)
    table = shown_by_table(table_text(view.rows), view.header)
    assert agree(table, list(shown_by_commands(run, view.commands, view.header, tmp_path)))
    wrong = f"{tmp_path / 'mine.py'}::Wrong,parts-cyclic"
    view = whole(f"symbols=12&degree=3&tau=0.1&schemes={wrong}", World(schemes=tuple(wrong.split(","))))
    assert any("within [0, 1]" in note for note in view.notes)
    shown = [trace.name for trace in view.panels[0].traces if trace.x]
    assert shown == ["parts, cyclic order", "genie (bound)", "floor (proved)"]


def test_what_cannot_be_is_left_out_with_its_reason() -> None:
    view = whole("symbols=10&degree=11&tau=0.1&schemes=parts-cyclic,uncoded")
    assert any(note.startswith("parts-cyclic is left out") for note in view.notes)
    assert view.rows[0][0] == "Uncoded"
    view = whole("view=degree&symbols=10&degree=11&tau=0.1&schemes=parts-cyclic")
    assert ([row[1] for row in view.rows], "left out" in str(view.notes)) == ([1, 2, 5, 10], False)


def test_the_marked_time_is_one_at_which_schemes_differ_and_equal_ones_are_all_named() -> None:
    query = "symbols=500&tau=0.01&startup=pareto(b=1)&message_cost=0.1&schemes=parts-cyclic,parts-stream,terms-pairs"
    state, _ = read(query_of(query), WORLD)
    made = plan(state, WORLD)
    some = {item.scheme: item for item in reversed(made.items) if item.scheme in state.schemes}
    view = made.show({item: compute(item, WORLD) for item in some.values()})
    assert 1e-3 < view.rows[0][3] < view.rows[1][3] < view.rows[2][3]
    assert "parts, cyclic order lacks the sum with the least probability" in view.says
    view = whole("symbols=4&degree=2&tau=0.1&schemes=parts-cyclic,parts-stream&at=100")
    assert view.says.startswith("By time 100, 2 schemes lack the sum with probability 0: ")
    assert "parts, cyclic order; parts, random order" in view.says


def test_bounds_are_rounded_outwards_and_times_have_few_digits() -> None:
    assert [text(kind(1.4908999)) for kind in (Low, float, High)] == ["1.49089", "1.4909", "1.4909"]
    assert [text(kind(0.12345651)) for kind in (Low, High)] == ["0.123456", "0.123457"]
    assert (text(None), text(3), text(High(inf))) == ("–", "3", "inf")
    for until, low, high in (("", 0, inf), ("&until=2", 1.9, 2)):
        found = times(read(query_of(f"symbols=50&degree=5&tau=0.013{until}"), WORLD)[0], WORLD)
        assert 15 < len(found) < 200
        assert all(len(f"{t!r}") < 8 for t in found)
        assert low < max(found) <= high
    assert 0 < whole("view=guarantee&symbols=60&degree=4&tau=0.05&schemes=uncoded").panels[0].traces[0].y[0] < 1e-30


def test_what_is_pinned_is_drawn_faintly_beside_what_is_asked() -> None:
    mine, other = "symbols=6&degree=3&tau=0.1&schemes=parts-cyclic", "symbols=6&degree=2&tau=0.2&schemes=parts-cyclic"
    for name in ("tail", "degree", "coverage", "guarantee"):
        alone, pinned = (whole(f"view={name}&{its}") for its in (mine, other))
        both = whole(f"view={name}&{mine}&pin={quote(other)}")
        assert both.notes[0] == f"Pinned, faint: {pinned.title}."
        assert both.rows == alone.rows
        faint = [(t.x, t.y) for t in both.panels[0].traces if t.faint]
        assert faint == [(t.x, t.y) for t in pinned.panels[0].traces if t.colour >= 0]
        assert [t["opacity"] for t in figure(both)["data"] if t["name"].endswith(", pinned")] == [0.45] * len(faint)
    assert read({"pin": "tau=0"}, WORLD)[1].keys() == {"pin"}


@given(low=st.floats(1e-6, 1e6), ratio=st.floats(1, 1e9))
def test_an_axis_has_labels_enough_and_not_too_many(low: float, ratio: float) -> None:
    inside = [x for x in ticks(low, low * ratio) if low <= x <= low * ratio]
    assert TICKS * (ratio >= 1.5) <= len(inside) <= 15
