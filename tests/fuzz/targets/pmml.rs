//! Any text as a PMML document or a points table: reading ends in an error, a list, or a rulebook whose cases
//! pass.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xinpei::Rulebook;
use xinpei_exchange::table::{self, Table};
use xinpei_exchange::{Failure, Heading, Imported, pmml};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let heading = Heading::new("fuzz", "1");
    match text.strip_prefix("table\n") {
        None => hold(pmml::import(text, &pmml::Options::new(heading))),
        Some(rows) => {
            let row = |(line, row): (u32, &str)| {
                let mut cells = row.split(',').map(str::to_owned);
                (line, std::array::from_fn(|_| cells.next().unwrap_or_default()))
            };
            let rows = (1..).zip(rows.lines()).map(row).collect();
            let options = table::Options { digits: Some(2), ..table::Options::new(heading) };
            hold(table::import(&Table { rows }, &options));
        }
    }
});

fn hold(imported: Result<Imported, Failure>) {
    let Ok(imported) = imported else { return };
    let rulebook = Rulebook::from_files(&imported.files).expect("what was brought in checks clean");
    assert!(xinpei::cases::run(&rulebook).iter().all(|case| case.failures.is_empty()));
}
