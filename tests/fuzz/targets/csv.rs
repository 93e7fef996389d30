//! Any bytes as a CSV or JSON lines file of dossiers, in any encoding: reading ends in an error or
//! in rows that are all accounted for, and every row that was taken is decided.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use xinpei::author::folder::RuleFiles;
use xinpei::{Date, Rulebook};
use xinpei_tables::{CsvDossiers, Encoding, JsonDossiers, Portion};

static RULES: OnceLock<Rulebook> = OnceLock::new();

fuzz_target!(|data: &[u8]| {
    let rulebook = RULES.get_or_init(|| Rulebook::from_files(&RuleFiles::from_texts(xinpei_fuzz::BASE)).expect("rules"));
    let Some((choice, text)) = data.split_first() else { return };
    let dictionary = rulebook.dictionary();
    match choice % 4 {
        3 => {
            let mut reader = JsonDossiers::new("fuzz", text, dictionary);
            drain(rulebook, || reader.portion(7));
        }
        n => {
            let encoding = [Encoding::Utf8, Encoding::Gbk, Encoding::Gb18030][usize::from(n)];
            let Ok(mut reader) = CsvDossiers::new("fuzz", text, encoding, dictionary) else { return };
            drain(rulebook, || reader.portion(7));
        }
    }
});

fn drain(rulebook: &Rulebook, mut next: impl FnMut() -> Result<Option<Portion>, xinpei::Error>) {
    let as_of = Date::parse("2024-02-29").expect("a date");
    while let Ok(Some(portion)) = next() {
        assert_eq!(portion.rows, portion.batch.rows() + portion.rejects.len(), "every row is accounted for");
        let outcome = rulebook.score(&portion.batch, as_of);
        assert_eq!(outcome.decisions().count(), portion.batch.rows());
    }
}
