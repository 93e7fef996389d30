//! A scorecard of any size as rule files, and enterprises from a seed.
//!
//! Attributes in turn: money in fen, ratios with four digits, grades of five members, counts, days
//! since a date, flags; 5 % of all values are missing. Each characteristic has 3 to 7 bands and
//! decimal points; four sections with caps; six overrides; ten grades; four reasons.

use std::fmt::Write;

use xinpei::author::folder::RuleFiles;
use xinpei::{Batch, BatchBuilder, Cell, Date, Rulebook};

/// A number sequence that is the same everywhere (SplitMix64).
#[derive(Clone, Debug)]
pub struct Seed(pub u64);

impl Seed {
    /// The next number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

/// How a characteristic is scored, in whole units: the same numbers for rules and hand-written code.
#[derive(Clone, Debug)]
pub struct Line {
    /// Which kind of attribute: 0 money, 1 ratio, 2 grade, 3 count, 4 date, 5 flag.
    pub kind: u64,
    /// Upper edges, inclusive, in units; days since for dates.
    pub edges: Vec<i64>,
    /// Points in tenths, one more than edges; by member for grades and flags.
    pub points: Vec<i64>,
    /// Points in tenths when missing.
    pub missing: i64,
}

/// A card of so many characteristics.
#[must_use]
pub fn card(size: usize) -> Vec<Line> {
    let mut seed = Seed(25);
    let line = |i: usize| {
        let kind = i as u64 % 6;
        let bands = match kind {
            2 => 5,
            5 => 2,
            _ => 3 + seed.below(5),
        };
        let step = match kind {
            0 => 20_000_000,
            1 => 1_200,
            3 => 9,
            _ => 300,
        };
        let edges = if matches!(kind, 2 | 5) {
            Vec::new()
        } else {
            (1..bands.cast_signed()).map(|b| b * step + seed.below(step.cast_unsigned() / 2).cast_signed()).collect()
        };
        let top = 200 + seed.below(200).cast_signed();
        let points = (0..bands.cast_signed()).map(|b| top - b * top / (bands.cast_signed() - 1)).collect();
        Line { kind, edges, points, missing: top / 4 }
    };
    (0..size).map(line).collect()
}

/// The card with one band changed: what the second band of the second line is worth falls by one
/// point, which moves every enterprise in that band.
#[must_use]
pub fn with_other_points(lines: &[Line]) -> Vec<Line> {
    changed(lines, |line| line.points.get_mut(1).map(|points| *points -= 10))
}

/// The card with one band changed: the first edge of the second line moves a tenth up.
#[must_use]
pub fn with_other_edge(lines: &[Line]) -> Vec<Line> {
    changed(lines, |line| line.edges.first_mut().map(|edge| *edge += *edge / 10))
}

fn changed(lines: &[Line], change: impl Fn(&mut Line) -> Option<()>) -> Vec<Line> {
    let mut lines = lines.to_vec();
    lines.get_mut(1).and_then(change);
    lines
}

fn tenths(n: i64) -> String {
    format!("{}{}.{}", if n < 0 { "-" } else { "" }, n.abs() / 10, n.abs() % 10)
}

const LABEL: &str = "{zh: 某, en: some}";
const MEMBERS: [&str; 5] = ["A", "B", "M", "C", "D"];
const GRADES: [&str; 10] = ["AAA", "AA", "A", "BBB", "BB", "B", "CCC", "CC", "C", "D"];

/// The card as rule files.
#[must_use]
pub fn rule_files(lines: &[Line]) -> RuleFiles {
    let mut facts = format!("department: all\nlabel: {LABEL}\nfacts:\n");
    let mut sections: Vec<String> = (0..4)
        .map(|s| format!("section: s{s}\nlabel: {LABEL}\nmax: {}\nfloor: 0\ncharacteristics:\n", cap(lines.len()) / 10))
        .collect();
    for (i, line) in lines.iter().enumerate() {
        let (ty, of) = match line.kind {
            0 => ("type: money\n    range: {from: 0, to: 10_000_000}".to_owned(), format!("a.f{i}")),
            1 => ("type: number\n    digits: 4\n    range: {from: -10, to: 10}".to_owned(), format!("a.f{i}")),
            2 => (format!("type: category\n    members: [{}]", MEMBERS.join(", ")), format!("a.f{i}")),
            3 => ("type: count\n    range: {from: 0, to: 1_000}".to_owned(), format!("a.f{i}")),
            4 => ("type: date".to_owned(), format!("days_since(a.f{i})")),
            _ => ("type: flag".to_owned(), format!("a.f{i}")),
        };
        let _ = write!(facts, "  - id: a.f{i}\n    label: {LABEL}\n    {ty}\n");
        let mut points = String::new();
        match line.kind {
            2 | 5 => {
                let names: &[&str] = if line.kind == 2 { &MEMBERS } else { &["false", "true"] };
                for (p, name) in line.points.iter().zip(names) {
                    let _ = write!(points, "{name}: {}, ", tenths(*p));
                }
            }
            _ => {
                for (edge, p) in line.edges.iter().zip(&line.points) {
                    let edge = match line.kind {
                        0 => format!("{}.{:02}", edge / 100, edge % 100),
                        1 => format!("{}.{:04}", edge / 10_000, edge % 10_000),
                        _ => edge.to_string(),
                    };
                    let _ = write!(points, "{{upto: {edge}, points: {}}}, ", tenths(*p));
                }
                let _ = write!(points, "{{points: {}}}", tenths(line.points.last().copied().unwrap_or(0)));
            }
        }
        let points = if matches!(line.kind, 2 | 5) { format!("{{{points}}}") } else { format!("[{points}]") };
        if let Some(section) = sections.get_mut(i % 4) {
            let _ = write!(
                section,
                "  - id: a.c{i}\n    label: {LABEL}\n    basis: pilot\n    of: {of}\n    points: {points}\n    missing: {}\n",
                tenths(line.missing)
            );
        }
    }
    facts.push_str(
        &(0..6)
            .map(|k| format!("  - {{id: o.f{k}, label: {LABEL}, type: flag, missing: {{means: false}}}}\n"))
            .collect::<String>(),
    );
    let mut grades = "grades:\n".to_owned();
    for (g, grade) in GRADES.iter().enumerate() {
        let from = if g < 9 { format!(", from: {}", edge(lines.len(), g)) } else { String::new() };
        let _ = writeln!(grades, "  - {{id: {grade}{from}, label: {LABEL}}}");
    }
    grades.push_str("overrides:\n");
    for (k, effect) in ["cap: C", "veto: D", "notch: -1", "cap: BB", "notch: 1", "veto: CC"].iter().enumerate() {
        let _ = writeln!(grades, "  - {{id: o.r{k}, label: {LABEL}, basis: pilot, when: o.f{k}, {effect}}}");
    }
    let rulebook = format!(
        "rulebook: card\nversion: \"1\"\nlanguage: 1\ntitle: {LABEL}\nauthority: {LABEL}\neffective: {{from: 2020-01-01}}\nlanguages: [zh, en]\nkey: text\nscore: {{digits: 0, rounding: half_up}}\n"
    );
    let mut texts = vec![
        ("rulebook.yaml".to_owned(), rulebook),
        ("facts/a.yaml".to_owned(), facts),
        ("grades.yaml".to_owned(), grades),
    ];
    texts.extend(sections.into_iter().enumerate().map(|(s, text)| (format!("sections/s{s}.yaml"), text)));
    RuleFiles::from_texts(texts.iter().map(|(p, t)| (p.as_str(), t.as_str())))
}

/// The cap of a section, in tenths: four fifths of what it could have.
#[must_use]
pub fn cap(size: usize) -> i64 {
    (i64::try_from(size).unwrap_or(0) * 300 / 4 * 4 / 5 / 10).max(1) * 10
}

/// The lower edge of a grade, in points.
#[must_use]
pub fn edge(size: usize, grade: usize) -> i64 {
    cap(size) * 4 / 10 * (90 - 10 * i64::try_from(grade).unwrap_or(0)) / 100
}

/// The card, loaded.
///
/// # Errors
/// When the workload's own rules do not check.
pub fn rulebook(lines: &[Line]) -> Result<Rulebook, xinpei::Error> {
    Rulebook::from_files(&rule_files(lines))
}

/// The as-of date of the workload.
#[must_use]
pub fn as_of() -> Date {
    Date::from_days(20_634)
}

/// Enterprises from a seed: units by row and attribute, `None` where missing; then six flags.
#[must_use]
pub fn rows(lines: &[Line], count: usize) -> Vec<Vec<Option<i64>>> {
    let mut seed = Seed(2026);
    let row = |_| {
        let mut row: Vec<Option<i64>> = Vec::with_capacity(lines.len() + 6);
        for line in lines {
            let value = match line.kind {
                0 => seed.below(200_000_000),
                1 => seed.below(10_000),
                2 => seed.below(5),
                3 => seed.below(60),
                4 => 20_634 - seed.below(2_400),
                _ => seed.below(2),
            };
            row.push((seed.below(20) != 0).then_some(value.cast_signed()));
        }
        row.extend((0..6).map(|_| Some(i64::from(seed.below(40) == 0))));
        row
    };
    (0..count).map(row).collect()
}

/// The enterprises as a batch of a rulebook made from the same lines.
#[must_use]
pub fn batch(rulebook: &Rulebook, lines: &[Line], rows: &[Vec<Option<i64>>]) -> Batch {
    let mut builder = BatchBuilder::new(rulebook.dictionary());
    for (r, row) in rows.iter().enumerate() {
        builder.row(&format!("e{r}"));
        for (i, value) in row.iter().enumerate() {
            let Some(value) = value else { continue };
            let kind = lines.get(i).map_or(5, |l| l.kind);
            let cell = match kind {
                0 => Cell::Number(xinpei::decimal::from_units((*value).into(), 2)),
                1 => Cell::Number(xinpei::decimal::from_units((*value).into(), 4)),
                2 => Cell::Text(usize::try_from(*value).ok().and_then(|v| MEMBERS.get(v)).copied().unwrap_or("A")),
                3 => Cell::Number((*value).into()),
                4 => Cell::Date(Date::from_days(i32::try_from(*value).unwrap_or(0))),
                _ => Cell::Flag(*value == 1),
            };
            builder.set(i, cell);
        }
    }
    builder.finish()
}
