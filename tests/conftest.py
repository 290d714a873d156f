"""What a machine could change in the tests is set here.

Hypothesis draws the same examples on every run by default, fresh ones with ``--hypothesis-profile=fresh``. Matplotlib
keeps its list of fonts in a folder of this environment: a user's may be of other fonts, and to make one takes seconds.
What a shell starts in the background ignores interrupts, and so would programs whose interruption is tested. jsonschema
would compile a grammar of internationalised addresses in every process. Dask's servers look after themselves many times
a second, which nobody reads. What has been imported and collected stays: to look through it for garbage takes long.
"""

import atexit
import gc
import json
import os
import signal
import sys
from collections import defaultdict
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
_ANY_SPEED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # the machine may be busy
settings.register_profile("steady", derandomize=True, **_ANY_SPEED)
settings.register_profile("fresh", **_ANY_SPEED)
settings.load_profile("steady")

os.environ["MPLCONFIGDIR"] = str(Path(sys.prefix) / "matplotlib")

for _setting, _value in {
    "ADMIN__SYSTEM_MONITOR__INTERVAL": "1h",
    "ADMIN__TICK__INTERVAL": "1s",
    "WORKER__MEMORY__MONITOR_INTERVAL": "10s",
    "WORKER__PROFILE__ENABLED": "False",
}.items():
    os.environ.setdefault(f"DASK_DISTRIBUTED__{_setting}", _value)  # processes that tests start inherit it

sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # as if it were not installed

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

gc.set_threshold(20_000, 10, 10)
atexit.register(gc.freeze)  # after pytest has looked for what was left open


SHARES = {
    2: """
        cli/test_pages_docs conjectures/test_kept conjectures/test_shipped contracts/test_studies docs/test_numbers
        docs/test_tables_docs explore/test_page manuscript/test_statements paper_checks/claims/test_claims
        theory/test_spanning
    """,
    3: """
        cli/test_check cli/test_laws cli/test_own_code cli/test_simulate conjectures/test_expected
        conjectures/test_span_given_counts conjectures/test_tables decoders/test_intervals_docs decoders/test_sums
        metamorphic/test_relations paper_checks/figures/test_numbers paper_checks/records/test_decoding
        paper_checks/test_real_sums render/test_styles schemes/test_families span/test_elimination span/test_krylov
        span/test_prefix study/test_asked test_own_code theory/test_baseline_laws theory/test_both_ends
        theory/test_collection_laws theory/test_floor theory/test_given_counts theory/test_other_laws
        theory/test_peeling theory/test_roots_of_unity theory/test_streaming_laws theory/test_thresholds
    """,
}
"""Of the tests of these files one case in so many runs every time, and all with ``make everything``."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long forms take many minutes: they run only where their mark is asked for."""
    if "attack" not in config.option.markexpr:
        left_out = {item for item in items if item.get_closest_marker("attack")} | beyond_shares(items)
        config.hook.pytest_deselected(items=[item for item in items if item in left_out])
        items[:] = [item for item in items if item not in left_out]


def beyond_shares(items: list[pytest.Item]) -> set[pytest.Item]:
    """Cases beyond the share of their test, by its mark or file, drawn by their names; those that see faults stay."""
    faults = json.loads((ROOT / "data/faults.json").read_text(encoding="utf-8"))["mutants"]
    kept = {fault["by"] for fault in faults}
    of_file = {f"tests/{file}.py": n for n, files in SHARES.items() for file in files.split()}
    cases = defaultdict(list)
    for item in items:
        test, mark = item.nodeid.partition("[")[0], item.get_closest_marker("share")
        cases[test, mark.args[0] if mark else of_file.get(test.partition("::")[0], 1)].append(item)
    return {
        item
        for (_, n), its in cases.items()
        for item in sorted(its, key=lambda item: crc32(item.nodeid.encode()))[-(-len(its) // n) :]
        if item.nodeid not in kept
    }


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_sessionfinish() -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:  # nobody hears of what pytest, looking ten times, finds in them now
        gc.freeze()


@pytest.fixture
def cheap_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bitmaps no finer than the figures' own layout, and fonts that are embedded letter by letter."""
    from matplotlib import rcParamsDefault

    from srtheory.render import style

    monkeypatch.setattr(style, "DPI", rcParamsDefault["figure.dpi"])
    monkeypatch.setattr(style, "STYLE", style.STYLE | {"pdf.fonttype": rcParamsDefault["pdf.fonttype"]})
