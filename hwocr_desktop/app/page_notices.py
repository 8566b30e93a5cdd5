"""What a person is told of a page: what was found on it, and what was not. No Qt."""

from __future__ import annotations

from pathlib import Path

from hwocr_desktop.app.requests import Notice
from hwocr_desktop.core.document.document import Page


def turn_notice(page: Page, turns: int) -> Notice:
    """Return what to tell of a page whose writing does not stand upright.

    Parameters
    ----------
    page : Page
    turns : int
        Clockwise quarter turns that would set it upright, 1..3.
    """
    name = Path(page.source).name
    if turns == 2:
        text = f"The writing on “{name}” seems to stand on its head."
    else:
        text = f"The writing on “{name}” seems to stand on its side."
    return Notice(
        text,
        "Its lines are read that way. To see it upright, turn the page.",
        action="turn-page",
        page_id=page.id,
        turns=turns,
    )


def nothing_found_notice(page: Page) -> Notice:
    """Return what to tell of a page on which no lines were found."""
    return Notice(
        f"No lines of writing were found on “{Path(page.source).name}”.",
        "If there are some, clean the page in another way, or draw them (F4).",
        page_id=page.id,
    )


def left_empty_notice(page: Page, places: int) -> Notice:
    """Return what to tell where lines were found that a person had deleted."""
    name = Path(page.source).name
    if places == 1:
        text = f"One place on “{name}” where you deleted a line was left empty."
    else:
        text = f"{places} places on “{name}” where you deleted a line were left empty."
    return Notice(
        text,
        "Undo brings a deleted line back, or draw it again (F4).",
        page_id=page.id,
    )


def picture_notice(page: Page) -> Notice:
    """Return what to tell of a page on which hardly a letter was read."""
    return Notice(
        f"Hardly any letters were read on “{Path(page.source).name}”. "
        "Perhaps it is a picture.",
        "If it is, delete its lines (F4) or take the page out; if it is writing, "
        "clean it in another way or choose another model.",
        page_id=page.id,
    )


def other_layout_notice(wanted: str) -> Notice:
    """Return what to tell where the model chosen to find lines is not installed."""
    return Notice(
        f"“{wanted}”, which this project finds lines with, is not installed here; "
        "lines are found in the usual way.",
        "Choose something else under “Find lines with” in the menu Page, or add that "
        "model again.",
        "warning",
    )


def damaged_layout_notice(model_id: str) -> Notice:
    """Return what to tell where the weights of the model that finds lines are bad."""
    return Notice(
        f"The model “{model_id}”, which finds lines, is damaged; lines are found in "
        "the usual way.",
        "Install it again from where you got it, or choose something else under "
        "“Find lines with” in the menu Page.",
        "warning",
    )


def taken_back_notice(page: Page) -> Notice:
    """Return what to tell of a page whose reading was undone before its end."""
    return Notice(
        f"“{Path(page.source).name}” is not read on, because its reading was undone.",
        "“Redo” brings back what was read until then.",
        page_id=page.id,
    )
