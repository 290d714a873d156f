"""Conjectures about sum-recovery: definition and search for the smallest counterexample (``docs/conjectures.md``)."""
