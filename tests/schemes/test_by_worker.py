"""A user's scheme by worker: what it sends, and the terms that are expected of it."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pytest

from srtheory.errors import ArgumentError
from srtheory.schemes.base import UNLIMITED, BaseScheme
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


@dataclass(frozen=True)
class Empty(ByWorker):
    """Its second worker's second row has no symbols."""

    def sends(self, worker, key):
        yield [worker]
        yield [] if worker == 1 else [0]


def test_an_empty_row_is_refused_with_its_worker():
    with pytest.raises(ArgumentError, match="an empty row of worker 1") as refusal:
        Empty(3).emit(0, np.full(3, 2))
    assert refusal.value.name == "sends"


@pytest.mark.parametrize("base", [BaseScheme, ByWorker])
def test_a_class_without_rows_or_pace_is_not_built(base):
    with pytest.raises(TypeError, match="abstract"):
        base(3)


@pytest.mark.parametrize("left", ["expected_terms", "emit"])
def test_each_of_the_two_methods_must_be_written(left):
    given = {name: lambda *_: None for name in ("expected_terms", "emit") if name != left}
    with pytest.raises(TypeError, match=left):
        type("Half", (BaseScheme,), given)(3)


def test_what_is_not_said_is_as_for_a_worker_of_each_symbol_that_ends():
    scheme = Growing(5)
    assert (scheme.workers, scheme.decoder, scheme.rateless) == (5, "span", False)
    assert (Growing.largest_size(7), Growing.options_of_size(3)) == (7, {})


def test_symbols_are_compared_as_objects_and_do_not_change():
    one, other = (Growing(3).emit(0, np.ones(3, np.int64)) for _ in range(2))
    assert len({one, other}) == 2
    assert one == one
    with pytest.raises(FrozenInstanceError):
        one.ended = other.ended


def test_numbers_are_drawn_from_philox_with_the_key_of_run_and_worker():
    words = np.random.Philox(key=np.array([2**64 - 1, 3], np.uint64)).random_raw(5)
    drawn = Growing(5).generator(3, 2**64 - 1).bit_generator.random_raw(5)
    assert drawn.tolist() == words.tolist()
