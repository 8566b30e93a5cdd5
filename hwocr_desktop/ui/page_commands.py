"""What the menus Page and Line do: clean, find, read, turn, go, accept, delete."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning, Page
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.ml.registry import find_models
from hwocr_desktop.ui.messages import method_name
from hwocr_desktop.ui.model_picker import ModelPicker
from hwocr_desktop.ui.preferences import Preferences


class PageCommands(QObject):
    """Works on the page shown, or on all pages.

    Parameters
    ----------
    session : Session
    picker : ModelPicker
        Knows which model reads.
    preferences : Preferences
    window : QWidget

    Signals
    -------
    noticed : Notice
    """

    noticed = Signal(object)

    def __init__(
        self,
        session: Session,
        picker: ModelPicker,
        preferences: Preferences,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._session, self._picker = session, picker
        self._preferences = preferences
        self.line_id = ""

    # ----- cleaning and reading -----------------------------------------------

    def fill_methods(self, menu: QMenu) -> None:
        """Let a menu list the ways to clean, whenever it is opened."""
        menu.aboutToShow.connect(self._list_methods)

    @Slot()
    def _list_methods(self) -> None:
        menu = self.sender()
        if not isinstance(menu, QMenu):
            return
        menu.clear()
        page = self._session.page
        present = page.cleaning.method if page else ""
        names = {method: method_name(method) for method in METHODS}
        for card in find_models()[0]:
            if card.task == "binarize":
                names[card.id] = card.title
        group = QActionGroup(menu)
        for method, name in names.items():
            action = menu.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(method == present)
            action.setData(method)
            action.triggered.connect(self._on_method)
            group.addAction(action)

    @Slot()
    def _on_method(self) -> None:
        action, page = self.sender(), self._session.page
        if not isinstance(action, QAction) or page is None:
            return
        if action.data() != page.cleaning.method:
            self._session.set_cleaning(Cleaning(method=action.data()))

    @Slot()
    def clean_all(self) -> None:
        """Use this page's cleaning for all pages."""
        page = self._session.page
        if page is not None:
            ids = tuple(p.id for p in self._session.project.pages)
            self._session.set_cleaning(page.cleaning, ids)

    @Slot()
    def find_lines(self) -> None:
        """Find the lines of the page shown."""
        page = self._session.page
        if page is not None:
            self._session.find_lines((page.id,))

    @Slot()
    def find_all(self) -> None:
        """Find the lines of all pages that have none."""
        empty = [p.id for p in self._session.project.pages if not p.lines]
        if empty:
            self._session.find_lines(tuple(empty))
        else:
            self.noticed.emit(Notice(self.tr("All pages have lines already.")))

    @Slot()
    def read_page(self) -> None:
        """Read the page shown."""
        page = self._session.page
        if page is not None:
            self._read((page,))

    @Slot()
    def read_all(self) -> None:
        """Read all pages, the one shown first."""
        shown = self._session.page
        pages = self._session.project.pages
        self._read(tuple(sorted(pages, key=lambda p: p is not shown)))

    @Slot(object)
    def read_pages(self, page_ids: tuple[str, ...]) -> None:
        """Read some pages, in their order."""
        self._read(tuple(p for p in self._session.project.pages if p.id in page_ids))

    def _read(self, pages: tuple[Page, ...]) -> None:
        model = self._picker.model_id
        if not model:
            text, _, advice = self._picker.empty_text.partition(". ")
            self.noticed.emit(Notice(f"{text}.", advice, "warning"))
            return
        decoder = self._preferences.settings.decoder
        ids = tuple(page.id for page in pages)
        self._session.read(ids, model, decoder=decoder)

    @Slot()
    def stop_all(self) -> None:
        """Stop everything but what is being written to the disk."""
        for runner in self._session.runners:
            if runner is not self._session.files:
                runner.cancel_all()

    # ----- the page -----------------------------------------------------------

    @Slot()
    def rotate_right(self) -> None:
        """Turn the page a quarter to the right."""
        self._rotate(1)

    @Slot()
    def rotate_left(self) -> None:
        """Turn the page a quarter to the left."""
        self._rotate(-1)

    def _rotate(self, turns: int) -> None:
        page = self._session.page
        if page is not None:
            project = edits.rotate_page(self._session.project, page.id, turns)
            self._session.commit(self.tr("Turn page"), project)

    @Slot(object)
    def act(self, notice: Notice) -> None:
        """Turn the page that a notice is about, and its lines with it."""
        project = self._session.project
        is_there = any(page.id == notice.page_id for page in project.pages)
        if notice.action == "turn-page" and is_there:
            project = edits.rotate_page(project, notice.page_id, notice.turns)
            self._session.commit(self.tr("Turn page"), project)

    @Slot(bool)
    def set_negative(self, is_negative: bool) -> None:
        """Say whether the scan is a negative."""
        page = self._session.page
        if page is not None:
            project = edits.set_inverted(self._session.project, page.id, is_negative)
            self._session.commit(self.tr("Negative"), project)

    @Slot()
    def previous_page(self) -> None:
        """Show the page before."""
        self._go(-1)

    @Slot()
    def next_page(self) -> None:
        """Show the next page."""
        self._go(1)

    def _go(self, step: int) -> None:
        page, pages = self._session.page, self._session.project.pages
        if page is None:
            return
        place = next(i for i, p in enumerate(pages) if p.id == page.id) + step
        if 0 <= place < len(pages):
            self._session.select_page(pages[place].id)

    @Slot()
    def remove_page(self) -> None:
        """Take the page out of the project; Undo brings it back."""
        session, page = self._session, self._session.page
        if page is None:
            return
        pages = session.project.pages
        place = next(i for i, p in enumerate(pages) if p.id == page.id)
        neighbor = pages[place + 1 : place + 2] or pages[max(place - 1, 0) : place]
        project = edits.remove_page(session.project, page.id)
        session.commit(self.tr("Remove page"), project)
        if neighbor:
            session.select_page(neighbor[0].id)
        name = page.scan_name
        self.noticed.emit(
            Notice(
                self.tr("“{0}” was taken out of the project.").format(name),
                self.tr("The scan stays where it is; Undo brings the page back."),
            )
        )

    # ----- the line -----------------------------------------------------------

    @Slot(str)
    def set_line(self, line_id: str) -> None:
        """Take note of the selected line."""
        self.line_id = line_id

    @Slot()
    def delete_line(self) -> None:
        """Take the selected line off the page."""
        page = self._session.page
        if page is not None and any(x.id == self.line_id for x in page.lines):
            project = edits.remove_line(self._session.project, page.id, self.line_id)
            self._session.commit(self.tr("Delete line"), project)
