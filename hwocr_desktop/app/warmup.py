"""Load what takes time before it is needed, without holding up the window."""

from __future__ import annotations

import importlib
import logging

from hwocr_desktop.app.open_models import open_recognizer
from hwocr_desktop.core.errors import HwocrError
from hwocr_desktop.core.pixels.crops import faint_shade
from hwocr_desktop.core.progress import CancelToken, Progress, Report
from hwocr_desktop.core.settings import Decoder
from hwocr_desktop.core.text.suggestions import speller_words
from hwocr_desktop.ml.runtime import DeviceReport, device_report

log = logging.getLogger(__name__)

_OF_TEACHING = (
    "hwocr_desktop.app.teaching_past",
    "hwocr_desktop.app.teaching_plan",
    "hwocr_desktop.app.learning_trial",
    "hwocr_desktop.app.own_process",
    "hwocr_desktop.core.pixels.contact_sheet",
)
"""What the training dialog needs of the layers below it; the rest comes with these."""


def import_teaching(*, cancel: CancelToken, report: Report) -> None:
    """Import what teaching needs, so that the window need not when it is asked for.

    It takes a tenth of a second. None of it knows a widget.

    Notes
    -----
    ``cancel`` is not looked at: half an import helps nobody.
    """
    for name in _OF_TEACHING:
        importlib.import_module(name)


def warm_up(
    model_id: str, decoder: Decoder, *, cancel: CancelToken, report: Report
) -> DeviceReport:
    """Import the networks' library, open the model that will read, load the speller.

    Parameters
    ----------
    model_id : str
        A line model; "" opens none.
    decoder : "greedy", "beam" or "word-beam"
        How it will read.

    Returns
    -------
    DeviceReport
        What the networks run on.

    Notes
    -----
    ``cancel`` is not looked at: whoever stops the reading of a page wants the
    networks all the same, and an import cannot be interrupted.
    """
    report(Progress(0, 0, "warming up"))
    found = device_report()
    log.info(
        "networks run on %s, %d cores, %s", found.device, found.cores, found.library
    )
    if model_id:
        try:
            recognizer = open_recognizer(model_id)
            # The first line costs half a second more than the next: a graph is built.
            recognizer.read([faint_shade(recognizer.height)], decoder=decoder)
        except HwocrError as error:
            # Whoever reads a page with it is told then.
            log.warning("model %s not opened: %s", model_id, error)
    # Kept by the function, for `suggesting`.
    speller_words("en")
    return found
