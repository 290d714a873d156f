# %% [markdown]
# # Your own code
#
# An SR code sends sums over *random* blocks. Suppose you would rather send windows of terms that follow each other around
# a circle, beginning at the worker's own place. A scheme specifies which sums each worker sends, in which order. Time
# plays no part in it, and fields of its class are its options.

# %%
from dataclasses import dataclass

import srtheory as sr


@dataclass(frozen=True)
class Windows(sr.ByWorker):
    """Worker j sends f_j, and then the sums over windows of the terms that follow around the circle."""

    degree: int = 3

    def sends(self, worker, key):
        yield [worker]
        others = [(worker + i) % self.symbols for i in range(1, self.symbols)]
        for first in range(0, len(others), self.degree):
            yield others[first : first + self.degree]


sr.rows([set(row) for worker in (0, 3) for row in Windows(6, degree=3).sends(worker, key=0)], columns=6)

# %% [markdown]
# ## Does it keep its promises?
#
# A simulation relies on promises of a scheme: a worker that has more time sends the same rows and then more, terms are
# counted, and the rows of a worker depend only on the run. The test kit searches for the smallest case that breaks one.

# %%
sr.check_scheme(Windows)

# %% [markdown]
# It found none. A decoder that is wrong for these rows is found at once: parts of *one* partition have a faster decoder,
# but windows of two workers overlap.


# %%
class Hasty(Windows):
    decoder = "partition"


try:
    sr.check_scheme(Hasty)
except AssertionError as broken:
    print(broken)

# %% [markdown]
# Windows are arcs of a circle, for which union and find is right (*Decoding*). It is selected in one line.


# %%
class Fast(Windows):
    decoder = "intervals"


model = sr.Model(200, 10, 0.02, "expon(scale=5)")
slow, fast = (sr.simulate(kind, model, 100) for kind in (Windows, Fast))
print("the same:", (slow["latency"] == fast["latency"]).all())
print("operations of elimination:", slow["solving"].mean(), "and", fast["solving"].mean())

# %% [markdown]
# ## Is it faster?
#
# The picture has its runs beside the exact law of parts in cyclic order.

# %%
# alt: Distribution functions of the latency: the runs of windows lie to the right of the law of parts in cyclic order.
fast.plot(law=sr.latency("parts-cyclic", model));

# %% [markdown]
# A comparison runs all schemes on the same start-up delays, each at degrees 1, 2, 5, … The star marks what no other point
# beats in latency and in messages.

# %%
points = sr.compare(model, [Fast, "sr", "parts-cyclic"], 50)
points

# %%
# alt: Mean latency against mean messages, a curve for each scheme: parts in cyclic order are lowest, the SR code and the
# windows lie above.
points.plot();

# %% [markdown]
# ## Next steps
#
# - An option is a field: `degree` here. A text, a fraction, an enumeration or a switch works too.
# - Randomness comes from `self.generator(worker, key)`, so that a run can be repeated.
# - In a file, the scheme has the name `FILE.py::Windows` in every command, for sweeps, figures, tables and real workers.
#   Records contain a digest of the file, so that no old record is used after a change.
#
# [Your own code](../docs/own_code.md) describes your own decoders, laws, figures and tables.
