"""Formulas over counts of goods and bads. Counts are exact; a float appears only as the last step.

Counts stand in the order of scores, the worst first: a higher score is a better enterprise, and a bad is
expected at a low one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Context
from typing import TypeAlias

from xinpei._errors import InputError

# Decimals are exact whatever precision the caller chose.
EXACT = Context(prec=60)
# Goods and bads.
Count: TypeAlias = tuple[int, int]


def both(counts: Sequence[Count], what: str) -> Count:
    """How many goods and bads there are; an `InputError` where one of them is missing."""
    goods, bads = sum(count[0] for count in counts), sum(count[1] for count in counts)
    if goods == 0 and bads == 0:
        raise InputError(f"{what} is not defined: nothing is counted; `left_out` says why")
    if goods == 0 or bads == 0:
        raise InputError(f"{what} is not defined: all {goods + bads} are {'good' if bads == 0 else 'bad'}")
    return goods, bads


def auc(counts: Sequence[Count]) -> float:
    """The chance that a good has a higher score than a bad, a tie counting one half.

    It is the area under the ROC curve by trapezoids over distinct scores, and the Mann-Whitney statistic
    divided by goods times bads.
    """
    goods, bads = both(counts, "AUC")
    return _twice(counts) / (2 * goods * bads)


def gini(counts: Sequence[Count]) -> float:
    """`2 AUC − 1`, which is Somers' D of the outcome and the accuracy ratio of the CAP curve."""
    goods, bads = both(counts, "Gini")
    return (_twice(counts) - goods * bads) / (goods * bads)


def _twice(counts: Sequence[Count]) -> int:
    """Twice the pairs of a bad and a good in the right order, ties once."""
    twice, above = 0, sum(count[0] for count in counts)
    for good, bad in counts:
        above -= good
        twice += bad * (2 * above + good)
    return twice


def auc_interval(counts: Sequence[Count], level: float) -> tuple[float, float]:
    """A confidence interval for AUC: DeLong, DeLong and Clarke-Pearson 1988, cut at 0 and 1."""
    goods, bads = both(counts, "the interval of AUC")
    if goods < 2 or bads < 2:
        raise InputError("the interval of AUC is not defined: it needs two goods and two bads at least")
    mean = auc(counts)
    above, below = goods, 0
    of_bads = of_goods = 0.0
    for good, bad in counts:
        above -= good
        of_bads += bad * ((2 * above + good) / (2 * goods) - mean) ** 2
        of_goods += good * ((2 * below + bad) / (2 * bads) - mean) ** 2
        below += bad
    error = math.sqrt(of_bads / (bads - 1) / bads + of_goods / (goods - 1) / goods)
    half = quantile(level) * error
    return max(0.0, mean - half), min(1.0, mean + half)


def ks(counts: Sequence[Count]) -> tuple[float, int]:
    """The greatest distance between the cumulative shares of bads and goods, and its place among the scores.

    It is the two-sample Kolmogorov-Smirnov statistic; the first place where there are several.
    """
    goods, bads = both(counts, "KS")
    most, place, good, bad = -1, 0, 0, 0
    for at, count in enumerate(counts):
        good, bad = good + count[0], bad + count[1]
        gap = abs(bad * goods - good * bads)
        if gap > most:
            most, place = gap, at
    return most / (goods * bads), place


def quantile(level: float) -> float:
    """The quantile of the normal distribution for a two-sided interval."""
    from statistics import NormalDist

    if not 0 < level < 1:
        raise InputError(f"a confidence level lies between 0 and 1, such as 0.95, and is not {level}")
    return NormalDist().inv_cdf((1 + level) / 2)


def wilson(bads: int, count: int, level: float) -> tuple[float, float] | tuple[None, None]:
    """The score interval of a share (Wilson 1927); nothing of nothing."""
    if count == 0:
        return None, None
    z = quantile(level)
    share, square = bads / count, z * z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = z / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    # The ends are 0 and 1 exactly where no or every one is bad.
    return (0.0 if bads == 0 else max(0.0, middle - half)), (1.0 if bads == count else min(1.0, middle + half))


def share(part: int, whole: int) -> float | None:
    """A share, as near as a float can be; `None` of nothing."""
    return part / whole if whole else None


def woe(good: int, bad: int, goods: int, bads: int, adjust: float) -> tuple[float | None, float | None]:
    """Weight of evidence, ln of the share of goods over the share of bads, and its part of the information value.

    Positive is better than average (Siddiqi 2006). `adjust` is added to both counts, not to their totals. A band
    without a good or without a bad has no finite weight if nothing is added; one with neither has none at all.
    """
    if goods == 0 or bads == 0 or (good == 0 and bad == 0):
        return None, None
    return evidence((good + adjust) / goods, (bad + adjust) / bads)


def evidence(one: float, other: float) -> tuple[float, float]:
    """ln of one share over another, and the difference of the shares times it."""
    if one == 0 or other == 0:
        weight = math.inf if other == 0 else -math.inf
        return weight, math.inf
    weight = math.log(one / other)
    return weight, (one - other) * weight
