"""Every answer about spans, over every field and by every way of asking, is that of plain elimination in the field.

Over Q weights are integers, over GF(p) their residues, over GF(p^k) the elements that galois writes so; what is no
element is refused, and so is an element of another field.  A certificate is accepted exactly if its equations hold.
"""

from __future__ import annotations

import json
import sys

import galois
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import srtheory
from srtheory.cli import main
from srtheory.conjectures import case as cases
from srtheory.conjectures.evidence import explain_span
from srtheory.decoders import ENTRIES, decoder
from srtheory.decoders.cycles import interval_certificate
from srtheory.decoders.incremental import IncrementalSpan
from srtheory.decoders.intervals import closing
from srtheory.errors import ArgumentError
from srtheory.rows import Rows, from_dense, from_mappings, from_sets
from srtheory.span import engine, obstruction
from srtheory.span.arrays import residues
from srtheory.span.blackbox import wiedemann
from srtheory.span.certificates import span_certificate, stopping_time_certificate, to_json
from srtheory.span.dense import bytewise
from srtheory.span.descent import products
from srtheory.span.graph import structural_rank
from srtheory.span.oracles import checker, finite, rational
from tests.decoders.receptions import reception_of, sent_sets
from tests.oracle.fields import FIELDS, judge

EXTENSIONS = [name for name, field in FIELDS.items() if len(field.lower) > 1]
SLOW = [name for name in EXTENSIONS if FIELDS[name].order > 1000]
QUICK = [name for name in FIELDS if name not in SLOW]
over_every_field = pytest.mark.parametrize("field", FIELDS)


def weights_of(field):
    """Weights in which a field's readings differ: around 0, the characteristic and the order, and any."""
    p, q = FIELDS[field].p, FIELDS[field].order
    if field in EXTENSIONS:
        return st.sampled_from([0, 0, 1, p - 1, p, q - 1]) | st.integers(0, q - 1)
    near = [0, 0, 1, -1, 2, -(2**63), 2**63 - 1, *(x for x in (p - 1, p, p + 1, -p) if x < 2**63)]
    return st.sampled_from(near) | st.integers(-3, 3)


@st.composite
def matrices(draw, field, most=4):
    """n rows of m weights as lists, and m: none, empty ones, copies, a single column."""
    m = draw(st.integers(0, most))
    pool = draw(st.lists(st.lists(weights_of(field), min_size=m, max_size=m), max_size=most))
    rows = [draw(st.sampled_from([[0] * m, [1] * m, *pool])) for _ in range(draw(st.integers(0, most + 1)))]
    return rows, m


def rows_of(matrix, m):
    return from_dense(np.array(matrix, np.int64).reshape(len(matrix), m))


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


def in_floating_point(rows, field):
    """The same on a processor that does not multiply bytes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bytewise, "available", lambda: False)
        return engines(rows, field)


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


def oracles(rows, field):
    if field == "Q":
        return {"stopping_time": rational.stopping_time(rows), "rank": rational.rank(rows)}
    if FIELDS[field].p > 10**6:  # of which galois takes long to find a generator
        return {}
    return {"stopping_time": finite.stopping_time(rows, field=field), "rank": finite.rank(rows, field=field)}


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
    *(engines, in_floating_point, public, row_by_row, block_by_block, certified),
    *(oracles, of_a_galois_array, of_a_case, explained),
]


def disagreements(matrix, m, field, asked=ASKED):
    right, rows = judge(matrix, m, field), rows_of(matrix, m)
    facts = {**vars(right), "rank": right.ranks[-1], "last": right.spans[-1]}
    assert right.ranks[-1] <= structural_rank(rows, field=field)
    for ask in asked:
        for name, told in ask(rows, field).items():
            if told != facts[name]:
                yield f"{ask.__name__}: {name} {told} and not {facts[name]} over {field}, {matrix}"


@over_every_field
def test_every_way_of_asking_gives_the_answer_of_plain_elimination(field):
    @settings(max_examples=4 if field in SLOW else 20)
    @given(matrices(field, 3 if field in SLOW else 4))
    def agree(given):
        assert list(disagreements(*given, field)) == []

    agree()


@pytest.mark.parametrize("field", ["Q", "GF(2)", "GF(251)", "GF(16609429)", "GF(4)", "GF(9)"])
def test_larger_rows_with_a_dense_core(field):
    rng, (n, m) = np.random.default_rng(3), (26, 18)
    p, q = FIELDS[field].p, FIELDS[field].order
    matrix = rng.integers(0, q if p else 9, (n, m)) * (rng.random((n, m)) < 0.2)
    matrix[:, :2] = matrix[:, [2, 2]]  # so that the rows span 1 without full rank
    asked = [ask for ask in ASKED if ask not in (oracles, explained, of_a_case)]
    assert list(disagreements(matrix.tolist(), m, field, asked)) == []
    assert judge(matrix.tolist(), m, field).stopping_time is not None


def test_products_with_blocks_of_vectors_say_nothing_that_is_wrong():
    told = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        matrix = (rng.random((26, 18)) < 0.2).astype(int).tolist()
        right = judge(matrix, 18, "Q")
        if right.coverage_time is not None:
            found = wiedemann.least_prefix(rows_of(matrix, 18), right.coverage_time, least=1)
            told += found is not None
            assert found is None or found.k == right.stopping_time
    assert told


@given(sent_sets())
def test_decoders_stop_no_earlier_than_the_sum_is_there(some):
    """The span decoder exactly then, and that of arcs, if they are arcs; coverage alone may be earlier."""
    m, sets, workers = some
    matrix = [[int(c in row) for c in range(m)] for row in sets]
    right = judge(matrix, m, "Q")
    assert set(ENTRIES) == {"span", "peeling", "partition", "intervals", "coverage", "hitting"}
    for name in ENTRIES:
        try:
            found = decoder(name)(reception_of(m, sets, workers)).stopping_time
        except ArgumentError:
            assert name in ("partition", "intervals")
            continue
        if name in ("span", "intervals"):
            assert found == right.stopping_time
        elif name in ("peeling", "partition"):
            assert found is None or (right.spans[found] and found >= right.stopping_time)
        elif name == "coverage":
            assert found == right.coverage_time
        else:
            assert found == (None if right.coverage_time is None or m > len(sets) else max(m, right.coverage_time))


@st.composite
def arcs(draw):
    m = draw(st.integers(1, 5))
    ends = st.tuples(st.integers(0, m - 1), st.integers(0, m))
    return m, [[(a + i) % m for i in range(length)] for a, length in draw(st.lists(ends, max_size=7))]


@given(arcs(), st.sampled_from(QUICK))
def test_arcs_over_every_field(some, field):
    m, sets = some
    matrix = [[int(c in row) for c in range(m)] for row in sets]
    rows, right = rows_of(matrix, m), judge(matrix, m, field)
    found = closing(rows, field=field)
    assert found.stopping_time == right.stopping_time
    assert found.rank == right.ranks[-1 if found.stopping_time is None else found.stopping_time]
    assert srtheory.check(interval_certificate(rows, field=field), rows)


# ------------------------------------------------------------------------------------------------------- certificates


def true(certificate, matrix, m, field):
    """Whether its equations hold, in the plain arithmetic of the field, and the witness is in its only form."""
    over, columns = FIELDS[field], list(zip(*matrix, strict=True)) or [()] * m
    numbers = {key: [int(x, 16) for x in certificate.get(key, [])] for key in ("combination", "kernel")}
    k = certificate.get("stopping_time", len(matrix))
    if certificate["kind"] != "does-not-span":
        d = int(certificate["denominator"], 16)
        v = numbers["combination"]
        if over.p and (d != 1 or not all(0 <= x < over.order for x in v)):
            return False
        if not over.p and (d <= 0 or np.gcd.reduce([d, *map(int, v)], dtype=object) != 1):
            return False
        v = [over.element(x) for x in v]
        given = [[over.element(w) for w in column[:k]] for column in columns]
        if len(v) != k or any(over.product(v, column) != over.element(d) for column in given):
            return False
    if certificate["kind"] == "does-not-span" or certificate.get("stopping_time"):
        x, first = numbers["kernel"], next((x for x in numbers["kernel"] if x), 0)
        if over.p and (first != 1 or not all(0 <= y < over.order for y in x)):
            return False
        if not over.p and (first <= 0 or np.gcd.reduce(x, dtype=object) != 1):
            return False
        x = [over.element(y) for y in x]
        stop = k - 1 if certificate["kind"] == "stopping-time" else k
        if any(over.product([over.element(w) for w in row], x) for row in matrix[:stop]):
            return False
        return bool(over.product([over.element(1)] * m, x))
    return True


def changed(certificate, q):
    """Every entry of the witness changed in several ways; and the stopping time."""
    for key in ("combination", "kernel"):
        for i, text in enumerate(certificate.get(key, [])):
            x = int(text, 16)
            for other in {0, x + 1, -x, (2 * x + 1) % q if q else x - 1, q} - {x}:
                numbers = [*certificate[key]]
                numbers[i] = hex(other)
                yield certificate | {key: numbers}
    if "stopping_time" in certificate:
        yield from (certificate | {"stopping_time": certificate["stopping_time"] + step} for step in (-1, 1))


@over_every_field
def test_a_certificate_is_accepted_exactly_if_its_equations_hold(field):
    @settings(max_examples=3 if field in SLOW else 8)
    @given(matrices(field, 2 if field in SLOW else 3))
    def judged(given):
        matrix, m = given
        assume(m)  # without columns every witness is empty
        rows = rows_of(matrix, m)
        certificate = srtheory.certify(rows, field=field)
        assert true(certificate, matrix, m, field)
        for other in changed(certificate, FIELDS[field].order if field != "Q" else 0):
            assert not srtheory.check(other, rows)
            sealed = other | {"certificate_sha256": checker.content_digest(other)}
            fits = len(other.get("combination", [])) <= len(matrix) and other.get("stopping_time", 0) <= len(matrix)
            assert srtheory.check(sealed, rows) == (fits and true(other, matrix, m, field))
        for i, j in np.ndindex(len(matrix), m):
            moved = [list(row) for row in matrix]
            moved[i][j] = 1 if moved[i][j] != 1 else 0
            assert not srtheory.check(certificate, rows_of(moved, m))

    judged()


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
    "structural_rank": lambda rows, field: structural_rank(rows, field=field),
    "galois": lambda rows, field: finite.spans(rows, field=field),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("field", EXTENSIONS)
def test_a_weight_that_is_no_element_is_refused(door, field):
    for weight in (-1, FIELDS[field].order, 2**63 - 1, -(2**63)):
        with pytest.raises(ArgumentError, match="element") as refusal:
            DOORS[door](from_dense([[1, weight]]), field)
        assert field in str(refusal.value)


@pytest.mark.parametrize("door", [door for door in DOORS if not door.startswith(("engine", "row"))])
def test_an_element_of_another_field_is_refused(door):
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
@pytest.mark.parametrize("columns", [galois.GF(4)([0, 1]), np.array([[0], [1]]), [np.array([0])]])
def test_columns_are_numbers_and_no_arrays_or_elements(make, columns):
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
    for _ in range(4):
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


def test_the_command_refuses_what_is_no_element_in_one_line(run, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("1,4\n")
    status, told = run("span", file, "--field", "GF(4)")
    assert (status, told.out, told.err.count("\n")) == (2, "", 1)
    assert "from 0 to 3, not 4" in told.err


@pytest.mark.quality
@pytest.mark.parametrize("field", ["GF(4)", "GF(9)"])
def test_elements_taken_for_residues_are_seen(field, monkeypatch):
    monkeypatch.setattr(engine, "over_prime_field", lambda rows, over: (residues(rows, over.characteristic), 1))
    rng, q = np.random.default_rng(0), FIELDS[field].order
    drawn = [rng.integers(0, q, (3, 3)).tolist() for _ in range(30)]
    assert sum(bool(list(disagreements(matrix, 3, field, [public]))) for matrix in drawn) > 5


@pytest.mark.quality
def test_a_certificate_by_the_characteristic_alone_is_seen():
    """What GF(4) was taken for: congruences modulo 2, in which 2 is 0 and 3 is 1."""
    rows = from_dense([[2, 2, 2], [3, 0, 0]])
    false = span_certificate(from_dense([[0, 0, 0], [1, 0, 0]]), field="GF(4)")
    certificate = false | {"matrix_sha256": checker.matrix_digest(3, rows.mappings())}
    sealed = certificate | {"certificate_sha256": checker.content_digest(certificate)}
    assert not srtheory.check(sealed, rows)
