"""Editing lines in the whole window: keys, menus, the strip, undo, the text."""

from __future__ import annotations

import shutil
import threading

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.history import History
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.pixels.line_drawing import shape_along
from hwocr_desktop.ui.main_window import MainWindow
from hwocr_desktop.ui.wiring import slots
from tests.pages_drawn import draw_page, write_image

pytestmark = pytest.mark.gui

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier
COMMANDS = ("join-lines", "rows-lines", "turn-lines", "higher-lines", "lower-lines")


def is_idle(window):
    runners = (*window.session.runners, window.documents)
    return not any(runner.is_busy for runner in runners)


@pytest.fixture
def window(qtbot, tmp_path, monkeypatch):
    made = MainWindow(Session())
    made.resize(1200, 800)
    made.show()
    made.project_commands.create(tmp_path / "project")
    scan = write_image(tmp_path / "scans" / "letter.png", draw_page(4))
    made.project_commands.add_scans([scan])
    qtbot.waitUntil(lambda: is_idle(made), timeout=20_000)
    session = made.session
    project = session.project
    for y in (60, 120, 180):
        shape = shape_along([(30, y), (330, y)], 24, 12)
        project = edits.draw_line(project, "p1", shape)
    for number, text in enumerate(("one fish", "two fish", "red fish"), start=1):
        project = edits.correct_line(project, "p1", f"l{number}", text)
    session.commit("x", project)
    made.page_views.fit_page()
    qtbot.wait(40)
    yield made
    with qtbot.waitSignal(made.closed, timeout=15_000):
        made.closing.begin()
    qtbot.waitUntil(lambda: not made.isVisible())
    made.deleteLater()


def act(window, name):
    QTest.qWait(20)  # what can be done is told a moment later
    assert window.window_actions[name].isEnabled(), name
    window.window_actions[name].trigger()
    QTest.qWait(20)


def is_on(window, name):
    return window.window_actions[name].isEnabled()


def view(window):
    return window.page_views._panes[0].view


def place(window, x, y):
    corner, scale = view(window).visible().topLeft(), view(window).look.scale
    return QPoint(round((x - corner.x()) * scale), round((y - corner.y()) * scale))


def click(qtbot, window, x, y, modifier=NONE, button=LEFT):
    at = place(window, x, y)
    qtbot.mouseClick(view(window).viewport(), button, modifier, at)
    qtbot.wait(20)


def press(qtbot, window, key, modifier=NONE):
    qtbot.keyClick(view(window), key, modifier)
    qtbot.wait(20)


def ids(window):
    return [line.id for line in window.session.page.lines]


def test_the_tools_can_be_used_only_while_lines_are_edited(qtbot, window):
    assert is_on(window, "edit-lines")
    assert not is_on(window, "tool-draw")
    assert not window.page_views.tools_strip.isVisible()
    act(window, "edit-lines")
    qtbot.wait(20)
    assert window.page_views.tools_strip.isVisible()
    assert view(window).hasFocus()
    assert is_on(window, "tool-draw")
    assert window.window_actions["tool-move"].isChecked()
    act(window, "tool-draw")
    qtbot.wait(20)
    assert window.page_views.editing.tools.tool == "draw"
    assert not window.window_actions["tool-move"].isChecked()
    act(window, "tool-draw")  # once more: it is still the one in the hand
    qtbot.wait(20)
    assert window.window_actions["tool-draw"].isChecked()
    press(qtbot, window, Qt.Key.Key_Escape)
    assert not window.window_actions["edit-lines"].isChecked()
    assert not is_on(window, "tool-draw")


def test_drawing_shows_the_line_in_the_text_and_undo_takes_it_back(qtbot, window):
    before = window.session.project
    act(window, "edit-lines")
    act(window, "tool-draw")
    click(qtbot, window, 30, 150)
    click(qtbot, window, 330, 152)
    assert ids(window) == ["l1", "l2", "l4", "l3"]
    assert window.text.line.id == "l4"
    assert "Draw line" in window.window_actions["undo"].text()
    act(window, "undo")
    assert window.session.project is before
    assert ids(window) == ["l1", "l2", "l3"]
    act(window, "redo")
    assert ids(window) == ["l1", "l2", "l4", "l3"]


def test_commands_are_offered_when_there_is_something_to_do_them_to(qtbot, window):
    act(window, "edit-lines")
    press(qtbot, window, Qt.Key.Key_Escape)
    act(window, "edit-lines")
    qtbot.wait(20)
    window.page_views.editing.tools.choose()
    qtbot.wait(20)
    assert not is_on(window, "remove-chosen")
    click(qtbot, window, 100, 115)
    assert is_on(window, "remove-chosen")
    assert not is_on(window, "join-lines")
    click(qtbot, window, 100, 175, Qt.KeyboardModifier.ControlModifier)
    assert is_on(window, "join-lines")
    act(window, "join-lines")
    assert "beside each other" in window.page_views.tools_strip.hint.text()
    assert len(ids(window)) == 3


def test_lines_are_cut_and_joined_in_the_text(qtbot, window):
    before = window.session.project
    window.text.edit_line("l2")
    editor = window.text._list.editor
    qtbot.waitUntil(editor.hasFocus)
    editor.place_caret(4)
    qtbot.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.AltModifier)
    qtbot.wait(20)
    assert [line.text for line in window.session.page.lines[1:3]] == ["two", "fish"]
    assert ids(window) == ["l1", "l2", "l4", "l3"]
    first, second = window.session.page.lines[1:3]
    assert first.shape.baseline[-1] == second.shape.baseline[0]
    assert (window.text.line.id, window.text.caret) == ("l4", 0)
    assert editor.hasFocus()
    window.text.edit_line("l2")
    qtbot.keyClick(editor, Qt.Key.Key_Delete, Qt.KeyboardModifier.AltModifier)
    qtbot.wait(20)
    assert [line.text for line in window.session.page.lines][1] == "two fish"
    act(window, "undo")
    act(window, "undo")
    assert window.session.project is before
    window.text.edit_line("l1")
    act(window, "join-next")  # they stand above each other
    assert window.session.project is before
    assert "beside each other" in window.notices.notices[-1].text


def test_letters_go_into_the_text_while_it_has_the_keyboard(qtbot, window):
    act(window, "edit-lines")
    window.text.edit_line("l1")
    editor = window.text._list.editor
    qtbot.waitUntil(editor.hasFocus)
    editor.place_caret(0)
    for letter in "dsj":
        qtbot.keyClick(editor, letter)
    qtbot.keyClick(editor, Qt.Key.Key_Delete)
    assert window.session.page.lines[0].text == "dsjne fish"
    assert window.page_views.editing.tools.tool == "move"
    assert len(ids(window)) == 3


def test_the_page_stays_where_it_is_while_lines_are_edited(qtbot, window):
    act(window, "edit-lines")
    for _ in range(6):
        window.page_views.zoom_in()
    look = window.page_views.look
    window.page_views.editing.tools.choose(["l1", "l2"])
    window.page_views.editing.commands.remove()
    act(window, "undo")
    assert window.page_views.look == look


def test_lines_are_read_earlier_and_later_by_keys(qtbot, window):
    window.text.select_line("l3")
    act(window, "line-earlier")
    assert ids(window) == ["l1", "l3", "l2"]
    assert window.text.line.id == "l3"
    act(window, "line-earlier")
    act(window, "line-earlier")  # it is the first already
    assert ids(window) == ["l3", "l1", "l2"]
    act(window, "line-later")
    assert ids(window) == ["l1", "l3", "l2"]


def test_the_menu_of_a_line_offers_what_the_strip_does_and_regions(qtbot, window):
    act(window, "edit-lines")
    session = window.session
    corners = ((0, 300), (100, 300), (100, 400), (0, 400))
    session.commit("x", edits.add_region(session.project, "p1", corners, "marginalia"))
    click(qtbot, window, 200, 175, button=RIGHT)
    only = Qt.FindChildOption.FindDirectChildrenOnly
    (menu,) = view(window).findChildren(QMenu, options=only)
    assert window.page_views.editing.tools.lines == ("l3",)
    titles = [action.text() for action in menu.actions()]
    for name in (*COMMANDS, "remove-chosen"):
        assert window.window_actions[name].text() in titles
    (regions,) = [m for m in menu.findChildren(QMenu) if m.actions()]
    regions.actions()[0].trigger()
    assert session.page.line("l3").region == "r1"
    (split,) = [a for a in menu.actions() if a.text() == "Split here"]
    split.trigger()
    assert len(ids(window)) == 4
    menu.close()


def test_lines_are_edited_while_something_runs(qtbot, window):
    stop = threading.Event()

    def wait(*, cancel, report):
        while not stop.is_set():
            cancel.check()
            stop.wait(0.01)

    window.session.networks.submit("Waiting", wait)
    act(window, "edit-lines")
    act(window, "tool-split")
    click(qtbot, window, 180, 115)
    assert len(ids(window)) == 4
    act(window, "undo")
    assert len(ids(window)) == 3
    stop.set()
    qtbot.waitUntil(lambda: is_idle(window), timeout=10_000)


def test_every_button_of_the_strip_has_a_name_and_a_tip(window):
    act(window, "edit-lines")
    buttons = window.page_views.tools_strip._buttons
    assert len(buttons) == 10
    for button in buttons.values():
        assert button.accessibleName()
        assert button.toolTip()
        assert button.focusPolicy() == Qt.FocusPolicy.TabFocus
        assert not button.icon().isNull()
    done = window.page_views.tools_strip._done
    done.click()
    assert not window.page_views.editing.tools.is_on
    assert not window.page_views.tools_strip.isVisible()


def test_what_was_drawn_is_there_after_a_crash(qtbot, window, tmp_path):
    act(window, "edit-lines")
    act(window, "tool-draw")
    click(qtbot, window, 30, 220)
    click(qtbot, window, 330, 222)
    window.session.keep_all()
    qtbot.waitUntil(lambda: is_idle(window), timeout=10_000)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("project.json", "journal.jsonl"):
        source = tmp_path / "project" / name
        if source.exists():
            shutil.copy(source, crashed / name)
    with open_project(crashed) as file:
        page = file.recover().page("p1")
    assert page.line("l4").is_shaped
    assert page.lines == window.session.page.lines


def test_undo_while_a_line_is_drawn_takes_back_its_points_and_nothing_else(
    qtbot, window
):
    before = window.session.project
    act(window, "edit-lines")
    act(window, "tool-draw")
    click(qtbot, window, 30, 150)
    act(window, "undo")
    assert window.session.project is before
    assert window.page_views.editing.count == 0
    click(qtbot, window, 30, 150)
    click(qtbot, window, 330, 152)
    assert [line.text for line in window.session.page.lines][:2] == [
        "one fish",
        "two fish",
    ]
    act(window, "undo")
    assert window.session.project is before
    act(window, "undo")
    assert window.session.project is not before


def test_while_drawing_the_menu_names_the_point_that_undo_takes_back(qtbot, window):
    window.session._history = History(window.session.project)
    act(window, "edit-lines")
    assert not is_on(window, "undo")
    act(window, "tool-draw")
    click(qtbot, window, 30, 150)
    qtbot.waitUntil(lambda: is_on(window, "undo"))
    assert window.window_actions["undo"].text() == "&Undo Point"
    act(window, "undo")
    assert window.page_views.editing.count == 0
    assert not is_on(window, "undo")
    assert window.window_actions["undo"].text() == "&Undo"
    for x in (30, 330):
        click(qtbot, window, x, 150)
    qtbot.waitUntil(lambda: "Draw line" in window.window_actions["undo"].text())
    click(qtbot, window, 30, 190)
    qtbot.waitUntil(lambda: "Point" in window.window_actions["undo"].text())
    qtbot.keyClick(view(window), Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "Draw line" in window.window_actions["undo"].text())


LINE, POINT, UP = (100, 115), (330, 120), (330, 150)
HANDLE = (180, 96)


def undo_text(window):
    return window.window_actions["undo"].text()


@pytest.fixture
def found(window):
    """A window whose last step would take all lines away, with the tools in hand."""
    window.session._history = History(window.session.project)
    shapes = [line.shape for line in window.session.page.lines]
    empty = edits.remove_lines(window.session.project, "p1", ids(window))
    window.session.commit("Remove", empty)
    window.session.commit("Find lines", edits.set_lines(empty, "p1", shapes))
    act(window, "edit-lines")
    return window


@pytest.mark.parametrize(
    ("tool", "chosen", "start", "end", "way"),
    [
        ("move", 1, POINT, UP, "key"),
        ("move", 1, HANDLE, (180, 80), "menu"),
        ("move", 2, LINE, (120, 150), "menu"),
        ("move", 0, (200, 260), (40, 110), "key"),
        ("region", 0, (10, 40), (340, 130), "key"),
    ],
    ids=["point", "height", "lines", "frame", "region"],
)
def test_undo_puts_back_what_is_dragged_and_nothing_else(
    qtbot, found, tool, chosen, start, end, way
):
    act(found, f"tool-{tool}")
    editing, port = found.page_views.editing, view(found).viewport()
    first, second, _ = ids(found)
    editing.tools.choose([second, first][:chosen])
    qtbot.waitUntil(lambda: "Find lines" in undo_text(found))
    before, kept = found.session.project, editing.tools.lines
    qtbot.mousePress(port, LEFT, NONE, place(found, *start))
    for part in (0.5, 1.0):
        at = place(found, *start)
        qtbot.mouseMove(port, at + (place(found, *end) - at) * part)
    assert view(found).hand_marks.marks.shapes or view(found).hand_marks.marks.frame
    qtbot.waitUntil(lambda: undo_text(found) == "&Undo Dragging")
    if way == "key":
        press(qtbot, found, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    else:
        act(found, "undo")
    qtbot.waitUntil(lambda: "Find lines" in undo_text(found))
    assert not view(found).hand_marks.marks.shapes
    assert not view(found).hand_marks.marks.frame
    qtbot.mouseMove(port, place(found, *start))
    qtbot.mouseRelease(port, LEFT, NONE, place(found, *end))
    qtbot.wait(20)
    assert found.session.project is before
    assert editing.tools.lines == kept
    act(found, "undo")
    assert ids(found) == []


@pytest.mark.parametrize("way", ["drawn", "dragged", "held"])
def test_nothing_is_redone_while_something_is_drawn_or_dragged(qtbot, found, way):
    act(found, "undo")
    session, port = found.session, view(found).viewport()
    shape = shape_along([(30, 115), (330, 115)], 24, 12)
    session.commit("Draw", edits.draw_line(session.project, "p1", shape))
    session.commit("Remove", edits.remove_lines(session.project, "p1", ids(found)))
    session.undo()
    before, (line,) = session.project, ids(found)
    qtbot.waitUntil(lambda: is_on(found, "redo"))
    act(found, "tool-draw" if way == "drawn" else "tool-move")
    if way == "drawn":
        click(qtbot, found, 30, 190)
    else:
        found.page_views.editing.tools.choose([line])
        qtbot.mousePress(port, LEFT, NONE, place(found, 330, 115))
    if way == "dragged":
        qtbot.mouseMove(port, place(found, 330, 150))
    if way != "held":
        qtbot.waitUntil(lambda: not is_on(found, "redo"))
        press(qtbot, found, Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        slots(found)["redo"]()  # before the menu knows
        assert session.project is before
        act(found, "undo")
        assert session.project is before
    act(found, "redo")
    qtbot.mouseMove(port, place(found, 330, 150))
    qtbot.mouseRelease(port, LEFT, NONE, place(found, 330, 150))
    assert ids(found) == []
    assert session.history.can_undo
    assert not session.history.can_redo


def test_the_corner_of_a_region_is_put_back_by_undo(qtbot, found):
    act(found, "tool-region")
    port = view(found).viewport()
    qtbot.mousePress(port, LEFT, NONE, place(found, 10, 40))
    qtbot.mouseMove(port, place(found, 340, 130))
    qtbot.mouseRelease(port, LEFT, NONE, place(found, 340, 130))
    before = found.session.project
    (region,) = before.pages[0].regions
    corner = region.polygon[2]
    qtbot.mousePress(port, LEFT, NONE, place(found, *corner))
    qtbot.mouseMove(port, place(found, 340, 190))
    qtbot.waitUntil(lambda: undo_text(found) == "&Undo Dragging")
    act(found, "undo")
    qtbot.mouseRelease(port, LEFT, NONE, place(found, 340, 190))
    assert found.session.project is before
    # Held, but not dragged yet: the step goes, and the hand is empty.
    qtbot.mousePress(port, LEFT, NONE, place(found, *corner))
    act(found, "undo")
    assert found.session.page.regions == ()
    qtbot.mouseMove(port, place(found, 340, 190))
    qtbot.mouseRelease(port, LEFT, NONE, place(found, 340, 190))
    assert found.session.page.regions == ()
    assert len(ids(found)) == 3
