"""Writing a model's folder, without ever taking a person's folder for an old model."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hwocr_desktop.core.errors import BadRequest, HwocrError, OutputNotWritable
from hwocr_desktop.core.pixels.scan_files import file_sha256
from hwocr_desktop.core.text.language import LANGUAGE_NAME
from hwocr_desktop.ml.model_cards import (
    CARD_NAME,
    README_NAME,
    WEIGHTS_NAME,
    ModelCard,
    read_card,
    write_description,
)

_OF_A_MODEL = {CARD_NAME, README_NAME, WEIGHTS_NAME, LANGUAGE_NAME}
# What desktops leave in folders that somebody looked at.
_OF_THE_DESKTOP = {".DS_Store", "Thumbs.db", "desktop.ini"}


_MORE_THAN_WEIGHTS = 1 << 20
"""Bytes that a file of weights may have beside them."""


def check_place(folder: Path) -> None:
    """Refuse a place where a model would replace something else.

    Parameters
    ----------
    folder : Path
        Where a model shall be: nothing, an empty folder, or one that holds a model of
        this program and nothing else.

    Raises
    ------
    BadRequest
        If it is no name for a folder.
    OutputNotWritable
        If something else is there.
    """
    if folder.name in ("", ".."):
        raise BadRequest(
            f"“{folder}” is no name for the folder of a model.",
            "Name a new folder, for example models/our-hand.",
        )
    try:
        is_there = folder.exists() or folder.is_symlink()
        names = {path.name for path in folder.iterdir()} if is_there else set()
        is_free = not names or (
            names <= _OF_A_MODEL | _OF_THE_DESKTOP and bool(read_card(folder))
        )
    except (OSError, HwocrError):
        is_free = False
    if not is_free:
        raise OutputNotWritable(
            f"The model cannot be put into {folder}: something other than a model is "
            "there already, and would be lost.",
            "Name a new folder, or move what is there away.",
        )


def save_model(
    folder: Path, new: ModelCard, save_weights: Callable[[Path], object]
) -> ModelCard:
    """Write a model folder whole: made beside its place, then swapped in.

    Parameters
    ----------
    folder : Path
        Where it shall be; an older model of the same name is replaced.
    new : ModelCard
        Its ``id``, ``sha256`` and ``folder`` are set here.
    save_weights : callable
        Called with the path of the weights file to write; see `weights_of`.

    Raises
    ------
    BadRequest, OutputNotWritable
        If the folder cannot be written, or holds something else; see `check_place`.
    """
    check_place(folder)
    stage = folder.with_name(f".{folder.name}.new")
    try:
        shutil.rmtree(stage, ignore_errors=True)
        stage.mkdir(parents=True)
        _save(save_weights, stage / WEIGHTS_NAME)
        digest = file_sha256(stage / WEIGHTS_NAME)
        done = replace(new, id=folder.name, folder=folder, sha256=digest)
        write_description(stage, done)
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
    finally:
        # Gone if all went well; what is half written would lie there unseen.
        shutil.rmtree(stage, ignore_errors=True)
    return done


def weights_of(network: Any) -> Callable[[Path], None]:
    """Return what writes the weights of a network, if there is room for them.

    It looks before it writes: where HDF5 runs out of room, the whole process dies when
    it ends, after all has been told and tidied.

    Parameters
    ----------
    network : keras.Model
    """

    def write(path: Path) -> None:
        needed = sum(weight.nbytes for weight in network.get_weights())
        if shutil.disk_usage(path.parent).free < needed + _MORE_THAN_WEIGHTS:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        network.save_weights(path)

    return write


def _save(save_weights: Callable[[Path], object], path: Path) -> None:
    try:
        save_weights(path)
    except RuntimeError as error:  # what HDF5 makes of a full disk when it closes
        raise OSError(str(error)) from error
