"""How much a map of bodies believes in a line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.line_belief import belief, falls, suited, sureness


def line(y, x0=20.0, x1=180.0, ascent=20.0):
    box = ((x0, y - ascent), (x1, y - ascent), (x1, y + 8), (x0, y + 8))
    return LineShape(((x0, y), (x1, y)), box, ascent, 8.0)


@given(st.floats(0, 1), st.floats(-50, 300), st.sampled_from([0.5, 1.0, 2.0]))
def test_of_an_even_map_it_is_its_value_wherever_the_line_is(value, y, scale):
    bodies = np.full((100, 200), value, np.float32)
    assert belief(line(y), bodies, (scale, scale)) == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(("x", "y"), [(1.0, 1.0), (2.0, 2.0), (1.0, 2.0)])
def test_it_is_the_share_of_the_line_that_stands_on_bodies(x, y):
    bodies = np.zeros((100, 200), np.float32)
    # Above the baseline at 60, in the left half of the line from 20 to 180.
    bodies[round(45 / y) : round(60 / y), : round(100 / x)] = 1.0
    assert belief(line(60.0), bodies, (x, y)) == pytest.approx(0.5, abs=0.03)
    assert belief(line(90.0), bodies, (x, y)) == 0.0


@given(st.floats(0.01, 1.0), st.integers(0, 99))
def test_sureness_is_of_what_is_seen_and_not_of_how_much(value, empty):
    bodies = np.full((100, 20), value, np.float32)
    bodies[:empty] = 0.0
    assert sureness(bodies) == pytest.approx(value, rel=1e-4)
    assert sureness(np.zeros((3, 4), np.float32)) == 0.0


@pytest.mark.parametrize(
    ("sure", "wanted"),
    [
        ([0.1], 0),
        ([0.0, 0.0, 0.0], 0),
        ([0.79, 0.9, 0.9], 0),
        ([0.7, 0.74, 0.74], 0),
        ([0.6, 0.74, 0.76], 1),
        ([0.12, 0.7, 0.76], 2),
    ],
)
def test_the_largest_pitch_that_is_nearly_the_surest_suits(sure, wanted):
    assert suited(sure) == wanted


def test_a_curved_line_is_followed():
    bodies = np.zeros((100, 200), np.float32)
    points = tuple((float(x), 60.0 + 10 * np.sin(x / 20)) for x in range(20, 181, 5))
    for x in range(200):
        top = 60.0 + 10 * np.sin(x / 20) - 10
        bodies[round(top) : round(top) + 10, x] = 1.0
    curved = LineShape(points, ((20, 40), (180, 40), (180, 80), (20, 80)), 20.0, 8.0)
    assert belief(curved, bodies, (1.0, 1.0)) > 0.95
    assert belief(line(60.0), bodies, (1.0, 1.0)) < 0.8


def bodies_at(*baselines, ascent=20.0, value=0.9):
    """Return a map with a body above each of some level baselines, from 20 to 180."""
    seen = np.zeros((200, 200), np.float32)
    for y in baselines:
        seen[round(y - 0.45 * ascent) : round(y), 20:180] = value
    return seen


@given(st.floats(0.5, 1.2))
def test_a_line_found_by_its_heads_falls_to_its_body(down):
    seen = bodies_at(100 + 20 * down)
    (found,) = falls([line(100.0)], seen, (1.0, 1.0))
    assert found == pytest.approx(20 * down, abs=2.5)
    assert falls([line(100.0 + found)], seen, (1.0, 1.0)) == [0.0]


def test_a_map_of_another_scale_says_the_same():
    seen = bodies_at(118)
    (found,) = falls([line(200.0, 40.0, 360.0, 40.0)], seen, (2.0, 2.0))
    assert found == pytest.approx(36, abs=4)


def test_a_line_stays_where_its_body_is_or_none_is_clear():
    assert falls([line(100.0)], bodies_at(100, 120), (1.0, 1.0)) == [0.0]
    assert falls([line(100.0)], bodies_at(118, value=0.2), (1.0, 1.0)) == [0.0]
    assert falls([line(100.0)], bodies_at(), (1.0, 1.0)) == [0.0]
    assert falls([], bodies_at(), (1.0, 1.0)) == []


@pytest.mark.parametrize("apart", [0.0, 6.0, -6.0])
def test_a_body_that_another_line_has_is_not_taken(apart):
    lines = [line(100.0), line(118.0 + apart, 60.0, 100.0)]
    assert falls(lines, bodies_at(118), (1.0, 1.0))[0] == 0.0
    beside = [line(100.0, 20.0, 90.0), line(118.0 + apart, 120.0, 180.0)]
    assert falls(beside, bodies_at(118), (1.0, 1.0))[0] > 0
