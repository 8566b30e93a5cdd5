"""Start and end of the program: log, crashes, words, networks, exit code."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QThread, QTimer
from PySide6.QtWidgets import QApplication

from hwocr_desktop import ui
from hwocr_desktop.app import projects, warmup
from hwocr_desktop.app.session import Session
from hwocr_desktop.core import paths
from hwocr_desktop.core.document.project_file import open_project
from hwocr_desktop.core.settings import Settings, load_settings, save_settings
from hwocr_desktop.ml.runtime import DeviceReport
from hwocr_desktop.ui import start, training_dialog
from hwocr_desktop.ui.crash_log import CrashLog
from hwocr_desktop.ui.main_window import MainWindow
from hwocr_desktop.ui.start import Start, StartRequest
from tests.pages_drawn import draw_page, write_image

pytestmark = pytest.mark.gui

NOTHING = StartRequest()
REPORT = DeviceReport("processor", 2, "TensorFlow 2", False)


@pytest.fixture(autouse=True)
def documents(monkeypatch, tmp_path):
    """Keep projects that name themselves away from the person's documents."""
    name = projects.default_folder
    monkeypatch.setattr(
        projects,
        "default_folder",
        lambda found, today=None: tmp_path / "documents" / name(found, today).name,
    )


@pytest.fixture
def no_networks(monkeypatch):
    """Let the networks be loaded by a stand-in, and list what it was asked for."""
    asked = []

    def warm_up(model_id, decoder, *, cancel, report):
        asked.append((model_id, QThread.currentThread().objectName()))
        return REPORT

    monkeypatch.setattr(start, "warm_up", warm_up)
    return asked


@pytest.fixture
def opened(qtbot, no_networks):
    """Return a function that opens a window as `run` does, and closes it at the end."""
    made = []

    def open_with(request=NOTHING, crashed=None):
        window = MainWindow(Session())
        made.append(window)
        window.starter = Start(window, request, crashed)
        with qtbot.waitSignal(window.painted, timeout=10_000):
            window.show()
        qtbot.waitUntil(
            lambda: not any(r.is_busy for r in window.session.runners), timeout=20_000
        )
        return window

    yield open_with
    for window in made:
        window.closed.disconnect(window.starter._on_closed)
        with qtbot.waitSignal(window.closed, timeout=15_000):
            window.closing.begin()
        window.deleteLater()


def texts(window):
    return [notice.text for notice in window.notices.notices]


# ----- after the first painting ---------------------------------------------------


def test_the_networks_are_loaded_after_the_painting_in_their_own_thread(
    opened, no_networks, qtbot
):
    window = opened()
    qtbot.waitUntil(lambda: bool(no_networks))
    assert no_networks == [(window.picker.model_id, "networks")]
    qtbot.waitUntil(lambda: not window.session.networks.is_busy)
    window.window_actions["about"].trigger()
    assert "Processor, 2 cores" in window.dialogs._device.text()


def test_the_networks_are_not_loaded_if_the_settings_say_so(opened, no_networks, qtbot):
    save_settings(Settings(warm_up=False))
    opened()
    qtbot.wait(250)
    assert no_networks == []


@pytest.mark.parametrize("with_networks", [True, False])
def test_what_trainings_need_is_imported_beside_the_window(
    opened, no_networks, monkeypatch, qtbot, with_networks
):
    save_settings(Settings(warm_up=with_networks))
    imported = []

    def note(*, cancel, report):
        imported.append((QThread.currentThread().objectName(), list(no_networks)))

    monkeypatch.setattr(start, "import_teaching", note)
    window = opened()
    qtbot.waitUntil(lambda: bool(imported))
    qtbot.waitUntil(lambda: not window.session.networks.is_busy)
    # Before the networks, which take longer.
    assert imported == [("networks", [])]
    assert len(no_networks) == with_networks


def test_the_dialog_itself_is_imported_by_the_thread_of_the_window(
    opened, monkeypatch, qtbot
):
    name, threads = training_dialog.__name__, []
    importing = warmup.import_teaching

    class Finder:
        def find_spec(self, wanted, *_):
            if wanted == name:
                threads.append((threading.current_thread(), list(done)))

    done = []

    def note(**rest):
        importing(**rest)
        done.append("teaching")

    monkeypatch.setattr(start, "import_teaching", note)
    monkeypatch.setattr(ui, "training_dialog", training_dialog)  # as it was, later
    monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    opened()
    qtbot.waitUntil(lambda: name in sys.modules)
    assert threads == [(threading.main_thread(), ["teaching"])]


def test_nothing_is_loaded_by_a_window_that_was_closed_before_it_was_painted(
    qtbot, no_networks, monkeypatch
):
    monkeypatch.setattr(start, "_TICK_MS", 1)
    window = MainWindow(Session())
    qtbot.addWidget(window)
    starter = Start(window, NOTHING, None)
    window.closed.disconnect(starter._on_closed)
    with qtbot.waitSignal(window.closed, timeout=15_000):
        window.closing.begin()
    window.painted.emit()
    assert not starter._timer.isActive()


NEW_OF_THE_DIALOG = """
import sys
from hwocr_desktop.app.warmup import import_teaching, warm_up
import hwocr_desktop.ui.main_window
before = set(sys.modules)
import_teaching(cancel=None, report=None)
there = set(sys.modules)
import hwocr_desktop.ui.training_dialog
new = [name for name in set(sys.modules) - there if name.startswith("hwocr_desktop.")]
print(len(there - before), *(n for n in new if not n.startswith("hwocr_desktop.ui.")))
"""


def test_the_training_dialog_imports_nothing_of_the_layers_below():
    command = [sys.executable, "-c", NEW_OF_THE_DIALOG]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    count, *late = done.stdout.split()
    assert late == []
    # Else they might as well be imported with the window.
    assert int(count) > 30


def test_the_networks_wait_for_the_first_page(opened, no_networks, qtbot, monkeypatch):
    monkeypatch.setattr(start, "_MOST_TICKS", 1000)
    gate = threading.Event()

    def slow(*, cancel, report):
        gate.wait(5)

    window = opened()
    window.session.batch.submit("Adding scans", slow)
    window.starter._timer.start()
    no_networks.clear()
    qtbot.wait(300)
    assert no_networks == []
    gate.set()
    qtbot.waitUntil(lambda: bool(no_networks))


def test_networks_that_cannot_be_loaded_are_told(opened, monkeypatch, qtbot):
    def broken(model_id, *, cancel, report):
        raise ImportError("libtensorflow is broken")

    monkeypatch.setattr(start, "warm_up", broken)
    window = opened()
    qtbot.waitUntil(lambda: bool(window.notices.notices))
    assert window.notices.notices[0].kind == "error"


def test_scans_named_at_the_start_become_a_project(opened, tmp_path):
    scan = write_image(tmp_path / "brief.png", draw_page(1))
    window = opened(StartRequest((scan,)))
    assert len(window.session.project.pages) == 1


def test_a_project_named_at_the_start_is_opened(opened, tmp_path):
    projects.create(tmp_path / "project", "Letters").close()
    window = opened(StartRequest((tmp_path / "project",)))
    assert window.session.project.title == "Letters"


def test_the_sample_is_a_project_made_once(opened, monkeypatch, tmp_path, qtbot):
    from hwocr_desktop.ui import project_commands

    resources = tmp_path / "resources"
    write_image(resources / "samples" / "letter.png", draw_page(1))
    monkeypatch.setattr(project_commands, "bundled_resources", lambda: resources)
    first = opened(StartRequest(sample=True))
    folder = first.session.folder
    assert len(first.session.project.pages) == 1
    # Nobody has done anything yet.
    assert not first.session.history.can_undo
    assert first.session.is_saved
    qtbot.waitUntil(lambda: not first.isWindowModified())
    assert not first.window_actions["undo"].isEnabled()
    first.session.create(tmp_path / "other")
    qtbot.waitUntil(lambda: not first.session.files.is_busy)
    second = opened(StartRequest(sample=True))
    assert second.session.folder == folder
    assert len(second.session.project.pages) == 1


def test_a_crash_of_the_last_run_is_told_with_a_way_to_the_logs(opened):
    window = opened(crashed=Path("told-crash-1.txt"))
    assert window.notices.notices[0].action == "open-logs"
    assert "ended unexpectedly" in texts(window)[0]


def test_an_unexpected_error_is_told_and_the_program_goes_on(opened):
    window = opened()
    window.starter.on_fault(ValueError("surprise"))
    assert "nothing you did was lost" in texts(window)[0]


# ----- log and crash file ---------------------------------------------------------


@pytest.fixture
def crash_log(qapp, tmp_path):
    made = CrashLog(tmp_path / "logs")
    yield made
    made.stop()


def test_the_log_is_kept_and_a_good_end_leaves_no_crash_file(crash_log, tmp_path):
    hooks = sys.excepthook, threading.excepthook
    assert crash_log.start() is None
    logging.getLogger("hwocr_desktop.test").info("remember this")
    crash_log.stop()
    text = (tmp_path / "logs" / "hwocr.log").read_text(encoding="utf-8")
    assert "remember this" in text
    assert "hwocr_desktop 0" in text
    assert list((tmp_path / "logs").glob("crash-*")) == []
    assert (sys.excepthook, threading.excepthook) == hooks


def test_the_file_gets_more_than_a_quiet_terminal(crash_log, tmp_path):
    ours, shown = logging.getLogger("hwocr_desktop"), []

    class Terminal(logging.Handler):
        def emit(self, record):
            shown.append(record.getMessage())

    terminal, before = Terminal(), ours.level
    ours.addHandler(terminal)
    ours.setLevel(logging.WARNING)
    crash_log.start()
    ours.info("a detail")
    ours.warning("a warning")
    crash_log.stop()
    assert ours.level == logging.WARNING
    ours.removeHandler(terminal)
    ours.setLevel(before)
    text = (tmp_path / "logs" / "hwocr.log").read_text(encoding="utf-8")
    assert "a detail" in text
    assert "a warning" in text
    assert shown == ["a warning"]


def test_a_crash_is_told_once(crash_log, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "crash-999999.txt").write_text("Fatal Python error: Segmentation fault")
    (logs / "crash-999998.txt").write_text("")
    told = crash_log.start()
    assert told is not None
    assert "Segmentation fault" in told.read_text()
    assert not (logs / "crash-999998.txt").exists()
    crash_log.stop()
    assert crash_log.start() is None


def test_a_running_program_s_crash_file_is_left_alone(crash_log, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    other = logs / f"crash-{os.getppid()}.txt"
    other.write_text("")
    crash_log.start()
    assert other.exists()


def test_without_a_writable_folder_the_program_starts_all_the_same(qapp, tmp_path):
    (tmp_path / "logs").write_text("a file")
    crash_log = CrashLog(tmp_path / "logs")
    assert crash_log.start() is None
    crash_log.stop()


def test_an_error_in_another_thread_is_told_in_the_window_s(crash_log, qtbot):
    crash_log.start()
    seen = []
    crash_log.faults.caught.connect(
        lambda error: seen.append((str(error), threading.current_thread()))
    )

    def fail():
        raise ValueError("from afar")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("from afar", threading.main_thread())]


def test_an_interrupt_is_no_error(crash_log):
    passed, hooks = [], crash_log._hooks
    crash_log._hooks = (lambda *args: passed.append(args[0]), hooks[1])
    crash_log._on_error(KeyboardInterrupt, KeyboardInterrupt(), None)
    crash_log._hooks = hooks
    assert passed == [KeyboardInterrupt]


CRASH = """
import faulthandler, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from hwocr_desktop.ui.crash_log import CrashLog
app = QCoreApplication([])
CrashLog(Path(sys.argv[1])).start()
faulthandler._sigsegv()
"""


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGSEGV"), reason="needs signals")
def test_a_real_crash_leaves_its_trace(crash_log, tmp_path):
    logs = tmp_path / "logs"
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(logs)], capture_output=True, check=False
    )
    assert done.returncode != 0
    told = crash_log.start()
    assert told is not None
    assert "most recent call first" in told.read_text()


# ----- words ----------------------------------------------------------------------


def test_without_words_for_a_language_it_is_english(qapp):
    translators = start.load_translations(qapp, "tlh")
    for translator in translators:
        qapp.removeTranslator(translator)
    assert QCoreApplication.translate("ActionTable", "&File") == "&File"


def test_words_are_loaded_from_the_program_s_folder(qapp, monkeypatch, tmp_path):
    from PySide6.QtCore import QLocale, QTranslator

    asked = []

    def load(self, locale, name, prefix, folder):
        asked.append((locale.name()[:2], name, Path(folder)))
        return False

    monkeypatch.setattr(start, "bundled_resources", lambda: tmp_path)
    monkeypatch.setattr(QTranslator, "load", load)
    before = QLocale()
    assert start.load_translations(qapp, "de") == []
    QLocale.setDefault(before)
    assert ("de", "hwocr", tmp_path / "translations") in asked


# ----- the whole ------------------------------------------------------------------


def test_the_self_test_opens_paints_and_closes(qapp):
    start.try_window()


def test_run_returns_when_the_window_is_closed(
    qapp, no_networks, monkeypatch, tmp_path
):
    def close():
        for window in QApplication.topLevelWidgets():
            # Windows of other tests may still wait to be deleted.
            if isinstance(window, MainWindow) and window.isVisible():
                window.close()

    left = []
    monkeypatch.setattr(os, "_exit", left.append)
    closer = QTimer(interval=400)
    closer.timeout.connect(close)
    closer.start()
    began = time.monotonic()
    before, style = qapp.palette(), qapp.style().objectName()
    assert start.run([]) == 0
    closer.stop()
    qapp.setStyle(style)
    qapp.setPalette(before)
    assert time.monotonic() - began < 20
    assert left == []
    assert load_settings().window_state
    assert (paths.user_logs() / "hwocr.log").is_file()


RUN = """
import sys
from pathlib import Path
from hwocr_desktop.app import projects
from hwocr_desktop.core.settings import Settings, save_settings
from hwocr_desktop.ui import start
from hwocr_desktop.ui.main_window import MainWindow
save_settings(Settings(warm_up=False))
projects.default_folder = lambda paths, today=None: Path(sys.argv[2])
old = MainWindow.__init__
def init(self, *args):
    old(self, *args)
    self.session.ink_ready.connect(lambda ink: print("ready", flush=True))
MainWindow.__init__ = init
raise SystemExit(start.run([sys.argv[1]]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
def test_an_interrupt_closes_the_window_in_order(tmp_path):
    scan = write_image(tmp_path / "brief.png", draw_page(1))
    project = tmp_path / "project"
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(scan), str(project)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.communicate()
    with open_project(project) as file:
        assert not file.has_leftover_journal
        assert len(file.project.pages) == 1
