"""Lists of words: what they allow, and files that are none."""

import math

import pytest

from hwocr_desktop.core.errors import BadDocument, FileNotReadable
from hwocr_desktop.core.text import lexicon as module
from hwocr_desktop.core.text.lexicon import Lexicon, read_entries


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
        (b"Anna\nB\x07ell\n", "Line 2 .*not a word"),
        (b"a" * 201, "Line 1 .*not a word"),
        (b"Anna\nBell\n12\n", "Line 3 .*no letters"),
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
