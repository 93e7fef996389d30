"""What accepting from a cut-off on would have come to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import Any

from xinpei._errors import InexactError, InputError
from xinpei.judging import _metrics as metrics
from xinpei.judging._table import Drawn


class Cutoffs(Drawn):
    """A cut-off strategy table, from the most lenient cut-off to the strictest.

    An enterprise is accepted whose score is not below `cutoff`, or whose grade is `grade` or better. Columns:
    `accepted`, `accept_rate`, `bads_accepted`, `bad_rate` of the accepted (`None` where nobody is), `goods_rejected`
    and `goods_rejected_rate` as a share of all goods, `bads_rejected` and `bads_rejected_rate` as a share of all
    bads, and `profit` where a gain and a loss were given.

    The plot: the accept rate, and the bad rate of the accepted, by cut-off.
    """

    _plot = "cutoffs"

    bad_rate: float | None

    def __init__(
        self,
        name: str,
        lines: Sequence[Any],
        rejected: Sequence[metrics.Count],
        total: metrics.Count,
        worth: tuple[Decimal, Decimal] | None,
    ) -> None:
        goods, bads = total
        accepted = [(goods - good, bads - bad) for good, bad in rejected]
        self.bad_rate = metrics.share(bads, goods + bads)
        columns: dict[str, Sequence[Any]] = {
            name: lines,
            "accepted": [good + bad for good, bad in accepted],
            "accept_rate": [metrics.share(good + bad, goods + bads) for good, bad in accepted],
            "bads_accepted": [bad for _, bad in accepted],
            "bad_rate": [metrics.share(bad, good + bad) for good, bad in accepted],
            "goods_rejected": [good for good, _ in rejected],
            "goods_rejected_rate": [metrics.share(good, goods) for good, _ in rejected],
            "bads_rejected": [bad for _, bad in rejected],
            "bads_rejected_rate": [metrics.share(bad, bads) for _, bad in rejected],
        }
        if worth is not None:
            with localcontext(metrics.EXACT):
                columns["profit"] = [good * worth[0] - bad * worth[1] for good, bad in accepted]
        super().__init__(columns)


def exact(value: object, what: str) -> Decimal:
    """A number that is no float."""
    if isinstance(value, float):
        raise InexactError(f"{what} is exact, and {value!r} is a float: pass a `Decimal`, an int or a text")
    if isinstance(value, (Decimal, int, str)) and not isinstance(value, bool):
        try:
            number = Decimal(value)
        except ArithmeticError:
            number = Decimal("nan")
        if number.is_finite():
            return number
    raise InputError(f'{what} is a number such as Decimal("700"), and is not {value!r}')


def worth(gain: object, loss: object) -> tuple[Decimal, Decimal] | None:
    """What an accepted good brings and an accepted bad costs; both or neither."""
    if gain is None and loss is None:
        return None
    if gain is None or loss is None:
        raise InputError("`gain` and `loss` go together: what an accepted good brings, and what a bad costs")
    return exact(gain, "`gain`"), exact(loss, "`loss`")
