"""Where a page is looked at: fitting, zooming, bringing lines in."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hwocr_desktop.ui.look import (
    MARGIN_PX,
    MOST_SCALE,
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
    slack = 1e-6 * 30_000
    fits_x = target[2] - target[0] <= (room[0] - 2 * MARGIN_PX) / look.scale
    fits_y = target[3] - target[1] <= (room[1] - 2 * MARGIN_PX) / look.scale
    assert x0 - slack <= target[0] <= x1 + slack
    assert y0 - slack <= target[1] <= y1 + slack
    assert not fits_x or target[2] <= x1 + slack
    assert not fits_y or target[3] <= y1 + slack


@given(LOOKS, ROOMS, st.floats(0.1, 0.8))
def test_what_is_seen_already_moves_nothing(look, room, share):
    assume(all(side > 4 * MARGIN_PX for side in room))
    half = [(side - 2 * MARGIN_PX) / look.scale / 2 * share for side in room]
    target = (look.x - half[0], look.y - half[1], look.x + half[0], look.y + half[1])
    assert reveal(look, target, room) == look
