"""From the samples of any file to 8-bit gray, and 8-bit color where there is color.

Pages have up to hundreds of megapixels, so everything goes in strips of rows: no
whole-page temporary of a wide type is ever made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

U8 = npt.NDArray[np.uint8]
Samples = npt.NDArray[Any]

STRIP_PIXELS = 1 << 21
# Difference between red, green and blue that nobody sees. WebP and JPEG add one or two
# to a gray page, which would cost three more bytes a pixel.
_INVISIBLE = 3
# Depths that cameras and scanners have, whatever container they store them in.
_DEPTHS = (8, 10, 12, 14, 16, 24, 32, 40, 48, 56, 64)


def strip_rows(width: int) -> int:
    """Return how many rows of that width make one strip."""
    return max(1, STRIP_PIXELS // max(1, width))


def row_strips(samples: Samples) -> Iterable[Samples]:
    """Cut an array into strips of rows, without copying."""
    rows = strip_rows(samples.shape[1])
    return (samples[y : y + rows] for y in range(0, samples.shape[0], rows))


def to_8_bit(low: float, high: float, dtype: np.dtype[Any]) -> Callable[[Samples], U8]:
    """Choose how samples of a picture become 8 bits.

    The depth is the smallest of 8, 10, 12, 14, 16, ... bits that holds the largest
    sample: a full 16-bit scan loses its lower byte, and 12-bit data in a 16-bit file
    is recognized. Only where neither a depth nor 0..1 fits are the extremes stretched.

    Parameters
    ----------
    low, high : float
        Smallest and largest finite sample of the whole picture.
    dtype : numpy.dtype
        Type of the samples.

    Returns
    -------
    callable
        Turns any part of the picture into uint8, 0 = black; not-a-number turns white.
    """
    if dtype == np.uint8:
        return lambda samples: samples
    if dtype == np.bool_:
        return lambda samples: samples.astype(np.uint8) * np.uint8(255)
    if dtype.kind in "ui" and low >= 0:
        shift = next(depth for depth in _DEPTHS if high < 2**depth) - 8
        return lambda samples: (samples >> dtype.type(shift)).astype(np.uint8)
    if dtype.kind == "f" and low >= 0 and high <= 1:
        return lambda samples: _stretched(samples, 0.0, 1.0)
    if dtype.kind == "f" and low >= 0 and high < 2**16:
        # Integers stored as floats.
        top = 2.0 ** next(depth for depth in _DEPTHS if high < 2**depth)
        return lambda samples: _stretched(samples, 0.0, top - top / 256)
    return lambda samples: _stretched(samples, low, high)


def _stretched(samples: Samples, low: float, high: float) -> U8:
    scale = 255.0 / (high - low) if high > low else 0.0
    values = (samples.astype(np.float64) - low) * scale
    white = np.nan_to_num(values, nan=255.0, posinf=255.0, neginf=0.0)
    return np.clip(np.rint(white), 0, 255).astype(np.uint8)


def extremes(strips: Iterable[Samples]) -> tuple[float, float]:
    """Return the smallest and the largest finite sample; 0, 0 if there is none."""
    low, high = np.inf, -np.inf
    for strip in strips:
        finite = strip if strip.dtype.kind != "f" else strip[np.isfinite(strip)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
    return (low, high) if low <= high else (0.0, 0.0)


def on_white(rgb: U8, alpha: U8, *, premultiplied: bool = False) -> U8:
    """Lay a translucent picture on white paper.

    Parameters
    ----------
    rgb : (H, W, C) uint8
        Colors.
    alpha : (H, W) uint8
        0 = transparent, 255 = opaque.
    premultiplied : bool
        Whether the colors have been multiplied by alpha already.

    Returns
    -------
    (H, W, C) uint8
    """
    cover = alpha.astype(np.uint16)[..., None]
    color = rgb.astype(np.uint16)
    paper = 255 * (255 - cover)
    mixed = (color * 255 if premultiplied else color * cover) + paper
    # Rounded division by 255; premultiplied colors above alpha would overflow white.
    return np.minimum((mixed.astype(np.uint32) + 127) // 255, 255).astype(np.uint8)


def eight_bit_strips(
    pixels: Samples, alpha: Samples | None, *, premultiplied: bool = False
) -> Iterator[U8]:
    """Yield a page of any depth as strips of 8 bits, laid on white paper.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) array of any numeric type
        Gray or RGB.
    alpha : (H, W) array of the same type, or None
        0 = transparent. Ignored where it is 0 everywhere.
    premultiplied : bool
        Whether the colors have been multiplied by alpha already.

    Yields
    ------
    (h, W) or (h, W, 3) uint8
    """
    dtype = pixels.dtype
    bounds = (0.0, 255.0)
    if dtype != np.uint8:
        bounds = extremes(row_strips(pixels))
    convert = to_8_bit(*bounds, dtype)
    if alpha is None or not alpha.any():
        # Some scanners leave the transparency empty; an invisible page is no page.
        for strip in row_strips(pixels):
            yield convert(strip)
        return
    cover = bounds if dtype == np.uint8 else extremes(row_strips(alpha))
    convert_alpha = to_8_bit(*cover, dtype)
    pairs = zip(row_strips(pixels), row_strips(alpha), strict=True)
    for strip, cover_strip in pairs:
        flat = convert(strip)
        colors = flat if flat.ndim == 3 else flat[..., None]
        mixed = on_white(
            colors, convert_alpha(cover_strip), premultiplied=premultiplied
        )
        yield mixed if flat.ndim == 3 else mixed[..., 0]


def gray_and_color(
    strips: Iterable[U8], height: int, width: int
) -> tuple[U8, U8 | None]:
    """Assemble a page, keeping color only if there is any.

    Parameters
    ----------
    strips : iterable of (h, W) or (h, W, 3) uint8
        The page from top to bottom, gray or RGB.
    height, width : int
        Its size in pixels.

    Returns
    -------
    gray : (H, W) uint8
        Luma after ITU-R BT.601.
    color : (H, W, 3) uint8 or None
        RGB, or None where red, green and blue are the same in every pixel, give or
        take what lossy compression does to a gray page.
    """
    gray = np.empty((height, width), np.uint8)
    color: U8 | None = None
    y = 0
    for strip in strips:
        rows = slice(y, y + strip.shape[0])
        y += strip.shape[0]
        if strip.ndim == 2:
            gray[rows] = strip
            continue
        gray[rows] = cv2.cvtColor(np.ascontiguousarray(strip), cv2.COLOR_RGB2GRAY)
        if color is None and not _is_gray(strip):
            color = np.empty((height, width, 3), np.uint8)
            color[: rows.start] = gray[: rows.start, :, None]
        if color is not None:
            color[rows] = strip
    if y != height:
        raise ValueError(f"{y} rows where {height} were promised")
    return gray, color


def _is_gray(rgb: U8) -> bool:
    # Most color shows in the first pixels; the whole strip is compared only if not.
    for part in (rgb[:1], rgb):
        red, green, blue = cv2.split(np.ascontiguousarray(part))
        for difference in (cv2.absdiff(red, green), cv2.absdiff(green, blue)):
            if difference.max() > _INVISIBLE:
                return False
    return True


def oriented(pixels: U8, orientation: int) -> U8:
    """Turn a picture upright.

    Parameters
    ----------
    pixels : (H, W) or (H, W, C) uint8
        As stored in the file.
    orientation : int
        Tag 274 of TIFF and EXIF, 1..8; anything else means upright.

    Returns
    -------
    (H, W) or (W, H), ... uint8
        As it is to be seen, contiguous.
    """
    # What the tag says of the stored rows and columns, undone.
    if orientation in (5, 6, 7, 8):
        pixels = cv2.transpose(pixels)
    flips = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}
    if orientation in flips:
        pixels = cv2.flip(pixels, flips[orientation])
    return np.ascontiguousarray(pixels)


def turned(pixels: U8, rotation: int) -> U8:
    """Turn a picture clockwise by 0, 90, 180 or 270 degrees."""
    return oriented(pixels, {0: 1, 90: 6, 180: 3, 270: 8}[rotation])
