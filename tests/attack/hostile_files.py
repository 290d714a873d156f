"""Files that are no matrices, no specs, no delays, no schemes: written into a folder, by name."""

from __future__ import annotations

import io
import json
import os
import struct
import zipfile
from pathlib import Path

import numpy as np
from scipy.sparse import coo_array, csc_array, csr_array, dia_array, save_npz

LARGE = str(10**12)
BOMB = 130 << 20
"""Bytes to which the bombs unpack: more than is allowed."""


def _json(columns="3", rows="[[0, 1], [2]]", more=""):
    return f'{{"columns": {columns}, "rows": {rows}{more}}}'


JSONS = {
    "nothing": "",
    "blank": " \n ",
    "null": "null",
    "a number": "7",
    "a string": '"rows"',
    "a list": "[[0], [1]]",
    "{}": "{}",
    "cut": _json()[:-3],
    "no rows": '{"columns": 3}',
    "no columns": '{"rows": []}',
    "a key more": _json(more=', "x": 1'),
    "a key twice": _json(more=', "rows": []'),
    "a key twice by escapes": _json(more=', "\\u0072ows": []'),
    "trailing": _json() + "x",
    "two": _json() * 2,
    "a comment": "// rows\n" + _json(),
    "single quotes": _json().replace('"', "'"),
    "columns of 10^12": _json(LARGE),
    "columns of 2^63": _json(str(2**63)),
    "columns of 5000 digits": _json("9" * 5000),
    "columns below 0": _json("-1"),
    "columns 1.0": _json("3.0"),
    "columns 1e0": _json("3e0"),
    "columns true": _json("true"),
    "columns text": _json('"3"'),
    "columns null": _json("null"),
    "columns NaN": _json("NaN"),
    "columns Infinity": _json("Infinity"),
    "columns list": _json("[3]"),
    "columns unicode": _json("\u0663"),
    "columns +": _json("+3"),
    "columns 03": _json("03"),
    "rows null": _json(rows="null"),
    "rows object": _json(rows='{"0": [1]}'),
    "rows text": _json(rows='"01"'),
    "row null": _json(rows="[null]"),
    "row number": _json(rows="[1]"),
    "row text": _json(rows='["01"]'),
    "row deep": _json(rows="[[[0]]]"),
    "index out of range": _json(rows="[[3]]"),
    "index below 0": _json(rows="[[-1]]"),
    "index of 2^64": _json(rows=f"[[{2**64}]]"),
    "index 0.0": _json(rows="[[0.0]]"),
    "index true": _json(rows="[[true]]"),
    "index text": _json(rows='[["0"]]'),
    "index NaN": _json(rows="[[NaN]]"),
    "index null": _json(rows="[[null]]"),
    "index twice": _json(rows="[[0, 1, 0]]"),
    "index unicode": _json(rows="[[\u0661]]"),
    "values short": _json(more=', "values": [[1, 1]]'),
    "values ragged": _json(more=', "values": [[1], [1, 1]]'),
    "values null": _json(more=', "values": null'),
    "values NaN": _json(more=', "values": [[1, NaN], [1]]'),
    "values 1.5": _json(more=', "values": [[1, 1.5], [1]]'),
    "values 1.0": _json(more=', "values": [[1, 1.0], [1]]'),
    "values infinite": _json(more=', "values": [[1, -Infinity], [1]]'),
    "values 2^63": _json(more=f', "values": [[1, {2**63}], [1]]'),
    "values -2^63-1": _json(more=f', "values": [[1, {-(2**63) - 1}], [1]]'),
    "values true": _json(more=', "values": [[1, true], [1]]'),
    "values text": _json(more=', "values": [[1, "1"], [1]]'),
    "values of 10^6 digits": _json(more=f', "values": [[1, {"9" * 10**6}], [1]]'),
    "lists 10^6 deep": "[" * 10**6,
    "closed lists 10^6 deep": "[" * 10**6 + "]" * 10**6,
    "rows 10^6 deep": _json(rows="[" * 10**6 + "]" * 10**6),
    "objects 10^6 deep": '{"rows":' * 10**6,
    "rows 10^5 deep": _json(rows="[" * 10**5 + "]" * 10**5),
    "columns 10^5 deep": _json("[" * 10**5 + "]" * 10**5),
    "many rows": _json(rows="[" + "[]," * 10**6 + "[]]"),
    "many lists": "[" + "[]," * 3 * 10**6 + "[]]",
    "many objects": "[" + "{}," * 10**5 + "{}]",
    "a long text": _json(f'"{"x" * 10**6}"'),
    "a long key": f'{{"{"k" * 10**6}": 1, "rows": []}}',
}
BYTES = {
    "a byte order mark": b"\xef\xbb\xbf" + _json().encode(),
    "UTF-16": _json().encode("utf-16"),
    "UTF-32": _json().encode("utf-32"),
    "no UTF-8": b"\xff\xfe" + _json().encode(),
    "zero bytes": b"\x00" * 1000,
    "random bytes": np.random.default_rng(0).bytes(5000),
    "a lone surrogate": b'{"columns": 3, "rows": [["\\ud800"]]}',
    "a pickle": b"\x80\x04cos\nsystem\n(S'true'\ntR.",
    "gzip": b"\x1f\x8b\x08\x00" + b"\x00" * 50,
    "an executable": b"\x7fELF" + b"\x00" * 100,
}
CSVS = {
    "nothing": "",
    "empty lines": "\n\n\n",
    "ragged": "1,0\n1\n",
    "longer later": "1\n1,0\n",
    "a word": "a,b\n",
    "a header": "x,y\n1,0\n",
    "NaN": "nan,1\n",
    "infinite": "inf,1\n",
    "a fraction": "1.5,0\n",
    "1.0": "1.0,0\n",
    "an exponent": "1e3,1\n",
    "hexadecimal": "0x1,0\n",
    "an underscore": "1_0,1\n",
    "Arabic digits": "\u0661,0\n",
    "wide digits": "\uff11,0\n",
    "a superscript": "1\u00b2,0\n",
    "2^63": f"{2**63},1\n",
    "-2^63-1": f"{-(2**63) - 1},1\n",
    "a long cell": "1" * 100_000 + ",0\n",
    "a cell beyond the reader": "1" * 200_000,
    "an empty cell": "1,,0\n",
    "a comma at the end": "1,0,\n1,0\n",
    "semicolons": "1;0\n",
    "tabs": "1\t0\n",
    "an open quote": '"1,0\n1,0\n',
    "a formula": "=1+1,0\n",
    "two signs": "--1,0\n",
    "a space between": "1 0,1\n",
    "true": "true,1\n",
    "a zero byte": "1,\x000\n",
    "too many columns": "0," * 10**6 + "0",
    "too many rows": "1\n" * (10**6 + 1),
    "a minus alone": "-,1\n",
    "a Unicode minus": "\u22121,0\n",
}
HEAD = "%%MatrixMarket matrix coordinate integer general\n"
MTXS = {
    "nothing": "",
    "the banner alone": HEAD,
    "no banner": "3 3 1\n1 1 1\n",
    "another banner": "%%MatrixMarket tensor coordinate integer general\n1 1 1\n1 1 1\n",
    "one per cent": HEAD[1:] + "1 1 1\n1 1 1\n",
    "complex": HEAD.replace("integer", "complex") + "1 1 1\n1 1 1 0\n",
    "an unknown field": HEAD.replace("integer", "float128") + "1 1 1\n1 1 1\n",
    "an unknown symmetry": HEAD.replace("general", "odd") + "2 2 1\n1 1 1\n",
    "rows of 10^12": f"{HEAD}{LARGE} 3 1\n1 1 1\n",
    "columns of 10^12": f"{HEAD}3 {LARGE} 1\n1 1 1\n",
    "entries of 10^12": f"{HEAD}3 3 {LARGE}\n1 1 1\n",
    "a dense header": "%%MatrixMarket matrix array integer general\n1000000 1000000\n1\n",
    "symmetric of 10^12": HEAD.replace("general", "symmetric") + f"{LARGE} {LARGE} 1\n1 1 1\n",
    "sizes of 40 digits": f"{HEAD}{'9' * 40} 3 1\n1 1 1\n",
    "sizes below 0": f"{HEAD}-3 3 1\n1 1 1\n",
    "one size": f"{HEAD}3\n",
    "four sizes": f"{HEAD}3 3 1 1\n1 1 1\n",
    "sizes NaN": f"{HEAD}nan 3 1\n1 1 1\n",
    "an underscore": f"{HEAD}1_0 3 1\n1 1 1\n",
    "Arabic sizes": f"{HEAD}\u0663 3 1\n1 1 1\n",
    "an index of 0": f"{HEAD}3 3 1\n0 1 1\n",
    "an index below 0": f"{HEAD}3 3 1\n-1 1 1\n",
    "an index too large": f"{HEAD}3 3 1\n4 1 1\n",
    "a column too large": f"{HEAD}3 3 1\n1 4 1\n",
    "an index of 10^12": f"{HEAD}3 3 1\n{LARGE} 1 1\n",
    "too few entries": f"{HEAD}3 3 2\n1 1 1\n",
    "too many entries": f"{HEAD}3 3 1\n1 1 1\n2 2 1\n",
    "an entry twice": f"{HEAD}3 3 2\n1 1 1\n1 1 1\n",
    "an entry of four": f"{HEAD}3 3 1\n1 1 1 1\n",
    "an entry of two": f"{HEAD}3 3 1\n1 1\n",
    "a value NaN": HEAD.replace("integer", "real") + "3 3 1\n1 1 nan\n",
    "a value infinite": HEAD.replace("integer", "real") + "3 3 1\n1 1 inf\n",
    "a value 1e999": HEAD.replace("integer", "real") + "3 3 1\n1 1 1e999\n",
    "a value 1.5": HEAD.replace("integer", "real") + "3 3 1\n1 1 1.5\n",
    "a value 2^63": f"{HEAD}1 1 1\n1 1 {2**63}\n",
    "a value of 10^5 digits": f"{HEAD}1 1 1\n1 1 {'9' * 10**5}\n",
    "a float beyond 53 bits": HEAD.replace("integer", "real") + "1 1 1\n1 1 9007199254740993\n",
    "Arabic value": f"{HEAD}3 3 1\n1 1 \u0661\n",
    "a word": f"{HEAD}3 3 1\n1 1 one\n",
    "a fraction": f"{HEAD}3 3 1\n1 1 1/2\n",
    "a fractional index": f"{HEAD}3 3 1\n1.5 1 1\n",
    "an array too short": "%%MatrixMarket matrix array integer general\n2 2\n1\n",
    "an array too long": "%%MatrixMarket matrix array integer general\n1 1\n1\n1\n",
    "hermitian": HEAD.replace("integer general", "complex hermitian") + "2 2 1\n1 1 1 0\n",
    "skew diagonal": HEAD.replace("general", "skew-symmetric") + "2 2 1\n1 1 x\n",
}


def text_files(folder: Path) -> list[Path]:
    """All that is text or bytes, written; their names say what they are."""
    groups = {".json": JSONS, ".csv": CSVS, ".mtx": MTXS}
    files = [
        (f"{i} {_plain(name)}{suffix}", text)
        for suffix, group in groups.items()
        for i, (name, text) in enumerate(group.items())
    ]
    files += [(f"{_plain(name)}{suffix}", data) for name, data in BYTES.items() for suffix in (*groups, ".npz")]
    for name, text in files:
        (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return [folder / name for name, _ in files]


def _plain(name: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in " -.") else "_" for c in name)


# ------------------------------------------------------------------------------------------------------------ archives


def _csr(indptr, indices, data=None):
    matrix = csr_array(np.ones((2, 3), dtype=int))
    matrix.indptr, matrix.indices = np.array(indptr), np.array(indices)
    if data is not None:
        matrix.data = np.array(data)
    return matrix


MATRICES = {
    "boundaries that fall": _csr([0, 10**7, 6], [0, 1, 2, 0, 1, 2]),
    "boundaries below 0": _csr([0, -3, 6], [0, 1, 2, 0, 1, 2]),
    "columns out of range": _csr([0, 3, 6], [0, 1, 2, 0, 1, 10**8]),
    "columns below 0": _csr([0, 3, 6], [0, 1, 2, 0, 1, -1]),
    "a column twice": _csr([0, 3, 6], [0, 1, 1, 0, 1, 2]),
    "data too short": _csr([0, 3, 6], [0, 1, 2, 0, 1, 2], [1, 1]),
    "NaN": csr_array(np.array([[np.nan, 1.0]])),
    "infinite": csr_array(np.array([[np.inf, 1.0]])),
    "fractions": csr_array(np.array([[1.5, 1.0]])),
    "floats beyond 53 bits": csr_array(np.array([[2.0**60, 1.0]])),
    "complex": csr_array(np.array([[1j, 1.0]])),
    "beyond 64 bits": csr_array(np.array([[2**63, 1]], dtype=np.uint64)),
    "wide": coo_array((np.array([1]), (np.array([0]), np.array([0]))), shape=(3, 10**12)),
    "tall": csc_array((np.array([1]), np.array([0]), np.array([0, 1])), shape=(10**12, 1)),
    "diagonal": dia_array((np.ones((1, 3), int), [0]), shape=(10**12, 10**12)),
    "one-dimensional": coo_array(np.array([1, 0, 1])),
}
GOOD = {
    "format": b"csr",
    "shape": np.array([2, 3]),
    "data": np.ones(2, int),
    "indices": np.array([0, 1]),
    "indptr": np.array([0, 1, 2]),
}
MEMBERS = {
    "no members": {},
    "no format": {k: v for k, v in GOOD.items() if k != "format"},
    "an unknown format": GOOD | {"format": b"lil"},
    "a format of numbers": GOOD | {"format": np.arange(3)},
    "no data": {k: v for k, v in GOOD.items() if k != "data"},
    "objects": GOOD | {"data": np.array([{}, print], dtype=object)},
    "an object shape": GOOD | {"shape": np.array([2, None], dtype=object)},
    "an object format": GOOD | {"format": np.array(print, dtype=object)},
    "texts": GOOD | {"data": np.array(["1", "1"])},
    "dates": GOOD | {"data": np.array([1, 1], "M8[s]")},
    "records": GOOD | {"data": np.zeros(2, "i8,i8")},
    "a shape of 10^12": GOOD | {"shape": np.array([2, 10**12])},
    "a shape below 0": GOOD | {"shape": np.array([-2, 3])},
    "a shape of three": GOOD | {"shape": np.array([2, 3, 4])},
    "a shape of floats": GOOD | {"shape": np.array([2.5, 3])},
    "a shape NaN": GOOD | {"shape": np.array([np.nan, 3])},
    "no shape": GOOD | {"shape": np.array([], int)},
    "float indices": GOOD | {"indices": np.array([0.5, 1])},
    "NaN indices": GOOD | {"indices": np.array([np.nan, 1])},
    "indices of two dimensions": GOOD | {"indices": np.zeros((2, 2), int)},
    "boundaries too long": GOOD | {"indptr": np.arange(100)},
    "boundaries of objects": GOOD | {"indptr": np.array([0, 1, 2], dtype=object)},
    "bsr blocks of nothing": GOOD | {"format": b"bsr", "data": np.zeros((2, 0, 0), int)},
    "_is_array no flag": GOOD | {"_is_array": np.array("x"), "shape": np.array([0])},
    "dia of 10^12": {
        "format": b"dia",
        "shape": np.array([10**12, 10**12]),
        "data": np.ones((1, 3), int),
        "offsets": np.array([0]),
    },
    "dia offsets twice": {
        "format": b"dia",
        "shape": np.array([2, 2]),
        "data": np.ones((2, 2), int),
        "offsets": np.array([0, 0]),
    },
    "coo out of range": {
        "format": b"coo",
        "shape": np.array([2, 2]),
        "data": np.ones(1, int),
        "row": np.array([5]),
        "col": np.array([0]),
    },
    "coo below 0": {
        "format": b"coo",
        "shape": np.array([2, 2]),
        "data": np.ones(1, int),
        "row": np.array([-1]),
        "col": np.array([0]),
    },
}


def _npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


HEADERS = {
    "10^12 columns": "{'descr': '<i8', 'fortran_order': False, 'shape': (1000000000000,), }",
    "a negative shape": "{'descr': '<i8', 'fortran_order': False, 'shape': (-1,), }",
    "a call": "{'descr': __import__('os').system('touch owned'), 'fortran_order': False, 'shape': (2,), }",
    "a deep header": "(" * 5000,
    "objects": "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }",
    "a huge item": "{'descr': '|S2000000000', 'fortran_order': False, 'shape': (2,), }",
    "nothing": "",
}


def archives(folder: Path) -> list[Path]:
    """Files .npz; one unpacks to gigabytes, one says it is smaller than it is."""
    for name, matrix in MATRICES.items():
        save_npz(folder / f"matrix {name}.npz", matrix)
    for name, members in MEMBERS.items():
        np.savez(folder / f"members {_plain(name)}.npz", **members)
    whole = io.BytesIO()
    np.savez(whole, **GOOD)
    for name, header in HEADERS.items():
        _archive(folder / f"header {_plain(name)}.npz", {"data.npy": _npy(header, b"\x00" * 64)})
    data = whole.getvalue()
    for i, cut in enumerate((10, 100, len(data) // 2, len(data) - 30, len(data) - 1)):
        (folder / f"cut {i}.npz").write_bytes(data[:cut])
    for i in range(20):
        rng = np.random.default_rng(i)
        spoiled = bytearray(data)
        for place in rng.integers(0, len(data), 20):
            spoiled[place] = rng.integers(256)
        (folder / f"spoiled {i}.npz").write_bytes(spoiled)
    _archive(folder / "bomb.npz", {"data.npy": _npy(HEADERS["10^12 columns"], bytes(BOMB))}, zipfile.ZIP_DEFLATED)
    _liar(folder / "liar.npz")
    _archive(folder / "many members.npz", {f"{i}.npy": b"" for i in range(20_000)})
    _archive(folder / "folders.npz", {"../../data.npy": _npy("x"), "/etc/data.npy": _npy("x")})
    return sorted(folder.glob("*.npz"))


def _archive(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path, "w", method, compresslevel=1) as archive:
        for name, data in members.items():
            if name == "data.npy":
                for other, value in GOOD.items():
                    if other != "data":
                        buffer = io.BytesIO()
                        np.save(buffer, value)
                        archive.writestr(f"{other}.npy", buffer.getvalue())
            archive.writestr(name, data)


def _liar(path: Path) -> None:
    """A bomb whose directory says that it unpacks to 100 bytes."""
    size = BOMB
    _archive(path, {"data.npy": _npy(HEADERS["10^12 columns"], bytes(size))}, zipfile.ZIP_DEFLATED)
    data, told = path.read_bytes(), struct.pack("<I", size + 10 + len(HEADERS["10^12 columns"]) + 1)
    assert told in data
    path.write_bytes(data.replace(told, struct.pack("<I", 100)))


# --------------------------------------------------------------------------------------- what is no file, or no end


def places(folder: Path, suffix: str) -> list[str]:
    """Paths at which there is nothing to be read, for ever or at all."""
    os.mkfifo(folder / f"pipe{suffix}")
    (folder / f"folder{suffix}").mkdir()
    links = {
        "zero": "/dev/zero",
        "random": "/dev/urandom",
        "tty": "/dev/tty",
        "memory": "/proc/self/mem",
        "pagemap": "/proc/self/pagemap",
        "dangling": "nowhere",
        "loop": f"loop{suffix}",
        "here": f"there{suffix}",
        "there": f"here{suffix}",
        "piped": f"pipe{suffix}",
    }
    for name, target in links.items():
        (folder / f"{name}{suffix}").symlink_to(target)
    sparse = folder / f"sparse{suffix}"
    sparse.touch()
    os.truncate(sparse, 1 << 40)
    names = [
        f"{name}{suffix}"
        for name in ("pipe", "folder", *links, "sparse", "missing", "n" * 5000, "\udcff", "a/b/c", "missing\n\x1b[31m")
    ]
    return [*names, f"pipe{suffix}/x{suffix}", f"sparse{suffix}/../..//missing{suffix}"]


# ------------------------------------------------------------------------------------------------------- the user's own

SCHEME = """\
from dataclasses import dataclass
from srtheory.schemes.by_worker import ByWorker

@dataclass(frozen=True)
class S(ByWorker):
    w: int = 3
    def sends(self, worker, key):
        {}
"""
MODULES = {
    "empty": "",
    "syntax": "class S(:\n",
    "indent": " class S: pass\n  x",
    "raises": "raise ValueError('no')",
    "raises lines": "raise ValueError('a\\nb\\x1b[31m' * 1000)",
    "exits": "import sys; sys.exit(0)",
    "exits with words": "raise SystemExit('bye')",
    "base": "class E(BaseException): pass\nraise E",
    "group": "raise ExceptionGroup('a', [ValueError(1), TypeError(2)])",
    "no words": "class E(Exception):\n def __str__(self): raise KeyError\nraise E",
    "recursion": "def f(): f()\nf()",
    "assertion": "assert False",
    "missing module": "import there_is_no_such_module",
    "itself": "from raises import x",
    "memory": "raise MemoryError",
    "stop": "raise StopIteration",
    "not a class": "S = 7",
    "a function": "def S(): pass",
    "a string": "S = 'S'",
    "another class": "class S: pass",
    "abstract": "from abc import ABC, abstractmethod\nclass S(ABC):\n @abstractmethod\n def sends(self): ...",
    "odd metaclass": "class M(type):\n def __call__(c, *a, **k): raise OSError('no')\nclass S(metaclass=M): pass",
    "a stand-in": "class X:\n def __getattr__(s, n): 1 / 0\n __class__ = property(lambda s: 1 / 0)\nS = X()",
    "an int": "class S(int): pass",
    "an exception": "class S(Exception): pass",
    "sends nothing of use": SCHEME.format("return 7"),
    "sends words": SCHEME.format("yield ['x']"),
    "sends floats": SCHEME.format("yield [0.5]"),
    "sends others": SCHEME.format("yield [10**9]"),
    "sends below 0": SCHEME.format("yield [-1]"),
    "sends twice": SCHEME.format("yield [0, 0]"),
    "sends None": SCHEME.format("yield None"),
    "sends NaN": SCHEME.format("yield [float('nan')]"),
    "sends and raises": SCHEME.format("raise ValueError('sent')"),
    "no frozen": SCHEME.replace("(frozen=True)", "").format("yield [worker]").replace("w: int = 3", "w: list = 3"),
}


def modules(folder: Path) -> list[str]:
    """Python files, of which each should have a class S that is a scheme and none has; their names."""
    for name, text in MODULES.items():
        (folder / f"{name.replace(' ', '_').replace('-', '_')}.py").write_text(text, encoding="utf-8")
    for name, data in {
        "zero": b"class S: pass\x00",
        "latin": b"# \xff\nclass S: pass",
        "deep": b"x = " + b"(" * 10**5,
        "minus": b"x = " + b"-" * 10**6 + b"1",
        "long": b"#" * (2 << 20),
        "coding": b"# coding: rot13\n",
        "unknown": b"# coding: no-such\n",
    }.items():
        (folder / f"{name}.py").write_bytes(data)
    (folder / "no_python.txt").write_text("class S: pass")
    return [*sorted(path.name for path in folder.glob("*.py")), "no_python.txt"]


def matrix(folder: Path) -> str:
    """A good one."""
    (folder / "good.json").write_text(json.dumps({"columns": 3, "rows": [[0, 1], [1, 2], [0, 2]]}))
    return "good.json"
