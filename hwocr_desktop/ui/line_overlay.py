"""The lines of a page drawn over its pixels: outline, baseline, number.

One set of items for each line, kept as long as the line stays the same, so that a
keystroke or a reading redraws one line and not the page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem

from hwocr_desktop.core.document.document import Line
from hwocr_desktop.core.pixels.geometry import Point
from hwocr_desktop.ui.line_badge import BADGE_HEIGHT_PX, LineBadge
from hwocr_desktop.ui.line_states import LOOKS, shown_state

SELECTED_COLOR = "#0a50c8"
FILL_ALPHA = {"unread": 16, "read": 26, "checked": 34}
PRINT_ALPHA, PRINT_GROUND_ALPHA = 200, 40
"""Of the hatching over print, and of what lies below it: hatching alone is taken for
strokes of the pen where the page is seen small."""

SELECTED_ALPHA = 44
IGNORED_OPACITY = 0.35
BASELINE_ALPHA = 170
REACH_PX = 14
"""How far from a line, in pixels of the screen, a click still means it."""


class _Outline(QGraphicsPathItem):
    """What lies over a line's ink: a color, or hatching on a faint ground."""

    def paint(self, painter: QPainter, option, widget=None) -> None:
        """Draw the ground, if the color leaves some free, and then the color."""
        if self.brush().style() != Qt.BrushStyle.SolidPattern:
            ground = QColor(self.brush().color())
            ground.setAlpha(PRINT_GROUND_ALPHA)
            painter.fillPath(self.path(), ground)
        super().paint(painter, option, widget)


@dataclass(slots=True)
class _LineItems:
    """What is drawn for one line."""

    line: Line
    number: int
    outline: _Outline
    baseline: QGraphicsPathItem
    badge: LineBadge


class LineOverlay(QGraphicsItem):
    """All lines of a page; draws nothing itself and holds the items of the lines.

    It knows all its lines at once and can draw them few by few, since those of a
    whole page would hold up the keyboard.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents)
        self._lines: dict[str, Line] = {}
        self._items: dict[str, _LineItems] = {}
        self._selected = ""
        self._marked: frozenset[str] = frozenset()
        self._ignored: frozenset[str] = frozenset()
        self._every = 1
        self._scale = 1.0
        self._seen = -math.inf, math.inf
        self._shows_numbers = True

    @property
    def selected(self) -> str:
        """Id of the line that stands out, or ""."""
        return self._selected

    def boundingRect(self) -> QRectF:
        """Return nothing: the lines' own items are drawn."""
        return QRectF()

    def paint(self, painter, option, widget=None) -> None:
        """Draw nothing."""

    def set_lines(self, lines: tuple[Line, ...], at_once: int | None = None) -> int:
        """Show these lines, in reading order, redrawing only what differs.

        Parameters
        ----------
        lines : tuple of Line
        at_once : int, optional
            How many lines to draw now; called again, it draws more of them.

        Returns
        -------
        int
            How many lines were drawn anew or removed, or are to be drawn.
        """
        changed = 0
        self._lines = {line.id: line for line in lines}
        undrawn = []
        for line_id in [i for i in self._items if i not in self._lines]:
            self._remove(self._items.pop(line_id))
            changed += 1
        for number, line in enumerate(lines, start=1):
            old = self._items.get(line.id)
            if old is not None and old.line is line and old.number == number:
                continue
            if old is not None and _is_in_place(old, line, number):
                changed += _look(old.line) != _look(line)
                self._restate(old, line)
                continue
            changed += 1
            if old is not None:
                self._remove(self._items.pop(line.id))
            undrawn.append((line, number))
        if changed:
            self._thin_out()
        for line, number in undrawn[:at_once]:
            self._items[line.id] = self._add(line, number)
        return changed

    def select(self, line_id: str) -> None:
        """Let one line stand out, or none for ""."""
        before, self._selected = self._selected, line_id
        for one in {before, line_id}:
            if one in self._items:
                self._dress(self._items[one])

    def mark(self, line_ids: frozenset[str]) -> None:
        """Let several lines stand out, beside the selected one."""
        before, self._marked = self._marked, line_ids
        for one in {*before, *line_ids, self._selected}:
            if one in self._items:
                self._dress(self._items[one])

    def set_ignored(self, line_ids: frozenset[str]) -> None:
        """Let lines stand back that are neither read nor counted."""
        before, self._ignored = self._ignored, line_ids
        for one in before ^ line_ids:
            if one in self._items:
                self._dress(self._items[one])

    def set_numbers_visible(self, visible: bool) -> None:
        """Show or hide the numbers."""
        self._shows_numbers = visible
        self._show_badges()

    def set_scale(self, scale: float) -> None:
        """Take notice of the zoom, in pixels of the screen for one of the page."""
        self._scale = scale
        self._thin_out()

    def set_seen(self, left: float, right: float) -> None:
        """Keep the numbers of lines that begin in sight in sight themselves.

        Parameters
        ----------
        left, right : float
            What is seen of the page, in its pixels.
        """
        self._seen = left, right
        for items in self._items.values():
            self._place(items.badge)

    def line(self, line_id: str) -> Line | None:
        """Return a line that is shown, or None."""
        return self._lines.get(line_id)

    def line_at(self, point: QPointF) -> Line | None:
        """Return the line at, or else just beside, a point of the page."""
        reach = REACH_PX / max(self._scale, 1e-9)
        x, y = point.x(), point.y()
        best: tuple[bool, float] | None = None
        found = None
        for line in self._lines.values():
            outline = line.shape.polygon
            x0, y0, x1, y1 = line.shape.bounds
            if not (x0 - reach <= x <= x1 + reach and y0 - reach <= y <= y1 + reach):
                continue
            if _path(outline, is_closed=True).contains(point):
                # Outlines of neighbors overlap: among several, the nearest baseline.
                rank = False, _distance(line.shape.baseline, x, y)
            else:
                rank = True, _distance((*outline, outline[0]), x, y)
            if best is None or rank < best:
                best, found = rank, line
        return found

    def _add(self, line: Line, number: int) -> _LineItems:
        outline = _Outline(_path(line.shape.polygon, is_closed=True), self)
        baseline = QGraphicsPathItem(_path(line.shape.baseline), self)
        badge = LineBadge(number, line)
        badge.setParentItem(self)
        self._place(badge)
        for item in (outline, baseline):
            # Thin slanting strokes are slow to paint; a page has dozens, and is
            # painted anew whenever one of its lines has been read.
            item.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        items = _LineItems(line, number, outline, baseline, badge)
        self._dress(items)
        return items

    def _restate(self, items: _LineItems, line: Line) -> None:
        """Show a line that is where it was; only its number's plate tells the state."""
        before, items.line = items.line, line
        if _look(before) != _look(line):
            _take_off(items.badge)
            items.badge = LineBadge(items.number, line)
            items.badge.setParentItem(self)
            self._place(items.badge)
            self._dress(items)

    def _place(self, badge: LineBadge) -> None:
        badge.stay_within(*self._seen, max(self._scale, 1e-9))

    def _remove(self, items: _LineItems) -> None:
        for item in (items.outline, items.baseline, items.badge):
            _take_off(item)

    def _dress(self, items: _LineItems) -> None:
        """Color a line's items by its state and by whether it is selected."""
        state, is_print = _look(items.line)
        is_selected = self._stands_out(items)
        color = QColor(SELECTED_COLOR if is_selected else LOOKS[state].on_light)
        fill = QColor(color)
        alpha = SELECTED_ALPHA if is_selected else FILL_ALPHA[items.line.state]
        fill.setAlpha(PRINT_ALPHA if is_print else alpha)
        # Most writing slants the other way.
        pattern = Qt.BrushStyle.FDiagPattern if is_print else Qt.BrushStyle.SolidPattern
        items.outline.setBrush(QBrush(fill, pattern))
        items.outline.setPen(
            _pen(color, 1.2 if len(self._marked) > 1 else 2.5)
            if is_selected
            else QPen(Qt.PenStyle.NoPen)
        )
        thin = QColor(color)
        thin.setAlpha(BASELINE_ALPHA)
        items.baseline.setPen(_pen(thin, 1.6, LOOKS[state].dash))
        items.badge.setBrush(QBrush(color))
        stands_back = items.line.id in self._ignored and not is_selected
        for item in (items.outline, items.baseline, items.badge):
            item.setOpacity(IGNORED_OPACITY if stands_back else 1.0)
        items.outline.setZValue(1 if is_selected else 0)
        items.baseline.setZValue(2)
        items.badge.setZValue(4 if is_selected else 3)
        self._show_badge(items)

    def _thin_out(self) -> None:
        """Show numbers of only every n-th line where the lines are too near for all."""
        tops = [line.shape.baseline[0][1] for line in self._lines.values()]
        gaps = [b - a for a, b in pairwise(tops) if b > a]
        step = median(gaps) * self._scale if gaps else BADGE_HEIGHT_PX
        every = max(1, math.ceil(BADGE_HEIGHT_PX * 0.9 / max(step, 0.1)))
        # Steps that a person counts in.
        chosen = next((n for n in (1, 2, 5, 10, 20, 50) if n >= every), 100)
        if chosen != self._every:
            self._every = chosen
            self._show_badges()

    def _show_badges(self) -> None:
        for items in self._items.values():
            self._show_badge(items)

    def _stands_out(self, items: _LineItems) -> bool:
        # While lines are chosen, the one current in the text is one of them.
        chosen = self._marked or {self._selected}
        return items.line.id in chosen

    def _show_badge(self, items: _LineItems) -> None:
        is_due = items.number % self._every == 0 or items.number == 1
        is_selected = self._stands_out(items)
        items.badge.setVisible(self._shows_numbers and (is_due or is_selected))


def _is_in_place(items: _LineItems, line: Line, number: int) -> bool:
    return items.number == number and items.line.shape == line.shape


def _look(line: Line) -> tuple[str, bool]:
    """Return what a line looks like by: its state, and whether it is print."""
    return shown_state(line), line.kind == "printed"


def _take_off(item: QGraphicsItem) -> None:
    item.setParentItem(None)  # type: ignore[arg-type]  # it may be None
    scene = item.scene()
    if scene is not None:
        scene.removeItem(item)


def _pen(color: QColor, width: float, style=Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(color, width, style)
    pen.setCosmetic(True)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    return pen


def _path(points: tuple[Point, ...], *, is_closed: bool = False) -> QPainterPath:
    path = QPainterPath()
    path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points]))
    if is_closed:
        path.closeSubpath()
        path.setFillRule(Qt.FillRule.WindingFill)
    return path


def _distance(baseline: tuple[Point, ...], x: float, y: float) -> float:
    """Return how far a point is from a polyline."""
    least = math.inf
    for (x0, y0), (x1, y1) in pairwise(baseline):
        dx, dy = x1 - x0, y1 - y0
        length = dx * dx + dy * dy
        along = ((x - x0) * dx + (y - y0) * dy) / length if length else 0.0
        along = min(1.0, max(0.0, along))
        least = min(least, math.hypot(x - x0 - along * dx, y - y0 - along * dy))
    return least
