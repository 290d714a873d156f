"""Numerals of a text that no macro gives, in LaTeX as it is written."""

from __future__ import annotations

import pytest

from srtheory.errors import ArgumentError
from srtheory.study.quoting import numerals, unused


@pytest.mark.parametrize(
    ("tex", "found"),
    [
        # results
        ("We show that 93\\% of runs end by time 0.7.", ["93", "0.7"]),
        ("It is $0.708(2)$ or \\num{1.5e-3}, \\SI{5}{ms}.", ["0.708(2)", "1.5e-3", "5"]),
        ("Of 1,000 rows, 10\\,000 runs and 3--5 columns.", ["1,000", "10", "3", "5"]),
        ("$T \\le 3.5$, $m=100$ and $10^{-3}$", ["3.5", "100", "10"]),
        ("\\begin{align}a &= 4 \\\\ b &= \\frac{7}{2}\\end{align}", ["4", "7"]),
        ("\\textbf{77} and \\emph{in 8 cases}\\footnote{Or 12.}", ["77", "8", "12"]),
        (
            "\\begin{tabular}{p{3cm}r}\\multicolumn{2}{c}{9} \\\\ \\cmidrule(lr){1-2} a & 17 \\\\[2pt]\\end{tabular}",
            ["9", "17"],
        ),
        (
            "\\begin{figure}[t]\\includegraphics[width=0.5\\textwidth]{figure_1}\\caption{At $m=40$.}\\end{figure}",
            ["40"],
        ),
        ("In 1 case, 2 of them.", ["1", "2"]),
        # numbers of other things
        ("By Theorem~2, Lemmas 3 and 4, Eq.~(3), Figs. 5--7, page 12 and Step 3, see (5) and [12, Section 3].", []),
        ("In 2019, \\cite[Theorem 2]{smith19} and Fig.~\\ref{fig:1}.", []),
        ("$x_1 + x_{12}^2$, $\\mathbf{1}$, $m \\ge 2$ and $\\frac12 n$", []),
        ("A 2-norm, IEEE-754, F1, H2O and 3D.", []),
        ("\\begin{enumerate}\\item[1)] First.\\end{enumerate}\\vspace{-2mm}\\hspace{3pt}", []),
        ("\\begin{tikzpicture}[scale=2]\\draw (0,0) -- (1,9);\\end{tikzpicture}\\verb|34|", []),
        ("\\begin{lstlisting}\nx = {12 $\n\\end{lstlisting}", []),
        ("\\begin{thebibliography}{10}\\bibitem{a} Journal 12(3), pp. 45--67.\\end{thebibliography}", []),
        ("Let $m = 1000$. % given", []),
        ("% 12 in a comment\n", []),
        ("\\documentclass[10pt]{article} 12\n\\begin{document}\\Win{} of them\\end{document}", []),
    ],
)
def test_what_is_listed(tex: str, found: list[str]) -> None:
    assert [one.text for one in numerals(tex)] == found


def test_the_line_is_the_readers() -> None:
    tex = "\\begin{document}\nOne.\f\n\\begin{verbatim}\n5\n\\end{verbatim}\n  It is\n   $7$ % or so\n\\end{document}\n"
    (one,) = numerals(tex)
    assert (one.line, one.text, one.context) == (7, "7", "$7$ % or so")


@pytest.mark.parametrize("tex", ["\\begin{document} {", "\\begin{a}\\end{b}", "$1"])
def test_what_is_no_latex_is_told(tex: str) -> None:
    with pytest.raises(ArgumentError, match="a file of LaTeX"):
        numerals(tex)


def test_macros_that_a_text_does_not_use() -> None:
    tex = "\\WinA{} % \\WinB\n 5 \\% \\WinC and \\WinDD"
    assert unused(tex, ["WinA", "WinB", "WinC", "WinD"]) == ["WinB", "WinD"]
