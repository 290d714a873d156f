"""What a machine could change in the tests is set here.

Hypothesis draws the same examples on every run by default, fresh ones with ``--hypothesis-profile=fresh``. Matplotlib
keeps its list of fonts in a folder of this run: the user's own may be of another day's fonts (a process that outlives
its environment writes one without Matplotlib's own), and their settings are not ours. What a shell starts in the
background ignores interrupts, and so would the programs whose interruption is tested.

jsonschema, which notebooks are read with, compiles a grammar of internationalised addresses when it is imported, where
one is installed: seconds in every process, for a format that no schema here has.

Dask's servers look after themselves many times a second, which here nobody reads.

What has been imported and collected stays to the end.  To look through it for garbage took an eighth of the time, and
seconds more when an interpreter ends.
"""

import atexit
import gc
import os
import signal
import sys
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings

_ANY_SPEED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # the machine may be busy
settings.register_profile("steady", derandomize=True, **_ANY_SPEED)
settings.register_profile("fresh", **_ANY_SPEED)
settings.load_profile("steady")

if "PYTEST_XDIST_WORKER" not in os.environ:  # the workers inherit it
    _FONTS = TemporaryDirectory(prefix="srtheory-matplotlib-")
    atexit.register(_FONTS.cleanup)
    os.environ["MPLCONFIGDIR"] = _FONTS.name

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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Long forms take many minutes: they run only where their mark is asked for."""
    if "attack" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("attack")])
        items[:] = [item for item in items if not item.get_closest_marker("attack")]


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
