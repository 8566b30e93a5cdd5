"""What the two panes of a page show: the scan, the ink at a cut, and their titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from hwocr_desktop.app.requests import InkPart, InkShown, ProjectChange
from hwocr_desktop.core.pixels.imaging import Scan
from hwocr_desktop.core.pixels.mending import Box, BrushStroke
from hwocr_desktop.ui.page_pixels import PagePixels, has_other_pixels
from hwocr_desktop.ui.scan_view import ScanPane

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session


class PanePainting(QObject):
    """Brings pixels and ink of the page shown into two panes.

    Parameters
    ----------
    session : Session
    original, binarized : ScanPane
    parent : QObject
    """

    def __init__(
        self, session: Session, original: ScanPane, binarized: ScanPane, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._original, self._binarized = original, binarized
        self._cut = 128
        # Of an ink map that is still being drawn; 0 if none is.
        self._next_cut = 0
        self._is_comparing = False
        self.pixels = PagePixels(self)
        self.pixels.scan_changed.connect(self._show_original)
        self.pixels.ink_changed.connect(self._show_ink)
        self.pixels.ink_repainted.connect(self._on_ink_repainted)
        session.ink_ready.connect(self.take_ink)
        session.ink_part.connect(self._on_ink_part)
        session.scan_failed.connect(self._on_scan_failed)

    # ----- what the views ask for ---------------------------------------------

    def take_scan(self, scan: Scan) -> None:
        """Show a page."""
        self.pixels.take_scan(scan.gray if scan.color is None else scan.color)

    @Slot(object)
    def take_ink(self, shown: InkShown) -> None:
        """Show an ink map with the page's mending."""
        if self.pixels.take_ink(shown.ink.map, self._strokes):
            self.set_cut(shown.ink.cut)
        else:
            self._next_cut = shown.ink.cut

    def follow(self, change: ProjectChange) -> None:
        """Show the mending after a change, and no pixels that are not the page's."""
        if has_other_pixels(self._session.page, change):
            self.pixels.forget()
        else:
            self.pixels.set_strokes(self._strokes)

    def set_cut(self, cut: int) -> None:
        """Show the ink at another cut."""
        self._cut, self._next_cut = cut, 0
        for pane in (self._original, self._binarized):
            pane.view.pixels.set_cut(cut)

    def show_compare(self, on: bool) -> None:
        """Show the ink in the place of the original, or no more."""
        if on != self._is_comparing:
            self._is_comparing = on
            self._show_original()

    # ----- what the session tells ---------------------------------------------

    @property
    def _strokes(self) -> tuple[BrushStroke, ...]:
        page = self._session.page
        return page.mending if page else ()

    @Slot(object)
    def _on_ink_part(self, part: InkPart) -> None:
        page = self._session.page
        if page is None or page.id != part.page_id:
            return
        if self.pixels.take_part(part, self._cut, page.mending):
            self._next_cut = part.cut

    @Slot(str)
    def _on_scan_failed(self, page_id: str) -> None:
        page = self._session.page
        if page is not None and page.id == page_id and self.pixels.scan is None:
            text = self.tr("Original: it cannot be shown")
            self._original.title.setText(text)
            self._binarized.title.setText(self.tr("Binarized: it cannot be shown"))

    # ----- panes --------------------------------------------------------------

    @Slot()
    def _show_original(self) -> None:
        item = self._original.view.pixels
        if self._is_comparing:
            item.show_levels(self.pixels.ink, self._cut)
        else:
            item.show_levels(self.pixels.scan)
        self._name_panes()

    @Slot()
    def _show_ink(self) -> None:
        if self._next_cut:
            self._cut, self._next_cut = self._next_cut, 0
        self._binarized.view.pixels.show_levels(self.pixels.ink, self._cut)
        if self._is_comparing:
            self._show_original()
        self._name_panes()

    @Slot(object)
    def _on_ink_repainted(self, box: Box) -> None:
        self._binarized.view.pixels.repaint(box)
        if self._is_comparing:
            self._original.view.pixels.repaint(box)

    def _name_panes(self) -> None:
        original = self.tr("Original")
        binarized = self.tr("Binarized")
        waiting = self._session.page is not None
        if self._is_comparing:
            original = binarized
        elif self.pixels.scan is None and waiting:
            original = self.tr("Original: opening…")
        if self.pixels.ink is None and waiting:
            binarized = self.tr("Binarized: in preparation…")
        elif self.pixels.is_partial:
            binarized = self.tr("Binarized: in progress…")
        self._original.title.setText(original)
        self._binarized.title.setText(binarized)
