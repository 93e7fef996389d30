//! Load, single, batch and growth of the engine, beside the same card written by hand.

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use xinpei::author::folder::RuleFiles;
use xinpei::{Dossier, Rulebook, Scratch, Value};
use xinpei_benches::hand::{self, Columns};
use xinpei_benches::workload::{as_of, batch, card, rows, rulebook, with_other_edge, with_other_points};

fn batches(c: &mut Criterion) {
    const ROWS: usize = 8_192;
    let lines = card(25);
    let Ok(rulebook) = rulebook(&lines) else { return };
    let rows = rows(&lines, ROWS);
    let batch = batch(&rulebook, &lines, &rows);
    let columns = Columns::new(&rows);
    let today = i64::from(as_of().days());
    agree(&rulebook, &batch, &hand::score(&lines, &columns, today));
    let mut group = c.benchmark_group("card25 batch of 8192");
    group.throughput(Throughput::Elements(ROWS as u64));
    group.bench_function("by hand over columns", |b| b.iter(|| hand::score(&lines, black_box(&columns), today)));
    group.bench_function("by hand, baseline instructions", |b| {
        b.iter(|| hand::score_baseline(&lines, black_box(&columns), today));
    });
    let mut scratch = Scratch::default();
    group.bench_function("rulebook", |b| {
        b.iter(|| rulebook.summarise(black_box(&batch), as_of(), &mut scratch).rows());
    });
    group.finish();
    let dossier = dossier(&rulebook, &lines, rows.first().map_or(&[], Vec::as_slice));
    c.bench_function("card25 one enterprise, whole decision", |b| {
        b.iter(|| rulebook.decide_with(black_box(&dossier), as_of(), &mut scratch))
    });
    c.bench_function("card25 one enterprise, whole decision as JSON", |b| {
        b.iter(|| rulebook.decide_with(black_box(&dossier), as_of(), &mut scratch).to_json());
    });
}

/// One band changed: scoring again from what was held, beside a full run by the changed rules.
fn again(c: &mut Criterion) {
    const ROWS: usize = 65_536;
    let lines = card(25);
    let Ok(before) = rulebook(&lines) else { return };
    let batch = batch(&before, &lines, &rows(&lines, ROWS));
    let mut scratch = Scratch::default();
    let held = before.hold(&batch, as_of(), &mut scratch);
    let mut group = c.benchmark_group("card25 batch of 65536, one band changed");
    group.throughput(Throughput::Elements(ROWS as u64));
    for (what, lines) in [("points", with_other_points(&lines)), ("edge", with_other_edge(&lines))] {
        let Ok(after) = rulebook(&lines) else { return };
        let revision = after.revision_of(&before);
        let rescored = revision.rescore(&held, &mut scratch);
        let full = after.summarise(&batch, as_of(), &mut scratch);
        for row in 0..ROWS {
            let (summary, at) = rescored.place(row);
            assert_eq!(summary.score(at), full.score(row), "score of row {row}");
            assert_eq!(summary.rank(at), full.rank(row), "grade of row {row}");
            assert!(summary.losses(at).eq(full.losses(row)), "reasons of row {row}");
        }
        group.bench_function(format!("{what}, again"), |b| {
            b.iter(|| revision.rescore(black_box(&held), &mut scratch).rows());
        });
        group.bench_function(format!("{what}, full run"), |b| {
            b.iter(|| after.summarise(black_box(&batch), as_of(), &mut scratch).rows());
        });
    }
    group.finish();
}

/// All rows are the same before any is timed.
fn agree(rulebook: &Rulebook, batch: &xinpei::Batch, by_hand: &hand::Results) {
    let summary = rulebook.summarise(batch, as_of(), &mut Scratch::default());
    for (r, (score, grade)) in by_hand.scores.iter().zip(&by_hand.grades).enumerate() {
        assert_eq!(summary.score(r), Some((*score).into()), "score of row {r}");
        assert_eq!(summary.rank(r), Some((*grade).into()), "grade of row {r}");
        let hand =
            by_hand.lost.iter().zip(&by_hand.codes).filter_map(|(lost, codes)| Some((lost.get(r)?, codes.get(r)?)));
        let hand: Vec<(i128, usize)> =
            hand.filter(|(lost, _)| **lost > 0).map(|(lost, code)| ((*lost).into(), (*code).into())).collect();
        let losses: Vec<(i128, usize)> = summary.losses(r).map(|loss| (loss.lost, loss.code)).collect();
        assert_eq!(losses, hand, "reasons of row {r}");
    }
}

fn dossier(rulebook: &Rulebook, lines: &[xinpei_benches::workload::Line], row: &[Option<i64>]) -> Dossier {
    let one = batch(rulebook, lines, &[row.to_vec()]);
    let mut dossier = Dossier { enterprise: "e0".into(), ..Dossier::default() };
    for (fact, column) in rulebook.dictionary().facts().iter().zip(&one.facts) {
        let (xinpei::column::FactColumn::Value(column), xinpei::check::typed::FactKind::Value(value)) =
            (column, &fact.kind)
        else {
            continue;
        };
        let Some(units) = column.get(0) else { continue };
        let value = match &value.ty {
            xinpei::check::typed::Type::Number(n) => Value::Number(xinpei::decimal::from_units(units.into(), n.digits)),
            xinpei::check::typed::Type::Flag => Value::Flag(units == 1),
            xinpei::check::typed::Type::Date => Value::Date(xinpei::Date::from_days(i32::try_from(units).unwrap_or(0))),
            xinpei::check::typed::Type::Category(c) => {
                Value::Text(rulebook.dictionary().members(*c).and_then(|m| m.name(units)).unwrap_or("").to_owned())
            }
            xinpei::check::typed::Type::Grade => continue,
        };
        dossier.facts.insert(fact.id.clone(), value);
    }
    dossier
}

fn loading(c: &mut Criterion) {
    let yuanhe = concat!(env!("CARGO_MANIFEST_DIR"), "/../rules/yuanhe/2026.1");
    c.bench_function("load yuanhe", |b| {
        b.iter(|| RuleFiles::read(yuanhe.as_ref()).map(|files| Rulebook::check(&files).0.is_some()))
    });
    let mut group = c.benchmark_group("load a card");
    group.sample_size(10);
    for size in [25, 250, 2_500] {
        let files = xinpei_benches::workload::rule_files(&card(size));
        group.throughput(Throughput::Elements(size as u64));
        group.bench_with_input(BenchmarkId::from_parameter(size), &files, |b, files| {
            b.iter_batched(|| files.clone(), |files| Rulebook::check(&files).0.is_some(), BatchSize::LargeInput);
        });
    }
}

criterion_group!(benches, batches, again, loading);
criterion_main!(benches);
