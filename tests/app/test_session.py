"""The session: everything a person does, with real files and real threads."""

import errno

import cv2
import numpy as np
import pytest

from hwocr_desktop.app.session import Session
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Cleaning, Reading
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.errors import OutputNotWritable
from tests.drawn_lines import tiny_model

pytestmark = pytest.mark.gui


def draw_page(path, lines=3):
    page = np.full((120 + 90 * lines, 700), 230, np.uint8)
    for i in range(lines):
        text = "abc cab bca " * 2
        cv2.putText(
            page, text, (40, 100 + 90 * i), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (30,), 3
        )
    cv2.imwrite(str(path), page)
    return path


@pytest.fixture
def session(qapp, tmp_path):
    made = Session()
    made.create(tmp_path / "project")
    yield made
    assert made.shutdown()


@pytest.fixture
def with_page(session, qtbot, tmp_path):
    scan = draw_page(tmp_path / "brief ö 1.png")
    with qtbot.waitSignal(session.ink_ready, timeout=10_000):
        session.add_scans([scan])
    return session


def no_room(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device")


def settle(qtbot, session):
    qtbot.waitUntil(lambda: not any(r.is_busy for r in session.runners), timeout=20_000)


def test_a_scan_becomes_a_page_with_pixels_and_ink(with_page):
    page = with_page.page
    assert page.source.endswith("brief ö 1.png")
    assert with_page.scan.gray.shape == (page.height, page.width)
    assert with_page.ink.map.shape == (page.height, page.width)
    assert with_page.ink.binary().any()


def test_unreadable_scans_are_told_and_the_rest_is_added(session, qtbot, tmp_path):
    (tmp_path / "bad.png").write_text("no picture")
    good = draw_page(tmp_path / "good.png")
    notices = []
    session.noticed.connect(notices.append)
    failed = []
    session.scan_failed.connect(failed.append)
    with qtbot.waitSignal(session.ink_ready, timeout=10_000):
        session.add_scans([tmp_path / "bad.png", good])
    settle(qtbot, session)
    assert len(session.project.pages) == 1
    assert [n.kind for n in notices] == ["error"]
    assert notices[0].advice
    assert failed == []  # the page that is shown is good


def test_every_change_is_journaled_and_survives_a_crash(with_page, qtbot):
    settle(qtbot, with_page)
    with_page.set_cleaning(Cleaning("otsu"))
    settle(qtbot, with_page)
    journal = with_page.folder / "journal.jsonl"
    crashed = with_page.folder.parent / "crashed"
    crashed.mkdir()
    for name in ("project.json", "journal.jsonl"):
        (crashed / name).write_bytes((with_page.folder / name).read_bytes())
    assert journal.stat().st_size > 0
    file = open_project(crashed)
    assert file.has_leftover_journal
    recovered = file.recover()
    file.close()
    assert recovered.pages[0].cleaning == Cleaning("otsu")


def test_opening_takes_up_what_a_crash_left(with_page, qtbot, tmp_path):
    with_page.set_cleaning(Cleaning("otsu"))
    settle(qtbot, with_page)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("project.json", "journal.jsonl"):
        (crashed / name).write_bytes((with_page.folder / name).read_bytes())
    notices = []
    with_page.noticed.connect(notices.append)
    with_page.open(crashed)
    assert [n.action for n in notices] == ["discard-recovered"]
    recovered = with_page.project
    assert recovered.pages[0].cleaning == Cleaning("otsu")
    settle(qtbot, with_page)
    assert with_page.is_saved
    with_page.undo()
    assert with_page.project != recovered
    with_page.redo()
    with_page.discard_recovered()
    assert with_page.project != recovered
    with_page.undo()
    assert with_page.project == recovered


def test_what_is_done_right_after_a_crash_is_kept_too(with_page, qtbot, tmp_path):
    with_page.set_cleaning(Cleaning("otsu"))
    settle(qtbot, with_page)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("project.json", "journal.jsonl"):
        (crashed / name).write_bytes((with_page.folder / name).read_bytes())
    with_page.open(crashed)
    with_page.commit("x", edits.set_title(with_page.project, "typed at once"))
    with_page.create(tmp_path / "another")
    settle(qtbot, with_page)
    with open_project(crashed) as file:
        project = file.recover()
    assert project.title == "typed at once"
    assert project.pages[0].cleaning == Cleaning("otsu")


def test_what_a_crash_left_waits_where_it_cannot_be_taken_up(
    with_page, qtbot, tmp_path, monkeypatch
):
    with_page.set_cleaning(Cleaning("otsu"))
    settle(qtbot, with_page)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("project.json", "journal.jsonl"):
        (crashed / name).write_bytes((with_page.folder / name).read_bytes())
    with (crashed / "journal.jsonl").open("ab") as damaged:
        damaged.write(b"unreadable\n")
    folder = with_page.folder
    with monkeypatch.context() as patch:
        patch.setattr("tempfile.mkstemp", no_room)
        with pytest.raises(OutputNotWritable):
            with_page.open(crashed)
    assert with_page.folder == folder
    with_page.open(crashed)
    assert with_page.page.cleaning == Cleaning("otsu")


def test_moving_the_cut_needs_no_new_ink_map_and_is_one_undo_step(with_page, qtbot):
    settle(qtbot, with_page)
    before = with_page.ink.map
    page = with_page.page
    for cut in (100, 110, 120):
        with_page.set_cleaning(Cleaning(page.cleaning.method, cut=cut))
    assert with_page.ink.map is before
    assert with_page.ink.cut == 120
    with_page.undo()
    assert with_page.page.cleaning == page.cleaning
    qtbot.waitUntil(lambda: with_page.ink.cut == 128, timeout=5000)


def test_finding_lines_is_undone_in_one_step(with_page, qtbot):
    with_page.find_lines((with_page.page.id,))
    settle(qtbot, with_page)
    assert len(with_page.page.lines) == 3
    with_page.undo()
    assert with_page.page.lines == ()


@pytest.mark.tf
def test_reading_fills_lines_and_never_touches_a_persons_text(with_page, qtbot):
    tiny_model(paths.user_models() / "tiny")
    page_id = with_page.page.id
    with_page.read((page_id,), "tiny")
    settle(qtbot, with_page)
    lines = with_page.page.lines
    assert len(lines) == 3
    assert all(line.reading is not None for line in lines)
    with_page.correct_line(lines[0].id, "typed by a person")
    with_page.accept_line(lines[0].id)
    with_page.read((page_id,), "tiny", find_lines=True)
    settle(qtbot, with_page)
    kept = with_page.page.line(lines[0].id)
    assert kept.text == "typed by a person"
    assert kept.checked
    assert len(with_page.page.lines) == 3


def test_typing_in_one_line_is_one_undo_step(with_page, qtbot):
    with_page.find_lines((with_page.page.id,))
    settle(qtbot, with_page)
    line = with_page.page.lines[0].id
    for text in ("D", "De", "Dea", "Dear"):
        with_page.correct_line(line, text)
    assert with_page.page.line(line).text == "Dear"
    with_page.undo()
    assert with_page.page.line(line).text == ""
    with_page.redo()
    assert with_page.page.line(line).text == "Dear"


def test_undo_and_redo_show_the_page_they_change(with_page, qtbot, tmp_path):
    first = with_page.page.id
    scan = tmp_path / "second.png"
    scan.write_bytes((with_page.folder / with_page.page.source).read_bytes())
    with_page.add_scans([scan])
    settle(qtbot, with_page)
    second = with_page.project.pages[1].id
    with_page.set_cleaning(Cleaning("otsu"), (first,))
    with_page.select_page(second)
    with_page.undo()
    assert with_page.page.id == first
    with_page.select_page(second)
    with_page.redo()
    assert with_page.page.id == first
    # Where the page shown changes with others, it stays.
    with_page.set_cleaning(Cleaning("wolf"), (first, second))
    with_page.select_page(second)
    with_page.undo()
    assert with_page.page.id == second


def test_a_reading_that_comes_too_late_changes_nothing(with_page, qtbot):
    from hwocr_desktop.app.page_work import with_readings
    from hwocr_desktop.app.pipeline import LineRead

    with_page.find_lines((with_page.page.id,))
    settle(qtbot, with_page)
    page = with_page.page
    late = [LineRead(page.id, page.lines[0].shape, Reading((), "tiny"))]
    gone = edits.remove_line(with_page.project, page.id, page.lines[0].id)
    assert with_readings(gone, late) == gone


def test_closing_saves_and_opening_finds_everything(with_page, qtbot, tmp_path):
    folder = with_page.folder
    with_page.set_cleaning(Cleaning("wolf"))
    expected = with_page.project
    with_page.create(tmp_path / "other")
    settle(qtbot, with_page)
    with_page.open(folder)
    assert with_page.project == expected
    assert with_page.is_saved


def test_a_missing_scan_is_told_with_advice(with_page, qtbot, tmp_path):
    settle(qtbot, with_page)
    folder = with_page.folder
    with_page.create(tmp_path / "other")
    settle(qtbot, with_page)
    (tmp_path / "brief ö 1.png").unlink()
    failed = []
    with_page.scan_failed.connect(failed.append)
    with qtbot.waitSignal(with_page.noticed, timeout=5000) as caught:
        with_page.open(folder)
    settle(qtbot, with_page)
    assert failed == [with_page.page.id]
    assert caught.args[0].kind == "error"
    assert "brief ö 1.png" in caught.args[0].text
    assert caught.args[0].advice


def test_a_failing_disk_is_told_and_nothing_is_lost(with_page, qtbot, monkeypatch):
    settle(qtbot, with_page)
    from hwocr_desktop.app import projects
    from hwocr_desktop.core.errors import OutputNotWritable

    def full(*_, **__):
        raise OutputNotWritable("The disk is full.", "Make room.")

    with monkeypatch.context() as patch:
        patch.setattr(projects, "save", full)
        with_page.set_cleaning(Cleaning("nick"))
        with qtbot.waitSignal(with_page.noticed, timeout=5000) as caught:
            with_page.save()
    assert caught.args[0].text == "The disk is full."
    assert not with_page.is_saved
    with_page.save()
    settle(qtbot, with_page)
    assert with_page.is_saved


def test_shutting_down_while_a_scan_is_on_its_way(qapp, qtbot, tmp_path):
    session = Session()
    session.create(tmp_path / "project")
    scan = draw_page(tmp_path / "one.png")
    with qtbot.waitSignal(session.page_selected, timeout=10_000):
        session.add_scans([scan])
    # The scan is loaded by now or soon, its signal not delivered yet.
    assert session.shutdown()
    with qtbot.assertNotEmitted(session.scan_loaded, wait=100):
        pass
