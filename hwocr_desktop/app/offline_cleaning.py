"""Cleaning where nobody waits at a window: by the slow methods too. No Qt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from hwocr_desktop.app.open_models import open_binarizer
from hwocr_desktop.app.pipeline import clean_page
from hwocr_desktop.core.document.document import Cleaning
from hwocr_desktop.core.pixels.offline_methods import (
    OFFLINE_METHODS,
    check_offline_method,
    ink_by_offline_method,
)
from hwocr_desktop.core.pixels.thresholding import METHODS, Ink
from hwocr_desktop.core.progress import CancelToken, Report, ignore_progress

NO_MODELS: tuple[str, ...] = (*METHODS, *OFFLINE_METHODS)
"""The names that mean a method; every other one means a model."""


def open_method(method: str) -> None:
    """See that a method can be used; a model is opened and kept.

    Raises
    ------
    BadModel
        If it is neither a method nor a usable model.
    BadRequest
        If it needs a library that is not installed.
    """
    if method in OFFLINE_METHODS:
        check_offline_method(method)
    elif method not in METHODS:
        open_binarizer(method)


def clean_offline(
    gray: npt.NDArray[np.uint8],
    cleaning: Cleaning,
    *,
    cancel: CancelToken,
    report: Report = ignore_progress,
) -> Ink:
    """Turn gray into ink as `clean_page` does, and by `OFFLINE_METHODS` too.

    Raises
    ------
    HwocrError
        If the method cannot be used, or not on this page.
    Cancelled
        If cancelled.
    """
    if cleaning.method not in OFFLINE_METHODS:
        return clean_page(gray, cleaning, cancel=cancel, report=report)
    return ink_by_offline_method(
        gray, cleaning.method, window=cleaning.window, k=cleaning.k, cancel=cancel
    )
