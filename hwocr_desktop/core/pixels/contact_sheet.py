"""Contact sheets: many pages, how they were cleaned, and where that is wrong.

Errors are drawn in two colors that people with any kind of color blindness tell apart
(M. Okabe, K. Ito, "Color Universal Design", 2008), on ink that is paler than both.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from hwocr_desktop.core.pixels.image_metrics import Binary

FALSE_INK = (213, 94, 0)
"""RGB of ink that is none: vermilion."""
MISSING_INK = (0, 114, 178)
"""RGB of ink that was not found: blue."""
RIGHT_INK = (165, 165, 165)
"""RGB of ink that was found."""

MOST_WIDE, MOST_HIGH = 4000, 4800
"""Largest width and height of a sheet in pixels."""
MOST_PAGES = 60
"""Pages on one sheet; the rest go onto further ones."""

# Of a picture on the sheet: its width, and its height as a multiple of that.
_MOST_WIDTH, _LEAST_WIDTH, _TALLEST = 560, 24, 1.4
_GAP, _MARGIN, _HEADER = 8, 24, 56
_NAME_PX, _CAPTION_PX = 18, 14
_NAME_ROOM, _CAPTION_ROOM = _NAME_PX + 6, _CAPTION_PX + 8
_BLOCK_GAP = 28
_BLACK, _GRAY, _WHITE = (0, 0, 0), (90, 90, 90), (255, 255, 255)

Picture = npt.NDArray[np.uint8]
Color = tuple[int, int, int]


def error_picture(
    binary: Binary,
    truth: Binary,
    colors: tuple[Color, Color, Color] = (FALSE_INK, MISSING_INK, RIGHT_INK),
) -> Picture:
    """Return a page with its errors in color.

    Parameters
    ----------
    binary, truth : (H, W) bool
        The ink that was found, and the ink that is there.
    colors : three RGB colors
        Of ink that is none, ink that was not found, and ink that was.

    Returns
    -------
    (H, W, 3) uint8
        RGB: paper is white.
    """
    of_pixel = np.array([(255, 255, 255), *colors], np.uint8)
    return of_pixel[binary + 2 * truth.view(np.uint8)]


@dataclass(slots=True, eq=False)
class _Row:
    """A page: pictures with what is written above each, small already."""

    name: str
    pictures: list[tuple[str, Picture]] = field(default_factory=list)


class ContactSheet:
    """Gathers pages one by one and lays them out when all are there.

    Only small pictures are kept, so that hundreds of pages cost little memory.
    """

    def __init__(self) -> None:
        self._rows: dict[str, _Row] = {}

    def add(
        self,
        name: str,
        method: str,
        f_measure: float,
        gray: Picture,
        binary: Binary,
        truth: Binary,
    ) -> None:
        """Add a page as one method cleaned it; the methods of a page stand together.

        Parameters
        ----------
        name, method : str
            Of the page, and of what cleaned it.
        f_measure : float
            In percent.
        gray : (H, W) uint8
            The scan.
        binary, truth : (H, W) bool
            The ink that was found, and the ink that is there.
        """
        row = self._rows.setdefault(name, _Row(name))
        if not row.pictures:
            row.pictures.append(("scan", _small(gray)))
            row.pictures.append(("truth", _small(_drawn(truth))))
        row.pictures.append((f"{method}  F {f_measure:.2f}", _small(_drawn(binary))))
        errors = _small(error_picture(binary, truth))
        row.pictures.append((f"{method}: errors", errors))

    def sheets(self) -> list[bytes]:
        """Return the sheets as PNG files, at most `MOST_PAGES` pages on each."""
        rows = list(self._rows.values())
        parts = [rows[i : i + MOST_PAGES] for i in range(0, len(rows), MOST_PAGES)]
        return [encoded(_laid_out(part)) for part in parts]


def _drawn(ink: Binary) -> Picture:
    return np.where(ink, 0, 255).astype(np.uint8)


def _small(picture: Picture) -> Picture:
    """Return a picture as (h, w, 3), no larger than any sheet shows it."""
    if picture.ndim == 2:
        picture = np.repeat(_fitted(picture, _MOST_WIDTH)[..., None], 3, axis=2)
    return _fitted(picture, _MOST_WIDTH)


def _fitted(picture: Picture, width: int) -> Picture:
    """Return a picture reduced to a width and the height that goes with it."""
    size = _fitted_size(picture, width)
    if size == (picture.shape[1], picture.shape[0]):
        return picture
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _fitted_size(picture: Picture, width: int) -> tuple[int, int]:
    tall, wide = picture.shape[:2]
    scale = min(1.0, width / wide, _TALLEST * width / tall)
    return max(1, round(wide * scale)), max(1, round(tall * scale))


@dataclass(frozen=True, slots=True)
class _Plan:
    """How many pages, and pictures of a page, stand abreast; how wide those are."""

    abreast: int
    columns: int
    width: int

    @property
    def block(self) -> int:
        """Width of a page with all its pictures."""
        return self.columns * (self.width + _GAP) + _BLOCK_GAP


def _plan(rows: Sequence[_Row]) -> _Plan:
    """Choose what shows the pages largest within `MOST_WIDE` and `MOST_HIGH`."""
    most = max(len(row.pictures) for row in rows)
    widest = (MOST_WIDE - 2 * _MARGIN - _BLOCK_GAP) // (_LEAST_WIDTH + _GAP)
    best = _Plan(1, min(most, widest // 2 * 2), _LEAST_WIDTH)
    # Even numbers: what a method found, and its errors, stay side by side.
    for columns in range(most, 1, -2):
        for abreast in range(1, len(rows) + 1):
            room = (MOST_WIDE - 2 * _MARGIN) // abreast - _BLOCK_GAP
            width = min(_MOST_WIDTH, room // columns - _GAP)
            while width > best.width:
                plan = _Plan(abreast, columns, width)
                if _height(rows, plan) <= MOST_HIGH:
                    best = plan
                    break
                width = int(width * 0.97)
    return best


def _height(rows: Sequence[_Row], plan: _Plan) -> int:
    bands = [_band_height(band, plan) for band in _bands(rows, plan)]
    return _HEADER + 2 * _MARGIN + sum(bands)


def _bands(rows: Sequence[_Row], plan: _Plan) -> list[Sequence[_Row]]:
    return [rows[i : i + plan.abreast] for i in range(0, len(rows), plan.abreast)]


def _band_height(band: Sequence[_Row], plan: _Plan) -> int:
    tallest = max(
        -(-len(row.pictures) // plan.columns) * _line_height(row, plan.width)
        for row in band
    )
    return _NAME_ROOM + tallest - _GAP + _BLOCK_GAP


def _line_height(row: _Row, width: int) -> int:
    """Return what the pictures of a page take that stand abreast, and their names."""
    return _CAPTION_ROOM + _fitted_size(row.pictures[0][1], width)[1] + _GAP


def _laid_out(rows: Sequence[_Row]) -> Image.Image:
    plan = _plan(rows)
    width = max(2 * _MARGIN + min(plan.abreast, len(rows)) * plan.block, 420)
    sheet = Image.new("RGB", (width, _height(rows, plan)), _WHITE)
    pen = ImageDraw.Draw(sheet)
    _draw_key(pen)
    top = _MARGIN + _HEADER
    for band in _bands(rows, plan):
        for number, row in enumerate(band):
            _draw_row(sheet, pen, row, (_MARGIN + number * plan.block, top), plan)
        top += _band_height(band, plan)
    return sheet


def _draw_row(
    sheet: Image.Image,
    pen: ImageDraw.ImageDraw,
    row: _Row,
    at: tuple[int, int],
    plan: _Plan,
) -> None:
    left, top = at
    width = plan.width
    _write(pen, (left, top), row.name, _NAME_PX, _BLACK, plan.block - _BLOCK_GAP)
    for number, (caption, picture) in enumerate(row.pictures):
        line, column = divmod(number, plan.columns)
        x = left + column * (width + _GAP)
        y = top + _NAME_ROOM + line * _line_height(row, width)
        _write(pen, (x, y), caption, _CAPTION_PX, _GRAY, width)
        shown = Image.fromarray(_fitted(picture, width))
        y += _CAPTION_ROOM
        sheet.paste(shown, (x, y))
        edge = (x - 1, y - 1, x + shown.width, y + shown.height)
        pen.rectangle(edge, outline=(215, 215, 215))


def _draw_key(pen: ImageDraw.ImageDraw) -> None:
    """Say what the colors mean."""
    x = _MARGIN
    names = (("false ink", FALSE_INK), ("missing ink", MISSING_INK))
    for name, color in (*names, ("ink that was found", RIGHT_INK)):
        pen.rectangle((x, _MARGIN, x + 18, _MARGIN + 18), fill=color)
        _write(pen, (x + 26, _MARGIN), name, _NAME_PX, _BLACK, 400)
        x += 50 + round(pen.textlength(name, font=sheet_font(_NAME_PX)))


def _write(
    pen: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    color: tuple[int, int, int],
    room: int,
) -> None:
    """Write as much of a text as there is room for."""
    font = sheet_font(size)
    pen.text(at, fitting(text, font, room), fill=color, font=font)


Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


def fitting(text: str, font: Font, room: float) -> str:
    """Shorten a text to the room there is, in pixels."""
    if font.getlength(text) <= room:
        return text
    while text and font.getlength(text + "…") > room:
        text = text[:-1]
    return text + "…"


def sheet_font(size: int) -> Font:
    """Return the font of all sheets, of that size in pixels."""
    # The one that comes with Pillow: no page may look otherwise on another computer.
    return ImageFont.load_default(size)


def encoded(sheet: Image.Image) -> bytes:
    """Return a sheet as a PNG file."""
    packed = io.BytesIO()
    sheet.save(packed, "PNG", optimize=False, compress_level=6)
    return packed.getvalue()
