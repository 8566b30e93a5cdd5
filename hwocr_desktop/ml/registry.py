"""The shelf of models: folders that describe themselves.

A model is a folder with ``model.json`` (what it is, how to build it, what it measured),
``model.weights.h5`` (numbers only, no code) and ``README.md`` (its card for people).
Networks are rebuilt by code from ``architecture``; nothing in the folder is executed.
Needs neither TensorFlow nor Keras, except to save.
"""

from __future__ import annotations

import json
import logging
import shutil
import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from hwocr_desktop import __version__
from hwocr_desktop.core import atomic, paths
from hwocr_desktop.core.errors import (
    BadModel,
    FileNotReadable,
    HwocrError,
    ModelTooNew,
    OutputNotWritable,
)
from hwocr_desktop.core.pixels.scan_files import file_sha256
from hwocr_desktop.core.text.calibration import Calibration
from hwocr_desktop.ml.card_text import card_text

log = logging.getLogger(__name__)

SCHEMA = 1
CARD_NAME = "model.json"
WEIGHTS_NAME = "model.weights.h5"

Task = Literal["binarize", "recognize-lines", "find-lines"]
_ABILITIES: dict[Task, str] = {
    "binarize": "clean pages",
    "recognize-lines": "read lines",
    "find-lines": "find lines",
}
TASKS = tuple(_ABILITIES)


@dataclass(frozen=True)
class ModelCard:
    """What a model folder says of itself.

    Attributes
    ----------
    id : str
        Name of the folder.
    task : str
        "binarize", "recognize-lines" or "find-lines".
    title, summary, bad_at : str
        For the person who chooses: its name, what it is good for, where it fails.
    licence : str
        Terms for the weights, and why.
    architecture, input : dict
        How the network is built and fed.
    charset : str
        Alphabet, label 1 first; empty for binarizers.
    metrics : dict
        Measured figures, by set.
    confidence : dict
        How confidences become calibrated, see `calibrations`; empty if they do not.
    language : str
        SHA-256 of the language file beside the weights; empty if there is none.
    trained_on : str
        The data, named.
    command : str
        The command that made it.
    version, parent, min_app : str
        Its own version; the id of the model it grew from; the program it needs.
    sha256 : str
        Of the weights file.
    schema : int
        Version of this description.
    folder : Path
        Where it was found; not stored.
    """

    id: str
    task: Task
    title: str
    summary: str
    licence: str
    architecture: dict[str, Any]
    trained_on: str
    bad_at: str = ""
    input: dict[str, Any] = field(default_factory=dict)
    charset: str = ""
    metrics: dict[str, Any] = field(default_factory=dict)
    confidence: dict[str, Any] = field(default_factory=dict)
    language: str = ""
    command: str = ""
    version: str = "1.0.0"
    parent: str = ""
    min_app: str = "0.1.0"
    sha256: str = ""
    schema: int = SCHEMA
    folder: Path = Path()

    @property
    def weights(self) -> Path:
        """The weights file."""
        return self.folder / WEIGHTS_NAME

    @property
    def is_research_only(self) -> bool:
        """Whether the licence forbids commercial use."""
        return "non-commercial" in self.licence.lower()


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
        for folder in sorted(p for p in place.iterdir() if (p / CARD_NAME).is_file()):
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


def card(model_id: str, task: Task | None = None) -> ModelCard:
    """Return the card of a model.

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
            known = ", ".join(c.id for c in good if task in (None, c.task)) or "none"
            raise BadModel(
                f"There is no model named “{model_id}”.",
                f"Choose one of those installed: {known}.",
            )
        found = matches[0]
    if task is not None and found.task != task:
        what = _ABILITIES[task]
        raise BadModel(
            f"The model “{found.title}” cannot {what}.",
            "Choose a model made for that task.",
        )
    return found


def read_card(folder: Path) -> ModelCard:
    """Read and check a model folder's description.

    Raises
    ------
    BadModel
        If it is incomplete or cannot be understood.
    ModelTooNew
        If it needs a newer program.
    """
    try:
        data = json.loads((folder / CARD_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadModel(
            f"The description of the model in {folder} cannot be read.",
            "Install the model again from where you got it.",
        ) from error
    if not isinstance(data, dict):
        raise _incomplete(folder)
    newer = int(data.get("schema", 0)) > SCHEMA
    if newer or _version(str(data.get("min_app", "0"))) > _version(__version__):
        raise ModelTooNew(
            f"The model “{data.get('title', folder.name)}” was made for a newer "
            "version of this program.",
            "Update the program, or choose another model.",
        )
    known = {f.name for f in fields(ModelCard)} - {"folder"}
    try:
        found = ModelCard(
            **{k: v for k, v in data.items() if k in known}, folder=folder
        )
    except TypeError as error:
        raise _incomplete(folder) from error
    if found.task not in TASKS or not found.weights.is_file():
        raise _incomplete(folder)
    return found


def _incomplete(folder: Path) -> BadModel:
    return BadModel(
        f"The model in {folder} is incomplete.",
        "Install it again from where you got it: model.json and model.weights.h5 "
        "belong together.",
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(p) if p.isdigit() else 0 for p in text.split("."))


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
        raise _incomplete(found.folder) from error
    if digest != found.sha256:
        raise BadModel(
            f"The weights of the model “{found.title}” in {found.folder} are not those "
            "its card describes: the file was altered or damaged.",
            "Install the model again from where you got it.",
        )


def load_weights(network: Any, found: ModelCard) -> None:
    """Check the weights file and load it into a network built from the card.

    Raises
    ------
    BadModel
        If the file is missing, altered, or does not fit the network.
    """
    check_weights(found)
    with warnings.catch_warnings():
        # Keras warns once more of layers that a wrong file does not hold.
        warnings.simplefilter("ignore")
        try:
            network.load_weights(found.weights)
        except (ValueError, KeyError, OSError) as error:
            raise BadModel(
                f"The weights of the model “{found.title}” do not fit its description.",
                "Install the model again from where you got it.",
            ) from error


def save_model(
    folder: Path, new: ModelCard, save_weights: Callable[[Path], object]
) -> ModelCard:
    """Write a model folder whole: made beside its place, then swapped in.

    Parameters
    ----------
    folder : Path
        Where it shall be; an older one of the same name is replaced.
    new : ModelCard
        Its ``id``, ``sha256`` and ``folder`` are set here.
    save_weights : callable
        Called with the path of the weights file to write, say
        ``network.save_weights``.

    Raises
    ------
    OutputNotWritable
        If the folder cannot be written.
    """
    stage = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        save_weights(stage / WEIGHTS_NAME)
        digest = file_sha256(stage / WEIGHTS_NAME)
        done = replace(new, id=folder.name, folder=folder, sha256=digest)
        _write_description(stage, done)
        old = folder.with_name(f".{folder.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        if folder.exists():
            folder.rename(old)
        stage.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise OutputNotWritable(
            f"The model could not be written to {folder}.",
            "Check that the folder may be written and that the disk is not full.",
        ) from error
    return done


def renamed(found: ModelCard, title: str) -> ModelCard:
    """Return a card with another title."""
    return replace(found, title=title)


def update_metrics(found: ModelCard, metrics: dict[str, Any]) -> ModelCard:
    """Write newly measured figures into a model's card and return the card."""
    return _changed(found, metrics=found.metrics | metrics)


def update_calibration(
    found: ModelCard, decoder: str, fitted: Calibration
) -> ModelCard:
    """Write how a decoder's confidences become calibrated; return the card."""
    return _changed(found, confidence=found.confidence | {decoder: fitted.to_plain()})


def update_language(found: ModelCard, sha256: str) -> ModelCard:
    """Write the checksum of a model's language file into a card and return the card."""
    return _changed(found, language=sha256)


def calibrations(found: ModelCard) -> dict[str, Calibration]:
    """Return how a model's confidences become calibrated, by decoder.

    Each decoder has its own map: what a language makes likely, it is less often right
    about than a network about what it sees. Where a decoder has none, its confidences
    stay.

    Raises
    ------
    BadModel
        If the card does not say it properly.
    """
    try:
        return {
            decoder: Calibration.from_plain(plain)
            for decoder, plain in found.confidence.items()
        }
    except ValueError as error:
        raise _incomplete(found.folder) from error


def _changed(found: ModelCard, **changes: Any) -> ModelCard:
    done = replace(found, **changes)
    _write_description(found.folder, done)
    return done


def _write_description(folder: Path, done: ModelCard) -> None:
    data = asdict(done)
    del data["folder"]
    text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    atomic.write_text(folder / CARD_NAME, text)
    atomic.write_text(folder / "README.md", card_text(done))
