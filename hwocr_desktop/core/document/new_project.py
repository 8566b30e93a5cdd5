"""Make the folder of a new project."""

from __future__ import annotations

from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.backups import NAME, has_project
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.document.originals import copy_originals
from hwocr_desktop.core.document.serial import encode_project
from hwocr_desktop.core.document.sources import copy_word_list
from hwocr_desktop.core.errors import BadRequest


def write_project(
    folder: Path, project: Project, *, original: Path | None = None
) -> Path:
    """Write a project where there is none yet.

    Parameters
    ----------
    folder : Path
        Where; made if it is missing.
    project : Project
    original : Path, optional
        The folder of the project that it is a copy of; the files that are kept there
        are copied too.

    Returns
    -------
    Path
        The folder, absolute.

    Raises
    ------
    BadRequest
        If the folder holds a project already.
    OutputNotWritable
        If the folder cannot be made or written to.
    """
    folder = folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        exists = has_project(folder)
    except OSError as error:
        raise atomic.not_writable(folder, error) from error
    if exists:
        raise BadRequest(
            f"The folder {folder} holds a project already.",
            "Open that project, or choose another folder for the new one.",
        )
    if original is not None:
        copy_word_list(original, project, folder)
        copy_originals(original, project, folder)
    atomic.write_bytes(folder / NAME, encode_project(project))
    return folder
