"""A table of a judgement: columns of one length, shown as text and HTML, handed to other libraries."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar

from xinpei._xinpei import language
from xinpei.judging import _words as words

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow as _pyarrow
    from matplotlib.axes import Axes

# Longer tables are shown by their ends.
SHOWN = 60
ENDS = 10


class Table:
    """Columns of one length, by name.

    Counts are `int`, scores and points `Decimal`, shares and measures `float` (a share of 0.25 is shown as
    25.00 %), and `None` is what is not defined. `table["bad_rate"]` is a column.
    """

    def __init__(self, columns: Mapping[str, Sequence[Any]], *, notes: Sequence[str] = ()) -> None:
        self._columns = {name: tuple(values) for name, values in columns.items()}
        self._notes = tuple(notes)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(self._columns)

    def __len__(self) -> int:
        return len(next(iter(self._columns.values()), ()))

    def __getitem__(self, name: str) -> tuple[Any, ...]:
        """A column."""
        if name not in self._columns:
            raise KeyError(f"there is no column `{name}`; there are {', '.join(self._columns)}")
        return self._columns[name]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Row after row, each a dict."""
        for values in zip(*self._columns.values(), strict=True):
            yield dict(zip(self._columns, values, strict=True))

    def to_dict(self) -> dict[str, list[Any]]:
        """Lists by column."""
        return {name: list(values) for name, values in self._columns.items()}

    def to_arrow(self) -> _pyarrow.Table:
        """A `pyarrow.Table`."""
        return _library("pyarrow").table(self.to_dict())

    def to_polars(self) -> polars.DataFrame:
        """A `polars.DataFrame`."""
        frame: polars.DataFrame = _library("polars").DataFrame(self.to_dict())
        return frame

    def to_pandas(self) -> pandas.DataFrame:
        """A `pandas.DataFrame`; exact numbers stay `Decimal`."""
        frame: pandas.DataFrame = _library("pandas").DataFrame(self.to_dict())
        return frame

    def _cells(self, lang: words._Language) -> tuple[list[str], list[list[str]], list[bool]]:
        """The head, the rows as texts, and which columns are numbers."""
        kinds = [words.kind(name) for name in self._columns]
        count = len(self)
        shown = range(count) if count <= SHOWN else [*range(ENDS), *range(count - ENDS, count)]
        body = [
            [words.written(values[row], kind, lang) for values, kind in zip(self._columns.values(), kinds, strict=True)]
            for row in shown
        ]
        head = [words.said(name, lang) for name in self._columns]
        return head, body, [kind not in ("text", "flag") for kind in kinds]

    def __repr__(self) -> str:
        lang = language()
        head, body, numbers = self._cells(lang)
        widths = [max(map(_width, column)) for column in zip(head, *body, strict=True)]
        lines = [_line(row, widths, numbers) for row in (head, *body)]
        if len(self) > SHOWN:
            more = len(self) - 2 * ENDS
            lines.insert(1 + ENDS, f"… 另有 {more} 行" if lang == "zh" else f"… {more} more rows")
        return "\n".join([*lines, *self._notes])

    def _repr_html_(self) -> str:
        lang = language()
        head, body, numbers = self._cells(lang)

        def row(cells: Sequence[str], tag: str) -> str:
            marks = [' class="xp-n"' if number else "" for number in numbers]
            return "".join(f"<{tag}{mark}>{html.escape(cell)}</{tag}>" for cell, mark in zip(cells, marks, strict=True))

        rows = [f"<tr>{row(cells, 'td')}</tr>" for cells in body]
        if len(self) > SHOWN:
            rows.insert(ENDS, f"<tr>{row(['…'] * len(head), 'td')}</tr>")
        notes = "".join(f'<p class="xp-dim">{html.escape(note)}</p>' for note in self._notes)
        table = f"<table><thead><tr>{row(head, 'th')}</tr></thead>{''.join(rows)}</table>"
        return f'<div class="xp">{STYLE}{table}{notes}</div>'


class Drawn(Table):
    """A table with a plot."""

    _plot: ClassVar[str]

    def plot(self, ax: Axes | None = None, *, lang: words._Language | None = None) -> Axes:
        """Draws it with matplotlib, on axes of its own or on `ax`, and returns the axes.

        `lang` is the language of the labels, that of `xinpei.language()` where it is not given. Chinese needs a
        font; where none is found, labels are in English, with a warning. Raises `ImportError` with the line that
        installs matplotlib.
        """
        from xinpei.judging import _plots as plots

        return plots.draw(self._plot, self, ax, lang)


# As decisions are shown: nothing from outside, the colours of the notebook, and only inside `.xp`.
STYLE = (
    "<style>.xp{font-size:13px;line-height:1.5}"
    ".xp table{border-collapse:collapse;margin:.4em 0;font-size:inherit}"
    ".xp th,.xp td{padding:.15em .7em;text-align:left;vertical-align:baseline;border:0;background:none}"
    ".xp thead th{border-bottom:1px solid currentColor}"
    ".xp td.xp-n,.xp th.xp-n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}"
    ".xp .xp-dim{opacity:.65}.xp p{margin:.2em 0}</style>"
)


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise ImportError(f"`{name}` is not installed: pip install {name}") from error


def _width(text: str) -> int:
    """Cells of a terminal: Chinese characters are two wide."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def _line(cells: Sequence[str], widths: Sequence[int], numbers: Sequence[bool]) -> str:
    parts = []
    for cell, width, number in zip(cells, widths, numbers, strict=True):
        space = " " * (width - _width(cell))
        parts.append(space + cell if number else cell + space)
    return "  ".join(parts).rstrip()
