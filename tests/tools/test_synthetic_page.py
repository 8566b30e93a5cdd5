from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.ml.training.handwriting import (
    OVERSAMPLE,
    Hand,
    WrittenLine,
    line_length,
    missing_characters,
    raise_columns,
    write_line,
)
from tools.sample_texts import Block
from tools.synthetic_page import (
    ASCENT,
    DESCENT,
    Sheet,
    break_lines,
    plan_lines,
    truth,
    turn_layer,
    write_sheet,
)

# Set type without any unevenness: what is drawn must then be where the truth says.
STILL = Hand(font=None, size=30, pitch=60, unrest=0.0)
FLAT = Sheet(width=700, height=420, margins=(60, 20, 60, 20))
BENT = replace(FLAT, turn=3.0, wave=6.0, drift=0.02)
# Letters that stand on the line: no descenders, no points below.
STANDING = (Block("mum ran and met him on a red sea in the main room" * 2),)


def _written(sheet: Sheet, hand: Hand = STILL, seed: int = 1):
    rng = np.random.default_rng(seed)
    planned = plan_lines(STANDING, sheet, hand, rng)
    ink, placed = write_sheet(planned, sheet, hand, rng)
    page = truth(placed, STANDING, sheet, hand, "page.png", 200)
    return turn_layer(ink, sheet), page


@pytest.mark.parametrize("sheet", [FLAT, BENT], ids=["flat", "turned and bent"])
def test_letters_stand_on_the_baseline_that_the_truth_names(sheet: Sheet) -> None:
    ink, page = _written(sheet)
    assert len(page.lines) >= 3
    for line in page.lines:
        xs, ys = np.array(line.shape.baseline).T
        along = np.arange(xs[0], xs[-1])
        base = np.interp(along, xs, ys)
        above = [ink[(base - d).round().astype(int), along.astype(int)] for d in (2, 3)]
        below = [ink[(base + d).round().astype(int), along.astype(int)] for d in (3, 4)]
        assert np.mean(above) > 0.12
        assert np.mean(below) < 0.01


@pytest.mark.parametrize("unrest", [0.0, 1.0])
def test_nearly_all_ink_is_inside_the_outlines(unrest: float) -> None:
    ink, page = _written(BENT, replace(STILL, unrest=unrest))
    inside = np.zeros(ink.shape, dtype=np.uint8)
    for line in page.lines:
        outline = np.array(line.shape.polygon).round().astype(np.int32)
        cv2.fillPoly(inside, [outline], 1)
    assert ink.sum() > 0
    assert ink[inside == 1].sum() / ink.sum() > 0.99


def test_the_outline_is_as_high_as_the_line_says() -> None:
    _, page = _written(FLAT)
    for line in page.lines:
        assert line.shape.ascent == ASCENT * STILL.pitch
        assert line.shape.descent == DESCENT * STILL.pitch
        _, top, _, bottom = line.shape.bounds
        ys = [y for _, y in line.shape.baseline]
        assert min(ys) - top == pytest.approx(line.shape.ascent, abs=1)
        assert bottom - max(ys) == pytest.approx(line.shape.descent, abs=1)


def test_the_truth_holds_the_whole_text_in_order() -> None:
    _, page = _written(BENT)
    assert " ".join(line.text for line in page.lines) == STANDING[0].text
    assert all(line.checked for line in page.lines)
    assert [line.region for line in page.lines] == ["r1"] * len(page.lines)


def test_the_same_seed_writes_the_same_page() -> None:
    restless = replace(STILL, unrest=1.5)
    first, _ = _written(BENT, restless, seed=7)
    again, _ = _written(BENT, restless, seed=7)
    other, _ = _written(BENT, restless, seed=8)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


@given(
    words=st.lists(st.text("abcdef", min_size=1, max_size=12), max_size=30),
    widths=st.lists(st.integers(20, 500), min_size=1, max_size=4),
)
def test_breaking_lines_loses_no_word(words: list[str], widths: list[int]) -> None:
    lines = break_lines(" ".join(words), widths, STILL)
    assert " ".join(lines).split() == words
    for number, line in enumerate(lines):
        room = widths[min(number, len(widths) - 1)]
        assert len(line.split()) == 1 or line_length(line, STILL) <= room


@pytest.mark.parametrize("shift", [0, 5, -5])
def test_raising_all_columns_alike_moves_the_line(shift: int) -> None:
    line = write_line("fill", STILL, np.random.default_rng(3))
    offsets = np.full(line.ink.shape[1], shift, dtype=np.float32)
    raised = raise_columns(line, offsets)
    start = round(raised.origin[1] - line.origin[1]) + shift
    moved = raised.ink[start : start + line.ink.shape[0]]
    assert np.abs(moved - line.ink).max() < 1e-5
    assert raised.ink.sum() == pytest.approx(line.ink.sum(), rel=1e-5)


def test_a_tab_goes_on_where_it_should() -> None:
    rng = np.random.default_rng(4)
    line: WrittenLine = write_line("i\tm", STILL, rng, tab=200.0)
    inked = np.flatnonzero(line.ink.max(axis=0) > 0.3)
    gap = np.diff(inked).argmax()
    start = (inked[gap + 1] - line.origin[0]) / OVERSAMPLE
    assert start == pytest.approx(200, abs=6)


def test_characters_that_the_font_lacks_are_named() -> None:
    assert missing_characters(None, "a b\u4e00c") == "\u4e00"
