"""Names and values that PAGE XML of 2019 prescribes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from hwocr_desktop.core.document.plain import one_line

NAMESPACE = "http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"
LOCATION = f"{NAMESPACE} {NAMESPACE}/pagecontent.xsd"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
# What eScriptorium calls the region of lines that have none, and takes for none.
NO_REGION = "eSc_dummyblock_"
REGION_TYPES = frozenset(
    {
        "paragraph",
        "heading",
        "caption",
        "header",
        "footer",
        "page-number",
        "drop-capital",
        "credit",
        "floating",
        "signature-mark",
        "catch-word",
        "marginalia",
        "footnote",
        "footnote-continued",
        "endnote",
        "TOC-entry",
        "list-label",
        "other",
    }
)

# Everything else XML 1.0 forbids, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_IN_NAME = re.compile(r"[^\w.-]")
_NAME_START = re.compile(r"[^\W\d]")


def xml_text(text: str) -> str:
    r"""Return text as one line of NFC without the characters that XML forbids.

    Examples
    --------
    >>> xml_text("Kew\x00,\nMay")
    'Kew, May'
    """
    # Composed only at the end: what is dropped may have stood between two parts.
    return unicodedata.normalize("NFC", _FORBIDDEN.sub("", one_line(text)))


def name_for(wanted: str, prefix: str, taken: Iterable[str] = ()) -> str:
    """Return an XML name (NCName) as near to the wanted one as can be.

    Parameters
    ----------
    wanted : str
        Any text; kept if it is a name and not taken.
    prefix : str
        Put before it if it does not begin like a name.
    taken : collection of str
        Names that are in use.

    Examples
    --------
    >>> name_for("7f-3 a", "l_", {"l_7f-3_a"})
    'l_7f-3_a_2'
    """
    # Letters beyond ASCII are allowed in part; other programs trip over them.
    ascii_only = wanted.encode("ascii", "replace").decode("ascii").replace("?", "_")
    name = _NOT_IN_NAME.sub("_", ascii_only)
    if not _NAME_START.match(name):
        name = prefix + name
    unique, number = name, 2
    while unique in taken:
        unique, number = f"{name}_{number}", number + 1
    return unique
