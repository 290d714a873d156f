"""Test kit for studies: each check must change its verdict for its planted mistake."""

from __future__ import annotations

from collections.abc import Sequence

from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.study.findings import Claim, Finding, Verdict
from srtheory.study.study import Study


class UnseenMistakeError(AssertionError):
    """Error for a check that does not see its planted mistake.

    Attributes
    ----------
    claim : str
        Id of the claim.
    """

    def __init__(self, claim: str, says: str) -> None:
        super().__init__(f"claim '{claim}': {says}")
        self.claim = claim


def check_study(study: Study, ids: Sequence[str] = (), lab: Lab | None = None) -> None:
    """Run each check twice, as it is and with its planted mistake, and compare the verdicts.

    Parameters
    ----------
    study : Study
        The study.
    ids : sequence of str
        Only the claims with these ids; default: all.
    lab : Lab, optional
        Laboratory that provides the runs; default: one at the study's setting, of quick effort.

    Raises
    ------
    UnseenMistakeError
        For a claim without a planted mistake, and for one whose verdict is the same with it: an AssertionError.
    ArgumentError
        For a study without claims, an id that it does not have, or a check that returns no Finding.
    """
    here = lab or study.lab()
    for claim in study.chosen(ids):
        if not claim.planted:
            raise UnseenMistakeError(claim.id, "it has no planted mistake (@study.claim(..., planted={...}))")
        right, wrong = _verdict(claim, here, planted=False), _verdict(claim, here, planted=True)
        if right == wrong:
            planted = ", ".join(f"{name}={value!r}" for name, value in claim.planted.items())
            raise UnseenMistakeError(claim.id, f"the verdict is '{right}' with and without the mistake {planted}")


def _verdict(claim: Claim, lab: Lab, planted: bool) -> Verdict:
    found = claim.check(lab, **claim.planted) if planted else claim.check(lab)
    if not isinstance(found, Finding):
        raise ArgumentError("claim", claim.id, f"a check that returns a Finding; it returned {type(found).__name__}")
    return found.verdict
