"""What is judged: columns of every library, dicts, what is left out, and bands as decisions show them."""

from __future__ import annotations

import math
import pickle
import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xinpei
from conftest import AS_OF, ROOT
from ruler import RULER, decisions, judged

BAD = [True, False, False, True, False]
SCORES = [1, 2, 301, 400, 999]


def columns() -> list[Any]:
    whole = [int(value) for value in BAD]
    real = [float(value) for value in whole]
    return [
        BAD,
        whole,
        real,
        tuple(BAD),
        (value for value in BAD),
        [np.bool_(value) for value in BAD],
        np.array(BAD),
        np.array(whole, np.uint8),
        np.array(real),
        pd.Series(BAD),
        pd.Series(whole, dtype="Int8"),
        pd.Series(BAD, dtype="boolean"),
        pd.Series(real, index=list("abcde")),
        pl.Series(BAD),
        pl.Series(whole, dtype=pl.UInt16),
        pl.Series(real, dtype=pl.Float32),
        pa.array(BAD),
        pa.array(whole, pa.int32()),
        pa.chunked_array([BAD[:2], BAD[2:]]),
        {f"firm-{at}": value for at, value in enumerate(BAD)},
        dict(sorted({f"firm-{at}": value for at, value in enumerate(whole)}.items(), reverse=True)),
    ]


@pytest.mark.parametrize("outcome", columns(), ids=lambda value: type(value).__module__ + "." + type(value).__name__)
def test_whatever_has_the_values(outcome: Any) -> None:
    judgement = judged(SCORES, outcome)
    assert [(row["grade"], row["goods"], row["bads"]) for row in judgement.by_grade()] == [
        ("A", 1, 0),
        ("B", 1, 1),
        ("C", 1, 1),
    ]
    assert len(judgement.left_out) == 0 and repr(judgement).endswith("3 goods, 2 bads, 0 left out>")


@pytest.mark.parametrize(
    ("outcome", "says", "row"),
    [
        ([0, 1, 2, 0, 0], "row 2 is `2`: it is 0 or 1", 2),
        ([0, 1, 0.5, 0, 0], "row 2 is `0.5`", 2),
        ([0, 1, "bad", 0, 0], "row 2 is `'bad'`", 2),
        ([0, -1, 0, 0, 0], "row 1 is `-1`", 1),
        (np.array([0, 1, 0, 0, 3]), "row 4 is `3`", 4),
        (pa.chunked_array([[0, 1], [0, 0, 9]]), "row 4 is `9`", 4),
        (pl.Series([0.0, 1.0, 0.0, 1.5, 0.0]), "row 3 is `1.5`", 3),
        (pl.Series([0.0, 1.0, 0.0, math.inf, 0.0]), "row 3 is `inf`", 3),
        (pl.Series(["0", "1", "0", "0", "1"]), "a column of `Utf8View`|a column of `LargeUtf8`", None),
        (pl.DataFrame({"bad": [0, 1, 0, 0, 1]}), "is a frame: pass one column", None),
        (pd.DataFrame({"bad": [0, 1, 0, 0, 1]}), "is a frame: pass one column", None),
        (np.zeros((5, 2)), "row 0 is `\\[0.0, 0.0\\]`", 0),
        ("bad", "is a text: pass the column itself", None),
        (7, "is `int`: pass a column", None),
        (None, "is `None`: pass a value", None),
        ([0, 1], "has 2 values, and there are 5 decisions and 0 rejects", None),
        ([0, None, 1, 0, None], '2 of 5 decisions is not known, the first of them in row 1: .*missing="drop"', 1),
        (pd.Series([0, None, 1, 0, 1]), "1 of 5 decisions is not known, the first of them in row 1", 1),
        (pl.Series([None] * 5), "5 of 5 decisions is not known", 0),
        ({"firm-0": 1}, "4 of 5 decisions is not known, the first of them in row 1", 1),
        ({1: 1}, "a key of the outcome is `1`, not the text", None),
        ({"firm-0": 3}, "the outcome of `firm-0` is `3`", None),
    ],
)
def test_values_that_cannot_be_used(outcome: Any, says: str, row: int | None) -> None:
    with pytest.raises(xinpei.InputError, match=says) as caught:
        judged(SCORES, outcome)
    assert caught.value.row == row


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"bad": 2}, "`bad` is the value that means bad, 0 or 1, and is not 2"),
        ({"missing": "skip"}, "`missing` is `refuse` or `drop`"),
        ({"level": 95}, "between 0 and 1, such as 0.95, and is not 95"),
    ],
)
def test_options_that_cannot_be_used(options: Any, says: str) -> None:
    with pytest.raises(xinpei.InputError, match=says):
        judged(SCORES, BAD, **options)


def test_questions_that_cannot_be_answered() -> None:
    judgement, run = judged(SCORES, BAD), decisions(SCORES)
    asked: list[tuple[Any, str]] = [
        (lambda: xinpei.judge([1, 2], BAD), "takes the decisions of `Rulebook.score`, and not `list`"),  # type: ignore[arg-type]
        (lambda: judgement.gains(0), "`bins` is a whole number from 1 on, and is not 0"),
        (lambda: judgement.cutoffs([700.5]), "a cut-off is exact, and 700.5 is a float"),  # type: ignore[list-item]
        (lambda: judgement.cutoffs(["high"]), "a cut-off is a number such as"),
        (lambda: judgement.cutoffs(gain=1), "`gain` and `loss` go together"),
        (lambda: judgement.cutoffs([1], by="grade"), "`at` are scores"),
        (lambda: judgement.cutoffs(by="points"), "`by` is `score` or `grade`"),  # type: ignore[arg-type]
        (lambda: judgement.by_grade(adjust=-1), "`adjust` is 0 or more"),
        (lambda: xinpei.psi(run, run, "a.measure"), "is compared by xinpei.csi"),
        (lambda: xinpei.psi(run, run, adjust=math.nan), "`adjust` is 0 or more"),
    ]
    for ask, says in asked:
        with pytest.raises(xinpei.InputError, match=re.escape(says)):
            ask()
    with pytest.raises(KeyError, match="no characteristic `a.mesure`; did you mean `a.measure`"):
        judgement.by_band("a.mesure")
    with pytest.raises(KeyError, match="no column `grad`; there are grade, count"):
        judgement.by_grade()["grad"]


def mixed() -> pa.Table:
    """Seven rows: two rejected (a key again, and none), one faulted, one unrated, three rated."""
    return pa.table(
        {
            "enterprise": ["a", "a", "b", None, "c", "d", "e"],
            "a.value": ["100", "100", "-5", "1", "700", "50", "900.25"],
            "a.stop": [None, None, None, None, None, True, None],
        }
    )


def test_nothing_is_left_out_silently() -> None:
    run = RULER.score(mixed(), as_of=AS_OF)
    # Rejected 2; a is rated, b refers, c is rated, d unrated, e rated.
    outcome: list[Any] = [1, 1, 1, 0, None, 1, 0]
    judgement = xinpei.judge(run, outcome, missing="drop")
    assert judgement.left_out.to_dict() == {
        "reason": ["rejected", "unrated", "refer", "no_outcome"],
        "count": [2, 1, 1, 1],
        "goods": [1, 0, 0, 0],
        "bads": [1, 1, 1, 0],
    }
    assert (judgement.goods, judgement.bads) == (1, 1)
    assert "left out 1 refer: score and grade are provisional" in str(judgement)
    # A provisional score counts if it is asked for: -5 is a fault, and the missing value scores 0.
    referred = xinpei.judge(run, outcome, missing="drop", referred=True)
    assert referred.bads == 2 and referred.roc()["score"][1] == 0
    assert referred.by_band("a.measure")["count"][-1] == 1
    # Values of decisions alone, without those of rejected rows, fit too.
    assert xinpei.judge(run, [1, 1, None, 1, 0], missing="drop").roc().to_dict() == judgement.roc().to_dict()
    with pytest.raises(xinpei.InputError, match="has 6 values, and there are 5 decisions and 2 rejects"):
        xinpei.judge(run, [1, 1, 1, 0, 1, 0])
    by_key = xinpei.judge(run, {"a": 1, "b": 1, "c": 0, "d": 1, "e": 0, "z": 1})
    assert by_key.left_out["reason"] == ("rejected", "unrated", "refer", "no_decision")
    assert by_key.left_out["bads"] == (0, 1, 1, 1)
    left = xinpei.psi(run, run).left_out
    assert left["reason"] == ("rejected", "unrated", "refer") and left["actual"] == (2, 1, 1)


def test_keys_are_read_as_the_rulebook_reads_them(yuanhe: xinpei.Rulebook) -> None:
    run = yuanhe.score(ROOT / "examples" / "yuanhe", as_of=AS_OF)
    keys = [decision.enterprise for decision in run]
    outcome = {key.lower(): at % 7 == 0 for at, key in enumerate(keys)}
    by_column = xinpei.judge(run, [at % 7 == 0 for at in range(len(run))])
    assert xinpei.judge(run, outcome).roc().to_dict() == by_column.roc().to_dict()
    with pytest.raises(xinpei.InputError, match="twice, with different values"):
        xinpei.judge(run, outcome | {keys[0]: False})
    assert by_column.left_out["count"] == (590, 5, 40)


def test_bands_are_those_of_the_rules(yuanhe: xinpei.Rulebook) -> None:
    """Every characteristic of the example: each answer put into its band by plain Python, from what the decision shows
    and what the rule says; points add up to those of the engine."""
    run = yuanhe.score(ROOT / "examples" / "yuanhe", as_of=AS_OF)
    kept = [(one.characteristics, at % 5 == 0) for at, one in enumerate(run) if one.status == "rated"]
    judgement = xinpei.judge(run, [at % 5 == 0 for at in range(len(run))])
    ways = set()
    for place, line in enumerate(yuanhe.characteristics):
        expected: dict[str, list[int]] = {}
        points = Decimal(0)
        for answers, bad in kept:
            answer = answers[place]
            points += answer.points
            band = "missing" if answer.missing else band_of(line, answer.value, answer.points)
            expected.setdefault(band, [0, 0])[bad] += 1
        table = judgement.by_band(line.id)
        found = {row["band"]: [row["goods"], row["bads"]] for row in table if row["count"]}
        assert found == expected, line.id
        assert sum(row["points"] * row["count"] for row in table) == points, line.id
        ways.add(line.way)
        if line.way in ("bands", "members", "grid"):
            assert list(zip(table["band"], map(str, table["points"]), strict=True)) == line.points
    assert ways == {"bands", "members", "grid", "first", "each", "formula"}


def band_of(line: xinpei.Characteristic, value: str | None, points: Decimal) -> str:
    conditions = [condition for condition, _ in line.points[:-1]]
    if line.way not in ("bands", "members", "grid"):
        return f"{points:f}"
    assert value is not None
    if line.way == "members":
        return value if value in conditions else "otherwise"
    parts = value.split(" / ")
    return next(condition for condition in conditions if holds(condition.split(", "), parts))


def holds(conditions: list[str], values: list[str]) -> bool:
    for condition, value in zip(conditions, values, strict=True):
        if condition == "otherwise":
            continue
        sign, edge = condition.split(" ")
        try:
            number, limit = Decimal(value), Decimal(edge.replace("_", ""))
        except ArithmeticError:
            number, limit = (
                Decimal(date.fromisoformat(value).toordinal()),
                Decimal(date.fromisoformat(edge).toordinal()),
            )
        if not (number <= limit if sign == "≤" else number < limit):
            return False
    return True


def test_files_and_dates_by_row(tmp_path: Path) -> None:
    """A file is read again for bands; rows with dates of their own keep their places."""
    table = mixed().append_column("day", pa.array([date(2026, 7, 1), date(2026, 8, 1)] * 3 + [date(2026, 7, 1)]))
    path = tmp_path / "dossiers.parquet"
    pq.write_table(table, path)
    outcome: list[Any] = [1, 0, 1, 0, 0, 1, 1]
    found = []
    for data in (table, path):
        run = RULER.score(data, as_of="column:day")
        judgement = xinpei.judge(run, outcome[: len(run)])
        bands = judgement.by_band("a.measure")
        found.append((bands.to_dict(), judgement.roc().to_dict()))
        # The points are the score, so bands are known from decisions.
        expected: dict[Decimal | None, list[int]] = {}
        for decision, bad in zip(run, outcome, strict=False):
            if decision.status == "rated":
                expected.setdefault(decision.score, [0, 0])[bad] += 1
        assert {row["points"]: [row["goods"], row["bads"]] for row in bands if row["count"]} == expected
        with pytest.raises(xinpei.InputError, match="a decision for each date of `day`: pass the outcome as a column"):
            xinpei.judge(run, {"a": 1})
    assert found[0] == found[1]
    run = RULER.score(path, as_of=AS_OF)
    judgement = xinpei.judge(run, outcome[: len(run)])
    pq.write_table(mixed().slice(4), path)
    with pytest.raises(xinpei.InputError, match="is not what it was when it was scored: score it again"):
        judgement.by_band("a.measure")
    # As many rows, and one with another value.
    values = ["100", "100", "-5", "1", "700", "50", "900.26"]
    pq.write_table(mixed().set_column(1, "a.value", pa.array(values)), path)
    with pytest.raises(xinpei.InputError, match="is not what it was"):
        judgement.by_band("a.measure")
    pq.write_table(mixed(), path)
    assert judgement.by_band("a.measure")["points"][0] == Decimal("900.25")


def test_decisions_out_of_a_pickle() -> None:
    """They are judged as before; bands need the facts, which do not travel."""
    run, outcome = RULER.score(mixed(), as_of=AS_OF), [1, 0, 1, 0, 0, 1, 1]
    judgement = xinpei.judge(pickle.loads(pickle.dumps(run)), outcome)
    assert str(judgement) == str(xinpei.judge(run, outcome)) and judgement.bads == 2
    with pytest.raises(xinpei.InputError, match="did not travel with their pickle: score the data here to have bands"):
        judgement.by_band("a.measure")


def test_bands_of_two_rulebooks() -> None:
    from ruler import FILES

    other = dict(FILES)
    other["sections/a.yaml"] = FILES["sections/a.yaml"].replace(
        "    formula: a.value\n    at_least: 0\n    at_most: 1000\n",
        "    of: a.value\n    points:\n      - {upto: 100, points: 1}\n      - {points: 1000}\n",
    )
    run = xinpei.Rulebook.from_files(other).score(mixed(), as_of=AS_OF)
    with pytest.raises(xinpei.InputError, match="the bands of `a.measure` differ"):
        xinpei.csi(run, decisions([1]), "a.measure")
    other["grades.yaml"] = FILES["grades.yaml"].replace("id: B", "id: M")
    renamed = xinpei.Rulebook.from_files(other).score(mixed(), as_of=AS_OF)
    with pytest.raises(xinpei.InputError, match="the grades differ: A, B, C, and A, M, C; compare by score"):
        xinpei.psi(run, renamed)
    # Points alone: those of either, the most first, missing answers last.
    table = xinpei.csi(decisions([5, 7]), RULER.score(mixed(), as_of=AS_OF), "a.measure", adjust=0.5)
    assert table["band"] == ("900.25", "700", "100", "7", "5", "missing")
    assert table["actual"] == (1, 1, 1, 0, 0, 0)


def test_tables_in_other_libraries() -> None:
    table = judged(SCORES, BAD).cutoffs([2, 700], gain=1, loss=2)
    assert table.to_polars().columns == list(table.columns) == list(table.to_pandas().columns)
    assert table.to_arrow()["cutoff"].to_pylist() == list(table["cutoff"]) == table.to_pandas()["cutoff"].tolist()
    assert table.to_polars()["profit"].to_list() == [Decimal(value) for value in table["profit"]]
    assert list(table)[1]["accepted"] == 1 and len(table) == 2
    roc = judged(SCORES, BAD).roc()
    assert roc.to_polars()["score"].null_count() == 1 and roc.to_arrow().num_rows == 6
    table.to_dict()["cutoff"].append(1)
    assert len(table["cutoff"]) == 2


def test_what_is_shown() -> None:
    from test_shown import checked

    judgement = judged(range(1, 200), [at % 3 == 0 for at in range(199)])
    table = judgement.roc()
    text = repr(table)
    assert text.splitlines()[0].split("  ")[-1] == "bads flagged (TPR)" and "… 180 more rows" in text
    assert text.splitlines()[-1].startswith("AUC 0.")
    assert len({len(line) for line in text.splitlines()[:11]}) == 1
    assert "AUC" in checked(judgement._repr_html_()) and "25 175 87.94 %" in checked(
        judgement.cutoffs([25])._repr_html_()
    )
    assert "100.00 %" in checked(table._repr_html_())
    band = judgement.by_band("a.measure")
    assert "&lt;" not in band._repr_html_() and checked(band._repr_html_())
    xinpei.language("zh")
    assert "好户" in repr(judgement.by_grade()) and "坏户率" in str(judgement)
    assert "另有 180 行" in repr(table)


def test_no_library_is_needed() -> None:
    """Judging works where nothing else can be imported, and what needs a library names it."""
    program = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("numpy", "pandas", "polars", "pyarrow", "matplotlib", "scipy", "sklearn"):
            raise ImportError(name)
sys.meta_path.insert(0, Block())
import xinpei
rulebook = xinpei.Rulebook.load("rules/sme-size")
firms = [{"enterprise": code, "size.industry": "retail", "size.staff": staff, "size.revenue": 60_000_000}
         for code, staff in [("91000000MA00000157", 8), ("91110000600037341L", 120)]]
judgement = xinpei.judge(rulebook.score(firms, as_of="2026-06-30"), [1, 0])
print(judgement.auc, judgement.by_grade()["bads"], judgement.gains(2)["lift"])
for ask in (judgement.roc().plot, judgement.roc().to_arrow, judgement.roc().to_polars):
    try:
        ask()
    except ImportError as error:
        print(error)
"""
    out = subprocess.check_output([sys.executable, "-c", program], text=True, cwd=ROOT)
    assert "pip install 'xinpei[plot]'" in out and "pip install pyarrow" in out and "pip install polars" in out
    assert out.startswith("1.0 (0, 0, 0, 1)") or out.startswith("1.0 (")
