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
# # Latency
#
# **Theorem 1** of the paper: if $E[M'] = m + o(m)$ and the start-up delays are exponential of rate $\mu$, then
# $E[T_{SR}] \le (2 + o(1))\,\tau d + 1/\mu$. Remark 1 concludes from this bound that the latency is proportional to
# $d$. Figure 2a shows SR codes ahead of all baselines.
#
# This notebook shows the limit of $T$, the proved bounds on $T$ at the paper's own $m$, and the slack of the bound
# (5). It then compares SR codes with schemes that the paper leaves out, some of which need no code at all.

# %%
from math import ceil, floor

import matplotlib.pyplot as plt
import numpy as np
import sympy as sp
from ipywidgets import FloatLogSlider, interact

from paper_checks import study
from paper_checks.parameters import DEGREE, EXPONENTIAL, PARETO, SYMBOLS, TAU
from paper_checks.records.guarantees import LATENCY, of, read, simulated
from srtheory.delays import DelayModel, parse_law
from srtheory.experiments.exceptions import reception_of
from srtheory.experiments.trial import Task, run_trials
from srtheory.model import Model
from srtheory.render.style import COLOURS, DASHES, STYLE
from srtheory.schemes import make
from srtheory.study.making import drawing
from srtheory.theory import floor as floors
from paper_checks.theory.asymptotics import excess_supremum
from srtheory.theory.by_scheme import latency_law
from srtheory.theory.latency import block_bound, exponential_fluid_limit, latency_bound, median_bound, paper_bound
from srtheory.theory.rows import expected_rows, fluid_limit
from srtheory.theory.spanning import latency_bounds

plt.rcParams.update(STYLE)
lab = study.lab()


def outwards(low, high, digits=4):
    """An interval in print: rounded, it must not lose what it contains."""
    unit = 10**digits
    return f"[{floor(low * unit) / unit:.{digits}f}, {ceil(high * unit) / unit:.{digits}f}]"


# %% [markdown]
# The next cell sets the number $m$ of terms, the number $d$ of terms in a block, the time $\tau$ per term and the
# start-up law. These are the paper's. Everything below that is simulated or computed at the paper's parameters uses
# them, and you can change them here. The numbers that the text quotes are those at the paper's parameters.

# %%
m, d, tau, startup = SYMBOLS, DEGREE, TAU, EXPONENTIAL
law, trials = parse_law(startup), 1000
setting = Model(m, d, tau, law)
rate = 1 / law.mean()
as_in_paper = (m, d, tau, startup) == (SYMBOLS, DEGREE, TAU, EXPONENTIAL)

# %% [markdown]
# ## The limit of T
#
# A worker has sent its own term at $X + \tau$ and its $b$-th block at $X + \tau(1 + db)$. So
# $E\,N(t) = m\sum_b F(t - \tau(1 + c_b))$ is the expected number of rows by time $t$, $c_b$ being the other terms in
# $b$ blocks. By the law of large numbers $N(t)/m$ fluctuates less and less as $m$ grows. If $M'/m \to 1$, then $T$
# tends to the *fluid limit* $t^*$, at which $E\,N(t^*) = m$. The figure shows twenty runs at the paper's parameters:

# %%
# alt: Rows per term received by time t: twenty thin curves fan out around a thick black one, the mean, which reaches
# one row per term at t = 0.7046, marked by a dot.
star, bound = fluid_limit(setting), paper_bound(tau, d, rate)
times = np.linspace(0, 1, 201)
paper = Task(make("sr", m, degree=d), DelayModel(law, tau), seed=2022)

_, axes = plt.subplots(figsize=(6.6, 3.6), layout="constrained")
for trial in range(20):
    run = reception_of(paper, trial, 2000)
    axes.plot(times, np.searchsorted(run.time, times) / m, color=COLOURS[5], linewidth=0.6, alpha=0.7)
axes.plot([], [], color=COLOURS[5], label="20 runs")
axes.plot(times, expected_rows(setting, times) / m, color="black", label="E N(t)/m")
axes.axhline(1, color="grey", linewidth=0.8)
axes.plot(star, 1, "o", color=COLOURS[1], label=f"t* = {star:.4f}")
axes.set(xlabel="t", ylabel="rows per term", title=f"rows received; bound (5), {bound:g}, lies far to the right")
axes.legend(loc="upper left")
plt.show()

model = {"symbols": m, "tau": tau, "startup": startup}
sample = lab.sample("latency", "sr", degree=d, **model)
print(f"t* = {star:.4f}; mean of {len(sample)} runs {sample.mean():.4f} (sd {sample.std():.4f}); bound (5) {bound:.4f}")
assert not as_in_paper or bound > 7 * star

# %% [markdown]
# ## Proved bounds on T
#
# This section uses the paper's parameters, whatever is set above, because the stored bounds are for them.
#
# The limit says nothing about one $m$. But first moments over GF(2) (*Open questions*) give bounds on $P(T \le t)$ at
# every finite $m$, without a hypothesis and with all rounding accounted for ([When the rows span
# 1](../docs/proofs/spanning.md), Theorem 1.5). They are stored in `data/guarantees` at some dozens of times, which are
# joined by lines. The left figure shows them as bands, with 1000 new runs. The right figure shows them with $10^5$
# runs from `data/figures`, with the middle of the band taken off. With probability 0.999 no point of a curve of $n$
# runs is farther from the truth than $\sqrt{\ln 2000/(2n)}$ (Dvoretzky, Kiefer, Wolfowitz, Massart). So no point may
# be farther from the band.


# %%
# alt: Distribution functions of the latency for exponential and Pareto start-up: in both the steps of 1000 runs cover a
# narrow proved band, which rises from 0 to 1 around a dashed line, the fluid limit. On the right, with the middle of
# the band taken off, the band is an eye at most 0.008 high on either side, and bars of a hundred thousand runs lie
# within it.
def far(n):
    return np.sqrt(np.log(2000) / (2 * n))


proved, windows, n = read(), {EXPONENTIAL: (0.6, 0.85), PARETO: (1.26, 1.42)}, trials
_, (*panels, right) = plt.subplots(1, 3, figsize=(9.5, 3.4), layout="constrained")
for axes, (name, window), colour in zip(panels, windows.items(), COLOURS, strict=False):
    t, low, high = np.array([(line.time, line.low, line.high) for line in of(proved, name).times]).T
    task = Task(make("sr", SYMBOLS, degree=DEGREE), DelayModel(parse_law(name), TAU), seed=1)
    found = np.sort([r.latency for r in run_trials(task, range(n))])
    share = np.searchsorted(found, t, side="right") / n
    assert (share > low - far(n)).all()
    assert (share < high + far(n)).all()
    axes.fill_between(t, low, high, color=colour, alpha=0.4, label="proved")
    axes.step(found, np.arange(1, n + 1) / n, color="black", linewidth=0.7, where="post", label=f"{n} runs")
    limit = fluid_limit(Model(SYMBOLS, DEGREE, TAU, parse_law(name)))
    axes.axvline(limit, color="grey", linestyle="--", linewidth=0.8, label=f"t* = {limit:.4f}")
    axes.set(xlabel="latency t", ylabel="P(T ≤ t)", xlim=window, title=f"X ~ {name}")
    axes.legend(loc="lower right")

    runs = simulated(name, LATENCY)
    _, ours, theirs = np.intersect1d(t, runs.at, return_indices=True)
    apart, middle = 1 - runs.tail[theirs] - (low + high)[ours] / 2, (low + high) / 2
    assert (abs(apart) < (high - low)[ours] / 2 + far(runs.trials)).all()
    if name == EXPONENTIAL:
        right.fill_between(t, low - middle, high - middle, color=colour, alpha=0.4, label="proved")
        limits = abs(np.array([runs.tail - runs.low, runs.high - runs.tail]))[::-1, theirs]  # P(T <= t) is 1 - tail
        right.errorbar(t[ours], apart, limits, fmt="o", color="black", markersize=2, label="10⁵ runs, 95 %")
        right.set(
            xlabel="latency t", xlim=window, ylim=(-0.014, 0.01), title="on the left, less the middle of the band"
        )
        right.legend(loc="lower right")
plt.show()

# %% [markdown]
# One point of the band, computed here (a second or two):

# %%
low, high = latency_bounds(setting, 0.72)
print("P(T ≤ 0.72) in", outwards(low, high))
[on_file] = [line for line in of(proved, EXPONENTIAL).times if line.time == 0.72]
assert not as_in_paper or np.allclose((low, high), (on_file.low, on_file.high), rtol=1e-9)

# %% [markdown]
# So the means are known, to proved intervals of about a hundredth. If only $E[M']$ is known, a simpler bound holds.
# Before $T$ no worker is complete, so each has sent at least a row for every $\tau d$ since its own term, and these
# rows number less than $M'$ (Theorem A). The mean of this bound follows from $E[M']$ and the delays alone. It proves
# (5) without its $o(1)$ whenever $E[M'] \le (2 - 1/d)m + 1$, which holds here with much to spare.

# %%
# alt: Six times on one axis from 0 to 5.5: bound (5) at 5.1 stands far right, a sharper bound at 2.5, and the four
# others fall together at 0.7. Enlarged, from the left: the fluid limit, the proved interval of the mean, the mean of
# the runs with its wider interval around it, and at 0.735 the bound from the mean number of rows.
means = {(mean.startup, mean.quantity): mean for mean in proved.means}
rows, mean = means[EXPONENTIAL, "rows"], means[EXPONENTIAL, "time"]
from_rows = latency_bound(setting, rows.high)
error = sample.std(ddof=1) / len(sample) ** 0.5
if as_in_paper:
    assert star < mean.low < mean.high < from_rows < bound
    assert rows.high <= (2 - 1 / d) * m + 1
    assert mean.low - 3 * error < sample.mean() < mean.high + 3 * error

marks = {
    "bound (5), proved": (bound, bound),
    "τ(d + 1) + ln φ/μ, proved up to o(1)": (block_bound(tau, d, rate),) * 2,
    "Theorem A, from E[M']": (from_rows, from_rows),
    "E[T], proved interval": (mean.low, mean.high),
    f"mean of {len(sample)} runs, ± 2 standard errors": (sample.mean() - 2 * error, sample.mean() + 2 * error),
    "fluid limit t*": (star, star),
}
_, panels = plt.subplots(1, 2, figsize=(9.5, 2.6), layout="constrained", sharey=True)
for axes, window in zip(panels, ((0, 5.5), (0.69, 0.75)), strict=True):
    for place, (least, most) in enumerate(marks.values()):
        axes.plot([least, most], [place, place], "|-", color=COLOURS[place], linewidth=3, markersize=12)
    axes.set(xlabel="t", xlim=window, ylim=(-0.6, len(marks) - 0.4), yticks=range(len(marks)), yticklabels=marks)
panels[1].set_title("the same, enlarged")
plt.show()
print(f"E[M'] in {outwards(rows.low, rows.high, 2)}, E[T] in {outwards(mean.low, mean.high)}; bound (5): {bound:.1f}")
heavy_mean = means[PARETO, "time"]
print("Pareto, where (5) says nothing: E[T] in", outwards(heavy_mean.low, heavy_mean.high))

# %% [markdown]
# ## The slack of the bound
#
# For exponential start-up $t^*$ has a closed form in the load $y = \mu\tau d$. The 2 in (5) can be 1, and the 1 can
# be the logarithm of the golden ratio: $t^* \le \tau(d+1) + (\ln\varphi)/\mu$ for every $m$, with equality at
# $\mu\tau d = \ln\varphi$. The left figure shows the excess of $\mu(t^* - \tau)$ over $y$, whose greatest value SymPy
# derives. The right figure shows that $t^*$ itself grows like $\sqrt{2\tau d/\mu}$ while the load is small, and
# linearly only when it is large. So Remark 1's "proportional to $d$" is right for the bound, not for the latency.

# %%
# alt: On the left, the excess over the load: a curve that climbs to its only peak, 0.48, at the load ln phi, and falls
# to 0, everywhere far below the 1 that the bound allows. On the right, the fluid limit on two logarithmic axes: along
# the square root at small loads, from a load of one on along the sharp line, always below bound (5).
loads = np.geomspace(1e-3, 10, 400)
solution = np.array([exponential_fluid_limit(y, 1, 1.0) - y for y in loads])
top = excess_supremum()
golden = sp.log((1 + sp.sqrt(5)) / 2)
assert sp.simplify(sp.exp(top) - sp.exp(golden)) == 0
assert (solution - loads).max() <= float(golden) + 1e-12
assert np.isclose(block_bound(tau, d, rate), tau * (d + 1) + float(golden) / rate)
print("greatest excess:", top, "=", f"{float(top):.6f}")

_, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
left.plot(loads, solution - loads, color=COLOURS[0], label="μ(t* − τ) − y")
left.plot(float(golden), float(golden), "o", color=COLOURS[1], label="ln φ, reached at y = ln φ")
left.axhline(1, color="grey", linestyle="--", linewidth=0.8, label="what τd + 1/μ allows")
left.set(xscale="log", xlabel="load y = μτd", ylabel="excess", title="why ln φ", ylim=(0, 1.1))
left.legend(loc="lower left", bbox_to_anchor=(0, 0.5))
right.plot(loads, solution, color=COLOURS[0], label="fluid limit")
right.plot(loads, np.sqrt(2 * loads), linestyle=DASHES[1], color=COLOURS[1], label="√(2y)")
right.plot(loads, 2 * loads + 1, linestyle=DASHES[2], color=COLOURS[2], label="bound (5): 2y + 1")
right.plot(loads, loads + float(golden), linestyle=DASHES[3], color=COLOURS[3], label="sharp: y + ln φ")
right.set(xscale="log", yscale="log", xlabel="load y = μτd", ylabel="μ(t − τ)", title="a square root, then a line")
right.legend(loc="upper left")
plt.show()

# %% [markdown]
# The ratio of each bound to $t^*$, from the gallery (`srtheory figure bounds`):

# %%
# alt: Ratios of four bounds to the fluid limit against the load: bound (5) starts at 22 for a load of a thousandth and
# falls to about 2; the sharp bound falls from 11 to 1 at a load of a half, and stays close to it.
drawing(study, "bounds", lab).canvas

# %% [markdown]
# Move the slider through the load to see which workers send the rows. At small loads many blocks of few workers add
# up to $m$ rows. At large loads nearly every worker's own term and most first blocks are waited for, and rows arrive
# in waves.


# %%
# alt: Rows per term against time at a load of one: three waves, each steeper where a row of most workers comes in. The
# curve crosses one row per term at 1.41; the sharp bound stands close to it at 1.58, bound (5) at 3.
def arrivals(load):
    each = load / d
    t = np.linspace(0, 2.1 * load + 1.1, 500)
    rows = expected_rows(Model(m, d, each, parse_law("expon(scale=1)")), t) / m
    limit = exponential_fluid_limit(each, d, 1.0)
    _, axes = plt.subplots(figsize=(6.4, 3.4), layout="constrained")
    axes.plot(t, rows, color=COLOURS[0], label="E N(t)/m")
    axes.axhline(1, color="grey", linewidth=0.8)
    for i, (name, at) in enumerate(
        {
            "t*": limit,
            "sharp bound": block_bound(each, d, 1.0),
            "bound (5)": paper_bound(each, d, 1.0),
        }.items()
    ):
        axes.axvline(at, color=COLOURS[i + 1], linestyle=DASHES[i + 1], label=f"{name} = {at:.3g}")
    axes.set(xlabel="t, in units of 1/μ", ylabel="rows per term", ylim=(0, 2.5))
    axes.set_title(f"load μτd = {load:.3g}, d = {d}")
    axes.legend(loc="upper left")
    plt.show()


arrivals(1.0)

# %%
_ = interact(arrivals, load=FloatLogSlider(1.0, min=-2, max=1, step=0.1, continuous_update=False))

# %% [markdown]
# For start-up laws of infinite mean, such as the Pareto law of the paper's appendix, $1/\mu$ has no counterpart, but
# the median does. For *every* law $t^* \le \tau(d+1) + \mathrm{median}(X)$, since by then half of the workers have
# sent two rows.

# %%
heavy = Model(m, d, tau, parse_law(PARETO))
assert np.isinf(heavy.startup.mean())
print(f"Pareto: t* = {fluid_limit(heavy):.4f} ≤ {median_bound(heavy):.4f}")
assert fluid_limit(heavy) <= median_bound(heavy)

# %% [markdown]
# ## The schemes side by side
#
# The figure is Figure 2a with the paper's 100 runs, bands, and exact laws. All schemes have the same start-up delays,
# run by run. The circles on SR's curve are its law if $M' = \max(m, CC)$, which is a theorem in the limit and holds
# in most runs here (see *Open questions*).

# %%
# alt: Figure 2a: the chance that the latency exceeds t on logarithmic axes. SR is furthest to the left, between 0.6 and
# 0.9, close by it LT without a cap; repetition, BCC and LT with a cap follow between 3 and 10, One at 10 to 30, uncoded
# at 50. Curves of exact laws run through the simulated ones.
drawing(study, "2a", lab).canvas

# %% [markdown]
# In this comparison a worker sends either one result or sums that need decoding. A worker can also *stream* uncoded
# partial sums: the $m/d$ parts of BCC in random order, single terms in random order, or single terms in cyclic order,
# each worker starting at its own. The master adds up the sums that it lacks, without a decoder. No scheme can beat
# the genie, who hands out terms one by one and none twice. The figure needs no simulation: it shows exact laws, SR's
# again if $M' = \max(m, CC)$.

# %%
# alt: Distribution functions of the latency, from left to right: the genie with median 0.23, terms in cyclic order
# 0.49, parts in random order 0.53, terms in random order 0.61, and last the SR code, 0.71.
names = {
    "sr": (f"SR-{m}, d = {d}", {"degree": d}),
    "terms-random": ("terms, random order", {}),
    "parts-stream": (f"parts of {d}, random order", {"degree": d}),
    "terms-cyclic": ("terms, cyclic order", {}),
    "genie": ("genie", {}),
}
_, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
median = {}
for i, (name, (label, options)) in enumerate(names.items()):
    exact = latency_law(name, setting)
    runs = lab.sample("latency", name, **model, **options)
    grid = np.linspace(runs.min() * 0.97, runs.max() * 1.03, 12)
    below = np.array([sum(exact.cdf(float(t))) / 2 for t in grid])
    median[name] = float(np.interp(0.5, below, grid))
    axes.plot(
        grid,
        below,
        linestyle=DASHES[i],
        color=COLOURS[i],
        marker="o",
        markersize=3,
        label=f"{label}: {median[name]:.3f}",
    )
axes.set(xlabel="latency t", ylabel="P(T ≤ t)", title="SR codes and uncoded streams; medians in the legend")
axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
plt.show()

if as_in_paper:
    assert median["genie"] < median["terms-cyclic"] < median["parts-stream"] < median["terms-random"] < median["sr"]
faster = np.mean(lab.sample("latency", "terms-cyclic", **model) < sample)
print(f"cyclic terms are faster than the SR code in {faster:.0%} of {lab.trials} paired runs")

# %% [markdown]
# All three uncoded streams beat the SR code at the paper's own parameters, without a decoder. The reason is the
# work. An SR code computes about $d$ terms for each row and needs $m$ rows, while a stream needs each term only once.

# %%
# alt: Term evaluations per term against mean latency, one point for each scheme: the genie alone is at the lower left,
# with one evaluation; uncoded streams are left of SR and below it; LT with a cap, BCC and repetition are further right;
# One and uncoded at the far right, with one evaluation.
drawing(study, "work", lab).canvas

# %% [markdown]
# The cost of a stream is messages, one per term for the single-term streams. The delay model (4) counts messages as
# free.

# %% [markdown]
# ## How far from the best
#
# A scheme is *oblivious* if the terms that a worker evaluates, their order, and the times at which it sends do not
# depend on the delays. All schemes here are, except the genie. [How far from the best](../docs/proofs/floor.md), Theorem 2,
# bounds $P(T > t)$ from below for every oblivious scheme, whatever the workers send and however the master decodes.
# The figure shows exact laws (SR's if $M' = \max(m, CC)$). No oblivious scheme has a curve in the grey region, and no
# scheme at all has one in the dark region, below the genie.

# %%
# alt: The chance that the latency exceeds t on a logarithmic axis. A dark region ends at the genie's curve near 0.3 and
# a grey one at the floor, near 0.7. Parts and terms in cyclic order fall together a little to the right of the floor,
# and the SR code falls last.
reach = latency_law("sr", setting).cdf, latency_law("genie", setting).cdf
grid = np.linspace(0.2 * median["sr"], 1.4 * median["sr"], 61)
genie = np.array([1 - reach[1](float(t))[1] for t in grid])
tails = {
    "SR": (f"SR-{m}, d = {d}", "sr", grid[::4]),
    "parts": (f"parts of {d}, cyclic order", "parts-cyclic", grid),
    "terms": ("terms, cyclic order", "terms-cyclic", grid),
}
least = floors.late(Model(m, None, tau, law), grid)

_, axes = plt.subplots(figsize=(7, 3.8), layout="constrained")
axes.fill_between(grid, 1e-9, least, color="#dddddd", linewidth=0, label="no oblivious scheme")
axes.fill_between(grid, 1e-9, genie, color="#aaaaaa", linewidth=0, label="no scheme (genie)")
for i, (label, name, places) in enumerate(tails.values()):
    tail = np.array([1 - sum(latency_law(name, setting).cdf(float(t))) / 2 for t in places])
    assert (tail >= np.interp(places, grid, least) - 1e-9).all()
    axes.plot(places, tail, linestyle=DASHES[i], color=COLOURS[i], label=label)
axes.set(xlabel="latency t", ylabel="P(T > t)", yscale="log", ylim=(1e-4, 1.5), xlim=(grid[0], grid[-1]))
axes.set_title("how far from the best")
axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
plt.show()

bound = floors.floor(Model(m, None, tau, law)).mean
cyclic = lab.sample("latency", "terms-cyclic", **model)
print(f"no oblivious scheme has E[T] < {floor(1e4 * bound) / 1e4:.4f}")
print(f"in units of this floor: SR {sample.mean() / bound:.2f}, terms in cyclic order {cyclic.mean() / bound:.2f}")
assert not as_in_paper or 0.439 < bound < 0.44

# %% [markdown]
# At the paper's parameters the floor of $E[T]$ is 0.4396. Parts and terms in cyclic order are within 15 % of it, and
# the SR code takes 1.6 times as long. So a new oblivious scheme can save at most an eighth of the latency of cyclic
# order. Orders from both ends of a cell come closer (section 4 there). Whether the floor or the order is to blame for
# the rest is open.
