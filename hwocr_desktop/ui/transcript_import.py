"""Import of a transcription that somebody already has, into the page shown."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from hwocr_desktop.app import projects, transcripts
from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.app.transcripts import Spread, Transcribed
from hwocr_desktop.ui.messages import counted

_MOST_NUMBERS = 8


class TranscriptImport(QObject):
    """Gives the lines of the page shown the text of a file; one step of undo.

    Parameters
    ----------
    session : Session
    runner : JobRunner
    parent : QObject

    Signals
    -------
    noticed : Notice
    """

    noticed = Signal(object)

    def __init__(self, session: Session, runner: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._runner = session, runner

    def read(self, path: Path) -> None:
        """Read a file and spread its text over the lines of the page shown now."""
        page = self._session.page
        if page is None:
            self.noticed.emit(
                Notice(
                    self.tr("A transcription belongs to a page, and none is open."),
                    self.tr("Open the scan and read it, then import the text again."),
                    "warning",
                )
            )
            return
        job = self._runner.submit(
            self.tr("Importing"), transcripts.spread_file, path, page
        )
        job.succeeded.connect(self._on_spread)
        job.failed.connect(self._on_failed)

    @Slot(object)
    def _on_spread(self, given: Spread) -> None:
        page = self._session.find_page(given.page.id)
        if page is None:
            return
        if page.lines != given.page.lines:
            self.noticed.emit(
                Notice(
                    self.tr("The page has changed while the text was being placed."),
                    self.tr("Import the text again."),
                    "warning",
                )
            )
            return
        found = transcripts.transcribe(self._session.project, given)
        self._session.commit(self.tr("Import a transcription"), found.project)
        self.noticed.emit(self._notice(found))

    def _notice(self, found: Transcribed) -> Notice:
        if not found.placed and not found.kept:
            return Notice(
                self.tr("The text suits none of the lines of this page."),
                self.tr("Show the page that it belongs to, then import it again."),
                "warning",
            )
        said = [
            counted(
                found.placed,
                self.tr("One line was given its text."),
                self.tr("{0} lines were given their text."),
            )
        ]
        if found.kept:
            said.append(
                counted(
                    found.kept,
                    self.tr("One line keeps the text it had been given before."),
                    self.tr("{0} lines keep the text they had been given before."),
                )
            )
        for numbers, one, many in (
            (
                found.doubtful,
                self.tr("Look at line {1}: its reading is unlike the text."),
                self.tr("Look at lines {1}: their readings are unlike the text."),
            ),
            (
                found.empty,
                self.tr("Nothing was found for line {1}."),
                self.tr("Nothing was found for these lines: {1}"),
            ),
        ):
            if numbers:
                said.append(counted(len(numbers), one, many, _listed(numbers)))
        if found.words_left:
            said.append(
                counted(
                    found.words_left,
                    self.tr("One word of the text stands in none of the lines."),
                    self.tr("{0} words of the text stand in none of the lines."),
                )
            )
        if found.guessed:
            said.append(
                self.tr(
                    "The file is not in UTF-8 and was read as {0}: look at the letters "
                    "with accents."
                ).format(found.guessed)
            )
        return Notice(" ".join(said), self.tr("Confirm each line with Enter."))

    def _on_failed(self, error: Exception) -> None:
        self.noticed.emit(projects.failure_notice(error))


def _listed(numbers: Sequence[int]) -> str:
    shown = list(map(str, numbers[:_MOST_NUMBERS]))
    if len(numbers) > _MOST_NUMBERS:
        shown.append("…")
    return ", ".join(shown)
