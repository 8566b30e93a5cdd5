"""Lines of a project that nobody has checked, for a model to learn from as well. No Qt.

Only the document is looked at, no pixels: it has to be quick for ten thousand lines.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from hwocr_desktop.app.learning_lines import LineChoice, spread
from hwocr_desktop.app.learning_request import LearnRequest
from hwocr_desktop.core.document.document import Line, Page, Project

Item = TypeVar("Item")

MOST_UNCHECKED = 600
"""Lines that are read while a model learns, at most: with more it learns more, but
reading them takes longer than a person who waits for the rest would like; ADR 26."""

LEAST_UNCHECKED = 10
"""Of fewer lines so few would be learned from that it is not worth the time."""

MOST_PAGES = 40
"""Pages that they are taken from, at most: each has to be opened."""


def lines_to_read(request: LearnRequest, chosen: LineChoice) -> list[tuple[Page, Line]]:
    """Return lines that nobody has checked and that are learned from as well.

    None of pages that it is measured on, so that the test stays what it says; and none
    at all if there are fewer than `LEAST_UNCHECKED`.
    """
    if not request.unchecked or request.subject != "lines":
        return []
    tested = {page.id for page, _ in chosen.held_out} if chosen.split == "page" else ()
    found = unchecked_lines(request.project, request.page_ids, tested)
    return found if len(found) >= LEAST_UNCHECKED else []


def unchecked_lines(
    project: Project, page_ids: Sequence[str], without: Collection[str]
) -> list[tuple[Page, Line]]:
    """Choose found lines that nobody has checked, evenly spread over the pages.

    Parameters
    ----------
    project : Project
    page_ids : sequence of str
        Of these pages only; empty for all.
    without : collection of str
        Ids of pages to leave out: those that it will be measured on.

    Returns
    -------
    list of (Page, Line)
        In page order. No printed ones, and none in regions that are to be ignored.
    """
    wanted = set(page_ids)
    pages = [
        [
            (page, line)
            for line in page.text_lines
            if not line.checked and line.kind != "printed"
        ]
        for page in project.pages
        if page.id not in without and (not wanted or page.id in wanted)
    ]
    return some_of_pages([lines for lines in pages if lines])


def some_of_pages(pages: list[list[Item]]) -> list[Item]:
    """Return at most `MOST_UNCHECKED` items of at most `MOST_PAGES` pages.

    Parameters
    ----------
    pages : list of list
        What is on each page; none of them is empty.
    """
    chosen = spread(pages, MOST_PAGES)
    return spread([item for page in chosen for item in page], MOST_UNCHECKED)
