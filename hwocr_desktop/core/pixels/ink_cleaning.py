"""Take from a page's ink what is not writing: dark borders, ruled lines, specks.

All functions work on a reduced page, (H, W) float32 share of ink 0..1, whose line
pitch in pixels is given; lengths are shares of that pitch. They serve the search for
lines alone: a stroke that loses a pixel here is whole in the crop that is read.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.progress import CancelToken

_Floats = npt.NDArray[np.float32]
_Mask = npt.NDArray[np.uint8]

INK = 0.15  # share of ink that makes a reduced pixel part of a stroke

_NOISE_GAP = 0.22  # specks of a dark border lie closer together than this
_DARK_SIDE = 1.0  # an area that holds a filled square of this side is no writing
_DARK_INK = 0.3  # share of ink around a point of a dark area
_OUTSIDE = 1.5  # a strip this wide between a dark area and the edge is outside
_RULING_LENGTH = 6.0
_RULING_BREAK = 0.2  # a ruling may be broken by this much, words are farther apart
_RULING_BREAKS = 1.5  # breaks per pitch; letters have more
_RULING_FILL = 0.8  # share of a ruling that is ink
_BAR_LENGTH = 5.0
_BAR_INK = 0.3  # pixels of a bar are full of ink
_BAR_FILL = 0.93
_FAN = 0.045  # rulings may deviate from the page's slope by this much
_FAN_STEP = 0.009
_SPECK = 0.16  # largest side of a speck
_SMALL_PRINT = 0.1  # but letters of small print are this large,
_PRINT_GAP = 0.3  # this close together,
_PRINT_LENGTH = 0.6  # and form words this long
_PRINT_HEIGHT = 0.4  # and this flat


@dataclass(frozen=True, slots=True, eq=False)
class CleanInk:
    """The writing of a reduced page.

    Attributes
    ----------
    density : (H, W) float32
        Share of ink without borders, rulings and specks.
    labels : (H, W) int32
        Number of the connected piece a pixel belongs to; 0 is paper.
    upright : (H, W) bool
        Where an upright ruling was.
    """

    density: _Floats
    labels: npt.NDArray[np.int32]
    upright: npt.NDArray[np.bool_]


def keep_writing(
    density: _Floats, pitch: float, slope: float, cancel: CancelToken | None = None
) -> CleanInk:
    """Remove borders, rulings and specks from a reduced page.

    Parameters
    ----------
    density : (H, W) float32, 0..1
    pitch : float
        Line pitch in pixels of `density`.
    slope : float
        Slope of the lines.
    cancel : CancelToken, optional
        Looked at between the steps.
    """
    cancel = cancel or CancelToken()
    bright = np.where(dark_areas(density, pitch), np.float32(0), density)
    cancel.check()
    level = rulings(bright, pitch, slope)
    cancel.check()
    # Looked for before the level ones go, which take what crosses them along.
    upright = rulings(np.ascontiguousarray(bright.T), pitch, -slope)
    bright = _without(bright, level)
    bright = np.ascontiguousarray(_without(np.ascontiguousarray(bright.T), upright).T)
    cancel.check()
    kept, labels = _without_specks(bright, pitch)
    return CleanInk(kept, labels, upright.T > 0)


def shear(image: _Floats, slope: float) -> _Floats:
    """Move each column down by slope times its distance from the middle column."""
    if abs(slope) < 1e-6:
        return image
    height, width = image.shape
    matrix = np.array([[1, 0, 0], [slope, 1, -slope * width / 2]], np.float32)
    moved: _Floats = cv2.warpAffine(image, matrix, (width, height))
    return moved


def dark_areas(density: _Floats, pitch: float) -> npt.NDArray[np.bool_]:
    """Find scan borders, book covers and blots, and what lies outside of them."""
    margin = int(2 * pitch)
    ink = (density > 0.25).astype(np.uint8)
    ink = cv2.copyMakeBorder(ink, *(margin,) * 4, cv2.BORDER_REPLICATE)
    noise = _square(_NOISE_GAP * pitch)
    filled = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, noise)
    dark = cv2.morphologyEx(filled, cv2.MORPH_OPEN, _square(_DARK_SIDE * pitch))
    inner = dark[margin:-margin, margin:-margin]
    # Grain of paper and cloth merges as well, but holds little ink.
    around = cv2.blur(density, _square(_DARK_SIDE * pitch).shape)
    inner = inner & (around > _DARK_INK).astype(np.uint8)
    if not inner.any():
        return np.zeros(density.shape, np.bool_)
    # Everything off the page counts as dark, so that closing fills the strips
    # between a frame and the edge; then the page's own edge is given back.
    framed = cv2.copyMakeBorder(inner, *(margin,) * 4, cv2.BORDER_CONSTANT, value=1)
    filled = cv2.morphologyEx(framed, cv2.MORPH_CLOSE, _square(_OUTSIDE * pitch))
    found = filled[margin:-margin, margin:-margin] | inner
    return np.asarray(cv2.dilate(found, _square(0.5 * pitch)) > 0)


def rulings(density: _Floats, pitch: float, slope: float) -> _Mask:
    """Find long straight level lines and bars.

    Returns
    -------
    (H, W) uint8
        1 where a thin line is, 2 where a thick bar is.
    """
    height, width = density.shape
    length = min(_RULING_LENGTH * pitch, 0.9 * width)
    found = np.zeros((height, width), np.uint8)
    if length < 2.5 * pitch:
        return found
    half = max(1, width // 2)
    strokes = (density > 0.8 * INK).astype(np.uint8)
    thick = cv2.dilate(strokes, np.ones((2, 1), np.uint8)).astype(np.float32)
    thick = cv2.resize(thick, (half, height), interpolation=cv2.INTER_AREA)
    full = (density > _BAR_INK).astype(np.float32)
    plain = cv2.resize(full, (half, height), interpolation=cv2.INTER_AREA)
    squeeze = half / width
    for fan in np.arange(-_FAN, _FAN + 1e-6, _FAN_STEP):
        tilt = float(slope + fan) / squeeze
        thin = _thin_runs(shear(thick, -tilt), length * squeeze, pitch, squeeze)
        bars = _bar_runs(shear(plain, -tilt), _BAR_LENGTH * pitch * squeeze)
        for value, runs in ((1, thin), (2, bars)):
            if runs is None:
                continue
            back = cv2.resize(shear(runs, tilt), (width, height)) > 0.4
            found[back] = np.maximum(found[back], value)
    return np.asarray(cv2.dilate(found, np.ones((3, 1), np.uint8)))


def _thin_runs(
    strokes: _Floats, length: float, pitch: float, squeeze: float
) -> _Floats | None:
    """Return level runs of ink that are long, nearly unbroken and thin."""
    on = (strokes >= 0.5).astype(np.uint8)
    gap = np.ones((1, int(_RULING_BREAK * pitch * squeeze) | 1), np.uint8)
    run = np.ones((1, max(3, int(length)) | 1), np.uint8)
    closed = cv2.morphologyEx(on, cv2.MORPH_CLOSE, gap)
    long = cv2.morphologyEx(closed, cv2.MORPH_OPEN, run)
    if not long.any():
        return None
    fill = cv2.boxFilter(
        on.astype(np.float32), -1, run.shape[::-1], borderType=cv2.BORDER_REPLICATE
    )
    away = max(2, round(0.1 * pitch))
    above, below = np.roll(fill, away, axis=0), np.roll(fill, -away, axis=0)
    is_thin = np.minimum(above, below) < 0.6 * fill
    starts = np.zeros(on.shape, np.float32)
    starts[:, 1:] = on[:, 1:] > on[:, :-1]
    breaks = cv2.boxFilter(
        starts, -1, run.shape[::-1], borderType=cv2.BORDER_CONSTANT
    ) * (pitch * squeeze)
    is_whole = breaks < _RULING_BREAKS
    seeds = ((fill > _RULING_FILL) & is_thin & is_whole & (long > 0)).astype(np.uint8)
    return np.asarray(cv2.dilate(seeds, run) & long, np.float32)


def _bar_runs(strokes: _Floats, length: float) -> _Floats | None:
    """Return level runs of ink that are solid."""
    size = (max(3, int(length)) | 1, 1)
    fill = cv2.boxFilter(strokes, -1, size, borderType=cv2.BORDER_CONSTANT)
    solid = (fill > _BAR_FILL).astype(np.float32)
    if not solid.any():
        return None
    runs: _Floats = cv2.dilate(solid, np.ones((1, size[0]), np.uint8))
    return runs


def _without(density: _Floats, found: _Mask) -> _Floats:
    """Fill rulings from above and below, so that strokes that cross them stay."""
    if not found.any():
        return density
    away = 3
    above, below = np.zeros_like(density), np.zeros_like(density)
    above[away:], below[:-away] = density[:-away], density[away:]
    # Ink on one side is enough: letters stand on ruled lines.
    touching = np.minimum(density, np.maximum(above, below))
    kept = np.where(found == 1, touching, density)
    return np.where(found == 2, np.float32(0), kept)


def _without_specks(
    density: _Floats, pitch: float
) -> tuple[_Floats, npt.NDArray[np.int32]]:
    """Drop connected pieces that are smaller than a letter, unless they form words."""
    ink = (density > 0.2).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    sides = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    keep = sides >= _SPECK * pitch
    keep[0] = False
    # Small letters stand in flat rows, closer together than words are, or beside
    # larger letters.
    small = ((sides >= _SMALL_PRINT * pitch) & ~keep)[labels].astype(np.uint8)
    small[ink == 0] = 0
    gap = np.ones((1, int(_PRINT_GAP * pitch) | 1), np.uint8)
    row = cv2.morphologyEx(small, cv2.MORPH_CLOSE, gap)
    _, words, extents, _ = cv2.connectedComponentsWithStats(row, connectivity=8)
    is_word = (extents[:, cv2.CC_STAT_WIDTH] >= _PRINT_LENGTH * pitch) & (
        extents[:, cv2.CC_STAT_HEIGHT] <= _PRINT_HEIGHT * pitch
    )
    beside = cv2.dilate(keep[labels].astype(np.uint8), gap)
    is_word[np.unique(words[beside > 0])] = True
    is_word[0] = False
    keep[np.unique(labels[is_word[words] & (small > 0)])] = True
    numbers = np.where(keep, np.cumsum(keep), 0).astype(np.int32)[labels]
    return np.where(numbers > 0, density, np.float32(0)), numbers


def _square(side: float) -> _Mask:
    return np.ones((max(1, int(side)) | 1,) * 2, np.uint8)
