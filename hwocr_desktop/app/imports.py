"""Take lines and text of PAGE XML and ALTO into the pages they belong to. No Qt."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import (
    Line,
    Original,
    Page,
    Project,
    Region,
)
from hwocr_desktop.core.document.originals import keep_original
from hwocr_desktop.core.errors import BadDocument, HwocrError, ProjectGone
from hwocr_desktop.core.formats.documents import document_of
from hwocr_desktop.core.formats.page_document import PageDocument
from hwocr_desktop.core.formats.safe_xml import read_xml_file
from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.progress import CancelToken, Progress, Report

log = logging.getLogger(__name__)

_LAST_NUMBER = re.compile(r"\d+$")
_SAME_SHAPE = 0.02
"""Height to width may differ by this share between a page and its XML."""


@dataclass(frozen=True, slots=True)
class DocumentsRead:
    """PAGE XML and ALTO files as they were read, and those that could not be.

    Attributes
    ----------
    documents : tuple of (Path, PageDocument)
    failures : tuple of (Path, HwocrError)
    scans : tuple of Path
        Pictures beside the files that they name, to be added as pages if need be.
    """

    documents: tuple[tuple[Path, PageDocument], ...]
    failures: tuple[tuple[Path, HwocrError], ...]
    scans: tuple[Path, ...]


def read_documents(
    paths: Sequence[Path],
    folder: Path | None = None,
    *,
    cancel: CancelToken,
    report: Report,
) -> DocumentsRead:
    """Read PAGE XML and ALTO files; one that is bad does not stop the others.

    Parameters
    ----------
    paths : sequence of Path
        The files.
    folder : Path, optional
        The project folder, where the files are kept for what else they say.
    cancel, report
        See `progress`.

    Raises
    ------
    ProjectGone
        If the project folder is not there any more.
    """
    documents: list[tuple[Path, PageDocument]] = []
    failures: list[tuple[Path, HwocrError]] = []
    scans: list[Path] = []
    for number, path in enumerate(paths):
        cancel.check()
        report(Progress(number, len(paths), path.name))
        try:
            document = read_kept(path, folder)
        except ProjectGone:
            raise
        except HwocrError as error:
            failures.append((path, error))
            continue
        documents.append((path, document))
        scan = _scan_of(path, document.image_name)
        if scan is not None and scan not in scans:
            scans.append(scan)
    report(Progress(len(paths), len(paths)))
    return DocumentsRead(tuple(documents), tuple(failures), tuple(scans))


def read_kept(path: Path, folder: Path | None) -> PageDocument:
    """Read a file and keep a copy of it in a project.

    Raises
    ------
    FileNotReadable, BadDocument
        If it cannot be read or understood.
    ProjectGone
        If the project folder is not there any more.
    """
    data = read_xml_file(path)
    document = document_of(data, path.name)
    if folder is None:
        return document
    return replace(document, original=keep_original(folder, data))


def _scan_of(path: Path, image_name: str) -> Path | None:
    """Return the picture that a file speaks of, if it lies near."""
    # The name may hold folders of somebody else's computer.
    name = image_name.replace("\\", "/").rsplit("/", 1)[-1]
    if not name:
        return None
    # Transkribus and others put the files into a folder beside the pictures.
    places = (path.parent / name, path.parent.parent / name)
    return next((place for place in places if place.is_file()), None)


def matching_page(project: Project, path: Path, document: PageDocument) -> Page | None:
    """Return the page that a document belongs to, or None.

    The name of the picture decides, then the name of the file, endings and capitals
    apart; where a scan has several pages, a number at the end of the file's name says
    which. A project with a single page of the same shape needs no name.
    """
    for name in (_stem(document.image_name), _stem(path.name)):
        matches = [p for p in project.pages if name and _stem(p.source) == name]
        fitting = [p for p in matches if _scale(p, document) is not None] or matches
        if fitting:
            return _of_number(fitting, path)
    if len(project.pages) == 1 and _scale(project.pages[0], document) is not None:
        return project.pages[0]
    return None


def _of_number(pages: Sequence[Page], path: Path) -> Page:
    """Return the page of a file with several whose number ends the document's name."""
    number = _LAST_NUMBER.search(path.stem)
    if number is not None and len(pages) > 1:
        frame = int(number[0]) - 1
        return next((page for page in pages if page.frame == frame), pages[0])
    return pages[0]


def with_document(project: Project, page_id: str, document: PageDocument) -> Project:
    """Put the lines of a document in the place of a page's lines.

    A document made for the same page at another resolution is scaled.

    Raises
    ------
    BadDocument
        If the document's page has another shape, or if the document does not say of
        what size its picture is and speaks of places beyond the page.
    """
    page = project.page(page_id)
    scale = _scale(page, document)
    name = page.scan_name
    if scale is None:
        raise BadDocument(
            f"The file speaks of a page of {document.width} x "
            f"{document.height}, but “{name}” has {page.width} x "
            f"{page.height} pixels.",
            "Turn the page as the file has it, or choose the file made for this scan.",
        )
    if _is_too_far(page, document):
        raise BadDocument(
            "The file does not say how large its picture is, and some of its lines lie "
            f"beyond “{name}” of {page.width} x {page.height} pixels.",
            "Export the page again in the program that the file comes from.",
        )
    regions, lines = document.regions, document.lines
    if scale != (1.0, 1.0):
        regions = tuple(_scaled_region(region, scale) for region in regions)
        lines = tuple(_scaled_line(line, scale) for line in lines)
    project = edits.replace_lines(project, page_id, lines, regions)
    kept = document.original
    source = Original(kept, page.rotation) if kept else None
    return edits.set_original(project, page_id, source)


def _stem(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return last.rsplit(".", 1)[0].casefold() if "." in last[1:] else last.casefold()


def _scale(page: Page, document: PageDocument) -> tuple[float, float] | None:
    """Return page pixels per pixel of the document, across and down."""
    if document.width <= 0 or document.height <= 0:
        return 1.0, 1.0
    across, down = page.width / document.width, page.height / document.height
    if abs(across / down - 1.0) > _SAME_SHAPE:
        return None
    return across, down


def _is_too_far(page: Page, document: PageDocument) -> bool:
    """Whether a file that tells no size speaks of lines that are not on a page."""
    if document.width > 0:
        return False
    corners = [line.shape.bounds for line in document.lines]
    return any(
        right > page.width or bottom > page.height for _, _, right, bottom in corners
    )


def _scaled(points: Sequence[Point], scale: tuple[float, float]) -> tuple[Point, ...]:
    return tuple((x * scale[0], y * scale[1]) for x, y in points)


def _scaled_region(region: Region, scale: tuple[float, float]) -> Region:
    return replace(region, polygon=_scaled(region.polygon, scale))


def _scaled_line(line: Line, scale: tuple[float, float]) -> Line:
    shape = line.shape
    scaled = LineShape(
        baseline=_scaled(shape.baseline, scale),
        ascent=shape.ascent * scale[1],
        descent=shape.descent * scale[1],
        polygon=_scaled(shape.polygon, scale),
    )
    return replace(line, shape=scaled)
