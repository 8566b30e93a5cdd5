"""Garbage is collected in the window's thread, and in no other."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject, QThread

from hwocr_desktop.ui import garbage
from hwocr_desktop.ui.garbage import GarbageCollection


class _Circle(QObject):
    """Holds on to itself, as windows do."""

    def __init__(self) -> None:
        super().__init__()
        self.itself = self


@pytest.fixture
def collection(qapp, monkeypatch):
    monkeypatch.setattr(garbage, "INTERVAL_MS", 10)
    was_enabled = gc.isenabled()
    gc.enable()
    made = GarbageCollection()
    yield made
    made.stop()
    assert gc.isenabled()
    if not was_enabled:
        gc.disable()


def _litter() -> None:
    for _ in range(3 * gc.get_threshold()[0]):
        circle: list = []
        circle.append(circle)


def test_a_busy_worker_frees_nothing(collection):
    freed_in = []
    circle = _Circle()
    weakref.finalize(circle, lambda: freed_in.append(threading.get_ident()))
    del circle
    worker = threading.Thread(target=_litter)
    worker.start()
    worker.join()
    assert freed_in == []
    assert not gc.isenabled()


def test_the_window_frees_what_a_worker_left(collection, qtbot):
    freed_in = []
    circle = _Circle()
    weakref.finalize(circle, lambda: freed_in.append(QThread.currentThread()))
    del circle
    worker = threading.Thread(target=_litter)
    worker.start()
    worker.join()
    qtbot.waitUntil(lambda: bool(freed_in))
    assert freed_in == [QThread.currentThread()]


def test_old_generations_have_their_turn(collection):
    circle = _Circle()
    gone = weakref.ref(circle)
    gc.collect()  # so that it is old before it is let go
    del circle
    for _ in range(2 * (gc.get_threshold()[1] + 1) * (gc.get_threshold()[2] + 1)):
        _litter()
        collection.collect()
        if gone() is None:
            break
    assert gone() is None


def test_nothing_is_done_while_nothing_is_due(collection, monkeypatch):
    done = []
    with monkeypatch.context() as patch:
        patch.setattr(gc, "get_count", lambda: (1, 0, 0))
        patch.setattr(gc, "collect", done.append)
        collection.collect()
    assert done == []
