//! The rulebook itself, grades, overrides and outcomes.

use rust_decimal::Decimal;
use xinpei::Label;
use xinpei::author::source::{Effect, Grade, Manifest, Outcome, Override, Text};
use xinpei::check::typed::NodeId;
use xinpei::explain::words::{self, Noun};

use super::{
    Action, Detail, Kind, Pair, RuleChange, by_id, changed, changed_rule, labels, says, texts, turned, whole_rule,
};
use crate::words::{both, noun, number, plain, squeeze, told};

pub(super) fn manifest(pair: &Pair<'_>) -> Vec<RuleChange> {
    let (a, b) = (&pair.old.manifest, &pair.new.manifest);
    let mut list = Vec::new();
    list.extend(texts("rulebook", "标识", "id", Some(&a.id.text), Some(&b.id.text)));
    list.extend(texts("version", "版本", "version", Some(&a.version.text), Some(&b.version.text)));
    let window = |m: &Manifest| match m.to {
        Some(to) => both(format!("{} 至 {to}", m.from), format!("from {} to {to}", m.from)),
        None => both(format!("{} 起", m.from), format!("from {}", m.from)),
    };
    if (a.from, a.to) != (b.from, b.to) {
        let (old, new) = (window(a), window(b));
        let record = |label: &Label| Some(label.text("en").to_owned());
        list.push(turned("effective", &both("施行期", "in force"), &old, &new, record(&old), record(&new)));
    }
    list.extend(labels("title", "名称", "title", Some(&a.title), Some(&b.title)));
    list.extend(labels("authority", "发布单位", "authority", Some(&a.authority), Some(&b.authority)));
    list.extend(labels("partial", "未收录部分", "what is left out", a.partial.as_ref(), b.partial.as_ref()));
    let text = |value: &dyn ToString| Some(value.to_string());
    let mut word = |field, zh, en, old: Option<String>, new: Option<String>| {
        list.extend(texts(field, zh, en, old.as_deref(), new.as_deref()));
    };
    let key = |m: &Manifest| Some(if m.uscc { "uscc" } else { "text" }.to_owned());
    word("key", "企业标识", "how enterprises are named", key(a), key(b));
    word("languages", "语言", "languages", text(&a.languages.join(", ")), text(&b.languages.join(", ")));
    word("score", "得分小数位", "digits of the score", text(&a.digits), text(&b.digits));
    let rounding = |m: &Manifest| Some(m.rounding.word().to_owned());
    word("score", "得分舍入", "rounding of the score", rounding(a), rounding(b));
    word("reasons", "原因条数", "number of reasons", text(&a.reasons), text(&b.reasons));
    let baseline = |m: &Manifest| Some(if m.own_baseline { "by characteristic" } else { "max" }.to_owned());
    word("reasons", "扣分基准", "baseline of losses", baseline(a), baseline(b));
    let floor = |m: &Manifest| m.unrated_below.map(|n| number(n.value));
    word("coverage", "信息完整度低于此值不予评级", "coverage under which nobody is rated", floor(a), floor(b));
    changed_rule(Kind::Rulebook, "", &b.title, list).into_iter().collect()
}

pub(super) fn grades(pair: &Pair<'_>) -> Vec<RuleChange> {
    let reach = |grades: &[Grade], at: usize| {
        let Some(grade) = grades.get(at) else { return Label::default() };
        match grade.from {
            Some(from) => both(format!("{} 分起", number(from.value)), format!("from {} points", number(from.value))),
            None if grade.by_override => both("只由一票否决与调整评定", "reached by an override only"),
            None => both("其余", "the rest"),
        }
    };
    let from = |grade: &Grade| grade.from.map(|n| number(n.value));
    let (olds, news) = (&pair.old.grades, &pair.new.grades);
    let compare = |(i, a): (usize, &Grade), (j, b): (usize, &Grade)| {
        let mut list = Vec::new();
        if (a.from.map(|n| n.value), a.by_override) != (b.from.map(|n| n.value), b.by_override) {
            let (old, new) = (reach(olds, i), reach(news, j));
            list.push(turned("from", &both("分数线", "lower edge"), &old, &new, from(a), from(b)));
        }
        list.extend(labels("label", "含义", "meaning", Some(&a.label), Some(&b.label)));
        changed_rule(Kind::Grade, &b.id.text, &b.label, list)
    };
    let alone = |at: usize, grade: &Grade, action| {
        let list = if action == Action::Added { news } else { olds };
        let value = from(grade).unwrap_or_default();
        let detail = says("from", &both("分数线", "lower edge"), &reach(list, at), value);
        whole_rule(Kind::Grade, &grade.id.text, &grade.label, action, vec![detail])
    };
    let mut changes = by_id(olds, news, |g| &g.id.text, compare, alone);
    let order = |a: &[Grade], b: &[Grade]| {
        a.iter().map(|g| g.id.text.clone()).filter(|id| b.iter().any(|g| g.id.text == *id)).collect::<Vec<_>>()
    };
    let (old, new) = (order(olds, news), order(news, olds));
    if old != new {
        let noun = both("等级次序", "the order of the grades");
        let detail = changed("grades", &noun, Some(old.join(" ")), Some(new.join(" ")));
        changes.extend(changed_rule(Kind::Grade, "", &Label::default(), vec![detail]));
    }
    changes
}

fn effect(effect: &Effect) -> Label {
    let (word, grade, notch) = match effect {
        Effect::Cap(grade) => ("cap", Some(grade.text.as_str()), Decimal::ZERO),
        Effect::Veto(grade) => ("veto", Some(grade.text.as_str()), Decimal::ZERO),
        Effect::Notch(notch) => ("notch", None, notch.value),
        Effect::Unrated => ("unrated", None, Decimal::ZERO),
    };
    let said = |language: &str| words::effect_of(word, grade, notch, language);
    both(said("zh"), said("en"))
}

fn same_effect(a: &Effect, b: &Effect) -> bool {
    match (a, b) {
        (Effect::Cap(x), Effect::Cap(y)) | (Effect::Veto(x), Effect::Veto(y)) => x.text == y.text,
        (Effect::Notch(x), Effect::Notch(y)) => x.value == y.value,
        (Effect::Unrated, Effect::Unrated) => true,
        _ => false,
    }
}

pub(super) fn overrides(pair: &Pair<'_>) -> Vec<RuleChange> {
    let (olds, news) = (&pair.meaning.old.overrides, &pair.meaning.new.overrides);
    let when = noun(Noun::Condition);
    let compare = |(i, a): (usize, &Override), (j, b): (usize, &Override)| {
        let mut list = Vec::new();
        list.extend(labels("label", "名称", "name", Some(&a.label), Some(&b.label)));
        list.extend(texts("basis", "依据", "basis", Some(&a.basis), Some(&b.basis)));
        let (x, y) = (olds.get(i).map(|o| o.when), news.get(j).map(|o| o.when));
        list.extend(pair.expression("when", &when, (a.when.text(), x), (b.when.text(), y)));
        if !same_effect(&a.effect, &b.effect) {
            let (old, new) = (effect(&a.effect), effect(&b.effect));
            let record = |label: &Label| Some(label.text("en").to_owned());
            list.push(turned("effect", &both("后果", "effect"), &old, &new, record(&old), record(&new)));
        }
        changed_rule(Kind::Override, &b.id.text, &b.label, list)
    };
    let alone = |_: usize, rule: &Override, action| {
        let said = effect(&rule.effect);
        let value = said.text("en").to_owned();
        let mut list = vec![says("effect", &both("后果", "effect"), &said, value)];
        if action == Action::Added {
            list.extend(expression("when", &when, rule.when.text()));
            list.push(says("basis", &noun(Noun::Basis), &plain(&rule.basis), rule.basis.clone()));
        }
        whole_rule(Kind::Override, &rule.id.text, &rule.label, action, list)
    };
    by_id(&pair.old.overrides, &pair.new.overrides, |o| &o.id.text, compare, alone)
}

/// An expression of a rule that was added.
pub(super) fn expression(field: &'static str, noun: &Label, text: Option<&str>) -> Option<Detail> {
    let text = squeeze(text?);
    Some(says(field, noun, &plain(&text), text.clone()))
}

/// A word of the format, told by what it means.
fn word(
    field: &'static str,
    noun: &Label,
    said: for<'a> fn(&'a str, &str) -> &'a str,
    (old, new): (Option<&String>, Option<&String>),
) -> Option<Detail> {
    let label = |word: Option<&String>| word.map_or_else(|| both("无", "none"), |word| told(said, word));
    (old != new).then(|| turned(field, noun, &label(old), &label(new), old.cloned(), new.cloned()))
}

pub(super) fn outcomes(pair: &Pair<'_>) -> Vec<RuleChange> {
    let (olds, news) = (&pair.meaning.old.outcomes, &pair.meaning.new.outcomes);
    let (when, until, amount) = (noun(Noun::Condition), noun(Noun::Until), both("金额", "amount"));
    let kind = both("类别", "kind");
    fn text(node: Option<&xinpei::author::source::Node>) -> Option<&str> {
        node.and_then(|n| n.text())
    }
    let compare = |(i, a): (usize, &Outcome), (j, b): (usize, &Outcome)| {
        let mut list = Vec::new();
        list.extend(word("kind", &kind, words::kind, (Some(&a.kind), Some(&b.kind))));
        list.extend(labels("label", "名称", "name", Some(&a.label), Some(&b.label)));
        let department = |o: &Outcome| o.department.0.clone();
        list.extend(texts("department", "责任部门", "department", Some(&department(a)), Some(&department(b))));
        list.extend(texts("basis", "依据", "basis", Some(&a.basis), Some(&b.basis)));
        let of = |text: &'_ Option<Text>| text.as_ref().map(|t| t.text.clone());
        let (old, new) = (of(&a.severity), of(&b.severity));
        list.extend(word("severity", &both("严重程度", "severity"), words::severity, (old.as_ref(), new.as_ref())));
        let (old, new) = (of(&a.publicity), of(&b.publicity));
        list.extend(word(
            "publicity",
            &both("公示类别", "public list"),
            words::publicity,
            (old.as_ref(), new.as_ref()),
        ));
        let (Some(x), Some(y)) = (olds.get(i), news.get(j)) else { return None };
        let mut one = |field, noun, (s, p): (Option<&str>, Option<NodeId>), (t, q): (Option<&str>, Option<NodeId>)| {
            list.extend(pair.expression(field, noun, (s, p), (t, q)));
        };
        one("when", &when, (a.when.text(), Some(x.when)), (b.when.text(), Some(y.when)));
        one("until", &until, (text(a.until.as_ref()), x.until), (text(b.until.as_ref()), y.until));
        one("amount", &amount, (text(a.amount.as_ref()), x.amount), (text(b.amount.as_ref()), y.amount));
        changed_rule(Kind::Outcome, &b.id.text, &b.label, list)
    };
    let alone = |_: usize, rule: &Outcome, action| {
        let mut list = vec![says("kind", &kind, &told(words::kind, &rule.kind), rule.kind.clone())];
        if action == Action::Added {
            list.push(says(
                "department",
                &both("责任部门", "department"),
                &plain(&rule.department.0),
                rule.department.0.clone(),
            ));
            list.extend(expression("when", &when, rule.when.text()));
            list.extend(expression("until", &until, text(rule.until.as_ref())));
            list.extend(expression("amount", &amount, text(rule.amount.as_ref())));
            list.push(says("basis", &noun(Noun::Basis), &plain(&rule.basis), rule.basis.clone()));
        }
        whole_rule(Kind::Outcome, &rule.id.text, &rule.label, action, list)
    };
    by_id(&pair.old.outcomes, &pair.new.outcomes, |o| &o.id.text, compare, alone)
}
