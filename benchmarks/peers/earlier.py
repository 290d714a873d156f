"""Another srtheory as a peer: that of a folder in which an earlier version is checked out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from benchmarks.peers.asked import Peer
from srtheory.matrix import Rows
from srtheory.span.engine import stopping_time

END = Path(__file__).with_name("earlier_end.py")


@dataclass(frozen=True)
class Earlier:
    """A process that asks the folder's srtheory, from the first question to the end of this one."""

    folder: Path

    @cached_property
    def process(self) -> subprocess.Popen[str]:
        if not (self.folder / "srtheory" / "__init__.py").exists():
            raise FileNotFoundError(f"{self.folder} has no srtheory")
        paths = os.environ | {"PYTHONPATH": str(self.folder.resolve())}
        command = [sys.executable, "-P", str(END)]  # -P: not the modules of this folder
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=paths)

    def peer(self, field: str = "Q", pairs: int | None = None) -> Peer:
        """Its M' of all rows; it must be ours."""
        return Peer("srtheory, earlier", {"all rows": lambda rows: self.seconds(rows, field)}, pairs, whole=True)

    def seconds(self, rows: Rows, field: str) -> float:
        asked = {
            "indptr": rows.indptr.tolist(), "indices": rows.indices.tolist(), "columns": rows.columns, "field": field
        }  # fmt: skip
        print(json.dumps(asked), file=self.process.stdin, flush=True)
        duration, found = json.loads(self.process.stdout.readline())
        own = stopping_time(rows.indptr, rows.indices, rows.columns, field=field).stopping_time
        if found != own:
            raise RuntimeError(f"srtheory, earlier: M' = {found} over {field}, ours is {own}")
        return float(duration)
