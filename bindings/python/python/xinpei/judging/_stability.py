"""How much two populations differ: by grade, by score, by the bands of a characteristic."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any, overload

from xinpei._errors import InputError
from xinpei._xinpei import Decisions, Tally
from xinpei.judging import _metrics as metrics
from xinpei.judging._bins import equal, whole
from xinpei.judging._table import Drawn, Table


class Stability(Drawn):
    """The population stability index of an expected population and an actual one.

    Columns: `grade`, `score_from` and `score_to` (not included; `None` for an open end), or `band` and `points`; the
    counts `expected` and `actual`, their shares, and `psi` = (actual − expected) × ln(actual / expected) of the
    shares; for a characteristic also `shift`, (actual − expected) × points, which adds up to how much the mean of
    its points moved (Siddiqi 2006). `psi` and `shift` of the table are the sums; where only one of the two has
    anybody in a line `psi` is infinite unless something was added by `adjust`. `left_out` has how many of each
    population are not compared, and why.

    The plot: bars of both populations side by side, with the part of the index above them.
    """

    _plot = "stability"

    psi: float
    shift: float | None
    left_out: Table
    name: str

    def __init__(
        self,
        head: Mapping[str, Sequence[Any]],
        expected: Sequence[int],
        actual: Sequence[int],
        *,
        adjust: float,
        left_out: Table,
        name: str = "",
    ) -> None:
        if not adjust >= 0:
            raise InputError(f"`adjust` is 0 or more, and is not {adjust}")
        totals = sum(expected), sum(actual)
        for total, which in zip(totals, ("first", "second"), strict=True):
            if total == 0:
                raise InputError(f"PSI is not defined: nobody of the {which} decisions is rated")
        before = [count / totals[0] for count in expected]
        after = [count / totals[1] for count in actual]
        parts = []
        for one, other in zip(expected, actual, strict=True):
            if one == other == 0:
                parts.append(0.0)
            else:
                parts.append(metrics.evidence((other + adjust) / totals[1], (one + adjust) / totals[0])[1])
        self.psi, self.shift, self.left_out, self.name = sum(parts), None, left_out, name
        columns: dict[str, Sequence[Any]] = {
            **head,
            "expected": expected,
            "actual": actual,
            "expected_share": before,
            "actual_share": after,
            "psi": parts,
        }
        notes = [f"PSI {self.psi:.4f}"]
        if "points" in head:
            moved = [(b - a) * float(points) for a, b, points in zip(before, after, head["points"], strict=True)]
            columns["shift"], self.shift = moved, sum(moved)
            notes.append(f"Δ {self.shift:+.4f}")
        super().__init__(columns, notes=[" · ".join(notes)])


def psi(
    expected: Decisions,
    actual: Decisions,
    by: str = "grade",
    *,
    bins: int = 10,
    adjust: float = 0.0,
    referred: bool = False,
) -> Stability:
    """The population stability index between two runs, `by` grade or score.

    Scores are cut into `bins` of about equally many of `expected`. What is not rated, and what is referred unless
    `referred=True`, is left out. `adjust` is added to every count, so that an empty line has a finite part.

    Raises `InputError` where nobody is left or the two have different grades.
    """
    tallies = [Tally(run, referred=referred) for run in (expected, actual)]
    left_out = _left_out(tallies)
    if by == "grade":
        grades = [[grade for grade, _, _ in tally.grades] for tally in tallies]
        if grades[0] != grades[1]:
            raise InputError(f"the grades differ: {', '.join(grades[0])}, and {', '.join(grades[1])}; compare by score")
        counts = [[count for _, count, _ in tally.grades] for tally in tallies]
        return Stability({"grade": grades[0]}, counts[0], counts[1], adjust=adjust, left_out=left_out)
    if by != "score":
        raise InputError(f"`by` is `grade` or `score`, and is not `{by}`; a characteristic is compared by xinpei.csi")
    first = tallies[0].scores
    places = equal([count for _, count, _ in first], whole(bins, "bins"))
    starts = [first[start][0] for start, _ in places]
    found = []
    for tally in tallies:
        line = [0] * max(1, len(places))
        for score, count, _ in tally.scores:
            line[max(0, bisect_right(starts, score) - 1)] += count
        found.append(line)
    head = {"score_from": [None, *starts[1:]], "score_to": [*starts[1:], None]}
    return Stability(head, found[0], found[1], adjust=adjust, left_out=left_out)


class Shifts(Drawn):
    """How much each characteristic differs between two populations, the most first.

    Columns: `characteristic`, `label`, `psi` over its bands, and `shift`, how much the mean of its points moved.

    The plot: bars of PSI by characteristic.
    """

    _plot = "shifts"


@overload
def csi(
    expected: Decisions, actual: Decisions, characteristic: str, *, adjust: float = 0.0, referred: bool = False
) -> Stability: ...
@overload
def csi(
    expected: Decisions, actual: Decisions, characteristic: None = None, *, adjust: float = 0.0, referred: bool = False
) -> Shifts: ...
def csi(
    expected: Decisions,
    actual: Decisions,
    characteristic: str | None = None,
    *,
    adjust: float = 0.0,
    referred: bool = False,
) -> Stability | Shifts:
    """The characteristic stability index between two runs: PSI over the bands of a characteristic, and how much the
    mean of its points moved; without `characteristic` a line for each of them.

    Raises `KeyError` where there is no such characteristic, `InputError` where bands differ between the two.
    """
    tallies = [Tally(run, referred=referred) for run in (expected, actual)]
    left_out = _left_out(tallies)
    if characteristic is not None:
        return _compare(tallies, characteristic, adjust, left_out)
    found = []
    for line in actual.rulebook.characteristics:
        table = _compare(tallies, line.id, adjust, left_out)
        found.append((line.id, line.label, table.psi, table.shift))
    found.sort(key=lambda one: -one[2])
    return Shifts(
        {name: [one[at] for one in found] for at, name in enumerate(("characteristic", "label", "psi", "shift"))}
    )


def _compare(tallies: Sequence[Tally], characteristic: str, adjust: float, left_out: Table) -> Stability:
    lines: list[dict[tuple[str, Any, bool], int]] = []
    for tally in tallies:
        bands = tally.bands(characteristic)
        lines.append({(band, points, missing): count for band, points, missing, count, _ in bands})
    written = [[key for key in line if key[0]] for line in lines]
    if written[0] != written[1]:
        raise InputError(f"the bands of `{characteristic}` differ between the two rulebooks")
    keys = list(lines[0])
    if len(written[0]) == 1:
        # Told apart by points alone: those of either, the most first, missing answers last.
        both = {key for line in lines for key in line}
        keys = sorted(both, key=lambda key: (not key[2], key[1]), reverse=True)
    counts = [[line.get(key, 0) for key in keys] for line in lines]
    head = {"band": [band or f"{points:f}" for band, points, _ in keys], "points": [points for _, points, _ in keys]}
    return Stability(head, counts[0], counts[1], adjust=adjust, left_out=left_out, name=characteristic)


def _left_out(tallies: Sequence[Tally]) -> Table:
    first, second = (tally.left_out for tally in tallies)
    lines = [(reason, count, other[1]) for (reason, count, *_), other in zip(first, second, strict=True)]
    lines = [line for line in lines if line[1] or line[2]]
    names = ("reason", "expected", "actual")
    return Table({name: [line[at] for line in lines] for at, name in enumerate(names)})
