//! A folder with a rulebook and inputs, in which the command runs.

#![expect(clippy::expect_used, reason = "a test without its folder or its command has failed")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// Codes with right check characters that belong to no real unit.
pub(crate) const CODES: [&str; 5] =
    ["91000000MA00000157", "91000000MA00000232", "91000000MA0000031W", "91000000MA000004XL", "91000000MA0000058L"];

/// What the rules of `xinpei new` say about the department folder of [`Place::new`], by hand:
/// grade A 40 + no arrears 20 + no open case 40 = 100; grade B 30 + arrears of 9 999.99 yuan 12 +
/// one open case 40 − 15 = 67; nothing known of the grade 15 + 20 + 40 = 75, but dishonest: D.
pub(crate) struct Place {
    folder: TempDir,
}

/// What the command did.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    /// A folder with the starter's rules in `rules/county/2026.1` and a department folder `data`.
    pub(crate) fn new() -> Self {
        let place = Self { folder: tempfile::tempdir().expect("a folder for the test") };
        assert_eq!(place.run(&["new", "rules/county/2026.1"]).code, 0);
        place.write(
            "data/mapping.yaml",
            "mapping: 1\nrules: ../rules/county\nfiles:\n\
             \x20 - {file: register.csv, register: true, key: 代码, name: 名称, columns: {级别: tax.grade}}\n\
             \x20 - {file: arrears.csv, delivered: 2026-05-20, key: 代码, columns: {欠税: tax.arrears}, ignore: [备注]}\n\
             \x20 - {file: dishonest.csv, key: 代码, columns: {失信: court.dishonest}}\n\
             \x20 - {file: cases.csv, events: court.cases, key: 代码, columns: {立案: filed, 状态: status}}\n",
        );
        place.write(
            "data/register.csv",
            format!("代码,名称,级别\n{},晨泰电子,A级\n{},启源机械,B\n{},恒川商贸,\n", CODES[0], CODES[1], CODES[2]),
        );
        place.write("data/arrears.csv", format!("代码,欠税,备注\n{},\"9,999.99\",x\n", CODES[1]));
        place.write("data/dishonest.csv", format!("代码,失信\n{},是\n", CODES[2]));
        place.write(
            "data/cases.csv",
            format!("代码,立案,状态\n{},2026-01-15,open\n{},2026/2/1,settled\n", CODES[1], CODES[1]),
        );
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(""))).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("a text")
    }

    /// The files below a folder, by path inside it.
    pub(crate) fn files(&self, folder: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![String::new()];
        while let Some(inner) = folders.pop() {
            for entry in fs::read_dir(self.path(folder).join(&inner)).expect("a folder") {
                let entry = entry.expect("an entry");
                let path = format!("{inner}{}", entry.file_name().to_string_lossy());
                if entry.path().is_dir() { folders.push(format!("{path}/")) } else { found.push(path) }
            }
        }
        found.sort();
        found
    }

    /// Changes a text in a file; the text must be there.
    pub(crate) fn change(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no `{from}`");
        self.write(name, text.replacen(from, to, 1));
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xinpei"));
        command
            .args(args)
            .current_dir(self.folder.path())
            .env_remove("LANG")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        let Output { status, stdout, stderr } = self.command(args).output().expect("the command runs");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        let ran = Ran { code: status.code().unwrap_or(-1), out: text(stdout), err: text(stderr) };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "colours without a terminal");
        ran
    }
}

impl Ran {
    /// The caller or the machine erred: nothing on stdout, one sentence that has these words.
    pub(crate) fn refused(&self, words: &[&str]) {
        assert_eq!(self.code, 2, "{}{}", self.out, self.err);
        assert_eq!(self.out, "");
        assert_eq!(self.err.trim_end().lines().count(), 1, "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "`{word}` is not in: {}", self.err);
        }
    }
}
