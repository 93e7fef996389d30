"""A number of the rules on a slider."""

from __future__ import annotations

from decimal import Decimal

import pytest
import xinpei
from conftest import AS_OF, ROOT


@pytest.fixture(scope="module")
def held() -> xinpei.Held:
    rulebook = xinpei.Rulebook.load(ROOT / "rules" / "yuanhe", as_of=AS_OF)
    return rulebook.hold(ROOT / "examples" / "yuanhe", as_of=AS_OF)


def test_the_comparison_follows_the_slider(held: xinpei.Held) -> None:
    tuner = xinpei.tune(held, "tax.grade.points.B", range(30, 50, 2), start=42)
    # What the rules say already changes nobody.
    assert tuner.comparison is not None and tuner.comparison.changed == 0
    tuner.slider.value = 30
    trial = held.rulebook.with_changes({"tax.grade.points.B": 30})
    assert tuner.trial == trial
    assert tuner.comparison is not None and tuner.comparison.changed == held.compare(trial).changed > 0
    assert tuner.page.value == tuner.comparison._repr_html_()
    assert repr(tuner) == "<Tuner tax.grade.points.B = 30>"
    assert "application/vnd.jupyter.widget-view+json" in tuner._repr_mimebundle_()


def test_a_value_that_breaks_the_rules_shows_the_line(held: xinpei.Held) -> None:
    tuner = xinpei.tune(held, "tax.arrears.points[1].points", [Decimal("17.5"), 60])
    assert tuner.comparison is not None
    tuner.slider.value = 60
    assert tuner.trial is None and tuner.comparison is None
    assert "error[X0511]" in tuner.page.value and "sections/03-arrears.yaml" in tuner.page.value


def test_what_is_no_slider_is_refused(held: xinpei.Held) -> None:
    with pytest.raises(xinpei.InputError, match="needs values"):
        xinpei.tune(held, "tax.grade.points.B", [])
    with pytest.raises(xinpei.InexactError, match="float"):
        xinpei.tune(held, "tax.grade.points.B", [0.5])  # type: ignore[list-item]
    with pytest.raises(xinpei.InputError, match="none of the values"):
        xinpei.tune(held, "tax.grade.points.B", [1, 2], start=3)
    with pytest.raises(xinpei.InputError):
        xinpei.tune(held, "tax.no_such.points.B", [1, 2])
