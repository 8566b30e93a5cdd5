"""Whose the text of a line is, as files of other programs say it and as ours do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from hwocr_desktop.core.document.document import Character, Line, Reading
from hwocr_desktop.core.formats.page_xml_names import xml_text


class LineState(TypedDict):
    """The fields of `Line` that hold its text."""

    reading: Reading | None
    correction: str | None
    checked: bool


def text_state(line: Line) -> dict[str, str]:
    """Say whose the text of a line is; nothing for a line without any."""
    checked = {"checked": "true"} if line.checked else {}
    if line.correction is not None:
        return {"text": "person", **checked}
    if line.reading is not None:
        return {"text": "machine", "model": xml_text(line.reading.model), **checked}
    return {"text": "person", **checked} if line.checked else {}


def line_state(
    reading: Reading,
    ours: Mapping[str, str],
    *,
    is_machine: bool,
    has_place: bool,
) -> LineState:
    """Return the text of a line as a person's or a machine's.

    Parameters
    ----------
    reading : Reading
        What the file says, as if a machine had read it.
    ours : mapping of str to str
        What `text_state` said when we wrote the file; it decides.
    is_machine : bool
        Whether the file says otherwise that a machine read it.
    has_place : bool
        Whether the file says where the line is. If not, its text is not called
        checked, lest somebody trains with it.

    Returns
    -------
    LineState
        An empty text of another program says that nothing is known.
    """
    text = reading.text
    is_checked = ours.get("checked") == "true"
    if ours.get("text") == "machine":
        return LineState(reading=reading, correction=None, checked=is_checked)
    if ours.get("text") == "person":
        return LineState(reading=None, correction=text, checked=is_checked)
    if not text.strip():
        return LineState(reading=None, correction=None, checked=False)
    if is_machine:
        return LineState(reading=reading, correction=None, checked=False)
    return LineState(reading=None, correction=text, checked=has_place)


def spread(
    text: str, confidence: float, start: float = 0.0, end: float = 1.0
) -> list[Character]:
    """Return the characters of a text at equal distances, with one confidence."""
    count, length = max(len(text), 1), end - start

    def at(number: int) -> float:
        return start + length * number / count

    return [
        Character(one, confidence, at(number), at(number + 1))
        for number, one in enumerate(text)
    ]
