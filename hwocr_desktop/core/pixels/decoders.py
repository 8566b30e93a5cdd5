"""Decode pictures with Pillow, and deep color with OpenCV.

Pillow keeps color at 8 bits by dropping the lower byte, which turns 12-bit scans
black. TIFF has a module of its own, `tiff_pages`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import cv2
import numpy as np
from PIL import Image

from hwocr_desktop.core.pixels import samples as sm
from hwocr_desktop.core.pixels.scan_files import Kind, check_size

# Pillow warns from 90 megapixels on and refuses at twice that, yet a broadsheet at
# 600 dpi has more. `check_size` takes its place: it looks at the header that
# `Image.open` reads, before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None

_PILLOW_FORMATS: dict[Kind, tuple[str, ...]] = {
    "png": ("PNG",),
    "jpeg": ("JPEG", "MPO"),
    "bmp": ("BMP",),
    "webp": ("WEBP",),
    "jpeg2000": ("JPEG2000",),
    "gif": ("GIF",),
    "pnm": ("PPM",),
    "avif": ("AVIF",),
}
_ORIENTATION = 274
# Of a PNG, what may say how the picture is turned.
_PNG_NOTES = {b"eXIf", b"tEXt", b"zTXt", b"iTXt"}


@dataclass(frozen=True, slots=True)
class Picture:
    """What a file shows, upright.

    Attributes
    ----------
    gray : (H, W) uint8
        0 = black.
    color : (H, W, 3) uint8 or None
        RGB, or None where there is no color.
    dpi : tuple of float
        Horizontal and vertical resolution as the file states it, 0 if it does not.
    """

    gray: sm.U8
    color: sm.U8 | None
    dpi: tuple[float, float]


def decode_picture(stream: BinaryIO, kind: Kind, name: str) -> Picture:
    """Decode a file that holds one picture (or of which only the first is wanted).

    Parameters
    ----------
    stream : BinaryIO
        The file, at its beginning.
    kind : Kind
        What it is; not "tiff" and not "pdf".
    name : str
        Its name, for messages.

    Raises
    ------
    UnreadableImage
        If the picture is too large or too small.
    """
    with Image.open(stream, formats=_PILLOW_FORMATS[kind]) as image:
        check_size(name, image.width, image.height)
        if kind == "png" and _is_deep_color_png(stream):
            return _deep_color_png(stream, image)
        return from_pillow(image)


def picture_size(stream: BinaryIO, kind: Kind, name: str) -> tuple[int, int]:
    """Return width and height of what `decode_picture` makes; reads headers only."""
    with Image.open(stream, formats=_PILLOW_FORMATS[kind]) as image:
        check_size(name, image.width, image.height)
        # Pillow looks for the notes of a PNG behind the pixels, and decodes those.
        has_notes = kind != "png" or _has_png_notes(stream)
        orientation = int(image.getexif().get(_ORIENTATION, 1)) if has_notes else 1
        return upright_size(image.width, image.height, orientation)


def upright_size(width: int, height: int, orientation: int) -> tuple[int, int]:
    """Return width and height of pixels as seen, given as stored; see `upright`."""
    return (height, width) if 5 <= orientation <= 8 else (width, height)


def _has_png_notes(stream: BinaryIO) -> bool:
    """Whether a PNG has anything besides what its pixels need."""
    place = stream.tell()
    stream.seek(8)
    found = False
    while not found and len(head := stream.read(8)) == 8:
        found = head[4:] in _PNG_NOTES
        stream.seek(int.from_bytes(head[:4], "big") + 4, 1)
    stream.seek(place)
    return found


def from_pillow(image: Image.Image) -> Picture:
    """Take over a picture that Pillow has opened, loading it now."""
    image.load()
    # Asked only now: Pillow turns a TIFF while loading and removes the tag.
    orientation = int(image.getexif().get(_ORIENTATION, 1))
    dpi = image.info.get("dpi", (0.0, 0.0))
    gray, color = sm.gray_and_color(_pillow_strips(image), image.height, image.width)
    return upright(gray, color, orientation, (float(dpi[0]), float(dpi[1])))


def upright(
    gray: sm.U8, color: sm.U8 | None, orientation: int, dpi: tuple[float, float]
) -> Picture:
    """Turn pixels as stored into a picture as seen; see `samples.oriented`."""
    gray = sm.oriented(gray, orientation)
    if color is not None:
        color = sm.oriented(color, orientation)
    return Picture(gray, color, dpi[::-1] if orientation >= 5 else dpi)


def _pillow_strips(image: Image.Image) -> Iterator[sm.U8]:
    """Yield a loaded picture from top to bottom, 8 bits, gray or RGB."""
    if image.mode in ("F", "I") or image.mode.startswith("I;"):
        raw = (np.asarray(strip) for strip in _crops(image))
        low, high = sm.extremes(raw)
        convert = None
        for strip in _crops(image):
            array = np.asarray(strip)
            convert = convert or sm.to_8_bit(low, high, array.dtype)
            yield convert(array)
        return
    for strip in _crops(image):
        yield _plain_strip(strip, "transparency" in image.info)


def _crops(image: Image.Image) -> Iterator[Image.Image]:
    rows = sm.strip_rows(image.width)
    for y in range(0, image.height, rows):
        yield image.crop((0, y, image.width, min(y + rows, image.height)))


def _plain_strip(strip: Image.Image, has_transparent_color: bool) -> sm.U8:
    mode = strip.mode
    if has_transparent_color or mode in ("LA", "La", "PA", "RGBA", "RGBa"):
        if mode == "La":
            strip = strip.convert("LA")
        rgba = np.asarray(strip.convert("RGBA"))
        return sm.on_white(rgba[..., :3], rgba[..., 3])
    if mode in ("1", "L"):
        return np.asarray(strip.convert("L"))
    if mode == "LAB":
        # Both store a and b with an offset of 128.
        return np.asarray(cv2.cvtColor(np.asarray(strip), cv2.COLOR_LAB2RGB), np.uint8)
    return np.asarray(strip.convert("RGB"))


def _is_deep_color_png(stream: BinaryIO) -> bool:
    place = stream.tell()
    stream.seek(24)
    depth, color_type = stream.read(2)
    stream.seek(place)
    return depth == 16 and color_type != 0


def _deep_color_png(stream: BinaryIO, image: Image.Image) -> Picture:
    place = stream.tell()
    stream.seek(0)
    data = np.frombuffer(stream.read(), np.uint8)
    stream.seek(place)
    # OpenCV shows a damaged file half gray without a word; Pillow refuses it.
    image.load()
    orientation = int(image.getexif().get(_ORIENTATION, 1))
    dpi = image.info.get("dpi", (0.0, 0.0))
    image.close()
    try:
        array = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise ValueError("damaged 16-bit PNG") from error
    if array is None or array.ndim != 3:
        raise ValueError("damaged 16-bit PNG")
    rgb = array[..., 2::-1]
    alpha = array[..., 3] if array.shape[2] == 4 else None
    strips = sm.eight_bit_strips(rgb, alpha)
    gray, color = sm.gray_and_color(strips, array.shape[0], array.shape[1])
    return upright(gray, color, orientation, (float(dpi[0]), float(dpi[1])))
