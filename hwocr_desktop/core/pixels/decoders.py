"""Decode pictures with Pillow, and with tifffile what Pillow cannot hold.

Pillow keeps deep color at 8 bits by dropping the lower byte, which turns 12-bit scans
black, and spends four bytes on each RGB pixel. So plain and deep TIFFs go through
tifffile, deep color PNGs through OpenCV, and everything else through Pillow.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import cv2
import numpy as np
import tifffile
from PIL import Image

from hwocr_desktop.core.errors import UnreadableImage
from hwocr_desktop.core.pixels import samples as sm
from hwocr_desktop.core.pixels.scan_files import DAMAGE_ERRORS, Kind, check_size

log = logging.getLogger(__name__)

# Pillow warns from 90 megapixels on and refuses at twice that, yet a broadsheet at
# 600 dpi has more. `check_size` takes its place: it looks at the header that
# `Image.open` reads, before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None

_PILLOW_FORMATS: dict[Kind, tuple[str, ...]] = {
    "png": ("PNG",),
    "jpeg": ("JPEG", "MPO"),
    "tiff": ("TIFF",),
    "bmp": ("BMP",),
    "webp": ("WEBP",),
    "jpeg2000": ("JPEG2000",),
    "gif": ("GIF",),
    "pnm": ("PPM",),
    "avif": ("AVIF",),
}
_ORIENTATION = 274
_INCH, _CENTIMETER = 2, 3

# None, LZW, both names of deflate, PackBits: lossless, and the same in every reader.
_PLAIN_COMPRESSIONS = {1, 5, 8, 32946, 32773}
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_ALPHA_KINDS = {1: True, 2: False}  # extra sample: is it premultiplied


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
        return _from_pillow(image)


def decode_tiff(stream: BinaryIO, frame: int, name: str) -> Picture:
    """Decode one page of a TIFF.

    Parameters
    ----------
    stream : BinaryIO
        The file.
    frame : int
        Which page, from 0; reduced copies and masks do not count.
    name : str
        Its name, for messages.

    Raises
    ------
    UnreadableImage
        If the page is missing, too large or too small, or the file is cut off.
    """
    with tifffile.TiffFile(stream) as tiff:
        pages = tiff_pages(tiff)
        check_frame(name, frame, len(pages))
        index, page = pages[frame]
        check_size(name, page.imagewidth, page.imagelength)
        _check_complete(name, page, tiff.filehandle.size)
        if _is_plain(page):
            try:
                return _from_tifffile(page)
            except DAMAGE_ERRORS as error:
                # libtiff forgives some things that tifffile does not.
                log.info("tifffile cannot read %s: %s", name, error)
    stream.seek(0)
    with Image.open(stream, formats=("TIFF",)) as image:
        image.seek(index)
        check_size(name, image.width, image.height)
        return _from_pillow(image)


def tiff_pages(tiff: tifffile.TiffFile) -> list[tuple[int, tifffile.TiffPage]]:
    """List the pages of a TIFF that a reader wants to see.

    Returns
    -------
    list of (int, TiffPage)
        Index in the file and page; thumbnails, pyramid levels and masks left out,
        unless there is nothing else.
    """
    pages = [
        (index, page)
        for index, page in enumerate(tiff.pages)
        if isinstance(page, tifffile.TiffPage)
    ]
    full = [(i, page) for i, page in pages if not page.is_reduced and not page.is_mask]
    return full or pages


def check_frame(name: str, frame: int, frames: int) -> None:
    """Refuse a page that a file does not have.

    Raises
    ------
    UnreadableImage
        If ``frame`` is not in 0..frames - 1.
    """
    if not 0 <= frame < frames:
        there = {0: "no pages", 1: "only one page"}.get(frames, f"only {frames} pages")
        raise UnreadableImage(
            f"“{name}” has {there}; page {frame + 1} does not exist.",
            "The file has probably been replaced; remove the page and add it again.",
        )


def _from_pillow(image: Image.Image) -> Picture:
    image.load()
    # Asked only now: Pillow turns a TIFF while loading and removes the tag.
    orientation = int(image.getexif().get(_ORIENTATION, 1))
    dpi = image.info.get("dpi", (0.0, 0.0))
    gray, color = sm.gray_and_color(_pillow_strips(image), image.height, image.width)
    return _upright(gray, color, orientation, (float(dpi[0]), float(dpi[1])))


def _upright(
    gray: sm.U8, color: sm.U8 | None, orientation: int, dpi: tuple[float, float]
) -> Picture:
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
    orientation = int(image.getexif().get(_ORIENTATION, 1))
    dpi = image.info.get("dpi", (0.0, 0.0))
    # OpenCV shows a damaged file half gray without a word; Pillow checks the sums.
    image.verify()
    stream.seek(0)
    data = np.frombuffer(stream.read(), np.uint8)
    try:
        array = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise ValueError("damaged 16-bit PNG") from error
    if array is None or array.ndim != 3:
        raise ValueError("damaged 16-bit PNG")
    rgb = array[..., 2::-1]
    alpha = array[..., 3] if array.shape[2] == 4 else None
    strips = _deep_strips(rgb, alpha)
    gray, color = sm.gray_and_color(strips, array.shape[0], array.shape[1])
    return _upright(gray, color, orientation, (float(dpi[0]), float(dpi[1])))


def _deep_strips(
    pixels: sm.Samples, alpha: sm.Samples | None, *, premultiplied: bool = False
) -> Iterator[sm.U8]:
    """Yield (H, W) or (H, W, 3) samples of any depth as 8 bits on white paper."""
    dtype = pixels.dtype
    bounds = (0.0, 255.0)
    if dtype != np.uint8:
        bounds = sm.extremes(sm.row_strips(pixels))
    convert = sm.to_8_bit(*bounds, dtype)
    if alpha is None or not alpha.any():
        # Some scanners leave the transparency empty; an invisible page is no page.
        for strip in sm.row_strips(pixels):
            yield convert(strip)
        return
    cover = bounds if dtype == np.uint8 else sm.extremes(sm.row_strips(alpha))
    convert_alpha = sm.to_8_bit(*cover, dtype)
    pairs = zip(sm.row_strips(pixels), sm.row_strips(alpha), strict=True)
    for strip, cover_strip in pairs:
        flat = convert(strip)
        colors = flat if flat.ndim == 3 else flat[..., None]
        mixed = sm.on_white(
            colors, convert_alpha(cover_strip), premultiplied=premultiplied
        )
        yield mixed if flat.ndim == 3 else mixed[..., 0]


def _is_plain(page: tifffile.TiffPage) -> bool:
    """Tell whether tifffile alone turns the page into gray or RGB samples."""
    return (
        page.photometric in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB)
        and page.compression in _PLAIN_COMPRESSIONS
        and page.bitspersample >= 8
        and page.samplesperpixel <= 5
        and page.imagedepth == 1
    )


def _check_complete(name: str, page: tifffile.TiffPage, file_size: int) -> None:
    """Refuse a page whose data lie beyond the end of the file.

    Readers fill what is missing with black or white, which looks like a page.
    """
    segments: Iterable[tuple[int, int]] = zip(
        page.dataoffsets, page.databytecounts, strict=False
    )
    if any(offset + count > file_size for offset, count in segments):
        raise UnreadableImage(
            f"“{name}” is cut off: part of the page is missing.",
            "Copy it again from its source; the copying was probably interrupted.",
        )


def _from_tifffile(page: tifffile.TiffPage) -> Picture:
    array: sm.Samples = page.asarray()
    if page.planarconfig == 2 and page.samplesperpixel > 1:
        array = np.moveaxis(array, 0, -1)
    wanted = 3 if page.photometric == _RGB else 1
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] < wanted:
        raise ValueError(f"unexpected shape {array.shape}")
    pixels = array[..., :3] if wanted == 3 else array[..., 0]
    alpha, premultiplied = None, False
    for number, meaning in enumerate(page.extrasamples):
        if int(meaning) in _ALPHA_KINDS and wanted + number < array.shape[2]:
            alpha = array[..., wanted + number]
            premultiplied = _ALPHA_KINDS[int(meaning)]
            break
    strips = _deep_strips(pixels, alpha, premultiplied=premultiplied)
    if page.photometric == _WHITE_IS_ZERO:
        strips = (cv2.bitwise_not(np.ascontiguousarray(s)) for s in strips)
    gray, color = sm.gray_and_color(strips, page.imagelength, page.imagewidth)
    orientation = page.tags.valueof(_ORIENTATION, default=1)
    return _upright(gray, color, int(orientation), _tiff_dpi(page))


def _tiff_dpi(page: tifffile.TiffPage) -> tuple[float, float]:
    factor = {_INCH: 1.0, _CENTIMETER: 2.54}.get(
        int(page.tags.valueof("ResolutionUnit", default=_INCH)), 0.0
    )
    return (
        _rational(page.tags.valueof("XResolution", default=None)) * factor,
        _rational(page.tags.valueof("YResolution", default=None)) * factor,
    )


def _rational(value: Any) -> float:
    if not isinstance(value, tuple) or len(value) != 2 or not value[1]:
        return 0.0
    return float(value[0]) / float(value[1])
