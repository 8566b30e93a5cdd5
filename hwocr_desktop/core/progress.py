"""How long work reports what it does and how it is told to stop.

A unit of long work is a function that takes two keyword arguments, ``cancel`` (a
`CancelToken`) and ``report`` (a `Report`). The command line, the window and the
tests call the same function.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Cancelled(Exception):
    """Raised inside long work once its token has been cancelled."""


class CancelToken:
    """A flag that one thread raises and long work in another looks at."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def cancel(self) -> None:
        """Ask the work to stop at its next check."""
        self._event.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether the work has been asked to stop."""
        return self._event.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the work has been asked to stop.

        Raises
        ------
        Cancelled
            If `cancel` has been called.
        """
        if self._event.is_set():
            raise Cancelled


@dataclass(frozen=True, slots=True)
class Progress:
    """One report of long work.

    Attributes
    ----------
    done, total : int
        Steps done and steps in all; ``total`` is 0 while it is unknown.
    text : str
        What is being done, for a person.
    partial : object
        A piece of the result that is ready already (a line read, say), or None.
    """

    done: int
    total: int
    text: str = ""
    partial: Any = None


Report = Callable[[Progress], None]


def ignore_progress(progress: Progress) -> None:
    """Discard a report; the default where nobody listens."""
