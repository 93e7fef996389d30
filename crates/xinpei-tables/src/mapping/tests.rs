//! Mapping files that are right, and every mistake with its place.

use super::*;
use crate::testing::{RULES, dictionary};
use xinpei::diagnostic::Severity;

const GOOD: &str = "\
mapping: 1
rules: ../rules/small
files:
  - file: 税务局.csv
    register: true
    encoding: gbk
    delivered: 2026-06-20
    key: 代码
    name: 名称
    columns:
      级别: tax.grade
      欠税(万元): {fact: tax.arrears, times: 10_000}
      失信: {fact: court.dishonest, values: {失信: true, 守信: false, '-': null}}
    ignore: [备注]
  - file: 法院/案件.csv
    events: court.cases
    key: 代码
    columns: {立案日期: filed, 金额: {field: due, times: 0.01}}
";

fn parse(text: &str) -> Result<Mapping, Error> {
    Mapping::parse(Path::new("data/mapping.yaml"), text.as_bytes().to_vec())
}

/// All mistakes as `line:column code message | help`.
fn mistakes(error: &Error) -> Vec<String> {
    let diagnostics = error.diagnostics().unwrap();
    let show = |d: &xinpei::diagnostic::Diagnostic| {
        assert_eq!(d.severity, Severity::Error);
        let (line, column) = diagnostics.files.line_column(d.span);
        assert_eq!(diagnostics.files.path(d.span.file), "data/mapping.yaml");
        format!("{line}:{column} {} {} | {}", d.code.name(), d.message, d.help.as_deref().unwrap_or(""))
    };
    diagnostics.sorted().into_iter().map(show).collect()
}

#[test]
fn a_mapping_is_read() {
    let mapping = parse(GOOD).unwrap();
    assert_eq!(mapping.rules, Path::new("data/../rules/small"));
    let [tax, court] = mapping.files.as_slice() else { panic!("two files") };
    assert_eq!((tax.path.as_path(), tax.register, tax.encoding), (Path::new("data/税务局.csv"), true, Encoding::Gbk));
    assert_eq!(
        (tax.key.as_str(), tax.name.as_deref(), tax.delivered),
        ("代码", Some("名称"), Date::parse("2026-06-20"))
    );
    assert_eq!(tax.columns[1].times, Some(Decimal::from(10_000)));
    assert_eq!(tax.columns[2].values[2], ("-".to_owned(), None));
    assert_eq!(tax.ignore, ["备注"]);
    assert_eq!((court.events.as_deref(), court.encoding, court.register), (Some("court.cases"), Encoding::Utf8, false));
    let inputs: Vec<&Path> = mapping.inputs().collect();
    assert_eq!(inputs, [Path::new("data/mapping.yaml"), Path::new("data/税务局.csv"), Path::new("data/法院/案件.csv")]);
    let bound = mapping.bind(&dictionary(RULES)).unwrap();
    assert_eq!((bound.register, bound.files[1].columns.len()), (0, 2));
}

/// Each change of the good mapping, and the one mistake that it makes.
#[test]
fn every_mistake_has_its_place() {
    let cases = [
        (
            "mapping: 1",
            "mapping: 2",
            "1:10 X0216 a version of the mapping format that is not known | write `mapping: 1`",
        ),
        (
            "    key: 代码\n    name",
            "    keys: 代码\n    name",
            "8:5 X0201 a file has no key `keys` | did you mean `key`?",
        ),
        (
            "encoding: gbk",
            "encoding: gb2312",
            "6:15 X0208 `gb2312` cannot stand here | known here: `utf-8`, `gbk`, `gb18030`",
        ),
        ("2026-06-20", "2026-06-31", "7:16 X0206 `2026-06-31` is not a date of the calendar | write it as 2026-06-30"),
        (
            "register: true",
            "register: yes",
            "5:15 X0205 `yes` is not `true` or `false` | write `true` or `false`, without quotes",
        ),
        (
            "    register: true\n",
            "",
            "8:11 X0308 `name` stands in the register only | move it there, or list the column under `ignore`",
        ),
        (
            "    events: court.cases\n",
            "    register: true\n",
            "15:11 X0106 `法院/案件.csv` is a second register | one file lists the enterprises; remove `register: true` here",
        ),
        (
            "encoding: gbk",
            "events: court.cases",
            "6:13 X0214 the register cannot hold events | deliver the events in a file of their own",
        ),
        (
            "法院/案件.csv",
            "税务局.csv",
            "15:11 X0301 the file `税务局.csv` stands twice | put all its columns into one entry",
        ),
        (
            "法院/案件.csv",
            "../案件.csv",
            "15:11 X0203 `../案件.csv` leaves the folder of the mapping | name a file beside the mapping, or in a folder below it",
        ),
        ("[备注]", "[级别]", "14:14 X0301 the column `级别` has two uses | keep one of them"),
        ("name: 名称", "name: 代码", "9:11 X0301 the column `代码` has two uses | keep one of them"),
        (
            "times: 10_000",
            "times: 0",
            "12:42 X0204 every number would become 0 | write the factor between the unit of the column and the unit of the fact",
        ),
        (
            "{失信: true",
            "{'': true",
            "13:44 X0218 a blank cell is missing | what missing means is said in the dictionary, by `missing:`",
        ),
        (
            "守信: false",
            "'失信 ': false",
            "13:54 X0106 the text `失信` stands twice | blanks around it do not count; keep one",
        ),
        (
            "fact: tax.arrears",
            "field: arrears",
            "12:23 X0308 `field` cannot stand here | outside events a column holds a fact: write `fact: …`",
        ),
        (
            "field: due",
            "fact: tax.arrears",
            "18:39 X0308 `fact` cannot stand here | in a file of events a column holds a field: write `field: …`",
        ),
        // With the dictionary.
        (
            "级别: tax.grade",
            "级别: tax.grades",
            "11:11 X0402 the dictionary has no fact `tax.grades` | did you mean `tax.grade`?",
        ),
        (
            "级别: tax.grade",
            "级别: court.cases",
            "11:11 X0412 `court.cases` is a table of events | give the file `events: court.cases` and map its columns to fields",
        ),
        (
            "级别: tax.grade",
            "级别: tax.arrears",
            "12:22 X0301 the fact `tax.arrears` has two columns | `税务局.csv` delivers it already; keep one of them",
        ),
        (
            "court.cases",
            "court.case",
            "16:13 X0402 the dictionary has no table `court.case` | did you mean `court.cases`?",
        ),
        (
            "court.cases",
            "tax.grade",
            "16:13 X0404 `tax.grade` is no table of events | map it as a column of a file without `events`",
        ),
        (
            "立案日期: filed",
            "立案日期: filled",
            "18:21 X0413 the events have no field `filled` | did you mean `filed`?",
        ),
        ("立案日期: filed", "立案日期: due", "18:38 X0301 the field `due` has two columns | keep one of them"),
        ("失信: true", "失信: yes", "13:48 X0205 `yes` is not `true` or `false` | write `true`, `false` or `null`"),
        (
            "tax.grade",
            "{fact: tax.grade, values: {优: AA}}",
            "11:41 X0408 `AA` is no member of the category | did you mean `A`?",
        ),
        (
            "tax.grade",
            "{fact: tax.grade, times: 2}",
            "11:36 X0404 `tax.grade` is a category, not a number | remove `times`",
        ),
    ];
    let mut wrong = Vec::new();
    for (from, to, expected) in cases {
        assert!(GOOD.contains(from), "{from}");
        let text = GOOD.replacen(from, to, 1);
        let error = parse(&text).and_then(|m| m.bind(&dictionary(RULES))).unwrap_err();
        let found = mistakes(&error);
        if !found.iter().any(|m| m == expected) {
            wrong.push(format!("{from} → {to}\n expected {expected}\n found    {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn all_mistakes_are_reported_at_once() {
    let text = GOOD.replace("tax.grade", "tax.grades").replace("filed", "filled").replace("失信: true", "失信: 1");
    let found = mistakes(&parse(&text).unwrap().bind(&dictionary(RULES)).unwrap_err());
    assert_eq!(found.len(), 3, "{found:#?}");
}

#[test]
fn what_is_no_mapping_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Mapping::read(folder.path()).unwrap_err().is_io());
    let path = folder.path().join("mapping.yaml");
    std::fs::write(&path, GOOD).unwrap();
    assert_eq!(Mapping::read(folder.path()).unwrap().path, path);
    std::fs::write(&path, b"mapping: 1 # \xd6\xd0\n").unwrap();
    assert!(Mapping::read(&path).unwrap_err().to_string().contains("not UTF-8"));
    std::fs::write(&path, "").unwrap();
    assert!(Mapping::read(&path).unwrap_err().diagnostics().is_some());
}
