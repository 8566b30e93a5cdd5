"""The document: a project, its pages, their lines and what is known of the text.

Everything is frozen and holds no pixels. An edit (`edits`) is a pure function that
returns a new project sharing whatever did not change, so undo is a list of
references and a worker may hold a page without a lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hwocr_desktop.core.pixels.geometry import LineShape, Point
from hwocr_desktop.core.pixels.mending import BrushStroke
from hwocr_desktop.core.text.lexicon import LexiconUse

LineState = Literal["unread", "read", "checked"]
PageState = Literal["new", "empty", "lines", "read", "checked"]

IGNORED = "ignore"
"""Kind of a region whose lines are neither read nor exported as text."""


@dataclass(frozen=True, slots=True)
class Character:
    """One character of a reading.

    Attributes
    ----------
    text : str
        The character, one code point of NFC text.
    confidence : float
        Probability that it is right, 0..1, as the model sees it.
    start, end : float
        Where it stands along the line, as fractions of the line's length, 0..1.
    """

    text: str
    confidence: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class OtherReading:
    """Another text for a word; its probability 0..1, as network and language see it."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class WordAlternatives:
    """A word of a reading and what else it might be.

    Attributes
    ----------
    start, end : int
        Which characters of the reading, end exclusive.
    probability : float
        Of the word as it was read among all that were weighed, 0..1; 0 if the search
        lost it.
    others : tuple of OtherReading
        The likeliest first.
    """

    start: int
    end: int
    probability: float
    others: tuple[OtherReading, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model read in a line; ``text`` is the characters joined.

    Attributes
    ----------
    characters : tuple of Character
    model : str
        Id of the model.
    alternatives : tuple of WordAlternatives
        Of the words that may well be others, in order; none from a decoder that
        knows no words.
    """

    characters: tuple[Character, ...]
    model: str
    alternatives: tuple[WordAlternatives, ...] = ()

    @property
    def text(self) -> str:
        """The text of the reading."""
        return "".join(c.text for c in self.characters)

    @property
    def confidence(self) -> float:
        """Mean confidence of the characters, 0..1; 0 where nothing was read."""
        if not self.characters:
            return 0.0
        return sum(c.confidence for c in self.characters) / len(self.characters)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of writing on a page.

    Attributes
    ----------
    id : str
        Stable and never reused on its page; an XML name (starts with a letter).
    shape : LineShape
        Where it is.
    reading : Reading or None
        What a model read.
    correction : str or None
        What a person says it is; wins over the reading. Accepting a reading makes
        it the correction.
    checked : bool
        Whether a person called the text right (pressed Enter on it). A correction
        that is still being typed is not checked yet.
    region : str
        Id of the region the line belongs to, or "".
    kind : str
        "" for handwriting; "vertical", "upside-down" by how it stands; or what PAGE's
        structure type says ("printed", ...).
    is_shaped : bool
        Whether a person drew it or changed where it is. No automatic run takes it
        away or moves it; it is read like any other.
    is_placed : bool
        Whether a person put it in its place in the reading order, or in its region.
        No automatic run takes it away or moves it either; but where it is on the page
        may be what a machine said.
    transcript : str
        What an imported transcription says here, or "". It stays beside the text,
        whatever becomes of that.
    """

    id: str
    shape: LineShape
    reading: Reading | None = None
    correction: str | None = None
    checked: bool = False
    region: str = ""
    kind: str = ""
    is_shaped: bool = False
    is_placed: bool = False
    transcript: str = ""

    @property
    def is_confirmed(self) -> bool:
        """Whether the text, its reading and a transcription all say the same."""
        read = self.reading.text if self.reading else ""
        return self.transcript != "" and self.transcript == self.text == read

    @property
    def text(self) -> str:
        """The text that holds: the correction if there is one, else the reading."""
        if self.correction is not None:
            return self.correction
        return self.reading.text if self.reading else ""

    @property
    def state(self) -> LineState:
        """How far the line has come."""
        if self.checked:
            return "checked"
        return "unread" if self.reading is None and self.correction is None else "read"


@dataclass(frozen=True, slots=True)
class Region:
    """An area of a page that holds lines.

    Attributes
    ----------
    id : str
        Unique on its page.
    polygon : tuple of (x, y)
        Its closed border.
    kind : str
        What PAGE's region type says, or `IGNORED`.
    is_shaped : bool
        Whether a person drew or changed it; no automatic run takes it away.
    """

    id: str
    polygon: tuple[Point, ...]
    kind: str = "paragraph"
    is_shaped: bool = False


@dataclass(frozen=True, slots=True)
class Original:
    """The file of another program that a page's lines were imported from.

    Attributes
    ----------
    name : str
        Of the copy in the project's folder of originals.
    rotation : int
        That of the page when the file was imported: what the file says fits that.
    """

    name: str
    rotation: int = 0


@dataclass(frozen=True, slots=True)
class Cleaning:
    """How a page becomes ink.

    Attributes
    ----------
    method : str
        "otsu", "global", "sauvola", "wolf", "nick", or a model's id.
    cut : int or None
        Ink is where ``ink_map >= cut``, 1..255; None takes the method's own.
    window : int
        Side in pixels of a local method's window, odd; 0 for its default.
    k : float or None
        Sensitivity of a local method; None for its default.
    orientations : int
        In how many ways a network looks at each window, 1, 4 or 8; 0 for its own.
    """

    method: str = "sauvola"
    cut: int | None = None
    window: int = 0
    k: float | None = None
    orientations: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page: a scan on disk, how it is cleaned, and its lines in reading order.

    Attributes
    ----------
    id : str
        Stable and never reused in its project.
    source : str
        The scan; relative to the project folder where it lies below it or beside it,
        absolute otherwise. Forward slashes.
    frame : int
        Which picture of a multi-page TIFF or PDF, from 0.
    width, height : int
        Size in pixels after the file's own orientation was applied.
    sha256 : str
        Checksum of the file, hexadecimal, or "" if unknown.
    dpi : float
        Resolution, or 0 if the file does not say.
    rotation : int
        Turns a person added, clockwise: 0, 90, 180 or 270; all places are after them.
    inverted : bool
        Whether the scan is a negative (light writing on dark) and is shown inverted.
    cleaning : Cleaning
        How it becomes ink.
    mending : tuple of BrushStroke
        What a person painted over the ink, in order; it holds for every cleaning.
    regions, lines, removed : tuple
        What is on it; and where lines were that a person took off it.
    next_line : int
        Number for the next new line id, so that ids are never reused.
    original : Original or None
        Where the lines were imported from, so that an export keeps what else is there.
    is_searched : bool
        Whether its lines were looked for as it stands; then no lines mean no writing.
    """

    id: str
    source: str
    width: int
    height: int
    frame: int = 0
    sha256: str = ""
    dpi: float = 0.0
    rotation: int = 0
    inverted: bool = False
    cleaning: Cleaning = Cleaning()
    mending: tuple[BrushStroke, ...] = ()
    regions: tuple[Region, ...] = ()
    lines: tuple[Line, ...] = ()
    removed: tuple[LineShape, ...] = ()
    next_line: int = 1
    original: Original | None = None
    is_searched: bool = False

    @property
    def state(self) -> PageState:
        """How far the page has come, by the least advanced line that is read."""
        if not self.lines:
            return "empty" if self.is_searched else "new"
        states = {line.state for line in self.text_lines}
        if states == {"checked"}:
            return "checked"
        return "read" if states - {"unread"} else "lines"

    @property
    def scan_name(self) -> str:
        """Name of the scan's file."""
        return self.source.rsplit("/", 1)[-1]

    @property
    def text_lines(self) -> tuple[Line, ...]:
        """The lines that are read and exported: not those in regions to ignore."""
        ignored = self.ignored_lines
        if not ignored:
            return self.lines
        return tuple(line for line in self.lines if line.id not in ignored)

    @property
    def ignored_lines(self) -> frozenset[str]:
        """Ids of the lines in regions to ignore."""
        regions = {r.id for r in self.regions if r.kind == IGNORED}
        if not regions:
            return frozenset()
        return frozenset(line.id for line in self.lines if line.region in regions)

    def line(self, line_id: str) -> Line:
        """Return the line with that id.

        Raises
        ------
        KeyError
            If the page has no such line.
        """
        for line in self.lines:
            if line.id == line_id:
                return line
        raise KeyError(line_id)


@dataclass(frozen=True, slots=True)
class Project:
    """A set of pages that belong together, and what was chosen to read them with.

    Attributes
    ----------
    title : str
    pages : tuple of Page
    line_model : str
        Id of the model that reads; "" for none chosen.
    layout_model : str
        What finds lines: the id of a model, or "classical" for ridges of the ink
        alone; "" for the usual one.
    next_page : int
        Number for the next new page id, so that ids are never reused.
    word_list : str
        Name of a file in the project folder with words of the collection; "" for
        none.
    word_list_use : "rerank" or "constrain"
        Whether its words are preferred, or no others are read.
    """

    title: str = ""
    pages: tuple[Page, ...] = ()
    line_model: str = ""
    layout_model: str = ""
    next_page: int = 1
    word_list: str = ""
    word_list_use: LexiconUse = "rerank"

    def page(self, page_id: str) -> Page:
        """Return the page with that id.

        Raises
        ------
        KeyError
            If the project has no such page.
        """
        for page in self.pages:
            if page.id == page_id:
                return page
        raise KeyError(page_id)
