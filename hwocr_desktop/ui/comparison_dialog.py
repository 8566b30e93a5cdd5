"""What each method makes of the visible part of the page, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.app.comparison import (
    Trial,
    is_all_seen,
    part_to_compare,
)
from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.ml.registry import ModelCard, find_models
from hwocr_desktop.ui.comparison_settings import ComparisonSettings
from hwocr_desktop.ui.icons import mark_close
from hwocr_desktop.ui.messages import method_hint, method_name, plain_tip
from hwocr_desktop.ui.trial_list import TrialList
from hwocr_desktop.ui.trial_pictures import (
    ink_picture,
    scan_picture,
    worded_picture,
)
from hwocr_desktop.ui.trial_runs import TrialRuns

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session
    from hwocr_desktop.ui.page_views import PageViews

LOOK_MS = 400
"""After the page was moved, the new part is compared once it rests this long."""

_WINDOW_FRAME = QSize(12, 40)
"""What borders and title of a window take, more or less."""

_METHOD = Qt.ItemDataRole.UserRole


class ComparisonDialog(QDialog):
    """Tries methods and models on what is seen of the page and lets one be taken.

    A click takes a method for the page behind and stays open; Enter takes it and
    closes. All that is taken while the dialog is open is one undo step.

    Parameters
    ----------
    session : Session
    views : PageViews
        Knows which part of the page is seen.
    fast, networks : JobRunner
        For thresholds and for models.
    cards : sequence of ModelCard, optional
        The models to try; those on the shelf if None.
    parent : QWidget, optional
    """

    def __init__(
        self,
        session: Session,
        views: PageViews,
        fast: JobRunner,
        networks: JobRunner,
        cards: Sequence[ModelCard] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._views = session, views
        self._runs = TrialRuns(fast, networks, self)
        self._runs.tried.connect(self._on_tried)
        self._runs.stopped.connect(self._on_stopped)
        self._trials: dict[str, Trial] = {}
        self._cleanings: dict[str, Cleaning] = {}
        self._items: dict[str, QListWidgetItem] = {}
        shelf = find_models()[0] if cards is None else cards
        self._cards = {card.id: card for card in shelf if card.task == "binarize"}
        self.setWindowTitle(self.tr("Compare methods"))
        self._build()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(LOOK_MS)
        self._later.timeout.connect(self.compare)
        views.look_changed.connect(self._later.start)
        session.scan_loaded.connect(self._later.start)
        session.page_selected.connect(self._on_page_selected)
        session.project_changed.connect(self._show_taken)
        self._fill()
        self._resize_to_all()

    # ----- parts --------------------------------------------------------------

    def _build(self) -> None:
        self.list = TrialList(self)
        self.list.setAccessibleName(self.tr("Methods"))
        self.list.itemClicked.connect(self._on_clicked)
        self.list.itemDoubleClicked.connect(self._on_double_clicked)
        self.list.currentItemChanged.connect(self._on_current_changed)
        self._part = QLabel(self)
        self._part.setWordWrap(True)
        self._hint = QLabel(self)
        self._hint.setWordWrap(True)
        self.settings = ComparisonSettings(self)
        self.settings.changed.connect(self._on_settings_changed)
        self.settings.cut_changed.connect(self._on_cut_changed)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        mark_close(self.buttons)
        role = QDialogButtonBox.ButtonRole.AcceptRole
        self.use = self.buttons.addButton(self.tr("&Use for this page"), role)
        self.use_all = self.buttons.addButton(self.tr("Use for &all pages"), role)
        self.use_all.setToolTip(self.tr("Clean every page like this; one undo step"))
        self.use.setDefault(True)
        self.use.clicked.connect(self._on_use)
        self.use_all.clicked.connect(self._on_use_all)
        self.buttons.rejected.connect(self.reject)
        column = self._column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(self._part)
        column.addWidget(self.list, 1)
        column.addWidget(self._hint)
        column.addWidget(self.settings)
        column.addWidget(self.buttons)

    def _fill(self) -> None:
        """Put in the original, the thresholds, and the models at the end."""
        first = QListWidgetItem(self.tr("Original"), self.list)
        self._items[""] = first
        present = self._session.page.cleaning if self._session.page else Cleaning()
        for method in (*METHODS, *self._cards):
            item = QListWidgetItem(self.list)
            item.setData(_METHOD, method)
            item.setToolTip(self._tip(method))
            self._items[method] = item
            is_present = method == present.method
            self._cleanings[method] = present if is_present else Cleaning(method)
        self.list.setCurrentItem(self._items.get(present.method, first))

    def _resize_to_all(self) -> None:
        """Become large enough for all pictures, if the screen is."""
        margins = self._column.contentsMargins()
        lines = 3 * (self.fontMetrics().lineSpacing() + self._column.spacing())
        others = self.settings.sizeHint().height() + self.buttons.sizeHint().height()
        around = QSize(
            margins.left() + margins.right(),
            margins.top() + margins.bottom() + lines + others,
        )
        room = self.screen().availableSize() - _WINDOW_FRAME
        wanted = self.list.wanted_size(room - around)
        self.resize(wanted + around)

    def _name(self, method: str) -> str:
        card = self._cards.get(method)
        return card.title if card else method_name(method)

    def _tip(self, method: str) -> str:
        card = self._cards.get(method)
        if card is None:
            return method_hint(method)
        return plain_tip(f"{card.summary}\n{card.licence}".strip())

    @property
    def current(self) -> str:
        """The method that is selected, or "" for the original."""
        item = self.list.currentItem()
        return (item.data(_METHOD) or "") if item else ""

    # ----- work ---------------------------------------------------------------

    @Slot()
    def compare(self) -> None:
        """Try everything on what is seen now."""
        self._later.stop()
        self._runs.stop()
        self._trials.clear()
        scan, page = self._session.scan, self._session.page
        waits = self.tr("in preparation…") if page is not None else ""
        for method, item in self._items.items():
            item.setIcon(worded_picture(waits, self))
            item.setText(self._name(method) if method else self.tr("Original"))
        self._show_taken()
        if scan is None or page is None:
            return
        visible = self._views.visible_part()
        box = part_to_compare(visible, scan.gray.shape[::-1])
        self._part.setText(
            self.tr("The pictures show the part of the page that you see.")
            if is_all_seen(box, visible)
            else self.tr(
                "The pictures show the middle of what you see of the page; zoom in or "
                "move the page to see another part."
            )
        )
        self._items[""].setIcon(scan_picture(scan, box, self))
        self._runs.begin(scan.gray, box, tuple(self._cleanings.values()))

    @Slot(str)
    def _on_stopped(self, method: str) -> None:
        self._items[method].setIcon(worded_picture(self.tr("stopped"), self))

    @Slot(object)
    def _on_tried(self, trial: Trial) -> None:
        method = trial.cleaning.method
        # Its settings may have been changed since.
        if _same_map(trial.cleaning, self._cleanings[method]):
            self._trials[method] = trial
            self._show_trial(method)

    def _show_trial(self, method: str) -> None:
        trial, item = self._trials.get(method), self._items[method]
        if trial is None:
            return
        if trial.error is not None:
            item.setIcon(worded_picture("", self))
            item.setText(self._label(method, self.tr("cannot be used")))
            item.setToolTip(plain_tip(str(trial.error)))
            return
        cut = self._cleanings[method].cut or trial.own_cut
        item.setIcon(ink_picture(trial, cut, self))
        share = self.tr("{0} % ink").format(f"{100 * trial.share(cut):.1f}")
        item.setText(self._label(method, share))
        if method == self.current:
            self.settings.show_own_cut(trial.own_cut)

    def _label(self, method: str, said: str) -> str:
        page = self._session.page
        is_taken = page is not None and page.cleaning.method == method
        mark = self.tr("✓ {0}") if is_taken else "{0}"
        return f"{mark.format(self._name(method))}\n{said}"

    # ----- what the session tells ---------------------------------------------

    @Slot()
    def _on_page_selected(self) -> None:
        self._runs.stop()
        self._later.start()

    @Slot()
    def _show_taken(self) -> None:
        """Mark the method that the page has."""
        page, pages = self._session.page, self._session.project.pages
        for method, item in self._items.items():
            font = item.font()
            font.setBold(page is not None and page.cleaning.method == method)
            item.setFont(font)
            if method:
                self._show_trial(method)
        self.use.setEnabled(page is not None and bool(self.current))
        self.use_all.setEnabled(len(pages) > 1 and bool(self.current))

    # ----- what the person does -----------------------------------------------

    @Slot()
    def _on_current_changed(self) -> None:
        method = self.current
        trial = self._trials.get(method)
        self.settings.show_cleaning(
            self._cleanings.get(method), trial.own_cut if trial else 0
        )
        self._hint.setText(
            self._tip(method).replace("\n", " ")
            if method
            else self.tr("The scan itself, to compare with.")
        )
        self._show_taken()

    @Slot(object)
    def _on_clicked(self, item: QListWidgetItem) -> None:
        self._take(all_pages=False)

    @Slot(object)
    def _on_double_clicked(self, item: QListWidgetItem) -> None:
        if self.current:
            self.accept()

    @Slot()
    def _on_use(self) -> None:
        self._take(all_pages=False)
        self.accept()

    @Slot()
    def _on_use_all(self) -> None:
        self._take(all_pages=True)
        self.accept()

    def _take(self, *, all_pages: bool) -> None:
        cleaning, page = self._cleanings.get(self.current), self._session.page
        if cleaning is None or page is None:
            return
        project = self._session.project
        ids = [p.id for p in project.pages] if all_pages else [page.id]
        for page_id in ids:
            project = edits.set_cleaning(project, page_id, cleaning)
        self._session.commit(self.tr("Clean"), project, f"compare:{id(self)}")

    @Slot(object)
    def _on_settings_changed(self, cleaning: Cleaning) -> None:
        """Try the selected method with other settings."""
        self._cleanings[cleaning.method] = cleaning
        self._trials.pop(cleaning.method, None)
        scan = self._session.scan
        if scan is not None:
            box = part_to_compare(self._views.visible_part(), scan.gray.shape[::-1])
            self._runs.begin(scan.gray, box, (cleaning,))

    @Slot(object)
    def _on_cut_changed(self, cleaning: Cleaning) -> None:
        """Show the selected method at another cut: the ink map stays the same."""
        self._cleanings[cleaning.method] = cleaning
        self._show_trial(cleaning.method)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter take what is selected wherever the focus is, if anything is."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and self.list.hasFocus():
            if self.current:
                self._on_use()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to try."""
        super().showEvent(event)
        if not event.spontaneous():
            self.compare()

    def done(self, result: int) -> None:
        """Stop what is still being tried and close; the page gets the keyboard."""
        self._later.stop()
        self._runs.stop()
        super().done(result)
        self._views.take_keyboard()


def _same_map(one: Cleaning, other: Cleaning) -> bool:
    return (one.window, one.k) == (other.window, other.k)
