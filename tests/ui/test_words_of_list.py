"""Words of the project's list: opened in the background, offered, and gone with it."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMenu

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.text import suggestions
from hwocr_desktop.core.text.suggestions import KnownWords
from hwocr_desktop.ui import word_menu
from tests.ui.conftest import reading_of, shape_at

pytestmark = pytest.mark.gui

TEXT = "from Ballyvaughen"
PLACE = len(TEXT)


@pytest.fixture(autouse=True)
def no_speller():
    suggestions.speller_words.cache_clear()
    yield
    suggestions.speller_words.cache_clear()


@pytest.fixture
def text(session, open_text):
    """Show a line that was read, in a project without a list."""
    project = edits.add_page(session.project, "scan1.png", 360, 480)
    project = edits.set_lines(project, "p1", [shape_at(0)])
    line = project.pages[0].lines[0]
    project = edits.set_readings(project, "p1", {line.id: reading_of(TEXT)})
    session.commit("Read", project)
    session.select_page("p1")
    return open_text(session)


def put(session, name, *words):
    """Put a list into the project folder; without words one that is no list."""
    data = "".join(f"{word}\n" for word in words)
    (session.folder / name).write_text(data, encoding="utf-8")


def choose(session, name):
    project = edits.set_word_list(session.project, name, "rerank")
    session.commit("Word list", project)


def offered(text):
    text._list.editor.place_caret(PLACE)
    return [(choice.text, choice.source) for choice in text.words.choices()]


BALLYVAUGHAN = [("Ballyvaughan", "list")]


def test_words_of_the_list_are_offered_and_said_to_be_of_it(qtbot, session, text):
    put(session, "places.txt", "Kew", "Ballyvaughan")
    assert offered(text) == []
    choose(session, "places.txt")
    qtbot.waitUntil(lambda: offered(text) == BALLYVAUGHAN)
    editor = text._list.editor
    qtbot.keyClick(editor, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert [a.text() for a in menu.actions()] == ["Ballyvaughan\tin the word list"]
    qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert session.page.lines[0].correction == "from Ballyvaughan"


def test_the_list_follows_undo_and_another_choice(qtbot, session, text):
    put(session, "places.txt", "Ballyvaughan")
    put(session, "others.txt", "Ballyvaughin")
    choose(session, "places.txt")
    qtbot.waitUntil(lambda: offered(text) == BALLYVAUGHAN)
    choose(session, "others.txt")
    assert offered(text) == []
    qtbot.waitUntil(lambda: offered(text) == [("Ballyvaughin", "list")])
    session.undo()
    qtbot.waitUntil(lambda: offered(text) == BALLYVAUGHAN)
    session.undo()
    assert offered(text) == []


def test_a_project_that_is_open_before_its_window_has_its_list(
    qtbot, session, text, open_text
):
    put(session, "places.txt", "Ballyvaughan")
    choose(session, "places.txt")
    other = open_text(session)
    qtbot.waitUntil(lambda: offered(other) == BALLYVAUGHAN)
    qtbot.waitUntil(lambda: not session.batch.is_busy)


@pytest.mark.parametrize("name", ["missing.txt", "empty.txt"])
def test_a_list_that_cannot_be_read_offers_nothing(qtbot, session, text, name):
    put(session, "empty.txt")
    choose(session, name)
    assert session.batch.is_busy
    qtbot.waitUntil(lambda: not session.batch.is_busy)
    assert offered(text) == []
    # It is not tried again with each word that is typed.
    session.correct_line("l1", "from Ballyvaughen here")
    assert not session.batch.is_busy


@pytest.fixture
def held(monkeypatch):
    """Hold up the opening of lists until told; return the event and the threads."""
    go, threads = threading.Event(), []
    opened = word_menu.open_list

    def wait(path, *, cancel, report):
        threads.append(threading.get_ident())
        while not go.wait(0.01):
            cancel.check()
        return opened(path, cancel=cancel, report=report)

    monkeypatch.setattr(word_menu, "open_list", wait)
    yield go, threads
    go.set()


def test_the_window_does_not_wait_for_the_list(qtbot, session, text, held):
    go, threads = held
    put(session, "places.txt", "Ballyvaughan")
    choose(session, "places.txt")
    assert offered(text) == []
    (job,) = session.batch.jobs
    assert not job.is_waited_for
    go.set()
    qtbot.waitUntil(lambda: offered(text) == BALLYVAUGHAN)
    assert threading.get_ident() not in threads


def test_a_list_that_was_stopped_is_opened_when_asked_for(qtbot, session, text, held):
    go, threads = held
    put(session, "places.txt", "Ballyvaughan")
    choose(session, "places.txt")
    qtbot.waitUntil(lambda: len(threads) == 1)
    session.batch.cancel_all()
    qtbot.waitUntil(lambda: not session.batch.is_busy)
    assert offered(text) == []
    go.set()
    qtbot.waitUntil(lambda: offered(text) == BALLYVAUGHAN)


def test_a_list_that_is_overtaken_is_not_offered(qtbot, session, text, held):
    go, threads = held
    put(session, "places.txt", "Ballyvaughan")
    choose(session, "places.txt")
    qtbot.waitUntil(lambda: len(threads) == 1)
    # As if it had been ready before it was told to stop.
    late = text.words._on_opened
    path = session.folder / "places.txt"
    session.undo()
    late(word_menu.OpenedList(path, KnownWords(["Ballyvaughan"])))
    assert offered(text) == []
    go.set()
    qtbot.waitUntil(lambda: not session.batch.is_busy)
    assert offered(text) == []
