"""Pages with drawn writing, and a stand-in for a line model."""

from typing import ClassVar

import cv2
import numpy as np
from PIL import Image, ImageDraw

from hwocr_desktop.app import open_models, pipeline
from hwocr_desktop.core.document.document import (
    Character,
    Line,
    Page,
    Reading,
    Region,
)
from hwocr_desktop.core.formats.page_xml import write_page
from hwocr_desktop.core.pixels.contact_sheet import sheet_font
from hwocr_desktop.core.pixels.geometry import LineShape
from hwocr_desktop.core.progress import Progress
from hwocr_desktop.core.text.charset import Charset

LEFT, TOP, PITCH, WIDTH = 50, 90, 80, 820
WORDS = ["the", "ship", "came", "into", "harbor", "last", "night", "after", "rain"]


def draw_page(lines, seed=0):
    """Draw so many lines of writing, dark on light, one below the other."""
    rng = np.random.default_rng(seed)
    page = np.full((TOP + PITCH * lines + 20, WIDTH), 220, np.uint8)
    font = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX
    for number in range(lines):
        # Other words in each line: gaps above each other would look like columns.
        text = " ".join(WORDS[(3 * number + i) % len(WORDS)] for i in range(7))
        at = (LEFT, TOP + PITCH * number)
        cv2.putText(page, text[:34], at, font, 1.2, (40,), 2)
    noisy = page + rng.normal(0, 3, page.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def type_line(text, size=32):
    """Return a line in the typeface of contact sheets, twice as high as its letters."""
    font = sheet_font(size)
    picture = Image.new("L", (int(font.getlength(text)) + 24, 2 * size), 255)
    ImageDraw.Draw(picture).text((12, size // 3), text, 0, font)
    return np.asarray(picture)


def write_image(path, pixels):
    """Write pixels in the format that the name says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    packed = cv2.imencode(path.suffix, pixels)[1]
    path.write_bytes(packed.tobytes())
    return path


def line_at(number, text=None, kind=""):
    """Return line `number` of a drawn page, as truth."""
    y = TOP + PITCH * number
    right = WIDTH - 20
    box = ((20, y - 45), (right, y - 45), (right, y + 18), (20, y + 18))
    shape = LineShape(((20, y), (right, y)), box, 45, 18)
    return Line(f"l{number}", shape, None, text, kind=kind, region="r1")


def write_truth(path, lines, pixels, image_name):
    """Write PAGE XML with the given lines."""
    height, width = pixels.shape
    corners = ((0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1))
    page = Page(
        "p1",
        image_name,
        width,
        height,
        regions=(Region("r1", corners),),
        lines=tuple(lines),
    )
    path.write_bytes(write_page(page, image_name))


def lines_of(binary, *, bodies=None, cancel=None):
    """Stand in for the line finder: say where the lines of a drawn page are."""
    count = (binary.shape[0] - TOP - 20) // PITCH if binary.any() else 0
    return tuple(line_at(number).shape for number in range(count))


def blind_finder(name):
    """Install a model that finds lines and sees none anywhere."""
    from hwocr_desktop.core import paths
    from hwocr_desktop.ml.networks.layout import DEFAULT, build_layout
    from hwocr_desktop.ml.registry import ModelCard, save_model

    config = DEFAULT | {"filters": [4, 8]}
    network = build_layout(config)
    weights = [np.array(w) for w in network.get_weights()]
    weights[-1][:] = -20.0  # nothing is the body of a line
    network.set_weights(weights)
    card = ModelCard(name, "find-lines", "Blind", "", "CC0", config, "nothing")
    save_model(paths.user_models() / name, card, network.save_weights)


class PlannedReader:
    """Stands in for a recognizer: says what it was told to, line after line.

    What it was asked to read with is in ``ways``: decoder and list of each call.
    """

    height = 64
    # Whatever a test has for text, it could be read.
    charset = Charset("".join(map(chr, (*range(32, 127), *range(161, 0x250)))))
    calibrations: ClassVar[dict] = {}

    def __init__(self, *texts):
        self.texts = list(texts)
        self.lines_read = 0
        self.alternatives = ()
        self.confidence = 0.9
        self.ways = []

    @classmethod
    def install(cls, monkeypatch, *texts):
        """Read drawn pages with this reader from now on, whatever model is named."""
        reader = cls(*texts)
        monkeypatch.setattr(open_models._OpenModels, "recognizer", lambda *_: reader)
        monkeypatch.setattr(pipeline, "find_lines", lines_of)
        monkeypatch.setattr(pipeline, "find_upright", lambda ink, find: (0, find(ink)))
        return reader

    def read(
        self,
        crops,
        *,
        decoder="greedy",
        lexicon=None,
        cancel=None,
        report=lambda p: None,
    ):
        self.ways.append((decoder, lexicon))
        readings = []
        for index, crop in enumerate(crops):
            if cancel is not None:
                cancel.check()
            # Plain paper is what a reader is warmed up with.
            is_blank = int(crop.min()) > 200
            text = "" if is_blank else self.texts[self.lines_read % len(self.texts)]
            self.lines_read += not is_blank
            characters = tuple(Character(c, self.confidence, 0.0, 1.0) for c in text)
            readings.append(Reading(characters, "planned", self.alternatives))
            partial = (index, readings[-1])
            report(Progress(index + 1, len(crops), "reading", partial))
        return readings
