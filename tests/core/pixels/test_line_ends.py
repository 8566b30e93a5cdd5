"""Line ends against maps of bodies that go on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.line_ends import lengthened
from hwocr_desktop.core.pixels.line_shapes import ASCENT

PITCH = 32.0
ONE = (1.0, 1.0)


def found(x0, x1, y, rise=0.0):
    """Return a path and the shape it became."""
    x = np.arange(x0, x1 + 1, dtype=np.float32)
    base = y + rise * (x - x0)
    path = np.stack([x, base - 6, np.full_like(x, 0.5)], axis=1).astype(np.float32)
    ends = ((float(x0), float(y)), (float(x1), float(base[-1])))
    box = ((x0, y - 20), (x1, y - 20), (x1, y + 10), (x0, y + 10))
    return path, LineShape(ends, box, ASCENT * PITCH, 10.0)


def seen(*bodies, size=(200, 800), rise=0.0):
    """Return a map with the bodies of lines: first and last column, baseline."""
    made = np.zeros(size, np.float32)
    for x0, x1, y in bodies:
        for x in range(x0, x1):
            low = round(y + rise * (x - x0))
            made[low - 11 : low + 1, x] = 0.9
    return made


def ends(lines, bodies, believed=None, scale=ONE, ink=None):
    paths, shapes = zip(*lines, strict=True)
    kept = range(len(lines)) if believed is None else believed
    ink = np.minimum(bodies, 0.5) if ink is None else ink
    longer = lengthened(paths, shapes, list(kept), bodies, ink, scale)
    for path in longer:
        assert (np.diff(path[:, 0]) == 1).all()
    return [(float(path[0, 0]), float(path[-1, 0])) for path in longer], longer


@given(st.floats(0.7, 3.5), st.floats(0.7, 3.5))
def test_a_line_goes_on_as_far_as_its_body(left, right):
    x0, x1 = 300 - round(left * PITCH), 500 + round(right * PITCH)
    ((start, end),), _ = ends([found(300, 500, 100)], seen((x0, x1, 100)))
    assert start == pytest.approx(x0, abs=0.2 * PITCH)
    assert end == pytest.approx(x1, abs=0.2 * PITCH)
    assert start >= x0
    assert end <= x1


def test_a_body_that_reaches_a_little_past_an_end_changes_nothing():
    line = found(300, 500, 100)
    _, (path,) = ends([line], seen((285, 515, 100)))
    assert path is line[0]
    _, (path,) = ends([line], seen())
    assert path is line[0]


def test_a_body_beyond_a_gap_is_another_line_s():
    body = seen((290, 510, 100), (530, 700, 100))
    assert ends([found(300, 500, 100)], body)[0] == [(300, 500)]


def test_a_small_gap_parts_nothing():
    body = seen((290, 510, 100), (516, 600, 100))
    ((_, end),), _ = ends([found(300, 500, 100)], body)
    assert end == pytest.approx(600, abs=0.2 * PITCH)


def test_where_another_line_runs_a_line_ends():
    body = seen((290, 700, 100))
    lines = [found(300, 500, 100), found(540, 700, 104)]
    assert ends(lines, body)[0] == [(300, 500), (540, 700)]
    # A line that nobody believes in stops none and is not lengthened itself.
    kept, _ = ends(lines, body, believed=[0])
    assert kept[0][1] > 600
    assert kept[1] == (540, 700)
    lines = [found(300, 500, 100), found(540, 700, 140)]
    assert ends(lines, body)[0][0][1] > 600


def test_a_line_ends_with_its_ink_and_needs_some():
    line = found(300, 500, 100)
    body = seen((200, 600, 100))
    assert ends([line], body, ink=seen((250, 540, 100)))[0] == [(250, 539)]
    _, (path,) = ends([line], body, ink=seen((300, 500, 100)))
    assert path is line[0]
    _, (path,) = ends([line], np.ones_like(body), ink=seen((300, 501, 100)))
    assert path is line[0]


def test_a_sloping_line_is_followed():
    line = found(200, 500, 60, rise=0.1)
    body = seen((200, 600, 60), rise=0.1)
    ((_, end),), (path,) = ends([line], body)
    assert end == pytest.approx(600, abs=0.2 * PITCH)
    assert path[-1, 1] - path[0, 1] == pytest.approx(0.1 * (end - 200), abs=0.5)


def test_lines_end_with_the_page():
    ((start, end),), _ = ends([found(60, 740, 100)], seen((0, 800, 100)))
    assert 0 <= start < 10
    assert 790 < end <= 799


def test_a_map_of_another_scale_than_the_page():
    path, shape = found(300, 500, 100)
    on_page = LineShape(
        tuple((2 * x, 3 * y) for x, y in shape.baseline),
        shape.polygon,
        3 * shape.ascent,
        30.0,
    )
    body = seen((200, 600, 100))
    kept, _ = ends([(path, on_page)], body, scale=(2.0, 3.0))
    assert kept == ends([(path, shape)], body)[0]
