"""The language that lies beside a line model's weights."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from hwocr_desktop.core.errors import BadModel
from hwocr_desktop.core.pixels.scan_files import file_sha256
from hwocr_desktop.core.text.language import (
    LANGUAGE_NAME,
    Language,
    load_language,
    save_language,
)
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.registry import ModelCard

log = logging.getLogger(__name__)


def open_language(card: ModelCard) -> Language | None:
    """Return a model's language; None if it has none.

    Raises
    ------
    BadModel
        If the file is not the one that the card names, or is damaged.
    FileNotReadable
        If it may not be read.
    """
    path = language_file(card)
    return None if path is None else load_language(path)


def language_file(card: ModelCard) -> Path | None:
    """Return where a model's language is; None if it has none.

    Raises
    ------
    BadModel
        If the file is not the one that the card names.
    FileNotReadable
        If it may not be read.
    """
    if not card.language:
        return None
    path = _find(card)
    if path is None:
        log.warning("the language of the model %s is missing", card.id)
        return None
    if file_sha256(path) != card.language:
        raise BadModel(
            f"The language file of the model “{card.title}” is not the one its card "
            "names: it was altered or damaged.",
            "Install the model again from where you got it.",
        )
    return path


def install_language(
    card: ModelCard,
    language: Language,
    sources: Mapping[str, str] = MappingProxyType({}),
) -> ModelCard:
    """Write a language beside a model's weights and name it in the model's card.

    Parameters
    ----------
    card : ModelCard
    language : Language
    sources : mapping
        For the card; see `registry.update_language`.

    Raises
    ------
    OutputNotWritable
        If the model's folder cannot be written.
    """
    target = card.folder / LANGUAGE_NAME
    save_language(target, language)
    return registry.update_language(card, file_sha256(target), sources)


def _find(card: ModelCard) -> Path | None:
    """Return where a language is: beside the weights, or with the model's parent."""
    folders = [card.folder]
    if card.parent:
        with contextlib.suppress(BadModel):
            folders.append(registry.card(card.parent).folder)
    paths = [folder / LANGUAGE_NAME for folder in folders]
    return next((path for path in paths if path.is_file()), None)
