"""A page's pixels in several sizes, to be drawn at once at any zoom."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.mending import Box
from hwocr_desktop.core.progress import CancelToken, Report

Pixels = npt.NDArray[np.uint8]

SMALLEST_SIDE_PX = 700
"""Halving ends when the longer side is not longer than this."""

ENOUGH = 0.85
"""Pixels that an array must have for each one on the screen, along a side. A little
less than one cannot be told by eye, and keeps Qt from reducing twofold by itself."""

SOFTNESS = 24
"""How far above the cut reduced copies fade from paper to ink,"""

BELOW = 0.3
"""and how far below it, as a share of that."""


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """The same pixels in full and reduced.

    Attributes
    ----------
    arrays : tuple of (H, W) or (H, W, 3) uint8
        The page itself first, then each half as wide and high as the one before;
        half pixels are rounded up, so that each pixel stands for two by two. All lie
        row by row in memory without gaps.
    """

    arrays: tuple[Pixels, ...]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the page in pixels."""
        height, width = self.arrays[0].shape[:2]
        return width, height

    def choose(self, scale: float) -> int:
        """Return the number of the smallest array that still has enough pixels.

        Parameters
        ----------
        scale : float
            Pixels of the screen for one pixel of the page, above 0.
        """
        width = self.size[0]
        for number in range(len(self.arrays) - 1, 0, -1):
            if self.arrays[number].shape[1] >= ENOUGH * scale * width:
                return number
        return 0


def full_only(pixels: Pixels) -> Levels:
    """Return the page without reduced copies; copies only what Qt could not draw."""
    return Levels((np.ascontiguousarray(pixels),))


def build_levels(
    pixels: Pixels, *, cancel: CancelToken | None = None, report: Report | None = None
) -> Levels:
    """Make the reduced copies of a page; work for a background thread.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        The page. It is not copied if it lies in memory without gaps.

    Returns
    -------
    Levels
        A third more memory than the page itself.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    arrays = [np.ascontiguousarray(pixels)]
    while max(arrays[-1].shape[:2]) > SMALLEST_SIDE_PX:
        if cancel is not None:
            cancel.check()
        arrays.append(_halved(arrays[-1]))
    return Levels(tuple(arrays))


def blank_levels(size: tuple[int, int]) -> Levels:
    """Return an ink map of that width and height without any ink, in all sizes."""
    width, height = size
    arrays = [np.zeros((height, width), np.uint8)]
    while max(width, height) > SMALLEST_SIDE_PX:
        width, height = -(-width // 2), -(-height // 2)
        arrays.append(np.zeros((height, width), np.uint8))
    return Levels(tuple(arrays))


def renew_levels(levels: Levels, box: Box) -> None:
    """Bring the reduced copies up to date after the page was changed in place.

    Parameters
    ----------
    levels : Levels
        Their arrays must be writable.
    box : Box
        Where the page was changed, within the page.
    """
    x0, y0, x1, y1 = box
    if x0 >= x1 or y0 >= y1:
        return
    for large, small in zip(levels.arrays, levels.arrays[1:], strict=False):
        x0, y0, x1, y1 = x0 // 2, y0 // 2, -(-x1 // 2), -(-y1 // 2)
        part = large[2 * y0 : 2 * y1, 2 * x0 : 2 * x1]
        small[y0:y1, x0:x1] = _halved(part)


def _halved(pixels: Pixels) -> Pixels:
    """Return the means of two by two pixels; the last ones count for those missing."""
    height, width = pixels.shape[:2]
    if height % 2 or width % 2:
        border = cv2.BORDER_REPLICATE
        pixels = np.asarray(
            cv2.copyMakeBorder(pixels, 0, height % 2, 0, width % 2, border), np.uint8
        )
    size = pixels.shape[1] // 2, pixels.shape[0] // 2
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def cut_table(cut: int, softness: int = 0) -> list[int]:
    """Return the 256 colors that turn an ink map into paper and ink.

    Parameters
    ----------
    cut : int
        Ink is where the map is at least this, 1..255.
    softness : int
        0 gives exactly paper or ink. Reduced copies hold means of many pixels, which
        one hard cut would fray; they fade over this many steps above it, and over
        fewer below: a whole page of paper that is nearly ink shall not look gray.

    Returns
    -------
    list of int
        Opaque colors as Qt wants them, white for paper and black for ink.
    """
    values = np.arange(256)
    if softness:
        below = softness * BELOW
        paper = np.clip((cut + softness - values) / (softness + below), 0, 1)
    else:
        paper = (values < cut).astype(float)
    grays = np.round(255 * paper).astype(np.int64)
    colors = 0xFF000000 | grays * 0x010101
    return [int(color) for color in colors]
