//! Damaged and hostile documents and tables: an error or a list, never a panic, never a rulebook that fails its
//! own cases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

use std::path::Path;

use xinpei::Rulebook;
use xinpei_exchange::Heading;
use xinpei_exchange::pmml::{self, Options};
use xinpei_exchange::table::{self, Table};

fn sample(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name)).unwrap()
}

fn read(text: &str) -> bool {
    let Ok(imported) = pmml::import(text, &Options::new(Heading::new("sample", "1"))) else { return false };
    let rulebook = Rulebook::from_files(&imported.files).unwrap();
    assert!(xinpei::cases::run(&rulebook).iter().all(|case| case.failures.is_empty()), "{text}");
    true
}

/// Values that documents hold where another is expected.
const STRANGE: &[&str] = &[
    "",
    "-1",
    "0",
    "1E28",
    "-79228162514264337593543950335",
    "79228162514264337593543950335",
    "1e-18",
    "0.0000000001",
    "NaN",
    "INF",
    "true",
    "2026-02-30",
    "年龄",
    "&quot;",
    "a b",
    "1000000000",
    "1000000001",
    "isMissing",
    "lessThan",
];

#[test]
fn a_document_with_any_attribute_changed() {
    let (mut good, mut all) = (0, 0);
    for name in ["sample-a.pmml", "sample-b.pmml", "sample-c.pmml"] {
        let text = sample(name);
        let places: Vec<usize> = text.match_indices("=\"").map(|(at, _)| at + 2).collect();
        for (nth, start) in places.iter().enumerate() {
            let end = start + text.get(*start..).unwrap().find('"').unwrap();
            for strange in STRANGE.iter().skip(nth % 8).step_by(8) {
                let changed = format!("{}{strange}{}", text.get(..*start).unwrap(), text.get(end..).unwrap());
                good += usize::from(read(&changed));
                all += 1;
            }
        }
    }
    assert!(all > 700 && good > 30 && good < all / 2, "{good} of {all}");
}

#[test]
fn a_document_with_any_line_lost_or_twice() {
    for name in ["sample-a.pmml", "sample-c.pmml"] {
        let text = sample(name);
        let lines: Vec<&str> = text.lines().collect();
        for at in 0..lines.len() {
            let mut lost = lines.clone();
            let line = lost.remove(at);
            read(&lost.join("\n"));
            lost.insert(at, line);
            lost.insert(at, line);
            read(&lost.join("\n"));
            read(&lines.iter().take(at).copied().collect::<Vec<_>>().join("\n"));
        }
    }
}

#[test]
fn depth_and_length_have_limits() {
    let text = sample("sample-a.pmml");
    let old = "<SimplePredicate field=\"age\" operator=\"lessOrEqual\" value=\"18\"/>";
    let deep = |levels: usize| {
        let (open, close) = ("<CompoundPredicate booleanOperator=\"or\">", "<False/></CompoundPredicate>");
        text.replace(old, &format!("{}{old}{}", open.repeat(levels), close.repeat(levels)))
    };
    assert!(read(&deep(30)));
    assert!(!read(&deep(41)));
    assert!(!read(&deep(20_000)));
    let many: String = (0..20_000).map(|i| format!("<Value value=\"v{i}\"/>")).collect();
    let open = "<DataField name=\"department\" optype=\"categorical\" dataType=\"string\"/>";
    let full = open.replace("/>", &format!(">{many}</DataField>"));
    assert!(!read(&text.replace(open, &full)));
}

#[test]
fn a_table_with_any_cell_changed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/ftc.csv");
    let table = Table::read(&path, xinpei_tables::Encoding::Utf8).unwrap();
    let options = table::Options::new(Heading::new("points", "1"));
    let (mut good, mut all) = (0, 0);
    for row in (0..table.rows.len()).step_by(3) {
        for (column, strange) in (0..12).zip(STRANGE.iter().cycle().skip(row)) {
            let mut changed = table.clone();
            *changed.rows.get_mut(row).unwrap().1.get_mut(column).unwrap() = (*strange).to_owned();
            good += usize::from(table::import(&changed, &options).is_ok());
            all += 1;
        }
    }
    assert!(good > 10 && good < all / 2, "{good} of {all}");
}
