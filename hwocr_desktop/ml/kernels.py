"""What networks compute where a backend has a quicker way than Keras's own.

Besides `runtime` the only module that calls a backend.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hwocr_desktop.ml import runtime


def ctc_loss(labels: Any, logits: Any, label_lengths: Any, frames: Any) -> Any:
    """Return the CTC loss of each line, in nats; label 0 is the blank.

    Parameters
    ----------
    labels : (B, L) int tensor
        Padded with 0.
    logits : (B, T, C) float tensor
        Not normalized.
    label_lengths, frames : (B,) int tensors
        True lengths.

    Returns
    -------
    (B,) float tensor
    """
    tf = runtime.tensorflow()
    if tf is None:
        ops = runtime.keras().ops
        return ops.ctc_loss(labels, logits, label_lengths, frames, mask_index=0)
    # The sparse form runs a fused processor kernel, more than twice as fast there.
    labels = tf.cast(labels, tf.int32)
    return tf.nn.ctc_loss(
        labels=tf.sparse.from_dense(labels),
        logits=tf.transpose(logits, (1, 0, 2)),
        label_length=None,
        logit_length=tf.cast(frames, tf.int32),
        blank_index=0,
    )


def lstm(sequence: Any, kernel: Any, recurrent_kernel: Any, bias: Any) -> Any | None:
    """Run one LSTM over whole sequences with a fused kernel, if the backend has one.

    Weights are laid out as Keras lays them out, gates i, f, c, o.

    Parameters
    ----------
    sequence : (B, T, F) float tensor
    kernel : (F, 4U), recurrent_kernel : (U, 4U), bias : (4U,)

    Returns
    -------
    (B, T, U) float tensor, or None
        None where there is no such kernel: use the ordinary layer.
    """
    tf = runtime.tensorflow_on_processor()
    if tf is None:
        return None
    units = recurrent_kernel.shape[0]

    def reorder(weights: Any) -> Any:  # i, f, c, o -> i, c, f, o
        i, f, c, o = tf.split(weights, 4, axis=-1)
        return tf.concat([i, c, f, o], axis=-1)

    steps = tf.transpose(sequence, (1, 0, 2))
    zeros = tf.zeros((tf.shape(sequence)[0], units), sequence.dtype)
    peephole = tf.zeros((units,), sequence.dtype)
    # Not the second version of the kernel: its gates have Keras's order, but the
    # gradient registered for it is still the first version's, and so is wrong.
    out = tf.raw_ops.BlockLSTM(
        seq_len_max=tf.cast(tf.shape(steps)[0], tf.int64),
        x=steps,
        cs_prev=zeros,
        h_prev=zeros,
        w=reorder(tf.concat([kernel, recurrent_kernel], axis=0)),
        wci=peephole,
        wcf=peephole,
        wco=peephole,
        b=reorder(bias),
        forget_bias=0.0,
        cell_clip=-1.0,
    )
    return tf.transpose(out.h, (1, 0, 2))


def lstms_to_learn(
    sequences: Sequence[Any], weights: Sequence[tuple[Any, Any, Any]]
) -> list[Any] | None:
    """Run LSTMs of one size side by side in the form that is quickest to train.

    The results are those of `lstm`. Its kernel sums up the gradient of its weights
    frame by frame; here only the recurrence goes by frames, and what the inputs give
    is one product over all of them, forward and backward.

    Parameters
    ----------
    sequences : sequence of (B, T, F) float tensors
    weights : sequence of (kernel, recurrent_kernel, bias)
        One for each sequence; see `lstm`.

    Returns
    -------
    list of (B, T, U) float tensors, or None
        None where another form is quicker.
    """
    tf = runtime.tensorflow_on_processor()
    if tf is None:
        return None
    recurrent = tf.stack([tf.convert_to_tensor(w) for _, w, _ in weights])
    parts = [
        _product(tf, tf.transpose(x, (1, 0, 2)), tf.convert_to_tensor(kernel)) + bias
        for x, (kernel, _, bias) in zip(sequences, weights, strict=True)
    ]
    hidden = _recurrence(tf, tf.stack(parts, axis=1), recurrent)
    return [tf.transpose(h, (1, 0, 2)) for h in tf.unstack(hidden, axis=1)]


def _product(tf: Any, x: Any, matrix: Any) -> Any:
    """Return ``x @ matrix`` for (T, B, F) and (F, V) as one product.

    TensorFlow would take it for T products, at twice the time.
    """
    flat = tf.reshape(x, (-1, matrix.shape[0])) @ matrix
    return tf.reshape(flat, (*tf.unstack(tf.shape(x)[:2]), matrix.shape[1]))


def _recurrence(tf: Any, parts: Any, recurrent: Any) -> Any:
    """Run LSTMs side by side, given what their inputs add to the gates.

    Its gradient is written out, since only one product a frame is left in the loop
    that goes back: the gates' slopes are those of all frames at once, and so is the
    gradient of the weights.

    Parameters
    ----------
    tf : module
    parts : (T, D, B, 4U) float tensor
    recurrent : (D, U, 4U) float tensor

    Returns
    -------
    (T, D, B, U) float tensor
    """
    beside = recurrent.shape[0]

    def times(states: Any, matrices: Any) -> Any:
        # One by one: quicker than a product of batches, which these are too small for.
        return tf.stack([states[d] @ matrices[d] for d in range(beside)])

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def run(parts: Any, recurrent: Any) -> Any:
        zeros = tf.zeros((*tf.unstack(tf.shape(parts)[1:3]), recurrent.shape[1]))

        def ahead(state: tuple[Any, Any], part: Any) -> tuple[Any, Any]:
            i, f, c, o = tf.split(part + times(state[0], recurrent), 4, axis=-1)
            cell = tf.sigmoid(f) * state[1] + tf.sigmoid(i) * tf.tanh(c)
            return tf.sigmoid(o) * tf.tanh(cell), cell

        hidden, cells = tf.scan(ahead, parts, (zeros, zeros))

        def gradient(of_hidden: Any) -> tuple[Any, Any]:
            before, cells_before = (
                tf.concat([zeros[None], states[:-1]], axis=0)
                for states in (hidden, cells)
            )
            gates = parts + tf.stack(
                [_product(tf, before[:, d], recurrent[d]) for d in range(beside)],
                axis=1,
            )
            i, f, c, o = tf.split(gates, 4, axis=-1)
            i, f, c, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(c), tf.sigmoid(o)
            shown = tf.tanh(cells)
            slopes = tf.concat(
                [
                    c * i * (1 - i),
                    cells_before * f * (1 - f),
                    i * (1 - c * c),
                    shown * o * (1 - o),
                ],
                axis=-1,
            )
            back = tf.transpose(recurrent, (0, 2, 1))

            def behind(state: Any, at: Any) -> Any:
                of_state, of_cell, _ = state
                of_output, slope, opened, forget = at
                of_state += of_output
                of_cell += of_state * opened
                of_gates = slope * tf.concat([of_cell] * 3 + [of_state], axis=-1)
                return times(of_gates, back), of_cell * forget, of_gates

            *_, of_parts = tf.scan(
                behind,
                (of_hidden, slopes, o * (1 - shown * shown), f),
                (zeros, zeros, tf.zeros_like(parts[0])),
                reverse=True,
            )
            of_recurrent = [
                tf.matmul(
                    tf.reshape(before[:, d], (-1, before.shape[-1])),
                    tf.reshape(of_parts[:, d], (-1, of_parts.shape[-1])),
                    transpose_a=True,
                )
                for d in range(beside)
            ]
            return of_parts, tf.stack(of_recurrent)

        return hidden, gradient

    return run(parts, recurrent)


def evened(x: Any) -> Any:
    """Return a batch of lines as it is, but let no line outweigh the others' gradient.

    Where a recurrence is about to tip over, the gradient of a line becomes ten times
    that of others, in a direction that a thousandth of noise turns about; clipped with
    the others', it leaves nothing of theirs. Here the norm of each line's gradient is
    limited to the median of the batch's.

    Parameters
    ----------
    x : (B, T, F) float tensor

    Returns
    -------
    (B, T, F) float tensor
        Where TensorFlow is not the backend, without a limit.
    """
    tf = runtime.tensorflow()
    if tf is None:
        return x

    @tf.custom_gradient  # type: ignore[untyped-decorator]
    def same(x: Any) -> Any:
        def gradient(of_lines: Any) -> Any:
            norms = tf.sqrt(tf.reduce_sum(of_lines * of_lines, axis=(1, 2)))
            middle = tf.sort(norms)[tf.shape(norms)[0] // 2]
            # Nothing is limited where more than half of the lines have no gradient.
            is_over = (norms > middle) & (middle > 0)
            share = tf.where(is_over, middle / norms, tf.ones_like(norms))
            return of_lines * share[:, None, None]

        return tf.identity(x), gradient

    return same(x)


def reversed_lines(x: Any, frames: Any) -> Any | None:
    """Reverse each line within its true length, if the backend has a way for it.

    Parameters
    ----------
    x : (B, T, F) tensor
    frames : (B,) int32 tensor
        At most T.

    Returns
    -------
    (B, T, F) tensor, or None
        What lies beyond the true length stays. None where there is no such function.
    """
    tf = runtime.tensorflow()
    return None if tf is None else tf.reverse_sequence(x, frames, seq_axis=1)


def normalized(
    x: Any, gamma: Any, beta: Any, epsilon: float, known: tuple[Any, Any] | None = None
) -> tuple[Any, Any, Any] | None:
    """Normalize a batch with a fused kernel, if there is one.

    Parameters
    ----------
    x : (B, H, W, C) float or bfloat16 tensor
    gamma, beta : (C,) float tensors
        Scale and offset after normalizing.
    epsilon : float
        Added to the variance.
    known : (mean, variance), optional
        Of shape (C,); without them the batch's own are taken.

    Returns
    -------
    (result, mean, variance), or None
        The result in the format of `x`, the others of shape (C,) in float32; the
        batch's own variance is the unbiased estimate. None where there is no such
        kernel.
    """
    tf = runtime.tensorflow_on_processor()
    if tf is None:
        return None
    mean, variance = known or (tf.zeros((0,)), tf.zeros((0,)))
    # In bfloat16 the kernel has a quick way for multiples of 16 channels only; for
    # others it takes ten times as long as in float32.
    is_odd = x.dtype == tf.bfloat16 and x.shape[-1] % 16
    y, mean, variance, *_ = tf.raw_ops.FusedBatchNormV3(
        x=tf.cast(x, tf.float32) if is_odd else x,
        scale=tf.convert_to_tensor(gamma),
        offset=tf.convert_to_tensor(beta),
        mean=tf.convert_to_tensor(mean),
        variance=tf.convert_to_tensor(variance),
        epsilon=epsilon,
        is_training=known is None,
    )
    return tf.cast(y, x.dtype), mean, variance
