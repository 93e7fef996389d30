"""A department's table: its columns, how that department spells values, and the bytes of its file."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

Cell = str | int | bool | date | None

WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
DATES: dict[str, Callable[[date], str]] = {
    "dash": lambda d: d.isoformat(),
    "slash": lambda d: f"{d.year}/{d.month}/{d.day}",
    "plain": lambda d: f"{d:%Y%m%d}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
}


@dataclass(frozen=True)
class Column:
    """One column. `kind` says what a cell holds and how it is written:

    key, text · date · flag · category (spelt by `labels`, else by member id) · count ·
    money (fen, written in yuan) · wan (fen, written in 10 000 yuan) ·
    share (hundredths of a percent, written 0.9850) · percent (the same, written 98.50)
    """

    name: str
    kind: str
    fact: str = ""  # what the mapping makes of it; empty: nothing
    labels: Mapping[str, str] = field(default_factory=dict)
    signed: bool = False


@dataclass
class Table:
    """One file of one department. Rows are kept as values; `grid` spells them."""

    file: str
    columns: list[Column]
    rows: list[list[Cell]]
    encoding: str = "utf-8"
    bom: bool = False
    newline: str = "\n"
    dates: str = "dash"
    grouped: bool = False  # thousands separators in amounts
    flags: tuple[str, str] = ("是", "否")
    sign: str = ""  # before amounts
    wide: bool = False  # full-width digits in amounts
    small: bool = False  # codes in lower case
    events: str = ""  # the table of events it feeds

    def grid(self) -> list[list[str]]:
        return [[self.spell(c, v) for c, v in zip(self.columns, row, strict=True)] for row in self.rows]

    def spell(self, column: Column, value: Cell) -> str:
        if value is None:
            return ""
        if isinstance(value, bool):
            return self.flags[0] if value else self.flags[1]
        if isinstance(value, date):
            return DATES[self.dates](value)
        if column.kind == "key":
            return str(value).lower() if self.small else str(value)
        if isinstance(value, str):
            return column.labels.get(value, value)
        if column.kind == "money":
            return self.amount(value, 100)
        if column.kind == "wan":
            return self.amount(value // 10_000 if value >= 0 else -(-value // 10_000), 100)
        if column.kind == "percent":
            return f"{value // 100}.{value % 100:02d}"
        if column.kind == "share":
            return f"{value // 10_000}.{value % 10_000:04d}"
        return f"{value:,}" if self.grouped else str(value)

    def amount(self, value: int, unit: int) -> str:
        whole, rest = divmod(abs(value), unit)
        text = f"{whole:,}" if self.grouped else str(whole)
        text = f"{self.sign}{'-' if value < 0 else ''}{text}.{rest:02d}"
        return text.translate(WIDE) if self.wide else text

    def bytes(self, grid: list[list[str]]) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator=self.newline)
        writer.writerow([c.name for c in self.columns])
        writer.writerows(grid)
        return (b"\xef\xbb\xbf" if self.bom else b"") + out.getvalue().encode(self.encoding)
