"""Turn a gray page into ink by a threshold, one for the page or one for each pixel.

Every method gives an ink map and a cut rather than a finished binary page, so that a
person can move the cut afterward whatever the method was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels import otsu
from hwocr_desktop.core.pixels.contrast_islands import keep_contrasting
from hwocr_desktop.core.pixels.otsu import otsu_threshold, strips
from hwocr_desktop.core.progress import CancelToken

__all__ = [
    "DEFAULT_K",
    "DEFAULT_VALUE",
    "DEFAULT_WINDOW",
    "LOCAL_CUT",
    "LOCAL_METHODS",
    "METHODS",
    "Ink",
    "apply_cut",
    "ink_by_threshold",
    "otsu_threshold",
]

METHODS: tuple[str, ...] = ("otsu", "global", "sauvola", "wolf", "nick", "isauvola")
LOCAL_METHODS: tuple[str, ...] = ("sauvola", "wolf", "nick", "isauvola")

# Chosen on the training pages of the contests: side of the window in pixels, and k.
DEFAULT_WINDOW = {"sauvola": 51, "wolf": 25, "nick": 51, "isauvola": 25}
DEFAULT_K = {"sauvola": 0.2, "wolf": 0.3, "nick": -0.15, "isauvola": 0.1}
DEFAULT_VALUE = 127

# The cut at which a local method's ink map is exactly the method.
LOCAL_CUT = 128
Gray = npt.NDArray[np.uint8]
Plane = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """An ink map and the cut that goes with it.

    Attributes
    ----------
    map : (H, W) uint8
        0 = surely paper .. 255 = surely ink.
    cut : int
        Ink is where ``map >= cut``, 1..255.
    """

    map: npt.NDArray[np.uint8]
    cut: int

    def binary(self, cut: int | None = None) -> npt.NDArray[np.bool_]:
        """Return (H, W) bool, True = ink, at `cut` or at the method's own."""
        return apply_cut(self.map, self.cut if cut is None else cut)


def apply_cut(ink_map: npt.NDArray[np.uint8], cut: int) -> npt.NDArray[np.bool_]:
    """Return where an ink map is ink.

    Parameters
    ----------
    ink_map : (H, W) uint8
        0 = paper .. 255 = ink.
    cut : int
        1..255.

    Raises
    ------
    BadRequest
        If the cut is out of range.
    """
    if not 1 <= cut <= 255:
        raise BadRequest(
            f"The cut {cut} is out of range.", "Choose a cut from 1 to 255."
        )
    return np.asarray(ink_map >= cut)


def ink_by_threshold(
    gray: Gray,
    method: str,
    *,
    window: int = 0,
    k: float | None = None,
    value: int | None = None,
    cancel: CancelToken | None = None,
) -> Ink:
    """Find ink by a classical threshold.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
        The page.
    method : str
        "otsu" or "global" (one threshold T: ink where ``gray <= T``), or "sauvola",
        "wolf" or "nick" (a threshold at each pixel from the mean and the standard
        deviation around it; the window is cut off at the page's borders), or
        "isauvola" (Sauvola's ink without islands that nowhere stand out sharply).
    window : int
        Side of the neighborhood of a local method in pixels, made odd; 0 for its
        default.
    k : float, optional
        Sensitivity of a local method.
    value : int, optional
        The threshold T of "global", 0..254.
    cancel : CancelToken, optional
        Looked at in each strip of a large page.

    Returns
    -------
    Ink
        For one threshold, map = 255 - gray and cut = 255 - T. For local ones,
        map = 128 + (T(x, y) - gray), limited to 0..255, and cut = 128; for
        "isauvola" islands are lowered, see `keep_contrasting`. In all cases the
        binary page at that cut is exactly what the method says.

    Raises
    ------
    BadRequest
        If the method is unknown, or a parameter out of range.

    Notes
    -----
    A page of one single gray has no contrast and thus no ink, unless it is black;
    then only "isauvola" finds none.

    References
    ----------
    N. Otsu, 1979, DOI 10.1109/TSMC.1979.4310076.
    J. Sauvola, M. Pietikäinen, 2000, DOI 10.1016/S0031-3203(99)00055-2.
    C. Wolf, J.-M. Jolion, 2004, DOI 10.1007/s10044-003-0197-7.
    K. Khurshid et al., 2009, DOI 10.1117/12.805827.
    Z. Hadjadj et al., 2016, DOI 10.1007/978-3-319-41501-7_82.
    """
    if gray.ndim != 2 or gray.size == 0:
        raise BadRequest("The page has no pixels.", "Choose another scan.")
    if method in LOCAL_METHODS:
        return _local_ink(gray, method, window, k, cancel)
    if method == "otsu":
        threshold = otsu_threshold(gray)
    elif method == "global":
        threshold = DEFAULT_VALUE if value is None else value
    else:
        raise BadRequest(
            f"There is no threshold called {method}.",
            f"Choose one of: {', '.join(METHODS)}.",
        )
    if not 0 <= threshold <= 254:
        raise BadRequest(
            f"The threshold {threshold} is out of range.",
            "Choose a threshold from 0 to 254.",
        )
    return Ink(np.asarray(cv2.bitwise_not(gray), np.uint8), 255 - threshold)


def _local_ink(
    gray: Gray, method: str, window: int, k: float | None, cancel: CancelToken | None
) -> Ink:
    """Compare each pixel with its own threshold, strip by strip."""
    if window < 0 or (k is not None and not np.isfinite(k)):
        raise BadRequest(
            "The window or the sensitivity of the threshold is out of range.",
            "Choose a window of 3 pixels or more and a sensitivity between -1 and 1.",
        )
    radius = (window or DEFAULT_WINDOW[method]) // 2
    surface = _surface(
        gray, method, radius, DEFAULT_K[method] if k is None else k, cancel
    )
    ink_map = np.empty(gray.shape, np.uint8)
    for y0, y1, mean, deviation in _neighborhoods(gray, radius, cancel):
        threshold = surface(mean, deviation)
        # gray is whole, so gray <= T and gray <= floor(T) say the same.
        np.floor(threshold, out=threshold)
        threshold -= gray[y0:y1]
        threshold += LOCAL_CUT
        ink_map[y0:y1] = np.clip(threshold, 0, 255, out=threshold)
    if method == "isauvola":
        ink_map = keep_contrasting(ink_map, gray, LOCAL_CUT, cancel=cancel)
    return Ink(ink_map, LOCAL_CUT)


def _surface(
    gray: Gray, method: str, radius: int, k: float, cancel: CancelToken | None
) -> Callable[[Plane, Plane], Plane]:
    """Return what makes thresholds of means and standard deviations."""
    if method in ("sauvola", "isauvola"):
        return lambda mean, deviation: mean * (1 + k * (deviation / 128 - 1))
    if method == "nick":
        return lambda mean, deviation: (
            mean + k * np.asarray(cv2.magnitude(mean, deviation))
        )
    darkest = float(gray.min())
    widest = max(float(s.max()) for *_, s in _neighborhoods(gray, radius, cancel))
    if widest == 0:
        return lambda mean, _: np.zeros_like(mean)
    return lambda mean, deviation: (
        mean - k * (1 - deviation / widest) * (mean - darkest)
    )


def _neighborhoods(
    gray: Gray, radius: int, cancel: CancelToken | None
) -> Iterator[tuple[int, int, Plane, Plane]]:
    """Yield y0, y1 and the (y1 - y0, W) mean and standard deviation around each pixel.

    Pixels beyond the page do not count: sums are taken with zeros there and divided by
    the number of pixels that exist.
    """
    height, width = gray.shape
    middle = round(cv2.mean(gray)[0])
    across = _counts(width, radius)
    down = _counts(height, radius)
    for y0, y1 in strips(gray.shape, max(otsu.STRIP_PIXELS, width * radius)):
        if cancel is not None:
            cancel.check()
        top, bottom = max(0, y0 - radius), min(height, y1 + radius)
        # Less the page's own gray: the variance of plain paper is a difference of
        # near equals, and float32 keeps small squares exactly enough.
        strip = gray[top:bottom].astype(np.float32) - middle
        rows = slice(y0 - top, y1 - top)
        size = (2 * radius + 1, 2 * radius + 1)
        border = cv2.BORDER_CONSTANT | cv2.BORDER_ISOLATED
        share = 1 / (down[y0:y1, None] * across[None, :])
        mean = cv2.boxFilter(strip, -1, size, normalize=False, borderType=border)[rows]
        mean *= share
        np.square(strip, out=strip)
        deviation = cv2.boxFilter(strip, -1, size, normalize=False, borderType=border)[
            rows
        ]
        deviation *= share
        deviation -= mean * mean
        np.sqrt(np.maximum(deviation, 0, out=deviation), out=deviation)
        mean += middle
        yield y0, y1, mean, deviation


def _counts(length: int, radius: int) -> Plane:
    """Return how many pixels of an axis lie within `radius` of each."""
    at = np.arange(length)
    first, last = np.maximum(at - radius, 0), np.minimum(at + radius, length - 1)
    return (last - first + 1).astype(np.float32)
