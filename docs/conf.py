"""Configuration of Sphinx, which builds the documentation: `make docs`."""

from __future__ import annotations

import gc
import re
import sys
from functools import cache
from inspect import isclass, isroutine
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import roles
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish
from sphinx.transforms.post_transforms import SphinxPostTransform

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
]
apidoc_modules = [
    {
        "path": "../srtheory",
        "destination": "api",
        "separate_modules": True,
        "module_first": True,
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
html_css_files = ["mathematics.css", "theorems.css"]
html_js_files = ["theorems.js"]
html_title = f"srtheory {release}"


gc.disable()  # a build keeps most of what it makes: to look for garbage in that takes its time


class NamesOfOthers(SphinxPostTransform):
    """Types of other packages stay words, since Sphinx would compare each with all documented names."""

    default_priority = 9  # before Sphinx resolves what is left

    def run(self, **_options: Any) -> None:
        """Remove references to names that are not ours, by the whole name or its end."""
        ours = endings(frozenset(self.env.domains.python_domain.objects))
        for node in list(self.document.findall(pending_xref)):
            python = node.get("refdomain") == "py" and not node.get("refwarn")
            if python and node["reftarget"].removesuffix("()") not in ours:
                node.replace_self([node[0]])


@cache
def endings(names: frozenset[str]) -> frozenset[str]:
    """Return all names, and their remainders after each dot."""
    parts = [name.split(".") for name in names]
    return frozenset(".".join(name[i:]) for name in parts for i in range(len(name)))


class English(SearchEnglish):
    """Stemmer of the search: words that pages share are stemmed once, not once for each page."""

    def __init__(self, options: dict[str, str]) -> None:
        super().__init__(options)
        self.stem = cache(super().stem)  # type: ignore[method-assign]


def leave_out_imports(app: Sphinx, what: str, name: str, of: Any, _skip: bool, _options: object) -> bool | None:
    """Leave out the names that a module imports for itself; Sphinx also omits them, but after reading the source."""
    here = app.env.current_document.autodoc_module
    imported = (isclass(of) or isroutine(of)) and getattr(of, "__module__", here) != here
    ours = () if isclass(of) else getattr(sys.modules[here], "__all__", ())  # a class has one page, that of its module
    return True if what == "module" and imported and name not in ours else None


def with_map(body: str) -> str:
    """Return a page in which the picture of the theorem map is a part, so that what a reader chooses stands out."""
    drawn = (Path(__file__).parent / "figure_theorems.svg").read_text(encoding="utf-8")
    drawn = re.sub(r'<a [^>]*?xlink:href="proofs/([^"]*)"[^>]*>', r'<a href="\1">', drawn[drawn.index("<svg") :])
    drawn = drawn.replace("proofs/", "")
    return re.sub(r"<object .*?</object>", lambda _: f'<div class="theorem-map">{drawn}</div>', body, flags=re.DOTALL)


def setup(app: Sphinx) -> None:
    """Escape bars in docstrings, which are no substitutions of reStructuredText, and shorten the side bars of pages.

    The side bar of a page shows its neighbours and the path to it: with all modules of the interface in each of
    hundreds of pages, most of the time of a build would go there. Of pages that are in no table of contents, those of
    sources, it differs by their depth only.
    """
    if not app.tags.has("without_sources"):
        app.setup_extension("sphinx.ext.viewcode")
    outside: dict[tuple[int, str], str] = {}

    def escape_bars(_app: Sphinx, _what: str, _name: str, _of: object, _options: object, lines: list[str]) -> None:
        lines[:] = [line if "``" in line else re.sub(r"(?<!\\)\|", r"\\|", line) for line in lines]

    def fold(app: Sphinx, page: str, _template: str, context: dict[str, Any], _doctree: nodes.document | None) -> None:
        everything = context["toctree"]
        if page == "proofs/theorems":
            context["body"] = with_map(context["body"])

        def near(**options: Any) -> str:
            if page in app.env.all_docs:
                return everything(**options | {"collapse": True})
            key = page.count("/"), repr(sorted(options.items()))
            if key not in outside:
                outside[key] = everything(**options | {"collapse": True})
            return outside[key]

        context["toctree"] = near

    app.add_post_transform(NamesOfOthers)
    app.add_search_language(English)
    app.connect("autodoc-process-docstring", escape_bars)
    app.connect("autodoc-skip-member", leave_out_imports)
    app.connect("html-page-context", fold, priority=400)  # before the theme asks for it
