"""Maps of line bodies, and of what counts in learning them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.layout_maps import UNTOLD, draw_bodies, draw_weights

PITCH = 64.0


def level(y, x0=100.0, x1=900.0):
    outline = ((x0, y - 41), (x1, y - 41), (x1, y + 19), (x0, y + 19))
    return LineShape(((x0, y), (x1, y)), outline, 41.0, 19.0)


LINES = [level(PITCH * i) for i in range(2, 8)]
SIZE = (200, 320)
FACTOR = 20 / PITCH


def test_bodies_are_rows_above_the_baselines_with_gaps_between():
    bodies = draw_bodies(LINES, SIZE, FACTOR)
    column = bodies[:, 150] > 0
    starts = np.flatnonzero(np.diff(column.astype(int)) == 1) + 1
    ends = np.flatnonzero(np.diff(column.astype(int)) == -1)
    assert len(starts) == len(ends) == len(LINES)
    for start, end, line in zip(starts, ends, LINES, strict=True):
        baseline = line.baseline[0][1] * FACTOR
        assert baseline - 10 < start < end <= baseline + 2
        assert 5 <= end - start + 1 <= 9
    assert not bodies[:, : int(100 * FACTOR) - 2].any()
    assert not bodies[:, int(900 * FACTOR) + 3 :].any()


def test_a_steep_line_has_its_body_beside_it():
    upright = LineShape(
        ((400.0, 500.0), (400.0, 100.0)), ((0, 0), (1, 0), (1, 1)), 41, 19
    )
    bodies = draw_bodies([upright], SIZE, FACTOR)
    columns = np.flatnonzero(bodies[100] > 0)
    # Written upward, letters stand to the left of their baseline.
    assert columns.min() < 400 * FACTOR - 4
    assert columns.max() <= 400 * FACTOR + 2


@given(st.lists(st.tuples(*[st.floats(-500, 2000)] * 2), min_size=1, max_size=5))
def test_any_baseline_can_be_drawn(points):
    shape = LineShape(tuple(points), tuple(points) + ((0.0, 0.0),) * 2, 41.0, 19.0)
    bodies = draw_bodies([shape], SIZE, FACTOR)
    assert bodies.shape == SIZE


def test_what_the_truth_sets_aside_does_not_count_and_far_ink_counts_little():
    density = np.zeros(SIZE, np.float32)
    density[30:190:4] = 1.0
    aside = level(PITCH * 5)
    weights = draw_weights(density, LINES[:2], [aside], FACTOR)
    row = round((5 * PITCH - 20) * FACTOR)
    assert (weights[row, 60:250] == 0).all()
    far = round(8.5 * PITCH * FACTOR)
    inked = density[far : far + 8] > 0
    assert (weights[far : far + 8][inked] == round(255 * UNTOLD)).all()
    assert (weights[far : far + 8][~inked] == 255).all()
    near = round(2 * PITCH * FACTOR) - 4
    assert (weights[near, 60:250] == 255).all()


def test_a_told_line_counts_where_it_overlaps_one_set_aside():
    density = np.ones(SIZE, np.float32)
    weights = draw_weights(density, [LINES[0]], [LINES[0]], FACTOR)
    row = round((2 * PITCH - 10) * FACTOR)
    assert (weights[row, 60:250] == 255).all()


@pytest.mark.parametrize("count", [0, 1])
def test_without_lines_nothing_is_a_body(count):
    bodies = draw_bodies(LINES[:count], SIZE, FACTOR)
    assert bodies.any() == bool(count)
