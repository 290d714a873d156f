"""Figures and tables at the reader's parameters: used, said, checked, and taken only where they have a meaning."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable
from functools import cache
from inspect import getsource
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from matplotlib.text import Text

from paper_checks import study
from paper_checks.figures import curves, maps, tails
from paper_checks.parameters import PAPER
from paper_checks.tables import best_schemes, gradient_codes, real_sums, thresholds
from paper_checks.workloads import WORKLOADS
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.lookup import Entry
from srtheory.model import Model
from srtheory.render import one_run
from srtheory.render.style import Drawing
from srtheory.render.write import as_csv, as_markdown
from srtheory.study.making import SAID, parameters, rests_on, subjects, table_entry
from srtheory.theory.by_scheme import repetition_bounds
from tests.ours import animation, build, drawing

GIVEN: dict[str, Any] = {"symbols": 23, "degree": 3, "tau": 0.04, "startup": "expon(scale=2)", "trials": 7}
AT = Model(23, 3, 0.04, parse_law("expon(scale=2)"))
DOCS = Path(__file__).parents[2] / "docs" / "tables.md"
PAPERS = {
    "symbols": ("m = 1000", "SR-1000", "SR-700"),
    "degree": ("d = 10", "parts of 10"),
    "tau": ("0.005",),
    "startup": ("scale=5",),
    "trials": ("100 runs",),
}
"""Words that speak of the paper's parameters, and of the effort's runs."""


@pytest.fixture(autouse=True)
def few_points(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "LAW_POINTS", 1)
    monkeypatch.setattr(tails, "POINTS", 12)
    monkeypatch.setattr(maps, "LOADS", maps.LOADS[::8])
    monkeypatch.setattr(maps, "CHECKED", maps.CHECKED[:2])
    monkeypatch.setattr(maps, "GROWING", maps.GROWING[::5])
    monkeypatch.setattr(maps, "TERM_LOADS", maps.TERM_LOADS[::3])
    monkeypatch.setattr(maps, "RATIOS", (0.5, 2.0))
    monkeypatch.setattr(real_sums, "WORKLOADS", dict(list(WORKLOADS.items())[:1]))
    monkeypatch.setattr(thresholds, "M_VALUES", (100, 300))  # the last is left out at quick effort
    monkeypatch.setattr(gradient_codes, "SILENT", (0,))
    monkeypatch.setattr(gradient_codes, "STRAGGLERS", (0, 4))
    monkeypatch.setattr(best_schemes, "TERM_LOADS", (0.01,))
    monkeypatch.setattr(best_schemes, "COSTS", (0,))
    monkeypatch.setattr(best_schemes, "SCHEMES", ["repetition"])


ENTRIES = {"figure": study.figures, "table": {name: table_entry(study, name) for name in subjects(study, "table")}}


def takes(kind: str, name: str) -> tuple[str, ...]:
    return parameters(ENTRIES[kind][name])


def some(kind: str, name: str) -> dict[str, Any]:
    values = {**GIVEN, "symbols": 24} if name == "errors" else GIVEN  # a multiple of d
    return {option: values[option] for option in takes(kind, name)}


def parametrised(kind: str) -> list[str]:
    """All but the Pareto forms, which are those of the others, and one that takes a minute."""
    return [name for name in ENTRIES[kind] if takes(kind, name) and name != "2a-all" and not name.endswith("_pareto")]


def words(made: Drawing) -> str:
    """All that a reader reads, title, legend, axes and note, and the CSV."""
    texts = " ".join(text.get_text() for text in made.canvas.findobj(Text))
    lines = " ".join(str(cell) for line in (made.header, *made.points) for cell in line)
    return " ".join(f"{texts} {lines}".split())


# ------------------------------------------------------------------------------------------------- what is said


def faults(said: str, given: dict[str, Any]) -> list[str]:
    """Words of the paper's parameters, and of the given ones those that are not said."""
    papers = [word for option in given for word in PAPERS[option] if re.search(rf"(?<![\d.]){re.escape(word)}\b", said)]
    missing = [option for option, value in given.items() if not re.search(rf"(?<![\d.]){re.escape(str(value))}", said)]
    return papers + missing


@pytest.mark.parametrize("name", parametrised("figure"))
def test_titles_notes_and_csv_say_the_readers_parameters_and_not_the_papers(name: str) -> None:
    given = some("figure", name)
    picture = drawing(name, study.lab(seed=5), **given)
    assert picture.name == name
    assert faults(words(picture), given) == []
    said = dict(zip(picture.header, next(iter(picture.points)), strict=True))
    assert {option: str(said[option]) for option in given} == {option: str(value) for option, value in given.items()}
    assert said.get("seed", 5) == 5  # what is computed without draws names none


@pytest.mark.parametrize("name", parametrised("table"))
def test_captions_and_csv_say_them(name: str) -> None:
    given = some("table", name)
    if name == "schemes":
        given |= {"schemes": ("sr", "repetition", "bcc")}
    table = build(name, study.lab(), **given)
    shown = {option: value for option, value in given.items() if option in SAID}
    assert faults(as_markdown(table, ""), shown) == []
    lines = list(csv.DictReader(io.StringIO(as_csv(table))))
    assert {(option, line[option]) for line in lines for option in shown} == {
        (option, str(value)) for option, value in shown.items()
    }


@pytest.mark.quality
def test_a_note_with_the_papers_m_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = curves.frame
    monkeypatch.setattr(curves, "frame", lambda name, lab: frame(name, study.lab(seed=lab.seed, asked=lab.asked)))
    found = faults(words(drawing("2b", study.lab(seed=5), **GIVEN)), GIVEN)
    assert {"m = 1000", "d = 10", "0.005", "scale=5"} <= set(found)


# ------------------------------------------------------------------------------------------------- what is used

OTHER = {"symbols": 29, "degree": 4, "tau": 0.4, "startup": "uniform(scale=2)", "trials": 8}
WIDTH = {"2b": 7, "work": 4, "regimes": 6, "thresholds": 3, "bounds": 10, "run": 10}
"""Columns of figures without what these say of their parameters."""


@cache
def width(name: str) -> int:
    return min(WIDTH[name], len(drawing(name, study.lab()).header))


@cache
def numbers(name: str, option: str | None = None) -> list[tuple[str, ...]]:
    """Of a figure at another value of one parameter."""
    given = some("figure", name) | ({} if option is None else {option: OTHER[option]})
    return [tuple(map(str, line[: width(name)])) for line in drawing(name, study.lab(), **given).points]


@pytest.mark.parametrize(("name", "option"), [(name, option) for name in WIDTH for option in takes("figure", name)])
def test_every_parameter_that_a_figure_takes_changes_its_numbers(name: str, option: str) -> None:
    assert numbers(name) != numbers(name, option)


@pytest.mark.quality
def test_a_figure_that_ignores_symbols_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    follow = one_run.example
    monkeypatch.setattr(one_run, "example", lambda seed, at, *more: follow(seed))
    anew = numbers.__wrapped__
    assert anew("run") == anew("run", "symbols")


def test_exact_laws_are_at_the_readers_parameters() -> None:
    rows = [line for line in drawing("2a", study.lab(), **GIVEN).points if line[0] == "Repetition"]
    for _, t, *_, law, _, m, d, tau, startup, seed in (line[:5] + line[5:] for line in rows):
        assert (m, d, tau, startup, seed) == (23, 3, 0.04, "expon(scale=2)", 2022)
        assert float(law) == pytest.approx(1 - repetition_bounds(AT, float(t))[0], abs=1e-9)


def test_schemes_of_ones_own_choice_are_at_the_readers_parameters() -> None:
    lines = list(drawing("2a", study.lab(), schemes=("bcc", "genie"), **GIVEN).points)
    assert {(line[0], line[6]) for line in lines} == {("BCC", "7"), ("genie", "7")}
    assert lines == list(drawing("2a", Lab(at=AT, asked=7), schemes=("bcc", "genie")).points)


# ------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(("kind", "make"), [("figure", drawing), ("table", build)])
def test_what_has_no_meaning_is_refused_before_anything_is_made(kind: str, make: Callable[..., Any]) -> None:
    for name, option in product(ENTRIES[kind], SAID):
        if option not in takes(kind, name):
            with pytest.raises(ArgumentError, match="must be left out") as caught:
                make(name, study.lab(), **{option: GIVEN[option]})
            assert (caught.value.name, caught.value.value) == (option, GIVEN[option])


@pytest.mark.parametrize(
    ("name", "given", "argument"),
    [
        *(("2a", {"symbols": 20, "degree": 21}, "degree"), ("streams", {"symbols": 20, "degree": 21}, "degree")),
        *(("work", {"symbols": 20, "degree": 21}, "degree"), ("2a", {"symbols": 200_000}, "symbols")),
        *(("2b", {"tau": 0.0}, "tau"), ("2b", {"startup": "norm()"}, "startup"), ("2b", {"trials": 0}, "trials")),
        *(("run", {"symbols": 61}, "symbols"), ("regimes", {"symbols": 1}, "symbols")),
        *(("thresholds", {"symbols": 1}, "symbols"), ("bounds", {"degree": 10**6}, "degree")),
        ("2a_pareto", {"startup": "expon()"}, "startup"),
    ],
)
def test_bad_input_is_refused_by_name(name: str, given: dict[str, Any], argument: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        drawing(name, study.lab(), **given)
    assert caught.value.name == argument


def test_tables_say_which_laws_they_need_and_nothing_moves_with_trials(tmp_path: Path) -> None:
    for name, startup in (("gradient-codes", "pareto(b=1)"), ("cited-schemes", "lognorm(s=1)")):
        with pytest.raises(ArgumentError, match="exponential"):
            build(name, study.lab(), startup=startup)
    with pytest.raises(ArgumentError, match="trials"):
        animation("run", study.lab(), tmp_path, trials=3)
    assert not list(tmp_path.iterdir())


# ------------------------------------------------------------------------------------------------- the smallest


def smallest(kind: str, name: str) -> dict[str, int]:
    return {option: 1 for option in ("symbols", "degree", "trials") if option in takes(kind, name)}


@pytest.mark.parametrize("name", ["2a", "2b", "2c", "streams", "work", "run"])
def test_the_smallest_sum_and_one_run_are_drawn(name: str) -> None:
    picture = drawing(name, study.lab(), **smallest("figure", name))
    picture.canvas.draw_without_rendering()
    assert list(picture.points)


@pytest.mark.parametrize("name", ["schemes", "cited-schemes", "gradient-codes", "best-schemes", "thresholds"])
def test_the_smallest_sum_has_tables(name: str) -> None:
    assert build(name, study.lab(), **smallest("table", name)).rows


# ------------------------------------------------------------------------------------------------- the page


def test_the_page_says_what_takes_what() -> None:
    text = DOCS.read_text(encoding="utf-8")
    for kind in ("figure", "table"):
        for name in ENTRIES[kind]:
            known = takes(kind, name)
            line = re.search(rf"^\| {kind} .*`{re.escape(name)}`.*\|(.*)\|", text, re.MULTILINE)
            assert (line is not None) == bool(known), name
            if line is not None:
                assert tuple(re.findall(r"`--([a-z]+)`", line[1])) == known, name


# ------------------------------------------------------------------------------------------------------ provenance


class _ReadError(Exception):
    """Something that was hidden has been read."""


class _Watched(Lab):
    """A laboratory that notices who reads its effort or its seed, those apart who hand them on."""

    hidden: tuple[str, ...] = ()

    def __getattribute__(self, name: str) -> Any:
        handing_on = ("replace", "_replace", "asked", "__post_init__")
        if name in _Watched.hidden and sys._getframe(1).f_code.co_name not in handing_on:
            raise _ReadError(name)
        return super().__getattribute__(name)


EVERY = [(drawing, *item) for item in study.figures.items()] + [(build, *item) for item in study.tables.items()]


@pytest.mark.parametrize(
    ("make", "name", "entry"), EVERY, ids=[f"{make.func.__name__} {name}" for make, name, _ in EVERY]
)
def test_what_it_says_that_it_rests_on_is_what_is_read(
    monkeypatch: pytest.MonkeyPatch, make: Callable[[str, Lab], Any], name: str, entry: Entry
) -> None:
    for each in entry.rests_on:
        monkeypatch.setattr(_Watched, "hidden", (each,))
        with pytest.raises(_ReadError):
            make(name, _Watched(at=PAPER))
    others = tuple({"effort", "seed"} - {*entry.rests_on})
    dear = name in ("engines", "thresholds")
    if others and not dear and "del lab" not in getsource(entry.target()):
        monkeypatch.setattr(_Watched, "hidden", others)
        make(name, _Watched(at=PAPER))


SOME = Entry("", "", function=lambda lab: None, at={"symbols": 30, "startup": "expon()", "trials": 5})


def test_a_requested_number_of_trials_replaces_the_effort() -> None:
    lab = Lab(seed=3, read={"effort", "seed"})
    assert rests_on(SOME, lab) == {"effort": "quick", "seed": 3}
    assert rests_on(SOME, lab, 0) == rests_on(SOME, lab, 9) == {"seed": 3}
    assert rests_on(SOME, Lab(read={"effort"}), 9) == {}
