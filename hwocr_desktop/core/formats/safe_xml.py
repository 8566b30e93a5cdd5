"""Parse XML of strangers without letting it do anything."""

from __future__ import annotations

from pathlib import Path
from xml.parsers import expat

from lxml import etree

from hwocr_desktop.core.errors import BadDocument, FileNotReadable

# A page of a newspaper with every letter outlined has some 50 MB.
_MAX_BYTES = 200 * 1024 * 1024


class _DoctypeFound(Exception):
    """The file has a document type declaration."""


class _ElementReached(Exception):
    """The first element is reached; nothing can be declared behind it."""


def parse_xml(path: Path) -> etree._Element:
    """Read an XML file and return its root.

    Nothing is fetched and no entity is replaced. A file with a DOCTYPE is refused as a
    whole, because declarations can make a small file fill the memory.

    Parameters
    ----------
    path : Path
        The file.

    Returns
    -------
    lxml element
        The root, without comments and processing instructions.

    Raises
    ------
    FileNotReadable
        If the file is missing or may not be read.
    BadDocument
        If it is empty, huge, no XML, or has a DOCTYPE.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BadDocument(
                f"“{path.name}” is far too large for a page.",
                "Choose the file of a single page.",
            )
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise FileNotReadable(
            f"“{path.name}” cannot be read ({reason}).",
            "Check that the file is there and that you may open it.",
        ) from error
    if not data.strip():
        raise BadDocument(
            f"“{path.name}” is empty.",
            "Export the page again in the program it comes from.",
        )
    if _has_doctype(data):
        raise _refused(path)
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise BadDocument(
            f"“{path.name}” is not whole XML (line {error.lineno}).",
            "Export the page again in the program it comes from.",
        ) from error
    except (ValueError, LookupError) as error:
        raise BadDocument(
            f"“{path.name}” is not XML.",
            "Export the page again in the program it comes from.",
        ) from error
    # Encodings that expat does not know have not been looked at above.
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused(path)
    return root


def _refused(path: Path) -> BadDocument:
    return BadDocument(
        f"“{path.name}” has a DOCTYPE, which could carry harmful content.",
        "Open it in a text editor, delete the line that begins with <!DOCTYPE, and "
        "try again.",
    )


def _has_doctype(data: bytes) -> bool:
    """Whether a DOCTYPE comes before the first element, in any encoding."""

    def doctype(*_: object) -> None:
        raise _DoctypeFound

    def element(*_: object) -> None:
        raise _ElementReached

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = element
    try:
        parser.Parse(data, True)
    except _DoctypeFound:
        return True
    except (_ElementReached, expat.ExpatError, ValueError, LookupError):
        # Broken XML is the business of the real parser.
        return False
    return False
