"""srtheory cite: BibTeX, and the same as JSON."""

from __future__ import annotations

import json

from srtheory import __version__
from srtheory.environment import lock_digest, versions
from tests.cli.conftest import Run


def test_bibtex(run: Run) -> None:
    done = run("cite")
    assert done.status == 0
    assert done.stdout.count("@") == 2
    assert done.stdout.count("{") == done.stdout.count("}")
    for words in (
        f"version = {{{__version__}}}",
        f"Lock file {lock_digest()}",
        "Mallick, Ankur and Joshi, Gauri",
        "2022",
    ):
        assert words in done.stdout
    assert all(f"{name} {number}" in done.stdout for name, number in versions().items())


def test_json(run: Run) -> None:
    found = json.loads(run("cite", "--json").stdout)
    assert found["software"]["version"] == __version__
    assert found["lock"] == lock_digest()
    assert found["versions"] == versions()
    assert found["paper"]["year"] == "2022"
