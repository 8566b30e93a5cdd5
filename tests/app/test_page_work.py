"""What a person is told of scans that cannot become pages."""

import logging
from dataclasses import replace

import numpy as np
import pytest

from hwocr_desktop.app.model_choice import choose_layout
from hwocr_desktop.app.page_notices import turn_notice
from hwocr_desktop.app.page_work import (
    MANY_FAILURES,
    find_page_lines,
    inspect_scans,
    inspection_notices,
    with_lines,
)
from hwocr_desktop.core.document.document import Cleaning, Page, Project
from hwocr_desktop.core.formats.page_xml import read_page
from hwocr_desktop.core.paths import bundled_resources
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from tests.pages_drawn import draw_page, type_line, write_image


def inspected(folder, bad):
    write_image(folder / "good.png", draw_page(1))
    for number in range(bad):
        (folder / f"bad{number}.png").write_bytes(b"" if number % 2 else b"a text")
    return inspect_scans([folder], cancel=CancelToken(), report=ignore_progress)


@pytest.mark.parametrize("bad", [1, MANY_FAILURES])
def test_a_few_bad_scans_are_told_one_by_one(bad, tmp_path):
    notices = inspection_notices(inspected(tmp_path, bad))
    assert [notice.kind for notice in notices] == ["error"] * bad
    assert all(f"bad{n}.png" in notice.text for n, notice in enumerate(notices))


def test_of_many_bad_scans_the_log_names_each_with_its_reason(tmp_path, caplog):
    found = inspected(tmp_path, 11)
    assert len(found.scans) == 1
    with caplog.at_level(logging.WARNING, "hwocr_desktop"):
        (notice,) = inspection_notices(found)
    assert notice.text.startswith("11 files could not be opened")
    assert "window.log" in notice.advice
    assert notice.action == "open-logs"
    for path, error in found.failures:
        (said,) = [m for m in caplog.messages if str(path) in m]
        assert error.message in said


@pytest.mark.parametrize(("turns", "where"), [(1, "side"), (2, "head"), (3, "side")])
def test_a_page_that_lies_is_offered_to_be_turned(turns, where):
    page = Page("p7", "scans/letter 1.jpg", 10, 10)
    notice = turn_notice(page, turns)
    assert f"“letter 1.jpg” seems to stand on its {where}" in notice.text
    assert (notice.action, notice.page_id, notice.turns) == ("turn-page", "p7", turns)


def test_a_printed_line_above_a_letter_is_found_as_print(tmp_path):
    gray = load_scan(bundled_resources() / "samples" / "letter_1862.jpg").gray
    text = type_line("Telegraphic address: Botanist, Kew", len(gray) // 60)
    head = np.full((3 * len(text), gray.shape[1]), 235, np.uint8)
    place = head[len(text) : 2 * len(text), 40 : 40 + text.shape[1]]
    place[:] = np.minimum(place, text[:, : place.shape[1]])
    scan = write_image(tmp_path / "letter.png", np.concatenate([head, gray]))
    asked = Page("p1", str(scan), gray.shape[1], len(gray) + len(head))
    asked = replace(asked, cleaning=Cleaning("sauvola"))
    found = find_page_lines(
        tmp_path, asked, choose_layout(), cancel=CancelToken(), report=ignore_progress
    )
    project = with_lines(Project(pages=(asked,)), found)
    kinds = [line.kind for line in project.pages[0].lines]
    assert len(kinds) > 15
    assert kinds == ["printed", *[""] * (len(kinds) - 1)]
    assert with_lines(Project(), found) == Project()


def test_a_year_that_is_a_line_of_its_own_is_found_at_its_feet(tmp_path):
    samples = bundled_resources() / "samples"
    scan = samples / "will_1817.jpg"
    height, width = load_scan(scan).gray.shape
    asked = Page("p1", str(scan), width, height, cleaning=Cleaning("sauvola"))
    found = find_page_lines(
        tmp_path, asked, choose_layout(), cancel=CancelToken(), report=ignore_progress
    )
    truth = read_page(samples / "page" / "will_1817.xml").lines
    (year,) = [line.shape for line in truth if line.text == "1817."]
    x, y = np.mean(year.baseline, axis=0)
    away = [abs(np.interp(x, *np.array(s.baseline).T) - y) for s in found.shapes]
    assert min(away) < 8  # where lines are 60 pixels apart
