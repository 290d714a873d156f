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
from srtheory.study.numbers import MAX_DIGITS, Number, NumberEntry, Quoted, as_csv, as_json, as_latex, require_prefix

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
def test_what_is_written_contains_the_bounds(ends: list[float], digits: int) -> None:
    """Without brackets both ends round to what is written."""
    low, high = map(Fraction, ends)
    number = Number.bounds(*ends, how="x")
    value, off, unit = read(number.written(digits))
    within = off or unit / 2
    assert value - within <= low <= high <= value + within
    assert off <= 21 * unit
    assert off == 0 or off - 2 * unit < high - low
    if low < high or low.denominator > 1:
        assert unit * 10**digits > abs(Fraction(number.value))


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


@pytest.mark.parametrize(
    ("number", "digits", "text"),
    [
        (Number(0.7082, 0.7, 0.72, "x", 0.002), 3, "0.708(2)"),
        (Number(0.7082, 0.7, 0.72, "x", 0.0096), 4, "0.708(10)"),
        (Number(0.7082, 0.7, 0.72, "x", 0.0142), 4, "0.708(14)"),
        (Number.bounds(0.239, 0.431, "x"), 2, "0.33(11)"),
        (Number(0.7082, 0.7, 0.72, "x", 0.0), 3, "0.708"),
        (Number(-1234.0, -1300.0, -1200.0, "x", 31.0), 4, "-1.23(3)e3"),
        (Number.bounds(0.70801, 0.70803, "x"), 3, "0.708"),
        (Number.bounds(0.70801, 0.70803, "x"), 5, "0.70802(2)"),
        (Number.bounds(0.0, 1e-809 + 5e-324, "x"), 3, "0(5)e-324"),
        (Number.exact(123456789, "x"), 3, "123456789"),
        (Number.exact(Fraction(1, 3), "x"), 3, "0.333"),
        (Number.exact(Fraction(1, 3 * 10**9), "x"), 3, "3.33e-10"),
        (Number.exact(Fraction(10**9, 3), "x"), 3, "3.33e8"),
        (Number.exact(0, "x"), 3, "0"),
        (Number.exact(10**30 - 1, "x"), 3, "9" * 30),
        (Number.exact(10**500, "x"), 3, "1.00e500"),
        (Number.bounds(1e300, 1e300, "x"), 3, "1.00e300"),
        (Number.bounds(123456.0, 123456.0, "x"), 3, "123456"),
        (Number.bounds(-1.7e308, 1.7e308, "x"), 3, "0(17)e307"),
        (Number.bounds(10**400, 3 * 10**400, "x"), 3, "2.0(10)e400"),
        # whole numbers
        (Number.exact(10**30, "x"), 3, "1.00e30"),
        (Number.exact(-(10**30), "x"), 3, "-1.00e30"),
        (Number.exact(1 - 10**30, "x"), 3, "-" + "9" * 30),
        (Number.bounds(1e15 - 1, 1e15 - 1, "x"), 3, "9" * 15),
        (Number.bounds(1e15, 1e15, "x"), 3, "1.00e15"),
        (Number.bounds(-1e15, -1e15, "x"), 3, "-1.00e15"),
        (Number(5, 5, 6, "x"), 3, "5.0(10)"),
        (Number(5, 5, 5, "x", 0.0), 3, "5.00"),
        # no value and no error to begin with
        (Number(0, 0, 0, "x", 0.0), 3, "0.00"),
        (Number(0, -1, 1, "x", 0.02), 2, "0.00(2)"),
        # the farther end
        (Number(5.0, 4.75, 5.25, "x"), 3, "5.0(3)"),
        (Number(5.0, 4.9, 5.28, "x"), 3, "5.0(3)"),
        (Number(5.0, 4.62, 5.1, "x"), 3, "5.0(4)"),
        (Number(5.2, 5.1, 5.3, "x"), 1, "5"),
        # both ends round to what is written, or one does not
        (Number(5.2, 4.6, 5.4, "x"), 1, "5"),
        (Number(5.2, 4.4, 5.4, "x"), 1, "5(1)"),
        (Number(5.2, 4.6, 5.6, "x"), 1, "5(1)"),
        # powers of ten below 10^-4, from 10^6, and if digits before the point are left out
        (Number.exact(Fraction(1, 3000), "x"), 3, "0.000333"),
        (Number.exact(Fraction(1, 30000), "x"), 3, "3.33e-5"),
        (Number.exact(Fraction(370, 3), "x"), 3, "123"),
        (Number.exact(Fraction(3700, 3), "x"), 3, "1.23e3"),
        (Number.exact(Fraction(10**6, 3), "x"), 8, "333333.33"),
        (Number.exact(Fraction(10**7, 3), "x"), 8, "3.3333333e6"),
        # the second digit of an uncertainty that begins with a 1
        (Number(0.5, 0.4, 0.6, "x", 0.0199), 5, "0.500(20)"),
        (Number(0.5, 0.4, 0.6, "x", 0.02), 5, "0.50(2)"),
        (Number(0.5, 0.4, 0.6, "x", 0.0961), 5, "0.50(10)"),
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
    ],
)
def test_numbers_are_pythons(number: Number, value: float) -> None:
    assert (number.value, type(number.value)) == (value, type(value))
    quoted = Quoted(NumberEntry("a", "x", "", 3, lambda lab: None), number)
    assert json.loads(as_json([quoted], "My", "x"))["numbers"][0]["value"] == value


@pytest.mark.parametrize(
    "value", [True, np.bool_(True), np.array([1.0]), np.nan, pytest.param(10**5000, id="long"), "1", None]
)
def test_what_is_no_finite_number(value: Any) -> None:
    with pytest.raises(ArgumentError, match="finite number"):
        Number(value, value, value, "x")


@pytest.mark.parametrize("unit", ["é", "µé", "m s", "a_b", "\\mu", "s²", "\x7f"])
def test_a_unit_that_latex_cannot_take(unit: str) -> None:
    with pytest.raises(ArgumentError, match="ASCII letters"):
        NumberEntry("a", "x", unit, 3, lambda lab: None)


def test_what_simulations_give() -> None:
    lab = Lab(seed=7)
    mean = Number.mean(np.array([1.0, 2.0, 3.0]), lab)
    assert (mean.value, mean.trials, mean.seed) == (2.0, 3, 7)
    assert mean.standard_error == pytest.approx(3**-0.5)
    assert Number.mean([1, 2], lab).value == 1.5
    for sample in ([], [1.0], [1.0, math.inf], [1.0, 2.0, math.nan]):
        with pytest.raises(ArgumentError, match="at least two finite numbers"):
            Number.mean(sample, lab)
    share = Number.share(0, 100, lab)
    assert (share.value, share.low, share.trials) == (0, 0, 100)
    assert 0.03 < share.high < 0.04
    assert share.written(3) == "0.000(9)"
    share = Number.share(3300, 10000, lab)
    assert share.standard_error == pytest.approx((0.33 * 0.67 / 10000) ** 0.5, rel=0.01)
    assert Number.share(33, 100, lab).written(2) == "0.33(5)"  # the form of a mean, whose brackets mean the same


@pytest.mark.parametrize("name", ["Mean", "mean_latency", "q95", "", "a--b", "-a", "mean latency", "é", "a\n"])
def test_a_name_that_latex_cannot_take(name: str) -> None:
    with pytest.raises(ArgumentError, match="lower-case words"):
        NumberEntry(name, "x", "", 3, lambda lab: None)
    with pytest.raises(ArgumentError, match="letters"):
        require_prefix(name if not name.isalpha() or not name.isascii() else name + "1")


def macros() -> str:
    says = "50 % of all_runs & more #1\nin two lines"
    numbers = {
        "tiny": (Number.bounds(-2e-12, 3e-12, "law & 5 %"), "m/s"),
        "half": (Number.exact(Fraction(1, 2), "a_b"), "%"),
        "delay": (Number.exact(3, "x"), "µs"),
        "heat": (Number.exact(3, "x"), "Ω/°C"),
        "mean": (Number(0.7082, 0.7, 0.72, "runs", 0.002, 100, 1), "s"),
        "large": (Number.exact(10**30, "x"), ""),
    }
    entries = {name: NumberEntry(name, says, unit, 3, lambda lab: None) for name, (_, unit) in numbers.items()}
    return as_latex([Quoted(entries[name], number) for name, (number, _) in numbers.items()], "My", "made & 5 %")


@given(st.tuples(FLOATS, FLOATS).map(sorted))
@example([0.30381709951, 0.30381709952])
@example([-5e-324, 5e-324])
@example([1.7e308, 1.797e308])
@example([0.3, 0.5])
def test_the_comment_has_the_interval_rounded_outwards(ends: list[float]) -> None:
    low, high = ends
    latex = as_latex([Quoted(NumberEntry("a", "x", "", 3, lambda lab: None), Number.bounds(low, high, "x"))], "My", "x")
    shown = re.search(r"in \[(.*), (.*)\]$", latex, re.MULTILINE)
    assert (shown is None) == (low == high)
    if shown is not None:
        below, above = map(Fraction, shown.groups())
        assert below < above
        assert below <= Fraction(repr(low))
        assert above >= Fraction(repr(high))


def test_every_line_is_a_macro_or_a_comment() -> None:
    assert all(line.startswith(("% ", r"\newcommand{\My")) for line in macros().splitlines() if line)


def test_macros_are_ascii() -> None:
    """With pdflatex and no package, other characters are dropped."""
    assert macros().isascii()
    assert r"3\,\mathrm{{\mu}s}" in macros()
    assert r"3\,\mathrm{{\Omega}/{}^\circ C}" in macros()


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no LaTeX here")
@pytest.mark.parametrize("planted", [False, True])
def test_latex_takes_the_macros(tmp_path: Path, planted: bool) -> None:
    r"""In text and in formulas; it does not take a name with a digit."""
    text = macros().replace(r"\MyHalf", r"\MyHalf2") if planted else macros()
    (tmp_path / "numbers.tex").write_text(text)
    body = r"\MyTiny, \MyDelay, \MyHeat, \MyHalf{} and $\MyMean = \MyLarge$."
    document = rf"\documentclass{{article}}\input{{numbers}}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "a.tex").write_text(document)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False)
    assert (done.returncode != 0) == planted, done.stdout.decode(errors="replace")[-500:]


# -------------------------------------------------------------------------------------------------------- at the limits


@pytest.mark.parametrize("make", [lambda n: n, lambda n: -n, lambda n: Fraction(1, n), lambda n: Fraction(-n, 3)])
def test_a_number_has_at_most_4000_digits(make: Any) -> None:
    """And so has the numerator, and the denominator, of a fraction; 10^4000 has 4001."""
    long = 10**4000
    assert Number.exact(make(long - 1), "x").value == make(long - 1)
    with pytest.raises(ArgumentError, match="at most 4000 digits"):
        Number.exact(make(long), "x")


@pytest.mark.parametrize("error", [-1e-300, math.inf, math.nan])
def test_a_standard_error_is_finite_and_not_negative(error: float) -> None:
    with pytest.raises(ArgumentError, match="'standard_error' must be a finite number of at least 0"):
        Number(1.0, 0.0, 2.0, "x", error)


def test_an_interval_contains_its_value() -> None:
    for value, low, high in ((1.0, 1.5, 2.0), (3.0, 1.5, 2.0)):
        with pytest.raises(ArgumentError, match=r"in its interval \[1.5, 2.0\]"):
            Number(value, low, high, "x")
    assert Number(1.5, 1.5, 2.0, "x").value == 1.5
    assert Number(2.0, 1.5, 2.0, "x").value == 2.0
    for low, high in ((2.0, 1.0), (math.nan, 1.0), (1.0, math.inf), (-math.inf, 1.0), ("1", 2.0)):
        with pytest.raises(ArgumentError, match="two finite numbers in ascending order"):
            Number.bounds(low, high, "x")  # type: ignore[arg-type]
    for value in (True, 0.5, "1"):
        with pytest.raises(ArgumentError, match="an integer or a Fraction"):
            Number.exact(value, "x")  # type: ignore[arg-type]
    whole = Number.bounds(1, 4, "x")
    assert (whole.value, whole.low, whole.high) == (2.5, 1, 4)
    assert Number.bounds(10**400, 10**400 + 3, "x").value == 10**400 + Fraction(3, 2)


def test_intervals_of_simulations_are_of_95_percent() -> None:
    """1.959964 standard errors on both sides of a mean; the exact interval of 1 of 2 is where its tails are 2.5 %."""
    mean = Number.mean([1.0, 2.0, 6.0], Lab(seed=7))
    error = (7 / 3) ** 0.5  # of deviations -2, -1 and 3: their squares are 14, over 2 x 3
    assert mean.standard_error == pytest.approx(error)
    assert (mean.low, mean.high) == pytest.approx((3 - 1.959963985 * error, 3 + 1.959963985 * error))
    assert (mean.how, Number.mean([1, 2], Lab(), "y").how) == ("mean of simulated runs", "y")
    share = Number.share(1, 2, Lab(seed=7))
    low = 1 - 0.975**0.5  # (1 - p)^2 = 0.975
    assert (share.value, share.low, share.high) == pytest.approx((0.5, low, 1 - low))
    assert share.standard_error == pytest.approx((1 - 2 * low) / (2 * 1.959963985))
    assert (share.trials, share.seed, share.how) == (2, 7, "fraction of simulated runs")
    assert Number.share(1, 1, Lab()).high == 1
    for successes, trials in ((3, 2), (-1, 2), (0, 0)):
        with pytest.raises(ArgumentError):
            Number.share(successes, trials, Lab())
    with pytest.raises(ArgumentError, match=r"not \[1\.0, 2\.0, 3\.0, 4\.0, inf\]"):
        Number.mean([1, 2, 3, 4, math.inf, 6], Lab())


# ---------------------------------------------------------------------------------------------------------- its formats


def a_few() -> list[Quoted]:
    numbers = [
        ("mean-latency", "ms", Number(0.7082, 0.7, 0.72, "runs", 0.002, 100, 1)),
        ("tiny", "%", Number.exact(Fraction(1, 3 * 10**9), "by  hand")),
        ("huge", "", Number.bounds(2 * 10**307 + 1, 3 * 10**308, "x")),
        ("third", "", Number.bounds(Fraction(1, 3), Fraction(2, 3), "x")),
    ]
    return [Quoted(NumberEntry(name, f"the {name}", unit, 3, lambda lab: None), its) for name, unit, its in numbers]


def test_the_macros_of_a_few_numbers() -> None:
    assert (
        as_latex(a_few(), "My", "made")
        == r"""% made

% the mean-latency
% runs; in [0.7, 0.72]; 100 trials, seed 1, fixed number of trials
\newcommand{\MyMeanLatency}{\ensuremath{0.708(2)\,\mathrm{ms}}}

% the tiny
% by hand
\newcommand{\MyTiny}{\ensuremath{3.33\times 10^{-10}\,\mathrm{\%}}}

% the huge
% x; in [2e+307, 3.000000000e+308]
\newcommand{\MyHuge}{\ensuremath{1.6(14)\times 10^{308}}}

% the third
% x; in [0.3333333333, 0.6666666667]
\newcommand{\MyThird}{\ensuremath{0.50(17)}}
"""
    )


def test_the_objects_of_a_few_numbers() -> None:
    document = json.loads(as_json(a_few()[:2] + a_few()[3:], "My", "madé"))
    assert document["made_by"] == "madé"
    names = "name macro says text unit value low high standard_error how trials seed"
    assert [" ".join(found) for found in document["numbers"]] == [names] * 3
    nano, runs = "1/3000000000", (0.7082, 0.7, 0.72, 0.002, "runs", 100, 1)
    assert [tuple(found.values()) for found in document["numbers"]] == [
        ("mean-latency", "MyMeanLatency", "the mean-latency", "0.708(2)", "ms", *runs),
        ("tiny", "MyTiny", "the tiny", "3.33e-10", "%", nano, nano, nano, None, "by  hand", None, None),
        ("third", "MyThird", "the third", "0.50(17)", "", "1/2", "1/3", "2/3", None, "x", None, None),
    ]
    assert as_json(a_few()[:1], "My", "é").startswith('{\n  "made_by": "é",\n  "numbers": [\n    {\n')
    assert as_csv(a_few()[:2], "My", "made") == (
        "# made\n"
        "name,macro,text,unit,value,low,high,standard_error,how,trials,seed,says\n"
        "mean-latency,MyMeanLatency,0.708(2),ms,0.7082,0.7,0.72,0.002,runs,100,1,the mean-latency\n"
        "tiny,MyTiny,3.33e-10,%,1/3000000000,1/3000000000,1/3000000000,,by  hand,,,the tiny\n"
    )


def test_a_number_is_written_once() -> None:
    (quoted, *_) = a_few()
    assert quoted.text is quoted.text
    assert (quoted.entry.macro("A"), require_prefix("Ab")) == ("AMeanLatency", "Ab")
