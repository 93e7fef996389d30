"""SQL that DuckDB runs gives the scores and grades of the engine, on thousands of random rows."""

from __future__ import annotations

import random
import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import xinpei
from conftest import AS_OF, ROOT, code

CARD = ROOT / "crates" / "xinpei-exchange" / "tests" / "card" / "1"
ROWS = 4000

# Sections that are cut off, bands of two variables, formulas, conditions over several facts.
MORE = """
section: third
label: {zh: 三, en: Third}
max: 40
floor: 5
characteristics:
  - id: third.two
    label: {zh: 双变量, en: Two variables}
    basis: pilot
    of: [firm.margin, firm.share]
    points:
      - {below: 0, by: [{upto: 10, points: -9.75}, {points: 3}]}
      - {upto: 0.25, by: [{below: 50, points: 11}, {points: 22}]}
      - {by: [{points: 31}]}
    missing: 1
  - id: third.formula
    label: {zh: 公式, en: Formula}
    basis: pilot
    formula: round(firm.share * firm.margin, 2) + choose(firm.listed, 2, 0.5)
    at_least: -3
    at_most: 12.5
    missing: -1
  - id: third.first
    label: {zh: 条件, en: Conditions}
    basis: pilot
    first:
      - {when: 'firm.grade in ["A", "B"] && firm.arrears == 0', points: 9}
      - {when: 'otherwise(firm.listed, false) || firm.staff > 500', points: 'min(bare(firm.staff), 7)'}
      - {when: days_since(firm.founded) < 3_650 && year(firm.founded) >= 2017, points: 4}
      - {when: '!present(firm.margin)', points: 2}
      - {points: abs(firm.margin)}
    missing: 0.5
"""
OVERRIDES = """
overrides:
  - {id: some.veto, label: {zh: 否决, en: Veto}, basis: pilot, when: firm.margin < -0.9, veto: X}
  - {id: some.cap, label: {zh: 封顶, en: Cap}, basis: pilot, when: firm.arrears > 20_000 && firm.listed, cap: B}
  - {id: some.down, label: {zh: 降级, en: Down}, basis: pilot, when: firm.staff < 5, notch: -1}
  - {id: some.up, label: {zh: 升级, en: Up}, basis: pilot, when: 'score > 120 && points("third.two") > 20', notch: 1}
  - id: some.none
    label: {zh: 不评, en: None}
    basis: pilot
    when: '!firm.insured && section("third") <= 5'
    unrated: true
"""


def full() -> xinpei.Rulebook:
    """The card with everything more that SQL carries."""
    files = {
        path.relative_to(CARD).as_posix(): path.read_text(encoding="utf-8")
        for path in CARD.rglob("*")
        if path.is_file()
    }
    files["sections/3-third.yaml"] = MORE
    files["rulebook.yaml"] = files["rulebook.yaml"].replace("digits: 4", "digits: 2")
    files["sections/1-first.yaml"] = files["sections/1-first.yaml"].replace("max: 250", "max: 120")
    files["grades.yaml"] = (
        files["grades.yaml"].replace(
            "  - {id: C,", "  - {id: X, by: override, label: {zh: 禁, en: Barred}}\n  - {id: C,"
        )
        + OVERRIDES
    )
    return xinpei.Rulebook.from_files(files)


def values(rulebook: xinpei.Rulebook, fact: xinpei.Fact, chance: random.Random) -> list[Any]:
    """What a fact may be: the numbers of all rule files, one step beside them, members, anything."""
    text = b"\n".join(content for path, content in rulebook.files.items() if not path.startswith("cases/")).decode()
    if fact.type == "flag":
        return [True, False]
    if fact.type == "category":
        return [*fact.members, "nobody"]
    if fact.type == "date":
        days = [date.fromisoformat(found) for found in re.findall(r"\d{4}-\d\d-\d\d", text)]
        days += [date(1990, 1, 1) + timedelta(days=chance.randrange(13_000)) for _ in range(20)]
        return [day + timedelta(days=step) for day in days for step in (-1, 0, 1)]
    digits = fact.digits or 0
    step = Decimal(1).scaleb(-digits)
    found = {Decimal(found.replace("_", "")) for found in re.findall(r"(?<![\w-])-?\d[\d_]*(?:\.\d+)?", text)}
    near = [number.quantize(step) + move * step for number in sorted(found) for move in (-1, 0, 1)]
    return [number for number in near if abs(number) < 10**12]


def rows(rulebook: xinpei.Rulebook, count: int) -> list[dict[str, Any]]:
    """Random rows: one value in eight missing, one in two hundred a fault where its fact knows faults."""
    chance = random.Random(20_260_630)
    pools = {}
    for fact in rulebook.facts:
        pool = values(rulebook, fact, chance)
        tried = [{"enterprise": code(at), fact.id: value} for at, value in enumerate(pool)]
        faults = {fault.enterprise for fault in rulebook.score(tried, as_of=AS_OF).faults if fault.fact == fact.id}
        good = [row[fact.id] for row in tried if row["enterprise"] not in faults]
        pools[fact.id] = good, [row[fact.id] for row in tried if row["enterprise"] in faults] or good
    made = []
    for at in range(count):
        row: dict[str, Any] = {"enterprise": code(at)}
        for fact in rulebook.facts:
            good, bad = pools[fact.id]
            pool = bad if chance.random() < 0.005 else good
            row[fact.id] = None if chance.random() < 0.125 else chance.choice(pool)
        made.append(row)
    return made


def table(rulebook: xinpei.Rulebook, made: list[dict[str, Any]]) -> pa.Table:
    """The rows as the columns that the statement reads."""
    kinds = {"flag": pa.bool_(), "category": pa.string(), "date": pa.date32()}
    columns = {"enterprise": pa.array([row["enterprise"] for row in made])}
    for fact in rulebook.facts:
        kind = kinds.get(fact.type) or pa.decimal128(30, fact.digits or 0)
        columns[fact.id] = pa.array([row[fact.id] for row in made], type=kind)
    return pa.table(columns)


def compare(rulebook: xinpei.Rulebook) -> dict[str, int]:
    """Both ways on the same rows; how many had which status."""
    made = rows(rulebook, ROWS)
    decided = rulebook.score(made, as_of=AS_OF, columns="enterprise,status,score,grade").to_arrow().to_pylist()
    connection = duckdb.connect()
    connection.register("dossiers", table(rulebook, made))
    answers = connection.sql(rulebook.to_sql(as_of=AS_OF)).fetchall()
    assert len(answers) == len(decided) == ROWS
    by_key = {row[0]: row for row in answers}
    counts: dict[str, int] = {}
    for row, facts in zip(decided, made, strict=True):
        _, status, score, grade = by_key[row["enterprise"]]
        counts[status] = counts.get(status, 0) + 1
        assert status == row["status"], facts
        if status == "rated":
            assert (score, grade) == (row["score"], row["grade"]), facts
            assert isinstance(score, (Decimal, int))
        else:
            assert (score, grade) == (None, None), facts
    print(counts)
    return counts


def test_the_card() -> None:
    counts = compare(xinpei.Rulebook.load(CARD))
    assert counts["rated"] > 3000 and counts["refer"] > 100, counts


def test_caps_grids_formulas_and_overrides() -> None:
    counts = compare(full())
    assert counts["rated"] > 2000 and counts["unrated"] > 50 and counts["refer"] > 100, counts


def test_a_shipped_rulebook(sme: xinpei.Rulebook) -> None:
    counts = compare(sme)
    assert counts["rated"] > 2000 and counts["refer"] > 10, counts


def test_what_sql_cannot_carry(yuanhe: xinpei.Rulebook) -> None:
    with pytest.raises(xinpei.ExchangeError) as caught:
        yuanhe.to_sql()
    told = "\n".join(caught.value.items)
    for part in (
        "a least coverage",
        "it looks at events",
        "a quotient is not exact in SQL",
        "it counts calendar months",
    ):
        assert part in told, told
    with pytest.raises(xinpei.ExchangeError, match="it looks at the as-of date, and none was given"):
        full().to_sql()
