"""What is drawn of the page shown; reduced copies are made in the background."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import ProjectChange
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.ui.page_thumbnails import key_of
from hwocr_desktop.ui.pixel_levels import Levels, Pixels, build_levels, full_only


def has_other_pixels(page: Page | None, change: ProjectChange) -> bool:
    """Whether a change gave a page other pixels: turned, inverted, another file."""
    if page is None:
        return False
    before = [p for p in change.before.pages if p.id == page.id]
    return bool(before) and key_of(before[0]) != key_of(page)


class PagePixels(QObject):
    """A page's pixels and its ink map, at once in full and soon in all sizes.

    Signals
    -------
    scan_changed, ink_changed
        Something better can be drawn, or nothing any more.
    """

    scan_changed = Signal()
    ink_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = JobRunner("views")
        self._is_closed = False
        self._scan: Levels | None = None
        self._ink: Levels | None = None

    @property
    def scan(self) -> Levels | None:
        """The original page."""
        return self._scan

    @property
    def ink(self) -> Levels | None:
        """The ink map."""
        return self._ink

    def forget(self) -> None:
        """Show nothing: another page comes."""
        self._runner.cancel_all()
        self._scan = self._ink = None
        self.scan_changed.emit()
        self.ink_changed.emit()

    def take_scan(self, pixels: Pixels) -> None:
        """Show a page; its ink map is another's and goes."""
        self.forget()
        self._scan = self._begin(pixels)
        self.scan_changed.emit()

    def take_ink(self, ink_map: Pixels) -> None:
        """Show an ink map, unless it is the one shown."""
        if self._ink is None or self._ink.arrays[0] is not ink_map:
            self._ink = self._begin(ink_map)
            self.ink_changed.emit()

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread; False if it did not stop in time."""
        self._is_closed = True
        return self._runner.shutdown(timeout_ms)

    def _begin(self, pixels: Pixels) -> Levels:
        full = full_only(pixels)
        if self._is_closed:  # a scan that arrives while the window closes
            return full
        job = self._runner.submit(self.tr("Preparing"), build_levels, full.arrays[0])
        job.succeeded.connect(self._on_levels)
        return full

    @Slot(object)
    def _on_levels(self, levels: Levels) -> None:
        full = levels.arrays[0]
        if self._scan is not None and full is self._scan.arrays[0]:
            self._scan = levels
            self.scan_changed.emit()
        elif self._ink is not None and full is self._ink.arrays[0]:
            self._ink = levels
            self.ink_changed.emit()
