"""Peer: a plain Python function, row by row."""

from __future__ import annotations

from bisect import bisect_left

from protocol import Case, arguments, serve
from workload import Answers, Card, load_card, load_columns

Row = list[int | None]


def decide(card: Card, row: Row) -> tuple[int, int, list[int]]:
    """Score, grade and four keys of one row."""
    sections = [0, 0, 0, 0]
    losses = []
    for line, value in zip(card.lines, row, strict=False):
        points = line.missing if value is None else line.points[bisect_left(line.cuts, value)]
        sections[line.section] += points
        if points < line.top:
            losses.append(line.key(points, card.bits))
    losses.sort(reverse=True)
    score = (sum(min(card.cap, max(0, section)) for section in sections) + 5) // 10
    grade = sum(score >= least for least in card.grades)
    flags = row[card.size :]
    grade = min(9, max(0, grade + (flags[4] == 1) - (flags[2] == 1)))
    if flags[0] == 1:
        grade = min(grade, 1)
    if flags[3] == 1:
        grade = min(grade, 5)
    if flags[5] == 1:
        grade = 2
    if flags[1] == 1:
        grade = 0
    return score, grade, [*losses, 0, 0, 0, 0][:4]


def main() -> None:
    """Serve one form."""
    folder, rows = arguments()
    card = load_card(folder)
    rows = min(rows, card.rows, 20_000)
    columns = load_columns(folder, card, rows)
    pairs = list(zip(columns.values, columns.known, strict=True))
    data: list[Row] = [[int(v[r]) if k[r] else None for v, k in pairs] for r in range(rows)]

    def run() -> list[tuple[int, int, list[int]]]:
        return [decide(card, row) for row in data]

    def answers(found: list[tuple[int, int, list[int]]]) -> Answers:
        return Answers(
            [score for score, _, _ in found],
            [grade for _, grade, _ in found],
            [[keys[k] for _, _, keys in found] for k in range(4)],
        )

    serve(card, [Case("Python function per row", rows, run, answers)])


if __name__ == "__main__":
    main()
