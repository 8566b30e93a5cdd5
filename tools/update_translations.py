"""Collect the program's words for translators, and make what the program loads.

    python tools/update_translations.py de              writes or updates hwocr_de.ts
    python tools/update_translations.py de --release    makes hwocr_de.qm from it

Without a language it works on all there are.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

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
    for language in languages:
        words = FOLDER / f"hwocr_{language}.ts"
        if options.release:
            _call("lrelease", str(words), "-qm", str(words.with_suffix(".qm")))
        else:
            _call("lupdate", *sources(), "-no-obsolete", "-ts", str(words))
    return 0


def sources() -> list[str]:
    """Return the modules that may hold words for people."""
    folders = (REPOSITORY / "hwocr_desktop" / name for name in ("app", "ui"))
    return [str(path) for folder in folders for path in sorted(folder.glob("*.py"))]


def _call(tool: str, *arguments: str) -> None:
    # The tools lie beside the interpreter that has PySide6.
    ending = ".exe" if sys.platform == "win32" else ""
    program = Path(sys.executable).with_name(f"pyside6-{tool}{ending}")
    subprocess.run([str(program), *arguments], check=True)


if __name__ == "__main__":
    raise SystemExit(main())
