"""Collect the program's words for translators, and make what the program loads.

    python tools/update_translations.py de              writes or updates hwocr_de.ts
    python tools/update_translations.py de --release    makes hwocr_de.qm from it

Without a language it works on all there are.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from hwocr_desktop.ui.sentences import CONTEXT, FILE_NAME
from tools.sentences import find_sentences

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDER = REPOSITORY / "resources" / "translations"


def main(arguments: list[str] | None = None) -> int:
    """Run Qt's tools on each language."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("languages", nargs="*", help="such as de or pt_BR")
    parser.add_argument("--release", action="store_true", help="make the .qm files")
    options = parser.parse_args(arguments)
    there = sorted(p.stem.removeprefix("hwocr_") for p in FOLDER.glob("hwocr_*.ts"))
    languages = options.languages or there
    if not languages:
        print("Name a language, such as de.", file=sys.stderr)
        return 2
    if not options.release:
        templates = find_sentences(other_sources())
        text = json.dumps(templates, ensure_ascii=False, indent=1) + "\n"
        (FOLDER / FILE_NAME).write_text(text, encoding="utf-8")
    for language in languages:
        words = FOLDER / f"hwocr_{language}.ts"
        if options.release:
            _call("lrelease", str(words), "-qm", str(words.with_suffix(".qm")))
        else:
            _collect(words, templates)
    return 0


def _collect(words: Path, templates: list[str]) -> None:
    """Write the words of the window and the sentences of the other layers."""
    with tempfile.TemporaryDirectory() as folder:
        # Qt's tool reads what is marked for translation in a module.
        marked = Path(folder) / "sentences.py"
        rows = [
            f"QT_TRANSLATE_NOOP({CONTEXT!r}, {json.dumps(text, ensure_ascii=False)})"
            for text in templates
        ]
        marked.write_text("\n".join(rows) + "\n", encoding="utf-8")
        options = ("-no-obsolete", "-locations", "none")
        _call("lupdate", *sources(), str(marked), *options, "-ts", str(words))


def sources() -> list[str]:
    """Return the modules that may hold words for people."""
    folders = (REPOSITORY / "hwocr_desktop" / name for name in ("app", "ui"))
    return [str(path) for folder in folders for path in sorted(folder.glob("*.py"))]


def other_sources() -> list[Path]:
    """Return the modules whose sentences are translated only when they are shown."""
    folders = (REPOSITORY / "hwocr_desktop" / name for name in ("core", "ml", "app"))
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def _call(tool: str, *arguments: str) -> None:
    # The tools lie beside the interpreter that has PySide6.
    ending = ".exe" if sys.platform == "win32" else ""
    program = Path(sys.executable).with_name(f"pyside6-{tool}{ending}")
    subprocess.run([str(program), *arguments], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
