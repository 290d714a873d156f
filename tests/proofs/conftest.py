"""Where Coq is installed, and the verified checker, made once."""

from __future__ import annotations

import fcntl
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from srtheory.cli import main
from srtheory.matrix import from_sets
from srtheory.span.certificates import stopping_time_certificate

PROOFS = Path(__file__).parents[2] / "proofs"
NEEDED = ("mathcomp/algebra", "mathcomp/zify", "Interval")


def missing() -> str | None:
    """Why nothing can be proved here; None if it can."""
    if shutil.which("coqc") is None:
        return "Coq is not installed"
    where = Path(subprocess.run(["coqc", "-where"], capture_output=True, text=True, check=True).stdout.strip())
    lacking = [name for name in NEEDED if not (where / "user-contrib" / name).exists()]
    zarith = ["ocamlfind", "query", "zarith"]
    if shutil.which("ocamlfind") is None or subprocess.run(zarith, capture_output=True, check=False).returncode:
        lacking.append("zarith")
    return f"Coq lacks {', '.join(lacking)}" if lacking else None


def do_without(reason: str) -> None:
    """Leave a test out, and say so in a line; where continuous integration runs it fails instead."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and continuous integration requires it")
    pytest.skip(f"{reason}: the proofs are not checked")


def load(name: str) -> ModuleType:
    """A script of proofs/, which is no package; one of them imports another."""
    if str(PROOFS) not in sys.path:
        sys.path.append(str(PROOFS))
    spec = importlib.util.spec_from_file_location(f"proofs_{name}", PROOFS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make(target: str) -> None:
    """Build something in proofs/; two processes of pytest-xdist may come here at once, even for the same."""
    if reason := missing():
        do_without(reason)
    with (PROOFS / f".{target}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(["make", target], cwd=PROOFS, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


# Where nothing can be proved, one test says so, and the others are not there to say it again.
collect_ignore = ["test_library.py", "test_checker.py"] if missing() and not os.environ.get("CI") else []


@pytest.fixture(scope="session")
def srcheck() -> Path:
    """The verified checker: a few seconds, since its soundness need not be proved again for it to run."""
    make("checker")
    return PROOFS / "build" / "srcheck"


@pytest.fixture
def files(tmp_path):
    """A matrix and its certificate."""
    rows, certificate = tmp_path / "rows.json", tmp_path / "certificate.json"
    triangle = [[0, 1], [1, 2], [0, 2]]
    rows.write_text(json.dumps({"columns": 3, "rows": triangle}))
    content = stopping_time_certificate(from_sets(3, triangle), 3)
    certificate.write_text(json.dumps(content))
    return rows, certificate, content


@pytest.fixture
def check(monkeypatch, capsys):
    """``srtheory check --verified``: exit status, output, errors."""

    def check(rows, certificate):
        monkeypatch.setattr(sys, "argv", ["srtheory", "check", str(certificate), "--matrix", str(rows), "--verified"])
        with pytest.raises(SystemExit) as stopped:
            main()
        captured = capsys.readouterr()
        return stopped.value.code, captured.out.strip(), captured.err.strip()

    return check
