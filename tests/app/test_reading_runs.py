"""What a person does to a page while it is being read."""

from __future__ import annotations

import threading

import pytest

from hwocr_desktop.app import page_work, word_lists
from hwocr_desktop.app.model_choice import CLASSICAL
from hwocr_desktop.app.pipeline import LineRead, LinesFound, ReadResult
from hwocr_desktop.app.session import Session
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import Character, Reading
from hwocr_desktop.core.pixels.line_drawing import shape_along
from hwocr_desktop.core.progress import Progress
from tests.pages_drawn import draw_page, write_image

pytestmark = pytest.mark.gui

SHAPES = tuple(shape_along([(5, y), (90, y)], 8, 3) for y in (30, 60, 90, 120))


class SlowReader:
    """Reads a page line by line, each when it is allowed to."""

    def __init__(self) -> None:
        self.allowed = threading.Semaphore(0)
        self.asked: list = []
        self.confidence = 0.9

    def __call__(self, request, *_, cancel, report):
        self.asked.append(request)
        page = request.page
        shapes = tuple(line.shape for line in page.lines)
        found = None
        if request.find_lines or not page.lines:
            found = LinesFound(page.id, SHAPES)
            report(Progress(0, 4, "lines", found))
            shapes = SHAPES
        read = []
        for number, shape in enumerate(shapes):
            while not self.allowed.acquire(timeout=0.01):
                cancel.check()
            cancel.check()
            letter = Character(str(number), self.confidence, 0.0, 1.0)
            read.append(LineRead(page.id, shape, Reading((letter,), "slow")))
            report(Progress(number, 4, "line", read[-1]))
        return ReadResult(page.id, found, tuple(read))

    def allow(self, lines: int) -> None:
        self.allowed.release(lines)


@pytest.fixture
def reader(monkeypatch):
    made = SlowReader()
    monkeypatch.setattr(word_lists, "read_page", made)
    return made


@pytest.fixture
def session(qapp, qtbot, tmp_path):
    made = Session()
    made.create(tmp_path / "project")
    with qtbot.waitSignal(made.ink_ready, timeout=10_000):
        made.add_scans([write_image(tmp_path / "letter.png", draw_page(3))])
    made.told = []
    made.noticed.connect(made.told.append)
    yield made
    assert made.shutdown()


def settle(qtbot, session):
    qtbot.waitUntil(lambda: not any(r.is_busy for r in session.runners), timeout=60_000)


def readings(session) -> int:
    return sum(line.reading is not None for line in session.page.lines)


def begin(session, reader, qtbot, lines=2):
    """Begin to read the page, and wait until so many lines have come."""
    (job,) = session.read((session.page.id,), "slow")
    reader.allow(lines)
    qtbot.waitUntil(lambda: readings(session) == lines, timeout=10_000)
    return job


def test_undo_during_a_reading_takes_back_what_the_person_did(session, reader, qtbot):
    begin(session, reader, qtbot)
    first, second = (line.id for line in session.page.lines[:2])
    session.correct_line(first, "typed")
    reader.allow(1)
    qtbot.waitUntil(lambda: readings(session) == 3, timeout=10_000)
    session.correct_line(second, "and again")
    reader.allow(1)
    settle(qtbot, session)
    assert readings(session) == 4
    session.undo()
    assert session.page.line(second).correction is None
    assert session.page.line(first).text == "typed"
    assert readings(session) == 4
    session.undo()
    assert session.page.line(first).correction is None
    assert readings(session) == 4
    session.undo()
    assert session.page.lines == ()
    assert not session.told
    for _ in range(3):
        session.redo()
    assert [line.text for line in session.page.lines] == ["typed", "and again", *"23"]


def test_a_reading_that_is_undone_stops_and_says_so(session, reader, qtbot):
    job = begin(session, reader, qtbot)
    with qtbot.waitSignal(job.cancelled, timeout=10_000):
        session.undo()
    reader.allow(2)
    settle(qtbot, session)
    assert session.page.lines == ()
    (notice,) = session.told
    assert "letter.png" in notice.text
    assert "undone" in notice.text
    session.redo()
    assert readings(session) == 2
    assert not session.is_read(session.page.id)


def test_a_page_with_hardly_a_letter_is_told_to_be_a_picture(session, reader, qtbot):
    reader.confidence = 0.4
    begin(session, reader, qtbot)
    reader.allow(2)
    settle(qtbot, session)
    (notice,) = session.told
    assert "picture" in notice.text
    assert notice.page_id == session.page.id
    # Of lines that are a person's own, the person knows better.
    session.read((session.page.id,), "slow", find_lines=False)
    reader.allow(4)
    settle(qtbot, session)
    assert session.told == [notice]


def test_what_was_taken_back_meanwhile_comes_back_with_the_lines_read_since(
    session, reader, qtbot
):
    begin(session, reader, qtbot, lines=1)
    line = session.page.lines[0].id
    session.correct_line(line, "typed")
    session.undo()
    reader.allow(3)
    settle(qtbot, session)
    session.redo()
    assert session.page.line(line).text == "typed"
    assert readings(session) == 4


def test_a_page_turned_while_it_is_read_is_read_anew_as_it_stands(
    session, reader, qtbot
):
    job = begin(session, reader, qtbot)
    page = session.page
    with qtbot.waitSignal(job.cancelled, timeout=10_000):
        session.commit("Turn page", edits.rotate_page(session.project, page.id, 1))
    assert session.is_read(page.id)
    reader.allow(8)
    settle(qtbot, session)
    first, second = reader.asked
    assert (first.page.rotation, second.page.rotation) == (0, 90)
    # Its lines had been found by the reading, so they are found again.
    assert second.find_lines
    assert readings(session) == 4
    assert not session.is_read(page.id)


def test_a_page_that_waits_is_read_as_it_was_turned_meanwhile(session, reader, qtbot):
    width, height = session.page.width, session.page.height
    own = shape_along([(5, height - 8), (width - 9, height - 8)], 6, 3)
    page_id = session.page.id
    session.commit("Draw", edits.draw_line(session.project, page_id, own))
    session.read((page_id,), "slow")
    session.commit("Turn page", edits.rotate_page(session.project, page_id, 1))
    reader.allow(9)
    settle(qtbot, session)
    assert reader.asked[-1].page.rotation == 90
    assert not reader.asked[-1].find_lines
    assert readings(session) == len(session.page.lines) == 1


def test_a_page_that_is_removed_is_read_on_once_it_is_back(session, reader, qtbot):
    job = begin(session, reader, qtbot)
    page_id = session.page.id
    with qtbot.waitSignal(job.cancelled, timeout=10_000):
        session.commit("Remove", edits.remove_page(session.project, page_id))
    settle(qtbot, session)
    assert not session.is_read(page_id)
    session.undo()
    assert readings(session) == 2
    assert session.is_read(page_id)
    reader.allow(4)
    settle(qtbot, session)
    assert readings(session) == 4
    first, second = reader.asked
    assert first.model == second.model
    # Its lines are known by then, and are those that a person saw.
    assert [line.shape for line in second.page.lines] == list(SHAPES)
    session.undo()
    assert readings(session) == 2
    session.undo()
    assert session.page.lines == ()


def test_a_page_that_waited_and_was_removed_waits_again_once_it_is_back(
    session, reader, qtbot, tmp_path
):
    with qtbot.waitSignal(session.project_changed, timeout=10_000):
        session.add_scans([write_image(tmp_path / "second.png", draw_page(2))])
    first, second = (page.id for page in session.project.pages)
    session.read((first, second), "slow", find_lines=True)
    session.commit("Remove", edits.remove_page(session.project, second))
    session.commit("Title", edits.set_title(session.project, "other"))
    assert not session.is_read(second)
    session.undo()
    assert not session.is_read(second)
    session.undo()
    assert session.is_read(second)
    reader.allow(8)
    settle(qtbot, session)
    assert [request.page.id for request in reader.asked] == [first, second]
    assert reader.asked[1].find_lines


def test_what_is_read_while_a_person_types_is_kept_by_a_crash(
    session, reader, qtbot, tmp_path
):
    begin(session, reader, qtbot)
    session.correct_line(session.page.lines[0].id, "typed")
    reader.allow(2)
    settle(qtbot, session)
    crashed = tmp_path / "crashed"
    crashed.mkdir()
    for name in ("project.json", "journal.jsonl"):
        (crashed / name).write_bytes((session.folder / name).read_bytes())
    other = Session()
    other.open(crashed)
    assert other.project.pages[0].lines == session.page.lines
    assert other.shutdown()


def test_what_was_undone_can_be_redone_though_another_page_is_read(
    session, reader, qtbot, tmp_path
):
    begin(session, reader, qtbot, lines=4)
    settle(qtbot, session)
    first, line = session.page.id, session.page.lines[0].id
    with qtbot.waitSignal(session.ink_ready, timeout=10_000):
        session.add_scans([write_image(tmp_path / "next.png", draw_page(2))])
        settle(qtbot, session)
        session.select_page(session.project.pages[1].id)
    second = session.page.id
    session.select_page(first)
    session.correct_line(line, "typed")
    session.read((second,), "slow")
    session.undo()
    reader.allow(4)
    settle(qtbot, session)
    assert all(line.reading for line in session.find_page(second).lines)
    assert session.find_page(first).line(line).correction is None
    session.redo()
    assert session.find_page(first).line(line).text == "typed"
    assert len(session.find_page(second).lines) == 4


def test_a_page_turned_while_its_lines_are_found_has_them_found_anew(
    session, qtbot, monkeypatch
):
    page_id = session.page.id
    asked = []
    may = threading.Event()

    def find(folder, page, layout, *, cancel, report):
        asked.append((page.rotation, layout))
        may.wait(10)
        shapes = SHAPES if page.rotation == 0 else SHAPES[:2]
        return LinesFound(page.id, shapes)

    monkeypatch.setattr(page_work, "find_page_lines", find)
    session.commit("x", edits.set_layout_model(session.project, CLASSICAL))
    session.find_lines((page_id,))
    qtbot.waitUntil(lambda: bool(asked), timeout=10_000)
    session.commit("Turn page", edits.rotate_page(session.project, page_id, 1))
    may.set()
    settle(qtbot, session)
    assert asked == [(0, CLASSICAL), (90, CLASSICAL)]
    assert [line.shape for line in session.page.lines] == list(SHAPES[:2])


def test_places_where_a_line_was_deleted_are_told_when_lines_are_found(
    session, qtbot, monkeypatch
):
    def find(folder, page, layout, *, cancel, report):
        return LinesFound(page.id, SHAPES)

    def told():
        session.told.clear()
        session.find_lines((page_id,))
        settle(qtbot, session)
        return [notice.text for notice in session.told]

    monkeypatch.setattr(page_work, "find_page_lines", find)
    session.commit("x", edits.set_layout_model(session.project, CLASSICAL))
    page_id = session.page.id
    assert told() == []
    for count in (1, 2):
        last = session.page.lines[-1].id
        session.commit("x", edits.remove_line(session.project, page_id, last))
        (text,) = told()
        assert text.startswith("One place on “" if count == 1 else "2 places on “")
        assert len(session.page.lines) == 4 - count
    # Where a person drew the line anew, nothing is missing.
    for shape in SHAPES[2:]:
        session.commit("x", edits.draw_line(session.project, page_id, shape))
    assert told() == []


def test_a_page_that_waits_is_read_as_a_person_left_it(session, reader, qtbot):
    page_id = session.page.id
    for _ in range(2):
        session.read((page_id,), "slow")
    reader.allow(3)
    qtbot.waitUntil(lambda: readings(session) == 3, timeout=10_000)
    gone = session.page.lines[1].id
    kept = edits.remove_line(session.project, page_id, gone)
    session.commit("Remove line", kept)
    reader.allow(4)
    settle(qtbot, session)
    # When the first click came there were no lines: the second finds them no more.
    assert [len(request.page.lines) for request in reader.asked] == [0, 3]
    assert gone not in [line.id for line in session.page.lines]
    assert readings(session) == len(session.page.lines) == 3


def test_a_line_moved_while_it_is_read_does_not_get_that_reading(
    session, reader, qtbot
):
    begin(session, reader, qtbot, lines=1)
    page_id, line = session.page.id, session.page.lines[2]
    moved = shape_along(line.shape.baseline, line.shape.ascent + 3, 8)
    session.commit(
        "Move line", edits.reshape_line(session.project, page_id, line.id, moved)
    )
    reader.allow(3)
    settle(qtbot, session)
    assert session.page.line(line.id).reading is None
    assert readings(session) == 3


def test_lines_found_anew_while_a_page_is_read_are_read(session, reader, qtbot):
    job = begin(session, reader, qtbot)
    with qtbot.waitSignal(job.cancelled, timeout=10_000):
        session.find_lines((session.page.id,))
    reader.allow(8)
    settle(qtbot, session)
    assert reader.asked[-1].find_lines
    assert readings(session) == 4
