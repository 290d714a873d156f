"""Every answer about spans, over every field and by every way of asking, is that of plain elimination in the field.

Over Q weights are integers, over GF(p) their residues, over GF(p^k) the elements that galois writes so; what is no
element is refused, and so is an element of another field.
"""

from __future__ import annotations

import json
import sys
from fractions import Fraction
from itertools import pairwise

import flint
import galois
import networkx
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import srtheory
from srtheory.cli import main
from srtheory.conjectures import case as cases
from srtheory.conjectures.case import explain_span
from srtheory.decoders import incremental
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.decoders.intervals import closing, interval_certificate
from srtheory.errors import ArgumentError
from srtheory.matrix import Rows, from_dense, from_mappings, from_sets
from srtheory.span import arguments, bytewise, checker, engine, lifting, modular, obstruction, oracles, wiedemann
from srtheory.span.certificates import span_certificate, stopping_time_certificate, to_json
from srtheory.span.descent import products
from srtheory.span.field import Field
from srtheory.span.growing import Growing
from tests.attack.report import Tally
from tests.contracts.fields import EXTENSIONS, KINDS, PRIMES, QUICK, SLOW, long, matrices, of_kind, rows_of
from tests.oracle.fields import FIELDS, judge
from tests.strategies import EDGE_CASES

over_every_field = pytest.mark.parametrize("field", FIELDS)


def engines(rows, field):
    told = engine.stopping_time(**rows.arrays, field=field)
    prefixes = [engine.spans(**rows.arrays, rows=k, field=field) for k in range(len(rows) + 1)]
    ranks = [engine.rank(**rows.arrays, rows=k, field=field) for k in range(len(rows) + 1)]
    assert [found.rank for found in prefixes] == ranks
    assert told.rank == ranks[len(rows) if told.stopping_time is None else told.stopping_time]
    return {
        "stopping_time": told.stopping_time,
        "coverage_time": told.coverage_time,
        "spans": [found.spans for found in prefixes],
        "ranks": ranks,
    }


def public(rows, field):
    k = srtheory.stopping_time(rows, field=field)
    assert srtheory.spans(rows, field=field) == (k is not None)
    return {"stopping_time": k}


def row_by_row(rows, field):
    decoder = IncrementalSpan(rows.columns, field=field)
    said = [decoder.stopping_time is not None]
    said += [decoder.add(list(row), list(row.values())) for row in rows.mappings()]
    return {"stopping_time": decoder.stopping_time, "spans": said}


def block_by_block(rows, field):
    """Blocks of 0, 1, 2, ... rows."""
    decoder, done = IncrementalSpan(rows.columns, field=field), 0
    for size in range(len(rows) + 1):
        block = np.arange(done, min(done + size, len(rows)))
        done += len(block)
        decoder.add_many(rows.take(block))
    return {"stopping_time": decoder.stopping_time}


def certified(rows, field):
    certificate = srtheory.certify(rows, field=field)
    assert srtheory.check(certificate, rows)
    whole = span_certificate(rows, field=field)
    assert srtheory.check(whole, rows)
    k = certificate.get("stopping_time")
    assert (whole["kind"] == "spans") == (k is not None)
    return {"stopping_time": k}


def by_oracles(rows, field):
    if field != "Q" and FIELDS[field].p > 10**6:  # of which galois takes long to find a generator
        return {}
    return {"stopping_time": oracles.stopping_time(rows, field=field), "rank": oracles.rank(rows, field=field)}


def of_a_galois_array(rows, field):
    """An array of the field brings it along, so that nobody has to name it."""
    over = FIELDS[field]
    if field == "Q" or over.p > 10**6:
        return {}
    galois.GF(over.p, compile="python-calculate")
    elements = galois.GF(over.p, len(over.lower), compile="python-calculate")
    given = rows.dense() if field in EXTENSIONS else rows.dense() % over.p
    own = from_dense(elements(given))
    for other in {"Q", "GF(2)", "GF(5)"} - {field}:
        for ask in (srtheory.spans, srtheory.stopping_time, srtheory.certify):
            with pytest.raises(ArgumentError) as refusal:
                ask(own, field=other)
            assert other in str(refusal.value)
            assert field in str(refusal.value)
    assert srtheory.check(srtheory.certify(own), own)
    assert srtheory.check(srtheory.certify(own), own.take(np.arange(len(own))))
    whole = cases.from_rows(own)
    return {"stopping_time": srtheory.stopping_time(own), "rank": cases.rank(whole), "last": cases.spans(whole)}


def of_a_case(rows, field):
    case = cases.from_rows(rows)
    if not rows.columns:
        return {}
    if len(rows):
        assert all(found["spans"] == cases.spans(case, field) for found in explain_span(field)(case)["spans"])
    return {"rank": cases.rank(case, field), "last": cases.spans(case, field)}


def explained(rows, field):
    """A kernel vector whose sum is not 0 exists exactly if the rows do not span 1."""
    if field in EXTENSIONS and rows.values is not None and rows.values.max(initial=0) >= FIELDS[field].p:
        with pytest.raises(ArgumentError, match="prime field"):
            obstruction.obstruction(rows, field=field)
        return {}
    found = obstruction.obstruction(rows, field=field)
    return {"last": found is None}


ASKED = [
    *(engines, public, row_by_row, block_by_block, certified),
    *(by_oracles, of_a_galois_array, of_a_case, explained),
]


QUICKLY = [engines, row_by_row, block_by_block, certified]


def disagreements(matrix, m, field, asked=ASKED):
    right, rows = judge(matrix, m, field), rows_of(matrix, m)
    facts = {**vars(right), "rank": right.ranks[-1], "last": right.spans[-1]}
    for ask in asked:
        for name, told in ask(rows, field).items():
            if told != facts[name]:
                yield f"{ask.__name__}: {name} {told} and not {facts[name]} over {field}, {matrix}"


def of_kinds(field):
    """Matrices of all kinds, of many more rows than columns and of fewer."""
    drawn = st.tuples(st.sampled_from(list(KINDS)), st.integers(0, 2**32))
    return drawn.map(lambda some: of_kind(*some, field))


@pytest.mark.share(3)
@over_every_field
def test_every_way_of_asking_gives_the_answer_of_plain_elimination(field):
    @settings(max_examples=2 if field in SLOW else 15)
    @given(matrices(field, 3 if field in SLOW else 4))
    def agree(given):
        assert list(disagreements(*given, field)) == []

    agree()
    if field in SLOW:
        return

    @settings(max_examples=25 if field == "Q" else 6)
    @given(of_kinds(field))
    def agree_on_all_kinds(given):
        assert list(disagreements(*given, field, QUICKLY)) == []

    agree_on_all_kinds()
    if field not in EXTENSIONS:
        for rows in EDGE_CASES.values():
            assert list(disagreements(rows.dense().tolist(), rows.columns, field, QUICKLY)) == []


@pytest.mark.attack
@pytest.mark.slow
def test_thousands_of_small_matrices():
    tally = Tally(
        "verdicts",
        "Verdicts",
        "Small matrices of adversarial kinds, over Q, prime fields and their extensions. The test asks for M', the "
        "coverage time, the span and the rank of every prefix, row by row and in blocks, by certificates, by SymPy and "
        "galois, and by a kernel vector. The judge is a plain elimination in the field's own elements, "
        "written for these tests.",
        0,
    )
    tally.command = "python -m pytest -m attack tests/contracts/test_fields.py"
    for field in QUICK:
        for kind in KINDS:

            @long(40)
            @given(st.integers(0, 2**32))
            def ask(seed, kind=kind, field=field):
                wrong = list(disagreements(*of_kind(kind, seed, field, 9), field))
                tally.count(kind, "; ".join(wrong) or None)

            ask()
    tally.keep()
    assert not tally.failures


ELSEWHERE = {
    "no products of bytes": [(bytewise, "available", lambda: False)],
    "no compiler": [(incremental, "compiles", lambda: False), (incremental, "Growing", None)],
    "Wiedemann": [(engine, "LARGE", 2), (wiedemann, "LEAST_CORE", 1), (wiedemann, "LEAST_CORE_WITHOUT_BYTES", 1)],
    "no large kernels": [(arguments, "LARGEST_KERNEL", 0)],
    "bisection": [(modular, "MANY", 0)],
    "peeling first": [(modular, "LATE", 0)],
    "cores by a small prime": [(lifting, "QUICK_FROM", 0)],
    "no known rows": [(lifting, "MOST_NEW", 0)],
    "all rows at once": [(incremental, "PORTION", 1), (incremental, "PIVOTS", 1), (incremental, "FEW", 0)],
}
"""What depends on the size of the rows or on the processor, at sizes at which plain elimination is quick."""


@pytest.mark.share(3)
@pytest.mark.parametrize("changes", ELSEWHERE.values(), ids=ELSEWHERE)
def test_answers_on_the_other_side_of_every_threshold_are_the_same(changes, monkeypatch):
    for module, name, value in changes:
        monkeypatch.setattr(module, name, value)

    @settings(max_examples=15)
    @given(st.sampled_from(["Q", "Q", "GF(2)", "GF(3)", "GF(251)", "GF(16609429)", "GF(4)"]), st.data())
    def agree(field, data):
        assert list(disagreements(*data.draw(of_kinds(field)), field, QUICKLY)) == []

    agree()


def typed(array, rng):
    """The array in one of the types that hold it."""
    low, high = (array.min(), array.max()) if len(array) else (0, 0)
    types = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32]
    return array.astype(rng.choice([t for t in types if np.iinfo(t).min <= low and high <= np.iinfo(t).max]))


def read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


FORMS = {
    "every type": typed,
    "strided": lambda array, rng: np.repeat(array, 3)[::3],
    "backwards": lambda array, rng: array[::-1].copy()[::-1],
    "read-only": lambda array, rng: read_only(array),
    "unaligned": lambda array, rng: np.frombuffer(b"x" + array.tobytes(), array.dtype, offset=1),
    "another byte order": lambda array, rng: array.astype(array.dtype.newbyteorder(">")),
    "list": lambda array, rng: array.tolist(),
}
BEYOND = [2**63, -(2**63) - 1, 2**64, -(10**30), 10**4000]


def given_as(matrix, m, rng, form):
    """The arrays of a matrix, in any order within rows and with zeros among the weights."""
    kept = (matrix != 0) | (rng.random(matrix.shape) < 0.2)
    owner, indices = np.nonzero(kept)
    order = np.lexsort((rng.random(len(owner)), owner))
    owner, indices = owner[order], indices[order]
    bounds = np.append(0, np.cumsum(np.bincount(owner, minlength=len(matrix))))
    return [form(array, rng) for array in (bounds, indices, matrix[owner, indices])]


def in_batch(arrays, m, field):
    bounds, indices, values = arrays
    found = engine.stopping_time(bounds, indices, m, values=values, field=field)
    return found.stopping_time, found.coverage_time


def in_turn(arrays, m, field):
    decoder, bounds = IncrementalSpan(m, field=field), pairwise(np.asarray(arrays[0]).tolist())
    return [decoder.add(arrays[1][i:j], arrays[2][i:j]) for i, j in bounds]


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=8)
@given(field=st.sampled_from(["Q", "GF(2)", "GF(251)", "GF(9)"]), data=st.data(), seed=st.integers(0, 99))
def test_a_matrix_may_be_given_in_any_arrays_and_no_other_matrix_is(form, field, data, seed):
    """Of any type and order; a column twice in a row, one that is not there and a weight beyond 64 bits are refused."""
    rows, m = data.draw(of_kinds(field))
    rng, matrix, right = (
        np.random.default_rng(seed),
        np.array(rows, np.int64).reshape(len(rows), m),
        judge(rows, m, field),
    )
    arrays = given_as(matrix, m, rng, FORMS[form])
    assert in_batch(arrays, m, field) == (right.stopping_time, right.coverage_time)
    assert in_turn(arrays, m, field) == right.spans[1:]
    bounds, indices, values = given_as(matrix, m, rng, lambda array, rng: array)
    if not len(indices):
        return
    at, end = rng.integers(len(indices)), bounds >= len(indices)
    columns, weights = indices.copy(), values.astype(object)
    columns[at] = rng.choice([-1, m, 2**31, 2**32, -(2**63)])
    weights[at] = BEYOND[rng.integers(len(BEYOND))]
    unsigned = all(0 <= x < 2**64 for x in weights)
    twice = bounds + (np.cumsum(end) > 0), np.append(indices, indices[-1]), np.append(values, 1)
    beyond = bounds, indices, weights.astype(np.uint64) if unsigned else weights
    for other in (twice, (bounds, columns, values), beyond):
        for ask in (in_batch, in_turn):
            with pytest.raises(ArgumentError):
                ask(other, m, field)


def flint_rank(table, p):
    entries = (table % p if p else table).ravel().tolist()
    return (flint.nmod_mat(*table.shape, entries, p) if p else flint.fmpz_mat(*table.shape, entries)).rank()


def wrong_at_size(m, seed, field):
    """What is not so at hundreds of columns, by FLINT's ranks at the stopping time and before it."""
    rng, p = np.random.default_rng(seed), FIELDS[field].p
    dense = KINDS["received sums"](rng, int(1.3 * m), m)
    kind = seed % 5
    if kind == 1:
        dense = dense[:, : m // 2].repeat(2, axis=1)[rng.integers(0, len(dense), 2 * len(dense))]
    dense = dense * [1, 1, rng.choice([-3, -1, 1, 2], dense.shape), 1 + PRIMES[0], 1][kind]
    if kind == 4:
        dense[: len(PRIMES)] *= np.array(PRIMES)[:, None]
    dense = dense % p if field in EXTENSIONS else dense
    rows = from_dense(dense)
    found, ones = engine.stopping_time(**rows.arrays, field=field), np.ones((1, dense.shape[1]), np.int64)

    def spans(k):
        return flint_rank(np.vstack([dense[:k], ones]), p) == flint_rank(dense[:k], p)

    k = found.stopping_time
    last = len(dense) if k is None else k
    wrong = [(k is not None) != spans(last), found.rank != flint_rank(dense[:last], p), k and spans(k - 1)]
    decoder, done = IncrementalSpan(rows.columns, field=field), 0
    while done < len(rows):
        block = int(rng.integers(1, m))
        decoder.add_many(rows.take(np.arange(done, min(done + block, len(rows)))))
        done += block
    return any(wrong) or decoder.stopping_time != k


@pytest.mark.parametrize(
    ("field", "seed"), list(zip(["Q", "Q", "Q", "Q", "Q", "GF(2)", "GF(9)"], range(7), strict=True))
)
def test_hundreds_of_columns(field, seed):
    assert not wrong_at_size(150, seed, field)


@pytest.mark.attack
@pytest.mark.slow
@pytest.mark.parametrize("m", [200, 400, 800, 1500])
def test_many_at_hundreds_of_columns(m):
    fields = ["Q", "Q", "Q", "GF(2)", "GF(3)", "GF(4)", "GF(9)", "GF(251)", "GF(16609429)"]
    assert not [seed for seed in range(12000 // m) if wrong_at_size(m, 1000 + seed, fields[seed % len(fields)])]


@st.composite
def arcs(draw):
    m = draw(st.integers(1, 5))
    ends = st.tuples(st.integers(0, m - 1), st.integers(0, m))
    return m, [[(a + i) % m for i in range(length)] for a, length in draw(st.lists(ends, max_size=7))]


@settings(max_examples=40)
@given(arcs(), st.sampled_from(QUICK))
def test_arcs_over_every_field(some, field):
    m, sets = some
    matrix = [[int(c in row) for c in range(m)] for row in sets]
    rows, right = rows_of(matrix, m), judge(matrix, m, field)
    found = closing(rows, field=field)
    assert found.stopping_time == right.stopping_time
    assert found.rank == right.ranks[-1 if found.stopping_time is None else found.stopping_time]
    assert srtheory.check(interval_certificate(rows, field=field), rows)


def test_a_polynomial_is_part_of_the_certificate():
    """Another irreducible one makes another statement, which is judged by its own equations; others make no field."""
    rows = from_dense([[2, 3, 0], [1, 5, 7]])
    certificate = srtheory.certify(rows, field="GF(8)")
    assert certificate["polynomial"] == ["0x1", "0x1", "0x0", "0x1"]
    assert "x^3 + x + 1 = 0" in checker.claim(checker.read(to_json(certificate)))
    for polynomial in (["0x1", "0x0", "0x0", "0x1"], ["0x1", "0x1", "0x1"], ["0x1", "0x3", "0x0", "0x1"], []):
        other = certificate | {"polynomial": polynomial}
        with pytest.raises(checker.NotACertificateError, match="irreducible"):
            checker.read(to_json(other | {"certificate_sha256": checker.content_digest(other)}))
    for other in (
        certificate | {"polynomial": ["0x1", "0x0", "0x1", "0x1"]},
        {key: value for key, value in certificate.items() if key != "polynomial"},
    ):
        assert not srtheory.check(other | {"certificate_sha256": checker.content_digest(other)}, rows)


# ------------------------------------------------------------------------------------------------------ what is refused

DOORS = {
    "engine.stopping_time": lambda rows, field: engine.stopping_time(**rows.arrays, field=field),
    "engine.spans": lambda rows, field: engine.spans(**rows.arrays, field=field),
    "engine.rank": lambda rows, field: engine.rank(**rows.arrays, field=field),
    "spans": lambda rows, field: srtheory.spans(rows, field=field),
    "stopping_time": lambda rows, field: srtheory.stopping_time(rows, field=field),
    "certify": lambda rows, field: srtheory.certify(rows, field=field),
    "span_certificate": lambda rows, field: span_certificate(rows, field=field),
    "stopping_time_certificate": lambda rows, field: stopping_time_certificate(rows, 1, field=field),
    "row by row": row_by_row,
    "add_many": lambda rows, field: IncrementalSpan(rows.columns, field=field).add_many(rows),
    "case": lambda rows, field: cases.spans(cases.from_rows(rows), field),
    "obstruction": lambda rows, field: obstruction.obstruction(rows, field=field),
    "galois": lambda rows, field: oracles.spans(rows, field=field),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_weight_that_is_no_element_or_one_of_another_field_is_refused(door):
    for field in EXTENSIONS:
        for weight in (-1, FIELDS[field].order, 2**63 - 1, -(2**63)):
            with pytest.raises(ArgumentError, match="element") as refusal:
                DOORS[door](from_dense([[1, weight]]), field)
            assert field in str(refusal.value)
    if not door.startswith(("engine", "row")):
        with pytest.raises(ArgumentError, match=r"GF\(4\), of which the weights are elements, not 'GF\(8\)'"):
            DOORS[door](from_dense(galois.GF(4)([[1, 3], [1, 1]])), "GF(8)")


def test_weights_bring_their_field_along_in_whatever_they_come():
    four = galois.GF(4, compile="python-calculate")
    array = four([[2, 2]])
    for form in (array, [four([2, 2])], [[four(2), four(2)]], (array[0],)):
        assert from_dense(form).elements == "GF(4)"
        assert srtheory.spans(from_dense(form))
    assert from_mappings(2, [dict(enumerate(array[0]))]).elements == "GF(4)"
    assert Rows(2, np.array([0, 2]), np.array([0, 1], np.int32), array[0]).elements == "GF(4)"
    told = engine.spans([0, 2], [0, 1], 2, values=array[0])
    assert (told.spans, told.argument) == (True, "finite-field")
    with pytest.raises(ArgumentError, match=r"GF\(4\).*Q"):
        engine.spans([0, 2], [0, 1], 2, values=array[0], field="Q")
    with pytest.raises(ArgumentError, match=r"GF\(4\).*Q"):
        IncrementalSpan(2).add([0, 1], array[0])
    for weights in (array[0], array[0, 0], np.array(2)):
        assert IncrementalSpan(2, field="GF(4)").add([0, 1], weights)
    with pytest.raises(ArgumentError, match=r"GF\(4\).*GF\(8\)"):
        IncrementalSpan(2, field="GF(8)").add([0, 1], array[0, 0])
    with pytest.raises(ArgumentError, match=r"GF\(4\).*GF\(8\)"):
        Rows(2, np.array([0, 2]), np.array([0, 1], np.int32), array[0], "GF(8)")


@pytest.mark.parametrize("make", [from_sets, from_mappings])
def test_columns_are_numbers_and_no_arrays_or_elements(make):
    for columns in (galois.GF(4)([0, 1]), np.array([[0], [1]]), [np.array([0])]):
        with pytest.raises(ArgumentError, match="whole column numbers"):
            make(2, [columns])


def test_arrays_of_two_fields_or_on_another_polynomial_are_refused():
    with pytest.raises(ArgumentError, match="one field"):
        from_dense([galois.GF(2)([1, 0]), galois.GF(4)([1, 3])])
    other = galois.GF(2**3, irreducible_poly="x^3 + x^2 + 1", compile="python-calculate")
    with pytest.raises(ArgumentError, match="Conway"):
        from_dense(other([[1, 2]]))


def test_elements_beyond_the_tables_of_galois_are_refused_and_the_prime_field_is_not():
    field = f"GF({2147483629**2})"
    assert srtheory.spans(from_dense([[5, 5]]), field=field)
    with pytest.raises(ArgumentError, match="Conway"):
        srtheory.spans(from_dense([[2**40, 5]]), field=field)


@pytest.mark.parametrize("field", [f for f in EXTENSIONS if f not in SLOW])
def test_fields_are_those_of_galois(field):
    over = FIELDS[field]
    galois.GF(over.p, compile="python-calculate")
    elements = galois.GF(over.p, len(over.lower), compile="python-calculate").elements
    table = np.multiply.outer(elements, elements).tolist()
    assert [[over.times(a, b) for b in range(over.order)] for a in range(over.order)] == table
    assert products(field).tolist() == table


# --------------------------------------------------------------------------------------------------- the command line


@pytest.fixture
def run(monkeypatch, capsys):
    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["srtheory", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        return stopped.value.code, capsys.readouterr()

    return run


@pytest.mark.parametrize("field", QUICK)
def test_the_commands_give_the_same_answers(field, run, tmp_path):
    rng, q = np.random.default_rng(FIELDS[field].order % 1000), FIELDS[field].order
    for _ in range(2):
        matrix = rng.integers(0, min(q, 2**62) if FIELDS[field].p else 5, (4, 3)) * (rng.random((4, 3)) < 0.6)
        right, file = judge(matrix.tolist(), 3, field), tmp_path / "rows.csv"
        file.write_text("\n".join(",".join(map(str, row)) for row in matrix.tolist()))
        proof = tmp_path / "proof.json"
        status, told = run("span", file, "--field", field, "--certificate", proof, "--json")
        answer = json.loads(told.out)
        assert status == (right.stopping_time is None)
        assert (answer["stopping_time"], answer["coverage_time"]) == (right.stopping_time, right.coverage_time)
        assert answer["rank"] == right.ranks[-1]
        assert run("check", proof, "--matrix", file)[0] == 0
        file.write_text(file.read_text().replace("0", "1", 1))
        assert run("check", proof, "--matrix", file)[0] == ("0" in ",".join(map(str, matrix.ravel())) or q)


SPANNED = Growing.spanned.fget
RIGHT = {"residues": engine.residues, "parse_field": engine.parse_field, "coverage_time": engine.coverage_time}


def of_magnitudes(rows, prime):
    found = RIGHT["residues"](rows, prime)
    if found.values is not None:
        np.abs(found.values, out=found.values)
    return found


PLANTED = {
    "a wrong sign": (engine, "residues", of_magnitudes),
    "kernel vectors believed": (arguments, "annihilated", lambda *_: True),
    "another characteristic": (
        engine,
        "parse_field",
        lambda field: Field(2) if field == "GF(9)" else RIGHT["parse_field"](field),
    ),
    "late coverage": (engine, "coverage_time", lambda rows: min(len(rows), (RIGHT["coverage_time"](rows) or 0) + 1)),
    "row by row: an index one off": (Growing, "spanned", property(lambda form: SPANNED(form) and SPANNED(form) - 1)),
}


@pytest.mark.quality
@pytest.mark.parametrize(("module", "name", "mistake"), PLANTED.values(), ids=PLANTED)
def test_planted_mistakes_are_seen(module, name, mistake, monkeypatch):
    monkeypatch.setattr(module, name, mistake)
    asked = QUICKLY[:3]
    drawn = (
        (of_kind(kind, seed, field, 4), field) for seed in range(300) for kind in KINDS for field in ("Q", "GF(9)")
    )

    def seen(matrix, field):
        try:
            return bool(list(disagreements(*matrix, field, asked)))
        except (AssertionError, RuntimeError):
            return True

    assert any(seen(*some) for some in drawn)


AS_PEOPLE_HAVE_THEM = {
    "lists": lambda matrix: matrix.tolist(),
    "NumPy": np.asarray,
    "floats": lambda matrix: matrix.astype(float),
    "SymPy": sympy.Matrix,
    "SciPy, by rows": sparse.csr_array,
    "SciPy, by entries": sparse.coo_matrix,
    "sets": lambda matrix: [set(np.flatnonzero(row).tolist()) for row in matrix],
    "NetworkX": lambda matrix: networkx.bipartite.from_biadjacency_matrix(sparse.csr_array(matrix)),
    "Rows": from_dense,
    "fractions": lambda matrix: [[Fraction(int(x), 1 + i) for x in row] for i, row in enumerate(matrix)],
    "fractions of SymPy": lambda matrix: sympy.Matrix(matrix) / 6,
    "galois": galois.GF(2),
}
"""A matrix of zeros and ones as people have it."""


@pytest.mark.parametrize("form", AS_PEOPLE_HAVE_THEM)
@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_a_matrix_is_the_same_in_every_form_in_which_people_have_it(form, seed):
    rng = np.random.default_rng(seed)
    matrix = rng.integers(0, 1, (rng.integers(1, 6), rng.integers(1, 6)), endpoint=True)
    fields = ["GF(2)", 2, galois.GF(2), sympy.GF(2), None, *(["Q", sympy.QQ] if form != "galois" else [])]
    for field in fields:
        found = srtheory.rows(AS_PEOPLE_HAVE_THEM[form](matrix), field=field, columns=matrix.shape[1])
        over = "GF(2)" if "2" in str(field) or form == "galois" else "Q"
        np.testing.assert_array_equal(np.asarray(found), matrix)
        np.testing.assert_array_equal(list(found), matrix)
        np.testing.assert_array_equal(found[::-1].dense(), matrix[::-1])
        truth = judge(matrix.tolist(), matrix.shape[1], over)
        assert (found.rank(), found.spans()) == (truth.ranks[-1], truth.spans[-1])
        assert found.stopping_time() == truth.stopping_time
        assert found.certificate()["field"] == over
        assert srtheory.check(found.certificate(), AS_PEOPLE_HAVE_THEM[form](matrix) if form != "sets" else matrix)
    if form == "galois":
        with pytest.raises(ArgumentError, match=r"'field' must be GF\(2\).*not 'GF\(4\)'"):
            srtheory.rows(AS_PEOPLE_HAVE_THEM[form](matrix), field=4)
