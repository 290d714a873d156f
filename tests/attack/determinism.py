"""The same records and certificates, bit by bit, however they are computed.

``SRTHEORY_PYTHONS`` names more interpreters to compute them with, as paths that ``:`` separates.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from importlib import import_module
from typing import NamedTuple

import numpy as np

from tests.attack.records import LOG_NORMAL, SPANS, WAYS
from tests.attack.report import ROOT, Tally

INTERPRETED = "NUMBA_DISABLE_JIT=1"
ENVIRONMENTS: dict[str, dict[str, str]] = {
    **{f"PYTHONHASHSEED={seed}": {"PYTHONHASHSEED": seed} for seed in ("0", "1", "4294967295")},
    **{f"OPENBLAS_NUM_THREADS={n}": {"OPENBLAS_NUM_THREADS": n, "OMP_NUM_THREADS": n} for n in ("2", "4")},
    **{
        f"OPENBLAS_CORETYPE={core}": {"OPENBLAS_CORETYPE": core}
        for core in ("Prescott", "Sandybridge", "Haswell", "SkylakeX", "Zen")
    },
    INTERPRETED: {"NUMBA_DISABLE_JIT": "1"},
    "PYTHONOPTIMIZE=2": {"PYTHONOPTIMIZE": "2"},
    "another locale and time zone": {"LC_ALL": "C", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
}
LARGE = {name for m, name in SPANS.items() if m > min(SPANS)}
"""What would take too long without numba's compiler."""
ON_RECORD = {
    SPANS[60]: "c51c062eff05a1906e6526959da54e5aa80eb34ef329c4309ad90bfe8659e976",
    SPANS[1000]: "bb4b169291fe8eb23f49bf0a7891c28664107acc3c01e4852800523895cfad1d",
    SPANS[4000]: "aad655da5919ef48ea92ea6b76e8e5fffff25b8d85cd0d765b58e0abb130ebcf",
}
"""Digests of certificates, which no processor and no library changes: their start-up delays are whole numbers / 64."""
BELOW = {"AVX-512": ("X86_V4", "AVX512F"), "AVX2": ("X86_V3", "AVX2")}
"""The features of NumPy with which a set of instructions begins, in groups as from 2.4 on and one by one before."""
PROCESSORS = {"AVX-512": "haswell", "AVX2": "nehalem"}
"""A processor without it, for which numba compiles."""


class Instructions(NamedTuple):
    """What NumPy has code for beyond the least processor, in order, and what of it is in use."""

    dispatched: list[str]
    used: list[str]


def instructions_of_numba() -> list[str]:
    """What numba compiles for."""
    from numba.core.registry import cpu_target

    _, _, features = cpu_target.target_context.codegen().magic_tuple()
    return [feature[1:] for feature in features.split(",") if feature.startswith("+")]


def instructions_of_numpy() -> Instructions:
    core = import_module("numpy._core._multiarray_umath" if hasattr(np, "_core") else "numpy.core._multiarray_umath")
    dispatched = list(core.__cpu_dispatch__)
    return Instructions(dispatched, [name for name in dispatched if core.__cpu_features__[name]])


def without(instructions: str) -> dict[str, str]:
    """The environment in which neither NumPy nor numba uses these instructions, or newer ones.

    NumPy ignores a name that it does not know, so that the names are those of the NumPy that is installed.
    """
    dispatched = instructions_of_numpy().dispatched
    first = min(dispatched.index(name) for name in BELOW[instructions] if name in dispatched)
    disabled = {"NPY_DISABLE_CPU_FEATURES": " ".join(dispatched[first:])}
    return disabled | {"NUMBA_CPU_NAME": PROCESSORS[instructions], "NUMBA_CPU_FEATURES": ""}


def in_a_process(expression: str, environment: dict[str, str], python: str = sys.executable) -> dict[str, str] | str:
    """What the expression gives in a process of its own, as JSON, or what the process says instead."""
    given = os.environ | {"PYTHONHASHSEED": "random", "OPENBLAS_NUM_THREADS": "1"} | environment
    printing = f"import json; from tests.attack import determinism, records; print(json.dumps({expression}))"
    command = [python, "-W", "ignore", "-c", printing]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(command, cwd=ROOT, env=given | {"PYTHONPATH": path}, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else f"status {done.returncode}: {done.stderr[-400:]!r}"


def elsewhere(
    way: str, environment: dict[str, str], python: str = sys.executable, largest: int = max(SPANS)
) -> dict[str, str] | str:
    """The digests from a process of its own, certificates of up to so many symbols among them."""
    return in_a_process(f"records.digests({way!r}) | records.certificates({largest})", environment, python)


def compare(kind: str, right: dict[str, str], found: dict[str, str] | str, tally: Tally) -> None:
    """A count for each task."""
    for name, expected in right.items():
        wrong = found if isinstance(found, str) else None if found[name] == expected else f"{name} has other bits"
        tally.count(kind, wrong)


def versions() -> dict[str, str]:
    return {"Python": platform.python_version(), "NumPy": np.__version__}


def others() -> dict[str, str]:
    """The interpreters that ``SRTHEORY_PYTHONS`` names, by their versions and that of NumPy."""
    found = {}
    for python in filter(None, os.environ.get("SRTHEORY_PYTHONS", "").split(os.pathsep)):
        said = in_a_process("determinism.versions()", {}, python)
        name = said if isinstance(said, str) else ", ".join(f"{name} {number}" for name, number in said.items())
        found[name] = python
    return found


def attack_elsewhere(tally: Tally) -> None:
    """All ways, environments and interpreters, each in a process of its own."""
    right = elsewhere("one process", {})
    assert isinstance(right, dict), right
    compare("certificates on record", ON_RECORD, right, tally)
    for way in WAYS:
        compare(way, right, elsewhere(way, {}), tally)
    few = without_tasks(right, LARGE)
    for name, environment in ENVIRONMENTS.items():
        interpreted = name == INTERPRETED
        largest = min(SPANS) if interpreted else max(SPANS)
        compare(name, few if interpreted else right, elsewhere("one process", environment, largest=largest), tally)
    portable = without_tasks(right, LOG_NORMAL)
    for instructions in BELOW:
        compare(f"without {instructions}", portable, elsewhere("one process", without(instructions)), tally)
    for name, python in others().items():
        compare(name, portable, elsewhere("one process", {}, python), tally)


def without_tasks(right: dict[str, str], left_out: set[str]) -> dict[str, str]:
    return {name: digest for name, digest in right.items() if name not in left_out}
