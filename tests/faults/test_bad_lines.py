"""Damaged lists of lines and pictures that cannot be lines: told, and the rest used."""

import logging

import cv2
import numpy as np
import pytest

from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.training.line_checks import MOST_TOLD
from hwocr_desktop.ml.training.line_data import (
    LineSample,
    learnable,
    load_lines,
    sift_lines,
)
from tests.drawn_lines import draw_line


@pytest.fixture
def folder(tmp_path):
    """Write three pictures of lines without their labels."""
    for name in ("a", "b", "c"):
        cv2.imwrite(str(tmp_path / f"{name}.png"), draw_line("abc"))
    return tmp_path


def label(folder, data):
    (folder / "labels.tsv").write_bytes(data)
    return sift_lines([folder])


BAD_ROWS = {
    "no tab": (b"b.png abc", "tab"),
    "not there": (b"x.png\tabc", "x.png"),
    "no name": (b"\tabc", "not there"),
    "no text": (b"b.png\t  ", "no text"),
    "other encoding": ("b.png\tcafé".encode("latin-1"), "UTF-8"),
    "NUL": (b"b.png\ta\0bc", "U+0000"),
    "NUL in the name": (b"b\0.png\tabc", "not there"),
    "decoded wrongly": ("b.png\tcaf\ufffd".encode(), "wrong encoding"),
    "a name without end": (b"b" * 5000 + b".png\tabc", "not there"),
}


@pytest.mark.parametrize(("row", "word"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_named_with_file_and_line(folder, row, word):
    found, left_out = label(folder, b"a.png\tfirst\n\n" + row + b"\nc.png\tlast\n")
    assert [s.text for s in found] == ["first", "last"]
    (item,) = left_out
    assert (item.file, item.row) == (folder / "labels.tsv", 3)
    assert f"{folder / 'labels.tsv'}, line 3: " in str(item)
    assert word in item.reason


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
def test_what_editors_do_to_text_files_does_no_harm(folder, encoding, end):
    rows = end.join(("a.png\tune lettre à", "b.png\tmère", ""))
    found, left_out = label(folder, rows.encode(encoding))
    assert [s.text for s in found] == ["une lettre à", "mère"]
    assert left_out == []


def test_a_list_without_one_good_row_gives_nothing(folder):
    found, left_out = label(folder, bytes(range(256)) * 40)
    assert found == []
    assert len(left_out) > 40


def test_pairs_that_are_none(folder):
    (folder / "a.gt.txt").write_bytes(b"abc\r\n")
    (folder / "b.gt.txt").write_bytes(b"")
    (folder / "c.gt.txt").write_bytes(b"one\ntwo\n")
    (folder / "d.gt.txt").write_bytes(b"abc")
    (folder / "e.gt.txt").write_bytes(b"caf\xe9")
    cv2.imwrite(str(folder / "e.png"), draw_line("abc"))
    found, left_out = sift_lines([folder])
    assert [s.text for s in found] == ["abc"]
    told = {item.file.name: item.reason for item in left_out}
    assert set(told) == {"b.gt.txt", "c.gt.txt", "d.gt.txt", "e.gt.txt"}
    assert "no text" in told["b.gt.txt"]
    assert "2 lines" in told["c.gt.txt"]
    assert "no picture" in told["d.gt.txt"]
    assert "UTF-8" in told["e.gt.txt"]


def test_a_damaged_row_of_iam(tmp_path):
    good = "a01-000u-0{} ok 154 19 408 746 1661 89 a|b|c\n"
    rows = [good.format(0), "a01-000u-01 ok 154\n", good.format(2), good.format(3)]
    (tmp_path / "lines.txt").write_text("# IAM\n" + "".join(rows), "utf-8")
    for number in (0, 3):
        name = f"a01-000u-0{number}.png"
        cv2.imwrite(str(tmp_path / name), draw_line("abc"))
    found, left_out = sift_lines([tmp_path])
    assert [s.name for s in found] == [
        f"{tmp_path.name}/a01-000u-00",
        f"{tmp_path.name}/a01-000u-03",
    ]
    assert [item.row for item in left_out] == [3, 4]
    assert "a01-000u-02" in left_out[1].reason


def speckled(height, width):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (height, width), np.uint8)


BAD_PICTURES = {
    "one pixel": (speckled(1, 1), "1 x 1"),
    "one pixel high": (speckled(1, 500), "500 x 1"),
    "one pixel wide": (speckled(64, 1), "1 x 64"),
    "12,000 pixels wide": (speckled(64, 12_000), "12000 by 64"),
    "all black": (np.zeros((64, 300), np.uint8), "all black"),
    "all paper": (np.full((64, 300), 230, np.uint8), "of one gray"),
    "written downward": (speckled(800, 60), "downward"),
}


@pytest.mark.parametrize(("gray", "word"), BAD_PICTURES.values(), ids=BAD_PICTURES)
def test_a_picture_that_is_no_line(folder, gray, word):
    cv2.imwrite(str(folder / "b.png"), gray)
    found, left_out = label(folder, b"a.png\tabc\nb.png\tabcabc\nc.png\tabc\n")
    assert len(found) == 2
    (item,) = left_out
    assert item.row == 2
    assert word in item.reason
    assert "b.png" in item.reason


def test_a_wide_line_scanned_finely_is_kept(folder):
    cv2.imwrite(str(folder / "b.png"), speckled(300, 12_000))
    found, left_out = label(folder, b"b.png\tabc\n")
    assert [s.gray.shape for s in found] == [(64, 2560)]
    assert left_out == []


def test_an_empty_picture_is_named_with_its_row(folder):
    (folder / "b.png").write_bytes(b"")
    _, left_out = label(folder, b"a.png\tabc\nb.png\tabc\n")
    assert [item.row for item in left_out] == [2]


def test_what_no_network_can_learn_is_told_with_its_place(folder):
    label(folder, b"a.png\tabc\nb.png\tabx\nc.png\t" + b"ab" * 60 + b"\n")
    samples = load_lines([folder])
    good, left_out = learnable(samples, Charset("abc"))
    assert [s.text for s in good] == ["abc"]
    assert [item.row for item in left_out] == [2, 3]
    assert left_out[0].reason.endswith("x")
    assert "120 characters" in left_out[1].reason


def test_a_drawn_sample_without_a_file_is_told_by_name():
    sample = LineSample("set/1", draw_line("a"), "x", "set")
    _, (item,) = learnable([sample], Charset("abc"))
    assert str(item).startswith("set/1: ")


def test_of_very_many_the_first_are_named_and_all_counted(folder, caplog):
    rows = b"".join(b"none-%d.png\tabc\n" % i for i in range(MOST_TOLD + 30))
    (folder / "labels.tsv").write_bytes(rows)
    with caplog.at_level(logging.WARNING):
        assert load_lines([folder]) == []
    assert f"none-{MOST_TOLD - 1}.png" in caplog.text
    assert f"none-{MOST_TOLD}.png" not in caplog.text
    assert str(MOST_TOLD + 30) in caplog.text
