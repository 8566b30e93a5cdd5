"""Collecting Python's garbage in the window's thread, and in no other.

Python frees circles of objects in whatever thread happens to allocate next. A circle
that holds a widget or a timer must not be freed in a worker: Qt would end the program.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

from hwocr_desktop.ml.loading import collections_rest

INTERVAL_MS = 100
"""Short, because the time a collection takes grows with what has come since."""


class GarbageCollection(QObject):
    """Takes over from Python's own collection for as long as it lives.

    Parameters
    ----------
    parent : QObject, optional
        Lives in the window's thread.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._was_enabled = gc.isenabled()
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    @Slot()
    def collect(self) -> None:
        """Collect the oldest generation that is due, as Python itself would."""
        if collections_rest():
            return
        counts, thresholds = gc.get_count(), gc.get_threshold()
        for generation in (2, 1, 0):
            if counts[generation] > thresholds[generation]:
                gc.collect(generation)
                return

    def stop(self) -> None:
        """Hand the work back to Python."""
        self._timer.stop()
        if self._was_enabled:
            gc.enable()
