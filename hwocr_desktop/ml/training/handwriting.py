"""Write a line of text with a handwriting font so that no two letters are alike.

Fonts join their letters, so letters cannot be moved one by one. Words are set with
small differences in size and height; then the whole line is bent by smooth random
curves whose waves are about as long as a letter. Joins stay closed, shapes differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Alpha = npt.NDArray[np.float32]

# Lines are drawn this many times larger and reduced at the end: smoother bends.
OVERSAMPLE = 2


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody writes.

    Attributes
    ----------
    font : Path or None
        TrueType, OpenType or WOFF file; None takes Pillow's own, which is upright.
    size : float
        Size of the font in page pixels.
    pitch : float
        Distance between the baselines of two lines, page pixels.
    weight : float
        How much the pen thickens the font's strokes, page pixels; 0 leaves them.
    unrest : float
        How uneven the hand is; 0 sets type, 1 is a practiced hand, 2 a hurried one.
    slant : float
        Shear added to the letters, to the right if positive (0.1 is about 6 degrees).
    gap : float
        Width of the space between words, times the font's own.
    """

    font: Path | None
    size: float
    pitch: float
    weight: float = 0.0
    unrest: float = 1.0
    slant: float = 0.0
    gap: float = 1.0


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """Ink of one line, before it is put on a page.

    Attributes
    ----------
    ink : (H, W) float32, 0 = none .. 1 = full
        ``OVERSAMPLE`` times larger than on the page.
    origin : (x, y)
        Where the baseline begins in ``ink``, in its pixels.
    length : float
        Length of the baseline in pixels of ``ink``.
    """

    ink: Alpha
    origin: tuple[float, float]
    length: float


@cache
def load_font(path: Path | None, size: int) -> ImageFont.FreeTypeFont:
    """Return a font at a size in pixels; opened once."""
    if path is not None:
        return ImageFont.truetype(str(path), size)
    font = ImageFont.load_default(size)
    if not isinstance(font, ImageFont.FreeTypeFont):
        raise RuntimeError("This Pillow was built without FreeType.")
    return font


def missing_characters(path: Path | None, text: str) -> str:
    """Return the characters of a text that a font would draw as an empty box."""
    return "".join(
        sorted({c for c in text if not c.isspace() and not _has_sign(path, c)})
    )


@cache
def _has_sign(path: Path | None, character: str) -> bool:
    font = load_font(path, 40)
    # No font draws a noncharacter: what appears is its sign for "missing".
    return bytes(font.getmask(character)) != bytes(font.getmask("\uffff"))


def line_length(text: str, hand: Hand) -> float:
    """Return about how long a line will be, in page pixels."""
    font = load_font(hand.font, round(hand.size * OVERSAMPLE))
    words = text.replace("\t", " ").split(" ")
    gaps = (len(words) - 1) * font.getlength(" ") * hand.gap
    return float(sum(font.getlength(word) for word in words) + gaps) / OVERSAMPLE


def smooth_curve(
    length: int, wave: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return a smooth random curve of (length,) values around 0, most within -1..1.

    Parameters
    ----------
    wave : float
        Distance between its free points.
    """
    knots = rng.normal(0, 0.5, (1, max(4, round(length / wave) + 3)))
    curve = cv2.resize(
        knots.astype(np.float32), (length, 1), interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(curve[0], dtype=np.float32)


def write_line(
    text: str, hand: Hand, rng: np.random.Generator, tab: float = 0.0
) -> WrittenLine:
    """Draw a line of text as somebody's hand would.

    Parameters
    ----------
    text : str
        One line; runs of spaces widen the gap, a tab moves on to ``tab``.
    rng : np.random.Generator
        Source of all differences.
    tab : float
        Where writing goes on after a tab, page pixels from the start of the line.

    Returns
    -------
    WrittenLine
        Full margins around the ink, so that no swash is cut.
    """
    size = hand.size * OVERSAMPLE
    margin = round(size * 1.2)
    width = round((line_length(text, hand) * 1.15 + tab) * OVERSAMPLE) + 2 * margin
    base = round(size * 1.5)
    picture = Image.new("L", (width, round(size * 2.7)), 0)
    draw = ImageDraw.Draw(picture)
    gap = load_font(hand.font, round(size)).getlength(" ") * hand.gap
    x = float(margin)
    stops = [x]
    for word in text.replace("\t", " \t").split(" "):
        if word.startswith("\t"):
            x = max(x, margin + tab * OVERSAMPLE)
            word = word[1:]
        if word:
            font = load_font(
                hand.font, round(size * (1 + rng.normal(0, 0.015) * hand.unrest))
            )
            rise = rng.normal(0, 0.012) * size * hand.unrest
            draw.text((x, base + rise), word, font=font, fill=255, anchor="ls")
            x += font.getlength(word)
        stops.append(x)
        x += gap * (1 + float(np.clip(rng.normal(0, 0.12), -0.3, 0.4)) * hand.unrest)
    ink = np.asarray(picture, dtype=np.float32) / np.float32(255)
    ink = _bend_letters(ink, base, hand, rng)
    ink = _press(ink, hand, rng) * _ink_flow(ink.shape[1], stops, rng)
    return WrittenLine(ink, (float(margin), float(base)), stops[-1] - margin)


def _bend_letters(ink: Alpha, base: int, hand: Hand, rng: np.random.Generator) -> Alpha:
    """Move, stretch and shear the letters by smooth curves along the line."""
    height, width = ink.shape
    size = hand.size * OVERSAMPLE
    near, far = size * 0.5, size * 4
    unrest = hand.unrest
    aside = 0.035 * size * unrest * smooth_curve(width, near, rng)
    rise = 0.02 * size * unrest * smooth_curve(width, near, rng)
    rise += 0.03 * size * unrest * smooth_curve(width, far, rng)
    tall = 1 + unrest * (
        0.05 * smooth_curve(width, near * 2, rng) + 0.04 * smooth_curve(width, far, rng)
    )
    shear = hand.slant + unrest * (
        0.05 * smooth_curve(width, near, rng) + 0.03 * smooth_curve(width, far, rng)
    )
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None] - base
    from_x = (x + aside[None, :] + shear[None, :] * y).astype(np.float32)
    from_y = ((y + rise[None, :]) / tall[None, :] + base).astype(np.float32)
    bent = cv2.remap(ink, from_x, from_y, cv2.INTER_LINEAR, borderValue=0)
    return np.asarray(bent, dtype=np.float32)


def _press(ink: Alpha, hand: Hand, rng: np.random.Generator) -> Alpha:
    """Thicken the strokes and roughen their edges, as a nib on paper does."""
    height, width = ink.shape
    sigma = 0.6 + 0.6 * hand.weight * OVERSAMPLE
    soft = cv2.GaussianBlur(ink, (0, 0), sigma)
    grain = rng.normal(0, 1, (height // 2 + 1, width // 2 + 1)).astype(np.float32)
    grain = cv2.GaussianBlur(grain, (0, 0), 1.2)
    grain = cv2.resize(grain, (width, height), interpolation=cv2.INTER_LINEAR)
    pressure = 0.06 * smooth_curve(width, hand.size * OVERSAMPLE, rng)[None, :]
    # The lower the level at which blurred ink counts, the thicker the stroke.
    level = 0.42 / (1 + 1.6 * hand.weight) - pressure * 0.5
    rough = (soft - level + 0.10 * grain * (soft > 0.02)) / 0.30 + 0.5
    return np.asarray(np.clip(rough, 0, 1) * (soft > 0.01), dtype=np.float32)


def _ink_flow(
    width: int, stops: list[float], rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return (1, width) strength of the ink: it fades until the pen is dipped."""
    strength, flow = rng.uniform(0.75, 1.0), []
    for _ in stops:
        flow.append(strength)
        strength -= rng.uniform(0.02, 0.07)
        if strength < rng.uniform(0.55, 0.75):
            strength = rng.uniform(0.92, 1.0)
    return np.interp(np.arange(width), stops, flow).astype(np.float32)[None, :]


def raise_columns(line: WrittenLine, offsets: npt.NDArray[np.float32]) -> WrittenLine:
    """Shift each column of a line up or down: a baseline that is not straight.

    Parameters
    ----------
    offsets : (W,) float32
        How far each column moves down, in pixels of ``line.ink``. The line grows by
        the largest shift above and below.
    """
    room = int(np.ceil(np.abs(offsets).max())) + 1
    height, width = line.ink.shape
    x = np.broadcast_to(
        np.arange(width, dtype=np.float32)[None, :], (height + 2 * room, width)
    )
    y = np.arange(height + 2 * room, dtype=np.float32)[:, None] - room
    from_y = (y - offsets[None, :]).astype(np.float32)
    ink = cv2.remap(
        line.ink, np.ascontiguousarray(x), from_y, cv2.INTER_LINEAR, borderValue=0
    )
    x0, y0 = line.origin
    return WrittenLine(np.asarray(ink, np.float32), (x0, y0 + room), line.length)
