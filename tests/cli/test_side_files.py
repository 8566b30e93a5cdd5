"""What is written beside a command's work replaces nothing that a person has."""

import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from hwocr_desktop.cli import side_files
from hwocr_desktop.core.errors import BadRequest, OutputNotWritable


def png(value):
    packed = BytesIO()
    Image.fromarray(np.full((4, 5), value, np.uint8)).save(packed, "PNG")
    return packed.getvalue()


def chunks(data):
    """Return the names of a PNG's chunks, whose sums are checked."""
    at, names = 8, []
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        body = data[at + 4 : at + 8 + length]
        assert zlib.crc32(body).to_bytes(4, "big") == data[at + 8 + length :][:4]
        names.append(body[:4].decode())
        at += 12 + length
    return names


def test_a_picture_is_replaced_by_the_next_run_and_a_scan_is_not(tmp_path):
    own, scan = tmp_path / "sheet.png", tmp_path / "scan.png"
    for value in (3, 200):
        side_files.check_picture(own)
        side_files.write_picture(own, png(value))
        assert np.asarray(Image.open(own)).tolist() == np.full((4, 5), value).tolist()
    assert chunks(own.read_bytes()) == ["IHDR", "tEXt", "IDAT", "IEND"]
    scan.write_bytes(png(9))
    for refused in (
        lambda: side_files.check_picture(scan),
        lambda: side_files.check_plot(scan),
        lambda: side_files.write_picture(scan, png(1)),
    ):
        with pytest.raises(OutputNotWritable, match=r"scan\.png"):
            refused()
    assert scan.read_bytes() == png(9)


def test_a_plot_does_not_replace_a_table_that_is_not_its_own(tmp_path):
    plot, table = tmp_path / "letters.png", tmp_path / "letters.csv"
    table.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputNotWritable, match=r"letters\.csv"):
        side_files.check_plot(plot)
    side_files.write_picture(plot, png(1))
    side_files.check_plot(plot)  # the table that came with it


@pytest.mark.parametrize(
    ("check", "name"),
    [
        (side_files.check_table, "a.png"),
        (side_files.check_table, "figures"),
        (side_files.check_picture, "sheet.jpg"),
        (side_files.check_plot, "plot.csv"),
    ],
)
def test_a_name_with_another_ending_is_refused(tmp_path, check, name):
    with pytest.raises(BadRequest, match="no name for a file that ends in"):
        check(tmp_path / name)
    assert not list(tmp_path.iterdir())
    check(None)


def test_a_log_is_added_to_a_log_only(tmp_path):
    for name, text in (("none", None), ("empty", ""), ("log", '{"time": 1}\n')):
        path = tmp_path / name
        if text is not None:
            path.write_text(text, encoding="utf-8")
        side_files.check_log(path)
    (tmp_path / "scan.png").write_bytes(png(4))
    with pytest.raises(OutputNotWritable):
        side_files.check_log(tmp_path / "scan.png")


@pytest.mark.parametrize(
    "arguments",
    [
        ["evaluate", "binarizer", "--data", ".", "--model", "otsu", "--csv"],
        ["evaluate", "binarizer", "--data", ".", "--model", "otsu", "--contact-sheet"],
        ["evaluate", "lines", "--data", ".", "--model", "x", "--csv"],
        ["evaluate", "lines", "--data", ".", "--model", "x", "--sheet"],
        ["evaluate", "pages", "--data", ".", "--model", "x", "--csv"],
        ["evaluate", "layout", "--data", ".", "--csv"],
        ["evaluate", "layout", "--data", ".", "--sheet"],
        ["train", "binarizer", "--data", ".", "--out", "m", "--plot"],
        ["train", "binarizer", "--data", ".", "--out", "m", "--log"],
        ["train", "binarizer", "--data", ".", "--out"],
        ["train", "lines", "--data", ".", "--held-out", ".", "--out"],
        ["train", "layout", "--data", ".", "--held-out", ".", "--out"],
        ["train", "language", "--text", ".", "--out"],
        ["models", "--export", "sae-fast", "-o"],
    ],
)
def test_no_command_writes_over_a_scan(hwocr, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    scan = tmp_path / "scan.png"
    scan.write_bytes(png(7))
    done = hwocr(*arguments, scan)
    assert done.code in (2, 5), done.err
    assert "scan.png" in done.err
    assert scan.read_bytes() == png(7)
    assert [p.name for p in tmp_path.iterdir()] == ["scan.png"]


@pytest.mark.parametrize("kind", ["binarizer", "lines", "layout"])
def test_no_training_replaces_a_folder_of_scans(hwocr, tmp_path, kind):
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "a.png").write_bytes(png(7))
    held_out = [] if kind == "binarizer" else ["--held-out", scans]
    done = hwocr("train", kind, "--data", scans, *held_out, "--out", scans)
    assert done.code == 5
    assert "something other than a model" in done.err
    assert [p.name for p in scans.iterdir()] == ["a.png"]
