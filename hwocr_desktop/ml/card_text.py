"""A model's card as a text for people, README.md in its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hwocr_desktop.ml.model_cards import ModelCard


def card_text(done: ModelCard) -> str:
    """Return a model's card as Markdown for people."""
    rows = [
        f"# {done.title}",
        "",
        done.summary,
        "",
        f"- Task: {done.task}",
        f"- Version: {done.version}"
        + (f", grown from {done.parent}" if done.parent else ""),
        f"- Licence: {done.licence}",
        f"- Learned from: {done.trained_on}",
    ]
    rows += [f"- Source of {name}: {value}" for name, value in done.sources.items()]
    if done.command:
        rows.append(f"- Made by: `{done.command}`")
    settings = done.teaching.get("settings")
    if isinstance(settings, dict):
        told = ", ".join(f"{name} {value}" for name, value in settings.items())
        rows.append(f"- Taught with: {told}")
        rows.append(f"- Fingerprint of the data: {done.teaching.get('data', '')}")
    if done.bad_at:
        rows.append(f"- Bad at: {done.bad_at}")
    if done.charset:
        rows += ["", "Alphabet:", "", "```", done.charset, "```"]
    if done.metrics:
        rows += ["", "## Measured", "", "| set | figure | value |", "|---|---|---|"]
        for name, figures in done.metrics.items():
            values = figures if isinstance(figures, dict) else {"": figures}
            rows += [f"| {name} | {k} | {v} |" for k, v in values.items()]
    return "\n".join(rows) + "\n"
