# %% [markdown]
# # A paper of yours in an hour
#
# A *study* is the evidence for one paper: claims, each with a check, and numbers, figures and tables. This notebook makes
# a study of a published paper, *Gradient coding* (Tandon, Lei, Dimakis and Karampatziakis, ICML 2017): $n$ workers hold
# parts of a sum of $n$ terms, and any $n - s$ messages must give the sum. On the command line `srtheory new FOLDER` begins
# a study of your own ([Your own paper](../docs/own_paper.md)).

# %%
from fractions import Fraction
from itertools import combinations, product

import srtheory as sr

study = sr.Study(
    title="Gradient coding",
    authors=("R. Tandon", "Q. Lei", "A. G. Dimakis", "N. Karampatziakis"),
    sections=("Theorem 1", "Section 3", "Ours"),
    at=sr.Model(12, tau=0.01, startup="expon(scale=1)"),
    prefix="Grad",
)


def robust(rows, s):
    """Whether all sets of all but s of the rows span the all-ones vector."""
    return all(sr.spans([list(row) for row in some]) for some in combinations(rows, len(rows) - s))


# %% [markdown]
# ## Claims and their checks
#
# A check is a function of the laboratory `lab` that returns a finding: a verdict, a sentence and evidence. Each object
# that it judges is a keyword argument, so that a mistake can be planted. *Verified* is exact, in all cases of the range
# that the finding states; floats, runs and some cases of a limit give *supported* at most. Theorem 1 is a lower bound
# on how many messages a term must be in.


# %%
@study.claim(
    "density",
    where="Theorem 1",
    says="In a code that is robust to any $s$ stragglers every term is in at least $s + 1$ messages.",
    checked_by=("exact computation",),
    planted={"more": 2},
)
def density(lab, *, more=1, largest=3):
    for n, s in ((n, s) for n in range(2, largest + 1) for s in range(n)):
        for code in product(product((0, 1), repeat=n), repeat=n):
            if min(map(sum, zip(*code))) < s + more and robust(code, s):
                return sr.Finding(sr.Verdict.REFUTED, f"False at $n = {n}$, $s = {s}$.", {"smallest": code})
    return sr.Finding(sr.Verdict.VERIFIED, rf"True of all 0/1 codes with $n \le {largest}$.", {"how": "exact rank"})


# %% [markdown]
# The two constructions of the paper meet the bound. In the first, groups of $s + 1$ workers hold the same terms. The second
# puts weights on windows of $s + 1$ terms around a circle. Would weights of 1 do?


# %%
def groups(n, s):
    return [[int(i // (s + 1) == j // (s + 1)) for j in range(n)] for i in range(n)]


def windows(n, s):
    return [[int((j - i) % n <= s) for j in range(n)] for i in range(n)]


SIZES = [(n, s) for n in range(2, 9) for s in range(1, n)]


@study.claim(
    "groups",
    where="Section 3",
    says="If $s + 1$ divides $n$, fractional repetition is robust to any $s$ stragglers.",
    checked_by=("exact computation",),
    planted={"code": lambda n, s: windows(n, s - 1)},
)
def fractional_repetition(lab, *, code=groups):
    fails = [(n, s) for n, s in SIZES if n % (s + 1) == 0 and not robust(code(n, s), s)]
    if fails:
        return sr.Finding(sr.Verdict.REFUTED, f"False at $(n, s) = {fails[0]}$.", {"smallest": fails[0]})
    return sr.Finding(sr.Verdict.VERIFIED, r"True for all such $n \le 8$.", {"how": "exact rank, all sets of messages"})


@study.claim(
    "ones",
    where="Ours",
    says="Cyclic repetition needs no weights: windows of $s + 1$ terms are robust to any $s$ stragglers.",
    checked_by=("exact computation",),
    planted={"code": lambda n, s: [[1] * n] * n},
)
def ones(lab, *, code=windows):
    fails = [(n, s) for n, s in SIZES if not robust(code(n, s), s)]
    if fails != [(n, s) for n, s in SIZES if n % (s + 1)]:
        return sr.Finding(sr.Verdict.OPEN, f"It fails for {len(fails)} of {len(SIZES)} sizes.", {"fails": fails})
    text = r"True for $n \le 8$ if and only if $s + 1$ divides $n$."
    evidence = {"how": "exact rank, all sets of messages", "smallest": "n = {}, s = {}".format(*fails[0])}
    return sr.Finding(sr.Verdict.REFINED, text, evidence, correction="Let $s + 1$ divide $n$, or use weights.")


# %%
study.verify()

# %% [markdown]
# So fractional repetition is not needed where it exists. If $s + 1$ divides $n$, the windows whose first terms are
# congruent modulo $s + 1$ partition the terms, and $s$ stragglers leave one of these $s + 1$ partitions whole.
#
# Each check runs without and with its planted mistake. A check that cannot tell the two apart would be an error:

# %%
sr.check_study(study)

# %%
sr.table(study, "errata")

# %% [markdown]
# The smallest counterexample, as an object that shows why:

# %%
sr.rows(windows(3, 1)[:2])

# %% [markdown]
# ## Numbers
#
# A number that the text quotes has an interval or is exact, and states how it is known. The master waits for $n - s$ of
# $n$ workers, each of which needs an exponential time and then $0.01$ for each of its $s + 1$ terms. So the mean is
# $H_n - H_s + 0.01\,(s + 1)$, and runs of the package's own cyclic gradient code should agree.


# %%
@study.number("wait", says="mean latency, n = 12, s = 3")
def wait(lab):
    return sr.Number.exact(sum(Fraction(1, k) for k in range(4, 13)) + Fraction(4, 100), how="order statistics")


@study.number("wait-simulated", says="the same, simulated")
def wait_simulated(lab):
    return sr.Number.mean(lab.sample("latency", "gradient-cyclic", stragglers=3), lab)


wait(study.lab())

# %%
wait_simulated(study.lab(asked=1000))

# %% [markdown]
# The text inputs them as macros of LaTeX, `\GradWait` and `\GradWaitSimulated`, with their provenance in comments
# (`srtheory numbers FILE.py`). `srtheory numbers FILE.py --check paper.tex` finds numerals that no macro gives.
#
# ## The picture
#
# The law of the latency for 1, 3 and 5 stragglers: more of them cost more work and wait for fewer workers.

# %%
# alt: Distribution functions of the latency of cyclic gradient codes of one, three and five stragglers, from right to
# left, as curves with their names.
axes = None
for s in (1, 3, 5):
    axes = sr.latency("gradient-cyclic", study.at, stragglers=s).plot(axes, label=f"s = {s}")
