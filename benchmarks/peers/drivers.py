"""Peers in C and C++, where they are installed: small drivers of our own are compiled against their libraries.

A driver reads rows, times the library's work alone and prints CPU seconds and the rank, which must be ours; rows.h has
the format.  They are compiled with the system's compiler for this processor and run on one thread;
``PKG_CONFIG_PATH`` leads to libraries elsewhere, and ``SPASM`` names the folder of a SpaSM that has been built there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from statistics import median

from benchmarks.peers.asked import Clock
from srtheory.matrix import Rows, from_sets
from srtheory.span.engine import rank

HERE = Path(__file__).parent
BUILT = Path("out/peers")
LONG = 0.5
"""Seconds from which on one elimination is timed, not the median of three."""


class MissingError(RuntimeError):
    """A compiler or a library is not here; the message says which in one line."""


@dataclass(frozen=True)
class Driver:
    """One driver.

    Attributes
    ----------
    name, source : str
        The library and the file in this folder.
    package, debian : str
        Its name for pkg-config, and the Debian package; for SpaSM empty.
    """

    name: str
    source: str
    package: str = ""
    debian: str = ""

    def flags(self) -> list[str]:
        """What the compiler needs to find the library."""
        if not self.package:
            return _spasm_flags()
        if shutil.which("pkg-config") is None:
            raise MissingError(f"not here: {self.name} (no pkg-config to find it with)")
        asked = subprocess.run(["pkg-config", "--cflags", "--libs", self.package], capture_output=True, text=True)
        if asked.returncode:
            raise MissingError(f"not here: {self.name} (pkg-config knows no {self.package}; Debian: {self.debian})")
        words = [word for word in asked.stdout.split() if not word.startswith("@")]  # left over in some .pc files
        return words + [f"-Wl,-rpath,{word[2:]}" for word in words if word.startswith("-L")]

    def program(self) -> Path:
        """The compiled driver, compiled if it is not there yet."""
        variable, usual = ("CC", "cc") if self.source.endswith(".c") else ("CXX", "c++")
        compiler = os.environ.get(variable, usual)
        if shutil.which(compiler) is None:
            raise MissingError(f"not here: {self.name} (no compiler {compiler})")
        source = HERE / self.source
        command = [compiler, "-O3", "-march=native", str(source), *self.flags()]
        key = "\0".join([*command, source.read_text(), (HERE / "rows.h").read_text()])
        target = BUILT / f"{source.stem}-{sha256(key.encode()).hexdigest()[:12]}"
        if not target.exists():
            BUILT.mkdir(parents=True, exist_ok=True)
            made = subprocess.run([*command, "-o", str(target)], capture_output=True, text=True)
            if made.returncode:
                why = next((line for line in made.stderr.splitlines() if "error" in line), "the compiler failed")
                raise MissingError(f"not here: {self.name} ({self.source} does not compile: {why})")
        return target

    def run(self, setting: str, rows: Rows, repeats: int) -> tuple[str, list[tuple[float, int]]]:
        """What the library says of itself, and seconds and rank of each repetition."""
        threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        command = [str(self.program().resolve()), setting, str(repeats)]
        asked = subprocess.run(command, input=written(rows), capture_output=True, text=True, env=os.environ | threads)
        if asked.returncode:
            raise RuntimeError(f"{self.name}, {setting}: exit status {asked.returncode}, {asked.stderr[-200:]}")
        about, *lines = asked.stdout.splitlines()
        return about, [(float(a), int(b)) for a, b in map(str.split, lines)]

    def clocks(self, settings: Mapping[str, tuple[str, str]]) -> dict[str, Clock]:
        """Clocks by words of a setting, from its argument and the field over which the rank is to be ours.

        Without a field nothing is compared.
        """
        return {words: self._clock(*given) for words, given in settings.items()}

    def _clock(self, argument: str, field: str) -> Clock:
        def clock(rows: Rows) -> float:
            found = self.run(argument, rows, 1)[1]
            if found[0][0] < LONG:
                found = self.run(argument, rows, 3)[1]
            if field:
                self.compare(argument, rows, field, {r for _, r in found})
            return median(s for s, _ in found)

        return clock

    def compare(self, argument: str, rows: Rows, field: str, ranks: set[int]) -> None:
        """Refuse a driver whose rank is not ours."""
        own = rank(rows.indptr, rows.indices, rows.columns, field=field)
        if ranks != {own}:
            raise RuntimeError(f"{self.name}, {argument}: rank {sorted(ranks)} over {field}, ours is {own}")


def written(rows: Rows) -> str:
    """The format that rows.h reads."""
    return f"{len(rows)} {rows.columns}\n{_spaced(rows.indptr)}\n{_spaced(rows.indices)}\n"


def _spaced(numbers) -> str:  # type: ignore[no-untyped-def]
    return " ".join(map(str, numbers.tolist()))


def _spasm_flags() -> list[str]:
    folder = os.environ.get("SPASM")
    if not folder:
        raise MissingError("not here: SpaSM (SPASM is to name the folder of one that has been built)")
    here = Path(folder).resolve()
    header, library = here / "src" / "spasm.h", here / "build" / "src"
    for path in (header, library / "libspasm.so"):
        if not path.exists():
            raise MissingError(f"not here: SpaSM (SPASM has no {path.relative_to(here)})")
    return [f"-I{header.parent}", f"-L{library}", "-lspasm", f"-Wl,-rpath,{library}"]


M4RI = Driver("M4RI", "m4ri.c", "m4ri", "libm4ri-dev")
FFLAS = Driver("FFLAS-FFPACK", "fflas.cpp", "fflas-ffpack", "fflas-ffpack libopenblas-dev")
LINBOX = Driver("LinBox", "linbox.cpp", "linbox", "liblinbox-dev libntl-dev libflint-dev libiml-dev libfplll-dev")
SPASM = Driver("SpaSM", "spasm.c")
DRIVERS = (SPASM, FFLAS, M4RI, LINBOX)


@cache
def about(driver: Driver) -> str:
    """What an installed library says of itself.  Raises :class:`MissingError`."""
    return driver.run(":251", from_sets(1, [[0]]), 0)[0]


def present() -> tuple[list[Driver], list[str]]:
    """The drivers that work here, and a line for each, whether it does or not."""
    found, lines = [], []
    for driver in DRIVERS:
        try:
            lines.append(f"peer: {about(driver)}")
            found.append(driver)
        except MissingError as missing:
            lines.append(str(missing))
    return found, lines
