"""Pictures of ink as PNG files that say what made them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image
from PIL.PngImagePlugin import PngInfo

MARK, END = "hwocr_desktop ink: ", ";"
# The note stands before the pixels, after a few short entries.
_HEAD_BYTES = 4096


def encode_ink(
    ink: npt.NDArray[np.bool_] | npt.NDArray[np.uint8], dpi: float, tag: str
) -> bytes:
    """Return a PNG in which ink is black.

    Parameters
    ----------
    ink : (H, W) bool or uint8
        True = ink makes a picture of 1 bit; an ink map (255 = surely ink) makes a
        gray one, the darker the surer.
    dpi : float
        Resolution, or 0 if unknown.
    tag : str
        How it was made; ASCII.

    Returns
    -------
    bytes
    """
    pixels = ~ink if ink.dtype == np.bool_ else 255 - ink
    note = PngInfo()
    note.add_text("Software", MARK + tag + END)
    packed = io.BytesIO()
    options = {"dpi": (dpi, dpi)} if dpi > 0 else {}
    Image.fromarray(pixels).save(packed, "PNG", pnginfo=note, **options)
    return packed.getvalue()


def has_tag(path: Path, tag: str | None = None) -> bool:
    """Whether a file was made by `encode_ink`, with that tag if one is given.

    A file that cannot be read was not.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return False
    return (MARK if tag is None else MARK + tag + END).encode("ascii") in head
