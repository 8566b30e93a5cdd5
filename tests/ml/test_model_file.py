"""A model as one file: what is written comes back; whatever is wrong adds nothing."""

import errno
import hashlib
import io
import json
import os
import stat
import struct
import time
import zipfile
from functools import partial

import h5py
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwocr_desktop.core import paths
from hwocr_desktop.core.errors import (
    BadModel,
    BadRequest,
    FileNotReadable,
    ModelTooNew,
    OutputNotWritable,
)
from hwocr_desktop.core.progress import Cancelled, CancelToken
from hwocr_desktop.core.text.language import LANGUAGE_NAME, build_language
from hwocr_desktop.ml import model_file, registry
from hwocr_desktop.ml.languages import install_language, open_language
from hwocr_desktop.ml.model_archive import CONTENTS_NAME, MOST_BYTES, SUFFIX
from hwocr_desktop.ml.model_file import export_model, import_model
from hwocr_desktop.ml.network_shapes import weight_shapes
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.weights_check import holds_only_numbers

TEXT = "the quick brown fox jumps over the lazy dog and the cat " * 3


SMALL = {
    "recognize-lines": {"height": 8, "stem": 2, "stages": [[2]], "units": 2}
    | {"dropout": 0.25},
    "binarize": {"filters": [4]},
    "find-lines": {"filters": [2], "pitch": 20.0},
}
"""What describes a small network of each task."""


def numbers(path, card=None):
    """Write weights of a card's network, or of some other one."""
    shapes = weight_shapes(card) if card else {"layers/dense/vars/0": (2, 3)}
    with h5py.File(path, "w") as file:
        for name, shape in shapes.items():
            file[name] = np.full(shape, 0.5, np.float32)


def make(name="one", save=None, **changes):
    fields = {
        "id": name,
        "task": "recognize-lines",
        "title": "One",
        "summary": "For tests.",
        "licence": "Apache-2.0",
        "architecture": SMALL[changes.get("task", "recognize-lines")],
        "trained_on": "nothing",
        "charset": "aäſ",
    } | changes
    folder, card = paths.user_models() / name, ModelCard(**fields)
    return registry.save_model(folder, card, save or partial(numbers, card=card))


def exported(tmp_path, **changes):
    """Return the file of a model that is no longer installed."""
    path = tmp_path / f"gift{SUFFIX}"
    card = make(**changes)
    export_model(card, path)
    remove(card.folder)
    return path


def remove(folder):
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def parts_of(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rewrite(path, parts, pack=zipfile.ZIP_STORED, *, tell=True):
    """Write a model file anew; with checksums that are right unless told not to."""
    parts = dict(parts)
    if tell:
        contents = json.loads(parts[CONTENTS_NAME])
        contents["files"] = {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in parts.items()
            if name != CONTENTS_NAME
        }
        parts[CONTENTS_NAME] = json.dumps(contents).encode()
    with zipfile.ZipFile(path, "w", pack) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def changed(parts, name, **changes):
    return parts | {name: json.dumps(json.loads(parts[name]) | changes).encode()}


def assert_nothing_was_added():
    place = paths.user_models()
    assert not place.exists() or list(place.iterdir()) == []
    assert [c for c in registry.find_models()[0] if c.folder.parent == place] == []


def refused(path, error, match):
    with pytest.raises(error, match=match) as caught:
        import_model(path)
    assert caught.value.advice
    assert_nothing_was_added()


# ----- there and back -----------------------------------------------------------


def test_what_is_written_comes_back_with_everything(tmp_path):
    card = install_language(make(metrics={"a": {"cer": 1.5}}), build_language(TEXT))
    files = {p.name: p.read_bytes() for p in card.folder.iterdir()}
    path = tmp_path / "gift.hwocr-model"
    export_model(card, path)
    remove(card.folder)
    added = import_model(path)
    assert added.card == card
    assert added.named == "one"
    assert {p.name: p.read_bytes() for p in card.folder.iterdir()} == files
    assert registry.card("one") == card
    kept = open_language(added.card).words
    assert kept.single == build_language(TEXT).words.single
    assert [p.name for p in paths.user_models().iterdir()] == ["one"]


def test_the_same_model_gives_the_same_bytes(tmp_path):
    card = make()
    export_model(card, tmp_path / "a")
    time.sleep(0.01)
    os.utime(card.weights)
    export_model(card, tmp_path / "b")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_taught_model_takes_the_language_of_its_parent_along(tmp_path):
    parent = install_language(make("parent"), build_language(TEXT))
    child = make("child", parent="parent", language=parent.language)
    export_model(child, tmp_path / "gift")
    remove(parent.folder)
    remove(child.folder)
    assert open_language(import_model(tmp_path / "gift").card) is not None


def test_a_language_that_is_gone_is_not_promised(tmp_path):
    card = make(language="0" * 64)
    export_model(card, tmp_path / "gift")
    remove(card.folder)
    assert import_model(tmp_path / "gift").card.language == ""


def test_an_id_that_is_taken_is_left_to_whoever_has_it(tmp_path):
    path = exported(tmp_path)
    other = make(title="Other")
    added = import_model(path)
    assert (added.named, added.card.id) == ("one", "one-2")
    assert registry.card("one") == other
    assert registry.card("one-2").title == "One"
    described = json.loads((added.card.folder / "model.json").read_text("utf-8"))
    assert described["id"] == "one-2"


def test_a_model_that_is_there_already_is_said(tmp_path):
    card = make()
    export_model(card, tmp_path / "gift")
    with pytest.raises(BadRequest, match="installed already, as “one”"):
        import_model(tmp_path / "gift")
    assert [p.name for p in paths.user_models().iterdir()] == ["one"]


@given(told=st.text(max_size=90))
def test_an_id_names_a_folder_and_no_other_place(told):
    plain = model_file._plain_id(told)
    assert 0 < len(plain) <= 66
    assert set(plain) <= set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
    )
    assert plain[0] not in ".-"
    assert plain[-1] != "."
    assert plain.lower().split(".")[0] not in ("con", "nul", "com1")


@pytest.mark.parametrize("told", ["NUL", "Our hand", "écriture", "-"])
def test_an_id_that_is_no_name_everywhere_gives_another_one(tmp_path, told):
    path = exported(tmp_path)
    rewrite(path, changed(parts_of(path), "model.json", id=told))
    added = import_model(path)
    assert added.card.folder.parent == paths.user_models()
    assert [p.name for p in paths.user_models().iterdir()] == [added.card.id]
    # Nobody else has it, so nobody is told that.
    assert added.named == added.card.id != told


@pytest.mark.parametrize(
    "told",
    [
        "../../evil",
        "/etc/evil",
        "C:\\evil",
        "",
        ".",
        "..",
        "a\u202eb",
        "a\n",
        "\x1b[2J",
    ],
)
def test_a_card_cannot_name_another_place_nor_hide_its_name(tmp_path, told):
    path = exported(tmp_path)
    rewrite(path, changed(parts_of(path), "model.json", id=told))
    refused(path, BadModel, "“gift.hwocr-model” cannot be shown")


@pytest.mark.parametrize(
    "change",
    [
        {"title": ""},
        {"title": " "},
        {"title": "A" * 5000},
        {"title": "One\nTwo"},
        {"title": "One\u202eowT"},
        {"title": "One\ud800"},
        {"summary": "\x1b[2J"},
        {"licence": "all\u2066"},
        {"metrics": {"\x07": {"CER": 1}}},
        {"metrics": {"a": [{"b": "\x07"}]}},
        {"charset": "aäſ"[:2] + "\udc00"},
    ],
)
def test_a_card_that_cannot_be_shown(tmp_path, change):
    path = exported(tmp_path)
    rewrite(path, changed(parts_of(path), "model.json", **change))
    refused(path, BadModel, "“gift.hwocr-model” cannot be shown")


def test_a_card_that_is_nested_without_end(tmp_path):
    path = exported(tmp_path)
    parts = parts_of(path)
    deep = b', "metrics": ' + b'{"a":' * 900 + b"1" + b"}" * 901
    card = parts["model.json"].rstrip().removesuffix(b"}") + deep
    rewrite(path, parts | {"model.json": card})
    refused(path, BadModel, r"“gift\.hwocr-model”")


def test_what_a_newer_program_calls_its_model_is_not_told(tmp_path):
    path = exported(tmp_path)
    card = {"min_app": "99.0", "title": "\x1b[2J"}
    rewrite(path, changed(parts_of(path), "model.json", **card))
    refused(path, ModelTooNew, "^“gift.hwocr-model” was made for a newer version")


@pytest.mark.parametrize("title", ["", "a" * 201, "a\nb"])
def test_a_model_without_a_name_is_not_passed_on(tmp_path, title):
    with pytest.raises(BadModel, match="has no proper name"):
        export_model(make(title=title), tmp_path / "gift")


@pytest.mark.parametrize("title", ["L'écriture", "Рукопись", "می‌خواهم", "a" * 200])
def test_a_name_of_any_language_is_passed_on(tmp_path, title):
    path = exported(tmp_path, name=title[:60], title=title)
    added = import_model(path)
    assert added.card.title == title


# ----- what does not fit together ---------------------------------------------------


BIG = SMALL["recognize-lines"]


@pytest.mark.parametrize(
    "change",
    [
        {"architecture": BIG | {"units": 10**9, "stages": [[10**7]]}},
        {"architecture": BIG | {"units": 4}},
        {"architecture": BIG | {"stages": [[2]] * 9}},
        {"architecture": BIG | {"name": "Lambda"}},
        {"architecture": BIG | {"code": "import os"}},
        {"architecture": {}},
        {"charset": "ab"},
        {"charset": "aaä"},
        {"task": "binarize"},
        {"task": "find-lines"},
        {"task": "binarize", "architecture": SMALL["binarize"]},
    ],
)
def test_a_description_that_its_weights_do_not_fit(tmp_path, change):
    path = exported(tmp_path)
    rewrite(path, changed(parts_of(path), "model.json", **change))
    refused(path, BadModel, "“gift.hwocr-model” does not hold a model")


def spoiled(change):
    def save(path, card):
        numbers(path, card)
        with h5py.File(path, "a") as file:
            change(file)

    return save


def three_zeros(file):
    file.clear()
    file["x"] = np.zeros(3, np.float32)


def one_more(file):
    file["layers/dense_1/vars/0"] = np.zeros(3, np.float32)


def one_less(file):
    del file["layers/dense/vars/1"]


def of_another_shape(file):
    weights = file["layers/dense/vars/0"][()]
    del file["layers/dense/vars/0"]
    file["layers/dense/vars/0"] = weights.ravel()


def of_another_kind(file):
    bias = file["layers/dense/vars/1"][()]
    del file["layers/dense/vars/1"]
    file["layers/dense/vars/1"] = bias.astype(np.int32)


def infinite(file):
    file["layers/dense/vars/1"][0] = np.inf


def no_number(file):
    file["layers/dense/vars/1"][-1] = np.nan


@pytest.mark.parametrize(
    "change",
    [
        three_zeros,
        one_more,
        one_less,
        of_another_shape,
        of_another_kind,
        infinite,
        no_number,
    ],
)
def test_weights_that_are_not_those_of_the_network(tmp_path, change):
    other = tmp_path / "other.h5"
    path = exported(tmp_path)
    spoiled(change)(other, ModelCard(**card_fields(path)))
    data = other.read_bytes()
    parts = changed(
        parts_of(path), "model.json", sha256=hashlib.sha256(data).hexdigest()
    )
    rewrite(path, parts | {"model.weights.h5": data})
    refused(path, BadModel, "“gift.hwocr-model” does not hold a model")


def card_fields(path):
    return json.loads(parts_of(path)["model.json"])


@pytest.mark.parametrize("task", sorted(SMALL))
def test_a_model_of_any_task_is_passed_on(tmp_path, task):
    path = exported(tmp_path, task=task)
    assert import_model(path).card.task == task


def test_our_own_models_can_be_passed_on(tmp_path, monkeypatch):
    cards = registry.find_models((paths.bundled_models(),))[0]
    monkeypatch.setattr(registry, "find_models", lambda *_: ([], []))
    for card in cards:
        export_model(card, tmp_path / "gift")
        assert import_model(tmp_path / "gift").card.title == card.title


# ----- what is no model file ------------------------------------------------------


def test_a_file_that_is_missing_or_a_folder(tmp_path):
    refused(tmp_path / "none", FileNotReadable, "cannot be read")
    refused(tmp_path, FileNotReadable, "is a folder")


@pytest.mark.parametrize("data", [b"", b"P", b"%PDF-1.7\n", b"\x80\x04K\x01."])
def test_another_kind_of_file(tmp_path, data):
    path = tmp_path / "letter.pdf"
    path.write_bytes(data)
    refused(path, BadModel, "“letter.pdf” is not a model file")


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"word/document.xml": b"<x/>"},
        {CONTENTS_NAME: b'{"format": "other", "version": 1, "files": {}}'},
    ],
)
def test_another_kind_of_zip(tmp_path, parts):
    path = tmp_path / "letter.docx"
    rewrite(path, parts, tell=False)
    refused(path, BadModel, "is not a model file")


@pytest.mark.parametrize(
    "contents",
    [b"", b"[]", b"{", b"\xff", b"[" * 50000, b'{"format": "hwocr-model"}'],
)
def test_contents_that_cannot_be_understood(tmp_path, contents):
    path = exported(tmp_path)
    rewrite(path, parts_of(path) | {CONTENTS_NAME: contents}, tell=False)
    refused(path, BadModel, "damaged or incomplete")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file(tmp_path, share):
    path = exported(tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    refused(path, BadModel, "damaged or incomplete")


def test_no_flipped_bit_gets_through(tmp_path):
    path = exported(tmp_path)
    data = path.read_bytes()
    whole = parts_of(path)
    for place in range(0, len(data), 97):
        bad = bytearray(data)
        bad[place] ^= 1 << place % 8
        path.write_bytes(bytes(bad))
        try:
            added = import_model(path)
        except BadModel:
            assert_nothing_was_added()
        else:
            # Dates and the like are no part of the model.
            folder = added.card.folder
            for name in ("model.json", "model.weights.h5"):
                assert (folder / name).read_bytes() == whole[name]
            remove(folder)


def test_a_part_that_is_said_to_begin_before_the_file(tmp_path):
    path = exported(tmp_path)
    data = bytearray(path.read_bytes())
    for name in (CONTENTS_NAME, "model.weights.h5"):
        bad = bytearray(data)
        place = data.rindex(name.encode()) - 46  # its entry in the list at the end
        # Where the list is to begin, so that all places move by as much.
        bad[place + 42 : place + 46] = struct.pack("<I", 2**31)
        end = len(data) - 22
        begin = struct.unpack("<I", data[end + 16 : end + 20])[0]
        bad[end + 16 : end + 20] = struct.pack("<I", begin + 2**31 + 2**20)
        path.write_bytes(bytes(bad))
        refused(path, BadModel, "damaged or incomplete")


def test_a_part_that_is_not_the_one_that_was_written(tmp_path):
    path = exported(tmp_path)
    parts = parts_of(path)
    text = parts["README.md"]
    rewrite(path, parts | {"README.md": text[::-1]}, tell=False)
    refused(path, BadModel, "damaged or incomplete")


@pytest.mark.parametrize("name", ["model.json", "model.weights.h5"])
def test_a_part_that_is_missing(tmp_path, name):
    path = exported(tmp_path)
    parts = parts_of(path)
    del parts[name]
    rewrite(path, parts)
    refused(path, BadModel, "damaged or incomplete")


def test_altered_weights_whose_checksum_was_altered_too(tmp_path):
    path = exported(tmp_path)
    parts = parts_of(path)
    parts["model.weights.h5"] += b"\0"
    rewrite(path, parts)
    refused(path, BadModel, "damaged or incomplete")


@pytest.mark.parametrize(
    "card",
    [
        {"task": "launch"},
        {"title": ["x"]},
        {"architecture": "x"},
        {"confidence": {"greedy": 5}},
        {"language": "0" * 64},
    ],
)
def test_a_card_that_makes_no_sense(tmp_path, card):
    path = exported(tmp_path)
    rewrite(path, changed(parts_of(path), "model.json", **card))
    refused(path, BadModel, "damaged or incomplete")


# ----- what was made to do harm ---------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["../evil.py", "/tmp/evil", "evil.py", "model.json/x", "sub/", "..\\evil", "a\nb"],
)
def test_a_part_that_does_not_belong_there(tmp_path, name):
    path = exported(tmp_path)
    rewrite(path, parts_of(path) | {name: b"print('evil')"})
    refused(path, BadModel, "does not belong")
    assert list(tmp_path.rglob("*evil*")) == []


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_there_twice(tmp_path):
    path = exported(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("model.json", b"{}")
    refused(path, BadModel, "does not belong")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(CONTENTS_NAME, b"{}")
    refused(path, BadModel, "not a model file")


def test_a_zip_bomb(tmp_path):
    path = exported(tmp_path)
    parts = parts_of(path) | {"model.weights.h5": bytes(50_000_000)}
    rewrite(path, parts, zipfile.ZIP_DEFLATED)
    assert path.stat().st_size < 100_000
    refused(path, BadModel, "not a model file")
    # With plain contents too.
    plain = zipfile.ZipInfo(CONTENTS_NAME)
    packed = parts_of(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(plain, packed[CONTENTS_NAME], zipfile.ZIP_STORED)
        for name in ("model.json", "model.weights.h5"):
            archive.writestr(name, packed[name])
    refused(path, BadModel, "does not belong")


@pytest.mark.parametrize("size", [MOST_BYTES["model.json"] + 1, 2**32 - 2])
def test_sizes_that_are_not_believed(tmp_path, size):
    path = exported(tmp_path)
    data = bytearray(path.read_bytes())
    place = data.rindex(b"model.json") - 46  # its entry in the list at the end
    assert data[place : place + 4] == b"PK\x01\x02"
    data[place + 20 : place + 28] = struct.pack("<2I", size, size)
    path.write_bytes(bytes(data))
    refused(path, BadModel, "does not belong")


@pytest.mark.parametrize(("offset", "bits"), [(8, 1), (10, 12)])
def test_an_encrypted_part_and_one_said_to_be_packed(tmp_path, offset, bits):
    path = exported(tmp_path)
    data = bytearray(path.read_bytes())
    place = data.rindex(b"model.weights.h5") - 46
    data[place + offset] |= bits
    path.write_bytes(bytes(data))
    refused(path, BadModel, "does not belong")


def external(path):
    with h5py.File(path, "w") as file:
        file["vars/0"] = h5py.ExternalLink("/etc/passwd", "/x")


def outside(path):
    with h5py.File(path, "w") as file:
        shape, source = (16,), [("/etc/hostname", 0, 64)]
        file.create_dataset("vars/0", shape, np.float32, external=source)


def virtual(path):
    layout = h5py.VirtualLayout((6,), np.float32)
    layout[:] = h5py.VirtualSource("/tmp/other.h5", "x", (6,))
    with h5py.File(path, "w") as file:
        file.create_virtual_dataset("vars/0", layout)


def soft(path):
    numbers(path)
    with h5py.File(path, "a") as file:
        file["again"] = h5py.SoftLink("/layers")


def bomb(path):
    with h5py.File(path, "w") as file:
        big = np.zeros(10_000_000, np.float32)
        file.create_dataset("vars/0", data=big, compression="gzip")


def packed_but_no_smaller(path):
    with h5py.File(path, "w") as file:
        noise = np.random.default_rng(1).random(100)
        file.create_dataset("vars/0", data=noise, compression="gzip")


def never_written(path):
    with h5py.File(path, "w") as file:
        file.create_dataset("vars/0", (2**40,), np.float32)


def words(path):
    with h5py.File(path, "w") as file:
        file["vars/0"] = "import os"


def references(path):
    numbers(path)
    with h5py.File(path, "a") as file:
        file["r"] = np.array([file["layers"].ref], h5py.ref_dtype)


def pickled(path):
    path.write_bytes(b"\x80\x04\x95cos\nsystem\n")


HARMFUL = [
    external,
    outside,
    virtual,
    soft,
    bomb,
    packed_but_no_smaller,
    never_written,
    words,
    references,
    pickled,
]


@pytest.mark.parametrize("save", HARMFUL)
def test_weights_that_are_not_plain_numbers(tmp_path, save):
    path = exported(tmp_path, save=save)
    refused(path, BadModel, "are not plain numbers")


def test_the_weights_of_our_own_models_are_plain_numbers():
    for card in registry.find_models((paths.bundled_models(),))[0]:
        assert holds_only_numbers(card.weights)


def with_language(tmp_path, data):
    path = exported(tmp_path)
    digest = hashlib.sha256(data).hexdigest()
    parts = changed(parts_of(path), "model.json", language=digest)
    rewrite(path, parts | {LANGUAGE_NAME: data})
    return path


def test_a_language_of_another_model(tmp_path):
    path = tmp_path / "gift"
    card = install_language(make(), build_language(TEXT))
    export_model(card, path)
    parts = parts_of(path)
    other = install_language(card, build_language(TEXT + "cat"))
    parts[LANGUAGE_NAME] = (other.folder / LANGUAGE_NAME).read_bytes()
    remove(card.folder)
    rewrite(path, parts)
    refused(path, BadModel, "damaged or incomplete")


def objects():
    stream = io.BytesIO()
    np.savez(stream, head=np.array([{"a": 1}], object))
    return stream.getvalue()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", objects()])
def test_a_language_that_is_none(tmp_path, data):
    refused(with_language(tmp_path, data), BadModel, "damaged or incomplete")


def test_a_language_that_unpacks_to_any_size(tmp_path, monkeypatch):
    monkeypatch.setattr(model_file, "_MOST_UNPACKED", 1_000_000)
    monkeypatch.setattr(model_file, "load_language", pytest.fail)
    stream = io.BytesIO()
    np.savez_compressed(stream, head=np.zeros(2_000_000, np.uint8))
    refused(
        with_language(tmp_path, stream.getvalue()), BadModel, "damaged or incomplete"
    )


# ----- newer programs -------------------------------------------------------------


def test_a_file_of_a_newer_format(tmp_path):
    path = exported(tmp_path)
    parts = changed(parts_of(path), CONTENTS_NAME, version=2)
    rewrite(path, parts | {"more.bin": b"x"}, tell=False)
    refused(path, ModelTooNew, "newer version")


@pytest.mark.parametrize("change", [{"min_app": "99.0"}, {"schema": 99}])
def test_a_model_for_a_newer_program(tmp_path, change):
    path = exported(tmp_path)
    rewrite(path, changed(parts_of(path), "model.json", **change))
    refused(path, ModelTooNew, "newer version")


# ----- the disk -------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="folders are not read-only there")
def test_a_folder_that_may_not_be_written(tmp_path):
    path = exported(tmp_path)
    place = paths.user_models()
    place.rmdir()
    if os.geteuid() == 0:
        place.write_text("root may write anywhere but into a file")
        with pytest.raises(OutputNotWritable):
            import_model(path)
        place.unlink()
    else:
        place.mkdir()
        place.chmod(stat.S_IRUSR | stat.S_IXUSR)
        try:
            refused(path, OutputNotWritable, "could not be saved")
        finally:
            place.chmod(stat.S_IRWXU)


def test_a_full_disk_while_adding(tmp_path, monkeypatch):
    path = exported(tmp_path)

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    refused(path, OutputNotWritable, "no room left")


def test_a_full_disk_at_the_last_step(tmp_path, monkeypatch):
    path = exported(tmp_path)

    def full(*_):
        raise OutputNotWritable("There is no room left.", "Free some.")

    monkeypatch.setattr(model_file, "write_description", full)
    refused(path, OutputNotWritable, "no room left")


def test_a_full_disk_while_writing_the_file(tmp_path, monkeypatch):
    card = make()
    path = tmp_path / "gift"
    path.write_text("the one before")

    def full(handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputNotWritable, match="no room left"):
        export_model(card, path)
    assert [p.name for p in tmp_path.iterdir()] == ["gift"]
    assert path.read_text() == "the one before"


def test_a_file_cannot_be_written_where_no_folder_is(tmp_path):
    with pytest.raises(OutputNotWritable, match="does not exist"):
        export_model(make(), tmp_path / "none" / "gift")


def test_a_damaged_model_is_not_passed_on(tmp_path):
    card = make()
    card.weights.write_bytes(b"other")
    with pytest.raises(BadModel, match="altered"):
        export_model(card, tmp_path / "gift")
    assert list(tmp_path.glob("gift*")) == []


# ----- half done ------------------------------------------------------------------


def test_nothing_half_added_is_ever_seen(tmp_path, monkeypatch):
    path = exported(tmp_path)
    seen = []
    write = model_file.write_description

    def look(stage, card):
        write(stage, card)
        seen.append((stage / "model.weights.h5").exists())
        assert registry.find_models((paths.user_models(),)) == ([], [])

    monkeypatch.setattr(model_file, "write_description", look)
    import_model(path)
    assert seen == [True]


def test_stopped_at_any_time_it_leaves_nothing(tmp_path):
    path = exported(tmp_path)
    for stop_at in range(3):
        token, told = CancelToken(), []

        def report(progress, token=token, told=told, stop_at=stop_at):
            told.append(progress)
            if len(told) > stop_at:
                token.cancel()

        with pytest.raises(Cancelled):
            import_model(path, cancel=token, report=report)
        assert_nothing_was_added()


def test_what_a_killed_program_left_is_removed_a_day_later(tmp_path):
    path = exported(tmp_path)
    old, new = (paths.user_models() / f".adding-{name}" for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
        (folder / "model.json").write_text("{}")
    two_days_ago = time.time() - 2 * 24 * 3600
    os.utime(old, (two_days_ago, two_days_ago))
    import_model(path)
    assert not old.exists()
    assert new.exists()
    assert registry.find_models((paths.user_models(),))[1] == []


def test_when_another_program_is_quicker_the_next_free_id_is_taken(
    tmp_path, monkeypatch
):
    path = exported(tmp_path)
    free = registry.free_folder
    found = []

    def free_but_taken(stem):
        folder = free(stem)
        if not found:
            make(folder.name, title="Quicker")
        found.append(folder.name)
        return folder

    monkeypatch.setattr(registry, "free_folder", free_but_taken)
    assert import_model(path).card.id == "one-2"
    assert found == ["one", "one-2"]
    assert registry.card("one").title == "Quicker"
