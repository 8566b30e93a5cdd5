"""Many scans in a row: cleaning files without a project. No Qt.

One bad file never stops the rest, every output is whole or absent, and a run that was
stopped can be started again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from hwocr_desktop.app.batch import Outcome, each_page
from hwocr_desktop.app.batch_files import Frame, OutputPlan, check_output
from hwocr_desktop.app.batch_maps import remove_outdated
from hwocr_desktop.app.batch_origins import Origin, are_finished, origin_of
from hwocr_desktop.app.frame_reading import DEFAULT_CLEANING
from hwocr_desktop.app.offline_cleaning import NO_MODELS, clean_offline, open_method
from hwocr_desktop.core import atomic
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.imaging import file_sha256, load_scan
from hwocr_desktop.core.pixels.ink_files import InkFormat, encode_ink, read_tag
from hwocr_desktop.core.progress import CancelToken, Report, ignore_progress
from hwocr_desktop.ml import registry

SUFFIX: dict[InkFormat, str] = {"png": ".png", "tiff": ".tif"}
KIND_OF: dict[str, InkFormat] = {".png": "png", ".tif": "tiff", ".tiff": "tiff"}
"""What the end of a file's name says of its format."""
MAP_SUFFIX = ".ink.png"


@dataclass(frozen=True, slots=True)
class BinarizeFilesRequest:
    """Scans to be cleaned into black and white pictures.

    Attributes
    ----------
    paths : tuple of Path
        Files, and folders of which all scans are taken.
    out : Path
        Folder for the pictures, made if need be; or the file for a single page.
    cleaning : Cleaning
    ink_map : bool
        Whether to write the ink map too, as ``NAME.ink.png``, the darker the surer.
    force : bool
        Whether to make anew what is there already.
    format : "png" or "tiff"
        Of the pictures of 1 bit; ink maps are always PNG.
    """

    paths: tuple[Path, ...]
    out: Path
    cleaning: Cleaning = DEFAULT_CLEANING
    ink_map: bool = False
    force: bool = False
    format: InkFormat = "png"


def binarize_files(
    request: BinarizeFilesRequest,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> tuple[Outcome, ...]:
    """Clean scans into pictures of 1 bit; `report` gets each `Outcome` as a partial.

    A picture that this function made in the same way of the same scan is skipped, and
    one that it made of it in another way is made anew. Scans are the same if their
    bytes are, wherever they lie. A picture of another scan, and one that this function
    did not make, are never replaced unless forced, and an input never is. Where no ink
    map is asked for, that of the picture before is removed: it would be taken for the
    map of the new one.

    Returns
    -------
    tuple of Outcome
        One for each page, and one for each file or folder that could not be opened.

    Raises
    ------
    BadModel, OutputNotWritable, BadRequest
        If the method or the output folder cannot be used at all.
    Cancelled
        If cancelled; what is written by then is whole.
    """
    own = request.out.suffix.lower()
    suffix = own if KIND_OF.get(own) == request.format else SUFFIX[request.format]
    check_output(request.paths, request.out, suffix)
    plan = OutputPlan(request.paths, request.out, suffix)
    # To open a model takes seconds, for which a wrong name need not wait.
    settings = _settings_tag(request.cleaning) if plan.has_pages() else ""
    suffixes = (MAP_SUFFIX, suffix) if request.ink_map else (suffix,)

    # The pages of a book come one after the other: its file is read through once.
    digest = lru_cache(maxsize=1)(file_sha256)

    def foreign_maps(frame: Frame, before: str | None, of: Origin) -> tuple[Path, ...]:
        if frame.stem is None or request.ink_map:
            return ()
        ink_map = frame.stem.with_name(frame.stem.name + MAP_SUFFIX)
        if plan.is_known(ink_map):
            return ()
        is_foreign = remove_outdated(ink_map, before, of, settings)
        return (ink_map,) if is_foreign else ()

    def work(frame: Frame, report: Report) -> Outcome:
        outputs = tuple(plan.claim(frame, suffix) for suffix in suffixes)
        origin = origin_of(frame, digest(frame.path))
        before = read_tag(outputs[-1])
        if not request.force and are_finished(outputs, origin, settings):
            # The run that replaced the picture may have been killed right then.
            foreign_maps(frame, before, origin)
            return Outcome(frame.path, frame.index, "skipped", outputs)
        scan = load_scan(frame.path, frame.index)
        ink = clean_offline(scan.gray, request.cleaning, cancel=cancel, report=report)
        cancel.check()
        tag = origin.tag(settings)
        for output in outputs:
            if output.name.endswith(MAP_SUFFIX):
                data = encode_ink(ink.map, scan.dpi, tag)
            else:
                data = encode_ink(ink.binary(), scan.dpi, tag, request.format)
            atomic.write_bytes(output, data)
        foreign = foreign_maps(frame, before, origin)
        return Outcome(frame.path, frame.index, "done", outputs, foreign=foreign)

    return each_page(plan, work, cancel, report)


def _settings_tag(cleaning: Cleaning) -> str:
    """Say how a picture was made, to know it again; opens the model."""
    method = cleaning.method
    open_method(method)
    if method not in NO_MODELS:
        card = registry.card(method, "binarize")
        method = f"{quote(card.id, safe='')} {card.sha256[:16]}"
    tag = f"{method} cut={cleaning.cut} window={cleaning.window} k={cleaning.k}"
    if cleaning.orientations:
        tag += f" orientations={cleaning.orientations}"
    return tag
