"""The line finder on drawn pages with known baselines, and on anything at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import hypothesis
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.pixels.layout_metrics import BaselineScores, baseline_scores
from hwocr_desktop.core.pixels.segmentation import find_lines
from hwocr_desktop.core.progress import Cancelled, CancelToken

Binary = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
Line = list[tuple[float, float]]
Course = Callable[[float], float]

PITCH = 60
WORDS = ["having", "been", "so", "much", "engaged", "with", "papers", "from", "Kew"]
WORDS += ["I", "could", "not", "give", "an", "hour"]


def blank(height: int = 900, width: int = 900) -> npt.NDArray[np.uint8]:
    return np.zeros((height, width), np.uint8)


def write(
    page: npt.NDArray[np.uint8],
    course: Course,
    x0: int = 80,
    x1: int = 820,
    first: int = 0,
    scale: float = 1.1,
) -> Line:
    """Write words along a course; return the baseline they stand on."""
    font = cv2.FONT_HERSHEY_SCRIPT_COMPLEX
    x = float(x0)
    end = x
    for count in range(len(WORDS)):
        word = WORDS[(first + count) % len(WORDS)]
        width = cv2.getTextSize(word, font, scale, 2)[0][0]
        if x + width > x1:
            break
        for letter in word:
            advance = cv2.getTextSize(letter, font, scale, 2)[0][0]
            at = (round(x), round(course(x + advance / 2)))
            cv2.putText(page, letter, at, font, scale, 255, 2)
            x += advance
        end = x
        x += 0.4 * PITCH
    xs = np.linspace(x0, end, 12)
    return [(float(v), float(course(float(v)))) for v in xs]


def write_page(
    page: npt.NDArray[np.uint8],
    count: int = 10,
    *,
    bend: Course = lambda x: 0.0,
    top: int = 120,
    x0: int = 80,
    x1: int = 820,
) -> list[Line]:
    """Write lines one below the other that all bend alike."""
    lines = []
    for i in range(count):
        y = top + PITCH * i
        lines.append(write(page, lambda x, y=y: y + bend(x), x0, x1, first=3 * i))
    return lines


def scores(shapes: Sequence[LineShape], truth: Sequence[Line]) -> BaselineScores:
    return baseline_scores([shape.baseline for shape in shapes], truth)


def offsets(
    shapes: Sequence[LineShape], truth: Sequence[Line]
) -> npt.NDArray[np.float64]:
    """Return how far below its truth each found line lies, lines in page order."""
    result = []
    for shape, line in zip(shapes, truth, strict=True):
        xs = np.linspace(shape.baseline[0][0], shape.baseline[-1][0], 20)
        found = np.interp(xs, *np.array(shape.baseline).T)
        result.append(np.median(found - np.interp(xs, *np.array(line).T)))
    return np.array(result)


def assert_within(shapes: Sequence[LineShape], shape: tuple[int, int]) -> None:
    height, width = shape
    for line in shapes:
        assert len(line.baseline) >= 2
        assert len(line.polygon) >= 3
        assert line.ascent > 0
        assert line.descent > 0
        for x, y in (*line.baseline, *line.polygon):
            assert 0 <= x <= width - 1
            assert 0 <= y <= height - 1


BENDS: dict[str, Course] = {
    "level": lambda x: 0.0,
    "rising": lambda x: -np.tan(np.radians(5)) * (x - 450) + 0.0,
    "falling": lambda x: np.tan(np.radians(5)) * (x - 450) + 0.0,
    "curved": lambda x: 14 * np.sin((x - 80) / 240),
}


@pytest.mark.parametrize("name", BENDS)
def test_lines_of_a_letter_are_found(name: str) -> None:
    page = blank()
    truth = write_page(page, bend=BENDS[name])
    shapes = find_lines(page > 0)
    assert len(shapes) == len(truth)
    assert scores(shapes, truth).f > 0.97
    assert np.abs(offsets(shapes, truth)).max() < 0.12 * PITCH
    assert_within(shapes, page.shape)


def test_height_follows_the_distance_of_the_lines() -> None:
    page = blank()
    write_page(page)
    for shape in find_lines(page > 0):
        assert shape.ascent == pytest.approx(0.64 * PITCH, rel=0.1)
        assert shape.descent == pytest.approx(0.30 * PITCH, rel=0.1)


def test_the_outline_holds_most_of_the_ink() -> None:
    page = blank()
    write_page(page)
    mask = np.zeros_like(page)
    for shape in find_lines(page > 0):
        cv2.fillPoly(mask, [np.rint(shape.polygon).astype(np.int32)], 255)
    ink = page > 0
    assert (mask[ink] > 0).mean() > 0.95
    assert (mask > 0).mean() < 0.75


def test_ruled_paper_changes_nothing() -> None:
    page = blank()
    truth = write_page(page)
    for y in range(124, 900, PITCH):
        cv2.line(page, (20, y), (880, y + 2), 255, 2)
    for x in (60, 850):
        cv2.line(page, (x, 10), (x, 890), 255, 2)
    shapes = find_lines(page > 0)
    assert len(shapes) == len(truth)
    assert scores(shapes, truth).f > 0.9


def test_empty_ruled_paper_has_no_lines() -> None:
    page = blank()
    for y in range(124, 900, PITCH):
        cv2.line(page, (20, y), (880, y + 2), 255, 2)
    assert find_lines(page > 0) == ()


def test_a_black_border_is_not_writing() -> None:
    page = blank()
    truth = write_page(page, x0=120, x1=800)
    page[:, :50] = 255
    page[840:, :] = 255
    page[:30, :] = 255
    shapes = find_lines(page > 0)
    assert len(shapes) == len(truth)
    assert scores(shapes, truth).f > 0.95


def test_specks_and_stains_are_not_writing() -> None:
    page = blank()
    truth = write_page(page, 8)
    rng = np.random.default_rng(1)
    for x, y in rng.integers(0, 900, (400, 2)):
        cv2.circle(page, (int(x), int(y)), int(rng.integers(1, 3)), 255, -1)
    cv2.circle(page, (450, 780), 70, 255, -1)
    shapes = find_lines(page > 0)
    assert len(shapes) == len(truth)
    assert scores(shapes, truth).f > 0.95


def test_two_columns_are_kept_apart_and_in_order() -> None:
    page = blank(900, 1400)
    left = write_page(page, 9, x0=60, x1=640)
    right = write_page(page, 9, x0=760, x1=1340)
    shapes = find_lines(page > 0)
    assert scores(shapes, left + right).merges == 0
    assert scores(shapes, left + right).f > 0.95
    starts = [shape.baseline[0][0] for shape in shapes]
    assert len(starts) == 18
    assert max(starts[:9]) < 640 < min(starts[9:])


def test_a_single_line_is_as_high_as_its_letters_ask() -> None:
    page = blank(200, 900)
    truth = write(page, lambda x: 110.0)
    (shape,) = find_lines(page > 0)
    assert scores([shape], [truth]).f > 0.95
    # The letters are 52 px from the top of an h to the foot of a g.
    assert 0.6 * PITCH < shape.ascent + shape.descent < 1.5 * PITCH


@pytest.mark.parametrize("right", [1.0, 0.7])
def test_the_pitch_of_a_few_words_is_the_one_the_network_is_sure_of(
    right: float,
) -> None:
    page = blank()
    write(page, lambda _: 200.0, x1=420)
    write(page, lambda _: 700.0, x0=500, first=3)
    binary = page > 0
    asked: list[float] = []

    def bodies(density: Floats, pitch: float) -> Floats:
        asked.append(pitch / density.shape[0] * page.shape[0])
        share = asked[-1] / asked[0]
        return np.full(density.shape, 0.9 if share < right + 0.01 else 0.4, np.float32)

    shapes = find_lines(binary, bodies=bodies)
    assert np.allclose(asked[:3], asked[0] * np.array([1.0, 0.7, 0.5]), rtol=0.02)
    found, guessed = shapes[0], find_lines(binary)[0]
    expected = right * (guessed.ascent + guessed.descent)
    assert found.ascent + found.descent == pytest.approx(expected, rel=0.05)


def test_where_lines_repeat_the_network_is_not_asked_about_the_pitch() -> None:
    page = blank()
    for number in range(10):
        write(page, lambda _, y=90.0 + number * PITCH: y, first=number)
    asked: list[float] = []

    def bodies(density: Floats, pitch: float) -> Floats:
        asked.append(pitch)
        return np.full(density.shape, 0.4, np.float32)

    assert len(find_lines(page > 0, bodies=bodies)) == 10
    assert len(asked) == 1


def test_a_page_twice_as_large_has_the_same_lines() -> None:
    page = blank()
    write_page(page, bend=BENDS["rising"])
    binary = page > 0
    double = binary.repeat(2, axis=0).repeat(2, axis=1)
    small, large = find_lines(binary), find_lines(double)
    assert len(small) == len(large)
    half = [[(x / 2, y / 2) for x, y in shape.baseline] for shape in large]
    assert baseline_scores(half, [s.baseline for s in small]).f > 0.97
    assert large[0].ascent == pytest.approx(2 * small[0].ascent, rel=0.1)


@pytest.mark.parametrize("ink", [False, True])
@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 500), (500, 1), (3, 3), (12, 9), (64, 64), (300, 700)]
)
def test_an_empty_and_a_black_page_have_no_lines(
    shape: tuple[int, int], ink: bool
) -> None:
    assert find_lines(np.full(shape, ink)) == ()


@hypothesis.settings(max_examples=30)
@given(
    arrays(np.bool_, st.tuples(st.integers(1, 60), st.integers(1, 60))),
    st.integers(1, 4),
)
def test_any_pixels_give_lines_inside_the_page(binary: Binary, factor: int) -> None:
    large = binary.repeat(factor, axis=0).repeat(factor, axis=1)[:200, :200]
    assert_within(find_lines(large), large.shape)


@hypothesis.settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.floats(0.001, 0.6), st.integers(1, 200))
def test_noise_gives_lines_inside_the_page(seed: int, share: float, side: int) -> None:
    rng = np.random.default_rng(seed)
    noise = rng.random((side, int(rng.integers(1, 201)))) < share
    assert_within(find_lines(noise), noise.shape)


def test_a_view_that_is_not_contiguous_is_read() -> None:
    page = blank()
    write_page(page)
    binary = page > 0
    wide = np.zeros((900, 1800), np.bool_)
    wide[:, ::2] = binary
    assert find_lines(wide[:, ::2]) == find_lines(binary)


class _CountingToken(CancelToken):
    """Cancels itself at the n-th look."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def check(self) -> None:
        self.looks -= 1
        if self.looks <= 0:
            self.cancel()
        super().check()


@pytest.mark.parametrize("looks", [1, 2, 5, 10, 20, 30])
def test_a_cancelled_search_stops(looks: int) -> None:
    page = blank()
    write_page(page)
    with pytest.raises(Cancelled):
        find_lines(page > 0, cancel=_CountingToken(looks))
