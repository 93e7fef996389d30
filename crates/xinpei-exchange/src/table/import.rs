//! A points table as a card.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::{Date, limits};

use super::{COLUMNS, Options, Table};
use crate::card::{Baseline, Card, Field, FieldKind, Line, Missing, Points, Scored};
use crate::cells::{Attribute, Comparison, Constant, Operand, Outcome, Predicate, solve};
use crate::failure::{Failure, Findings, Imported};
use crate::names::Names;
use crate::numbers::{self, number};
use crate::write::finish;

/// One row with its cells by name.
struct Row<'a> {
    line: u32,
    cells: &'a [String; 12],
}

impl Row<'_> {
    fn cell(&self, column: &str) -> &str {
        let at = COLUMNS.iter().position(|c| *c == column);
        at.and_then(|at| self.cells.get(at)).map_or("", |cell| cell.trim())
    }

    fn place(&self) -> String {
        match self.cell("characteristic") {
            "" => "row without characteristic".to_owned(),
            name => format!("`{name}`"),
        }
    }
}

/// Makes rule files of a points table.
///
/// # Errors
/// [`Failure::Refused`] with every row that cannot be read, and every gap and overlap.
pub fn import(table: &Table, options: &Options) -> Result<Imported, Failure> {
    let mut out = Findings::default();
    let rows: Vec<Row<'_>> = table.rows.iter().map(|(line, cells)| Row { line: *line, cells }).collect();
    if rows.is_empty() {
        out.refuse(0, "table", "it has no rows");
    }
    let mut facts = facts(&rows, options, &mut out);
    let given = options.fact_digits.keys().chain(options.members.keys());
    out.strangers(given, facts.iter().map(|(field, _)| field.name.as_str()));
    out.settle()?;
    let mut names = Names::default();
    let mut lines = Vec::new();
    let mut done: Vec<&str> = Vec::new();
    for row in &rows {
        let name = row.cell("characteristic");
        if done.contains(&name) {
            continue;
        }
        done.push(name);
        let mine: Vec<&Row<'_>> = rows.iter().filter(|r| r.cell("characteristic") == name).collect();
        let id = names.id("score", name, "line");
        lines.extend(line(name, id, &mine, &mut facts, options, &mut out));
    }
    let own = lines.iter().filter(|l| l.baseline.is_some()).count();
    if own > 0 && own < lines.len() {
        out.refuse(0, "column `baseline`", "some characteristics have one and some do not");
    }
    let card = Card {
        title: options.title.clone(),
        basis: options.basis.clone(),
        note: None,
        fields: facts.into_iter().map(|(field, _)| field).collect(),
        lines,
        reasons: 4,
        baseline: if own > 0 { Baseline::Custom } else { Baseline::Max },
        grades: Vec::new(),
        cases: Vec::new(),
    };
    finish(&card, &options.heading, out)
}

/// The facts of a table in the order of its rows, each as a field and as what predicates look at.
fn facts(rows: &[Row<'_>], options: &Options, out: &mut Findings) -> Vec<(Field, Operand)> {
    let mut names = Names::default();
    let mut order: Vec<&str> = Vec::new();
    let mut by_fact: BTreeMap<&str, Vec<&Row<'_>>> = BTreeMap::new();
    for row in rows {
        let fact = row.cell("fact");
        if !fact.is_empty() {
            by_fact.entry(fact).or_insert_with(|| {
                order.push(fact);
                Vec::new()
            });
            by_fact.entry(fact).and_modify(|list| list.push(row));
        }
    }
    let mut facts = Vec::new();
    for name in order {
        let mine = by_fact.get(name).map(Vec::as_slice).unwrap_or_default();
        let id = names.id("model", name, "fact");
        let kind = kind(name, mine, options, out);
        let field = Field { id: id.clone(), name: name.to_owned(), kind: kind.clone(), missing: Missing::Unknown };
        facts.push((field, Operand { text: id, kind, may_miss: true, as_missing: Vec::new() }));
    }
    facts
}

fn kind(name: &str, rows: &[&Row<'_>], options: &Options, out: &mut Findings) -> FieldKind {
    let edges: Vec<&str> =
        rows.iter().flat_map(|r| [r.cell("from"), r.cell("to")]).filter(|text| !text.is_empty()).collect();
    let mut members: Vec<String> = Vec::new();
    for row in rows {
        let value = row.cell("value");
        if !value.is_empty() && !members.iter().any(|m| m == value) {
            members.push(value.to_owned());
        }
    }
    let line = rows.first().map_or(0, |r| r.line);
    let place = format!("fact `{name}`");
    if !members.is_empty() {
        if !edges.is_empty() {
            out.refuse(line, place, "some of its rows have a `value` and some have edges");
        }
        let more = options.members.get(name);
        if more.is_none() && members.iter().all(|m| m == "true" || m == "false") {
            return FieldKind::Flag;
        }
        for member in more.into_iter().flatten().filter(|m| !members.contains(m)).cloned().collect::<Vec<_>>() {
            members.push(member);
        }
        return FieldKind::Category(members);
    }
    if !edges.is_empty() && edges.iter().all(|text| Date::parse(text).is_some()) {
        return FieldKind::Date;
    }
    let declared: Vec<&str> = rows.iter().map(|r| r.cell("digits")).filter(|text| !text.is_empty()).collect();
    let first = declared.first().copied();
    if declared.iter().any(|d| Some(*d) != first) {
        out.refuse(line, place.clone(), "its rows say different digits");
    }
    let digits = match first {
        Some(text) => text.parse().ok().filter(|d| *d <= 9),
        None => options.fact_digits.get(name).copied().or(options.digits).filter(|d| *d <= 9),
    };
    if digits.is_none() {
        let what = "say with how many digits after the point its values are read, 0 to 9";
        out.refuse(line, place, what);
    }
    FieldKind::Number { digits: digits.unwrap_or(0), from: None, to: None }
}

/// A characteristic of its rows.
fn line(
    name: &str,
    id: String,
    rows: &[&Row<'_>],
    facts: &mut [(Field, Operand)],
    options: &Options,
    out: &mut Findings,
) -> Option<Line> {
    let at = rows.first().map_or(0, |r| r.line);
    let place = if name.is_empty() { "row".to_owned() } else { format!("characteristic `{name}`") };
    if name.is_empty() {
        out.refuse(at, place, "it has no characteristic");
        return None;
    }
    let mut same = |column: &str| {
        let mut texts: Vec<&str> =
            rows.iter().map(|r| r.cell(column)).filter(|t| !t.is_empty() || column == "fact").collect();
        texts.dedup();
        if texts.len() > 1 {
            out.refuse(at, place.clone(), format!("its rows say different things in `{column}`"));
        }
        texts.first().copied().unwrap_or_default()
    };
    let (fact, code, baseline) = (same("fact"), same("code"), same("baseline"));
    let code = (!code.is_empty()).then(|| code.to_owned());
    let baseline = if baseline.is_empty() { None } else { Some(points(baseline, rows.first()?, out)?) };
    let line = |scored, missing| Line { id, name: name.to_owned(), scored, missing, baseline, code };
    if fact.is_empty() {
        let [only] = rows else {
            out.refuse(at, place, "without a fact it has one row");
            return None;
        };
        if ["from", "from_edge", "to", "to_edge", "value", "missing"].iter().any(|c| !only.cell(c).is_empty()) {
            out.refuse(at, place, "without a fact its row has points and nothing else");
            return None;
        }
        let earned = points(only.cell("points"), only, out)?;
        return Some(line(Scored::First(vec![(None, Points::Number(earned))]), earned));
    }
    let operand = facts.iter().position(|(field, _)| field.name == fact)?;
    let kind = facts.get(operand).map(|(field, _)| field.kind.clone())?;
    let attributes: Vec<Option<Attribute>> = rows.iter().map(|row| attribute(row, operand, &kind, out)).collect();
    let attributes: Vec<Attribute> = attributes.into_iter().collect::<Option<_>>()?;
    let operands: Vec<Operand> = facts.iter().map(|(_, operand)| operand.clone()).collect();
    match solve(&attributes, &operands, !options.ordered) {
        Ok(solved) => {
            for at in &solved.required {
                if let Some((field, _)) = facts.get_mut(*at) {
                    field.missing = Missing::Required;
                }
            }
            let (scored, missing) = solved.scored(&operands, &|o| o.points.clone());
            Some(line(scored, missing))
        }
        Err(sentences) => {
            sentences.into_iter().for_each(|what| out.refuse(at, place.clone(), what));
            None
        }
    }
}

fn points(text: &str, row: &Row<'_>, out: &mut Findings) -> Option<Decimal> {
    let points = numbers::points(text);
    if points.is_none() {
        let what =
            format!("`{text}` is no number of points with at most {} digits after the point", limits::POINT_DIGITS);
        out.refuse(row.line, row.place(), what);
    }
    points
}

fn attribute(row: &Row<'_>, operand: usize, kind: &FieldKind, out: &mut Findings) -> Option<Attribute> {
    let refused = out.refused.len();
    let value = row.cell("value");
    let mut parts = Vec::new();
    for (column, inclusive, exclusive) in
        [("from", Comparison::GreaterOrEqual, Comparison::Greater), ("to", Comparison::LessOrEqual, Comparison::Less)]
    {
        let (text, word) = (row.cell(column), row.cell(&format!("{column}_edge")));
        let comparison = match (text.is_empty(), word) {
            (true, "") => continue,
            (true, _) => {
                out.refuse(row.line, row.place(), format!("`{column}_edge` says `{word}` and `{column}` is empty"));
                continue;
            }
            (false, "inclusive") => inclusive,
            (false, "exclusive") => exclusive,
            (false, _) => {
                let what = format!("`{column}_edge` says `{word}`; write `inclusive` or `exclusive`");
                out.refuse(row.line, row.place(), what);
                continue;
            }
        };
        let at = match kind {
            FieldKind::Date => Date::parse(text).map(|d| Decimal::from(d.days())),
            _ => number(text),
        };
        match at {
            Some(at) => parts.push(Predicate::Compare(operand, comparison, Constant::Number(at))),
            None => out.refuse(
                row.line,
                row.place(),
                format!("the edge `{text}` is no number and no date that can be kept exactly"),
            ),
        }
    }
    let missing = match row.cell("missing").to_ascii_lowercase().as_str() {
        "" | "false" => false,
        "true" => true,
        other => {
            out.refuse(row.line, row.place(), format!("`missing` says `{other}`; write `true` or nothing"));
            false
        }
    };
    let predicate = match (missing, value, kind) {
        (true, "", _) if parts.is_empty() => Predicate::Missing(operand, false),
        (true, ..) => {
            out.refuse(row.line, row.place(), "a row for a missing answer has no edges and no value");
            Predicate::False
        }
        (false, "", FieldKind::Number { .. } | FieldKind::Date) => {
            parts.push(Predicate::Missing(operand, true));
            Predicate::And(parts)
        }
        (false, "", _) => {
            out.refuse(row.line, row.place(), "it has no `value`");
            Predicate::False
        }
        (false, value, FieldKind::Flag) => {
            Predicate::Compare(operand, Comparison::Equal, Constant::Member((value == "true").into()))
        }
        (false, value, FieldKind::Category(members)) => {
            let at = members.iter().position(|m| m == value).unwrap_or(usize::MAX / 4);
            Predicate::Compare(operand, Comparison::Equal, Constant::Member(at))
        }
        (false, ..) => {
            out.refuse(row.line, row.place(), "it has a `value` beside the edges of other rows");
            Predicate::False
        }
    };
    let points = points(row.cell("points"), row, out)?;
    (out.refused.len() == refused)
        .then_some(Attribute { predicate, outcome: Outcome { points: Points::Number(points), code: None } })
}
