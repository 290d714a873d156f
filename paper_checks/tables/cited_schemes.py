"""Systems for computing that the paper cites: what each computes, at what cost, compared in one table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from paper_checks.parameters import PAPER
from paper_checks.theory.lagrange import recovery_threshold
from srtheory.errors import ArgumentError
from srtheory.experiments.summary import summarise
from srtheory.model import Model
from srtheory.render.table import Cell, Column, Kind, Math, PlusMinus, Table
from srtheory.schemes import make
from srtheory.schemes.gradient import fits
from srtheory.theory.startup import named, order_means

if TYPE_CHECKING:
    from srtheory.experiments.lab import Lab

COLUMNS = (
    Column("reference", "ref.", Kind.CODE, width=0.05),
    Column("system", "system", width=0.105),
    Column("computes", "computes", width=0.10),
    Column("terms", Math("n", "n"), Kind.NUMBER, 1),
    Column("results", "results", Kind.INTEGER),
    Column("needs", "assumes, and what it then has", width=0.16),
    Column("line", "sums of arbitrary $f_i$", width=0.15),
    Column("latency", Math("T", "T"), Kind.ERROR, 3),
)
LINEAR, PRODUCTS = "linear functions: $Ax$ by blocks of rows", "matrix products"
GRADIENTS, ARBITRARY = "sums of arbitrary $f_i$", "arbitrary $f_i$, all of them"


@dataclass(frozen=True)
class System:
    """A row: the columns, and for a scheme of the package the scheme with its options.

    ``terms`` is the evaluations of one f_i that a message costs, ``results`` the number of messages that always
    suffice; None if there is no such number.
    """

    reference: str
    system: str
    computes: str
    terms: float | None
    results: int | None
    needs: str
    line: str
    scheme: str | None = None
    degree: int | None = None
    order: int | None = None


def systems(at: Model = PAPER) -> tuple[System, ...]:
    """Return the systems in the order of the paper's references, at this m and d."""
    m, d = at.symbols, at.d
    stopped = m - d + 1
    guaranteed = (
        r"one row a worker: $T$ is at most the $(m - d + 1)$-th of the $X_j + \tau d$, which is what is"
        " guaranteed"
    )
    return (
        System(
            *("[5]", "Lee et al., MDS codes", LINEAR, 1.0, m),
            "blocks coded beforehand; any $m$ results give all $m$ products",
            "a dense row costs all $m$ evaluations, and then its worker knows the sum: repetition with $d = m$",
            *("repetition", m),
        ),
        System(
            *("[6]", "Yu et al., polynomial codes", PRODUCTS, 1.0, m),
            "$m = pq$ products of $p$ by $q$ blocks, coded beforehand; any $m$ results (theorem there)",
            "none: needs $f_i$ that are bilinear in what is coded",
        ),
        System(
            *("[7]", "Wang, Liu, Shroff, sparse codes", PRODUCTS, None, None),
            "blocks are multiplied unchanged, a message is a sparse random sum; about $m$ results (abstract)",
            "none of its own: a random sparse row as in LT codes [23], with another law of the degree",
        ),
        System(
            *("[8]", "Dutta et al., Short-Dot", "linear transforms", float(d), stopped),
            "$N$ entries, $P$ workers, $M$ rows: $N(P - K + M)/P$ entries a worker, any $K$ results (theorem there);"
            " here $N = P = m$, $M = 1$",
            f"an exact gradient code for the one row 1; {guaranteed}",
            order=stopped,
        ),
        System(
            *("[9]", "Dutta et al., MatDot", "sums of $m$ matrix products", 1.0, recovery_threshold(m, 2)),
            "any $2m - 1$ results (abstract), the threshold of [15] at $D = 2$: more than $m$ workers",
            "none: needs $f_i$ that are bilinear in what is coded",
        ),
        System(
            *("[10]", "Mallick et al., rateless codes", LINEAR, 1.0, None),
            "rows coded beforehand; $m + o(m)$ results",
            "LT codes: a message costs its degree, as in [23]",
            "lt",
        ),
        System(
            *("[11]", "Mallick, Joshi, rateless codes", "linear functions, sparse and compressed", 1.0, None),
            "as [10]",
            "LT codes, as in [23]",
            "lt",
        ),
        System(
            *("[15]", "Yu et al., Lagrange codes", "polynomials of degree D", 1.0, recovery_threshold(m, 2)),
            "one polynomial $f$ for all terms, $f_i = f(x_i)$; $m$ multiplications a coordinate to encode; any $(m"
            " - 1)D + 1$ results, here $D = 2$ (verified: paper_checks.theory.lagrange), more than $m$ workers",
            "none: needs one polynomial of known degree",
        ),
        System(
            *("[16]", "Kosaian et al., parity models", "outputs of a model", 1.0, None),
            "a second model, learned, whose answer at the sum of inputs is near the sum of answers (abstract)",
            "none: needs one f for all terms, and training; approximate, with no bound (says the paper)",
        ),
        System(
            *("[17]", "Tandon et al., fractional repetition", GRADIENTS, float(d), stopped),
            "$s = d - 1$ stragglers, known; groups of $d$ workers, one of each is enough",
            "repetition; gradient-fractional where $d$ does not divide $m$",
            *("repetition", d),
        ),
        System(
            *("[17]", "Tandon et al., cyclic repetition", GRADIENTS, float(d), stopped),
            "$s = d - 1$ stragglers, known; real weights",
            f"gradient-cyclic, at this $m$ for {_cyclic(m)}; {guaranteed}",
            order=stopped,
        ),
        System(
            *("[18]", "Charles et al., sparse random graphs", GRADIENTS, float(d), None),
            "about $d$ terms a worker; an error that depends on who answers",
            r"none: approximate; its rows, waited for until they span $\mathbf 1$, are no faster than their stream"
            " (docs/proofs/theory.md, 5.2)",
        ),
        System(
            *("[19]", "Raviv et al., cyclic MDS codes", GRADIENTS, float(d), stopped),
            "$s = d - 1$ stragglers, known; complex weights, or real ones if $m - s$ is odd. With an expander graph:"
            " approximate",
            r"one row a worker: $T$ is the $(m - d + 1)$-th of the $X_j + \tau d$, proved (docs/proofs/theory.md,"
            " 5.10);"
            " weights that are not rational, so that gradient-cyclic stands for it on the line",
            order=stopped,
        ),
        System(
            *("[20]", "Wang et al., ErasureHead", GRADIENTS, float(d), None),
            "the master stops early and takes the error (abstract)",
            "none: approximate; waited for, it is the gradient code that it is made of, say repetition",
        ),
        System(
            *("[21]", "Wang, Liu, Shroff, approximate gradient codes", GRADIENTS, None, None),
            (
                r"load of at least the order $\ln(1/\varepsilon)$ over $\ln(m/s)$ for an error of $\varepsilon$"
                " (abstract), $s$ known"
            ),
            "none: approximate, or exact with high probability for random stragglers whose number is known",
        ),
        System(
            *("[22]", "Li et al., BCC", GRADIENTS, float(d), None),
            "each worker samples a part; with some chance a part has no worker, and the sum never comes",
            "bcc",
            *("bcc", d),
        ),
        System(
            *("[23]", "Mallick et al., LT codes", ARBITRARY, _mean_terms("lt", m), None),
            "every $f_i$ is decoded, by peeling",
            "lt",
            "lt",
        ),
        System(
            *("[31]", "Shokrollahi, Raptor codes", ARBITRARY, _mean_terms("raptor", m), None),
            "$h$ parities of the terms, known to all, under a sparse LT code; every $f_i$ is decoded, by peeling",
            "raptor, each term in 3 parities; dense ones of $m/2$ terms are far slower (table schemes)",
            "raptor",
        ),
        System(
            *("[31]", "Shokrollahi, systematic Raptor codes", "bit strings, linear functions", None, None),
            (
                r"parities are dense in the $f_i$: about $m/2$ of them over $\mathrm{GF}(2)$ (measured:"
                " adv-encoding-cost)"
            ),
            r"none: over $\mathbb Q$ their weights are not whole; a dense parity costs of order $m$ evaluations, no"
            " faster than its stream (docs/proofs/theory.md, 5.2). lt-systematic sends $f_j$ first and then LT sums,"
            " sparse ones",
        ),
        System(
            *("[32]", "Asteris, Dimakis, repairable fountain codes", ARBITRARY, _mean_terms("repairable", m, d), None),
            "systematic; parities of $d$ terms, drawn with replacement",
            "repairable",
            *("repairable", d),
        ),
    )


def cited_schemes(lab: Lab) -> Table:
    """Return one row for each system; T by simulation for schemes of the package, exact for order statistics."""
    at = lab.at
    at.require_parts()
    if named(at.startup) is None:
        raise ArgumentError("startup", at.startup_text, "an exponential, a Pareto or a uniform law, as the means need")
    caption = (
        f"Systems for computing that the paper cites, at $m = {at.symbols}$ terms and workers, $d = {at.d}$. A message"
        " has $n$ evaluations of one $f_i$, or of the product of one block. The results are those that suffice,"
        f" whichever they are. Mean latency $T$ ± standard error is over the runs of {lab.trials} that recover the sum"
        rf" (± 0: exact, of what is guaranteed), with $\tau = {at.tau}$ and start-up delay {at.startup_text}. Derived"
        " here unless a source is noted."
    )
    return Table("cited-schemes", caption, COLUMNS, tuple(_row(lab, system) for system in systems(at)), long=True)


def _row(lab: Lab, system: System) -> tuple[Cell, ...]:
    known = (system.reference, system.system, system.computes, system.terms, system.results, system.needs, system.line)
    return (*known, _latency(lab, system))


def _latency(lab: Lab, system: System) -> PlusMinus | None:
    if system.order is not None:
        return PlusMinus(order_latency(system.order, lab.at), 0.0)
    if system.scheme is None:
        return None
    found = lab.sample("latency", system.scheme, **_options(system.degree))
    if not (ended := found[np.isfinite(found)]).size:
        return None
    mean = summarise(ended)
    return PlusMinus(mean.mean, mean.standard_error)


def order_latency(results: int, at: Model = PAPER) -> float:
    """Return E T for one row of d terms from each worker, any so many of which suffice: E X_(k) + tau d."""
    return float(order_means(at.startup, at.symbols)[results - 1]) + at.tau * at.d


def _mean_terms(scheme: str, symbols: int, degree: int | None = None) -> float:
    """Return the expected terms of a symbol after the first."""
    return make(scheme, symbols, **_options(degree)).expected_terms()[1]


def _cyclic(symbols: int) -> str:
    """Return for which s the weights of cyclic repetition fit: all, or up to some number and from m - 1 less that."""
    most = next((s for s in range(symbols) if not fits(symbols, s)), symbols) - 1
    return "any $s$" if most == symbols - 1 else rf"$s \le {most}$"


def _options(degree: int | None) -> dict[str, Any]:
    return {} if degree is None else {"degree": degree}
