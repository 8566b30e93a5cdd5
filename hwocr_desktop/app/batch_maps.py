"""Ink maps of an earlier run, beside pictures that are other ones now. No Qt."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Literal

from hwocr_desktop.app.batch_origins import Origin, origin_in
from hwocr_desktop.core.pixels.ink_files import read_tag

log = logging.getLogger(__name__)

_Place = Literal["belongs", "outdated", "foreign"]


def remove_outdated(
    ink_map: Path, before: str | None, origin: Origin, settings: str
) -> bool:
    """Remove the ink map of a picture that is another one now.

    Taken away is only what this program made for the picture before, or of the same
    page in another way: beside the new picture it would be taken for its map.

    Parameters
    ----------
    ink_map : Path
        The map, there or not.
    before : str or None
        The tag of the picture that lay beside it when the run came to it.
    origin : Origin
        The page of which the picture is now made.
    settings : str
        How it is made.

    Returns
    -------
    bool
        Whether a file is left that does not belong to the picture.
    """
    place = _place(ink_map, before, origin, settings)
    if place == "outdated":
        try:
            ink_map.unlink()
        except OSError as error:
            log.warning("%s cannot be removed: %s", ink_map, error)
        else:
            log.info("removed %s, whose picture was replaced", ink_map)
            return False
    return place != "belongs"


def _place(ink_map: Path, before: str | None, origin: Origin, settings: str) -> _Place:
    """Tell whether a file that is called like the map of a picture belongs to it."""
    if not ink_map.is_file():
        return "belongs"
    tag = read_tag(ink_map)
    if tag is None:
        return "foreign"
    of = origin_in(tag)
    # Or it is the picture of a scan that is itself called NAME.ink.
    if origin.is_in(tag, settings) or (of and Path(of.name).stem == ink_map.stem):
        return "belongs"
    is_of_page = of is not None and of.content == origin.content
    return "outdated" if is_of_page or tag == before else "foreign"
