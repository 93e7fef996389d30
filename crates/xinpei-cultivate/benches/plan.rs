//! Plans, fronts and proofs on the card of 25 characteristics with 30 measures and on the zone's own
//! rules, and 40 characteristics beside a mixed-integer program.

#[path = "../tests/milp/card.rs"]
mod card;

use std::hint::black_box;
use std::path::Path;

use card::Card;
use criterion::{Criterion, criterion_group, criterion_main};
use xinpei::{Date, Versions};
use xinpei_cultivate::{Planner, Request, Status};
use xinpei_tables::{Delivery, Mapping};

/// How many enterprises are planned for in turn.
const MANY: u64 = 40;

fn cards(c: &mut Criterion) {
    for (lines, measures) in [(25, 30), (40, 60)] {
        let card = Card::new(7, lines, measures);
        let Ok(rulebook) = card.rulebook() else { return };
        let planner = Planner::new(&rulebook);
        let all: Vec<Vec<i64>> = (0..MANY).map(|seed| card.enterprise(seed)).collect();
        let mut group = c.benchmark_group(format!("{lines} characteristics, {measures} measures"));
        let mut run = |name: &str, percent: i64, change: &dyn Fn(Request) -> Request, status: Status| {
            let mut at = 0;
            group.bench_function(name, |b| {
                b.iter(|| {
                    at = (at + 1) % all.len();
                    let Some(values) = all.get(at) else { return };
                    let request = change(Card::request(card.target(values, percent), 12));
                    let answer = planner.plan(black_box(&Card::dossier(values)), Card::as_of(), &request);
                    assert!(answer.is_ok_and(|answer| answer.status == status));
                });
            });
        };
        run("plan with its front", 60, &|request| request, Status::Optimal);
        run("plan, front and three others", 60, &|request| Request { others: 3, ..request }, Status::Optimal);
        run("proof that there is none", 110, &|request| request, Status::Infeasible);
        run(
            "proof, when there will be one and what unlocks it",
            110,
            &|request| Request { further: 36, unlock: 8, ..request },
            Status::Infeasible,
        );
        // The same question to both: what does it cost by when?
        let mut at = 0;
        group.bench_function("front alone", |b| {
            b.iter(|| {
                at = (at + 1) % all.len();
                let values = all.get(at)?;
                let request = Card::request(card.target(values, 60), 12);
                planner.front(black_box(&Card::dossier(values)), Card::as_of(), &request).ok()
            });
        });
        let mut at = 0;
        group.bench_function("front by mixed-integer programs", |b| {
            b.iter(|| {
                at = (at + 1) % all.len();
                let values = all.get(at)?;
                Some(card.front(black_box(values), card.target(values, 60), 12))
            });
        });
        let mut at = 0;
        group.bench_function("one mixed-integer program, for the last day", |b| {
            b.iter(|| {
                at = (at + 1) % all.len();
                let values = all.get(at)?;
                card.least_cost(black_box(values), card.target(values, 60), 12)
            });
        });
        group.finish();
    }
}

fn yuanhe(c: &mut Criterion) {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/yuanhe"));
    let Some(as_of) = Date::parse("2026-06-30") else { return };
    let Ok(mapping) = Mapping::read(folder) else { return };
    let Ok(rulebook) = Versions::open(&mapping.rules).and_then(|versions| versions.in_force(as_of)) else { return };
    let Ok(delivery) = Delivery::read(&mapping, &rulebook, as_of) else { return };
    let planner = Planner::new(&rulebook);
    let rows = delivery.batch.rows();
    let mut at = 0;
    c.bench_function("yuanhe, one enterprise after another", |b| {
        b.iter(|| {
            at = (at + 1) % rows;
            planner.plan_row(black_box(&delivery.batch), at, as_of, &Request::default()).map(|answer| answer.nodes).ok()
        });
    });
}

criterion_group!(benches, cards, yuanhe);
criterion_main!(benches);
