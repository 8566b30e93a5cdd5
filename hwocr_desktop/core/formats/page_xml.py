"""Write a page as PAGE XML 2019-07-15, so that other programs take it without a word.

What eScriptorium, Transkribus and the PAGE Viewer stumble over is avoided: prefixes,
decimal or negative coordinates, ids that begin with a digit, several texts a line,
lines without baseline or outline, nested regions. Reading is in `page_xml_read`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
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
from hwocr_desktop.core.formats.page_xml_years import Year, in_year
from hwocr_desktop.core.formats.tree_update import WrittenTree
from hwocr_desktop.core.formats.word_boxes import word_boxes

__all__ = ["PageDocument", "read_page", "save_page", "write_page"]

_Element = etree._Element
ORDER_ID = "hwocr_reading_order"


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


def write_page(
    page: Page, image_name: str, *, year: Year = 2019, has_words: bool = False
) -> bytes:
    """Return a page as PAGE XML.

    Parameters
    ----------
    page : Page
        The page; coordinates are written as they are, after a person's turns. Lines
        follow each other in reading order within their region, and regions in the
        order of their first lines.
    image_name : str
        Name of the image file, without folders. Other programs match files by it.
    year : 2019 or 2013
        Of the schema; 2013 is what Transkribus takes.
    has_words : bool
        Whether each word is written with its place, too. Some programs take the
        text of the line from them then.

    Returns
    -------
    bytes
        XML in UTF-8, valid against the schema of July of that year. A line that
        nobody has read has no text; any other has exactly one, with ``conf`` where a
        model read it. Whether a person wrote or checked the text stands in ``custom``.
    """
    return to_bytes(
        in_year(page_tree(page, image_name, has_words=has_words).root, year)
    )


def to_bytes(root: _Element) -> bytes:
    """Return a tree as the content of a file."""
    data: bytes = etree.tostring(
        root, encoding="UTF-8", xml_declaration=True, pretty_print=True
    )
    return data


def page_tree(
    page: Page,
    image_name: str,
    *,
    taken: Collection[str] = (),
    has_words: bool = False,
) -> WrittenTree:
    """Return a page as the elements of PAGE XML of 2019, see `write_page`.

    Parameters
    ----------
    page, image_name
        See `write_page`.
    taken : collection of str
        Ids that regions and lines must not have.
    has_words : bool
        See `write_page`.
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
    ids: set[str] = {NO_REGION, ORDER_ID, *taken}
    names = []
    for region, _ in groups:
        names.append(NO_REGION if region is None else name_for(region.id, "r_", ids))
        ids.add(names[-1])
    if groups:
        order = _add(element, "ReadingOrder")
        group = _add(order, "OrderedGroup", id=ORDER_ID)
        for index, name in enumerate(names):
            _add(group, "RegionRefIndexed", index=str(index), regionRef=name)
    # Regions that alternate cannot be written in order; then each line says its place.
    place = None if is_in_order(page, groups) else list(page.lines).index
    boxes: dict[str, _Element] = {}
    written: dict[str, _Element] = {}
    for index, (name, (region, lines)) in enumerate(zip(names, groups, strict=True)):
        box = _write_region(element, page, name, region, lines, index)
        boxes["" if region is None else region.id] = box
        for number, line in enumerate(lines):
            line_name = name_for(line.id, "l_", ids)
            ids.add(line_name)
            order_key = "" if place is None else str(place(line))
            item = _write_line(box, page, line, line_name, number, order_key)
            if has_words:
                _write_words(item, page, line, ids)
            written[line.id] = item
    return WrittenTree(root, element, written, boxes)


def _write_metadata(root: _Element) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    metadata = _add(root, "Metadata")
    for name, text in [
        ("Creator", f"hwocr_desktop {__version__}"),
        ("Created", now),
        ("LastChange", now),
    ]:
        _add(metadata, name).text = text


def _write_region(
    parent: _Element,
    page: Page,
    name: str,
    region: Region | None,
    lines: Sequence[Line],
    index: int,
) -> _Element:
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
    parent: _Element, page: Page, line: Line, name: str, index: int, order: str
) -> _Element:
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
        return element
    equivalent = _add(element, "TextEquiv")
    if line.correction is None and line.reading is not None:
        confidence = line.reading.confidence
        if math.isnan(confidence):
            confidence = 0.0
        equivalent.set("conf", f"{min(max(confidence, 0.0), 1.0):.4f}")
    _add(equivalent, "Unicode").text = xml_text(line.text)
    return element


def _write_words(element: _Element, page: Page, line: Line, ids: set[str]) -> None:
    """Put the words of a line between its baseline and its text."""
    words = word_boxes(line, page.width, page.height) if line.text.strip() else ()
    for number, word in enumerate(words):
        name = name_for(f"{element.get('id')}_w{number + 1}", "w_", ids)
        ids.add(name)
        item = etree.Element(_tag("Word"), id=name)
        _add(item, "Coords", points=_points(word.polygon, page))
        equivalent = _add(item, "TextEquiv")
        if word.confidence is not None:
            equivalent.set("conf", f"{word.confidence:.4f}")
        _add(equivalent, "Unicode").text = xml_text(word.text)
        element.insert(2 + number, item)


def _points(points: Points, page: Page) -> str:
    """Write points as the schema wants them: whole, on the page, two or more."""
    on_page = clamp(points, page.width, page.height)
    whole = [f"{round(x)},{round(y)}" for x, y in on_page] or ["0,0"]
    return " ".join(whole * 2 if len(whole) < 2 else whole)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: _Element, name: str, **attributes: str) -> _Element:
    return etree.SubElement(parent, _tag(name), attributes)
