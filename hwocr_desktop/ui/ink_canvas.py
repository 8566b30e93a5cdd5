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
from hwocr_desktop.ui.pixel_levels import Levels, Pixels, build_levels, renew_levels


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
    """

    def __init__(
        self, own: Pixels, strokes: Sequence[BrushStroke], levels: Levels
    ) -> None:
        self.own = own
        self.strokes = tuple(strokes)
        self.levels = levels

    @property
    def is_writable(self) -> bool:
        """Whether what is drawn is not the method's own map."""
        return self.levels.arrays[0] is not self.own

    def make_writable(self) -> bool:
        """Get ready for painting; True if ``levels`` is another one now."""
        if self.is_writable:
            return False
        self.levels = Levels((self.own.copy(), *self.levels.arrays[1:]))
        return True

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
        return None if changed is None else self.restore(changed)

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
        return self.restore(box)


def build_canvas(
    own: Pixels,
    strokes: Sequence[BrushStroke],
    *,
    cancel: CancelToken | None = None,
    report: Report | None = None,
) -> InkCanvas:
    """Draw an ink map and its strokes in all sizes; work for a background thread.

    Raises
    ------
    Cancelled
        If cancelled.
    """
    own = np.ascontiguousarray(own)
    drawn = mend(own, strokes, cancel=cancel)
    return InkCanvas(own, strokes, build_levels(drawn, cancel=cancel))


def begin_canvas(
    before: InkCanvas | None,
    shift: int,
    size: tuple[int, int],
    strokes: Sequence[BrushStroke],
) -> InkCanvas:
    """Return a canvas that can take the tiles of a new ink map as they come.

    Parameters
    ----------
    before : InkCanvas or None
        What is shown until a tile comes; nothing but paper where it is None.
    shift : int
        The new map's cut less that of the map before: what was ink stays ink.
    size : (width, height)
        Of the page.
    strokes : sequence of BrushStroke
    """
    if before is None or before.levels.size != size:
        blank = np.zeros((size[1], size[0]), np.uint8)
        levels = build_levels(np.zeros_like(blank))
        canvas = InkCanvas(blank, (), levels)
    else:
        arrays = tuple(_shifted(array, shift) for array in before.levels.arrays)
        canvas = InkCanvas(_shifted(before.own, shift), before.strokes, Levels(arrays))
    canvas.set_strokes(strokes)
    return canvas


def _shifted(pixels: Pixels, shift: int) -> Pixels:
    """Return pixels plus a number, kept within 0..255; always a copy."""
    change = cv2.add if shift >= 0 else cv2.subtract
    return np.asarray(change(pixels, (abs(shift), 0, 0, 0)), np.uint8)
