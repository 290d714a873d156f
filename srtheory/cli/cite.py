"""srtheory cite: citation of this version, and of the paper that it checks."""

from __future__ import annotations

import click

from srtheory.cli.common import json_option, print_json
from srtheory.version import __version__

SOFTWARE = {
    "title": "srtheory: exact verification of rateless sum-recovery codes",
    "author": "{The srtheory developers}",
    "version": __version__,
}
PAPER = {
    "title": "Rateless Sum-Recovery Codes for Distributed Non-Linear Computations",
    "author": "Mallick, Ankur and Joshi, Gauri",
    "year": "2022",
}


@click.command()
@json_option
def cite(as_json: bool) -> int:
    """Print BibTeX entries for the paper and for this version of srtheory, with its dependencies."""
    from srtheory.environment import deviations, lock_digest, versions

    lock, others = lock_digest(), deviations()
    if as_json:
        environment = {"lock": lock, "not_of_the_lock": others, "versions": versions()}
        print_json({"software": SOFTWARE, "paper": PAPER} | environment)
        return 0
    said = ", ".join(f"{name} {number}" for name, number in versions().items())
    said += ", not of the lock: " + ", ".join(others) if others else ""
    click.echo(_entry("software", "srtheory", SOFTWARE | {"note": f"Lock file {lock}; {said}"}))
    click.echo(_entry("misc", "sum-recovery-codes", PAPER))
    return 0


def _entry(kind: str, key: str, fields: dict[str, str]) -> str:
    lines = "".join(f"  {name} = {{{text}}},\n" for name, text in fields.items())
    return f"@{kind}{{{key},\n{lines}}}"
