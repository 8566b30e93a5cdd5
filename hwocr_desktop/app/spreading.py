"""Find which words of a transcription stand in which lines, page after page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from hwocr_desktop.app.transcripts import (
    Transcript,
    read_transcript,
    transcript_stems,
)
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.errors import BadRequest, HwocrError
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.core.text.transcript_spread import (
    DOUBTFUL,
    MOST_CHARACTERS,
    SpreadText,
    spread_text,
    words_left,
)

AT_ONCE = 12_000
"""Characters of a long text that a page is held against at once: some pages' worth."""

FEW_LINES = 3
"""Words of another page may look like those of a line, hardly like those of three in
their order."""

AT_BEGINNING = 12
"""Words that may come before those of a page on which it has only few lines."""

MOST_MISSED = 3
"""Pages in a row that the text does not go on with before it is taken to be over."""


@dataclass(frozen=True)
class Spread:
    """A text, and what of it stands in each line of a page as it was read then.

    Attributes
    ----------
    page : Page
    text : Transcript
    found : tuple of SpreadText or None
        One for each line; places count the words of the whole text.
    """

    page: Page
    text: Transcript
    found: tuple[SpreadText | None, ...]

    @cached_property
    def end(self) -> int:
        """The word behind the last that stands in a line; 0 if none does."""
        return max((one.end for one in self.found if one is not None), default=0)

    @property
    def words_left(self) -> int:
        """How many words of the text stand in no line."""
        return words_left(self.found, self.text.text)

    @property
    def gaps(self) -> tuple[tuple[int, str], ...]:
        """Words that stand in no line though the lines around have theirs.

        The number of the line before them, from 1, and the words.
        """
        words = _words(self.text)
        placed = [(n, one) for n, one in enumerate(self.found, 1) if one is not None]
        return tuple(
            (number, " ".join(words[one.end : two.start]))
            for (number, one), (_, two) in pairwise(placed)
            if one.end < two.start
        )

    @property
    def rest(self) -> Transcript:
        """What of the text comes behind the words found."""
        return replace(self.text, text=" ".join(_words(self.text)[self.end :]))

    @cached_property
    def is_of_page(self) -> bool:
        """Whether several lines follow each other in the text as on the page.

        Few of a page's lines may do so by chance, unless the text begins with them.
        """
        readings = [line.text for line in self.page.lines]
        if not _is_in_order(readings, self.found):
            return False
        starts = [one.start for one in self.found if one is not None]
        is_most = 2 * len(starts) >= sum(map(bool, readings))
        return is_most or min(starts) <= AT_BEGINNING


def spread(page: Page, text: Transcript) -> Spread:
    """Spread a text over the lines of a page, by what was read in them.

    Parameters
    ----------
    page : Page
    text : Transcript
        Of this page, or of many pages, as a whole book.

    Raises
    ------
    BadRequest
        If the page has not been read, or is far too long.
    """
    readings = [line.text for line in page.lines]
    if not any(readings):
        raise BadRequest(
            "The text cannot be placed: this page has not been read yet.",
            "Read the page (F5), then import its transcription again.",
        )
    length = sum(map(len, readings))
    if length > MOST_CHARACTERS:
        raise BadRequest(
            f"More than {MOST_CHARACTERS} characters were read on this page.",
            "Leave out lines that are none (Del), then import the text again.",
        )
    words = _words(text)
    size = min(max(AT_ONCE, 4 * length), MOST_CHARACTERS)
    try:
        found = _find(readings, words, size, max(size - 2 * length, size // 2))
    except ValueError as error:
        raise BadRequest(
            "The text cannot be placed: it has nearly no spaces between its words.",
            "Look whether it is the transcription; its words must be parted by spaces.",
        ) from error
    return Spread(page, text, found)


def _find(
    readings: Sequence[str], words: Sequence[str], size: int, step: int
) -> tuple[SpreadText | None, ...]:
    """Spread the words that some lines have; raise ValueError if these are too long."""
    windows = list(_windows(words, size, step))
    if len(windows) == 1:
        return spread_text(readings, " ".join(words))
    for start, stop in windows:
        found = _spread_some(readings, words, start, stop)
        if _is_in_order(readings, found):
            # The page may begin before the window or end behind it.
            first = min(one.start for one in found if one is not None)
            start = _back(words, first, size // 4)
            (_, count), *_ = _windows(words[start:], size, size)
            return _spread_some(readings, words, start, start + count)
    return (None,) * len(readings)


def spread_over(
    pages: Sequence[Page],
    text: Transcript,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> tuple[Spread, ...]:
    """Spread a text over a page and, if it goes on, over those that follow.

    Parameters
    ----------
    pages : sequence of Page
        At least one; those behind the first that were not read are passed over.
    text : Transcript
    cancel, report
        See `progress`.

    Returns
    -------
    tuple of Spread
        Of the first page, and of each further one that the text goes on with. The
        text of each is what the one before left.

    Raises
    ------
    BadRequest
        See `spread`, of the first page.
    Cancelled
        If cancelled.
    """
    done = [spread(pages[0], text)]
    missed = 0
    for number, page in enumerate(pages[1:], 1):
        cancel.check()
        report(Progress(number, len(pages), page.scan_name))
        rest = done[-1].rest
        if not (done[-1].is_of_page and rest.text) or missed == MOST_MISSED:
            break
        if not any(line.text for line in page.lines):
            continue
        try:
            given = spread(page, rest)
        except BadRequest:
            break
        if given.is_of_page:
            done.append(given)
        missed = 0 if given.is_of_page else missed + 1
    return tuple(done)


@dataclass(frozen=True, slots=True)
class SpreadFiles:
    """Transcriptions, spread over the pages of a project.

    Attributes
    ----------
    spreads : tuple of Spread
        One for each page that was given a text.
    is_one : bool
        Whether they are of one text, which goes on from page to page.
    failures : tuple of HwocrError
        Why some of several files were given to no page.
    """

    spreads: tuple[Spread, ...]
    is_one: bool
    failures: tuple[HwocrError, ...] = ()


def spread_files(
    paths: Sequence[Path],
    pages: Sequence[Page],
    shown: int,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> SpreadFiles:
    """Read transcriptions and spread them over pages; may take seconds.

    Parameters
    ----------
    paths : sequence of Path
        A single one is of the page shown and those behind it, whatever its name;
        several are each of the page whose scan is called so, see `transcript_stems`.
    pages : sequence of Page
        Of the project.
    shown : int
        Which of them is shown.
    cancel, report
        See `progress`.

    Raises
    ------
    FileNotReadable, BadDocument
        If there is a single file and it cannot be used.
    BadRequest
        If there is a single file and the page shown has not been read.
    Cancelled
        If cancelled.
    """
    if len(paths) == 1:
        text = read_transcript(paths[0])
        spreads = spread_over(pages[shown:], text, cancel=cancel, report=report)
        return SpreadFiles(spreads, is_one=True)
    page_of: dict[str, Page] = {}
    for page in pages:
        for stem in transcript_stems(Path(page.scan_name), page.frame):
            page_of.setdefault(stem.casefold(), page)
    named: dict[str, Spread] = {}
    failures: list[HwocrError] = []
    for number, path in enumerate(paths):
        cancel.check()
        report(Progress(number, len(paths), path.name))
        try:
            given = _spread_named(path, page_of.get(path.stem.casefold()))
        except HwocrError as error:
            failures.append(error)
        else:
            # Of the texts of a page the last one counts, as if it came later.
            named[given.page.id] = given
    return SpreadFiles(tuple(named.values()), False, tuple(failures))


def _spread_named(path: Path, page: Page | None) -> Spread:
    if page is None:
        raise BadRequest(
            f"No page is called like the transcription “{path.name}”.",
            "Show the page that it belongs to, then import this file alone.",
        )
    text = read_transcript(path)
    if not any(line.text for line in page.lines):
        raise BadRequest(
            f"The page “{page.scan_name}” has not been read yet, so its transcription "
            "cannot be placed.",
            "Read the page (F5), then import its transcription again.",
        )
    return spread(page, text)


def _words(text: Transcript) -> list[str]:
    return normalize(text.text).split()


def _windows(words: Sequence[str], size: int, step: int) -> Iterator[tuple[int, int]]:
    """Yield stretches of words of some size in characters, which overlap."""
    start = 0
    while True:
        stop, length = start, 0
        following = start
        while stop < len(words) and length < size:
            length += len(words[stop]) + 1
            stop += 1
            if length <= step:
                following = stop
        yield start, stop
        if stop == len(words):
            return
        start = max(following, start + 1)


def _back(words: Sequence[str], place: int, length: int) -> int:
    """Return the place of the word that is so many characters before another."""
    while place and length > 0:
        place -= 1
        length -= len(words[place]) + 1
    return place


def _spread_some(
    readings: Sequence[str], words: Sequence[str], start: int, stop: int
) -> tuple[SpreadText | None, ...]:
    """Spread some of the words; places count all of them."""
    found = spread_text(readings, " ".join(words[start:stop]))
    return tuple(
        one and replace(one, start=one.start + start, end=one.end + start)
        for one in found
    )


def _is_in_order(readings: Sequence[str], found: Sequence[SpreadText | None]) -> bool:
    """Whether lines have text that follows each other there, and not by chance."""
    placed = [one for one in found if one is not None]
    if len(placed) < FEW_LINES:
        # The end of a letter, or a short page, has no more of them.
        least = min(FEW_LINES - 1, sum(map(bool, readings)))
        if len(placed) < least or any(one.similarity < DOUBTFUL for one in placed):
            return False
    first = min(one.start for one in placed)
    words = max(one.end for one in placed) - first
    return 2 * sum(one.end - one.start for one in placed) > words
