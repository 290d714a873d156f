"""Tampered certificates, and a reading of docs/certificates.md of its own that says which are valid all the same."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import gcd
from typing import Any

import numpy as np
from sympy import isprime, perfect_power

from srtheory.rows import from_dense
from srtheory.span.certificates import span_certificate, stopping_time_certificate
from srtheory.span.engine import stopping_time
from srtheory.span.oracles import checker
from tests.attack.matrices import KINDS
from tests.attack.report import Tally

Matrix = list[dict[int, int]]
FIELDS = ["Q", "GF(2)", "GF(3)", "GF(4)", "GF(8)", "GF(9)", "GF(5)", "GF(251)", f"GF({2**31 - 1})", f"GF({2**61 - 1})"]
INTEGERS = ("version", "columns", "rows", "stopping_time")
DIGESTS = ("matrix_sha256", "certificate_sha256")
WITNESS = {"spans": "combination denominator", "does-not-span": "kernel"}
WITNESS["stopping-time"] = "stopping_time combination denominator kernel"


@dataclass(frozen=True)
class Case:
    """A certificate's content and the matrix it is checked against."""

    content: dict[str, Any]
    columns: int
    matrix: Matrix


# ---------------------------------------------------------------------------------------------------------- the judge


def is_valid(text: bytes, columns: int, matrix: Matrix) -> bool:
    """Whether a text is a canonical certificate whose digests and equations hold for the matrix."""
    try:
        content = json.loads(
            text.decode(), object_pairs_hook=_pairs, parse_int=_plain, parse_float=_none, parse_constant=_none
        )
        _check(content, columns, matrix)
    except (ValueError, TypeError, KeyError, RecursionError, _WrongError):
        return False
    return True


class _WrongError(Exception):
    pass


def _require(condition: object) -> None:
    if not condition:
        raise _WrongError


def _pairs(pairs):
    _require(len({name for name, _ in pairs}) == len(pairs))
    return dict(pairs)


def _plain(digits):
    _require(len(digits) <= 18 and digits.isdecimal() and digits.isascii())
    return int(digits)


def _none(text):
    raise _WrongError


def _check(content, columns, matrix):
    kind = content["kind"]
    always = {"format", "version", "kind", "field", "columns", "rows", *DIGESTS}
    _require(set(content) == always | set(WITNESS[kind].split()))
    _require(all(type(content[key]) is int for key in INTEGERS if key in content))
    _require((content["format"], content["version"]) == ("srtheory-certificate", 1))
    _require((content["columns"], content["rows"]) == (columns, len(matrix)))
    _require(content["matrix_sha256"] == matrix_digest(columns, matrix) and content == sealed(content))
    p = characteristic(content["field"])
    _require(not is_extension(content["field"]) or all(0 <= w < p for row in matrix for w in row.values()))
    k = content.get("stopping_time", len(matrix))
    _require(k <= len(matrix))
    table = [[row.get(j, 0) for j in range(columns)] for row in matrix]
    if kind != "does-not-span":
        _check_combination(_listed(content["combination"]), _number(content["denominator"]), table[:k], columns, p)
    if kind != "spans":
        _check_kernel(_listed(content["kernel"]), table[: k - 1] if kind == "stopping-time" else table, columns, p, k)


def _listed(value):
    _require(type(value) is list)
    return [_number(entry) for entry in value]


def _number(text):
    _require(type(text) is str and re.fullmatch("-?0x[0-9a-f]+", text) and hex(int(text, 16)) == text)
    return int(text, 16)


def _check_combination(v, d, table, columns, p):
    _require(len(v) == len(table))
    _require(d == 1 and all(0 <= x < p for x in v) if p else d > 0 and gcd(d, *v) == 1)
    for j in range(columns):
        total = sum(x * row[j] for x, row in zip(v, table, strict=True)) - d
        _require((total % p if p else total) == 0)


def _check_kernel(x, table, columns, p, k):
    _require(len(x) == columns)
    if columns == 0 and k == 0:
        return
    first = next((entry for entry in x if entry), 0)
    _require(first == 1 and all(0 <= entry < p for entry in x) if p else first > 0 and gcd(*x) == 1)
    for row in table:
        product = sum(a * b for a, b in zip(row, x, strict=True))
        _require((product % p if p else product) == 0)
    _require(sum(x) % p if p else sum(x))


def characteristic(field: object) -> int:
    if field == "Q":
        return 0
    q = int(re.fullmatch(r"GF\(([1-9][0-9]*)\)", field, re.ASCII)[1])
    p, _ = perfect_power(q) or (q, 1)
    _require(q < 2**63 and isprime(p))
    return int(p)


def is_extension(field: str) -> bool:
    return field not in ("Q", f"GF({characteristic(field)})")


def sealed(content: dict) -> dict:
    """The content with the digest that it should have."""
    rest = {key: content[key] for key in sorted(content) if key != DIGESTS[1]}
    text = json.dumps(rest, separators=(",", ":"), sort_keys=True)
    return content | {DIGESTS[1]: hashlib.sha256(text.encode()).hexdigest()}


def matrix_digest(columns: int, matrix: Matrix) -> str:
    lines = "".join(" ".join(f"{j}:{w}" for j, w in sorted(row.items()) if w) + "\n" for row in matrix)
    return hashlib.sha256(f"columns {columns}\nrows {len(matrix)}\n{lines}".encode()).hexdigest()


# ------------------------------------------------------------------------------------------------------ genuine ones


def genuine(rng: np.random.Generator) -> Case:
    """A certificate of a random statement about a small random matrix."""
    n, m, field = int(rng.integers(0, 6)), int(rng.integers(1, 5)), str(rng.choice(FIELDS))
    dense = KINDS[str(rng.choice(list(KINDS)))](rng, 1, n, m)[0]
    if rng.random() < 0.02:
        dense = dense[:, :0]
    if is_extension(field):  # of which this judge knows the prime field
        dense = dense % characteristic(field)
    rows = from_dense(dense)
    k = stopping_time(**rows.arrays, field=field).stopping_time
    whole = k is None or rng.random() < 0.3
    content = span_certificate(rows, field=field) if whole else stopping_time_certificate(rows, k, field=field)
    return Case(content, rows.columns, rows.mappings())


# --------------------------------------------------------------------------------------------------------- tampering


def _numbers(case: Case) -> list[tuple[str, int]]:
    """Where the witness has numbers: key and place, -1 for a key that has one number."""
    places = [(key, i) for key in ("combination", "kernel") for i in range(len(case.content.get(key, ())))]
    return places + ([("denominator", -1)] if "denominator" in case.content else [])


def _put(content: dict, key: str, place: int, value: Any) -> dict:
    if place < 0:
        return content | {key: value}
    return content | {key: [*content[key][:place], value, *content[key][place + 1 :]]}


def _get(content: dict, key: str, place: int) -> Any:
    return content[key] if place < 0 else content[key][place]


def _one(rng, items):
    return items[rng.integers(len(items))]


def _other_number(case, rng):
    """One number of the witness changed, or all of a list: sign, one more, a multiple, a residue's other name."""
    p = characteristic(case.content["field"])
    change = _one(
        rng,
        [
            lambda x: -x,
            lambda x: x + 1,
            lambda x: x - 1,
            lambda x: 2 * x,
            lambda x: x + p,
            lambda x: x - p,
            lambda x: 0,
            lambda x: x ^ 1 << 70,
            lambda x: x * 3 % (p or 7),
        ],
    )
    places = _numbers(case)
    key, place = _one(rng, places) if places else ("denominator", -1)
    content = case.content
    for other, at in places if rng.random() < 0.4 else [(key, place)] if places else []:
        if other == key or (other in ("combination", "denominator") and key != "kernel"):
            content = _put(content, other, at, hex(change(int(_get(content, other, at), 16))))
    return content


def _scaled(case, rng):
    """A whole part of the witness times a number: the same equations, not in their one form."""
    content, factor = case.content, int(_one(rng, [2, 3, -1, 1 + characteristic(case.content["field"])]))
    for key, place in _numbers(case):
        if ("kernel" in content and rng.integers(2)) == (key == "kernel"):
            content = _put(content, key, place, hex(factor * int(_get(content, key, place), 16)))
    return content


def _balanced(case, rng):
    """A kernel vector that sums to 0, as two equal columns have one, said to prove that the rows do not span 1."""
    columns = [tuple(row.get(j, 0) for row in case.matrix) for j in range(case.columns)]
    pairs = [(i, j) for j in range(case.columns) for i in range(j) if columns[i] == columns[j]]
    if not pairs:
        return case.content
    (i, j), p = _one(rng, pairs), characteristic(case.content["field"])
    kernel = [1 if c == i else (p - 1 if p else -1) if c == j else 0 for c in range(case.columns)]
    content = {key: value for key, value in case.content.items() if key not in WITNESS["stopping-time"].split()}
    return content | {"kind": "does-not-span", "kernel": list(map(hex, kernel))}


def _swapped(case, rng):
    """Two entries of a list, two lists, or the digests exchanged."""
    content, key = case.content, str(_one(rng, ["combination", "kernel", "lists", "digests", "shape"]))
    pairs = {"lists": ("combination", "kernel"), "digests": DIGESTS, "shape": ("columns", "rows")}
    if key in pairs:
        a, b = pairs[key]
        return content | ({a: content[b], b: content[a]} if {a, b} <= set(content) else {})
    if len(content.get(key, ())) < 2:
        return content
    i, j = rng.choice(len(content[key]), 2, replace=False)
    a, b = content[key][i], content[key][j]
    return _put(_put(content, key, i, b), key, j, a)


TYPES = [
    True,
    False,
    None,
    0,
    1,
    -1,
    1.0,
    0.5,
    10**18,
    "",
    "0",
    "1",
    "1.0",
    "true",
    "0x1",
    [],
    ["0x1"],
    [[]],
    {},
    {"0x1": 1},
]


def _other_type(case, rng):
    key = _one(rng, list(case.content))
    value = _one(rng, TYPES)
    if type(case.content[key]) is list and case.content[key] and rng.random() < 0.6:
        return _put(case.content, key, int(rng.integers(len(case.content[key]))), value)
    return case.content | {key: value}


def _same_in_another_type(case, rng):
    """True for 1, "1" for 1, 1 for "0x1", a list for its item, …"""
    content, key = case.content, _one(rng, list(case.content))
    value, place = content[key], -1
    if type(value) is list and value and rng.random() < 0.7:
        place = int(rng.integers(len(value)))
        value = value[place]
    if type(value) is int:
        others = [float(value), str(value), bool(value), [value], hex(value)]
    elif type(value) is str:
        others = [[value], {value: value}, *([int(value, 16), str(int(value, 16))] if value[:2] == "0x" else [])]
    else:
        others = [dict(enumerate(value)), "".join(map(str, value)), [value]]
    return _put(content, key, place, _one(rng, others))


SPELLINGS = [
    lambda t: t.replace("0x", "0x0"),
    lambda t: t.replace("0x", "0X"),
    lambda t: t.upper(),
    lambda t: t[2:],
    lambda t: f" {t}",
    lambda t: f"{t}\n",
    lambda t: f"+{t}",
    lambda t: f"-{t}",
    lambda t: f"{t}_0",
    lambda t: t.replace("0x", ""),
    lambda t: "0x",
    lambda t: f"{t}L",
    lambda t: t.replace("1", "\u0661"),
    lambda t: t.replace("0", "\uff10"),
    lambda t: t.replace("x", "b"),
    lambda t: f"{t}.0",
    lambda t: f"{t}/1",
    lambda t: "nan",
    lambda t: "-0x0",
    lambda t: f"{t}\x00",
    lambda t: "\ud800",
    lambda t: t.replace("1", "\N{MATHEMATICAL BOLD DIGIT ONE}"),
]


def _other_spelling(case, rng):
    """A number of the witness in another spelling."""
    places = _numbers(case)
    if not places:
        return case.content
    key, place = _one(rng, places)
    return _put(case.content, key, place, _one(rng, SPELLINGS)(_get(case.content, key, place)))


def _other_digest(case, rng):
    """Either digest with a digit changed, upper-case, cut, doubled, or that of something else."""
    key = _one(rng, DIGESTS)
    text, i = case.content[key], int(rng.integers(64))
    digit = "0123456789abcdef"[(int(text[i], 16) + int(rng.integers(1, 16))) % 16]
    other = [
        text[:i] + digit + text[i + 1 :],
        text.upper(),
        text[:i],
        text * 2,
        hashlib.md5(text.encode()).hexdigest(),
        hashlib.sha256(b"").hexdigest(),
        text + "\n",
        f" {text}",
        "0x" + text,
        "",
        "0" * 64,
    ]
    return case.content | {key: _one(rng, other)}


ODD_FIELDS = [
    "GF(6)",
    "GF(1)",
    "GF(0)",
    "GF(02)",
    "GF(-2)",
    "GF(2^2)",
    "gf(2)",
    "QQ",
    "q",
    "",
    "R",
    " Q",
    "Q\n",
    "GF(2)\n",
    "GF(\u0662)",
    "GF(1e1)",
    f"GF({2**89 - 1})",
    "GF(9223372036854775808)",
    "GF(2",
    "2",
    "GF(0x2)",
    "GF(2.0)",
]


def _other_field(case, rng):
    return case.content | {"field": _one(rng, [*FIELDS, "GF(16)", "GF(27)", "GF(343)", *ODD_FIELDS])}


def _other_statement(case, rng):
    """Another kind, with what belongs to it taken from what there is; or another stopping time."""
    content = dict(case.content)
    if rng.random() < 0.3 and "stopping_time" in content:
        step = int(_one(rng, [-1, 1, 2, -2]))
        content["stopping_time"] = max(0, content["stopping_time"] + step)
        if rng.random() < 0.7:
            content["combination"] = (content["combination"] + ["0x0"] * 2)[: content["stopping_time"]]
        return content
    kind = _one(rng, [*WITNESS, "Spans", "spans ", "", "stopping_time"])
    if kind in WITNESS and rng.random() < 0.9:
        spare = {"stopping_time": case.content["rows"], "denominator": "0x1", "kernel": ["0x1"] * case.columns}
        spare |= {"combination": ["0x1"] * case.content["rows"]} | content
        content = {key: value for key, value in content.items() if key not in WITNESS["stopping-time"].split()}
        content |= {key: spare[key] for key in WITNESS[kind].split()}
        if kind == "spans" and rng.random() < 0.7:
            content["combination"] = (content["combination"] + ["0x0"] * 9)[: content["rows"]]
    return content | {"kind": kind}


def _other_keys(case, rng):
    """One missing, one too many, one renamed."""
    content, key = dict(case.content), _one(rng, list(case.content))
    extra = _one(
        rng, ["comment", "", "Kind", "kernel ", "combination", "kernel", "denominator", "stopping_time", "\u212ainD"]
    )
    what = rng.integers(3)
    if what != 1:
        value = content.pop(key)
    if what != 0:
        content.setdefault(extra, value if what == 2 else _one(rng, ["0x1", 1, [], None]))
    return content


CHANGES: dict[str, Callable[[Case, np.random.Generator], dict[str, Any]]] = {
    "numbers of the witness": _other_number,
    "witnesses times a number": _scaled,
    "kernel vectors that sum to 0": _balanced,
    "things exchanged": _swapped,
    "values of another type": _other_type,
    "the same in another type": _same_in_another_type,
    "spellings of numbers": _other_spelling,
    "digests": _other_digest,
    "fields": _other_field,
    "statements": _other_statement,
    "keys missing, extra, renamed": _other_keys,
}


def _tampered_matrix(case: Case, rng) -> Case:
    """Another matrix under the same certificate, or under one that has its digest and shape."""
    matrix, columns = [dict(row) for row in case.matrix], case.columns
    p = characteristic(case.content["field"])
    what = int(rng.integers(7))
    i = int(rng.integers(len(matrix))) if matrix else 0
    if what == 0 or not matrix:
        matrix.append({})
    elif what == 1:
        del matrix[i]
    elif what == 2:
        columns += 1
    elif what == 3:
        matrix[i], matrix[i - 1] = matrix[i - 1], matrix[i]
    elif what == 4:
        matrix.insert(i, matrix[i])
    elif columns:
        j = int(rng.integers(columns))
        step = int(_one(rng, [1, -1, p or 5, -p or 7, -2 * matrix[i].get(j, 0)]))
        matrix[i][j] = min(max(matrix[i].get(j, 0) + step, -(2**63)), 2**63 - 1)
    content = case.content
    if rng.random() < 0.6:
        content = content | {"columns": columns, "rows": len(matrix), "matrix_sha256": matrix_digest(columns, matrix)}
    return Case(content, columns, matrix)


TEXTS: dict[str, Callable[[str, np.random.Generator], str | bytes]] = {
    "a key twice": lambda t, rng: _twice(t, rng),
    "a number's spelling": lambda t, rng: re.sub(
        r": ([0-9]+)", lambda f: f": {_spelled(f[1], rng)}", t, count=int(rng.integers(1, 4))
    ),
    "NaN": lambda t, rng: re.sub(
        r": [0-9]+", ": " + _one(rng, ["NaN", "Infinity", "-Infinity", "nan", "1e999"]), t, count=1
    ),
    "cut": lambda t, rng: t[: rng.integers(len(t))],
    "a byte changed": lambda t, rng: _byte(t.encode(), rng, 1),
    "a byte put in": lambda t, rng: _byte(t.encode(), rng, 0),
    "a byte left out": lambda t, rng: (lambda b, i: b[:i] + b[i + 1 :])(t.encode(), rng.integers(len(t.encode()))),
    "around it": lambda t, rng: _one(
        rng, ["{0}x", "[{0}]", "{0}{0}", "\ufeff{0}", "{0}\x00", "//\n{0}", "x={0}", "{0},"]
    ).format(t),
    "another encoding": lambda t, rng: t.encode(_one(rng, ["utf-16", "utf-32", "utf-8-sig", "utf-16-le"])),
    "white space only": lambda t, rng: json.dumps(
        json.loads(t), indent=int(rng.integers(9)), sort_keys=bool(rng.integers(2))
    ),
    "escapes": lambda t, rng: t.replace("spans", "\\u0073pans").replace("0x1", "\\u0030x1"),
    "nested": lambda t, rng: _one(
        rng, ["[" * 10**5, '{"kind":' * 10**5, t[:-1].rstrip("}\n ") + ',"x":' + "[" * 10**4]
    ),
}


def _twice(text, rng):
    key, value = _one(rng, list(json.loads(text).items()))
    again = _one(rng, [json.dumps(key), '"' + "".join(f"\\u{ord(c):04x}" for c in key) + '"'])
    value = value if rng.random() < 0.5 else _one(rng, TYPES)
    if rng.random() < 0.5:
        return "{" + f"{again}: {json.dumps(value)}, " + text.lstrip()[1:]
    return text.rstrip().rstrip("}") + f", {again}: {json.dumps(value)}}}"


def _spelled(digits, rng):
    other = [
        "{0}.0",
        "{0}e0",
        "0{0}",
        "+{0}",
        "-{0}",
        "{0}_0",
        '"{0}"',
        "0x{0}",
        "{0}\uff10",
        "\u0661",
        "-0",
        "{0}" * 30,
    ]
    return _one(rng, other).format(digits)


def _byte(data, rng, instead):
    i = int(rng.integers(len(data)))
    return data[:i] + bytes([int(rng.integers(256))]) + data[i + instead :]


# ------------------------------------------------------------------------------------------------------------ attack


def is_accepted(text: str | bytes, columns: int, matrix: Matrix) -> bool:
    """What the package's checker says; any other exception than its own passes."""
    try:
        return checker.fault(checker.read(text), columns, matrix) is None
    except checker.NotACertificateError:
        return False


def tampered(case: Case, rng: np.random.Generator) -> tuple[str, str | bytes, Case]:
    """A kind of change, the text, and the case whose matrix it is checked against."""
    kind = _one(rng, [*CHANGES, *CHANGES, "another matrix", "another matrix", *TEXTS])
    if kind in TEXTS:
        return f"text: {kind}", TEXTS[kind](json.dumps(case.content, indent=0), rng), case
    if kind == "another matrix":
        case = _tampered_matrix(case, rng)
        content = case.content
    else:
        content = CHANGES[kind](case, rng)
    if rng.random() < 0.7:
        content, kind = sealed(content), f"{kind}, sealed anew"
    return kind, json.dumps(content), case


def attack(number: int, seed: int, accepted: Callable[..., bool] = is_accepted) -> Tally:
    """So many tampered certificates, five of each genuine one."""
    tally = Tally(
        "certificates",
        "Certificates",
        "Genuine certificates of all kinds over ten fields are accepted. Then they are tampered with, with and "
        'without a new digest ("sealed anew" in the table). A second reader of docs/certificates.md, written for these '
        "tests, decides which files are canonical, with digests and equations that hold. The checker must accept "
        "exactly those: some changes make another true certificate.",
        seed,
    )
    rng = np.random.default_rng(seed)
    while tally.total < number:
        case = genuine(rng)
        texts = [("genuine", json.dumps(case.content), case), *(tampered(case, rng) for _ in range(5))]
        for kind, text, against in texts:
            right = is_valid(
                text if isinstance(text, bytes) else text.encode(errors="surrogatepass"),
                against.columns,
                against.matrix,
            )
            told = accepted(text, against.columns, against.matrix)
            if kind == "genuine" and not right:
                told, right = right, True
            elif right and kind != "genuine":
                kind = "changed, and true all the same"
            tally.count(
                kind, None if told == right else f"accepted {told}, valid {right}: {text!r:.600}, {against.matrix}"
            )
    return tally
