"""Line crops: a strip cut along the baseline, the same for training and for use."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.neighbor_strokes import (
    BEYOND,
    neighbor_strokes,
    paint_over,
)

GrayArray = npt.NDArray[np.uint8]

LINE_HEIGHT = 64
"""Height in pixels of a crop, and of what the line networks see."""

SIDE_MARGIN = 0.2
"""How far a crop reaches past both ends of the baseline, in crop heights: the first
and last letters overhang it."""

MAX_WIDTH = 16_384
"""Widest crop in pixels; a longer line, which is no writing, is squeezed."""

LEAST_RANGE = 16
"""Gray values between the darkest and the lightest pixel of a crop with writing, at
least."""

_INK = 80
"""Darkness after `stretch_ink` from which a pixel counts as ink of a stroke."""

MOST_SIDE = 32_000
"""Sides of a picture that OpenCV can sample; it takes no more than 32,766 pixels."""


def crop_line(
    gray: GrayArray, shape: LineShape, height: int = LINE_HEIGHT
) -> GrayArray:
    """Cut one line out of a page and straighten it along its baseline.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
        The page.
    shape : LineShape
        The line, in page pixels.
    height : int
        Height of the crop in pixels.

    Returns
    -------
    (height, W') uint8
        The strip, baseline horizontal, same polarity as the page. Its aspect is that
        of the line; pixels outside the page repeat the page's edge.
    """
    return _sample(gray, *_places(shape, height))


def crop_to_read(
    gray: GrayArray, shape: LineShape, height: int = LINE_HEIGHT
) -> GrayArray:
    """Cut one line out of a page as recognizers learn from it and read it.

    Strokes that reach into the crop from the lines above and below are painted over
    (`neighbor_strokes`); else it is `crop_line`, whose parameters it has.
    """
    beyond = round(BEYOND * height)
    map_x, map_y, step = _places(shape, height, beyond)
    strip = _sample(gray, map_x, map_y, step)
    bottom, right = gray.shape
    inside = (map_x >= 0) & (map_x < right) & (map_y >= 0) & (map_y < bottom)
    ink = (stretch_ink(strip) > _INK) & inside
    baseline = height * shape.ascent / max(shape.ascent + shape.descent, 4.0)
    strokes = neighbor_strokes(ink, beyond, float(baseline))
    return paint_over(strip, ink, strokes)[beyond : beyond + height]


def crop_margin(shape: LineShape) -> float:
    """Return how far a crop reaches past each end of the baseline, in its lengths.

    Parameters
    ----------
    shape : LineShape
        Of the line that is cut out.
    """
    line = np.asarray(shape.baseline, dtype=np.float64)
    length = float(np.hypot(*np.diff(line, axis=0).T).sum())
    return SIDE_MARGIN * _span(shape) / (length or 1.0)


def along_baseline(at: float, margin: float) -> float:
    """Turn a fraction of the width of a crop into one of its baseline's length.

    Parameters
    ----------
    at : float
    margin : float
        Of the crop, see `crop_margin`.
    """
    return at * (1 + 2 * margin) - margin


def across_crop(at: float, margin: float) -> float:
    """Turn a fraction of a baseline's length into one of the width of its crop.

    Parameters
    ----------
    at : float
    margin : float
        Of the crop, see `crop_margin`.
    """
    return (at + margin) / (1 + 2 * margin)


def _span(shape: LineShape) -> float:
    """Return how much of the page a crop is high."""
    return max(float(shape.ascent + shape.descent), 4.0)


def _places(
    shape: LineShape, height: int, beyond: int = 0
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], float]:
    """Return where on the page the pixels of a crop are, and how far from each other.

    Parameters
    ----------
    shape : LineShape
    height : int
        Rows of the crop.
    beyond : int
        Further rows above and below it.
    """
    span = _span(shape)
    step = span / height
    points, normals = _walk(shape, step, SIDE_MARGIN * span)
    rows = np.arange(-beyond, height + beyond, dtype=np.float32)
    rise = (rows + 0.5) * step - shape.ascent
    map_x = points[None, :, 0] + rise[:, None] * normals[None, :, 0]
    map_y = points[None, :, 1] + rise[:, None] * normals[None, :, 1]
    return map_x.astype(np.float32), map_y.astype(np.float32), step


def _walk(
    shape: LineShape, step: float, margin: float
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Walk along the baseline in equal steps; return points and downward normals."""
    line = np.asarray(shape.baseline, dtype=np.float64)
    keep = np.ones(len(line), dtype=bool)
    keep[1:] = np.any(np.diff(line, axis=0) != 0, axis=1)
    line = line[keep]
    if len(line) < 2:
        line = np.array([line[0], line[0] + (1.0, 0.0)])
    # Ends are lengthened along the direction of the outer part of the line, not of
    # its last segment, which is often a pixel or two long and points anywhere.
    reach = 2.0 * (shape.ascent + shape.descent)
    line = np.vstack(
        [_lengthen(line, margin, reach), line, _lengthen(line[::-1], margin, reach)]
    )
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    count = int(np.clip(np.ceil(along[-1] / step), 1, MAX_WIDTH))
    at = (np.arange(count) + 0.5) * (along[-1] / count)
    points = np.stack([np.interp(at, along, line[:, i]) for i in (0, 1)], axis=1)
    # Normals turn slowly: taken over a stretch as long as the line is high, so that
    # a jagged polyline does not shear the letters.
    half = 0.5 * (shape.ascent + shape.descent)
    before, after = (
        np.stack(
            [
                np.interp(np.clip(at + d, 0, along[-1]), along, line[:, i])
                for i in (0, 1)
            ],
            axis=1,
        )
        for d in (-half, half)
    )
    tangent = after - before
    tangent /= np.maximum(np.hypot(tangent[:, 0], tangent[:, 1])[:, None], 1e-6)
    normals = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    return points.astype(np.float32), normals.astype(np.float32)


def _lengthen(
    line: npt.NDArray[np.float64], margin: float, reach: float
) -> npt.NDArray[np.float64]:
    """Return a point ``margin`` before the line's first point."""
    away = np.hypot(*(line - line[0]).T)
    far = line[int(np.argmax(away >= min(reach, away.max())))]
    direction = line[0] - far
    return np.asarray(
        line[0] + direction / max(float(np.hypot(*direction)), 1e-6) * margin
    )[None]


def _sample(
    gray: GrayArray,
    map_x: npt.NDArray[np.float32],
    map_y: npt.NDArray[np.float32],
    step: float,
) -> GrayArray:
    """Sample the page at the given places, averaging where it is shrunk."""
    height, width = gray.shape
    x0 = int(np.clip(np.floor(map_x.min()) - 2, 0, width - 1))
    y0 = int(np.clip(np.floor(map_y.min()) - 2, 0, height - 1))
    x1 = int(np.clip(np.ceil(map_x.max()) + 3, x0 + 1, width))
    y1 = int(np.clip(np.ceil(map_y.max()) + 3, y0 + 1, height))
    part = gray[y0:y1, x0:x1]
    fx = fy = 1.0
    if step > 1.3 or max(part.shape) > MOST_SIDE:
        # Bilinear sampling alone would skip pixels and break thin strokes.
        size = [
            min(MOST_SIDE, max(1, round(side / max(step, 1.0))))
            for side in (x1 - x0, y1 - y0)
        ]
        fx, fy = size[0] / (x1 - x0), size[1] / (y1 - y0)
        part = np.asarray(
            cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8
        )
    out = cv2.remap(
        part,
        (map_x - x0 + 0.5) * fx - 0.5,
        (map_y - y0 + 0.5) * fy - 0.5,
        cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(out, np.uint8)


def fit_height(crop: GrayArray, height: int = LINE_HEIGHT) -> GrayArray:
    """Scale a ready-made line image to the height that the networks see.

    Parameters
    ----------
    crop : (H, W) uint8
        A line image from a file.
    height : int
        Height wanted, pixels.

    Returns
    -------
    (height, W') uint8
        The same image with its aspect kept, at most `MAX_WIDTH` wide.
    """
    rows, columns = crop.shape
    width = int(np.clip(round(columns * height / rows), 1, MAX_WIDTH))
    if (rows, columns) == (height, width):
        return crop
    way = cv2.INTER_AREA if height < rows else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(crop, (width, height), interpolation=way), np.uint8)


def stretch_ink(crop: GrayArray) -> GrayArray:
    """Turn a grey crop into ink on an even ground: 0 = paper, 255 = darkest ink.

    The paper level is the 40th percentile of darkness and full ink the 99.5th, so
    that faded and dark hands look alike to the network.

    Parameters
    ----------
    crop : (H, W) uint8, 0 = black

    Returns
    -------
    (H, W) uint8, 255 = ink
    """
    dark = 255 - crop
    low, high = percentiles(dark, (40.0, 99.5))
    # A floor under the range: an empty strip must not have its grain blown up.
    scale = 255.0 / max(high - low, 24.0)
    table = np.clip((np.arange(256) - low) * scale, 0, 255).round().astype(np.uint8)
    return np.asarray(cv2.LUT(dark, table), np.uint8)


def is_blank(crop: GrayArray) -> bool:
    """Return whether nothing can be written on a crop: it is of one gray, or empty."""
    return crop.size == 0 or int(crop.max()) - int(crop.min()) < LEAST_RANGE


def faint_shade(height: int) -> GrayArray:
    """Return a crop that a network looks at, since it is not blank: to warm it up."""
    return np.tile(np.arange(205, 256, dtype=np.uint8), (height, 4))


def percentiles(values: GrayArray, shares: Sequence[float]) -> list[float]:
    """Return what `numpy.percentile` does, counted: ten times as quick for bytes.

    Parameters
    ----------
    values : (H, W) uint8
        At least one pixel.
    shares : sequence of float
        Percentages, 0..100.
    """
    counts = cv2.calcHist([values], [0], None, [256], [0, 256]).ravel()
    reached = np.cumsum(counts, dtype=np.float64)
    levels = []
    for share in shares:
        at = (values.size - 1) * share / 100.0
        # The sorted pixel number n is the first level that more than n pixels reach.
        below, above = np.searchsorted(reached, (np.floor(at), np.ceil(at)), "right")
        levels.append(float(below + (above - below) * (at - np.floor(at))))
    return levels
