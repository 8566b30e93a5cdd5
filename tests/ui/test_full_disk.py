"""A disk that takes nothing more: the window says so, and nothing is lost unasked."""

import errno
import os
from pathlib import Path

import pytest

from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.ui import file_choice
from hwocr_desktop.ui.main_window import MainWindow

pytestmark = [
    pytest.mark.gui,
    pytest.mark.skipif(
        not Path("/proc/self/fd").is_dir(), reason="files are told apart by /proc"
    ),
]


@pytest.fixture
def window(qtbot, tmp_path):
    made = MainWindow(Session())
    made.show()
    assert made.project_commands.create(tmp_path / "project")
    yield made
    if not made._may_close:
        with qtbot.waitSignal(made.closed, timeout=15_000):
            made.closing.begin()
    made.deleteLater()


@pytest.fixture
def disk(monkeypatch, tmp_path):
    """A disk that is filled and emptied; another one stays empty."""
    write, fsync = os.write, os.fsync
    state = {"full": "", "half": False}

    def refuse(name, call):
        def refused(handle, *args):
            target = str(Path(f"/proc/self/fd/{handle}").readlink())
            if state["full"] in (name, "write") and target.startswith(
                str(tmp_path / "project")
            ):
                if name == "write" and state["half"]:
                    write(handle, args[0][: len(args[0]) // 2])
                raise OSError(errno.ENOSPC, "No space left on device")
            return call(handle, *args)

        return refused

    monkeypatch.setattr(os, "write", refuse("write", write))
    monkeypatch.setattr(os, "fsync", refuse("fsync", fsync))
    yield state
    state["full"] = ""


def retitle(window, qtbot, title):
    session = window.session
    session.commit("x", edits.set_title(session.project, title))
    qtbot.waitUntil(lambda: not session.files.is_busy, timeout=10_000)
    qtbot.wait(20)


def press(question, text):
    next(b for b in question.buttons() if b.text() == text).click()


def kept_title(folder):
    with open_project(folder) as file:
        return file.recover().title


@pytest.mark.parametrize("place", ["write", "fsync"])
@pytest.mark.parametrize("is_half", [True, False])
def test_the_status_says_not_saved_until_it_is(window, qtbot, disk, place, is_half):
    folder = window.session.folder
    retitle(window, qtbot, "one")
    assert window.kept.text() == "Kept in the journal"
    disk.update(full=place, half=is_half)
    for title in ("two", "three"):
        retitle(window, qtbot, title)
        assert window.kept.text() == "Not saved"
        assert "Free some space" in window.kept.toolTip()
        assert window.isWindowModified()
    window.session._keeper._on_timer()
    qtbot.waitUntil(lambda: not window.session.files.is_busy)
    assert window.kept.text() == "Not saved"
    assert len(window.notices.notices) == 1
    disk["full"] = ""
    retitle(window, qtbot, "four")
    qtbot.waitUntil(lambda: window.kept.text() != "Not saved", timeout=5_000)
    assert window.kept.toolTip() == ""
    other = folder.with_name("crashed")
    other.mkdir()
    for path in folder.glob("*.json*"):
        (other / path.name).write_bytes(path.read_bytes())
    assert kept_title(other) == "four"


def test_closing_asks_before_changes_are_lost(window, qtbot, disk):
    folder = window.session.folder
    retitle(window, qtbot, "one")
    disk["full"] = "write"
    retitle(window, qtbot, "two")
    window.close()
    question = window.closing.question
    assert question.defaultButton().text() == "Stay"
    press(question, "Stay")
    assert window.isVisible()
    assert window.isEnabled()
    window.close()
    with qtbot.waitSignal(window.closed, timeout=15_000):
        press(window.closing.question, "Close and lose the last changes")
    assert kept_title(folder) == "one"


def test_closing_right_after_typing_asks_too(window, disk):
    disk["full"] = "fsync"
    session = window.session
    session.commit("x", edits.set_title(session.project, "typed"))
    window.close()
    assert window.closing.question is not None
    assert window.isVisible()


def test_work_that_ends_while_closing_cannot_lose_anything(window, qtbot, disk):
    def commit():
        disk["full"] = "write"
        session = window.session
        session.commit("x", edits.set_title(session.project, "at the end"))

    window.closing.stopping.connect(commit)
    window.close()
    qtbot.waitUntil(lambda: window.closing.question is not None, timeout=5_000)
    window.closing.stopping.disconnect(commit)
    assert window.isVisible()
    assert window.isEnabled()


def test_closing_does_not_ask_once_there_is_room_again(window, qtbot, disk):
    folder = window.session.folder
    disk["full"] = "write"
    retitle(window, qtbot, "two")
    disk["full"] = ""
    with qtbot.waitSignal(window.closed, timeout=15_000):
        window.close()
    assert kept_title(folder) == "two"


def test_a_copy_elsewhere_has_everything(window, qtbot, disk, tmp_path, monkeypatch):
    def choose(parent, title, proposal, on_chosen):
        on_chosen(tmp_path / "elsewhere")

    monkeypatch.setattr(file_choice, "choose_new_folder", choose)
    disk["full"] = "write"
    retitle(window, qtbot, "two")
    window.close()
    press(window.closing.question, "Save a copy elsewhere…")
    elsewhere = tmp_path / "elsewhere"
    qtbot.waitUntil(lambda: window.session.folder == elsewhere, timeout=10_000)
    qtbot.waitUntil(lambda: window.kept.text() == "Saved", timeout=10_000)
    assert window.session.project.title == "two"


def test_opening_another_project_asks_too(window, qtbot, disk, tmp_path):
    disk["full"] = "write"
    retitle(window, qtbot, "two")
    folder = window.session.folder
    commands = window.project_commands
    assert not commands.create(tmp_path / "another")
    press(commands.question, "Stay")
    assert window.session.folder == folder
    assert window.session.project.title == "two"
    assert not commands.create(tmp_path / "another")
    press(commands.question, "Close and lose the last changes")
    assert window.session.folder == tmp_path / "another"
    qtbot.waitUntil(lambda: window.kept.text() == "Saved")
