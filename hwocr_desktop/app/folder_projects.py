"""A folder of transcribed pages or lines as a project that is nowhere kept. No Qt.

What can be learned from a person's corrections can so be learned from the files of
other programs, by the same code.
"""

from __future__ import annotations

import logging
from pathlib import Path

from hwocr_desktop.app.page_work import with_pages
from hwocr_desktop.app.sidecars import (
    find_sidecar,
    inspect_with_documents,
    with_found_documents,
)
from hwocr_desktop.core.document.backups import NAME as PROJECT_FILE
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.document.sources import store_source
from hwocr_desktop.core.errors import (
    FileNotReadable,
    HwocrError,
    TrainingDataMissing,
)
from hwocr_desktop.core.folders import folders_below
from hwocr_desktop.core.pixels.crops import SIDE_MARGIN
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.imaging import count_frames, find_scans, scan_size
from hwocr_desktop.core.progress import CancelToken, Report
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.ml.training.line_checks import LeftOut, tell
from hwocr_desktop.ml.training.line_layouts import find_layout

log = logging.getLogger(__name__)


def project_of_folder(folder: Path, *, cancel: CancelToken, report: Report) -> Project:
    """Return the transcribed lines of a folder as a project.

    Parameters
    ----------
    folder : Path
        It, or folders below it, hold pictures of lines with ``labels.tsv``,
        ``NAME.gt.txt`` or the lists of IAM, or scans with PAGE XML or ALTO: beside
        them, in ``page/`` or in ``alto/``.
    cancel, report
        See `progress`.

    Returns
    -------
    Project
        Texts that a machine read are in it and not checked; all others are. Sources
        are named from ``folder``.

    Raises
    ------
    FileNotReadable
        If there is no such folder.
    TrainingDataMissing
        If it holds nothing of that kind.
    Cancelled
        If cancelled.
    """
    if folder.is_file():
        raise FileNotReadable(
            f"{folder} is a file, not a folder.",
            "Name a project's folder, or one with transcribed pages or lines.",
        )
    if not folder.is_dir():
        raise FileNotReadable(
            f"The folder {folder} does not exist.", "Check the name of the folder."
        )
    folder = folder.resolve()
    pages, left_out = _pages_of_lines(folder, cancel)
    tell(left_out)
    project = Project(folder.name, pages=tuple(pages), next_page=len(pages) + 1)
    of_lines = {page.source for page in pages}
    scans = [
        scan
        for scan in find_scans([folder], _log_left_out)
        if store_source(folder, scan) not in of_lines and _has_lines_beside(scan)
    ]
    given = inspect_with_documents(scans, None, cancel=cancel, report=report)
    project = with_pages(project, folder, given.found)
    ids = [page.id for page in project.pages[len(pages) :]]
    project, notices = with_found_documents(project, ids, given)
    for notice in notices:
        log.info("%s", notice.text)
    if not any(page.lines for page in project.pages):
        raise _nothing_in(folder)
    return project


def _log_left_out(path: Path, error: HwocrError) -> None:
    log.warning("left out %s: %s", path, error.message)


def _has_lines_beside(scan: Path) -> bool:
    """Whether lines lie beside any page of a scan, so that it is worth opening."""
    try:
        count = count_frames(scan)
    except HwocrError as error:
        _log_left_out(scan, error)
        return False
    return any(find_sidecar(scan, frame, count) for frame in range(count))


def _nothing_in(folder: Path) -> TrainingDataMissing:
    for below in folders_below(folder):
        if (below / PROJECT_FILE).is_file():
            return TrainingDataMissing(
                f"{folder} holds no transcribed lines, but there is a project in "
                f"{below}.",
                "Name that folder.",
            )
    return TrainingDataMissing(
        f"There is neither a project nor a transcribed line in {folder}.",
        "Name a project's folder, or one with scans and their PAGE XML or ALTO, "
        "with labels.tsv, with NAME.gt.txt files or with IAM's lines.txt.",
    )


def _pages_of_lines(
    folder: Path, cancel: CancelToken
) -> tuple[list[Page], list[LeftOut]]:
    """Return a page for each picture of a line, and the lines that cannot be used."""
    pages: list[Page] = []
    left_out: list[LeftOut] = []
    for place in folders_below(folder):
        read = find_layout(place)
        for entry in read(place) if read else ():
            cancel.check()
            if isinstance(entry, LeftOut):
                left_out.append(entry)
                continue
            try:
                width, height = scan_size(entry.image)
            except HwocrError as error:
                left_out.append(LeftOut(entry.file, entry.row, error.message))
                continue
            line = Line(
                "l1",
                whole_picture(width, height),
                correction=normalize(entry.text),
                checked=True,
            )
            source = store_source(folder, entry.image)
            name = f"p{len(pages) + 1}"
            pages.append(Page(name, source, width, height, lines=(line,), next_line=2))
    return pages, left_out


def whole_picture(width: int, height: int) -> LineShape:
    """Return the shape of a line of which a picture shows all, and nothing else.

    What `crop_to_read` cuts out of the picture by it is the picture, as long as that is
    wider than the margins of a crop.
    """
    margin = min(SIDE_MARGIN * height, width / 2 - 0.5)
    ascent = 2 / 3 * height
    return LineShape(
        ((margin, ascent), (width - margin, ascent)),
        ((0.0, 0.0), (width, 0.0), (width, height), (0.0, height)),
        ascent,
        height - ascent,
    )
