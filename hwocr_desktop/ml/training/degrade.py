"""Paper as it ages and as it is photographed, laid over windows whose ink is known.

Every kind of damage that the scans of an archive show, in the strengths in which they
show it, so that few pages teach about many. Ink that fades stays ink, and what is not
ink stays paper however dark it is.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Window = npt.NDArray[np.floating[Any]]
Rng = np.random.Generator

# How often each befalls a window; the rest of what varies is drawn continuously.
BLEED_THROUGH, UNEVEN_LIGHT, ON_BED = 0.3, 0.3, 0.12
FADED, FADED_IN_PLACES, STAINED, RULED = 0.25, 0.2, 0.15, 0.06
BLURRED, NOISY, COMPRESSED = 0.3, 0.3, 0.25


def degrade(
    gray: Window,
    ink: npt.NDArray[np.bool_],
    rng: Rng,
    behind: npt.NDArray[np.uint8] | None = None,
    writing: float = 0.0,
) -> tuple[npt.NDArray[np.uint8], float]:
    """Return a window as other paper, light and cameras might have shown it.

    Parameters
    ----------
    gray : (S, S) floating, 0 = black .. 255
    ink : (S, S) bool
        Its truth; cleared in place where it now lies beyond the sheet's edge.
    rng : numpy Generator
    behind : (S, S) uint8, optional
        What is written on the other side of the sheet, already mirrored.
    writing : float
        The `writing_contrast` of the page, 0..255.

    Returns
    -------
    (S, S) uint8
        The window.
    float
        What became of `writing`, 0..255: the page is thought to have been lit and
        faded as a whole as this part of it was.
    """
    if rng.random() < FADED_IN_PLACES:
        gray = _fade_in_places(gray, ink, rng)
    if behind is not None:
        gray = _bleed_through(gray, behind, rng)
    if rng.random() < RULED:
        gray = _rule(gray, rng)
    if rng.random() < STAINED:
        gray = _stain(gray, rng)
    gray, writing = _relight(gray, writing, rng)
    if rng.random() < ON_BED:
        gray = _lay_on_bed(gray, ink, rng)
    return _age(gray, rng), writing


def _field(
    shape: tuple[int, ...], cells: int, low: float, high: float, rng: Rng
) -> Any:
    """Return a smooth random surface of the given shape, about `low` to `high`."""
    nodes = rng.uniform(low, high, (cells, cells)).astype(np.float32)
    return cv2.resize(nodes, shape[::-1], interpolation=cv2.INTER_CUBIC)


def _fade_in_places(gray: Window, ink: npt.NDArray[np.bool_], rng: Rng) -> Window:
    """Let the ink pale here and there, as it does when the pen runs dry."""
    paper = cv2.GaussianBlur(np.where(ink, 0, gray).astype(np.float32), (0, 0), 9)
    share = cv2.GaussianBlur((~ink).astype(np.float32), (0, 0), 9)
    paper = np.where(share > 0.05, paper / np.maximum(share, 0.05), gray)
    left = np.clip(_field(gray.shape, 5, 0.15, 1.3, rng), 0.3, 1)
    # Only what is darker than its paper pales; beside the ink nothing changes.
    near = cv2.GaussianBlur(ink.astype(np.float32), (0, 0), 1.5)
    near = np.clip(3 * near, 0, 1)
    faded = paper + (gray - paper) * left
    return np.asarray(gray + near * (faded - gray), np.float32)


def _bleed_through(gray: Window, behind: npt.NDArray[np.uint8], rng: Rng) -> Window:
    """Let the writing of a page's other side shine through, soft and pale."""
    back = cv2.GaussianBlur(behind.astype(np.float32), (0, 0), rng.uniform(0.8, 2.5))
    darkness = np.clip(1 - back / max(float(np.percentile(back, 80)), 1), 0, 1)
    if rng.random() < 0.5:
        # Ink comes through in patches, where the paper is thin or damp.
        darkness = darkness * np.clip(_field(gray.shape, 4, -0.3, 1.5, rng), 0, 1)
    return np.asarray(gray * (1 - rng.uniform(0.15, 0.65) * darkness), np.float32)


def _rule(gray: Window, rng: Rng) -> Window:
    """Draw the pale lines of writing paper, which are not ink."""
    apart = rng.uniform(18, 70)
    rows = np.arange(gray.shape[0]) + rng.uniform(0, apart)
    off = np.abs((rows + apart / 2) % apart - apart / 2)
    width = rng.uniform(0.5, 1.3)
    line = np.exp(-((off / width) ** 2)) * rng.uniform(0.06, 0.22)
    across = rng.random() < 0.25
    shade = line[None, :] if across else line[:, None]
    return np.asarray(gray * (1 - shade), np.float32)


def _stain(gray: Window, rng: Rng) -> Window:
    """Darken a patch with a more or less sharp rim, as water and grease do."""
    cells = int(rng.integers(3, 7))
    surface = _field(gray.shape, cells, -1, 1, rng)
    edge = rng.uniform(0.02, 0.4)
    patch = np.clip((surface - rng.uniform(0.0, 0.4)) / edge, 0, 1)
    rim = 4 * patch * (1 - patch) * rng.uniform(0, 0.6)
    darker = rng.uniform(0.08, 0.45) * (0.7 * patch + rim)
    return np.asarray(gray * (1 - darker), np.float32)


def _relight(gray: Window, writing: float, rng: Rng) -> tuple[Window, float]:
    """Vary contrast, tone and light as writing and photographs do.

    The strongest strokes are carried along as two grays, of the paper and of the ink.
    """
    paper = float(np.percentile(gray, 85))
    tones = np.array([paper, paper - writing])
    if rng.random() < FADED:
        share = np.float32(rng.uniform(0.35, 1))
        gray, tones = (paper + (x - paper) * share for x in (gray, tones))
    gamma = np.float32(np.exp(rng.normal(0, 0.25)))
    gray, tones = (255 * (np.clip(x, 0, 255) / 255) ** gamma for x in (gray, tones))
    if rng.random() < UNEVEN_LIGHT:
        light = _field(gray.shape, 4, 0.65, 1.15, rng)
        gray, tones = gray * light, tones * float(light.mean())
    middle = float(gray.mean())
    contrast, light = rng.uniform(0.75, 1.2), rng.uniform(-25, 15)
    gray, tones = ((x - middle) * contrast + middle + light for x in (gray, tones))
    tones = np.clip(tones, 0, 255)
    return np.asarray(gray, np.float32), float(tones[0] - tones[1])


def _lay_on_bed(gray: Window, ink: npt.NDArray[np.bool_], rng: Rng) -> Window:
    """Show the edge of the sheet and the scanner's bed beyond it, which is not ink.

    Beds are black on microfilm and any gray under a camera; ink is cleared in place.
    """
    side = gray.shape[0]
    turn = np.radians(90 * rng.integers(4) + rng.normal(0, 3))
    y, x = np.mgrid[0:side, 0:side].astype(np.float32) - np.float32(side / 2)
    beyond = x * np.cos(turn) + y * np.sin(turn) - rng.uniform(-0.1, 0.5) * side
    tone = rng.uniform(0, 70) if rng.random() < 0.5 else rng.uniform(70, 200)
    bed = tone + rng.normal(0, rng.uniform(0, 5), gray.shape)
    bed = bed + tone * (_field(gray.shape, 3, -0.1, 0.1, rng))
    share = np.clip(beyond / rng.uniform(0.5, 3) + 0.5, 0, 1)
    if rng.random() < 0.4:
        # The sheet's shadow, or the edges of those that lie below it.
        shadow = np.exp(-np.abs(beyond) / rng.uniform(1, 5)) * rng.uniform(0.1, 0.7)
        gray, bed = gray * (1 - shadow), bed * (1 - shadow)
    ink[beyond > -0.5] = False
    return np.asarray(gray + share * (bed - gray), np.float32)


def _age(gray: Window, rng: Rng) -> npt.NDArray[np.uint8]:
    """Blur, add grain and compress as copies of copies are."""
    if rng.random() < BLURRED:
        gray = cv2.GaussianBlur(gray, (0, 0), rng.uniform(0.4, 1.3))
    if rng.random() < NOISY:
        gray = gray + rng.normal(0, rng.uniform(1, 10), gray.shape)
    levels = np.clip(np.rint(gray), 0, 255).astype(np.uint8)
    if rng.random() < COMPRESSED:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))]
        packed = cv2.imencode(".jpg", levels, quality)[1]
        levels = np.asarray(cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE), np.uint8)
    return levels
