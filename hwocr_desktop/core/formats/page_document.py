"""What a file of another program says of a page, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass

from hwocr_desktop.core.document.document import Line, Region


@dataclass(frozen=True, slots=True)
class Mended:
    """What a file says otherwise than it was taken, for a person to know.

    Attributes
    ----------
    nowhere, points, outside : int
        Lines of whose place the file says nothing, that have no length, and that lie
        wholly off the page; each has a small place now.
    misfits : int
        Lines whose baseline is none, or leaves their outline, by which they are taken.
    renamed : tuple of (str, str)
        Ids of lines and regions that were given twice or are none, and what they
        are now.
    """

    nowhere: int = 0
    points: int = 0
    outside: int = 0
    misfits: int = 0
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PageDocument:
    """What a PAGE XML or ALTO file says.

    Attributes
    ----------
    image_name : str
        Name of the image file, as it stands in the file.
    width, height : int
        Size of the image in pixels, 0 if the file does not say; of ALTO in the file's
        own unit, whatever it is.
    regions : tuple of Region
        Text regions in reading order; nested ones stand side by side.
    lines : tuple of Line
        Lines in reading order, on the page and with whole shapes. Their text is a
        person's and checked, unless the file says that a machine read it.
    original : str
        Name under which the project keeps the file, "" if it does not.
    mended : Mended
    """

    image_name: str
    width: int
    height: int
    regions: tuple[Region, ...]
    lines: tuple[Line, ...]
    original: str = ""
    mended: Mended = Mended()
