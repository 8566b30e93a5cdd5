"""Cut pairs of scan and ink into windows and write these to disk, for other programs.

Training here needs no such files: it draws its windows afresh. They are for those who
train something else with the same pages, or want to look at what is learned from.
"""

from __future__ import annotations

import json
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop import __version__
from hwocr_desktop.core import atomic
from hwocr_desktop.core.errors import BadRequest, HwocrError, OutOfMemory
from hwocr_desktop.core.progress import (
    Cancelled,
    CancelToken,
    Progress,
    Report,
    ignore_progress,
)
from hwocr_desktop.ml.training.binarizer_data import load_pair
from hwocr_desktop.ml.training.ink_pairs import InkPair, find_pairs
from hwocr_desktop.ml.training.window_cutting import WindowSettings, windows

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
# How often the main process looks whether it was told to stop.
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class PrepareRequest:
    """Pages to be cut into windows.

    Attributes
    ----------
    data : Path
        Folder of pairs, see `find_pairs`.
    out : Path
        Folder for the windows: ``images/`` and ``gt/``, or such folders for each set.
    settings : WindowSettings
    jobs : int
        Processes that work at the same time; 0 for one on each processor core.
    """

    data: Path
    out: Path
    settings: WindowSettings
    jobs: int = 0


@dataclass(frozen=True, slots=True)
class PageWindows:
    """What became of one page.

    Attributes
    ----------
    name : str
        As in `InkPair`.
    made, kept : int
        Windows written, and windows that were there already.
    error : HwocrError or None
        Why there are none, or not all.
    """

    name: str
    made: int = 0
    kept: int = 0
    error: HwocrError | None = None


@dataclass(frozen=True, slots=True)
class _Page:
    """What a process is told about a page."""

    pair: InkPair
    out: Path
    settings: WindowSettings


def prepare_windows(
    request: PrepareRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> tuple[PageWindows, ...]:
    """Write windows of every page of a folder of pairs, as pairs of PNG files.

    A run that was stopped goes on where it was. One page that cannot be used does not
    stop the rest.

    Parameters
    ----------
    request : PrepareRequest
    cancel, report
        See `progress`; `report` gets each `PageWindows` as a partial.

    Returns
    -------
    tuple of PageWindows
        One for each page, in the order of `find_pairs`.

    Raises
    ------
    TrainingDataMissing
        If there are no pairs.
    BadRequest
        If the output folder holds something else, or lies in the data.
    OutputNotWritable
        If it cannot be written to at all.
    Cancelled
        If cancelled; every window written by then is whole.
    """
    pairs = find_pairs(request.data)
    _open_folder(request)
    pages = [_Page(pair, request.out, request.settings) for pair in pairs]
    jobs = min(request.jobs or os.cpu_count() or 1, len(pages))
    done: dict[str, PageWindows] = {}
    report(Progress(0, len(pages), ""))
    for result in _each(pages, jobs, cancel):
        done[result.name] = result
        report(Progress(len(done), len(pages), result.name, result))
    results = tuple(done[pair.name] for pair in pairs)
    _write_manifest(request, pairs, results)
    return results


def _each(
    pages: Sequence[_Page], jobs: int, cancel: CancelToken
) -> Iterator[PageWindows]:
    """Yield what became of each page, as they get finished."""
    if jobs <= 1:
        for page in pages:
            yield _tried(page, cancel.check)
        return
    # Not a fork: the process may have threads, and TensorFlow does not survive one.
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(jobs, context, _start_process, (stop,))
    try:
        waiting = {pool.submit(_in_process, page): page for page in pages}
        while waiting:
            cancel.check()
            ready, _ = wait(waiting, _POLL_S, FIRST_COMPLETED)
            for future in ready:
                yield _result(future, waiting.pop(future))
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


def _result(future: Future[PageWindows], page: _Page) -> PageWindows:
    try:
        return future.result()
    except BrokenProcessPool:
        return PageWindows(page.pair.name, error=_out_of_memory(page.pair.name))


_stop: Event | None = None


def _start_process(stop: Event) -> None:
    """Prepare a process: Ctrl+C is for the main one, which sets the event."""
    global _stop
    _stop = stop
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # The processes share the cores among themselves.
    cv2.setNumThreads(1)


def _in_process(page: _Page) -> PageWindows:
    return _tried(page, _check_event)


def _check_event() -> None:
    if _stop is not None and _stop.is_set():
        raise Cancelled


def _tried(page: _Page, check: Callable[[], None]) -> PageWindows:
    """Cut a page and turn any failure into a result."""
    name = page.pair.name
    try:
        return _cut(page, check)
    except HwocrError as error:
        return PageWindows(name, error=error)
    except MemoryError:
        return PageWindows(name, error=_out_of_memory(name))


def _out_of_memory(name: str) -> OutOfMemory:
    return OutOfMemory(
        f"There is not enough memory for “{name}”.",
        "Close other programs, or use fewer processes with --jobs.",
    )


def _cut(page: _Page, check: Callable[[], None]) -> PageWindows:
    check()
    pixels = load_pair(page.pair)
    newest = max(path.stat().st_mtime for path in (page.pair.scan, page.pair.truth))
    group, _, stem = page.pair.name.rpartition("/")
    folder = page.out / group.replace("/", "-")
    images, truths = folder / "images", folder / "gt"
    atomic.make_folder(images)
    atomic.make_folder(truths)
    made = kept = 0
    for number, draw in enumerate(windows(pixels, page.settings)):
        check()
        name = f"{stem}_{number + 1:04d}.png"
        image, truth = images / name, truths / name
        if all(p.exists() and p.stat().st_mtime >= newest for p in (image, truth)):
            kept += 1
            continue
        gray, ink = draw()
        # A truth without its scan is no pair: whoever reads along sees whole ones.
        atomic.write_bytes(truth, _png(np.where(ink, 0, 255).astype(np.uint8), 1))
        atomic.write_bytes(image, _png(gray, 0))
        made += 1
    return PageWindows(page.pair.name, made, kept)


def _png(pixels: npt.NDArray[np.uint8], bilevel: int) -> bytes:
    packed = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_BILEVEL, bilevel])[1]
    return bytes(packed.tobytes())


def _open_folder(request: PrepareRequest) -> None:
    """Make the output folder, or see that it is that of an earlier run."""
    data, out = request.data.resolve(), request.out.resolve()
    if out == data or data in out.parents:
        raise BadRequest(
            "The windows would lie among the pages they are cut from.",
            "Choose an output folder outside of the data.",
        )
    if out.is_file():
        raise BadRequest(
            f"{request.out} is a file, not a folder.", "Name a folder for the windows."
        )
    atomic.make_folder(request.out)
    manifest = request.out / MANIFEST
    if manifest.exists():
        if _settings_of(manifest) != asdict(request.settings):
            raise BadRequest(
                f"The windows in {request.out} were made in another way.",
                "Give the same options to go on, or choose another folder.",
            )
        return
    if any(request.out.iterdir()):
        raise BadRequest(
            f"The folder {request.out} is not empty, and what it holds was not made "
            "by this command.",
            "Choose another folder.",
        )
    _write_manifest(request, (), ())


def _settings_of(manifest: Path) -> Any:
    try:
        return json.loads(manifest.read_text(encoding="utf-8")).get("settings")
    except (OSError, ValueError, AttributeError):
        return None


def _write_manifest(
    request: PrepareRequest, pairs: Sequence[InkPair], results: Sequence[PageWindows]
) -> None:
    pages = [
        {
            "name": result.name,
            "scan": pair.scan.relative_to(request.data).as_posix(),
            "truth": pair.truth.relative_to(request.data).as_posix(),
            "windows": result.made + result.kept,
            "error": None if result.error is None else str(result.error),
        }
        for pair, result in zip(pairs, results, strict=True)
    ]
    entry = {
        "made_by": f"hwocr {__version__} prepare",
        "settings": asdict(request.settings),
        "windows": sum(result.made + result.kept for result in results),
        "pages": pages,
    }
    text = json.dumps(entry, ensure_ascii=False, indent=2) + "\n"
    atomic.write_text(request.out / MANIFEST, text)
