"""What columns and plots are called, in both languages, and how their values are written."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from typing import TypeAlias

    _Language: TypeAlias = Literal["zh", "en"]
    _Kind: TypeAlias = Literal["text", "count", "share", "number", "exact", "flag"]


class Word(NamedTuple):
    """A column: what its values are, and its name."""

    kind: _Kind
    en: str
    zh: str

    def said(self, lang: _Language) -> str:
        return self.zh if lang == "zh" else self.en


COLUMNS: dict[str, Word] = {
    "accept_rate": Word("share", "accepted %", "通过率"),
    "accepted": Word("count", "accepted", "通过户数"),
    "actual": Word("count", "actual", "实际户数"),
    "actual_share": Word("share", "actual %", "实际占比"),
    "bad_rate": Word("share", "bad rate", "坏户率"),
    "bads": Word("count", "bads", "坏户"),
    "bads_accepted": Word("count", "bads accepted", "通过坏户"),
    "bads_rejected": Word("count", "bads rejected", "拒绝坏户"),
    "bads_rejected_rate": Word("share", "of all bads", "占全部坏户"),
    "bads_share": Word("share", "of all bads", "占全部坏户"),
    "band": Word("text", "band", "分段"),
    "bands": Word("count", "bands", "分段数"),
    "bin": Word("count", "bin", "组"),
    "captured": Word("share", "bads captured", "累计坏户占比"),
    "characteristic": Word("text", "characteristic", "指标"),
    "count": Word("count", "count", "户数"),
    "cumulative_bad_rate": Word("share", "cumulative bad rate", "累计坏户率"),
    "cumulative_bads": Word("share", "cumulative bads", "累计坏户占比"),
    "cumulative_count": Word("share", "cumulative count", "累计户数占比"),
    "cumulative_goods": Word("share", "cumulative goods", "累计好户占比"),
    "cumulative_lift": Word("number", "cumulative lift", "累计提升度"),
    "cutoff": Word("exact", "cut-off", "准入线"),
    "expected": Word("count", "expected", "基准户数"),
    "expected_bads": Word("number", "expected bads", "预期坏户"),
    "expected_share": Word("share", "expected %", "基准占比"),
    "fpr": Word("share", "goods flagged (FPR)", "好户误判率 (FPR)"),
    "gap": Word("share", "gap", "差距"),
    "gini": Word("number", "Gini", "基尼系数"),
    "goods": Word("count", "goods", "好户"),
    "goods_accepted": Word("count", "goods accepted", "通过好户"),
    "goods_rejected": Word("count", "goods rejected", "拒绝好户"),
    "goods_rejected_rate": Word("share", "of all goods", "占全部好户"),
    "goods_share": Word("share", "of all goods", "占全部好户"),
    "grade": Word("text", "grade", "等级"),
    "high": Word("share", "high", "上限"),
    "iv": Word("number", "IV", "IV"),
    "label": Word("text", "", "名称"),
    "lift": Word("number", "lift", "提升度"),
    "low": Word("share", "low", "下限"),
    "pd": Word("share", "expected PD", "预期违约率"),
    "points": Word("exact", "points", "得分"),
    "profit": Word("exact", "profit", "收益"),
    "psi": Word("number", "PSI", "PSI"),
    "reason": Word("text", "left out", "未计入"),
    "score": Word("exact", "score", "得分"),
    "score_from": Word("exact", "from", "自"),
    "score_to": Word("exact", "to", "至"),
    "share": Word("share", "share", "占比"),
    "shift": Word("number", "points shift", "得分变动"),
    "tpr": Word("share", "bads flagged (TPR)", "坏户识别率 (TPR)"),
    "within": Word("flag", "within", "区间内"),
    "woe": Word("number", "WOE", "WOE"),
}

REASONS: dict[str, tuple[str, str]] = {
    "rejected": ("rejected: became no decision", "拒收：未形成决定"),
    "unrated": ("unrated: has no score", "不予评级：没有得分"),
    "refer": ("refer: score and grade are provisional", "转人工：得分和等级暂定"),
    "no_outcome": ("outcome not known", "结果未知"),
    "no_decision": ("outcome without a decision", "有结果但没有决定"),
}


def said(name: str, lang: _Language) -> str:
    """What a column is called."""
    word = COLUMNS.get(name)
    return name if word is None else word.said(lang)


def kind(name: str) -> _Kind:
    """What the values of a column are."""
    word = COLUMNS.get(name)
    return "text" if word is None else word.kind


def written(value: object, kind: _Kind, lang: _Language) -> str:
    """A value as people read it."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return ("是" if value else "否") if lang == "zh" else ("yes" if value else "no")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return "∞" if value > 0 else "−∞"
        text = f"{value * 100:.2f} %" if kind == "share" else f"{value:.4f}"
        return text.replace("-", "−")
    if isinstance(value, int):
        return f"{value:,}"
    return str(value)
