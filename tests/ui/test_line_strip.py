"""The enlarged writing of the selected line."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QSignalSpy

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.pixels.crops import crop_margin
from hwocr_desktop.ui.line_strip import LEAST_LINE_PX, LineStrip

pytestmark = pytest.mark.gui


@pytest.fixture
def open_strip(qtbot):
    def open_(session, width=400) -> LineStrip:
        strip = LineStrip(session)
        qtbot.addWidget(strip)
        strip.resize(width, 92)
        with qtbot.waitExposed(strip):
            strip.show()
        return strip

    return open_


def test_the_writing_of_the_line_is_shown(open_strip, make_session):
    session = make_session(("abcd", "efgh"))
    strip = open_strip(session)
    gray = np.full((480, 360), 230, np.uint8)
    gray[56:90, :180] = 20  # the second line, left half
    session.show_scan(gray)
    strip.show_line("l2")
    rect = strip.picture_rect()
    image = strip.grab().toImage()
    y = round(rect.center().y())
    left = image.pixelColor(round(rect.left() + 0.3 * rect.width()), y)
    right = image.pixelColor(round(rect.left() + 0.8 * rect.width()), y)
    assert left.red() < 60
    assert right.red() > 200


def test_a_line_fills_the_width_and_a_long_one_follows_the_caret(
    open_strip, make_session, gray_page
):
    session = make_session(("abcdefghij",))
    strip = open_strip(session, width=600)
    session.show_scan(gray_page)
    strip.show_line("l1")
    assert strip.picture_rect().width() == pytest.approx(600, abs=1)
    strip.resize(200, 92)
    assert strip.picture_rect().height() == pytest.approx(LEAST_LINE_PX)
    assert strip.picture_rect().width() > 200
    strip.show_caret(9)
    start, _ = strip.mark()
    rect = strip.picture_rect()
    assert 0 <= rect.left() + start * rect.width() <= 200
    strip.show_caret(0)
    assert strip.picture_rect().left() == 0


def test_the_caret_is_marked_while_the_text_is_the_machines(
    open_strip, make_session, gray_page
):
    session = make_session(("abcd",))
    strip = open_strip(session)
    session.show_scan(gray_page)
    strip.show_line("l1")
    assert strip.mark() is None
    strip.show_caret(2)
    # The picture reaches past both ends of the line.
    margin = crop_margin(session.page.lines[0].shape)
    across = [(at + margin) / (1 + 2 * margin) for at in (0.5, 0.75, 1.0)]
    assert strip.mark() == pytest.approx(across[:2])
    strip.show_caret(4)
    assert strip.mark() == pytest.approx((across[2], across[2]))
    session.correct_line("l1", "something else")
    strip.show_caret(3)
    assert strip.mark() is None


def test_a_click_tells_the_character(qtbot, open_strip, make_session, gray_page):
    session = make_session(("abcd",))
    strip = open_strip(session)
    session.show_scan(gray_page)
    strip.show_line("l1")
    rect = strip.picture_rect()
    with qtbot.waitSignal(strip.place_clicked) as told:
        x = round(rect.left() + 0.6 * rect.width())
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(x, 40))
    assert told.args == [2]


def test_an_unread_line_has_no_characters_to_click(
    qtbot, open_strip, make_session, gray_page
):
    session = make_session((None,))
    strip = open_strip(session)
    session.show_scan(gray_page)
    strip.show_line("l1")
    clicked = QSignalSpy(strip.place_clicked)
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(50, 40))
    assert clicked.count() == 0


def test_the_writing_follows_page_scan_and_shape(open_strip, make_session, gray_page):
    session = make_session(("abcd", "x"), pages=2)
    strip = open_strip(session)
    strip.show_line("l1")
    assert not strip.has_picture
    session.show_scan(gray_page)
    assert strip.has_picture
    before = strip._image.cacheKey()
    session.accept_line("l1")
    assert strip._image.cacheKey() == before
    other = session.page.lines[1].shape
    session.commit("x", edits.reshape_line(session.project, "p1", "l1", other))
    assert strip._image.cacheKey() != before
    session.commit("x", edits.remove_line(session.project, "p1", "l1"))
    assert not strip.has_picture
    strip.show_line("l2")
    session.select_page("p2")
    assert not strip.has_picture
