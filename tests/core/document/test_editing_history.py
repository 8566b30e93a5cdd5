"""Whatever a person and the automatic runs do, in any order, can all be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document import edits, patch
from hwocr_desktop.core.document.document import Character, Project, Reading
from hwocr_desktop.core.document.history import History
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.document.region_edits import REGION_KINDS
from hwocr_desktop.core.document.serial import (
    decode_project,
    encode_project,
    to_text,
)
from hwocr_desktop.core.pixels.line_drawing import shape_along, with_height

X = st.integers(0, 900)
Y = st.integers(30, 760)
WORDS = st.lists(st.sampled_from(["Kew", "7th", "ſo", "a"]), max_size=4).map(" ".join)


@st.composite
def shapes(draw):
    x, y, width = draw(X), draw(Y), draw(st.integers(20, 400))
    bend = draw(st.integers(-20, 20))
    return shape_along([(x, y), (x + width / 3, y + bend), (x + width, y)], 20, 10)


@st.composite
def polygons(draw):
    x, y = draw(X), draw(Y)
    w, h = draw(st.integers(20, 600)), draw(st.integers(20, 600))
    return ((x, y), (x + w, y), (x + w, y + h), (x, y + h))


READINGS = WORDS.map(
    lambda text: Reading(
        tuple(
            Character(c, 0.5, i / len(text), (i + 1) / len(text))
            for i, c in enumerate(text)
        ),
        "m",
    )
)

Command = Callable[[Project], Project]


@st.composite
def commands(draw, project: Project) -> Command:
    """Any one thing that a person or a run does, to lines and regions that exist."""
    page = project.pages[0]
    page_id = page.id
    ids = [line.id for line in page.lines]
    regions = [region.id for region in page.regions]
    kinds = ["draw", "found", "region"]
    if ids:
        kinds += ["read", "correct", "accept", "revert", "reshape", "height", "split"]
        kinds += ["join", "rows", "remove", "order", "move", "put"]
    if regions:
        kinds += ["border", "kind", "unregion"]
    kind = draw(st.sampled_from(kinds))
    some = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=4)) if ids else []
    one = some[0] if some else ""
    region = draw(st.sampled_from(regions)) if regions else ""
    shape, polygon, text = draw(shapes()), draw(polygons()), draw(WORDS)
    found = draw(st.lists(shapes(), max_size=4))
    place = draw(st.integers(0, 6))
    reading = draw(READINGS)
    use = draw(st.sampled_from(REGION_KINDS))
    at = (draw(X), draw(Y))
    height = draw(st.floats(5, 90))
    return {
        "draw": lambda p: edits.draw_line(p, page_id, shape),
        "found": lambda p: edits.set_lines(p, page_id, found),
        "region": lambda p: edits.add_region(p, page_id, polygon, use),
        "read": lambda p: edits.set_readings(p, page_id, dict.fromkeys(some, reading)),
        "correct": lambda p: edits.correct_line(p, page_id, one, text),
        "accept": lambda p: edits.accept_line(p, page_id, one),
        "revert": lambda p: edits.revert_line(p, page_id, one),
        "reshape": lambda p: edits.reshape_line(p, page_id, one, shape),
        "height": lambda p: edits.reshape_lines(
            p,
            page_id,
            {
                line.id: with_height(line.shape, height)
                for line in p.page(page_id).lines
                if line.id in some
            },
        ),
        "split": lambda p: edits.split_line(p, page_id, one, at),
        "join": lambda p: edits.join_lines(p, page_id, some),
        "rows": lambda p: edits.one_line_per_row(p, page_id, some),
        "remove": lambda p: edits.remove_lines(p, page_id, some),
        "order": lambda p: edits.order_lines(p, page_id, some),
        "move": lambda p: edits.move_line(p, page_id, one, place),
        "put": lambda p: edits.put_in_region(p, page_id, some, region),
        "border": lambda p: edits.reshape_region(p, page_id, region, polygon),
        "kind": lambda p: edits.retype_region(p, page_id, region, use),
        "unregion": lambda p: edits.remove_region(p, page_id, region),
    }[kind]


def tried(command: Command, project: Project) -> Project:
    """Do what can be done; a line is not cut at its end."""
    try:
        return command(project)
    except ValueError as error:
        if "too little" not in str(error):
            raise
        return project


@pytest.fixture(scope="module")
def first():
    project = edits.add_page(Project("Letters"), "1.png", 1000, 800)
    found = [shape_along([(50, y), (700, y + 9)], 40, 20) for y in range(80, 700, 90)]
    project = edits.set_lines(project, "p1", found)
    return edits.correct_line(project, "p1", "l2", "Kew, 7th May")


def _done(
    edit: Callable[..., Project], rest: list[object], project: Project
) -> Project:
    return edit(project, "p1", *rest)


def own_words(project: Project) -> list[str]:
    """What people wrote or called right on the page, word by word."""
    return sorted(
        word
        for line in project.pages[0].lines
        if line.correction is not None or line.checked
        for word in line.text.split()
    )


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_undoing_everything_gives_the_very_document_back(first, data):
    history = History(first)
    replayed = first
    seen = [first]
    for _ in range(data.draw(st.integers(1, 12))):
        if data.draw(st.integers(0, 5)) == 0:
            before, after = history.project, history.undo()
        else:
            before = history.project
            after = tried(data.draw(commands(before)), before)
            history.commit("step", after)
        # The journal writes each step, undo included, as its difference.
        step = json.loads(to_text(patch.diff(before, history.project)))
        replayed = patch.apply(replayed, step)
        seen.append(history.project)
        page = history.project.pages[0]
        ids = [line.id for line in page.lines]
        assert len(set(ids)) == len(ids)
        assert len({r.id for r in page.regions}) == len(page.regions)
        known = {region.id for region in page.regions} | {""}
        assert {line.region for line in page.lines} <= known
    assert replayed == history.project
    assert decode_project(encode_project(replayed)).project == history.project
    while history.can_undo:
        history.undo()
    assert history.project is first
    while history.can_redo:
        history.redo()
    assert history.project in seen


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_no_automatic_run_touches_what_a_person_did(first, data):
    project = first
    for _ in range(data.draw(st.integers(1, 6))):
        project = tried(data.draw(commands(project)), project)
    page = project.pages[0]
    own = {line.id: line for line in page.lines if line.is_shaped or line.is_placed}
    words = own_words(project)
    found = data.draw(st.lists(shapes(), max_size=5))
    after = edits.set_lines(project, page.id, found)
    everything = [line.id for line in after.pages[0].lines]
    reading = Reading((Character("?", 0.1, 0, 1),), "m")
    after = edits.set_readings(after, page.id, dict.fromkeys(everything, reading))
    assert own_words(after) == words
    assert {r.id for r in page.regions if r.is_shaped} <= {
        r.id for r in after.pages[0].regions
    }
    for line_id, line in own.items():
        now = after.pages[0].line(line_id)
        assert (now.shape, now.region) == (line.shape, line.region)
    assert [line.id for line in after.pages[0].lines if line.id in own] == [*own]


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_cutting_joining_and_ordering_lose_no_word_of_a_person(first, data):
    project = first
    words = own_words(project)
    for _ in range(8):
        page = project.pages[0]
        ids = st.lists(
            st.sampled_from([line.id for line in page.lines]), min_size=1, max_size=3
        )
        some = data.draw(ids)
        kind = data.draw(st.sampled_from(["split", "join", "rows", "order", "region"]))
        at = (1 + data.draw(X), data.draw(Y))
        corner = ((0, 0), at, (at[0], 0))
        edit, *rest = {
            "split": (edits.split_line, some[0], at),
            "join": (edits.join_lines, some),
            "rows": (edits.one_line_per_row, some),
            "order": (edits.order_lines, some),
            "region": (edits.add_region, corner, "ignore"),
        }[kind]
        project = tried(partial(_done, edit, rest), project)
        assert own_words(project) == words


def test_a_crash_in_the_middle_of_editing_loses_nothing(tmp_path, first):
    with create_project(tmp_path / "p") as file:
        file.save(first)
        project = first
        for edit in (
            lambda p: edits.split_line(p, "p1", "l3", (300, 260)),
            lambda p: edits.join_lines(p, "p1", ["l1", "l2"]),
            lambda p: edits.add_region(
                p, "p1", ((0, 0), (900, 0), (900, 300)), "ignore"
            ),
            lambda p: edits.order_lines(p, "p1", ["l5", "l1"]),
            lambda p: edits.remove_lines(p, "p1", ["l6", "l7"]),
            lambda p: edits.remove_region(p, "p1", "r1"),
        ):
            before, project = project, edit(project)
            assert project != before
            file.append(before, project, "step")
    # Closed without saving: all is in the journal.
    with open_project(tmp_path / "p") as again:
        assert again.recover() == project
