//! Every diagnostic code has a page whose example produces it; whole lists of diagnostics are golden.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test that cannot go on says so")]

#[path = "codes/generate.rs"]
mod generate;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use xinpei::author::folder::RuleFiles;
use xinpei::diagnostic::{Code, Diagnostics, Severity};
use xinpei::{Rulebook, Versions};

use generate::generate;

/// Half the stack of a thread that nobody configured: what no file may exhaust, even in a debug build.
const STACK: usize = 1024 * 1024;
/// How long the worst file may take, in a debug build on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// The code that takes two versions of a rulebook to report.
const OF_TWO_VERSIONS: Code = Code::OverlappingWindows;

fn collect(folder: &Path, prefix: &str, rules: &mut RuleFiles) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
        if path.is_dir() {
            collect(&path, &format!("{name}/"), rules);
        } else {
            rules.files.insert(name, fs::read(&path).unwrap());
        }
    }
}

/// The smallest rulebook that has facts of every type; examples are laid over it.
fn base() -> RuleFiles {
    let mut rules = RuleFiles::default();
    collect(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/base"), "", &mut rules);
    rules
}

fn diagnose(rules: RuleFiles) -> Diagnostics {
    let work = move || Rulebook::check(&rules).1;
    std::thread::Builder::new().stack_size(STACK).spawn(work).unwrap().join().unwrap()
}

/// The blocks of a page between fences: what stands behind the opening fence, and the text.
fn fences(page: &str) -> Vec<(&str, String)> {
    let mut fences = Vec::new();
    let mut open: Option<(&str, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => open = Some((info, String::new())),
            (Some(_), Some(_)) => fences.extend(open.take()),
            (None, Some((_, text))) => writeln!(text, "{line}").unwrap(),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    fences
}

/// The base with the files over it that a page names behind `key`; `None` if it names none.
fn overlay(page: &str, key: &str) -> Option<RuleFiles> {
    let mut rules = base();
    let mut found = false;
    for (info, text) in fences(page) {
        if let Some((_, path)) = info.split_once(key) {
            rules.files.insert(path.to_owned(), text.into_bytes());
        } else if info == "generate" && key == " file=" {
            text.lines().for_each(|line| generate(line, &mut rules));
        } else {
            continue;
        }
        found = true;
    }
    found.then_some(rules)
}

/// Each diagnostic with its place, what stands there, and its help.
fn render(out: &Diagnostics) -> String {
    let mut text = String::new();
    for d in out.sorted() {
        let (line, column) = out.files.line_column(d.span);
        let note = if d.severity == Severity::Note { "note: " } else { "" };
        writeln!(text, "{}:{line}:{column}: {} {note}{}", out.files.path(d.span.file), d.code.name(), d.message)
            .unwrap();
        let here: String = out.files.slice(d.span).lines().next().unwrap_or("").chars().take(60).collect();
        writeln!(text, "  at    {here}").unwrap();
        writeln!(text, "  help  {}", d.help.as_deref().unwrap_or("")).unwrap();
    }
    if out.left_out > 0 {
        writeln!(text, "{} more", out.left_out).unwrap();
    }
    text
}

#[test]
fn the_base_is_clean() {
    assert_eq!(render(&diagnose(base())), "");
}

#[test]
fn every_code_has_its_page() {
    for code in Code::all() {
        let first = code.page().lines().next().unwrap_or("");
        assert_eq!(first, format!("# {}: {}", code.name(), code.title()));
        assert_eq!(Code::parse(code.name()), Some(code));
    }
    let pages = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("codes")).unwrap().count();
    assert_eq!(pages, Code::all().count(), "a page without a code");
}

#[test]
fn every_example_produces_its_code_alone() {
    let mut wrong = String::new();
    for code in Code::all().filter(|c| *c != OF_TWO_VERSIONS) {
        let Some(rules) = overlay(code.page(), " file=") else {
            writeln!(wrong, "{} has no example", code.name()).unwrap();
            continue;
        };
        let out = diagnose(rules);
        let list = out.sorted();
        if list.is_empty() || list.iter().any(|d| d.code != code) {
            writeln!(wrong, "{}:\n{}", code.name(), render(&out)).unwrap();
        }
        for d in list {
            let plain = !d.message.ends_with('.') && !d.message.starts_with(char::is_uppercase);
            if d.help.as_deref().is_none_or(str::is_empty) || d.message.is_empty() || !plain {
                writeln!(wrong, "{}: the text of `{}`", code.name(), d.message).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Opens the base and, beside it, the version that a page gives behind `key`.
fn two_versions(page: &str, key: &str) -> Result<Versions, xinpei::Error> {
    let root =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("versions{}", key.trim_end_matches('=').replace(' ', "-")));
    for (version, rules) in [("1", base()), ("2", overlay(page, key).unwrap())] {
        for (path, bytes) in rules.files {
            let path = root.join("base").join(version).join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    Versions::open(root.join("base"))
}

#[test]
fn two_versions_are_told_apart() {
    let error = two_versions(OF_TWO_VERSIONS.page(), " file=").unwrap_err();
    let found = render(error.diagnostics().unwrap());
    assert!(found.starts_with("rulebook.yaml:6:12: X0309 "), "{found}");
    assert!(two_versions(OF_TWO_VERSIONS.page(), " instead=").is_ok());
}

#[test]
fn what_to_write_instead_is_clean() {
    let mut wrong = String::new();
    for code in Code::all() {
        if let Some(rules) = overlay(code.page(), " instead=") {
            let out = diagnose(rules);
            if out.has_errors() {
                writeln!(wrong, "{}:\n{}", code.name(), render(&out)).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// A rulebook with many mistakes gives the same list as ever. `UPDATE=1` rewrites the lists.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test measures time and is told to update by the environment")]
fn whole_lists() {
    let update = std::env::var("UPDATE").is_ok();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/diagnostics");
    let mut names: Vec<_> = fs::read_dir(&root).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_dir()).collect();
    names.sort();
    assert!(names.len() >= 12, "the lists are not where they were");
    let mut wrong = String::new();
    for folder in names {
        let mut rules = base();
        collect(&folder, "", &mut rules);
        let expected = rules.files.remove("expected.txt").unwrap_or_default();
        rules.files.remove("note.md");
        let lines = rules.files.remove("generate.txt").unwrap_or_default();
        String::from_utf8(lines).unwrap().lines().for_each(|line| generate(line, &mut rules));
        let start = Instant::now();
        let found = render(&diagnose(rules));
        let took = start.elapsed();
        if took > PATIENCE {
            writeln!(wrong, "{} took {took:?}", folder.display()).unwrap();
        }
        if update {
            fs::write(folder.join("expected.txt"), &found).unwrap();
        } else if found.as_bytes() != expected {
            writeln!(wrong, "{} gives\n{found}", folder.display()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Whatever is too deep or too long is refused with one code, in time and without a stack overflow.
#[test]
#[expect(clippy::disallowed_methods, reason = "the test measures time")]
fn nothing_exhausts_the_reader() {
    let too_deep = ["deep-flow", "deep-flow-first", "deep-maps", "deep-dashes", "deep-block", "alias-depth"];
    let too_complex = [
        "deep-brackets",
        "deep-minus",
        "deep-not",
        "deep-calls",
        "long-sum",
        "long-and",
        "long-chain",
        "long-expression",
    ];
    let scripts = [
        "script-brackets",
        "script-sum",
        "script-line",
        "script-lets",
        "script-returns",
        "script-branches",
        "script-else",
        "script-calls",
    ];
    let fine = ["script-ifs", "script-switch"];
    let mut wrong = String::new();
    let all = [
        (&too_deep[..], "a.yaml", "X0104"),
        (&too_complex, "a.yaml", "X0424"),
        (&scripts, "a.rhai", "X0424"),
        (&fine, "a.rhai", ""),
    ];
    for (keywords, file, code) in all {
        for keyword in keywords {
            let mut rules = base();
            let folder = if file == "a.rhai" { "scripts" } else { "sections" };
            generate(&format!("{keyword} {folder}/{file}"), &mut rules);
            let start = Instant::now();
            let out = diagnose(rules);
            let mut codes: Vec<&str> = out.sorted().iter().map(|d| d.code.name()).collect();
            codes.dedup();
            if start.elapsed() > PATIENCE || codes.concat() != code {
                writeln!(wrong, "{keyword} took {:?} and gives\n{}", start.elapsed(), render(&out)).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
