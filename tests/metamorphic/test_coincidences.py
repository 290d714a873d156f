"""Where two settings are one: schemes under two names, laws under two names, few trials of many, processes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.experiments import running
from srtheory.experiments.running import run, run_all
from srtheory.experiments.trial import Task, run_trials
from srtheory.schemes import SCHEME_NAMES, make, streaming
from srtheory.theory import ENTRIES
from srtheory.theory.laws.by_scheme import options_of
from tests.metamorphic.settings import COSTS, STARTUPS, delays, law_of, scheme, setting

PHASES = st.sampled_from(["common", "random", "own"])
M = 12
ALIKE = {
    "sr with blocks of all others": (("sr", {"degree": M - 1}), ("sr", {"degree": M + 7})),
    "sr with access to all": (("sr", {"degree": 4}), ("sr", {"degree": 4, "access": M})),
    "sr with sizes, all equal": (("sr", {"degree": 4}), ("sr-sizes", {"sizes": "4"})),
    "uncoded, a part a term": (("uncoded", {}), ("repetition", {"degree": 1})),
    "uncoded, no straggler": (("uncoded", {}), ("gradient-fractional", {"stragglers": 0})),
    "cyclic gradient code without stragglers": (("uncoded", {}), ("gradient-cyclic", {"stragglers": 0})),
    "fractional repetition, whole groups": (
        ("repetition", {"degree": 4}),
        ("gradient-fractional", {"stragglers": 3}),
    ),
    "all work on all": (("repetition", {"degree": M}), ("bcc", {"degree": M})),
    "parts of one term, random order": (("parts-stream", {"degree": 1}), ("terms-random", {})),
    "parts of one term, cyclic order": (("parts-cyclic", {"degree": 1}), ("terms-cyclic", {})),
    "even parts of one term": (("parts-even", {"degree": 1}), ("terms-cyclic", {})),
    "even parts that are even anyway": (("parts-even", {"degree": 4}), ("parts-cyclic", {"degree": 4})),
    "parts of one term, from both ends": (("parts-pairs", {"degree": 1}), ("terms-pairs", {})),
    "as many cells as terms": (("terms-pairs", {"cells": M}), ("terms-cyclic", {})),
    "one part": (("parts-cyclic", {"degree": M}), ("parts-stream", {"degree": M})),
    "one part, from both ends": (("parts-pairs", {"degree": M}), ("parts-even", {"degree": M})),
    "one part, one message": (("parts-cyclic", {"degree": M}), ("bcc", {"degree": M})),
    "arcs of one term": (("arcs", {"degree": 1}), ("terms-cyclic", {})),
}
"""Two schemes with the same messages at the same times, so that they also have one law, where one is known."""
OTHERS = {
    "a group a term": (("sr", {"degree": 4, "workers": M}), ("sr", {"degree": 4})),
    "lt, its parameters spelt out": (("lt", {"c": 0.03, "delta": 0.5}), ("lt", {})),
}
"""The same without laws of their own."""
COUNTED = dict.fromkeys(("rank", "additions", "multiplications", "solving")) | {"argument": ""}
"""What the decoder counts, which is another one here and there."""


def unlike_records(alike, kind, law, seed):
    codes = [make(name, M, **given) for name, given in alike]
    by = None if len({code.decoder for code in codes}) == 1 else "span"
    models = (delays(name, kind, law) for name, _ in alike)
    here, there = (
        [replace(r, **COUNTED) for r in run_trials(Task(code, model, seed, by), range(4))]
        for code, model in zip(codes, models, strict=True)
    )
    return [(a, b) for a, b in zip(here, there, strict=True) if a != b]


def interval(name, given, kind, law, t):
    options = {option: value for option, value in given.items() if option in ("stragglers", "cells")}
    model = setting(name, kind, law, symbols=M, degree=given.get("degree"))
    if "stragglers" in options_of(name):
        options = {"stragglers": given["stragglers"]}
    return law_of(name, replace(model, access=given.get("access")), **options)(t)


def unlike_laws(alike, law):
    """Times at which the intervals of the two have nothing in common."""
    wrong = []
    for kind in COSTS:
        for t in (0.9, 2.4, 5.5, float("inf")):
            if kind != "none" and len({setting(name, kind, law, degree=4).message_cost for name, _ in alike}) > 1:
                continue
            (a, b), (c, d) = (interval(*each, kind, law, t) for each in alike)
            if max(a, c) > min(b, d):
                wrong.append((kind, t, (a, b), (c, d)))
    return wrong


@pytest.mark.parametrize("alike", [*ALIKE.values(), *OTHERS.values()], ids=[*ALIKE, *OTHERS])
@given(kind=st.sampled_from(list(COSTS)), law=st.sampled_from(list(STARTUPS)), seed=st.integers(0, 2**64))
@settings(max_examples=3)
def test_two_names_of_one_scheme_have_the_same_records(alike, kind, law, seed):
    assert unlike_records(alike, kind, law, seed) == []


WITH_LAWS = {what: alike for what, alike in ALIKE.items() if {name for name, _ in alike} <= ENTRIES.keys()}


@pytest.mark.parametrize("alike", WITH_LAWS.values(), ids=WITH_LAWS)
def test_two_names_of_one_scheme_have_the_same_law(alike):
    assert [law for law in STARTUPS if unlike_laws(alike, law)] == []


# ----------------------------------------------------------------------------------------------- trials and processes


def task(name, kind="all", law="exponential", seed=7):
    return Task(scheme(name), delays(name, kind, law), seed)


def trials_of_fewer(name, kind, law, seed):
    """Records of 3 trials that are not the first of 6."""
    few, many = (run(task(name, kind, law, seed), n) for n in (3, 6))
    return [(a, b) for a, b in zip(few, many[:3], strict=True) if a != b]


@pytest.mark.parametrize("name", SCHEME_NAMES)
@given(kind=st.sampled_from(list(COSTS)), law=st.sampled_from(list(STARTUPS)), seed=st.integers(0, 2**64))
@settings(max_examples=3)
def test_the_first_trials_of_more_are_those_of_fewer(name, kind, law, seed):
    assert trials_of_fewer(name, kind, law, seed) == []


def two_processes(names):
    """Schemes that have other records by two processes than by one; all at once, since processes take long to start."""
    one, two = (list(run_all([(task(name), 6) for name in names], processes=n)) for n in (1, 2))
    return [name for name, a, b in zip(names, one, two, strict=True) if a != b]


def test_two_processes_have_the_records_of_one():
    assert two_processes(SCHEME_NAMES) == []


# --------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.quality
def test_another_order_is_seen(monkeypatch):
    usual = streaming._around
    monkeypatch.setattr(streaming, "_around", lambda first, begin, parts: usual(first, (begin + 1) % parts, parts))
    for what in ("as many cells as terms", "arcs of one term"):
        assert [unlike_records(ALIKE[what], "none", "exponential", seed) for seed in range(9)] != [[]] * 9, what


@pytest.mark.quality
def test_another_law_is_seen(monkeypatch):
    from srtheory.theory.laws import streaming as laws

    usual = laws.terms_cyclic_bounds
    entry = ENTRIES["terms-cyclic"]
    monkeypatch.setattr(laws, "terms_cyclic_bounds", _later(usual))
    assert entry.attribute == "terms_cyclic_bounds"
    for what in ("parts of one term, cyclic order", "even parts of one term", "as many cells as terms"):
        assert unlike_laws(ALIKE[what], "exponential"), what


def _later(usual):
    """The law with a part in a million more for a term."""

    def law(model, t, **more):
        return usual(replace(model, tau=model.tau * (1 + 1e-6)), t, **more)

    law.depends_on = usual.depends_on
    return law


@pytest.mark.quality
def test_trials_that_depend_on_their_number_are_seen(monkeypatch):
    usual = running.run_trials

    def counted(one, trials):
        return [replace(r, work=r.work + len(trials)) for r in usual(one, trials)]

    monkeypatch.setattr(running, "run_trials", counted)
    monkeypatch.setattr(running, "PIECES", 1)
    assert all(trials_of_fewer(name, "none", "exponential", 1) for name in SCHEME_NAMES)


@pytest.mark.quality
def test_seeds_that_depend_on_processes_are_seen(monkeypatch):
    def other(processes, _):
        def work(piece):
            return running.compute_piece(replace(piece, task=replace(piece.task, seed=piece.task.seed + processes)))

        return lambda pieces: map(work, pieces)

    monkeypatch.setattr(running, "mapped_by", other)
    assert two_processes(["sr"]) == ["sr"]
