"""A user's scheme by worker: what it sends, and the terms that are expected of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from srtheory.schemes.base import UNLIMITED
from srtheory.schemes.by_worker import ByWorker
from tests.schemes.checks import check_emission


@dataclass(frozen=True)
class Growing(ByWorker):
    """Each row has a term more than the one before, and the first as the numbers of worker and run say."""

    rows: int = 3

    def sends(self, worker, key):
        for i in range(self.rows):
            yield range(1 + (i + worker + key) % self.symbols)


@pytest.mark.parametrize("key", [0, 1])
@pytest.mark.parametrize("budget", [[0, 3, 6, 2, 20], [6, 8, 2, 0, 5], [5, 1, UNLIMITED, 4, 6]])
def test_a_worker_sends_what_fits_into_its_budget(key, budget):
    scheme = Growing(5, rows=2)
    check_emission(scheme, key, budget, lambda j: [list(row) for row in scheme.sends(j, key)])


@pytest.mark.parametrize(("rows", "terms"), [(0, (1.0, float("inf"))), (1, (1.0, float("inf"))), (3, (1.0, 2.5))])
def test_expected_terms_are_those_of_the_first_worker_in_the_first_run(rows, terms):
    assert Growing(9, rows=rows).expected_terms() == terms


def test_the_first_eight_rows_are_looked_at():
    assert Growing(40, rows=30).expected_terms() == (1.0, sum(range(2, 9)) / 7)
