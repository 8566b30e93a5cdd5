"""The folder of the open project goes: the window says so and offers a copy."""

import shutil

import pytest

from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.ui import file_choice
from hwocr_desktop.ui.main_window import MainWindow
from tests.pages_drawn import draw_page, line_at, write_image, write_truth
from tests.ui.test_full_disk import press, retitle

pytestmark = pytest.mark.gui


@pytest.fixture
def window(qtbot, tmp_path):
    made = MainWindow(Session())
    made.show()
    assert made.project_commands.create(tmp_path / "project")
    yield made
    if not made._may_close:
        with qtbot.waitSignal(made.closed, timeout=15_000):
            made.closing._may_lose = True
            made.closing.begin()
    made.deleteLater()


def test_the_window_says_so_until_the_folder_is_back(window, qtbot, tmp_path):
    folder = window.session.folder
    retitle(window, qtbot, "one")
    assert window.kept.text() == "Kept in the journal"
    folder.rename(tmp_path / "away")
    for title in ("two", "three"):
        retitle(window, qtbot, title)
        assert window.kept.text() == "Not saved"
        (row,) = window.notices.rows
        assert f"The project folder is no longer there: {folder}" in row._text.text()
        assert row.button.text() == "Save a copy…"
    (tmp_path / "away").rename(folder)
    retitle(window, qtbot, "four")
    assert window.kept.text() == "Kept in the journal"
    assert window.notices.notices == ()
    with open_project(shutil.copytree(folder, tmp_path / "crashed")) as found:
        assert found.recover().title == "four"


def test_an_import_does_not_make_the_folder_anew(window, qtbot, tmp_path):
    folder, pixels = window.session.folder, draw_page(1)
    write_image(tmp_path / "brief.png", pixels)
    write_truth(tmp_path / "brief.xml", [line_at(0, "abc")], pixels, "brief.png")
    folder.rename(tmp_path / "away")
    window.project_commands.import_documents([tmp_path / "brief.xml"])
    qtbot.waitUntil(lambda: window.notices.rows != (), timeout=10_000)
    (row,) = window.notices.rows
    assert f"The project folder is no longer there: {folder}" in row._text.text()
    assert row.button.text() == "Save a copy…"
    assert window.session.project.pages == ()
    assert not folder.exists()
    (tmp_path / "away").rename(folder)


def test_closing_asks_and_a_copy_saves_everything(window, qtbot, tmp_path, monkeypatch):
    def choose(parent, title, proposal, on_chosen):
        on_chosen(tmp_path / "elsewhere")

    monkeypatch.setattr(file_choice, "choose_new_folder", choose)
    retitle(window, qtbot, "one")
    shutil.rmtree(window.session.folder)
    window.close()
    question = window.closing.question
    assert window.isVisible()
    assert "no longer there" in question.informativeText()
    assert "nothing you did was lost" not in question.informativeText()
    press(question, "Save a copy elsewhere…")
    elsewhere = tmp_path / "elsewhere"
    qtbot.waitUntil(lambda: window.session.folder == elsewhere, timeout=10_000)
    qtbot.waitUntil(lambda: window.kept.text() == "Saved", timeout=10_000)
    assert window.notices.notices == ()
    retitle(window, qtbot, "two")
    with qtbot.waitSignal(window.closed, timeout=15_000):
        window.close()
    with open_project(elsewhere) as found:
        assert found.recover().title == "two"


def test_the_window_can_be_closed_without_keeping(window, qtbot):
    folder = window.session.folder
    retitle(window, qtbot, "one")
    shutil.rmtree(folder)
    retitle(window, qtbot, "two")
    window.close()
    press(window.closing.question, "Stay")
    assert window.isVisible()
    window.close()
    with qtbot.waitSignal(window.closed, timeout=15_000):
        press(window.closing.question, "Close and lose the last changes")
    assert not folder.exists()
