from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.document.document import (
    Character,
    Line,
    Project,
    Reading,
    Region,
)
from hwocr_desktop.core.document.history import History
from hwocr_desktop.core.document.keeping import shapes_to_read
from hwocr_desktop.core.document.turning import turn_page
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.mending import PAINTS, BrushStroke, rasterise

quick = settings(
    max_examples=40, deadline=None, suppress_health_check=list(HealthCheck)
)
OTHER = Reading((Character("x", 0.9, 0, 1),), "other")


def person(project: Project) -> dict[tuple[str, str], tuple[str, bool]]:
    """All text of persons: (page, line) -> (text, checked)."""
    return {
        (page.id, line.id): (line.text, line.checked)
        for page in project.pages
        for line in page.lines
        if line.checked or line.correction is not None
    }


@quick
@given(data=st.data())
def test_a_run_never_changes_a_persons_text(data, projects):
    project = data.draw(projects)
    for page in project.pages:
        before = person(project)
        readings = {line.id: OTHER for line in page.lines}
        project = edits.set_readings(project, page.id, readings)
        assert person(project) == before
        shapes = [line.shape for line in page.lines]
        project = edits.set_lines(project, page.id, shapes)
        assert person(project) == before


@quick
@given(data=st.data())
def test_no_id_is_ever_given_twice(data, projects, edit):
    """A new line never has an id that its page ever had, whatever happened between."""
    project = data.draw(projects)
    project = edits.add_page(project, "x.png", 900, 900)
    page_id = project.pages[-1].id
    shape = LineShape(((0, 2), (9, 2)), ((0, 0), (9, 0), (9, 3), (0, 3)), 2, 1)
    seen: set[str] = set()
    for _ in range(5):
        project = edits.add_line(project, page_id, shape)
        new = project.page(page_id).lines[-1].id
        assert new not in seen
        seen |= {line.id for line in project.page(page_id).lines}
        changed = edit(data.draw, project)
        if page_id in {page.id for page in changed.pages}:
            project = changed
            seen |= {line.id for line in project.page(page_id).lines}


@quick
@given(data=st.data())
def test_a_turned_page_is_mended_where_it_was(data, projects):
    project = data.draw(projects)
    project = edits.add_page(project, "x.png", 21, 13)
    page_id = project.pages[-1].id
    quarters = st.integers(-8, 100).map(lambda n: n / 4)
    for _ in range(2):
        points = data.draw(st.lists(st.tuples(quarters, quarters), min_size=1))
        stroke = BrushStroke(data.draw(st.sampled_from(PAINTS)), 2.5, tuple(points))
        project = edits.add_stroke(project, page_id, stroke)
    turns = data.draw(st.integers(-4, 4))
    turned = edits.rotate_page(project, page_id, turns).page(page_id)
    before = rasterise(project.page(page_id).mending, (13, 21))
    after = rasterise(turned.mending, (turned.height, turned.width))
    for one, other in zip(before, after, strict=True):
        assert np.array_equal(np.rot90(one, -turns), other)


def test_mending_is_one_step_a_stroke_and_undone_to_the_identical_page(small):
    history = History(small)
    strokes = [BrushStroke(p, 3, ((n, 5), (n, 9))) for n, p in enumerate(PAINTS)]
    for stroke in strokes:
        history.commit("Mend", edits.add_stroke(history.project, "p1", stroke))
    assert history.project.page("p1").mending == tuple(strokes)
    mended = history.project
    history.commit("Remove mending", edits.remove_mending(mended, "p1"))
    assert history.project == small
    assert edits.remove_mending(small, "p1") is small
    assert history.undo() is mended
    history.undo()
    assert history.undo() is small


def test_pages_get_new_ids_for_good(small):
    project = edits.remove_page(edits.remove_page(small, "p2"), "p1")
    project = edits.add_page(project, "3.png", 5, 5)
    assert [page.id for page in project.pages] == ["p3"]
    odd = replace(small, next_page=1)
    assert edits.add_page(odd, "3.png", 5, 5).pages[-1].id == "p3"


def test_ids_of_imported_lines_are_not_given_again(small, shape):
    lines = [Line("l40", shape), Line("r1l1", shape)]
    project = edits.replace_lines(small, "p1", lines)
    project = edits.remove_line(project, "p1", "l40")
    project = edits.add_line(project, "p1", shape)
    assert [line.id for line in project.page("p1").lines] == ["r1l1", "l41"]


def test_ids_of_lines_that_came_and_went_are_not_given_again(small, shape):
    project = edits.replace_lines(small, "p1", [Line("l40", shape)])
    project = edits.replace_lines(project, "p1", [])
    project = edits.add_line(project, "p1", shape)
    assert project.page("p1").lines[0].id == "l41"
    # A page whose counter is behind, as another program may have left it.
    late = replace(small.pages[0], lines=(Line("l40", shape),), next_line=1)
    for change in (
        lambda p: edits.remove_line(p, "p1", "l40"),
        lambda p: edits.replace_lines(p, "p1", []),
        lambda p: edits.set_lines(p, "p1", []),
    ):
        project = change(Project(pages=(late,)))
        project = edits.add_line(project, "p1", shape)
        assert project.page("p1").lines[0].id == "l41"


def test_lines_with_one_id_are_refused(small, shape):
    with pytest.raises(ValueError, match="l7"):
        edits.replace_lines(small, "p1", [Line("l7", shape), Line("l7", shape)])
    with pytest.raises(ValueError, match="r"):
        edits.replace_lines(small, "p1", [], [Region("r", ()), Region("r", ())])


def test_found_lines_give_way_to_lines_that_a_person_worked_on(small, line_box):
    # l1 is only read, l2 corrected, l3 checked; the finder sees them a bit shifted.
    shapes = [line_box(12, 100 * row + 4, 290, 58) for row in range(4)]
    page = edits.set_lines(small, "p1", shapes).page("p1")
    assert [line.id for line in page.lines] == ["l4", "l2", "l3", "l5"]
    assert [line.text for line in page.lines] == ["", "Kew Gardens", "ab", ""]
    assert page.lines[1].shape == small.page("p1").line("l2").shape
    assert page.next_line == 6


def test_print_is_marked_where_it_was_found_and_where_a_person_says_so(small, line_box):
    shapes = [line_box(12, 100 * row + 504, 290, 58) for row in range(3)]
    found = edits.set_lines(small, "p1", shapes, printed=shapes[1:2])
    new = [line for line in found.page("p1").lines if line.shape in shapes]
    assert [line.kind for line in new] == ["", "printed", ""]
    marked = edits.mark_print(found, "p1", new[0].id, True)
    assert marked.page("p1").line(new[0].id).kind == "printed"
    assert edits.mark_print(marked, "p1", new[0].id, False) == found
    assert edits.mark_print(found, "p1", new[0].id, False) is found
    page = found.page("p1")
    titled = replace(
        found, pages=(replace(page, lines=(replace(new[0], kind="heading"),)),)
    )
    assert edits.mark_print(titled, "p1", new[0].id, False) is titled


def test_lines_that_are_found_again_are_of_the_kind_they_were(small, line_box):
    shapes = [line_box(12, 100 * row + 504, 290, 58) for row in range(3)]
    found = edits.set_lines(small, "p1", shapes, printed=shapes[:1])
    first, second, _ = (x for x in found.page("p1").lines if x.shape in shapes)
    chosen = edits.mark_print(found, "p1", first.id, False)
    chosen = edits.mark_print(chosen, "p1", second.id, True)
    moved = [line_box(15, 100 * row + 506, 280, 58) for row in range(3)]
    again = edits.set_lines(chosen, "p1", moved, printed=[*moved[:1], *moved[2:]])
    new = [line for line in again.page("p1").lines if line.shape in moved]
    assert [line.kind for line in new] == ["", "printed", ""]


def test_a_line_up_the_margin_is_that_again_when_it_is_no_print(small):
    steep = LineShape(((9, 300), (9, 20)), ((1, 300), (14, 300), (14, 20)), 8, 4)
    made = edits.set_lines(small, "p1", [steep], printed=[steep])
    line = next(x for x in made.page("p1").lines if x.shape == steep)
    assert line.kind == "printed"
    written = edits.mark_print(made, "p1", line.id, False)
    assert written.page("p1").line(line.id).kind == "vertical"


def test_neighbors_whose_outlines_touch_are_not_taken_for_the_same(small, line_box):
    shapes = [line_box(10, 100 * row - 40, 300, 60) for row in range(1, 4)]
    page = edits.set_lines(small, "p1", shapes).page("p1")
    assert {line.id for line in page.lines} == {"l2", "l3", "l4", "l5", "l6"}


def test_a_kept_line_that_was_not_found_again_stays_where_it_belongs(small, line_box):
    page = edits.set_lines(
        small, "p1", [line_box(10, 0, 300, 60), line_box(10, 300, 300, 60)]
    ).page("p1")
    assert [line.id for line in page.lines] == ["l4", "l2", "l3", "l5"]


def test_kept_lines_keep_the_order_a_person_gave_them(small, line_box):
    project = edits.move_line(small, "p1", "l3", 0)
    shapes = [line_box(10, 100 * row, 300, 60) for row in range(4)]
    again = edits.set_lines(project, "p1", shapes)
    lines = again.page("p1").lines
    assert [line.id for line in lines] == ["l3", "l1", "l2", "l4"]
    assert [line.shape for line in lines[:3]] == [
        line.shape for line in project.page("p1").lines
    ]
    # Those outside the part that was put in order are found anew.
    other = edits.order_lines(again, "p1", ["l1", "l4"])
    placed = [line.is_placed for line in other.page("p1").lines]
    assert [line.id for line in other.page("p1").lines] == ["l3", "l1", "l4", "l2"]
    assert placed == [True] * 4
    assert not any(line.is_shaped for line in other.page("p1").lines)
    assert edits.order_lines(other, "p1", ["l3", "l1"]) is other


def test_a_line_put_in_a_region_stays_there_when_lines_are_found(small, line_box):
    border = [(600, 0), (990, 0), (990, 790), (600, 790)]
    project = edits.add_region(small, "p1", border, "marginalia")
    (region,) = project.page("p1").regions[-1:]
    put = edits.put_in_region(project, "p1", ["l1"], region.id)
    shapes = [line_box(12, 100 * row + 4, 290, 58) for row in range(4)]
    found = edits.set_lines(put, "p1", shapes).page("p1").line("l1")
    assert found == put.page("p1").line("l1")
    assert (found.region, found.is_placed, found.is_shaped) == (region.id, True, False)
    # Whose region nobody chose is found anew.
    anew = edits.set_lines(project, "p1", shapes).page("p1")
    assert all(line.id != "l1" for line in anew.lines)


def test_a_line_without_a_place_of_its_own_hides_no_other(small, line_box):
    page = small.page("p1")
    tall = replace(page.lines[1], shape=line_box(0, 0, 900, 780), checked=True)
    page = replace(page, lines=(tall,))
    project = replace(small, pages=(page, *small.pages[1:]))
    shapes = [line_box(10, 100 * row, 300, 60) for row in range(4)]
    lines = edits.set_lines(project, "p1", shapes).page("p1").lines
    assert tall in lines
    assert {line.shape for line in lines} == {tall.shape, *shapes}


def test_lines_go_into_the_smallest_region_around_them(small, line_box):
    page_wide = Region("page", ((0, 0), (999, 0), (999, 799), (0, 799)))
    top = Region("top", ((0, 0), (500, 0), (500, 90), (0, 90)))
    empty = Region("empty", ())
    shapes = [line_box(10, 10, 300, 60), line_box(10, 500, 300, 60)]
    page = edits.set_lines(small, "p1", shapes, [page_wide, top, empty]).page("p1")
    assert [line.region for line in page.lines] == ["top", "page", "page", "page"]
    assert page.regions == (page_wide, top, empty)
    again = edits.set_lines(
        edits.replace_lines(small, "p1", page.lines, page.regions), "p1", []
    ).page("p1")
    assert [region.id for region in again.regions] == ["page"]


def test_correcting_checks_nothing_and_accepting_does(small):
    project = edits.correct_line(small, "p1", "l3", "ab!")
    assert project.page("p1").line("l3").state == "read"
    project = edits.accept_line(project, "p1", "l3")
    assert project.page("p1").line("l3").state == "checked"
    assert project.page("p1").line("l3").text == "ab!"
    project = edits.reopen_line(project, "p1", "l3")
    assert project.page("p1").line("l3").correction == "ab!"
    project = edits.revert_line(project, "p1", "l3")
    assert project.page("p1").line("l3").text == "ab"
    assert project.page("p1").line("l3").correction is None


def test_accepting_a_reading_makes_it_the_persons_text(small):
    line = edits.accept_line(small, "p1", "l1").page("p1").line("l1")
    assert (line.correction, line.checked) == ("ab", True)


def test_text_typed_back_to_the_reading_is_still_the_persons(small):
    project = edits.correct_line(small, "p1", "l1", "abc")
    project = edits.correct_line(project, "p1", "l1", "ab")
    project = edits.set_readings(project, "p1", {"l1": OTHER})
    assert project.page("p1").line("l1").text == "ab"


def test_text_is_kept_composed_and_on_one_line(small):
    project = edits.correct_line(small, "p1", "l1", "Cafe\u0301\r\nau lait\u2028 ")
    assert project.page("p1").line("l1").text == "Caf\u00e9 au lait  "


def test_an_empty_line_can_be_checked(small, shape):
    project = edits.add_line(small, "p2", shape)
    project = edits.accept_line(project, "p2", "l1")
    assert project.page("p2").state == "checked"
    project = edits.correct_line(edits.add_line(small, "p2", shape), "p2", "l1", "")
    assert project.page("p2").line("l1").correction == ""


def test_changing_nothing_gives_the_same_object(small):
    for same in (
        edits.correct_line(small, "p1", "l2", "Kew Gardens"),
        edits.accept_line(small, "p1", "l3"),
        edits.reopen_line(small, "p1", "l1"),
        edits.set_cleaning(small, "p1", small.pages[0].cleaning),
        edits.rotate_page(small, "p1", 4),
        edits.set_title(small, "Letters"),
        edits.set_line_model(small, ""),
        edits.set_layout_model(small, ""),
        edits.move_page(small, "p1", 0),
        edits.move_line(small, "p1", "l1", 0),
        edits.set_readings(small, "p1", {"gone": OTHER}),
    ):
        assert same is small


def test_what_does_not_change_is_shared(small):
    project = edits.correct_line(small, "p1", "l1", "new")
    assert project.pages[1] is small.pages[1]
    assert project.pages[0].lines[1] is small.pages[0].lines[1]


@pytest.mark.parametrize(
    "call",
    [
        lambda p: edits.remove_page(p, "p9"),
        lambda p: edits.move_page(p, "p9", 0),
        lambda p: edits.set_inverted(p, "p9", True),
        lambda p: edits.correct_line(p, "p1", "l9", "x"),
        lambda p: edits.remove_line(p, "p1", "l9"),
    ],
)
def test_an_unknown_id_is_the_callers_mistake(small, call):
    with pytest.raises(KeyError):
        call(small)


def test_pages_and_lines_move(small):
    assert [p.id for p in edits.move_page(small, "p2", 0).pages] == ["p2", "p1"]
    lines = edits.move_line(small, "p1", "l1", 2).page("p1").lines
    assert [line.id for line in lines] == ["l2", "l3", "l1"]
    project = edits.add_page(small, "3.png", 5, 5, index=1, dpi=300, inverted=True)
    assert [p.id for p in project.pages] == ["p1", "p3", "p2"]
    assert (project.pages[1].dpi, project.pages[1].inverted) == (300, True)
    project = edits.set_source(project, "p3", "b.png")
    assert project.page("p3").source == "b.png"


@pytest.mark.parametrize("turns", [1, 2, 3, -1])
@pytest.mark.parametrize(("x", "y"), [(0, 0), (29, 0), (3, 19), (17, 5)])
def test_coordinates_turn_with_the_pixels(small, shape, turns, x, y):
    """Oracle: numpy turns a page with one black pixel."""
    gray = np.full((20, 30), 255, np.uint8)
    gray[y, x] = 0
    page = replace(
        small.pages[1],
        width=30,
        height=20,
        regions=(Region("r", ((x, y), (x, y), (x, y))),),
        lines=(Line("l1", replace(shape, baseline=((x, y),) * 2)),),
    )
    project = edits.rotate_page(Project(pages=(page,)), page.id, turns)
    turned, (black,) = project.pages[0], np.argwhere(np.rot90(gray, -turns) == 0)
    assert turned.regions[0].polygon[0] == (black[1], black[0])
    assert turned.lines[0].shape.baseline[0] == (black[1], black[0])
    assert (turned.height, turned.width) == np.rot90(gray, -turns).shape
    assert turned.rotation == (90 * turns) % 360
    assert turned.lines[0].shape.ascent == shape.ascent


def test_four_turns_are_none(small):
    project = small
    for _ in range(4):
        project = edits.rotate_page(project, "p1")
    assert project == small


def test_a_page_is_empty_once_lines_were_looked_for_as_it_stands(small):
    bare = edits.replace_lines(small, "p1", ())
    assert bare.page("p1").state == "new"
    searched = edits.set_lines(bare, "p1", ())
    assert searched.page("p1").state == "empty"
    assert edits.set_inverted(searched, "p1", False).page("p1").state == "empty"
    assert edits.set_inverted(searched, "p1", True).page("p1").state == "new"
    assert edits.rotate_page(searched, "p1").page("p1").state == "new"


def test_a_line_that_was_taken_off_is_not_found_again(small, line_box):
    shapes = [line_box(12, 100 * row + 6, 290, 58) for row in range(3)]
    shorter = edits.remove_lines(small, "p1", ["l2"])
    assert shorter.page("p1").removed == (small.page("p1").line("l2").shape,)
    found = edits.set_lines(shorter, "p1", shapes).page("p1")
    assert shapes[1] not in [line.shape for line in found.lines]
    assert shapes[1] not in shapes_to_read(shorter.page("p1"), shapes)
    assert shapes[0] in [line.shape for line in found.lines] or found.lines[0].checked
    # It goes with the page when that is turned, and is forgotten by another import.
    turned = turn_page(turn_page(shorter.page("p1"), 1), 3)
    assert turned.removed == shorter.page("p1").removed
    again = edits.replace_lines(shorter, "p1", found.lines)
    assert again.page("p1").removed == ()


def test_who_takes_all_lines_off_begins_anew(small, line_box):
    shapes = [line_box(12, 100 * row + 6, 290, 58) for row in range(3)]
    ids = [line.id for line in small.page("p1").lines]
    empty = edits.remove_lines(small, "p1", ids)
    assert empty.page("p1").removed == ()
    found = edits.set_lines(empty, "p1", shapes).page("p1")
    assert [line.shape for line in found.lines] == shapes
    one_by_one = small
    for line_id in ids:
        one_by_one = edits.remove_line(one_by_one, "p1", line_id)
    assert one_by_one.page("p1").removed == ()
