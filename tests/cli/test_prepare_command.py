"""``hwocr prepare``."""

import cv2
import numpy as np
import pytest
from PIL import ImageFont

from hwocr_desktop.cli.prepare import with_kind
from hwocr_desktop.core.pixels.thresholding import ink_by_threshold
from hwocr_desktop.ml.training.ink_pairs import find_pairs
from hwocr_desktop.ml.training.line_data import load_lines
from tests.drawn_lines import draw_line, samples
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


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("prepare scans -o out", "prepare windows scans -o out"),
        ("-v prepare --size 64 scans", "-v prepare windows --size 64 scans"),
        ("prepare windows scans", "prepare windows scans"),
        ("prepare ./words -o out", "prepare windows ./words -o out"),
        ("prepare words --data lines", "prepare words --data lines"),
        ("prepare transcripts pages", "prepare transcripts pages"),
        ("prepare --help", "prepare --help"),
        ("prepare", "prepare windows"),
        ("read prepare", "read prepare"),
    ],
)
def test_without_a_kind_windows_are_meant(given, meant):
    assert with_kind(given.split()) == meant.split()


@pytest.fixture
def lines(tmp_path):
    folder = tmp_path / "lines"
    folder.mkdir()
    rows = []
    for number, sample in enumerate(samples(5)):
        cv2.imwrite(str(folder / f"{number}.png"), sample.gray)
        rows.append(f"{number}.png\t{sample.text}\n")
    rows.insert(2, "none.png\tabc\n")
    cv2.imwrite(str(folder / "x.png"), draw_line("abc", 9))
    rows.append("x.png\tabx\n")
    (folder / "labels.tsv").write_text("".join(rows), "utf-8")
    return folder


@pytest.mark.tf
def test_words_are_cut_and_what_is_left_out_is_told(hwocr, lines, tiny, tmp_path):
    out = tmp_path / "out"
    options = ["--data", lines, "--model", tiny, "--least", 0, "--check", "--json"]
    done = hwocr("prepare", "words", *options, "-o", out)
    assert done.code == 0
    told = done.json
    assert (told["lines"], told["kept"], told["dropped"]) == (5, 5, 0)
    assert "labels.tsv, line 3: " in told["left_out"][0]
    assert "none.png" in told["left_out"][0]
    assert "labels.tsv, line 7: " in told["left_out"][1]
    assert told["left_out"][0] in done.err
    assert 0 <= told["same"] <= 5
    assert sorted(s.text for s in load_lines([out])) == sorted(
        s.text for s in samples(5)
    )
    assert (out / "lines" / "labels.tsv").is_file()


@pytest.mark.tf
def test_words_that_make_no_sense(hwocr, lines, tiny, tmp_path):
    options = ["--data", lines, "--model", tiny]
    done = hwocr("prepare", "words", *options, "-o", lines / "out")
    assert done.code == 2
    assert "taken from" in done.err
    done = hwocr("prepare", "words", *options, "-o", tmp_path / "out", "--least", 2)
    assert done.code == 2
    missing = ["--data", tmp_path / "none", "--model", tiny]
    assert hwocr("prepare", "words", *missing, "-o", tmp_path / "out").code == 4
    (lines / "labels.tsv").write_text("0.png\txyz\n", "utf-8")
    done = hwocr("prepare", "words", *options, "-o", tmp_path / "out")
    assert done.code == 11
    assert not (tmp_path / "out").exists()


def test_lines_are_drawn_and_can_be_learned_from(hwocr, tmp_path):
    font = tmp_path / "plain.ttf"
    font.write_bytes(ImageFont.load_default(20).font_bytes)
    text = tmp_path / "text.txt"
    text.write_text("When in the course of human events it becomes necessary", "utf-8")
    options = ["--fonts", font, "--count", 3, "--seed", 4]
    out = [tmp_path / name for name in ("a", "b", "names")]
    assert hwocr("prepare", "lines", *options, "--text", text, "-o", out[0]).code == 0
    done = hwocr("prepare", "lines", *options, "--text", text, "-o", out[1], "--json")
    assert done.json["made"] == 3
    drawn = [sorted((p.name, p.read_bytes()) for p in o.iterdir()) for o in out[:2]]
    assert drawn[0] == drawn[1]
    assert len(load_lines([out[0]])) == 3
    done = hwocr("prepare", "lines", *options, "--content", "names", "-o", out[2])
    assert done.code == 0
    assert len(load_lines([out[2]])) == 3
    done = hwocr("prepare", "lines", *options, "-o", tmp_path / "new")
    assert done.code == 2
    assert "no text" in done.err
    done = hwocr("prepare", "lines", *options, "--text", text, "-o", out[0])
    assert done.code == 2
    assert "not empty" in done.err
    done = hwocr("prepare", "lines", "--fonts", text, "-o", tmp_path / "new")
    assert done.code == 2
    options = ["--fonts", text, "--content", "names", "-o", tmp_path / "new"]
    assert hwocr("prepare", "lines", *options).code == 4
