"""Bad input is a named exception that says where, or a fault of its row; never a wrong number."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xinpei
from conftest import AS_OF, ROOT, code

KEYS = [code(1), code(2), code(3)]


def frame(**columns: Any) -> pa.Table:
    """Three enterprises of industry that differ in what is given."""
    return pa.table({"enterprise": KEYS, "size.industry": ["industrial"] * 3, **columns})


def kinds(decisions: xinpei.Decisions) -> list[tuple[int | None, str, str, str]]:
    return [(fault.row, fault.fact, fault.kind, fault.value) for fault in decisions.faults]


def test_a_missing_column(sme: xinpei.Rulebook) -> None:
    with pytest.raises(xinpei.ColumnError, match="no column for the fact `size.industry`, which is required"):
        sme.score(pa.table({"enterprise": KEYS}), as_of=AS_OF)
    with pytest.raises(xinpei.ColumnError, match="no column `enterprise`; did you mean `enterprize`"):
        sme.score(pa.table({"enterprize": KEYS, "size.industry": ["retail"] * 3}), as_of=AS_OF)
    with pytest.raises(xinpei.ColumnError, match="no column `staff`"):
        sme.score(frame(), as_of=AS_OF, mapping={"staff": "size.staff"})


@pytest.mark.parametrize(
    ("column", "values", "says"),
    [
        ("size.staff", pa.array([True] * 3), "`size.staff` is bool, but `size.staff` is a number"),
        ("size.staff", pa.array([date(2026, 1, 1)] * 3), "`size.staff` is date32"),
        ("size.staff", pa.array([[1]] * 3), "`size.staff` is list<int64>"),
        ("size.staff", pa.array([b"1"] * 3), "`size.staff` is binary"),
        ("size.revenue", pa.array([Decimal(1)] * 3, pa.decimal256(60, 0)), "decimal256"),
        ("size.industry", pa.array([1, 2, 3]), "`size.industry` is int64, but `size.industry` is a category"),
        ("enterprise", pa.array([1, 2, 3]), "`enterprise` is int64, but keys of enterprises are text"),
    ],
)
def test_a_wrong_type(sme: xinpei.Rulebook, column: str, values: pa.Array, says: str) -> None:
    table = frame()
    columns = {name: table[name] for name in table.column_names} | {column: values}
    for data in (pa.table(columns), pa.table(columns).to_batches()[0]):
        with pytest.raises(xinpei.ColumnError, match=says):
            sme.score(data, as_of=AS_OF)


def test_every_wrong_column_is_named_at_once(sme: xinpei.Rulebook) -> None:
    data = frame(**{"size.staff": [True] * 3, "size.assets": [[1]] * 3})
    with pytest.raises(xinpei.ColumnError, match=r"(?s)2 columns do not fit.*size\.staff.*size\.assets"):
        sme.score(data, as_of=AS_OF)


def test_object_columns_with_mixed_types(sme: xinpei.Rulebook) -> None:
    data = pd.DataFrame({"enterprise": KEYS, "size.industry": "industrial", "size.staff": [300, None, "many"]})
    data["size.staff"] = pd.Series([300, None, "many"], dtype=object)
    with pytest.raises(xinpei.ColumnError) as raised:
        sme.score(data, as_of=AS_OF)
    assert (raised.value.fact, raised.value.column, raised.value.row) == ("size.staff", "size.staff", 2)
    assert "row 2 holds `'many'`, which is str" in str(raised.value)
    assert raised.value.__cause__ is not None


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame, pa.table])
def test_floats(sme: xinpei.Rulebook, library: Callable[[Any], Any]) -> None:
    columns = {"enterprise": KEYS, "size.industry": ["industrial"] * 3, "size.revenue": [0.1, 2.675, 1e9]}
    with pytest.raises(xinpei.InexactError) as raised:
        sme.score(library(columns), as_of=AS_OF)
    assert (raised.value.fact, raised.value.column) == ("size.revenue", "size.revenue")
    assert 'digits={"size.revenue": 2}' in str(raised.value)
    # Rounded by the shortest text, ties to even: 2.675 → 2.68, though the float lies below the tie.
    exact = sme.score(library(columns | {"size.revenue": ["0.10", "2.68", "1000000000.00"]}), as_of=AS_OF)
    for digits in (2, {"size.revenue": 2}):
        read = sme.score(library(columns), as_of=AS_OF, digits=digits)
        assert [d.to_json() for d in read] == [d.to_json() for d in exact]
    # One digit too many is a fault, not a rounding.
    more = sme.score(library(columns), as_of=AS_OF, digits=3)
    assert kinds(more) == [(1, "size.revenue", "too_many_digits", "2.675")]


def test_nan_and_infinity(sme: xinpei.Rulebook) -> None:
    values = [math.nan, math.inf, -math.inf]
    for data in (pl.DataFrame(frame(**{"size.revenue": values})), frame(**{"size.revenue": values})):
        decisions = sme.score(data, as_of=AS_OF, digits=2)
        found = [(row, kind, value) for row, _, kind, value in kinds(decisions)]
        assert found == [(0, "not_a_number", "NaN"), (1, "not_a_number", "inf"), (2, "not_a_number", "-inf")]
        assert all(decision.status == "refer" for decision in decisions)
    # For pandas NaN is what is missing.
    decisions = sme.score(frame(**{"size.revenue": values}).to_pandas(), as_of=AS_OF, digits=2)
    assert [row for row, *_ in kinds(decisions)] == [1, 2]
    for value in values:
        decision = sme.decide({"enterprise": KEYS[0], "size.revenue": value}, as_of=AS_OF, digits=2)
        assert "not_a_number" in {fault.kind for fault in decision.faults}
        exact = sme.decide({"enterprise": KEYS[0], "size.revenue": Decimal(value)}, as_of=AS_OF)
        assert "not_a_number" in {fault.kind for fault in exact.faults}


def test_whole_numbers_of_pandas(sme: xinpei.Rulebook) -> None:
    base = {"enterprise": KEYS, "size.industry": "industrial"}
    expected = [d.to_json() for d in sme.score(frame(**{"size.staff": [300, 20, 1]}), as_of=AS_OF)]
    for kind in ("int64", "int32", "int16", "uint16", "Int64", "UInt32", "int64[pyarrow]", "object", "str"):
        data = pd.DataFrame(base | {"size.staff": pd.Series([300, 20, 1]).astype(kind)})
        assert [d.to_json() for d in sme.score(data, as_of=AS_OF)] == expected, kind
    missing = [d.to_json() for d in sme.score(frame(**{"size.staff": [300, None, 1]}), as_of=AS_OF)]
    nullable = pd.DataFrame(base | {"size.staff": pd.array([300, None, 1], dtype="Int64")})
    assert [d.to_json() for d in sme.score(nullable, as_of=AS_OF)] == missing
    # Without a nullable type pandas makes floats of whole numbers as soon as one is missing.
    floats = pd.DataFrame(base | {"size.staff": [300, None, 1]})
    with pytest.raises(xinpei.InexactError):
        sme.score(floats, as_of=AS_OF)
    assert [d.to_json() for d in sme.score(floats, as_of=AS_OF, digits={"size.staff": 0})] == missing


def test_times_where_a_date_is_asked(yuanhe: xinpei.Rulebook) -> None:
    day = datetime(2020, 1, 2)
    zone = timezone(timedelta(hours=8))

    def data(values: list[datetime | None], kind: pa.DataType) -> pa.Table:
        rows = len(values)
        fixed = {"registry.status": ["operating"] * rows}
        return pa.table({"enterprise": KEYS[:rows], **fixed, "registry.established": pa.array(values, kind)})

    for kind in (pa.timestamp("us"), pa.timestamp("ns", "Asia/Shanghai")):
        with pytest.raises(xinpei.ColumnError, match="cast it to a date first, in the time zone that counts"):
            yuanhe.score(data([day], kind), as_of=AS_OF)
    # pandas has no other dates: midnight is one, and nothing else.
    plain = data([day], pa.date32())
    expected = yuanhe.score(plain, as_of=AS_OF)[0]
    for unit in ("s", "ms", "us", "ns"):
        frame = data([day], pa.timestamp("ns")).to_pandas()
        frame["registry.established"] = frame["registry.established"].astype(f"datetime64[{unit}]")
        assert yuanhe.score(frame, as_of=AS_OF)[0] == expected
    frame = data([day, None], pa.timestamp("us")).to_pandas()
    assert [d.faults for d in yuanhe.score(frame, as_of=AS_OF)] == [(), ()]
    late = data([day, day.replace(hour=9)], pa.timestamp("us")).to_pandas()
    with pytest.raises(xinpei.ColumnError, match="row 1 holds `2020-01-02 09:00:00`, which is no midnight") as raised:
        yuanhe.score(late, as_of=AS_OF)
    assert (raised.value.fact, raised.value.row) == ("registry.established", 1)
    with pytest.raises(xinpei.ColumnError, match="cast it to a date first, in the time zone that counts"):
        yuanhe.score(data([day], pa.timestamp("ns", "Asia/Shanghai")).to_pandas(), as_of=AS_OF)
    dated = data([day], pa.timestamp("us")).to_pandas().assign(day=pd.Timestamp("2026-06-30"))
    assert yuanhe.score(dated, as_of="column:day")[0] == expected
    base = {"enterprise": KEYS[0], "registry.status": "operating"}
    plain = yuanhe.decide(base | {"registry.established": date(2020, 1, 2)}, as_of=AS_OF)
    assert yuanhe.decide(base | {"registry.established": day}, as_of=AS_OF) == plain
    late = yuanhe.decide(base | {"registry.established": day.replace(hour=9)}, as_of=AS_OF)
    assert [(f.fact, f.kind) for f in late.faults] == [("registry.established", "not_a_date")]
    with pytest.raises(xinpei.InputError, match="time zone"):
        yuanhe.decide(base | {"registry.established": day.replace(tzinfo=zone)}, as_of=AS_OF)


def test_an_unknown_category_is_a_fault(sme: xinpei.Rulebook) -> None:
    values = ["industrial", "mining", None]
    expected = [(1, "size.industry", "unknown_member", "mining"), (2, "size.industry", "required_missing", "")]
    table = pa.table({"enterprise": KEYS, "size.industry": values})
    categories = pd.DataFrame({"enterprise": KEYS, "size.industry": pd.Categorical(values)})
    dictionary = pa.table({"enterprise": KEYS, "size.industry": pa.array(values).dictionary_encode()})
    polars = pl.DataFrame(table).with_columns(pl.col("size.industry").cast(pl.Categorical))
    for data in (table, categories, dictionary, polars):
        assert kinds(sme.score(data, as_of=AS_OF)) == expected


def test_empty_frames(sme: xinpei.Rulebook) -> None:
    empty = frame().slice(0, 0)
    given: list[Any] = [empty, empty.to_pandas(), pl.DataFrame(empty), [], empty.to_reader()]
    for data in given:
        decisions = sme.score(data, as_of=AS_OF)
        assert len(decisions) == 0 and list(decisions) == [] and decisions.rejects == ()
        assert decisions.to_arrow().num_rows == 0
        assert decisions.to_arrow().column_names == decisions.columns
        assert decisions.summary().score_mean is None
        with pytest.raises(IndexError):
            decisions[0]
    with pytest.raises(xinpei.ColumnError):
        sme.score(pd.DataFrame(), as_of=AS_OF)


def test_a_column_that_stands_twice(sme: xinpei.Rulebook) -> None:
    names = ["enterprise", "size.industry", "size.staff", "size.staff"]
    arrays = [pa.array(KEYS), pa.array(["retail"] * 3), pa.array([1, 2, 3]), pa.array([4, 5, 6])]
    twice = pa.Table.from_arrays(arrays, names)
    pandas = pd.DataFrame([[KEYS[0], "retail", 1, 2]], columns=names)
    for data in (twice, twice.to_batches()[0], pandas):
        with pytest.raises(xinpei.ColumnError, match="there is the column `size.staff` twice"):
            sme.score(data, as_of=AS_OF)
    with pytest.raises(xinpei.ColumnError, match="the fact `size.staff` has two columns"):
        sme.score(frame(**{"size.staff": [1] * 3, "staff": [2] * 3}), as_of=AS_OF, mapping={"staff": "size.staff"})
    both = {"enterprise": KEYS[0], "size.staff": 1, "staff": 2}
    with pytest.raises(xinpei.InputError, match="two keys"):
        sme.decide(both, as_of=AS_OF, mapping={"staff": "size.staff"})


def test_a_big_frame_with_one_bad_row(sme: xinpei.Rulebook) -> None:
    rows, bad = 200_000, 123_456
    staff = np.full(rows, 300)
    staff[bad] = -7
    data = pa.table(
        {
            "enterprise": [code(at) for at in range(rows)],
            "size.industry": pa.DictionaryArray.from_arrays(np.zeros(rows, "int8"), ["industrial"]),
            "size.staff": staff,
            "size.revenue": np.full(rows, 20_000_000),
        }
    )
    decisions = sme.score(data, as_of=AS_OF, columns="enterprise,score")
    assert kinds(decisions) == [(bad, "size.staff", "out_of_range", "-7")]
    assert len(decisions) == rows and decisions.rejects == ()
    assert decisions[bad].status == "refer" and decisions[bad - 1].status == "rated"
    assert decisions.summary().status == {"rated": rows - 1, "unrated": 0, "refer": 1}


def test_wrong_and_repeated_keys_are_rejects(sme: xinpei.Rulebook) -> None:
    keys = [code(1), "91", code(1), None, code(2).lower()]
    data = pa.table({"enterprise": keys, "size.industry": ["retail"] * 5})
    for given in (data, data.to_pandas(), pl.DataFrame(data), data.to_pylist()):
        decisions = sme.score(given, as_of=AS_OF)
        assert [d.enterprise for d in decisions] == [code(1), code(2)]
        found = [(reject.line, reject.reason.split(":")[0]) for reject in decisions.rejects]
        assert found == [(2, "the code is wrong"), (3, "repeated"), (4, "the row names no enterprise")]
        with pytest.raises(KeyError, match="row 2 of `data` was rejected"):
            decisions["91"]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (True, "wrong_type"),
        ("many", "not_a_number"),
        (Decimal("1.5"), "too_many_digits"),
        (-1, "out_of_range"),
        (10**40, "too_many_digits"),
        pytest.param(10**5000, "too_many_digits", id="a very long number"),
        (Decimal("1E+90"), "too_many_digits"),
        (Decimal("1E+999999"), "too_many_digits"),
        (date(2026, 1, 1), "wrong_type"),
        ([1], "wrong_type"),
        ({"a": 1}, "wrong_type"),
        (Fraction(1, 2), "wrong_type"),
        (object, "wrong_type"),
    ],
)
def test_values_of_a_dict(sme: xinpei.Rulebook, value: Any, kind: str) -> None:
    decision = sme.decide({"enterprise": KEYS[0], "size.industry": "retail", "size.staff": value}, as_of=AS_OF)
    assert [(fault.fact, fault.kind) for fault in decision.faults] == [("size.staff", kind)]
    assert decision.status == "refer"


def test_plain_values_of_a_dict(sme: xinpei.Rulebook) -> None:
    base = {"enterprise": KEYS[0], "size.industry": "industrial"}
    expected = sme.decide(base | {"size.staff": 300}, as_of=AS_OF)
    for value in ("300", Decimal("300.0"), Decimal("3E+2"), np.int64(300), np.uint8(44) + np.int64(256)):
        assert sme.decide(base | {"size.staff": value}, as_of=AS_OF) == expected
    missing = sme.decide(base, as_of=AS_OF)
    for value in (None, pd.NA, pd.NaT):
        assert sme.decide(base | {"size.staff": value}, as_of=AS_OF) == missing
    with pytest.raises(xinpei.InexactError):
        sme.decide(base | {"size.staff": np.float64(300)}, as_of=AS_OF)


def test_keys_of_a_dict(sme: xinpei.Rulebook) -> None:
    decision = sme.decide({"enterprise": KEYS[0], "size.industry": "retail", "size.stuff": 1}, as_of=AS_OF)
    assert [(fault.fact, fault.kind) for fault in decision.faults] == [("size.stuff", "unknown_fact")]
    for wrong in ({}, {"enterprise": 1}, {"enterprise": KEYS[0], 1: 2}):
        with pytest.raises(xinpei.InputError):
            sme.decide(wrong, as_of=AS_OF)
    with pytest.raises(xinpei.InputError, match="stands beside `facts`"):
        sme.decide({"enterprise": KEYS[0], "facts": {}, "size.staff": 1}, as_of=AS_OF)
    with pytest.raises(xinpei.InputError, match="a dict is one enterprise"):
        sme.score({"enterprise": KEYS, "size.industry": ["retail"] * 3}, as_of=AS_OF)
    with pytest.raises(xinpei.InexactError) as raised:
        rows = [{"enterprise": key, "size.industry": "retail", "size.staff": 1.0 * at} for at, key in enumerate(KEYS)]
        sme.score([{**rows[0], "size.staff": 1}, *rows[1:]], as_of=AS_OF)
    assert (raised.value.fact, raised.value.row) == ("size.staff", 1)


def test_events_of_a_dict(yuanhe: xinpei.Rulebook) -> None:
    base = {"enterprise": KEYS[0], "registry.status": "operating"}

    def faults(cases: Any) -> list[tuple[str, str]]:
        decision = yuanhe.decide(base | {"court.cases": cases}, as_of=AS_OF)
        return [(fault.fact, fault.kind) for fault in decision.faults]

    good = {"filed": date(2025, 1, 3), "status": "open", "due": Decimal("1000.50"), "performed": 0}
    assert faults([good]) == [] and faults([]) == [] and faults(None) == []
    assert faults((good,)) == [] and faults(np.array([good])) == []
    assert faults([good | {"dew": 1}]) == [("court.cases.dew", "unknown_fact")]
    assert faults([good | {"due": "x"}]) == [("court.cases.due", "not_a_number")]
    assert faults("none") == faults(3) == faults(good) == faults([3]) == [("court.cases", "wrong_type")]
    with pytest.raises(xinpei.InexactError) as raised:
        faults([good | {"due": 1.5}])
    assert raised.value.fact == "court.cases.due"


def test_floats_inside_events(yuanhe: xinpei.Rulebook) -> None:
    case = {"filed": date(2025, 1, 3), "status": "open", "due": 1000.5}
    data = pl.DataFrame({"enterprise": [KEYS[0]], "registry.status": ["operating"], "court.cases": [[case]]})
    with pytest.raises(xinpei.InexactError, match=r"court\.cases\.due"):
        yuanhe.score(data, as_of=AS_OF)
    decision = yuanhe.score(data, as_of=AS_OF, digits={"court.cases.due": 2})[0]
    record = {"enterprise": KEYS[0], "registry.status": "operating"}
    exact = record | {"court.cases": [case | {"due": Decimal("1000.50")}]}
    assert decision == yuanhe.decide(exact, as_of=AS_OF)


@dataclass
class Firm:
    enterprise: str
    size_industry: str
    size_staff: int
    name: str = "甲"


def test_records_that_are_no_dicts(sme: xinpei.Rulebook) -> None:
    expected = sme.decide({"enterprise": KEYS[0], "size.industry": "retail", "size.staff": 5}, as_of=AS_OF)
    firm = Firm(KEYS[0], "retail", 5)
    row = pd.DataFrame([{"enterprise": KEYS[0], "size.industry": "retail", "size.staff": 5}]).iloc[0]
    assert sme.decide(firm, as_of=AS_OF) == sme.decide(row, as_of=AS_OF) == expected
    assert sme.decide(firm, as_of=AS_OF).name == "甲"
    assert list(sme.score([firm], as_of=AS_OF)) == list(sme.score(firm, as_of=AS_OF)) == [expected]


def test_mapping(sme: xinpei.Rulebook) -> None:
    expected = sme.decide(
        {
            "enterprise": KEYS[0],
            "size.industry": "industrial",
            "size.staff": 300,
            "size.revenue": Decimal("20000000"),
        },
        as_of=AS_OF,
    )
    row = {"code": KEYS[0], "sector": "C", "staff": 300, "revenue": 2000}
    mapping: dict[str, Any] = {
        "sector": {"fact": "size.industry", "values": {"C": "industrial", "?": None}},
        "staff": "size.staff",
        "revenue": {"fact": "size.revenue", "times": 10_000},
    }
    assert sme.decide(row, as_of=AS_OF, key="code", mapping=mapping) == expected
    for data in (pa.Table.from_pylist([row]), pd.DataFrame([row]), pl.DataFrame([row]), [row]):
        assert sme.score(data, as_of=AS_OF, key="code", mapping=mapping)[0] == expected
    for wrong, says in [
        ({"staff": "size.stuff"}, "did you mean `size.staff`"),
        ({"sector": {"fact": "size.industry", "values": {"C": "industry"}}}, "no value of `size.industry`"),
        ({"staff": {"fact": "size.staff", "time": 3}}, "did you mean `times`"),
        ({"staff": {"times": 3}}, "does not say which fact"),
    ]:
        with pytest.raises(xinpei.InputError, match=says):
            sme.decide(row, as_of=AS_OF, key="code", mapping=wrong)  # type: ignore[arg-type]
    for digits in ({"size.stuff": 1}, {"size.industry": 1}, -1, True, "2"):
        with pytest.raises(xinpei.InputError, match="digits"):
            sme.decide(row, as_of=AS_OF, digits=digits)  # type: ignore[arg-type]


def test_columns_that_are_no_facts_are_told(sme: xinpei.Rulebook) -> None:
    decisions = sme.score(frame(**{"size.stafff": [1, 2, 3]}), as_of=AS_OF)
    assert "`size.stafff` (did you mean `size.staff`?)" in " ".join(decisions.notices)


def test_what_cannot_be_scored(sme: xinpei.Rulebook, tmp_path: Path) -> None:
    for wrong in (3, None, ["a"], pa.array([1, 2]), pl.Series([1, 2])):
        with pytest.raises(xinpei.InputError):
            sme.score(wrong, as_of=AS_OF)
    with pytest.raises(xinpei.FileError, match="cannot read"):
        sme.score(tmp_path / "no.parquet", as_of=AS_OF)
    with pytest.raises(xinpei.InputError, match=r"mapping\.yaml"):
        sme.score(tmp_path, as_of=AS_OF)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1 and no more")
    with pytest.raises(xinpei.InputError, match="broken"):
        sme.score(broken, as_of=AS_OF)
    for wrong_date in ("30.06.2026", "2026-02-30", 3, datetime(2026, 6, 30)):
        with pytest.raises(xinpei.InputError, match="`as_of` is a date"):
            sme.score(frame(), as_of=wrong_date)  # type: ignore[arg-type]
    with pytest.raises(xinpei.InputError, match="did you mean `score`"):
        sme.score(frame(), as_of=AS_OF, columns="scor")


def test_a_stream_that_fails_half_way(sme: xinpei.Rulebook) -> None:
    def batches() -> Any:
        yield frame().to_batches()[0]
        raise RuntimeError("the connection is gone")

    reader = pa.RecordBatchReader.from_batches(frame().schema, batches())
    with pytest.raises(xinpei.InputError, match="the connection is gone"):
        sme.score(reader, as_of=AS_OF)


def test_rules(tmp_path: Path) -> None:
    with pytest.raises(xinpei.InputError, match="is not a folder"):
        xinpei.Rulebook.load(tmp_path / "no")
    with pytest.raises(xinpei.InputError, match="has 2 versions; say on which date"):
        xinpei.Rulebook.load(ROOT / "rules" / "yuanhe")
    with pytest.raises(xinpei.InputError, match="no version of .* is in force on 1999-01-01"):
        xinpei.Rulebook.load(ROOT / "rules" / "yuanhe", as_of="1999-01-01")
    assert xinpei.Rulebook.load(ROOT / "rules" / "yuanhe", as_of=date(2026, 3, 31)).version == "2025.1"
