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
from itertools import zip_longest
from math import gcd

from srtheory.errors import ArgumentError

FORMAT = "srtheory-certificate"
VERSION = 1
WITNESSES = {
    "spans": {"combination", "denominator"},
    "does-not-span": {"kernel"},
    "stopping-time": {"stopping_time", "combination", "denominator", "kernel"},
}
OPTIONAL = {"polynomial"}
COMMON = {"format", "version", "kind", "field", "columns", "rows", "matrix_sha256", "certificate_sha256"}

Matrix = Sequence[Mapping[int, int]]


class NotACertificateError(ValueError):
    """Error for a text that does not have the form of a certificate, for any matrix."""


@dataclass(frozen=True)
class Certificate:
    """A well-formed certificate, not yet checked."""

    kind: str
    """``"spans"``, ``"does-not-span"`` or ``"stopping-time"``."""
    field: str
    """``"Q"`` or ``"GF(q)"``."""
    modulus: int
    """Characteristic p of the field, 0 for Q."""
    columns: int
    rows: int
    """Shape of the matrix that it speaks about."""
    stopping_time: int | None
    """The k of a stopping-time certificate."""
    combination: tuple[int, ...]
    denominator: int
    """v and D with v·G = D·1; empty and 0 where there is none."""
    kernel: tuple[int, ...]
    """x with Gx = 0 and Σx ≠ 0; empty where there is none."""
    matrix_sha256: str
    """Digest of the matrix."""
    sealed: bool
    """Whether the digest over the certificate's own content is right."""
    degree: int = 1
    """k of GF(p^k), 1 for Q."""
    polynomial: tuple[int, ...] = ()
    """Coefficients of the irreducible polynomial modulo which the field's elements are polynomials in x, the
    constant first; empty where none is given, since all weights are in GF(p)."""


def read(text: str | bytes) -> Certificate:
    """Read a certificate strictly: every key once, none missing or unknown, every number in its unique spelling.

    Raises NotACertificateError with what is wrong with the form.
    """
    content = _load(text)
    _check_head(content)
    columns, rows = _count(content, "columns"), _count(content, "rows")
    seal, digest = _digest(content, "certificate_sha256"), _digest(content, "matrix_sha256")
    characteristic, degree = _characteristic(content["field"])
    return Certificate(
        kind=str(content["kind"]),
        field=str(content["field"]),
        modulus=characteristic,
        columns=columns,
        rows=rows,
        stopping_time=_count(content, "stopping_time") if "stopping_time" in content else None,
        combination=_integers(content, "combination"),
        denominator=whole_number("denominator", content.get("denominator", "0x0")),
        kernel=_integers(content, "kernel"),
        matrix_sha256=digest,
        sealed=seal == content_digest(content),
        degree=degree,
        polynomial=_polynomial(content, characteristic, degree),
    )


def fault(certificate: Certificate, columns: int, matrix: Matrix) -> str | None:
    """Return why the certificate is not valid for a matrix, in words, or None if it is valid.

    ``certificate``: from :func:`read`. ``columns``: number of columns of the matrix. ``matrix``: one mapping per row,
    from column number to integer weight.

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
    wrong = _elements_fault(certificate, matrix)
    if wrong is not None:
        return wrong
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
    field = certificate.field
    if certificate.polynomial:
        terms = [(a, t) for t, a in reversed([*enumerate(certificate.polynomial)]) if a]
        powers = {0: "1", 1: "x"}
        text = " + ".join(str(a) if t == 0 else f"{'' if a == 1 else a}{powers.get(t, f'x^{t}')}" for a, t in terms)
        field += f", where {text} = 0"
    if certificate.kind == "stopping-time":
        return f"Over {field}, the matrix has stopping time {certificate.stopping_time}."
    verb = "span" if certificate.kind == "spans" else "do not span"
    return f"Over {field}, the rows of the matrix {verb} 1."


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
    v, scale, p, q = certificate.combination, certificate.denominator, certificate.modulus, _order(certificate)
    if len(v) != len(matrix):
        return f"it has {len(v)} coefficients for {len(matrix)} rows"
    if p and not (scale == 1 and all(0 <= x < q for x in v)):
        return f"its combination is not made of {_numbers(certificate)} with denominator 1"
    if not p and not (scale > 0 and gcd(scale, *v) == 1):
        return "its combination and denominator are not in lowest terms with a positive denominator"
    field = _Arithmetic(certificate, len(matrix))
    totals = [0] * certificate.columns
    for x, row in zip(v, matrix, strict=True):
        lifted = field.lift(x)
        for j, weight in row.items():
            totals[j] += lifted * field.lift(weight)
    wrong = next((j for j, total in enumerate(totals) if field.reduce(total) != field.reduce(scale)), None)
    return None if wrong is None else f"its combination of the rows does not give the denominator at column {wrong}"


def kernel_fault(certificate: Certificate, matrix: Matrix) -> str | None:
    """Say what is wrong with a certificate's kernel vector, None if nothing."""
    x, p, q = certificate.kernel, certificate.modulus, _order(certificate)
    if len(x) != certificate.columns:
        return f"its kernel vector has {len(x)} entries for {certificate.columns} columns"
    if certificate.stopping_time == 0:
        return None  # no fewer rows than none
    first = next((entry for entry in x if entry), 0)
    if p and not (first == 1 and all(0 <= entry < q for entry in x)):
        return f"its kernel vector is not made of {_numbers(certificate)} with 1 first"
    if not p and not (first > 0 and gcd(*x) == 1):
        return "its kernel vector is not in lowest terms with a positive first entry"
    field = _Arithmetic(certificate, len(x))
    lifted = [field.lift(entry) for entry in x]
    products = (sum(field.lift(weight) * lifted[j] for j, weight in row.items()) for row in matrix)
    wrong = next((i for i, product in enumerate(products) if field.reduce(product)), None)
    if wrong is not None:
        return f"its kernel vector is not orthogonal to row {wrong}"
    return None if field.reduce(sum(lifted)) else "its kernel vector sums to 0"


class _Arithmetic:
    """Sums of up to so many products of two elements of the field, as Python's integers.

    Over Q and modulo p an element is itself.  Over GF(p^k) it is the value of its polynomial at a power of 2 that no
    coefficient of such a sum reaches (Kronecker substitution), so that sums and products of integers are those of
    polynomials.
    """

    def __init__(self, certificate: Certificate, terms: int) -> None:
        self.p, self.polynomial = certificate.modulus, certificate.polynomial
        k = max(len(self.polynomial) - 1, 1)
        self.bits = (max(terms, 1) * k * self.p**2).bit_length()

    def lift(self, element: int) -> int:
        """Return the integer that stands for an element."""
        if not self.polynomial:
            return element
        lifted, place = 0, 0
        while element:
            element, digit = divmod(element, self.p)
            lifted, place = lifted | digit << place, place + self.bits
        return lifted

    def reduce(self, total: int) -> int:
        """Return the element that an integer stands for; two are equal exactly if these integers are."""
        if not self.polynomial:
            return total % self.p if self.p else total
        coefficients = []
        while total:
            coefficients.append((total & ((1 << self.bits) - 1)) % self.p)
            total >>= self.bits
        rest = _remainder(coefficients, self.polynomial, self.p)
        return sum(a * self.p**t for t, a in enumerate(rest))


def _remainder(f: Sequence[int], g: Sequence[int], p: int) -> list[int]:
    """Return f modulo p and g, coefficients of the constant first; g has a leading coefficient other than 0."""
    rest, inverse = [a % p for a in f], pow(g[-1], -1, p)
    while len(rest) >= len(g):
        top = rest[-1] * inverse % p
        shift = len(rest) - len(g)
        for t, a in enumerate(g):
            rest[shift + t] = (rest[shift + t] - top * a) % p
        rest.pop()
    while rest and rest[-1] == 0:
        rest.pop()
    return rest


def _is_irreducible(f: Sequence[int], p: int) -> bool:
    """Test a polynomial of degree k: it has no factor in common with x^(p^i) - x, i <= k/2 (Ben-Or, 1981)."""
    power = [0, 1]
    for _ in range((len(f) - 1) // 2):
        power = _power(power, p, f, p)
        one, other = list(f), _remainder([a - b for a, b in zip_longest(power, (0, 1), fillvalue=0)], f, p)
        while other:
            one, other = other, _remainder(one, other, p)
        if len(one) > 1:
            return False
    return True


def _power(f: list[int], exponent: int, modulus: Sequence[int], p: int) -> list[int]:
    found = [1]
    for bit in f"{exponent:b}":
        found = _product(found, found, modulus, p)
        if bit == "1":
            found = _product(found, f, modulus, p)
    return found


def _product(f: list[int], g: list[int], modulus: Sequence[int], p: int) -> list[int]:
    long = [0] * (len(f) + len(g))
    for s, a in enumerate(f):
        for t, b in enumerate(g):
            long[s + t] += a * b
    return _remainder(long, modulus, p)


def _order(certificate: Certificate) -> int:
    """Return the number of elements from which a witness is made."""
    return int(certificate.modulus ** max(len(certificate.polynomial) - 1, 1))


def _numbers(certificate: Certificate) -> str:
    return f"elements of {certificate.field}" if certificate.polynomial else f"residues modulo {certificate.modulus}"


def _elements_fault(certificate: Certificate, matrix: Matrix) -> str | None:
    """Say which weight is no element of GF(p^k), k > 1, or needs a polynomial that is not given; None if none is."""
    if certificate.degree == 1:
        return None
    q = _order(certificate)
    found = ((i, w) for i, row in enumerate(matrix) for w in row.values() if not 0 <= w < q)
    where, weight = next(found, (None, 0))
    if where is None:
        return None
    if 0 <= weight < certificate.modulus**certificate.degree:
        return f"row {where} of the matrix has weight {weight}, for which the certificate gives no polynomial"
    return f"row {where} of the matrix has weight {weight}, which is no element of {certificate.field}"


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
    for key in sorted((content.keys() - OPTIONAL) ^ (COMMON | WITNESSES[kind])):
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


def _polynomial(content: dict[str, object], p: int, degree: int) -> tuple[int, ...]:
    """Return the polynomial of GF(p^k), k > 1, if it is given: monic, irreducible, of degree k, made of residues."""
    found = _integers(content, "polynomial")
    if "polynomial" in content and (
        degree == 1
        or len(found) != degree + 1
        or found[-1] != 1
        or not all(0 <= a < p for a in found)
        or not _is_irreducible(found, p)
    ):
        raise NotACertificateError(f"its polynomial is not monic and irreducible of degree {degree} > 1 modulo {p}")
    return found


def _characteristic(field: object) -> tuple[int, int]:
    """Return 0 and 1 for ``Q``, p and k for ``GF(p^k)`` below 2**63."""
    match = re.fullmatch(r"GF\(([1-9][0-9]{0,18})\)", field) if isinstance(field, str) else None
    if field != "Q" and (match is None or int(match[1]) >= 2**63):
        raise NotACertificateError("its field is neither Q nor GF(q) with q below 2**63")
    order = int(match[1]) if match else 0
    for degree in range(order.bit_length(), 0, -1):
        root = _root(order, degree)
        if root**degree == order and _is_prime(root):
            return root, degree
    if match:
        raise NotACertificateError(f"its field is GF({order}), and {order} is not a prime power")
    return 0, 1


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
