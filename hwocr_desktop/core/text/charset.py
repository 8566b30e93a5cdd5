"""The alphabet of a line network. Label 0 is always the CTC blank."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

BLANK = 0


class Charset:
    """Characters that a network can write, in the order of its outputs.

    Parameters
    ----------
    characters : str
        Each character once; the first gets label 1.

    Raises
    ------
    ValueError
        If a character stands twice.
    """

    def __init__(self, characters: str) -> None:
        if len(set(characters)) != len(characters):
            raise ValueError("a character stands twice in the alphabet")
        self.characters = characters
        self._label = {c: i + 1 for i, c in enumerate(characters)}

    @classmethod
    def of(cls, texts: Iterable[str]) -> Charset:
        """Return the sorted alphabet of the given texts, in NFC."""
        return cls(
            "".join(sorted({c for t in texts for c in unicodedata.normalize("NFC", t)}))
        )

    @property
    def size(self) -> int:
        """Number of network outputs: the characters and the blank."""
        return len(self.characters) + 1

    def __contains__(self, character: str) -> bool:
        return character in self._label

    def missing(self, text: str) -> str:
        """Return the characters of ``text`` (NFC) outside the alphabet, sorted."""
        return "".join(
            sorted(set(unicodedata.normalize("NFC", text)) - set(self._label))
        )

    def encode(self, text: str) -> list[int]:
        """Return the labels of ``text`` (NFC); unknown characters are left out."""
        return [
            self._label[c]
            for c in unicodedata.normalize("NFC", text)
            if c in self._label
        ]

    def decode(self, labels: Sequence[int]) -> str:
        """Return the text of ``labels``; blanks are left out, repeats are kept."""
        return "".join(self.characters[i - 1] for i in labels if i != BLANK)

    def grow(self, extra: str) -> Charset:
        """Return a charset with new characters appended, old labels kept."""
        new = "".join(sorted(set(extra) - set(self._label)))
        return Charset(self.characters + new)
