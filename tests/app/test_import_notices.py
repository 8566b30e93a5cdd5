"""What is told of lines without a usable place and of ids that were changed."""

from __future__ import annotations

from hwocr_desktop.app.import_notices import import_notices
from hwocr_desktop.core.formats.page_document import Mended


def test_nothing_is_told_where_nothing_was_mended():
    assert import_notices([("a.png", Mended()), ("b.png", Mended())]) == []


def test_all_files_of_an_import_have_one_notice_of_places():
    given = [Mended(nowhere=2), Mended(), Mended(points=1, outside=1)]
    (notice,) = import_notices([("", one) for one in given])
    assert notice.text.startswith("4 lines have no usable place in the files ")
    assert "(2 without a place, 1 without a length, 1 off the page)" in notice.text
    assert "F4" in notice.advice
    assert notice.kind == "warning"


def test_baselines_that_do_not_fit_are_counted_and_their_pages_named():
    given = [("a.png", Mended(misfits=2)), ("b.png", Mended())]
    (notice,) = import_notices(given)
    assert (
        "2 lines have a baseline that is none, or runs out of the line" in notice.text
    )
    assert "a.png" in notice.text
    assert "b.png" not in notice.text
    assert "F4" in notice.advice


def test_ids_that_changed_are_named_and_the_rest_counted():
    (notice,) = import_notices([("", Mended(renamed=(("l3", "l3_2"),)))])
    assert "1 id of lines or regions was given twice" in notice.text
    assert "“l3” is “l3_2”." in notice.text
    many = tuple((f"a{n}", f"a{n}_2") for n in range(5))
    (notice,) = import_notices(
        [("", Mended(renamed=many[:2])), ("", Mended(renamed=many[2:]))]
    )
    assert notice.text.count("_2") == 3
    assert notice.text.endswith("and 2 more.")


def test_pages_are_named_and_the_rest_counted():
    bad = Mended(points=1)
    pages = [(f"{n}.png", bad if n % 2 else Mended()) for n in range(12)]
    (notice,) = import_notices(pages[:2])
    assert "no usable place in the file of “1.png” (1 without a length)" in notice.text
    (notice,) = import_notices(pages[:8])
    assert "in the files of “1.png”, “3.png”, “5.png” and 1 more page (" in notice.text
    (notice,) = import_notices(pages)
    assert "“5.png” and 3 more pages (" in notice.text
    ids = Mended(renamed=(("l3", "l3_2"),))
    (notice,) = import_notices([("a.png", Mended()), ("b.png", ids)])
    assert "not valid in the file of “b.png”, and changed" in notice.text
