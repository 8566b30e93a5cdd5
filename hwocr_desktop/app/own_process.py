"""Long work in a process of its own, for what would hold up the window even so.

A thread shares Python's lock and the processor with the window, and its memory as well:
should a training run out of it, the window would go too, and with it what is on its way
to the disk. A process yields to everything else and can be ended at any moment.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

from hwocr_desktop.core import paths
from hwocr_desktop.core.errors import HwocrError, OutOfMemory
from hwocr_desktop.core.processes import be_modest
from hwocr_desktop.core.progress import Cancelled, CancelToken, Progress, Report

log = logging.getLogger(__name__)

POLL_S = 0.05
"""How often a request to stop is looked for."""

GRACE_S = 0.8
"""Work that has not stopped so long after it was asked to is ended."""

Result = TypeVar("Result")


def in_own_process(
    function: Callable[..., Result],
    *args: object,
    cancel: CancelToken,
    report: Report,
    grace: Callable[[], float] = lambda: GRACE_S,
) -> Result:
    """Run ``function(*args, cancel=..., report=...)`` in another process.

    Parameters
    ----------
    function : callable
        Found by its module and name; it, its arguments, its reports and its result
        travel as pickles.
    *args : object
    cancel : CancelToken
        Within a second of its being raised the process has ended, by itself or not,
        unless ``grace`` says otherwise.
    report : Report
    grace : callable
        Gives the seconds that the process has to end by itself, once it was asked to.

    Raises
    ------
    Cancelled
        If cancelled.
    OutOfMemory
        If the system ended the process, as it does when memory runs short.
    HwocrError
        If it ended in another unexpected way.
    Exception
        What the function raises.
    """
    context = multiprocessing.get_context("spawn")
    ours, up = context.Pipe(duplex=False)
    down, orders = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(function, args, up, down))
    process.daemon = True
    with ours, orders:
        process.start()
        # Only the child holds these now, so that its end is felt here.
        up.close()
        down.close()
        try:
            result: Result = _follow(ours, orders, cancel, report, grace)
        except EOFError:
            process.join()
            raise _ended(process.exitcode) from None
        finally:
            process.kill()  # it has nothing more to do, or not to do
            process.join()
    return result


def _follow(
    messages: Connection[Any, Any],
    orders: Connection[Any, Any],
    cancel: CancelToken,
    report: Report,
    grace: Callable[[], float],
) -> Any:
    """Pass reports on until the work ends; return its result or raise its error."""
    asked = 0.0
    while True:
        if cancel.is_cancelled and not asked:
            asked = time.monotonic()
            orders.send("cancel")
        if asked and time.monotonic() - asked > grace():
            raise Cancelled
        if not messages.poll(POLL_S):
            continue
        try:
            kind, value = messages.recv()
        except EOFError:
            if asked:
                raise Cancelled from None
            raise
        if kind == "progress":
            report(value)
        elif kind == "result":
            return value
        else:
            raise value


def _ended(code: int | None) -> HwocrError:
    """Return the error for a process that ended without a word."""
    log.error("the process ended with code %s", code)
    if code is not None and -code == getattr(signal, "SIGKILL", 9):
        return OutOfMemory(
            "The system ended the work, most likely because memory ran short.",
            "Close other programs and try again; nothing has changed.",
        )
    return HwocrError(
        "The work ended unexpectedly; nothing has changed.",
        f"Try again; if it happens again, look into {_log_file()}.",
    )


def _log_file() -> Path:
    return paths.user_logs() / "own-process.log"


def _work(
    function: Callable[..., Any],
    args: tuple[object, ...],
    up: Connection[Any, Any],
    down: Connection[Any, Any],
) -> None:
    """Do the work, in the other process."""
    be_modest()
    _log_apart()
    token = CancelToken()
    threading.Thread(target=_obey, args=(down, token), daemon=True).start()
    # Reports may come from several threads.
    lock = threading.Lock()

    def send(kind: str, value: object) -> None:
        with lock:
            up.send((kind, value))

    def report(progress: Progress) -> None:
        send("progress", progress)

    try:
        result = function(*args, cancel=token, report=report)
        send("result", result)
    except Exception as error:
        if not isinstance(error, (Cancelled, HwocrError)):
            log.exception("the work failed")
        send("error", _sendable(error))


def _obey(orders: Connection[Any, Any], token: CancelToken) -> None:
    """Cancel when told to, and end when the program that asked is gone."""
    try:
        while True:
            orders.recv()
            token.cancel()
    except (EOFError, OSError):
        if not token.is_cancelled:
            os._exit(1)


def _sendable(error: Exception) -> Exception:
    """Return an error that can be sent: itself, or one that tells what it was."""
    try:
        again = pickle.loads(pickle.dumps(error))
    except Exception:  # noqa: BLE001 - whatever its pickling raises
        return RuntimeError(repr(error))
    return error if type(again) is type(error) else RuntimeError(repr(error))


def _log_apart() -> None:
    """Send what is written to the error output to a file of its own."""
    try:
        paths.user_logs().mkdir(parents=True, exist_ok=True)
        file = _log_file().open("w", encoding="utf-8")
        os.dup2(file.fileno(), 2)
    except OSError:
        return
    sys.stderr = file
    logging.basicConfig(stream=file, level=logging.INFO)
