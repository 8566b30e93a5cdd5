"""The list of pages: names, states, selection, what can be done to many."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QSignalSpy

from hwocr_desktop.app.requests import ProjectChange
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.ui.page_list import PageList
from hwocr_desktop.ui.page_thumbnails import SIDE_PX, key_of

pytestmark = pytest.mark.gui


@pytest.fixture
def open_list(qtbot):
    made = []

    def open_(session) -> PageList:
        pages = PageList(session)
        made.append(pages)
        qtbot.addWidget(pages)
        pages.resize(240, 500)
        with qtbot.waitExposed(pages):
            pages.show()
        return pages

    yield open_
    for pages in made:
        assert pages.shutdown()


@pytest.fixture
def session_of(make_session):
    """Return a function that makes a stub session of a project."""
    return type(make_session(pages=0))


def spoken(pages) -> list[str]:
    model = pages._model
    role = Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row).data(role) for row in range(model.rowCount())]


def titles(pages) -> list[str]:
    return [pages._model.index(r).data() for r in range(pages._model.rowCount())]


def ids(session) -> list[str]:
    return [page.id for page in session.project.pages]


def test_pages_are_spoken_with_number_name_and_state(open_list, make_session):
    session = make_session(("a", "b"), pages=2)
    pages = open_list(session)
    session.accept_line("l1")
    assert spoken(pages) == [
        "Page 1, scan1.png, checked 1/2",
        "Page 2, scan2.png, read",
    ]


def test_every_state_of_a_page_has_its_words(open_list, make_session):
    session = make_session((None,), pages=1)
    session.commit("x", edits.add_page(session.project, "new.png", 9, 9))
    pages = open_list(session)
    assert [text.split(", ")[-1] for text in spoken(pages)] == ["lines found", "new"]


def test_a_page_read_in_part_says_how_far(open_list, make_session):
    pages = open_list(make_session(("one", None, "three"), pages=1))
    assert spoken(pages) == ["Page 1, scan1.png, read 2/3"]


def test_pages_of_one_file_are_told_apart(open_list, make_session):
    project = Project()
    for source, frame in (("a/letter.pdf", 0), ("a/letter.pdf", 1), ("b.png", 0)):
        project = edits.add_page(project, source, 9, 9, frame=frame)
    session = make_session(pages=0)
    pages = open_list(session)
    assert "Ctrl+O" in pages._content.message
    session.commit("x", project)
    assert titles(pages) == ["letter.pdf, page 1", "letter.pdf, page 2", "b.png"]
    assert pages._content.message == ""


def test_the_current_row_is_the_page_shown(qtbot, open_list, make_session):
    session = make_session(pages=3)
    pages = open_list(session)
    shown = QSignalSpy(session.page_selected)
    assert pages.selected_ids() == ("p1",)
    qtbot.keyClick(pages._view, Qt.Key.Key_Down)
    assert session.page.id == "p2"
    session.select_page("p3")
    assert pages.selected_ids() == ("p3",)
    assert [shown.at(i)[0] for i in range(shown.count())] == ["p2", "p3"]


def test_the_page_shown_is_selected_even_if_it_was_current_already(
    open_list, make_session
):
    session = make_session(pages=2)
    pages = open_list(session)
    # As Qt leaves a list that gets the keyboard before it has a selection.
    pages._view.clearSelection()
    session.select_page("p1")
    assert pages.selected_ids() == ("p1",)


def test_several_pages_are_turned_in_one_step(open_list, make_session):
    session = make_session(pages=3)
    pages = open_list(session)
    pages.select_ids(("p1", "p3"))
    pages.rotate_selected(-1)
    assert [page.rotation for page in session.project.pages] == [270, 0, 270]
    pages.invert_selected(True)
    assert [page.inverted for page in session.project.pages] == [True, False, True]
    session.undo()
    session.undo()
    assert [page.rotation for page in session.project.pages] == [0, 0, 0]
    assert pages.selected_ids() == ("p1", "p3")


def test_pages_move_as_a_block_and_stay_selected(qtbot, open_list, make_session):
    session = make_session(pages=4)
    pages = open_list(session)
    pages.select_ids(("p2", "p3"))
    pages.move_selected(1)
    assert ids(session) == ["p1", "p4", "p2", "p3"]
    assert pages.selected_ids() == ("p2", "p3")
    pages.move_selected(1)
    assert ids(session) == ["p1", "p4", "p2", "p3"]
    both = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(pages._view, Qt.Key.Key_Up, both)
    qtbot.keyClick(pages._view, Qt.Key.Key_Up, both)
    assert ids(session) == ["p2", "p3", "p1", "p4"]


def test_removed_pages_come_back_by_undo(qtbot, open_list, make_session):
    session = make_session(pages=3)
    pages = open_list(session)
    pages.select_ids(("p1", "p2"))
    qtbot.keyClick(pages._view, Qt.Key.Key_Delete)
    assert ids(session) == ["p3"]
    assert session.page.id == "p3"
    assert pages.selected_ids() == ("p3",)
    session.undo()
    assert ids(session) == ["p1", "p2", "p3"]


def test_the_menu_works_on_the_selected_pages(qtbot, open_list, make_session):
    session = make_session(pages=3)
    pages = open_list(session)
    pages.select_ids(("p3", "p2"))
    menu = pages.page_menu()
    by_text = {action.text(): action for action in menu.actions() if action.text()}
    with qtbot.waitSignal(pages.read_asked) as asked:
        by_text["Read 2 pages"].trigger()
    assert asked.args == [("p2", "p3")]
    by_text["Turn right"].trigger()
    by_text["Negative"].trigger()
    page = session.find_page("p3")
    assert (page.rotation, page.inverted) == (90, True)
    assert session.find_page("p1").rotation == 0
    menu.deleteLater()


def test_thumbnails_are_made_in_the_background(qtbot, open_list, session_of, tmp_path):
    from hwocr_desktop.core.document.project_file import store_source

    scan = np.full((300, 200, 3), (10, 200, 30), np.uint8)
    cv2.imwrite(str(tmp_path / "green.png"), scan)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    project = Project()
    for name in ("green.png", "broken.png"):
        source = store_source(tmp_path, tmp_path / name)
        project = edits.add_page(project, source, 200, 300)
    session = session_of(project)
    session.folder = tmp_path
    pages = open_list(session)
    thumbnails = pages._thumbnails
    green, broken = project.pages
    qtbot.waitUntil(lambda: key_of(broken) in thumbnails._made, timeout=10_000)
    qtbot.waitUntil(lambda: key_of(green) in thumbnails._made, timeout=10_000)
    picture = thumbnails.of(green, tmp_path)
    assert (picture.width(), picture.height()) == (SIDE_PX * 2 // 3, SIDE_PX)
    assert picture.toImage().pixelColor(5, 5).getRgb()[:3] == (30, 200, 10)
    assert thumbnails.of(broken, tmp_path) is None
    assert not thumbnails._wanted


def test_a_page_that_is_open_lends_its_pixels(qtbot, open_list, make_session):
    session = make_session()
    pages = open_list(session)
    with qtbot.waitSignal(pages._thumbnails.ready):
        session.show_scan(np.full((480, 360), 99, np.uint8))
    picture = pages._thumbnails.of(session.page, None)
    assert picture.toImage().pixelColor(3, 3).red() == 99


def test_a_huge_page_is_not_decoded_for_a_thumbnail(open_list, session_of, tmp_path):
    session = session_of(edits.add_page(Project(), "huge.tif", 10_000, 10_000))
    session.folder = tmp_path
    pages = open_list(session)
    assert pages._thumbnails.of(session.page, tmp_path) is None
    assert not pages._thumbnails._wanted


def test_another_project_has_other_thumbnails(qtbot, open_list, make_session):
    session = make_session()
    pages = open_list(session)
    with qtbot.waitSignal(pages._thumbnails.ready):
        session.show_scan(np.full((480, 360), 99, np.uint8))
    change = ProjectChange(session.project, session.project, "", is_other=True)
    session.project_changed.emit(change)
    assert pages._thumbnails.of(session.page, None) is None
