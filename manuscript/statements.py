r"""The theorems of the manuscript and the statements of docs/proofs/ that they give.

A statement of the manuscript is an environment of :data:`KINDS` with a line ``\source{KEY}``, where KEY is the key of a
statement of the theorem map, such as ``spanning Theorem 1``. manuscript/statements.toml records what was compared when
a person last read the two side by side:

- the heading of the statement and how it is known;
- a digest of its text on the page, up to its proof, and one of its text in the manuscript;
- a digest of its proof on the page, up to the last ∎, and one of its proof or sketch in the manuscript;
- the formulas of the manuscript that the page does not have in these words, ``own``.

All other formulas with a relation are looked up on the page, in the notation of the page, into which ``[names]``
of the same file translates. A change of a hypothesis, a formula, a name or a step of a proof on either side is thus a
difference until someone has read both again and run ``python -m manuscript.statements``, which makes the record anew
and prints what changed, as far as the history of the repository has the text that was read.
"""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from paper_checks.theorems.map import PAGES, Known, Statement, list_of, theorem_map

HERE = Path(__file__).parent
TEX = HERE / "manuscript.tex"
RECORD = HERE / "statements.toml"
DOCS = HERE.parent / "docs" / "proofs"

KINDS = ("theorem", "lemma", "proposition", "corollary", "conjecture", "definition")
MARGIN = {
    Known.DEFINITION: "definition",
    Known.MACHINE: "machine-checked",
    Known.CASE: "in part machine-checked",
    Known.PAPER: "on paper",
    Known.SKETCH: "sketch",
    Known.CONJECTURE: "conjecture",
}
"""What the margin says of a statement; others cannot stand in the manuscript as theorems."""
FROM_COUNTS = "TimeLaws."
"""Formal theorems whose start-up distribution is that of one worker's number of rows: how F gives it is on paper."""
CONTEXT = ("spanning Rows", "spanning Time", "spanning Quantities of the limit theorems", "spanning section 4")
"""Definitions whose formulas a statement may repeat."""

_FOUND = re.compile(
    rf"\\begin\{{({'|'.join(KINDS)})\}}(?:\[(?P<title>[^\]]*)\])?(?:\\label\{{(?P<label>[^}}]*)\}})?(?P<body>.*?)\\end\{{\1\}}",
    re.DOTALL,
)
_SOURCE = re.compile(r"\\source\{([^}]*)\}")
_MATHS = re.compile(
    r"\$\$(.+?)\$\$|\$([^$]+)\$|\\\[(.+?)\\\]|\\begin\{(equation|align|multline|gather)(\*?)\}(.+?)\\end\{\4\5\}",
    re.DOTALL,
)
_RELATION = re.compile(r"[=<>]|\\(?:le|ge|ne|to|in|sim|subseteq|lt|gt|leq|geq|neq|not)(?![A-Za-z])")
_DROPPED = re.compile(
    r"\\(?:left|right|[bB]ig{1,2}[lrm]?|displaystyle|textstyle|limits|quad|qquad|nonumber|notag|mathrm|mathbb|mathbf|"
    r"times|mathit|operatorname\*?|text|tfrac|dfrac|frac|binom|tbinom|dbinom|label\{[^}]*\})(?![A-Za-z])|"
    r"\\[,;:! ]|[{}\s~&]|\\\\"
)
_SAME = {
    r"\lvert": "|", r"\rvert": "|", r"\mid": "|", r"\lbrace": r"\{", r"\rbrace": r"\}", r"\ast": "*", r"\lt": "<",
    r"\gt": ">", r"\leq": r"\le", r"\geq": r"\ge", r"\neq": r"\ne", r"\dots": "...", r"\ldots": "...",
    r"\cdots": "...", r"\dotsm": "...", r"\colon": ":", r"\varnothing": r"\emptyset", r"\prime": "'", "\u2032": "'",
}  # fmt: skip


_PROVED = re.compile(r"\\begin\{proof\}(?:\[(?P<title>[^\]]*)\])?(?P<body>.*?)\\end\{proof\}", re.DOTALL)
_ENDS = re.compile(
    r"\*(?:Proof|Sketch|Derivation)\b|^(?:Tests?|Checked by machine|Of this, checked|Known as|Rests on)\b", re.MULTILINE
)
_VERSIONS = 200
"""Versions of a file in which a text that was read is looked for."""


@dataclass(frozen=True)
class Theorem:
    """A statement of the manuscript.

    Attributes
    ----------
    key : str
        Key of its source; empty if it names none.
    label, body : str
        Its label, and its text without label and source.
    proof : str
        Its proofs and sketches, those of an appendix included; empty if it has none.
    """

    key: str
    label: str
    body: str
    proof: str


@dataclass(frozen=True)
class Source:
    """A statement of docs/ with its text up to its proof, and its proof up to the last ∎."""

    statement: Statement
    text: str
    proof: str


def places(tex: str) -> list[tuple[int, int]]:
    """Return where the statements of a LaTeX text begin and end."""
    return [one.span() for one in _FOUND.finditer(tex)]


def theorems(tex: str) -> list[Theorem]:
    """Return the statements of a LaTeX text in their order."""
    plain = re.sub(r"(?<!\\)%.*", "", tex)
    found, proofs = [*_FOUND.finditer(plain)], _proofs(plain)
    texts = []
    for one in found:
        source = _SOURCE.search(one["body"])
        label = one["label"] or ""
        body = _SOURCE.sub("", one["body"]).strip()
        texts.append(Theorem(source[1] if source else "", label, body, "\n".join(proofs.get(one.start(), []))))
    return texts


def _proofs(plain: str) -> dict[int, list[str]]:
    """Return the proofs of a text by the places of their statements; -1 for a proof that has none.

    A proof belongs to the statements that its title refers to, by their labels or those of their formulas, and without
    such a title to the statement before it.
    """
    found: dict[int, list[str]] = {}
    statements = [*_FOUND.finditer(plain)]
    for proof in _PROVED.finditer(plain):
        labels = re.findall(r"ref\{([^}]*)\}", proof["title"] or "")
        of = [one for label in labels for one in statements if rf"\label{{{label}}}" in one[0]]
        before = [one for one in statements if one.end() <= proof.start()][-1:]
        for one in of if labels else before:
            found.setdefault(one.start(), []).append(proof["body"].strip())
        if not (of if labels else before):
            found.setdefault(-1, []).append(proof["title"] or proof["body"][:40])
    return found


def pages() -> dict[str, str]:
    """Return the pages of the theorem map."""
    return {page: (DOCS / f"{page}.md").read_text(encoding="utf-8") for page in PAGES}


def sources(texts: Mapping[str, str]) -> dict[str, Source]:
    """Return the statements of these pages by key."""
    return {
        statement.key: Source(statement, *_parts(texts[statement.page], statement.heading))
        for statement in list_of(theorem_map(texts))
    }


def _parts(page: str, heading: str) -> tuple[str, str]:
    """Return the text of a statement up to its proof, and its proof; of a definition, all of it and no proof."""
    block = re.split(r"^#{2,3} ", page.split(f" {heading}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]
    text = re.sub(r"<!--.*?-->", "", block, flags=re.DOTALL)
    end = _ENDS.search(text)
    at = end.start() if end else len(text)
    return text[:at], text[at : text.rfind("∎") + 1]


def digest(text: str) -> str:
    """Return a digest of a text that does not depend on line breaks and emphasis; that of no text is empty."""
    plain = " ".join(text.replace("*", " ").split())
    return hashlib.sha256(plain.encode()).hexdigest()[:16] if plain else ""


def formulas(text: str) -> Iterator[str]:
    """Yield the formulas of a text that have a relation, and all lines of displays of several lines."""
    for inner in _all(text):
        lines = re.split(r"\\\\|\\q?quad", re.sub(r"\\(?:begin|end)\{\w+\}", "", inner))
        yield from (" ".join(line.split()) for line in lines if line.strip() and (lines[1:] or _RELATION.search(line)))


def normal(formula: str, names: Mapping[str, str] | None = None) -> str:
    """Return a formula without layout and in the names of the pages."""
    return _normal(formula, tuple((names or {}).items()))


@cache
def _normal(formula: str, names: tuple[tuple[str, str], ...]) -> str:
    for whole, other in _patterns(names):
        formula = whole.sub(other.replace("\\", r"\\"), formula)
    return _DROPPED.sub("", formula).rstrip(".,;")


@cache
def _patterns(names: tuple[tuple[str, str], ...]) -> list[tuple[re.Pattern[str], str]]:
    found = []
    for one, other in (*names, *_SAME.items()):
        before, after = r"(?<![A-Za-z\\])", "(?![A-Za-z])"
        whole = f"{before * one[0].isalpha()}{re.escape(one)}{after * one[-1].isalpha()}"
        found.append((re.compile(whole), other))
    return found


def absent(theorem: Theorem, page: str, names: Mapping[str, str], own: Mapping[str, str]) -> list[str]:
    """Return the formulas of a statement that its page does not have, in names of its own and of the manuscript."""
    theirs = "\n".join(normal(formula, names) for formula in _all(page))
    return [one for one in formulas(theorem.body) if normal(one, {**own, **names}) not in theirs]


def _all(text: str) -> Iterator[str]:
    """Yield all formulas; those of docs/ that begin with a relation go on with the one before."""
    for one in _MATHS.finditer(re.sub(r"\$\s\$(?=\s*(?:[=<>+]|\\(?:le|ge)(?![A-Za-z])))", " ", text)):
        yield next(part for part in (one[1], one[2], one[3], one[6]) if part is not None)


def read(path: Path = RECORD) -> dict[str, Any]:
    """Return the record."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def compare(tex: str, texts: Mapping[str, str], record: Mapping[str, Any]) -> list[str]:
    """Return the differences between a manuscript, pages and the record, in words."""
    known, recorded = sources(texts), record["statements"]
    context = "\n".join(known[key].text for key in CONTEXT)
    wrong = [f"{title}: a proof of no statement" for title in _proofs(re.sub(r"(?<!\\)%.*", "", tex)).get(-1, [])]
    written = theorems(tex)
    for theorem in written:
        what = theorem.label or theorem.body[:40]
        if not theorem.key:
            wrong.append(f"{what}: no \\source")
        elif theorem.key not in known:
            wrong.append(f"{what}: no statement {theorem.key} in docs/")
        elif theorem.key not in recorded:
            wrong.append(f"{what}: {theorem.key} is not in {RECORD.name}")
        else:
            source = known[theorem.key]
            kept = recorded[theorem.key]
            page, own = f"{source.text}\n{context}", kept.get("names", {})
            now = _entry(theorem, source, absent(theorem, page, record["names"], own))
            wrong += [
                f"{theorem.key}: {name} is {now[name]!r}, and was {kept.get(name)!r} when it was read"
                for name in now
                if now[name] != kept.get(name)
            ]
            if source.statement.known not in MARGIN:
                wrong.append(f"{theorem.key}: a theorem of the manuscript, but {source.statement.known}")
    keys = [theorem.key for theorem in written]
    wrong += [f"{key}: twice in the manuscript" for key in sorted({key for key in keys if keys.count(key) > 1})]
    return wrong + [f"{key}: in {RECORD.name}, and not in the manuscript" for key in recorded if key not in keys]


def _entry(theorem: Theorem, source: Source, own: list[str]) -> dict[str, Any]:
    return {
        "label": theorem.label,
        "heading": source.statement.heading,
        "known": str(source.statement.known),
        **{name: digest(text) for name, text in _texts(theorem, source).items()},
        "own": own,
    }


def _texts(theorem: Theorem, source: Source) -> dict[str, str]:
    """Return what is kept as digests."""
    return {"page": source.text, "here": theorem.body, "page_proof": source.proof, "here_proof": theorem.proof}


def review(tex: str, texts: Mapping[str, str], record: Mapping[str, Any]) -> str:
    """Return the record of a manuscript and pages that have been read side by side, with the names of the old one."""
    known, names = sources(texts), record["names"]
    context = "\n".join(known[key].text for key in CONTEXT)
    lines = [
        "# What was compared when the manuscript was last read beside docs/: see manuscript/statements.py.",
        "",
        "[names]  # of the manuscript, and of the pages",
        *(f"{json.dumps(mine)} = {json.dumps(theirs)}" for mine, theirs in names.items()),
    ]
    for theorem in theorems(tex):
        source = known[theorem.key]
        own = record["statements"].get(theorem.key, {}).get("names", {})
        entry = _entry(theorem, source, absent(theorem, f"{source.text}\n{context}", names, own))
        lines += ["", f"[statements.{json.dumps(theorem.key, ensure_ascii=False)}]"]
        lines += [f"{name} = {_toml(value)}" for name, value in entry.items()]
        if own:
            pairs = (f"{json.dumps(mine)} = {json.dumps(theirs)}" for mine, theirs in own.items())
            lines.append(f"names = {{ {', '.join(pairs)} }}")
    return "\n".join(lines) + "\n"


def _toml(value: str | list[str]) -> str:
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return "[" + "".join(f"\n    {json.dumps(one, ensure_ascii=False)}," for one in value) + ("\n]" if value else "]")


def margins(tex: str, texts: Mapping[str, str]) -> str:
    r"""Return the macros that ``\source`` reads, and the table of what has been checked, as LaTeX."""
    known = sources(texts)
    lines = ["% python -m manuscript: how each statement is known, from the theorem map"]
    rows = []
    for theorem in theorems(tex):
        statement = known[theorem.key].statement
        word = MARGIN[statement.known]
        if statement.known is Known.MACHINE and any(name.startswith(FROM_COUNTS) for name in statement.formal):
            word += " from the law of counts on"
        lines.append(rf"\expandafter\def\csname known@{theorem.key}\endcsname{{{word}}}")
        formal = ", ".join(rf"\path{{{name}}}" for name in statement.formal) or "--"
        page = f"{statement.page}, {statement.name}".replace("_", " ").replace("′", "$'$")
        rows.append(rf"\ref{{{theorem.label}}} & {page} & {word} & {formal}\\")
    half = len(rows) // 2  # on a page there is no room for all
    tables = [r"\def\checkedrows{%", *rows[:half], "}", r"\def\furtherrows{%", *rows[half:], "}"]
    return "\n".join([*lines, *tables]) + "\n"


def changes(tex: str, texts: Mapping[str, str], record: Mapping[str, Any], folder: Path = HERE.parent) -> Iterator[str]:
    """Yield the lines of a text that has changed since it was read, old and new, if the history has the old one."""
    known, old = sources(texts), cache(lambda name: [*_versions(folder, name)])
    for theorem in theorems(tex):
        kept = record["statements"].get(theorem.key)
        if kept is None or theorem.key not in known:
            continue
        source = known[theorem.key]
        for name, text in _texts(theorem, source).items():
            if kept.get(name) in (None, digest(text)):
                continue
            file = f"docs/proofs/{source.statement.page}.md" if name.startswith("page") else "manuscript/manuscript.tex"
            before = (_text(version, kept, theorem.key, name) for version in old(file))
            was = next((one for one in before if one is not None and digest(one) == kept[name]), None)
            yield f"{theorem.key}, {name} ({file}){': not in the history as it was read' * (was is None)}"
            if was is not None:
                yield from list(difflib.unified_diff(_sentences(was), _sentences(text), lineterm="", n=0))[2:]


def _text(version: str, kept: Mapping[str, Any], key: str, name: str) -> str | None:
    """Return the text of this name in an older version of a page or of the manuscript."""
    if name.startswith("page"):
        return _parts(version, kept["heading"])[name == "page_proof"] if f" {kept['heading']}\n" in version else None
    return next((one.proof if name == "here_proof" else one.body for one in theorems(version) if one.key == key), None)


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.:;]) ", " ".join(text.split()))


def _versions(folder: Path, name: str) -> Iterator[str]:
    """Yield the committed versions of a file, the newest first; none without git."""
    log = ["git", "log", f"-{_VERSIONS}", "--format=%H", "--", name]
    try:
        found = subprocess.run(log, cwd=folder, capture_output=True, text=True, check=True).stdout.split()
    except (OSError, subprocess.CalledProcessError):
        return
    for commit in found:
        show = ["git", "show", f"{commit}:{name}"]
        yield subprocess.run(show, cwd=folder, capture_output=True, text=True, check=False).stdout


def main() -> None:
    """Make the record anew and print what it says otherwise."""
    tex, texts = TEX.read_text(encoding="utf-8"), pages()
    record = read()
    changed = compare(tex, texts, record)
    lines = [*changed, *changes(tex, texts, record)]
    RECORD.write_text(review(tex, texts, record), encoding="utf-8")
    sys.stdout.write("\n".join(lines) + "\n" if lines else "nothing has changed\n")


if __name__ == "__main__":
    main()
