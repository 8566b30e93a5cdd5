"""Give every line of a PAGE XML file a whole shape, whatever the file left out."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from lxml import etree

from hwocr_desktop.core.formats.custom import Custom
from hwocr_desktop.core.formats.line_shapes import (
    ABOVE,
    Points,
    band,
    clamp,
    invent_baseline,
    measure,
)
from hwocr_desktop.core.pixels.geometry import LineShape

# Where nothing on the page tells how high lines are.
_DEFAULT_HEIGHT = 60.0


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
        As in the file.
    """

    id: str
    region: str
    around: Points
    element: etree._Element
    custom: Custom
    baseline: Points
    polygon: Points

    @property
    def has_place(self) -> bool:
        """Whether the file says anywhere where the line is."""
        return len(self.baseline) >= 2 or len(self.polygon) >= 3


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
        A missing baseline is made from the outline, a missing outline from the
        baseline with the height of the other lines. A line without either gets its
        share of its region.
    """
    heights = [_heights(line) for line in lines]
    known = [pair for pair in heights if pair is not None]
    usual = _usual(known) if known else _from_spacing(lines)
    shapes = []
    for line, pair in zip(lines, heights, strict=True):
        ascent, descent = pair or usual
        if not line.has_place:
            shapes.append(_share(line, lines, width, height))
            continue
        baseline, polygon = line.baseline, line.polygon
        if len(baseline) < 2:
            baseline = invent_baseline(polygon)
        if len(polygon) < 3:
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


def _share(
    line: RawLine, lines: Sequence[RawLine], width: int, height: int
) -> LineShape:
    """Return the box that a line gets of its region if nobody knows where it is."""
    around = line.around if len(line.around) >= 3 else ((0, 0), (width - 1, height - 1))
    left, right = min(x for x, _ in around), max(x for x, _ in around)
    top, bottom = min(y for _, y in around), max(y for _, y in around)
    same = [one for one in lines if one.region == line.region and not one.has_place]
    number = next(i for i, one in enumerate(same) if one is line)
    row = (bottom - top) / len(same)
    top += number * row
    base = top + ABOVE * row
    corners = ((left, top), (right, top), (right, top + row), (left, top + row))
    return LineShape(
        clamp(((left, base), (right, base)), width, height),
        clamp(corners, width, height),
        max(ABOVE * row, 1.0),
        max((1 - ABOVE) * row, 1.0),
    )
