"""Pages whose lines a person has set right, as something to learn from. No Qt.

Only the document is looked at, no pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from hwocr_desktop.app.learning_lines import split_pages
from hwocr_desktop.app.page_truth import PageTruth
from hwocr_desktop.core.document.document import IGNORED, Line, Page, Project, Region
from hwocr_desktop.core.pixels.geometry import LineShape, Point

MIN_PAGES = 2
"""Fewer pages than this leave none to be held out."""

MIN_LINES = 3
"""Settled lines below which a page says little of where lines are."""

ABOUT_PAGES = (
    "pages on which a person checked or drew at least three lines, every line that "
    "has a text, and most of the others"
)
"""Which pages are learned from, in words."""


@dataclass(frozen=True, slots=True)
class SettledPage:
    """A page and what is known of its lines."""

    page: Page
    truth: PageTruth


def is_settled(line: Line) -> bool:
    """Whether a person called a written line right, or drew it."""
    is_right = line.checked and bool(line.text.strip())
    return line.kind != "printed" and (is_right or line.is_shaped)


def settled_page(page: Page) -> SettledPage | None:
    """Return what a page teaches about its lines; None if it was not worked through.

    A page was worked through if a person settled three lines at least, left no other
    line that has a text, and touched more lines than they left. Print, regions to
    ignore and lines without a text count neither way.
    """
    written = [line for line in page.text_lines if line.kind != "printed"]
    settled = [line for line in written if is_settled(line)]
    others = [line for line in written if not is_settled(line)]
    untouched = [line for line in others if not line.checked]
    if len(settled) < MIN_LINES or len(untouched) > len(settled):
        return None
    if any(line.text.strip() for line in others):
        return None
    told = {line.id for line in settled}
    return SettledPage(
        page,
        PageTruth(
            page.id,
            Path(page.source),
            "",
            tuple(line.shape for line in page.lines if line.id not in told),
            tuple(line.shape for line in settled),
            page.frame,
            tuple(region.polygon for region in page.regions if _is_empty(region, page)),
        ),
    )


def settled_pages(project: Project, page_ids: Sequence[str] = ()) -> list[SettledPage]:
    """Return the pages to learn from, of those named or of all.

    Of a scan that is there twice the first page stays: it must not be measured on
    what it was learned from.
    """
    found: dict[tuple[str, int], SettledPage] = {}
    for page in project.pages:
        settled = settled_page(page)
        if settled is not None and (not page_ids or page.id in page_ids):
            found.setdefault((page.sha256 or page.source, page.frame), settled)
    return list(found.values())


def split_settled(
    pages: Sequence[SettledPage],
) -> tuple[list[SettledPage], list[SettledPage]]:
    """Split two pages or more into those to learn from and those to measure on."""
    _, held_out = split_pages(
        [(one.page, shape) for one in pages for shape in one.truth.beside]
    )
    held = {page.id for page, _ in held_out}
    return (
        [one for one in pages if one.page.id not in held],
        [one for one in pages if one.page.id in held],
    )


def shapes_aside(truth: PageTruth) -> list[LineShape]:
    """Return the outlines within which nothing is learned.

    Regions stand among them as lines of which only the outline is looked at.
    """
    regions = [LineShape(area[:2], area, 0.0, 0.0) for area in truth.empty]
    return [*truth.aside, *regions]


def _is_empty(region: Region, page: Page) -> bool:
    """Whether nothing that a region holds counts."""
    if len(region.polygon) < 3:
        return False
    if region.kind == IGNORED:
        return True
    area = np.asarray(region.polygon, np.float32)
    return not any(
        line.region == region.id
        or cv2.pointPolygonTest(area, _middle(line.shape), False) >= 0
        for line in page.lines
    )


def _middle(shape: LineShape) -> Point:
    x0, y0, x1, y1 = shape.bounds
    return (x0 + x1) / 2, (y0 + y1) / 2
