//! Departments, facts and functions.

use std::collections::BTreeMap;

use xinpei::author::source::{Department, Fact, Missing, Node};
use xinpei::decimal;

use super::{Action, Detail, Kind, Pair, RuleChange, by_id, changed, changed_rule, labels, says, texts, whole_rule};
use crate::words::{both, join, number, plain};

pub(super) fn departments(pair: &Pair<'_>) -> Vec<RuleChange> {
    let refresh = |d: &Department| {
        d.refresh.map(|(days, months)| if months > 0 { format!("{months} months") } else { format!("{days} days") })
    };
    let compare = |(_, a): (usize, &Department), (_, b): (usize, &Department)| {
        let mut list = Vec::new();
        list.extend(labels("label", "名称", "name", Some(&a.label), Some(&b.label)));
        let (old, new) = (refresh(a), refresh(b));
        list.extend(texts("refresh", "报送周期", "how often it delivers", old.as_deref(), new.as_deref()));
        changed_rule(Kind::Department, &b.id.text, &b.label, list)
    };
    let alone =
        |_: usize, d: &Department, action| whole_rule(Kind::Department, &d.id.text, &d.label, action, Vec::new());
    by_id(&pair.old.departments, &pair.new.departments, |d| &d.id.text, compare, alone)
}

pub(super) fn facts(pair: &Pair<'_>) -> Vec<RuleChange> {
    let department = |list: &[Department], fact: &Fact| list.get(fact.department).map(|d| d.id.text.clone());
    let compare = |(_, a): (usize, &Fact), (_, b): (usize, &Fact)| {
        let mut list = fact(a, b);
        let (old, new) = (department(&pair.old.departments, a), department(&pair.new.departments, b));
        list.extend(texts("department", "报送部门", "department", old.as_deref(), new.as_deref()));
        list.extend(fields(a, b));
        changed_rule(Kind::Fact, &b.id.text, &b.label, list)
    };
    let alone = |_: usize, fact: &Fact, action| {
        let mut list = vec![says("type", &both("类型", "type"), &plain(&fact.kind.text), fact.kind.text.clone())];
        let list_of = if action == Action::Added { &pair.new.departments } else { &pair.old.departments };
        let owner = department(list_of, fact).unwrap_or_default();
        list.push(says("department", &both("报送部门", "department"), &plain(&owner), owner.clone()));
        whole_rule(Kind::Fact, &fact.id.text, &fact.label, action, list)
    };
    by_id(&pair.old.facts, &pair.new.facts, |f| &f.id.text, compare, alone)
}

/// What is different between two facts, or two fields of events, their fields left out.
fn fact(a: &Fact, b: &Fact) -> Vec<Detail> {
    let mut list = Vec::new();
    list.extend(labels("label", "名称", "name", Some(&a.label), Some(&b.label)));
    let mut word = |field, zh, en, old: Option<String>, new: Option<String>| {
        list.extend(texts(field, zh, en, old.as_deref(), new.as_deref()));
    };
    word("type", "类型", "type", Some(a.kind.text.clone()), Some(b.kind.text.clone()));
    let unit = |f: &Fact| f.unit.as_ref().map(|u| u.text.clone());
    word("unit", "单位", "unit", unit(a), unit(b));
    let digits = |f: &Fact| f.digits.map(|d| number(d.value));
    word("digits", "小数位", "digits", digits(a), digits(b));
    word("range", "取值范围", "range", range(a), range(b));
    word("missing", "缺失的含义", "what an absent value means", missing(a), missing(b));
    let order = |f: &Fact| f.order.as_ref().map(|o| o.text.clone());
    word("order", "排序字段", "ordered by", order(a), order(b));
    let every = |f: &Fact| f.monthly.map(|_| "month".to_owned());
    word("every", "频次", "one record every", every(a), every(b));
    let may = |f: &Fact| f.mutability.as_ref().map(|m| m.text.clone());
    word("mutability", "可否改变", "how it may change", may(a), may(b));
    let never = |f: &Fact| f.forbidden.as_ref().map(|(label, _)| label.clone());
    list.extend(labels("forbidden", "不得建议", "must never be advised", never(a).as_ref(), never(b).as_ref()));
    list.extend(members(a, b));
    list
}

/// A value in its plain spelling.
fn value(node: &Node) -> String {
    let text = node.text().unwrap_or("");
    decimal::parse(text).map_or_else(|_| text.to_owned(), number)
}

fn range(fact: &Fact) -> Option<String> {
    let (from, to, _) = fact.range.as_ref()?;
    let edge = |node: &Option<Node>| node.as_ref().map_or_else(|| "…".to_owned(), value);
    Some(format!("{} – {}", edge(from), edge(to)))
}

fn missing(fact: &Fact) -> Option<String> {
    match &fact.missing {
        Missing::Unknown => Some("unknown".to_owned()),
        Missing::Required => Some("required".to_owned()),
        Missing::Means(node) => Some(format!("means {}", value(node))),
    }
}

fn members(a: &Fact, b: &Fact) -> Vec<Detail> {
    let all = |f: &Fact| -> BTreeMap<String, Option<xinpei::Label>> {
        let list = f.members.as_ref().map_or(&[][..], |(list, _)| list);
        list.iter().map(|(name, label)| (name.text.clone(), label.clone())).collect()
    };
    let (olds, news) = (all(a), all(b));
    let names = |list: Vec<&String>| list.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
    let added = names(news.keys().filter(|name| !olds.contains_key(*name)).collect());
    let gone = names(olds.keys().filter(|name| !news.contains_key(*name)).collect());
    let mut list = Vec::new();
    if !added.is_empty() {
        list.push(says("members", &both("新增类别", "members added"), &plain(&added), added.clone()));
    }
    if !gone.is_empty() {
        let text = join(&[&both("删去类别", "members removed"), &plain(&gone)], "：", ": ");
        list.push(Detail { field: "members", text, old: Some(gone), new: None });
    }
    for (name, label) in &news {
        if let Some(old) = olds.get(name) {
            let noun = (format!("类别 {name} 的名称"), format!("name of member {name}"));
            list.extend(labels("members", &noun.0, &noun.1, old.as_ref(), label.as_ref()));
        }
    }
    list
}

/// Fields of events: new, gone and changed ones.
fn fields(a: &Fact, b: &Fact) -> Vec<Detail> {
    let mut list = Vec::new();
    for field in &b.fields {
        match a.fields.iter().find(|old| old.id.text == field.id.text) {
            Some(old) => {
                let name = both(format!("字段 {}", field.id.text), format!("field {}", field.id.text));
                list.extend(fact(old, field).into_iter().map(|mut detail| {
                    detail.text = join(&[&name, &detail.text], "，", ", ");
                    detail
                }));
            }
            None => {
                let text = format!("{} ({})", field.id.text, field.kind.text);
                list.push(says("fields", &both("新增字段", "field added"), &plain(&text), text.clone()));
            }
        }
    }
    for field in a.fields.iter().filter(|f| !b.fields.iter().any(|new| new.id.text == f.id.text)) {
        let text = join(&[&both("删去字段", "field removed"), &plain(&field.id.text)], "：", ": ");
        list.push(Detail { field: "fields", text, old: Some(field.id.text.clone()), new: None });
    }
    list
}

/// A function: its code, and what is promised of it.
struct Function<'a> {
    name: &'a str,
    code: &'a str,
    promise: Option<&'a xinpei::author::source::Function>,
}

pub(super) fn functions(pair: &Pair<'_>) -> Vec<RuleChange> {
    fn all<'a>(
        code: &'a BTreeMap<String, String>,
        promises: &'a [xinpei::author::source::Function],
    ) -> Vec<Function<'a>> {
        let promise = |name: &str| promises.iter().find(|f| f.id.text == name);
        code.iter().map(|(name, code)| Function { name, code, promise: promise(name) }).collect()
    }
    let (olds, news) = (all(&pair.meaning.code.0, &pair.old.functions), all(&pair.meaning.code.1, &pair.new.functions));
    let label = |f: &Function<'_>| f.promise.map_or_else(|| plain(f.name), |p| p.label.clone());
    let compare = |(_, a): (usize, &Function<'_>), (_, b): (usize, &Function<'_>)| {
        let mut list = Vec::new();
        if a.code != b.code {
            let (old, new) = (super::functions::lines(pair.old, a.name), super::functions::lines(pair.new, b.name));
            let edits = super::functions::edits(&old, &new);
            if edits.is_empty() {
                let text = both("代码有变", "its code has changed");
                list.push(Detail { field: "code", text, old: None, new: None });
            }
            list.extend(edits.into_iter().map(|(came, line)| Detail {
                field: "code",
                text: plain(format!("{} {line}", if came { "+" } else { "−" })),
                old: (!came).then(|| line.clone()),
                new: came.then_some(line),
            }));
        }
        let of = |f: &Function<'_>| f.promise.map(|p| p.label.clone());
        list.extend(labels("label", "名称", "name", of(a).as_ref(), of(b).as_ref()));
        let opaque = |f: &Function<'_>| f.promise.is_some_and(|p| p.opaque).to_string();
        list.extend(texts("opaque", "沙箱运行", "runs in the sandbox", Some(&opaque(a)), Some(&opaque(b))));
        fn returns<'a>(f: &Function<'a>) -> Option<&'a Fact> {
            f.promise.and_then(|p| p.returns.as_ref())
        }
        match (returns(a), returns(b)) {
            (Some(x), Some(y)) => {
                list.extend(fact(x, y).into_iter().filter(|d| !matches!(d.field, "label" | "missing")))
            }
            (x, y) => {
                let (x, y) = (x.map(|f| f.kind.text.clone()), y.map(|f| f.kind.text.clone()));
                if x != y {
                    list.push(changed("returns", &both("返回", "returns"), x, y));
                }
            }
        }
        changed_rule(Kind::Function, b.name, &label(b), list)
    };
    let alone = |_: usize, f: &Function<'_>, action| whole_rule(Kind::Function, f.name, &label(f), action, Vec::new());
    by_id(&olds, &news, |f| f.name, compare, alone)
}
