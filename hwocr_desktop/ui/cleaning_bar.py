"""How the page becomes ink: the method, its settings, the cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.app.requests import InkShown, ProjectChange
from hwocr_desktop.core.document.document import Cleaning, Page
from hwocr_desktop.core.pixels.thresholding import (
    DEFAULT_K,
    DEFAULT_WINDOW,
    LOCAL_METHODS,
    METHODS,
)
from hwocr_desktop.ml.registry import ModelCard, find_models
from hwocr_desktop.ui.cut_slider import CutSlider
from hwocr_desktop.ui.messages import method_hint, method_name, plain_tip

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session

SETTLE_MS = 350
"""A new ink map is asked for this long after the last turn at a number."""


class CleaningBar(QWidget):
    """Chooses and tunes the method that parts ink from paper.

    Parameters
    ----------
    session : Session
    cards : sequence of ModelCard, optional
        The models to offer; those on the shelf if None.
    parent : QWidget, optional

    Signals
    -------
    cut_changed : int
        The slider moves; views should follow at once, the document does not.
    """

    cut_changed = Signal(int)

    def __init__(
        self,
        session: Session,
        cards: Sequence[ModelCard] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._unsettled: tuple[str, Cleaning] | None = None
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._build()
        self.show_models(find_models()[0] if cards is None else cards)
        self._settle.timeout.connect(self._on_settled)
        self._method.activated.connect(self._on_method_chosen)
        self._window.valueChanged.connect(self._on_number_changed)
        self._k.valueChanged.connect(self._on_number_changed)
        self._all.clicked.connect(self._on_all_clicked)
        self._slider.cut_changed.connect(self.cut_changed)
        self._slider.cut_chosen.connect(self._on_cut_chosen)
        self._slider.reset_asked.connect(self._on_reset_asked)
        session.page_selected.connect(self._on_page_selected)
        session.project_changed.connect(self._on_project_changed)
        session.ink_ready.connect(self._on_ink_ready)
        self._on_page_selected("")
        page, ink = session.page, session.ink
        if page is not None and ink is not None:
            self._on_ink_ready(InkShown(page.id, ink, page.cleaning))

    def _build(self) -> None:
        self._method = QComboBox(self)
        self._method.setAccessibleName(self.tr("Method of cleaning"))
        self._method.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self._method.setMinimumContentsLength(19)
        method_name = QLabel(self.tr("Clea&n with"), self)
        method_name.setBuddy(self._method)
        self._window = QSpinBox(self)
        self._window.setRange(3, 999)
        self._window.setSingleStep(2)
        self._window.setSuffix(self.tr(" px"))
        self._window.setToolTip(
            self.tr(
                "Side of the square around each spot that it is compared with; about "
                "the height of two lines of writing works well."
            )
        )
        self._window.setAccessibleName(self.tr("Window in pixels"))
        self._window_name = QLabel(self.tr("&Window"), self)
        self._window_name.setBuddy(self._window)
        self._k = QDoubleSpinBox(self)
        self._k.setRange(-1.0, 1.0)
        self._k.setSingleStep(0.05)
        self._k.setDecimals(2)
        self._k.setToolTip(
            self.tr(
                "How much darker than its surroundings ink must be. Farther from 0 "
                "leaves less ink and fewer stains."
            )
        )
        self._k.setAccessibleName(self.tr("Sensitivity k"))
        # Named in full where there is room.
        self._k_names = self.tr("&k"), self.tr("Sensitivity &k")
        self._k_name = QLabel(self._k_names[0], self)
        self._k_name.setBuddy(self._k)
        for number in (self._window, self._k):
            number.setKeyboardTracking(False)
        self._slider = CutSlider(self)
        self._all = QPushButton(self.tr("All pages"), self)
        self._all.setToolTip(
            self.tr("Clean every page of the project as this one; one undo step")
        )
        self._rows = QHBoxLayout(), QHBoxLayout()
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        for row in self._rows:
            column.addLayout(row)
        numbers = self._window_name, self._window, self._k_name, self._k
        self._head: list[QWidget] = [method_name, self._method, *numbers]
        for widget in self._head:
            self._rows[0].addWidget(widget)
        self._tail: list[QWidget] = [self._slider, self._all]
        self._is_wrapped = False
        self._place_tail()

    def add_actions(self, *actions: QAction) -> None:
        """Offer what else can be done with the ink, each as a button."""
        before: QWidget = self._all
        for action in actions:
            button = QToolButton(self)
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action.iconText())
            self._tail.append(button)
            # Made late, it would else come last in the whole window.
            self.setTabOrder(before, button)
            before = button
        self._place_tail()

    def _place_tail(self) -> None:
        """Put slider and buttons behind the method, or below it if it is narrow."""
        row = self._rows[self._is_wrapped]
        for widget in self._tail:
            self._rows[not self._is_wrapped].removeWidget(widget)
            row.removeWidget(widget)
            row.addWidget(widget, 1 if widget is self._slider else 0)
        self._rows[0].setStretchFactor(self._method, int(self._is_wrapped))
        self.updateGeometry()

    def _wrap(self) -> None:
        """Take as many rows as the width asks for."""
        edges = self._column.contentsMargins()
        room = self.width() - edges.left() - edges.right()
        is_narrow = self._least_width(self._head + self._tail) > room
        if is_narrow != self._is_wrapped:
            self._is_wrapped = is_narrow
            self._place_tail()
        beside = self._head if is_narrow else self._head + self._tail
        has_room = self._least_width(beside) + self._longer_by() <= room
        self._k_name.setText(self._k_names[has_room])

    def _longer_by(self) -> int:
        short, long = map(self.fontMetrics().horizontalAdvance, self._k_names)
        return long - short

    def _least_width(self, widgets: list[QWidget]) -> int:
        """Return what some parts need beside each other, with the short name of k."""
        shown = [widget for widget in widgets if not widget.isHidden()]
        needed = sum(widget.minimumSizeHint().width() for widget in shown)
        if self._k_name in shown and self._k_name.text() == self._k_names[1]:
            needed -= self._longer_by()
        return needed + self._rows[0].spacing() * max(0, len(shown) - 1)

    def minimumSizeHint(self) -> QSize:
        """Return the width that two rows need, also where there is one."""
        edges = self._column.contentsMargins()
        width = max(self._least_width(self._head), self._least_width(self._tail))
        height = super().minimumSizeHint().height()
        return QSize(width + edges.left() + edges.right(), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take another row, or do without it."""
        super().resizeEvent(event)
        self._wrap()

    @property
    def slider(self) -> CutSlider:
        """The slider of the cut."""
        return self._slider

    def show_models(self, cards: Sequence[ModelCard]) -> None:
        """Offer the thresholds and these models."""
        with QSignalBlocker(self._method):
            self._method.clear()
            for method in METHODS:
                self._method.addItem(method_name(method), method)
                self._hint(method_hint(method))
            for card in cards:
                if card.task == "binarize":
                    self._method.addItem(card.title, card.id)
                    words = f"{card.summary}\n{card.licence}".strip()
                    self._hint(plain_tip(words))
        self._show_page()

    @Slot()
    def reload_models(self) -> None:
        """Offer the models that are on the shelf now."""
        self.show_models(find_models()[0])

    def _hint(self, text: str) -> None:
        last = self._method.count() - 1
        self._method.setItemData(last, text, Qt.ItemDataRole.ToolTipRole)

    # ----- what the session tells ---------------------------------------------

    @Slot(str)
    def _on_page_selected(self, page_id: str) -> None:
        self._on_settled()
        self._slider.show_ink(None, 128, is_own=True)
        self._slider.setEnabled(False)
        self._show_page()

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        self._show_page()

    @Slot(object)
    def _on_ink_ready(self, shown: InkShown) -> None:
        is_own = shown.cleaning.cut is None
        self._slider.show_ink(shown.ink.map, shown.ink.cut, is_own=is_own)
        self._slider.setEnabled(True)

    def _show_page(self) -> None:
        """Show how the page is cleaned; tells nobody."""
        page = self._session.page
        self.setEnabled(page is not None)
        if page is None:
            return
        cleaning = page.cleaning
        with QSignalBlocker(self._method):
            self._method.setCurrentIndex(self._row_of(cleaning.method))
        hint = self._method.currentData(Qt.ItemDataRole.ToolTipRole)
        self._method.setToolTip(hint or "")
        is_local = cleaning.method in LOCAL_METHODS
        for widget in (self._window_name, self._window, self._k_name, self._k):
            widget.setVisible(is_local)
        self._wrap()
        if is_local and self._unsettled is None:
            method = cleaning.method
            window = cleaning.window or DEFAULT_WINDOW[method]
            k = DEFAULT_K[method] if cleaning.k is None else cleaning.k
            with QSignalBlocker(self._window), QSignalBlocker(self._k):
                self._window.setValue(window)
                self._k.setValue(k)
        others = len(self._session.project.pages) > 1
        self._all.setEnabled(others)

    def _row_of(self, method: str) -> int:
        """Return the row of a method; a model that is gone gets one too."""
        row = self._method.findData(method)
        if row < 0:
            self._method.addItem(self.tr("{0} (missing)").format(method), method)
            row = self._method.count() - 1
            self._hint(self.tr("This model is not installed any more."))
        return row

    # ----- what the person does -----------------------------------------------

    @Slot(int)
    def _on_method_chosen(self, row: int) -> None:
        page = self._session.page
        method = self._method.itemData(row)
        if page is not None and method != page.cleaning.method:
            # What was tuned for another method means nothing for this one.
            self._forget_unsettled()
            # The old map's slider stands still until the new map is there.
            self._slider.setEnabled(False)
            self._session.set_cleaning(Cleaning(method=method))

    @Slot(int)
    def _on_cut_chosen(self, cut: int) -> None:
        page = self._settled_page()
        if page is not None:
            self._session.set_cleaning(replace(page.cleaning, cut=cut))

    @Slot()
    def _on_reset_asked(self) -> None:
        page = self._settled_page()
        if page is not None:
            self._session.set_cleaning(replace(page.cleaning, cut=None))

    @Slot()
    def _on_number_changed(self) -> None:
        page = self._session.page
        if page is not None and page.cleaning.method in LOCAL_METHODS:
            cleaning = replace(
                page.cleaning,
                window=self._window.value(),
                k=round(self._k.value(), 4),
            )
            self._unsettled = page.id, cleaning
            self._settle.start()

    @Slot()
    def _on_settled(self) -> None:
        self._settle.stop()
        unsettled, self._unsettled = self._unsettled, None
        if unsettled is not None:
            page_id, cleaning = unsettled
            if self._session.find_page(page_id) is not None:
                self._session.set_cleaning(cleaning, (page_id,))

    @Slot()
    def _on_all_clicked(self) -> None:
        page = self._settled_page()
        if page is not None:
            ids = tuple(other.id for other in self._session.project.pages)
            self._session.set_cleaning(page.cleaning, ids)

    def _settled_page(self) -> Page | None:
        """Return the page shown, after the numbers just typed were taken in."""
        self._on_settled()
        return self._session.page

    def _forget_unsettled(self) -> None:
        self._settle.stop()
        self._unsettled = None
