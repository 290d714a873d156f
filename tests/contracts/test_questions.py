"""What holds of every question, asked of its types: refusals, schemas, help, JSON there and back, its distribution."""

from __future__ import annotations

import json
import math
import shlex
from collections.abc import Callable
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import srtheory
from srtheory.cli.ask import command
from srtheory.delays import parse_law
from srtheory.errors import ArgumentError
from srtheory.model import Model
from srtheory.questions import QUESTIONS, question
from srtheory.questions.base import (
    Place,
    answer_schema,
    command_line,
    question_json,
    question_of,
    question_schema,
    record_json,
)
from srtheory.questions.enclosed import Distribution
from srtheory.questions.words import OF_MODEL, Field, fields_of
from srtheory.schemes import named
from srtheory.theory import rows as by_rows
from srtheory.theory import spanning
from srtheory.theory.by_scheme import SCHEMES_WITH_LAW
from srtheory.theory.coverage import coverage_and_rows, expected_uncovered
from tests.contracts.models import Setting, settings

SMALL = {"symbols": 6, "degree": 2, "tau": 0.1, "startup": "expon(scale=5)", "scheme": "uncoded", "by": 4.0}
MORE: dict[str, dict[str, Any]] = {
    "compare": {"schemes": ("sr", "one"), "trials": 3},
    "coverage": {"by_time": 2.0, "tau": 0.1, "startup": "expon(scale=5)"},
    "guarantee": {"by_time": 4.0},
    "simulate": {"trials": 3},
}
"""Values of what a question needs, and of what one needs besides."""


@cache
def example(verb: str) -> Any:
    cls = question(verb)
    return cls(**{its.name: SMALL[its.name] for its in fields_of(cls) if its.required}, **MORE.get(verb, {}))


def outside(its: Field) -> list[Any]:
    """Values beyond each limit of a word, and of another type."""
    word = its.word
    if its.base not in (int, float):
        return ["x", 2] if its.base is bool else [object()]
    beyond = (None if x is None else x + step for x, step in ((word.low, -1), (word.above, 0), (word.below, 0)))
    limits = [*beyond, None if word.high is None else 2 * word.high + 1]
    several = [] if its.many else [np.array([0.0, 1.0])]
    return [*(limit for limit in limits if limit is not None), "x", None if its.required else math.nan, *several]


CASES = [(verb, its.name, bad) for verb in QUESTIONS for its in fields_of(question(verb)) for bad in outside(its)]


@pytest.mark.parametrize(("verb", "name", "bad"), CASES)
def test_a_value_outside_its_range_is_refused_by_name(verb: str, name: str, bad: Any) -> None:
    """At the latest when it is asked: that access is at most m its word does not know."""
    asked = example(verb)
    valid = {its.name: getattr(asked, its.name) for its in fields_of(type(asked))}
    with pytest.raises(ArgumentError) as told:
        type(asked)(**{**valid, name: bad}).answer()
    option = next(its.option for its in fields_of(type(asked)) if its.name == name)
    assert told.value.name in (name, option)


@pytest.mark.parametrize("verb", QUESTIONS)
def test_an_answer_fits_its_schema_and_a_question_comes_back_with_its_key(verb: str) -> None:
    asked, schema, its_own = example(verb), answer_schema(question(verb)), question_schema(question(verb))
    answer = asked.answer()
    document, written = (
        json.loads(json.dumps(of, allow_nan=False)) for of in (record_json(answer), record_json(asked))
    )
    assert not [*Draft202012Validator(schema).iter_errors(document)]
    assert not [*Draft202012Validator(its_own).iter_errors(written)]
    again = question_of(json.loads(json.dumps(question_json(asked))), type(asked))
    assert (again.key, record_json(again.answer())) == (asked.key, document)
    for its in fields_of(type(asked)):  # whatever is changed, it is another question
        if its.base is float and (value := getattr(asked, its.name)):
            changed = {each.name: getattr(asked, each.name) for each in fields_of(type(asked))}
            assert type(asked)(**changed | {its.name: value * 0.75}).key != asked.key
    with pytest.raises(ArgumentError, match="'nothing' must be left out"):
        question_of({"nothing": 1}, type(asked))


@pytest.mark.parametrize("verb", QUESTIONS)
def test_the_help_names_every_option_and_the_command_line_asks_the_same(verb: str) -> None:
    asked = example(verb)
    told = CliRunner().invoke(command(type(asked)), ["--help"]).output
    assert all(f"--{its.option}" in told for its in fields_of(type(asked)) if not its.word.argument)
    done = CliRunner().invoke(command(type(asked)), [*shlex.split(command_line(asked))[2:], "--json"])
    answer = asked.answer()
    assert json.loads(done.stdout) == record_json(answer)
    assert "<table>" in answer._repr_html_()


@pytest.mark.parametrize("verb", QUESTIONS)
@pytest.mark.parametrize("written", ["sample:delays", "mine.py::Mine", "offered"])
def test_only_the_command_line_opens_files_and_imports_code(verb: str, written: str) -> None:
    asked = example(verb)
    name = "startup" if written.startswith("sample") else "scheme"
    if name not in {each.name for each in fields(asked)}:
        return
    with pytest.raises(ArgumentError) as told:
        question_of(question_json(asked) | {name: written}, type(asked))
    assert told.value.name == name


@pytest.mark.parametrize("verb", QUESTIONS)
def test_a_key_has_the_digest_of_users_code(verb: str, tmp_path: Path) -> None:
    asked, file, keys = example(verb), tmp_path / "mine.py", []
    for its in (each for each in fields_of(type(asked)) if each.name in ("scheme", "schemes") and each.word.read):
        for remark in ("", "", "# a remark\n"):
            file.write_text(f"from srtheory.schemes.parts import Uncoded\nclass Mine(Uncoded):\n    pass\n{remark}")
            mine = named(f"{file}::Mine")
            keys.append(replace(asked, **{its.name: (mine,) if its.many else mine}).key)
        assert keys[0] == keys[1] != keys[2]


OF_SETTING = [verb for verb in QUESTIONS if {*OF_MODEL} & {its.name for its in fields_of(question(verb))}]


@pytest.mark.parametrize("verb", OF_SETTING)
def test_a_question_of_a_setting_takes_of_it_what_it_has(verb: str) -> None:
    """A degree does no harm to a question, or to a scheme, that has none."""
    asked, setting = example(verb), Model(6, 2, 0.1, parse_law("expon(scale=5)"))
    more = {its.name: SMALL[its.name] for its in fields_of(type(asked)) if its.required and its.name not in OF_MODEL}
    made = type(asked).of(setting, **more, **MORE.get(verb, {}))
    assert record_json(made.answer())["symbols"] == 6 if verb != "coverage" else made.symbols == 6
    assert made.model.startup.mean() == pytest.approx(5)
    if "access" not in {its.name for its in fields_of(type(asked))}:
        with pytest.raises(ArgumentError, match="'access' must be left out"):
            type(asked).of(replace(setting, access=3), **more)


WITH_TRIALS = [verb for verb in QUESTIONS if issubclass(question(verb).means, Place)]


@pytest.mark.parametrize("verb", WITH_TRIALS)
def test_where_trials_are_computed_and_kept_changes_no_answer(verb: str, tmp_path: Path) -> None:
    asked: Any = example(verb)
    answer, place = record_json(asked.answer()), type(asked).means
    for _ in range(2):  # computed, and found
        assert record_json(asked.answer(place(store=tmp_path, processes=2))) == answer
    assert {*tmp_path.iterdir()} != set()
    assert not {its.name for its in fields_of(place)} & {*question_json(asked)}
    for name, means in (
        *(("processes", {"processes": wrong}) for wrong in (0, 1.5, "x")),
        *(("scheduler", its) for its in ({"engine": "dask"}, {"scheduler": "tcp://x"})),
        ("processes", {"engine": "dask", "scheduler": "tcp://x", "processes": 2}),
    ):
        with pytest.raises(ArgumentError) as told:
            place(**means)
        assert told.value.name == name


WITH_LAW = [(verb, {}) for verb in QUESTIONS if issubclass(question(verb), Distribution)]
WITH_LAW += [(verb, {"symbols": 3, "by_time": None, "by_rows": 4}) for verb in ("coverage", "guarantee")]


@pytest.mark.parametrize(("verb", "instead"), WITH_LAW)
def test_its_distribution_is_one_and_encloses(verb: str, instead: dict[str, Any]) -> None:
    asked = replace(example(verb), **instead)
    start = asked.start()
    times = np.array([[0.0, start / 4], [start, 4 * start]])
    found, rest = asked.cdf(times), asked.sf(times)
    assert found.low.shape == found.high.shape == times.shape
    assert ((found.low >= 0) & (found.low <= found.high) & (found.high <= 1)).all()
    assert (np.diff(found.low.ravel()) >= 0).all()
    assert (np.diff(found.high.ravel()) >= 0).all()
    assert all(
        low + high == pytest.approx(1, abs=1e-15) for low, high in zip(found.low.flat, rest.high.flat, strict=True)
    )
    alone = asked.cdf(start)
    assert max(alone.low, found.low[1, 0]) <= min(alone.high, found.high[1, 0])
    assert instead or tuple(alone) == (found.low[1, 0], found.high[1, 0])  # by rows, values help one another
    low, high = asked.ppf([0.25, 0.5], 1e-2)
    assert (low <= high).all()
    below, above = asked.cdf(low * (1 - 1e-9)), asked.cdf(np.where(np.isfinite(high), high, 1e9))
    assert (below.low <= [0.25, 0.5]).all()
    assert (above.high >= [0.25, 0.5]).all()
    least, most = asked.mean(8)
    assert 0 < least <= most
    spread = asked.std(8)
    assert math.isnan(spread.low) or spread.low <= spread.mid <= spread.high
    assert asked.support() == (0, math.inf)
    for shown in (found, alone):
        np.testing.assert_array_equal(np.asarray(shown), (shown.low + shown.high) / 2)
    assert float(alone) == (alone.low + alone.high) / 2
    assert tuple(asked.cdf([-1.0, -math.inf]).high) == (0, 0)
    assert 1 >= asked.cdf(math.inf).high >= found.high.max()
    for wrong in (math.nan, "x", [0.0, math.nan]):
        with pytest.raises(ArgumentError, match="'x'"):
            asked.cdf(wrong)
    for wrong in (0, 1, -0.5, math.nan):
        with pytest.raises(ArgumentError, match="'q'"):
            asked.ppf(wrong)


def said(ask: Callable[[], Any]) -> Any:
    """An answer, or the argument that is refused."""
    try:
        return ask()
    except ArgumentError as refusal:
        return refusal.name


SETTINGS = settings(4, ("exponential", "without a mean", "bounded", "sample"), (0.25, 0.7, 3.0), (0.0, 0.125, 2.0))


@hypothesis_settings(max_examples=25)
@given(SETTINGS, st.sampled_from((0.0, 0.5, 2.0, 9.0)), st.sampled_from(SCHEMES_WITH_LAW))
def test_a_question_answers_what_the_functions_do(of: Setting, t: float, scheme: str) -> None:
    """Those for notebooks, and those of the theory: the same numbers, or a refusal of the same argument."""
    model, rows = replace(of.model, master_time=0.0 if t else of.model.master_time), of.model.symbols + 1
    s = named(scheme).sized(1 + model.symbols // 2).get("stragglers")
    asked = {verb: question(verb).of for verb in QUESTIONS}

    def by_time(answer: Any) -> Any:
        return answer.probability, answer.expected_rows, answer.expected_uncovered

    pairs: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
        "law": (
            lambda: asked["latency"](model, scheme=scheme, stragglers=s, times=(t,)).answer().points[0].probability,
            lambda: srtheory.latency(scheme, model, t, stragglers=s),
        ),
        "covered by time": (
            lambda: by_time(asked["coverage"](model, by_time=t).answer()),
            lambda: (
                srtheory.coverage(model, time=t),
                float(by_rows.expected_rows(model, t)),
                float(expected_uncovered(model, t)),
            ),
        ),
        "covered, and so many rows": (
            lambda: asked["coverage"](model, by_time=t, by_rows=rows).answer().probability,
            lambda: coverage_and_rows(model, t, rows),
        ),
        "covered by rows": (
            lambda: asked["coverage"](model, by_rows=rows).answer().probability,
            lambda: tuple(map(float, srtheory.coverage(model, rows=rows))),
        ),
        "proved by time": (
            lambda: asked["guarantee"](model, by_time=t).answer().probability,
            lambda: spanning.latency_bounds(model, t),
        ),
        "proved by rows": (
            lambda: asked["guarantee"](model, by_rows=rows).answer().probability,
            lambda: tuple(map(float, spanning.stopping_bounds(model, rows))),
        ),
        "floor": (
            lambda: asked["floor"](model, times=(t,)).answer(),
            lambda: (srtheory.floor(model), srtheory.floor(model, time=t)),
        ),
    }
    for what, (one, other) in pairs.items():
        found, known = said(one), said(other)
        if what == "floor" and not isinstance(found, str):
            found = found.least, found.at[0].late
        assert found == known, what
