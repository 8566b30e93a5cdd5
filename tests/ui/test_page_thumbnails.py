"""The small pictures of pages: each that is asked for comes, and none stands still."""

from __future__ import annotations

import pytest

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.ui.page_thumbnails import Thumbnails, key_of
from tests.pages_drawn import draw_page, write_image

pytestmark = pytest.mark.gui


@pytest.fixture
def thumbnails(qapp):
    made = Thumbnails()
    yield made
    assert made.shutdown(10_000)


def test_all_that_are_asked_for_come_the_last_first(thumbnails, qtbot, tmp_path):
    pages = []
    for number in range(6):
        gray = draw_page(1 + number)
        path = write_image(tmp_path / f"{number}.png", gray)
        height, width = gray.shape[:2]
        pages.append(Page(f"p{number}", path.name, width, height))
    came = []
    thumbnails.ready.connect(came.append)
    assert [thumbnails.of(page, tmp_path) for page in pages] == [None] * 6
    qtbot.waitUntil(lambda: len(came) == 6, timeout=10_000)
    assert came == [key_of(page) for page in reversed(pages)]
    for page in pages:
        picture = thumbnails.of(page, tmp_path)
        assert picture is not None
        ratio = page.width / page.height
        assert picture.width() / picture.height() == pytest.approx(ratio, rel=0.1)


def test_a_page_that_is_lost_has_none_and_the_others_come(thumbnails, qtbot, tmp_path):
    gray = draw_page(2)
    height, width = gray.shape[:2]
    write_image(tmp_path / "here.png", gray)
    here = Page("p1", "here.png", width, height)
    lost = Page("p2", "lost.png", width, height)
    came = []
    thumbnails.ready.connect(came.append)
    for page in (here, lost):
        thumbnails.of(page, tmp_path)
    qtbot.waitUntil(lambda: len(came) == 2, timeout=10_000)
    assert thumbnails.of(here, tmp_path) is not None
    assert thumbnails.of(lost, tmp_path) is None
