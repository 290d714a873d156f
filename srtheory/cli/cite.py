"""srtheory cite: citation of this version, and of the paper that it checks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from srtheory.cli.ask import print_json, print_text
from srtheory.cli.common import json_option
from srtheory.environment import __version__

if TYPE_CHECKING:
    from srtheory.study.study import Study

SOFTWARE = {
    "title": "srtheory: exact verification of rateless sum-recovery codes",
    "author": "{The srtheory developers}",
    "version": __version__,
}
NO_REPOSITORY = """\
% The repository is left for the publisher to fill in: its address below, and for good under Repository in
% [project.urls] of pyproject.toml, where this command reads it, and under repository-code in CITATION.cff."""
NO_DOI = "% The DOI of the paper is left out, because it has not been verified: add it from the publisher's page."


@click.command()
@json_option
def cite(as_json: bool) -> int:
    """Print BibTeX entries for the paper and for this version of srtheory, with its commit and dependencies."""
    from srtheory.environment import commit, deviations, lock_digest, repository, versions
    from srtheory.study.loading import load

    lock, others, here, address = lock_digest(), deviations(), commit(), repository()
    paper = reference(load())
    software = SOFTWARE | {"year": str(here.year)}
    if as_json:
        known = software | {"commit": here.name, "changed_since": here.changed, "repository": address}
        environment = {"lock": lock, "not_of_the_lock": others, "versions": versions()}
        print_json({"software": known, "paper": paper} | environment)
        return 0
    named = {} if here.name is None else {"commit": here.name}
    changed = "With changes since the commit. " if here.changed else ""
    said, unlike = (", ".join(f"{name} {number}" for name, number in its.items()) for its in (versions(), others))
    said += f", not of the lock: {unlike}" if unlike else ""
    note = {"repository": address or "", "note": f"{changed}Lock file {lock}; {said}"}
    if address is None:
        print_text(NO_REPOSITORY)
    print_text(_entry("software", "srtheory", software | named | note))
    if "doi" not in paper:
        print_text(NO_DOI)
    print_text(_entry("inproceedings" if "booktitle" in paper else "misc", "sum-recovery-codes", paper))
    return 0


def reference(study: Study) -> dict[str, str]:
    """Return the fields of the BibTeX entry of a study's paper."""
    return {"title": study.title, "author": " and ".join(study.authors), **study.reference}


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    return f"@{kind}{{{key},\n{lines}}}"
