"""Bad input in files: exit status 2, one line that names it and says what would be valid, within limits.

Options, their values and what does not go together are asked of each verb by tests/contracts/test_verbs.py,
certificates by tests/contracts/test_certificates.py, and a user's code by tests/contracts/test_studies.py and
tests/test_own_code.py.
"""

from __future__ import annotations

import errno
import io
import json
import os
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, dia_array, save_npz

from srtheory.public import certify
from srtheory.rows import from_sets
from srtheory.span.certificates import to_json
from tests.attack.commands import Done, run, warm_up
from tests.attack.report import Tally

MODEL = ["--tau", "0.1", "--startup", "expon(scale=5)"]
SIZES = ["--symbols", "12", "--degree", "3"]
RUNS = ["--trials", "2", "--seed", "1"]
SIMULATE = ["simulate", "sr", *SIZES, *MODEL, *RUNS]
COMPARE = ["compare", "--schemes", "sr,uncoded", *SIZES, *MODEL, *RUNS]
SPEC = 'trials = 5\nseed = 1\n[[tasks]]\nscheme = "sr"\nsymbols = 12\ndegree = 3\ntau = 0.1\nstartup = "expon()"\n'
STUDY = """
from srtheory import Number, Study

study = Study(title="Good")


@study.number("two")
def two(lab):
    return Number.exact(2, "by definition")
"""
MATRIX = '{"columns": 3, "rows": [[0, 1], [1, 2], [0, 2]]}'
LONGEST = 1100
LONG = "x" * 20_000
LARGE = str(10**12)
BOMB = 130 << 20
"""Bytes to which the bombs unpack: more than is allowed."""


@dataclass(frozen=True)
class Bad:
    """A command to be refused; its line must have one of the words ``says``, if there are any.

    ``or_done``: it may also do what it is asked, or say no, if it keeps within the limits.
    """

    kind: str
    arguments: list[str]
    says: tuple[str, ...] = ()
    stdout: str | None = None
    or_done: bool = False


# ------------------------------------------------------------------------------------------------------------- matrices


def _json(columns: str = "3", rows: str = "[[0, 1], [2]]", more: str = "") -> str:
    return f'{{"columns": {columns}, "rows": {rows}{more}}}'


DEEP = "[" * 10**5 + "]" * 10**5
COLUMNS = f'-1|3.0|3e0|true|"3"|null|NaN|Infinity|[3]|\u0663|+3|03|{LARGE}|{2**63}|{"9" * 5000}|"{LONG}"|{DEEP}'
ROWS = f'null|{{"0": [1]}}|"01"|[null]|[1]|["01"]|[[[0]]]|[[3]]|[[-1]]|[[{2**64}]]|[[0.0]]|[[true]]|[["0"]]|[[NaN]]'
ROWS += f"|[[null]]|[[0, 1, 0]]|[[\u0661]]|{DEEP}|[{'[],' * 10**6}[]]"
VALUES = '[[1, 1]]|[[1], [1, 1]]|null|[[1, NaN], [1]]|[[1, 1.5], [1]]|[[1, 1.0], [1]]|[[1, true], [1]]|[[1, "1"], [1]]'
VALUES += f"|[[1, -Infinity], [1]]|[[1, {2**63}], [1]]|[[1, {-(2**63) - 1}], [1]]|[[1, {'9' * 10**6}], [1]]"
NO_MATRIX = '| \n |null|7|"rows"|[[0], [1]]|{}|{"columns": 3}|{"rows": []}|// rows\n{"columns": 0, "rows": []}'
JSONS = [
    *NO_MATRIX.split("|"),
    *(_json()[:-3], _json() + "x", _json() * 2, _json().replace('"', "'"), _json(more=', "x": 1')),
    *(_json(more=', "rows": []'), _json(more=', "\\u0072ows": []'), "[" * 10**6, '{"rows":' * 10**6),
    *("[" + "[]," * 3 * 10**6 + "[]]", "[" + "{}," * 10**5 + "{}]", f'{{"{LONG}": 1, "rows": []}}'),
    *(_json(columns) for columns in COLUMNS.split("|")),
    *(_json(rows=rows) for rows in ROWS.split("|")),
    *(_json(more=f', "values": {values}') for values in VALUES.split("|")),
]
CSVS = "|\n\n\n|1,0\n1\n|1\n1,0\n|a,b\n|x,y\n1,0\n|nan,1\n|inf,1\n|1.5,0\n|1.0,0\n|1e3,1\n|0x1,0\n|1_0,1\n|\u0661,0\n"
CSVS += "|\uff11,0\n|1\u00b2,0\n|1,,0\n|1,0,\n1,0\n|1;0\n|1\t0\n|=1+1,0\n|--1,0\n|1 0,1\n|true,1\n|1,\x000\n|-,1\n"
CSVS += f'|"1,0\n1,0\n|\u22121,0\n|{2**63},1\n|{-(2**63) - 1},1\n|{"1" * 100_000},0\n|{"1" * 200_000}'
HEAD = "%%MatrixMarket matrix coordinate integer general\n"
SHAPES = f"1_0 3 1|\u0663 3 1|nan 3 1|-3 3 1|3|3 3 1 1|{LARGE} 3 1|3 {LARGE} 1|3 3 {LARGE}|{'9' * 40} 3 1"
ENTRIES = f"0 1 1|-1 1 1|4 1 1|1 4 1|{LARGE} 1 1|1 1 1\n2 2 1|1 1|1 1 1 1|1.5 1 1|1 1 one|1 1 1/2|1 1 \u0661|1 1 1_0"
ENTRIES += f"|1 1 {2**63}|1 1 {'9' * 10**5}"
REALS = "nan|inf|1e999|1.5|9007199254740993"
KINDS = "tensor coordinate integer general|matrix coordinate complex general|matrix coordinate float128 general"
KINDS += "|matrix coordinate integer odd|matrix coordinate complex hermitian|matrix array integer general"
MTXS = [
    *("", HEAD, "3 3 1\n1 1 1\n", HEAD[1:] + "1 1 1\n1 1 1\n", f"{HEAD}3 3 2\n1 1 1\n", f"{HEAD}3 3 2\n1 1 1\n1 1 1\n"),
    *(f"{HEAD}{shape}\n1 1 1\n" for shape in SHAPES.split("|")),
    *(f"{HEAD}3 3 1\n{entry}\n" for entry in ENTRIES.split("|")),
    *(HEAD.replace("integer", "real") + f"3 3 1\n1 1 {real}\n" for real in REALS.split("|")),
    *(f"%%MatrixMarket {kind}\n2 2 1\n1 1 1\n" for kind in KINDS.split("|")),
    HEAD.replace("general", "symmetric") + f"{LARGE} {LARGE} 1\n1 1 1\n",
    "%%MatrixMarket matrix array integer general\n1000000 1000000\n1\n",
]
TEXTS = {".json": JSONS, ".csv": [*CSVS.split("|"), "0," * 10**6 + "0", "1\n" * (10**6 + 1)], ".mtx": MTXS}
GOODS = {".json": _json(more=', "values": [[1, -1], [2]]'), ".csv": "1,0,-2\n0,1,0\n", ".mtx": f"{HEAD}3 3 1\n1 1 1\n"}
TOKENS = f'|nan|1e3|1.5|-1|\u0663|1_0|{2**63}|{"9" * 5000}|[|]|{{|null|true|"x"|\x00|\u2028|,|0x1|1 1'.split("|")
BYTES = [
    *(b"\xef\xbb\xbf" + _json().encode(), _json().encode("utf-16"), b"\xff\xfe" + _json().encode(), bytes(1000)),
    *(np.random.default_rng(0).bytes(5000), b'{"columns": 3, "rows": [["\\ud800"]]}', b"\x7fELF" + bytes(100)),
    *(b"\x80\x04cos\nsystem\n(S'touch owned'\ntR.", b"\x1f\x8b\x08\x00" + bytes(50)),
]
MATRICES = {
    "wide": coo_array((np.array([1]), (np.array([0]), np.array([0]))), shape=(3, 10**12)),
    "tall": csc_array((np.array([1]), np.array([0]), np.array([0, 1])), shape=(10**12, 1)),
    "diagonal": dia_array((np.ones((1, 3), int), [0]), shape=(10**12, 10**12)),
    "one-dimensional": coo_array(np.array([1, 0, 1])),
    "beyond 64 bits": csr_array(np.array([[2**63, 1]], dtype=np.uint64)),
    **{str(x): csr_array(np.array([[x, 1.0]])) for x in (np.nan, np.inf, 1.5, 2.0**60, 1j)},
}
GOOD: dict[str, object] = {"format": b"csr", "shape": np.array([2, 3]), "data": np.ones(2, int)}
GOOD |= {"indices": np.array([0, 1]), "indptr": np.array([0, 1, 2])}
ODD = {
    "format": [b"lil", np.arange(3), np.array(print, dtype=object)],
    "shape": [[2, 10**12], [-2, 3], [2, 3, 4], [2.5, 3], [np.nan, 3], [], np.array([2, None], dtype=object)],
    "data": [np.array([{}, print], dtype=object), ["1", "1"], np.array([1, 1], "M8[s]"), np.zeros(2, "i8,i8"), [1]],
    "indices": [[0.5, 1], [np.nan, 1], np.zeros((2, 2), int), [0, 10**8], [0, -1]],
    "indptr": [np.arange(100), np.array([0, 1, 2], dtype=object), [0, 10**7, 2], [0, -3, 2]],
}
COO = {"format": b"coo", "shape": np.array([2, 2]), "data": np.ones(1, int), "col": np.array([0])}
MEMBERS = [
    *({k: v for k, v in GOOD.items() if k != gone} for gone in [*GOOD]),
    *(GOOD | {name: each} for name, every in ODD.items() for each in every),
    *(COO | {"row": np.array([row])} for row in (5, -1)),
]
HUGE = "{'descr': '<i8', 'fortran_order': False, 'shape': (1000000000000,), }"
CALL = "__import__('os').system('touch owned')"
HEADERS = [HUGE, HUGE.replace("1000000000000", "-1"), "(" * 5000, "", *(HUGE.replace("'<i8'", CALL),)]
HEADERS += [HUGE.replace("<i8", descr) for descr in ("|O", "|S2000000000")]


def _npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def _archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", method, compresslevel=1) as archive:
        if "data.npy" in members:
            for other, value in GOOD.items():
                buffer = io.BytesIO()
                np.save(buffer, np.asarray(value))
                if other != "data":
                    archive.writestr(f"{other}.npy", buffer.getvalue())
        for name, data in members.items():
            archive.writestr(name, data)


def archives(folder: Path) -> Iterator[str]:
    """Files .npz; one unpacks to gigabytes, one says it is smaller than it is."""
    for name, matrix in MATRICES.items():
        save_npz(folder / f"matrix {name}.npz", matrix)
    for i, members in enumerate(MEMBERS):
        np.savez(folder / f"members {i}.npz", **members)  # type: ignore[arg-type]
    for i, header in enumerate(HEADERS):
        _archive(folder / f"header {i}.npz", {"data.npy": _npy(header, bytes(64))})
    whole = io.BytesIO()
    np.savez(whole, **GOOD)  # type: ignore[arg-type]
    data = whole.getvalue()
    for i, cut in enumerate((10, 100, len(data) // 2, len(data) - 30, len(data) - 1)):
        (folder / f"cut {i}.npz").write_bytes(data[:cut])
    bomb = folder / "bomb.npz"
    _archive(bomb, {"data.npy": _npy(HUGE, bytes(BOMB))}, zipfile.ZIP_DEFLATED)
    told = struct.pack("<I", BOMB + 10 + len(HUGE) + 1)
    assert told in bomb.read_bytes()
    (folder / "liar.npz").write_bytes(bomb.read_bytes().replace(told, struct.pack("<I", 100)))
    _archive(folder / "many members.npz", {f"{i}.npy": b"" for i in range(20_000)})
    _archive(folder / "folders.npz", {"../../data.npy": _npy("x"), "/etc/data.npy": _npy("x")})
    yield from sorted(path.name for path in folder.glob("*.npz"))


def matrices(folder: Path) -> Iterator[Bad]:
    """Every format broken in every way, for the two verbs that read matrices; and drawn tokens in good files."""
    named = [(f"{i}{suffix}", text.encode()) for suffix, texts in TEXTS.items() for i, text in enumerate(texts)]
    named += [(f"bytes {i}{suffix}", data) for suffix in (*TEXTS, ".npz") for i, data in enumerate(BYTES)]
    for name, data in named:
        (folder / name).write_bytes(data)
    for i, name in enumerate([*(name for name, _ in named), *archives(folder)]):
        yield Bad(f"matrices .{name.rpartition('.')[2]}", ["span", name])
        if i % 4 == 0:
            yield Bad(f"matrices .{name.rpartition('.')[2]}", ["check", "good.cert", "--matrix", name])
    for suffix, text in GOODS.items():
        for i in range(60):
            rng, parts = np.random.default_rng(i), re.findall(r"\w+|\W", text)
            for _ in range(1 + i % 3):
                parts[rng.integers(len(parts))] = TOKENS[rng.integers(len(TOKENS))]
            (folder / f"drawn {i}{suffix}").write_text("".join(parts), encoding="utf-8")
            yield Bad(f"matrices {suffix}, drawn", ["span", f"drawn {i}{suffix}"], or_done=True)
    for name in ("good", "good.txt", "good.JSON.gz", "good.npy", "good.mtx.gz", ".json", ""):
        yield Bad("matrices of no format", ["span", name])


# --------------------------------------------------------------------------------------- what is no file, or no end

LINKS = {"zero": "/dev/zero", "random": "/dev/urandom", "tty": "/dev/tty", "memory": "/proc/self/mem"}
LINKS |= {
    "pagemap": "/proc/self/pagemap",
    "dangling": "nowhere",
    "loop": "loop{}",
    "here": "there{}",
    "piped": "pipe{}",
}


def places(folder: Path, suffix: str) -> list[str]:
    """Paths at which there is nothing to be read, for ever or at all."""
    os.mkfifo(folder / f"pipe{suffix}")
    (folder / f"folder{suffix}").mkdir()
    for name, target in (LINKS | {"there": "here{}"}).items():
        (folder / f"{name}{suffix}").symlink_to(target.format(suffix))
    (folder / f"sparse{suffix}").touch()
    os.truncate(folder / f"sparse{suffix}", 1 << 40)
    names = ("pipe", "folder", *LINKS, "sparse", "missing", "n" * 5000, "\udcff", "a/b/c", "missing\n\x1b[31m")
    return [*(f"{name}{suffix}" for name in names), f"pipe{suffix}/x{suffix}", f"sparse{suffix}/../..//missing{suffix}"]


SAMPLE = ["--tau", "0.1", "--startup", "sample:{}"]
READERS = {
    ".json": [["span", "{}"], ["check", "good.cert", "--matrix", "{}"], ["check", "{}", "--matrix", "good.json"]],
    ".toml": [["sweep", "{}"]],
    ".py": [
        *(["hunt", "{}::x"], ["simulate", "{}::S", *SIZES, *MODEL, *RUNS], ["verify", "{}"], ["numbers", "{}"]),
        *(["compare", "--schemes", "sr,{}::S", *SIZES, *MODEL], ["run", "taylor", "--scheme", "{}::S"]),
        ["table", "{}::x"],
    ],
    ".txt": [
        *(["simulate", "sr", *SIZES, *SAMPLE, *RUNS], ["latency", "sr", *SIZES, *SAMPLE]),
        *([verb, *SIZES, *SAMPLE, "--by-time", "1"] for verb in ("coverage", "guarantee")),
        *(["design", "--symbols", "100", *SAMPLE, "--by", "1"], ["run", "taylor", "--slow", "sample:{}"]),
    ],
    ".mplstyle": [["figure", "tanner", "--style", "{}"]],
}


def no_files(folder: Path) -> Iterator[Bad]:
    """Pipes, devices, folders, loops of links, what is not there and what never ends, wherever a file is read."""
    for suffix, commands in READERS.items():
        for place in places(folder, suffix):
            yield from (Bad("no files", [word.replace("{}", place) for word in command]) for command in commands)


# --------------------------------------------------------------------------------------------------------------- specs

WRONG = {
    "trials = 5": 'trials = 0|trials = "5"|trials = 1.5|trials = true|trials = nan|trials = 2020-01-01|',
    "seed = 1": f"seed = -1|seed = {2**128}||seed = 0x{'f' * 4000}",
    '"sr"': '"x"|1|"missing.py::S"|"sr',
    "= 12": f'= 0|= -1|= nan|= "12"|= []|= [[12]]|= {{a = 1}}|= {LARGE}|= true|= {"[" * 90}1{"]" * 90}|= {"9" * 5000}',
    "degree = 3": "degree = 0||degree = \u0663",
    "= 0.1": '= 0|= -1|= nan|= inf|= "0.1"|= 1e201',
    '"expon()"': '1|"x()"|"__import__(\'os\')"|"sample:/dev/zero"|"sample:a\\u0000b"',
}
MORE = (
    'x = 1|tau = 1|option.x = 1|option = 1|workers = 0|workers = nan|decoder = "x"|silent = 1|silent = nan|access = 0'
)
MORE += f'|phase = "x"|cap = nan|message_cost = nan|master_time = -1|{"k" * 10_000} = 1|# {"-" * 20_000}'
NO_SPEC = "|trials = 5|trials=5\nseed=1\ntasks=1|trials=5\nseed=1\ntasks=[]|trials=5\nseed=1\ntasks=[1]|trials: 5\n|{}"
SPECS = [
    *NO_SPEC.split("|"),
    *("trials = " + "[" * 2000, "a." * 10**5 + "a = 1", SPEC[:40], SPEC + SPEC.split("seed = 1\n")[1]),
    *(SPEC.replace(part, text) for part, texts in WRONG.items() for text in texts.split("|")),
    *(f"{SPEC}{line}\n" for line in MORE.split("|")),
    SPEC.replace("= 12", f"= {list(range(12, 212))}").replace("0.1", f"{[i / 8 for i in range(1, 99)]}"),
    SPEC.replace("trials = 5", "trials = 9000000").replace("= 12", "= [12, 13]"),
]


def specs(folder: Path) -> Iterator[Bad]:
    """Sweeps that are none."""
    for i, data in enumerate([*(text.encode() for text in SPECS), *BYTES]):
        (folder / f"spec_{i}.toml").write_bytes(data)
        yield Bad("specs", ["sweep", f"spec_{i}.toml", "--store", f"never_{i}"])


# -------------------------------------------------------------------------------------------------------------- outputs

UNWRITABLE = ["afile/sub", "/proc/none/x", "/sys/x/y", "/dev/null/x", "loop.json/x", "n" * 300, "missing/../afile/x"]
UNWRITABLE += ["\udcff\x1b[31m/afile/../../" + "n" * 300, "/dev/full/x"]
FULL = {
    "check": ["good.cert", "--matrix", "good.json"],
    "cite": [],
    "coverage": [*SIZES, *MODEL, "--by-time", "1"],
    "floor": ["--symbols", "12", *MODEL, "--at", "1"],
    "hunt": ["hitting-time", "--max-symbols", "3", "--budget", "1"],
    "latency": ["sr", *SIZES, *MODEL],
    "numbers": ["paper.py"],
    "simulate": SIMULATE[1:],
    "span": ["good.json"],
    "sweep": ["good.toml"],
    "table": ["small-cases"],
    "verify": ["--claim", "fig1"],
}


def outputs(folder: Path) -> Iterator[Bad]:
    """Folders and files that cannot be written, full disks, a stdout that is full."""
    (folder / "afile").write_text("")
    places(folder, ".json")
    certificate, table = ["span", "good.json", "--certificate"], ["table", "small-cases", "--out"]
    for command in (
        *(certificate, table, ["figure", "tanner", "--out"], ["verify", "--claim", "fig1", "--out"], ["new"]),
        *(["numbers", "paper.py", "--out"], ["run", "taylor", "--out"], [*SIMULATE, "--store"], [*COMPARE, "--store"]),
        *(["sweep", "good.toml", "--store"], ["figure", "tanner", "--out", ".", "--style"]),
    ):
        yield from (Bad("outputs", [*command, text]) for text in UNWRITABLE)
    for text in ("/dev/full", "loop.json", "/proc/version", "/proc/sys/kernel/ostype/x"):
        yield from (Bad("outputs", [*command, text]) for command in (certificate, table))
    yield Bad("outputs", [*certificate, "folder.json"])
    for verb, words in FULL.items():
        for more in ([], ["--json"], ["--help"]):
            yield Bad("a full stdout", [verb, *words, *more], ("No space left",), stdout="/dev/full")


# --------------------------------------------------------------------------------------------------------------- texts

FIELDS = "|R|C|Z|GF(1)|GF(6)|GF(0)|GF(-2)|GF(2^2)|GF(\u0662)|GF(1e3)|GF(2|2|GF(2)x|GF(9223372036854775808)|GF(2.0)"
FIELDS += (
    f"|GF()|GF(nan)|GF(0x2)|GF(1_0)|GF(100000000000000000)|GF(18446744073709551557)|GF({'9' * 5000})|{LONG}|\udcff"
)
SIZE_TEXTS = (
    "|0|-1|1.5|x|/|3/|/3|3x0|3x|x3|3x99999999|2:0.5|2:nan|2:inf,3:0|2:0.5,2:0.5|2:1e999|2:-1,3:2|\u0663|1_0|:|2:"
)
SIZE_TEXTS += f"|:1|3 / 2|paper|2:0,3:0|2:0.5,3:0.6|{'9' * 20}|{'9' * 20_000}|{'3,' * 5000}|{'3/' * 40_000}3|{LONG}"
COUNTS = f"|x|1,1_0|1,\u0661|1,,2|nan|-1|1.5|{','.join('1' * 11)}|{','.join('1' * 13)}|{'9' * 30}|1;2|{LONG}"
ASSIGNMENTS = "|=|=1|degree|degree=|nothing=1|degree=x|degree=1.5|degree=nan|degree=-1|degree=\u0661|__class__=1"
ASSIGNMENTS += f"|degree=1=2|symbols=5|{LONG}|\udcff=1"
STARTUPS = f"__import__('os').system('touch owned')|expon(scale=__import__('os'))|{LONG}|sample:\udcff|sample:/dev/null"


def texts(folder: Path) -> Iterator[Bad]:
    """Options that have a language of their own."""
    sized = ["simulate", "sr-sizes", "--symbols", "12", *MODEL, *RUNS]
    for option, command, every in (
        *(("field", ["span", "good.json"], FIELDS), ("sizes", sized, SIZE_TEXTS)),
        *(("counts", ["coverage", *SIZES], COUNTS), ("option", SIMULATE, ASSIGNMENTS)),
        ("startup", ["latency", "sr", *SIZES, "--tau", "0.1"], STARTUPS),
    ):
        yield from (
            Bad(f"texts of {option}", [*command, f"--{option}={text}"], (option, text.partition("=")[0] or option))
            for text in every.split("|")
        )


# -------------------------------------------------------------------------------------------------------------- judging

REASONS = "|".join(re.escape(os.strerror(number)) for number in errno.errorcode)
LINE = re.compile(
    r"srtheory: (Argument '.+' must be .+, not .+\.|Invalid value for .+: .+|Missing (argument|option|parameter) .+"
    r"|No such (option|command)\b.+|Got unexpected extra argument.+"
    rf"|Option .+ (requires an argument|does not take a value|requires \d+ arguments).*|.+: ({REASONS}))\n",
)


def failure(bad: Bad, done: Done) -> str | None:
    """What is wrong with what the command did, in words."""
    if done.status < 0:
        return f"ended by signal {-done.status}: {done.stderr[-300:]!r}"
    if "Traceback" in done.stderr or "Error ignored" in done.stderr or "out of memory" in done.stderr:
        return f"no message: {done.stderr[-400:]!r}"
    if bad.or_done and done.status in (0, 1):
        return None
    if done.status != 2:
        return f"status {done.status}: {done.stdout[:100]!r} {done.stderr[:300]!r}"
    if done.stdout:
        return f"it printed {done.stdout[:200]!r}"
    if not LINE.fullmatch(done.stderr) or len(done.stderr) > LONGEST or not done.stderr[:-1].isprintable():
        return f"no line of one message: {done.stderr[:400]!r}"
    if bad.says and not any(word in done.stderr for word in bad.says):
        return f"it does not name {bad.says}: {done.stderr[:300]!r}"
    return None


Group = Callable[[Path], Iterator[Bad]]
GROUPS: list[Group] = [matrices, no_files, specs, outputs, texts]


def attack(seed: int, every: int = 1, groups: list[Group] = GROUPS) -> Tally:
    """All bad inputs, or one in so many of each group."""
    tally = Tally(
        "inputs",
        "Inputs",
        "Files and folders that a command is given are broken. A command must end with exit status 2, without a "
        "traceback, with nothing on stdout and one printable line on stderr. The line must name the bad input and "
        "state what would be valid. The limits are 5 seconds of the processor and 1 GiB of memory beyond the "
        "interpreter and its libraries (`RLIMIT_CPU`, `RLIMIT_DATA` of its process). Files in which tokens were "
        "drawn may also be answered.",
        seed,
    )
    for number, group in enumerate(groups):
        with TemporaryDirectory() as name:
            folder = Path(name)
            warm_up(folder)
            (folder / "good.json").write_text(MATRIX)
            (folder / "good.toml").write_text(SPEC)
            (folder / "paper.py").write_text(STUDY)
            (folder / "good.cert").write_text(to_json(certify(from_sets(3, json.loads(MATRIX)["rows"]))))
            chosen = (bad for i, bad in enumerate(group(folder)) if (i + number) % every == seed % every)
            for bad in chosen:
                wrong = failure(bad, run(bad.arguments, folder, bad.stdout))
                tally.count(bad.kind, wrong and f"{' '.join(bad.arguments)!r:.200}: {wrong}")
            if (folder / "owned").exists():
                tally.count("evaluated text", "a file was made by what was to be read")
    return tally
