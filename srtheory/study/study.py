"""A study: the claims, figures, tables and numbers of one paper, with the functions that compute them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from inspect import currentframe, signature
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from srtheory.errors import ArgumentError, require_function, require_kind, require_path, require_text
from srtheory.lookup import Entry
from srtheory.model import Model
from srtheory.own_code import blamed, told_with_line
from srtheory.progress import shown_if
from srtheory.study.findings import WORDS, Claim, Finding, Highlight, Ledger, Support, unknown
from srtheory.study.numbers import Number, NumberEntry, require_prefix

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

Check = TypeVar("Check", bound=Callable[..., Finding])
Computation = TypeVar("Computation", bound=Callable[..., Number])
Made = TypeVar("Made", bound=Callable[..., Any])


@dataclass(frozen=True, eq=False)
class Study:
    """A paper under study.

    Functions are added by the decorators :meth:`claim`, :meth:`figure`, :meth:`table` and :meth:`number`.  Each takes a
    :class:`~srtheory.experiments.lab.Lab` as its only positional argument.
    """

    title: str
    """Title of the paper."""
    authors: Sequence[str] = ()
    """Names, for the report and for captions."""
    cite: str = ""
    """How to cite it: venue, year, identifier."""
    sections: Mapping[str, str] | Sequence[str] = ()
    """Its sections: numbers, such as ``"IV"``, or numbers with titles."""
    at: Model | None = None
    """The setting of its experiments, for ``lab.at``."""
    prefix: str = ""
    """Beginning of the names of its LaTeX macros: letters. Default: the initials of the title's words."""
    modules: Sequence[str] = ()
    """Modules with claims and numbers, in the order of the paper; imported when the study is loaded."""
    figures: dict[str, Entry] = field(default_factory=dict)
    """``figures`` and ``tables`` are imported only when they are asked for by name."""
    tables: dict[str, Entry] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    """Regular expressions of places without a section number, such as ``"Theorem"``, with the section of each."""
    statements: Callable[[], Mapping[str, Support]] | None = None
    """Function without arguments that returns the proofs that ``checked_by`` may name, by name."""
    reference: Mapping[str, str] = field(default_factory=dict)
    """``cite`` as fields of a BibTeX entry, such as ``booktitle`` and ``year``, without title and authors."""
    folder: Path = field(default_factory=lambda: _folder_of_caller())
    """Folder from which a path in the name ``FILE.py::CLASS`` of a scheme begins, for the study's laboratories.

    Default: that of the file whose code makes the study, or the current directory if there is none, as in a notebook.
    """
    _claims: dict[str, Claim] = field(default_factory=dict, init=False, repr=False)
    _numbers: dict[str, NumberEntry] = field(default_factory=dict, init=False, repr=False)
    _highlights: list[Highlight] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        require_text("title", self.title, "the title of a paper")
        for name in ("authors", "sections", "modules"):
            value = getattr(self, name)
            several = isinstance(value, Collection) and not isinstance(value, str)
            if not several or not all(isinstance(x, str) for x in value):
                raise ArgumentError(name, value, "a sequence of texts, such as ('one',)")
        for name in ("figures", "tables", "places", "reference"):
            require_kind(name, getattr(self, name), Mapping, "a mapping from texts")  # type: ignore[type-abstract]
        for name in ("cite", "prefix"):
            require_kind(name, getattr(self, name), str, "a text")
        if self.statements is not None:
            require_function("statements", self.statements)
        if self.at is not None:
            require_kind("at", self.at, Model, "a Model")
        object.__setattr__(self, "folder", require_path("folder", self.folder))
        object.__setattr__(self, "prefix", require_prefix(self.prefix or _initials(self.title)))
        CREATED.append(self)

    @property
    def claims(self) -> dict[str, Claim]:
        """Claims by id, in the order of :attr:`modules`, and within a module as they were added."""
        return _in_order(self._claims, self._imported(), lambda claim: claim.check.__module__)

    @property
    def numbers(self) -> dict[str, NumberEntry]:
        """Numbers by name, in the same order."""
        return _in_order(self._numbers, self._imported(), lambda entry: entry.compute.__module__)

    @property
    def highlights(self) -> list[Highlight]:
        """Highlights in the order in which they were added."""
        claims = self.claims  # whose modules are imported, highlights or not
        for highlight in self._highlights:
            _chosen("claim of a highlight", claims, (highlight.claim,))
            _chosen("figure of a highlight", self.figures, (highlight.figure,) if highlight.figure else ())
        return list(self._highlights)

    def lab(self, **given: Any) -> Lab:
        """Return a laboratory at the study's setting; ``given`` are its other fields."""
        from srtheory.experiments.lab import Lab

        return Lab(**{"folder": self.folder} | ({} if self.at is None else {"at": self.at}) | given)

    def verify(
        self, ids: Sequence[str] = (), *, progress: bool = False, budget: float | None = None, **given: Any
    ) -> Ledger:
        """Check the claims with these ids, or all, and return the ledger, which shows itself.

        ``progress``: Whether a bar shows the claims.  ``budget``: Seconds for each.  ``given``: Fields of the
        laboratory, such as ``effort`` and ``processes``.  The entry of a check that crashes says so.
        """
        from srtheory.study.running import Crash, require_budget, settled, unsettled

        chosen, lab, ledger = self.chosen(ids), self.lab(**given), Ledger()
        with shown_if(progress, total=len(chosen), desc="claims", unit=" claims") as bar:
            for claim in chosen:
                found = settled(claim, lab, require_budget(budget))
                ledger.append(unsettled(claim, found) if isinstance(found, Crash) else found)
                bar.update()
        return ledger

    @property
    def supports(self) -> Mapping[str, Support]:
        """Statements that ``checked_by`` may name."""
        if self.statements is None:
            return {}
        expected = "a function that returns a mapping of names to Supports"
        with blamed(lambda error: ArgumentError("statements", self.title, f"{expected} ({told_with_line(error)})")):
            found = dict(self.statements())
            strange = next((name for name, its in found.items() if not isinstance(its, Support)), None)
        if strange is not None:
            raise ArgumentError("statements", strange, expected)
        return found

    @property
    def named(self) -> str:
        """The title in quotation marks, with the authors, for captions."""
        by = f" ({', '.join(self.authors)})" if self.authors else ""
        return f"“{self.title}”{by}"

    def chosen(self, ids: Sequence[str] = ()) -> list[Claim]:
        """Return the claims with these ids, or all."""
        if not self.claims:
            raise ArgumentError("study", self.title, "a study with claims (@study.claim)")
        return _chosen("claim", self.claims, ids)

    def chosen_numbers(self, names: Sequence[str] = ()) -> list[NumberEntry]:
        """Return the numbers with these names, or all."""
        return _chosen("number", self.numbers, names)

    def _imported(self) -> list[str]:
        return [import_module(module).__name__ for module in self.modules]

    def claim(
        self,
        id: str,
        where: str,
        says: str,
        checked_by: Sequence[str] = (),
        *,
        planted: Mapping[str, Any] | None = None,
    ) -> Callable[[Check], Check]:
        """Add a claim of the paper with the decorated function as its check.

        - ``id``: Its id, unique in the study.
        - ``where``: Its place in the paper, such as ``"II, Lemma 1"``.
        - ``says``: The claim; formulas stand between dollar signs.
        - ``checked_by``: What its verdict rests on: ``"exact computation"``, ``"floating point"``, ``"simulation"``,
          ``"real workers"``, a statement of :attr:`statements`, or a formal theorem such as ``Module.theorem``.
        - ``planted``: Keyword arguments of the check with a mistake in them, for which the verdict must differ
          (:func:`srtheory.testing.check_study`).
        """
        if id in self._claims:
            raise ArgumentError("claim", id, "an id that the study has not used")
        for name, text in (("claim", id), ("where", where), ("says", says)):
            require_text(name, text)
        support = (checked_by,) if isinstance(checked_by, str) else tuple(checked_by)
        if self.statements is None and (strange := unknown(support, {})):
            raise ArgumentError("checked_by", strange[0], f"one of {', '.join(WORDS)}, or a formal theorem")

        def add(check: Check) -> Check:
            for name in planted or {}:
                if name not in signature(check).parameters:
                    raise ArgumentError("planted", name, f"a keyword argument of the check of '{id}'")
            self._claims[id] = Claim(id, where, says, check, support, dict(planted or {}))
            return check

        return add

    def highlight(self, claim: str, *, title: str, says: str = "", figure: str = "") -> None:
        """Show a result first in the report, as a card: its :class:`~srtheory.study.findings.Highlight`.

        The claim and the figure may be added later; the study is not loaded if it lacks one of them.
        """
        for name, text, needed in (("claim", claim, 1), ("title", title, 1), ("says", says, 0), ("figure", figure, 0)):
            if needed or text != "":
                require_text(name, text)
        self._highlights.append(Highlight(claim, title, says, figure))

    def number(
        self, name: str, *, says: str = "", unit: str = "", digits: int = 3
    ) -> Callable[[Computation], Computation]:
        """Add a number that the text quotes: a function that returns a :class:`~srtheory.study.numbers.Number`."""

        def add(compute: Computation) -> Computation:
            entry = NumberEntry(name, says or _first_line(compute), unit, digits, compute)
            if name in self._numbers:
                raise ArgumentError("number", name, "a name that the study has not used")
            self._numbers[name] = entry
            return compute

        return add

    def figure(self, name: str, *, says: str = "", at: Mapping[str, Any] | None = None) -> Callable[[Made], Made]:
        """Add a figure; the decorated function returns a :class:`~srtheory.render.style.Drawing`.

        Its name is unique in the study. ``says`` is what it shows; default: the first line of the function's docstring.
        ``at`` are the parameters that a reader may choose, of ``symbols``, ``degree``, ``tau``, ``startup`` and
        ``trials``, with the study's own values; the laboratory is at what is chosen.
        """
        return self._made("figure", self.figures, name, says, at)

    def table(self, name: str, *, says: str = "", at: Mapping[str, Any] | None = None) -> Callable[[Made], Made]:
        """Add a table, a function that returns a :class:`~srtheory.render.table.Table`. Otherwise as :meth:`figure`."""
        return self._made("table", self.tables, name, says, at)

    def _made(
        self, kind: str, known: dict[str, Entry], name: str, says: str, at: Mapping[str, Any] | None
    ) -> Callable[[Made], Made]:
        if name in known or (kind == "table" and name in (CLAIMS, ERRATA)):
            raise ArgumentError(kind, name, "a name that the study has not used, nor every study has")
        require_name(kind, name)

        def add(function: Made) -> Made:
            known[name] = Entry("", "", says or _first_line(function), at=at or {}, function=function)
            return function

        return add

    def section(self, where: str) -> str:
        """Return the section of a place such as ``III-A, (2)``; empty if it is unknown."""
        for pattern, section in self.places.items():
            if re.match(pattern, where):
                return section
        numbers = sorted(self.sections, key=len, reverse=True)
        return next((n for n in numbers if re.match(rf"{re.escape(n)}\b", where)), "")

    @property
    def titles(self) -> dict[str, str]:
        """Titles of its sections by number; empty where none is given."""
        if isinstance(self.sections, Mapping):
            return dict(self.sections)
        return dict.fromkeys(self.sections, "")


CLAIMS, ERRATA = "claims", "errata"
"""Tables that every study has."""
_NAME = re.compile(r"\w[\w.-]*")


def require_name(kind: str, name: str) -> str:
    """Return the name of a figure or table, of which its files have theirs."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ArgumentError(kind, name, "a name of letters, digits, '_', '-' and '.'")
    return name


CREATED: list[Study] = []
"""Every study that has been made, to notice one that imports another."""
Named = TypeVar("Named")


def _folder_of_caller() -> Path:
    """Return the folder of the file whose code called into this module, or the current directory if it is in none."""
    frame = currentframe()
    while frame is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    file = None if frame is None else frame.f_globals.get("__file__")
    return Path(file).resolve().parent if isinstance(file, str) else Path()


def _in_order(known: dict[str, Named], modules: list[str], module_of: Callable[[Named], str]) -> dict[str, Named]:
    place = {name: i for i, name in enumerate(modules)}
    ordered = sorted(known.items(), key=lambda item: place.get(module_of(item[1]), len(place)))
    return dict(ordered)


def _chosen(kind: str, known: Mapping[str, Named], names: Sequence[str]) -> list[Named]:
    for name in names:
        if name not in known:
            raise ArgumentError(kind, name, "one of " + ", ".join(known) if known else "left out: the study has none")
    return [known[name] for name in known if not names or name in names]


def _first_line(function: Callable[..., Any]) -> str:
    return (function.__doc__ or "").strip().partition("\n")[0]


def _initials(title: str) -> str:
    return "".join(word[0] for word in title.split() if word[0].isascii() and word[0].isalpha()).upper() or "Study"
