"""Peer: Polars, one thread, expressions over a data frame."""

from __future__ import annotations

import polars as pl

from protocol import Case, arguments, serve
from workload import Answers, Card, Line, load_card, load_columns


def band(i: int, line: Line, numbers: list[int], missing: int) -> pl.Expr:
    """The number of a value's band."""
    value = pl.col(f"f{i}")
    missing_first = pl.when(value.is_null()).then(pl.lit(missing, pl.Int32))
    chain = missing_first.when(value <= line.cuts[0]).then(pl.lit(numbers[0], pl.Int32))
    for cut, number in zip(line.cuts[1:], numbers[1:], strict=False):
        chain = chain.when(value <= cut).then(pl.lit(number, pl.Int32))
    return chain.otherwise(pl.lit(numbers[-1], pl.Int32))


def total(card: Card, frame: pl.LazyFrame, sections: list[pl.Expr]) -> pl.LazyFrame:
    """Score and grade from sums of sections."""
    capped = [section.clip(0, card.cap) for section in sections]
    frame = frame.with_columns(score=(capped[0] + capped[1] + capped[2] + capped[3] + 5) // 10)
    score, flag = pl.col("score"), [pl.col(f"f{card.flag(k)}") for k in range(6)]
    best = pl.when(score >= card.grades[0]).then(pl.lit(9))
    grade = best.when(score >= card.grades[1]).then(pl.lit(8))
    for g, least in enumerate(card.grades[2:], start=2):
        grade = grade.when(score >= least).then(pl.lit(9 - g))
    moved = (grade.otherwise(pl.lit(0)) + flag[4] - flag[2]).clip(0, 9)
    frame = frame.with_columns(grade=moved)
    low = pl.when(flag[0] == 1).then(pl.min_horizontal("grade", pl.lit(1))).otherwise(pl.col("grade"))
    frame = frame.with_columns(grade=low)
    middle = pl.when(flag[3] == 1).then(pl.min_horizontal("grade", pl.lit(5))).otherwise(pl.col("grade"))
    fixed = pl.when(flag[1] == 1).then(pl.lit(0)).when(flag[5] == 1).then(pl.lit(2)).otherwise(middle)
    return frame.with_columns(grade=fixed)


def sums(card: Card, values: list[pl.Expr]) -> list[pl.Expr]:
    """The sum of each section."""
    found = []
    for s in range(4):
        parts = [value for value, line in zip(values, card.lines, strict=True) if line.section == s]
        whole = parts[0]
        for part in parts[1:]:
            whole = whole + part
        found.append(whole)
    return found


def without_reasons(card: Card, facts: pl.DataFrame) -> pl.DataFrame:
    """Points only."""
    points = [band(i, line, line.points, line.missing) for i, line in enumerate(card.lines)]
    return total(card, facts.lazy(), sums(card, points)).select("score", "grade").collect()


def keyed(card: Card, facts: pl.DataFrame) -> pl.LazyFrame:
    """The key of each line, score and grade."""
    keys = []
    for i, line in enumerate(card.lines):
        numbers = [line.key(points, card.bits) for points in line.points]
        keys.append(band(i, line, numbers, line.key(line.missing, card.bits)).alias(f"k{i}"))
    flags = [f"f{card.flag(k)}" for k in range(6)]
    frame = facts.lazy().select(*flags, *keys)
    lost = sums(card, [pl.col(f"k{i}") // (1 << card.bits) for i in range(card.size)])
    full = [sum(line.top for line in card.lines if line.section == s) for s in range(4)]
    return total(card, frame, [f - lost_here for f, lost_here in zip(full, lost, strict=True)])


def running_maxima(card: Card, facts: pl.DataFrame) -> pl.DataFrame:
    """Four reasons: each key takes its rank among the best so far."""
    frame = keyed(card, facts).collect()
    best: list[pl.Series] = []
    for i in range(card.size):
        pushed = frame[f"k{i}"]
        for rank, kept in enumerate(best):
            pair = pl.select(high=pl.max_horizontal(kept, pushed), low=pl.min_horizontal(kept, pushed))
            best[rank], pushed = pair["high"], pair["low"]
        if len(best) < 4:
            best.append(pushed)
    return frame.select("score", "grade").with_columns(*(b.alias(f"r{k}") for k, b in enumerate(best)))


def horizontal(card: Card, facts: pl.DataFrame) -> pl.DataFrame:
    """Four reasons, each the greatest key below the one before."""
    columns = [f"k{i}" for i in range(card.size)]
    frame = keyed(card, facts).with_columns(r0=pl.max_horizontal(columns))
    for k in range(1, 4):
        below = [pl.when(pl.col(c) < pl.col(f"r{k - 1}")).then(pl.col(c)).otherwise(0) for c in columns]
        frame = frame.with_columns(pl.max_horizontal(below).alias(f"r{k}"))
    return frame.select("score", "grade", "r0", "r1", "r2", "r3").collect()


def lists(card: Card, facts: pl.DataFrame) -> pl.DataFrame:
    """Four reasons by sorting a list of keys."""
    keys = pl.concat_list([f"k{i}" for i in range(card.size)]).list.sort(descending=True)
    return keyed(card, facts).select("score", "grade", *(keys.list.get(k).alias(f"r{k}") for k in range(4))).collect()


def main() -> None:
    """Serve four forms."""
    folder, rows = arguments()
    card = load_card(folder)
    columns = load_columns(folder, card, min(rows, card.rows))
    series = []
    for i, (values, known) in enumerate(zip(columns.values, columns.known, strict=True)):
        value = pl.Series(f"f{i}", values)
        series.append(pl.select(pl.when(pl.Series(known)).then(value).alias(f"f{i}")).to_series())
    facts = pl.DataFrame(series).rechunk()
    few = facts.head(100_000).rechunk()

    def plain(frame: pl.DataFrame) -> Answers:
        return Answers(frame["score"].to_numpy(), frame["grade"].to_numpy(), [])

    def keys(frame: pl.DataFrame) -> Answers:
        found = [frame[f"r{k}"].to_numpy() for k in range(4)]
        return Answers(frame["score"].to_numpy(), frame["grade"].to_numpy(), list(found))

    serve(
        card,
        [
            Case("Polars, no reasons", facts.height, lambda: without_reasons(card, facts), plain),
            Case("Polars, reasons by running maxima", facts.height, lambda: running_maxima(card, facts), keys),
            Case("Polars, reasons by max_horizontal", facts.height, lambda: horizontal(card, facts), keys),
            Case("Polars, reasons by lists", few.height, lambda: lists(card, few), keys),
        ],
    )


if __name__ == "__main__":
    main()
