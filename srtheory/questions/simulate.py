"""The question what runs of a scheme take, by Monte Carlo."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from srtheory.decoders import DECODER_NAMES
from srtheory.environment import __version__
from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import Answer, Place, Question, remarks, shown
from srtheory.questions.words import Record, Word, but, fields_of
from srtheory.schemes import named
from srtheory.shown import Grid, Part

if TYPE_CHECKING:
    from srtheory.experiments.store import Kept
    from srtheory.experiments.trial import Task
    from srtheory.matrix import Rows

FLAGS = ("degree", "sizes", "stragglers", "access", "phase", "cap")
"""Options of schemes that have a flag; --option takes any."""
LARGEST_CERTIFICATE = 1 << 30
"""Largest number of bytes of a certificate, unpacked; reading one takes about four times as many."""
Version = Annotated[str, Word("Version of srtheory", quiet=True)]
Rule = Annotated[Literal["fixed number of trials"], Word("Rule by which the trials ended", quiet=True)]
Positive = Annotated[int, Word(low=1)]
Count = Annotated[int, Word(low=0)]
Number = Annotated[float, Word(unless="null if it is infinite")]


def _levels() -> tuple[str, ...]:
    from srtheory.experiments.summary import QUANTILES

    return tuple(f"{q:g}" for q in QUANTILES)


class Measure(Record):
    """Summary of a measure over all trials, in the unit that its key states."""

    mean: Annotated[Number | None, but("Mean over the trials")]
    sd: Annotated[
        Number | None, but("Standard deviation", unless="null for a single trial, and if the mean is infinite", low=0)
    ]
    standard_error: Annotated[Number | None, but("Standard error of the mean", unless="null if sd is", low=0)]
    quantiles: Annotated[Mapping[str, float], Word("Quantiles, by their probability", levels=_levels)]


Operations = Annotated[Measure, Word(unit="operations", unless="omitted if the decoder recovers nothing")]


class Simulated(Answer):
    """Task, parameters and a summary of every measure; parameters that were not given are omitted."""

    schema_extra: ClassVar = words.OF_USERS_CODE | {
        "dependentRequired": {
            "additions": ["multiplications", "solving"],
            "multiplications": ["additions"],
            "solving": ["additions"],
        }
    }

    id: Annotated[
        str, Word("Id of the task, under which its records are stored: a SHA-256", quiet=True, extra=words.DIGEST)
    ]
    scheme: words.SchemeName
    symbols: words.Symbols
    tau: words.AnyTau
    message_cost: words.AnyMessageCost = 0.0
    master_time: words.MasterTime = 0.0
    silent: words.Silent = 0.0
    link: words.Link = "worker"
    pace: words.LawText | None = None
    death: words.LawText | None = None
    shock: words.LawText | None = None
    phases: words.Phases | None = None
    target: words.Target = "sum"
    startup: words.LawText
    degree: words.Degree | None = None
    sizes: words.Sizes | None = None
    stragglers: words.Stragglers | None = None
    access: words.Access | None = None
    phase: words.Phase | None = None
    cap: words.Cap | None = None
    c: Annotated[float | None, Word("Parameter of the robust soliton distribution of LT codes", quiet=True)] = None
    delta: Annotated[float | None, Word("Parameter of the robust soliton distribution of LT codes", quiet=True)] = None
    epsilon: Annotated[float | None, Word("Parameter of the degree distribution of Raptor codes", quiet=True)] = None
    spread: Annotated[int | None, Word("Parameter of the pre-code of Raptor codes", quiet=True)] = None
    options: words.OwnOptions = field(default_factory=dict)
    source: words.Digest | None = None
    load: words.Load | None = None
    workers: Annotated[Positive, but("Number of workers")]
    decoder: Annotated[str, Word("Name of the decoder", extra={"minLength": 1})]
    seed: Annotated[words.Seed, but(high=None)]
    trials: words.Trials
    stopping_rule: Rule
    version: Version
    unrecovered: Annotated[Count, but("trials that never recover the sum")]
    complete_worker: Annotated[
        Count, but("Number of trials that stopped by a worker that had sent all its symbols", quiet=True)
    ]
    all_systematic: Annotated[
        Count, but("Number of trials that stopped by the systematic symbols of all workers", quiet=True)
    ]
    latency: Annotated[Measure, Word("time T at which the sum can be recovered", unit="time")]
    stopping_time: Annotated[
        Measure, Word("M', the number of received rows from which the sum can be recovered", unit="rows")
    ]
    coverage_time: Annotated[
        Measure, Word("CC, the number of received rows at which every symbol is covered", unit="rows")
    ]
    systematic: Annotated[Measure, Word("systematic rows (a single term) among the received rows", unit="rows")]
    work: Annotated[
        Measure,
        Word("terms that all workers have evaluated by the end, including those of unfinished symbols", unit="terms"),
    ]
    additions: Annotated[Operations | None, but("additions by the decoder, on the values of rows")] = None
    multiplications: Annotated[Operations | None, but("multiplications by the decoder, on the values of rows")] = None
    solving: Annotated[Operations | None, but("operations on coefficients before these")] = None

    def asked(self) -> list[tuple[str, Any, str]]:
        """Return names, values and units of the parameters; digests are cut."""
        given = takewhile(lambda line: line[0] != "trials", shown(self)[1:])
        return [(name, value[:12] if name == "source" else value, unit) for name, value, unit in given]

    def measures(self) -> dict[str, tuple[str, Measure]]:
        """Return unit and summary of each measure."""
        found = ((its, getattr(self, its.name)) for its in fields_of(type(self)))
        return {its.name: (words.UNITS[its.word.unit][0], value) for its, value in found if isinstance(value, Measure)}

    def parts(self) -> list[Part]:
        names = [f"{name} {value}{unit}" for name, value, unit in self.asked() if name not in ("scheme", "seed")]
        heads = ("", "unit", "mean", "± s.e.", "sd", "5 %", "median", "95 %")
        rows = [(name, unit, *_cells(measure)) for name, (unit, measure) in self.measures().items()]
        return [
            f"{self.scheme}, {self.trials} trials, seed {self.seed}",
            ", ".join(names),
            Grid(heads, (-16, -27, 39, 49, 61, 73, 85, 97), rows),
            *remarks(self.question),
            f"unrecovered {self.unrecovered} of {self.trials} trials; stopped by a complete worker"
            f" {self.complete_worker}, by all systematic symbols {self.all_systematic}",
        ]


def _cells(measure: Measure) -> list[str]:
    values = [
        measure.mean,
        measure.standard_error,
        measure.sd,
        *(measure.quantiles[q] for q in ("0.05", "0.5", "0.95")),
    ]
    none = ["inf", "-", "-", "inf", "inf", "inf"]  # neither one trial nor an infinite one has a deviation
    return [none[i] if x is None else f"{x:.{2 if i == 1 else 6}g}" for i, x in enumerate(values)]


class WithProof(Place):
    """Also the files of trial 0."""

    matrix: Annotated[
        Path | None,
        Word(
            "File for the rows received in trial 0, in order of arrival, as JSON for srtheory span and check",
            metavar="OUT",
            path={"dir_okay": False},
            otherwise="none is written",
        ),
    ] = None
    certificate: Annotated[
        Path | None,
        Word(
            "File for a proof, for srtheory check, of the number of these rows that span 1 over Q, or that they do not",
            metavar="OUT",
            path={"dir_okay": False},
            otherwise="none is written",
        ),
    ] = None

    def prove(self, task: Task) -> None:
        """Write the rows of trial 0, and the number of rows at which 1 is spanned, for every decoder."""
        if self.matrix is None and self.certificate is None:
            return
        from srtheory.experiments.exceptions import reception_of
        from srtheory.experiments.trial import run_trial
        from srtheory.schemes.base import UNLIMITED
        from srtheory.schemes.own import attribute_errors_to_user
        from srtheory.span.engine import stopping_time

        with attribute_errors_to_user(task.scheme):
            stop = run_trial(task, 0).stopping_time
            most = int(UNLIMITED) if stop is None else stop
            rows = reception_of(task, 0, most).rows
        rows = rows.prefix(min(most, len(rows)))
        if self.matrix is not None:
            _write("matrix", self.matrix, json.dumps(rows.as_json()).encode())
        if self.certificate is not None:
            certify(self.certificate, rows, stopping_time(**rows.arrays).stopping_time, "Q")


def certify(path: Path, rows: Rows, stopping_time: int | None, field: Any) -> None:
    """Write a certificate of the stopping time, or that the rows do not span 1; compressed if its name ends in .gz.

    It is refused if it is larger than ``srtheory check`` reads.
    """
    import gzip

    from srtheory.span.certificates import span_certificate, stopping_time_certificate, to_json

    if stopping_time is None:
        certificate = span_certificate(rows, field=field)
    else:
        certificate = stopping_time_certificate(rows, stopping_time, field=field)
    data = to_json(certificate).encode()
    if len(data) > LARGEST_CERTIFICATE:
        expected = f"left out: it would have {len(data)} bytes, more than {LARGEST_CERTIFICATE}"
        raise ArgumentError("certificate", str(path), expected)
    _write("certificate", path, gzip.compress(data, 6, mtime=0) if path.suffix == ".gz" else data)


def _write(name: str, path: Path, data: bytes) -> None:
    from srtheory.files import write_output

    try:
        write_output(path, data)
    except OSError as error:
        raise ArgumentError(name, str(path), f"a file that can be written ({error.strerror or error})") from None


UNPROVED = WithProof()


class Simulate(Question):
    """Simulate SCHEME by Monte Carlo, and summarise its trials.

    The command prints the latency, the received rows, the work and the decoding cost. For each measure the table has
    its unit, mean, standard error of the mean (± s.e.), standard deviation (sd), and quantiles. The time unit is that
    of --startup and --tau.

    {answer}

    A trial that never recovers the sum (bcc: a part that no worker sampled; --silent) has infinite latency and
    makes the mean infinite (null in JSON). Then, and for a single trial, the standard error and deviation are not
    defined (-, null in JSON). The decoders coverage and hitting recover nothing and count no
    operations. With --master-time, a message counts as received when the master has processed it.

    Distributions other than --shock may be of groups of workers, in order, as many as there are:
    --startup "10*expon(scale=1), 5*expon(scale=3)", --pace "10*1, 5*4". With --tau trace:FILE, and --message-cost so,
    each worker runs through measured times in their order, round and round, from a random one on.

    With --store, finished trials are saved. The same command resumes after an interruption at any time, and a larger
    --trials adds to the saved trials.

    With --matrix and --certificate, srtheory check verifies the exact verdict of trial 0.
    """

    verb = "simulate"
    answers = (Simulated,)
    means = WithProof
    epilog = words.EPILOG
    flags: ClassVar[tuple[str, ...]] = FLAGS
    """Options of the scheme that are fields."""

    scheme: words.Scheme
    symbols: words.Symbols
    degree: Annotated[words.DegreeOfAny | None, but(high=words.MAX_SYMBOLS)] = None
    stragglers: words.Stragglers | None = None
    sizes: words.Sizes | None = None
    access: words.AccessOfSR | None = None
    phase: words.Phase | None = None
    cap: words.Cap | None = None
    texts: words.Options = ()
    tau: Annotated[words.AnyTau, words.TAU_OF_GROUPS]
    startup: Annotated[words.Startup, words.GROUPS]
    message_cost: Annotated[words.AnyMessageCost, words.COST_OF_GROUPS] = 0.0
    master_time: Annotated[words.MasterTime, words.SHORT] = 0.0
    silent: words.Silent = 0.0
    link: words.Link = "worker"
    pace: Annotated[words.Pace, words.GROUPS] | None = None
    death: Annotated[words.Death, words.GROUPS] | None = None
    shock: words.Shock | None = None
    phases: words.Phases | None = None
    target: words.Target = "sum"
    trials: Annotated[words.Trials, but(more=". The first trials are the same for any number")] = 100
    seed: words.Seed = 2022
    workers: Annotated[
        int | None,
        Word(
            "Number of workers p, from 1 to m; each group of about m/p terms then counts as one term",
            metavar="P",
            otherwise="m",
            accept=words.as_given,
        ),
    ] = None
    crew: words.Crew | None = None
    load: words.Load | None = None
    decoder: Annotated[
        str | None, Word("Decoder of the master", choices=DECODER_NAMES, otherwise="the scheme's own")
    ] = None

    @classmethod
    def taken(cls, more: Mapping[str, Any]) -> Sequence[str]:
        sized = "degree" in named(more["scheme"]).options
        return [name for name in words.OF_MODEL if name != "degree" or sized]

    @cached_property
    def own(self) -> dict[str, Any]:
        """Further options of the scheme."""
        found: dict[str, Any] = self.scheme.read(self.texts)
        return found

    @property
    def source(self) -> str | None:
        """Digest of the source of a scheme of the user's."""
        return words.source_of(self.scheme)

    @cached_property
    def task(self) -> Task:
        """The experiment, whose id its records have."""
        from srtheory.delays import DelayModel
        from srtheory.experiments.trial import Task
        from srtheory.schemes.base import in_crew

        options = words.merged({name: getattr(self, name) for name in self.flags}, self.own)
        delays = DelayModel(self.startup, self.tau, *(getattr(self, name) for name in (*words.COSTS, *words.RANDOM)))
        scheme = in_crew(self.scheme.build(self.symbols, options, self.workers), self.crew, self.load)
        return Task(scheme, delays, self.seed, self.decoder, self.target)

    def answer(self, means: WithProof = UNPROVED) -> Simulated:
        means.prove(self.task)  # an unwritable file is reported before the work
        with means.records([(self.task, self.trials)], self.scheme.name, alike=True) as [records]:
            return self.summary(records)

    def summary(self, records: Kept) -> Simulated:
        """Return the answer that records are, which are read one column at a time."""
        from srtheory.decoders import UNDECODED
        from srtheory.experiments.summary import COSTS as COUNTED
        from srtheory.experiments.summary import MEASURES, column, summarise

        task = self.task
        counted = () if task.decode_by in UNDECODED or task.target != "sum" else COUNTED
        return self.answered(
            Simulated,
            id=task.id,
            **{name: words.time_json(getattr(task.delays, name)) for name in ("tau", *words.COSTS, *words.RANDOM)},
            target=task.target,
            startup=words.described(task.delays.startup),
            options=words.options_json(self.own),
            source=self.source,
            load=self.load,
            workers=task.scheme.workers,
            decoder=task.decode_by,
            trials=len(records),
            stopping_rule="fixed number of trials",
            version=__version__,
            unrecovered=sum(int((part == math.inf).sum()) for part in records.parts("latency")),
            complete_worker=sum(int(part.sum()) for part in records.parts("complete_worker")),
            all_systematic=sum(int(part.sum()) for part in records.parts("all_systematic")),
            **{name: Measure(**summarise(column(records, name)).as_json()) for name in (*MEASURES, *counted)},
        )
