"""Choose a list of names, places or words that the pages of a project are read with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.app import projects, word_lists
from hwocr_desktop.app.jobs import Job
from hwocr_desktop.app.word_lists import WordList
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.text.lexicon import MAX_LENGTH, LeftOutEntry, LexiconUse
from hwocr_desktop.ui import file_choice
from hwocr_desktop.ui.icons import mark_close
from hwocr_desktop.ui.sentences import said

if TYPE_CHECKING:
    from hwocr_desktop.app.session import Session


WIDTH = 560


class WordListDialog(QDialog):
    """Shows the list of the open project and changes it at once; each is a step.

    Parameters
    ----------
    session : Session
        With a project open.
    start : Path, optional
        Folder in which the choice of a file begins.
    parent : QWidget, optional
    """

    def __init__(
        self, session: Session, start: Path | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._start = session, start or session.folder
        self._job: Job | None = None
        # Of the list in use, once it has been counted.
        self._counted: WordList | None = None
        self._asked = ""
        self.setWindowTitle(self.tr("Word list"))
        self._make_fields()
        self._lay_out()
        session.project_changed.connect(self._on_project_changed)
        self._show_project()
        self._count()

    # ----- fields -------------------------------------------------------------

    def _make_fields(self) -> None:
        self.name = QLabel(self)
        self.name.setTextFormat(Qt.TextFormat.PlainText)
        self.name.setWordWrap(True)
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        self.state = _words(self, "")
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("The list is being read"))
        # The dialog must not grow and shrink while a list is read.
        policy = self.progress.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(policy)
        self.progress.setMaximumHeight(6)
        self.progress.hide()
        self.problem = _words(self, "")
        self.problem.hide()
        self.choose = QPushButton(self.tr("Choose a &file…"), self)
        self.choose.clicked.connect(self._on_choose)
        self.drop = QPushButton(self.tr("Use &no list"), self)
        self.drop.clicked.connect(self._on_drop)
        self.prefer = QRadioButton(self.tr("&Prefer these words"), self)
        self.only = QRadioButton(self.tr("Read &only these words"), self)
        group = QButtonGroup(self)
        for button in (self.prefer, self.only):
            group.addButton(button)
            button.clicked.connect(self._on_use)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        mark_close(self.buttons)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(14)
        column.addWidget(
            _words(
                self,
                self.tr(
                    "Names, places or words of your collection help when pages are "
                    "read. The list is a file of plain text (UTF-8) with one entry to "
                    "a line; it is copied into the project."
                ),
            )
        )
        self._uses = self._use_box()
        self._list = self._list_box()
        column.addWidget(self._list)
        column.addWidget(self._uses)
        note = _words(
            self,
            self.tr(
                "Pages that were read before stay as they are until you read them "
                "again."
            ),
        )
        note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        column.addWidget(note)
        column.addStretch(1)
        column.addWidget(self.buttons)
        self.resize(WIDTH, 0)

    def _list_box(self) -> QGroupBox:
        box = QGroupBox(self.tr("List of this project"), self)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.choose)
        row.addWidget(self.drop)
        row.addStretch(1)
        column = QVBoxLayout(box)
        column.setSpacing(6)
        for widget in (self.name, self.state, self.progress):
            column.addWidget(widget)
        column.addLayout(row)
        column.addWidget(self.problem)
        return box

    def _use_box(self) -> QGroupBox:
        box = QGroupBox(self.tr("How it is used"), self)
        column = QVBoxLayout(box)
        column.setSpacing(4)
        explained = (
            (
                self.prefer,
                self.tr(
                    "For letters and other texts: where the writing leaves it open, "
                    "a word of the list is read, and every other word can still be "
                    "read."
                ),
            ),
            (
                self.only,
                self.tr(
                    "For registers and cards with nothing but words of the list: no "
                    "other word is ever read. Digits and signs stay free."
                ),
            ),
        )
        style = self.style()
        indent = style.pixelMetric(QStyle.PixelMetric.PM_ExclusiveIndicatorWidth)
        indent += style.pixelMetric(QStyle.PixelMetric.PM_RadioButtonLabelSpacing)
        for button, text in explained:
            label = _words(box, text)
            label.setContentsMargins(indent, 0, 0, 6)
            button.setAccessibleDescription(text)
            column.addWidget(button)
            column.addWidget(label)
        return box

    # ----- what is shown ------------------------------------------------------

    @Slot(object)
    def _on_project_changed(self, _change: object) -> None:
        name = self._session.project.word_list
        self._show_project()
        if name != self._asked:
            self._count()

    def _show_project(self) -> None:
        """Show the list of the project, its number of words if that is known."""
        project, list_ = self._session.project, self._counted
        name = project.word_list
        title = word_lists.title_of(name)
        self.name.setText(f"“{title}”" if name else self.tr("No list"))
        if not name:
            self.state.setText(self.tr("Pages are read with what the model knows."))
        elif list_ is None or list_.name != name:
            self.state.setText("")
        else:
            count = (
                self.tr("One word or name")
                if list_.entries == 1
                else self.tr("{0} words and names").format(
                    self.locale().toString(list_.entries)
                )
            )
            self.state.setText("\n".join(filter(None, (count, self._left_out(list_)))))
        self.drop.setEnabled(bool(name))
        self.state.setVisible(bool(self.state.text()))
        self._uses.setEnabled(bool(name))
        is_binding = project.word_list_use == "constrain"
        (self.only if is_binding else self.prefer).setChecked(True)
        self._make_room()

    def _left_out(self, list_: WordList) -> str:
        """Say how many lines of a file are no entry, and of the first ones why."""
        if not list_.left_out:
            return ""
        number = self.locale().toString
        reasons = [self._why(line) for line in list_.first_left_out]
        if list_.left_out > len(reasons):
            reasons.append("…")
        sentence = (
            self.tr("One of {1} lines is left out: {2}")
            if list_.left_out == 1
            else self.tr("{0} of {1} lines are left out: {2}")
        )
        return sentence.format(
            number(list_.left_out), number(list_.lines), "; ".join(reasons)
        )

    def _why(self, line: LeftOutEntry) -> str:
        why = {
            "letters": self.tr("line {0} “{1}” holds no letters"),
            "length": self.tr("line {0} has more than {2} characters"),
            "signs": self.tr("line {0} holds characters that cannot be shown"),
        }[line.fault]
        return why.format(self.locale().toString(line.line), line.text, MAX_LENGTH)

    def _make_room(self) -> None:
        """Become as high as the texts need at this width."""
        inner, column = self._list.layout(), self.layout()
        if inner is not None and column is not None:
            # The outer layout goes by what the inner one asked for last.
            inner.activate()
            column.activate()
            needed = column.totalHeightForWidth(self.width())
            self.resize(self.width(), max(self.height(), needed))

    def _count(self) -> None:
        """Look how many words the list of the project has."""
        session = self._session
        name = self._asked = session.project.word_list
        if name and session.folder is not None:
            job = session.batch.submit(
                self.tr("Word list"), word_lists.count_entries, session.folder, name
            )
            job.succeeded.connect(self._on_counted)
            self._follow(job)

    @Slot(object)
    def _on_counted(self, found: WordList) -> None:
        self._counted = found
        self._show_project()

    # ----- what is changed ----------------------------------------------------

    @Slot()
    def _on_choose(self) -> None:
        file_choice.choose_word_list(self, self._start, self.take)

    def take(self, path: Path) -> None:
        """Read a file and use it as the list of the project."""
        session = self._session
        if session.folder is not None:
            self._start = path.parent
            job = session.batch.submit(
                self.tr("Word list"), word_lists.take_in, path, session.folder
            )
            job.succeeded.connect(self._on_taken)
            self._follow(job)

    @Slot(object)
    def _on_taken(self, taken: WordList) -> None:
        self._counted, self._asked = taken, taken.name
        self._commit(taken.name, self._session.project.word_list_use)
        # The same list once more is no change of the project.
        self._show_project()

    @Slot()
    def _on_drop(self) -> None:
        self.problem.hide()
        # The button that was pressed is of no more use.
        self.choose.setFocus()
        self._commit("", "rerank")

    @Slot()
    def _on_use(self) -> None:
        use: LexiconUse = "constrain" if self.only.isChecked() else "rerank"
        self._commit(self._session.project.word_list, use)

    def _commit(self, name: str, use: LexiconUse) -> None:
        project = edits.set_word_list(self._session.project, name, use)
        self._session.commit(self.tr("Word list"), project)

    # ----- work ---------------------------------------------------------------

    def _follow(self, job: Job) -> None:
        """Show that a list is read, and take the place of what was read before."""
        if self._job is not None:
            self._job.cancel()
        self._job = job
        job.failed.connect(self._on_failed)
        job.finished.connect(self._on_finished)
        self.problem.hide()
        self.progress.show()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        if self.sender() is self._job:
            self.problem.setText(said(projects.failure_notice(error)))
            self.problem.show()
            self._make_room()

    @Slot()
    def _on_finished(self) -> None:
        if self.sender() is self._job:
            self._job = None
            self.progress.hide()

    def done(self, result: int) -> None:
        """Stop what is still being read and close."""
        if self._job is not None:
            self._job.cancel()
        super().done(result)


def _words(parent: QWidget, text: str) -> QLabel:
    label = QLabel(text, parent)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
