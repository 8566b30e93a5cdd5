"""The text of the page: typing, accepting, undoing, going from line to line."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence, QTextCursor
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QMainWindow, QStyleOptionViewItem

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Character, Reading
from hwocr_desktop.core.document.doubt import page_trust
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.ui.line_states import (
    SIGN_SIDE_PX,
    line_state_text,
    shown_state,
    state_icon,
)
from hwocr_desktop.ui.transcription import Transcription
from hwocr_desktop.ui.transcription_model import LINE_ROLE
from tests.ui.conftest import reading_of

pytestmark = pytest.mark.gui


def editor(text):
    return text._list.editor


def shades(text) -> list[str]:
    """Return the texts that are shaded in the editor."""
    return [s.cursor.selectedText() for s in editor(text).extraSelections()]


def line(session, number):
    return session.page.lines[number - 1]


def test_the_first_line_to_do_is_current(open_text, make_session):
    session = make_session()
    session.accept_line("l1")
    text = open_text(session)
    assert text.line.id == "l2"
    assert editor(text).toPlainText() == "second"


def test_every_keystroke_reaches_the_document_and_is_one_undo_step(
    qtbot, open_text, make_session
):
    session = make_session()
    text = open_text(session)
    qtbot.keyClick(editor(text), Qt.Key.Key_End)
    changes = QSignalSpy(session.project_changed)
    qtbot.keyClicks(editor(text), " of it")
    assert changes.count() == 6
    assert line(session, 1).correction == "first line of it"
    assert line(session, 1).state == "read"
    qtbot.keyClick(editor(text), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line(session, 1).correction is None
    assert editor(text).toPlainText() == "first line"
    qtbot.keyClick(
        editor(text),
        Qt.Key.Key_Z,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert editor(text).toPlainText() == "first line of it"


def test_undo_in_the_field_is_the_sessions_even_beside_a_menu(qtbot, make_session):
    session = make_session()
    window = QMainWindow()
    qtbot.addWidget(window)
    text = Transcription(session)
    window.setCentralWidget(text)
    undo = QAction("Undo", window)
    undo.setShortcut(QKeySequence.StandardKey.Undo)
    undo.triggered.connect(session.undo)
    window.addAction(undo)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()
    text.focus_text()
    qtbot.keyClicks(editor(text), "ab")
    session.accept_line("l1")
    qtbot.keyClick(editor(text), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    # One step each time: the acceptance first, then the typing.
    assert (line(session, 1).checked, line(session, 1).text) == (False, "abfirst line")
    qtbot.keyClick(editor(text), Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert line(session, 1).correction is None


def test_typing_is_not_disturbed_by_its_own_echo(qtbot, open_text, make_session):
    session = make_session()
    text = open_text(session)
    editor(text).place_caret(5)
    qtbot.keyClicks(editor(text), " xy")
    assert editor(text).toPlainText() == "first xy line"
    assert editor(text).caret == 8
    # Typed apart, kept together: the field keeps what was typed.
    editor(text).insertPlainText("e\u0301")
    assert line(session, 1).correction == "first xy\u00e9 line"
    assert editor(text).toPlainText() == "first xye\u0301 line"
    assert editor(text).caret == 10


def test_what_changes_elsewhere_leaves_the_caret_in_its_place(open_text, make_session):
    session = make_session(("first line", "second"))
    text = open_text(session)
    editor(text).place_caret(7)
    typed = QSignalSpy(editor(text).typed)
    session.correct_line("l1", "The first line")
    assert (editor(text).toPlainText(), editor(text).caret) == ("The first line", 11)
    session.correct_line("l1", "The first line indeed")
    assert editor(text).caret == 11
    session.correct_line("l2", "other")
    assert editor(text).caret == 11
    assert typed.count() == 0
    assert text._list.lines.index(1).data() == "other"


def test_enter_accepts_and_goes_on(qtbot, open_text, make_session):
    session = make_session()
    text = open_text(session)
    selected = QSignalSpy(text.line_selected)
    qtbot.keyClicks(editor(text), "The ")
    qtbot.keyClick(editor(text), Qt.Key.Key_Return)
    assert line(session, 1).checked
    assert line(session, 1).correction == "The first line"
    assert text.line.id == "l2"
    assert [selected.at(i)[0] for i in range(selected.count())] == ["l2"]
    qtbot.keyClick(editor(text), Qt.Key.Key_Return)
    qtbot.keyClick(editor(text), Qt.Key.Key_Enter)
    assert all(one.checked for one in session.page.lines)
    assert text.line.id == "l3"
    assert text._counter.text() == "3 of 3 lines checked"
    assert editor(text).hasFocus()


def test_enter_passes_a_line_that_was_not_read(qtbot, open_text, make_session):
    session = make_session((None, "second"))
    text = open_text(session)
    qtbot.keyClick(editor(text), Qt.Key.Key_Return)
    assert not line(session, 1).checked
    assert text.line.id == "l2"


def test_keys_go_from_line_to_line_without_accepting(qtbot, open_text, make_session):
    session = make_session()
    text = open_text(session)
    qtbot.keyClick(editor(text), Qt.Key.Key_Down)
    assert text.line.id == "l2"
    qtbot.keyClick(editor(text), Qt.Key.Key_Down)
    qtbot.keyClick(editor(text), Qt.Key.Key_Down)
    assert text.line.id == "l3"
    qtbot.keyClick(editor(text), Qt.Key.Key_Up)
    qtbot.keyClick(editor(text), Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert text.line.id == "l1"
    assert not any(one.checked for one in session.page.lines)


def test_in_a_wrapped_line_the_arrow_moves_within_it_first(
    qtbot, open_text, make_session
):
    session = make_session(("word " * 40, "second"))
    text = open_text(session)
    qtbot.waitUntil(lambda: editor(text).height() > 60)
    editor(text).place_caret(0)
    qtbot.keyClick(editor(text), Qt.Key.Key_Down)
    assert text.line.id == "l1"
    assert editor(text).caret > 10
    editor(text).moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(editor(text), Qt.Key.Key_Down)
    assert text.line.id == "l2"


def test_home_and_end_go_to_the_ends_of_a_wrapped_text(qtbot, open_text, make_session):
    words = " ".join(["word"] * 40)
    text = open_text(make_session((words, "second")))
    shift = Qt.KeyboardModifier.ShiftModifier
    editor(text).place_caret(90)
    rows = editor(text).document().firstBlock().layout().lineCount()
    assert rows > 2, "the text must be wrapped"
    for key, modifier, caret, selected in (
        (Qt.Key.Key_End, Qt.KeyboardModifier.NoModifier, len(words), ""),
        (Qt.Key.Key_Home, Qt.KeyboardModifier.NoModifier, 0, ""),
        (Qt.Key.Key_End, shift, len(words), words),
    ):
        qtbot.keyClick(editor(text), key, modifier)
        assert editor(text).caret == caret
        assert editor(text).textCursor().selectedText() == selected
    editor(text).place_caret(90)
    qtbot.keyClick(editor(text), Qt.Key.Key_Home, shift)
    assert editor(text).textCursor().selectedText() == words[:90]
    assert text.line.id == "l1"


def test_doubtful_words_are_shaded_until_somebody_typed_them(
    qtbot, open_text, make_session
):
    session = make_session(("an kqew is",), doubtful="q")
    text = open_text(session)
    assert shades(text) == ["kqew"]
    qtbot.keyClicks(editor(text), "x")
    assert shades(text) == ["kqew"]
    editor(text).place_caret(5, 6)
    qtbot.keyClicks(editor(text), "r")
    assert editor(text).toPlainText() == "xan krew is"
    assert shades(text) == []
    session.undo()
    assert shades(text) == ["kqew"]
    text.accept_and_next()
    assert shades(text) == []


def test_the_threshold_of_doubt_follows_the_settings(open_text, make_session):
    session = make_session(("kqew",), doubtful="q")
    text = open_text(session, settings=Settings(doubt_threshold=0.2, font_size=20))
    assert shades(text) == []
    assert editor(text).font().pointSize() == 20
    text.apply_settings(Settings(doubt_threshold=0.95))
    assert shades(text) == ["kqew"]


def test_what_a_run_reads_leaves_the_caret_where_doubts_are_still_ahead(
    open_text, make_session
):
    session = make_session((None, None))
    text = open_text(session)
    ids = [one.id for one in session.page.lines]
    for reading in ("aq", "aqa", "bqa"):  # comes bit by bit, and then once more
        project = edits.set_readings(
            session.project,
            session.page.id,
            {ids[0]: reading_of(reading, doubtful="q"), ids[1]: reading_of("q")},
        )
        session.commit("Read", project)
        assert editor(text).toPlainText() == reading
        assert editor(text).caret == 0
    text.next_doubtful()
    assert text.line.id == ids[0]
    assert editor(text).textCursor().selectedText() == "bqa"


def test_a_caret_that_was_placed_stays_while_the_line_is_read_again(
    open_text, make_session
):
    session = make_session(("abcq",), doubtful="q")
    text = open_text(session)
    editor(text).place_caret(1)
    readings = {"l1": reading_of("abxq")}
    session.commit(
        "Read", edits.set_readings(session.project, session.page.id, readings)
    )
    assert editor(text).toPlainText() == "abxq"
    assert editor(text).caret == 1


def test_the_next_doubtful_place_is_selected_line_by_line(open_text, make_session):
    session = make_session(("a qa", "bbb", "q", "c qq c"), doubtful="q")
    text = open_text(session)
    found = []
    for _ in range(4):
        text.next_doubtful()
        cursor = editor(text).textCursor()
        found.append((text.line.id, cursor.selectionStart(), cursor.selectionEnd()))
    assert found == [("l1", 2, 4), ("l3", 0, 1), ("l4", 2, 4), ("l1", 2, 4)]
    for one in session.page.lines:
        session.accept_line(one.id)
    text.next_doubtful()
    assert "No word" in text._hint.text()


def test_doubts_in_regions_to_ignore_are_neither_shaded_counted_nor_visited(
    open_text, make_session
):
    session = make_session(("a qa", "bbb q", "q"), doubtful="q")
    text = open_text(session)
    assert shades(text) == ["qa"]
    every = page_trust(session.page, None)
    x0, y0, x1, y1 = session.page.lines[0].shape.bounds
    corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
    session.commit("x", edits.add_region(session.project, "p1", corners, "ignore"))
    assert session.page.ignored_lines == {"l1"}
    assert shades(text) == []
    assert len(page_trust(session.page, None).words) == len(every.words) - 2
    found = []
    for _ in range(3):
        text.next_doubtful()
        found.append(text.line.id)
    assert found == ["l2", "l3", "l2"]
    session.undo()
    text.select_line("l1")
    assert shades(text) == ["qa"]


def test_rare_characters_do_not_shift_the_shades(open_text, make_session):
    session = make_session(("\U00010400 q \U00010401 z",), doubtful="qz")
    text = open_text(session)
    assert shades(text) == ["q", "z"]
    text.next_doubtful()
    assert editor(text).textCursor().selectedText() == "q"
    text.next_doubtful()
    assert editor(text).textCursor().selectedText() == "z"


def test_a_reading_that_arrives_fills_rows_and_spares_typed_text(
    qtbot, open_text, make_session
):
    session = make_session((None, None))
    text = open_text(session)
    assert "F5" in text._hint.text()
    assert text._hint.isVisible()
    qtbot.keyClicks(editor(text), "mine")
    reading = Reading((Character("Q", 0.9, 0, 1),), "m")
    session.commit(
        "Read",
        edits.set_readings(session.project, "p1", {"l1": reading, "l2": reading}),
    )
    assert editor(text).toPlainText() == "mine"
    assert editor(text).caret == 4
    assert text._list.lines.index(1).data() == "Q"
    assert not text._hint.isVisible()


def test_selecting_from_outside_selects_and_tells_once(open_text, make_session):
    session = make_session()
    text = open_text(session)
    selected = QSignalSpy(text.line_selected)
    text.select_line("l3")
    text.select_line("l3")
    text.select_line("unknown")
    assert [selected.at(i)[0] for i in range(selected.count())] == ["l3"]
    assert text.line.id == "l3"


def test_a_click_in_a_row_puts_the_caret_there(qtbot, open_text, make_session):
    session = make_session()
    text = open_text(session)
    view = text._list
    place = view.rows.text_rect(view.visualRect(view.lines.index(1)), view.font())
    half = view.fontMetrics().horizontalAdvance("sec")
    qtbot.mouseClick(
        view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=QPoint(place.left() + half + 4, place.top() + 12),
    )
    assert text.line.id == "l2"
    assert editor(text).caret == 3
    assert editor(text).hasFocus()


def test_the_sign_of_a_line_checks_and_reopens_it(qtbot, open_text, make_session):
    session = make_session()
    text = open_text(session)
    view = text._list

    def click():
        row = view.visualRect(view.lines.index(1))
        place = view.rows.sign_rect(row, view.font())
        qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place.center())

    click()
    assert line(session, 2).checked
    click()
    assert not line(session, 2).checked
    assert line(session, 2).text == "second"


def test_a_typed_text_can_go_back_to_the_reading(qtbot, open_text, make_session):
    session = make_session()
    text = open_text(session)
    qtbot.keyClicks(editor(text), "zzz")
    text.revert_line()
    assert editor(text).toPlainText() == "first line"
    assert line(session, 1).correction is None


def test_pasted_lines_become_one(open_text, make_session):
    session = make_session()
    text = open_text(session)
    editor(text).selectAll()
    QGuiApplication.clipboard().setText("Kew,\r\nMay 4\n")
    editor(text).paste()
    assert line(session, 1).correction == "Kew, May 4 "


def test_the_text_of_the_page_can_be_copied(open_text, make_session):
    session = make_session()
    open_text(session).copy_text()
    assert QGuiApplication.clipboard().text() == "first line\nsecond\nthird\n"


def test_lines_are_spoken_with_number_and_state(open_text, make_session):
    session = make_session()
    text = open_text(session)
    session.accept_line("l1")
    index = text._list.lines.index(0)
    spoken = index.data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Line 1, checked: first line"
    assert editor(text).accessibleName() == "Line 1, checked"


def test_a_typed_line_has_a_sign_of_its_own(qapp, open_text, make_session):
    session = make_session(("same", "same", "same", None))
    session.correct_line("l2", "other")
    session.accept_line("l3")
    text = open_text(session)
    rows = text._list.lines
    signs = []
    for row, one in enumerate(session.page.lines):
        assert rows.index(row).data(Qt.ItemDataRole.ToolTipRole) == line_state_text(one)
        sign = state_icon(shown_state(one), text.palette())
        signs.append(sign.pixmap(SIGN_SIDE_PX).toImage())
    assert all(a != b for a, b in combinations(signs, 2))
    # The list paints what the line is shown as.
    list_ = text._list
    list_.select_row(3)
    picture = list_.viewport().grab().toImage()
    painted = [
        picture.copy(
            list_.rows.sign_rect(list_.visualRect(rows.index(r)), list_.font())
        )
        for r in range(2)
    ]
    assert painted[0] != painted[1]
    assert "typed" in rows.spoken(1)


def test_every_state_without_lines_says_what_to_do(open_text, make_session):
    session = make_session((), pages=1)
    text = open_text(session)
    assert "Press F5" in text._content.message
    assert "Ctrl+O" in open_text(make_session(pages=0))._content.message
    session.commit("Find lines", edits.set_lines(session.project, "p1", ()))
    assert "no lines on this page" in text._content.message
    session.undo()
    assert "Press F5" in text._content.message


def test_each_page_is_found_as_it_was_left(open_text, make_session):
    session = make_session(pages=2)
    text = open_text(session)
    text.select_line("l3")
    session.select_page("p2")
    assert text.line.id == "l1"
    session.select_page("p1")
    assert text.line.id == "l3"


def test_lines_that_come_and_go_leave_the_current_one(open_text, make_session):
    session = make_session()
    text = open_text(session)
    text.select_line("l2")
    session.commit("x", edits.remove_line(session.project, "p1", "l1"))
    assert text.line.id == "l2"
    assert text._list.currentIndex().row() == 0
    session.commit("x", edits.remove_line(session.project, "p1", "l2"))
    assert text.line.id == "l3"
    assert editor(text).toPlainText() == "third"
    assert editor(text).hasFocus()


def test_another_page_begins_anew_though_its_lines_have_the_same_ids(
    open_text, make_session
):
    session = make_session(pages=2)
    text = open_text(session)
    editor(text).place_caret(4)
    session.select_page("p2")
    assert text.line.id == "l1"
    assert editor(text).caret == 0


def test_the_writing_of_another_page_is_not_shown_for_a_line(
    open_text, make_session, gray_page
):
    session = make_session(pages=2)
    text = open_text(session)
    session.show_scan(gray_page)
    assert text.strip.has_picture
    session.select_page("p2")
    assert text.line.id == "l1"
    assert not text.strip.has_picture
    session.show_scan(gray_page)
    assert text.strip.has_picture
    session.commit("x", edits.rotate_page(session.project, "p2"))
    assert not text.strip.has_picture


def test_a_keystroke_tells_one_row_of_many(qtbot, open_text, make_session):
    session = make_session(tuple(f"line {i}" for i in range(200)))
    text = open_text(session)
    changes = QSignalSpy(text._list.lines.dataChanged)
    resets = QSignalSpy(text._list.lines.modelReset)
    text.select_line("l150")
    qtbot.keyClicks(editor(text), "x")
    assert (changes.count(), resets.count()) == (1, 0)
    assert changes.at(0)[0].data(LINE_ROLE).id == "l150"


def test_a_row_grows_with_its_text(qtbot, open_text, make_session):
    session = make_session()
    text = open_text(session)
    before = editor(text).height()
    session.correct_line("l1", "word " * 40)
    qtbot.waitUntil(lambda: editor(text).height() > 2 * before)
    # All of it can be seen: the field never scrolls.
    assert editor(text).verticalScrollBar().maximum() == 0


def test_rows_below_make_room_for_a_text_that_grew_elsewhere(
    qtbot, open_text, make_session
):
    session = make_session()
    text = open_text(session)
    rows = text._list
    rects = [rows.visualRect(rows.lines.index(row)) for row in range(3)]
    session.correct_line("l2", "word " * 40)
    qtbot.waitUntil(
        lambda: rows.visualRect(rows.lines.index(2)).top() > rects[2].bottom()
    )
    assert rows.visualRect(rows.lines.index(0)) == rects[0]


def test_rows_have_room_when_many_lines_have_grown(qtbot, open_text, make_session):
    # More than fits: a scroll bar that came only then would take width from texts
    # that were laid out without it.
    session = make_session((None,) * 30)
    text = open_text(session)
    rows = text._list
    for number in range(1, 31):
        session.correct_line(f"l{number}", "word " * (3 + number % 9))

    def have_room() -> bool:
        option = QStyleOptionViewItem()
        rows.initViewItemOption(option)
        tops = [rows.visualRect(rows.lines.index(i)).top() for i in range(30)]
        wanted = [
            rows.rows.sizeHint(option, rows.lines.index(i)).height() for i in range(29)
        ]
        return [b - a for a, b in pairwise(tops)] == wanted

    qtbot.waitUntil(have_room)


def test_the_menu_offers_what_fits_the_line(open_text, make_session):
    from hwocr_desktop.ui.line_menu import line_menu

    session = make_session()
    text = open_text(session)
    session.accept_line("l1")
    menu = line_menu(text, editor(text))
    enabled = {a.text() for a in menu.actions() if a.isEnabled() and a.text()}
    assert {"Reopen line", "Back to the reading", "Select all"} <= enabled
    assert "Accept line" not in enabled
    menu.deleteLater()


def test_a_line_is_marked_as_printed_and_as_written_again(open_text, make_session):
    from hwocr_desktop.ui.line_menu import line_menu

    session = make_session()
    text = open_text(session)

    def toggle():
        menu = line_menu(text, editor(text))
        (action,) = [a for a in menu.actions() if a.text() == "Printed, not written"]
        was_on = action.isChecked()
        action.trigger()
        menu.deleteLater()
        return was_on

    line = text.line.id
    before = session.project
    assert not toggle()
    assert session.page.line(line).kind == "printed"
    assert session.page.line(line).text == before.pages[0].line(line).text
    assert toggle()
    assert session.project == before
