"""What a person mended with the brush, as something to learn from. No Qt.

What a person painted, and what they left as it was around it, is the truth of a mended
place.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.learning_lines import split_pages
from hwocr_desktop.app.model_choice import choose_cleaning, usual_cleaning
from hwocr_desktop.app.pipeline import clean_page, load_page
from hwocr_desktop.core.document.document import Page, Project
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.pixels.mending import (
    Box,
    BrushStroke,
    clip_box,
    is_apart,
    join_boxes,
)
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.training.binarizer_data import InkPage, load_pair
from hwocr_desktop.ml.training.ink_pairs import InkPair

_Gray = npt.NDArray[np.uint8]

log = logging.getLogger(__name__)

MIN_REGIONS = 4
"""Mended regions below which nothing could be held out."""

MARGIN_PX = 128
"""What belongs to a mended region around its strokes: a network sees so far."""

PLACE_SIDE_PX = 512
"""Side of a mended place, about: where more was mended, it counts as several."""

KEPT_SIDE_PX = 512
"""Side of the parts of a page on which the model is to go on as it did."""

KEPT_A_PAGE = 2


@dataclass(frozen=True, slots=True)
class InkSurvey:
    """What there is to learn from.

    Attributes
    ----------
    regions : int
        Mended places.
    train_regions, held_out_regions : int
    split : "page" or "place"
        Whether whole pages are held out, or single places because one page is mended.
    pages : int
        Pages with such places.
    held_out_px : int
        Area of the places held out.
    """

    regions: int
    train_regions: int
    held_out_regions: int
    split: Literal["page", "place"]
    pages: int
    held_out_px: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether there are places enough to start."""
        return self.regions >= MIN_REGIONS


@dataclass(frozen=True, slots=True)
class MendedPlaces:
    """The pixels of a project's mended places.

    Attributes
    ----------
    train, held_out : list of InkPage
        Places to learn from, and to measure on.
    kept : list of InkPage
        Parts of the pages on which a model is to go on as it did.
    lost : int
        Pages whose scan cannot be opened, and pairs that cannot be used.
    reasons : tuple of str
        What is wrong with each of those pairs, and which one it is.
    """

    train: list[InkPage]
    held_out: list[InkPage]
    kept: list[InkPage]
    lost: int
    reasons: tuple[str, ...] = ()


def mended_pages(project: Project, page_ids: Sequence[str] = ()) -> list[Page]:
    """Return the pages that were mended, of those named, or of all."""
    return [
        page
        for page in project.pages
        if page.mending and (not page_ids or page.id in page_ids)
    ]


def usual_ink_model(project: Project) -> str:
    """Return the model that cleans most of the mended pages, else the usual one."""
    used = Counter(
        page.cleaning.method
        for page in mended_pages(project)
        if page.cleaning.method not in METHODS
    )
    if used:
        return used.most_common(1)[0][0]
    usual = usual_cleaning()
    return usual if usual not in METHODS else choose_cleaning(prefer_network=True)


def mended_boxes(strokes: Iterable[BrushStroke], size: tuple[int, int]) -> list[Box]:
    """Return boxes around strokes, joined where they share pixels.

    What has become large is cut into pieces again, so that a page that was mended all
    over is not a single place.

    Parameters
    ----------
    strokes : iterable of BrushStroke
    size : (width, height)
        Of the page.
    """
    boxes: list[Box] = []
    painted = [stroke.box for stroke in strokes]
    for x0, y0, x1, y1 in painted:
        grown = (x0 - MARGIN_PX, y0 - MARGIN_PX, x1 + MARGIN_PX, y1 + MARGIN_PX)
        box = clip_box(grown, size)
        while near := [other for other in boxes if not is_apart(box, other)]:
            boxes = [other for other in boxes if other not in near]
            box = join_boxes([box, *near]) or box
        boxes.append(box)
    boxes = [box for box in boxes if box[0] < box[2] and box[1] < box[3]]
    return [
        piece
        for box in boxes
        for piece in _pieces(box)
        if any(not is_apart(piece, stroke) for stroke in painted)
    ]


def _pieces(box: Box) -> list[Box]:
    """Cut a box into equal pieces of about the size of a place."""
    x0, y0, x1, y1 = box
    columns, rows = (max(1, round(side / PLACE_SIDE_PX)) for side in (x1 - x0, y1 - y0))
    xs = [x0 + (x1 - x0) * i // columns for i in range(columns + 1)]
    ys = [y0 + (y1 - y0) * i // rows for i in range(rows + 1)]
    return [
        (left, top, right, bottom)
        for top, bottom in pairwise(ys)
        for left, right in pairwise(xs)
    ]


def split_places(
    pages: Iterable[Page],
) -> tuple[list[tuple[Page, Box]], list[tuple[Page, Box]]]:
    """Split the mended places into those to learn from and those to measure on."""
    return split_pages(
        [
            (page, box)
            for page in pages
            for box in mended_boxes(page.mending, (page.width, page.height))
        ]
    )


def survey_ink(project: Project, page_ids: Sequence[str] = ()) -> InkSurvey:
    """Say what there is to learn from; quick, touches no pixels."""
    train, held_out = split_places(mended_pages(project, page_ids))
    pages = len({page.id for page, _ in (*train, *held_out)})
    return InkSurvey(
        len(train) + len(held_out),
        len(train),
        len(held_out),
        "page" if pages > 1 else "place",
        pages,
        sum((x1 - x0) * (y1 - y0) for _, (x0, y0, x1, y1) in held_out),
    )


def gather_places(
    pages: Sequence[Page],
    folder: Path,
    base: Binarizer,
    cancel: CancelToken,
    report: Report,
) -> MendedPlaces:
    """Open the mended pages and cut the places out of them.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    train, held_out = split_places(pages)
    held_ids = {(page.id, box) for page, box in held_out}
    boxes_of: dict[str, list[Box]] = {}
    for page, box in (*train, *held_out):
        boxes_of.setdefault(page.id, []).append(box)
    places = MendedPlaces([], [], [], 0)
    lost = 0
    for number, page in enumerate(pages):
        cancel.check()
        done = f"collecting the mended places, {number + 1} of {len(pages)} pages"
        report(Progress(0, 0, done))
        try:
            gray = load_page(folder, page).gray
        except HwocrError as error:
            log.warning("left out %s: %s", page.source, error.message)
            lost += 1
            continue
        boxes = sorted(boxes_of.get(page.id, ()))
        for place, box in enumerate(boxes):
            is_held = (page.id, box) in held_ids
            made = _place(page, gray, place, box, cancel)
            (places.held_out if is_held else places.train).append(made)
        places.kept.extend(parts_to_keep(page.id, gray, boxes, base, number, cancel))
    return replace(places, lost=lost)


def pair_places(
    pairs: Sequence[InkPair], cancel: CancelToken, report: Report
) -> MendedPlaces:
    """Open pairs of scan and ink as if each were a place that was mended.

    Every fifth is to measure on; nothing else is to be kept as it is.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    places = MendedPlaces([], [], [], 0)
    reasons: list[str] = []
    for number, pair in enumerate(pairs):
        cancel.check()
        report(Progress(0, 0, f"opening pair {number + 1} of {len(pairs)}"))
        try:
            page = load_pair(pair)
        except HwocrError as error:
            log.warning("left out %s: %s", pair.name, error.message)
            reasons.append(f"{pair.name}: {error.message}")
            continue
        # By those that open, so that there is something on either side.
        count = len(places.train) + len(places.held_out)
        (places.held_out if count % 5 == 1 else places.train).append(page)
    return replace(places, lost=len(reasons), reasons=tuple(reasons))


def parts_to_keep(
    name: str,
    gray: _Gray,
    boxes: Sequence[Box],
    base: Binarizer,
    seed: int,
    cancel: CancelToken,
) -> list[InkPage]:
    """Return parts of a page, apart from the mended places, as a model cleans them.

    Parameters
    ----------
    name : str
        Of the page.
    gray : (H, W) uint8
    boxes : sequence of Box
        The mended places.
    base : Binarizer
    seed : int
    cancel : CancelToken
    """
    parts = []
    size = (gray.shape[1], gray.shape[0])
    for number, box in enumerate(_elsewhere(boxes, size, seed)):
        cut = cut_out(gray, box)
        ink = base.ink_map(cut, whole=gray, cancel=cancel).binary()
        parts.append(InkPage(f"kept/{name}-{number}", cut, ink, gray))
    return parts


def _place(
    page: Page, gray: _Gray, number: int, box: Box, cancel: CancelToken
) -> InkPage:
    x0, y0, _, _ = box
    moved = tuple(
        replace(stroke, points=tuple((x - x0, y - y0) for x, y in stroke.points))
        for stroke in page.mending
    )
    cut = cut_out(gray, box)
    ink = clean_page(cut, page.cleaning, moved, whole=gray, cancel=cancel)
    return InkPage(f"mended/{page.id}-{number}", cut, ink.binary(), gray)


def _elsewhere(boxes: Sequence[Box], size: tuple[int, int], seed: int) -> list[Box]:
    """Return boxes on a page that share nothing with the mended ones."""
    rng = np.random.default_rng(seed)
    found: list[Box] = []
    for _ in range(20):
        x, y = (int(rng.integers(max(1, side - KEPT_SIDE_PX))) for side in size)
        box = clip_box((x, y, x + KEPT_SIDE_PX, y + KEPT_SIDE_PX), size)
        if all(is_apart(box, other) for other in (*boxes, *found)):
            found.append(box)
        if len(found) == KEPT_A_PAGE:
            break
    return found


def cut_out(gray: _Gray, box: Box) -> _Gray:
    """Return the pixels of a box, apart from the page's."""
    x0, y0, x1, y1 = box
    return np.ascontiguousarray(gray[y0:y1, x0:x1])
