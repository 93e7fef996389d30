"""Makes the example archive of the Yuanhe pilot zone: 500 fictitious enterprises, a file for each department.

    python3 examples/yuanhe/generate.py            writes the files beside this one
    python3 examples/yuanhe/generate.py --check    makes them in memory and compares; exit 1 if one differs

The same seed gives the same bytes on every machine: draws use `random()` only, and no libm.
mapping.yaml and README.md are written by hand; README.md has the whole table of distributions:

    quality          latent, N(0, 1); what lies above 0.4 shrinks to 0.6 of it
    q                what one department sees: 0.7 of the quality, 0.71 of its own N(0, 1)
    size             by N(0, 1) + quality / 2: micro below 0, small below 1, medium
    revenue          by u²: micro 0.3-5 million yuan, small 3-40, medium 30-380
    age              under 1 year 6 %, 1-3 years 14 %, 3-10 years 45 %, older 35 %
    tax grade        by q: D below -1.9, C -1.1, M -0.1, B 1.0, A
    late, per month  tax 2-26 %, power 1-55 %, insurance 0-50 %, by q
    lists            dishonest debtor q < -2.05, wages q < -2.25, abnormal q < -2.0, and 0.3-0.4 % of all
    faults           3 % of the rows of every file, cells of 40 careless enterprises only
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import authorities
import bureaus
import providers
from planting import Planted, listing, plant
from population import enterprises
from table import Table

HERE = Path(__file__).resolve().parent


def files() -> dict[str, bytes]:
    """Every file by its name."""
    population = enterprises()
    made: dict[str, bytes] = {}
    found: list[Planted] = []
    for table in [*authorities.tables(population), *bureaus.tables(population), *providers.tables(population)]:
        forget(table, {e.code for e in population if e.unknown})
        grid, planted = plant(table, population)
        made[table.file] = table.bytes(grid)
        found += planted
    made["faults.tsv"] = listing(found)
    return made


def forget(table: Table, unknown: set[str]) -> None:
    """Takes away the rows of enterprises that only the registrar knows."""
    key = next(i for i, column in enumerate(table.columns) if column.kind == "key")
    if not table.file.startswith("市场监督管理局"):
        table.rows = [row for row in table.rows if row[key] not in unknown]


def check(made: dict[str, bytes]) -> int:
    """Compares with the committed files and says which differ."""
    wrong = [name for name, data in made.items() if not (HERE / name).is_file() or (HERE / name).read_bytes() != data]
    wrong += sorted(path.name for path in HERE.glob("*.csv") if path.name not in made)
    for name in wrong:
        print(f"differs: {name}", file=sys.stderr)
    print(f"{len(made)} files, {len(wrong)} differ")
    return 1 if wrong else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="make or check the example archive of the Yuanhe pilot zone")
    parser.add_argument("--check", action="store_true", help="compare with the committed files, write nothing")
    made = files()
    if parser.parse_args().check:
        return check(made)
    for name, data in made.items():
        (HERE / name).write_bytes(data)
    print(f"{len(made)} files, {sum(map(len, made.values())):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
