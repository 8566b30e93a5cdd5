"""What other layers say in English is read in the language of the program."""

import json

import pytest
from PySide6.QtCore import QTranslator

from hwocr_desktop.app import projects
from hwocr_desktop.app.requests import Notice
from hwocr_desktop.core.atomic import not_writable
from hwocr_desktop.core.pixels.imaging import load_scan
from hwocr_desktop.ui import sentences
from hwocr_desktop.ui.notice_bar import NoticeBar
from hwocr_desktop.ui.sentences import in_our_language, said
from tools.sentences import find_sentences
from tools.update_translations import other_sources

pytestmark = pytest.mark.gui

TEMPLATES = find_sentences(other_sources())


class Words(QTranslator):
    """Knows the translations that it is given."""

    def __init__(self, known):
        super().__init__()
        self.known = known

    def translate(self, context, text, disambiguation=None, n=-1):
        # Nothing, and not an empty text, means that there is no translation.
        return self.known.get(text) if context == sentences.CONTEXT else None


@pytest.fixture
def speak(qapp, monkeypatch, tmp_path):
    """Return a function that installs translations of sentences."""
    (tmp_path / "translations").mkdir()
    path = tmp_path / "translations" / sentences.FILE_NAME
    path.write_text(json.dumps(TEMPLATES), encoding="utf-8")
    monkeypatch.setattr(sentences, "bundled_resources", lambda: tmp_path)
    installed = []

    def install(known):
        installed.append(Words(known))
        qapp.installTranslator(installed[-1])

    yield install
    for words in installed:
        qapp.removeTranslator(words)


def values_of(template):
    return [f"Größe {n}" for n in range(template.count("{"))]


def test_every_sentence_is_found_again_with_its_values(speak):
    speak({template: f"<<{template}>>" for template in TEMPLATES})
    assert len(TEMPLATES) > 150
    for template in TEMPLATES:
        values = values_of(template)
        expected = f"<<{template}>>".format(*values)
        assert in_our_language(template.format(*values)) == expected


def test_names_are_put_in_where_the_language_wants_them(speak, tmp_path):
    speak(
        {
            "“{0}” could not be saved because the folder {1} does not exist.": (
                "Den Ordner {1} gibt es nicht, um „{0}“ zu speichern."
            ),
            "Reconnect the drive or choose another folder.": "Anderen Ordner wählen.",
        }
    )
    missing = tmp_path / "weg" / "Brief ö.txt"
    error = not_writable(missing, FileNotFoundError(2, ""))
    assert said(projects.failure_notice(error)) == (
        f"Den Ordner {missing.parent} gibt es nicht, um „Brief ö.txt“ zu speichern. "
        "Anderen Ordner wählen."
    )


def test_a_real_error_is_read_in_the_bar_in_the_language(speak, qtbot, tmp_path):
    speak({template: "§" + template for template in TEMPLATES})
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(Exception, match="empty") as caught:
        load_scan(tmp_path / "a.png")
    bar = NoticeBar()
    qtbot.addWidget(bar)
    bar.add(projects.failure_notice(caught.value))
    words = bar.rows[0]._text.text()
    assert words.startswith("§“a.png” is empty")
    assert words.count("§") == 2


def test_two_sentences_in_one_are_translated_one_by_one(speak):
    speak({"The former file is kept as “{0}”.": "Die alte heißt „{0}“."})
    assert in_our_language("Unknown words. The former file is kept as “x.json”.") == (
        "Unknown words. Die alte heißt „x.json“."
    )


@pytest.mark.parametrize("translation", ["{1} too many", "{name}", "{", "{0"])
def test_a_translation_that_cannot_be_used_leaves_the_sentence(speak, translation):
    speak({"“{0}” holds no page.": translation})
    assert in_our_language("“a.xml” holds no page.") == "“a.xml” holds no page."


def test_without_a_language_everything_stays(monkeypatch, tmp_path):
    monkeypatch.setattr(sentences, "bundled_resources", lambda: tmp_path)
    assert said(Notice("“a.xml” holds no page.")) == "“a.xml” holds no page."
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / sentences.FILE_NAME).write_text("[1")
    sentences._templates.cache_clear()
    assert said(Notice("“a.xml” holds no page.", "b")) == "“a.xml” holds no page. b"
