"""Attacks on the package by judges of their own: each part in a short form, and, marked ``attack``, in a long one.

A part is a module that tries things and returns a :class:`tests.attack.report.Tally`, and a module of tests that runs
it: a short form with every run of the tests, a long form with ``make attack``, which keeps its tally in data/attack and
writes docs/reliability.md anew from there.
"""
