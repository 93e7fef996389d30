"""Plots: what is drawn is what the table says, in axes that are given or made, in both languages."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import matplotlib
import numpy as np
import pytest
import xinpei
from matplotlib import pyplot
from matplotlib.axes import Axes
from ruler import decisions, judged
from xinpei.judging import Drawn, _plots

matplotlib.use("agg")

RNG = np.random.default_rng(7)
SCORES = RNG.integers(0, 1001, 400)
BAD = RNG.random(400) < (1200 - SCORES) / 2400
PD = {"A": 0.1, "B": 0.3, "C": 0.4}


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """No figure stays open, and every warning is a failure: a missing character is one."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    pyplot.close("all")


def judgement() -> xinpei.Judgement:
    return judged(SCORES, BAD)


TABLES: dict[str, Callable[[], Drawn]] = {
    "roc": lambda: judgement().roc(),
    "ks": lambda: judgement().ks_curve(),
    "cap": lambda: judgement().cap(),
    "gains": lambda: judgement().gains(),
    "distribution": lambda: judgement().distribution(),
    "grades": lambda: judgement().by_grade(),
    "bands": lambda: judgement().by_band("a.measure"),
    "information": lambda: judgement().information(),
    "calibration": lambda: judgement().calibration(PD),
    "cutoffs": lambda: judgement().cutoffs(),
    "cutoffs by grade": lambda: judgement().cutoffs(by="grade"),
    "psi": lambda: xinpei.psi(decisions(SCORES), decisions(SCORES[:100]), "score"),
    "psi by grade": lambda: xinpei.psi(decisions(SCORES), decisions([100, 200])),
    "shifts": lambda: xinpei.csi(decisions([1, 2, 2]), decisions([1, 2, 3]), adjust=0.5),
    "csi": lambda: xinpei.csi(decisions([1, 2, 2]), decisions([1, 2, 3]), "a.measure"),
}


def texts(ax: Axes) -> str:
    legend = ax.get_legend()
    found = [ax.get_title(), ax.get_xlabel(), ax.get_ylabel()]
    return " ".join(found + [text.get_text() for text in (legend.get_texts() if legend else [])])


def chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)


@pytest.mark.parametrize("name", TABLES)
def test_every_plot_is_drawn(name: str) -> None:
    table = TABLES[name]()
    own = table.plot()
    own.figure.canvas.draw()
    assert own.get_title() and not chinese(texts(own))
    figure, (left, right) = pyplot.subplots(1, 2)
    assert table.plot(right) is right and not left.get_title()
    if _plots.chinese() is not None:
        assert table.plot(left, lang="zh") is left and chinese(texts(left))
    figure.canvas.draw()
    assert texts(right) == texts(own)


def lines(ax: Axes) -> list[tuple[Any, ...]]:
    return [tuple(np.asarray(data).tolist() for data in line.get_data()) for line in ax.get_lines()]


def test_curves_are_those_of_the_tables() -> None:
    roc, cap, ks = judgement().roc(), judgement().cap(), judgement().ks_curve()
    assert lines(roc.plot()) == [(list(roc["fpr"]), list(roc["tpr"])), ([0, 1], [0, 1])]
    assert f"AUC {roc.auc:.4f}" in texts(roc.plot())
    perfect, curve, chance = lines(cap.plot())
    assert curve == (list(cap["cumulative_count"]), list(cap["captured"]))
    assert perfect == ([0, cap.bad_rate, 1], [0, 1, 1]) and chance == ([0, 1], [0, 1])
    bads, goods, gap = lines(ks.plot())
    scores = [float(score) for score in ks["score"]]
    assert bads == (scores, list(ks["cumulative_bads"])) and goods == (scores, list(ks["cumulative_goods"]))
    # The gap is drawn at its score and as long as KS.
    assert gap[0] == [float(ks.score)] * 2 and gap[1][1] - gap[1][0] == pytest.approx(ks.ks, abs=1e-15)


def heights(ax: Axes) -> list[float]:
    return [patch.get_height() for patch in ax.patches]  # type: ignore[attr-defined]


def test_bars_are_those_of_the_tables() -> None:
    gains = judgement().gains()
    assert heights(gains.plot()) == list(gains["bad_rate"])
    psi = xinpei.psi(decisions(SCORES), decisions(SCORES[:100]))
    assert heights(psi.plot()) == [*psi["expected_share"], *psi["actual_share"]]
    information = judgement().information()
    assert [patch.get_width() for patch in information.plot().patches] == list(information["gini"])  # type: ignore[attr-defined]
    spread = judgement().distribution()
    ax = spread.plot()
    shares = [list(patch.get_data().values) for patch in ax.patches]  # type: ignore[attr-defined]
    assert shares == [list(spread["goods_share"])] * 2 + [list(spread["bads_share"])] * 2


def test_rates_and_their_intervals() -> None:
    # Nobody has grade B: no point, and the bars of the others stay in place.
    table = judged([700, 700, 650, 100, 100], [0, 1, 0, 1, 0]).by_grade()
    ax = table.plot()
    points, overall = lines(ax)[0], lines(ax)[-1]
    assert points == ([0, 2], [1 / 3, 0.5]) and overall[1] == [0.4, 0.4]
    (segments,) = [c.get_segments() for c in ax.collections]  # type: ignore[attr-defined]
    ends = [(segment[0][1], segment[1][1]) for segment in segments]
    known = [(low, high) for low, high in zip(table["low"], table["high"], strict=True) if low is not None]
    assert ends == [pytest.approx(pair) for pair in known]
    twin = next(one for one in ax.figure.axes if one is not ax)
    assert heights(twin) == [3, 0, 2] and [t.get_text() for t in ax.get_xticklabels()] == ["A", "B", "C"]
    calibration = judgement().calibration(PD)
    assert lines(calibration.plot())[1] == (list(PD.values()), list(calibration["bad_rate"]))
    with pytest.raises(xinpei.InputError, match="pass the expected probability of each grade"):
        judgement().calibration().plot()


def test_cutoffs_are_drawn() -> None:
    table = judgement().cutoffs([100, 500, 1001])
    ax = table.plot()
    assert lines(ax)[0] == ([100.0, 500.0, 1001.0], list(table["accept_rate"]))
    twin = next(one for one in ax.figure.axes if one is not ax)
    # Beyond the greatest score nobody is accepted and there is no rate.
    assert lines(twin)[0] == ([100.0, 500.0], list(table["bad_rate"][:2]))


def test_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(xinpei.InputError, match="no language `fr`"):
        judgement().roc().plot(lang="fr")  # type: ignore[arg-type]
    monkeypatch.setattr(_plots, "FONTS", ("No Such Font",))
    with pytest.warns(UserWarning, match="no font with Chinese characters"):
        ax = judgement().roc().plot(lang="zh")
    assert not chinese(texts(ax))


def test_chinese_is_no_boxes() -> None:
    """The font that is chosen has every character that is drawn: matplotlib warns where one is missing."""
    if _plots.chinese() is None:
        pytest.skip("no font with Chinese characters here")
    xinpei.language("zh")
    for make in TABLES.values():
        ax = make().plot()
        assert chinese(texts(ax))
        ax.figure.canvas.draw()
