"""The figures of reading as JSON and CSV, under the keys that scripts rely on.

Percentages are 0 to 100 (error rates may go beyond), calibration errors too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from hwocr_desktop.app.evaluation import Calibrated
from hwocr_desktop.app.text_report import Interval, TextCompared, TextReport
from hwocr_desktop.core.settings import Settings
from hwocr_desktop.core.text.confusions import error_kinds, most_frequent

PLACES = 4
"""Decimal places of figures."""

MOST_CONFUSIONS = 20
"""Confusions that are told, the most frequent ones."""

_COLUMNS = (
    "model",
    "decoder",
    "lexicon",
    "kind",
    "set",
    "name",
    "characters",
    "errors",
    "cer",
    "cer_low",
    "cer_high",
    "words",
    "word_errors",
    "wer",
    "wer_low",
    "wer_high",
    "calibration_error",
    "calibration_error_before",
    "truth",
    "read",
    "count",
)


def lines_entry(result: TextReport) -> dict[str, Any]:
    """Return the figures of reading lines."""
    speed = len(result.items) / max(result.seconds, 1e-9)
    counts = result.confusions()
    kinds = error_kinds(counts)
    return {
        **_way(result),
        "lines": len(result.items),
        **_rates(result),
        **_calibration_errors(result),
        **_marked(result),
        "lines_per_second": round(speed, PLACES),
        "substitutions": kinds.substitutions,
        "insertions": kinds.insertions,
        "deletions": kinds.deletions,
        "confusions": _confusions(result),
        "suggestions": {
            "given": result.suggested.given,
            "right": result.suggested.right,
            "on_wrong": result.suggested.on_wrong,
        },
        "alternatives": _alternatives(result),
        "sets": {
            name: {
                "lines": len(part.items),
                **_rates(part),
                **_calibration_errors(part),
            }
            for name, part in result.by_set().items()
        },
        "per_line": [_compared(item) for item in result.items],
    }


def _alternatives(result: TextReport) -> dict[str, int] | None:
    """Return how often other readings are right; None where none are looked for."""
    if result.decoder != "word-beam":
        return None
    return {"misread": result.beside.misread, "right": result.beside.right}


def _marked(result: TextReport) -> dict[str, Any]:
    """Return what the window would mark unless the settings say otherwise."""
    threshold = Settings().doubt_threshold
    marked = result.marked(threshold)
    if marked is None:
        return {}
    return {
        "marked": {
            "threshold": threshold,
            "wrong": round(marked.wrong, PLACES),
            "right": round(marked.right, PLACES),
            "wrong_words_expected": round(marked.expected, 1),
            "wrong_words": marked.there,
        }
    }


def pages_entry(result: TextReport) -> dict[str, Any]:
    """Return the figures of reading pages."""
    return {
        **_way(result),
        "pages": len(result.items),
        **_rates(result),
        "seconds_per_page": round(result.seconds / len(result.items), PLACES),
        "per_page": [
            {
                **_compared(item),
                "lines": item.lines,
                "seconds": round(item.seconds, PLACES),
            }
            for item in result.items
        ],
    }


def calibrated_entry(done: Calibrated) -> dict[str, Any]:
    """Return a calibration that was fitted, and what it does."""
    return {
        **done.parameters.to_plain(),
        "error_before": round(done.before, PLACES),
        "error_after": round(done.after, PLACES),
    }


def text_csv(results: Sequence[TextReport], what: str) -> str:
    """Return the figures as CSV, a row for each line or page and more.

    The column ``kind`` says what a row is: "line" or "page"; "set", "all" for the
    figures of a folder and of all; "confusion" for what was read as what, ``count``
    times.

    Parameters
    ----------
    results : sequence of TextReport
    what : str
        "line" or "page".
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, _COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for result in results:
        first = _way(result)
        for item in result.items:
            writer.writerow({**first, "kind": what, **_item_row(item)})
        for name, part in result.by_set().items():
            writer.writerow({**first, "kind": "set", "set": name, **_sums(part)})
        writer.writerow({**first, "kind": "all", **_sums(result)})
        for confusion in _confusions(result):
            writer.writerow({**first, "kind": "confusion", **confusion})
    return text.getvalue()


def _way(result: TextReport) -> dict[str, Any]:
    names = {"model": result.model, "decoder": result.decoder}
    return names | ({"lexicon": result.lexicon} if result.lexicon else {})


def _item_row(item: TextCompared) -> dict[str, Any]:
    return {
        "set": item.set,
        "name": item.name,
        "characters": item.characters.total,
        "errors": item.characters.errors,
        "cer": round(item.characters.percent, PLACES),
        "words": item.words.total,
        "word_errors": item.words.errors,
        "wer": round(item.words.percent, PLACES),
        "truth": item.truth,
        "read": item.read,
    }


def _sums(result: TextReport) -> dict[str, Any]:
    rates = _rates(result)
    bounds = {
        f"{name}_{side}": value
        for name in ("cer", "wer")
        for side, value in zip(
            ("low", "high"), rates.pop(f"{name}_interval"), strict=True
        )
    }
    errors = {"errors": result.cer.errors, "word_errors": result.wer.errors}
    return {**rates, **bounds, **errors, **_calibration_errors(result)}


def _rates(result: TextReport) -> dict[str, Any]:
    return {
        "characters": result.cer.total,
        "words": result.wer.total,
        "cer": round(result.cer.percent, PLACES),
        "wer": round(result.wer.percent, PLACES),
        "cer_interval": _rounded(result.cer_interval),
        "wer_interval": _rounded(result.wer_interval),
    }


def _rounded(interval: Interval) -> list[float]:
    return [round(bound, PLACES) for bound in interval]


def _calibration_errors(result: TextReport) -> dict[str, float | None]:
    errors = {
        "calibration_error": result.calibration_error,
        "calibration_error_before": result.calibration_error_before,
    }
    return {
        name: None if error is None else round(error, PLACES)
        for name, error in errors.items()
    }


def _confusions(result: TextReport) -> list[dict[str, Any]]:
    return [
        {"truth": one.truth, "read": one.read, "count": one.count}
        for one in most_frequent(result.confusions(), MOST_CONFUSIONS)
    ]


def _compared(item: TextCompared) -> dict[str, Any]:
    return {
        "name": item.name,
        "truth": item.truth,
        "read": item.read,
        "errors": item.characters.errors,
        "characters": item.characters.total,
    }
