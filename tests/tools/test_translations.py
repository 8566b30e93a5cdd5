"""What is collected for translators."""

import ast
import json
from xml.etree import ElementTree

import pytest

from hwocr_desktop.core import errors
from tools import update_translations
from tools.sentences import find_sentences, is_sentence, template
from tools.update_translations import other_sources

NAMES = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.HwocrError)
}


def test_every_sentence_of_every_error_is_collected():
    found = set(find_sentences(other_sources()))
    seen = 0
    for path in other_sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            if getattr(node.func, "id", "") not in NAMES:
                continue
            for text in node.args[:2]:
                if isinstance(text, ast.Constant | ast.JoinedStr):
                    seen += 1
                    assert template(text) in found, f"{path.name}:{text.lineno}"
    assert seen > 150


def test_values_become_numbers_and_the_rest_is_left_out(tmp_path):
    module = tmp_path / "module.py"
    module.write_text(
        '''"""Say nothing. This is a docstring."""
def f(name, log):
    """Be a docstring as well."""
    log.info("A sentence for the log only.")
    text = f" The file {name} and {name!r} are {'x' if name else 'The end is near.'}."
    raise Error("A brace { is no value. It stays.", f"{name}.", "no sentence")
''',
        encoding="utf-8",
    )
    assert find_sentences([module]) == [
        "A brace {{ is no value. It stays.",
        "The end is near.",
        "The file {0} and {1} are {2}.",
    ]


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("“{0}” is empty.", True),
        ("Check the name.", True),
        ("{0}. {1}.", False),
        ("not a sentence.", False),
        ("No full stop", False),
        ("Word.", False),
    ],
)
def test_what_a_sentence_is(text, is_one):
    assert is_sentence(text) == is_one


def test_translators_get_the_words_of_all_layers(tmp_path, monkeypatch):
    monkeypatch.setattr(update_translations, "FOLDER", tmp_path)
    assert update_translations.main(["de"]) == 0
    contexts = {
        context.findtext("name"): {
            m.findtext("source") for m in context.iter("message")
        }
        for context in ElementTree.parse(tmp_path / "hwocr_de.ts").iter("context")
    }
    templates = json.loads((tmp_path / "sentences.json").read_text(encoding="utf-8"))
    assert contexts["Errors"] == set(templates)
    assert "Window" in " ".join(contexts)
