"""Peer: optbinning's Scorecard, compared in speed alone.

Its points come from a regression in floats, and it has neither sections with caps nor overrides nor
reasons, so it cannot express this card. It gets the card's cuts, is fitted to a made-up target, and
adds up one number for each characteristic.
"""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
from optbinning import BinningProcess, Scorecard
from sklearn.linear_model import LogisticRegression

from protocol import Case, arguments, serve
from workload import load_card, load_columns

warnings.filterwarnings("ignore")


def main() -> None:
    """Serve one form."""
    folder, rows = arguments()
    card = load_card(folder)
    rows = min(rows, card.rows, 100_000)
    columns = load_columns(folder, card, rows)
    names = [f"f{i}" for i in range(card.size)]
    frame = pd.DataFrame(
        {name: np.where(columns.known[i], columns.values[i], np.nan) for i, name in enumerate(names)},
    )
    few = frame.head(20_000)
    total = np.zeros(len(few))
    for i, line in enumerate(card.lines):
        band = np.searchsorted(np.array(line.cuts), columns.values[i][: len(few)], side="left")
        total += np.where(columns.known[i][: len(few)], np.array(line.points)[band], line.missing)
    target = (total + np.random.default_rng(1).normal(0, 300, len(few)) < np.median(total)).astype(int)
    fit = {
        name: {"user_splits": [cut + 0.5 for cut in line.cuts], "user_splits_fixed": [True] * len(line.cuts)}
        for name, line in zip(names, card.lines, strict=True)
    }
    process = BinningProcess(names, binning_fit_params=fit)
    scorecard = Scorecard(
        process,
        LogisticRegression(max_iter=200),
        scaling_method="min_max",
        scaling_method_params={"min": 0, "max": 600},
    )
    scorecard.fit(few, target)
    serve(card, [Case("optbinning Scorecard, a sum in floats alone", rows, lambda: scorecard.score(frame), None)])


if __name__ == "__main__":
    main()
