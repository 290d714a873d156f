"""The verb ``compare``: every scheme at one's own parameters."""

from __future__ import annotations

import json
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import CompletionItem

from srtheory.cli import schemes
from srtheory.errors import ArgumentError
from srtheory.experiments.compare import Point
from srtheory.experiments.summary import Summary
from srtheory.schemes import SCHEME_NAMES, named
from tests.cli.conftest import Run

module = import_module("srtheory.cli.compare")
MODEL = ["--symbols", "20", "--tau", "0.1", "--startup", "expon(scale=5)", "--trials", "12", "--seed", "3"]


COSTS = (["--message-cost", "0.5"], ["--master-time", "0.3"])
Points = dict[tuple[str | int | None, ...], dict[str, object]]
"""By scheme, degree and, if it has one, number of cells."""
FOUND: dict[tuple[str, ...], Points] = {}


def points(run: Run, *more: str) -> Points:
    """What is found with these words, which is asked once."""
    if more not in FOUND:
        done = run("compare", *MODEL, *more, "--json")
        assert (done.status, done.stderr) == (0, "")
        FOUND[more] = {
            (p["scheme"], p["degree"], *([p["cells"]] if "cells" in p else [])): p
            for p in json.loads(done.stdout)["points"]
        }
    return FOUND[more]


@pytest.mark.parametrize(("scheme", "degree"), [("sr", 5), ("parts-cyclic", 10), ("lt", None)])
@pytest.mark.parametrize("more", [[], *COSTS, ["--silent", "0.1"]])
def test_each_is_what_simulate_says(run: Run, scheme: str, degree: int | None, more: list[str]) -> None:
    found = points(run, *more)[scheme, degree]
    size = [] if degree is None else ["--degree", str(degree)]
    alone = json.loads(run("simulate", scheme, *MODEL, *more, *size, "--json").stdout)
    assert found["latency"] == alone["latency"]
    assert found["messages"] == alone["stopping_time"]
    assert found["work"] == alone["work"]


@pytest.mark.parametrize("cost", COSTS)
def test_the_genie_is_the_limit_whatever_messages_cost(run: Run, cost: list[str]) -> None:
    free, dear = points(run), points(run, *cost)
    assert free["genie", None] == dear["genie", None]
    assert all(p["latency"]["mean"] is None or p["latency"]["mean"] > free["genie", None]["latency"]["mean"]
               for which, p in dear.items() if which[0] != "genie")  # fmt: skip


def test_all_schemes_and_chosen_ones(run: Run) -> None:
    assert {which[0] for which in points(run)} == set(SCHEME_NAMES)
    assert set(points(run, "--scheme", "sr", "--scheme", "one", "--degree", "3", "--degree", "2")) == {
        ("sr", 2), ("sr", 3), ("one", None)
    }  # fmt: skip


def test_a_scheme_given_twice_is_tried_once(run: Run) -> None:
    done = run("compare", *MODEL, "--scheme", "sr", "--scheme", "sr", "--degree", "3", "--degree", "3", "--json")
    assert [(p["scheme"], p["degree"], p["frontier"]) for p in json.loads(done.stdout)["points"]] == [("sr", 3, True)]


def test_the_table_has_the_fastest_degrees_and_the_frontier(run: Run) -> None:
    shown, everything = run("compare", *MODEL), run("compare", *MODEL, "--all")
    assert shown.status == everything.status == 0
    given = points(run)
    lines = shown.stdout.splitlines()
    assert lines[0] == "m = 20, tau = 0.1, X ~ expon(scale=5), kappa = 0; 12 trials each, seed 3"
    assert len(everything.stdout.splitlines()) == len(given) + 5
    assert {line.split()[0] for line in lines[2:-3]} == set(SCHEME_NAMES)
    starred = [line.split()[0] for line in lines[2:-3] if line.endswith("*")]
    assert sorted(starred) == sorted(str(which[0]) for which, p in given.items() if p["frontier"])


def test_cells_are_tried_and_the_best_is_told(run: Run) -> None:
    def of(*more: str) -> dict[int, float]:
        done = run("compare", *MODEL, "--scheme", "terms-pairs", "--json", *more)
        return {p["cells"]: p["latency"]["mean"] for p in json.loads(done.stdout)["points"]}

    assert list(of("--master-time", "0.001")) == [1, 2, 5, 10, 20]
    found = of()
    assert set() < set(found) < {1, 2, 5, 10, 20}
    line = run("compare", *MODEL, "--scheme", "terms-pairs").stdout.splitlines()[2]
    assert line.startswith(f"terms-pairs ({min(found, key=found.__getitem__)} cells)")
    alone = run("compare", *MODEL, "--scheme", "terms-pairs", "--option", "cells=3", "--json")
    assert [p["cells"] for p in json.loads(alone.stdout)["points"]] == [3]


def test_options_that_were_set_are_echoed(run: Run) -> None:
    lines = run("compare", *MODEL, "--scheme", "lt", "--option", "c=0.1").stdout.splitlines()
    assert lines[1] == "options of lt: c 0.1"
    assert lines[2].startswith("scheme ")


def test_lost_runs_are_shown(run: Run) -> None:
    """All schemes lose the same workers; larger degrees lose fewer runs."""
    shown, given = run("compare", *MODEL, "--silent", "0.1"), points(run, "--silent", "0.1")
    assert (shown.status, shown.stderr) == (0, "")
    head, names, *lines = shown.stdout.splitlines()
    assert ", eps = 0.1; " in head
    assert names.split()[-4:] == ["lost", "median", "95", "%"]
    lost = {which: p["unrecovered"] for which, p in given.items()}
    assert lost["genie", None] == lost["parts-cyclic", 5] == lost["sr", 5] == 0
    assert lost["uncoded", None] > 6 > lost["repetition", 2] > lost["repetition", 5]
    uncoded = next(line for line in lines if line.startswith("uncoded ")).split()
    assert uncoded[1] == "inf"
    assert float(uncoded[7]) == pytest.approx(lost["uncoded", None] / 12, abs=1e-3)


def test_of_degrees_that_all_lose_runs_the_one_that_loses_fewest_is_shown(run: Run) -> None:
    given = ["--silent", "0.4", "--scheme", "repetition", "--degree", "2", "--degree", "1", "--degree", "4"]
    lost = {which[1]: p["unrecovered"] for which, p in points(run, *given).items()}
    assert lost[1] > lost[2] > lost[4] > 0
    [line] = [line for line in run("compare", *MODEL, *given).stdout.splitlines() if line.startswith("repetition")]
    assert line.split()[1] == "4"


@pytest.mark.parametrize("more", [[], *COSTS, ["--silent", "0.1"]])
def test_no_scheme_is_below_the_floor_but_the_genie(run: Run, more: list[str]) -> None:
    """By four standard errors; the median of a dozen runs has none."""
    answer = json.loads(run("compare", *MODEL, *more, "--degree", "2", "--degree", "5", "--json").stdout)
    floor, silent = answer["floor"], "--silent" in more
    assert floor["of"] == ("median" if silent else "mean")
    for point in answer["points"]:
        latency = point["latency"]["quantiles"]["0.5"] if silent else point["latency"]["mean"]
        if point["scheme"] == "genie" or latency is None:
            assert point["of_floor"] is None
        else:
            assert point["of_floor"] == floor["latency"] / latency
            assert silent or latency + 4 * point["latency"]["standard_error"] > floor["latency"]


def test_the_floor_is_that_of_the_command_floor(run: Run) -> None:
    known = json.loads(run("floor", *MODEL[:6], *COSTS[0], "--json").stdout)["mean"]
    done = run("compare", *MODEL, *COSTS[0], "--scheme", "one")
    below = float(done.stdout.splitlines()[-1].split("below ")[1].split()[0])
    assert known - 1e-4 < below <= known
    assert (
        json.loads(run("compare", *MODEL, *COSTS[0], "--scheme", "one", "--json").stdout)["floor"]["latency"] == known
    )


@pytest.mark.quality
def test_a_scheme_with_more_workers_is_not_held_to_the_floor(run: Run, tmp_path: Path) -> None:
    (tmp_path / "crowd.py").write_text(CROWD)
    scheme = f"{tmp_path}/crowd.py::Crowd"
    [point] = json.loads(run("compare", *MODEL, "--scheme", scheme, "--json").stdout)["points"]
    assert point["of_floor"] is None


CROWD = """
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker

@dataclass(frozen=True)
class Crowd(ByWorker):
    @property
    def workers(self):
        return 20 * self.symbols

    def sends(self, worker, key):
        for i in range(self.symbols):
            yield [(worker + i) % self.symbols]
"""


def test_trials_are_kept_and_found(run: Run, tmp_path: Path) -> None:
    first = run("compare", *MODEL, "--store", str(tmp_path), "--json")
    assert len(list(tmp_path.iterdir())) > len(SCHEME_NAMES)
    again = run("compare", *MODEL, "--store", str(tmp_path), "--json")
    assert again.stdout == first.stdout


def test_one_symbol(run: Run) -> None:
    done = run("compare", "--symbols", "1", *MODEL[2:], "--json")
    assert done.status == 0
    points = json.loads(done.stdout)["points"]
    # the one parity of a Raptor code is that symbol too, and peeling has no use for their sum
    assert all(p["messages"]["mean"] == 1 for p in points if p["scheme"] != "raptor")


# ------------------------------------------------------------------------------------------- the table, without runs


def mean(value: float, error: float = 0.125) -> Summary:
    return Summary(value, 0.0, error, {"0.5": value / 2, "0.95": 2 * value})


NAN, INF = float("nan"), float("inf")
POINTS = [
    Point("parts-pairs", 2, mean(3.0), mean(4.0), mean(5.0), 0, 1000, frontier=True),
    Point("sr", 7, mean(2.0, NAN), mean(6.0), mean(8.0), 0, frontier=True),
    Point("sr", 3, mean(2.5), mean(6.0), mean(8.0), 1),
    Point("lt", None, mean(INF, NAN), mean(INF, NAN), mean(9.0), 3),
]
RESULT = {
    "symbols": 9,
    "tau": 0.5,
    "startup": "expon()",
    "message_cost": 0.25,
    "master_time": 0.0,
    "silent": 0.0,
    "trials": 4,
    "seed": 3,
    "floor": {"of": "mean", "latency": 1.0},
    "points": [
        {"scheme": "parts-pairs", "degree": 2, "cells": 1000, "of_floor": 0.3333},
        *({"scheme": "sr", "degree": degree, "of_floor": 0.5} for degree in (7, 3)),
        {"scheme": "lt", "degree": None, "of_floor": None},
    ],
}
HEAD = "m = 9, tau = 0.5, X ~ expon(), kappa = 0.25; 4 trials each, seed 3"
LINES = """\
scheme                        d     latency    ± s.e.    messages    ± s.e.       terms  floor/T
sr                            7           2         -           6      0.12           8    0.500  *
parts-pairs (1000 cells)      2           3      0.12           4      0.12           5    0.333  *
lt                                      inf         -         inf         -           9        -"""
LOST = ("    lost    median      95 %", ["       0         1         4", "       0       1.5         6",
        "    0.75       inf       inf"])  # fmt: skip


def test_the_table_is_aligned_and_by_latency() -> None:
    head, *lines = module._table(RESULT, POINTS, False).splitlines()
    assert head == HEAD
    assert lines[:4] == LINES.splitlines()
    assert lines[-1] == "floor: no oblivious scheme has a mean latency below 1 time units (proved)"
    every = module._table(RESULT, POINTS, True).splitlines()
    assert [line.split()[:2] for line in every[2:6]] == [
        ["sr", "7"],
        ["sr", "3"],
        ["parts-pairs", "(1000"],
        ["lt", "inf"],
    ]
    assert len(every) == len(lines) + 2


def test_with_workers_that_never_answer_the_table_has_lost_runs() -> None:
    more = {"silent": 0.2, "master_time": 0.1, "floor": {"of": "median", "latency": None}}
    head, first, *lines = module._table(RESULT | more, POINTS, False).splitlines()
    assert head == HEAD.replace("; 4", ", sigma = 0.1, eps = 0.2; 4")
    names, *plain = LINES.splitlines()
    assert first == names + LOST[0]
    width = len(names)
    assert lines[:3] == [line[:width] + lost + line[width:] for line, lost in zip(plain, LOST[1], strict=True)]
    assert lines[-1] == "floor: no oblivious scheme has a median latency below inf time units (proved)"


@pytest.mark.parametrize(
    ("floor", "of", "point", "ratio"),
    [(1.5, "mean", POINTS[0], 0.5), (1.5, "median", POINTS[0], 1.0), (None, "mean", POINTS[0], None),
     (1.5, "mean", POINTS[3], None)],
)  # fmt: skip
def test_the_floor_is_over_the_mean_or_the_median(floor: float, of: str, point: Point, ratio: float) -> None:
    assert module._of_floor({"of": of, "latency": floor}, point) == ratio


@pytest.mark.parametrize(("name", "width"), [("x" * 19, 20), ("x" * 20, 21), ("x", 20)])
def test_names_have_a_column_of_twenty_letters_or_more(name: str, width: int) -> None:
    points = [Point(name, 7, mean(2.0), mean(6.0), mean(8.0), 0)]
    result = RESULT | {"points": [{"scheme": name, "degree": 7, "of_floor": None}]}
    _, head, line, *_ = module._table(result, points, False).splitlines()
    assert head.startswith("scheme".ljust(width) + "     d     latency")
    assert line.startswith(name.ljust(width) + "     7           2")


# ------------------------------------------------------------------------------------------------ options of schemes


def values(items: list[CompletionItem]) -> list[tuple[str, str]]:
    return [(item.value, item.type) for item in items]


def test_the_shell_completes_schemes_and_else_files() -> None:
    complete: Any = schemes.SCHEME.shell_complete
    known = [name for name in SCHEME_NAMES if name[:2] == "sr"]
    assert len(known) > 2
    assert values(complete(None, None, "sr")) == [(name, "plain") for name in known]
    for begun in ("mine.", "./", "a/b"):
        assert values(complete(None, None, begun)) == [(begun, "file")]
    several: Any = click.command()(schemes.schemes_option("h")(lambda several: several)).params[0].type
    assert values(several.shell_complete(None, None, "lt,sr")) == [(f"lt,{name}", "plain") for name in known]
    assert values(several.shell_complete(None, None, "sr")) == [(name, "plain") for name in known]


def test_several_schemes_are_read_once_each() -> None:
    command = click.command()(
        schemes.schemes_option("h")(schemes.own_option()(lambda several, texts: (several, texts)))
    )

    def read(*words: str) -> Any:
        return command.main(list(words), standalone_mode=False)

    several, texts = read("--schemes", "sr, lt,sr", "--option", "degree=3", "--option", "c=1")
    assert [scheme.name for scheme in several] == ["sr", "lt"]
    assert schemes.chosen(several, texts) == {"schemes": ("sr", "lt"), "options": ("degree=3", "c=1")}
    assert schemes.asked(several, texts) == " --schemes sr,lt --option degree=3 --option c=1"
    assert schemes.digests(several) == schemes.digests(None) == ""
    assert read() == (None, ())
    assert (schemes.chosen(None, ()), schemes.asked(None, ())) == ({}, "")
    assert schemes.chosen(several, ()) == {"schemes": ("sr", "lt"), "options": ()}
    with pytest.raises(ArgumentError, match="'option' must be left out without --schemes, not 'a=1'"):
        schemes.chosen(None, ("a=1", "b=2"))
    for wrong in ("", "sr,", ",sr", "sr,,lt", " "):
        with pytest.raises(ArgumentError, match="names of schemes, separated by commas"):
            read("--schemes", wrong)


def test_a_scheme_of_ones_own_has_the_digest_of_its_source(tmp_path: Path) -> None:
    (tmp_path / "crowd.py").write_text(CROWD)
    name = f"{tmp_path}/crowd.py::Crowd"
    mine, known = named(name), named("sr")
    [digest] = schemes.source(mine).values()
    assert len(digest) == 64
    assert schemes.source(known) == {}
    assert schemes.source(mine) == {"source": digest}
    assert schemes.sources((known, mine)) == {name: digest}
    assert schemes.digests((known, mine)) == f", {name} of SHA-256 {digest}"


def test_exact_options_are_texts_in_json() -> None:
    given = {"a": Fraction(1, 3), "b": Decimal("0.10"), "c": Colour.RED, "d": 0.5, "e": True, "f": "x"}
    assert schemes.as_json(given) == {"a": "1/3", "b": "0.10", "c": "RED", "d": 0.5, "e": True, "f": "x"}


class Colour(Enum):
    RED = 3
