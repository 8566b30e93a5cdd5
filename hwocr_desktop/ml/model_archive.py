"""The file that a model is passed on in: a zip whose parts are stored as they are.

``contents.json`` names the other parts with size and SHA-256. Whatever does not belong
there makes the program refuse the file before anything is taken out; what is packed or
encrypted does not, so that no part can be larger than the file.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadModel, FileNotReadable, HwocrError, ModelTooNew
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.core.text.language import LANGUAGE_NAME
from hwocr_desktop.ml.model_cards import CARD_NAME, README_NAME, WEIGHTS_NAME

SUFFIX = ".hwocr-model"
FORMAT, VERSION = "hwocr-model", 1
CONTENTS_NAME = "contents.json"

MOST_BYTES = {
    CONTENTS_NAME: 2**16,
    CARD_NAME: 2**22,
    README_NAME: 2**22,
    WEIGHTS_NAME: 2**30,
    LANGUAGE_NAME: 2**28,
}
"""What may be in a model file, and how large each part may be."""

BAD_ZIP = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    EOFError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    ValueError,
    struct.error,
)
"""What Python raises for zips that are damaged, encrypted or made up."""

_NEEDED = {CARD_NAME, WEIGHTS_NAME}
_CHUNK = 2**20
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same model gives the same file


class Part(NamedTuple):
    """One file of a model folder, and the checksum that it must have."""

    info: zipfile.ZipInfo
    sha256: str


def packed(model_id: str, parts: Mapping[str, bytes]) -> bytes:
    """Return a model file; the same parts always give the same bytes.

    Parameters
    ----------
    model_id : str
    parts : mapping of str to bytes
        The files of the model folder.
    """
    files = {
        name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in parts.items()
    }
    contents = {"format": FORMAT, "version": VERSION, "id": model_id, "files": files}
    head = json.dumps(contents, ensure_ascii=False, indent=2).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in ({CONTENTS_NAME: head} | dict(parts)).items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), data)
    return stream.getvalue()


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a model file; whatever is wrong with it as a zip is said in plain words.

    Raises
    ------
    FileNotReadable
        If it is missing, a folder, or may not be read.
    BadModel
        If it is no zip, or damaged.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        if path.is_dir():
            raise FileNotReadable(
                f"“{path}” is a folder, not a model file.",
                f"Choose a file that ends in {SUFFIX}.",
            ) from error
        raise unreadable(path) from error
    with stream:
        begins_right = False
        try:
            begins_right = stream.read(4) == b"PK\x03\x04"
            archive = zipfile.ZipFile(stream)
        except OSError as error:
            raise unreadable(path) from error
        except BAD_ZIP as error:
            raise (damaged(path) if begins_right else _no_model(path)) from error
        with archive:
            yield archive


def checked_parts(archive: zipfile.ZipFile, path: Path) -> list[Part]:
    """Return the parts to take out, if all belong there and none is too large.

    Raises
    ------
    BadModel
        If it is no model file, damaged, or holds what does not belong there.
    FileNotReadable
        If it cannot be read any more.
    ModelTooNew
        If it is of a newer format.
    """
    infos = archive.infolist()
    heads = [info for info in infos if info.filename == CONTENTS_NAME]
    if len(heads) != 1 or not _is_stored(heads[0]):
        raise _no_model(path)
    try:
        contents = json.loads(archive.read(heads[0]))
        is_ours = contents["format"] == FORMAT
        version = contents["version"]
        files: dict[str, Any] = dict(contents["files"])
    except OSError as error:
        raise _not_read(path, error) from error
    except (*BAD_ZIP, KeyError, TypeError, RecursionError) as error:
        raise damaged(path) from error
    if not is_ours:
        raise _no_model(path)
    if isinstance(version, int) and version > VERSION:
        raise ModelTooNew(
            f"“{path.name}” was made by a newer version of this program.",
            "Update the program, or ask for a file made with this version.",
        )
    others = [info for info in infos if info is not heads[0]]
    names = [info.filename for info in others]
    strange = [name for name in names if name not in MOST_BYTES]
    if strange or len(set(names)) < len(names) or not all(map(_is_stored, others)):
        raise BadModel(
            f"“{path.name}” holds something that does not belong into a model file.",
            "Do not use it; ask for the model again where you trust the source.",
        )
    if set(names) != set(files) or not set(names) >= _NEEDED or version != VERSION:
        raise damaged(path)
    try:
        told = [(info, files[info.filename]) for info in others]
        if any(info.file_size != part["bytes"] for info, part in told):
            raise damaged(path)
        return [Part(info, str(part["sha256"])) for info, part in told]
    except (KeyError, TypeError) as error:
        raise damaged(path) from error


def _is_stored(info: zipfile.ZipInfo) -> bool:
    """Whether a part lies in the file as it is, in the open, and is not too large."""
    return (
        info.compress_type == zipfile.ZIP_STORED
        and info.compress_size == info.file_size <= MOST_BYTES[info.filename]
        and not info.flag_bits & 0x1
    )


def unpack(
    archive: zipfile.ZipFile,
    part: Part,
    target: Path,
    path: Path,
    cancel: CancelToken,
) -> None:
    """Take one part out, down to the disk, and compare it with its checksum.

    Parameters
    ----------
    archive : zipfile.ZipFile
        From `opened`.
    part : Part
        From `checked_parts`.
    target : Path
        A new file.
    path : Path
        Of the model file, for the errors.
    cancel : CancelToken

    Raises
    ------
    BadModel
        If it is damaged.
    FileNotReadable
        If it cannot be read any more.
    OutputNotWritable
        If there is no room.
    Cancelled
        If cancelled.
    """
    seen = hashlib.sha256()
    try:
        with target.open("xb") as file:
            for chunk in _chunks(archive, part.info, path):
                cancel.check()
                seen.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise atomic.not_writable(target.parent.with_name(path.stem), error) from error
    if seen.hexdigest() != part.sha256:
        raise damaged(path)


def _chunks(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: Path
) -> Iterator[bytes]:
    try:
        with archive.open(info) as packed:
            while chunk := packed.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise _not_read(path, error) from error
    except BAD_ZIP as error:
        raise damaged(path) from error


def _no_model(path: Path) -> BadModel:
    return BadModel(
        f"“{path.name}” is not a model file.",
        f"Choose a file that this program wrote; its name ends in {SUFFIX}.",
    )


def damaged(path: Path) -> BadModel:
    """Return the error of a model file that is not what was written."""
    return BadModel(
        f"The model file “{path.name}” is damaged or incomplete; nothing was added.",
        "Copy it again from where you got it, or ask for it again.",
    )


def _not_read(path: Path, error: OSError) -> HwocrError:
    """Return the error of a file whose parts cannot be read."""
    # A part that is said to begin before the file does.
    return damaged(path) if error.errno == errno.EINVAL else unreadable(path)


def strange(path: Path) -> BadModel:
    """Return the error of a model file whose parts are whole but make no model."""
    return BadModel(
        f"“{path.name}” does not hold a model that this program can use: what is in "
        "it does not fit together; nothing was added.",
        "Do not use it; ask for the model again where you trust the source.",
    )


def unreadable(path: Path) -> FileNotReadable:
    """Return the error of a file that is missing or may not be read."""
    return FileNotReadable(
        f"The file “{path}” cannot be read.",
        "Check the name, and that you may read the file.",
    )
