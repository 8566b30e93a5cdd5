"""The window as a whole: real session, real files, real threads."""

import itertools
import json
import threading
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import (
    QEvent,
    QMimeData,
    QPoint,
    QPointF,
    QRect,
    QRegularExpression,
    Qt,
    QUrl,
)
from PySide6.QtGui import (
    QAccessible,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QMenu,
    QToolBar,
    QToolButton,
)

from hwocr_desktop.app import page_work, pipeline, projects
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.document.journal import read_journal
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.pixels.geometry import turn_shape
from hwocr_desktop.core.settings import Settings, load_settings, save_settings
from hwocr_desktop.ui import file_choice
from hwocr_desktop.ui.actions import TOOLBAR
from hwocr_desktop.ui.drops import first_name, sort_paths
from hwocr_desktop.ui.icons import name_of
from hwocr_desktop.ui.main_window import MainWindow
from hwocr_desktop.ui.theme import palette
from hwocr_desktop.ui.window_state import (
    is_on_screen,
    restore_window,
    was_dragged,
    window_state,
)
from tests.pages_drawn import draw_page, line_at, write_image, write_truth

pytestmark = pytest.mark.gui


@pytest.fixture(autouse=True)
def documents(monkeypatch, tmp_path):
    """Keep projects that name themselves away from the person's documents."""
    folder = tmp_path / "documents"
    name = projects.default_folder

    def here(paths, today=None):
        return folder / name(paths, today).name

    monkeypatch.setattr(projects, "default_folder", here)
    return folder


def is_idle(window):
    runners = (*window.session.runners, window.documents)
    return not any(runner.is_busy for runner in runners)


@pytest.fixture
def window(qtbot):
    made = MainWindow(Session())
    made.show()
    yield made
    if not made._may_close:
        with qtbot.waitSignal(made.closed, timeout=15_000):
            made.closing.begin()
    qtbot.waitUntil(lambda: not made.isVisible())
    made.deleteLater()


@pytest.fixture
def settle(window, qtbot):
    def wait():
        qtbot.waitUntil(lambda: is_idle(window), timeout=20_000)
        qtbot.wait(20)

    return wait


@pytest.fixture
def scan(tmp_path):
    return write_image(tmp_path / "scans" / "brief ö 1.png", draw_page(4))


@pytest.fixture
def with_page(window, settle, scan):
    window.project_commands.add_scans([scan])
    settle()
    return window


def drop(window, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    action = Qt.DropAction.CopyAction
    window.dropEvent(QDropEvent(QPointF(50, 50), action, data, button, none))


def endless(*, cancel, report):
    while True:
        cancel.check()
        threading.Event().wait(0.01)


def texts(window):
    return [notice.text for notice in window.notices.notices]


# ----- beginning ----------------------------------------------------------------


def test_begins_with_a_welcome_and_everything_else_off(window):
    assert window.center.currentWidget() is window.welcome
    assert window.window_actions["add-scans"].isEnabled()
    assert not window.window_actions["read-page"].isEnabled()
    assert not window.isWindowModified()


def test_scans_dropped_on_nothing_make_a_project_by_themselves(
    window, settle, scan, documents
):
    drop(window, scan)
    settle()
    assert window.session.folder.parent == documents
    assert window.session.folder.name.startswith("brief ö 1")
    assert len(window.session.project.pages) == 1
    assert window.center.currentWidget() is not window.welcome
    assert window.session.project.title in window.windowTitle()
    assert window.preferences.settings.last_folder == str(scan.parent)
    assert window.preferences.settings.recent_projects[0] == str(window.session.folder)


def test_a_folder_names_the_project(window, settle, scan):
    drop(window, scan.parent)
    settle()
    assert window.session.folder.name.startswith("scans")
    assert len(window.session.project.pages) == 1


def test_more_scans_go_into_the_open_project(with_page, settle, tmp_path):
    other = write_image(tmp_path / "b.png", draw_page(1))
    folder = with_page.session.folder
    drop(with_page, other)
    settle()
    assert with_page.session.folder == folder
    assert len(with_page.session.project.pages) == 2


def test_an_unreadable_image_is_told_and_stays_told(window, settle, tmp_path):
    bad = tmp_path / "bad.png"
    bad.write_text("no picture")
    drop(window, bad)
    settle()
    notice = window.notices.notices[0]
    assert notice.kind == "error"
    assert "bad.png" in notice.text
    assert notice.advice


def test_a_dropped_project_is_opened(with_page, qtbot, settle, scan, tmp_path):
    first = with_page.session.folder
    with_page.project_commands.create(tmp_path / "other")
    settle()
    assert with_page.session.project.pages == ()
    drop(with_page, first)
    settle()
    assert with_page.session.folder == first
    assert len(with_page.session.project.pages) == 1


def test_what_was_said_of_a_project_goes_with_it(with_page, settle, tmp_path):
    window, first = with_page, with_page.session.folder
    window.session.noticed.emit(Notice("A page of it is broken.", "", "error"))
    window.page_commands.noticed.emit(Notice("It has no model.", "", "warning"))
    window.notices.add(Notice("The program is ill.", "", "warning", "open-logs"))
    window.dialogs.noticed.emit(Notice("The training is done.", "", "warning"))
    of_program = ["The training is done.", "The program is ill."]
    of_project = ["It has no model.", "A page of it is broken."]
    assert texts(window)[:4] == [*of_program, *of_project]
    window.project_commands.create(tmp_path / "other")
    settle()
    assert texts(window) == of_program
    window.session.noticed.emit(Notice("Another page is broken.", "", "error"))
    # Of several that are dropped the first is opened, and what is said then stays.
    drop(window, first, tmp_path / "other")
    settle()
    assert window.session.folder == first
    assert texts(window) == ["Only one project can be open at a time.", *of_program]


def test_a_refused_project_leaves_nothing_said_of_others_beside_its_error(
    with_page, settle, tmp_path
):
    window, here = with_page, with_page.session.folder
    newer, broken = tmp_path / "newer", tmp_path / "broken"
    for folder in (newer, broken):
        projects.create(folder, "").close()
    known = json.loads((newer / "project.json").read_text(encoding="utf-8"))
    (newer / "project.json").write_text(json.dumps({**known, "schema": 999}))
    (broken / "project.json").write_text("{ broken")
    window.session.noticed.emit(Notice("A page of it is broken.", "", "error"))
    window.session.noticed.emit(Notice("Turned?", "", action="turn-page"))
    window.notices.add(Notice("The program is ill.", "", "warning", "open-logs"))
    of_others = ["The program is ill.", "Turned?"]
    for folder in (broken, newer, broken, newer):
        assert not window.project_commands.open(folder)
        assert window.session.folder == here
        error, *others = texts(window)
        assert ("newer" in error) == (folder == newer)
        assert others == of_others


def test_page_xml_brings_its_scan_and_its_text(window, settle, tmp_path, qtbot):
    pixels = draw_page(2)
    write_image(tmp_path / "brief.png", pixels)
    lines = [line_at(i, text) for i, text in enumerate(("abc", "bca"))]
    write_truth(tmp_path / "brief.xml", lines, pixels, "brief.png")
    drop(window, tmp_path / "brief.xml")
    qtbot.waitUntil(lambda: len(window.session.project.pages) == 1, timeout=10_000)
    settle()
    assert [x.text for x in window.session.page.lines] == ["abc", "bca"]
    window.session.undo()
    assert window.session.page.lines == ()


def test_page_xml_asks_before_it_replaces_a_person_s_lines(
    with_page, settle, scan, qtbot
):
    session, pixels = with_page.session, draw_page(4)
    mine = [line_at(0, "mine")]
    session.commit("x", edits.replace_lines(session.project, session.page.id, mine))
    xml = scan.with_suffix(".xml")
    write_truth(xml, [line_at(0, "theirs")], pixels, scan.name)
    with_page.project_commands.import_documents([xml])
    settle()
    assert [x.text for x in session.page.lines] == ["mine"]
    box = QGuiApplication.instance().activeModalWidget()
    assert "One line that you worked on" in box.text()
    next(b for b in box.buttons() if b.text() == "Replace them").click()
    assert [x.text for x in session.page.lines] == ["theirs"]


def test_page_xml_of_no_page_is_told(with_page, settle, tmp_path):
    pixels = np.full((900, 300), 220, np.uint8)
    write_truth(tmp_path / "far.xml", [line_at(0, "x")], pixels, "far.png")
    with_page.project_commands.import_documents([tmp_path / "far.xml"])
    settle()
    assert any("belongs to no page" in text for text in texts(with_page))


def test_drops_are_told_apart(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "project.json").write_text("{}")
    (tmp_path / "scans").mkdir()
    paths = [tmp_path / n for n in ("project", "scans", "a.XML", "b.tif", "gone")]
    found = sort_paths([*paths, tmp_path / "project" / "project.json"])
    assert found.projects == (tmp_path / "project", tmp_path / "project")
    assert found.documents == (tmp_path / "a.XML",)
    assert found.scans == (tmp_path / "scans", tmp_path / "b.tif", tmp_path / "gone")


@pytest.mark.parametrize(
    ("paths", "named"),
    [([], []), (["/a/b.png"], ["/a/b.png"]), (["/a/b.png", "/a/c.png"], ["/a"])],
)
def test_one_scan_or_the_folder_of_several_names_a_project(paths, named):
    assert first_name([Path(p) for p in paths]) == [Path(n) for n in named]


def test_a_dropped_model_is_added(window, monkeypatch, tmp_path):
    added = []
    monkeypatch.setattr(window.dialogs.models, "add", added.append)
    paths = [tmp_path / name for name in ("one.hwocr-model", "Two.HWOCR-MODEL")]
    for path in paths:
        path.touch()
    drop(window, *paths)
    assert added == paths
    assert window.session.folder is None


def test_no_part_of_the_window_swallows_a_drop(window):
    for area in window.findChildren(QAbstractScrollArea):
        assert not area.acceptDrops()
        assert not area.viewport().acceptDrops()
    assert window.acceptDrops()


# ----- opening what is damaged or left over ---------------------------------------


def crash_copy(window, folder):
    """Copy the open project as a crash would leave it."""
    folder.mkdir()
    for name in ("project.json", "journal.jsonl"):
        source = window.session.folder / name
        if source.exists():
            (folder / name).write_bytes(source.read_bytes())
    return folder


def test_a_crashed_project_opens_with_its_changes_and_can_do_without_them(
    with_page, settle, tmp_path
):
    with_page.session.save()
    settle()
    with_page.session.set_cleaning(Cleaning("otsu"))
    settle()
    crashed = crash_copy(with_page, tmp_path / "crashed")
    with_page.project_commands.open(crashed)
    settle()
    assert with_page.session.page.cleaning == Cleaning("otsu")
    assert read_journal(crashed / "journal.jsonl") is None
    for answer in ("Keep them", "Discard them"):
        (row,) = with_page.notices.rows
        assert row.notice.action == "discard-recovered"
        assert with_page.session.page.cleaning == Cleaning("otsu")
        row.button.click()
        question = with_page.recovery._question
        next(b for b in question.buttons() if b.text() == answer).click()
    assert with_page.session.page.cleaning != Cleaning("otsu")
    with_page.window_actions["undo"].trigger()
    assert with_page.session.page.cleaning == Cleaning("otsu")


def test_the_next_start_offers_to_recover_with_one_button(
    with_page, settle, tmp_path, qtbot
):
    with_page.session.save()
    settle()
    with_page.session.set_cleaning(Cleaning("nick"))
    settle()
    crashed = crash_copy(with_page, tmp_path / "crashed")
    save_settings(Settings(recent_projects=(str(crashed),)))
    other = MainWindow(Session())
    other.show()
    other.recovery.look()
    qtbot.waitUntil(lambda: len(other.notices.notices) == 1, timeout=10_000)
    assert "crashed" in texts(other)[0]
    other.notices.rows[0].button.click()
    qtbot.waitUntil(lambda: is_idle(other), timeout=10_000)
    assert other.session.folder == crashed
    assert other.session.page.cleaning == Cleaning("nick")
    # One notice, not the offer and what became of it.
    assert [n.action for n in other.notices.notices] == ["discard-recovered"]
    with qtbot.waitSignal(other.closed, timeout=15_000):
        other.close()
    other.deleteLater()


@pytest.mark.parametrize("is_crashed", [True, False])
def test_the_current_line_is_shown_right_after_a_project_is_opened(
    with_page, settle, tmp_path, qtbot, is_crashed
):
    session = with_page.session
    shapes = [line_at(row, "").shape for row in range(2)]
    session.commit("x", edits.set_lines(session.project, session.page.id, shapes))
    session.save()
    settle()
    session.correct_line("l2", "typed before the crash")
    settle()
    crashed = crash_copy(with_page, tmp_path / "documents" / "crashed")
    if not is_crashed:
        (crashed / "journal.jsonl").unlink()
    other = MainWindow(Session())
    with qtbot.waitExposed(other):
        other.show()
    # A list with the keyboard chooses its first row by itself.
    other.activateWindow()
    other.page_list.setFocus()
    assert other.project_commands.open(crashed)
    qtbot.waitUntil(lambda: other.text.strip.has_picture, timeout=10_000)
    assert other.text.line.id == "l1"
    views = other.page_views._views
    assert [view.overlay.selected for view in views] == ["l1", "l1"]
    assert other.page_commands.line_id == "l1"
    with qtbot.waitSignal(other.closed, timeout=15_000):
        other.close()
    other.deleteLater()


def test_a_damaged_project_offers_its_backup(with_page, settle, tmp_path):
    session = with_page.session
    for title in ("one", "two"):
        session.commit("x", edits.set_title(session.project, title))
        session.save()
        settle()
    folder = session.folder
    with_page.project_commands.create(tmp_path / "other")
    settle()
    (folder / "project.json").write_text("{ damaged")
    assert not with_page.project_commands.open(folder)
    notice = with_page.notices.notices[0]
    assert notice.action == "open-backup"
    with_page.notices.rows[0].button.click()
    settle()
    assert session.folder == folder
    assert len(session.project.pages) == 1


def test_a_project_in_use_is_told_and_what_was_open_stays(with_page, tmp_path, settle):
    other = tmp_path / "other"
    projects.create(other, "").close()
    here = with_page.session.folder
    with open_project(other):
        assert not with_page.project_commands.open(other)
    assert with_page.session.folder == here
    assert with_page.notices.notices[0].kind == "error"


def test_a_recent_project_that_is_gone_leaves_the_list(window, tmp_path):
    gone = tmp_path / "gone"
    window.preferences.add_recent(gone)
    window.project_commands.open_recent(str(gone))
    assert window.preferences.settings.recent_projects == ()
    assert window.notices.notices[0].kind == "error"


def test_recent_projects_are_listed_and_opened(with_page, settle, tmp_path):
    first = with_page.session.folder
    with_page.project_commands.create(tmp_path / "other & more")
    settle()
    menu = with_page.window_actions.submenus["recent"]
    menu.aboutToShow.emit()
    assert [a.data() for a in menu.actions()][1] == str(first)
    assert "&&" in menu.actions()[0].text()
    menu.actions()[1].trigger()
    settle()
    assert with_page.session.folder == first


def test_a_copy_is_saved_and_gone_on_with(with_page, settle, tmp_path, monkeypatch):
    def choose(parent, title, proposal, on_chosen):
        assert "copy" in proposal.name
        on_chosen(tmp_path / "the copy")

    monkeypatch.setattr(file_choice, "choose_new_folder", choose)
    with_page.window_actions["save-copy"].trigger()
    settle()
    assert with_page.session.folder == tmp_path / "the copy"
    assert len(with_page.session.project.pages) == 1


def test_files_are_chosen_without_holding_up_the_window(window, scan, settle):
    window.window_actions["add-scans"].trigger()
    dialog = QGuiApplication.instance().activeModalWidget()
    assert any("*.tif" in f and "*.PDF" in f for f in dialog.nameFilters())
    dialog.filesSelected.emit([str(scan)])
    dialog.reject()
    settle()
    assert len(window.session.project.pages) == 1


# ----- working ------------------------------------------------------------------


def test_the_button_that_stops_never_moves_from_the_pointer(with_page, qtbot, settle):
    session = with_page.session
    job = session.batch.submit("Work", endless)
    qtbot.waitUntil(lambda: with_page.jobs.is_stoppable)
    button, kept = with_page.jobs._stop, with_page.kept
    places, said = set(), set()

    def note():
        qtbot.wait(20)
        places.add(button.mapToGlobal(QPoint(0, 0)).x())
        said.add(kept.text())

    page_id = session.page.id
    cleaning = replace(session.page.cleaning, cut=77)
    session.commit("x", edits.set_cleaning(session.project, page_id, cleaning))
    qtbot.waitUntil(lambda: kept.text() == "Kept in the journal")
    note()
    session.save()
    qtbot.waitUntil(lambda: kept.text() == "Saved")
    note()
    other = session.training.submit("Other work", endless)
    qtbot.waitUntil(lambda: not with_page.jobs._others.isHidden())
    note()
    assert said == {"Kept in the journal", "Saved"}
    assert len(places) == 1
    for one in (job, other):
        one.cancel()
    settle()


def test_the_title_says_whether_all_is_saved(with_page, settle):
    with_page.session.save()
    settle()
    assert not with_page.isWindowModified()
    assert with_page.kept.text() == "Saved"
    with_page.session.set_cleaning(Cleaning("wolf"))
    settle()
    assert with_page.isWindowModified()
    assert with_page.window_actions["undo"].text().endswith("Clean")


def test_the_time_until_the_file_is_written_changes_at_once(with_page, settle, qtbot):
    session, preferences = with_page.session, with_page.preferences
    preferences.update(autosave_s=3600)
    session.save()
    settle()
    session.set_cleaning(Cleaning("otsu"))
    qtbot.wait(50)
    assert not session.is_saved
    # Less than what has been waited already.
    preferences.replace(replace(preferences.settings, autosave_s=0))
    qtbot.waitUntil(lambda: session.is_saved, timeout=5_000)
    session.set_cleaning(Cleaning("nick"))
    qtbot.waitUntil(lambda: session.is_saved, timeout=5_000)


def test_a_page_without_writing_is_told(with_page, settle, monkeypatch):
    monkeypatch.setattr(pipeline, "find_lines", lambda *_, **__: ())
    session = with_page.session
    session.find_lines((session.page.id,))
    settle()
    assert any("No lines of writing were found" in text for text in texts(with_page))
    monkeypatch.undo()
    before = len(texts(with_page))
    session.find_lines((session.page.id,))
    settle()
    assert session.page.lines
    assert len(texts(with_page)) == before


def test_a_page_on_its_side_is_turned_by_the_button_of_its_notice(
    with_page, settle, monkeypatch
):
    monkeypatch.setattr(pipeline, "find_upright", lambda ink, find: (3, find(ink)))
    session = with_page.session
    before = session.page
    session.find_lines((before.id,))
    settle()
    (row,) = [r for r in with_page.notices.rows if r.notice.action == "turn-page"]
    assert "stand on its side" in row.notice.text
    lines = session.page.lines
    assert lines
    row.button.click()
    settle()
    size = before.width, before.height
    turned = [turn_shape(line.shape, 3, *size) for line in lines]
    assert [line.shape for line in session.page.lines] == turned
    assert session.page.rotation == 270
    assert (session.page.width, session.page.height) == (before.height, before.width)
    assert not any(r.notice.action == "turn-page" for r in with_page.notices.rows)


def test_pages_are_turned_inverted_and_taken_out(with_page, settle, tmp_path):
    other = write_image(tmp_path / "b.png", draw_page(3))
    with_page.project_commands.add_scans([other])
    settle()
    acts, session = with_page.window_actions, with_page.session
    before = session.page
    acts["rotate-right"].trigger()
    assert (session.page.width, session.page.height) == (before.height, before.width)
    acts["rotate-left"].trigger()
    assert session.page == before
    acts["negative"].trigger()
    settle()
    assert session.page.inverted
    assert acts["negative"].isChecked()
    acts["previous-page"].trigger()
    settle()
    assert session.page.id == session.project.pages[0].id
    assert not acts["negative"].isChecked()
    assert not acts["previous-page"].isEnabled()
    acts["remove-page"].trigger()
    settle()
    assert len(session.project.pages) == 1
    assert any(
        "Undo brings the page back" in n.advice for n in with_page.notices.notices
    )
    acts["undo"].trigger()
    assert len(session.project.pages) == 2


def test_cleaning_is_chosen_from_the_menu(with_page, settle, tmp_path):
    other = write_image(tmp_path / "b.png", draw_page(1))
    with_page.project_commands.add_scans([other])
    settle()
    menu = with_page.window_actions.submenus["clean-with"]
    menu.aboutToShow.emit()
    checked = [a.data() for a in menu.actions() if a.isChecked()]
    assert checked == ["sauvola"]
    next(a for a in menu.actions() if a.data() == "otsu").trigger()
    settle()
    with_page.window_actions["clean-all"].trigger()
    settle()
    pages = with_page.session.project.pages
    assert [page.cleaning for page in pages] == [Cleaning("otsu")] * 2


def test_lines_are_found_selected_and_deleted(with_page, settle):
    acts, session = with_page.window_actions, with_page.session
    acts["find-lines"].trigger()
    settle()
    found = [line.id for line in session.page.lines]
    assert found
    with_page.page_views.line_clicked.emit(found[-1])
    settle()
    assert with_page.text.line.id == found[-1]
    acts["delete-line"].trigger()
    assert [line.id for line in session.page.lines] == found[:-1]


def test_reading_without_a_model_says_what_to_do(with_page, monkeypatch, tmp_path):
    monkeypatch.setattr(type(with_page.picker), "model_id", property(lambda _: ""))
    with_page.window_actions["read-page"].trigger()
    assert "no model" in with_page.notices.notices[0].text
    assert with_page.notices.notices[0].advice


def test_reading_asks_for_the_page_or_for_all_the_shown_one_first(
    with_page, settle, tmp_path, monkeypatch
):
    asked = []

    def read(ids, model, **more):
        asked.append((ids, model, more["decoder"]))
        return []

    other = write_image(tmp_path / "b.png", draw_page(1))
    with_page.project_commands.add_scans([other])
    settle()
    monkeypatch.setattr(with_page.session, "read", read)
    kind = type(with_page.picker)
    monkeypatch.setattr(kind, "model_id", property(lambda _: "lines"))
    with_page.window_actions["read-page"].trigger()
    with_page.window_actions["read-all"].trigger()
    one, two = (page.id for page in with_page.session.project.pages)
    assert asked == [((two,), "lines", "word-beam"), ((two, one), "lines", "word-beam")]


def test_stop_all_stops_everything_but_the_journal(with_page, qtbot):
    session = with_page.session
    runners = (session.networks, session.training)
    jobs = [runner.submit("Work", endless) for runner in runners]
    qtbot.waitUntil(with_page.window_actions["stop-all"].isEnabled)
    kept = session.files.submit("Journal", lambda *, cancel, report: None)
    with_page.window_actions["stop-all"].trigger()
    assert all(job.token.is_cancelled for job in jobs)
    assert not kept.token.is_cancelled
    qtbot.waitUntil(lambda: is_idle(with_page))


def send_key(window, kind, repeat=False):
    key = QKeyEvent(kind, Qt.Key.Key_F8, Qt.KeyboardModifier.NoModifier, "", repeat)
    QGuiApplication.sendEvent(window.windowHandle(), key)


def test_compare_lasts_as_long_as_the_key_even_while_typing(with_page, settle):
    compare = with_page.window_actions["compare"]
    with_page.text.focus_text()
    send_key(with_page, QEvent.Type.KeyPress)
    assert compare.isChecked()
    send_key(with_page, QEvent.Type.KeyRelease, repeat=True)
    send_key(with_page, QEvent.Type.KeyPress, repeat=True)
    assert compare.isChecked()
    send_key(with_page, QEvent.Type.KeyRelease)
    assert not compare.isChecked()


def test_compare_by_a_click_lasts_until_the_next(with_page, settle, qtbot):
    window, views = with_page, with_page.page_views
    compare, bar = window.window_actions["compare"], window.findChild(QToolBar)
    button = bar.widgetForAction(compare)
    assert button.text() == "Cleaned"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert views._painting._is_comparing
    # Neither another window nor the space bar takes away what was switched on.
    QGuiApplication.sendEvent(window.windowHandle(), QFocusEvent(QEvent.Type.FocusOut))
    QGuiApplication.sendEvent(views, QEvent(QEvent.Type.WindowDeactivate))
    assert compare.isChecked()
    assert views._painting._is_comparing
    views.take_keyboard()
    qtbot.keyClick(views.ink_view, Qt.Key.Key_Space)
    assert views._painting._is_comparing
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not views._painting._is_comparing
    # A key that is held ends with the window that it is held over.
    send_key(window, QEvent.Type.KeyPress)
    QGuiApplication.sendEvent(window.windowHandle(), QFocusEvent(QEvent.Type.FocusOut))
    assert not compare.isChecked()


def test_parts_are_shown_and_hidden(with_page, settle):
    acts = with_page.window_actions
    for name, widget in (
        ("show-pages", with_page.docks["pages"]),
        ("show-text", with_page.docks["text"]),
        ("show-cleaning", with_page.cleaning),
    ):
        assert acts[name].isChecked(), name
        acts[name].trigger()
        assert widget.isHidden(), name
        acts[name].trigger()
        assert not widget.isHidden(), name
    with_page.docks["pages"].close()
    settle()
    assert not acts["show-pages"].isChecked()


@pytest.mark.qt_log_ignore("plugin does not support", extend=True)
def test_a_model_taught_and_kept_reads_the_project_from_then_on(
    with_page, monkeypatch, settle
):
    with_page.window_actions["train"].trigger()
    assert with_page.dialogs.training.isVisible()

    class Card:
        id = "taught"
        task = "recognize-lines"

    with_page.dialogs.training.kept.emit(Card())
    assert with_page.session.project.line_model == "taught"


def chain(window):
    """Return the widgets that Tab goes through, in order, those of the text last."""
    first = widget = window.welcome.buttons[0]
    found = []
    while True:
        takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        # Fields inside spin boxes and views: the focus is with what is around them.
        inner = isinstance(widget.parent(), QAbstractSpinBox | QAbstractScrollArea)
        if takes and not inner and widget.isVisibleTo(window) and widget.isEnabled():
            found.append(widget)
        widget = widget.nextInFocusChain()
        if widget is first:
            return found


def test_tab_goes_from_the_pages_over_the_views_to_the_text(with_page, settle):
    with_page.window_actions["find-lines"].trigger()
    settle()
    parts = (
        with_page.page_list,
        with_page.page_views,
        with_page.cleaning,
        with_page.text,
    )
    order = [
        parts.index(part)
        for widget in chain(with_page)
        for part in parts
        if part.isAncestorOf(widget)
    ]
    seen = list(dict.fromkeys(order))
    start = seen.index(0)
    assert seen[start:] + seen[:start] == [0, 1, 2, 3]
    assert len([key for key, _ in itertools.groupby(order)]) <= 5


def test_a_screen_reader_has_a_name_for_every_control(with_page, settle):
    with_page.window_actions["find-lines"].trigger()
    settle()
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for widget in chain(with_page)
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]
    assert sorted(nameless) == []


# ----- leaving ------------------------------------------------------------------


def test_closing_saves_everything_and_the_place_of_the_window(with_page, qtbot, settle):
    folder, session = with_page.session.folder, with_page.session
    session.set_cleaning(Cleaning("wolf"))
    with qtbot.waitSignal(with_page.closed, timeout=15_000) as caught:
        with_page.close()
    assert caught.args == [True]
    assert not with_page.isVisible()
    assert load_settings().window_state
    with open_project(folder) as file:
        assert not file.has_leftover_journal
        assert file.project.pages[0].cleaning == Cleaning("wolf")


def test_closing_while_a_job_runs_asks_in_one_sentence(with_page, qtbot):
    job = with_page.session.networks.submit("Reading", endless)
    with_page.close()
    question = with_page.closing.question
    assert question.text() == "“Reading” is still running. Stop it and close?"
    assert with_page.isVisible()
    next(b for b in question.buttons() if b.text() == "Stay").click()
    assert with_page.closing.question is None
    assert not job.token.is_cancelled
    with_page.close()
    question = with_page.closing.question
    with qtbot.waitSignal(with_page.closed, timeout=15_000) as caught:
        next(b for b in question.buttons() if b.text() == "Stop and close").click()
    assert caught.args == [True]
    assert job.token.is_cancelled


def test_work_nobody_asked_for_is_not_waited_for(window, qtbot):
    gate = threading.Event()

    def warm_up(*, cancel, report):
        gate.wait(10)

    job = window.session.networks.submit("Loading", warm_up)
    job.is_waited_for = False
    qtbot.waitSignal(job.started).wait()
    with qtbot.waitSignal(window.closed, timeout=5_000) as caught:
        window.close()
    assert caught.args == [False]
    gate.set()
    assert window.session.networks.shutdown()


def test_nobody_is_asked_about_the_cleaning_of_the_page_that_is_shown(
    with_page, qtbot, monkeypatch
):
    session = with_page.session
    gate = threading.Event()

    def clean_shown(*_, cancel, report):
        # As a network does it, in the thread of the networks.
        while not gate.wait(0.01):
            cancel.check()

    monkeypatch.setattr(page_work, "clean_shown", clean_shown)
    monkeypatch.setattr(page_work, "is_fast", lambda cleaning: False)
    session.set_cleaning(Cleaning("wolf"))
    qtbot.waitUntil(lambda: session.networks.is_busy)
    with qtbot.waitSignal(with_page.closed, timeout=15_000) as caught:
        with_page.close()
    assert with_page.closing.question is None
    assert caught.args == [True]


def test_the_window_learns_along_only_if_it_is_wished(window):
    dialogs, preferences = window.dialogs, window.preferences
    assert dialogs._along is None
    preferences.update(learn_along=True)
    along = dialogs._along
    assert along is not None
    assert along._is_on
    preferences.update(learn_along=False)
    assert not along._is_on
    preferences.update(learn_along=True)
    assert dialogs._along is along


def test_closing_twice_is_closing_once(with_page, qtbot):
    ended = []
    with_page.closing.ended.connect(ended.append)
    with qtbot.waitSignal(with_page.closed, timeout=15_000):
        with_page.close()
        with_page.close()
    qtbot.wait(50)
    assert ended == [True]


def test_a_model_not_yet_kept_is_asked_about(window, monkeypatch):
    kind = type(window.dialogs)
    monkeypatch.setattr(kind, "has_undecided_model", property(lambda _: True))
    window.close()
    assert "not been kept" in window.closing.question.text()
    window.closing.question.reject()
    assert window.closing.question is None


# ----- place --------------------------------------------------------------------


def test_the_window_comes_back_where_it_was(window, qtbot):
    window.setGeometry(QRect(60, 50, 640, 500))
    window.docks["pages"].hide()
    state = window_state(window)
    window.setGeometry(QRect(0, 0, 700, 600))
    window.docks["pages"].show()
    assert restore_window(window, state)
    assert window.docks["pages"].isHidden()


def test_the_window_fits_an_old_screen(with_page, qtbot):
    with_page.window_actions["brush"].trigger()
    with_page.resize(900, 640)
    qtbot.wait(50)
    assert (with_page.width(), with_page.height()) == (900, 640)
    for part in (with_page.page_list, with_page.cleaning, with_page.text):
        assert part.isVisible()
        right = part.mapTo(with_page, part.rect().bottomRight())
        assert with_page.rect().contains(right)
        assert part.width() >= part.minimumSizeHint().width()


def test_what_a_narrow_toolbar_leaves_out_is_behind_its_button_and_in_a_menu(
    with_page, qtbot
):
    acts = with_page.window_actions
    named = [name for name in TOOLBAR if name[0] not in "-*"]
    assert named
    for name in named:
        holders = acts[name].associatedObjects()
        assert any(isinstance(holder, QMenu) for holder in holders), name
    bar = with_page.findChild(QToolBar, "toolbar")
    more = bar.findChild(QToolButton, "qt_toolbar_ext_button")

    def is_left_out(name):
        return not bar.widgetForAction(acts[name]).isVisible()

    with_page.resize(1024, 700)
    qtbot.waitUntil(lambda: any(map(is_left_out, named)))
    assert more.isVisible()
    assert name_of(more.icon()) == "more"
    # What most work is done with stays.
    assert not any(map(is_left_out, ("undo", "read-page", "accept-next")))
    assert with_page.picker.isVisible()
    with_page.resize(1500, 700)
    qtbot.waitUntil(lambda: not any(map(is_left_out, named)))
    assert not more.isVisible()


def test_what_is_said_does_not_make_the_window_grow(with_page, qtbot):
    with_page.resize(1024, 700)
    qtbot.wait(50)
    for number, action in enumerate(("save-copy", "open-logs", "", "open-backup")):
        text = f"“A letter with a long name {number}.tif” is damaged. " * 4
        with_page.notices.add(Notice(text, "Scan it anew.", "error", action))
    qtbot.wait(50)
    assert (with_page.width(), with_page.height()) == (1024, 700)
    whole = with_page.rect()
    for part in (with_page.cleaning, with_page.statusBar(), with_page.notices):
        assert part.isVisible()
        assert whole.contains(part.mapTo(with_page, part.rect().bottomRight()))
    text = with_page.notices.rows[0]._text
    assert text.width() >= with_page.notices.width() // 2
    assert text.height() >= text.heightForWidth(text.width())
    with_page.notices.clear()
    qtbot.wait(50)
    assert with_page.height() == 700


def test_the_first_sight_fits_an_old_screen(window):
    assert window.minimumSizeHint().width() <= 900
    for button in window.welcome.buttons:
        assert button.width() >= button.sizeHint().width()


def test_docks_get_the_width_back_that_they_were_squeezed_out_of(with_page, qtbot):
    window, docks = with_page, tuple(with_page.docks.values())

    def widths_after(width):
        window.resize(width, 640)
        qtbot.wait(50)
        return [dock.width() for dock in docks]

    with_lines(window)  # else one of them makes way by itself
    window.resize(1300, 640)
    window._widths.choose()
    wide = widths_after(1300)
    assert widths_after(860)[0] < wide[0]
    assert widths_after(1300) == wide
    # What a person drags is wanted from then on.
    QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=QPoint(2, 300))
    window.resizeDocks(list(docks), [180, 300], Qt.Orientation.Horizontal)
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=QPoint(2, 300))
    qtbot.wait(50)
    widths_after(840)
    assert widths_after(1300) == [180, 300]


def with_lines(window):
    session = window.session
    lines = [line_at(0, "abc")]
    session.commit("x", edits.replace_lines(session.project, session.page.id, lines))


def test_an_empty_text_leaves_its_room_to_the_page(with_page, qtbot):
    window, dock = with_page, with_page.docks["text"]
    panes = window.page_views._panes
    window.resize(1024, 700)
    window._widths.choose()
    qtbot.waitUntil(lambda: dock.width() < 200)
    assert min(pane.width() for pane in panes) >= 290
    with_lines(window)
    qtbot.waitUntil(lambda: dock.width() >= 320)
    window.session.undo()
    qtbot.waitUntil(lambda: dock.width() < 200)
    # Where there is room for both, nothing is moved to and fro.
    window.resize(1500, 700)
    window._widths.choose()
    qtbot.wait(50)
    wide = dock.width()
    assert wide >= 320
    with_lines(window)
    qtbot.wait(50)
    assert dock.width() == wide


def test_an_empty_text_that_was_dragged_keeps_its_width(with_page, qtbot):
    window, docks = with_page, tuple(with_page.docks.values())
    window.resize(1024, 700)
    window._widths.choose()
    kept = window._widths
    qtbot.waitUntil(lambda: kept._widths() == kept._target(kept._wanted))
    QTest.mousePress(window, Qt.MouseButton.LeftButton, pos=QPoint(2, 300))

    def is_as_dragged():
        return [dock.width() for dock in docks] == [180, 300]

    # Edges that are dragged move at once, those that are told to on a later turn.
    window.resizeDocks(list(docks), [180, 300], Qt.Orientation.Horizontal)
    qtbot.waitUntil(is_as_dragged)
    QTest.mouseRelease(window, Qt.MouseButton.LeftButton, pos=QPoint(2, 300))
    qtbot.waitUntil(lambda: window._widths.is_dragged)
    for change in (lambda: with_lines(window), window.session.undo):
        change()
        # Time for what would move them, and then for that to be over.
        qtbot.wait(50)
        qtbot.waitUntil(is_as_dragged)
    assert was_dragged(window_state(window, is_dragged=window._widths.is_dragged))


@pytest.mark.parametrize("is_dragged", [False, True])
def test_the_width_that_made_way_is_not_the_one_for_the_next_time(
    with_page, qtbot, is_dragged
):
    window, dock = with_page, with_page.docks["text"]
    window.resize(1024, 700)
    window._widths.choose()
    wanted = window._widths._wanted
    qtbot.waitUntil(lambda: dock.width() < 200)
    window._widths.is_dragged = is_dragged
    with qtbot.waitSignal(window.closed, timeout=15_000):
        window.close()
    again = MainWindow(Session())
    assert again._widths.is_dragged == is_dragged
    again.resize(1024, 700)
    with qtbot.waitExposed(again):
        again.show()
    qtbot.waitUntil(lambda: again._widths._wanted is not None)
    assert again._widths._wanted == wanted
    with qtbot.waitSignal(again.closed, timeout=15_000):
        again.close()
    again.deleteLater()


@pytest.mark.parametrize("state", ["", "nonsense", "a.b.c", "ö.ö"])
def test_a_state_that_is_none_leaves_the_window_in_sight(window, state):
    assert not restore_window(window, state)
    assert is_on_screen(window)


def test_a_window_on_a_screen_that_is_gone_comes_back_into_sight(window):
    window.move(QPoint(20_000, 20_000))
    assert not is_on_screen(window)
    restore_window(window, window_state(window))
    assert is_on_screen(window)


def test_the_buttons_of_docks_can_be_seen_in_every_look_and_place(window, qtbot, qapp):
    dock, before = window.docks["text"], qapp.palette()

    def apart():
        """Return how far the shades in each of the buttons are apart."""
        pattern = QRegularExpression("^qt_dock")
        images = [
            b.grab().toImage() for b in dock.findChildren(QAbstractButton, pattern)
        ]
        assert len(images) == 2
        grays = [
            {
                image.pixelColor(x, y).lightness()
                for x in range(image.width())
                for y in range(image.height())
            }
            for image in images
        ]
        return [max(shades) - min(shades) for shades in grays]

    for is_dark in (False, True):
        qapp.setPalette(palette(is_dark))
        for is_floating in (True, False):
            dock.setFloating(is_floating)
            qtbot.wait(50)
            assert min(apart()) > 90
    qapp.setPalette(before)


def test_icons_follow_the_look(window, qapp):
    before = qapp.palette()
    colors = []
    for dark in (False, True):
        qapp.setPalette(palette(dark))
        qapp.sendPostedEvents()
        image = window.window_actions["add-scans"].icon().pixmap(24, 24).toImage()
        pixels = cv2.cvtColor(
            np.array(
                image.convertToFormat(image.Format.Format_RGBA8888).constBits(),
                np.uint8,
            ).reshape(24, 24, 4),
            cv2.COLOR_RGBA2GRAY,
        )
        colors.append(pixels[pixels > 0].mean())
    qapp.setPalette(before)
    assert colors[1] > colors[0] + 60
