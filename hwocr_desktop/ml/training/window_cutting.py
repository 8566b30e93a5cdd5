"""Where the windows of a page lie, and their pixels, each made by itself."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.ml.training.binarizer_data import InkPage, WindowSource

LEAST_SIZE, MOST_SIZE = 16, 4096

Window = tuple[npt.NDArray[np.uint8], npt.NDArray[np.bool_]]
"""Gray (S, S) uint8, 0 = black, and truth (S, S) bool, True = ink."""


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """What decides the pixels of the windows.

    Attributes
    ----------
    size : int
        Side of a window in pixels.
    stride : int
        Pixels from window to window of a grid; 0 for `size`. The last ones of a row
        or column end with the page and may lie closer.
    count : int
        Windows of each page at random places instead of a grid; 0 for the grid.
    augment : bool
        Whether windows are turned, scaled and aged at random, as in training. As many
        as `count` says, or as the grid has.
    seed : int
        Of all that is random.
    """

    size: int = 160
    stride: int = 0
    count: int = 0
    augment: bool = False
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense.

        Raises
        ------
        BadRequest
            If one is out of range.
        """
        is_sized = LEAST_SIZE <= self.size <= MOST_SIZE
        if not is_sized or min(self.stride, self.count, self.seed) < 0:
            raise BadRequest(
                "The numbers given for the windows make no sense.",
                f"Give a size from {LEAST_SIZE} to {MOST_SIZE} pixels, and no negative "
                "numbers.",
            )


def windows(page: InkPage, settings: WindowSettings) -> Iterator[Callable[[], Window]]:
    """Yield what makes each window; it costs nothing before it is called.

    Each has randomness of its own, so that any one of them can be made again.

    Parameters
    ----------
    page : InkPage
    settings : WindowSettings

    Yields
    ------
    callable
        Returns gray and truth of one window.
    """
    size = settings.size
    corners = list(grid(page.gray.shape, size, settings.stride or size))
    source = WindowSource([page], size) if settings.augment else None
    for number in range(settings.count or len(corners)):
        key = [settings.seed, zlib.crc32(page.name.encode()), number]
        rng = np.random.default_rng(key)
        if source is not None:
            yield partial(_drawn, source, rng)
        elif settings.count:
            reach = [max(side - size, 0) + 1 for side in page.gray.shape]
            at = int(rng.integers(reach[0])), int(rng.integers(reach[1]))
            yield partial(_taken, page, at, size)
        else:
            yield partial(_taken, page, corners[number], size)


def _drawn(source: WindowSource, rng: np.random.Generator) -> Window:
    gray, _, ink = source.batch(1, rng)
    return np.rint(gray[0, ..., 0] * 255).astype(np.uint8), ink[0, ..., 0] > 0.5


def _taken(page: InkPage, at: tuple[int, int], size: int) -> Window:
    """Cut a window out; where the page is smaller, it goes on as in a mirror."""
    y, x = at
    gray = page.gray[y : y + size, x : x + size]
    ink = page.truth[y : y + size, x : x + size]
    below, right = size - gray.shape[0], size - gray.shape[1]
    if below or right:
        edges = (0, below, 0, right, cv2.BORDER_REFLECT_101)
        gray = np.asarray(cv2.copyMakeBorder(gray, *edges), np.uint8)
        ink = cv2.copyMakeBorder(ink.astype(np.uint8), *edges) > 0
    return gray, ink


def grid(shape: tuple[int, ...], size: int, stride: int) -> Iterator[tuple[int, int]]:
    """Yield the upper left corners (y, x) of windows that cover a page.

    Parameters
    ----------
    shape : (H, W)
    size, stride : int
        Side of a window, and pixels from one to the next. The last of a row or column
        ends with the page; on a smaller page there is one, at its corner.
    """
    starts = []
    for side in shape:
        last = max(side - size, 0)
        starts.append([*range(0, last, stride), last])
    for y in starts[0]:
        for x in starts[1]:
            yield y, x
