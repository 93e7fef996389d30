//! Spreadsheets that people and programs make: what is read from them.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::*;
use crate::testing::{RULES, dictionary};
use crate::{CsvDossiers, Encoding, Portion};

/// An .xlsx file whose parts are these.
fn package(parts: &[(&str, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (path, text) in parts {
        zip.start_file(*path, options).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// An .xlsx file as a spreadsheet program makes it. The first sheet is hidden, the second has these
/// rows. Style 1 is a date, style 2 a duration.
fn book(properties: &str, rows: &str) -> Vec<u8> {
    let sheet = |rows: &str| format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{rows}</sheetData></worksheet>");
    let other = "<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>";
    package(&[
        (
            "[Content_Types].xml",
            format!(
                "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
            ),
        ),
        (
            "_rels/.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"r1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\">{properties}<sheets>\
                 <sheet name=\"hidden\" sheetId=\"1\" state=\"hidden\" r:id=\"r1\"/>\
                 <sheet name=\"企业\" sheetId=\"2\" r:id=\"r2\"/></sheets></workbook>"
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\">\
                 <Relationship Id=\"r1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
                 <Relationship Id=\"r2\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet2.xml\"/>\
                 <Relationship Id=\"r3\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                "<styleSheet xmlns=\"{MAIN}\"><cellXfs count=\"3\"><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/>\
                 <xf numFmtId=\"46\"/></cellXfs></styleSheet>"
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet(other)),
        ("xl/worksheets/sheet2.xml", sheet(rows)),
    ])
}

/// A file that is gone when the test is over.
fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// Number and cells of a row, and which are not what they say.
type Read = (u64, Vec<String>, Vec<(usize, Doubt)>);

fn rows(bytes: &[u8]) -> Vec<Read> {
    let (_folder, path) = file("a.xlsx", bytes);
    let mut sheet = Sheet::read("a.xlsx", &path, File::open(&path).unwrap()).unwrap();
    let (mut record, mut doubts, mut all) = (StringRecord::new(), Vec::new(), Vec::new());
    while let Some(number) = sheet.next(0, &mut record, &mut doubts) {
        all.push((number, record.iter().map(str::to_owned).collect(), doubts.clone()));
    }
    all
}

fn text(cell: &str, text: &str) -> String {
    format!("<c r=\"{cell}\" t=\"inlineStr\"><is><t>{text}</t></is></c>")
}

#[test]
fn numbers_are_what_a_spreadsheet_shows_or_in_doubt() {
    let cases = [
        ("0.1", "0.1", false),
        ("0.10000000000000001", "0.1", false),
        ("1250", "1250", false),
        ("-0.05", "-0.05", false),
        ("-0", "0", false),
        ("1.5E3", "1500", false),
        ("1E-3", "0.001", false),
        ("123456789012345", "123456789012345", false),
        ("9007199254740992", "9007199254740992", false),
        // 0.1 + 0.2 and 1.1 * 3 in binary: calculations leave such rests.
        ("0.30000000000000004", "0.3", false),
        ("3.3000000000000003", "3.3", false),
        ("1234567890.1200001", "1234567890.12", false),
        // Digits that nobody would calculate by chance, and those that a float cannot have.
        ("0.12345678901234568", "0.12345678901234568", true),
        ("1234567890.123456", "1234567890.123456", true),
        ("9007199254740994", "9007199254740994", true),
        ("91110000600037341", "91110000600037340", true),
        ("12345678901234.567", "12345678901234.566", true),
    ];
    for (stored, expected, doubt) in cases {
        let mut out = String::new();
        let found = number_into(stored.parse().unwrap(), &mut out);
        assert_eq!((out.as_str(), found), (expected, doubt), "{stored}");
    }
}

/// Every amount in cents that a spreadsheet can keep is read as it was written.
#[test]
fn amounts_are_read_as_they_were_written() {
    let mut cents: u64 = 1;
    for step in 0..20_000_u64 {
        cents = (cents % 1_000_000_007 * 6_364_136_223 + step * 1_442_695_040 + 7)
            % 10_u64.pow(1 + u32::try_from(step % 15).unwrap());
        let written = format!("{}.{:02}", cents / 100, cents % 100);
        let mut out = String::new();
        assert!(!number_into(written.parse().unwrap(), &mut out), "{written}");
        let same = xinpei::decimal::parse(&out).unwrap() == xinpei::decimal::parse(&written).unwrap();
        assert!(same, "{written} was read as {out}");
    }
}

/// Counted by hand: a sheet thinks that 1900 had a 29 February, which is its day 60.
#[test]
fn dates_are_counted_from_both_epochs() {
    let of = |serial: f64, epoch| {
        let mut out = String::new();
        date(serial, epoch, &mut out);
        out
    };
    assert_eq!(of(1.0, Epoch::Of1900), "1900-01-01");
    assert_eq!(of(59.0, Epoch::Of1900), "1900-02-28");
    assert_eq!(of(60.0, Epoch::Of1900), "60");
    assert_eq!(of(61.0, Epoch::Of1900), "1900-03-01");
    assert_eq!(of(25_569.0, Epoch::Of1900), "1970-01-01");
    assert_eq!(of(46_203.0, Epoch::Of1900), "2026-06-30");
    assert_eq!(of(2_958_465.0, Epoch::Of1900), "9999-12-31");
    assert_eq!(of(2_958_466.0, Epoch::Of1900), "2958466");
    assert_eq!(of(46_203.75, Epoch::Of1900), "2026-06-30 0.75");
    assert_eq!(of(-1.0, Epoch::Of1900), "-1");
    assert_eq!(of(0.0, Epoch::Of1904), "1904-01-01");
    assert_eq!(of(44_741.0, Epoch::Of1904), "2026-06-30");
    assert_eq!(of(2_957_003.0, Epoch::Of1904), "9999-12-31");
}

#[test]
fn cells_of_every_kind_are_texts() {
    let cells = [
        text("A3", "甲 &amp; 乙"),
        "<c r=\"B3\" t=\"b\"><v>1</v></c>".into(),
        "<c r=\"D3\" s=\"1\"><v>46203</v></c>".into(),
        "<c r=\"E3\" s=\"2\"><v>1.5</v></c>".into(),
        "<c r=\"F3\" t=\"e\"><v>#N/A</v></c>".into(),
        "<c r=\"G3\"><f>1+1</f><v>2</v></c>".into(),
        "<c r=\"H3\"><f>1+1</f></c>".into(),
        "<c r=\"I3\" t=\"str\"><f>\"\"</f><v></v></c>".into(),
        "<c r=\"J3\" t=\"d\"><v>2026-06-30T00:00:00.000Z</v></c>".into(),
        "<c r=\"K3\" t=\"d\"><v>2026-06-30T08:30:00</v></c>".into(),
    ];
    let found =
        rows(&book("", &format!("<row r=\"2\"><c r=\"A2\" s=\"1\"/></row><row r=\"3\">{}</row>", cells.concat())));
    let expected =
        ["甲 & 乙", "true", "", "2026-06-30", "1.5 days", "#N/A", "2", "=1+1", "", "2026-06-30", "2026-06-30T08:30:00"];
    assert_eq!(found, [(3, expected.map(str::to_owned).to_vec(), vec![(5, Doubt::Error), (7, Doubt::Formula)])]);
    let of_1904 = book("<workbookPr date1904=\"1\"/>", "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>44741</v></c></row>");
    assert_eq!(rows(&of_1904)[0].1, ["2026-06-30"]);
}

fn portions(bytes: &[u8], most: usize) -> Result<Vec<Portion>, Error> {
    let (_folder, path) = file("a.xlsx", bytes);
    let mut input = CsvDossiers::open(&path, Encoding::Utf8, &dictionary(RULES))?;
    let mut all = Vec::new();
    while let Some(portion) = input.portion(most)? {
        all.push(portion);
    }
    Ok(all)
}

/// The same dossiers as a CSV file: the same batch, and the rows that a sheet spoils are rejects.
#[test]
fn a_sheet_is_read_as_the_same_csv() {
    let header = ["enterprise", "name", "tax.grade", "tax.arrears", "court.dishonest", "court.dishonest_on"];
    let header: String = header.iter().zip('A'..).map(|(title, column)| text(&format!("{column}1"), title)).collect();
    let sheet = [
        format!("<row r=\"1\">{header}</row>"),
        format!(
            "<row r=\"2\">{}{}{}<c r=\"D2\"><v>1250.1</v></c><c r=\"E2\" t=\"b\"><v>1</v></c><c r=\"F2\" s=\"1\"><v>46203</v></c></row>",
            text("A2", "91110000600037341L"),
            text("B2", "甲"),
            text("C2", "A级")
        ),
        format!(
            "<row r=\"5\">{}{}<c r=\"D5\"><v>0.12345678901234568</v></c><c r=\"F5\" t=\"e\"><v>#REF!</v></c></row>",
            text("A5", "91000000MA00000157"),
            text("C5", "X")
        ),
        "<row r=\"6\"><c r=\"A6\"><v>91110000600037341</v></c></row>".into(),
        "<row r=\"7\"><c r=\"A7\" t=\"e\"><v>#N/A</v></c></row>".into(),
        "<row r=\"8\"><c r=\"A8\"><f>B2</f></c></row>".into(),
        format!("<row r=\"9\">{}{}</row>", text("A9", "91110000600037341L"), text("G9", "x")),
        format!("<row r=\"10\">{}</row>", text("A10", "91110000600037341L")),
    ];
    let found = portions(&book("", &sheet.concat()), 100).unwrap();
    let [portion] = found.as_slice() else { panic!("one portion") };
    let csv = "enterprise,name,tax.grade,tax.arrears,court.dishonest,court.dishonest_on\n\
        91110000600037341L,甲,A级,1250.1,true,2026-06-30\n\
        91000000MA00000157,,X,0.12345678901234568,,#REF!\n";
    let mut csv = CsvDossiers::new("a.csv", csv.as_bytes(), Encoding::Utf8, &dictionary(RULES)).unwrap();
    let same = csv.portion(100).unwrap().unwrap();
    assert_eq!(format!("{:?}", portion.batch), format!("{:?}", same.batch));
    assert_eq!(portion.names, same.names);
    let faults: Vec<(&str, &str)> =
        portion.batch.faults.iter().map(|(_, f)| (f.kind.word(), f.value.as_str())).collect();
    assert_eq!(faults, [("not_a_date", "#REF!"), ("too_many_digits", "0.12345678901234568"), ("unknown_member", "X")]);
    let rejects: Vec<(u64, &str)> = portion.rejects.iter().map(|r| (r.line, r.reason.as_str())).collect();
    assert_eq!(
        rejects,
        [
            (6, "the key is a number longer than a sheet keeps; make the column a text"),
            (7, "the key is the error `#N/A`"),
            (8, "the key is a formula without a value; save the file with a spreadsheet program"),
            (9, "the row has 7 cells where the header has 6"),
            (10, "repeated: line 2 has the enterprise already"),
        ]
    );
    assert_eq!(portion.rows, 7);
    assert_eq!(portions(&book("", &sheet.concat()), 2).unwrap().len(), 4);
}

#[test]
fn what_is_no_sheet_is_an_error() {
    let error = |name: &str, bytes: &[u8]| {
        let (_folder, path) = file(name, bytes);
        let shown = path.display().to_string();
        let error = CsvDossiers::open(&path, Encoding::Utf8, &dictionary(RULES)).unwrap_err();
        assert!(error.is_input());
        error.to_string().replace(&shown, "FILE")
    };
    assert_eq!(
        error("a.xlsx", b"enterprise\nx\n"),
        "`FILE` is no .xlsx file, though it is called one; save it again as .xlsx"
    );
    assert_eq!(
        error("a.xls", &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]),
        "`FILE` is an .xls file or has a password; save it as .xlsx without a password"
    );
    let whole = book("", "");
    assert!(error("a.xlsx", &whole[..whole.len() / 2]).contains("no .xlsx file, or a damaged one"));
    assert!(error("a.xlsx", &package(&[("a.txt", "x".into())])).contains("no .xlsx file, or a damaged one"));
    assert_eq!(error("a.xlsx", &whole), "`FILE` is empty; its first line must name the columns");
    assert_eq!(error("a.xlsx", b""), "`FILE` is no .xlsx file, though it is called one; save it again as .xlsx");
    let row = |cells: &str| book("", &format!("<row r=\"1\">{cells}</row>"));
    assert!(error("a.xlsx", &row(&text("A1", "code"))).starts_with("`FILE` has no column `enterprise`"));
    let twice = [text("A1", "enterprise"), text("B1", "tax.grade"), text("C1", "tax.grade")].concat();
    assert!(error("a.xlsx", &row(&twice)).contains("has the column `tax.grade` twice"));
    // A sheet under another name is a sheet.
    assert!(error("a.csv", &row(&text("A1", "code"))).starts_with("`FILE` has no column `enterprise`"));
}

#[test]
fn sheets_that_are_not_read_are_told() {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, key) in [("企业", "91110000600037341L"), ("更多", "91000000MA00000157")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        sheet.write_string(0, 0, "enterprise").unwrap();
        sheet.write_string(1, 0, key).unwrap();
    }
    let (_folder, path) = file("a.xlsx", &book.save_to_buffer().unwrap());
    let mut dossiers = CsvDossiers::open(&path, Encoding::Utf8, &dictionary(RULES)).unwrap();
    let said: Vec<String> = dossiers.notices().iter().map(ToString::to_string).collect();
    assert_eq!(said, [format!("`{}` has more sheets than the first, which were not read: `更多`", path.display())]);
    assert_eq!(dossiers.portion(9).unwrap().unwrap().rows, 1);
}

/// What reading within these bounds says.
fn refused(bytes: &[u8], bounds: Bounds) -> String {
    let (_folder, path) = file("a.xlsx", bytes);
    let read = Sheet::read_within("a.xlsx", &path, File::open(&path).unwrap(), bounds);
    read.map(|_| "read".to_owned()).unwrap_or_else(|error| error.to_string())
}

/// An .xlsx file with one more part, compressed; blanks, as many as there are.
fn blown(name: &str, head: &str, blanks: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new_append(Cursor::new(book("", &text("A1", "x")))).unwrap();
    zip.start_file(name, SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated)).unwrap();
    zip.write_all(head.as_bytes()).unwrap();
    zip.write_all(" ".repeat(blanks).as_bytes()).unwrap();
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_package_that_unpacks_to_too_much_is_refused_before_it_is_read() {
    const MIB: usize = 1 << 20;
    let bomb = blown("xl/media/image1.xml", "", 40 * MIB);
    // Some kilobytes hold 40 MiB.
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    assert_eq!(refused(&bomb, Bounds::default()), "read");
    let bounds = Bounds { bytes: 32 * 1024 * 1024, ..Bounds::default() };
    assert_eq!(
        refused(&bomb, bounds),
        "`a.xlsx` holds more than 33554432 bytes when it is unpacked; split it, or save it as .csv"
    );
    let shared = blown("xl/sharedStrings.xml", "<sst/>", 2 * MIB);
    let bounds = Bounds { shared: 1024 * 1024, ..Bounds::default() };
    assert_eq!(
        refused(&shared, bounds),
        "`a.xlsx` holds more than 1048576 bytes of shared texts; split it, or save it as .csv"
    );
}

/// The directory says 1 MiB, and 40 MiB come out: reading stops there.
#[test]
fn sizes_that_a_package_declares_are_not_believed() {
    const BLANKS: u32 = 40 << 20;
    let mut bomb = blown("xl/sharedStrings.xml", "", BLANKS as usize);
    let (declared, told) = (BLANKS.to_le_bytes(), (1_u32 << 20).to_le_bytes());
    let places: Vec<usize> = (0..bomb.len() - 4).filter(|at| bomb[*at..*at + 4] == declared).collect();
    assert!(!places.is_empty());
    places.iter().for_each(|at| bomb[*at..*at + 4].copy_from_slice(&told));
    let said = refused(&bomb, Bounds::default());
    assert!(said.contains("larger than its declared uncompressed size"), "{said}");
    // A reader would make room for as many texts at once.
    let many = blown("xl/sharedStrings.xml", "<sst uniqueCount=\"99999999999\">", 100);
    assert_eq!(
        refused(&many, Bounds::default()),
        "`a.xlsx` is a damaged .xlsx file: it says to have more texts than it holds; save it again as .xlsx"
    );
}

#[test]
fn what_is_kept_of_a_sheet_is_bounded() {
    // Three rows whose last cell stands in column D: twelve cells with the empty ones between.
    let rows: String =
        (1..=3).map(|row| format!("<row r=\"{row}\">{}</row>", text(&format!("D{row}"), "abcd"))).collect();
    let bytes = book("", &rows);
    let cells = |cells| refused(&bytes, Bounds { cells, ..Bounds::default() });
    assert_eq!(cells(12), "read");
    assert_eq!(cells(11), "`a.xlsx` holds more than 11 cells; split it, or save it as .csv");
    let text = |text| refused(&bytes, Bounds { text, ..Bounds::default() });
    assert_eq!(text(12), "read");
    assert_eq!(text(11), "`a.xlsx` holds more than 11 bytes of text; split it, or save it as .csv");
}
