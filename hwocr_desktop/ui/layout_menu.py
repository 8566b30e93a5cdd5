"""The menu in which a person says what finds lines: a model, or ridges of the ink."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from hwocr_desktop.app.model_choice import (
    CLASSICAL,
    layout_or_usual,
)
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.ml.registry import find_models
from hwocr_desktop.ui.messages import layout_names, licence_line, plain_tip


class LayoutMenu(QObject):
    """Lists what can find lines whenever its menu is opened.

    The choice is part of the project and can be undone.

    Parameters
    ----------
    session : Session
    menu : QMenu
    """

    def __init__(self, session: Session, menu: QMenu) -> None:
        super().__init__(menu)
        self._session, self._menu = session, menu
        menu.aboutToShow.connect(self._fill)

    @Slot()
    def _fill(self) -> None:
        menu = self._menu
        menu.clear()
        cards = find_models()[0]
        names = layout_names(cards)
        tips = {
            card.id: "\n".join(filter(None, (card.summary, licence_line(card))))
            for card in cards
        }
        tips[CLASSICAL] = self.tr(
            "Every row of strokes is taken for a line, flourishes and stamps too. "
            "For writing that the models overlook."
        )
        wanted = self._session.project.layout_model
        taken = layout_or_usual(wanted)
        group = QActionGroup(menu)
        if wanted not in ("", taken):
            why = self.tr("{0} (not installed: {1} is used)")
            if wanted in names:
                why = self.tr("{0} (damaged: {1} is used)")
            action = self._entry(why.format(wanted, names[taken]), group)
            action.setChecked(True)
            action.setEnabled(False)
            taken = ""
        for name, title in names.items():
            action = self._entry(title, group)
            action.setData(name)
            action.setToolTip(plain_tip(tips[name]))
            action.setStatusTip(tips[name].replace("\n", " "))
            action.setChecked(name == taken)
            action.triggered.connect(self._on_chosen)

    def _entry(self, text: str, group: QActionGroup) -> QAction:
        action = self._menu.addAction(text.replace("&", "&&"))
        action.setCheckable(True)
        group.addAction(action)
        return action

    @Slot()
    def _on_chosen(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            project = edits.set_layout_model(self._session.project, action.data())
            self._session.commit(self.tr("Choose what finds lines"), project)
