"""Damaged lists of lines and pictures that cannot be lines: told, and the rest used."""

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.training.line_checks import (
    MOST_NEW,
    MOST_RARE,
    MOST_TOLD,
    place_of,
    tell_alphabet,
    tell_unreadable,
)
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
    "no name": (b"\tabc", "No picture is named"),
    "a folder": (b"sub\tabc", "“sub” is a folder"),
    "elsewhere": (b"../b.png\tabc", "does not lie in the folder"),
    "elsewhere, a long way": (b"sub/../../b.png\tabc", "does not lie in the folder"),
    "of the system": (b"/etc/passwd\tabc", "does not lie in the folder"),
    "no text": (b"b.png\t  ", "no text"),
    "other encoding": ("b.png\tcafé".encode("latin-1"), "UTF-8"),
    "NUL": (b"b.png\ta\0bc", "U+0000"),
    "NUL in the name": (b"b\0.png\tabc", "not there"),
    "decoded wrongly": ("b.png\tcaf\ufffd".encode(), "wrong encoding"),
    "two lines in one": ("b.png\ta\u2028b".encode(), "U+2028"),
    "unassigned": ("b.png\ta\U000e0fffb".encode(), "U+E0FFF"),
    "private use, beyond": ("b.png\ta\U000f0000b".encode(), "U+F0000"),
    "a name without end": (b"b" * 5000 + b".png\tabc", "not there"),
}


@pytest.mark.parametrize(("row", "word"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_named_with_file_and_line(folder, row, word):
    (folder / "sub").mkdir()
    cv2.imwrite(str(folder.parent / "b.png"), draw_line("abc"))
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


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32"])
def test_text_of_wide_characters_without_a_mark_is_told_once(folder, encoding):
    rows = "a.png\tune lettre à\nb.png\tδὲ μῆνις ἄειδε\n"
    found, (item,) = label(folder, rows.encode(encoding).removeprefix(b"\xff\xfe"))
    assert found == []
    assert "not UTF-8" in item.reason


def test_marks_and_agreed_letters_of_old_hands_are_writing(folder):
    texts = [
        "q\u0304 p\u0323",
        "\uf1ac \ue5dc",
        "\u05d0\u05b8",
        "\u0645\u06cc\u200c\u0634",
    ]
    for number, text in enumerate(texts):
        cv2.imwrite(str(folder / f"{number}.png"), draw_line("abcabc"))
        (folder / f"{number}.gt.txt").write_text(text, encoding="utf-8")
    found, left_out = sift_lines([folder])
    assert [s.text for s in found] == texts
    assert left_out == []


def test_a_row_told_twice_counts_once(folder):
    rows = "a.png\tcafé\nb.png\tabc\n./sub/../a.png\tcafe\u0301 \na.png\tcafé\n"
    found, left_out = label(folder, rows.encode())
    assert [s.text for s in found] == ["café", "abc"]
    assert [item.row for item in left_out] == [3, 4]
    assert all("Line 1 has the picture “a.png”" in i.reason for i in left_out)


def test_rows_that_contradict_each_other_are_all_left_out(folder):
    rows = b"a.png\tabc\nb.png\tabc\na.png\tabd\na.png\tabc\nb.png\t\n"
    found, left_out = label(folder, rows)
    # A row without a text contradicts nothing.
    assert [(s.text, s.row) for s in found] == [("abc", 2)]
    assert [item.row for item in left_out] == [1, 3, 4, 5]
    said = {item.reason for item in left_out[:3]}
    assert len(said) == 1
    assert said.pop().startswith("Lines 1, 3 and 4 give the picture “a.png” different")
    # Of very many some are numbered, and it takes no longer.
    rows = b"".join(b"a.png\t%d\n" % i for i in range(5_000))
    found, left_out = label(folder, rows)
    assert found == []
    assert len(left_out) == 5_000
    assert "Lines 1, 2, 3, 4, 5 and others" in left_out[-1].reason


def test_two_pictures_of_one_text_count_once(folder):
    for suffix in (".webp", ".png", ".jpg"):
        cv2.imwrite(str(folder / f"x{suffix}"), draw_line("abc"))
    (folder / "x.gt.txt").write_text("abc")
    found, left_out = sift_lines([folder])
    assert [s.name for s in found] == [f"{folder.name}/x"]
    assert [item.file.name for item in left_out] == ["x.png", "x.webp"]
    assert all("x.jpg beside it has the same text" in i.reason for i in left_out)


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


@pytest.mark.parametrize(("text", "kept"), [("a|b|c", 2), ("a|b|d", 1)])
def test_an_id_of_iam_that_stands_twice(tmp_path, text, kept):
    row = "a01-000u-0{} ok 154 19 408 746 1661 89 {}\n"
    rows = [row.format(0, "a|b|c"), row.format(1, "a"), row.format(0, text)]
    (tmp_path / "lines.txt").write_text("".join(rows), "utf-8")
    for number in (0, 1):
        name = f"a01-000u-0{number}.png"
        cv2.imwrite(str(tmp_path / name), draw_line("abc"))
    found, left_out = sift_lines([tmp_path])
    assert len(found) == kept
    assert [item.row for item in left_out] == ([3] if kept == 2 else [1, 3])
    assert "a01-000u-00.png" in left_out[0].reason


def speckled(height, width):
    rng = np.random.default_rng(0)
    return rng.integers(0, 256, (height, width), np.uint8)


BAD_PICTURES = {
    "one pixel": (speckled(1, 1), "1 x 1"),
    "one pixel high": (speckled(1, 500), "500 x 1"),
    "one pixel wide": (speckled(64, 1), "1 x 64"),
    "20,000 pixels wide": (speckled(64, 20_000), "20000 by 64"),
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


def drawn(*texts):
    """Return lines of a list with these texts, each with room for all of them."""
    gray, file = draw_line("abcabcabc"), Path("set/labels.tsv")
    return [
        LineSample(f"set/{row}", gray, text, "set", file, row)
        for row, text in enumerate(texts, 1)
    ]


def test_a_line_of_a_page_is_told_by_its_name():
    sample = LineSample("set/p1#l7", draw_line("a"), "x", "set", Path("set/p1.xml"))
    _, (item,) = learnable([sample], Charset("abc"))
    assert str(item).startswith("set/p1.xml: l7: ")
    assert place_of(sample) == "set/p1.xml, l7"


def test_new_characters_are_told_with_the_number_of_their_lines(caplog):
    samples = drawn("aſ æ", "bſ", "cc", "aſ\u0301 ſ")
    with caplog.at_level(logging.WARNING):
        tell_alphabet(samples, Charset(" abc"))
    new, rare = caplog.messages
    assert new == (
        "3 characters are new to the model: æ ſ \u25cc\u0301; learned from 3 lines. "
        "It needs some ten examples of each. "
        "Lines with each: ſ 3, æ 1, \u25cc\u0301 1."
    )
    assert rare.endswith(
        "æ (set/labels.tsv, line 1); \u25cc\u0301 (set/labels.tsv, line 4)"
    )


def test_nothing_is_told_of_an_alphabet_that_stays(caplog):
    with caplog.at_level(logging.WARNING):
        tell_alphabet(drawn("a b", "c"), Charset(" abc"))
        tell_alphabet(drawn("ab", "ba"), None)
        tell_unreadable(drawn("a b", "c"), Charset(" abc"))
    assert caplog.messages == []


def test_a_row_of_another_script_is_named_in_a_new_alphabet(caplog):
    with caplog.at_level(logging.WARNING):
        tell_alphabet(drawn("ab", "ba", "中文\u200b", "bab"), None)
    (rare,) = caplog.messages
    assert rare.endswith(": U+200B 中 文 (set/labels.tsv, line 3)")


def test_of_many_rare_characters_some_are_named_and_the_lines_counted(caplog):
    with caplog.at_level(logging.WARNING):
        tell_alphabet(
            drawn(*(chr(0x4E00 + i) for i in range(MOST_NEW + 9))), Charset("a")
        )
    new, rare = caplog.messages
    assert new.startswith(f"{MOST_NEW + 9} characters are new")
    assert " …; learned" in new
    assert new.endswith(", ….")
    assert rare.count("labels.tsv") == MOST_RARE
    assert rare.endswith(f"and of {MOST_NEW + 9 - MOST_RARE} lines more")


def test_what_cannot_be_read_as_it_says_is_told_before_it_is_measured(caplog):
    samples = drawn("abx", "abc", "xy", "ab" * 80)
    with caplog.at_level(logging.WARNING):
        tell_unreadable(samples, Charset("abc"))
    unknown, long = caplog.messages
    assert unknown.startswith("2 of 4 lines hold characters that the model does not")
    assert unknown.endswith("Lines with each: x 2, y 1.")
    assert long.startswith("1 of 4 lines have more text than")
    assert long.endswith("such as set/labels.tsv, line 4.")
    # A network that sees lines smaller has room for fewer letters.
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        tell_unreadable(drawn("abcabcabcabc" * 3), Charset("abc"))
        assert caplog.messages == []
        tell_unreadable(drawn("abcabcabcabc" * 3), Charset("abc"), 32)
    assert len(caplog.messages) == 1


def test_of_very_many_the_first_are_named_and_all_counted(folder, caplog):
    rows = b"".join(b"none-%d.png\tabc\n" % i for i in range(MOST_TOLD + 30))
    (folder / "labels.tsv").write_bytes(rows)
    with caplog.at_level(logging.WARNING):
        assert load_lines([folder]) == []
    assert f"none-{MOST_TOLD - 1}.png" in caplog.text
    assert f"none-{MOST_TOLD}.png" not in caplog.text
    assert str(MOST_TOLD + 30) in caplog.text
