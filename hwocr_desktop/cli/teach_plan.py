"""What is told before a teaching begins: of what it learns, and on what it measures."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from hwocr_desktop.app.held_out import Split
from hwocr_desktop.app.layout_teaching import chosen_pages
from hwocr_desktop.app.learning_lines import (
    MIN_LINES,
    LearnSurvey,
    checked_lines,
    choose_lines,
    survey_of,
)
from hwocr_desktop.app.learning_request import LearnRequest, without_lost_pages
from hwocr_desktop.app.mended_places import survey_ink
from hwocr_desktop.app.settled_lines import MIN_PAGES, settled_pages
from hwocr_desktop.app.taught_lines import taught_lines
from hwocr_desktop.app.unchecked_lines import lines_to_read
from hwocr_desktop.cli.terminal import Terminal
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.plurals import counted
from hwocr_desktop.core.text.bootstrap import LEAST_TO_TELL
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.training.line_checks import newcomers

TOO_FEW = (
    "That is too few to tell whether it got better; it takes "
    f"{LEAST_TO_TELL} lines, and more say more."
)
"""What is said of a test that cannot decide."""

UNTRACED = (
    "It was taught before by a version of this program that did not keep which lines "
    "it learned from. If lines of the test were among them, it seems better than it is."
)
"""What is said of a model of which nobody knows what it was taught."""

_APART: dict[Split, str] = {
    "page": "whole pages, of which nothing is learned",
    "line": "single lines of pages that are learned from; with enough lines on other "
    "pages the test would be stricter",
    "picture": "pictures of single lines: if they come from pages that are learned "
    "from as well, it will do worse on others",
    "known": "which the model has learned from before: how well it reads others cannot "
    "be judged by them. Check lines on other pages",
}


def tell_plan(request: LearnRequest, terminal: Terminal) -> dict[str, Any]:
    """Tell what will be learned from and measured on; return that for JSON.

    Nothing where it is too little, as the teaching itself will say, and nothing of
    pairs of scan and ink, which have to be opened first.

    Raises
    ------
    BadModel
        If the model cannot be used.
    """
    found, lost = without_lost_pages(request)
    if request.subject == "pairs":
        return {}
    if request.subject == "ink":
        told = _places(found, terminal)
    elif request.subject == "layout":
        told = _pages(found, terminal)
    else:
        told = _lines(found, terminal)
        unseen = sum(len(checked_lines(Project(pages=(page,)))) for page in lost)
        if told and unseen:
            terminal.note(
                "Left out, because their scans are gone or cannot be opened: "
                f"{counted(unseen, 'line')}."
            )
            told["unseen"] = unseen
    return {"plan": told} if told else {}


def _lines(request: LearnRequest, terminal: Terminal) -> dict[str, Any]:
    if choose_lines(request.project, request.page_ids).usable < MIN_LINES:
        return {}
    card = registry.card(request.model, "recognize-lines")
    taught = taught_lines(card)
    charset = Charset(card.charset)
    chosen = choose_lines(request.project, request.page_ids, taught)
    found = survey_of(chosen, charset, taught)
    lines = counted(found.lines, "checked line")
    if found.split != "picture":
        lines += f" on {counted(found.pages, 'page')}"
    terminal.note(
        f"Learns from {found.train_lines} of {lines}, starting with “{card.title}”."
    )
    unread = len(lines_to_read(request, chosen)) if card.language else 0
    if unread:
        terminal.note(
            f"It also reads {unread} lines that nobody has checked, and learns from "
            "those that it is surest of."
        )
    held_out = counted(found.held_out_lines, "line")
    if found.split != "picture":
        held_out += f" on {counted(found.held_out_pages, 'page')}"
    terminal.note(f"Held out for the test: {held_out}, {_APART[found.split]}.")
    if found.held_out_lines < LEAST_TO_TELL:
        terminal.note(TOO_FEW)
    if not found.is_traced:
        terminal.note(UNTRACED)
    if found.contradictory:
        terminal.note(
            "Left out, because they show the same piece of a scan with different "
            f"texts: {counted(found.contradictory, 'line')}."
        )
    if found.repeated:
        terminal.note(
            "Left out, because another line shows the same: "
            f"{counted(found.repeated, 'line')}."
        )
    if found.printed:
        terminal.note(
            "Left out, because they count as printed: "
            f"{counted(found.printed, 'line')}."
        )
    _tell_characters(found, terminal)
    return asdict(found) | {"unchecked_lines": unread}


def _tell_characters(found: LearnSurvey, terminal: Terminal) -> None:
    if told := newcomers(found.new_characters, found.new_in):
        terminal.note(told)
    if found.is_foreign:
        terminal.note(
            "Most of it is in letters that this model has never seen. To learn a "
            "script from nothing takes thousands of lines; a model that knows the "
            "script is a better start."
        )


def _places(request: LearnRequest, terminal: Terminal) -> dict[str, Any]:
    found = survey_ink(request.project, request.page_ids)
    if not found.is_enough:
        return {}
    terminal.note(
        f"Learns from {found.train_regions} of "
        f"{counted(found.regions, 'mended place')} on {counted(found.pages, 'page')}."
    )
    apart = (
        "whole pages, of which nothing is learned"
        if found.split == "page"
        else "on the same page; with places on two pages the test would be stricter"
    )
    held_out = counted(found.held_out_regions, "place")
    terminal.note(f"Held out for the test: {held_out}, {apart}.")
    return asdict(found)


def _pages(request: LearnRequest, terminal: Terminal) -> dict[str, Any]:
    pages = settled_pages(request.project, request.page_ids)
    if len(pages) < MIN_PAGES:
        return {}
    train, held_out = chosen_pages(pages)
    lines, held_lines = (
        sum(len(page.truth.beside) for page in part) for part in (train, held_out)
    )
    terminal.note(
        f"Learns from {counted(lines, 'line')} on {counted(len(train), 'page')}."
    )
    terminal.note(
        f"Held out for the test: {counted(held_lines, 'line')} on "
        f"{counted(len(held_out), 'page')}, of which nothing is learned."
    )
    return {
        "train_pages": len(train),
        "train_lines": lines,
        "held_out_pages": len(held_out),
        "held_out_lines": held_lines,
    }
