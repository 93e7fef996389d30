"""Scores in bins: gains by share of enterprises, and the distribution of goods and bads."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal, localcontext
from itertools import accumulate
from typing import Any

from xinpei._errors import InputError
from xinpei.judging import _metrics as metrics
from xinpei.judging._table import Drawn


def whole(number: object, what: str) -> int:
    """A number of bins or steps."""
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise InputError(f"`{what}` is a whole number from 1 on, and is not {number!r}")
    return number


def equal(counts: Sequence[int], bins: int) -> list[tuple[int, int]]:
    """Bins of about one size, each from a place to before another. What stands at one place is never parted."""
    total, sum_, start = sum(counts), 0, 0
    target, found = 1, []
    for at, count in enumerate(counts):
        sum_ += count
        if sum_ * bins >= target * total:
            found.append((start, at + 1))
            start, target = at + 1, sum_ * bins // total + 1
    return found


class Gains(Drawn):
    """Gains by bins of about equally many, the worst scores first.

    A score is never parted, so bins differ in size where scores repeat, and there may be fewer than asked for.
    Columns: `bin`, `score_from`, `score_to` (both included), `count`, `goods`, `bads`, `bad_rate`, cumulative shares
    of `count`, `goods` and `bads`, `lift` (bad rate over that of all) and `cumulative_lift`.

    The plot: bars of the bad rate by bin, with the lift beside them.
    """

    _plot = "gains"

    bad_rate: float

    def __init__(self, scores: Sequence[Decimal], counts: Sequence[metrics.Count], bins: int) -> None:
        goods, bads = metrics.both(counts, "gains")
        self.bad_rate = bads / (goods + bads)
        places = equal([good + bad for good, bad in counts], whole(bins, "bins"))
        good = [sum(count[0] for count in counts[start:end]) for start, end in places]
        bad = [sum(count[1] for count in counts[start:end]) for start, end in places]
        count = [g + b for g, b in zip(good, bad, strict=True)]
        sums = [list(accumulate(column)) for column in (count, good, bad)]
        all_ = goods + bads

        def lift(part: int, of: int) -> float:
            # One division: a lift of exactly 1 is 1.
            return part * all_ / (of * bads)

        columns: dict[str, Sequence[Any]] = {
            "bin": range(1, len(places) + 1),
            "score_from": [scores[start] for start, _ in places],
            "score_to": [scores[end - 1] for _, end in places],
            "count": count,
            "goods": good,
            "bads": bad,
            "bad_rate": [b / n for b, n in zip(bad, count, strict=True)],
            "cumulative_count": [n / all_ for n in sums[0]],
            "cumulative_goods": [g / goods for g in sums[1]],
            "cumulative_bads": [b / bads for b in sums[2]],
            "lift": [lift(b, n) for b, n in zip(bad, count, strict=True)],
            "cumulative_lift": [lift(b, n) for b, n in zip(sums[2], sums[0], strict=True)],
        }
        super().__init__(columns)


class Distribution(Drawn):
    """How goods and bads spread over bins of equal width.

    Columns: `score_from` (included), `score_to` (not included), `goods`, `bads`, and the shares of all goods and of
    all bads; a share is `None` where there are none.

    The plot: two histograms, each of its own total.
    """

    _plot = "distribution"

    def __init__(self, scores: Sequence[Decimal], counts: Sequence[metrics.Count], bins: int) -> None:
        goods, bads = sum(count[0] for count in counts), sum(count[1] for count in counts)
        if not scores:
            raise InputError("the distribution is not defined: nothing is counted; `left_out` says why")
        with localcontext(metrics.EXACT):
            width = _width(scores[-1] - scores[0], whole(bins, "bins"))
            places = [int((score / width).to_integral_value(ROUND_FLOOR)) for score in scores]
            edges = [width * at for at in range(places[0], places[-1] + 2)]
        good, bad = [0] * (len(edges) - 1), [0] * (len(edges) - 1)
        for place, count in zip(places, counts, strict=True):
            good[place - places[0]] += count[0]
            bad[place - places[0]] += count[1]
        columns: dict[str, Sequence[Any]] = {
            "score_from": edges[:-1],
            "score_to": edges[1:],
            "goods": good,
            "bads": bad,
            "goods_share": [metrics.share(count, goods) for count in good],
            "bads_share": [metrics.share(count, bads) for count in bad],
        }
        super().__init__(columns)


def _width(span: Decimal, bins: int) -> Decimal:
    """The least width of 1, 2 or 5 times a power of ten that needs no more than so many bins, or one more."""
    least = span / bins
    if least <= 0:
        return Decimal(1)
    power = Decimal(1).scaleb(least.adjusted())
    return next(width for width in (power, 2 * power, 5 * power, 10 * power) if width >= least)
