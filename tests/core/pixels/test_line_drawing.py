from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.crops import crop_line
from hwocr_desktop.core.pixels.line_drawing import (
    in_direction,
    join_shapes,
    length_of,
    nearest_on,
    shape_along,
    shifted,
    simplified,
    split_shape,
    turned_round,
    usual_heights,
    with_height,
    with_new_point,
    with_point,
    without_point,
)
from hwocr_desktop.core.pixels.rows import are_stacked, order_along, rows_of

COORDINATES = st.floats(0, 1000).map(lambda x: round(x, 1))
POINTS = st.tuples(COORDINATES, COORDINATES)
# To the right with gentle bends, as people draw.
BASELINES = st.lists(
    st.tuples(st.floats(20, 100), st.floats(-10, 10)), min_size=1, max_size=6
).map(
    lambda steps: tuple(
        (50 + sum(s[0] for s in steps[:n]), 300 + sum(s[1] for s in steps[:n]))
        for n in range(len(steps) + 1)
    )
)
HEIGHTS = st.floats(5, 40)


def area(polygon) -> float:
    return abs(cv2.contourArea(np.asarray(polygon, np.float32)))


@given(start=POINTS, end=POINTS, ascent=HEIGHTS, descent=HEIGHTS)
def test_a_straight_line_is_a_rectangle(start, end, ascent, descent):
    if math.dist(start, end) < 1:
        return
    shape = shape_along([start, start, end], ascent, descent)
    assert shape.baseline == (start, end)
    corners = shape.polygon
    sides = [math.dist(a, b) for a, b in pairwise((*corners, corners[0]))]
    assert sides[0] == pytest.approx(math.dist(start, end), abs=0.03)
    assert sides[1] == pytest.approx(ascent + descent, abs=0.03)
    assert math.dist(corners[0], start) == pytest.approx(ascent, abs=0.03)
    assert math.dist(corners[-1], start) == pytest.approx(descent, abs=0.03)


def test_letters_rise_to_the_left_of_the_writing_direction():
    rightward = shape_along([(0, 100), (200, 100)], 30, 10)
    assert rightward.bounds == (0, 70, 200, 110)
    assert turned_round(rightward).bounds == (0, 90, 200, 130)
    downward = shape_along([(100, 0), (100, 200)], 30, 10)
    assert downward.bounds == (90, 0, 130, 200)


@given(baseline=BASELINES, ascent=HEIGHTS, descent=HEIGHTS)
def test_the_outline_of_a_bent_line_keeps_its_distance(baseline, ascent, descent):
    shape = shape_along(baseline, ascent, descent)
    half = len(shape.polygon) // 2
    for point in shape.polygon[:half]:
        _, _, away = nearest_on(baseline, point)
        assert ascent * 0.7 <= away <= ascent * 1.45
    assert area(shape.polygon) == pytest.approx(
        length_of(baseline) * (ascent + descent), rel=0.25
    )


def test_a_sharp_corner_does_not_run_away():
    shape = shape_along([(0, 0), (100, 0), (0, 1)], 20, 10)
    for x, y in shape.polygon:
        assert -41 <= x <= 141
        assert -41 <= y <= 41
    back = shape_along([(0, 0), (100, 0), (50, 0)], 20, 10)
    assert all(map(math.isfinite, (c for point in back.polygon for c in point)))


@pytest.mark.parametrize(
    ("points", "ascent", "descent"),
    [([], 5, 5), ([(1, 1)], 5, 5), ([(1, 1), (1, 1)], 5, 5)]
    + [([(0, 0), (9, 0)], *heights) for heights in ((-1, 5), (5, -1), (0, 0))],
)
def test_what_is_no_line_is_refused(points, ascent, descent):
    with pytest.raises(ValueError, match=r"baseline|height"):
        shape_along(points, ascent, descent)


@given(baseline=BASELINES, data=st.data())
def test_points_come_move_and_go(baseline, data):
    shape = shape_along(baseline, 20, 10)
    segment = data.draw(st.integers(0, len(baseline) - 2))
    (x0, y0), (x1, y1) = baseline[segment : segment + 2]
    at = ((x0 + x1) / 2, (y0 + y1) / 2 + 3)
    more = with_new_point(shape, segment, at)
    assert more.baseline[segment + 1] == at
    assert len(more.baseline) == len(baseline) + 1
    assert without_point(more, segment + 1) == shape
    moved = with_point(more, segment + 1, (at[0], at[1] + 5))
    assert moved.baseline[segment + 1] == (at[0], at[1] + 5)
    assert with_point(moved, segment + 1, at) == more


def test_two_points_are_the_least():
    with pytest.raises(ValueError, match="two"):
        without_point(shape_along([(0, 0), (9, 0)], 5, 5), 0)


@given(baseline=BASELINES)
def test_a_plain_line_has_fewer_points_and_is_nearly_the_same(baseline):
    shape = shape_along(baseline, 20, 10)
    many = shape
    for segment in reversed(range(len(baseline) - 1)):
        (x0, y0), (x1, y1) = baseline[segment : segment + 2]
        many = with_new_point(many, segment, ((x0 + x1) / 2, (y0 + y1) / 2))
    plain = simplified(many)
    assert len(plain.baseline) <= len(baseline)
    assert plain.baseline[0] == pytest.approx(baseline[0], abs=0.06)
    assert plain.baseline[-1] == pytest.approx(baseline[-1], abs=0.06)
    for point in many.baseline:
        assert nearest_on(plain.baseline, point)[2] <= 0.06 * 30 + 0.2


@given(baseline=BASELINES, height=st.floats(5, 200))
def test_one_height_keeps_what_is_above_and_below_in_proportion(baseline, height):
    shape = with_height(shape_along(baseline, 20, 10), height)
    assert shape.ascent + shape.descent == pytest.approx(height)
    assert shape.ascent == pytest.approx(2 * shape.descent)
    assert shape.baseline == baseline
    assert with_height(shape, -5).ascent > 0


@given(baseline=BASELINES, share=st.floats(0.25, 0.75))
def test_what_is_cut_and_joined_is_the_same_line(baseline, share):
    shape = shape_along(baseline, 20, 10)
    # The point at that share of the length, found by walking.
    rest = share * length_of(baseline)
    for (x0, y0), (x1, y1) in pairwise(baseline):
        step = math.dist((x0, y0), (x1, y1))
        if rest <= step:
            break
        rest -= step
    at = (x0 + (x1 - x0) * rest / step, y0 + (y1 - y0) * rest / step)
    first, second, before = split_shape(shape, at)
    assert before == pytest.approx(share, abs=1e-6)
    assert first.baseline[-1] == second.baseline[0]
    whole = join_shapes([first, second])
    assert length_of(whole.baseline) == pytest.approx(length_of(baseline))
    assert whole.baseline[0] == baseline[0]
    assert whole.baseline[-1] == pytest.approx(baseline[-1])
    # No point is left where it was cut, unless it was cut where it bends.
    if min(math.dist(at, bend) for bend in baseline) > 1:
        assert len(whole.baseline) == len(baseline)
    assert (whole.ascent, whole.descent) == pytest.approx((20, 10))


def test_no_line_is_cut_at_its_very_end():
    shape = shape_along([(0, 0), (100, 0)], 20, 10)
    for at in ((-50, 0), (1, 9), (99, 0), (200, 0)):
        with pytest.raises(ValueError, match="too little"):
            split_shape(shape, at)


def test_of_lines_that_overlap_the_later_yields():
    first = shape_along([(0, 50), (100, 50)], 20, 10)
    second = shape_along([(90, 52), (200, 55)], 30, 16)
    joined = join_shapes([first, second])
    assert joined.baseline == ((0, 50), (100, 50), (200, 55))
    assert 20 < joined.ascent < 30
    inside = shape_along([(20, 52), (60, 52)], 20, 10)
    assert join_shapes([first, inside]).baseline == first.baseline
    with pytest.raises(ValueError, match="two"):
        join_shapes([])


def test_a_line_drawn_from_its_end_runs_as_the_others():
    others = [shape_along([(0, y), (300, y)], 20, 10) for y in (50, 100)]
    assert in_direction([(200, 150), (10, 150)], others) == [(10, 150), (200, 150)]
    assert in_direction([(10, 150), (200, 150)], []) == [(10, 150), (200, 150)]
    assert in_direction([(200, 150), (10, 150)], []) == [(10, 150), (200, 150)]
    # Where all lines run to the left, a new one does too; across, as it was drawn.
    leftward = [turned_round(shape) for shape in others]
    assert in_direction([(10, 150), (200, 150)], leftward)[0] == (200, 150)
    assert in_direction([(50, 300), (50, 20)], others) == [(50, 300), (50, 20)]


def test_new_lines_are_as_high_as_those_around():
    small = [shape_along([(0, y), (100, y)], 10, 5) for y in range(100, 600, 100)]
    large = [shape_along([(0, y), (100, y)], 40, 20) for y in range(5000, 5500, 100)]
    assert usual_heights(small + large, (50, 300), 6000) == (10, 5)
    assert usual_heights(small + large, (50, 5200), 6000) == (40, 20)
    ascent, descent = usual_heights([], (50, 50), 3000)
    assert 50 < ascent + descent < 150


@given(baseline=BASELINES, dx=st.floats(-50, 50), dy=st.floats(-50, 50))
def test_a_line_can_be_moved_and_moved_back(baseline, dx, dy):
    shape = shape_along(baseline, 20, 10)
    back = shifted(shifted(shape, dx, dy), -dx, -dy)
    assert np.allclose(back.polygon, shape.polygon)
    assert np.allclose(back.baseline, shape.baseline)


def test_the_crop_of_a_drawn_line_holds_its_writing():
    page = np.full((400, 600), 255, np.uint8)
    cv2.line(page, (60, 200), (500, 240), 0, 3)
    crop = crop_line(page, shape_along([(50, 210), (510, 252)], 40, 20))
    dark = np.argmin(crop[:, 40:-40], axis=0)
    assert np.ptp(dark) <= 3
    assert 24 <= np.median(dark) <= 40


# --- rows ------------------------------------------------------------------------

ANGLES = st.floats(-0.6, 0.6)


@given(
    rows=st.lists(st.integers(1, 4), min_size=1, max_size=6),
    angle=ANGLES,
    data=st.data(),
)
def test_pieces_of_rows_are_found_at_any_slant_and_in_any_order(rows, angle, data):
    """Oracle: rows cut into pieces that waver a little and are shuffled."""
    pieces, truth = [], []
    for row, count in enumerate(rows):
        x = data.draw(st.floats(0, 40))
        for _ in range(count):
            width = data.draw(st.floats(30, 200))
            y = 100 * row + data.draw(st.floats(-8, 8))
            pieces.append(((x, y), (x + width, y)))
            truth.append(row)
            x += width + data.draw(st.floats(5, 60))
    order = data.draw(st.permutations(range(len(pieces))))
    cos, sin = math.cos(angle), math.sin(angle)
    shapes = [
        shape_along([(x * cos - y * sin, x * sin + y * cos) for x, y in piece], 40, 20)
        for piece in (pieces[i] for i in order)
    ]
    found = {frozenset(row) for row in rows_of(shapes)}
    wanted = {
        frozenset(n for n, i in enumerate(order) if truth[i] == row)
        for row in range(len(rows))
    }
    assert found == wanted


def test_every_shape_is_in_one_row_and_rows_run_along():
    shapes = [shape_along([(x, y), (x + 80, y)], 20, 10)
              for x, y in ((200, 51), (0, 50), (100, 140), (100, 49))]  # fmt: skip
    assert rows_of(shapes) == [[1, 3, 0], [2]]
    assert order_along(shapes[:2]) == [1, 0]
    assert rows_of([]) == []


def test_lines_above_each_other_are_stacked_and_pieces_of_a_row_are_not():
    row = [shape_along([(x, y), (x + 80, y)], 20, 10) for x, y in ((0, 50), (75, 54))]
    assert not are_stacked(row)
    twice = shape_along([(0, 56), (80, 56)], 20, 10)
    assert not are_stacked([row[0], twice])  # found twice
    below = shape_along([(0, 80), (80, 80)], 20, 10)
    assert are_stacked([*row, below])
    assert not are_stacked(row[:1])


def test_a_note_up_the_margin_is_in_no_row():
    row = [shape_along([(x, y), (x + 80, y)], 20, 10) for x, y in ((0, 50), (90, 54))]
    # One ends where the row begins, one begins where it ends.
    for points in ([(-15, 110), (-13, 50)], [(180, 54), (182, -40)]):
        note = shape_along(points, 20, 10)
        assert rows_of([*row, note]) == [[0, 1], [2]]
        assert rows_of([note, *row]) == [[0], [1, 2]]


def test_lines_that_stand_above_each_other_are_two_rows():
    shapes = [shape_along([(0, y), (300, y)], 20, 10) for y in (50, 58)]
    assert rows_of(shapes) == [[0], [1]]
