"""In which formats pages are read from files and written to files. No Qt."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.formats.documents import write_document
from hwocr_desktop.core.formats.safe_xml import read_xml_file
from hwocr_desktop.core.formats.text import page_text

Format = Literal["txt", "page", "page2013", "alto"]
FORMATS: tuple[Format, ...] = ("txt", "page", "page2013", "alto")
SUFFIX: dict[Format, str] = {
    "txt": ".txt",
    "page": ".xml",
    "page2013": ".xml",
    "alto": ".xml",
}
LinesFrom = Literal["found", "given"]
LINES_FROM: tuple[LinesFrom, ...] = ("found", "given")


def page_content(page: Page, scan: Path, kind: Format, beside: Path | None) -> bytes:
    """Return the content of the file that a page is written to.

    Parameters
    ----------
    page : Page
    scan : Path
        By whose name other programs match the file.
    kind : "txt", "page", "page2013" or "alto"
    beside : Path or None
        The file that the lines of the page are from; what else it says is kept.

    Raises
    ------
    FileNotReadable, BadDocument
        If that file is gone meanwhile.
    """
    if kind == "txt":
        return page_text(page).encode("utf-8")
    given = None if beside is None else read_xml_file(beside)
    return write_document(page, scan.name, kind, given)
