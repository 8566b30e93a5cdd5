"""A bidirectional LSTM that knows where each line ends."""

from __future__ import annotations

from functools import cache
from typing import Any

from hwocr_desktop.ml import kernels, runtime


def bidirectional(units: int, name: str) -> Any:
    """Make a bidirectional LSTM layer for padded batches.

    The backward direction starts at each line's own last frame, so padding never
    reaches a line's result: a line reads the same alone or in any batch.

    Parameters
    ----------
    units : int
        Units a direction.
    name : str
        Layer name.

    Returns
    -------
    keras.layers.Layer
        Takes ``[(B, T, F), (B,) frame counts]``, returns ``(B, T, 2 * units)``.
    """
    return _layer_class()(units, name=name)


@cache
def _layer_class() -> Any:
    """Define the layer; deferred because it needs Keras."""
    keras = runtime.keras()
    ops = keras.ops

    class BidirectionalLSTM(keras.layers.Layer):  # type: ignore[misc, name-defined]
        """Two LSTMs, one on each line reversed within its true length."""

        def __init__(self, units: int, name: str) -> None:
            super().__init__(name=name, dtype="float32")
            self.ahead, self.back = (
                keras.layers.LSTM(
                    units, return_sequences=True, name=direction, dtype="float32"
                )
                for direction in ("ahead", "back")
            )

        def build(self, input_shape: Any) -> None:
            self.ahead.build(input_shape[0])
            self.back.build(input_shape[0])
            super().build(input_shape)

        def compute_output_shape(self, input_shape: Any) -> Any:
            return (*input_shape[0][:2], 2 * self.ahead.units)

        def call(self, inputs: Any, training: bool = False) -> Any:
            x, frames = inputs
            if training:
                x = kernels.evened(x)
            forward, backward = _run(
                (self.ahead, self.back), (x, _reversed(ops, x, frames)), training
            )
            backward = _reversed(ops, backward, frames)
            return ops.concatenate([forward, backward], axis=-1)

    return BidirectionalLSTM


def _reversed(ops: Any, x: Any, frames: Any) -> Any:
    """Return (B, T, F) with each line reversed in place, padding untouched."""
    quick = kernels.reversed_lines(x, frames)
    if quick is not None:
        return quick
    at = ops.expand_dims(ops.arange(ops.shape(x)[1], dtype="int32"), 0)
    end = ops.expand_dims(ops.cast(frames, "int32"), 1)
    order = ops.where(at < end, end - 1 - at, at)
    return ops.take_along_axis(x, ops.expand_dims(order, -1), axis=1)


def _run(layers: Any, sequences: Any, training: bool) -> Any:
    """Run LSTM layers by what the backend does best, or as Keras does."""
    weights = [(c.kernel, c.recurrent_kernel, c.bias) for c in (x.cell for x in layers)]
    outs = kernels.lstms_to_learn(sequences, weights) if training else None
    if outs is None:
        fused = [kernels.lstm(x, *w) for x, w in zip(sequences, weights, strict=True)]
        outs = [
            layer(x) if out is None else out
            for layer, x, out in zip(layers, sequences, fused, strict=True)
        ]
    return outs
