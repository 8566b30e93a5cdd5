"""Curves drawn as pictures."""

import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from hwocr_desktop.core.pixels.curve_plot import HEIGHT, WIDTH, draw_curve, ticks

TEXTS = {"title": "A", "across": "pages", "up": "F", "name": "network"}


def opened(data):
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def blue(picture):
    """Return rows and columns of the curve's color."""
    return np.argwhere(np.abs(picture - (0, 114, 178)).sum(axis=2) < 30)


@given(st.floats(0, 100), st.floats(0, 100))
def test_ticks_are_few_even_and_around_the_range(one, other):
    low, high = sorted((one, other))
    marks = ticks(low, high)
    assert 2 <= len(marks) <= 11
    assert marks[0] <= low + 1e-6
    assert marks[-1] >= high - 1e-6
    gaps = [b - a for a, b in itertools.pairwise(marks)]
    assert min(gaps) == pytest.approx(max(gaps), rel=1e-3, abs=1e-9)


@settings(max_examples=15)
@given(
    st.lists(st.tuples(st.integers(1, 500), st.floats(0, 100)), min_size=1, max_size=6),
    st.dictionaries(st.text(max_size=8), st.floats(0, 100), max_size=7),
)
def test_anything_can_be_drawn(points, levels):
    picture = opened(draw_curve(points, levels, **TEXTS))
    assert picture.shape == (HEIGHT, WIDTH, 3)
    assert len(blue(picture))


def test_a_rising_curve_rises():
    points = [(1, 40.0), (2, 60.0), (4, 80.0), (8, 90.0)]
    at = blue(opened(draw_curve(points, {}, **TEXTS)))
    at = at[at[:, 1] < WIDTH - 180]
    left, right = at[at[:, 1].argmin()], at[at[:, 1].argmax()]
    assert right[0] < left[0] - 200  # rows are counted from the top
    assert right[1] > left[1] + 400


def test_a_level_is_a_line_across():
    with_level = opened(draw_curve([(1, 50.0), (4, 70.0)], {"otsu": 60.0}, **TEXTS))
    orange = np.abs(with_level - (213, 94, 0)).sum(axis=2) < 60
    assert orange.sum(axis=1).max() > 300


def test_nothing_is_not_drawn():
    with pytest.raises(ValueError, match="nothing to draw"):
        draw_curve([], {"otsu": 1}, **TEXTS)


def test_a_long_name_does_not_reach_the_edge():
    points = [(1, 40.0), (2, 60.0)]
    texts = TEXTS | {"name": "a name that is longer than the picture has room for it"}
    picture = opened(
        draw_curve(points, {"another such long name of a level": 50}, **texts)
    )
    assert (picture[:, -3:] == 255).all()
