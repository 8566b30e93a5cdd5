"""What a word might be as well: offered while it stands as read, chosen, undone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QToolTip

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import OtherReading, WordAlternatives
from hwocr_desktop.core.text.suggestions import (
    KnownWords,
    Suggester,
    speller_words,
)
from hwocr_desktop.ui.line_menu import line_menu
from hwocr_desktop.ui.transcription import Transcription
from hwocr_desktop.ui.word_choices import WordChoice, word_choices
from tests.ui.conftest import reading_of

pytestmark = pytest.mark.gui

ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier

# Of "dear Kcw & lettcr": the second and the last word.
KEW = WordAlternatives(
    5, 8, 0.5, (OtherReading("Kew", 0.3), OtherReading("R&B", 0.0249))
)
LETTER = WordAlternatives(11, 17, 0.5, (OtherReading("lettor", 0.4),))


@pytest.fixture(autouse=True)
def no_speller():
    speller_words.cache_clear()
    yield
    speller_words.cache_clear()


@pytest.fixture
def session(make_session):
    made = make_session(("dear Kcw & lettcr", "Kewe near Ballyvaughan"))
    line = made.page.lines[0]
    reading = replace(line.reading, alternatives=(KEW, LETTER))
    project = edits.set_readings(made.project, "p1", {line.id: reading})
    made.commit("Read", project)
    return made


@pytest.fixture
def text(qtbot, session):
    made = Transcription(session)
    qtbot.addWidget(made)
    made.resize(420, 400)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.focus_text()
    qtbot.waitUntil(made._list.editor.hasFocus)
    return made


def editor(text):
    return text._list.editor


def ask(qtbot, text, position) -> QMenu:
    """Press Alt+Down at a place of the text; return the menu that opens."""
    editor(text).place_caret(position)
    qtbot.keyClick(editor(text), Qt.Key.Key_Down, ALT)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def shown(menu) -> list[tuple[str, ...]]:
    return [tuple(a.text().split("\t")) for a in menu.actions() if a.isEnabled()]


def offered(text, position) -> list[str]:
    editor(text).place_caret(position)
    return [choice.text for choice in text.words.choices()]


@pytest.mark.parametrize("position", [5, 6, 8])
def test_another_reading_is_chosen_with_the_keyboard_and_undone(
    qtbot, text, session, position
):
    menu = ask(qtbot, text, position)
    assert shown(menu) == [("Kew", "30 %"), ("R&&B", "2 %")]
    qtbot.keyClick(menu, Qt.Key.Key_Down)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert session.page.lines[0].correction == "dear R&B & lettcr"
    assert session.page.lines[0].reading.text == "dear Kcw & lettcr"
    assert editor(text).toPlainText() == "dear R&B & lettcr"
    assert editor(text).caret == 8
    qtbot.keyClick(editor(text), Qt.Key.Key_Z, CTRL)
    assert session.page.lines[0].correction is None
    assert editor(text).toPlainText() == "dear Kcw & lettcr"


def test_a_choice_is_a_step_of_its_own_beside_typing(qtbot, text, session):
    editor(text).place_caret(0)
    qtbot.keyClicks(editor(text), "My ")
    menu = ask(qtbot, text, 9)
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    editor(text).place_caret(0)
    qtbot.keyClicks(editor(text), "O")
    line = "My dear Kew & lettcr"
    assert session.page.lines[0].text == "O" + line
    for expected in (line, "My dear Kcw & lettcr", "dear Kcw & lettcr"):
        qtbot.keyClick(editor(text), Qt.Key.Key_Z, CTRL)
        assert session.page.lines[0].text == expected


def test_nothing_is_offered_for_a_word_that_was_typed(qtbot, text, session):
    assert offered(text, 6) == ["Kew", "R&B"]
    for typed in ("dear Kcwx & lettcr", "dearKcw & lettcr", "dear K cw & lettcr"):
        session.correct_line("l1", typed)
        assert offered(text, 6) == []
        # The other word still stands as it was read.
        assert offered(text, len(typed)) == ["lettor"]
    session.correct_line("l1", "dear Kcw & lettcr")
    assert offered(text, 6) == ["Kew", "R&B"]
    session.correct_line("l1", "")
    assert offered(text, 0) == []


def test_an_accent_typed_apart_hides_no_other_readings(qtbot, text, session):
    editor(text).place_caret(0)
    typed = "Fu\u0308r u\u0308ber "
    editor(text).insertPlainText(typed)
    assert editor(text).toPlainText() == f"{typed}dear Kcw & lettcr"
    assert session.page.lines[0].text == "Für über dear Kcw & lettcr"
    first = len(typed)
    for position in (first + 5, first + 8):
        assert offered(text, position) == ["Kew", "R&B"]
    # Not where the word would be with letters and accents in one.
    assert offered(text, first + 4) == offered(text, first + 3) == []
    assert offered(text, first + 11) == ["lettor"]
    editor(text).place_caret(first + 6)
    text.words.take(text.words.choices()[0])
    assert session.page.lines[0].text == "Für über dear Kew & lettcr"
    assert editor(text).toPlainText() == "Für über dear Kew & lettcr"
    assert editor(text).caret == len("Für über dear Kew")


def test_a_menu_that_is_overtaken_changes_nothing(qtbot, text, session):
    menu = ask(qtbot, text, 6)
    session.correct_line("l1", "dear Kcwes & lettcr")
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert session.page.lines[0].text == "dear Kcwes & lettcr"


def test_where_there_is_nothing_it_is_said_and_typing_goes_on(qtbot, text, session):
    editor(text).place_caret(1)
    qtbot.keyClick(editor(text), Qt.Key.Key_Down, ALT)
    qtbot.waitUntil(QToolTip.isVisible)
    assert QToolTip.text() == "No other readings of this word"
    assert QApplication.activePopupWidget() is None
    assert editor(text).hasFocus()
    assert session.page.lines[0].correction is None
    # Keys go where the system sends them: to a menu, if there were one.
    qtbot.keyClicks(QApplication.focusWidget(), "x")
    assert session.page.lines[0].text == "dxear Kcw & lettcr"
    QToolTip.hideText()


def test_words_of_checked_lines_are_suggested(qtbot, text, session):
    assert offered(text, 13) == ["lettor"]
    session.correct_line("l2", "a letter from Kow")
    assert offered(text, 13) == ["lettor"]  # typed, but not checked
    session.accept_line("l2")
    assert offered(text, 13) == ["lettor", "letter"]
    menu = ask(qtbot, text, 13)
    assert shown(menu)[-1] == ("letter", "in checked lines")
    qtbot.keyClick(menu, Qt.Key.Key_Escape)
    session.undo()
    assert offered(text, 13) == ["lettor"]


def test_the_speller_joins_in_once_it_is_loaded(qtbot, text, session):
    # Enough words for the page to be English.
    session.correct_line("l2", "many friends have written about their journey")
    assert offered(text, 13) == ["lettor"]
    speller_words("en")
    assert offered(text, 13) == ["lettor", "letter"]
    assert shown(ask(qtbot, text, 13))[-1] == ("letter", "speller")
    QApplication.activePopupWidget().close()
    session.correct_line("l2", "Lieber Freund, gestern habe ich deinen Brief erhalten")
    assert offered(text, 13) == ["lettor"]


def test_the_menu_of_the_line_begins_with_the_word(qtbot, text):
    editor(text).place_caret(6)
    menu = line_menu(text, editor(text))
    names = [action.text() for action in menu.actions()]
    assert names[:4] == ["Kew\t30 %", "R&&B\t2 %", "", "Cut"]
    menu.deleteLater()
    editor(text).place_caret(0)
    menu = line_menu(text, editor(text))
    assert menu.actions()[0].text() == "Cut"
    menu.deleteLater()


def test_the_menu_key_opens_the_menu_at_the_caret(qtbot, text):
    editor(text).place_caret(6)
    place = editor(text).rect().center()
    on_screen = editor(text).mapToGlobal(place)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, on_screen)
    QApplication.sendEvent(editor(text), event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert shown(menu)[0] == ("Kew", "30 %")
    assert editor(text).caret == 6
    menu.close()


def test_a_right_click_is_about_the_word_below_it(qtbot, text, session):
    rows = text._list
    cursor = editor(text).textCursor()
    cursor.setPosition(13)
    inside = editor(text).cursorRect(cursor).center()
    at = editor(text).viewport().mapTo(rows.viewport(), inside)
    editor(text).place_caret(0)
    rows.customContextMenuRequested.emit(at)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert shown(menu)[0] == ("lettor", "40 %")
    menu.close()
    # What is selected stays selected, to be copied.
    editor(text).place_caret(11, 17)
    rows.customContextMenuRequested.emit(at)
    assert editor(text).textCursor().selectedText() == "lettcr"
    QApplication.activePopupWidget().close()


def test_a_doubtful_place_that_is_selected_belongs_to_its_word(text):
    editor(text).place_caret(13)
    assert offered(text, 13) == ["lettor"]
    editor(text).place_caret(16, 17)
    assert [choice.text for choice in text.words.choices()] == ["lettor"]
    editor(text).place_caret(4, 5)
    assert text.words.choices() == ()


def test_a_suggestion_leaves_the_signs_around_a_word(session):
    line = session.page.lines[0]
    line = replace(line, reading=reading_of("“lettcr,” he"), correction=None)
    found = word_choices(line, 3, Suggester({"list": KnownWords(["letter"])}, None))
    assert found == (WordChoice(0, 9, "“letter,”", "list"),)
