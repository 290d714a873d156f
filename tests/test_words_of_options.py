"""Options of the command line: what is read and refused at each limit, and how values are printed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import numpy as np
import pytest

from srtheory.cli import common, duration, setting, studies
from srtheory.cli.number_types import DECIMAL, LENGTH, WHOLE, parameter_name
from srtheory.cli.parameters import as_command, given_of
from srtheory.cli.setting import LARGEST_TIME, MAX_SYMBOLS, merged, named_task, read_delays
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.schemes import named
from srtheory.study.loading import default_folder, split
from srtheory.study.study import Study

NONE: dict[str, Any] = dict.fromkeys(("symbols", "degree", "tau", "startup", "trials"))


# ------------------------------------------------------------------------------------------------------- numbers


def option(*names: str) -> click.Parameter:
    return click.Option(names)


@pytest.mark.parametrize(
    ("kind", "text", "number"),
    [
        *((WHOLE, "12", 12), (WHOLE, "-3", -3), (WHOLE, 7, 7), (DECIMAL, "0", 0.0), (DECIMAL, "1e3", 1000.0)),
        *((LENGTH, "1in", 1.0), (LENGTH, "2.54 cm", 1.0), (LENGTH, "25.4mm", 1.0), (LENGTH, "72.27pt", 1.0)),
    ],
)
def test_a_number_is_read(kind: click.ParamType, text: Any, number: float) -> None:  # type: ignore[type-arg]
    assert kind.convert(text, None, None) == pytest.approx(number, rel=1e-15)


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        *((WHOLE, "1.5", "an integer"), (WHOLE, "", "an integer"), (DECIMAL, "nan", "a finite number")),
        *((DECIMAL, "x", "a finite number"), (LENGTH, "0in", "a length such as 3.5in, in in or cm or mm or pt")),
        *((LENGTH, "-1cm", "a length"), (LENGTH, "3", "a length"), (LENGTH, "nanin", "a length"), (LENGTH, "3ft", "a")),
    ],
)
def test_what_is_no_number_is_refused_by_the_options_name(kind: Any, text: str, says: str) -> None:
    with pytest.raises(ArgumentError, match=says) as refusal:
        kind.convert(text, option("--longest-name", "-l"), None)
    assert (refusal.value.name, refusal.value.value) == ("longest-name", text)
    assert parameter_name(None) == "number"


@pytest.mark.parametrize("name", ["symbols", "degree", "trials"])
def test_sizes_are_from_1_to_two_million(name: str) -> None:
    assert MAX_SYMBOLS == 2_000_000
    for size in (1, MAX_SYMBOLS):
        assert given_of(NONE | {name: size}) == {name: size}
    for size in (0, MAX_SYMBOLS + 1):
        with pytest.raises(ArgumentError, match=f"{name}.*from 1 to 2000000"):
            given_of(NONE | {name: size})


def test_times_are_above_0_and_up_to_the_largest() -> None:
    assert given_of(NONE | {"tau": LARGEST_TIME, "startup": "expon()"}) == {"tau": LARGEST_TIME, "startup": "expon()"}
    assert read_delays(LARGEST_TIME, "expon()", message_cost=LARGEST_TIME, master_time=0.0).message_cost == LARGEST_TIME
    assert read_delays(5e-324, "expon()").tau == 5e-324
    above = math.nextafter(LARGEST_TIME, math.inf)
    for tau in (0.0, above):
        with pytest.raises(ArgumentError, match="tau"):
            given_of(NONE | {"tau": tau})
        with pytest.raises(ArgumentError, match="tau"):
            read_delays(tau, "expon()")
    for cost in ("message_cost", "master_time"):
        for wrong in (-5e-324, above):
            with pytest.raises(ArgumentError, match=cost):
                read_delays(1.0, "expon()", **{cost: wrong})


def test_parameters_are_written_as_they_are_given() -> None:
    assert as_command({"symbols": 3, "startup": "expon(scale=5)"}) == " --symbols 3 --startup 'expon(scale=5)'"
    assert as_command({}) == ""


# --------------------------------------------------------------------------------------------------------- tasks


def task(options: dict[str, Any], own: dict[str, Any], **more: Any) -> setting.NamedTask:
    delays = DelayModel(parse_law("expon(scale=5)"), 0.1, 0.5)
    given: dict[str, Any] = {"symbols": 9, "seed": 4} | more
    return named_task(named("sr"), delays=delays, options=options, own=own, **given)


def test_a_task_has_its_parameters() -> None:
    found = task({"degree": 3, "access": None}, {"access": 5}, decoder="hitting", workers=9)
    assert found.parameters == {
        "scheme": "sr",
        "symbols": 9,
        "tau": 0.1,
        "message_cost": 0.5,
        "startup": "expon(loc=0.0, scale=5.0)",
        "degree": 3,
        "option.access": 5,
        "workers": 9,
        "decoder": "hitting",
        "seed": 4,
    }
    assert (found.task.seed, found.task.decode_by) == (4, "hitting")


@pytest.mark.parametrize(
    ("more", "accepted"),
    [
        *(({"seed": 0}, True), ({"seed": -1}, False), ({"seed": 2**128 - 1}, True), ({"seed": 2**128}, False)),
        *(({"symbols": 0}, False), ({"symbols": MAX_SYMBOLS + 1}, False), ({"symbols": 3}, True)),
    ],
)
def test_seeds_have_128_bits(more: dict[str, Any], accepted: bool) -> None:
    if accepted:
        assert task({"degree": 2}, {}, **more).parameters | more == task({"degree": 2}, {}, **more).parameters
    else:
        with pytest.raises(ArgumentError) as refusal:
            task({"degree": 2}, {}, **more)
        assert [refusal.value.name] == list(more)


def test_a_degree_beyond_two_million_is_refused_before_the_scheme_sees_it() -> None:
    for degree in (0, MAX_SYMBOLS + 1):
        with pytest.raises(ArgumentError, match=r"degree.*from 1 to 2000000"):
            task({"degree": degree}, {})


def test_an_option_is_given_in_one_way() -> None:
    assert merged({"degree": 3, "access": None}, {"access": 5}) == {"degree": 3, "access": 5}
    with pytest.raises(ArgumentError, match="left out where degree is given"):
        merged({"degree": 3}, {"degree": 3})


# --------------------------------------------------------------------------------------------------------- values


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, "none"), (3, "3"), ("x", "x"), (1 / 3, "0.3333333333"), (2.0, "2")),
        ([1 / 3, 2 / 3], "[0.3333333333, 0.6666666667]"),
        ([0.25, 0.25], "[0.25, 0.25]"),
    ],
)
def test_a_value_is_printed(value: Any, text: str) -> None:
    assert setting.value_text(value) == text


def test_values_have_their_units() -> None:
    lines = list(setting.value_lines({"latency": 1.5, "rows": None, "odd": 3, "work": 2}, 8))
    assert lines == ["latency  1.5 time units", "rows     none", "odd      3", "work     2 terms"]


def test_names_are_in_a_column(capsys: pytest.CaptureFixture[str]) -> None:
    for names, width in (({"a": "first", "bc": "second"}, 16), ({"a": "first", "b" * 20: "second"}, 20)):
        common.print_names(names, as_json=False)
        assert capsys.readouterr().out == "".join(f"{name.ljust(width)} {says}\n" for name, says in names.items())
    common.print_names({"a": "first"}, as_json=True)
    assert capsys.readouterr().out == '[\n  {\n    "name": "a",\n    "shows": "first"\n  }\n]\n'


# ---------------------------------------------------------------------------------------------------- where it runs


def test_a_scheduler_is_for_dask_and_processes_are_not() -> None:
    assert common.read_scheduler("local", None, 8) is None
    assert common.read_scheduler("dask", "tcp://x", 1) == "tcp://x"
    for engine, scheduler, processes, name in (
        *(("dask", None, 1, "scheduler"), ("dask", "tcp://x", 2, "processes"), ("local", "tcp://x", 1, "scheduler")),
        ("local", "", 1, "scheduler"),
    ):
        with pytest.raises(ArgumentError) as refusal:
            common.read_scheduler(engine, scheduler, processes)
        assert refusal.value.name == name
    given = {"effort": "deep", "seed": 3, "store": None, "processes": None, "engine": "dask", "scheduler": "tcp://x"}
    assert common.LabOptions.of(given) == common.LabOptions("deep", 3, None, None, "tcp://x")


@pytest.mark.parametrize(
    ("effort", "store", "processes", "scheduler", "expected"),
    [
        *(("quick", None, None, None, (None, 1)), ("paper", Path("x"), 3, None, (Path("x"), 3))),
        *(("deep", None, None, None, (Path("records"), 5)), ("deep", Path("x"), 2, None, (Path("x"), 2))),
        ("deep", Path("x"), None, "tcp://x", (Path("x"), 1)),
    ],
)
def test_deep_effort_is_stored_and_uses_all_processors(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], effort: str, store: Path | None,
    processes: int | None, scheduler: str | None, expected: tuple[Path | None, int],
) -> None:  # fmt: skip
    monkeypatch.setattr("joblib.cpu_count", lambda: 5)
    options = common.LabOptions(effort, 3, store, processes, scheduler)
    with common.lab_with_bar(None, options, None) as lab:
        assert (lab.store, lab.processes, lab.scheduler, lab.effort, lab.seed) == (*expected, scheduler, effort, 3)
    assert ("records are saved in records" in capsys.readouterr().err) == (store is None and effort == "deep")


@pytest.mark.parametrize(("text", "count"), [("1", 1), ("1024", 1024), ("0007", 7), ("auto", 5)])
def test_processes_are_up_to_1024(monkeypatch: pytest.MonkeyPatch, text: str, count: int) -> None:
    monkeypatch.setattr("joblib.cpu_count", lambda: 5)
    found: list[Any] = []
    command = click.command()(common.processes_option("1")(lambda processes: found.append(processes)))
    command.main(["--processes", text], standalone_mode=False)
    assert found == [count]
    for wrong in ("0", "1025", "00001", "-1", "x", "²", ""):
        with pytest.raises(ArgumentError, match="processes"):
            command.main(["--processes", wrong], standalone_mode=False)


def test_a_sample_is_read_word_by_word(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("3\n1.5\n\n 2e1 ")
    law: Any = common.read_law(f"sample:{path}")
    assert sorted(set(law.rvs(size=60, random_state=np.random.default_rng(1)).tolist())) == [1.5, 3.0, 20.0]
    path.write_text("3\nnan\nx\n")
    with pytest.raises(ArgumentError, match="one delay per line") as refusal:
        common.read_law(f"sample:{path}")
    assert refusal.value.value == "nan"


# --------------------------------------------------------------------------------------------------------- studies


def test_a_study_is_named_as_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = Study(title="Mine", sections=("I",))
    monkeypatch.setattr("srtheory.study.loading.load", lambda text=None: mine)
    assert studies.STUDY.convert("a b.py", None, None) is mine
    assert (studies.written(mine), studies.written(mine, "x")) == (" 'a b.py'", " 'a b.py::x'")
    other = Study(title="Other", sections=("I",))
    assert (studies.written(other), studies.written(other, "x")) == ("", " x")
    assert studies.STUDY.convert(mine, None, None) is mine
    assert studies.IN_STUDY.convert("f.py::x", None, None) == (mine, "x")
    assert studies.IN_STUDY.convert("x", None, None) == (None, "x")
    assert studies.the_study(other) is other
    assert studies.the_study(None) is mine
    assert studies.in_study(None, show=False) == (mine, None)
    assert studies.in_study((None, "x"), show=False) == (mine, "x")
    assert studies.in_study((other, "x"), show=True) == (other, "x")
    assert studies.in_study((None, "x.py"), show=True) == (mine, None)
    assert studies.in_study((None, ""), show=True) == (mine, None)
    for name in ("x.py", "a/b"):
        with pytest.raises(ArgumentError, match="STUDY::NAME"):
            studies.in_study((None, name), show=False)


def test_the_shell_completes_names_and_else_files() -> None:
    context: Any = SimpleNamespace(info_name="table")
    found = studies.IN_STUDY.shell_complete(context, option("--x"), "err")
    assert [item.value for item in found] == ["errata"]
    for kind in (studies.IN_STUDY, studies.STUDY):
        (item,) = kind.shell_complete(context, option("--x"), "./no")
        assert (item.value, item.type) == ("./no", "file")


def test_formulas_are_for_a_terminal() -> None:
    assert studies.in_terminal("as it is: m_1") == "as it is: m_1"
    assert studies.in_terminal("if $m \\le 2$") == "if m ≤ 2"


@pytest.mark.parametrize(("size", "accepted"), [(2**23, True), (2**23 + 1, False)])
def test_a_sample_has_eight_mebibytes_at_most(tmp_path: Path, size: int, accepted: bool) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"3" + b" " * (size - 1))
    if accepted:
        assert "3" in str(common.read_law(f"sample:{path}").rvs(size=2, random_state=np.random.default_rng(1)))
    else:
        with pytest.raises(ArgumentError, match="startup"):
            common.read_law(f"sample:{path}")


# ------------------------------------------------------------------------------------------------- files and bars


def test_a_bar_is_of_the_trials_that_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    bar = SimpleNamespace(total=10, done=[])
    bar.update = bar.done.append
    given: dict[str, Any] = {}

    @contextmanager
    def shown(**what: Any) -> Iterator[SimpleNamespace]:
        given.update(what)
        yield bar

    monkeypatch.setattr(common, "progress_bar", shown)
    with common.trials_bar(10, "compare") as move:
        for done, computed in ((3, False), (2, True), (4, True)):
            move(done, computed)
    assert (given["total"], given["desc"], bar.total, bar.done) == (10, "compare", 7, [2, 4])


def test_files_that_cannot_be_written_are_bad_input(tmp_path: Path) -> None:
    common.make_folder(tmp_path / "a" / "b")
    common.make_folder(tmp_path / "a" / "b")
    assert list((tmp_path / "a" / "b").iterdir()) == []
    common.write_text("out", tmp_path / "x", "ä")
    assert (tmp_path / "x").read_bytes() == "ä".encode()
    with pytest.raises(ArgumentError, match="a file that can be written") as refusal:
        common.write_text("out", tmp_path / "none" / "x", "text")
    assert refusal.value.name == "out"
    with pytest.raises(ArgumentError, match="a path; the current directory is"):
        common.PathType().convert("", option("--out"), None)
    assert common.PathType().convert("x", option("--out"), None) == Path("x")


def test_a_default_is_told_where_there_is_one() -> None:
    assert [common.with_default("Says.", default) for default in (None, 0, "1")] == [
        *("Says.", "Says. Default: 0.", "Says. Default: 1."),
    ]


def test_places_of_studies() -> None:
    assert [split(text) for text in ("x", "a::x", "a.py::b::x", "::x")] == [
        *((None, "x"), ("a", "x"), ("a.py::b", "x"), ("", "x")),
    ]
    assert (default_folder() / "__init__.py").is_file()
    assert default_folder().name == "paper_checks"


@pytest.mark.parametrize(
    ("once", "each", "words"),
    [
        *((3540, 0, "59 minutes"), (3600, 0, "1 hour"), (5401, 0, "2 hours"), (0, 0, "10 seconds")),
        *((10, 0.5, "1 minute"), (20, 1.0, "2 minutes"), (3000, 6, "1 hour"), (25.5, 0, "30 seconds")),
    ],
)
def test_durations_are_rounded(monkeypatch: pytest.MonkeyPatch, once: float, each: float, words: str) -> None:
    """At quick effort, which has 100 runs."""
    monkeypatch.setitem(duration.COST, "work", (once, each))
    assert duration.estimate("work", "quick") == words
    assert duration.how_long("work", "quick") == f"srtheory: work at effort quick takes about {words} on one processor"
    assert duration.estimate("unknown", "deep") == "10 seconds"
