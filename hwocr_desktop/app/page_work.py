"""What the session hands to its workers, and how their results enter the document.

No Qt: plain functions with ``cancel`` and ``report``, and pure ones on the project.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hwocr_desktop.app.model_choice import choose_cleaning
from hwocr_desktop.app.pipeline import (
    LineRead,
    LinesFound,
    clean_page,
    lines_of_ink,
    load_page,
)
from hwocr_desktop.app.requests import InkPart, InkShown, Notice, NoticeKind, ScanShown
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning, Page, Project, Reading
from hwocr_desktop.core.document.project_file import store_source
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.pixels.imaging import (
    Scan,
    count_frames,
    file_sha256,
    find_scans,
    load_scan,
)
from hwocr_desktop.core.pixels.thresholding import METHODS, Ink
from hwocr_desktop.core.pixels.tiles import Rect
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.ml.binarizer import CUT as NETWORK_CUT

log = logging.getLogger(__name__)

MANY_FAILURES = 3
"""More unreadable files than this are told in one sentence."""


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """What is kept of a scan when it becomes a page."""

    path: Path
    frame: int
    width: int
    height: int
    dpi: float
    sha256: str
    inverted: bool


@dataclass(frozen=True, slots=True)
class ScansInspected:
    """Scans that can become pages, and those that cannot."""

    scans: tuple[ScanFacts, ...]
    failures: tuple[tuple[Path, HwocrError], ...]


def inspect_scans(
    paths: Sequence[Path], *, cancel: CancelToken, report: Report
) -> ScansInspected:
    """Open every scan once to learn its size and whether it can be read.

    Folders are searched; each page of a PDF or TIFF is a scan of its own. A file that
    cannot be opened is listed among the failures and the rest goes on.
    """
    scans: list[ScanFacts] = []
    failures: list[tuple[Path, HwocrError]] = []
    files: list[Path] = []
    for path in paths:
        try:
            files += find_scans([path], lambda at, error: failures.append((at, error)))
        except HwocrError as error:
            failures.append((path, error))
    for number, path in enumerate(files):
        report(Progress(number, len(files), path.name))
        try:
            checksum = file_sha256(path)
            for frame in range(count_frames(path)):
                cancel.check()
                scans.append(_facts(load_scan(path, frame), checksum))
        except HwocrError as error:
            failures.append((path, error))
    report(Progress(len(files), len(files), ""))
    return ScansInspected(tuple(scans), tuple(failures))


def _facts(scan: Scan, checksum: str) -> ScanFacts:
    height, width = scan.gray.shape
    return ScanFacts(
        scan.source, scan.frame, width, height, scan.dpi, checksum, scan.inverted
    )


def with_pages(project: Project, folder: Path, found: ScansInspected) -> Project:
    """Return the project with a page for each scan, at the end."""
    cleaning = Cleaning(method=choose_cleaning())
    for scan in found.scans:
        project = edits.add_page(
            project,
            store_source(folder, scan.path),
            scan.width,
            scan.height,
            frame=scan.frame,
            sha256=scan.sha256,
            dpi=scan.dpi,
            inverted=scan.inverted,
            cleaning=cleaning,
        )
    return project


def inspection_notices(found: ScansInspected) -> list[Notice]:
    """Return what a person should know of scans that could not be opened.

    If they are many, the log gets the name of each and what is wrong with it.
    """
    if not found.scans and not found.failures:
        return [
            Notice(
                "There were no scans to add.",
                "Choose pictures (PNG, JPEG, TIFF, ...), PDF files, or a folder "
                "that holds some.",
                "warning",
            )
        ]
    return failure_notices(
        found.failures,
        "error",
        "%s was not added: %s",
        lambda many, names: f"{many} files could not be opened, among them {names}.",
        "The file window.log in the log folder names them all and says what is wrong "
        "with each; all others are in the project.",
    )


def failure_notices(
    failures: Sequence[tuple[Path, HwocrError]],
    kind: NoticeKind,
    logged: str,
    text: Callable[[int, str], str],
    advice: str,
) -> list[Notice]:
    """Return what to tell of files that could not be used: of each, or of all at once.

    Parameters
    ----------
    failures : sequence of (Path, HwocrError)
    kind : NoticeKind
    logged : str
        What the log says of each if they are many, with two ``%s``.
    text : callable
        Says what became of many, given their number and some names.
    advice : str
        What to do about many.
    """
    if len(failures) <= MANY_FAILURES:
        return [Notice(e.message, e.advice, kind) for _, e in failures]
    for path, error in failures:
        log.warning(logged, path, error)
    names = ", ".join(path.name for path, _ in failures[:MANY_FAILURES])
    return [
        Notice(
            text(len(failures), names),
            advice,
            kind,
            "open-logs",
        )
    ]


def load_shown(
    folder: Path, page: Page, *, cancel: CancelToken, report: Report
) -> ScanShown:
    """Load a page's pixels for the window."""
    return ScanShown(page.id, load_page(folder, page, cancel=cancel, report=report))


def clean_shown(
    page: Page,
    scan: Scan,
    near: Rect | None = None,
    *,
    cancel: CancelToken,
    report: Report,
) -> InkShown:
    """Make a page's ink map for the window.

    The mending is left to the window, which paints it stroke by stroke. What a network
    has ready is reported as `InkPart`, from ``near`` outward.
    """
    cut = page.cleaning.cut or NETWORK_CUT

    def pass_on(progress: Progress) -> None:
        if progress.partial is not None:
            part = InkPart(page.id, progress.partial, cut, page.cleaning)
            progress = replace(progress, partial=part)
        report(progress)

    own = clean_page(
        scan.gray,
        replace(page.cleaning, cut=None),
        near=near or (0, 0, page.width, page.height),
        cancel=cancel,
        report=pass_on,
    )
    shown = InkShown(page.id, own, page.cleaning, own.cut)
    return with_cut(shown, page.cleaning) or shown


def is_fast(cleaning: Cleaning) -> bool:
    """Whether cleaning needs no network."""
    return cleaning.method in METHODS


def same_map(one: Cleaning, other: Cleaning) -> bool:
    """Whether two cleanings make the same ink map, the cut apart."""
    return replace(one, cut=None) == replace(other, cut=None)


def with_cut(shown: InkShown, cleaning: Cleaning) -> InkShown | None:
    """Return the same ink map at another cut.

    None if the method's own cut is wanted and it is not known.
    """
    cut = shown.own_cut if cleaning.cut is None else cleaning.cut
    if not cut:
        return shown if shown.cleaning.cut is None else None
    return replace(shown, ink=Ink(shown.ink.map, cut), cleaning=cleaning)


def find_page_lines(
    folder: Path, page: Page, layout: str, *, cancel: CancelToken, report: Report
) -> LinesFound:
    """Find the lines of a page with a model, see `open_models.bodies_of_lines`."""
    report(Progress(0, 0, "opening"))
    scan = load_page(folder, page, cancel=cancel)
    report(Progress(0, 0, "finding lines"))
    ink = clean_page(
        scan.gray, page.cleaning, page.mending, cancel=cancel, report=report
    )
    return lines_of_ink(page.id, ink, layout, cancel=cancel)


def with_lines(project: Project, found: LinesFound) -> Project:
    """Return the project with the lines found on a page, if it still has the page."""
    if all(page.id != found.page_id for page in project.pages):
        return project
    return edits.set_lines(project, found.page_id, found.shapes, printed=found.printed)


def with_readings(project: Project, parts: Sequence[LineRead]) -> Project:
    """Return the project with readings put to the lines they were read from.

    A line that was moved or removed meanwhile gets none.
    """
    by_page: dict[str, dict[str, Reading]] = {}
    read = {part.page_id for part in parts}
    for page in project.pages:
        if page.id not in read:
            continue
        here = {part.shape: part.reading for part in parts if part.page_id == page.id}
        found = {line.id: here[line.shape] for line in page.lines if line.shape in here}
        if found:
            by_page[page.id] = found
    for page_id, readings in by_page.items():
        project = edits.set_readings(project, page_id, readings)
    return project
