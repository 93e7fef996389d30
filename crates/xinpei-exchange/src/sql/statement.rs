//! The statement: facts, points, sections, score, grade, one step after the other.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use xinpei::Rulebook;
use xinpei::check::typed::{Band, Characteristic, Edge, Effect, FactKind, Missing, NodeId, Scoring, Type, Typed};
use xinpei::decimal::{self, Rounding};

use super::Options;
use super::expression::{Writer, Written, cast, date, name, number, text};
use crate::failure::{Failure, Findings, Item};

/// Writes a rulebook as one SQL statement, and what it leaves out.
///
/// # Errors
/// [`Failure::Refused`] with everything that SQL cannot carry exactly.
pub fn export(rulebook: &Rulebook, options: &Options) -> Result<(String, Vec<Item>), Failure> {
    let typed = rulebook.typed();
    let mut out = Findings::default();
    let writer = Writer { typed, as_of: options.as_of };
    if typed.manifest.unrated_below.is_some() {
        out.refuse(0, "rulebook.yaml", "a least coverage is not carried");
    }
    for (what, count) in [("outcomes", typed.outcomes.len()), ("measures", typed.measures.len())] {
        if count > 0 {
            out.note(0, what, "left out");
        }
    }
    let mut steps = Vec::new();
    steps.push(("facts", facts(&writer, &options.table, &mut out)));
    let points: Vec<String> = typed
        .characteristics
        .iter()
        .filter_map(|c| match points(&writer, c) {
            Ok(sql) => Some(format!("{sql} AS {}", name(&format!("points {}", c.id)))),
            Err(what) => {
                out.refuse(0, format!("characteristic `{}`", c.id), what);
                None
            }
        })
        .collect();
    steps.push(("points", select(&points, "facts")));
    steps.push(("sections", select(&sections(typed), "points")));
    steps.push(("score", select(&[score(typed, &mut out)], "sections")));
    let fired: Vec<String> = typed
        .overrides
        .iter()
        .filter_map(|rule| match writer.write(rule.when, 0) {
            Ok(sql) => Some(format!("COALESCE({sql}, FALSE) AS {}", name(&format!("override {}", rule.id)))),
            Err(what) => {
                out.refuse(0, format!("override `{}`", rule.id), what);
                None
            }
        })
        .collect();
    if !fired.is_empty() {
        steps.push(("overrides", select(&fired, "score")));
    }
    let before = if fired.is_empty() { "score" } else { "overrides" };
    steps.push(("positions", select(&[position(typed)], before)));
    steps.push(("ranks", select(&[rank(typed)], "positions")));
    out.settle()?;
    let mut sql = format!("-- {} {}, {}\nWITH ", rulebook.id(), rulebook.version(), rulebook.digest());
    let steps: Vec<String> = steps.into_iter().map(|(step, body)| format!("{step} AS (\n{body}\n)")).collect();
    sql.push_str(&steps.join(",\n"));
    sql.push_str(&result(typed));
    Ok((sql, out.notes))
}

/// A step: everything so far, and more columns.
fn select(columns: &[String], from: &str) -> String {
    let mut sql = "  SELECT *".to_owned();
    for column in columns {
        let _ = write!(sql, ",\n    {column}");
    }
    let _ = write!(sql, "\n  FROM {from}");
    sql
}

/// Facts as the rules see them, and whether a value is a fault.
fn facts(writer: &Writer<'_>, table: &str, out: &mut Findings) -> String {
    let mut columns = vec!["\"enterprise\"".to_owned()];
    let mut faults = Vec::new();
    for (at, fact) in writer.typed.facts.iter().enumerate() {
        let FactKind::Value(value) = &fact.kind else {
            if fact.missing == Missing::Required {
                out.refuse(0, format!("fact `{}`", fact.id), "a table of events is required");
            }
            continue;
        };
        let column = name(&fact.id);
        let (good, exact) = match &value.ty {
            Type::Number(n) => {
                let edge = |units| number(decimal::from_units(units, n.digits));
                let good = format!(
                    "{column} BETWEEN {} AND {} AND {column} = round({column}, {})",
                    edge(n.low),
                    edge(n.high),
                    n.digits
                );
                match cast(&column, n) {
                    Ok(exact) => (good, exact),
                    Err(what) => {
                        out.refuse(0, format!("fact `{}`", fact.id), what);
                        continue;
                    }
                }
            }
            Type::Date => {
                let (from, to) = (value.dates.0.days().into(), value.dates.1.days().into());
                (format!("{column} BETWEEN {} AND {}", date(from), date(to)), column.clone())
            }
            Type::Category(_) => {
                let members = writer.members(at).unwrap_or_default();
                (format!("{column} IN ({})", members.join(", ")), column.clone())
            }
            Type::Flag | Type::Grade => (format!("{column} IN (TRUE, FALSE)"), column.clone()),
        };
        match means(writer, at, fact.missing, &value.ty) {
            Some(means) => columns
                .push(format!("CASE WHEN {column} IS NULL THEN {means} WHEN {good} THEN {exact} END AS {column}")),
            None => columns.push(format!("CASE WHEN {good} THEN {exact} END AS {column}")),
        }
        let bad = format!("NOT ({good})");
        faults.push(if fact.missing == Missing::Required {
            format!("COALESCE({bad}, TRUE)")
        } else {
            format!("COALESCE({bad}, FALSE)")
        });
    }
    let faulty = if faults.is_empty() { "FALSE".to_owned() } else { faults.join("\n      OR ") };
    columns.push(format!("({faulty}) AS \"faulty\""));
    format!("  SELECT {}\n  FROM {table}", columns.join(",\n    "))
}

/// What the absence of a fact stands for.
fn means(writer: &Writer<'_>, fact: usize, missing: Missing, ty: &Type) -> Option<String> {
    let Missing::Means(units) = missing else { return None };
    match ty {
        Type::Number(n) => cast(&number(decimal::from_units(units.into(), n.digits)), n).ok(),
        Type::Date => Some(date(units.into())),
        Type::Flag => Some((if units == 1 { "TRUE" } else { "FALSE" }).to_owned()),
        _ => writer.members(fact)?.get(usize::try_from(units).ok()?).cloned(),
    }
}

/// The points of a characteristic.
fn points(writer: &Writer<'_>, c: &Characteristic) -> Written {
    let missing = number(c.missing);
    let sql = match &c.scoring {
        Scoring::Bands(of, bands) => {
            let value = writer.write(*of, 0)?;
            format!("CASE WHEN {value} IS NULL THEN {missing} {} END", banded(writer, *of, &value, bands))
        }
        Scoring::Members(of, points) => {
            let value = writer.write(*of, 0)?;
            let names: Vec<String> = match &writer.typed.arena.node(*of).ty {
                Type::Category(category) => {
                    let at = usize::try_from(*category).unwrap_or(usize::MAX);
                    let members = writer.typed.categories.get(at).ok_or("it has no members")?;
                    members.names().map(text).collect()
                }
                _ => vec!["FALSE".to_owned(), "TRUE".to_owned()],
            };
            let cases: Vec<String> = names
                .iter()
                .zip(points)
                .map(|(name, p)| format!("WHEN {value} = {name} THEN {}", number(*p)))
                .collect();
            format!("CASE {} ELSE {missing} END", cases.join(" "))
        }
        Scoring::Grid(of, second, rows) => {
            let (value, other) = (writer.write(*of, 0)?, writer.write(*second, 0)?);
            let mut sql = format!("CASE WHEN {value} IS NULL OR {other} IS NULL THEN {missing}");
            for (edge, bands) in rows {
                let inner = format!("CASE {} END", banded(writer, *second, &other, bands));
                let _ = match edge {
                    Some(edge) => write!(sql, " WHEN {value} {} THEN {inner}", bound(writer, *of, *edge)),
                    None => write!(sql, " ELSE {inner}"),
                };
            }
            sql + " END"
        }
        Scoring::First(rows) => {
            let mut sql = "COALESCE(CASE".to_owned();
            for (when, points) in rows {
                let points = writer.write(*points, 0)?;
                let _ = match when {
                    Some(when) => {
                        let when = writer.write(*when, 0)?;
                        write!(sql, " WHEN {when} IS NULL THEN NULL WHEN {when} THEN {points}")
                    }
                    None => write!(sql, " ELSE {points}"),
                };
            }
            if rows.len() == 1 {
                let points = rows.first().map_or(Ok(String::new()), |(_, p)| writer.write(*p, 0))?;
                sql = format!("COALESCE(CASE WHEN TRUE THEN {points}");
            }
            format!("{sql} END, {missing})")
        }
        Scoring::Formula(of, least, most) => {
            let value = writer.write(*of, 0)?;
            let (least, most) = (number(*least), number(*most));
            format!(
                "CASE WHEN {value} IS NULL THEN {missing} WHEN {value} < {least} THEN {least} WHEN {value} > {most} THEN {most} ELSE {value} END"
            )
        }
        Scoring::Each(_) => return Err("it looks at events"),
    };
    cast(&sql, &c.points)
}

/// The cases of bands, the last one open.
fn banded(writer: &Writer<'_>, of: NodeId, value: &str, bands: &[Band]) -> String {
    let one = bands.len() == 1;
    let case = |band: &Band| match band.edge {
        Some(edge) => format!("WHEN {value} {} THEN {}", bound(writer, of, edge), number(band.points)),
        None if one => format!("WHEN TRUE THEN {}", number(band.points)),
        None => format!("ELSE {}", number(band.points)),
    };
    bands.iter().map(case).collect::<Vec<_>>().join(" ")
}

/// A comparison with an upper edge.
fn bound(writer: &Writer<'_>, of: NodeId, edge: Edge) -> String {
    let sign = if edge.inclusive { "<=" } else { "<" };
    match &writer.typed.arena.node(of).ty {
        Type::Number(n) => format!("{sign} {}", number(decimal::from_units(edge.at, n.digits))),
        _ => format!("{sign} {}", date(edge.at)),
    }
}

/// The points of each section.
fn sections(typed: &Typed) -> Vec<String> {
    let section = |s: &xinpei::check::typed::Section| {
        let lines = typed.characteristics.get(s.characteristics.clone()).unwrap_or_default();
        let parts: Vec<String> = lines.iter().map(|c| name(&format!("points {}", c.id))).collect();
        let mut sql = if parts.is_empty() { "0".to_owned() } else { parts.join(" + ") };
        if let Some(floor) = s.floor {
            sql = format!("GREATEST({sql}, {})", number(floor));
        }
        if let Some(max) = s.max {
            sql = format!("LEAST({sql}, {})", number(max));
        }
        let sql = cast(&sql, &s.points).unwrap_or(sql);
        format!("{sql} AS {}", name(&format!("section {}", s.id)))
    };
    typed.sections.iter().map(section).collect()
}

/// The sum of the sections, rounded once.
fn score(typed: &Typed, out: &mut Findings) -> String {
    let parts: Vec<String> = typed.sections.iter().map(|s| name(&format!("section {}", s.id))).collect();
    let mut sql = parts.join(" + ");
    let digits = typed.sections.iter().map(|s| s.points.digits).max().unwrap_or(0);
    if digits > typed.score.digits {
        if typed.manifest.rounding != Rounding::HalfUp {
            let what = format!("the score is rounded `{}`; only half_up is carried", typed.manifest.rounding.word());
            out.refuse(0, "rulebook.yaml", what);
        }
        sql = format!("round({sql}, {})", typed.score.digits);
    }
    match cast(&sql, &typed.score) {
        Ok(sql) => format!("{sql} AS \"total\""),
        Err(what) => {
            out.refuse(0, "score", what);
            String::new()
        }
    }
}

/// Columns of overrides whose effect is chosen, each with what the effect says.
fn fired<'a, T>(typed: &'a Typed, pick: impl Fn(Effect) -> Option<T> + 'a) -> impl Iterator<Item = (String, T)> + 'a {
    typed.overrides.iter().filter_map(move |rule| Some((name(&format!("override {}", rule.id)), pick(rule.effect)?)))
}

/// Positions of the grades that a score can reach, 0 the last, and their indices.
fn banded_grades(typed: &Typed) -> Vec<(usize, Option<Decimal>)> {
    let banded = typed.grades.iter().enumerate().filter(|(_, g)| !g.by_override);
    banded.map(|(index, grade)| (index, grade.from)).collect()
}

fn position(typed: &Typed) -> String {
    let grades = banded_grades(typed);
    let last = grades.len().saturating_sub(1);
    let mut sql = "CASE".to_owned();
    for (at, (_, from)) in grades.iter().enumerate() {
        if let Some(from) = from {
            let _ = write!(sql, " WHEN \"total\" >= {} THEN {}", number(*from), last - at);
        }
    }
    sql = if last == 0 { "0".to_owned() } else { sql + " ELSE 0 END" };
    let notches = |effect| match effect {
        Effect::Notch(notches) => Some(notches),
        _ => None,
    };
    for (column, notches) in fired(typed, notches) {
        let _ = write!(sql, " + CASE WHEN {column} THEN {notches} ELSE 0 END");
    }
    format!("LEAST(GREATEST({sql}, 0), {last}) AS \"position\"")
}

/// The rank of the grade, greater is better: notches are in the position, then caps, then vetoes.
fn rank(typed: &Typed) -> String {
    let grades = banded_grades(typed);
    let (count, last) = (typed.grades.len(), grades.len().saturating_sub(1));
    let rank = |index: usize| count.saturating_sub(1 + index);
    let cases: Vec<String> =
        grades.iter().enumerate().map(|(at, (index, _))| format!("WHEN {} THEN {}", last - at, rank(*index))).collect();
    let mut capped = format!("CASE \"position\" {} END", cases.join(" "));
    let cap = |effect| match effect {
        Effect::Cap(index) => Some(index),
        _ => None,
    };
    for (column, index) in fired(typed, cap) {
        capped = format!("LEAST({capped}, CASE WHEN {column} THEN {} ELSE {count} END)", rank(index));
    }
    let veto = |effect| match effect {
        Effect::Veto(index) => Some(index),
        _ => None,
    };
    let vetoes: Vec<String> = fired(typed, veto)
        .map(|(column, index)| format!("CASE WHEN {column} THEN {} ELSE {count} END", rank(index)))
        .collect();
    if vetoes.is_empty() {
        return format!("{capped} AS \"rank\"");
    }
    let veto = format!("LEAST({}, {count})", vetoes.join(", "));
    format!("CASE WHEN {veto} < {count} THEN {veto} ELSE {capped} END AS \"rank\"")
}

/// What is given for each row.
fn result(typed: &Typed) -> String {
    let unrated = |effect| (effect == Effect::Unrated).then_some(());
    let unrated: Vec<String> = fired(typed, unrated).map(|(column, ())| column).collect();
    let mut status = "CASE WHEN \"faulty\" THEN 'refer'".to_owned();
    if !unrated.is_empty() {
        let _ = write!(status, " WHEN {} THEN 'unrated'", unrated.join(" OR "));
    }
    status.push_str(" ELSE 'rated' END");
    let without =
        if unrated.is_empty() { "\"faulty\"".to_owned() } else { format!("\"faulty\" OR {}", unrated.join(" OR ")) };
    let count = typed.grades.len();
    let grades: Vec<String> = typed
        .grades
        .iter()
        .enumerate()
        .map(|(at, g)| format!("WHEN {} THEN {}", count - 1 - at, text(&g.id)))
        .collect();
    format!(
        "\nSELECT\n  \"enterprise\",\n  {status} AS \"status\",\n  CASE WHEN {without} THEN NULL ELSE \"total\" END AS \"score\",\n  CASE WHEN {without} THEN NULL ELSE CASE \"rank\" {} END END AS \"grade\"\nFROM ranks\n",
        grades.join(" ")
    )
}
