"""Notices: newest on top, errors stay, buttons do what they say."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from hwocr_desktop.app.requests import Notice
from hwocr_desktop.ui import notice_bar
from hwocr_desktop.ui.notice_bar import MOST_LINES, MOST_SHOWN, NoticeBar

pytestmark = pytest.mark.gui

ERROR = Notice("It broke.", "Mend it.", "error")


@pytest.fixture
def bar(qtbot):
    made = NoticeBar()
    qtbot.addWidget(made)
    return made


def test_takes_no_room_while_there_is_nothing_to_say(bar):
    assert bar.isHidden()
    bar.add(ERROR)
    assert not bar.isHidden()


def test_says_what_happened_what_to_do_and_how_bad_it_is(bar):
    bar.add(ERROR)
    assert bar.rows[0]._text.text() == "It broke. Mend it."
    assert "Error" in bar.rows[0]._text.accessibleName()


def test_the_newest_is_on_top_and_none_is_repeated(bar):
    bar.add(ERROR)
    bar.add(Notice("Another.", "", "warning"))
    bar.add(ERROR)
    assert [n.text for n in bar.notices] == ["Another.", "It broke."]


def test_information_goes_by_itself_and_errors_stay(bar, qtbot, monkeypatch):
    monkeypatch.setattr(notice_bar, "INFORMATION_STAYS_MS", 20)
    bar.add(ERROR)
    bar.add(Notice("Done."))
    bar.add(Notice("A result.", "Look at it.", action="show-training"))
    qtbot.waitUntil(lambda: len(bar.notices) == 2)
    assert bar.notices[1] == ERROR


@pytest.mark.parametrize("action", ["recover", "save-copy", "open-backup"])
def test_the_button_names_the_way_out_and_the_notice_goes(bar, qtbot, action):
    notice = Notice("It broke.", "", "error", action)
    bar.add(notice)
    with qtbot.waitSignal(bar.action_chosen) as caught:
        bar.rows[0].button.click()
    assert caught.args == [notice]
    assert bar.notices == ()


def test_an_unknown_action_gets_no_button(bar):
    bar.add(Notice("Hm.", action="dance"))
    assert bar.rows[0].button is None


def test_older_ones_wait_behind_and_can_all_be_dismissed(bar):
    for i in range(MOST_SHOWN + 2):
        bar.add(Notice(f"Number {i}.", "", "error"))
    assert sum(not row.isHidden() for row in bar.rows) == MOST_SHOWN
    assert "2" in bar._more.text()
    bar.rows[0].close_button.click()
    assert sum(not row.isHidden() for row in bar.rows) == MOST_SHOWN
    bar._more.click()
    assert bar.notices == ()
    assert bar.isHidden()


def test_markup_in_a_file_name_is_text(bar):
    bar.add(Notice("“<b>x</b>.png” is damaged.", "", "error"))
    assert "<b>" in bar.rows[0]._text.text()
    assert bar.rows[0]._text.textFormat() == notice_bar.Qt.TextFormat.PlainText


@pytest.fixture
def host(bar, qtbot):
    """Return a window with the bar over something that takes all the room."""
    made = QWidget()
    qtbot.addWidget(made)
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(bar)
    column.addWidget(QWidget(), 1)
    made.resize(480, 500)
    with qtbot.waitExposed(made):
        made.show()
    return made


def long_notice(number):
    text = f"Scan {number} is damaged and cannot be opened by this program."
    return Notice(text, "Take it from the backup.", "error", "recover")


def has_its_height(text):
    return text.height() >= text.heightForWidth(text.width())


@pytest.mark.parametrize("width", [320, 480, 978])
def test_the_words_get_their_width_and_the_bar_its_height(bar, host, qtbot, width):
    host.resize(width, 500)
    for number in range(3):
        bar.add(long_notice(number))
        qtbot.waitUntil(lambda: bar.height() == bar.sizeHint().height())
        qtbot.waitUntil(lambda: all(has_its_height(row._text) for row in bar.rows))
        for row in bar.rows:
            text = row._text
            assert text.width() >= width // 2
            beside = row.button.geometry()
            assert row.rect().contains(beside)
            assert not beside.intersects(text.geometry())
    assert bar.height() <= MOST_LINES * bar.fontMetrics().height()
    # The window can be made as small as without it.
    assert host.minimumSizeHint().height() == 0


def test_what_has_no_room_comes_into_sight_with_the_keyboard(bar, host, qtbot):
    for number in range(MOST_SHOWN):
        bar.add(long_notice(number))
    qtbot.waitUntil(lambda: bar.height() == bar.sizeHint().height())
    last = bar.rows[-1].button
    assert last.visibleRegion().isEmpty()
    host.activateWindow()
    bar.rows[0].button.setFocus()
    qtbot.waitUntil(bar.rows[0].button.hasFocus)
    for _ in range(2 * MOST_SHOWN):
        if last.hasFocus():
            break
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert last.hasFocus()
    assert not last.visibleRegion().isEmpty()
    # A new one is seen.
    bar.add(long_notice(9))
    qtbot.waitUntil(lambda: not bar.rows[0].button.visibleRegion().isEmpty())
