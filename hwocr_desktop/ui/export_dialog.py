"""Write pages as XML, text and black and white, and show what was written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.app import exports, projects
from hwocr_desktop.app.exports import ExportRequest, ExportResult, Format
from hwocr_desktop.app.jobs import Job, JobRunner
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.ui import file_choice
from hwocr_desktop.ui.export_outcome import (
    in_the_way_text,
    outcome_text,
    shown_names,
)
from hwocr_desktop.ui.icons import mark_close
from hwocr_desktop.ui.messages import counted
from hwocr_desktop.ui.sentences import said

_ButtonRole = QDialogButtonBox.ButtonRole


class ExportDialog(QDialog):
    """Asks what to write and where, writes it in the background, lists the files.

    Parameters
    ----------
    session : Session
        With a project open and a page shown.
    runner : JobRunner
    parent : QWidget, optional
    """

    def __init__(
        self, session: Session, runner: JobRunner, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._runner = session, runner
        self._job: Job | None = None
        self._target = Path()
        self.setWindowTitle(self.tr("Export"))
        self.setMinimumWidth(560)
        self._make_fields()
        self._lay_out()
        self._on_choice()
        self.start.setFocus()

    # ----- fields -------------------------------------------------------------

    def _make_fields(self) -> None:
        session = self._session
        number = len(session.project.pages)
        self.this_page = QRadioButton(self.tr("This &page"), self)
        self.all_pages = QRadioButton(
            counted(number, self.tr("A&ll pages (one)"), self.tr("A&ll pages ({0})")),
            self,
        )
        (self.all_pages if number > 1 else self.this_page).setChecked(True)
        self.page_xml = QCheckBox(
            self.tr("PAGE &XML: lines, places and text, for other programs"), self
        )
        self.page_2013 = QCheckBox(
            self.tr("PAGE XML of &2013, for Transkribus, in a folder “page”"), self
        )
        self.alto = QCheckBox(
            self.tr("&ALTO 4, with a place for each word, in a folder “alto”"), self
        )
        self.text = QCheckBox(self.tr("Plain &text, one file a page"), self)
        self.joined = QCheckBox(self.tr("Plain text, all pages in &one file"), self)
        self.images = QCheckBox(
            self.tr("A p&icture of each page as it is shown, beside its XML"), self
        )
        self.binary = QCheckBox(
            self.tr("Black and &white, cleaned and mended as it is shown (PNG)"), self
        )
        self.page_xml.setChecked(True)
        self.text.setChecked(True)
        for box in self._kinds:
            box.toggled.connect(self._on_choice)
        folder = session.folder or Path()
        self.folder = QLineEdit(str(folder / "export"), self)
        self.folder.setAccessibleName(self.tr("Folder to write to"))
        self.folder.textChanged.connect(self._on_choice)
        self.browse = QPushButton(self.tr("&Browse…"), self)
        self.browse.clicked.connect(self._browse)
        self.progress = QProgressBar(self)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the export"))
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.files = QPlainTextEdit(self)
        self.files.setReadOnly(True)
        self.files.setTabChangesFocus(True)
        self.files.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.files.setMinimumHeight(140)
        self.files.setAccessibleName(self.tr("Files written"))
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        mark_close(self.buttons)
        self.start = self.buttons.addButton(self.tr("&Export"), _ButtonRole.ActionRole)
        self.replace = self.buttons.addButton(
            self.tr("&Replace them"), _ButtonRole.ActionRole
        )
        self.stop = self.buttons.addButton(self.tr("&Stop"), _ButtonRole.ActionRole)
        self.show_folder = self.buttons.addButton(
            self.tr("Open the &folder"), _ButtonRole.ActionRole
        )
        self.start.setDefault(True)
        self.start.clicked.connect(self._on_start)
        self.replace.clicked.connect(self._on_replace)
        self.stop.clicked.connect(self._on_stop)
        self.show_folder.clicked.connect(self._on_show_folder)
        self.buttons.rejected.connect(self.reject)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setHorizontalSpacing(18)
        form.setVerticalSpacing(12)
        self._choices = QWidget(self)
        form.addRow(self.tr("Pages:"), _column(self.this_page, self.all_pages))
        form.addRow(
            self.tr("Files:"),
            _column(
                self.page_xml,
                self.page_2013,
                self.alto,
                self.images,
                self.text,
                self.joined,
                self.binary,
            ),
        )
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.folder, 1)
        row.addWidget(self.browse)
        form.addRow(self.tr("Folder:"), row)
        self._choices.setLayout(form)
        form.setContentsMargins(0, 0, 0, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 14)
        column.setSpacing(14)
        column.addWidget(self._choices)
        for widget in (self.progress, self.summary, self.files, self.buttons):
            column.addWidget(widget, 1 if widget is self.files else 0)
        # The room between stays where there is no list yet.
        self.summary.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum
        )
        for hidden in (self.progress, self.summary, self.files):
            hidden.hide()
        for button in (self.replace, self.stop, self.show_folder):
            button.hide()

    @property
    def _kinds(self) -> tuple[QCheckBox, ...]:
        return (*self._xml_kinds, self.text, self.joined, self.binary)

    @property
    def _xml_kinds(self) -> tuple[QCheckBox, ...]:
        return self.page_xml, self.page_2013, self.alto

    @property
    def _has_xml(self) -> bool:
        return any(box.isChecked() for box in self._xml_kinds)

    @Slot()
    def _on_choice(self) -> None:
        some = any(box.isChecked() for box in self._kinds)
        self.images.setEnabled(self._has_xml)
        self.start.setEnabled(some and bool(self.folder.text().strip()))
        # What stood in the way may not be in the way of this choice.
        self.replace.hide()

    @Slot()
    def _browse(self) -> None:
        def chosen(folder: Path) -> None:
            self.folder.setText(str(folder))

        here = Path(self.folder.text())
        start = here if here.is_dir() else self._session.folder
        file_choice.choose_folder(self, self.tr("Export to"), start, chosen)

    # ----- work ---------------------------------------------------------------

    def request(self, *, replace: bool = False) -> ExportRequest | None:
        """Return what the fields ask for; None without an open project."""
        session, page = self._session, self._session.page
        if session.folder is None or page is None:
            return None
        formats: list[Format] = []
        if self.page_xml.isChecked():
            formats.append("page")
        if self.page_2013.isChecked():
            formats.append("page2013")
        if self.alto.isChecked():
            formats.append("alto")
        if self.text.isChecked():
            formats.append("text")
        if self.binary.isChecked():
            formats.append("binary")
        return ExportRequest(
            project=session.project,
            folder=session.folder,
            page_ids=(page.id,) if self.this_page.isChecked() else (),
            target=Path(self.folder.text().strip()).expanduser(),
            formats=tuple(formats),
            joined=self.joined.isChecked(),
            images=self.images.isChecked() and self._has_xml,
            replace=replace,
        )

    @Slot()
    def _on_start(self) -> None:
        self._begin(replace=False)

    @Slot()
    def _on_replace(self) -> None:
        self._begin(replace=True)

    def _begin(self, *, replace: bool) -> None:
        request = self.request(replace=replace)
        if request is None:
            return
        self._target = request.target
        self._set_busy(True)
        job = self._runner.submit(self.tr("Export"), exports.export_pages, request)
        job.progressed.connect(self._on_progressed)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.cancelled.connect(self._on_cancelled)
        job.finished.connect(self._on_finished)
        self._job = job

    def _set_busy(self, is_busy: bool) -> None:
        self._choices.setEnabled(not is_busy)
        self.progress.setRange(0, 0)
        self.progress.setVisible(is_busy)
        self.stop.setVisible(is_busy)
        self.start.setVisible(not is_busy)
        for widget in (self.summary, self.files, self.replace, self.show_folder):
            widget.hide()

    @Slot()
    def _on_stop(self) -> None:
        if self._job is not None:
            self._job.cancel()

    @Slot(object)
    def _on_progressed(self, progress: Progress) -> None:
        self.progress.setRange(0, progress.total)
        self.progress.setValue(progress.done)

    @Slot()
    def _on_finished(self) -> None:
        self._job = None

    @Slot(object)
    def _on_succeeded(self, result: ExportResult) -> None:
        self._set_busy(False)
        if result.in_the_way:
            self._say(in_the_way_text(result))
            self._list(result.in_the_way)
            self.replace.show()
            return
        self._say(outcome_text(result, self._target))
        self._list(result.written)
        self.show_folder.setVisible(bool(result.written))

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._set_busy(False)
        notice = projects.failure_notice(error)
        self._say(said(notice))

    @Slot()
    def _on_cancelled(self) -> None:
        self._set_busy(False)
        self._say(self.tr("Stopped. What was written before stays."))

    def _say(self, text: str) -> None:
        self.summary.setText(text)
        self.summary.show()

    def _list(self, paths: tuple[Path, ...]) -> None:
        self.files.setPlainText("\n".join(shown_names(paths, self._target)))
        self.files.setVisible(bool(paths))

    @Slot()
    def _on_show_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._target)))

    def done(self, result: int) -> None:
        """Stop what is still being written and close."""
        self._on_stop()
        super().done(result)


def _column(*widgets: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    for widget in widgets:
        column.addWidget(widget)
    return column
