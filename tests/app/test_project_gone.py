"""The session while the folder of its project is moved or removed."""

import shutil

import pytest

from hwocr_desktop.app import projects
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.errors import ProjectGone

pytestmark = pytest.mark.gui


@pytest.fixture
def session(qapp, tmp_path):
    made = Session()
    made.create(tmp_path / "project")
    made.told = []
    made.noticed.connect(made.told.append)
    yield made
    assert made.shutdown()


def retitle(qtbot, session, title):
    session.commit("x", edits.set_title(session.project, title))
    settle(qtbot, session)


def settle(qtbot, session):
    qtbot.waitUntil(lambda: not session.files.is_busy, timeout=10_000)
    qtbot.wait(20)


def test_it_is_told_once_with_the_way_out(session, qtbot):
    retitle(qtbot, session, "one")
    assert session.failure is None
    shutil.rmtree(session.folder)
    retitle(qtbot, session, "two")
    assert isinstance(session.failure, ProjectGone)
    retitle(qtbot, session, "three")
    session._keeper._on_timer()
    settle(qtbot, session)
    (notice,) = session.told
    assert (notice.kind, notice.action) == ("error", "save-copy")
    assert str(session.folder) in notice.text
    assert not session.keep_all()
    assert not session.is_saved
    assert len(session.told) == 1


def test_autosave_alone_notices_it(session, qtbot):
    retitle(qtbot, session, "one")
    shutil.rmtree(session.folder)
    session._keeper._on_timer()
    settle(qtbot, session)
    assert isinstance(session.failure, ProjectGone)
    assert len(session.told) == 1


def test_what_only_the_journal_had_is_not_left_unasked(session, qtbot):
    retitle(qtbot, session, "one")
    shutil.rmtree(session.folder)
    assert not session.keep_all()
    assert isinstance(session.failure, ProjectGone)
    assert len(session.told) == 1


def test_a_project_that_was_saved_may_go(session, qtbot):
    retitle(qtbot, session, "one")
    session.save()
    settle(qtbot, session)
    shutil.rmtree(session.folder)
    assert session.keep_all()
    assert session.told == []


@pytest.mark.parametrize("way", ["typing", "autosave", "closing"])
def test_a_folder_that_comes_back_is_kept_in_again(session, qtbot, tmp_path, way):
    retitle(qtbot, session, "one")
    folder, away = session.folder, tmp_path / "away"
    folder.rename(away)
    retitle(qtbot, session, "two")
    retitle(qtbot, session, "three")
    assert session.failure is not None
    away.rename(folder)
    if way == "typing":
        retitle(qtbot, session, "three!")
    elif way == "autosave":
        session._keeper._on_timer()
        settle(qtbot, session)
    else:
        assert session.keep_all()
    assert session.failure is None
    with open_project(shutil.copytree(folder, tmp_path / "crashed")) as found:
        assert found.recover().title == session.project.title


def test_a_journal_that_alone_was_removed_is_written_anew(session, qtbot, tmp_path):
    retitle(qtbot, session, "one")
    (session.folder / "journal.jsonl").unlink()
    assert session.keep_all()
    with open_project(shutil.copytree(session.folder, tmp_path / "crashed")) as found:
        assert found.recover().title == "one"


@pytest.mark.parametrize("place", ["elsewhere", "project"])
def test_a_copy_goes_on_with_everything(session, qtbot, tmp_path, place):
    retitle(qtbot, session, "one")
    shutil.rmtree(session.folder)
    retitle(qtbot, session, "two")
    session.save_copy(tmp_path / place)
    settle(qtbot, session)
    assert session.folder == tmp_path / place
    retitle(qtbot, session, "three")
    assert session.failure is None
    assert len(session.told) == 1
    assert session.keep_all()
    with open_project(shutil.copytree(session.folder, tmp_path / "crashed")) as found:
        assert found.recover().title == "three"


def test_only_a_folder_that_is_gone_offers_a_copy(tmp_path):
    with projects.create(tmp_path / "a", "") as file:
        assert projects.is_journaled(file)
        shutil.rmtree(tmp_path / "a")
        assert not projects.is_journaled(file)
    assert projects.failure_notice(ProjectGone("a.", "b.")).action == "save-copy"
    assert projects.failure_notice(OSError()).action == ""
