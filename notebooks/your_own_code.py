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
# # Your own code
#
# Suppose you have an idea for a scheme: which sums each worker sends, and in which order. How fast is it, what does
# it send, and is it better than the existing schemes? This notebook takes one scheme from a Python file to a run,
# through the test kit, to a comparison, a figure and a table. [Your own code](../docs/own_code.md) specifies what a
# scheme may be and promises.
#
# An SR code sends sums over *random* blocks. The idea of this scheme is to replace them by windows of terms that
# follow each other around a circle, beginning at the worker's own place.

# %%
import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np
from click.testing import CliRunner

from paper_checks import study
from srtheory.cli import srtheory as command_line
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.exceptions import reception_of
from srtheory.experiments.summary import column
from srtheory.experiments.trial import Task, run_trial
from srtheory.render.style import COLOURS, DASHES, STYLE
from srtheory.render.write import as_markdown
from srtheory.schemes import make
from srtheory.study.making import drawing, table
from srtheory.testing import check_scheme

plt.rcParams.update(STYLE)
BLUE, YELLOW = COLOURS[0], COLOURS[2]
lab = study.lab()
folder = TemporaryDirectory()
os.chdir(folder.name)

# %% [markdown]
# The next cell sets the number of terms, the number of terms in a window or block, the time per term, and the
# start-up law. Change them here. They apply to everything below except the figure and the table at the end, which are
# at the paper's parameters.

# %%
m, d, tau, startup = 200, 10, 0.02, "expon(scale=5)"

# %% [markdown]
# ## The file
#
# A scheme specifies what a worker sends, and time plays no part in it. `ByWorker` makes a scheme out of a generator
# of rows, and fields of the class are its options. This notebook writes the file so that it is complete. Your own
# file would be in the same folder.

# %%
SOURCE = '''
from dataclasses import dataclass

from srtheory.schemes.by_worker import ByWorker


@dataclass(frozen=True)
class Windows(ByWorker):
    """Worker j sends f_j, and then the sums over windows of the terms that follow around the circle."""

    window: int = 3

    def sends(self, worker, key):
        yield [worker]
        others = [(worker + i) % self.symbols for i in range(1, self.symbols)]
        for first in range(0, len(others), self.window):
            yield others[first : first + self.window]
'''
Path("mine.py").write_text(SOURCE, encoding="utf-8")
scheme = make("mine.py::Windows", 8, window=3)
for worker in (0, 6):
    print(f"worker {worker} sends", *scheme.sends(worker, key=0))

# %% [markdown]
# From here on `mine.py::Windows` is the name of a scheme like any other. The picture shows the rows that the master
# has received when the sum can be recovered. Next to them are the rows of an SR code with the same start-up delays.
# Terms that arrived alone are blue.

# %%
# alt: Two incidence matrices, one row for each received symbol in order of arrival. On the left, the windows: unbroken
# yellow runs of four neighbouring terms, some around the edge. On the right, the SR code: yellow cells scattered all
# over. Single blue cells in both are workers' own terms.
_, panels = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
pair = {"windows of 4": ("mine.py::Windows", {"window": 4}), "SR, d = 4": ("sr", {"degree": 4})}
for axes, (label, (name, options)) in zip(panels, pair.items(), strict=True):
    task = Task(make(name, 24, **options), DelayModel(parse_law(startup), 0.3), seed=4)
    needed = run_trial(task, 0).stopping_time
    rows = reception_of(task, 0, needed).rows.prefix(needed)
    shade = rows.dense() * np.where(np.diff(rows.indptr) == 1, 1, 2)[:, None]
    axes.imshow(shade, cmap=plt.matplotlib.colors.ListedColormap(["white", BLUE, YELLOW]), aspect="auto")
    axes.set(xlabel="term", ylabel="row, by arrival", title=f"{label}: the sum is there after {needed} rows")
    axes.grid(visible=False)
plt.show()

# %% [markdown]
# ## Does it keep its promises?
#
# A simulation relies on the promises of a scheme ([Your own code](../docs/own_code.md) lists them). For example, a
# worker that has more time sends the same rows and then more, terms are counted, and the rows of a worker depend only
# on the run. The test kit searches for the smallest case that breaks a promise. It finds none here:

# %%
check_scheme("mine.py::Windows")

# %% [markdown]
# By default the rows of a `ByWorker` are decoded by exact elimination, which is right for any rows. But a window is
# an arc of a circle, and arcs are decoded by union and find, in a very short time (*Decoding*). One line selects this
# decoder. A still faster decoder exists for rows that are parts of *one* partition. Windows of two workers overlap,
# so this decoder would be wrong for them. Would the test kit detect it?

# %%
FASTER = """
from mine import Windows


class Cycles(Windows):
    decoder = "intervals"


class Hasty(Windows):
    decoder = "partition"
"""
Path("faster.py").write_text(FASTER, encoding="utf-8")
check_scheme("faster.py::Cycles")
try:
    check_scheme("faster.py::Hasty")
except AssertionError as broken:
    print(broken)
else:
    raise RuntimeError("the kit has found nothing")

# %% [markdown]
# The kit has drawn schemes, runs and budgets, and reduced the case to three terms and windows of two, where workers'
# rows first overlap. (A kit that finds nothing in `Cycles` proves nothing, but it is a theorem that union and find is
# right for arcs.) Both decoders must give the same runs, and they do:

# %%
slow, fast = (
    lab.records(name, symbols=m, tau=tau, startup=startup, trials=20, own={"window": d})
    for name in ("mine.py::Windows", "faster.py::Cycles")
)
for measure in ("latency", "stopping_time", "coverage_time", "work"):
    assert (column(slow, measure) == column(fast, measure)).all()
for name, runs in (("elimination", slow), ("along a cycle", fast)):
    cost = np.mean([column(runs, part) for part in ("additions", "multiplications", "solving")], axis=1).sum()
    print(f"{name:14} {cost:10.1f} operations a run; T and M' of all {len(runs)} runs as above")

# %% [markdown]
# ## Compare it with other schemes
#
# On the command line, the degree of the SR code and the parts of BCC are as large as the windows:


# %%
def srtheory(*words):
    """The command line."""
    print("$ srtheory", *words)
    done = CliRunner().invoke(command_line, words)
    print(done.stdout.strip() or f"srtheory: {done.exception}")


model = ("--symbols", str(m), "--tau", str(tau), "--startup", startup)
rivals = "sr,parts-cyclic,terms-cyclic,faster.py::Cycles"
srtheory("compare", "--schemes", rivals, *model, "--degree", str(d), "--option", f"window={d}")

# %% [markdown]
# At these parameters windows are somewhat faster than an SR code with blocks as large, with fewer rows than $m$ and a
# decoder that takes hardly any work. Parts in cyclic order are faster than both. A sweep compares other sizes. Its
# records are stored in a folder, and are not computed again when the sweep is repeated. (In the shell:
# `srtheory sweep grid.toml --store records`.)

# %%
sizes = [size for size in (1, 2, 3, 5, 7, 10, 15, 20) if size < m]
grid = f"""
trials = 100
seed = 2022

[[tasks]]
scheme = "faster.py::Cycles"
symbols = {m}
option.window = {sizes}
tau = {tau}
startup = "{startup}"

[[tasks]]
scheme = "sr"
symbols = {m}
degree = {sizes}
tau = {tau}
startup = "{startup}"
"""
Path("grid.toml").write_text(grid, encoding="utf-8")
words = ("sweep", "grid.toml", "--store", "records", "--json")
swept = [json.loads(line) for line in CliRunner().invoke(command_line, words).stdout.splitlines()]
found = {}
for task in swept:
    size = task.get("option.window", task.get("degree"))
    found.setdefault(task["scheme"], []).append((size, task["stopping_time"], task["latency"]))
print(len(swept), "tasks,", len(list(Path("records").iterdir())), "folders of records")

# %%
# alt: Mean latency against mean received rows per term, a point for each size of windows or blocks. Both curves fall
# from few rows and high latency at size 20 to many rows and low latency at size 1. The SR code's stands upright at one
# row per term; that of the windows lies below it throughout and goes on to three quarters of a row per term.
_, axes = plt.subplots(figsize=(7, 4), layout="constrained")
for (name, points), colour, mark in zip(found.items(), COLOURS, "os", strict=False):
    k, t = (np.array([each["mean"] for each in part]) for part in list(zip(*points, strict=True))[1:])
    error = 1.96 * np.array([each["standard_error"] for *_, each in points])
    axes.errorbar(k / m, t, error, fmt=mark + "-", color=colour, markersize=4, label=name)
    for (size, *_), x, y in zip(points, k / m, t, strict=True):
        axes.annotate(size, (x, y), textcoords="offset points", xytext=(5, 4), fontsize=8, color=colour)
axes.axvline(1, color="grey", linewidth=0.8)
axes.set(xlabel="rows received, M'/m", ylabel="mean latency T", title=f"m = {m}, τ = {tau}, X ~ {startup}")
axes.legend()
plt.show()

# %% [markdown]
# ## The figure
#
# The figure is Figure 2a at the paper's parameters, with selected schemes. On the command line this is
# `srtheory figure 2a --schemes parts-cyclic,genie,faster.py::Cycles --option window=10 --out figures`.

# %%
# alt: The chance that the latency exceeds t, falling from one to a hundredth: for the genie between 0.2 and 0.3, for
# parts in cyclic order between 0.4 and 0.7, and for the windows between 0.6 and 0.9, with bands around all three and
# circles of exact laws on the first two.
shown = ("parts-cyclic", "genie", "faster.py::Cycles")
drawing(study, "2a", lab, schemes=shown, options=("window=10",)).canvas

# %% [markdown]
# ## The table
#
# The table is `srtheory table schemes`, with the SR code in it. The same object gives Markdown (here), LaTeX and CSV.
# At the paper's parameters windows of ten are somewhat slower than the SR code, with more rows than terms. They are
# decoded by some hundred additions where elimination takes sixteen million operations.

# %%
rivals = ("sr", "parts-cyclic", "faster.py::Cycles")
made = table(study, "schemes", lab, schemes=rivals, options=("window=10",))
print(as_markdown(made, "notebooks/your_own_code.py"))

# %% [markdown]
# ## Next steps
#
# - An option is a field: `window` here. A text, a fraction, an enumeration or a switch works too.
# - Randomness comes from `self.generator(worker, key)`, so that a run can be repeated.
# - Records contain a digest of your file. A changed file is another task, and no old record is used for it.
# - With `--processes` or on a cluster each process imports the file from its path.
# - A scheme may supply the distribution of its latency (`latency_cdf`), and a package may offer its schemes by name.
#
# [Your own code](../docs/own_code.md) describes your own decoders, laws, figures and tables.
