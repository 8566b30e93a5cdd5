"""What a person should know of how files of other programs were taken. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from hwocr_desktop.app.requests import Notice
from hwocr_desktop.core.formats.page_document import Mended
from hwocr_desktop.core.plurals import counted

_MOST_NAMES = 3


def import_notices(mended: Sequence[Mended]) -> list[Notice]:
    """Return one notice of places and one of ids, each only if there is need.

    Parameters
    ----------
    mended : sequence of Mended
        Of all files of one import.
    """
    nowhere = sum(one.nowhere for one in mended)
    points = sum(one.points for one in mended)
    outside = sum(one.outside for one in mended)
    notices = []
    if nowhere + points + outside:
        parts = (
            (nowhere, "without a place"),
            (points, "without a length"),
            (outside, "off the page"),
        )
        said = ", ".join(f"{number} {what}" for number, what in parts if number)
        every = nowhere + points + outside
        have = "has" if every == 1 else "have"
        notices.append(
            Notice(
                f"{counted(every, 'line')} {have} no usable place in the file ({said})"
                ". The text is kept, at a small place on the page.",
                "Choose the tools for lines (F4) and draw where it belongs.",
                "warning",
            )
        )
    renamed = [pair for one in mended for pair in one.renamed]
    if renamed:
        names = ", ".join(f"“{old}” is “{new}”" for old, new in renamed[:_MOST_NAMES])
        more = len(renamed) - _MOST_NAMES
        names += f", and {more} more" if more > 0 else ""
        are = "was" if len(renamed) == 1 else "were"
        notices.append(
            Notice(
                f"{counted(len(renamed), 'id')} of lines or regions {are} given twice "
                f"or not valid in the file, and changed: {names}."
            )
        )
    return notices
