"""What is drawn of the page shown; reduced copies are made in the background."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.requests import InkPart, ProjectChange
from hwocr_desktop.core.document.document import Cleaning, Page
from hwocr_desktop.core.pixels.mending import Box, BrushStroke
from hwocr_desktop.core.pixels.tiles import InkTile
from hwocr_desktop.ui.ink_canvas import InkCanvas, begin_canvas, build_canvas, copied
from hwocr_desktop.ui.page_thumbnails import key_of
from hwocr_desktop.ui.pixel_levels import Levels, Pixels, build_levels, full_only

TILES_MS = 60
"""Tiles of a network are shown this often at most,"""

TILES_BUDGET_S = 0.012
"""and for this long at most, so that the window stays awake."""


def has_other_pixels(page: Page | None, change: ProjectChange) -> bool:
    """Whether a change gave a page other pixels: turned, inverted, another file."""
    if page is None:
        return False
    before = [p for p in change.before.pages if p.id == page.id]
    return bool(before) and key_of(before[0]) != key_of(page)


class PagePixels(QObject):
    """A page's pixels and its ink, at once in full and soon in all sizes.

    Signals
    -------
    scan_changed, ink_changed
        Something better can be drawn, or nothing any more.
    ink_repainted : Box
        The ink was changed in place.
    whole_changed
        See `is_whole`.
    """

    scan_changed = Signal()
    ink_changed = Signal()
    ink_repainted = Signal(object)
    whole_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runner = JobRunner("views")
        self._is_closed = False
        self._scan: Levels | None = None
        self._canvas: InkCanvas | None = None
        # The ink map that is shown, or will be once it is drawn.
        self._own: Pixels | None = None
        self._strokes: tuple[BrushStroke, ...] = ()
        self._tiles: deque[InkTile] = deque()
        self._begun: Cleaning | None = None
        self._is_begun = False
        self._is_stopped = False
        self._will_paint = False
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.setInterval(TILES_MS)
        self._due.timeout.connect(self._on_due)
        self.ink_changed.connect(self.whole_changed)

    @property
    def scan(self) -> Levels | None:
        """The original page."""
        return self._scan

    @property
    def ink(self) -> Levels | None:
        """The ink map with the mending."""
        return self._canvas.levels if self._canvas else None

    @property
    def is_partial(self) -> bool:
        """Whether a network is still at work on the ink that is shown."""
        return self._begun is not None and self._own is None

    @property
    def is_stopped(self) -> bool:
        """Whether that work ended before it was done."""
        return self._is_stopped

    @property
    def is_whole(self) -> bool:
        """Whether all of the page's ink is shown."""
        is_shown = self._canvas is not None and not self.is_partial
        return is_shown and self.done is None

    @property
    def done(self) -> Sequence[Box] | None:
        """Where the ink is that of the method, or None if that is everywhere."""
        if self._canvas is not None and self._canvas.done is not None:
            return self._canvas.done
        return () if self._is_stopped else None

    def set_stopped(self, is_stopped: bool) -> None:
        """Take note that the work on the ink ended before it was done, or goes on."""
        if is_stopped != self._is_stopped:
            self._is_stopped = is_stopped
            self.whole_changed.emit()

    def forget(self) -> None:
        """Show nothing: another page comes."""
        self._runner.cancel_all()
        self._is_stopped = False
        self._scan = self._canvas = self._own = None
        self._strokes = ()
        self._drop_tiles()
        self.scan_changed.emit()
        self.ink_changed.emit()

    def take_scan(self, pixels: Pixels) -> None:
        """Show a page; its ink map is another's and goes."""
        self.forget()
        self._scan = full_only(pixels)
        self._submit(build_levels, self._scan.arrays[0], then=self._on_levels)
        self.scan_changed.emit()

    # ----- ink ----------------------------------------------------------------

    def take_ink(self, ink_map: Pixels, strokes: Sequence[BrushStroke]) -> bool:
        """Show an ink map and the strokes over it.

        Returns
        -------
        bool
            Whether it is shown already; otherwise what was there stays until all
            sizes are drawn, and `ink_changed` follows.
        """
        self._drop_tiles()
        self.set_stopped(False)
        own = np.ascontiguousarray(ink_map)
        if self._own is own:
            self.set_strokes(strokes)
            return self._canvas is not None and self._canvas.own is own
        self._own, self._strokes = own, tuple(strokes)
        is_first = self._canvas is None and not strokes
        if is_first:
            self._canvas = InkCanvas(own, (), Levels((own,)))
            self.ink_changed.emit()
        self._submit(
            partial(build_canvas, is_writable=self._will_paint),
            own,
            self._strokes,
            then=self._on_canvas,
        )
        return is_first

    def take_part(
        self, part: InkPart, cut: int, strokes: Sequence[BrushStroke]
    ) -> bool:
        """Show a piece of a new ink map; ``cut`` is that of the map shown so far.

        Returns
        -------
        bool
            Whether it is the first one; the part's cut holds from the next
            `ink_changed` on.
        """
        if self._scan is None:
            return False
        method = replace(part.cleaning, cut=None)
        is_first = self._begun != method
        if is_first:
            self._drop_tiles()
            self._begun, self._own, self._strokes = method, None, tuple(strokes)
            shift, size = part.cut - cut, self._scan.size
            self._submit(
                begin_canvas, self._canvas, shift, size, strokes, then=self._on_begun
            )
            self.whole_changed.emit()
        self._tiles.extend(part.tiles)
        if self._is_begun and not self._due.isActive():
            self._due.start()
        return is_first

    def expect_painting(self, will_paint: bool) -> None:
        """Get ready for the brush, so that its first touch need not wait."""
        self._will_paint = will_paint
        canvas = self._canvas
        if will_paint and canvas is not None and not canvas.is_writable:
            self._submit(copied, canvas.own, then=self._on_copy)

    def set_strokes(self, strokes: Sequence[BrushStroke]) -> None:
        """Show these strokes over the ink, repainting only what differs."""
        self._strokes = tuple(strokes)
        self._change(lambda canvas: canvas.set_strokes(strokes))

    def preview(self, stroke: BrushStroke) -> None:
        """Show a piece of a stroke that is being painted."""
        self._change(lambda canvas: canvas.preview(stroke))

    def restore(self, box: Box) -> None:
        """Take away what was previewed in a part of the page."""
        self._change(lambda canvas: canvas.restore(box))

    def _change(self, change: Callable[[InkCanvas], Box | None]) -> None:
        canvas = self._canvas
        if canvas is None:
            return
        before = canvas.levels
        box = change(canvas)
        if canvas.levels is not before:
            self.ink_changed.emit()
        elif box is not None:
            self.ink_repainted.emit(box)

    def _take_tile(self, tile: InkTile) -> None:
        self._change(lambda canvas: canvas.take_tile(tile))

    def _drop_tiles(self) -> None:
        self._due.stop()
        self._tiles.clear()
        self._begun, self._is_begun = None, False

    @Slot()
    def _on_due(self) -> None:
        until = time.perf_counter() + TILES_BUDGET_S
        while self._tiles:
            tile = self._tiles.popleft()
            self._take_tile(tile)
            if time.perf_counter() > until:
                break
        if self._tiles:
            self._due.start()

    # ----- background ---------------------------------------------------------

    def shutdown(self, timeout_ms: int) -> bool:
        """End the background thread; False if it did not stop in time."""
        self._is_closed = True
        self._due.stop()
        return self._runner.shutdown(timeout_ms)

    def _submit(self, work: Callable[..., Any], *args: Any, then: Any) -> None:
        if not self._is_closed:  # a scan may arrive while the window closes
            job = self._runner.submit(self.tr("Preparing"), work, *args)
            job.succeeded.connect(then)

    @Slot(object)
    def _on_levels(self, levels: Levels) -> None:
        if self._scan is not None and levels.arrays[0] is self._scan.arrays[0]:
            self._scan = levels
            self.scan_changed.emit()

    @Slot(object)
    def _on_begun(self, canvas: InkCanvas) -> None:
        if self._begun is not None and not self._is_begun and self._scan is not None:
            self._is_begun = True
            canvas.set_strokes(self._strokes)
            self._canvas = canvas
            self.ink_changed.emit()
            self._due.start()

    @Slot(object)
    def _on_copy(self, arrays: tuple[Pixels, Pixels]) -> None:
        canvas = self._canvas
        if canvas is not None and canvas.own is arrays[0] and not canvas.is_writable:
            canvas.make_writable(arrays[1])
            self.ink_changed.emit()

    @Slot(object)
    def _on_canvas(self, canvas: InkCanvas) -> None:
        if canvas.own is self._own:
            canvas.set_strokes(self._strokes)
            self._canvas = canvas
            self.ink_changed.emit()
            # The brush may have been taken up while this was drawn.
            self.expect_painting(self._will_paint)
