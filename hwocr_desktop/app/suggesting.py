"""Words that are suggested for a word of a page: the project's own, and a speller's.

No Qt: what is measured is what the window suggests.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.text.lexicon import read_entries
from hwocr_desktop.core.text.suggestions import (
    KnownWords,
    SpellerLanguage,
    Suggester,
    bare_words,
    is_in_language,
    is_speller_ready,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class OpenedList:
    """The words of a project's list.

    Attributes
    ----------
    path : Path or None
        Of the list's file; None for no list.
    words : KnownWords
        None of a file that cannot be read.
    """

    path: Path | None
    words: KnownWords


NO_LIST = OpenedList(None, KnownWords())


def open_list(path: Path, *, cancel: CancelToken, report: Report) -> OpenedList:
    """Open a list of words to suggest from; one that cannot be read suggests nothing.

    That it cannot be read is told where a page is read with it.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    report(Progress(0, 0, "opening"))
    try:
        words = KnownWords(read_entries(path, cancel=cancel), cancel=cancel)
    except HwocrError as error:
        log.warning("nothing is suggested from the list of words: %s", error)
        return OpenedList(path, NO_LIST.words)
    log.info("%d words of a list can be suggested", len(words))
    return OpenedList(path, words)


def language_of(text: str) -> SpellerLanguage | None:
    """Return whose speller joins in on a page with a text as it was read, if any's."""
    return "en" if is_in_language(text, "en") else None


class Suggesting:
    """Gives the suggester for a page of a project, quickly enough for a menu.

    The collection's words are those of all lines that a person checked, and of the
    list that was opened for the project. Pages are frozen: of one that is the same
    object nothing is looked at again.
    """

    def __init__(self) -> None:
        self._pages: dict[str, tuple[Page, frozenset[str]]] = {}
        self._list = NO_LIST
        self._checked = KnownWords()
        self._spoken: tuple[Page | None, SpellerLanguage | None] = (None, None)
        self._made: tuple[SpellerLanguage | None, Suggester] | None = None

    def take_list(self, opened: OpenedList) -> None:
        """Suggest from a list from now on, and no more from the one before."""
        self._list, self._made = opened, None

    def suggester(self, project: Project, page: Page) -> Suggester:
        """Return what suggests words for a page.

        Parameters
        ----------
        project : Project
        page : Page
            One of its pages.
        """
        if self._follow(project):
            words = (found for _, found in self._pages.values())
            self._checked = KnownWords(frozenset().union(*words))
            self._made = None
        language = self._language(page)
        if self._made is None or self._made[0] != language:
            suggester = Suggester(
                {"checked": self._checked, "list": self._list.words}, language
            )
            self._made = language, suggester
        return self._made[1]

    def _follow(self, project: Project) -> bool:
        """Take the words of pages that have changed; return whether any are others."""
        before, self._pages = self._pages, {}
        is_other = False
        for page in project.pages:
            known = before.pop(page.id, None)
            if known is None or known[0] is not page:
                words = _checked_words(page)
                is_other |= words != (known[1] if known else frozenset())
                known = page, words
            self._pages[page.id] = known
        return is_other or any(words for _, words in before.values())

    def _language(self, page: Page) -> SpellerLanguage | None:
        if not is_speller_ready("en"):
            return None
        if self._spoken[0] is not page:
            text = "\n".join(line.text for line in page.lines)
            self._spoken = page, language_of(text)
        return self._spoken[1]


def _checked_words(page: Page) -> frozenset[str]:
    return frozenset(
        line.text[start:end]
        for line in page.lines
        if line.checked
        for start, end in bare_words(line.text)
    )
