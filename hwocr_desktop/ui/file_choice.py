"""Dialogs that choose files and folders, without holding up the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from hwocr_desktop.core.pixels.imaging import SUFFIXES

translate = QCoreApplication.translate

OnFiles = Callable[[list[Path]], object]
OnFile = Callable[[Path], object]
OnFolder = OnFile


def choose_scans(parent: QWidget, start: Path | None, on_chosen: OnFiles) -> None:
    """Ask for pictures and PDF files."""
    dialog = _dialog(parent, translate("file_choice", "Add scans"), start)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    endings = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
    # Cameras and old systems write endings in capitals.
    capitals = endings.upper()
    dialog.setNameFilters(
        [
            translate("file_choice", "Scans") + f" ({endings} {capitals})",
            translate("file_choice", "All files") + " (*)",
        ]
    )
    _open(dialog, on_chosen)


def choose_documents(parent: QWidget, start: Path | None, on_chosen: OnFiles) -> None:
    """Ask for PAGE XML and ALTO, or for a text of the page shown."""
    dialog = _dialog(parent, translate("file_choice", "Import lines and text"), start)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    both = translate("file_choice", "Lines and text")
    kinds = translate("file_choice", "PAGE XML and ALTO")
    texts = translate("file_choice", "Text of the page shown")
    dialog.setNameFilters(
        [
            f"{both} (*.xml *.txt *.docx *.XML *.TXT *.DOCX)",
            f"{kinds} (*.xml *.XML)",
            f"{texts} (*.txt *.docx *.TXT *.DOCX)",
        ]
    )
    _open(dialog, on_chosen)


def choose_word_list(parent: QWidget, start: Path | None, on_chosen: OnFile) -> None:
    """Ask for one file of plain text."""
    choose_file(
        parent,
        translate("file_choice", "Choose a word list"),
        start,
        translate("file_choice", "Plain text") + " (*.txt *.TXT)",
        on_chosen,
    )


def choose_file(
    parent: QWidget, title: str, start: Path | None, kind: str, on_chosen: OnFile
) -> None:
    """Ask for one file that exists.

    Parameters
    ----------
    parent : QWidget
    title : str
    start : Path or None
        Folder to begin in.
    kind : str
        What it should be, with its endings: ``"Plain text (*.txt)"``.
    on_chosen : callable
    """
    dialog = _dialog(parent, title, start)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.setNameFilters([kind, translate("file_choice", "All files") + " (*)"])

    def chosen(paths: list[Path]) -> None:
        on_chosen(paths[0])

    _open(dialog, chosen)


def choose_new_file(
    parent: QWidget, title: str, proposal: Path, kind: str, on_chosen: OnFile
) -> None:
    """Ask for a file that is to be written; one that is there is asked about.

    Parameters
    ----------
    parent : QWidget
    title : str
    proposal : Path
        Folder to begin in, name, and the ending that is put behind other names.
    kind : str
        What it will be, without endings.
    on_chosen : callable
    """
    dialog = _dialog(parent, title, proposal.parent)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setNameFilters([f"{kind} (*{proposal.suffix})"])
    dialog.setDefaultSuffix(proposal.suffix.removeprefix("."))
    dialog.selectFile(proposal.name)

    def chosen(paths: list[Path]) -> None:
        on_chosen(paths[0])

    _open(dialog, chosen)


def choose_folder(
    parent: QWidget, title: str, start: Path | None, on_chosen: OnFolder
) -> None:
    """Ask for a folder that exists."""
    dialog = _dialog(parent, title, start)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)

    def chosen(paths: list[Path]) -> None:
        on_chosen(paths[0])

    _open(dialog, chosen)


def choose_new_folder(
    parent: QWidget, title: str, proposal: Path, on_chosen: OnFolder
) -> None:
    """Ask for a folder that is to be made; its name is typed or taken as proposed."""
    dialog = _dialog(parent, title, proposal.parent)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setLabelText(
        QFileDialog.DialogLabel.FileName, translate("file_choice", "Folder name:")
    )
    dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
    dialog.selectFile(proposal.name)

    def chosen(paths: list[Path]) -> None:
        on_chosen(paths[0])

    _open(dialog, chosen)


def _dialog(parent: QWidget, title: str, start: Path | None) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if start is not None and start.is_dir():
        dialog.setDirectory(str(start))
    return dialog


def _open(dialog: QFileDialog, on_chosen: OnFiles) -> None:
    def accepted(names: list[str]) -> None:
        paths = [Path(name) for name in names if name]
        if paths:
            on_chosen(paths)

    dialog.filesSelected.connect(accepted)
    dialog.open()
