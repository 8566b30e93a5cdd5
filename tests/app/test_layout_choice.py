"""What finds lines: the project's choice, the settings', the usual model, or ridges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwocr_desktop.app import page_work, word_lists
from hwocr_desktop.app.model_choice import (
    CLASSICAL,
    choose_layout,
    layout_or_usual,
    usable_layout,
)
from hwocr_desktop.app.pipeline import LinesFound, ReadResult
from hwocr_desktop.app.session import Session
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.settings import load_settings, save_settings
from hwocr_desktop.ml import registry
from tests.app.test_model_choice import install
from tests.app.test_reading_runs import settle
from tests.pages_drawn import blind_finder, draw_page, write_image


@pytest.fixture
def shelves(tmp_path, monkeypatch):
    ours = tmp_path / "bundled"
    monkeypatch.setattr(paths, "bundled_models", lambda: ours)
    install(ours / "layout", "find-lines", "Z, ours")
    install(paths.user_models() / "our-hand", "find-lines", "A, a copy")


@pytest.mark.parametrize(
    ("wanted", "set_for_all", "taken", "is_missing"),
    [
        ("", "", "layout", False),
        ("", "our-hand", "our-hand", False),
        ("", CLASSICAL, CLASSICAL, False),
        ("", "gone", "layout", False),
        ("our-hand", "", "our-hand", False),
        ("our-hand", CLASSICAL, "our-hand", False),
        (CLASSICAL, "our-hand", CLASSICAL, False),
        ("gone", "", "layout", True),
        ("gone", "our-hand", "our-hand", True),
        ("gone", "gone-too", "layout", True),
    ],
)
def test_the_project_goes_before_the_settings(
    shelves, wanted, set_for_all, taken, is_missing
):
    save_settings(replace(load_settings(), layout_model=set_for_all))
    assert layout_or_usual(wanted) == taken
    assert (wanted not in ("", taken)) == is_missing
    if not is_missing:
        assert choose_layout(wanted) == taken
        return
    with pytest.raises(BadModel) as refused:
        choose_layout(wanted)
    assert refused.value.advice.endswith(": our-hand, layout, classical.")


def damage(model_id):
    card = registry.card(model_id)
    card.weights.write_bytes(b"weight")


def test_a_damaged_model_is_passed_over_unless_it_was_named_for_the_run(shelves):
    damage("our-hand")
    for wanted in ("", "layout", "gone"):
        assert usable_layout(wanted) == ("layout", "")
    assert usable_layout("our-hand") == ("layout", "our-hand")
    assert choose_layout("our-hand") == "our-hand"
    save_settings(replace(load_settings(), layout_model="our-hand"))
    assert choose_layout() == layout_or_usual("gone") == "layout"
    assert usable_layout("") == ("layout", "our-hand")
    damage("layout")
    assert choose_layout() == layout_or_usual("layout") == CLASSICAL


@pytest.mark.gui
def test_that_the_model_of_the_project_is_damaged_is_told(shelves, session):
    told = []
    session.noticed.connect(told.append)
    choose(session, "our-hand")
    damage("our-hand")
    assert session._layout() == "layout"
    (notice,) = told
    assert notice.kind == "warning"
    assert "“our-hand”" in notice.text
    assert "damaged" in notice.text


def test_without_any_model_ridges_find_lines(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "bundled_models", lambda: tmp_path / "none")
    assert choose_layout() == layout_or_usual("gone") == CLASSICAL


@pytest.fixture
def session(qapp, qtbot, tmp_path):
    made = Session()
    made.create(tmp_path / "letters")
    made.add_scans(
        [write_image(tmp_path / f"{n}.png", draw_page(3, n)) for n in (1, 2)]
    )
    qtbot.waitUntil(lambda: len(made.project.pages) == 2, timeout=20_000)
    yield made
    assert made.shutdown()


def choose(session, model_id):
    session.commit("x", edits.set_layout_model(session.project, model_id))


@pytest.mark.gui
def test_every_run_of_the_window_finds_lines_with_what_the_project_names(
    shelves, session, qtbot, monkeypatch
):
    asked, told = [], []

    def find(folder, page, layout, *, cancel, report):
        asked.append((page.id, layout))
        return LinesFound(page.id, ())

    def read(request, *_, cancel, report):
        asked.append((request.page.id, request.layout))
        return ReadResult(request.page.id, None, ())

    monkeypatch.setattr(page_work, "find_page_lines", find)
    monkeypatch.setattr(word_lists, "read_page", read)
    session.noticed.connect(told.append)

    def runs():
        asked.clear()
        told.clear()
        session.find_lines(("p1",))
        session.find_lines(("p1", "p2"))
        session.read(("p1", "p2"), "reads")
        settle(qtbot, session)
        assert sorted(page for page, _ in asked) == ["p1"] * 3 + ["p2"] * 2
        return {layout for _, layout in asked}

    settle(qtbot, session)
    assert runs() == {"layout"}
    for chosen in ("our-hand", CLASSICAL):
        choose(session, chosen)
        assert runs() == {chosen}
        assert not [n for n in told if n.kind == "warning"]
    choose(session, "gone")
    assert runs() == {"layout"}
    warnings = [n for n in told if n.kind == "warning"]
    assert len(warnings) == 3  # one for each time that something was asked for
    assert all("“gone”" in n.text and n.advice for n in warnings)
    session.undo()
    assert runs() == {CLASSICAL}


@pytest.mark.gui
@pytest.mark.tf
def test_a_model_that_sees_no_line_finds_none_where_ridges_do(session, qtbot):
    blind_finder("blind")
    counts = []
    for chosen in ("blind", CLASSICAL):
        choose(session, chosen)
        session.find_lines(("p1",))
        settle(qtbot, session)
        counts.append(len(session.project.page("p1").lines))
    assert counts[0] == 0
    assert counts[1] > 1
