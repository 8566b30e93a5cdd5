"""Editing lines on the page: what mouse and keys do, and what the document gets."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from hwocr_desktop.core.document import edits
from hwocr_desktop.core.pixels.line_drawing import shape_along
from hwocr_desktop.ui.line_editing import REACH_PX
from hwocr_desktop.ui.line_moves import height_handle
from hwocr_desktop.ui.page_views import PageViews
from hwocr_desktop.ui.shape_menu import shape_menu

pytestmark = pytest.mark.gui

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def steps(count):
    """Say how many steps of undo a test makes; they are taken back and looked at."""

    def mark(function):
        function.steps = count
        return function

    return mark


@pytest.fixture
def views(qtbot, make_session, gray_page):
    session = make_session(("first line", "second line", "third line"))
    made = PageViews(session)
    made.session = session
    qtbot.addWidget(made)
    made.resize(1300, 760)
    with qtbot.waitExposed(made):
        made.show()
    session.show_scan(gray_page)
    made.set_line_tools(True)
    qtbot.waitUntil(lambda: not made._lines._later.isActive())
    yield made
    assert made.shutdown()


def view(views):
    return views._panes[0].view


def port(views):
    return view(views).viewport()


def on_screen(views, x, y):
    corner, scale = view(views).visible().topLeft(), view(views).look.scale
    return QPoint(round((x - corner.x()) * scale), round((y - corner.y()) * scale))


def click(qtbot, views, x, y, modifier=NONE, button=LEFT):
    qtbot.mouseClick(port(views), button, modifier, on_screen(views, x, y))


def double_click(qtbot, views, x, y):
    """A double click as the system sends it: its first press is one of its own."""
    click(qtbot, views, x, y)
    at = QPointF(on_screen(views, x, y))
    for kind in (QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease):
        whole = port(views).mapToGlobal(at)
        event = QMouseEvent(kind, at, whole, LEFT, LEFT, NONE)
        QApplication.sendEvent(port(views), event)


def drag(qtbot, views, start, end, modifier=NONE):
    places = [on_screen(views, *start), on_screen(views, *end)]
    qtbot.mousePress(port(views), LEFT, modifier, places[0])
    for part in (0.3, 0.7, 1.0):
        qtbot.mouseMove(port(views), places[0] + (places[1] - places[0]) * part)
    qtbot.mouseRelease(port(views), LEFT, modifier, places[1])


def key(qtbot, views, code, modifier=NONE):
    qtbot.keyClick(view(views), code, modifier)


def lines(views):
    return views.session.page.lines


def ids(views):
    return [line.id for line in lines(views)]


def chosen(views):
    return views.editing.tools.lines


def marks(views):
    return view(views).hand_marks.marks


def take(views, tool):
    views.take_line_tool(tool)


def near(point, other, views, px=1.5):
    room = px / view(views).look.scale
    return abs(point[0] - other[0]) <= room and abs(point[1] - other[1]) <= room


@pytest.fixture(autouse=True)
def every_gesture_is_one_step(request):
    """Count the steps of a test that says how many it makes."""
    count = getattr(request.function, "steps", None)
    if count is None:
        yield
        return
    views = request.getfixturevalue("views")
    first = views.session.project
    yield
    for _ in range(count):
        assert views.session.project is not first
        views.session.undo()
    assert views.session.project is first


# --- drawing ---------------------------------------------------------------------


@steps(1)
def test_two_clicks_draw_a_line(qtbot, views):
    take(views, "draw")
    click(qtbot, views, 30, 220)
    assert len(lines(views)) == 3
    qtbot.mouseMove(port(views), on_screen(views, 200, 222))
    (ghost,) = marks(views).shapes
    assert near(ghost.baseline[-1], (200, 222), views)
    click(qtbot, views, 300, 225)
    assert ids(views) == ["l1", "l2", "l3", "l4"]
    line = lines(views)[3]
    assert line.is_shaped
    assert near(line.shape.baseline[0], (30, 220), views)
    assert near(line.shape.baseline[1], (300, 225), views)
    # As high as its neighbors.
    assert (line.shape.ascent, line.shape.descent) == (24, 12)
    assert chosen(views) == ("l4",)
    assert marks(views).shapes == ()


@steps(1)
def test_a_drag_draws_a_line_too(qtbot, views):
    take(views, "draw")
    drag(qtbot, views, (30, 220), (300, 225))
    assert len(lines(views)) == 4


@steps(1)
def test_a_line_drawn_backwards_is_not_read_upside_down(qtbot, views):
    take(views, "draw")
    click(qtbot, views, 300, 220)
    click(qtbot, views, 30, 220)
    (x0, _), (x1, _) = lines(views)[3].shape.baseline
    assert x0 < x1


@steps(1)
def test_a_bent_line_ends_with_enter(qtbot, views):
    take(views, "draw")
    views.editing.tools.set_bends(True)
    for x, y in ((30, 220), (120, 230), (200, 218), (290, 240)):
        click(qtbot, views, x, y)
    assert len(lines(views)) == 3
    key(qtbot, views, Qt.Key.Key_Return)
    assert len(lines(views)[3].shape.baseline) == 4


@steps(1)
def test_a_bent_line_ends_with_a_double_click(qtbot, views):
    take(views, "draw")
    views.editing.tools.set_bends(True)
    for x, y in ((30, 220), (120, 230)):
        click(qtbot, views, x, y)
    double_click(qtbot, views, 290, 240)
    assert len(lines(views)[3].shape.baseline) == 3
    assert not marks(views).points


@steps(1)
def test_a_double_click_on_the_end_begins_no_second_line(qtbot, views):
    take(views, "draw")
    click(qtbot, views, 30, 220)
    double_click(qtbot, views, 290, 224)
    assert len(lines(views)) == 4
    assert not views.editing._gesture.is_begun


@steps(1)
def test_shift_bends_a_line(qtbot, views):
    take(views, "draw")
    click(qtbot, views, 30, 220)
    click(qtbot, views, 150, 235, SHIFT)
    click(qtbot, views, 290, 220)
    assert len(lines(views)[3].shape.baseline) == 3


@steps(0)
def test_backspace_takes_a_point_back_and_esc_the_whole(qtbot, views):
    take(views, "draw")
    views.editing.tools.set_bends(True)
    for x in (30, 120, 200):
        click(qtbot, views, x, 220)
    key(qtbot, views, Qt.Key.Key_Backspace)
    assert len(marks(views).points) == 2
    key(qtbot, views, Qt.Key.Key_Escape)
    assert marks(views).points == ()
    assert views.editing.tools.is_on
    key(qtbot, views, Qt.Key.Key_Return)
    assert len(lines(views)) == 3
    key(qtbot, views, Qt.Key.Key_Escape)
    assert not views.editing.tools.is_on


@steps(0)
def test_half_a_line_is_forgotten_with_its_tool_and_its_page(qtbot, views):
    take(views, "draw")
    click(qtbot, views, 30, 220)
    take(views, "split")
    take(views, "draw")
    assert not views.editing._gesture.is_begun
    click(qtbot, views, 30, 220)
    views.session.page_selected.emit(views.session.page.id)
    assert not views.editing._gesture.is_begun


@steps(0)
@pytest.mark.parametrize("has_bends", [False, True])
@pytest.mark.parametrize("tool", ["draw", "region"])
def test_del_and_ctrl_a_leave_lines_alone_while_something_is_begun(
    qtbot, views, tool, has_bends
):
    take(views, tool)
    views.editing.tools.set_bends(has_bends)
    views.show_line("l2")
    assert chosen(views) == ("l2",)
    if tool == "region" and not has_bends:
        qtbot.mousePress(port(views), LEFT, NONE, on_screen(views, 30, 220))
        qtbot.mouseMove(port(views), on_screen(views, 200, 300))
    else:
        click(qtbot, views, 30, 220)
    assert views.editing._gesture.is_begun
    key(qtbot, views, Qt.Key.Key_A, CTRL)
    assert chosen(views) == ("l2",)
    key(qtbot, views, Qt.Key.Key_Delete)
    assert ids(views) == ["l1", "l2", "l3"]
    assert views.editing.count == 0
    key(qtbot, views, Qt.Key.Key_Escape)
    qtbot.mouseRelease(port(views), LEFT, NONE, on_screen(views, 200, 300))


@steps(2)
def test_del_takes_the_first_point_of_a_line_back_not_the_line_before(qtbot, views):
    take(views, "draw")
    drag(qtbot, views, (30, 220), (300, 225))
    assert chosen(views) == ("l4",)
    click(qtbot, views, 30, 260)
    assert len(marks(views).points) == 1
    key(qtbot, views, Qt.Key.Key_Delete)
    assert marks(views).points == ()
    assert ids(views) == ["l1", "l2", "l3", "l4"]
    # With nothing begun it means what is chosen, as ever.
    key(qtbot, views, Qt.Key.Key_Delete)
    assert ids(views) == ["l1", "l2", "l3"]


@steps(0)
@pytest.mark.parametrize("way", [0, 20])
def test_del_deletes_no_line_that_the_mouse_holds(qtbot, views, way):
    click(qtbot, views, 150, 75)
    qtbot.mousePress(port(views), LEFT, NONE, on_screen(views, 320, 80))
    if way:
        qtbot.mouseMove(port(views), on_screen(views, 320 + way, 80))
    key(qtbot, views, Qt.Key.Key_Delete)
    key(qtbot, views, Qt.Key.Key_A, CTRL)
    assert chosen(views) == ("l2",)
    assert ids(views) == ["l1", "l2", "l3"]
    key(qtbot, views, Qt.Key.Key_Escape)
    qtbot.mouseRelease(port(views), LEFT, NONE, on_screen(views, 320 + way, 80))


# --- choosing --------------------------------------------------------------------


def test_lines_are_chosen_by_clicks_frames_and_keys(qtbot, views):
    heard = []
    views.line_clicked.connect(heard.append)
    click(qtbot, views, 100, 75)
    assert chosen(views) == ("l2",)
    assert heard == ["l2"]
    click(qtbot, views, 100, 115, CTRL)
    assert chosen(views) == ("l2", "l3")
    assert heard == ["l2"]  # the text stays at one of them
    click(qtbot, views, 100, 75, CTRL)
    assert chosen(views) == ("l3",)
    click(qtbot, views, 100, 35, SHIFT)
    assert set(chosen(views)) == {"l1", "l2", "l3"}
    click(qtbot, views, 200, 300)
    assert chosen(views) == ()
    drag(qtbot, views, (340, 130), (200, 70))
    assert set(chosen(views)) == {"l2", "l3"}
    click(qtbot, views, 100, 115)
    assert chosen(views) == ("l3",)
    key(qtbot, views, Qt.Key.Key_A, CTRL)
    assert len(chosen(views)) == 3
    key(qtbot, views, Qt.Key.Key_Escape)
    assert chosen(views) == ()


def test_the_line_current_in_the_text_is_chosen(views):
    views.show_line("l3")
    assert chosen(views) == ("l3",)


@steps(1)
def test_del_deletes_what_is_chosen(qtbot, views):
    drag(qtbot, views, (340, 130), (200, 70))
    stays = []
    views.line_clicked.connect(stays.append)
    key(qtbot, views, Qt.Key.Key_Delete)
    assert ids(views) == ["l1"]
    assert chosen(views) == ()
    assert stays == ["l1"]


# --- moving ----------------------------------------------------------------------


@steps(1)
def test_a_point_is_dragged(qtbot, views):
    click(qtbot, views, 150, 75)
    drag(qtbot, views, (320, 80), (340, 95))
    shape = lines(views)[1].shape
    assert near(shape.baseline[-1], (340, 95), views, px=3)
    assert shape.baseline[0] == (20, 80)
    assert lines(views)[1].is_shaped
    assert lines(views)[1].text == "second line"


@steps(2)
def test_a_small_point_makes_a_bend_and_a_right_click_takes_it_away(qtbot, views):
    click(qtbot, views, 150, 75)
    drag(qtbot, views, (170, 80), (170, 95))
    assert len(lines(views)[1].shape.baseline) == 3
    click(qtbot, views, 170, 95, button=RIGHT)
    assert len(lines(views)[1].shape.baseline) == 2
    click(qtbot, views, 20, 80, button=RIGHT)  # two points are the least
    assert len(lines(views)[1].shape.baseline) == 2


@steps(1)
def test_one_handle_changes_the_height(qtbot, views):
    click(qtbot, views, 100, 75)
    x, y = height_handle(lines(views)[1].shape)
    assert marks(views).height_handle == (x, y)
    drag(qtbot, views, (x, y), (x, y - 12))
    shape = lines(views)[1].shape
    assert shape.ascent == pytest.approx(36, abs=2)
    assert shape.ascent == pytest.approx(2 * shape.descent)
    assert shape.baseline == ((20, 80), (320, 80))


@steps(1)
def test_chosen_lines_are_dragged_together_and_others_are_not(qtbot, views):
    before = [line.shape for line in lines(views)]
    drag(qtbot, views, (150, 36), (150, 66))
    assert [line.shape for line in lines(views)] == before
    views.editing.tools.choose(["l1", "l2"])
    drag(qtbot, views, (100, 36), (110, 46))
    after = [line.shape for line in lines(views)]
    assert after[2] == before[2]
    for one, other in zip(after[:2], before[:2], strict=True):
        assert one.baseline[0][0] - other.baseline[0][0] == pytest.approx(10, abs=2)


@steps(0)
def test_esc_leaves_a_line_that_is_dragged_where_it_was(qtbot, views):
    click(qtbot, views, 150, 75)
    qtbot.mousePress(port(views), LEFT, NONE, on_screen(views, 320, 80))
    qtbot.mouseMove(port(views), on_screen(views, 340, 95))
    assert marks(views).shapes
    key(qtbot, views, Qt.Key.Key_Escape)
    qtbot.mouseRelease(port(views), LEFT, NONE, on_screen(views, 340, 95))
    assert not marks(views).shapes


def test_a_line_that_is_gone_when_the_button_goes_up_is_not_missed(qtbot, views):
    click(qtbot, views, 150, 75)
    qtbot.mousePress(port(views), LEFT, NONE, on_screen(views, 320, 80))
    qtbot.mouseMove(port(views), on_screen(views, 340, 95))
    session = views.session
    session.commit("x", edits.remove_lines(session.project, "p1", ["l2"]))
    qtbot.mouseMove(port(views), on_screen(views, 345, 95))
    qtbot.mouseRelease(port(views), LEFT, NONE, on_screen(views, 345, 95))
    assert ids(views) == ["l1", "l3"]


def test_readings_that_come_meanwhile_are_kept(qtbot, views):
    session = views.session
    click(qtbot, views, 150, 75)
    qtbot.mousePress(port(views), LEFT, NONE, on_screen(views, 320, 80))
    qtbot.mouseMove(port(views), on_screen(views, 340, 95))
    reading = lines(views)[0].reading
    session.commit(
        "Read page", edits.set_readings(session.project, "p1", {"l2": reading})
    )
    qtbot.mouseRelease(port(views), LEFT, NONE, on_screen(views, 340, 95))
    assert lines(views)[1].text == "first line"
    assert lines(views)[1].shape.baseline[-1][0] > 330


# --- cutting, joining, ordering ----------------------------------------------------


@steps(1)
def test_the_scissors_cut_where_they_show_it(qtbot, views):
    take(views, "split")
    qtbot.mouseMove(port(views), on_screen(views, 180, 75))
    assert marks(views).cut[0][0] == pytest.approx(180, abs=2)
    click(qtbot, views, 180, 75)
    assert ids(views) == ["l1", "l2", "l4", "l3"]
    assert [line.text for line in lines(views)[1:3]] == ["second", "line"]
    assert set(chosen(views)) == {"l2", "l4"}


@steps(0)
def test_what_cannot_be_cut_is_said(qtbot, views):
    take(views, "split")
    asked = views.tools_strip.hint.text()
    click(qtbot, views, 21, 75)
    assert "too little" in views.tools_strip.hint.text()
    click(qtbot, views, 200, 400)
    assert views.tools_strip.hint.text() == asked


@steps(2)
def test_chosen_lines_are_joined(qtbot, views):
    session = views.session
    session.commit("x", edits.split_line(session.project, "p1", "l2", (180, 80)))
    click(qtbot, views, 100, 75)
    click(qtbot, views, 280, 75, CTRL)
    views.editing.commands.join()
    assert ids(views) == ["l1", "l2", "l3"]
    assert lines(views)[1].text == "second line"
    assert chosen(views) == ("l2",)


def test_lines_above_each_other_are_not_joined(qtbot, views):
    click(qtbot, views, 100, 75)
    click(qtbot, views, 100, 115, CTRL)
    before = views.session.project
    views.editing.commands.join()
    assert "beside each other" in views.tools_strip.hint.text()
    assert views.session.project is before


@steps(3)
def test_one_line_per_row_joins_the_pieces(qtbot, views):
    session = views.session
    for x in (330, 345):
        shape = shape_along([(x, 80), (x + 10, 80)], 24, 12)
        session.commit("x", edits.draw_line(session.project, "p1", shape))
    assert len(lines(views)) == 5
    views.editing.tools.choose()
    views.editing.commands.one_per_row()
    assert "Choose a region" in views.tools_strip.hint.text()
    assert len(lines(views)) == 5
    key(qtbot, views, Qt.Key.Key_A, CTRL)
    views.editing.commands.one_per_row()
    assert len(lines(views)) == 3
    key(qtbot, views, Qt.Key.Key_A, CTRL)
    views.editing.commands.one_per_row()
    assert "already" in views.tools_strip.hint.text()


def test_one_line_per_row_in_a_region_leaves_the_rest_alone(qtbot, views):
    session = views.session
    for x, y in ((330, 80), (330, 120)):
        shape = shape_along([(x, y), (x + 10, y)], 24, 12)
        session.commit("x", edits.draw_line(session.project, "p1", shape))
    take(views, "region")
    drag(qtbot, views, (5, 55), (355, 90))
    views.editing.commands.one_per_row()
    assert [line.region for line in lines(views)].count("r1") == 1
    assert len(lines(views)) == 4
    session.undo()
    take(views, "move")
    views.editing.tools.choose(["l2"])
    views.editing.commands.one_per_row()
    assert len(lines(views)) == 4


@steps(2)
def test_clicks_order_lines_and_backspace_takes_the_last_back(qtbot, views):
    take(views, "order")
    click(qtbot, views, 100, 115)
    click(qtbot, views, 100, 35)
    assert ids(views) == ["l2", "l3", "l1"]
    assert len(marks(views).path) == 2
    assert "3" in views.tools_strip.hint.text()
    key(qtbot, views, Qt.Key.Key_Backspace)
    assert ids(views) == ["l1", "l2", "l3"]
    assert len(marks(views).path) == 1


def test_an_undone_click_is_no_part_of_the_order_any_more(qtbot, views):
    take(views, "order")
    for y in (115, 35, 75):
        click(qtbot, views, 100, y)
    assert ids(views) == ["l3", "l1", "l2"]
    views.session.undo()
    assert ids(views) == ["l2", "l3", "l1"]
    assert len(marks(views).path) == 2
    views.session.undo()
    assert len(marks(views).path) == 1


@steps(3)
def test_turning_and_heights_by_keys(qtbot, views):
    click(qtbot, views, 100, 75)
    commands, before = views.editing.commands, lines(views)[1].shape
    commands.turn_round()
    assert lines(views)[1].shape.baseline == before.baseline[::-1]
    commands.raise_height()
    assert lines(views)[1].shape.ascent == pytest.approx(24 * 1.1)
    commands.lower_height()
    assert lines(views)[1].shape.ascent == pytest.approx(24)


# --- regions -----------------------------------------------------------------------


@steps(4)
def test_a_region_is_drawn_typed_changed_and_deleted(qtbot, views):
    take(views, "region")
    views.editing.commands.set_kind("marginalia")
    drag(qtbot, views, (5, 5), (350, 90))
    (region,) = views.session.page.regions
    assert (region.kind, len(region.polygon)) == ("marginalia", 4)
    assert [line.region for line in lines(views)] == ["r1", "r1", ""]
    box = views.tools_strip.kinds
    assert box.currentData() == "marginalia"
    box.setCurrentIndex(box.findData("ignore"))
    box.activated.emit(box.currentIndex())
    assert views.session.page.regions[0].kind == "ignore"
    assert box.currentData() == "ignore"
    views.session.undo()
    assert box.currentData() == "marginalia"
    views.session.redo()
    assert box.currentData() == "ignore"
    drag(qtbot, views, region.polygon[2], (350, 60))
    assert [line.region for line in lines(views)] == ["r1", "", ""]
    assert len({y for _, y in views.session.page.regions[0].polygon}) == 2
    key(qtbot, views, Qt.Key.Key_Delete)
    assert views.session.page.regions == ()


@steps(0)
def test_a_hand_that_slips_draws_no_region(qtbot, views):
    take(views, "region")
    drag(qtbot, views, (50, 20), (53, 90))
    assert views.session.page.regions == ()


@steps(1)
def test_a_region_of_many_corners(qtbot, views):
    take(views, "region")
    views.editing.tools.set_bends(True)
    for x, y in ((5, 5), (350, 5), (350, 60), (200, 70)):
        click(qtbot, views, x, y)
    key(qtbot, views, Qt.Key.Key_Backspace)
    key(qtbot, views, Qt.Key.Key_Return)
    (region,) = views.session.page.regions
    assert len(region.polygon) == 3
    assert views.editing.tools.region == region.id


def test_a_click_chooses_the_region_there(qtbot, views):
    take(views, "region")
    drag(qtbot, views, (5, 5), (350, 90))
    click(qtbot, views, 200, 300)
    assert views.editing.tools.region == ""
    click(qtbot, views, 200, 50)
    assert views.editing.tools.region == "r1"
    views.session.undo()
    assert views.editing.tools.region == ""


@steps(1)
def test_a_region_drawn_to_nothing_is_refused_in_words_about_regions(qtbot, views):
    take(views, "region")
    drag(qtbot, views, (5, 55), (350, 90))
    before = views.session.project
    corners = before.pages[0].regions[0].polygon
    drag(qtbot, views, corners[2], corners[1])
    assert views.tools_strip.hint.text() == "The region would be too small."
    assert views.session.project is before


@steps(1)
def test_a_refusal_goes_when_something_works(qtbot, views):
    page = views.session.page
    views.editing.tools.choose(line.id for line in page.lines)
    usual = views.tools_strip.hint.text()
    views.editing.commands.one_per_row()
    assert views.tools_strip.hint.text() == "Every row here has one line already."
    views.editing.commands.turn_round()
    assert views.tools_strip.hint.text() == usual


@steps(2)
def test_a_region_begins_beside_the_corner_of_a_chosen_one(qtbot, views):
    take(views, "region")
    drag(qtbot, views, (5, 5), (200, 90))
    (first,) = views.session.page.regions
    assert views.editing.tools.region == first.id
    x, y = first.polygon[1]
    beside = x + (REACH_PX + 2) / view(views).look.scale
    drag(qtbot, views, (beside, y), (350, 90))
    one, other = views.session.page.regions
    assert one == first
    assert near(other.polygon[0], (beside, y), views)


@steps(2)
def test_a_corner_of_a_region_that_is_gone_is_not_missed(qtbot, views):
    session = views.session
    take(views, "region")
    drag(qtbot, views, (5, 5), (200, 90))
    (region,) = session.page.regions
    qtbot.mousePress(port(views), LEFT, NONE, on_screen(views, *region.polygon[2]))
    qtbot.mouseMove(port(views), on_screen(views, 300, 150))
    session.commit("x", edits.remove_region(session.project, "p1", region.id))
    qtbot.mouseMove(port(views), on_screen(views, 310, 150))
    qtbot.mouseRelease(port(views), LEFT, NONE, on_screen(views, 310, 150))
    assert views.tools_strip.hint.text() == "This is not on the page any more."
    assert session.page.regions == ()


# --- the tools ---------------------------------------------------------------------


def test_brush_and_line_tools_are_never_in_the_hand_together(views):
    views.set_brush(True)
    assert not views.editing.tools.is_on
    assert views.ink_view._tool is views._mending
    views.set_line_tools(True)
    assert not views.brush.is_on
    assert views.ink_view._tool is views.editing
    views.set_line_tools(False)
    assert views.ink_view._tool is None
    assert view(views)._tool is None


def test_lines_are_seen_while_they_are_edited(views):
    views.set_overlays_visible(False)
    assert view(views).overlay.isVisible()
    views.set_line_tools(False)
    assert not view(views).overlay.isVisible()
    assert not view(views).hand_marks.isVisible()
    assert not view(views).page_marks.isVisible()


def test_every_tool_says_what_to_do(qtbot, views):
    said = set()
    for tool in ("move", "draw", "split", "order", "region"):
        take(views, tool)
        for bends in (False, True):
            views.editing.tools.set_bends(bends)
            said.add(views.tools_strip.hint.text())
    assert len(said) >= 6
    assert all(text.endswith(".") for text in said)


def test_the_other_buttons_move_the_page(qtbot, views):
    before = view(views).look
    middle = Qt.MouseButton.MiddleButton
    start = QPoint(200, 200)
    qtbot.mousePress(port(views), middle, NONE, start)
    qtbot.mouseMove(port(views), start + QPoint(60, 40))
    qtbot.mouseMove(port(views), start + QPoint(80, 50))
    qtbot.mouseRelease(port(views), middle, NONE, start + QPoint(80, 50))
    assert view(views).look != before
    assert len(lines(views)) == 3


def test_the_tools_work_in_the_binarized_page_too(qtbot, views):
    take(views, "draw")
    other = views.ink_view
    for x in (30, 300):
        corner, scale = other.visible().topLeft(), other.look.scale
        at = QPoint(round((x - corner.x()) * scale), round((220 - corner.y()) * scale))
        qtbot.mouseClick(other.viewport(), LEFT, NONE, at)
    assert len(lines(views)) == 4


@steps(1)
def test_the_chosen_lines_are_marked_as_print_by_the_menu(views):
    views.editing.tools.choose(["l1", "l3"])
    menu = shape_menu(views, views.editing.commands, {}, "l1", (10, 10))
    printed = next(a for a in menu.actions() if a.text() == "Printed, not written")
    assert printed.isCheckable()
    assert not printed.isChecked()
    printed.trigger()
    kinds = [line.kind for line in views.session.page.lines]
    assert kinds == ["printed", "", "printed"]
    menu = shape_menu(views, views.editing.commands, {}, "l3", (10, 10))
    assert any(a.isChecked() for a in menu.actions())
