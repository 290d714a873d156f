"""Numbers that a text quotes: what is written contains the interval, and LaTeX takes it."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from srtheory.errors import ArgumentError
from srtheory.experiments.lab import Lab
from srtheory.study.numbers import MAX_DIGITS, Number, NumberEntry, Quoted, as_json, as_latex, require_prefix

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
WRITTEN = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:\((\d+)\))?(?:e(-?\d+))?")


def read(text: str) -> tuple[Fraction, Fraction, Fraction]:
    """The value, the uncertainty in brackets and a unit of the last digit of what siunitx reads."""
    match = WRITTEN.fullmatch(text)
    assert match is not None, text
    sign, whole, decimals, units, power = match.groups(default="")
    unit = Fraction(10) ** (int(power or 0) - len(decimals))
    return (-1 if sign else 1) * int(whole + decimals) * unit, int(units or 0) * unit, unit


@given(st.tuples(FLOATS, FLOATS).map(sorted), st.integers(1, MAX_DIGITS))
@example([0.0, 0.0], 3)
@example([-5e-324, 5e-324], 3)
@example([-1.7e308, 1.7e308], 1)
@example([-1e-227, 9e199], 1)
@example([0.9949999, 0.9950001], 2)
@example([0.096, 0.2881], 4)
@example([999999.4, 999999.6], 6)
@example([0.30381709951, 0.30381709952], 3)
@example([1.7e308, 1.797e308], 3)
def test_what_is_written_contains_the_bounds(ends: list[float], digits: int) -> None:
    """Without brackets both ends round to what is written; the comment has the interval rounded outwards."""
    low, high = map(Fraction, ends)
    number = Number.bounds(*ends, how="x")
    value, off, unit = read(number.written(digits))
    within = off or unit / 2
    assert value - within <= low <= high <= value + within
    assert off <= 21 * unit
    assert off == 0 or off - 2 * unit < high - low
    if low < high or low.denominator > 1:
        assert unit * 10**digits > abs(Fraction(number.value))
    shown = re.search(r"in \[(.*), (.*)\]$", as_latex([quoted(number)], "My", "x"), re.MULTILINE)
    assert (shown is None) == (low == high)
    if shown is not None:
        below, above = map(Fraction, shown.groups())
        assert below <= Fraction(repr(ends[0])) < Fraction(repr(ends[1])) <= above


@given(st.fractions(), st.integers(1, MAX_DIGITS))
@example(Fraction(0), 3)
@example(Fraction(-1, 3), 3)
@example(Fraction(1, 10**400), 2)
@example(Fraction(1999, 2), 3)
def test_an_exact_number_is_rounded_to_its_digits(exact: Fraction, digits: int) -> None:
    value, off, unit = read(Number.exact(exact, "x").written(digits))
    assert off == 0
    assert abs(value - exact) <= (0 if exact.denominator == 1 and abs(exact) < 10**30 else unit / 2)
    if exact.denominator > 1:
        assert unit <= abs(exact) * Fraction(10) ** (1 - digits) * 10


@given(FLOATS.filter(lambda x: abs(x) < 1e300), st.floats(0, 1e300), st.integers(1, MAX_DIGITS))
def test_a_standard_error_is_rounded(mean: float, error: float, digits: int) -> None:
    number = Number(mean, mean - 2 * error, mean + 2 * error, "x", standard_error=error, trials=9, seed=1)
    value, off, unit = read(number.written(digits))
    assert abs(value - Fraction(mean)) <= unit / 2
    assert abs(off - Fraction(error)) <= unit / 2
    assert off <= 21 * unit


def between(value: float, low: float, high: float, error: float | None = None) -> Number:
    return Number(value, low, high, "x", error)


def bounds(low: float, high: float) -> Number:
    return Number.bounds(low, high, "x")


def exact(value: int | Fraction) -> Number:
    return Number.exact(value, "x")


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        *((between(0.7082, 0.7, 0.72, 0.002), 3, "0.708(2)"), (between(0.7082, 0.7, 0.72, 0.0096), 4, "0.708(10)")),
        *((between(0.7082, 0.7, 0.72, 0.0142), 4, "0.708(14)"), (bounds(0.239, 0.431), 2, "0.33(11)")),
        *((between(0.7082, 0.7, 0.72, 0.0), 3, "0.708"), (bounds(0.70801, 0.70803), 5, "0.70802(2)")),
        *((between(-1234.0, -1300.0, -1200.0, 31.0), 4, "-1.23(3)e3"), (bounds(0.0, 1e-809 + 5e-324), 3, "0(5)e-324")),
        # whole numbers
        *((exact(10**30 - 1), 3, "9" * 30), (exact(10**30), 3, "1.00e30"), (exact(1 - 10**30), 3, "-" + "9" * 30)),
        *((bounds(1e15 - 1, 1e15 - 1), 3, "9" * 15), (bounds(1e15, 1e15), 3, "1.00e15"), (exact(0), 3, "0")),
        *((between(5, 5, 6), 3, "5.0(10)"), (between(5, 5, 5, 0.0), 3, "5.00")),
        *((bounds(-1e15, -1e15), 3, "-1.00e15"), (exact(10**500), 3, "1.00e500")),
        # no value and no error to begin with
        *((between(0, 0, 0, 0.0), 3, "0.00"), (between(0, -1, 1, 0.02), 2, "0.00(2)")),
        # the farther end; both ends round to what is written, or one does not
        *((between(5.0, 4.9, 5.28), 3, "5.0(3)"), (between(5.0, 4.62, 5.1), 3, "5.0(4)")),
        *((between(5.2, 4.6, 5.4), 1, "5"), (between(5.2, 4.4, 5.4), 1, "5(1)"), (between(5.2, 4.6, 5.6), 1, "5(1)")),
        # powers of ten below 10^-4, from 10^6, and if digits before the point are left out
        *((exact(Fraction(1, 3000)), 3, "0.000333"), (exact(Fraction(1, 30000)), 3, "3.33e-5")),
        *((exact(Fraction(370, 3)), 3, "123"), (exact(Fraction(3700, 3)), 3, "1.23e3")),
        *((exact(Fraction(10**6, 3)), 8, "333333.33"), (exact(Fraction(10**7, 3)), 8, "3.3333333e6")),
        # the second digit of an uncertainty that begins with a 1
        *((between(0.5, 0.4, 0.6, 0.0199), 5, "0.500(20)"), (between(0.5, 0.4, 0.6, 0.02), 5, "0.50(2)")),
    ],
)
def test_as_siunitx_writes_it(number: Number, digits: int, text: str) -> None:
    assert number.written(digits) == text


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (Number.exact(np.int64(5), "x"), 5),  # type: ignore[arg-type]
        (Number(np.float64(0.5), np.int32(0), np.float32(1), "x", np.float32(0.25), np.int64(9)), 0.5),  # type: ignore[arg-type]
        (Number.bounds(np.float32(0.5), np.array(1.5), "x"), 1.0),  # type: ignore[arg-type]
        (Number.bounds(-1.7e308, 1.7e308, "x"), 0.0),
        (Number.bounds(1, 4, "x"), 2.5),
    ],
)
def test_numbers_are_pythons(number: Number, value: float) -> None:
    assert (number.value, type(number.value)) == (value, type(value))
    assert json.loads(as_json([quoted(number)], "My", "x"))["numbers"][0]["value"] == value


def test_intervals_of_simulations_are_of_95_percent() -> None:
    """1.959964 standard errors on both sides of a mean; the exact interval of 1 of 2 is where its tails are 2.5 %."""
    mean = Number.mean(np.array([1.0, 2.0, 6.0]), Lab(seed=7))
    error = (7 / 3) ** 0.5  # of deviations -2, -1 and 3: their squares are 14, over 2 x 3
    assert mean.standard_error == pytest.approx(error)
    assert (mean.low, mean.high) == pytest.approx((3 - 1.959963985 * error, 3 + 1.959963985 * error))
    assert (mean.value, mean.trials, mean.seed) == (3.0, 3, 7)
    assert (mean.how, Number.mean([1, 2], Lab(), "y").how) == ("mean of simulated runs", "y")
    share = Number.share(1, 2, Lab(seed=7))
    low = 1 - 0.975**0.5  # (1 - p)^2 = 0.975
    assert (share.value, share.low, share.high) == pytest.approx((0.5, low, 1 - low))
    assert share.standard_error == pytest.approx((1 - 2 * low) / (2 * 1.959963985))
    assert (share.trials, share.seed, share.how) == (2, 7, "fraction of simulated runs")
    assert (Number.share(1, 1, Lab()).high, Number.share(0, 100, Lab()).low) == (1, 0)
    assert Number.share(33, 100, Lab()).written(2) == "0.33(5)"  # the form of a mean, whose brackets mean the same


@pytest.mark.parametrize(
    ("make", "given", "says"),
    [
        *((lambda x: Number(x, x, x, "x"), x, "finite number")
          for x in (True, np.bool_(True), np.array([1.0]), np.nan, 10**5000, "1", None)),
        *((lambda x: Number(1.0, 0.0, 2.0, "x", x), x, "'standard_error' must be a finite number of at least 0")
          for x in (-1e-300, math.inf, math.nan)),
        *((lambda x: Number(x, 1.5, 2.0, "x"), x, r"in its interval \[1.5, 2.0\]") for x in (1.0, 3.0)),
        *((lambda ends: Number.bounds(*ends, "x"), ends, "two finite numbers in ascending order")
          for ends in ((2.0, 1.0), (math.nan, 1.0), (1.0, math.inf), ("1", 2.0))),
        *((lambda x: Number.exact(x, "x"), x, "an integer or a Fraction") for x in (True, 0.5, "1")),
        *((lambda x: Number.mean(x, Lab()), x, "at least two finite numbers")
          for x in ([], [1.0], [1.0, math.inf], [1.0, 2.0, math.nan])),
        *((lambda x: Number.share(*x, Lab()), x, "must be") for x in ((3, 2), (-1, 2), (0, 0))),
        *((lambda unit: NumberEntry("a", "x", unit, 3, lambda lab: None), unit, "ASCII letters")
          for unit in ("é", "µé", "m s", "a_b", "\\mu", "s²", "\x7f")),
        *((lambda name: NumberEntry(name, "x", "", 3, lambda lab: None), name, "lower-case words")
          for name in ("Mean", "mean_latency", "q95", "", "a--b", "-a", "mean latency", "é", "a\n")),
        *((require_prefix, name, "letters") for name in ("a_b", "A1", "", "A-", "É", "A\n")),
    ],
    ids=lambda its: "long" if isinstance(its, int) else None,
)  # fmt: skip
def test_what_is_no_number_or_cannot_be_written_is_refused(make: Any, given: Any, says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        make(given)


@pytest.mark.parametrize("make", [lambda n: n, lambda n: -n, lambda n: Fraction(1, n), lambda n: Fraction(-n, 3)])
def test_a_number_has_at_most_4000_digits(make: Any) -> None:
    """And so has the numerator, and the denominator, of a fraction; 10^4000 has 4001."""
    long = 10**4000
    assert Number.exact(make(long - 1), "x").value == make(long - 1)
    with pytest.raises(ArgumentError, match="at most 4000 digits"):
        Number.exact(make(long), "x")


# ---------------------------------------------------------------------------------------------------------- its formats


def quoted(number: Number, name: str = "a", unit: str = "", says: str = "x") -> Quoted:
    return Quoted(NumberEntry(name, says, unit, 3, lambda lab: None), number)


def a_few() -> list[Quoted]:
    says = "50 % of all_runs & more #1\nin two lines"
    return [
        quoted(Number(0.7082, 0.7, 0.72, "runs", 0.002, 100, 1), "mean-latency", "ms", says),
        quoted(Number.exact(Fraction(1, 3 * 10**9), "by  hand"), "tiny", "%"),
        quoted(Number.bounds(2 * 10**307 + 1, 3 * 10**308, "law & 5 %"), "huge", "m/s"),
        quoted(Number.bounds(Fraction(1, 3), Fraction(2, 3), "a_b"), "third", "Ω/°C"),
        quoted(Number.exact(3, "x"), "delay", "µs"),
    ]


def test_the_macros_of_a_few_numbers_are_ascii_and_each_line_is_one_or_a_comment() -> None:
    """With pdflatex and no package, other characters are dropped."""
    text = as_latex(a_few(), "My", "made & 5 %")
    assert text.isascii()
    assert all(line.startswith(("% ", r"\newcommand{\My")) for line in text.splitlines() if line)
    assert re.findall(r"^\\.*", text, re.MULTILINE) == [
        r"\newcommand{\MyMeanLatency}{\ensuremath{0.708(2)\,\mathrm{ms}}}",
        r"\newcommand{\MyTiny}{\ensuremath{3.33\times 10^{-10}\,\mathrm{\%}}}",
        r"\newcommand{\MyHuge}{\ensuremath{1.6(14)\times 10^{308}\,\mathrm{m/s}}}",
        r"\newcommand{\MyThird}{\ensuremath{0.50(17)\,\mathrm{{\Omega}/{}^\circ C}}}",
        r"\newcommand{\MyDelay}{\ensuremath{3\,\mathrm{{\mu}s}}}",
    ]
    assert "% runs; in [0.7, 0.72]; 100 trials, seed 1, fixed number of trials\n" in text
    assert "in [2e+307, 3.000000000e+308]\n" in text


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")
@pytest.mark.parametrize("planted", [False, pytest.param(True, marks=pytest.mark.quality)])
def test_latex_takes_the_macros(tmp_path: Path, planted: bool) -> None:
    r"""In text and in formulas; it does not take a name with a digit."""
    text = as_latex(a_few(), "My", "made & 5 %")
    (tmp_path / "numbers.tex").write_text(text.replace(r"\MyThird", r"\MyThird2") if planted else text)
    body = r"\MyTiny, \MyDelay, \MyHuge, \MyThird{} and $\MyMeanLatency$."
    document = rf"\documentclass{{article}}\input{{numbers}}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "a.tex").write_text(document)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode != 0) == planted, done.stdout.decode(errors="replace")[-500:]
