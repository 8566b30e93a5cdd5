"""The optimizer of all trainings."""

from __future__ import annotations

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
    return _optimizer_class()(learning_rate, weight_decay=WEIGHT_DECAY, **clipping)


@cache
def _optimizer_class() -> Any:
    """Define the optimizer; deferred because it needs Keras."""
    keras = runtime.keras()
    ops = keras.ops

    class AdamW(keras.optimizers.AdamW):  # type: ignore[misc, name-defined]
        """Keras's, with a look at the gradients before they are used."""

        def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
            grads = list(grads)
            sound = ops.all(ops.stack([ops.all(ops.isfinite(g)) for g in grads]))
            grads = [ops.where(sound, g, ops.zeros_like(g)) for g in grads]
            return super().apply(grads, trainable_variables)

    return AdamW
