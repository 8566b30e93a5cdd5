"""Draw the pages of a PDF with pdfium.

pdfium is imported inside the functions: it takes a third of a second, which the start
of the program shall not pay for.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

import numpy as np

from hwocr_desktop.core.errors import UnreadableImage
from hwocr_desktop.core.pixels import samples as sm
from hwocr_desktop.core.pixels.decoders import Picture
from hwocr_desktop.core.pixels.scan_files import check_frame, check_size

# What a page without a scan in it (typed text, drawings) is drawn at.
DEFAULT_DPI = 300.0
_LEAST_DPI, _MOST_DPI = 36.0, 1200.0
# Such a page has no pixels of its own, so a poster is drawn coarser, not refused.
_DRAWN_PIXELS = 100_000_000
_POINTS_PER_INCH = 72.0

# pdfium keeps global state and must not be called from two threads at once.
_lock = threading.Lock()


def decode_pdf_page(stream: BinaryIO, frame: int, name: str) -> Picture:
    """Draw one page, at the resolution of the scan in it if there is one.

    Parameters
    ----------
    stream : BinaryIO
        The file.
    frame : int
        Which page, from 0.
    name : str
        Its name, for messages.

    Raises
    ------
    UnreadableImage
        If the file wants a password, or the page is missing, empty or too large.
    """
    with _lock, _document(stream, name) as document:
        check_frame(name, frame, len(document))
        page = document[frame]
        try:
            return _draw(page, name)
        finally:
            page.close()


def count_pdf_pages(stream: BinaryIO, name: str) -> int:
    """Return how many pages a PDF has.

    Raises
    ------
    UnreadableImage
        If the file wants a password.
    """
    with _lock, _document(stream, name) as document:
        return len(document)


@contextmanager
def _document(stream: BinaryIO, name: str) -> Iterator[Any]:
    import pypdfium2
    import pypdfium2.raw as pdfium

    try:
        document = pypdfium2.PdfDocument(stream)
    except pypdfium2.PdfiumError as error:
        if error.err_code not in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise
        raise UnreadableImage(
            f"“{name}” is protected by a password.",
            "Open it in a PDF program with the password, save it without protection, "
            "and open that file.",
        ) from error
    try:
        yield document
    finally:
        document.close()


def _draw(page: Any, name: str) -> Picture:
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        raise ValueError("a page without a size")
    dpi = _scan_dpi(page, width * height)
    if dpi:
        dpi = min(max(dpi, _LEAST_DPI), _MOST_DPI)
        check_size(name, *_pixels(width, height, dpi))
    else:
        area = width * height / _POINTS_PER_INCH**2
        dpi = min(DEFAULT_DPI, math.sqrt(_DRAWN_PIXELS / area))
        check_size(name, *_pixels(width, height, dpi))
    # pdfium rounds up: a hair less keeps the pixels of the scan one to one.
    scale = dpi / _POINTS_PER_INCH * (1 - 1e-6)
    bitmap = page.render(scale=scale, rev_byteorder=True, fill_color=(255,) * 4)
    try:
        drawn = bitmap.to_numpy()
        strips = (np.ascontiguousarray(s) for s in sm.row_strips(drawn))
        gray, color = sm.gray_and_color(strips, drawn.shape[0], drawn.shape[1])
    finally:
        bitmap.close()
    return Picture(gray, color, (dpi, dpi))


def _pixels(width: float, height: float, dpi: float) -> tuple[int, int]:
    scale = dpi / _POINTS_PER_INCH
    return math.ceil(width * scale * (1 - 1e-6)), math.ceil(height * scale * (1 - 1e-6))


def _scan_dpi(page: Any, page_area: float) -> float:
    """Return the resolution of the scan that fills a page, or 0 if none does.

    A page may hold a scan in one piece, in strips, or as a coarse background below a
    fine layer of ink. So it is the finest resolution at which, or more finely, at
    least half of the page is covered.
    """
    import pypdfium2.raw as pdfium

    found = []
    for item in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        across, down = item.get_px_size()
        left, bottom, right, top = item.get_bounds()
        area = (right - left) * (top - bottom)
        if area > 0 and across > 0 and down > 0:
            # By area, since the picture may lie on its side.
            found.append((math.sqrt(across * down / area) * _POINTS_PER_INCH, area))
    covered = 0.0
    for dpi, area in sorted(found, reverse=True):
        covered += area
        if covered >= page_area / 2:
            return dpi
    return 0.0
