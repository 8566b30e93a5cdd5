"""A language as counts: characters in a row, words and pairs of words, in one file.

The file holds numbers only, and is checked before it is used.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.text.ngram import (
    CharacterNgram,
    Codes,
    Counts,
    count_characters,
)
from hwocr_desktop.core.text.ngram import with_text as add_characters
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.core.text.words import WordCounts, count_words

LANGUAGE_NAME = "language.npz"
"""The file beside a model's weights."""

SCHEMA = 1
ORDER = 6

MOST_NGRAMS = 600_000
"""Of a large text: more take memory, of which each process that decodes needs some
60 MB for so many, and on validation lines read no better."""

LEAST_PAIRS = 2
"""How often two words follow each other in a large text to be kept as a pair: most do
so but once, and that is chance."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Weights:
    """How much the language counts against what the network saw.

    Chosen on lines that neither the network nor the counts learned from.

    Attributes
    ----------
    characters : float
        Of the log-probabilities of characters, >= 0.
    words : float
        Of what is gained by taking letters as a known word, in log-probability, >= 0.
    length : float
        Added for each character, in nats: without it short texts would win.
    """

    characters: float = 0.7
    words: float = 0.5
    length: float = 1.5


@dataclass(frozen=True, slots=True)
class Language:
    """Counts of a language, and how much they weigh."""

    ngram: CharacterNgram
    words: WordCounts
    weights: Weights = Weights()


def build_language(text: str, *, order: int = ORDER) -> Language:
    """Count a language in a text.

    Parameters
    ----------
    text : str
        As it is written, with line ends; taken in NFC.
    order : int
        Characters of the longest n-grams, 1..8.

    Raises
    ------
    ValueError
        If there is no text or the order is out of range.
    """
    text = normalize(text)
    return Language(count_characters(text, order), count_words(text))


def build_on(background: str, text: str, *, order: int = ORDER) -> Language:
    """Count a language in a large text of others, and in one that is like what is read.

    Parameters
    ----------
    background : str
        Of which what is rare is left out, `MOST_NGRAMS` and `LEAST_PAIRS`.
    text : str
        Of which everything is counted; as it is written, with line ends.
    order : int
        Characters of the longest n-grams, 1..8.

    Raises
    ------
    ValueError
        If there is no text or the order is out of range.
    """
    background = normalize(background)
    words = count_words(background)
    pairs = {pair: n for pair, n in words.pairs.items() if n >= LEAST_PAIRS}
    ngram = count_characters(background, order, MOST_NGRAMS)
    return with_text(Language(ngram, WordCounts(words.single, pairs)), text)


def with_text(language: Language, text: str, times: int = 1) -> Language:
    """Return a language as if so much more of a text had been counted.

    Parameters
    ----------
    language : Language
        Its weights stay.
    text : str
        As it is written, with line ends; taken in NFC.
    times : int
        How often it is counted, > 0.

    Raises
    ------
    ValueError
        If there is no text.
    """
    text = normalize(text)
    more = count_words(text)
    words = language.words
    return Language(
        add_characters(language.ngram, text, times),
        WordCounts(
            _added(words.single, more.single, times),
            _added(words.pairs, more.pairs, times),
        ),
        language.weights,
    )


def _added(counts: dict[T, int], more: dict[T, int], times: int) -> dict[T, int]:
    total = dict(counts)
    for key, count in more.items():
        total[key] = total.get(key, 0) + times * count
    return total


def save_language(path: Path, language: Language) -> None:
    """Write a language to a file.

    Raises
    ------
    OutputNotWritable
        If the file cannot be written.
    """
    words = sorted(language.words.single)
    place = {word: i for i, word in enumerate(words)}
    pairs = sorted(
        (place[first], place[second], count)
        for (first, second), count in language.words.pairs.items()
    )
    head = {"schema": SCHEMA, "characters": language.ngram.characters}
    arrays: dict[str, npt.NDArray[Any]] = {
        "head": _bytes(json.dumps(head | {"weights": asdict(language.weights)})),
        "words": _bytes("\n".join(words)),
        "word_counts": np.array([language.words.single[w] for w in words], np.uint32),
        "pairs": np.array(pairs, np.uint32).reshape(-1, 3),
    }
    for order, codes in enumerate(language.ngram.codes, 1):
        # Differences of sorted codes are small and compress well.
        arrays[f"codes_{order}"] = np.diff(codes, prepend=np.uint64(0))
        arrays[f"counts_{order}"] = language.ngram.counts[order - 1]
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    atomic.write_bytes(path, buffer.getvalue())


def load_language(path: Path) -> Language:
    """Read a language that `save_language` wrote.

    Raises
    ------
    BadModel
        If the file is missing, damaged, or from a newer program.
    """
    try:
        # Numpy leaves a damaged file open that it opened itself.
        data = io.BytesIO(path.read_bytes())
        with np.load(data, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        head = json.loads(_text(arrays["head"]))
        if int(head["schema"]) > SCHEMA:
            raise BadModel(
                f"The language file {path} was made for a newer version of this "
                "program.",
                "Update the program, or build the file again.",
            )
        weights = Weights(**{f.name: _weight(head, f.name) for f in fields(Weights)})
        ngram = CharacterNgram(str(head["characters"]), *_orders(arrays))
        return Language(ngram, _word_counts(arrays), weights)
    except (
        OSError,
        EOFError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        MemoryError,
        RecursionError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise BadModel(
            f"The language file {path} is missing or damaged.",
            "Install the model again, or build the file with “hwocr train language”.",
        ) from error


def _orders(arrays: dict[str, npt.NDArray[Any]]) -> tuple[list[Codes], list[Counts]]:
    orders = sum(name.startswith("codes_") for name in arrays)
    codes = [arrays[f"codes_{k + 1}"] for k in range(orders)]
    counts = [arrays[f"counts_{k + 1}"] for k in range(orders)]
    if any(part.dtype != np.uint64 or part.ndim != 1 for part in codes):
        raise ValueError("codes are no numbers")
    if any(part.dtype != np.uint32 or part.ndim != 1 for part in counts):
        raise ValueError("counts are no numbers")
    return [np.cumsum(part, dtype=np.uint64) for part in codes], counts


def _word_counts(arrays: dict[str, npt.NDArray[Any]]) -> WordCounts:
    words = _text(arrays["words"]).split("\n") if len(arrays["words"]) else []
    counts, pairs = arrays["word_counts"], arrays["pairs"]
    is_right = (
        counts.shape == (len(words),)
        and counts.dtype == pairs.dtype == np.uint32
        and pairs.ndim == 2
        and pairs.shape[1] == 3
        and (counts > 0).all()
        and (pairs[:, 2] > 0).all()
    )
    if not is_right:
        raise ValueError("these are no counts of words")
    return WordCounts(
        dict(zip(words, counts.tolist(), strict=True)),
        {(words[a], words[b]): count for a, b, count in pairs.tolist()},
    )


def _weight(head: dict[str, Any], name: str) -> float:
    value = float(head["weights"][name])
    if not -10.0 <= value <= 10.0:
        raise ValueError(f"the weight {name} is out of range")
    return value


def _bytes(text: str) -> npt.NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), np.uint8)


def _text(array: npt.NDArray[Any]) -> str:
    if array.dtype != np.uint8:
        raise ValueError("this is no text")
    return array.tobytes().decode("utf-8")
