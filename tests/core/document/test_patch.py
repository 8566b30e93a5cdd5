from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.patch import BadPatch, apply, diff
from hwocr_desktop.core.document.serial import to_text
from hwocr_desktop.core.pixels.mending import BrushStroke

quick = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck)
)


@quick
@given(data=st.data())
def test_a_patch_makes_the_new_project_of_the_old(data, projects, edit):
    old = data.draw(projects)
    new = old
    for _ in range(data.draw(st.integers(1, 4))):
        new = edit(data.draw, new)
    patch = json.loads(to_text(diff(old, new)))
    assert apply(old, patch) == new
    assert (patch == {}) == (old == new)


@quick
@given(data=st.data())
def test_a_patch_between_any_two_projects_works(data, projects):
    old, new = data.draw(projects), data.draw(projects)
    assert apply(old, json.loads(to_text(diff(old, new)))) == new


def test_a_letter_typed_costs_a_hundred_bytes_on_any_page(small, line_box):
    project = small
    for row in range(60):
        project = edits.add_line(project, "p1", line_box(10, 20 * row, 900, 20))
    new = edits.correct_line(project, "p1", "l30", "Kew, Jan.y 4th 1863")
    assert len(to_text(diff(project, new))) < 120


def test_a_stroke_costs_no_more_after_a_thousand_others(small):
    stroke = BrushStroke("ink", 6.5, ((10, 20.25), (30, 40)))
    project = small
    for _ in range(1000):
        project = edits.add_stroke(project, "p1", stroke)
    new = edits.add_stroke(project, "p1", stroke)
    assert len(to_text(diff(project, new))) < 160
    assert len(to_text(diff(new, project))) < 80
    assert apply(new, diff(new, project)) == project


def test_equal_projects_that_are_other_objects_have_no_difference(small):
    twin = replace(small, pages=tuple(replace(page) for page in small.pages))
    assert diff(small, twin) == {}


@pytest.mark.parametrize(
    "patch",
    [
        {"changed": {"p9": {"dpi": 1}}},
        {"changed": {"p1": {"changed": {"l9": {"checked": True}}}}},
        {"changed": {"p1": {"changed": {"l1": {"checked": "yes"}}}}},
        {"changed": {"p1": {"mending": {"kept": 1, "added": []}}}},
        {"changed": {"p1": {"mending": {"kept": 0, "added": [{}]}}}},
        {"changed": {"p1": {"mending": []}}},
        {"changed": ["p1"]},
        {"order": ["p1", "p1"]},
        {"order": ["p3"]},
        {"order": "p1"},
        {"added": [{"id": "p3"}]},
        {"title": 7},
    ],
)
def test_a_patch_that_does_not_fit_is_refused(small, patch):
    with pytest.raises(BadPatch):
        apply(small, patch)
