"""Claims and the checks that settle them.

A check is a function of a :class:`~srtheory.experiments.lab.Lab` that returns a :class:`Finding`. The object that it
judges (a scheme, a formula, a decoder) is a keyword argument whose default is the real one. A test can thus plant a
wrong one and verify that the check detects it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.report.ledger import Entry, Verdict

SECTIONS = (
    "encoding",
    "decoding",
    "gradient",
    "advantages",
    "latency",
    "coverage",
    "figures",
    "discussion",
    "streaming",
    "cited",
    "applications",
)


@dataclass(frozen=True)
class Finding:
    """Result of a check; see :class:`srtheory.report.ledger.Entry` for the fields."""

    verdict: Verdict
    finding: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    trials: int | None = None


@dataclass(frozen=True)
class Claim:
    """Statement of the paper with the check that settles it."""

    id: str
    where: str
    says: str
    check: Callable[..., Finding]
    checked_by: tuple[str, ...] = ()

    def settle(self, lab: Lab) -> Entry:
        """Run the check and write its ledger entry."""
        found = self.check(lab)
        seed = None if found.trials is None else lab.seed
        return Entry(
            *(self.id, self.where, self.says, found.verdict, found.finding, found.evidence, found.trials, seed),
            checked_by=self.checked_by,
        )


_CLAIMS: dict[str, Claim] = {}


def claim(
    id: str, where: str, says: str, checked_by: tuple[str, ...] = ()
) -> Callable[[Callable[..., Finding]], Callable[..., Finding]]:
    """Register the decorated check under a claim's id, with its support (srtheory.report.checked_by)."""

    def register(check: Callable[..., Finding]) -> Callable[..., Finding]:
        if id in _CLAIMS:
            raise ArgumentError("id", id, "registered once")
        _CLAIMS[id] = Claim(id, where, says, check, checked_by)
        return check

    return register


def claims() -> dict[str, Claim]:
    """Return all claims by id, in the order of the paper, for any order of imports."""
    modules = [import_module(f"paper_checks.{section}").__name__ for section in SECTIONS]
    place = {name: i for i, name in enumerate(modules)}
    ordered = sorted(_CLAIMS.values(), key=lambda claim: place.get(claim.check.__module__, len(modules)))
    return {claim.id: claim for claim in ordered}
