"""User code: classes from a Python file or from another package's entry points, and a digest of their source.

Naming a file runs it: the file is imported, as pytest imports a test file, with its folder first on ``sys.path``. The
code that runs is exactly the code that was digested. The bytes are read once, cached bytecode is ignored, and modules
imported from the same folder are read and digested with the file.

Objects of such classes go to other processes and machines as the name of their file, its digest and their fields. There
the file is imported from its path again, and a file with another content is rejected.
"""

from __future__ import annotations

import ast
import copyreg
import hashlib
import linecache
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, redirect_stdout, suppress
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from functools import lru_cache
from importlib.abc import ExecutionLoader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import decode_source, module_from_spec, spec_from_loader
from pathlib import Path
from traceback import TracebackException, walk_tb
from types import FrameType, ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from srtheory.errors import ArgumentError, shortened

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

MAX_SOURCE_BYTES = 1 << 20
"""Largest number of bytes of a file."""
_MOST_FILES = 2000
_LONGEST_ERROR = 1000
"""Largest number of characters of an error; Dask sends no error of more than 10^4 as it is."""
SEPARATOR = "::"
"""Separator between a file and a name in it."""


class Unblamed(BaseException):
    """Exception that passes through user code from elsewhere, for instance at a time limit."""


UNBLAMED = (KeyboardInterrupt, Unblamed)
"""Exceptions not attributed to user code. All others are reported in a line: sys.exit does not end the command."""


@contextmanager
def prints_to_stderr() -> Iterator[TextIO]:
    """Redirect the output of user code to stderr in the block; the stdout that is given is for data.

    The current directory is afterwards what it was. A process that user code forks ends with the block, since the work
    that follows is that of its parent.
    """
    stdout, here, folder = sys.stdout, os.getpid(), os.open(".", getattr(os, "O_PATH", os.O_RDONLY))
    try:
        with redirect_stdout(sys.stderr):
            yield stdout
    finally:
        if os.getpid() != here:
            os._exit(0)
        with suppress(OSError):  # user code closed it
            os.fchdir(folder)
            os.close(folder)


def told(error: BaseException) -> str:
    """Return the exception of user code in one short line, whatever its class does when it is asked."""
    name = type.__dict__["__name__"].__get__(type(error))  # its class may override it
    text = str(TracebackException.from_exception(error, limit=0))  # even where its text raises
    return shortened(" ".join((f"{name}: {text}" if text else name).split()), _LONGEST_ERROR)


def told_with_line(error: BaseException, folder: Path | None = None) -> str:
    """Return the same, with the last line of a user's file that was executed, or else of a file in ``folder``."""
    ours = _files() | set(map(str, _BEING_IMPORTED))
    at = [(Path(frame.f_code.co_filename), line) for frame, line in walk_tb(error.__traceback__)]
    known = [place for place in at if str(place[0]) in ours]
    if folder is not None and not known:
        known = [place for place in at if place[0].is_relative_to(folder.resolve())]
    return told(error) + (f" at {known[-1][0].name}, line {known[-1][1]}" if known else "")


class blamed(AbstractContextManager[None]):  # noqa: N801  (a context, called like a function)
    """Raise, for what a user's code raises meanwhile, the error that ``refusal`` makes of it.

    Those of :data:`UNBLAMED` and of ``passing`` go through as they are.
    """

    def __init__(self, refusal: Callable[[BaseException], Exception], *passing: type[BaseException]) -> None:
        self._refusal, self._passing = refusal, (*passing, *UNBLAMED)

    def __exit__(self, kind: type | None, error: BaseException | None, where: TracebackType | None) -> None:
        if kind is not None and error is not None and not issubclass(kind, self._passing):  # its type, not its word
            raise self._refusal(error) from None


def runs_own(frame: FrameType | None) -> bool:
    """Return whether this frame, or one that called it, is of a user's file."""
    ours = _files()
    while frame is not None:
        if frame.f_code.co_filename in ours:
            return True
        frame = frame.f_back
    return False


def _files() -> set[str]:
    """Return the imported user files, and the files in their folders."""
    return {str(source.path) for source in _BESIDE.sources.values()} | {str(own.path) for own in _IMPORTED.values()}


# --------------------------------------------------------------------------------------------------------- the files


@dataclass(frozen=True)
class _Source(ExecutionLoader):
    """Loader of a module from bytes that have been read, and from nothing else."""

    path: Path
    data: bytes

    def tree(self) -> ast.Module:
        """Return the syntax tree; Python's warnings are deferred to the import of the module."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(self.data)

    def get_filename(self, fullname: str) -> str:
        """See :class:`importlib.abc.ExecutionLoader`."""
        return str(self.path)

    def get_source(self, fullname: str) -> str:
        """See :class:`importlib.abc.InspectLoader`."""
        return decode_source(self.data)

    def is_package(self, fullname: str) -> bool:
        """See :class:`importlib.abc.InspectLoader`."""
        return self.path.name == "__init__.py"


class _Beside(MetaPathFinder):
    """Finder of the modules in the folders of user files; the last read wins if two have the same name."""

    def __init__(self) -> None:
        self.sources: dict[str, _Source] = {}

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        """See :class:`importlib.abc.MetaPathFinder`."""
        source = self.sources.get(fullname)
        return None if source is None else spec_from_loader(fullname, source)

    def take(self, sources: dict[str, _Source]) -> None:
        """Make these modules findable from now on, and forget modules of the same names from other files."""
        if self not in sys.meta_path:
            sys.meta_path.insert(0, self)
        for name, source in sources.items():
            if self.sources.get(name) not in (None, source):
                sys.modules.pop(name, None)
            self.sources[name] = source


_BESIDE = _Beside()


def _read(path: Path, name: str, whole: str) -> _Source:
    """Return the bytes of a file; ``name`` and ``whole`` are the argument in errors, and its value."""
    expected = "NAME or path/to/file.py::name with a file that exists, of at most 1 MiB"
    if path.suffix != ".py" or not path.is_file() or path.stat().st_size > MAX_SOURCE_BYTES:
        raise ArgumentError(name, whole, expected)
    try:
        return _Source(path, path.read_bytes())
    except OSError as error:
        raise ArgumentError(name, whole, f"{expected} ({error.strerror or error})") from None


def _beside(file: _Source, name: str, whole: str) -> dict[str, _Source]:
    """Return the modules in the file's folder that it imports, directly or indirectly, by name."""
    folder, found, waiting = str(file.path.parent), {}, list(_imports(file))
    looked_for: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in looked_for or module.split(".")[0] in sys.stdlib_module_names:
            continue
        looked_for.add(module)
        place = os.path.join(folder, *module.split("."))  # sooner than by Path: mostly there is nothing
        path = next((p for p in (f"{place}.py", os.path.join(place, "__init__.py")) if os.path.isfile(p)), None)
        if path is None or Path(path) == file.path:
            continue
        found[module] = _read(Path(path), name, whole)
        waiting += _imports(found[module], module)
    return found


@lru_cache(maxsize=64)
def _imports(source: _Source, within: str = "") -> tuple[str, ...]:
    """Return the names of all modules that a file may import, and of their packages."""
    try:
        tree = source.tree()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()  # reported when it is run
    package = within.split(".") if source.path.name == "__init__.py" else within.split(".")[:-1]
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    paths = (name.split(".") for name in names)
    return tuple(dict.fromkeys(".".join(p[:i]) for p in paths for i in range(1, len(p) + 1) if all(p[:i])))


def _digest(parts: Sequence[tuple[str, bytes]]) -> str:
    """Return the SHA-256 of one file; for several, of the lines ``digest  name`` that sha256sum prints for them."""
    sums = [(name, hashlib.sha256(data).hexdigest()) for name, data in parts]
    if len(sums) == 1:
        return sums[0][1]
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(sums))
    return hashlib.sha256(_bytes(lines)).hexdigest()


def _bytes(text: str) -> bytes:
    """Return a text with the names of files as bytes, which may not be UTF-8."""
    return text.encode(errors="surrogateescape")


@dataclass(frozen=True)
class OwnFile:
    """An imported user file."""

    path: Path
    """Absolute."""
    digest: str
    """SHA-256 of its content and of the modules of its folder that it imports."""
    modules: Mapping[str, ModuleType]
    """Its module under the empty name, and the modules of its folder under their names."""

    @property
    def module(self) -> ModuleType:
        """Module of the file itself."""
        return self.modules[""]


_IMPORTED: dict[tuple[Path, str], OwnFile] = {}
_BEING_IMPORTED: set[Path] = set()


def import_file(path: str | Path, name: str = "file", whole: str | None = None) -> OwnFile:
    """Import a user's file, and so run its code; an unchanged file is not imported again.

    ``path``: A ``.py`` file of at most 1 MiB. ``name``, ``whole``: The argument that errors speak of, and its value; by
    default the path.
    """
    whole = whole or f"{path}{SEPARATOR}"
    # Path.resolve raises an error of its own for a loop of links.
    file = _read(Path(os.path.realpath(path)), name, whole)
    beside = _beside(file, name, whole)
    digest = _digest([(str(s.path.relative_to(file.path.parent)), s.data) for s in (file, *beside.values())])
    known = _IMPORTED.get((file.path, digest))
    if known is not None:
        return known
    if file.path in _BEING_IMPORTED:
        raise ArgumentError(name, whole, "no file that is still being imported: there, its classes go by themselves")
    folder = str(file.path.parent)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    _BESIDE.take(beside)
    # A name of its own: the file may be called like a module that others import, or like one in another folder.
    title = f"{file.path.stem}_{hashlib.sha256(_bytes(f'{file.path}:{digest}')).hexdigest()[:16]}"
    spec = spec_from_loader(title, file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules[title] = module_from_spec(spec)  # dataclasses look their module up there
    _BEING_IMPORTED.add(file.path)

    def refusal(error: BaseException) -> ArgumentError:
        del sys.modules[title]
        return ArgumentError(name, whole, f"a file that can be imported ({told_with_line(error)})")

    try:
        with blamed(refusal), prints_to_stderr():
            spec.loader.exec_module(module)
    finally:
        _BEING_IMPORTED.discard(file.path)
    modules = {"": module} | {n: sys.modules[n] for n in beside if n in sys.modules}
    known = _IMPORTED[file.path, digest] = OwnFile(file.path, digest, modules)
    for beneath, its in modules.items():
        _send_by_name(its, known, beneath)
    return known


# ------------------------------------------------------------------------------------------------------- the classes

GROUP = "srtheory.schemes"
"""Group of entry points under which packages offer schemes."""


@dataclass(frozen=True)
class Origin:
    """Origin of a user's class."""

    place: str
    """The absolute path of the file that was named, or the name of an entry point of :data:`GROUP`."""
    name: str
    """The class's name in its module; empty for that of an entry point."""
    digest: str
    """SHA-256 of the source."""
    beside: str = ""
    """Its module, if it is another module of the file's folder."""


_ORIGINS: dict[type, Origin] = {}


def origin(kind: type) -> Origin | None:
    """Return the origin of a class, or None if it is not a user's, or was imported in another way."""
    return _ORIGINS.get(kind)


def adopted(kind: type) -> str:
    """Return a name for a class that is given itself, and note the digest of its source if that is at hand.

    The source is the file, or the cell of a notebook, that has its methods.
    """
    known = origin(kind)
    if known is None and not kind.__module__.startswith("srtheory."):
        bases = [base for base in kind.__mro__ if not base.__module__.startswith(("srtheory.", "builtins", "abc"))]
        methods = (getattr(value, "fget", value) for base in bases for value in vars(base).values())
        codes = [code for its in methods if (code := getattr(its, "__code__", None)) is not None]
        files = {code.co_filename for code in codes if "<locals>" not in code.co_qualname.rpartition(".")[0]}
        texts = [(name, _bytes("".join(lines))) for name in sorted(files) if (lines := linecache.getlines(name))]
        if texts:
            _ORIGINS[kind] = Origin("", kind.__qualname__, _digest(texts))
    elif known is not None and known.place:
        return f"{known.place}{SEPARATOR}{known.name}".removesuffix(SEPARATOR)
    return kind.__qualname__.rpartition("<locals>.")[2]


def class_in_file(text: str, name: str = "scheme") -> type:
    """Return the class behind ``path/to/file.py::Class``."""
    path, _, title = text.rpartition(SEPARATOR)
    own = import_file(path, name, text)
    found: Any = vars(own.module).get(title)
    if not is_class(found):
        known = [n for n, value in vars(own.module).items() if is_class(value) and value in _ORIGINS]
        raise ArgumentError(name, text, "a class of that file, " + (" or ".join(known) or "which has none"))
    kind: type = found
    return kind


def line_of(kind: type) -> int | None:
    """Return the line where a class of a user's file begins."""
    source = getattr(sys.modules.get(kind.__module__), "__loader__", None)
    if not isinstance(source, _Source):
        return None
    nodes = ast.walk(source.tree())
    return next((n.lineno for n in nodes if isinstance(n, ast.ClassDef) and n.name == kind.__name__), None)


def is_class(value: object) -> bool:
    """Test by the type alone, since asking a user's stand-in for its class may run code or raise."""
    return issubclass(type(value), type)


def offered(group: str = GROUP) -> dict[str, dict[str, EntryPoint]]:
    """Return the entry points of installed packages by name, and by what they offer; none is imported."""
    from importlib.metadata import entry_points

    found: dict[str, dict[str, EntryPoint]] = {}
    for point in entry_points(group=group):
        found.setdefault(point.name, {})[point.value] = point
    return found


def one_offered(text: str, name: str, group: str = GROUP) -> EntryPoint | None:
    """Return the entry point that an installed package offers under a name, if there is one."""
    points = offered(group).get(text, {})
    if len(points) > 1:
        raise ArgumentError(name, text, f"a name that one package offers, not two ({' and '.join(points)})")
    return next(iter(points.values()), None)


def offered_class(text: str, among: Sequence[str], name: str = "scheme") -> type:
    """Return the class that an installed package offers under a name; ``among`` are other names, for the error."""
    point = one_offered(text, name)
    if point is None:
        more = "".join(f", {other}" for other in offered() if other not in among)
        raise ArgumentError(name, text, f"one of {', '.join(among)}{more}, or FILE.py{SEPARATOR}CLASS")
    expected = f"a name whose package can be imported: {point.value}"
    with blamed(lambda error: ArgumentError(name, text, f"{expected} ({told(error)})")), prints_to_stderr():
        found = point.load()
    if not is_class(found):
        raise ArgumentError(name, text, f"the name of a class: {point.value} is not a class")
    kind: type = found
    if not kind.__module__.startswith("srtheory.") and kind not in _ORIGINS:
        _ORIGINS[kind] = Origin(text, "", _package_digest(kind, text, name))
        copyreg.pickle(kind, _reduced)
    return kind


def _package_digest(kind: type, text: str, name: str) -> str:
    """Return the digest of all Python files of the package that contains a class."""
    top = sys.modules[kind.__module__.partition(".")[0]]
    digest = source_digest(top)
    if digest is None:
        expected = f"of a package whose source is at hand, in at most {_MOST_FILES} files: {top.__name__} is not"
        raise ArgumentError(name, text, expected)
    return digest


def source_digest(package: ModuleType) -> str | None:
    """Return the digest of all Python files of a package or module, or None if they are unavailable or too many."""
    places = [Path(place) for place in getattr(package, "__path__", [])]
    files = sorted({path for place in places for path in place.rglob("*.py")}) or [Path(package.__file__ or "")]
    if len(files) > _MOST_FILES or not all(path.suffix == ".py" and path.is_file() for path in files):
        return None
    base = places[0] if places else files[0].parent
    return _digest([(path.relative_to(base).as_posix(), path.read_bytes()) for path in files])


# --------------------------------------------------------------------------------------- to processes and to machines


def _send_by_name(module: ModuleType, own: OwnFile, beside: str) -> None:
    """Make objects of a module's dataclasses and enumerations picklable as names and values."""
    for value in list(vars(module).values()):
        if is_class(value) and value.__module__ == module.__name__ and (is_dataclass(value) or issubclass(value, Enum)):
            _ORIGINS[value] = Origin(str(own.path), value.__qualname__, own.digest, beside)
            copyreg.pickle(value, _reduced)


def _reduced(value: Any) -> tuple[Any, ...]:
    """See :meth:`object.__reduce__`."""
    known = _ORIGINS[type(value)]
    if isinstance(value, Enum):
        return _rebuilt, (known, value.name)
    return _rebuilt, (known, {field.name: getattr(value, field.name) for field in fields(value)})


def _rebuilt(known: Origin, values: str | Mapping[str, Any]) -> Any:
    """Return the object on the machine that computes; :class:`Absent` if its class is missing or differs."""
    try:
        kind = _again(known)
    except ArgumentError as error:
        return Absent(error)
    if isinstance(values, str):
        return kind[values]  # of an enumeration
    made = object.__new__(kind)
    for name, value in values.items():
        object.__setattr__(made, name, value)  # its class may be frozen
    return made


def _again(known: Origin) -> Any:
    """Return the class, importing it if necessary."""
    whole = f"{known.place}{SEPARATOR}{known.name}" if known.name else known.place
    found: Any
    try:
        if known.name:
            own = import_file(known.place, "scheme", whole)
            digest, found = own.digest, own.modules.get(known.beside)
            for part in known.name.split("."):
                found = getattr(found, part, None)
        else:
            found = offered_class(whole, ())
            digest = _ORIGINS[found].digest
    except ArgumentError as error:
        raise ArgumentError("scheme", whole, f"there on every process that computes ({error.expected})") from None
    if digest != known.digest:
        expected = "what it was where the work was asked for: the source has changed, or is another on this machine"
        raise ArgumentError("scheme", whole, f"{expected} (sha256 {known.digest[:12]}, here {digest[:12]})")
    return found


class Absent:
    """Substitute for an object whose class is missing or differs on this machine; any use raises an error."""

    def __init__(self, error: ArgumentError) -> None:
        self.error = error

    def __reduce__(self) -> tuple[Any, ...]:
        """See :meth:`object.__reduce__`."""
        return Absent, (self.error,)

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        raise self.error
