"""Pictures of ink as PNG or TIFF files that say what made them."""

from __future__ import annotations

import io
import os
import re
import struct
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import tifffile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from hwocr_desktop.core.pixels.scan_files import DAMAGE_ERRORS

MARK, END = "hwocr_desktop ink: ", ";"
# The note stands before the pixels in PNG and after them in TIFF, among a few short
# entries.
_NOTE_BYTES = 4096
_NOTE = re.compile(f"{re.escape(MARK)}([ -:<-~]*){END}".encode("ascii"))

InkFormat = Literal["png", "tiff"]
INK_FORMATS: tuple[InkFormat, ...] = ("png", "tiff")

_SOFTWARE, _PHOTOMETRIC = 305, 262

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"\0\0\0\0IEND\xaeB`\x82"


def encode_ink(
    ink: npt.NDArray[np.bool_] | npt.NDArray[np.uint8],
    dpi: float,
    tag: str,
    format: InkFormat = "png",
) -> bytes:
    """Return a picture file in which ink is black.

    Parameters
    ----------
    ink : (H, W) bool or uint8
        True = ink makes a picture of 1 bit; an ink map (255 = surely ink) makes a
        gray one, the darker the surer.
    dpi : float
        Resolution, or 0 if unknown.
    tag : str
        How it was made; printable ASCII without ``;``, less than 3000 characters.
    format : "png" or "tiff"
        TIFF is bilevel, compressed as CCITT Group 4, and not for ink maps.

    Returns
    -------
    bytes
    """
    options: dict[str, Any] = {"dpi": (dpi, dpi)} if dpi > 0 else {}
    packed = io.BytesIO()
    if format == "tiff":
        if ink.dtype != np.bool_:
            raise ValueError("Group 4 is for ink, not for ink maps")
        return _group4(np.asarray(ink, np.bool_), MARK + tag + END, options)
    pixels = ~ink if ink.dtype == np.bool_ else 255 - ink
    note = PngInfo()
    note.add_text("Software", MARK + tag + END)
    Image.fromarray(pixels).save(packed, "PNG", pnginfo=note, **options)
    return packed.getvalue()


def _group4(ink: npt.NDArray[np.bool_], note: str, options: dict[str, Any]) -> bytes:
    packed = io.BytesIO()
    Image.fromarray(ink).save(
        packed,
        "TIFF",
        compression="group4",
        tiffinfo={_SOFTWARE: note},
        # All in one strip, as fax programs expect it.
        strip_size=max(ink.size, 1),
        **options,
    )
    return _with_white_as_0(packed.getvalue())


def _with_white_as_0(tiff: bytes) -> bytes:
    """Turn what was written as light on dark into dark on light.

    In Group 4 the color of the paper is 0, and some readers take that for granted.
    Pillow would turn each pixel by itself; here the one entry is changed that says so.
    """
    (start,) = struct.unpack_from("<I", tiff, 4)
    (count,) = struct.unpack_from("<H", tiff, start)
    changed = bytearray(tiff)
    for entry in range(start + 2, start + 2 + 12 * count, 12):
        if struct.unpack_from("<H", tiff, entry)[0] == _PHOTOMETRIC:
            struct.pack_into("<H", changed, entry + 8, 0)
    return bytes(changed)


def has_tag(path: Path, tag: str | None = None) -> bool:
    """Whether a file was made by `encode_ink`, with that tag if one is given.

    A file that cannot be read was not.
    """
    found = read_tag(path)
    return found is not None and tag in (None, found)


def read_tag(path: Path) -> str | None:
    """Return the tag of a file that was made by `encode_ink`.

    Returns
    -------
    str or None
        None for any other file, and for one that cannot be read.
    """
    try:
        # To open a pipe may wait for ever.
        if not path.is_file():
            return None
        with path.open("rb") as stream:
            first = stream.read(_NOTE_BYTES)
            size = stream.seek(0, os.SEEK_END)
            stream.seek(max(size - _NOTE_BYTES, 0))
            last = stream.read(_NOTE_BYTES)
    except OSError:
        return None
    # Each by itself: a note that is cut at the end of one goes on nowhere.
    found = _NOTE.search(first) or _NOTE.search(last)
    return found[1].decode("ascii") if found else None


def is_whole(path: Path) -> bool:
    """Whether a PNG or TIFF is there to its end; its pixels are not looked at.

    What was cut off by a full disk, an interrupted copy or a crash is not. Damage in
    the midst of the pixels is not seen, so that thousands can be looked through.
    """
    try:
        with path.open("rb") as stream:
            size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            if stream.read(len(_PNG_START)) == _PNG_START:
                stream.seek(-len(_PNG_END), os.SEEK_END)
                return stream.read() == _PNG_END
            stream.seek(0)
            with tifffile.TiffFile(stream) as tiff:
                return len(tiff.pages) > 0 and all(
                    start + count <= size
                    for page in tiff.pages
                    for start, count in zip(
                        page.dataoffsets, page.databytecounts, strict=True
                    )
                )
    except DAMAGE_ERRORS:
        return False
