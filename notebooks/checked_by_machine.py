# %% [markdown]
# # Checked by machine
#
# Who has checked the proofs of the statements that this repository calls *proved*? For the finite, algebraic part it is a
# proof assistant, Coq. This notebook follows one sentence of the paper through four steps: a theorem that Coq accepts, a
# certificate about one concrete reception, the verdict of a program that was extracted from a verified checker, and what
# one still has to trust. The program is there if `make proofs` has built it.
#
# ## The sentence
#
# > *For e.g. if $m = 2$ and the rows of $G$ are $[1\ 0]^\top$ and $[1\ 1]^\top$, all source symbols are covered but (3)
# > does not have a solution.*
#
# The second row *is* the all-ones vector, so this is not an example. The right sentence for the paper's code is: *five
# symbols can be covered without the sum being recovered, but four or fewer cannot.* How sure may one be of that?
#
# ## The theorem
#
# `make proofs` compares Coq's own output with a stored file, `proofs/theorems.txt`: each statement, a digest of it without
# any notations, and the axioms that it rests on.

# %%
# !grep -A 10 "^sr_covered_not_recovered$" ../proofs/theorems.txt

# %%
# !grep -A 1 "^sr_covered_not_recovered: \|^sr_covered_recovers_4: " ../proofs/theorems.txt

# %% [markdown]
# In words: over every field, workers 0 and 1 of a code with $m = 5$ and $d = 2$ can have sent the rows $\{0\}$,
# $\{2,3\}$, $\{1\}$, $\{2,4\}$, which cover all symbols and do not recover the sum. With at most four symbols, for every
# $d$, every code and every number of rows from each worker, rows that cover recover, over the rationals. *Closed under the
# global context* means: no axiom at all, and nothing left open.
#
# A theorem is worth as much as its definitions, and a machine cannot check these for us. They are few and short:

# %%
# !grep -A 2 "^recovers =$\|^incidence =$\|^spans =$" ../proofs/theorems.txt

# %% [markdown]
# `submx` is MathComp's: the all-ones vector lies in the row space.
#
# ## A certificate
#
# A theorem in a library does not cover the rows that a program holds in its memory. For these there are certificates. Here
# it is an integer vector $x$ with $Gx = 0$ and $\sum x \ne 0$, found by elimination, without Coq.

# %%
import srtheory as sr

rows = sr.rows([{0}, {2, 3}, {1}, {2, 4}], columns=5)
rows

# %%
proof = rows.certificate()
sr.check(proof, rows), proof["kernel"]

# %% [markdown]
# ## The verdict of a verified program
#
# But who checks the checker? `proofs/Checker.v` has another one, written in Coq. A certificate that it accepts is true:

# %%
# !grep -A 2 "^accepts_sound_Q$" ../proofs/theorems.txt

# %% [markdown]
# Coq extracts an OCaml program from this checker, and `--verified` asks that program. In the last certificate one number was
# changed.

# %% language="bash"
# cd "$(mktemp -d)"
# echo '{"columns": 5, "rows": [[0], [2, 3], [1], [2, 4]]}' > rows.json
# srtheory span rows.json --certificate proof.json | head -n 3
# srtheory check proof.json --matrix rows.json
# srtheory check proof.json --matrix rows.json --verified
# sed 's/"-0x1"/"0x1"/' proof.json > forged.json
# srtheory check forged.json --matrix rows.json --verified || echo "status $?"

# %% [markdown]
# The tests do this with ten thousand certificates of all kinds over several fields, and require that both checkers give
# the same verdict on each.
#
# ## At the paper's size
#
# With $m = 1000$ and $d = 10$ the certificate's integers have hundreds of digits. For one run we need not even trust the
# extraction: the certificate was printed into a Coq file, and the run's stopping time is a theorem there. Coq's kernel has
# done the arithmetic by the machine integers and strings that it has, which are the primitives listed here.

# %%
# !grep -A 6 "^paper_stopping_time$" ../proofs/theorems.txt

# %% [markdown]
# ## What rests on what
#
# Statements of the documentation, and how each is known: by Coq as a whole, by Coq in a part or a case, on paper, or open.

# %%
# alt: A map of all statements: boxes for theorems, in colours for how each is known, with arrows to those that it rests on.
from paper_checks import study

sr.figure(study, "theorems")

# %% [markdown]
# ## What one still has to trust
#
# - *For a theorem*: its statement and the definitions in it must state what we mean, which readers of
#   `proofs/theorems.txt` must judge. Coq's kernel must be right. The modules `Fluid` and `FluidNumeric` rest on the axioms
#   of Coq's real numbers, and the latter also on those of its machine integers and floats.
# - *For a verdict of the program*: Coq's extraction, which puts the library zarith's integers for Coq's, the OCaml
#   compiler, and the reader around the checker. Python reads the files, compares digests and shapes, and tests that the
#   characteristic is a prime.
# - *For a number out of a formula*: Python and its libraries. The tests compare the formulas with tables that Coq has
#   computed, on the cases in the tables and no others.
#
# `make proofs` checks all this again, on Debian or Ubuntu with the packages that `proofs/README.md` names.
