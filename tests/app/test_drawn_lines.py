"""What a person drew, while jobs find and read lines of the same page."""

from __future__ import annotations

import threading

import pytest

from hwocr_desktop.app import reading_runs
from hwocr_desktop.app.session import Session
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.pixels.line_drawing import shape_along
from tests.drawn_lines import tiny_model
from tests.pages_drawn import draw_page, write_image

pytestmark = pytest.mark.gui


@pytest.fixture
def session(qapp, qtbot, tmp_path):
    made = Session()
    made.create(tmp_path / "project")
    with qtbot.waitSignal(made.ink_ready, timeout=10_000):
        made.add_scans([write_image(tmp_path / "letter.png", draw_page(3))])
    yield made
    assert made.shutdown()


def settle(qtbot, session):
    qtbot.waitUntil(lambda: not any(r.is_busy for r in session.runners), timeout=20_000)


def draw(session, shape):
    page = session.page
    session.commit("Draw line", edits.draw_line(session.project, page.id, shape))
    return session.page.lines[-1].id


def found_line(session, qtbot):
    session.find_lines((session.page.id,))
    settle(qtbot, session)
    return session.page.lines[0].shape


def test_a_line_drawn_while_lines_are_found_outlasts_it(session, qtbot):
    width, height = session.page.width, session.page.height
    shape = shape_along([(5, height - 8), (width - 9, height - 8)], 6, 3)
    session.find_lines((session.page.id,))
    drawn = draw(session, shape)
    settle(qtbot, session)
    assert len(session.page.lines) > 2
    assert session.page.line(drawn).shape == shape
    session.find_lines((session.page.id,))
    settle(qtbot, session)
    assert session.page.line(drawn).shape == shape
    while session.history.can_undo:
        session.undo()
    assert session.page is None or session.page.lines == ()


@pytest.mark.tf
def test_drawn_lines_are_read_and_regions_to_ignore_are_not(session, qtbot):
    tiny_model(paths.user_models() / "tiny")
    page_id = session.page.id
    first = found_line(session, qtbot)
    x0, y0, x1, y1 = first.bounds
    corners = ((x0 - 5, y0 - 5), (x1 + 5, y0 - 5), (x1 + 5, y1 + 5), (x0 - 5, y1 + 5))
    session.commit(
        "Draw region", edits.add_region(session.project, page_id, corners, "ignore")
    )
    count = len(session.page.lines)
    assert count > 1
    (ignored,) = [line.id for line in session.page.lines if line.region == "r1"]
    height = session.page.height
    drawn = draw(session, shape_along([(5, height - 8), (90, height - 8)], 6, 3))
    session.read((page_id,), "tiny")
    settle(qtbot, session)
    assert session.page.line(ignored).reading is None
    assert session.page.line(drawn).reading is not None
    assert all(line.reading for line in session.page.text_lines)
    # Found and read anew, the ignored line is not even there, the drawn one still is.
    session.read((page_id,), "tiny", find_lines=True)
    settle(qtbot, session)
    ids = [line.id for line in session.page.lines]
    assert ignored not in ids
    assert session.page.line(drawn).reading is not None
    assert len(session.page.lines) == count  # one less, and the drawn one
    assert all(line.reading for line in session.page.lines)
    assert session.page.regions[0].kind == "ignore"


@pytest.mark.tf
def test_a_page_of_ignored_lines_alone_is_not_filled_with_new_ones(session, qtbot):
    tiny_model(paths.user_models() / "tiny")
    page_id = session.page.id
    found_line(session, qtbot)
    width, height = session.page.width, session.page.height
    corners = ((0, 0), (width, 0), (width, height), (0, height))
    session.commit(
        "Draw region", edits.add_region(session.project, page_id, corners, "ignore")
    )
    before = session.page.lines
    session.read((page_id,), "tiny")
    settle(qtbot, session)
    assert session.page.lines == before


@pytest.mark.tf
def test_a_line_that_is_moved_before_its_turn_is_read_where_it_is(
    session, qtbot, monkeypatch
):
    tiny_model(paths.user_models() / "tiny")
    found_line(session, qtbot)
    line = session.page.lines[0]
    turn, read = threading.Event(), reading_runs._read_as_it_is

    def in_turn(*args, **options):
        assert turn.wait(60)
        return read(*args, **options)

    monkeypatch.setattr(reading_runs, "_read_as_it_is", in_turn)
    session.read((session.page.id,), "tiny")
    moved = shape_along(line.shape.baseline, line.shape.ascent + 3, 8)
    session.commit(
        "Move line",
        edits.reshape_line(session.project, session.page.id, line.id, moved),
    )
    turn.set()
    settle(qtbot, session)
    assert session.page.line(line.id).shape == moved
    assert session.page.line(line.id).reading is not None
