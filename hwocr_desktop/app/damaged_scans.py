"""Scans that are there but cannot be opened, found before any is held out. No Qt."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.document.sources import resolve_source
from hwocr_desktop.core.errors import FileNotReadable, HwocrError
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.progress import CancelToken, Progress, Report

log = logging.getLogger(__name__)

_Scan = tuple[Path, int, int, int]

_opened: dict[_Scan, bool] = {}
"""Of scans as they were when somebody looked, whether they could be opened."""


def look_at_scans(
    folder: Path, pages: Sequence[Page], cancel: CancelToken, report: Report
) -> None:
    """Try to open the scans of pages; `is_damaged` knows it from then on.

    A scan that was looked at is not opened again before it is another file. What cannot
    be opened is logged.

    Parameters
    ----------
    folder : Path
        What their sources are named from.
    pages : sequence of Page
    cancel, report
        ``report`` counts the pages.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    found = [(page, scan) for page in pages if (scan := _scan_of(folder, page))]
    new = [(page, scan) for page, scan in found if scan not in _opened]

    def look(item: tuple[Page, _Scan]) -> None:
        page, scan = item
        cancel.check()
        try:
            load_scan(scan[0], page.frame)
        except HwocrError as error:
            log.warning("left out %s: %s", page.source, error.message)
            _opened[scan] = False
        else:
            _opened[scan] = True

    with ThreadPoolExecutor(2) as pool:
        for done, _ in enumerate(pool.map(look, new)):
            report(Progress(done, len(new), "looking at the scans"))


def is_damaged(folder: Path, page: Page) -> bool:
    """Whether a page's scan, as it is now, was found to be damaged."""
    scan = _scan_of(folder, page)
    return scan is not None and not _opened.get(scan, True)


def _scan_of(folder: Path, page: Page) -> _Scan | None:
    """Return what tells a scan from what it was before; None if it is not there."""
    try:
        path = resolve_source(folder, page)
        stat = path.stat()
    except (FileNotReadable, OSError):
        return None
    return path, page.frame, stat.st_size, stat.st_mtime_ns
