"""What networks hold, by their descriptions: as Keras has it, never far too much."""

import dataclasses

import h5py
import pytest

from hwocr_desktop.core import paths
from hwocr_desktop.core.errors import BadModel, HwocrError
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.layout import LayoutFinder
from hwocr_desktop.ml.network_shapes import weight_shapes
from hwocr_desktop.ml.networks import crnn, layout, sae
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.weights_check import fits
from tests.drawn_lines import TINY, tiny_model

LINES = {
    "usual": crnn.DEFAULT,
    "blocks": crnn.DEFAULT | {"blocks": [0, 1, 0, 2]},
    "one step": TINY | {"step": 1},
    "no step": {name: value for name, value in TINY.items() if name != "step"},
}

PAGES = {"usual": layout.DEFAULT, "one": layout.DEFAULT | {"filters": [4]}}

INK = {name: config.to_dict() for name, config in sae.DESIGNS.items()} | {
    "contrast features": sae.SaeConfig(
        filters=(10, 6), local_contrast=8, contrast_features=True
    ).to_dict()
}


def card(task, architecture, charset="abc", **changes):
    return ModelCard(
        "x", task, "X", "", "", architecture, "", charset=charset, **changes
    )


def held(network, path):
    """Return what Keras writes of a network."""
    network.save_weights(path)
    shapes = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, found: (
                shapes.__setitem__(name, found.shape)
                if isinstance(found, h5py.Dataset)
                else None
            )
        )
    return shapes


@pytest.mark.tf
@pytest.mark.parametrize("name", LINES)
def test_a_line_network_holds_what_keras_says(tmp_path, name):
    path = tmp_path / "a.weights.h5"
    shapes = weight_shapes(card("recognize-lines", LINES[name]))
    assert shapes == held(crnn.build_crnn(LINES[name], 4), path)
    assert fits(path, shapes)


@pytest.mark.tf
@pytest.mark.parametrize("name", PAGES)
def test_a_layout_network_holds_what_keras_says(tmp_path, name):
    path = tmp_path / "a.weights.h5"
    shapes = weight_shapes(card("find-lines", PAGES[name]))
    assert shapes == held(layout.build_layout(PAGES[name]), path)


@pytest.mark.tf
@pytest.mark.parametrize("name", INK)
def test_an_ink_network_holds_what_keras_says(tmp_path, name):
    path = tmp_path / "a.weights.h5"
    shapes = weight_shapes(card("binarize", INK[name]))
    built = sae.build_sae(sae.SaeConfig.from_dict(INK[name]))
    assert shapes == held(built, path)


def test_our_own_models_are_what_they_are_said_to_be():
    found = registry.find_models((paths.bundled_models(),))[0]
    assert found
    for model in found:
        assert fits(model.weights, weight_shapes(model))


TOO_MUCH = [
    ("recognize-lines", {"stages": [[10**7]] * 4}),
    ("recognize-lines", {"stages": [[32]] * 10**4}),
    ("recognize-lines", {"stages": [[32] * 10**4] * 4}),
    ("recognize-lines", {"stages": [[4096] * 16] * 4, "stem": 1}),
    ("recognize-lines", {"stages": []}),
    ("recognize-lines", {"stages": [[-1], [1], [1], [1]]}),
    ("recognize-lines", {"stages": [32, 32, 32, 32]}),
    ("recognize-lines", {"stages": {"a": 1}}),
    ("recognize-lines", {"blocks": [10**9, 0, 0, 0]}),
    ("recognize-lines", {"blocks": [0, 0]}),
    ("recognize-lines", {"units": 10**9}),
    ("recognize-lines", {"units": 0}),
    ("recognize-lines", {"units": "many"}),
    ("recognize-lines", {"units": True}),
    ("recognize-lines", {"height": 10**6}),
    ("recognize-lines", {"height": 8}),
    ("recognize-lines", {"height": 512, "stem": 1024}),
    ("recognize-lines", {"step": 0}),
    ("recognize-lines", {"step": 10**6}),
    ("recognize-lines", {"dropout": float("nan")}),
    ("recognize-lines", {"name": "Lambda"}),
    ("recognize-lines", {"rows": 3}),
    ("find-lines", {"filters": [10**6]}),
    ("find-lines", {"filters": [4] * 10**4}),
    ("find-lines", {"filters": [1000]}),
    ("find-lines", {"filters": []}),
    ("find-lines", {"pitch": 0.0}),
    ("find-lines", {"pitch": float("nan")}),
    ("find-lines", {"pitch": 10**9}),
    ("binarize", {"filters": [10**6]}),
    ("binarize", {"filters": [4096] * 8}),
    ("binarize", {"filters": 16}),
    ("binarize", {"convolutions": 10**9}),
    ("binarize", {"kernel": 10**6}),
    ("binarize", {"kernel": "3"}),
    ("binarize", {"page_contrast": 10**9, "local_contrast": 16}),
    ("binarize", {"window": 2**30}),
    ("binarize", {"window": 4096, "exit_filters": 64}),
    ("binarize", {"space_to_depth": 0}),
]

USUAL = {
    "recognize-lines": crnn.DEFAULT,
    "find-lines": layout.DEFAULT,
    "binarize": sae.DESIGNS["best"].to_dict(),
}

OPEN = {
    "recognize-lines": Recognizer.open,
    "find-lines": LayoutFinder.open,
    "binarize": Binarizer.open,
}


@pytest.mark.parametrize(("task", "change"), TOO_MUCH)
def test_what_is_far_too_large_or_nothing_is_never_built(
    tmp_path, monkeypatch, task, change
):
    for part in (crnn, layout, sae):
        monkeypatch.setattr(part.runtime, "keras", pytest.fail)
    bad = card(task, USUAL[task] | change, folder=tmp_path)
    with pytest.raises((*registry.NOT_BUILT, HwocrError)):
        weight_shapes(bad)
    with pytest.raises(BadModel) as caught:
        OPEN[task](bad)
    assert caught.value.advice


def test_the_file_that_is_wrong_is_named(tmp_path):
    bad = card("find-lines", {"filters": [10**9], "pitch": 20.0}, folder=tmp_path)
    with pytest.raises(BadModel, match="does not say properly") as caught:
        LayoutFinder.open(bad)
    assert str(tmp_path / "model.json") in caught.value.message


def test_an_input_of_any_size_is_not_believed(tmp_path):
    for given in ({"window": 2**20}, {"window": "a"}, {"overlap": None}):
        bad = card("binarize", USUAL["binarize"], input=given, folder=tmp_path)
        with pytest.raises(BadModel, match="does not say properly"):
            Binarizer.open(bad)


@pytest.mark.tf
def test_weights_that_are_no_numbers_are_not_read_with(tmp_path):
    model = tiny_model(tmp_path / "tiny")
    with h5py.File(model.weights, "a") as file:
        file["layers/dense/vars/1"][0] = float("nan")
    digest = registry.file_sha256(model.weights)
    with pytest.raises(BadModel, match="some of them are no numbers"):
        Recognizer.open(dataclasses.replace(model, sha256=digest))
