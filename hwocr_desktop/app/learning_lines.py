"""Which of a person's corrected lines are learned from, and which are held out. No Qt.

Only the document is looked at, no pixels: it has to be quick for ten thousand lines.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from hwocr_desktop.app.held_out import Split, part_lines, split_pages
from hwocr_desktop.app.taught_lines import TaughtLines
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.text.bootstrap import LEAST_TO_TELL
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.text_metrics import normalize

__all__ = [
    "MIN_LINES",
    "LearnSurvey",
    "LineChoice",
    "checked_lines",
    "choose_lines",
    "split_pages",
    "spread",
    "survey",
    "survey_of",
    "without_doubles",
]

MIN_LINES = 12
"""Fewer checked lines than this teach nothing that could be measured."""

MOST_LEARNED = 4000
"""Lines in memory to learn from, at most: some 300 megabytes of pictures."""

MOST_MEASURED = 500
"""Lines to measure on, at most: more would take longer and hardly say more."""

FOREIGN_SHARE = 0.3
"""Of characters unknown to the model, from which on it is another script to it."""

Item = TypeVar("Item")


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
    split : "page", "line", "picture" or "known"
        What is measured on, see `held_out.Split`.
    printed : int
        Checked lines that count as printed, of which nothing is learned.
    """

    train: list[tuple[Page, Line]]
    held_out: list[tuple[Page, Line]]
    usable: int
    repeated: int
    contradictory: int
    split: Split = "page"
    printed: int = 0

    @property
    def lines(self) -> list[tuple[Page, Line]]:
        """Those that are used, for either."""
        return [*self.train, *self.held_out]

    @property
    def tested_pages(self) -> int:
        """Pages of the lines to measure on."""
        return len({page.id for page, _ in self.held_out})

    @property
    def is_strict(self) -> bool:
        """Whether it is measured on enough lines of pages that are not learned from."""
        return self.split == "page" and len(self.held_out) >= LEAST_TO_TELL


@dataclass(frozen=True, slots=True)
class LearnSurvey:
    """What there is to learn from.

    Attributes
    ----------
    lines : int
        Checked lines with text that can be used.
    train_lines, held_out_lines : int
    split : "page", "line", "picture" or "known"
        What is measured on, see `held_out.Split`.
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
    held_out_pages : int
        Pages of the lines to measure on.
    is_traced : bool
        Whether it is known of which lines the model has learned before.
    printed : int
        See `LineChoice`.
    """

    lines: int
    train_lines: int
    held_out_lines: int
    split: Split
    new_characters: str
    pages: int
    new_in: int = 0
    repeated: int = 0
    contradictory: int = 0
    is_foreign: bool = False
    held_out_pages: int = 1
    is_traced: bool = True
    printed: int = 0

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
    lines = _all_checked(project, page_ids)
    return [(page, line) for page, line in lines if line.kind != "printed"]


def _all_checked(project: Project, page_ids: Sequence[str]) -> list[tuple[Page, Line]]:
    wanted = set(page_ids)
    return [
        (page, line)
        for page in project.pages
        if not wanted or page.id in wanted
        for line in page.lines
        if line.checked and _has_letters(line.text)
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


def choose_lines(
    project: Project, page_ids: Sequence[str] = (), taught: TaughtLines | None = None
) -> LineChoice:
    """Part the checked lines of a project; the same lines are parted the same way.

    Parameters
    ----------
    project : Project
    page_ids : sequence of str
        Of these pages only; empty for all.
    taught : TaughtLines, optional
        What the model to start from was taught before: none of it is held out.
    """
    checked = _all_checked(project, page_ids)
    written = [(page, line) for page, line in checked if line.kind != "printed"]
    lines, repeated, contradictory = without_doubles(
        written, _place, lambda item: item[1].text
    )
    train, held_out, split = part_lines(lines, (taught or TaughtLines()).fates(lines))
    if split != "known" and held_out and all(map(_is_all_of_it, held_out)):
        split = "picture"
    return LineChoice(
        spread(train, MOST_LEARNED),
        spread(held_out, MOST_MEASURED),
        len(lines),
        repeated,
        contradictory,
        split,
        len(checked) - len(written),
    )


def _is_all_of_it(item: tuple[Page, Line]) -> bool:
    """Whether a page is the picture of a line and of nothing else."""
    page, line = item
    x0, y0, x1, y1 = line.shape.bounds
    return (
        len(page.lines) == 1
        and max(x0, y0) <= 0
        and x1 >= page.width - 1
        and y1 >= page.height - 1
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


def spread(items: list[Item], most: int) -> list[Item]:
    """Return so many items at most, evenly spread over all, in their order."""
    if len(items) <= most:
        return items
    return [items[i * len(items) // most] for i in range(most)]


def survey(
    project: Project,
    page_ids: Sequence[str],
    charset: Charset,
    taught: TaughtLines | None = None,
) -> LearnSurvey:
    """Say what there is to learn from; quick, touches no pixels.

    See `choose_lines`; ``charset`` is that of the model to start from.
    """
    return survey_of(choose_lines(project, page_ids, taught), charset, taught)


def survey_of(
    chosen: LineChoice, charset: Charset, taught: TaughtLines | None = None
) -> LearnSurvey:
    """Say what there is to learn from, of lines that are chosen already."""
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
        chosen.split,
        "".join(sorted(new)),
        pages,
        new_in,
        chosen.repeated,
        chosen.contradictory,
        unknown > FOREIGN_SHARE * letters,
        chosen.tested_pages,
        taught is None or taught.is_complete,
        chosen.printed,
    )
