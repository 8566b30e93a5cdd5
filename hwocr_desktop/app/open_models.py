"""Models in use, one of each kind, opened once and kept. No Qt."""

from __future__ import annotations

import threading

from hwocr_desktop.app.model_choice import CLASSICAL, choose_layout
from hwocr_desktop.core.pixels.segmentation import Bodies
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.binarizer import Binarizer
from hwocr_desktop.ml.layout import LayoutFinder
from hwocr_desktop.ml.recognizer import Recognizer


class _OpenModels:
    """Models in use, one of each kind; the weights' checksum says if one changed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._binarizer: tuple[str, Binarizer] | None = None
        self._recognizer: tuple[str, Recognizer] | None = None
        self._layout: tuple[str, LayoutFinder] | None = None

    def binarizer(self, model_id: str) -> Binarizer:
        card = registry.card(model_id, "binarize")
        with self._lock:
            if self._binarizer is None or self._binarizer[0] != card.sha256:
                self._binarizer = None
                self._binarizer = (card.sha256, Binarizer.open(card))
            return self._binarizer[1]

    def recognizer(self, model_id: str) -> Recognizer:
        card = registry.card(model_id, "recognize-lines")
        with self._lock:
            if self._recognizer is None or self._recognizer[0] != card.sha256:
                self._recognizer = None
                self._recognizer = (card.sha256, Recognizer.open(card))
            return self._recognizer[1]

    def layout(self, model_id: str) -> LayoutFinder:
        card = registry.card(model_id, "find-lines")
        with self._lock:
            if self._layout is None or self._layout[0] != card.sha256:
                self._layout = None
                self._layout = (card.sha256, LayoutFinder.open(card))
            return self._layout[1]

    def forget(self) -> None:
        with self._lock:
            self._binarizer = self._recognizer = self._layout = None


_open = _OpenModels()


def open_recognizer(model_id: str) -> Recognizer:
    """Return the line model of that id, opened once and kept."""
    return _open.recognizer(model_id)


def open_binarizer(model_id: str) -> Binarizer:
    """Return the cleaning model of that id, opened once and kept."""
    return _open.binarizer(model_id)


def open_layout(model_id: str) -> LayoutFinder:
    """Return the model of that id that finds lines, opened once and kept."""
    return _open.layout(model_id)


def bodies_of_lines(model_id: str | None = None) -> Bodies | None:
    """Return what says where bodies of lines are; None where ridges alone decide.

    Parameters
    ----------
    model_id : str, optional
        A model that finds lines, or `CLASSICAL`; without it the installed one.
    """
    chosen = choose_layout() if model_id is None else model_id
    return None if chosen == CLASSICAL else open_layout(chosen).bodies


def forget_models() -> None:
    """Close all models, so that changed folders are opened anew."""
    _open.forget()
