"""What a machine could change in the tests is set here.

Hypothesis draws the same examples on every run by default, fresh ones with ``--hypothesis-profile=fresh``. Matplotlib
keeps its list of fonts in a folder of this run: the user's own may be of another day's fonts (a process that outlives
its environment writes one without Matplotlib's own fonts), and their settings are not ours.
"""

import atexit
import os
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
