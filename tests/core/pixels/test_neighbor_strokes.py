"""A crop with neighbors' strokes against the crop of the line alone on its page."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.crops import crop_line, crop_to_read
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.neighbor_strokes import neighbor_strokes, paint_over

BEYOND = 24
HEIGHT = 64
BASELINE = 42.0
LINE = LineShape(((40.0, 100.0), (360.0, 100.0)), ((0, 0), (1, 0), (1, 1)), 42.0, 22.0)
# The crop holds the rows from 58 to 122 of the page, small letters those from 79.


def paper():
    return np.full((200, 400), 230, np.uint8)


def with_strokes(page, strokes):
    for x, y0, y1 in strokes:
        cv2.line(page, (x, y0), (x, y1), 20, 3)
    return page


def line_alone():
    """Small letters with an ascender, a descender, a dot and a loose tail."""
    page = with_strokes(paper(), [(x, 80, 99) for x in range(60, 340, 20)])
    return with_strokes(
        page, [(100, 60, 99), (160, 80, 120), (220, 66, 68), (280, 112, 119)]
    )


NEIGHBORS = {
    "a descender from above": (131, 30, 68),
    "an ascender from below": (191, 114, 150),
    "both ends of a long stroke": (311, 20, 72),
}


@pytest.mark.parametrize("stroke", NEIGHBORS.values(), ids=NEIGHBORS)
def test_what_comes_from_other_lines_is_painted_over(stroke):
    alone = crop_line(line_alone(), LINE)
    page = with_strokes(line_alone(), [stroke])
    assert np.abs(crop_line(page, LINE).astype(int) - alone).max() > 150
    assert np.abs(crop_to_read(page, LINE).astype(int) - alone).max() <= 2


OWN = {
    "nothing": [],
    "an ascender that leaves the crop": [(131, 40, 95)],
    "a descender that leaves the crop": [(131, 82, 145)],
    "the loose tip of an ascender at the edge": [(131, 54, 70)],
    "a neighbor's stroke that runs into a letter": [(140, 30, 90)],
    "writing that a slip of the baseline cuts off": [(131, 104, 112)],
}


@pytest.mark.parametrize("strokes", OWN.values(), ids=OWN)
def test_what_may_be_the_lines_own_stays(strokes):
    page = with_strokes(line_alone(), strokes)
    assert np.array_equal(crop_to_read(page, LINE), crop_line(page, LINE))


@pytest.mark.parametrize("rows", [(58, 122), (52, 128), (60, 120)])
def test_where_the_page_ends_nothing_comes_from_beyond(rows):
    page = with_strokes(line_alone(), [(131, 30, 68), (191, 114, 150)])
    top, bottom = rows
    part = np.ascontiguousarray(page[top:bottom])
    shape = LineShape(
        tuple((x, y - top) for x, y in LINE.baseline), LINE.polygon, 42.0, 22.0
    )
    assert np.array_equal(crop_to_read(part, shape), crop_line(part, shape))


def test_paper_is_painted_as_it_is_around():
    shade = np.linspace(120, 240, 400).astype(np.uint8)
    page = np.where(line_alone() < 100, 20, shade[None, :]).astype(np.uint8)
    alone = crop_line(page, LINE).astype(int)
    both = with_strokes(page.copy(), [(131, 30, 68), (191, 114, 150)])
    assert np.abs(crop_to_read(both, LINE) - alone).max() <= 12


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 90),
    st.floats(0.02, 0.6),
    st.floats(4.0, 60.0),
)
def test_whole_strokes_from_beyond_that_miss_the_small_letters(
    seed, width, share, baseline
):
    rng = np.random.default_rng(seed)
    ink = rng.random((HEIGHT + 2 * BEYOND, width)) < share
    found = neighbor_strokes(ink, BEYOND, baseline)
    assert not (found & ~ink).any()
    body = found[BEYOND + int(baseline / 2) + 1 : BEYOND + int(baseline) + 1]
    assert not body.any()
    count, labels = cv2.connectedComponents(ink.astype(np.uint8), connectivity=8)
    for label in range(1, count):
        stroke = labels == label
        assert found[stroke].all() or not found[stroke].any()
        rows = np.flatnonzero(stroke.any(axis=1)) - BEYOND
        from_beyond = rows[0] < -HEIGHT / 8 or rows[-1] >= HEIGHT + HEIGHT / 8
        assert from_beyond or not found[stroke].any()


@given(st.integers(0, 2**32 - 1))
def test_only_strokes_and_their_edges_are_painted(seed):
    rng = np.random.default_rng(seed)
    strip = rng.integers(0, 256, (40, 60), np.uint8)
    ink = strip < 60
    strokes = ink & (rng.random(ink.shape) < 0.3)
    painted = paint_over(strip, ink, strokes)
    own = ink & ~strokes
    assert np.array_equal(painted[own], strip[own])
    far = cv2.dilate(strokes.astype(np.uint8), np.ones((3, 3), np.uint8)) == 0
    assert np.array_equal(painted[far], strip[far])
    assert paint_over(strip, ink, np.zeros_like(ink)) is strip
