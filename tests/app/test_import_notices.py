"""What is told of lines without a usable place and of ids that were changed."""

from __future__ import annotations

from hwocr_desktop.app.import_notices import import_notices
from hwocr_desktop.core.formats.page_document import Mended


def test_nothing_is_told_where_nothing_was_mended():
    assert import_notices([Mended(), Mended()]) == []


def test_all_files_of_an_import_have_one_notice_of_places():
    (notice,) = import_notices([Mended(nowhere=2), Mended(points=1, outside=1)])
    assert notice.text.startswith("4 lines have no usable place in the file ")
    assert "(2 without a place, 1 without a length, 1 off the page)" in notice.text
    assert "F4" in notice.advice
    assert notice.kind == "warning"


def test_ids_that_changed_are_named_and_the_rest_counted():
    (notice,) = import_notices([Mended(renamed=(("l3", "l3_2"),))])
    assert "1 id of lines or regions was given twice" in notice.text
    assert "“l3” is “l3_2”." in notice.text
    many = tuple((f"a{n}", f"a{n}_2") for n in range(5))
    (notice,) = import_notices([Mended(renamed=many[:2]), Mended(renamed=many[2:])])
    assert notice.text.count("_2") == 3
    assert notice.text.endswith("and 2 more.")
