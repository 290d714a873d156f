"""Bad input for every verb: exit status 2, one line that names it and says what would be valid, within limits."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import numpy as np

from srtheory.cli import srtheory
from srtheory.cli.number_types import DECIMAL, LENGTH, WHOLE
from tests.attack import hostile_files
from tests.attack.commands import Done, run, warm_up
from tests.attack.report import Tally
from tests.cli.test_hostile import SPECS
from tests.oracle.certificates import valid

MODEL = ["--tau", "0.1", "--startup", "expon(scale=5)"]
SIZES = ["--symbols", "12", "--degree", "3"]
RUNS = ["--trials", "2", "--seed", "1"]
BASES = {
    "check": ["check", "good.cert", "--matrix", "good.json"],
    "cite": ["cite"],
    "compare": ["compare", "--schemes", "sr,uncoded", *SIZES, *MODEL, *RUNS],
    "coverage": ["coverage", *SIZES, *MODEL, "--by-time", "1"],
    "design": ["design", "--symbols", "100", "--tau", "0.005", "--startup", "expon(scale=5)", "--by", "0.66"],
    "explore": ["explore", "--no-browser"],
    "figure": ["figure", "tanner"],
    "floor": ["floor", "--symbols", "12", *MODEL, "--at", "1"],
    "guarantee": ["guarantee", *SIZES, *MODEL, "--by-time", "1"],
    "hunt": ["hunt", "hitting-time", "--max-symbols", "3", "--budget", "1"],
    "latency": ["latency", "sr", *SIZES, *MODEL],
    "new": ["new", "mine"],
    "numbers": ["numbers", "paper.py"],
    "run": ["run", "taylor", "--workers", "4", "--processes", "1"],
    "simulate": ["simulate", "sr", *SIZES, *MODEL, *RUNS],
    "span": ["span", "good.json"],
    "sweep": ["sweep", "good.toml"],
    "table": ["table", "small-cases"],
    "verify": ["verify", "--claim", "fig1"],
}
"""Each verb, given what is good."""
SPEC = 'trials = 5\nseed = 1\n[[tasks]]\nscheme = "sr"\nsymbols = 12\ndegree = 3\ntau = 0.1\nstartup = "expon()"\n'
STUDY = """
from srtheory import Number, Study

study = Study(title="Good")


@study.number("two")
def two(lab):
    return Number.exact(2, "by definition")
"""
LONGEST = 1100
LONG = "x" * 20_000


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


# ------------------------------------------------------------------------------------------------------------- numbers

NO_NUMBER = [
    "",
    "nan",
    "inf",
    "-Infinity",
    "1_0",
    "\u0661",
    "\uff11",
    "1e",
    "x",
    "0x10",
    "1,5",
    "1 0",
    "++1",
    "\u22121",
    "\u00b2",
    LONG,
]
NO_WHOLE = [*NO_NUMBER, "1.5", "1.0", "1e3", "-1", "9" * 20_000]
NO_DECIMAL = [*NO_NUMBER, "1e999", "-1e999", "1/2", "1j", "9" * 20_000, "1e" + "9" * 5000]
NO_LENGTH = [*NO_NUMBER, "3", "3in in", "3 miles", "-3in", "0in", "nanin", "1e999in", "in", "3IN", "\u0663in", "infmm"]
EXTREME = ["0", "-1", "1e-300", "5e-324", "1e300", "1e17", "9" * 30]


def _some(texts: list[str], number: int, place: int) -> list[str]:
    """So many of the texts, others at another place: options share their readers."""
    return [texts[(place * number + i) % len(texts)] for i in range(number)]


def _options(verb: str) -> Iterator[click.Option]:
    command = srtheory.get_command(None, verb)
    yield from (option for option in command.params if isinstance(option, click.Option) and option.name != "help")


def _names(option: click.Parameter) -> tuple[str, ...]:
    return tuple({name.lstrip("-") for name in option.opts} | {option.name or ""})


def numbers(folder: Path) -> Iterator[Bad]:
    """For each option that takes a number, what is none."""
    wrong = {id(WHOLE): NO_WHOLE, id(DECIMAL): NO_DECIMAL, id(LENGTH): NO_LENGTH}
    for verb, base in BASES.items():
        for place, option in enumerate(_options(verb)):
            for text in _some(wrong[id(option.type)], 4, place) if id(option.type) in wrong else ():
                yield Bad("numbers", [*base, f"{option.opts[-1]}={text}"], _names(option))


def extremes(folder: Path) -> Iterator[Bad]:
    """Numbers so large or small that a formula may break on them."""
    for verb, base in BASES.items():
        for place, option in enumerate(_options(verb)):
            if option.type in (WHOLE, DECIMAL) and verb != "run":
                for text in _some(EXTREME, 2, place):
                    yield Bad("extreme numbers", [*base, f"{option.opts[-1]}={text}"], or_done=True)


def words(folder: Path) -> Iterator[Bad]:
    """Options that are none, lack their value, have one too many; choices, processes, schedulers; arguments."""
    for verb, base in BASES.items():
        yield from (
            Bad("words", [*base, word])
            for word in ("--nothing", "--jsn", "-x", f"--{LONG}", "\udcff", LONG, "a\x1b[31m")
        )
        for option in _options(verb):
            name = option.opts[-1]
            if option.is_flag:
                yield Bad("words", [*base, f"{name}=1"], (name,))
                continue
            yield Bad("words", [*base, name], (name,))
            if isinstance(option.type, click.Choice):
                yield from (
                    Bad("words", [*base, f"{name}={text}"], _names(option))
                    for text in ("", "x", "SPAN", LONG, "\udcff")
                )
            if option.name == "processes":
                wrong = ("0", "-1", "1025", "many", "1.5", "\u0661", "", "AUTO", LONG, "1_0")
                yield from (Bad("words", [*base, f"{name}={text}"], ("processes",)) for text in wrong)
            if option.name == "scheduler":
                yield Bad("words", [*base, f"{name}=tcp://x:1"], ("scheduler",))
                yield Bad("words", [*base, "--engine=dask"], ("scheduler",))
            if option.required:
                yield Bad("words", _without(base, name), (name,))
    yield from (Bad("words", [word]) for word in ("spin", LONG, "--nothing", "\udcff", "", "span\n"))


def _without(base: list[str], name: str) -> list[str]:
    at = base.index(name)
    return base[:at] + base[at + 2 :]


# --------------------------------------------------------------------------------------------------------------- texts

LAWS = [
    "",
    " ",
    "expon",
    "expon(",
    "expon)",
    "expon()()",
    "expon(scale=0)",
    "expon(scale=-1)",
    "expon(scale=nan)",
    "expon(scale=inf)",
    "expon(scale=1e999)",
    "expon(scale=1_0)",
    "expon(scale=\u0663)",
    "expon(scale=5",
    "expon(scale=5,scale=6)",
    "expon(loc=-1)",
    "expon(shape=1)",
    "expon(1,2,3)",
    "expon(,)",
    "expon(scale=)",
    "expon(=5)",
    "norm()",
    "norm(loc=5)",
    "poisson(3)",
    "uniform(loc=-1)",
    "pareto()",
    "pareto(b=0)",
    "pareto(b=-1)",
    "pareto(b=1,c=2)",
    "rv_continuous()",
    "rv_histogram()",
    "__import__('os').system('touch owned')",
    "expon(scale=__import__('os'))",
    "scipy.stats.expon()",
    "expon.rvs()",
    "expon(scale=(5))",
    "expon(scale=[5])",
    "expon(scale=1e-300)",
    "expon(scale=1e300)",
    LONG,
    "expon(" + "(" * 5000,
    "expon(scale=0x5)",
    "expon(scale=5j)",
    "expon(scale=True)",
    "expon(*[5])",
    "expon(**{})",
    "\uff25\uff38\uff30\uff2f\uff2e()",
    "expon(scale=5);pass",
    "levy_stable(alpha=1.5,beta=0)",
    "studentized_range(k=3,df=2)",
    "gamma(a=nan)",
    "lognorm()",
    "weibull_min(c=0)",
    "weibull_min(c=1e-300)",
    "expon(scale='5')",
    "__class__()",
    "test()",
    "sample",
    "sample:",
    "sample:missing",
    "sample:/dev/zero",
    "sample:/dev/null",
    "sample:folder.txt",
    "sample:pipe.txt",
    "sample:good.json",
    "sample:\udcff",
    "SAMPLE:x",
]
SAMPLES = [
    "",
    " ",
    "1 nan 2",
    "inf",
    "-1",
    "1 1_0",
    "\u0661",
    "1e999",
    "x",
    "1,2",
    "0x1",
    "-0.5 1",
    "1 -inf",
    LONG,
    "\x00",
    "1 2 three",
    "1e-400x",
]
FIELDS = [
    "",
    "R",
    "C",
    "Z",
    "GF(1)",
    "GF(6)",
    "GF(0)",
    "GF(-2)",
    "GF(2^2)",
    "GF(\u0662)",
    "GF(1e3)",
    "GF(2",
    "2",
    "GF(2)x",
    "GF(9223372036854775808)",
    "GF(" + "9" * 5000 + ")",
    "GF(18446744073709551557)",
    "GF(2.0)",
    "GF(nan)",
    "GF()",
    "GF(0x2)",
    "GF(1_0)",
    "GF(100000000000000000)",
    LONG,
    "\udcff",
]
SIZE_TEXTS = [
    "",
    "0",
    "-1",
    "1.5",
    "x",
    "/",
    "3/",
    "/3",
    "3x0",
    "3x",
    "x3",
    "3x99999999",
    "2:0.5",
    "2:nan",
    "2:inf,3:0",
    "2:0.5,2:0.5",
    "2:1e999",
    "2:-1,3:2",
    "\u0663",
    "3x\u0663",
    "1_0",
    "9" * 20,
    "9" * 20_000,
    "3," * 5000,
    "2:0.5,3:0.6",
    ":",
    "2:",
    ":1",
    "3 / 2",
    "paper",
    "3/" * 40_000 + "3",
    "2:0,3:0",
    LONG,
]
COUNTS = [
    "",
    "x",
    "1,1_0",
    "1,\u0661",
    "1,,2",
    "nan",
    "-1",
    "1.5",
    ",".join("1" for _ in range(11)),
    ",".join("1" for _ in range(13)),
    "9" * 30,
    "1;2",
    LONG,
]
ASSIGNMENTS = [
    "",
    "=",
    "=1",
    "degree",
    "degree=",
    "nothing=1",
    "degree=x",
    "degree=1.5",
    "degree=nan",
    "degree=-1",
    "degree=\u0661",
    "__class__=1",
    "degree=1=2",
    "symbols=5",
    LONG,
    "\udcff=1",
]
NO_NAMES = [
    "",
    " ",
    "x",
    "SR",
    "../sr",
    "sr::x",
    "::",
    "::sr",
    "a.py::",
    "missing.py::S",
    "good.json::S",
    "\u0661",
    "__init__",
    "\udcff",
    LONG,
    "a\nb",
    "a\x1b[31m",
    "os",
    "None",
]


def laws(folder: Path) -> Iterator[Bad]:
    """Start-up laws that are none, for each verb that takes one; samples that are no lists of delays."""
    hostile_files.places(folder, ".txt")
    for i, text in enumerate(SAMPLES):
        (folder / f"delays_{i}").write_text(text, encoding="utf-8")
    for place, (verb, base) in enumerate(BASES.items()):
        if verb in ("figure", "table"):
            base = [verb, {"figure": "2a", "table": "schemes"}[verb]]
        for option in _options(verb):
            if "startup" in _names(option):
                texts = [*LAWS, *(f"sample:delays_{i}" for i in range(len(SAMPLES)))]
                yield from (
                    Bad("laws", [*base, f"--startup={text}"], ("startup", "sample")) for text in _some(texts, 15, place)
                )


def names(folder: Path) -> Iterator[Bad]:
    """Names of things that there are not, fields, sizes, counts and options of schemes."""
    places = {
        "scheme": [
            ["simulate", None, *SIZES, *MODEL, *RUNS],
            ["latency", None, *SIZES, *MODEL],
            ["run", "taylor", "--scheme", None],
            ["compare", "--scheme", None, *SIZES, *MODEL],
            ["compare", "--schemes", None, *SIZES, *MODEL],
            ["table", "schemes", "--schemes", None],
            ["figure", "2a", "--schemes", None],
            ["explore", "--no-browser", "--scheme", None],
        ],
        "name": [
            ["figure", None],
            ["table", None],
            ["hunt", None],
            ["run", None],
            ["verify", "--claim", None],
            ["verify", None],
            ["numbers", "paper.py", "--number", None],
            ["figure", "2b", "--schemes", None],
        ],
        "decoder": [["run", "taylor", "--decoder", None], [*BASES["simulate"], "--decoder", None]],
    }
    for place, base in enumerate(base for bases in places.values() for base in bases):
        for text in _some(NO_NAMES, 8, place):
            yield Bad("names", [text if word is None else word for word in base])
    yield from (Bad("fields", ["span", "good.json", f"--field={text}"], ("field",)) for text in FIELDS)
    for verb in ("simulate", "run"):
        base = [
            verb,
            *(
                {"simulate": ["sr-sizes", "--symbols", "12", *MODEL, *RUNS], "run": ["taylor", "--scheme", "sr-sizes"]}[
                    verb
                ]
            ),
        ]
        yield from (Bad("sizes", [*base, f"--sizes={text}"], ("sizes",)) for text in SIZE_TEXTS)
    yield from (Bad("counts", ["coverage", *SIZES, f"--counts={text}"], ("counts",)) for text in COUNTS)
    for verb in ("simulate", "latency", "compare", "run"):
        yield from (
            Bad("options", [*BASES[verb], f"--option={text}"], ("option", text.split("=")[0] or "x"))
            for text in ASSIGNMENTS
        )


# --------------------------------------------------------------------------------------------------------------- files


def matrices(folder: Path) -> Iterator[Bad]:
    """Every format broken in every way, for the two verbs that read matrices."""
    for i, path in enumerate([*hostile_files.text_files(folder), *hostile_files.archives(folder)]):
        yield Bad(f"matrices {path.suffix}", ["span", path.name])
        if i % 4 == 0:
            yield Bad(f"matrices {path.suffix}", ["check", "good.cert", "--matrix", path.name])
    yield from (
        Bad("matrices of no format", ["span", name])
        for name in ("good", "good.txt", "good.JSON.gz", "good.npy", "good.mtx.gz", ".json", "")
    )


def no_files(folder: Path) -> Iterator[Bad]:
    """Pipes, devices, folders, loops of links, what is not there and what never ends, wherever a file is read."""
    sample = ["--tau", "0.1", "--startup"]
    readers = {
        ".json": [["span", "{}"], ["check", "good.cert", "--matrix", "{}"], ["check", "{}", "--matrix", "good.json"]],
        ".toml": [["sweep", "{}"]],
        ".py": [
            ["hunt", "{}::x"],
            ["simulate", "{}::S", *SIZES, *MODEL, *RUNS],
            ["compare", "--schemes", "sr,{}::S", *SIZES, *MODEL],
            ["run", "taylor", "--scheme", "{}::S"],
            ["verify", "{}"],
            ["numbers", "{}"],
            ["table", "{}::x"],
        ],
        ".txt": [
            ["simulate", "sr", *SIZES, *sample, "sample:{}", *RUNS],
            ["latency", "sr", *SIZES, *sample, "sample:{}"],
            ["coverage", *SIZES, *sample, "sample:{}", "--by-time", "1"],
            ["guarantee", *SIZES, *sample, "sample:{}", "--by-time", "1"],
            ["design", "--symbols", "100", *sample, "sample:{}", "--by", "1"],
            ["run", "taylor", "--slow", "sample:{}"],
        ],
        ".mplstyle": [["figure", "tanner", "--style", "{}"]],
    }
    for suffix, commands in readers.items():
        for place in hostile_files.places(folder, suffix):
            yield from (Bad("no files", [word.replace("{}", place) for word in command]) for command in commands)


def proofs(folder: Path) -> Iterator[Bad]:
    """Texts that are no certificates."""
    rng = np.random.default_rng(7)
    text, matrix = (folder / "good.cert").read_bytes(), [{0: 1, 1: 1}, {1: 1, 2: 1}, {0: 1, 2: 1}]
    for i in range(120):
        at = int(rng.integers(len(text)))
        data = text[:at] + (bytes([int(rng.integers(256))]) + text[at + 1 :] if i % 2 else b"")
        (folder / f"proof_{i}").write_bytes(data)
        yield Bad(
            "certificates",
            ["check", f"proof_{i}", "--matrix", "good.json"],
            or_done=bool(i % 2) or valid(data, 3, matrix),
        )
    for name, data in {**hostile_files.BYTES, **{k: v.encode() for k, v in hostile_files.JSONS.items()}}.items():
        path = folder / f"no proof {abs(hash(name))}"
        path.write_bytes(data)
        yield Bad("certificates", ["check", path.name, "--matrix", "good.json"], ("certificate",))


MORE_SPECS = {
    "empty": "",
    "no tasks": "trials = 5\nseed = 1\n",
    "no trials": SPEC.replace("trials = 5\n", ""),
    "no seed": SPEC.replace("seed = 1\n", ""),
    "tasks a number": "trials=5\nseed=1\ntasks=1",
    "tasks empty": "trials=5\nseed=1\ntasks=[]",
    "tasks numbers": "trials=5\nseed=1\ntasks=[1]",
    "trials 0": SPEC.replace("trials = 5", "trials = 0"),
    "trials text": SPEC.replace("trials = 5", 'trials = "5"'),
    "trials 1.5": SPEC.replace("trials = 5", "trials = 1.5"),
    "trials true": SPEC.replace("trials = 5", "trials = true"),
    "trials nan": SPEC.replace("trials = 5", "trials = nan"),
    "trials date": SPEC.replace("trials = 5", "trials = 2020-01-01"),
    "seed -1": SPEC.replace("seed = 1", "seed = -1"),
    "seed 2^128": SPEC.replace("seed = 1", f"seed = {2**128}"),
    "scheme unknown": SPEC.replace('"sr"', '"x"'),
    "scheme number": SPEC.replace('"sr"', "1"),
    "symbols 0": SPEC.replace("= 12", "= 0"),
    "symbols -1": SPEC.replace("= 12", "= -1"),
    "symbols nan": SPEC.replace("= 12", "= nan"),
    "symbols text": SPEC.replace("= 12", '= "12"'),
    "symbols empty": SPEC.replace("= 12", "= []"),
    "symbols deep": SPEC.replace("= 12", "= [[12]]"),
    "symbols table": SPEC.replace("= 12", "= {a = 1}"),
    "symbols 10^12": SPEC.replace("= 12", f"= {10**12}"),
    "symbols true": SPEC.replace("= 12", "= true"),
    "degree 0": SPEC.replace("= 3", "= 0"),
    "degree missing": SPEC.replace("degree = 3\n", ""),
    "tau 0": SPEC.replace("= 0.1", "= 0"),
    "tau -1": SPEC.replace("= 0.1", "= -1"),
    "tau nan": SPEC.replace("= 0.1", "= nan"),
    "tau inf": SPEC.replace("= 0.1", "= inf"),
    "tau text": SPEC.replace("= 0.1", '= "0.1"'),
    "startup number": SPEC.replace('"expon()"', "1"),
    "startup unknown": SPEC.replace("expon()", "x()"),
    "startup code": SPEC.replace("expon()", "__import__('os')"),
    "startup pipe": SPEC.replace("expon()", "sample:/dev/zero"),
    "a key more": SPEC + "x = 1\n",
    "a key twice": SPEC + "tau = 1\n",
    "twice the same": SPEC + SPEC.split("seed = 1\n")[1],
    "option unknown": SPEC + "option.x = 1\n",
    "option number": SPEC + "option = 1\n",
    "workers 0": SPEC + "workers = 0\n",
    "workers nan": SPEC + "workers = nan\n",
    "decoder unknown": SPEC + 'decoder = "x"\n',
    "silent 1": SPEC + "silent = 1\n",
    "silent nan": SPEC + "silent = nan\n",
    "access 0": SPEC + "access = 0\n",
    "phase unknown": SPEC + 'phase = "x"\n',
    "cap nan": SPEC + "cap = nan\n",
    "c nan": SPEC.replace('"sr"', '"lt"').replace("degree = 3\n", "") + "c = nan\n",
    "a byte order mark": "\ufeff" + SPEC,
    "CRLF cut": SPEC[:40],
    "unicode digits": SPEC.replace("= 12", "= \u0661"),
    "an underscore too many": SPEC.replace("= 12", "= 1__2"),
    "leading zero": SPEC.replace("= 12", "= 012"),
    "open string": SPEC.replace('"sr"', '"sr'),
    "message_cost nan": SPEC + "message_cost = nan\n",
    "master_time -1": SPEC + "master_time = -1\n",
    "sizes empty": SPEC.replace('"sr"', '"sr-sizes"').replace("degree = 3", 'sizes = ""'),
    "own missing": SPEC.replace('"sr"', '"missing.py::S"'),
    "JSON": '{"trials": 5}',
    "YAML": "trials: 5\n",
}


def specs(folder: Path) -> Iterator[Bad]:
    """Sweeps that are none."""
    for i, (name, text) in enumerate({**SPECS, **MORE_SPECS}.items()):
        (folder / f"spec_{i}.toml").write_text(text, encoding="utf-8")
        yield Bad("specs", ["sweep", f"spec_{i}.toml", "--store", f"never_{i}"], or_done=name == "a byte order mark")
    for name, data in hostile_files.BYTES.items():
        (folder / f"spec {abs(hash(name))}.toml").write_bytes(data)
        yield Bad("specs", ["sweep", f"spec {abs(hash(name))}.toml"])


def own_code(folder: Path) -> Iterator[Bad]:
    """Files of a user that raise, exit or have no scheme: what they do is theirs; what is said of it is one line."""
    for name in hostile_files.modules(folder):
        yield Bad("own code", ["simulate", f"{name}::S", "--symbols", "12", *MODEL, *RUNS])
        yield Bad("own code", ["compare", "--schemes", f"{name}::S", "--symbols", "12", *MODEL, *RUNS])
        yield Bad("own code", ["hunt", f"{name}::S"])
        yield Bad("own code", ["verify", name])
        yield Bad("own code", ["figure", f"{name}::S"])
        yield Bad("own code", ["simulate", f"{name}::missing", "--symbols", "12", *MODEL, *RUNS])


# -------------------------------------------------------------------------------------------------------------- outputs

UNWRITABLE = [
    "afile/sub",
    "/proc/none/x",
    "/sys/x/y",
    "/dev/null/x",
    "loop.json/x",
    "n" * 300,
    "\udcff\x1b[31m/afile/../../" + "n" * 300,
    "missing/../afile/x",
    "/dev/full/x",
]


def outputs(folder: Path) -> Iterator[Bad]:
    """Folders and files that cannot be written, full disks, a stdout that is full."""
    (folder / "afile").write_text("")
    hostile_files.places(folder, ".json")
    commands = [
        ["span", "good.json", "--certificate"],
        ["table", "small-cases", "--out"],
        ["figure", "tanner", "--out"],
        ["verify", "--claim", "fig1", "--out"],
        ["numbers", "paper.py", "--out"],
        ["new"],
        ["run", "taylor", "--out"],
        [*BASES["simulate"], "--store"],
        [*BASES["compare"], "--store"],
        ["sweep", "good.toml", "--store"],
        ["figure", "tanner", "--out", ".", "--style"],
    ]
    for command in commands:
        yield from (Bad("outputs", [*command, text]) for text in UNWRITABLE)
    for command in (["span", "good.json", "--certificate"], ["table", "small-cases", "--out"]):
        yield from (
            Bad("outputs", [*command, text])
            for text in ("/dev/full", "loop.json", "/proc/version", "/proc/sys/kernel/ostype/x")
        )
    yield Bad("outputs", ["span", "good.json", "--certificate", "folder.json"])
    for verb in (
        "check",
        "cite",
        "compare",
        "coverage",
        "floor",
        "guarantee",
        "hunt",
        "latency",
        "numbers",
        "simulate",
        "span",
        "sweep",
        "table",
        "verify",
    ):
        yield Bad("a full stdout", BASES[verb], ("No space left",), stdout="/dev/full")
        yield from [Bad("a full stdout", [*BASES[verb], "--json"], ("No space left",), stdout="/dev/full")]
    yield from (
        Bad("a full stdout", [*base, "--help"], ("No space left",), stdout="/dev/full") for base in BASES.values()
    )


# -------------------------------------------------------------------------------------------------------------- judging

_REASONS = "|".join(re.escape(os.strerror(number)) for number in errno.errorcode)
LINE = re.compile(
    r"srtheory: (Argument '.+' must be .+, not .+\.|Invalid value for .+: .+|Missing (argument|option|parameter) .+"
    r"|No such (option|command)\b.+|Got unexpected extra argument.+"
    rf"|Option .+ (requires an argument|does not take a value|requires \d+ arguments).*|.+: ({_REASONS}))\n",
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


GROUPS: list[Callable[[Path], Iterator[Bad]]] = [
    matrices,
    no_files,
    proofs,
    specs,
    own_code,
    outputs,
    laws,
    names,
    words,
    numbers,
    extremes,
]


def prepare(folder: Path) -> None:
    """What is good, for the commands of which one thing is bad."""
    warm_up(folder)
    hostile_files.matrix(folder)
    (folder / "good.toml").write_text(SPEC)
    (folder / "paper.py").write_text(STUDY)
    (folder / "good.cert").write_bytes(_good_certificate())


@cache
def _good_certificate() -> bytes:
    with TemporaryDirectory() as name:
        folder = Path(name)
        hostile_files.matrix(folder)
        done = run(["span", "good.json", "--certificate", "good.cert"], folder)
        assert done.status == 0, done
        return (folder / "good.cert").read_bytes()


def attack(seed: int, every: int = 1, groups: list[Callable[[Path], Iterator[Bad]]] = GROUPS) -> Tally:
    """All bad inputs, or one in so many of each group."""
    tally = Tally(
        "inputs",
        "Inputs",
        "Every command gets bad input. A command must end with exit status 2, without a traceback, with nothing on "
        "stdout and one printable line on stderr. The line must name the bad input and state what would be valid. The "
        "limits are 5 seconds of the processor and 1 GiB of memory beyond the interpreter and its libraries "
        "(`RLIMIT_CPU`, `RLIMIT_DATA` of its process). Extreme numbers, and certificates whose form is right, may "
        "also be answered.",
        seed,
    )
    for number, group in enumerate(groups):
        with TemporaryDirectory() as name:
            folder = Path(name)
            prepare(folder)
            chosen = (bad for i, bad in enumerate(group(folder)) if (i + number) % every == seed % every)
            for bad in chosen:
                wrong = failure(bad, run(bad.arguments, folder, bad.stdout))
                tally.count(bad.kind, wrong and f"{' '.join(bad.arguments)!r:.200}: {wrong}")
            if (folder / "owned").exists():
                tally.count("evaluated text", "a file was made by what was to be read")
    return tally
