"""The question which block sizes, or which windows, peeling decodes by a time."""

from __future__ import annotations

from dataclasses import asdict
from itertools import product
from math import isfinite, log
from typing import Annotated, Any, ClassVar

from srtheory.environment import __version__
from srtheory.errors import ArgumentError
from srtheory.questions import words
from srtheory.questions.base import PLAIN, Answer, Means, Question
from srtheory.questions.words import Word, but
from srtheory.shown import Part, Values

_MOST_VARIABLES = 4 * 10**4
_RESULTS = ("sizes", "rows", "terms", "least_rows", "missed")
_FOUND = Word(low=0, unless="null if sizes is")
Margin = Annotated[
    float, Word("Safety margin for random fluctuations, in standard deviations", metavar="C", accept=words.as_given)
]
Uncovered = Annotated[
    float,
    Word(
        "Expected number of uncovered symbols at T, for which the sizes are designed; above 0",
        metavar="ETA",
        accept=words.as_given,
    ),
]
Largest = Annotated[int, Word("Largest block size, in terms", more="; from 1 to 1000", metavar="K", low=1, high=1000)]
By = Annotated[float, Word("Target time T for peeling to recover all terms, in time units", metavar="T", unit="time")]


def _null(schema: str) -> dict[str, Any]:
    return {"properties": {name: {"type": schema} for name in _RESULTS[1:]}}


class Designed(Answer):
    """Block sizes, or null where none are found."""

    width = 11
    schema_extra: ClassVar = {
        "if": {"properties": {"sizes": {"type": "null"}}},
        "then": _null("null"),
        "else": _null("number"),
    }

    symbols: words.Symbols
    tau: words.Tau
    startup: words.LawText
    by: By
    margin: Margin
    uncovered: Uncovered
    largest: Largest
    version: Annotated[str, Word("Version of srtheory", quiet=True)]
    sizes: Annotated[str | None, Word("block sizes, for srtheory simulate sr-sizes --sizes")]
    rows: Annotated[float | None, _FOUND, but("expected number of rows received by T, divided by m")]
    terms: Annotated[float | None, _FOUND, but("expected number of terms in these rows, divided by m")]
    least_rows: Annotated[
        float | None, _FOUND, but("number of rows that the best mixture of sizes needs, divided by m")
    ]
    missed: Annotated[float | None, _FOUND, but("amount by which these sizes miss a condition, 0 if they meet all")]

    @property
    def status(self) -> int:
        """1 unless sizes were found that meet all conditions."""
        return 0 if self.missed == 0 else 1

    def parts(self) -> list[Part]:
        """Return the sizes, with four digits of the numbers."""
        if self.sizes is None:
            return [f"no block sizes up to {self.largest} terms suffice by t = {self.by:g} time units"]
        found = ((name, getattr(self, name)) for name in _RESULTS)
        return [Values([(name, f"{x:.4g}" if isinstance(x, float) else x, "") for name, x in found])]


_Mean = Word(low=0, unless="null if a run is never decoded")
_Error = Word(low=0, unless="null of a single run, or if the mean is")


class DesignedWindows(Answer):
    """Windows with the fewest rows, on average, of those that peeling decodes by T on average."""

    when = "with --windows"
    width = 11

    symbols: words.Symbols
    tau: words.Tau
    startup: words.LawText
    by: By
    version: Annotated[str, Word("Version of srtheory", quiet=True)]
    degree: Annotated[int, Word("terms in a block, for srtheory simulate sr-windows --degree")]
    window: Annotated[int, Word("terms in a window, for --option window=")]
    overlap: Annotated[int, Word("least number of terms in a window at an end, for --option overlap=")]
    latency: Annotated[float | None, _Mean, but("mean latency of the fresh runs", unit="time")]
    latency_error: Annotated[float | None, _Error, but("its standard error", unit="time")]
    rows: Annotated[float | None, _Mean, but("mean number of rows of the fresh runs, divided by m")]
    rows_error: Annotated[float | None, _Error, but("its standard error")]
    trials: Annotated[int, Word("number of fresh runs, on start-up delays that the search has not seen")]
    candidates: Annotated[int, Word("number of designs among which the search chose")]
    searched: Annotated[int, Word("number of runs of the search, on which each round keeps half of the designs")]
    flattered: Annotated[float | None, _Mean, but("mean latency of the chosen design in the search", unit="time")]

    @property
    def status(self) -> int:
        """1 unless the fresh runs are decoded by T on average."""
        return 0 if self.latency is not None and self.latency <= self.by else 1

    def parts(self) -> list[Part]:
        """Return the design, what the fresh runs say of it, and how it was found."""
        about = [(name, getattr(self, name), "") for name in ("degree", "window", "overlap")]
        for name, unit in (("latency", " time units"), ("rows", "")):
            mean, error = getattr(self, name), getattr(self, f"{name}_error")
            about.append((name, mean and f"{mean:.4f}", (f" ± {error:.4f}" if error is not None else "") + unit))
        met = self.flattered is not None and self.flattered <= self.by
        chosen = "with the fewest rows of those with" if met else "as the nearest to"
        return [
            Values(about),
            f"means of {self.trials} fresh runs; chosen of {self.candidates} designs {chosen} a mean latency of at most"
            f" {self.by:g}, in {self.searched} other runs",
        ]


class Design(Question):
    """Find block sizes, or windows, with which peeling decodes by about time T from the fewest rows.

    Peeling is the decoder that solves one symbol at a time. The sizes are found by a linear program over density
    evolution. T is a target, not a bound: in a simulation peeling may end some % later.

    With --windows, degree, window and overlap of scheme sr-windows are found by simulation: of designs whose mean
    latency is at most T, the one with the fewest rows on average. The numbers that are told are those of fresh runs,
    which had no part in the choice. A search takes about a minute at m = 10000.

    {answer}

    Exit status: 0 sizes were found, or the fresh runs are decoded by T on average; 1 no sizes suffice by T for any
    number of rows, none were found that meet all conditions, or the fresh runs take longer; 2 bad input.
    """

    verb = "design"
    answers = (Designed, DesignedWindows)

    symbols: words.Symbols
    tau: words.Tau
    startup: words.Startup
    by: By
    margin: Margin = 1.5
    uncovered: Uncovered = 0.5
    largest: Largest = 70
    windows: Annotated[bool, Word("Find windows, by simulation, instead of block sizes")] = False
    trials: Annotated[words.Trials | None, but("Number of trials. Requires --windows", otherwise="100")] = None
    seed: Annotated[
        words.Seed | None,
        but("Random seed. Of the search; fresh runs have another; requires --windows", otherwise="2022"),
    ] = None

    def check(self) -> None:
        """Refuse a time by which workers do too many terms, and options of the other search."""
        for name in ("trials", "seed"):
            if (value := getattr(self, name)) is not None and not self.windows:
                raise ArgumentError(name, value, "left out without --windows")
        if self.windows:
            for name in ("margin", "uncovered", "largest"):
                if (value := getattr(self, name)) != getattr(Design, name):
                    raise ArgumentError(name, value, "left out with --windows")
            return
        reach = min(self.symbols, max(0.0, (self.by - float(self.startup.support()[0])) / self.tau))
        if not reach * self.largest <= _MOST_VARIABLES:
            expected = f"so early that (T / tau) * largest is at most {_MOST_VARIABLES}"
            raise ArgumentError("by", self.by, expected)

    def answer(self, means: Means = PLAIN) -> Designed | DesignedWindows:
        """Return the answer."""
        if self.windows:
            with means.bar(desc="design", total=None, unit=" runs") as bar:
                return self._windowed(bar.update)
        from srtheory.theory.peeling import design

        found = design(self.model, self.by, margin=self.margin, uncovered=self.uncovered, largest=self.largest)
        return self.answered(
            Designed, version=__version__, **(dict.fromkeys(_RESULTS) if found is None else asdict(found))
        )

    def _windowed(self, step: Any) -> DesignedWindows:
        """Return the design that is left when each round has twice the runs, and keeps half of the designs."""
        from srtheory.experiments.running import run
        from srtheory.experiments.summary import column, summarise
        from srtheory.experiments.trial import Task
        from srtheory.schemes.windows import WindowedSumRecovery, window_by_default

        m, seed = self.symbols, 2022 if self.seed is None else self.seed

        def measured(code: WindowedSumRecovery, seed: int, trials: int) -> list[Any]:
            records = run(Task(code, self.model.delays, seed), trials)
            step(trials)
            return [summarise(column(records, "latency")), summarise(column(records, "stopping_time") / m)]

        def merit(found: list[Any]) -> tuple[float, float]:
            late, rows = (summary.mean for summary in found)
            return max(0.0, late - self.by), rows

        degrees = {max(1, round(x * log(m))) for x in (0.7, 0.8, 0.9, 1.0, 1.1, 1.25)}
        windows = {max(1, min(m, round(x * window_by_default(m)))) for x in (0.5, 0.7, 1.0, 1.4)}
        shapes = sorted({(d, w, max(1, w // part)) for d, w, part in product(degrees, windows, (40, 20, 10))})
        kept, trials, searched = [WindowedSumRecovery(m, *shape) for shape in shapes], 2, 0
        found: dict[Any, list[Any]] = {}
        while len(kept) > 1 or not found:
            found = {code: measured(code, seed, trials) for code in kept}
            searched += trials * len(kept)
            kept, trials = sorted(kept, key=lambda code: merit(found[code]))[: (len(kept) + 1) // 2], 2 * trials
        [code], fresh = kept, self.trials or 100
        late, rows = measured(code, seed ^ 1, fresh)
        numbers = {
            "latency": late.mean,
            "latency_error": late.standard_error,
            "rows": rows.mean,
            "rows_error": rows.standard_error,
            "flattered": found[code][0].mean,
        }
        return self.answered(
            DesignedWindows,
            version=__version__,
            degree=code.degree,
            window=code.window,
            overlap=code.overlap,
            trials=fresh,
            candidates=len(shapes),
            searched=searched,
            **{name: x if isfinite(x) else None for name, x in numbers.items()},
        )
