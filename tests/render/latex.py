"""Compile LaTeX tables in one document and read the log."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

PACKAGES = ("array", "booktabs", "longtable", "siunitx", "amsmath", "amssymb")
MOVED = b"LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right."


def missing() -> str | None:
    """Why no table can be compiled here; None if one can."""
    if shutil.which("pdflatex") is None or shutil.which("kpsewhich") is None:
        return "pdflatex is not installed"
    asked = ["kpsewhich", *(f"{name}.sty" for name in PACKAGES)]
    found = {Path(line).stem for line in subprocess.run(asked, capture_output=True, text=True).stdout.splitlines()}
    lacking = [name for name in PACKAGES if name not in found]
    return f"LaTeX lacks {', '.join(lacking)}" if lacking else None


needs_latex = pytest.mark.skipif(missing() is not None, reason=str(missing()))


def complaints(tables: Sequence[str], folder: Path, options: str = "") -> list[str]:
    """Errors, overfull boxes and unknown characters that pdflatex reports on a document that inputs these tables.

    That pages of labels have changed asks for no further run where all are known, as from a document that was compiled
    in the folder before: no table gives a page.
    """
    names = [f"table{i}.tex" for i in range(len(tables))]
    for name, text in zip(names, tables, strict=True):
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "all.tex").write_text(
        "\n".join(
            [
                rf"\documentclass[{options}]{{article}}",
                *(rf"\usepackage{{{name}}}" for name in PACKAGES),
                r"\begin{document}",
                *(rf"\input{{{name}}}\clearpage" for name in names),  # LaTeX holds few floats at a time
                r"\end{document}",
            ]
        )
    )
    command = ["pdflatex", "-interaction=nonstopmode", "all.tex"]
    for _ in range(3):  # longtable settles its columns over several runs
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        if b"Rerun" not in (done.stdout if b"undefined" in done.stdout else done.stdout.replace(MOVED, b"")):
            break
    log = (folder / "all.log").read_text(encoding="utf-8", errors="replace").replace(MOVED.decode(), "")
    found = re.findall(r"^(?:!|Overfull|Missing character|LaTeX Warning|Package \w+ Warning).*", log, re.MULTILINE)
    labels, asked = (re.findall(rf"\\{word}{{([^}}]*)}}", "".join(tables)) for word in ("label", "ref"))
    found += [f"twice: {label}" for label, times in Counter(labels).items() if times > 1]
    found += [f"nowhere: {label}" for label in {*asked} - {*labels}]
    return found + ([] if (folder / "all.pdf").exists() else ["no PDF"])
