"""Make the sample pages in ``resources/samples`` anew.

``python -m tools.make_samples`` writes seven files and their ground truth as PAGE XML,
always the same for the same fonts and the same version of Pillow. The fonts are those
of `FONTS`; they are fetched once with ``npm pack`` into ``build/fonts`` (the only step
that needs the internet) or taken from ``--fonts DIR``, where the packages (.tgz) or
the fonts themselves (.woff, .ttf, .otf, named as the package) may lie. What they may
be used for stands in ``resources/LICENSES.md``.
"""

from __future__ import annotations

import argparse
import dataclasses
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from hwocr_desktop.core.formats.page_xml import write_page
from hwocr_desktop.ml.training.handwriting import missing_characters
from tools.sample_recipes import RECIPES, Fonts, Sample

REPOSITORY = Path(__file__).resolve().parents[1]

# Packages of Fontsource, and the version that the committed samples were made with.
FONTS = {
    "cedarville-cursive": "5.3.0",
    "dawning-of-a-new-day": "5.3.0",
    "herr-von-muellerhoff": "5.3.0",
    "homemade-apple": "5.3.0",
    "la-belle-aurore": "5.3.0",
    "mr-de-haviland": "5.3.0",
    "mrs-saint-delafield": "5.3.0",
    "zeyada": "5.3.0",
}
SEED = 1862
_WRITTEN = rb"<\1>2026-11-20T00:00:00Z"


def find_fonts(folder: Path) -> Fonts:
    """Return the file of each font, fetched and unpacked where it is not there yet.

    Raises
    ------
    FileNotFoundError
        If a font is missing and npm is too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return {name: _find_font(folder, name) for name in FONTS}


def _find_font(folder: Path, name: str) -> Path:
    for suffix in (".ttf", ".otf", ".woff"):
        if (folder / f"{name}{suffix}").is_file():
            return folder / f"{name}{suffix}"
    package = folder / f"fontsource-{name}-{FONTS[name]}.tgz"
    if not package.is_file():
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError(
                f"The font {name} is not in {folder} and npm, which would fetch it, "
                "is not installed."
            )
        wanted = f"@fontsource/{name}@{FONTS[name]}"
        subprocess.run([npm, "pack", "--silent", wanted], cwd=folder, check=True)
    font = folder / f"{name}.woff"
    # WOFF rather than WOFF2: FreeType reads it without a further library.
    with tarfile.open(package) as archive:
        member = archive.extractfile(f"package/files/{name}-latin-400-normal.woff")
        if member is None:
            raise FileNotFoundError(f"{package} holds no {name} in WOFF.")
        font.write_bytes(member.read())
    return font


def save_sample(sample: Sample, folder: Path) -> None:
    """Write a sample and its ground truth, which lies in ``page/`` below the folder.

    The truth of a file with several pictures is numbered as `hwocr read` numbers its
    outputs: ``page/NAME-001.xml``.
    """
    path = folder / sample.name
    pictures = [Image.fromarray(frame) for frame in sample.frames]
    dpi = (sample.dpi, sample.dpi)
    if path.suffix == ".tif":
        bits = [picture.convert("1", dither=Image.Dither.NONE) for picture in pictures]
        bits[0].save(
            path, save_all=True, append_images=bits[1:], compression="group4", dpi=dpi
        )
    elif path.suffix == ".webp":
        pictures[0].save(path, quality=85, method=6)
    else:
        pictures[0].save(path, quality=85, optimize=True, dpi=dpi)
    (folder / "page").mkdir(exist_ok=True)
    for number, page in enumerate(sample.pages, start=1):
        suffix = f"-{number:03d}" if len(sample.pages) > 1 else ""
        numbered = dataclasses.replace(page, frame=number - 1)
        # The date of writing would make every file differ from the one before.
        xml = re.sub(
            rb"<(Created|LastChange)>[^<]+", _WRITTEN, write_page(numbered, path.name)
        )
        (folder / "page" / f"{path.stem}{suffix}.xml").write_bytes(xml)


def check_characters(sample: Sample, fonts: Fonts) -> None:
    """Refuse a sample that no font of ours can write whole.

    Raises
    ------
    ValueError
        If a character is missing from every font.
    """
    text = "".join(line.text for page in sample.pages for line in page.lines)
    missing = {name: missing_characters(path, text) for name, path in fonts.items()}
    if all(missing.values()):
        raise ValueError(f"{sample.name}: fonts lack characters: {missing}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the samples that were asked for; all if none was named."""
    parser = argparse.ArgumentParser(description="Make the sample pages anew.")
    parser.add_argument("names", nargs="*", help="recipes, such as letter or will")
    parser.add_argument("--fonts", type=Path, default=REPOSITORY / "build" / "fonts")
    parser.add_argument(
        "-o", "--output", type=Path, default=REPOSITORY / "resources" / "samples"
    )
    options = parser.parse_args(arguments)
    fonts = find_fonts(options.fonts)
    options.output.mkdir(parents=True, exist_ok=True)
    for number, recipe in enumerate(RECIPES):
        if options.names and recipe.__name__ not in options.names:
            continue
        # A generator for each, so that one page can change without the others.
        sample = recipe(fonts, np.random.default_rng([SEED, number]))
        check_characters(sample, fonts)
        save_sample(sample, options.output)
        size = (options.output / sample.name).stat().st_size
        lines = sum(len(page.lines) for page in sample.pages)
        print(f"{sample.name}: {lines} lines, {size / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
