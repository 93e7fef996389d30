"""Plans and shortlists from Python say what the command says."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal
from html.parser import HTMLParser

import pytest
import xinpei
from conftest import AS_OF, ROOT

EXAMPLE = ROOT / "examples" / "yuanhe"
ONE = "91000000MA0000242C"


@pytest.fixture(scope="module")
def dossier(command: Callable[..., str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """The facts at the end of a plan of the command: a dossier that is written as JSON."""
    path = tmp_path_factory.mktemp("plan") / "end.jsonl"
    command("plan", ONE, str(EXAMPLE), "--as-of", AS_OF, "--facts", str(path))
    read: dict[str, object] = json.loads(path.read_text())
    return read


def test_a_plan_is_that_of_the_command(
    yuanhe: xinpei.Rulebook,
    dossier: dict[str, object],
    command: Callable[..., str],
    tmp_path: object,
) -> None:
    plan = yuanhe.plan(dossier, as_of=AS_OF, target="A", months=24)
    file = tmp_path / "one.jsonl"  # type: ignore[operator]
    file.write_text(json.dumps(dossier))
    rules = str(ROOT / "rules" / "yuanhe")
    words = ["--rules", rules, "--as-of", AS_OF, "--target", "A", "--months", "24", "--format", "json"]
    said = json.loads(command("plan", ONE, str(file), *words))
    assert plan.to_dict() == said
    assert plan.status == said["status"] and plan.enterprise == ONE
    if said["plan"]:
        assert plan.cost == Decimal(said["plan"]["cost"]) and plan.months == said["plan"]["months"]
        assert plan.measures == [step["measure"] for step in said["plan"]["steps"]]
        assert str(plan).count("\n") == len(plan.measures)
    else:
        assert plan.cost is None and plan.measures == []


def test_a_plan_is_a_page(yuanhe: xinpei.Rulebook, dossier: dict[str, object]) -> None:
    plan = yuanhe.plan(dossier, as_of=AS_OF, target=600)
    assert plan.status == "reached"
    page = plan.to_html()
    assert page.startswith("<!DOCTYPE html>") and "<script" not in page
    HTMLParser().feed(plan._repr_html_())
    assert plan._repr_html_().startswith("<iframe srcdoc=")


def test_a_product_is_a_target(
    yuanhe: xinpei.Rulebook,
    dossier: dict[str, object],
    command: Callable[..., str],
    tmp_path: object,
) -> None:
    file = tmp_path / "one.jsonl"  # type: ignore[operator]
    file.write_text(json.dumps(dossier))
    rules = str(ROOT / "rules" / "yuanhe")
    statuses = set()
    for product in ["bank.tax_loan", "city_bank.turnover", "rural_bank.receivables"]:
        plan = yuanhe.plan(dossier, as_of=AS_OF, target=product, months=24)
        words = ["--rules", rules, "--as-of", AS_OF, "--target", product, "--months", "24", "--format", "json"]
        said = json.loads(command("plan", ONE, str(file), *words))
        assert plan.to_dict() == said
        assert said["request"]["target"] == {"product": product} and said["target"]["product"] == product
        # These rules have no last day.
        assert plan.rules_until is None
        statuses.add(plan.status)
    assert statuses <= {"optimal", "infeasible", "reached"}
    with pytest.raises(xinpei.InputError, match="products here: .*`bank.tax_loan`"):
        yuanhe.plan(dossier, as_of=AS_OF, target="bank.tax_loans")


def test_what_is_no_target_is_refused(yuanhe: xinpei.Rulebook, dossier: dict[str, object]) -> None:
    with pytest.raises(xinpei.InputError, match="no grade `AAAA`"):
        yuanhe.plan(dossier, as_of=AS_OF, target="AAAA")
    with pytest.raises(xinpei.InputError, match="float"):
        yuanhe.plan(dossier, as_of=AS_OF, target=800.5)  # type: ignore[arg-type]
    with pytest.raises(xinpei.InputError, match="no amount"):
        yuanhe.plan(dossier, as_of=AS_OF, budget=-1)


def test_a_shortlist_is_that_of_the_command(yuanhe: xinpei.Rulebook, command: Callable[..., str]) -> None:
    found = yuanhe.shortlist(EXAMPLE, as_of=AS_OF, budget=20_000, capacity=30, months=6)
    means = ["--budget", "20000", "--capacity", "30", "--months", "6"]
    said = json.loads(command("shortlist", str(EXAMPLE), "--as-of", AS_OF, *means, "--format", "json"))
    assert len(found) > 0 and found.proved and found.line == "T3"
    assert sorted(found.chosen) == sorted(row["enterprise"] for row in said["chosen"])
    rows = found.to_dicts()
    assert len(rows) == 500 and {row["enterprise"] for row in rows if row["chosen"]} == set(found.chosen)
    assert found.cost == sum(row["cost"] for row in rows if row["chosen"]) <= 20_000
    with pytest.raises(xinpei.InputError, match="choose"):
        yuanhe.shortlist(EXAMPLE, as_of=AS_OF, by="money")  # type: ignore[arg-type]
