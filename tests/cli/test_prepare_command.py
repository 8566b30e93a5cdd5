"""``hwocr prepare``."""

import numpy as np
import pytest

from hwocr_desktop.core.pixels.thresholding import ink_by_threshold
from hwocr_desktop.ml.training.ink_pairs import find_pairs
from tests.pages_drawn import draw_page, write_image


@pytest.fixture
def pairs(tmp_path):
    for number in range(2):
        gray = draw_page(2, number)
        truth = ink_by_threshold(gray, "otsu").binary()
        write_image(tmp_path / "data" / f"p{number}.png", gray)
        ink = np.where(truth, 0, 255).astype(np.uint8)
        write_image(tmp_path / "data" / f"p{number}_gt.png", ink)
    return tmp_path / "data"


def test_windows_of_all_pages(hwocr, pairs, tmp_path):
    out = tmp_path / "out"
    arguments = ["prepare", pairs, "-o", out, "--size", 128, "--count", 4, "--jobs", 1]
    done = hwocr(*arguments, "--json")
    assert done.code == 0
    told = done.json
    assert (told["made"], told["kept"], told["failed"]) == (8, 0, 0)
    assert [page["name"] for page in told["pages"]] == ["p0", "p1"]
    assert len(find_pairs(out)) == 8
    done = hwocr(*arguments)
    assert done.out == ""
    assert "0 windows made, 8 there already, 2 pages" in done.err


def test_every_option_reaches_the_windows(hwocr, pairs, tmp_path):
    out = tmp_path / "out"
    options = ["--size", 100, "--stride", 80, "--augment", "--seed", 7, "--jobs", 1]
    assert hwocr("prepare", pairs, "-o", out, *options).code == 0
    settings = (out / "manifest.json").read_text("utf-8")
    for entry in ('"size": 100', '"stride": 80', '"augment": true', '"seed": 7'):
        assert entry in settings


def test_a_bad_page_is_named_and_counts(hwocr, pairs, tmp_path):
    (pairs / "p0.png").write_bytes(b"no picture")
    done = hwocr("prepare", pairs, "-o", tmp_path / "out", "--jobs", 1)
    assert done.code == 3
    assert "p0: " in done.err
    assert "1 failed" in done.err


def test_stride_and_count_exclude_each_other(hwocr, pairs, tmp_path):
    options = ["--stride", 10, "--count", 5]
    assert hwocr("prepare", pairs, "-o", tmp_path / "out", *options).code == 2


def test_a_folder_without_pairs(hwocr, tmp_path):
    done = hwocr("prepare", tmp_path, "-o", tmp_path / "out")
    assert done.code == 11
    assert "NAME_gt.png" in done.err
