"""Whether the project is on the disk, at the end of the status bar."""

from __future__ import annotations

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

    @property
    def is_saved(self) -> bool:
        """Whether the project file has all changes."""
        return self._session.is_saved and self._session.failure is None

    def refresh(self) -> None:
        """Say how it is now."""
        failure = self._session.failure
        self.setVisible(self._session.folder is not None)
        if failure is not None:
            self.setText(self.tr("Not saved"))
        elif self.is_saved:
            self.setText(self.tr("Saved"))
        else:
            self.setText(self.tr("Kept in the journal"))
        self.setToolTip(said(failure_notice(failure)) if failure else "")
