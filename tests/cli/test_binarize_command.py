"""``hwocr binarize``."""

import errno
import json
import os

import cv2
import numpy as np
import pytest

from hwocr_desktop.core import atomic, paths
from hwocr_desktop.core.errors import OutputNotWritable
from hwocr_desktop.core.pixels import offline_methods
from hwocr_desktop.core.pixels.thresholding import (
    LOCAL_METHODS,
    METHODS,
    ink_by_threshold,
)
from hwocr_desktop.ml.registry import ModelCard, save_model
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


def test_a_name_that_is_no_text_is_told_and_goes_into_json(hwocr, page, tmp_path):
    scan = page.with_name(os.fsdecode(b"latin\xe9.png"))
    try:
        page.rename(scan)
    except OSError:
        pytest.skip("names are always text here")
    arguments = ("binarize", scan.parent, "-o", tmp_path / "out", "--model", "otsu")
    done = hwocr(*arguments)
    assert done.code == 0
    assert "latin\\udce9.png" in done.err
    (told,) = hwocr(*arguments, "--json").json["pages"]
    assert (told["source"], told["state"]) == (str(scan), "skipped")


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


OUT_OF_RANGE = [
    *(("--k", k, "between -1 and 1") for k in ("1e9", "-1.01", "nan", "inf")),
    *(("--window", px, "3 to 999") for px in (0, 2, -5, 1000, 10**9)),
]


@pytest.mark.parametrize("method", LOCAL_METHODS)
@pytest.mark.parametrize(("option", "value", "said"), OUT_OF_RANGE)
def test_a_parameter_out_of_range(option, value, said, method, hwocr, page, tmp_path):
    out = tmp_path / "out"
    done = hwocr("binarize", page, "-o", out, "--model", method, f"{option}={value}")
    assert done.code == 2
    assert "is out of range" in done.err
    assert said in done.err
    assert not out.exists()


@pytest.mark.parametrize(
    ("method", "option"),
    [
        ("otsu", "--k=0.2"),
        ("global", "--window=31"),
        ("sauvola", "--orientations=4"),
        ("gatos", "--orientations=1"),
        ("bernsen", "--k=0.2"),
        ("bataineh", "--window=31"),
    ],
)
def test_a_parameter_that_the_method_has_not(method, option, hwocr, page, tmp_path):
    out = tmp_path / "out"
    done = hwocr("binarize", page, "-o", out, "--model", method, option)
    assert done.code == 2
    name = option.partition("=")[0]
    assert f"The option {name} means nothing to {method}." in done.err
    assert not out.exists()


@pytest.mark.parametrize("option", ["--k=0.2", "--window=31"])
def test_a_model_has_no_parameters_of_thresholds(option, hwocr, page, model):
    out = page.parent / "out"
    done = hwocr("binarize", page, "-o", out, "--model", model, option)
    assert done.code == 2
    assert f"means nothing to {model}" in done.err


@pytest.fixture
def model():
    """Install a model that breaks as soon as it is opened."""
    card = ModelCard("inky", "binarize", "Ink", "", "Apache-2.0", {}, "nothing")
    folder = paths.user_models() / "inky"
    save_model(folder, card, lambda path: path.write_bytes(b"weights"))
    return "inky"


def test_a_scan_named_as_its_own_output_is_told_before_the_model_opens(
    hwocr, page, model
):
    before = page.read_bytes()
    for force in ([], ["--force"]):
        done = hwocr("binarize", page, "-o", page, "--model", model, *force)
        assert done.code == 2
        assert "would replace the scan" in done.err
    assert page.read_bytes() == before


@pytest.mark.parametrize("is_there", [False, True])
def test_a_wrong_file_is_told_before_the_model_opens(
    is_there, hwocr, page, tmp_path, model
):
    # This model would break.
    wrong, out = tmp_path / "wrong.png", tmp_path / "out"
    if is_there:
        wrong.write_text("no picture", encoding="utf-8")
    done = hwocr("binarize", wrong, "-o", out, "--model", model)
    assert done.code == (3 if is_there else 4)
    assert "wrong.png" in done.err
    assert "0 done, 1 failed" in done.err
    assert not out.exists()
    # With a scan beside it, the model is opened and breaks.
    assert hwocr("binarize", wrong, page, "-o", out, "--model", model).code == 6
    assert not out.exists()


@pytest.mark.parametrize("name", ["o4.bmp", "o4.JPG", "o4.pdf", "o4.txt"])
def test_a_name_of_what_is_not_written(name, hwocr, page, tmp_path, model):
    out = tmp_path / name
    done = hwocr("binarize", page, "-o", out, "--model", model)
    assert done.code == 2
    assert f"“{name}” is no name for a file that ends in .png" in done.err
    assert not out.exists()
    out.mkdir()
    assert hwocr("binarize", page, "-o", out, "--model", "otsu").code == 0
    assert (out / "page ö.png").exists()


def test_a_folder_may_be_called_like_a_date(hwocr, page, tmp_path):
    out = tmp_path / "Briefe 1890.05.02"
    assert hwocr("binarize", page, "-o", out, "--model", "otsu").code == 0
    assert (out / "page ö.png").exists()


def test_a_wrong_name_of_a_model_is_told_with_the_right_ones(hwocr, page, model):
    done = hwocr("binarize", page, "-o", page.parent / "out", "--model", "nosuch")
    assert done.code == 6
    assert "no model named “nosuch”" in done.err
    for name in (*METHODS, model):
        assert name in done.err


def test_a_picture_of_another_scan_stays_and_the_rest_goes_on(hwocr, page, tmp_path):
    out = tmp_path / "out"
    other = write_image(tmp_path / "other" / page.name, draw_page(2, 5))
    write_image(other.with_name("q.png"), draw_page(1))
    assert hwocr("binarize", page, "-o", out, "--model", "otsu").code == 0
    before = (out / page.name).read_bytes()
    arguments = ("binarize", other.parent, "-o", out, "--model", "otsu")
    done = hwocr(*arguments)
    assert done.code == 5
    assert "made of another scan" in done.err
    assert "1 done, 1 failed" in done.err
    assert (out / page.name).read_bytes() == before
    assert hwocr(*arguments, "--force").code == 0


def test_a_damaged_scan_does_not_take_the_name_of_a_good_one(hwocr, page, tmp_path):
    page.with_suffix(".jpg").write_bytes(b"\xff\xd8\xff damaged")
    out = tmp_path / "out"
    done = hwocr("binarize", page.parent, "-o", out, "--model", "otsu")
    assert done.code == 3
    assert "1 done, 1 failed" in done.err
    assert "would replace" not in done.err
    assert (out / page.with_suffix(".png").name).is_file()


def test_two_good_scans_of_one_name_are_told_with_their_folders(hwocr, page, tmp_path):
    other = write_image(page.with_suffix(".jpg"), draw_page(1))
    out = tmp_path / "out"
    done = hwocr("binarize", page.parent, "-o", out, "--model", "otsu")
    assert "1 done, 1 failed" in done.err
    first, second = sorted((page, other))
    written = out / page.with_suffix(".png").name
    assert f"{first} was written to {written} already, and {second} would" in done.err


def test_a_link_that_leads_nowhere_does_not_stop_the_rest(hwocr, page, tmp_path):
    (page.parent / "gone.png").symlink_to(tmp_path / "unplugged")
    done = hwocr("binarize", page.parent, "-o", tmp_path / "out", "--model", "otsu")
    assert "1 done, 1 failed" in done.err
    assert "gone.png" in done.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_does_not_stop_the_rest(hwocr, page, tmp_path):
    os.mkfifo(page.with_name("b.png"))
    # Nobody waits for a pipe that has a writer: the test ends even if it is opened.
    writer = os.open(page.with_name("b.png"), os.O_RDWR | os.O_NONBLOCK)
    os.write(writer, b"x" * 9000)
    done = hwocr("binarize", page.parent, "-o", tmp_path / "out", "--model", "otsu")
    os.close(writer)
    assert done.code == 4
    assert f"“{page.with_name('b.png')}” is a pipe of another program" in done.err
    assert "1 done, 1 failed" in done.err


def test_a_full_disk_is_told_of_the_output(hwocr, page, tmp_path, monkeypatch):
    def full(path, data, **_):
        raise atomic.not_writable(path, OSError(errno.ENOSPC, "full"))

    monkeypatch.setattr(atomic, "write_bytes", full)
    out = tmp_path / "out"
    done = hwocr("binarize", page, "-o", out, "--model", "otsu")
    assert done.code == OutputNotWritable.exit_code
    # First which scan it was, then what cannot be saved: not the scan in its place.
    assert done.err.startswith(f"{page}: ")
    assert f"“{page}”" not in done.err


def test_a_map_that_does_not_belong_to_its_picture_is_named(hwocr, page, tmp_path):
    foreign = write_image(tmp_path / "out" / "page ö.ink.png", draw_page(1))
    arguments = ("binarize", page, "-o", tmp_path / "out", "--model", "otsu")
    assert f"{foreign} is no ink map of the picture beside it" in hwocr(*arguments).err
    assert foreign.is_file()
    assert "no ink map" not in hwocr(*arguments).err


def test_a_disk_that_fills_up_is_told_once(hwocr, page, tmp_path, monkeypatch):
    for name in "qrst":
        write_image(page.with_name(f"{name}.png"), draw_page(1))
    real = atomic._write_temporary
    done = []

    def write(target, data):
        done.append(target)
        if len(done) > 2:  # the trial, and one page
            raise OSError(errno.ENOSPC, "full")
        return real(target, data)

    monkeypatch.setattr(atomic, "_write_temporary", write)
    arguments = ("binarize", page.parent, "-o", tmp_path / "out", "--model", "otsu")
    stopped = hwocr(*arguments, "--json")
    assert stopped.code == OutputNotWritable.exit_code
    assert stopped.err.count("no room left") == 2  # with the page, and at the end
    assert "1 done, 1 failed, 3 not begun" in stopped.err
    assert "The run was stopped: There is no room left on the disk" in stopped.err
    assert stopped.json["left"] == 3
    assert [page["state"] for page in stopped.json["pages"]][2:] == ["left"] * 3
    monkeypatch.undo()
    assert "4 done, 1 there already" in hwocr(*arguments).err


def test_a_stopped_run_tells_how_far_it_came(hwocr, page, tmp_path, stopped_after_one):
    write_image(page.with_name("q.png"), draw_page(1))
    done = hwocr("binarize", page.parent, "-o", tmp_path / "out", "--model", "otsu")
    assert done.code == 130
    assert "1 done; the same command goes on with the rest.\nStopped.\n" in done.err
