"""Compile the library as one file in which each file of _CoqProject is a module, so that imports are loaded once.

Loading MathComp takes longer than proving everything in most of the modules.

    python3 library.py

makes build/Library.vo, unless Coq accepts one of the variants of variants.py.  Needs Python's standard library.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import variants

HERE = Path(__file__).parent
NAME = "Library"
COMMON = "MathComp"
TAKEN = "ssreflect ssrfun ssrbool eqtype ssrnat seq"  # whose names and scopes Coq's library takes as well
OURS = re.compile(r"^From SRTheory Require(?: (Import))? ([\w ]+)\.$", re.MULTILINE)
OTHERS = re.compile(r"^(From (?!SRTheory)[\w.]+ Require)(?: Import| Export)?( [\w ]+\.)$", re.MULTILINE)
COMMON_FIRST = re.compile(rf"(?:(?!From ).*\n)*From SRTheory Require Import {COMMON}\.$", re.MULTILINE)
WARNINGS = (
    "-notation-overridden,-ambiguous-paths,-abstract-large-number,-require-in-module,+declaration-outside-section"
)


def modules(folder: Path) -> list[str]:
    """Return the names of the library's modules, in the order of _CoqProject: each after those that it needs."""
    return re.findall(r"^(\w+)\.v$", (folder / "_CoqProject").read_text(encoding="utf-8"), re.MULTILINE)


def imports(text: str) -> str:
    """Return a text whose requirements of library files are imports of the modules at hand."""
    return OURS.sub(lambda found: f"Import {found[2]}." if found[1] else "", text)


def inner(name: str, text: str) -> str:
    """Return the text of a file as a module among the others.

    Most begin with MathComp, which stays imported. If something of Coq's comes before it, the parts of it that have
    names in common with Coq's are imported again, and not all of it, which takes a second.
    """
    inside = imports(text)
    if COMMON_FIRST.match(text):
        inside = inside.replace(f"Import {COMMON}.", "", 1)
    elif f"Import {COMMON}." in inside:
        inside = inside.replace(f"Import {COMMON}.", f"Import {TAKEN}.", 1)
    stays = f"Import {COMMON}.\n" if name == COMMON else ""
    return f"Module {name}.\n{inside}End {name}.\n{stays}"


def sources(folder: Path) -> dict[str, str]:
    """Return the texts of the library's modules, by name and in their order."""
    return {name: (folder / f"{name}.v").read_text(encoding="utf-8") for name in modules(folder)}


def together(texts: Mapping[str, str]) -> str:
    """Return the whole library after its imports; Coq forgets argument scopes of imports first loaded in a module."""
    needed = dict.fromkeys("".join(found) for text in texts.values() for found in OTHERS.findall(text))
    return "\n".join([*needed, *(inner(*module) for module in texts.items())])


def build(folder: Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Compile the library of a folder, or this text of one, into the folder's ``build``, and return what coqc says."""
    (folder / "build").mkdir(exist_ok=True)
    (folder / "build" / f"{NAME}.v").write_text(together(sources(folder)) if text is None else text, encoding="utf-8")
    command = ["coqc", "-q", "-noglob", "-w", WARNINGS, *at_hand(folder), f"build/{NAME}.v"]
    environment = {"OCAMLRUNPARAM": "o=1000", **os.environ}  # most of what is made stays: look for garbage rarely
    both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(command, cwd=folder, env=environment, text=True, check=False, **both)


def at_hand(folder: Path) -> list[str]:
    """Return coq's options with which ``From SRTheory Require Import Library`` finds the compiled library."""
    return ["-R", str((folder / "build").resolve()), "SRTheory"]


if __name__ == "__main__":
    with TemporaryDirectory() as scratch:
        done = build(HERE, together(variants.all_tried(sources(HERE), Path(scratch))))
    print(done.stdout, end="")
    sys.exit(done.returncode)
