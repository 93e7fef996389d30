"""A points table: a frame, records, or a file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from xinpei._errors import InexactError, InputError
from xinpei._xinpei import _import_points, _read_points
from xinpei.importing._table import COLUMNS, Digits, Heading, digits_given, exact, plain

if TYPE_CHECKING:
    from xinpei._xinpei import Rulebook


def from_points(
    frame: Any,
    *,
    digits: Digits | None = None,
    point_digits: int | None = None,
    members: Mapping[str, Sequence[str]] | None = None,
    ordered: bool = False,
    encoding: str = "utf-8",
    id: str = "points",
    version: str = "1",
    title: str = "Points table",
    basis: str = "pilot",
    authority: str = "",
    effective_from: date | str = "2000-01-01",
    key: Literal["text", "uscc"] = "text",
    out: str | os.PathLike[str] | None = None,
) -> Rulebook:
    """A rulebook of a points table: a frame of pandas, Polars or pyarrow, a list of dicts, or the path of a CSV
    or XLSX file.

    Its columns are `characteristic`, `fact`, `from`, `from_edge`, `to`, `to_edge`, `value`, `points`, `missing`,
    and perhaps `digits`, `code`, `baseline`: a row for each band or member, the edge words `inclusive` or
    `exclusive`, `missing` true in the row of a missing answer. Rows neither overlap nor leave gaps; with
    `ordered` the first that holds counts.

    `digits` is for facts of which the table does not say it. A float that is no whole number raises
    `InexactError` unless `point_digits` (for points and baselines) or `digits` (for edges) says how it is read.
    The other arguments are those of `from_optbinning`.
    """
    digits_given(digits)
    digits_given(point_digits, "point_digits")
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
    if isinstance(frame, (str, os.PathLike)):
        rows = _read_points(frame, encoding)
    else:
        rows = [(0, _cells(record, digits, point_digits, at)) for at, record in enumerate(_records(frame))]
    return _import_points(
        rows,
        heading.head(),
        heading.title,
        heading.basis,
        digits if isinstance(digits, int) else None,
        dict(digits) if isinstance(digits, Mapping) else {},
        {fact: [str(value) for value in values] for fact, values in (members or {}).items()},
        ordered,
        heading.out,
    )


def _records(frame: Any) -> Iterable[Mapping[str, Any]]:
    """The rows of a frame as dicts."""
    if hasattr(frame, "to_dicts"):
        return list(frame.to_dicts())
    if hasattr(frame, "to_pylist"):
        return list(frame.to_pylist())
    if hasattr(frame, "iloc"):
        return list(frame.to_dict("records"))
    records = list(frame)
    if not all(isinstance(record, Mapping) for record in records):
        raise InputError("a points table is a frame, a list of dicts or a path")
    return records


def _cells(record: Mapping[str, Any], digits: Digits | None, point_digits: int | None, row: int) -> list[str]:
    """The texts of a row."""
    strange = [name for name in record if name not in COLUMNS]
    if strange:
        raise InputError(f"a points table has no column `{strange[0]}`; it has {', '.join(COLUMNS)}", row=row)
    lost = [name for name in COLUMNS[:9] if name not in record]
    if lost:
        raise InputError(f"the points table has no column `{lost[0]}`", row=row)
    given = digits.get(str(record["fact"])) if isinstance(digits, Mapping) else digits
    kept = {"points": point_digits, "baseline": point_digits, "from": given, "to": given}
    return [_text(name, record.get(name), kept.get(name), row) for name in COLUMNS]


def _text(name: str, value: Any, digits: int | None, row: int) -> str:
    """A cell as text; nothing is empty."""
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "true" if value else ("false" if name == "value" else "")
    if isinstance(value, date):
        return value.isoformat()[:10]
    number = exact(value)
    if number != number.to_integral_value() and isinstance(value, float):
        if digits is None:
            raise InexactError(
                f"`{name}` of row {row} is the float {value}: pass a Decimal or a text, or say "
                f"{'point_digits' if name in ('points', 'baseline') else 'digits'}=…",
                column=name,
                row=row,
            )
        if name in ("points", "baseline"):
            number = round(number, digits)
    return plain(number)
