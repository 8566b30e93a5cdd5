"""Batch normalization that is quick on a processor."""

from __future__ import annotations

from functools import cache
from typing import Any

from hwocr_desktop.ml import kernels, runtime


def normalization(
    momentum: float, *, is_silent: bool = False, name: str | None = None
) -> Any:
    """Make a layer of batch normalization.

    The layer is Keras's in name, weights and result, so that weights go from one to
    the other; where the backend has a fused kernel, it is that which does the work.

    Parameters
    ----------
    momentum : float
        Share of the old moving mean that a batch leaves, 0..1.
    is_silent : bool
        Whether fresh weights make nothing but zeros of anything.
    name : str, optional
        Layer name.

    Returns
    -------
    keras.layers.Layer
        Takes and returns ``(B, H, W, C)``.

    References
    ----------
    S. Ioffe, C. Szegedy, 2015, arXiv:1502.03167.
    """
    gain = "zeros" if is_silent else "ones"
    return _layer_class()(momentum=momentum, gamma_initializer=gain, name=name)


@cache
def _layer_class() -> Any:
    """Define the layer; deferred because it needs Keras."""
    keras = runtime.keras()
    ops = keras.ops

    class BatchNormalization(keras.layers.BatchNormalization):  # type: ignore[misc, name-defined]
        """Keras's, by a fused kernel where there is one."""

        def call(self, inputs: Any, training: bool = False, mask: Any = None) -> Any:
            learns = training and self.trainable
            known = None if learns else (self.moving_mean, self.moving_variance)
            fused = kernels.normalized(
                inputs, self.gamma, self.beta, self.epsilon, known
            )
            if fused is None:
                return super().call(inputs, training=training, mask=mask)
            outputs, mean, variance = fused
            if learns:
                for moving, now in (
                    (self.moving_mean, mean),
                    (self.moving_variance, variance),
                ):
                    # A batch gone wrong would be remembered for good.
                    now = ops.where(ops.isfinite(now), now, moving)
                    moving.assign(moving * self.momentum + now * (1.0 - self.momentum))
            return outputs

    return BatchNormalization
