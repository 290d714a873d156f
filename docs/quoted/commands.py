"""The tables of options in docs/commands.md, from the commands themselves."""

from __future__ import annotations

import click

from docs.quoted import Values, quoted, table
from srtheory.cli import VERBS, srtheory

COLUMNS = {
    "computation": "--seed --trials --effort --processes --engine --store --out --json",
    "model": "--symbols --degree --access --tau --startup --message-cost --master-time --silent",
    "schemes": "scheme --scheme --schemes --option",
}


@quoted
def options() -> Values:
    """Return a table for each kind of options, but for the first without commands that have none of them."""
    found = {}
    for kind, names in COLUMNS.items():
        heads = [f"`{name}`" if name.startswith("--") else name for name in names.split()]
        rows = [[f"`{verb}`", *(cell(verb, name) for name in names.split())] for verb in VERBS]
        kept = [row for row in rows if kind == "computation" or {*row[1:]} != {"–"}]
        found[kind] = table([["command", *heads], *kept])
    return found


def cell(verb: str, name: str) -> str:
    """Return the default of an option or the metavar of an argument, yes if it has neither, or a dash."""
    command = srtheory.get_command(click.Context(srtheory), verb)
    assert command is not None
    its = next((p for p in command.params if name in p.opts and not getattr(p, "hidden", False)), None)
    if isinstance(its, click.Argument):
        return str(its.metavar)
    if not isinstance(its, click.Option):
        return "–"
    if its.required:
        return "required"
    if name == "--out":
        return str(its.metavar).replace("|", " or ")
    return str(its.default) if f"Default: {its.default}." in str(its.help) and not its.is_flag else "yes"
