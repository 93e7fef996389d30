"""`judge`: a run of decisions against what became of the enterprises."""

from __future__ import annotations

import html
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, final

from xinpei._errors import InputError
from xinpei._xinpei import Decisions, Rulebook, Tally, language
from xinpei.judging import _metrics as metrics
from xinpei.judging import _words as words
from xinpei.judging._bands import Bands, Information, gini_of_points
from xinpei.judging._bins import Distribution, Gains, equal, whole
from xinpei.judging._calibration import Calibration
from xinpei.judging._curves import Cap, Ks, Roc
from xinpei.judging._cutoffs import Cutoffs, exact, worth
from xinpei.judging._table import STYLE, Table

if TYPE_CHECKING:
    from xinpei._xinpei import _Observed


def judge(
    decisions: Decisions,
    outcome: _Observed,
    *,
    bad: Literal[0, 1] = 1,
    missing: Literal["refuse", "drop"] = "refuse",
    referred: bool = False,
    level: float = 0.95,
) -> Judgement:
    """Judges decisions by what became of the enterprises.

    `outcome` has 0 or 1, or true or false, for each row that was scored, in the order of the data (a column of
    pandas, Polars, pyarrow or numpy, or a list), or for each enterprise by its key (a dict). `bad` is the value that
    means bad. A value that is not known is refused, unless `missing="drop"` leaves such rows out.

    Rows without a score are left out, and so are those that are referred, for their score is provisional, unless
    `referred=True`; `left_out` counts them. `level` is that of confidence intervals.

    Raises `InputError` with the row for a value that is neither, and where values and decisions do not fit.
    """
    if not isinstance(decisions, Decisions):
        raise InputError(f"`judge` takes the decisions of `Rulebook.score`, and not `{type(decisions).__name__}`")
    if outcome is None:
        raise InputError("the outcome is `None`: pass a value for each row that was scored")
    if bad not in (0, 1):
        raise InputError(f"`bad` is the value that means bad, 0 or 1, and is not {bad!r}")
    if missing not in ("refuse", "drop"):
        raise InputError(f"`missing` is `refuse` or `drop`, and is not {missing!r}")
    metrics.quantile(level)
    tally = Tally(decisions, outcome, bad=bool(bad), drop=missing == "drop", referred=referred)
    return Judgement(decisions, tally, level)


@final
class Judgement:
    """How well scores tell goods from bads. Made by `judge`."""

    def __init__(self, decisions: Decisions, tally: Tally, level: float) -> None:
        self._decisions, self._tally, self._level = decisions, tally, level
        scores = tally.scores
        self._scores = [score for score, _, _ in scores]
        self._counts: list[metrics.Count] = [(goods, bads) for _, goods, bads in scores]
        self._goods = sum(goods for goods, _ in self._counts)
        self._bads = sum(bads for _, bads in self._counts)

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook that was applied."""
        return self._decisions.rulebook

    @property
    def count(self) -> int:
        """How many are judged."""
        return self._goods + self._bads

    @property
    def goods(self) -> int:
        """How many of them are good."""
        return self._goods

    @property
    def bads(self) -> int:
        """How many of them are bad."""
        return self._bads

    @property
    def bad_rate(self) -> float | None:
        """The share of bads; `None` where nobody is judged."""
        return metrics.share(self._bads, self.count)

    @property
    def left_out(self) -> Table:
        """What is not judged, and why: `reason`, `count`, and `goods` and `bads` as far as they are known.

        The reasons: `rejected` (no decision was made), `unrated`, `refer`, `no_outcome` (not known, and dropped),
        `no_decision` (the key of an outcome is none of the decisions).
        """
        lines = [line for line in self._tally.left_out if line[1]]
        return Table(
            {name: [line[at] for line in lines] for at, name in enumerate(("reason", "count", "goods", "bads"))}
        )

    @property
    def auc(self) -> float:
        """The area under the ROC curve: the chance that a good has a higher score than a bad, ties one half.

        Raises `InputError`, as every measure does, where there are no goods or no bads.
        """
        return metrics.auc(self._counts)

    def auc_interval(self) -> tuple[float, float]:
        """The confidence interval of AUC (DeLong, DeLong and Clarke-Pearson 1988)."""
        return metrics.auc_interval(self._counts, self._level)

    @property
    def gini(self) -> float:
        """`2 AUC − 1`, which is the accuracy ratio too."""
        return metrics.gini(self._counts)

    @property
    def ks(self) -> float:
        """The greatest gap between the cumulative shares of bads and goods."""
        return metrics.ks(self._counts)[0]

    def roc(self) -> Roc:
        """The ROC curve."""
        return Roc(self._scores, self._counts)

    def ks_curve(self) -> Ks:
        """The cumulative shares behind `ks`."""
        return Ks(self._scores, self._counts)

    def cap(self) -> Cap:
        """The cumulative accuracy profile."""
        return Cap(self._scores, self._counts)

    def gains(self, bins: int = 10) -> Gains:
        """Gains and lift by bins of about equally many, the worst scores first."""
        return Gains(self._scores, self._counts, bins)

    def distribution(self, bins: int = 20) -> Distribution:
        """How scores of goods and bads spread, in bins of equal width."""
        return Distribution(self._scores, self._counts, bins)

    def by_grade(self, *, adjust: float = 0.0) -> Bands:
        """Bad rate, confidence interval and weight of evidence by grade, best first.

        `adjust` is added to the counts of goods and of bads in weights of evidence, so that a grade without one of
        them has a finite one.
        """
        grades = self._tally.grades
        counts = [(goods, bads) for _, goods, bads in grades]
        head = {"grade": [grade for grade, _, _ in grades]}
        return Bands(head, counts, name="", level=self._level, adjust=adjust)

    def by_band(self, characteristic: str, *, adjust: float = 0.0) -> Bands:
        """Bad rate, confidence interval and weight of evidence by band of a characteristic, in the order of the rule.

        A characteristic of conditions, deductions or a formula has no bands: its rows are told apart by points. The
        last line is that of missing answers. The first call scores the data again, once for all characteristics.

        Raises `KeyError` with the nearest id where there is no such characteristic.
        """
        lines = self._tally.bands(characteristic)
        counts = [(goods, bads) for *_, goods, bads in lines]
        head: dict[str, Sequence[Any]] = {
            "band": [band or f"{points:f}" for band, points, *_ in lines],
            "points": [points for _, points, *_ in lines],
        }
        return Bands(head, counts, name=characteristic, level=self._level, adjust=adjust)

    def information(self, *, adjust: float = 0.0) -> Information:
        """Information value and Gini of every characteristic, the greatest Gini first, ties as in the rules."""
        found = []
        for line in self.rulebook.characteristics:
            lines = self._tally.bands(line.id)
            counts = [(goods, bads) for *_, goods, bads in lines]
            bands = self.by_band(line.id, adjust=adjust)
            gini = gini_of_points([points for _, points, *_ in lines], counts)
            occur = sum(1 for count in counts if any(count))
            found.append((line.id, line.label, occur, bands.iv, gini))
        found.sort(key=lambda one: -one[4])
        names = ("characteristic", "label", "bands", "iv", "gini")
        return Information({name: [one[at] for one in found] for at, name in enumerate(names)})

    def calibration(self, pd: Mapping[str, float | Decimal] | None = None) -> Calibration:
        """Observed bad rates by grade, against the expected probability of each grade where `pd` gives them."""
        return Calibration(self._tally.grades, pd, self._level)

    def cutoffs(
        self,
        at: Sequence[Decimal | int | str] | None = None,
        *,
        by: Literal["score", "grade"] = "score",
        steps: int = 20,
        gain: Decimal | int | str | None = None,
        loss: Decimal | int | str | None = None,
    ) -> Cutoffs:
        """What accepting from a cut-off on would have come to, from the most lenient to the strictest.

        `at` are scores; without them there are about `steps`, each of which rejects about equally many more. `by`
        grade accepts a grade and those better. `gain` is what an accepted good brings and `loss` what an accepted
        bad costs; `profit` is their sum, exact.
        """
        sums = [list(accumulate((count[place] for count in self._counts), initial=0)) for place in (0, 1)]
        total, value = (self._goods, self._bads), worth(gain, loss)
        if by == "grade":
            if at is not None:
                raise InputError("`at` are scores; every grade is a cut-off by grade")
            grades = [(goods, bads) for _, goods, bads in self._tally.grades]
            worse = list(accumulate(reversed(grades), lambda a, b: (a[0] + b[0], a[1] + b[1]), initial=(0, 0)))[:-1]
            return Cutoffs("grade", [grade for grade, _, _ in reversed(self._tally.grades)], worse, total, value)
        if by != "score":
            raise InputError(f"`by` is `score` or `grade`, and is not `{by}`")
        if at is None:
            places = equal([good + bad for good, bad in self._counts], whole(steps, "steps"))
            lines = [self._scores[start] for start, _ in places]
        else:
            lines = sorted({exact(line, "a cut-off") for line in at})
        below = [bisect_left(self._scores, line) for line in lines]
        rejected = [(sums[0][place], sums[1][place]) for place in below]
        return Cutoffs("cutoff", lines, rejected, total, value)

    def _lines(self) -> list[str]:
        lang = language()
        zh = lang == "zh"
        rulebook = self.rulebook
        lines = [f"{rulebook.title} {rulebook.version}"]
        rate = "–" if self.bad_rate is None else words.written(self.bad_rate, "share", lang)
        lines.append(
            f"好户 {self.goods:,} · 坏户 {self.bads:,} · 坏户率 {rate}"
            if zh
            else f"{self.goods:,} goods · {self.bads:,} bads · bad rate {rate}"
        )
        if self.goods and self.bads:
            lines.append(f"AUC {self.auc:.4f} · Gini {self.gini:.4f} · KS {self.ks:.4f}")
        for reason, count, *_ in self._tally.left_out:
            if count:
                said = words.REASONS[reason][1 if zh else 0]
                lines.append(f"未计入 {count:,}：{said}" if zh else f"left out {count:,} {said}")
        return lines

    def __str__(self) -> str:
        return "\n".join(self._lines())

    def __repr__(self) -> str:
        rulebook = self.rulebook
        left = sum(count for _, count, *_ in self._tally.left_out)
        return f"<Judgement of {rulebook.id} {rulebook.version}: {self.goods} goods, {self.bads} bads, {left} left out>"

    def _repr_html_(self) -> str:
        first, *rest = (html.escape(line) for line in self._lines())
        return f'<div class="xp">{STYLE}<p><b>{first}</b></p>{"".join(f"<p>{line}</p>" for line in rest)}</div>'
