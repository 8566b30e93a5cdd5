from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.formats.line_shapes import (
    band,
    clamp,
    hull,
    invent_baseline,
    measure,
)

quick = settings(max_examples=50, deadline=None)


@quick
@given(
    angle=st.floats(-math.pi, math.pi),
    length=st.floats(20, 2000),
    ascent=st.floats(2, 90),
    descent=st.floats(1, 60),
)
def test_a_band_measures_what_it_was_made_with(angle, length, ascent, descent):
    end = (500 + length * math.cos(angle), 500 + length * math.sin(angle))
    baseline = ((500.0, 500.0), end)
    found = measure(baseline, band(baseline, ascent, descent))
    assert found == (pytest.approx(ascent, abs=1e-3), pytest.approx(descent, abs=1e-3))


def test_letters_rise_to_the_left_of_the_way_of_writing():
    assert band(((0, 100), (10, 100)), 40, 20) == (
        (0, 60),
        (10, 60),
        (10, 120),
        (0, 120),
    )
    # Written from right to left, as on a page that stands on its head.
    upside_down = band(((10, 100), (0, 100)), 40, 20)
    assert min(y for _, y in upside_down) == 80


def test_one_flourish_does_not_count():
    polygon = ((0, 60), (90, 60), (92, 0), (94, 60), (200, 60), (200, 120), (0, 120))
    assert measure(((0, 100), (200, 100)), polygon) == (
        pytest.approx(40),
        pytest.approx(20),
    )


@pytest.mark.parametrize(
    ("baseline", "polygon"),
    [
        (((5, 5), (5, 5)), ((0, 0), (9, 0), (9, 9))),
        (((0, 50), (9, 50)), ((20, 0), (29, 0), (29, 9))),
        (((0, 5), (9, 5)), ((0, 5), (9, 5), (4, 5))),
    ],
    ids=["no length", "elsewhere", "flat"],
)
def test_what_cannot_be_measured_is_not(baseline, polygon):
    assert measure(baseline, polygon) is None


def test_a_baseline_below_its_outline_still_has_a_height():
    ascent, descent = measure(((0, 50), (99, 50)), ((0, 0), (99, 0), (99, 40), (0, 40)))
    assert (ascent, descent) == (pytest.approx(50), 1)


@quick
@given(slope=st.floats(-0.5, 0.5), height=st.floats(3, 90), width=st.floats(5, 900))
def test_an_invented_baseline_follows_the_slope(slope, height, width):
    drop = slope * width
    polygon = (
        (10.0, 100.0),
        (10 + width, 100 + drop),
        (10 + width, 100 + drop + height),
        (10.0, 100 + height),
    )
    (x0, y0), (x1, y1) = invent_baseline(polygon)
    assert (x0, x1) == (pytest.approx(10), pytest.approx(10 + width))
    assert y0 == pytest.approx(100 + height * 2 / 3, abs=0.01)
    assert y1 - y0 == pytest.approx(drop, abs=0.01)


def test_a_narrow_outline_still_gets_a_baseline_with_a_length():
    assert invent_baseline(((5, 0), (5, 90), (5, 30))) == ((5, 60), (6, 60))


@quick
@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=3, max_size=9)
)
def test_a_hull_holds_every_point(points):
    outline = hull(points)
    for x, y in points:
        turns = [
            (bx - ax) * (y - ay) - (by - ay) * (x - ax)
            for (ax, ay), (bx, by) in zip(
                outline, outline[1:] + outline[:1], strict=True
            )
        ]
        assert min(turns) >= 0 or max(turns) <= 0
    assert hull([]) == ()


def test_points_are_moved_onto_the_page_and_never_lost_count_of():
    assert clamp(((-1, 5), (10, 4), (math.inf, -math.inf)), 10, 5) == (
        (0, 4),
        (9, 4),
        (9, 0),
    )
    assert clamp(((math.nan, 1), (1, 1)), 10, 5) == ((1, 1),)
    assert clamp(((3, 3),), 0, 0) == ((0, 0),)
