"""Build the supplement: ``python -m manuscript.supplement OUT`` makes OUT/supplement.pdf by Sphinx and latexmk."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
DOCS = HERE.parents[1] / "docs"
NEEDED = ("latexmk", "xelatex", "kpsewhich")
FILES = ("FreeSerif.otf", "capt-of.sty", "tabulary.sty", "needspace.sty", "fncychap.sty")
DEBIAN = "latexmk texlive-xetex texlive-latex-extra fonts-freefont-otf"
"""Packages of Debian that contain these."""


def missing() -> str | None:
    """Return what has to be installed, in a line; None if all that is needed is here."""
    lacking = [name for name in NEEDED if shutil.which(name) is None]
    if not lacking:
        found = subprocess.run(["kpsewhich", *FILES], capture_output=True, text=True, check=False).stdout
        lacking = [name for name in FILES if name not in {Path(line).name for line in found.splitlines()}]
    return f"the supplement needs {', '.join(lacking)}: apt-get install {DEBIAN}" if lacking else None


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
    run = ["latexmk", "-xelatex", "-silent", "-interaction=nonstopmode", "supplement.tex"]
    if subprocess.run(run, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        log = (folder / "supplement.log").read_text(encoding="utf-8", errors="replace")
        sys.stderr.write("\n".join(re.findall(r"^(?:!|l\.\d+).*", log, re.MULTILINE)) + "\n")
        return 1
    shutil.copy(folder / "supplement.pdf", out)
    sys.stdout.write(f"{out / 'supplement.pdf'}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "out").resolve()))
