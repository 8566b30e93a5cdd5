"""What the card of a taught model says of the teaching. No Qt."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from hwocr_desktop.app.taught_lines import KEY, TaughtLines
from hwocr_desktop.ml.training.line_data import LineSample

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_PLAIN = (bool, int, float, str)


def teaching_record(
    data: str, settings: DataclassInstance, lines: TaughtLines | None = None
) -> dict[str, Any]:
    """Return what a card keeps of a teaching.

    Parameters
    ----------
    data : str
        Fingerprint of what was learned from and measured on.
    settings : dataclass
        How it was learned; what is no number and no word of it is left out.
    lines : TaughtLines, optional
        Which lines it and its ancestors learned from and held out.
    """
    plain = {
        k: v for k, v in asdict(settings).items() if isinstance(v, _PLAIN) and v != ""
    }
    record: dict[str, Any] = {"data": data, "settings": plain}
    return record if lines is None else record | {KEY: lines.to_plain()}


def fingerprint(train: Sequence[LineSample], held_out: Sequence[LineSample]) -> str:
    """Return the SHA-256 of lines: of their pictures, their texts and their parts."""
    made_of = hashlib.sha256()
    for part in (train, held_out):
        for sample in part:
            made_of.update(repr((sample.gray.shape, sample.text)).encode())
            made_of.update(sample.gray.tobytes())
        made_of.update(b"part")
    return made_of.hexdigest()
