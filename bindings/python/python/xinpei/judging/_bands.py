"""Goods and bads by grade and by band of a characteristic, with weight of evidence; information of characteristics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from xinpei._errors import InputError
from xinpei._xinpei import language
from xinpei.judging import _metrics as metrics
from xinpei.judging._table import Drawn


class Bands(Drawn):
    """Goods and bads of each grade, or of each band of a characteristic.

    Columns: `grade`, or `band` and `points`; `count`, `share`, `goods`, `bads`, `bad_rate` with the ends `low` and
    `high` of its confidence interval (Wilson 1927), `woe` = ln(share of goods / share of bads), positive where
    better than all, and `iv`, its part of the information value. `iv` of the table is their sum; it is infinite if
    a band has goods only or bads only and nothing was added by `adjust`, and `None` without goods or without bads.

    The plot: the bad rate of each with its confidence interval, over bars of how many there are.
    """

    _plot = "bands"

    bad_rate: float | None
    iv: float | None
    name: str

    def __init__(
        self,
        head: Mapping[str, Sequence[Any]],
        counts: Sequence[metrics.Count],
        *,
        name: str,
        level: float,
        adjust: float,
    ) -> None:
        if not adjust >= 0:
            raise InputError(f"`adjust` is 0 or more, and is not {adjust}")
        goods, bads = sum(count[0] for count in counts), sum(count[1] for count in counts)
        self.name = name
        self.bad_rate = metrics.share(bads, goods + bads)
        intervals = [metrics.wilson(bad, good + bad, level) for good, bad in counts]
        weights = [metrics.woe(good, bad, goods, bads, adjust) for good, bad in counts]
        self.iv = sum(part for _, part in weights if part is not None) if goods and bads else None
        columns: dict[str, Sequence[Any]] = {
            **head,
            "count": [good + bad for good, bad in counts],
            "share": [metrics.share(good + bad, goods + bads) for good, bad in counts],
            "goods": [good for good, _ in counts],
            "bads": [bad for _, bad in counts],
            "bad_rate": [metrics.share(bad, good + bad) for good, bad in counts],
            "low": [low for low, _ in intervals],
            "high": [high for _, high in intervals],
            "woe": [weight for weight, _ in weights],
            "iv": [part for _, part in weights],
        }
        notes = [] if self.iv is None else [f"IV {self.iv:.4f}"]
        if self.iv == float("inf"):
            notes = [
                "IV ∞：有的分段只有好户或只有坏户；adjust=0.5 给每个计数加 0.5"
                if language() == "zh"
                else "IV ∞: a band has goods only or bads only; adjust=0.5 adds one half to every count"
            ]
        super().__init__(columns, notes=notes)


class Information(Drawn):
    """How much each characteristic tells about goods and bads, the most telling first.

    Columns: `characteristic`, `label`, `bands` (those that occur), `iv` the information value of its bands, `gini` of
    its points alone.

    The plot: bars of Gini by characteristic.
    """

    _plot = "information"


def gini_of_points(points: Sequence[Decimal], counts: Sequence[metrics.Count]) -> float:
    """Gini of points as if they were the score."""
    by_points: dict[Decimal, metrics.Count] = {}
    for value, (good, bad) in zip(points, counts, strict=True):
        before = by_points.get(value, (0, 0))
        by_points[value] = (before[0] + good, before[1] + bad)
    return metrics.gini([by_points[value] for value in sorted(by_points)])
