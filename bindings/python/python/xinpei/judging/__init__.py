"""Judging a card: how well scores tell the good from the bad, once it is known what became of enterprises.

>>> judgement = xinpei.judge(decisions, frame["bad"])  # doctest: +SKIP
>>> judgement.auc, judgement.roc().plot()  # doctest: +SKIP

A higher score is a better enterprise: a bad is expected at a low one. Goods and bads are counted by exact scores,
grades and bands; measures are floats that are computed from these counts. Nothing is left out silently: see
`Judgement.left_out`.
"""

from xinpei.judging._bands import Bands, Information
from xinpei.judging._bins import Distribution, Gains
from xinpei.judging._calibration import Calibration
from xinpei.judging._curves import Cap, Ks, Roc
from xinpei.judging._cutoffs import Cutoffs
from xinpei.judging._judgement import Judgement, judge
from xinpei.judging._stability import Shifts, Stability, csi, psi
from xinpei.judging._table import Drawn, Table

__all__ = [
    "Bands",
    "Calibration",
    "Cap",
    "Cutoffs",
    "Distribution",
    "Drawn",
    "Gains",
    "Information",
    "Judgement",
    "Ks",
    "Roc",
    "Shifts",
    "Stability",
    "Table",
    "csi",
    "judge",
    "psi",
]
