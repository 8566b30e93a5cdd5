"""Lists of words: what they allow, and files that are none."""

import math
import pickle
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core.errors import BadDocument, FileNotReadable
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.core.text import lexicon as module
from hwocr_desktop.core.text.lexicon import (
    LEXICON_USES,
    MOST_NAMED,
    LeftOutEntry,
    Lexicon,
    read_entries,
    read_list,
)
from hwocr_desktop.core.text.text_metrics import normalize


def test_a_word_counts_as_written_capitalized_and_in_capitals():
    words = Lexicon(["mac Neil's"])
    for word in ("mac", "Mac", "MAC", "Neil's", "NEIL'S", "'Mac'"):
        assert word in words
    for word in ("neil's", "ma", "macs"):
        assert word not in words


def test_constraining_lets_only_beginnings_of_its_words_grow():
    words = Lexicon(["Smith"], "constrain")
    assert all(words.may_begin("Smith"[:i]) for i in range(6))
    assert words.may_begin("'Smi")
    assert words.may_begin("Smith'")
    assert not words.may_begin("Smith's")
    assert not words.may_begin("smi")
    assert words.weight("Smith") == 0.0
    assert words.weight("Smit") == -math.inf


@given(
    entries=st.lists(st.text("abB'\u2019é- ", max_size=6), max_size=6),
    asked=st.text("abB'\u2019é", max_size=5),
)
def test_a_beginning_is_one_of_a_word_that_is_found(entries, asked):
    """Compared with all beginnings there are, listed."""
    words = Lexicon(entries, "constrain")
    found = set()
    for entry in entries:
        for run in re.findall(r"[abBé'\u2019]+", normalize(entry)):
            if word := run.strip("'\u2019"):
                found |= {word, word[0].upper() + word[1:], word.upper()}
    assert words.words == found
    bare = asked.lstrip("'\u2019")
    begins = any(word.startswith(bare) for word in found)
    is_closed = bare[-1:] in ("'", "\u2019") and bare.strip("'\u2019") in found
    assert words.may_begin(asked) == (begins or is_closed)


@pytest.mark.parametrize("use", LEXICON_USES)
def test_another_process_gets_the_same_list_quickly(use):
    words = Lexicon(["Mac Neil's", "Zoe\u0308"], use, bonus=1.5)
    assert words.words
    packed = pickle.dumps(words)
    there = pickle.loads(packed)
    assert there == words
    assert hash(there) == hash(words)
    assert there.words == words.words
    assert there != Lexicon(["Mac Neil's", "Zoe\u0308"], use)
    assert there != "Mac Neil's"
    # The words in all ways of writing them are not sent along.
    assert len(packed) == len(pickle.dumps(Lexicon(["Mac Neil's", "Zoë"], use, 1.5)))


def test_reading_a_list_can_be_stopped(tmp_path):
    path = tmp_path / "names.txt"
    path.write_text(
        "\n".join(f"a{chr(98 + i % 20)}{'x' * (i % 9)}" for i in range(5000))
    )
    cancel = CancelToken()
    assert len(read_entries(path, cancel=cancel)) == 180
    cancel.cancel()
    with pytest.raises(Cancelled):
        read_entries(path, cancel=cancel)


def test_all_ends_of_lines_are_known(tmp_path):
    path = tmp_path / "names.txt"
    path.write_bytes(b"Anna\rBell\r\nCora\n\rDora")
    assert read_entries(path) == ("Anna", "Bell", "Cora", "Dora")


def test_reranking_forbids_nothing():
    words = Lexicon(["Smith"], bonus=1.5)
    assert words.may_begin("xyz")
    assert words.weight("xyz") == 0.0
    assert words.weight("Smith") == 1.5


def test_a_list_is_read_without_repeats_and_empty_lines(tmp_path):
    path = tmp_path / "names.txt"
    path.write_bytes("\ufeffAnna Bell\r\n\r\nZoe\u0308\nAnna Bell\n".encode())
    assert read_entries(path) == ("Anna Bell", "Zoë")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Anna\n\xff\xfe\n", "not a text in UTF-8; see line 2"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "names.txt” is not a text file"),
        (b"B\x07ell\n", "no words or names"),
        (b"a" * 201, "no words or names"),
        (b"-\n12\n'\n", "no words or names"),
        (b" \n\n", "is empty"),
        (b"", "is empty"),
    ],
)
def test_a_bad_list_is_named_with_its_line(data, said, tmp_path):
    path = tmp_path / "names.txt"
    path.write_bytes(data)
    with pytest.raises(BadDocument, match=said) as caught:
        read_entries(path)
    assert "names.txt" in caught.value.message
    assert caught.value.advice


@pytest.mark.parametrize(
    ("line", "text", "fault"),
    [
        ("-", "-", "letters"),
        ("1862", "1862", "letters"),
        ("\u2019", "\u2019", "letters"),
        ("B\x07ell", "", "signs"),
        ("a" * 201, "", "length"),
    ],
)
def test_an_odd_line_costs_no_other(line, text, fault, tmp_path, caplog):
    path = tmp_path / "names.txt"
    path.write_text(f"Smith\n\n{line}\nJones\nSmith\n", encoding="utf-8")
    read = read_list(path)
    assert read.entries == ("Smith", "Jones")
    assert (read.lines, read.left_out) == (4, 1)
    assert read.first_left_out == (LeftOutEntry(3, text, fault),)
    assert not caplog.messages
    with caplog.at_level("WARNING"):
        assert read_entries(path) == read.entries
    (told,) = caplog.messages
    assert "1 of 4 lines of the list “names.txt” is left out: line 3 h" in told
    # What stands there is not for the log.
    assert f"“{line}”" not in told


def test_of_many_odd_lines_the_first_are_named_and_all_counted(tmp_path, caplog):
    path = tmp_path / "names.txt"
    path.write_text("Smith\n" + "12\n" * 5000)
    read = read_list(path)
    assert (read.lines, read.left_out) == (5001, 5000)
    assert [one.line for one in read.first_left_out] == [
        2 + i for i in range(MOST_NAMED)
    ]
    with caplog.at_level("WARNING"):
        read_entries(path)
    assert "5,000 of 5,001 lines" in caplog.text
    assert caplog.text.count("no letters") == MOST_NAMED


def test_a_list_that_is_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_ENTRIES", 2)
    path = tmp_path / "names.txt"
    path.write_text("a\nb\nc\n")
    with pytest.raises(BadDocument, match="more than 2"):
        read_entries(path)


def test_a_list_that_is_not_there(tmp_path):
    with pytest.raises(FileNotReadable, match="cannot be read"):
        read_entries(tmp_path / "none.txt")
    with pytest.raises(FileNotReadable, match="is a folder, not a text file"):
        read_entries(tmp_path)
