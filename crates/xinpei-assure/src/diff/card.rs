//! Sections and characteristics.

use xinpei::Label;
use xinpei::author::source::{Characteristic, Section, Source};
use xinpei::check::typed::Typed;
use xinpei::explain::words::Noun;

use super::scoring::{self, Line};
use super::{Action, Detail, Kind, Pair, RuleChange, by_id, changed, changed_rule, labels, says, texts, whole_rule};
use crate::words::{both, noun, number, points};

pub(super) fn sections(pair: &Pair<'_>) -> Vec<RuleChange> {
    let limit =
        |field, zh, en, old: Option<xinpei::author::source::Number>, new: Option<xinpei::author::source::Number>| {
            let (old, new) = (old.map(|n| n.value), new.map(|n| n.value));
            let text = |value: Option<_>| value.map(number);
            (old != new).then(|| changed(field, &both(zh, en), text(old), text(new)))
        };
    let compare = |(_, a): (usize, &Section), (_, b): (usize, &Section)| {
        let mut list = Vec::new();
        list.extend(labels("label", "名称", "name", Some(&a.label), Some(&b.label)));
        list.extend(limit("max", "上限", "cap", a.max, b.max));
        list.extend(limit("floor", "下限", "floor", a.floor, b.floor));
        let common = |list: &[Characteristic], other: &[Characteristic]| {
            let ids = list.iter().map(|c| c.id.text.clone());
            ids.filter(|id| other.iter().any(|c| c.id.text == *id)).collect::<Vec<_>>()
        };
        let (x, y) = (&a.characteristics, &b.characteristics);
        if common(x, y) != common(y, x) {
            let text = both(
                "指标的先后有变（扣分相同时先列者优先）",
                "characteristics stand in another order (of equal losses the first one is told)",
            );
            list.push(Detail { field: "characteristics", text, old: None, new: None });
        }
        changed_rule(Kind::Section, &b.id.text, &b.label, list)
    };
    let alone = |_: usize, s: &Section, action| {
        let mut list = Vec::new();
        if action == Action::Added {
            list.extend(s.max.map(|max| says("max", &both("上限", "cap"), &points(max.value), number(max.value))));
            list.extend(s.floor.map(|f| says("floor", &both("下限", "floor"), &points(f.value), number(f.value))));
        }
        whole_rule(Kind::Section, &s.id.text, &s.label, action, list)
    };
    let mut changes = by_id(&pair.old.sections, &pair.new.sections, |s| &s.id.text, compare, alone);
    let order = |a: &Source, b: &Source| {
        let ids = a.sections.iter().map(|s| s.id.text.clone());
        ids.filter(|id| b.sections.iter().any(|s| s.id.text == *id)).collect::<Vec<_>>()
    };
    let (old, new) = (order(pair.old, pair.new), order(pair.new, pair.old));
    if old != new {
        let noun = both("各部分的先后", "the order of the sections");
        let detail = changed("sections", &noun, Some(old.join(", ")), Some(new.join(", ")));
        changes.extend(changed_rule(Kind::Section, "", &Label::default(), vec![detail]));
    }
    changes
}

/// A characteristic and its section.
type Place<'a> = (&'a str, &'a Characteristic);

pub(super) fn characteristics(pair: &Pair<'_>) -> Vec<RuleChange> {
    fn all(source: &Source) -> Vec<Place<'_>> {
        let of = |section| {
            let Section { id, characteristics, .. }: &Section = section;
            characteristics.iter().map(|c| (id.text.as_str(), c))
        };
        source.sections.iter().flat_map(of).collect()
    }
    let (olds, news) = (all(pair.old), all(pair.new));
    let compare = |(i, (s, a)): (usize, &Place<'_>), (j, (t, b)): (usize, &Place<'_>)| {
        let mut list = Vec::new();
        list.extend(texts("section", "所属部分", "section", Some(s), Some(t)));
        list.extend(labels("label", "名称", "name", Some(&a.label), Some(&b.label)));
        list.extend(texts("basis", "依据", "basis", Some(&a.basis), Some(&b.basis)));
        if let (Some(x), Some(y)) = (line(pair.meaning.old, a, i), line(pair.meaning.new, b, j)) {
            list.extend(scoring::compare(pair, x, y));
        }
        if a.missing.value != b.missing.value {
            let (old, new) = (number(a.missing.value), number(b.missing.value));
            list.push(changed("missing", &both("缺失时得分", "points when not known"), Some(old), Some(new)));
        }
        let baseline = |c: &Characteristic| c.baseline.map(|n| number(n.value));
        list.extend(texts("baseline", "基准分", "baseline", baseline(a).as_deref(), baseline(b).as_deref()));
        list.extend(texts("reason", "原因代码", "code of the reason", a.code.as_deref(), b.code.as_deref()));
        list.extend(labels("reason", "原因文字", "text of the reason", a.reason.as_ref(), b.reason.as_ref()));
        let promise = |c: &Characteristic| {
            let (fact, rises) = c.promise.as_ref()?;
            Some(format!("{}: {}", if *rises { "rises_with" } else { "falls_with" }, fact.text))
        };
        list.extend(texts("promise", "单调承诺", "promise", promise(a).as_deref(), promise(b).as_deref()));
        changed_rule(Kind::Characteristic, &b.id.text, &b.label, list)
    };
    let alone = |at: usize, (section, c): &Place<'_>, action| {
        let typed = if action == Action::Added { pair.meaning.new } else { pair.meaning.old };
        let most = typed.characteristics.get(at).map(|t| t.max).unwrap_or_default();
        let mut list =
            vec![says("section", &both("所属部分", "section"), &crate::words::plain(section), (*section).to_owned())];
        list.push(says("max", &both("最高", "at most"), &points(most), number(most)));
        if action == Action::Added {
            list.extend(line(typed, c, at).map(scoring::describe).unwrap_or_default());
            let missing = c.missing.value;
            list.push(says("missing", &both("缺失时得分", "points when not known"), &points(missing), number(missing)));
            list.push(says("basis", &noun(Noun::Basis), &crate::words::plain(&c.basis), c.basis.clone()));
        }
        whole_rule(Kind::Characteristic, &c.id.text, &c.label, action, list)
    };
    by_id(&olds, &news, |(_, c)| &c.id.text, compare, alone)
}

fn line<'a>(typed: &'a Typed, written: &'a Characteristic, at: usize) -> Option<Line<'a>> {
    Some(Line { typed, written: &written.scoring, scoring: &typed.characteristics.get(at)?.scoring })
}
