"""What of a reading is shown as wrong, and which lines come first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt

from hwocr_desktop.ml.training.fine_tune import LineComparison
from hwocr_desktop.ui.differences import (
    TRUTH_ROLE,
    ComparisonTable,
    fewer_errors,
    wrong_format,
    wrong_spans,
)

TEXTS = st.text("abc", max_size=10)


@given(TEXTS, TEXTS)
def test_what_is_not_shown_as_wrong_stands_in_the_truth_in_this_order(read, truth):
    wrong = {i for start, end in wrong_spans(read, truth) for i in range(start, end)}
    rest = iter(truth)
    assert all(c in rest for i, c in enumerate(read) if i not in wrong)
    if read:
        assert bool(wrong) == (read != truth)


@pytest.mark.parametrize(
    ("read", "truth", "spans"),
    [
        ("sun", "son", ((1, 2),)),
        ("sn", "son", ((0, 1),)),
        ("on", "son", ((0, 1),)),
        ("soon", "son", ((2, 3),)),
        ("", "son", ()),
        ("sxyn", "son", ((1, 3),)),
    ],
)
def test_wrong_characters(read, truth, spans):
    found = wrong_spans(read, truth)
    assert sum(b - a for a, b in found) == sum(b - a for a, b in spans)
    assert len(found) == len(spans)


def test_lines_that_changed_most_come_first(qtbot):
    lines = [
        LineComparison("aaaa", "aaaa", "aaaa"),
        LineComparison("aaaa", "aaaa", "aabb"),
        LineComparison("aaaa", "aaab", "aaaa"),
        LineComparison("aaaa", "abbb", "aaaa"),
        LineComparison("aaaa", "aaaa", "bbbb"),
    ]
    assert [fewer_errors(line) for line in lines] == [0, -2, 1, 3, -4]
    table = ComparisonTable()
    qtbot.addWidget(table)
    table.show_lines(lines)
    changes = [table.item(row, 3).text() for row in range(table.rowCount())]
    assert changes == ["3 fewer", "1 fewer", "4 more", "2 more", "the same"]
    assert table.item(0, 1).text() == "abbb"
    assert table.item(0, 1).data(TRUTH_ROLE) == "aaaa"
    assert table.item(0, 0).data(TRUTH_ROLE) is None


@pytest.mark.gui
def test_wrong_characters_are_painted_in_another_color(qtbot):
    table = ComparisonTable()
    qtbot.addWidget(table)
    table.resize(600, 200)
    with qtbot.waitExposed(table):
        table.show()

    def reddish(after):
        table.show_lines([LineComparison("mmmmmm", "mmmmmm", after)])
        table.clearSelection()
        cell = table.visualItemRect(table.item(0, 2))
        picture = table.viewport().grab(cell).toImage()
        return sum(
            picture.pixelColor(x, y).red() > picture.pixelColor(x, y).blue() + 20
            for x in range(picture.width())
            for y in range(picture.height())
        )

    assert reddish("mmmmmm") == 0
    one, all_of_them = reddish("mmmwmm"), reddish("wwwwww")
    assert 0 < one < all_of_them
    assert wrong_format(table.palette()).background().style() != Qt.BrushStyle.NoBrush
