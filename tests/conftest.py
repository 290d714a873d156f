"""Hypothesis: the same examples on every run by default, fresh ones with ``--hypothesis-profile=fresh``."""

from hypothesis import HealthCheck, settings

_ANY_SPEED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # the machine may be busy
settings.register_profile("steady", derandomize=True, **_ANY_SPEED)
settings.register_profile("fresh", **_ANY_SPEED)
settings.load_profile("steady")
