"""The language that lies beside a line model's weights."""

from __future__ import annotations

import contextlib
import hashlib
import logging
from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadModel, FileNotReadable
from hwocr_desktop.core.text.language import LANGUAGE_NAME, Language, load_language
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard

log = logging.getLogger(__name__)


def open_language(card: ModelCard) -> Language | None:
    """Return a model's language; None if it has none.

    Raises
    ------
    BadModel
        If the file is not the one that the card names, or is damaged.
    """
    if not card.language:
        return None
    path = _find(card)
    if path is None:
        log.warning("the language of the model %s is missing", card.id)
        return None
    if _digest(path) != card.language:
        raise BadModel(
            f"The language file of the model “{card.title}” is not the one its card "
            "names: it was altered or damaged.",
            "Install the model again from where you got it.",
        )
    return load_language(path)


def install_language(card: ModelCard, path: Path) -> ModelCard:
    """Put a language file beside a model's weights and name it in its card.

    Raises
    ------
    BadModel
        If the file is no language.
    OutputNotWritable
        If the model's folder cannot be written.
    """
    load_language(path)
    target = card.folder / LANGUAGE_NAME
    if not (target.exists() and target.samefile(path)):
        atomic.write_bytes(target, path.read_bytes())
    return registry.update_language(card, _digest(target))


def _find(card: ModelCard) -> Path | None:
    """Return where a language is: beside the weights, or with the model's parent."""
    folders = [card.folder]
    if card.parent:
        with contextlib.suppress(BadModel):
            folders.append(registry.card(card.parent).folder)
    paths = [folder / LANGUAGE_NAME for folder in folders]
    return next((path for path in paths if path.is_file()), None)


def _digest(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise FileNotReadable(
            f"The language file {path} cannot be read.",
            "Check that you may read it, or install the model again.",
        ) from error
