"""Write pictures of lines or words with ``labels.tsv``, as `load_lines` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.ml.training.line_layouts import LABELS

_UNSAFE = re.compile(r"[^\w.()-]+")


class LineFolder:
    """A new folder of pictures with their texts, complete when it is closed.

    What is written when the work stops halfway has its labels, too.

    Parameters
    ----------
    out : Path
        Made if it is not there; must be empty.
    beside : iterable of Path
        Folders it must not lie in: what is read there would be read again.

    Raises
    ------
    BadRequest
        If it is a file, not empty, or in one of those folders.
    OutputNotWritable
        If it cannot be made.
    """

    def __init__(self, out: Path, beside: Iterable[Path] = ()) -> None:
        resolved = out.resolve()
        for folder in (folder.resolve() for folder in beside):
            if resolved == folder or folder in resolved.parents:
                raise BadRequest(
                    f"{out} lies in the folder that the lines are taken from.",
                    "Choose an output folder outside of the data.",
                )
        if out.is_file():
            raise BadRequest(f"{out} is a file, not a folder.", "Name a new folder.")
        atomic.make_folder(out)
        if any(out.iterdir()):
            raise BadRequest(
                f"The folder {out} is not empty.", "Name a new folder, or empty it."
            )
        self.out = out
        self._rows: dict[str, dict[str, str]] = {}

    def add(
        self, group: str, name: str, gray: npt.NDArray[np.uint8], text: str
    ) -> Path:
        """Write one picture and remember its text.

        Parameters
        ----------
        group : str
            Folder below the output, "" for none.
        name : str
            Of the picture, without suffix; made fit for a file name, and a number is
            added if it is taken.
        gray : (H, W) uint8, 0 = black
        text : str
            Without tabs and line ends.

        Returns
        -------
        Path
            The picture.

        Raises
        ------
        OutputNotWritable
            If it cannot be written.
        """
        group, stem = _UNSAFE.sub("-", group), _UNSAFE.sub("-", name)
        if group not in self._rows:
            atomic.make_folder(self.out / group)
        rows = self._rows.setdefault(group, {})
        free, number = f"{stem}.png", 2
        while free in rows:
            free, number = f"{stem}-{number}.png", number + 1
        path = self.out / group / free
        atomic.write_bytes(path, bytes(cv2.imencode(".png", gray)[1].tobytes()))
        rows[free] = text
        return path

    def close(self) -> None:
        """Write the labels.

        Raises
        ------
        OutputNotWritable
            If they cannot be written.
        """
        for group, rows in self._rows.items():
            table = "".join(f"{name}\t{text}\n" for name, text in rows.items())
            atomic.write_text(self.out / group / LABELS, table)

    def __enter__(self) -> LineFolder:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
