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
# # Checked by machine
#
# Who has checked the proofs of the statements that this repository calls *proved*? For the finite, algebraic part of
# `docs/` it is a proof assistant, Coq. This notebook follows one sentence of the paper through four steps: a theorem
# that Coq accepts, a certificate about one concrete reception, the verdict of a program that was extracted from a
# verified checker, and tables that Coq computes and that Python's formulas are compared with. The last section lists
# what one still has to trust.
#
# No prover is needed to run the notebook. The verified program is needed for the lines that give its verdict. If
# `make proofs` has not built it, these lines state this.

# %%
import json
import os
import re
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
from click.testing import CliRunner

from paper_checks.parameters import DEGREE, EXPONENTIAL, SYMBOLS, TAU
from srtheory.cli import srtheory as command_line
from srtheory.cli import verified
from srtheory.conjectures.counts import spanning_probability
from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.exceptions import reception_of
from srtheory.experiments.trial import Task
from srtheory.render.style import COLOURS, STYLE
from srtheory.matrix import from_sets
from srtheory.schemes import make
from srtheory.span import stopping_time
from srtheory.span.certificates import span_certificate, stopping_time_certificate, to_json
from srtheory.span import checker
from srtheory.theory.startup import block_ends
from srtheory.theory.spanning import Instant, block_weights
from paper_checks.theory.given_counts import even_sets_given_counts, uncovered_sets_given_counts

plt.rcParams.update(STYLE)
BLUE, RED, YELLOW, GREEN = COLOURS[:4]
PROOFS = Path("../proofs").resolve()
RECORD = (PROOFS / "theorems.txt").read_text(encoding="utf-8")
TABLES = json.loads((PROOFS / "tables.json").read_text(encoding="utf-8"))

# %% [markdown]
# The next cell sets the number $m$ of terms, the number $d$ of terms in a block, the time $\tau$ per term and the
# start-up law. These are the paper's. Everything below that is simulated or computed at the paper's parameters uses
# them, and you can change them here. The numbers that the text quotes are those at the paper's parameters.

# %%
m, d, tau, startup = SYMBOLS, DEGREE, TAU, EXPONENTIAL

# %% [markdown]
# ## The sentence
#
# The master knows the sum as soon as the rows that it has received span the all-ones vector, the paper's condition
# (3). Every symbol must then be covered by some row. Is that enough? The paper states in its discussion that it is
# not:
#
# > *For e.g. if $m = 2$ and the rows of $G$ are $[1\ 0]^\top$ and $[1\ 1]^\top$, all source symbols are covered but (3)
# > does not have a solution.*
#
# The second row *is* the all-ones vector, so this is not an example. (It is not one either if the matrix is read by
# columns.) The paper's point is still right. For the paper's code, whose workers send their own symbol first and then
# sums over blocks of the others, the right sentence should be: *five symbols can be covered without the sum being
# recovered, but four or fewer cannot.* How sure may one be of that?
#
# ## The theorem
#
# `proofs/` has both halves as theorems. `make proofs` compares Coq's own output about them with a stored file,
# `proofs/theorems.txt`: the statement, a digest of it without any notations, and the axioms that it rests on.


# %%
def on_record(name):
    """What Coq says about a definition or a theorem, and about what it rests on."""
    module, _, word = name.partition(".")
    part = re.search(rf"^# {module}\n((?:(?!# ).*\n)*)", RECORD, re.MULTILINE)[1]
    said = re.search(rf"^{word}(?: =.*)?\n(?:.*\n)*?     \[in full: \w+\]\n", part, re.MULTILINE)[0]
    rests = re.search(rf"^{word}: .*\n(?:  .*\n)*", part, re.MULTILINE)
    print(said + (rests[0] if rests else ""))


on_record("Errata.two_symbols_example")
on_record("Counterexamples.sr_covered_not_recovered")
on_record("Counterexamples.sr_covered_recovers_4")

# %% [markdown]
# In words, the three theorems are:
#
# 1. The paper's rows recover the sum, over every field $K$.
# 2. Over every field $K$, `five` is a code for $m = 5$ (each worker's order runs through the other symbols). Let
#    $d = 2$ and let its workers 0 and 1 have sent two rows each. Then the master has the rows $\{0\}$, $\{2,3\}$,
#    $\{1\}$, $\{2,4\}$, counted from 0. They cover all symbols and do not recover the sum.
# 3. With at most four symbols, for every $d$, every code and every number of rows from each worker, rows that cover
#    recover, over the rationals.
#
# *Closed under the global context* means: no axiom at all, and nothing left open.
#
# A theorem is worth as much as its definitions, and a machine cannot check these for us. They are few and short. What
# does `recovers` mean?

# %%
for word in ("recovers", "incidence", "covered", "code", "sent", "reception"):
    on_record(f"SumRecovery.{word}")
on_record("Span.spans")
on_record("Span.ones")

# %% [markdown]
# The incidence matrix has a one where the symbol is in the row. `spans` is MathComp's `submx`: the all-ones vector
# `const_mx 1` lies in the row space. In a code, worker $j$'s order and $j$ itself are a permutation of
# $0, \dots, m-1$. The worker sends its own symbol, then its order cut into blocks of $d$. A reception has the first
# $n_j$ rows of each worker. No word like "generic" or "with high probability" hides a condition.
#
# Coq reads the following proof. Most of it is a vector, $x = (0, 0, 1, -1, -1)$, that every row meets with sum 0 and
# whose own sum is $-1$. The tactics check the four sums.

# %%
source = (PROOFS / "Counterexamples.v").read_text(encoding="utf-8")
print(re.search(r"^Theorem sr_covered_not_recovered(?:.*\n)*?Qed\.", source, re.MULTILINE)[0])

# %% [markdown]
# ## A certificate
#
# A theorem in a library does not cover the rows that a program holds in its memory. For these `srtheory` writes
# certificates. Here the certificate is an integer vector $x$ with $Gx = 0$ and $\sum x \ne 0$. This is a proof, since
# $vG = \mathbf 1$ would give $\sum x = vGx = 0$. The package finds the vector by elimination, without Coq.

# %%
sets = [[0], [2, 3], [1], [2, 4]]
rows = from_sets(5, sets)
certificate = span_certificate(rows)
print(to_json(certificate))

# %%
# alt: Four rows of five terms as a grid, with the kernel vector written into the cells: rows of one term have a grey 0,
# the two others a red +1 and a green -1, so that each row adds up to 0.
kernel = [int(entry, 16) for entry in certificate["kernel"]]
figure, axes = plt.subplots(figsize=(5, 3.2), layout="constrained")
axes.imshow(
    rows.dense() * np.sign(kernel) + 2 * rows.dense(),
    cmap=plt.matplotlib.colors.ListedColormap(["white", GREEN, "#dddddd", RED]),
    vmin=0,
    vmax=3,
    aspect="auto",
)
for i, row in enumerate(sets):
    for j in row:
        axes.text(j, i, f"{kernel[j]:+d}" if kernel[j] else "0", ha="center", va="center")
axes.set_xticks(range(5), [f"$f_{j}$" for j in range(5)])
axes.set_yticks(range(4), [f"row of worker {j}" for j in (0, 0, 1, 1)])
axes.set(title="x on the four rows: each adds up to 0, x itself does not")
axes.grid(visible=False)
plt.show()

# %% [markdown]
# ## The verdict of a verified program
#
# A certificate can be checked with pencil and paper, or by the package's own checker, some lines of plain integers.
# But who checks the checker? `proofs/Checker.v` has another checker, written in Coq. A certificate that it accepts is
# true:

# %%
on_record("Checker.check")
on_record("CheckerSound.accepts_sound_Q")

# %% [markdown]
# `claim` states the expected meaning for each kind of certificate: the matrix spans **1**, or does not, or does so
# from row $k$ on. (A similar theorem holds for every prime characteristic.) Coq extracts an OCaml program from this
# checker, not from a copy of it in another language, and `srtheory check --verified` asks that program.

# %%
folder = TemporaryDirectory()
os.chdir(folder.name)


def srtheory(*words):
    """The command line."""
    print("$ srtheory", *words)
    done = CliRunner().invoke(command_line, words)
    print(done.output.strip() or f"srtheory: {done.exception}")


Path("rows.json").write_text(json.dumps({"columns": 5, "rows": sets}), encoding="utf-8")
Path("certificate.json").write_text(to_json(certificate), encoding="utf-8")
srtheory("check", "certificate.json", "--matrix", "rows.json")
srtheory("check", "certificate.json", "--matrix", "rows.json", "--verified")

# %% [markdown]
# ## Tampering
#
# Now we change one number of the certificate. The certificate's own digest no longer fits, and both commands detect
# this. In either case Python compares the digests.


# %%
def changed(content, **parts):
    return {**content, **parts}


def sealed(content):
    """With the digest that it should have."""
    return changed(content, certificate_sha256=checker.content_digest(content))


lie = changed(certificate, kernel=["0x0", "0x0", "0x1", "-0x1", "0x1"])
Path("lie.json").write_text(to_json(lie), encoding="utf-8")
srtheory("check", "lie.json", "--matrix", "rows.json")

# %% [markdown]
# A forger would also replace the digest. Then the equations alone are left to fail, and the verified program rejects
# the certificate.

# %%
Path("forged.json").write_text(to_json(sealed(lie)), encoding="utf-8")
srtheory("check", "forged.json", "--matrix", "rows.json")
srtheory("check", "forged.json", "--matrix", "rows.json", "--verified")

# %% [markdown]
# One forgery is not a test. Take a stopping time: $v$ and $D$ with $v^\top G_k = D\,\mathbf 1^\top$, and $x$ with
# $G_{k-1}\,x = 0$, for a run with $m = 30$. Change each of its numbers by one, up and down, and replace the digest.

# %%
run = Task(make("sr", 30, degree=4), DelayModel(parse_law("expon(scale=5)"), 0.05), seed=5)
received = reception_of(run, 0, 60).rows
last = stopping_time(received.indptr, received.indices, received.columns, values=received.values).stopping_time
honest = stopping_time_certificate(received, last)
matrix = received.mappings()


def forgeries(content):
    """Every certificate in which one number is one more or one less."""
    for step in (-1, 1):
        yield changed(content, denominator=hex(int(content["denominator"], 16) + step))
        for part in ("combination", "kernel"):
            for i, entry in enumerate(content[part]):
                entries = [*content[part][:i], hex(int(entry, 16) + step), *content[part][i + 1 :]]
                yield changed(content, **{part: entries})


def read(content):
    return checker.read(to_json(sealed(content)))


def verdicts(certificates):
    """The verified program's, on a line of its own, if it is there."""
    try:
        verified.require_program()
    except ArgumentError as missing:
        print(f"verified program: {missing}")
        return
    answers = verified.verdicts(verified.question(each, received.columns, matrix) for each in certificates)
    print(f"verified program: accepts {sum(answers)} of {len(answers)}")


forged = [read(each) for each in forgeries(honest)]
print(checker.claim(read(honest)))
print(f"Python's checker accepts {int(checker.fault(read(honest), 30, matrix) is None)} of 1")
verdicts([read(honest)])
accepted = sum(checker.fault(each, 30, matrix) is None for each in forged)
print(f"Python's checker accepts {accepted} of {len(forged)} forged ones")
verdicts(forged)

# %% [markdown]
# (The tests do this with ten thousand certificates of all kinds over several fields, and require that both checkers
# give the same verdict on each.)
#
# ## At the paper's size
#
# With $m = 1000$ and $d = 10$ the certificate's integers have hundreds of digits. The program accepts it as well:

# %%
paper = Task(make("sr", m, degree=d), DelayModel(parse_law(startup), tau), seed=2022)
received = reception_of(paper, 0, 11 * m // 10).rows
last = stopping_time(received.indptr, received.indices, received.columns, values=received.values).stopping_time
matrix = received.mappings()
large = read(stopping_time_certificate(received, last))
print(f"D has {len(str(large.denominator))} decimal digits. {checker.claim(large)}")
verdicts([large])

# %% [markdown]
# For this one run we need not even trust the extraction. The certificate has been printed into a Coq file, and the
# statement of the run's stopping time is a theorem there. Coq's kernel has done the arithmetic itself. It reads the
# certificate's text by the machine integers and strings that it has, and these are the primitives listed here.

# %%
on_record("PaperCertificate.paper_stopping_time")
text = (PROOFS / "PaperCertificate.v").read_text(encoding="utf-8")
print("the denominator there is ours:", f'(value "{large.denominator:x} ;")' in text)

# %% [markdown]
# ## Formulas: a table from Coq beside Python's functions
#
# Certificates settle single runs. The *laws* in this package, of coverage and of recovery, are formulas in Python,
# and Python is tested, not verified. The tests use, among others, tables that Coq has computed. Take the first
# moments that bound the probability of recovery from below at every finite $m$ ([When the rows span
# 1](../docs/proofs/spanning.md), Theorem 1). Given how many rows each worker has sent, $A_w$ is the expected number of sets
# of $w$ symbols that every row meets in an even number, and $U_w$ that of sets of $w$ uncovered symbols.

# %%
on_record("FirstMoment.recovery_bounds")
on_record("MomentTable.even_table")

# %% [markdown]
# The first theorem is the bound. `Pr` and `mean` are fractions and means over all codes, of which there are
# $((m-1)!)^m$, without sampling. The second theorem states that a program on integers, `given_counts` over `places`,
# computes $A_w$. Coq runs it. For $m \le 4$ and two inactive workers or more (workers that have sent nothing), Coq
# also goes through all codes one by one and counts, which uses none of these formulas. The output is for $m = 4$,
# $d = 2$, two inactive workers and two that have sent two rows each:


# %%
def table(beginning):
    """The rows of the table whose name begins so."""
    return next(rows for name, rows in TABLES.items() if name.startswith(beginning))


closed = {(m, d, tuple(n)): moments for m, d, n, *moments in table("m, d, counts, numerators of A_0")}
counted = {(m, d, tuple(n)): shares for m, d, n, *shares in table("m, d, counts, codes")}
case = (4, 2, (0, 0, 2, 2))
codes, evens, missed, *_ = counted[case]
by_program = [[Fraction(x, y) for x, y in zip(part, closed[case][2], strict=True)] for part in closed[case][:2]]
for name, (a, u) in {
    f"counted in {codes} codes": (evens[:3], missed[:3]),
    "Coq's program": by_program,
    "Python's functions": (even_sets_given_counts(*case), uncovered_sets_given_counts(*case)),
}.items():
    print(f"{name:<22} A = {', '.join(map(str, a)):<16} U = {', '.join(map(str, u))}")

# %% [markdown]
# The same comparison for every row of both tables:


# %%
def differing(even, missed):
    """Cases of the two tables in which a function of Python says something else than Coq."""
    found = []
    for case, (a, u, places) in closed.items():
        want = [Fraction(*x) for x in zip(a, places, strict=True)], [Fraction(*x) for x in zip(u, places, strict=True)]
        found += [case] if (even(*case), missed(*case)) != want else []
    for case, (codes, a, u, *_) in counted.items():
        for function, numbers in ((even, a), (missed, u)):
            moments = function(*case)
            more = [Fraction(0)] * (len(numbers) - len(moments))  # sets with a symbol that is known are not even
            found += [case] if moments + more != [Fraction(x, codes) for x in numbers] else []
    return found


print(f"cases: {len(closed)} by the program, {len(counted)} counted over all codes")
print("differ:", len(differing(even_sets_given_counts, uncovered_sets_given_counts)))

# %% [markdown]
# In the enumeration Coq also counts the codes that cover and the codes that recover, the latter by certificates that
# it finds and judges itself. It is not proved that Coq finds every certificate. But for so few symbols it finds as
# many as there are codes that cover, and by the theorem at the top there are no more.

# %%
assert all(covered == recovered for *_, covered, recovered in counted.values())
shares = {case: Fraction(recovered, codes) for case, (codes, *_, recovered) in counted.items()}
print("differ in P(recovered):", sum(spanning_probability(*case) != share for case, share in shares.items()))

# %% [markdown]
# A comparison that cannot fail shows nothing. Let Python take uncovered sets for even ones, a mistake that would make
# the bound too good to be true:

# %%
print("differ, with U for A:", len(differing(uncovered_sets_given_counts, uncovered_sets_given_counts)))

# %% [markdown]
# ## The bound itself
#
# `make proofs` also computes the moments jointly with the number of rows, for workers that each have sent $k$ of
# their $B + 1$ rows with probability $\binom{B+1}{k} 2^{-(B+1)}$. The theorems behind this table and the next picture
# are:

# %%
on_record("MomentTable.even_rows_table")
on_record("ByRows.covered_rows")
on_record("TimeLaws.time_unrecovered")

# %% [markdown]
# With $n$ received rows, Coq's integers give both parts of the proved bound. A symbol is uncovered with probability
# $\sum_{w \ge 1} (-1)^{w+1} U_w(n)$. All symbols are covered and the sum is not recovered with probability at most
# $X'(n) = \sum_{w \ge 3} (A_w(n) - U_w(n))$. Python evaluates the same sums at $m = 1000$, where no table of Coq's
# reaches, in floating point with error bounds that are proved on paper. At $m = 8$, $d = 2$ the picture shows that
# the two agree.

# %%
# alt: Two quantities against rows received at m = 8, on a logarithmic scale: the chance that a symbol is uncovered
# falls from 1 to a hundred-thousandth at 22 rows, the bound on covered and not recovered already at 13. Dots from
# Python lie on both lines from Coq.
few, size, weights, evens, missed, totals = next(row for row in table("m, d, weights") if row[:2] == [8, 2])
a, u = (
    [[Fraction(x, total) for x in row] for row, total in zip(part, totals, strict=True)] for part in (evens, missed)
)
n = np.arange(1, len(a[0]))
uncovered = [sum((-1) ** (w + 1) * u[w][k] for w in range(1, few)) for k in n]
excess = [sum(a[w][k] - u[w][k] for w in range(3, few)) for k in n]

law = np.array([sum(weights[b + 1 :]) / sum(weights) for b in range(len(weights) - 1)])
now = Instant(few, law, block_weights(block_ends(few, size), few))
(_, most), (least, most_missed) = (
    now.coefficients(np.arange(few), each, 1, n[-1]) for each in (now.weights.even, now.weights.missed)
)
python_uncovered = most_missed[1::2].sum(axis=0) - least[2::2].sum(axis=0)
python_excess = (most[3:] - least[3:]).sum(axis=0)
for found, exact in ((python_uncovered, uncovered), (python_excess, excess)):
    assert all(0 <= Fraction(x) - y < Fraction(1, 10**9) for x, y in zip(found.tolist(), exact, strict=True))

chance = np.array([float(a[0][k]) for k in n])
figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
shares = [np.array([float(x) or np.nan for x in part]) / chance for part in (uncovered, excess)]
axes.plot(n, shares[0], "-", color=BLUE, label="Coq: a symbol is uncovered")
axes.plot(n, python_uncovered / chance, "o", color=BLUE, markersize=4, label="Python: at most")
axes.plot(n, shares[1], "-", color=RED, label="Coq: X'(n), covered and not recovered")
axes.plot(n, python_excess / chance, "s", color=RED, markersize=4, label="Python: at most")
axes.set(xlabel="rows received, n", ylabel="given n", title="m = 8, d = 2", yscale="log", xlim=(0, 25), ylim=(1e-5, 20))
axes.legend(loc="upper right")
plt.show()

# %% [markdown]
# ## What one still has to trust
#
# - *For a theorem*: its statement and the definitions in it must state what we mean, which readers of
#   `proofs/theorems.txt` must judge. Coq's kernel, the part of Coq that checks proofs, must be right. The modules
#   `Fluid` and `FluidNumeric` rest on the axioms of Coq's real numbers, and the latter also on those of its machine
#   integers and floats. All others rest on no axiom. (`PaperCertificate` and an example in `HexText` compute with the
#   kernel's machine integers and strings.)
# - *For a verdict of the program*: Coq's extraction, which puts the library zarith's integers for Coq's, the OCaml
#   compiler, and the reader around the checker, `proofs/extraction/main.ml`. In `srtheory check --verified` Python
#   reads the files, compares the digests and shapes, and tests that the characteristic is a prime.
# - *For a number out of a formula*: Python and its libraries. The comparison with Coq's tables covers the cases in
#   the tables, and no others.
#
# To check all this again, on Debian or Ubuntu with the packages that `proofs/README.md` names:
#
#     make proofs
#
# compiles the library, compares all that it proves with `proofs/theorems.txt` and the tables with
# `proofs/tables.json`, and builds the program. The tests plant a false lemma, an axiom, an unproved theorem, a
# changed definition and changed formulas, and require that each is noticed.
