"""Contracts of pyproject.toml, each broken by a planted import, and rules that neither import-linter nor ruff knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from copy import deepcopy
from functools import cache
from pathlib import Path

import grimp
import pytest
from hypothesis import HealthCheck, settings
from importlinter.api import read_configuration
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

from srtheory.lookup import TABLES
from srtheory.study.study import Study
from srtheory.workers import crew, workloads
from srtheory.workers.execution import Execution
from srtheory.workers.fit import Fit

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "srtheory"
KINDS = {kind.type_name: kind for kind in (AcyclicSiblingsContract, ForbiddenContract, LayersContract)}


@cache
def graph():
    return grimp.build_graph("srtheory", "paper_checks", include_external_packages=True)


@cache
def contracts():
    return read_configuration(str(ROOT / "pyproject.toml"))


def imported(name):
    """First parts of the names of all that a module imports."""
    return {other.split(".")[0] for other in graph().find_modules_directly_imported_by(name)}


def broken(*more):
    """Names of the contracts that the package with these further imports does not keep."""
    with_more = deepcopy(graph())
    for importer, other in more:
        with_more.add_import(importer=importer.replace(".", "srtheory.", importer.startswith(".")), imported=other)
    options, session = contracts()["contracts_options"], contracts()["session_options"]
    made = (KINDS[one["type"]](one["name"], session, one) for one in options)
    return {one.name for one in made if not one.check(deepcopy(with_more), verbose=False).kept}


PLANTED = """
.theory.rounds > srtheory.experiments.trial: A layer
.render.style > srtheory.study.study: A layer
paper_checks.figures.maps > paper_checks.claims.figures: A study of the paper
.theory.rounds > srtheory.delays: Theory
.span.sparse > srtheory.span.engine: No modules
.theory.rounds > srtheory.matrix: Theory
.schemes.base > srtheory.delays: A layer
.span.sparse > srtheory.sizes: A layer
.decoders.peeling > srtheory.schemes.base: Decoders
.span.sparse > importlib: The package
.schemes.base > click: Computation
.experiments.store > pickle: The package
.study.loading > paper_checks: The package
.cli.common > tests: The package
"""
"""A module, what it would import, and the beginning of the name of the contract that this breaks."""


@pytest.mark.quality
def test_contracts_are_kept_and_each_is_broken_by_something_planted():
    assert broken() == set()
    planted = [re.split(" > |: ", line) for line in PLANTED.split("\n") if line]
    for importer, other, contract in planted:
        assert any(name.startswith(contract) for name in broken((importer, other))), (importer, other)
    names = [one["name"] for one in contracts()["contracts_options"]]
    assert [name for name in names if not name.startswith(tuple(contract for *_, contract in planted))] == []


def looked_up():
    """Modules that look something up, and the tables in which they do."""
    for place, text in texts(".").items():
        name = place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        for kind in re.findall(r"\b(?:lookup|call|entries)\(\"(\w+)\"", text):
            yield f".{name}", TABLES[kind]


def test_a_look_up_keeps_to_the_contracts_of_an_import():
    assert len(set(looked_up())) > 2
    assert broken(*(edge for edge in looked_up() if f"srtheory{edge[0]}" != edge[1])) == set()


# ----------------------------------------------------------------------------------------------- what is called, where

COMPUTING = ("theory", "span", "schemes", "decoders")
EVALUATES = {"compile", "__import__"}
FILES = {"open", "input", "read_text", "write_text", "read_bytes", "write_bytes", "dump", "tofile"}
DRAWS = {"random", "default_rng", "rvs", "random_state", "resample"}


def oversteps(place, text):
    """What stands in a module and should not, as neither ruff nor the contracts see."""
    folder = place.split("/")[0]
    banned = FILES if folder in COMPUTING else set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in EVALUATES | banned:
                yield name
            case ast.Call(func=ast.Attribute(attr=name)) if name in banned:
                yield name
            case ast.keyword(arg="allow_pickle", value=value) if getattr(value, "value", None) is not False:
                yield "allow_pickle"
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name) | ast.ImportFrom(module=name) if (
                folder == "theory"
            ):
                yield from DRAWS & set(name.split("."))


def changeable(text):
    """Dataclasses whose fields can be assigned to."""
    for node in ast.walk(ast.parse(text)):
        for made in map(ast.unparse, getattr(node, "decorator_list", ())):
            if re.match(r"dataclass\b", made) and "frozen=True" not in made:
                yield node.name


def texts(*folders):
    """Path below srtheory/ of every module of these folders, and its text."""
    paths = [path for folder in folders for path in (PACKAGE / folder).rglob("*.py")]
    return {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in paths}


def test_nothing_oversteps():
    assert {place: found for place, text in texts(".").items() if (found := list(oversteps(place, text)))} == {}


def test_values_do_not_change():
    """But for those that are used to count, and to keep what is open."""
    assert {name for text in texts(".").values() for name in changeable(text)} == {
        *("Asker", "Searched", "Lab", "Words", "_Drawn", "_Crew", "_Crews", "_Run")
    }


EQUAL_TO_THEMSELVES = [
    *(Study, crew.Job, crew.Message, Execution, Fit),
    *(workloads.Workload, workloads.Trees, workloads.Networks, workloads.Losses, workloads.Kernels),
]


def test_what_holds_arrays_or_functions_is_equal_to_itself_alone():
    """They are keys of dictionaries, are shared by threads, or are kept by a laboratory that gives them out again."""
    for kind in EQUAL_TO_THEMSELVES:
        one, other = object.__new__(kind), object.__new__(kind)
        assert one != other
        assert len({one, other, one}) == 2


SEEN = """
cli/x.py: compile(text, 'a', 'exec')
cli/x.py: f(path, allow_pickle=True)
span/x.py: text = open('rows.json').read()
span/certificates.py: json.dump(proof, stream)
theory/x.py: import random
theory/x.py: from numpy.random import Generator
theory/x.py: rng = np.random.Generator(1)
theory/x.py: x = startup.rvs(size=3)
"""


@pytest.mark.quality
def test_oversteps_are_seen():
    for place, text in (line.split(": ") for line in SEEN.split("\n") if line):
        assert list(oversteps(place, text)), text
    for words in ("", "()", "(eq=False)", "(frozen=False)"):
        assert list(changeable(f"@dataclass{words}\nclass Cost:\n    additions: int\n")) == ["Cost"]
    assert positional("def rows(model, k, /, step): ...") == ["rows(k)", "rows(model)"]


# --------------------------------------------------------------------------------------------- independent oracles

COMMON = {"srtheory.errors", "srtheory.matrix", "srtheory.shown", "srtheory.span.field"}
ENGINES = {"sympy", "galois", "flint", "numba", "networkx"}


def reach(name, where):
    """Modules of srtheory that one imports, directly or not."""
    return {other for other in where.find_upstream_modules(name) if other.startswith("srtheory")}


@pytest.mark.parametrize(("oracle", "engine"), [("oracles", {"sympy", "galois"}), ("checker", set())])
def test_oracles_share_no_arithmetic_with_the_production_engine(oracle, engine):
    name = f"srtheory.span.{oracle}"
    assert reach(name, graph()) <= (COMMON if engine else {"srtheory.errors"})
    assert imported(name) & ENGINES == engine
    assert engine or imported(name) - {"srtheory"} <= sys.stdlib_module_names
    production = reach("srtheory.span.engine", graph())
    assert name not in production
    assert {f"srtheory.span.{part}" for part in ("sparse", "modular", "lifting")} <= production
    planted = deepcopy(graph())
    planted.add_import(importer="srtheory.errors", imported="srtheory.span.sparse")
    assert "srtheory.span.sparse" in reach(name, planted)


# ---------------------------------------------------------------------------------------------------- light imports

HEAVY = {
    *("numba", "sympy", "scipy", "matplotlib", "galois", "flint", "networkx", "hypothesis", "numpy", "pyarrow"),
    *("joblib", "distributed", "dask", "tqdm"),
}
FACES = ("schemes", "decoders", "span", "theory", "experiments", "conjectures", "render", "study", "workers", "cli")


def loaded(statement):
    """Names of the modules that a fresh interpreter has after a statement and had not before."""
    code = f"import sys\nbefore = set(sys.modules)\n{statement}\nprint(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("statement", "needed", "absent"),
    [
        ("import srtheory", {"srtheory"}, HEAVY | {"click"}),
        ("".join(f"import srtheory.{face};" for face in FACES), {f"srtheory.{face}" for face in FACES}, HEAVY),
        (  # stores, clusters, graphs and solvers are imported when used
            "from srtheory.experiments import exceptions, running; import srtheory.workers.execution",
            {"srtheory.span.obstruction", "srtheory.decoders.sums"},
            {"pyarrow", "joblib", "distributed", "networkx", "scipy"},
        ),
        (  # whether a law has quantiles is told without scipy
            "from srtheory.delays import parse_law; from srtheory.model import require_startup\n"
            "require_startup(parse_law('expon(scale=5)'))",
            {"srtheory.model"},
            {"scipy.stats"},
        ),
    ],
)
def test_what_is_heavy_is_imported_when_used(statement, needed, absent):
    names = loaded(statement)
    assert needed <= names
    assert not names & absent
    assert len(names) <= 3 or statement != "import srtheory"


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
    return loaded(command)


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
    assert {"numpy", "flint", "numba", "llvmlite"} <= loaded("import srtheory.theory.coverage, numba")
    assert "scipy" in loaded_by(THOUSAND.format("gamma(a=2)"), tmp_path)


# ------------------------------------------------------------------------------------------------------ busy machines


def test_hypothesis_does_not_look_at_the_clock():
    """Neither how long an example takes nor how long it takes to draw one."""
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check


def positional(module: str) -> list[str]:
    """Functions with a parameter that cannot be given by its name, those of a leading underscore left out."""
    found = [
        f"{node.name}({parameter.arg})"
        for node in ast.walk(ast.parse(module))
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        for parameter in node.args.posonlyargs
    ]
    return sorted(set(found))


def test_every_parameter_can_be_given_by_its_name() -> None:
    """But for a decorator's function, and a scheme whose own options may have any name."""
    found = {file: positional(file.read_text(encoding="utf-8")) for file in PACKAGE.rglob("*.py")}
    assert {str(file.relative_to(PACKAGE)): names for file, names in found.items() if names} == {
        "compiled.py": ["compiled(function)"],
        "conjectures/domains.py": ["receptions(scheme)"],
    }
