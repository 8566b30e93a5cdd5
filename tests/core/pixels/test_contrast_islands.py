"""Islands of ink that stand out, against their definition pixel by pixel."""

import hypothesis.extra.numpy as arrays
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels import otsu
from hwocr_desktop.core.pixels.contrast_islands import (
    STEPS,
    high_contrast,
    keep_contrasting,
)
from hwocr_desktop.core.progress import Cancelled, CancelToken

sizes = st.tuples(st.integers(1, 14), st.integers(1, 14))
pages = arrays.arrays(np.uint8, sizes)
pairs = sizes.flatmap(
    lambda size: st.tuples(arrays.arrays(np.uint8, size), arrays.arrays(np.uint8, size))
)


def islands_by_definition(ink, sharp):
    """Return what can be walked to on ink from a sharp pixel of it."""
    reached = np.zeros_like(ink)
    waiting = [tuple(at) for at in np.argwhere(ink & sharp)]
    while waiting:
        y, x = waiting.pop()
        if not (0 <= y < ink.shape[0] and 0 <= x < ink.shape[1]):
            continue
        if not ink[y, x] or reached[y, x]:
            continue
        reached[y, x] = True
        near = (-1, 0, 1)
        waiting += [(y + dy, x + dx) for dy in near for dx in near]
    return reached


@given(pairs, st.sampled_from([128, 100, 16, 255]))
@example((np.zeros((1, 1), np.uint8), np.zeros((1, 1), np.uint8)), 128)
def test_ink_is_the_islands_that_stand_out(pair, cut):
    ink_map, gray = pair
    sharp = high_contrast(gray)
    kept = keep_contrasting(ink_map, gray, cut)
    assert (kept <= ink_map).all()
    for step in {cut, *STEPS}:
        expected = islands_by_definition(ink_map >= step, sharp)
        assert np.array_equal(kept >= step, expected)


@given(pages)
def test_contrast_is_its_definition(gray):
    contrast = np.empty_like(gray)
    for y, x in np.ndindex(gray.shape):
        near = gray[max(0, y - 1) : y + 2, max(0, x - 1) : x + 2].astype(float)
        high, low = near.max(), near.min()
        contrast[y, x] = int(255 * (high - low) / (high + low + 1e-4))
    expected = contrast > otsu.otsu_threshold(contrast)
    assert np.array_equal(high_contrast(gray), expected)


@given(pages)
def test_strips_do_not_change_the_contrast(gray):
    whole = high_contrast(gray)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(otsu, "STRIP_PIXELS", 1)
        assert np.array_equal(high_contrast(gray), whole)


def test_soft_shadows_go_and_strokes_stay_whole():
    gray = np.full((80, 120), 200, np.uint8)
    gray[20:24, 10:60] = 60
    for row in range(40, 70):  # a dark place without an edge
        gray[row, 10:110] = 200 - 3 * min(row - 40, 69 - row)
    ink_map = (255 - gray).astype(np.uint8)
    kept = keep_contrasting(ink_map, gray, 75)
    assert (kept[20:24, 10:60] >= 75).all()
    assert (ink_map[40:70] >= 75).any()
    assert not (kept[40:70] >= 75).any()


def test_it_stops_when_told():
    cancel = CancelToken()
    cancel.cancel()
    page = np.zeros((9, 9), np.uint8)
    with pytest.raises(Cancelled):
        keep_contrasting(page, page, 128, cancel=cancel)
