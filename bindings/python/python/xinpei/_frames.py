"""Why a frame gives no columns: looked for when it failed, and only then."""

from __future__ import annotations

from typing import Any


def explain(frame: Any, error: BaseException) -> tuple[str, str | None, int | None]:
    """What to say, and the column and the row (counted from 0) where they can be found."""
    if isinstance(error, ImportError):
        return (f"a pandas frame is read through pyarrow: pip install pyarrow ({error})", None, None)
    columns = getattr(frame, "columns", None)
    if columns is None or not hasattr(frame, "iloc"):
        return (f"the data gives no columns: {error}", None, None)
    names = list(columns)
    for at, name in enumerate(names):
        if name in names[:at]:
            return (f"there is the column `{name}` twice; rename or remove one", str(name), None)
    for at, name in enumerate(names):
        found = _mixed(frame.iloc[:, at])
        if found is not None:
            row, value, first = found
            message = (
                f"the column `{name}` has values of several types: row {row} holds `{value!r}`, which is "
                f"{type(value).__name__}, and the rows before hold {first}; give it one type"
            )
            return (message, str(name), row)
    return (f"the frame gives no columns: {error}", None, None)


def _mixed(series: Any) -> tuple[int, object, str] | None:
    """The first row whose value is of another kind than those before."""
    if str(series.dtype) != "object":
        return None
    first: type | None = None
    for row, value in enumerate(series.tolist()):
        if value is None or value != value:
            continue
        if first is None:
            first = type(value)
        elif type(value) is not first:
            return row, value, first.__name__
    return None
