"""Hostile files, for every verb that reads one: exit status 2, one short line, in bounded time and memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.sparse import coo_array, csc_array, csr_array, dia_array, save_npz

from srtheory.errors import ArgumentError
from srtheory.files import read_rows
from tests.cli.conftest import Run, asked

GIGABYTE = 1 << 30
MODEL = ["--tau", "0.1", "--startup", "expon(scale=5)"]
SIZES = ["--symbols", "12", "--degree", "3"]
RUNS = ["--trials", "2", "--seed", "1"]


def assert_refused(run: Run, *arguments: str, says: str = "") -> None:
    done = run(*arguments)
    assert (done.status, done.stdout) == (2, ""), done
    assert done.stderr.startswith("srtheory: ")
    assert done.stderr.count("\n") == 1
    assert len(done.stderr) < 1100
    assert says in done.stderr
    assert " at 0x" not in done.stderr, "the same file has the same line"
    assert done.stderr[:-1].isprintable(), "a terminal is given no orders"


def test_what_a_user_says_is_echoed_shortly_and_gives_a_terminal_no_orders(run: Run, tmp_path: Path) -> None:
    """Neither by what a user's code says nor by the name of a folder."""
    (tmp_path / "mine.py").write_text("raise ValueError('red \\x1b[31m')")
    (tmp_path / "afile").write_text("")
    assert_refused(run, "z " * 20_000, says="No such command")
    assert_refused(run, "simulate", f"{tmp_path / 'mine.py'}::S", *SIZES, *MODEL, *RUNS, says="\\x1b[31m")
    assert_refused(run, "table", "small-cases", "--out", str(tmp_path / "afile" / "\x1b[31m" / "x"), says="\\x1b[31m")


def readers(path: str, matrix: str) -> dict[str, list[str]]:
    """Every verb that reads a file, told to read that one."""
    sample = ["--tau", "0.1", "--startup", f"sample:{path}"]
    return {
        "span": ["span", path],
        "matrix": ["check", matrix, "--matrix", path],
        "certificate": ["check", path, "--matrix", matrix.replace("proof", "rows")],
        "sweep": ["sweep", path],
        "hunt": ["hunt", f"{path}::x"],
        "simulate": ["simulate", "sr", *SIZES, *sample, *RUNS],
        "coverage": ["coverage", *SIZES, *sample, "--by-time", "1"],
    }


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "sparse", "\udcff", "n" * 5000], ids=ascii)
def test_only_regular_files_of_a_bounded_size_are_read(run: Run, tmp_path: Path, kind: str) -> None:
    proof = str(tmp_path / "proof.json")
    (tmp_path / "rows.json").write_text('{"columns": 1, "rows": [[0]]}')
    assert run("span", str(tmp_path / "rows.json"), "--certificate", proof).status == 0
    for verb in readers("", ""):
        path = tmp_path / f"{kind}{'.py' if verb == 'hunt' else '.json'}"
        if kind == "pipe":
            path.exists() or os.mkfifo(path)
        elif kind == "device":
            path.is_symlink() or path.symlink_to("/dev/zero")
        elif kind == "folder":
            path.mkdir(exist_ok=True)
        elif kind == "sparse":
            path.touch()
            os.truncate(path, 1 << 40)
        elif verb == "hunt":
            continue  # whose error does not name what no file can be called
        assert_refused(
            run, *readers(str(path), proof)[verb], says=path.name if len(kind) < 10 and kind.isascii() else ""
        )


# ------------------------------------------------------------------------------------------------------------ matrices

MARKET = "%%MatrixMarket matrix coordinate"
HEAD = f"{MARKET} integer general\n"
LARGE = str(10**12)
TEXTS = {
    "columns of 2^63": (".json", '{"columns": 9223372036854775808, "rows": []}'),
    "columns just too many": (".json", '{"columns": 1000001, "rows": []}'),
    "columns of 5000 digits": (".json", '{"columns": %s, "rows": []}' % ("9" * 5000)),
    "columns that are a float": (".json", '{"columns": 1e6, "rows": []}'),
    "columns below 0": (".json", '{"columns": -2, "rows": []}'),
    "no columns": (".json", '{"rows": []}'),
    "columns twice": (".json", '{"columns": 2, "columns": 3, "rows": []}'),
    "a column beyond the last": (".json", '{"columns": 2, "rows": [[0, 2]]}'),
    "a column twice": (".json", '{"columns": 2, "rows": [[1, 1]]}'),
    "the last column twice": (".json", json.dumps({"columns": 10**5, "rows": [[*range(10**5), 10**5 - 1]]})),
    "half a column": (".json", '{"columns": 2, "rows": [[0.5]]}'),
    "too many rows": (".json", '{"columns": 1, "rows": [%s[]]}' % ("[]," * 10**6)),
    "too many lists": (".json", "[" * 3 * 10**6),
    "nested objects": (".json", '{"rows":' * 10**5),
    "a text not closed": (".json", '"' + "[" * 100_000),
    "rows of the header": (".mtx", f"{HEAD}{LARGE} 3 1\n1 1 1\n"),
    "a dense header": (".mtx", "%%MatrixMarket matrix array integer general\n1000000 1000000\n1\n"),
    "a header with a comment": (".mtx", f"{HEAD}% one\n\n%two\n{LARGE} 3 1\n1 1 1\n"),
    "an underscore in an entry": (".mtx", f"{HEAD}3 3 1\n1 1 1_0\n"),
    "an entry of four numbers": (".mtx", f"{HEAD}3 3 1\n1 1 1 1\n"),
    "half an entry": (".mtx", f"{MARKET} real general\n1 2 1\n1 1 0.5\n"),
    "an entry twice": (".mtx", f"{MARKET} pattern general\n1 2 2\n1 1\n1 1\n"),
    "an entry outside": (".mtx", f"{MARKET} pattern general\n1 2 1\n1 3\n"),
    "a float beyond 53 bits": (".mtx", f"{HEAD.replace('integer', 'real')}1 1 1\n1 1 9007199254740993\n"),
    "no matrix": (".mtx", "not a matrix"),
    "an underscore": (".csv", "1_0,1"),
    "another script": (".csv", "\u0661,0"),
    "no number": (".csv", "nan,1"),
    "a cell too long": (".csv", "1" * 200_000),
    "too many columns": (".csv", "0," * 10**6 + "0"),
    "rows of several lengths": (".csv", "1,0\n1"),
    "nothing": (".csv", ""),
    "no archive": (".npz", "not an archive"),
    "no form": (".txt", ""),
}


def csr(indptr: list[int], indices: list[int]) -> csr_array:
    matrix = csr_array(np.ones((2, 3), dtype=int))
    matrix.indptr, matrix.indices = np.array(indptr), np.array(indices)
    return matrix


MEMBERS: dict[str, Any] = {
    "shape": np.array([2, 3]), "data": np.ones(2, int), "indices": np.array([0, 1]), "indptr": np.array([0, 1, 2])
}  # fmt: skip
ARCHIVES: dict[str, Any] = {
    "boundaries that fall": csr([0, 10**7, 6], [0, 1, 2, 0, 1, 2]),
    "columns out of range": csr([0, 3, 6], [0, 1, 2, 0, 1, 10**8]),
    "wide": coo_array((np.array([1]), (np.array([0]), np.array([0]))), shape=(3, 10**12)),
    "tall": csc_array((np.array([1]), np.array([0]), np.array([0, 1])), shape=(10**12, 1)),
    "diagonal": dia_array((np.ones((1, 3), int), [0]), shape=(10**12, 10**12)),
    **{f"{name}.npy": MEMBERS | {name: MEMBERS[name] + 0.5} for name in MEMBERS if name != "data"},
    "no number": MEMBERS | {"indices": np.array([np.nan, 1])},
    "an object": {"data": np.array([{"a": 1}], dtype=object)},
}


@pytest.mark.parametrize("name", [*TEXTS, *ARCHIVES])
def test_matrices(run: Run, tmp_path: Path, name: str) -> None:
    if name in TEXTS:
        suffix, text = TEXTS[name]
        (tmp_path / f"g{suffix}").write_text(text, encoding="utf-8")
    elif isinstance(ARCHIVES[name], dict):
        suffix = ".npz"
        np.savez(tmp_path / "g.npz", format=b"csr", **ARCHIVES[name])
    else:
        suffix = ".npz"
        save_npz(tmp_path / "g.npz", ARCHIVES[name])
    assert_refused(run, "span", str(tmp_path / f"g{suffix}"), says=name if name.endswith(".npy") else "")


@pytest.mark.parametrize("suffix", [".json", ".csv", ".mtx", ".npz"])
@pytest.mark.parametrize("weight", [2**63 - 1, 2**63 - 513, 2**53, -(2**63), 2**63, -(2**63) - 1])
def test_all_formats_take_weights_of_64_bits_and_no_others(tmp_path: Path, suffix: str, weight: int) -> None:
    path = tmp_path / f"rows{suffix}"
    texts = {
        ".json": f'{{"columns": 2, "rows": [[0, 1], [0]], "values": [[{weight}, 1], [1]]}}',
        ".csv": f"{weight},1\n1,0\n",
        ".mtx": f"{HEAD}2 2 3\n1 1 {weight}\n1 2 1\n2 1 1\n",
    }
    if suffix in texts:
        path.write_text(texts[suffix])
    elif weight >= -(2**63):  # for any below NumPy has no type
        save_npz(path, csr_array(np.array([[weight, 1], [1, 0]], dtype=np.int64 if weight < 2**63 else np.uint64)))
    if -(2**63) <= weight < 2**63:
        assert read_rows(path).mappings() == [{0: weight, 1: 1}, {0: 1}]
    elif path.exists():
        with pytest.raises(ArgumentError, match=r"64 bits|out of range"):
            read_rows(path)


def test_an_archive_that_unpacks_to_gigabytes(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srtheory.files.UNPACKED", 40_000)
    save_npz(tmp_path / "g.npz", csr_array(np.eye(3, dtype=int)))
    assert run("span", str(tmp_path / "g.npz")).status == 0
    np.savez_compressed(tmp_path / "g.npz", format=b"csr", shape=np.array([1, 1]), data=np.zeros(10**5))
    assert_refused(run, "span", str(tmp_path / "g.npz"), says="unpacked")


def test_long_rows_are_settled_at_once_and_a_field_too_wide_is_refused(run: Run, tmp_path: Path) -> None:
    """A stripe of columns at a time, each with a look at all entries, this would take a minute."""
    m = 10**6
    (tmp_path / "g.csv").write_text(",".join(["1"] * m))
    (tmp_path / "none.json").write_text(json.dumps({"columns": m, "rows": []}))
    for name, status, stopping, rank in (("g.csv", 0, 1, 1), ("none.json", 1, None, 0)):
        answer = asked(run, "span", str(tmp_path / name), status=status)
        assert (answer["columns"], answer["stopping_time"], answer["rank"]) == (m, stopping, rank)
    (tmp_path / "g.json").write_text(json.dumps({"columns": 5000, "rows": [[i] for i in range(5000)]}))
    assert_refused(run, "span", str(tmp_path / "g.json"), "--field", "GF(9223372036854775783)", says="'field'")


# --------------------------------------------------------------------------------------------------------- simulations


@pytest.mark.parametrize(
    ("line", "tau", "delays"),
    [
        # within one unit in the last place of the clock a rateless scheme would send more than any memory holds
        *((f"{scheme} --symbols 12", "5e-324", "1e6 1e6")
          for scheme in ("lt", "repairable --degree 3", "sr-with-replacement --degree 3")),
        ("lt --symbols 12", "1e-25", "1e6 1e6"),
        # every worker's every term arrives before the first one's second block
        ("sr --symbols 20000 --degree 3", "1e-300", "1"),
        ("lt --symbols 1200 --workers 10 --cap 1e9", "1e-300", "1 2"),
    ],
)  # fmt: skip
def test_a_time_per_term_that_drowns_in_the_rounding(
    run: Run, tmp_path: Path, line: str, tau: str, delays: str
) -> None:
    (tmp_path / "late").write_text(delays)
    model = ["--tau", tau, "--startup", f"sample:{tmp_path / 'late'}"]
    assert_refused(run, "simulate", *line.split(), *model, *RUNS, says="'tau'")


TASK = '[[tasks]]\nscheme = "sr"\nsymbols = 12\ndegree = 3\ntau = 0.1\nstartup = "expon()"\n'
SPEC = f"trials = 5\nseed = 1\n{TASK}"
HEX = "0x" + "f" * 4000
SPECS = {
    "nested lists": "trials = " + "[" * 2000,
    "closed lists": SPEC.replace("= 12", "= " + "[" * 90 + "1" + "]" * 90),
    "nested tables": "trials = " + "{a=" * 2000,
    "dotted key": "a." * 10**5 + "a = 1",
    "dotted key within the limit": "tasks." + "a." * 500 + "a = 1",
    **{f"hexadecimal after {key}": SPEC.replace(key, f"= {HEX}") for key in ("= 5", "= 1\n", "= 12", "= 3", "= 0.1")},
    "hexadecimal workers": f"{SPEC}workers = {HEX}\n",
    "decimal of 5000 digits": SPEC.replace("= 12", "= " + "9" * 5000),
    "a large grid": SPEC.replace("= 12", f"= {list(range(12, 212))}").replace(
        "0.1", f"{[i / 8 for i in range(1, 99)]}"
    ),
    "many trials": SPEC.replace("trials = 5", "trials = 9000000").replace("= 12", "= [12, 13]"),
    "a sample with a zero byte": SPEC.replace("expon()", "sample:a\\u0000b"),
    "a large tau": SPEC.replace("= 0.1", "= 1e201"),
    "a long value": SPEC.replace('"sr"', f'"{"s" * 10_000}"'),
    "a long key": f"{SPEC}{'k' * 10_000} = 1\n",
    "a long file": SPEC + "# " + "-" * 20_000,
    "no text": "\x00" * 100,
}


@pytest.mark.parametrize("name", SPECS)
def test_specs(run: Run, tmp_path: Path, name: str) -> None:
    (tmp_path / "spec.toml").write_text(SPECS[name])
    assert_refused(run, "sweep", str(tmp_path / "spec.toml"), "--store", str(tmp_path / "out"))
    assert not (tmp_path / "out").exists()


# ----------------------------------------------------------------------------------------------- processes of their own

MAIN = "import sys; from srtheory.cli import main; sys.argv[0] = 'srtheory'; main()"


@pytest.mark.parametrize("name", ["device", "trials", "repairable", "lists"])
def test_a_gigabyte_is_enough_to_refuse(tmp_path: Path, name: str) -> None:
    (tmp_path / "lists.json").write_text('{"columns": 1, "rows": [%s[]]}' % ("[]," * 10**7))
    tiny = ["--symbols", "12", "--degree", "3", "--tau", "1e-300", "--startup", "expon()", *RUNS]
    arguments = {
        "device": ["span", "/dev/zero"],
        "trials": ["simulate", "sr", *SIZES, *MODEL, "--seed", "1", "--trials", str(10**20)],
        "repairable": ["simulate", "repairable", *tiny],
        "lists": ["span", str(tmp_path / "lists.json")],
    }[name]
    command = [sys.executable, "-c", MAIN, *arguments]
    limit = lambda: resource.setrlimit(resource.RLIMIT_DATA, (GIGABYTE, GIGABYTE))  # noqa: E731
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limit, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "out of memory" not in done.stderr


@pytest.mark.parametrize(
    ("words", "streams", "reason"),
    [
        (["latency", "one", "--symbols", "5", *MODEL], ">&-", "Bad file descriptor"),
        (["--help"], ">/dev/full", "No space left on device"),
    ],
)
def test_output_that_nobody_can_read_is_an_error(words: list[str], streams: str, reason: str) -> None:
    command = ["sh", "-c", f'"$@" {streams}', "sh", sys.executable, "-c", MAIN, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"srtheory: output: {reason}\n")


OPENS = """
import subprocess, sys
from dataclasses import dataclass
from pathlib import Path
from srtheory.schemes.by_worker import ByWorker
@dataclass(frozen=True)
class Opens(ByWorker):
    def sends(self, worker, key):
        with Path(__file__).with_name("opened").open("w") as file:
            code = "import sys; print(sys.stderr is None, file=open(sys.argv[1], 'w'))"
            if file.fileno() > 2:
                subprocess.run([sys.executable, "-c", code, str(Path(__file__).with_name("said"))])
        yield [worker]
"""


def test_closed_streams_are_there_for_other_processes(tmp_path: Path) -> None:
    """A file that is opened later does not take their numbers, and what is started finds a stderr."""
    (tmp_path / "own.py").write_text(OPENS)
    words = ["simulate", f"{tmp_path / 'own.py'}::Opens", "--symbols", "1", *MODEL, "--trials", "1"]
    subprocess.run(["sh", "-c", '"$@" >&- 2>&-', "sh", sys.executable, "-c", MAIN, *words], check=False)
    assert (tmp_path / "said").read_text() == "False\n"
