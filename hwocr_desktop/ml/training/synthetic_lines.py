"""Lines of handwriting drawn with fonts, as crops of scanned pages show them.

Fonts write evenly and pages are clean; what a recognizer must not rely on is varied:
the hand, the pen, where the crop's edges lie, the lines above and below, the paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import features

from hwocr_desktop.core.errors import BadRequest, FileNotReadable
from hwocr_desktop.core.pixels.crops import LINE_HEIGHT
from hwocr_desktop.ml.training.handwriting import (
    OVERSAMPLE,
    Hand,
    WrittenLine,
    load_font,
    missing_characters,
    raise_columns,
    smooth_curve,
    write_line,
)
from hwocr_desktop.ml.training.paper import grain, rules, value_noise

Gray = npt.NDArray[np.uint8]
Ink = npt.NDArray[np.float32]
Rng = np.random.Generator

X_HEIGHT = 14.0
"""Height of an x as fonts are drawn, pixels; the crop is scaled afterward."""

# How often each is seen; the rest of what varies is drawn continuously.
TIGHT, NEIGHBORS, RULED, BEHIND, BILEVEL, SOFT = 0.3, 0.4, 0.15, 0.2, 0.2, 0.3

MOST_RISE = 0.85
"""Height of small letters against capitals; fonts above it write capitals only."""

_PROBE = 200
_TRIES = 20


@dataclass(frozen=True, slots=True)
class SyntheticLine:
    """A drawn line.

    Attributes
    ----------
    gray : (64, W) uint8, 0 = black
    text : str
    font : Path
    """

    gray: Gray
    text: str
    font: Path


def check_fonts(fonts: Sequence[Path]) -> None:
    """Refuse fonts that cannot be opened.

    Raises
    ------
    BadRequest
        If none is named, or one has no small letters.
    FileNotReadable
        If one is missing, or no font.
    """
    if not fonts:
        raise BadRequest(
            "No font to write with is named.", "Name files of handwriting fonts."
        )
    for font in fonts:
        try:
            is_lower = x_height(font) < MOST_RISE * _rise(font, "AEMNRSUVXZ")
        except OSError as error:
            formats = "TrueType, OpenType or WOFF"
            if not features.check("freetype2"):
                formats = "any kind, as this computer's Pillow lacks FreeType,"
            raise FileNotReadable(
                f"The font {font} cannot be opened.",
                f"Check that it is there and a font of {formats}.",
            ) from error
        if missing_characters(font, "aehnost") or not is_lower:
            raise BadRequest(
                f"The font {font} has no small letters of the Latin alphabet.",
                "Leave it out.",
            )


@cache
def x_height(font: Path) -> float:
    """Return how high the small letters of a font are, in parts of its size."""
    return _rise(font, "aemnrsuvxz")


def _rise(font: Path, letters: str) -> float:
    """Return the median height of letters above the baseline, in parts of the size."""
    drawn = load_font(font, _PROBE)
    tops = [drawn.getbbox(letter, anchor="ls")[1] for letter in letters]
    return -float(np.median(tops)) / _PROBE


def draw_synthetic(
    source: Callable[[Rng], str], fonts: Sequence[Path], rng: Rng
) -> SyntheticLine | None:
    """Draw a line of text of a source with one of the fonts.

    Parameters
    ----------
    source : callable
        From `text_source`.
    fonts : sequence of Path
        From `check_fonts`.
    rng : numpy Generator

    Returns
    -------
    SyntheticLine or None
        None if of many texts none could be written whole with the font chosen for it.
    """
    for _ in range(_TRIES):
        text, font = source(rng), fonts[int(rng.integers(len(fonts)))]
        if not missing_characters(font, text):
            others = (source(rng), source(rng), source(rng))
            return SyntheticLine(draw_line(text, font, rng, others), text, font)
    return None


def draw_line(
    text: str, font: Path, rng: Rng, others: Sequence[str] = ("", "", "")
) -> Gray:
    """Draw a line and cut it out as a page's lines are cut.

    Parameters
    ----------
    text : str
    font : Path
    rng : numpy Generator
    others : three str
        What the lines above and below and the other side of the sheet say, should
        they be seen.

    Returns
    -------
    (64, W) uint8, 0 = black
    """
    hand = _some_hand(font, rng)
    line = _wander(write_line(text, hand, rng), hand, rng)
    ink = line.ink
    top, bottom = _edges(line, hand, rng)
    if rng.random() < NEIGHBORS:
        pitch = rng.uniform(2.4, 4.0) * X_HEIGHT * OVERSAMPLE
        for other, way in zip(others[:2], (-1, 1), strict=True):
            if other and rng.random() < 0.7:
                _put(ink, write_line(other, hand, rng), line, way * pitch, rng)
    room = rng.uniform(0.1, 0.9, 2) * X_HEIGHT * OVERSAMPLE
    ink = _window(ink, top, bottom, room)
    behind = None
    if others[2] and rng.random() < BEHIND:
        far = write_line(others[2], hand, rng).ink[:, ::-1]
        behind = cv2.resize(far, ink.shape[::-1], interpolation=cv2.INTER_AREA)
    height = LINE_HEIGHT
    width = max(8, round(ink.shape[1] * height / ink.shape[0]))
    ink = _reduced(ink, width, height)
    if behind is not None:
        behind = _reduced(np.asarray(behind, np.float32), width, height)
    return _on_paper(ink, behind, rng)


def _some_hand(font: Path, rng: Rng) -> Hand:
    """Return a way of writing with a font, letters of a fixed height."""
    return Hand(
        font,
        size=X_HEIGHT / x_height(font),
        pitch=0.0,
        weight=float(rng.uniform(0.0, 1.0) ** 1.5 * 1.1),
        unrest=float(rng.uniform(0.5, 2.2)),
        slant=float(np.clip(rng.normal(0.05, 0.14), -0.3, 0.45)),
        gap=float(rng.uniform(0.7, 1.8)),
    )


def _wander(line: WrittenLine, hand: Hand, rng: Rng) -> WrittenLine:
    """Let the line climb, sink and sway."""
    width = line.ink.shape[1]
    reach = X_HEIGHT * OVERSAMPLE
    sway = smooth_curve(width, rng.uniform(5, 15) * reach, rng) * reach * 0.12
    slope = np.linspace(-0.5, 0.5, width, dtype=np.float32) * width
    offsets = hand.unrest * sway + float(rng.normal(0, 0.004)) * slope
    return raise_columns(line, offsets.astype(np.float32))


def _edges(line: WrittenLine, hand: Hand, rng: Rng) -> tuple[int, int]:
    """Return the rows between which the crop lies: close to the ink or about it."""
    rows = np.flatnonzero((line.ink > 0.3).any(axis=1))
    if not len(rows):
        rows = np.array([round(line.origin[1]) - 1, round(line.origin[1])])
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    unit = X_HEIGHT * OVERSAMPLE
    if rng.random() < TIGHT:
        edge = rng.uniform(0.0, 0.3, 2) * unit
        return round(top - edge[0]), round(bottom + edge[1])
    # As outlines on pages are drawn: by the letters' usual height, so that long ones
    # are cut off and small ones have room.
    base = line.origin[1]
    up = base - rng.uniform(1.7, 2.8) * unit
    down = base + rng.uniform(0.6, 1.4) * unit
    blend = rng.uniform(0.0, 0.6)
    return round(up + blend * (top - up)), round(down + blend * (bottom - down))


def _put(
    ink: Ink, other: WrittenLine, line: WrittenLine, drop: float, rng: Rng
) -> None:
    """Write another line below (or above) a line, in place, as far as there is room."""
    y = round(line.origin[1] + drop - other.origin[1])
    x = round(rng.uniform(-0.5, 0.5) * ink.shape[1])
    top, bottom = max(y, 0), min(y + other.ink.shape[0], ink.shape[0])
    left, right = max(x, 0), min(x + other.ink.shape[1], ink.shape[1])
    if top < bottom and left < right:
        part = other.ink[top - y : bottom - y, left - x : right - x]
        np.maximum(ink[top:bottom, left:right], part, out=ink[top:bottom, left:right])


def _window(ink: Ink, top: int, bottom: int, room: npt.NDArray[np.float64]) -> Ink:
    """Cut rows out, with so much room left and right of the ink between them."""
    above, below = max(0, -top), max(0, bottom - ink.shape[0])
    part = ink[max(top, 0) : max(bottom, max(top, 0) + 1)]
    part = np.pad(part, ((above, below), (0, 0)))
    columns = np.flatnonzero((part > 0.3).any(axis=0))
    left, right = (int(columns[0]), int(columns[-1]) + 1) if len(columns) else (0, 1)
    left, right = round(left - room[0]), round(right + room[1])
    return part[:, max(left, 0) : right]


def _reduced(ink: Ink, width: int, height: int) -> Ink:
    reduced = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(reduced, dtype=np.float32)


def _on_paper(ink: Ink, behind: Ink | None, rng: Rng) -> Gray:
    """Lay ink on paper and scan it."""
    shape = (ink.shape[0], ink.shape[1])
    if rng.random() < BILEVEL:
        level = rng.uniform(0.35, 0.6)
        sharp = np.clip((ink - level) * rng.uniform(4, 12) + 0.5, 0, 1)
        return np.asarray((255 * (1 - sharp)).round(), dtype=np.uint8)
    paper = rng.uniform(150, 250)
    light = np.full(shape, paper, dtype=np.float32) * grain(shape, rng)
    light *= 1 + 0.06 * value_noise(shape, rng.uniform(60, 400), rng)
    if behind is not None:
        light *= 1 - rng.uniform(0.04, 0.25) * behind
    if rng.random() < RULED:
        row = rng.uniform(0.55, 0.85) * shape[0]
        light *= 1 - rng.uniform(0.1, 0.4) * rules(shape, [row])
    dark = paper * rng.uniform(0.1, 0.65)
    # Ink pools and dries out within a stroke.
    texture = 1 + rng.uniform(0.0, 0.3) * value_noise(shape, rng.uniform(3, 12), rng)
    cover = np.clip(ink * rng.uniform(0.8, 1.0) * texture, 0, 1)
    light = light * (1 - cover) + dark * cover
    if rng.random() < SOFT:
        light = cv2.GaussianBlur(light, (0, 0), rng.uniform(0.5, 1.1))
    noisy = light + rng.normal(0, rng.uniform(0.5, 7.0), shape)
    return np.asarray(np.clip(noisy, 0, 255).round(), dtype=np.uint8)
