"""Files of other programs that a project keeps, for what they say beyond its lines.

They lie in a folder of the project under a name made of their checksum, so that the
same file is kept once, none ever changes, and a damaged one is recognized.
"""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.document import lock, presence
from hwocr_desktop.core.document.document import Project
from hwocr_desktop.core.errors import HwocrError

log = logging.getLogger(__name__)

FOLDER = "originals"


def keep_original(folder: Path, data: bytes) -> str:
    """Copy an imported file into a project and return its name there.

    Parameters
    ----------
    folder : Path
        The project folder.
    data : bytes
        Content of the file.

    Returns
    -------
    str
        "" if the project cannot keep it: its lines are imported all the same.

    Raises
    ------
    ProjectGone
        If the project folder is not there any more; it is not made anew.
    """
    presence.require_folder(folder, None, lock.NAMES)
    name = f"{hashlib.sha256(data).hexdigest()}.xml"
    path = folder / FOLDER / name
    try:
        if not path.is_file():
            atomic.make_folder(path.parent)
            atomic.write_bytes(path, data)
    except (HwocrError, OSError) as error:
        log.warning("the imported file is not kept: %s", error)
        return ""
    return name


def load_original(folder: Path, name: str) -> bytes | None:
    """Return a file that a project keeps; None if it is gone or has been changed."""
    try:
        data = (folder / FOLDER / name).read_bytes()
    except OSError as error:
        log.warning("an imported file is gone: %s", error)
        return None
    if f"{hashlib.sha256(data).hexdigest()}.xml" != name:
        log.warning("an imported file has been changed: %s", name)
        return None
    return data


def copy_originals(folder: Path, project: Project, other: Path) -> None:
    """Copy the files that a project needs to another folder, as far as they are there.

    Raises
    ------
    OutputNotWritable
        If the other folder cannot be written to.
    """
    names = {page.original.name for page in project.pages if page.original is not None}
    for name in sorted(names):
        data = load_original(folder, name)
        if data is not None:
            atomic.make_folder(other / FOLDER)
            atomic.write_bytes(other / FOLDER / name, data)
