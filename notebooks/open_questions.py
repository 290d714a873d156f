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
# # Open questions
#
# The paper ends with three questions: how many rows suffice, which matrices span **1** although their rows come
# without replacement, and how to decode cheaply. The first two are mathematics, and a theorem now answers them. This
# notebook tells its story: what it states at $m = 6$, at $m = 1000$ and in the limit. The proofs are in [When the
# rows span 1](../docs/proofs/spanning.md). The last sections are on the cost of decoding and on what is still open.

# %%
import csv
from collections import Counter
from fractions import Fraction
from itertools import chain, permutations, product
from math import ceil, floor, log

import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import FloatLogSlider, interact

from paper_checks.parameters import DEGREE, EXPONENTIAL, PARETO, SYMBOLS, TAU
from paper_checks.records.guarantees import STOPPING, of, read, simulated
from srtheory.decoders.sums import lsmr_combination
from srtheory.decoders.peeling import peel
from srtheory.delays import DelayModel, parse_law
from paper_checks.campaign.tables import rows_of
from paper_checks.campaign.tables import by_symbols, read_tables
from srtheory.experiments.exceptions import reception_of
from srtheory.experiments.summary import proportion
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.environment import on_record
from srtheory.render.style import COLOURS, STYLE
from srtheory.matrix import from_sets
from srtheory.schemes import make
from srtheory.span.certificates import stopping_time_certificate, to_json
from srtheory.span.sparse import triangulate
from srtheory.span.sparse import coverage_time
from srtheory.span.obstruction import obstruction
from srtheory.span import checker, oracles
from paper_checks.theory.dependencies import predicted_exceptions
from paper_checks.theory.given_counts import spanning_given_counts

plt.rcParams.update(STYLE)
tables = read_tables(on_record("hitting_time"))
cells = {cell.cell: cell for cell in tables.cells}


def outwards(low, high, digits):
    """An interval in print: rounded, it must not lose what it contains."""
    unit = 10**digits
    return f"[{floor(low * unit) / unit:.{digits}f}, {ceil(high * unit) / unit:.{digits}f}]"


# %% [markdown]
# The next cell sets the number $m$ of terms, the number $d$ of terms in a block, the time $\tau$ per term and the
# start-up law. These are the paper's. Everything below that is simulated or computed at the paper's parameters uses
# them, and you can change them here. The numbers that the text quotes are those at the paper's parameters.

# %%
m, d, tau, startup = SYMBOLS, DEGREE, TAU, EXPONENTIAL
trials = 1000
as_in_paper = (m, d, tau, startup) == (SYMBOLS, DEGREE, TAU, EXPONENTIAL)

# %% [markdown]
# ## What was open
#
# $M'$ is the number of rows after which the sum can be recovered, and $CC$ the number after which every symbol has
# occurred. Always $M' \ge CC$, and $m$ unknowns should need $m$ rows. Are $m + o(m)$ rows enough, with high
# probability? The paper's bound on the latency assumes so. Known results on random matrices do not apply directly,
# because the rows of one worker are disjoint and so depend on each other.
#
# ## The idea
#
# If the rows do not span **1**, some rational vector is orthogonal to all of them and its entries do not add up to 0.
# Clear denominators and common factors and reduce the vector modulo 2. Its odd entries are a set of symbols that
# every row meets in an *even* number. So count even sets. A symbol that is in no row gives trivial even sets, which
# are subtracted. Pairs do no harm, since two symbols that always come together can be treated as one.
#
# **Theorem 1** (every finite $m$). Given how many rows each worker has sent, let $W$ be the set of uncovered symbols,
# $A_w$ the expected number of even sets of $w$ symbols, and $U_w$ that of those within $W$. Then
#
# $$P(W = \emptyset) - \sum_{w \ge 3} (A_w - U_w) \;\le\; P(\text{the rows span } \mathbf 1) \;\le\; P(W = \emptyset),$$
#
# and with $n < m$ rows it is also at most $2^{n-m+1} \sum_{w\text{ even}} A_w - 1$.
#
# $A_w$ and $U_w$ are explicit, so this is an interval of fractions. For example let $m = 5$, $d = 2$ and let two
# workers have sent two rows each. The output shows the interval, and the result of all orders in which these workers
# can take their blocks:


# %%
def sent(m, d, worker, count):
    """What a worker's first rows can be, once for each order of its symbols."""
    others = [i for i in range(m) if i != worker]
    orders = permutations(others) if count else [others]
    return [[(worker,), *(order[a : a + d] for a in range(0, m - 1, d))][:count] for order in orders]


p, size, counts = 5, 2, (0, 0, 0, 2, 2)
codes = [[*chain(*rows)] for rows in product(*(sent(p, size, j, count) for j, count in enumerate(counts)))]
truth = Fraction(sum(oracles.spans(from_sets(p, rows)) for rows in codes), len(codes))
low, high = spanning_given_counts(p, size, counts)
print(f"{len(codes)} pairs of orders: P = {truth}; proved: {low} ≤ P ≤ {high}")
assert low <= truth <= high

# %% [markdown]
# The next figure does the same for all counts at $m = 6$, against exact probabilities over all codes
# (`data/small_cases`). Each bar is a proved interval, and a dot is an interval that is a single fraction. The truth
# is on the diagonal, and every bar must meet it. The bars at 1 are cases in which a worker has sent all that it has.
# Its rows add up to **1**, which Theorem 1 does not use.

# %%
# alt: Proved intervals against the true probability that rows span one, at m = 6: nearly all points lie on the
# diagonal; some two dozen vertical bars, each of which crosses it, are of every length, the longest at the probability
# 1.
with on_record("small_cases/probabilities.csv").open(encoding="utf-8", newline="") as stream:
    exact = [line for line in csv.DictReader(stream) if line["symbols"] == "6" and line["degree"] in "234"]

_, axes = plt.subplots(figsize=(5.6, 4.2), layout="constrained")
for size, colour in zip((2, 3, 4), COLOURS, strict=False):
    seen = []
    for line in (line for line in exact if int(line["degree"]) == size):
        truth, counts = Fraction(line["spans_q"]), [int(n) for n in line["counts"].split()]
        low, high = spanning_given_counts(6, size, counts)
        assert low <= truth <= high
        seen.append((float(truth), float(low), float(high)))
    at, low, high = np.array(seen).T
    sharp = f"{(low == high).sum()} of {len(at)} are exact"
    axes.vlines(at, low, high, color=colour, linewidth=2, alpha=0.7, label=f"d = {size}: {sharp}")
    axes.plot(at[low == high], at[low == high], "o", color=colour, markersize=3)
axes.axline((0, 0), slope=1, color="black", linewidth=0.7)
axes.set(xlabel="P(the rows span 1), all codes", ylabel="proved interval", title="m = 6, given the counts")
axes.legend()
plt.show()

# %% [markdown]
# ## At the paper's parameters
#
# The counts are random, and Theorem 1.5 averages over them. It gives bounds on $P(M' \le k)$ and $P(T \le t)$,
# computed with all rounding and truncation bounded, hence proved. They are stored in `data/guarantees`. The figure
# shows them with $10^5$ runs (`data/figures`).

# %%
# alt: The chance that k rows suffice, from k = 990 to 1300: proved bands as thin as a line from 1010 on, rising from
# 0.91 to 1 for exponential and from 0.72 to 0.99 for Pareto start-up, with dots of a hundred thousand runs on them;
# before 1000 they open and fall to 0.
proved = read()
_, axes = plt.subplots(figsize=(6.6, 3.8), layout="constrained")
for name, colour in zip((EXPONENTIAL, PARETO), COLOURS, strict=False):
    lines, runs = of(proved, name).rows, simulated(name, STOPPING)
    k, low, high = np.array([(line.rows, line.low, line.high) for line in lines]).T
    axes.fill_between(k, low, high, color=colour, alpha=0.35, label=f"proved, X ~ {name}")
    k_seen, inside = np.floor(runs.at), (runs.at > 990) & (runs.at < 1300)
    share, least, most = 1 - runs.tail, 1 - runs.high, 1 - runs.low
    bars = np.array([share - least, most - share])[:, inside]
    axes.errorbar(k_seen[inside], share[inside], bars, fmt="o", color=colour, markersize=2.5, elinewidth=0.8)
    band = {line.rows: line for line in lines}
    for i in np.flatnonzero(inside):
        assert least[i] <= band[k_seen[i]].high
        assert most[i] >= band[k_seen[i]].low
axes.plot([], [], "o", color="grey", markersize=3, label="10⁵ runs, 95 %")
assert runs.trials == 10**5
axes.set(
    xlabel="received rows k", ylabel="P(M' ≤ k)", title="m = 1000, d = 10, τ = 0.005", xlim=(988, 1300), ylim=(0, 1.03)
)
axes.legend(loc="lower right")
plt.show()

# %% [markdown]
# From ten rows beyond $m$ on, the band is no wider than a line. Near $m$ it opens. After $k$ rows some $2^{m-k}$
# large even sets are expected, of about half of the unknowns each. At $k = m$ this gives no bound. Every further row
# halves the number, and so does every row fewer on the other side. The left figure shows the band at each $k$, and
# 1000 new runs. The right figure shows its width. From $m + 15$ on the remaining width is due to small even sets.

# %%
# alt: On the left, the proved band near k = 1000: it opens from 0 at 993 to nearly everything at 1000 and closes at
# 1006; dots of runs jump from 0 to 0.9 at 1000, with the step of the law. On the right, its width on a logarithmic
# scale: a tent with its tip at 1000, each side a straight line that halves with every row, levelling off at 0.00003
# from 1015 on.
model = DelayModel(parse_law(startup), tau)
found = np.array([r.stopping_time for r in run_trials(Task(make("sr", m, degree=d), model, 1), range(trials))])
lines = [line for line in of(proved, EXPONENTIAL).rows if line.rows <= 1020]
k, low, high = np.array([(line.rows, line.low, line.high) for line in lines]).T
covered = np.array([line.covered_high for line in lines])
runs = [int((found <= rows).sum()) for rows in k]
share, limits = np.array(runs) / len(found), np.array([proportion(n, len(found)) for n in runs]).T
assert not as_in_paper or ((limits[0] <= high) & (limits[1] >= low)).all()

_, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
left.fill_between(k, low, high, color=COLOURS[0], alpha=0.35, label="proved")
left.step(k, np.where(k < 1000, 0, covered), color="black", linewidth=0.8, where="post", label="if M' = max(m, CC)")
bars = abs(limits - share)
left.errorbar(k, share, bars, fmt="o", color=COLOURS[0], markersize=3, elinewidth=0.8, label=f"{trials} runs")
left.set(xlabel="received rows k", ylabel="P(M' ≤ k)", xticks=range(990, 1021, 5), title=f"X ~ {EXPONENTIAL}")
left.legend(loc="lower right")
right.plot(k, high - low, "o-", color=COLOURS[0], markersize=3, label="width of the band")
right.plot(k, 2.0 ** -abs(k - 1000), "--", color="black", linewidth=0.8, label="2^−|k − m|")
right.set(
    yscale="log", xlabel="received rows k", xticks=range(990, 1021, 5), ylim=(1e-5, 2), title="halved by every row"
)
right.legend()
plt.show()

at_1010 = next(line for line in lines if line.rows == 1010)
mean = next(mean for mean in proved.means if (mean.startup, mean.quantity) == (EXPONENTIAL, "rows"))
print("P(M' ≤ 1010) in", outwards(at_1010.low, at_1010.high, 4), " E[M'] in", outwards(mean.low, mean.high, 2))

# %% [markdown]
# ## In the limit
#
# Parity gives no bound at $m$ rows, but residues modulo a prime that grows with $m$ do. Let $z$ be the number of
# workers that have sent nothing.
#
# - **A sharp sufficient condition** (Theorem 3). Let at least $m$ rows be received, let no worker have sent a
#   fraction of more than $1/(72d)$ of its symbols, let $dz/(m-1) \ge \ln z + \omega$, and let $d$ be at least 10 and
#   not too large. Then the rank is $m$ with probability at least $1 - 4\max(e^{-\omega/2}, z^{-c})$, $c > 0$ a
#   constant. The 1 before $\ln z$ is best possible.
# - **m − 1 rows do not suffice** (Theorem 4). Under the same conditions, but with one row fewer than $m$, **1** is
#   spanned with probability at most $4\max(e^{-\omega/2}, z^{-c})$.
# - **The hitting-time law** (Theorem 6). For a fixed load $\mu\tau d$, $d$ of order $\ln m$ and start-up delays
#   without an upper limit, $M' = \max(m, CC)$ except with probability $O(m^{-\delta})$, $\delta > 0$. So the paper's
#   hypothesis, $E[M'] = m + o(m)$, holds for exponential delays if $d$ exceeds a certain multiple of $\ln m$, and
#   below that multiple it fails (Corollaries 7 and 8).
#
# The constants are such that these theorems give no information before $m$ is astronomical. At $m = 1000$ the band
# above gives the information. Runs follow the hitting-time law at much smaller $m$. The figure has $m = 100$, $d = 5$
# and three loads, and the law holds on the diagonal:

# %%
# alt: Rows needed against the larger of m and the rows that cover, a dot a run at three loads: nearly all on the
# diagonal from 100 to 240, a few above it at the lower end.
_, axes = plt.subplots(figsize=(5.6, 4.2), layout="constrained")
for i, load in enumerate((0.05, 0.5, 2.0)):
    model = DelayModel(parse_law("expon(scale=1)"), load / 5)
    records = list(run_trials(Task(make("sr", 100, degree=5), model, seed=1), range(150)))
    law = np.array([max(100, r.coverage_time) for r in records])
    found = np.array([r.stopping_time for r in records])
    held = (law == found).mean()
    axes.plot(law, found, "os^"[i], color=COLOURS[i], markersize=4, alpha=0.6, label=f"load {load:g}: {held:.0%} held")
axes.axline((100, 100), slope=1, color="black", linewidth=0.7)
axes.set(xlabel="max(m, CC)", ylabel="M'", title="one dot a run")
axes.legend()
plt.show()

# %% [markdown]
# ## The exceptions
#
# A stored campaign (`data/hitting_time`) follows the runs with $M' \ne \max(m, CC)$ over decades of $m$. Every
# verdict is exact. The campaign names the kernel vector behind each exception.

# %%
# alt: On the left, the share of exceptions against m: it falls from 4 in 100 at m = 100 to 3 in 1000 at m = 5000, with
# wider error bars as it falls. On the right, stacked bars of the same by kernel vector: unbalanced triples and vectors
# and identical columns make up most of each, and all shrink together.
law_by_m = by_symbols(tables)
late = Counter((cells[e.cell].symbols, e.vector) for e in tables.exceptions if cells[e.cell].family == "grid")
names = [name for name, _ in Counter(e.vector for e in tables.exceptions).most_common()]

_, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
sizes = np.array([row.symbols for row in law_by_m])
share = np.array([1 - row.fraction for row in law_by_m])
bars = np.array([(s - (1 - row.high), (1 - row.low) - s) for s, row in zip(share, law_by_m, strict=True)]).T
left.errorbar(sizes, share, np.maximum(bars, 0), fmt="o", color=COLOURS[0], capsize=3)
left.set(xscale="log", yscale="log", xlabel="m", ylabel="share of exceptions", title="all cells of the grid together")
bottom = np.zeros(len(sizes))
for i, name in enumerate(names):
    height = np.array([late[n, name] for n in sizes]) / [row.trials for row in law_by_m]
    right.bar(range(len(sizes)), height, bottom=bottom, color=COLOURS[i % len(COLOURS)], label=name)
    bottom += height
right.set_xticks(range(len(sizes)), [f"{n:,}" for n in sizes], rotation=40)
right.set(xlabel="m", ylabel="share of runs", title="by kernel vector")
right.legend()
plt.show()
assert share[0] > 5 * share[3]
early = {n: sum(c.early for c in tables.cells if c.family == "grid" and c.symbols == n) for n in sizes}
counts = (f"{early[row.symbols]} of {row.trials} at m = {row.symbols}" for row in law_by_m[:5])
print("fewer than m rows sufficed in", ", ".join(counts))

# %% [markdown]
# Each exception can be computed again from its line, and certified.

# %%
exception = next(e for e in tables.exceptions if cells[e.cell].symbols == 1000 and e.side == "late")
rows = rows_of(cells[exception.cell], exception)
proof = checker.read(to_json(stopping_time_certificate(rows, exception.stopping_time)))
assert checker.fault(proof, rows.columns, [{int(j): 1 for j in rows.row(i)} for i in range(len(rows))]) is None
print(checker.claim(proof), f"Covered after {exception.coverage_time} rows.")
print("one row before:", obstruction(rows.prefix(exception.stopping_time - 1)))

# %% [markdown]
# ## Predicted and observed exceptions
#
# First moments of three small dependencies (identical columns, unbalanced triples, rows all of whose terms are known)
# predict how often the law fails, without a free parameter. The prediction is heuristic, and somewhat low, since it
# leaves out larger dependencies. A perfect prediction would be on the diagonal.

# %%
# alt: Share of exceptions seen against that predicted, cell by cell, on logarithmic axes from 0.001 to 0.2: points of
# both sizes keep to the diagonal, most of them somewhat above it.
chosen = [c for c in tables.cells if c.family == "grid" and c.symbols in (100, 500) and c.load in (0.1, 1.0)]
chosen = [c for c in chosen if not c.replacement and c.early + c.late >= 5]
_, axes = plt.subplots(figsize=(5.6, 4.2), layout="constrained")
for cell in chosen:
    code = Model(cell.symbols, cell.degree, cell.load / cell.degree, parse_law(cell.startup))
    total = sum(predicted_exceptions(code))
    seen, judged = cell.early + cell.late, cell.trials - cell.complete
    low, high = proportion(seen, judged)
    colour = COLOURS[0] if cell.symbols == 100 else COLOURS[1]
    at = seen / judged
    axes.errorbar(total, at, [[at - low], [high - at]], fmt="o", color=colour, markersize=4, capsize=2)
for colour, n in zip(COLOURS, (100, 500), strict=False):
    axes.plot([], [], "o", color=colour, label=f"m = {n}")
axes.axline((0.01, 0.01), slope=1, color="black", linewidth=0.7)
axes.set(xscale="log", yscale="log", xlabel="predicted share", ylabel="seen, 95 %", title="exceptions by cell")
axes.legend()
plt.show()

# %% [markdown]
# **Where is the law expected to fail?** Theorem 6 fixes the load. With $d$ at the coverage threshold and a load that
# grows with $m$, a redundant row would be about as likely as an uncovered term, but the law accounts for the
# uncovered term only. With $d$ at that threshold the fraction of late runs hardly falls over two decades:

# %%
# alt: Share of runs later than the law against m, at d on the coverage threshold: at load 3 about a quarter from m =
# 200 to 20,000, at load 1 falling from 0.2 to 0.1 by m = 500 and level from there on.
_, axes = plt.subplots(figsize=(6.2, 3.4), layout="constrained")
for i, load in enumerate((1.0, 3.0)):
    family = [c for c in tables.cells if c.family == "critical" and c.load == load]
    share = np.array([c.late / c.trials for c in family])
    low, high = np.array([proportion(c.late, c.trials) for c in family]).T
    at = [c.symbols for c in family]
    axes.errorbar(
        at, share, (share - low, high - share), fmt="os"[i], color=COLOURS[i], capsize=3, label=f"load {load:g}"
    )
axes.set(xscale="log", ylim=(0, None), xlabel="m", ylabel="P(M' > max(m, CC))", title="d at the coverage threshold")
axes.legend()
plt.show()

# %% [markdown]
# ## The cost of decoding
#
# The paper compares solving (3), at best quadratic, with the peeling decoder of LT codes, about $m \log m$. Peeling
# alone does not decode SR codes, because it stops early. It can continue if unknowns are set aside (*inactivation*),
# and only a core of these needs dense elimination. The size of the core as a fraction of $m$ grows slowly at light
# loads and is small at heavy ones. The cost is cubic with a small constant.


# %%
# alt: Share of the unknowns that are peeled, and share of the core, against m at three loads: at load 1 the core is
# next to nothing and three quarters peel; at load 0.01 the core grows from a third to a half, and little peels.
def sample_rows(m, load=0.05, seed=1, slack=0.6):
    d = round(2 * log(m))
    task = Task(make("sr", m, degree=d), DelayModel(parse_law("expon(scale=1)"), load / d), seed)
    return reception_of(task, 0, round((1 + slack) * m)).rows


sizes = (m // 10, 3 * m // 10, m, 3 * m, 10 * m)
_, axes = plt.subplots(figsize=(6.2, 3.4), layout="constrained")
for i, load in enumerate((0.01, 0.1, 1.0)):
    share, peeled = [], []
    for n in sizes:
        rows = sample_rows(n, load).prefix(n)
        share.append(len(triangulate(rows.indptr, rows.indices, n).inactive) / n)
        peeled.append(peel(rows)[1] / n)
    axes.plot(sizes, share, "o-", color=COLOURS[i], label=f"core, load {load:g}")
    axes.plot(sizes, peeled, "x--", color=COLOURS[i], linewidth=0.8, label=f"peeled, load {load:g}")
axes.set(xscale="log", ylim=(0, 1), xlabel="m", ylabel="share of m", title="after m rows, d = 2 ln m")
axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
plt.show()

# %% [markdown]
# In floating point another way exists. LSMR, a few sparse products, solves (3) if some more rows than $M'$ have been
# received. Any $v$ has an error bound, $|v^\top f' - F| \le \|G^\top v - \mathbf 1\|\,\|f\|$. The number of
# iterations falls with the slack and seems to level off as $m$ grows. For a fixed slack that would be $O(m \log m)$
# altogether.

# %%
# alt: Iterations of LSMR against the slack for three sizes: all fall from some 450 to 650 at five per cent to 90 at
# fifty, and the curves for m = 2000 and 8000 are nearly the same.
slacks = (0.05, 0.1, 0.2, 0.3, 0.5)
_, axes = plt.subplots(figsize=(6.2, 3.4), layout="constrained")
for i, n in enumerate((m // 2, 2 * m, 8 * m)):
    rows = sample_rows(n, 0.05)
    assert not as_in_paper or coverage_time(rows) <= (1 + slacks[0]) * n
    found = [lsmr_combination(rows.prefix(round((1 + s) * n)), tolerance=1e-8) for s in slacks]
    assert not as_in_paper or all(f.residual < 1e-5 for f in found)
    axes.plot(slacks, [f.iterations for f in found], "o-", color=COLOURS[i], label=f"m = {n}")
axes.set(
    yscale="log", xlabel="slack: rows over m, less 1", ylabel="iterations", title="LSMR to a relative residual of 10⁻⁸"
)
axes.legend()
plt.show()

# %% [markdown]
# How much accuracy does how much work give? Move the slider for the slack. The bound on the largest entry of
# $G^\top v - \mathbf 1$ is rigorous, rounding included.


# %%
# alt: The largest error of the combination against iterations, on a logarithmic scale: a straight line down from one to
# 10^-11 within 190 iterations, then level.
def accuracy(slack):
    rows = sample_rows(m, 0.05)
    part, steps = rows.prefix(round((1 + slack) * m)), np.arange(5, 301, 15)
    bounds = [lsmr_combination(part, tolerance=1e-12, most=int(k)).residual for k in steps]
    _, axes = plt.subplots(figsize=(6, 3.2), layout="constrained")
    axes.plot(steps, bounds, "o-", color=COLOURS[0], markersize=3)
    axes.set(yscale="log", ylim=(1e-14, 3), xlabel="iterations", ylabel="largest entry of |Gᵀv − 1|")
    axes.set_title(f"m = {m}, {len(part)} rows, slack {slack:.2f}")
    plt.show()


accuracy(0.3)

# %%
_ = interact(accuracy, slack=FloatLogSlider(0.3, min=-2, max=-0.35, step=0.05, continuous_update=False))

# %% [markdown]
# ## What is still open
#
# - *Within a few rows of $m$, at finite $m$.* The band is open there because parity alone cannot close it, and the
#   constants of the limit theorems are astronomical.
# - *The rate.* The $\delta$ that is proved is far from what the exceptions show. The reason why they vanish at this
#   rate is a heuristic.
# - *Where the load grows with $m$* along the coverage threshold: that the law fails there is a heuristic, with runs
#   that agree.
# - *Very small and very large $d$* ($d < 10$, $d$ a power of $m$), and workers that send a large part of all their
#   rows: only the laws at finite $m$ are proved.
# - *An exact decoder* whose cost is close to that of peeling.
