"""The lines over both views of a page, drawn few by few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from hwocr_desktop.ui.scan_view import ScanView

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session

LINES_AT_ONCE, LATER_MS = 6, 5
"""Lines are drawn so many at a time, with room for the keyboard in between."""


class PageLines(QObject):
    """Shows the lines of the page shown in each of its views.

    Parameters
    ----------
    session : Session
    views : tuple of ScanView
        The first one is drawn first.
    parent : QObject
    """

    def __init__(
        self, session: Session, views: tuple[ScanView, ...], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._views = session, views
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self._draw)

    def show_page(self) -> None:
        """Show the lines of another page, none of them selected."""
        self.select("")
        for view in self._views:
            self._set(view, 0)
        self._later.start()

    def follow(self) -> None:
        """Show what has changed."""
        # The other views follow: all painted on one turn would hold up the keyboard.
        self._set(self._views[0], 0)
        self._later.start()

    def select(self, line_id: str) -> None:
        """Let a line stand out, or none for ""."""
        for view in self._views:
            view.overlay.select(line_id)

    def _set(self, view: ScanView, at_once: int) -> int:
        page = self._session.page
        view.overlay.set_ignored(page.ignored_lines if page else frozenset())
        return view.overlay.set_lines(page.lines if page else (), at_once)

    @Slot()
    def _draw(self) -> None:
        """Draw a few lines, in the next view when the one before has all."""
        for view in self._views:
            if self._set(view, LINES_AT_ONCE):
                self._later.start()
                return
