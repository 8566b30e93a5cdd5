"""Writing and pictures, told apart by what was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import Character, Reading
from hwocr_desktop.core.document.likeness import looks_written
from hwocr_desktop.core.pixels.line_drawing import shape_along


def line(text, confidence, length=640.0):
    shape = shape_along([(0, 90), (length / 2, 90), (length, 90)], 42, 22)
    letters = tuple(Character(c, confidence, 0.0, 1.0) for c in text)
    return shape, Reading(letters, "m")


@pytest.mark.parametrize(
    ("lines", "is_writing"),
    [
        ([], True),
        ([line("", 0.0)] * 8, False),
        ([line("e. 3", 0.5), line("", 0.0)], False),
        ([line("s f.", 0.4)] * 35, False),
        ([line("Royal Gardens, Kew", 0.5)], True),
        ([line("yes", 0.9)], True),
        ([line("attends to Willy", 0.6)] * 20 + [line("", 0.0)] * 5, True),
        ([line("       " * 5, 0.4)], False),
        ([line("a", 0.9), line("", 0.0)], False),
        ([line(".", 0.9)] * 2, False),
    ],
    ids=[
        "nothing",
        "empty lines",
        "a letter here and there",
        "grass",
        "doubtful",
        "sure",
        "a page with stamps",
        "spaces",
        "a single letter",
        "dots",
    ],
)
def test_pictures_have_few_and_doubtful_letters(lines, is_writing):
    assert looks_written(lines) is is_writing


@given(st.floats(0.05, 20.0), st.text("ab ", max_size=30), st.floats(0.0, 1.0))
def test_the_size_of_the_scan_does_not_matter(scale, text, confidence):
    shape, reading = line(text, confidence)
    points = [(x * scale, y * scale) for x, y in shape.baseline]
    large = shape_along(points, shape.ascent * scale, shape.descent * scale)
    if min(large.ascent + large.descent, shape.ascent) >= 1:
        assert looks_written([(large, reading)]) == looks_written([(shape, reading)])
