"""Which lines a model, and those it grew from, learned from and held out. No Qt.

A scan is told by its checksum, for numbers of pages and lines are a project's own, and
a line by where it lies: found, drawn or imported anew it is still the same writing.
"""

from __future__ import annotations

import contextlib
import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.document.sources import resolve_source
from hwocr_desktop.core.errors import FileNotReadable, HwocrError
from hwocr_desktop.core.pixels.geometry import LineShape, turn_point
from hwocr_desktop.core.pixels.scan_files import file_sha256
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard

Fate = Literal["learned", "held out", "new"]
"""What became of a line when a model was taught."""

Place = tuple[int, int, int]
"""Middle of a line on its scan as the file shows it, and half its length, in pixels."""

Places = Mapping[str, tuple[Place, ...]]
"""By scan; the same ones for all models."""

KEY = "lines"
"""Under which a card's teaching keeps it."""

_NAMED = 16
"""Hexadecimal digits by which a scan is told."""

_TOUCHING = 0.9
"""Lines on one height are the same if they are nearer than this share of their halves:
pieces side by side touch, and are not."""


@dataclass(frozen=True, slots=True)
class TaughtLines:
    """What is known of the lines that a model was taught, by whoever taught it.

    Attributes
    ----------
    learned, held_out : mapping from scan to places
        A line that is in both was learned from.
    is_complete : bool
        False if it was also taught before the program kept this.
    """

    learned: Places = field(default_factory=dict)
    held_out: Places = field(default_factory=dict)
    is_complete: bool = True

    def fate(self, page: Page, line: Line) -> Fate:
        """Say what became of a line, or of writing that it shares."""
        scan = scan_key(page)
        if _is_among(self.learned.get(scan, ()), page, line):
            return "learned"
        if _is_among(self.held_out.get(scan, ()), page, line):
            return "held out"
        return "new"

    def fates(self, items: Iterable[tuple[Page, Line]]) -> list[Fate]:
        """Say what became of each of some lines."""
        return [self.fate(page, line) for page, line in items]

    def with_lines(
        self,
        learned: Sequence[tuple[Page, Line]],
        held_out: Sequence[tuple[Page, Line]],
    ) -> TaughtLines:
        """Return the same after one more teaching."""
        return replace(
            self,
            learned=_joined(self.learned, learned),
            held_out=_joined(self.held_out, held_out),
        )

    def to_plain(self) -> dict[str, Any]:
        """Return it as JSON can keep it; `from_plain` reads it."""
        return {
            "complete": self.is_complete,
            "learned": _to_text(self.learned),
            "held_out": _to_text(self.held_out),
        }


def from_plain(plain: object) -> TaughtLines | None:
    """Return what a card keeps; None if it keeps nothing that can be understood."""
    if not isinstance(plain, dict):
        return None
    try:
        return TaughtLines(
            _from_text(plain["learned"]),
            _from_text(plain["held_out"]),
            plain["complete"] is True,
        )
    except (AttributeError, KeyError, ValueError):
        return None


def taught_lines(card: ModelCard) -> TaughtLines:
    """Return what is known of the lines that a model and its ancestors were taught.

    A card keeps what its ancestors' cards kept, so that these need not be there.
    """
    seen: set[str] = set()
    is_complete = True
    while card.id not in seen:
        seen.add(card.id)
        known = from_plain(card.teaching.get(KEY))
        if known is not None:
            return replace(known, is_complete=known.is_complete and is_complete)
        is_complete = is_complete and not card.teaching
        if card.parent:
            with contextlib.suppress(HwocrError):
                card = registry.card(card.parent)
    return TaughtLines(is_complete=is_complete)


def with_checksums(project: Project, folder: Path) -> Project:
    """Return a project whose pages all have checksums, but for those that are gone.

    In folders of pictures that are no project, 0001.png is another line in each.
    """
    pages = []
    for page in project.pages:
        if not page.sha256:
            with contextlib.suppress(FileNotReadable):
                found = file_sha256(resolve_source(folder, page))
                page = replace(page, sha256=found)
        pages.append(page)
    return replace(project, pages=tuple(pages))


def scan_key(page: Page) -> str:
    """Return by what a scan is told, wherever it lies and whatever project names it."""
    made_of = repr((page.sha256 or page.source, page.frame))
    return hashlib.sha256(made_of.encode()).hexdigest()[:_NAMED]


def place(page: Page, line: Line) -> Place:
    """Return where a line lies on its scan, however the page is turned."""
    middle, length = _middle(line.shape)
    x, y = turn_point(middle, -page.rotation // 90, page.width, page.height)
    return round(x), round(y), round(length / 2)


def _middle(shape: LineShape) -> tuple[tuple[float, float], float]:
    """Return the middle between the ends of a line's baseline, and their distance."""
    (xa, ya), (xb, yb) = shape.baseline[0], shape.baseline[-1]
    return ((xa + xb) / 2, (ya + yb) / 2), math.hypot(xb - xa, yb - ya)


def _is_among(known: tuple[Place, ...], page: Page, line: Line) -> bool:
    """Whether one of the places on a scan is this line, or a piece of it."""
    if not known:
        return False
    x, y, half = place(page, line)
    (xa, ya), (xb, yb) = (
        turn_point(end, -page.rotation // 90, page.width, page.height)
        for end in (line.shape.baseline[0], line.shape.baseline[-1])
    )
    length = math.hypot(xb - xa, yb - ya) or 1.0
    along, down = (xb - xa) / length, (yb - ya) / length
    # About half the distance between neighboring lines.
    reach = max(1.0, (line.shape.ascent + line.shape.descent) / 2)
    for other_x, other_y, other_half in known:
        dx, dy = other_x - x, other_y - y
        if abs(dy * along - dx * down) < reach and (
            abs(dx * along + dy * down) <= max(1.0, _TOUCHING * (half + other_half))
        ):
            return True
    return False


def _joined(known: Places, items: Iterable[tuple[Page, Line]]) -> Places:
    found = {scan: dict.fromkeys(places) for scan, places in known.items()}
    for page, line in items:
        found.setdefault(scan_key(page), {})[place(page, line)] = None
    return {scan: tuple(places) for scan, places in found.items()}


def _to_text(known: Places) -> dict[str, str]:
    """Return places as one short text a scan: cards are read often."""
    return {
        scan: " ".join(",".join(map(str, place)) for place in places)
        for scan, places in known.items()
    }


def _from_text(plain: dict[str, str]) -> Places:
    found = {}
    for scan, text in plain.items():
        places = []
        for one in text.split():
            x, y, half = map(int, one.split(","))
            places.append((x, y, half))
        found[scan] = tuple(places)
    return found
