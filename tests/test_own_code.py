"""Schemes from a user's file or from a package: digests, ids, other processes, and what is refused."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from srtheory.delays import DelayModel, parse_law
from srtheory.errors import ArgumentError
from srtheory.experiments.running import Terminated, run
from srtheory.experiments.trial import Task
from srtheory.own_code import blamed, import_file, origin, told
from srtheory.schemes import SCHEME_NAMES, make, named
from srtheory.schemes.base import Grouped
from srtheory.schemes.sum_recovery import SumRecovery
from srtheory.timer import OutOfTime, TimeIsOver

MODEL = DelayModel(parse_law("expon(scale=5)"), 0.1)
MINE = """
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

from srtheory.errors import ArgumentError
from srtheory.schemes.own import ByWorker


class Order(Enum):
    UP = 1
    DOWN = -1


@dataclass(frozen=True)
class Windows(ByWorker):
    window: int = 3
    order: Order = Order.UP
    share: Fraction = Fraction(1, 3)

    def sends(self, worker, key):
        yield [worker]
        others = [(worker + self.order.value * i) % self.symbols for i in range(1, self.symbols)]
        for first in range(0, len(others), self.window):
            yield others[first : first + self.window]


@dataclass(frozen=True)
class Around(ByWorker):
    inner: Windows = Windows(4)

    def sends(self, worker, key):
        return self.inner.sends(worker, key)


class Plain:
    pass


@dataclass
class Thawed:
    symbols: int


@dataclass(frozen=True)
class Bare:
    symbols: int


@dataclass(frozen=True)
class Odd(Windows):
    def __post_init__(self):
        if self.window == 7:
            raise ValueError("seven")

    @property
    def rateless(self):
        return "no"


@dataclass(frozen=True)
class Wild(Windows):
    def sends(self, worker, key):
        yield [worker // (self.window - 3) if worker else 0]


@dataclass(frozen=True)
class Far(Windows):
    def emit(self, key, budget):
        sent = super().emit(key, budget)
        sent.rows.indices[:] += 100000
        return sent


@dataclass(frozen=True)
class Unread(ByWorker):
    table: dict = field(default_factory=dict)
    law: list = field(kw_only=True)
"""


def line(text: str) -> int:
    """The line of the file that begins so."""
    return next(i for i, line in enumerate(MINE.splitlines(), start=1) if line.startswith(text))


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "path", list(sys.path))
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    return path


def task(path: Path, name: str = "Windows", **options: Any) -> Task:
    return Task(make(f"{path}::{name}", 12, **options), MODEL, 1)


# ------------------------------------------------------------------------------------------------------- ids


def test_an_id_has_the_digest_of_the_file_wherever_it_is(mine: Path, tmp_path: Path) -> None:
    digest, first = hashlib.sha256(mine.read_bytes()).hexdigest(), task(mine)
    assert task(mine, window=4).canonical()["scheme"] == {
        "family": "Windows",
        "source": digest,
        "symbols": 12,
        "window": 4,
        "order": "UP",
        "share": "1/3",
    }
    assert task(mine, "Around").canonical()["scheme"]["inner"]["source"] == digest
    assert (task(mine).id, task(mine).scheme) == (first.id, first.scheme)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "yours.py").write_text(MINE)
    assert task(tmp_path / "elsewhere" / "yours.py").id == first.id
    mine.write_text(MINE + "# a remark\n")
    assert task(mine).id != first.id
    mine.write_text("from srtheory.schemes.sum_recovery import SumRecovery\n")
    assert make(f"{mine}::SumRecovery", 12, degree=3) == SumRecovery(12, 3)
    assert origin(SumRecovery) is None  # the house's own have no digest


@pytest.mark.quality
def test_what_is_run_is_what_was_digested(mine: Path) -> None:
    """Of two files of one size and one time Python's bytecode cache would give the first one's code."""
    before = task(mine, window=3).scheme.emit(0, [12] * 12)  # type: ignore[arg-type]
    times = mine.stat()
    mine.write_text(MINE.replace("yield [worker]\n", "yield [0 + 0 ]\n"))
    os.utime(mine, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert mine.stat().st_size == times.st_size
    after = task(mine, window=3).scheme.emit(0, [12] * 12)  # type: ignore[arg-type]
    assert before.rows.indices.tolist() != after.rows.indices.tolist()
    assert list(mine.parent.rglob("*.pyc")) == []


def test_the_digest_is_over_the_modules_beside_it(mine: Path) -> None:
    mine.write_text("from beside import Base\nimport json\nfrom package.inner import STEP\n" + MINE)
    (mine.parent / "beside.py").write_text("import package\n\n\nclass Base:\n    step = 1\n")
    (mine.parent / "unused.py").write_text("raise RuntimeError\n")
    (mine.parent / "package").mkdir()
    (mine.parent / "package" / "__init__.py").write_text("from .inner import STEP\n")
    (mine.parent / "package" / "inner.py").write_text("STEP = 1\n")
    names = ("beside.py", "mine.py", "package/__init__.py", "package/inner.py")
    sums = [(hashlib.sha256((mine.parent / name).read_bytes()).hexdigest(), name) for name in names]
    lines = "".join(f"{digest}  {name}\n" for digest, name in sums)
    assert import_file(mine).digest == hashlib.sha256(lines.encode()).hexdigest()
    first, module = task(mine).id, import_file(mine).module
    assert module.STEP == 1
    (mine.parent / "package" / "inner.py").write_text("STEP = 2\n")
    assert task(mine).id != first
    assert (import_file(mine).module.STEP, module.STEP) == (2, 1)


# -------------------------------------------------------------------------------------------- other processes


def test_records_are_the_same_on_processes_and_from_a_store(mine: Path, tmp_path: Path) -> None:
    one = task(mine, window=4, order=import_file(mine).module.Order.DOWN)
    here = run(one, 60)
    assert run(one, 60, processes=2, store=tmp_path / "store") == here
    assert run(task(mine, window=4, order=import_file(mine).module.Order.DOWN), 60, store=tmp_path / "store") == here
    [folder] = (tmp_path / "store").iterdir()
    assert import_file(mine).digest in (folder / "_task.json").read_text()


RUN = "import pickle, sys; from srtheory.experiments.running import run; one = pickle.loads(bytes.fromhex(sys.argv[1]))"
RUN += "\ntry: print(run(one, 3)['latency'].tolist())\nexcept Exception as error: print(type(error).__name__, error)"


def elsewhere(one: Task) -> str:
    """What a process that has never seen the file makes of a task."""
    words = [sys.executable, "-c", RUN, pickle.dumps(one).hex()]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.quality
def test_another_process_imports_the_file_itself_and_refuses_another(mine: Path) -> None:
    one = task(mine, "Around")
    assert elsewhere(one) == str(run(one, 3)["latency"].tolist())
    assert b"def sends" not in pickle.dumps(one)
    one = Task(Grouped(make(f"{mine}::Windows", 12), 24), MODEL, 1)
    mine.write_text(MINE + "# a remark\n")
    said = elsewhere(one)
    assert said.startswith("ArgumentError Argument 'scheme' must be what it was where the work was asked for")
    assert said.count("\n") == 0
    mine.unlink()
    assert "there on every process that computes" in elsewhere(one)


# --------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{folder}/absent.py::Windows", "a file that exists"),
        ("{folder}/loop.py::Windows", "with a file that exists"),
        ("{folder}/mine.py::Nothing", "a class of that file, Order or Windows or Around"),
        ("{folder}/mine.py::", "a class of that file"),
        ("{folder}/mine.py::dataclass", "a class of that file"),
        ("{folder}/mine.py::Plain", rf"Plain \(line {line('class Plain')}\) is no dataclass"),
        ("{folder}/mine.py::Thawed", rf"Thawed \(line {line('class Thawed')}\) is not frozen"),
        ("{folder}/mine.py::Bare", rf"Bare \(line {line('class Bare')}\) has no workers and no decoder"),
        ("{folder}/mine.py::Order", "is no dataclass"),
        ("{folder}/mine.py::Odd", "its rateless is 'no', not True or False"),
        ("{folder}/mine.py::Unread", "Unread.law: <class 'list'>"),
        ("{folder}/broken.py::Windows", r"SyntaxError.*broken.py, line 1"),
        ("{folder}/fails.py::Windows", r"ZeroDivisionError.*fails.py, line 2"),
        ("tornado", "one of sr, .*, or FILE.py::CLASS"),
    ],
)
def test_bad_names(mine: Path, text: str, says: str) -> None:
    (mine.parent / "broken.py").write_text("def (:\n")
    (mine.parent / "loop.py").symlink_to("loop.py")
    (mine.parent / "fails.py").write_text("x = 0\ny = 1 / x\n")
    with pytest.raises(ArgumentError, match=says) as refusal:
        make(text.format(folder=mine.parent), 12)
    assert refusal.value.name == "scheme"


def test_options_are_read_by_their_types(mine: Path) -> None:
    mine.write_text(MINE.replace("window: int = 3", "window: int = 3\n    most: int | None = 9"))
    name = f"{mine}::Windows"
    assert named(name).build(12, named(name).read(["most=none", "share=2"])).most is None  # type: ignore[attr-defined]
    assert make(name, 12, most=None).most == 9  # type: ignore[attr-defined]
    assert task(mine, share=2).id == task(mine, share=Fraction(2)).id
    for kind, given, says in (
        *(("Windows", {"windw": 3}, "'windw' must be left out"), ("Windows", {"window": "3"}, "must be an integer")),
        ("Odd", {"window": 7}, r"ValueError: seven at mine.py, line \d+"),
    ):
        with pytest.raises(ArgumentError, match=says):
            make(f"{mine}::{kind}", 12, **given)


@pytest.mark.quality
@pytest.mark.parametrize("processes", [1, 2])
@pytest.mark.parametrize(
    ("name", "more", "says"),
    [
        ("Wild", "", r"ZeroDivisionError.*at mine.py, line \d+.*check_scheme"),
        ("Far", "typical = None", r"a scheme whose code runs \(TypeError"),
        ("Far", "", r"a row names a column outside 0 \.\. 11"),
    ],
)
def test_code_that_raises_in_a_run_is_told_and_its_rows_are_looked_at(
    mine: Path, name: str, more: str, says: str, processes: int
) -> None:
    mine.write_text(MINE.replace("class Far(Windows):", f"class Far(Windows):\n    {more}\n"))
    with pytest.raises(ArgumentError, match=says) as refusal:
        run(task(mine, name), 40, processes=processes)
    assert name != "Wild" or refusal.value.value.endswith("mine.py::Wild")


# --------------------------------------------------------------------------------------------------- packages


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Installs a package of a scheme or more: what its module holds, and its entry points."""
    names: list[str] = []

    def install(name: str, text: str, *points: str) -> Path:
        site = tmp_path / f"site-{name}"
        about = site / f"{name}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (about / "entry_points.txt").write_text("[srtheory.schemes]\n" + "\n".join(points) + "\n")
        (site / name).mkdir()
        (site / name / "__init__.py").write_text("")
        (site / name / "schemes.py").write_text(text)
        monkeypatch.syspath_prepend(site)
        names.append(name)
        return site / name

    yield install
    for name in [n for n in sys.modules if n.split(".")[0] in names]:
        del sys.modules[name]


def test_a_scheme_of_a_package_goes_by_its_name_if_it_is_its_alone(package: Any) -> None:
    folder = package("shop_a", MINE, "windows = shop_a.schemes:Windows", "sr = shop_a.schemes:Windows")
    assert named("sr").kind is SumRecovery  # no package takes a name of the house
    assert "shop_a.schemes" not in sys.modules
    scheme = make("windows", 12, window=4)
    sums = [(hashlib.sha256((folder / n).read_bytes()).hexdigest(), n) for n in ("__init__.py", "schemes.py")]
    digest = hashlib.sha256("".join(f"{one}  {n}\n" for one, n in sums).encode()).hexdigest()
    found = Task(scheme, MODEL, 1).canonical()["scheme"]
    assert (found["family"], found["source"], found["window"]) == ("Windows", digest, 4)
    assert pickle.loads(pickle.dumps(scheme)) == scheme
    assert "windows" not in SCHEME_NAMES
    package("shop_d", MINE, "windows = shop_d.schemes:Windows")
    with pytest.raises(ArgumentError, match="one package offers, not two"):
        make("windows", 12)


@pytest.mark.parametrize(
    ("point", "says"),
    [
        ("shop_e.schemes:Nothing", "whose package can be imported: shop_e.schemes:Nothing .AttributeError"),
        ("shop_e.nowhere:Windows", "ModuleNotFoundError"),
        ("shop_e.schemes:dataclass", "is not a class"),
        ("shop_e.schemes:Plain", "is no dataclass"),
    ],
)
def test_a_broken_package_is_told_in_a_line_when_it_is_asked_for(package: Any, point: str, says: str) -> None:
    package("shop_e", MINE, f"windows = {point}")
    assert make("sr", 12, degree=3) == SumRecovery(12, 3)
    with pytest.raises(ArgumentError, match=says):
        make("windows", 12)
    with pytest.raises(ArgumentError, match=r"one of sr, .*genie, windows, or FILE"):
        make("tornado", 12)


def test_a_file_that_names_itself_while_it_is_imported_is_refused(tmp_path):
    path = tmp_path / "itself.py"
    path.write_text(f"from srtheory.own_code import class_in_file\nclass_in_file({str(path) + '::Mine'!r})\n")
    for _ in range(2):
        with pytest.raises(ArgumentError, match="still being imported") as caught:
            import_file(path)
        assert "\n" not in str(caught.value)


class TwoFaced(SystemExit):
    """Says that it is Ctrl-C when it is asked."""

    __class__ = KeyboardInterrupt


OURS = (KeyboardInterrupt, TimeIsOver, OutOfTime, Terminated, LookupError)


@pytest.mark.quality
@pytest.mark.parametrize("raised", [*OURS, SystemExit, TwoFaced, TypeError, GeneratorExit])
def test_what_is_a_users_is_told_and_what_is_not_goes_through(raised):
    ours = raised in OURS
    with (
        pytest.raises(raised if ours else ValueError, match=None if ours else raised.__name__),
        blamed(lambda error: ValueError(told(error)), LookupError),
    ):
        raise raised
