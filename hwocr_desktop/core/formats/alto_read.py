"""Read ALTO of any version and from any program, as far as it can be understood.

Elements are known by their local names. What is unknown (styles, illustrations,
glyphs) is passed over. Lengths stay in the unit of the file, be it pixels, tenths of
a millimeter or 1200ths of an inch: whoever knows the scan scales them to its size.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from hwocr_desktop.core.document.document import Line, Region
from hwocr_desktop.core.errors import BadDocument
from hwocr_desktop.core.formats.alto_names import OUR_NAMESPACE, OUR_TYPE
from hwocr_desktop.core.formats.alto_text import line_reading
from hwocr_desktop.core.formats.line_shapes import FARTHEST, Points, clamp
from hwocr_desktop.core.formats.line_texts import line_state
from hwocr_desktop.core.formats.page_document import PageDocument
from hwocr_desktop.core.formats.page_xml_names import NO_REGION, name_for
from hwocr_desktop.core.formats.page_xml_shapes import RawLine, mended, shape_lines
from hwocr_desktop.core.formats.safe_xml import local_name, parse_xml

_Element = etree._Element
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclass(frozen=True, slots=True)
class AltoTree:
    """An ALTO file with the elements that its lines and regions come from.

    Attributes
    ----------
    document : PageDocument
    page : lxml element
        The Page.
    lines, regions : dict of str to lxml element
        Id in the document to TextLine and TextBlock; the block of lines that have no
        region has the id "".
    """

    document: PageDocument
    page: _Element
    lines: dict[str, _Element]
    regions: dict[str, _Element]


def read_alto(path: Path) -> PageDocument:
    """Read an ALTO file of one page.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    PageDocument
        In the unit of the file, with ids made unique and valid, coordinates moved
        onto the page, and missing baselines and outlines made up from what is there.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is no ALTO, damaged, has a DOCTYPE, several pages or an unknown scale.
    """
    return read_alto_tree(parse_xml(path), path.name).document


def read_alto_tree(root: _Element, file_name: str) -> AltoTree:
    """Read ALTO that is parsed already; see `read_alto`."""
    if local_name(root) != "alto":
        raise BadDocument(
            f"“{file_name}” is not ALTO but “{local_name(root)[:40]}”.",
            "Export the page as ALTO in the program it comes from.",
        )
    pages = _all(root, "Page")
    if len(pages) != 1:
        raise BadDocument(
            f"“{file_name}” holds {len(pages) or 'no'} pages.",
            "Export each page to an ALTO file of its own.",
        )
    page = pages[0]
    width, height = _size(root, page, file_name)
    tags, ours = _tags(root), _ours(root)
    ids: set[str] = set()
    regions: list[Region] = []
    region_elements: dict[str, _Element] = {}
    raw: list[RawLine] = []
    renamed: list[tuple[str, str]] = []
    order = _order(root)
    for block in _in_order(_all(page, "TextBlock"), order):
        name = block.get("ID", "")
        outline = clamp(_outline(block), width, height)
        if name.startswith(NO_REGION):
            name = ""
        else:
            renamed.append((name, name_for(name or "r", "r_", ids)))
            name = renamed[-1][1]
            ids.add(name)
            regions.append(Region(name, outline, _kind(block, tags) or "paragraph"))
        region_elements.setdefault(name, block)
        raw += [_raw_line(line, name, outline, ours) for line in _lines(block)]
    line_elements: dict[str, _Element] = {}
    kinds = []
    for line in raw:
        renamed.append((line.id, name_for(line.id or "l", "l_", ids)))
        line.id = renamed[-1][1]
        ids.add(line.id)
        line_elements[line.id] = line.element
        kinds.append(_kind(line.element, tags))
    has_spaces = bool(_all(page, "SP"))
    shapes = shape_lines(raw, width, height)
    places = [line.placement(width, height) for line in raw]
    lines = []
    for line, shape, kind, place in zip(raw, shapes, kinds, places, strict=True):
        our = line.custom.get("hwocr", {})
        reading, is_machine = line_reading(
            line.element, shape.baseline, our.get("model", ""), has_spaces=has_spaces
        )
        state = line_state(
            reading, our, is_machine=is_machine, has_place=place == "usable"
        )
        lines.append(Line(line.id, shape, region=line.region, kind=kind, **state))
    by_name = [line.element.get("ID", "") for line in raw]
    lines = [lines[i] for i in _places(by_name, order)]
    name = next((e.text or "" for e in _all(root, "fileName")), "")
    document = PageDocument(
        name.strip(),
        width,
        height,
        tuple(regions),
        tuple(lines),
        mended=mended(raw, (width, height), renamed),
    )
    return AltoTree(document, page, line_elements, region_elements)


def _all(parent: _Element, name: str) -> list[_Element]:
    return [element for element in parent.iter() if local_name(element) == name]


def _lines(block: _Element) -> list[_Element]:
    return [child for child in block if local_name(child) == "TextLine"]


# --- sizes and places --------------------------------------------------------------


def _size(root: _Element, page: _Element, file_name: str) -> tuple[int, int]:
    """Return the size of the page in the unit of the file."""
    sizes = [
        (_number(element, "WIDTH"), _number(element, "HEIGHT"))
        for element in (page, *_all(page, "PrintSpace"))
    ]
    for width, height in sizes:
        if width >= 1 and height >= 1:
            return math.ceil(width), math.ceil(height)
    unit = next(
        ((e.text or "").strip() for e in _all(root, "MeasurementUnit")), "pixel"
    )
    if unit in ("mm10", "inch1200"):
        raise BadDocument(
            f"“{file_name}” measures in {unit} and does not say how large its page is.",
            "Export the page with coordinates in pixels.",
        )
    points = [
        point
        for element in page.iter()
        if local_name(element) in ("TextBlock", "TextLine")
        for point in (*_outline(element), *baseline_of(element))
    ]
    right = max((x for x, _ in points), default=0)
    bottom = max((y for _, y in points), default=0)
    return math.ceil(right) + 1, math.ceil(bottom) + 1


def _number(element: _Element, name: str) -> float:
    """Return a length, NaN if there is none."""
    try:
        value = float(element.get(name, "nan"))
    except ValueError:
        return math.nan
    return value if abs(value) < FARTHEST else math.nan


def read_points(text: str) -> Points:
    """Return points, whether written "x,y x,y" or "x y x y"; () if they are none.

    One point, however often, is no shape.
    """
    points = _numbers_in(text)
    return points if len(set(points)) > 1 else ()


def _numbers_in(text: str) -> Points:
    numbers = [float(number) for number in _NUMBER.findall(text)]
    if len(numbers) % 2 or not all(abs(number) < FARTHEST for number in numbers):
        return ()
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _box(element: _Element) -> Points:
    corners = _corners(element)
    return corners if len(set(corners)) > 1 else ()


def _corners(element: _Element) -> Points:
    left, top = _number(element, "HPOS"), _number(element, "VPOS")
    right = left + _number(element, "WIDTH")
    bottom = top + _number(element, "HEIGHT")
    if math.isnan(right + bottom):
        return ()
    return (left, top), (right, top), (right, bottom), (left, bottom)


def _outline(element: _Element) -> Points:
    """Return the polygon of a block or line, or else its box."""
    for shape in element:
        if local_name(shape) != "Shape":
            continue
        for polygon in shape:
            points = read_points(polygon.get("POINTS", ""))
            if local_name(polygon) == "Polygon" and len(points) >= 3:
                return points
    return _box(element)


def baseline_of(line: _Element) -> Points:
    """Return the baseline: points since version 4.2, before only its height.

    It is () where there is none, or where its height is not within the line.
    """
    text = line.get("BASELINE", "")
    if len(_NUMBER.findall(text)) != 1:
        return read_points(text)
    box = _box(line)
    y = _number(line, "BASELINE")
    if not box or not box[0][1] <= y <= box[2][1]:
        return ()
    return ((box[0][0], y), (box[1][0], y)) if box[0][0] < box[1][0] else ()


def _raw_line(
    element: _Element, region: str, around: Points, ours: dict[str, dict[str, str]]
) -> RawLine:
    name = element.get("ID", "")
    return RawLine(
        id=name,
        region=region,
        around=around,
        element=element,
        custom={"hwocr": ours.get(name, {})},
        baseline=baseline_of(element),
        polygon=_outline(element),
        points=_points_of(element),
        has_baseline=bool(element.get("BASELINE", "").strip()),
    )


def _points_of(line: _Element) -> Points:
    """Return the points of a line that may all be the same."""
    polygons = [
        _numbers_in(polygon.get("POINTS", ""))
        for shape in line
        if local_name(shape) == "Shape"
        for polygon in shape
    ]
    places = (_numbers_in(line.get("BASELINE", "")), *polygons, _corners(line))
    return next(filter(None, places), ())


# --- kinds and order ---------------------------------------------------------------


def _tags(root: _Element) -> dict[str, str]:
    """Return what the tags of the file are called, but for our own."""
    return {
        tag.get("ID", ""): tag.get("LABEL", "")
        for tags in _all(root, "Tags")
        for tag in tags
        if local_name(tag) and tag.get("TYPE") != OUR_TYPE
    }


def _ours(root: _Element) -> dict[str, dict[str, str]]:
    """Return what our own tag says of each line."""
    return {
        line.get("id", ""): {str(key): str(value) for key, value in line.items()}
        for line in root.iter(f"{{{OUR_NAMESPACE}}}line")
    }


def _kind(element: _Element, tags: dict[str, str]) -> str:
    names = (tags.get(name, "") for name in element.get("TAGREFS", "").split())
    return next((name for name in names if name), "")


def _order(root: _Element) -> list[str]:
    """Return the ids of blocks and lines in the order of ReadingOrder, or []."""
    return [
        name
        for order in _all(root, "ReadingOrder")
        for reference in _all(order, "ElementRef")
        for name in reference.get("REF", "").split()
    ]


def _places(names: list[str], order: list[str]) -> list[int]:
    """Put ids in order; those not mentioned stay behind the one before them."""
    place = {name: number for number, name in reversed(list(enumerate(order)))}
    places, last = [], -1
    for name in names:
        last = place.get(name, last)
        places.append(last)
    return sorted(range(len(names)), key=places.__getitem__)


def _in_order(blocks: list[_Element], order: list[str]) -> list[_Element]:
    """Put blocks in the order that is given, or by their links to the next."""
    if not order:
        links = {block.get("IDNEXT", ""): block for block in blocks}
        is_linked = any(block.get("IDNEXT") for block in blocks)
        if is_linked:
            order = _chain(blocks, links)
    return [blocks[i] for i in _places([b.get("ID", "") for b in blocks], order)]


def _chain(blocks: list[_Element], links: dict[str, _Element]) -> list[str]:
    """Follow IDNEXT from each block that none leads to, each block once."""
    following = {block.get("ID", ""): block.get("IDNEXT", "") for block in blocks}
    starts = [name for name in following if name not in links]
    chain: list[str] = []
    for start in starts:
        name = start
        while name in following and name not in chain:
            chain.append(name)
            name = following[name]
    return chain
