"""Verification of span certificates with plain integers, independent of the code that made them.

Only Python's own integers, ``json`` and ``hashlib`` are used: no solver, no row type and no field type of this
package.  The format is laid down in ``docs/certificates.md``, so that the same check can be written in any language.
A reader who trusts this file and the matrix need trust nothing else.
"""

from __future__ import annotations

import hashlib
import json
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd

from srtheory.errors import ArgumentError

FORMAT = "srtheory-certificate"
VERSION = 1
WITNESSES = {
    "spans": {"combination", "denominator"},
    "does-not-span": {"kernel"},
    "stopping-time": {"stopping_time", "combination", "denominator", "kernel"},
}
COMMON = {"format", "version", "kind", "field", "columns", "rows", "matrix_sha256", "certificate_sha256"}

Matrix = Sequence[Mapping[int, int]]


class NotACertificateError(ValueError):
    """Error for a text that does not have the form of a certificate, for any matrix."""


@dataclass(frozen=True)
class Certificate:
    """A well-formed certificate, not yet checked.

    Attributes
    ----------
    kind : str
        ``"spans"``, ``"does-not-span"`` or ``"stopping-time"``.
    field : str
        ``"Q"`` or ``"GF(q)"``.
    modulus : int
        Characteristic of the field, 0 for Q.
    columns, rows : int
        Shape of the matrix that it speaks about.
    stopping_time : int or None
        The k of a stopping-time certificate.
    combination, denominator : tuple of int and int
        v and D with v·G = D·1; empty and 0 where there is none.
    kernel : tuple of int
        x with Gx = 0 and Σx ≠ 0; empty where there is none.
    matrix_sha256 : str
        Digest of the matrix.
    sealed : bool
        Whether the digest over the certificate's own content is right.
    """

    kind: str
    field: str
    modulus: int
    columns: int
    rows: int
    stopping_time: int | None
    combination: tuple[int, ...]
    denominator: int
    kernel: tuple[int, ...]
    matrix_sha256: str
    sealed: bool


def read(text: str | bytes) -> Certificate:
    """Read a certificate strictly: every key once, none missing or unknown, every number in its unique spelling.

    Raises
    ------
    NotACertificateError
        Saying what is wrong with the form.
    """
    content = _load(text)
    _check_head(content)
    columns, rows = _count(content, "columns"), _count(content, "rows")
    seal, digest = _digest(content, "certificate_sha256"), _digest(content, "matrix_sha256")
    return Certificate(
        kind=str(content["kind"]),
        field=str(content["field"]),
        modulus=_characteristic(content["field"]),
        columns=columns,
        rows=rows,
        stopping_time=_count(content, "stopping_time") if "stopping_time" in content else None,
        combination=_integers(content, "combination"),
        denominator=whole_number("denominator", content.get("denominator", "0x0")),
        kernel=_integers(content, "kernel"),
        matrix_sha256=digest,
        sealed=seal == content_digest(content),
    )


def fault(certificate: Certificate, columns: int, matrix: Matrix) -> str | None:
    """Return why the certificate is not valid for a matrix, in words, or None if it is valid.

    Parameters
    ----------
    certificate : Certificate
        From :func:`read`.
    columns : int
        Number of columns of the matrix.
    matrix : sequence of mappings
        One mapping per row, from column number to integer weight.

    Raises
    ------
    ArgumentError
        If the matrix has a column out of range or a weight that is not an integer below 2**63 in size.

    Notes
    -----
    One multiplication per entry of the matrix, by integers as long as the certificate's.
    """
    wrong = identity_fault(certificate, columns, matrix)
    if wrong is not None:
        return wrong
    k = certificate.rows if certificate.stopping_time is None else certificate.stopping_time
    if k > len(matrix):
        return f"it names a stopping time of {k} for {len(matrix)} rows"
    wrong = combination_fault(certificate, matrix[:k]) if certificate.kind != "does-not-span" else None
    if wrong is None and certificate.kind != "spans":
        wrong = kernel_fault(certificate, matrix[: k if certificate.stopping_time is None else max(k - 1, 0)])
    return wrong


def identity_fault(certificate: Certificate, columns: int, matrix: Matrix) -> str | None:
    """Return why the certificate refers to another matrix or differs from what was sealed, or None if it does not.

    The witness is not checked. Arguments and errors: as for :func:`fault`.
    """
    _check_matrix(columns, matrix)
    if not certificate.sealed:
        return "its content does not have the digest that it gives"
    if (columns, len(matrix)) != (certificate.columns, certificate.rows):
        return (
            f"it speaks of {certificate.rows} rows of {certificate.columns} columns, "
            f"the matrix has {len(matrix)} rows of {columns} columns"
        )
    if matrix_digest(columns, matrix) != certificate.matrix_sha256:
        return "the matrix does not have the digest that it gives"
    return None


def claim(certificate: Certificate) -> str:
    """Return the statement that a valid certificate proves, as a sentence."""
    if certificate.kind == "stopping-time":
        return f"Over {certificate.field}, the matrix has stopping time {certificate.stopping_time}."
    verb = "span" if certificate.kind == "spans" else "do not span"
    return f"Over {certificate.field}, the rows of the matrix {verb} 1."


def content_digest(content: Mapping[str, object]) -> str:
    """Return the SHA-256 of the canonical JSON text (sorted keys, no spaces, ASCII) without ``certificate_sha256``."""
    rest = {key: value for key, value in content.items() if key != "certificate_sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()


def matrix_digest(columns: int, matrix: Matrix) -> str:
    r"""Return the SHA-256 of ``columns m\nrows n\n`` and a line ``column:weight column:weight …\n`` for each row.

    Columns ascend, weights are decimal, weights of 0 are left out.
    """
    lines = [f"columns {columns}", f"rows {len(matrix)}"]
    lines += [" ".join(f"{j}:{row[j]}" for j in sorted(row) if row[j]) for row in matrix]
    return hashlib.sha256("".join(line + "\n" for line in lines).encode("ascii")).hexdigest()


def combination_fault(certificate: Certificate, matrix: Matrix) -> str | None:
    """Say what is wrong with a certificate's combination of rows, None if nothing."""
    v, scale, p = certificate.combination, certificate.denominator, certificate.modulus
    if len(v) != len(matrix):
        return f"it has {len(v)} coefficients for {len(matrix)} rows"
    if p and not (scale == 1 and all(0 <= x < p for x in v)):
        return f"its combination is not made of residues modulo {p} with denominator 1"
    if not p and not (scale > 0 and gcd(scale, *v) == 1):
        return "its combination and denominator are not in lowest terms with a positive denominator"
    totals = [0] * certificate.columns
    for x, row in zip(v, matrix, strict=True):
        for j, weight in row.items():
            totals[j] += x * weight
    wrong = next((j for j, total in enumerate(totals) if _residue(total - scale, p)), None)
    return None if wrong is None else f"its combination of the rows does not give the denominator at column {wrong}"


def kernel_fault(certificate: Certificate, matrix: Matrix) -> str | None:
    """Say what is wrong with a certificate's kernel vector, None if nothing."""
    x, p = certificate.kernel, certificate.modulus
    if len(x) != certificate.columns:
        return f"its kernel vector has {len(x)} entries for {certificate.columns} columns"
    if certificate.stopping_time == 0:
        return None  # no fewer rows than none
    first = next((entry for entry in x if entry), 0)
    if p and not (first == 1 and all(0 <= entry < p for entry in x)):
        return f"its kernel vector is not made of residues modulo {p} with 1 first"
    if not p and not (first > 0 and gcd(*x) == 1):
        return "its kernel vector is not in lowest terms with a positive first entry"
    products = (sum(weight * x[j] for j, weight in row.items()) for row in matrix)
    wrong = next((i for i, product in enumerate(products) if _residue(product, p)), None)
    if wrong is not None:
        return f"its kernel vector is not orthogonal to row {wrong}"
    return None if _residue(sum(x), p) else "its kernel vector sums to 0"


def _residue(number: int, modulus: int) -> int:
    return number % modulus if modulus else number


def _check_matrix(columns: int, matrix: Matrix) -> None:
    for i, row in enumerate(matrix):
        for j, weight in row.items():
            if type(j) is not int or not 0 <= j < columns:
                raise ArgumentError(f"matrix[{i}]", j, f"a mapping from columns below {columns}")
            if type(weight) is not int or not -(2**63) <= weight < 2**63:
                raise ArgumentError(f"matrix[{i}]", weight, "a mapping to 64-bit integers")


def _load(text: str | bytes) -> dict[str, object]:
    """Return the JSON object; reject duplicate keys and numbers other than short non-negative integers."""
    try:
        content = json.loads(
            text.decode("utf-8") if isinstance(text, bytes) else text,
            object_pairs_hook=unique_keys,
            parse_int=_short,
            parse_float=_no_number,
            parse_constant=_no_number,
        )
    except NotACertificateError:
        raise
    except (ValueError, RecursionError) as error:
        raise NotACertificateError(f"it is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise NotACertificateError("it is not a JSON object")
    return content


def unique_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return the pairs of a JSON object as a dict; reject a key that occurs twice."""
    content = dict(pairs)
    if len(content) != len(pairs):
        raise NotACertificateError("it gives a key twice")
    return content


def _short(digits: str) -> int:
    return int(digits) if re.fullmatch("[0-9]{1,18}", digits) else _no_number(digits)


def _no_number(text: str) -> int:
    raise NotACertificateError(f"it has a number, {text:.30}, that is not an integer from 0 to 10**18 - 1")


def _check_head(content: dict[str, object]) -> None:
    """Check the format, version, kind and the keys that belong to them."""
    if content.get("format") != FORMAT:
        raise NotACertificateError(f"its format is not '{FORMAT}'")
    if type(content.get("version")) is not int or content["version"] != VERSION:
        raise NotACertificateError(f"its version is not {VERSION}")
    kind = content.get("kind")
    if not isinstance(kind, str) or kind not in WITNESSES:
        raise NotACertificateError(f"its kind is none of {', '.join(WITNESSES)}")
    for key in sorted(content.keys() ^ (COMMON | WITNESSES[kind])):
        trouble = "unknown" if key in content else "missing"
        raise NotACertificateError(f"its key {key!a} is {trouble}")


def _count(content: dict[str, object], key: str) -> int:
    value = content[key]
    if type(value) is not int:
        raise NotACertificateError(f"its '{key}' is not an integer")
    return value


def _digest(content: dict[str, object], key: str) -> str:
    value = content[key]
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        raise NotACertificateError(f"its '{key}' is not a SHA-256 digest in lower-case hexadecimal")
    return value


def _integers(content: dict[str, object], key: str) -> tuple[int, ...]:
    values = content.get(key, [])
    if not isinstance(values, list):
        raise NotACertificateError(f"its '{key}' is not a list")
    return tuple(whole_number(key, value) for value in values)


def whole_number(key: str, value: object) -> int:
    """Return a hexadecimal integer, which is read in linear time and has no length limit in Python."""
    if not isinstance(value, str) or not re.fullmatch("0x0|-?0x[1-9a-f][0-9a-f]*", value):
        raise NotACertificateError(f"its '{key}' has an entry that is not an integer in the form 0x1f or -0x1f")
    return int(value, 16)


def _characteristic(field: object) -> int:
    """Return 0 for ``Q``, p for ``GF(p^k)`` below 2**63."""
    match = re.fullmatch(r"GF\(([1-9][0-9]{0,18})\)", field) if isinstance(field, str) else None
    if field != "Q" and (match is None or int(match[1]) >= 2**63):
        raise NotACertificateError("its field is neither Q nor GF(q) with q below 2**63")
    order = int(match[1]) if match else 0
    for degree in range(order.bit_length(), 0, -1):
        root = _root(order, degree)
        if root**degree == order and _is_prime(root):
            return root
    if match:
        raise NotACertificateError(f"its field is GF({order}), and {order} is not a prime power")
    return 0


def _root(number: int, degree: int) -> int:
    """Return the least r with r**degree >= number."""
    most = min(number, 1 << -(-number.bit_length() // degree))
    return bisect_left(range(most), number, key=lambda r: r**degree)


def _is_prime(n: int) -> bool:
    """Test primality by Miller-Rabin, exact below 3.3e24 here (Sorenson and Webster, Math. Comp. 86, 2017)."""
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    if n < 2 or any(n % base == 0 for base in bases):
        return n in bases
    twos = ((n - 1) & (1 - n)).bit_length() - 1
    odd = (n - 1) >> twos
    return all(pow(base, odd, n) == 1 or any(pow(base, odd << s, n) == n - 1 for s in range(twos)) for base in bases)
