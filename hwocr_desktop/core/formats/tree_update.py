"""Bring the lines of a page into the tree of the file that they were imported from.

The same for PAGE XML and ALTO: lines and regions are found by their ids; those of the
page that are new are put in, those that are gone are taken out, and whatever else the
file holds stays where it is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from lxml import etree

from hwocr_desktop.core.document.document import Line, Page, Region
from hwocr_desktop.core.formats.page_document import PageDocument
from hwocr_desktop.core.formats.safe_xml import local_name
from hwocr_desktop.core.pixels.geometry import LineShape, Point, turn_point, turn_shape

_Element = etree._Element
# Files hold whole pixels.
_NEAR = 0.75
# They are written with four digits.
_AS_SURE = 1e-3


@dataclass(frozen=True, slots=True)
class WrittenTree:
    """A page as elements.

    Attributes
    ----------
    root : lxml element
        The first element of the file.
    space : lxml element
        In which new regions are put.
    lines, regions : dict of str to lxml element
        By the ids of the page, in reading order; the region of lines that have none
        has the id "".
    """

    root: _Element
    space: _Element
    lines: dict[str, _Element]
    regions: dict[str, _Element]


@dataclass(frozen=True, slots=True)
class Placing:
    """How a format puts lines into regions.

    Attributes
    ----------
    line : str
        Local name of a line.
    region : str
        Ending of the local names of regions.
    behind_lines : collection of str
        Local names of what stands behind the lines of a region.
    plain_parts : collection of str
        Local names of what a region may hold and still be taken out as a whole.
    number : callable
        Told of a line's element and its place in its region where the order changed.
    """

    line: str
    region: str
    behind_lines: Collection[str]
    plain_parts: Collection[str]
    number: Callable[[_Element, int], None]


def fitted(document: PageDocument, page: Page, turns: int) -> PageDocument:
    """Return what a file says in the pixels of a page.

    Parameters
    ----------
    document : PageDocument
        As the file says it.
    page : Page
        Of another resolution, perhaps, and turned since.
    turns : int
        Clockwise quarter turns since it was imported.
    """
    width, height = page.width, page.height
    if turns % 2:
        width, height = height, width
    across = width / document.width if document.width > 0 else 1.0
    down = height / document.height if document.height > 0 else 1.0

    def point(given: Point) -> Point:
        scaled = (given[0] * across, given[1] * down)
        return turn_point(scaled, turns, width, height)

    def shape(given: LineShape) -> LineShape:
        scaled = LineShape(
            tuple((x * across, y * down) for x, y in given.baseline),
            tuple((x * across, y * down) for x, y in given.polygon),
            given.ascent * down,
            given.descent * down,
        )
        return turn_shape(scaled, turns, width, height)

    return PageDocument(
        document.image_name,
        page.width,
        page.height,
        tuple(
            replace(r, polygon=tuple(map(point, r.polygon))) for r in document.regions
        ),
        tuple(replace(line, shape=shape(line.shape)) for line in document.lines),
        document.original,
    )


def is_near(one: Sequence[Point], other: Sequence[Point]) -> bool:
    """Whether two lists of points are the same in whole pixels."""
    return len(one) == len(other) and all(
        abs(x0 - x1) < _NEAR and abs(y0 - y1) < _NEAR
        for (x0, y0), (x1, y1) in zip(one, other, strict=True)
    )


def has_same_shape(one: LineShape, other: LineShape) -> bool:
    """Whether two lines are at the same place, in whole pixels."""
    return is_near(one.baseline, other.baseline) and is_near(one.polygon, other.polygon)


def has_same_text(one: Line, other: Line) -> bool:
    """Whether two lines say the same, and it is the same who says it, as surely."""
    mine, theirs = (
        None if line.correction is not None else line.reading for line in (one, other)
    )
    if mine is not None and theirs is not None:
        is_sure = abs(mine.confidence - theirs.confidence) < _AS_SURE
        if mine.model != theirs.model or not is_sure:
            return False
    return (one.text, one.correction, one.checked, one.state) == (
        other.text,
        other.correction,
        other.checked,
        other.state,
    )


def has_same_outline(one: Region, other: Region) -> bool:
    """Whether two regions are at the same place; one without an outline has none."""
    return (
        is_near(one.polygon, other.polygon)
        or min(len(one.polygon), len(other.polygon)) < 3
    )


def place_lines(
    own: WrittenTree, fresh: WrittenTree, page: Page, how: Placing
) -> list[str]:
    """Make the tree hold the lines of the page, in its order, in its regions.

    Parameters
    ----------
    own : WrittenTree
        The tree of the file; it is changed.
    fresh : WrittenTree
        The page as it is, of which the elements of new lines and regions are taken.
    page : Page
    how : Placing

    Returns
    -------
    list of str
        Regions in which lines came, went or changed their order.
    """
    elements = {name: own.lines.get(name, new) for name, new in fresh.lines.items()}
    changed = []
    for key, new in fresh.regions.items():
        names = [
            line.id for line in page.lines if fresh.lines[line.id].getparent() is new
        ]
        wanted = [elements[name] for name in names]
        # Before anything is moved: who is whose child is asked of the fresh tree.
        changed.append((key, new, wanted))
    moved = []
    for key, new, wanted in changed:
        region = own.regions.get(key)
        if region is None:
            for line in _lines(new, how):
                new.remove(line)
            region = own.regions[key] = new
            _append_region(own.space, new, how)
        if _lines(region, how) != wanted:
            _fill(region, wanted, how)
            moved.append(key)
    for name, element in own.lines.items():
        parent = element.getparent()
        if name not in fresh.lines and parent is not None:
            _take_out(element)
    stay = {region.id for region in page.regions} | set(fresh.regions)
    for key, region in own.regions.items():
        parts = {local_name(part) for part in region} - {""}
        if key not in stay and parts <= set(how.plain_parts):
            _take_out(region)
    return moved


def insert_before(parent: _Element, child: _Element, names: Collection[str]) -> None:
    """Put a child before the first with one of some names, or at the end."""
    for number, other in enumerate(parent):
        if local_name(other) in names:
            parent.insert(number, child)
            return
    parent.append(child)


def _lines(region: _Element, how: Placing) -> list[_Element]:
    return [child for child in region if local_name(child) == how.line]


def _fill(region: _Element, wanted: list[_Element], how: Placing) -> None:
    old = _lines(region, how)
    place = region.index(old[0]) if old else None
    for line in old:
        _take_out(line)
    if place is None:
        behind = (
            number
            for number, child in enumerate(region)
            if local_name(child) in how.behind_lines
        )
        place = next(behind, len(region))
    for number, line in enumerate(wanted):
        region.insert(place + number, line)
        how.number(line, number)


def _append_region(space: _Element, region: _Element, how: Placing) -> None:
    """Put a region behind the last one."""
    places = [
        number
        for number, child in enumerate(space)
        if local_name(child).endswith(how.region)
    ]
    space.insert(places[-1] + 1 if places else len(space), region)


def _take_out(element: _Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)
