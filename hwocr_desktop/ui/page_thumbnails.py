"""Small pictures of pages, made one after another when nothing else is to do."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QPixmap

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.document.project_file import resolve_source
from hwocr_desktop.core.pixels.imaging import load_scan, thumbnail
from hwocr_desktop.core.progress import CancelToken, Report
from hwocr_desktop.ui.pixel_images import image_of

if TYPE_CHECKING:
    from hwocr_desktop.core.pixels.imaging import Scan

log = logging.getLogger(__name__)

SIDE_PX = 144
"""Longest side of a thumbnail, enough for dense screens."""

START_MS = 400
"""The page that is being opened goes first."""

MOST_PIXELS = 40_000_000
"""Larger pages get their thumbnail only when they are opened: decoding one takes
seconds and hundreds of megabytes."""

KEPT = 1000

Key = tuple[str, int, int, bool]


def key_of(page: Page) -> Key:
    """Return what a page's thumbnail depends on."""
    return page.source, page.frame, page.rotation, page.inverted


def make_thumbnail(
    folder: Path, page: Page, *, cancel: CancelToken, report: Report
) -> npt.NDArray[np.uint8]:
    """Load a page and reduce it; work for a background thread.

    Returns
    -------
    (h, w) or (h, w, 3) uint8
        At most `SIDE_PX` on its longer side.

    Raises
    ------
    FileNotReadable, UnreadableImage
        If the scan is missing or damaged.
    Cancelled
        If cancelled.
    """
    path = resolve_source(folder, page)
    cancel.check()
    scan = load_scan(path, page.frame, rotation=page.rotation, inverted=page.inverted)
    cancel.check()
    return reduced(scan)


def reduced(scan: Scan) -> npt.NDArray[np.uint8]:
    """Return a page's pixels as a thumbnail."""
    pixels = scan.gray if scan.color is None else scan.color
    return np.ascontiguousarray(thumbnail(pixels, SIDE_PX))


class Thumbnails(QObject):
    """Has the thumbnails that were asked for made, the last asked for first.

    Signals
    -------
    ready : tuple
        Key of a thumbnail that can now be had.
    """

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = JobRunner("thumbnails", low_priority=True)
        self._is_closed = False
        self._made: dict[Key, QPixmap | None] = {}
        self._wanted: dict[Key, tuple[Path, Page]] = {}
        self._working: Key | None = None
        self._start = QTimer(self)
        self._start.setSingleShot(True)
        self._start.setInterval(START_MS)
        self._start.timeout.connect(self._make_next)

    def of(self, page: Page, folder: Path | None) -> QPixmap | None:
        """Return a page's thumbnail, or None and have it made."""
        key = key_of(page)
        if key in self._made:
            return self._made[key]
        is_small = page.width * page.height <= MOST_PIXELS
        if folder is not None and is_small and key != self._working:
            self._wanted.pop(key, None)
            self._wanted[key] = folder, page
            if self._working is None and not self._start.isActive():
                self._start.start()
        return None

    def take_scan(self, page: Page, scan: Scan) -> None:
        """Make the thumbnail of a page that is open anyway."""
        key = key_of(page)
        if self._made.get(key) is None and not self._is_closed:
            self._wanted.pop(key, None)
            job = self._runner.submit(self.tr("Thumbnail"), _reduce, scan)
            job.succeeded.connect(lambda pixels: self._keep(key, pixels))

    def forget_all(self) -> None:
        """Forget everything: another project is open."""
        self._wanted.clear()
        self._made.clear()
        self._runner.cancel_all()

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread; False if it did not stop in time."""
        self._is_closed = True
        self._start.stop()
        return self._runner.shutdown(timeout_ms)

    @Slot()
    def _make_next(self) -> None:
        if self._working is not None or not self._wanted or self._is_closed:
            return
        key, (folder, page) = self._wanted.popitem()
        self._working = key
        job = self._runner.submit(self.tr("Thumbnail"), make_thumbnail, folder, page)
        job.succeeded.connect(lambda pixels: self._keep(key, pixels))
        job.failed.connect(lambda error: self._keep(key, None))
        job.finished.connect(self._on_finished)

    @Slot()
    def _on_finished(self) -> None:
        self._working = None
        if self._wanted and not self._is_closed:
            self._start.start(0)

    def _keep(self, key: Key, pixels: npt.NDArray[np.uint8] | None) -> None:
        while len(self._made) >= KEPT:
            self._made.pop(next(iter(self._made)))
        self._made[key] = (
            None if pixels is None else QPixmap.fromImage(image_of(pixels))
        )
        self.ready.emit(key)


def _reduce(
    scan: Scan, *, cancel: CancelToken, report: Report
) -> npt.NDArray[np.uint8]:
    return reduced(scan)
