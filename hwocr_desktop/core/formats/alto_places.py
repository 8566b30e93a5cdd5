"""Bring every place that an ALTO file names to the pixels and the turn of a page."""

from __future__ import annotations

import math
from collections.abc import Callable

from lxml import etree

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.formats.alto_read import AltoTree, baseline_of, read_points
from hwocr_desktop.core.formats.line_shapes import Points
from hwocr_desktop.core.formats.safe_xml import local_name
from hwocr_desktop.core.pixels.geometry import Point, turn_point

_Element = etree._Element
_Move = Callable[[Point], Point]
BOX = ("HPOS", "VPOS", "WIDTH", "HEIGHT")
# Lengths within a Shape, and whether they lie across the page before it is turned.
_RADII = {"HLENGTH": True, "VLENGTH": False}


def move_places(tree: AltoTree, page: Page, turns: int) -> None:
    """Bring all places of a file to the pixels and the turn of a page.

    Parameters
    ----------
    tree : AltoTree
        The file; its elements are changed.
    page : Page
        Of another resolution, perhaps, and turned since.
    turns : int
        Clockwise quarter turns since it was imported.
    """
    document = tree.document
    width, height = page.width, page.height
    if turns % 2:
        width, height = height, width
    size = (document.width, document.height)
    tree.page.set("WIDTH", str(page.width))
    tree.page.set("HEIGHT", str(page.height))
    if not turns and size == (width, height):
        return
    across, down = width / max(size[0], 1), height / max(size[1], 1)

    def move(point: Point) -> Point:
        return turn_point((point[0] * across, point[1] * down), turns, width, height)

    for element in tree.page.iter("*"):
        # Before its box moves, by which a baseline of one number is understood.
        places = {
            "POINTS": read_points(element.get("POINTS", "")),
            "BASELINE": baseline_of(element),
        }
        if local_name(element) in ("Circle", "Ellipse"):
            _move_round(element, move, (across, down), is_turned=turns % 2 == 1)
        elif element is not tree.page:
            _move_box(element, move, (across, down))
        for name, points in places.items():
            if points:
                element.set(name, _written([move(point) for point in points]))


def is_on_page(element: _Element, page: Page) -> bool:
    """Whether the places of a line or block, and of its words, are on a page.

    Parameters
    ----------
    element : lxml element
        In the pixels of the page; what says nothing of its place counts as on it.
    page : Page
    """
    return all(
        0 <= x <= page.width and 0 <= y <= page.height
        for part in element.iter("*")
        for x, y in _points_of(part)
    )


def _points_of(element: _Element) -> list[Point]:
    points = [
        *read_points(element.get("POINTS", "")),
        *read_points(element.get("BASELINE", "")),
    ]
    values = _lengths(element, BOX)
    if len(values) == len(BOX):
        left, top, width, height = values.values()
        points += [(left, top), (left + width, top + height)]
    return points


def keep_on_page(element: _Element, page: Page) -> None:
    """Move the boxes within a line, of its words, onto a page.

    Parameters
    ----------
    element : lxml element
        In the pixels of the page; changed.
    page : Page
    """
    for part in element.iter("*"):
        values = _lengths(part, BOX)
        if len(values) < len(BOX) or not all(map(math.isfinite, values.values())):
            continue
        left, top, width, height = values.values()
        for start, size, low, high, limit in (
            ("HPOS", "WIDTH", left, left + width, page.width),
            ("VPOS", "HEIGHT", top, top + height, page.height),
        ):
            if low < 0 or high > limit:
                low, high = (min(max(end, 0), limit) for end in (low, high))
                part.set(start, f"{low:.0f}")
                part.set(size, f"{max(high - low, 0):.0f}")


def _written(points: list[Point] | Points) -> str:
    return " ".join(f"{max(x, 0):.0f},{max(y, 0):.0f}" for x, y in points)


def _lengths(element: _Element, names: tuple[str, ...]) -> dict[str, float]:
    """Return those of some attributes that are numbers."""
    values = {}
    for name in names:
        try:
            values[name] = float(element.get(name, "nan"))
        except ValueError:
            continue
    return {name: value for name, value in values.items() if not math.isnan(value)}


def _move_box(element: _Element, move: _Move, scale: Point) -> None:
    values = _lengths(element, BOX)
    if len(values) == len(BOX):
        left, top, width, height = values.values()
        (x0, y0), (x1, y1) = move((left, top)), move((left + width, top + height))
        moved = (min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0))
        for name, value in zip(BOX, moved, strict=True):
            element.set(name, f"{max(value, 0):.0f}")
        return
    for name, value in values.items():
        factor = scale[0] if name in ("HPOS", "WIDTH") else scale[1]
        element.set(name, f"{value * factor:.0f}")


def _move_round(
    element: _Element, move: _Move, scale: Point, *, is_turned: bool
) -> None:
    """Move a circle or an ellipse, whose HPOS and VPOS are its middle."""
    values = _lengths(element, ("HPOS", "VPOS", "RADIUS", *_RADII))
    if {"HPOS", "VPOS"} <= set(values):
        x, y = move((values["HPOS"], values["VPOS"]))
        element.set("HPOS", f"{max(x, 0):.0f}")
        element.set("VPOS", f"{max(y, 0):.0f}")
    if "RADIUS" in values:
        element.set("RADIUS", f"{values['RADIUS'] * math.sqrt(scale[0] * scale[1]):g}")
    for name, is_across in _RADII.items():
        if name in values:
            length = values[name] * scale[0 if is_across else 1]
            other = "VLENGTH" if is_across else "HLENGTH"
            element.set(other if is_turned else name, f"{length:g}")
