"""Line crops against plain slicing and rotated pages."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.crops import (
    MAX_WIDTH,
    SIDE_MARGIN,
    crop_line,
    crop_margin,
    fit_height,
    percentiles,
    stretch_ink,
)
from hwocr_desktop.core.pixels.geometry import LineShape


def shape(points, ascent=40.0, descent=24.0):
    return LineShape(
        tuple(points), ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0)), ascent, descent
    )


def noise(height=200, width=400, seed=0):
    rng = np.random.default_rng(seed)
    gray = rng.integers(0, 256, (height, width), np.uint8)
    return cv2.GaussianBlur(gray, (0, 0), 2)


def test_a_level_line_at_its_own_scale_is_a_slice():
    gray = noise()
    crop = crop_line(gray, shape([(100, 90), (300, 90)]))
    margin = SIDE_MARGIN * 64
    width = crop.shape[1]
    assert crop.shape[0] == 64
    assert abs(width - (200 + 2 * margin)) <= 1
    # Crop pixel centers lie half a pixel into the strip, as page pixels do.
    left = 100 - margin
    columns = left + (np.arange(width) + 0.5) * (200 + 2 * margin) / width
    rows = 90 - 40 + np.arange(64) + 0.5
    expected = cv2.remap(
        gray,
        np.tile(columns.astype(np.float32), (64, 1)),
        np.tile(rows.astype(np.float32)[:, None], (1, width)),
        cv2.INTER_LINEAR,
    )
    difference = np.abs(crop.astype(int) - expected)
    assert difference.max() <= 3


@pytest.mark.parametrize("angle_deg", [-25.0, 12.0, 80.0])
def test_a_turned_line_on_a_turned_page_gives_the_same_crop(angle_deg):
    gray = noise(400, 400)
    line = np.array([(120.0, 210.0), (280.0, 210.0)])
    plain = crop_line(gray, shape(line))
    turn = cv2.getRotationMatrix2D((200, 200), angle_deg, 1.0)
    turned = cv2.warpAffine(gray, turn, (400, 400), flags=cv2.INTER_CUBIC)
    points = [tuple(p) for p in line @ turn[:, :2].T + turn[:, 2]]
    crop = crop_line(turned, shape(points))
    inner = (slice(8, -8), slice(16, -16))
    a, b = plain[inner].astype(float), crop[inner][:, : plain[inner].shape[1]]
    width = min(a.shape[1], b.shape[1])
    assert np.corrcoef(a[:, :width].ravel(), b[:, :width].ravel())[0, 1] > 0.98


def test_a_larger_page_gives_the_same_crop():
    gray = noise()
    large = cv2.resize(gray, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    small_crop = crop_line(gray, shape([(100, 90), (300, 95)]))
    large_crop = crop_line(large, shape([(300, 270), (900, 285)], 120.0, 72.0))
    assert abs(small_crop.shape[1] - large_crop.shape[1]) <= 1
    width = min(small_crop.shape[1], large_crop.shape[1])
    a, b = small_crop[:, :width], large_crop[:, :width]
    assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.95


coordinate = st.floats(-500, 1500, allow_nan=False)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=6),
    st.floats(0, 300),
    st.floats(0, 300),
    st.integers(1, 60),
)
def test_any_shape_on_any_page_gives_a_crop_of_the_right_height(
    points, ascent, descent, side
):
    gray = noise(side, side)
    crop = crop_line(gray, shape(points, ascent, descent), 48)
    assert crop.shape[0] == 48
    assert 1 <= crop.shape[1] <= MAX_WIDTH
    assert crop.dtype == np.uint8


@given(st.integers(1, 90), st.integers(1, 300))
@settings(max_examples=40, deadline=None)
def test_fitting_keeps_the_aspect(rows, columns):
    fitted = fit_height(np.full((rows, columns), 7, np.uint8), 64)
    assert fitted.shape[0] == 64
    assert abs(fitted.shape[1] - min(MAX_WIDTH, max(1, columns * 64 / rows))) <= 1
    assert (fitted == 7).all()


def test_stretching_does_not_depend_on_exposure():
    page = np.full((64, 200), 220, np.uint8)
    page[20:30, 40:160] = 60
    faded = (page * 0.5 + 90).astype(np.uint8)
    assert np.array_equal(stretch_ink(page) > 128, stretch_ink(faded) > 128)
    assert stretch_ink(page)[25, 100] == 255
    assert stretch_ink(page)[0, 0] == 0


def test_an_empty_strip_stays_empty():
    rng = np.random.default_rng(0)
    grain = (235 + rng.integers(-2, 3, (64, 300))).astype(np.uint8)
    assert stretch_ink(grain).max() < 64


@pytest.mark.parametrize("is_turned", [False, True])
def test_a_line_longer_than_opencv_samples_is_squeezed(is_turned):
    page = np.full((200, 60_000), 255, np.uint8)
    page[60:120, 30_000:] = 0
    points = [(0.0, 100.0), (59_000.0, 100.0)]
    if is_turned:
        page = np.ascontiguousarray(np.rot90(page))
        points = [(y, 59_999.0 - x) for x, y in points]
    crop = crop_line(page, shape(points))
    assert crop.shape == (64, MAX_WIDTH)
    middle = crop[24]
    edge = int(np.argmax(middle < 128))
    assert abs(edge / MAX_WIDTH - 30_013 / 59_026) < 0.001
    assert middle[: edge - 1].min() == 255
    assert middle[edge + 1 : -20].max() == 0


@given(
    st.integers(1, 40),
    st.integers(1, 40),
    st.lists(st.floats(0, 100), min_size=1, max_size=4),
    st.integers(1, 256),
    st.integers(0, 99),
)
def test_counted_percentiles_are_numpys(height, width, shares, levels, seed):
    rng = np.random.default_rng(seed)
    values = rng.integers(0, levels, (height, width), np.uint8)
    expected = np.percentile(values, shares)
    assert np.allclose(percentiles(values, shares), expected, atol=1e-6)


def test_percentiles_of_very_many_pixels_are_counted_exactly():
    values = np.zeros((4100, 4100), np.uint8)
    values[-1, -2:] = 200
    assert percentiles(values, (50.0, 100.0)) == [0.0, 200.0]


@given(st.floats(0.0, 1.0), st.floats(-20.0, 20.0))
@settings(deadline=None, max_examples=30)
def test_a_crop_shows_a_place_of_the_baseline_where_its_margin_says(at, rise):
    line = shape([(100, 90), (300, 90 + rise)])
    gray = np.full((200, 400), 255, np.uint8)
    x, y = 100 + 200 * at, 90 + rise * at
    cv2.circle(gray, (round(x), round(y)), 4, 0, -1)
    crop = crop_line(gray, line)
    margin = crop_margin(line)
    column = (at + margin) / (1 + 2 * margin) * crop.shape[1]
    assert np.argwhere(crop < 128)[:, 1].mean() == pytest.approx(column, abs=1.5)


def test_the_margin_of_a_line_without_length_is_that_of_a_pixel():
    assert crop_margin(shape([(50, 50), (50, 50)])) == pytest.approx(SIDE_MARGIN * 64)
