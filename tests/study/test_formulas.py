"""Text with formulas between dollar signs, in each form."""

from __future__ import annotations

import pytest

from srtheory.render.formulas import as_mathml, as_unicode
from srtheory.render.write import markdown_text


@pytest.mark.parametrize(
    ("text", "markdown", "terminal"),
    [
        (r"a*b, $x_1 \le |A|$ and a|b", r"a\*b, $x_1 \le \vert A\vert $ and a\|b", "a*b, x_1 ≤ |A| and a|b"),
        (r"$\ln m < \frac{1}{2}$", r"$\ln m < \frac{1}{2}$", "ln m < 1/2"),
        ("no [formula]", r"no \[formula\]", "no [formula]"),
    ],
)
def test_a_formula_stays_one(text: str, markdown: str, terminal: str) -> None:
    assert markdown_text(text) == markdown
    assert as_unicode(text) == terminal


def test_html_has_mathml_and_a_formula_that_is_none_as_code() -> None:
    assert as_mathml("a < $m$").startswith("a &lt; <math")
    assert as_mathml("$a_b_c <$") == "<code>a_b_c &lt;</code>"
