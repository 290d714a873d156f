"""srtheory numbers: the numbers that a paper quotes, as macros of LaTeX."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from srtheory.cli import studies
from srtheory.cli.ask import PathType, print_json, print_line, print_names, print_result, print_text
from srtheory.cli.common import LabOptions, json_option, lab_options, lab_with_bar, out_option
from srtheory.errors import ArgumentError, printable

if TYPE_CHECKING:
    from srtheory.study.study import Study

MAX_TEXT = 1 << 24
"""Bytes of a text to be checked."""


@click.command(epilog=studies.ABOUT)
@click.argument("study", type=studies.STUDY, required=False, metavar="[STUDY]")
@click.option(
    "--number", "names", multiple=True, metavar="NAME", help="Number to compute; may be repeated. Default: all numbers."
)
@click.option("--list", "show", is_flag=True, help="Print the names of the numbers, and exit.")
@click.option(
    "--check",
    "text",
    type=PathType(dir_okay=False),
    metavar="FILE.tex",
    help="LaTeX file to check instead: list its numerals that no macro gives, and the macros that it does not use.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["latex", "json", "csv"]),
    default="latex",
    help="Format: latex macros, each with its provenance in a comment; a json document; or csv columns. "
    "Default: latex.",
)
@out_option("FILE", "Default: the numbers are printed.")
@studies.budget_option
@lab_options
@json_option
def numbers(
    study: Study | None,
    names: tuple[str, ...],
    show: bool,
    text: Path | None,
    form: str,
    out: Path | None,
    budget: float | None,
    **given: Any,
) -> int:
    """Compute the numbers that a paper quotes, each with its uncertainty, as LaTeX macros.

    A number is written in the notation of siunitx: 0.708(2) has a standard error of 0.002 if it was simulated, and lies
    within 0.002 otherwise.

    With --check nothing is computed. The command lists the numerals of a LaTeX file that no macro gives, and the macros
    that it does not use. It ignores indices, the numbers 0, 1 and 2 in formulas, years, the numbers of theorems,
    equations and the like, and lines that end with the comment "% given".

    Exit status: 0 done, 1 a number could not be computed or --check listed something, 2 bad input.
    """
    study = studies.the_study(study)
    chosen, as_json = study.chosen_numbers(names), given["as_json"]
    if text is not None:
        return _check(text, study, as_json)
    if show:
        listed = [{"name": one.name, "macro": one.macro(study.prefix), "shows": one.says} for one in chosen]
        if as_json:
            print_json(listed)
        else:
            width = max((len(one["name"]) for one in listed), default=0)
            print_names({f"{one['name']:{width}} {one['macro']}": one["shows"] for one in listed}, as_json=False)
        return 0
    from srtheory.environment import made_with
    from srtheory.files import write_output
    from srtheory.study.numbers import FORMATS, Quoted, as_objects
    from srtheory.study.running import Crash, computed, require_budget

    require_budget(budget)
    options = LabOptions.of(given)
    if not chosen:
        raise ArgumentError("study", study.title, "a study with numbers (@study.number)")
    found: list[Quoted] = []
    crashed = False
    with lab_with_bar(None, options, study.at, study.folder) as lab:
        for i, entry in enumerate(chosen, 1):
            lab.begins(f"number {i} of {len(chosen)}", 0)
            result = computed(entry, lab, budget)
            if isinstance(result, Crash):
                crashed = True
                print_line(f"srtheory: {result.says}")
            else:
                found.append(result)
    simulated = any(one.number.trials is not None for one in found)
    its = studies.as_command({"effort": options.effort, "seed": options.seed} if simulated else {})
    command = printable(f"srtheory numbers{studies.written(study)}{its} ({made_with()})")
    if out is not None:
        write_output(out, FORMATS[form](found, study.prefix, command).encode())
    if as_json:
        print_json({"made_by": command, "numbers": as_objects(found, study.prefix)})
    elif out is None:
        print_text(FORMATS[form](found, study.prefix, command), nl=False)
    return 1 if crashed else 0


def _check(path: Path, study: Study, as_json: bool) -> int:
    from srtheory.files import read_bytes
    from srtheory.study.numbers import numerals, unused

    tex = read_bytes(path, "check", MAX_TEXT).decode(errors="replace")
    macros = [entry.macro(study.prefix) for entry in study.numbers.values()]
    found, idle = numerals(tex), unused(tex, macros)
    lines = [f"{path}:{one.line}: {one.text}: {one.context}" for one in found]
    lines += [f"{path}: \\{macro} is not used" for macro in idle]
    says = "\n".join(lines) or f"{path}: a macro gives every numeral, and all macros are used"
    print_result({"numerals": [vars(one) for one in found], "unused": idle}, says, as_json)
    return 1 if found or idle else 0
