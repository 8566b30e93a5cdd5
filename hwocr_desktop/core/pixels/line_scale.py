"""How large the writing on a page is and how much it slopes, before any line is known.

Both come from the page's profile: the ink per row, summed over narrow upright strips.
Strips shifted against each other follow a slope, and the profile of written lines
repeats itself after one line pitch.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

_Floats = npt.NDArray[np.float32]

_SIDE_PX = 1600  # longest side of the reduced copy that is measured
_STRIPS = 48
_BLOCK = 6  # strips side by side that are taken to share their lines
_STEEPEST = 0.21  # slope, about 12 degrees
_SLOPE_STEP = 0.00875  # half a degree
_PITCH_PER_HEIGHT = 1.8  # line pitch over the height of connected ink, typical
_HEIGHT_SPREAD = 0.55  # standard deviation of the logarithm of that ratio
_DOUBT = 0.08  # likeness that a profile without repeats may have by chance
_UNLIKELY = 0.1 * _DOUBT  # score below which no repeat suits the letters
_ROOM = 2.5  # pitches that a page must hold for its profile to repeat
_SCATTERED = 2.2  # then lines have more room
_SMALLEST_PITCH_PX = 5


@dataclass(frozen=True, slots=True)
class PageScale:
    """Measures of the writing on a page.

    Attributes
    ----------
    pitch : float
        Distance from one line to the next in page pixels.
    slope : float
        How far lines sink per pixel to the right.
    likeness : float
        How like itself the page is one pitch further down, 1 at most. Pages of ten
        lines and more have 0.26 and more; where a few words stand far apart, it is
        near 0, and the pitch is guessed from the height of letters.
    """

    pitch: float
    slope: float
    likeness: float


def measure_scale(binary: npt.NDArray[np.bool_]) -> PageScale | None:
    """Estimate line pitch and slope of a page.

    Parameters
    ----------
    binary : (H, W) bool, True = ink

    Returns
    -------
    PageScale or None
        None if there is nothing on the page that could be writing.
    """
    height, width = binary.shape
    factor = min(1.0, _SIDE_PX / max(height, width))
    density = shrink(binary, factor)
    component_height = _typical_height(density)
    if component_height is None:
        return None
    strips = _strip_profiles(density)
    slope = _best_slope(strips, density.shape[1])
    pitch, likeness = _repeat_length(strips, slope, density.shape[1], component_height)
    return PageScale(pitch / factor, slope, likeness)


def coherence(binary: npt.NDArray[np.bool_]) -> float:
    """Return how well the profiles of strips side by side agree, following a slope.

    Returns
    -------
    float
        1 where they know nothing of each other, up to the number of strips that are
        compared where all are alike; near 0 on a page without ink.
    """
    density = shrink(binary, min(1.0, _SIDE_PX / max(binary.shape)))
    strips, width = _strip_profiles(density), density.shape[1]
    slope = _best_slope(strips, width)
    together = alone = 1e-9
    for first in range(0, len(strips), 2 * _BLOCK):
        profile = np.zeros(strips.shape[1], np.float32)
        for index in range(first, first + 2 * _BLOCK):
            shift = round(slope * (index - first) * width / len(strips))
            strip = np.roll(strips[index], -shift)
            profile += strip
            alone += float((np.diff(strip) ** 2).sum())
        together += float((np.diff(profile) ** 2).sum())
    return together / alone


def shrink(binary: npt.NDArray[np.bool_], factor: float) -> _Floats:
    """Return the share of ink in each pixel, 0..1, of a page scaled by a factor."""
    height, width = binary.shape
    size = max(1, round(width * factor)), max(1, round(height * factor))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    full = np.ascontiguousarray(binary).view(np.uint8) * np.uint8(255)
    small: npt.NDArray[np.uint8] = cv2.resize(full, size, interpolation=method)
    return small.astype(np.float32) / np.float32(255)


def _typical_height(density: _Floats) -> float | None:
    """Return the height in pixels of a connected piece that holds middling ink."""
    ink = (density > 0.35).astype(np.uint8)
    height, width = ink.shape
    # Rulings tie whole pages together; what is left of the letters tells their height.
    long = max(8, width // 14)
    row = np.ones((1, long), np.uint8)
    ink &= 1 - cv2.morphologyEx(ink, cv2.MORPH_OPEN, row)
    stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
    # On a strip that holds one line letters take up much of the height.
    fits = (stats[:, 3] < max(0.25 * height, 0.1 * width)) & (stats[:, 2] < 0.7 * width)
    text = stats[fits & (stats[:, 4] >= 6)]
    if not len(text):
        text = stats[fits] if fits.any() else stats
    if not len(text):
        return None
    order = np.argsort(text[:, 3])
    ink_below = np.cumsum(text[order, 4])
    middle = int(np.searchsorted(ink_below, ink_below[-1] / 2))
    return float(text[order[middle], 3])


def _strip_profiles(density: _Floats) -> _Floats:
    """Return the ink per row in each of the upright strips, (_STRIPS, H)."""
    height = density.shape[0]
    columns: _Floats = cv2.resize(
        density, (_STRIPS, height), interpolation=cv2.INTER_AREA
    )
    # Dark areas hold no lines but would outweigh every line.
    return np.minimum(np.ascontiguousarray(columns.T), np.float32(0.5))


def _shifted(strips: _Floats, slope: float, first: int, width: int) -> _Floats:
    """Return the summed profile of one block of strips, following a slope."""
    total = np.zeros(strips.shape[1], np.float32)
    for index in range(first, min(first + _BLOCK, len(strips))):
        shift = round(slope * (index - first) * width / len(strips))
        total += np.roll(strips[index], -shift)
    return total


def _best_slope(strips: _Floats, width: int) -> float:
    """Return the slope along which the profile has the sharpest rises and falls."""
    slopes = np.arange(-_STEEPEST, _STEEPEST + 1e-6, _SLOPE_STEP)
    sharpness = np.zeros(len(slopes))
    for first in range(0, len(strips), 2 * _BLOCK):
        for i, slope in enumerate(slopes):
            profile = np.zeros(strips.shape[1], np.float32)
            for index in range(first, first + 2 * _BLOCK):
                shift = round(float(slope) * (index - first) * width / len(strips))
                profile += np.roll(strips[index], -shift)
            sharpness[i] += float((np.diff(profile) ** 2).sum())
    return float(slopes[int(sharpness.argmax())])


def _repeat_length(
    strips: _Floats, slope: float, width: int, component_height: float
) -> tuple[float, float]:
    """Return the lag after which the profile repeats and that suits the letters.

    And how like itself it is then.
    """
    likeness = _autocorrelation(strips, slope, width)
    inner = likeness[1:-1]
    peaks = np.flatnonzero((inner > likeness[:-2]) & (inner >= likeness[2:])) + 1
    peaks = peaks[peaks >= _SMALLEST_PITCH_PX]
    expected = _PITCH_PER_HEIGHT * component_height
    if not len(peaks) or strips.shape[1] < _ROOM * expected:
        return max(expected, _SMALLEST_PITCH_PX), 0.0
    deviation = np.log(peaks / expected) / _HEIGHT_SPREAD
    score = (np.maximum(likeness[peaks], 0.0) + _DOUBT) * np.exp(-0.5 * deviation**2)
    best = int(peaks[int(score.argmax())])
    if score.max() < _UNLIKELY:
        # A few words far apart repeat nothing.
        return max(_SCATTERED * expected, _SMALLEST_PITCH_PX), 0.0
    # Two pitches repeat as well as one.
    for part in (3, 2):
        near = peaks[np.abs(peaks - best / part) <= max(1.0, 0.06 * best / part)]
        if len(near) and likeness[near].max() >= 0.8 * likeness[best]:
            best = int(near[int(likeness[near].argmax())])
            break
    return float(best), float(likeness[best])


def _autocorrelation(strips: _Floats, slope: float, width: int) -> _Floats:
    """Return how like itself the profile is after each lag up to half the height."""
    height = strips.shape[1]
    longest = max(3, height // 2)
    size = 1 << int(np.ceil(np.log2(2 * height + 1)))
    total = np.zeros(longest)
    for first in range(0, len(strips), _BLOCK):
        profile = _shifted(strips, slope, first, width)
        background = cv2.GaussianBlur(
            profile[:, None], (0, 0), sigmaX=1, sigmaY=max(1.0, height / 12)
        )[:, 0]
        spectrum = np.fft.rfft(profile - background, size)
        lags = np.fft.irfft(np.abs(spectrum) ** 2, size)
        total += lags[:longest] if len(lags) >= longest else 0.0
    fewer = height / (height - np.arange(longest) * 1.0).clip(1)
    likeness = total * fewer / max(float(total[0]), 1e-9)
    return np.asarray(likeness, np.float32)
