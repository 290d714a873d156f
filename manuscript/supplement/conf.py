"""Configuration of Sphinx for the supplement of the manuscript: docs/ as one PDF, `make supplement`."""

from __future__ import annotations

import re

from docutils import nodes
from docutils.parsers.rst import roles
from sphinx.application import Sphinx

from srtheory import __version__

project = "srtheory: theory, proofs and measurements"
author = "The srtheory developers"
copyright = author
release = version = __version__

extensions = ["myst_parser"]
myst_heading_anchors = 3
myst_enable_extensions = ["dollarmath"]
myst_dmath_allow_space = False

roles.register_generic_role("coq", nodes.literal)  # a theorem of proofs/, by module and name

exclude_patterns = ["quoted", "_static", "api"]  # `make docs` writes api
latex_engine = "xelatex"  # names and terms of the pages are in Unicode
latex_documents = [("index", "supplement.tex", project, author, "howto")]
latex_toplevel_sectioning = "section"
latex_elements = {
    "papersize": "a4paper",
    "extraclassoptions": "oneside",
    # Headings have numbers of their own; \lt and \gt are MathJax's names; lines may end in a name or be loose; tables
    # are wide, and names in them may end a line, too.
    "preamble": r"\setcounter{secnumdepth}{0}\newcommand{\lt}{<}\newcommand{\gt}{>}"
    r"\let\underscorechar\_\renewcommand{\_}{\underscorechar\allowbreak}\emergencystretch=4em"
    r"\usepackage{etoolbox}\newcommand{\intable}{\footnotesize\def\sphinxhyphenininlineliteral##1{-\allowbreak}}"
    r"\AtBeginEnvironment{tabulary}{\intable}\AtBeginEnvironment{longtable}{\intable}"
    r"\setlength{\tabcolsep}{4pt}",
}
MOST_ROWS = 12
"""Rows of a table that is not broken over pages: more of them, each of several lines, may be higher than a page."""


def without_interface(app: Sphinx, page: str, source: list[str]) -> None:
    """Leave the reference of the Python interface out of the front page; it is not part of the document."""
    if page == "index":
        source[0] = re.sub(r"^.*<api/modules>\n", "", source[0], flags=re.MULTILINE)
        source[0] = source[0].replace("[Python interface](api/modules.rst)", "Python interface")


def without_animations(app: Sphinx, doctree: nodes.document) -> None:
    """Leave out animated images, which a PDF cannot show."""
    for image in list(doctree.findall(nodes.image)):
        if image["uri"].endswith(".gif"):
            image.parent.remove(image)


def over_pages(app: Sphinx, doctree: nodes.document) -> None:
    """Let LaTeX break long tables over pages."""
    for table in doctree.findall(nodes.table):
        if len(list(table.findall(nodes.row))) > MOST_ROWS:
            table["classes"].append("longtable")


def setup(app: Sphinx) -> None:
    """Connect all."""
    app.connect("source-read", without_interface)
    app.connect("doctree-read", without_animations)
    app.connect("doctree-read", over_pages)
