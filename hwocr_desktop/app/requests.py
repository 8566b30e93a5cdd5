"""What the session tells the window: frozen values, one to a signal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from hwocr_desktop.core.document.document import Cleaning, Project
from hwocr_desktop.core.pixels.imaging import Scan
from hwocr_desktop.core.pixels.thresholding import Ink
from hwocr_desktop.core.pixels.tiles import InkTile

NoticeKind = Literal["information", "warning", "error"]


@dataclass(frozen=True, slots=True)
class ProjectChange:
    """The project as it is now, and the step that made it so.

    Attributes
    ----------
    project : Project
    before : Project
        As it was; compare by identity to see what changed.
    label : str
        What was done.
    is_other : bool
        Whether this is another project altogether (opened, created, recovered).
    """

    project: Project
    before: Project
    label: str
    is_other: bool = False


@dataclass(frozen=True, slots=True)
class ScanShown:
    """A page's pixels, ready to be shown."""

    page_id: str
    scan: Scan


@dataclass(frozen=True, slots=True)
class InkShown:
    """A page's ink map, ready to be shown, without what a person painted over it.

    Attributes
    ----------
    page_id : str
    ink : Ink
        With the cut that holds for the page.
    cleaning : Cleaning
        What it was made with.
    own_cut : int
        The cut that belongs to the method itself; 0 if it is not known.
    """

    page_id: str
    ink: Ink
    cleaning: Cleaning
    own_cut: int = 0


@dataclass(frozen=True, slots=True)
class InkPart:
    """Pieces of a page's ink map, while a network is still at work on the others.

    Attributes
    ----------
    page_id : str
    tiles : tuple of InkTile
    cut : int
        The cut that will hold for the whole.
    cleaning : Cleaning
        What it is made with.
    """

    page_id: str
    tiles: tuple[InkTile, ...]
    cut: int
    cleaning: Cleaning


@dataclass(frozen=True, slots=True)
class InkStopped:
    """A page whose cleaning ended before its ink map was whole.

    Attributes
    ----------
    page_id : str
    done, total : int
        Parts that were done, and parts in all; ``total`` is 0 while it is unknown.
    """

    page_id: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence for the person, and what to do about it.

    Attributes
    ----------
    text, advice : str
    kind : "information", "warning" or "error"
    action : str
        Name of an action the window may offer with it: "recover",
        "discard-recovered", "save-copy", "open-backup", "turn-page", or "".
    page_id : str
        The page it is about, if the action needs one.
    turns : int
        By how many clockwise quarter turns "turn-page" turns it.
    """

    text: str
    advice: str = ""
    kind: NoticeKind = "information"
    action: str = ""
    page_id: str = ""
    turns: int = 0
