"""What those who keep and those who compute :mod:`srtheory.span.growing_form` agree on."""

from __future__ import annotations

from srtheory.span.elimination import LANE

TOGETHER = 8
"""Rows that are reduced at a time where more than one waits."""
ONES, NEW = LANE, LANE + 1
"""Of the rows in floating point the first are the waiting steps; then come 1 and the new rows."""
SPANS, DEPENDENT = 1, 2
"""What a look at new rows may find: 1 is spanned; one of them depends on those before."""
TAKEN, RANK, SETTLED, SPANNED, BEFORE, CORE, TERMS, WEIGHTED_TERMS, COLUMNS, HEAD = range(10)
"""The form's counters, before the groups' first columns and the pivots: rows taken, those of the first that are no
pivot's before the later ones; steps; steps in groups; rows taken when 1 was first spanned, or -1; rows that made the
triangle; how many of these are no pivot's; how many residues, times 1 or any other, are added up before they are
reduced; and all columns."""
