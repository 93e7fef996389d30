//! `xinpei score` into files: formats, columns, cuts, and outputs that appear whole or not at all.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test whose files cannot be made has failed")]

use std::fs;
use std::process::Stdio;

use crate::place::{CODES, Place};

const SCORE: [&str; 6] = ["score", "in.csv", "--rules", "rules/county", "--as-of", "2026-06-15"];

/// Rules for keys of any kind, and a CSV with so many rows, some of them faulty, one a repeat.
fn many(rows: usize) -> Place {
    let place = Place::new();
    place.change("rules/county/2026.1/rulebook.yaml", "key: uscc ", "key: text ");
    let grades = ["A", "B", "M", "C", "D", "", "X"];
    let line = |i: usize| format!("e{i},n{i},{},{}\n", grades[i % 7], i * 37 % 20_011);
    let text: String = (0..rows).map(line).collect();
    place.write("in.csv", format!("enterprise,name,tax.grade,tax.arrears\n{text}e1,again,A,1\n"));
    place
}

fn names(place: &Place) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(place.path("")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
    SCORE.iter().copied().chain(more.iter().copied()).collect()
}

#[test]
fn the_ending_names_the_format() {
    let place = many(10);
    let starts: [(&str, &[u8]); 6] = [
        ("d.parquet", b"PAR1"),
        ("d.arrow", b"ARROW1"),
        ("d.arrows", b"\xff\xff\xff\xff"),
        ("d.xlsx", b"PK"),
        ("d.csv", b"enterprise,status,"),
        ("d.jsonl", b"{\"enterprise\":\"e0\","),
    ];
    for (name, start) in starts {
        let ran = place.run(&with(&["--out", name]));
        assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
        assert!(
            ran.err.starts_with("rows in 11 = decisions 10 + rejects 1; all of them with --rejects FILE\n"),
            "{}",
            ran.err
        );
        assert!(fs::read(place.path(name)).unwrap().starts_with(start), "{name}");
    }
    assert_eq!(place.read("d.csv"), place.run(&with(&["--format", "csv"])).out);
    place.run(&with(&["--out", "d.txt"]));
    assert!(place.read("d.txt").contains("rows in 11 = decisions 10 + rejects 1"));
    // What the call says goes before the ending.
    place.run(&with(&["--out", "e.parquet", "--format", "csv"]));
    assert_eq!(place.read("e.parquet"), place.read("d.csv"));
    place.run(&with(&["--out", "decisions"])).refused(&["`decisions`", ".parquet", "--format"]);
    place.run(&with(&["--out", "d.xls"])).refused(&["`d.xls`"]);
}

#[test]
fn columns_are_chosen() {
    let place = many(3);
    let ran = place.run(&with(&["--format", "csv", "--columns", "score, name,enterprise"]));
    // Of 100 points: grades A, B and M are 40, 30 and 25; arrears of 0, 37 and 74 yuan 20, 12 and 12;
    // nothing is known of cases, which is 20.
    assert_eq!(ran.out, "enterprise,name,score\ne0,n0,80\ne1,n1,62\ne2,n2,57\n", "{}", ran.err);
    place.run(&with(&["--format", "csv", "--columns", "scor"])).refused(&["`scor`", "`score`"]);
    place.run(&with(&["--columns", "score"])).refused(&["--columns score", "csv"]);
}

/// Threads, and how many rows are scored together, leave no trace in any format.
#[test]
fn neither_threads_nor_cuts_change_a_byte() {
    let place = many(20_000);
    for ending in ["parquet", "arrow", "csv", "xlsx", "jsonl", "txt"] {
        let write = |threads: &str, rows: &str| {
            let (out, rejects) = (format!("d.{ending}"), "r.csv");
            let ran =
                place.run(&with(&["--out", &out, "--rejects", rejects, "--threads", threads, "--batch-rows", rows]));
            assert_eq!(ran.code, 0, "{}", ran.err);
            (fs::read(place.path(&out)).unwrap(), fs::read(place.path(rejects)).unwrap())
        };
        let first = write("1", "8192");
        for (threads, rows) in [("3", "8192"), ("2", "1000"), ("2", "1048576"), ("1", "777")] {
            assert!(first == write(threads, rows), "{ending} {threads} {rows}");
        }
    }
    assert_eq!(place.read("r.csv").lines().count(), 2);
}

#[test]
fn a_large_table_shows_its_ends() {
    let rows = |out: &str| out.lines().filter(|line| line.starts_with('e') && !line.starts_with("enterprise")).count();
    let place = many(5_000);
    assert_eq!(rows(&place.run(&SCORE).out), 5_000);
    for more in [5_001, 5_004, 5_005, 20_000] {
        let place = many(more);
        let ran = place.run(&SCORE);
        let lines: Vec<&str> = ran.out.lines().collect();
        assert_eq!(rows(&ran.out), 25, "{more}");
        assert!(lines[20].starts_with("e19 ") && lines[22].starts_with(&format!("e{} ", more - 5)), "{more}");
        assert!(lines[21].starts_with(&format!("… {} more rows; all of them with --out", more - 25)), "{}", lines[21]);
        assert!(lines[26].starts_with(&format!("e{} ", more - 1)));
        assert!(ran.out.contains(&format!("rows in {} = decisions {more} + rejects 1", more + 1)));
    }
}

#[test]
fn outputs_that_cannot_be_written_leave_nothing() {
    let place = many(2_000);
    let before = names(&place);
    place.run(&with(&["--out", "no/such/d.parquet"])).refused(&["`no/such/d.parquet`", "there is no folder `no/such`"]);
    place.run(&with(&["--out", "rules", "--format", "csv"])).refused(&["`rules`", "is a folder"]);
    place.run(&with(&["--out", "in.csv"])).refused(&["`in.csv`", "is an input"]);
    place.run(&with(&["--out", "./in.csv"])).refused(&["is an input"]);
    place.run(&with(&["--rejects", "in.csv"])).refused(&["is an input"]);
    place.run(&with(&["--out", "d.csv", "--rejects", "./d.csv"])).refused(&["the same file"]);
    place.run(&with(&["--out", "d.csv", "--rejects", "no/r.csv"])).refused(&["there is no folder `no`"]);
    assert_eq!(place.run(&with(&["--out", "d.csv", "--batch-rows", "0"])).code, 2);
    #[cfg(target_os = "linux")]
    for format in ["csv", "json", "parquet", "arrow", "xlsx", "text"] {
        place
            .run(&with(&["--out", "/dev/full", "--format", format]))
            .refused(&["cannot write `/dev/full`", "no space left"]);
    }
    #[cfg(target_os = "linux")]
    place
        .run(&with(&["--out", "d.parquet", "--rejects", "/dev/full"]))
        .refused(&["cannot write `/dev/full`", "no space left"]);
    // A row that breaks the file stops the run, and nothing of it is seen.
    place.write("in.csv", [place.read("in.csv").as_bytes(), b"e9,\xff\xff,A,1\n"].concat());
    place.run(&with(&["--out", "d.parquet"])).refused(&["`in.csv`"]);
    assert_eq!(names(&place), before);
    // What was there before stays.
    place.write("d.parquet", "old");
    place.run(&with(&["--out", "d.parquet"])).refused(&["`in.csv`"]);
    assert_eq!(place.read("d.parquet"), "old");
}

#[cfg(unix)]
#[test]
fn an_output_that_leads_to_an_input() {
    let place = many(1);
    std::os::unix::fs::symlink("in.csv", place.path("link.csv")).unwrap();
    fs::hard_link(place.path("in.csv"), place.path("hard.csv")).unwrap();
    place.run(&with(&["--out", "link.csv"])).refused(&["is an input"]);
    place.run(&with(&["--out", "hard.csv"])).refused(&["is an input"]);
}

/// The command stands in the middle of its work, because its input, a pipe, does not end.
#[cfg(target_os = "linux")]
#[test]
fn whoever_is_stopped_leaves_nothing() {
    use std::io::Write;
    use std::process::Command;
    for (signal, code) in [("INT", Some(130)), ("TERM", Some(130)), ("KILL", None)] {
        for ending in ["parquet", "jsonl", "xlsx"] {
            let place = many(1);
            place.write("d.csv", "");
            let out = format!("d.{ending}");
            assert!(Command::new("mkfifo").arg(place.path("pipe.csv")).status().unwrap().success());
            let before = names(&place);
            let mut args = with(&["--out", &out, "--rejects", "r.csv", "--batch-rows", "100"]);
            args[1] = "pipe.csv";
            let mut child = place.command(&args).stderr(Stdio::piped()).spawn().unwrap();
            let mut pipe = fs::OpenOptions::new().write(true).open(place.path("pipe.csv")).unwrap();
            let rows: String = (0..30_000).map(|i| format!("e{i},A\n")).collect();
            // More than the pipe holds, so the command has begun to score when this returns.
            pipe.write_all(format!("enterprise,tax.grade\n{rows}").as_bytes()).unwrap();
            assert_eq!(names(&place), before, "{signal} {ending}");
            let kill = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
            assert!(kill.success());
            assert_eq!(child.wait().unwrap().code(), code, "{signal} {ending}");
            drop(pipe);
            assert_eq!(names(&place), before, "{signal} {ending}");
        }
    }
}

#[test]
fn nothing_but_results_on_stdout() {
    let place = many(3);
    for format in ["parquet", "arrow", "arrow-stream", "csv"] {
        let output = place.command(&with(&["--format", format])).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let name = format!("d.{format}");
        place.run(&with(&["--out", &name, "--format", format]));
        assert!(output.stdout == fs::read(place.path(&name)).unwrap(), "{format}");
    }
}

#[test]
fn a_delivery_into_columns() {
    let place = Place::new();
    let ran = place.run(&["score", "data", "--as-of", "2026-06-15", "--out", "d.csv", "--columns", "enterprise,grade"]);
    assert_eq!(ran.err, "rows in 3 = decisions 3 + rejects 0\nrows of other files 4 = attached 4 + rejects 0\n");
    assert_eq!(place.read("d.csv"), format!("enterprise,grade\n{},A\n{},B\n{},D\n", CODES[0], CODES[1], CODES[2]));
}
