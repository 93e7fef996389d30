"""Rows of a points table, gathered from a live object."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Any

from xinpei._errors import InexactError, InputError
from xinpei._xinpei import _import_points

if TYPE_CHECKING:
    import os
    from datetime import date

    from xinpei._xinpei import Rulebook

COLUMNS = (
    "characteristic",
    "fact",
    "from",
    "from_edge",
    "to",
    "to_edge",
    "value",
    "points",
    "missing",
    "digits",
    "code",
    "baseline",
)
# Digits after the point that a rule file keeps.
MOST = 18
# Whatever precision the caller works with.
WIDE = Context(prec=60)

Digits = int | Mapping[str, int]


def exact(value: Any) -> Decimal:
    """A number as the decimal that it shows: a float by its shortest text, which no other float has."""
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(int(value))
    number = float(value)
    if math.isnan(number) or math.isinf(number):
        raise InputError(f"{value!r} is no number that can be kept")
    return Decimal(int(value)) if type(value).__name__.startswith(("int", "uint")) else Decimal(repr(number))


def plain(number: Decimal) -> str:
    """The text of a decimal, without an exponent."""
    return format(number.normalize(WIDE), "f") if number else "0"


def each(group: Any) -> list[Any]:
    """The values of a group: none, one, or those of a list or an array."""
    if group is None:
        return []
    several = isinstance(group, (list, tuple, set)) or getattr(group, "ndim", 0) > 0
    return list(group) if several else [group]


def digits_given(digits: Digits | None, what: str = "digits") -> Digits | None:
    """Digits as a caller gives them: whole numbers from 0 to 9."""
    each = digits.values() if isinstance(digits, Mapping) else [digits]
    for number in each:
        if number is not None and (isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= 9):
            raise InputError(f"`{what}` is a whole number from 0 to 9, and {number!r} was given")
    return digits


def known_columns(members: Mapping[str, Sequence[str]] | None, columns: Sequence[str]) -> None:
    """Members are given for columns that the card has."""
    for column in members or {}:
        if column not in columns:
            raise InputError(f"`members` names `{column}`, which is no column of the card", column=column)


class Table:
    """Rows, and the digits by which floats are read."""

    def __init__(self, digits: Digits | None, point_digits: int | None) -> None:
        self.rows: list[tuple[int, list[str]]] = []
        digits_given(point_digits, "point_digits")
        self.digits = digits_given(digits)
        self.point_digits = point_digits

    def digits_of(self, column: str) -> int:
        """The digits of the values of a column."""
        found = self.digits.get(column) if isinstance(self.digits, Mapping) else self.digits
        if found is None:
            raise InexactError(
                f"`{column}` holds numbers: say with how many digits its values are read, such as "
                f'digits={{"{column}": 2}}',
                column=column,
            )
        return found

    def points(self, line: str, value: Any) -> str:
        """Points as text."""
        number = exact(value)
        if self.point_digits is not None:
            number = number.quantize(Decimal((0, (1,), -self.point_digits)), ROUND_HALF_EVEN, WIDE)
        elif number != number.to_integral_value():
            raise InexactError(
                f"the points of `{line}` are floats such as {value}: say with how many digits they are kept, such "
                "as point_digits=2"
            )
        return plain(number)

    def add(self, line: str, fact: str, points: Any, **cells: str) -> None:
        """One row."""
        row = dict.fromkeys(COLUMNS, "")
        row.update(cells, characteristic=line, fact=fact, points=self.points(line, points))
        self.rows.append((0, [row[column] for column in COLUMNS]))

    def edge(self, column: str, value: Any) -> tuple[str, bool]:
        """An edge, and whether a value on it belongs to the band above.

        An edge with more digits than a rule file keeps lies strictly between two values that the column can
        have: the lower one, which belongs to the band below, says the same.
        """
        number = exact(value)
        digits = -int(number.normalize(WIDE).as_tuple().exponent)
        if digits <= MOST:
            return plain(number), True
        step = Decimal((0, (1,), -self.digits_of(column)))
        return plain(number.quantize(step, ROUND_FLOOR, WIDE)), False

    def bands(self, column: str, edges: Sequence[Any], points: Sequence[Any]) -> None:
        """Bands that hold their lower edge and not their upper one; one more than edges."""
        self.digits_of(column)
        lower = None
        for at, earned in enumerate(points):
            cells = {}
            if lower is not None:
                cells["from"], above = lower
                cells["from_edge"] = "inclusive" if above else "exclusive"
            lower = self.edge(column, edges[at]) if at < len(edges) else None
            if lower is not None:
                cells["to"], above = lower
                cells["to_edge"] = "exclusive" if above else "inclusive"
            self.add(column, column, earned, **cells)

    def single(self, column: str, value: Any, points: Any) -> None:
        """One value of a number."""
        self.digits_of(column)
        text = plain(exact(value))
        cells = {"from": text, "from_edge": "inclusive", "to": text, "to_edge": "inclusive"}
        self.add(column, column, points, **cells)

    def member(self, column: str, value: Any, points: Any) -> None:
        """A member of a category."""
        self.add(column, column, points, value=str(value))

    def missing(self, column: str, points: Any) -> None:
        """The row of a missing value."""
        self.add(column, column, points, missing="true")

    def rulebook(self, heading: Heading) -> Rulebook:
        """The rulebook of the rows, of which the first that holds counts."""
        columns = {row[1] for _, row in self.rows}
        given = self.digits if isinstance(self.digits, Mapping) else {}
        return _import_points(
            self.rows,
            heading.head(),
            heading.title,
            heading.basis,
            self.digits if isinstance(self.digits, int) else None,
            {column: digits for column, digits in given.items() if column in columns},
            {},
            True,
            heading.out,
        )


class Heading:
    """What a rulebook says about itself and a foreign card does not."""

    def __init__(
        self,
        *,
        id: str,
        version: str,
        title: str,
        basis: str,
        authority: str,
        effective_from: date | str,
        key: str,
        out: str | os.PathLike[str] | None,
    ) -> None:
        if key not in ("text", "uscc"):
            raise InputError(f"`key` is `text` or `uscc`, and {key!r} was given")
        self.id = id
        self.version = version
        self.title = title
        self.basis = basis
        self.authority = authority
        self.effective_from = effective_from
        self.uscc = key == "uscc"
        self.out = out

    def head(self) -> tuple[str, str, date | str, str, bool]:
        """The part that every import needs."""
        return (self.id, self.version, self.effective_from, self.authority, self.uscc)
