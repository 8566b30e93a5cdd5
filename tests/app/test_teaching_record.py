"""What a taught model's card keeps of the teaching."""

from dataclasses import dataclass, replace
from pathlib import Path

from hwocr_desktop.app.taught_lines import KEY, TaughtLines, from_plain
from hwocr_desktop.app.teaching_record import fingerprint, teaching_record
from hwocr_desktop.ml.card_text import card_text
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.fine_tune import FINE_TUNING
from tests.drawn_lines import samples


def test_the_fingerprint_is_of_pictures_texts_and_parts():
    one, two, three = samples(3)
    known = fingerprint([one, two], [three])
    assert known == fingerprint([replace(one, name="other"), two], [three])
    different = {
        fingerprint([two, one], [three]),
        fingerprint([one], [two, three]),
        fingerprint([one, replace(two, text="another")], [three]),
        fingerprint([one, replace(two, gray=two.gray[:, 1:])], [three]),
    }
    assert len(different | {known}) == 5


@dataclass(frozen=True)
class Settings:
    """Some settings."""

    minutes: float
    out: Path
    name: str = ""


def test_the_card_says_how_it_was_taught():
    assert teaching_record("abc", Settings(2.5, Path("x"))) == {
        "data": "abc",
        "settings": {"minutes": 2.5},
    }
    known = teaching_record("abc", Settings(2.5, Path("x")), TaughtLines())
    assert from_plain(known[KEY]) == TaughtLines()
    teaching = teaching_record("abc", replace(FINE_TUNING, minutes=5.0))
    card = ModelCard("a", "recognize-lines", "A", "s", "l", {}, "d", teaching=teaching)
    text = card_text(card)
    assert "minutes 5.0" in text
    assert f"learning_rate {FINE_TUNING.learning_rate}" in text
    assert "Fingerprint of the data: abc" in text
    assert "Taught with" not in card_text(replace(card, teaching={}))
