"""House style of all figures, and output of a figure: SVG, PDF and PNG, with a CSV of its points.

Two other styles have names, :data:`LOOKS`, for columns of journals and for slides: each is a style sheet of matplotlib
in ``styles``. In these, symbols are set as formulas, and titles and notes that a picture does not show are in its
caption (:mod:`srtheory.render.caption`).
"""

from __future__ import annotations

import csv
import io
import logging
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary
from xml.sax.saxutils import escape, unescape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure as Canvas
from matplotlib.legend import Legend
from matplotlib.text import Text
from matplotlib.textpath import TextPath
from matplotlib.ticker import MaxNLocator, NullLocator

from srtheory.errors import ArgumentError, shortened
from srtheory.files import write_output
from srtheory.render.formulas import typeset

# Okabe and Ito's palette: distinct in print and for colour-blind readers.
COLOURS = ("#0072B2", "#D55E00", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#555555", "#000000")
DASHES = ("-", "--", "-.", (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)), (0, (3, 2)), "-", "--")
GREYS: tuple[Any, ...] = (
    *("-", (0, (6, 1.5)), (0, (5, 1.2, 1, 1.2)), (0, (1, 1)), (0, (5, 1, 1, 1, 1, 1)), (0, (2.2, 1.2))),
    *((0, (9, 1.2, 1, 1.2)), (0, (9, 2))),
)
"""Dashes that differ all, for print without colours."""
WIDTH = 5.0
"""Width of a figure in inches: at a column's 3.5 the letters are 0.7 times as large, the smallest 6 points."""
PAGE = 7.0
"""Width of a figure that takes a page's width."""
LETTERS = 9
"""Size of most letters, in points."""
SMALL = 8.6
"""Size of the smallest letters, in points."""
READABLE = 6
"""Smallest size of letters in points, for every width of the figure."""
LEGEND = 0.25
"""Fraction of the height that the legend below takes in a named style; for more the figure becomes higher."""
NARROWEST, WIDEST = 3.4, 20.0
"""Range of the widths that a reader may choose, in inches."""
NOTE_CHARACTERS = 76
DPI = 300
SCREEN = 110
"""Dots per inch in a notebook."""
STYLE: dict[Any, Any] = {
    "font.size": LETTERS,
    "axes.grid": True,
    "grid.alpha": 0.3,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": LETTERS,
    "figure.titlesize": LETTERS,
    "legend.frameon": False,
    "legend.fontsize": SMALL,
    "legend.title_fontsize": LETTERS,
    "svg.fonttype": "none",
    "svg.hashsalt": "srtheory",  # the same figure gives the same file
    "pdf.fonttype": 42,
}
SIZE_SETTINGS = (
    *("font.size", "axes.titlesize", "figure.titlesize", "legend.fontsize", "legend.title_fontsize"),
    *(f"{axis}tick.{which}.{what}" for axis in "xy" for which in ("major", "minor") for what in ("size", "pad")),
    *("axes.labelpad", "axes.titlepad", "figure.constrained_layout.w_pad", "figure.constrained_layout.h_pad"),
)
"""Settings that are sizes of letters and of the space around them."""
LARGEST_STYLE = 1 << 20
"""Largest number of bytes of a style file."""
NO_STYLE = ("animation", "backend", "date.epoch", "docstring", "figure.autolayout", "figure.constrained_layout.use",
            "figure.max_open", "figure.raise", "interactive", "pgf", "savefig", "svg.hashsalt", "text.latex",
            "text.usetex", "timezone", "tk", "toolbar", "webagg")  # fmt: skip
"""Prefixes of settings that no style file changes: layout and output of files, and programs to run."""
STYLES = Path(__file__).parent / "styles"
"""Folder of the style sheets of named styles."""
SUFFIXES = (".svg", ".pdf", ".png", ".csv")


@dataclass(frozen=True, eq=False)
class Drawing:
    """A drawn figure and the numbers behind it."""

    name: str
    """Files are called ``figure_NAME``."""
    canvas: Canvas = field(repr=False)
    header: Sequence[str]
    """Columns of the CSV."""
    points: Iterable[Sequence[Any]] = field(repr=False)
    """Its lines."""
    tooltips: Mapping[str, str] = field(default_factory=dict)
    """Text that the SVG shows over each link, by its address."""

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        with house_style():
            finish(self.canvas)
            self.canvas.savefig(stream, format="png", dpi=SCREEN)
        return stream.getvalue()


@dataclass(frozen=True)
class Look:
    """Features of a named style that no setting of matplotlib has."""

    width: float
    """Width of a figure in inches, unless it needs a page's width or another is asked for."""
    titled: bool = True
    """Whether the title is in the picture."""
    shape: float | None = None
    """Height over width of every figure; None for that of each figure."""
    beside: bool = False
    """Whether a legend of all axes is to their right, and not below."""
    dashes: Sequence[Any] = DASHES
    """Dashes of curves, in order."""


LOOKS = {
    "ieee": Look(3.5, titled=False, dashes=GREYS),
    "slides": Look(10.0, shape=9 / 16, beside=True, dashes=GREYS),
}
"""Named styles; none of them shows the note of a figure."""


@dataclass(frozen=True)
class Layout:
    """Layout of figures."""

    width: float | None = None
    """In inches, or None for that of each figure, :data:`WIDTH` or :data:`PAGE`."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """matplotlib's settings by name that take the place of the house's."""
    look: Look | None = None
    """Of a style that has a name."""

    @property
    def scale(self) -> float:
        """Scale of letters: in the house style they shrink with the figure while readable, and do not grow with it."""
        if self.look is not None or self.width is None:
            return 1.0
        return min(1.0, max(self.width / WIDTH, READABLE / SMALL))


_LAYOUT: ContextVar[Layout] = ContextVar("layout", default=Layout())  # noqa: B039 (frozen)


@contextmanager
def laid_out(width: float | None = None, style: Path | str | None = None) -> Iterator[None]:
    """Draw and write all figures at this width, in a named style, or in the house style with those of a style file.

    The width is in inches, from :data:`NARROWEST` to :data:`WIDEST`; heights follow, and letters, but for their least
    size. ``style`` is a matplotlib style file, see :func:`read_style`, or a name of :data:`LOOKS`, whose letters have
    one size at all widths.
    """
    if width is not None and not NARROWEST <= width <= WIDEST:
        raise ArgumentError("width", width, f"from {NARROWEST:g} to {WIDEST:g} inches")
    look = LOOKS.get(style) if isinstance(style, str) else None
    if isinstance(style, str):
        style = STYLES / f"{style}.mplstyle" if look else Path(style)
    token = _LAYOUT.set(Layout(width, {} if style is None else read_style(style), look))
    try:
        yield
    finally:
        _LAYOUT.reset(token)


def read_style(path: Path) -> dict[str, Any]:
    """Return the settings of a matplotlib style file, which matplotlib itself reads.

    The colours and dashes of curves (``axes.prop_cycle``) are set by the figures: that line, the only one that some
    versions of matplotlib evaluate, is not read. The settings of :data:`NO_STYLE`, which include LaTeX's, are not read
    either.
    """
    expected = f"a matplotlib style file of at most {LARGEST_STYLE} bytes"
    try:
        if not path.is_file() or path.stat().st_size > LARGEST_STYLE:
            raise ArgumentError("style", str(path), expected)
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise ArgumentError("style", str(path), expected) from None
    said: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: said.append(" ".join(record.getMessage().split()))  # type: ignore[method-assign]
    logger = logging.getLogger("matplotlib")
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "style"
        copy.write_text("\n".join("" if evaluated(line) else line for line in lines), encoding="utf-8")
        logger.addHandler(listener)
        before, logger.propagate = logger.propagate, False
        try:
            found = dict(mpl.rc_params_from_file(copy, use_default_template=False))
        finally:
            logger.removeHandler(listener)
            logger.propagate = before
    if said:
        why = re.sub(r" in file [^,]*,", " in", said[0]).split(" You probably")[0]
        raise ArgumentError("style", str(path), f"a matplotlib style file ({shortened(why, 120)})")
    return {name: value for name, value in found.items() if not name.startswith(NO_STYLE)}


def evaluated(line: str) -> bool:
    """Tell whether a line of the style is one that matplotlib would evaluate."""
    return line.split(":")[0].strip() == "axes.prop_cycle"


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style, independent of the reader's settings; within :func:`laid_out`, in its style."""
    layout = _LAYOUT.get()
    settings: dict[Any, Any] = {**mpl.rcParamsDefault, **STYLE, **layout.settings}
    for name in SIZE_SETTINGS:
        if not isinstance(settings[name], str):  # such as "small", of the first of them
            settings[name] = settings[name] * layout.scale
    with mpl.rc_context(settings):
        yield


def label_decimally(axis: Axis, digits: str | None) -> None:
    """Label a logarithmic axis with numbers; between powers of ten, those that begin with one of the digits.

    None is for an axis so short that it is labelled as a linear one.
    """
    axis.set_major_formatter("{x:g}")
    if digits is None:
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        axis.set_minor_locator(NullLocator())
        return
    axis.set_minor_formatter(lambda x, _: f"{x:g}" if f"{x:e}"[0] in digits else "")


def pen(width: float) -> float:
    """Return the width of a line that is so wide in the house style, in points, within the style of the figure."""
    return width * float(mpl.rcParams["lines.linewidth"] / mpl.rcParamsDefault["lines.linewidth"])


def dot(size: float) -> float:
    """Return the size of a marker that is so large in the house style, likewise."""
    return size * float(mpl.rcParams["lines.markersize"] / mpl.rcParamsDefault["lines.markersize"])


def dash(i: int) -> Any:
    """Return the dashes of curve ``i``, from 0; in a named style curves of eight differ without their colours."""
    its = _LAYOUT.get().look
    dashes = DASHES if its is None else its.dashes
    return dashes[i % len(dashes)]


def named_style() -> bool:
    """Return whether figures are drawn in a style of :data:`LOOKS`."""
    return _LAYOUT.get().look is not None


def timed(label: str) -> str:
    """Return the label of an axis of times in the model's unit, with the unit."""
    return f"{label} (time units)"


def title_panel(axes: Axes, text: str) -> None:
    """Give axes a title that describes the picture, which a named style leaves to the caption."""
    picture = axes.get_figure(root=True)
    if not named_style() or picture is None:
        axes.set_title(text)
    else:
        words_of(picture).panel = text


def letters() -> float:
    """Return the size of most letters in points, within the house style."""
    return float(mpl.rcParams["font.size"])


def small() -> float:
    """Return the size of the smallest letters in points, within the house style."""
    if named_style():
        return float(mpl.rcParams["legend.fontsize"])
    return SMALL * (letters() / LETTERS)


def width_of(text: str, size: float) -> float:
    """Return the width of a text in letters of this size, both in points, within the style of the figure."""
    return float(TextPath((0, 0), text, size=size).get_extents().width)


def canvas(note: str = "", height: float = 4.8, width: float = WIDTH) -> Canvas:
    """Return a new empty canvas with a note at its foot; the global state of pyplot is not changed.

    ``height`` and ``width`` are in inches; both change within :func:`laid_out`.
    """
    layout = _LAYOUT.get()
    look = layout.look
    usual = width if look is None else look.width if width <= WIDTH else max(width, look.width)
    wide = layout.width or usual
    if wide < width and width > WIDTH:
        raise ArgumentError("width", wide, f"at least {width:g} inches for this figure, which takes a page's width")
    shape = height / width if look is None or look.shape is None else look.shape
    made = Canvas(figsize=(wide, wide * shape), layout="constrained")
    words_of(made).note = note
    if note and look is None:
        text = textwrap.fill(note, int(NOTE_CHARACTERS * wide / WIDTH * (LETTERS / letters())))
        _keep_free(made, made.text(0.5, 0.01, text, fontsize=small(), color="#555555", ha="center", va="bottom"))
    return made


def legend_below(canvas: Canvas, handles: Sequence[Any], columns: int) -> None:
    """Draw one legend under all axes, above the note, so that it takes nothing from their width.

    In a named style it has as many columns as there is room for, or is beside the axes.
    """
    look = _LAYOUT.get().look
    if look is None:
        options = {"ncols": columns, "columnspacing": 1.2, "handlelength": 1.8, "borderaxespad": 0.2}
        place = (0.5, _foot(canvas))
        _keep_free(canvas, canvas.legend(handles=handles, loc="lower center", bbox_to_anchor=place, **options))
        return
    labels = [typeset(str(handle.get_label())) for handle in handles]
    if look.beside:
        canvas.legend(handles, labels, loc="outside right center")
        return
    while True:
        place = (0.5, _foot(canvas))
        made = canvas.legend(handles, labels, ncols=columns, loc="lower center", bbox_to_anchor=place)
        for text in made.get_texts():
            text.set_linespacing(1.0)
        extent = made.get_window_extent()
        if columns == 1 or extent.width <= canvas.bbox.width:
            more = extent.height - LEGEND * canvas.bbox.height
            canvas.set_figheight(canvas.get_figheight() + max(0.0, more) / canvas.dpi)
            _keep_free(canvas, made)
            return
        made.remove()
        columns -= 1


def _foot(canvas: Canvas) -> float:
    """Return the start of the room for axes, as a fraction of the height."""
    return float(canvas.get_layout_engine().get().get("rect", (0, 0, 1, 1))[1])  # type: ignore[union-attr]


def _keep_free(canvas: Canvas, artist: Text | Legend) -> None:
    """Start the axes above the foot of the figure, since constrained layout reserves room for only one object."""
    foot = artist.get_window_extent().y1 / canvas.bbox.height + 0.01
    canvas.get_layout_engine().set(rect=(0, foot, 1, 1 - foot))  # type: ignore[union-attr, call-arg]


@dataclass
class Words:
    """Words about a picture that are not, or no longer, in it: a title and a note; whether its texts are set."""

    title: str = ""
    panel: str = ""
    note: str = ""
    is_set: bool = False


_WORDS: WeakKeyDictionary[Canvas, Words] = WeakKeyDictionary()


def words_of(canvas: Canvas) -> Words:
    """Return the words about a picture."""
    return _WORDS.setdefault(canvas, Words())


def finish(canvas: Canvas) -> Words:
    """Take the title off the picture and set its symbols as formulas, as the style demands; return what it is about.

    In the house style nothing changes. Titles of panels stay.
    """
    words, look = words_of(canvas), _LAYOUT.get().look
    if words.is_set:
        return words
    titles = [canvas._suptitle] if canvas._suptitle is not None else []  # type: ignore[attr-defined]
    titles += [axes.title for axes in canvas.axes] if len(canvas.axes) == 1 else []
    words.title = "\n".join(title.get_text() for title in titles if title.get_text())
    if look is None:
        return words
    for title in titles if not look.titled else []:
        title.set_text("")
        title.set_in_layout(False)
    for text in canvas.findobj(Text):
        if (before := text.get_text()) and (after := typeset(before)) != before:
            text.set_text(after)
    words.is_set = True
    return words


def write(drawing: Drawing, folder: Path, provenance: str = "", forms: Sequence[str] = SUFFIXES) -> list[Path]:
    """Write ``figure_NAME`` with each of these suffixes, by default all, into ``folder``, and return the paths.

    The metadata of the pictures contain ``provenance``, which states what made them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem = folder / f"figure_{drawing.name}"
    with house_style():
        finish(drawing.canvas)
    with house_style(), _in_place(drawing.canvas):
        if ".svg" in forms:
            _save(drawing, stem.with_suffix(".svg"), metadata={"Date": None, "Description": provenance or None})
        if ".pdf" in forms:
            _save(drawing, stem.with_suffix(".pdf"), metadata={"CreationDate": None, "Subject": provenance or None})
        if ".png" in forms:
            save_png(drawing, folder, provenance=provenance)
    if ".csv" in forms:
        stream = io.StringIO()
        lines = csv.writer(stream)
        lines.writerow(drawing.header)
        lines.writerows(drawing.points)
        write_output(stem.with_suffix(".csv"), stream.getvalue().encode(errors="backslashreplace"))
    return [stem.with_suffix(suffix) for suffix in forms]


@contextmanager
def _in_place(canvas: Canvas) -> Iterator[None]:
    """Keep the layout fixed in the block, so that all forms of a picture are the same picture."""
    if (engine := canvas.get_layout_engine()) is not None:
        engine.execute(canvas)
    canvas.set_layout_engine(None)  # the engine called "none" would draw each picture twice
    try:
        yield
    finally:
        canvas.set_layout_engine(engine)


def svg(drawing: Drawing) -> str:
    """Return the figure as the text of an SVG."""
    stream = io.StringIO()
    with house_style():
        finish(drawing.canvas)
        drawing.canvas.savefig(stream, format="svg", metadata={"Date": None})
    return _with_tooltips(stream.getvalue(), drawing.tooltips)


def _with_tooltips(svg: str, tooltips: Mapping[str, str]) -> str:
    """Return the SVG with a title in each link that has one, which browsers show where the pointer is."""

    def titled(link: re.Match[str]) -> str:
        text = tooltips.get(unescape(link[1]))
        return link[0] if text is None else f"{link[0]}<title>{escape(text)}</title>"

    return re.sub(r'<a [^>]*?xlink:href="([^"]*)"[^>]*>', titled, svg) if tooltips else svg


def save_png(drawing: Drawing, folder: Path, dpi: int | None = None, provenance: str = "") -> Path:
    """Write ``figure_NAME.png`` alone, with :data:`DPI` or so many dots per inch, and return its path."""
    path = folder / f"figure_{drawing.name}.png"
    with house_style():
        finish(drawing.canvas)
        _save(drawing, path, dpi=dpi or DPI, metadata={"Description": provenance} if provenance else None)
    return path


def _save(drawing: Drawing, path: Path, **options: Any) -> None:
    """Write the picture whole, in the form of the file's suffix."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)  # it warns of the dates of matplotlib's own fonts
    picture = io.BytesIO()
    drawing.canvas.savefig(picture, format=path.suffix[1:], **options)
    made = picture.getvalue()
    if path.suffix == ".svg" and drawing.tooltips:
        made = _with_tooltips(made.decode(), drawing.tooltips).encode()
    write_output(path, made)
