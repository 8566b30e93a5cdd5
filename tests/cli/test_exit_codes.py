"""Every class of error, provoked as a person would, and its exit code."""

import errno
import os

import numpy as np
import pytest

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.project_file import create_project, open_project
from hwocr_desktop.core.pixels import imaging
from tests.pages_drawn import draw_page, write_image


def told(done, code):
    """Check that a command failed with a sentence and an advice, and no traceback."""
    assert done.code == code
    assert done.out == ""
    assert "Traceback" not in done.err
    assert done.err.strip().count(".") >= 2
    return done.err


def clean(hwocr, *arguments):
    return hwocr("binarize", *arguments, "--model", "otsu")


def test_2_for_what_makes_no_sense(hwocr, tmp_path):
    (tmp_path / "empty").mkdir()
    said = told(clean(hwocr, tmp_path / "empty", "-o", tmp_path / "out"), 2)
    assert "no scans" in said


@pytest.mark.parametrize(
    "content",
    [b"", b"a text", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None],
    ids=["empty", "text", "truncated", "1x1"],
)
def test_3_for_a_scan_that_cannot_be_read(content, hwocr, tmp_path):
    scan = tmp_path / "a.png"
    if content is None:
        write_image(scan, np.zeros((1, 1), np.uint8))
    else:
        scan.write_bytes(content)
    assert "a.png" in told(clean(hwocr, scan, "-o", tmp_path / "out"), 3)


def test_4_for_a_file_that_is_missing(hwocr, tmp_path):
    told(clean(hwocr, tmp_path / "a.png", "-o", tmp_path / "out"), 4)


def test_4_for_a_folder_that_may_not_be_listed(hwocr, tmp_path, monkeypatch):
    (tmp_path / "shut").mkdir()
    real = os.scandir

    def scandir(path="."):
        if str(path).endswith("shut"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    told(clean(hwocr, tmp_path / "shut", "-o", tmp_path / "out"), 4)


def test_5_for_a_place_that_cannot_be_written(hwocr, page, tmp_path):
    # A file where a folder should be stops root as well.
    (tmp_path / "file").touch()
    said = told(clean(hwocr, page, "-o", tmp_path / "file" / "out"), 5)
    assert "The folder “out” could not be made" in said


def test_5_for_a_full_disk(hwocr, page, tmp_path, monkeypatch):
    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic.os, "fsync", full)
    said = told(clean(hwocr, page, "-o", tmp_path / "out"), 5)
    assert "no room left" in said
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "arguments", [["--model", "none"], ["--model", "any", "--clean", "none"]]
)
def test_6_for_a_model_that_is_not_there(arguments, hwocr, page, planned):
    if "--clean" in arguments:
        planned("abc")
    assert "none" in told(hwocr("read", page, *arguments), 6)


@pytest.mark.tf
def test_6_for_a_model_of_another_task(hwocr, page, tiny):
    told(clean_with(hwocr, page, tiny), 6)


def clean_with(hwocr, page, model):
    return hwocr("binarize", page, "-o", page.parent / "out", "--model", model)


def test_7_for_a_damaged_project(hwocr, tmp_path):
    with create_project(tmp_path / "letters", "Letters"):
        pass
    (tmp_path / "letters" / "project.json").write_text("{", encoding="utf-8")
    told(hwocr("train", "lines", "--from", tmp_path / "letters"), 7)


def test_8_for_a_project_in_another_window(hwocr, tmp_path):
    create_project(tmp_path / "letters", "Letters").close()
    with open_project(tmp_path / "letters"):
        told(hwocr("train", "lines", "--from", tmp_path / "letters"), 8)


def test_9_for_a_text_that_cannot_be_understood(hwocr, page, planned):
    planned("abc")
    page.with_suffix(".xml").write_text("<!DOCTYPE x><x/>", encoding="utf-8")
    told(hwocr("evaluate", "pages", "--data", page.parent, "--model", "any"), 9)


def test_9_for_a_truth_of_another_size(hwocr, tmp_path):
    write_image(tmp_path / "images" / "a.png", draw_page(1))
    write_image(tmp_path / "gt" / "a.png", np.zeros((9, 9), np.uint8))
    data = ("--data", tmp_path)
    told(hwocr("evaluate", "binarizer", *data, "--model", "otsu"), 9)


def test_10_for_too_little_memory(hwocr, page, tmp_path, monkeypatch):
    def decode(*_):
        raise MemoryError

    monkeypatch.setattr(imaging, "decode_picture", decode)
    told(clean(hwocr, page, "-o", tmp_path / "out"), 10)


@pytest.mark.tf
def test_11_for_nothing_to_learn_from(hwocr, tmp_path, tiny_folder):
    with create_project(tmp_path / "letters", "Letters") as file:
        file.save(Project("Letters"))
    arguments = ["--from", tmp_path / "letters", "--base", tiny_folder]
    told(hwocr("train", "lines", *arguments), 11)
