"""How much a map of bodies believes in a line."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.line_belief import belief, suited, sureness


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
