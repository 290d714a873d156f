"""Schemes by the names that readers see, in legends and tables."""

from __future__ import annotations

from srtheory.errors import ArgumentError

_PRINTED = {
    "sr": "SR",
    "sr-with-replacement": "SR, with replacement",
    "sr-sizes": "SR, sizes",
    "lt": "LT",
    "lt-systematic": "LT, systematic",
    "raptor": "Raptor",
    "one": "One",
    "uncoded": "Uncoded",
    "repetition": "Repetition",
    "bcc": "BCC",
    "gradient-fractional": "gradient, fractional",
    "gradient-cyclic": "gradient, cyclic",
    "repairable": "Repairable",
    "parts-stream": "parts, random order",
    "parts-cyclic": "parts, cyclic order",
    "arcs": "arcs",
    "terms-random": "terms, random order",
    "terms-cyclic": "terms, cyclic order",
    "genie": "genie",
}


def printed(scheme: str, degree: int | None = None, cap: float | None = None) -> str:
    """The printed name of a scheme.

    Parameters
    ----------
    scheme : str
        One of :data:`srtheory.schemes.NAMES`.
    degree : int, optional
        d, named for parts alone: what else has a degree has that of its figure or table.
    cap : float, optional
        m_e/m of LT codes.

    Raises
    ------
    ArgumentError
        For any other scheme.
    """
    if scheme not in _PRINTED:
        raise ArgumentError("scheme", scheme, "one of " + ", ".join(_PRINTED))
    if scheme.startswith("parts-") and degree is not None:
        return _PRINTED[scheme].replace("parts", f"parts of {degree}")
    return _PRINTED[scheme] + (f", m_e = {cap:g}m" if cap is not None else "")
