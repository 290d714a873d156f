# %% [markdown]
# # Decoding
#
# "The final question, which may be the most important for practical deployments": LT codes are decoded in $O(m \log m)$,
# while (3) takes elimination. Is there a code that keeps the low latency of SR codes and is decoded so cheaply?
#
# **Theorem 1** (the price of peeling). If the fraction of systematic symbols stays between $s_0 > 0$ and $s_1 < 1$, then
# there is a $\gamma > 0$ such that the first $(1 + \gamma) m$ rows of random blocks do not peel, with probability tending
# to 1, whatever the sizes of the blocks.
#
# **Theorem 3.** Take a fixed $d$, a fixed $\tau$ and a continuous start-up law. With probability tending to 1 as $m$
# grows, peeling ends with the row that covers the last symbol, as early as any decoder could. The price is rows, up to
# $(\ln m)/d$ per symbol. Proofs are in [Peeling, and the third question](../docs/proofs/decoding.md).

# %%
import srtheory as sr
from paper_checks import study

study.verify(["disc-open-3"])

# %% [markdown]
# ## What decoding costs
#
# Elimination peels as far as possible, sets unknowns aside where peeling stops, and eliminates a dense core. The core of
# an SR code is a third of all unknowns, so its cube dominates. The exponents are measured, in stored runs.

# %%
# alt: Time of decoding against m on logarithmic axes, scheme by scheme: elimination of the SR code is the steepest curve,
# and arcs and parts are the lowest.
sr.figure(study, "decoding-cost")

# %%
sr.table(study, "decoding")

# %% [markdown]
# ## Small and designed blocks
#
# At the paper's parameters blocks of two and three, decoded by peeling, have a lower mean latency than the SR code, from
# two to four times as many rows. Sizes that `srtheory design` has chosen for few rows are in between.

# %%
codes = {"SR, d = 10": ("sr", {})} | {
    f"blocks of sizes {sizes}": ("sr-sizes", {"sizes": sizes}) for sizes in ("2", "3", "paper-exponential-few")
}
for name, (code, more) in codes.items():
    runs = sr.simulate(code, sr.PAPER, 100, **more)
    print(f"{name:40} latency {runs['latency'].mean():.4f}, rows {runs['stopping_time'].mean():.1f}")

# %% [markdown]
# ## Arcs of a circle
#
# Put the symbols on a circle, and let a row be an *arc*, a run of neighbours. The sum over an arc from place $a$ to
# place $b$ is a difference of prefix sums, plus the whole sum if the arc passes place 0. So arcs are the edges of a graph
# on the places. **Theorem:** arcs span **1** if and only if some cycle of arcs winds around the circle $w$ times, with
# $w \ne 0$ in the field. Union and find detects the first such cycle, in almost linear time.
#
# A cycle may wind around twice. These three arcs do: half their sum is **1**, but GF(2) has no half.

# %%
twice = sr.rows([{0, 1}, {2, 0}, {1, 2}])
twice.spans(), twice.spans(field="GF(2)"), twice.spans(field="GF(3)")

# %% [markdown]
# If all workers cut the circle at the same places, covering rows recover the sum, and arcs are never later than parts in
# cyclic order:

# %%
arcs = sr.simulate("arcs", sr.PAPER, 400)
arcs

# %%
# alt: Distribution function of the latency of arcs: the steps of 400 runs lie on the curve of the exact law of parts in
# cyclic order, or a little to its left.
arcs.plot(law=sr.latency("parts-cyclic", sr.PAPER));

# %% [markdown]
# ## Real sums
#
# The five sums that the paper names, each through every construction: decoded exactly, and in floats with a bound on the
# error.

# %%
sr.table(study, "real-sums")

# %% [markdown]
# ## What is open
#
# - An exact decoder of $O(m \log m)$ for the SR code itself, $d$ about $\ln m$ and $m + o(m)$ rows.
# - Random blocks of $o(m)$ symbols for a fixed load: there the systematic fraction tends to 0, and Theorem 1 does not
#   apply.
# - That designed sizes peel with high probability at $O(m)$ rows: the analysis by density evolution is a heuristic.
