"""Places in PAGE XML as its schema wants them: two whole numbers or more, on the page.

Other programs write parts of pixels, places left of the page, NaN or nothing, and
readers that hold to the schema refuse such a file or drop the line.
"""

from __future__ import annotations

import re

from lxml import etree

from hwocr_desktop.core.formats.page_xml_read import points_of
from hwocr_desktop.core.formats.safe_xml import local_name

_Element = etree._Element
_VALID = re.compile(r"[0-9]+,[0-9]+( [0-9]+,[0-9]+)+")


def has_valid_places(element: _Element, width: int, height: int) -> bool:
    """Whether outline and baseline of a line or region can stay as they are.

    They are as the schema wants them, have an extent, and are on the page.

    Parameters
    ----------
    element : lxml element
        The line or region.
    width, height : int
        Of the page, pixels.
    """
    return all(
        _is_valid(part, width, height) and len(points_of(part)) > 1
        for part in element
        if _is_place(part)
    )


def _is_place(element: _Element) -> bool:
    return local_name(element) in ("Coords", "Baseline")


def _is_valid(element: _Element, width: int, height: int) -> bool:
    points = element.get("points", "")
    if _VALID.fullmatch(points) is None:
        return False
    pairs = (pair.split(",") for pair in points.split())
    return all(int(x) <= width and int(y) <= height for x, y in pairs)


def mend_places(page: _Element, width: int, height: int) -> None:
    """Bring all places on a page into the form that the schema wants.

    What cannot be understood becomes the place of what it is in, at last the page's; a
    baseline goes.

    Parameters
    ----------
    page : lxml element
        PAGE's Page; changed.
    width, height : int
        Of the page, pixels.
    """
    for element in [part for part in page.iter("*") if _is_place(part)]:
        parent = element.getparent()
        if _is_valid(element, width, height) or parent is None:
            continue
        points = [
            (min(max(round(x), 0), width), min(max(round(y), 0), height))
            for x, y in points_of(element)
        ]
        for child in list(element):
            element.remove(child)  # as points were written until 2010
        if len(points) > 1:
            element.set("points", " ".join(f"{x},{y}" for x, y in points))
        elif local_name(element) == "Baseline":
            parent.remove(element)
        else:
            element.set("points", _around(parent, width, height))


def _around(element: _Element, width: int, height: int) -> str:
    """Return the outline of the nearest element around another that has a valid one."""
    for outer in element.iterancestors():
        for part in outer:
            if local_name(part) == "Coords" and _VALID.fullmatch(
                part.get("points", "")
            ):
                return part.get("points", "")
    right, bottom = max(width - 1, 0), max(height - 1, 0)
    return f"0,0 {right},0 {right},{bottom} 0,{bottom}"
