"""What really stands on a page, and how a reading is made comparable to it. No Qt."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.errors import (
    FileNotReadable,
    HwocrError,
    TrainingDataMissing,
)
from hwocr_desktop.core.folders import files_below
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.formats.page_xml_empty import read_empty_regions
from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.imaging import SUFFIXES, count_frames
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.core.text_files import read_text

log = logging.getLogger(__name__)

# Signs with which hands of all times part a word at the end of a line: hyphens,
# the not sign of transcribers, the double oblique hyphen.
_HYPHENATED = re.compile(r"(?<=\w)[-\u2010\u00ac\u2e17=][ \t]*\n\s*(?=\w)")
_MARK = re.compile(r"\[([^\[\]]*)\]")
_SAMPLES = 9
_DESCRIBED = 0.25
_MANY_PAGES = {".tif", ".tiff", ".pdf"}


@dataclass(frozen=True, slots=True)
class PageTruth:
    """The true text of a page.

    Attributes
    ----------
    name : str
        SET/STEM, or STEM at the top of the data.
    image : Path
        The scan.
    text : str
        What stands on it, one line a line, in the order of the document.
    aside : tuple of LineShape
        Lines of which nothing is known or which are print: what is read there does
        not count, for or against.
    beside : tuple of LineShape
        The lines that count; empty where only the text is known.
    frame : int
        Which page of the scan, from 0.
    empty : tuple of polygons
        Areas without a line of the truth, such as stamps, drawings and marginal notes
        that were outlined but not transcribed: what is found or read there does not
        count either. Points (x, y) in page pixels.
    """

    name: str
    image: Path
    text: str
    aside: tuple[LineShape, ...] = ()
    beside: tuple[LineShape, ...] = ()
    frame: int = 0
    empty: tuple[tuple[Point, ...], ...] = ()


def find_page_truths(folder: Path) -> list[PageTruth]:
    """Read the true texts of all pages of a folder and those below it, linked or not.

    The truth of ``NAME.jpg`` is PAGE XML (``NAME.xml`` beside it or in ``page/``) or
    else ``NAME.txt``; of a file with several pages ``NAME-001.xml`` and so on, as
    reading writes them. Of PAGE XML the handwritten lines that have text count.

    Raises
    ------
    FileNotReadable
        If the folder is missing, or a text may not be read.
    BadDocument
        If a text cannot be understood.
    TrainingDataMissing
        If there is no page with a text.
    """
    if not folder.is_dir():
        raise FileNotReadable(
            f"The folder {folder} does not exist.", "Check the name of the folder."
        )
    truths = []
    for image, frame, text in _pairs(folder):
        place = image.parent.relative_to(folder)
        name = (place / (image.stem if frame is None else text.stem)).as_posix()
        if text.suffix.lower() == ".txt":
            truth = PageTruth(name, image, plain_truth(read_text(text)))
        else:
            truth = _from_page_xml(name, image, text)
        truths.append(replace(truth, frame=frame or 0))
    if not truths:
        raise TrainingDataMissing(
            f"There are no pages with their text in {folder}.",
            "Name a folder with page images and, beside each, PAGE XML or a .txt file "
            "of the same name.",
        )
    return truths


def find_line_truths(folder: Path) -> list[PageTruth]:
    """Read the truths of the pages whose lines are known, see `find_page_truths`.

    Raises
    ------
    FileNotReadable, BadDocument
        As there.
    TrainingDataMissing
        If no page has lines with a text.
    """
    truths = [truth for truth in find_page_truths(folder) if truth.beside]
    if not truths:
        raise TrainingDataMissing(
            f"No page in {folder} has lines with a text.",
            "Name a folder with page images and PAGE XML beside them.",
        )
    return truths


def _pairs(folder: Path) -> Iterator[tuple[Path, int | None, Path]]:
    """Yield each image that has a text, which of its pages, and the text.

    The page is None where the text is that of the whole file.
    """
    for image in files_below(folder):
        if image.name.startswith(".") or image.suffix.lower() not in SUFFIXES:
            continue
        texts = _texts_of_pages(image)
        for frame, text in texts.items():
            yield image, frame, text
        whole = None if texts else _text_of(image, image.stem)
        if whole is not None:
            yield image, None, whole
        elif not texts:
            log.warning("left out %s: it has no text", image)


def _text_of(image: Path, stem: str) -> Path | None:
    """Return the text of that name that belongs to an image, or None."""
    texts = (
        image.with_name(f"{stem}.xml"),
        image.parent / "page" / f"{stem}.xml",
        image.with_name(f"{stem}.txt"),
    )
    return next((text for text in texts if text.is_file()), None)


def _texts_of_pages(image: Path) -> dict[int, Path]:
    """Return the texts of a file with several pages, by their number from 0."""
    try:
        count = count_frames(image) if image.suffix.lower() in _MANY_PAGES else 1
    except HwocrError:
        return {}  # whoever reads it says what is wrong with it
    width = max(3, len(str(count)))
    names = [f"{image.stem}-{frame + 1:0{width}}" for frame in range(count)]
    texts = [_text_of(image, name) if count > 1 else None for name in names]
    found = {frame: text for frame, text in enumerate(texts) if text is not None}
    for frame in range(count):
        if found and frame not in found:
            log.warning("left out page %d of %s: it has no text", frame + 1, image)
    return found


def _from_page_xml(name: str, image: Path, xml: Path) -> PageTruth:
    lines = read_page(xml).lines
    counted = [line for line in lines if _counts(line)]
    return PageTruth(
        name,
        image,
        "\n".join(normalize(line.text) for line in counted),
        tuple(line.shape for line in lines if not _counts(line)),
        tuple(line.shape for line in counted),
        empty=read_empty_regions(xml),
    )


def _counts(line: Line) -> bool:
    return bool(line.text.strip()) and line.kind != "printed"


def plain_truth(text: str) -> str:
    """Take a transcriber's marks out of a plain text.

    A word with a question mark in brackets is a doubtful word and stays; whatever
    else is in brackets is struck out or a remark.

    Examples
    --------
    >>> plain_truth("for [such] such work will not [in?] find [???] it[*1912*]")
    'for  such work will not in find  it'
    """

    def replacement(match: re.Match[str]) -> str:
        inside = match[1]
        return inside.strip("? ") if "?" in inside else ""

    before = None
    while before != text:
        before, text = text, _MARK.sub(replacement, text)
    return normalize(text)


def comparable(text: str) -> str:
    r"""Join words that a line end parts, and all lines by single spaces.

    Examples
    --------
    >>> comparable("He went to Lon-\ndon  on foot -\nalone")
    'He went to London on foot - alone'
    """
    return " ".join(_HYPHENATED.sub("", normalize(text)).split())


def counted_text(lines: Sequence[Line], truth: PageTruth) -> str:
    """Return the text read on a page, without what lies where it does not count."""
    kept = [line.text for line in lines if not is_aside(line.shape, truth)]
    return "\n".join(kept)


def is_aside(shape: LineShape, truth: PageTruth) -> bool:
    """Whether a found line lies, for the larger part, where nothing counts.

    That is on lines without text, on print, or in a region without lines.
    """
    if not truth.aside and not truth.empty:
        return False
    points = _middle(shape)
    nowhere = (*(other.polygon for other in truth.aside), *truth.empty)
    aside, beside = (
        sum(any(_holds(area, point) for area in areas) for point in points)
        for areas in (nowhere, [other.polygon for other in truth.beside])
    )
    return aside > beside and 2 * aside > len(points)


def is_near(shape: LineShape, truth: PageTruth) -> bool:
    """Whether a found line comes as near to a known line as lines are to each other.

    Near is what overlaps a line's outline grown by that line's height.
    """
    points = np.asarray(_middle(shape))
    for other in (*truth.beside, *truth.aside):
        reach = other.ascent + other.descent
        polygon = np.asarray(other.polygon, np.float32)
        for x, y in points.tolist():
            if cv2.pointPolygonTest(polygon, (x, y), True) >= -reach:
                return True
    return False


def is_described(shape: LineShape, truth: PageTruth) -> bool:
    """Whether a found line lies on lines of the truth, for a quarter of it at least.

    What does not is writing that the truth leaves out, or none at all.
    """
    points = _middle(shape)
    outlines = [other.polygon for other in (*truth.beside, *truth.aside)]
    inside = sum(any(_holds(area, point) for area in outlines) for point in points)
    return inside >= _DESCRIBED * len(points)


def _middle(shape: LineShape) -> list[tuple[float, float]]:
    """Return points spread along a line at the height of its small letters."""
    line = np.asarray(shape.baseline, float)
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    at = np.linspace(0, along[-1], _SAMPLES)
    xs = np.interp(at, along, line[:, 0])
    ys = np.interp(at, along, line[:, 1]) - shape.ascent / 4
    return list(zip(xs.tolist(), ys.tolist(), strict=True))


def _holds(area: Sequence[Point], point: Point) -> bool:
    polygon = np.asarray(area, np.float32)
    return float(cv2.pointPolygonTest(polygon, point, False)) >= 0
