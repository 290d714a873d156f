"""Values of terms: integers and fractions are added exactly, floats with a bound on the rounding error.

A term is a number or an array of numbers. Floats are exact rational numbers. Their sum is a
:class:`~srtheory.decoders.sums.Rounded`, float64 numbers with bounds on their errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any

import numpy as np

from srtheory.decoders.sums import Rounded, rounded

_EXACT = (Rational, np.bool_)
"""Integers and fractions; True and NumPy's integers are Rational, NumPy's truth values are not."""
KINDS = "a number or an array of numbers: floats of at most 64 bits, integers or fractions"


def as_value(term: Any) -> Any:
    """Return a term in the form in which it is added.

    Returns
    -------
    int, Fraction, object array of Fractions, or Rounded
        Integers in arrays become fractions, which neither overflow nor lose anything when they are divided.

    Raises
    ------
    TypeError
        If it is not of the kinds that are added here, with its kind.
    """
    if isinstance(term, _EXACT):
        return _exact(term)
    if _masked(term):
        raise TypeError(f"a term must be {KINDS}, not a masked array: fill it in before, as term.filled(0) does")
    array = np.asarray(term)
    if array.dtype.kind == "f" and array.dtype.itemsize <= 8:
        value = array.astype(np.float64)
        return Rounded(value, np.zeros(value.shape))
    if array.dtype.kind in "biu" or (array.dtype == object and all(isinstance(x, _EXACT) for x in array.flat)):
        return _each(array, lambda x: Fraction(_exact(x))) if array.ndim else _exact(array[()])
    raise TypeError(f"a term must be {KINDS}, not {type(term).__name__} of dtype {array.dtype}")


def _exact(number: Any) -> int | Fraction:
    """Return an integer or a fraction of any type as Python's own."""
    if isinstance(number, Rational) and not isinstance(number, Integral):
        return Fraction(int(number.numerator), int(number.denominator))
    return int(number)


def _masked(term: Any) -> bool:
    """Return whether a term is a masked array, or a list of such, whose plain array would show masked values."""
    return isinstance(term, np.ma.MaskedArray) or (isinstance(term, list | tuple) and any(map(_masked, term)))


def shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of a result of :func:`as_value`, () for a number."""
    return np.shape(value.value if isinstance(value, Rounded) else value)


def is_finite(value: Any) -> bool:
    """Return whether the value has neither NaN nor infinity."""
    return not isinstance(value, Rounded) or value.finite


def add(total: Any, value: Any) -> Any:
    """Return the sum of two values of one shape."""
    [total, value] = alike([total, value])
    return total + value


def scale(value: Any, weight: int) -> Any:
    """Return an integer multiple of a value."""
    return value if weight == 1 else value * Fraction(weight) if isinstance(value, Rounded) else value * weight


def alike(values: Sequence[Any]) -> list[Any]:
    """Return the values in one kind: if some are rounded, all are."""
    some = any(isinstance(value, Rounded) for value in values)
    return [_round(value) if some and not isinstance(value, Rounded) else value for value in values]


def _round(value: Any) -> Rounded:
    shape = np.shape(value)
    flat = rounded([Fraction(x) for x in np.asarray(value, dtype=object).flat])
    return Rounded(flat.value.reshape(shape), flat.off.reshape(shape))


def as_plain(value: Any) -> tuple[Any, Any]:
    """Return the numbers for a reader, and a bound on the absolute error of each, 0 for exact ones.

    Fractions that are integers are given as such.
    """
    if isinstance(value, Rounded):
        return _plain(value.value), _plain(value.off)
    if isinstance(value, np.ndarray):
        return _each(value, _whole), np.zeros(value.shape)
    return _whole(value), 0.0


def _each(array: Any, change: Callable[[Any], Any]) -> Any:
    """Return an object array with a function applied to each entry."""
    changed = np.empty(array.shape, dtype=object)
    for place, x in np.ndenumerate(array):
        changed[place] = change(x)
    return changed


def _plain(array: Any) -> Any:
    return float(array) if np.ndim(array) == 0 else array


def _whole(number: Any) -> Any:
    return int(number) if number == int(number) else number
