"""Windows of a page: where they lie and what they hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.ml.training.binarizer_data import InkPage
from hwocr_desktop.ml.training.window_cutting import WindowSettings, grid, windows


def page(height=70, width=100, name="p"):
    rng = np.random.default_rng(3)
    gray = rng.integers(0, 256, (height, width), dtype=np.uint8)
    return InkPage(name, gray, gray < 90)


def made(page, **settings):
    return [draw() for draw in windows(page, WindowSettings(**settings))]


@given(st.integers(1, 90), st.integers(1, 90), st.integers(1, 40), st.integers(1, 40))
def test_a_grid_covers_the_page_and_stays_on_it(height, width, size, stride):
    stride = min(size, stride)
    covered = np.zeros((height, width), int)
    corners = list(grid((height, width), size, stride))
    assert len(set(corners)) == len(corners)
    for y, x in corners:
        assert y + size <= max(height, size)
        assert x + size <= max(width, size)
        covered[y : y + size, x : x + size] += 1
    assert covered.min() >= 1


def test_a_grid_of_windows_is_the_page_cut_up():
    whole = page(64, 96)
    cut = made(whole, size=32)
    assert len(cut) == 6
    for number, (gray, ink) in enumerate(cut):
        y, x = 32 * (number // 3), 32 * (number % 3)
        assert np.array_equal(gray, whole.gray[y : y + 32, x : x + 32])
        assert np.array_equal(ink, whole.truth[y : y + 32, x : x + 32])


@pytest.mark.parametrize("shape", [(1, 1), (1, 90), (20, 31), (90, 5)])
@pytest.mark.parametrize("options", [{}, {"count": 2}, {"augment": True}])
def test_a_page_smaller_than_a_window_goes_on_as_in_a_mirror(shape, options):
    small = page(*shape)
    cut = made(small, size=32, **options)
    assert cut
    for gray, ink in cut:
        assert gray.shape == ink.shape == (32, 32)
        assert gray.dtype == np.uint8
        assert ink.dtype == np.bool_
        if not options.get("augment"):
            part = gray[: shape[0], : shape[1]]
            assert any(
                np.array_equal(part, small.gray[y : y + 32, x : x + 32])
                for y in range(max(1, shape[0] - 31))
                for x in range(max(1, shape[1] - 31))
            )


@pytest.mark.parametrize("options", [{"count": 5}, {"augment": True, "count": 5}])
def test_the_seed_the_page_and_the_number_decide_a_window(options):
    first = made(page(), size=32, **options)
    again = [
        draw()
        for draw in reversed(list(windows(page(), WindowSettings(size=32, **options))))
    ]
    for (gray, ink), (other, other_ink) in zip(first, reversed(again), strict=True):
        assert np.array_equal(gray, other)
        assert np.array_equal(ink, other_ink)
    assert len({gray.tobytes() for gray, _ in first}) > 1
    for change in ({"seed": 2}, {"name": "q"}):
        name = change.pop("name", "p")
        others = made(page(name=name), size=32, **options, **change)
        assert any(
            not np.array_equal(a, b)
            for (a, _), (b, _) in zip(first, others, strict=True)
        )


def test_aged_windows_are_as_many_as_the_grid_has():
    assert len(made(page(), size=32, augment=True)) == len(made(page(), size=32))


@pytest.mark.parametrize(
    "numbers",
    [{"size": 8}, {"size": 5000}, {"stride": -1}, {"count": -1}, {"seed": -1}],
)
def test_numbers_out_of_range_are_refused(numbers):
    with pytest.raises(BadRequest):
        WindowSettings(**numbers)
