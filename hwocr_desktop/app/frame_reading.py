"""Reading one page of a file, without a project. No Qt."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hwocr_desktop.app.imports import with_document
from hwocr_desktop.app.open_models import open_recognizer
from hwocr_desktop.app.page_work import with_lines, with_readings
from hwocr_desktop.app.pipeline import ReadRequest, line_read, read_page
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning, Page, Project
from hwocr_desktop.core.formats.documents import read_document
from hwocr_desktop.core.pixels.geometry import whole_picture
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.progress import (
    CancelToken,
    Progress,
    Report,
    ignore_progress,
)
from hwocr_desktop.core.settings import Decoder
from hwocr_desktop.core.text.lexicon import Lexicon

DEFAULT_CLEANING = Cleaning()


def read_frame(
    path: Path,
    frame: int,
    model: str,
    *,
    decoder: Decoder = "greedy",
    cleaning: Cleaning = DEFAULT_CLEANING,
    lexicon: Lexicon | None = None,
    whole: bool = False,
    beside: Path | None = None,
    layout: str | None = None,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> Page:
    """Read one page of a file, as the window would in a project of one page.

    Parameters
    ----------
    path, frame
        The file, and which of its pages, from 0.
    model, decoder, cleaning, lexicon, whole
        See `batch.ReadFilesRequest`.
    beside : Path, optional
        PAGE XML or ALTO whose lines are read; if it has none, they are found.
    layout : str, optional
        What finds lines, see `open_models.bodies_of_lines`.
    cancel, report
        See `progress`.

    Returns
    -------
    Page
        With lines and readings.

    Raises
    ------
    HwocrError
        If the scan or the model cannot be used.
    Cancelled
        If cancelled.
    """
    scan = load_scan(path, frame)
    height, width = scan.gray.shape
    project = edits.add_page(
        Project(),
        path.absolute().as_posix(),
        width,
        height,
        frame=frame,
        dpi=scan.dpi,
        inverted=scan.inverted,
        cleaning=cleaning,
    )
    page = project.pages[0]
    if beside is not None:
        document = replace(read_document(beside), original=beside.name)
        report(Progress(0, 0, "opening", document.mended))
        project = with_document(project, page.id, document)
        page = project.pages[0]
    if whole:
        (reading,) = open_recognizer(model).read(
            [scan.gray], decoder=decoder, lexicon=lexicon, cancel=cancel
        )
        shape = whole_picture(width, height)
        project = edits.set_lines(project, page.id, (shape,))
        line = line_read(page.id, shape, reading)
        return with_readings(project, (line,)).pages[0]
    request = ReadRequest(
        page, path.parent, model, decoder, not page.lines, scan, lexicon, layout
    )
    result = read_page(request, cancel=cancel, report=report)
    if result.found is not None:
        project = with_lines(project, result.found)
    return with_readings(project, result.lines).pages[0]
