# %% [markdown]
# # Your own conjecture
#
# The paper asks for conditions under which the received rows span **1**. Coverage is not enough. Suppose you suspect that
# coverage with some redundancy is enough. A conjecture is a predicate about a case, some received rows: `True` if the
# statement holds, `False` if it fails, `None` if its hypothesis is not met.
#
# ## First suspicion: cover everything twice

# %%
import srtheory as sr


@sr.conjecture("If every term is in two rows, the rows span 1.", "rows")
def covered_twice(case):
    times = [sum(j in row for row in case.sets) for j in range(case.symbols)]
    return case.spans() if min(times) >= 2 else None


sr.hunt(covered_twice)

# %% [markdown]
# This is a counterexample, and *the smallest* means that every smaller case has been tested, one of each class under
# relabelling. Its kernel vector has been verified by an independent checker. So the number of occurrences is the wrong
# quantity.
#
# ## Second suspicion: few inactive workers
#
# In a sum-recovery code worker $i$ sends term $i$ first. Only the terms of inactive workers, who have sent nothing, are
# unknown. The domain is now everything that a master can have received.


# %%
def few_inactive(most):
    @sr.conjecture(f"Rows that cover, with at most {most} inactive workers, span 1.", "reduced-receptions")
    def predicate(case):
        inactive = case.symbols - len(set(case.workers))
        return case.spans() if case.covered and inactive <= most else None

    return predicate


sr.hunt(few_inactive(3))

# %% [markdown]
# With three inactive workers the conjecture fails at once. With two it holds for all of $m \le 6$:

# %%
sr.hunt(few_inactive(2), max_symbols=6, budget=600)

# %% [markdown]
# This deserves a proof:
#
# *Only terms of inactive workers are unknown. If there are two, $f_a$ and $f_b$, every block is, apart from known terms,
# $0$, $f_a$, $f_b$ or $f_a + f_b$. Both are covered. Either some row is $f_a + f_b$ up to known terms. Then the sum can be
# recovered. Or no row has both, so one has $f_a$ alone and another $f_b$ alone. One inactive worker is easier, none is
# trivial.* ∎
#
# The search did not prove the theorem. It showed which theorem to prove.
#
# ## Next steps
#
# The same predicate in a file can be searched with several processes and stored answers, `srtheory hunt FILE.py::NAME`,
# and a counterexample be written with its certificate. [Your own conjecture](../docs/conjectures.md) lists the domains,
# among them rows with weights and over GF(q), and the attributes of a case.
