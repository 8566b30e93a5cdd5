"""What the two panes of a page show: the scan, the ink at a cut, and their titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QToolButton

from hwocr_desktop.app.requests import InkPart, InkShown, InkStopped, ProjectChange
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

    Attributes
    ----------
    pixels : PagePixels
    go_on : QToolButton
        Beside the title of the ink while its making is stopped.
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
        self._stopped = InkStopped("")
        self.go_on = self._go_on_button()
        self.pixels = PagePixels(self)
        self.pixels.scan_changed.connect(self._show_original)
        self.pixels.ink_changed.connect(self._show_ink)
        self.pixels.ink_repainted.connect(self._on_ink_repainted)
        session.ink_ready.connect(self.take_ink)
        self.pixels.whole_changed.connect(self._show_whole)
        session.ink_begun.connect(self._on_ink_begun)
        session.ink_part.connect(self._on_ink_part)
        session.ink_stopped.connect(self._on_ink_stopped)
        session.scan_failed.connect(self._on_scan_failed)

    def _go_on_button(self) -> QToolButton:
        button = QToolButton(self._binarized)
        button.setText(self.tr("Go on"))
        button.setToolTip(
            self.tr("Clean this page again, beginning with the part that you see")
        )
        button.setAccessibleName(self.tr("Go on cleaning this page"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(self._on_go_on)
        # Right behind the title, which has as much room as it needs while it is there.
        self._binarized.head.insertWidget(1, button)
        button.hide()
        return button

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
    def _on_ink_begun(self, page_id: str) -> None:
        self.pixels.set_stopped(False)

    @Slot(object)
    def _on_ink_stopped(self, stopped: InkStopped) -> None:
        page = self._session.page
        if page is not None and page.id == stopped.page_id:
            self._stopped = stopped
            self.pixels.set_stopped(True)

    @Slot()
    def _on_go_on(self) -> None:
        # The button goes; whoever came to it by keys goes on with the page.
        had_keyboard = self.go_on.hasFocus()
        self._session.clean_again()
        if had_keyboard:
            self._binarized.view.setFocus(Qt.FocusReason.OtherFocusReason)

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
        self._show_whole()

    @Slot()
    def _show_ink(self) -> None:
        if self._next_cut:
            self._cut, self._next_cut = self._next_cut, 0
        self._binarized.view.pixels.show_levels(self.pixels.ink, self._cut)
        if self._is_comparing:
            self._show_original()

    @Slot()
    def _show_whole(self) -> None:
        """Say how far the ink is, and cover what is missing of it."""
        self._show_veils()
        self._name_panes()
        self.go_on.setVisible(self.pixels.is_stopped)

    def _show_veils(self) -> None:
        scan, done = self.pixels.scan, self.pixels.done
        self._binarized.view.veil.cover(scan, done)
        self._original.view.veil.cover(scan if self._is_comparing else None, done)

    @Slot(object)
    def _on_ink_repainted(self, box: Box) -> None:
        self._show_veils()
        self._binarized.view.pixels.repaint(box)
        if self._is_comparing:
            self._original.view.pixels.repaint(box)

    def _name_panes(self) -> None:
        binarized = self._ink_title()
        original = self.tr("Original")
        if self._is_comparing:
            original = binarized
        elif self.pixels.scan is None and self._session.page is not None:
            original = self.tr("Original: opening…")
        self._original.title.setText(original)
        self._binarized.title.setText(binarized)

    def _ink_title(self) -> str:
        pixels, stopped = self.pixels, self._stopped
        if pixels.is_stopped and stopped.total > 1:
            return self.tr("Binarized: stopped, {0} of {1} parts").format(
                stopped.done, stopped.total
            )
        if pixels.is_stopped:
            return self.tr("Binarized: stopped")
        if pixels.ink is None and self._session.page is not None:
            return self.tr("Binarized: in preparation…")
        if pixels.is_partial:
            return self.tr("Binarized: in progress…")
        return self.tr("Binarized")
