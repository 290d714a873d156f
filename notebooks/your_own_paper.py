# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Your own paper
#
# A paper is a *study*: claims, each with a check, and figures, tables and numbers. This notebook takes an invented
# abstract of six sentences to a ledger, an errata table, a figure at column width and numbers in a PDF. On the
# command line, `srtheory new FOLDER` begins a study that does all this with `make`; [Your own
# paper](../docs/own_paper.md) describes it.
#
# > **Pairs around a ring.** (1) We compute a sum of $m$ terms by $m$ workers on a ring, each of which sends the sum of
# > its own term and the next. (2) Every second worker is enough, so that $m/2$ messages give the sum. (3) Fewer messages
# > never do. (4) Any $m - 1$ messages give the sum. (5) With exponential delays the ring is faster than waiting for all
# > workers. (6) For 12 workers the mean latency is 2.1.
#
# Sentence 1 is a definition, sentences 2 to 5 are claims, and sentence 6 is a number.

# %%
import shutil
import subprocess
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Image, Markdown

from srtheory import Finding, Model, Number, Study, Verdict, from_sets, parse_law, spans, stopping_time
from srtheory.render.formulas import as_unicode
from srtheory.render.style import COLOURS, DASHES, STYLE, Drawing, canvas, house_style, laid_out, write
from srtheory.render.write import as_latex, as_markdown
from srtheory.study.making import drawing, table
from srtheory.study.numbers import Quoted
from srtheory.study.numbers import as_latex as macros
from srtheory.testing import UnseenMistakeError, check_study

plt.rcParams.update(STYLE)
study = Study(
    title="Pairs around a ring",
    authors=("A. Author",),
    sections=("Abstract",),
    at=Model(12, 2, 0.01, parse_law("expon(scale=1)")),
    prefix="Ring",
)


def ring(m):
    """The pairs of a ring: row i holds terms i and i + 1."""
    return [[i, (i + 1) % m] for i in range(m)]


def sets(m, k, rows=ring):
    """All sets of k of the messages, as matrices."""
    return (from_sets(m, [list(row) for row in chosen]) for chosen in combinations(rows(m), k))


# %% [markdown]
# ## Claims and their checks
#
# A check is a function of the laboratory `lab` that returns a `Finding`: a verdict, a sentence, and evidence. Each
# object that it judges is a keyword argument, so that a mistake can be planted. `planted` names arguments for which
# the verdict must be another one. Formulas stand between dollar signs. A refined or refuted claim has a `correction`
# for the errata table.


# %%
@study.claim(
    "every-second",
    where="Abstract, 2",
    says=r"Every second worker is enough, so that $m/2$ messages give the sum.",
    checked_by=("exact computation",),
    planted={"rows": lambda m: [[i, (i + 2) % m] for i in range(m)]},
)
def every_second(lab, *, rows=ring, largest=12):
    fails = [m for m in range(3, largest + 1) if not spans(from_sets(m, rows(m)[::2]))]
    evidence = {"how": rf"exact rank, $3 \le m \le {largest}$", "smallest": f"m = {fails[0]}"}
    if 4 in fails:
        return Finding(Verdict.REFUTED, "False for every $m$.", evidence)
    return Finding(Verdict.REFINED, "True for even $m$ only.", evidence, correction="Let $m$ be even.")


@study.claim(
    "no-fewer",
    where="Abstract, 3",
    says="Fewer than $m/2$ messages never give the sum.",
    checked_by=("exact computation",),
    planted={"rows": lambda m: [[*range(m)], *ring(m)[1:]]},
)
def no_fewer(lab, *, rows=ring, largest=8):
    found = [m for m in range(3, largest + 1) for k in range((m + 1) // 2) if any(map(spans, sets(m, k, rows)))]
    evidence = {"how": rf"every set of fewer than $m/2$ messages, $3 \le m \le {largest}$"}
    if found:
        return Finding(Verdict.REFUTED, f"False at $m = {found[0]}$.", evidence)
    return Finding(Verdict.VERIFIED, "True: each message has two of the $m$ terms.", evidence)


@study.claim(
    "all-but-one",
    where="Abstract, 4",
    says="Any $m - 1$ messages give the sum.",
    checked_by=("exact computation",),
    planted={"rows": lambda m: [[i] for i in range(m)]},
)
def all_but_one(lab, *, rows=ring, largest=8):
    good = [m for m in range(3, largest + 1) if all(map(spans, sets(m, m - 1, rows)))]
    evidence = {"how": rf"every set, $3 \le m \le {largest}$", "smallest": "m = 3, without the last message"}
    if good != [4, 6, 8]:
        return Finding(Verdict.REFUTED, "False for every $m$.", evidence)
    text = "True for even $m$. For odd $m$ all $m$ messages are needed."
    return Finding(Verdict.REFINED, text, evidence, correction="For odd $m$ all messages are needed.")


def latencies(lab, m):
    """Times at which the sum can be recovered, one a run, with exponential delays of mean 1."""
    delays = np.random.default_rng(lab.seed).exponential(size=(lab.trials, m))
    order = np.argsort(delays, axis=1)
    needed = [stopping_time(from_sets(m, [ring(m)[i] for i in run])) for run in order]
    return np.sort(delays, axis=1)[range(lab.trials), np.array(needed) - 1], delays.max(axis=1)


@study.claim(
    "faster",
    where="Abstract, 5",
    says="With exponential delays the ring is faster than waiting for all workers.",
    checked_by=("simulation",),
    planted={"m": 11},
)
def faster(lab, *, m=12):
    sooner, last = latencies(lab, m)
    gain = last - sooner
    evidence = {"how": "paired runs, fixed number of trials", "mean gain": gain.mean(), "m": m}
    if (gain == 0).all():
        return Finding(Verdict.NOT_REPRODUCED, "Never: the last message is needed in every run.", evidence, lab.trials)
    text = f"By {gain.mean():.2f} on average for $m = {m}$; not for odd $m$, where it waits for all, too."
    return Finding(Verdict.SUPPORTED, text, evidence, lab.trials)


# %% [markdown]
# Each check is run without and with its planted mistake. A check that cannot tell the two apart is an error. Here is
# one:

# %%
check_study(study)
blind = Study(title="A check that is blind")


@blind.claim("none", where="I", says="Pairs have two terms.", planted={"pairs": [[0, 1, 2]]})
def none(lab, *, pairs=((0, 1),)):
    return Finding(Verdict.VERIFIED, "They have two.")


try:
    check_study(blind)
except UnseenMistakeError as error:
    print(error)

# %% [markdown]
# ## Ledger and errata
#
# The ledger has one entry per claim. Two of the four sentences have to be corrected.

# %%
lab = study.lab()
ledger = [claim.settle(lab) for claim in study.chosen()]
for entry in ledger:
    print(f"{entry.id:13} {entry.verdict:10} {as_unicode(entry.finding)}")

# %%
errata = table(study, "errata", lab, ledger=lambda lab: ledger)
Markdown(as_markdown(errata, "notebook Your own paper"))

# %% [markdown]
# ## Numbers
#
# Sentence 6 quotes a number. A number of a study has an interval, or is exact, and states how it is known. It is
# written as siunitx reads it, with the standard error in brackets.


# %%
@study.number("mean-latency", digits=3, says="mean latency of the ring, m = 12")
def mean_latency(lab):
    return Number.mean(latencies(lab, 12)[0], lab)


@study.number("all-latency", says="mean latency if all 12 workers are waited for")
def all_latency(lab):
    return Number.mean(latencies(lab, 12)[1], lab)


@study.number("least-messages", says="least number of messages that give the sum, m = 12")
def least_messages(lab):
    return Number.exact(next(k for k in range(13) if any(map(spans, sets(12, k)))), how="exact rank, all sets")


quoted = [Quoted(entry, entry.compute(lab)) for entry in study.chosen_numbers()]
print(macros(quoted, study.prefix, "notebook Your own paper"))

# %% [markdown]
# The abstract states 2.1. The macro has the computed number, and `srtheory numbers STUDY --check paper.tex` finds
# numerals that no macro gives.
#
# ## A figure at column width


# %%
# alt: Share of runs that need longer than t, two curves that fall from 1 to 0: the ring, on the left, falls to one half
# at about 1.6, and all workers, on the right, at about 3.
@study.figure("tails", says="how often the ring and all workers need longer than t")
def tails(lab):
    points = []
    with house_style():
        picture = canvas(f"m = 12, {lab.trials} runs, seed {lab.seed}", height=3.0)
        axes = picture.add_subplot()
        for i, (name, times) in enumerate(zip(("ring", "all workers"), latencies(lab, 12), strict=True)):
            times, shares = np.sort(times), 1 - np.arange(1, lab.trials + 1) / lab.trials
            axes.step(times, shares, color=COLOURS[i], linestyle=DASHES[i], label=name, where="post")
            points += [(name, t, p) for t, p in zip(times, shares, strict=True)]
        axes.set(xlabel="t", ylabel="P(T > t)")
        axes.legend()
    return Drawing("tails", picture, ("scheme", "t", "share"), points)


folder = TemporaryDirectory()
out = Path(folder.name)
with laid_out(3.5):
    files = write(drawing(study, "tails", lab), out)
print(*(file.name for file in files))
Image(out / "figure_tails.png", width=350)

# %%
# alt: The two latencies of each of 100 runs, as points that are all below a dashed diagonal: the ring is always sooner
# than all workers, since any 11 of 12 messages are enough.
sooner, last = latencies(lab, 12)
_, axes = plt.subplots(figsize=(3.6, 3.2), layout="constrained")
axes.plot(last, sooner, ".", color=COLOURS[0])
axes.plot([0, last.max()], [0, last.max()], color="#555555", linestyle="--")
axes.set(xlabel="all workers", ylabel="ring")
print(f"sooner in {(sooner < last).mean():.0%} of the runs, by {(last - sooner).min():.2g} or more")

# %% [markdown]
# ## The PDF
#
# The text has no numeral: it inputs the macros, the errata table and the figure.

# %%
paper = r"""
\documentclass[twocolumn]{article}
\usepackage{amsmath,amssymb,booktabs,array,longtable,siunitx,graphicx}
\input{numbers}
\begin{document}
Pairs around a ring recover the sum after \RingMeanLatency{} on average, all workers after \RingAllLatency.
At least \RingLeastMessages{} messages are needed.
\begin{figure}\includegraphics[width=\columnwidth]{figure_tails}\caption{Tails.}\end{figure}
\input{errata}
\end{document}
"""
(out / "paper.tex").write_text(paper)
(out / "numbers.tex").write_text(macros(quoted, study.prefix, "notebook Your own paper"))
(out / "errata.tex").write_text(as_latex(errata, "notebook Your own paper", columns=1))
if shutil.which("pdflatex"):
    command = ["pdflatex", "-interaction=batchmode", "-halt-on-error", "paper.tex"]
    subprocess.run(command, cwd=out, capture_output=True, check=True)
    print("paper.pdf", (out / "paper.pdf").read_bytes()[:4].decode())
else:
    print("no LaTeX here: paper.tex and what it inputs are written")

# %% [markdown]
# Begin with `srtheory new FOLDER`, which writes all this as files: [Your own paper](../docs/own_paper.md) leads from
# there to a changed claim, a new number and a PDF in ten minutes.
