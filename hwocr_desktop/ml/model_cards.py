"""What a model folder says of itself: read with care, written whole."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from hwocr_desktop import __version__
from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadModel, ModelTooNew
from hwocr_desktop.core.text.calibration import Calibration
from hwocr_desktop.ml.card_text import card_text

SCHEMA = 1
CARD_NAME = "model.json"
WEIGHTS_NAME = "model.weights.h5"
README_NAME = "README.md"

COUNTED, CHOSEN = LANGUAGE_SOURCES = (
    "texts of the language",
    "weights of the language",
)
CONFIDENCE = "confidences"
"""Names among the sources of a card; the last is followed by that of a decoder."""

UNKNOWN = "not stated"

Task = Literal["binarize", "recognize-lines", "find-lines"]
ABILITIES: dict[Task, str] = {
    "binarize": "clean pages",
    "recognize-lines": "read lines",
    "find-lines": "find lines",
}
"""What a model of each task can do."""


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
    sources : dict
        What else is made from data: the texts that its language was counted in, the
        lines that its language's weights or its confidences were fitted to.
    command : str
        The command that made it.
    teaching : dict
        Of a model that was taught in the program: the fingerprint of the data and the
        settings; empty for others.
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
    sources: dict[str, Any] = field(default_factory=dict)
    command: str = ""
    teaching: dict[str, Any] = field(default_factory=dict)
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


_KINDS: dict[str, type] = (
    dict.fromkeys((f.name for f in fields(ModelCard) if f.name != "folder"), str)
    | dict.fromkeys(
        ("architecture", "input", "metrics", "confidence", "sources", "teaching"), dict
    )
    | {"schema": int}
)
"""What each field is in the file."""


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
    except (OSError, ValueError, RecursionError) as error:
        raise BadModel(
            f"The description of the model in {folder} cannot be read.",
            "Install the model again from where you got it.",
        ) from error
    if not isinstance(data, dict):
        raise incomplete(folder)
    schema = data.get("schema", 0)
    is_newer = isinstance(schema, int) and schema > SCHEMA
    if is_newer or _version(str(data.get("min_app", "0"))) > _version(__version__):
        raise ModelTooNew(
            f"The model “{data.get('title', folder.name)}” was made for a newer "
            "version of this program.",
            "Update the program, or choose another model.",
        )
    known = {k: v for k, v in data.items() if k in _KINDS}
    if any(not isinstance(value, _KINDS[name]) for name, value in known.items()):
        raise incomplete(folder)
    try:
        found = ModelCard(**known, folder=folder)
    except TypeError as error:
        raise incomplete(folder) from error
    if found.task not in ABILITIES or not found.weights.is_file():
        raise incomplete(folder)
    return found


def incomplete(folder: Path) -> BadModel:
    """Return the error of a model folder that lacks something."""
    return BadModel(
        f"The model in {folder} is incomplete.",
        "Install it again from where you got it: model.json and model.weights.h5 "
        "belong together.",
    )


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(p) if p.isdigit() else 0 for p in text.split("."))


def renamed(found: ModelCard, title: str) -> ModelCard:
    """Return a card with another title."""
    return replace(found, title=title)


def update_metrics(found: ModelCard, metrics: dict[str, Any]) -> ModelCard:
    """Write newly measured figures into a model's card and return the card."""
    return _changed(found, metrics=found.metrics | metrics)


def update_calibration(
    found: ModelCard, decoder: str, fitted: Calibration, fitted_to: str = ""
) -> ModelCard:
    """Write how a decoder's confidences become calibrated; return the card.

    Parameters
    ----------
    found : ModelCard
    decoder : str
    fitted : Calibration
    fitted_to : str
        The lines, named.
    """
    sources = found.sources | {f"{CONFIDENCE}, {decoder}": fitted_to or UNKNOWN}
    confidence = found.confidence | {decoder: fitted.to_plain()}
    return _changed(found, confidence=confidence, sources=sources)


def update_language(
    found: ModelCard, sha256: str, sources: Mapping[str, str] = MappingProxyType({})
) -> ModelCard:
    """Write the checksum of a model's language file into a card and return the card.

    Parameters
    ----------
    found : ModelCard
    sha256 : str
    sources : mapping
        What it was counted in, and what its weights were chosen by.
    """
    others = {k: v for k, v in found.sources.items() if k not in LANGUAGE_SOURCES}
    return _changed(found, language=sha256, sources=others | dict(sources))


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
        raise incomplete(found.folder) from error


def _changed(found: ModelCard, **changes: Any) -> ModelCard:
    done = replace(found, **changes)
    write_description(found.folder, done)
    return done


def write_description(folder: Path, done: ModelCard) -> None:
    """Write a card into a model folder, for the program and for people.

    Raises
    ------
    OutputNotWritable
        If the folder cannot be written.
    """
    atomic.write_text(folder / CARD_NAME, description(done))
    atomic.write_text(folder / README_NAME, card_text(done))


def description(done: ModelCard) -> str:
    """Return a card as JSON, as `read_card` reads it."""
    data = asdict(done)
    del data["folder"]
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"
