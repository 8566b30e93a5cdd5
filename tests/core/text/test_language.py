"""The language file: what is saved is what is loaded, and damage is noticed."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadModel, OutputNotWritable
from hwocr_desktop.core.text import language as language_module
from hwocr_desktop.core.text.language import (
    Weights,
    build_language,
    build_on,
    load_language,
    save_language,
    with_text,
)
from tests.ngram_oracle import text_log_prob

TEXT = "The cat sat on the mat.\nÉtait-ce 1850? It was the cat's."


@pytest.fixture
def saved(tmp_path):
    """Save a small language and return it and its file."""
    language = replace(build_language(TEXT), weights=Weights(0.25, 0.5, 2.0))
    path = tmp_path / "language.npz"
    save_language(path, language)
    return language, path


def test_what_is_loaded_is_what_was_saved(saved):
    language, path = saved
    loaded = load_language(path)
    assert loaded.weights == language.weights
    assert loaded.words.single == language.words.single
    assert loaded.words.pairs == language.words.pairs
    assert loaded.ngram.characters == language.ngram.characters
    for text in ("the cat", "Était", "xyz 18"):
        assert text_log_prob(loaded.ngram, text) == text_log_prob(language.ngram, text)


def test_text_is_counted_in_nfc():
    assert build_language("e\u0301te\u0301").words.single == {"été": 1}


def test_a_language_without_words_is_saved_and_loaded(tmp_path):
    path = tmp_path / "language.npz"
    save_language(path, build_language("12 13 14"))
    assert load_language(path).words.single == {}


def test_a_file_cut_short_or_altered_is_refused_or_as_good(saved):
    language, path = saved
    data = path.read_bytes()
    rng = np.random.default_rng(1)
    refusals = []
    for i in range(60):
        if i % 2:
            broken = data[: int(rng.integers(len(data)))]
        else:
            spot = int(rng.integers(len(data)))
            broken = data[:spot] + bytes([data[spot] ^ 0x55]) + data[spot + 1 :]
        path.write_bytes(broken)
        try:
            assert load_language(path).words.single == language.words.single
        except BadModel as error:
            refusals.append(error)
    assert len(refusals) > 30
    assert all(error.advice for error in refusals)


def changed(path, **changes):
    with np.load(path) as file:
        arrays = {name: file[name] for name in file.files}
    for name, change in changes.items():
        arrays[name] = change(arrays[name])
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    path.write_bytes(buffer.getvalue())


def head_with(**values):
    def change(array):
        head = json.loads(array.tobytes()) | values
        return np.frombuffer(json.dumps(head).encode(), np.uint8)

    return change


@pytest.mark.parametrize(
    "changes",
    [
        {"head": lambda a: a[:-3]},
        {"head": head_with(weights={"characters": "much"})},
        {"head": head_with(weights={"characters": 99, "words": 0, "length": 0})},
        {"head": head_with(characters="ab")},
        {"words": lambda a: a[:-9]},
        {"words": lambda a: a.astype(np.float32)},
        {"word_counts": lambda a: a * 0},
        {"pairs": lambda a: a + 1000},
        {"pairs": lambda a: a[:, :2]},
        {"codes_3": lambda a: a.astype(np.float64)},
        {"codes_3": lambda a: a[:-1]},
        {"codes_1": lambda a: a[:-1]},
        {"counts_2": lambda a: a.astype(np.int64)},
        {"counts_2": lambda a: a * 0},
        {"words": lambda a: np.array([{"a": 1}], object)},
    ],
)
def test_contents_that_do_not_fit_are_refused(changes, saved):
    _, path = saved
    changed(path, **changes)
    with pytest.raises(BadModel, match="missing or damaged"):
        load_language(path)


def test_a_file_of_a_newer_program(saved):
    _, path = saved
    changed(path, head=head_with(schema=2))
    with pytest.raises(BadModel, match="newer version"):
        load_language(path)


def test_no_file(tmp_path):
    with pytest.raises(BadModel, match="missing or damaged"):
        load_language(tmp_path / "language.npz")


def test_a_place_that_cannot_be_written(tmp_path):
    with pytest.raises(OutputNotWritable):
        save_language(tmp_path / "none" / "language.npz", build_language(TEXT))


def test_more_words_are_known_after_more_of_a_text(saved):
    language, _ = saved
    more = with_text(language, "The Kew gardens.\nKew", 3)
    assert more.words.single["kew"] == 6
    assert more.words.single["the"] == language.words.single["the"] + 3
    assert more.words.pairs["the", "kew"] == 3
    assert more.weights == language.weights
    assert text_log_prob(more.ngram, "Kew") > text_log_prob(language.ngram, "Kew")
    assert "kew" not in language.words.single


def test_of_a_large_text_what_is_rare_is_left_out(monkeypatch):
    background = "the old cat saw the old dog and the cat saw it. " * 2 + "a rare pair"
    with_all = build_on(background, "my own words")
    # All words stay, and what the own text says once.
    known = with_all.words
    assert {"rare", "pair", "own", "dog"} <= set(known.single)
    assert (known.pairs["the", "old"], known.pairs["my", "own"]) == (4, 1)
    assert ("rare", "pair") not in known.pairs
    monkeypatch.setattr(language_module, "MOST_NGRAMS", 150)
    few = build_on(background, "my own words")
    assert sum(map(len, few.ngram.codes)) < sum(map(len, with_all.ngram.codes))
    for text in ("my own words", "the old"):
        assert text_log_prob(few.ngram, text) > text_log_prob(few.ngram, text[::-1])


def test_a_large_text_tells_of_words_that_the_own_one_lacks():
    own, books = "we sat on the bench\n" * 3, "a stitch in time saves nine " * 5
    alone, both = build_language(own), build_on(books, own)
    assert "stitch" not in alone.words
    for text in ("a stitch in time", "we sat on the bench"):
        assert text_log_prob(both.ngram, text) > text_log_prob(both.ngram, text[::-1])
    assert text_log_prob(both.ngram, "in time") > text_log_prob(alone.ngram, "in time")
