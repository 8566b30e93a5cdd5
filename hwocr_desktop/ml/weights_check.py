"""Whether a weights file from elsewhere holds numbers, and nothing else.

HDF5 can do more than hold numbers: name other files to read instead, promise more than
the file holds, unpack to any size. None of this is in weights that Keras has written.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

_NUMBERS = "biuf"


def holds_only_numbers(path: Path) -> bool:
    """Whether a file is HDF5 and has all its numbers in itself, as they are.

    Parameters
    ----------
    path : Path
        The file; only its structure is read.

    Returns
    -------
    bool
        False too if it is damaged or no HDF5.
    """
    # It comes with Keras and takes its time to load.
    import h5py

    room = path.stat().st_size
    wrong: list[str] = []

    def look(name: str, link: Any) -> None:
        nonlocal room
        found = file.get(name) if isinstance(link, h5py.HardLink) else None
        if isinstance(found, h5py.Dataset) and _is_plain(found):
            room -= found.nbytes
        elif not isinstance(found, h5py.Group):
            wrong.append(name)

    try:
        with h5py.File(path, "r") as file:
            file.visititems_links(look)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError):
        return False
    return not wrong and room >= 0


def fits(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> bool:
    """Whether a file holds the weights of a network, all of them and nothing else.

    Parameters
    ----------
    path : Path
        One that `holds_only_numbers`; it is read as a whole.
    shapes : mapping from str to shape
        From `network_shapes.weight_shapes`.

    Returns
    -------
    bool
        False too if a number is infinite or none.
    """
    import h5py

    left = dict(shapes)

    def look(name: str, found: Any) -> bool | None:
        if not isinstance(found, h5py.Dataset):
            return None
        is_right = found.dtype == np.float32 and left.pop(name, None) == found.shape
        # Not None ends the visit.
        return None if is_right and np.isfinite(found[()]).all() else False

    with h5py.File(path, "r") as file:
        return file.visititems(look) is None and not left


def _is_plain(numbers: Any) -> bool:
    """Whether numbers lie in the file itself, neither packed nor put together."""
    is_packed = numbers.id.get_create_plist().get_nfilters() > 0
    is_elsewhere = bool(numbers.is_virtual or numbers.external)
    return numbers.dtype.kind in _NUMBERS and not (is_packed or is_elsewhere)
