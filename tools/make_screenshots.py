"""Make the pictures of the window in ``docs/screenshots``, in light and dark.

Opens the real window with real pages, does what a person would do, and keeps what is
on the screen. Where there is no display it draws off screen. The pages are read by an
installed line model; without one their text comes from the PAGE XML beside them.

    python -m tools.make_screenshots
    python -m tools.make_screenshots --scans FOLDER --out FOLDER --scale 2
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from hwocr_desktop.core.formats.page_xml import read_page

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

REPOSITORY = Path(__file__).resolve().parents[1]
SIZE = (1440, 900)
_PAUSE_MS = 300
_PATIENCE_MS = 240_000


def main(arguments: list[str] | None = None) -> int:
    """Make all pictures and say which."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--scans", type=Path, default=REPOSITORY / "resources" / "samples"
    )
    parser.add_argument("--out", type=Path, default=REPOSITORY / "docs" / "screenshots")
    parser.add_argument(
        "--page", type=int, default=3, help="which page to show, from 1"
    )
    parser.add_argument(
        "--scale", type=float, default=1.0, help="pixels for each point"
    )
    options = parser.parse_args(arguments)
    if not os.environ.get("DISPLAY") and sys.platform.startswith("linux"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["QT_SCALE_FACTOR"] = str(options.scale)
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        prefix="hwocr-", ignore_cleanup_errors=True
    ) as home:
        # The person's own settings and projects are neither shown nor changed; models
        # that were added are still found through the program's own folder.
        os.environ["HWOCR_HOME"] = home
        for theme in ("light", "dark"):
            for path in _pictures(options, Path(home), theme):
                print(path)
    return 0


def _pictures(options: argparse.Namespace, home: Path, theme: str) -> Iterator[Path]:
    from PySide6.QtWidgets import QApplication

    from hwocr_desktop.app.session import Session
    from hwocr_desktop.ui.main_window import MainWindow
    from hwocr_desktop.ui.start import make_application
    from hwocr_desktop.ui.theme import Theme

    app = make_application()
    window = MainWindow(Session(), Theme(app))
    window.preferences.update(theme=theme)
    window.resize(*SIZE)
    window.show()
    _wait()

    def keep(name: str, widget: QWidget | None = None) -> Path:
        path: Path = options.out / f"{name}-{theme}.png"
        (widget or window).grab().save(str(path))
        _reduce(path)
        return path

    yield keep("welcome")
    window.project_commands.create(home / f"Letters and papers {theme}")
    window.project_commands.add_scans([options.scans])
    _settle(window)
    _read(window, options)
    pages = window.session.project.pages
    window.session.select_page(pages[min(options.page, len(pages)) - 1].id)
    _settle(window)
    _check_some(window, options)
    window.notices.clear()
    window.page_views.fit_width()
    _wait()
    yield keep("window")
    yield keep("comparison", _compare(window))
    if window.dialogs.comparison is not None:
        window.dialogs.comparison.close()
    _mend(window)
    yield keep("mending", window.centralWidget())
    window.session.undo()
    window.window_actions["brush"].trigger()
    _edit_lines(window)
    yield keep("lines", window.centralWidget())
    window.window_actions["edit-lines"].trigger()
    for name, action in (
        ("models", "about-model"),
        ("export", "export"),
        ("shortcuts", "shortcuts"),
        ("settings", "settings"),
    ):
        if not window.window_actions[action].isEnabled():
            continue
        window.window_actions[action].trigger()
        _wait()
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            yield keep(name, dialog)
            dialog.close()
    window.window_actions["train"].trigger()
    _wait()
    if window.dialogs.training is not None:
        # The trial that says how long it will take begins a little later.
        takes = window.dialogs.training.plan.takes
        _wait_until(lambda: "about" in takes.text())
        yield keep("training", window.dialogs.training)
        window.dialogs.training.close()
    window.closing.begin()
    _wait_until(lambda: not window.isVisible())
    window.deleteLater()


def _read(window, options: argparse.Namespace) -> None:  # type: ignore[no-untyped-def]
    """Give the pages lines and text."""
    if window.picker.model_id:
        page = window.session.project.pages[options.page - 1]
        window.page_commands.read_pages((page.id,))
    else:
        texts = sorted(options.scans.rglob("*.xml"))
        window.project_commands.import_documents(texts)
    _settle(window)


def _check_some(window, options: argparse.Namespace) -> None:  # type: ignore[no-untyped-def]
    """Correct and accept the first lines, as a person would, and go on to the next."""
    page = window.session.page
    lines = page.lines if page else ()
    stem = page.source.rsplit("/", 1)[-1].rsplit(".", 1)[0] if page else ""
    truth = next(iter(options.scans.rglob(f"{stem}.xml")), None)
    right = [line.text for line in read_page(truth).lines] if truth else []
    for number, line in enumerate(lines[:4]):
        window.text.select_line(line.id)
        if len(right) == len(lines):
            window.session.correct_line(line.id, right[number])
        window.text.accept_and_next()
    _wait()


def _compare(window) -> QWidget | None:  # type: ignore[no-untyped-def]
    """Look closely at the page and return the comparison of methods."""
    window.page_views.zoom_in()
    window.window_actions["compare-methods"].trigger()
    _settle(window)
    dialog: QWidget | None = window.dialogs.comparison
    if dialog is not None:
        # As it opens on a usual screen; the plugin's own is smaller.
        dialog.resize(1230, 905)
        _settle(window)
    return dialog


def _mend(window) -> None:  # type: ignore[no-untyped-def]
    """Paint over a spot, with the brush in the hand and its circle in sight."""
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtTest import QTest

    window.window_actions["brush"].trigger()
    for _ in range(2):
        window.page_views.zoom_in()
        window.page_views.brush.enlarge()
    port = window.page_views.ink_view.viewport()
    corner = QPoint(port.width() // 3, port.height() // 4)
    way = [corner + QPoint(2 * i, 6 * i) for i in range(30)]
    QTest.mousePress(port, Qt.MouseButton.RightButton, pos=way[0])
    for place in way:
        QTest.mouseMove(port, place)
    QTest.mouseRelease(port, Qt.MouseButton.RightButton, pos=way[-1])
    QTest.mouseMove(port, way[-1] + QPoint(20, 40))
    _settle(window)


def _edit_lines(window) -> None:  # type: ignore[no-untyped-def]
    """Choose a line on the page, with its points and its handle in sight."""
    window.window_actions["edit-lines"].trigger()
    window.page_views.fit_width()
    _wait()
    page = window.session.page
    if page is not None and page.lines:
        window.page_views.editing.tools.choose([page.lines[len(page.lines) // 3].id])
    _wait()


def _reduce(path: Path) -> None:
    """Write a picture with 256 colors: a third of the size, and nobody sees it."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    small.save(path, optimize=True)


def _settle(window) -> None:  # type: ignore[no-untyped-def]
    """Wait until nothing runs any more."""
    runners = (*window.session.runners, window.documents)
    _wait_until(lambda: not any(runner.is_busy for runner in runners))
    _wait()


def _wait_until(is_true: Callable[[], bool]) -> None:
    waited = 0
    while not is_true() and waited < _PATIENCE_MS:
        _wait(100)
        waited += 100


def _wait(milliseconds: int = _PAUSE_MS) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


if __name__ == "__main__":
    raise SystemExit(main())
