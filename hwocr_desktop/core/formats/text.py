"""A page as plain text."""

from __future__ import annotations

from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.document.plain import one_line


def page_text(page: Page) -> str:
    """Return the text of a page: one row a line, a blank row between regions.

    Parameters
    ----------
    page : Page
        The page. A line without text gives an empty row, so that the rows of a region
        are its lines. Regions to ignore are left out.

    Returns
    -------
    str
        With a line feed at the end of every row, in Unicode form NFC; "" for a page
        without lines.
    """
    rows: list[str] = []
    lines = page.text_lines
    for number, line in enumerate(lines):
        if number and line.region != lines[number - 1].region:
            rows.append("")
        # What UTF-8 cannot hold comes from nowhere but a damaged import.
        text = one_line(line.text).encode("utf-8", "ignore").decode("utf-8")
        rows.append(text.rstrip())
    return "".join(f"{row}\n" for row in rows)


def save_text(path: Path, page: Page) -> None:
    """Write the text of a page to a UTF-8 file, replacing it as a whole.

    Raises
    ------
    OutputNotWritable
        If the file cannot be written; an old one is then as it was.
    """
    atomic.write_text(path, page_text(page))
