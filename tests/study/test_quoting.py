"""Numerals of a text that no macro gives, in LaTeX as it is written."""

from __future__ import annotations

import pytest

from srtheory.errors import ArgumentError
from srtheory.study.numbers import numerals, unused

LISTED = r"""
93 0.7 | We show that 93\% of runs end by time 0.7.
0.708(2) 1.5e-3 5 | It is $0.708(2)$ or \num{1.5e-3}, \SI{5}{ms}.
1,000 10 3 5 | Of 1,000 rows, 10\,000 runs and 3--5 columns.
3.5 100 10 | $T \le 3.5$, $m=100$ and $10^{-3}$
4 7 | \begin{align}a &= 4 \\ b &= \frac{7}{2}\end{align}
77 8 12 | \textbf{77} and \emph{in 8 cases}\footnote{Or 12.}
9 17 | \begin{tabular}{p{3cm}r}\multicolumn{2}{c}{9} \\ \cmidrule(lr){1-2} a & 17 \\[2pt]\end{tabular}
40 | \begin{figure}[t]\includegraphics[width=0.5\textwidth]{figure_1}\caption{At $m=40$.}\end{figure}
1 2 | In 1 case, 2 of them.
| By Theorem~2, Lemmas 3 and 4, Eq.~(3), Figs. 5--7, page 12 and Step 3, see (5) and [12, Section 3].
| In 2019, \cite[Theorem 2]{smith19} and Fig.~\ref{fig:1}.
| $x_1 + x_{12}^2$, $\mathbf{1}$, $m \ge 2$ and $\frac12 n$
| A 2-norm, IEEE-754, F1, H2O and 3D.
| \begin{enumerate}\item[1)] First.\end{enumerate}\vspace{-2mm}\hspace{3pt}
| \begin{tikzpicture}[scale=2]\draw (0,0) -- (1,9);\end{tikzpicture}\verb|34|
| \begin{lstlisting}~x = {12 $~\end{lstlisting}
| \begin{thebibliography}{10}\bibitem{a} Journal 12(3), pp. 45--67.\end{thebibliography}
| Let $m = 1000$. % given
| \documentclass[10pt]{article} 12 \begin{document}\Win{} of them\end{document}
5 6 7 | 5 rows {6} {7}
7 8 7 | $7$ 8 \begin{center}a\end{center}7
5 6 7 8 9 11 | \label{a} [5 rows] 6 \pageref{b} 7 [8 rows] \item 9 \item {11}
5 6 | \ref{a} (5 rows) \item (6 rows) \emph{a}
4 7 | \rule[2.5 mm]{1 mm}{3 mm} 4 \bibitem[at 1.5]{b 3} \cline{3-4} 7
7 | \cmidrule(l 3){1-2}{3-4} 7 \cmidrule[5 pt](r){1-2}
12 13 14 | \multirow{2}{*}{12} \multicolumn{3}{c}{13}{14}
3 4 9 5 | \unknown[3 mm]{4} \footnote[9 x]{5}
5 6 7 | \begin{tabular}{r}5 {6}\end{tabular} \begin{array}{3 c}{7}\end{array}
4 5 | \begin{minipage}[t]{3 cm}{4} 5\end{minipage} \begin{minipage}\end{minipage}
7 8 | \begin{tabularx}{3 cm}{c 3}{7}\end{tabularx} \begin{tabular*}{3 cm}{c 3}{8}\end{tabular*}
9 6 | $x_3 + y^7 + z_{12} 9 + z^{5}{6}$
3 2 | \begin{align*}x = 2 + 3\end{align*} \begin{center}2\end{center}
3 21 | $0 + \mbox{1 + 2} + 3 + 21$
5 7 5 8 93 12 000 7 5 7 6 | 5\quad7 5\!8 93\%12 x\,000 7,\,5 7\,000 6
5 6 7 8 0.5 1.5 9 9 | (5 rows), 6), [7 rows], 8], (0.5), [1.5] and [9) or (9]
1899 2100 19000 | 1899, 1900 and 2099 in 2100, 19000
4 5 | Section \emph{a} 4, Theorem $x$ 5
3 4 5 6 | 3 \begin{align}4\end{align} \begin{tabular}{r}5\end{tabular} 6
8 | 7 \begin{document}8\end{document} 9 \begin{document}10\end{document}
"""


@pytest.mark.parametrize("line", LISTED.strip().splitlines())
def test_each_numeral_of_a_result_is_listed_once_and_none_of_other_things(line: str) -> None:
    found, _, tex = line.partition("| ")
    tex = tex.replace("~", "\n") if "lstlisting" in tex else tex
    assert [one.text for one in numerals(tex)] == found.split()


@pytest.mark.parametrize(
    ("tex", "lines"),
    [
        ("$x$\n5\n\n", [(2, "5", "5")]),  # behind a formula, with lines that begin with it
        ("\n5\n  6   rows\n\n7", [(2, "5", "5"), (3, "6", "6 rows"), (5, "7", "7")]),
        ("5 % given\n6 % given \n7 % given, or so\n% given\n8", [(3, "7", "7 % given, or so"), (5, "8", "8")]),
        (
            "\\begin{document}\nOne.\f\n\\begin{verbatim}\n5\n\\end{verbatim}\n  It is\n   $7$ % so\n\\end{document}",
            [(7, "7", "$7$ % so")],
        ),
    ],
)
def test_lines_are_the_readers_and_counted_from_1(tex: str, lines: list[tuple[int, str, str]]) -> None:
    assert [(one.line, one.text, one.context) for one in numerals(tex)] == lines


@pytest.mark.parametrize("tex", ["\\begin{document} {", "\\begin{a}\\end{b}", "$1"])
def test_what_is_no_latex_is_told(tex: str) -> None:
    with pytest.raises(ArgumentError, match=r"'text' must be a file of LaTeX, not .* was expecting .* @\(1,\d+\)"):
        numerals(tex, "text")


def test_macros_that_a_text_does_not_use() -> None:
    tex = "\\WinA{} % \\WinB\n 5 \\% \\WinC and \\WinDD"
    assert unused(tex, ["WinA", "WinB", "WinC", "WinD"]) == ["WinB", "WinD"]
