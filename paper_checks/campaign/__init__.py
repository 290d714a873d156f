"""The hitting-time law M' = max(m, CC) over decades of m: a plan, its trials, and two tables of results.

``python -m paper_checks.campaign --out data/hitting_time`` writes ``cells.csv``, one line for each set of
parameters, and ``exceptions.csv``, one line for each exception.
"""
