//! `xinpei score`.

use std::io::Read;
use std::process::Stdio;

use crate::place::{CODES, Place};

#[test]
fn a_table_with_a_summary() {
    let ran = Place::new().run(&["score", "data", "--as-of", "2026-06-15"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let lines: Vec<Vec<&str>> = ran.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["enterprise", "name", "status", "score", "grade", "coverage", "top", "reasons"]);
    assert_eq!(lines[1], [CODES[0], "晨泰电子", "rated", "100", "A", "1.00"]);
    assert_eq!(lines[2][..6], [CODES[1], "启源机械", "rated", "67", "B", "1.00"]);
    // 20 + 40 of 100 attainable points rest on present facts.
    assert_eq!(lines[3][..6], [CODES[2], "恒川商贸", "rated", "75", "D", "0.60"]);
    assert!(ran.out.contains("A  Good  1  33.3 %  █"), "{}", ran.out);
    assert!(
        ran.out.contains("\nrows in 3 = decisions 3 + rejects 0\nrows of other files 4 = attached 4 + rejects 0\n"),
        "{}",
        ran.out
    );
    assert_eq!(ran.err, "");
}

#[test]
fn columns_line_up_under_chinese_names() {
    let ran = Place::new().run(&["score", "data", "--as-of", "2026-06-15", "--lang", "zh"]);
    assert!(
        ran.out.starts_with("统一社会信用代码    名称      状态    得分  等级  信息完整度  主要原因\n"),
        "{}",
        ran.out
    );
    assert!(
        ran.out.contains(&format!(
            "\n{}  启源机械  已评级    67  B           1.00  近两年未结执行案件；纳税信用级别\n",
            CODES[1]
        )),
        "{}",
        ran.out
    );
}

#[test]
fn the_environment_chooses_the_language() {
    let place = Place::new();
    let out = |name: &str, value: &str| {
        let mut command = place.command(&["score", "data", "--as-of", "2026-06-15"]);
        command.env_remove("LC_ALL").env(name, value);
        String::from_utf8(command.output().unwrap().stdout).unwrap()
    };
    assert!(out("LANG", "zh_CN.UTF-8").contains("已评级"));
    assert!(out("LC_ALL", "zh_CN").contains("已评级"));
    assert!(out("LANG", "en_US.UTF-8").contains("rated"));
}

#[test]
fn json_is_one_decision_a_line_and_nothing_else() {
    let place = Place::new();
    let ran = place.run(&["score", "data", "--as-of", "2026-06-15", "--format", "json"]);
    let keys: Vec<String> = ran
        .out
        .lines()
        .map(|l| serde_json::from_str::<serde_json::Value>(l).unwrap()["enterprise"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(keys, CODES[..3]);
    assert!(ran.err.contains("rows in 3 = decisions 3 + rejects 0"), "{}", ran.err);
    let to_file = place.run(&["score", "data", "--as-of", "2026-06-15", "--format", "json", "--out", "d.jsonl"]);
    assert_eq!((to_file.code, to_file.out.as_str()), (0, ""));
    assert_eq!(place.read("d.jsonl"), ran.out);
}

#[test]
fn csv_is_one_row_an_enterprise() {
    let ran = Place::new().run(&["score", "data", "--as-of", "2026-06-15", "--format", "csv"]);
    let rows: Vec<&str> = ran.out.lines().collect();
    assert_eq!(
        rows[0],
        "enterprise,status,score,grade,coverage,section:tax,section:court,reasons,lost,overrides,outcomes,faults,receipt"
    );
    assert!(rows[2].starts_with(&format!("{},rated,67,B,1.00,42,25,", CODES[1])), "{}", rows[2]);
    assert_eq!(rows.len(), 4);
}

#[test]
fn files_of_dossiers() {
    let place = Place::new();
    place.write(
        "in.jsonl",
        format!(
            "{{\"enterprise\": \"{}\", \"facts\": {{\"tax.grade\": \"A\", \"court.cases\": []}}}}\nnonsense\n",
            CODES[0]
        ),
    );
    place.write("in.csv", format!("enterprise,name,tax.grade\n{},甲,B级\n", CODES[1]));
    let ran = place.run(&["score", "in.jsonl", "--rules", "rules/county", "--as-of", "2026-06-15"]);
    assert!(ran.out.contains(" 100  A"), "{}", ran.out);
    assert!(ran.out.contains("in.jsonl:2") && ran.out.contains("rows in 2 = decisions 1 + rejects 1"), "{}", ran.out);
    // Nothing is known of cases: 30 + 20 + 20 = 70.
    let ran = place.run(&["score", "in.csv", "--rules", "rules/county/2026.1", "--as-of", "2026-06-15"]);
    assert!(ran.out.contains("70  B"), "{}", ran.out);
    place.run(&["score", "in.csv", "--as-of", "2026-06-15"]).refused(&["`in.csv`", "--rules"]);
    let gbk = [b"enterprise,name\n".as_slice(), CODES[1].as_bytes(), b",\xbc\xd7\n"].concat();
    place.write("gbk.csv", gbk);
    place.run(&["score", "gbk.csv", "--rules", "rules/county", "--as-of", "2026-06-15"]).refused(&["`gbk.csv`"]);
    let ran = place.run(&["score", "gbk.csv", "--rules", "rules/county", "--as-of", "2026-06-15", "--encoding", "gbk"]);
    assert!(ran.out.contains("甲"), "{}{}", ran.out, ran.err);
}

#[test]
fn faults_rejects_and_notices_are_told() {
    let place = Place::new();
    place.change("data/arrears.csv", "9,999.99", "about 10000");
    place.change("data/dishonest.csv", CODES[2], CODES[4]);
    std::fs::remove_file(place.path("data/cases.csv")).unwrap();
    place.write("data/register.csv", format!("{}{},重复,A\n12345,错码,A\n", place.read("data/register.csv"), CODES[0]));
    let ran = place.run(&["score", "data", "--as-of", "2026-06-30", "--rejects", "rejects.csv"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.out.contains(&format!("\nfaults (1)\n  {}  tax.arrears  not a number  about 10000\n", CODES[1])),
        "{}",
        ran.out
    );
    assert!(ran.out.contains("\nrejects (3)\n  register.csv:5"), "{}", ran.out);
    assert!(
        ran.out.contains("\nrows in 5 = decisions 3 + rejects 2\nrows of other files 2 = attached 1 + rejects 1\n"),
        "{}",
        ran.out
    );
    assert!(ran.err.contains("notice: `cases.csv` is absent"), "{}", ran.err);
    // Delivered on 20 May with a refresh of one month: fresh until 20 June.
    assert!(
        ran.err.contains("notice: `arrears.csv` was delivered on 2026-05-20 and was fresh until 2026-06-20"),
        "{}",
        ran.err
    );
    let rejects = place.read("rejects.csv");
    assert_eq!(rejects.lines().count(), 4);
    assert!(rejects.starts_with("file,line,enterprise,reason\nregister.csv,5,"), "{rejects}");
}

#[test]
fn callers_are_told_what_they_erred_in() {
    let place = Place::new();
    place.run(&["score", "nowhere", "--as-of", "2026-06-15", "--rules", "rules/county"]).refused(&["`nowhere`"]);
    place
        .run(&["score", "nowhere.csv", "--as-of", "2026-06-15", "--rules", "rules/county"])
        .refused(&["cannot read `nowhere.csv`"]);
    place.run(&["score", "rules", "--as-of", "2026-06-15"]).refused(&["`rules`", "mapping.yaml"]);
    place.run(&["score", "a.docx", "--as-of", "2026-06-15"]).refused(&["`.docx`", ".parquet"]);
    place.run(&["score", "data", "--as-of", "2025-06-15"]).refused(&["no version", "2025-06-15"]);
    place.run(&["score", "data", "--as-of", "2026-06-15", "--out", "data/register.csv"]).refused(&["is an input"]);
    let rules = place.files("rules");
    for out in ["rules/county/2026.1/grades.csv", "rules/county/../county/2026.1/new.csv"] {
        place.run(&["score", "data", "--as-of", "2026-06-15", "--out", out]).refused(&["is among the rules"]);
    }
    assert_eq!(place.files("rules"), rules);
    place.run(&["score", "data", "--as-of", "2026-06-15", "--out", "no/such/folder.csv"]).refused(&["cannot write"]);
    place
        .run(&["score", "data", "--as-of", "2026-06-15", "--out", "x.csv", "--rejects", "x.csv"])
        .refused(&["the same file"]);
    for wrong in [
        &["score", "data", "--as-of", "2026-02-29"][..],
        &["score", "data", "--as-of", "1899-12-31"],
        &["score", "data", "--as-of", "2200-01-01"],
        &["score", "data"],
        &["score", "data", "--as-of", "2026-06-15", "--threads", "0"],
        &["rate"],
    ] {
        let ran = place.run(wrong);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    }
    assert!(
        place
            .run(&["score", "data", "--as-of", "2026-02-29"])
            .err
            .contains("`2026-02-29` is not a date of the calendar")
    );
    place.change("data/register.csv", "级别", "等级");
    place.run(&["score", "data", "--as-of", "2026-06-15"]).refused(&["`register.csv`", "`级别`", "`等级`"]);
    place.change("data/mapping.yaml", "tax.grade", "tax.grad");
    let ran = place.run(&["score", "data", "--as-of", "2026-06-15"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("mapping.yaml:4:") && ran.err.contains("`tax.grade`"), "{}", ran.err);
}

/// A batch and a bit, so that threads have something to put in order.
#[test]
fn the_number_of_threads_changes_no_byte() {
    let place = Place::new();
    let rules = place.read("rules/county/2026.1/rulebook.yaml").replace("key: uscc ", "key: text ");
    place.write("rules/county/2026.1/rulebook.yaml", rules);
    let rows = 9_000;
    let grades = ["A", "B", "M", "C", "D", "", "X"];
    let line = |i: usize| format!("e{i},{},{}\n", grades[i % 7], i * 37 % 20_011);
    let text: String = (0..rows).map(line).collect();
    place.write("in.csv", format!("enterprise,tax.grade,tax.arrears\n{text}"));
    let folder = |i: usize| format!("e{i},n{i},{}\n", grades[i % 7]);
    place.write("data/register.csv", format!("代码,名称,级别\n{}", (0..rows).map(folder).collect::<String>()));
    let events =
        (0..rows).filter(|i| i % 3 == 0).map(|i| format!("e{i},2026-0{}-01,open\n", i % 5 + 1)).collect::<String>();
    place.write("data/cases.csv", format!("代码,立案,状态\n{events}"));
    place.write("data/arrears.csv", "代码,欠税,备注\n");
    place.write("data/dishonest.csv", "代码,失信\n");
    for (input, format) in [("in.csv", "json"), ("data", "csv")] {
        let run = |threads: &str| {
            let ran = place.run(&[
                "score",
                input,
                "--rules",
                "rules/county",
                "--as-of",
                "2026-06-15",
                "--format",
                format,
                "--threads",
                threads,
            ]);
            assert_eq!(ran.code, 0, "{}", ran.err);
            ran.out
        };
        let one = run("1");
        assert!(one.lines().count() >= rows);
        assert!(one == run("3"), "{input} {format}");
    }
    // A row is decided as it is alone, wherever its batch was cut.
    let all = place.run(&["score", "data", "--as-of", "2026-06-15", "--format", "json"]).out;
    let far = all.lines().nth(8_994).unwrap();
    assert!(far.contains("\"enterprise\":\"e8994\"") && far.contains("unknown_member"));
    place.write("data/register.csv", "代码,名称,级别\ne8994,n,".to_owned() + grades[8_994 % 7] + "\n");
    let alone = place.run(&["score", "data", "--as-of", "2026-06-15", "--format", "json"]).out;
    assert_eq!(alone.trim_end(), far);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let place = Place::new();
    let rows: String = (0..20_000).map(|i| format!("x{i}\n")).collect();
    place.change("rules/county/2026.1/rulebook.yaml", "key: uscc ", "key: text ");
    place.write("in.csv", format!("enterprise\n{rows}"));
    let mut command = place.command(&[
        "score",
        "in.csv",
        "--rules",
        "rules/county",
        "--as-of",
        "2026-06-15",
        "--format",
        "json",
        "--threads",
        "2",
    ]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = [0_u8; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stderr).as_ref()), (Some(0), ""));
}
