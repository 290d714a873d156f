"""What decoders say that they cost, against decoders in plain Python that count each operation as they do it."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given, settings

from srtheory.decoders import decoder
from srtheory.decoders.base import Cost, elimination, leading, sum_of
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.trial import Task, run_trial, trial_streams
from srtheory.matrix import Rows, from_dense, from_sets
from srtheory.reception import Reception, receive
from srtheory.schemes import make
from srtheory.schemes.base import UNLIMITED
from srtheory.span.engine import rank, stopping_time
from srtheory.span.sparse import triangulate, without_empty
from tests.decoders.receptions import Counted
from tests.strategies import binary_rows, integer_rows


class Solver:
    """Solves v G = 1 by the triangle and its dense core, in fractions, and counts what it does."""

    def __init__(self, rows):
        self.matrix, self.operations = without_empty(rows), 0
        self.g = self.matrix.mappings()
        self.triangle = triangulate(self.matrix.indptr, self.matrix.indices, self.matrix.columns)
        self.pivots = list(zip(self.triangle.pivot_rows.tolist(), self.triangle.pivot_columns.tolist(), strict=True))
        self.place = self.triangle.place.tolist()
        self.width = len(self.triangle.inactive)

    def step(self, total, factor, by):
        """One product that is added to a number, or one addition."""
        self.operations += 1
        return total - factor * by

    def divide(self, a, b):
        if abs(b) == 1:
            return a * b
        self.operations += 1
        return a / b

    def reduced(self, row, own=None):
        """A row in terms of the core's columns, the pivots taken out of it."""
        out = [Fraction(0)] * self.width
        for c, w in row.items():
            if self.place[c] < 0:
                out[-1 - self.place[c]] += w
        for c, w in row.items():
            if self.place[c] >= 0 and c != own:
                for j in range(self.triangle.widths[self.place[c]]):
                    out[j] = self.step(out[j], w, self.units[self.place[c]][j])
        return out

    def solve(self):
        self.units = []  # of each pivot's column, its weight's share of the row, in terms of the core's columns
        for t, (i, c) in enumerate(self.pivots):
            out = self.reduced(self.g[i], own=c)
            weight, known = Fraction(self.g[i][c]), self.triangle.widths[t]
            assert not any(out[known:])
            self.units.append([weight * x if abs(weight) == 1 else self.divide(x, weight) for x in out[:known]])
        core = self.triangle.core_rows.tolist()
        a = [self.reduced(self.g[i]) for i in core]
        b = self.reduced(dict.fromkeys(range(self.matrix.columns), Fraction(1)))
        v = dict(zip(core, self.dense(a, b), strict=True))
        for i, c in reversed(self.pivots):
            total = Fraction(1)
            for other, row in enumerate(self.g):
                if other != i and c in row:
                    total = self.step(total, row[c], v[other])
            v[i] = self.divide(total, Fraction(self.g[i][c]))
        return [v[i] for i in range(len(self.g))]

    def dense(self, a, b):
        """w with w A = b: one equation for each column, those that depend on others being left out."""
        equations = [[row[j] for row in a] + [b[j]] for j in range(self.width)]
        height, done = len(a), []
        unknowns = list(range(height))
        while True:
            found = next(((e, u) for e in range(len(equations)) for u in unknowns if equations[e][u]), None)
            if found is None:
                break
            lead, u = equations.pop(found[0]), found[1]
            unknowns.remove(u)
            for equation in equations:
                self.operations += 1  # the factor
                factor = equation[u] / lead[u]
                equation[u] = Fraction(0)
                for x in [*unknowns, height]:
                    equation[x] = self.step(equation[x], factor, lead[x])
            done.append((lead, u))
        assert not any(equation[height] for equation in equations)
        w = [Fraction(0)] * height
        for t, (lead, u) in reversed(list(enumerate(done))):
            total = lead[height]
            for _, later in done[t + 1 :]:
                total = self.step(total, lead[later], w[later])
            self.operations += 1
            w[u] = total / lead[u]
        return w


def check_elimination(rows, cost=elimination):
    by_hand, full = Solver(rows), rank(**rows.arrays)
    v = by_hand.solve()
    assert (np.array(v, object) @ without_empty(rows).dense() == 1).all()
    assert cost(rows, full) == Cost(max(full - 1, 0), full, by_hand.operations)
    assert sum(x != 0 for x in v) <= full


@given(binary_rows(max_columns=8) | integer_rows(max_columns=6))
@settings(max_examples=150)
def test_elimination_of_any_rows_that_span(rows):
    k = stopping_time(**rows.arrays).stopping_time
    if k:
        check_elimination(rows.prefix(k))


def received(name, m, seed, decode=None, **given):
    """The task, its record, and the reception up to T."""
    task = Task(make(name, m, **given), DelayModel(parse_law("expon(scale=5)"), 0.1), seed, decode)
    record = run_trial(task, 0)
    rng, key = trial_streams(seed, 0)
    return task, record, receive(task.scheme, task.delays.sample(m, rng), 0.1, key, record.latency)


def costs(record):
    return Cost(record.additions, record.multiplications, record.solving)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("name", "given"), [("sr", {"degree": 4}), ("lt", {}), ("sr-with-replacement", {"degree": 5})])
def test_elimination_of_a_run(name, given, seed):
    _, record, reception = received(name, 30, seed, decode="span", **given)
    if not (record.complete_worker or record.all_systematic):
        rows = reception.rows.prefix(record.stopping_time)
        check_elimination(rows)
        assert costs(record) == elimination(rows, record.rank)


@pytest.mark.quality
@pytest.mark.parametrize("part", ["additions", "multiplications", "solving"])
@pytest.mark.parametrize("change", [-1, 1])
def test_one_operation_more_or_less_would_be_seen(part, change):
    _, record, reception = received("sr", 30, 1, degree=4)
    rows = reception.rows.prefix(record.stopping_time)
    check_elimination(rows)
    off = lambda *given: (right := elimination(*given)) and replace(right, **{part: getattr(right, part) + change})  # noqa: E731
    with pytest.raises(AssertionError):
        check_elimination(rows, off)


def test_eliminations_by_hand():
    """{0}, {0, 1}: v_1 = 1 and v_0 = 1 - v_1, nothing in the core.  All threes of four: a core of two columns."""
    assert elimination(from_sets(2, [[0], [0, 1]]), 2) == Cost(1, 2, 1)
    assert elimination(from_sets(1, [[0]]), 1) == Cost(0, 1, 0)
    assert elimination(from_dense(np.array([[2]])), 1) == Cost(0, 1, 1)
    check_elimination(from_dense(3 * np.triu(np.ones((3, 3), np.int64)) - np.eye(3, dtype=np.int64)))
    check_elimination(from_dense(np.array([[1, 1, 1, 3], [0, 5, 1, 1], [2, 0, 1, 1], [1, 1, 0, 7]])))
    assert elimination(from_sets(0, []), 0) == sum_of(0) == Cost(0, 0, 0)
    rows = from_sets(4, [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]])
    assert len(triangulate(rows.indptr, rows.indices, 4).inactive) == 2
    assert leading(rows) == pytest.approx(16 / 3 + 24, rel=1e-15)


# -------------------------------------------------------------------------------------------------------- shortcuts


def reception_of(rows, worker):
    n = len(rows)
    whole = np.full(max(worker, default=0) + 1, UNLIMITED, np.int64)
    return Reception(rows, np.array(worker, np.int32), np.arange(n, dtype=float), np.arange(n, dtype=np.int64), whole)


@pytest.mark.parametrize(
    ("rows", "workers", "cost"),
    [
        (from_sets(4, [[0], [1], [1, 2], [3]]), [0, 1, 0, 0], Cost(2, 0, 0)),  # a complete worker
        (from_sets(4, [[0], [], [1, 2], [3]]), [0, 0, 0, 0], Cost(2, 0, 0)),
        (from_sets(3, [[0], [0, 1], [1], [2]]), [0, 0, 1, 2], Cost(2, 0, 0)),  # every symbol alone
        (from_sets(2, [[0]]), [0], None),
        (Rows(2, np.array([0, 1, 2, 3]), np.array([0, 0, 1], np.int32), np.array([2, 1, 1])), [0, 0, 0], Cost(1, 0, 0)),
    ],
)
def test_a_shortcut_costs_its_additions(rows, workers, cost):
    assert decoder("span")(reception_of(rows, workers)).cost == cost


def test_rows_after_the_sum_cost_nothing_and_no_symbols_do():
    """The first five of seven rows span 1, where as many rows as symbols are triangulated beforehand."""
    rows = from_sets(7, [[0, 1, 2], [1, 2, 3], [0, 2, 3], [0, 1, 3], [4, 5, 6], [0, 3], [2, 4, 5]])
    stop = decoder("span")(reception_of(rows, range(7)))
    assert (stop.stopping_time, stop.rank) == (5, 5)
    assert stop.cost == elimination(rows.prefix(5), 5)
    for name in ("span", "peeling", "partition", "intervals"):
        assert decoder(name)(reception_of(from_sets(0, []), [])).cost == Cost(0, 0, 0)


# ---------------------------------------------------------------------------------------------------- plain additions


def peel_by_hand(sets, values, wanted):
    """Rows join one by one; a row whose other symbols are known promises the last one, the latest promise comes first.

    The value None is a check's, known to be 0.
    """
    terms, promised = {}, set()
    for i in range(len(sets)):
        stack, looked = [], [i]
        while stack or looked:
            for k in looked:
                left = [c for c in sets[k] if c not in terms]
                if len(left) == 1 and left[0] not in promised:
                    promised.add(left[0])
                    stack.append((left[0], k))
            if not stack:
                break
            c, k = stack.pop()
            terms[c] = out_of(sets[k], values[k], c, terms)
            looked = [k for k in range(i + 1) if c in sets[k]]
        if all(c in terms for c in range(wanted)):
            break
    total = None
    for c in range(wanted):
        total = terms[c] if total is None else total + terms[c]
    return total


def out_of(row, value, symbol, terms):
    for c, w in row.items():
        if c != symbol:
            value = terms[c] * -w if value is None else value - terms[c] * w
    return Counted(0) if value is None else value / row[symbol]


def peeled_cost(sets, inner, wanted, checks=0):
    """What peeling costs, from the values of terms and parities; the first rows are checks."""
    values = [None] * checks + [Counted(sum(inner[c] * w for c, w in row.items())) for row in sets[checks:]]
    Counted.afresh()
    assert peel_by_hand(sets, values, wanted) == sum(inner[:wanted])
    return Cost(Counted.done["additions"], Counted.done["multiplications"], 0)


WEIGHTED = from_dense(np.array([[0, 2, 0], [1, 3, 0], [1, -1, 5]]))


@given(binary_rows() | integer_rows(max_columns=5).filter(lambda rows: (rows.values != 0).all()))
@example(WEIGHTED)
def test_peeling_row_by_row(rows):
    """Other decoders that add up cost what tests/decoders/test_sums.py counts."""
    stop = decoder("peeling")(reception_of(rows, range(len(rows))))
    if stop.stopping_time:
        assert stop.cost == peeled_cost(
            rows.mappings(), [Fraction(x * x + 1) for x in range(rows.columns)], rows.columns
        )
        assert rows is not WEIGHTED or stop.cost == Cost(5, 3, 0)


@pytest.mark.parametrize("seed", range(6))
def test_peeling_with_a_pre_code(seed):
    task, record, reception = received("raptor", 24, seed, decode="peeling")
    m, checks, sums = task.scheme.symbols, reception.rows.checks.mappings(), reception.rows.sums.mappings()
    inner = [Fraction(x * x + 1) for x in range(m)]
    inner += [sum(inner[c] for c in row if c < m) for row in checks]
    assert costs(record) == peeled_cost(checks + sums, inner, m, len(checks))


@pytest.mark.quality
def test_the_order_of_peeling_is_looked_at():
    """Rows that are peeled all at once, from the last on, give symbols from other rows."""
    runs = [received("sr-sizes", 24, seed, decode="peeling", sizes="3") for seed in range(6)]
    assert any(
        peeled_cost(reception.rows.mappings()[::-1], [Fraction(1)] * 24, 24) != costs(record)
        for _, record, reception in runs
    )


@pytest.mark.parametrize("name", ["coverage", "hitting"])
def test_decoders_that_do_not_decode_cost_nothing_known(name):
    _, record, _ = received("sr", 20, 3, degree=3, decode=name)
    assert record.stopping_time is not None
    assert costs(record) == Cost(None, None, None)
