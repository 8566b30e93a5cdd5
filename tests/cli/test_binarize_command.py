"""``hwocr binarize``."""

import json

import cv2
import numpy as np
import pytest

from hwocr_desktop.core.pixels import offline_methods
from hwocr_desktop.core.pixels.thresholding import METHODS, ink_by_threshold
from tests.pages_drawn import draw_page, write_image


def ink_of(path):
    return cv2.imread(str(path), cv2.IMREAD_UNCHANGED) == 0


@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_there(method, hwocr, page, tmp_path):
    done = hwocr("binarize", page, "-o", tmp_path / "out", "--model", method)
    assert done.code == 0
    assert done.out == ""
    gray = cv2.imdecode(np.frombuffer(page.read_bytes(), np.uint8), 0)
    ink = ink_of(tmp_path / "out" / "page ö.png")
    assert np.array_equal(ink, ink_by_threshold(gray, method).binary())


def test_all_options_reach_the_method(hwocr, page, tmp_path):
    out = tmp_path / "out"
    options = ["--model", "nick", "--cut", 150, "--window", 31, "--k", -0.1]
    assert hwocr("binarize", page, "-o", out, *options, "--ink-map").code == 0
    gray = cv2.imdecode(np.frombuffer(page.read_bytes(), np.uint8), 0)
    ink = ink_by_threshold(gray, "nick", window=31, k=-0.1)
    assert np.array_equal(ink_of(out / "page ö.png"), ink.binary(150))
    drawn = cv2.imread(str(out / "page ö.ink.png"), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(drawn, 255 - ink.map)


def test_a_run_is_taken_up_again(hwocr, page, tmp_path):
    arguments = ("binarize", page.parent, "-o", tmp_path / "out", "--model", "otsu")
    assert "1 done" in hwocr(*arguments).err
    write_image(page.with_name("q.png"), draw_page(1))
    assert "1 done, 1 there already" in hwocr(*arguments).err
    assert "2 done" in hwocr(*arguments, "--force").err


def test_json_tells_everything(hwocr, page, tmp_path):
    (page.parent / "bad.png").touch()
    out = tmp_path / "out"
    done = hwocr("binarize", page.parent, "-o", out, "--model", "otsu", "--json")
    assert done.code == 3
    told = json.loads(done.out)
    assert told["model"] == "otsu"
    assert (told["done"], told["failed"]) == (1, 1)
    bad, good = told["pages"]
    assert bad["error"]["exit_code"] == 3
    assert good["outputs"] == [str(out / "page ö.png")]
    assert set(good) == {"source", "page", "state", "outputs", "seconds", "error"}


@pytest.mark.parametrize("cut", [0, 256, -3])
def test_a_cut_out_of_range(cut, hwocr, page, tmp_path):
    done = hwocr("binarize", page, "-o", tmp_path / "out", "--cut", cut)
    assert done.code == 2
    assert "from 1 to 255" in done.err
    assert not (tmp_path / "out").exists()


def test_scans_are_safe_from_their_own_pictures(hwocr, page):
    before = page.read_bytes()
    folder = page.parent
    done = hwocr("binarize", folder, "-o", folder, "--model", "otsu", "--force")
    assert done.code == 2
    assert "would replace the scan" in done.err
    assert page.read_bytes() == before


def test_tiff_by_option_and_by_name(hwocr, page, tmp_path):
    folder, single = tmp_path / "out", tmp_path / "single.tiff"
    for out, options in ((folder, ["--format", "tiff"]), (single, [])):
        done = hwocr("binarize", page, "-o", out, "--model", "otsu", *options)
        assert done.code == 0
        assert "1 done" in done.err
    data = single.read_bytes()
    assert data[:4] == b"II*\0"
    assert (folder / "page ö.tif").read_bytes() == data


def test_a_name_that_is_of_another_format(hwocr, page, tmp_path):
    out = tmp_path / "a.tif"
    done = hwocr("binarize", page, "-o", out, "--format", "png", "--model", "otsu")
    assert done.code == 2
    assert "no name for a file" in done.err
    assert not out.exists()


def test_a_slow_method_of_another_library(hwocr, page, tmp_path):
    pytest.importorskip("doxapy")
    out = tmp_path / "out"
    arguments = ("binarize", page, "-o", out, "--model", "trsingh")
    assert "1 done" in hwocr(*arguments).err
    assert 0.005 < ink_of(out / "page ö.png").mean() < 0.3
    assert "1 there already" in hwocr(*arguments).err


def test_a_slow_method_without_its_library(hwocr, page, tmp_path, monkeypatch):
    monkeypatch.setattr(offline_methods, "find_spec", lambda name: None)
    done = hwocr("binarize", page, "-o", tmp_path / "out", "--model", "gatos")
    assert done.code == 2
    assert "needs the library doxapy" in done.err
    assert not (tmp_path / "out").exists()
