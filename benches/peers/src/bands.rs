//! The card in the form that all peers get: rising cuts over stored values, and the points between.

use std::path::Path;

use serde_json::{Value, json};
use xinpei_benches::hand::{Columns, order};
use xinpei_benches::workload::{Line, as_of, cap, edge};

/// A characteristic: a value up to and with `cuts[i]` has `points[i]`, any greater one the last.
#[derive(Clone, Debug)]
pub struct Bands {
    /// Rising; in units as stored, a date in days.
    pub cuts: Vec<i64>,
    /// In tenths, one more than cuts.
    pub points: Vec<i64>,
    /// In tenths, when missing.
    pub missing: i64,
    /// The most points, in tenths.
    pub top: i64,
    /// Place in document order.
    pub order: i64,
    /// Which of the four sections.
    pub section: usize,
}

/// The lines of a card as bands. Days since a date become the date itself, flags and members their
/// index, so that no peer has to convert a value.
pub fn bands(lines: &[Line]) -> Vec<Bands> {
    let today = i64::from(as_of().days());
    let one = |(i, line): (usize, &Line)| {
        let mut points = line.points.clone();
        let cuts = match line.kind {
            2 | 5 => (0..).take(points.len() - 1).collect(),
            4 => {
                points.reverse();
                line.edges.iter().rev().map(|edge| today - edge - 1).collect()
            }
            _ => line.edges.clone(),
        };
        let top = points.iter().copied().max().unwrap_or(0);
        Bands { cuts, points, missing: line.missing, top, order: order(i, lines.len()), section: i % 4 }
    };
    lines.iter().enumerate().map(one).collect()
}

/// How many bits of a key hold the place: a key is points lost, shifted, plus `2^bits - 1 - place`.
pub fn bits(size: usize) -> u32 {
    usize::BITS - size.leading_zeros()
}

/// Lowest scores of the grades from AAA down to C.
pub fn grades(size: usize) -> Vec<i64> {
    (0..9).map(|grade| edge(size, grade)).collect()
}

/// Writes the card as `card.json` and the columns as they are in memory, little-endian, one after
/// the other: `values.i64` (with six flags at the end) and `known.u8`.
pub fn write(folder: &Path, lines: &[Line], columns: &Columns) -> Result<(), String> {
    let size = lines.len();
    let list: Vec<Value> = bands(lines)
        .iter()
        .map(|b| {
            json!({"cuts": b.cuts, "points": b.points, "missing": b.missing, "top": b.top,
                   "order": b.order, "section": b.section})
        })
        .collect();
    let card = json!({"size": size, "rows": columns.rows(), "bits": bits(size), "cap": cap(size),
                      "grades": grades(size), "lines": list});
    let values: Vec<u8> = columns.data.iter().flatten().flat_map(|v| v.to_le_bytes()).collect();
    let known: Vec<u8> = columns.valid.concat();
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for (name, bytes) in [("card.json", card.to_string().as_bytes()), ("values.i64", &values), ("known.u8", &known)] {
        std::fs::write(folder.join(name), bytes).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(())
}
