"""Model folders: found, checked, replaced whole."""

import json
import shutil

import pytest

from hwocr_desktop.core import paths
from hwocr_desktop.core.errors import BadModel, ModelTooNew, OutputNotWritable
from hwocr_desktop.core.text.calibration import Calibration
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard


def make(folder, **changes):
    fields = {
        "id": folder.name,
        "task": "binarize",
        "title": folder.name.title(),
        "summary": "For tests.",
        "licence": "Apache-2.0",
        "architecture": {},
        "trained_on": "nothing",
    } | changes
    card = ModelCard(**fields)
    return registry.save_model(folder, card, lambda p: p.write_bytes(b"weights"))


def rewrite(card, **changes):
    path = card.folder / registry.CARD_NAME
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(data | changes), encoding="utf-8")


def test_what_is_saved_is_found_with_all_its_fields(tmp_path):
    saved = make(tmp_path / "one", metrics={"set": {"CER": 1.5}}, charset="aäſ")
    found, broken = registry.find_models((tmp_path,))
    assert found == [saved]
    assert broken == []
    registry.check_weights(found[0])


def test_the_persons_own_models_come_before_the_bundled_ones(hwocr_home):
    own = make(paths.user_models() / "mine", title="Mine")
    assert registry.card("mine") == own


def test_a_model_can_be_named_by_its_folder(tmp_path):
    saved = make(tmp_path / "elsewhere")
    assert registry.card(str(tmp_path / "elsewhere")) == saved


def test_the_card_for_people_names_data_licence_and_figures(tmp_path):
    make(tmp_path / "one", metrics={"set": {"CER": 1.5}}, licence="non-commercial")
    text = (tmp_path / "one" / "README.md").read_text(encoding="utf-8")
    for part in ("nothing", "non-commercial", "| set | CER | 1.5 |"):
        assert part in text


def test_a_calibration_is_kept_with_the_rest(tmp_path):
    fitted = Calibration(0.6, 1.1, -0.2)
    saved = make(tmp_path / "one", metrics={"a": {"CER": 1}})
    assert registry.calibrations(saved) == {}
    saved = registry.update_calibration(saved, "greedy", fitted, "three letters")
    registry.update_calibration(saved, "word-beam", Calibration(1.0, 1.0, 0.1))
    card = registry.read_card(tmp_path / "one")
    assert registry.calibrations(card) == {
        "greedy": fitted,
        "word-beam": Calibration(1.0, 1.0, 0.1),
    }
    assert card.sources == {
        "confidences, greedy": "three letters",
        "confidences, word-beam": "not stated",
    }
    text = (card.folder / "README.md").read_text(encoding="utf-8")
    assert "Source of confidences, greedy: three letters" in text
    assert card.metrics == saved.metrics
    registry.check_weights(card)


def test_a_language_says_what_it_was_counted_in(tmp_path):
    saved = make(tmp_path / "one")
    made = registry.update_calibration(saved, "greedy", Calibration(0.6, 1.1, -0.2))
    first = {"texts of the language": "a", "weights of the language": "1; as given"}
    card = registry.update_language(made, "0" * 64, first)
    assert card.sources == made.sources | first
    # Another language takes the place of the first, with what is known of it.
    other = {"texts of the language": "b"}
    card = registry.update_language(card, "1" * 64, other)
    assert registry.read_card(card.folder).sources == made.sources | other


def test_a_calibration_that_cannot_be_used_is_told(tmp_path):
    card = make(tmp_path / "one", confidence={"greedy": {"low": -3.0}})
    with pytest.raises(BadModel, match="incomplete"):
        registry.calibrations(card)


def test_figures_are_added_and_others_kept(tmp_path):
    saved = make(tmp_path / "one", metrics={"a": {"CER": 1}})
    registry.update_metrics(saved, {"b": {"CER": 2}})
    assert registry.read_card(saved.folder).metrics == {
        "a": {"CER": 1},
        "b": {"CER": 2},
    }


@pytest.mark.parametrize(
    "change",
    [{"title": 5}, {"architecture": []}, {"schema": "1"}, {"sha256": None}],
)
def test_a_field_of_the_wrong_kind(tmp_path, change):
    saved = make(tmp_path / "one")
    rewrite(saved, **change)
    with pytest.raises(BadModel, match="incomplete"):
        registry.read_card(saved.folder)


def test_what_is_hidden_is_no_model(tmp_path):
    make(tmp_path / ".one.new")
    assert registry.find_models((tmp_path,)) == ([], [])


def test_a_free_id_is_one_that_nobody_has(hwocr_home):
    make(paths.user_models() / "mine")
    (paths.user_models() / "mine-2").mkdir()
    assert registry.free_folder("mine").name == "mine-3"
    assert registry.free_folder("yours").name == "yours"
    bundled = registry.find_models((paths.bundled_models(),))[0]
    assert all(registry.free_folder(c.id).name == f"{c.id}-2" for c in bundled)


@pytest.mark.parametrize(
    "error", [KeyError, TypeError, ValueError, IndexError, ZeroDivisionError]
)
def test_an_architecture_that_cannot_be_built(tmp_path, error):
    saved = make(tmp_path / "one")

    def fail():
        raise error("rows")

    with pytest.raises(BadModel, match="“One” does not say properly how"):
        registry.build(saved, fail)
    assert registry.build(saved, lambda: 5) == 5


def test_missing_weights(tmp_path):
    saved = make(tmp_path / "one")
    saved.weights.unlink()
    with pytest.raises(BadModel, match="incomplete") as caught:
        registry.read_card(saved.folder)
    assert caught.value.advice
    found, broken = registry.find_models((tmp_path,))
    assert (found, [b.folder for b in broken]) == ([], [saved.folder])


def test_altered_weights(tmp_path):
    saved = make(tmp_path / "one")
    saved.weights.write_bytes(b"other")
    with pytest.raises(BadModel, match="altered"):
        registry.check_weights(registry.read_card(saved.folder))


@pytest.mark.parametrize("change", [{"min_app": "99.0"}, {"schema": 99}])
def test_a_model_for_a_newer_program(tmp_path, change):
    saved = make(tmp_path / "one")
    rewrite(saved, **change)
    with pytest.raises(ModelTooNew, match="newer") as caught:
        registry.read_card(saved.folder)
    assert "Update" in caught.value.advice


@pytest.mark.parametrize("text", ["", "[1]", "{", '{"title": "x"}'])
def test_a_description_that_cannot_be_understood(tmp_path, text):
    saved = make(tmp_path / "one")
    (saved.folder / registry.CARD_NAME).write_text(text, encoding="utf-8")
    with pytest.raises(BadModel):
        registry.read_card(saved.folder)


def test_an_unknown_model_names_those_there_are(hwocr_home):
    make(paths.user_models() / "mine")
    with pytest.raises(BadModel, match="no model named") as caught:
        registry.card("other", "binarize")
    assert "mine" in caught.value.advice


def test_a_model_for_another_task(hwocr_home):
    make(paths.user_models() / "mine")
    with pytest.raises(BadModel, match="cannot read lines"):
        registry.card("mine", "recognize-lines")


def test_a_failed_save_leaves_the_old_model(tmp_path):
    saved = make(tmp_path / "one")

    def fail(path):
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputNotWritable):
        registry.save_model(tmp_path / "one", saved, fail)
    registry.check_weights(registry.read_card(saved.folder))
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_bundled_models_are_whole(tmp_path):
    for card in registry.find_models((paths.bundled_models(),))[0]:
        registry.check_weights(card)
        assert card.licence
        assert card.metrics
        assert card.command.startswith("hwocr train")
    assert registry.find_models((paths.bundled_models(),))[1] == []


def test_a_copied_model_folder_is_as_good(tmp_path):
    saved = make(tmp_path / "one")
    shutil.copytree(saved.folder, tmp_path / "far" / "one")
    registry.check_weights(registry.read_card(tmp_path / "far" / "one"))
