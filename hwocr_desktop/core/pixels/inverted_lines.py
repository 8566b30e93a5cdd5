"""Lines that stand on their heads on a page that does not.

Who ran out of paper turned the sheet and went on above the first line, or below the
last one. So the first lines of a page are asked, and the last ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape, is_steep, turn_shape
from hwocr_desktop.core.pixels.page_turn import uprightness

_Binary = npt.NDArray[np.bool_]

_FEWEST, _MOST = 2, 8  # lines that are asked together
_LEFT = 4  # lines that stay, at least: else the page as a whole is to be turned
_CROSSED = 2  # level lines for each steep one, if a page is not written across
_SUSPECT = -2.0  # log-odds from which on a few lines are looked at closer,
_SURE = -5.0  # and from which on they are turned
_UPRIGHT = 1.0  # what the others must have
_SHORT = 0.4  # of the others' usual length: scraps tell nothing

Finder = Callable[[_Binary], Sequence[LineShape]]


def turn_inverted(
    binary: _Binary, shapes: Sequence[LineShape], find: Finder
) -> tuple[list[LineShape], list[LineShape]]:
    """Find lines that stand on their heads anew, the other way up.

    Parameters
    ----------
    binary : (H, W) bool, True = ink
    shapes : sequence of LineShape
        What was found, in reading order.
    find : callable
        Finds lines on a page that was turned, of which all but these lines is blank.

    Returns
    -------
    upright, inverted : list of LineShape
        Lines that stay as they are; and, in their own reading order, those that run
        from right to left because their letters stand on their heads.
    """
    level = [shape for shape in shapes if not is_steep(shape)]
    upright = list(shapes)
    inverted: list[LineShape] = []
    if len(level) < _CROSSED * (len(shapes) - len(level)):
        return upright, inverted
    for group in (_first(binary, level), _first(binary, level[::-1])):
        if not group:
            continue
        found = _found_turned(binary, group, find)
        if found:
            upright = [shape for shape in upright if shape not in group]
            inverted += found
    return upright, inverted


def _first(binary: _Binary, shapes: Sequence[LineShape]) -> list[LineShape]:
    """Return those of the first lines that stand on their heads; none if unsure.

    Of all ways to part the lines in two the one is taken by which the first ones stand
    most surely on their heads and the others most surely not.
    """
    best, best_count = 0.0, 0
    for count in range(_FEWEST, min(_MOST, len(shapes) - _LEFT) + 1):
        odds = uprightness(binary, shapes[:count])
        if odds > _SUSPECT:
            break
        others = uprightness(binary, shapes[count:])
        gain = others * (len(shapes) - count) - odds * count
        if odds < _SURE and others > _UPRIGHT and gain > best:
            best, best_count = gain, count
    group, rest = shapes[:best_count], shapes[best_count:]
    if not group or _length(group) < _SHORT * _length(rest):
        return []
    return list(group)


def _length(shapes: Sequence[LineShape]) -> float:
    """Return the usual length of lines in pixels."""
    return float(np.median([s.bounds[2] - s.bounds[0] for s in shapes]))


def _found_turned(
    binary: _Binary, group: Sequence[LineShape], find: Finder
) -> list[LineShape]:
    """Find the lines of a group on the page as it stands on its head."""
    height, width = binary.shape
    bounds = np.array([shape.bounds for shape in group])
    x0, y0 = np.maximum(np.floor(bounds[:, :2].min(axis=0)).astype(int), 0)
    x1, y1 = np.ceil(bounds[:, 2:].max(axis=0)).astype(int) + 1
    alone = np.zeros_like(binary)
    alone[y0:y1, x0:x1] = binary[y0:y1, x0:x1]
    found = find(np.ascontiguousarray(alone[::-1, ::-1]))
    return [turn_shape(s, 2, width, height) for s in found if not is_steep(s)]
