"""Formulas between dollar signs: in terminals, in LaTeX, in Markdown and in HTML."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from srtheory.render.formulas import as_mathml, as_unicode, latex_prose, segments
from srtheory.render.write import markdown_text

TYPED = st.text(st.characters(max_codepoint=126, exclude_categories=["Cc"]))


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("at $m = 5$, $d$", [("at ", False), ("m = 5", True), (", ", False), ("d", True)]),
        (r"costs \$5 and \$6", [("costs $5 and $6", False)]),
        ("one $ only, $$, $5 and $6", [("one $ only, $$, $5 and $6", False)]),
        (r"$\mu\tau = 2.04e-06$", [(r"\mu\tau = 2.04\cdot 10^{-6}", True)]),
        ("3e-12 in words", [("3e-12 in words", False)]),
    ],
)
def test_pieces(text: str, pieces: list[tuple[str, bool]]) -> None:
    assert list(segments(text)) == pieces


@pytest.mark.parametrize(
    ("text", "unicode"),
    [
        (r"$\Pr(Y \le t) = 1 - \exp(-\mu(t - \tau d n))$", "Pr(Y ≤ t) = 1 - exp(-μ(t - τd n))"),
        (r"$m^{1 - c\mu\tau}$, $m^{-\delta}$, $10^{-5}$, $m^{1.12}$", "m^(1 - cμτ), m^-δ, 10^-5, m^1.12"),
        (r"$\operatorname{rank}([G^T \mid \mathbf 1])$", "rank([G^T | 1])"),
        (r"$\mu\tau = 0.2$, $m^2\,\mu\tau \to 0$", "μτ = 0.2, m^2 μτ → 0"),
        (r"$d \ge (1 + \eta) e^x \ln m$, $O(m \log m)$", "d ≥ (1 + η) e^x ln m, O(m log m)"),
        (r"$X \sim \mathrm{Exp}(0.2)$, $a \ne b$", "X ∼ Exp(0.2), a ≠ b"),
        (r"$\tfrac12$, $\dfrac{1}{2}$, $f\colon A \to B$, $M' \lt 1$", "1/2, 1/2, f: A → B, M' < 1"),
        (r"$\frac n{n-k}$, $\frac1\mu\ln x$, $\tfrac12n$, $\frac\mu\tau$", "n/(n-k), 1/μ ln x, 1/2 n, μ/τ"),
        (r"$\frac{a+b}{cd}$, $x_{i+1}$, $\|x\|$, $\gcd(a)$", "(a+b)/(cd), x_(i+1), ‖x‖, gcd(a)"),
        (r"$\max(m, \mathrm{CC})$, $\lceil m/d\rceil$, 20 %", "max(m, CC), ⌈m/d⌉, 20 %"),
    ],
)
def test_terminals(text: str, unicode: str) -> None:
    assert as_unicode(text) == unicode


@pytest.mark.parametrize(
    "formula",
    [
        *(r"\binom{n}{k}", r"\overline{x}", r"\sqrt[3]{x}", r"\xrightarrow{a}", r"\begin{cases} 1 \\ 2\end{cases}"),
        *(r"\href{a}{b}", r"\verb", r"\footnote", r"\frac{1"),
    ],
)
def test_terminals_show_as_typed_what_would_lose_a_macro(formula: str, caplog: pytest.LogCaptureFixture) -> None:
    assert as_unicode(f"${formula}$") == f"${formula}$"
    assert not caplog.records


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        (r"a_b $\tau|d$ & c", r"a\_b $\tau|d$ \& c"),
        ("at most 3.7e-05 or 1e-16, not x1e5", r"at most $3.7\cdot 10^{-5}$ or $10^{-16}$, not x1e5"),
        (r"$O(m \log m)$ and $2 \ln m$", r"$O(m\allowbreak \log m)$ and $2\allowbreak \ln m$"),
        (r"\$5 <= 6", r"\$5 \ensuremath{\leq} 6"),
    ],
)
def test_latex(text: str, latex: str) -> None:
    assert latex_prose(text) == latex


def test_markdown_keeps_formulas_and_escapes_the_rest() -> None:
    assert markdown_text(r"a_b $f_i \le |v|$ \$5 | c") == r"a\_b $f_i \le \|v\|$ \$5 \| c"


def test_html_sets_formulas_and_escapes_the_rest() -> None:
    shown = as_mathml(r"<b> if $2 \ln m < \mathbf 1$")
    assert shown.startswith("&lt;b&gt; if <math ")
    found = ElementTree.fromstring(shown[shown.index("<math") :])
    assert "".join(found.itertext()) == "2lnm<1"
    assert re.search(r'<mo lspace="0.17em" rspace="0.17em">ln</mo>', shown)
    assert 'style="font-weight: bold">1<' in shown


@pytest.mark.parametrize(
    "formula",
    [r"\text{<script>x()</script>}", r"\href{javascript:x()}{y}", r"\style{position: fixed}{x}", r"\text{&bad;}"],
)
def test_what_would_be_other_markup_stands_as_typed(formula: str) -> None:
    """And so does what is no formula: tests/contracts/test_studies.py."""
    shown = as_mathml(f"${formula}$")
    assert "<" not in shown
    assert shown.startswith("$")


@given(TYPED)
def test_no_text_brings_markup_of_its_own(text: str) -> None:
    page = ElementTree.fromstring(f"<p>{as_mathml(text)}</p>")
    assert {element.tag.rpartition("}")[2][0] for element in page.iter() if element is not page} <= {"m"}
    assert not {name for element in page.iter() for name in element.attrib} & {"href", "onclick", "src"}
