"""What a prefix beam search knows of one labeling so far."""

from __future__ import annotations

from hwocr_desktop.core.text.ngram import EMPTY


class Prefix:
    """A node in the tree of labelings, with the weights of its paths."""

    __slots__ = (
        "before",
        "blank",
        "context",
        "ended",
        "factor",
        "label",
        "label_end",
        "new_blank",
        "new_end",
        "next",
        "spelled",
        "time",
        "weight",
        "word",
        "word_before",
    )

    def __init__(self, before: Prefix | None, label: int) -> None:
        self.before, self.label = before, label
        self.next: dict[int, Prefix] = {}
        # Of the paths that end in a blank and in the label, before and after a frame.
        self.blank = self.label_end = self.new_blank = self.new_end = 0.0
        self.weight = 0.0
        self.time = 0
        self.factor = 1.0
        self.context = EMPTY
        self.word = self.word_before = ""
        self.spelled = 0.0
        # The weight of its last word, once that is known.
        self.ended: float | None = None

    def labels(self) -> tuple[int, ...]:
        """Return the labels from the first to this."""
        labels = []
        node = self
        while node.before is not None:
            labels.append(node.label)
            node = node.before
        return tuple(reversed(labels))
