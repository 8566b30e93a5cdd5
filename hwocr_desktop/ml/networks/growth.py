"""Making a line network larger: it answers as before until the new part has learned.

The same function in a larger network, to go on from: Chen et al. 2016, Net2Net,
arXiv:1511.05641.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import numpy.typing as npt

from hwocr_desktop.core.errors import BadRequest
from hwocr_desktop.core.text.charset import Charset
from hwocr_desktop.ml.networks import crnn

Numbers = npt.NDArray[np.float32]

_CAN_GROW = ("stages", "blocks")


def larger(known: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """Return what a network is to become.

    Parameters
    ----------
    known : dict
        As it is; see `crnn.DEFAULT`.
    asked : dict
        Differences: ``stages`` with as many convolutions, none with fewer filters, and
        ``blocks``, none fewer.

    Raises
    ------
    BadRequest
        If it cannot become so.
    """
    for name in asked:
        has = crnn.blocks_of(known) if name == "blocks" else known.get(name)
        if name not in _CAN_GROW:
            raise BadRequest(
                f"A model to begin from has its own network, whose {name} stay.",
                f"Leave {name} out; {' and '.join(_CAN_GROW)} can grow.",
            )
        if not _is_no_less(asked[name], has):
            raise BadRequest(
                f"The model to begin from has {json.dumps(has)} as its {name}, and "
                f"cannot have {json.dumps(asked[name])}.",
                "Give as many whole numbers, none smaller.",
            )
    return known | asked


def _is_no_less(wanted: Any, has: Any) -> bool:
    """Whether numbers, in lists or not, are as many as others and none is smaller."""
    if isinstance(has, list):
        return (
            isinstance(wanted, list)
            and len(wanted) == len(has)
            and all(map(_is_no_less, wanted, has))
        )
    return type(wanted) is int and wanted >= has


def grow_network(
    network: Any,
    known: dict[str, Any],
    charset: Charset,
    config: dict[str, Any] | None = None,
) -> Any:
    """Rebuild a network larger, with what it knows.

    Parameters
    ----------
    network : keras.Model
        Built from ``known``, weights loaded.
    known : dict
        Its architecture.
    charset : Charset
        Its alphabet with new characters at its end.
    config : dict, optional
        What it is to become, from `larger`; the same architecture if not given.

    Returns
    -------
    keras.Model
        Says of the old characters what the network says.
    """
    grown = crnn.build_crnn(config or known, charset.size)
    names = {layer.name for layer in network.layers}
    kept = [x for x in grown.layers if x.name in names or not crnn.is_of_block(x.name)]
    for old, new in zip(network.layers, kept, strict=True):
        weights = zip(old.get_weights(), new.get_weights(), strict=True)
        new.set_weights([_grown(*pair, known, old.name) for pair in weights])
    return grown


def _grown(
    before: Numbers, fresh: Numbers, config: dict[str, Any], layer: str
) -> Numbers:
    """Return fresh weights with the old ones in their place.

    What is new on the way in does not reach what was there: it counts nothing.
    """
    if before.shape == fresh.shape:
        return before
    # A layer that sees or answers several frames at once has them one after the other.
    sees, answers = crnn.frames_seen(config, layer), crnn.frames_answered(config, layer)
    if before.ndim == 1:
        known, value = (np.array(w).reshape(answers, -1) for w in (before, fresh))
        outputs = known.shape[-1]
        if layer in crnn.HEADS:
            # A new character starts rare, not as likely as the average one.
            value[:] = known.min(axis=1, keepdims=True)
        value[:, :outputs] = known
    else:
        known, value = (_by_frames(w, sees, answers) for w in (before, fresh))
        shape: tuple[int, ...] = known.shape
        inputs, outputs = shape[-3], shape[-1]
        value[..., :outputs] = 0.0
        value[..., :inputs, :, :outputs] = known
    return value.reshape(fresh.shape)


def _by_frames(weights: Numbers, sees: int, answers: int) -> Numbers:
    """Return a copy (..., sees, inputs, answers, outputs) of (..., all in, all out)."""
    *rest, seen, answered = weights.shape
    shape = *rest, sees, seen // sees, answers, answered // answers
    return np.array(weights).reshape(shape)
