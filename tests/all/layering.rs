//! What the compiler does not check: which stage sees which, first lines, lengths, names in documents.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Files everyone may use: the vocabulary.
const VOCABULARY: &[&str] =
    &["date", "decimal", "diagnostic", "error", "fault", "hash", "id", "label", "limits", "uscc"];

/// What each stage may use besides the vocabulary and itself: the hand-off of the stage before it.
const STAGES: &[(&str, &[&str])] = &[
    ("author", &[]),
    ("check", &["author::source"]),
    ("compile", &["check::typed", "column"]),
    ("evaluate", &["compile::program", "column"]),
    ("explain", &["evaluate::outcome", "column"]),
];

/// What a file may use against the table, and why.
const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("author/versions.rs", "rulebook", "finding the version in force ends in a loaded rulebook")];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file with this ending below a folder, `target` left out.
fn files(folder: &Path, ending: &str, list: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
        if path.is_dir() && name != "target" && !name.starts_with('.') && name != "node_modules" {
            files(&path, ending, list);
        } else if name.ends_with(ending) {
            list.push(path);
        }
    }
    list.sort();
}

fn rust_files() -> Vec<PathBuf> {
    let mut list = Vec::new();
    for folder in ["crates", "benches", "bindings", "examples", "tests"] {
        files(&root().join(folder), ".rs", &mut list);
    }
    list
}

/// The paths after `crate::` in a file, at most two words of each, grouped ones taken apart.
fn uses(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let code: String = text.lines().filter(|l| !l.trim_start().starts_with("//")).map(|l| format!("{l}\n")).collect();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let word = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        let first = word(rest);
        match rest[first.len()..].strip_prefix("::") {
            Some(tail) if tail.starts_with('{') => {
                let group = tail.split(['}', ';']).next().unwrap_or_default();
                found.extend(group[1..].split(',').map(|w| format!("{first}::{}", word(w.trim()))));
            }
            Some(tail) => drop(found.insert(format!("{first}::{}", word(tail)))),
            None => drop(found.insert(first)),
        }
    }
    found
}

/// Whether a path lies at or below another.
fn below(path: &str, allowed: &str) -> bool {
    path == allowed || path.strip_prefix(allowed).is_some_and(|rest| rest.starts_with("::"))
}

#[test]
fn a_stage_sees_the_hand_off_of_the_stage_before_it() {
    let src = root().join("crates/xinpei/src");
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (stage, allowed) in STAGES {
        let mut list = vec![src.join(format!("{stage}.rs"))];
        files(&src.join(stage), ".rs", &mut list);
        for file in list {
            let name = file.strip_prefix(&src).expect("inside").to_string_lossy().replace('\\', "/");
            for path in uses(&fs::read_to_string(&file).expect("a file")) {
                let plain = below(&path, stage) || VOCABULARY.iter().chain(*allowed).any(|a| below(&path, a));
                let excepted = EXCEPTIONS.iter().position(|(at, what, _)| {
                    (name == *at || name.starts_with(&format!("{at}/")) || name == format!("{at}.rs"))
                        && below(&path, what)
                });
                used.extend(excepted);
                if !plain && excepted.is_none() {
                    wrong.push(format!("{name} uses crate::{path}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unused: Vec<_> = EXCEPTIONS
        .iter()
        .enumerate()
        .filter(|(i, _)| !used.contains(i))
        .map(|(_, (at, what, _))| format!("{at}: {what}"))
        .collect();
    assert!(unused.is_empty(), "exceptions that nothing needs any more: {unused:?}");
}

#[test]
fn the_vocabulary_knows_no_stage() {
    let src = root().join("crates/xinpei/src");
    for word in VOCABULARY {
        let mut list = vec![src.join(format!("{word}.rs"))];
        files(&src.join(word), ".rs", &mut list);
        for file in list.iter().filter(|f| f.is_file()) {
            for path in uses(&fs::read_to_string(file).expect("a file")) {
                assert!(VOCABULARY.iter().any(|v| below(&path, v)), "{} uses crate::{path}", file.display());
            }
        }
    }
}

#[test]
fn a_crate_names_only_those_before_it() {
    // Each crate and those that it may name.
    let order: &[(&str, &[&str])] = &[
        ("xinpei", &[]),
        ("xinpei-tables", &["xinpei"]),
        ("xinpei-cultivate", &["xinpei"]),
        ("xinpei-assure", &["xinpei"]),
        ("xinpei-exchange", &["xinpei", "xinpei-tables"]),
        ("xinpei-archive", &["xinpei", "xinpei-tables", "xinpei-cultivate", "xinpei-assure"]),
        ("xinpei-server", &["xinpei", "xinpei-tables", "xinpei-cultivate", "xinpei-assure", "xinpei-archive"]),
        (
            "xinpei-cli",
            &[
                "xinpei",
                "xinpei-tables",
                "xinpei-cultivate",
                "xinpei-assure",
                "xinpei-exchange",
                "xinpei-archive",
                "xinpei-server",
            ],
        ),
    ];
    for (name, allowed) in order {
        let Ok(manifest) = fs::read_to_string(root().join("crates").join(name).join("Cargo.toml")) else { continue };
        let dependencies =
            manifest.split("[dependencies]").nth(1).unwrap_or_default().split("\n[").next().unwrap_or_default();
        for line in dependencies.lines() {
            let dependency = line.split(['=', '.', ' ']).next().unwrap_or_default();
            assert!(!dependency.starts_with("xinpei") || allowed.contains(&dependency), "{name} names {dependency}");
        }
    }
}

#[test]
fn every_file_says_what_it_is_for_and_is_short() {
    let mut wrong = Vec::new();
    for file in rust_files() {
        let text = fs::read_to_string(&file).expect("a file");
        let name = file.strip_prefix(root()).expect("inside").display().to_string();
        let first = text.lines().next().unwrap_or_default();
        if first.strip_prefix("//! ").is_none_or(|said| said.len() < 10) {
            wrong.push(format!("{name}: the first line is `{first}`"));
        }
        if text.lines().count() > 600 {
            wrong.push(format!("{name}: {} lines", text.lines().count()));
        }
    }
    let mut scripts = Vec::new();
    for folder in ["crates", "bindings", "examples", "tests"] {
        files(&root().join(folder), ".py", &mut scripts);
    }
    for file in scripts {
        let lines = fs::read_to_string(&file).expect("a file").lines().count();
        if lines > 600 {
            wrong.push(format!("{}: {lines} lines", file.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_in_the_architecture_exist() {
    let Ok(text) = fs::read_to_string(root().join("ARCHITECTURE.md")) else { return };
    let mut wrong = Vec::new();
    let sources = rust_files();
    for quoted in text.split('`').skip(1).step_by(2) {
        // A name of a file or folder: a path with a slash, or with a known ending.
        let path = quoted.trim_end_matches('/');
        let looks = !path.contains([' ', '<', '*', '(', ':', '{', '…', '$', '"', '|'])
            && (quoted.ends_with('/')
                || [".rs", ".md", ".toml", ".yaml", ".yml", ".py"].iter().any(|e| path.ends_with(e)));
        if !looks {
            continue;
        }
        // A name stands from the root, or inside a crate's sources.
        let mut folders = vec![root(), root().join("crates"), root().join("crates/xinpei")];
        for entry in fs::read_dir(root().join("crates")).expect("crates").flatten() {
            folders.push(entry.path().join("src"));
        }
        // A bare name may stand beside the folder it is about.
        let bare = !path.contains('/') && sources.iter().any(|file| file.ends_with(path));
        if !bare && !folders.iter().any(|folder| folder.join(path).exists()) {
            wrong.push(quoted);
        }
    }
    assert!(wrong.is_empty(), "ARCHITECTURE.md names what does not exist: {wrong:?}");
    assert!(text.lines().count() <= 200, "ARCHITECTURE.md has {} lines", text.lines().count());
}
