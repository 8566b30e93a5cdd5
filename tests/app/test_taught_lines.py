"""Which lines a model was taught: known again wherever and however they are found."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app.taught_lines import (
    KEY,
    TaughtLines,
    from_plain,
    scan_key,
    taught_lines,
    with_checksums,
)
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.document import Line, Page, Project
from hwocr_desktop.core.document.turning import turn_page
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard


def shape(y, x0=10, x1=180):
    box = ((x0, y - 40), (x1, y - 40), (x1, y + 20), (x0, y + 20))
    return LineShape(((x0, y), (x1, y)), box, 42, 22)


def page_of(*ys, name="p1", source="a.png", sha256="f" * 64):
    lines = tuple(
        Line(f"l{i}", shape(y), correction="abc", checked=True)
        for i, y in enumerate(ys)
    )
    return Page(name, source, 400, 2000, sha256=sha256, lines=lines)


def all_of(page):
    return [(page, line) for line in page.lines]


def fates(known, page):
    return known.fates(all_of(page))


@given(st.lists(st.integers(0, 25), min_size=1, max_size=9, unique=True), st.data())
def test_what_was_taught_is_known_after_it_was_written(rows, data):
    page = page_of(*(60 + 64 * row for row in rows))
    cut = data.draw(st.integers(0, len(rows)))
    items = all_of(page)
    known = TaughtLines().with_lines(items[:cut], items[cut:])
    again = from_plain(json.loads(json.dumps(known.to_plain())))
    assert again == known
    assert fates(again, page) == ["learned"] * cut + ["held out"] * (len(rows) - cut)


def test_the_same_scan_in_another_project_is_known():
    page = page_of(60, 124)
    known = TaughtLines().with_lines(all_of(page), [])
    other = replace(page, id="p7", source="../there/b.png")
    assert fates(known, other) == ["learned", "learned"]
    assert fates(known, replace(page, sha256="e" * 64)) == ["new", "new"]
    assert fates(known, replace(page, frame=1)) == ["new", "new"]


def test_a_line_found_or_drawn_anew_is_the_same():
    page = page_of(60, 124)
    known = TaughtLines().with_lines([(page, page.lines[0])], [])
    for moved in (shape(66), shape(54, x0=40), shape(60, x1=300), shape(60, 10, 90)):
        line = Line("l9", moved, correction="abc", checked=True)
        assert known.fate(page, line) == "learned"
    assert known.fate(page, page.lines[1]) == "new"
    # Beside it, in another column.
    assert known.fate(page, Line("l9", shape(60, 190, 360))) == "new"
    for turns in range(1, 4):
        turned = turn_page(page, turns)
        assert fates(known, turned) == ["learned", "new"]


def test_a_line_that_was_learned_after_it_was_held_out_counts_as_learned():
    page = page_of(60, 124)
    known = TaughtLines().with_lines([], all_of(page))
    known = known.with_lines([(page, page.lines[1])], [(page, page.lines[0])])
    assert fates(known, page) == ["held out", "learned"]


def test_a_thousand_lines_take_little_room():
    pages = [
        page_of(*range(60, 60 + 64 * 25, 64), sha256=f"{i:064x}") for i in range(40)
    ]
    items = [item for page in pages for item in all_of(page)]
    plain = TaughtLines().with_lines(items, []).to_plain()
    assert len(items) == 1000
    assert len(json.dumps(plain)) < 20_000


def test_pictures_of_the_same_name_are_told_by_what_is_in_them(tmp_path):
    keys = []
    for name in ("one", "two", "one again"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(name[:3].encode())
        project = Project(pages=(page_of(60, sha256=""),))
        (page,) = with_checksums(project, tmp_path / name).pages
        keys.append(scan_key(page))
    assert keys[0] == keys[2] != keys[1]
    project = Project(pages=(page_of(60, sha256="", source="gone.png"),))
    (gone,) = with_checksums(project, tmp_path).pages
    assert gone.sha256 == ""


@pytest.fixture
def card():
    return ModelCard("base", "recognize-lines", "Base", "", "", {}, "")


def put(card):
    return registry.save_model(
        paths.user_models() / card.id, card, lambda path: path.write_bytes(b"x")
    )


def test_a_model_that_nobody_taught_knows_nothing_for_sure(card):
    assert taught_lines(card) == TaughtLines()


def test_a_model_taught_before_this_was_kept_says_so(card):
    old = replace(card, teaching={"data": "f" * 64, "settings": {}})
    assert not taught_lines(old).is_complete
    grown = replace(card, id="grown", parent="base")
    put(old)
    assert not taught_lines(grown).is_complete
    # And what is learned of it later does not make it complete.
    page = page_of(60)
    later = taught_lines(old).with_lines(all_of(page), [])
    assert not later.is_complete
    later = taught_lines(replace(card, teaching={KEY: later.to_plain()}))
    assert fates(later, page) == ["learned"]
    assert not later.is_complete


def test_a_copy_of_a_model_and_what_grew_of_it_know_the_same(card):
    page = page_of(60)
    known = TaughtLines().with_lines(all_of(page), [])
    mine = put(replace(card, id="mine", teaching={KEY: known.to_plain()}))
    assert taught_lines(replace(mine, id="copy")) == known
    assert taught_lines(replace(card, id="grown", parent="mine")) == known
    # A model that names itself, or a parent that is gone.
    assert taught_lines(replace(card, parent="base")) == TaughtLines()
    assert taught_lines(replace(card, parent="gone")) == TaughtLines()


@pytest.mark.parametrize(
    "plain",
    [
        None,
        [],
        {},
        {"complete": True, "learned": {"a": "1,2"}, "held_out": {}},
        {"complete": True, "learned": {"a": 3}, "held_out": {}},
        {"complete": True, "learned": ["a"], "held_out": {}},
        {"complete": True, "learned": {"a": "x,y,z"}, "held_out": {}},
    ],
)
def test_what_cannot_be_understood_is_not_known(card, plain):
    assert from_plain(plain) is None
    assert not taught_lines(replace(card, teaching={KEY: plain})).is_complete
