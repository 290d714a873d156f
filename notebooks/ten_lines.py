# %% [markdown]
# # Ten lines
#
# A sum $F = f_1 + \dots + f_m$ can be recovered from received partial sums if and only if their rows span the all-ones
# vector **1**. This notebook has one example of each kind of object: a matrix, a law, runs, a comparison, a search for a
# counterexample, and the study of a paper. Every object shows itself.

# %%
import srtheory as sr

# %% [markdown]
# ## A matrix
#
# Rows may be nested lists, NumPy, SymPy, SciPy or galois matrices, lists of sets, or a bipartite graph. All verdicts are
# exact. These three do not span **1** over the rationals, and the vector $x$ says why: its entries add up to $-2$, which
# is 0 over GF(2).

# %%
A = sr.rows([[1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1]])
A

# %%
B = sr.rows([{0, 1}, {1, 2}, {0, 2}])
A.spans(field="GF(2)"), B.spans(), B.spans(field="GF(2)"), B.stopping_time(), sr.check(B.certificate(), B)

# %% [markdown]
# ## A law
#
# Fifteen workers begin after independent exponential delays of mean 1, and a term takes 0.1. Each worker sends single
# terms in cyclic order, beginning with its own. The law of the latency is exact: a value is an interval that contains it.

# %%
model = sr.Model(15, tau=0.1, startup="expon(scale=1)")
law = sr.latency("terms-cyclic", model)
law

# %%
law.ppf(0.9), law.cdf([0.5, 1.0])

# %% [markdown]
# ## Runs
#
# A thousand runs, and their distribution beside the law.

# %%
runs = sr.simulate("terms-cyclic", model, 1000)
runs

# %%
# alt: Distribution function of the latency: the steps of 1000 runs follow the curve of the exact law from 0.3 to 1.
runs.plot(law=law);

# %% [markdown]
# ## A comparison
#
# Three schemes on the same start-up delays, each at the degrees 1, 2, 5, … The star marks points that no other point
# beats in latency and in messages.

# %%
sr.compare(model, ["sr", "terms-cyclic", "uncoded"], 200)

# %% [markdown]
# ## A counterexample
#
# Is the sum there as soon as a sum-recovery code has covered every symbol? The search tests all cases from the smallest
# on, so that a counterexample comes with a proof that none is smaller.

# %%
sr.hunt("sr-covered-implies-spans")

# %% [markdown]
# ## A study
#
# A study is the evidence for one paper: claims, each with a check. This is one claim of the paper on sum-recovery codes.

# %%
from paper_checks import study

study.verify(["disc-example"])
