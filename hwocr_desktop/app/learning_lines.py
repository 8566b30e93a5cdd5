"""Which of a person's corrected lines are learned from, and which are held out. No Qt.

Only the document is looked at, no pixels: it has to be quick for ten thousand lines.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import normalize

MIN_LINES = 12
"""Fewer checked lines than this teach nothing that could be measured."""

HELD_OUT_SHARE = 0.2
"""Share of the checked lines, about, that is kept for the verdict."""

MOST_HELD_OUT = 0.35
"""No page is held out that would bring the share above this, if others will do."""

MOST_LEARNED = 4000
"""Lines in memory to learn from, at most: some 300 megabytes of pictures."""

MOST_MEASURED = 500
"""Lines to measure on, at most: more would take longer and hardly say more."""

FOREIGN_SHARE = 0.3
"""Of characters unknown to the model, from which on it is another script to it."""

Item = TypeVar("Item")
PageItem = TypeVar("PageItem")


@dataclass(frozen=True, slots=True)
class LineChoice:
    """Checked lines, parted.

    Attributes
    ----------
    train, held_out : list of (Page, Line)
    usable : int
        Lines that could be learned from or measured on; of very many, some are left.
    repeated : int
        Lines left out because the same picture with the same text is there already.
    contradictory : int
        Lines left out because the same picture has another text somewhere.
    """

    train: list[tuple[Page, Line]]
    held_out: list[tuple[Page, Line]]
    usable: int
    repeated: int
    contradictory: int

    @property
    def lines(self) -> list[tuple[Page, Line]]:
        """Those that are used, for either."""
        return [*self.train, *self.held_out]


@dataclass(frozen=True, slots=True)
class LearnSurvey:
    """What there is to learn from.

    Attributes
    ----------
    lines : int
        Checked lines with text that can be used.
    train_lines, held_out_lines : int
    split : "page" or "line"
        Whether whole pages are held out, or single lines because there is one page.
    new_characters : str
        Characters that the model does not know yet.
    pages : int
        Pages with such lines.
    new_in : int
        Lines to learn from that hold new characters.
    repeated, contradictory : int
        See `LineChoice`.
    is_foreign : bool
        Whether the texts are in a script that the model does not know.
    """

    lines: int
    train_lines: int
    held_out_lines: int
    split: Literal["page", "line"]
    new_characters: str
    pages: int
    new_in: int = 0
    repeated: int = 0
    contradictory: int = 0
    is_foreign: bool = False

    @property
    def is_enough(self) -> bool:
        """Whether there are lines enough to start."""
        return self.lines >= MIN_LINES


def checked_lines(
    project: Project, page_ids: Sequence[str] = ()
) -> list[tuple[Page, Line]]:
    """Return the lines a person has called right, in page order.

    Empty ones teach nothing, and printed ones would not teach the hand.
    """
    wanted = set(page_ids)
    return [
        (page, line)
        for page in project.pages
        if not wanted or page.id in wanted
        for line in page.lines
        if line.checked and line.kind != "printed" and _has_letters(line.text)
    ]


def _has_letters(text: str) -> bool:
    """Whether anything of a text can be seen."""
    return any(c.isprintable() and not c.isspace() for c in text)


def without_doubles(
    items: Iterable[Item],
    picture: Callable[[Item], Hashable],
    text: Callable[[Item], str],
) -> tuple[list[Item], int, int]:
    """Leave out what would be learned or measured twice, and what contradicts itself.

    Of items with the same picture and the same text the first one stays. Where their
    texts differ, nobody can say which is right, and none stays.

    Returns
    -------
    items : list
    repeated, contradictory : int
        How many were left out for either reason.
    """
    groups: dict[Hashable, list[Item]] = {}
    for item in items:
        groups.setdefault(picture(item), []).append(item)
    kept: list[Item] = []
    repeated = contradictory = 0
    for group in groups.values():
        if len(group) == 1 or len({text(item) for item in group}) == 1:
            kept.append(group[0])
            repeated += len(group) - 1
        else:
            contradictory += len(group)
    return kept, repeated, contradictory


def split_pages(
    items: Sequence[tuple[Page, PageItem]],
) -> tuple[list[tuple[Page, PageItem]], list[tuple[Page, PageItem]]]:
    """Split what is on pages into that to learn from and that to measure on.

    Whole pages are held out, spread over the project, until a fifth of all is
    reached; with a single page, every fifth item is.

    Parameters
    ----------
    items : sequence of (Page, item)
        Lines, or mended places.
    """
    sizes: dict[str, int] = {}
    for page, _ in items:
        sizes[page.id] = sizes.get(page.id, 0) + 1
    if len(sizes) < 2:
        held = [item for i, item in enumerate(items) if i % 5 == 2]
        return [item for i, item in enumerate(items) if i % 5 != 2], held
    want, most = HELD_OUT_SHARE * len(items), MOST_HELD_OUT * len(items)
    ids = list(sizes)
    # Every fifth page first, so that the test is spread over the project.
    order = sorted(range(len(ids)), key=lambda i: ((i + 3) % 5, i))
    chosen: set[str] = set()
    count = 0
    for page_id in (ids[i] for i in order):
        if count < want and count + sizes[page_id] <= most:
            chosen.add(page_id)
            count += sizes[page_id]
    if not chosen:
        chosen = {min(ids, key=lambda page_id: sizes[page_id])}
    train = [item for item in items if item[0].id not in chosen]
    return train, [item for item in items if item[0].id in chosen]


def choose_lines(project: Project, page_ids: Sequence[str] = ()) -> LineChoice:
    """Part the checked lines of a project; the same lines are parted the same way."""
    lines, repeated, contradictory = without_doubles(
        checked_lines(project, page_ids), _place, lambda item: item[1].text
    )
    train, held_out = split_pages(lines)
    return LineChoice(
        _spread(train, MOST_LEARNED),
        _spread(held_out, MOST_MEASURED),
        len(lines),
        repeated,
        contradictory,
    )


def _place(item: tuple[Page, Line]) -> Hashable:
    """Return what two lines share that are the same pixels of the same scan."""
    page, line = item
    shape = line.shape
    return (
        page.sha256 or page.source,
        page.frame,
        page.rotation,
        shape.baseline,
        shape.ascent,
        shape.descent,
    )


def _spread(items: list[Item], most: int) -> list[Item]:
    """Return so many items at most, evenly spread over all."""
    if len(items) <= most:
        return items
    return [items[i * len(items) // most] for i in range(most)]


def survey(project: Project, page_ids: Sequence[str], charset: Charset) -> LearnSurvey:
    """Say what there is to learn from; quick, touches no pixels."""
    chosen = choose_lines(project, page_ids)
    pages = len({page.id for page, _ in chosen.lines})
    known = set(charset.characters)
    new: set[str] = set()
    new_in = letters = unknown = 0
    for _, line in chosen.train:
        text = normalize(line.text)
        strange = set(text) - known
        new |= strange
        new_in += bool(strange)
        letters += len(text)
        unknown += sum(c in strange for c in text) if strange else 0
    return LearnSurvey(
        chosen.usable,
        len(chosen.train),
        len(chosen.held_out),
        "page" if pages > 1 else "line",
        "".join(sorted(new)),
        pages,
        new_in,
        chosen.repeated,
        chosen.contradictory,
        unknown > FOREIGN_SHARE * letters,
    )
