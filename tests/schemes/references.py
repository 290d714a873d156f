"""Small schemes of every family with the rows that :mod:`tests.reference` draws for them."""

from __future__ import annotations

from itertools import islice

from srtheory.schemes.baselines import AllAtOne, BatchCouponCollector, Repetition, Uncoded
from srtheory.schemes.both_ends import PartsPairs, TermsStaircase
from srtheory.schemes.gradient import CyclicRepetition, FractionalRepetition
from srtheory.schemes.grouped import Grouped
from srtheory.schemes.intervals import Arcs
from srtheory.schemes.luby_transform import LubyTransform, SystematicLubyTransform
from srtheory.schemes.repairable import RepairableFountain
from srtheory.schemes.streaming import CyclicTerms, OwnThenParts, PartsCyclic, PartsEven, PartsStream
from srtheory.schemes.sum_recovery import SumRecovery
from tests import reference

CAPPED = LubyTransform(4, cap=2)

REFERENCES = {
    "sr": (SumRecovery(5, 2), lambda k, j: reference.sum_recovery(5, 2, key=k, worker=j), None),
    "sr with a block of one term": (
        SumRecovery(6, 2),
        lambda k, j: reference.sum_recovery(6, 2, key=k, worker=j),
        None,
    ),
    "sr-2": (SumRecovery(5, 3, access=2), lambda k, j: reference.sum_recovery(5, 3, 2, key=k, worker=j), None),
    "sr-with-replacement": (
        SumRecovery(4, 2, replacement=True),
        lambda k, j: reference.with_replacement(4, 2, key=k, worker=j),
        None,
    ),
    "lt": (LubyTransform(4), lambda k, j: reference.luby_transform(4, CAPPED.degree_law, key=k, worker=j), None),
    "lt-capped": (
        CAPPED,
        lambda k, j: islice(reference.luby_transform(4, CAPPED.degree_law, key=k, worker=j), 2),
        None,
    ),
    "lt-systematic": (
        SystematicLubyTransform(4),
        lambda k, j: reference.lt_systematic(4, CAPPED.degree_law, key=k, worker=j),
        None,
    ),
    "lt-systematic, capped": (
        SystematicLubyTransform(4, cap=1.5),
        lambda k, j: islice(reference.lt_systematic(4, CAPPED.degree_law, key=k, worker=j), 1 + j % 2),
        None,
    ),
    "repairable": (RepairableFountain(4, 3), lambda k, j: reference.repairable(4, 3, key=k, worker=j), None),
    "one": (AllAtOne(4), lambda k, j: [list(range(4))], None),
    "uncoded": (Uncoded(4), lambda k, j: [[j]], None),
    "repetition": (Repetition(5, 2), lambda k, j: [reference.part(5, 2, j // 2)], None),
    "repetition of many terms": (Repetition(40, 20), lambda k, j: [reference.part(40, 20, j // 20)], None),
    "bcc": (BatchCouponCollector(5, 2), lambda k, j: reference.batch(5, 2, key=k, worker=j), None),
    "gradient-fractional": (
        FractionalRepetition(5, 1),
        lambda k, j: reference.gradient_fractional(5, 1, worker=j),
        None,
    ),
    "gradient-cyclic": (CyclicRepetition(6, 2), lambda k, j: [reference.gradient_cyclic(6, 2, worker=j)], None),
    "gradient-cyclic, s = 0": (CyclicRepetition(4, 0), lambda k, j: [[j]], None),
    "gradient-cyclic, s = m - 1": (CyclicRepetition(4, 3), lambda k, j: [[(j + i) % 4 for i in range(4)]], None),
    "parts-stream": (PartsStream(5, 2), lambda k, j: reference.parts_stream(5, 2, key=k, worker=j), None),
    "parts-cyclic": (PartsCyclic(5, 2), lambda k, j: reference.parts_cyclic(5, 2, worker=j), None),
    "parts-even": (PartsEven(7, 3), lambda k, j: reference.parts_even(7, 3, worker=j), None),
    "parts-pairs": (PartsPairs(11, 2, 3), lambda k, j: reference.parts_pairs(11, 2, 3, worker=j), None),
    "terms-pairs": (PartsPairs(7, 1, 2), lambda k, j: reference.parts_pairs(7, 1, 2, worker=j), None),
    "terms-staircase": (TermsStaircase(5), lambda k, j: reference.terms_staircase(5, worker=j), None),
    "own-then-parts": (OwnThenParts(5, 2), lambda k, j: reference.own_then_parts(5, 2, worker=j), None),
    "arcs": (Arcs(5, 2), lambda k, j: reference.arcs(5, 2, "common", key=k, worker=j), None),
    "arcs of random phase": (Arcs(5, 3, "random"), lambda k, j: reference.arcs(5, 3, "random", key=k, worker=j), None),
    "arcs of own phase": (Arcs(5, 2, "own"), lambda k, j: reference.arcs(5, 2, "own", key=k, worker=j), None),
    "terms-random": (PartsStream(4, 1), lambda k, j: reference.parts_stream(4, 1, key=k, worker=j), None),
    "terms-cyclic": (CyclicTerms(4), lambda k, j: reference.cyclic_terms(4, worker=j), None),
    "grouped": (
        Grouped(SumRecovery(4, 2), 7),
        lambda k, j: reference.sum_recovery(4, 2, key=k, worker=j),
        [1, 2, 2, 2],
    ),
}
"""A scheme, the rows of worker j in a run of key k, and the terms in each column (None: one each)."""
