"""Give every line of a PAGE XML file a whole shape, whatever the file left out."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from lxml import etree

from hwocr_desktop.core.formats.custom import Custom
from hwocr_desktop.core.formats.line_places import (
    Placement,
    has_area,
    lines_at_edge,
    placement,
    short_line,
)
from hwocr_desktop.core.formats.line_shapes import (
    ABOVE,
    Points,
    band,
    clamp,
    invent_baseline,
    measure,
)
from hwocr_desktop.core.formats.page_document import Mended
from hwocr_desktop.core.pixels.geometry import LineShape

# Where nothing on the page tells how high lines are.
_DEFAULT_HEIGHT = 60.0
# Of the page's height: so far a baseline may leave any outline.
_NEAR = 1 / 20


@dataclass(slots=True)
class RawLine:
    """A line as the file has it; points may be few, missing, or off the page.

    Attributes
    ----------
    id, region : str
        As in `Line`.
    around : tuple of (x, y)
        Outline of the region, on the page.
    element : lxml element
        The TextLine.
    custom : dict
        Its attribute ``custom``.
    baseline, polygon : tuple of (x, y)
        As in the file, () if they are no shapes.
    points : tuple of (x, y)
        Those of the baseline, or else of the outline, be it only one.
    has_baseline : bool
        Whether the file says anything of a baseline, be it nonsense.
    """

    id: str
    region: str
    around: Points
    element: etree._Element
    custom: Custom
    baseline: Points
    polygon: Points
    points: Points
    has_baseline: bool

    def placement(self, width: int, height: int) -> Placement:
        """Return how much the file says of where the line is on its page."""
        every = (*self.baseline, *self.polygon) or self.points
        return placement(self.baseline, self.polygon, every, width, height)


def mended(
    lines: Sequence[RawLine],
    size: tuple[int, int],
    renamed: Sequence[tuple[str, str]],
) -> Mended:
    """Return what a person should know of how lines and ids were taken.

    Parameters
    ----------
    lines : sequence of RawLine
    size : (width, height)
        Of the page.
    renamed : sequence of (str, str)
        Ids in the file and as they are now; those that are the same, or were none at
        all, do not count.
    """
    places = [line.placement(*size) for line in lines]
    is_other = [
        place == "usable" and _is_misfit(line, *size)
        for line, place in zip(lines, places, strict=True)
    ]
    return Mended(
        places.count("none"),
        places.count("point"),
        places.count("outside"),
        sum(is_other),
        tuple((old, new) for old, new in renamed if old and old != new),
    )


def shape_lines(lines: Sequence[RawLine], width: int, height: int) -> list[LineShape]:
    """Return a whole shape for each line.

    Parameters
    ----------
    lines : sequence of RawLine
        All lines of the page.
    width, height : int
        Size of the page.

    Returns
    -------
    list of LineShape
        A missing baseline, or one far out of its outline, is made from the outline; a
        missing outline from the baseline with the height of the other lines. A line
        that is only a point, or outside the page, becomes a short one nearest to
        there; a line without a place gets a small one at the edge of the page.
    """
    lines = [_believed(line, width, height) for line in lines]
    heights = [_heights(line) for line in lines]
    known = [pair for pair in heights if pair is not None]
    usual = _usual(known) if known else _from_spacing(lines)
    places = [line.placement(width, height) for line in lines]
    tops = [
        min((y for _, y in line.around), default=0.0)
        for line, place in zip(lines, places, strict=True)
        if place == "none"
    ]
    at_edge = iter(lines_at_edge(tops, usual, width, height))
    shapes = []
    for line, pair, place in zip(lines, heights, places, strict=True):
        # An outline far beyond the page would make a line of any height.
        ascent, descent = (min(value, float(height)) for value in pair or usual)
        baseline, polygon = line.baseline, line.polygon
        if place == "none":
            shapes.append(next(at_edge))
            continue
        if place != "usable":
            points = (*baseline, *polygon) or line.points
            shapes.append(short_line(points, (ascent, descent), width, height))
            continue
        if len(baseline) < 2:
            baseline = invent_baseline(polygon)
        if not has_area(clamp(polygon, width, height)):
            polygon = band(baseline, ascent, descent)
        shapes.append(
            LineShape(
                clamp(baseline, width, height),
                clamp(polygon, width, height),
                ascent,
                descent,
            )
        )
    return shapes


def _is_misfit(line: RawLine, width: int, height: int) -> bool:
    """Whether the file has a baseline for a line that is taken by its outline."""
    return line.has_baseline and not _believed(line, width, height).baseline


def _believed(line: RawLine, width: int, height: int) -> RawLine:
    """Return a line without its baseline if that runs far out of its outline."""
    outline = clamp(line.polygon, width, height)
    if not line.baseline or not has_area(outline):
        return line
    xs, ys = zip(*outline, strict=True)
    # Some outlines are thin or leave letters out: what is near enough is believed.
    aside = max(max(ys) - min(ys), _NEAR * height)
    is_near = all(
        min(xs) - aside <= x <= max(xs) + aside
        and min(ys) - aside <= y <= max(ys) + aside
        for x, y in line.baseline
    )
    return line if is_near else replace(line, baseline=())


def _heights(line: RawLine) -> tuple[float, float] | None:
    """Return ascent and descent, as we wrote them or as the outline shows."""
    ours = line.custom.get("hwocr", {})
    try:
        ascent, descent = float(ours["ascent"]), float(ours["descent"])
    except (KeyError, ValueError):
        pass
    else:
        if 0 <= ascent < math.inf and 0 <= descent < math.inf and ascent + descent > 0:
            return ascent, descent
    if len(line.polygon) < 3:
        return None
    baseline = line.baseline
    if len(baseline) < 2:
        baseline = invent_baseline(line.polygon)
    return measure(baseline, line.polygon)


def _usual(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return (
        statistics.median(ascent for ascent, _ in pairs),
        statistics.median(descent for _, descent in pairs),
    )


def _from_spacing(lines: Sequence[RawLine]) -> tuple[float, float]:
    """Guess ascent and descent from the distances between baselines."""
    starts = sorted(line.baseline[0][1] for line in lines if len(line.baseline) >= 2)
    gaps = [b - a for a, b in pairwise(starts) if b - a > 5]
    spacing = statistics.median(gaps) if gaps else _DEFAULT_HEIGHT
    return ABOVE * spacing, (1 - ABOVE) * spacing
