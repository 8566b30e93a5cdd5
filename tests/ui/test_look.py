"""Where a page is looked at: fitting, zooming, bringing lines in."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hwocr_desktop.ui.look import (
    MARGIN_PX,
    MOST_SCALE,
    NEARLY,
    Look,
    fit_page,
    fit_width,
    reveal,
    within_reason,
)

SIDES = st.floats(1, 30_000)
ROOMS = st.tuples(st.floats(60, 4000), st.floats(60, 4000))
PAGES = st.tuples(SIDES, SIDES)
LOOKS = st.builds(
    Look, st.floats(-1000, 30_000), st.floats(-1000, 30_000), st.floats(0.01, 40)
)


def seen(look, room):
    half_x, half_y = (side / look.scale / 2 for side in room)
    return look.x - half_x, look.y - half_y, look.x + half_x, look.y + half_y


@given(PAGES, ROOMS)
def test_a_fitted_page_is_seen_whole_and_as_large_as_can_be(page, room):
    look = fit_page(page, room)
    x0, y0, x1, y1 = seen(look, room)
    assert max(x0, y0) < 0
    assert x1 > page[0]
    assert y1 > page[1]
    spare = [room[i] - page[i] * look.scale for i in (0, 1)]
    assert min(spare) == pytest.approx(2 * MARGIN_PX, rel=1e-6)


@given(LOOKS, PAGES, ROOMS)
def test_a_fitted_width_is_seen_whole(look, page, room):
    fitted = fit_width(look, page, room)
    x0, _, x1, _ = seen(fitted, room)
    assert x0 < 0
    assert x1 > page[0]
    assert 0 <= fitted.y <= page[1]


@given(LOOKS, st.floats(0.1, 10), ROOMS, st.floats(0, 1), st.floats(0, 1))
def test_zooming_keeps_the_point_under_the_cursor(look, factor, room, u, v):
    x0, y0, x1, y1 = seen(look, room)
    at = x0 + u * (x1 - x0), y0 + v * (y1 - y0)
    after = look.zoomed(factor, at)
    for middle_before, middle_after, point in (
        (look.x, after.x, at[0]),
        (look.y, after.y, at[1]),
    ):
        before_px = (point - middle_before) * look.scale
        after_px = (point - middle_after) * after.scale
        assert after_px == pytest.approx(before_px, abs=1e-3)


@given(LOOKS, LOOKS, PAGES, ROOMS)
def test_a_look_within_reason_shows_some_of_the_page(look, before, page, room):
    kept = within_reason(look, before, page, room)
    assert 0 <= kept.x <= page[0]
    assert 0 <= kept.y <= page[1]
    assert kept.scale <= MOST_SCALE
    # It fills a good part of the view, or is shown at its true size at least.
    fills = [page[i] * kept.scale / room[i] for i in (0, 1)]
    assert kept.scale >= 1 or max(fills) >= 0.39
    assert within_reason(kept, kept, page, room) == kept


@given(LOOKS, st.tuples(SIDES, SIDES, SIDES, SIDES), ROOMS)
def test_what_is_revealed_is_seen_and_moves_no_more(look, box, room):
    target = box[0], box[1], box[0] + box[2], box[1] + box[3]
    after = reveal(look, target, room)
    assert after.scale == look.scale
    x0, y0, x1, y1 = seen(after, room)
    slack = 1e-6 * 30_000 + NEARLY * max(box[2], box[3])
    fits_x = target[2] - target[0] <= (room[0] - 2 * MARGIN_PX) / look.scale
    fits_y = target[3] - target[1] <= (room[1] - 2 * MARGIN_PX) / look.scale
    assert x0 - slack <= target[0] <= x1 + slack
    assert y0 - slack <= target[1] <= y1 + slack
    assert not fits_x or target[2] <= x1 + slack
    assert not fits_y or target[3] <= y1 + slack
    assert reveal(after, target, room) == after


@given(LOOKS, st.tuples(SIDES, SIDES, SIDES, SIDES), ROOMS, st.floats(0, 200))
def test_a_line_that_fits_is_brought_in_by_the_least_move(look, box, room, lead):
    assume(all(side > 4 * MARGIN_PX for side in room))
    target = box[0], box[1], box[0] + box[2], box[1] + box[3]
    fits = all(
        box[2 + i] <= (room[i] - 2 * MARGIN_PX) / look.scale * 0.99 for i in (0, 1)
    )
    assume(fits)
    after = reveal(look, target, room, lead)
    least = reveal(look, target, room)
    # Room before the line is a gift: it moves nothing that would have stayed, and
    # hides nothing of the line.
    assert (after == look) == (least == look)
    x0, _, x1, _ = seen(after, room)
    slack = 1e-6 * 30_000 + NEARLY * box[2]
    assert x0 - slack <= target[0]
    assert target[2] <= x1 + slack
    assert abs(after.x - look.x) <= abs(least.x - look.x) + lead + slack


def test_a_line_in_a_fitted_page_moves_nothing_though_its_number_is_cut():
    page, room = (1000, 1400), (700, 420)
    for look in (fit_page(page, room), fit_width(Look(500, 210, 1), page, room)):
        for x0, x1 in ((0, 1000), (5, 995), (300, 1000), (0, 400)):
            target = x0, look.y - 20, x1, look.y + 20
            assert reveal(look, target, room, 40 / look.scale) == look


def test_a_line_too_long_for_the_view_stays_where_it_begins():
    look = Look(500, 500, 1)
    assert reveal(look, (260, 490, 2000, 510), (600, 400)) == look
    begun = reveal(look, (100, 490, 2000, 510), (600, 400))
    assert begun.x == 100 + 300 - MARGIN_PX


@given(LOOKS, ROOMS, st.floats(0.1, 0.8))
def test_what_is_seen_already_moves_nothing(look, room, share):
    assume(all(side > 4 * MARGIN_PX for side in room))
    half = [(side - 2 * MARGIN_PX) / look.scale / 2 * share for side in room]
    target = (look.x - half[0], look.y - half[1], look.x + half[0], look.y + half[1])
    assert reveal(look, target, room) == look
