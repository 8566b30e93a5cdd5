"""Lines that image processing alone would drop, and a network that sees them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from hwocr_desktop.core.pixels.ink_cleaning import CleanInk
from hwocr_desktop.core.pixels.line_paths import seen_along, settle_ownership
from hwocr_desktop.core.pixels.segmentation import find_lines
from tests.core.pixels.test_segmentation import PITCH, blank, scores, write, write_page


def seeing(page, lines):
    """Return a network that sees the bodies of lines on a page, and nothing else."""
    drawn = np.zeros(page.shape, np.float32)
    for line in lines:
        above = np.array(line) - [0, 0.2 * PITCH]
        points = np.rint(above).astype(np.int32)
        cv2.polylines(drawn, [points], False, (1.0,), round(0.3 * PITCH))
    return lambda density, pitch: cv2.resize(
        drawn, density.shape[::-1], interpolation=cv2.INTER_AREA
    )


def found_at(page, line, bodies):
    """Return how much of a line is found, as a share of its length."""
    x, y = np.array(line).T
    found = np.zeros(len(x), bool)
    for shape in find_lines(page > 0, bodies=bodies):
        near = np.interp(x, *np.array(shape.baseline).T, left=-999, right=-999)
        found |= np.abs(near - y) < 0.2 * PITCH
    return found.mean()


def with_signature():
    """Return a page that ends with a name written in strokes close together."""
    page = blank(1100)
    lines = write_page(page, 10)
    x = np.arange(400, 640, 4)
    y = 850 - np.where(np.arange(len(x)) % 2, 44, 0)
    cv2.polylines(page, [np.stack([x, y], axis=1).astype(np.int32)], False, (255,), 3)
    return page, lines, [(400.0, 850.0), (636.0, 850.0)]


def with_dash():
    """Return a page where the last word of the text runs out into a long dash."""
    page = blank(1100)
    lines = write_page(page, 10)
    word = write(page, lambda x: 800.0, 80, 220, first=1)
    cv2.line(page, (round(word[-1][0]) + 4, 788), (820, 788), (255,), 3)
    return page, lines, word


@pytest.mark.parametrize("make", [with_signature, with_dash])
def test_what_the_network_sees_is_kept(make):
    page, lines, dropped = make()
    assert found_at(page, dropped, seeing(page, lines)) < 0.5
    seen = seeing(page, [*lines, dropped])
    assert found_at(page, dropped, seen) > 0.8
    both = scores(find_lines(page > 0, bodies=seen), [*lines, dropped])
    assert both.precision > 0.9
    assert both.recall > 0.9


def test_lines_are_the_same_whether_they_are_seen_or_not():
    page = blank(1000)
    lines = write_page(page, 12)
    assert find_lines(page > 0) == find_lines(page > 0, bodies=seeing(page, lines))


def test_a_path_is_seen_where_its_surroundings_are():
    bodies = np.zeros((100, 400), np.float32)
    bodies[45:55, 100:300] = 0.9
    bodies[45:55, 200:204] = 0.0
    x = np.arange(400, dtype=np.float32)
    path = np.stack([x, np.full_like(x, 50), np.ones_like(x)], axis=1)
    at = np.flatnonzero(seen_along(bodies, path, 32.0))
    assert (np.diff(at) == 1).all()
    assert at[0] == pytest.approx(108, abs=4)
    assert at[-1] == pytest.approx(291, abs=4)
    above = path - np.array([0, 20, 0], np.float32)
    assert not seen_along(bodies, above, 32.0).any()
    inner = path[110:290]
    assert seen_along(bodies, inner, 32.0).all()


def path_at(y, strength):
    x = np.arange(50, 350, dtype=np.float32)
    columns = [x, np.full_like(x, y), np.full_like(x, strength)]
    return np.stack(columns, axis=1).astype(np.float32)


@pytest.mark.parametrize(("up", "is_kept"), [(24, True), (16, True), (8, False)])
def test_a_word_that_hangs_in_a_line_is_one_if_it_is_seen(up, is_kept):
    # All strokes of the word hang together with the line below.
    ink = np.zeros((200, 400), np.float32)
    ink[95:106, 50:350] = 0.4
    ink[100 - up - 2 : 100, 50:350:6] = 0.4
    clean = CleanInk(ink, (ink > 0).astype(np.int32), np.zeros(ink.shape, np.bool_))
    line, word = path_at(100, 1.0), path_at(100 - up, 0.1)
    bodies = np.zeros_like(ink)
    bodies[100 - up - 3 : 100 - up + 4] = 0.9
    for unseen in (None, np.zeros_like(bodies)):
        (kept,) = settle_ownership(clean, [word, line], 32.0, unseen)
        assert kept[:, 1] == pytest.approx(100)
    kept = settle_ownership(clean, [word, line], 32.0, bodies)
    assert sorted(float(p[0, 1]) for p in kept) == [100 - up, 100][not is_kept :]
