"""Strokes of the brush: pixels as the definition says, and nothing else touched."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.mending import (
    GRAIN,
    BrushStroke,
    clip_box,
    is_apart,
    join_boxes,
    mend,
    paint_stroke,
    rasterise,
    stroke_of,
)
from hwocr_desktop.core.pixels.thresholding import apply_cut
from hwocr_desktop.core.progress import Cancelled, CancelToken

QUARTERS = st.integers(-10 * GRAIN, 40 * GRAIN).map(lambda n: n / GRAIN)
STROKES = st.builds(
    BrushStroke,
    st.sampled_from(["ink", "paper"]),
    st.integers(1, 12 * GRAIN).map(lambda n: n / GRAIN),
    st.lists(st.tuples(QUARTERS, QUARTERS), min_size=1, max_size=4).map(tuple),
)
SHAPES = st.tuples(st.integers(1, 30), st.integers(1, 30))


def is_near(x, y, start, end, radius):
    """The definition in fractions: distance to a straight way, nothing rounded."""
    (ax, ay), (bx, by) = (tuple(map(Fraction, p)) for p in (start, end))
    ux, uy = bx - ax, by - ay
    length = ux * ux + uy * uy
    t = ((x - ax) * ux + (y - ay) * uy) / length if length else Fraction(0)
    t = min(Fraction(1), max(Fraction(0), t))
    dx, dy = x - ax - t * ux, y - ay - t * uy
    return dx * dx + dy * dy <= Fraction(radius) ** 2


def oracle(strokes, shape):
    touched, ink = np.zeros(shape, bool), np.zeros(shape, bool)
    for stroke in strokes:
        ways = list(zip(stroke.points, stroke.points[1:], strict=False))
        ways = ways or [(stroke.points[0],) * 2]
        for y in range(shape[0]):
            for x in range(shape[1]):
                if any(is_near(x, y, *way, stroke.radius) for way in ways):
                    touched[y, x], ink[y, x] = True, stroke.paint == "ink"
    return touched, ink


@given(st.lists(STROKES, max_size=3), SHAPES)
def test_pixels_are_those_of_the_definition(strokes, shape):
    touched, ink = rasterise(strokes, shape)
    expected_touched, expected_ink = oracle(strokes, shape)
    assert np.array_equal(touched, expected_touched)
    assert np.array_equal(ink, expected_ink)


@given(st.lists(STROKES, max_size=4), SHAPES, st.integers(1, 255), st.integers(0, 99))
def test_a_mended_map_holds_at_every_cut(strokes, shape, cut, seed):
    own = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    own.setflags(write=False)
    touched, ink = rasterise(strokes, shape)
    expected = np.where(touched, ink, apply_cut(own, cut))
    assert np.array_equal(apply_cut(mend(own, strokes), cut), expected)


@given(STROKES, SHAPES, st.tuples(*[st.integers(-5, 35)] * 4))
def test_a_window_bounds_what_is_painted(stroke, shape, window):
    x0, y0, x1, y1 = window
    whole, part = np.full(shape, 7, np.uint8), np.full(shape, 7, np.uint8)
    paint_stroke(whole, stroke)
    paint_stroke(part, stroke, (x0, y0, x1, y1))
    inside = np.zeros(shape, bool)
    inside[max(0, y0) : max(0, y1), max(0, x0) : max(0, x1)] = True
    assert np.array_equal(part, np.where(inside, whole, 7))


@given(STROKES)
def test_the_box_is_the_smallest(stroke):
    touched, _ = rasterise([stroke], (64, 64))
    ys, xs = np.nonzero(touched)
    x0, y0, x1, y1 = clip_box(stroke.box, (64, 64))
    if len(xs) and stroke.radius >= 1 and min(stroke.box) >= 0:
        assert abs(xs.min() - x0) <= 1
        assert abs(ys.max() + 1 - y1) <= 1
    assert touched[y0:y1, x0:x1].sum() == touched.sum()


@given(
    st.lists(st.tuples(st.floats(-9, 99), st.floats(-9, 99)), min_size=1, max_size=30),
    st.floats(0.01, 30),
)
def test_a_way_as_drawn_is_kept_but_for_what_nobody_sees(points, radius):
    stroke = stroke_of("ink", radius, points)
    again = stroke_of("ink", stroke.radius, stroke.points)
    assert all(float(c * GRAIN).is_integer() for p in stroke.points for c in p)
    assert stroke.radius > 0
    assert len(again.points) <= len(stroke.points) <= len(points)
    ends = stroke.points[0], stroke.points[-1]
    for kept, drawn in zip(ends, (points[0], points[-1]), strict=True):
        assert np.hypot(*np.subtract(kept, drawn)) <= 1
    # Every point of the way is still near the way that is kept.
    middle = stroke_of("ink", max(1.5, radius * 0.1), stroke.points)
    for x, y in points:
        assert any(
            is_near(Fraction(x), Fraction(y), *way, middle.radius)
            for way in zip(
                stroke.points, stroke.points[1:] or stroke.points, strict=False
            )
        )


def test_a_straight_way_needs_two_points():
    stroke = stroke_of("paper", 3, [(x, 2 * x) for x in range(50)])
    assert stroke.points == ((0, 0), (49, 98))


def test_without_strokes_the_map_is_not_copied():
    own = np.zeros((4, 4), np.uint8)
    assert mend(own, ()) is own


def test_mending_can_be_cancelled():
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        mend(np.zeros((4, 4), np.uint8), [stroke_of("ink", 1, [(0, 0)])], cancel=cancel)


def test_boxes():
    assert join_boxes([]) is None
    assert join_boxes([(0, 5, 2, 6), (-1, 7, 1, 9)]) == (-1, 5, 2, 9)
    assert is_apart((0, 0, 2, 2), (2, 0, 3, 3))
    assert not is_apart((0, 0, 2, 2), (1, 1, 3, 3))
    assert clip_box((5, -2, 3, 9), (4, 4)) == (4, 0, 4, 4)
    assert clip_box((-5, -2, 3, 2), (4, 4)) == (0, 0, 3, 2)
