"""What a machine could change in the tests is set here.

Hypothesis draws the same examples on every run by default, fresh ones with ``--hypothesis-profile=fresh``. Matplotlib
keeps its list of fonts in a folder of this run: the user's own may be of another day's fonts (a process that outlives
its environment writes one without Matplotlib's own), and their settings are not ours. What a shell starts in the
background ignores interrupts, and so would the programs whose interruption is tested.
"""

import atexit
import os
import signal
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, settings

_ANY_SPEED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # the machine may be busy
settings.register_profile("steady", derandomize=True, **_ANY_SPEED)
settings.register_profile("fresh", **_ANY_SPEED)
settings.load_profile("steady")

if "PYTEST_XDIST_WORKER" not in os.environ:  # the workers inherit it
    _FONTS = TemporaryDirectory(prefix="srtheory-matplotlib-")
    atexit.register(_FONTS.cleanup)
    os.environ["MPLCONFIGDIR"] = _FONTS.name

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
