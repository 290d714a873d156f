"""Build the manuscript: ``python -m manuscript OUT`` makes OUT/manuscript.pdf with latexmk.

Everything that the text quotes is made first, in OUT/manuscript, by the commands of srtheory: the numbers as macros,
the tables, the figures, and from the theorem map the notes in the margin. A numeral that no macro gives, or a theorem
that does not agree with its source, ends the build.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections import Counter
from contextlib import redirect_stdout
from pathlib import Path

from manuscript import statements
from manuscript.latex import compile_into, lacking
from srtheory.cli import srtheory
from srtheory.study.numbers import GIVEN, numerals

HERE = Path(__file__).parent
PACKAGES = ("IEEEtran.cls", "IEEEtran.bst", "amsthm.sty", "siunitx.sty", "microtype.sty", "mparhack.sty", "url.sty")
DEBIAN = (
    "latexmk texlive-latex-recommended texlive-latex-extra texlive-publishers texlive-science texlive-fonts-recommended"
)
"""Packages of Debian that contain these."""
GIVEN_HERE = {"3": 3, "4": 4, "8": 1, "10": 2, "14": 1, "72": 1, "95": 2}
"""Numerals that ``% given`` excuses outside of statements and proofs, and how often: definitions, and no results."""
COMMANDS = (
    ("numbers", "manuscript", "--format", "latex", "--out", "{out}/numbers.tex"),
    ("table", "manuscript::proved", "--format", "latex", "--columns", "1", "--out", "{out}"),
    ("table", "manuscript::medians", "--format", "latex", "--columns", "1", "--out", "{out}"),
    ("table", "hitting-time", "--format", "latex", "--columns", "1", "--out", "{out}"),
    ("figure", "guarantee", "--width", "3.5in", "--style", "ieee", "--out", "{out}"),
    ("figure", "hitting", "--width", "3.5in", "--style", "ieee", "--out", "{out}"),
)
_YEAR = re.compile(r"(?<![\w.])(?:19|20)(?=\d\d(?!\w))")
_EXCUSED = re.compile(rf"{GIVEN}[ \t]*$", re.MULTILINE)
_PROOF = re.compile(r"\\begin\{proof\}.*?\\end\{proof\}", re.DOTALL)


def missing() -> str | None:
    """Return what has to be installed, in a line; None if LaTeX and all packages are here."""
    absent = lacking(("latexmk", "kpsewhich"), PACKAGES)
    return f"the manuscript needs {', '.join(absent)}: apt-get install {DEBIAN}" if absent else None


def typed(tex: str) -> list[str]:
    """Return the numerals that no macro gives, in words: years included, and those that ``% given`` may not excuse.

    The comment may excuse any numeral of a statement or a proof, as these are on record in statements.toml.
    """
    places = [*statements.places(tex), *(one.span() for one in _PROOF.finditer(tex))]
    recorded = {line for start, end in places for line in range(_line(tex, start), _line(tex, end) + 1)}
    plain = _YEAR.sub("99", tex)  # the text has no years, and a result may look like one
    lines = plain.split("\n")
    wrong = []
    left = Counter(GIVEN_HERE)
    for one in numerals(_EXCUSED.sub("%", plain)):
        excused = lines[one.line - 1].rstrip().endswith(GIVEN)
        if excused and one.line in recorded:
            continue
        left[one.text] -= excused
        if not excused or left[one.text] < 0:
            wrong.append(one)
    return [f"manuscript.tex:{one.line}: {one.text}, which no macro gives: {one.context[:80]}" for one in wrong] + [
        f"manuscript.tex: {left[text]} times fewer {text} that {GIVEN!r} excuses than known" for text in +left
    ]


def _line(tex: str, at: int) -> int:
    return tex.count("\n", 0, at) + 1


def asked(*words: str) -> int:
    """Run a command of srtheory in this process, which has imported what all of them need; return its exit status."""
    return int(srtheory.main(words, prog_name="srtheory", standalone_mode=False) or 0)


def main(out: Path) -> int:
    """Build everything in a folder and return the exit status."""
    if (what := missing()) is not None:
        sys.stderr.write(f"{what}\n")
        return 1
    texts, tex = statements.pages(), statements.TEX.read_text(encoding="utf-8")
    if wrong := [*typed(tex), *statements.compare(tex, texts, statements.read())]:
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    folder = out / "manuscript"
    folder.mkdir(parents=True, exist_ok=True)
    if status := asked("numbers", "manuscript", "--check", str(statements.TEX)):
        return status
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        for command in COMMANDS:
            if status := asked(*(part.format(out=folder) for part in command)):
                return status
    (folder / "statements.tex").write_text(statements.margins(tex, texts), encoding="utf-8")
    for name in ("manuscript.tex", "references.bib"):
        shutil.copy(HERE / name, folder)
    return compile_into(out, folder, "manuscript", "-gg", "-pdf")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "out").resolve()))
