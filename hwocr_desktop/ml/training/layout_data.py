"""What the layout network learns from: the ink of pages and the lines on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.layout_maps import MAP_PITCH, draw_bodies, draw_weights
from hwocr_desktop.core.pixels.line_scale import measure_scale, shrink

Rng = np.random.Generator
_Bytes = npt.NDArray[np.uint8]
_Floats = npt.NDArray[np.float32]

WINDOW = 320
"""Side of a window in pixels: sixteen lines."""


@dataclass(frozen=True, slots=True, eq=False)
class LayoutPage:
    """A page at the size in which the network sees it.

    Attributes
    ----------
    name : str
    ink, bodies, weights : (H, W) uint8
        Share of ink, bodies of lines, and how much each pixel counts; 0..255.
    """

    name: str
    ink: _Bytes
    bodies: _Bytes
    weights: _Bytes


class LayoutWindows(NamedTuple):
    """A batch: (N, S, S, 1) float32 each, 0..1."""

    ink: _Floats
    bodies: _Floats
    weights: _Floats


def layout_page(
    name: str,
    binary: npt.NDArray[np.bool_],
    told: Sequence[LineShape],
    aside: Sequence[LineShape],
) -> LayoutPage | None:
    """Bring a page to the network's size, measured as it is in use.

    Parameters
    ----------
    name : str
    binary : (H, W) bool, True = ink
    told, aside : sequences of LineShape
        Lines that count, and those that do not; page pixels.

    Returns
    -------
    LayoutPage or None
        None for a page on which there is nothing that could be writing.
    """
    scale = measure_scale(binary)
    if scale is None:
        return None
    factor = min(MAP_PITCH / scale.pitch, 1.0)
    density = shrink(binary, factor)
    return LayoutPage(
        name,
        (density * 255).astype(np.uint8),
        draw_bodies(told, density.shape, factor),
        draw_weights(density, told, aside, factor),
    )


def draw_windows(pages: Sequence[LayoutPage], count: int, rng: Rng) -> LayoutWindows:
    """Cut windows at random places, turned, scaled and soiled.

    Parameters
    ----------
    pages : sequence of LayoutPage
    count : int
    rng : numpy Generator
    """
    planes: list[list[_Bytes]] = []
    for _ in range(count):
        page = pages[int(rng.integers(len(pages)))]
        ink, bodies, weights = _turned(page, rng)
        other = pages[int(rng.integers(len(pages)))]
        planes.append([_soiled(ink, other, rng), bodies, weights])
    stacked = np.array(planes, np.float32)[..., None] / np.float32(255)
    return LayoutWindows(stacked[:, 0], stacked[:, 1], stacked[:, 2])


def _turned(page: LayoutPage, rng: Rng) -> tuple[_Bytes, _Bytes, _Bytes]:
    """Cut one window out of all maps of a page."""
    height, width = page.ink.shape
    scale = float(np.exp(rng.uniform(np.log(0.7), np.log(1.45))))
    angle = np.deg2rad(rng.normal(0.0, 2.0))
    # Windows reach a little beyond the page, as at its margins.
    center = rng.uniform(0.0, 1.0, 2) * (width, height)
    cos, sin = np.cos(angle) / scale, np.sin(angle) / scale
    bend = rng.normal(0.0, 0.03, 2)
    matrix = np.array([[cos, -sin + bend[0]], [sin + bend[1], cos]])
    offset = center - matrix @ (WINDOW / 2, WINDOW / 2)
    inverse = np.hstack([matrix, offset[:, None]]).astype(np.float32)
    flags = cv2.WARP_INVERSE_MAP | cv2.INTER_LINEAR

    def cut(plane: _Bytes, outside: int) -> _Bytes:
        return np.asarray(
            cv2.warpAffine(
                plane, inverse, (WINDOW, WINDOW), flags=flags, borderValue=(outside,)
            ),
            np.uint8,
        )

    return cut(page.ink, 0), cut(page.bodies, 0), cut(page.weights, 255)


def _soiled(ink: _Bytes, other: LayoutPage, rng: Rng) -> _Bytes:
    """Add what cleaning leaves: the other side, rules, borders, specks."""
    out = ink.astype(np.float32) * rng.uniform(0.7, 1.2)
    if rng.random() < 0.2:
        out = np.maximum(out, _other_side(other, rng))
    if rng.random() < 0.2:
        _rule(out, rng)
    if rng.random() < 0.1:
        _frame(out, rng)
    if rng.random() < 0.2:
        specks = rng.random(out.shape) < rng.uniform(0.0005, 0.01)
        out[specks] = rng.uniform(40, 255)
    if rng.random() < 0.2:
        # Pale writing that cleaning has broken up.
        holes = cv2.resize(rng.random((20, 20)).astype(np.float32), (WINDOW, WINDOW))
        out *= np.clip(2 * holes, 0.15, 1.0)
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def _other_side(other: LayoutPage, rng: Rng) -> _Floats:
    """Return another page, mirrored and partly gone, as it shines through."""
    height, width = other.ink.shape
    window = np.zeros((WINDOW, WINDOW), np.float32)
    y = int(rng.integers(max(1, height - WINDOW)))
    x = int(rng.integers(max(1, width - WINDOW)))
    part = other.ink[y : y + WINDOW, x : x + WINDOW][:, ::-1].astype(np.float32)
    window[: part.shape[0], : part.shape[1]] = part
    clouds = cv2.resize(rng.random((12, 12)).astype(np.float32), (WINDOW, WINDOW))
    window[clouds <= rng.uniform(0.35, 0.75)] = 0
    return np.asarray(window * rng.uniform(0.3, 1), np.float32)


def _rule(out: _Floats, rng: Rng) -> None:
    """Draw the lines of ruled paper."""
    spacing = rng.uniform(0.6, 1.6) * MAP_PITCH
    slope = rng.normal(0.0, 0.02)
    y = rng.uniform(0, spacing)
    level = float(rng.uniform(40, 200))
    while y < WINDOW:
        ends = (0, round(y)), (WINDOW, round(y + slope * WINDOW))
        cv2.line(out, *ends, (level,), 1)
        y += spacing


def _frame(out: _Floats, rng: Rng) -> None:
    """Blacken a side, as the edge of a scan or of a microfilm."""
    wide = int(rng.integers(5, WINDOW // 4))
    side = int(rng.integers(4))
    edge = (slice(0, wide), slice(None)) if side < 2 else (slice(None), slice(0, wide))
    view = out[::-1, ::-1] if side % 2 else out
    view[edge] = 255
