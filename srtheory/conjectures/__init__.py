"""Conjectures about sum-recovery: state one, hunt its smallest counterexample (see ``docs/conjectures.md``)."""
