"""Figures and tables of our study of the paper, by name."""

from functools import partial

from paper_checks import study
from srtheory.study import making

drawing = partial(making.drawing, study)
animation = partial(making.animation, study)
build = partial(making.table, study)
