"""Areas of a PAGE XML page of which the file says that no line of text was put down.

What a program finds there is neither right nor wrong: a stamp, a drawing, a marginal
note that nobody transcribed.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from hwocr_desktop.core.formats.line_shapes import Points
from hwocr_desktop.core.formats.safe_xml import parse_xml

_Element = etree._Element


def read_empty_regions(path: Path) -> tuple[Points, ...]:
    """Return the outlines of the regions of a PAGE XML file that hold no line.

    Regions of every kind count: graphics, images, separators, noise, stamps, tables
    and text regions that were drawn but not transcribed. A region does not count if a
    line stands in it or in a region within it, nor if it holds the middle of another
    region's line, as one drawn around the whole page does.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    tuple of polygons
        Points (x, y) in page pixels, three or more each.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is no XML, damaged, or has a DOCTYPE.
    """
    root = parse_xml(path)
    empty = []
    middles = [_middle(_outline(line)) for line in _all(root, "TextLine")]
    for element in root.iter(etree.Element):
        if not _local(element).endswith("Region") or _all(element, "TextLine"):
            continue
        outline = _outline(element)
        if len(outline) >= 3 and not any(_holds(outline, m) for m in middles if m):
            empty.append(outline)
    return tuple(empty)


def _local(element: _Element) -> str:
    return etree.QName(element).localname


def _all(element: _Element, name: str) -> list[_Element]:
    return [e for e in element.iter(etree.Element) if _local(e) == name]


def _outline(element: _Element) -> Points:
    """Return the points of an element's Coords, in the form of 2013 or of 2010."""
    for child in element:
        if isinstance(child.tag, str) and _local(child) == "Coords":
            pairs = [pair.split(",") for pair in child.get("points", "").split()]
            pairs += [[p.get("x", ""), p.get("y", "")] for p in _all(child, "Point")]
            try:
                return tuple((float(x), float(y)) for x, y in pairs)
            except ValueError:
                return ()
    return ()


def _middle(outline: Points) -> tuple[float, float] | None:
    if not outline:
        return None
    xs, ys = [x for x, _ in outline], [y for _, y in outline]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _holds(outline: Points, point: tuple[float, float]) -> bool:
    """Whether a polygon holds a point, by the crossings of a ray to the right."""
    x, y = point
    inside = False
    for (xa, ya), (xb, yb) in zip(outline, (*outline[1:], outline[0]), strict=True):
        if (ya > y) != (yb > y) and x < xa + (y - ya) * (xb - xa) / (yb - ya):
            inside = not inside
    return inside
