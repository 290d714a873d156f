"""How Sphinx builds the documentation: `make docs`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import roles
from sphinx.application import Sphinx

from srtheory import __version__

sys.path.insert(0, str(Path(__file__).parent.parent))  # paper_checks, for a build from the sources alone

project = "srtheory"
author = "The srtheory developers"
copyright = author
release = version = __version__

extensions = [
    "myst_parser",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",  # copies MathJax next to the pages and has them load it from there
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.apidoc",
    "sphinx.ext.viewcode",
]
apidoc_modules = [
    {
        "path": "../srtheory",
        "destination": "api",
        "separate_modules": True,
        "module_first": True,
        "exclude_patterns": ["../srtheory/report/*/templates/*"],
    }
]
autodoc_default_options = {"members": True, "undoc-members": False, "member-order": "bysource"}
autodoc_typehints = "description"
autodoc_use_type_comments = False  # there are none, and to look for them takes its time
napoleon_numpy_docstring = True
napoleon_google_docstring = False
napoleon_use_ivar = True
myst_heading_anchors = 3
myst_enable_extensions = ["dollarmath"]
myst_dmath_allow_space = False  # as on GitHub
suppress_warnings = ["ref.python"]  # several classes have an attribute "rows"; a type's name tells nobody which

roles.register_generic_role("coq", nodes.literal)  # a theorem of proofs/, by module and name

html_theme = "furo"
html_static_path = ["_static"]
html_extra_path = ["figure_theorems.svg", "figure_theorems.png"]  # theorems.md shows it as an object, with its links
html_css_files = ["mathematics.css"]
html_title = f"srtheory {release}"


def setup(app: Sphinx) -> None:
    """Bars in docstrings are absolute values and set builders, not the substitutions of reStructuredText.

    The side bar of a page has the pages beside it and the way to it: with all modules of the interface in each of
    hundreds of pages, most of the time of a build would go there.
    """

    def escape_bars(_app: Sphinx, _what: str, _name: str, _of: object, _options: object, lines: list[str]) -> None:
        lines[:] = [line if "``" in line else re.sub(r"(?<!\\)\|", r"\\|", line) for line in lines]

    def fold(
        _app: Sphinx, _page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None
    ) -> None:
        everything = context["toctree"]
        context["toctree"] = lambda **options: everything(**options | {"collapse": True})

    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("html-page-context", fold, priority=400)  # before the theme asks for it
