"""The page twice, as scanned and as ink, looked at in the same way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from hwocr_desktop.app.requests import InkShown, ProjectChange, ScanShown
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.ui.brush import Brush
from hwocr_desktop.ui.brush_strip import BrushStrip
from hwocr_desktop.ui.empty_state import EmptyState
from hwocr_desktop.ui.line_editing import LineEditing
from hwocr_desktop.ui.line_tools import Tool
from hwocr_desktop.ui.line_tools_strip import LineToolsStrip
from hwocr_desktop.ui.linked_look import LinkedLook
from hwocr_desktop.ui.look import Look, Rect
from hwocr_desktop.ui.look_keys import ZOOM_STEP, look_by_key
from hwocr_desktop.ui.mending_tool import MendingTool
from hwocr_desktop.ui.page_lines import PageLines
from hwocr_desktop.ui.pane_painting import PanePainting
from hwocr_desktop.ui.scan_view import ScanPane, ScanView

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session

NUMBER_PX = 40
"""Room that the number before a line takes."""


class PageViews(QWidget):
    """Original and binarized page side by side, with the lines over both.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional

    Signals
    -------
    line_clicked : str
        Id of the line.
    look_changed : Look
    whole_changed
        See `has_undone`.
    """

    line_clicked = Signal(str)
    look_changed = Signal(object)
    whole_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.brush = Brush(self)
        # What asks for the ink in place of the scan: the action, and the space bar.
        self._is_switched = self._is_held = False
        self._fitted = ("", (0, 0))
        self._shows_lines = True
        self._panes = (
            ScanPane(self.tr("Original page")),
            ScanPane(self.tr("Binarized page")),
        )
        self._original, self._binarized = self._views
        self._painting = PanePainting(session, *self._panes, self)
        self._pixels = self._painting.pixels
        self._mending = MendingTool(session, self.brush, self._pixels, *self._views)
        self.strip = BrushStrip(session, self.brush, self._panes[1])
        self._panes[1].head.addWidget(self.strip, 4)
        self._lines = PageLines(session, self._views, self)
        self.editing = LineEditing(session, self._views, self)
        self.tools_strip = LineToolsStrip(self.editing, self)
        self._linked = LinkedLook(self._panes, self._page_size, self)
        self._linked.changed.connect(self._on_look_changed)
        self._build()
        for view in self._views:
            view.fit_asked.connect(self.fit_page)
            view.line_clicked.connect(self._on_line_clicked)
        self._pixels.whole_changed.connect(self.whole_changed)
        self.brush.changed.connect(self._show_overlays)
        self.editing.tools.changed.connect(self._show_overlays)
        self.editing.line_clicked.connect(self._on_line_clicked)
        session.page_selected.connect(self._on_page_selected)
        session.project_changed.connect(self._on_project_changed)
        session.scan_loaded.connect(self._on_scan_loaded)
        page = session.page
        self._on_page_selected(page.id if page else "")
        if page is not None and session.scan is not None:
            self._on_scan_loaded(ScanShown(page.id, session.scan))
            if session.ink is not None:
                self._painting.take_ink(InkShown(page.id, session.ink, page.cleaning))

    def _build(self) -> None:
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setChildrenCollapsible(False)
        for pane in self._panes:
            self._splitter.addWidget(pane)
            self._splitter.setStretchFactor(self._splitter.count() - 1, 1)
        self._splitter.setSizes([10_000, 10_000])
        work = QWidget(self)
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools_strip)
        column.addWidget(self._splitter, 1)
        self._content = EmptyState(work)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._content)

    @property
    def _views(self) -> tuple[ScanView, ScanView]:
        return self._panes[0].view, self._panes[1].view

    @property
    def ink_view(self) -> ScanView:
        """The view of the binarized page."""
        return self._binarized

    @property
    def has_undone(self) -> bool:
        """Whether the ink that is shown is not whole, and so cannot be mended."""
        return self._pixels.ink is not None and not self._pixels.is_whole

    @property
    def look(self) -> Look:
        """How the page is looked at."""
        return self._linked.look

    # ----- what the window asks for -------------------------------------------

    @Slot(str)
    def show_line(self, line_id: str) -> None:
        """Let a line stand out; the page moves only if the line is out of sight."""
        was_selected = self._original.overlay.selected == line_id
        self._lines.select(line_id)
        self.editing.choose_line(line_id)
        line = self._original.overlay.line(line_id)
        # Whoever edits lines looks at what they do, wherever the text goes meanwhile.
        is_led = self.editing.tools.is_on and any(v.hasFocus() for v in self._views)
        if line is not None and not was_selected and not is_led:
            x0, y0, x1, y1 = line.shape.bounds
            self._linked.reveal((x0, y0, x1, y1), NUMBER_PX / self.look.scale)

    @Slot()
    def zoom_in(self) -> None:
        """Magnify about the middle."""
        self._take_look(self.look.zoomed(ZOOM_STEP))

    @Slot()
    def zoom_out(self) -> None:
        """Reduce about the middle."""
        self._take_look(self.look.zoomed(1 / ZOOM_STEP))

    @Slot()
    def fit_page(self) -> None:
        """Show the whole page, also when the window changes its size."""
        self._linked.fit("page")

    @Slot()
    def fit_width(self) -> None:
        """Show the page's whole width, also when the window changes its size."""
        self._linked.fit("width")

    @Slot()
    def actual_size(self) -> None:
        """Show one pixel of the page on one pixel of the screen."""
        look = self.look
        self._take_look(Look(look.x, look.y, 1 / self.devicePixelRatioF()))

    @Slot(bool)
    def set_overlays_visible(self, visible: bool) -> None:
        """Show or hide the lines."""
        self._shows_lines = visible
        self._show_overlays()

    @Slot()
    def _show_overlays(self) -> None:
        # Nobody edits lines that are not seen.
        is_shown = self._shows_lines or self.editing.tools.is_on
        self._original.overlay.setVisible(is_shown)
        # Whoever mends wants to see ink and paper, and nothing over them.
        is_free = is_shown and not self.brush.is_on
        self._binarized.overlay.setVisible(is_free)

    @Slot(object)
    def apply_settings(self, settings: Settings) -> None:
        """Follow the person's settings."""
        for view in self._views:
            view.overlay.set_numbers_visible(settings.show_line_numbers)

    @Slot(bool)
    def set_side_by_side(self, side_by_side: bool) -> None:
        """Show both pages, or the original alone."""
        self._panes[1].setVisible(side_by_side)

    @Slot(bool)
    def show_compare(self, on: bool) -> None:
        """Show the ink in the place of the original, or no more."""
        self._is_switched = on
        self._painting.show_compare(on or self._is_held)

    def _hold_compare(self, on: bool) -> None:
        self._is_held = on
        self._painting.show_compare(on or self._is_switched)

    @Slot(int)
    def set_cut(self, cut: int) -> None:
        """Show the ink at another cut, while the slider moves."""
        self._painting.set_cut(cut)

    @Slot(bool)
    def set_brush(self, on: bool) -> None:
        """Take up the brush that mends the ink, or put it down."""
        if on:
            self.editing.tools.set_on(False)
        self.brush.set_on(on)
        if on:
            self.take_keyboard()

    @Slot(bool)
    def set_line_tools(self, on: bool) -> None:
        """Take up the tools that edit lines, or put them down."""
        if on:
            self.brush.set_on(False)
        self.editing.tools.set_on(on)
        if on:
            self._original.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_line_tool(self, tool: Tool) -> None:
        """Take one of the tools that edit lines into the hand."""
        self.editing.tools.take(tool)
        self._original.setFocus(Qt.FocusReason.OtherFocusReason)

    def take_keyboard(self) -> None:
        """Give the keyboard to the page, the cleaned one if it is shown."""
        view = self._original if self._panes[1].isHidden() else self._binarized
        view.setFocus(Qt.FocusReason.OtherFocusReason)

    def visible_part(self) -> Rect:
        """Return what is seen of the page: x0, y0, x1, y1 in page pixels."""
        rect, (width, height) = self._original.visible(), self._page_size()
        rect &= QRectF(0, 0, width, height)
        return rect.left(), rect.top(), rect.right(), rect.bottom()

    def shutdown(self, timeout_ms: int = 5_000) -> bool:
        """End the background thread; False if it did not stop in time."""
        return self._pixels.shutdown(timeout_ms)

    # ----- what the session tells ---------------------------------------------

    @Slot(str)
    def _on_page_selected(self, page_id: str) -> None:
        self._mending.give_up()
        self._pixels.forget()
        self._lines.show_page()
        if page_id:
            self._content.show_content()
        elif self._session.project.pages:
            self._content.show_message(self.tr("Choose a page in the list of pages."))
        else:
            self._content.show_message(
                self.tr("Drop scans here, or press Ctrl+O to open some.")
            )

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        self._painting.follow(change)
        self._lines.follow()

    @Slot(object)
    def _on_scan_loaded(self, shown: ScanShown) -> None:
        self._painting.take_scan(shown.scan)
        fitted = (shown.page_id, self._page_size())
        if fitted != self._fitted:
            self._fitted = fitted
            self.fit_page()
        else:
            self._session.note_visible(self.visible_part())

    # ----- looking ------------------------------------------------------------

    def _page_size(self) -> tuple[int, int]:
        if self._pixels.scan is not None:
            return self._pixels.scan.size
        page = self._session.page
        return (page.width, page.height) if page else (1, 1)

    def _take_look(self, look: Look) -> None:
        self._linked.take(look)

    @Slot(object)
    def _on_look_changed(self, look: Look) -> None:
        self.editing.set_scale()
        if self._pixels.scan is not None:
            self._session.note_visible(self.visible_part())
        self.look_changed.emit(look)

    # ----- mouse and keys -----------------------------------------------------

    @Slot(str)
    def _on_line_clicked(self, line_id: str) -> None:
        # Selected first, so that `show_line` does not move what was just clicked.
        self._lines.select(line_id)
        self.line_clicked.emit(line_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Zoom, move and compare."""
        key = event.key()
        if self.editing.take_key(event):
            return
        true_scale = 1 / self.devicePixelRatioF()
        look = look_by_key(key, self.look, self._linked.room(), true_scale)
        if look is not None:
            self._take_look(look)
        elif key == Qt.Key.Key_0:
            self.fit_page()
        elif key == Qt.Key.Key_Escape and self.brush.is_on:
            self._mending.put_down()
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._hold_compare(True)
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End the comparison."""
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._hold_compare(False)
        else:
            super().keyReleaseEvent(event)

    def event(self, event: QEvent) -> bool:
        """End the comparison when the window loses the keyboard."""
        if event.type() == QEvent.Type.WindowDeactivate:
            self._hold_compare(False)
        return bool(super().event(event))
