"""One number of the rules on a slider, and what it does to a portfolio."""

from __future__ import annotations

import html
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from xinpei._errors import InexactError, InputError, RuleError
from xinpei._xinpei import Comparison, Held, Rulebook


class Tuner:
    """A slider over the values of one field of the rules. Jupyter shows it; `trial` and `comparison` follow it.

    The slider moves over the very values that were given, so no float gets in. Where a value breaks the rules,
    the mistake is shown with its line in place of the comparison, and `trial` and `comparison` are `None`.
    """

    trial: Rulebook | None
    """The rulebook with the value that is chosen."""
    comparison: Comparison | None
    """What it changes for the enterprises that are held."""

    def __init__(self, held: Held, field: str, values: Iterable[int | Decimal], start: int | Decimal | None = None):
        try:
            from ipywidgets import HTML, SelectionSlider, VBox
        except ImportError as error:
            raise ImportError("a slider needs ipywidgets: pip install 'xinpei[widget]'") from error
        options = list(values)
        if not options:
            raise InputError("a slider needs values to move over")
        for value in options:
            if isinstance(value, float):
                raise InexactError(f"{value!r} is a float; give ints or decimals")
        if start is not None and start not in options:
            raise InputError(f"{start} is none of the values")
        self.held, self.field = held, field
        chosen = options[0] if start is None else start
        shown = [(str(value), value) for value in options]
        self.slider = SelectionSlider(options=shown, value=chosen, description=field, continuous_update=False)
        self.slider.style.description_width = "initial"
        self.slider.layout.width = "30em"
        self.page = HTML()
        self.box = VBox([self.slider, self.page])
        self.slider.observe(lambda change: self._choose(change["new"]), names="value")
        self._choose(chosen)

    def _choose(self, value: int | Decimal) -> None:
        self.trial = self.comparison = None
        try:
            self.trial = self.held.rulebook.with_changes({self.field: value})
        except RuleError as error:
            self.page.value = f"<pre>{html.escape(str(error))}</pre>"
            return
        self.comparison = self.held.compare(self.trial)
        self.page.value = self.comparison._repr_html_()

    def __repr__(self) -> str:
        return f"<Tuner {self.field} = {self.slider.value}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return self.box._repr_mimebundle_(**kwargs)


def tune(held: Held, field: str, values: Iterable[int | Decimal], start: int | Decimal | None = None) -> Tuner:
    """A slider for Jupyter over one field of the rules: who moves as it moves.

    `field` names a rule and its field, as in :meth:`Rulebook.with_changes`; `values` are what the slider moves over,
    `start` where it stands at first. It needs `ipywidgets` (`pip install 'xinpei[widget]'`).

    Raises `InputError` for no values, or where the field is none; `InexactError` for a float.
    """
    return Tuner(held, field, values, start)
