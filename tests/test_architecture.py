"""The rules of the house, read off the imports: who may know of whom, and what computation never touches.

Computation (theory, span, schemes, decoders) opens no file, prints nothing and draws no figure.  JSON text is the form
of a certificate, so span/certificates.py and span/oracles/checker.py may encode and decode it, as strings only.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from srtheory.lookup import TABLES

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "srtheory"

# What each layer may import of srtheory; everything in a layer may import its own.
COMPUTES = {
    "theory": {"errors", "lookup", "model", "own_code", "sizes", "types"},
    "span": {"compiled", "errors", "rows"},
    "schemes": {"compiled", "errors", "lookup", "own_code", "plain_numbers", "rows", "sizes", "types"},
    "decoders": {"compiled", "errors", "lookup", "rows", "reception", "span", "types"},
}
RUNS = {"compiled", "delays", "errors", "reception", "rows", "schemes", "span", "types"}
KNOWS = COMPUTES | {
    "conjectures": RUNS | {"experiments.running", "experiments.store", "experiments.whole", "own_code", "theory"},
    "experiments": RUNS | {"decoders", "files", "lookup", "model", "own_code", "paper", "progress", "version"},
    "report": RUNS
    | {
        "conjectures",
        "decoders",
        "experiments",
        "lookup",
        "model",
        "on_record",
        "own_code",
        "paper",
        "theory",
        "workers",
    },
}
KNOWS |= {
    "workers": RUNS | {"decoders", "experiments", "own_code", "version"},
    "cli": KNOWS["report"]
    | {"accuracy", "environment", "report", "files", "plain_numbers", "progress", "sizes", "version"},
    "testing": {"conjectures", "decoders", "delays", "errors", "experiments", "own_code", "reception"}
    | {"schemes", "span"},
    "accuracy": {"delays", "theory", "types"},
    "__init__": {"conjectures", "delays", "errors", "experiments", "model", "paper", "public", "rows", "schemes"}
    | {"version", "workers"},
    "public": {"errors", "experiments", "model", "rows", "schemes", "span", "theory", "types"},
    "compiled": set(),
    "environment": {"on_record", "version"},
    "errors": set(),
    "lookup": {"errors"},
    "own_code": {"errors"},
    "plain_numbers": set(),
    "on_record": {"errors"},
    "progress": set(),
    "rows": {"errors"},
    "sizes": {"errors"},
    "delays": {"errors", "types", "written_law"},
    "model": {"delays", "errors", "types", "written_law"},
    "paper": {"delays", "model"},
    "types": set(),
    "version": set(),
    "written_law": {"types"},
    "files": {"errors", "rows"},
    "reception": {"compiled", "errors", "rows", "schemes", "types"},
}
# The paper's claims stand outside the package; who runs all of them, and nobody else, asks for their list.
PAPER = {"cli/verify.py"}
OUTSIDE = {
    *(
        "io",
        "json",
        "csv",
        "pathlib",
        "os",
        "shutil",
        "tempfile",
        "sqlite3",
        "logging",
        "subprocess",
        "socket",
        "urllib",
    ),
    *("matplotlib", "click", "tqdm", "argparse", "pytest"),
}
TEXT = {"span/certificates.py", "span/oracles/checker.py"}  # JSON strings are their subject
COMPILED = {"span/dense/vnni.py", "span/dense/vectors.py"}  # writes instructions, which load registers
FILE_CALLS = {
    *("open", "print", "input", "read_text", "write_text", "read_bytes", "write_bytes"),
    *("load", "dump", "save", "savez", "savetxt", "loadtxt", "genfromtxt", "fromfile", "tofile", "memmap"),
}
EVALUATION = {"eval", "exec", "compile", "__import__"}
UNPICKLING = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"}
# joblib's processes talk to those that started them and to nobody else; its load, which reads files, is not here.
PROCESSES = {
    *("joblib.Parallel", "joblib.delayed", "joblib.parallel_config", "joblib.cpu_count"),
    *("joblib.externals.loky.process_executor.TerminatedWorkerError", "joblib.externals.loky.backend.resource_tracker"),
}
ROUND_TRIP = {"testing.py"}  # unpickles what it has pickled itself, to see that a scheme survives it
BY_NAME = {"lookup.py", "__init__.py"}  # import what entries of other layers, or the names of the public face, name
RANDOM_CALLS = {"rvs", "default_rng", "random_state", "resample"}


UNREADABLE = "a name that is not written there"


# ------------------------------------------------------------------------------------------------ reading a module


@cache
def tree_of(place):
    return ast.parse((PACKAGE / place).read_text(encoding="utf-8"))


@cache
def nodes(tree):
    """All nodes below one, itself included: rule upon rule goes through them."""
    return tuple(ast.walk(tree))


def places(*parts):
    """Path below srtheory/ of every module in these places."""
    found = sorted(path for part in parts for path in (PACKAGE / part).rglob("*.py"))
    return [path.relative_to(PACKAGE).as_posix() for path in found]


def sources(*parts):
    """The same with their syntax trees."""
    return [(place, tree_of(place)) for place in places(*parts)]


def imports(tree):
    """Full names of all that a module imports, wherever it does; ``from a import b`` gives a and a.b."""
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports are not read here"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def called(tree):
    """Last names of all that a module calls: ``open`` of ``open(...)`` and of ``path.open(...)``."""
    for node in nodes(tree):
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                yield node.func.id
            elif isinstance(node.func, ast.Attribute):
                yield node.func.attr


def attributes(tree):
    """Dotted names in a module, such as ``np.random``."""
    return {ast.unparse(node) for node in nodes(tree) if isinstance(node, ast.Attribute)}


def loaded_by_name(tree):
    """What is passed to import_module: the constant beginning of the name; and what entries name, and look-ups."""
    known = {name.removeprefix("srtheory.lookup.") for name in imports(tree) if name.startswith("srtheory.lookup.")}
    for node in nodes(tree):
        function = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
        if function in known:
            first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
            place = first if function == "Entry" else TABLES.get(first)
            yield UNREADABLE if place is None else f"srtheory.{place}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            name = node.args[0]
            first = name.values[0] if isinstance(name, ast.JoinedStr) else name
            yield first.value if isinstance(first, ast.Constant) else UNREADABLE


# ------------------------------------------------------------------------------------------------------- the rules


def layer_of(place):
    return place.split("/")[0].removesuffix(".py")


def strangers(place, tree):
    """What a module imports, of this repository, that its layer should not know."""
    layer = layer_of(place)
    ours = {f"srtheory.{name}" for name in KNOWS[layer] | {layer}} | ({"paper_checks"} if place in PAPER else set())
    for name in [*imports(tree), *(() if place in BY_NAME else loaded_by_name(tree))]:
        within = name == "srtheory" or any(name == o or name.startswith(o + ".") for o in ours)
        if name.split(".")[0] in HOUSE and not within:
            yield name


HOUSE = {"srtheory", *(path.name for path in ROOT.iterdir() if path.is_dir()), UNREADABLE}


def oversteps(place, tree):
    """What a module of a computing layer imports or calls that it should not, besides strangers."""
    for name in [*imports(tree), *loaded_by_name(tree)]:
        head = name.split(".")[0]
        if head in OUTSIDE and not (head == "json" and place in TEXT):
            yield name
    yield from FILE_CALLS & set(called(tree)) - ({"load"} if place in COMPILED else set())


def dangers(tree, place="x.py"):
    """Evaluation of text and unpickling, which nothing in the package does."""
    calls = {n.func.id for n in nodes(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    yield from EVALUATION & calls
    allowed = PROCESSES | ({"pickle"} if place in ROUND_TRIP else set())
    yield from (name for name in set(imported_alone(tree)) - allowed if name.split(".")[0] in UNPICKLING)
    yield from (n.arg for n in nodes(tree) if isinstance(n, ast.keyword) and n.arg == "allow_pickle" and is_true(n))


def imported_alone(tree):
    """As :func:`imports`, but ``from a import b`` gives a.b only."""
    for node in nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from set(imports(node)) - {getattr(node, "module", None)}


def is_true(keyword):
    return not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False)


def randomness(tree):
    """Random numbers in any form."""
    yield from (name for name in imports(tree) if name.split(".")[0] in {"random", "secrets"} or "numpy.random" in name)
    yield from (name for name in attributes(tree) if name.split(".")[:2] in (["np", "random"], ["numpy", "random"]))
    yield from RANDOM_CALLS & set(called(tree))


def changeable(tree):
    """Dataclasses whose fields can be assigned to."""
    for node in nodes(tree):
        for decorator in node.decorator_list if isinstance(node, ast.ClassDef) else ():
            call = decorator if isinstance(decorator, ast.Call) else ast.Call(decorator, [], [])
            frozen = any(k.arg == "frozen" and is_true(k) for k in call.keywords)
            if isinstance(call.func, ast.Name) and call.func.id == "dataclass" and not frozen:
                yield node.name


LAYERS, EVERYTHING = places(*COMPUTES), places(".")


def test_there_is_something_to_read():
    assert set(map(layer_of, LAYERS)) == set(COMPUTES)
    assert set(map(layer_of, EVERYTHING)) == set(KNOWS)
    assert len(EVERYTHING) > len(LAYERS) > 20


@pytest.mark.parametrize("place", EVERYTHING)
def test_each_layer_knows_those_below(place):
    assert list(strangers(place, tree_of(place))) == []


def test_no_two_layers_know_each_other():
    order = list(TopologicalSorter(KNOWS).static_order())
    assert order[-1] == "cli"


def named(trees):
    """Modules by their full names, a package by its own."""
    places = {place.removesuffix(".py").removesuffix("/__init__"): tree for place, tree in trees}
    return {"srtheory" if name == "__init__" else f"srtheory.{name.replace('/', '.')}": places[name] for name in places}


def within(name):
    """The packages that a module is in, and the module: all that is executed when it is imported."""
    parts = name.split(".")
    return {".".join(parts[:count]) for count in range(1, len(parts) + 1)}


def knows(modules):
    """What each of these modules imports of them, wherever it does, but for the packages that it is in itself."""
    met = {name: set().union(*map(within, imports(tree))) for name, tree in modules.items()}
    return {name: met[name] & modules.keys() - within(name) for name in modules}


def of_packages(known):
    """The same of packages, but for what they know of those around and within them."""
    package = {
        name: name if any(n.startswith(name + ".") for n in known) else name.rpartition(".")[0] for name in known
    }
    found = {name: set() for name in package.values()}
    for name, others in known.items():
        for other in {package[other] for other in others}:
            if other not in within(package[name]) and package[name] not in within(other):
                found[package[name]].add(other)
    return found


def circle(known):
    """Those that know each other, directly or not; None if there are none."""
    try:
        TopologicalSorter(known).prepare()
    except CycleError as error:
        return error.args[1]
    return None


def test_no_two_modules_and_no_two_packages_know_each_other():
    known = knows(named(sources(".")))
    assert sum(map(len, known.values())) > 500
    assert circle(known) is None
    assert circle(of_packages(known)) is None


@pytest.mark.quality
@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("def f():\n    from srtheory.span.b import x", "from srtheory.span.a import f"),
        ("import srtheory.span.b", "if TYPE_CHECKING:\n    from srtheory.span import a"),
        ("from srtheory.span.b import x", "from srtheory.span.c.d import y"),  # d is in c, which knows a
    ],
)
def test_a_circle_of_modules_is_seen(first, second):
    texts = {"span/a.py": first, "span/b.py": second, "span/c/__init__.py": "from srtheory.span.a import f"}
    texts["span/c/d.py"] = texts["span/__init__.py"] = ""
    assert circle(knows(named((place, ast.parse(text)) for place, text in texts.items())))


@pytest.mark.quality
def test_a_circle_of_packages_is_seen_where_no_modules_make_one():
    texts = {"span/a.py": "import srtheory.rank.b", "rank/c.py": "import srtheory.span.d"}
    texts |= dict.fromkeys(("span/__init__.py", "rank/__init__.py", "span/d.py", "rank/b.py"), "")
    known = knows(named((place, ast.parse(text)) for place, text in texts.items()))
    assert circle(known) is None
    assert circle(of_packages(known))


REPORT = {"": set(), "figures": {""}, "ledger": {"", "figures"}, "tables": {"", "ledger"}}
"""The folders of report/ and what each may know of the others; what stands in none of them is what they share."""


def folder(name):
    return next((part for part in name.split(".")[2:3] if part in REPORT), "")


def upwards(name, tree):
    """What a module of report/ knows of folders that are not below its own."""
    for other in [*imports(tree), *loaded_by_name(tree)]:
        if other.startswith("srtheory.report.") and folder(other) not in REPORT[folder(name)] | {folder(name)}:
            yield other


def reports():
    return {name: tree for name, tree in named(sources(".")).items() if name.startswith("srtheory.report.")}


def test_every_folder_of_the_report_has_its_place():
    assert {folder(name) for name in reports()} == set(REPORT)
    assert {path.parent.name for path in (PACKAGE / "report").glob("*/*.py")} <= set(REPORT)


def test_no_folder_of_the_report_knows_those_above():
    assert {name: found for name, tree in reports().items() if (found := list(upwards(name, tree)))} == {}


@pytest.mark.quality
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("srtheory.report.style", "from srtheory.report.figures import maps"),
        ("srtheory.report.figures.maps", "def f():\n    import srtheory.report.ledger"),
        ("srtheory.report.ledger.html", "from srtheory.report.tables.table import Table"),
        ("srtheory.report.figures.x", "from srtheory.lookup import lookup\nlookup('table', 'claims')"),
    ],
)
def test_an_arrow_upwards_is_seen(name, text):
    assert list(upwards(name, ast.parse(text)))


def test_the_list_of_exceptions_is_no_longer_than_needed():
    needed = {place for place, tree in sources(".") if any(name.startswith("paper_checks") for name in imports(tree))}
    assert needed == PAPER


@pytest.mark.parametrize("place", LAYERS)
def test_computation_keeps_to_its_layer(place):
    assert list(oversteps(place, tree_of(place))) == []


@pytest.mark.parametrize("place", EVERYTHING)
def test_nothing_is_evaluated_or_unpickled(place):
    assert list(dangers(tree_of(place), place)) == []


@pytest.mark.parametrize("place", [place for place in LAYERS if place.startswith("theory/")])
def test_theory_draws_no_random_numbers(place):
    assert list(randomness(tree_of(place))) == []


@pytest.mark.quality
@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("theory/x.py", "from srtheory.experiments.trial import run_trial"),
        ("theory/x.py", "from srtheory import report"),
        ("theory/x.py", "from srtheory.rows import Rows"),
        ("theory/x.py", "def f():\n    import matplotlib.pyplot as plt"),
        ("schemes/x.py", "from srtheory.delays import DelayModel"),
        ("schemes/x.py", "from srtheory.reception import Reception"),
        ("schemes/x.py", "import click"),
        ("decoders/x.py", "from srtheory.schemes.base import Scheme"),
        ("decoders/x.py", "from tqdm import tqdm"),
        ("decoders/x.py", "if TYPE_CHECKING:\n    from srtheory.experiments.trial import Record"),
        ("span/x.py", "import srtheory.cli"),
        ("span/x.py", "from importlib import import_module\nimport_module('srtheory.report.ledger')"),
        ("span/x.py", "import importlib\nimportlib.import_module(f'srtheory.{name}')"),
        ("span/x.py", "import json"),
        ("span/certificates.py", "from pathlib import Path"),
        ("span/certificates.py", "import json\njson.dump(proof, stream)"),
        ("span/x.py", "text = open('rows.json').read()"),
        ("span/x.py", "rows = np.load('rows.npz')"),
        ("span/dense/vnni.py", "np.save('rows.npz', rows)"),
        ("span/x.py", "path.read_text()"),
        ("decoders/x.py", "print('done')"),
    ],
)
def test_oversteps_are_seen(place, text):
    assert [*strangers(place, ast.parse(text)), *oversteps(place, ast.parse(text))]


@pytest.mark.quality
@pytest.mark.parametrize(
    ("place", "text"),
    [
        *((f"{layer}/x.py", "from paper_checks import registry") for layer in KNOWS),
        ("theory/x.py", "def f():\n    import paper_checks.support"),
        ("span/x.py", "if TYPE_CHECKING:\n    from paper_checks.registry import Claim"),
        ("report/tables/schemes.py", "from importlib import import_module\nimport_module('paper_checks.support')"),
        ("report/tables/__init__.py", "from importlib import import_module\nimport_module(name)"),
        ("report/x.py", "from srtheory.cli.common import print_line"),
        ("report/tables/claims.py", "from srtheory import cli"),
        ("report/x.py", "from benchmarks import bench_span"),
        ("experiments/x.py", "from srtheory.report.ledger import Verdict"),
        ("experiments/x.py", "from srtheory.theory.latency import fluid_limit"),
        ("experiments/x.py", "from srtheory.conjectures.case import Case"),
        ("conjectures/x.py", "from srtheory.experiments.lab import Lab"),
        ("conjectures/x.py", "import srtheory.report"),
        ("cli/x.py", "from tests.reference import rank"),
        ("delays.py", "from srtheory.rows import Rows"),
        ("errors.py", "import srtheory.rows"),
        ("__init__.py", "from srtheory.span.engine import spans"),
        ("theory/x.py", "from srtheory.lookup import lookup\nlookup('scheme', 'sr')"),
        ("decoders/x.py", "from srtheory.lookup import Entry\nEntry('report.tables', 'build')"),
        ("report/x.py", "from srtheory.lookup import lookup\nlookup(kind, 'sr')"),
        ("own_code.py", "from importlib import import_module\nimport_module(name)"),
    ],
)
def test_strangers_are_seen(place, text):
    assert list(strangers(place, ast.parse(text)))


@pytest.mark.parametrize(
    ("place", "text"),
    [
        ("span/certificates.py", "import json\njson.dumps({}), json.loads('{}')"),
        ("decoders/x.py", "from srtheory.span.engine import spans\nfrom srtheory.decoders.base import Stop"),
        ("schemes/x.py", "from importlib import import_module\nimport_module(f'srtheory.schemes.{module}')"),
        ("span/dense/vnni.py", "builder.load(place)"),
        ("cli/verify.py", "from paper_checks.registry import claims"),
        ("report/x.py", "from srtheory.experiments.lab import Lab\nimport matplotlib.pyplot as plt"),
    ],
)
def test_what_is_allowed_is_not_an_overstep(place, text):
    assert list(strangers(place, ast.parse(text))) == []
    if layer_of(place) in COMPUTES:
        assert list(oversteps(place, ast.parse(text))) == []


@pytest.mark.quality
@pytest.mark.parametrize(
    "text",
    [
        *("eval(text)", "exec(text)", "from pickle import loads", "np.load(path, allow_pickle=True)"),
        *("import joblib", "from joblib import load", "from joblib import Parallel, load"),
    ],
)
def test_dangers_are_seen(text):
    assert list(dangers(ast.parse(text)))


@pytest.mark.quality
@pytest.mark.parametrize(
    "text",
    [
        "import random",
        "from numpy.random import default_rng",
        "from numpy import random",
        "rng = np.random.default_rng(1)",
        "x = startup.rvs(size=3)",
    ],
)
def test_randomness_is_seen(text):
    assert list(randomness(ast.parse(text)))


# --------------------------------------------------------------------------------------------- independent oracles


def reach(start, modules):
    """Modules of srtheory that are imported from ``start``, directly or not; ``modules`` maps names to trees."""
    met, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name in modules and name not in met:
            met.add(name)
            waiting += [other for other in imports(modules[name]) if other.startswith("srtheory")]
    return met


def modules():
    """Every module of the package by its full name."""
    return named(sources("."))


COMMON = {"srtheory.errors", "srtheory.rows", "srtheory.span.field"}
OWN = {
    "srtheory.span.oracles.rational": COMMON,
    "srtheory.span.oracles.finite": COMMON,
    "srtheory.span.oracles.checker": {"srtheory.errors"},
}
ENGINES = ("sympy", "galois", "flint", "numba", "networkx")


@pytest.mark.parametrize("oracle", OWN)
def test_oracles_share_no_arithmetic_with_the_production_engine(oracle):
    assert reach(oracle, modules()) - {oracle} <= OWN[oracle]


def test_the_production_engine_is_what_the_oracles_are_kept_from():
    production = reach("srtheory.span.engine", modules()) - COMMON
    assert {
        "srtheory.span.engine",
        "srtheory.span.core",
        "srtheory.span.dense.modular",
        "srtheory.span.dense.lifting",
    } <= production
    assert production.isdisjoint(OWN)


@pytest.mark.parametrize(
    ("oracle", "engine"), [("srtheory.span.oracles.rational", "sympy"), ("srtheory.span.oracles.finite", "galois")]
)
def test_each_oracle_has_an_engine_of_its_own(oracle, engine):
    heads = {name.split(".")[0] for name in imports(modules()[oracle])}
    assert heads & set(ENGINES) == {engine}


def test_the_certificate_checker_needs_python_and_nothing_else():
    heads = {name.split(".")[0] for name in imports(modules()["srtheory.span.oracles.checker"])}
    assert heads - {"srtheory"} <= sys.stdlib_module_names


@pytest.mark.quality
def test_a_shared_engine_is_seen_through_another_module():
    tree = {
        "srtheory.span.oracles.rational": "import srtheory.helper",
        "srtheory.helper": "from srtheory.span.core import f",
    }
    named = {name: ast.parse(text) for name, text in tree.items()} | {"srtheory.span.core": ast.parse("")}
    assert "srtheory.span.core" in reach("srtheory.span.oracles.rational", named)


# ---------------------------------------------------------------------------------------------------- light imports

HEAVY = (
    *("numba", "sympy", "scipy", "matplotlib", "galois", "flint", "networkx", "hypothesis", "click", "numpy"),
    *("pyarrow", "joblib", "distributed", "dask", "tqdm"),
)


def loaded(statement):
    """Names of the modules that a fresh interpreter has after a statement and had not before."""
    code = f"import sys\nbefore = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_import_srtheory_is_light():
    names = loaded("import srtheory")
    assert "srtheory" in names
    assert len(names) <= 3
    assert not set(names) & set(HEAVY)


@pytest.mark.parametrize(
    "package", ["schemes", "decoders", "span", "theory", "experiments", "conjectures", "report", "workers", "cli"]
)
def test_package_faces_import_on_demand(package):
    """Looking a name up may cost something, importing the package does not."""
    names = set(loaded(f"import srtheory.{package}"))
    assert f"srtheory.{package}" in names
    assert not names & (set(HEAVY) - {"click"})


def test_stores_clusters_graphs_and_solvers_are_imported_when_used():
    names = set(loaded("from srtheory.experiments import exceptions, running; import srtheory.workers.execution"))
    assert {"srtheory.span.obstruction", "srtheory.decoders.iterative"} <= names
    assert not names & {"pyarrow", "joblib", "distributed", "networkx", "scipy"}


def test_whether_a_law_has_quantiles_is_told_without_scipy():
    asking = "from srtheory.delays import parse_law; from srtheory.model import require_startup"
    assert "scipy.stats" not in loaded(f"{asking}; require_startup(parse_law('expon(scale=5)'))")


EIGHT = '{"columns": 8, "rows": [[0, 1, 2], [2, 3], [3, 4, 5, 6], [6], [4], [5], [1, 3], [7], [1]]}'
THOUSAND = "simulate sr --symbols 1000 --degree 10 --tau 0.005 --trials 1 --seed 1 --startup {}"


def loaded_by(arguments, tmp_path):
    """Names of the modules that a command of srtheory, or one and another, has loaded when it ends."""
    (tmp_path / "rows.json").write_text(EIGHT, encoding="utf-8")
    runs = [
        ["srtheory", *(str(tmp_path / w) if w == "rows.json" else w for w in words.split())]
        for words in arguments.split(" and ")
    ]
    command = "import contextlib, io, math, srtheory.cli as c, srtheory.compiled as k\nk.PATIENCE = math.inf\n"
    command += f"for sys.argv in {runs!r}:\n"
    command += "    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):\n        c.main()"
    return set(loaded(command))


@pytest.mark.parametrize(
    "arguments",
    [
        "span rows.json",
        "span rows.json --field GF(2) and span rows.json --field GF(31)",
        " and ".join(THOUSAND.format(law) for law in ("expon(scale=5)", "pareto(b=1)")),
    ],
)
def test_a_first_command_waits_for_no_compiler(arguments, tmp_path):
    """Nor for laws that are not asked for: importing scipy.stats takes longer than a run."""
    names = loaded_by(arguments, tmp_path)
    assert {"srtheory.compiled", "srtheory.span.engine"} <= names
    assert not names & {"numba", "scipy", "galois", "pyarrow", "joblib", "matplotlib"}
    assert "GF" in arguments or not names & {"flint", "sympy"}  # sympy knows the primes


@pytest.mark.quality
def test_a_heavy_import_is_seen(tmp_path):
    assert {"numpy", "flint", "numba", "llvmlite"} <= set(loaded("import srtheory.theory.laws.coverage, numba"))
    assert "scipy" in loaded_by(THOUSAND.format("gamma(a=2)"), tmp_path)


# ------------------------------------------------------------------------------------------------------ busy machines


def test_hypothesis_does_not_look_at_the_clock():
    """Neither how long an example takes nor how long it takes to draw one."""
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check


@pytest.mark.parametrize("place", LAYERS)
def test_values_do_not_change(place):
    assert list(changeable(tree_of(place))) == []


@pytest.mark.quality
@pytest.mark.parametrize("words", ["", "()", "(eq=False)", "(frozen=False)"])
def test_a_value_that_can_change_is_seen(words):
    assert list(changeable(ast.parse(f"@dataclass{words}\nclass Cost:\n    additions: int\n"))) == ["Cost"]
