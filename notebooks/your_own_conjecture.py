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
# # Your own conjecture
#
# The paper asks for conditions under which the received rows span **1**. Coverage is not enough. Suppose you suspect
# that coverage with some redundancy is enough. This notebook takes such a suspicion through a search for its smallest
# counterexample, a better conjecture, a proof, and a table for a paper.
#
# A conjecture is a predicate about a `Case`, some received rows. It is `True` if the statement holds, `False` if it
# fails, and `None` if its hypothesis is not met. A conjecture also has a statement and a domain.

# %%
from fractions import Fraction

import matplotlib.pyplot as plt
import networkx as nx
import numpy as np
from ipywidgets import IntSlider, interact

from srtheory.conjectures.case import Case, covered, spans
from srtheory.conjectures.counts import covering_probability, spanning_probability
from srtheory.conjectures.domains import reduced_receptions
from srtheory.conjectures.hunt import hunt
from srtheory.conjectures.registry import conjecture
from srtheory.conjectures.hunt import as_text
from srtheory.render.style import COLOURS, STYLE
from srtheory.render.table import Column, Kind, Table
from srtheory.render.write import as_latex, as_markdown
from srtheory.span.graph import tanner_graph
from srtheory.span.obstruction import obstruction

plt.rcParams.update(STYLE)


def inactive(case: Case) -> set[int]:
    """Workers that have sent nothing; worker i's own term is term i."""
    return set(range(case.symbols)) - set(case.workers)


# %% [markdown]
# ## First suspicion: cover everything twice
#
# Terms of workers that have sent something are known. Of a block, only its part among the terms of inactive workers
# matters (an inactive worker has sent nothing). Suppose that each of these terms is in at least *two* different
# parts. (The domain is everything that a master can have received, one of each class with the same set of parts. A
# predicate about it must depend on nothing else.)


# %%
@conjecture("If every inactive worker's term stands in two different blocks, the rows span 1.", reduced_receptions())
def inactive_terms_twice(case: Case) -> bool | None:
    unknown = inactive(case)
    parts = {mask & sum(1 << j for j in unknown) for mask in case.masks}
    times = [sum(part >> j & 1 for part in parts) for j in unknown]
    return spans(case) if min(times, default=2) >= 2 else None


first = hunt(inactive_terms_twice, budget=100)
print(as_text(first))

# %% [markdown]
# This is a counterexample, and `smallest yes` means that every smaller case has been tested, one of each class under
# relabelling. It has a kernel vector that an independent checker has verified. The picture shows it:


# %%
# alt: Seven terms as circles above six rows as squares, joined where a row has a term. Three rows have one grey term
# each; the other three all have the fourth term, weight +2, and two each of the last three, weight -1, so that each
# row's weights cancel.
def draw(case, title):
    why = obstruction(case.rows)
    weight = dict(zip(why.support, why.weights, strict=True)) if why else {}
    graph, place = tanner_graph(case.rows), {("column", j): (j, 1) for j in range(case.symbols)}
    squares = [("row", i) for i in range(len(case.sets))]
    centre = {i: np.mean(support) for i, support in enumerate(case.sets)}
    for order, i in enumerate(sorted(centre, key=centre.get)):
        place["row", i] = ((order + 0.5) * case.symbols / len(squares) - 0.5, 0)
    _, axes = plt.subplots(figsize=(7, 3), layout="constrained")
    nx.draw_networkx_edges(graph, place, ax=axes)
    shade = [
        COLOURS[1] if weight.get(j, 0) > 0 else COLOURS[3] if j in weight else "#dddddd" for j in range(case.symbols)
    ]
    terms = [("column", j) for j in range(case.symbols)]
    nx.draw_networkx_nodes(graph, place, terms, node_color=shade, node_size=480, ax=axes)
    nx.draw_networkx_nodes(graph, place, squares, node_shape="s", node_color=COLOURS[0], node_size=300, ax=axes)
    nx.draw_networkx_labels(graph, place, {("column", j): f"{w:+d}" for j, w in weight.items()}, ax=axes)
    for i in range(len(squares)):
        axes.text(place["row", i][0], -0.3, f"w{case.workers[i] + 1}", ha="center", fontsize=8.5)
    for j in range(case.symbols):
        axes.text(j, 1.25, f"$f_{{{j + 1}}}$", ha="center")
    axes.set(ylim=(-0.45, 1.5), title=title)
    axes.axis("off")
    plt.show()


assert first.smallest
draw(first.counterexample, "covered twice, not spanned")

# %% [markdown]
# Every term of an inactive worker occurs twice or more, and still each block cancels against the same weights. So the
# number of occurrences is the wrong quantity. What about the number of inactive workers?
#
# ## Second suspicion: few inactive workers


# %%
def few_inactive(most: int):
    @conjecture(
        f"Rows that cover, with at most {most} inactive workers, span 1.", reduced_receptions(), name=f"inactive-{most}"
    )
    def predicate(case: Case) -> bool | None:
        return spans(case) if covered(case) and len(inactive(case)) <= most else None

    return predicate


three, two = hunt(few_inactive(3), budget=100), hunt(few_inactive(2), max_symbols=7, budget=100)
print(as_text(three), as_text(two), sep="\n\n")
assert three.smallest
assert two.counterexample is None
assert 7 in two.searched.whole

# %%
# alt: Five terms as circles above four rows as squares. Two rows have one grey term each; the other two share the third
# term, weight +1, and have the fourth or the fifth beside it, weight -1.
draw(three.counterexample, "three inactive workers: f₃, f₄, f₅")

# %% [markdown]
# With three inactive workers the conjecture fails at once. With two it holds for all of $m \le 7$. This deserves a
# proof:
#
# *Only terms of inactive workers are unknown. If there are two, $f_a$ and $f_b$, every block is, apart from known
# terms, $0$, $f_a$, $f_b$ or $f_a + f_b$. Both are covered. Either some row is $f_a + f_b$ up to known terms. Then
# the sum can be recovered. Or no row has both, so one has $f_a$ alone and another $f_b$ alone. One inactive worker is
# easier, none is trivial.* ∎
#
# The search did not prove the theorem. It showed which theorem to prove.
#
# ## How often does coverage mislead?
#
# For given numbers of rows from each worker, $P(\text{covered})$ and $P(\text{spans})$ are exact fractions. Here $z$
# workers are inactive and each of the others has sent its own term and one block of $d$.


# %%
# alt: The chance that covered rows do not span, against the number of inactive workers, for blocks of two and of three:
# zero up to two, in a grey band marked as proved, small at three, and 0.3 and 0.5 at four.
def misled(m: int, d: int, z: int) -> tuple[Fraction, Fraction]:
    counts = [2] * (m - z) + [0] * z
    return covering_probability(m, d, counts), spanning_probability(m, d, counts)


def gap(m):
    _, axes = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
    for i, d in enumerate((2, 3)):
        points = [(z, *misled(m, d, z)) for z in range(m - 1)]
        share = [float(1 - spanned / cover) if cover else np.nan for _, cover, spanned in points]
        axes.plot([z for z, *_ in points], share, "o-", color=COLOURS[i], label=f"d = {d}")
    axes.axvspan(-0.3, 2.5, color="grey", alpha=0.15, linewidth=0)
    axes.text(1.1, axes.get_ylim()[1] * 0.9, "proved 0", ha="center", fontsize=9)
    axes.set(xlabel="inactive workers z", ylabel="P(not spanned | covered)", title=f"m = {m}, one block each, exact")
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
    plt.show()


gap(7)

# %%
_ = interact(gap, m=IntSlider(7, 4, 8, continuous_update=False))

# %% [markdown]
# ## A table for the paper
#
# A table is a caption, typed columns and rows. The same object is written as Markdown, LaTeX (booktabs, siunitx) and
# CSV.

# %%
columns = (
    Column("inactive", "inactive", Kind.INTEGER),
    Column("covered", "P(covered)", Kind.FRACTION),
    Column("spanned", "P(spanned)", Kind.FRACTION),
    Column("misled", "P(not spanned | covered)", Kind.NUMBER, decimals=4),
)
lines = []
for z in range(5):
    cover, spanned = misled(7, 2, z)
    assert z > 2 or cover == spanned
    assert spanned <= cover
    lines.append((z, cover, spanned, float(1 - spanned / cover) if cover else None))
table = Table("inactive-workers", "Seven workers, blocks of two, one block from each that speaks.", columns, tuple(lines))
print(as_markdown(table, "notebooks/your_own_conjecture.py"))

# %%
print(as_latex(table, "notebooks/your_own_conjecture.py"))

# %% [markdown]
# ## On the command line
#
# Put a predicate into a file of your own and search for a counterexample with
#
#     srtheory hunt my_conjectures.py::inactive-terms-twice --max-symbols 7
#
# [Your own conjecture](../docs/conjectures.md) lists the domains and the attributes of a `Case`; docs/proofs proves what
# "smallest" means.
