"""The class from which users' schemes derive, by the name that their files import (docs/own_code.md)."""

from srtheory.schemes.own import ByWorker

__all__ = ["ByWorker"]
