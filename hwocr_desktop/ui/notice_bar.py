"""Sentences for the person above the page: what happened, what to do, one button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.app.requests import Notice
from hwocr_desktop.ui.icons import icon
from hwocr_desktop.ui.sentences import said
from hwocr_desktop.ui.theme import is_dark

INFORMATION_STAYS_MS = 8_000
"""Mere information goes away by itself; warnings and errors wait for the person."""

MOST_SHOWN = 4
"""Older notices wait behind these, so that the page keeps its room."""

MOST_LINES = 8
"""Of text, in height; what is more than that is scrolled to."""

_BUTTON_BESIDE_EM = 45
"""A row that is narrower, in heights of its text, has its button below the words."""

_COLORS = {  # kind: on light, on dark
    "information": ("#2a62a6", "#6ea3e0"),
    "warning": ("#a86400", "#e5ab4c"),
    "error": ("#b3261e", "#f08a80"),
}


class NoticeRow(QWidget):
    """One notice: a stripe in the color of its kind, the words, the buttons.

    Attributes
    ----------
    notice : Notice
    is_of_project : bool
        Whether it has nothing to say any more once another project is open.
    """

    dismissed = Signal(object)
    action_chosen = Signal(object)

    def __init__(self, notice: Notice, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notice = notice
        self.is_of_project = False
        kinds = {
            "information": self.tr("Note"),
            "warning": self.tr("Warning"),
            "error": self.tr("Error"),
        }
        self._mark = QLabel(self)
        # The kind in words, because color alone says nothing to some.
        self._kind = QLabel(f"{kinds[notice.kind]}:", self)
        font = self._kind.font()
        font.setBold(True)
        self._kind.setFont(font)
        self._text = QLabel(said(notice), self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setSizePolicy(
            QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred
        )
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._text.setAccessibleName(f"{kinds[notice.kind]}: {self._text.text()}")
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(16, 7, 8, 7)
        row.setSpacing(8)
        row.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._kind, 0, Qt.AlignmentFlag.AlignTop)
        self._words = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._words.setSpacing(8)
        self._words.addWidget(self._text, 1)
        row.addLayout(self._words, 1)
        self.button: QPushButton | None = None
        label = self._action_label()
        if label:
            self.button = QPushButton(label, self)
            self.button.clicked.connect(self._on_action)
            place = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
            self._words.addWidget(self.button, 0, place)
        self.close_button = QToolButton(self)
        self.close_button.setAutoRaise(True)
        self.close_button.setText("✕")
        self.close_button.setToolTip(self.tr("Dismiss"))
        self.close_button.setAccessibleName(self.tr("Dismiss this notice"))
        self.close_button.clicked.connect(self._on_close)
        row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INFORMATION_STAYS_MS)
        self._timer.timeout.connect(self._on_close)
        self.restart()
        self._dress()

    def restart(self) -> None:
        """Begin anew to count the time that mere information stays."""
        if self.notice.kind == "information" and not self.notice.action:
            self._timer.start()

    def fit(self, width_px: int) -> int:
        """Lay the button beside or below the words; return the height it takes."""
        is_wide = width_px >= _BUTTON_BESIDE_EM * self.fontMetrics().height()
        directions = QBoxLayout.Direction
        wanted = directions.LeftToRight if is_wide else directions.TopToBottom
        if self._words.direction() != wanted:
            self._words.setDirection(wanted)
            # The row would go on to reckon with the widths that were.
            self._row.invalidate()
        return self.heightForWidth(width_px)

    def _action_label(self) -> str:
        labels = {
            "recover": self.tr("Recover"),
            "discard-recovered": self.tr("Discard them…"),
            "save-copy": self.tr("Save a copy…"),
            "open-backup": self.tr("Open the backup"),
            "open-logs": self.tr("Open log folder"),
            "show-training": self.tr("Show the training"),
            "open-export": self.tr("Open the folder"),
            "turn-page": self.tr("Turn it"),
        }
        return labels.get(self.notice.action, "")

    @Slot()
    def _on_action(self) -> None:
        self.action_chosen.emit(self.notice)
        self.dismissed.emit(self)

    @Slot()
    def _on_close(self) -> None:
        if self.underMouse() and not self.close_button.underMouse():
            self._timer.start()  # somebody is reading it
            return
        self.dismissed.emit(self)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the look of the program."""
        if event.type() == QEvent.Type.PaletteChange:
            self._dress()
        super().changeEvent(event)

    def _dress(self) -> None:
        size = self.fontMetrics().height()
        names = {"information": "info", "warning": "warning", "error": "error"}
        picture = icon(names[self.notice.kind], self.palette())
        self._mark.setVisible(not picture.isNull())
        self._mark.setPixmap(picture.pixmap(QSize(size, size), self.devicePixelRatio()))
        close = icon("close", self.palette())
        self.close_button.setIcon(close)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground and the stripe."""
        color = QColor(_COLORS[self.notice.kind][is_dark(self.palette())])
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        ground = QColor(color)
        ground.setAlpha(34)
        painter.fillRect(self.rect(), ground)
        painter.fillRect(QRect(0, 0, 5, self.height()), color)
        ground.setAlpha(90)
        painter.fillRect(QRect(0, self.height() - 1, self.width(), 1), ground)
        painter.end()


class NoticeBar(QWidget):
    """A stack of notices, the newest on top; takes no room while there are none.

    It takes some lines' height at most, and less where the window has no more: the
    window must not grow past the screen for what is said in it.

    Signals
    -------
    action_chosen : Notice
        The person pressed the button of this notice.
    """

    action_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Notices"))
        self._rows: list[NoticeRow] = []
        whole = QVBoxLayout(self)
        inside = QWidget(self)
        self._column = QVBoxLayout(inside)
        for layout in (whole, self._column):
            layout.setContentsMargins(0, 0, 0, 0)
            layout.setSpacing(0)
        self._column.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Tab goes to the buttons of the rows, and what it goes to comes into sight.
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        whole.addWidget(self._scroll, 1)
        self._more = QPushButton(self)
        self._more.setFlat(True)
        self._more.clicked.connect(self.clear)
        whole.addWidget(self._more)
        self._show_rows()

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What is shown or waits behind, the newest first."""
        return tuple(row.notice for row in self._rows)

    @property
    def rows(self) -> tuple[NoticeRow, ...]:
        """The rows, the newest first."""
        return tuple(self._rows)

    def sizeHint(self) -> QSize:
        """Return the room it would like: that of its rows, but some lines at most."""
        width = self.width()
        shown = [row for row in self._rows if not row.isHidden()]
        height = sum(row.fit(width) for row in shown)
        most = MOST_LINES * self.fontMetrics().height()
        if height > most:
            # The scroll bar takes some width, for which a row may change its form.
            bar = self._scroll.verticalScrollBar().sizeHint().width()
            for row in shown:
                row.fit(width - bar)
        more = 0 if self._more.isHidden() else self._more.sizeHint().height()
        return QSize(super().sizeHint().width(), min(height, most) + more)

    def minimumSizeHint(self) -> QSize:
        """Ask for no room that the window would have to grow for."""
        return QSize(0, 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take the height that the words need at the new width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    @Slot(object)
    def add(self, notice: Notice) -> None:
        """Show a notice; one that is there already is not repeated."""
        self._add(notice, is_of_project=False)

    @Slot(object)
    def add_of_project(self, notice: Notice) -> None:
        """Show a notice that goes with the project that is open; see `add`."""
        self._add(notice, is_of_project=True)

    def _add(self, notice: Notice, *, is_of_project: bool) -> None:
        for row in self._rows:
            if row.notice == notice:
                row.is_of_project &= is_of_project
                row.restart()
                return
        row = NoticeRow(notice, self)
        row.is_of_project = is_of_project
        row.dismissed.connect(self._on_dismissed)
        row.action_chosen.connect(self.action_chosen)
        self._rows.insert(0, row)
        self._column.insertWidget(0, row)
        self._show_rows()
        self._scroll.verticalScrollBar().setValue(0)
        # A screen reader says it without the focus having to move.
        QAccessible.updateAccessibility(
            QAccessibleAnnouncementEvent(self, said(notice))
        )

    @Slot()
    def clear(self) -> None:
        """Dismiss all notices."""
        for row in tuple(self._rows):
            self._on_dismissed(row)

    def dismiss(self, notice: Notice) -> None:
        """Take away a notice that is true no longer."""
        for row in tuple(self._rows):
            if row.notice == notice:
                self._on_dismissed(row)

    def dismiss_action(self, action: str) -> None:
        """Take away the notices whose action has become pointless."""
        for row in tuple(self._rows):
            if row.notice.action == action:
                self._on_dismissed(row)

    def dismiss_of_project(self, *, but_buttons: bool = False) -> None:
        """Take away what was said of a project that is not open any more.

        Parameters
        ----------
        but_buttons : bool
            Whether notices with a button stay.
        """
        for row in tuple(self._rows):
            if row.is_of_project and not (but_buttons and row.notice.action):
                self._on_dismissed(row)

    @Slot(object)
    def _on_dismissed(self, row: NoticeRow) -> None:
        if row in self._rows:
            self._rows.remove(row)
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
            self._show_rows()

    def _show_rows(self) -> None:
        for number, row in enumerate(self._rows):
            row.setVisible(number < MOST_SHOWN)
        behind = len(self._rows) - MOST_SHOWN
        self._more.setVisible(behind > 0)
        self._more.setText(self.tr("{0} earlier; dismiss all").format(behind))
        self.setVisible(bool(self._rows))
        self.updateGeometry()
