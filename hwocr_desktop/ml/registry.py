"""The shelf of models: folders that describe themselves.

A model is a folder with ``model.json`` (what it is, how to build it, what it measured),
``model.weights.h5`` (numbers only, no code) and ``README.md`` (its card for people).
Networks are rebuilt by code from ``architecture``; nothing in the folder is executed.
Needs neither TensorFlow nor Keras, except to save.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hwocr_desktop.core import paths
from hwocr_desktop.core.errors import (
    BadModel,
    FileNotReadable,
    HwocrError,
)
from hwocr_desktop.core.pixels.scan_files import file_sha256
from hwocr_desktop.ml.model_cards import (
    ABILITIES,
    CARD_NAME,
    WEIGHTS_NAME,
    ModelCard,
    Task,
    calibrations,
    incomplete,
    read_card,
    renamed,
    update_calibration,
    update_language,
    update_metrics,
)
from hwocr_desktop.ml.model_saving import check_place, save_model, weights_of
from hwocr_desktop.ml.network_shapes import weight_shapes

__all__ = [
    "CARD_NAME",
    "WEIGHTS_NAME",
    "BrokenModel",
    "ModelCard",
    "Task",
    "build",
    "calibrations",
    "card",
    "check_place",
    "check_weights",
    "expect_task",
    "find_models",
    "free_folder",
    "load_weights",
    "model_folders",
    "read_card",
    "renamed",
    "save_model",
    "update_calibration",
    "update_language",
    "update_metrics",
    "weights_of",
]

log = logging.getLogger(__name__)


NOT_BUILT = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What is raised where a network cannot be built from its description."""


@dataclass(frozen=True, slots=True)
class BrokenModel:
    """A model folder that cannot be used, and the sentence that says why."""

    folder: Path
    error: HwocrError


def model_folders() -> tuple[Path, ...]:
    """Return the places where models are looked for; the person's own come first."""
    return paths.user_models(), paths.bundled_models()


def find_models(
    places: tuple[Path, ...] | None = None,
) -> tuple[list[ModelCard], list[BrokenModel]]:
    """List the models that can be used and those that cannot.

    Weights are not read here: `check_weights` does that when a model is opened.
    """
    good: dict[str, ModelCard] = {}
    broken: list[BrokenModel] = []
    for place in places if places is not None else model_folders():
        if not place.is_dir():
            continue
        for folder in _folders(place):
            try:
                found = read_card(folder)
            except HwocrError as error:
                log.warning("model %s left out: %s", folder, error.message)
                broken.append(BrokenModel(folder, error))
            else:
                good.setdefault(found.id, found)
    # What anybody may use comes first, and so is what reads where nobody chose.
    cards = sorted(good.values(), key=lambda c: (c.task, c.is_research_only, c.title))
    return cards, broken


def _folders(place: Path) -> list[Path]:
    # Hidden is what is being written or was left half written.
    visible = (p for p in place.iterdir() if not p.name.startswith("."))
    return sorted(folder for folder in visible if (folder / CARD_NAME).is_file())


def free_folder(stem: str) -> Path:
    """Return a folder for a new model of the person's, with an id that is not taken.

    Parameters
    ----------
    stem : str
        The id, if it is free; else a number is put behind it.
    """
    place, number = paths.user_models(), 2
    taken = {found.id for found in find_models()[0]}
    folder = place / stem
    while folder.exists() or folder.name in taken:
        folder, number = place / f"{stem}-{number}", number + 1
    return folder


def card(
    model_id: str, task: Task | None = None, *, besides: Sequence[str] = ()
) -> ModelCard:
    """Return the card of a model.

    Parameters
    ----------
    model_id : str
        Its id, or the path of its folder.
    task : Task, optional
        What it must be able to do.
    besides : sequence of str
        What else may be named in its place, to tell who named nothing that is there.

    Raises
    ------
    BadModel
        If there is none of that name, it is broken, or it does another task.
    ModelTooNew
        If it needs a newer program.
    """
    if Path(model_id).name != model_id and (Path(model_id) / CARD_NAME).is_file():
        found = read_card(Path(model_id))
    else:
        good, broken = find_models()
        matches = [c for c in good if c.id == model_id]
        if not matches:
            for bad in broken:
                if bad.folder.name == model_id:
                    raise bad.error
            usable = [c.id for c in good if task in (None, c.task)]
            known = ", ".join([*usable, *besides]) or "none"
            raise BadModel(
                f"There is no model named “{model_id}”.",
                f"Choose one of those installed: {known}.",
            )
        found = matches[0]
    if task is not None:
        expect_task(found, task)
    return found


def expect_task(found: ModelCard, task: Task) -> None:
    """Refuse a model that is made for another task.

    Raises
    ------
    BadModel
        If it is.
    """
    if found.task != task:
        raise BadModel(
            f"The model “{found.title}” cannot {ABILITIES[task]}.",
            "Choose a model made for that task.",
        )


def check_weights(found: ModelCard) -> None:
    """Check that the weights file is the one its card describes.

    Raises
    ------
    BadModel
        If it is missing or altered.
    """
    try:
        digest = file_sha256(found.weights)
    except FileNotReadable as error:
        raise incomplete(found.folder) from error
    if digest != found.sha256:
        raise BadModel(
            f"The weights of the model “{found.title}” in {found.folder} are not those "
            "its card describes: the file was altered or damaged.",
            "Install the model again from where you got it.",
        )


def build(found: ModelCard, make: Callable[[], Any]) -> Any:
    """Return what a card describes how to build.

    Parameters
    ----------
    found : ModelCard
    make : callable
        Builds it from the card's architecture, which may have come from anywhere.

    Raises
    ------
    BadModel
        If that cannot be built, or is far too large.
    """
    try:
        # First: what is far too large would be built until there is no memory left.
        weight_shapes(found)
        return make()
    except NOT_BUILT as error:
        raise BadModel(
            f"In {found.folder / CARD_NAME}, the description of the model "
            f"“{found.title}” does not say properly how to build it.",
            "Install the model again from where you got it.",
        ) from error


def load_weights(network: Any, found: ModelCard) -> None:
    """Check the weights file and load it into a network built from the card.

    Raises
    ------
    BadModel
        If the file is missing, altered, spoiled, or does not fit the network.
    """
    check_weights(found)
    with warnings.catch_warnings():
        # Keras warns once more of layers that a wrong file does not hold.
        warnings.simplefilter("ignore")
        try:
            network.load_weights(found.weights)
        except (ValueError, KeyError, OSError) as error:
            raise BadModel(
                f"The weights of the model “{found.title}” in {found.folder} do not "
                "fit its description.",
                "Install the model again from where you got it.",
            ) from error
    if not all(np.isfinite(weights).all() for weights in network.get_weights()):
        raise BadModel(
            f"The weights of the model “{found.title}” in {found.folder} are spoiled: "
            "some of them are no numbers.",
            "Install the model again from where you got it.",
        )
