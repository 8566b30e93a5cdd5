"""Write pages as XML, plain text and black and white into a folder. No Qt.

The window and the command line call the same function. Files are replaced whole, and
none that is there already is touched unless the caller says so.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2

from hwocr_desktop.app.pipeline import clean_page, load_page
from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.document.originals import load_original
from hwocr_desktop.core.errors import BadRequest, HwocrError, OutputNotWritable
from hwocr_desktop.core.formats.documents import (
    SIDECAR_FOLDERS,
    XML_FORMATS,
    XmlFormat,
    write_document,
)
from hwocr_desktop.core.formats.text import page_text, save_text
from hwocr_desktop.core.pixels.ink_files import encode_ink
from hwocr_desktop.core.progress import CancelToken, Progress, Report

log = logging.getLogger(__name__)

Format = Literal["page", "page2013", "alto", "text", "binary"]
FORMATS: tuple[Format, ...] = ("page", "page2013", "alto", "text", "binary")
DEFAULT_FORMATS: tuple[Format, ...] = ("page", "text")
# A picture of the page may lie beside it under the name alone.
_SUFFIXES: dict[Format, str] = {
    "page": ".xml",
    "page2013": ".xml",
    "alto": ".xml",
    "text": ".txt",
    "binary": ".binary.png",
}

# Characters that some system does not allow in the name of a file.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """What to write, and where.

    Attributes
    ----------
    project : Project
    folder : Path
        The project's folder, to find the scans.
    page_ids : tuple of str
        Pages to write, in the project's order; empty for all.
    target : Path
        Folder to write to; made if it is missing.
    formats : tuple of "page", "page2013", "alto", "text" or "binary"
        PAGE XML of 2013 goes into a folder ``page`` and ALTO into a folder ``alto``,
        where Transkribus and others look for the file of a picture. The binary page
        is a picture of 1 bit, cleaned as the page is, with its mending.
    joined : bool
        Whether the text of all pages goes into one file too, a blank line between
        pages.
    images : bool
        Whether a picture of each page, as it is shown, is put beside its XML.
    words : bool
        Whether PAGE XML has a place for each word, as ALTO always has.
    replace : bool
        Whether files that are there already may be replaced.
    """

    project: Project
    folder: Path
    page_ids: tuple[str, ...]
    target: Path
    formats: tuple[Format, ...] = DEFAULT_FORMATS
    joined: bool = False
    images: bool = False
    words: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What became of an export.

    Attributes
    ----------
    written : tuple of Path
        The files, in order.
    in_the_way : tuple of Path
        Files that are there already; if there are any, nothing was written.
    failures : tuple of (str, HwocrError)
        File names that could not be written, and why; all others are there.
    turned : tuple of str
        Names of pages whose XML does not fit their scan file as it lies on the
        disk, because the page was turned here or is one of several in the file.
    without_lines : int
        Pages that have no lines yet, and so no text, where text was asked for; their
        other files are written.
    """

    written: tuple[Path, ...] = ()
    in_the_way: tuple[Path, ...] = ()
    failures: tuple[tuple[str, HwocrError], ...] = ()
    turned: tuple[str, ...] = ()
    without_lines: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """One file to be written."""

    path: Path
    page: Page
    kind: Literal["page", "page2013", "alto", "text", "binary", "image"]
    image_name: str = ""
    has_words: bool = False


def page_names(pages: Sequence[Page]) -> dict[str, str]:
    """Return a file name without ending for each page.

    It is the name of the scan, with the number of the page where the file holds
    several, and with another number where two scans have the same name.

    Parameters
    ----------
    pages : sequence of Page
        All pages of the project, so that a page keeps its name whatever is chosen.

    Returns
    -------
    dict of str to str
        Page id to name; no two are equal, capitals apart.
    """
    frames: dict[str, int] = {}
    for page in pages:
        frames[page.source] = max(frames.get(page.source, 0), page.frame)
    names: dict[str, str] = {}
    taken: set[str] = set()
    for page in pages:
        stem = page.scan_name
        stem = stem.rsplit(".", 1)[0] if "." in stem[1:] else stem
        stem = _FORBIDDEN.sub(" ", stem).strip(" .") or "page"
        if frames[page.source]:
            stem = f"{stem}_{page.frame + 1:04d}"
        name, number = stem, 2
        # Windows and macOS tell no capitals from small letters.
        while name.casefold() in taken:
            name, number = f"{stem}-{number}", number + 1
        taken.add(name.casefold())
        names[page.id] = name
    return names


def export_pages(
    request: ExportRequest, *, cancel: CancelToken, report: Report
) -> ExportResult:
    """Write pages into a folder; one page that fails does not stop the others.

    A page without lines gives no text file: an empty one would look like a page on
    which nothing is written.

    Returns
    -------
    ExportResult

    Raises
    ------
    BadRequest
        If there is no page or no format to write.
    OutputNotWritable
        If the folder cannot be made.
    Cancelled
        If cancelled; what is written by then stays.
    """
    pages = [
        page
        for page in request.project.pages
        if not request.page_ids or page.id in request.page_ids
    ]
    if not pages or not (request.formats or request.joined):
        raise BadRequest(
            "There is nothing to export.",
            "Choose at least one page and one kind of file.",
        )
    atomic.make_folder(request.target)
    names = page_names(request.project.pages)
    pieces = list(_pieces(request, pages, names))
    joined = request.target / f"{_joined_name(request.project)}.txt"
    has_joined = request.joined and any(page.lines for page in pages)
    paths = [piece.path for piece in pieces] + [joined] * has_joined
    if not request.replace:
        there = tuple(path for path in paths if path.exists())
        if there:
            return ExportResult(in_the_way=there)
    written: list[Path] = []
    failures: list[tuple[str, HwocrError]] = []
    for number, piece in enumerate(pieces):
        cancel.check()
        report(Progress(number, len(paths), piece.path.name))
        try:
            _write(piece, request.folder, cancel)
        except HwocrError as error:
            log.warning("not exported: %s", error)
            failures.append((piece.path.name, error))
        else:
            written.append(piece.path)
    if has_joined:
        try:
            atomic.write_text(joined, joined_text(pages))
        except HwocrError as error:
            failures.append((joined.name, error))
        else:
            written.append(joined)
    report(Progress(len(paths), len(paths)))
    log.info("exported %d files, %d failed", len(written), len(failures))
    unfit = [p for p in pages if (p.rotation or p.frame) and not request.images]
    return ExportResult(
        tuple(written),
        (),
        tuple(failures),
        tuple(names[p.id] for p in unfit) if _xml_formats(request) else (),
        sum(page.state == "new" for page in pages) if _has_text(request) else 0,
    )


def _has_text(request: ExportRequest) -> bool:
    """Whether any of the files to write holds text; black and white pages do not."""
    return request.joined or any(form != "binary" for form in request.formats)


def joined_text(pages: Sequence[Page]) -> str:
    """Return the text of pages one after another, a blank line between them."""
    texts = (page_text(page).strip("\n") for page in pages)
    return "\n\n".join(text for text in texts if text) + "\n"


def _pieces(
    request: ExportRequest, pages: Sequence[Page], names: dict[str, str]
) -> Iterator[_Piece]:
    for page in pages:
        name = names[page.id]
        scan = page.scan_name
        kinds = _xml_formats(request)
        if kinds and request.images:
            scan = f"{name}.png"
            yield _Piece(request.target / scan, page, "image")
        for kind in kinds:
            path = _xml_path(request.target, name, kind)
            yield _Piece(path, page, kind, scan, request.words)
        if "text" in request.formats and (page.text_lines or page.state == "empty"):
            yield _Piece(request.target / f"{name}{_SUFFIXES['text']}", page, "text")
        if "binary" in request.formats:
            path = request.target / f"{name}{_SUFFIXES['binary']}"
            yield _Piece(path, page, "binary")


def _xml_formats(request: ExportRequest) -> tuple[XmlFormat, ...]:
    return tuple(kind for kind in XML_FORMATS if kind in request.formats)


def _xml_path(target: Path, name: str, kind: XmlFormat) -> Path:
    folder = target if kind == "page" else target / SIDECAR_FOLDERS[kind]
    return folder / f"{name}{_SUFFIXES[kind]}"


def _write(piece: _Piece, folder: Path, cancel: CancelToken) -> None:
    if piece.kind in ("page", "page2013", "alto"):
        _write_xml(piece, piece.kind, folder)
    elif piece.kind == "text":
        save_text(piece.path, piece.page)
    elif piece.kind == "binary":
        page, scan = piece.page, load_page(folder, piece.page)
        ink = clean_page(scan.gray, page.cleaning, page.mending, cancel=cancel)
        note = page.cleaning.method.encode("ascii", "replace").decode("ascii")
        data = encode_ink(ink.binary(), scan.dpi, note)
        atomic.write_bytes(piece.path, data)
    else:
        scan = load_page(folder, piece.page)
        pixels = scan.gray if scan.color is None else scan.color[:, :, ::-1]
        done, encoded = cv2.imencode(".png", pixels)
        if not done:
            raise OutputNotWritable(
                f"The picture “{piece.path.name}” could not be made.",
                "Export without pictures.",
            )
        atomic.write_bytes(piece.path, encoded.tobytes())


def _write_xml(piece: _Piece, kind: XmlFormat, folder: Path) -> None:
    """Write a page, into a copy of the file that its lines came from if it is kept."""
    source = piece.page.original
    data = None if source is None else load_original(folder, source.name)
    atomic.make_folder(piece.path.parent)
    content = write_document(
        piece.page, piece.image_name, kind, data, has_words=piece.has_words
    )
    atomic.write_bytes(piece.path, content)


def _joined_name(project: Project) -> str:
    return _FORBIDDEN.sub(" ", project.title).strip(" .")[:80] or "text"
