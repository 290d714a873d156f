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
# # Decoding
#
# "The final question, which may be the most important for practical deployments": LT codes are decoded in
# $O(m \log m)$, while (3) takes elimination. Is there a code that keeps the low latency of SR codes, and is decoded
# so cheaply? This notebook shows what is known, in five steps: the cost of elimination, the price of peeling,
# designed sizes that pay it, rows for which a graph is enough, and real sums. Proofs are in [Peeling, and the third
# question](../docs/proofs/decoding.md) and [Interval codes](../docs/proofs/intervals.md).

# %%
from dataclasses import replace
from fractions import Fraction
from math import ceil, log

import matplotlib.pyplot as plt
import numpy as np

from paper_checks.parameters import DEGREE, EXPONENTIAL, SYMBOLS, TAU
from paper_checks.real_sums import CONSTRUCTIONS, recover
from srtheory.decoders.base import leading
from srtheory.decoders.intervals import cycle, intervals
from srtheory.decoders.intervals import arcs
from srtheory.decoders.peeling import peeling
from srtheory.decoders.sums import UNIT
from srtheory.decoders.span import span
from srtheory.decoders.sums import by_arcs
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.summary import column, summarise
from srtheory.experiments.trial import Task, received_until, run_trials
from paper_checks.workloads import WORKLOADS
from srtheory.model import Model
from srtheory.render.style import COLOURS, STYLE
from srtheory.matrix import from_sets
from srtheory.schemes import make
from srtheory.span.engine import spans
from paper_checks.theory.statements.overhead import price_of_peeling, proved_overhead
from srtheory.theory.peeling import arrived

plt.rcParams.update(STYLE)

# %% [markdown]
# The next cell sets the number $m$ of terms, the number $d$ of terms in a block, the time $\tau$ per term and the
# start-up law. These are the paper's. Everything below that is simulated or computed at the paper's parameters uses
# them, and you can change them here. The numbers that the text quotes are those at the paper's parameters.

# %%
m, d, tau, startup = SYMBOLS, DEGREE, TAU, EXPONENTIAL
law, trials = parse_law(startup), 400
as_in_paper = (m, d, tau, startup) == (SYMBOLS, DEGREE, TAU, EXPONENTIAL)

# %% [markdown]
# ## The cost of elimination
#
# Take an SR code whose blocks have about $\ln m$ terms. At $M'$ rows it is solved by peeling as far as possible.
# Where peeling stops, unknowns are set aside, and a dense core of these is eliminated. The core is a third of all
# unknowns, so its cube dominates. The table has operations, medians of five runs per size. Peeling touches every
# entry twice, and a cycle of arcs (further below) adds up a few values.

# %%
# alt: Operations against m from 250 to 4000, on logarithmic axes: elimination of SR codes rises as the cube, from a
# million to three thousand million; peeling blocks of three stays just below the line 4 m ln m; adding along a cycle of
# arcs takes a few hundred.
sizes = (m // 4, m // 2, m, 2 * m, 4 * m)


def median_cost(scheme, options, decoder, cost, degree=None):
    """Median operations of five runs at each size."""
    found = []
    for n in sizes:
        task = Task(make(scheme, n, **options(n)), DelayModel(law, tau), seed=1)
        runs = [received_until(task, i, lambda r: decoder(r).stopping_time) for i in range(5)]
        found.append(float(np.median([cost(received.rows.prefix(k)) for received, k in runs])))
    return np.array(found)


def log_degree(m):
    return {"degree": ceil(1.5 * log(m))}


def touched_twice(rows):
    return 2 * len(rows.indices)


def along_a_cycle(rows):
    return len(cycle(rows).rows) - 1


costs = {
    "SR, d = 1.5 ln m: elimination": median_cost("sr", log_degree, span, leading),
    "blocks of 3: peeling": median_cost("sr", lambda m: {"degree": 3}, peeling, touched_twice),
    "arcs of 10: additions along a cycle": median_cost("arcs", lambda m: {"degree": 10}, intervals, along_a_cycle),
}
_, axes = plt.subplots(figsize=(6.4, 3.8), layout="constrained")
for (name, values), colour in zip(costs.items(), COLOURS, strict=False):
    slope = np.polyfit(np.log(sizes), np.log(values), 1)[0]
    axes.loglog(sizes, values, "o-", color=colour, label=f"{name}, m^{slope:.2f}")
axes.loglog(sizes, 4 * np.array(sizes) * np.log(sizes), ":", color="black", linewidth=0.8, label="4 m ln m")
axes.set(xlabel="m", ylabel="operations", title=f"X ~ {startup}, τ = {tau}")
axes.set_xticks(sizes, [str(n) for n in sizes])
axes.minorticks_off()
axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
plt.show()

# %% [markdown]
# ## Why peeling stops
#
# Let the fraction $y$ of the symbols be known, a fraction $s$ received alone, as first symbols of their workers. Of
# $r_k m$ blocks of $k$ symbols, in the mean $k r_k y^{k-1}$ per symbol reveal it. Peeling continues as long as
# (density evolution, a heuristic here)
#
# $$\sum_k k\, r_k\, y^{k-1} \ge \ln \frac{1 - s}{1 - y}.$$
#
# Blocks of 10 give nothing at the start: few are known but for one symbol when $y$ is small. Blocks of 3 do, but then
# a large number of them is needed for the last symbols. Designed sizes follow the black line closely. Below the line,
# peeling stops. (The figure is at the paper's parameters and the mean latencies there.)

# %%
# alt: Blocks that give a symbol against the share of known symbols: the curves of blocks of three and of designed sizes
# stay above the black curve of what is needed, designed sizes only just; the SR code's runs along zero below it until
# 0.83 of the symbols are known.
FEW = "paper-exponential-few"
moments = {"10": ("SR, d = 10", 0.7081), "3": ("blocks of 3", 0.6184), FEW: ("designed sizes", 0.6898)}
_, axes = plt.subplots(figsize=(6.6, 3.8), layout="constrained")
for (text, (name, t)), colour in zip(moments.items(), COLOURS, strict=False):
    have = arrived(Model(SYMBOLS, None, TAU, parse_law(EXPONENTIAL)), text, t)
    y, k = np.linspace(have.systematic, 1, 400), np.arange(1, len(have.blocks))
    gain = (k * have.blocks[1:] * y[:, None] ** (k - 1)).sum(axis=1)
    label = f"{name} at t = {t}: s = {have.systematic:.2f}, {have.rows:.2f} m rows"
    axes.plot(y, gain, color=colour, label=label)
    print(f"{name:15} at its mean T: peeling leaves {have.unknown():.4f} of the symbols")
y = np.linspace(0.13, 1 - 1e-3, 400)
axes.plot(y, np.log((1 - 0.13) / (1 - y)), color="black", label="needed, at s = 0.13")
axes.set(xlabel="y, share of symbols that are known", ylabel="blocks that give a symbol", ylim=(0, 8), xlim=(0.1, 1))
axes.legend(loc="upper left")
plt.show()

# %% [markdown]
# ## Theorem 1: the price of peeling
#
# Sizes may be random, or different from worker to worker. For all of them the following holds. If the fraction of
# systematic symbols stays between $s_0 > 0$ and $s_1 < 1$, then there is a $\gamma > 0$ such that the first
# $(1 + \gamma) m$ rows do not peel, with probability tending to 1. *Proof idea.* Either a fixed fraction of the
# blocks is short. A block of $k$ symbols lies among known ones with probability $s^k$, and each such block is a
# useless row. Or nearly all blocks are long. Then peeling would have to start with long blocks of which all but one
# symbol are known, and such blocks are too few.
#
# The $\gamma$ of the proof is of no practical size. The black line is the prediction of density evolution, by a
# linear program over all sizes. The crosses are runs at $m = 1000$ of sizes that `srtheory design` gives for three
# loads, by peeling. At this $m$ they also need room for chance. The dots are SR codes with $d = 10$ on the same
# start-up delays, by elimination: $m$ rows, or as many as cover all symbols.

# %%
# alt: Rows over m against the systematic share in three clouds of runs: crosses, by peeling, between 1.05 and 1.6;
# dots, by elimination, mostly at 1.0. All crosses are above the black line of the least price, which rises from 1.0 to
# 1.02.

# From srtheory design --symbols 1000 --tau TAU --startup "expon(scale=5)" --by T, with T a tenth above the time by
# which an SR code with d = 10 has m rows in the mean.
DESIGNED = {
    0.0005: "2x6/4/2x5/3x4/5x3/6/26/13x2/70",
    0.005: "13/70/2x2/3",
    0.05: "23/4",
}
runs = {}
for each, text in DESIGNED.items():
    for name, code in (("peeling", make("sr-sizes", m, sizes=text)), ("elimination", make("sr", m, degree=d))):
        found = list(run_trials(Task(code, DelayModel(law, each), seed=1), range(trials // 10)))
        runs[name, each] = column(found, "systematic") / m, column(found, "stopping_time") / m

shares = np.array([0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])
prices = np.array([price_of_peeling(s, 0.002, 150) for s in shares])
assert (prices > 1).all()
_, axes = plt.subplots(figsize=(6.8, 4.2), layout="constrained")
axes.fill_between(shares, 0.95, 1, color="grey", alpha=0.3, linewidth=0, label="fewer than m rows never peel")
axes.plot(shares, prices, color="black", label="least, by density evolution (0.2 % left)")
for (name, each), (s, rows) in runs.items():
    colour, mark = COLOURS[list(DESIGNED).index(each)], "x" if name == "peeling" else "."
    axes.plot(s, rows, mark, color=colour, markersize=5, alpha=0.7, label=f"{name}, τ = {each}")
axes.set(xlabel="systematic share s at T", ylabel="rows/m", ylim=(0.95, 1.8), title=f"m = {m}, X ~ {startup}")
axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
plt.show()
print(f"proved for s from 0.1 to 0.2: ln γ = {proved_overhead(0.1, 0.2):.0f}; by density evolution γ is about 0.01")

# %% [markdown]
# ## Designed sizes
#
# `srtheory design` is the same program with time in it. A worker's way to cut its permutation is a path. The expected
# blocks by a time are linear in the flow over all cuttings, and so is the condition above. The figure shows latency
# against rows, 400 runs each on the same start-up delays, means with 95 % intervals:

# %%
# alt: Mean latency against rows over m for six codes: SR with d = 10 at the upper left with 1.0 m rows and latency
# 0.71, designed sizes below it at 1.2 m, SR with d = 7 lower at 1.15 m and 0.63; blocks of three and of two at the
# lower right, with 2.5 and 3.6 m rows and latency 0.62.
CODES = {
    "blocks of 2, peeling": ("sr-sizes", {"sizes": "2"}),
    "blocks of 3, peeling": ("sr-sizes", {"sizes": "3"}),
    "designed for time, peeling": ("sr-sizes", {"sizes": "paper-exponential"}),
    "designed for rows, peeling": ("sr-sizes", {"sizes": FEW}),
    "SR, d = 7, elimination": ("sr", {"degree": 7}),
    f"SR, d = {d}, elimination": ("sr", {"degree": d}),
}
_, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
latency = {}
for i, (name, (scheme, options)) in enumerate(CODES.items()):
    task = Task(make(scheme, m, **options), DelayModel(law, tau), seed=1)
    found = list(run_trials(task, range(trials)))
    latency[name] = column(found, "latency")
    t, rows = summarise(latency[name]), summarise(column(found, "stopping_time") / m)
    bars = [[1.96 * rows.standard_error], [1.96 * t.standard_error]]
    mark = "s" if "elimination" in name else "o"
    axes.errorbar(rows.mean, t.mean, bars[1], bars[0], fmt=mark, color=COLOURS[i], capsize=2, label=name)
axes.set(xlabel="rows/m", ylabel="mean latency T", title=f"m = {m}, X ~ {startup}, τ = {tau}")
axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
plt.show()
gain = summarise(latency[f"SR, d = {d}, elimination"] - latency["designed for rows, peeling"])
print(f"designed for rows: earlier than SR with d = {d} by {gain.mean:.3f} ± {1.96 * gain.standard_error:.3f}")
assert not as_in_paper or gain.mean > 3 * gain.standard_error

# %% [markdown]
# So at this $m$ peeling does not prevent low latency. SR with $d = 7$, by elimination, is faster than the designed
# sizes shown here, of fewer than $2m$ rows. At larger $m$, up to $10^6$, designed sizes are about level with SR at
# its least $d$ for $m$ rows. They are decoded in well under a second where elimination is out of the question
# ([Peeling, and the third question](../docs/proofs/decoding.md), 4; `srtheory table decoding`).
#
# ## Arcs of a circle
#
# Now let the rows have a fixed structure. Put the symbols on a circle. A row is an *arc*, a run of neighbours.
# Between neighbours are *places*. The sum over an arc from place $a$ to place $b$ is $P_b - P_a$, a difference of
# prefix sums, plus the whole sum $F$ if the arc passes place 0. So arcs are the edges of a graph on the places. Go
# along a *cycle* of arcs, add those passed forwards and subtract those passed backwards. Then all $P$ cancel, and
# $w F$ is left, where $w$ is the number of times that the cycle winds around the circle. Theorem: arcs span **1** if
# and only if some cycle winds around, $w \ne 0$ in the field. Union and find detects the first such cycle.
#
# The left figure shows all arcs of a run with 24 workers up to $T$, in order of arrival from the inside outwards,
# those of the cycle in colour. The right figure shows the cycle that the last arc closes. Each arc is further out
# than the one before it, and the first is where the last ends. Orange arcs are passed backwards, and subtracted.

# %%
# alt: Arcs on a circle with 24 places. On the left, all 28 received arcs as a spiral, most grey, ten in colour. On the
# right only these ten, joined end to end by dotted lines into a path once around the circle; two short ones, orange,
# are passed backwards.
M = 24
FORWARDS, BACKWARDS = COLOURS[0], COLOURS[1]


def draw(axes, rows, order, colours, *, walk=False):
    """Arcs of a circle, each further out than the one before; with a walk, where one ends the next begins."""
    m = rows.columns
    start, length = arcs(rows)
    for level, (i, colour) in enumerate(zip(order, colours, strict=True)):
        radius = 1 + 2 * level / len(order)
        angles = 2 * np.pi * np.linspace(start[i], start[i] + length[i], 60) / m
        axes.plot(angles, np.full(60, radius), color=colour, linewidth=2.2, solid_capstyle="butt")
        if walk:
            end = start[i] + length[i] if colour == FORWARDS else start[i]
            axes.plot([2 * np.pi * end / m] * 2, [radius, radius + 2 / len(order)], ":", color="black", linewidth=0.9)
    axes.set(ylim=(0, 3.2), yticks=[], theta_zero_location="N", theta_direction=-1)
    axes.set_xticks(2 * np.pi * np.arange(m) / m, [str(place) for place in range(m)])
    axes.grid(alpha=0.25)
    axes.spines["polar"].set_visible(False)


random_phase = next(c for c in CONSTRUCTIONS if c.name == "arcs, random phase")
rows, _ = replace(random_phase, degree=4).receive(M, seed=42, trial=0)
found = cycle(rows)
signs = dict(zip(found.rows.tolist(), found.signs.tolist(), strict=True))
hue = {1: FORWARDS, -1: BACKWARDS, 0: "#bbbbbb"}
_, (left, right) = plt.subplots(1, 2, figsize=(9, 4.4), layout="constrained", subplot_kw={"projection": "polar"})
draw(left, rows, range(len(rows)), [hue[signs.get(i, 0)] for i in range(len(rows))])
draw(right, rows, found.rows.tolist(), [hue[sign] for sign in found.signs.tolist()], walk=True)
left.set_title(f"{len(rows)} received arcs")
right.set_title(f"a cycle of {len(found.rows)}, winding number {found.winding}")
plt.show()

terms = [Fraction(i * i, 7) for i in range(M)]
values = [sum(terms[c] for c in rows.row(i).tolist()) for i in range(len(rows))]
total = by_arcs(rows, values)
print(f"by {total.additions} additions: {total.value}; directly: {sum(terms)}")
assert total.value == sum(terms)
assert not spans(**rows.prefix(len(rows) - 1).arrays).spans

# %% [markdown]
# A cycle may wind around twice. On three symbols the arcs {0, 1}, {2, 0} and {1, 2} do. Half their sum is **1** over
# $\mathbb{Q}$, but GF(2) has no half. No smaller circle distinguishes fields.

# %%
twice = from_sets(3, [[0, 1], [2, 0], [1, 2]])
answers = {field: spans(**twice.arrays, field=field).spans for field in ("Q", "GF(2)", "GF(3)")}
print(f"winding number {cycle(twice).winding}; spans 1 over", answers)
assert list(answers.values()) == [True, False, True]

# %% [markdown]
# If all workers cut the circle at the same places (a *common phase*), then $M' = CC$: covering rows recover the sum.
# With random phases, as here, recovery has to wait for a cycle.
#
# ## Real sums
#
# The five sums that the paper names are computed here on a small scale. Terms are evaluated by trees, networks and
# kernels. Workers add up the terms of their rows, and the master decodes the rows received by $T$ with each
# construction's own decoder. Over the rationals every construction gives the direct sum, exactly (LSMR: that of terms
# rounded to 20 binary places). In floats each value carries a bound on its error through all additions, the workers'
# too. The bars reach from the largest error over a sum's outputs to its bound, in units of $u \sum_i |f_i|$,
# $u = 2^{-53}$.

# %%
# alt: Rounding errors and their bounds for seven constructions and five sums each, on a logarithmic axis: dot and bar
# are some factor of ten apart. Errors are least for arcs and parts, about one unit, larger and more spread for peeling,
# and largest, beyond a thousand, for elimination and LSMR.
_, axes = plt.subplots(figsize=(7.4, 4.4), layout="constrained")
shown = {}
for i, (name, build) in enumerate(WORKLOADS.items()):
    terms = build(2022)
    for j, construction in enumerate(CONSTRUCTIONS):
        sums = recover(terms, construction, seed=2022, trial=i)
        assert sums.right
        height = j + 0.13 * (i - 2)
        low, high = max(sums.relative_error / UNIT, 0.03), sums.relative_bound / UNIT
        axes.plot([low, high], [height] * 2, color=COLOURS[i], linewidth=1)
        axes.plot(low, height, "o", color=COLOURS[i], markersize=4, label=None if j else name)
        axes.plot(high, height, "|", color=COLOURS[i], markersize=7)
        shown[name, construction.name] = sums
axes.set(xscale="log", xlabel="error (dot) and bound (bar), in u Σ|fᵢ|")
axes.set_yticks(range(len(CONSTRUCTIONS)), [construction.name for construction in CONSTRUCTIONS])
axes.invert_yaxis()
axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
plt.show()

print(f"{'kernel sum, m = 100':30}rows  additions  products")
for construction in CONSTRUCTIONS:
    sums = shown["kernel sum", construction.name]
    print(f"{construction.name:30}{sums.rows:4}{sums.additions:11}{sums.multiplications:10}")

# %% [markdown]
# Decoders that only add are accurate if they add few values along one path. Peeling amplifies rounding along chains
# of subtractions, and elimination by its coefficients. The residual of LSMR bounds its error, and LSMR gives sums of
# integers exactly where this bound is below 1/2.
#
# ## What is proved, measured and open
#
# *Proved.*
# - Random blocks, peeling, a systematic fraction that stays away from 0 and 1: $m + o(m)$ rows are too few, whatever
#   the sizes (Theorem 1 of [Peeling, and the third question](../docs/proofs/decoding.md)).
# - Take a fixed $d$, or blocks of any bounded sizes, a fixed $\tau$ and a continuous start-up law. With probability
#   tending to 1 as $m$ grows, peeling ends with the row that covers the last symbol, as early as any decoder could,
#   in $O(m \log m)$ (Theorem 3 and Corollary 4 there). The price is rows, up to $(\ln m)/d$ per symbol in addition to
#   the systematic ones.
# - Arcs are decoded exactly over every field in $O(m + n\,\alpha(m))$ and $m - 1$ additions. With a common phase
#   $M' = CC$. For a fixed load, $d$ of order $\ln m$ and start-up without an upper limit they are then faster than
#   the SR code as $m$ grows ([Interval codes](../docs/proofs/intervals.md)). Their blocks are not random: it
#   matters which workers straggle.
# - Expected numbers of stopping sets bound how far peeling falls behind coverage at a given $m$. The bound is useful
#   for blocks of 2 (Theorem 2 there).
#
# *Measured.*
# - Designed sizes have the latency of SR with $d$ about $\ln m$, from 1.2 to 1.5 $m$ rows, for $m$ from $10^3$ to
#   $10^6$, with up to 6 additions per symbol.
# - Blocks of 2 or 3 peel at coverage in 98 % of the runs at $m = 1000$ already. They have lower latency than all of
#   these, from 2.5 to 3.6 $m$ rows.
# - LSMR with 20 % more rows has a number of iterations that hardly grows with $m$.
#
# *Open.*
# - An exact decoder of $O(m \log m)$ for the SR code itself, $d$ about $\ln m$ and $m + o(m)$ rows.
# - Random blocks of $o(m)$ symbols for a fixed load: there the systematic fraction tends to 0, and Theorem 1 does not
#   apply.
# - That designed sizes peel with high probability at $O(m)$ rows: density evolution is a heuristic for blocks without
#   replacement.
# - Why LSMR needs so few iterations: the least singular value of $G$.
