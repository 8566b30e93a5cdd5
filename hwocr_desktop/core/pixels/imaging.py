"""Load a scan, whatever its format, as the gray page that all later steps work on.

The file is only ever read. What a person sees and all coordinates refer to the page
after its own orientation (EXIF or TIFF), then the person's turn, were applied.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.decoders import Picture, decode_picture, picture_size
from hwocr_desktop.core.pixels.pdf_pages import count_pdf_pages, decode_pdf_page
from hwocr_desktop.core.pixels.polarity import is_negative
from hwocr_desktop.core.pixels.samples import turned
from hwocr_desktop.core.pixels.scan_files import (
    MAX_PIXELS,
    check_frame,
    file_sha256,
    opened,
)
from hwocr_desktop.core.pixels.scan_folders import SUFFIXES, find_scans
from hwocr_desktop.core.pixels.tiff_pages import (
    count_tiff_pages,
    decode_tiff,
    tiff_size,
)

__all__ = [
    "MAX_PIXELS",
    "SUFFIXES",
    "Scan",
    "count_frames",
    "file_sha256",
    "find_scans",
    "is_negative",
    "load_scan",
    "scan_size",
    "thumbnail",
]

U8 = npt.NDArray[np.uint8]

_LEAST_DPI, _MOST_DPI = 30.0, 5000.0
# What programs write that do not know the resolution; believed only as long as the
# page is not larger than A3 then.
_SHRUG_DPI = (72.0, 96.0)
_A3_INCHES = 16.6


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """The pixels of one page. The arrays are read-only.

    Attributes
    ----------
    gray : (H, W) uint8
        0 = black, 255 = white; upright, and positive if the scan was a negative.
    color : (H, W, 3) uint8 or None
        The same in RGB; None where the page has no color.
    dpi : float
        Resolution, or 0 where the file states none that can be believed.
    source : Path
        The file.
    frame : int
        Which page of the file, from 0.
    inverted : bool
        Whether the scan was a negative and has been turned positive.
    """

    gray: U8
    color: U8 | None
    dpi: float
    source: Path
    frame: int
    inverted: bool


def load_scan(
    path: Path, frame: int = 0, *, rotation: int = 0, inverted: bool | None = None
) -> Scan:
    """Load one page of a file.

    Parameters
    ----------
    path : Path
        PNG, JPEG, TIFF, BMP, WebP, JPEG 2000, GIF, PNM, AVIF or PDF; the content
        counts, not the name.
    frame : int
        Which page of a TIFF or PDF, from 0.
    rotation : int
        Degrees to turn clockwise after the file's own orientation: 0, 90, 180, 270.
    inverted : bool or None
        Whether the scan is a negative; None finds out.

    Returns
    -------
    Scan

    Raises
    ------
    FileNotReadable
        If the file is missing, a folder, or may not be read.
    UnreadableImage
        If it is no picture, damaged, protected, too large, or lacks that page.
    OutOfMemory
        If the memory does not suffice.
    BadRequest
        If the rotation is not a quarter turn.
    """
    if rotation not in (0, 90, 180, 270):
        raise BadRequest(
            f"A page cannot be turned by {rotation} degrees.",
            "Use quarter turns: 0, 90, 180 or 270.",
        )
    path = Path(path)
    with opened(path) as (stream, kind):
        if kind == "pdf":
            picture = decode_pdf_page(stream, frame, path.name)
        elif kind == "tiff":
            picture = decode_tiff(stream, frame, path.name)
        else:
            check_frame(path.name, frame, 1)
            picture = decode_picture(stream, kind, path.name)
        return _finish(picture, path, frame, rotation, inverted)


def _finish(
    picture: Picture, path: Path, frame: int, rotation: int, inverted: bool | None
) -> Scan:
    gray, color = picture.gray, picture.color
    if rotation:
        gray = turned(gray, rotation)
        color = None if color is None else turned(color, rotation)
    negative = is_negative(gray) if inverted is None else inverted
    if negative:
        # In place: these arrays are ours, and a copy may be a gigabyte.
        for pixels in (gray, color):
            if pixels is not None:
                np.bitwise_not(pixels, out=pixels)
    for pixels in (gray, color):
        if pixels is not None:
            pixels.setflags(write=False)
    dpi = _believable_dpi(picture.dpi, max(gray.shape))
    return Scan(gray, color, dpi, path, frame, negative)


def _believable_dpi(stated: tuple[float, float], side_px: int) -> float:
    across, down = stated
    dpi = (across + down) / 2
    # Pixels that are not square are a defect of the entry far more often than of the
    # scan; comparisons with not-a-number are false and end here too.
    if not (_LEAST_DPI <= dpi <= _MOST_DPI and abs(across - down) <= 0.05 * dpi):
        return 0.0
    is_shrug = any(abs(dpi - shrug) < 0.6 for shrug in _SHRUG_DPI)
    if is_shrug and side_px / dpi > _A3_INCHES:
        return 0.0
    return round(dpi, 2)


def scan_size(path: Path, frame: int = 0) -> tuple[int, int]:
    """Return width and height of a page as `load_scan` gives it, in pixels.

    Only headers are read, but for a PDF, whose pages have to be drawn. So a picture
    that is damaged further on has a size and yet cannot be loaded.

    Parameters
    ----------
    path : Path
        The file.
    frame : int
        Which page of a TIFF or PDF, from 0.

    Raises
    ------
    FileNotReadable, UnreadableImage, OutOfMemory
        See `load_scan`.
    """
    path = Path(path)
    with opened(path) as (stream, kind):
        if kind == "pdf":
            height, width = decode_pdf_page(stream, frame, path.name).gray.shape
            return width, height
        if kind == "tiff":
            return tiff_size(stream, frame, path.name)
        check_frame(path.name, frame, 1)
        return picture_size(stream, kind, path.name)


def count_frames(path: Path) -> int:
    """Return how many pages a file holds; only headers are read.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    int
        Pages of a PDF or TIFF (without thumbnails and masks), 1 for other pictures.

    Raises
    ------
    FileNotReadable
        If the file is missing, a folder, or may not be read.
    UnreadableImage
        If it is no picture, damaged or protected.
    """
    path = Path(path)
    with opened(path) as (stream, kind):
        if kind == "pdf":
            return count_pdf_pages(stream, path.name)
        if kind == "tiff":
            return count_tiff_pages(stream, path.name)
        return 1


def thumbnail(pixels: U8, side: int) -> U8:
    """Reduce a page so that its longer side is at most ``side`` pixels.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        The page.
    side : int
        Longest side of the result, 1 or more.

    Returns
    -------
    (h, w) or (h, w, 3) uint8
        Averaged, so that thin strokes stay visible; the page itself if it is small
        enough already.
    """
    height, width = pixels.shape[:2]
    scale = side / max(height, width)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
