"""The version of srtheory, for all who state it; nothing else is imported for it."""

__version__ = "0.1.0"
