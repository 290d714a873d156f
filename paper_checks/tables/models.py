"""Delay models of the literature: floor, best order of the exactly known ones, and the clairvoyant bound."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from srtheory.model import Model
from srtheory.render.table import Cell, Column, Kind, Math, Name, Table
from srtheory.schemes import printed
from srtheory.theory.by_scheme import latency_law
from srtheory.theory.floor import floor
from srtheory.theory.rows import bracket_time
from srtheory.theory.targets import target_floor

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

M = 10
"""Number of terms and of workers."""
ORDERS = ("terms-cyclic", "terms-staircase", "terms-random")
AT_ONCE, SHIFTED = "uniform(0, 1e-6)", "expon(loc=0.5)"
"""No start-up delay, and a time of at least 1/2."""


class Setting(NamedTuple):
    """A paper's model, its terms that are to be known, and its parameters here."""

    paper: str
    says: str
    terms: int
    values: dict[str, Any]


SETTINGS = (
    Setting("Lee et al. 2018", "a time for each worker, times its load", M, {"tau": 1.0, "pace": SHIFTED}),
    Setting("Tandon et al. 2017", "some workers do not answer", M, {"tau": 1.0, "startup": "expon()", "silent": 0.1}),
    Setting("Reisizadeh et al. 2019", "speeds of their own", M, {"tau": 1.0, "pace": "uniform(0.5, 1)"}),
    Setting("Mallick et al. 2019", "start-up, then a constant rate; all terms", M, {"tau": 0.2, "startup": "expon()"}),
    Setting(
        "Amiri, Gündüz 2019", "random tasks and messages", 8, {"tau": SHIFTED, "message_cost": "uniform(0.1, 0.2)"}
    ),
    Setting("Peng et al. 2021", "data-dependent: random start-up", M, {"tau": 0.2, "startup": "pareto(b=2)"}),
    Setting("Peng et al. 2021", "additive: a random time for each task", M, {"tau": "expon()"}),
    Setting("Behrouzi-Far, Soljanin 2020", "heavy tails of service times", M, {"tau": "weibull_min(c=0.5)"}),
    Setting(
        "Ye, Abbe 2018", "computation and communication", M, {"tau": 0.2, "startup": "expon()", "message_cost": 0.5}
    ),
    Setting("workers fail in mid-run", "random time of death", M, {"tau": SHIFTED, "death": "expon(scale=20)"}),
)


def models(lab: Lab) -> Table:
    """Return medians of T for ten delay models: least for any oblivious scheme, of the best order, and for any scheme.

    Every number is proved: a lower bound, an upper bound, and a lower bound.
    """
    del lab
    columns = (
        Column("paper", "model of", width=0.14),
        Column("says", "what is random", width=0.16),
        Column("options", "here", Kind.CODE, width=0.2),
        Column("terms", Math("k", "k"), Kind.INTEGER),
        Column("floor", "floor", Kind.NUMBER, 3),
        Column("by", "by", width=0.08),
        Column("median", "median", Kind.NUMBER, 3),
        Column("best", "of", width=0.1),
        Column("clairvoyant", "clairvoyant", Kind.NUMBER, 3),
    )
    caption = (
        rf"Median of the time at which $k$ of $m = {M}$ terms are known to {M} workers, in delay models of the"
        " literature at parameters of our own. Floor: no scheme has less whose plans do not depend on the delays. Then"
        " the best of cyclic, staircase and random order of single terms, and of parts in cyclic order if messages take"
        " time. Clairvoyant: no scheme has less, though messages be free. A worker waits for its messages, which in the"
        " model of Amiri and Gündüz it does not."
    )
    return Table("models", caption, columns, tuple(map(_row, SETTINGS)), long=True)


def _row(its: Setting) -> tuple[Cell, ...]:
    model = Model(M, None, **({"startup": AT_ONCE} | its.values))
    if model.drawn or its.terms < M:
        found: Any = target_floor(model, its.terms, points=64)
        by = found.by
    else:
        found, by = floor(model), "recursion"
    sizes: dict[str, tuple[int | None, ...]] = dict.fromkeys(ORDERS, (None,))
    if model.message_cost:
        sizes["parts-cyclic"] = (2, 5)
    made = [(name, replace(model, degree=degree)) for name, each in sizes.items() for degree in each]
    median, best, degree = min((_median(name, at, its.terms, 1), name, at.degree or 0) for name, at in made)
    sees = _median("genie", replace(model, message_cost=0.0), its.terms, 0)
    options = ", ".join(f"{name}={value}" for name, value in its.values.items())
    said = f"{printed(best)}, d = {degree}" if degree else printed(best)
    least = found.quantiles["0.5"]
    return its.paper, its.says, options, its.terms, least, by, median, Name(said, best), sees


def _median(name: str, model: Model, terms: int, side: int) -> float:
    """Return a lower (0) or an upper (1) bound on the median of the time at which so many terms are known."""
    law = latency_law(name, model, terms=terms)
    return bracket_time(lambda t: law.cdf(t)[1 - side] >= 0.5, 1.0, 1e-3)[side]
