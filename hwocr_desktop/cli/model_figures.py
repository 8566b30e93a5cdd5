"""What was measured of a model, in plain words for the terminal."""

from __future__ import annotations

from typing import Any

_TRAINING = "while training"

_POINTS = {
    "f": "points",
    "f_measure": "points for finding the ink",
    "baseline_f": "points for finding lines",
}
_PARTS = {
    "baseline_precision": "of what was found are lines",
    "baseline_recall": "of the lines were found",
}
_COUNTS = {
    "images": "pages",
    "merges": "lines run together",
    "splits": "lines cut apart",
    **dict.fromkeys(("lines", "pages", "places", "steps", "minutes")),
}
_FOR_SPECIALISTS = frozenset(
    {
        *("pseudo_f_measure", "psnr", "drd", "how", "decoder", "step", "best_step"),
        *("cut_before_calibration", "order_tau", "baseline_near_precision"),
        *("baseline_near_recall", "baseline_near_f"),
        *("polygon_precision", "polygon_recall", "polygon_f"),
    }
)
"""Told as JSON only, or in brackets at the end."""


def measured(metrics: dict[str, Any]) -> list[str]:
    """Return what was measured, a line a set.

    Parameters
    ----------
    metrics : dict
        Of a model card.

    Returns
    -------
    list of str
        What was measured while the model was trained only if there is nothing else.
    """
    names = [name for name in metrics if _TRAINING not in name] or list(metrics)
    said = ((name, _figures(metrics[name])) for name in names)
    return [f"{name}: {figures}" for name, figures in said if figures]


def _figures(value: Any) -> str:
    """Return what was measured on one set."""
    if not isinstance(value, dict):
        return str(value)
    parts = []
    for key, figure in value.items():
        if key in _FOR_SPECIALISTS:
            continue
        if isinstance(figure, dict):
            parts.append(f"{_plain(key)} ({_figures(figure)})")
        else:
            parts.append(_figure(key, figure))
    how = f" ({value['how']})" if value.get("how") else ""
    return ", ".join(parts) + how


def _figure(key: str, value: Any) -> str:
    """Return one figure with what it says."""
    kind, _, part = _plain(key).partition(" ")
    if kind.lower() in ("cer", "wer"):
        what = "characters" if kind.lower() == "cer" else "words"
        return f"{_rounded(value)} wrong {what} in 100{_place(part)}"
    if kind == "F" and part in ("before", "after"):
        return f"{_rounded(value)} of 100 points {part}"
    if key in _POINTS:
        return f"{_rounded(_in_100(key, value))} of 100 {_POINTS[key]}"
    if key in _PARTS:
        return f"{_rounded(_in_100(key, value))} % {_PARTS[key]}"
    if key in _COUNTS:
        return f"{value} {_COUNTS[key] or key}"
    if " per " in _plain(key):
        return f"{value} {_plain(key)}"
    return f"{_plain(key)} {value}"


def _in_100(key: str, value: Any) -> Any:
    """Return a figure that cards give as a share or as a percentage, 0..100."""
    is_share = key.startswith("baseline") and isinstance(value, float) and value <= 1
    return 100 * value if is_share else value


def _place(part: str) -> str:
    if not part or part == "percent":
        return ""
    if part.split(",")[0] in ("before", "after"):
        return f" {part}"
    return " in all" if part == "all" else f" on {part}"


def _rounded(value: Any) -> str:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return f"{value:.1f}" if is_number else str(value)


def _plain(key: str) -> str:
    return key.replace("_", " ")
