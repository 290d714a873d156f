"""A text is accepted as a certificate exactly if a second reader, of tests/oracle/certificates.py, accepts it.

Genuine certificates of every kind over every field are accepted; then they are tampered with in every way that the
tables below list, with and without a new digest, and some changes make another true certificate.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from sympy import isprime, perfect_power

import srtheory
from srtheory.errors import ArgumentError
from srtheory.matrix import from_dense, from_sets
from srtheory.span import certificates, checker
from srtheory.span.certificates import span_certificate, stopping_time_certificate, to_json
from srtheory.span.field import parse_field
from tests.attack.report import Tally
from tests.contracts.fields import KINDS, QUICK, SLOW, long, matrices, of_kind, rows_of
from tests.oracle.certificates import WITNESS, changed_rows, matrix_digest, sealed, valid
from tests.oracle.fields import FIELDS, judge
from tests.strategies import EDGE_CASES, mappings, with_weights

DOCUMENT = Path(__file__).parents[2] / "docs" / "certificates.md"
DIGESTS = ("matrix_sha256", "certificate_sha256")


def accepted(text, columns, matrix):
    try:
        return checker.fault(checker.read(text), columns, matrix) is None
    except checker.NotACertificateError:
        return False


def certified(matrix, m, field, whole=False, wrong=()):
    """The certificate of the least prefix that spans 1, or of all rows; others of ``wrong`` are not made."""
    rows, right = rows_of(matrix, m), judge(matrix, m, field)
    if right.stopping_time is None or whole:
        made = span_certificate(rows, field=field)
        assert made["kind"] == ("does-not-span" if right.stopping_time is None else "spans")
    else:
        made = stopping_time_certificate(rows, right.stopping_time, field=field)
        assert (made["kind"], made["stopping_time"]) == ("stopping-time", right.stopping_time)
    for k in {*wrong} - {right.stopping_time}:
        with pytest.raises(ArgumentError, match="'stopping_time'"):
            stopping_time_certificate(rows, k, field=field)
    return made, m, mappings(rows)


@pytest.mark.share(3)
@pytest.mark.parametrize("field", FIELDS)
def test_what_is_true_is_certified(field):
    @settings(max_examples=5 if field in SLOW else 25)
    @given(matrices(field, 3) if field in SLOW else st.one_of(matrices(field, 3), kinds(field)), st.booleans())
    def true(some, whole):
        made, m, matrix = certified(
            *some, field, whole, () if field in SLOW else (-1, 0, len(some[0]), len(some[0]) + 1)
        )
        text = to_json(made)
        assert json.loads(text) == made
        assert checker.fault(checker.read(text), m, matrix) is None
        if field not in SLOW:
            assert valid(text, m, matrix)

    true()
    for rows in EDGE_CASES.values():
        if field == "Q" or (rows.values is None and field not in SLOW):
            assert accepted(to_json(span_certificate(rows, field=field)), rows.columns, mappings(rows))


def kinds(field):
    drawn = st.tuples(st.sampled_from(list(KINDS)), st.integers(0, 10**6))
    return drawn.map(lambda some: of_kind(*some, field, 4))


# ----------------------------------------------------------------------------------------------------------- tampering

TYPES = [True, False, None, 0, 1, -1, 1.0, 0.5, 10**18, "", "0", "1", "true", "0x1", [], ["0x1"], [[]], {}, {"0x1": 1}]
SPELLINGS = [
    *("0x", "nan", "-0x0", "\ud800", "{0}L", " {0}", "{0}\n", "+{0}", "-{0}", "{0}_0", "{0}.0", "{0}/1", "{0}\x00"),
    *(("0x", "0x0"), ("0x", "0X"), ("0x", ""), ("x", "b"), ("1", "\u0661"), ("0", "\uff10"), ("1", "\U0001d7cf")),
]
ODD_FIELDS = [
    *("GF(6)", "GF(1)", "GF(0)", "GF(02)", "GF(-2)", "GF(2^2)", "gf(2)", "QQ", "q", "", "R", " Q", "Q\n", "GF(2)\n"),
    *("GF(\u0662)", "GF(1e1)", f"GF({2**89 - 1})", f"GF({2**63})", "GF(2", "2", "GF(0x2)", "GF(2.0)", "GF(16)"),
]
CHANGES_OF_NUMBERS = [
    *(lambda x, p: -x, lambda x, p: x + 1, lambda x, p: x - 1, lambda x, p: 2 * x, lambda x, p: 0),
    *(lambda x, p: x + p, lambda x, p: x - p, lambda x, p: x ^ 1 << 70, lambda x, p: x * 3 % (p or 7)),
]


def numbers_of(content):
    """Where the witness has numbers: key and place, -1 for a key that has one number."""
    keys = ("combination", "kernel", "polynomial")
    places = [(key, i) for key in keys for i in range(len(content.get(key, ())))]
    return places + ([("denominator", -1)] if "denominator" in content else [])


def put(content, key, place, value):
    if place < 0:
        return content | {key: value}
    return content | {key: [*content[key][:place], value, *content[key][place + 1 :]]}


def get(content, key, place):
    return content[key] if place < 0 else content[key][place]


def any_place(draw, content):
    key = draw(st.sampled_from(sorted(content)))
    inside = isinstance(content[key], list) and content[key] and draw(st.booleans())
    return key, draw(st.integers(0, len(content[key]) - 1)) if inside else -1


def other_numbers(draw, content, m, matrix):
    """One number changed, or all of a vector: sign, one more, a multiple, a residue's other name."""
    p, change = FIELDS[content["field"]].p, draw(st.sampled_from(CHANGES_OF_NUMBERS))
    if places := numbers_of(content):
        key, place = draw(st.sampled_from(places))
        all_of_it = draw(st.booleans())
        for other, at in places:
            together = {key, other} <= {"combination", "denominator"} or key == other
            if (other, at) == (key, place) or (all_of_it and together):
                content = put(content, other, at, hex(change(int(get(content, other, at), 16), p)))
    return content


def balanced_kernel(draw, content, m, matrix):
    """A kernel vector that sums to 0, as two equal columns have one, said to prove that the rows do not span 1."""
    columns = [tuple(row.get(j, 0) for row in matrix) for j in range(m)]
    pairs = [(i, j) for j in range(m) for i in range(j) if columns[i] == columns[j]]
    if not pairs:
        return content
    (i, j), p = draw(st.sampled_from(pairs)), FIELDS[content["field"]].p
    kernel = [1 if c == i else (p - 1 if p else -1) if c == j else 0 for c in range(m)]
    kept = {key: value for key, value in content.items() if key not in WITNESS["stopping-time"]}
    return kept | {"kind": "does-not-span", "kernel": list(map(hex, kernel))}


def exchanged(draw, content, m, matrix):
    pairs = [*zip(("combination", "columns", DIGESTS[0]), ("kernel", "rows", DIGESTS[1]), strict=True)]
    key = draw(st.sampled_from([*pairs, "combination", "kernel"]))
    if isinstance(key, tuple):
        a, b = key
        return content | ({a: content[b], b: content[a]} if {a, b} <= set(content) else {})
    if len(content.get(key, ())) < 2:
        return content
    return content | {key: draw(st.permutations(content[key]))}


def other_type(draw, content, m, matrix):
    key, place = any_place(draw, content)
    value = get(content, key, place)
    same = {
        int: lambda x: [float(x), str(x), bool(x), [x], hex(x)],
        str: lambda x: [[x], {x: x}, *([int(x, 16), str(int(x, 16))] if re.fullmatch("-?0x[0-9a-f]+", x) else [])],
        list: lambda x: ["".join(map(str, x)), [x]],
    }[type(value)](value)
    return put(content, key, place, draw(st.sampled_from(TYPES) | st.sampled_from(same)))


def other_spelling(draw, content, m, matrix):
    if not (places := numbers_of(content)):
        return content
    key, place = draw(st.sampled_from(places))
    text, how = get(content, key, place), draw(st.sampled_from(SPELLINGS))
    return put(content, key, place, how.format(text) if isinstance(how, str) else text.replace(*how))


def other_digest(draw, content, m, matrix):
    key, i = draw(st.sampled_from(DIGESTS)), draw(st.integers(0, 63))
    text = content[key]
    digit = "0123456789abcdef"[(int(text[i], 16) + draw(st.integers(1, 15))) % 16]
    others = [text[:i] + digit + text[i + 1 :], text.upper(), text[:i], text * 2, text + "\n", "0x" + text, "0" * 64]
    return content | {key: draw(st.sampled_from(others))}


def other_field(draw, content, m, matrix):
    return content | {"field": draw(st.sampled_from([*QUICK, *ODD_FIELDS]))}


def other_statement(draw, content, m, matrix):
    """Another kind, with whatever parts it needs made up from what there is; or another stopping time."""
    if "stopping_time" in content and draw(st.booleans()):
        k = max(0, content["stopping_time"] + draw(st.sampled_from([-2, -1, 1, 2])))
        fitting = (content["combination"] + ["0x0"] * 2)[:k] if draw(st.booleans()) else content["combination"]
        return content | {"stopping_time": k, "combination": fitting}
    kind = draw(st.sampled_from([*WITNESS, "Spans", ""]))
    spare = {"stopping_time": len(matrix), "denominator": "0x1", "kernel": ["0x1"] * m}
    spare |= {"combination": ["0x1"] * len(matrix)} | content
    kept = {key: value for key, value in content.items() if key not in WITNESS["stopping-time"]}
    return kept | {"kind": kind} | {key: spare[key] for key in WITNESS.get(kind, ())}


def other_keys(draw, content, m, matrix):
    """One missing, one too many, one renamed, one that is null."""
    content, key = dict(content), draw(st.sampled_from(sorted(content)))
    extra = draw(st.sampled_from(["comment", "", "Kind", "kernel ", "combination", "polynomial", "\u212aind", key]))
    if draw(st.booleans()):
        content.pop(key)
    if draw(st.booleans()):
        content[extra] = draw(st.sampled_from(["0x1", 1, [], None, ["0x1", "0x1", "0x1"]]))
    return content


CHANGES = {
    "numbers of the witness": other_numbers,
    "kernel vectors that sum to 0": balanced_kernel,
    "things exchanged": exchanged,
    "values of another type": other_type,
    "spellings of numbers": other_spelling,
    "digests": other_digest,
    "fields": other_field,
    "statements": other_statement,
    "keys": other_keys,
}


def twice(draw, text):
    key, value = draw(st.sampled_from(sorted(json.loads(text).items(), key=str)))
    again = draw(st.sampled_from([json.dumps(key), '"' + "".join(f"\\u{ord(c):04x}" for c in key) + '"']))
    return "{" + f"{again}: {json.dumps(draw(st.sampled_from([value, *TYPES])))}, " + text.lstrip()[1:]


def one_byte(draw, text):
    data, i = text.encode(), draw(st.integers(0, len(text) - 1))
    other = draw(st.binary(max_size=1) | st.sampled_from([b" ", b"0", b'"', b"\\", b"{", b"x"]))
    return data[:i] + other + data[i + draw(st.integers(0, 1)) :]


COUNTS = [
    "{0}.0",
    "{0}e0",
    "0{0}",
    "+{0}",
    "-{0}",
    '"{0}"',
    "0x{0}",
    "{0}\uff10",
    "\u0661",
    "-0",
    "{0}" * 30,
    "9" * 5000,
]
COUNTS += ["NaN", "Infinity", "-Infinity", "1e999", "true", "[{0}]"]
AROUND = ["{0}x", "[{0}]", "{0}{0}", "\ufeff{0}", "{0}\x00", "//\n{0}", "x={0}", "{0},", "\n {0} "]
TEXTS = {
    "a key twice": twice,
    "a byte": one_byte,
    "a number's spelling": lambda draw, t: re.sub(
        ": ([0-9]+)", lambda f: ": " + draw(st.sampled_from(COUNTS)).format(f[1]), t, count=draw(st.integers(1, 3))
    ),
    "cut": lambda draw, t: t[: draw(st.integers(0, len(t)))],
    "around it": lambda draw, t: draw(st.sampled_from(AROUND)).replace("{0}", t),
    "another encoding": lambda draw, t: t.encode(draw(st.sampled_from(["utf-16", "utf-32", "utf-8-sig", "utf-16-le"]))),
    "white space and escapes": lambda draw, t: draw(
        st.sampled_from([json.dumps(json.loads(t), indent=3, sort_keys=True), t.replace("0x1", "\\u0030x1")])
    ),
    "nested": lambda draw, t: draw(st.sampled_from(["[" * 10**5, '{"kind":' * 10**5, t[:-1] + ',"x":' + "[" * 10**4])),
    "no certificate": lambda draw, t: draw(
        st.sampled_from(["", "[]", "1", "null", "{}", '{"format": 1}', b"\xff\xfe", '{"a": "\ud800"}'])
    ),
}


def another_matrix(draw, content, m, matrix):
    """Another matrix under the same certificate, or under one that has its digest and shape."""
    changed = draw(st.sampled_from([*changed_rows(matrix, m)]))
    columns = m + draw(st.sampled_from([0, 0, 0, 1]))
    if draw(st.booleans()):
        shape = {"columns": columns, "rows": len(changed)}
        content = content | shape | {"matrix_sha256": matrix_digest(columns, changed)}
    return content, columns, changed


@st.composite
def tampered(draw):
    """A kind of change, a text, and the matrix against which it is checked."""
    field = draw(st.sampled_from(QUICK))
    made, m, matrix = certified(*draw(st.one_of(matrices(field, 3), kinds(field))), field, draw(st.booleans()))
    kind = draw(st.sampled_from([*CHANGES, "another matrix", *TEXTS]))
    if kind in TEXTS:
        return kind, TEXTS[kind](draw, json.dumps(made, indent=0)), m, matrix
    if kind == "another matrix":
        made, m, matrix = another_matrix(draw, made, m, matrix)
    else:
        made = CHANGES[kind](draw, made, m, matrix)
    if draw(st.sampled_from([True, True, False])):
        made, kind = sealed(made), f"{kind}, sealed anew"
    return kind, json.dumps(made), m, matrix


def wrong(some):
    _, text, m, matrix = some
    return accepted(text, m, matrix) != valid(text, m, matrix)


@settings(max_examples=120, suppress_health_check=list(HealthCheck))
@given(tampered())
def test_texts_are_accepted_exactly_if_a_second_reader_accepts_them(some):
    assert not wrong(some)


@pytest.mark.share(2)
@pytest.mark.parametrize("field", [field for field in QUICK if FIELDS[field].p < 10])
def test_every_number_and_stopping_time_beside_a_true_one_is_judged_by_the_second_reader(field):
    for kind in KINDS:
        made, m, matrix = certified(*of_kind(kind, 0, field, 4), field)
        p, others = FIELDS[field].p, []
        for key, at in numbers_of(made):
            value = int(get(made, key, at), 16)
            others += [put(made, key, at, hex(change(value, p))) for change in CHANGES_OF_NUMBERS]
        if "stopping_time" in made:
            padded = made["combination"] + ["0x0"] * 2
            others += [made | {"stopping_time": k, "combination": padded[:k]} for k in range(len(padded))]
        turned = [dict(reversed(row.items())) for row in matrix]
        for text in map(json.dumps, map(sealed, others)):
            assert accepted(text, m, matrix) == valid(text, m, matrix)
        assert accepted(json.dumps(made), m, turned)


@pytest.mark.attack
@pytest.mark.slow
def test_thousands_of_tampered_certificates():
    tally = Tally(
        "certificates",
        "Certificates",
        "Genuine certificates of all kinds over every field that is not too large for a table are tampered with, with "
        'and without a new digest ("sealed anew" in the table). A second reader of docs/certificates.md, written for '
        "these tests, decides which files are canonical, with digests and equations that hold. The checker must accept "
        "exactly those: some changes make another true certificate.",
        0,
    )
    tally.command = "python -m pytest -m attack tests/contracts/test_certificates.py"

    @long(12_500)
    @given(tampered())
    def ask(some):
        kind, text, m, matrix = some
        told = accepted(text, m, matrix)
        tally.count("changed, and true all the same" if told else kind, f"{some!r:.600}" if wrong(some) else None)

    ask()
    tally.keep()
    assert not tally.failures


TRIANGLE = from_sets(3, [[0, 1], [1, 2], [0, 2], [0]])
WEIGHTED = from_dense([[3, 0, 5, 0], [0, 2, 0, -7], [1, 1, 0, 0], [0, 0, 9, 1], [2, 2, 2, 3]])
GENUINE = {
    "spans over Q": (TRIANGLE, span_certificate(TRIANGLE)),
    "spans over GF(5)": (WEIGHTED, span_certificate(WEIGHTED, field="GF(5)")),
    "does not span over Q": (EDGE_CASES["star"], span_certificate(EDGE_CASES["star"])),
    "does not span over GF(4)": (EDGE_CASES["triangle"], span_certificate(EDGE_CASES["triangle"], field="GF(4)")),
    "stopping time, weights": (WEIGHTED, srtheory.certify(WEIGHTED)),
    "stopping time over GF(2)": (EDGE_CASES["star"], stopping_time_certificate(EDGE_CASES["star"], 3, field="GF(2)")),
}


def positive(matrix):
    return [{j: abs(weight) for j, weight in row.items()} for row in matrix]


def or_zero(read):
    def swallowing(key, value):
        try:
            return read(key, value)
        except checker.NotACertificateError:
            return 0

    return swallowing


def without(said):
    """The same fault, but for one that is not seen."""
    return lambda fault: lambda *given: None if said in ((found := fault(*given)) or "") else found


PLANTED = {
    "a sign lost": {"combination_fault": lambda right: lambda c, matrix: right(c, positive(matrix))},
    "no number read as 0": {"whole_number": or_zero},
    "skipped seal": {"content_digest": lambda right: lambda content: content["certificate_sha256"]},
    "skipped matrix digest": {
        "matrix_digest": lambda right: lambda *given: None,
        "identity_fault": without("the matrix does not"),
    },
    "last of two keys": {"unique_keys": lambda right: dict},
    "kernel that sums to 0": {"kernel_fault": without("kernel vector sums to 0")},
    "not in lowest terms": {"gcd": lambda right: lambda *given: 1},
}
RARE = ("not in lowest terms",)
"""What is met in thousands of texts."""


@pytest.mark.share(3)
@pytest.mark.quality
@pytest.mark.parametrize(
    "planted",
    [pytest.param(its, id=name, marks=[pytest.mark.attack] * (name in RARE)) for name, its in PLANTED.items()],
)
def test_planted_mistakes_of_the_checker_are_seen(planted, monkeypatch):
    for name, mistake in planted.items():
        monkeypatch.setattr(checker, name, mistake(getattr(checker, name)))
    look = settings(
        max_examples=20_000, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    assert find(tampered(), wrong, settings=look)


# ------------------------------------------------------------------------------------------------------ form and fields


def test_the_digest_is_that_of_the_matrix_alone():
    """Order inside a row and explicit zeros change nothing; order of rows does, and a lost weight is noticed."""
    digest = span_certificate(from_sets(3, [[0, 2], [1]]))["matrix_sha256"]
    zeros = with_weights(from_sets(3, [[2, 1, 0], [1]]), [1, 0, 1, 1])
    same = [span_certificate(rows)["matrix_sha256"] for rows in (from_sets(3, [[2, 0], [1]]), zeros)]
    assert same == [digest] * 2 == [matrix_digest(3, [{0: 1, 2: 1}, {1: 1}])] * 2
    assert span_certificate(from_sets(3, [[1], [0, 2]]))["matrix_sha256"] != digest
    rows = from_dense([[6, 0], [2, 4]])
    object.__setattr__(rows, "values", rows.values[:-1])
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        certificates.certificate_of(rows, field=parse_field("Q"), kernel=[1, 0])


def test_the_documented_example():
    example = DOCUMENT.read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    rows = from_sets(3, [[0, 1], [1, 2], [0, 2]])
    assert example == to_json(stopping_time_certificate(rows, 3))
    assert accepted(example, 3, mappings(rows))


def test_integers_longer_than_decimal_text_may_be():
    """A chain x_(i+1) = 2^60 x_i: 14 400 bits, more than the 4300 digits of Python's decimal text."""
    m, step = 241, 2**60
    rows = with_weights(from_sets(m, [[i, i + 1] for i in range(m - 1)]), [step, -1] * (m - 1))
    certificate = span_certificate(rows)
    assert certificate["kind"] == "does-not-span"
    assert int(certificate["kernel"][-1], 16) == step ** (m - 1)
    assert accepted(to_json(certificate), m, mappings(rows))


def test_the_matrix_is_checked():
    certificate, matrix = checker.read(to_json(span_certificate(TRIANGLE))), mappings(TRIANGLE)
    for row in ({3: 1}, {-1: 1}, {0: 1.0}, {0: True}, {0: 2**63}, {True: 1}):
        with pytest.raises(ArgumentError, match=r"matrix\[1\]"):
            checker.fault(certificate, 3, [matrix[0], row, *matrix[2:]])


def test_a_key_that_is_missing_is_told_from_one_that_is_unknown():
    _, certificate = GENUINE["spans over Q"]
    without_one = {key: value for key, value in certificate.items() if key != "combination"}
    for content, told in ((certificate | {"comment": ""}, "comment.*unknown"), (without_one, "combination.*missing")):
        with pytest.raises(checker.NotACertificateError, match=told):
            checker.read(json.dumps(content))


def test_fields_are_told_from_other_orders():
    """By the checker's own test of primes, against SymPy's."""
    orders = [*range(2, 400), 2**61 - 1, 2**62, 3**39, (2**31 - 1) ** 2, 2**63 - 25, 2**63 - 1, 3037000493**2]
    orders += [3215031751, 341550071728321, 3825123056546413051, 2**63, 561 * 2**50]
    content = span_certificate(from_sets(0, []), field="GF(2)")
    for order in orders:
        base = (perfect_power(order) or (order, 1))[0]
        try:
            found = checker.read(json.dumps(sealed(content | {"field": f"GF({order})"}))).modulus
        except checker.NotACertificateError:
            found = None
        assert found == (base if order < 2**63 and isprime(base) else None)


def test_the_checker_shares_no_code_with_the_package():
    tree = ast.parse(Path(checker.__file__).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert {module for module in imported if module.split(".")[0] not in sys.stdlib_module_names} == {"srtheory.errors"}


def test_claims_name_the_field_and_the_stopping_time():
    said = [checker.claim(checker.read(to_json(certificate))) for _, certificate in GENUINE.values()]
    assert len(set(said)) == len(said)
    for sentence, (_, certificate) in zip(said, GENUINE.values(), strict=True):
        assert certificate["field"] in sentence
        assert str(certificate.get("stopping_time", "")) in sentence
