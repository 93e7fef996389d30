//! Products of lenders, tiers, and the rules of cultivation.

use xinpei::Label;
use xinpei::author::source::{Node, Product, Rule, Tier, Tiers};
use xinpei::check::typed::{self, NodeId, Typed};
use xinpei::explain::words::Noun;

use super::rules::expression;
use super::{Action, Detail, Kind, Pair, RuleChange, by_id, changed, changed_rule, labels, says, texts, whole_rule};
use crate::words::{both, label, noun, plain};

/// The words of an expression and its node.
type Said<'a> = (Option<&'a str>, Option<NodeId>);

fn words(node: Option<&Node>) -> Option<&str> {
    node.and_then(Node::text)
}

/// A product with what was checked of it.
struct Offer<'a> {
    source: &'a Product,
    checked: Option<&'a typed::Product>,
    outcome: Option<&'a typed::Outcome>,
}

impl<'a> Offer<'a> {
    fn list(source: &'a [Product], typed: &'a Typed) -> Vec<Self> {
        let one = |(at, source): (usize, &'a Product)| {
            let checked = typed.products.get(at);
            Self { source, checked, outcome: checked.and_then(|p| typed.outcomes.get(p.outcome)) }
        };
        source.iter().enumerate().map(one).collect()
    }

    /// A condition by its label: its words and its node.
    fn condition(&self, label: &Label) -> Option<Said<'_>> {
        let at = self.source.conditions.iter().position(|(l, _)| l == label)?;
        let (_, node) = self.source.conditions.get(at)?;
        let floor = usize::from(self.source.floor.is_some());
        Some((node.text(), self.checked.and_then(|p| p.conditions.get(at + floor)).map(|c| c.when)))
    }
}

pub(super) fn products(pair: &Pair<'_>) -> Vec<RuleChange> {
    let olds = Offer::list(&pair.old.products, pair.meaning.old);
    let news = Offer::list(&pair.new.products, pair.meaning.new);
    let (limit, rate, until) = (both("额度", "limit"), both("年利率", "yearly rate"), noun(Noun::Until));
    let compare = |(_, a): (usize, &Offer<'_>), (_, b): (usize, &Offer<'_>)| {
        let (x, y) = (a.source, b.source);
        let mut list: Vec<Detail> = Vec::new();
        list.extend(labels("label", "名称", "name", Some(&x.label), Some(&y.label)));
        list.extend(texts("lender", "机构", "lender", Some(&x.lender.0), Some(&y.lender.0)));
        list.extend(texts("basis", "依据", "basis", Some(&x.basis), Some(&y.basis)));
        let floor = |p: &Product| p.floor.as_ref().map(|f| f.text.clone());
        list.extend(texts("floor", "最低等级", "least grade", floor(x).as_deref(), floor(y).as_deref()));
        for (named, _) in &y.conditions {
            let noun = label(named);
            let new = b.condition(named).unwrap_or_default();
            match a.condition(named) {
                Some(old) => list.extend(pair.expression("conditions", &noun, old, new)),
                None => list.push(changed("conditions", &noun, None, new.0.map(str::to_owned))),
            }
        }
        for (named, node) in x.conditions.iter().filter(|(named, _)| b.condition(named).is_none()) {
            list.push(changed("conditions", &label(named), node.text().map(str::to_owned), None));
        }
        list.extend(labels("collateral", "担保", "security", x.collateral.as_ref(), y.collateral.as_ref()));
        let node = |offer: &Offer<'_>, of: fn(&typed::Outcome) -> Option<NodeId>| offer.outcome.and_then(of);
        let mut one = |field, noun, (s, p): Said<'_>, (t, q): Said<'_>| {
            list.extend(pair.expression(field, noun, (s, p), (t, q)));
        };
        one("limit", &limit, (x.limit.text(), node(a, |o| o.amount)), (y.limit.text(), node(b, |o| o.amount)));
        one(
            "rate",
            &rate,
            (words(x.rate.as_ref()), node(a, |o| o.rate)),
            (words(y.rate.as_ref()), node(b, |o| o.rate)),
        );
        one(
            "until",
            &until,
            (words(x.until.as_ref()), node(a, |o| o.until)),
            (words(y.until.as_ref()), node(b, |o| o.until)),
        );
        changed_rule(Kind::Product, &y.id.text, &y.label, list)
    };
    let alone = |_: usize, offer: &Offer<'_>, action| {
        let product = offer.source;
        let mut list =
            vec![says("lender", &both("机构", "lender"), &label(&product.lender.1), product.lender.0.clone())];
        if action == Action::Added {
            if let Some(floor) = &product.floor {
                list.push(says("floor", &both("最低等级", "least grade"), &plain(&floor.text), floor.text.clone()));
            }
            let condition = |(named, node): &(Label, Node)| expression("conditions", &label(named), node.text());
            list.extend(product.conditions.iter().filter_map(condition));
            list.extend(expression("limit", &limit, product.limit.text()));
            list.extend(expression("rate", &rate, words(product.rate.as_ref())));
            list.extend(expression("until", &until, words(product.until.as_ref())));
            list.push(says("basis", &noun(Noun::Basis), &plain(&product.basis), product.basis.clone()));
        }
        whole_rule(Kind::Product, &product.id.text, &product.label, action, list)
    };
    by_id(&olds, &news, |o| &o.source.id.text, compare, alone)
}

pub(super) fn tiers(pair: &Pair<'_>) -> Vec<RuleChange> {
    fn list(tiers: Option<&Tiers>) -> &[Tier] {
        tiers.map(|t| t.tiers.as_slice()).unwrap_or_default()
    }
    let (olds, news) = (list(pair.old.tiers.as_ref()), list(pair.new.tiers.as_ref()));
    let when = noun(Noun::Condition);
    // The condition of its own stands behind that of the floor.
    let node = |typed: &Typed, at: usize, tier: &Tier| {
        let checked = typed.tiers.as_ref().and_then(|t| t.tiers.get(at))?;
        checked.conditions.get(usize::from(tier.floor.is_some())).copied()
    };
    let floor = |tier: &Tier| tier.floor.as_ref().map(|f| f.text.clone());
    let compare = |(i, a): (usize, &Tier), (j, b): (usize, &Tier)| {
        let mut list: Vec<Detail> = Vec::new();
        list.extend(labels("label", "含义", "meaning", Some(&a.label), Some(&b.label)));
        list.extend(texts("basis", "依据", "basis", Some(&a.basis), Some(&b.basis)));
        list.extend(texts("floor", "最低等级", "least grade", floor(a).as_deref(), floor(b).as_deref()));
        let (old, new) = (node(pair.meaning.old, i, a), node(pair.meaning.new, j, b));
        list.extend(pair.expression("when", &when, (words(a.when.as_ref()), old), (words(b.when.as_ref()), new)));
        changed_rule(Kind::Tier, &b.id.text, &b.label, list)
    };
    let alone = |_: usize, tier: &Tier, action| {
        let mut list = Vec::new();
        if action == Action::Added {
            let floor = tier.floor.as_ref();
            list.extend(
                floor.map(|f| says("floor", &both("最低等级", "least grade"), &plain(&f.text), f.text.clone())),
            );
            list.extend(expression("when", &when, words(tier.when.as_ref())));
        }
        whole_rule(Kind::Tier, &tier.id.text, &tier.label, action, list)
    };
    let mut changes = by_id(olds, news, |t| &t.id.text, compare, alone);
    let order = |a: &[Tier], b: &[Tier]| -> Vec<String> {
        a.iter().map(|t| t.id.text.clone()).filter(|id| b.iter().any(|t| t.id.text == *id)).collect()
    };
    let line = |tiers: Option<&Tiers>| tiers.map(|t| t.line.text.clone());
    let (old, new) = (line(pair.old.tiers.as_ref()), line(pair.new.tiers.as_ref()));
    let mut whole: Vec<Detail> =
        texts("line", "准入线", "admission line", old.as_deref(), new.as_deref()).into_iter().collect();
    let (old, new) = (order(olds, news), order(news, olds));
    if old != new {
        let noun = both("层级次序", "the order of the tiers");
        whole.push(changed("tiers", &noun, Some(old.join(" ")), Some(new.join(" "))));
    }
    changes.extend(changed_rule(Kind::Tier, "", &Label::default(), whole));
    changes.extend(rules(pair));
    changes
}

/// A rule of cultivation with its list and its node.
struct Listed<'a> {
    list: &'static str,
    rule: &'a Rule,
    node: Option<NodeId>,
}

fn rules(pair: &Pair<'_>) -> Vec<RuleChange> {
    fn all<'a>(tiers: Option<&'a Tiers>, typed: &Typed) -> Vec<Listed<'a>> {
        let Some(tiers) = tiers else { return Vec::new() };
        let lists = [
            ("selection", &tiers.selection),
            ("bars", &tiers.bars),
            ("success", &tiers.success),
            ("removal", &tiers.removal),
        ];
        let checked = typed.tiers.as_ref().map(typed::Tiers::lists).unwrap_or_default();
        let mut all = Vec::new();
        for ((list, rules), checked) in lists.into_iter().zip(checked) {
            for (at, rule) in rules.iter().enumerate() {
                all.push(Listed { list, rule, node: checked.get(at).map(|r| r.when) });
            }
        }
        all
    }
    let olds = all(pair.old.tiers.as_ref(), pair.meaning.old);
    let news = all(pair.new.tiers.as_ref(), pair.meaning.new);
    let when = noun(Noun::Condition);
    let compare = |(_, a): (usize, &Listed<'_>), (_, b): (usize, &Listed<'_>)| {
        let mut list: Vec<Detail> = Vec::new();
        list.extend(texts("list", "所属", "list", Some(a.list), Some(b.list)));
        list.extend(labels("label", "名称", "name", Some(&a.rule.label), Some(&b.rule.label)));
        list.extend(texts("basis", "依据", "basis", Some(&a.rule.basis), Some(&b.rule.basis)));
        list.extend(pair.expression("when", &when, (a.rule.when.text(), a.node), (b.rule.when.text(), b.node)));
        changed_rule(Kind::Cultivation, &b.rule.id.text, &b.rule.label, list)
    };
    let alone = |_: usize, one: &Listed<'_>, action| {
        let mut list = vec![says("list", &both("所属", "list"), &plain(one.list), one.list.to_owned())];
        if action == Action::Added {
            list.extend(expression("when", &when, one.rule.when.text()));
        }
        whole_rule(Kind::Cultivation, &one.rule.id.text, &one.rule.label, action, list)
    };
    by_id(&olds, &news, |r| &r.rule.id.text, compare, alone)
}
