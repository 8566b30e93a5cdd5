"""The walk of a scan: load, clean, find lines, read.

No Qt: the window, the command line and the tests call the same functions.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from functools import partial
from itertools import compress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.open_models import (
    bodies_of_lines,
    open_binarizer,
    open_recognizer,
)
from hwocr_desktop.core.document.document import Cleaning, Page, Reading
from hwocr_desktop.core.document.keeping import shapes_to_read
from hwocr_desktop.core.document.project_file import resolve_source
from hwocr_desktop.core.pixels.crops import (
    along_baseline,
    crop_line,
    crop_margin,
    crop_to_read,
)
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.imaging import Scan, load_scan
from hwocr_desktop.core.pixels.mending import BrushStroke, mend
from hwocr_desktop.core.pixels.page_turn import find_upright
from hwocr_desktop.core.pixels.print_lines import find_print
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.pixels.thresholding import METHODS, Ink, ink_by_threshold
from hwocr_desktop.core.pixels.tiles import Rect, nearest_first
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.settings import Decoder
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.ml.recognizer import DECIMALS, Recognizer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A page to be read.

    Attributes
    ----------
    page : Page
        As it stands; never changed.
    folder : Path
        Project folder, against which the page's source is resolved.
    model : str
        Id of the line model.
    decoder : "greedy", "beam" or "word-beam"
    find_lines : bool
        Whether lines are to be found anew; otherwise the page's own are read.
    scan : Scan, optional
        The page's pixels, if they are at hand.
    lexicon : Lexicon, optional
        Words to prefer, or that alone are allowed; for "word-beam".
    layout : str, optional
        What finds lines, see `open_models.bodies_of_lines`.
    """

    page: Page
    folder: Path
    model: str
    decoder: Decoder = "greedy"
    find_lines: bool = True
    scan: Scan | None = None
    lexicon: Lexicon | None = None
    layout: str | None = None


@dataclass(frozen=True, slots=True)
class LinesFound:
    """Partial result: the lines of a page, in reading order.

    `turns` is how many clockwise quarter turns would set the writing upright;
    `printed` are those of the shapes that hold type and no writing.
    """

    page_id: str
    shapes: tuple[LineShape, ...]
    turns: int = 0
    printed: tuple[LineShape, ...] = ()


@dataclass(frozen=True, slots=True)
class LineRead:
    """Partial result: one line was read."""

    page_id: str
    shape: LineShape
    reading: Reading


@dataclass(frozen=True, slots=True)
class ReadResult:
    """Everything that reading a page gave.

    Attributes
    ----------
    page_id : str
    found : LinesFound or None
        None where the page's own lines were read.
    lines : tuple of LineRead
        In reading order.
    """

    page_id: str
    found: LinesFound | None
    lines: tuple[LineRead, ...]


def load_page(
    folder: Path,
    page: Page,
    *,
    cancel: CancelToken | None = None,
    report: Report = ignore_progress,
) -> Scan:
    """Load a page's pixels as the page wants them turned and inverted.

    Raises
    ------
    FileNotReadable, UnreadableImage
        If the scan is missing or damaged.
    """
    if cancel is not None:
        cancel.check()
    return load_scan(
        resolve_source(folder, page),
        page.frame,
        rotation=page.rotation,
        inverted=page.inverted,
    )


def clean_page(
    gray: npt.NDArray[np.uint8],
    cleaning: Cleaning,
    mending: tuple[BrushStroke, ...] = (),
    *,
    whole: npt.NDArray[np.uint8] | None = None,
    near: Rect | None = None,
    cancel: CancelToken | None = None,
    report: Report = ignore_progress,
) -> Ink:
    """Turn grey pixels into an ink map by a threshold method or a network.

    The cut of the result is the one set in ``cleaning``, else the method's own; what
    a person painted over the page holds at any cut.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
    cleaning : Cleaning
    mending : tuple of BrushStroke
    whole : (H', W') uint8, optional
        The page of which `gray` is only a part.
    near : (x0, y0, x1, y1), optional
        Where a network begins. If it is given, parts that are done (without the
        mending) are reported as partial results, tuples of `InkTile`.

    Raises
    ------
    BadModel
        If ``cleaning.method`` is neither a method nor a usable model.
    BadRequest
        If a parameter of ``cleaning`` is out of range.
    Cancelled
        If cancelled.
    """
    if cleaning.method in METHODS:
        ink = ink_by_threshold(
            gray,
            cleaning.method,
            window=cleaning.window,
            k=cleaning.k,
            cancel=cancel,
        )
    else:
        binarizer = open_binarizer(cleaning.method)
        ink = binarizer.ink_map(
            gray,
            whole=whole,
            orientations=cleaning.orientations,
            order=None if near is None else nearest_first(near),
            cancel=cancel,
            report=report,
        )
    cut = ink.cut if cleaning.cut is None else cleaning.cut
    return Ink(mend(ink.map, mending, cancel=cancel), cut)


def lines_of_ink(
    page_id: str, ink: Ink, layout: str | None = None, *, cancel: CancelToken
) -> LinesFound:
    """Find a page's lines in its ink, which way up they stand, and which are print."""
    binary = ink.binary()
    find = partial(find_lines, bodies=bodies_of_lines(layout), cancel=cancel)
    turns, shapes = find_upright(binary, find)
    cancel.check()
    page = np.where(binary, np.uint8(0), np.uint8(255))
    crops = []
    # Of letters that the edge cuts through all feet or heads are level, as in type.
    whole = [shape for shape in shapes if not _is_cut(shape, len(binary))]
    for shape in whole:
        cancel.check()
        crops.append(crop_line(page, shape))
    printed = compress(whole, find_print(crops))
    return LinesFound(page_id, shapes, turns, tuple(printed))


def _is_cut(shape: LineShape, height: int) -> bool:
    """Whether a line reaches to the upper or lower edge of the page."""
    ys = [y for _, y in shape.polygon]
    return min(ys) <= 1 or max(ys) >= height - 2


def read_page(
    request: ReadRequest, *, cancel: CancelToken, report: Report
) -> ReadResult:
    """Read a page: load it, find its lines if asked, read them in order.

    ``report`` gets `LinesFound` and `LineRead` as partial results as they come.

    Raises
    ------
    HwocrError
        If the scan or a model cannot be used.
    Cancelled
        If cancelled.
    """
    page = request.page
    report(Progress(0, 0, "opening"))
    recognizer = open_recognizer(request.model)
    cancel.check()
    scan = request.scan or load_page(request.folder, page)
    found = None
    shapes = shapes_to_read(page)
    if request.find_lines or not page.lines:
        report(Progress(0, 0, "finding lines"))
        ink = clean_page(scan.gray, page.cleaning, page.mending, cancel=cancel)
        found = lines_of_ink(page.id, ink, request.layout, cancel=cancel)
        shapes = found.shapes
        shapes = shapes_to_read(page, shapes)
        report(Progress(0, len(shapes), "finding lines", found))
    lines = read_shapes(
        page.id,
        scan,
        shapes,
        recognizer,
        request.decoder,
        lexicon=request.lexicon,
        cancel=cancel,
        report=report,
    )
    return ReadResult(page.id, found, lines)


def read_shapes(
    page_id: str,
    scan: Scan,
    shapes: tuple[LineShape, ...],
    recognizer: Recognizer,
    decoder: Decoder,
    *,
    lexicon: Lexicon | None = None,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> tuple[LineRead, ...]:
    """Crop and read the given lines of a page; see `read_page`."""
    crops = []
    for shape in shapes:
        cancel.check()
        crops.append(crop_to_read(scan.gray, shape, recognizer.height))

    def pass_on(progress: Progress) -> None:
        index, reading = progress.partial
        report(
            Progress(
                progress.done,
                progress.total,
                progress.text,
                line_read(page_id, shapes[index], reading),
            )
        )

    readings = recognizer.read(
        crops, decoder=decoder, lexicon=lexicon, cancel=cancel, report=pass_on
    )
    return tuple(
        line_read(page_id, shape, reading)
        for shape, reading in zip(shapes, readings, strict=True)
    )


def line_read(page_id: str, shape: LineShape, reading: Reading) -> LineRead:
    """Return what was read of a crop, with its letters placed along the baseline."""
    margin = crop_margin(shape)

    def along(at: float) -> float:
        return round(min(1.0, max(0.0, along_baseline(at, margin))), DECIMALS)

    placed = (
        replace(c, start=along(c.start), end=along(c.end)) for c in reading.characters
    )
    return LineRead(page_id, shape, replace(reading, characters=tuple(placed)))
