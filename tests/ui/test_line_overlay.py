"""The lines drawn over a page, and the views' arithmetic."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QStyleOptionGraphicsItem

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.pixels.line_drawing import shape_along, turned_round
from hwocr_desktop.ui import line_overlay
from hwocr_desktop.ui.line_badge import BADGE_HEIGHT_PX
from hwocr_desktop.ui.line_marks import ARROW_PX, BLUE, draw_arrow
from hwocr_desktop.ui.line_overlay import LineOverlay

pytestmark = pytest.mark.gui


@pytest.fixture
def overlay(qapp):
    return LineOverlay()


def drawn(overlay, line_id):
    return overlay._items[line_id]


def test_only_what_changed_is_drawn_anew(overlay, make_session):
    session = make_session(tuple("abcdefgh"))
    assert overlay.set_lines(session.page.lines) == 8
    before = {line.id: drawn(overlay, line.id).badge for line in session.page.lines}
    outline = drawn(overlay, "l3").outline
    session.accept_line("l3")
    assert overlay.set_lines(session.page.lines) == 1
    assert drawn(overlay, "l3").outline is outline
    same = [i for i, o in before.items() if drawn(overlay, i).badge is o]
    assert set(before) - set(same) == {"l3"}
    # The first keystroke makes it a typed line; by the others nothing changes that is
    # drawn, and the text is known.
    session.correct_line("l5", "o")
    assert overlay.set_lines(session.page.lines) == 1
    session.correct_line("l5", "other")
    assert overlay.set_lines(session.page.lines) == 0
    assert overlay.line("l5").text == "other"


def test_lines_are_known_before_they_are_drawn(overlay, make_session):
    session = make_session(tuple("abcdefgh"))
    lines = session.page.lines
    assert overlay.set_lines(lines, at_once=0) == 8
    assert [overlay.line(line.id) for line in lines] == list(lines)
    overlay.select("l2")
    assert overlay.line_at(QPointF(100, 70)).id == "l2"
    assert overlay.set_lines(lines, at_once=3) == 8
    assert set(overlay._items) == {"l1", "l2", "l3"}
    assert drawn(overlay, "l2").outline.pen().style() != Qt.PenStyle.NoPen
    # Changed while some wait: each is drawn once, as it is now.
    session.commit("x", edits.remove_line(session.project, "p1", "l5"))
    session.accept_line("l8")
    assert overlay.set_lines(session.page.lines, at_once=20) == 4
    assert overlay.set_lines(session.page.lines, at_once=20) == 0
    assert set(overlay._items) == {line.id for line in session.page.lines}
    assert len(drawn(overlay, "l8").badge.childItems()) == 2  # number and tick
    assert len(overlay.childItems()) == 3 * 7


def test_numbers_follow_the_reading_order(overlay, make_session):
    session = make_session(tuple("abc"))
    overlay.set_lines(session.page.lines)
    session.commit("x", edits.move_line(session.project, "p1", "l3", 0))
    assert overlay.set_lines(session.page.lines) == 3
    assert [drawn(overlay, i).number for i in ("l3", "l1", "l2")] == [1, 2, 3]
    session.commit("x", edits.remove_line(session.project, "p1", "l3"))
    overlay.set_lines(session.page.lines)
    assert overlay.line("l3") is None
    assert drawn(overlay, "l1").number == 1


def test_states_differ_in_dash_and_form_and_not_only_in_color(overlay, make_session):
    session = make_session((None, "b", "c"))
    session.accept_line("l3")
    overlay.set_lines(session.page.lines)
    looks = [
        (
            items.baseline.pen().style(),
            items.badge.path().elementCount(),
            len(items.badge.childItems()),
        )
        for items in (drawn(overlay, i) for i in ("l1", "l2", "l3"))
    ]
    assert len({dash for dash, *_ in looks}) == 3
    assert len(drawn(overlay, "l3").badge.childItems()) == 2  # number and tick
    sizes = [drawn(overlay, i).badge.path().boundingRect() for i in ("l1", "l2", "l3")]
    assert sizes[2].width() > sizes[1].width()


def test_the_selected_line_stands_out_alone(overlay, make_session):
    session = make_session(tuple("abc"))
    overlay.set_lines(session.page.lines)
    for chosen in ("l2", "l3"):
        overlay.select(chosen)
        outlined = [
            i
            for i in ("l1", "l2", "l3")
            if drawn(overlay, i).outline.pen().style() != Qt.PenStyle.NoPen
        ]
        assert outlined == [chosen]
    overlay.select("")
    assert overlay.selected == ""


def test_lines_to_ignore_stand_back_unless_they_are_selected(overlay, make_session):
    session = make_session(tuple("abc"))
    overlay.set_lines(session.page.lines)

    def faint():
        pairs = ((i, drawn(overlay, i).outline.opacity()) for i in ("l1", "l2", "l3"))
        return [i for i, opacity in pairs if opacity < 1]

    overlay.set_ignored(frozenset({"l1", "l2"}))
    assert faint() == ["l1", "l2"]
    overlay.select("l2")
    assert faint() == ["l1"]
    overlay.set_ignored(frozenset({"l2", "l3"}))
    assert faint() == ["l3"]
    overlay.set_ignored(frozenset())
    assert faint() == []


def test_a_point_finds_the_line_around_it_or_near_it(overlay, make_session):
    session = make_session(tuple("abc"))
    overlay.set_lines(session.page.lines)
    overlay.set_scale(1.0)
    # Line n stands at y = 40 n, from 24 above to 10 below.
    assert overlay.line_at(QPointF(100, 70)).id == "l2"
    assert overlay.line_at(QPointF(100, 94)).id == "l3"
    assert overlay.line_at(QPointF(100, 92)).id == "l2"
    assert overlay.line_at(QPointF(10, 38)).id == "l1"
    assert overlay.line_at(QPointF(100, 250)) is None
    # The reach is one on the screen: far in, it is short on the page.
    overlay.set_scale(10.0)
    assert overlay.line_at(QPointF(10, 38)) is None


def test_numbers_are_thinned_out_where_they_would_overlap(overlay, make_session):
    session = make_session(tuple("x" * 40))
    overlay.set_lines(session.page.lines)

    def shown():
        items = [drawn(overlay, f"l{n}") for n in range(1, 41)]
        return [i.number for i in items if i.badge.isVisible()]

    overlay.set_scale(1.0)
    assert shown() == list(range(1, 41))
    for scale in (0.3, 0.15, 0.06):
        overlay.set_scale(scale)
        numbers = shown()
        assert 1 < len(numbers) < 40
        # Number 1 is always there; among the others none covers the next.
        gap = (numbers[2] - numbers[1]) * 40 * scale
        assert gap >= 0.85 * BADGE_HEIGHT_PX
    overlay.select("l7")
    assert 7 in shown()
    overlay.set_numbers_visible(False)
    assert shown() == []


def test_typed_lines_and_print_look_otherwise_than_read_ones(overlay, make_session):
    session = make_session(tuple("abc"))
    overlay.set_lines(session.page.lines)
    session.correct_line("l2", "what a person wrote")
    session.commit("x", edits.mark_print(session.project, "p1", "l3", True))
    assert overlay.set_lines(session.page.lines) == 2
    read, typed, printed = (drawn(overlay, i) for i in ("l1", "l2", "l3"))
    assert typed.baseline.pen().style() != read.baseline.pen().style()
    assert typed.badge.brush().color() != read.badge.brush().color()
    assert printed.outline.brush().style() == Qt.BrushStyle.FDiagPattern
    assert read.outline.brush().style() == Qt.BrushStyle.SolidPattern
    session.commit("x", edits.mark_print(session.project, "p1", "l3", False))
    overlay.set_lines(session.page.lines)
    assert drawn(overlay, "l3").outline.brush().style() == Qt.BrushStyle.SolidPattern


@pytest.mark.parametrize("is_leftward", [False, True])
@pytest.mark.parametrize("scale", [0.15, 1.0, 4.0])
def test_the_number_of_a_line_that_begins_in_sight_is_in_sight(
    overlay, make_session, is_leftward, scale
):
    session = make_session(("a", "b", "c"))
    project = session.project
    if is_leftward:
        shapes = {line.id: turned_round(line.shape) for line in session.page.lines}
        project = edits.reshape_lines(project, "p1", shapes)
    overlay.set_lines(project.pages[0].lines)
    overlay.set_scale(scale)
    badge = drawn(overlay, "l2").badge
    first = badge.pos()

    def plate():
        x, sides = badge.pos().x(), badge.path().boundingRect()
        return x + sides.left() / scale, x + sides.right() / scale

    # The lines go from 20 to 320; what is seen begins just before one, or ends so.
    left, right = (-900.0, 322.0) if is_leftward else (18.0, 900.0)
    overlay.set_seen(left, right)
    assert left < plate()[0] < plate()[1] < right
    assert badge.pos().y() == first.y()
    assert badge.pos() != first
    # One that is drawn anew, as a checked line is, stands in sight at once.
    lines = edits.accept_line(project, "p1", "l2").pages[0].lines
    overlay.set_lines(lines)
    badge = drawn(overlay, "l2").badge
    assert left < plate()[0] < plate()[1] < right
    # Where its line goes on from out of sight, and where there is room, it stays.
    for left, right in ((50.0, 300.0), (-900.0, 900.0)):
        overlay.set_seen(left, right)
        assert badge.pos() == first


def test_print_has_a_ground_below_its_hatching(qapp):
    item = line_overlay._Outline()
    item.setPath(line_overlay._path(shape_along([(0, 40), (90, 40)], 8, 3).polygon))
    item.setPen(QPen(Qt.PenStyle.NoPen))
    inside = (slice(34, 41), slice(5, 85))
    colored = {}
    for pattern in (Qt.BrushStyle.FDiagPattern, Qt.BrushStyle.SolidPattern):
        color = QColor(0, 0, 0, 200)
        item.setBrush(QBrush(color, pattern))
        image = painted(lambda painter: item.paint(painter, QStyleOptionGraphicsItem()))
        colored[pattern] = np.unique(image[inside]).size, image[inside].max()
    kinds, lightest = colored[Qt.BrushStyle.FDiagPattern]
    assert kinds > 1
    assert lightest < 255
    assert colored[Qt.BrushStyle.SolidPattern][0] == 1


@pytest.mark.parametrize("scale", [0.5, 1.0])
@pytest.mark.parametrize("end", [(60.0, 50.0), (40.0, 50.0), (50.0, 60.0)])
def test_the_arrow_of_a_line_covers_nothing_of_it(qapp, scale, end):
    way = ((2 * 50 - end[0], 2 * 50 - end[1]), end)

    def paint(painter):
        painter.scale(scale, scale)
        draw_arrow(painter, way, BLUE, scale, 3.0)

    ys, xs = np.nonzero(painted(paint) < 255)
    dx, dy = (end[0] - way[0][0]) / 20, (end[1] - way[0][1]) / 20
    beyond = (xs + 0.5 - end[0] * scale) * dx + (ys + 0.5 - end[1] * scale) * dy
    assert beyond.size
    assert beyond.min() > 1
    assert beyond.max() < ARROW_PX + 6


def painted(paint):
    """Return what is painted on white, (100, 100) uint8."""
    image = QImage(100, 100, QImage.Format.Format_Grayscale8)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    paint(painter)
    painter.end()
    bits = np.frombuffer(image.constBits(), np.uint8)
    return bits.reshape(100, image.bytesPerLine())[:, :100].copy()
