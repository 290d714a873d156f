"""The checker: refuses every single change, every malformed text, and accepts nothing that is not true."""

from __future__ import annotations

import ast
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sympy import isprime, perfect_power

from srtheory.errors import ArgumentError
from srtheory.rows import from_dense, from_sets
from srtheory.span.certificates import span_certificate, stopping_time_certificate, to_json
from srtheory.span.oracles import checker, rational
from tests.strategies import EDGE_CASES, integer_rows, mappings

TRIANGLE = from_sets(3, [[0, 1], [1, 2], [0, 2], [0]])
WEIGHTED = from_dense([[3, 0, 5, 0], [0, 2, 0, -7], [1, 1, 0, 0], [0, 0, 9, 1], [2, 2, 2, 3]])
SAMPLE = np.random.default_rng(5)
RANDOM = from_sets(12, [sorted(SAMPLE.choice(12, 3, replace=False).tolist()) for _ in range(20)])

GENUINE = {
    "spans over Q": (TRIANGLE, span_certificate(TRIANGLE)),
    "spans over GF(5)": (WEIGHTED, span_certificate(WEIGHTED, field="GF(5)")),
    "does not span over Q": (EDGE_CASES["star"], span_certificate(EDGE_CASES["star"])),
    "does not span over GF(4)": (EDGE_CASES["triangle"], span_certificate(EDGE_CASES["triangle"], field="GF(4)")),
    "stopping time over Q": (TRIANGLE, stopping_time_certificate(TRIANGLE, 3)),
    "stopping time, weights": (WEIGHTED, stopping_time_certificate(WEIGHTED, rational.stopping_time(WEIGHTED))),
    "stopping time, random": (RANDOM, stopping_time_certificate(RANDOM, rational.stopping_time(RANDOM))),
    "stopping time over GF(2)": (EDGE_CASES["star"], stopping_time_certificate(EDGE_CASES["star"], 3, field="GF(2)")),
}
genuine = pytest.mark.parametrize(("rows", "certificate"), GENUINE.values(), ids=GENUINE)


def verdict(content, columns, matrix):
    """ "valid", "not valid" or "not a certificate"."""
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    try:
        return "not valid" if checker.fault(checker.read(text), columns, matrix) else "valid"
    except checker.NotACertificateError:
        return "not a certificate"


def resealed(content):
    return {**content, "certificate_sha256": checker.content_digest(content)}


def changed_numbers(certificate):
    """Every single number changed in several ways: one more, one less, sign, zero, a doubled, a halved one."""
    for key, value in certificate.items():
        if type(value) is int:
            yield from ({**certificate, key: other} for other in {value + 1, abs(value - 1), 0, 2 * value} - {value})
        if key in {"combination", "kernel"}:
            for i, text in enumerate(value):
                for other in other_numbers(text):
                    yield {**certificate, key: [*value[:i], other, *value[i + 1 :]]}
        if key == "denominator":
            yield from ({**certificate, key: other} for other in other_numbers(value))


def other_numbers(text):
    number = int(text, 16)
    return sorted({hex(other) for other in (number + 1, number - 1, -number, 0, 2 * number, number // 2)} - {text})


def changed_rows(matrix, columns):
    """Every row with one entry changed, dropped or added, every row dropped, doubled, and swapped with the next."""
    for i, row in enumerate(matrix):
        for j in range(columns):
            for weight in {0, 1, -1, row.get(j, 0) + 1, row.get(j, 0) + 5} - {row.get(j, 0)}:
                yield [*matrix[:i], {**row, j: weight}, *matrix[i + 1 :]]
        yield [*matrix[:i], *matrix[i + 1 :]]
        yield [*matrix[: i + 1], *matrix[i:]]
        if matrix[i + 1 : i + 2] not in ([], [row]):
            yield [*matrix[:i], matrix[i + 1], row, *matrix[i + 2 :]]
    yield [*matrix, {}]


@genuine
def test_genuine_certificates_are_valid(rows, certificate):
    assert verdict(certificate, rows.columns, mappings(rows)) == "valid"
    shuffled = json.dumps(dict(sorted(certificate.items())), indent=3)
    assert verdict(shuffled.encode(), rows.columns, mappings(rows)) == "valid"


@pytest.mark.quality
@genuine
def test_every_changed_number_is_refused(rows, certificate):
    changes = list(changed_numbers(certificate))
    assert len(changes) > 10
    for changed in changes:
        assert verdict(changed, rows.columns, mappings(rows)) in {"not valid", "not a certificate"}


@pytest.mark.quality
@genuine
def test_every_changed_row_is_refused(rows, certificate):
    for matrix in changed_rows(mappings(rows), rows.columns):
        assert verdict(certificate, rows.columns, matrix) == "not valid"
    assert verdict(certificate, rows.columns + 1, mappings(rows)) == "not valid"


@pytest.mark.quality
@genuine
def test_every_changed_word_is_refused(rows, certificate):
    """Digests digit by digit, field, kind, format, version."""
    for key in ("matrix_sha256", "certificate_sha256"):
        for i, digit in enumerate(certificate[key]):
            other = certificate[key][:i] + ("1" if digit == "0" else "0") + certificate[key][i + 1 :]
            assert verdict({**certificate, key: other}, rows.columns, mappings(rows)) == "not valid"
    for field in {"Q", "GF(2)", "GF(3)", "GF(4)", "GF(5)", "GF(25)"} - {certificate["field"]}:
        assert verdict({**certificate, "field": field}, rows.columns, mappings(rows)) == "not valid"
    for key, others in {
        "field": ["GF(6)", "GF(1)", "GF(0)", "gf(2)", "QQ", " Q", "GF(02)", "GF(2)\n", "", 0, None],
        "kind": {"spans", "does-not-span", "stopping-time", "Spans", 1} - {certificate["kind"]},
        "format": ["srtheory", None],
        "version": [0, 2, "1", True, [1]],
    }.items():
        for other in others:
            assert verdict({**certificate, key: other}, rows.columns, mappings(rows)) == "not a certificate"


@pytest.mark.quality
@genuine
def test_every_missing_unknown_or_doubled_key_is_refused(rows, certificate):
    for key in certificate:
        without = {other: value for other, value in certificate.items() if other != key}
        assert verdict(without, rows.columns, mappings(rows)) == "not a certificate"
        doubled = json.dumps(certificate)[:-1] + f', "{key}": {json.dumps(certificate[key])}}}'
        assert verdict(doubled, rows.columns, mappings(rows)) == "not a certificate"
        assert verdict({**certificate, key: None}, rows.columns, mappings(rows)) == "not a certificate"
    assert verdict({**certificate, "comment": ""}, rows.columns, mappings(rows)) == "not a certificate"


def test_a_key_that_is_missing_is_told_from_one_that_is_unknown():
    _, certificate = GENUINE["spans over Q"]
    with pytest.raises(checker.NotACertificateError, match="its key 'comment' is unknown"):
        checker.read(json.dumps({**certificate, "comment": ""}))
    without = {key: value for key, value in certificate.items() if key != "combination"}
    with pytest.raises(checker.NotACertificateError, match="its key 'combination' is missing"):
        checker.read(json.dumps(without))


def is_true(content, rows):
    """Whether the equations of a certificate hold, by SymPy-free rational arithmetic on the dense matrix."""
    p = 0 if content["field"] == "Q" else {2: 2, 4: 2, 5: 5}[int(content["field"][3:-1])]
    dense, k = rows.dense().astype(object), content.get("stopping_time", len(rows))

    def zero(x):
        return np.all(np.asarray(x) % p == 0) if p else not np.any(x)

    true = True
    if "combination" in content:
        v = np.array([int(x, 16) for x in content["combination"]], dtype=object)
        scale = int(content["denominator"], 16)
        true = len(v) == k <= len(rows) and scale != 0 and zero(v @ dense[:k] - scale * np.ones(rows.columns, int))
    if "kernel" in content:
        x = np.array([int(x, 16) for x in content["kernel"]], dtype=object)
        fewer = dense[: k - 1] if "stopping_time" in content else dense
        true = true and len(x) == rows.columns and zero(fewer @ x) and not zero(x.sum())
    return bool(true)


@pytest.mark.quality
@genuine
def test_changes_under_a_new_digest_stand_or_fall_with_the_equations(rows, certificate):
    """Whoever also renews the digest gets no false claim through."""
    shapes = {"columns": rows.columns, "rows": len(rows)}
    for changed in changed_numbers(certificate):
        if verdict(resealed(changed), rows.columns, mappings(rows)) == "valid":
            assert is_true(changed, rows)
            assert {key: changed[key] for key in shapes} == shapes


@pytest.mark.quality
def test_a_true_witness_out_of_canonical_form_is_refused():
    """The scaled and the moved witness satisfy their equations; the digest of the original refuses them all."""
    rows, certificate = GENUINE["spans over Q"]
    certificate = resealed({**certificate, "combination": ["0x1", "0x1", "0x1", "0x0"], "denominator": "0x2"})
    assert verdict(certificate, 3, mappings(rows)) == "valid"
    scaled = {**certificate, "combination": ["0x2", "0x2", "0x2", "0x0"], "denominator": "0x4"}
    negated = {**certificate, "combination": ["-0x1", "-0x1", "-0x1", "0x0"], "denominator": "-0x2"}
    moved = {**certificate, "combination": ["0x0", "0x2", "0x0", "0x2"]}
    for changed in (scaled, negated, moved):
        assert is_true(changed, rows)
        assert verdict(changed, 3, mappings(rows)) == "not valid"
    assert verdict(resealed(scaled), 3, mappings(rows)) == "not valid"
    assert verdict(resealed(negated), 3, mappings(rows)) == "not valid"
    assert verdict(resealed(moved), 3, mappings(rows)) == "not valid"  # gcd 2
    rows, certificate = GENUINE["does not span over Q"]
    for scale in (-1, 3):
        scaled = {**certificate, "kernel": [hex(scale * int(x, 16)) for x in certificate["kernel"]]}
        assert is_true(scaled, rows)
        assert verdict(resealed(scaled), 4, mappings(rows)) == "not valid"
    rows, certificate = GENUINE["spans over GF(5)"]
    shifted = {**certificate, "combination": [hex(int(v, 16) - 5) for v in certificate["combination"]]}
    assert is_true(shifted, rows)
    assert verdict(resealed(shifted), 4, mappings(rows)) == "not valid"


FRAUDS = {
    "zero denominator": ("spans over Q", {"combination": ["0x0"] * 4, "denominator": "0x0"}, "lowest terms"),
    "zero kernel vector": ("does not span over Q", {"kernel": ["0x0"] * 4}, "lowest terms"),
    "entry beyond the columns": ("does not span over Q", {"kernel": ["0x0"] * 4 + ["0x1"]}, "5 entries for 4 columns"),
    "entry missing": ("does not span over Q", {"kernel": ["0x1", "-0x1", "-0x1"]}, "3 entries for 4 columns"),
    "row too many": ("spans over Q", {"combination": ["0x1"] * 3 + ["0x0"] * 2}, "5 coefficients for 4 rows"),
    "row too few": ("spans over Q", {"combination": ["0x1"] * 3}, "3 coefficients for 4 rows"),
    "later stop": (
        "stopping time over Q",
        {"stopping_time": 4, "combination": ["0x1"] * 3 + ["0x0"]},
        "not orthogonal",
    ),
    "stop after the end": ("stopping time over Q", {"stopping_time": 5}, "stopping time of 5 for 4 rows"),
    "stop before the start": (
        "stopping time over Q",
        {"stopping_time": 0, "combination": [], "denominator": "0x1"},
        "at column 0",
    ),
    "denominator mod p": ("spans over GF(5)", {"denominator": "0x6"}, "denominator 1"),
    "scaled kernel mod p": ("does not span over GF(4)", {"field": "GF(3)", "kernel": ["0x2"] * 3}, "with 1 first"),
    "zero kernel mod p": ("does not span over GF(4)", {"kernel": ["0x0"] * 3}, "with 1 first"),
    "residue p": ("does not span over GF(4)", {"kernel": ["0x1", "0x1", "0x3"]}, "residues modulo 2"),
    "another field": ("stopping time over GF(2)", {"field": "Q"}, "does not give the denominator at column 0"),
    "another shape": ("spans over Q", {"rows": 3}, "it speaks of 3 rows of 3 columns, the matrix has 4 rows"),
}


@pytest.mark.quality
@pytest.mark.parametrize(("name", "changes", "reason"), FRAUDS.values(), ids=FRAUDS)
def test_frauds_under_a_new_digest_are_told_apart(name, changes, reason):
    rows, certificate = GENUINE[name]
    read = checker.read(json.dumps(resealed({**certificate, **changes})))
    assert reason in checker.fault(read, rows.columns, mappings(rows))


@pytest.mark.quality
def test_a_kernel_vector_that_sums_to_zero_proves_nothing():
    rows = from_sets(3, [[0, 1], [2]])
    certificate = {**span_certificate(from_sets(3, [[0], [2]])), "kernel": ["0x1", "-0x1", "0x0"]}
    certificate["matrix_sha256"] = checker.matrix_digest(3, mappings(rows))
    read = checker.read(json.dumps(resealed(certificate)))
    assert checker.fault(read, 3, mappings(rows)) == "its kernel vector sums to 0"


@pytest.mark.parametrize(
    "number", ["1", 1, "0x", "0x01", "-0x0", "0X1", "0x1F", "+0x1", " 0x1", "0x1\n", "0x1_0", "", None]
)
def test_numbers_have_one_spelling(number):
    rows, certificate = GENUINE["spans over Q"]
    content = resealed({**certificate, "combination": [number, *certificate["combination"][1:]]})
    assert verdict(content, 3, mappings(rows)) == "not a certificate"
    assert verdict(resealed({**certificate, "denominator": number}), 3, mappings(rows)) == "not a certificate"


@pytest.mark.parametrize(
    "number", ["3.0", "3e0", "-3", "-0", "1" * 19, "9" * 5000, "NaN", "Infinity", "true", "[3]", '"3"']
)
def test_counts_are_short_whole_numbers(number):
    text = to_json(GENUINE["spans over Q"][1]).replace('"columns": 3', f'"columns": {number}')
    assert verdict(text, 3, mappings(TRIANGLE)) == "not a certificate"


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "1", "null", "{}", '{"format": 1}', b"\xff\xfe", "[" * 10**5, "\ufeff{}", '{"a": "\ud800"}']
)
def test_other_texts_are_no_certificates(text):
    assert verdict(text, 3, mappings(TRIANGLE)) == "not a certificate"


@given(st.data())
def test_a_changed_character_never_changes_the_claim(data):
    """A changed character is refused, or touches only white space and spelling that JSON leaves free."""
    rows, certificate = data.draw(st.sampled_from(list(GENUINE.values())))
    text = to_json(certificate)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from('0123456789abcdefx-+",:[]{} \n') | st.characters(codec="utf-8"))
    changed = text[:at] + other + text[at + 1 :]
    assume(changed != text)
    if verdict(changed, rows.columns, mappings(rows)) == "valid":
        assert json.loads(changed) == certificate


def test_the_matrix_is_checked():
    certificate = checker.read(to_json(span_certificate(TRIANGLE)))
    matrix = mappings(TRIANGLE)
    for row in ({3: 1}, {-1: 1}, {0: 1.0}, {0: True}, {0: 2**63}, {True: 1}):
        with pytest.raises(ArgumentError, match=r"matrix\[1\]"):
            checker.fault(certificate, 3, [matrix[0], row, *matrix[2:]])


def test_fields_are_told_from_other_orders():
    def characteristic(order):
        try:
            return checker._characteristic(f"GF({order})")[0]
        except checker.NotACertificateError:
            return None

    orders = [*range(2, 400), 2**61 - 1, 2**62, 3**39, (2**31 - 1) ** 2, 2**63 - 25, 2**63 - 1, 3037000493**2]
    orders += [3215031751, 341550071728321, 3825123056546413051, 2**63, 561 * 2**50]
    for order in orders:
        base = (perfect_power(order) or (order, 1))[0]
        assert characteristic(order) == (base if order < 2**63 and isprime(base) else None)


@given(integer_rows(max_columns=4), st.lists(st.fractions(), max_size=8))
def test_the_equations_by_fractions(rows, coefficients):
    """On random v over Q, the checker's verdict is that of rational arithmetic entry by entry."""
    v = (coefficients + [Fraction(0)] * len(rows))[: len(rows)]
    scale = int(np.lcm.reduce([x.denominator for x in v] or [1], dtype=object))
    products = [sum((x * int(w) for x, w in zip(v, column, strict=True)), Fraction(0)) for column in rows.dense().T]
    content = resealed(
        {
            **span_certificate(from_sets(0, [])),
            "columns": rows.columns,
            "rows": len(rows),
            "matrix_sha256": checker.matrix_digest(rows.columns, mappings(rows)),
            "combination": [hex(int(x * scale)) for x in v],
            "denominator": hex(scale),
        }
    )
    expected = "valid" if all(x == 1 for x in products) else "not valid"
    assert verdict(content, rows.columns, mappings(rows)) == expected


def test_it_shares_no_code_with_the_package():
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    package = {module for module in imported if module.startswith("srtheory")}
    assert package == {"srtheory.errors"}
    assert imported - package <= {
        "__future__",
        "bisect",
        "collections.abc",
        "dataclasses",
        "hashlib",
        "itertools",
        "json",
        "math",
        "re",
    }


def test_claims_are_sentences():
    claims = {checker.claim(checker.read(to_json(certificate))) for _, certificate in GENUINE.values()}
    assert "Over Q, the matrix has stopping time 3." in claims
    assert "Over Q, the rows of the matrix do not span 1." in claims
    assert "Over GF(5), the rows of the matrix span 1." in claims
