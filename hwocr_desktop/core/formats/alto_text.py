"""What a line of ALTO says: its words, joined as they stand on the page."""

from __future__ import annotations

import math

from lxml import etree

from hwocr_desktop.core.document.document import Character, Reading
from hwocr_desktop.core.formats.line_shapes import Points
from hwocr_desktop.core.formats.line_texts import spread
from hwocr_desktop.core.formats.page_xml_names import xml_text
from hwocr_desktop.core.formats.safe_xml import local_name

_Element = etree._Element
_HYPHENS = "-\u2010\u2011\u00ad\u2e17=\u00ac"


def line_reading(
    line: _Element, baseline: Points, model: str, *, has_spaces: bool
) -> tuple[Reading, bool]:
    """Return the text of a TextLine and whether a machine read it.

    A word broken at the end of the line is taken as it stands there, with its hyphen;
    what the whole word is (``SUBS_CONTENT``) belongs to no single line.

    Parameters
    ----------
    line : lxml element
        The TextLine.
    baseline : tuple of (x, y)
        To tell how far along the line a word stands.
    model : str
        Id of the model that read it, "" if nobody knows.
    has_spaces : bool
        Whether the file says where spaces are; if not, they are between all words.

    Returns
    -------
    tuple of (Reading, bool)
        The characters of a word share its confidence and its box. A line with a
        confidence in any word is a machine's, unless a person corrected it.
    """
    characters: list[Character] = []
    is_sure = False
    is_space_due = False
    for element in line:
        name = local_name(element)
        if name == "SP":
            is_space_due = True
        if name not in ("String", "HYP"):
            continue
        text = xml_text(element.get("CONTENT", ""))
        if name == "HYP":
            characters += _hyphen(characters, text)
            continue
        confidence = _probability(element.get("WC"))
        is_sure |= confidence is not None
        if characters and (is_space_due or not has_spaces):
            before = characters[-1]
            characters.append(Character(" ", before.confidence, before.end, before.end))
        is_space_due = False
        start, end = _extent(element, baseline)
        if characters:
            start = max(start, characters[-1].end)
        characters += spread(text, confidence or 0.0, start, max(start, end))
    is_corrected = line.get("CS") in ("true", "1")
    return Reading(tuple(characters), model), is_sure and not is_corrected


def _hyphen(before: list[Character], text: str) -> list[Character]:
    """Return the hyphen at the end of a line, if the last word lacks it."""
    if not before or before[-1].text in _HYPHENS:
        return []
    last = before[-1]
    return [Character(one, last.confidence, last.end, last.end) for one in text or "-"]


def _extent(element: _Element, baseline: Points) -> tuple[float, float]:
    """Return between which fractions of the baseline the box of a word lies."""
    (x0, y0), (x1, y1) = baseline[0], baseline[-1]
    if abs(x1 - x0) >= abs(y1 - y0):
        first, last, names = x0, x1, ("HPOS", "WIDTH")
    else:
        first, last, names = y0, y1, ("VPOS", "HEIGHT")
    try:
        start, length = (float(element.get(name, "nan")) for name in names)
    except ValueError:
        return 0.0, 1.0
    if first == last or not math.isfinite(start + length):
        return 0.0, 1.0
    ends = sorted((side - first) / (last - first) for side in (start, start + length))
    low, high = (min(max(side, 0.0), 1.0) for side in ends)
    return low, high


def _probability(text: str | None) -> float | None:
    try:
        value = float(text) if text is not None else math.nan
    except ValueError:
        return None
    return None if math.isnan(value) else min(max(value, 0.0), 1.0)
