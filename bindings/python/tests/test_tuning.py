"""Trials, their differences in words, and what they change for a portfolio."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xinpei
from conftest import AS_OF, ROOT, code
from test_shown import EVIL, checked

EXAMPLE = ROOT / "examples" / "yuanhe"


@pytest.fixture(scope="module")
def held(yuanhe: xinpei.Rulebook) -> xinpei.Held:
    return yuanhe.hold(EXAMPLE, as_of=AS_OF)


def points(rulebook: xinpei.Rulebook, id: str) -> list[str]:
    """The rows of a characteristic as it prints."""
    return [" ".join(line.split()) for line in str(rulebook[id]).splitlines()[2:]]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"power.late_run": {"points[1].points": 9}}, "≤ 1 9"),
        ({"power.late_run.points[1].points": Decimal("9.5")}, "≤ 1 9.5"),
        ({"power.late_run": {"points[2].upto": np.int64(3)}}, "≤ 3 5"),
        ({"power.late_run": {"points": [{"below": 1, "points": 15}, {"points": 2}]}}, "< 1 15"),
        ({"characteristics.power.late_run": {"missing": 6}}, "missing 6"),
        ({"power.late_run": {"points[1]": None}}, "≤ 2 5"),
    ],
)
def test_values_of_changes(yuanhe: xinpei.Rulebook, changes: dict[str, Any], says: str) -> None:
    trial = yuanhe.with_changes(changes)
    assert says in points(trial, "power.late_run")
    assert says in points(yuanhe, "power.late_run") or trial != yuanhe
    assert trial.folder == ""


def test_members_and_texts(yuanhe: xinpei.Rulebook) -> None:
    trial = yuanhe.with_changes(
        {
            "labour.harmonious": {"points": {True: 2, False: 0}},
            "tax.grade": {"label": {"zh": "级别", "en": "Grade: of tax"}, "note": None},
            "overrides.court.dishonest": {"cap": "C"},
            "rulebook": {"effective.from": date(2026, 10, 1), "version": "2026.2"},
        }
    )
    assert points(trial, "labour.harmonious")[:2] == ["true 2", "false 0"]
    assert trial["tax.grade"].label == "Grade: of tax"
    assert (trial.version, trial.effective_from) == ("2026.2", date(2026, 10, 1))
    # A trial of a trial has the changes of both.
    again = trial.with_changes({"tax.grade": {"missing": 1}})
    assert (again.version, points(again, "tax.grade")[-1]) == ("2026.2", "missing 1")


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"tax.arrears": {"missing": 0.5}}, xinpei.InexactError, 'pass Decimal("0.5") or an int'),
        (
            {"tax.arrears": {"points": [{"upto": 0, "points": np.float32(0.5)}]}},
            xinpei.InexactError,
            "points[0].points",
        ),
        ({"tax.arrears": {"missing": Decimal("NaN")}}, xinpei.InputError, "is no value of a rule"),
        ({"tax.arrears": {"missing": datetime(2026, 1, 1)}}, xinpei.InputError, "is no value of a rule"),
        ({"tax.arrears": {"missing": object}}, xinpei.InputError, "is no value of a rule"),
        ({"tax.arrears": {"points": [None]}}, xinpei.InputError, "takes a field away"),
        ({"tax.arrears": {"mising": 1}}, xinpei.InputError, "did you mean `missing`?"),
        ({"tax.arreas": {"missing": 1}}, xinpei.InputError, "tax.arrears"),
        ({"tax.arrears": {}}, xinpei.InputError, "names no field"),
        ({"tax.arrears": 1}, xinpei.InputError, "names no field"),
        ({"tax.arrears": {"points[9].points": 1}}, xinpei.InputError, "points[9]"),
        ({1: {"missing": 1}}, xinpei.InputError, "a rule is named by a text"),
        ({"tax.arrears": {1: 1}}, xinpei.InputError, "a field is named by a text"),
        ([("tax.arrears", 1)], TypeError, "dict"),
    ],
)
def test_changes_that_cannot_be_made(yuanhe: xinpei.Rulebook, changes: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as raised:
        yuanhe.with_changes(changes)
    assert says in str(raised.value)


def test_mistakes_of_a_trial_show_the_line(yuanhe: xinpei.Rulebook) -> None:
    with pytest.raises(xinpei.RuleError) as raised:
        yuanhe.with_changes({"tax.grade": {"points": {"A": 1}}, "tax.arrears": {"missing": "35"}})
    first, second = [d for d in raised.value.diagnostics if d.severity == "error"]
    assert (first.code, first.file, first.text) == ("X0504", "sections/02-tax.yaml", "    points: {A: 1}")
    assert (second.file, second.text) == ("sections/03-arrears.yaml", '    missing: "35"')
    # Notes are no mistakes.
    assert "2 mistakes" in str(raised.value) and "note" not in str(raised.value)
    assert "points: {A: 1}" in str(raised.value)


def test_a_difference(yuanhe: xinpei.Rulebook) -> None:
    trial = yuanhe.with_changes({"power.late_run": {"points[1].points": 9}, "grades.AA": {"from": 870}})
    difference = trial.diff(yuanhe)
    assert repr(difference) == "<Difference yuanhe 2026.1 → 2026.1: 2 rules differ>"
    assert [(c.kind, c.id, c.action) for c in difference] == [
        ("characteristic", "power.late_run", "changed"),
        ("grade", "AA", "changed"),
    ]
    detail = difference[0].details[0]
    assert (detail.field, detail.text, detail.old, detail.new) == ("points", "1: 10 → 9 points", "10", "9")
    assert detail.texts == {"zh": "1：10 → 9 分", "en": "1: 10 → 9 points"}
    assert [c.details[0].old for c in yuanhe.diff(trial)] == ["9", "870"]
    assert not yuanhe.diff(yuanhe) and "Both say the same" in str(yuanhe.diff(yuanhe))
    english = checked(difference._repr_html_())
    xinpei.language("zh")
    chinese = checked(difference._repr_html_())
    for words in ("10 → 9", "870"):
        assert words in english and words in chinese and words in str(difference)
    assert "近两年连续逾期月数" in chinese and "指标" in chinese and "Characteristics" in english
    checked(yuanhe.diff(yuanhe)._repr_html_())
    with pytest.raises(IndexError):
        difference[2]


def against_decisions(held: xinpei.Held, trial: xinpei.Rulebook) -> xinpei.Comparison:
    """Compares, and counts everything again over whole decisions."""
    comparison = held.compare(trial)
    pairs = list(zip(held.rulebook.score(EXAMPLE, as_of=AS_OF), trial.score(EXAMPLE, as_of=AS_OF), strict=True))
    assert comparison.rows == len(held) == len(pairs)

    def standing(d: xinpei.Decision) -> str:
        return d.grade or "" if d.status == "rated" else d.status

    matrix = Counter((standing(a), standing(b)) for a, b in pairs)
    counted = {(a, b): n for a, row in comparison.matrix.items() for b, n in row.items() if n}
    assert counted == dict(matrix)
    assert comparison.moved == sum(n for (a, b), n in matrix.items() if a != b)
    shifts = sorted(b.score - a.score for a, b in pairs if a.score is not None and b.score is not None)
    score = comparison.score
    assert (score.rows, score.sum) == (len(shifts), sum(shifts))
    assert (score.up, score.down) == (sum(s > 0 for s in shifts), sum(s < 0 for s in shifts))
    assert score.histogram == sorted(Counter(shifts).items())
    assert score.quantiles[50] == shifts[(len(shifts) + 1) // 2 - 1]
    sides = [[{c.id: c.points for c in d.characteristics} for d in side] for side in zip(*pairs, strict=True)]
    for shift in comparison.characteristics:
        before, after = ([points.get(shift.id, 0) for points in side] for side in sides)
        assert shift.sum == sum(after) - sum(before)
        assert shift.up == sum(b > a for a, b in zip(before, after, strict=True))
    counts = [
        (comparison.outcomes, [[{o.id for o in d.outcomes} for d in pair] for pair in pairs]),
        (comparison.overrides, [[{o.id for o in d.overrides} for d in pair] for pair in pairs]),
    ]
    for rules, held_by in counts:
        for rule in rules:
            both = Counter((rule.id in before, rule.id in after) for before, after in held_by)
            assert (rule.gained, rule.lost) == (both[False, True], both[True, False]), rule
            assert (rule.old, rule.new) == (both[True, True] + rule.lost, both[True, True] + rule.gained)
    # Everyone who moved is told, with a reason that adds up.
    moves = comparison.moves(10_000)
    rows = [row for row, (a, b) in enumerate(pairs) if standing(a) != standing(b)]
    assert [m.row for m in moves] == rows
    for moved in moves:
        was, now = pairs[moved.row]
        assert (moved.enterprise, moved.name) == (was.enterprise, was.name)
        assert (moved.old.score, moved.new.grade, moved.new.status) == (was.score, now.grade, now.status)
        if moved.shift is not None:
            assert sum(s.shift for s in moved.shifts) == moved.shift
    table = comparison.to_arrow()
    assert table.num_rows == comparison.changed
    assert table.filter(table["moved"])["enterprise"].to_pylist() == [m.enterprise for m in moves]
    return comparison


@pytest.mark.parametrize(
    "changes",
    [
        {"tax.grade": {"points.B": 30}},
        {"tax.grade": {"points.B": 30}, "grades.AA": {"from": 870}},
        {"court.unperformed": {"points[1].points": Decimal("12.125")}, "power.late_run": {"missing": 0}},
        {"rulebook": {"score.digits": 3}, "overrides.court.dishonest": {"cap": "C"}},
    ],
    ids=["one line", "a line and a grade", "two lines", "everything"],
)
def test_a_comparison(yuanhe: xinpei.Rulebook, held: xinpei.Held, changes: dict[str, Any]) -> None:
    comparison = against_decisions(held, yuanhe.with_changes(changes))
    assert 0 < comparison.changed <= comparison.rows


def test_versions_with_other_facts(held: xinpei.Held, yuanhe: xinpei.Rulebook) -> None:
    """A fact that is described otherwise: the data is read once for each rulebook."""
    trial = yuanhe.with_changes({"facts.labour.employees": {"range": {"from": 0, "to": 60}}})
    comparison = against_decisions(held, trial)
    assert comparison.matrix["AA"]["refer"] + comparison.matrix["A"]["refer"] > 0
    firms = {"enterprise": [code(1), code(2)]}
    table = pa.table({**firms, "registry.status": ["operating"] * 2, "labour.employees": [50, 70]})
    assert xinpei.compare(yuanhe, trial, table, as_of=AS_OF).moved == 1
    with pytest.raises(xinpei.InputError, match="pass data that can be read twice"):
        xinpei.compare(yuanhe, trial, table.to_reader(), as_of=AS_OF)


def test_what_a_comparison_shows(yuanhe: xinpei.Rulebook, held: xinpei.Held) -> None:
    trial = yuanhe.with_changes({"tax.grade": {"points.B": 30}})
    comparison = held.compare(trial)
    assert (comparison.old, comparison.new) == (yuanhe, trial)
    assert repr(comparison).startswith("<Comparison yuanhe 2026.1 → 2026.1: 500 enterprises, ")
    moved = comparison.moves(1)[0]
    assert comparison[moved.enterprise].shift == comparison[moved.row].shift == Decimal("-12.00")
    assert repr(moved.shifts) == "[<Shift tax.grade: 42 → 30>]"
    pages = {}
    for language in ("en", "zh"):
        xinpei.language(language)
        for shown in (comparison, moved):
            page = checked(shown._repr_html_())
            assert shown._repr_html_() == shown._repr_html_()
            pages[language, type(shown).__name__] = (page, str(shown))
    for page in pages["en", "Comparison"]:
        assert "grades (rows: before; columns: after)" in page and "Tax credit grade" in page and "188" in page
    for page in pages["zh", "Comparison"]:
        assert "等级迁移" in page and "纳税缴费信用级别" in page and moved.enterprise in page
    assert "Tax credit grade" in pages["en", "Moved"][1] and "−12" in pages["zh", "Moved"][0]
    with pytest.raises(KeyError):
        comparison["nobody"]
    with pytest.raises(IndexError):
        comparison[500]
    same = held.compare(yuanhe)
    assert (same.changed, same.moved, same.to_polars().height) == (0, 0, 0)
    checked(same._repr_html_())


def test_tables_of_a_comparison(yuanhe: xinpei.Rulebook, held: xinpei.Held) -> None:
    comparison = held.compare(yuanhe.with_changes({"tax.grade": {"points.B": 30}}))
    frame = comparison.to_polars()
    assert frame.height == comparison.changed == comparison.to_pandas().shape[0]
    assert frame["shift"].sum() == comparison.score.sum
    first = frame["shifts"][0].to_list()
    assert first == [{"kind": "characteristic", "id": "tax.grade", "shift": Decimal("-12.0000")}]
    matrix = pd.DataFrame.from_dict(comparison.matrix, orient="index")
    assert list(matrix.index) == list(matrix.columns) and matrix.to_numpy().sum() == 500


def test_frames_and_dates_by_row(sme: xinpei.Rulebook) -> None:
    trial = sme.with_changes({"rulebook.title.en": "Sizes"})
    rows = {"enterprise": [code(1), code(2), "wrong"], "size.industry": ["retail"] * 3, "size.staff": [1, 70, 5]}
    frames = [pa.table(rows), pd.DataFrame(rows), pl.DataFrame(rows), pl.LazyFrame(rows)]
    records = [dict(zip(rows, values, strict=True)) for values in zip(*rows.values(), strict=True)]
    for data in [*frames, records, iter(records), pa.table(rows).to_reader()]:
        comparison = xinpei.compare(sme, trial, data, as_of=AS_OF)
        assert (comparison.rows, comparison.changed) == (2, 0)
    held = sme.hold(frames[0], as_of=AS_OF)
    assert [reject.enterprise for reject in held.rejects] == ["wrong"]
    assert repr(held) == f"<Held: 2 by sme-size 2011.1 as of {AS_OF}, 1 rejects>"
    days = pa.table({**rows, "day": [date(2026, 6, 30), date(2026, 5, 31), date(2026, 6, 30)]})
    assert xinpei.compare(sme, trial, days, as_of="column:day")[1].enterprise == code(2)
    assert xinpei.compare(sme, trial, held).rows == 2
    with pytest.raises(xinpei.InputError, match="held by another rulebook"):
        xinpei.compare(trial, sme, held)
    with pytest.raises(xinpei.InputError, match="as_of"):
        xinpei.compare(sme, trial, frames[0])


def test_dates_by_row_stay_in_order(yuanhe: xinpei.Rulebook) -> None:
    """An enterprise on two dates is two rows, each decided on its own date."""
    rows = 40
    frame = pa.table(
        {
            "enterprise": [code(at) for at in range(rows)],
            "day": [date(2026, 6, 30) if at % 3 else date(2026, 12, 31) for at in range(rows)],
            "registry.status": ["operating"] * rows,
            "tax.grade": ["B" if at % 2 else "A" for at in range(rows)],
        }
    )
    comparison = xinpei.compare(yuanhe, yuanhe.with_changes({"tax.grade": {"points.B": 30}}), frame, as_of="column:day")
    assert comparison.to_polars()["row"].to_list() == list(range(1, rows, 2))
    assert [comparison[at].enterprise for at in range(rows)] == [code(at) for at in range(rows)]


def test_what_comes_from_outside_is_escaped(sme: xinpei.Rulebook) -> None:
    trial = sme.with_changes({"rulebook": {"title.en": EVIL.replace("\x1b[31m", "").replace("\u202e", "")}})
    for shown in (trial.diff(sme), trial):
        checked(shown._repr_html_())
        assert "<script" not in shown._repr_html_()
    firm = {"enterprise": code(1), "name": EVIL, "size.industry": "retail", "size.staff": 5}
    moved = xinpei.compare(sme, trial, [firm], as_of=AS_OF)[0]
    checked(moved._repr_html_())
    assert "\u202e" not in str(moved) and "\x1b" not in str(moved) and "<script" not in moved._repr_html_()
