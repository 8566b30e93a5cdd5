"""Words that are suggested for a word of a page: the project's own, and a speller's."""

from __future__ import annotations

from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.text.suggestions import (
    Suggester,
    bare_words,
    is_in_language,
    is_speller_ready,
)

ANY_WORD = 1.01
"""Whoever asks for other words doubts the word, however sure the model was of it."""


class Suggesting:
    """Gives the suggester for a page of a project, quickly enough for a menu.

    The collection's words are those of all lines that a person checked. The speller
    joins in where its words have been loaded and the page is in its language. Pages
    are frozen: of one that is the same object nothing is looked at again.
    """

    def __init__(self) -> None:
        self._pages: dict[str, tuple[Page, frozenset[str]]] = {}
        self._english: tuple[Page | None, bool] = (None, False)
        self._made: tuple[bool, Suggester] | None = None

    def suggester(self, project: Project, page: Page) -> Suggester:
        """Return what suggests words for a page.

        Parameters
        ----------
        project : Project
        page : Page
            One of its pages.
        """
        is_other = self._follow(project)
        is_english = self._is_english(page)
        if is_other or self._made is None or self._made[0] != is_english:
            words: set[str] = set()
            words = words.union(*(found for _, found in self._pages.values()))
            suggester = Suggester(words, "en" if is_english else None, ANY_WORD)
            self._made = is_english, suggester
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

    def _is_english(self, page: Page) -> bool:
        if not is_speller_ready("en"):
            return False
        if self._english[0] is not page:
            text = "\n".join(line.text for line in page.lines)
            self._english = page, is_in_language(text, "en")
        return self._english[1]


def _checked_words(page: Page) -> frozenset[str]:
    return frozenset(
        line.text[start:end]
        for line in page.lines
        if line.checked
        for start, end in bare_words(line.text)
    )
