"""What the meter says of a page, and what its slider marks."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy

from hwocr_desktop.core.document.doubt import LEAST_LINES
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.ui.transcription import Transcription

pytestmark = pytest.mark.gui


@pytest.fixture
def open_text(open_text):
    def open_(session) -> Transcription:
        text = open_text(session)
        text.meter.judge()
        return text

    return open_


def said(text):
    return text.meter._said.text()


def marks(text, session):
    return [
        line.text[start:end]
        for line in session.page.lines
        for start, end in text._list.rows.doubt.spans(line)
    ]


def test_it_says_how_many_words_are_wrong_and_marked(open_text, make_session):
    session = make_session(("an kqew is", "the qua of it", "calm"), doubtful="q")
    text = open_text(session)
    assert text.meter.isVisible()
    assert marks(text, session) == ["kqew", "qua"]
    assert text.meter.slider.value() == 2
    assert text.meter.slider.maximum() == 8
    assert "checking the 2 marked" in said(text)
    assert text.meter.slider.accessibleDescription() == said(text)
    assert str(LEAST_LINES) in text.meter._said.toolTip()


def test_the_slider_marks_more_or_fewer(open_text, make_session, qtbot):
    session = make_session(("an kqew is", "the qqua of it"), doubtful="q")
    text = open_text(session)
    chosen = QSignalSpy(text.meter.threshold_chosen)
    text.meter.slider.setFocus()
    qtbot.keyClick(text.meter.slider, Qt.Key.Key_Left)
    assert marks(text, session) == ["qqua"]
    assert chosen.count() == 1
    assert chosen.at(0)[0] == text.meter.doubt.threshold
    qtbot.keyClick(text.meter.slider, Qt.Key.Key_Home)
    assert marks(text, session) == []
    assert "None is marked" in said(text)
    qtbot.keyClick(text.meter.slider, Qt.Key.Key_End)
    assert len(marks(text, session)) == text.meter.slider.maximum() == 7
    # The same threshold, come back from the settings, changes nothing.
    text.apply_settings(Settings(doubt_threshold=text.meter.doubt.threshold))
    assert len(marks(text, session)) == 7


def test_while_the_slider_is_dragged_nothing_is_kept(open_text, make_session):
    text = open_text(make_session(("an kqew is",), doubtful="q"))
    chosen = QSignalSpy(text.meter.threshold_chosen)
    text.meter.slider.setSliderDown(True)
    text.meter.slider.setSliderPosition(0)
    assert chosen.count() == 0
    text.meter.slider.setSliderDown(False)
    assert chosen.count() == 1


def test_what_is_checked_or_typed_is_not_counted(open_text, make_session, qtbot):
    session = make_session(("an kqew", "qua"), doubtful="q")
    text = open_text(session)
    assert text.meter.slider.maximum() == 3
    session.accept_line("l1")
    qtbot.waitUntil(lambda: text.meter.slider.maximum() == 1)
    session.correct_line("l2", "aqua")
    qtbot.waitUntil(lambda: not text.meter.isVisible())


def test_without_a_reading_there_is_nothing_to_say(open_text, make_session):
    text = open_text(make_session((None, None)))
    assert not text.meter.isVisible()


def test_enough_checked_lines_judge_the_rest(open_text, make_session, qtbot):
    texts = ("an kqew",) * (LEAST_LINES + 5)
    session = make_session(texts, doubtful="q")
    text = open_text(session)
    # The model doubts every “kqew”, and each of them is right.
    assert len(marks(text, session)) == len(texts)
    for number in range(LEAST_LINES):
        session.accept_line(f"l{number + 1}")
    qtbot.waitUntil(lambda: text.meter.doubt.judge is not None)
    assert marks(text, session) == []
    assert said(text) == "Hardly any word of this page seems wrong."
    assert f"{LEAST_LINES} lines" in text.meter._said.toolTip()


def test_one_wrong_word_is_not_many(open_text, make_session, qtbot):
    text = open_text(make_session(("kqew",), doubtful="q"))
    assert said(text).startswith("About one word of this page is wrong; checking the 1")
    qtbot.keyClick(text.meter.slider, Qt.Key.Key_Home)
    assert said(text) == "About one word of this page is wrong. None is marked."
