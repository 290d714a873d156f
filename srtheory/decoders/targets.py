"""What is to be recovered from the rows: the sum, so many of its terms, or every term."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from fractions import Fraction

import numpy as np

from srtheory.decoders.base import Stop
from srtheory.errors import ArgumentError
from srtheory.matrix import Rows
from srtheory.reception import UnorderedReception
from srtheory.span.engine import rank_of

SUM, ALL = "sum", "all"
ENOUGH = "so many terms in disjoint parts"
"""The argument that a target of terms is met."""
_TERMS = re.compile(r"terms\((0*[1-9]\d{0,17})\)", re.ASCII)
_ERROR = re.compile(r"error\((0|0?\.\d{1,9})\)", re.ASCII)
_EXPECTED = "sum, all, error(X) with X from 0 to below 1, or terms(K) with K from 1 to m"


def read_target(target: str, symbols: int, decoder: str) -> str:
    """Return a target in its shortest form: ``sum``, ``all``, or ``terms(K)`` with 1 <= K <= m.

    ``error(X)`` is ``terms(K)`` for the least K whose m - K other terms are at most the share X: the squared error of
    their coefficients in the sum of those that are known, over m.  ``terms(K)`` is met by any K of the terms, alone or
    as a part of d terms that are added up; so both are refused for schemes whose rows are no parts of a partition.
    """
    if isinstance(target, str) and (share := _ERROR.fullmatch(target)):
        target = f"terms({symbols - math.floor(symbols * Fraction(share[1]))})"
    found = _TERMS.fullmatch(target) if isinstance(target, str) else None
    if target in (SUM, ALL):
        return target
    if found is None or int(found[1]) > symbols:
        raise ArgumentError("target", target, _EXPECTED + f" = {symbols}" * (found is not None))
    if decoder != "partition":
        raise ArgumentError("target", target, "sum or all: this scheme's rows are no single terms, nor parts")
    return f"terms({int(found[1])})"


def terms_needed(target: str, symbols: int, *, alone: bool = True) -> int:
    """Return the number of distinct terms that a target needs, m for the sum; ``alone`` if rows are single terms."""
    its = read_target(target, symbols, "partition")
    if its == ALL and not alone:
        raise ArgumentError("target", target, "sum or terms(K): a part of several terms does not tell every term")
    return symbols if its in (SUM, ALL) else int(its[6:-1])


def terms_of(target: str, rows: Rows) -> int:
    """Return how many terms are to be known, or 0 if a rank decides, that of rows which are no single terms."""
    if target == ALL:
        return rows.columns if (np.diff(rows.indptr) == 1).all() else 0
    return int(target[6:-1])


def reach(target: str, sent: UnorderedReception) -> tuple[Stop, int]:
    """Return when a target other than the sum is met, and the number, among the rows sent, of the last row, or -1."""
    found = met(target, sent.reception.rows)
    return found, -1 if found.stopping_time is None else int(sent.order[found.stopping_time - 1])


def met(target: str, rows: Rows) -> Stop:
    """Return when a target other than the sum is met by rows in order of arrival.

    Every term is known once the rows have rank m over Q: O(log n) exact ranks of n rows.
    """
    m, n = rows.columns, len(rows)
    if not (number := terms_of(target, rows)):
        reached = rank_of(rows) == m
        stop = bisect_left(range(n), True, key=lambda k: rank_of(rows.take(np.arange(k))) == m) if reached else None
        return Stop(stop, m if reached else rank_of(rows), "rank m")
    first = np.full(m, n)
    first[rows.indices[::-1]] = np.repeat(np.arange(n), np.diff(rows.indptr))[::-1]
    k = int(np.sort(first)[number - 1]) + 1
    return Stop(k if k <= n else None, len(np.unique(first[first < min(k, n)])), ENOUGH)
