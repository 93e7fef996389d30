//! Dossiers by way of CSV and JSON lines decide as dossiers do, and every row is accounted for.

use xinpei::{Dossier, Value};
use xinpei_tables::{CsvDossiers, Encoding, JsonDossiers, Portion};
use xinpei_tests::generator::{self, Rng, Taste};

use crate::agreement::load;
use crate::properties::json;

/// Dossiers with keys of their own, in a table of single values or with all there is.
fn dossiers(book: &generator::Book, rng: &mut Rng, single: bool) -> Vec<Dossier> {
    let one = |row| {
        let mut dossier = generator::dossier(book, rng, Taste { missing: 25, wrong: 0 });
        dossier.enterprise = format!("e{row}");
        if single {
            dossier.facts.retain(|_, value| !matches!(value, Value::Events(_)));
        }
        dossier
    };
    (0..30).map(one).collect()
}

/// Compares what comes out of portions with the decision on each dossier.
fn compare(seed: u64, dossiers: &[Dossier], mut next: impl FnMut() -> Option<Portion>) {
    let (_, rulebook) = load(seed);
    let as_of = generator::as_of(&mut Rng::new(seed));
    let mut rows = dossiers.iter();
    while let Some(portion) = next() {
        assert_eq!(portion.rows, portion.batch.rows() + portion.rejects.len(), "seed {seed}");
        assert!(portion.rejects.is_empty(), "seed {seed}: {:?}", portion.rejects);
        for decision in rulebook.score(&portion.batch, as_of).decisions() {
            let alone = rulebook.decide(rows.next().expect("no row comes twice"), as_of);
            assert_eq!(decision.to_json(), alone.to_json(), "seed {seed}");
        }
    }
    assert_eq!(rows.count(), 0, "seed {seed}: rows were lost");
}

#[test]
fn json_lines_decide_as_dossiers_do() {
    for seed in 0..30 {
        let (book, rulebook) = load(seed);
        let mut rng = Rng::new(seed);
        let dossiers = dossiers(&book, &mut rng, false);
        let text: String = dossiers.iter().map(|d| json(d, &mut rng) + "\n").collect();
        let mut reader = JsonDossiers::new("test", text.as_bytes(), rulebook.dictionary());
        compare(seed, &dossiers, || reader.portion(7).expect("lines of JSON"));
    }
}

#[test]
fn csv_decides_as_dossiers_do() {
    for seed in 0..30 {
        let (book, rulebook) = load(seed);
        let mut rng = Rng::new(seed);
        let dossiers = dossiers(&book, &mut rng, true);
        let mut facts: Vec<&str> = book.facts.iter().map(|f| f.id.as_str()).collect();
        rng.shuffle(&mut facts);
        let cell = |dossier: &Dossier, id: &str| match dossier.facts.get(id) {
            None | Some(Value::Missing) => String::new(),
            Some(Value::Number(n)) => n.to_string(),
            Some(Value::Flag(f)) => f.to_string(),
            Some(Value::Date(d)) => d.to_string(),
            Some(Value::Text(text)) => format!("\"{}\"", text.replace('"', "\"\"")),
            Some(Value::Events(_)) => panic!("a table does not fit a cell"),
        };
        let mut text = format!("{},enterprise\n", facts.join(","));
        for dossier in &dossiers {
            let cells: Vec<String> = facts.iter().map(|id| cell(dossier, id)).collect();
            text.push_str(&format!("{},{}\n", cells.join(","), dossier.enterprise));
        }
        let mut reader =
            CsvDossiers::new("test", text.as_bytes(), Encoding::Utf8, rulebook.dictionary()).expect("a header");
        compare(seed, &dossiers, || reader.portion(7).expect("rows of CSV"));
    }
}
