"""Some of many transcribed lines, drawn before their scans are opened."""

import logging
from collections import Counter

import numpy as np
import pytest

from hwocr_desktop.core.errors import TrainingDataMissing
from hwocr_desktop.ml.training import line_data
from hwocr_desktop.ml.training.line_data import draw_lines, load_lines
from tests.drawn_lines import write_lines
from tests.pages_drawn import draw_page, line_at, write_image, write_truth

LINES, PAGES, PICTURES = 4, 30, 40


@pytest.fixture(scope="module")
def collection(tmp_path_factory):
    """Thirty pages of four lines each, and forty pictures of lines."""
    folder = tmp_path_factory.mktemp("collection")
    pixels = draw_page(LINES)
    for number in range(PAGES):
        name = f"p{number:02}.png"
        write_image(folder / "pages" / name, pixels)
        lines = [line_at(i, f"page {number} line {i}") for i in range(LINES)]
        path = folder / "pages" / name
        write_truth(path.with_suffix(".xml"), lines, pixels, name)
    write_lines(folder / "pictures", PICTURES)
    return folder


def names(lines):
    return [line.name for line in lines]


@pytest.mark.parametrize("most", [LINES * PAGES + PICTURES, 1000])
def test_whoever_wants_all_gets_all_in_the_usual_order(collection, most):
    drawn = draw_lines([collection], most, np.random.default_rng(0))
    everything = load_lines([collection])
    assert len(everything) == LINES * PAGES + PICTURES
    assert names(drawn) == names(everything)
    assert all(
        np.array_equal(one.gray, other.gray)
        for one, other in zip(drawn, everything, strict=True)
    )


def test_only_the_scans_of_drawn_lines_are_opened(collection, monkeypatch):
    opened = []
    load_scan = line_data.load_scan

    def watch(path, **options):
        opened.append(path)
        return load_scan(path, **options)

    monkeypatch.setattr(line_data, "load_scan", watch)
    drawn = draw_lines([collection], 10, np.random.default_rng(0))
    assert len(set(names(drawn))) == 10
    assert len(opened) == len(set(opened)) <= 10 + 8


def test_every_line_comes_as_often_in_the_long_run(collection):
    met = Counter(
        name
        for seed in range(60)
        for name in names(draw_lines([collection], 40, np.random.default_rng(seed)))
    )
    of_pages = sum(n for name, n in met.items() if name.startswith("pages/"))
    # Three of four lines stand on pages, and so do those that are drawn: 1800 of 2400;
    # they come in fours, which doubles the usual deviation of 21.
    assert abs(of_pages - 1800) < 4 * 42
    assert len(met) == LINES * PAGES + PICTURES


def test_a_drawn_line_that_cannot_be_used_is_said(tmp_path, caplog):
    write_lines(tmp_path / "set", 6)
    (tmp_path / "set" / "3.png").write_bytes(b"no picture")
    with caplog.at_level(logging.WARNING):
        drawn = draw_lines([tmp_path], 6, np.random.default_rng(0))
    assert len(drawn) == 5
    assert "labels.tsv, line 4" in caplog.text


def test_a_folder_without_lines_is_said(tmp_path):
    with pytest.raises(TrainingDataMissing):
        draw_lines([tmp_path], 6, np.random.default_rng(0))
