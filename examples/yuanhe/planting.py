"""The faults planted in the files, and the list of them that a test compares with what the program finds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, fields

from population import ALPHABET, Draws, Enterprise, code
from table import Column, Table

# Out of a hundred rows of every file, at least one row a file.
PERCENT = 3

BAD_CODES: dict[str, Callable[[str], str]] = {
    "check character": lambda c: c[:-1] + ALPHABET[(ALPHABET.index(c[-1]) + 1) % 31],
    "letter O for 0": lambda c: c[:10] + "O" + c[11:],
    "character lost": lambda c: c[:12] + c[13:],
}
BAD_DATES = ("2026-02-30", "2025/13/05", "20250431", "2026年0月8日", "不详")
UNKNOWN = ("待定", "其它", "E级", "见附件")
BAD_AMOUNTS = ("1,23.00", "约五万", "12.345.6")


@dataclass(frozen=True)
class Planted:
    """One planted fault: where it stands, what it is, and what becomes of it."""

    file: str
    line: int
    planted: str
    becomes: str  # reject (the row is refused) or fault (the enterprise is referred)
    code: str
    fact: str
    column: str
    cell: str


@dataclass
class Row:
    cells: list[str]
    planted: tuple[str, str, str, str, str] | None = None  # as in Planted, from `planted` on, without `code`
    code: str = ""


def plant(table: Table, population: Sequence[Enterprise]) -> tuple[list[list[str]], list[Planted]]:
    """The table's rows with faults in them, and what was planted where."""
    d = Draws("plant", table.file)
    rows = [Row(cells) for cells in table.grid()]
    register = any(c.fact == "registry.status" for c in table.columns)
    key = next(i for i, c in enumerate(table.columns) if c.kind == "key")
    careless = {e.code for e in population if e.careless}
    open_rows = [r for r in rows if r.cells[key].upper() in careless]
    kinds = (
        {"orphan": 4.0, "bad_code": 2.0, "cell": 4.0} if table.events else {"orphan": 2.0, "bad_code": 2.0, "cell": 5.0}
    )
    if not table.events:
        kinds["duplicate"] = 2.0
    if register:
        kinds = {"bad_code": 1.0, "duplicate": 1.0, "cell": 1.0}
    for n in range(max(1, (len(rows) * PERCENT + 50) // 100)):
        kind = d.weighted(kinds)
        if kind in ("cell", "bad_code") and not register and not open_rows:
            kind = "orphan"
        place = d.between(0, len(rows))
        if kind == "cell":
            row = open_rows.pop(d.between(0, len(open_rows) - 1))
            spoil(table, d, row, key)
        elif kind == "duplicate":
            place = d.between(1, len(rows))
            twin = d.pick([r for r in rows[:place] if r.planted is None] or rows[:1])
            open_rows = [r for r in open_rows if r is not twin]
            other = Row(list(twin.cells))
            kind = "conflict" if not register and n % 2 and contradict(table, other) else "duplicate"
            rows.insert(place, note(other, kind, table, key))
        elif kind == "orphan":
            stranger = Row(list(d.pick([r for r in rows if r.planted is None]).cells))
            nameless = bool(table.events) and n % 5 == 0
            stranger.cells[key] = "" if nameless else code(800_000 + n)
            rows.insert(place, note(stranger, "nameless" if nameless else "orphan", table, key))
        else:
            sound = [r for r in rows if r.planted is None]
            row = Row(list(d.pick(sound).cells)) if register else open_rows.pop(d.between(0, len(open_rows) - 1))
            how = d.pick(list(BAD_CODES))
            row.cells[key] = BAD_CODES[how](code(700_000 + n) if register else row.cells[key].upper())
            note(row, f"bad_code: {how}", table, key)
            if register:
                rows.insert(place, row)
    found = [
        Planted(table.file, line, row.planted[0], row.planted[1], row.code, *row.planted[2:])
        for line, row in enumerate(rows, 2)
        if row.planted
    ]
    return [row.cells for row in rows], found


def note(row: Row, kind: str, table: Table, key: int) -> Row:
    """Marks a row that will be refused."""
    row.code = row.cells[key]
    row.planted = (kind, "reject", table.events, table.columns[key].name, row.code)
    return row


def contradict(table: Table, row: Row) -> bool:
    """Makes a repeated row say something else, where it has an amount or a number to change."""
    for i, column in enumerate(table.columns):
        if column.kind in ("money", "wan", "count") and row.cells[i][:1] in "123456789" and row.cells[i]:
            row.cells[i] = ("2" if row.cells[i][0] == "1" else "1") + row.cells[i][1:]
            return True
    return False


def spoil(table: Table, d: Draws, row: Row, key: int) -> None:
    """Makes one cell of a row unreadable or impossible."""
    choices = [i for i, c in enumerate(table.columns) if row.cells[i] and c.fact and ways(c)]
    at = d.pick(choices)
    column = table.columns[at]
    kind = d.pick(ways(column))
    old = row.cells[at]
    row.cells[at] = {
        "bad_date": d.pick(BAD_DATES),
        "unknown_category": d.pick(UNKNOWN),
        "negative_amount": "-" + (old if old.strip("0.,¥０．") else "1200"),
        "bad_amount": d.pick(BAD_AMOUNTS),
        "out_of_range": "120.00" if column.kind == "percent" else "1.2000",
        "bad_flag": "未知",
        "missing_required": "",
    }[kind]
    row.code = row.cells[key].upper()
    fact = f"{table.events}.{column.fact}" if table.events else column.fact
    row.planted = (kind, "fault", fact, column.name, row.cells[at])


def ways(column: Column) -> list[str]:
    """In which ways a cell of this column can be spoilt."""
    if column.fact == "registry.status":
        return ["unknown_category", "missing_required"]
    if column.kind in ("money", "wan"):
        return ["bad_amount"] if column.signed else ["negative_amount", "negative_amount", "bad_amount"]
    wide = column.fact == "tax.found_share"  # may exceed one
    return {
        "date": ["bad_date"],
        "category": ["unknown_category"],
        "count": ["negative_amount"],
        "percent": ["out_of_range"],
        "share": [] if wide else ["out_of_range"],
        "flag": ["bad_flag"],
    }.get(column.kind, [])


def listing(found: Sequence[Planted]) -> bytes:
    """faults.tsv: one line for each planted fault."""
    lines = [[f.name for f in fields(Planted)], *([str(v) for v in astuple(p)] for p in found)]
    return "".join("\t".join(line) + "\n" for line in lines).encode()
