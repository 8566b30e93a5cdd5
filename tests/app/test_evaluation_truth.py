"""The true text of a page, and what makes a reading comparable to it."""

import doctest

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.app import page_truth
from hwocr_desktop.app.evaluation import evaluate_pages
from hwocr_desktop.app.page_truth import (
    PageTruth,
    comparable,
    find_page_truths,
    is_aside,
    plain_truth,
)
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.errors import BadDocument
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.progress import CancelToken
from tests.pages_drawn import (
    PlannedReader,
    draw_page,
    line_at,
    write_image,
    write_truth,
)


def test_the_examples_of_the_module():
    assert doctest.testmod(page_truth).failed == 0


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("it is [from] within", "it is  within"),
        ("that [?] end", "that  end"),
        ("[???] of me", " of me"),
        ("[in?] rubbing", "in rubbing"),
        ("The [?goings] will", "The goings will"),
        ("mentioned in [???ed] papers", "mentioned in ed papers"),
        ("[*2408*][*1*]Dear", "Dear"),
        ("a [*note [f] here*] b", "a  b"),
        ("not closed [here", "not closed [here"),
        ("cafe\u0301", "caf\u00e9"),
    ],
)
def test_marks_of_transcribers(written, meant):
    assert plain_truth(written) == meant


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        ("He went to Lon-\ndon", "He went to London"),
        ("par\u00ac\n  tir", "partir"),
        ("vil=\nlage", "village"),
        ("on foot -\nalone", "on foot - alone"),
        ("well--\nknown", "well-- known"),
        ("a\n\n b\tc ", "a b c"),
        ("", ""),
    ],
)
def test_lines_are_joined(lines, joined):
    assert comparable(lines) == joined


@given(st.text("ab-\n é", max_size=40))
def test_what_is_comparable_stays_so(text):
    once = comparable(text)
    assert comparable(once) == once
    assert "\n" not in once
    assert "  " not in once


def moved(line, dx=0, dy=0):
    def move(points):
        return tuple((x + dx, y + dy) for x, y in points)

    shape = line.shape
    return LineShape(
        move(shape.baseline), move(shape.polygon), shape.ascent, shape.descent
    )


def test_a_line_lies_aside_where_most_of_it_does(tmp_path):
    printed, written = line_at(0, "print", "printed"), line_at(2, "words")
    truth = PageTruth("a", tmp_path, "words", (printed.shape,), (written.shape,))
    assert is_aside(printed.shape, truth)
    assert is_aside(moved(printed, dx=200), truth)
    assert is_aside(moved(printed, dy=12), truth)
    assert not is_aside(moved(printed, dx=400), truth)
    assert not is_aside(moved(printed, dy=80), truth)
    assert not is_aside(written.shape, truth)
    # A line that runs over both belongs to the one that counts.
    both = PageTruth("a", tmp_path, "words", (printed.shape,), (printed.shape,))
    assert not is_aside(printed.shape, both)


def test_page_xml_goes_before_plain_text(tmp_path):
    gray = draw_page(2)
    write_image(tmp_path / "a.png", gray)
    (tmp_path / "a.txt").write_text("from the text", encoding="utf-8")
    (tmp_path / "page").mkdir()
    lines = [line_at(0, "from"), line_at(1, "PAGE")]
    write_truth(tmp_path / "page" / "a.xml", lines, gray, "a.png")
    (truth,) = find_page_truths(tmp_path)
    assert truth.text == "from\nPAGE"
    assert len(truth.beside) == 2


def test_a_file_of_several_pages_has_a_text_for_each(tmp_path, caplog):
    pages = [draw_page(lines) for lines in (1, 2, 3, 1)]
    cv2.imwritemulti(str(tmp_path / "book.tif"), pages)
    (tmp_path / "book-001.txt").write_text("first", encoding="utf-8")
    lines = [line_at(0, "second"), line_at(1, "page")]
    write_truth(tmp_path / "book-002.xml", lines, pages[1], "book.tif")
    (tmp_path / "page").mkdir()
    write_truth(tmp_path / "page" / "book-004.xml", lines, pages[3], "book.tif")
    truths = find_page_truths(tmp_path)
    assert [(t.name, t.frame, t.text) for t in truths] == [
        ("book-001", 0, "first"),
        ("book-002", 1, "second\npage"),
        ("book-004", 3, "second\npage"),
    ]
    assert {t.image for t in truths} == {tmp_path / "book.tif"}
    assert "page 3 of" in caplog.text


def test_a_text_of_the_whole_file_and_single_pages_are_as_before(tmp_path):
    cv2.imwritemulti(str(tmp_path / "book.tif"), [draw_page(1), draw_page(1)])
    (tmp_path / "book.txt").write_text("whole", encoding="utf-8")
    write_image(tmp_path / "one.tif", draw_page(1))
    (tmp_path / "one-001.txt").write_text("of another file", encoding="utf-8")
    (tmp_path / "one.txt").write_text("one", encoding="utf-8")
    write_image(tmp_path / ".hidden.png", draw_page(1))
    (tmp_path / ".hidden.txt").write_text("hidden", encoding="utf-8")
    truths = find_page_truths(tmp_path)
    assert [(t.name, t.frame, t.text) for t in truths] == [
        ("book", 0, "whole"),
        ("one", 0, "one"),
    ]


def test_linked_folders_are_searched_and_circles_end(tmp_path):
    data, beside = tmp_path / "data", tmp_path / "beside" / "1862"
    data.mkdir()
    beside.mkdir(parents=True)
    write_image(beside / "a.png", draw_page(1))
    (beside / "a.txt").write_text("Kew", encoding="utf-8")
    try:
        (data / "letters").symlink_to(beside.parent, target_is_directory=True)
        (beside / "back").symlink_to(data, target_is_directory=True)
    except OSError:
        pytest.skip("this system makes no links for ordinary users")
    truths = find_page_truths(data)
    assert [(t.name, t.text) for t in truths] == [("letters/1862/a", "Kew")]


def test_each_page_of_a_file_is_read_and_compared(tmp_path, monkeypatch):
    cv2.imwritemulti(str(tmp_path / "book.tif"), [draw_page(1), draw_page(2)])
    (tmp_path / "book-001.txt").write_text("one", encoding="utf-8")
    (tmp_path / "book-002.txt").write_text("two three", encoding="utf-8")
    PlannedReader.install(monkeypatch, "one", "two", "three")
    report = evaluate_pages(
        tmp_path, "any", cleaning=Cleaning("otsu"), cancel=CancelToken()
    )
    assert [(item.name, item.lines) for item in report.items] == [
        ("book-001", 1),
        ("book-002", 2),
    ]
    assert report.cer.errors == 0


def test_plain_text_in_another_encoding_is_named(tmp_path):
    write_image(tmp_path / "a.png", draw_page(1))
    (tmp_path / "a.txt").write_bytes("schön".encode("latin-1"))
    with pytest.raises(BadDocument, match="UTF-8"):
        find_page_truths(tmp_path)


def test_a_byte_order_mark_is_no_letter(tmp_path):
    write_image(tmp_path / "a.png", draw_page(1))
    (tmp_path / "a.txt").write_text("abc", encoding="utf-8-sig")
    assert find_page_truths(tmp_path)[0].text == "abc"


def test_damaged_page_xml_is_named(tmp_path):
    write_image(tmp_path / "a.png", draw_page(1))
    (tmp_path / "a.xml").write_text("<PcGts", encoding="utf-8")
    with pytest.raises(BadDocument):
        find_page_truths(tmp_path)


def test_real_truths_are_found(shared_data):
    truths = find_page_truths(
        shared_data / "pages" / "val" / "stanford_memorials_en_1905"
    )
    assert len(truths) == 6
    assert all(truth.text for truth in truths)
    plain = find_page_truths(shared_data / "plain_pages" / "loc_inkbench_en")
    assert len(plain) == 57
    assert not any("[?" in truth.text for truth in plain)
