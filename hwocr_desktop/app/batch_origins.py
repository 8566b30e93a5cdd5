"""Of which scan a picture was made, so that a run goes on over its own only. No Qt."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from hwocr_desktop.app.batch_files import Frame
from hwocr_desktop.core.errors import BadRequest, OutputNotWritable
from hwocr_desktop.core.pixels.ink_files import is_whole, read_tag

_OF, _CONTENT = " of=", " sha256="


@dataclass(frozen=True, slots=True)
class Origin:
    """What a picture of ink was made of.

    Attributes
    ----------
    name : str
        The scan's name, for people.
    content : str
        Tells its pixels from all others: the checksum of the file and the page in it.
        No folder is part of it, so that scans may be moved.
    """

    name: str
    content: str

    def tag(self, settings: str) -> str:
        """Return what a picture of it, made in that way, says of itself."""
        # Names may hold anything, even bytes that are no letters; tags only ASCII.
        name = quote(os.fsencode(self.name), safe="")
        return f"{settings}{_OF}{name}{_CONTENT}{self.content}"

    def is_in(self, tag: str, settings: str) -> bool:
        """Whether a picture with that tag was made of it, in that way."""
        # A scan under another name is the same if it is so byte by byte.
        return tag.startswith(f"{settings}{_OF}") and tag.endswith(
            f"{_CONTENT}{self.content}"
        )


def origin_of(frame: Frame, digest: str) -> Origin:
    """Return what a picture of a page is made of.

    Parameters
    ----------
    frame : Frame
    digest : str
        The checksum of its file.
    """
    return Origin(frame.path.name, f"{digest} page={frame.index + 1}")


def origin_in(tag: str) -> Origin | None:
    """Return what a picture with that tag was made of, if it says so."""
    name, is_told, content = tag.partition(_OF)[2].partition(_CONTENT)
    # Decoded as names of files are, so that the same bytes give the same name again.
    return Origin(os.fsdecode(unquote_to_bytes(name)), content) if is_told else None


def are_finished(outputs: Sequence[Path], origin: Origin, settings: str) -> bool:
    """Whether all outputs are there and whole, made in the same way of the same scan.

    Parameters
    ----------
    outputs : sequence of Path
        Pictures of ink, there or not.
    origin : Origin
        The page they are to be made of.
    settings : str
        How they are to be made.

    Raises
    ------
    BadRequest
        If one is there that was not made by this program.
    OutputNotWritable
        If one is there that was made of another scan, or does not say of which.
    """
    tags = {output: read_tag(output) for output in outputs if _holds_anything(output)}
    for output, tag in tags.items():
        _check_is_of(output, tag, origin)
    return len(tags) == len(outputs) and all(
        tag is not None
        and origin.is_in(tag, settings)
        # A copy that was interrupted, or a disk that failed, leaves the tag.
        and is_whole(output)
        for output, tag in tags.items()
    )


def _holds_anything(output: Path) -> bool:
    """Whether there is something that could be lost if it was replaced."""
    return output.exists() and not (output.is_file() and output.stat().st_size == 0)


def _check_is_of(output: Path, tag: str | None, origin: Origin) -> None:
    """Refuse to replace what was not made of this scan."""
    advice = "Choose another folder for the output, or use --force to replace it."
    if tag is None and not (output.is_dir() or is_whole(output)):
        # A TIFF says at its end what made it: ours may be among these.
        raise BadRequest(
            f"“{output.name}” is there already and is damaged, or was not made by this "
            "command.",
            "Look at it, and use --force to replace it, or choose another folder for "
            "the output.",
        )
    if tag is None:
        raise BadRequest(
            f"“{output.name}” is there already and was not made by this command.",
            advice,
        )
    of = origin_in(tag)
    if of is None:
        raise OutputNotWritable(
            f"“{output.name}” is there already and does not say of which scan it was "
            "made.",
            advice,
        )
    if of.content == origin.content:
        return
    if of.name == origin.name:
        raise OutputNotWritable(
            f"“{output.name}” is there already and was made of another scan that is "
            f"called “{of.name}” too, or of this one before it was changed.",
            advice,
        )
    raise OutputNotWritable(
        f"“{output.name}” is there already and was made of another scan, “{of.name}”.",
        advice,
    )
