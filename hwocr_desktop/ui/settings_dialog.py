"""The user's choices for the program as a whole."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QLocale, Qt, Slot
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from hwocr_desktop.app.model_choice import usual_cleaning
from hwocr_desktop.core.paths import bundled_resources
from hwocr_desktop.core.pixels.thresholding import METHODS
from hwocr_desktop.core.settings import DECODERS, LEARN_EVERY, Settings
from hwocr_desktop.ml.registry import find_models
from hwocr_desktop.ui.folder_field import FolderField
from hwocr_desktop.ui.messages import decoder_name, layout_names, method_name

_Button = QDialogButtonBox.StandardButton


def languages() -> list[str]:
    """Return the languages that there are words for, English first."""
    folder = bundled_resources() / "translations"
    found = sorted(p.stem.removeprefix("hwocr_") for p in folder.glob("hwocr_*.qm"))
    return ["en", *(name for name in found if name != "en")]


class SettingsDialog(QDialog):
    """Edits a copy of the settings; `settings` is what the fields say.

    Parameters
    ----------
    settings : Settings
    parent : QWidget, optional
    """

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Settings"))
        self.setMinimumWidth(520)
        self._before = settings
        self.buttons = QDialogButtonBox(
            _Button.Ok | _Button.Cancel | _Button.RestoreDefaults, self
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        defaults = self.buttons.button(_Button.RestoreDefaults)
        defaults.clicked.connect(self._restore)
        self._make_fields()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 12)
        column.setSpacing(12)
        boxes = (
            self._look_box(),
            self._work_box(),
            self._teach_box(),
            self._program_box(),
        )
        # One column of labels through all boxes.
        labels = [label for box in boxes for label in box.findChildren(QLabel)]
        named = [label for label in labels if label.buddy() is not None]
        width = max(label.sizeHint().width() for label in named)
        for label in named:
            label.setMinimumWidth(width)
        for box in boxes:
            column.addWidget(box)
        column.addWidget(self.buttons)
        self.show_settings(settings)

    def _make_fields(self) -> None:
        good, _ = find_models()
        self.theme = _combo(
            self,
            {
                "auto": self.tr("As the system"),
                "light": self.tr("Light"),
                "dark": self.tr("Dark"),
            },
        )
        names = {"": self.tr("As the system")}
        for code in languages():
            own = QLocale(code).nativeLanguageName() or code
            if code == "en":
                own = "English"  # Qt would say American
            names[code] = own[:1].upper() + own[1:]
        self.language = _combo(self, names)
        self.font_size = _number(self, 6, 72, self.tr(" points"))
        self.numbers = QCheckBox(
            self.tr("Show the &numbers of lines on the page"), self
        )
        self.line_model = _combo(
            self,
            {"": self.tr("The best there is")}
            | {c.id: c.title for c in good if c.task == "recognize-lines"},
        )
        self.layout_model = _combo(
            self, {"": self.tr("The usual model")} | layout_names(good)
        )
        self.decoder = _combo(self, {d: decoder_name(d) for d in DECODERS})
        self.cleaning = _combo(
            self,
            {m: method_name(m) for m in METHODS}
            | {c.id: c.title for c in good if c.task == "binarize"},
        )
        self.doubt = QSlider(Qt.Orientation.Horizontal, self)
        self.doubt.setRange(0, 100)
        self.doubt.setPageStep(10)
        self._doubt_text = QLabel(self)
        # The longest there is: the slider must not move while it is dragged.
        widths = [self._text_width(self._doubt_said(percent)) for percent in (0, 100)]
        self._doubt_text.setMinimumWidth(max(widths))
        self.doubt.valueChanged.connect(self._on_doubt)
        self.autosave = _number(self, 5, 3600, self.tr(" seconds"))
        self.learn_along = QCheckBox(
            self.tr("Learn from the lines I &check, while I work"), self
        )
        self.learn_along.setToolTip(
            self.tr(
                "After every {0} checked lines a copy of the model is taught in the "
                "background. It is offered only if it reads this hand clearly better."
            ).format(LEARN_EVERY)
        )
        self.general_lines = FolderField(self.tr("none"), self)
        self.general_lines.setToolTip(
            self.tr(
                "A folder with transcribed lines of other hands. Some are mixed in "
                "when a model is taught, so that it does not forget to read those."
            )
        )
        self.warm_up = QCheckBox(
            self.tr("Load the &networks at the start, so that reading begins at once"),
            self,
        )

    def _look_box(self) -> QGroupBox:
        box, form = _group(self, self.tr("Look"))
        form.addRow(self.tr("&Colors:"), self.theme)
        form.addRow(self.tr("&Language (at the next start):"), self.language)
        form.addRow(self.tr("&Size of transcribed text:"), self.font_size)
        form.addRow(self.numbers)
        return box

    def _work_box(self) -> QGroupBox:
        box, form = _group(self, self.tr("Cleaning and reading"))
        form.addRow(self.tr("Clean new pages &with:"), self.cleaning)
        form.addRow(self.tr("F&ind lines in new projects with:"), self.layout_model)
        form.addRow(self.tr("&Read new projects with:"), self.line_model)
        form.addRow(self.tr("Wa&y of reading:"), self.decoder)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.doubt, 1)
        row.addWidget(self._doubt_text)
        label = QLabel(self.tr("Mark &doubtful words:"), self)
        label.setBuddy(self.doubt)
        form.addRow(label, row)
        return box

    def _program_box(self) -> QGroupBox:
        box, form = _group(self, self.tr("Saving and starting"))
        form.addRow(self.tr("Write the project &file after:"), self.autosave)
        note = QLabel(
            self.tr("Every change is kept in the project's journal at once."), self
        )
        note.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        form.addRow(note)
        form.addRow(self.warm_up)
        return box

    def _teach_box(self) -> QGroupBox:
        box, form = _group(self, self.tr("Teaching"))
        form.addRow(self.tr("Lines of &other hands:"), self.general_lines)
        form.addRow(self.learn_along)
        return box

    @Slot(int)
    def _on_doubt(self, percent: int) -> None:
        self._doubt_text.setText(self._doubt_said(percent))
        self.doubt.setAccessibleDescription(self._doubt_text.text())

    def _doubt_said(self, percent: int) -> str:
        if not percent:
            return self.tr("none")
        return self.tr("right with less than {0} %").format(percent)

    def _text_width(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text) + 2

    @property
    def settings(self) -> Settings:
        """The settings as the fields say; what has no field stays."""
        return replace(
            self._before,
            theme=self.theme.currentData(),
            language=self.language.currentData(),
            font_size=self.font_size.value(),
            show_line_numbers=self.numbers.isChecked(),
            cleaning=self.cleaning.currentData(),
            line_model=self.line_model.currentData(),
            layout_model=self.layout_model.currentData(),
            decoder=self.decoder.currentData(),
            doubt_threshold=self.doubt.value() / 100,
            autosave_s=self.autosave.value(),
            warm_up=self.warm_up.isChecked(),
            learn_along=self.learn_along.isChecked(),
            general_lines=self.general_lines.folder,
        )

    def show_settings(self, settings: Settings) -> None:
        """Set the fields."""
        for combo, value in (
            (self.theme, settings.theme),
            (self.language, settings.language),
            (self.cleaning, settings.cleaning),
            (self.line_model, settings.line_model),
            (self.layout_model, settings.layout_model),
            (self.decoder, settings.decoder),
        ):
            if combo.findData(value) < 0:
                # A model that is not here now may be here again tomorrow.
                combo.addItem(self._missing_name(combo, value), value)
            combo.setCurrentIndex(combo.findData(value))
        self.font_size.setValue(settings.font_size)
        self.numbers.setChecked(settings.show_line_numbers)
        self.doubt.setValue(round(settings.doubt_threshold * 100))
        self._on_doubt(self.doubt.value())
        self.autosave.setValue(settings.autosave_s)
        self.warm_up.setChecked(settings.warm_up)
        self.learn_along.setChecked(settings.learn_along)
        self.general_lines.set_folder(settings.general_lines)

    def _missing_name(self, combo: QComboBox, value: str) -> str:
        """Return what to call a model that is not here, and what stands in for it."""
        if combo is not self.cleaning:
            return self.tr("{0} (not installed)").format(value)
        instead = combo.itemText(combo.findData(usual_cleaning()))
        return self.tr("{0} (not installed: {1} is used)").format(value, instead)

    @Slot()
    def _restore(self) -> None:
        self.show_settings(Settings())


def _combo(parent: QWidget, choices: dict[str, str]) -> QComboBox:
    combo = QComboBox(parent)
    for value, name in choices.items():
        combo.addItem(name, value)
    return combo


def _number(parent: QWidget, low: int, high: int, unit: str) -> QSpinBox:
    field = QSpinBox(parent)
    field.setRange(low, high)
    field.setSuffix(unit)
    return field


def _group(parent: QWidget, title: str) -> tuple[QGroupBox, QFormLayout]:
    box = QGroupBox(title, parent)
    form = QFormLayout(box)
    form.setHorizontalSpacing(16)
    form.setVerticalSpacing(8)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    return box, form
