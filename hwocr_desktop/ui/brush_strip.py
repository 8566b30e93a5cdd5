"""The settings of the brush, in the head of the view that it paints in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSlider,
    QToolButton,
    QWidget,
)

from hwocr_desktop.app.requests import ProjectChange
from hwocr_desktop.core.document import edits
from hwocr_desktop.ui.brush import SIZES_PX, Brush
from hwocr_desktop.ui.icons import icon

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session


class BrushStrip(QWidget):
    """Ink or paper, size, and a button that takes the page's mending away.

    Only there while the brush is in the hand.

    Parameters
    ----------
    session : Session
    brush : Brush
    parent : QWidget, optional
    """

    def __init__(
        self, session: Session, brush: Brush, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._brush = session, brush
        self._build()
        self._group.buttonClicked.connect(self._on_paint_clicked)
        self._size.valueChanged.connect(brush.set_step)
        self._remove.clicked.connect(self.remove_mending)
        brush.changed.connect(self._on_brush_changed)
        session.project_changed.connect(self._on_project_changed)
        session.page_selected.connect(self._show_page)
        self._on_brush_changed()
        self._show_page()

    def _build(self) -> None:
        self._ink = self._button(
            self.tr("Ink"),
            self.tr("Paint ink with the left button, paper with the right"),
        )
        self._paper = self._button(
            self.tr("Paper"),
            self.tr("Paint paper with the left button, ink with the right"),
        )
        self._group = QButtonGroup(self)
        for button in (self._ink, self._paper):
            button.setCheckable(True)
            self._group.addButton(button)
        self._size = QSlider(Qt.Orientation.Horizontal, self)
        self._size.setRange(0, len(SIZES_PX) - 1)
        self._size.setPageStep(3)
        self._size.setMinimumWidth(50)
        self._size.setMaximumWidth(120)
        self._size.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._size.setAccessibleName(self.tr("Size of the brush"))
        self._size.setToolTip(
            self.tr("Size of the brush in pixels of the page; [ and ] change it, too")
        )
        self._value = QLabel(self)
        self._value.setAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        )
        self._value.setMinimumWidth(
            self._value.fontMetrics().horizontalAdvance(self.tr("{0} px").format(888))
        )
        self._remove = self._button(
            self.tr("Remove mending"),
            self.tr("Take away all that was painted on this page; Undo brings it back"),
        )
        self._remove.setIcon(icon("remove", self.palette()))
        self._remove.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in (self._ink, self._paper, self._size, self._value, self._remove):
            row.addWidget(widget)

    def _button(self, text: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(text)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot()
    def remove_mending(self) -> None:
        """Take away all that was painted on the page shown; one undo step."""
        page = self._session.page
        if page is not None:
            project = edits.remove_mending(self._session.project, page.id)
            self._session.commit(self.tr("Remove mending"), project)

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        self._show_page()

    @Slot()
    def _show_page(self) -> None:
        page = self._session.page
        self._remove.setEnabled(page is not None and bool(page.mending))

    @Slot()
    def _on_paint_clicked(self) -> None:
        self._brush.set_paint("ink" if self._ink.isChecked() else "paper")

    @Slot()
    def _on_brush_changed(self) -> None:
        brush = self._brush
        self.setVisible(brush.is_on)
        (self._ink if brush.paint == "ink" else self._paper).setChecked(True)
        with QSignalBlocker(self._size):
            self._size.setValue(brush.step)
        self._value.setText(self.tr("{0} px").format(brush.size))
