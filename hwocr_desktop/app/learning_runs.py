"""A teaching that was interrupted: where it is kept, and whether it can go on.

A few teachings are kept, the latest ones. Other pages or another model to start from
make another teaching, for what was learned so far may hold what is held out now.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import math
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from hwocr_desktop.app.learning_lines import LineChoice
from hwocr_desktop.app.page_truth import PageTruth
from hwocr_desktop.core import atomic, paths
from hwocr_desktop.core.document.document import Page
from hwocr_desktop.core.document.lock import ProjectLock
from hwocr_desktop.core.errors import OutputNotWritable, ProjectInUse
from hwocr_desktop.core.text.text_metrics import normalize
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.checkpoint import CHECKPOINT, UnusableRun
from hwocr_desktop.ml.training.ink_pairs import InkPair

log = logging.getLogger(__name__)

NAMED = 8
"""Characters of a teaching's name by which the model that it made is known."""

MOST_KEPT = 3
"""Teachings that are kept; each takes as much room as several copies of its model."""

_MINUTES = "minutes.txt"


def run_folder(card: ModelCard, chosen: LineChoice, subject: str = "lines") -> Path:
    """Return the folder of a teaching of lines or of their words.

    It need not be there. Whoever corrects lines while they are taught can go on with
    the teaching, for it is told by what is held out, not by the texts: by the pages,
    or by the lines where there is one page only. What would make another network,
    characters that are new, makes another teaching.

    Parameters
    ----------
    card : ModelCard
        The model to start from.
    chosen : LineChoice
    subject : "lines" or "words"
    """
    learned, held_out = (
        list(dict.fromkeys(_scan(page) for page, _ in part))
        for part in (chosen.train, chosen.held_out)
    )
    new = {c for _, line in chosen.train for c in normalize(line.text)}
    parts: list[object] = [subject, "".join(sorted(new - set(card.charset)))]
    if learned == held_out:
        parts += [(_scan(page), line.shape) for page, line in chosen.held_out]
    return _named(card, [*parts, *learned, "held out", *held_out])


def ink_run_folder(card: ModelCard, pages: Iterable[Page]) -> Path:
    """Return the folder of a teaching of mended pages; it need not be there."""
    return _named(card, ((_scan(p), p.cleaning, p.mending) for p in pages))


def layout_run_folder(card: ModelCard, pages: Iterable[tuple[Page, PageTruth]]) -> Path:
    """Return the folder of a teaching to find lines; it need not be there."""
    parts = ((_scan(p), p.cleaning, p.mending, known) for p, known in pages)
    return _named(card, parts)


def pairs_run_folder(card: ModelCard, pairs: Iterable[InkPair]) -> Path:
    """Return the folder of a teaching by pairs of scan and ink."""
    parts = ((p.name, *map(_state, (p.scan, p.truth))) for p in pairs)
    return _named(card, chain(("pairs",), parts))


def _state(path: Path) -> tuple[str, int, int]:
    status = path.stat()
    return str(path), status.st_size, status.st_mtime_ns


def _scan(page: Page) -> tuple[object, ...]:
    return page.source, page.frame, page.sha256, page.rotation, page.inverted


def _named(card: ModelCard, parts: Iterable[object]) -> Path:
    made_of = hashlib.sha256(card.sha256.encode())
    for part in parts:
        made_of.update(repr(_plain(part)).encode())
    return _runs() / made_of.hexdigest()[:20]


def _plain(part: object) -> object:
    """Return what is the same before a project is saved and after it is opened."""
    if is_dataclass(part) and not isinstance(part, type):
        return tuple(_plain(getattr(part, item.name)) for item in fields(part))
    if isinstance(part, tuple):
        return tuple(_plain(one) for one in part)
    # A place that was drawn in whole pixels comes back as a number with decimals.
    return float(part) if type(part) is int else part


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """See that no other teaching goes on, in this program or another one.

    Two at once would each take twice as long and twice the memory.

    Raises
    ------
    ProjectInUse
        If another one goes on.
    OutputNotWritable
        If that cannot be written down.
    UnusableRun
        From within, with the advice that holds for a teaching.
    """
    place = _runs()
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = ProjectLock(place)
    except ProjectInUse as error:
        raise ProjectInUse(
            "Another training runs on this computer already.",
            "Wait until it is done, or cancel it there; then start this one again.",
        ) from error
    except OSError as error:
        raise _not_made(place) from error
    try:
        yield
    except UnusableRun as error:
        # Where a teaching is kept, nobody chose, and nothing else is of use there.
        raise UnusableRun(
            error.message,
            "Begin anew (on the command line with --fresh): what was learned so far "
            "is removed, the model to start from stays as it is.",
        ) from error
    finally:
        lock.release()


def begin(folder: Path, minutes: float = 0.0) -> Path:
    """Make the folder of a teaching, remove the oldest ones, return its checkpoint.

    Parameters
    ----------
    folder : Path
    minutes : float
        How long it shall go on, for `minutes_planned`.

    Raises
    ------
    OutputNotWritable
        If the folder cannot be made.
    """
    for kept in _kept():
        _tidy(kept)
    others = sorted((f for f in _kept() if f != folder), key=_age)
    for other in others[: max(0, len(others) - MOST_KEPT + 1)]:
        shutil.rmtree(other, ignore_errors=True)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MINUTES).write_text(str(minutes), encoding="ascii")
    except OSError as error:
        raise _not_made(folder) from error
    return folder / CHECKPOINT


def is_any_kept() -> bool:
    """Return whether any teaching is kept; quick, whatever the project holds."""
    return any(True for _ in _kept())


def minutes_done(folder: Path) -> float:
    """Return how long a teaching has gone on already; 0 if there is none to go on with.

    A checkpoint that cannot be read is removed: it would only stop the next one. So is
    what was left half written: it takes room, and there is nothing in it.
    """
    path = folder / CHECKPOINT
    _tidy(folder)
    if not path.is_file():
        return 0.0
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            if "numbers" in saved:
                return float(json.loads(str(saved["numbers"]))["seconds"]) / 60.0
            return float(json.loads(str(saved["state"]))["minutes"])
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        log.warning("the checkpoint %s cannot be read", path, exc_info=True)
        forget(folder)
        return 0.0


def minutes_planned(folder: Path) -> float:
    """Return how long a teaching was to go on in all; 0 if that is not known."""
    try:
        minutes = float((folder / _MINUTES).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0.0
    return minutes if math.isfinite(minutes) else 0.0


def forget(folder: Path) -> None:
    """Remove a teaching and what it made; nothing happens if there is none."""
    shutil.rmtree(folder, ignore_errors=True)
    staging = paths.user_data() / "staging"
    if staging.is_dir():
        # Left by a program that ended before anybody decided.
        for left in staging.glob(f"*-{folder.name[:NAMED]}"):
            shutil.rmtree(left, ignore_errors=True)


def _tidy(folder: Path) -> None:
    """Remove what a program left half written that was killed, or had no room."""
    if folder.is_dir():
        atomic.remove_stale(folder)
        with contextlib.suppress(OSError):
            # Under this name in older versions.
            (folder / CHECKPOINT).with_suffix(".part.npz").unlink(missing_ok=True)


def _runs() -> Path:
    return paths.user_data() / "teaching"


def _kept() -> list[Path]:
    place = _runs()
    return [f for f in place.iterdir() if f.is_dir()] if place.is_dir() else []


def _age(folder: Path) -> float:
    """Return when a teaching last went on, in seconds since 1970."""
    try:
        return max(path.stat().st_mtime for path in (folder, *folder.iterdir()))
    except OSError:
        return 0.0


def _not_made(folder: Path) -> OutputNotWritable:
    return OutputNotWritable(
        f"The folder {folder} for the training could not be made.",
        "Check that it may be written to and that the disk is not full.",
    )
