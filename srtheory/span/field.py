"""The field over which a span is tested: the rationals, or GF(q).

Over Q weights are integers, over GF(p) their residues. Over GF(p^k), k > 1, they are the elements that galois writes as
the integers 0 to p^k - 1, of which 0 to p - 1 are the prime field's (:mod:`srtheory.span.descent`). Rank, and whether 1
is in the row space, do not change when a field is extended (both are decided by Gaussian elimination inside the field
of the weights). Hence rows with weights in GF(p) have the same answers over GF(p^k).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from srtheory.errors import ArgumentError
from srtheory.matrix import name_of


@dataclass(frozen=True)
class Field:
    """Q (characteristic 0, degree 1) or GF(p^k) (characteristic p, degree k)."""

    characteristic: int
    degree: int = 1

    def __str__(self) -> str:
        return "Q" if self.characteristic == 0 else f"GF({self.characteristic**self.degree})"


RATIONALS = Field(0)


def parse_field(given: Any) -> Field:
    """Return a field as people write it: ``"Q"``, ``"GF(q)"``, a prime power q below 2**63, or galois's or SymPy's."""
    if isinstance(given, Field):
        return given
    sympy = type(given).__module__.startswith("sympy.polys.domains")
    text = name_of("field", given) or (str(given) if sympy else given)
    if isinstance(text, int) and not isinstance(text, bool):
        return _prime_power(text)
    if isinstance(text, str) and text.strip().upper() in {"Q", "QQ"}:
        return RATIONALS
    match = re.fullmatch(r"\s*GF\(([0-9]{1,19})\)\s*", text if isinstance(text, str) else "", re.IGNORECASE | re.ASCII)
    if match is None:
        raise ArgumentError("field", given, "Q, GF(q), or q, a prime power")
    return _prime_power(int(match[1]))


def field_of(elements: str | None, field: Any) -> Field:
    """Return the field that is asked for; by default that of which the weights are ``elements``, otherwise Q."""
    asked = parse_field((elements or RATIONALS) if field is None else field)
    if elements is not None and str(asked) != elements:
        raise ArgumentError("field", str(asked), f"{elements}, of which the weights are elements")
    return asked


def _prime_power(q: int) -> Field:
    from sympy import isprime, perfect_power

    if 1 < q < 2**63:
        base, degree = perfect_power(q) or (q, 1)
        if isprime(base):
            return Field(int(base), int(degree))
    raise ArgumentError("field", f"GF({q})", "Q or GF(q) with q a prime power below 2**63")
