"""The optimizers of all trainings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache
from typing import Any

from hwocr_desktop.ml import runtime

WEIGHT_DECAY = 1e-4


def adamw(learning_rate: float, **clipping: float) -> Any:
    """Make an optimizer that passes over a step whose gradients are no numbers.

    One such step would make every weight no number, and hours of training with them.

    Parameters
    ----------
    learning_rate : float
        The highest one.
    **clipping : float
        As Keras names it, ``clipnorm`` or ``global_clipnorm``.

    Returns
    -------
    keras.optimizers.AdamW

    References
    ----------
    I. Loshchilov, F. Hutter, 2019, arXiv:1711.05101.
    """
    return _adamw_class()(learning_rate, weight_decay=WEIGHT_DECAY, **clipping)


def muon(learning_rate: float, heads: Sequence[str], **clipping: float) -> Any:
    """Make an optimizer whose steps change a layer's matrix in all directions alike.

    It passes over what are no numbers as `adamw` does, and takes its steps with what
    is no matrix and with kernels that see one channel, as the first one's. Any other
    convolution is the matrix from all that its kernel sees to its filters, and a
    recurrent layer four of them, one for each gate (ADR 21).

    Parameters
    ----------
    learning_rate : float
        The highest one, of the size that is right for `adamw`.
    heads : sequence of str
        Names of the layers that give the network's answers; `adamw` suits them better.
    **clipping : float
        As Keras names it, ``clipnorm`` or ``global_clipnorm``.

    Returns
    -------
    keras.optimizers.Muon

    References
    ----------
    K. Jordan and others, 2024, https://kellerjordan.github.io/posts/muon; the size of a
    step is that of J. Liu and others, 2025, arXiv:2502.16982.
    """
    return _muon_class()(
        learning_rate,
        weight_decay=WEIGHT_DECAY,
        adam_weight_decay=WEIGHT_DECAY,
        exclude_layers=list(heads),
        **clipping,
    )


def _careful(optimizer: Any) -> Any:
    """Return a class of optimizer that looks at the gradients before it uses them."""
    ops = runtime.keras().ops

    class Careful(optimizer):  # type: ignore[misc]
        """Takes zeros for all gradients if one of them is no number."""

        def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
            grads = list(grads)
            sound = ops.all(ops.stack([ops.all(ops.isfinite(g)) for g in grads]))
            grads = [ops.where(sound, g, ops.zeros_like(g)) for g in grads]
            return super().apply(grads, trainable_variables)

    return Careful


@cache
def _adamw_class() -> Any:
    """Define the optimizer; deferred because it needs Keras."""
    return _careful(runtime.keras().optimizers.AdamW)


@cache
def _muon_class() -> Any:
    """Define the optimizer; deferred because it needs Keras."""
    keras = runtime.keras()
    ops = keras.ops

    class Muon(_careful(keras.optimizers.Muon)):  # type: ignore[misc]
        """Keras's, for convolutions and recurrent layers too."""

        def build(self, variables: Any) -> None:
            super().build(variables)
            self._gated = {
                self._get_variable_index(v) for v in variables if "lstm" in v.path
            }

        def _should_use_adamw(self, variable: Any) -> bool:
            is_head = any(name in variable.path for name in self.exclude_layers)
            # Nor is there much of a matrix in a kernel for one channel.
            return is_head or len(variable.shape) < 2 or min(variable.shape[-2:]) < 2

        def _muon_update_step(
            self, gradient: Any, variable: Any, lr: Any, m: Any
        ) -> None:
            self.assign_add(m, ops.add(gradient, m * (self.momentum - 1)))
            gates = 4 if self._get_variable_index(variable) in self._gated else 1
            way = gradient + self.momentum * m
            way = ops.cast(lr, variable.dtype) * self._evenly(way, gates)
            self.assign_sub(variable, way)

        def _evenly(self, way: Any, gates: int) -> Any:
            """Return a step of the same shape that goes all directions alike."""
            columns = way.shape[-1] // gates
            rows = math.prod(way.shape[:-1])
            parts = ops.transpose(ops.reshape(way, (rows, gates, columns)), (1, 0, 2))
            size = self.rms_rate * math.sqrt(max(rows, columns))
            parts = size * orthogonalized(parts, self.ns_steps)
            return ops.reshape(ops.transpose(parts, (1, 0, 2)), way.shape)

    return Muon


def orthogonalized(x: Any, steps: int = 5) -> Any:
    """Return matrices with the same singular vectors, all singular values about 1.

    By an iteration of products alone: singular values come to lie between 0.7 and 1.2,
    which is as good as 1 for a step. Keras's own computes in float32; this one in
    bfloat16 where that is quicker.

    Parameters
    ----------
    x : (N, R, C) float tensor
    steps : int
        Of the iteration.

    Returns
    -------
    (N, R, C) float32 tensor
    """
    ops = runtime.keras().ops
    is_tall = x.shape[-2] > x.shape[-1]
    if is_tall:
        x = ops.swapaxes(x, -1, -2)
    x = x / (ops.sqrt(ops.sum(x * x, axis=(-2, -1), keepdims=True)) + 1e-7)
    x = ops.cast(x, "bfloat16" if runtime.is_half_quicker() else "float32")
    for _ in range(steps):
        square = x @ ops.swapaxes(x, -1, -2)
        x = 3.4445 * x + (-4.775 * square + 2.0315 * (square @ square)) @ x
    x = ops.cast(x, "float32")
    return ops.swapaxes(x, -1, -2) if is_tall else x
