"""A second reader of certificates, written from docs/certificates.md alone: which texts prove which statements."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from math import gcd
from typing import Any

from sympy import isprime, perfect_power

from tests.oracle.fields import Field

Matrix = list[dict[int, int]]
ALWAYS = {"format", "version", "kind", "field", "columns", "rows", "matrix_sha256", "certificate_sha256"}
WITNESS = {
    "spans": {"combination", "denominator"},
    "does-not-span": {"kernel"},
    "stopping-time": {"stopping_time", "combination", "denominator", "kernel"},
}


class WrongError(Exception):
    """The text proves nothing about the matrix."""


def valid(text: str | bytes, columns: int, matrix: Matrix) -> bool:
    """Whether a text is a canonical certificate whose digests and equations hold for the matrix."""
    try:
        content = json.loads(
            text if isinstance(text, str) else text.decode(),
            object_pairs_hook=_pairs,
            parse_int=_plain,
            parse_float=_none,
            parse_constant=_none,
        )
        _check(content, columns, matrix)
    except (ValueError, TypeError, KeyError, RecursionError, AttributeError, WrongError):
        return False
    return True


def sealed(content: dict[str, Any]) -> dict[str, Any]:
    """The content with the digest that it should have."""
    rest = {key: content[key] for key in content if key != "certificate_sha256"}
    text = json.dumps(rest, separators=(",", ":"), sort_keys=True)
    return content | {"certificate_sha256": hashlib.sha256(text.encode()).hexdigest()}


def matrix_digest(columns: int, matrix: Matrix) -> str:
    lines = "".join(" ".join(f"{j}:{w}" for j, w in sorted(row.items()) if w) + "\n" for row in matrix)
    return hashlib.sha256(f"columns {columns}\nrows {len(matrix)}\n{lines}".encode()).hexdigest()


def characteristic(field: str) -> tuple[int, int]:
    """p and k of GF(p^k), 0 and 1 for Q."""
    if field == "Q":
        return 0, 1
    q = int(re.fullmatch(r"GF\(([1-9][0-9]*)\)", field, re.ASCII)[1])
    p, k = map(int, perfect_power(q) or (q, 1))
    _require(q < 2**63 and isprime(p))
    return p, k


def changed_numbers(certificate):
    """Every single number changed in several ways: one more, one less, sign, zero, a doubled, a halved one."""
    for key, value in certificate.items():
        if type(value) is int:
            yield from ({**certificate, key: other} for other in {value + 1, abs(value - 1), 0, 2 * value} - {value})
        if key in {"combination", "kernel"}:
            for i, text in enumerate(value):
                for other in _other_numbers(text):
                    yield {**certificate, key: [*value[:i], other, *value[i + 1 :]]}
        if key == "denominator":
            yield from ({**certificate, key: other} for other in _other_numbers(value))


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


def _other_numbers(text):
    number = int(text, 16)
    return sorted({hex(other) for other in (number + 1, number - 1, -number, 0, 2 * number, number // 2)} - {text})


def _require(condition):
    if not condition:
        raise WrongError


def _pairs(pairs):
    _require(len({name for name, _ in pairs}) == len(pairs))
    return dict(pairs)


def _plain(digits):
    _require(len(digits) <= 18 and digits.isdecimal() and digits.isascii())
    return int(digits)


def _none(text):
    raise WrongError


def _number(text):
    _require(type(text) is str and re.fullmatch("-?0x[0-9a-f]+", text) and hex(int(text, 16)) == text)
    return int(text, 16)


def _listed(value):
    _require(type(value) is list)
    return [_number(entry) for entry in value]


@cache
def _field(p, polynomial):
    """The field of a polynomial, if it is one; of the polynomials here a product is found by trying all."""
    field = Field(p, polynomial[:-1])
    _require(field.order < 10**4)
    small = range(1, p ** (len(polynomial) // 2 + 1))
    _require(all(field.times(a, b) for a in small for b in range(1, field.order)))
    return field


def _check(content, columns, matrix):
    kind, (p, k) = content["kind"], characteristic(content["field"])
    _require(set(content) - {"polynomial"} == ALWAYS | WITNESS[kind])
    _require(all(type(content[key]) is int for key in ("version", "columns", "rows")))
    _require(type(content.get("stopping_time", 0)) is int)
    _require((content["format"], content["version"]) == ("srtheory-certificate", 1))
    _require((content["columns"], content["rows"]) == (columns, len(matrix)))
    _require(content["matrix_sha256"] == matrix_digest(columns, matrix) and content == sealed(content))
    over = Field(p)
    if "polynomial" in content:
        polynomial = _listed(content["polynomial"])
        _require(k > 1 and len(polynomial) == k + 1 and polynomial[-1] == 1 and all(0 <= a < p for a in polynomial))
        over = _field(p, tuple(polynomial))
    _require(k == 1 or all(0 <= w < over.order for row in matrix for w in row.values()))
    stop = content.get("stopping_time", len(matrix))
    _require(stop <= len(matrix))
    table = [[over.element(row.get(j, 0)) for j in range(columns)] for row in matrix]
    if kind != "does-not-span":
        v, d = _listed(content["combination"]), _number(content["denominator"])
        _require(len(v) == stop)
        _require(d == 1 and all(0 <= x < over.order for x in v) if p else d > 0 and gcd(d, *v) == 1)
        v, d = [over.element(x) for x in v], over.element(d)
        _require(all(over.product(v, [row[j] for row in table[:stop]]) == d for j in range(columns)))
    if kind != "spans":
        x = _listed(content["kernel"])
        _require(len(x) == columns)
        if "stopping_time" in content and stop == 0:
            return
        first = next((entry for entry in x if entry), 0)
        _require(first == 1 and all(0 <= a < over.order for a in x) if p else first > 0 and gcd(*x) == 1)
        x = [over.element(a) for a in x]
        before = table[: stop - 1] if "stopping_time" in content else table
        _require(not any(over.product(row, x) for row in before) and over.product([over.element(1)] * columns, x))
