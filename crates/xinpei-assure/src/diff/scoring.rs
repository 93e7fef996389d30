//! How a characteristic is scored: band by band, member by member, line by line.

use rust_decimal::Decimal;
use xinpei::Label;
use xinpei::author::source::{self, Deduct, Per};
use xinpei::check::typed::{Band, Edge, FactKind, NodeId, Op, Scoring, Type, Typed};
use xinpei::decimal;
use xinpei::explain::words::Noun;

use super::bands::{Bands, runs, stretches};
use super::meaning::members;
use super::{Detail, Pair, changed, says, turned};
use crate::words::{both, join, noun, number, plain, points, squeeze};

/// One characteristic of a rulebook: as its author wrote it, and checked.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) typed: &'a Typed,
    pub(super) written: &'a source::Scoring,
    pub(super) scoring: &'a Scoring,
}

/// What is different between two ways to score.
pub(super) fn compare(pair: &Pair<'_>, a: Line<'_>, b: Line<'_>) -> Vec<Detail> {
    let mut list = Vec::new();
    match (a.scoring, b.scoring) {
        (Scoring::Bands(x, olds), Scoring::Bands(y, news)) => {
            list.extend(of(pair, (a, Some(*x)), (b, Some(*y))));
            list.extend(bands(("points", None), (&ty(a, *x), olds), (&ty(b, *y), news)));
        }
        (Scoring::Members(x, olds), Scoring::Members(y, news)) => {
            list.extend(of(pair, (a, Some(*x)), (b, Some(*y))));
            list.extend(by_member("points", named(a.typed, *x, olds), named(b.typed, *y, news)));
        }
        (Scoring::Grid(x1, x2, olds), Scoring::Grid(y1, y2, news)) => {
            if !(pair.meaning.same(*x1, *y1) && pair.meaning.same(*x2, *y2)) {
                list.extend(
                    of(pair, (a, Some(*x1)), (b, Some(*y1))).or_else(|| of(pair, (a, Some(*x2)), (b, Some(*y2)))),
                );
            }
            list.extend(grid((&ty(a, *x1), &ty(a, *x2), olds), (&ty(b, *y1), &ty(b, *y2), news)));
        }
        (Scoring::First(_), Scoring::First(_)) => list.extend(first(pair, a, b)),
        (Scoring::Each(_), Scoring::Each(_)) => list.extend(each(pair, a, b)),
        (Scoring::Formula(x, ..), Scoring::Formula(y, ..)) => list.extend(formula(pair, (a, *x), (b, *y))),
        (old, new) => {
            let noun = both("计分方式", "the way to score");
            let (old, new) = (way(old), way(new));
            let record = |label: &Label| Some(label.text("en").to_owned());
            list.push(turned("points", &noun, &old, &new, record(&old), record(&new)));
            list.extend(describe(b));
        }
    }
    list
}

/// What a new characteristic says.
pub(super) fn describe(line: Line<'_>) -> Vec<Detail> {
    let mut list = Vec::new();
    let text = of_text(line.written);
    if !text.is_empty() {
        list.push(says("of", &noun(Noun::Scored), &plain(&text), text.clone()));
    }
    let amount = |value: Decimal| (points(value), number(value));
    match line.scoring {
        Scoring::Bands(id, all) => {
            let ty = ty(line, *id);
            let edges: Vec<Option<Edge>> = all.iter().map(|b| b.edge).collect();
            let bands = Bands { edges: &edges, ty: &ty };
            for stretch in stretches(bands, bands) {
                let (text, value) = amount(all.get(stretch.new).map(|b| b.points).unwrap_or_default());
                list.push(says("points", &stretch.said(&ty), &text, value));
            }
        }
        Scoring::Members(id, all) => {
            for (_, label, value) in named(line.typed, *id, all) {
                let (text, value) = amount(value);
                list.push(says("points", &label, &text, value));
            }
        }
        Scoring::Grid(x, y, rows) => {
            let (tx, ty) = (ty(line, *x), ty(line, *y));
            let edges: Vec<Option<Edge>> = rows.iter().map(|(edge, _)| *edge).collect();
            let outer = Bands { edges: &edges, ty: &tx };
            for row in stretches(outer, outer) {
                let Some((_, inner)) = rows.get(row.new) else { continue };
                let edges: Vec<Option<Edge>> = inner.iter().map(|b| b.edge).collect();
                let bands = Bands { edges: &edges, ty: &ty };
                for cell in stretches(bands, bands) {
                    let (text, value) = amount(inner.get(cell.new).map(|b| b.points).unwrap_or_default());
                    let place = join(&[&row.said(&tx), &cell.said(&ty)], " · ", " · ");
                    list.push(says("points", &place, &text, value));
                }
            }
        }
        Scoring::First(_) => {
            if let source::Scoring::First(rows) = line.written {
                for row in rows {
                    let (when, value) = (row.when.as_ref().and_then(|n| n.text()), row.points.text().unwrap_or(""));
                    list.push(says("first", &condition(when), &plain(squeeze(value)), squeeze(value)));
                }
            }
        }
        Scoring::Each(each) => {
            let (start, most) = (amount(each.start), amount(each.at_most));
            list.push(says("start", &both("无记录时", "without any event"), &start.0, start.1));
            if let source::Scoring::Each { deduct, filter, .. } = line.written {
                if let Some(filter) = filter.as_ref().and_then(|n| n.text()) {
                    list.push(says(
                        "where",
                        &both("计入条件", "which events count"),
                        &plain(squeeze(filter)),
                        squeeze(filter),
                    ));
                }
                let cost = deduct_text(deduct);
                list.push(says("deduct", &both("每条扣分", "each event costs"), &plain(&cost), cost.clone()));
            }
            list.push(says("at_most", &both("扣分上限", "ceiling of deductions"), &most.0, most.1));
        }
        Scoring::Formula(_, least, most) => {
            let (least, most) = (amount(*least), amount(*most));
            list.push(says("at_least", &both("不低于", "at least"), &least.0, least.1));
            list.push(says("at_most", &both("不超过", "at most"), &most.0, most.1));
        }
    }
    list
}

fn way(scoring: &Scoring) -> Label {
    match scoring {
        Scoring::Bands(..) => both("分档", "bands"),
        Scoring::Members(..) => both("按类别", "points of each member"),
        Scoring::Grid(..) => both("两项交叉分档", "bands of two values"),
        Scoring::First(_) => both("逐条判断", "conditions from top to bottom"),
        Scoring::Each(_) => both("按记录扣分", "deductions for each event"),
        Scoring::Formula(..) => both("公式", "a formula"),
    }
}

fn ty(line: Line<'_>, id: NodeId) -> Type {
    line.typed.arena.node(id).ty.clone()
}

/// The words of what is scored.
fn of_text(written: &source::Scoring) -> String {
    let text = |node: &source::Node| node.text().map(squeeze).unwrap_or_default();
    match written {
        source::Scoring::Points { of, .. } => of.iter().map(text).collect::<Vec<_>>().join(" / "),
        source::Scoring::Each { table, .. } => text(table),
        source::Scoring::Formula { formula, .. } => text(formula),
        source::Scoring::First(_) => String::new(),
    }
}

fn of(pair: &Pair<'_>, (a, x): (Line<'_>, Option<NodeId>), (b, y): (Line<'_>, Option<NodeId>)) -> Option<Detail> {
    let (old, new) = (of_text(a.written), of_text(b.written));
    pair.expression("of", &noun(Noun::Scored), (Some(&old), x), (Some(&new), y))
}

/// Old and new points.
fn step(old: Decimal, new: Decimal) -> Label {
    let (a, b) = (number(old), number(new));
    both(format!("{a} → {b} 分"), format!("{a} → {b} points"))
}

fn moved(field: &'static str, place: &Label, old: Decimal, new: Decimal) -> Detail {
    let text = join(&[place, &step(old, new)], "：", ": ");
    Detail { field, text, old: Some(number(old)), new: Some(number(new)) }
}

/// Where the points of two lists of bands differ. `row` stands before each, if there is one.
fn bands(
    (field, row): (&'static str, Option<&Label>),
    (old_ty, olds): (&Type, &[Band]),
    (new_ty, news): (&Type, &[Band]),
) -> Vec<Detail> {
    let edges = |bands: &[Band]| bands.iter().map(|b| b.edge).collect::<Vec<_>>();
    let (old_edges, new_edges) = (edges(olds), edges(news));
    let list = stretches(Bands { edges: &old_edges, ty: old_ty }, Bands { edges: &new_edges, ty: new_ty });
    let key = |s: &super::bands::Stretch| {
        let (old, new) = (olds.get(s.old)?.points, news.get(s.new)?.points);
        (old != new).then_some((old, new))
    };
    let said = |(stretch, (old, new)): (super::bands::Stretch, (Decimal, Decimal))| {
        let place = stretch.said(new_ty);
        moved(field, &row.map_or_else(|| place.clone(), |row| join(&[row, &place], " · ", " · ")), old, new)
    };
    runs(list, key).into_iter().map(said).collect()
}

type Rows = [(Option<Edge>, Vec<Band>)];

fn grid((x1, x2, olds): (&Type, &Type, &Rows), (y1, y2, news): (&Type, &Type, &Rows)) -> Vec<Detail> {
    let edges = |rows: &Rows| rows.iter().map(|(edge, _)| *edge).collect::<Vec<_>>();
    let (old_edges, new_edges) = (edges(olds), edges(news));
    let rows = stretches(Bands { edges: &old_edges, ty: x1 }, Bands { edges: &new_edges, ty: y1 });
    let mut list = Vec::new();
    for row in rows {
        let (Some((_, old)), Some((_, new))) = (olds.get(row.old), news.get(row.new)) else { continue };
        list.extend(bands(("points", Some(&row.said(y1))), (x2, old), (y2, new)));
    }
    list
}

/// The members of what is scored: name, label and points, in their order.
fn named(typed: &Typed, id: NodeId, values: &[Decimal]) -> Vec<(String, Label, Decimal)> {
    let node = typed.arena.node(id);
    let labels: &[Label] = match &node.op {
        Op::Fact(fact) => {
            let fact = usize::try_from(*fact).ok().and_then(|i| typed.facts.get(i)).map(|f| &f.kind);
            if let Some(FactKind::Value(value)) = fact { &value.labels } else { &[] }
        }
        Op::Field(fact, field) => {
            let fact = usize::try_from(*fact).ok().and_then(|i| typed.facts.get(i)).map(|f| &f.kind);
            let Some(FactKind::Events(events)) = fact else { return Vec::new() };
            usize::try_from(*field).ok().and_then(|i| events.fields.get(i)).map_or(&[], |f| &f.value.labels)
        }
        _ => &[],
    };
    let flag = matches!(node.ty, Type::Flag);
    let said = |(at, (name, value)): (usize, (String, &Decimal))| {
        let label = match (labels.get(at), name.as_str()) {
            (_, "true") if flag => both("是", "yes"),
            (_, "false") if flag => both("否", "no"),
            (Some(label), _) => {
                let with = |text: &str| if text == name { name.clone() } else { format!("{text} ({name})") };
                both(with(label.text("zh")), with(label.text("en")))
            }
            (None, name) => plain(name),
        };
        (name, label, *value)
    };
    members(typed, &node.ty).into_iter().zip(values).enumerate().map(said).collect()
}

fn by_member(
    field: &'static str,
    olds: Vec<(String, Label, Decimal)>,
    news: Vec<(String, Label, Decimal)>,
) -> Vec<Detail> {
    let find = |list: &[(String, Label, Decimal)], name: &str| list.iter().find(|(n, ..)| n == name).map(|m| m.2);
    let mut list = Vec::new();
    for (name, label, value) in &news {
        match find(&olds, name) {
            Some(old) if old == *value => {}
            Some(old) => list.push(moved(field, label, old, *value)),
            None => list.push(turned(field, label, &both("无", "none"), &points(*value), None, Some(number(*value)))),
        }
    }
    for (_, label, value) in olds.iter().filter(|(name, ..)| find(&news, name).is_none()) {
        list.push(turned(field, label, &points(*value), &both("无", "none"), Some(number(*value)), None));
    }
    list
}

fn condition(when: Option<&str>) -> Label {
    match when.map(squeeze) {
        Some(when) => both(format!("当 {when}"), format!("when {when}")),
        None => both("其余", "otherwise"),
    }
}

/// Lines of `first`: those with one condition are compared, the others went or came.
fn first(pair: &Pair<'_>, a: Line<'_>, b: Line<'_>) -> Vec<Detail> {
    let (Scoring::First(x), Scoring::First(y)) = (a.scoring, b.scoring) else { return Vec::new() };
    let (source::Scoring::First(olds), source::Scoring::First(news)) = (a.written, b.written) else {
        return Vec::new();
    };
    let mut list = Vec::new();
    let mut taken = vec![false; x.len()];
    let mut order = Vec::new();
    for ((when, value), row) in y.iter().zip(news) {
        let same = x
            .iter()
            .enumerate()
            .position(|(i, (w, _))| taken.get(i) == Some(&false) && pair.meaning.same_option(*w, *when));
        let place = condition(row.when.as_ref().and_then(|n| n.text()));
        let new_text = row.points.text().map(squeeze).unwrap_or_default();
        let Some(at) = same else {
            list.push(turned(
                "first",
                &place,
                &both("无此条", "no such line"),
                &plain(&new_text),
                None,
                Some(new_text.clone()),
            ));
            continue;
        };
        if let Some(taken) = taken.get_mut(at) {
            *taken = true;
        }
        order.push(at);
        if let (Some((_, before)), Some(old)) = (x.get(at), olds.get(at)) {
            list.extend(pair.expression(
                "first",
                &place,
                (old.points.text(), Some(*before)),
                (Some(&new_text), Some(*value)),
            ));
        }
    }
    for (row, _) in olds.iter().zip(&taken).filter(|(_, taken)| !**taken) {
        let text = row.points.text().map(squeeze).unwrap_or_default();
        let place = condition(row.when.as_ref().and_then(|n| n.text()));
        list.push(turned("first", &place, &plain(&text), &both("无此条", "no such line"), Some(text.clone()), None));
    }
    if !order.is_sorted() {
        let text = both("各条的先后有变", "the lines stand in another order");
        list.push(Detail { field: "first", text, old: None, new: None });
    }
    list
}

fn deduct_text(deduct: &Deduct) -> String {
    match deduct {
        Deduct::Expression(node) => node.text().map(squeeze).unwrap_or_default(),
        Deduct::Points(node, written) => {
            let of = node.text().map(squeeze).unwrap_or_default();
            let one = |name: &str, value: Decimal| format!("{name} {}", number(value));
            let all: Vec<String> = match written {
                source::Points::Members(all, _) => all.iter().map(|(name, n)| one(&name.text, n.value)).collect(),
                source::Points::Bands(all, _) => {
                    let edge = |band: &source::Band| match &band.edge {
                        Some(edge) => {
                            let word = if edge.inclusive { "≤" } else { "<" };
                            format!("{word} {}", edge.node.text().unwrap_or(""))
                        }
                        None => "…".to_owned(),
                    };
                    let points = |band: &source::Band| band.points.map(|n| n.value).unwrap_or_default();
                    all.iter().map(|band| one(&edge(band), points(band))).collect()
                }
            };
            format!("{of}: {}", all.join(", "))
        }
    }
}

fn per(per: Per) -> (Label, &'static str) {
    match per {
        Per::Event => (both("每条记录", "every event"), "event"),
        Per::Month => (both("每月最重的一条", "the dearest of each month"), "month"),
        Per::Once => (both("最重的一条", "the dearest of all"), "once"),
    }
}

fn each(pair: &Pair<'_>, a: Line<'_>, b: Line<'_>) -> Vec<Detail> {
    let (Scoring::Each(x), Scoring::Each(y)) = (a.scoring, b.scoring) else { return Vec::new() };
    let (
        source::Scoring::Each { filter: old_filter, deduct: old_deduct, .. },
        source::Scoring::Each { filter: new_filter, deduct: new_deduct, .. },
    ) = (a.written, b.written)
    else {
        return Vec::new();
    };
    let mut list = Vec::new();
    let table =
        |typed: &Typed, at: u32| usize::try_from(at).ok().and_then(|i| typed.facts.get(i)).map(|f| f.id.clone());
    let (old, new) = (table(a.typed, x.table), table(b.typed, y.table));
    if old != new {
        list.push(changed("each", &both("扣分记录", "events of"), old, new));
    }
    let text = |node: &'_ Option<source::Node>| node.as_ref().and_then(|n| n.text()).map(str::to_owned);
    let (old, new) = (text(old_filter), text(new_filter));
    let noun = both("计入条件", "which events count");
    list.extend(pair.expression("where", &noun, (old.as_deref(), x.mask), (new.as_deref(), y.mask)));
    if x.start != y.start {
        list.push(moved("start", &both("无记录时", "without any event"), x.start, y.start));
    }
    list.extend(deduct(pair, (a, x.cost, old_deduct), (b, y.cost, new_deduct)));
    if x.per != y.per {
        let ((p, old), (q, new)) = (per(x.per), per(y.per));
        list.push(turned("per", &both("计次", "counted"), &p, &q, Some(old.into()), Some(new.into())));
    }
    if x.at_most != y.at_most {
        list.push(moved("at_most", &both("扣分上限", "ceiling of deductions"), x.at_most, y.at_most));
    }
    list
}

fn deduct(
    pair: &Pair<'_>,
    (a, x, old): (Line<'_>, NodeId, &Deduct),
    (b, y, new): (Line<'_>, NodeId, &Deduct),
) -> Vec<Detail> {
    if pair.meaning.same(x, y) {
        return Vec::new();
    }
    let noun = both("每条扣分", "each event costs");
    let before = |list: Vec<Detail>| {
        let with = |mut detail: Detail| {
            detail.text = join(&[&noun, &detail.text], "，", ", ");
            detail
        };
        list.into_iter().map(with).collect()
    };
    let amounts = |line: Line<'_>, id: NodeId, list: &[i64]| -> Vec<Decimal> {
        let digits = line.typed.arena.node(id).ty.number().map_or(0, |n| n.digits);
        list.iter().map(|units| decimal::from_units((*units).into(), digits)).collect()
    };
    match (&a.typed.arena.node(x).op, &b.typed.arena.node(y).op) {
        (Op::Members(p, olds), Op::Members(q, news)) if pair.meaning.same(*p, *q) => {
            let (olds, news) = (amounts(a, x, olds), amounts(b, y, news));
            before(by_member("deduct", named(a.typed, *p, &olds), named(b.typed, *q, &news)))
        }
        (Op::Bands(p, edges, olds), Op::Bands(q, others, news)) if pair.meaning.same(*p, *q) => {
            let rows = |edges: &[Edge], list: Vec<Decimal>| -> Vec<Band> {
                let edges = edges.iter().copied().map(Some).chain([None]);
                edges.zip(list).map(|(edge, points)| Band { edge, points }).collect()
            };
            let (olds, news) = (rows(edges, amounts(a, x, olds)), rows(others, amounts(b, y, news)));
            before(bands(("deduct", None), (&ty(a, *p), &olds), (&ty(b, *q), &news)))
        }
        _ => {
            let (old, new) = (deduct_text(old), deduct_text(new));
            pair.expression("deduct", &noun, (Some(&old), Some(x)), (Some(&new), Some(y))).into_iter().collect()
        }
    }
}

fn formula(pair: &Pair<'_>, (a, x): (Line<'_>, NodeId), (b, y): (Line<'_>, NodeId)) -> Vec<Detail> {
    let (Scoring::Formula(_, l1, m1), Scoring::Formula(_, l2, m2)) = (a.scoring, b.scoring) else { return Vec::new() };
    let (old, new) = (of_text(a.written), of_text(b.written));
    let mut list = Vec::new();
    list.extend(pair.expression("formula", &both("公式", "formula"), (Some(&old), Some(x)), (Some(&new), Some(y))));
    if l1 != l2 {
        list.push(moved("at_least", &both("不低于", "at least"), *l1, *l2));
    }
    if m1 != m2 {
        list.push(moved("at_most", &both("不超过", "at most"), *m1, *m2));
    }
    list
}
