"""Contact sheets: what is drawn where, and how large a sheet may become."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from hwocr_desktop.core.pixels import contact_sheet
from hwocr_desktop.core.pixels.contact_sheet import (
    FALSE_INK,
    MISSING_INK,
    MOST_HIGH,
    MOST_WIDE,
    RIGHT_INK,
    ContactSheet,
    error_picture,
    fitting,
    sheet_font,
)

# Projections onto what a person without one kind of cone sees, in linear RGB
# (F. Viénot, H. Brettel, J. Mollon, 1999).
BLINDNESS = {
    "protan": [[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]],
    "deutan": [[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]],
}


def opened(data):
    with Image.open(io.BytesIO(data)) as picture:
        return np.asarray(picture.convert("RGB"))


def has_color(picture, color):
    return bool((picture == color).all(axis=2).any())


def filled(pages, methods=("otsu",), shape=(60, 90)):
    sheet = ContactSheet()
    gray = np.full(shape, 200, np.uint8)
    truth = np.zeros(shape, bool)
    truth[10:30, 10:40] = True
    binary = np.roll(truth, 12, axis=1)
    for method in methods:
        for page in range(pages):
            sheet.add(f"page {page}", method, 70.5, gray, binary, truth)
    return sheet


@given(
    arrays.arrays(bool, (7, 9)),
    arrays.arrays(bool, (7, 9)),
)
def test_each_pixel_has_the_color_of_what_became_of_it(binary, truth):
    colors = {
        (False, False): (255, 255, 255),
        (True, True): RIGHT_INK,
        (True, False): FALSE_INK,
        (False, True): MISSING_INK,
    }
    picture = error_picture(binary, truth)
    for at in np.ndindex(binary.shape):
        assert tuple(picture[at]) == colors[bool(binary[at]), bool(truth[at])]


@pytest.mark.parametrize("kind", ["protan", "deutan"])
def test_people_without_a_kind_of_cone_tell_the_errors_apart(kind):
    def seen(color):
        return np.array(BLINDNESS[kind]) @ (np.array(color) / 255) ** 2.2

    colors = [FALSE_INK, MISSING_INK, RIGHT_INK, (255, 255, 255)]
    for number, one in enumerate(colors):
        for other in colors[number + 1 :]:
            assert np.abs(seen(one) - seen(other)).max() > 0.2


def test_both_errors_are_on_the_sheet():
    (data,) = filled(1).sheets()
    picture = opened(data)
    # The key alone shows them too: a page without errors has them there only.
    for color in (FALSE_INK, MISSING_INK):
        assert (picture == color).all(axis=2)[80:].any()


def test_a_page_without_errors_shows_none():
    ink = np.zeros((40, 50), bool)
    ink[5:20, 5:20] = True
    sheet = ContactSheet()
    sheet.add("a", "m", 100, np.where(ink, 0, 255).astype(np.uint8), ink, ink)
    picture = opened(sheet.sheets()[0])[80:]
    assert not has_color(picture, FALSE_INK)
    assert not has_color(picture, MISSING_INK)
    assert has_color(picture, RIGHT_INK)


@pytest.mark.parametrize("shape", [(210, 600), (900, 600), (20, 600), (3, 3)])
@pytest.mark.parametrize(("pages", "methods"), [(1, 1), (28, 1), (28, 6), (60, 3)])
def test_a_sheet_has_its_limits(shape, pages, methods):
    names = [f"method {number}" for number in range(methods)]
    (data,) = filled(pages, names, shape).sheets()
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.width <= MOST_WIDE
        assert picture.height <= MOST_HIGH


def test_many_methods_go_below_each_other_and_stay_large():
    methods = [f"method {number}" for number in range(13)]
    sheet = filled(1, methods, (600, 600))
    (plan,) = {contact_sheet._plan([row]) for row in sheet._rows.values()}
    assert plan.columns % 2 == 0
    assert plan.width > 450
    (data,) = sheet.sheets()
    picture = opened(data)
    assert picture.shape[1] <= MOST_WIDE
    # Each picture is drawn whole, and none over another: their frames are all there.
    (row,) = sheet._rows.values()
    line = contact_sheet._line_height(row, plan.width)
    first = contact_sheet._MARGIN + contact_sheet._HEADER + contact_sheet._NAME_ROOM
    for number in range(len(row.pictures)):
        below, across = divmod(number, plan.columns)
        y = first + below * line + contact_sheet._CAPTION_ROOM
        x = contact_sheet._MARGIN + across * (plan.width + contact_sheet._GAP)
        height, width = contact_sheet._fitted(
            row.pictures[number][1], plan.width
        ).shape[:2]
        edges = [picture[y - 1, x : x + width], picture[y + height, x : x + width]]
        assert all((edge == 215).all() for edge in edges)


def test_twenty_eight_pages_are_shown_large_enough_to_judge():
    rows = list(filled(28, shape=(210, 600))._rows.values())
    assert contact_sheet._plan(rows).width > 300


@settings(max_examples=8)
@given(st.integers(1, 200))
def test_every_page_is_on_one_of_the_sheets(pages):
    sheet = filled(pages, shape=(4, 4))
    assert len(sheet.sheets()) == -(-pages // contact_sheet.MOST_PAGES)


def test_names_of_any_length_and_script_are_written():
    sheet = ContactSheet()
    page = np.zeros((30, 30), bool)
    sheet.add(
        "Größe ſ Ж 漢 " * 30, "m" * 300, 1, np.zeros((30, 30), np.uint8), page, page
    )
    assert opened(sheet.sheets()[0]).shape[1] <= MOST_WIDE


@given(text=st.text(st.characters(categories=["L", "N"]), max_size=40))
@pytest.mark.parametrize("room", [20, 90.5])
def test_a_text_is_shortened_to_its_room_and_no_more(text, room):
    font = sheet_font(14)
    shown = fitting(text, font, room)
    assert font.getlength(shown) <= room
    if shown != text:
        kept = shown.removesuffix("…")
        assert text.startswith(kept)
        assert font.getlength(text[: len(kept) + 1] + "…") > room
