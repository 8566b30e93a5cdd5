"""About the program, and what the networks run on; "processor" is the normal case."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Slot, qVersion
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop import __version__
from hwocr_desktop.core import paths
from hwocr_desktop.ml.runtime import DeviceReport
from hwocr_desktop.ui.icons import mark_close, program_icon
from hwocr_desktop.ui.messages import counted

_ButtonRole = QDialogButtonBox.ButtonRole


class DeviceDialog(QDialog):
    """Version, promise, licence, device and folders; all of it can be copied.

    Parameters
    ----------
    report : DeviceReport or None
        None while the networks' library is still being loaded.
    parent : QWidget, optional
    """

    def __init__(
        self, report: DeviceReport | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About and device"))
        self.setMinimumWidth(560)
        self._values: dict[str, QLabel] = {}
        mark = QLabel(self)
        mark.setPixmap(program_icon().pixmap(QSize(64, 64)))
        name = QLabel(QGuiApplication.applicationDisplayName(), self)
        font = name.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        name.setFont(font)
        promise = QLabel(
            self.tr(
                "Cleans, reads and learns from scans of handwriting. Everything stays "
                "on this computer: the program never uses the network."
            ),
            self,
        )
        promise.setWordWrap(True)
        words = QVBoxLayout()
        words.addWidget(name)
        words.addWidget(promise)
        head = QHBoxLayout()
        head.setSpacing(18)
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(words, 1)
        self._form = QFormLayout()
        self._form.setHorizontalSpacing(18)
        self._form.setVerticalSpacing(7)
        self._form.setFieldGrowthPolicy(
            QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow
        )
        self._form.setLabelAlignment(
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        )
        self._fill()
        self.show_report(report)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        mark_close(self.buttons)
        copy = self.buttons.addButton(self.tr("&Copy report"), _ButtonRole.ActionRole)
        copy.setToolTip(self.tr("Copy all this, to send it to whoever helps you"))
        copy.clicked.connect(self._copy)
        logs = self.buttons.addButton(
            self.tr("Open &log folder"), _ButtonRole.ActionRole
        )
        logs.clicked.connect(open_log_folder)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 14)
        column.setSpacing(18)
        column.addLayout(head)
        column.addLayout(self._form)
        column.addStretch(1)
        column.addWidget(self.buttons)

    def _fill(self) -> None:
        system = f"{platform.system()} {platform.release()}, {platform.machine()}"
        screen = QGuiApplication.primaryScreen()
        scale = f"{screen.devicePixelRatio() * 100:.0f} %" if screen else ""
        rows = (
            ("version", self.tr("Version"), __version__),
            ("device", self.tr("Networks run on"), ""),
            ("library", self.tr("Networks' library"), ""),
            ("system", self.tr("System"), system),
            ("python", self.tr("Python and Qt"), f"{_python()}, Qt {qVersion()}"),
            ("screen", self.tr("Scale of the screen"), scale),
            ("licence", self.tr("Licence"), "Apache 2.0"),
            ("models", self.tr("Your models"), str(paths.user_models())),
            ("settings", self.tr("Your settings"), str(paths.user_config())),
            ("logs", self.tr("Log files"), str(paths.user_logs())),
        )
        for key, title, value in rows:
            label = QLabel(value, self)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setAccessibleName(title)
            self._values[key] = label
            self._form.addRow(f"{title}:", label)

    def show_report(self, report: DeviceReport | None) -> None:
        """Say what the networks run on, once it is known."""
        if report is None:
            wait = self.tr("not loaded yet")
            self._values["device"].setText(wait)
            self._values["library"].setText(wait)
            return
        name = report.device if report.is_gpu else self.tr("Processor")
        cores = counted(report.cores, self.tr("one core"), self.tr("{0} cores"))
        self._values["device"].setText(f"{name}, {cores}")
        self._values["library"].setText(report.library)

    def text(self) -> str:
        """Return everything as lines of text."""
        rows = [QGuiApplication.applicationDisplayName()]
        for row in range(self._form.rowCount()):
            title = self._form.itemAt(row, QFormLayout.ItemRole.LabelRole).widget()
            value = self._form.itemAt(row, QFormLayout.ItemRole.FieldRole).widget()
            if isinstance(title, QLabel) and isinstance(value, QLabel):
                rows.append(f"{title.text()} {value.text()}")
        return "\n".join(rows)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())


def open_log_folder() -> None:
    """Show the folder of the log files in the system's file program."""
    folder: Path = paths.user_logs()
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))


def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))
