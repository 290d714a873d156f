"""Studies on the command line: a file, a folder, a module or an installed one, and names in them."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem

from srtheory.cli.number_types import DECIMAL

ABOUT = (
    "STUDY is a Python file, a folder or a module with a study of a paper (docs/own_paper.md), or the name of an"
    " installed one; its code is imported, and so run. Without it, the paper on sum-recovery codes is meant."
)


class _Study(click.ParamType):  # type: ignore[type-arg]
    """A study, as :class:`~srtheory.study.study.Study`; its code is imported."""

    name = "study"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See :class:`click.ParamType`."""
        from srtheory.study.loading import load

        return load(value) if isinstance(value, str) else value

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """See :class:`click.ParamType`: files, which are the shell's; none is imported."""
        return [CompletionItem(incomplete, type="file")]


STUDY = _Study()
budget_option = click.option(
    "--budget", type=DECIMAL, metavar="SECONDS", help="Time that each check or number may take. Default: no limit."
)
