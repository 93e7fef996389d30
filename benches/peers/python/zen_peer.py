"""Peer: ZEN from Python, the same two graphs as from Rust."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import zen

from protocol import Case, arguments, serve
from workload import Answers, load_card, load_columns

Facts = dict[str, int | None]


def main() -> None:
    """Serve both graphs."""
    folder, rows = arguments()
    card = load_card(folder)
    rows = min(rows, card.rows, 2_000)
    columns = load_columns(folder, card, rows)
    pairs = list(enumerate(zip(columns.values, columns.known, strict=True)))
    data: list[Facts] = [{f"f{i}": int(v[r]) if k[r] else None for i, (v, k) in pairs} for r in range(rows)]

    def case(style: str) -> Case:
        text = Path(folder / f"zen_{style.replace(' ', '_')}.json").read_text(encoding="utf-8")
        decision = zen.ZenEngine().create_decision(text)

        def run() -> list[dict[str, Any]]:
            return [decision.evaluate(facts)["result"] for facts in data]

        def answers(found: list[dict[str, Any]]) -> Answers:
            keys = [[int(row[f"r{k}"]) for row in found] for k in range(4)]
            return Answers([int(row["score"]) for row in found], [int(row["grade"]) for row in found], list(keys))

        return Case(f"ZEN from Python, {style}", rows, run, answers)

    serve(card, [case("expression nodes"), case("decision tables")])


if __name__ == "__main__":
    main()
