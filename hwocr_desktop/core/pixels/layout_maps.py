"""What a page's lines look like to a network: maps of their bodies and of weights.

The body of a line is the row of its small letters: neighboring lines touch each other
with ascenders and descenders, but not there.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape

_Floats = npt.NDArray[np.float32]
_Bytes = npt.NDArray[np.uint8]

MAP_PITCH = 20.0
"""Pixels between lines at the size in which networks see a page."""

UNTOLD = 0.25
"""Weight of ink beyond the lines of the truth: it may be writing nobody transcribed."""

_HIGH, _LOW = 0.55, -0.05  # of the ascent: where a body ends above the baseline
_SUBPIXEL = 4  # bits of the fraction in which outlines are drawn
_BEYOND = 1.0  # pitches around the lines of the truth that it is taken to describe


def draw_bodies(
    shapes: Sequence[LineShape], size: tuple[int, int], factor: float
) -> _Bytes:
    """Draw the bodies of lines.

    Parameters
    ----------
    shapes : sequence of LineShape
        In page pixels.
    size : (rows, columns)
        Of the map.
    factor : float
        Pixels of the map for one of the page.

    Returns
    -------
    (rows, columns) uint8
        255 in a body.
    """
    bodies = np.zeros(size, np.uint8)
    for shape in shapes:
        line = np.asarray(shape.baseline, np.float64)
        # Across the line as a whole: the body of a steep line is not above it.
        along = line[-1] - line[0]
        length = float(np.hypot(*along))
        up = np.array([along[1], -along[0]]) / length if length else np.array([0, -1.0])
        band = np.concatenate(
            [
                line + up * (_HIGH * shape.ascent),
                (line + up * (_LOW * shape.ascent))[::-1],
            ]
        )
        _fill(bodies, band, factor)
    return bodies


def draw_weights(
    density: _Floats,
    told: Sequence[LineShape],
    aside: Sequence[LineShape],
    factor: float,
) -> _Bytes:
    """Draw how much each pixel counts in learning.

    Where the truth says that there is a line but not what it is (print, struck out),
    nothing counts. Ink farther than a line's distance from all lines of the truth
    counts for a quarter: stamps and later notes are often left out of it.

    Parameters
    ----------
    density : (H, W) float32, 0..1
        Share of ink.
    told, aside : sequences of LineShape
        Lines with a text, and those that do not count; page pixels.
    factor : float
        Pixels of the map for one of the page.

    Returns
    -------
    (H, W) uint8
        255 for what counts fully.
    """
    around = np.zeros(density.shape, np.uint8)
    nothing = np.zeros(density.shape, np.uint8)
    for shapes, mask in ((told, around), (aside, nothing)):
        for shape in shapes:
            _fill(mask, np.asarray(shape.polygon, np.float64), factor)
    reach = 2 * round(_BEYOND * MAP_PITCH) + 1
    near = cv2.dilate(around, np.ones((reach, reach), np.uint8))
    weights = np.full(density.shape, 255, np.uint8)
    weights[(near == 0) & (density > 0)] = round(255 * UNTOLD)
    weights[(nothing > 0) & (around == 0)] = 0
    return weights


def _fill(mask: _Bytes, outline: npt.NDArray[np.float64], factor: float) -> None:
    """Fill an outline in page pixels, its corners kept finer than a pixel."""
    corners = (outline + 0.5) * factor - 0.5
    fixed = np.round(corners * 2**_SUBPIXEL).astype(np.int32)
    cv2.fillPoly(mask, [fixed], 255, shift=_SUBPIXEL)
