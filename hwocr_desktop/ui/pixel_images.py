"""Pixels as small images of Qt."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage


def image_of(pixels: npt.NDArray[np.uint8]) -> QImage:
    """Return pixels as an image that owns them.

    Parameters
    ----------
    pixels : (H, W) or (H, W, 3) uint8
        Gray, or RGB. They may change or go away afterwards.
    """
    pixels = np.ascontiguousarray(pixels)
    height, width = pixels.shape[:2]
    is_gray = pixels.ndim == 2
    form = QImage.Format.Format_Grayscale8 if is_gray else QImage.Format.Format_RGB888
    return QImage(pixels.data, width, height, pixels.strides[0], form).copy()
