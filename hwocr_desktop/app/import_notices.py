"""What a person should know of how files of other programs were taken. No Qt."""

from __future__ import annotations

from collections.abc import Sequence

from hwocr_desktop.app.requests import Notice
from hwocr_desktop.core.formats.page_document import Mended
from hwocr_desktop.core.plurals import counted

_MOST_NAMES = 3


def import_notices(mended: Sequence[tuple[str, Mended]]) -> list[Notice]:
    """Return a notice of places, of baselines and of ids, each only if there is need.

    Parameters
    ----------
    mended : sequence of (str, Mended)
        Of each file of one import the name of its page, "" if that is told anyway.
    """
    nowhere = sum(one.nowhere for _, one in mended)
    points = sum(one.points for _, one in mended)
    outside = sum(one.outside for _, one in mended)
    notices = []
    if nowhere + points + outside:
        parts = (
            (nowhere, "without a place"),
            (points, "without a length"),
            (outside, "off the page"),
        )
        said = ", ".join(f"{number} {what}" for number, what in parts if number)
        every = nowhere + points + outside
        where = _in_files([n for n, m in mended if m.nowhere + m.points + m.outside])
        have = "has" if every == 1 else "have"
        notices.append(
            Notice(
                f"{counted(every, 'line')} {have} no usable place {where} ({said})"
                ". The text is kept, at a small place on the page.",
                "Choose the tools for lines (F4) and draw where it belongs.",
                "warning",
            )
        )
    misfits = sum(one.misfits for _, one in mended)
    if misfits:
        where = _in_files([name for name, one in mended if one.misfits])
        have = "has" if misfits == 1 else "have"
        notices.append(
            Notice(
                f"{counted(misfits, 'line')} {have} a baseline that is none, or runs "
                f"out of the line {where}. The outline was taken instead.",
                "Look whether the baselines stand below the letters; the tools for "
                "lines (F4) move them.",
                "warning",
            )
        )
    renamed = [pair for _, one in mended for pair in one.renamed]
    if renamed:
        names = ", ".join(f"“{old}” is “{new}”" for old, new in renamed[:_MOST_NAMES])
        more = len(renamed) - _MOST_NAMES
        names += f", and {more} more" if more > 0 else ""
        where = _in_files([name for name, one in mended if one.renamed])
        are = "was" if len(renamed) == 1 else "were"
        notices.append(
            Notice(
                f"{counted(len(renamed), 'id')} of lines or regions {are} given twice "
                f"or not valid {where}, and changed: {names}."
            )
        )
    return notices


def _in_files(pages: Sequence[str]) -> str:
    """Return in which pages' files something is, a few of them named."""
    if not any(pages):
        return "in the file" if len(pages) == 1 else "in the files"
    named = ", ".join(f"“{page}”" for page in pages[:_MOST_NAMES])
    more = len(pages) - _MOST_NAMES
    files = "file" if len(pages) == 1 else "files"
    others = f" and {counted(more, 'more page')}" if more > 0 else ""
    return f"in the {files} of {named}{others}"
