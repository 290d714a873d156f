"""Build the supplement: ``python -m manuscript.supplement OUT`` makes OUT/supplement.pdf by Sphinx and latexmk."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from manuscript.latex import compile_into, lacking

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
NEEDED = ("latexmk", "xelatex", "kpsewhich")
FILES = ("FreeSerif.otf", "capt-of.sty", "tabulary.sty", "needspace.sty", "fncychap.sty")
DEBIAN = "latexmk texlive-xetex texlive-latex-extra fonts-freefont-otf"
"""Packages of Debian that contain these."""


def missing() -> str | None:
    """Return what has to be installed, in a line; None if all that is needed is here."""
    absent = lacking(NEEDED, FILES)
    return f"the supplement needs {', '.join(absent)}: apt-get install {DEBIAN}" if absent else None


def latex(folder: Path) -> subprocess.CompletedProcess[str]:
    """Write the pages as LaTeX into a folder; every link and reference must lead somewhere."""
    options = ["-q", "-W", "-b", "latex", "-c", HERE, "-d", folder / "trees"]
    command = [sys.executable, "-m", "sphinx", *map(str, options), str(DOCS), str(folder)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main(out: Path) -> int:
    """Build everything in a folder and return the exit status."""
    if (what := missing()) is not None:
        sys.stderr.write(f"{what}\n")
        return 1
    folder = out / "supplement"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written = latex(folder)
    if written.returncode:
        sys.stderr.write(written.stderr)
        return 1
    return compile_into(out, folder, "supplement", "-xelatex")


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "out").resolve()))
