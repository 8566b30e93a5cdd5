"""How much better a model reads a hand it has never seen, after some corrected lines.

    python -m benchmarks.new_hand --base MODEL --train FOLDER --test FOLDER
        [--lines N ...] [--minutes M ...] [--checked-only] [--ways WAY ...]
        [--general FOLDER ...] [--others FOLDER ...] [--csv FILE]

MODEL is a model's folder or id and must not have seen the hand. For each N it is taught
the first N lines of --train, pages in order as a person would meet them, for M minutes,
and reads the lines of --test, of which nothing is chosen; --others are read too, to see
what was forgotten. Figures are letter by letter and, if MODEL has a language, with it,
as the program reads. The lines of --train after those stand for the rest of a project:
some of them are read without their text while it learns, as in the program, unless
--checked-only is said. --general are lines of others to mix in while learning, and must
share none with --others. Prints a JSON object a line.

While it learns it is measured on a quarter as many lines of --test as it learns from,
as the program does with a fifth of what is checked, which it keeps back. The seconds
are those from the start to the verdict on these; reading all of --test is not in them.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_mb
from benchmarks.tables import write_csv
from hwocr_desktop.app.general_lines import lines_of_others
from hwocr_desktop.app.learning import OWN_TIMES
from hwocr_desktop.app.unchecked_lines import some_of_pages
from hwocr_desktop.core.progress import CancelToken, ignore_progress
from hwocr_desktop.core.settings import Decoder
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.core.text.language import (
    LANGUAGE_NAME,
    load_language,
    save_language,
    with_text,
)
from hwocr_desktop.core.text.text_metrics import ErrorRate, cer
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.languages import open_language
from hwocr_desktop.ml.recognizer import Recognizer
from hwocr_desktop.ml.registry import ModelCard
from hwocr_desktop.ml.training.fine_tune import FINE_TUNING, fine_tune
from hwocr_desktop.ml.training.line_data import LineSample, learnable, load_lines
from hwocr_desktop.ml.training.line_run import FitSettings

KEPT_BACK = 4
"""Lines that are learned from for each that is kept back; see `HELD_OUT_SHARE`."""

LINES, MINUTES = [20, 50, 100, 200, 400], [2.0, 3.0, 5.0, 7.0, 10.0]

WAYS: dict[str, FitSettings] = {
    "usual": FINE_TUNING,
    "alone": replace(FINE_TUNING, replay=0.0),
    "doubly mixed": replace(FINE_TUNING, replay=2.0),
    "upper": replace(FINE_TUNING, frozen="conv2d,batch_normalization"),
    "lower": replace(FINE_TUNING, frozen="blstm"),
    "gentle": replace(FINE_TUNING, learning_rate=4e-4),
    "mild": replace(FINE_TUNING, augment=0.5),
    "between": replace(FINE_TUNING, of_base=0.3),
}
"""Ways to teach that are compared."""


def main() -> int:
    """Print a JSON object for each way and number of lines."""
    options = _options()
    card = registry.card(options.base, "recognize-lines")
    lines = load_lines([options.train])
    test = load_lines([options.test])
    general = lines_of_others(options.general) if options.general else []
    others = {folder.name: load_lines([folder]) for folder in options.others}
    base = Recognizer.open(card)
    start = {name: _rate(base, found) for name, found in others.items()}
    plain = _rate(base, test)
    with_language = _rate(base, test, "word-beam") if card.language else ErrorRate(0, 0)
    rows = []
    for way in options.ways:
        for count, minutes in zip(options.lines, options.minutes, strict=True):
            unread = [] if options.checked_only else _unread(lines[count:])
            row = {"way": way, "lines": count, "unread": len(unread)} | _taught(
                card,
                lines[:count],
                unread,
                test,
                minutes,
                WAYS[way],
                general,
                others,
                start,
                plain,
                with_language,
            )
            rows.append(row)
            print(json.dumps(row), flush=True)
    if options.csv is not None:
        write_csv(options.csv, rows)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--test", type=Path, required=True)
    parser.add_argument("--lines", type=int, nargs="+", default=LINES)
    parser.add_argument("--minutes", type=float, nargs="+", default=MINUTES)
    parser.add_argument("--checked-only", action="store_true")
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=["usual"])
    parser.add_argument("--general", type=Path, nargs="+", default=[])
    parser.add_argument("--others", type=Path, nargs="+", default=[])
    parser.add_argument("--csv", type=Path)
    options = parser.parse_args()
    if len(options.minutes) == 1:
        options.minutes *= len(options.lines)
    if len(options.minutes) != len(options.lines):
        parser.error("as many --minutes as --lines, or one for all")
    return options


def _unread(lines: Sequence[LineSample]) -> list[LineSample]:
    """Return some of the lines, of some of their pages, without their text."""
    bare = [replace(line, text="") for line in lines]
    pages = groupby(bare, key=lambda line: line.name.partition("#")[0])
    return some_of_pages([list(page) for _, page in pages])


def _taught(
    card: ModelCard,
    lines: Sequence[LineSample],
    unread: Sequence[LineSample],
    test: Sequence[LineSample],
    minutes: float,
    way: FitSettings,
    general: Sequence[LineSample],
    others: dict[str, list[LineSample]],
    start: dict[str, ErrorRate],
    plain: ErrorRate,
    with_language: ErrorRate,
) -> dict[str, Any]:
    """Teach a copy of the model and return the figures."""
    charset = Charset(card.charset)
    charset = charset.grow("".join(charset.missing(s.text) for s in lines))
    train, _ = learnable(lines, charset)
    language = open_language(card)
    languages = None
    if language is not None:
        text = "\n".join(sample.text for sample in train)
        languages = language, with_text(language, text, OWN_TIMES)
    began = time.monotonic()
    tuned = fine_tune(
        card,
        train,
        test[:: max(1, KEPT_BACK * len(test) // len(train))],
        minutes,
        general=general,
        unread=unread,
        languages=languages,
        cancel=CancelToken(),
        report=ignore_progress,
        settings=way,
    )
    row: dict[str, Any] = {
        "seconds": round(time.monotonic() - began, 1),
        # The most of all runs so far.
        "peak_mb": peak_mb(),
    }
    reader = Recognizer(tuned.network, tuned.charset, card.id)
    learned = _rate(reader, test)
    row |= {
        "cer_before": round(plain.percent, 2),
        "cer_after": round(learned.percent, 2),
        "removed": round(100 * (1 - learned.errors / plain.errors), 1),
    }
    if languages is not None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / LANGUAGE_NAME
            save_language(path, languages[1])
            known = partial(load_language, path)
            helped = Recognizer(tuned.network, tuned.charset, card.id, language=known)
            after = _rate(helped, test, "word-beam")
        row |= {
            "with_language_before": round(with_language.percent, 2),
            "with_language_after": round(after.percent, 2),
            "removed_with_language": round(
                100 * (1 - after.errors / with_language.errors), 1
            ),
        }
    for name, found in others.items():
        row[f"{name}_before"] = round(start[name].percent, 2)
        row[f"{name}_after"] = round(_rate(reader, found).percent, 2)
    return row


def _rate(
    reader: Recognizer, samples: Sequence[LineSample], decoder: Decoder = "greedy"
) -> ErrorRate:
    readings = reader.read(
        [s.gray for s in samples], decoder=decoder, cancel=CancelToken()
    )
    texts = [reading.text for reading in readings]
    return cer(zip(texts, (s.text for s in samples), strict=True))


if __name__ == "__main__":
    sys.exit(main())
