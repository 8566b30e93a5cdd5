"""The drawn ink: changed in place, it is always what drawing it anew would give."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.mending import BrushStroke, mend
from hwocr_desktop.core.pixels.thresholding import apply_cut
from hwocr_desktop.core.pixels.tiles import InkTile
from hwocr_desktop.ui import pixel_levels
from hwocr_desktop.ui.ink_canvas import begin_canvas, build_canvas
from hwocr_desktop.ui.pixel_levels import build_levels

pytestmark = pytest.mark.gui

PLACES = st.integers(-40, 400).map(lambda n: n / 4)
STROKES = st.builds(
    BrushStroke,
    st.sampled_from(["ink", "paper"]),
    st.sampled_from([0.25, 2.5, 9]),
    st.lists(st.tuples(PLACES, PLACES), min_size=1, max_size=3).map(tuple),
)
SIZES = st.tuples(st.integers(1, 90), st.integers(1, 90))


@pytest.fixture(autouse=True, scope="module")
def small_pages_have_many_sizes():
    before = pixel_levels.SMALLEST_SIDE_PX
    pixel_levels.SMALLEST_SIDE_PX = 4
    yield
    pixel_levels.SMALLEST_SIDE_PX = before


def ink_map(size, seed):
    pixels = np.random.default_rng(seed).integers(0, 256, size, dtype=np.uint8)
    pixels.setflags(write=False)
    return pixels


def assert_is_drawn(canvas, own, strokes):
    anew = build_levels(mend(own, strokes)).arrays
    for now, then in zip(canvas.levels.arrays, anew, strict=True):
        assert np.array_equal(now, then)


@given(SIZES, st.integers(0, 99), st.data())
@settings(deadline=None, max_examples=60)
def test_whatever_is_painted_and_taken_back_is_drawn(size, seed, data):
    own = ink_map(size, seed)
    canvas = build_canvas(own, data.draw(st.lists(STROKES, max_size=2)))
    assert_is_drawn(canvas, own, canvas.strokes)
    for _ in range(4):
        strokes = list(canvas.strokes)
        kind = data.draw(st.sampled_from(["paint", "undo", "clear", "preview"]))
        if kind == "paint":
            strokes.append(data.draw(STROKES))
        elif kind == "undo":
            strokes = strokes[:-1]
        elif kind == "clear":
            strokes = []
        else:
            canvas.restore(canvas.preview(data.draw(STROKES)))
        canvas.set_strokes(strokes)
        assert_is_drawn(canvas, own, strokes)


@given(SIZES, st.lists(STROKES, max_size=2), st.integers(1, 255), st.integers(1, 255))
@settings(deadline=None, max_examples=60)
def test_tiles_replace_the_ink_before_and_leave_the_mending(size, strokes, cut, new):
    before, own = ink_map(size, 1), ink_map(size, 2)
    canvas = begin_canvas(build_canvas(before, strokes), new - cut, size[::-1], strokes)
    # Until a tile comes, the new cut shows what the old one did.
    drawn = canvas.levels.arrays[0]
    assert np.array_equal(apply_cut(drawn, new), apply_cut(mend(before, strokes), cut))
    middle = size[0] // 2
    for y0, y1 in ((0, middle), (middle, size[0])):
        if y1 > y0:
            canvas.take_tile(InkTile(0, y0, own[y0:y1]))
    assert_is_drawn(canvas, own, strokes)


def test_tiles_without_anything_before_come_on_paper():
    canvas = begin_canvas(None, 0, (30, 20), ())
    assert [a.shape for a in canvas.levels.arrays] == [
        a.shape for a in build_levels(np.zeros((20, 30), np.uint8)).arrays
    ]
    assert not canvas.levels.arrays[0].any()


def test_the_methods_own_map_is_never_painted():
    own = ink_map((40, 40), 3)
    canvas = build_canvas(own, ())
    assert canvas.levels.arrays[0] is own
    canvas.set_strokes([BrushStroke("ink", 5, ((20, 20),))])
    assert np.array_equal(own, ink_map((40, 40), 3))
    ready = build_canvas(own, (), is_writable=True)
    assert ready.is_writable
