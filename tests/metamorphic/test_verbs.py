"""Verbs that get files: other spellings, units, names of symbols and forms of a file change nothing that they say."""

from __future__ import annotations

import json

import numpy as np
import pytest

from srtheory.rows import Rows
from srtheory.written_law import WrittenLaw
from tests.cli.conftest import Run, run  # noqa: F401
from tests.metamorphic.test_units import is_time, numbers, rounded_latency

# --------------------------------------------------------------------------------------------------------------- sweep

SPEC = """
trials = 6
seed = 1
[[tasks]]
scheme = "sr"
symbols = 8
degree = {degrees}
tau = {tau}
startup = "{startup}"
message_cost = {cost}
[[tasks]]
scheme = "parts-cyclic"
symbols = 8
degree = 2
tau = {tau}
startup = "{startup}"
"""
PLAIN = {"degrees": "[2, 3]", "tau": "2.0", "startup": "expon(scale=4.0)", "cost": "1.0"}
SPELLINGS = (
    PLAIN | {"tau": "2", "startup": "expon(scale=4)", "cost": "1"},
    PLAIN | {"tau": "2e0", "startup": "expon(0, .4e1)", "cost": "10e-1"},
    PLAIN | {"tau": "+2.000", "startup": "expon(scale=4.)", "cost": "1.0"},
)


def swept(run, folder, *options, **given):  # noqa: F811
    """What a sweep prints, line by line."""
    path = folder / "sweep.toml"
    path.write_text(SPEC.format(**given))
    done = run("sweep", str(path), "--json", *options)
    assert done.status == 0, done.stderr
    return [json.loads(line) | {"startup": None} for line in done.stdout.splitlines()]


def sweeps_of_another_spelling(run, folder):  # noqa: F811
    right = swept(run, folder, **PLAIN)
    return [spelling for spelling in SPELLINGS if swept(run, folder, **spelling) != right]


def sweep_in_another_unit(run, folder, power):  # noqa: F811
    unit = 2.0**power
    there = {name: repr(float(PLAIN[name]) * unit) for name in ("tau", "cost")}
    there["startup"] = f"expon(scale={4 * unit!r})"
    lines = zip(swept(run, folder, **PLAIN), swept(run, folder, **PLAIN | there), strict=True)
    return [
        key
        for one, other in (map(dict, map(numbers, pair)) for pair in lines)
        for key, value in one.items()
        if other[key] != (value * unit if is_time("sweep", key) and value is not None else value)
    ]


def test_a_sweep_knows_no_spelling(run: Run, tmp_path):  # noqa: F811
    assert sweeps_of_another_spelling(run, tmp_path) == []


def test_a_sweep_knows_no_unit(run: Run, tmp_path):  # noqa: F811
    assert sweep_in_another_unit(run, tmp_path, -9) == []


def test_a_list_of_degrees_is_one_sweep_after_the_other(run: Run, tmp_path):  # noqa: F811
    """Degree by degree, and with fewer trials found in the store of more."""
    both = swept(run, tmp_path, **PLAIN)
    store = ["--store", str(tmp_path / "store")]
    for degree, line in zip("23", both, strict=False):
        assert swept(run, tmp_path, *store, **PLAIN | {"degrees": degree})[0] == line
    swept(run, tmp_path, *store, "--trials", "9", **PLAIN)
    assert swept(run, tmp_path, *store, **PLAIN) == both


# ---------------------------------------------------------------------------------------------------------------- span


def matrices():
    """Few rows, of weights 1 or others, with and without the sum."""
    for seed in range(4):
        rng = np.random.default_rng(seed)
        met = rng.random((int(rng.integers(4, 9)), 5)) < 0.5
        yield met * (rng.integers(-2, 3, met.shape) if seed % 2 else 1)


WRITTEN = {
    "json": lambda rows: json.dumps(
        {"columns": rows.shape[1], "rows": [np.flatnonzero(row).tolist() for row in rows]}
        | {"values": [row[row != 0].tolist() for row in rows]}
    ),
    "csv": lambda rows: "\n".join(",".join(map(str, row)) for row in rows.tolist()) + "\n",
    "mtx": lambda rows: "\n".join(
        ["%%MatrixMarket matrix coordinate integer general", "{} {} {}".format(*rows.shape, np.count_nonzero(rows))]
        + [f"{i + 1} {j + 1} {rows[i, j]}" for i, j in np.argwhere(rows)]
    ),
}


def verdict(run, folder, rows, field="Q", form="json"):  # noqa: F811
    path = folder / f"rows.{form}"
    path.write_text(WRITTEN[form](rows))
    done = run("span", str(path), "--json", "--field", field)
    assert done.status in (0, 1), done.stderr
    return json.loads(done.stdout) | {"argument": None}


def verdicts_of_others(run, folder):  # noqa: F811
    """Matrices and fields of which another verdict is told in another form, for symbols renamed, or scaled rows."""
    wrong = []
    for number, rows in enumerate(matrices()):
        names = np.random.default_rng(number).permutation(rows.shape[1])
        for field in ("Q", "GF(3)"):
            right = verdict(run, folder, rows, field)
            others = [verdict(run, folder, rows, field, form) for form in ("csv", "mtx")]
            others += [verdict(run, folder, rows[:, names], field), verdict(run, folder, -2 * rows, field)]
            wrong += [(number, field)] * (others != [right] * len(others))
    return wrong


def test_a_verdict_knows_neither_names_nor_forms(run: Run, tmp_path):  # noqa: F811
    assert verdicts_of_others(run, tmp_path) == []


# ---------------------------------------------------------------------------------------------------------------- hunt

CONJECTURES = """
from dataclasses import replace

from srtheory.conjectures.case import Case, covered, spans
from srtheory.conjectures.domains import rows
from srtheory.conjectures.registry import conjecture


def holds(case):
    return spans(case) if covered(case) else None


def renamed(case, name):
    return replace(case, masks=tuple(sum(1 << name(i) for i in row) for row in case.sets))


@conjecture("As it is.", rows())
def plain(case: Case) -> bool | None:
    return holds(case)


@conjecture("The symbols in the other order.", rows())
def backwards(case: Case) -> bool | None:
    return holds(renamed(case, lambda i: case.symbols - 1 - i))


@conjecture("The last row first.", rows())
def reordered(case: Case) -> bool | None:
    return holds(replace(case, masks=case.masks[::-1]))


@conjecture("The first row is left out.", rows())
def shortened(case: Case) -> bool | None:
    return holds(replace(case, masks=case.masks[1:]))
"""


def hunted(run, folder, name, *options):  # noqa: F811
    """What was searched, and the smallest counterexample."""
    path = folder / "mine.py"
    path.write_text(CONJECTURES)
    done = run("hunt", f"{path}::{name}", "--json", "--budget", "60", *options)
    assert done.status in (0, 1), done.stderr
    found = json.loads(done.stdout)
    return {key: found[key] for key in ("found", "counterexample", "smallest", "searched")}


def test_a_hunt_knows_neither_names_nor_the_order_of_rows(run: Run, tmp_path):  # noqa: F811
    right = hunted(run, tmp_path, "plain")
    assert right["found"]
    for name, options in (("backwards", ()), ("reordered", ()), ("plain", ("--max-symbols", "4", "--seed", "7"))):
        assert hunted(run, tmp_path, name, *options) == right


# --------------------------------------------------------------------------------------------------- planted mistakes


@pytest.mark.quality
def test_a_spelling_in_a_sweep_is_seen(run: Run, tmp_path, monkeypatch):  # noqa: F811
    usual = WrittenLaw.rvs
    monkeypatch.setattr(WrittenLaw, "rvs", lambda law, *given, **more: usual(law, *given, **more) * (1 + len(law.args)))
    assert sweeps_of_another_spelling(run, tmp_path) == [SPELLINGS[1]]


@pytest.mark.quality
def test_a_unit_in_a_sweep_is_seen(run: Run, tmp_path, monkeypatch):  # noqa: F811
    rounded_latency(monkeypatch)
    assert sweep_in_another_unit(run, tmp_path, -9)


@pytest.mark.quality
def test_a_name_in_a_verdict_is_seen(run: Run, tmp_path, monkeypatch):  # noqa: F811
    """Rows that lose their last symbol."""
    usual = Rows.__post_init__

    def post_init(rows):
        usual(rows)
        if rows.values is not None:
            object.__setattr__(rows, "values", np.where(rows.indices == rows.columns - 1, 1, rows.values))

    monkeypatch.setattr(Rows, "__post_init__", post_init)
    assert verdicts_of_others(run, tmp_path)


@pytest.mark.quality
def test_a_predicate_that_is_another_is_seen(run: Run, tmp_path):  # noqa: F811
    assert hunted(run, tmp_path, "shortened") != hunted(run, tmp_path, "plain")
