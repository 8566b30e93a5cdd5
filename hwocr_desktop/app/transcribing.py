"""Give the lines of pages the text of a transcription that somebody already has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwocr_desktop.app.spreading import Spread
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.text.transcript_spread import DOUBTFUL


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A page whose lines were given the text of a transcription.

    Attributes
    ----------
    project : Project
        With the texts as corrections that are not checked yet, and beside the texts
        that a person had written.
    page : str
        Its id.
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
    words_after : int
        Those of them that come behind all that stand in one, as on the next page.
    guessed : str
        See `Transcript`.
    gaps : tuple of (int, str)
        See `Spread`.
    """

    project: Project
    page: str
    placed: int
    doubtful: tuple[int, ...]
    empty: tuple[int, ...]
    kept: int
    words_left: int
    words_after: int = 0
    guessed: str = ""
    gaps: tuple[tuple[int, str], ...] = ()


def transcribe(project: Project, given: Spread) -> Transcribed:
    """Give the lines of a page the text that was spread over it.

    A text of another page, most of which stands in no line, changes nothing.

    Parameters
    ----------
    project : Project
        In which the page is as it was.
    given : Spread
    """
    page, found = given.page, given.found
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
    words = len(given.text.text.split())
    is_of_another = not given.is_of_page and 2 * given.words_left > words
    read = sum(bool(line.text) for line in page.lines)
    if 2 * (placed - len(doubtful)) < max(read, 1) and not kept and is_of_another:
        # Some words look alike on any two pages.
        numbers = tuple(range(1, len(found) + 1))
        return Transcribed(before, page.id, 0, (), numbers, 0, words, words)
    return Transcribed(
        project,
        page.id,
        placed,
        tuple(doubtful),
        tuple(empty),
        kept,
        given.words_left,
        len(given.rest.text.split()),
        given.text.guessed,
        given.gaps,
    )


def transcribe_all(
    project: Project, given: Sequence[Spread]
) -> tuple[Transcribed, ...]:
    """Give the lines of several pages their text; the last one's project has it all."""
    done: list[Transcribed] = []
    for one in given:
        done.append(transcribe(project, one))
        project = done[-1].project
    return tuple(done)


def words_nowhere(found: Sequence[Transcribed], *, is_one: bool) -> int:
    """Return how many words of the texts of some pages stand in no line.

    Parameters
    ----------
    found : sequence of Transcribed
    is_one : bool
        Whether they are of one text: what comes behind a page is then the next one's.
    """
    left = sum(one.words_left for one in found)
    return left - sum(one.words_after for one in found[:-1]) if is_one else left
