"""What a line of PAGE XML says, and whether a person or a machine says it."""

from __future__ import annotations

import math
import re
from typing import TypedDict

from lxml import etree

from hwocr_desktop.core.document.document import Character, Reading
from hwocr_desktop.core.formats.custom import Custom
from hwocr_desktop.core.formats.page_xml_names import xml_text

_Element = etree._Element
# Line breaks and what programs that indent XML put around them.
_INDENT = re.compile(r"[ \t]*[\r\n]+[ \t\r\n]*")


class LineState(TypedDict):
    """The fields of `Line` that hold its text."""

    reading: Reading | None
    correction: str | None
    checked: bool


def read_state(line: _Element, custom: Custom, *, has_place: bool) -> LineState:
    """Read the text of a TextLine.

    Parameters
    ----------
    line : lxml element
        The TextLine.
    custom : dict
        Its attribute ``custom``; what we wrote there decides.
    has_place : bool
        Whether the file says where the line is. If not, its text is not called
        checked, lest somebody trains with it.

    Returns
    -------
    LineState
        A text with a confidence is a machine's; one without is a person's, checked.
        An empty text of another program says that nothing is known.
    """
    ours = custom.get("hwocr", {})
    text, confidence = _text(line)
    is_checked = ours.get("checked") == "true"
    if ours.get("text") == "machine":
        reading = _reading(text or "", confidence or 0.0, ours.get("model", ""))
        return LineState(reading=reading, correction=None, checked=is_checked)
    if ours.get("text") == "person":
        return LineState(reading=None, correction=text or "", checked=is_checked)
    if not text or not text.strip():
        return LineState(reading=None, correction=None, checked=False)
    if confidence is not None:
        reading = _reading(text, confidence, "")
        return LineState(reading=reading, correction=None, checked=False)
    return LineState(reading=None, correction=text, checked=has_place)


def _text(line: _Element) -> tuple[str | None, float | None]:
    """Return the main text of a line and its confidence, or that of its words."""
    text, confidence = _equivalent(line)
    if text:
        return text, confidence
    words = [_equivalent(word) for word in line if _local(word) == "Word"]
    joined = " ".join(word for word, _ in words if word)
    if not joined:
        return text, confidence
    known = [value for _, value in words if value is not None]
    return joined, sum(known) / len(known) if known else None


def _equivalent(element: _Element) -> tuple[str | None, float | None]:
    """Return text and confidence of the TextEquiv that counts."""
    found = [child for child in element if _local(child) == "TextEquiv"]
    if not found:
        return None, None
    # The lowest index is the main text; one without an index stands for itself.
    main = min(found, key=lambda equivalent: _number(equivalent.get("index"), -1.0))
    confidence = _number(main.get("conf"), math.nan)
    for name in ("Unicode", "PlainText"):
        for child in main:
            if _local(child) == name and child.text:
                return _clean(child.text), _probability(confidence)
    return "", _probability(confidence)


def _clean(text: str) -> str:
    """Undo the indentation that some programs put into the text."""
    if "\n" in text or "\r" in text:
        text = _INDENT.sub(" ", text).strip()
    return xml_text(text)


def _probability(value: float) -> float | None:
    return None if math.isnan(value) else min(max(value, 0.0), 1.0)


def _number(text: str | None, default: float) -> float:
    try:
        return float(text) if text is not None else default
    except ValueError:
        return default


def _reading(text: str, confidence: float, model: str) -> Reading:
    """Spread one confidence over all characters, which stand at equal distances."""
    count = max(len(text), 1)
    characters = tuple(
        Character(one, confidence, number / count, (number + 1) / count)
        for number, one in enumerate(text)
    )
    return Reading(characters, model)


def _local(element: _Element) -> str:
    return etree.QName(element).localname
