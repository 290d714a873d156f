"""Arcs by union and find against the span engines, FLINT's integers, and the checker of certificates."""

from __future__ import annotations

import numpy as np
import pytest
from flint import fmpz_mat

from srtheory.decoders import decoder
from srtheory.decoders.cycles import cycle, interval_certificate
from srtheory.decoders.intervals import arcs, closing, windings
from srtheory.errors import ArgumentError
from srtheory.rows import Rows, from_dense, from_sets
from srtheory.span.certificates import to_json
from srtheory.span.oracles import checker
from tests.decoders.arcs import (
    TWICE_AROUND,
    arc,
    cases,
    disagreements,
    every_arc,
    every_set_of_arcs,
    plain,
)
from tests.decoders.receptions import reception_of

FIELDS = ["Q", "GF(2)", "GF(3)"]


def answer(rows, field):
    found = closing(rows, field=field)
    return found.stopping_time, found.rank


# ------------------------------------------------------------------------------------------- stopping time and rank


@pytest.mark.parametrize("field", FIELDS)
def test_small_receptions_are_those_of_the_engine(field):
    assert disagreements(answer, cases(1, 1000, 9), field) == 0


@pytest.mark.slow
@pytest.mark.parametrize("field", FIELDS)
def test_many_receptions_are_those_of_the_engine(field):
    """1000 receptions over each field, m up to 200."""
    some = cases(2, 700, 12) + cases(3, 200, 60, longest=9) + cases(4, 100, 200, longest=20)
    assert disagreements(answer, some, field) == 0


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("m", [1, 2, 3])
def test_every_set_of_arcs_is_as_the_engine_says(m, field):
    assert disagreements(answer, [(m, sets) for sets in every_set_of_arcs(m)], field) == 0


@pytest.mark.quality
def test_planted_mistakes_are_seen():
    """A winding number tested against 0 where the field is GF(2), signs ignored, a whole circle that gains nothing."""
    some = cases(5, 250, 7)
    assert disagreements(lambda rows, field: answer(rows, "Q"), some, "GF(2)") > 0
    for field in FIELDS:
        assert disagreements(plain, some, field) == 0
        unsigned = disagreements(lambda rows, field: plain(rows, field, back=1), some, field)
        assert (unsigned > 0) == (field != "GF(2)")  # where -1 is 1
        assert disagreements(lambda rows, field: plain(rows, field, whole=0), some, field) > 0


def test_the_decoder_stops_where_the_span_decoder_does():
    for m, sets in cases(6, 300, 8):
        for final in (True, False):
            reception = reception_of(m, sets, final=final)
            found, exact = decoder("intervals")(reception), decoder("span")(reception)
            assert found.stopping_time == exact.stopping_time
            assert found.rank == exact.rank or not final


def test_twice_around_is_half_of_nothing_over_two_elements():
    rows = from_sets(3, TWICE_AROUND)
    assert answer(rows, "Q") == answer(rows, "GF(3)") == (3, 3)
    assert answer(rows, "GF(2)") == (None, 2)
    assert windings(rows).tolist() == [0, 0, 0, 2]
    assert [abs(closing(from_sets(3, order)).winding) for order in (TWICE_AROUND, TWICE_AROUND[::-1])] == [2, 2]


def test_no_smaller_circle_tells_fields_apart():
    for m in (1, 2):
        for sets in every_set_of_arcs(m):
            assert len({answer(from_sets(m, sets), field) for field in FIELDS}) == 1


def multiple(m, sets):
    """Least D > 0 with D times 1 among the integer combinations, 0 if there is none, by Hermite normal forms."""
    lattice = fmpz_mat([[int(c in s) for c in range(m)] for s in sets] or [[0] * m]).hnf()
    same = [*lattice.tolist(), [0] * m]
    return next((d for d in range(1, m + 1) if fmpz_mat([*lattice.tolist(), [d] * m]).hnf().tolist() == same), 0)


@pytest.mark.parametrize("m", [1, 2, 3, 4, 5])
def test_the_gcd_of_windings_is_the_least_multiple_over_the_integers(m):
    for _, sets in [(m, s) for k, s in cases(7, 700, 5, most=5) if k == m]:
        assert windings(from_sets(m, sets))[-1] == multiple(m, sets)


def test_windings_decide_every_field_at_once():
    for m, sets in cases(8, 400, 9):
        rows = from_sets(m, sets)
        divisor = windings(rows)
        for field, p in zip(FIELDS, (0, 2, 3), strict=True):
            spans = [bool(w % p if p else w) for w in divisor.tolist()]
            assert closing(rows, field=field).stopping_time == next((k for k, s in enumerate(spans) if s), None)


@pytest.mark.parametrize("m", range(2, 30))
def test_the_longest_proper_arcs_wind_most(m):
    """The m arcs of m - 1 symbols: winding number m - 1, so that GF(p) fails for every p that divides m - 1."""
    rows = from_sets(m, [arc(m, a, m - 1) for a in range(m)])
    assert windings(rows)[-1] == cycle(rows).winding == m - 1


def test_no_cycle_winds_further_than_the_longest_arc():
    for m, sets in cases(9, 400, 20, longest=4):
        found = cycle(from_sets(m, sets))
        assert found is None or found.winding <= max(map(len, sets))


# ------------------------------------------------------------------------------------------------- proofs and values


def fault(rows, certificate):
    return checker.fault(checker.read(to_json(certificate)), rows.columns, rows.mappings())


@pytest.mark.parametrize("field", FIELDS)
def test_certificates_are_accepted_by_the_checker(field):
    kinds = set()
    for m, sets in [(0, []), (0, [[]]), (3, TWICE_AROUND), *cases(10, 300, 9)]:
        rows = from_sets(m, sets)
        certificate = interval_certificate(rows, field=field)
        assert fault(rows, certificate) is None
        kinds.add(certificate["kind"])
    assert kinds == {"stopping-time", "does-not-span"}


def refused(key, change):
    """Faults of certificates whose numbers have been changed, and which are sealed anew."""
    for m, sets in cases(10, 300, 9):
        made = interval_certificate(rows := from_sets(m, sets))
        wrong = made | {key: [hex(change(int(x, 16))) for x in made.get(key, [])]}
        if key in made:
            yield fault(rows, wrong | {"certificate_sha256": checker.content_digest(wrong)})


@pytest.mark.quality
def test_a_cycle_with_a_sign_that_is_wrong_is_refused():
    assert any(each and "does not give the denominator" in each for each in refused("combination", abs))


@pytest.mark.quality
def test_a_potential_that_is_wrong_is_refused():
    assert all(refused("kernel", lambda x: -x))
    assert any(each and "not orthogonal" in each for each in refused("kernel", lambda x: x + (x != 1)))


def test_a_cycle_is_a_closed_walk_of_received_rows():
    for m, sets in cases(11, 400, 12):
        rows = from_sets(m, sets)
        found = cycle(rows)
        if found is None:
            continue
        assert len(set(found.rows.tolist())) == len(found.rows) <= m
        assert found.rows[0] == found.rows.max() == closing(rows).stopping_time - 1
        total = np.zeros(m, np.int64)
        for row, sign in zip(found.rows, found.signs, strict=True):
            total[sets[row]] += sign
        assert (total == found.winding).all()


# ------------------------------------------------------------------------------------------------------------- input


def test_arcs_are_told_from_other_sets():
    for m in range(1, 7):
        known = {frozenset(row) for row in every_arc(m)} | {frozenset()}
        for mask in range(2**m):
            support = [c for c in range(m) if mask >> c & 1]
            rows = from_sets(m, [support])
            if frozenset(support) in known:
                [[start], [length]] = arcs(rows)
                assert sorted(arc(m, int(start), int(length))) == support
            else:
                with pytest.raises(ArgumentError, match=r"'rows\[0\]' must be an arc"):
                    arcs(rows)


def test_refusals_name_the_row_and_are_one_line():
    for rows, said in [
        (from_sets(5, [[0], [4, 0], [0, 2], [1, 3]]), "'rows[2]'"),
        (from_dense([[1, 1, 0], [0, 2, 0]]), "weight 2 in row 1"),
    ]:
        for ask in (closing, windings, cycle, interval_certificate):
            with pytest.raises(ArgumentError) as refusal:
                ask(rows)
            assert said in str(refusal.value)
            assert "\n" not in str(refusal.value)
    with pytest.raises(ArgumentError, match="'field'"):
        closing(from_sets(2, [[0, 1]]), field="GF(6)")


def test_nothing_is_recovered_from_nothing():
    empty = Rows(3, np.zeros(1, np.int64), np.zeros(0, np.int32))
    assert answer(empty, "Q") == (None, 0)
    assert cycle(empty) is None
    assert windings(empty).tolist() == [0]
    assert answer(from_sets(0, [[]]), "Q") == (0, 0)
    assert windings(from_sets(0, [[]])).tolist() == [1, 1]
    assert answer(from_sets(1, [[], [0]]), "GF(2)") == (2, 1)
