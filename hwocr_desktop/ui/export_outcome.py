"""What became of an export, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from hwocr_desktop.app import projects
from hwocr_desktop.app.exports import ExportResult
from hwocr_desktop.ui.messages import counted
from hwocr_desktop.ui.sentences import said

_MOST_NAMES = 3


def in_the_way_text(result: ExportResult) -> str:
    """Say that files are there already."""
    return counted(
        len(result.in_the_way),
        QCoreApplication.translate(
            "ExportDialog", "One file of that name is there already. Nothing was done."
        ),
        QCoreApplication.translate(
            "ExportDialog", "{0} of these files are there already. Nothing was done."
        ),
    )


def outcome_text(result: ExportResult, target: Path) -> str:
    """Say what was written to a folder, what was not, and why."""
    parts = [
        counted(
            len(result.written),
            QCoreApplication.translate("ExportDialog", "One file was written to {1}."),
            QCoreApplication.translate(
                "ExportDialog", "{0} files were written to {1}."
            ),
            target,
        )
    ]
    for name, error in result.failures:
        parts.append(f"{name}: {said(projects.failure_notice(error))}")
    if result.without_lines:
        parts.append(
            counted(
                result.without_lines,
                QCoreApplication.translate(
                    "ExportDialog", "One page has no lines yet and gives no text."
                ),
                QCoreApplication.translate(
                    "ExportDialog", "{0} pages have no lines yet and give no text."
                ),
            )
        )
    if result.turned:
        parts.append(
            QCoreApplication.translate(
                "ExportDialog",
                "The places in the XML of {0} are those of the page as it is shown "
                "here, which differs from the scan file. Export the pictures too, and "
                "they fit.",
            ).format(_some(result.turned))
        )
    return "\n".join(parts)


def shown_names(paths: Sequence[Path], target: Path) -> list[str]:
    """Return the files as seen from the folder they were written to."""
    return [
        path.relative_to(target).as_posix()
        if path.is_relative_to(target)
        else path.name
        for path in paths
    ]


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return f"{shown}, …" if len(names) > _MOST_NAMES else shown
