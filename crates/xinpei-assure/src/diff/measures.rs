//! Measures: what an enterprise can do.

use xinpei::Label;
use xinpei::author::source::{self, Measure};
use xinpei::check::typed::{Change, Duration, NodeId, Typed, Way};
use xinpei::explain::words::Noun;

use super::{Action, Detail, Kind, Pair, RuleChange, by_id, changed, changed_rule, labels, says, texts, whole_rule};
use crate::words::{both, noun, plain, squeeze};

/// The fields that hold an expression: its name, what people call it, its words and its node.
type Expression<'a> = (&'static str, Label, Option<&'a str>, Option<NodeId>);

pub(super) fn measures(pair: &Pair<'_>) -> Vec<RuleChange> {
    let (olds, news) = (&pair.meaning.old.measures, &pair.meaning.new.measures);
    let compare = |(i, a): (usize, &Measure), (j, b): (usize, &Measure)| {
        let (x, y) = (olds.get(i)?, news.get(j)?);
        let mut list = Vec::new();
        list.extend(labels("label", "名称", "name", Some(&a.label), Some(&b.label)));
        list.extend(texts("department", "责任部门", "department", Some(&a.department.0), Some(&b.department.0)));
        list.extend(texts("basis", "依据", "basis", Some(&a.basis), Some(&b.basis)));
        list.extend(labels("actor", "办理主体", "who acts", a.actor.as_ref(), b.actor.as_ref()));
        list.extend(labels("evidence", "证明材料", "evidence", Some(&a.evidence), Some(&b.evidence)));
        for ((field, noun, s, p), (_, _, t, q)) in expressions(a, x).into_iter().zip(expressions(b, y)) {
            list.extend(pair.expression(field, &noun, (s, p), (t, q)));
        }
        list.extend(duration(pair, (a, x.duration), (b, y.duration)));
        effects(pair, (a, &x.effects), (b, &y.effects), &mut list);
        let ids = |list: &[source::Text]| {
            let mut ids: Vec<&str> = list.iter().map(|id| id.text.as_str()).collect();
            ids.sort_unstable();
            (!ids.is_empty()).then(|| ids.join(", "))
        };
        let mut word = |field, zh, en, old: Option<String>, new: Option<String>| {
            list.extend(texts(field, zh, en, old.as_deref(), new.as_deref()));
        };
        word("requires", "前置措施", "requires", ids(&a.requires), ids(&b.requires));
        word("excludes", "互斥措施", "excludes", ids(&a.excludes), ids(&b.excludes));
        word("times", "次数", "how often", Some(a.times.to_string()), Some(b.times.to_string()));
        word("continuing", "持续进行", "kept up", Some(a.continuing.to_string()), Some(b.continuing.to_string()));
        changed_rule(Kind::Measure, &b.id.text, &b.label, list)
    };
    let alone = |_: usize, measure: &Measure, action| {
        let mut list = Vec::new();
        if action == Action::Added {
            let say = |field, noun: &Label, text: String| says(field, noun, &plain(&text), text.clone());
            list.push(say("department", &both("责任部门", "department"), measure.department.0.clone()));
            let cost = measure.cost.text().map(squeeze);
            list.extend(measure.effects.iter().map(|effect| say("effects", &both("效果", "effect"), written(effect))));
            list.extend(cost.map(|cost| say("cost", &both("费用", "cost"), cost)));
            list.extend(measure.duration.text().map(|text| say("duration", &both("用时", "takes"), squeeze(text))));
            list.push(say("basis", &noun(Noun::Basis), measure.basis.clone()));
        }
        whole_rule(Kind::Measure, &measure.id.text, &measure.label, action, list)
    };
    by_id(&pair.old.measures, &pair.new.measures, |m| &m.id.text, compare, alone)
}

fn expressions<'a>(written: &'a Measure, typed: &xinpei::check::typed::Measure) -> [Expression<'a>; 3] {
    let words = |node: Option<&'a source::Node>| node.and_then(|node| node.text());
    [
        ("when", noun(Noun::Condition), words(written.when.as_ref()), typed.when),
        ("cost", both("费用", "cost"), written.cost.text(), Some(typed.cost)),
        ("earliest", both("最早开始", "earliest"), words(written.earliest.as_ref()), typed.earliest),
    ]
}

fn duration(pair: &Pair<'_>, (a, x): (&Measure, Duration), (b, y): (&Measure, Duration)) -> Option<Detail> {
    let noun = both("用时", "takes");
    let (words, words_now) = (a.duration.text(), b.duration.text());
    match (x, y) {
        (Duration::Days(p), Duration::Days(q)) | (Duration::Months(p), Duration::Months(q)) => {
            pair.expression("duration", &noun, (words, Some(p)), (words_now, Some(q)))
        }
        _ => Some(changed("duration", &noun, words.map(squeeze), words_now.map(squeeze))),
    }
}

/// Effects one by one, in their order.
fn effects(pair: &Pair<'_>, (a, xs): (&Measure, &[Change]), (b, ys): (&Measure, &[Change]), list: &mut Vec<Detail>) {
    let noun = both("效果", "effect");
    for at in 0..xs.len().max(ys.len()) {
        let (x, y) = (xs.get(at), ys.get(at));
        if x.zip(y).is_some_and(|(x, y)| same(pair, x, y)) {
            continue;
        }
        let (old, new) = (a.effects.get(at).map(written), b.effects.get(at).map(written));
        if old != new {
            list.push(changed("effects", &noun, old, new));
            continue;
        }
        let text = both(
            "文字未变，所用事实或函数的含义有变",
            "the same words, but the facts or functions in it mean something else now",
        );
        list.push(Detail {
            field: "effects",
            text: crate::words::join(&[&noun, &text], "：", ": "),
            old: None,
            new: None,
        });
    }
}

/// Whether two effects do the same.
fn same(pair: &Pair<'_>, x: &Change, y: &Change) -> bool {
    let (old, new) = (pair.meaning.old, pair.meaning.new);
    let id = |typed: &Typed, fact: u32| {
        usize::try_from(fact).ok().and_then(|at| typed.facts.get(at)).map(|fact| fact.id.clone())
    };
    let table = |a: u32, b: u32| id(old, a).is_some_and(|name| Some(name) == id(new, b));
    let fields = |a: &[(u32, NodeId)], b: &[(u32, NodeId)]| {
        a.len() == b.len() && a.iter().zip(b).all(|((i, p), (j, q))| i == j && pair.meaning.same(*p, *q))
    };
    match (x, y) {
        (Change::Fact { fact, way, value }, Change::Fact { fact: other, way: now, value: then }) => {
            table(*fact, *other) && way == now && pair.meaning.same(*value, *then)
        }
        (Change::Set { table: a, mask, fields: list }, Change::Set { table: b, mask: other, fields: now }) => {
            table(*a, *b) && pair.meaning.same_option(*mask, *other) && fields(list, now)
        }
        (Change::Remove { table: a, mask }, Change::Remove { table: b, mask: other }) => {
            table(*a, *b) && pair.meaning.same_option(*mask, *other)
        }
        (Change::Add { table: a, fields: list, monthly }, Change::Add { table: b, fields: now, monthly: then }) => {
            table(*a, *b) && fields(list, now) && monthly == then
        }
        _ => false,
    }
}

/// An effect as rules write it.
fn written(effect: &source::Change) -> String {
    let words = |node: &source::Node| node.text().map(squeeze).unwrap_or_default();
    let filter =
        |node: &Option<source::Node>| node.as_ref().map_or_else(String::new, |n| format!(" where {}", words(n)));
    let fields = |list: &[(source::Text, source::Node)]| {
        list.iter().map(|(field, node)| format!("{}: {}", field.text, words(node))).collect::<Vec<_>>().join(", ")
    };
    match effect {
        source::Change::Fact(fact, way, value) => {
            let way = match way {
                Way::Set => "set",
                Way::Add => "add",
                Way::ReduceTo => "reduce_to",
                Way::RaiseTo => "raise_to",
            };
            format!("{} {way} {}", fact.text, words(value))
        }
        source::Change::Set { table, filter: which, fields: list } => {
            format!("{}{} set {}", table.text, filter(which), fields(list))
        }
        source::Change::Remove(table, which) => format!("{}{} remove", table.text, filter(which)),
        source::Change::Add { table, fields: list, monthly } => {
            let every = if monthly.is_some() { " every month" } else { "" };
            format!("{}{every} add {}", table.text, fields(list))
        }
    }
}
