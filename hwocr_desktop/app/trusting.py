"""How far the readings of a project are to be trusted, by its own checked lines."""

from __future__ import annotations

import time
from collections import Counter

from hwocr_desktop.app.taught_lines import TaughtLines, taught_lines
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.document.doubt import (
    Judge,
    JudgedWord,
    known_words,
    make_judge,
)
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.ml import registry

_Known = tuple[JudgedWord, ...]


BUDGET_S = 0.015
"""Of each call for pages that are new: a project may have thousands of them."""


class Trusting:
    """Gives the judge for a page, quickly enough to follow each checked line.

    Pages are frozen: of one that is the same object nothing is looked at again. Only
    lines read by the model that read the page count, for each model errs in its way,
    and none that it, or a model it grew from, has learned from: these it reads better.

    Attributes
    ----------
    is_behind : bool
        Whether pages are left to look at: the judge has not heard them yet.
    """

    def __init__(self) -> None:
        self.is_behind = False
        self._pages: dict[str, tuple[Page, dict[str, list[_Known]]]] = {}
        self._judges: dict[str, Judge | None] = {}
        self._taught: dict[str, TaughtLines] = {}

    def judge(self, project: Project, page: Page) -> Judge | None:
        """Return the judge of what a page's model reads; None without enough lines.

        Parameters
        ----------
        project : Project
        page : Page
            One of its pages.
        """
        self._follow(project)
        model = _reader(page)
        if model not in self._judges:
            self._judges[model] = make_judge(
                line
                for _, known in self._pages.values()
                for line in known.get(model, ())
            )
        return self._judges[model]

    def _follow(self, project: Project) -> None:
        before, self._pages = self._pages, {}
        is_other = self.is_behind = False
        until = time.perf_counter() + BUDGET_S
        for page in project.pages:
            known = before.pop(page.id, None)
            if known is None or known[0] is not page:
                if time.perf_counter() > until:
                    self.is_behind = True
                    if known is not None:
                        self._pages[page.id] = known
                    continue
                words = self._known_by_model(page)
                is_other |= words != (known[1] if known else {})
                known = page, words
            self._pages[page.id] = known
        if is_other or any(words for _, words in before.values()):
            self._judges.clear()

    def _known_by_model(self, page: Page) -> dict[str, list[_Known]]:
        found: dict[str, list[_Known]] = {}
        for line in page.lines:
            known = known_words(line)
            if not known or line.reading is None:
                continue
            model = line.reading.model
            if self._taught_of(model).fate(page, line) != "learned":
                found.setdefault(model, []).append(known)
        return found

    def _taught_of(self, model: str) -> TaughtLines:
        """Return what a model was taught; nothing where it is not installed."""
        if model not in self._taught:
            try:
                self._taught[model] = taught_lines(registry.card(model))
            except HwocrError:
                self._taught[model] = TaughtLines()
        return self._taught[model]


def _reader(page: Page) -> str:
    """Return the model that read most of a page's lines; "" for none."""
    models = Counter(line.reading.model for line in page.lines if line.reading)
    return models.most_common(1)[0][0] if models else ""
