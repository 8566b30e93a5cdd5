"""A model as one file, to pass on: written, and taken in only when it is all right.

A model is put together in a hidden folder and gets its name only when everything has
been checked. There is no code in it: weights are numbers, and the card is text.
"""

from __future__ import annotations

import logging
import re
import shutil
import time
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from uuid import uuid4

from hwocr_desktop.core import atomic, paths
from hwocr_desktop.core.errors import (
    BadModel,
    BadRequest,
    ModelTooNew,
)
from hwocr_desktop.core.pixels.scan_files import file_sha256
from hwocr_desktop.core.progress import CancelToken, Progress, Report, ignore_progress
from hwocr_desktop.core.text.language import LANGUAGE_NAME, load_language
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.card_text import card_text
from hwocr_desktop.ml.languages import language_file
from hwocr_desktop.ml.model_archive import (
    BAD_ZIP,
    MOST_BYTES,
    checked_parts,
    damaged,
    opened,
    packed,
    strange,
    unpack,
    unreadable,
)
from hwocr_desktop.ml.model_cards import (
    CARD_NAME,
    README_NAME,
    WEIGHTS_NAME,
    ModelCard,
    description,
    read_card,
    write_description,
)
from hwocr_desktop.ml.network_shapes import weight_shapes
from hwocr_desktop.ml.weights_check import fits, holds_only_numbers

log = logging.getLogger(__name__)

_MOST_UNPACKED = 2**30  # bytes of a language, whose file is packed
_LONGEST_TITLE = 200
# Control characters, and those that turn the direction of what follows.
_HIDING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
_HALF = re.compile(r"[\ud800-\udfff]")  # UTF-8 cannot write it
_STAGE = ".adding-"
_STALE_S = 24 * 3600
# Names that Windows keeps for devices.
_DEVICES = {"con", "prn", "aux", "nul"} | {
    f"{name}{number}" for name in ("com", "lpt") for number in range(10)
}


@dataclass(frozen=True, slots=True)
class AddedModel:
    """A model that was taken in.

    Attributes
    ----------
    card : ModelCard
        As it is installed.
    named : str
        The id that it asked for; where that was taken, it has another one.
    """

    card: ModelCard
    named: str


def export_model(found: ModelCard, path: Path) -> None:
    """Write a model into one file; the same model always gives the same bytes.

    Parameters
    ----------
    found : ModelCard
        Of an installed model.
    path : Path
        The file; one that is there is replaced as a whole.

    Raises
    ------
    BadModel
        If the model's own files are not those its card describes, or too large, or
        it has no name that others could see.
    FileNotReadable
        If they may not be read.
    OutputNotWritable
        If the file cannot be written.
    """
    registry.check_weights(found)
    language = language_file(found)
    kept = found if language is not None else replace(found, language="")
    if not _is_name(kept.id):
        kept = replace(kept, id=_plain_id(kept.id))
    if not _is_called(kept.title):
        raise BadModel(
            f"The model in {found.folder} has no proper name: a line of up to "
            f"{_LONGEST_TITLE} characters is needed.",
            f"Change “title” in its {CARD_NAME}.",
        )
    parts = {
        CARD_NAME: description(kept).encode(),
        README_NAME: card_text(kept).encode(),
        WEIGHTS_NAME: _read(found.weights),
    }
    if language is not None:
        parts[LANGUAGE_NAME] = _read(language)
    if any(len(data) > MOST_BYTES[name] for name, data in parts.items()):
        raise BadModel(
            f"The model “{found.title}” is too large for one file.",
            "Copy its folder instead.",
        )
    data = packed(kept.id, parts)
    atomic.write_bytes(path, data)
    log.info("wrote the model %s to a file of %d bytes", found.id, len(data))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path) from error


def import_model(
    path: Path,
    *,
    cancel: CancelToken | None = None,
    report: Report = ignore_progress,
) -> AddedModel:
    """Add the model of a file to the person's own.

    If its id is taken by another model, it gets a free one.

    Parameters
    ----------
    path : Path
        Written by `export_model`.
    cancel, report
        See `progress`.

    Raises
    ------
    FileNotReadable
        If the file is missing, a folder, or may not be read.
    BadModel
        If it is no model file, damaged, altered, or holds what does not belong there.
    ModelTooNew
        If it needs a newer program.
    BadRequest
        If the model is installed already.
    OutputNotWritable
        If the folder of models cannot be written.
    Cancelled
        If cancelled; nothing is added then.
    """
    cancel = cancel or CancelToken()
    with opened(path) as archive:
        parts = checked_parts(archive, path)
        stage = _stage(path)
        try:
            for number, part in enumerate(parts):
                report(Progress(number, len(parts)))
                unpack(archive, part, stage / part.info.filename, path, cancel)
            found = _checked_model(stage, path)
            cancel.check()
            added = _put(stage, found)
            report(Progress(len(parts), len(parts)))
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    log.info("added the model %s", added.id)
    return AddedModel(added, _plain_id(found.id))


def _stage(path: Path) -> Path:
    """Make the hidden folder in which a model is put together."""
    place = paths.user_models()
    atomic.make_folder(place)
    _remove_stale(place)
    stage = place / f"{_STAGE}{uuid4().hex}"
    try:
        stage.mkdir()
    except OSError as error:
        raise atomic.not_writable(place / path.stem, error) from error
    return stage


def _checked_model(stage: Path, path: Path) -> ModelCard:
    """Return the card of what was taken out, if all of it is what it should be."""
    language = stage / LANGUAGE_NAME
    try:
        found = read_card(stage)
        registry.check_weights(found)
        registry.calibrations(found)
        if bool(found.language) != language.exists():
            raise damaged(path)
        if language.exists():
            _check_language(language, found.language, path)
    except ModelTooNew as error:
        # By the name of the file: what the card says has not been looked at.
        raise ModelTooNew(
            f"“{path.name}” was made for a newer version of this program.",
            "Update the program, or choose another model.",
        ) from error
    except BadModel as error:
        raise damaged(path) from error
    if not holds_only_numbers(found.weights):
        raise BadModel(
            f"The weights in “{path.name}” are not plain numbers.",
            "Do not use it; ask for the model again where you trust the source.",
        )
    try:
        is_told = _is_told(found)
        is_whole = is_told and fits(found.weights, weight_shapes(found))
    except (*registry.NOT_BUILT, BadModel) as error:
        raise strange(path) from error
    if not is_told:
        raise BadModel(
            f"The card of the model in “{path.name}” cannot be shown: it has no proper "
            "name, or text that would hide what it says; nothing was added.",
            "Do not use it; ask for the model again where you trust the source.",
        )
    if not is_whole:
        raise strange(path)
    return found


def _is_told(found: ModelCard) -> bool:
    """Whether all that a card tells can be shown as it is."""
    told = asdict(replace(found, charset="", folder=Path()))
    return (
        _is_name(found.id)
        and _is_called(found.title)
        # A character that a model reads may be any but half of one.
        and not _HALF.search(found.charset)
        and not any(_HIDING.search(text) for text in _texts(told))
    )


def _texts(value: object) -> Iterator[str]:
    """Return all text in plain values, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in (*value, *value.values()):
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


def _is_called(title: str) -> bool:
    return bool(title.strip()) and len(title) <= _LONGEST_TITLE and _is_line(title)


def _is_name(told: str) -> bool:
    """Whether an id is one that the folder of a model can have somewhere."""
    return _is_line(told) and told not in ("", ".", "..") and not set(told) & set("/\\")


def _is_line(text: str) -> bool:
    return not (_HIDING.search(text) or "\n" in text or "\t" in text)


def _check_language(language: Path, digest: str, path: Path) -> None:
    if file_sha256(language) != digest:
        raise damaged(path)
    try:
        with zipfile.ZipFile(language) as arrays:
            size = sum(info.file_size for info in arrays.infolist())
    except BAD_ZIP as error:
        raise damaged(path) from error
    if size > _MOST_UNPACKED:
        raise damaged(path)
    load_language(language)


def _put(stage: Path, found: ModelCard) -> ModelCard:
    """Give a whole model its place under a free id."""
    for other in registry.find_models()[0]:
        if replace(other, id="", folder=Path()) == replace(found, id="", folder=Path()):
            raise BadRequest(
                f"The model “{found.title}” is installed already, as “{other.id}”.",
                "There is nothing to add.",
            )
    while True:
        folder = registry.free_folder(_plain_id(found.id))
        try:
            write_description(stage, replace(found, id=folder.name))
            stage.rename(folder)
        except OSError as error:
            if folder.exists():
                continue  # another program was quicker
            raise atomic.not_writable(folder, error) from error
        return read_card(folder)


def _plain_id(told: str) -> str:
    """Return an id that can be a folder's name everywhere, and names no other place."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", told)[:60].strip(".-") or "model"
    return f"model-{plain}" if plain.lower().split(".")[0] in _DEVICES else plain


def _remove_stale(place: Path) -> None:
    """Remove what a program left that was ended while it added a model."""
    for folder in place.glob(f"{_STAGE}*"):
        try:
            if time.time() - folder.stat().st_mtime > _STALE_S:
                shutil.rmtree(folder)
        except OSError as error:
            log.info("%s cannot be removed: %s", folder, error)
