"""Arcs by union and find: winding numbers by Hermite normal forms, every set of arcs, certificates that are wrong."""

from __future__ import annotations

from itertools import combinations
from random import Random

import numpy as np
import pytest
from flint import fmpz_mat
from hypothesis import given, settings
from hypothesis import strategies as st

from srtheory.decoders.intervals import closing, cycle, interval_certificate, windings
from srtheory.errors import ArgumentError
from srtheory.matrix import from_dense, from_sets
from srtheory.span import checker
from srtheory.span.certificates import to_json
from srtheory.span.engine import stopping_time
from tests.contracts.fields import long
from tests.decoders.receptions import arc
from tests.oracle.fields import judge

FIELDS = {"Q": 0, "GF(2)": 2, "GF(3)": 3}
TWICE_AROUND = [[0, 1], [2, 0], [1, 2]]


def every_arc(m):
    """All arcs of the circle of m symbols; the m whole circles are one row."""
    return [arc(m, a, length) for length in range(1, m) for a in range(m)] + [arc(m, 0, m)]


@st.composite
def circles(draw, largest=9, longest=None):
    """m and some arcs, their columns in any order; a few are empty."""
    m = draw(st.integers(1, largest))
    ends = st.tuples(st.integers(0, m - 1), st.integers(0, min(m, longest or m)))
    rows = [arc(m, *each) for each in draw(st.lists(ends, max_size=2 * m + 2))]
    return m, [draw(st.permutations(row)) for row in rows]


def answers(m, sets):
    """What the winding numbers say of every field at once, next to what elimination, or the engine, says."""
    rows, divisors = from_sets(m, sets), windings(from_sets(m, sets))
    told = []
    for field, p in FIELDS.items():
        found = closing(rows, field=field)
        by_windings = next((k for k, w in enumerate(divisors.tolist()) if (w % p if p else w)), None)
        told.append((found.stopping_time, by_windings, found.rank))
    return rows, told


def check_by_engine(m, sets):
    rows, told = answers(m, sets)
    exact = [stopping_time(**rows.arrays, field=field) for field in FIELDS]
    assert told == [(one.stopping_time, one.stopping_time, one.rank) for one in exact]


@pytest.mark.parametrize("m", [1, 2, 3])
def test_every_set_of_arcs_is_as_elimination_says(m):
    """No circle of fewer than three symbols tells fields apart."""
    some = every_arc(m)
    for sets in ([*chosen] for n in range(len(some) + 1) for chosen in combinations(some, n)):
        rows, told = answers(m, sets)
        right = [judge(rows.dense().tolist(), m, field) for field in FIELDS]
        times = [one.stopping_time for one in right]
        assert told == [(k, k, one.ranks[-1 if k is None else k]) for k, one in zip(times, right, strict=True)]
        assert m > 2 or len(set(times)) == 1


@given(circles(12))
def test_small_receptions_are_those_of_the_engine(some):
    check_by_engine(*some)


@pytest.mark.slow
@pytest.mark.attack
@long(1000)
@given(circles(60, 9) | circles(200, 20))
def test_large_receptions_are_those_of_the_engine(some):
    check_by_engine(*some)


def test_twice_around_is_half_of_nothing_over_two_elements():
    rows, told = answers(3, TWICE_AROUND)
    assert told == [(3, 3, 3), (None, None, 2), (3, 3, 3)]
    assert windings(rows).tolist() == [0, 0, 0, 2]
    assert [abs(closing(from_sets(3, order)).winding) for order in (TWICE_AROUND, TWICE_AROUND[::-1])] == [2, 2]


@settings(max_examples=60)
@given(circles(5))
def test_the_gcd_of_windings_is_the_least_multiple_over_the_integers(some):
    """The least D > 0 with D times 1 among the integer combinations, 0 if there is none, by Hermite normal forms."""
    m, sets = some
    lattice = fmpz_mat([[int(c in s) for c in range(m)] for s in sets] or [[0] * m]).hnf()
    same = [*lattice.tolist(), [0] * m]
    least = next((d for d in range(1, m + 1) if fmpz_mat([*lattice.tolist(), [d] * m]).hnf().tolist() == same), 0)
    assert windings(from_sets(m, sets))[-1] == least


@pytest.mark.parametrize("m", [2, 3, 4, 7, 29])
def test_the_longest_proper_arcs_wind_most(m):
    """The m arcs of m - 1 symbols: winding number m - 1, so that GF(p) fails for every p that divides m - 1."""
    rows = from_sets(m, [arc(m, a, m - 1) for a in range(m)])
    assert windings(rows)[-1] == cycle(rows).winding == m - 1


@given(circles(12) | circles(20, 4))
def test_a_cycle_is_a_closed_walk_of_received_rows(some):
    """Which winds no further than the longest arc."""
    m, sets = some
    found = cycle(rows := from_sets(m, sets))
    if found is None:
        assert closing(rows).stopping_time is None
        return
    assert found.winding <= max(map(len, sets))
    assert len(set(found.rows.tolist())) == len(found.rows) <= m
    assert found.rows[0] == found.rows.max() == closing(rows).stopping_time - 1
    total = np.zeros(m, np.int64)
    for row, sign in zip(found.rows, found.signs, strict=True):
        total[sets[row]] += sign
    assert (total == found.winding).all()


# ------------------------------------------------------------------------------------------------------------- proofs


def fault(rows, certificate):
    return checker.fault(checker.read(to_json(certificate)), rows.columns, rows.mappings())


@pytest.mark.quality
@pytest.mark.parametrize(
    ("key", "change", "says"),
    [
        ("combination", abs, "does not give the denominator"),
        ("kernel", lambda x: -x, ""),
        ("kernel", lambda x: x + (x != 1), "not orthogonal"),
    ],
)
def test_a_cycle_or_a_potential_that_is_wrong_is_refused(key, change, says):
    """Certificates are genuine before a number in them has been changed, and they are sealed anew."""
    random, refused = Random(10), []
    for m in (random.randint(2, 9) for _ in range(60)):
        sets = [arc(m, random.randrange(m), random.randint(1, m)) for _ in range(m)]
        made = interval_certificate(rows := from_sets(m, sets))
        assert fault(rows, made) is None
        wrong = made | {key: [hex(change(int(x, 16))) for x in made.get(key, [])]}
        if wrong.get(key) and wrong[key] != made[key]:
            refused.append(fault(rows, wrong | {"certificate_sha256": checker.content_digest(wrong)}))
    assert any(each and says in each for each in refused)
    assert all(refused) or says


# -------------------------------------------------------------------------------------------------------------- input


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
    assert answers(3, [])[1] == [(None, None, 0)] * 3
    assert cycle(from_sets(3, [])) is None
    assert answers(0, [[]])[1] == [(0, 0, 0)] * 3
    assert windings(from_sets(0, [[]])).tolist() == [1, 1]
    assert interval_certificate(from_sets(0, [[]]))["kind"] == "stopping-time"
