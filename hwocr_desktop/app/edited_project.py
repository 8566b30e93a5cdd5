"""The present project as it is changed step by step, and the page that is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

from hwocr_desktop.app.requests import ProjectChange
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.changing import changed_pages
from hwocr_desktop.core.document.document import Cleaning, Line, Page, Project
from hwocr_desktop.core.document.history import History


class EditedProject(QObject):
    """A project, what can be undone in it, and which of its pages is shown.

    What else happens with a change, `Session` says: it keeps and shows it.

    Signals
    -------
    project_changed : ProjectChange
    page_selected : str
        Id of the page now shown, or "".
    """

    project_changed = Signal(object)
    page_selected = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._history = History(Project())
        self._page_id = ""

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self._history.project

    @property
    def page(self) -> Page | None:
        """The page now shown."""
        return self.find_page(self._page_id)

    @property
    def history(self) -> History:
        """What can be undone and redone."""
        return self._history

    def find_page(self, page_id: str) -> Page | None:
        """Return a page of the project, or None."""
        return next((p for p in self.project.pages if p.id == page_id), None)

    # ----- steps --------------------------------------------------------------

    def commit(
        self, label: str, project: Project, merge_key: str | None = None
    ) -> None:
        """Make a project the present one: an undo step, a journal entry, a signal.

        Parameters
        ----------
        label : str
            What was done, translated; shown in the Edit menu.
        project : Project
        merge_key : str, optional
            Changes with the same key that follow each other are one undo step.
        """
        before = self.project
        if project == before:
            return
        self._history.commit(label, project, merge_key)
        self._after_change(before, label)

    def commit_part(
        self, label: str, change: Callable[[Project], Project], run_key: str
    ) -> None:
        """Take in a part of what a run brings; all its parts are one undo step.

        The step stands where its first part came in, below what the person did since,
        and what the person had undone can still be redone.

        Parameters
        ----------
        label : str
            What is being done, translated.
        change : callable
            Returns a project with the part, whatever state it is in; see
            `History.amend`.
        run_key : str
            Names the run.
        """
        before = self.project
        if not self._history.amend(run_key, change):
            self._history.insert(label, change, run_key)
        if self.project != before:
            self._after_change(before, label)

    def undo(self) -> None:
        """Take the last step back, and show where that was."""
        self._flush()
        if self._history.can_undo:
            label = self.tr("Undo {0}").format(self._history.undo_label)
            self._step(self._history.undo, label)

    def redo(self) -> None:
        """Do again what was taken back, and show where that was."""
        if self._history.can_redo:
            label = self.tr("Redo {0}").format(self._history.redo_label)
            self._step(self._history.redo, label)

    def _step(self, step: Callable[[], object], label: str) -> None:
        before = self.project
        step()
        self._after_change(before, label)
        changed = changed_pages(before, self.project)
        if changed and self._page_id not in changed:
            self.select_page(changed[0])

    def _after_change(self, before: Project, label: str) -> None:
        project = self.project
        self._note_change(before, label)
        self.project_changed.emit(ProjectChange(project, before, label))
        old = next((p for p in before.pages if p.id == self._page_id), None)
        new = self.page
        if new is None:
            pages = project.pages
            self.select_page(pages[0].id if pages else "")
        elif old is not None:
            self._follow(new)

    def select_page(self, page_id: str) -> None:
        """Show another page: its pixels, then its ink, follow by signals."""
        if page_id and page_id == self._page_id:
            return
        self._page_id = page_id
        self._show()
        self.page_selected.emit(page_id)

    # ----- edits --------------------------------------------------------------

    def set_cleaning(self, cleaning: Cleaning, page_ids: tuple[str, ...] = ()) -> None:
        """Choose how pages become ink (the page shown, if none is named).

        Moving the cut in the same method merges into one undo step and needs no
        new ink map.
        """
        page = self.page
        ids = page_ids or ((page.id,) if page else ())
        project = self.project
        for page_id in ids:
            project = edits.set_cleaning(project, page_id, cleaning)
        self.commit(self.tr("Clean"), project, f"cut:{','.join(ids)}:{cleaning.method}")

    def edit_line(
        self,
        label: str,
        edit: Callable[..., Project],
        line: Line,
        *args: Any,
        merge_key: str | None = None,
    ) -> None:
        """Apply one of the line edits of `core.document.edits` on the page shown."""
        if self.page is not None:
            project = edit(self.project, self.page.id, line.id, *args)
            self.commit(label, project, merge_key)

    def correct_line(self, line_id: str, text: str) -> None:
        """Take what a person types in a line; one undo step a line."""
        page = self.page
        if page is not None:
            project = edits.correct_line(self.project, page.id, line_id, text)
            self.commit(self.tr("Typing"), project, f"type:{page.id}:{line_id}")

    def accept_line(self, line_id: str) -> None:
        """Call a line's text right."""
        page = self.page
        if page is not None:
            project = edits.accept_line(self.project, page.id, line_id)
            self.commit(self.tr("Accept line"), project)

    # ----- what a session does with it ----------------------------------------

    def _flush(self) -> None:
        """Take in what is on its way into the project."""

    def _note_change(self, before: Project, label: str) -> None:
        """Keep a change before it is told."""

    def _show(self) -> None:
        """Show the pixels of the page that was selected."""

    def _follow(self, page: Page) -> None:
        """Show what has changed of the page shown."""
