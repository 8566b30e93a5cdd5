"""What of a person's work is held out, so that a taught model can be measured. No Qt.

Whole pages where that can be, for lines of one page resemble each other; and nothing
that the model, or one that it grew from, has learned from.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, TypeVar

from hwocr_desktop.app.taught_lines import Fate
from hwocr_desktop.core.document.document import Line, Page
from hwocr_desktop.core.text.bootstrap import LEAST_TO_TELL

HELD_OUT_SHARE = 0.2
"""Share of the checked lines, about, that is kept for the verdict."""

LEAST_HELD_OUT = 0.1
"""Share below which pages that are larger than wanted are held out rather."""

MOST_HELD_OUT = 0.35
"""No page is held out that would bring the share above this, if others will do."""

Split = Literal["page", "line", "picture", "known"]
"""What is measured on: whole pages of which nothing was learned; single lines of the
pages that are learned from; pictures of single lines, of which nobody knows the pages;
or, where there is nothing else, lines that the model has learned from already."""

PageItem = TypeVar("PageItem")


def split_pages(
    items: Sequence[tuple[Page, PageItem]],
) -> tuple[list[tuple[Page, PageItem]], list[tuple[Page, PageItem]]]:
    """Split what is on pages into that to learn from and that to measure on.

    Whole pages are held out, see `choose_pages`; with a single page, every fifth item.

    Parameters
    ----------
    items : sequence of (Page, item)
        Lines, or mended places.
    """
    sizes = Counter(page.id for page, _ in items)
    if len(sizes) < 2:
        held = [item for i, item in enumerate(items) if i % 5 == 2]
        return [item for i, item in enumerate(items) if i % 5 != 2], held
    chosen = choose_pages(sizes)
    train = [item for item in items if item[0].id not in chosen]
    return train, [item for item in items if item[0].id in chosen]


def choose_pages(
    sizes: Mapping[str, int], total: int | None = None, least: int = 1
) -> set[str]:
    """Choose pages to hold out, spread over the project, about a fifth of all items.

    Parameters
    ----------
    sizes : mapping from page id to int
        Items on each page that may be held out.
    total : int, optional
        Items of which it is to be a fifth; the default is all of these.
    least : int
        So many items, and a tenth of all, are worth a page that is too large. Where
        even that cannot be reached without holding out more than half, it is less.
    """
    total = sum(sizes.values()) if total is None else total
    want, most, half = (share * total for share in (HELD_OUT_SHARE, MOST_HELD_OUT, 0.5))
    least = max(least, math.ceil(LEAST_HELD_OUT * total))
    ids = list(sizes)
    chosen: set[str] = set()
    count = 0
    # Every fifth page first, so that the test is spread over the project.
    for place in sorted(range(len(ids)), key=lambda i: ((i + 3) % 5, i)):
        size = sizes[ids[place]]
        if count < want and count + size <= most:
            chosen.add(ids[place])
            count += size
    if count >= least:
        return chosen
    # What is left are the large pages: one of them, alone or with those chosen.
    options = [(count, chosen)]
    for page_id in ids:
        if page_id not in chosen:
            options.append((sizes[page_id], {page_id}))
            options.append((count + sizes[page_id], chosen | {page_id}))
    options = [(held, pages) for held, pages in options if held <= half]
    enough = [option for option in options if option[0] >= least]
    if enough:
        return min(enough, key=lambda option: abs(option[0] - want))[1]
    return max(options, key=lambda option: option[0], default=(0, set[str]()))[1]


def part_lines(
    items: Sequence[tuple[Page, Line]], fates: Sequence[Fate]
) -> tuple[list[tuple[Page, Line]], list[tuple[Page, Line]], Split]:
    """Part lines into those to learn from and those to measure on.

    Of what was learned from before nothing is held out, and what was held out before
    stays so, for figures can then be compared.

    Parameters
    ----------
    items : sequence of (Page, Line)
    fates : sequence of "learned", "held out" or "new"
        What the model to start from, and those before it, made of each.

    Returns
    -------
    train, held_out : list of (Page, Line)
        Lines that were held out on pages that were learned from are in neither if
        whole pages can be held out.
    split : "page", "line" or "known"
    """
    if items and all(fate == "learned" for fate in fates):
        train, held, _ = part_lines(items, ["new"] * len(items))
        return train, held, "known"
    return _by_page(items, fates) or _by_line(items, fates)


def _by_page(
    items: Sequence[tuple[Page, Line]], fates: Sequence[Fate]
) -> tuple[list[tuple[Page, Line]], list[tuple[Page, Line]], Split] | None:
    """Hold out whole pages; None if these would be too few lines or too many."""
    sizes: dict[str, int] = {}
    seen: dict[str, set[Fate]] = {}
    for (page, _), fate in zip(items, fates, strict=True):
        sizes[page.id] = sizes.get(page.id, 0) + 1
        seen.setdefault(page.id, set()).add(fate)
    least = min(LEAST_TO_TELL, len(items) // 2)
    chosen: set[str] = set()
    count = 0
    for page_id, found in seen.items():
        is_kept = "held out" in found and "learned" not in found
        if is_kept and count + sizes[page_id] <= len(items) / 2:
            chosen.add(page_id)
            count += sizes[page_id]
    new = {p: n for p, n in sizes.items() if seen[p] == {"new"}}
    total = sum(
        fate == "new" and page.id not in chosen
        for (page, _), fate in zip(items, fates, strict=True)
    )
    more = choose_pages(new, total, max(1, least - count))
    many = sum(new[page_id] for page_id in more)
    if count + many < least or (not count and many < math.ceil(LEAST_HELD_OUT * total)):
        return None
    chosen |= more
    held = [item for item in items if item[0].id in chosen]
    train = [
        item
        for item, fate in zip(items, fates, strict=True)
        if item[0].id not in chosen
        and (fate != "held out" or "learned" not in seen[item[0].id])
    ]
    return (train, held, "page") if train else None


def _by_line(
    items: Sequence[tuple[Page, Line]], fates: Sequence[Fate]
) -> tuple[list[tuple[Page, Line]], list[tuple[Page, Line]], Split]:
    """Hold out single lines, spread over those that are new, beside those of before."""
    kept, new = (
        [i for i, found in enumerate(fates) if found == fate]
        for fate in ("held out", "new")
    )
    kept = _evenly(kept, min(len(kept), max(1, len(items) // 2)))
    wanted = max(round(HELD_OUT_SHARE * len(new)), LEAST_TO_TELL - len(kept))
    # Whatever is new is to be learned, too.
    wanted = min(wanted, len(new), max(len(new) // 2, 0 if kept else 1))
    held = {*kept, *_evenly(new, wanted)}
    if len(held) == len(items):
        held = set()
    return (
        [item for i, item in enumerate(items) if i not in held],
        [item for i, item in enumerate(items) if i in held],
        "line",
    )


def _evenly(places: Sequence[int], count: int) -> list[int]:
    """Return so many of them, evenly spread and none of the first if there are others.

    The first line of a page is often a date or a heading.
    """
    return [places[(2 * i + 1) * len(places) // (2 * count)] for i in range(count)]
