"""What a taught model reads with its language, measured in one process."""

from __future__ import annotations

import numpy as np

from hwocr_desktop.core.progress import CancelToken
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.language import build_language
from hwocr_desktop.ml.training.fine_tune import _aided
from hwocr_desktop.ml.training.line_data import LineSample


class Seeing:
    """Stands in for a network that sees an “a” or a “b” nearly alike, then a “c”."""

    charset, height, name = Charset("abc"), 64, "seeing"

    def log_probs(self, inks):
        seen = np.full((len(inks), 4, 4), 1e-6)
        seen[:, 0, 1:3] = 0.499, 0.5
        seen[:, 1, 0] = seen[:, 3, 0] = 1.0
        seen[:, 2, 3] = 1.0
        seen /= seen.sum(axis=-1, keepdims=True)
        return list(np.log(seen).astype(np.float32))


def test_a_language_settles_what_looks_alike():
    gray = np.full((64, 40), 200, np.uint8)
    gray[20:40, 10:30] = 20
    lines = [LineSample(str(i), gray, "ac", "corrected") for i in range(3)]
    known = build_language("ac ac ac ac ac ac ac ac.\n" * 20)
    other = build_language("bc bc bc bc bc bc bc bc.\n" * 20)
    helped, misled = (
        _aided(Seeing(), language, lines, CancelToken()) for language in (known, other)
    )
    assert (helped.errors, helped.total) == (0, 6)
    assert (misled.errors, misled.total) == (3, 6)
