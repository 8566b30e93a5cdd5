"""Log-probabilities in, characters out: in this process, or beside it.

Greedy and beam decoding are quick enough to be done where they are asked for. Decoding
with a language is plain Python for tens of milliseconds a line: in a thread it would
hold Python's lock, and so the window, and it would leave the other cores idle.
"""

from __future__ import annotations

import functools
import logging
import multiprocessing
import os
import signal
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Literal, NamedTuple

from hwocr_desktop.core.document.document import Character, WordAlternatives
from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.core.text import ctc
from hwocr_desktop.core.text.alternatives import weigh_words
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.ctc import LogProbs
from hwocr_desktop.core.text.language import Language
from hwocr_desktop.core.text.lexicon import Lexicon
from hwocr_desktop.core.text.look_alikes import settle_look_alikes
from hwocr_desktop.core.text.word_beam import WordBeam

log = logging.getLogger(__name__)

Characters = tuple[Character, ...]
OpenLanguage = Callable[[], Language | None]

MOST_PROCESSES = 4
POLL_S = 0.05
"""How often a request to stop is looked for while lines are decoded elsewhere."""


class Decoded(NamedTuple):
    """A line as it was decoded, and what its doubtful words might be as well."""

    characters: Characters
    alternatives: tuple[WordAlternatives, ...] = ()


Decode = Callable[[LogProbs], Decoded]


def no_language() -> Language | None:
    """Stand for the language of a model that has none."""
    return None


def quick_decoding(charset: Charset, decoder: Literal["greedy", "beam"]) -> Decode:
    """Return the function that decodes a line by what the network saw alone."""
    decode = ctc.greedy if decoder == "greedy" else ctc.beam
    return lambda probs: Decoded(decode(probs, charset))


def decoding_with_language(
    charset: Charset,
    open_language: OpenLanguage,
    lexicon: Lexicon | None,
    *,
    weighs: bool = True,
) -> Decode:
    """Return the function that decodes a line with a language.

    Parameters
    ----------
    charset : Charset
    open_language : callable
        Called once.
    lexicon : Lexicon or None
    weighs : bool
        Whether other readings of doubtful words are looked for; see `weigh_words`. The
        text is the same without.

    Raises
    ------
    BadModel
        If the language is damaged.
    """
    language = open_language()
    search = WordBeam(charset, language, lexicon)

    def decode(probs: LogProbs) -> Decoded:
        characters = settle_look_alikes(search.read(probs), probs, charset, lexicon)
        if not weighs:
            return Decoded(characters)
        return Decoded(
            *weigh_words(probs, charset, characters, language=language, lexicon=lexicon)
        )

    return decode


class DecodingProcesses:
    """Processes that decode lines with a language while this one goes on.

    They start when the first line is submitted, and end with this object or with the
    program, however that ends.

    Parameters
    ----------
    charset : Charset
    open_language : callable
        Found by its module and name, or a `functools.partial` of such; called once in
        each process.
    """

    def __init__(self, charset: Charset, open_language: OpenLanguage) -> None:
        self._charset, self._open_language = charset, open_language
        self._lexicon: Lexicon | None = None
        self._executor: ProcessPoolExecutor | None = None
        self._end: Callable[[], object] | None = None
        self._here: Decode | None = None
        self._lock = threading.Lock()

    def submit(self, probs: LogProbs, lexicon: Lexicon | None) -> Future[Decoded]:
        """Have a line decoded.

        Parameters
        ----------
        probs : (T, C) float32, <= 0
        lexicon : Lexicon, optional
            The processes start anew when it is another one.

        Returns
        -------
        Future
            Of the line as decoded; it raises BadModel if the language is damaged.
            `result_of` waits for it.
        """
        with self._lock:
            if self._executor is None or lexicon != self._lexicon:
                self._start(lexicon)
            try:
                return self._submitted(probs)
            except BrokenProcessPool:
                self._start(lexicon)
            return self._submitted(probs)

    def _submitted(self, probs: LogProbs) -> Future[Decoded]:
        assert self._executor is not None
        return self._executor.submit(_decode, probs)

    def result_of(
        self, line: Future[Decoded], probs: LogProbs, cancel: CancelToken | None
    ) -> Decoded:
        """Wait for a line.

        Raises
        ------
        Cancelled
            If cancelled meanwhile.
        BadModel
            If the language is damaged.
        """
        while True:
            if cancel is not None and cancel.is_cancelled:
                line.cancel()
                cancel.check()
            try:
                return line.result(POLL_S)
            except TimeoutError:
                continue
            except (BrokenProcessPool, OSError):
                # The system ended a process, or has no room for one.
                return self._decode_here(probs)

    def _start(self, lexicon: Lexicon | None) -> None:
        if self._end is not None:
            self._end()
        self._lexicon, self._here = lexicon, None
        self._executor = ProcessPoolExecutor(
            max(1, min(MOST_PROCESSES, (os.cpu_count() or 1) // 2)),
            multiprocessing.get_context("spawn"),
            _begin,
            (self._charset, self._open_language, lexicon),
        )
        self._end = weakref.finalize(
            self, self._executor.shutdown, wait=False, cancel_futures=True
        )

    def _decode_here(self, probs: LogProbs) -> Decoded:
        with self._lock:
            if self._here is None:
                log.warning("decoding in this process: the one beside it has ended")
                self._here = decoding_with_language(
                    self._charset, self._open_language, self._lexicon
                )
            here = self._here
        return here(probs)


_open: Callable[[], Decode] | None = None


def _begin(
    charset: Charset, open_language: OpenLanguage, lexicon: Lexicon | None
) -> None:
    """Make a new process ready, and have it end when the program has ended."""
    global _open
    # Ctrl+C reaches all processes of a terminal; the first one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    # A damaged language is told when the first line asks for it: an error here would
    # only break the pool.
    _open = functools.cache(
        functools.partial(decoding_with_language, charset, open_language, lexicon)
    )


def _decode(probs: LogProbs) -> Decoded:
    assert _open is not None
    return _open()(probs)


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(0)
