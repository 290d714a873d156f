"""Recovery of a sum from partial sums that slow and unreliable workers compute.

The subject is "Rateless Sum-Recovery Codes for Distributed Non-Linear Computations" (Mallick and Joshi, 2022). The
names for notebooks are here and are imported on first use, so that ``import srtheory`` costs milliseconds.

>>> import srtheory
>>> rows = srtheory.rows([[1, 1, 0], [0, 0, 1]])
>>> rows.spans(), rows.stopping_time()
(True, 2)
"""

from __future__ import annotations

TYPE_CHECKING = False  # typing's own would be imported for it
if TYPE_CHECKING:
    from typing import Any

    from srtheory.conjectures.hunt import hunt
    from srtheory.conjectures.registry import conjecture
    from srtheory.delays import parse_law
    from srtheory.environment import __version__ as __version__
    from srtheory.errors import ArgumentError
    from srtheory.experiments.lab import Lab
    from srtheory.matrix import from_dense, from_sets
    from srtheory.model import PAPER, PAPER_PARETO, Model
    from srtheory.public import (
        certify,
        check,
        compare,
        coverage,
        figure,
        floor,
        guarantee,
        latency,
        rank,
        rows,
        simulate,
        spans,
        stopping_time,
        table,
    )
    from srtheory.schemes import make
    from srtheory.schemes.by_worker import ByWorker
    from srtheory.study.findings import Finding, Verdict
    from srtheory.study.numbers import Number
    from srtheory.study.study import Study
    from srtheory.testing import check_scheme, check_study
    from srtheory.workers.execution import compute_sum

_WHERE = {
    "conjectures.hunt": ("hunt",),
    "conjectures.registry": ("conjecture",),
    "delays": ("parse_law",),
    "environment": ("__version__",),
    "errors": ("ArgumentError",),
    "experiments.lab": ("Lab",),
    "model": ("PAPER", "PAPER_PARETO", "Model"),
    "public": (
        *("certify", "check", "compare", "coverage", "figure", "floor", "guarantee", "latency", "rank", "rows"),
        *("simulate", "spans", "stopping_time", "table"),
    ),
    "matrix": ("from_dense", "from_sets"),
    "schemes": ("make",),
    "schemes.by_worker": ("ByWorker",),
    "study.findings": ("Finding", "Verdict"),
    "study.numbers": ("Number",),
    "study.study": ("Study",),
    "testing": ("check_scheme", "check_study"),
    "workers.execution": ("compute_sum",),
}
_MODULES = {name: f"srtheory.{module}" for module, names in _WHERE.items() for name in names}

__all__ = [
    "PAPER",
    "PAPER_PARETO",
    "ArgumentError",
    "ByWorker",
    "Finding",
    "Lab",
    "Model",
    "Number",
    "Study",
    "Verdict",
    "certify",
    "check",
    "check_scheme",
    "check_study",
    "compare",
    "compute_sum",
    "conjecture",
    "coverage",
    "figure",
    "floor",
    "from_dense",
    "from_sets",
    "guarantee",
    "hunt",
    "latency",
    "make",
    "parse_law",
    "rank",
    "rows",
    "simulate",
    "spans",
    "stopping_time",
    "table",
]


def __getattr__(name: str) -> Any:
    """Import a name's module when the name is first used."""
    from importlib import import_module

    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
