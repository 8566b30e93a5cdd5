"""Paper that has been used and kept: grain, stains, folds, rules, and the scanner.

A *shade* is (H, W) float32 by which light is multiplied, 1 where nothing is. Shades
are laid on colored paper by `tint`, which turns brown what it darkens.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

Shade = npt.NDArray[np.float32]
Light = npt.NDArray[np.float32]
Color = tuple[float, float, float]

# How strongly red, green and blue follow a shade: old paper loses blue first.
_BROWN = np.array([0.75, 1.0, 1.5], dtype=np.float32)


def value_noise(
    shape: tuple[int, int], cell: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return smooth noise, most within -1..1, with blobs of size ``cell``."""
    height, width = shape
    knots = rng.normal(
        0, 0.5, (max(3, int(height / cell) + 3), max(3, int(width / cell) + 3))
    )
    noise = cv2.resize(
        knots.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(noise, dtype=np.float32)


def grain(shape: tuple[int, int], rng: np.random.Generator) -> Shade:
    """Return the shade of laid fibers and of clouds in the sheet."""
    height, width = shape
    # At half size: the fibers are coarser than a pixel, and the file stays small.
    small = (height // 2 + 1, width // 2 + 1)
    fiber = np.zeros(small, dtype=np.float32)
    for kernel in ((9, 3), (3, 9)):
        loose = rng.normal(0, 1, small).astype(np.float32)
        fiber += np.asarray(cv2.GaussianBlur(loose, kernel, 0), dtype=np.float32)
    fiber = np.asarray(cv2.resize(fiber, (width, height)), dtype=np.float32)
    clouds = 0.6 * value_noise(shape, 40, rng) + value_noise(shape, 220, rng)
    return np.asarray(1 + 0.018 * fiber + 0.022 * clouds, dtype=np.float32)


def worn_edges(shape: tuple[int, int], depth: float, rng: np.random.Generator) -> Shade:
    """Return the shade of edges that light and fingers have darkened by ``depth``."""
    height, width = shape
    x = np.minimum(np.arange(width), np.arange(width)[::-1])[None, :]
    y = np.minimum(np.arange(height), np.arange(height)[::-1])[:, None]
    distance = np.minimum(x, y).astype(np.float32)
    reach = 70 * (1 + 0.5 * value_noise(shape, 150, rng))
    return np.asarray(
        1 - depth * np.exp(-distance / np.maximum(reach, 15)), dtype=np.float32
    )


def foxing(shape: tuple[int, int], count: int, rng: np.random.Generator) -> Shade:
    """Return the shade of ``count`` small brown spots of damp."""
    height, width = shape
    shade = np.ones(shape, dtype=np.float32)
    for _ in range(count):
        center = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        radius = int(rng.gamma(2.0, 2.0)) + 2
        spot = np.zeros(shape, dtype=np.uint8)
        cv2.circle(spot, center, radius, 255, -1)
        y0, y1 = max(0, center[1] - 40), center[1] + 40
        x0, x1 = max(0, center[0] - 40), center[0] + 40
        soft = cv2.GaussianBlur(spot[y0:y1, x0:x1], (0, 0), radius * 0.6 + 0.8)
        shade[y0:y1, x0:x1] *= 1 - rng.uniform(0.08, 0.3) * (
            np.asarray(soft, dtype=np.float32) / 255
        )
    return shade


def water_stain(
    shape: tuple[int, int],
    center: tuple[float, float],
    radius: float,
    depth: float,
    rng: np.random.Generator,
) -> Shade:
    """Return the shade of dried water: a pale inside and a dark, ragged rim.

    Parameters
    ----------
    center : (x, y)
        May lie outside the page.
    radius : float
        Mean radius in pixels.
    depth : float
        How much the rim darkens, 0..1.
    """
    height, width = shape
    x = np.arange(width, dtype=np.float32)[None, :] - center[0]
    y = np.arange(height, dtype=np.float32)[:, None] - center[1]
    ragged = 1 + 0.16 * value_noise(shape, radius * 0.5, rng)
    ragged += 0.04 * value_noise(shape, radius * 0.1, rng)
    distance = np.hypot(x, y) / (radius * ragged)
    inside = 1 / (1 + np.exp(np.minimum((distance - 1) * 40, 60)))
    rim = np.exp(-(((distance - 0.985) / 0.02) ** 2))
    return np.asarray(1 - depth * (0.35 * inside + 0.65 * rim), dtype=np.float32)


def folds(
    shape: tuple[int, int],
    rows: Sequence[float],
    columns: Sequence[float],
    rng: np.random.Generator,
) -> Shade:
    """Return the shade of folds at heights and widths given as fractions, 0..1."""
    height, width = shape
    shade = np.ones(shape, dtype=np.float32)
    for fractions, length, other, axis in (
        (rows, height, width, 0),
        (columns, width, height, 1),
    ):
        for fraction in fractions:
            wander = 2 * np.cumsum(rng.normal(0, 0.05, other)).astype(np.float32)
            along = np.arange(length, dtype=np.float32)[:, None]
            offset = along - fraction * length - wander[None, :]
            # One side of a fold leans to the light, the other away from it.
            profile = 0.035 * np.exp(-((offset / 22) ** 2)) * np.sign(offset)
            crease = -0.10 * np.exp(-((offset / 1.3) ** 2))
            fold = (1 + profile + crease).astype(np.float32)
            shade *= fold if axis == 0 else fold.T
    return shade


def rules(
    shape: tuple[int, int], rows: Sequence[float], columns: Sequence[float] = ()
) -> npt.NDArray[np.float32]:
    """Return (H, W) strength 0..1 of printed rules at heights and widths in pixels."""
    drawn = np.zeros(shape, dtype=np.uint8)
    height, width = shape
    for row in rows:
        y = round(row * 16)
        cv2.line(drawn, (0, y), (width * 16, y), 255, 1, cv2.LINE_AA, 4)
    for column in columns:
        x = round(column * 16)
        cv2.line(drawn, (x, 0), (x, height * 16), 255, 1, cv2.LINE_AA, 4)
    return np.asarray(drawn, dtype=np.float32) / np.float32(255)


def tint(tone: Color, shade: Shade) -> Light:
    """Return (H, W, 3) light 0..1 of paper of a tone (0..255) under a shade."""
    base = np.array(tone, dtype=np.float32) / 255
    return np.asarray(
        base * np.clip(shade, 0.02, 1.2)[:, :, None] ** _BROWN, dtype=np.float32
    )


def put_ink(light: Light, strength: npt.NDArray[np.float32], color: Color) -> Light:
    """Return the light after ink of a color (0..255) and (H, W) strength 0..1."""
    ink = np.array(color, dtype=np.float32) / 255
    part = np.clip(strength, 0, 1)[:, :, None]
    return np.asarray(light * (1 - part) + ink * part, dtype=np.float32)


def scanned(
    light: Light, noise: float, rng: np.random.Generator
) -> npt.NDArray[np.uint8]:
    """Return what a scanner makes of a page: slightly soft, with noise in 0..255."""
    soft = np.asarray(cv2.GaussianBlur(light, (0, 0), 0.55), dtype=np.float32)
    sensor = rng.normal(0, noise, light.shape[:2]).astype(np.float32)[:, :, None]
    pixels = np.clip(soft * 255 + sensor, 0, 255).round()
    return np.asarray(pixels, dtype=np.uint8)


def scratches(
    shape: tuple[int, int], count: int, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return (H, W) strength 0..1 of dust and of scratches along a film."""
    height, width = shape
    drawn = np.zeros(shape, dtype=np.uint8)
    for _ in range(count):
        x = int(rng.integers(0, width))
        start, length = (
            int(rng.integers(-height // 2, height)),
            int(rng.integers(height // 8, height)),
        )
        lean = int(rng.integers(-4, 5))
        cv2.line(drawn, (x, start), (x + lean, start + length), 130, 1, cv2.LINE_AA)
    for _ in range(count * 12):
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        cv2.circle(drawn, (x, y), int(rng.integers(0, 3)), 200, -1, cv2.LINE_AA)
    return np.asarray(drawn, dtype=np.float32) / np.float32(255)
