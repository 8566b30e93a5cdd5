"""The pages of the project: pictures, names, how far each has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPoint,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QAction, QKeyEvent, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListView, QMenu, QVBoxLayout, QWidget

from hwocr_desktop.app.requests import ProjectChange, ScanShown
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.ui.empty_state import EmptyState
from hwocr_desktop.ui.icons import icon
from hwocr_desktop.ui.page_model import PAGE_ROLE, PageDelegate, PageModel
from hwocr_desktop.ui.page_thumbnails import Thumbnails

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session


LEAST_WIDTH_PX = 150
"""In which a short name and the sign of the state are still seen."""


class PageList(QWidget):
    """Lists the pages; the current one is shown, the selected ones can be worked on.

    Parameters
    ----------
    session : Session
    parent : QWidget, optional

    Signals
    -------
    read_asked : tuple of str
        Ids of pages that the person wants read.
    selection_changed
    """

    read_asked = Signal(object)
    selection_changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setMinimumWidth(LEAST_WIDTH_PX)
        self._thumbnails = Thumbnails(self)
        self._model = PageModel(self)
        self._view = QListView(self)
        self._view.setModel(self._model)
        self._view.setItemDelegate(PageDelegate(self._picture_of, self._view))
        self._view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self._view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setUniformItemSizes(True)
        self._view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._view.setAccessibleName(self.tr("Pages"))
        self._view.installEventFilter(self)
        self._content = EmptyState(self._view, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._content)
        self.setFocusProxy(self._view)
        self._view.customContextMenuRequested.connect(self._show_menu)
        choice = self._view.selectionModel()
        choice.currentChanged.connect(self._on_current_changed)
        choice.selectionChanged.connect(self._on_selection_changed)
        self._thumbnails.ready.connect(self._on_thumbnail_ready)
        session.project_changed.connect(self._on_project_changed)
        session.page_selected.connect(self._on_page_selected)
        session.scan_loaded.connect(self._on_scan_loaded)
        self._show_project(session.project)

    def selected_ids(self) -> tuple[str, ...]:
        """Return the ids of the selected pages, in the order of the pages."""
        rows = sorted(index.row() for index in self._view.selectedIndexes())
        return tuple(self._model.pages[row].id for row in rows)

    def select_ids(self, page_ids: tuple[str, ...]) -> None:
        """Select pages without showing another one."""
        selection = QItemSelection()
        for page_id in page_ids:
            index = self._model.index(self._model.row_of(page_id))
            if index.isValid():
                selection.select(index, index)
        self._view.selectionModel().select(
            selection, QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

    def shutdown(self, timeout_ms: int = 5_000) -> bool:
        """End the background thread; False if it did not stop in time."""
        return self._thumbnails.shutdown(timeout_ms)

    # ----- what the session tells ---------------------------------------------

    @Slot(object)
    def _on_project_changed(self, change: ProjectChange) -> None:
        if change.is_other:
            self._thumbnails.forget_all()
        self._show_project(change.project)

    def _show_project(self, project: Project) -> None:
        selected = self.selected_ids()
        if self._model.show_project(project):
            self.select_ids(selected)
            page = self._session.page
            keep = bool(self.selected_ids())
            self._make_current(page.id if page else "", keep_selection=keep)
        if project.pages:
            self._content.show_content()
        else:
            self._content.show_message(
                self.tr("No pages yet. Drop scans here, or press Ctrl+O.")
            )

    @Slot(str)
    def _on_page_selected(self, page_id: str) -> None:
        index = self._model.index(self._model.row_of(page_id))
        is_part = self._view.selectionModel().isSelected(index)
        self._make_current(page_id, keep_selection=is_part)

    def _make_current(self, page_id: str, *, keep_selection: bool) -> None:
        """Make the page that is shown the current one."""
        index = self._model.index(self._model.row_of(page_id))
        choice = self._view.selectionModel()
        is_current = index == choice.currentIndex()
        if index.isValid() and not (is_current and keep_selection):
            flags = QItemSelectionModel.SelectionFlag
            choice.setCurrentIndex(
                index, flags.NoUpdate if keep_selection else flags.ClearAndSelect
            )
            self._view.scrollTo(index)

    @Slot(object)
    def _on_scan_loaded(self, shown: ScanShown) -> None:
        page = self._session.find_page(shown.page_id)
        if page is not None:
            self._thumbnails.take_scan(page, shown.scan)

    # ----- pictures -----------------------------------------------------------

    def _picture_of(self, page: Page) -> QPixmap | None:
        return self._thumbnails.of(page, self._session.folder)

    @Slot(object)
    def _on_thumbnail_ready(self, key: object) -> None:
        self._view.viewport().update()

    # ----- what the person does -----------------------------------------------

    @Slot(QModelIndex, QModelIndex)
    def _on_current_changed(self, current: QModelIndex, before: QModelIndex) -> None:
        page = current.data(PAGE_ROLE)
        shown = self._session.page
        if isinstance(page, Page) and (shown is None or shown.id != page.id):
            self._session.select_page(page.id)

    @Slot()
    def _on_selection_changed(self) -> None:
        self.selection_changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that remove and move pages before the list sees them."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            modifiers = Qt.KeyboardModifier
            both = modifiers.ControlModifier | modifiers.ShiftModifier
            step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
            if event.key() == Qt.Key.Key_Delete:
                self.remove_selected()
                return True
            if step is not None and event.modifiers() & both == both:
                self.move_selected(step)
                return True
        return bool(super().eventFilter(watched, event))

    def remove_selected(self) -> None:
        """Take the selected pages out of the project; the scans stay on disk."""
        self._edit(self.tr("Remove pages"), edits.remove_page)

    def rotate_selected(self, turns: int) -> None:
        """Turn the selected pages by clockwise quarter turns."""
        self._edit(self.tr("Turn pages"), edits.rotate_page, turns)

    def invert_selected(self, inverted: bool) -> None:
        """Say that the selected pages are negatives, or are not."""
        self._edit(self.tr("Negative"), edits.set_inverted, inverted)

    def move_selected(self, rows: int) -> None:
        """Move the selected pages up (-1) or down (1) by one."""
        ids = self.selected_ids()
        project = self._session.project
        order = [page.id for page in project.pages]
        chosen = [order.index(page_id) for page_id in ids]
        if not chosen or chosen[0] + rows < 0 or chosen[-1] + rows >= len(order):
            return
        for page_id in ids if rows < 0 else reversed(ids):
            project = edits.move_page(project, page_id, order.index(page_id) + rows)
            order = [page.id for page in project.pages]
        self._session.commit(self.tr("Move pages"), project)

    def _edit(self, label: str, edit: Callable[..., Project], *args: object) -> None:
        """Do the same with every selected page, as one undo step."""
        project = self._session.project
        for page_id in self.selected_ids():
            project = edit(project, page_id, *args)
        self._session.commit(label, project)

    @Slot(QPoint)
    def _show_menu(self, at: QPoint) -> None:
        if self.selected_ids():
            self.page_menu().exec(self._view.viewport().mapToGlobal(at))

    def page_menu(self) -> QMenu:
        """Return the menu of the selected pages; it deletes itself when it closes."""
        ids = self.selected_ids()
        pages = [page for page in self._model.pages if page.id in ids]
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def add(text: str, picture: str, slot: Callable[[], None]) -> QAction:
            action = QAction(icon(picture), text, menu)
            # The menu, and so the action, live no longer than this list.
            action.triggered.connect(lambda: slot())
            menu.addAction(action)
            return action

        is_one = len(ids) == 1
        many = self.tr("Read {0} pages").format(len(ids))
        read = self.tr("Read page") if is_one else many
        add(read, "read", lambda: self.read_asked.emit(ids))
        menu.addSeparator()
        add(self.tr("Turn right"), "rotate", lambda: self.rotate_selected(1))
        add(self.tr("Turn left"), "", lambda: self.rotate_selected(-1))
        are_inverted = bool(pages) and all(page.inverted for page in pages)
        negative = add(
            self.tr("Negative"),
            "invert",
            lambda: self.invert_selected(not are_inverted),
        )
        negative.setCheckable(True)
        negative.setChecked(are_inverted)
        menu.addSeparator()
        add(self.tr("Move up"), "", lambda: self.move_selected(-1))
        add(self.tr("Move down"), "", lambda: self.move_selected(1))
        menu.addSeparator()
        add(self.tr("Remove"), "remove", self.remove_selected)
        return menu
