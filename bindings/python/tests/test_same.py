"""One decision, the same bytes: the command, and Python by dict, pandas, Polars, pyarrow and DuckDB."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xinpei
from conftest import AS_OF, ROOT, Command, code
from dossiers import Facts, delivered, dictionary, table

RULES = ROOT / "rules" / "yuanhe" / "2026.1"
EXAMPLE = ROOT / "examples" / "yuanhe"

Frames = dict[str, Callable[[pa.Table], Any]]

FRAMES: Frames = {
    "pyarrow": lambda t: t,
    "pyarrow in pieces": lambda t: pa.Table.from_batches(t.to_batches(max_chunksize=7)),
    "pyarrow batch": lambda t: t.combine_chunks().to_batches()[0],
    "pyarrow reader": lambda t: t.to_reader(max_chunksize=50),
    "pandas": lambda t: t.to_pandas(types_mapper=pd.ArrowDtype),
    "pandas with objects": lambda t: t.to_pandas(integer_object_nulls=True),
    "polars": lambda t: pl.DataFrame(t),
    "polars lazy": lambda t: pl.DataFrame(t).lazy(),
    "duckdb": lambda t: duckdb.from_arrow(t),
    "duckdb query": lambda t: duckdb.sql("SELECT * FROM t"),
}


def plain(value: Any) -> Any:
    """A value as JSON writes it."""
    if isinstance(value, list):
        return [{key: plain(inner) for key, inner in record.items()} for record in value]
    return str(value) if isinstance(value, Decimal | date) else value


def by_command(command: Command, folder: Path, rules: Path, dossiers: dict[str, Facts]) -> list[str]:
    path = folder / "dossiers.jsonl"
    lines = (
        json.dumps({"enterprise": key, "facts": {id: plain(value) for id, value in facts.items()}})
        for key, facts in dossiers.items()
    )
    path.write_text("\n".join(lines) + "\n")
    return command("score", path, "--rules", rules, "--as-of", AS_OF, "--format", "json").splitlines()


def lines(decisions: xinpei.Decisions) -> list[str]:
    return [decision.to_json() for decision in decisions]


@pytest.fixture(scope="module")
def folder(command: Command) -> list[str]:
    """What the command decides on the folder of the departments."""
    return command("score", EXAMPLE, "--as-of", AS_OF, "--format", "json").splitlines()


@pytest.fixture(scope="module")
def dossiers(folder: list[str]) -> dict[str, Facts]:
    # Rows of the register with a wrong code are rejects of the command.
    known = {json.loads(line)["enterprise"] for line in folder}
    found = {key: facts for key, facts in delivered(EXAMPLE, RULES).items() if key in known}
    # The example has 500 enterprises, and most of them must be here for the comparison to mean much.
    assert len(found) > 250
    return found


@pytest.mark.parametrize("events", [True, False], ids=["with events", "without events"])
def test_yuanhe(
    command: Command, tmp_path: Path, yuanhe: xinpei.Rulebook, dossiers: dict[str, Facts], events: bool
) -> None:
    kinds = dictionary(RULES)
    if not events:
        dossiers = {
            key: {id: value for id, value in facts.items() if kinds[id].type != "events"}
            for key, facts in dossiers.items()
        }
    expected = by_command(command, tmp_path, RULES, dossiers)
    assert len(expected) == len(dossiers)
    alone = [yuanhe.decide({"enterprise": key, **facts}, as_of=AS_OF).to_json() for key, facts in dossiers.items()]
    assert alone == expected
    records = [{"enterprise": key, "facts": facts} for key, facts in dossiers.items()]
    assert lines(yuanhe.score(records, as_of=AS_OF)) == expected
    whole = table(dossiers, kinds, events)
    for name, make in FRAMES.items():
        assert lines(yuanhe.score(make(whole), as_of=AS_OF)) == expected, name


def test_the_folder(folder: list[str], yuanhe: xinpei.Rulebook, dossiers: dict[str, Facts]) -> None:
    """The command reads the files of the departments, Python too; and so did `dossiers.py`, independently."""
    decisions = yuanhe.score(EXAMPLE, as_of=AS_OF)
    assert lines(decisions) == folder
    by_key = {json.loads(line)["enterprise"]: line for line in folder}
    same = [
        yuanhe.decide({"enterprise": key, **facts}, as_of=AS_OF).to_json() == by_key[key]
        for key, facts in dossiers.items()
    ]
    assert all(same)


def test_sme_size(command: Command, tmp_path: Path, sme: xinpei.Rulebook) -> None:
    """Single values around the edges of the classes of industry, and all ways to be missing."""
    rules = ROOT / "rules" / "sme-size" / "2011.1"
    dossiers: dict[str, Facts] = {}
    revenues = [None, Decimal("0.00"), Decimal("2999999.99"), Decimal("3000000.00"), Decimal("400000000.00")]
    for industry in [None, "industrial", "software", "farming", "nowhere"]:
        for staff in [None, 0, 19, 20, 299, 300, 999, 1000]:
            for revenue in revenues:
                facts = {"size.industry": industry, "size.staff": staff, "size.revenue": revenue}
                dossiers[code(len(dossiers))] = {id: value for id, value in facts.items() if value is not None}
    expected = by_command(command, tmp_path, rules, dossiers)
    assert len(expected) == len(dossiers) == 200
    assert {json.loads(line)["status"] for line in expected} >= {"rated", "refer"}
    alone = [sme.decide({"enterprise": key, **facts}, as_of=AS_OF).to_json() for key, facts in dossiers.items()]
    assert alone == expected
    whole = table(dossiers, dictionary(rules), False)
    for name, make in FRAMES.items():
        assert lines(sme.score(make(whole), as_of=AS_OF)) == expected, name


@pytest.mark.parametrize("ending", ["parquet", "arrow", "csv"])
def test_files(command: Command, tmp_path: Path, sme: xinpei.Rulebook, ending: str) -> None:
    facts = {"size.industry": ["industrial", "retail", "x"], "size.staff": [300, 1, 2]}
    whole = pa.table({"enterprise": [code(1), code(2), code(3)], **facts})
    path = tmp_path / f"dossiers.{ending}"
    match ending:
        case "parquet":
            duckdb.from_arrow(whole).write_parquet(str(path))
        case "arrow":
            with pa.ipc.new_file(path, whole.schema) as file:
                file.write_table(whole)
        case _:
            duckdb.from_arrow(whole).write_csv(str(path))
    expected = command("score", path, "--rules", ROOT / "rules/sme-size", "--as-of", AS_OF, "--format", "json")
    decisions = sme.score(path, as_of=AS_OF)
    assert lines(decisions) == expected.splitlines()
    assert [decisions[at].to_json() for at in range(3)] == expected.splitlines()
    assert decisions[code(2)].to_json() == expected.splitlines()[1]
