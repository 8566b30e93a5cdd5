"""Sheets of lines: what is colored, and that everything has room."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hwocr_desktop.core.pixels.contact_sheet import FALSE_INK, MISSING_INK
from hwocr_desktop.core.pixels.line_sheet import (
    WIDTH,
    LineShown,
    colored,
    line_sheet,
)
from hwocr_desktop.core.text.text_metrics import cer, graphemes

KEY_ENDS = 58
TEXTS = st.text(alphabet="ab é", max_size=8)


def shown(truth, read, shape=(64, 300)):
    return LineShown("set/1  CER 50", np.full(shape, 120, np.uint8), truth, read)


def opened(lines):
    with Image.open(io.BytesIO(line_sheet(lines))) as picture:
        return np.asarray(picture.convert("RGB"))


def pixels(picture, color):
    """Count pixels of a color below the key."""
    return int((picture[KEY_ENDS:] == color).all(axis=2).sum())


@given(TEXTS, TEXTS)
def test_what_is_colored_is_what_is_wrong(truth, read):
    true, ours = colored(shown(truth, read))
    assert [one for one, _ in true] == graphemes(truth)
    assert [one for one, _ in ours] == graphemes(read)
    missing = sum(color == MISSING_INK for _, color in true)
    false = sum(color == FALSE_INK for _, color in ours)
    errors = cer([(read, truth)]).errors
    assert max(missing, false) <= errors <= missing + false


@pytest.mark.parametrize(
    ("truth", "read", "is_missing", "is_false"),
    [
        ("cat", "cat", False, False),
        ("cat", "cot", True, True),
        ("cats", "cat", True, False),
        ("cat", "c at", False, True),  # a space is underlined
        ("", "", False, False),
    ],
)
def test_errors_are_in_their_colors(truth, read, is_missing, is_false):
    picture = opened([shown(truth, read)])
    assert (pixels(picture, MISSING_INK) > 0) is is_missing
    assert (pixels(picture, FALSE_INK) > 0) is is_false


@pytest.mark.parametrize("shape", [(64, 2048), (64, 1), (300, 300), (1, 3000)])
def test_pictures_of_any_shape_have_room(shape):
    picture = opened([shown("abc", "abd", shape)])
    assert picture.shape[1] == WIDTH
    # All of the picture is there, scaled: its right end is not cut off.
    gray = (picture == 120).all(axis=2)
    assert gray.any()
    assert not gray[:, -24:].any()


def test_long_texts_go_on_in_the_next_row():
    short, long = opened([shown("a", "a")]), opened([shown("m" * 200, "m" * 300)])
    assert long.shape[0] > short.shape[0] + 6 * 30
    assert (long[:, -20:] == 255).all()


def test_twenty_lines_of_any_script_are_on_one_sheet():
    lines = [shown("Größe ſ Ж 漢", "Grösse s X") for _ in range(20)]
    picture = opened(lines)
    one = opened(lines[:1])
    assert picture.shape[0] - one.shape[0] == pytest.approx(
        19 * (opened(lines[:2]).shape[0] - one.shape[0])
    )


def test_no_lines_is_an_empty_sheet():
    assert opened([]).shape[1] == WIDTH
