"""Version of srtheory and its year, in a module without imports."""

__version__ = "0.1.0"
YEAR = 2026
