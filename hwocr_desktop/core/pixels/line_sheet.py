"""Contact sheets of lines: each line's picture, its truth, and what was read in it.

What differs is colored as on the sheets of cleaned pages, and underlined, so that a
space shows too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from hwocr_desktop.core.pixels.contact_sheet import (
    FALSE_INK,
    MISSING_INK,
    encoded,
    sheet_font,
)
from hwocr_desktop.core.text.confusions import aligned

WIDTH = 1400
"""Of a sheet, in pixels."""

_MARGIN, _GAP, _ENTRY_GAP, _LABEL = 24, 6, 26, 70
_TEXT_PX, _SMALL_PX, _ROW = 24, 14, 34
_TALLEST = 96
_BLACK, _GRAY, _WHITE, _RULE = (20, 20, 20), (90, 90, 90), (255, 255, 255), (215,) * 3

Color = tuple[int, int, int]
Colored = list[tuple[str, Color]]


@dataclass(frozen=True, slots=True, eq=False)
class LineShown:
    """A line on a sheet.

    Attributes
    ----------
    caption : str
        Its name, and how wrong it is.
    gray : (H, W) uint8, 0 = black
    truth, read : str
    """

    caption: str
    gray: npt.NDArray[np.uint8]
    truth: str
    read: str


def line_sheet(lines: Sequence[LineShown]) -> bytes:
    """Draw lines below each other, with what was read in them, as a PNG file.

    Parameters
    ----------
    lines : sequence of LineShown
        A few dozen: all are on one sheet.
    """
    entries = [(line, _fitted(line.gray), *colored(line)) for line in lines]
    heights = [
        _SMALL_PX
        + picture.shape[0]
        + _ROW * (len(_rows(truth)) + len(_rows(read)))
        + 3 * _GAP
        + _ENTRY_GAP
        for _, picture, truth, read in entries
    ]
    sheet = Image.new("RGB", (WIDTH, 2 * _MARGIN + _ROW + sum(heights)), _WHITE)
    pen = ImageDraw.Draw(sheet)
    missing = [("missing or misread", MISSING_INK), ("   ", _BLACK)]
    _write(pen, (_MARGIN, _MARGIN), [*missing, ("read, but wrong", FALSE_INK)], 18)
    top = _MARGIN + _ROW
    for (line, picture, truth, read), height in zip(entries, heights, strict=True):
        _draw(sheet, pen, top, line.caption, picture, truth, read)
        top += height
    return encoded(sheet)


def colored(line: LineShown) -> tuple[Colored, Colored]:
    """Return the characters of truth and reading, each with its color.

    Right ones are black, those of the truth that were misread or left out have
    `MISSING_INK`, those of the reading that are wrong `FALSE_INK`.
    """
    truth: Colored = []
    read: Colored = []
    for ours, theirs in aligned(line.read, line.truth):
        is_right = ours == theirs
        if theirs:
            truth.append((theirs, _BLACK if is_right else MISSING_INK))
        if ours:
            read.append((ours, _BLACK if is_right else FALSE_INK))
    return truth, read


def _draw(
    sheet: Image.Image,
    pen: ImageDraw.ImageDraw,
    top: int,
    caption: str,
    picture: npt.NDArray[np.uint8],
    truth: Colored,
    read: Colored,
) -> None:
    pen.text((_MARGIN, top), caption, fill=_GRAY, font=sheet_font(_SMALL_PX))
    top += _SMALL_PX + _GAP
    sheet.paste(Image.fromarray(picture), (_MARGIN + _LABEL, top))
    top += picture.shape[0] + _GAP
    for label, text in (("truth", truth), ("read", read)):
        at = (_MARGIN, top + _TEXT_PX - _SMALL_PX)
        pen.text(at, label, fill=_GRAY, font=sheet_font(_SMALL_PX))
        for row in _rows(text):
            _write(pen, (_MARGIN + _LABEL, top), row, _TEXT_PX)
            top += _ROW
    rule = top + _ENTRY_GAP // 2
    pen.line((_MARGIN, rule, WIDTH - _MARGIN, rule), fill=_RULE)


def _rows(text: Colored) -> list[Colored]:
    """Break a text where it reaches the right margin; at least one row."""
    font = sheet_font(_TEXT_PX)
    rows: list[Colored] = [[]]
    x = 0.0
    for character, color in text:
        wide = font.getlength(character)
        if x + wide > WIDTH - 2 * _MARGIN - _LABEL and rows[-1]:
            rows.append([])
            x = 0.0
        rows[-1].append((character, color))
        x += wide
    return rows


def _write(
    pen: ImageDraw.ImageDraw, at: tuple[int, int], text: Colored, size: int
) -> None:
    """Write characters one after the other; what is not black is underlined."""
    font = sheet_font(size)
    x, y = float(at[0]), at[1]
    for characters, color in text:
        wide = font.getlength(characters)
        pen.text((x, y), characters, fill=color, font=font)
        if color != _BLACK:
            pen.rectangle((x + 1, y + size + 4, x + wide - 1, y + size + 6), fill=color)
        x += wide


def _fitted(gray: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return the picture, reduced to the room that there is."""
    tall, wide = gray.shape
    scale = min(1.0, (WIDTH - 2 * _MARGIN - _LABEL) / wide, _TALLEST / tall)
    if scale == 1.0:
        return gray
    size = (max(1, round(wide * scale)), max(1, round(tall * scale)))
    return np.asarray(cv2.resize(gray, size, interpolation=cv2.INTER_AREA), np.uint8)
