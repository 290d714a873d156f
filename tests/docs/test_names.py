"""What pages name in code exists: tests on every page, and functions where a page is about them."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

from srtheory.decoders import ENTRIES as DECODERS
from srtheory.schemes import SCHEME_NAMES
from tests.docs.test_mathematics import TEXTS

FILES = Path(__file__).parents[1].rglob("test_*.py")
TESTS = {name for path in FILES for name in re.findall(r"def (test_\w+)", path.read_text(encoding="utf-8"))}
PACKAGES = ("paper_checks.theory", "srtheory.theory", "srtheory.decoders", "srtheory.schemes")


def known(package: str) -> set[str]:
    """The names of a package's modules and of what is in them."""
    home = import_module(package)
    modules = [name for _, name, _ in walk_packages(home.__path__, f"{package}.")]
    return {name.rpartition(".")[2] for name in modules}.union(*(vars(import_module(name)) for name in modules))


@pytest.mark.parametrize("page", TEXTS)
def test_every_test_that_is_named_exists(page: str) -> None:
    named = set(re.findall(r"`(test_\w+)`", TEXTS[page]))
    assert named - TESTS - set(re.findall(r"^def (test_\w+)", TEXTS[page], re.MULTILINE)) == set()


@pytest.mark.parametrize(("page", "least"), [("theory", 40), ("intervals", 5)])
def test_every_function_that_is_named_exists(page: str, least: int) -> None:
    text = re.sub(r"\{coq\}`[^`]*`", "", TEXTS[page])  # theorems of proofs/: tests/proofs/test_tags.py
    named = set(re.findall(r"`(?:srtheory\.)?(?:\w+\.)*(\w+)`", text)) - TESTS - {*SCHEME_NAMES, *DECODERS, "nnz"}
    assert len(named) >= least
    assert named.difference(*map(known, PACKAGES)) == set()
