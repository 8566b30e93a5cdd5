"""Two views of one page that are looked at in the same way, whatever their sizes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from hwocr_desktop.ui.look import (
    Look,
    Rect,
    fit_page,
    fit_width,
    reveal,
    within_reason,
)
from hwocr_desktop.ui.scan_view import ScanPane


class LinkedLook(QObject):
    """Leads all views by one look: as it fits, or as a person wants.

    pyqtgraph can link two views by their ranges, but only views of one size: here
    all are led by one look (middle and scale), whatever the splitter does.

    Parameters
    ----------
    panes : sequence of ScanPane
        The first one says how the page is looked at.
    page_size : callable
        Gives width and height of the page, pixels.
    parent : QObject

    Signals
    -------
    changed : Look
    """

    changed = Signal(object)

    def __init__(
        self,
        panes: tuple[ScanPane, ...],
        page_size: Callable[[], tuple[int, int]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._panes, self._page_size = panes, page_size
        self._fit = "page"
        for pane in panes:
            pane.view.look_asked.connect(self.take)
            pane.view.resized.connect(self._on_resized)

    @property
    def look(self) -> Look:
        """How the page is looked at."""
        return self._panes[0].view.look

    def room(self) -> tuple[float, float]:
        """Return the size that all views have at least, pixels of the screen."""
        sizes = [p.view.size_px() for p in self._panes if not p.isHidden()]
        return min(w for w, _ in sizes), min(h for _, h in sizes)

    def fit(self, fit: str) -> None:
        """Show the whole "page" or its "width", also when views change their size."""
        self._fit = fit
        page, room = self._page_size(), self.room()
        is_whole = fit == "page"
        self._show(
            fit_page(page, room) if is_whole else fit_width(self.look, page, room)
        )

    def reveal(self, part: Rect, lead: float) -> None:
        """Move the page if a part of it is out of sight, with room before it."""
        look = reveal(self.look, part, self.room(), lead)
        if look != self.look:
            self._fit = ""
            self._show(look)

    @Slot(object)
    def take(self, look: Look) -> None:
        """Look at the page as a person wants, within reason."""
        self._fit = ""
        self._show(within_reason(look, self.look, self._page_size(), self.room()))

    @Slot()
    def _on_resized(self) -> None:
        if self._fit:
            self.fit(self._fit)

    def _show(self, look: Look) -> None:
        for pane in self._panes:
            pane.view.show_look(look)
        self.changed.emit(look)
