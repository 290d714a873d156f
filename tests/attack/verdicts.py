"""Verdicts on adversarial matrices, by the batch engines and the incremental one, against fraction-free elimination."""

from __future__ import annotations

from itertools import pairwise

import flint
import numpy as np

from srtheory.decoders.incremental import IncrementalSpan
from srtheory.errors import ArgumentError
from srtheory.rows import Rows
from srtheory.span import engine
from tests.attack.judge import CHARACTERISTIC, FIELDS, Tables, Verdicts, judge
from tests.attack.matrices import KINDS, Given, draw, give
from tests.attack.report import Tally

TOGETHER = 400
"""Matrices of one shape."""
FINITE = [name for name in FIELDS if name != "Q"]


def attack(batches: int, seed: int, together: int = TOGETHER) -> Tally:
    """So many batches of small matrices; half of them over Q."""
    tally = Tally(
        "verdicts",
        "Verdicts",
        "Small matrices of adversarial kinds come in every form in which they may be given, over Q, prime fields, "
        "GF(4), GF(8) and GF(9). The test asks for the stopping time M', the coverage time and the rank there by "
        "`stopping_time`. For six in ten matrices it also asks one of these: a prefix's verdict and rank by `spans`, "
        "a verdict after each row by `IncrementalSpan.add`, M' after each block by `add_many`. The judges are a "
        "fraction-free elimination written for these tests, also in GF(4), GF(8) and GF(9) themselves, and FLINT's "
        "ranks. Input that is no matrix of 64-bit integers must be refused.",
        seed,
    )
    kinds = list(KINDS)
    for batch in range(batches):
        rng = np.random.default_rng((seed, batch))
        kind, field = kinds[batch % len(kinds)], "Q" if rng.random() < 0.5 else str(rng.choice(FINITE))
        matrices = draw(kind, rng, together)
        if isinstance(FIELDS[field], Tables):
            matrices = matrices % len(FIELDS[field].product)
        right = judge(matrices, field)
        for b, matrix in enumerate(matrices):
            form, given = give(matrix, rng)
            wrong = failure(matrix, given, right, b, field, rng)
            tally.count(kind, wrong and f"{wrong}; {form}, {field}, {matrix.tolist()}")
    return tally


def failure(matrix: np.ndarray, given: Given, right: Verdicts, b: int, field: str, rng) -> str | None:
    """What the engines say that is not so, in words."""
    if given.refused:
        return _unrefused(given, field, rng)
    stopping, coverage = int(right.stopping[b]), int(right.coverage[b])
    if not isinstance(FIELDS[field], Tables) and (second := _second_opinion(matrix, stopping, CHARACTERISTIC[field])):
        return second
    found = engine.stopping_time(given.indptr, given.indices, given.columns, values=given.values, field=field)
    told = [-1 if x is None else x for x in (found.stopping_time, found.coverage_time)]
    rank = int(right.ranks[b, stopping])
    if [*told, found.rank] != [stopping, coverage, rank]:
        return f"M', coverage, rank {[*told, found.rank]} and not {[stopping, coverage, rank]}"
    return _ASKED[rng.integers(len(_ASKED))](given, right, b, field, rng) if rng.random() < 0.6 else None


def _unrefused(given: Given, field: str, rng) -> str | None:
    ask = [_ask_batch, _ask_row_by_row][rng.integers(2)]
    try:
        ask(given, field)
    except ArgumentError:
        return None
    return "it is no matrix of 64-bit integers, and is not refused"


def _ask_batch(given, field):
    engine.stopping_time(given.indptr, given.indices, given.columns, values=given.values, field=field)


def _ask_row_by_row(given, field):
    decoder = IncrementalSpan(given.columns, field=field)
    for columns, weights in rows_of(given):
        decoder.add(columns, weights)


def _second_opinion(matrix: np.ndarray, stopping: int, p: int) -> str | None:
    """FLINT's, of the prefixes at the stopping time and before it."""
    table = matrix.tolist() if p == 0 else (matrix.astype(object) % p).tolist()
    for k, spans in ((stopping, True), (stopping - 1, False)) if stopping >= 0 else ((len(table), False),):
        if k >= 0 and (_rank(table[:k], p) == _rank([*table[:k], [1] * matrix.shape[1]], p)) != spans:
            return f"the judges differ about {k} rows"
    return None


def _rank(table: list[list[int]], p: int) -> int:
    if not table:
        return 0
    entries = [x for row in table for x in row]
    return (flint.nmod_mat(len(table), len(table[0]), entries, p) if p else flint.fmpz_mat(table)).rank()


def _prefix(given, right, b, field, rng):
    k = int(rng.integers(0, len(given.indptr)))
    found = engine.spans(given.indptr, given.indices, given.columns, rows=k, values=given.values, field=field)
    expected = 0 <= right.stopping[b] <= k, int(right.ranks[b, k])
    return None if (found.spans, found.rank) == expected else f"{k} rows: {found} and not {expected}"


def rows_of(given: Given) -> list[tuple]:
    """Columns and weights of each row, in the arrays' own types."""
    bounds = list(map(int, given.indptr))
    weights = given.values
    return [(given.indices[i:j], 1 if weights is None else weights[i:j]) for i, j in pairwise(bounds)]


def _row_by_row(given, right, b, field, rng):
    decoder, stopping = IncrementalSpan(given.columns, field=field), right.stopping[b]
    for i, (columns, weights) in enumerate(rows_of(given)):
        if decoder.add(columns, weights) != (0 <= stopping <= i + 1):
            return f"add says {decoder.stopping_time} after {i + 1} rows and not {stopping}"
    told = -1 if decoder.stopping_time is None else decoder.stopping_time
    return None if told == stopping else f"add says {told} in the end and not {stopping}"


def _by_blocks(given, right, b, field, rng):
    rows = Rows(
        given.columns,
        np.asarray(given.indptr, np.int64),
        np.asarray(given.indices, np.int32),
        None if given.values is None else np.asarray(given.values, np.int64),
    )
    decoder, done, stopping = IncrementalSpan(given.columns, field=field), 0, int(right.stopping[b])
    while done < len(rows):
        block = int(rng.integers(1, len(rows) - done + 1))
        told, done = decoder.add_many(rows.take(np.arange(done, done + block))), done + block
        expected = stopping if 0 <= stopping <= done else None
        if told != expected:
            return f"add_many says {told} after {done} rows and not {expected}"
    return None


_ASKED = [_prefix, _row_by_row, _by_blocks]
