"""A page's parameters: a link holds them all, what is not valid is told by name, and nothing else is read or run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from srtheory.delays import Empirical
from srtheory.explore.state import State, World, query_of, read

WORLD = World({"sample:delays.txt": Empirical(np.array([1.0, 2.0]))})
OTHERS = State(
    "degree", 50, 7, 0.25, "weibull_min(c=0.5)", 0.1, 0.01, 0.05, ("lt", "bcc"), ("cap=2",), 1.5, 3.0, 40, 0.9, 77, 5, 3
)


@pytest.mark.parametrize("state", [State(), OTHERS, replace(State(), startup="sample:delays.txt", tau=1e-7)])
def test_a_link_holds_all(state: State) -> None:
    assert read(query_of(f"?{state.query()}"), WORLD) == (state, {})


def test_what_is_absent_is_chosen() -> None:
    assert read({}, WORLD) == (State(), {})
    assert read({"at": " ", "unknown": "x"}, WORLD) == (State(), {})


def test_a_link_of_any_length_is_read() -> None:
    query = "tau=0.25&" + "&".join(f"a{i}=1" for i in range(5000))
    assert read(query_of(query), WORLD) == (replace(State(), tau=0.25), {})


def test_no_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.py").write_text("raise SystemExit")
    (tmp_path / "delays.txt").write_text("1\n")
    monkeypatch.chdir(tmp_path)
    _, problems = read({"schemes": "mine.py::X", "startup": f"sample:{tmp_path / 'delays.txt'}"}, WORLD)
    assert set(problems) == {"schemes", "startup"}


@pytest.mark.quality
def test_a_field_that_a_link_forgets_would_be_seen() -> None:
    query = OTHERS.query().replace("silent=0.05&", "")
    assert read(query_of(query), WORLD)[0] != OTHERS


TIME = ("5e-324", "1e100"), ("0", "1.1e100"), "a time above 0, or empty"
COST = ("0", "1e100"), ("-5e-324", "1.1e100"), "a finite number of at least 0"
LIMITS = {
    "symbols": (("1", "100000"), ("0", "100001"), "an integer from 1 to 100000"),
    "degree": (("1", "100000"), ("0", "100001"), "an integer from 1 to 100000"),
    "tau": (("5e-324", "1e100"), ("0", "1.1e100"), "a finite number above 0"),
    **dict.fromkeys(("message_cost", "master_time"), COST),
    **dict.fromkeys(("at", "until"), TIME),
    "silent": (("0", "0.9999999999999999"), ("-5e-324", "1"), "a probability from 0, below 1"),
    "rows": (("0", "1000000000"), ("-1", "1000000001"), "an integer from 0 to 1000000000"),
    "quantile": (("5e-324", "0.9999999999999999"), ("0", "1"), "a probability above 0 and below 1"),
    "trials": (("1", "2000"), ("0", "2001"), "an integer from 1 to 2000"),
    "seed": (("0", str(2**128 - 1)), ("-1", str(2**128)), f"an integer from 0 to {2**128 - 1}"),
    "step": (("0", "1000000"), ("-1", "1000001"), "an integer from 0 to 1000000"),
    "view": (("tail", "run"), ("Tail", "page"), "one of tail, degree, frontier, coverage, guarantee, run"),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_of_each_field(name: str) -> None:
    accepted, refused, expected = LIMITS[name]
    for text in accepted:
        state, problems = read({name: f" {text} "}, WORLD)
        assert (problems, state) == ({}, replace(State(), **{name: type(getattr(OTHERS, name))(text)}))
    for text in refused:
        assert read({name: text}, WORLD) == (State(), {name: expected})


def test_of_a_long_query_the_first_hundred_fields_are_read() -> None:
    fields = [f"a{i}=1" for i in range(99)]
    assert query_of("?" + "&".join([*fields, "tau=0.25"]))["tau"] == "0.25"
    assert "tau" not in query_of("&".join([*fields, "b=1", "tau=0.25"]))
    assert query_of("a=1&a=&b=2") == {"a": "", "b": "2"}
    longest = "a=" + "1" * 19998
    assert query_of(longest) == query_of(longest + "1") == {"a": "1" * 19998}


def test_schemes_are_read_once_each_and_distributions_as_they_are_written() -> None:
    assert read({"schemes": " sr, lt,,sr"}, WORLD)[0].schemes == ("sr", "lt")
    assert read({"startup": "expon( scale = 5.0 )"}, WORLD)[0].startup == "expon(scale=5)"
    assert read({"startup": "sample:delays.txt"}, WORLD)[0].startup == "sample:delays.txt"
    model = OTHERS.model(WORLD)
    assert (model.symbols, model.degree, OTHERS.model(WORLD, 9).degree) == (50, 7, 9)
    assert (model.tau, model.message_cost, model.master_time, model.silent) == (0.25, 0.1, 0.01, 0.05)
    assert [scheme.name for scheme in OTHERS.named()] == ["lt", "bcc"]
