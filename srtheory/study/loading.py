"""Studies by name: a file, a folder, a module, or what an installed package offers."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from srtheory.errors import ArgumentError
from srtheory.own_code import SEPARATOR, blamed, import_file, offered, one_offered, prints_to_stderr, told_with_line
from srtheory.study.findings import DEFAULT
from srtheory.study.study import CREATED, Study

GROUP = "srtheory.studies"
"""Entry points under which packages offer studies: the name, and ``module:study``."""
ATTRIBUTE = "study"
IN_FOLDER = ("study.py", "claims.py")
"""Files of a folder without ``__init__.py`` that may hold its study."""


def default_folder() -> Path:
    """Return the folder of the default study; nothing of it is imported."""
    spec = find_spec(DEFAULT)
    assert spec is not None
    return Path(str(spec.origin)).parent


def split(text: str) -> tuple[str | None, str]:
    """Return the study and the name in ``MINE::NAME``, or None for the study if the text is a name alone."""
    mine, separator, name = text.rpartition(SEPARATOR)
    return (mine, name) if separator else (None, text)


def load(text: str | None = None) -> Study:
    """Return a study, by default that of this package; its code is imported, and so run.

    ``text`` is a Python file, a folder, a module, or the name that an installed package offers under the entry point
    ``srtheory.studies``. In a folder with ``__init__.py``, the study is in that package, or in its module ``study`` or
    ``claims``; in another, in its study.py or claims.py.
    """
    if text is None:
        return _study(import_module(DEFAULT), DEFAULT)
    path, before = Path(text), len(CREATED)

    def refusal(error: BaseException) -> ArgumentError:
        return ArgumentError("study", text, f"a study that can be imported ({told_with_line(error, path)})")

    with blamed(refusal, ArgumentError), prints_to_stderr():
        if path.suffix == ".py" and path.is_file():
            module = import_file(path, "study", text).module
        elif path.is_dir() and path.suffix != ".py":
            module = _folder(path, text)
        elif path.suffix == ".py" or "/" in text:
            raise ArgumentError("study", text, "a Python file, a folder or a module that exists")
        else:
            module = _module(text)
        study = _study(module, text)
        study.highlights  # noqa: B018 (its modules are imported, whose errors are told here)
    ours = getattr(sys.modules.get(DEFAULT), ATTRIBUTE, None)  # srtheory.PAPER, which a study may use, comes from there
    if others := [other.title for other in CREATED[before:] if other not in (study, ours)]:
        raise ArgumentError("study", text, f"a study that imports no other; its code makes '{others[0]}', too")
    return study


def _folder(path: Path, text: str) -> ModuleType:
    if (path / "__init__.py").exists():
        place = path.resolve()
        known = sys.modules.get(place.name)
        if known is not None and place / "__init__.py" != Path(known.__file__ or "").resolve():
            raise ArgumentError("study", text, f"a folder of another name: a module '{place.name}' is imported already")
        if str(place.parent) not in sys.path:
            sys.path.insert(0, str(place.parent))
        package = import_module(place.name)
        for name in IN_FOLDER:  # its module, once imported, is an attribute, too
            if isinstance(getattr(package, ATTRIBUTE, None), ModuleType | None) and (path / name).exists():
                return import_module(f"{place.name}.{Path(name).stem}")
        return package
    for name in IN_FOLDER:
        if (path / name).exists():
            return import_file(path / name, "study", text).module
    raise ArgumentError("study", text, f"a folder with __init__.py, {' or '.join(IN_FOLDER)}")


def _module(text: str) -> ModuleType:
    point = one_offered(text, "study", GROUP)
    if point is not None:
        return import_module(point.module)
    parts = text.split(".")
    if os.getcwd() not in sys.path:  # a console script does not look there
        sys.path.append(os.getcwd())
    if not all(part.isidentifier() for part in parts) or find_spec(parts[0]) is None:
        names = ", ".join(sorted(offered(GROUP)))
        expected = "a Python file, a folder, a module, or a study that is installed" + (f" ({names})" if names else "")
        raise ArgumentError("study", text, expected)
    return import_module(text)


def _study(module: ModuleType, text: str) -> Study:
    found = getattr(module, ATTRIBUTE, None)
    if not isinstance(found, Study):
        raise ArgumentError("study", text, "code with a line 'study = Study(...)'")
    return found
