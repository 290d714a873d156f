# %% [markdown]
# # Spanning one
#
# Row $k$ of the matrix $G$ states which terms are in the $k$-th symbol that the master receives. The master knows
# $F = f_1 + \dots + f_m$ as soon as the rows span the all-ones vector **1**, since $v^\top G = \mathbf 1^\top$ gives
# $v^\top f' = F$.
#
# **Statement.** **1** is in the row space if and only if the entries of every $x$ with $Gx = 0$ add up to 0. (The row
# space is the orthogonal complement of the kernel.) So one vector $x$ with $Gx = 0$ and another sum is a proof that the
# sum cannot be recovered.

# %%
import srtheory as sr
from paper_checks import study

rows = sr.rows([{0}, {2, 3}, {1}, {2, 4}], columns=5)
rows

# %% [markdown]
# All five terms are covered, and the sum is out of reach: nobody can compute $f_3 + f_4 + f_5$ from $f_3 + f_4$ and
# $f_3 + f_5$. One more row helps.

# %%
more = sr.rows([{0}, {2, 3}, {1}, {2, 4}, {2}], columns=5)
more

# %% [markdown]
# ## The paper's example, and the smallest one that works
#
# The paper's discussion says: *if $m = 2$ and the rows of $G$ are $[1\ 0]$ and $[1\ 1]$, all source symbols are covered
# but (3) does not have a solution.* The second row **is** the all-ones vector.

# %%
sr.rows([[1, 0], [1, 1]])

# %% [markdown]
# Coverage is indeed not enough. A search over all small cases, smallest first, finds an example that works among the
# rows that the master of a sum-recovery code can receive, and proves that it is the smallest.

# %%
found = sr.hunt("sr-covered-implies-spans")
found

# %% [markdown]
# The picture has it in the middle, below the smallest of any 0/1 rows: workers 1 and 2 sent their own term and one block
# each. At every row the numbers cancel, but all together they do not.

# %%
# alt: Three graphs of terms and rows: the smallest 0/1 rows, the smallest rows of an SR code, and the smallest of weights
# 1 and -1 that cover all terms and do not span 1. At every row the numbers at its terms cancel.
sr.figure(study, "tanner")

# %% [markdown]
# ## Certificates
#
# A verdict can be proved to everyone: integers $v$ and $D$ with $v^\top G_k = D\,\mathbf 1^\top$ for the first $k$ rows,
# and $x$ with $G_{k-1}\,x = 0$ whose entries do not add up to 0. A separate checker, with plain integers and no solver,
# verifies them. It refuses a certificate of other rows.

# %%
proof = more.certificate()
sr.check(proof, more), sr.check(proof, sr.rows([{0}, {2, 3}, {1}, {2, 4}, {3}], columns=5))

# %% [markdown]
# ## Another field, another answer
#
# It is tempting to eliminate over GF(2), but this is safe in neither direction. The star {1,2}, {1,3}, {1,4} spans **1**
# over GF(2) and not over the rationals, and the triangle {1,2}, {2,3}, {1,3} spans it over the rationals and not over
# GF(2).

# %%
star, triangle = sr.rows([{0, 1}, {0, 2}, {0, 3}]), sr.rows([{0, 1}, {1, 2}, {0, 2}])
[(over, star.spans(field=over), triangle.spans(field=over)) for over in ("Q", "GF(2)", "GF(3)", "GF(4)")]

# %% [markdown]
# The star is the smallest of its kind:

# %%
sr.hunt("gf2-spans-implies-q")

# %% [markdown]
# ## One run
#
# Twelve terms, blocks of three: rank and coverage as rows arrive. The row that covers the last term ends this run.

# %%
# alt: One run of an SR code step by step: what each of twelve workers computes over time, and below it symbols covered,
# rank and rows received, which reach 12, 12 and 15 at the end of the run.
sr.figure(study, "run")
