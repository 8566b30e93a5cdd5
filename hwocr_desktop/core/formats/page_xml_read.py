"""Read PAGE XML of any year and from any program, as far as it can be understood.

Elements are known by their local names, so the year of the schema does not matter, and
what is unknown (``TranskribusMetadata``, tables, words) is passed over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from lxml import etree

from hwocr_desktop.core.document.document import Line, Region
from hwocr_desktop.core.errors import BadDocument
from hwocr_desktop.core.formats.custom import Custom, read_custom
from hwocr_desktop.core.formats.line_shapes import FARTHEST, Points, clamp
from hwocr_desktop.core.formats.page_document import PageDocument
from hwocr_desktop.core.formats.page_xml_names import NO_REGION, name_for
from hwocr_desktop.core.formats.page_xml_shapes import RawLine, mended, shape_lines
from hwocr_desktop.core.formats.page_xml_text import read_state
from hwocr_desktop.core.formats.safe_xml import local_name, parse_xml

_Element = etree._Element


@dataclass(frozen=True, slots=True)
class PageTree:
    """A PAGE XML file with the elements that its lines and regions come from.

    Attributes
    ----------
    document : PageDocument
    page : lxml element
        The Page.
    lines, regions : dict of str to lxml element
        Id in the document to TextLine and to the region, whatever its kind; the
        region of lines that have none has the id "".
    """

    document: PageDocument
    page: _Element
    lines: dict[str, _Element]
    regions: dict[str, _Element]


@dataclass(slots=True)
class _Block:
    """A region with what is needed to put it in order."""

    region: Region
    element: _Element
    lines: list[_Element]


def read_page(path: Path) -> PageDocument:
    """Read a PAGE XML file.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    PageDocument
        With ids made unique and valid, coordinates moved onto the page, and missing
        baselines and outlines made up from what is there.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is no PAGE XML, damaged, or has a DOCTYPE.
    """
    return read_page_tree(parse_xml(path), path.name).document


def read_page_tree(root: _Element, file_name: str) -> PageTree:
    """Read PAGE XML that is parsed already.

    Parameters
    ----------
    root : lxml element
        The first element of the file; it is not changed.
    file_name : str
        For what is told a person.

    Raises
    ------
    BadDocument
        If it is no PAGE XML.
    """
    name = local_name(root)
    if name != "PcGts":
        kind = {"alto": "ALTO", "html": "hOCR or HTML"}.get(name, f"“{name[:40]}”")
        raise BadDocument(
            f"“{file_name}” is not PAGE XML but {kind}.",
            "Export the page as PAGE XML in the program it comes from.",
        )
    page = next((child for child in root if local_name(child) == "Page"), None)
    if page is None:
        raise BadDocument(
            f"“{file_name}” holds no page.",
            "Export the page again in the program it comes from.",
        )
    said = _said_size(page)
    width, height = said if all(said) else _reach(page)
    blocks = _in_order(_blocks(page), _order(page))
    ids: set[str] = set()
    regions: list[Region] = []
    region_elements: dict[str, _Element] = {}
    raw: list[RawLine] = []
    renamed: list[tuple[str, str]] = []
    for block in blocks:
        region = _place(block.region, width, height)
        is_none = region.id.startswith(NO_REGION)
        if not is_none:
            name = name_for(region.id or "r", "r_", ids)
            renamed.append((region.id, name))
            region = replace(region, id=name)
            ids.add(region.id)
            regions.append(region)
        region_elements.setdefault("" if is_none else region.id, block.element)
        for element in block.lines:
            line = _raw_line(element, region, "" if is_none else region.id)
            raw.append(line)
    for line in raw:
        name = name_for(line.id or "l", "l_", ids)
        renamed.append((line.id, name))
        line.id = name
        ids.add(line.id)
    shapes = shape_lines(raw, width, height)
    places = [line.placement(width, height) for line in raw]
    lines = [
        Line(
            id=line.id,
            shape=shape,
            region=line.region,
            kind=line.custom.get("structure", {}).get("type", ""),
            **read_state(line.element, line.custom, has_place=place == "usable"),
        )
        for line, shape, place in zip(raw, shapes, places, strict=True)
    ]
    document = PageDocument(
        page.get("imageFilename", ""),
        *said,
        tuple(regions),
        tuple(_as_written(lines, raw)),
        mended=mended(raw, (width, height), renamed),
    )
    line_elements = {line.id: line.element for line in raw}
    return PageTree(document, page, line_elements, region_elements)


def _children(element: _Element, name: str) -> list[_Element]:
    return [child for child in element if local_name(child) == name]


def _said_size(page: _Element) -> tuple[int, int]:
    """Return the size of the page as the file says it, 0 x 0 if it does not."""
    width = _whole(page.get("imageWidth"))
    height = _whole(page.get("imageHeight"))
    return (width, height) if width > 0 and height > 0 else (0, 0)


def _reach(page: _Element) -> tuple[int, int]:
    """Return the size of the least page that holds all points of a file."""
    points = [
        point
        for element in page.iter()
        if local_name(element) in ("Coords", "Baseline")
        for point in _numbers_of(element)
    ]
    right = max((x for x, _ in points), default=0)
    bottom = max((y for _, y in points), default=0)
    return max(math.ceil(right), 0) + 1, max(math.ceil(bottom), 0) + 1


def _whole(text: str | None, default: int = 0) -> int:
    try:
        return int(float(text or ""))
    except (ValueError, OverflowError):
        return default


def points_of(element: _Element) -> Points:
    """Return the points of Coords or Baseline, in the form of 2013 or of 2010.

    They are () where all are the same: one point, however often, is no shape.
    """
    points = _numbers_of(element)
    return points if len(set(points)) > 1 else ()


def _numbers_of(element: _Element) -> Points:
    pairs = [pair.split(",") for pair in element.get("points", "").split()]
    pairs += [[p.get("x", ""), p.get("y", "")] for p in _children(element, "Point")]
    points = []
    for pair in pairs:
        try:
            x, y = (float(number) for number in pair)
        except ValueError:
            continue
        # No number is not less, either.
        if abs(x) < FARTHEST and abs(y) < FARTHEST:
            points.append((x, y))
    return tuple(points)


def _shape_of(element: _Element, name: str) -> Points:
    return next((points_of(child) for child in _children(element, name)), ())


def _blocks(parent: _Element) -> list[_Block]:
    """Return all regions with text below an element, nested ones behind their parent.

    A text region counts even if it is empty; any other, a table cell for instance,
    if lines stand in it.
    """
    blocks = []
    for element in parent:
        if not local_name(element).endswith(("Region", "Cell")):
            continue
        lines = _children(element, "TextLine")
        if lines or local_name(element) == "TextRegion":
            custom = read_custom(element.get("custom", ""))
            kind = custom.get("structure", {}).get("type") or element.get("type")
            region = Region(
                element.get("id", ""),
                _shape_of(element, "Coords"),
                kind or "paragraph",
            )
            blocks.append(_Block(region, element, _sorted_lines(lines)))
        blocks += _blocks(element)
    return blocks


def _sorted_lines(lines: list[_Element]) -> list[_Element]:
    """Put lines in the order that the file gives them, if it numbers them all."""
    for number in (_custom_index, _index):
        places = [number(line) for line in lines]
        if places and min(places) >= 0:
            order = sorted(range(len(lines)), key=places.__getitem__)
            return [lines[i] for i in order]
    return lines


def _custom_index(line: _Element) -> int:
    custom = read_custom(line.get("custom", ""))
    return _whole(custom.get("readingOrder", {}).get("index"), -1)


def _index(line: _Element) -> int:
    return _whole(line.get("index"), -1)


def _order(page: _Element) -> list[str]:
    """Return the ids of regions in the order that ReadingOrder gives, or []."""
    ids: list[str] = []

    def walk(group: _Element) -> None:
        if (reference := group.get("regionRef")) is not None:
            ids.append(reference)
        members = list(group)
        if all(member.get("index") is not None for member in members):
            members.sort(key=_index)
        for member in members:
            walk(member)

    for order in _children(page, "ReadingOrder"):
        walk(order)
    return ids


def _in_order(blocks: list[_Block], order: list[str]) -> list[_Block]:
    """Put regions in order; those not mentioned stay behind the one before them."""
    place = {id_: number for number, id_ in reversed(list(enumerate(order)))}
    places = []
    last = -1
    for block in blocks:
        last = place.get(block.region.id, last)
        places.append(last)
    return [blocks[i] for i in sorted(range(len(blocks)), key=places.__getitem__)]


def _place(region: Region, width: int, height: int) -> Region:
    return replace(region, polygon=clamp(region.polygon, width, height))


def _raw_line(element: _Element, region: Region, region_id: str) -> RawLine:
    custom: Custom = read_custom(element.get("custom", ""))
    places = (*_children(element, "Baseline"), *_children(element, "Coords"))
    return RawLine(
        id=element.get("id", ""),
        region=region_id,
        around=region.polygon,
        element=element,
        custom=custom,
        baseline=_shape_of(element, "Baseline"),
        polygon=_shape_of(element, "Coords"),
        points=next(filter(None, map(_numbers_of, places)), ()),
        has_baseline=next(iter(_children(element, "Baseline")), None) is not None,
    )


def _as_written(lines: list[Line], raw: list[RawLine]) -> list[Line]:
    """Undo the grouping by regions where we wrote lines of alternating regions."""
    places = [_whole(r.custom.get("hwocr", {}).get("order"), -1) for r in raw]
    if places and min(places) >= 0:
        return [lines[i] for i in sorted(range(len(lines)), key=places.__getitem__)]
    return lines
