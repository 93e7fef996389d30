//! A decision as HTML: the waterfall, and what else it says.

use rust_decimal::Decimal;
use xinpei::explain::words::Noun;
use xinpei::explain::{StepKind, waterfall};

use super::page::{Page, bar};
use super::{text, words};
use crate::decision::PyDecision;
use crate::language::Lang;

const POINTS: &str = "#2563eb";
const SHARE: &str = "#93b4f5";
const LESS: &str = "#dc2626";

/// The decision.
pub(crate) fn decision(this: &PyDecision) -> String {
    let (lang, decision) = (Lang::current(), &this.decision);
    let (code, typed) = (lang.code(), this.typed());
    let mut page = Page::new();
    page.open("p", "");
    page.tagged("b", "", format!("{} {}", decision.enterprise, this.name.as_deref().unwrap_or("")).trim_end());
    page.close("p");
    let (title, version) = (typed.manifest.title.text(code), &decision.rulebook.version);
    page.tagged("p", "xp-dim", &format!("{title} {version} · {} {}", lang.noun(Noun::AsOf), decision.as_of));
    page.open("p", "");
    if let Some(grade) = &decision.grade {
        page.tagged("span", "xp-grade", grade);
        page.text(" ");
    }
    let class = if decision.faults.is_empty() { "" } else { "xp-warn" };
    page.tagged("span", class, &text::headline(this, lang).join(" · "));
    page.close("p");
    steps(this, lang, &mut page);
    overrides(this, lang, &mut page);
    if !decision.reasons.is_empty() {
        page.open("table", "");
        page.head(&[(lang.noun(Noun::Reason), false), (lang.pick("失分", "lost"), true)]);
        for reason in &decision.reasons {
            let lost = reason.lost.map_or_else(String::new, |lost| lost.to_string());
            page.row("", &[(reason.text.text(code), false), (&lost, true)]);
        }
        page.close("table");
    }
    if !decision.outcomes.is_empty() {
        page.open("table", "");
        page.head(&[(lang.noun(Noun::Outcome), false), ("", false), (lang.noun(Noun::Until), false)]);
        for follows in &decision.outcomes {
            let until = follows.until.map_or_else(String::new, |until| until.to_string());
            let kind = words::kind(&follows.kind, lang);
            page.row("", &[(kind, false), (follows.text.text(code), false), (&until, false)]);
        }
        page.close("table");
    }
    if !decision.faults.is_empty() {
        page.open("table", "");
        page.head(&[(lang.noun(Noun::Fault), false), ("", false), (lang.pick("原值", "value"), false)]);
        for fault in &decision.faults {
            let what = words::fault(fault.kind.word(), lang);
            page.row("xp-warn", &[(&fault.fact, false), (what, false), (&fault.value, false)]);
        }
        page.close("table");
    }
    page.tagged("p", "xp-dim", &decision.receipt);
    page.finish()
}

/// The waterfall. The bar of a section starts where the one before ended, on the scale of the score; that
/// of a characteristic is its share of the points that it could have.
fn steps(this: &PyDecision, lang: Lang, page: &mut Page) {
    let (typed, decision, code) = (this.typed(), &this.decision, lang.code());
    let steps = waterfall(typed, decision);
    let least = steps.iter().map(|s| s.total).fold(Decimal::ZERO, Decimal::min);
    let most: Decimal = decision.sections.iter().map(|s| s.max).sum();
    let most = steps.iter().map(|s| s.total).fold(most, Decimal::max);
    let place = |total: Decimal| words::thousandths(total - least, most - least);
    let mut at = Decimal::ZERO;
    let mut drawn = |amount: Decimal| {
        let from = at;
        at += amount;
        bar(place(from), place(at), if amount.is_sign_negative() { LESS } else { POINTS })
    };
    page.open("table", "");
    page.head(&[
        (lang.noun(Noun::Characteristic), false),
        (lang.noun(Noun::Value), false),
        (lang.pick("得分", "points"), true),
        ("", false),
    ]);
    let line = |page: &mut Page, class: &str, cells: [&str; 3], chart: &str| {
        page.open("tr", class);
        let [label, value, points] = cells;
        page.tagged("td", "", label);
        page.tagged("td", "", value);
        page.tagged("td", "xp-n", points);
        page.open("td", "");
        page.raw(chart);
        page.close("td");
        page.close("tr");
    };
    for (section, points) in typed.sections.iter().zip(&decision.sections) {
        let sum = format!("{} / {}", points.points, points.max);
        line(page, "xp-head", [section.label.text(code), "", &sum], &drawn(points.points));
        let rules = typed.characteristics.get(section.characteristics.clone()).unwrap_or_default();
        let scored = decision.characteristics.get(section.characteristics.clone()).unwrap_or_default();
        for (rule, row) in rules.iter().zip(scored) {
            let value = words::value(&this.loaded, rule, row, lang);
            let points = format!("{} / {}", row.points, row.max);
            let class = if row.missing { "xp-dim" } else { "" };
            let share = words::thousandths(row.points, row.max);
            let chart = bar(0, share, if row.points.is_sign_negative() { LESS } else { SHARE });
            line(page, class, [rule.label.text(code), &value, &points], &chart);
        }
        for step in steps.iter().filter(|s| s.kind == StepKind::Limit && s.id == section.id) {
            let what = words::limit(step.amount, lang);
            line(page, "", [what, "", &words::signed(step.amount)], "");
        }
    }
    for step in steps.iter().filter(|s| s.kind == StepKind::Rounding) {
        line(page, "", [lang.noun(Noun::Rounding), "", &words::signed(step.amount)], "");
    }
    if let Some(score) = decision.score {
        line(
            page,
            "xp-head",
            [lang.noun(Noun::Score), "", &score.to_string()],
            &bar(place(Decimal::ZERO), place(score), POINTS),
        );
    }
    page.close("table");
}

fn overrides(this: &PyDecision, lang: Lang, page: &mut Page) {
    if this.decision.overrides.is_empty() {
        return;
    }
    page.open("table", "");
    page.head(&[(lang.noun(Noun::Override), false), ("", false), (lang.noun(Noun::Basis), false)]);
    for fired in &this.decision.overrides {
        let effect = words::effect(fired, lang);
        page.row(
            "xp-bad",
            &[(&effect, false), (fired.text.text(lang.code()), false), (words::basis(&fired.basis, lang), false)],
        );
    }
    page.close("table");
}
