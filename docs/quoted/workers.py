"""Numbers of docs/workers.md, from data/workers."""

from __future__ import annotations

from functools import cache

from docs.quoted import Value, Values, quoted, table
from paper_checks.records.workers import SETTINGS, compared, deviations, fitted, read_arrivals, read_runs
from srtheory.workers.fit import Fit

HEAD = ("setting", "scheme", "measured", "with decoding", "predicted", "by its law", "within")


@cache
def fits() -> dict[str, Fit]:
    """Return what is fitted to the runs of each setting."""
    return {name: fitted(name, read_runs(), read_arrivals()) for name in SETTINGS}


@quoted
def model_and_runs() -> Value:
    """Return what the model predicts beside what was measured."""
    rows = [HEAD]
    for name, setting in SETTINGS.items():
        for its in compared(name, read_runs(), fits()[name]):
            law = "–" if its.by_law is None else f"{its.by_law:.3g}"
            interval = f"{its.measured:.3g} [{its.low:.3g}, {its.high:.3g}]"
            numbers = (interval, f"{its.available:.3g}", f"{its.predicted:.3g}", law)
            rows.append((setting.says, f"`{its.scheme}`", *numbers, "yes" if its.within else "no"))
    return table(rows)


@quoted
def delay_model() -> Values:
    """Return what is said of fits and deviations."""
    paced, natural = (deviations(name, read_runs(), read_arrivals(), fit) for name, fit in fits().items())
    median, most, worst = (1e3 * x for x in paced.off)
    return {
        **{f"tau-{name}": f"{fit.tau:.3g}" for name, fit in fits().items()},
        **{f"p-{name}": f"{fit.p_value:.2g}" for name, fit in fits().items()},
        "between": f"{100 * natural.between_runs:.0f}",
        "between-paced": f"{100 * paced.between_runs:.1f}",
        "senders": f"{natural.senders:.1f}",
        "transit": f"{1e3 * natural.transit:.0f}",
        "transit-paced": f"{1e3 * paced.transit:.0f}",
        "off": f"{median:.1f}",
        "off-90": f"{most:.1f}",
        "off-99": f"{worst:.0f}",
        "decoding-parts": f"{1e3 * paced.decoding['parts-cyclic']:.1f}",
        "decoding-sr": f"{1e3 * paced.decoding['sr']:.1f}",
    }
