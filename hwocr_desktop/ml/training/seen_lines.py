"""What a network sees of lines, while something else is made of those before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from hwocr_desktop.core.pixels.crops import fit_height, stretch_ink
from hwocr_desktop.core.text.ctc import LogProbs
from hwocr_desktop.ml.recognizer import Recognizer, width_batches
from hwocr_desktop.ml.training.line_data import LineSample


def seen_ahead(
    recognizer: Recognizer, lines: Sequence[LineSample]
) -> Iterator[tuple[int, LogProbs]]:
    """Yield each line's place and what the network sees of it, near their order.

    It sees the next ones meanwhile.
    """

    def see(group: list[int]) -> list[tuple[int, LogProbs]]:
        some = [lines[i] for i in group]
        inks = [stretch_ink(fit_height(line.gray, recognizer.height)) for line in some]
        return list(zip(group, recognizer.log_probs(inks), strict=True))

    groups = width_batches([s.gray.shape[1] / s.gray.shape[0] for s in lines])
    with ThreadPoolExecutor(1) as pool:
        ahead: Future[list[tuple[int, LogProbs]]] | None = None
        for group in groups:
            before, ahead = ahead, pool.submit(see, group)
            if before is not None:
                yield from before.result()
        if ahead is not None:
            yield from ahead.result()
