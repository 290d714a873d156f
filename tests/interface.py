"""The interface that users rely on: the options of all commands, and the parameters of what srtheory exports.

data/interface.json has their names, default values, types and ranges, and no words of the help.  A change of them
should be one on purpose: ``python -m tests.record interface`` records it.
"""

from __future__ import annotations

import enum
import inspect
import json
from collections.abc import Iterator, Mapping
from typing import Any

import click

import srtheory
from srtheory.cli import VERBS
from srtheory.cli import srtheory as group
from tests.record import ROOT

FILE = ROOT / "data" / "interface.json"
USUAL = {"required": False, "nargs": 1, "multiple": False, "count": False, "default": None, "is_eager": False}
"""Attributes of an option, besides its names and type, and their usual values."""


def command(name: str) -> dict[str, str]:
    """The options and arguments of a command, by their names in Python."""
    found = group.get_command(click.Context(group), name)
    assert found is not None
    return {str(each.name): _option(each) for each in found.params}


def _option(parameter: click.Parameter) -> str:
    described: Mapping[str, Any] = parameter.type.to_info_dict()
    of_type = [f"{key} {described[key]!r}" for key in ("choices", "min", "max") if described.get(key) is not None]
    of_type += [key for key, value in described.items() if value is True]
    values = {key: getattr(parameter, key) for key in USUAL if hasattr(parameter, key)}
    rules = [f"{key} {_shown(value)}" for key, value in values.items() if value is not USUAL[key] and not _unset(value)]
    return ", ".join([*parameter.opts, *parameter.secondary_opts, parameter.type.name, *of_type, *rules])


def _unset(value: object) -> bool:
    """Whether it is click's own word for no default value, or the one that it gives to a flag."""
    return value is False or "Sentinel" in repr(value)


def _shown(value: object) -> str:
    """A value in words; of a function its name, and of an object that has no words its class."""
    name = getattr(value, "__qualname__", None)
    said = repr(value)
    return name or (type(value).__name__ if " at 0x" in said else said)


def exported(name: str) -> dict[str, str]:
    """The parameters of a function or class, and of its public methods; the value of anything else."""
    value = getattr(srtheory, name)
    if inspect.isclass(value) and issubclass(value, enum.Enum):
        return {name: ", ".join(f"{each.name} {each.value!r}" for each in value)}
    if not callable(value):
        return {name: repr(value)}
    methods = {key: each for key, each in vars(value).items() if inspect.isfunction(each) and key[0] != "_"}
    called = {f"{name}.{key}": each for key, each in methods.items()} if inspect.isclass(value) else {}
    return {key: _parameters(each) for key, each in ({name: value} | called).items()}


def _parameters(function: Any) -> str:
    """The signature without annotations; the names of attributes that are nobody's business are left out."""
    signature = inspect.signature(function)
    kept = [
        each.replace(annotation=each.empty, default=each.empty if each.default is each.empty else _Word(each.default))
        for each in signature.parameters.values()
        if each.name[0] != "_"
    ]
    return str(signature.replace(parameters=kept, return_annotation=signature.empty))


class _Word:
    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        return _shown(self.value)


def interface() -> dict[str, dict[str, dict[str, str]]]:
    """All of it."""
    return {"commands": {name: command(name) for name in VERBS}, "exported": {n: exported(n) for n in srtheory.__all__}}


def differences(found: Any, known: Any, place: str = "") -> Iterator[str]:
    """Where two descriptions differ."""
    if isinstance(found, dict) and isinstance(known, dict):
        for key in {**known, **found}:
            yield from differences(found.get(key, "absent"), known.get(key, "absent"), f"{place} {key}".lstrip())
    elif found != known:
        yield f"{place}: {found}; on record: {known}"


def recorded() -> Any:
    """What is on record."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def write() -> None:
    """Record what there is."""
    FILE.write_text(json.dumps(interface(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
