"""Hypothesis: the same examples on every run by default, fresh ones with ``--hypothesis-profile=fresh``."""

from hypothesis import settings

settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("fresh", deadline=None)
settings.load_profile("steady")
