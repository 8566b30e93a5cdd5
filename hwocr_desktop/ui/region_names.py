"""What a person calls the kinds of regions."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from hwocr_desktop.core.document.document import IGNORED


def region_names() -> dict[str, str]:
    """Return the kinds that a person can choose, in order, and what they are called."""
    return {
        "paragraph": QCoreApplication.translate("RegionNames", "Main text"),
        "marginalia": QCoreApplication.translate("RegionNames", "In the margin"),
        "header": QCoreApplication.translate("RegionNames", "Header"),
        IGNORED: QCoreApplication.translate("RegionNames", "To ignore"),
    }
