"""Files in bounded memory, dates by row: as the command writes them."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xinpei
from conftest import AS_OF, ROOT, Command, code

EXAMPLE = ROOT / "examples" / "yuanhe"


@pytest.mark.parametrize("ending", ["parquet", "arrow", "csv", "jsonl"])
def test_the_same_file_as_the_command(command: Command, tmp_path: Path, yuanhe: xinpei.Rulebook, ending: str) -> None:
    theirs, ours = tmp_path / f"theirs.{ending}", tmp_path / f"ours.{ending}"
    their_rejects, our_rejects = tmp_path / "theirs.rejects.csv", tmp_path / "ours.rejects.csv"
    command("score", EXAMPLE, "--as-of", AS_OF, "--out", theirs, "--rejects", their_rejects)
    summary = yuanhe.score_to(EXAMPLE, ours, as_of=AS_OF, rejects=our_rejects)
    assert ours.read_bytes() == theirs.read_bytes()
    assert our_rejects.read_bytes() == their_rejects.read_bytes()
    kept = yuanhe.score(EXAMPLE, as_of=AS_OF).summary()
    assert str(summary) == str(kept) and summary.rejects == 590


def test_columns_and_frames_to_a_file(sme: xinpei.Rulebook, tmp_path: Path) -> None:
    data = pa.table({"enterprise": [code(at) for at in range(40_000)], "size.industry": ["retail"] * 40_000})
    out = tmp_path / "decisions.parquet"
    summary = sme.score_to(pl.DataFrame(data), out, as_of=AS_OF, columns="enterprise,score")
    table = pq.read_table(out)
    assert table.column_names == ["enterprise", "score"] and table.num_rows == summary.decisions == 40_000


def test_what_is_read_is_not_written(sme: xinpei.Rulebook, yuanhe: xinpei.Rulebook, tmp_path: Path) -> None:
    data = tmp_path / "dossiers.parquet"
    pq.write_table(pa.table({"enterprise": [code(1)], "size.industry": ["retail"]}), data)
    before = data.read_bytes()
    for out, rejects, says in [
        (data, None, "is an input"),
        (tmp_path / "a.parquet", data, "is an input"),
        (tmp_path / "a.csv", tmp_path / "a.csv", "into one file"),
        (tmp_path / "a.doc", None, "names no format"),
        (tmp_path / "no" / "a.csv", None, "make it first"),
    ]:
        with pytest.raises(xinpei.InputError, match=says):
            sme.score_to(data, out, as_of=AS_OF, rejects=rejects)
    assert data.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["dossiers.parquet"]
    folder = tmp_path / "departments"
    shutil.copytree(EXAMPLE, folder)
    with pytest.raises(xinpei.InputError, match="is an input"):
        yuanhe.score_to(folder, folder / "供电公司_电费.csv", as_of=AS_OF)


def panel() -> pa.Table:
    """Two enterprises on three days, the days mixed."""
    days = [date(2026, 6, 30), date(2026, 4, 1), date(2026, 6, 30), date(2026, 5, 31), date(2026, 4, 1)]
    return pa.table(
        {
            "enterprise": [code(1), code(1), code(2), code(1), code(2)],
            "day": days,
            "registry.status": ["operating"] * 5,
            "registry.established": [date(2021, 5, 1), date(2021, 5, 1), None, date(2021, 5, 1), date(2025, 4, 1)],
        }
    )


def test_dates_by_row(yuanhe: xinpei.Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "panel.parquet"
    pq.write_table(panel(), path)
    given: list[Any] = [panel(), panel().to_pandas(), path]
    for data in given:
        decisions = yuanhe.score(data, as_of="column:day", columns="enterprise,as_of,score")
        alone = [
            yuanhe.decide({key: value for key, value in row.items() if key != "day"}, as_of=row["day"])
            for row in panel().to_pylist()
        ]
        assert list(decisions) == alone
        assert [decisions[at] for at in range(5)] == alone
        assert decisions.to_arrow()["as_of"].to_pylist() == panel()["day"].to_pylist()
        assert decisions.to_arrow()["score"].to_pylist() == [decision.score for decision in alone]
        assert decisions.as_of is None and "column:day" in repr(decisions)
    out = tmp_path / "out.jsonl"
    yuanhe.score_to(path, out, as_of="column:day")
    assert out.read_text().splitlines() == [decision.to_json() for decision in alone]


def test_dates_that_cannot_be_decided_on(yuanhe: xinpei.Rulebook) -> None:
    days = [None, date(2026, 3, 31), date(2026, 6, 30), date(2026, 6, 30), date(2026, 4, 2)]
    data = panel().set_column(1, "day", pa.array(days))
    data = data.set_column(0, "enterprise", pa.array([code(1)] * 5))
    decisions = yuanhe.score(data, as_of="column:day")
    assert [str(decision.as_of) for decision in decisions] == ["2026-06-30", "2026-04-02"]
    reasons = [(reject.line, reject.reason) for reject in decisions.rejects]
    assert [line for line, _ in reasons] == [1, 2, 4]
    for (_, reason), says in zip(reasons, ["no date", "not in force", "repeated"], strict=True):
        assert says in reason
    with pytest.raises(xinpei.ColumnError, match="no column `days`; did you mean `day`"):
        yuanhe.score(data, as_of="column:days")
    with pytest.raises(xinpei.InputError, match="not records or a folder"):
        yuanhe.score(EXAMPLE, as_of="column:day")
