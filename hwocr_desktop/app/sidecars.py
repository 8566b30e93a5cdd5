"""Files with the lines of a scan that lie beside it. No Qt.

Other programs leave them as ``page/NAME.xml`` (Transkribus, Loghi), ``alto/NAME.xml``,
or ``NAME.xml`` beside the picture (OCR4all, eScriptorium); those of a scan with several
pages are ``NAME-001.xml`` and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.app.import_notices import import_notices
from hwocr_desktop.app.imports import read_kept, with_document
from hwocr_desktop.app.page_work import ScansInspected, failure_notices, inspect_scans
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.errors import HwocrError, ProjectGone
from hwocr_desktop.core.folders import first_file
from hwocr_desktop.core.formats.page_document import Mended, PageDocument
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.progress import CancelToken, Report


@dataclass(frozen=True, slots=True)
class ScansWithDocuments:
    """Scans and what lies beside them.

    Attributes
    ----------
    found : ScansInspected
    documents : tuple of PageDocument or None
        For each scan, in its order.
    failures : tuple of (Path, HwocrError)
        Files beside scans that could not be understood; the scans are there.
    """

    found: ScansInspected
    documents: tuple[PageDocument | None, ...] = ()
    failures: tuple[tuple[Path, HwocrError], ...] = ()


def find_sidecar(scan: Path, frame: int = 0, count: int = 1) -> Path | None:
    """Return the file with the lines of a scan, or None.

    Parameters
    ----------
    scan : Path
        The picture.
    frame, count : int
        Which of its pages, from 0, and how many it has.
    """
    names = [scan.stem]
    if count > 1:
        width = max(3, len(str(count)))
        names = [f"{scan.stem}-{frame + 1:0{width}}", f"{scan.stem}_{frame + 1:04d}"]
    places = [
        folder / f"{name}.xml"
        for name in names
        for folder in (scan.parent / "page", scan.parent / "alto", scan.parent)
    ]
    return first_file(places)


def inspect_with_documents(
    paths: Sequence[Path], folder: Path | None, *, cancel: CancelToken, report: Report
) -> ScansWithDocuments:
    """Open scans as `inspect_scans` does, and read what lies beside them.

    Parameters
    ----------
    paths : sequence of Path
        Scans, and folders of scans.
    folder : Path or None
        The project folder, where the files are kept; None keeps none.
    cancel, report
        See `progress`.

    Raises
    ------
    ProjectGone
        If there is a file to be kept, and the project folder is gone.
    """
    found = inspect_scans(paths, cancel=cancel, report=report)
    counts: dict[Path, int] = {}
    for scan in found.scans:
        counts[scan.path] = counts.get(scan.path, 0) + 1
    documents: list[PageDocument | None] = []
    failures: list[tuple[Path, HwocrError]] = []
    for scan in found.scans:
        cancel.check()
        path = find_sidecar(scan.path, scan.frame, counts[scan.path])
        try:
            documents.append(None if path is None else read_kept(path, folder))
        except ProjectGone:
            raise
        except HwocrError as error:
            documents.append(None)
            failures.append((path or scan.path, error))
    return ScansWithDocuments(found, tuple(documents), tuple(failures))


def with_found_documents(
    project: Project, page_ids: Sequence[str], given: ScansWithDocuments
) -> tuple[Project, list[Notice]]:
    """Put the lines that lay beside new pages into them.

    Parameters
    ----------
    project : Project
        With the new pages.
    page_ids : sequence of str
        The new pages, in the order of the scans.
    given : ScansWithDocuments

    Returns
    -------
    tuple of (Project, list of Notice)
        The project, and what a person should know.
    """
    failures = list(given.failures)
    done = 0
    mended: list[tuple[str, Mended]] = []
    for page_id, document in zip(page_ids, given.documents, strict=False):
        if document is None:
            continue
        try:
            project = with_document(project, page_id, document)
        except HwocrError as error:
            failures.append((Path(project.page(page_id).source), error))
        else:
            done += 1
            mended.append((project.page(page_id).scan_name, document.mended))
    notices = failure_notices(
        failures,
        "warning",
        "%s: what lies beside scans was not used: %s",
        lambda many, names: (
            f"Of {many} pages the files beside the scans could not be used, among "
            f"them {names}. These pages have no lines and no text yet."
        ),
        "The file window.log in the log folder names them all and says what is wrong "
        "with each.",
    )
    if done:
        pages = counted(done, "page")
        text = f"Lines and text of {pages} were taken from the files beside the scans."
        notices.append(Notice(text))
    notices += import_notices(mended)
    return project, notices
