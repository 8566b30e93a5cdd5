"""Contact sheets of pages: true and found baselines drawn over each page."""

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
    fitting,
    sheet_font,
)
from hwocr_desktop.core.pixels.geometry import Point

PAGE_WIDTH, PER_ROW = 640, 3
"""Pixels of a page on the sheet, and pages beside each other."""

_MARGIN, _GAP, _TEXT_PX, _CAPTION = 20, 18, 15, 24
_TALLEST = 1000
_ASIDE = (150, 150, 150)
_PALE = 0.45
# How much of the page's contrast stays, so that the lines stand out.

Baseline = Sequence[Point]


@dataclass(frozen=True, slots=True, eq=False)
class PageShown:
    """A page on a sheet.

    Attributes
    ----------
    caption : str
    gray : (H, W) uint8, 0 = black
    truth, found, aside : sequences of polylines
        True baselines, found ones, and those that do not count; page pixels.
    """

    caption: str
    gray: npt.NDArray[np.uint8]
    truth: Sequence[Baseline]
    found: Sequence[Baseline]
    aside: Sequence[Baseline]


def layout_sheet(pages: Sequence[PageShown]) -> bytes:
    """Draw pages beside and below each other, as a PNG file.

    True baselines are broad and blue, found ones narrow and vermilion over them; grey
    ones do not count. A blue line without a red one was missed.

    Parameters
    ----------
    pages : sequence of PageShown
        A dozen: all are on one sheet.
    """
    drawn = [_draw(page) for page in pages]
    rows = [drawn[i : i + PER_ROW] for i in range(0, len(drawn), PER_ROW)]
    heights = [max(picture.height for picture in row) for row in rows]
    columns = min(PER_ROW, max(len(drawn), 1))
    width = 2 * _MARGIN + columns * PAGE_WIDTH + (columns - 1) * _GAP
    height = 2 * _MARGIN + sum(heights) + _GAP * max(len(rows) - 1, 0)
    sheet = Image.new("RGB", (width, height), "white")
    y = _MARGIN
    for row, tall in zip(rows, heights, strict=True):
        for column, picture in enumerate(row):
            sheet.paste(picture, (_MARGIN + column * (PAGE_WIDTH + _GAP), y))
        y += tall + _GAP
    return encoded(sheet)


def _draw(page: PageShown) -> Image.Image:
    height, width = page.gray.shape
    scale = min(PAGE_WIDTH / width, _TALLEST / height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(page.gray, size, interpolation=cv2.INTER_AREA)
    pale = (255 - (255 - small.astype(np.float32)) * _PALE).astype(np.uint8)
    picture = Image.new("RGB", (PAGE_WIDTH, size[1] + _CAPTION), "white")
    picture.paste(Image.fromarray(pale).convert("RGB"), (0, _CAPTION))
    pen = ImageDraw.Draw(picture)
    font = sheet_font(_TEXT_PX)
    pen.text((0, 0), fitting(page.caption, font, PAGE_WIDTH), (20, 20, 20), font)
    for lines, color, thick in (
        (page.aside, _ASIDE, 3),
        (page.truth, MISSING_INK, 5),
        (page.found, FALSE_INK, 2),
    ):
        for line in lines:
            points = [(x * scale, y * scale + _CAPTION) for x, y in line]
            pen.line(points, color, thick, "curve")
    return picture
