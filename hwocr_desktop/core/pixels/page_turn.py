"""Which way up the writing of a page stands, from its ink alone.

Lines that run up or down are told from level ones by how much the ink repeats itself
along them. Writing that stands on its head is told by what Latin writing has more of
above than below: ascenders; bows of small letters that are open above or to the right;
and lines begin at one height but end where they end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.crops import crop_line
from hwocr_desktop.core.pixels.geometry import LineShape, is_steep, turn_shape
from hwocr_desktop.core.pixels.ink_cleaning import keep_writing
from hwocr_desktop.core.pixels.line_drawing import length_of
from hwocr_desktop.core.pixels.line_ridges import find_ridges
from hwocr_desktop.core.pixels.line_scale import coherence, measure_scale, shrink
from hwocr_desktop.core.pixels.page_tilt import measure_tilt

_Binary = npt.NDArray[np.bool_]
_Floats = npt.NDArray[np.float32]

_PITCH = 16.0  # at which ridges are weighed
_MOST_PIXELS = 2_000_000
_LEVEL = 0.3  # how much the one direction must exceed the other, as a logarithm

_ROWS = 32  # of a line that is looked at
_BODY = slice(8, 26)  # where bows of small letters stand in it
_NARROWEST = 48
_BOWS = (3, 5)  # radii of bows
_FEWEST = 3  # lines that tell where lines begin and end, and that a page is turned
_LONG = 3.0  # times its height: so long a line tells that a page is turned
_ENOUGH = 5  # lines that tell whether a page stands on its head
_SURE = 2.0  # log-odds; no upright page of the validation pages had less than -2
_UPRIGHT = 1.0  # what a page has that stood on its head; pictures have less both ways

# Logistic regression on the inks of 72 training pages, each as it is and on its head:
# two pairs of bows for each radius, how uneven beginnings are against ends, and the
# share of ink in 16 bands from the top of a line down.
_BIAS = 10.717
# fmt: off
_WEIGHTS = np.array([
    -5.063, 18.87, -2.706, 7.979, 2.028,
    0.588, 0.88, 0.717, 0.376, 0.431, 0.27, -0.545, -0.82,
    -1.933, 3.099, 4.595, 0.877, -0.327, -0.607, -0.575, -1.381,
])
# fmt: on

Finder = Callable[[_Binary], Sequence[LineShape]]


def find_upright(binary: _Binary, find: Finder) -> tuple[int, tuple[LineShape, ...]]:
    """Find the lines of a page whichever way up it lies.

    Parameters
    ----------
    binary : (H, W) bool, True = ink
    find : callable
        Finds lines on a page, or on it as it was turned.

    Returns
    -------
    turns : int
        Clockwise quarter turns that would set the page upright, 0..3; 0 also where it
        is not sure.
    shapes : tuple of LineShape
        In reading order and in pixels of the page as it is: of a page on its head
        lines run from right to left.
    """
    if is_sideways(binary) and not measure_tilt(binary):
        for turns in (1, 3):
            turned = _turned(binary, turns)
            shapes = find(turned)
            if sum(map(_is_long, shapes)) < max(_FEWEST, len(shapes) / 2):
                break  # a scribble may be taller than it is wide; pictures have scraps
            if uprightness(turned, shapes) > _UPRIGHT:
                return turns, _turned_back(shapes, turns, binary)
    shapes = find(binary)
    if len(shapes) >= _ENOUGH and uprightness(binary, shapes) < -_SURE:
        over = _turned(binary, 2)
        others = find(over)
        if uprightness(over, others) > _UPRIGHT:
            return 2, _turned_back(others, 2, binary)
    return 0, tuple(shapes)


def _is_long(shape: LineShape) -> bool:
    return length_of(shape.baseline) >= _LONG * (shape.ascent + shape.descent)


def _turned(binary: _Binary, turns: int) -> _Binary:
    return np.ascontiguousarray(np.rot90(binary, -turns))


def _turned_back(
    shapes: Sequence[LineShape], turns: int, binary: _Binary
) -> tuple[LineShape, ...]:
    """Put the lines of a page that was turned into the pixels of the page."""
    size = binary.shape if turns % 2 else binary.shape[::-1]
    return tuple(turn_shape(shape, -turns, *size) for shape in shapes)


def is_sideways(binary: _Binary) -> bool:
    """Whether the lines of a page run up or down rather than level."""
    level = _levelness(binary)
    steep = _levelness(np.ascontiguousarray(binary.T))
    return level is not None and steep is not None and steep > level + _LEVEL


def _levelness(binary: _Binary) -> float | None:
    """Return how surely writing runs level, on a logarithmic scale."""
    scale = measure_scale(binary)
    if scale is None:
        return None
    factor = min(_PITCH / scale.pitch, 4.0, (_MOST_PIXELS / binary.size) ** 0.5)
    density = shrink(binary, factor)
    ink = keep_writing(density, scale.pitch * factor, scale.slope)
    ridges = find_ridges(ink.density, scale.pitch * factor, scale.slope)
    if ridges.typical <= 0:
        return None
    return float(np.log(ridges.typical) + np.log(coherence(binary)))


def uprightness(binary: _Binary, shapes: Sequence[LineShape]) -> float:
    """Return the log-odds that lines stand upright rather than on their heads.

    Parameters
    ----------
    binary : (H, W) bool, True = ink
    shapes : sequence of LineShape
        Lines of that page; those that run up or down count for nothing.

    Returns
    -------
    float
        Above zero if upright is likelier; 0 where there is nothing to tell by.
    """
    paper = np.where(binary, np.uint8(0), np.uint8(255))
    shapes = [shape for shape in shapes if not is_steep(shape)]
    crops = [crop_line(paper, shape, _ROWS) for shape in shapes]
    inks = [
        (255 - crop).astype(np.float32) / 255
        for crop in crops
        if crop.shape[1] > _NARROWEST
    ]
    if not inks:
        return 0.0
    widths = [ink.shape[1] for ink in inks]
    bows = np.average([_bows(ink) for ink in inks], axis=0, weights=widths)
    rows = np.sum([ink.sum(axis=1) for ink in inks], axis=0)
    bands = rows.reshape(-1, 2).sum(axis=1) / max(float(rows.sum()), 1e-9)
    features = np.concatenate([bows, [_unevenness(shapes)], np.log(bands + 0.002)])
    return float(_BIAS + features @ _WEIGHTS)


def _bows(ink: npt.NDArray[Any]) -> list[float]:
    """Return how much more often bows are open above than below, and left than right.

    Logarithms, a pair for each radius.
    """
    found = []
    for radius in _BOWS:
        strengths = []
        for kernel in _bow_kernels(radius):
            answer = cv2.filter2D(ink, cv2.CV_32F, kernel)[_BODY]
            strengths.append(float((np.maximum(answer, 0) ** 3).sum()) + 1e-6)
        lower, upper, left, right = strengths
        found += [float(np.log(lower / upper)), float(np.log(left / right))]
    return found


def _bow_kernels(radius: int) -> list[_Floats]:
    """Return the lower, upper, left and right half of a ring."""
    down, across = np.mgrid[-radius : radius + 1, -radius : radius + 1].astype(float)
    ring = np.exp(-(((np.hypot(across, down) - 0.7 * radius) / (0.22 * radius)) ** 2))
    kernels = []
    for half in (down >= 0, down <= 0, across <= 0, across >= 0):
        bow = ring * half
        bow -= bow.mean()
        kernels.append((bow / np.sqrt((bow * bow).sum())).astype(np.float32))
    return kernels


def _unevenness(shapes: Sequence[LineShape]) -> float:
    """Return how much more uneven the ends of lines are than their beginnings."""
    if len(shapes) < _FEWEST:
        return 0.0
    height = float(np.median([shape.ascent for shape in shapes]))
    spreads = []
    for end in (0, -1):
        xs = np.array([shape.baseline[end][0] for shape in shapes])
        spread = float(np.median(np.abs(xs - np.median(xs))))
        spreads.append(float(np.log(spread / height + 0.2)))
    return spreads[1] - spreads[0]
