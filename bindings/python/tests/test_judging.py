"""Judgements against scikit-learn, scipy and sums by hand."""

from __future__ import annotations

import math
from decimal import Context, Decimal, localcontext
from typing import Any

import numpy as np
import pytest
import xinpei
from numpy.typing import NDArray
from ruler import decisions, judged
from scipy import stats
from sklearn import metrics

Sample = tuple[NDArray[np.int64], NDArray[np.int64]]


def near(value: float) -> Any:
    """What one rounding of each share may differ by."""
    return pytest.approx(value, rel=0, abs=4e-16)


def samples() -> list[Sample]:
    """Scores in hundredths and whether bad: many ties, none, tiny ones, a card that is wrong way round."""
    rng = np.random.default_rng(20260630)
    found: list[Sample] = []
    for count, top in [(2000, 100_000), (2000, 30), (300, 5), (40, 1000), (7, 3), (2000, 2)]:
        bad = (rng.random(count) < 0.2).astype(np.int64)
        bad[:2] = 0, 1
        found.append((np.clip(rng.integers(0, top + 1, count) - bad * (top // 4), 0, None), bad))
    scores, bad = found[0]
    found += [(scores, 1 - bad), (np.array([3, 3]), np.array([0, 1])), (np.array([1, 2]), np.array([0, 1]))]
    return found


@pytest.mark.parametrize("sample", samples())
def test_auc_roc_and_ks_as_scikit_learn_and_scipy_have_them(sample: Sample) -> None:
    scores, bad = sample
    judgement = judged([Decimal(int(score)) / 100 for score in scores], bad)
    # The lower the score, the more likely bad: their score is the negative of ours.
    fpr, tpr, thresholds = metrics.roc_curve(bad, -scores, drop_intermediate=False)
    roc = judgement.roc()
    assert roc["fpr"] == tuple(fpr) and roc["tpr"] == tuple(tpr)
    assert [score * 100 for score in roc["score"][1:]] == [-value for value in thresholds[1:]]
    # They add up trapezoids of floats; ours is one division of whole numbers.
    theirs = metrics.roc_auc_score(bad, -scores)
    assert judgement.auc == pytest.approx(theirs, rel=0, abs=2e-15) and roc.auc == judgement.auc
    pairs = (scores[bad == 1][:, None] < scores[bad == 0]).sum() * 2 + (
        scores[bad == 1][:, None] == scores[bad == 0]
    ).sum()
    assert judgement.auc == int(pairs) / (2 * int(bad.sum()) * int((1 - bad).sum()))
    if len(set(scores)) > 1:
        assert judgement.gini == near(stats.somersd(1 - bad, scores).statistic)
    assert judgement.gini == near(2 * judgement.auc - 1)
    both = stats.ks_2samp(scores[bad == 1], scores[bad == 0])
    assert judgement.ks == near(both.statistic)
    curve = judgement.ks_curve()
    at = curve["score"].index(curve.score)
    assert abs(curve["gap"][at]) == judgement.ks == max(map(abs, curve["gap"]))
    assert float(curve.score) * 100 == pytest.approx(both.statistic_location) or abs(
        curve["gap"][curve["score"].index(Decimal(int(both.statistic_location)) / 100)]
    ) == near(judgement.ks)
    cap = judgement.cap()
    assert cap.accuracy_ratio == judgement.gini
    assert cap["captured"] == roc["tpr"] and cap["cumulative_count"][-1] == 1.0


def test_the_interval_of_auc() -> None:
    """DeLong's variance from all pairs, as the paper writes it, and not from counts."""
    scores, bad = samples()[2]
    low, high = judged(scores, bad).auc_interval()
    x, y = scores[bad == 1], scores[bad == 0]
    psi = (x[:, None] < y) + 0.5 * (x[:, None] == y)
    error = math.sqrt(psi.mean(axis=1).var(ddof=1) / len(x) + psi.mean(axis=0).var(ddof=1) / len(y))
    z = stats.norm.ppf(0.975)
    assert (low, high) == pytest.approx((psi.mean() - z * error, psi.mean() + z * error), rel=1e-12)
    # A card without a mistake has a variance of nothing.
    assert judged([1, 2, 3, 4], [1, 1, 0, 0]).auc_interval() == (1.0, 1.0)


def test_cap_by_hand() -> None:
    """Ten, two of them bad: the worst, and the third from below.

    Captured after one 1/2, after two 1/2, after three 1. Area: 0.025 + 0.05 + 0.075 + 0.7 = 0.85, so 0.35 above the
    diagonal; a perfect card has (1 − 0.2/2) − 0.5 = 0.4. 0.35 / 0.4 = 0.875.
    """
    judgement = judged(range(1, 11), [1, 0, 1, 0, 0, 0, 0, 0, 0, 0])
    assert judgement.cap()["captured"][:4] == (0.0, 0.5, 0.5, 1.0)
    assert judgement.cap().accuracy_ratio == 0.875 == judgement.gini
    # 15 of 16 pairs are in the right order.
    assert judgement.auc == 15 / 16


@pytest.mark.parametrize("count", [1, 2, 10, 1000])
def test_wilson_as_scipy_has_it(count: int) -> None:
    for bads in {0, 1, count // 2, count}:
        # All have one grade: 1 is below 300.
        for level in (0.95, 0.8):
            table = judged([1] * count, [1] * bads + [0] * (count - bads), level=level).by_grade()
            row = list(table)[-1]
            known = stats.binomtest(bads, count).proportion_ci(level, "wilson")
            assert (row["grade"], row["count"], row["bad_rate"]) == ("C", count, bads / count)
            assert (row["low"], row["high"]) == pytest.approx((known.low, known.high), rel=1e-14, abs=1e-15)


def graded(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> tuple[list[int], list[int]]:
    """Scores and whether bad of so many goods and bads of each grade."""
    scores: list[int] = []
    bad: list[int] = []
    for score, (goods, bads) in zip((700, 400, 100), (a, b, c), strict=True):
        scores += [score] * (goods + bads)
        bad += [0] * goods + [1] * bads
    return scores, bad


def test_weight_of_evidence_by_hand() -> None:
    """A has 90 of 100 goods and 5 of 10 bads: ln(0.9 / 0.5) = 0.587787. B has 10 and 5: ln(0.1 / 0.5) = −1.609438.

    Information value: 0.4 × 0.587787 + 0.4 × 1.609438 = 0.878890.
    """
    table = judged(*graded((90, 5), (10, 5), (0, 0))).by_grade()
    assert table["grade"] == ("A", "B", "C") and table["count"] == (95, 15, 0)
    assert table["woe"][:2] == pytest.approx((0.587787, -1.609438), abs=1e-6)
    assert table["iv"][:2] == pytest.approx((0.4 * 0.587787, 0.4 * 1.609438), abs=1e-6)
    assert table.iv == pytest.approx(0.878890, abs=1e-6)
    assert table["woe"][2] is table["bad_rate"][2] is table["low"][2] is None
    assert table["share"] == (95 / 110, 15 / 110, 0.0)


def test_a_grade_with_goods_only() -> None:
    """No finite weight, and that is said; with 0.5 added to both counts: A ln((4.5/8) / (0.5/2)) = ln 2.25."""
    judgement = judged(*graded((4, 0), (4, 2), (0, 0)))
    table = judgement.by_grade()
    assert table["woe"][0] == table.iv == math.inf and "adjust=0.5" in repr(table)
    table = judgement.by_grade(adjust=0.5)
    assert table["woe"][0] == pytest.approx(math.log(2.25)) and table["iv"][0] == pytest.approx(0.3125 * math.log(2.25))
    assert table["woe"][2] is None and table.iv is not None and table.iv < math.inf


def test_gains_by_hand() -> None:
    """Scores 1 … 8 with 4 twice and five bins: {1, 2}, {3, 4, 4}, {5}, {6, 7}, {8}.

    After 1 there is 1 of 9, less than 1/5; after 2 there are 2/9 and bin 1 is full; after 4 there are 5/9, which fills
    bin 2 (2/5), so the next ends at 3/5 or more: 6/9 already with 5; then 8/9 with 7, and 9/9 with 8.
    """
    scores = [1, 2, 3, 4, 4, 5, 6, 7, 8]
    table = judged(scores, [1, 1, 0, 1, 0, 0, 0, 0, 0]).gains(bins=5)
    assert list(zip(table["score_from"], table["score_to"], strict=True)) == [
        (Decimal("1.00"), Decimal("2.00")),
        (Decimal("3.00"), Decimal("4.00")),
        (Decimal("5.00"), Decimal("5.00")),
        (Decimal("6.00"), Decimal("7.00")),
        (Decimal("8.00"), Decimal("8.00")),
    ]
    assert table["bads"] == (2, 1, 0, 0, 0) and table["count"] == (2, 3, 1, 2, 1)
    assert table["cumulative_bads"] == (2 / 3, 1.0, 1.0, 1.0, 1.0)
    # 2 of 2 against 3 of 9.
    assert table["lift"][0] == 3.0 and table["cumulative_lift"] == (3.0, 1.8, 1.5, 1.125, 1.0)
    # Where nothing repeats bins are of one size.
    even = judged(range(1, 101), [1] * 10 + [0] * 90).gains()
    assert even["count"] == (10,) * 10 and even["bad_rate"][:2] == (1.0, 0.0)
    # Six of ten at one score fill three fifths; what is left goes on to four fifths.
    tied = judged([1] * 6 + [2, 3, 4, 5], [1] + [0] * 9).gains(bins=5)
    assert tied["count"] == (6, 2, 2)
    # One score cannot be parted.
    assert len(judged([5] * 10, [1] + [0] * 9).gains()) == 1


def test_the_distribution() -> None:
    table = judged([0, 19, 20, 99], [1, 1, 0, 0]).distribution(bins=5)
    # 99 / 5 = 19.8, so bins are 20 wide.
    assert table["score_from"] == (0, 20, 40, 60, 80) and table["score_to"][-1] == 100
    assert table["bads"] == (2, 0, 0, 0, 0) and table["goods"] == (0, 1, 0, 0, 1)
    assert table["bads_share"][0] == 1.0 and table["goods_share"][1] == 0.5
    assert isinstance(table["score_from"][0], Decimal)
    one = judged([7, 7], [0, 0]).distribution()
    assert len(one) == 1 and one["bads_share"] == (None,)


def test_cutoffs_by_hand() -> None:
    scores, bad = [100, 200, 300, 400, 700], [1, 0, 1, 0, 0]
    table = judged(scores, bad).cutoffs([250, Decimal("700"), "701"], gain=10, loss=Decimal("25.50"))
    assert table["cutoff"] == (250, 700, 701)
    # From 250 on: 300 (bad), 400, 700; from 700 on: one good; from 701 on: nobody.
    assert table["accepted"] == (3, 1, 0) and table["accept_rate"] == (0.6, 0.2, 0.0)
    assert table["bad_rate"] == (1 / 3, 0.0, None)
    assert table["goods_rejected"] == (1, 2, 3) and table["goods_rejected_rate"] == (1 / 3, 2 / 3, 1.0)
    assert table["bads_rejected"] == (1, 2, 2) and table["bads_rejected_rate"] == (0.5, 1.0, 1.0)
    assert table["profit"] == (Decimal("-5.50"), 10, 0)
    every = judged(scores, bad).cutoffs()
    assert every["cutoff"] == (100, 200, 300, 400, 700) and every["accepted"] == (5, 4, 3, 2, 1)
    grades = judged(scores, bad).cutoffs(by="grade")
    assert grades["grade"] == ("C", "B", "A") and grades["accepted"] == (5, 3, 1)
    assert grades["bads_accepted"] == (2, 1, 0)
    assert len(judged(range(1000), [0, 1] * 500).cutoffs(steps=10)) == 10


def test_calibration() -> None:
    judgement = judged(*graded((98, 2), (15, 5), (0, 0)))
    table = judgement.calibration({"A": Decimal("0.02"), "B": 0.05, "C": 0.5})
    assert table["bad_rate"] == (0.02, 0.25, None) and table["expected_bads"] == (2.0, 1.0, 0.0)
    # Wilson of 5 in 20 is 0.11 … 0.47.
    assert table["within"] == (True, False, None)
    assert judgement.calibration({"A": 0.9, "B": 0.9})["within"] == (False, False, None)
    assert "pd" not in judgement.calibration().columns
    assert judgement.calibration({"A": 0.1, "B": 0.1})["pd"] == (0.1, 0.1, None)
    for pd, says in [
        ({"A": 0.1}, "no probability for grade `B`, which 20 have"),
        ({"A": 0.1, "B": 0.1, "D": 0.1}, "names `D`, which is no grade; the grades are A, B, C"),
        ({"A": 2, "B": 0.1}, "grade `A` is a number from 0 to 1, and is not 2"),
        ({"A": math.nan, "B": 0.1}, "grade `A` is a number from 0 to 1, and is not nan"),
    ]:
        with pytest.raises(xinpei.InputError, match=says):
            judgement.calibration(pd)


def test_stability_by_hand() -> None:
    """Shares 0.5, 0.3, 0.2 and then 0.4, 0.3, 0.3: −0.1 ln 0.8 + 0 + 0.1 ln 1.5 = 0.022314 + 0.040547 = 0.062861."""
    before = decisions(graded((5, 0), (3, 0), (2, 0))[0])
    after = decisions(graded((8, 0), (6, 0), (6, 0))[0])
    table = xinpei.psi(before, after)
    assert table["expected"] == (5, 3, 2) and table["actual_share"] == (0.4, 0.3, 0.3)
    assert table["psi"] == pytest.approx((0.022314, 0.0, 0.040547), abs=1e-6)
    assert table.psi == pytest.approx(0.062861, abs=1e-6)
    by_score = xinpei.psi(before, after, "score", bins=3)
    # Thirds of ten: {100, 400} (5 ≥ 10/3) and {700}; both bins are open. 0.1 ln 1.2 − 0.1 ln 0.8 = 0.040547.
    assert by_score["score_from"] == (None, 700) and by_score["score_to"] == (700, None)
    assert by_score["actual"] == (12, 8) and by_score.psi == pytest.approx(0.040547, abs=1e-6)
    # Points 700, 400 and 100 in shares that move by −0.1, 0 and +0.1: the mean falls by 60.
    moved = xinpei.csi(before, after, "a.measure")
    assert moved.shift == pytest.approx(-60) and moved.psi == pytest.approx(table.psi)
    every = xinpei.csi(before, after)
    assert (
        every["characteristic"] == ("a.measure",) and every["shift"] == (moved.shift,) and every["psi"] == (moved.psi,)
    )
    assert xinpei.psi(before, before).psi == 0.0 == xinpei.csi(before, before, "a.measure").psi
    gone = decisions([700] * 4)
    assert xinpei.psi(before, gone).psi == math.inf
    # C has 2.5 of 10 and 0.5 of 4: (0.125 − 0.25) ln(0.125 / 0.25).
    assert xinpei.psi(before, gone, adjust=0.5)["psi"][2] == pytest.approx(0.125 * math.log(2))
    outside = xinpei.psi(decisions([300, 400, 500]), decisions([1, 999]), "score", bins=3)
    assert outside["actual"] == (1, 0, 1)


@pytest.mark.parametrize("bad", [[0, 0, 0], [1, 1, 1]])
def test_one_class(bad: list[int]) -> None:
    judgement = judged([1, 2, 400], bad)
    says = f"all 3 are {'bad' if bad[0] else 'good'}"
    asked: list[Any] = [
        lambda: judgement.auc,
        lambda: judgement.gini,
        lambda: judgement.ks,
        judgement.auc_interval,
        judgement.roc,
        judgement.ks_curve,
        judgement.cap,
        judgement.gains,
        judgement.information,
    ]
    for ask in asked:
        with pytest.raises(xinpei.InputError, match=says):
            ask()
    # What needs no other class is there.
    assert judgement.bad_rate == bad[0] and judgement.by_grade()["bads"] == (0, bad[0], 2 * bad[0])
    assert judgement.by_grade().iv is None and set(judgement.by_grade()["woe"]) == {None}
    assert judgement.cutoffs([2])["accepted"] == (2,) and "AUC" not in str(judgement)


def test_nobody() -> None:
    judgement = judged([], [])
    assert judgement.count == 0 and judgement.bad_rate is None and len(judgement.left_out) == 0
    for ask in (judgement.roc, judgement.distribution, judgement.gains):
        with pytest.raises(xinpei.InputError, match="nothing is counted"):
            ask()
    assert judgement.by_grade()["count"] == (0, 0, 0) and len(judgement.cutoffs()) == 0
    with pytest.raises(xinpei.InputError, match="nobody of the first decisions is rated"):
        xinpei.psi(decisions([]), decisions([1]))
    with pytest.raises(xinpei.InputError, match="two goods and two bads"):
        judged([1, 2, 3], [1, 0, 0]).auc_interval()


def test_decimals_whatever_the_precision() -> None:
    def asked() -> list[Any]:
        judgement = judged([123.45, 123.46, 987.65, 987.6], [1, 0, 0, 1])
        run = decisions([123.45, 123.46])
        return [
            judgement.distribution().to_dict(),
            judgement.cutoffs(gain="1234567.89", loss="0.01").to_dict(),
            judgement.gains().to_dict(),
            judgement.by_band("a.measure").to_dict(),
            xinpei.csi(run, run, "a.measure").to_dict(),
            xinpei.psi(run, run, "score").to_dict(),
        ]

    usual = asked()
    with localcontext(Context(prec=2)):
        assert asked() == usual
    assert usual[1]["profit"][0] == Decimal("2469135.76") and usual[4]["points"][:2] == [
        Decimal("123.46"),
        Decimal("123.45"),
    ]


def test_the_value_that_means_bad() -> None:
    scores, bad = samples()[3]
    one, other = judged(scores, bad), judged(scores, 1 - bad, bad=0)
    assert one.roc().to_dict() == other.roc().to_dict() and str(one) == str(other)
