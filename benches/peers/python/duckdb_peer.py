"""Peer: DuckDB, one thread, CASE WHEN over an Arrow table."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from protocol import Case, arguments, serve
from workload import Answers, Card, Line, load_card, load_columns


def case_when(i: int, line: Line, numbers: list[int], missing: int) -> str:
    """The number of a value's band."""
    bands = " ".join(f"WHEN f{i} <= {cut} THEN {n}" for cut, n in zip(line.cuts, numbers, strict=False))
    return f"CASE WHEN f{i} IS NULL THEN {missing} {bands} ELSE {numbers[-1]} END"


def score_and_grade(card: Card, sections: list[str], keep: str, source: str) -> str:
    """SQL from sums of sections to score and grade; ``keep`` are columns handed on."""
    capped = " + ".join(f"greatest(0, least({card.cap}, {section}))" for section in sections)
    flags = ", ".join(f"f{card.flag(k)}" for k in range(6))
    steps = " ".join(f"WHEN score >= {least} THEN {9 - g}" for g, least in enumerate(card.grades))
    grade = f"CASE {steps} ELSE 0 END"
    moved = f"greatest(0, least(9, {grade} + f{card.flag(4)} - f{card.flag(2)}))"
    low = f"CASE WHEN f{card.flag(0)} = 1 THEN 1 ELSE 9 END"
    middle = f"CASE WHEN f{card.flag(3)} = 1 THEN 5 ELSE 9 END"
    capped_grade = f"least({moved}, {low}, {middle})"
    final = f"CASE WHEN f{card.flag(1)} = 1 THEN 0 WHEN f{card.flag(5)} = 1 THEN 2 ELSE {capped_grade} END"
    inner = f"SELECT ({capped} + 5) // 10 AS score, {flags}{keep} FROM ({source})"
    return f"SELECT score, {final} AS grade{keep} FROM ({inner})"


def without_reasons(card: Card) -> str:
    """Points only."""
    sections = []
    for s in range(4):
        parts = [case_when(i, ln, ln.points, ln.missing) for i, ln in enumerate(card.lines) if ln.section == s]
        sections.append(" + ".join(parts))
    return score_and_grade(card, sections, "", "SELECT * FROM facts")


def keyed(card: Card) -> tuple[str, list[str]]:
    """A source with the key of each line beside the flags, and the sums of sections over keys."""
    keys = []
    for i, line in enumerate(card.lines):
        numbers = [line.key(points, card.bits) for points in line.points]
        keys.append(f"{case_when(i, line, numbers, line.key(line.missing, card.bits))} AS k{i}")
    flags = ", ".join(f"f{card.flag(k)}" for k in range(6))
    sections = []
    for s in range(4):
        full = sum(line.top for line in card.lines if line.section == s)
        lost = " + ".join(f"(k{i} >> {card.bits})" for i, line in enumerate(card.lines) if line.section == s)
        sections.append(f"{full} - ({lost})")
    return f"SELECT {flags}, {', '.join(keys)} FROM facts", sections


def greatest(card: Card) -> str:
    """Four reasons, each the greatest key below the one before."""
    source, sections = keyed(card)
    columns = [f"k{i}" for i in range(card.size)]
    source = f"SELECT *, greatest({', '.join(columns)}) AS r0 FROM ({source})"
    for k in range(1, 4):
        below = ", ".join(f"CASE WHEN {c} < r{k - 1} THEN {c} ELSE 0 END" for c in columns)
        source = f"SELECT *, greatest({below}) AS r{k} FROM ({source})"
    return score_and_grade(card, sections, ", r0, r1, r2, r3", source)


def lists(card: Card) -> str:
    """Four reasons by sorting a list of keys."""
    source, sections = keyed(card)
    columns = ", ".join(f"k{i}" for i in range(card.size))
    source = f"SELECT *, list_reverse_sort([{columns}])[1:4] AS r FROM ({source})"
    return score_and_grade(card, sections, ", r", source)


def main() -> None:
    """Serve three forms."""
    folder, rows = arguments()
    card = load_card(folder)
    columns = load_columns(folder, card, min(rows, card.rows))
    arrays = [pa.array(v, mask=~k) for v, k in zip(columns.values, columns.known, strict=True)]
    facts = pa.table(dict(zip([f"f{i}" for i in range(len(arrays))], arrays, strict=True)))
    connection = duckdb.connect()
    connection.execute("SET threads = 1")
    connection.register("facts", facts)

    def run(sql: str) -> pa.Table:
        return connection.execute(sql).to_arrow_table()

    def plain(table: pa.Table) -> Answers:
        return Answers(table["score"].to_numpy(), table["grade"].to_numpy(), [])

    def keys(table: pa.Table) -> Answers:
        found = [table[f"r{k}"].to_numpy() for k in range(4)]
        return Answers(table["score"].to_numpy(), table["grade"].to_numpy(), list(found))

    def split(table: pa.Table) -> Answers:
        flat = table["r"].combine_chunks().flatten().to_numpy().reshape(-1, 4)
        return Answers(table["score"].to_numpy(), table["grade"].to_numpy(), list(flat.T))

    sql = (without_reasons(card), greatest(card), lists(card))
    count = facts.num_rows
    serve(
        card,
        [
            Case("DuckDB, no reasons", count, lambda: run(sql[0]), plain),
            Case("DuckDB, reasons by greatest", count, lambda: run(sql[1]), keys),
            Case("DuckDB, reasons by lists", count, lambda: run(sql[2]), split),
        ],
    )


if __name__ == "__main__":
    main()
