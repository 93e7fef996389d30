"""A scorecard of toad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from xinpei._errors import InputError
from xinpei.importing._table import Digits, Heading, Table, each, known_columns

if TYPE_CHECKING:
    import os
    from datetime import date

    from xinpei._xinpei import Rulebook


def from_toad(
    card: Any,
    *,
    digits: Digits,
    point_digits: int | None = None,
    members: Mapping[str, Sequence[str]] | None = None,
    id: str = "toad",
    version: str = "1",
    title: str = "toad scorecard",
    basis: str = "toad",
    authority: str = "",
    effective_from: date | str = "2000-01-01",
    key: Literal["text", "uscc"] = "text",
    out: str | os.PathLike[str] | None = None,
) -> Rulebook:
    """A rulebook of a fitted `toad.ScoreCard`, by its `rules`: the arrays of bins and scores.

    Bands hold their lower edge. A missing number has its own bin where the card was fitted with
    `empty_separate`, and else counts as −1, as in toad. A missing text finds the group with `nan` or `None`, which
    is how toad spells it, else the group `else`, else the least points; the values that `members` adds by column
    find the latter two.

    The other arguments are those of `from_optbinning`.
    """
    rules = getattr(card, "rules", None)
    if not isinstance(rules, dict) or not all("bins" in rule and "scores" in rule for rule in rules.values()):
        raise InputError("this is no fitted scorecard of toad: it has no `rules` with bins and scores")
    heading = Heading(
        id=id,
        version=version,
        title=title,
        basis=basis,
        authority=authority,
        effective_from=effective_from,
        key=key,
        out=out,
    )
    table = Table(digits, point_digits)
    known_columns(members, list(rules))
    for column, rule in rules.items():
        bins, scores = rule["bins"], [float(score) for score in rule["scores"]]
        if bins.ndim > 1 or not _numeric(bins):
            _groups(table, str(column), bins, scores, (members or {}).get(column, ()))
        else:
            _bands(table, str(column), [float(split) for split in bins], scores)
    return table.rulebook(heading)


def _numeric(bins: Any) -> bool:
    return str(bins.dtype).startswith(("int", "uint", "float"))


def _bands(table: Table, column: str, splits: list[float], scores: list[float]) -> None:
    """Bands of a number."""
    apart = bool(splits) and splits[-1] != splits[-1]
    if apart:
        splits = splits[:-1]
    table.bands(column, splits, scores[: len(splits) + 1])
    # Without a bin of its own a missing number is filled in by −1.
    table.missing(column, scores[len(splits) + 1] if apart else scores[sum(split <= -1 for split in splits)])


def _groups(table: Table, column: str, groups: Any, scores: list[float], more: Sequence[str]) -> None:
    """Groups of texts."""
    rest, missing = min(scores), None
    seen: dict[str, float] = {}
    for group, score in zip(groups, scores, strict=True):
        if isinstance(group, str) and group == "else":
            rest = score
            continue
        for value in each(group):
            if value is None or value != value or value in ("nan", "None"):
                if missing not in (None, score):
                    raise InputError(f"`{column}` has `nan` and `None` in groups with different points", column=column)
                missing = score
            # Of groups that share a value the last one counts.
            else:
                seen[str(value)] = score
    for value in more:
        seen.setdefault(str(value), rest)
    for text, score in seen.items():
        table.member(column, text, score)
    table.missing(column, rest if missing is None else missing)
