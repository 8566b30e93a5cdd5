"""A page in several sizes, and the table that turns an ink map into ink."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.thresholding import apply_cut
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.ui.pixel_levels import (
    ENOUGH,
    SMALLEST_SIDE_PX,
    build_levels,
    cut_table,
    full_only,
)

ALL_VALUES = np.arange(256, dtype=np.uint8)


@given(st.integers(1, 255))
def test_the_table_is_exactly_the_cut(cut):
    table = np.array(cut_table(cut))
    is_ink = apply_cut(ALL_VALUES[None], cut)[0]
    assert np.array_equal(table == 0xFF000000, is_ink)
    assert np.array_equal(table == 0xFFFFFFFF, ~is_ink)


@given(st.integers(1, 255), st.integers(1, 60))
def test_the_soft_table_fades_and_agrees_far_from_the_cut(cut, softness):
    grays = np.array(cut_table(cut, softness)) & 0xFF
    assert (np.diff(grays) <= 0).all()
    hard = np.array(cut_table(cut)) & 0xFF
    far = np.abs(np.arange(256) - cut) >= softness
    assert np.array_equal(grays[far], hard[far])


@given(st.integers(1, 3000), st.integers(1, 40))
def test_each_size_is_half_the_one_before(width, height):
    page = np.zeros((height, width), np.uint8)
    levels = build_levels(page)
    assert levels.arrays[0] is page
    assert max(levels.arrays[-1].shape[:2]) <= SMALLEST_SIDE_PX
    for large, small in zip(levels.arrays, levels.arrays[1:], strict=False):
        for a, b in zip(large.shape, small.shape, strict=True):
            assert abs(b - a / 2) <= 1
        assert small.flags.c_contiguous


@given(st.floats(0.001, 8))
def test_the_chosen_size_has_enough_pixels_and_no_smaller_one_has(scale):
    levels = build_levels(np.zeros((1200, 3000), np.uint8))
    number = levels.choose(scale)
    widths = [array.shape[1] for array in levels.arrays]
    if number:
        assert widths[number] >= ENOUGH * scale * 3000
    for width in widths[number + 1 :]:
        assert width < ENOUGH * scale * 3000


def test_reduced_copies_are_means():
    page = np.zeros((1500, 1500, 3), np.uint8)
    page[:, ::2] = (100, 200, 50)
    small = build_levels(page).arrays[1]
    assert small.shape == (750, 750, 3)
    assert (small == (50, 100, 25)).all()


def test_pages_with_gaps_in_memory_are_laid_out_anew():
    page = np.zeros((20, 30), np.uint8).T
    assert full_only(page).arrays[0].flags.c_contiguous
    assert full_only(page).size == (20, 30)


def test_building_can_be_stopped():
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        build_levels(np.zeros((2000, 2000), np.uint8), cancel=token)
