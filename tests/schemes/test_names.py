"""Schemes by name, and what a newcomer's mistakes are told."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from srtheory.errors import ArgumentError
from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.schemes.baselines import AllAtOne, BatchCouponCollector, Repetition, Uncoded
from srtheory.schemes.block_sizes import SizedSumRecovery
from srtheory.schemes.both_ends import PartsPairs, TermsStaircase
from srtheory.schemes.gradient import CyclicRepetition, FractionalRepetition
from srtheory.schemes.grouped import Grouped
from srtheory.schemes.intervals import Arcs
from srtheory.schemes.luby_transform import LubyTransform, SystematicLubyTransform
from srtheory.schemes.raptor import Raptor
from srtheory.schemes.repairable import RepairableFountain
from srtheory.schemes.streaming import CyclicTerms, Genie, PartsCyclic, PartsEven, PartsStream
from srtheory.schemes.sum_recovery import SumRecovery

MADE = [
    ("sr", {"degree": 3}, SumRecovery(12, 3)),
    ("sr", {"degree": 3, "access": 5}, SumRecovery(12, 3, access=5)),
    ("sr", {"degree": 3, "access": None, "cap": None}, SumRecovery(12, 3)),
    ("sr-with-replacement", {"degree": 3}, SumRecovery(12, 3, replacement=True)),
    ("sr-sizes", {"sizes": "4/2:0.5,3:0.5"}, SizedSumRecovery(12, "4/2:0.5,3:0.5")),
    ("lt", {}, LubyTransform(12)),
    ("lt", {"cap": 2, "c": 0.1, "delta": 0.2}, LubyTransform(12, cap=2, c=0.1, delta=0.2)),
    ("lt-systematic", {}, SystematicLubyTransform(12)),
    ("lt-systematic", {"cap": 2, "c": 0.1}, SystematicLubyTransform(12, cap=2, c=0.1)),
    ("raptor", {}, Raptor(12)),
    ("raptor", {"epsilon": 0.4, "spread": 2}, Raptor(12, 0.4, 2)),
    ("one", {}, AllAtOne(12)),
    ("uncoded", {}, Uncoded(12)),
    ("parts-stream", {"degree": 3}, PartsStream(12, 3)),
    ("parts-cyclic", {"degree": 3}, PartsCyclic(12, 3)),
    ("parts-even", {"degree": 5}, PartsEven(12, 5)),
    ("parts-pairs", {"degree": 5, "cells": 2}, PartsPairs(12, 5, 2)),
    ("terms-pairs", {"cells": 2}, PartsPairs(12, 1, 2)),
    ("terms-pairs", {}, PartsPairs(12, 1)),
    ("terms-staircase", {}, TermsStaircase(12)),
    ("arcs", {"degree": 3}, Arcs(12, 3)),
    ("arcs", {"degree": 3, "phase": "random"}, Arcs(12, 3, "random")),
    ("terms-random", {}, PartsStream(12, 1)),
    ("terms-cyclic", {}, CyclicTerms(12)),
    ("genie", {}, Genie(12)),
    ("repetition", {"degree": 3}, Repetition(12, 3)),
    ("bcc", {"degree": 3}, BatchCouponCollector(12, 3)),
    ("gradient-fractional", {"stragglers": 3}, FractionalRepetition(12, 3)),
    ("gradient-cyclic", {"stragglers": 3}, CyclicRepetition(12, 3)),
    ("repairable", {"degree": 3}, RepairableFountain(12, 3)),
]


@pytest.mark.parametrize(("name", "given", "scheme"), MADE)
def test_schemes_by_name(name, given, scheme):
    assert make(name, 12, **given) == scheme
    if name != "genie":
        assert make(name, 30, workers=12, **given) == Grouped(scheme, 30)


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_every_name_is_made_of_a_size(name):
    """Whatever else a scheme of this package takes has a default."""
    made = make(name, 12, **named(name).sized(3))
    assert type(made) is named(name).kind
    assert made == make(name, 12, **named(name).sized(3))
    assert {option for option, its in named(name).options.items() if its.needed} <= set(named(name).sized(3))
    with pytest.raises(FrozenInstanceError):
        made.symbols = 5


def test_a_size_is_the_terms_of_a_symbol():
    assert named("sr").sized(4) == {"degree": 4}
    assert named("gradient-cyclic").sized(4) == {"stragglers": 3}
    assert named("sr-sizes").sized(4) == {"sizes": "4"}
    assert named("lt").sized(4) == {}


def test_what_a_name_stands_for_is_found_anew_and_does_not_change():
    one, other = named("sr"), named("sr")
    assert len({one, other}) == 2
    assert named(one) is one
    with pytest.raises(FrozenInstanceError):
        one.name = "lt"
    assert [named(name).custom for name in SCHEME_NAMES] == [False] * len(SCHEME_NAMES)


@pytest.mark.parametrize(("name", "given", "scheme"), MADE)
def test_schemes_are_frozen(name, given, scheme):
    with pytest.raises(FrozenInstanceError):
        scheme.symbols = 5


@pytest.mark.parametrize(
    ("argument", "call"),
    [
        ("scheme", lambda: make("tornado", 5)),
        ("scheme", lambda: named("tornado").options),
        ("degree", lambda: make("sr", 5)),
        ("degree", lambda: make("sr", 5, degree=None)),
        ("degree", lambda: make("uncoded", 5, degree=2)),
        ("degree", lambda: make("repetition", 5, degree=6)),
        ("degree", lambda: make("repetition", 10, workers=5, degree=6)),
        ("access", lambda: make("lt", 5, access=2)),
        ("epsilon", lambda: make("lt", 5, epsilon=0.1)),
        ("epsilon", lambda: make("raptor", 5, epsilon=1.5)),
        ("cap", lambda: make("lt-systematic", 5, cap=-1)),
        ("cap", lambda: make("sr", 5, degree=2, cap=2)),
        ("stragglers", lambda: make("gradient-cyclic", 5)),
        ("stragglers", lambda: make("gradient-fractional", 5, stragglers=5)),
        ("stragglers", lambda: make("gradient-cyclic", 5, stragglers=-1)),
        ("stragglers", lambda: make("gradient-cyclic", 1000, stragglers=8)),
        ("degree", lambda: make("gradient-cyclic", 5, degree=2)),
        ("rate", lambda: make("sr", 5, degree=2, rate=2)),
        ("symbols", lambda: make("uncoded", 0)),
        ("symbols", lambda: make("uncoded", 0, workers=1)),
        ("workers", lambda: make("uncoded", 5, workers=6)),
        ("workers", lambda: make("uncoded", 5, workers=0)),
        ("workers", lambda: make("genie", 5, workers=2)),
        ("sizes", lambda: make("sr-sizes", 5)),
        ("sizes", lambda: make("sr-sizes", 5, sizes="0")),
        ("degree", lambda: make("parts-stream", 5, degree=6)),
        ("degree", lambda: make("terms-random", 5, degree=1)),
        ("degree", lambda: make("terms-pairs", 5, degree=1)),
        ("degree", lambda: make("parts-even", 5, degree=6)),
        ("cells", lambda: make("terms-pairs", 5, cells=6)),
        ("cells", lambda: make("parts-pairs", 5, degree=2, cells=4)),
        ("cells", lambda: make("parts-even", 5, degree=2, cells=2)),
        ("degree", lambda: make("arcs", 5)),
        ("phase", lambda: make("arcs", 5, degree=2, phase="late")),
        ("phase", lambda: make("parts-cyclic", 5, degree=2, phase="own")),
    ],
)
def test_refusals_name_the_argument(argument, call):
    with pytest.raises(ArgumentError) as refusal:
        call()
    assert refusal.value.name == argument
