"""What a line of PAGE XML says, and whether a person or a machine says it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from lxml import etree

from hwocr_desktop.core.document.document import Reading
from hwocr_desktop.core.formats.custom import Custom
from hwocr_desktop.core.formats.line_texts import LineState, line_state, spread
from hwocr_desktop.core.formats.page_xml_names import xml_text
from hwocr_desktop.core.formats.safe_xml import local_name

_Element = etree._Element
# Line breaks and what programs that indent XML put around them.
_INDENT = re.compile(r"[ \t]*[\r\n]+[ \t\r\n]*")


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
    reading = Reading(tuple(spread(text or "", confidence or 0.0)), _model(ours))
    return line_state(
        reading, ours, is_machine=confidence is not None, has_place=has_place
    )


def _model(ours: Mapping[str, str]) -> str:
    return ours.get("model", "") if ours.get("text") == "machine" else ""


def _text(line: _Element) -> tuple[str | None, float | None]:
    """Return the main text of a line and its confidence, or that of its words."""
    text, confidence = _equivalent(line)
    if text:
        return text, confidence
    words = [_equivalent(word) for word in line if local_name(word) == "Word"]
    joined = " ".join(word for word, _ in words if word)
    if not joined:
        return text, confidence
    known = [value for _, value in words if value is not None]
    return joined, sum(known) / len(known) if known else None


def _equivalent(element: _Element) -> tuple[str | None, float | None]:
    """Return text and confidence of the TextEquiv that counts."""
    found = [child for child in element if local_name(child) == "TextEquiv"]
    if not found:
        return None, None
    # The lowest index is the main text; one without an index stands for itself.
    main = min(found, key=lambda equivalent: _number(equivalent.get("index"), -1.0))
    confidence = _number(main.get("conf"), math.nan)
    for name in ("Unicode", "PlainText"):
        for child in main:
            if local_name(child) == name and child.text:
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
