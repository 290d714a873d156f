"""Hostile files and flags, for every verb: exit status 2, one short line, in bounded time and memory."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import coo_array, csc_array, csr_array, dia_array, save_npz

from srtheory.cli.common import read_law
from srtheory.errors import ArgumentError
from tests.cli.conftest import Run

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


def test_an_unknown_verb_is_echoed_shortly(run: Run) -> None:
    assert_refused(run, "z " * 20_000, says="No such command")


# ---------------------------------------------------------------------------------------- what is no file, or too much


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
        "latency": ["latency", "sr", *SIZES, *sample],
        "coverage": ["coverage", *SIZES, *sample, "--by-time", "1"],
    }


@pytest.fixture
def certified(run: Run, tmp_path: Path) -> str:
    (tmp_path / "rows.json").write_text('{"columns": 1, "rows": [[0]]}')
    assert run("span", str(tmp_path / "rows.json"), "--certificate", str(tmp_path / "proof.json")).status == 0
    return str(tmp_path / "proof.json")


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "sparse"])
@pytest.mark.parametrize("verb", readers("", ""))
def test_only_regular_files_of_a_bounded_size_are_read(
    run: Run, tmp_path: Path, certified: str, verb: str, kind: str
) -> None:
    path = tmp_path / ("hostile.py" if verb == "hunt" else "hostile.json")
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        path.touch()
        os.truncate(path, 1 << 40)
    assert_refused(run, *readers(str(path), certified)[verb], says=path.name)


@pytest.mark.parametrize("name", ["\udcff.json", "n" * 5000 + ".json"])
def test_names_that_no_file_can_have(run: Run, certified: str, name: str) -> None:
    for verb, arguments in readers(name, certified).items():
        if verb != "hunt":
            assert_refused(run, *arguments)


@pytest.mark.parametrize(
    "arguments", [["figure", "2a", "--out", "afile/sub"], ["table", "errata", "--out", "nowhere/x"]]
)
def test_what_cannot_be_written_is_said_before_the_work(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    (tmp_path / "afile").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("srtheory.experiments.lab.Lab.sample", lambda *_, **__: pytest.fail("it works first"))
    assert_refused(run, *arguments)


def test_a_terminal_is_given_no_orders(run: Run, tmp_path: Path) -> None:
    """Neither by what a user's code says nor by the name of a folder."""
    (tmp_path / "mine.py").write_text("raise ValueError('red \\x1b[31m')")
    (tmp_path / "afile").write_text("")
    for arguments in (
        ["simulate", f"{tmp_path / 'mine.py'}::S", *SIZES, *MODEL, *RUNS],
        ["table", "small-cases", "--out", str(tmp_path / "afile" / "\x1b[31m" / "x")],
    ):
        assert_refused(run, *arguments, says="\\x1b[31m")
        assert run(*arguments).stderr[:-1].isprintable()


# ------------------------------------------------------------------------------------------------------------ matrices

HEAD = "%%MatrixMarket matrix coordinate integer general\n"
LARGE = str(10**12)
TEXTS = {
    "columns of 2^63": (".json", '{"columns": 9223372036854775808, "rows": []}'),
    "columns of 2^63 - 1": (".json", '{"columns": 9223372036854775807, "rows": []}'),
    "columns of 2^64": (".json", '{"columns": 18446744073709551616, "rows": []}'),
    "columns just too many": (".json", '{"columns": 1000001, "rows": []}'),
    "columns of 5000 digits": (".json", '{"columns": %s, "rows": []}' % ("9" * 5000)),
    "a fraction": (".json", '{"columns": 1e6, "rows": []}'),
    "too many rows": (".json", '{"columns": 1, "rows": [%s[]]}' % ("[]," * 10**6)),
    "too many lists": (".json", "[" * 3 * 10**6),
    "many objects": (".json", "[" + "{}," * 10**5 + "{}]"),
    "nested objects": (".json", '{"rows":' * 10**5),
    "the last column twice": (".json", json.dumps({"columns": 10**5, "rows": [[*range(10**5), 10**5 - 1]]})),
    "rows of the header": (".mtx", f"{HEAD}{LARGE} 3 1\n1 1 1\n"),
    "columns of the header": (".mtx", f"{HEAD}3 {LARGE} 1\n1 1 1\n"),
    "entries of the header": (".mtx", f"{HEAD}3 3 {LARGE}\n1 1 1\n"),
    "a dense header": (".mtx", "%%MatrixMarket matrix array integer general\n1000000 1000000\n1\n"),
    "a header with a comment": (".mtx", f"{HEAD}% one\n\n%two\n{LARGE} 3 1\n1 1 1\n"),
    "an underscore in the header": (".mtx", f"{HEAD}1_0 3 1\n1 1 1\n"),
    "an underscore in an entry": (".mtx", f"{HEAD}3 3 1\n1 1 1_0\n"),
    "another script in an entry": (".mtx", f"{HEAD}3 3 1\n1 1 \u0661\n"),
    "an entry of four numbers": (".mtx", f"{HEAD}3 3 1\n1 1 1 1\n"),
    "an entry beyond 64 bits": (".mtx", f"{HEAD}1 1 1\n1 1 9223372036854775808\n"),
    "a float beyond 53 bits": (".mtx", f"{HEAD.replace('integer', 'real')}1 1 1\n1 1 9007199254740993\n"),
    "an underscore": (".csv", "1_0,1"),
    "another script": (".csv", "\u0661,0"),
    "wide digits": (".csv", "\uff11,0"),
    "no number": (".csv", "nan,1"),
    "an exponent": (".csv", "1e3,1"),
    "a long cell": (".csv", "1" * 100_000),
    "a cell too long": (".csv", "1" * 200_000),
    "too many columns": (".csv", "0," * 10**6 + "0"),
    "64 bits": (".csv", "9223372036854775808,1"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_matrices_as_text(run: Run, tmp_path: Path, name: str) -> None:
    suffix, text = TEXTS[name]
    (tmp_path / f"g{suffix}").write_text(text, encoding="utf-8")
    assert_refused(run, "span", str(tmp_path / f"g{suffix}"))


def csr(indptr: list[int], indices: list[int]) -> csr_array:
    matrix = csr_array(np.ones((2, 3), dtype=int))
    matrix.indptr, matrix.indices = np.array(indptr), np.array(indices)
    return matrix


ARCHIVES = {
    "boundaries that fall": csr([0, 10**7, 6], [0, 1, 2, 0, 1, 2]),
    "columns out of range": csr([0, 3, 6], [0, 1, 2, 0, 1, 10**8]),
    "wide": coo_array((np.array([1]), (np.array([0]), np.array([0]))), shape=(3, 10**12)),
    "tall": csc_array((np.array([1]), np.array([0]), np.array([0, 1])), shape=(10**12, 1)),
    "diagonal": dia_array((np.ones((1, 3), int), [0]), shape=(10**12, 10**12)),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_matrices_as_archives(run: Run, tmp_path: Path, name: str) -> None:
    save_npz(tmp_path / "g.npz", ARCHIVES[name])
    assert_refused(run, "span", str(tmp_path / "g.npz"))


@pytest.mark.parametrize("member", ["shape", "indices", "indptr"])
def test_places_that_are_no_whole_numbers(run: Run, tmp_path: Path, member: str) -> None:
    """SciPy cuts off what follows the point."""
    members = {
        "shape": np.array([2, 3]),
        "data": np.ones(2, int),
        "indices": np.array([0, 1]),
        "indptr": np.array([0, 1, 2]),
    }
    np.savez(tmp_path / "g.npz", format=b"csr", **members)
    assert run("span", str(tmp_path / "g.npz")).status == 1
    np.savez(tmp_path / "g.npz", format=b"csr", **members | {member: members[member] + 0.5})
    assert_refused(run, "span", str(tmp_path / "g.npz"), says=f"{member}.npy")


def test_what_scipy_warns_of_is_no_second_line(run: Run, tmp_path: Path) -> None:
    members = {"format": b"csr", "shape": np.array([2, 3]), "data": np.ones(2, int), "indptr": np.array([0, 1, 2])}
    np.savez(tmp_path / "g.npz", indices=np.array([np.nan, 1]), **members)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert_refused(run, "span", str(tmp_path / "g.npz"))


def test_an_archive_that_unpacks_to_gigabytes(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("srtheory.files.UNPACKED", 40_000)
    save_npz(tmp_path / "g.npz", csr_array(np.eye(3, dtype=int)))
    assert run("span", str(tmp_path / "g.npz")).status == 0
    np.savez_compressed(tmp_path / "g.npz", format=b"csr", shape=np.array([1, 1]), data=np.zeros(10**5))
    assert_refused(run, "span", str(tmp_path / "g.npz"), says="unpacked")


def test_a_field_too_wide_for_the_matrix(run: Run, tmp_path: Path) -> None:
    (tmp_path / "g.json").write_text(json.dumps({"columns": 5000, "rows": [[i] for i in range(5000)]}))
    assert_refused(run, "span", str(tmp_path / "g.json"), "--field", "GF(9223372036854775783)", says="'field'")


def test_long_rows_are_settled_at_once(run: Run, tmp_path: Path) -> None:
    """A stripe of columns at a time, each with a look at all entries, this would take a minute."""
    m = 10**6
    (tmp_path / "g.csv").write_text(",".join(["1"] * m))
    (tmp_path / "none.json").write_text(json.dumps({"columns": m, "rows": []}))
    ones = json.loads(run("span", str(tmp_path / "g.csv"), "--json").stdout)
    assert (ones["columns"], ones["stopping_time"], ones["rank"]) == (m, 1, 1)
    none = json.loads(run("span", str(tmp_path / "none.json"), "--json").stdout)
    assert (none["columns"], none["stopping_time"], none["rank"]) == (m, None, 0)


# --------------------------------------------------------------------------------------------------------- simulations


@pytest.mark.parametrize("symbols", [2 * 10**6 + 1, 2**63 - 1, 2**63, 10**30])
@pytest.mark.parametrize("scheme", ["sr", "lt", "uncoded", "genie"])
def test_more_symbols_than_fit(run: Run, scheme: str, symbols: int) -> None:
    degree = ["--degree", "3"] if scheme == "sr" else []
    assert_refused(run, "simulate", scheme, "--symbols", str(symbols), *degree, *MODEL, *RUNS, says="'symbols'")


@pytest.mark.parametrize("scheme", ["lt", "repairable", "sr-with-replacement"])
@pytest.mark.parametrize("tau", ["1e-300", "5e-324", "1e-25"])
def test_a_time_per_term_that_drowns_in_the_rounding(run: Run, tmp_path: Path, scheme: str, tau: str) -> None:
    """Within one unit in the last place of the clock a rateless scheme would send more than any memory holds."""
    (tmp_path / "late").write_text("1e6 1e6")
    degree = [] if scheme == "lt" else ["--degree", "3"]
    model = ["--symbols", "12", *degree, "--tau", tau, "--startup", f"sample:{tmp_path / 'late'}"]
    assert_refused(run, "simulate", scheme, *model, *RUNS, says="'tau'")


def test_all_workers_at_once(run: Run, tmp_path: Path) -> None:
    """Every worker's every term arrives before the first one's second block."""
    (tmp_path / "same").write_text("1")
    model = ["--tau", "1e-300", "--startup", f"sample:{tmp_path / 'same'}"]
    assert_refused(run, "simulate", "sr", "--symbols", "20000", "--degree", "3", *model, *RUNS, says="'tau'")


def test_long_lt_quotas(run: Run) -> None:
    sizes = ["--symbols", "1200", "--workers", "10", "--cap", "1e9"]
    assert_refused(run, "simulate", "lt", *sizes, "--tau", "1e-300", "--startup", "expon()", *RUNS, says="'tau'")


@pytest.mark.parametrize("symbols", [10**7 + 1, 2**63, 10**30])
@pytest.mark.parametrize("verb", ["latency", "coverage"])
def test_more_symbols_than_any_law_is_computed_for(run: Run, verb: str, symbols: int) -> None:
    given = ["latency", "sr"] if verb == "latency" else ["coverage", "--by-time", "1"]
    assert_refused(run, *given, "--symbols", str(symbols), "--degree", "3", *MODEL, says="'symbols'")


# --------------------------------------------------------------------------------------------------------------- specs

TASK = '[[tasks]]\nscheme = "sr"\nsymbols = 12\ndegree = 3\ntau = 0.1\nstartup = "expon()"\n'
SPEC = f"trials = 5\nseed = 1\n{TASK}"
HEX = "0x" + "f" * 4000
SPECS = {
    "nested lists": "trials = " + "[" * 2000,
    "closed lists": SPEC.replace("= 12", "= " + "[" * 90 + "1" + "]" * 90),
    "nested tables": "trials = " + "{a=" * 2000,
    "dotted key": "a." * 10**5 + "a = 1",
    "dotted key within the limit": "tasks." + "a." * 500 + "a = 1",
    "hexadecimal trials": SPEC.replace("trials = 5", f"trials = {HEX}"),
    "hexadecimal seed": SPEC.replace("seed = 1", f"seed = {HEX}"),
    "hexadecimal symbols": SPEC.replace("= 12", f"= {HEX}"),
    "hexadecimal degree": SPEC.replace("= 3", f"= {HEX}"),
    "hexadecimal tau": SPEC.replace("= 0.1", f"= {HEX}"),
    "hexadecimal workers": f"{SPEC}workers = {HEX}\n",
    "hexadecimal access": f"{SPEC}access = {HEX}\n",
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


@pytest.mark.parametrize("text", ["1 nan 2", "1 1_0", "\u0661", "inf", "1e999", "", "x" * 10_000, "-1"])
def test_samples(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "delays").write_text(text)
    given = ["--tau", "0.1", "--startup", f"sample:{tmp_path / 'delays'}"]
    assert_refused(run, "simulate", "sr", *SIZES, *given, *RUNS)


@pytest.mark.parametrize(
    ("text", "words"),
    [("1\nx\n", "delays, line 2), not 'x'"), ("1\n\n2 -3", "delays, line 3), not '-3'"), (" ", "it has none")],
)
def test_a_wrong_delay_is_told_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "delays").write_text(text)
    with pytest.raises(ArgumentError, match="'startup' must be a file with one delay per line") as refusal:
        read_law(f"sample:{tmp_path / 'delays'}")
    assert words in str(refusal.value)


# ------------------------------------------------------------------------------------------------------------ resources

MAIN = "import sys; from srtheory.cli import main; sys.argv[0] = 'srtheory'; main()"


def limit() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (GIGABYTE, GIGABYTE))


@pytest.mark.parametrize("name", ["device", "trials", "lt", "repairable", "columns", "lists"])
def test_a_gigabyte_is_enough_to_refuse(tmp_path: Path, name: str) -> None:
    """In a process of its own, which may not have more."""
    (tmp_path / "columns.json").write_text(TEXTS["columns of 2^63 - 1"][1])
    (tmp_path / "lists.json").write_text('{"columns": 1, "rows": [%s[]]}' % ("[]," * 10**7))
    tiny = ["--symbols", "12", "--tau", "1e-300", "--startup", "expon()", *RUNS]
    arguments = {
        "device": ["span", "/dev/zero"],
        "trials": ["simulate", "sr", *SIZES, *MODEL, "--seed", "1", "--trials", str(10**20)],
        "lt": ["simulate", "lt", *tiny],
        "repairable": ["simulate", "repairable", "--degree", "3", *tiny],
        "columns": ["span", str(tmp_path / "columns.json")],
        "lists": ["span", str(tmp_path / "lists.json")],
    }[name]
    done = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments], capture_output=True, text=True, preexec_fn=limit, check=False
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert "out of memory" not in done.stderr


ONE = ["latency", "one", "--symbols", "5", *MODEL]


@pytest.mark.parametrize(
    ("words", "streams", "reason"),
    [
        (ONE, ">&-", "Bad file descriptor"),
        (["--help"], ">&-", "Bad file descriptor"),
        ([], ">/dev/full", "No space left on device"),
    ],
)
def test_output_that_nobody_can_read_is_an_error(words: list[str], streams: str, reason: str) -> None:
    """In a process of its own, whose streams are closed or full."""
    command = f'"$@" {streams}'
    done = subprocess.run(
        ["sh", "-c", command, "sh", sys.executable, "-c", MAIN, *words], capture_output=True, text=True, check=False
    )
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
