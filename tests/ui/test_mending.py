"""Mending with the brush: what mouse and keys do, and what the document gets."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from hwocr_desktop.app.requests import InkPart
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.mending import BrushStroke, mend
from hwocr_desktop.core.pixels.thresholding import Ink
from hwocr_desktop.core.pixels.tiles import InkTile
from hwocr_desktop.ui.brush import SIZES_PX
from hwocr_desktop.ui.page_views import PageViews

pytestmark = pytest.mark.gui

SIZE = (480, 360)
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def views(qtbot, make_session, gray_page):
    session = make_session(())
    made = PageViews(session)
    made.session = session
    qtbot.addWidget(made)
    made.resize(1200, 700)
    with qtbot.waitExposed(made):
        made.show()
    session.show_scan(gray_page)
    session.show_ink(Ink(np.full(SIZE, 100, np.uint8), 128))
    settle(qtbot, made)
    made.set_brush(True)
    settle(qtbot, made)
    yield made
    assert made.shutdown()


def settle(qtbot, views):
    qtbot.waitUntil(
        lambda: not views._pixels._runner.is_busy and not views._pixels._tiles
    )


def ink_view(views):
    return views._panes[1].view


def on_screen(views, x, y):
    view = ink_view(views)
    corner, scale = view.visible().topLeft(), view.look.scale
    return QPoint(round((x - corner.x()) * scale), round((y - corner.y()) * scale))


def paint(qtbot, views, *points, button=LEFT, modifier=Qt.KeyboardModifier.NoModifier):
    port = ink_view(views).viewport()
    places = [on_screen(views, *point) for point in points]
    qtbot.mousePress(port, button, modifier, places[0])
    for place in places[1:]:
        qtbot.mouseMove(port, place)
    qtbot.mouseRelease(port, button, modifier, places[-1])


def drawn(views):
    return views._pixels.ink.arrays[0]


def mending(views):
    return views.session.page.mending


def color_at(views, x, y):
    image = ink_view(views).grab().toImage()
    return image.pixelColor(on_screen(views, x, y)).getRgb()[:3]


def test_the_left_button_paints_ink_the_right_one_paper(qtbot, views):
    assert color_at(views, 100, 100) == (255, 255, 255)
    paint(qtbot, views, (80, 100), (100, 100), (140, 100))
    assert color_at(views, 100, 100) == (0, 0, 0)
    paint(qtbot, views, (100, 100), button=RIGHT)
    assert color_at(views, 100, 100) == (255, 255, 255)
    assert [stroke.paint for stroke in mending(views)] == ["ink", "paper"]
    assert {stroke.radius for stroke in mending(views)} == {views.brush.radius}


def test_what_is_painted_is_seen_before_the_button_goes_up(qtbot, views):
    port = ink_view(views).viewport()
    qtbot.mousePress(port, LEFT, pos=on_screen(views, 80, 100))
    qtbot.mouseMove(port, on_screen(views, 140, 100))
    assert color_at(views, 110, 100) == (0, 0, 0)
    assert mending(views) == ()
    qtbot.keyClick(ink_view(views), Qt.Key.Key_Escape)
    assert color_at(views, 110, 100) == (255, 255, 255)
    assert views.brush.is_on
    qtbot.mouseRelease(port, LEFT, pos=on_screen(views, 140, 100))
    assert mending(views) == ()


def test_the_view_shows_exactly_what_counts(qtbot, views):
    own = views.session.ink.map
    paint(qtbot, views, (80.3, 100.2), (140, 133), (200.8, 90))
    paint(qtbot, views, (120, 100), (125, 140), button=RIGHT)
    assert np.array_equal(drawn(views), mend(own, mending(views)))
    assert (own == 100).all()
    views.session.undo()
    assert len(mending(views)) == 1
    assert np.array_equal(drawn(views), mend(own, mending(views)))
    views.session.undo()
    assert np.array_equal(drawn(views), own)
    views.session.redo()
    views.session.redo()
    assert np.array_equal(drawn(views), mend(own, mending(views)))


def test_a_stroke_is_one_step(qtbot, views):
    before = views.session.project
    paint(qtbot, views, (80, 100), *((80 + n, 100 + n % 7) for n in range(60)))
    assert len(mending(views)) == 1
    views.session.undo()
    assert views.session.project is before


def test_shift_and_swapping_paint_the_other(qtbot, views):
    paint(qtbot, views, (80, 100), modifier=Qt.KeyboardModifier.ShiftModifier)
    views.brush.swap()
    paint(qtbot, views, (80, 100))
    paint(qtbot, views, (80, 100), button=RIGHT)
    assert [stroke.paint for stroke in mending(views)] == ["paper", "paper", "ink"]
    assert views.strip._paper.isChecked()


def test_the_mending_can_be_taken_away_as_one_step(qtbot, views):
    assert not views.strip._remove.isEnabled()
    paint(qtbot, views, (80, 100))
    paint(qtbot, views, (180, 100))
    qtbot.mouseClick(views.strip._remove, LEFT)
    assert mending(views) == ()
    assert (drawn(views) == 100).all()
    views.session.undo()
    assert len(mending(views)) == 2
    assert np.array_equal(drawn(views), mend(views.session.ink.map, mending(views)))


def test_sizes_go_by_steps_and_end(views):
    for _ in range(len(SIZES_PX) + 3):
        views.brush.enlarge()
    assert views.brush.size == SIZES_PX[-1]
    assert views.strip._size.value() == len(SIZES_PX) - 1
    views.strip._size.setValue(0)
    assert views.brush.size == 1
    views.brush.reduce()
    assert views.brush.radius == 0.5


def test_the_circle_is_in_both_views_as_long_as_the_mouse_is(qtbot, views):
    circles = [pane.view.circle for pane in views._panes]
    qtbot.mouseMove(ink_view(views).viewport(), on_screen(views, 80, 100))
    assert all(circle.isVisible() for circle in circles)
    assert circles[0].pos().x() == pytest.approx(80, abs=1)
    views.set_brush(False)
    assert not any(circle.isVisible() for circle in circles)


def test_escape_puts_the_brush_down_and_the_mouse_moves_the_page_again(qtbot, views):
    assert not views.strip.isHidden()
    qtbot.keyClick(ink_view(views), Qt.Key.Key_Escape)
    assert not views.brush.is_on
    assert views.strip.isHidden()
    look = views.look
    paint(qtbot, views, (80, 100), (140, 140), (180, 160))
    assert mending(views) == ()
    assert views.look != look


def test_the_views_do_not_change_their_size_with_the_brush(views):
    with_brush = ink_view(views).size(), views._panes[0].view.size()
    views.set_brush(False)
    assert (ink_view(views).size(), views._panes[0].view.size()) == with_brush


def test_lines_do_not_lie_over_the_ink_that_is_mended(views):
    original, binarized = (pane.view.overlay for pane in views._panes)
    assert original.isVisible()
    assert not binarized.isVisible()
    views.set_brush(False)
    assert binarized.isVisible()
    views.set_overlays_visible(False)
    views.set_brush(True)
    views.set_brush(False)
    assert not original.isVisible()
    assert not binarized.isVisible()


def test_the_middle_button_still_moves_the_page(qtbot, views):
    look = views.look
    paint(qtbot, views, (80, 100), (160, 160), button=Qt.MouseButton.MiddleButton)
    assert mending(views) == ()
    assert views.look != look


def test_another_method_keeps_the_mending(qtbot, views):
    paint(qtbot, views, (80, 100))
    other = np.full(SIZE, 200, np.uint8)
    views.session.show_ink(Ink(other, 220))
    settle(qtbot, views)
    assert np.array_equal(drawn(views), mend(other, mending(views)))
    assert color_at(views, 80, 100) == (0, 0, 0)
    assert color_at(views, 200, 300) == (255, 255, 255)


def test_a_page_that_comes_while_the_brush_is_up_is_ready_for_it(
    qtbot, views, gray_page
):
    session = views.session
    session.select_page(session.page.id)
    session.show_scan(gray_page)
    own = np.full(SIZE, 100, np.uint8)
    session.show_ink(Ink(own, 128))
    settle(qtbot, views)
    # A copy to paint on, made in the background and not at the first touch.
    assert drawn(views) is not own
    assert np.array_equal(drawn(views), own)


def test_without_ink_nothing_is_painted(qtbot, views, gray_page):
    views.session.show_scan(gray_page)
    paint(qtbot, views, (80, 100))
    assert mending(views) == ()


def test_what_may_not_be_changed_looks_unchanged(qtbot, views, monkeypatch):
    monkeypatch.setattr(views.session, "commit", lambda *args: None)
    paint(qtbot, views, (80, 100), (140, 100))
    assert (drawn(views) == 100).all()


def test_a_page_with_mending_is_shown_with_it(qtbot, views, gray_page):
    session = views.session
    stroke = BrushStroke("ink", 9, ((50, 60),))
    session.commit("x", edits.add_stroke(session.project, session.page.id, stroke))
    session.select_page(session.page.id)
    session.show_scan(gray_page)
    own = np.zeros(SIZE, np.uint8)
    session.show_ink(Ink(own, 128))
    # Not even for a moment without it.
    assert views._pixels.ink is None
    settle(qtbot, views)
    assert np.array_equal(drawn(views), mend(own, [stroke]))


# ----- tile by tile ---------------------------------------------------------------


def tiles_of(ink_map, side=120):
    return [
        InkTile(x, y, ink_map[y : y + side, x : x + side])
        for y in range(0, SIZE[0], side)
        for x in range(0, SIZE[1], side)
    ]


def test_tiles_are_shown_as_they_come_over_what_was_there(qtbot, views):
    paint(qtbot, views, (80, 100))
    network = Cleaning("network")
    ink = np.random.default_rng(0).integers(0, 256, SIZE, dtype=np.uint8)
    tiles = tiles_of(ink)
    page_id = views.session.page.id
    views.session.ink_part.emit(InkPart(page_id, tuple(tiles[:1]), 60, network))
    settle(qtbot, views)
    assert "in progress" in views._panes[1].title.text()
    expected = mend(ink, mending(views))
    assert np.array_equal(drawn(views)[:120, :120], expected[:120, :120])
    # The rest does not look like clean paper, and is not painted on.
    assert max(color_at(views, 200, 300)) < 240
    before = mending(views)
    paint(qtbot, views, (200, 300))
    assert mending(views) == before
    for tile in tiles[1:]:
        views.session.ink_part.emit(InkPart(page_id, (tile,), 60, network))
    settle(qtbot, views)
    assert np.array_equal(drawn(views), expected)
    views.session.show_ink(Ink(ink, 60))
    settle(qtbot, views)
    assert "in progress" not in views._panes[1].title.text()
    assert ink_view(views).veil.undone.isEmpty()
    assert np.array_equal(drawn(views), expected)


def test_tiles_of_another_page_or_of_a_method_no_longer_wanted_are_dropped(
    qtbot, views
):
    ink = np.full(SIZE, 255, np.uint8)
    part = InkPart("p9", tuple(tiles_of(ink)), 60, Cleaning("network"))
    views.session.ink_part.emit(part)
    settle(qtbot, views)
    assert (drawn(views) == 100).all()
    mine = InkPart(views.session.page.id, part.tiles, 60, part.cleaning)
    views.session.ink_part.emit(mine)
    views.session.show_ink(Ink(np.full(SIZE, 7, np.uint8), 128))
    settle(qtbot, views)
    assert (drawn(views) == 7).all()


def test_the_session_learns_what_is_seen(qtbot, views):
    views.actual_size()
    qtbot.keyClick(ink_view(views), Qt.Key.Key_PageDown)
    x0, y0, x1, y1 = views.session.visible
    assert 0 <= x0 < x1 <= SIZE[1]
    assert 0 < y0 < y1 <= SIZE[0]
