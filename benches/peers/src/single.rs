//! One enterprise: half of all calls take no longer than this.

use xinpei::Scratch;
use xinpei_benches::plain::{self, Exact};
use xinpei_benches::workload::{as_of, card, rows};

use crate::zen::{Style, Zen};
use crate::{Call, clock, engine, table::Table};

/// Different rows, so that branches cannot be learnt.
const ROWS: usize = 64;

/// One way to decide one row, how often it is called, and how many calls are timed at once.
struct Way<'a> {
    name: String,
    calls: usize,
    together: usize,
    decide: Box<dyn FnMut(usize) -> Result<(), String> + 'a>,
    times: Vec<f64>,
}

/// Times single calls, some of each way in turn.
pub fn one(call: &Call, table: &mut Table) -> Result<(), String> {
    let lines = card(25);
    let rows = rows(&lines, ROWS);
    let rulebook = engine::load(&lines)?;
    let dossiers: Result<Vec<_>, String> = rows.iter().map(|row| engine::dossier(&lines, row)).collect();
    let dossiers = dossiers?;
    for (dossier, row) in dossiers.iter().zip(&rows) {
        let score = plain::score(&lines, row, as_of().days().into()).score;
        engine::expect(&rulebook, dossier, score)?;
    }
    let exact = Exact::new(&lines);
    let fields: Vec<_> = rows.iter().map(|row| plain::fields(&lines, row)).collect();
    let today = i64::from(as_of().days());
    let mut scratch = Scratch::default();
    let many = if call.rounds < 7 { 700 } else { 10_500 };
    let mut ways = vec![
        Way::new("xinpei", many, 1, |r| {
            engine::decide(&rulebook, &dossiers[r], &mut scratch);
            Ok(())
        }),
        Way::new("by hand row by row, i64, no receipt", many, 50, |r| {
            std::hint::black_box(plain::score(&lines, std::hint::black_box(&rows[r]), today));
            Ok(())
        }),
        Way::new("by hand row by row, rust_decimal, no receipt", many, 50, |r| {
            std::hint::black_box(exact.score(std::hint::black_box(&fields[r]), &rows[r][lines.len()..], today));
            Ok(())
        }),
    ];
    for style in [Style::Expressions, Style::Tables] {
        let zen = Zen::new(style, &lines, &rows)?;
        let name = format!("ZEN from Rust, {}", style.name());
        ways.push(Way::new(&name, many, 1, move |r| zen.row(r).map(|result| drop(std::hint::black_box(result)))));
    }
    for _ in 0..7 {
        for way in &mut ways {
            way.some(7)?;
        }
    }
    for way in ways {
        let count = way.times.len() * way.together;
        table.add("one decision", &way.name, 1, way.times);
        if let Some(line) = table.lines.last_mut() {
            line.note = format!("p50 of {} calls", crate::table::thousands(count));
        }
    }
    Ok(())
}

impl<'a> Way<'a> {
    fn new(name: &str, calls: usize, together: usize, decide: impl FnMut(usize) -> Result<(), String> + 'a) -> Self {
        Self { name: name.to_owned(), calls, together, decide: Box::new(decide), times: Vec::new() }
    }

    /// Makes a part of its calls.
    fn some(&mut self, parts: usize) -> Result<(), String> {
        for n in 0..(self.calls / parts / self.together).max(1) {
            let start = clock::wall();
            for k in 0..self.together {
                (self.decide)((n * self.together + k) % ROWS)?;
            }
            self.times.push((clock::wall() - start) as f64 / self.together as f64);
        }
        Ok(())
    }
}
