"""Settings, device and export dialogs, and the look of the program."""

import pytest
from PySide6.QtGui import QGuiApplication, QIcon, QPalette
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QSpinBox,
    QStyle,
)

from hwocr_desktop.app.jobs import JobRunner
from hwocr_desktop.app.model_choice import choose_cleaning, usual_cleaning
from hwocr_desktop.core import paths
from hwocr_desktop.core.document import edits
from hwocr_desktop.core.formats.documents import read_document
from hwocr_desktop.core.settings import Settings, load_settings, save_settings
from hwocr_desktop.ml import registry
from hwocr_desktop.ml.runtime import DeviceReport
from hwocr_desktop.ui import icons, settings_dialog
from hwocr_desktop.ui.device_dialog import DeviceDialog
from hwocr_desktop.ui.export_dialog import ExportDialog
from hwocr_desktop.ui.icons import mark_close, name_of
from hwocr_desktop.ui.preferences import Preferences
from hwocr_desktop.ui.settings_dialog import SettingsDialog
from hwocr_desktop.ui.theme import Theme, is_dark, palette

pytestmark = pytest.mark.gui


@pytest.fixture
def runner(qapp):
    made = JobRunner("documents")
    yield made
    assert made.shutdown()


# ----- settings -----------------------------------------------------------------

CHOSEN = Settings(
    theme="dark",
    language="en",
    decoder="beam",
    cleaning="wolf",
    doubt_threshold=0.35,
    autosave_s=90,
    warm_up=False,
    show_line_numbers=False,
    font_size=17,
    general_lines="/other hands",
    recent_projects=("/somewhere",),
)


@pytest.mark.parametrize("settings", [Settings(), CHOSEN])
def test_the_fields_say_what_the_settings_say(qtbot, settings):
    dialog = SettingsDialog(settings)
    qtbot.addWidget(dialog)
    assert dialog.settings == settings


def test_defaults_come_back_and_what_has_no_field_stays(qtbot):
    dialog = SettingsDialog(CHOSEN)
    qtbot.addWidget(dialog)
    button = dialog.buttons.button(dialog.buttons.StandardButton.RestoreDefaults)
    button.click()
    assert dialog.settings.font_size == Settings().font_size
    assert dialog.settings.recent_projects == ("/somewhere",)


def test_a_folder_of_other_hands_is_chosen_and_taken_back(qtbot, monkeypatch, tmp_path):
    dialog = SettingsDialog(Settings())
    qtbot.addWidget(dialog)
    field = dialog.general_lines
    assert field.folder == ""
    assert not field.clear.isEnabled()
    answers = [str(tmp_path), ""]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
    field.choose.click()
    assert dialog.settings.general_lines == str(tmp_path)
    field.choose.click()  # given up: the folder stays
    assert dialog.settings.general_lines == str(tmp_path)
    field.clear.click()
    assert dialog.settings == Settings()


def test_a_model_that_is_gone_stays_chosen(qtbot):
    dialog = SettingsDialog(Settings(line_model="gone", cleaning="gone-too"))
    qtbot.addWidget(dialog)
    assert "not installed" in dialog.line_model.currentText()
    assert dialog.settings.line_model == "gone"
    assert dialog.settings.cleaning == "gone-too"


def test_what_is_used_instead_of_a_model_that_is_gone_is_said(
    qtbot, monkeypatch, tmp_path
):
    asked = Settings(cleaning="gone")
    usual = usual_cleaning()
    dialog = SettingsDialog(asked)
    qtbot.addWidget(dialog)
    title = dialog.cleaning.itemText(dialog.cleaning.findData(usual))
    expected = f"gone (not installed: {title} is used)"
    assert dialog.cleaning.currentText() == expected
    # Without any model it is what new pages are cleaned with then.
    monkeypatch.setattr(registry, "model_folders", lambda: (tmp_path,))
    assert choose_cleaning() == "sauvola"
    dialog = SettingsDialog(Settings())
    qtbot.addWidget(dialog)
    expected = "sae-fast (not installed: Sauvola (local) is used)"
    assert dialog.cleaning.currentText() == expected
    assert dialog.settings.cleaning == "sae-fast"


def test_languages_are_those_there_are_words_for(monkeypatch, tmp_path):
    monkeypatch.setattr(settings_dialog, "bundled_resources", lambda: tmp_path)
    assert settings_dialog.languages() == ["en"]
    (tmp_path / "translations").mkdir()
    for name in ("hwocr_fr.qm", "hwocr_de.qm", "README.md"):
        (tmp_path / "translations" / name).write_text("")
    assert settings_dialog.languages() == ["en", "de", "fr"]


def test_choices_are_announced_and_kept(qtbot, runner):
    preferences = Preferences(runner)
    with qtbot.waitSignal(preferences.changed) as caught:
        preferences.update(font_size=20)
    assert caught.args[0].font_size == 20
    qtbot.waitUntil(lambda: load_settings().font_size == 20)
    with qtbot.assertNotEmitted(preferences.changed):
        preferences.update(font_size=20)


def test_recent_projects_are_remembered_and_forgotten(qtbot, runner, tmp_path):
    preferences = Preferences(runner)
    preferences.add_recent(tmp_path / "a")
    preferences.add_recent(tmp_path / "b")
    preferences.drop_recent(str(tmp_path / "a"))
    assert preferences.settings.recent_projects == (str(tmp_path / "b"),)
    qtbot.waitUntil(lambda: not runner.is_busy)


def test_settings_that_cannot_be_kept_are_no_disaster(qtbot, runner, monkeypatch):
    save_settings(Settings())
    blocked = paths.user_config().with_name("blocked")
    blocked.write_text("a file, no folder")
    monkeypatch.setenv("HWOCR_HOME", str(blocked))
    preferences = Preferences(runner)
    preferences.update(font_size=20)
    qtbot.waitUntil(lambda: not runner.is_busy)
    assert preferences.settings.font_size == 20


# ----- device -------------------------------------------------------------------


def test_the_processor_is_the_normal_case(qtbot):
    dialog = DeviceDialog()
    qtbot.addWidget(dialog)
    assert "not loaded yet" in dialog.text()
    dialog.show_report(DeviceReport("processor", 2, "TensorFlow 2.21", False))
    assert "Networks run on: Processor, 2 cores" in dialog.text()
    assert "TensorFlow 2.21" in dialog.text()
    for word in ("warning", "error", "no gpu", "cpu only"):
        assert word not in dialog.text().lower()


def test_a_gpu_is_named_and_the_report_can_be_copied(qtbot):
    dialog = DeviceDialog(DeviceReport("NVIDIA H200", 16, "TensorFlow", True))
    qtbot.addWidget(dialog)
    dialog._copy()
    copied = QGuiApplication.clipboard().text()
    assert "NVIDIA H200, 16 cores" in copied
    assert str(paths.user_logs()) in copied


def test_one_core_is_not_many(qtbot):
    dialog = DeviceDialog(DeviceReport("processor", 1, "TensorFlow", False))
    qtbot.addWidget(dialog)
    assert "Processor, one core" in dialog.text()


def test_the_words_beside_the_slider_have_room_at_every_value(qtbot):
    dialog = SettingsDialog(Settings())
    qtbot.addWidget(dialog)
    dialog.show()
    words = dialog._doubt_text
    widths = set()
    for percent, said in ((0, "none"), (9, "with less than 9 %"), (100, "than 100 %")):
        dialog.doubt.setValue(percent)
        qtbot.wait(1)
        assert said in words.text()
        assert words.width() >= words.sizeHint().width()
        assert words.x() - dialog.doubt.geometry().right() >= 10
        widths.add(dialog.doubt.width())
    assert len(widths) == 1
    assert widths.pop() >= 100


# ----- export -------------------------------------------------------------------


@pytest.fixture
def session(make_session, tmp_path):
    made = make_session(pages=2)
    made.folder = tmp_path / "project"
    made.folder.mkdir()
    return made


@pytest.fixture
def export(session, runner, qtbot):
    dialog = ExportDialog(session, runner)
    qtbot.addWidget(dialog)
    dialog.show()

    def press(button):
        button.click()
        qtbot.waitUntil(lambda: not runner.is_busy)

    return dialog, press


def test_export_writes_and_shows_what_was_written(export, session):
    dialog, press = export
    press(dialog.start)
    assert "4 files were written" in dialog.summary.text()
    names = dialog.files.toPlainText().splitlines()
    assert names == ["scan1.xml", "scan1.txt", "scan2.xml", "scan2.txt"]
    assert all((session.folder / "export" / name).is_file() for name in names)
    assert dialog.show_folder.isVisible()


def test_this_page_alone_and_one_joined_text(export, session):
    dialog, press = export
    dialog.this_page.setChecked(True)
    dialog.page_xml.setChecked(False)
    dialog.text.setChecked(False)
    assert not dialog.start.isEnabled()
    dialog.joined.setChecked(True)
    press(dialog.start)
    assert dialog.files.toPlainText() == "Test.txt"
    text = (session.folder / "export" / "Test.txt").read_text()
    assert text == "first line\nsecond\nthird\n"


@pytest.mark.parametrize("has_text", [False, True])
def test_pages_without_lines_are_told_only_where_text_was_asked_for(
    export, session, has_text
):
    dialog, press = export
    project = edits.add_page(session.project, "c.png", 50, 50)
    session.commit("x", project)
    for box in (dialog.page_xml, dialog.alto, dialog.joined):
        box.setChecked(False)
    dialog.binary.setChecked(True)
    dialog.text.setChecked(has_text)
    press(dialog.start)
    assert ("gives no text" in dialog.summary.text()) == has_text


def test_xml_for_other_programs_goes_where_they_look_for_it(export, session):
    dialog, press = export
    for box in (dialog.page_xml, dialog.text):
        box.setChecked(False)
    assert not dialog.images.isEnabled()
    dialog.page_2013.setChecked(True)
    dialog.alto.setChecked(True)
    assert dialog.images.isEnabled()
    dialog.this_page.setChecked(True)
    press(dialog.start)
    names = dialog.files.toPlainText().splitlines()
    assert names == ["page/scan1.xml", "alto/scan1.xml"]
    for name in names:
        document = read_document(session.folder / "export" / name)
        assert [line.text for line in document.lines] == [
            line.text for line in session.page.lines
        ]


def test_files_in_the_way_are_replaced_only_on_request(export, session):
    dialog, press = export
    target = session.folder / "export" / "scan2.txt"
    target.parent.mkdir()
    target.write_text("mine")
    press(dialog.start)
    assert "there already" in dialog.summary.text()
    assert dialog.files.toPlainText() == "scan2.txt"
    assert target.read_text() == "mine"
    press(dialog.replace)
    assert target.read_text() != "mine"
    assert not dialog.replace.isVisible()


def test_a_folder_that_cannot_be_written_is_told_in_the_dialog(export, session):
    dialog, press = export
    (session.folder / "export").write_text("a file")
    press(dialog.start)
    assert "export" in dialog.summary.text()
    assert dialog.start.isVisible()
    assert dialog.start.isEnabled()


def test_pages_that_do_not_fit_their_file_are_told(export, session):
    dialog, press = export
    page = session.page
    session.commit("Turn", edits.rotate_page(session.project, page.id, 1))
    press(dialog.start)
    assert "scan1" in dialog.summary.text()
    assert "pictures" in dialog.summary.text()


# ----- look ---------------------------------------------------------------------


def contrast(colors, ground, ink, group=QPalette.ColorGroup.Active):
    """Return the contrast ratio of WCAG 2.1, 1..21."""
    return ratio(colors.color(group, ground), colors.color(group, ink))


def ratio(one, other):
    def luminance(color):
        parts = (color.redF(), color.greenF(), color.blueF())
        linear = [
            c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
        ]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True])
def test_text_can_be_read_on_its_ground(qapp, dark):
    colors, role = palette(dark), QPalette.ColorRole
    assert is_dark(colors) == dark
    for ground, ink in (
        (role.Window, role.WindowText),
        (role.Base, role.Text),
        (role.Button, role.ButtonText),
        (role.Highlight, role.HighlightedText),
        (role.ToolTipBase, role.ToolTipText),
        (role.Base, role.Link),
        (role.Base, role.PlaceholderText),
        (role.Window, role.PlaceholderText),
    ):
        assert contrast(colors, ground, ink) >= 4.5, (ground, ink)


@pytest.fixture
def theme(qapp):
    before, style = qapp.palette(), qapp.style().objectName()
    made = Theme(qapp, "light")
    yield made
    made.choose("light")
    qapp.styleHints().colorSchemeChanged.disconnect(made._on_system_changed)
    qapp.setStyle(style)
    qapp.setPalette(before)


def test_the_look_changes_at_once(theme, qapp):
    theme.choose("dark")
    assert is_dark()
    theme.choose("light")
    assert not is_dark()


def hardest_edge(widget):
    """Return the strongest contrast to the window along the middle of a widget."""
    image, ground = widget.grab().toImage(), palette(True).window().color()
    colors = (image.pixelColor(x, image.height() // 2) for x in range(4))
    return max(ratio(color, ground) for color in colors)


@pytest.mark.parametrize("kind", [QSpinBox, QDoubleSpinBox, QLineEdit, QCheckBox])
def test_in_the_dark_fields_have_a_frame_to_be_seen(theme, qtbot, kind):
    theme.choose("dark")
    field = kind()
    qtbot.addWidget(field)
    with qtbot.waitExposed(field):
        field.show()
    field.clearFocus()
    assert hardest_edge(field) > 2.5


def test_the_button_that_closes_has_the_programs_icon(qtbot):
    box = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    qtbot.addWidget(box)
    button = box.button(QDialogButtonBox.StandardButton.Close)
    kind = QStyle.StandardPixmap.SP_DialogCloseButton
    button.setIcon(box.style().standardIcon(kind))
    mark_close(box)
    assert name_of(button.icon()) == "close"
    # Where the system's buttons have none, this one has none either.
    button.setIcon(QIcon())
    mark_close(box)
    assert button.icon().isNull()


def test_icons_take_the_color_of_the_text(qapp, monkeypatch, tmp_path):
    monkeypatch.setattr(icons, "bundled_resources", lambda: tmp_path)
    icons._painted.cache_clear()
    (tmp_path / "icons").mkdir()
    (tmp_path / "icons" / "dot.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">'
        '<rect width="8" height="8" fill="currentColor"/></svg>'
    )
    for dark in (False, True):
        colors = palette(dark)
        made = icons.icon("dot", colors)
        pixel = made.pixmap(16, 16).toImage().pixelColor(8, 8)
        assert pixel == colors.color(QPalette.ColorRole.ButtonText)
        assert icons.name_of(QIcon(made)) == "dot"
    icons._painted.cache_clear()


def test_a_missing_icon_leaves_the_text(qapp, monkeypatch, tmp_path):
    monkeypatch.setattr(icons, "bundled_resources", lambda: tmp_path)
    icons._painted.cache_clear()
    (tmp_path / "icons").mkdir()
    assert icons.icon("gone").isNull()
    icons._painted.cache_clear()


def test_every_icon_of_the_program_can_be_drawn(qapp):
    icons._painted.cache_clear()
    for path in (paths.bundled_resources() / "icons").glob("*.svg"):
        assert not icons.icon(path.stem).isNull(), path.name
