"""Words cut from lines: letters are blocks at known places, the model's output too."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.networks.crnn import FRAME_WIDTH
from hwocr_desktop.ml.training.line_data import LineSample
from hwocr_desktop.ml.training.word_cutting import cut_words, word_samples

CHARSET = Charset(" abc")
LETTER, BETWEEN_LETTERS, BETWEEN_WORDS = 12, 2, 20


def draw_blocks(words, margin=30):
    """Draw a block for each letter; return the line and each word's columns."""
    columns, at, places = [], margin, []
    for word in words:
        start = at
        for _ in word:
            columns.append(at)
            at += LETTER + BETWEEN_LETTERS
        places.append((start, at - BETWEEN_LETTERS))
        at += BETWEEN_WORDS - BETWEEN_LETTERS
    gray = np.full((64, at - BETWEEN_WORDS + margin), 220, np.uint8)
    for column in columns:
        gray[20:45, column : column + LETTER] = 40
    return gray, places, columns


def seen(text, columns, width, sure=0.99):
    """Return what a network says that sees a letter in the middle of each block."""
    frames = -(-(width + 8) // FRAME_WIDTH)
    rest = (1 - sure) / (CHARSET.size - 1)
    probs = np.full((frames, CHARSET.size), rest)
    best = np.zeros(frames, int)
    blocks = iter(columns)
    last = 0
    for character in text:
        if character == " ":
            middle = last + LETTER + BETWEEN_WORDS // 2
        else:
            last = next(blocks)
            middle = last + LETTER // 2
        best[middle // FRAME_WIDTH] = CHARSET.encode(character)[0]
    probs[np.arange(frames), best] = sure
    return np.log(probs).astype(np.float32)


words_of_blocks = st.lists(
    st.text("abc", min_size=1, max_size=6), min_size=1, max_size=6
)


@given(words_of_blocks)
def test_each_word_holds_its_own_letters_and_no_others(words):
    gray, places, columns = draw_blocks(words)
    text = " ".join(words)
    cut = cut_words(gray, text, seen(text, columns, gray.shape[1]), CHARSET)
    assert [word.text for word in cut] == words
    assert [word.score for word in cut] == pytest.approx([1.0] * len(words))
    ends = [0] + [end for _, end in places]
    starts = [start for start, _ in places] + [gray.shape[1]]
    for number, word in enumerate(cut):
        own = places[number]
        assert ends[number] <= word.start <= own[0]
        assert own[1] <= word.end <= starts[number + 1]
        # A margin, so that crops of words look like crops of lines.
        assert min(own[0] - word.start, word.end - own[1]) >= BETWEEN_WORDS // 2 - 1
        assert max(own[0] - word.start, word.end - own[1]) <= 13


def test_a_word_that_is_not_written_there_has_a_low_score():
    words = ["ab", "cab", "ba"]
    gray, _, columns = draw_blocks(words)
    log_probs = seen("ab cab ba", columns, gray.shape[1])
    cut = cut_words(gray, "ab cbb ba", log_probs, CHARSET)
    assert cut[0].score == pytest.approx(1.0)
    assert cut[2].score == pytest.approx(1.0)
    # One letter of three is wrong: the ratio of its likelihoods, spread over three.
    wrong = (0.01 / (CHARSET.size - 1)) / 0.99
    assert cut[1].score == pytest.approx(wrong ** (1 / 3), rel=0.01)


def test_words_that_touch_are_cut_where_ink_is_least():
    gray, _, columns = draw_blocks(["ab", "c"])
    gap = slice(columns[1] + LETTER, columns[2])
    gray[40:45, gap] = 40  # a stroke from word to word
    gray[40:43, gap.start + 8] = 220  # thinnest here
    log_probs = seen("ab c", columns, gray.shape[1])
    first, second = cut_words(gray, "ab c", log_probs, CHARSET)
    assert first.end == second.start == gap.start + 8


def test_blanks_at_the_ends_and_in_a_row_are_no_words():
    gray, _, columns = draw_blocks(["a", "b"])
    log_probs = seen("a b", columns, gray.shape[1])
    cut = cut_words(gray, " a  b", log_probs, CHARSET)
    assert [word.text for word in cut] == ["a", "b"]


def test_too_few_frames():
    with pytest.raises(ValueError, match="too few"):
        cut_words(
            np.full((64, 12), 200, np.uint8),
            "abcabcabc",
            np.log(np.full((5, CHARSET.size), 0.2, np.float32)),
            CHARSET,
        )


def test_a_line_without_ink_is_cut_all_the_same():
    gray = np.full((64, 200), 200, np.uint8)
    log_probs = np.log(np.full((52, CHARSET.size), 0.2, np.float32))
    cut = cut_words(gray, "a b", log_probs, CHARSET)
    assert [word.text for word in cut] == ["a", "b"]
    assert all(0 <= word.start < word.end <= 200 for word in cut)


def test_lines_that_cannot_be_cut_are_told(caplog):
    gray, _, columns = draw_blocks(["ab", "c"])
    log_probs = seen("ab c", columns, gray.shape[1])
    lines = [
        LineSample("set/1", gray, text, "set", Path("set/labels.tsv"), row)
        for row, text in enumerate(["ab c", "ab x", "ab c" * 40], 1)
    ]
    recognizer = SimpleNamespace(
        charset=CHARSET, height=64, log_probs=lambda inks: [log_probs] * len(inks)
    )
    with caplog.at_level("WARNING"):
        made = word_samples(lines, recognizer, cancel=CancelToken())
    assert [sample.text for sample in made] == ["ab", "c"]
    told = "\n".join(caplog.messages)
    assert "labels.tsv, line 2: The model's alphabet lacks characters" in told
    assert "labels.tsv, line 3: The text has 160 characters" in told
