"""Lines that are put together of two: what they show is what they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwocr_desktop.core.document.document import Character
from hwocr_desktop.core.pixels.crops import stretch_ink
from hwocr_desktop.core.progress import Cancelled, CancelToken, ignore_progress
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.line_batch import FRAME_WIDTH
from hwocr_desktop.ml.networks.crnn import build_crnn, build_to_learn
from hwocr_desktop.ml.training import line_fit
from hwocr_desktop.ml.training.line_data import Gap, LineSample
from hwocr_desktop.ml.training.line_fit import FitSettings, LineFit
from hwocr_desktop.ml.training.line_mix import LineMix
from hwocr_desktop.ml.training.line_run import LOOKS_AT
from hwocr_desktop.ml.training.splices import SURE, gaps_in, spliced, with_gaps
from tests.drawn_lines import TINY

LETTERS = "abcdefgh"
CELL = 16
"""Pixels of a letter in the lines drawn here: each has a height of its own."""

CHARSET = Charset(" " + LETTERS)
texts = st.lists(st.text(LETTERS, min_size=1, max_size=5), min_size=1, max_size=6).map(
    " ".join
)
seeds = st.integers(0, 10**6)


def drawn(text, name="line", set="hand"):
    """A line on which each letter is a bar, the lower the later in the alphabet."""
    gray = np.full((64, CELL * len(text)), 230, np.uint8)
    for i, letter in enumerate(text):
        if letter != " ":
            top = 4 + 6 * LETTERS.index(letter)
            gray[top : top + 6, i * CELL + 3 : (i + 1) * CELL - 3] = 30
    return LineSample(name, gray, text, set)


def shown(gray):
    """What a line drawn here shows."""
    found = ""
    for left in range(0, gray.shape[1], CELL):
        cell = gray[:, left + 3 : left + CELL - 3]
        rows = np.flatnonzero((cell < 128).all(axis=1))
        found += LETTERS[(rows[0] - 4) // 6] if len(rows) else " "
    return found


def cut(line):
    """The line with the gaps that it truly has."""
    width = len(line.text)
    return replace(
        line,
        gaps=tuple(
            Gap(i, (i + 0.5) / width) for i, c in enumerate(line.text) if c == " "
        ),
    )


@given(texts, texts, seeds)
def test_what_is_put_together_shows_what_it_says(first, second, seed):
    made = spliced(cut(drawn(first)), cut(drawn(second)), np.random.default_rng(seed))
    assert shown(made.gray) == made.text


@given(texts, texts, seeds)
def test_it_begins_as_one_line_and_ends_as_the_other(first, second, seed):
    one, other = cut(drawn(first)), cut(drawn(second))
    made = spliced(one, other, np.random.default_rng(seed))
    if " " not in first or " " not in second:
        assert made is one
        return
    ends = {(first[: a.at] + second[b.at :]) for a in one.gaps for b in other.gaps}
    assert made.text in ends
    assert made.gaps == ()
    assert (made.name, made.set) == (one.name, one.set)


def test_the_line_stays_about_as_long_as_it_was():
    one = cut(drawn("abc def gha bcd efg hab"))
    other = cut(drawn("ab cd ef gh ab cd ef gh ab cd ef gh ab cd ef gh"))
    rng = np.random.default_rng(1)
    lengths = {len(spliced(one, other, rng).text) for _ in range(200)}
    assert max(lengths) <= len(one.text) + 8
    assert min(lengths) >= len(one.text) - 8
    assert len(lengths) > 3


def test_a_pale_line_ends_a_dark_one_as_dark_as_that():
    dark, pale = cut(drawn("ab cd")), cut(drawn("ef gh"))
    pale = replace(
        pale, gray=(255 - (255 - pale.gray.astype(int)) // 3).astype(np.uint8)
    )
    made = spliced(dark, pale, np.random.default_rng(0))
    ink = stretch_ink(made.gray)
    assert shown(made.gray) == made.text == "ab gh"
    half = ink.shape[1] // 2
    assert ink[:, :half].max() == ink[:, half:].max() == 255


def character(text, at, of, confidence=0.9):
    return Character(text, confidence, at / of, (at + 1) / of)


def test_gaps_are_in_the_midst_of_sure_spaces():
    line = [character(c, i, 5) for i, c in enumerate("ab cd")]
    assert gaps_in(line, "ab cd") == (Gap(2, 0.5),)
    unsure = [*line[:2], character(" ", 2, 5, SURE - 0.01), *line[3:]]
    assert gaps_in(unsure, "ab cd") == ()


def test_a_line_whose_characters_are_not_its_text_is_not_cut():
    line = [character(c, i, 5) for i, c in enumerate("ab cd")]
    assert gaps_in(line, " ab cd") == ()
    assert gaps_in([], "") == ()


class Sees:
    """Stands in for a network that sees the lines drawn here as they are."""

    charset, height = CHARSET, 64

    def __init__(self):
        self.asked = 0

    def log_probs(self, inks):
        self.asked += len(inks)
        seen = []
        for ink in inks:
            rows = []
            for letter in shown(255 - ink):
                for is_blank in (False, True):
                    row = np.full(CHARSET.size, 1e-4)
                    row[0 if is_blank else CHARSET.encode(letter)[0]] = 1.0
                    rows.append(np.log(row / row.sum()))
            seen.append(np.array(rows, np.float32))
        return seen


@settings(deadline=None)
@given(st.lists(texts, max_size=8))
def test_gaps_are_found_where_the_network_sees_them(lines):
    sees = Sees()
    found = with_gaps(sees, [drawn(text) for text in lines], CancelToken())
    assert [line.text for line in found] == lines
    for line in found:
        assert [gap.at for gap in line.gaps] == [
            i for i, c in enumerate(line.text) if c == " "
        ]
        for gap in line.gaps:
            # In the cell of the space.
            assert gap.at <= gap.x * len(line.text) <= gap.at + 1
    assert sees.asked == sum(" " in text for text in lines)


def test_what_the_network_does_not_see_is_not_cut():
    wrong = replace(drawn("ab cd"), text="abcd efgh abcd efgh abcd")  # too narrow
    unknown = replace(drawn("ab cd"), text="ab xy")
    unseen = replace(drawn("abhcd"), text="ab cd")  # there is no space
    for line in with_gaps(Sees(), [wrong, unknown, unseen], CancelToken()):
        assert line.gaps == ()


def test_looking_for_gaps_is_counted_and_stops_when_asked():
    lines = [drawn("ab cd", str(i)) for i in range(20)]
    reports = []
    with_gaps(Sees(), lines, CancelToken(), lambda p: reports.append((p.done, p.total)))
    assert reports[-1] == (20, 20)
    assert reports == sorted(reports)
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        with_gaps(Sees(), lines, token)


def passes(mix, times=40):
    rng = np.random.default_rng(5)
    return [line for _ in range(times) for line in mix.draw(rng)]


def test_a_pass_splices_its_share_of_the_lines_once_gaps_are_known():
    own = [drawn(f"{a}{a} {b}{b} {a}{b}", a + b) for a in "abcd" for b in "efgh"]
    known = {line.text for line in own}
    mix = LineMix(own, [], 0.0, 64, share=0.5)
    assert {line.text for line in passes(mix)} == known
    mix.cut_at([cut(line) for line in mix.own])
    lines = passes(mix)
    assert all(shown(line.gray) == line.text for line in lines)
    # A line that meets itself, or its like, is as it was.
    share = sum(line.text not in known for line in lines) / len(lines)
    assert 0.3 < share < 0.5
    assert {line.name for line in lines} == {line.name for line in own}
    never = LineMix([cut(line) for line in own], [], 0.0, 64)
    assert {line.text for line in passes(never)} == known


def test_lines_of_others_are_left_and_no_line_ends_as_one_of_another_set():
    own = [cut(drawn(f"{a} {a}{a}", a, "one")) for a in "abcd"]
    own += [cut(drawn(f"{a} {a}{a}", a, "two")) for a in "efgh"]
    others = [cut(drawn("ah ha", "other", "others"))]
    lines = passes(LineMix(own, others, 1.0, 64, share=1.0))
    for line in lines:
        if line.set == "others":
            assert line.text == "ah ha"
        else:
            letters = set(line.text) - {" "}
            assert letters <= set("abcd") or letters <= set("efgh")


def test_lines_end_as_those_near_them():
    own = [cut(drawn(f"{a} {a}{a}", a)) for a in LETTERS]
    ends = {}
    for line in passes(LineMix(own, [], 0.0, 64, share=1.0, near=2), 200):
        first, _, second = line.text.partition(" ")
        ends.setdefault(first, set()).add(second[0])
    for place, letter in enumerate(LETTERS):
        assert ends[letter] == set(LETTERS[max(0, place - 2) : place + 3])


def test_what_nobody_has_checked_is_not_spliced():
    own = [cut(drawn("a aa", "own")), cut(drawn("c cc", "own"))]
    mix = LineMix(own, [], 0.0, 64, share=1.0)
    mix.learn_too([cut(drawn("b bb", "unread"))])
    texts = {line.text for line in passes(mix)}
    assert texts == {"a aa", "a cc", "c aa", "c cc", "b bb"}


def test_what_has_no_room_for_its_text_stays_as_it_was():
    slim, narrow = (
        replace(line, gray=line.gray[:, : 2 * FRAME_WIDTH])
        for line in map(cut, map(drawn, ("abcdefgh abcdefgh", "habcdefg habcdefg")))
    )
    assert spliced(slim, narrow, np.random.default_rng(0)) is slim


def fit_of(gaps, network, **more):
    settings = {"epochs": 20, "columns": 600, "measure_every": 100.0, "spliced": 1.0}
    settings |= more.pop("settings", {})
    return LineFit(
        network,
        build_to_learn(TINY, CHARSET.size),
        CHARSET,
        [drawn(f"{a} {a}{a}", a) for a in "abcdef"],
        [drawn("ab ba", "held out")],
        FitSettings(**settings),
        lambda lines: ["" for _ in lines],
        gaps=gaps,
        **more,
    )


@pytest.mark.tf
@pytest.mark.parametrize("looks_at", [LOOKS_AT, (0.0, *LOOKS_AT)])
def test_gaps_are_looked_for_at_their_times_with_what_was_learned(
    monkeypatch, looks_at
):
    seen, passes = [], []
    network = build_crnn(TINY, CHARSET.size)
    usual = line_fit.epoch_batches

    def find(lines, cancel):
        seen.append((len(passes), [w.copy() for w in network.get_weights()]))
        return [cut(line) for line in lines]

    def watch(lines, *args, **kwargs):
        passes.append(sorted(line.text for line in lines))
        return usual(lines, *args, **kwargs)

    monkeypatch.setattr(line_fit, "epoch_batches", watch)
    fit = fit_of(find, network, looks_at=looks_at)
    fit.run(cancel=CancelToken(), report=ignore_progress)
    assert len(seen) == len(looks_at)
    begun = seen[0][0]
    whole = sorted(f"{a} {a}{a}" for a in "abcdef")
    assert passes[:begun] == [whole] * begun
    assert (begun == 0) == (looks_at[0] == 0.0)
    assert all(texts != whole for texts in passes[begun:])
    first, last = seen[0][1], seen[-1][1]
    assert not all(np.array_equal(a, b) for a, b in zip(first, last, strict=True))


@pytest.mark.tf
def test_no_gaps_are_looked_for_where_nothing_is_spliced():
    def find(lines, cancel):
        raise AssertionError

    fit = fit_of(find, build_crnn(TINY, CHARSET.size), settings={"spliced": 0.0})
    fit.run(cancel=CancelToken(), report=ignore_progress)
    assert fit.state.epoch == 20
