"""Negatives are recognized; a normal scan is never called one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.pixels.polarity import is_negative


@pytest.fixture
def rng():
    return np.random.default_rng(1777)


def letter(rng, paper=215, ink=60, size=(1400, 1000)) -> np.ndarray:
    """Write lines of wavy strokes on uneven paper."""
    height, width = size
    page = np.full(size, paper, np.float32)
    page += cv2.resize(rng.normal(0, 8, (9, 7)).astype(np.float32), (width, height))
    for y in range(90, height - 60, 60):
        x = np.arange(80, width - 80, 2)
        wave = y + 12 * np.sin(x / rng.uniform(4, 7)) * rng.uniform(0.4, 1, x.size)
        points = np.stack([x, wave], axis=-1).astype(np.int32)
        cv2.polylines(page, [points], isClosed=False, color=ink, thickness=3)
    page += rng.normal(0, 4, size)
    return np.clip(page, 0, 255).astype(np.uint8)


def with_borders(page, width, value):
    return cv2.copyMakeBorder(page, *[width] * 4, cv2.BORDER_CONSTANT, value=value)


@pytest.mark.parametrize("paper", [90, 130, 215, 250])
def test_letters_and_their_negatives(rng, paper):
    page = letter(rng, paper, ink=max(0, paper - 80))
    assert not is_negative(page)
    if paper > 130:
        assert is_negative(255 - page)


@pytest.mark.parametrize("border", [100, 400, 1200])
def test_black_borders_do_not_make_a_negative(rng, border):
    page = with_borders(letter(rng), border, 5)
    noise = rng.integers(0, 20, page.shape, dtype=np.uint8)
    assert not is_negative(cv2.add(page, noise))


def test_film_with_clear_borders_is_a_negative(rng):
    assert is_negative(with_borders(255 - letter(rng), 80, 250))


@pytest.mark.parametrize("value", [0, 30, 128, 255])
def test_empty_pages_are_left_alone(rng, value):
    page = np.full((900, 700), value, np.uint8)
    assert not is_negative(page)
    speckles = rng.random(page.shape) < 0.0005
    assert not is_negative(np.where(speckles, 255 - page, page))


def test_small_pictures_are_left_alone():
    assert not is_negative(np.zeros((1, 1), np.uint8))
    assert not is_negative(np.eye(63, dtype=np.uint8) * 255)


def test_a_negative_is_loaded_as_a_positive(rng, tmp_path):
    page = letter(rng)
    Image.fromarray(255 - page).save(tmp_path / "film.png")
    scan = load_scan(tmp_path / "film.png")
    assert scan.inverted
    np.testing.assert_array_equal(scan.gray, page)
    as_it_is = load_scan(tmp_path / "film.png", inverted=False)
    assert not as_it_is.inverted
    np.testing.assert_array_equal(as_it_is.gray, 255 - page)


def test_real_scans_with_black_borders(shared_data):
    folder = shared_data / "binarization" / "train" / "narc_finland" / "images"
    scans = sorted(folder.iterdir())
    assert scans
    for path in scans:
        gray = load_scan(path, inverted=False).gray
        assert not is_negative(gray), path.name
