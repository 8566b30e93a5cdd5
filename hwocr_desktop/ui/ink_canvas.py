"""The ink as it is drawn: a method's ink map with what a person painted over it.

Pixels are changed in place and only where something changed, so that a brush on a page
of thirty million pixels costs no more than on a small one.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from hwocr_desktop.core.pixels.mending import (
    Box,
    BrushStroke,
    clip_box,
    is_apart,
    join_boxes,
    mend,
    paint_stroke,
)
from hwocr_desktop.core.pixels.tiles import InkTile
from hwocr_desktop.core.progress import CancelToken, Report
from hwocr_desktop.ui.pixel_levels import (
    Levels,
    Pixels,
    blank_levels,
    build_levels,
    renew_levels,
)


class InkCanvas:
    """An ink map, the strokes over it, and what is drawn of both.

    Parameters
    ----------
    own : (H, W) uint8
        The method's ink map; never written to unless by `take_tile`.
    strokes : sequence of BrushStroke
        Those that ``levels`` shows already.
    levels : Levels
        In all sizes; the full one may be ``own`` itself as long as nothing is painted.

    Attributes
    ----------
    done : list of Box or None
        Where tiles were taken, while there are parts without; None of a whole page.
    """

    def __init__(
        self, own: Pixels, strokes: Sequence[BrushStroke], levels: Levels
    ) -> None:
        self.own = own
        self.strokes = tuple(strokes)
        self.levels = levels
        self.done: list[Box] | None = None

    @property
    def is_writable(self) -> bool:
        """Whether what is drawn is not the method's own map."""
        return self.levels.arrays[0] is not self.own

    def make_writable(self, copy: Pixels | None = None) -> None:
        """Get ready for painting, with a copy of the method's map if one is at hand."""
        if not self.is_writable:
            full = self.own.copy() if copy is None else copy
            self.levels = Levels((full, *self.levels.arrays[1:]))

    def set_strokes(self, strokes: Sequence[BrushStroke]) -> Box | None:
        """Show these strokes in the place of those before.

        Returns
        -------
        Box or None
            Where something may look otherwise now.
        """
        before, self.strokes = self.strokes, tuple(strokes)
        kept = 0
        for one, other in zip(before, self.strokes, strict=False):
            if one is not other and one != other:
                break
            kept += 1
        others = (*before[kept:], *self.strokes[kept:])
        changed = join_boxes(stroke.box for stroke in others)
        if changed is None:
            return None
        # What was previewed may differ from the stroke it became by part of a pixel.
        x0, y0, x1, y1 = changed
        return self.restore((x0 - 2, y0 - 2, x1 + 2, y1 + 2))

    def restore(self, box: Box) -> Box:
        """Draw a part anew: the method's ink, then all strokes."""
        self.make_writable()
        box = x0, y0, x1, y1 = clip_box(box, self.levels.size)
        drawn = self.levels.arrays[0]
        drawn[y0:y1, x0:x1] = self.own[y0:y1, x0:x1]
        for stroke in self.strokes:
            if not is_apart(stroke.box, box):
                paint_stroke(drawn, stroke, box)
        renew_levels(self.levels, box)
        return box

    def preview(self, stroke: BrushStroke) -> Box:
        """Paint a stroke that is not finished on top; `restore` takes it away."""
        self.make_writable()
        box = clip_box(stroke.box, self.levels.size)
        paint_stroke(self.levels.arrays[0], stroke, box)
        renew_levels(self.levels, box)
        return box

    def take_tile(self, tile: InkTile) -> Box:
        """Take a piece of another ink map; only for what `begin` returned."""
        height, width = tile.pixels.shape
        box = tile.x, tile.y, tile.x + width, tile.y + height
        self.own[tile.y : box[3], tile.x : box[2]] = tile.pixels
        if self.done is not None:
            self.done.append(box)
        return self.restore(box)


def build_canvas(
    own: Pixels,
    strokes: Sequence[BrushStroke],
    *,
    is_writable: bool = False,
    cancel: CancelToken | None = None,
    report: Report | None = None,
) -> InkCanvas:
    """Draw an ink map and its strokes in all sizes; work for a background thread.

    Parameters
    ----------
    own : (H, W) uint8
    strokes : sequence of BrushStroke
    is_writable : bool
        Whether painting will begin at once.
    cancel : CancelToken, optional

    Raises
    ------
    Cancelled
        If cancelled.
    """
    own = np.ascontiguousarray(own)
    drawn = mend(own, strokes, cancel=cancel)
    if is_writable and drawn is own:
        drawn = own.copy()
    return InkCanvas(own, strokes, build_levels(drawn, cancel=cancel))


def begin_canvas(
    before: InkCanvas | None,
    shift: int,
    size: tuple[int, int],
    strokes: Sequence[BrushStroke],
    *,
    cancel: CancelToken | None = None,
    report: Report | None = None,
) -> InkCanvas:
    """Return a canvas that can take the tiles of a new ink map; for the background.

    Parameters
    ----------
    before : InkCanvas or None
        What is shown until a tile comes; nothing but paper where it is None.
    shift : int
        The new map's cut less that of the map before: what was ink stays ink.
    size : (width, height)
        Of the page.
    strokes : sequence of BrushStroke
    cancel : CancelToken, optional
    """
    if before is None or before.levels.size != size:
        blank = np.zeros((size[1], size[0]), np.uint8)
        canvas = InkCanvas(blank, (), blank_levels(size))
    else:
        arrays = tuple(_shifted(array, shift) for array in before.levels.arrays)
        canvas = InkCanvas(_shifted(before.own, shift), before.strokes, Levels(arrays))
    canvas.set_strokes(strokes)
    canvas.done = []
    return canvas


def copied(
    pixels: Pixels, *, cancel: CancelToken | None = None, report: Report | None = None
) -> tuple[Pixels, Pixels]:
    """Return an array and a copy of it; of a large page that takes its time."""
    return pixels, pixels.copy()


def _shifted(pixels: Pixels, shift: int) -> Pixels:
    """Return pixels plus a number, kept within 0..255; always a copy."""
    table = np.clip(np.arange(256) + shift, 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(pixels, table), np.uint8)
