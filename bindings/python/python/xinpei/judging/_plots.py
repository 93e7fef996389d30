"""Plots of judgements in the forms that analysts expect, with matplotlib."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from xinpei._errors import InputError
from xinpei._xinpei import language
from xinpei.judging import _words as words
from xinpei.judging._table import Drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GOOD, BAD, PLAIN, FAINT = "#2563eb", "#c2410c", "#334155", "#cbd5e1"
# Any of them has the characters of both languages.
FONTS = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Noto Sans SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "SimHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans CJK JP",
    "Arial Unicode MS",
)
# More cannot be read side by side.
NAMES = 30
Words = Callable[[str, str], str]


def draw(name: str, table: Drawn, ax: Axes | None, lang: words._Language | None) -> Axes:
    """Draws a table on axes, with labels in a language whose characters can be shown."""
    try:
        from matplotlib import pyplot
        from matplotlib.text import Text
    except ImportError as error:
        raise ImportError("a plot needs matplotlib: pip install 'xinpei[plot]', or pip install matplotlib") from error
    if lang not in (None, "zh", "en"):
        raise InputError(f"there is no language `{lang}`; choose `zh` or `en`")
    chosen = language() if lang is None else lang
    font = chinese()
    if chosen == "zh" and font is None:
        warnings.warn("no font with Chinese characters was found, so labels are in English", stacklevel=3)
        chosen = "en"
    if ax is None:
        ax = pyplot.subplots(layout="constrained")[1]
    before = list(ax.figure.axes)
    DRAWN[name](table, ax, lambda en, zh: zh if chosen == "zh" else en)
    twins = [one for one in ax.figure.axes if one not in before]
    ax.spines[["top", "right"]].set_visible(False)
    if font is not None:
        # Names in rules may be Chinese whatever the language of labels.
        families = ["DejaVu Sans", font] if chosen == "en" else [font, "DejaVu Sans"]
        for one in [ax, *twins]:
            for text in one.findobj(Text):
                text.set_fontfamily(families)
            one.tick_params(labelfontfamily=families)
    return ax


def chinese() -> str | None:
    """The name of a font with Chinese characters."""
    from matplotlib import font_manager

    known = set(font_manager.get_font_names())
    return next((font for font in FONTS if font in known), None)


def _percent(axis: Any, digits: int | None = 0) -> None:
    from matplotlib.ticker import PercentFormatter

    axis.set_major_formatter(PercentFormatter(1.0, decimals=digits))


def _unit(ax: Axes) -> None:
    """Shares from nobody to everybody on both axes, in a square."""
    ax.set_xlim(0, 1)
    ax.set_ylim(0, 1)
    ax.set_aspect("equal")
    for axis in (ax.xaxis, ax.yaxis):
        _percent(axis)


def roc(table: Any, ax: Axes, said: Words) -> None:
    ax.plot(table["fpr"], table["tpr"], color=GOOD, lw=2, label=f"AUC {table.auc:.4f}", clip_on=False, zorder=3)
    ax.plot([0, 1], [0, 1], color=PLAIN, lw=1, ls="--", label=said("chance, AUC 0.5", "随机，AUC 0.5"))
    _unit(ax)
    ax.set_xlabel(said("goods flagged (false positive rate)", "好户误判率 (FPR)"))
    ax.set_ylabel(said("bads flagged (true positive rate)", "坏户识别率 (TPR)"))
    ax.set_title(said("ROC", "ROC 曲线"))
    ax.legend(loc="lower right", frameon=False)


def ks(table: Any, ax: Axes, said: Words) -> None:
    scores = [float(score) for score in table["score"]]
    # A share holds from its score on: steps.
    ax.step(scores, table["cumulative_bads"], where="post", color=BAD, lw=2, label=said("bads", "坏户"))
    ax.step(scores, table["cumulative_goods"], where="post", color=GOOD, lw=2, label=said("goods", "好户"))
    at = table["score"].index(table.score)
    low, high = sorted((table["cumulative_goods"][at], table["cumulative_bads"][at]))
    place = scores[at]
    label = said(f"KS {table.ks:.4f} at {table.score:f}", f"KS {table.ks:.4f}，得分 {table.score:f}")
    ax.plot([place, place], [low, high], color=PLAIN, lw=1.5, ls="--", marker="_", label=label)
    ax.set_ylim(0, 1)
    _percent(ax.yaxis)
    ax.set_xlabel(said("score", "得分"))
    ax.set_ylabel(said("share with this score or a lower one", "得分不高于此的占比"))
    ax.set_title(said("KS: cumulative goods and bads", "KS：好户与坏户累计占比"))
    ax.legend(loc="upper left", frameon=False)


def cap(table: Any, ax: Axes, said: Words) -> None:
    ax.plot([0, table.bad_rate, 1], [0, 1, 1], color=PLAIN, lw=1, label=said("perfect, AR 1", "完美模型，AR 1"))
    ax.plot(
        table["cumulative_count"],
        table["captured"],
        color=GOOD,
        lw=2,
        label=f"AR {table.accuracy_ratio:.4f}",
        clip_on=False,
        zorder=3,
    )
    ax.plot([0, 1], [0, 1], color=PLAIN, lw=1, ls="--", label=said("chance, AR 0", "随机，AR 0"))
    _unit(ax)
    ax.set_xlabel(said("share of all, worst scores first", "累计户数占比（得分由低到高）"))
    ax.set_ylabel(said("share of bads among them", "累计坏户占比"))
    ax.set_title(said("CAP", "CAP 曲线"))
    ax.legend(loc="lower right", frameon=False)


def gains(table: Any, ax: Axes, said: Words) -> None:
    bins = table["bin"]
    ax.bar(bins, table["bad_rate"], color=BAD, alpha=0.85, width=0.8)
    ax.axhline(table.bad_rate, color=PLAIN, lw=1, ls="--", label=said("bad rate of all", "总体坏户率"))
    for place, rate, lift in zip(bins, table["bad_rate"], table["lift"], strict=True):
        ax.annotate(f"{lift:.2f}×", (place, rate), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8)
    ax.set_xticks(list(bins))
    ax.margins(y=0.12)
    ax.set_ylim(bottom=0)
    _percent(ax.yaxis, None)
    ax.set_xlabel(said("bin, worst scores first", "分组（得分由低到高）"))
    ax.set_ylabel(said("bad rate", "坏户率"))
    ax.set_title(said("Gains: bad rate and lift by bin", "各组坏户率与提升度"))
    ax.legend(loc="upper right", frameon=False)


def distribution(table: Any, ax: Axes, said: Words) -> None:
    edges = [float(edge) for edge in (*table["score_from"], table["score_to"][-1])]
    for name, colour, label in (
        ("goods_share", GOOD, said("goods", "好户")),
        ("bads_share", BAD, said("bads", "坏户")),
    ):
        if table[name][0] is not None:
            ax.stairs(table[name], edges, fill=True, color=colour, alpha=0.35, label=label)
            ax.stairs(table[name], edges, color=colour, lw=1.5)
    _percent(ax.yaxis, None)
    ax.set_ylim(bottom=0)
    ax.set_xlabel(said("score", "得分"))
    ax.set_ylabel(said("share of goods, share of bads", "占好户、坏户的比例"))
    ax.set_title(said("Distribution of scores", "得分分布"))
    ax.legend(loc="upper left", frameon=False)


def bands(table: Any, ax: Axes, said: Words) -> None:
    graded = "grade" in table.columns
    names = table["grade" if graded else "band"]
    places = range(len(names))
    # Behind the rates, with an axis of its own: how many there are.
    behind = ax.twinx()
    behind.bar(places, table["count"], color=FAINT, width=0.8, zorder=1)
    behind.set_ylabel(said("count (bars)", "户数（柱）"))
    behind.spines[["top"]].set_visible(False)
    behind.margins(y=0.15)
    ax.set_zorder(behind.get_zorder() + 1)
    ax.patch.set_visible(False)
    known = [at for at in places if table["bad_rate"][at] is not None]
    rates = [table["bad_rate"][at] for at in known]
    below = [max(0.0, table["bad_rate"][at] - table["low"][at]) for at in known]
    above = [max(0.0, table["high"][at] - table["bad_rate"][at]) for at in known]
    label = said("bad rate, confidence interval", "坏户率及置信区间")
    ax.errorbar(known, rates, yerr=[below, above], color=BAD, fmt="o", capsize=4, lw=1.5, label=label, clip_on=False)
    if table.bad_rate is not None:
        ax.axhline(table.bad_rate, color=PLAIN, lw=1, ls="--", label=said("bad rate of all", "总体坏户率"))
    _names(ax, names)
    ax.set_ylim(bottom=0)
    _percent(ax.yaxis, None)
    ax.set_xlabel(said("grade", "等级") if graded else table.name)
    ax.set_ylabel(said("bad rate", "坏户率"))
    ax.set_title(said("Bad rate by grade", "各等级坏户率") if graded else said("Bad rate by band", "各分段坏户率"))
    ax.legend(loc="best", frameon=False)


def _names(ax: Axes, names: Any) -> None:
    """Names along the bottom: aslant where they are long, small where they are many, and not all of very many."""
    step = 1 + (len(names) - 1) // NAMES
    shown = names[::step]
    ax.set_xticks(range(0, len(names), step))
    long = max(map(len, shown), default=0) * len(shown) > 70
    ax.set_xticklabels(shown, rotation=45 if long else 0, ha="right" if long else "center", rotation_mode="anchor")
    if len(shown) > 14:
        ax.tick_params(axis="x", labelsize=8)


def information(table: Any, ax: Axes, said: Words) -> None:
    _lying(table, "gini", ax)
    ax.set_xlabel(said("Gini of the points alone", "单项得分的基尼系数"))
    ax.set_title(said("What each characteristic tells", "各指标的区分能力"))


def shifts(table: Any, ax: Axes, said: Words) -> None:
    _lying(table, "psi", ax)
    ax.set_xlabel("PSI")
    ax.set_title(said("What each characteristic shifted", "各指标的变动"))


def _lying(table: Any, column: str, ax: Axes) -> None:
    """Bars from left to right, a characteristic each, the first on top."""
    names, values = table["characteristic"][:NAMES], table[column][:NAMES]
    ax.barh(range(len(names)), values, color=[GOOD if value >= 0 else BAD for value in values])
    ax.set_yticks(range(len(names)))
    ax.set_yticklabels(names, fontsize=8)
    ax.invert_yaxis()
    ax.axvline(0, color=PLAIN, lw=1)


def cutoffs(table: Any, ax: Axes, said: Words) -> None:
    graded = "grade" in table.columns
    names = table["grade" if graded else "cutoff"]
    places: list[float] = [float(at) for at in range(len(names))] if graded else [float(cutoff) for cutoff in names]
    ax.plot(places, table["accept_rate"], color=GOOD, lw=2, marker="o", ms=3, label=said("accepted", "通过率"))
    ax.plot(
        places,
        table["bads_rejected_rate"],
        color=PLAIN,
        lw=1.5,
        ls="--",
        label=said("bads that are rejected", "拒绝的坏户占全部坏户"),
    )
    ax.set_ylim(0, 1)
    _percent(ax.yaxis)
    ax.set_ylabel(said("share of all, share of bads", "占全部户数、坏户的比例"))
    beside = ax.twinx()
    known = [(place, rate) for place, rate in zip(places, table["bad_rate"], strict=True) if rate is not None]
    xs, ys = [place for place, _ in known], [rate for _, rate in known]
    beside.plot(
        xs,
        ys,
        color=BAD,
        lw=2,
        marker="o",
        ms=3,
        label=said("bad rate of the accepted (right)", "通过户坏户率（右轴）"),
    )
    beside.set_ylim(bottom=0)
    _percent(beside.yaxis, None)
    beside.set_ylabel(said("bad rate of the accepted", "通过户坏户率"), color=BAD)
    beside.spines[["top"]].set_visible(False)
    if graded:
        _names(ax, names)
    ax.set_xlabel(said("accepted from this grade up", "准入等级") if graded else said("cut-off score", "准入线"))
    ax.set_title(said("Cut-off strategy", "准入线策略"))
    # The three curves may run anywhere: below them.
    handles = [*ax.get_lines(), *beside.get_lines()]
    place = (0.5, -0.13)
    ax.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=place,
        ncols=3,
        fontsize="small",
        columnspacing=1,
        frameon=False,
    )


def calibration(table: Any, ax: Axes, said: Words) -> None:
    if "pd" not in table.columns:
        raise InputError("there is nothing to compare with: pass the expected probability of each grade, pd={…}")
    rows = [row for row in table if row["bad_rate"] is not None and row["pd"] is not None]
    expected, observed = [row["pd"] for row in rows], [row["bad_rate"] for row in rows]
    below = [max(0.0, row["bad_rate"] - row["low"]) for row in rows]
    above = [max(0.0, row["high"] - row["bad_rate"]) for row in rows]
    most = max([*expected, *(row["high"] for row in rows)], default=1.0) * 1.05
    ax.plot([0, most], [0, most], color=PLAIN, lw=1, ls="--", label=said("observed as expected", "与预期一致"))
    label = said("observed, confidence interval", "实际坏户率及置信区间")
    ax.errorbar(expected, observed, yerr=[below, above], color=BAD, fmt="o", capsize=4, lw=1.5, label=label)
    for row, x, y in zip(rows, expected, observed, strict=True):
        ax.annotate(row["grade"], (x, y), xytext=(6, 4), textcoords="offset points", fontsize=9)
    ax.set_xlim(0, most)
    ax.set_ylim(0, most)
    for axis in (ax.xaxis, ax.yaxis):
        _percent(axis, None)
    ax.set_xlabel(said("expected probability", "预期违约率"))
    ax.set_ylabel(said("observed bad rate", "实际坏户率"))
    ax.set_title(said("Calibration by grade", "各等级校准"))
    ax.legend(loc="best", frameon=False)


def stability(table: Any, ax: Axes, said: Words) -> None:
    if "grade" in table.columns:
        names = list(table["grade"])
    elif "band" in table.columns:
        names = list(table["band"])
    else:
        names = [
            f"≥ {low:f}" if low is not None else (f"< {high:f}" if high is not None else "…")
            for low, high in zip(table["score_from"], table["score_to"], strict=True)
        ]
    places = range(len(names))
    width = 0.4
    sides = (
        ("expected_share", -width / 2, FAINT, said("expected", "基准")),
        ("actual_share", width / 2, GOOD, said("actual", "实际")),
    )
    for name, offset, colour, label in sides:
        ax.bar([place + offset for place in places], table[name], width, color=colour, label=label)
    for place, one, other, part in zip(
        places, table["expected_share"], table["actual_share"], table["psi"], strict=True
    ):
        text = "∞" if part == float("inf") else f"{part:.3f}"
        ax.annotate(text, (place, max(one, other)), xytext=(0, 3), textcoords="offset points", ha="center", fontsize=8)
    _names(ax, names)
    if table.name:
        ax.set_xlabel(table.name)
    ax.margins(y=0.12)
    _percent(ax.yaxis, None)
    ax.set_ylabel(said("share", "占比"))
    total = "∞" if table.psi == float("inf") else f"{table.psi:.4f}"
    ax.set_title(said(f"PSI {total}", f"群体稳定性指数 PSI {total}"))
    ax.legend(loc="best", frameon=False)


DRAWN: dict[str, Callable[[Any, Axes, Words], None]] = {
    "bands": bands,
    "calibration": calibration,
    "cap": cap,
    "cutoffs": cutoffs,
    "distribution": distribution,
    "gains": gains,
    "information": information,
    "ks": ks,
    "roc": roc,
    "shifts": shifts,
    "stability": stability,
}
