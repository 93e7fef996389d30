//! One band changed: scoring again from what was held, beside a full run by the changed rules.

use std::hint::black_box;
use std::rc::Rc;

use xinpei::{Batch, Held, Revision, Rulebook, Scratch};
use xinpei_benches::hand::Results;
use xinpei_benches::workload::{as_of, card, rows, with_other_edge, with_other_points};

use crate::engine::{self, answer};
use crate::hands::{BATCH, push};
use crate::peer::agree;
use crate::table::{Table, thousands};
use crate::{Call, clock};

/// Times both in turn, once for points that fall and once for an edge that moves.
pub fn changed(call: &Call, table: &mut Table) -> Result<(), String> {
    let lines = card(25);
    let before = engine::load(&lines)?;
    let batches = engine::batches(&before, &lines, &rows(&lines, call.rows), BATCH);
    let mut scratch = Scratch::default();
    let held: Vec<Held<'_>> = batches.iter().map(|batch| before.hold(batch, as_of(), &mut scratch)).collect();
    for (case, lines) in
        [("one band changed", with_other_points(&lines)), ("one edge changed", with_other_edge(&lines))]
    {
        let after = engine::load(&lines)?;
        let revision = after.revision_of(&before);
        let mut again = Again { held: &held, revision, scratch: Scratch::default(), moved: 0 };
        let mut full = Full { batches: &batches, rulebook: after.clone(), scratch: Scratch::default() };
        agree("scoring again", call.rows, &again.answers()?, &full.answers()?)?;
        println!("agrees on {} rows, of which {} moved: {case}", thousands(call.rows), thousands(again.moved));
        let mut samples = (Vec::new(), Vec::new());
        for round in 0..=call.rounds {
            let (a, b) = (again.run() as f64 / call.rows as f64, full.run() as f64 / call.rows as f64);
            // The first run of each warms caches and pools, and is not counted.
            if round > 0 {
                samples.0.push(a);
                samples.1.push(b);
            }
        }
        table.add(case, "xinpei", call.rows, samples.0);
        table.add(case, "full run", call.rows, samples.1);
    }
    Ok(())
}

struct Again<'a> {
    held: &'a [Held<'a>],
    revision: Revision<'a>,
    scratch: Scratch,
    moved: usize,
}

impl Again<'_> {
    fn answers(&mut self) -> Result<Results, String> {
        let mut out = Results::default();
        for held in self.held {
            let rescored = self.revision.rescore(held, &mut self.scratch);
            self.moved += rescored.moved().len();
            for row in 0..rescored.rows() {
                let (summary, row) = rescored.place(row);
                push(&mut out, &answer(summary, row)?);
            }
        }
        Ok(out)
    }

    fn run(&mut self) -> u64 {
        clock::measure(|| {
            for held in self.held {
                black_box(self.revision.rescore(black_box(held), &mut self.scratch));
            }
        })
    }
}

struct Full<'a> {
    batches: &'a [Batch],
    rulebook: Rc<Rulebook>,
    scratch: Scratch,
}

impl Full<'_> {
    fn answers(&mut self) -> Result<Results, String> {
        let mut out = Results::default();
        for batch in self.batches {
            let summary = self.rulebook.summarise(batch, as_of(), &mut self.scratch);
            for row in 0..summary.rows() {
                push(&mut out, &answer(&summary, row)?);
            }
        }
        Ok(out)
    }

    fn run(&mut self) -> u64 {
        clock::measure(|| engine::score(&self.rulebook, self.batches, &mut self.scratch))
    }
}
