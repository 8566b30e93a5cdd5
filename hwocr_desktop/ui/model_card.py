"""What a model says of itself, on one page in plain words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.core.paths import bundled_models
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ui.icons import mark_close
from hwocr_desktop.ui.messages import figures, licence_line

_WIDTH = 580
_MOST_OF_SCREEN = 0.8


class ModelCardDialog(QDialog):
    """Shows the card of a model.

    Parameters
    ----------
    card : ModelCard
    parent : QWidget, optional

    Signals
    -------
    save_asked : ModelCard
        It shall be saved to a file.
    """

    save_asked = Signal(object)

    def __init__(self, card: ModelCard, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About this model"))
        self.setMinimumWidth(_WIDTH)
        title = QLabel(card.title, self)
        title.setTextFormat(Qt.TextFormat.PlainText)
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.3)
        font.setBold(True)
        title.setFont(font)
        content = QWidget(self)
        form = QFormLayout(content)
        form.setContentsMargins(0, 0, 8, 0)
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        measured = "\n".join(figures(card)) or self.tr("Nothing was measured yet.")
        # The plain words first, then the terms themselves.
        licence = card.licence
        if card.is_research_only:
            licence = f"{licence_line(card)}\n{card.licence}"
        for name, text in (
            (self.tr("Good for"), card.summary),
            (self.tr("Bad at"), card.bad_at),
            (self.tr("Measured"), measured),
            (self.tr("Licence"), licence),
            (self.tr("Learned from"), card.trained_on),
            (self.tr("Grown from"), card.parent),
            (self.tr("Letters it knows"), " ".join(card.charset.replace(" ", ""))),
            (self.tr("Version"), card.version),
            (self.tr("Folder"), self._place(card)),
        ):
            if text:
                form.addRow(f"{name}:", self._words(text, name))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        mark_close(buttons)
        buttons.rejected.connect(self.reject)
        self.save = buttons.addButton(
            self.tr("&Save to a file…"), QDialogButtonBox.ButtonRole.ActionRole
        )
        self.save.setToolTip(self.tr("Write this model into one file, to pass it on"))
        # Enter closes, as before.
        self.save.setAutoDefault(False)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        self.save.clicked.connect(lambda: self.save_asked.emit(card))
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(14)
        column.addWidget(title)
        column.addWidget(_scrolling(content), 1)
        column.addWidget(buttons)
        # As high as it takes to show all, if the screen allows.
        most = int(_MOST_OF_SCREEN * self.screen().availableGeometry().height())
        frame = column.minimumSize().height() + 10
        room = content.heightForWidth(_WIDTH - 2 * 20 - 16)
        self.resize(_WIDTH, min(frame + room, most))

    def _place(self, card: ModelCard) -> str:
        if card.folder.is_relative_to(bundled_models()):
            return self.tr("comes with the program")
        return str(card.folder)

    def _words(self, text: str, name: str) -> QLabel:
        label = QLabel(text, self)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setAccessibleName(name)
        return label


def _scrolling(content: QWidget) -> QScrollArea:
    """Return an area in which what is too high can be scrolled to."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(content)
    return area
