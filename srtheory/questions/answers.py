"""The forms of what the other commands print with ``--json``: those that search, run, draw, tabulate or write files.

They are no questions of one record, and have commands by hand; what their results are is told here, once, for
``srtheory VERB --json-schema``.  Read :data:`ANSWERS` first.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from srtheory.questions import words
from srtheory.questions.simulate import Count, Positive, Simulated, Version
from srtheory.questions.words import Record, Word, but

Text = Annotated[str, Word(extra={"minLength": 1})]
Seconds = Annotated[float, Word(low=0)]
Lock = Annotated[str, Word("First digits of the SHA-256 of the lock file", extra={"pattern": "^[0-9a-f]{12}$"})]
Seed = Annotated[int, Word("Random seed", low=0, unless="null if nothing is random")]
Trials = Annotated[int, Word("Number of Monte Carlo trials behind it", low=1, unless="null if it rests on none")]
Effort = Annotated[
    Literal["quick", "paper", "deep", None],
    Word(
        "Effort, the number of runs behind each Monte Carlo result: quick 100, paper 10^4, deep 10^5",
        unless="null if nothing depends on it",
    ),
]


def _depends(on: str, value: object, then: Mapping[str, str], otherwise: Mapping[str, str]) -> dict[str, Any]:
    """Return the rule that where ``on`` is this value, other keys have these types, and otherwise those."""
    condition = {"type": "null"} if value is None else {"const": value}
    types = [{"properties": {key: {"type": kind} for key, kind in its.items()}} for its in (then, otherwise)]
    return {"if": {"properties": {on: condition}}, "then": types[0], "else": types[1]}


# ------------------------------------------------------------------------------------------- span, check, cite and new


class Checked(Record):
    """The verdict on a certificate."""

    schema_extra: ClassVar = _depends("valid", True, {"reason": "null"}, {"reason": "string"})

    valid: Annotated[bool, Word("Whether the certificate proves its claim of this matrix")]
    kind: Annotated[
        Literal["spans", "does-not-span", "stopping-time"], Word("Kind of the statement that the certificate proves")
    ]
    field: Annotated[str, Word("Q or GF(q)", extra={"pattern": r"^(Q|GF\([0-9]+\))$"})]
    claim: Annotated[str, Word("Statement that the certificate proves, as a sentence")]
    reason: Annotated[str | None, Word("Reason why the certificate is not valid", unless="null if it is valid")]


class Spanned(Record):
    """The verdict on rows."""

    schema_extra: ClassVar = _depends(
        "spans", True, {"stopping_time": "integer", "coverage_time": "integer"}, {"stopping_time": "null"}
    )

    spans: Annotated[bool, Word("Whether the rows span the all-ones vector")]
    field: Annotated[str, Word("Q or GF(q)", extra={"pattern": r"^(Q|GF\([0-9]+\))$"})]
    rows: Annotated[Count, but("Number of rows")]
    columns: Annotated[Count, but("Number of columns")]
    rank: Annotated[Count, but("Rank of all rows")]
    coverage_time: Annotated[
        Count | None, but("Least number of first rows that cover every column", unless="null if none do")
    ]
    stopping_time: Annotated[Count | None, but("Least number of first rows that span 1", unless="null if none do")]
    argument: Annotated[
        Literal[
            "empty", "finite-field", "uncovered", "coverage", "full-rank", "independent", "last-row", "kernel", "lifted"
        ],
        Word("Argument that makes the verdict exact (docs/proofs/exactness.md)"),
    ]


class Work(Record):
    """A work that is cited."""

    title: Annotated[str, Word("Title")]
    author: Annotated[str, Word("Authors in the form of BibTeX")]
    year: Annotated[str, Word("Year; of software, that of its commit or version", extra={"pattern": "^[0-9]{4}$"})]


class Software(Work):
    """The software in this version."""

    version: Version
    commit: Annotated[
        str | None, Word("Commit of git", unless="null if it is unknown", extra={"pattern": "^[0-9a-f]+$"})
    ]
    changed_since: Annotated[bool, Word("Whether files of the checkout differ from the commit")]
    repository: Annotated[
        str | None, Word("Address of the repository", unless="null until its publisher has filled it in")
    ]


class Paper(Work):
    """The paper whose claims srtheory checks."""

    booktitle: Annotated[str, Word("Proceedings")]
    address: Annotated[str, Word("Place of the conference")]
    url: Annotated[str, Word("Address of the full version")]


class Cited(Record):
    """Citations, and the environment."""

    software: Annotated[Software, Word("This version of srtheory")]
    paper: Annotated[Paper, Word("The paper whose claims srtheory checks")]
    lock: Lock
    not_of_the_lock: Annotated[
        Mapping[str, str],
        Word("Versions of packages that differ from the lock file, by name", extra=words.mapping({"type": "string"})),
    ]
    versions: Annotated[
        Mapping[str, str],
        Word(
            "Versions of Python and of the libraries on which verdicts rest, by name",
            extra=words.mapping({"type": "string"}),
        ),
    ]


class Made(Record):
    """A new study."""

    folder: Annotated[Text, but("The folder of the study")]
    files: Annotated[tuple[str, ...], Word("Paths of the files written", array={"minItems": 1, "uniqueItems": True})]


# --------------------------------------------------------------------------------------- figure, table, numbers, verify


class Named(Record):
    """One that is listed."""

    listed: ClassVar = True
    when: ClassVar = "With --list."

    name: Annotated[str, Word("Its name")]
    shows: Annotated[str, Word("What it shows")]


class OfAStudy(Record):
    """What a study makes, and of what."""

    effort: Effort
    seed: Seed | None
    version: Version
    lock: Lock


class Drawn(OfAStudy):
    """The files of a figure."""

    figure: Annotated[Text, but("Name of the figure")]
    shows: Annotated[str, Word("Subject")]
    files: Annotated[
        tuple[str, ...],
        Word(
            "Paths of the files written",
            extra={"pattern": r"\.(svg|pdf|png|csv|gif)$"},
            array={"minItems": 4, "uniqueItems": True},
        ),
    ]
    caption: Annotated[Text, but("Caption, with --style ieee for LaTeX")]


class Column(Record):
    """A column of a table."""

    name: Annotated[Text, but("Key of the column in every row")]
    heading: Annotated[str, Word("Heading of the column, with its unit")]
    kind: Annotated[
        Literal["text", "code", "integer", "fraction", "number", "significant", "interval", "error"],
        Word(
            "Kind of the cells that are not null: text and code are strings; fraction is an exact number as a"
            " string, p/q; integer, number and significant are numbers; interval and error are objects"
        ),
    ]


_CELL = {
    "description": "Null if the cell is empty or its number is infinite.",
    "oneOf": [
        {"type": ["string", "number", "null"]},
        *(
            {"type": "object", "description": f"A cell of kind {kind}.", "required": keys, **words.mapping(False)}
            | {"properties": {key: {"type": ["number", "null"], "description": f"The {key}."} for key in keys}}
            for kind, keys in (("interval", ["estimate", "low", "high"]), ("error", ["estimate", "standard_error"]))
        ),
    ],
}


class Tabulated(OfAStudy):
    """A table."""

    table: Annotated[Text, but("Name of the table")]
    caption: Annotated[str, Word("Subject")]
    columns: Annotated[tuple[Column, ...], Word("The columns in order", array={"minItems": 1})]
    rows: Annotated[
        tuple[Mapping[str, Any], ...],
        Word("One object per row: its cells, by the keys of the columns", extra=words.mapping(_CELL)),
    ]
    file: Annotated[str | None, Word("Path of the file written by --out", unless="null without --out")]


_EXACT = {"oneOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(/\d+)?$"}]}
Value = Annotated[Any, Word("", unless="an exact fraction as a string, p/q", extra=_EXACT)]


class Quoted(Record):
    """A number."""

    name: Annotated[Text, but("Name of the number in the study")]
    macro: Annotated[str, Word("Name of its LaTeX macro, without the backslash", extra={"pattern": "^[A-Za-z]+$"})]
    says: Annotated[str, Word("Description of the number")]
    text: Annotated[Text, but("The number in the notation of siunitx, such as 0.708(2)")]
    unit: Annotated[str, Word("Unit of the number", unless="empty if it has none")]
    value: Annotated[Value, but("The value")]
    low: Annotated[Value, but("Lower limit of the interval that contains the value")]
    high: Annotated[Value, but("Upper limit of that interval")]
    standard_error: Annotated[
        float | None, Word("Standard error of a simulated mean or fraction", unless="null for other numbers", low=0)
    ]
    how: Annotated[str, Word("Support of the number: exact, proved bounds, or a simulation")]
    trials: Trials | None
    seed: Seed | None


class Numbers(Record):
    """The numbers that a paper quotes."""

    made_by: Annotated[Text, but("The command that made the numbers, with versions")]
    numbers: Annotated[tuple[Quoted, ...], Word("The numbers in the order of the study")]


class Numeral(Record):
    """A numeral of a text."""

    line: Annotated[Positive, but("Line of the numeral in the text")]
    text: Annotated[Text, but("The numeral")]
    context: Annotated[str, Word("The text of the line")]


class Unmatched(Record):
    """What of a text no macro gives."""

    when: ClassVar = "With --check."

    numerals: Annotated[tuple[Numeral, ...], Word("Numerals that no macro gives")]
    unused: Annotated[
        tuple[str, ...],
        Word("Macros that the text does not use, without the backslash", extra={"pattern": "^[A-Za-z]+$"}),
    ]


class NamedNumber(Named):
    """A number that is listed."""

    macro: Annotated[str, Word("Name of the macro, without its backslash")]


class Claimed(Record):
    """A claim of the paper."""

    listed: ClassVar = True
    when: ClassVar = "With --list."

    id: Annotated[Text, but("Identifier of the claim")]
    where: Annotated[str, Word("Place of the claim in the paper")]
    claim: Annotated[str, Word("The claim of the paper")]


class Judged(Claimed):
    """A claim of the paper with its verdict."""

    when: ClassVar = "The ledger."
    schema_extra: ClassVar = _depends("trials", None, {"seed": "null"}, {"seed": "integer"})

    verdict: Annotated[
        Literal["proved", "answered (proved)", "verified", "supported", "refined", "refuted", "not reproduced", "open"],
        Word("Conclusion from the evidence"),
    ]
    finding: Annotated[str, Word("One sentence for the reader")]
    evidence: Annotated[
        Mapping[str, Any],
        Word("Method of the check, and its numbers by name: null for an infinite one", extra=words.mapping(True)),
    ]
    trials: Trials | None
    seed: Seed | None
    checked_by: Annotated[
        tuple[str, ...],
        Word("Support of the verdict: statements of the study, theorems of a formal library, and kinds of evidence"),
    ]
    correction: Annotated[
        str, Word("Correction of the paper, in at most 40 words", unless="empty if it is the finding itself")
    ]
    sources: Annotated[
        words.Sources | None, but("SHA-256 of the source of each user-defined scheme that the check simulated, by name")
    ] = None


# ----------------------------------------------------------------------------------------- simulate, sweep and compare


class OfAScheme(Record):
    """A scheme with what was chosen of it; what was not given is omitted."""

    scheme: words.SchemeName
    symbols: words.Symbols
    degree: words.Degree | None = None
    sizes: words.Sizes | None = None
    stragglers: words.Stragglers | None = None
    access: words.Access | None = None
    phase: words.Phase | None = None
    cap: words.Cap | None = None
    options: words.OwnOptions | None = None
    source: words.Digest | None = None


# ---------------------------------------------------------------------------------------------------------------- hunt


class Conjectured(Record):
    """A built-in conjecture."""

    listed: ClassVar = True
    when: ClassVar = "With --list."

    name: Annotated[str, Word("Name of the conjecture")]
    statement: Annotated[str, Word("The statement in words")]
    source: Annotated[str, Word("Source of the conjecture: a section of the paper, a reference, or ours")]
    known: Annotated[str, Word("Known status of the conjecture")]


_LISTS = {"type": "array", "items": {"type": "integer"}}


class Counterexample(Record):
    """A case, with the evidence that the conjecture gives for it."""

    schema_extra: ClassVar = {"additionalProperties": True}

    symbols: Annotated[Count, but("Number m of symbols")]
    degree: Annotated[int | None, Word("Degree d", unless="null if there is none")]
    rows: Annotated[
        tuple[Any, ...] | None,
        Word("Symbols in each row, numbered from 0", unless="null if the statement has no rows", extra=_LISTS),
    ]
    workers: Annotated[
        tuple[int, ...] | None,
        Word("Worker of each row, numbered from 0", unless="null if the rows have no workers", low=0),
    ]
    orders: Annotated[
        tuple[Any, ...] | None,
        Word(
            "Order of the terms of each worker, numbered from 0",
            unless="omitted if the statement is not about orders",
            extra=_LISTS,
        ),
    ] = None
    weights: Annotated[
        tuple[Any, ...] | None, Word("Weights of the symbols in each row", unless="omitted if all are 1", extra=_LISTS)
    ] = None
    elements: Annotated[
        str | None, Word("GF(q) if the weights are numbers of its elements", unless="omitted if they are integers")
    ] = None
    parameters: Annotated[
        Mapping[str, int] | None,
        Word(
            "Further sizes of the case, by name",
            unless="omitted if there are none",
            extra=words.mapping({"type": "integer"}),
        ),
    ] = None


CaseSizes = Annotated[tuple[Mapping[str, int], ...], Word(extra=words.mapping({"type": "integer"}))]


class Searched(Record):
    """Cases that were examined; a size is given by the names of its parts, such as symbols, rows, degree."""

    domain: Annotated[str, Word("Set of cases that the statement is about")]
    complete_symbols: Annotated[tuple[int, ...], Word("Numbers of symbols for which all sizes were enumerated", low=0)]
    complete: Annotated[CaseSizes, but("Other sizes that were enumerated completely")]
    not_complete: Annotated[CaseSizes, but("Sizes that were too large, or had an undecided case")]
    cases: Annotated[Count, but("Number of enumerated cases")]
    classes: Annotated[Count, but("Number of classes of these cases; one case of each class was tested")]
    vacuous: Annotated[Count, but("Number of classes and examples that do not satisfy the hypothesis")]
    undecided: Annotated[Count, but("Number of classes and examples that could not be decided")]
    examples: Annotated[Count, but("Number of cases that Hypothesis drew")]
    stopped_by: Annotated[Literal["found", "end", "budget", "interrupt"], Word("Reason for the end of the search")]
    unanswered: Annotated[
        Mapping[str, Any] | None,
        Word(
            "The case on which the predicate did not return within the time limit, or with several processes"
            " perhaps a later case",
            unless="omitted if there is none",
            extra=words.mapping(True),
        ),
    ] = None


class Hunted(Record):
    """Result of a search for a counterexample."""

    schema_extra: ClassVar = _depends(
        "found",
        True,
        {"counterexample": "object", "smallest": "boolean"},
        {"counterexample": "null", "smallest": "null"},
    )

    conjecture: Annotated[str, Word("Name of the conjecture")]
    statement: Annotated[str, Word("The statement in words")]
    source: Annotated[str, Word("Source of the conjecture: a section of the paper, a reference, or ours")]
    known: Annotated[str, Word("Known status of the conjecture")]
    found: Annotated[bool, Word("Whether there is a counterexample")]
    counterexample: Annotated[
        Counterexample | None,
        Word("The counterexample, with the evidence that the conjecture gives for it", unless="null if none was found"),
    ]
    smallest: Annotated[
        bool | None, Word("Whether the counterexample is proved to be the smallest", unless="null if none was found")
    ]
    order: Annotated[str, Word("Order that defines the smallest: the keys of a size, the most important first")]
    searched: Annotated[Searched, Word("Cases that were examined")]


# ----------------------------------------------------------------------------------------------------------------- run

Workload = Annotated[Literal["taylor", "forest", "ensemble", "gradient", "kernel"], Word("Name of the workload")]


class RunRecord(Record):
    """Record of the run, with the keys of a simulated trial."""

    trial: Annotated[Literal[0], Word("Index of the trial, which determines the delays and the scheme")]
    latency: Annotated[Seconds, but("T, in seconds")]
    stopping_time: Annotated[Positive, but("M': number of received symbols from which the sum can be recovered")]
    coverage_time: Annotated[
        Positive | None,
        but("CC: number of received symbols at which every term is covered", unless="null if some term is not"),
    ]
    systematic: Annotated[Count, but("Number of systematic symbols among the received symbols")]
    received_terms: Annotated[Positive, but("Number of terms in all received symbols")]
    work: Annotated[
        Positive,
        but(
            "Number of terms that all workers had evaluated when they were stopped; for lost processes only the"
            " terms of their symbols"
        ),
    ]
    rank: Annotated[Count | None, but("Rank of the received rows", unless="null if the decoder computes none")]
    argument: Annotated[str, Word("Argument that makes the stopping time exact (docs/proofs/exactness.md)")]
    additions: Annotated[
        Count | None, but("Number of additions of values by the decoder", unless="null if it counts none")
    ]
    multiplications: Annotated[
        Count | None, but("Number of multiplications of values by the decoder", unless="null if it counts none")
    ]
    solving: Annotated[
        Count | None, but("Number of operations on coefficients before these", unless="null if the decoder counts none")
    ]
    complete_worker: Annotated[bool, Word("Whether the run stopped by a worker that had sent all its symbols")]
    all_systematic: Annotated[bool, Word("Whether the run stopped by the systematic symbols of all workers")]


class Arrived(Record):
    """A received symbol; times are in seconds from the start."""

    worker: Annotated[Count, but("Worker that sent the symbol, numbered from 0")]
    index: Annotated[Count, but("Index of the symbol among those of its sender, from 0")]
    support: Annotated[
        tuple[int, ...],
        Word(
            "Columns, numbered from 0: terms, or groups of terms if there are fewer workers than terms",
            low=0,
            array={"minItems": 1},
        ),
    ]
    terms: Annotated[Positive, but("Number of terms that the sender has evaluated when this symbol is complete")]
    began: Annotated[float, Word("Start of the symbol's first term, on the worker's clock")]
    finished: Annotated[float, Word("End of the symbol's last term, on the worker's clock")]
    arrived: Annotated[Seconds, but("Arrival at the master, on the master's clock")]


class Fault(Record):
    """A failure during the run."""

    time: Annotated[Seconds, but("Time at which the master learned of it, in seconds from the start")]
    workers: Annotated[
        tuple[int, ...],
        Word(
            "Affected workers, numbered from 0: one worker, or all workers of a process", low=0, array={"minItems": 1}
        ),
    ]
    what: Annotated[str, Word("Description of the failure")]


class RanAndRecovered(OfAScheme):
    """The sum is recovered."""

    when: ClassVar = "The sum is recovered."
    schema_extra: ClassVar = words.OF_USERS_CODE

    workload: Workload
    about: Annotated[str, Word("Description of the sum and its data")]
    recovered: Annotated[Literal[True], Word("The sum is recovered")]
    workers: Annotated[Positive, but("Number of workers")]
    processes: Annotated[Positive, but("Number of processes in which the workers ran")]
    startup: Annotated[
        str | None,
        Word("Distribution of the injected start-up delays, in seconds, as given", unless="omitted if there are none"),
    ] = None
    tau: Annotated[Seconds, but("Least time per term, in seconds")]
    seed: Annotated[Seed, but(unless="")]
    target: words.Target = "sum"
    known: Annotated[
        tuple[int, ...] | None,
        Word("Terms, from 0, of which the value is the sum", unless="omitted if it is that of all", low=0),
    ] = None
    value: Annotated[
        tuple[Any, ...],
        Word(
            "Entries of the sum; integers and fractions, which are exact, as strings",
            extra={"type": ["number", "string"]},
            array={"minItems": 1},
        ),
    ]
    error_bound: Annotated[
        Seconds,
        but(
            "Bound on the rounding error of each entry, compared with the sum of the terms as they were evaluated;"
            " 0 for exact numbers"
        ),
    ]
    equals_direct_sum: Annotated[
        bool, Word("Whether the value equals the sum of these terms, evaluated in one process, within the error bound")
    ]
    latency: Annotated[Seconds, but("T: arrival of the deciding symbol, in seconds from the start")]
    available: Annotated[Seconds, but("Time at which the value was available, in seconds from the start")]
    decoding: Annotated[
        Seconds, but("Time of decoding in seconds, from the deciding symbol's arrival until the value was available")
    ]
    record: Annotated[RunRecord, Word("Record of the run, with the keys of a simulated trial")]
    startups: Annotated[
        tuple[Any, ...],
        Word(
            "Injected start-up delay of each worker, in seconds: null for a silent one, which never responds",
            extra={"type": ["number", "null"], "minimum": 0},
            array={"minItems": 1},
        ),
    ]
    arrivals: Annotated[tuple[Arrived, ...], Word("Symbols received by T, in order of arrival", array={"minItems": 1})]
    faults: Annotated[tuple[Fault, ...], Word("Failures during the run")]
    files: Annotated[
        tuple[str, ...] | None,
        Word(
            "Paths of the files of the picture",
            unless="omitted without --out",
            extra={"pattern": r"\.(svg|pdf|png|csv)$"},
            array={"minItems": 4, "uniqueItems": True},
        ),
    ] = None


class RanAndLost(Record):
    """The sum is not recovered."""

    when: ClassVar = "The sum is not recovered."

    workload: Workload
    recovered: Annotated[Literal[False], Word("The received symbols do not give the sum")]
    missing: Annotated[
        tuple[int, ...],
        Word(
            "Terms, numbered from 0, that appear in no received symbol",
            unless="empty if all terms appear but the symbols still do not span 1",
            low=0,
            array={"uniqueItems": True},
        ),
    ]
    received: Annotated[Count, but("Number of received symbols")]
    why: Annotated[str, Word("Reason why the master stopped waiting")]
    faults: Annotated[tuple[str, ...], Word("Failures during the run, by worker")]


class FittedTimes(Record):
    """The distribution of the measured times of a kind."""

    law: words.LawText
    criteria: Annotated[
        Mapping[str, float],
        Word("Akaike's criterion of each family, less the least", extra=words.mapping({"type": "number"}, 1)),
    ]
    distance: Annotated[float, Word("Kolmogorov's distance between measured times and distribution", low=0, high=1)]
    p_value: Annotated[float, Word("Fraction of samples of the distribution that are as far off", low=0, high=1)]
    observed: Annotated[Positive, but("Number of times")]


_Kind = Word(unless="omitted if there are none")


class FittedKinds(Record):
    """Distributions of the kinds of times."""

    startup: Annotated[FittedTimes | None, _Kind, but("Start-up delays")] = None
    task: Annotated[FittedTimes | None, _Kind, but("Times of evaluations")] = None
    message: Annotated[FittedTimes | None, _Kind, but("Times of messages")] = None
    options: Annotated[Text, but("These as options of srtheory simulate")]


ANSWERS: dict[str, tuple[str, tuple[type, ...]]] = {
    "check": ("Whether a certificate is valid.", (Checked,)),
    "cite": ("Citations of this version and of the paper.", (Cited,)),
    "figure": ("The files of a figure; with --list, all figures.", (Drawn, Named)),
    "fit": ("Distributions of measured times.", (FittedKinds,)),
    "hunt": ("Result of a search for a counterexample; with --list, the built-in conjectures.", (Hunted, Conjectured)),
    "new": ("The files of a new study.", (Made,)),
    "numbers": (
        "The numbers that a paper quotes; with --list, their names; with --check, the numerals and unused macros of its"
        " text.",
        (Numbers, Unmatched, NamedNumber),
    ),
    "run": (
        "A sum computed by real workers, with the record of the run and its timeline; or the reason why it is not"
        " recovered.",
        (RanAndRecovered, RanAndLost),
    ),
    "span": ("Whether rows span the all-ones vector, and after how many.", (Spanned,)),
    "sweep": ("A line for each task: its parameters and a summary of every measure.", (Simulated,)),
    "table": ("A table; with --list, all tables.", (Tabulated, Named)),
    "verify": (
        "The ledger: the claims in the order of the paper, with verdicts; with --list, the claims alone.",
        (Judged, Claimed),
    ),
}
"""What each other command prints: a description, and its forms."""
