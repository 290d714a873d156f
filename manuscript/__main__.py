"""Build the manuscript: ``python -m manuscript OUT`` makes OUT/manuscript.pdf with latexmk.

Everything that the text quotes is made first, in OUT/manuscript, by the commands of srtheory: the numbers as macros,
the tables, the figures, and from the theorem map the notes in the margin. A numeral that no macro gives, or a theorem
that does not agree with its source, ends the build.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from manuscript import statements
from manuscript.latex import compile_into, lacking
from srtheory.study.quoting import GIVEN

HERE = Path(__file__).parent
PACKAGES = ("IEEEtran.cls", "IEEEtran.bst", "amsthm.sty", "siunitx.sty", "microtype.sty", "mparhack.sty", "url.sty")
DEBIAN = (
    "latexmk texlive-latex-recommended texlive-latex-extra texlive-publishers texlive-science texlive-fonts-recommended"
)
"""Packages of Debian that contain these."""
MOST_GIVEN = 100
"""Greatest numeral, outside of statements with a source and of proofs, that the comment ``% given`` excuses."""
COMMANDS = (
    ("numbers", "manuscript", "--format", "latex", "--out", "{out}/numbers.tex"),
    ("table", "manuscript::proved", "--format", "latex", "--columns", "1", "--out", "{out}"),
    ("table", "manuscript::medians", "--format", "latex", "--columns", "1", "--out", "{out}"),
    ("table", "hitting-time", "--format", "latex", "--columns", "1", "--out", "{out}"),
    ("figure", "guarantee", "--width", "3.5in", "--style", "ieee", "--out", "{out}"),
    ("figure", "hitting", "--width", "3.5in", "--style", "ieee", "--out", "{out}"),
)
_NUMERAL = re.compile(r"(?<![\w.\\])\d+(?:\.\d+)?")
_PROOF = re.compile(r"\\begin\{proof\}.*?\\end\{proof\}", re.DOTALL)


def missing() -> str | None:
    """Return what has to be installed, in a line; None if LaTeX and all packages are here."""
    absent = lacking(("latexmk", "kpsewhich"), PACKAGES)
    return f"the manuscript needs {', '.join(absent)}: apt-get install {DEBIAN}" if absent else None


def excused(tex: str) -> list[str]:
    """Return the lines that ``% given`` may not excuse: decimals or large integers outside of statements and proofs."""
    inside = [*statements.places(tex), *(one.span() for one in _PROOF.finditer(tex))]
    wrong, at = [], 0
    for number, line in enumerate(tex.split("\n"), 1):
        numerals = _NUMERAL.findall(line)
        if (
            line.rstrip().endswith(GIVEN)
            and not any(start <= at < end for start, end in inside)
            and any("." in one or int(one) > MOST_GIVEN for one in numerals)
        ):
            wrong.append(f"manuscript.tex:{number}: {' '.join(line.split())}")
        at += len(line) + 1
    return wrong


def main(out: Path) -> int:
    """Build everything in a folder and return the exit status."""
    if (what := missing()) is not None:
        sys.stderr.write(f"{what}\n")
        return 1
    texts, tex = statements.pages(), statements.TEX.read_text(encoding="utf-8")
    if wrong := [*excused(tex), *statements.compare(tex, texts, statements.read())]:
        sys.stderr.write("\n".join(wrong) + "\n")
        return 1
    folder = out / "manuscript"
    folder.mkdir(parents=True, exist_ok=True)
    srtheory = Path(sys.executable).with_name("srtheory")
    subprocess.run([srtheory, "numbers", "manuscript", "--check", statements.TEX], check=True)
    for command in COMMANDS:
        subprocess.run(
            [srtheory, *(part.format(out=folder) for part in command)], check=True, stdout=subprocess.DEVNULL
        )
    (folder / "statements.tex").write_text(statements.margins(tex, texts), encoding="utf-8")
    for name in ("manuscript.tex", "references.bib"):
        shutil.copy(HERE / name, folder)
    return compile_into(out, folder, "manuscript", "-gg", "-pdf")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "out").resolve()))
