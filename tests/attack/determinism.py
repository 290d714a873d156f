"""The same records, bit by bit, however they are computed."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from tests.attack.records import WAYS, digests
from tests.attack.report import ROOT, Tally

ENVIRONMENTS: dict[str, dict[str, str]] = {
    **{f"PYTHONHASHSEED={seed}": {"PYTHONHASHSEED": seed} for seed in ("0", "1", "4294967295")},
    **{f"OPENBLAS_NUM_THREADS={n}": {"OPENBLAS_NUM_THREADS": n, "OMP_NUM_THREADS": n} for n in ("2", "4")},
    **{f"OPENBLAS_CORETYPE={core}": {"OPENBLAS_CORETYPE": core} for core in ("Prescott", "Sandybridge", "Haswell")},
    "NumPy without AVX2 and FMA3": {"NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3"},
    "NUMBA_DISABLE_JIT=1": {"NUMBA_DISABLE_JIT": "1"},
    "PYTHONOPTIMIZE=2": {"PYTHONOPTIMIZE": "2"},
    "another locale and time zone": {"LC_ALL": "C", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"},
}


def elsewhere(way: str, environment: dict[str, str]) -> dict[str, str] | str:
    """The digests from a process of its own, or what it says instead."""
    given = os.environ | {"PYTHONHASHSEED": "random", "OPENBLAS_NUM_THREADS": "1"} | environment
    printing = f"import json; from tests.attack.records import digests; print(json.dumps(digests({way!r})))"
    command = [sys.executable, "-W", "ignore", "-c", printing]
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(command, cwd=ROOT, env=given | {"PYTHONPATH": path}, capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else f"status {done.returncode}: {done.stderr[-400:]!r}"


def compare(kind: str, right: dict[str, str], found: dict[str, str] | str, tally: Tally) -> None:
    """A count for each task."""
    for name, expected in right.items():
        wrong = found if isinstance(found, str) else None if found[name] == expected else f"{name} has other records"
        tally.count(kind, wrong)


def attack_here(ways: list[str], every: int, tally: Tally) -> None:
    """In this process, and in those that it starts."""
    right = digests("one process", every)
    for way in ways:
        compare(way, right, digests(way, every), tally)


def attack_elsewhere(tally: Tally) -> None:
    """All ways, and all environments, each in a process of its own."""
    right = elsewhere("one process", {})
    assert isinstance(right, dict), right
    for way in WAYS:
        compare(way, right, elsewhere(way, {}), tally)
    for name, environment in ENVIRONMENTS.items():
        compare(name, right, elsewhere("one process", environment), tally)
