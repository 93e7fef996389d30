//! Measures, bands and conditions, drawn at random.

use std::fmt::Write;

use crate::world::{Amount, COUNTS, Earliest, Effect, Extra, Length, Measure, Rng};

pub(crate) fn shuffle<T>(rng: &mut Rng, list: &mut [T]) {
    for at in (1..list.len()).rev() {
        list.swap(at, rng.below(at as i64 + 1) as usize);
    }
}

fn place(rng: &mut Rng) -> usize {
    rng.below(COUNTS as i64) as usize
}

/// The condition of an override, in a card of so many lines.
pub(crate) fn condition(rng: &mut Rng, lines: i64) -> String {
    match rng.below(12) {
        0 => format!("n.c{} >= {}", place(rng), 1 + rng.below(12)),
        1 => format!("n.c{} < {}", place(rng), 1 + rng.below(12)),
        2 => format!("f.x{}", rng.below(2)),
        3 => "k.class == \"C\"".into(),
        4 => "t.cases.filter(|c| c.status == \"open\").count() > 1".into(),
        5 => format!("months_since(d.founded) < {}", 10 + rng.below(8)),
        6 => format!("section(\"s0\") < {}", 5 + rng.below(30)),
        7 => format!("score >= {} && f.x0", 20 + rng.below(60)),
        8 => format!("n.c0 > {} && section(\"s0\") < {}", rng.below(8), 10 + rng.below(40)),
        9 => format!("points(\"l.x{}\") < {}", rng.below(lines), 1 + rng.below(20)),
        10 => format!("topped(n.c{}, n.c{}) > {}", place(rng), place(rng), 5 + rng.below(8)),
        _ => format!("a.age {} {}", [">=", "<"][rng.below(2) as usize], 2 + rng.below(18)),
    }
}

pub(crate) fn bands(rng: &mut Rng, rising: bool) -> String {
    let mut edges: Vec<i64> = (0..1 + rng.below(3)).map(|_| 1 + rng.below(15)).collect();
    edges.sort_unstable();
    edges.dedup();
    let mut points: Vec<i64> = (0..=edges.len()).map(|_| rng.below(41)).collect();
    if rng.percent(75) {
        points.sort_unstable();
        if !rising {
            points.reverse();
        }
    }
    let half = if rng.percent(20) { ".5" } else { "" };
    let mut text = String::from("[");
    for (edge, points) in edges.iter().zip(&points) {
        write!(text, "{{below: {edge}, points: {points}{half}}}, ").unwrap();
    }
    write!(text, "{{points: {}}}]", points[edges.len()]).unwrap();
    text
}

fn amount(rng: &mut Rng, way: &str, script: bool) -> Amount {
    let plain = rng.below(14) - if way == "add" { 2 } else { 0 };
    match rng.below(20) {
        0..=13 => Amount::Plain(plain),
        14 | 15 => Amount::Other(place(rng), plain),
        16 | 17 if script => Amount::Uneven(place(rng), place(rng)),
        16 | 17 => Amount::Topped(place(rng), place(rng)),
        18 if script => Amount::Large,
        18 => Amount::Waiting,
        _ => Amount::Age,
    }
}

fn effect(rng: &mut Rng, continuing: bool, script: bool) -> Effect {
    let c = place(rng);
    let way = ["set", "set", "add", "add", "add", "add", "reduce_to", "raise_to", "raise_to", "raise_to"]
        [rng.below(10) as usize];
    match rng.below(if continuing { 14 } else { 12 }) {
        0..=4 => Effect::Count(c, way, amount(rng, way, script)),
        5 | 6 => Effect::Flag(rng.below(2) as usize, rng.percent(70)),
        7 => Effect::Category(["A", "B", "C"][rng.below(3) as usize]),
        8 | 9 => Effect::Close(rng.below(50)),
        10 => Effect::Remove(1 + rng.below(60)),
        11 => Effect::Add(["open", "done"][rng.below(2) as usize], rng.below(100)),
        _ => Effect::Monthly(rng.below(100)),
    }
}

/// A measure behind those that there are.
pub(crate) fn measure(rng: &mut Rng, at: i64, times: i64, script: bool, before: &[Measure]) -> Measure {
    let continuing = times == 1 && rng.percent(20);
    let length = match rng.below(10) {
        0..=4 => Length::Days(1 + rng.below(45)),
        5..=8 => Length::Months(1 + rng.below(2)),
        _ => Length::Fact(1 + rng.below(20)),
    };
    let pick = |rng: &mut Rng, share: i64| -> Vec<String> {
        if before.is_empty() || !rng.percent(share) {
            return Vec::new();
        }
        vec![before[rng.below(before.len() as i64) as usize].id.clone()]
    };
    let requires = pick(rng, 25);
    let excludes: Vec<String> = pick(rng, 30).into_iter().filter(|e| !requires.contains(e)).collect();
    let fen = if rng.percent(30) { rng.below(100) } else { 0 };
    Measure {
        id: format!("m.a{at}"),
        when: rng.percent(15).then(|| (place(rng), rng.below(6))),
        effects: (0..1 + rng.below(2)).map(|_| effect(rng, continuing, script)).collect(),
        cost: rng.below(4) * rng.below(60) * 100 + fen,
        extra: match rng.below(20) {
            0..=3 => Some(Extra::Count(place(rng), 1 + rng.below(9))),
            4 => Some(Extra::Waiting(1 + rng.below(30))),
            _ => None,
        },
        length,
        earliest: match rng.below(20) {
            0..=3 => Some(Earliest::Today(rng.below(5) - 1)),
            4 => Some(Earliest::Founded(rng.below(22))),
            _ => None,
        },
        requires,
        excludes,
        times,
        continuing,
    }
}
