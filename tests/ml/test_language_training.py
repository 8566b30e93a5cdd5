"""Languages: gathered, weighed, put beside a model and used by it."""

import math
from dataclasses import replace

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadDocument, BadModel, FileNotReadable
from hwocr_desktop.core.errors import TrainingDataMissing as Missing
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.language import (
    LANGUAGE_NAME,
    Weights,
    build_language,
)
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.languages import install_language, open_language
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.training.language_training import (
    TrainLanguageRequest,
    choose_weights,
    gather_text,
    train_language,
)
from tests.drawn_lines import draw_line, tiny_model


def test_texts_of_all_kinds_are_gathered(tmp_path):
    (tmp_path / "a.txt").write_text("\ufefffirst text\n", encoding="utf-8")
    (tmp_path / "below").mkdir()
    (tmp_path / "below/labels.tsv").write_text('1.png\tsecond "line\n2.png\n')
    (tmp_path / "below/1.gt.txt").write_text("third")
    (tmp_path / "below/damaged.xml").write_text("<none")
    (tmp_path / "picture.png").write_bytes(b"no text")
    text = gather_text([tmp_path])
    assert text.split("\n") == ["first text", "", "third", 'second "line']


def test_what_is_no_text(tmp_path):
    with pytest.raises(FileNotReadable, match="cannot be read"):
        gather_text([tmp_path / "none.txt"])
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"\xfa\xfe")
    with pytest.raises(BadDocument, match="not a text in UTF-8"):
        gather_text([bad])
    with pytest.raises(Missing, match="no text"):
        gather_text([tmp_path])


def test_weights_are_chosen_by_the_fewest_errors():
    charset = Charset(" abt")
    language = build_language("at bat at bat at bat bat at " * 5, order=4)
    language = replace(language, weights=Weights(0.0, 0.0, 0.0))
    log_probs = np.full((7, 5), math.log(1e-4), np.float32)
    for t, label in {0: 3, 1: 0, 3: 0, 4: 4, 5: 0, 6: 0}.items():
        log_probs[t, label] = math.log(0.999)
    log_probs[2, 3], log_probs[2, 2] = math.log(0.55), math.log(0.45)
    chosen = choose_weights(language, charset, [(log_probs, "bat")])
    # Without a language it reads "bbt".
    assert chosen.characters > 0
    # What cannot be bettered stays.
    again = replace(language, weights=chosen)
    assert choose_weights(again, charset, [(log_probs, "bat")]) == chosen


def test_a_language_is_counted_and_written(tmp_path):
    (tmp_path / "a.txt").write_text("ab abc\ncab")
    request = TrainLanguageRequest((tmp_path,), tmp_path / "out.npz", order=3)
    language = train_language(request, cancel=CancelToken())
    assert request.out.is_file()
    assert language.words.single == {"ab": 1, "abc": 1, "cab": 1}
    assert language.weights == Weights()


@pytest.mark.tf
def test_a_model_reads_with_the_language_beside_it(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    assert open_language(card) is None
    card = install_language(card, build_language("abc cab abc"))
    assert registry.read_card(card.folder).language == card.language != ""
    recognizer = Recognizer.open(card)
    assert open_language(card).words.single == {"abc": 2, "cab": 1}
    (reading,) = recognizer.read([draw_line("abc")], decoder="word-beam")
    assert set(reading.text) <= set("abc")
    lexicon = Lexicon(["cab"], "constrain")
    (reading,) = recognizer.read(
        [draw_line("abc")], decoder="word-beam", lexicon=lexicon
    )
    assert reading.text in ("", "cab", "CAB", "Cab")


@pytest.mark.tf
def test_a_language_that_was_altered_or_lost(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    card = install_language(card, build_language("abc"))
    file = card.folder / LANGUAGE_NAME
    file.write_bytes(file.read_bytes() + b"!")
    with pytest.raises(BadModel, match="altered or damaged"):
        open_language(card)
    recognizer = Recognizer.open(card)
    recognizer.read([draw_line("abc")], decoder="beam")
    with pytest.raises(BadModel, match="altered or damaged"):
        recognizer.read([draw_line("abc")], decoder="word-beam")
    file.unlink()
    assert open_language(card) is None


@pytest.mark.tf
def test_a_model_grown_from_another_reads_with_the_language_of_that(
    tmp_path, hwocr_home
):
    from hwocr_desktop.core import paths

    parent = tiny_model(paths.user_models() / "parent")
    parent = install_language(parent, build_language("abc"))
    child = tiny_model(paths.user_models() / "child")
    child = registry.update_language(replace(child, parent="parent"), parent.language)
    assert open_language(child).words.single == {"abc": 1}


@pytest.mark.tf
def test_what_is_counted_for_a_model_leaves_nothing_beside_it_if_killed(tmp_path):
    card = tiny_model(tmp_path / "tiny")
    before = sorted(path.name for path in card.folder.iterdir())
    (tmp_path / "a.txt").write_text("ab abc\ncab")
    request = TrainLanguageRequest((tmp_path / "a.txt",), order=3)
    # The program may end at any moment before the language is installed.
    language = train_language(request, cancel=CancelToken())
    assert sorted(path.name for path in card.folder.iterdir()) == before
    card = install_language(card, language)
    names = {path.name for path in card.folder.iterdir()} - set(before)
    assert names == {LANGUAGE_NAME}
    assert open_language(card).words.single == language.words.single
