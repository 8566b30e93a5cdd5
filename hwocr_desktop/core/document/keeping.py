"""Bring newly found lines together with those a person has already worked on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.document.document import IGNORED, Line, Page, Region
from hwocr_desktop.core.pixels.geometry import LineShape, Point, is_steep

# Neighboring lines share ascenders and descenders, at most about a third of them;
# two findings of the same line share nearly all of the smaller one.
SAME_LINE = 0.5
# A line that is so many times as high as another is not found anew by it: nobody knew
# where it is, and it was given the place of its region.
_MUCH_HIGHER = 3.0
_RASTER = 256


def has_own_text(line: Line) -> bool:
    """Whether a person has written or checked the text of the line."""
    return line.checked or line.correction is not None


def is_touched(line: Line) -> bool:
    """Whether a person has worked on the text of the line, its shape or its order."""
    return line.is_shaped or line.is_placed or has_own_text(line)


def overlap(one: LineShape, other: LineShape) -> float:
    """Return how much of the smaller of two lines lies within the other.

    Parameters
    ----------
    one, other : LineShape
        Two lines of the same page.

    Returns
    -------
    float
        Shared area divided by the smaller line's area, 0..1.
    """
    first, second = _outline(one), _outline(other)
    if (first.max(axis=0) < second.min(axis=0)).any():
        return 0.0
    if (second.max(axis=0) < first.min(axis=0)).any():
        return 0.0
    if abs(cv2.contourArea(first)) > abs(cv2.contourArea(second)):
        first, second = second, first
    origin = first.min(axis=0)
    side = float((first.max(axis=0) - origin).max())
    scale = min(1.0, (_RASTER - 1) / max(side, 1.0))
    width, height = np.ceil((first.max(axis=0) - origin) * scale).astype(int) + 1
    inner = _filled(first, origin, scale, int(width), int(height))
    outer = _filled(second, origin, scale, int(width), int(height))
    return float((inner & outer).sum()) / float(inner.sum())


def merge_found(
    lines: Sequence[Line], shapes: Sequence[LineShape]
) -> list[Line | LineShape]:
    """Return the lines to keep and the shapes to add, in reading order.

    Every line that a person has touched stays; a shape that covers such a line is
    left out, and the line takes its place. Touched lines keep their order among each
    other, because a person may have chosen it.

    Parameters
    ----------
    lines : sequence of Line
        What is on the page now, in reading order.
    shapes : sequence of LineShape
        What was found, in reading order.

    Returns
    -------
    list of Line or LineShape
        Touched lines, as they were, among the shapes that became no line yet.
    """
    kept = [line for line in lines if is_touched(line)]
    placed: set[int] = set()
    # Height on the page and shape; None is a place for a kept line.
    places: list[tuple[float, LineShape | None]] = []
    for shape in shapes:
        covered = [
            number
            for number, line in enumerate(kept)
            if _is_found_by(line.shape, shape)
        ]
        if not covered:
            places.append((_height(shape), shape))
        for number in covered:
            if number not in placed:
                placed.add(number)
                places.append((_height(kept[number].shape), None))
    for number, line in enumerate(kept):
        if number not in placed:
            height = _height(line.shape)
            after = (i for i, (other, _) in enumerate(places) if other > height)
            places.insert(next(after, len(places)), (height, None))
    waiting = iter(kept)
    return [next(waiting) if shape is None else shape for _, shape in places]


def wanted_shapes(page: Page, found: Sequence[LineShape]) -> list[LineShape]:
    """Return the lines found on a page without those that a person took off it."""
    return [
        shape
        for shape in found
        if not any(_is_found_by(gone, shape) for gone in page.removed)
    ]


def places_left_empty(page: Page, found: Sequence[LineShape]) -> int:
    """Return how many lines found are not on a page because a person deleted them.

    Where a line was drawn in the place of a deleted one, nothing is left empty.
    """
    wanted = set(wanted_shapes(page, found))
    return sum(
        shape not in wanted
        and not any(_is_found_by(line.shape, shape) for line in page.lines)
        for shape in found
    )


def _is_found_by(known: LineShape, found: LineShape) -> bool:
    """Whether a line that is known is the one that was found."""
    height = found.ascent + found.descent
    if known.ascent + known.descent > _MUCH_HIGHER * height:
        return False
    return overlap(found, known) > SAME_LINE


def in_order(before: Sequence[Line], lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines in another order that a person gave them.

    All from the first to the last that has another place are placed by that: so no
    automatic run puts them into its own order again.

    Parameters
    ----------
    before, lines : sequence of Line
        The same lines.
    """
    pairs = zip(before, lines, strict=True)
    places = [i for i, (old, new) in enumerate(pairs) if old is not new]
    if not places:
        return tuple(before)
    return tuple(
        replace(line, is_placed=True) if places[0] <= i <= places[-1] else line
        for i, line in enumerate(lines)
    )


def kind_of(shape: LineShape) -> str:
    """Return the kind that a line is of by how it runs.

    "vertical", "upside-down" for one that runs from right to left, because its letters
    stand on their heads, or "".
    """
    if is_steep(shape):
        return "vertical"
    return "upside-down" if shape.baseline[-1][0] < shape.baseline[0][0] else ""


def known_kind(lines: Sequence[Line], shape: LineShape, kind: str) -> str:
    """Return the kind of the line that was where a line was found, or else ``kind``."""
    same = [
        (covered, line.kind)
        for line in lines
        if (covered := overlap(shape, line.shape)) > SAME_LINE
    ]
    return max(same)[1] if same else kind


def region_at(regions: Sequence[Region], shape: LineShape) -> str:
    """Return the id of the smallest region around the middle of a line, or ""."""
    return region_around(regions, _middle(shape))


def region_around(regions: Sequence[Region], at: Point) -> str:
    """Return the id of the smallest region around a point, or "".

    Parameters
    ----------
    regions : sequence of Region
        Regions of the page; those without an area hold nothing.
    at : (x, y)
    """
    around: list[tuple[float, str]] = []
    for region in regions:
        if len(region.polygon) < 3:
            continue
        outline = np.asarray(region.polygon, np.float32)
        if cv2.pointPolygonTest(outline, at, False) >= 0:
            around.append((abs(cv2.contourArea(outline)), region.id))
    return min(around)[1] if around else ""


def is_ignored(regions: Sequence[Region], shape: LineShape) -> bool:
    """Whether the smallest of some regions around a line is one to ignore."""
    at = region_at(regions, shape)
    return any(r.id == at and r.kind == IGNORED for r in regions)


def found_regions(page: Page, found: Sequence[Region]) -> list[Region]:
    """Return the regions of a page after an automatic run.

    Parameters
    ----------
    page : Page
        As it was before.
    found : sequence of Region
        What the run found; none if it looked for lines only.

    Returns
    -------
    list of Region
        Those that a person drew, as they were, and then the found ones, under other
        ids where a person's region has theirs; those of the page if none were found.
    """
    if not found:
        return list(page.regions)
    drawn = [region for region in page.regions if region.is_shaped]
    taken = {region.id for region in (*drawn, *found)}
    made = []
    for region in found:
        name, number = region.id, 2
        if any(name == other.id for other in drawn):
            while name in taken:
                name, number = f"{region.id}-{number}", number + 1
            taken.add(name)
        made.append(replace(region, id=name))
    return [*drawn, *made]


def shapes_to_read(
    page: Page, found: Sequence[LineShape] | None = None
) -> tuple[LineShape, ...]:
    """Return where a run shall read, in reading order.

    Parameters
    ----------
    page : Page
    found : sequence of LineShape or None
        Lines found anew, which replace those of the page that nobody touched.

    Returns
    -------
    tuple of LineShape
        Nothing in regions to ignore.
    """
    if found is None:
        return tuple(line.shape for line in page.text_lines)
    drawn = [region for region in page.regions if region.is_shaped]
    read = {line.id for line in page.text_lines}
    return tuple(
        item if isinstance(item, LineShape) else item.shape
        for item in merge_found(page.lines, wanted_shapes(page, found))
        if (
            not is_ignored(drawn, item)
            if isinstance(item, LineShape)
            else item.id in read
        )
    )


def _middle(shape: LineShape) -> Point:
    """Return the point in the middle between the ends of the baseline."""
    (x0, y0), (x1, y1) = shape.baseline[0], shape.baseline[-1]
    return (x0 + x1) / 2, (y0 + y1) / 2


def _height(shape: LineShape) -> float:
    return _middle(shape)[1]


def _outline(shape: LineShape) -> npt.NDArray[np.float32]:
    """Return the outline of a line, (N, 2); a band where it has no polygon."""
    if len(shape.polygon) >= 3:
        return np.asarray(shape.polygon, np.float32)
    upper = [(x, y - shape.ascent) for x, y in shape.baseline]
    lower = [(x, y + shape.descent) for x, y in reversed(shape.baseline)]
    return np.asarray(upper + lower, np.float32)


def _filled(
    outline: npt.NDArray[np.float32],
    origin: npt.NDArray[np.float32],
    scale: float,
    width: int,
    height: int,
) -> npt.NDArray[np.bool_]:
    """Draw an outline, (N, 2), as a filled area of a small raster."""
    raster = np.zeros((height, width), np.uint8)
    # OpenCV takes 32-bit points and corrupts memory on absurd ones.
    points = np.clip(np.rint((outline - origin) * scale), -1e6, 1e6).astype(np.int32)
    cv2.fillPoly(raster, [points], 1)
    return raster.astype(bool)
