"""Choose the model that reads the lines: its title, what it is good for, its terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSignalBlocker,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QPainter,
    QPalette,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QToolButton,
    QWidget,
)

from hwocr_desktop.app import projects
from hwocr_desktop.app.requests import ProjectChange
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.settings import load_settings
from hwocr_desktop.ml.registry import ModelCard, find_models
from hwocr_desktop.ui.icons import icon
from hwocr_desktop.ui.messages import figures, licence_line, plain_tip
from hwocr_desktop.ui.model_card import ModelCardDialog
from hwocr_desktop.ui.sentences import said

CHOICE = Qt.ItemDataRole.UserRole
_POPUP_WIDTH = 520
_PAD = 8


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of the list: a model, or the reason why it cannot be used."""

    model_id: str
    title: str
    lines: tuple[str, ...]
    card: ModelCard | None


class ChoiceDelegate(QStyledItemDelegate):
    """Draws an entry of the open list: the title, below it what there is to know."""

    def sizeHint(
        self,
        option: Any,
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """Return the room for title and words."""
        choice: Choice = index.data(CHOICE)
        metrics, width = option.fontMetrics, _POPUP_WIDTH - 2 * _PAD
        height = metrics.height() + 2 * _PAD
        for text in choice.lines:
            height += self._rect(metrics, text, width).height() + 2
        return QSize(_POPUP_WIDTH, height)

    def paint(
        self,
        painter: QPainter,
        option: Any,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw title and words in the colors of the list."""
        choice: Choice = index.data(CHOICE)
        state, colors = option.state, option.palette
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        is_usable = bool(state & QStyle.StateFlag.State_Enabled)
        group = QPalette.ColorGroup
        painter.save()
        if is_chosen:
            painter.fillRect(option.rect, colors.color(QPalette.ColorRole.Highlight))
        role = (
            QPalette.ColorRole.HighlightedText if is_chosen else QPalette.ColorRole.Text
        )
        painter.setPen(
            colors.color(group.Active if is_usable else group.Disabled, role)
        )
        place = option.rect.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        bold = QFont(option.font)
        bold.setBold(True)
        painter.setFont(bold)
        painter.drawText(place, Qt.AlignmentFlag.AlignTop, choice.title)
        painter.setFont(option.font)
        top = place.top() + option.fontMetrics.height() + 2
        for text in choice.lines:
            need = self._rect(option.fontMetrics, text, place.width())
            spot = QRect(place.left(), top, place.width(), need.height())
            painter.drawText(spot, Qt.TextFlag.TextWordWrap, text)
            top += need.height() + 2
        painter.restore()

    def _rect(self, metrics: QFontMetrics, text: str, width: int) -> QRect:
        room = QRect(0, 0, width, 10_000)
        return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text)


class ModelPicker(QWidget):
    """The list of line models for the open project.

    The choice is part of the project and can be undone. Without an open project it is
    kept for the next one.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional

    Signals
    -------
    save_asked : ModelCard
        Its model shall be saved to a file.
    """

    save_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._wanted = self._usual = ""
        self._items = QStandardItemModel(self)
        self.combo = QComboBox(self)
        self.combo.setModel(self._items)
        self.combo.setItemDelegate(ChoiceDelegate(self.combo))
        self.combo.view().setMinimumWidth(_POPUP_WIDTH + 24)
        self.combo.setMinimumContentsLength(28)
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.combo.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.combo.setAccessibleName(self.tr("Model that reads the lines"))
        self.combo.activated.connect(self._on_activated)
        label = QLabel(self.tr("Read &with:"), self)
        label.setBuddy(self.combo)
        self.details = QToolButton(self)
        self.details.setText("?")
        self.details.setIcon(icon("help"))
        self.details.setAutoRaise(True)
        self.details.setToolTip(self.tr("About this model"))
        self.details.setAccessibleName(self.tr("About this model"))
        self.details.clicked.connect(self.show_details)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 4, 0)
        row.setSpacing(6)
        for widget in (label, self.combo, self.details):
            row.addWidget(widget)
        session.project_changed.connect(self._on_project_changed)
        self.refresh()

    @property
    def model_id(self) -> str:
        """Id of the model that reads: the project's, else the wanted, else the first.

        "" where no model is installed.
        """
        if self._session.project.line_model:
            return self._session.project.line_model
        usable = [c.model_id for c in self._choices() if c.card is not None]
        for wanted in (self._wanted, self._usual):
            if wanted in usable:
                return wanted
        return usable[0] if usable else ""

    @property
    def card(self) -> ModelCard | None:
        """The card of that model; None where it cannot be used."""
        here = self.model_id
        return next((c.card for c in self._choices() if c.model_id == here), None)

    @property
    def empty_text(self) -> str:
        """What to do where no model is installed."""
        return self.tr(
            "There is no model yet that can read lines. Add one from a file (Learn, "
            "Add model from a file), put a model's folder into the folder “models” of "
            "the program, or train one from corrected lines with “hwocr train lines”."
        )

    def choose(self, model_id: str) -> None:
        """Let a model read the project from now on; one undo step."""
        session = self._session
        if session.folder is None:
            self._wanted = model_id
        else:
            project = edits.set_line_model(session.project, model_id)
            session.commit(self.tr("Choose model"), project)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Look again which models there are."""
        good, broken = find_models()
        self._usual = load_settings().line_model
        choices = [self._usable(c) for c in good if c.task == "recognize-lines"]
        named = self._session.project.line_model
        if named and named not in {c.model_id for c in choices}:
            choices.insert(0, self._missing(named))
        for bad in broken:
            name = bad.folder.name
            if name != named:
                reason = said(projects.failure_notice(bad.error))
                choices.append(Choice(name, name, (reason,), None))
        with QSignalBlocker(self.combo):
            self._items.clear()
            for choice in choices:
                self._items.appendRow(self._item(choice))
            self._show_current()

    def _usable(self, card: ModelCard) -> Choice:
        measured = figures(card)[:2]
        lines = (card.summary, "; ".join(measured), licence_line(card))
        return Choice(card.id, card.title, tuple(t for t in lines if t), card)

    def _missing(self, model_id: str) -> Choice:
        reason = self.tr(
            "This project was read with a model that is not installed here. "
            "Choose another one."
        )
        return Choice(model_id, model_id, (reason,), None)

    def _item(self, choice: Choice) -> QStandardItem:
        item = QStandardItem(choice.title)
        item.setData(choice, CHOICE)
        words = " ".join(choice.lines)
        item.setData(words, Qt.ItemDataRole.AccessibleDescriptionRole)
        item.setToolTip(plain_tip(words))
        item.setEnabled(choice.card is not None)
        return item

    def _choices(self) -> list[Choice]:
        rows = range(self._items.rowCount())
        return [self._items.item(row).data(CHOICE) for row in rows]

    def _show_current(self) -> None:
        choices, here = self._choices(), self.model_id
        usable = any(c.card is not None for c in choices)
        places = [i for i, c in enumerate(choices) if c.model_id == here]
        self.combo.setCurrentIndex(places[0] if places else -1)
        self.combo.setEnabled(bool(choices))
        self.combo.setPlaceholderText("" if usable else self.tr("No model installed"))
        card = self.card
        self.details.setEnabled(card is not None)
        tip = self.empty_text
        if usable:
            tip = self.tr("The model that reads the lines of this project")
            if card is not None:
                tip = "\n".join([tip, *self._usable(card).lines])
        self.combo.setToolTip(plain_tip(tip))

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        if change.is_other or change.project.line_model != change.before.line_model:
            self.refresh()

    @Slot(int)
    def _on_activated(self, row: int) -> None:
        choice: Choice = self._items.item(row).data(CHOICE)
        if choice.card is not None:
            self.choose(choice.model_id)

    @Slot()
    def show_details(self) -> None:
        """Show the card of the model that reads."""
        card = self.card
        if card is not None:
            dialog = ModelCardDialog(card, self)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.save_asked.connect(self.save_asked)
            dialog.open()
