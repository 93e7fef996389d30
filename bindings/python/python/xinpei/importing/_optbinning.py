"""A scorecard of optbinning."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from xinpei._errors import InputError
from xinpei.importing._table import Digits, Heading, Table, each, known_columns

if TYPE_CHECKING:
    import os
    from datetime import date

    from xinpei._xinpei import Rulebook


def from_optbinning(
    scorecard: Any,
    *,
    digits: Digits,
    point_digits: int | None = None,
    members: Mapping[str, Sequence[str]] | None = None,
    id: str = "optbinning",
    version: str = "1",
    title: str = "optbinning scorecard",
    basis: str = "optbinning",
    authority: str = "",
    effective_from: date | str = "2000-01-01",
    key: Literal["text", "uscc"] = "text",
    out: str | os.PathLike[str] | None = None,
) -> Rulebook:
    """A rulebook of a fitted `optbinning.Scorecard`.

    `digits` says with how many digits after the point the values of numeric columns are read: one number, or a
    dict by column. `point_digits` says how many digits the points keep, rounded half to even; points that are
    whole need none. With n columns a score then differs from the scorecard's by at most
    (n + 1) · 0.5 · 10^-point_digits, and by what the scorecard's floats err.

    Bands hold their lower edge, as `numpy.digitize` does. Special codes count before bands. A value of a
    category that the scorecard has not seen is a fault here; optbinning gives it the points of a missing
    value, and so do the values that `members` adds by column.

    The other arguments are what the rulebook says about itself; with `out` it is also saved, into the folder of
    its version (`rules/<id>/<version>`). Raises `InexactError` where digits are lacking, `ExchangeError` with a
    list where the card cannot be carried.
    """
    process = getattr(scorecard, "binning_process_", None)
    if process is None:
        raise InputError("this is no fitted scorecard of optbinning: it has no `binning_process_`")
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
    frame = scorecard.table(style="detailed")
    names, points = list(frame["Variable"]), list(frame["Points"])
    table = Table(digits, point_digits)
    known_columns(members, names)
    for column in dict.fromkeys(names):
        earned = [value for name, value in zip(names, points, strict=True) if name == column]
        _column(table, str(column), process.get_binned_variable(column), earned, (members or {}).get(column, ()))
    if float(scorecard.intercept_) != 0:
        table.add("intercept", "", float(scorecard.intercept_))
    return table.rulebook(heading)


def _column(table: Table, column: str, binning: Any, points: list[Any], more: Sequence[str]) -> None:
    """The rows of one column: its bins, then special codes, then missing, as optbinning counts them."""
    codes = binning.special_codes
    special = len(codes) if isinstance(codes, dict) else 1
    bins, specials, missing = points[: -special - 1], points[-special - 1 : -1], points[-1]
    numeric = binning.dtype == "numerical"
    one = table.single if numeric else table.member
    groups = list(codes.values()) if isinstance(codes, dict) else [codes]
    for group, earned in zip(groups, specials, strict=True):
        for code in each(group):
            one(column, code, earned)
    if numeric:
        if len(bins) != len(binning.splits) + 1:
            raise InputError(f"`{column}` has {len(bins)} bins of {len(binning.splits)} splits", column=column)
        table.bands(column, list(binning.splits), bins)
    else:
        sets = [list(group) for group in binning.splits]
        if len(bins) == len(sets) + 1:
            sets.append(list(getattr(binning, "_cat_others", ())))
        if len(bins) != len(sets):
            raise InputError(f"`{column}` has {len(bins)} bins of {len(sets)} groups", column=column)
        for group, earned in zip(sets, bins, strict=True):
            for value in group:
                table.member(column, value, earned)
        for value in more:
            table.member(column, value, missing)
    table.missing(column, missing)
