"""srtheory latency: the latency distribution of a scheme, its fluid limit and the bounds of Theorem 1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import click

from srtheory.cli.common import (
    REMAINDER,
    access_option,
    delays_options,
    json_option,
    print_json,
    print_text,
    read_law,
    symbols_option,
)
from srtheory.cli.number_types import DECIMAL, WHOLE
from srtheory.cli.schemes import SCHEME, as_json, own_option, source, stragglers_option
from srtheory.cli.setting import MAX_SYMBOLS, merged, outward, value_lines
from srtheory.delays import BEYOND_THE_PAPER, describe_law, quietly
from srtheory.errors import ArgumentError, require_int
from srtheory.model import Model
from srtheory.schemes import NamedScheme
from srtheory.theory import ENTRIES as LAWS
from srtheory.theory import IF_HITTING

if TYPE_CHECKING:
    from srtheory.theory.laws.by_scheme import LatencyLaw

BOUNDED = {
    "bound": " (on E[T], without its o(1))",
    "sharp_bound": " (on the fluid limit)",
    "median_bound": " (on the fluid limit)",
}
"""Quantity that each printed bound is proved for."""


@click.command(
    epilog=f"SCHEME is one of {', '.join(LAWS)}; the latency distributions of the other schemes are not known."
)
@click.argument("scheme", metavar="SCHEME", type=SCHEME)
@symbols_option
@click.option(
    "--degree",
    type=WHOLE,
    metavar="D",
    help=f"Degree d: number of terms in a parity symbol, or in a part (schemes that have a degree). {REMAINDER}",
)
@stragglers_option
@access_option("SR codes")
@own_option()
@delays_options
@click.option(
    "--at",
    "times",
    type=DECIMAL,
    multiple=True,
    metavar="T",
    help="Time t, in time units, at which to compute P(T <= t); may be repeated. Default: five times around the fluid "
    "limit or the median.",
)
@json_option
def latency(**given: Any) -> int:
    """Compute the distribution of the latency T of SCHEME, without simulation.

    T is the time at which the master can recover the sum. The time unit is that of --startup and --tau.

    \b
    kind          certainty of the intervals below
    condition     untested condition of the intervals: values of F are accurate to within 2^-50
    fluid_limit   time at which the expected number of received rows is m (sr, genie)
    bound         the paper's bound (5) on E[T] without its o(1), 2 tau d + 1/mu (sr, exponential start-up); it needs
                  E[M'] = m + o(m); here and below a D above K - 1 counts as K - 1
    sharp_bound   tau (d + 1) + ln(golden ratio)/mu, proved to be at least the fluid limit (sr, exponential start-up,
                  m and K at least d + 2)
    median_bound  tau (d + 1) + median start-up, likewise, for any start-up distribution (sr, m and K at least 2)
    recovered     P(T < infinity), as an interval (with --silent); for sr, the probability that m rows arrive and
                  cover, or all m terms of one worker
    P(T <= t)     distribution function of the latency, as an interval at each time t of --at; for sr, the
                  probability that kind states

    F is the distribution function of the start-up delay and mu its rate if it is exponential.

    For sr, the probability is that by t m rows have arrived and cover all terms, or one worker has sent all m terms. It
    differs from P(T <= t) by at most the probability that the hitting-time law M' = max(m, CC) fails, which is not
    bounded here and is proved to vanish only in a limit: M' is the stopping time and CC the coverage time, both in
    rows. For the same arguments, srtheory guarantee --by-time gives proved bounds on P(T <= t) itself.

    The distribution of gradient-cyclic is that of the symbol by which the sum is recovered at the latest
    (docs/theory.md). A scheme from your own file or from a package has the distribution of its method latency_cdf
    (docs/own_code.md).

    The sharp bound and the median bound are on the fluid limit, which is not E[T]. For exponential start-up, a fixed
    load mu tau d and full access, E[M'] <= m + o(m) implies E[T] <= tau (d + 1) + (ln(golden ratio) + o(1))/mu, that
    is, the sharp bound up to o(1)/mu (proved, docs/spanning.md, Theorem B).

    The fluid limit and the bounds assume free messages and workers that always respond; otherwise they are omitted. If
    the master takes time per message (--master-time), the distribution is known only for scheme one, because the end of
    a queue depends on the arrival times of all earlier messages.

    M and D are at most 100000, at which the distributions of the streams and of sr take days.
    """  # noqa: D301  (click's mark for lines to keep)
    with quietly():
        result = _law(given)
    if given["as_json"]:
        print_json(result)
    else:
        print_text(_table(result))
    return 0


def _law(given: dict[str, Any]) -> dict[str, Any]:
    from srtheory.accuracy import condition

    startup = read_law(given["startup"])
    options = {name: given[name] for name in ("degree", "stragglers", "access")}
    own = given["scheme"].read(given["texts"])
    beyond = {name: given[name] for name in BEYOND_THE_PAPER}
    law = _law_of(given, startup, merged(options, own), beyond)
    given |= {name: own[name] for name in options if name in own}
    limits = _limits(given, startup)
    return {
        "scheme": given["scheme"].name,
        "symbols": given["symbols"],
        **{name: value for name, value in options.items() if value is not None},
        **{f"option.{name}": value for name, value in as_json(own).items()},
        **source(given["scheme"]),
        "tau": given["tau"],
        **{name: value for name, value in beyond.items() if value},
        "startup": describe_law(startup),
        "kind": law.kind,
        "condition": condition(startup),
        **limits,
        **({"recovered": list(law.cdf(math.inf))} if given["silent"] else {}),
        "cdf": [{"t": t, "probability": list(law.cdf(t))} for t in _times(given, startup, limits["fluid_limit"], law)],
    }


def _law_of(given: dict[str, Any], startup: Any, options: dict[str, Any], beyond: dict[str, Any]) -> LatencyLaw:
    from srtheory.theory.laws import by_scheme as laws

    scheme: NamedScheme = given["scheme"]
    name, m = scheme.name, require_int("symbols", given["symbols"], 1, MAX_SYMBOLS)
    if not scheme.custom:
        known = laws.options_of(name)
        for option, value in options.items():
            if option not in known:
                raise ArgumentError(
                    option, value, f"left out: the latency distribution of the scheme '{name}' does not take it"
                )
        model = Model(m, options.get("degree"), given["tau"], startup, options.get("access"), **beyond)
        more = {option: options.get(option) for option in ("stragglers", "cells")}
        return laws.latency_law(name, model, **more)
    return laws.own_law(name, scheme.build(m, options), Model(m, None, given["tau"], startup, **beyond))


def _times(given: dict[str, Any], startup: Any, fluid_limit: float | None, law: LatencyLaw) -> list[float]:
    from srtheory.theory.latency import bracket_time

    for t in given["times"]:
        if not math.isfinite(t):
            raise ArgumentError("at", t, "a finite time")
    if given["times"]:
        return list(given["times"])
    if fluid_limit is not None:
        return [t for x in (0.9, 0.95, 1.0, 1.05, 1.1) if math.isfinite(t := fluid_limit * x)]
    if law.cdf(math.inf)[0] < 0.5:
        return []
    start = given["tau"] + float(startup.ppf(0.5))
    median = bracket_time(lambda t: law.cdf(t)[0] >= 0.5, start, 1e-6)[1]
    return [t for x in (0.5, 0.75, 1.0, 1.5, 2.0) if math.isfinite(t := median * x)]


def _limits(given: dict[str, Any], startup: Any) -> dict[str, float | None]:
    """Return the fluid limit and bounds, or None if they do not apply to the scheme or the start-up distribution."""
    from srtheory.theory import latency as laws

    found: dict[str, float | None] = dict.fromkeys(("fluid_limit", "bound", "sharp_bound", "median_bound"))
    m, d, tau = given["symbols"], given["degree"], given["tau"]
    if any(given[name] for name in BEYOND_THE_PAPER):
        return found
    if given["scheme"].name == "genie":
        found["fluid_limit"] = laws.fluid_limit(Model(m, 1, tau, startup))
    if given["scheme"].name == "sr":
        found |= _sr_limits(m, d, tau, startup, given["access"])
    return {name: value if value is not None and math.isfinite(value) else None for name, value in found.items()}


def _sr_limits(m: int, d: int, tau: float, startup: Any, access: int | None) -> dict[str, float | None]:
    from srtheory.theory import latency as laws

    found: dict[str, float | None] = {"fluid_limit": laws.fluid_limit(Model(m, d, tau, startup, access=access))}
    seen, rate = access or m, _exponential_rate(startup)
    d = max(1, min(d, seen - 1))  # a single block of all others: the code of a larger degree is the same
    if seen >= 2:
        found["median_bound"] = laws.median_bound(Model(m, d, tau, startup))
    if rate is not None:
        found["bound"] = laws.paper_bound(tau, d, rate)
        found["sharp_bound"] = laws.block_bound(tau, d, rate) if seen >= d + 2 else None
    return found


def _exponential_rate(startup: Any) -> float | None:
    """Return the rate of an exponential distribution that starts at 0, or None."""
    named = getattr(getattr(startup, "dist", None), "name", None) == "expon" and startup.support()[0] == 0
    return 1 / float(startup.mean()) if named else None


def _table(result: dict[str, Any]) -> str:
    values = {name: value for name, value in result.items() if name != "cdf"}
    lines = [
        line + (BOUNDED.get(name, "") if value is not None else "")
        for (name, value), line in zip(values.items(), value_lines(values, 13), strict=True)
    ]
    title = "probability (see kind)" if result["kind"] == IF_HITTING else "P(T <= t)"
    lines += ["", f"{'t (time units)':>14}  {title}"]
    lines += [f"{p['t']:14.6g}  {' .. '.join(outward(*p['probability']))}" for p in result["cdf"]]
    return "\n".join(lines)
