"""Everything a person or a run can change, as functions from project to project.

Each function returns a new project that shares whatever did not change, or the very
same project where nothing did. An id that does not exist raises KeyError: the caller
holds an older project than it thinks.
"""

from __future__ import annotations

from dataclasses import replace

from hwocr_desktop.core.document.changing import (
    inserted,
    moved,
    on_page,
    with_fields,
)
from hwocr_desktop.core.document.document import Cleaning, Original, Page, Project
from hwocr_desktop.core.document.line_edits import (
    accept_line,
    add_line,
    correct_line,
    mark_print,
    move_line,
    reopen_line,
    replace_lines,
    reshape_line,
    revert_line,
    set_lines,
    set_readings,
    transcribe_line,
)
from hwocr_desktop.core.document.plain import one_line
from hwocr_desktop.core.document.region_edits import (
    add_region,
    put_in_region,
    remove_region,
    reshape_region,
    retype_region,
)
from hwocr_desktop.core.document.shape_edits import (
    draw_line,
    join_lines,
    one_line_per_row,
    order_lines,
    remove_line,
    remove_lines,
    reshape_lines,
    split_line,
    split_line_in_text,
)
from hwocr_desktop.core.document.turning import turn_page
from hwocr_desktop.core.pixels.mending import BrushStroke
from hwocr_desktop.core.text.lexicon import LexiconUse

__all__ = [
    "accept_line",
    "add_line",
    "add_page",
    "add_region",
    "add_stroke",
    "correct_line",
    "draw_line",
    "join_lines",
    "mark_print",
    "move_line",
    "move_page",
    "one_line_per_row",
    "order_lines",
    "put_in_region",
    "remove_line",
    "remove_lines",
    "remove_mending",
    "remove_page",
    "remove_region",
    "reopen_line",
    "replace_lines",
    "reshape_line",
    "reshape_lines",
    "reshape_region",
    "retype_region",
    "revert_line",
    "rotate_page",
    "set_cleaning",
    "set_inverted",
    "set_layout_model",
    "set_line_model",
    "set_lines",
    "set_original",
    "set_readings",
    "set_source",
    "set_title",
    "set_word_list",
    "split_line",
    "split_line_in_text",
    "transcribe_line",
]

_DEFAULT_CLEANING = Cleaning()


def set_title(project: Project, title: str) -> Project:
    """Give the project another title."""
    title = one_line(title)
    return project if title == project.title else replace(project, title=title)


def set_line_model(project: Project, model_id: str) -> Project:
    """Choose the model that reads the lines of the project."""
    if model_id == project.line_model:
        return project
    return replace(project, line_model=model_id)


def set_layout_model(project: Project, model_id: str) -> Project:
    """Choose what finds the lines of the project; "" for the usual model."""
    if model_id == project.layout_model:
        return project
    return replace(project, layout_model=model_id)


def add_page(
    project: Project,
    source: str,
    width: int,
    height: int,
    *,
    frame: int = 0,
    sha256: str = "",
    dpi: float = 0.0,
    rotation: int = 0,
    inverted: bool = False,
    cleaning: Cleaning = _DEFAULT_CLEANING,
    index: int | None = None,
) -> Project:
    """Add a page without lines; its id is the last one given out.

    Parameters
    ----------
    project : Project
        The project as it is.
    source, width, height, frame, sha256, dpi, rotation, inverted, cleaning
        As in `Page`; ``source`` as `project_file.store_source` gives it.
    index : int or None
        Where among the pages, from 0; None puts it at the end.

    Returns
    -------
    Project
        With the new page, whose id no page of this project ever had.
    """
    number = project.next_page
    taken = {page.id for page in project.pages}
    while f"p{number}" in taken:
        number += 1
    page = Page(
        id=f"p{number}",
        source=source,
        width=width,
        height=height,
        frame=frame,
        sha256=sha256,
        dpi=dpi,
        rotation=rotation,
        inverted=inverted,
        cleaning=cleaning,
    )
    pages = inserted(project.pages, page, index)
    return replace(project, pages=pages, next_page=number + 1)


def remove_page(project: Project, page_id: str) -> Project:
    """Take a page out of the project; its scan stays where it is."""
    project.page(page_id)
    pages = tuple(page for page in project.pages if page.id != page_id)
    return replace(project, pages=pages)


def move_page(project: Project, page_id: str, index: int) -> Project:
    """Move a page so that it becomes number ``index``, from 0."""
    pages = moved(project.pages, project.page(page_id), index)
    return project if pages == project.pages else replace(project, pages=pages)


def set_cleaning(project: Project, page_id: str, cleaning: Cleaning) -> Project:
    """Choose how the page becomes ink."""
    return on_page(project, page_id, lambda page: with_fields(page, cleaning=cleaning))


def set_word_list(project: Project, name: str, use: LexiconUse) -> Project:
    """Choose the list of words to read with, by its name in the folder; "" for none."""
    if (name, use) == (project.word_list, project.word_list_use):
        return project
    return replace(project, word_list=name, word_list_use=use)


def add_stroke(project: Project, page_id: str, stroke: BrushStroke) -> Project:
    """Paint ink or paper over the page's ink."""
    return on_page(
        project, page_id, lambda page: replace(page, mending=(*page.mending, stroke))
    )


def remove_mending(project: Project, page_id: str) -> Project:
    """Take away all that was painted over the page's ink."""
    return on_page(project, page_id, lambda page: with_fields(page, mending=()))


def set_original(project: Project, page_id: str, original: Original | None) -> Project:
    """Say which file the lines of a page were imported from; None for none."""
    return on_page(project, page_id, lambda page: with_fields(page, original=original))


def set_inverted(project: Project, page_id: str, inverted: bool) -> Project:
    """Say whether the scan is a negative."""

    def change(page: Page) -> Page:
        is_searched = page.is_searched and page.inverted == inverted
        return with_fields(page, inverted=inverted, is_searched=is_searched)

    return on_page(project, page_id, change)


def set_source(
    project: Project, page_id: str, source: str, sha256: str | None = None
) -> Project:
    """Say where the scan lies now; None keeps the checksum."""

    def change(page: Page) -> Page:
        checksum = page.sha256 if sha256 is None else sha256
        return with_fields(page, source=source, sha256=checksum)

    return on_page(project, page_id, change)


def rotate_page(project: Project, page_id: str, turns: int = 1) -> Project:
    """Turn a page with all that is on it, by clockwise quarter turns."""
    return on_page(project, page_id, lambda page: turn_page(page, turns))
