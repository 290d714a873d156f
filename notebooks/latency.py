# %% [markdown]
# # Latency
#
# **Theorem 1** of the paper: if $E[M'] = m + o(m)$ and the start-up delays are exponential of rate $\mu$, then
# $E[T_{SR}] \le (2 + o(1))\,\tau d + 1/\mu$. Remark 1 concludes from this bound that the latency is proportional to $d$.
# Figure 2a shows SR codes ahead of all baselines.
#
# What is the latency, how much slack has the bound, and how do schemes compare that the paper leaves out, some of which
# need no code at all?

# %%
import srtheory as sr
from paper_checks import study

sr.PAPER

# %%
runs = sr.simulate("sr", sr.PAPER, 1000)
runs

# %% [markdown]
# The bound (5) is far from this mean:

# %%
print(2 * sr.PAPER.tau * sr.PAPER.degree + sr.PAPER.startup.mean())

# %% [markdown]
# ## Proved at every $m$
#
# First moments over GF(2) (*Open questions*) give bounds on $P(T \le t)$ without a hypothesis and with all rounding
# accounted for.

# %%
# alt: What is proved of the number of rows and of the latency beside a hundred thousand runs and the hitting-time law,
# for exponential and Pareto start-up: bands as thin as lines, with the runs on them.
sr.figure(study, "guarantee")

# %% [markdown]
# ## The slack of the bound
#
# By the law of large numbers $T$ tends to the *fluid limit* $t^*$, at which $m$ rows are expected. For exponential
# start-up it has a closed form in the load $y = \mu\tau d$. The 2 in (5) can be 1, and the 1 can be the logarithm of the
# golden ratio: $t^* \le \tau(d+1) + (\ln\varphi)/\mu$ for $d \le m - 2$, with equality at $\mu\tau d = \ln\varphi$. At
# small loads $t^*$ grows like $\sqrt{2\tau d/\mu}$. So "proportional to $d$" is right for neither the bound nor the
# latency.

# %%
# alt: Ratios of bounds to the fluid limit against the load: bound (5) starts at 22 for a load of a thousandth and falls
# to about 2; the sharp bound falls to 1 at a load of a half, and stays close to it.
sr.figure(study, "bounds")

# %%
study.verify(["thm1", "rem1"])

# %% [markdown]
# ## Schemes without a code
#
# A worker can also *stream* uncoded partial sums: single terms in cyclic order, each worker starting at its own, or parts
# of $d$ terms. The master adds up the sums that it lacks, without a decoder. No scheme can beat the genie, who hands out
# terms one by one and none twice. For these the laws are exact.

# %%
laws = {scheme: sr.latency(scheme, sr.PAPER) for scheme in ("genie", "terms-cyclic", "parts-cyclic")}
for scheme, law in laws.items():
    print(f"{scheme:13} median {law.median().mid:.4f}")

# %%
# alt: Distribution functions of the latency of the SR code, uncoded streams and the genie: all streams are to the left
# of the SR code, and the genie is far to the left.
sr.figure(study, "streams")

# %% [markdown]
# The reason is the work. An SR code computes about $d$ terms for each row and needs $m$ rows, while a stream needs each
# term only once. The price of a stream is messages, which the delay model (4) counts as free.
#
# ## How far from the best
#
# A scheme is *oblivious* if the terms that a worker evaluates, their order, and the times at which it sends do not depend
# on the delays. [How far from the best](../docs/proofs/floor.md), Theorem 2, bounds the latency from below for every
# oblivious scheme, whatever the workers send and however the master decodes:

# %%
floor = sr.floor(sr.PAPER)
print(floor, runs["latency"].mean() / floor, laws["terms-cyclic"].mean().mid / floor)

# %% [markdown]
# No oblivious scheme has a mean latency below the first number. In these runs the SR code takes 1.6 times as long, and single terms in
# cyclic order are within 15 % of it. Whether the floor or the order is to blame for the rest is open.
