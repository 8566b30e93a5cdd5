"""The sample pages that are in the repository, and what is said of them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from lxml import etree

from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.paths import bundled_resources
from hwocr_desktop.core.pixels.imaging import count_frames, find_scans, load_scan
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold

FOLDER = bundled_resources() / "samples"
SCANS = find_scans([FOLDER])
MOST_BYTES = 600_000


def _frames() -> list[tuple[Path, int, Path]]:
    """Return scan, frame and truth of every sample page."""
    found = []
    for scan in SCANS:
        count = count_frames(scan)
        for frame in range(count):
            name = f"{scan.stem}-{frame + 1:03d}" if count > 1 else scan.stem
            found.append((scan, frame, FOLDER / "page" / f"{name}.xml"))
    return found


def test_there_are_enough_and_each_has_its_truth() -> None:
    assert len(_frames()) >= 5
    truths = {truth for _, _, truth in _frames()}
    assert truths == set((FOLDER / "page").glob("*.xml"))


def test_they_are_small_enough_to_keep() -> None:
    assert {s.name for s in SCANS if s.stat().st_size > MOST_BYTES} == set()


def test_only_the_film_is_taken_for_a_negative() -> None:
    negatives = {scan.name for scan, frame, _ in _frames() if load_scan(scan).inverted}
    assert negatives == {"petition_1871_negative.jpg"}


@pytest.mark.parametrize(
    ("scan", "frame", "truth"), _frames(), ids=lambda v: getattr(v, "stem", str(v))
)
def test_ink_is_where_the_truth_says(scan: Path, frame: int, truth: Path) -> None:
    page = read_page(truth)
    gray = load_scan(scan, frame).gray
    assert page.image_name == scan.name
    assert (page.height, page.width) == gray.shape
    assert all(line.text.strip() for line in page.lines)

    ink = ink_by_threshold(gray, "sauvola").binary()
    whole = np.zeros(gray.shape, dtype=np.uint8)
    for line in page.lines:
        alone = np.zeros(gray.shape, dtype=np.uint8)
        cv2.fillPoly(alone, [np.array(line.shape.polygon).round().astype(np.int32)], 1)
        # Every line holds writing, from its first tenth to its last.
        columns = np.flatnonzero((ink & (alone > 0)).any(axis=0))
        x0, _, x1, _ = line.shape.bounds
        assert columns.min() < x0 + 0.1 * (x1 - x0)
        assert columns.max() > x1 - 0.1 * (x1 - x0)
        whole |= alone
    # Most ink of the written area is on lines; rules and film have some elsewhere.
    xs, ys = np.array([p for li in page.lines for p in li.shape.polygon]).T
    area = np.s_[int(ys.min()) : int(ys.max()), int(xs.min()) : int(xs.max())]
    assert ink[area][whole[area] > 0].sum() / ink[area].sum() > 0.8


def test_every_truth_is_valid_page_xml() -> None:
    schema = bundled_resources() / "schemas" / "pagecontent-2019-07-15.xsd"
    check = etree.XMLSchema(etree.parse(str(schema)))
    for truth in (FOLDER / "page").glob("*.xml"):
        check.assertValid(etree.parse(str(truth)))
