"""The ledger's column "checked by": every name exists, and what is called proved rests on a proof."""

from __future__ import annotations

import inspect
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from paper_checks import study
from paper_checks.theorems.map import PROVED, Known, list_of, recorded
from srtheory.study.findings import (
    COMPUTATION,
    SIMULATION,
    Claim,
    Entry,
    Statements,
    Verdict,
    is_formal,
    rests_on_proof,
    unknown,
)
from srtheory.study.ledger import as_html, as_markdown, claims_table, machine_checked
from tests.proofs.conftest import PROOFS, load
from tests.proofs.test_sources import CITED, RESULT

theorems = load("theorems")
OPEN = "spanning Question 1"
PROOF = re.compile(r"Verdict\.(PROVED|ANSWERED)")
CONJECTURE = next(s.key for s in list_of(recorded()) if s.known is Known.CONJECTURE)


@cache
def formal() -> dict[str, str | None]:
    """The theorems of proofs/, each with the claim that it proves, if it is one."""
    found = {}
    for module in theorems.modules(PROOFS):
        for comment, name in RESULT.findall((PROOFS / f"{module}.v").read_text(encoding="utf-8")):
            where = CITED.search(comment)
            found[f"{module}.{name}"] = where["claim"] if where else None
    return found


def faults(claim: Claim) -> list[str]:
    """What is wrong with what a claim says that it rests on."""
    known = formal()
    wrong = unknown(claim.checked_by, study.supports) + [n for n in claim.checked_by if is_formal(n) and n not in known]
    wrong += [name for name, proves in known.items() if proves == claim.id and name not in claim.checked_by]
    may_be_proved = PROOF.search(inspect.getsource(claim.check))
    return wrong + (["no proof"] if may_be_proved and not rests_on_proof(claim.checked_by, study.supports) else [])


def named(checked_by: tuple[str, ...], statements: Statements) -> set[str]:
    """The theorems of proofs/ that the ledger names behind a verdict."""
    return set(re.findall(r"`([^`]+)`", machine_checked(checked_by, statements, None)))


def ill_named(claim: Claim, statements: Statements) -> set[str]:
    """Theorems that a line of the ledger names and that are none, and those that it lacks."""
    mine = {name for name in claim.checked_by if is_formal(name)}
    mine |= {name for s in list_of(recorded()) if s.key in claim.checked_by for name in s.formal}
    wanted = mine if rests_on_proof(claim.checked_by, statements) else set()
    return (named(claim.checked_by, statements) ^ wanted) | (wanted - set(formal()))


@pytest.mark.parametrize("id", list(study.claims))
def test_every_claim_says_what_it_rests_on_and_names_the_theorems_that_coq_has_checked(id: str) -> None:
    claim = study.claims[id]
    assert claim.checked_by
    assert faults(claim) == []
    assert ill_named(claim, study.supports) == set()
    said = machine_checked(claim.checked_by, study.supports, None)
    for statement in list_of(recorded()):
        if statement.key in claim.checked_by and statement.known in (Known.MACHINE, Known.CASE):
            assert f"{statement.key} {'whole' if statement.known is Known.MACHINE else 'in part'} (" in said
    assert bool(said) == rests_on_proof(claim.checked_by, study.supports)
    line = f"Machine-checked: {said}."
    assert (line in as_markdown([replace(ENTRY, checked_by=claim.checked_by)], "h", study.supports)) == bool(said)


@pytest.mark.quality
@pytest.mark.parametrize(
    ("id", "key", "names"),
    [
        ("thm1", "theory 4.3", ("Fluid.no_such_theorem",)),
        ("thm1", "theory 4.3", ()),
        ("intro-gradient-codes-need-s", "theory 5.10", ("GradientCodes.bch_bound",)),
    ],
)
def test_a_theorem_that_is_none_or_is_not_named_is_found(id: str, key: str, names: tuple[str, ...]) -> None:
    others = {**study.supports, key: replace(study.supports[key], formal=names)}
    assert ill_named(study.claims[id], others)


@pytest.mark.quality
@pytest.mark.parametrize(
    ("id", "names"),
    [
        ("disc-open-2", (CONJECTURE, OPEN, "spanning Rows", "theory 3.1", "hitting_time section 1", SIMULATION)),
        ("disc-open-2", ("spanning Theorem 1", "spanning Theorem 1000")),
        ("disc-open-2", ("spanning Theorem 1", "Parity.no_such_theorem")),
        ("disc-open-2", ("spanning Theorem 1", "hearsay")),
        ("disc-open-1", ("spanning Theorem 6", "SumRecovery.always_enough")),
    ],
)
def test_a_claim_that_rests_on_the_wrong_thing_is_found(id: str, names: tuple[str, ...]) -> None:
    assert faults(replace(study.claims[id], checked_by=names)) != []


def test_a_definition_or_a_conjecture_proves_nothing() -> None:
    proofs = [s.key for s in list_of(recorded()) if rests_on_proof((s.key,), study.supports)]
    assert proofs == [s.key for s in list_of(recorded()) if s.known in PROVED - {Known.DEFINITION}]
    assert rests_on_proof(("Errata.rank_condition",), {})
    assert not rests_on_proof((COMPUTATION, SIMULATION, CONJECTURE, OPEN), study.supports)


ENTRY = Entry("x", "I", "c", Verdict.PROVED, "f", checked_by=("Errata.a_b", "spanning Theorem 6", SIMULATION))


def test_ledger_table_and_report_link_to_the_statements_where_there_are_pages() -> None:
    row = "| `x` | I | proved | f | `Errata.a_b`, {}, simulation |"
    link = "[spanning Theorem 6](../docs/proofs/spanning.md#theorem-6-fixed-load)"
    assert row.format(link) in as_markdown([ENTRY], "h", study.supports, "../docs")
    assert row.format("spanning Theorem 6") in as_markdown([ENTRY], "h", study.supports)
    with_pages, without = (as_html(study, [ENTRY], [], {}, docs=docs) for docs in ("docs", None))
    link = '<a href="docs/proofs/spanning.html#theorem-6-fixed-load">spanning Theorem 6</a> (proved on paper)'
    for part in (link, "<code>Errata.a_b</code>", '<span class="checked">Coq, proof, simulation</span>'):
        assert part in with_pages
    assert "spanning Theorem 6 (proved on paper)" in without
    assert "href" not in without
    assert claims_table(study, [ENTRY]).rows[0][-1] == "Coq, proof, simulation"
    root = Path(__file__).parents[2]
    page = (root / "data" / "deep" / "ledger.md").read_text(encoding="utf-8")
    found = set(re.findall(r"\(\.\./\.\./docs/proofs/(\w+)\.md#([^)]+)\)", page))
    assert len(found) > 15
    assert found <= {(s.page, s.slug) for s in list_of(recorded())}
