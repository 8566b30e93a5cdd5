"""Thresholds of the literature that are too slow or too fragile for the window.

They come from doxapy (B. M. Petty, CC0), an optional library. It can take the whole
process down: Gatos divides by the ink it found, and some read beyond a page that is
smaller than their window. So each page is done by a process of its own, which can also
be stopped at any time.
"""

from __future__ import annotations

import multiprocessing
from importlib.util import find_spec
from multiprocessing.connection import Connection

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadRequest, HwocrError
from hwocr_desktop.core.pixels.thresholding import LOCAL_CUT, METHODS, Ink
from hwocr_desktop.core.progress import CancelToken

OFFLINE_METHODS: tuple[str, ...] = (
    "bernsen",
    "niblack",
    "gatos",
    "su",
    "trsingh",
    "wan",
    "bataineh",
)
OFFLINE_WINDOW = 75
"""Side of the neighborhood in pixels, unless another is given."""

# In larger windows, sums of squares no longer fit into doxapy's integers.
_MOST_WINDOW = 181
# These find the size of their neighborhood themselves.
_OWN_WINDOW = ("su", "bataineh")
_POLL_S = 0.05

U8 = npt.NDArray[np.uint8]


def check_offline_method(method: str) -> None:
    """See whether a method can be used.

    Raises
    ------
    BadRequest
        If doxapy is not installed.
    """
    if find_spec("doxapy") is None:
        raise BadRequest(
            f"The method {method} needs the library doxapy, which is not installed.",
            "Install it with “pip install doxapy”, or choose one of: "
            f"{', '.join(METHODS)}.",
        )


def ink_by_offline_method(
    gray: U8,
    method: str,
    *,
    window: int = 0,
    k: float | None = None,
    cancel: CancelToken | None = None,
) -> Ink:
    """Find ink by one of `OFFLINE_METHODS`.

    Parameters
    ----------
    gray : (H, W) uint8, 0 = black
        The page.
    method : str
    window : int
        Side of the neighborhood in pixels, 3 to 181; 0 for `OFFLINE_WINDOW`. "su" and
        "bataineh" find it themselves if none is given.
    k : float, optional
        Sensitivity, where the method has one; doxapy's own otherwise.
    cancel : CancelToken, optional
        Looked at all the time.

    Returns
    -------
    Ink
        The map is 0 or 255: there is no surface over which a cut could move.

    Raises
    ------
    BadRequest
        If doxapy is not installed, or the window is out of range.
    HwocrError
        If doxapy breaks down on this page.
    Cancelled
        If cancelled.

    References
    ----------
    J. Bernsen, 1986; W. Niblack, 1986;
    B. Gatos et al., 2006, DOI 10.1016/j.patcog.2005.09.010;
    B. Su et al., 2010, DOI 10.1145/1815330.1815351; T. R. Singh et al., 2011;
    B. Bataineh et al., 2011, DOI 10.1016/j.patrec.2011.08.001;
    W. A. Mustafa, M. M. A. Kader (WAN), 2018.
    """
    check_offline_method(method)
    if window and not 3 <= window <= _MOST_WINDOW:
        raise BadRequest(
            f"The window {window} is out of range for {method}.",
            f"Choose a window of 3 to {_MOST_WINDOW} pixels.",
        )
    if gray.min() == gray.max():
        # No contrast, no ink; doxapy divides by it.
        return Ink(np.zeros_like(gray), LOCAL_CUT)
    parameters: dict[str, float] = {} if k is None else {"k": k}
    if window or method not in _OWN_WINDOW:
        parameters["window"] = (window or OFFLINE_WINDOW) | 1
    # Room for a window around every pixel, that nothing is read beyond the page.
    edge = (window or OFFLINE_WINDOW) // 2 + 1
    wide = np.pad(gray, edge, "reflect" if min(gray.shape) > 1 else "edge")
    ink = _in_own_process(wide, method, parameters, cancel)
    inner = ink[edge : edge + gray.shape[0], edge : edge + gray.shape[1]]
    return Ink(inner.astype(np.uint8) * np.uint8(255), LOCAL_CUT)


def _in_own_process(
    gray: U8,
    method: str,
    parameters: dict[str, float],
    cancel: CancelToken | None,
) -> npt.NDArray[np.bool_]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_work, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        ours.send((method, parameters, gray.shape))
        ours.send_bytes(gray.tobytes())
        while not ours.poll(_POLL_S):
            if cancel is not None:
                cancel.check()
        packed = np.frombuffer(ours.recv_bytes(), np.uint8)
    except (EOFError, OSError) as error:
        raise HwocrError(
            f"The method {method} broke down on this page.",
            "Choose another method for it.",
        ) from error
    finally:
        process.kill()
        process.join()
        ours.close()
    return np.unpackbits(packed, count=gray.size).astype(bool).reshape(gray.shape)


def _work(connection: Connection) -> None:
    """Do one page; runs in a process of its own."""
    import doxapy

    method, parameters, shape = connection.recv()
    gray = np.frombuffer(connection.recv_bytes(), np.uint8).reshape(shape).copy()
    algorithm = getattr(doxapy.Binarization.Algorithms, method.upper())
    binarization = doxapy.Binarization(algorithm)
    binarization.initialize(gray)
    result = np.empty_like(gray)
    binarization.to_binary(result, parameters)
    connection.send_bytes(np.packbits(result == 0).tobytes())
