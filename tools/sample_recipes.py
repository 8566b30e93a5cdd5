"""How each sample page looks: its hand, its paper, and what time did to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.document.document import Page
from hwocr_desktop.ml.training import paper
from hwocr_desktop.ml.training.handwriting import Hand
from tools import sample_texts
from tools.sample_texts import Block
from tools.synthetic_page import (
    PlannedLine,
    Sheet,
    plan_lines,
    truth,
    turn_layer,
    write_sheet,
)

Fonts = Mapping[str, Path]
Pixels = npt.NDArray[np.uint8]
Recipe = Callable[[Fonts, np.random.Generator], "Sample"]

SEPIA = (74.0, 48.0, 28.0)
BLACK_INK = (38.0, 34.0, 36.0)
BLUE_BLACK = (42.0, 46.0, 72.0)


@dataclass(frozen=True, slots=True)
class Sample:
    """A finished file: one picture or more, each with its ground truth.

    Attributes
    ----------
    name : str
        File name with suffix; the suffix says how it is saved.
    frames : tuple of (H, W) or (H, W, 3) uint8
        Pictures in order; more than one only in a TIFF.
    pages : tuple of Page
        Ground truth of each picture.
    dpi : int
        Resolution that the file states.
    """

    name: str
    frames: tuple[Pixels, ...]
    pages: tuple[Page, ...]
    dpi: int = 200


@dataclass(frozen=True, slots=True)
class Writing:
    """Ink of a page on its turned sheet, and what is written there."""

    ink: npt.NDArray[np.float32]
    planned: tuple[PlannedLine, ...]
    page: Page


def write(
    blocks: Sequence[Block],
    sheet: Sheet,
    hand: Hand,
    name: str,
    rng: np.random.Generator,
    dpi: int = 200,
) -> Writing:
    """Write a text on a sheet and turn the sheet."""
    planned = plan_lines(blocks, sheet, hand, rng)
    lowest = max(line.y for line in planned)
    if lowest > sheet.height - sheet.margins[3]:
        raise ValueError(
            f"{name}: the text is {lowest:.0f} px long, longer than the page"
        )
    ink, placed = write_sheet(planned, sheet, hand, rng)
    page = truth(placed, blocks, sheet, hand, name, dpi)
    return Writing(turn_layer(ink, sheet), tuple(planned), page)


def faded(
    ink: npt.NDArray[np.float32], least: float, cell: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return ink bleached in clouds, down to ``least`` of its strength."""
    clouds = 0.5 + 0.5 * paper.value_noise(ink.shape[:2], cell, rng)
    return np.asarray(
        ink * (least + (1 - least) * np.clip(clouds, 0, 1)), dtype=np.float32
    )


def through(
    ink: npt.NDArray[np.float32], strength: float, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return what shows of the writing on the other side of the sheet."""
    mirrored = cv2.GaussianBlur(np.ascontiguousarray(ink[:, ::-1]), (0, 0), 1.3)
    return strength * faded(np.asarray(mirrored, np.float32), 0.35, 160, rng)


def letter(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Write a family letter: clear hand, cream paper, folded twice, a few spots."""
    name = "letter_1862.jpg"
    sheet = Sheet(1165, 1654, (95, 60, 70, 50), turn=0.6, wave=4, drift=0.006)
    hand = Hand(fonts["la-belle-aurore"], 52, 69, weight=0.35, unrest=1.1)
    page = write(sample_texts.LETTER_TO_A_SISTER, sheet, hand, name, rng)
    shade = paper.grain(sheet.shape, rng) * paper.worn_edges(sheet.shape, 0.12, rng)
    shade *= paper.foxing(sheet.shape, 45, rng)
    shade *= turn_layer(paper.folds(sheet.shape, (0.34, 0.67), (), rng), sheet, 1.0)
    light = paper.tint((240, 228, 200), shade)
    light = paper.put_ink(light, 0.93 * page.ink, SEPIA)
    return Sample(name, (paper.scanned(light, 2.0, rng),), (page.page,))


def will(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Write a will in a clerk's hand: dense, stained, the other side shines through."""
    name = "will_1817.jpg"
    sheet = Sheet(1240, 1760, (120, 40, 70, 40), turn=-0.9, wave=3, drift=-0.003)
    hand = Hand(fonts["mrs-saint-delafield"], 58, 60, weight=0.3, unrest=0.9, gap=1.25)
    page = write(sample_texts.WILL, sheet, hand, name, rng)
    back_hand = Hand(fonts["herr-von-muellerhoff"], 60, 74, weight=0.5)
    back = write(sample_texts.OTHER_SIDE_OF_THE_WILL, sheet, back_hand, name, rng)
    shade = paper.grain(sheet.shape, rng) * paper.worn_edges(sheet.shape, 0.22, rng)
    shade *= paper.foxing(sheet.shape, 90, rng)
    shade *= paper.water_stain(sheet.shape, (1130, 1500), 420, 0.24, rng)
    shade *= paper.water_stain(sheet.shape, (200, 80), 260, 0.16, rng)
    shade *= turn_layer(paper.folds(sheet.shape, (0.5,), (0.5,), rng), sheet, 1.0)
    light = paper.tint((226, 206, 166), shade)
    light = paper.put_ink(light, through(back.ink, 0.5, rng), (120, 84, 50))
    light = paper.put_ink(light, faded(page.ink, 0.72, 200, rng), SEPIA)
    return Sample(name, (paper.scanned(light, 2.0, rng),), (page.page,))


def register(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Write a parish register on printed rules, one entry a line."""
    name = "register_1851.jpg"
    sheet = Sheet(1400, 1560, (100, 70, 60, 60), turn=0.4, wave=1.2, drift=0.0)
    hand = Hand(fonts["cedarville-cursive"], 45, 72, weight=0.1, unrest=0.9)
    page = write(sample_texts.REGISTER, sheet, hand, name, rng)
    rows = [line.y + 6 for line in page.planned[1:]]
    rows = [rows[0] - hand.pitch, *rows]
    ruled = paper.rules(sheet.shape, rows, (84, 262))
    shade = paper.grain(sheet.shape, rng) * paper.worn_edges(sheet.shape, 0.16, rng)
    # The gutter of a bound book, where the page bends away from the light.
    shade *= 1 - 0.4 * np.exp(-np.arange(sheet.width, dtype=np.float32) / 42)[None, :]
    light = paper.tint((232, 224, 204), shade)
    light = paper.put_ink(light, 0.55 * turn_layer(ruled, sheet), (150, 92, 86))
    light = paper.put_ink(light, 0.92 * page.ink, BLACK_INK)
    return Sample(name, (paper.scanned(light, 2.0, rng),), (page.page,))


def diary(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Write a diary in the field: hurried, climbing lines, bleached ink, ring stain."""
    name = "diary_1890.webp"
    sheet = Sheet(1100, 1640, (75, 50, 60, 40), turn=1.8, wave=7, drift=0.012)
    hand = Hand(fonts["zeyada"], 57, 68, weight=0.2, unrest=1.5)
    page = write(sample_texts.DIARY, sheet, hand, name, rng)
    ruled = paper.rules(sheet.shape, list(np.arange(140, 1600, hand.pitch)))
    shade = paper.grain(sheet.shape, rng) * paper.worn_edges(sheet.shape, 0.1, rng)
    shade *= paper.water_stain(sheet.shape, (800, 420), 150, 0.2, rng)
    shade *= paper.foxing(sheet.shape, 25, rng)
    light = paper.tint((238, 232, 214), shade)
    light = paper.put_ink(light, 0.35 * turn_layer(ruled, sheet), (140, 160, 196))
    light = paper.put_ink(light, 0.75 * faded(page.ink, 0.42, 260, rng), BLUE_BLACK)
    return Sample(name, (paper.scanned(light, 2.0, rng),), (page.page,))


def petition(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Write a petition, kept as a negative on microfilm: grey, scratched, hard."""
    name = "petition_1871_negative.jpg"
    sheet = Sheet(1240, 1660, (80, 40, 50, 40), turn=-0.5, wave=4, drift=0.004)
    hand = Hand(fonts["homemade-apple"], 35, 66, weight=0.0, unrest=1.0, gap=1.5)
    page = write(sample_texts.PETITION, sheet, hand, name, rng)
    shade = paper.grain(sheet.shape, rng) * paper.worn_edges(sheet.shape, 0.3, rng)
    shade *= paper.foxing(sheet.shape, 30, rng)
    shade *= 0.94 + 0.08 * paper.value_noise(sheet.shape, 700, rng)
    light = paper.put_ink(
        paper.tint((206, 206, 206), shade), 0.85 * page.ink, BLACK_INK
    )
    light = paper.put_ink(light, paper.scratches(sheet.shape, 9, rng), (20, 20, 20))
    gray = cv2.cvtColor(paper.scanned(light, 3.5, rng), cv2.COLOR_RGB2GRAY)
    film = np.asarray(255 - gray, dtype=np.uint8)
    return Sample(name, (film,), (page.page,))


def emigrant(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Write a letter home and scan it crooked on a black scanner bed."""
    name = "emigrant_1849.jpg"
    sheet = Sheet(1340, 1500, (150, 130, 130, 110), turn=-2.0, wave=5, drift=0.004)
    hand = Hand(fonts["dawning-of-a-new-day"], 53, 68, weight=0.3, unrest=1.2)
    page = write(sample_texts.EMIGRANT, sheet, hand, name, rng)
    shade = paper.grain(sheet.shape, rng) * paper.foxing(sheet.shape, 30, rng)
    shade *= paper.folds(sheet.shape, (0.36, 0.66), (0.5,), rng)
    light = paper.tint((214, 214, 206), shade)
    light = paper.put_ink(light, 0.9 * page.ink, (58, 44, 40))
    bed = np.zeros(sheet.shape, dtype=np.float32)
    ragged = 2.0 * paper.value_noise(sheet.shape, 30, rng)
    x = np.arange(sheet.width, dtype=np.float32)[None, :] + ragged
    y = np.arange(sheet.height, dtype=np.float32)[:, None] + ragged
    bed[(x > 62) & (x < 1282) & (y > 50) & (y < 1445)] = 1.0
    covered = cv2.GaussianBlur(turn_layer(bed, sheet), (0, 0), 0.8)
    light = paper.put_ink(light, 1 - np.asarray(covered, np.float32), (16, 16, 18))
    return Sample(name, (paper.scanned(light, 2.2, rng),), (page.page,))


def minutes(fonts: Fonts, rng: np.random.Generator) -> Sample:
    """Write two pages of minutes, copied in black and white into one TIFF."""
    name = "minutes_1838.tif"
    sheet = Sheet(1200, 1560, (100, 60, 80, 60), turn=0.3, wave=3, drift=0.002)
    hand = Hand(fonts["mr-de-haviland"], 68, 72, weight=0.5, unrest=1.0, gap=1.2)
    frames, pages = [], []
    for text in (sample_texts.MINUTES_FIRST, sample_texts.MINUTES_SECOND):
        page = write(text, sheet, hand, name, rng)
        shade = paper.grain(sheet.shape, rng) * paper.worn_edges(sheet.shape, 0.2, rng)
        light = paper.put_ink(paper.tint((225, 225, 225), shade), page.ink, BLACK_INK)
        gray = cv2.cvtColor(paper.scanned(light, 14.0, rng), cv2.COLOR_RGB2GRAY)
        frames.append(np.where(gray > 138, 255, 0).astype(np.uint8))
        pages.append(page.page)
    return Sample(name, tuple(frames), tuple(pages))


RECIPES: tuple[Recipe, ...] = (
    letter,
    will,
    register,
    diary,
    petition,
    emigrant,
    minutes,
)
