"""Give the lines of a page the text of a transcription that somebody already has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.app.batch_files import Frame
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.errors import BadDocument, BadRequest, FileNotReadable
from hwocr_desktop.core.folders import first_file
from hwocr_desktop.core.formats.docx import read_docx
from hwocr_desktop.core.progress import CancelToken, Report, ignore_progress
from hwocr_desktop.core.text.transcript_spread import (
    MOST_CHARACTERS,
    SpreadText,
    spread_text,
    words_left,
)
from hwocr_desktop.core.text_files import read_any_text

SUFFIXES = (".txt", ".docx")

DOUBTFUL = 0.6
"""A line whose reading is less like its text than this, 0..1, is to be looked at."""


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A page whose lines were given the text of a transcription.

    Attributes
    ----------
    project : Project
        With the texts as corrections that are not checked yet, and beside the texts
        that a person had written.
    placed : int
        Lines that got a text.
    doubtful : tuple of int
        Numbers, from 1, of those whose reading is unlike their text.
    empty : tuple of int
        Numbers of lines for which the text has nothing; they stay as they were.
    kept : int
        Lines with a person's text, which stays.
    words_left : int
        Words of the text that stand in no line.
    guessed : str
        See `Transcript`.
    """

    project: Project
    placed: int
    doubtful: tuple[int, ...]
    empty: tuple[int, ...]
    kept: int
    words_left: int
    guessed: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """A text that somebody has.

    Attributes
    ----------
    text : str
    guessed : str
        The encoding of its file, if that had to be guessed; else "".
    """

    text: str
    guessed: str = ""


def read_transcript(path: Path) -> Transcript:
    """Return the text of a file of plain text or Word.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is neither, damaged, or empty.
    """
    if path.suffix.lower() == ".docx":
        text, guessed = read_docx(path), ""
    else:
        text, guessed = read_any_text(path)
    if not text.strip():
        raise BadDocument(
            f"The transcription “{path.name}” is empty.",
            "Choose the file with the text of the page.",
        )
    return Transcript(text, guessed)


def transcript_stems(frame: Frame) -> list[str]:
    """Return what the file with the text of a page may be called, the best first.

    The text of a whole file says nothing of where its later pages begin.
    """
    stem = frame.path.stem
    of_page = f"{stem}-{frame.index + 1:03}"
    return [of_page, stem] if frame.index == 0 else [of_page]


def find_transcript(
    stems: Sequence[str], folder: Path, suffixes: Sequence[str]
) -> Path | None:
    """Return the first file there is with one of the names; None if there is none."""
    paths = (folder / f"{stem}{suffix}" for stem in stems for suffix in suffixes)
    return first_file(paths)


def text_beside(frame: Frame, where: Path) -> Transcript:
    """Return the transcription of a page.

    Parameters
    ----------
    frame : Frame
        The page.
    where : Path
        The text itself, or a folder with ``STEM.txt`` or ``STEM.docx``; of a file of
        several pages ``STEM-001.txt`` and so on.

    Raises
    ------
    FileNotReadable, BadDocument
        If there is none, or it cannot be used.
    """
    if not where.is_dir():
        return read_transcript(where)
    stems = transcript_stems(frame)
    path = find_transcript(stems, where, SUFFIXES)
    if path is not None:
        return read_transcript(path)
    raise FileNotReadable(
        f"“{frame.path.name}” has no transcription “{stems[-1]}.txt” in {where}.",
        "Put the text of the page there, plain in UTF-8 or as a Word file.",
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """A text, and what of it stands in each line of a page as it was read then."""

    page: Page
    text: Transcript
    found: tuple[SpreadText | None, ...]


def spread_file(
    path: Path, page: Page, *, cancel: CancelToken, report: Report = ignore_progress
) -> Spread:
    """Read a transcription and spread it over a page; may take seconds.

    Raises
    ------
    FileNotReadable, BadDocument
        See `read_transcript`.
    BadRequest
        See `spread`.
    """
    return spread(page, read_transcript(path))


def spread(page: Page, text: Transcript) -> Spread:
    """Spread a text over the lines of a page, by what was read in them.

    Raises
    ------
    BadRequest
        If the page has not been read, or text or page are far too long.
    """
    if not any(line.text for line in page.lines):
        raise BadRequest(
            "The text cannot be placed: this page has not been read yet.",
            "Read the page (F5), then import its transcription again.",
        )
    try:
        found = spread_text([line.text for line in page.lines], text.text)
    except ValueError as error:
        raise BadRequest(
            f"The transcription has more than {MOST_CHARACTERS} characters.",
            "Save the text of this page as a file of its own.",
        ) from error
    return Spread(page, text, found)


def transcribe(project: Project, given: Spread) -> Transcribed:
    """Give the lines of a page the text that was spread over it.

    A text of another page, most of which stands in no line, changes nothing.

    Parameters
    ----------
    project : Project
        In which the page is as it was.
    given : Spread
    """
    page, text, found = given.page, given.text.text, given.found
    before, doubtful, empty = project, [], []
    placed = kept = 0
    for number, (line, one) in enumerate(zip(page.lines, found, strict=True), 1):
        if one is None:
            empty.append(number)
        elif line.correction is not None:
            kept += 1
        else:
            placed += 1
            if one.similarity < DOUBTFUL:
                doubtful.append(number)
        if one is not None:
            project = edits.transcribe_line(project, page.id, line.id, one.text)
    left = words_left(found, text)
    if placed == len(doubtful) and not kept and 2 * left > len(text.split()):
        # Some words look alike on any two pages: this text is of another one.
        none, numbers = (None,) * len(found), range(1, len(found) + 1)
        return Transcribed(before, 0, (), tuple(numbers), 0, words_left(none, text))
    return Transcribed(
        project,
        placed,
        tuple(doubtful),
        tuple(empty),
        kept,
        left,
        given.text.guessed,
    )
