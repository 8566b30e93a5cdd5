"""Dragging a line of the text by its number."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Reading
from hwocr_desktop.ui.transcription import Transcription
from hwocr_desktop.ui.transcription_model import EMPTY_ROLE, IGNORED_ROLE, survivor

pytestmark = pytest.mark.gui

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def text(qtbot, make_session):
    session = make_session(("one", "two", "three", "four"))
    made = Transcription(session)
    made.session = session
    qtbot.addWidget(made)
    made.resize(420, 500)
    with qtbot.waitExposed(made):
        made.show()

    def move(line_id, place):
        project = edits.move_line(session.project, "p1", line_id, place)
        session.commit("Order lines", project)

    made.move = move
    made.dragging.moved.connect(move)
    return made


def drag(qtbot, text, row, to_row, *, below=False, x=12):
    rows = text._list
    start = rows.visualRect(rows.lines.index(row)).center()
    end = rows.visualRect(rows.lines.index(to_row))
    y = end.bottom() - 2 if below else end.top() + 2
    qtbot.mousePress(rows.viewport(), LEFT, pos=QPoint(x, start.y()))
    for part in (0.3, 0.6, 1.0):
        at = QPoint(x, round(start.y() + (y - start.y()) * part))
        qtbot.mouseMove(rows.viewport(), at)
    was_seen = text.dragging.bar.isVisible()
    qtbot.mouseRelease(rows.viewport(), LEFT, pos=QPoint(x, y))
    assert not text.dragging.bar.isVisible()
    return was_seen


def order(text):
    return [line.text for line in text.session.page.lines]


@pytest.mark.parametrize(
    ("row", "to_row", "below", "wanted"),
    [
        (0, 2, True, ["two", "three", "one", "four"]),
        (0, 3, True, ["two", "three", "four", "one"]),
        (3, 0, False, ["four", "one", "two", "three"]),
        (2, 1, False, ["one", "three", "two", "four"]),
    ],
)
def test_a_line_is_dragged_by_its_number(qtbot, text, row, to_row, below, wanted):
    first = text.session.project
    moving = order(text)[row]
    assert drag(qtbot, text, row, to_row, below=below)
    assert order(text) == wanted
    # The line that was dragged is still the current one.
    assert text.line.text == moving
    text.session.undo()
    assert text.session.project is first


def test_a_line_dropped_on_its_own_place_stays(qtbot, text):
    first = text.session.project
    drag(qtbot, text, 1, 2)
    drag(qtbot, text, 1, 1, below=True)
    assert text.session.project is first


def test_only_numbers_are_taken_hold_of(qtbot, text):
    assert not drag(qtbot, text, 0, 3, x=200)
    assert order(text) == ["one", "two", "three", "four"]


def test_when_the_current_line_goes_the_nearest_becomes_current(text):
    session = text.session
    text.select_line("l3")
    session.commit("x", edits.remove_lines(session.project, "p1", ["l3"]))
    assert text.line.id == "l4"
    session.commit("x", edits.remove_lines(session.project, "p1", ["l4"]))
    assert text.line.id == "l2"
    session.undo()
    assert text.line.id == "l2"


def test_survivors(make_session):
    lines = make_session(("a", "b", "c")).page.lines
    assert survivor(lines, "l2", lines) == "l2"
    assert survivor(lines, "l2", (lines[0], lines[2])) == "l3"
    assert survivor(lines, "l3", lines[:2]) == "l2"
    assert survivor(lines, "l2", ()) == ""
    assert survivor(lines, "gone", lines) == "gone"


def test_lines_in_a_region_to_ignore_are_called_so_and_not_counted(text):
    session, rows = text.session, text._list.lines
    shapes = [line.shape for line in session.page.lines]
    corners = ((0, 0), (400, 0), (400, 60), (0, 60))
    project = edits.replace_lines(session.project, "p1", [])
    for shape in shapes:
        project = edits.draw_line(project, "p1", shape)
    session.commit("x", project)
    assert rows.index(0).data(EMPTY_ROLE) == "not read yet"
    region = edits.add_region(session.project, "p1", corners, "ignore")
    changed = []
    rows.dataChanged.connect(lambda first, last: changed.append(first.row()))
    session.commit("x", region)
    assert changed == [0]
    assert rows.index(0).data(EMPTY_ROLE) == "to be ignored"
    assert "ignore" in rows.name_of(0)
    assert rows.index(0).data(IGNORED_ROLE) is True
    assert "0 of 3" in text._counter.text()
    assert rows.index(1).data(EMPTY_ROLE) == "not read yet"
    assert rows.index(1).data(IGNORED_ROLE) is False
    session.undo()
    assert changed == [0, 0]
    assert rows.index(0).data(EMPTY_ROLE) == "not read yet"
    line = session.page.lines[1]
    read = {line.id: Reading((), "some-model")}
    session.commit("x", edits.set_readings(session.project, "p1", read))
    assert rows.index(1).data(EMPTY_ROLE) == "no text"
    text.select_line(line.id)
    assert text._list.editor.placeholderText() == "no text"
