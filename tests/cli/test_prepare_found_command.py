"""``hwocr prepare found``: found lines with the text of the true ones."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from hwocr_desktop.app import found_lines
from hwocr_desktop.core.errors import BadRequest, TrainingDataMissing
from hwocr_desktop.core.pixels.crops import crop_to_read
from hwocr_desktop.ml.training.line_data import load_lines
from tests.pages_drawn import draw_page, line_at, lines_of, write_image, write_truth

OTSU = ("--clean", "otsu")
TEXTS = ["one", "two", "three", "four"]


@pytest.fixture
def scans(tmp_path):
    """Write a page of four lines with its truth, in a folder below."""
    gray = draw_page(4)
    write_image(tmp_path / "scans" / "set" / "a.png", gray)
    lines = [line_at(i, text) for i, text in enumerate(TEXTS)]
    write_truth(tmp_path / "scans" / "set" / "a.xml", lines, gray, "a.png")
    return tmp_path / "scans"


def find(monkeypatch, change):
    """Let the finder find what ``change`` makes of the true lines."""
    monkeypatch.setattr(
        found_lines, "find_lines", lambda binary, **_: change(list(lines_of(binary)))
    )


def moved(shape, left, right):
    """Return a line with its ends moved along."""
    (xa, ya), (xb, yb) = shape.baseline
    return replace(shape, baseline=((xa + left, ya), (xb + right, yb)))


def test_found_lines_get_the_text_of_the_true_ones(hwocr, scans, tmp_path, monkeypatch):
    # In another order, the first a little longer, and none for "two".
    find(monkeypatch, lambda x: [x[3], x[2], moved(x[0], -20, 20)])
    out = tmp_path / "out"
    done = hwocr("prepare", "found", scans, "-o", out, *OTSU, "--json")
    assert done.code == 0
    told = done.json
    assert (told["pages"], told["true"], told["found"], told["kept"]) == (1, 4, 3, 3)
    made = {sample.text: sample.gray for sample in load_lines([out])}
    assert set(made) == {"one", "three", "four"}
    page = cv2.imread(str(scans / "set" / "a.png"), cv2.IMREAD_GRAYSCALE)
    cut = crop_to_read(page, moved(line_at(0).shape, -20, 20))
    assert np.array_equal(made["one"], cut)


@pytest.mark.parametrize(("left", "right"), [(60, 0), (0, -60), (-60, 0), (0, 60)])
def test_a_line_that_lacks_letters_or_has_others_is_left_out(
    hwocr, scans, tmp_path, monkeypatch, left, right
):
    find(monkeypatch, lambda x: [x[0], moved(x[1], left, right)])
    out = tmp_path / "out"
    assert hwocr("prepare", "found", scans, "-o", out, *OTSU).code == 0
    assert [sample.text for sample in load_lines([out])] == ["one"]


def test_a_damaged_scan_is_told_and_the_rest_goes_on(
    hwocr, scans, tmp_path, monkeypatch
):
    find(monkeypatch, lambda x: x)
    (scans / "bad.png").write_bytes(b"not a picture")
    text = (scans / "set" / "a.xml").read_text("utf-8").replace("a.png", "bad.png")
    (scans / "bad.xml").write_text(text, encoding="utf-8")
    done = hwocr("prepare", "found", scans, "-o", tmp_path / "out", *OTSU)
    assert done.code != 0
    assert "bad.png" in done.err
    assert "4 of them are one of 4 with a text" in done.err
    assert len(load_lines([tmp_path / "out"])) == 4


def test_nothing_that_is_known(hwocr, scans, tmp_path, monkeypatch):
    find(monkeypatch, lambda x: [moved(shape, 300, 0) for shape in x])
    done = hwocr("prepare", "found", scans, "-o", tmp_path / "out", *OTSU)
    assert done.code == TrainingDataMissing.exit_code
    (scans / "set" / "a.xml").unlink()
    done = hwocr("prepare", "found", scans, "-o", tmp_path / "new", *OTSU)
    assert done.code == TrainingDataMissing.exit_code
    done = hwocr("prepare", "found", scans, "-o", scans / "out", *OTSU)
    assert done.code in (BadRequest.exit_code, TrainingDataMissing.exit_code)
