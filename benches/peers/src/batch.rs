//! Batches in memory: all peers on the card of 25, and growth with the number of characteristics.

use std::rc::Rc;

use xinpei_benches::hand::{Columns, Isa};
use xinpei_benches::workload::{card, rows};

use crate::Call;
use crate::bands;
use crate::engine::{Engine, FromArrow};
use crate::hands::{Hand, Rows};
use crate::peer::{Peer, agree};
use crate::scripts::Script;
use crate::table::{Table, thousands};
use crate::worker;
use crate::zen::{self, Style, Zen};

/// The Python files, in the order of the table.
const SCRIPTS: [&str; 6] = ["duckdb_peer", "polars_peer", "numpy_peer", "plain_peer", "optbinning_peer", "zen_peer"];
/// Rows for peers that need tens of microseconds a row.
const FEW: usize = 2_000;
/// Rows for peers that hold each row on its own.
const SOME: usize = 200_000;
/// A peer whose run takes longer than this runs only three times.
const SLOW: u64 = 5_000_000_000;

/// All peers on 25 characteristics.
pub fn large(call: &Call, table: &mut Table) -> Result<(), String> {
    let lines = card(25);
    println!("generating {} rows of 25 characteristics", thousands(call.rows));
    let rows = rows(&lines, call.rows);
    let columns = Rc::new(Columns::new(&rows));
    let data = call.folder.join("card25");
    bands::write(&data, &lines, &columns)?;
    zen::write(&data, &lines)?;
    let few = &rows[..rows.len().min(FEW)];
    let some = &rows[..rows.len().min(SOME)];
    let mut peers: Vec<Box<dyn Peer>> = vec![Box::new(Engine::new("batch", &lines, &rows)?)];
    peers.push(Box::new(FromArrow::new("batch", &lines, &rows)?));
    for isa in Isa::all() {
        peers.push(Box::new(Hand::new("batch", isa, &lines, &columns)));
    }
    peers.push(Box::new(Rows::new(&lines, some, false)));
    peers.push(Box::new(Rows::new(&lines, some, true)));
    peers.push(Box::new(Script::new(&lines, few)?));
    for style in [Style::Expressions, Style::Tables] {
        peers.push(Box::new(Zen::new(style, &lines, few)?));
    }
    drop(rows);
    for script in SCRIPTS {
        let file = call.scripts.join(format!("{script}.py"));
        match worker::start(&call.python, &file, &data, call.rows) {
            Ok(found) => peers.extend(found.into_iter().map(|peer| Box::new(peer) as Box<dyn Peer>)),
            Err(why) => table.skip("batch", script, &why),
        }
    }
    compare(peers, call.rounds, table)
}

/// Xinpei and the hand-written code on cards of 25, 250 and 2,500.
pub fn growth(call: &Call, table: &mut Table) -> Result<(), String> {
    let mut peers: Vec<Box<dyn Peer>> = Vec::new();
    for size in [25, 250, 2_500] {
        let lines = card(size);
        // The same number of values in each, so that neither cache nor memory makes the difference.
        let rows = rows(&lines, (call.rows.min(200_000) * 25 / size).max(1));
        let case = format!("{} characteristics", size);
        peers.push(Box::new(Engine::new(&case, &lines, &rows)?));
        peers.push(Box::new(Hand::new(&case, Isa::best(), &lines, &Rc::new(Columns::new(&rows)))));
    }
    compare(peers, call.rounds, table)
}

/// Checks that all agree with the hand-written code row by row, then times them in turn.
fn compare(mut peers: Vec<Box<dyn Peer>>, rounds: usize, table: &mut Table) -> Result<(), String> {
    let mut expected = Vec::new();
    for peer in &mut peers {
        if peer.name().starts_with("by hand over columns") {
            let answers = peer.answers()?.ok_or("the hand-written code gives no answers")?;
            expected.push((peer.case(), answers));
        }
    }
    for peer in &mut peers {
        let (name, case) = (peer.name(), peer.case());
        let Some((_, wanted)) = expected.iter().find(|(c, _)| *c == case) else {
            return Err(format!("{name}: nothing to compare with"));
        };
        match peer.answers()? {
            Some(answers) => {
                agree(&name, peer.rows(), &answers, wanted)?;
                let what = if answers.codes[0].is_empty() { "scores and grades" } else { "scores, grades and reasons" };
                println!("agrees on {what} of {} rows: {name} ({case})", thousands(peer.rows()));
            }
            None => println!("compared in speed alone: {name} ({case})"),
        }
    }
    let mut samples = vec![Vec::new(); peers.len()];
    // The first run of each warms caches and pools, and is not counted.
    let mut wanted = Vec::new();
    for peer in &mut peers {
        wanted.push(if peer.run()? > SLOW { rounds.min(3) } else { rounds });
    }
    for round in 0..rounds {
        for ((peer, samples), wanted) in peers.iter_mut().zip(&mut samples).zip(&wanted) {
            if round < *wanted {
                samples.push(peer.run()? as f64 / peer.rows() as f64);
            }
        }
    }
    for (peer, samples) in peers.iter().zip(samples) {
        table.add(&peer.case(), &peer.name(), peer.rows(), samples);
    }
    Ok(())
}
