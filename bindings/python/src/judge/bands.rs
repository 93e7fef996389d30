//! The bands of characteristics, and which row lies in which.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::Outcome;
use xinpei::author::source;
use xinpei::check::typed::{Band, Characteristic, Edge, NodeId, Scoring, Type};
use xinpei::decimal;

use super::Count;
use crate::language::Lang;
use crate::rulebook::Loaded;
use crate::show::lines;

/// A band: its condition (empty where points alone tell rows apart), its points, and whether it is that of
/// missing answers.
pub(crate) type Row = (String, Decimal, bool, Count);

/// How the rows of a characteristic are told apart.
#[derive(Debug)]
enum Way {
    /// By the band of a value.
    Bands(NodeId, Vec<Edge>),
    /// By the place of the member's line, member by member.
    Members(NodeId, Vec<usize>),
    /// By the bands of two values; the second has bands of its own in each of the first, which start at a place.
    Grid(NodeId, Vec<Edge>, NodeId, Vec<(usize, Vec<Edge>)>),
    /// By points: conditions and formulas have no bands.
    Points,
}

/// Goods and bads of one characteristic.
#[derive(Debug)]
pub(crate) struct Bands {
    at: usize,
    way: Way,
    bands: Vec<Count>,
    points: BTreeMap<Decimal, Count>,
    missing: Count,
}

fn edges(bands: &[Band]) -> Vec<Edge> {
    bands.iter().filter_map(|band| band.edge).collect()
}

/// The place of a value among bands: the first whose upper edge is not below it.
fn place(edges: &[Edge], value: i128) -> usize {
    edges.partition_point(|edge| if edge.inclusive { edge.at < value } else { edge.at <= value })
}

/// For each member the place of its line as written.
fn members(loaded: &Loaded, at: usize, node: NodeId) -> Option<Vec<usize>> {
    let mut written = loaded.rulebook.source().sections.iter().flat_map(|s| &s.characteristics);
    let source::Scoring::Points { points: source::Points::Members(lines, _), .. } = &written.nth(at)?.scoring else {
        return None;
    };
    let names: Vec<&str> = match &loaded.rulebook.program().arena.node(node).ty {
        Type::Flag => vec!["false", "true"],
        Type::Category(category) => loaded.rulebook.dictionary().members(*category)?.names().collect(),
        _ => return None,
    };
    let of = |name: &str| lines.iter().position(|(line, _)| line.text == name);
    names.into_iter().map(|name| of(name).or_else(|| of("else"))).collect()
}

impl Bands {
    pub(crate) fn new(loaded: &Loaded, at: usize, line: &Characteristic) -> Self {
        let mut count = 0;
        let way = match &line.scoring {
            Scoring::Bands(of, bands) => {
                count = bands.len();
                Way::Bands(*of, edges(bands))
            }
            Scoring::Members(of, _) => match members(loaded, at, *of) {
                Some(places) => {
                    count = places.iter().max().map_or(0, |most| most + 1);
                    Way::Members(*of, places)
                }
                None => Way::Points,
            },
            Scoring::Grid(of, second, rows) => {
                let starts = rows.iter().map(|(_, bands)| {
                    count += bands.len();
                    (count - bands.len(), edges(bands))
                });
                let starts = starts.collect();
                Way::Grid(*of, rows.iter().filter_map(|(edge, _)| *edge).collect(), *second, starts)
            }
            Scoring::First(_) | Scoring::Each(_) | Scoring::Formula(..) => Way::Points,
        };
        Self { at, way, bands: vec![Count::default(); count], points: BTreeMap::new(), missing: Count::default() }
    }

    /// Counts the rows of an outcome; `seen` has their places and whether each is bad, as far as it counts.
    pub(crate) fn add(&mut self, outcome: &Outcome<'_>, seen: &[(usize, bool)]) {
        for (row, bad) in seen.iter().copied() {
            if !outcome.answered(self.at, row) {
                self.missing.add(Some(bad));
                continue;
            }
            let at = match &self.way {
                Way::Bands(of, edges) => outcome.value(*of, row).map(|value| place(edges, value)),
                Way::Members(of, places) => {
                    let member = outcome.value(*of, row).and_then(|value| usize::try_from(value).ok());
                    member.and_then(|member| places.get(member).copied())
                }
                Way::Grid(of, edges, second, starts) => outcome.value(*of, row).and_then(|value| {
                    let (start, edges) = starts.get(place(edges, value))?;
                    Some(start + place(edges, outcome.value(*second, row)?))
                }),
                Way::Points => None,
            };
            match at.and_then(|at| self.bands.get_mut(at)) {
                Some(band) => band.add(Some(bad)),
                None => {
                    let (points, digits) = outcome.points(self.at, row).unwrap_or_default();
                    self.points.entry(decimal::from_units(points, digits).normalize()).or_default().add(Some(bad));
                }
            }
        }
    }

    /// The bands as written, or points from most to least, then missing answers.
    pub(crate) fn rows(&self, loaded: &Loaded, lang: Lang) -> Vec<Row> {
        let mut written = lines::rows(loaded, self.at, lang);
        let missing = written.pop().map(|(words, _)| words).unwrap_or_default();
        let points = |text: &str| decimal::parse(text).unwrap_or_default().normalize();
        let bands = written.into_iter().zip(&self.bands);
        let mut rows: Vec<Row> = bands.map(|((words, text), count)| (words, points(&text), false, *count)).collect();
        rows.extend(self.points.iter().rev().map(|(points, count)| (String::new(), *points, false, *count)));
        let line = loaded.rulebook.typed().characteristics.get(self.at);
        rows.push((missing, line.map(|line| line.missing.normalize()).unwrap_or_default(), true, self.missing));
        rows
    }
}
