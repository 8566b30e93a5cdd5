"""Import of transcriptions that somebody already has, into the pages of a project."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten

from PySide6.QtCore import QObject, Signal, Slot

from hwocr_desktop.app import projects
from hwocr_desktop.app.exports import page_names
from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.app.spreading import SpreadFiles, spread_files
from hwocr_desktop.app.transcribing import (
    Transcribed,
    transcribe_all,
    words_nowhere,
)
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.ui.messages import counted

_MOST_NUMBERS, _MOST_PAGES, _MOST_GAPS, _MOST_LETTERS = 8, 3, 3, 40
_MANY_WORDS = 10
"""Fewer left over are rather some words that were not found."""


class TranscriptImport(QObject):
    """Gives the lines of pages the text of files; one step of undo.

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

    def read(self, paths: Sequence[Path]) -> None:
        """Read files and spread their text over the lines of pages.

        A single file is of the page shown now and those behind it, several are each of
        the page with their name.
        """
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
        pages = self._session.project.pages
        shown = [one.id for one in pages].index(page.id)
        job = self._runner.submit(
            self.tr("Importing"), spread_files, tuple(paths), pages, shown
        )
        job.succeeded.connect(self._on_spread)
        job.failed.connect(self._on_failed)

    @Slot(object)
    def _on_spread(self, given: SpreadFiles) -> None:
        # A page may have been removed while its text was being placed.
        spreads = [x for x in given.spreads if self._session.find_page(x.page.id)]
        if any(
            self._session.project.page(x.page.id).lines != x.page.lines for x in spreads
        ):
            self.noticed.emit(
                Notice(
                    self.tr("A page has changed while the text was being placed."),
                    self.tr("Import the text again."),
                    "warning",
                )
            )
            return
        if spreads:
            found = transcribe_all(self._session.project, spreads)
            self._session.commit(self.tr("Import a transcription"), found[-1].project)
            self.noticed.emit(self._notice(found, given.is_one))
        if given.failures:
            self.noticed.emit(self._of_failures(given.failures))

    def _notice(self, found: Sequence[Transcribed], is_one: bool) -> Notice:
        placed, kept = sum(one.placed for one in found), sum(one.kept for one in found)
        if not placed and not kept:
            return Notice(
                self.tr("The text suits none of the lines of this page.")
                if len(found) == 1
                else self.tr("The texts suit none of the lines of their pages."),
                self.tr("Show the page that it belongs to, then import it again."),
                "warning",
            )
        said = [
            counted(
                placed,
                self.tr("One line was given its text."),
                self.tr("{0} lines were given their text."),
            )
            if len(found) == 1
            else counted(
                placed,
                self.tr("One line on {1} pages was given its text."),
                self.tr("{0} lines on {1} pages were given their text."),
                len(found),
            )
        ]
        if kept:
            said.append(
                counted(
                    kept,
                    self.tr("One line keeps the text it had been given before."),
                    self.tr("{0} lines keep the text they had been given before."),
                )
            )
        for numbers, one, many in (
            (
                [page.doubtful for page in found],
                self.tr("Look at line {1}: its reading is unlike the text."),
                self.tr("Look at lines {1}: their readings are unlike the text."),
            ),
            (
                [page.empty for page in found],
                self.tr("Nothing was found for line {1}."),
                self.tr("Nothing was found for these lines: {1}"),
            ),
        ):
            if any(numbers):
                total = sum(map(len, numbers))
                said.append(counted(total, one, many, self._listed(found, numbers)))
        if left := words_nowhere(found, is_one=is_one):
            said.append(
                counted(
                    left,
                    self.tr("One word of the text stands in none of the lines."),
                    self.tr("{0} words of the text stand in none of the lines."),
                )
            )
        said += self._left_out(found)
        guessed = next((one.guessed for one in found if one.guessed), "")
        if guessed:
            said.append(
                self.tr(
                    "The file is not in UTF-8 and was read as {0}: look at the letters "
                    "with accents."
                ).format(guessed)
            )
        if is_one and self._goes_on(found[-1]):
            advice = self.tr(
                "If the text goes on there, read the next pages and import it again; "
                "confirm each line with Enter."
            )
        else:
            advice = self.tr("Confirm each line with Enter.")
        return Notice(" ".join(said), advice)

    def _left_out(self, found: Sequence[Transcribed]) -> list[str]:
        """Say which words stand in no line though those around them do."""
        names = page_names(self._session.project.pages)
        gaps = [(one, line, words) for one in found for line, words in one.gaps]
        said = []
        for one, line, words in gaps[:_MOST_GAPS]:
            some = shorten(words, _MOST_LETTERS, placeholder=" …")
            said.append(
                self.tr("Behind line {0} the text has “{1}” as well.").format(
                    line, some
                )
                if len(found) == 1
                else self.tr("Behind line {0} (page {2}) it has “{1}” as well.").format(
                    line, some, names[one.page]
                )
            )
        return said

    def _goes_on(self, last: Transcribed) -> bool:
        """Whether much of the text is left, and pages to come that were not read."""
        pages = self._session.project.pages
        place = [page.id for page in pages].index(last.page)
        behind = pages[place + 1 :]
        return last.words_after >= _MANY_WORDS and any(
            not any(line.text for line in page.lines) for page in behind
        )

    def _listed(
        self, found: Sequence[Transcribed], numbers: Sequence[Sequence[int]]
    ) -> str:
        """Name lines of pages, with the pages if there are several."""
        if len(found) == 1:
            return _listed(numbers[0])
        names = page_names(self._session.project.pages)
        parts = [
            self.tr("{0} (page {1})").format(_listed(of_page), names[one.page])
            for one, of_page in zip(found, numbers, strict=True)
            if of_page
        ]
        shown = parts[:_MOST_PAGES]
        if len(parts) > _MOST_PAGES:
            shown.append("…")
        return "; ".join(shown)

    def _of_failures(self, failures: Sequence[HwocrError]) -> Notice:
        first = failures[0]
        more = counted(
            len(failures) - 1,
            self.tr(" One more text found no page."),
            self.tr(" {0} more texts found no page."),
        )
        told = first.message + more * (len(failures) > 1)
        return Notice(told, first.advice, "warning")

    def _on_failed(self, error: Exception) -> None:
        self.noticed.emit(projects.failure_notice(error))


def _listed(numbers: Sequence[int]) -> str:
    shown = list(map(str, numbers[:_MOST_NUMBERS]))
    if len(numbers) > _MOST_NUMBERS:
        shown.append("…")
    return ", ".join(shown)
