"""LaTeX for the manuscript and its supplement: what is missing of it, and a document made by latexmk."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path


def lacking(programs: Sequence[str], files: Sequence[str]) -> list[str]:
    """Return those of the programs, or else of the files of LaTeX's packages, that are not here."""
    absent = [name for name in programs if shutil.which(name) is None]
    if absent:
        return absent
    found = subprocess.run(["kpsewhich", *files], capture_output=True, text=True, check=False).stdout
    return [name for name in files if name not in {Path(line).name for line in found.splitlines()}]


def compile_into(out: Path, folder: Path, name: str, *options: str) -> int:
    """Make OUT/NAME.pdf of FOLDER/NAME.tex, print its path or LaTeX's errors, and return the exit status."""
    run = ["latexmk", *options, "-silent", "-interaction=nonstopmode", f"{name}.tex"]
    if subprocess.run(run, cwd=folder, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode:
        log = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        sys.stderr.write("\n".join(re.findall(r"^(?:!|l\.\d+).*", log, re.MULTILINE)) + "\n")
        return 1
    shutil.copy(folder / f"{name}.pdf", out)
    sys.stdout.write(f"{out / f'{name}.pdf'}\n")
    return 0
