"""A rulebook whose score is what a column says, so that judgements can be made of any scores."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import xinpei
from conftest import AS_OF

FILES = {
    "rulebook.yaml": 'rulebook: ruler\nversion: "1"\nlanguage: 1\n'
    "title: {zh: 尺, en: Ruler}\nauthority: {zh: 甲, en: A}\n"
    "effective: {from: 2026-01-01}\nlanguages: [zh, en]\nkey: text\nscore: {digits: 2, rounding: half_up}\n",
    "facts/a.yaml": """department: a
label: {zh: 甲, en: A}
refresh: 1 month
facts:
  - {id: a.value, label: {zh: 值, en: Value}, type: number, digits: 2, range: {from: 0, to: 1000}}
  - {id: a.stop, label: {zh: 停, en: Stop}, type: flag, missing: {means: false}}
""",
    "sections/a.yaml": """section: a
label: {zh: 甲, en: A}
characteristics:
  - id: a.measure
    label: {zh: 量, en: Measure}
    basis: pilot
    formula: a.value
    at_least: 0
    at_most: 1000
    missing: 0
""",
    "grades.yaml": """grades:
  - {id: A, from: 600, label: {zh: 好, en: Good}}
  - {id: B, from: 300, label: {zh: 中, en: Fair}}
  - {id: C, label: {zh: 差, en: Poor}}
overrides:
  - {id: a.stopped, label: {zh: 停, en: Stopped}, basis: pilot, when: a.stop, unrated: true}
""",
}
RULER = xinpei.Rulebook.from_files(FILES)


def decisions(scores: Iterable[Any]) -> xinpei.Decisions:
    """Decisions with these scores, each of at most two digits."""
    values = pa.array([Decimal(str(score)) for score in scores], pa.decimal128(6, 2))
    keys = [f"firm-{at}" for at in range(len(values))]
    return RULER.score(pa.table({"enterprise": pa.array(keys, pa.string()), "a.value": values}), as_of=AS_OF)


def judged(scores: Iterable[Any], outcome: Any, **options: Any) -> xinpei.Judgement:
    return xinpei.judge(decisions(scores), outcome, **options)
