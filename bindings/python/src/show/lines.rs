//! How a characteristic is scored, as it is written: what, and rows of condition and points.

use xinpei::author::source::{Band, Characteristic, Deduct, Edge, Per, Points, Scoring};
use xinpei::author::yaml::Node;
use xinpei::explain::words::Noun;

use crate::language::Lang;
use crate::rulebook::Loaded;

fn written(loaded: &Loaded, at: usize) -> Option<&Characteristic> {
    loaded.rulebook.source().sections.iter().flat_map(|s| &s.characteristics).nth(at)
}

fn text(node: &Node) -> String {
    node.text().unwrap_or("").trim().to_owned()
}

/// What is scored, as written.
pub(crate) fn of(loaded: &Loaded, at: usize) -> String {
    match written(loaded, at).map(|c| &c.scoring) {
        Some(Scoring::Points { of, .. }) => of.iter().map(text).collect::<Vec<_>>().join(", "),
        Some(Scoring::Each { table, filter, .. }) => match filter {
            Some(filter) => format!("{} where {}", text(table), text(filter)),
            None => text(table),
        },
        Some(Scoring::Formula { formula, .. }) => text(formula),
        Some(Scoring::First(_)) | None => String::new(),
    }
}

/// Rows of condition and points.
pub(crate) fn rows(loaded: &Loaded, at: usize, lang: Lang) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let Some(rule) = written(loaded, at) else { return rows };
    match &rule.scoring {
        Scoring::Points { points, .. } => of_points(points, "", lang, &mut rows),
        Scoring::First(list) => {
            for row in list {
                let when = row.when.as_ref().map_or_else(|| other(lang), text);
                rows.push((when, text(&row.points)));
            }
        }
        Scoring::Each { start, deduct, per, at_most, .. } => {
            rows.push((lang.pick("无记录时", "without any event").to_owned(), start.value.to_string()));
            let each = match per {
                Per::Event => lang.pick("每条记录", "every event"),
                Per::Month => lang.pick("每月最重的一条", "the dearest of each month"),
                Per::Once => lang.pick("最重的一条", "the dearest of all"),
            };
            match deduct {
                Deduct::Expression(node) => rows.push((each.to_owned(), format!("−({})", text(node)))),
                Deduct::Points(of, points) => {
                    let from = rows.len();
                    of_points(points, &format!("{each}, {} ", text(of)), lang, &mut rows);
                    rows.iter_mut().skip(from).for_each(|(_, points)| *points = format!("−{points}"));
                }
            }
            rows.push((lang.pick("扣分上限", "ceiling of deductions").to_owned(), format!("−{}", at_most.value)));
        }
        Scoring::Formula { at_least, at_most, .. } => {
            rows.push((lang.pick("不低于", "at least").to_owned(), at_least.value.to_string()));
            rows.push((lang.pick("不超过", "at most").to_owned(), at_most.value.to_string()));
        }
    }
    rows.push((lang.noun(Noun::Missing).to_owned(), rule.missing.value.to_string()));
    rows
}

fn other(lang: Lang) -> String {
    lang.pick("其余", "otherwise").to_owned()
}

fn edge(edge: Option<&Edge>, lang: Lang) -> String {
    match edge {
        Some(edge) if edge.inclusive => format!("≤ {}", text(&edge.node)),
        Some(edge) => format!("< {}", text(&edge.node)),
        None => other(lang),
    }
}

fn of_points(points: &Points, before: &str, lang: Lang, rows: &mut Vec<(String, String)>) {
    match points {
        Points::Bands(bands, _) => of_bands(bands, before, lang, rows),
        Points::Members(members, _) => {
            for (member, points) in members {
                let name = if member.text == "else" { other(lang) } else { member.text.clone() };
                rows.push((format!("{before}{name}"), points.value.to_string()));
            }
        }
    }
}

fn of_bands(bands: &[Band], before: &str, lang: Lang, rows: &mut Vec<(String, String)>) {
    for band in bands {
        let here = format!("{before}{}", edge(band.edge.as_ref(), lang));
        match &band.points {
            Some(points) => rows.push((here, points.value.to_string())),
            None => of_bands(&band.by, &format!("{here}, "), lang, rows),
        }
    }
}
