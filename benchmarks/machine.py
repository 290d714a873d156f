"""The machine that a benchmark ran on, in terms that say how fast it can be and nothing else."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import llvmlite.binding
from threadpoolctl import threadpool_info

from srtheory import __version__
from srtheory.span import bytewise

FEATURES = ("sse2", "avx2", "fma", "avx512f", "avx512bw", "avx512vnni", "avxvnni", "neon", "sve", "i8mm")
PACKAGES = ("numpy", "numba", "python-flint", "galois", "sympy")


def facts() -> dict[str, Any]:
    """Processor family, its vector instructions, NumPy's BLAS kernel, versions; no name of a machine."""
    features = llvmlite.binding.get_host_cpu_features()
    blas = [info for info in threadpool_info() if info["user_api"] == "blas"]
    return {
        "processor": llvmlite.binding.get_host_cpu_name(),
        "features": [name for name in FEATURES if features.get(name)],
        "products of bytes": bytewise.available(),
        "caches": caches(),
        "BLAS": [f"{info['internal_api']} {info['version']}, kernel {info.get('architecture', '?')}" for info in blas],
        "Python": platform.python_version(),
        "srtheory": __version__,
        **{name: version(name) for name in PACKAGES},
    }


def caches() -> list[str]:
    """Sizes of the data caches, where the system says so."""
    found = []
    for index in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        level, kind, size = ((index / name).read_text().strip() for name in ("level", "type", "size"))
        if kind != "Instruction":
            found.append(f"L{level} {size}")
    return found


def described(machine: Mapping[str, Any]) -> list[str]:
    """One line for each fact."""
    return [f"{name}: {', '.join(v) if isinstance(v, list) else v}" for name, v in machine.items()]
