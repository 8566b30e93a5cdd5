"""What a line network is trained as: the network, and how wrong it is."""

from __future__ import annotations

from functools import cache
from typing import Any

from hwocr_desktop.ml import kernels, runtime


@cache
def ctc_trainer() -> Any:
    """Return the class of the model that `LineFit` trains; built once.

    Called with a network of two heads and the weight of the second one's loss.
    """
    keras = runtime.keras()
    ops = keras.ops

    class Trainer(keras.Model):  # type: ignore[misc, name-defined]
        """The network with the CTC losses of its two heads."""

        def __init__(self, network: Any, shortcut: float) -> None:
            super().__init__()
            self.network = network
            self.shortcut = shortcut

        def call(self, inputs: Any, training: bool = False) -> Any:
            return self.network(inputs, training=training)

        def compute_loss(self, x: Any, y: Any, y_pred: Any, *_: Any, **__: Any) -> Any:
            lengths = ops.sum(ops.cast(y != 0, "int32"), axis=1)
            main, aside = (
                ops.mean(kernels.ctc_loss(y, logits, lengths, x[1]))
                for logits in y_pred
            )
            return main + self.shortcut * aside

    return Trainer
