"""Replace one part of a project and share the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from hwocr_desktop.core.document.document import Line, Page, Project

_T = TypeVar("_T")


def with_fields(item: _T, **fields: object) -> _T:
    """Replace fields, but return the item itself where nothing differs."""
    if all(getattr(item, name) == value for name, value in fields.items()):
        return item
    return replace(item, **fields)  # type: ignore[type-var]


def on_page(project: Project, page_id: str, change: Callable[[Page], Page]) -> Project:
    """Return the project with one page changed."""
    old = project.page(page_id)
    new = change(old)
    if new is old:
        return project
    pages = tuple(new if page is old else page for page in project.pages)
    return replace(project, pages=pages)


def on_line(
    project: Project, page_id: str, line_id: str, change: Callable[[Line], Line]
) -> Project:
    """Return the project with one line changed."""

    def change_page(page: Page) -> Page:
        old = page.line(line_id)
        new = change(old)
        if new is old:
            return page
        lines = tuple(new if line is old else line for line in page.lines)
        return replace(page, lines=lines)

    return on_page(project, page_id, change_page)


def changed_pages(before: Project, after: Project) -> tuple[str, ...]:
    """Return the ids of the pages of ``after`` that differ or are new, in order."""
    known = {page.id: page for page in before.pages}
    return tuple(page.id for page in after.pages if known.get(page.id) != page)


def inserted(items: tuple[_T, ...], item: _T, index: int | None) -> tuple[_T, ...]:
    """Return the items with one more at an index, or at the end."""
    place = len(items) if index is None else max(index, 0)
    return (*items[:place], item, *items[place:])


def moved(items: tuple[_T, ...], item: _T, index: int) -> tuple[_T, ...]:
    """Return the items with one of them moved to an index."""
    others = tuple(other for other in items if other is not item)
    return inserted(others, item, index)
