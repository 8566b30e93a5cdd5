"""Distortions of line crops, so that few hands teach about many.

All work on ink (0 = paper, 255 = ink) at the height the network sees, and take their
randomness from the generator they are given.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

InkArray = npt.NDArray[np.uint8]
Rng = np.random.Generator


def distort(
    ink: InkArray,
    rng: Rng,
    neighbor: InkArray | None = None,
    strength: float = 1.0,
) -> InkArray:
    """Return a line as another pen, hand, paper and camera might have made it.

    Parameters
    ----------
    ink : (H, W) uint8, 255 = ink
        A stretched crop.
    rng : numpy Generator
    neighbor : (H, W2) uint8, optional
        Another line; its strokes may reach in from above or below, as they do in
        real pages.
    strength : float
        How often and how far lines are distorted: 0 not at all, 1 for training of
        many passes, about a half for few.

    Returns
    -------
    (H, W') uint8
        W' differs from W by the random width scale.
    """

    def happens(share: float) -> bool:
        return bool(rng.random() < share * strength)

    if neighbor is not None and happens(0.3):
        ink = reach_in(ink, neighbor, rng)
    if strength > 0:
        ink = warp(ink, rng, strength)
    if happens(0.5):
        ink = change_stroke(ink, rng)
    if happens(0.6):
        ink = change_tone(ink, rng)
    if happens(0.25):
        sigma = float(rng.uniform(0.4, 1.2))
        ink = np.asarray(cv2.GaussianBlur(ink, (0, 0), sigma), np.uint8)
    if happens(0.15):
        ok, data = cv2.imencode(
            ".jpg", ink, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 60))]
        )
        if ok:
            ink = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    if happens(0.5):
        grain = rng.normal(0.0, rng.uniform(2, 14), ink.shape)
        ink = np.clip(ink + grain, 0, 255).astype(np.uint8)
    return ink


def warp(ink: InkArray, rng: Rng, strength: float = 1.0) -> InkArray:
    """Shear, scale, shift, tilt and bend a line in one resampling."""
    height, width = ink.shape
    scale_x = float(1.0 + strength * rng.uniform(-0.18, 0.22))
    scale_y = float(1.0 + strength * rng.uniform(-0.2, 0.12))
    shear = float(rng.normal(0.0, 0.22 * strength))
    tilt = float(rng.normal(0.0, 0.012 * strength))
    out_width = max(8, round(width * scale_x))
    y = np.arange(height, dtype=np.float32)[:, None]
    x = np.arange(out_width, dtype=np.float32)[None, :]
    middle = height / 2
    shift = float(rng.uniform(-0.07, 0.07)) * height * strength
    rise = (y - middle - shift) / scale_y
    map_x = x / scale_x + shear * rise
    map_y = middle + rise + tilt * (x / scale_x - width / 2)
    if rng.random() < 0.7 * strength:
        # A coarse random field, enlarged smoothly: the hand's own unsteadiness.
        cells = (3, max(2, out_width // 48))
        for target, spread in ((map_x, 2.6), (map_y, 1.7)):
            field = rng.normal(0.0, spread * strength, cells).astype(np.float32)
            target += cv2.resize(
                field, (out_width, height), interpolation=cv2.INTER_CUBIC
            )
    out = cv2.remap(ink, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    return np.asarray(out, np.uint8)


def change_stroke(ink: InkArray, rng: Rng) -> InkArray:
    """Thicken or thin the strokes, by less than a pixel or by one."""
    kernel = cv2.getStructuringElement(
        cv2.MORPH_ELLIPSE if rng.random() < 0.5 else cv2.MORPH_CROSS, (3, 3)
    )
    change = cv2.dilate if rng.random() < 0.5 else cv2.erode
    share = float(rng.uniform(0.3, 1.0))
    out = cv2.addWeighted(change(ink, kernel), share, ink, 1.0 - share, 0.0)
    return np.asarray(out, np.uint8)


def change_tone(ink: InkArray, rng: Rng) -> InkArray:
    """Fade the ink along the line, change its gamma, and shade the paper."""
    height, width = ink.shape
    level = ink.astype(np.float32) / 255.0
    level **= float(rng.uniform(0.6, 1.6))
    wave = rng.uniform(0.45, 1.0, (1, max(2, width // 160))).astype(np.float32)
    level *= cv2.resize(wave, (width, height), interpolation=cv2.INTER_LINEAR)
    paper = rng.uniform(0.0, 0.22, (2, max(2, width // 90))).astype(np.float32)
    paper = cv2.resize(paper, (width, height), interpolation=cv2.INTER_CUBIC)
    level = level + np.clip(paper, 0.0, 1.0) * (1.0 - level)
    return np.asarray(np.clip(level * 255.0, 0, 255), np.uint8)


def reach_in(ink: InkArray, neighbor: InkArray, rng: Rng) -> InkArray:
    """Let strokes of another line enter from above or below."""
    height, width = ink.shape
    strip = int(rng.integers(4, height // 4))
    columns = np.arange(width) % max(1, neighbor.shape[1])
    out = ink.copy()
    if rng.random() < 0.5:
        np.maximum(out[:strip], neighbor[-strip:][:, columns], out=out[:strip])
    else:
        np.maximum(out[-strip:], neighbor[:strip][:, columns], out=out[-strip:])
    return out


def hide_pieces(ink: InkArray, rng: Rng) -> InkArray:
    """Take some pieces out of a line, each up to a letter wide, over its whole height.

    What stood there can only be told from its neighbors: a network that knows its
    lines by heart learns something from them again (Chaudhary and Bali 2022,
    arXiv:2205.14879; Li et al. 2025, DOI 10.1016/j.patcog.2024.110967).

    Parameters
    ----------
    ink : (H, W) uint8, 255 = ink
    rng : numpy Generator

    Returns
    -------
    (H, W) uint8
        A tenth of a long line is paper now, on average.
    """
    height, width = ink.shape
    out = ink.copy()
    for _ in range(int(rng.integers(1, 2 + width // height))):
        piece = int(rng.integers(max(1, height // 16), max(2, height * 3 // 8)))
        left = int(rng.integers(1 - piece, width))
        out[:, max(0, left) : left + piece] = 0
    return out
