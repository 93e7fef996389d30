"""ROC, KS and CAP: curves over the scores that occur, the worst first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import Any

from xinpei.judging import _metrics as metrics
from xinpei.judging._table import Drawn


def _sums(counts: Sequence[metrics.Count]) -> tuple[list[int], list[int]]:
    """Goods and bads up to each score, from nobody on."""
    return (
        list(accumulate((count[0] for count in counts), initial=0)),
        list(accumulate((count[1] for count in counts), initial=0)),
    )


class Roc(Drawn):
    """The ROC curve: who is flagged as bad if the line is drawn at a score (that score and below).

    Columns: `score` (`None` where nobody is flagged), `fpr` the share of goods that are flagged, `tpr` the
    share of bads. A point for each distinct score: between two of them the curve is straight.

    The plot: the curve with its diagonal and AUC.
    """

    _plot = "roc"

    auc: float
    gini: float

    def __init__(self, scores: Sequence[Decimal], counts: Sequence[metrics.Count]) -> None:
        goods, bads = metrics.both(counts, "the ROC curve")
        self.auc, self.gini = metrics.auc(counts), metrics.gini(counts)
        good, bad = _sums(counts)
        columns: dict[str, Sequence[Any]] = {
            "score": [None, *scores],
            "fpr": [count / goods for count in good],
            "tpr": [count / bads for count in bad],
        }
        super().__init__(columns, notes=[f"AUC {self.auc:.4f} · Gini {self.gini:.4f}"])


class Ks(Drawn):
    """Cumulative shares of goods and bads by score, and the gap between them.

    Columns: `score`, `cumulative_goods`, `cumulative_bads` (that score and below), `gap`.

    The plot: both curves, the gap marked where it is greatest.
    """

    _plot = "ks"

    ks: float
    score: Decimal

    def __init__(self, scores: Sequence[Decimal], counts: Sequence[metrics.Count]) -> None:
        goods, bads = metrics.both(counts, "KS")
        self.ks, place = metrics.ks(counts)
        self.score = scores[place]
        good, bad = (sums[1:] for sums in _sums(counts))
        columns: dict[str, Sequence[Any]] = {
            "score": scores,
            "cumulative_goods": [count / goods for count in good],
            "cumulative_bads": [count / bads for count in bad],
            "gap": [(b * goods - g * bads) / (goods * bads) for g, b in zip(good, bad, strict=True)],
        }
        super().__init__(columns, notes=[f"KS {self.ks:.4f} · {self.score:f}"])


class Cap(Drawn):
    """The cumulative accuracy profile: which share of the bads is among the worst so many.

    Columns: `score` (`None` for nobody), `cumulative_count` the share of all with that score or a lower one,
    `captured` the share of bads among them. `accuracy_ratio` is the area above the diagonal as a share of that
    of a perfect card, which is Gini.

    The plot: the curve between that of a perfect card and that of chance.
    """

    _plot = "cap"

    accuracy_ratio: float
    bad_rate: float

    def __init__(self, scores: Sequence[Decimal], counts: Sequence[metrics.Count]) -> None:
        goods, bads = metrics.both(counts, "the CAP curve")
        good, bad = _sums(counts)
        self.bad_rate = bads / (goods + bads)
        self.accuracy_ratio = _ratio(good, bad)
        columns: dict[str, Sequence[Any]] = {
            "score": [None, *scores],
            "cumulative_count": [(g + b) / (goods + bads) for g, b in zip(good, bad, strict=True)],
            "captured": [count / bads for count in bad],
        }
        super().__init__(columns, notes=[f"AR {self.accuracy_ratio:.4f}"])


def _ratio(good: Sequence[int], bad: Sequence[int]) -> float:
    """Areas by trapezoids, in units of half a pair; a perfect card has `goods × bads` above the diagonal."""
    count = [g + b for g, b in zip(good, bad, strict=True)]
    twice = sum((count[at + 1] - count[at]) * (bad[at + 1] + bad[at]) for at in range(len(count) - 1))
    return (twice - count[-1] * bad[-1]) / (good[-1] * bad[-1])
