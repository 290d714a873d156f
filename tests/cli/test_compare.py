"""The verb ``compare``: every scheme at one's own parameters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from srtheory.schemes import SCHEME_NAMES
from tests.cli.conftest import Run, asked

MODEL = ["--symbols", "20", "--tau", "0.1", "--startup", "expon(scale=5)", "--trials", "12", "--seed", "3"]
COSTS = (["--message-cost", "0.5"], ["--master-time", "0.3"])
SILENT = ["--silent", "0.1"]
FOUND: dict[tuple[str, ...], dict[str, Any]] = {}


def found(run: Run, *more: str) -> dict[str, Any]:
    """The answer with these words, which is asked for once."""
    if more not in FOUND:
        FOUND[more] = asked(run, "compare", *MODEL, *more)
    return FOUND[more]


def points(run: Run, *more: str) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Points by scheme, degree and, if the scheme has some, number of cells."""
    return {(p["scheme"], p["degree"], *([p["cells"]] if "cells" in p else [])): p for p in found(run, *more)["points"]}


def table(run: Run, *more: str) -> tuple[str, str, list[str]]:
    """First line, head and lines of the table."""
    done = run("compare", *MODEL, *more)
    assert (done.status, done.stderr) == (0, "")
    first, head, *lines = done.stdout.splitlines()
    return first, head, lines[:-3]


@pytest.mark.parametrize(("scheme", "degree"), [("sr", 5), ("parts-cyclic", 10), ("lt", None)])
@pytest.mark.parametrize("more", [[], *COSTS, SILENT])
def test_each_is_what_simulate_says(run: Run, scheme: str, degree: int | None, more: list[str]) -> None:
    here = points(run, *more)[scheme, degree]
    size = [] if degree is None else ["--degree", str(degree)]
    alone = asked(run, "simulate", scheme, *MODEL, *more, *size)
    assert [here[name] for name in ("latency", "messages", "work")] == [
        alone[name] for name in ("latency", "stopping_time", "work")
    ]


@pytest.mark.parametrize("cost", COSTS)
def test_the_genie_is_the_limit_whatever_messages_cost(run: Run, cost: list[str]) -> None:
    dear = points(run, *cost)
    limit = dear.pop(("genie", None))
    assert limit == points(run)["genie", None]
    assert all(p["latency"]["mean"] is None or p["latency"]["mean"] > limit["latency"]["mean"] for p in dear.values())


def test_all_schemes_or_chosen_ones_once_each(run: Run) -> None:
    assert {which[0] for which in points(run)} == set(SCHEME_NAMES)
    assert "sources" not in found(run)
    for words in ("--scheme sr --scheme sr --scheme one", "--schemes sr,one,sr"):
        answer = asked(run, "compare", *MODEL, *words.split(), *["--degree", "3", "--degree", "2", "--degree", "3"])
        assert [(p["scheme"], p["degree"]) for p in answer["points"]] == [("sr", 2), ("sr", 3), ("one", None)]


@pytest.mark.parametrize("more", [[], SILENT], ids=" ".join)
def test_the_table_rounds_the_fastest_and_the_frontier(run: Run, more: list[str]) -> None:
    """All workers are the same in each scheme, and larger degrees lose fewer runs."""
    given = {
        (p["scheme"] + (f" ({p['cells']} cells)" if "cells" in p else ""), p["degree"]): p
        for p in points(run, *more).values()
    }
    first, head, lines = table(run, *more)
    assert first.startswith("m = 20, tau = 0.1, X ~ expon(scale=5), kappa = 0")
    assert (", eps = 0.1; 12 trials each, seed 3" in first) == bool(more)
    width, seen, last = head.index("     d "), [], 0.0
    for line in lines:
        name, (*cells,) = line[:width].rstrip(), line[width:].replace("*", "").split()
        p = given[name, int(cells.pop(0)) if "." not in cells[0] and len(cells) == (10 if more else 7) else None]
        time, rows = p["latency"], p["messages"]
        numbers = [time["mean"], time["standard_error"], rows["mean"], rows["standard_error"], p["work"]["mean"]]
        shown = ["inf" if x is None else f"{x:.5g}" for x in numbers]
        shown[1::2] = ["-" if x is None else f"{x:.2g}" for x in numbers[1::2]]
        shown.append("-" if p["of_floor"] is None else f"{p['of_floor']:.3f}")
        if more:
            shown += [f"{p['unrecovered'] / 12:.3g}"]
            shown += ["inf" if (x := time["quantiles"][q]) is None else f"{x:.5g}" for q in ("0.5", "0.95")]
        assert cells == shown, line
        assert line.endswith("*") == p["frontier"]
        assert last <= float(cells[0])
        last = float(cells[0])
        seen.append(p)
    assert {p["scheme"] for p in seen} == set(SCHEME_NAMES)
    assert all(p in seen for p in given.values() if p["frontier"])
    assert len(table(run, *more, "--all")[2]) == len(given)


def test_cells_are_tried_and_the_best_is_told(run: Run) -> None:
    def of(*more: str) -> dict[int, float]:
        answer = asked(run, "compare", *MODEL, "--scheme", "terms-pairs", *more)
        return {p["cells"]: p["latency"]["mean"] for p in answer["points"]}

    assert list(of("--master-time", "0.001")) == [1, 2, 5, 10, 20]
    tried = of()
    assert set() < set(tried) < {1, 2, 5, 10, 20}
    assert table(run, "--scheme", "terms-pairs")[2][0].startswith(f"terms-pairs ({min(tried, key=tried.get)} cells)")
    assert list(of("--option", "cells=3")) == [3]


def test_options_that_were_set_are_echoed(run: Run) -> None:
    assert table(run, "--scheme", "lt", "--option", "c=0.1")[1] == "options of lt: c 0.1"


def test_of_degrees_that_all_lose_runs_the_one_that_loses_fewest_is_shown(run: Run) -> None:
    given = ["--silent", "0.4", "--scheme", "repetition", "--degree", "2", "--degree", "1", "--degree", "4"]
    lost = {which[1]: p["unrecovered"] for which, p in points(run, *given).items()}
    assert lost[1] > lost[2] > lost[4] > 0
    assert [line.split()[:2] for line in table(run, *given)[2]] == [["repetition", "4"]]


@pytest.mark.parametrize("more", [[], *COSTS, SILENT])
def test_no_scheme_is_below_the_floor_but_the_genie(run: Run, more: list[str]) -> None:
    """By four standard errors; the median of a dozen runs has none."""
    answer, silent = found(run, *more), more == SILENT
    floor = answer["floor"]
    assert floor["of"] == ("median" if silent else "mean")
    for point in answer["points"]:
        latency = point["latency"]["quantiles"]["0.5"] if silent else point["latency"]["mean"]
        if point["scheme"] == "genie" or latency is None:
            assert point["of_floor"] is None
        else:
            assert point["of_floor"] == floor["latency"] / latency
            assert silent or latency + 4 * point["latency"]["standard_error"] > floor["latency"]


def test_the_floor_is_that_of_the_command_floor(run: Run) -> None:
    known = asked(run, "floor", *MODEL[:6], *COSTS[0])["mean"]
    done = run("compare", *MODEL, *COSTS[0], "--scheme", "one")
    below = float(done.stdout.splitlines()[-1].split("below ")[1].split()[0])
    assert known - 1e-4 < below <= found(run, *COSTS[0])["floor"]["latency"] == known


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


@pytest.mark.quality
def test_a_scheme_with_more_workers_is_not_held_to_the_floor(run: Run, tmp_path: Path) -> None:
    """And one of one's own has the digest of its source; a long name has a column."""
    (tmp_path / "crowd.py").write_text(CROWD)
    scheme = f"{tmp_path}/crowd.py::Crowd"
    answer = asked(run, "compare", *MODEL, "--scheme", scheme)
    assert [p["of_floor"] for p in answer["points"]] == [None]
    assert answer["sources"] == {scheme: asked(run, "simulate", scheme, *MODEL)["source"]}
    _, head, [line] = table(run, "--scheme", scheme)
    assert line.startswith(scheme + " ")
    assert head.index("     d ") == len(scheme) + 1


def test_trials_are_kept_and_found(run: Run, tmp_path: Path) -> None:
    store = ["--store", str(tmp_path), "--schemes", "sr,lt"]
    first = found(run, *store)
    assert len(list(tmp_path.iterdir())) == len(first["points"])
    assert asked(run, "compare", *MODEL, *store) == first


def test_one_symbol(run: Run) -> None:
    answer = asked(run, "compare", "--symbols", "1", *MODEL[2:])
    # the one parity of a Raptor code is that symbol too, and peeling has no use for their sum
    assert all(p["messages"]["mean"] == 1 for p in answer["points"] if p["scheme"] != "raptor")
