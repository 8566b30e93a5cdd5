"""Blending of windows: what goes in unchanged comes out unchanged, without seams."""

import tracemalloc
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.pixels.tiles import blend_tiles, nearest_first
from hwocr_desktop.core.progress import Cancelled, CancelToken


def identity(windows):
    return windows


@given(
    st.integers(1, 600),
    st.integers(1, 600),
    st.sampled_from([(64, 16), (64, 32), (32, 0), (96, 5), (1, 0)]),
    st.integers(1, 7),
    st.integers(0, 2**32 - 1),
)
def test_a_predictor_that_changes_nothing_gives_the_page_back(
    height, width, tiling, batch, seed
):
    size, overlap = tiling
    if size == 1:
        height, width = height % 20 + 1, width % 20 + 1
    gray = np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)
    again = blend_tiles(gray, identity, size=size, overlap=overlap, batch=batch)
    assert np.array_equal(again, gray)


def shuffled(seed, windows):
    return np.random.default_rng(seed).permutation(len(windows)).tolist()


def said_anew(windows):
    """A network that says something else of each window, whatever its neighbors say."""
    return np.sin(windows * 40 + windows.mean((1, 2), keepdims=True) * 90) ** 2


SIDES = st.integers(-300, 900)
ORDERS = st.builds(
    lambda seed: partial(shuffled, seed), st.integers(0, 2**32 - 1)
) | st.builds(nearest_first, st.tuples(SIDES, SIDES, SIDES, SIDES))


@given(
    st.integers(1, 400),
    st.integers(1, 400),
    st.sampled_from([(64, 16), (64, 32), (32, 0), (96, 5), (1, 0)]),
    st.integers(1, 7),
    ORDERS,
    st.sampled_from([identity, said_anew]),
)
def test_in_whatever_order_windows_are_read_the_result_is_the_same(
    height, width, tiling, batch, order, predict
):
    size, overlap = tiling
    if size == 1:
        height, width = height % 20 + 1, width % 20 + 1
    gray = np.random.default_rng(height).integers(
        0, 256, (height, width), dtype=np.uint8
    )
    same = partial(blend_tiles, gray, predict, size=size, overlap=overlap)
    told = []
    ink_map = same(batch=batch, order=order, report=told.append)
    assert np.array_equal(ink_map, same(batch=3))
    if predict is identity:
        assert np.array_equal(ink_map, gray)
    # What was told on the way is each pixel once, and never changed afterward.
    pieced, times = np.zeros_like(gray), np.zeros(gray.shape, int)
    for tile in (tile for progress in told for tile in progress.partial or ()):
        rows = slice(tile.y, tile.y + tile.pixels.shape[0])
        columns = slice(tile.x, tile.x + tile.pixels.shape[1])
        pieced[rows, columns] = tile.pixels
        times[rows, columns] += 1
    assert (times == 1).all()
    assert np.array_equal(pieced, ink_map)


@given(st.tuples(SIDES, SIDES, st.integers(1, 400), st.integers(1, 400)))
def test_what_is_seen_is_read_before_the_rest(box):
    rect = box[0], box[1], box[0] + box[2], box[1] + box[3]
    windows = [
        (x, y, x + 64, y + 64) for y in range(0, 600, 48) for x in range(0, 500, 48)
    ]
    order = nearest_first(rect)(windows)
    assert sorted(order) == list(range(len(windows)))

    def distance(window):
        across = max(window[0] - rect[2], rect[0] - window[2], 0)
        down = max(window[1] - rect[3], rect[1] - window[3], 0)
        return across**2 + down**2

    distances = [distance(windows[k]) for k in order]
    assert distances == sorted(distances)


def test_parts_are_told_only_where_an_order_is_asked_for():
    told = []
    blend_tiles(
        np.zeros((99, 99), np.uint8),
        identity,
        size=32,
        overlap=8,
        batch=2,
        report=told.append,
    )
    assert {progress.partial for progress in told} == {None}


@given(st.integers(1, 300), st.integers(1, 300))
def test_windows_are_full_and_show_the_page_mirrored_beyond_its_borders(height, width):
    gray = np.random.default_rng(height).integers(
        0, 256, (height, width), dtype=np.uint8
    )
    size, overlap = 48, 16
    seen = []

    def keep(windows):
        assert windows.dtype == np.float32
        assert windows.shape[1:] == (size, size)
        seen.extend(windows)
        return windows

    blend_tiles(gray, keep, size=size, overlap=overlap, batch=3)
    margin = overlap // 2
    reach = [(margin, size + 32 * (n // 32 + 1)) for n in gray.shape]
    mirrored = np.pad(gray, reach, mode="reflect") if min(gray.shape) > 1 else None
    if mirrored is not None:
        first = mirrored[:size, :size].astype(np.float32) / 255
        assert np.allclose(seen[0], first, atol=1e-6)


@pytest.mark.parametrize("overlap", [16, 32])
def test_windows_that_disagree_leave_no_seam(overlap):
    """Each window says something else; between two the answer passes over smoothly."""
    size, steps = 64, []

    def stubborn(windows):
        levels = np.linspace(0, 1, 5)
        answer = np.empty_like(windows)
        for window in answer:
            window[:] = levels[len(steps) % 5]
            steps.append(1)
        return answer

    ink = blend_tiles(
        np.zeros((500, 400), np.uint8), stubborn, size=size, overlap=overlap, batch=4
    ).astype(int)
    # The steepest part of a raised cosine from 0 to 255 over the overlap.
    steepest = 255 * np.pi / 2 / overlap + 1
    assert ink.max() - ink.min() > 200
    assert np.abs(np.diff(ink, axis=0)).max() <= steepest
    assert np.abs(np.diff(ink, axis=1)).max() <= steepest


def test_a_window_counts_least_at_its_own_border():
    """A predictor that errs at its border only is nearly right after blending."""

    def errs_at_the_border(windows):
        answer = windows.copy()
        answer[:, 0] = answer[:, -1] = 1
        answer[:, :, 0] = answer[:, :, -1] = 1
        return answer

    page = np.zeros((300, 300), np.uint8)
    blended = blend_tiles(page, errs_at_the_border, size=64, overlap=32, batch=8)
    assert blended.max() <= 2


def test_values_beyond_the_range_are_limited():
    page = np.full((70, 70), 128, np.uint8)
    over = blend_tiles(page, lambda w: w * 3, size=32, overlap=8, batch=4)
    under = blend_tiles(page, lambda w: w - 1, size=32, overlap=8, batch=4)
    assert (over == 255).all()
    assert (under == 0).all()


def test_progress_counts_every_window_once():
    reports, counted = [], []

    def count(windows):
        counted.append(len(windows))
        return windows

    blend_tiles(
        np.zeros((200, 330), np.uint8),
        count,
        size=64,
        overlap=16,
        batch=4,
        report=reports.append,
    )
    assert [r.done for r in reports] == list(np.cumsum(counted))
    assert reports[-1].done == reports[-1].total == sum(counted)
    assert max(counted) <= 4


def test_cancelling_stops_before_the_next_batch():
    cancel, batches = CancelToken(), []

    def cancel_at_the_third(windows):
        batches.append(1)
        if len(batches) == 3:
            cancel.cancel()
        return windows

    with pytest.raises(Cancelled):
        blend_tiles(
            np.zeros((400, 400), np.uint8),
            cancel_at_the_third,
            size=64,
            overlap=16,
            batch=2,
            cancel=cancel,
        )
    assert len(batches) == 3


@pytest.mark.parametrize(
    ("size", "overlap", "batch"), [(0, 0, 1), (64, 33, 1), (64, -1, 1), (64, 8, 0)]
)
def test_impossible_windows_are_refused(size, overlap, batch):
    with pytest.raises(BadRequest):
        blend_tiles(
            np.zeros((9, 9), np.uint8),
            identity,
            size=size,
            overlap=overlap,
            batch=batch,
        )


@pytest.mark.parametrize("shape", [(0, 4), (4, 0)])
def test_an_empty_page_is_refused(shape):
    with pytest.raises(BadRequest, match="no pixels"):
        blend_tiles(np.zeros(shape, np.uint8), identity, size=8, overlap=2, batch=1)


def test_memory_does_not_grow_with_the_height_of_the_page():
    gray = np.zeros((6000, 3000), np.uint8)
    tracemalloc.start()
    try:
        blend_tiles(gray, identity, size=256, overlap=32, batch=4)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    # The ink map, and a few rows of windows in float32.
    assert peak < gray.nbytes + 6 * 256 * 3000 * 4
