"""Schemes whose rows have weights, and what FLINT says about their rows, prefix by prefix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from flint import fmpz_mat, nmod_mat

from srtheory.rows import Rows, boundaries
from srtheory.schemes.base import BudgetArray, EncodedSymbols


@dataclass(frozen=True)
class Weighted:
    """Worker j sends one message after the other, each the sum of ``weight * f[(j + offset) % symbols]``.

    With one message of consecutive offsets this is a cyclic gradient code.
    """

    symbols: int
    messages: tuple[tuple[tuple[int, int], ...], ...]
    decoder: str = "span"
    rateless = False

    @property
    def workers(self):
        return self.symbols

    def expected_terms(self):
        return 1.0, float("inf")

    def sent(self, worker):
        """The messages of a worker, each a mapping from column to weight."""
        return [{(worker + offset) % self.symbols: weight for offset, weight in message} for message in self.messages]

    def emit(self, key: int, budget: BudgetArray) -> EncodedSymbols:
        messages, worker, terms, ended = [], [], [], []
        for j in range(self.workers):
            costs = np.cumsum([len(message) for message in self.messages]).tolist()
            paid = [cost for cost in costs if cost <= budget[j]]
            messages += self.sent(j)[: len(paid)]
            worker += [j] * len(paid)
            terms += paid
            ended.append(len(paid) == len(costs))
        columns, weights = ([x for message in messages for x in part(message)] for part in (dict.keys, dict.values))
        rows = Rows(
            self.symbols,
            boundaries([len(message) for message in messages]),
            np.array(columns, np.int32),
            np.array(weights, np.int64),
        )
        return EncodedSymbols(rows, np.array(worker, np.int32), np.array(terms, np.int64), np.array(ended))


def cyclic(symbols, weights):
    """A cyclic gradient code: worker j's one message has these weights at j, j + 1, ..."""
    return Weighted(symbols, (tuple(enumerate(weights)),))


def arrivals(scheme, startups, tau, sizes=None):
    """(time, worker, message) in order of arrival; column c costs ``sizes[c]``, 1 by default."""
    found = []
    for j, startup in enumerate(startups):
        terms = 0
        for place, message in enumerate(scheme.sent(j)):
            terms += len(message) if sizes is None else sum(sizes[c] for c in message)
            found.append((startup + tau * terms, j, place, message))
    return [(time, j, message) for time, j, _, message in sorted(found, key=lambda a: a[:3])]


def dense(messages, columns):
    """The messages as a list of lists."""
    return [[message.get(c, 0) for c in range(columns)] for message in messages]


def rank(matrix, p=0):
    """Rank over Q, or modulo p."""
    if not matrix:
        return 0
    return (nmod_mat([[x % p for x in row] for row in matrix], p) if p else fmpz_mat(matrix)).rank()


def spanning_time(matrix, columns, p=0):
    """Least k such that the first k rows span 1 (None: never): a row of ones below them does not raise the rank."""
    ones = [[1] * columns]
    return next((k for k in range(len(matrix) + 1) if rank(matrix[:k] + ones, p) == rank(matrix[:k], p)), None)
