"""Drawn lines of handwriting, their texts, and the folder they are written to."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFont

from hwocr_desktop.core.errors import BadDocument, BadRequest, FileNotReadable
from hwocr_desktop.core.pixels.crops import stretch_ink
from hwocr_desktop.core.progress import Cancelled
from hwocr_desktop.ml.training import synthetic_lines
from hwocr_desktop.ml.training.line_data import sift_lines
from hwocr_desktop.ml.training.line_files import LineFolder
from hwocr_desktop.ml.training.names import name, personal_name, place_name
from hwocr_desktop.ml.training.synthetic_lines import (
    check_fonts,
    draw_line,
    draw_synthetic,
)
from hwocr_desktop.ml.training.synthetic_texts import (
    LONGEST,
    read_words,
    text_source,
)

WORDS = [
    "Yours",
    "of",
    "the",
    "3rd",
    "inst.",
    "came",
    "to",
    "hand,",
    "I",
    "thank",
    "you.",
]


@pytest.fixture(scope="module")
def font(tmp_path_factory):
    """Write the font that comes with Pillow to a file."""
    path = tmp_path_factory.mktemp("fonts") / "plain.ttf"
    path.write_bytes(ImageFont.load_default(20).font_bytes)
    return path


def test_the_same_seed_draws_the_same_line_and_another_another(font):
    one, same, other = (
        draw_line("thank you", font, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same)
    assert one.shape != other.shape or not np.array_equal(one, other)


@pytest.mark.parametrize("seed", range(12))
def test_a_drawn_line_is_like_a_crop(font, seed):
    source = text_source(WORDS, "lines")
    line = draw_synthetic(source, [font], np.random.default_rng(seed))
    assert line.gray.shape[0] == 64
    assert line.gray.dtype == np.uint8
    dark = stretch_ink(line.gray) > 128
    # Ink over the whole width, but not everywhere.
    columns = np.flatnonzero(dark.any(axis=0))
    width = line.gray.shape[1]
    assert columns[0] < 0.35 * width + 64
    assert columns[-1] > 0.65 * width - 64
    assert 0.01 < dark.mean() < 0.5
    assert width > 8 * len(line.text)


def test_longer_texts_are_wider(font):
    widths = [
        draw_line(text, font, np.random.default_rng(5)).shape[1]
        for text in ("no", "nonono", "nononononononono")
    ]
    assert widths == sorted(widths)
    assert widths[2] > 1.5 * widths[1] > 1.5 * 1.3 * widths[0]


def test_what_a_font_lacks_is_not_written(font):
    texts = iter(["\u4e2d\u6587", "\u05d0", "thank you"] + ["you"] * 3)
    line = draw_synthetic(lambda rng: next(texts), [font], np.random.default_rng(0))
    assert line.text == "thank you"
    nothing = draw_synthetic(lambda rng: "\u4e2d", [font], np.random.default_rng(0))
    assert nothing is None


def test_fonts_that_cannot_write(font, tmp_path, monkeypatch):
    check_fonts([font])
    with pytest.raises(BadRequest, match="No font"):
        check_fonts([])
    with pytest.raises(FileNotReadable, match=r"none\.ttf"):
        check_fonts([tmp_path / "none.ttf"])
    (tmp_path / "text.ttf").write_text("no font", "utf-8")
    with pytest.raises(FileNotReadable, match=r"text\.ttf"):
        check_fonts([tmp_path / "text.ttf"])
    # As in a font that draws capitals for small letters.
    monkeypatch.setattr(synthetic_lines, "x_height", lambda font: 0.7)
    with pytest.raises(BadRequest, match="small letters"):
        check_fonts([font])


@given(st.lists(st.text("ab,.", min_size=1, max_size=9), min_size=1), st.integers(0))
def test_pieces_are_words_of_the_text_in_a_row(words, seed):
    piece = text_source(words, "lines")(np.random.default_rng(seed))
    assert f" {piece} " in f" {' '.join(words)} "
    assert len(piece) <= LONGEST


def test_single_words_are_those_with_letters_each_as_often():
    source = text_source(["the"] * 1000 + ["rare", "...", "&"], "words")
    rng = np.random.default_rng(0)
    drawn = [source(rng) for _ in range(400)]
    assert set(drawn) == {"the", "rare"}
    assert 120 < drawn.count("rare") < 280


@given(st.integers(0))
def test_names_are_of_letters_and_few_signs(seed):
    for make in (name, personal_name, place_name):
        text = make(np.random.default_rng(seed))
        assert text == " ".join(text.split())
        assert text[0].isupper()
        assert all(c.isalpha() or c in " .,'-&" for c in text)


def test_names_are_many():
    rng = np.random.default_rng(0)
    assert len({name(rng) for _ in range(1000)}) > 900


def test_texts_are_read_as_they_would_be_written(tmp_path):
    file = tmp_path / "text.txt"
    file.write_bytes(
        "\ufeffI\u2019m \u201chere\u201d\r\n\tnow\x00 \u2014 e\u0301".encode()
    )
    assert read_words([file]) == ["I'm", '"here"', "now", "-", "\u00e9"]


def test_texts_that_are_none(tmp_path):
    with pytest.raises(FileNotReadable, match="none"):
        read_words([tmp_path / "none.txt"])
    file = tmp_path / "text.txt"
    file.write_bytes(b"caf\xe9")
    with pytest.raises(BadDocument, match="UTF-8"):
        read_words([file])
    file.write_bytes(b" \n")
    with pytest.raises(BadDocument, match="not one word"):
        read_words([file])
    assert read_words([]) == []


def test_what_is_written_is_read_again(tmp_path):
    rng = np.random.default_rng(0)
    grays = [rng.integers(0, 256, (64, w), np.uint8) for w in (40, 90, 200)]
    names = ["page/1#l 2", "page/1#l 2", "../x"]
    texts = ["one", "two words", "é, ü"]
    with LineFolder(tmp_path / "out") as folder:
        for line in zip(names, grays, texts, strict=True):
            path = folder.add("set", *line)
            assert path.parent == tmp_path / "out" / "set"
    found, left_out = sift_lines([tmp_path / "out"])
    assert left_out == []
    assert [s.text for s in found] == texts
    assert all(np.array_equal(s.gray, g) for s, g in zip(found, grays, strict=True))


def test_what_was_written_before_a_stop_has_its_labels(tmp_path):
    gray = np.tile(np.arange(0, 200, dtype=np.uint8), (64, 1))

    def stopped_halfway():
        with LineFolder(tmp_path / "out") as folder:
            folder.add("", "a", gray, "first")
            raise Cancelled

    with pytest.raises(Cancelled):
        stopped_halfway()
    found, _ = sift_lines([tmp_path / "out"])
    assert [s.text for s in found] == ["first"]


def test_folders_that_are_refused(tmp_path):
    (tmp_path / "file").write_text("x", "utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    with pytest.raises(BadRequest, match="a file"):
        LineFolder(tmp_path / "file")
    with pytest.raises(BadRequest, match="not empty"):
        LineFolder(tmp_path / "full")
    with pytest.raises(BadRequest, match="taken from"):
        LineFolder(tmp_path / "full" / "new", [tmp_path / "full"])
