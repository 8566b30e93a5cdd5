"""Digits among digits, letters among letters, where the network is torn."""

import numpy as np
import pytest

from hwocr_desktop.core.text import ctc
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.look_alikes import AMID, AT_EDGE, settle_look_alikes

CHARSET = Charset(" .,-0123456789ABILOSZabcdefghilnorstuzé")


def line(text, torn):
    """Frames that read as the text; ``torn`` gives rivals by place."""
    probs = np.full((2 * len(text), CHARSET.size), 1e-6, np.float32)
    for i, character in enumerate(text):
        probs[2 * i, CHARSET.encode(character)] = 0.6 if i in torn else 0.99
        if i in torn:
            rival, probability = torn[i]
            probs[2 * i, CHARSET.encode(rival)] = probability
        probs[2 * i + 1, 0] = 0.99
    return np.log(probs)


def settled(text, torn, lexicon=None):
    log_probs = line(text, torn)
    characters = ctc.greedy(log_probs, CHARSET)
    assert "".join(c.text for c in characters) == text
    done = settle_look_alikes(characters, log_probs, CHARSET, lexicon)
    assert [(c.start, c.end) for c in done] == [(c.start, c.end) for c in characters]
    return done


@pytest.mark.parametrize(
    ("text", "place", "rival", "expected"),
    [
        ("185O", 3, "0", "1850"),
        ("in l850.", 3, "1", "in 1850."),
        ("3.I.1890", 2, "1", "3.1.1890"),
        ("4S,7", 1, "5", "45,7"),
        ("7B3", 1, "8", "783"),
        ("9Z", 1, "2", "92"),
        ("hea1th", 3, "l", "health"),
        ("t0", 1, "o", "to"),
        ("0f", 0, "O", "Of"),
        ("a5", 1, "s", "as"),
    ],
)
def test_neighbors_decide(text, place, rival, expected):
    done = settled(text, {place: (rival, 0.3)})
    assert "".join(c.text for c in done) == expected
    assert done[place].confidence == pytest.approx(0.3, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "place", "rival"),
    [
        ("I", 0, "1"),  # nobody beside it
        ("3S a", 1, "z"),  # a rival that is no look-alike
        ("a0 b", 1, "b"),
        ("3l d", 1, "a"),
        ("3Ob", 1, "0"),  # neighbors disagree
        ("5th", 0, "S"),  # an ordinal number
        ("a 0", 2, "O"),  # a neighbor across a space is none
        ("10s", 2, "5"),  # shillings
        ("4s. 6d.", 1, "5"),
        ("5s", 0, "S"),
        ("15s.", 1, "S"),
        ("12B", 2, "8"),  # a house number
        ("1lb", 0, "l"),  # a weight
    ],
)
def test_what_neighbors_do_not_decide_stays(text, place, rival):
    assert "".join(c.text for c in settled(text, {place: (rival, 0.3)})) == text


def test_what_the_network_is_sure_of_stays():
    assert "".join(c.text for c in settled("185O", {3: ("0", 0.02)})) == "185O"
    assert "".join(c.text for c in settled("185O", {})) == "185O"


def test_a_look_alike_outside_the_alphabet_is_not_chosen():
    charset = Charset("8O")
    log_probs = np.log(np.array([[0.1, 0.8, 0.1], [0.4, 0.1, 0.5]], np.float32))
    characters = ctc.greedy(log_probs, charset)
    assert settle_look_alikes(characters, log_probs, charset) == characters


@pytest.mark.parametrize(
    ("text", "place", "rival", "factor"),
    [("18O0", 2, "0", AMID), ("185O", 3, "0", AT_EDGE), ("hea1th", 3, "l", AMID)],
)
def test_two_neighbors_are_believed_more_than_one(text, place, rival, factor):
    almost = {place: (rival, 0.6 / (1.05 * factor))}
    assert settled(text, almost)[place].text == text[place]
    enough = {place: (rival, 0.6 / (0.95 * factor))}
    assert settled(text, enough)[place].text == rival


def test_pounds_are_told_from_a_year_by_how_sure_the_network_is():
    assert "".join(c.text for c in settled("20l", {2: ("1", 0.1)})) == "20l"
    assert "".join(c.text for c in settled("185l", {3: ("1", 0.4)})) == "1851"


def test_a_list_that_constrains_has_the_last_word():
    def read(entries, use):
        done = settled("nO0n", {2: ("O", 0.4)}, Lexicon(entries, use))
        return "".join(c.text for c in done)

    assert read(["n", "nO"], "constrain") == "nO0n"
    assert read(["n", "nO", "nOOn"], "constrain") == "nOOn"
    assert read(["n", "nO"], "rerank") == "nOOn"


def test_nothing_stays_nothing():
    assert settle_look_alikes((), np.zeros((0, 3), np.float32), Charset("0O")) == ()
