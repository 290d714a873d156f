# %% [markdown]
# # Open questions
#
# The paper ends with three questions: how many rows suffice, which matrices span **1** although their rows come without
# replacement, and how to decode cheaply. A theorem now answers the first two. The proofs are in [When the rows span
# 1](../docs/proofs/spanning.md). The third is the notebook *Decoding*.
#
# ## The idea
#
# If the rows do not span **1**, some rational vector is orthogonal to all of them and its entries do not add up to 0. Clear
# denominators and common factors and reduce it modulo 2. Its odd entries are a set of symbols that every row meets in an
# *even* number. So count even sets.
#
# **Theorem 1** (every finite $m$). Given how many rows each worker has sent, let $W$ be the set of uncovered symbols,
# $A_w$ the expected number of even sets of $w$ symbols, and $U_w$ that of those within $W$. Then
#
# $$P(W = \emptyset) - \sum_{w \ge 3} (A_w - U_w) \;\le\; P(\text{the rows span } \mathbf 1) \;\le\; P(W = \emptyset),$$
#
# and with $n < m$ rows it is also at most $2^{n-m+1} \sum_{w\text{ even}} A_w - 1$. The averages over the counts are
# bounds on $P(M' \le k)$ and on $P(T \le t)$ for every model.

# %%
import srtheory as sr
from paper_checks import study

small = sr.guarantee(sr.Model(40, 4, 0.1, "expon(scale=1)"))
print(small.cdf([1.0, 1.2, 1.5]))

# %%
# alt: Proved bounds on the distribution function of the latency at m = 40, a band that is wide in the middle and thin
# where the probability is near 1.
small.plot(points=40);

# %% [markdown]
# At the paper's parameters the band is as thin as a line from ten rows beyond $m$ on. The table has what is proved:

# %%
sr.table(study, "guarantees")

# %% [markdown]
# ## In the limit
#
# **Theorem 6** (the hitting-time law). For a fixed load $\mu\tau d$, $d$ of order $\ln m$ and start-up delays without an
# upper limit, $M' = \max(m, CC)$ except with probability $O(m^{-\delta})$, $\delta > 0$. So the paper's hypothesis,
# $E[M'] = m + o(m)$, holds for exponential delays if $d$ exceeds a certain multiple of $\ln m$, and below that multiple it
# fails.
#
# The constants are such that the theorem gives no information before $m$ is astronomical. Runs follow the law at much
# smaller $m$, here in this share of 400 runs:

# %%
runs = sr.simulate("sr", sr.Model(100, 5, 0.1, "expon(scale=1)"), 400)
print((runs["stopping_time"] == runs["coverage_time"].clip(100)).mean())

# %% [markdown]
# A stored campaign follows the exceptions over decades of $m$. Every verdict is exact, and first moments of three small
# dependencies predict how often the law fails, without a free parameter. (The prediction is a heuristic.)

# %%
# alt: Share of runs in which the hitting-time law fails against m, on logarithmic axes, in a panel for each of four
# degrees: points of runs with error bars, near lines of the prediction, most of which fall.
sr.figure(study, "hitting")

# %%
study.verify(["disc-open-1", "disc-open-2"])

# %% [markdown]
# ## What is still open
#
# - *Within a few rows of $m$, at finite $m$.* The band is open there because parity alone cannot close it.
# - *The rate.* The $\delta$ that is proved is far from what the exceptions show.
# - *Where the load grows with $m$* along the coverage threshold: that the law fails there is a heuristic, with runs that
#   agree.
# - *Very small and very large $d$*, and workers that send a large part of all their rows: only the laws at finite $m$ are
#   proved.
# - *An exact decoder* whose cost is close to that of peeling.
