from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.formats.text import page_text, save_text


def test_one_row_a_line_and_a_blank_row_between_regions(page):
    assert page_text(page) == "\nKew\n\nGardens\n\n1863\n"


def test_a_page_without_lines_is_empty():
    assert page_text(Page("p", "1.png", 9, 9)) == ""


@settings(max_examples=40, suppress_health_check=list(HealthCheck), deadline=None)
@given(data=st.data())
def test_there_are_as_many_rows_as_lines_and_changes_of_region(data, pages):
    page = data.draw(pages)
    regions = [line.region for line in page.lines]
    changes = sum(a != b for a, b in pairwise(regions))
    assert page_text(page).count("\n") == len(page.lines) + changes


def test_breaks_and_loose_parts_within_a_line_are_taken_out(page):
    text = "Cafe\u0301\r\nau\u2028lait \ud800 "
    page = replace(page, lines=(replace(page.lines[3], correction=text),))
    assert page_text(page) == "Caf\u00e9 au lait\n"


def test_the_file_is_utf_8_with_plain_line_ends(page, tmp_path):
    page = replace(page, lines=(replace(page.lines[3], correction="Müller \u017f"),))
    save_text(tmp_path / "1.txt", page)
    assert (tmp_path / "1.txt").read_bytes() == "Müller \u017f\n".encode()
