"""Values of terms, and the symbols of each worker in its order."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from srtheory.decoders.rounded import Rounded
from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.schemes.base import UNLIMITED
from srtheory.workers.orders import Orders, mark
from srtheory.workers.values import add, as_plain, as_value, is_finite, scale, shape_of

M = 12


@pytest.mark.parametrize(
    ("term", "given"),
    [
        *((3, 3), (True, 1), (np.int8(-5), -5), (2**80, 2**80), (Fraction(6, 4), Fraction(3, 2))),
        (Fraction(4, 2), 2),
        (np.float32(0.5), 0.5),
        *(
            (np.True_, 1),
            (np.array(False), 0),
            (np.array(3), 3),
            (np.array(Fraction(1, 3), dtype=object), Fraction(1, 3)),
        ),
        (1e300, 1e300),
    ],
)
def test_numbers_come_back(term, given):
    value, bound = as_plain(as_value(term))
    assert (value, type(value), bound) == (given, type(given), 0.0)


TRUTHS = [np.array([True, False]), [True, np.False_], np.array([np.True_, 2], dtype=object)]


@pytest.mark.parametrize(
    "term", [[1, 2], np.array([[1], [2**63 - 1]]), np.array([Fraction(1, 3)]), (0.5, 1.5), *TRUTHS]
)
def test_arrays_come_back(term):
    value, bound = as_plain(as_value(term))
    assert (np.asarray(value) == np.asarray(term)).all()
    assert not np.asarray(bound).any()
    assert shape_of(as_value(term)) == np.shape(term)


@pytest.mark.parametrize(
    "term", [None, "1", 1j, [1j], np.longdouble(1), object(), [None], np.array([0.5, "a"], dtype=object)]
)
def test_what_is_no_number_is_refused(term):
    with pytest.raises(TypeError, match="a term must be"):
        as_value(term)


MASKED = np.ma.array([1.0, 2.0], mask=[False, True])


@pytest.mark.parametrize("term", [MASKED, np.ma.masked, np.ma.array([1, 2]), [MASKED, MASKED], ((MASKED,),)])
def test_masked_arrays_are_refused(term):
    with pytest.raises(TypeError, match=r"not a masked array: fill it in before, as term\.filled"):
        as_value(term)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("terms", [(1e308, 1e308), (10**400, 0.5)])
def test_what_leaves_the_range_of_floats_says_so(terms):
    total = add(*map(as_value, terms))
    assert not is_finite(total)
    assert not is_finite(add(total, scale(total, -1)))
    assert not is_finite(scale(as_value(0.5), 10**400))


def test_integers_do_not_overflow():
    total = as_value(np.array([2**63 - 1], dtype=np.int64))
    assert as_plain(add(total, total))[0].tolist() == [2**64 - 2]


def test_what_rounds_is_bounded():
    value, bound = as_plain(add(as_value(1.0), as_value(2.0**-60)))
    assert value == 1.0
    assert 2.0**-60 <= bound < 2.0**-51


@pytest.mark.parametrize("exact", [1, Fraction(1, 3)])
def test_exact_and_rounded_numbers_meet(exact):
    value, bound = as_plain(add(as_value(exact), as_value(0.25)))
    assert abs(Fraction(value) - (Fraction(exact) + Fraction(1, 4))) <= Fraction(bound)


def test_weights():
    assert scale(3, -2) == -6
    assert as_plain(scale(as_value(0.5), 3))[0] == 1.5
    assert scale("the same", 1) == "the same"


def test_nan_and_infinity_are_seen():
    assert not is_finite(as_value(float("nan")))
    assert not is_finite(as_value(np.array([1.0, np.inf])))
    assert is_finite(as_value(2**5000))
    assert not is_finite(Rounded(np.array(1.0), np.array(np.inf)))


@pytest.mark.parametrize("name", [name for name in SCHEME_NAMES if name != "genie"])
@pytest.mark.parametrize("prepared", [False, True])
def test_the_order_of_a_worker_is_the_schemes(name, prepared):
    scheme = make(name, M, **named(name).sized(3))
    orders, some = Orders(scheme, 5), [j for j in (0, 2, 7) if j < scheme.workers]
    if prepared:
        orders.prepare(some)
    budgets = np.full(scheme.workers, 60 if scheme.rateless else UNLIMITED)
    symbols = scheme.emit(5, budgets)
    for j in some:
        mine = np.flatnonzero(symbols.worker == j).tolist()
        for index, row in enumerate(mine):
            columns, weights = orders.symbol(j, index)
            assert columns.tolist() == symbols.rows.row(row).tolist()
            assert orders.terms(j, index) == symbols.terms[row]
            if weights is not None:
                low, high = symbols.rows.indptr[row : row + 2]
                assert weights.tolist() == symbols.rows.values[low:high].tolist()
        assert scheme.rateless or orders.symbol(j, len(mine)) is None


def test_a_mark_is_of_the_combination_in_any_order():
    def of(columns, weights=None):
        return mark((np.array(columns, dtype=np.int32), None if weights is None else np.array(weights)))

    assert of([3, 1, 2]) == of([1, 2, 3]) == of([2, 3, 1], [1, 1, 1])
    assert of([3, 1], [5, 7]) == of([1, 3], [7, 5])
    others = [of([1, 2, 3]), of([1, 2]), of([1, 2, 4]), of([1, 3], [7, 5]), of([1, 3], [5, 7]), of([1, 3])]
    assert len(set(others)) == len(others)
    assert {len(one) for one in others} == {16}
