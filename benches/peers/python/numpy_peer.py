"""Peer: numpy, vectors of 65,536 rows at a time, four reasons by running maxima."""

from __future__ import annotations

import numpy as np

from protocol import Case, arguments, serve
from workload import Answers, Card, Columns, Ints, load_card, load_columns

CHUNK = 65_536


def chunk(card: Card, tables: list[Ints], columns: Columns, at: slice) -> list[Ints]:
    """Score, grade and four keys of some rows."""
    width = len(columns.values[0][at])
    lost = [np.zeros(width, np.int64) for _ in range(4)]
    best = [np.zeros(width, np.int64) for _ in range(4)]
    for i, line in enumerate(card.lines):
        band = np.zeros(width, np.int8)
        for cut in line.cuts:
            band += columns.values[i][at] > cut
        band[~columns.known[i][at]] = len(line.points)
        key = tables[i][band]
        lost[line.section] += key >> card.bits
        for k in range(4):
            high = np.maximum(best[k], key)
            key = np.minimum(best[k], key)
            best[k] = high
    total = np.full(width, 5, np.int64)
    for s in range(4):
        full = sum(line.top for line in card.lines if line.section == s)
        total += np.clip(full - lost[s], 0, card.cap)
    score = total // 10
    grade = np.zeros(width, np.int64)
    for least in card.grades:
        grade += score >= least
    flag = [columns.values[card.flag(k)][at] for k in range(6)]
    grade = np.clip(grade + flag[4] - flag[2], 0, 9)
    grade = np.where(flag[0] == 1, np.minimum(grade, 1), grade)
    grade = np.where(flag[3] == 1, np.minimum(grade, 5), grade)
    grade = np.where(flag[5] == 1, 2, grade)
    grade = np.where(flag[1] == 1, 0, grade)
    return [score, grade, *best]


def main() -> None:
    """Serve one form."""
    folder, rows = arguments()
    card = load_card(folder)
    rows = min(rows, card.rows, 500_000)
    columns = load_columns(folder, card, rows)
    tables = []
    for line in card.lines:
        keys = [line.key(points, card.bits) for points in [*line.points, line.missing]]
        tables.append(np.array(keys, np.int64))

    def run() -> list[list[Ints]]:
        return [chunk(card, tables, columns, slice(r, min(rows, r + CHUNK))) for r in range(0, rows, CHUNK)]

    def answers(parts: list[list[Ints]]) -> Answers:
        whole = [np.concatenate([part[c] for part in parts]) for c in range(6)]
        return Answers(whole[0], whole[1], list(whole[2:]))

    serve(card, [Case("numpy", rows, run, answers)])


if __name__ == "__main__":
    main()
