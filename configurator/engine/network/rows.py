"""Many rows of small numbers, packed into few 64-bit words: different rows and equal sets of rows, found by sorting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]

WORD = 2**62


@dataclass(frozen=True)
class _Place:
    """Where a column stands: its word, and the value of its last digit there."""

    word: int
    stride: int
    width: int


class DifferentRows:
    """The different rows of columns whose numbers go from 0 up to their width, in lexicographic order."""

    def __init__(self, columns: Sequence[Int64s], widths: Sequence[int], count: int) -> None:
        self.places = _places(widths)
        words = [np.zeros(count, dtype=np.int64) for _ in range(self.places[-1].word + 1 if self.places else 1)]
        for place, column in zip(self.places, columns):
            words[place.word] += column * place.stride
        self.words = _sorted_once(words)

    def __len__(self) -> int:
        return len(self.words[0])

    def column(self, number: int) -> Int64s:
        """The numbers of one column."""
        place = self.places[number]
        return self.words[place.word] // place.stride % place.width

    def alike(self, number: int) -> Int64s:
        """For every value of a column a number of the set of rows it stands in, the column itself left out."""
        place = self.places[number]
        values = self.column(number)
        order = np.argsort(values.astype(np.min_scalar_type(place.width)), kind="stable")
        words = [word[order] for word in self.words]
        words[place.word] = words[place.word] - values[order] * place.stride  # equal sets are equally sorted still
        ends = np.cumsum(np.bincount(values, minlength=place.width)).tolist()
        known: dict[bytes, int] = {}
        found, start = np.empty(place.width, dtype=np.int64), 0
        for value, end in enumerate(ends):
            found[value] = known.setdefault(b"".join([word[start:end].tobytes() for word in words]), len(known))
            start = end
        return found


def _places(widths: Sequence[int]) -> list[_Place]:
    """As many columns as fit into each word, the first column the most significant."""
    grouped: list[list[int]] = [[]]
    span = 1
    for width in widths:
        if span * width > WORD:
            grouped.append([])
            span = 1
        grouped[-1].append(width)
        span *= width
    places = []
    for word, found in enumerate(grouped):
        for index, width in enumerate(found):
            stride = 1
            for later in found[index + 1 :]:
                stride *= later
            places.append(_Place(word, stride, width))
    return places


def _sorted_once(words: Sequence[Int64s]) -> list[Int64s]:
    if len(words) == 1:
        ordered = [np.sort(words[0])]  # sort and compare: np.unique hashes, ten times slower on a million rows
    else:
        order = np.lexsort(list(reversed(words)))
        ordered = [word[order] for word in words]
    new = np.ones(len(words[0]), dtype=np.bool_)
    new[1:] = np.any([word[1:] != word[:-1] for word in ordered], axis=0)
    return [word[new] for word in ordered]


def unique_rows(matrix: Int64s) -> tuple[Int64s, Int64s]:
    """The different rows of a matrix, and for each row its place among them."""
    if len(matrix) == 1:
        return matrix, np.zeros(1, dtype=np.int64)
    plain = np.ascontiguousarray(matrix)
    keys = plain.view(np.dtype((np.void, plain.dtype.itemsize * plain.shape[1]))).reshape(-1)
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    return plain[first], inverse.reshape(-1)
