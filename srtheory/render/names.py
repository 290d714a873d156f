"""Printed names of schemes, in legends and tables."""

from __future__ import annotations

from srtheory.lookup import lookup
from srtheory.own_code import SEPARATOR, offered
from srtheory.schemes import ENTRIES


def printed(scheme: str, degree: int | None = None, cap: float | None = None) -> str:
    """Return the printed name of a scheme.

    Parameters
    ----------
    scheme : str
        One of :data:`srtheory.schemes.SCHEME_NAMES`, ``path/to/file.py::Class``, or a name that a package offers.
    degree : int, optional
        d, named for parts alone: what else has a degree has that of its figure or table.
    cap : float, optional
        m_e/m of LT codes.
    """
    if SEPARATOR in scheme:
        return scheme.rpartition(SEPARATOR)[2]
    if scheme not in ENTRIES and scheme in offered():
        return scheme
    name = lookup("scheme", scheme).says
    if scheme.startswith("parts-") and degree is not None:
        return name.replace("parts", f"parts of {degree}")
    return name + (f", $m_e = {cap:g}m$" if cap is not None else "")
