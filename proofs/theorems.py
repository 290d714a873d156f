"""Statements that the library proves, as Coq prints them, compared with those stored in theorems.txt.

For every module of _CoqProject Coq prints its definitions, each theorem's statement, and the axioms that each theorem
rests on ("closed under the global context": none). Notations omit details, for instance the type of a matrix's entries,
so each is followed by a digest of its full form. A theorem that is renamed, stated otherwise, left unproved or made to
rest on an axiom, and a changed definition, therefore change this text. Lemmas are steps: only the axioms of all lemmas
of a module together are printed.

To see what a theorem rests on, Coq walks through all that it needs, half of MathComp each time. Results that rest on
nothing by the record, or on the same axioms, are therefore asked about in one question. Only if the answer differs is
each asked about. If one of several rests on fewer axioms than they do together, this shows when the record is written
anew.

    python3 theorems.py                    compare; the differences and status 1 if there are any
    python3 theorems.py Span Coverage      these modules only
    python3 theorems.py --write            put on record what the library says now

Needs Python's standard library and build/Library.vo, which library.py makes.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from difflib import unified_diff
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import fill

from library import NAME, at_hand, imports, modules

HERE = Path(__file__).parent
RECORD = "theorems.txt"
HEAD = "# "  # and the module's name: nothing that Coq prints begins so
COMMENT = re.compile(r"\(\*(?:[^*]|\*(?!\)))*\*\)")  # the library nests none
PROLOGUE = re.compile(r"^(?:From|Require|Import|(?:Local )?Open Scope|Delimit Scope)\b.*\.$", re.MULTILINE)
ALGEBRA = "From mathcomp Require Import all_ssreflect all_fingroup all_algebra.\nSet Asymmetric Patterns."
ALGEBRAIC = re.compile(r"^From (?:SRTheory Require Import MathComp\.|mathcomp Require Export )", re.MULTILINE)
UNPROVED = re.compile(
    r"\b(?:Admitted|admit|give_up|Axioms?|Parameters?|Conjecture|Unset\s+\w+\s+Checking|bypass_check)\b"
)
ARGUMENTS = re.compile(r"^\nArguments .*\n(?:  .*\n)*", re.MULTILINE)  # what Print adds on those that are left out
FULL = re.compile(r"^FULL\n((?:.*\n)*?)END\n", re.MULTILINE)
ASSUMPTIONS = re.compile(r"^RESTS (.*)\n((?:.*\n)*?)END\n", re.MULTILINE)
CLOSED = "closed under the global context"  # Coq's words for resting on nothing
RESTS = re.compile(rf"^([\w']+): ({CLOSED}|rests on .*(?:\n  .*)*)$", re.MULTILINE)  # as the record says it
AXIOM = re.compile(r"[^\s,]+(?=,|$)")
TOGETHER = "together"
WIDTH = 118


def source(folder: Path, module: str) -> str:
    """Return a module's text without comments."""
    return COMMENT.sub("", (folder / f"{module}.v").read_text(encoding="utf-8"))


def names(text: str, *keywords: str) -> list[str]:
    """Return the names declared at the beginning of a line by one of the keywords."""
    return re.findall(rf"^(?:{'|'.join(keywords)})\s+([\w']+)", text, re.MULTILINE)


def theorems(text: str) -> list[str]:
    """Return the results of a module."""
    return names(text, "Theorem", "Corollary")


def unproved(folder: Path) -> list[str]:
    """Return the places where a source takes something for granted, or is not part of the library."""
    strays = sorted({path.stem for path in folder.glob("*.v")} - set(modules(folder)))
    words = [(name, found[0]) for name in modules(folder) for found in UNPROVED.finditer(source(folder, name))]
    return [f"{name}.v is not in _CoqProject" for name in strays] + [f"{name}.v says {word}" for name, word in words]


def questions(module: str, text: str) -> str:
    """Return the questions to Coq about a module: its statements, in the notations that it sees itself."""
    prologue = PROLOGUE.findall(text)
    if ALGEBRAIC.search(text):  # all of it is imported already, with what only the notations of the record need
        prologue = [line for line in prologue if not (ALGEBRAIC.match(line) or line.startswith("From mathcomp "))]
    return "\n".join(
        [
            f"Module About{module}.",
            *map(imports, prologue),
            f"Import {module}.",
            say(HEAD + module),
            *(twice(f"Print {name}.") for name in names(text, "Definition", "Fixpoint", "Inductive", "Record")),
            *(twice(f"Check @{name}.") for name in theorems(text)),
            f"End About{module}.",
        ]
    )


def twice(command: str) -> str:
    """Ask for something in readable form, and in full between the marks of ``FULL``."""
    return f"{command}\n{say('FULL')}\nSet Printing All.\n{command}\nUnset Printing All.\n{say('END')}"


def results(module: str, text: str) -> dict[str, str]:
    """Return the results whose axioms are asked for, by Coq name: each theorem, and all lemmas as one."""
    lemmas = {f"{module}_lemmas": "lemmas"} if names(text, "Lemma", "Fact", "Example") else {}
    return {f"{module}.{name}": name for name in theorems(text)} | lemmas


def foundations(module: str, text: str, known: Mapping[str, str]) -> str:
    """Ask what each result rests on; for results where this is known, only print it."""
    lemmas = [f"{module}.{name}" for name in names(text, "Lemma", "Fact", "Example")]
    said = [
        repeat(name, known[qualified]) if qualified in known else rest(name, qualified)
        for qualified, name in results(module, text).items()
    ]
    return "\n".join([define(f"{module}_lemmas", lemmas), *said])


def repeat(name: str, words: str) -> str:
    """Return commands that print what a result rests on, in Coq's words."""
    printed = [words] if words == CLOSED else ["Axioms:", *(f"{axiom} :" for axiom in AXIOM.findall(words))]
    return "\n".join(map(say, (f"RESTS {name}", *printed, "END")))


def define(name: str, parts: Iterable[str]) -> str:
    """Return the definition of a term that rests on the axioms of all of them."""
    return f"Definition {name} := {''.join(f'let _ := @{part} in ' for part in parts)}tt."


def rest(name: str, qualified: str) -> str:
    """Return commands that print the axioms of a result, between the marks of ``ASSUMPTIONS``."""
    return f"{say('RESTS ' + name)}\nPrint Assumptions {qualified}.\n{say('END')}"


def say(text: str) -> str:
    """Return a command that prints a text."""
    return f'Goal True. idtac "{text}". Abort.'


def answers(folder: Path, chosen: Iterable[str], record: str = "") -> str:
    """Return Coq's output on the modules; a record, if there is one, saves time and does not change it."""
    commands, alike = asked(folder, chosen, record)
    return answered(coq(folder, commands), alike) or answers(folder, chosen)


def asked(folder: Path, chosen: Iterable[str], record: str = "") -> tuple[list[str], list[str]]:
    """Return Coq's output on the modules, last on results that are alike by the record, and its words on those.

    MathComp's algebra takes seconds to import, so that this is done once, after the modules that do without.
    """
    texts = {module: source(folder, module) for module in chosen}
    asked_about = {name for module, text in texts.items() for name in results(module, text)}
    known = {name: words for name, words in foundations_on_record(record).items() if name in asked_about}
    alike = {words: [name for name in known if known[name] == words] for words in (CLOSED, *known.values())}
    alike = {words: names for words, names in alike.items() if words == CLOSED or len(names) > 1}
    known = {name: words for name, words in known.items() if words in alike}
    plain, algebraic = [], []
    for module, text in texts.items():
        asked = algebraic if ALGEBRAIC.search(text) else plain
        asked += [questions(module, text), foundations(module, text, known)]
    settings = [f"Set Printing Width {WIDTH}.", "Unset Printing Implicit Defensive.", "Unset Asymmetric Patterns."]
    together = [
        f"{define(f'{TOGETHER}{i}', names)}\n{rest(*[f'{TOGETHER}{i}'] * 2)}" for i, names in enumerate(alike.values())
    ]
    return [*settings, *plain, *([ALGEBRA] if algebraic else []), *algebraic, *together], list(alike)


def answered(printed: str, alike: Sequence[str]) -> str | None:
    """Return Coq's output; None if the results that are alike by the record rest on something else."""
    text, *rested = re.split(rf"^{TOGETHER}\d+: ", tidy(printed), flags=re.MULTILINE)
    return text if [" ".join(words.split()) for words in rested] == alike else None


def foundations_on_record(record: str) -> dict[str, str]:
    """Return what each result rests on by the record, in its words, by the names of ``results``."""
    parts = re.split(rf"^{re.escape(HEAD)}(\w+)\n", record, flags=re.MULTILINE)[1:]
    return {
        f"{module}_lemmas" if name == "lemmas" else f"{module}.{name}": " ".join(words.split())
        for module, part in zip(parts[::2], parts[1::2], strict=True)
        for name, words in RESTS.findall(part)
    }


def coq(folder: Path, commands: Sequence[str]) -> str:
    """Return Coq's output for some commands, with the compiled library."""
    with TemporaryDirectory() as scratch:
        file = Path(scratch) / "Asked.v"
        file.write_text("\n".join([f"From SRTheory Require Import {NAME}.", *commands, ""]), encoding="utf-8")
        command = ["coqc", "-q", "-w", "none", *at_hand(folder), str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"Coq stops at a question:\n{done.stdout[-2000:]}{done.stderr}")
    return shortened(done.stdout)


def shortened(printed: str) -> str:
    """Return the same with modules by their own names, as in one library or several."""
    return re.sub(rf"\b{NAME}\.", "", printed)


def tidy(printed: str) -> str:
    """Return the same with digests, with axioms by name, and without remarks on arguments and trailing space."""
    text = FULL.sub(lambda found: digest(found[1]), ARGUMENTS.sub("", printed))
    text = ASSUMPTIONS.sub(lambda found: rests(*found.groups()), text)
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def digest(full: str) -> str:
    """Return the beginning of the SHA-256 of Coq's output without notations, at any width."""
    return f"     [in full: {sha256(' '.join(full.split()).encode()).hexdigest()[:16]}]\n"


def rests(name: str, printed: str) -> str:
    """Return a result and its axioms by name; their statements are in Coq's own library."""
    if not printed.startswith("Axioms:"):
        return f"{name}: {printed[0].lower()}{printed[1:]}"
    axioms = re.findall(r"^([^\s:]+)\s*:", printed.partition("\n")[2], re.MULTILINE)
    return fill(f"{name}: rests on " + ", ".join(sorted(axioms)), WIDTH, subsequent_indent="  ") + "\n"


def on_record(text: str, chosen: Iterable[str]) -> str:
    """Return the part of the record on the chosen modules."""
    parts = re.split(rf"^(?={re.escape(HEAD)})", text, flags=re.MULTILINE)
    return "".join(part for part in parts if part.partition("\n")[0].removeprefix(HEAD) in set(chosen))


def differences(folder: Path, chosen: Sequence[str] = ()) -> list[str]:
    """Return lines in which the library, or some of its modules, differs from the record; none if it does not."""
    kept = (folder / RECORD).read_text(encoding="utf-8")
    said = answers(folder, chosen or modules(folder), kept)
    return list(
        unified_diff(
            (on_record(kept, chosen) if chosen else kept).splitlines(),
            said.splitlines(),
            RECORD,
            "what the library says",
            lineterm="",
        )
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", help="all by default")
    parser.add_argument("--write", action="store_true", help="put on record what the library says now")
    parser.add_argument("--folder", type=Path, default=HERE, help="of the library")
    given = parser.parse_args(arguments)
    folder = given.folder.resolve()
    if given.write:
        (folder / RECORD).write_text(answers(folder, modules(folder)), encoding="utf-8")
        return 0
    wrong = unproved(folder) or differences(folder, given.modules)
    print("\n".join(wrong) if wrong else "Every statement is as on record.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
