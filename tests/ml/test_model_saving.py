"""A model never takes the place of anything but a model."""

import json
import shutil

import numpy as np
import pytest

from hwocr_desktop.core.errors import BadRequest, OutputNotWritable
from hwocr_desktop.ml.model_saving import check_place, save_model, weights_of
from hwocr_desktop.ml.registry import CARD_NAME, WEIGHTS_NAME, ModelCard, read_card

CARD = ModelCard(
    id="x",
    task="binarize",
    title="Drawn",
    summary="",
    licence="Apache-2.0",
    trained_on="nothing",
    architecture={},
)


def save(folder, weights=b"numbers"):
    return save_model(folder, CARD, lambda path: path.write_bytes(weights))


class Network:
    """Stands in for a network of a megabyte."""

    def get_weights(self):
        return [np.zeros((512, 512), np.float32)]

    def save_weights(self, path):
        path.write_bytes(b"numbers")


def test_weights_are_not_begun_where_there_is_no_room_for_them(tmp_path, monkeypatch):
    room = shutil.disk_usage(tmp_path)._replace(free=1 << 20)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: room)
    network = Network()
    with pytest.raises(OutputNotWritable, match="could not be written"):
        save_model(tmp_path / "m", CARD, weights_of(network))
    assert tree(tmp_path) == {}
    room = room._replace(free=1 << 22)
    saved = save_model(tmp_path / "m", CARD, weights_of(network))
    assert (saved.folder / WEIGHTS_NAME).read_bytes() == b"numbers"


def tree(folder):
    return {p: p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "held",
    [
        {"scan.png": b"pixels"},
        {"sub/notes.txt": b"text"},
        {"README.md": b"mine", CARD_NAME: b"{}"},
        {"README.md": b"mine", CARD_NAME: b"no JSON"},
        {"README.md": b"mine"},
    ],
)
def test_a_folder_that_holds_something_else_stays(tmp_path, held):
    place = tmp_path / "thesis"
    for name, data in held.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    before = tree(tmp_path)
    for refused in (lambda: check_place(place), lambda: save(place)):
        with pytest.raises(OutputNotWritable, match="something other than a model"):
            refused()
    assert tree(tmp_path) == before


def test_a_model_with_a_persons_file_beside_it_stays(tmp_path):
    place = tmp_path / "model"
    save(place)
    (place / "notes.txt").write_text("mine", encoding="utf-8")
    before = tree(place)
    with pytest.raises(OutputNotWritable):
        save(place, b"others")
    assert tree(place) == before


def test_a_file_stays(tmp_path):
    place = tmp_path / "letter"
    place.write_text("Dear Sir", encoding="utf-8")
    with pytest.raises(OutputNotWritable):
        save(place)
    assert place.read_text(encoding="utf-8") == "Dear Sir"


@pytest.mark.parametrize("name", [".", "..", "a/.."])
def test_what_is_no_name_for_a_folder_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadRequest, match="no name"):
        check_place(type(tmp_path)(name))


def test_a_model_and_an_empty_folder_are_replaced(tmp_path):
    (tmp_path / "empty").mkdir()
    save(tmp_path / "empty")
    old = save(tmp_path / "model")
    (tmp_path / "model" / ".DS_Store").touch()
    new = save(tmp_path / "model", b"other numbers")
    assert new.sha256 != old.sha256
    assert read_card(tmp_path / "model") == new
    card = json.loads((tmp_path / "empty" / CARD_NAME).read_text(encoding="utf-8"))
    assert card["id"] == "empty"
