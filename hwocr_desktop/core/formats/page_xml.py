"""Write a page as PAGE XML 2019-07-15, so that other programs take it without a word.

What eScriptorium, Transkribus and the PAGE Viewer stumble over is avoided: prefixes,
decimal or negative coordinates, ids that begin with a digit, several texts a line,
lines without baseline or outline, nested regions. Reading is in `page_xml_read`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from hwocr_desktop import __version__
from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Line, Page, Region
from hwocr_desktop.core.formats.custom import write_custom
from hwocr_desktop.core.formats.grouping import (
    group_lines,
    group_outline,
    is_in_order,
)
from hwocr_desktop.core.formats.line_shapes import Points, clamp
from hwocr_desktop.core.formats.line_texts import text_state
from hwocr_desktop.core.formats.page_document import PageDocument
from hwocr_desktop.core.formats.page_xml_names import (
    LOCATION,
    NAMESPACE,
    NO_REGION,
    REGION_TYPES,
    XSI,
    name_for,
    xml_text,
)
from hwocr_desktop.core.formats.page_xml_read import read_page

__all__ = ["PageDocument", "read_page", "save_page", "write_page"]

_ORDER_ID = "hwocr_reading_order"


def save_page(path: Path, page: Page, image_name: str) -> None:
    """Write a page to a PAGE XML file, replacing it as a whole.

    Parameters
    ----------
    path : Path
        The file; its folder must exist.
    page, image_name
        See `write_page`.

    Raises
    ------
    OutputNotWritable
        If the file cannot be written; an old one is then as it was.
    """
    atomic.write_bytes(path, write_page(page, image_name))


def write_page(page: Page, image_name: str) -> bytes:
    """Return a page as PAGE XML.

    Parameters
    ----------
    page : Page
        The page; coordinates are written as they are, after a person's turns. Lines
        follow each other in reading order within their region, and regions in the
        order of their first lines.
    image_name : str
        Name of the image file, without folders. Other programs match files by it.

    Returns
    -------
    bytes
        XML in UTF-8, valid against the schema of 2019-07-15. A line that nobody has
        read has no text; any other has exactly one, with ``conf`` where a model read
        it. Whether a person wrote or checked the text stands in ``custom``.
    """
    # The stubs do not know that None is the default namespace.
    names_of: Any = {None: NAMESPACE, "xsi": XSI}
    root = etree.Element(_tag("PcGts"), nsmap=names_of)
    root.set(f"{{{XSI}}}schemaLocation", LOCATION)
    _write_metadata(root)
    element = _add(
        root,
        "Page",
        imageFilename=xml_text(image_name),
        imageWidth=str(page.width),
        imageHeight=str(page.height),
    )
    groups = group_lines(page)
    ids: set[str] = {NO_REGION, _ORDER_ID}
    names = []
    for region, _ in groups:
        names.append(NO_REGION if region is None else name_for(region.id, "r_", ids))
        ids.add(names[-1])
    if groups:
        order = _add(element, "ReadingOrder")
        group = _add(order, "OrderedGroup", id=_ORDER_ID)
        for index, name in enumerate(names):
            _add(group, "RegionRefIndexed", index=str(index), regionRef=name)
    # Regions that alternate cannot be written in order; then each line says its place.
    place = None if is_in_order(page, groups) else list(page.lines).index
    for index, (name, (region, lines)) in enumerate(zip(names, groups, strict=True)):
        box = _write_region(element, page, name, region, lines, index)
        for number, line in enumerate(lines):
            line_name = name_for(line.id, "l_", ids)
            ids.add(line_name)
            order_key = "" if place is None else str(place(line))
            _write_line(box, page, line, line_name, number, order_key)
    data: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )
    return data


def _write_metadata(root: etree._Element) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata = _add(root, "Metadata")
    for name, text in [
        ("Creator", f"hwocr_desktop {__version__}"),
        ("Created", now),
        ("LastChange", now),
    ]:
        _add(metadata, name).text = text


def _write_region(
    parent: etree._Element,
    page: Page,
    name: str,
    region: Region | None,
    lines: Sequence[Line],
    index: int,
) -> etree._Element:
    kind = region.kind if region is not None else ""
    custom = {
        "readingOrder": {"index": str(index)},
        "structure": {"type": xml_text(kind)} if kind else {},
    }
    element = _add(parent, "TextRegion", id=name, custom=write_custom(custom))
    if kind:
        element.set("type", kind if kind in REGION_TYPES else "other")
    outline = group_outline(page, (region, list(lines)))
    _add(element, "Coords", points=_points(outline, page))
    return element


def _write_line(
    parent: etree._Element, page: Page, line: Line, name: str, index: int, order: str
) -> None:
    shape, state = line.shape, text_state(line)
    custom = {
        "readingOrder": {"index": str(index)},
        "structure": {"type": xml_text(line.kind)} if line.kind else {},
        "hwocr": {
            **state,
            "ascent": f"{shape.ascent:g}",
            "descent": f"{shape.descent:g}",
            **({"order": order} if order else {}),
        },
    }
    element = _add(parent, "TextLine", id=name, custom=write_custom(custom))
    _add(element, "Coords", points=_points(shape.polygon, page))
    _add(element, "Baseline", points=_points(shape.baseline, page))
    if not state:
        return
    equivalent = _add(element, "TextEquiv")
    if line.correction is None and line.reading is not None:
        confidence = line.reading.confidence
        if math.isnan(confidence):
            confidence = 0.0
        equivalent.set("conf", f"{min(max(confidence, 0.0), 1.0):.4f}")
    _add(equivalent, "Unicode").text = xml_text(line.text)


def _points(points: Points, page: Page) -> str:
    """Write points as the schema wants them: whole, on the page, two or more."""
    on_page = clamp(points, page.width, page.height)
    whole = [f"{round(x)},{round(y)}" for x, y in on_page] or ["0,0"]
    return " ".join(whole * 2 if len(whole) < 2 else whole)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: etree._Element, name: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, _tag(name), attributes)
