"""Claims, the findings of their checks, and what these rest on."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from srtheory.errors import ArgumentError, require_int, require_kind, require_text
from srtheory.render.formulas import as_unicode
from srtheory.shown import Grid, Part, Shown, Values, frame_of

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

DEFAULT = "paper_checks"
"""Module of the study that commands mean where none is named."""
MOST_VALUES, DEEPEST = 10**6, 50
"""Values in the evidence on a claim, and levels of its nesting."""
_LARGEST = 10**4000
MAX_WORDS = 40
"""Words of a correction, which is printed in a table; a formula is one."""


class Verdict(StrEnum):
    """Conclusion from the evidence on a claim; the words are the ledger's vocabulary."""

    PROVED = "proved"
    ANSWERED = "answered (proved)"
    VERIFIED = "verified"
    SUPPORTED = "supported"
    REFINED = "refined"
    REFUTED = "refuted"
    NOT_REPRODUCED = "not reproduced"
    OPEN = "open"


MEANING = {
    Verdict.PROVED: "an exact computation or a checked proof settles it for all parameters",
    Verdict.ANSWERED: "an open question of the paper, answered by a proof; the finding says what remains",
    Verdict.VERIFIED: "exact, for the stated finite range",
    Verdict.SUPPORTED: "evidence without proof: Monte Carlo with trials and interval, floats, or some cases",
    Verdict.REFINED: "true, but a sharper or corrected statement holds",
    Verdict.REFUTED: "false as stated: the smallest counterexample is shown",
    Verdict.NOT_REPRODUCED: "the described experiment does not give it",
    Verdict.OPEN: "not settled: evidence on both sides",
}
OUTCOMES = (
    ("holds", "hold", (Verdict.PROVED, Verdict.VERIFIED, Verdict.SUPPORTED)),
    ("needs a correction", "need a correction", (Verdict.REFINED, Verdict.REFUTED)),
    ("is an open question with a proved answer", "are open questions with a proved answer", (Verdict.ANSWERED,)),
    ("is not reproduced", "are not reproduced", (Verdict.NOT_REPRODUCED,)),
    ("is not settled", "are not settled", (Verdict.OPEN,)),
)
"""Results of all checks in words, for one claim and for more, with the verdicts that each sums up."""


@dataclass(frozen=True)
class Finding(Shown):
    """Result of the check of a claim.

    Evidence that JSON cannot hold is refused: circular, of keys that are the same as texts, or too large.
    """

    verdict: Verdict
    finding: str
    """The result for readers; formulas stand between dollar signs."""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """``how`` it was found (with the stopping rule where there are trials), and the numbers, by name."""
    trials: int | None = None
    """Monte Carlo trials behind the verdict, None where it rests on none."""
    correction: str = ""
    """What the paper should say, in at most 40 words, for tables; empty if that is the finding itself."""

    def parts(self) -> list[Part]:
        """Return verdict, finding and evidence."""
        evidence = Values([(name, str(x), "") for name, x in self.evidence.items()])
        return [f"{self.verdict}: {as_unicode(self.finding)}", evidence]

    def __post_init__(self) -> None:
        if not isinstance(self.verdict, Verdict):
            raise ArgumentError("verdict", self.verdict, "a member of Verdict, such as Verdict.VERIFIED")
        require_text("finding", self.finding, "a sentence")
        if not (isinstance(self.correction, str) and self.correction == ""):
            require_text("correction", self.correction)
        plain_evidence(self.evidence)
        if self.trials is not None:
            require_int("trials", self.trials, 0)
        if (words := len(re.sub(r"\$[^$]*\$", "x", self.correction).split())) > MAX_WORDS:
            raise ArgumentError("correction", f"a text of {words} words", f"a text of at most {MAX_WORDS} words")


def plain_evidence(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return the evidence as mappings, lists, numbers, texts, truth values and None; texts for all other objects."""
    require_kind("evidence", evidence, Mapping, "a mapping")  # type: ignore[type-abstract]
    left = MOST_VALUES

    def plain(value: Any, above: tuple[int, ...]) -> Any:
        nonlocal left
        left -= 1
        if id(value) in above or len(above) > DEEPEST or left < 0:
            expected = f"at most {MOST_VALUES} values, in at most {DEEPEST} levels, of which none contains itself"
            raise ArgumentError("evidence", "other evidence", expected)
        here = (*above, id(value))
        if isinstance(value, np.ndarray | np.generic):
            return plain(value.tolist() if value.size <= left else [value] * 2, above)
        if isinstance(value, Mapping):
            found = {_text(name): plain(inner, here) for name, inner in value.items()}
            if len(found) < len(value):
                raise ArgumentError("evidence", list(value)[:9], "one whose keys differ as texts")
            return found
        if isinstance(value, list | tuple):
            return [plain(inner, here) for inner in value]
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int) and abs(value) >= _LARGEST:
            raise ArgumentError("evidence", value, "one with integers of at most 4000 digits")
        if isinstance(value, int | float):  # those of a subclass, too
            return float(value) if isinstance(value, float) else int(value)
        return _text(value)

    found: dict[str, Any] = plain(evidence, ())
    return found


def _text(value: Any) -> str:
    text = str(value)
    return require_text("evidence", text) if text.strip() else text


_TOLD = ("id", "where", "claim", "verdict", "finding")


@dataclass(frozen=True)
class Entry(Shown):
    """One row of the ledger: the claim, its :class:`Finding`, and what this rests on."""

    id: str
    where: str
    claim: str
    verdict: Verdict
    finding: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    trials: int | None = None
    seed: int | None = None
    checked_by: Sequence[str] = ()
    """As in :class:`Claim`."""
    correction: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the source of each user-defined scheme that the check simulated, by the scheme's name."""

    def parts(self) -> list[Part]:
        """Return claim, verdict, finding and evidence."""
        found = [(name, as_unicode(str(getattr(self, name))), "") for name in _TOLD]
        return [Values([*found, *((name, str(x), "") for name, x in self.evidence.items())])]


class Ledger(Shown, list[Entry]):
    """Entries of the claims of a study, which show themselves as a table."""

    def parts(self) -> list[Part]:
        """Return a row for each claim."""
        rows = [(entry.id, str(entry.verdict), as_unicode(entry.finding)) for entry in self]
        return [Grid(("claim", "verdict", "finding"), (-26, -44, None), rows)]

    def to_frame(self) -> Any:
        """Return the entries as a pandas DataFrame."""
        return frame_of([vars(entry) for entry in self])


@dataclass(frozen=True)
class Unsettled(Entry):
    """Row of a claim whose check failed."""


@dataclass(frozen=True)
class Claim(Shown):
    """A statement of the paper and the check that settles it."""

    id: str
    where: str
    """Its place in the paper."""
    says: str
    check: Callable[..., Finding]
    checked_by: tuple[str, ...] = ()
    """What the verdict rests on: statements of its study by name (``spanning Theorem 6``), theorems of a formal library
    by module and name (``Errata.rank_condition``), and :data:`WORDS`, where its check computes exactly, or in
    floats, draws runs, or reads what real workers did."""
    planted: Mapping[str, Any] = field(default_factory=dict)
    """Arguments of the check with a mistake in them."""

    def parts(self) -> list[Part]:
        """Return the claim and what checks it."""
        lines = {"claim": self.id, "where": self.where, "says": self.says, "checked by": ", ".join(self.checked_by)}
        return [Values([(name, as_unicode(x), "") for name, x in lines.items() if x])]

    def found(self, lab: Lab, **planted: Any) -> Finding:
        """Run the check."""
        found = self.check(lab, **planted)
        if not isinstance(found, Finding):
            raise ArgumentError("claim", self.id, f"a check that returns a Finding; it returned {type(found).__name__}")
        exact = found.verdict in (Verdict.PROVED, Verdict.VERIFIED)
        if exact and self.checked_by and {*self.checked_by} <= {FLOATS, SIMULATION, REAL}:
            expected = f"'supported': '{self.id}' is checked by {' and '.join(self.checked_by)} alone"
            raise ArgumentError("verdict", str(found.verdict), expected)
        return found

    def settle(self, lab: Lab) -> Entry:
        """Run the check and return its entry in the ledger."""
        lab.sources.clear()
        found = self.found(lab)
        seed, evidence = None if found.trials is None else lab.seed, plain_evidence(found.evidence)
        return Entry(
            *(self.id, self.where, self.says, found.verdict, found.finding, evidence, found.trials, seed),
            checked_by=self.checked_by,
            correction=found.correction,
            sources=dict(lab.sources),
        )


@dataclass(frozen=True)
class Highlight:
    """A result that the report shows first, as a card."""

    claim: str
    """Id of the claim behind it."""
    title: str
    says: str = ""
    """What was found, in a few sentences; empty for the correction of the claim, or its finding."""
    figure: str = ""
    """Name of the figure beside it; empty for none."""


# ------------------------------------------------------------------------------------------- what verdicts rest on

COMPUTATION, FLOATS, SIMULATION, REAL = WORDS = "exact computation", "floating point", "simulation", "real workers"
_FORMAL = re.compile(r"[A-Z]\w*\.[\w']+")


@dataclass(frozen=True)
class Support:
    """A statement that verdicts may rest on."""

    kind: str
    """A key of :data:`srtheory.study.ledger.KINDS`, or empty: a definition, or what has not been proved."""
    status: str
    """How it is known, in words."""
    proved: bool
    """Whether it is a theorem with a proof."""
    page: str
    """Its page of docs/, ``proofs/spanning``; ``slug`` and ``anchor`` are its heading there in Markdown and in HTML."""
    slug: str
    anchor: str
    formal: tuple[str, ...] = ()
    """The formal theorems that are the whole statement if its kind is ``Coq``, or else a part or a case of it."""


Statements = Mapping[str, Support]


def is_formal(name: str) -> bool:
    """Return whether this names a theorem of a formal library."""
    return _FORMAL.fullmatch(name) is not None


def rests_on_proof(checked_by: Sequence[str], statements: Statements) -> bool:
    """Return whether one of these is a formal theorem or a proved statement; a definition proves nothing."""
    return any(is_formal(name) or (name in statements and statements[name].proved) for name in checked_by)


def unknown(checked_by: Sequence[str], statements: Statements) -> list[str]:
    """Return the names that are no statement, no formal theorem and none of :data:`WORDS`."""
    return [name for name in checked_by if name not in WORDS and not is_formal(name) and name not in statements]
