"""Observed bad rates against expected ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from xinpei._errors import InputError
from xinpei.judging import _metrics as metrics
from xinpei.judging._table import Drawn


class Calibration(Drawn):
    """Observed and expected bad rates by grade.

    Columns: `grade`, `count`, `bads`, `bad_rate` with the ends `low` and `high` of its confidence interval
    (Wilson 1927), and, where probabilities were given, `pd`, `expected_bads` and whether the interval holds `pd`
    (`within`). Grades without anybody have `None`.

    The plot: observed over expected with confidence intervals, and the diagonal; needs probabilities.
    """

    _plot = "calibration"

    def __init__(
        self,
        grades: Sequence[tuple[str, int, int]],
        pd: Mapping[str, float | Decimal] | None,
        level: float,
    ) -> None:
        expected = [None if pd is None else _probability(pd, *grade) for grade in grades]
        if pd is not None and (strange := sorted(set(pd) - {grade for grade, _, _ in grades})):
            names = ", ".join(grade for grade, _, _ in grades)
            raise InputError(f"`pd` names `{strange[0]}`, which is no grade; the grades are {names}")
        intervals = [metrics.wilson(bad, good + bad, level) for _, good, bad in grades]
        columns: dict[str, Sequence[Any]] = {
            "grade": [grade for grade, _, _ in grades],
            "count": [good + bad for _, good, bad in grades],
            "bads": [bad for _, _, bad in grades],
            "bad_rate": [metrics.share(bad, good + bad) for _, good, bad in grades],
            "low": [low for low, _ in intervals],
            "high": [high for _, high in intervals],
        }
        if pd is not None:
            columns["pd"] = expected
            columns["expected_bads"] = [
                None if p is None else p * (good + bad) for p, (_, good, bad) in zip(expected, grades, strict=True)
            ]
            columns["within"] = [
                None if p is None or low is None or high is None else low <= p <= high
                for p, (low, high) in zip(expected, intervals, strict=True)
            ]
        super().__init__(columns)


def _probability(pd: Mapping[str, float | Decimal], grade: str, good: int, bad: int) -> float | None:
    if grade not in pd:
        if good + bad == 0:
            return None
        raise InputError(f"`pd` has no probability for grade `{grade}`, which {good + bad} have")
    value = pd[grade]
    if isinstance(value, bool) or not isinstance(value, (float, int, Decimal)) or not 0 <= value <= 1:
        raise InputError(f"the probability of grade `{grade}` is a number from 0 to 1, and is not {value!r}")
    return float(value)
