"""Files of other programs, whatever their format: one way in and one way out."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.errors import BadDocument
from hwocr_desktop.core.formats.alto import write_alto
from hwocr_desktop.core.formats.alto_read import read_alto_tree
from hwocr_desktop.core.formats.alto_update import update_alto
from hwocr_desktop.core.formats.page_document import PageDocument
from hwocr_desktop.core.formats.page_xml import write_page
from hwocr_desktop.core.formats.page_xml_read import read_page_tree
from hwocr_desktop.core.formats.page_xml_update import update_page
from hwocr_desktop.core.formats.page_xml_years import Year
from hwocr_desktop.core.formats.safe_xml import local_name, parse_data, read_xml_file

log = logging.getLogger(__name__)

XmlFormat = Literal["page", "page2013", "alto"]
XML_FORMATS: tuple[XmlFormat, ...] = ("page", "page2013", "alto")
SIDECAR_FOLDERS: dict[XmlFormat, str] = {
    "page": "page",
    "page2013": "page",
    "alto": "alto",
}
"""Where other programs look for the file of a picture: in a folder beside it."""


def read_document(path: Path) -> PageDocument:
    """Read PAGE XML or ALTO.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is neither, damaged, or has a DOCTYPE.
    """
    return document_of(read_xml_file(path), path.name)


def document_of(data: bytes, file_name: str) -> PageDocument:
    """Read the content of a PAGE XML or ALTO file, see `read_document`."""
    root = parse_data(data, file_name)
    name = local_name(root)
    if name == "alto":
        return read_alto_tree(root, file_name).document
    if name != "PcGts":
        kind = {"html": "hOCR or HTML"}.get(name, f"“{name[:40]}”")
        raise BadDocument(
            f"“{file_name}” is neither PAGE XML nor ALTO but {kind}.",
            "Export the page as PAGE XML in the program it comes from.",
        )
    return read_page_tree(root, file_name).document


def write_document(
    page: Page,
    image_name: str,
    kind: XmlFormat,
    original: bytes | None = None,
    *,
    has_words: bool = False,
) -> bytes:
    """Return a page as a file for other programs.

    Parameters
    ----------
    page : Page
    image_name : str
        Name of the image file, without folders.
    kind : "page", "page2013" or "alto"
        PAGE XML of 2019 or, for Transkribus, of 2013; or ALTO 4.4.
    original : bytes or None
        The file that the page's lines were imported from. What else it says is kept
        if it is of the same kind.
    has_words : bool
        Whether PAGE XML has a place for each word, as ALTO always has.

    Returns
    -------
    bytes
        XML in UTF-8.
    """
    year: Year = 2013 if kind == "page2013" else 2019
    source = page.original
    if original is not None and source is not None:
        name = local_name(parse_data(original, source.name))
        if name == "alto" and kind == "alto":
            return update_alto(original, page, source, image_name)
        if name == "PcGts" and kind != "alto":
            return update_page(
                original, page, source, image_name, year=year, has_words=has_words
            )
        log.info("%s is not of the kind of the export, which is a plain one", source)
    if kind == "alto":
        return write_alto(page, image_name)
    return write_page(page, image_name, year=year, has_words=has_words)
