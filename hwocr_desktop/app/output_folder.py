"""The folder that a run writes into, and whether it takes files. No Qt."""

from __future__ import annotations

from pathlib import Path

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadRequest, HwocrError, OutputNotWritable
from hwocr_desktop.core.write_errors import is_for_want_of_room, is_of_the_system

_MOST_WITHOUT_ROOM = 3
"""Pages in a row that found no room, though a small file did, before it is given up."""


class OutputFolder:
    """A folder that is made as late as can be, and tried before the work begins.

    Parameters
    ----------
    path : Path or None
        None where nothing is written.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._is_ready = path is None
        self._without_room = 0

    def prepare(self) -> None:
        """Make the folder and see whether it takes files, once.

        Raises
        ------
        BadRequest
            If it is a file.
        OutputNotWritable
            If it cannot be made, or takes no files.
        """
        if self._is_ready or self._path is None:
            return
        make_output_folder(self._path)
        atomic.try_folder(self._path)
        self._is_ready = True

    def trouble(self, error: HwocrError | None) -> HwocrError | None:
        """Return why nothing can be written any more, after what became of a page.

        A single file that cannot be written says nothing of the others: another
        program may hold it open, or it alone may be too large for what room is left.

        Parameters
        ----------
        error : HwocrError or None
            Why the page failed; None if it was done.
        """
        if error is None or self._path is None:
            self._without_room = 0
            return None
        if not is_of_the_system(error):
            return None
        try:
            atomic.try_folder(self._path)
        except OutputNotWritable as refused:
            return refused
        if is_for_want_of_room(error):
            self._without_room += 1
        return error if self._without_room >= _MOST_WITHOUT_ROOM else None


def make_output_folder(folder: Path) -> None:
    """Make a folder for outputs, unless it is there.

    Raises
    ------
    BadRequest
        If it is a file.
    OutputNotWritable
        If it cannot be made.
    """
    if folder.is_file():
        raise is_no_folder(folder)
    atomic.make_folder(folder)


def is_no_folder(path: Path) -> BadRequest:
    """Say that a file was named where a folder is needed."""
    return BadRequest(
        f"{path} is a file, not a folder.", "Name a folder for the output."
    )
