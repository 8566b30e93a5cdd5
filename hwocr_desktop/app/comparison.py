"""Several ways to clean, tried on one part of a page to be seen side by side. No Qt."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.pipeline import clean_page
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.pixels.imaging import thumbnail
from hwocr_desktop.core.pixels.mending import Box, clip_box
from hwocr_desktop.core.pixels.thresholding import DEFAULT_WINDOW, METHODS
from hwocr_desktop.core.pixels.tiles import Rect
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress

log = logging.getLogger(__name__)

MOST_PX = (900, 640)
"""More of a page than this is not compared: its strokes could not be told apart. The
part has this form, too, so that pictures of it fill their room."""

NEARLY = 0.95
"""Of both sides of what is seen; the rest is not missed."""

# What these say of a spot depends on its neighborhood alone, so the part of the page
# and a margin give what the whole page would; other methods look at the whole page.
_NEIGHBORHOOD_ONLY = ("sauvola", "nick")
_NETWORK_MARGIN_PX = 128


@dataclass(frozen=True, slots=True, eq=False)
class TrialRequest:
    """What to try.

    Attributes
    ----------
    gray : (H, W) uint8
        The whole page; never changed.
    box : Box
        The part of it to look at, see `part_to_compare`.
    cleanings : tuple of Cleaning
        In the order in which they are tried.
    """

    gray: npt.NDArray[np.uint8]
    box: Box
    cleanings: tuple[Cleaning, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What a way to clean makes of a part of a page.

    Attributes
    ----------
    cleaning : Cleaning
        As it was asked for.
    map : (H, W) uint8
        Its ink map of the part.
    own_cut : int
        The method's own cut.
    seconds : float
        How long it took.
    error : HwocrError or None
        Why there is nothing to see.
    """

    cleaning: Cleaning
    map: npt.NDArray[np.uint8]
    own_cut: int = 128
    seconds: float = 0.0
    error: HwocrError | None = None

    def share(self, cut: int) -> float:
        """Return the share of ink at a cut, 0..1."""
        return float(np.count_nonzero(self.map >= cut) / self.map.size)

    def picture(self, cut: int, side: int) -> npt.NDArray[np.uint8]:
        """Return ink and paper at a cut, 0 = black, reduced to a longest side.

        The cut comes before the reduction: what lies just below it is paper, and no
        haze.
        """
        return thumbnail(np.where(self.map >= cut, 0, 255).astype(np.uint8), side)


def part_to_compare(visible: Rect, size: tuple[int, int]) -> Box:
    """Return the part of a page to compare: what is seen, or the middle of it.

    Parameters
    ----------
    visible : (x0, y0, x1, y1)
        What is seen of the page.
    size : (width, height)
        Of the page.
    """
    seen = [visible[axis + 2] - visible[axis] for axis in (0, 1)]
    share = min(1.0, *(seen[axis] / MOST_PX[axis] for axis in (0, 1)))
    sides = []
    for axis in (0, 1):
        middle = (visible[axis] + visible[axis + 2]) / 2
        length = max(1.0, share * MOST_PX[axis])
        start = min(max(0.0, middle - length / 2), max(0.0, size[axis] - length))
        sides.append((int(start), int(start + length)))
    (x0, x1), (y0, y1) = sides
    return clip_box((x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)), size)


def is_all_seen(box: Box, visible: Rect) -> bool:
    """Whether the part compared is nearly all that is seen, and not its middle."""
    return all(
        box[axis + 2] - box[axis] >= NEARLY * (visible[axis + 2] - visible[axis])
        for axis in (0, 1)
    )


def try_methods(
    request: TrialRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> tuple[Trial, ...]:
    """Clean a part of a page in several ways; each `Trial` is reported as it comes.

    A way that cannot be gone, such as a damaged model, does not stop the others.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    trials: list[Trial] = []
    total = len(request.cleanings)
    for number, cleaning in enumerate(request.cleanings):
        cancel.check()
        report(Progress(number, total))
        trial = _try(request, cleaning, cancel)
        trials.append(trial)
        report(Progress(number + 1, total, partial=trial))
    return tuple(trials)


def _try(request: TrialRequest, cleaning: Cleaning, cancel: CancelToken) -> Trial:
    started = time.monotonic()
    height, width = request.gray.shape
    x0, y0, x1, y1 = request.box
    margin = _margin(cleaning, max(width, height))
    around = clip_box(
        (x0 - margin, y0 - margin, x1 + margin, y1 + margin), (width, height)
    )
    part = request.gray[around[1] : around[3], around[0] : around[2]]
    try:
        ink = clean_page(
            np.ascontiguousarray(part),
            replace(cleaning, cut=None),
            whole=request.gray,
            cancel=cancel,
        )
    except HwocrError as error:
        log.warning("%s cannot be tried: %s", cleaning.method, error)
        return Trial(cleaning, np.zeros((1, 1), np.uint8), error=error)
    left, top = x0 - around[0], y0 - around[1]
    seen = ink.map[top : top + y1 - y0, left : left + x1 - x0]
    return Trial(
        cleaning,
        seen.copy(),  # not the whole page's
        ink.cut,
        time.monotonic() - started,
    )


def _margin(cleaning: Cleaning, whole: int) -> int:
    method = cleaning.method
    if method in _NEIGHBORHOOD_ONLY:
        return (cleaning.window or DEFAULT_WINDOW[method]) // 2 + 1
    return whole if method in METHODS else _NETWORK_MARGIN_PX
