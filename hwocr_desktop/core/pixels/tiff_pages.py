"""Read the pages of a TIFF: tifffile where it can, else libtiff through Pillow.

tifffile keeps all bits of deep scans, decodes tiles straight into the page and spends
three bytes on an RGB pixel where Pillow spends four. libtiff knows the rest: fax, JPEG,
palettes, CMYK, and much that is not quite valid.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any, BinaryIO, Literal

import cv2
import numpy as np
import tifffile
from PIL import Image

from hwocr_desktop.core.errors import UnreadableImage
from hwocr_desktop.core.pixels import samples as sm
from hwocr_desktop.core.pixels.decoders import (
    Picture,
    from_pillow,
    upright,
    upright_size,
)
from hwocr_desktop.core.pixels.scan_files import (
    DAMAGE_ERRORS,
    check_frame,
    check_size,
)

log = logging.getLogger(__name__)

_ORIENTATION = 274
_INCH, _CENTIMETER = 2, 3
# None, LZW, both names of deflate, PackBits: lossless, and the same in every reader.
_PLAIN_COMPRESSIONS = {1, 5, 8, 32946, 32773}
_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB = 0, 1, 2
_ALPHA_KINDS = {1: True, 2: False}  # extra sample: is it premultiplied


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
        index, page = _page(tiff, frame, name)
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
        return from_pillow(image)


def tiff_size(stream: BinaryIO, frame: int, name: str) -> tuple[int, int]:
    """Return width and height of what `decode_tiff` makes; reads headers only."""
    with tifffile.TiffFile(stream) as tiff:
        _, page = _page(tiff, frame, name)
        orientation = int(page.tags.valueof(_ORIENTATION, default=1))
        return upright_size(page.imagewidth, page.imagelength, orientation)


def _page(
    tiff: tifffile.TiffFile, frame: int, name: str
) -> tuple[int, tifffile.TiffPage]:
    """Return a page that can be opened, and its index in the file."""
    pages = _pages(tiff)
    check_frame(name, frame, len(pages))
    index, page = pages[frame]
    check_size(name, page.imagewidth, page.imagelength)
    _check_complete(name, page, tiff.filehandle.size)
    return index, page


def count_tiff_pages(stream: BinaryIO, name: str) -> int:
    """Return how many pages a TIFF has; only headers are read.

    Raises
    ------
    UnreadableImage
        If the file ends before its last page.
    """
    with tifffile.TiffFile(stream) as tiff:
        count = len(_pages(tiff))
        last = tiff.pages[-1]
        if isinstance(last, tifffile.TiffPage):
            following = _next_page_offset(tiff, last)
            # A reader that stops here shows too few pages, and nobody notices.
            if following >= tiff.filehandle.size:
                raise _cut_off(name, "the last pages are missing")
        return count


def _next_page_offset(tiff: tifffile.TiffFile, page: tifffile.TiffPage) -> int:
    """Return where the directory of the next page is said to be, 0 if there is none."""
    layout, file = tiff.tiff, tiff.filehandle
    file.seek(page.offset)
    order: Literal["little", "big"] = "little" if tiff.byteorder == "<" else "big"
    tags = int.from_bytes(file.read(layout.tagnosize), order)
    file.seek(page.offset + layout.tagnosize + tags * layout.tagsize)
    return int.from_bytes(file.read(layout.offsetsize), order)


def _cut_off(name: str, what: str) -> UnreadableImage:
    return UnreadableImage(
        f"“{name}” is cut off: {what}.",
        "Copy it again from its source; the copying was probably interrupted.",
    )


def _pages(tiff: tifffile.TiffFile) -> list[tuple[int, tifffile.TiffPage]]:
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
        raise _cut_off(name, "part of the page is missing")


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
    strips = sm.eight_bit_strips(pixels, alpha, premultiplied=premultiplied)
    if page.photometric == _WHITE_IS_ZERO:
        strips = (cv2.bitwise_not(np.ascontiguousarray(s)) for s in strips)
    gray, color = sm.gray_and_color(strips, page.imagelength, page.imagewidth)
    orientation = page.tags.valueof(_ORIENTATION, default=1)
    return upright(gray, color, int(orientation), _tiff_dpi(page))


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
