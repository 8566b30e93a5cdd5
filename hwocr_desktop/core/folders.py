"""Folders below a folder, wherever links lead."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

OF_THE_SYSTEM = frozenset(
    {"lost+found", "System Volume Information", "$RECYCLE.BIN", "RECYCLER"}
)
"""Folders at the root of a disk that no person put there, and often may not list."""


def folders_below(
    folder: Path,
    *,
    with_hidden: bool = True,
    on_error: Callable[[OSError], object] | None = None,
) -> list[Path]:
    """Return a folder and all folders below it; links to folders are followed.

    None is taken twice, so links that lead in a circle do no harm. What is really
    there goes before what is linked to: a folder is called by its own name, if it
    lies below.

    Parameters
    ----------
    folder : Path
    with_hidden : bool
        Whether folders whose name begins with a dot and those of `OF_THE_SYSTEM`
        are taken, too.
    on_error : callable, optional
        Is told of a folder that may not be listed, and may raise.

    Returns
    -------
    list of Path
        Sorted. Empty if the folder is none; folders that may not be listed are left
        out.
    """
    found: list[Path] = []
    seen: set[tuple[int, int]] = set()
    linked = deque([folder])
    while linked:
        for name, names, _ in os.walk(linked.popleft(), onerror=on_error):
            path = Path(name)
            status = path.stat()
            place = status.st_dev, status.st_ino
            if place in seen:
                names.clear()
                continue
            seen.add(place)
            found.append(path)
            if not with_hidden:
                names[:] = [
                    one
                    for one in names
                    if not one.startswith(".") and one not in OF_THE_SYSTEM
                ]
            linked += [path / one for one in sorted(names) if (path / one).is_symlink()]
    return sorted(found)


def files_below(folder: Path) -> list[Path]:
    """Return what lies in a folder and in those of `folders_below`, sorted."""
    return sorted(
        path
        for place in folders_below(folder)
        for path in place.iterdir()
        if path.is_file()
    )


def first_file(paths: Iterable[Path]) -> Path | None:
    """Return the first of some paths at which there is a file, or None.

    Pipes and devices are no files. Where a name is too long for the disk there is
    none either.
    """
    # Path.is_file breaks on such names.
    return next((path for path in paths if os.path.isfile(path)), None)  # noqa: PTH113
