"""Whether the project is on the disk, at the end of the status bar."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QWidget

from hwocr_desktop.app.projects import failure_notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.ui.sentences import said


class KeptLabel(QLabel):
    """Says where the last changes are: in the project file, the journal, or nowhere.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setContentsMargins(8, 0, 8, 0)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def sizeHint(self) -> QSize:
        """Return room for the longest text: what stands beside it must not move."""
        hint, metrics = super().sizeHint(), self.fontMetrics()
        widths = [metrics.horizontalAdvance(text) for text in self._texts()]
        shown = metrics.horizontalAdvance(self.text())
        return QSize(hint.width() - shown + max(widths), hint.height())

    def minimumSizeHint(self) -> QSize:
        """Return no less than that."""
        return self.sizeHint()

    def _texts(self) -> tuple[str, str, str]:
        """Return all that it may say: nowhere, in the file, in the journal."""
        return self.tr("Not saved"), self.tr("Saved"), self.tr("Kept in the journal")

    @property
    def is_saved(self) -> bool:
        """Whether the project file has all changes."""
        return self._session.is_saved and self._session.failure is None

    def refresh(self) -> None:
        """Say how it is now."""
        failure = self._session.failure
        self.setVisible(self._session.folder is not None)
        nowhere, in_file, in_journal = self._texts()
        if failure is not None:
            self.setText(nowhere)
        else:
            self.setText(in_file if self.is_saved else in_journal)
        self.setToolTip(said(failure_notice(failure)) if failure else "")
