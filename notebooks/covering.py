# %% [markdown]
# # Covering
#
# **Theorem 2** of the paper: $d = \Omega(\log m)$ is needed for any set of $m + o(m)$ rows to cover all $m$ terms with
# high probability. Until every term is covered the sum cannot be recovered. So $CC$, the number of rows at which the last
# term is covered, bounds $M'$ from below.
#
# The theorem gives an order of growth. Behind it is an exact law: given how many rows each worker has sent, inclusion and
# exclusion over the uncovered set gives the probability as a fraction. The alternating sum is evaluated in ball arithmetic,
# which returns an interval that is guaranteed.

# %%
import srtheory as sr
from paper_checks import study

law = sr.coverage(sr.PAPER)
law

# %%
# alt: Distribution function of the time of coverage at the paper's parameters: it rises from 0 at 0.5 to 1 at 0.88.
law.plot(points=50);

# %% [markdown]
# ## The number of rows that cover
#
# Stopping at the arrival of the $k$-th row gives the law of $CC$ itself. Here are its bounds, $P(CC \le k)$ at three $k$,
# and the share of 400 runs.

# %%
runs = sr.simulate("sr", sr.PAPER, 400)
for k in (700, 1000, 1300):
    low, high = sr.coverage(sr.PAPER, rows=k)
    print(k, low, high, (runs["coverage_time"] <= k).mean())

# %%
# alt: Distribution function of the number of rows that cover, of 400 runs: half are covered by 800 rows, nearly all by
# 1300.
runs.plot(name="coverage_time");

# %% [markdown]
# ## How large must $d$ be?
#
# Of the first $m$ rows a fraction $s$ are workers' own terms, which cover one term each. Asymptotically $m + o(m)$ rows
# cover with high probability exactly if $d(1-s) - \ln(m(1-s)) \to \infty$. Hence **$d/\ln m$ must exceed $1/(1-s)$**, a
# factor that "$\Omega(\log m)$" hides. For exponential start-up it depends on the load $\mu\tau d$ alone.

# %%
# alt: Least degree d that covers against m, on a logarithmic axis of m: four staircases, the higher the larger the product
# of mu and tau, all above the line ln m.
sr.figure(study, "thresholds")

# %% [markdown]
# ## What this means for the theorems
#
# Theorem 1 assumes $E[M'] = m + o(m)$ while $\tau$ and $\mu$ are fixed and $d$ grows like $c \ln m$. Then the load
# $\mu\tau d$ grows too, and the needed ratio grows without bound. **So the hypothesis cannot hold for $c < 1/(\mu\tau)$.**
# At $m = 1000$ the effect is not yet visible. The study has this with its numbers:

# %%
study.verify(["thm1-hypothesis"])
