"""The card and its columns, from the files that the comparison writes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Line:
    """A characteristic: a value up to and with ``cuts[i]`` has ``points[i]``, any greater one the last."""

    cuts: list[int]
    points: list[int]
    missing: int
    top: int
    order: int
    section: int

    def key(self, points: int, bits: int) -> int:
        """Points lost, then the place in document order; 0 where nothing is lost."""
        return ((self.top - points) << bits) + (1 << bits) - 1 - self.order if points < self.top else 0


@dataclass(frozen=True)
class Card:
    """All numbers of the card, in tenths of a point."""

    size: int
    rows: int
    bits: int
    cap: int
    grades: list[int]
    lines: list[Line]

    def flag(self, k: int) -> int:
        """Index of the column of an override's flag."""
        return self.size + k


@dataclass(frozen=True)
class Columns:
    """Values and where they are known, by attribute."""

    values: list[Ints]
    known: list[npt.NDArray[np.bool_]]


@dataclass(frozen=True)
class Answers:
    """What all rows come to; keys are empty where a peer gives no reasons."""

    scores: npt.ArrayLike
    grades: npt.ArrayLike
    keys: list[npt.ArrayLike]


def load_card(folder: Path) -> Card:
    """Read ``card.json``."""
    raw = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    lines = [Line(**line) for line in raw["lines"]]
    return Card(raw["size"], raw["rows"], raw["bits"], raw["cap"], raw["grades"], lines)


def load_columns(folder: Path, card: Card, rows: int) -> Columns:
    """Read the first rows of all columns."""
    shape = (card.size + 6, card.rows)
    values = np.fromfile(folder / "values.i64", dtype="<i8").reshape(shape)
    known = np.fromfile(folder / "known.u8", dtype=np.uint8).reshape(shape)
    return Columns(
        [np.ascontiguousarray(column[:rows]) for column in values],
        [np.ascontiguousarray(column[:rows]) == 1 for column in known],
    )
