"""The two views of a page: pixels, lines, look, keys and mouse."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from hwocr_desktop.app.requests import Notice
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.pixels.thresholding import Ink
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.ui.page_views import PageViews

pytestmark = pytest.mark.gui


@pytest.fixture
def open_views(qtbot):
    """Return a function that shows the views of a session and shuts them down."""
    made = []

    def open_(session) -> PageViews:
        views = PageViews(session)
        made.append(views)
        qtbot.addWidget(views)
        views.resize(900, 500)
        with qtbot.waitExposed(views):
            views.show()
        return views

    yield open_
    for views in made:
        assert views.shutdown()


def panes(views):
    return views._panes[0].view, views._panes[1].view


def wait_for_levels(qtbot, views):
    qtbot.waitUntil(lambda: not views._pixels._runner.is_busy)


def screen_point(view, x, y) -> QPoint:
    """Return where a point of the page is in the viewport."""
    corner = view.visible().topLeft()
    scale = view.look.scale
    return QPoint(round((x - corner.x()) * scale), round((y - corner.y()) * scale))


def color_at(view, x, y):
    image = view.grab().toImage()
    return image.pixelColor(screen_point(view, x, y))


def test_without_pages_it_says_what_to_do(open_views, make_session):
    views = open_views(make_session(pages=0))
    assert "Ctrl+O" in views._content.message


def test_the_whole_page_is_shown_and_stays_so(
    qtbot, open_views, make_session, gray_page
):
    session = make_session()
    views = open_views(session)
    session.show_scan(gray_page)
    for size in ((900, 500), (500, 600)):
        views.resize(*size)
        for view in panes(views):
            seen = view.visible()
            assert seen.contains(0, 0)
            assert seen.contains(360, 480)
            assert seen.height() < 3 * 480


def test_pixels_are_shown_where_they_are(qtbot, open_views, make_session):
    session = make_session(())
    views = open_views(session)
    color = np.full((480, 360, 3), (200, 180, 90), np.uint8)
    color[100:140, 50:90] = (250, 10, 20)
    session.show_scan(color[..., 0].copy(), color)
    wait_for_levels(qtbot, views)
    original, _ = panes(views)
    assert color_at(original, 70, 120).getRgb()[:3] == (250, 10, 20)
    assert color_at(original, 200, 300).getRgb()[:3] == (200, 180, 90)


def test_the_cut_moves_through_the_table_alone(
    qtbot, open_views, make_session, gray_page
):
    session = make_session(())
    views = open_views(session)
    session.show_scan(gray_page)
    ink_map = np.full((480, 360), 50, np.uint8)
    ink_map[200:300, 100:200] = 150
    session.show_ink(Ink(ink_map, 100))
    wait_for_levels(qtbot, views)
    _, binarized = panes(views)
    levels = binarized.pixels.levels
    assert color_at(binarized, 150, 250).getRgb()[:3] == (0, 0, 0)
    views.set_cut(151)
    assert color_at(binarized, 150, 250).getRgb()[:3] == (255, 255, 255)
    views.set_cut(50)
    assert color_at(binarized, 20, 20).getRgb()[:3] == (0, 0, 0)
    assert binarized.pixels.levels is levels
    assert levels.arrays[0] is ink_map


def test_holding_compare_puts_the_ink_in_the_place_of_the_original(
    qtbot, open_views, make_session, gray_page
):
    session = make_session(())
    views = open_views(session)
    session.show_scan(gray_page)
    ink_map = np.full((480, 360), 255, np.uint8)
    session.show_ink(Ink(ink_map, 100))
    wait_for_levels(qtbot, views)
    original, _ = panes(views)
    original.setFocus()
    qtbot.keyPress(original, Qt.Key.Key_Space)
    assert color_at(original, 180, 200).getRgb()[:3] == (0, 0, 0)
    qtbot.keyRelease(original, Qt.Key.Key_Space)
    assert color_at(original, 10, 10).getRgb()[:3] == (220, 220, 220)


def test_both_views_look_at_the_same_spot(qtbot, open_views, make_session, gray_page):
    session = make_session()
    views = open_views(session)
    session.show_scan(gray_page)
    views._splitter.setSizes([600, 300])
    original, binarized = panes(views)
    qtbot.keyClick(binarized, Qt.Key.Key_Plus)
    qtbot.keyClick(original, Qt.Key.Key_Right)
    assert original.look == binarized.look
    # The view box, which does the drawing, agrees with what the look says.
    for view in (original, binarized):
        drawn, said = view._box.viewRect(), view.visible()
        assert drawn.center().x() == pytest.approx(said.center().x())
        assert drawn.width() == pytest.approx(said.width(), rel=1e-6)


def test_the_wheel_zooms_about_the_cursor(qtbot, open_views, make_session, gray_page):
    session = make_session()
    views = open_views(session)
    session.show_scan(gray_page)
    original, _ = panes(views)
    at = QPointF(120, 90)
    before, scale = original.page_point(at), original.look.scale
    event = QWheelEvent(
        at,
        original.viewport().mapToGlobal(at),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(original.viewport(), event)
    after = original.page_point(at)
    assert original.look.scale > scale
    assert (after.x(), after.y()) == pytest.approx((before.x(), before.y()))


def test_keys_zoom_move_and_fit(qtbot, open_views, make_session, gray_page):
    session = make_session()
    views = open_views(session)
    session.show_scan(gray_page)
    original, _ = panes(views)
    fitted = views.look
    qtbot.keyClick(original, Qt.Key.Key_1)
    assert views.look.scale * views.devicePixelRatioF() == 1
    y = views.look.y
    qtbot.keyClick(original, Qt.Key.Key_Down)
    assert views.look.y > y
    qtbot.keyClick(original, Qt.Key.Key_0)
    assert views.look == fitted
    views.fit_width()
    assert original.visible().width() == pytest.approx(
        360 * original.size_px()[0] / (original.size_px()[0] - 24), rel=1e-6
    )


def test_a_click_selects_the_line_and_a_drag_moves(
    qtbot, open_views, make_session, gray_page
):
    session = make_session()
    views = open_views(session)
    session.show_scan(gray_page)
    original, binarized = panes(views)
    second = session.page.lines[1]
    with qtbot.waitSignal(views.line_clicked) as told:
        qtbot.mouseClick(
            binarized.viewport(),
            Qt.MouseButton.LeftButton,
            pos=screen_point(binarized, 100, 70),
        )
    assert told.args == [second.id]
    assert original.overlay.selected == binarized.overlay.selected == second.id
    with qtbot.assertNotEmitted(views.line_clicked):
        qtbot.mouseClick(
            original.viewport(),
            Qt.MouseButton.LeftButton,
            pos=screen_point(original, 100, 400),
        )
    look = views.look
    with qtbot.assertNotEmitted(views.line_clicked):
        qtbot.mousePress(
            original.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(100, 100)
        )
        qtbot.mouseMove(original.viewport(), QPoint(160, 130))
        qtbot.mouseRelease(
            original.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(160, 130)
        )
    assert views.look.x == pytest.approx(look.x - 60 / look.scale)
    assert views.look.y == pytest.approx(look.y - 30 / look.scale)
    qtbot.mouseDClick(original.viewport(), Qt.MouseButton.LeftButton)
    assert views.look.x == 180


def test_a_line_out_of_sight_is_brought_in_and_one_in_sight_moves_nothing(
    qtbot, open_views, make_session, gray_page
):
    session = make_session(("a",) * 10)
    views = open_views(session)
    session.show_scan(gray_page)
    first, last = session.page.lines[0], session.page.lines[9]
    fitted = views.look
    views.show_line(first.id)
    assert views.look == fitted
    for _ in range(4):
        views.zoom_in()
    views.show_line(first.id)
    views.show_line(last.id)
    original, _ = panes(views)
    x0, y0, _, y1 = last.shape.bounds
    assert original.visible().contains(x0, y0)
    assert original.visible().contains(x0, y1)


def test_another_page_is_fitted_and_the_same_page_keeps_its_look(
    qtbot, open_views, make_session, gray_page
):
    session = make_session(pages=2)
    views = open_views(session)
    session.show_scan(gray_page)
    views.zoom_in()
    look = views.look
    session.show_scan(gray_page.copy())
    assert views.look == look
    session.select_page("p2")
    assert panes(views)[0].pixels.levels is None
    session.show_scan(gray_page)
    assert views.look != look
    # Turned: the lines are, the pixels follow later.
    session.commit("x", edits.rotate_page(session.project, "p2"))
    assert panes(views)[0].pixels.levels is None


def test_lines_follow_the_document(open_views, make_session, qtbot):
    session = make_session()
    views = open_views(session)
    line, count = session.page.lines[1], len(session.page.lines)
    session.accept_line(line.id)
    original, binarized = panes(views)
    assert original.overlay.line(line.id).checked
    qtbot.waitUntil(lambda: binarized.overlay.line(line.id).checked)
    for view in (original, binarized):
        qtbot.waitUntil(lambda view=view: len(view.overlay._items) == count)
    session.commit("x", edits.remove_line(session.project, "p1", line.id))
    assert original.overlay.line(line.id) is None
    qtbot.waitUntil(lambda: binarized.overlay.line(line.id) is None)
    assert len(original.overlay._items) == count - 1
    views.set_overlays_visible(False)
    assert not panes(views)[1].overlay.isVisible()


def test_the_text_under_the_mouse_is_told(open_views, make_session):
    session = make_session(("Dear Sir", None))
    views = open_views(session)
    original, _ = panes(views)
    read, unread = session.page.lines
    assert original.tip(read) == "Dear Sir (read, not checked)"
    assert original.tip(unread) == "not read yet"
    assert original.tip(None) == ""


def test_the_original_can_stand_alone(qtbot, open_views, make_session, gray_page):
    session = make_session()
    views = open_views(session)
    session.show_scan(gray_page)
    original, binarized = panes(views)
    views.set_side_by_side(False)
    assert not binarized.isVisible()
    qtbot.waitUntil(lambda: original.size_px()[0] > 800)
    views.set_side_by_side(True)
    assert binarized.isVisible()


def test_a_scan_that_cannot_be_opened_is_not_opening_for_ever(open_views, make_session):
    session = make_session()
    views = open_views(session)
    assert "opening" in views._panes[0].title.text()
    session.scan_failed.emit(session.page.id)
    assert "opening" not in views._panes[0].title.text()


def test_nor_is_its_ink_in_preparation_for_ever(open_views, make_session):
    session = make_session()
    views = open_views(session)
    titles = [pane.title for pane in views._panes]
    session.scan_failed.emit(session.page.id)
    assert [t.text().split(": ")[1] for t in titles] == ["it cannot be shown"] * 2


def test_what_is_wrong_with_others_is_not_said_of_the_page_shown(
    open_views, make_session
):
    session = make_session(pages=2)
    views = open_views(session)
    titles = [pane.title for pane in views._panes]
    before = [title.text() for title in titles]
    session.noticed.emit(Notice("“other.png” is no image.", kind="error"))
    session.scan_failed.emit("p2")
    assert [title.text() for title in titles] == before
    assert "opening" in before[0]


def test_numbers_follow_the_settings(qtbot, open_views, make_session):
    views = open_views(make_session())
    overlay = panes(views)[0].overlay
    qtbot.waitUntil(lambda: bool(overlay._items))
    badge = next(iter(overlay._items.values())).badge
    assert badge.isVisible()
    views.apply_settings(Settings(show_line_numbers=False))
    assert not badge.isVisible()
