"""The line network: convolutions, two bidirectional LSTMs, CTC outputs.

A convolutional recurrent network (Shi et al. 2017, DOI 10.1109/TPAMI.2016.2646371)
with column max-pooling and a CTC shortcut used in training only (Retsinas et al. 2022,
DOI 10.1007/978-3-031-06555-2_17), and residual blocks (He et al. 2016,
DOI 10.1109/CVPR.2016.90) where a network is made larger.
"""

from __future__ import annotations

from typing import Any

from hwocr_desktop.ml import runtime
from hwocr_desktop.ml.networks.lstm import bidirectional
from hwocr_desktop.ml.networks.normalization import normalization

DEFAULT: dict[str, Any] = {
    "name": "crnn",
    "height": 64,
    "stem": 16,
    "stages": [[32], [64, 64], [96, 96], [128, 128]],
    "blocks": [],
    "units": 192,
    "step": 2,
    "dropout": 0.25,
}
"""Stem filters (stride 2), then stages of 3x3 convolutions; the first stage halves
the width once more, the others halve the height only. `blocks` says how many residual
blocks follow the first convolution of each stage; an empty list means none. The
recurrent layers take `step` frames at a time and answer for each: their cost is that of
their steps, and a letter is several frames wide. A configuration without `step` takes
one."""

FRAME_WIDTH = 4
"""Crop pixels that one output frame stands for."""


_RECURRENT = "blstm"
_FIRST_RECURRENT = f"{_RECURRENT}1"
_RECURRENT_OUTPUT = "characters"
_SHORTCUT = "shortcut"

HEADS = _RECURRENT_OUTPUT, _SHORTCUT
"""Names of the layers that answer."""

_BLOCK = "block"
"""What the names of a residual block's layers begin with."""


def build_crnn(config: dict[str, Any], outputs: int) -> Any:
    """Build the network.

    Parameters
    ----------
    config : dict
        See `DEFAULT`.
    outputs : int
        Alphabet size with the blank.

    Returns
    -------
    keras.Model
        Inputs ``(B, height, W, 1)`` float 0..1 with ink 1 (W a multiple of 4 times
        the recurrent step) and
        ``(B,)`` int32 true frame counts; outputs logits ``(B, W/4, outputs)`` of the
        recurrent head and of the shortcut. What lies beyond the true frames does not
        matter to the recurrent layers.
    """
    keras = runtime.keras()
    layers = keras.layers
    image = keras.Input((config["height"], None, 1), name="line")
    frames = keras.Input((), dtype="int32", name="frames")
    x = _conv(layers, image, config["stem"], 5, strides=2)
    stages = zip(config["stages"], blocks_of(config), strict=True)
    for index, (stage, blocks) in enumerate(stages):
        for place, filters in enumerate(stage):
            x = _conv(layers, x, filters, 3)
            for number in range(blocks if place == 0 else 0):
                x = _block(layers, x, f"{_BLOCK}{index}_{number}")
        x = layers.MaxPooling2D((2, 2) if index == 0 else (2, 1))(x)
    x = keras.ops.max(x, axis=1)  # the strongest answer of each column
    # From here on in float32 whatever the precision before: the recurrence adds up
    # over a whole line, and the loss over its frames.
    exact = {"dtype": "float32"}
    x = layers.Dropout(config["dropout"], **exact)(x)
    shortcut = layers.Conv1D(outputs, 3, padding="same", name=_SHORTCUT, **exact)(x)
    step = config.get("step", 1)
    steps = frames
    if step > 1:
        x = _only_true(keras.ops, x, frames)
        x = layers.Reshape((-1, step * x.shape[-1]), **exact)(x)
        steps = (frames + step - 1) // step
    for number in (1, 2):
        x = bidirectional(config["units"], f"{_RECURRENT}{number}")([x, steps])
        x = layers.Dropout(config["dropout"], **exact)(x)
    logits = layers.Dense(step * outputs, name=_RECURRENT_OUTPUT, **exact)(x)
    if step > 1:
        logits = layers.Reshape((-1, outputs), **exact)(logits)
    return keras.Model([image, frames], [logits, shortcut], name="crnn")


def build_to_learn(config: dict[str, Any], outputs: int) -> Any:
    """Build the network as `build_crnn` does, to be taught; see `runtime.to_learn`."""
    return runtime.to_learn(lambda: build_crnn(config, outputs))


def frames_seen(config: dict[str, Any], layer: str) -> int:
    """Return of how many frames a layer takes what it sees, one after the other."""
    return int(config.get("step", 1)) if layer == _FIRST_RECURRENT else 1


def frames_answered(config: dict[str, Any], layer: str) -> int:
    """Return for how many frames the last axis of a layer's weights answers."""
    return int(config.get("step", 1)) if layer == _RECURRENT_OUTPUT else 1


def blocks_of(config: dict[str, Any]) -> list[int]:
    """Return how many residual blocks each stage of a network has."""
    return list(config.get("blocks") or [0] * len(config["stages"]))


def is_of_block(layer: str) -> bool:
    """Whether the layer of that name belongs to a residual block."""
    return layer.startswith(_BLOCK)


def _only_true(ops: Any, x: Any, frames: Any) -> Any:
    """Return (B, T, F) with zeros beyond each line's true frames."""
    at = ops.cumsum(ops.ones_like(x[:, :, :1]), axis=1)
    return ops.where(at <= ops.cast(frames, x.dtype)[:, None, None], x, 0.0)


def _conv(layers: Any, x: Any, filters: int, kernel: int, strides: int = 1) -> Any:
    """Convolve, normalize, rectify."""
    x = layers.Conv2D(filters, kernel, strides, padding="same", use_bias=False)(x)
    x = normalization(0.98)(x)
    return layers.ReLU()(x)


def _block(layers: Any, x: Any, name: str) -> Any:
    """Add what two convolutions make of ``x`` to it (He et al. 2016).

    With fresh weights that is nothing, since the last gain is zero (Goyal et al. 2017,
    arXiv:1706.02677): a network that a block is put into answers as before.
    """
    new = x
    for number in (1, 2):
        new = layers.Conv2D(
            x.shape[-1], 3, padding="same", use_bias=False, name=f"{name}_conv{number}"
        )(new)
        is_last = number == 2
        new = normalization(0.98, is_silent=is_last, name=f"{name}_norm{number}")(new)
        if not is_last:
            new = layers.ReLU(name=f"{name}_relu1")(new)
    x = layers.Add(name=f"{name}_add")([x, new])
    return layers.ReLU(name=f"{name}_relu2")(x)
