"""Cleaning in the whole window: brush, comparison, tiles, and a page that stays put."""

from __future__ import annotations

import re
import threading

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from hwocr_desktop.app import comparison, open_models, pipeline
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.pixels.mending import BrushStroke, mend
from hwocr_desktop.core.pixels.thresholding import METHODS, Ink
from hwocr_desktop.core.pixels.tiles import blend_tiles
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.ui import comparison_dialog
from hwocr_desktop.ui.main_window import MainWindow
from tests.pages_drawn import draw_page, line_at, write_image

pytestmark = pytest.mark.gui

LEFT = Qt.MouseButton.LeftButton


def is_idle(window):
    views = window.page_views._pixels
    runners = (*window.session.runners, window.documents, views._runner)
    return not any(runner.is_busy for runner in runners) and not views._tiles


@pytest.fixture
def settle(qtbot):
    def wait(window):
        qtbot.waitUntil(lambda: is_idle(window), timeout=20_000)
        qtbot.wait(20)

    return wait


@pytest.fixture
def window(qtbot, tmp_path, settle):
    made = MainWindow(Session())
    made.resize(1300, 800)
    with qtbot.waitExposed(made):
        made.show()
    made.project_commands.create(tmp_path / "project")
    made.session.add_scans([write_image(tmp_path / "a.png", draw_page(4))])
    settle(made)
    yield made
    if made.isVisible():
        with qtbot.waitSignal(made.closed, timeout=15_000):
            made.closing.begin()
    qtbot.waitUntil(lambda: not made.isVisible())
    made.deleteLater()


def ink_view(window):
    return window.page_views._panes[1].view


def paint_dot(qtbot, window, x, y, button=LEFT):
    view = ink_view(window)
    corner, scale = view.visible().topLeft(), view.look.scale
    at = QPoint(round((x - corner.x()) * scale), round((y - corner.y()) * scale))
    qtbot.mousePress(view.viewport(), button, pos=at)
    qtbot.mouseRelease(view.viewport(), button, pos=at)


# ----- brush ----------------------------------------------------------------------


def test_b_takes_the_brush_up_and_its_keys_work_only_then(qtbot, window):
    acts, brush = window.window_actions, window.page_views.brush
    window.activateWindow()
    window.page_views.setFocus()
    for name in ("brush-swap", "brush-smaller", "brush-larger", "remove-mending"):
        assert not acts[name].isEnabled()
    qtbot.keyClick(window, Qt.Key.Key_B)
    assert brush.is_on
    assert acts["brush"].isChecked()
    assert ink_view(window).hasFocus()
    qtbot.waitUntil(lambda: acts["brush-larger"].isEnabled())
    size = brush.size
    qtbot.keyClick(window, Qt.Key.Key_BracketRight)
    assert brush.size > size
    qtbot.keyClick(window, Qt.Key.Key_BracketLeft)
    assert brush.size == size
    qtbot.keyClick(window, Qt.Key.Key_X)
    assert brush.paint == "paper"
    qtbot.keyClick(ink_view(window), Qt.Key.Key_Escape)
    assert not brush.is_on
    qtbot.waitUntil(lambda: not acts["brush"].isChecked())


def test_the_brush_can_be_taken_up_while_the_keyboard_is_in_the_text(
    qtbot, window, settle
):
    session, brush = window.session, window.page_views.brush
    session.commit(
        "x", edits.replace_lines(session.project, session.page.id, [line_at(0, "abc")])
    )
    settle(window)
    window.activateWindow()
    window.text.focus_text()
    qtbot.keyClick(
        QApplication.focusWidget(), Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier
    )
    assert brush.is_on
    assert QApplication.focusWidget() is ink_view(window)
    qtbot.waitUntil(lambda: window.window_actions["brush-swap"].isEnabled())
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_X)
    assert brush.paint == "paper"
    assert session.page.lines[0].text == "abc"
    action = window.window_actions["brush"]
    assert action.shortcut().toString() == "Ctrl+B"
    assert "key B" in action.toolTip()
    assert "Ctrl+B" in action.toolTip()


def test_typing_is_never_taken_for_the_keys_of_the_brush(qtbot, window, settle):
    session = window.session
    lines = [line_at(0, "abc"), line_at(1, "bca")]
    session.commit("x", edits.replace_lines(session.project, session.page.id, lines))
    settle(window)
    window.window_actions["brush"].trigger()
    window.text.select_line(session.page.lines[0].id)
    window.activateWindow()
    window.text.focus_text()
    editor = QApplication.focusWidget()
    assert editor not in (None, ink_view(window))
    before = window.page_views.brush.size, window.page_views.brush.paint
    typed = "bx[]B"
    qtbot.keyClicks(editor, typed)
    settle(window)
    assert (window.page_views.brush.size, window.page_views.brush.paint) == before
    assert window.page_views.brush.is_on
    assert any(typed in line.text for line in session.page.lines)


def test_the_brush_brings_the_page_it_paints_on(window):
    window.window_actions["side-by-side"].setChecked(False)
    assert not ink_view(window).isVisible()
    window.window_actions["brush"].trigger()
    assert ink_view(window).isVisible()
    assert window.window_actions["side-by-side"].isChecked()


def test_mending_is_kept_through_a_crash_and_counts_for_lines(
    qtbot, window, settle, tmp_path
):
    session = window.session
    session.save()
    settle(window)
    window.window_actions["brush"].trigger()
    for _ in range(20):
        window.page_views.brush.enlarge()
    paint_dot(qtbot, window, 60, 60, Qt.MouseButton.RightButton)
    paint_dot(qtbot, window, 200, 60)
    settle(window)
    mending = session.page.mending
    assert [stroke.paint for stroke in mending] == ["paper", "ink"]
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("project.json", "journal.jsonl"):
        (crashed / name).write_bytes((session.folder / name).read_bytes())
    with open_project(crashed) as file:
        assert file.recover().pages[0].mending == mending
    window.window_actions["find-lines"].trigger()
    settle(window)
    with_mending = session.page.lines
    window.window_actions["remove-mending"].setEnabled(True)
    window.window_actions["remove-mending"].trigger()
    assert session.page.mending == ()
    window.window_actions["find-lines"].trigger()
    settle(window)
    assert [x.shape for x in session.page.lines] != [x.shape for x in with_mending]


def test_lines_are_found_in_the_mended_ink():
    gray = draw_page(3)
    stroke = BrushStroke("paper", 400, ((300, 130),))
    own = pipeline.clean_page(gray, Cleaning("otsu"))
    mended = pipeline.clean_page(gray, Cleaning("otsu", 200), (stroke,))
    assert mended.cut == 200
    assert np.array_equal(mended.map, mend(own.map, [stroke]))
    assert own.binary().any()
    assert not mended.binary().any()


# ----- tile by tile ---------------------------------------------------------------


class Network:
    """Finds ink as a threshold does, window by window, and can be held up."""

    def __init__(self):
        self.go_on = threading.Event()
        self.first = threading.Event()

    def ink_map(self, gray, *, order=None, cancel=None, report=ignore_progress, **more):
        def predict(windows):
            if self.first.is_set():
                while not self.go_on.wait(0.01):
                    (cancel or CancelToken()).check()
            self.first.set()
            return 1 - windows

        ink = blend_tiles(
            gray,
            predict,
            size=64,
            overlap=16,
            batch=6,
            order=order,
            cancel=cancel,
            report=report,
        )
        return Ink(ink, 128)


@pytest.fixture
def network(monkeypatch):
    made = Network()
    monkeypatch.setattr(open_models._open, "binarizer", lambda model_id: made)
    return made


def test_a_networks_ink_comes_tile_by_tile_from_what_is_seen(
    qtbot, window, settle, network
):
    views, session = window.page_views, window.session
    views.actual_size()
    views._take_look(views.look.zoomed(3, (500, 200)))
    parts = []
    session.ink_part.connect(parts.append)
    session.set_cleaning(Cleaning("network"))
    qtbot.waitUntil(lambda: bool(parts))
    tile = parts[0].tiles[0]
    middle = tile.x + tile.pixels.shape[1] / 2, tile.y + tile.pixels.shape[0] / 2
    x0, y0, x1, y1 = views.visible_part()
    assert x0 - 64 <= middle[0] <= x1 + 64
    assert y0 - 64 <= middle[1] <= y1 + 64
    height, width = tile.pixels.shape

    def is_shown():
        drawn = views._pixels.ink.arrays[0]
        there = drawn[tile.y : tile.y + height, tile.x : tile.x + width]
        return np.array_equal(there, tile.pixels)

    qtbot.waitUntil(is_shown)
    assert session.ink.cut != 0
    network.go_on.set()
    settle(window)
    assert len(parts) > 3
    expected = 255 - session.scan.gray
    assert np.array_equal(session.ink.map, expected)
    assert np.array_equal(views._pixels.ink.arrays[0], expected)


def test_a_method_chosen_meanwhile_stops_the_network(qtbot, window, settle, network):
    session = window.session
    with qtbot.waitSignal(session.ink_part):
        session.set_cleaning(Cleaning("network"))
    session.set_cleaning(Cleaning("otsu"))
    # The network is never let go on: only because it is stopped does this end.
    settle(window)
    drawn = window.page_views._pixels.ink.arrays[0]
    assert np.array_equal(drawn, 255 - session.scan.gray)
    assert window.page_views._painting._cut == session.ink.cut


def veil(window):
    return ink_view(window).veil


def stop_amid_cleaning(qtbot, window, settle):
    """Stop a network that has done some parts of the page, and wait for its end."""
    session = window.session
    with qtbot.waitSignal(session.ink_part):
        session.set_cleaning(Cleaning("network"))
    qtbot.waitUntil(lambda: window.jobs.is_stoppable)
    assert "in progress" in window.page_views._panes[1].title.text()
    with qtbot.waitSignal(session.ink_stopped):
        window.jobs.stop_shown()
    settle(window)


def test_a_page_whose_cleaning_was_stopped_says_so_and_goes_on(
    qtbot, window, settle, network
):
    session, views = window.session, window.page_views
    stop_amid_cleaning(qtbot, window, settle)
    title, go_on = views._panes[1].title, views._painting.go_on
    assert re.fullmatch(r"Binarized: stopped, \d+ of \d+ parts", title.text())
    assert go_on.isVisible()
    assert go_on.focusPolicy() & Qt.FocusPolicy.TabFocus
    go_on.setFocus()
    network.go_on.set()
    with qtbot.waitSignal(session.ink_ready):
        qtbot.keyClick(go_on, Qt.Key.Key_Space)
    settle(window)
    assert title.text() == "Binarized"
    assert not go_on.isVisible()
    assert window.cleaning.slider.isEnabled()
    assert np.array_equal(views._pixels.ink.arrays[0], 255 - session.scan.gray)


def test_what_a_network_has_not_cleaned_does_not_look_clean(
    qtbot, window, settle, network
):
    session, views = window.session, window.page_views
    stop_amid_cleaning(qtbot, window, settle)
    height, width = session.scan.gray.shape
    undone, done = veil(window).undone, views._pixels.done
    assert done
    x0, y0, x1, y1 = done[0]
    assert not undone.contains(QPoint((x0 + x1) // 2, (y0 + y1) // 2))
    corner = next(
        QPoint(x, y)
        for x, y in ((2, 2), (width - 3, 2), (2, height - 3), (width - 3, height - 3))
        if undone.contains(QPoint(x, y))
    )
    view = ink_view(window)
    at = (corner - view.visible().topLeft().toPoint()) * view.look.scale
    assert view.grab().toImage().pixelColor(at).lightness() < 240
    # Shown in place of the scan it is no cleaner.
    views.show_compare(True)
    assert views._panes[0].view.veil.undone == undone
    views.show_compare(False)
    assert views._panes[0].view.veil.undone.isEmpty()
    network.go_on.set()
    with qtbot.waitSignal(session.ink_ready):
        views._painting.go_on.click()
    settle(window)
    assert veil(window).undone.isEmpty()


def test_a_page_that_is_not_whole_is_not_painted_on(qtbot, window, settle, network):
    session = window.session
    window.window_actions["brush"].trigger()
    stop_amid_cleaning(qtbot, window, settle)
    paint_dot(qtbot, window, 60, 60)
    assert session.page.mending == ()
    window.window_actions["brush"].trigger()
    qtbot.waitUntil(lambda: not window.window_actions["brush"].isEnabled())
    network.go_on.set()
    with qtbot.waitSignal(session.ink_ready):
        window.page_views._painting.go_on.click()
    settle(window)
    window.window_actions["brush"].trigger()
    paint_dot(qtbot, window, 60, 60)
    assert len(session.page.mending) == 1


def test_another_method_or_undo_ends_the_stop(qtbot, window, settle, network):
    views = window.page_views
    stop_amid_cleaning(qtbot, window, settle)
    window.session.undo()
    settle(window)
    assert views._panes[1].title.text() == "Binarized"
    assert not views._painting.go_on.isVisible()
    assert veil(window).undone.isEmpty()
    assert window.cleaning.slider.isEnabled()


def test_cleaning_stopped_before_its_first_part_is_told_too(qtbot, window, settle):
    session, views = window.session, window.page_views
    session.set_cleaning(Cleaning("otsu"))
    with qtbot.waitSignal(session.ink_stopped):
        window.window_actions["stop-all"].setEnabled(True)
        window.window_actions["stop-all"].trigger()
    # The ink of the method before is still there; it is not that of this one.
    assert views._panes[1].title.text() == "Binarized: stopped"
    assert not veil(window).undone.isEmpty()
    session.undo()
    settle(window)
    assert views._panes[1].title.text() == "Binarized"


# ----- comparison -----------------------------------------------------------------


@pytest.mark.qt_log_ignore("raise", "propagateSizeHints", extend=True)
def test_the_comparison_opens_beside_the_page_and_goes_with_it(
    qtbot, window, settle, monkeypatch
):
    monkeypatch.setattr(comparison_dialog, "find_models", lambda: ((), ()))
    window.window_actions["compare-methods"].trigger()
    dialog = window.dialogs._comparison
    settle(window)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert dialog.list.count() > len(METHODS)
    window.window_actions["compare-methods"].trigger()
    assert window.dialogs._comparison is dialog
    window.text.focus_text()
    dialog.reject()
    qtbot.waitUntil(lambda: window.dialogs._comparison is None)
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is ink_view(window))


@pytest.mark.qt_log_ignore("raise", "propagateSizeHints", extend=True)
def test_the_program_closes_while_methods_are_compared(qtbot, window, monkeypatch):
    held, go_on = threading.Event(), threading.Event()

    def hold(gray, cleaning, *, whole, cancel):
        held.set()
        while not go_on.wait(0.01):
            cancel.check()

    monkeypatch.setattr(comparison, "clean_page", hold)
    monkeypatch.setattr(comparison_dialog, "find_models", lambda: ((), ()))
    window.window_actions["compare-methods"].trigger()
    qtbot.waitUntil(held.is_set)
    with qtbot.waitSignal(window.closed, timeout=15_000) as told:
        window.close()
    # Nobody was asked, and nothing was left running.
    assert window.closing.question is None
    assert told.args == [True]


# ----- a page that stays put ------------------------------------------------------


def test_the_views_keep_their_size_when_work_begins_and_ends(qtbot, window, settle):
    sizes = set()

    def note():
        sizes.add(window.page_views.size().toTuple())

    def work(*, cancel, report):
        for _ in range(40):
            cancel.check()
            threading.Event().wait(0.02)

    note()
    for runner in (window.session.batch, window.session.pixels):
        runner.submit("Work", work)
    qtbot.waitUntil(lambda: window.jobs.is_stoppable)
    QApplication.processEvents()
    note()
    settle(window)
    qtbot.waitUntil(lambda: not window.jobs.is_stoppable)
    QApplication.processEvents()
    note()
    assert len(sizes) == 1


def test_finding_lines_moves_a_page_that_is_seen_whole_not_at_all(window, settle):
    look = window.page_views.look
    window.window_actions["find-lines"].trigger()
    settle(window)
    assert window.session.page.lines
    window.text.select_line(window.session.page.lines[0].id)
    assert window.page_views.look == look
